"""What is handed in as a file: answers or articles, in any of the formats.

Documents have everything in them, lists of references what programs read. `json` has answers as programs do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, get_args

from rag.notes.reading import FoundNote
from rag.schema.article import Article
from rag.schema.evidence import Evidence
from rag.schema.listing import CatalogueEntry
from ui.documents.answers import NO_WORDS, answers
from ui.documents.collection import collection
from ui.documents.document import Document
from ui.documents.markdown import markdown
from ui.documents.notes import remarks
from ui.documents.page import page
from ui.formatting.i18n import text
from ui.references.bibtex import bibtex
from ui.references.csl_json import csl_json
from ui.references.reference import references, with_remarks
from ui.references.ris import ris
from ui.session.exchange import Exchange

DocumentFormat = Literal["markdown", "html", "docx"]
ReferencesFormat = Literal["bibtex", "ris", "csl-json"]
Format = Literal["markdown", "html", "docx", "bibtex", "ris", "csl-json", "json"]
DOCUMENTS: tuple[DocumentFormat, ...] = get_args(DocumentFormat)
REFERENCES: tuple[ReferencesFormat, ...] = get_args(ReferencesFormat)
ENDINGS: dict[Format, str] = {
    "markdown": "md", "html": "html", "docx": "docx", "bibtex": "bib", "ris": "ris", "csl-json": "csl.json",
    "json": "json",
}  # fmt: skip
_MEDIA_TYPES: dict[Format, str] = {
    "markdown": "text/markdown",
    "html": "text/html",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "bibtex": "application/x-bibtex",
    "ris": "application/x-research-info-systems",
    "csl-json": "application/vnd.citationstyles.csl+json",
    "json": "application/json",
}
_WRITERS = {"bibtex": bibtex, "ris": ris, "csl-json": csl_json}
_UNSAFE_NAME = re.compile(r"[^\w’' -]+")
_LONGEST_NAME = 60  # characters


@dataclass(frozen=True, slots=True)
class File:
    """A file to be saved: its name, its media type, what is in it."""

    name: str
    media_type: str
    content: bytes

    @property
    def text(self) -> str:
        """Return what is in it as text; every format but `docx` is UTF-8."""
        return self.content.decode("utf-8")


def answers_file(
    title: str,
    exchanges: Sequence[Exchange],
    form: Format,
    language: str,
    notes: Sequence[FoundNote] = (),
    words: Mapping[int, str] = NO_WORDS,
) -> File:
    """Return answers as a file named after their title, else after the first question.

    Args:
        title: That of the conversation; empty for one answer, whose question is the title.
        exchanges: The questions with what became of them.
        form: The format; lists of references have the articles that are cited or named.
        language: That of the words around them, `fr` or `en`.
        notes: What the reader noted on the articles.
        words: What the reader noted on answers, by the numbers of their exchanges.
    """
    name = title or (exchanges[0].question if exchanges else "")
    if form == "json":
        return _file(name, form, _answers_json(name, exchanges, words))
    if form in _WRITERS:
        return _file(name, form, _references(cited(exchanges), form, language, notes))
    return _file(name, form, _document(answers(title, exchanges, language, notes, words), form))


def articles_file(
    title: str,
    articles: Sequence[Article],
    form: Format,
    language: str,
    quotes: Sequence[Evidence] = (),
    notes: Sequence[FoundNote] = (),
) -> File:
    """Return articles, quotes from them, and what the reader noted on them, as a file named after its title.

    A list of references has the articles that are quoted too, after the others.
    """
    if form == "json":
        raise ValueError("articles are listed as CSL-JSON")
    if form in _WRITERS:
        every = [*articles, *(quote.article for quote in quotes)]
        return _file(title, form, _references(every, form, language, notes))
    return _file(title, form, _document(collection(title, articles, language, quotes, notes), form))


def _references(
    articles: Iterable[Article | CatalogueEntry], form: Format, language: str, notes: Sequence[FoundNote]
) -> str:
    return _WRITERS[form](with_remarks(references(articles), remarks(notes, language)), language)


def cited(exchanges: Iterable[Exchange]) -> list[Article | CatalogueEntry]:
    """Return the articles that answers cite, and those that the catalogue names, in order of appearance."""
    found: list[Article | CatalogueEntry] = []
    for exchange in exchanges:
        shown = exchange.shown
        found += [one.article for one in shown.citations]
        found += [one.correction.article for one in shown.disagreements if one.correction]
        found += shown.listing.articles if shown.listing else ()
    return found


def articles_title(articles: Sequence[Article], language: str) -> str:
    """Return what a selection is called: the title of its only article, else how many there are."""
    return articles[0].title if len(articles) == 1 else text("articles_held", language, count=len(articles))


def _answers_json(title: str, exchanges: Sequence[Exchange], words: Mapping[int, str]) -> str:
    """Return the answers as `Answer.to_dict` has them, each with how its exchange ended and what is noted."""
    told = [
        {
            "stage": one.stage,
            "error": one.error or None,
            "lost": one.lost,
            **one.shown.to_dict(),
            **({"note": words[one.number]} if words.get(one.number) else {}),
        }
        for one in exchanges
    ]
    return json.dumps({"title": title, "exchanges": told}, ensure_ascii=False, indent=2) + "\n"


def _document(document: Document, form: Format) -> str | bytes:
    if form == "docx":
        # python-docx takes a moment to import, and few ask for it.
        from ui.documents.word import word

        return word(document, datetime.now(UTC))
    return {"markdown": markdown, "html": page}[form](document)


def _file(title: str, form: Format, content: str | bytes) -> File:
    name = " ".join(_UNSAFE_NAME.sub(" ", title).split())[:_LONGEST_NAME].strip() or "export"
    data = content if isinstance(content, bytes) else content.encode("utf-8", "replace")
    return File(f"{name}.{ENDINGS[form]}", _MEDIA_TYPES[form], data)
