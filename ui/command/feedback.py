"""`sourcier feedback`: what readers said of answers, as lines or as JSON.

Quotes are read through their pointers: an article that was removed or has changed gives none.
"""

from __future__ import annotations

import argparse
from contextlib import closing
from dataclasses import asdict

from rag.config import Settings
from rag.library.feedback import Feedback, PassageRead
from rag.library.library import Library
from ui.command.terminal import print_json, printable
from ui.formatting.i18n import list_text, text


def feedback(options: argparse.Namespace, settings: Settings) -> int:
    """Print all of it, latest first."""
    with closing(Library(settings.place)) as library:
        given = library.feedback.all()
        if options.json:
            print_json([_exported(library, one) for one in given])
            return 0
    language = settings.ui.language
    lines = [line for one in given for line in _lines(one, language)]
    for line in lines or [text("feedback_none", language)]:
        print(printable(line))
    return 0


def _lines(one: Feedback, language: str) -> list[str]:
    question = one.question or text("feedback_erased", language)
    by = f"  {one.user}" if one.user else ""
    told = [text(f"reason_{one.verdict}_{reason}", language) for reason in one.reasons]
    lines = [f"{one.given_at[:16]}  {text(f'thumb_{one.verdict}', language)}{by}  {question}"]
    lines += [f"    {list_text(told, language)}"] if told else []
    return lines + [f"    {line}" for line in one.comment.splitlines()]


def _exported(library: Library, one: Feedback) -> dict:
    passages = [asdict(passage) | {"quote": _quote(library, passage)} for passage in one.read]
    return one.to_dict() | {"read": passages}


def _quote(library: Library, passage: PassageRead) -> str | None:
    """Return the words that were read, from the article as it was then.

    None if it isn't known so any more.
    """
    article = library.article(passage.article_id)
    if article is None:
        return None
    texts = [article, *library.revisions.of(passage.article_id)]
    text_then = next((one.text for one in texts if one.content_hash == passage.content_hash), "")
    return text_then[passage.start : passage.end] or None
