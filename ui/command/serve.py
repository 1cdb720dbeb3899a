"""`sourcier serve`: opens the library and the models, and runs the page until it is told to stop."""

from __future__ import annotations

import argparse
import logging
from contextlib import closing
from typing import Any

from rag.config import Settings
from rag.errors import SourcierError
from ui.formatting.i18n import text

# What it takes to open the page at once and ask a first question.
_SECONDS_TO_OPEN = 5.0


def serve(options: argparse.Namespace, settings: Settings) -> int:
    """Run `sourcier serve`."""
    import threading

    from rag.engine.engine import open_recovered
    from rag.engine.factory import build_chain
    from rag.models.chat_model_factory import load_chat_model
    from ui.server.gradio_start import without_type_stubs, without_unserved_apps

    with without_type_stubs():
        from ui.app import build_app
    from ui.page.context import AppContext
    from ui.server import server
    from ui.server.users import Users

    users = Users(settings)
    users.check()
    host = settings.ui.host
    if host not in server.LOOPBACK and not users.are_required:
        logging.getLogger("ui").warning(text("open_to_all", settings.ui.language, host=host))
    chat_model = load_chat_model(settings.chat_model)
    engine = open_recovered(settings)
    with (
        closing(build_chain(engine, chat_model)) as chain,
        closing(AppContext(engine, chain)) as context,
    ):
        language = settings.ui.language
        with without_unserved_apps():
            app = build_app(context, language)
        # The first answer shouldn't wait for weights. They are read once the page is up and has been opened:
        # reading them holds everything else up, the page's first paint and a first question's search too.
        warming = threading.Timer(_SECONDS_TO_OPEN, _warm_up, (chain, language))
        warming.daemon = True
        port = options.port or settings.ui.port
        try:
            server.serve(app, host, port, language=language, once_up=warming.start, users=users)
        finally:
            warming.cancel()
    return 0


def _warm_up(chain: Any, language: str) -> None:
    try:
        chain.warm_up(language)
    except SourcierError as error:  # asking will say it again; stopping the server meanwhile is no error
        logging.getLogger("ui").info("%s", error.text(language))
