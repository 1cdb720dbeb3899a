"""A document → DOCX with footnotes that Word and LibreOffice number, show and edit as their own.

Knows python-docx. Every word is text: Word obeys nothing in it, no field and no formula.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from datetime import datetime

import docx
from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Pt, RGBColor

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
from ui.documents.word_footnotes import add_footnote, footnotes_part, reference_run

_INK, _SOFT, _LINK = "1F2328", "59616A", "0B6B62"
_STYLES = {"Title": 20, "Heading 1": 16, "Heading 2": 13, "Heading 3": 11}  # points
_LOCALES = {"fr": "fr-FR", "en": "en-GB"}
_LONGEST_PROPERTY = 255  # characters, as the format has it
_LEFT_TO_RIGHT = "\u200e"  # a mark that nobody sees
_PIECES = re.compile(r"[\n\t]|[^\n\t]+")


def word(document: Document, moment: datetime) -> bytes:
    """Return the document as a DOCX file that was made at `moment`."""
    made = docx.Document()
    _set_up(made, document, moment)
    writer = _Writer(made, document)
    if document.title:
        writer.add("Title", (_plain(document.title),))
    for block in document.blocks:
        writer.block(block)
    if document.notes:
        writer.notes()
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def _set_up(made: WordDocument, document: Document, moment: datetime) -> None:
    """Set the page, the styles and the properties."""
    section = made.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2.5)
    for name, size in _STYLES.items():
        style = made.styles[name]
        style.font.size, style.font.color.rgb = Pt(size), RGBColor.from_string(_INK)
    for border in made.styles["Title"].element.iter(qn("w:pBdr")):
        border.getparent().remove(border)
    locale = _LOCALES[document.language]
    for default in made.styles.element.iter(qn("w:lang")):
        default.set(qn("w:val"), locale)
    known = made.core_properties
    known.title, known.language = document.title[:_LONGEST_PROPERTY], locale
    known.author, known.comments, known.created, known.modified = "", "", moment, moment
    known.last_modified_by, known.revision = "", 1
    package = made.part.package
    for key in [key for key, one in package.rels.items() if one.reltype == RELATIONSHIP_TYPE.THUMBNAIL]:
        del package.rels[key]


def _plain(words: str) -> Inline:
    return Quotation(words, "", "")


class _Writer:
    """Writes a document's blocks; knows which notes were marked already."""

    def __init__(self, made: WordDocument, document: Document) -> None:
        self._made = made
        self._document = document
        self._times = Counter(
            part.number for line in _lines(document) for part in line if isinstance(part, NoteMark)
        )
        self._marked: set[int] = set()

    def block(self, block: Block) -> None:
        """Add a block."""
        match block:
            case Heading(level, words):
                self.add(f"Heading {level}", (_plain(words),))
            case Bullets(lines):
                for line in lines:
                    self.add("List Bullet", line)
            case Paragraph(line, aside):
                self.add("Normal", line, _SOFT if aside else "")

    def add(self, style: str, line: Line, colour: str = "") -> None:
        """Add a paragraph in a style."""
        paragraph = self._made.add_paragraph(style=style)
        self._write(line, paragraph._p, self._made.part, colour)

    def notes(self) -> None:
        """Add the part with the footnotes."""
        part = footnotes_part(self._made)
        for number, line in enumerate(self._document.notes, start=1):
            self._write(line, add_footnote(part, number), part)

    def _write(self, line: Line, paragraph: BaseOxmlElement, part: Part, colour: str = "") -> None:
        # A note is the reader's language whatever it names; a paragraph is that of its first words.
        leftward = part is self._made.part and runs_left("".join(_words(piece) for piece in line))
        if leftward:
            paragraph.get_or_add_pPr().append(OxmlElement("w:bidi"))
        for before, piece in zip((None, *line), line, strict=False):
            if isinstance(before, NoteMark) and isinstance(piece, NoteMark):
                paragraph.append(_raised(", "))  # 1, 2: else it is note 12
            for made in self._inline(piece, part, colour):
                paragraph.append(made)
            if not leftward and runs_left(_words(piece)):
                paragraph.append(_run(_LEFT_TO_RIGHT))  # or a title and its outlet change places

    def _inline(self, piece: Inline, part: Part, colour: str) -> list[BaseOxmlElement]:
        match piece:
            case NoteMark(number):
                return self._mark(number)
            case Quotation(words, first, last, language):
                runs = [_run(first, colour), _run(words, colour, language=language), _run(last, colour)]
                return [run for run in runs if len(run)]
        if piece.url:
            return [_hyperlink(piece.words, part.relate_to(piece.url, RELATIONSHIP_TYPE.HYPERLINK, True))]
        return [_run(piece.words, colour if piece.style != "note" else _SOFT, piece.style, piece.language)]

    def _mark(self, number: int) -> list[BaseOxmlElement]:
        """Return the mark of a note; from the second time on a reference to the first."""
        name = f"_Ref{100_000_000 + number}"
        if number in self._marked:
            return [_cross_reference(name, number)]
        self._marked.add(number)
        if self._times[number] == 1:
            return [reference_run(number)]
        begin, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        for edge in (begin, end):
            edge.set(qn("w:id"), str(number))
        begin.set(qn("w:name"), name)
        return [begin, reference_run(number), end]


def _lines(document: Document) -> list[Line]:
    found: list[Line] = []
    for block in document.blocks:
        if isinstance(block, Paragraph):
            found.append(block.line)
        elif isinstance(block, Bullets):
            found += block.lines
    return found


def _words(piece: Inline) -> str:
    return "" if isinstance(piece, NoteMark) else piece.words


def _run(words: str, colour: str = "", style: str = "plain", language: str | None = None) -> BaseOxmlElement:
    """Return a run, in the order of properties that the format wants; an empty one for no words."""
    run = OxmlElement("w:r")
    if not words:
        return run
    leftward = runs_left(words)
    properties = [("w:b", {})] * (style == "strong") + [("w:i", {})] * (style == "italic")
    properties += [("w:color", {"w:val": colour})] if colour else []
    properties += [("w:sz", {"w:val": "18"})] * (style == "note")
    properties += [("w:rtl", {})] * leftward
    if language and re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", language):
        properties.append(("w:lang", {"w:bidi" if leftward else "w:val": _LOCALES.get(language, language)}))
    if properties:
        stated = OxmlElement("w:rPr")
        for name, values in properties:
            one = OxmlElement(name)
            for key, value in values.items():
                one.set(qn(key), value)
            stated.append(one)
        run.append(stated)
    for piece in _PIECES.findall(words):
        run.append(_text(piece))
    return run


def _text(piece: str) -> BaseOxmlElement:
    if piece in "\n\t":
        return OxmlElement("w:br" if piece == "\n" else "w:tab")
    made = OxmlElement("w:t")
    made.text = piece
    made.set(qn("xml:space"), "preserve")
    return made


def _hyperlink(words: str, relation: str) -> BaseOxmlElement:
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), relation)
    link.append(_run(words, _LINK))
    return link


def _cross_reference(bookmark: str, number: int) -> BaseOxmlElement:
    """Return a field with the number of the note that is marked at a bookmark."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), f" NOTEREF {bookmark} \\h ")
    field.append(_raised(str(number)))
    return field


def _raised(words: str) -> BaseOxmlElement:
    run = _run(words)
    properties, raised = OxmlElement("w:rPr"), OxmlElement("w:vertAlign")
    raised.set(qn("w:val"), "superscript")
    properties.append(raised)
    run.insert(0, properties)
    return run
