"""The `sourcier` command: reads arguments, calls the library, prints.

Knows words and exit codes: 0 done (answered or not found), 1 a model failed, some sources
could not be read or the library can't be repaired, 2 the user's mistake or a library that can't be used,
130 interrupted. What a command does is in `rag` and `ingest`; they are imported when they are needed,
because models take seconds to import.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version

from rag.config import PREFIX, Settings, load_settings
from rag.errors import ConfigError, ModelError, SourcierError
from rag.observability import logs, request_id
from rag.observability.redaction import redacted, secrets_of
from ui.api.command import manage_keys
from ui.command.arguments import build_parser, config_path
from ui.command.articles import articles
from ui.command.ask import all_filters_of, ask
from ui.command.dossier import dossier
from ui.command.entities import said, who
from ui.command.feedback import feedback
from ui.command.ingest import ingest, sync
from ui.command.search import search
from ui.command.serve import serve
from ui.command.terminal import hand_out, print_json, printable, wanted_format
from ui.command.upkeep.copying import copy
from ui.command.upkeep.maintenance import backup, compact, doctor, restore, status
from ui.command.upkeep.reindexing import reindex
from ui.command.users import manage
from ui.command.watch import watch
from ui.documents.files import File
from ui.formatting.i18n import LANGUAGES, text
from ui.mcp.command import mcp

log = logging.getLogger(__name__)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    logs.set_up()
    for name in _SENDING:
        os.environ.pop(name, None)
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    try:
        language = _language(arguments)
        options = build_parser(language, version("sourcier")).parse_args(arguments)
        settings = load_settings(options.config)
        stated = settings.logging
        logs.set_up(stated.format == "json", stated.level, stated.questions, secrets_of(settings))
        with request_id.bound(request_id.new(), private=options.command in _ASKING):
            return _run(_COMMANDS[options.command], options, settings)
    except SourcierError as error:
        said = "\n".join(map(printable, redacted(error.text(language)).split("\n")))
        print(f"sourcier: {said}", file=sys.stderr)
        return 1 if isinstance(error, ModelError) else 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader (`| head`) has gone: nothing more to say, and nothing must be said at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run(command: Callable[..., int], options: argparse.Namespace, settings: Settings) -> int:
    """Run a command; what fails without a sentence of its own is logged, without secrets."""
    try:
        return command(options, settings)
    except (SourcierError, BrokenPipeError):
        raise
    except Exception:
        log.exception("the command has failed")
        said = text("command_failed", settings.ui.language, reference=request_id.current())
        print(f"sourcier: {said}", file=sys.stderr)
        return 1


def _language(arguments: Sequence[str]) -> str:
    """Return the language of help and messages.

    Also of the one that says what is wrong with the configuration.
    """
    try:
        return load_settings(config_path(arguments)).ui.language
    except ConfigError:
        wanted = os.environ.get(f"{PREFIX}UI__LANGUAGE")
        return wanted if wanted in LANGUAGES else Settings().ui.language


def _eval(options: argparse.Namespace, settings: Settings) -> int:
    from ui.evaluation.command import evaluate

    return evaluate(options, settings)


def _config(options: argparse.Namespace, settings: Settings) -> int:
    from ui.command.configuration.command import config

    return config(options, settings)


def _sources(options: argparse.Namespace, settings: Settings) -> int:
    from ui.command.following.sources import sources

    told = sources(options, settings)
    if told.file is not None:
        hand_out(File("sources.opml", "text/x-opml", told.file), options.output)
    elif options.json:
        print_json(told.values)
    else:
        for line in told.lines:
            print(printable(line))
    return 0


def _notes(options: argparse.Namespace, settings: Settings) -> int:
    from ui.command.notes.listing import notes

    form, found = wanted_format(options), notes(options, settings)
    if form is not None:
        hand_out(found.file(form), options.output)
    elif options.json:
        print_json(found.values())
    for line in [] if form or options.json else found.lines():
        print(printable(line))
    return 0


def _standing(options: argparse.Namespace, settings: Settings) -> int:
    from ui.command.standing.manage import add, manage

    if options.action == "add":
        values, lines = add(options, settings, all_filters_of(options, settings))
    else:
        values, lines = manage(options, settings)
    if options.json:
        print_json(values)
    else:
        print("\n".join(map(printable, lines)))
    return 0


# LangChain sends each question and its prompt to a service if one of these says so, and FastAPI, which the
# page's framework is built on, each address with its query and each error with its words.
_SENDING = (
    "LANGSMITH_TRACING",
    "LANGSMITH_TRACING_V2",
    "LANGCHAIN_TRACING",
    "LANGCHAIN_TRACING_V2",
    "FASTAPI_OTEL_AUTO_CONFIGURE",
)
# What fails in these may have a question in what it says.
_ASKING = ("ask", "search", "who", "said", "dossier", "notes", "standing", "mcp", "eval")
_COMMANDS = {
    "ingest": ingest,
    "sync": sync,
    "watch": watch,
    "ask": ask,
    "search": search,
    "who": who,
    "said": said,
    "serve": serve,
    "mcp": mcp,
    "articles": articles,
    "dossier": dossier,
    "sources": _sources,
    "notes": _notes,
    "standing": _standing,
    "users": manage,
    "keys": manage_keys,
    "feedback": feedback,
    "status": status,
    "config": _config,
    "reindex": reindex,
    "compact": compact,
    "doctor": doctor,
    "backup": backup,
    "restore": restore,
    "library": copy,
    "eval": _eval,
}
