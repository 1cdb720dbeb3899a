"""The `sourcier` command: reads arguments, calls the library, prints.

Knows words and exit codes: 0 done (answered or not found), 1 a model failed, 2 the user's mistake,
130 interrupted. What a command does is in `rag` and `ingest`; they are imported when they are needed,
because models take seconds to import.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from contextlib import closing
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from rag.config import PREFIX, Settings, load_settings
from rag.errors import ConfigError, ModelError, SourcierError
from ui.arguments import build_parser, config_path
from ui.ask import ask
from ui.i18n import LANGUAGES, text, user_error
from ui.terminal import print_json, printable

if TYPE_CHECKING:
    from ingest.pipeline import Progress
    from rag.assembly import Parts


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    logging.getLogger("ui").setLevel(logging.INFO)
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    try:
        language = _language(arguments)
        options = build_parser(language, version("sourcier")).parse_args(arguments)
        return _COMMANDS[options.command](options, load_settings(options.config))
    except SourcierError as error:
        print(f"sourcier: {error.text(language)}", file=sys.stderr)
        return 1 if isinstance(error, ModelError) else 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader (`| head`) has gone: nothing more to say, and nothing must be said at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _language(arguments: Sequence[str]) -> str:
    """The language of help and messages, also of the one that says what is wrong with the configuration."""
    try:
        return load_settings(config_path(arguments)).ui.language
    except ConfigError:
        wanted = os.environ.get(f"{PREFIX}UI__LANGUAGE")
        return wanted if wanted in LANGUAGES else Settings().ui.language


def _ingest(options: argparse.Namespace, settings: Settings) -> int:
    from ingest.pipeline import ingest
    from rag.indexing import writing

    language = settings.ui.language
    with writing(settings.data_dir), closing(_open(settings)) as parts, _Bar(language) as bar:
        try:
            summary = ingest(options.paths, parts.indexer, _chunker(parts), bar.update)
        except KeyboardInterrupt:
            print(text("ingest_interrupted", language), file=sys.stderr)
            raise
    if options.json:
        print_json(summary.to_dict())
        return 0
    for failure in summary.failed:
        print(text("ingest_failure", language, reason=printable(failure.text(language))), file=sys.stderr)
    print(text("ingest_summary", language, **summary.to_dict() | {"failed": len(summary.failed)}))
    return 0


def _reindex(options: argparse.Namespace, settings: Settings) -> int:
    from ingest.pipeline import reindex
    from rag.indexing import writing

    language = settings.ui.language
    with writing(settings.data_dir), closing(_open(settings)) as parts, _Bar(language) as bar:
        count = reindex(parts.indexer, _chunker(parts), bar.update)
    print_json({"reindexed": count}) if options.json else print(text("reindexed", language, count=count))
    return 0


def _serve(options: argparse.Namespace, settings: Settings) -> int:
    import threading

    from rag import load_chain
    from ui.app import build_app, serve

    with closing(load_chain(settings)) as chain:
        language = settings.ui.language

        def status() -> str:
            return f"{chain.library.counts().articles} articles"

        app = build_app(chain, language, chain.model_name, status)
        # The first question shouldn't wait for weights. They are read once the page is up: Gradio gives a
        # server five seconds to start, and reading weights may take them all.
        warming = threading.Thread(target=_warm_up, args=(chain, language), daemon=True)
        port = options.port or settings.ui.port
        serve(app, settings.ui.host, port, language=language, once_up=warming.start)
    return 0


def _warm_up(chain: Any, language: str) -> None:
    try:
        chain.warm_up(language)
    except SourcierError as error:  # asking will say it again; stopping the server meanwhile is no error
        logging.getLogger("ui").info("%s", error.text(language))


def _articles(options: argparse.Namespace, settings: Settings) -> int:
    return {"list": _list, "show": _show, "remove": _remove}[options.action](options, settings)


def _list(options: argparse.Namespace, settings: Settings) -> int:
    from rag.library import Library

    with closing(Library(settings.data_dir)) as library:
        waiting = set(library.not_indexed())
        rows = [
            {
                "id": article.id,
                "title": article.title,
                "outlet": article.outlet,
                "language": article.language,
                "published_at": article.published_at,
                "source": article.source,
                "status": "waiting" if article.id in waiting else "ready",
            }
            for article in library.articles()
        ]
    if options.json:
        print_json(rows)
    for row in [] if options.json else rows:
        date = (row["published_at"] or "")[:10]
        print(printable(f"{row['id']}  {date:10}  {row['outlet'] or '—'}  {row['title']}"))
    return 0


def _show(options: argparse.Namespace, settings: Settings) -> int:
    from dataclasses import asdict

    from rag.library import Library
    from rag.schema import Reprint
    from ui.i18n import date_text
    from ui.reprints import also_in_text

    with closing(Library(settings.data_dir)) as library:
        article = library.article(options.article)
        if article is None:
            raise user_error("no_such_article", article=options.article)
        sources = [source.source for source in library.sources_of(article.id)]
        others = library.articles(library.reprints_of([article.id]).get(article.id, ()))
    reprints = [Reprint.of(other) for other in others]
    if options.json:
        also = {"sources": sources, "reprints": [reprint.to_dict() for reprint in reprints]}
        print_json(asdict(article) | also)
        return 0
    date = date_text(article.published_at, settings.ui.language)
    about = " · ".join(part for part in (article.outlet, article.author, date) if part)
    also = [also_in_text(reprints, settings.ui.language)] if reprints else []
    for line in [article.title, about, *sources, *also, "", *article.text.split("\n")]:
        print(printable(line))
    return 0


def _remove(options: argparse.Namespace, settings: Settings) -> int:
    from rag.indexing import writing

    language = settings.ui.language
    with writing(settings.data_dir), closing(_open(settings)) as parts:
        unknown = next((i for i in options.article if parts.library.article(i) is None), None)
        if unknown is not None:
            raise user_error("no_such_article", article=unknown)
        for article_id in options.article:
            parts.indexer.remove(article_id)
    count = len(options.article)
    print_json({"removed": options.article}) if options.json else print(
        text("removed", language, count=count)
    )
    return 0


def _status(options: argparse.Namespace, settings: Settings) -> int:
    from rag.library import Library

    with closing(Library(settings.data_dir)) as library:
        counts, waiting = library.counts(), len(library.not_indexed())
    status = {
        "articles": counts.articles,
        "passages": counts.passages,
        "sources": counts.sources,
        "waiting": waiting,
        "data_dir": str(settings.data_dir),
        "embedding_model": settings.embedding.model,
        "chat_model": settings.chat_model.model,
    }
    if options.json:
        print_json(status)
        return 0
    language = settings.ui.language
    print(text("library_holds", language, folder=settings.data_dir, **status))
    print(text("models_used", language, embedding=status["embedding_model"], chat=status["chat_model"]))
    if waiting:
        print(text("articles_waiting", language, waiting=waiting))
    return 0


def _eval(options: argparse.Namespace, settings: Settings) -> int:
    from ui.evaluation.command import evaluate

    return evaluate(options, settings)


def _open(settings: Settings) -> Parts:
    from rag.assembly import open_parts

    return open_parts(settings)


def _chunker(parts: Parts) -> Any:
    from ingest.pipeline import Chunker

    return Chunker(parts.embedder, parts.settings.chunking)


class _Bar:
    """A progress bar on standard error."""

    def __init__(self, language: str) -> None:
        from tqdm import tqdm

        self._bar = tqdm(desc=text("reading_passages", language), unit=" art.", file=sys.stderr)

    def update(self, progress: Progress) -> None:
        self._bar.total = progress.total
        self._bar.update(progress.done - self._bar.n)

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()


_COMMANDS = {
    "ingest": _ingest,
    "ask": ask,
    "serve": _serve,
    "articles": _articles,
    "status": _status,
    "reindex": _reindex,
    "eval": _eval,
}
