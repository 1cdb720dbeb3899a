"""`sourcier serve`: opens the library and the models, and runs the page until it is told to stop."""

from __future__ import annotations

import argparse
import atexit
import logging
import os
import sys
import threading
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

from threadpoolctl import ThreadpoolController

from rag.config import Settings
from rag.errors import SourcierError
from ui.formatting.i18n import text, user_error

if TYPE_CHECKING:
    from ui.server.users import Users

# What it takes to open the page at once and ask a first question.
_SECONDS_TO_OPEN = 5.0
_SECONDS_TO_STOP = 4.0
# How long a thread that computes keeps the others waiting: the page's loop takes turns with it many times for
# each step of a question. Python's own is 5 ms.
_SECONDS_OF_A_TURN = 0.001


def serve(options: argparse.Namespace, settings: Settings) -> int:
    """Run `sourcier serve`."""
    from rag.engine.engine import open_recovered
    from rag.engine.factory import build_chain
    from rag.entities.making import EntityWorker
    from rag.models.chat_model_factory import load_writer
    from ui.server.gradio_start import without_type_stubs, without_unserved_apps

    with without_type_stubs():
        from ui.api.application import ProgramInterface
        from ui.app import build_app
    from ui.api.access import Access
    from ui.api.keys import Keys
    from ui.api.services import Services
    from ui.notification.served import ServedFeeds
    from ui.page.context import AppContext
    from ui.server import server
    from ui.server.operations.health import Readiness
    from ui.server.operations.metrics import Metrics
    from ui.server.operations.routes import Operated
    from ui.server.origin import is_loopback
    from ui.server.users import Users

    sys.setswitchinterval(_SECONDS_OF_A_TURN)
    multiply_in_one_thread()
    users = Users(settings)
    users.check()
    keys = Keys(settings)
    keys.check()
    host = settings.ui.host
    network = server.Network(settings.ui.allowed_hosts, settings.ui.trusted_proxies)
    is_local = is_loopback(host) and network == server.Network()
    if not is_local and not users.are_required:
        if not (options.open_to_all or settings.ui.open_to_all):
            raise user_error("not_open_to_all", host=host)
        logging.getLogger("ui").warning(text("open_to_all", settings.ui.language, host=host))
    paths = partial(may_read_paths, is_local, users)
    chat_model = load_writer(settings)
    engine = open_recovered(settings)
    metrics = Metrics()
    with (
        closing(build_chain(engine, chat_model, sinks=[metrics])) as chain,
        closing(AppContext(engine, chain, metrics=metrics, may_read_paths=paths)) as context,
        closing(EntityWorker(engine.library)) as entities,
    ):
        language = settings.ui.language
        with without_unserved_apps():
            app = build_app(context, language)
        # The first answer shouldn't wait for weights. They are read once the page is up and has been opened:
        # reading them holds everything else up, the page's first paint and a first question's search too.
        readiness = Readiness(context.library.version, lambda: chain.is_loaded)
        token = settings.metrics.token
        operated = Operated(
            readiness, metrics, settings.metrics.enabled, token.get_secret_value() if token else None
        )
        without_key = is_local and settings.api.local_without_key
        api = ProgramInterface(
            Services(context, app.questions, app.intake, language),
            Access(keys, users, without_key),
            settings.api,
        )
        warming = threading.Timer(_SECONDS_TO_OPEN, _warm_up, (context, entities, language, readiness))
        warming.daemon = True
        port = options.port or settings.ui.port
        try:
            server.serve(
                app,
                host,
                port,
                open_browser=options.open and _has_browser(),
                language=language,
                once_up=warming.start,
                once_stopping=_leave_in_time,
                end_work=app.end_work,
                users=users,
                network=network,
                operated=operated,
                feed_of=ServedFeeds(engine.library, users.is_user, settings.notify.page_url),
                api=api if settings.api.enabled else None,
            )
        finally:
            warming.cancel()
    _leave()
    return 0


def may_read_paths(is_local: bool, users: Users) -> bool:
    """Return whether who uses the page is taken for who runs it, and may have folders of this machine read.

    So it is where the page is served to this machine alone and nobody has to sign in.
    """
    return is_local and not users.are_required


def multiply_in_one_thread() -> None:
    """Have numpy multiply in the thread that asks for it, in this process, from now on.

    It has as many threads as there are processors. The products of a search are small: those threads wait for
    each other for longer than the work takes, and take from other searches what they wait with. Once, in the
    main thread: of several that set it threadpoolctl 3.8 obeys the first alone, and drops what others set.
    """
    # Those of OpenMP, such as faiss brings, have another number for each thread that asks.
    ThreadpoolController().select(threading_layer="pthreads").limit(limits=1)


def _has_browser() -> bool:
    """Return whether a window can be opened here: never in the terminal, never on a machine far away."""
    if os.environ.get("SSH_CONNECTION"):
        return False
    shown = ("DISPLAY", "WAYLAND_DISPLAY")
    return sys.platform in ("darwin", "win32") or any(os.environ.get(name) for name in shown)


def _leave() -> None:
    """End this process, all being closed: taking the libraries down one by one would take seconds."""
    atexit._run_exitfuncs()
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _leave_in_time() -> None:
    """End this process in any case before it would be killed.

    A thread that computes can't be interrupted. What it leaves behind is what a kill would: nothing that was
    acknowledged is lost.
    """
    leaving = threading.Timer(_SECONDS_TO_STOP, os._exit, (0,))
    leaving.daemon = True
    leaving.start()


def _warm_up(context: Any, entities: Any, language: str, readiness: Any) -> None:
    try:
        context.chain.warm_up(language)
        readiness.is_warm = True
    except SourcierError as error:  # asking will say it again; stopping the server meanwhile is no error
        readiness.has_failed = True
        logging.getLogger("ui").info("%s", error.text(language))
    try:
        context.engine.complete_full_text()
    except SourcierError as error:  # searching says it again
        logging.getLogger("ui").info("%s", error.text(language))
    context.rereader.begin()
    entities.start()
    context.standing.ask_all()  # of what came while nobody asked
