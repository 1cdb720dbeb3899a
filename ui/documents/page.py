"""A document → an HTML page to read and to print, which needs nothing else: no script, no request.

Pure; escapes as `ui.html.element` does.
"""

from __future__ import annotations

from markupsafe import Markup

from ui.documents.document import (
    Block,
    Bullets,
    Document,
    Heading,
    Inline,
    Line,
    NoteMark,
    Paragraph,
    Quotation,
    runs_left,
)
from ui.formatting.i18n import text
from ui.html.assets import style
from ui.html.element import element

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_NAMES = {"strong": "strong", "italic": "em", "note": "small"}


def page(document: Document) -> str:
    """Return the document as a page."""
    head = element(
        "head",
        Markup('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
        Markup('<meta http-equiv="Content-Security-Policy" content="{}">').format(_POLICY),
        element("title", document.title),
        Markup("<style>{}</style>").format(Markup(style("export.css"))),
    )
    writer = _Writer(document.language)
    blocks = [writer.block(block) for block in document.blocks]
    title = [element("h1", document.title, dir="auto")] if document.title else []
    body = element("body", element("main", *title, *blocks, *writer.notes(document.notes)))
    return f"<!DOCTYPE html>\n{element('html', head, body, lang=document.language)}\n"


def line_html(line: Line) -> Markup:
    """Return a line for the clipboard: a fragment that looks right without a style sheet."""
    return _Writer("").line(line)


class _Writer:
    """Writes a document's parts, and knows which notes were marked already."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._marked: set[int] = set()

    def block(self, block: Block) -> Markup:
        match block:
            case Heading(level, words):
                return element(f"h{level}", words, dir="auto")
            case Bullets(lines):
                return element("ul", *(element("li", self.line(line)) for line in lines))
            case Paragraph(line, aside):
                return element("p", self.line(line), class_="aside" if aside else None, dir="auto")
        raise TypeError(f"not a block: {type(block).__name__}")

    def notes(self, notes: tuple[Line, ...]) -> list[Markup]:
        if not notes:
            return []
        items = [self._note(number, line) for number, line in enumerate(notes, start=1)]
        heading = element("h2", text("handed_in_notes", self._language), id="notes")
        listed = element("ol", *items)
        return [
            element(
                "section", heading, listed, class_="footnotes", role="doc-endnotes", aria_labelledby="notes"
            )
        ]

    def _note(self, number: int, line: Line) -> Markup:
        label = text("handed_in_back", self._language, number=number)
        back = element("a", "↩", href=f"#r{number}", aria_label=label, role="doc-backlink")
        return element("li", self.line(line), " ", back, id=f"n{number}")

    def line(self, line: Line) -> Markup:
        return Markup("").join(self._inline(part) for part in line)

    def _inline(self, part: Inline) -> Markup:
        match part:
            case NoteMark(number):
                first = None if number in self._marked else f"r{number}"
                self._marked.add(number)
                link = element("a", str(number), href=f"#n{number}", id=first, role="doc-noteref")
                return element("sup", link)
            case Quotation(words, first, last, language):
                lines = Markup("<br>").join(words.split("\n"))
                # Isolated: words that run from right to left don't carry the marks along.
                return Markup("{}{}{}").format(first, element("bdi", lines, lang=language), last)
        return self._text(part)

    def _text(self, part: Inline) -> Markup:
        words: Markup | str = part.words
        if part.url:
            words = element("a", words, href=part.url, rel="noopener noreferrer nofollow")
        if part.language or runs_left(part.words):
            words = element("bdi", words, lang=part.language)
        name = _NAMES.get(part.style)
        return element(name, words) if name else Markup("{}").format(words)
