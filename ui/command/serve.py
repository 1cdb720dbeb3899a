"""`sourcier serve`: opens the library and the models, and runs the page until it is told to stop."""

from __future__ import annotations

import argparse
import logging
from contextlib import closing
from typing import Any

from rag.config import Settings
from rag.errors import SourcierError
from ui.formatting.i18n import text


def serve(options: argparse.Namespace, settings: Settings) -> int:
    """Run `sourcier serve`."""
    import threading

    from rag.engine.engine import open_recovered
    from rag.engine.factory import build_chain
    from rag.models.chat_model_factory import load_chat_model
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
        app = build_app(context, language)
        # The first question shouldn't wait for weights, nor the page, which is up before they are read.
        warming = threading.Thread(target=_warm_up, args=(chain, language), daemon=True)
        port = options.port or settings.ui.port
        server.serve(app, host, port, language=language, once_up=warming.start, users=users)
    return 0


def _warm_up(chain: Any, language: str) -> None:
    try:
        chain.warm_up(language)
    except SourcierError as error:  # asking will say it again; stopping the server meanwhile is no error
        logging.getLogger("ui").info("%s", error.text(language))
