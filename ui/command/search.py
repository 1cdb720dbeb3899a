"""`sourcier search`: the articles that have some words, and every place where they stand."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing

from rag.config import Settings
from rag.schema.article import Span
from rag.schema.question import Filters
from rag.search.result import SearchHit, SearchResult, Snippet
from ui.command.ask import chosen
from ui.command.terminal import print_json, printable
from ui.formatting.i18n import text, user_error
from ui.formatting.searches import outcome_text, repairs_text
from ui.formatting.source_line import Part, places, source_line

_ABOUT: tuple[Part, ...] = ("outlet", "date", "author", "excerpt")
_SHOWN = 3  # snippets of an article
_MOST = 1_000  # articles at once
_BOLD, _PLAIN = "\x1b[1m", "\x1b[22m"


def search(options: argparse.Namespace, settings: Settings) -> int:
    """Search the full texts.

    Raises:
        UserError: For numbers that are out of bounds.
    """
    from rag.engine.engine import open_recovered
    from rag.search.full_text_search import FURTHEST

    _check("--limit", options.limit, _MOST)
    _check("--from", options.first, FURTHEST)
    query = " ".join(options.query)
    with closing(open_recovered(settings)) as engine:
        if engine.indexer.lacks_full_text:
            print(text("full_text_preparing", settings.ui.language), file=sys.stderr)
            engine.complete_full_text()
        filters = Filters(dossiers=chosen(options, settings))
        engine.refresh(filters)
        among = engine.library.among(filters)
        result = engine.search.search(query, options.order, options.first - 1, options.limit, among)
    if options.json:
        print_json(result.to_dict())
        return 0
    for line in repairs_text(result.query, settings.ui.language):
        print(printable(line), file=sys.stderr)
    marked = sys.stdout.isatty()
    shown = None if options.all else _SHOWN
    for line in result_lines(result, settings.ui.language, shown, marked):
        print(line)
    return 0


def _check(option: str, value: int, most: int) -> None:
    if not 1 <= value <= most:
        raise user_error("number_wanted", option=option, least=1, most=most, value=value)


def result_lines(result: SearchResult, language: str, shown: int | None, marked: bool) -> list[str]:
    """Return a search for a terminal, on which what is found stands out if `marked`.

    Args:
        result: What was found.
        language: The reader's.
        shown: How many snippets of each article; None: all.
        marked: Whether what is found is marked with a terminal's codes.
    """
    lines = [outcome_text(result, language)]
    if len(result.hits) < result.total:
        first = result.offset + 1
        listed = text("full_text_listed", language, first=first, last=result.offset + len(result.hits))
        lines[0] += f" ({listed})" if result.hits else ""
    for number, hit in enumerate(result.hits, start=result.offset + 1):
        lines += ["", *_hit_lines(number, hit, language, shown, marked)]
    return lines


def _hit_lines(number: int, hit: SearchHit, language: str, shown: int | None, marked: bool) -> list[str]:
    article = hit.article
    title = _marked(article.title, Span(0, len(article.title)), hit.title_marks, marked)
    about = source_line(article, language, _ABOUT)
    lines = [f"{number}. {title}", f"   {printable(about)}" if about else ""]
    lines += [f"   {_snippet(article.text, snippet, marked)}" for snippet in hit.snippets[:shown]]
    if shown is not None and len(hit.snippets) > shown:
        lines.append(f"   … {text('full_text_more_here', language, count=len(hit.snippets) - shown)}")
    lines += [f"   {printable(place)}" for place in [*places(article), article.id]]
    return [line for line in lines if line]


def _snippet(whole: str, snippet: Snippet, marked: bool) -> str:
    return _marked(whole, snippet.span, snippet.marks, marked)


def _marked(whole: str, span: Span, marks: tuple[Span, ...], marked: bool) -> str:
    """Return words on one line, what is marked in bold where a terminal shows it."""
    parts, place = [], span.start
    for mark in marks if marked else ():
        parts += [
            printable(whole[place : mark.start]),
            _BOLD,
            printable(whole[mark.start : mark.end]),
            _PLAIN,
        ]
        place = mark.end
    return " ".join("".join([*parts, printable(whole[place : span.end])]).split())
