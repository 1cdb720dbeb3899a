"""A process of its own: a PDF on standard input → its text and its pages, as JSON on standard output.

PDFium, the reader of Chromium, finds the characters; nothing in the file is fetched or executed. Pages are
taken as pieces: characters of one size on one baseline, without a wide gap between them.
"""

from __future__ import annotations

import ctypes
import json
import math
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pypdfium2
from pypdfium2 import raw

from ingest.decoding.sandbox import SECONDS, limit_worker, still_working
from ingest.pdf.fragment import Fragment
from ingest.pdf.layout import lay_out
from ingest.schema.reading_progress import EVERY

_MOST_PAGES = 3_000
_MOST_CHARACTERS = 20_000_000
_ENDS = (10, 13)
_HYPHEN = 2  # PDFium's control character in the place of a hyphen and of the end of its line
_GAP = 0.6  # sizes between two characters of which the second begins another piece
_SAME = 0.02  # points
_BOLD = ("bold", "black", "heavy", "semibd", "demi")
_BOLD_WEIGHT = 600
_SLANT = 0.1  # radians off the right angles at which text is no text of the page: watermarks


def main() -> None:
    """Read, and write one object: `problem`, or `text` and `pages` with what the document states.

    Before it, now and then on a line of its own, `read`: how many pages of how many.
    """
    limit_worker()
    still_working(SECONDS)
    try:
        document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
    except pypdfium2.PdfiumError as error:
        code = getattr(error, "err_code", None)
        answer = {"problem": "encrypted" if code == raw.FPDF_ERR_PASSWORD else "damaged"}
    else:
        answer = _answer(document)
    sys.stdout.write(json.dumps(answer))


def _answer(document: pypdfium2.PdfDocument) -> dict:
    if len(document) > _MOST_PAGES:
        return {"problem": "pages", "pages": len(document)}
    pages: list[list[list]] = []
    characters = 0
    told = time.monotonic()
    for number in range(len(document)):
        if (now := time.monotonic()) - told >= EVERY:
            told = now
            print(json.dumps({"read": [number, len(document)]}), flush=True)
        try:
            page = document[number]
        except pypdfium2.PdfiumError:  # listed, but not there
            pages.append([])
            continue
        pages.append(_upright(list(_pieces(page))))
        characters += sum(len(piece[0]) for piece in pages[-1])
        if characters > _MOST_CHARACTERS:
            return {"problem": "characters"}
        page.close()
    still_working(SECONDS)
    laid = lay_out([[Fragment(*piece) for piece in page] for page in pages])
    return {
        "text": laid.text,
        "pages": laid.pages,
        "headline": laid.headline,
        "title": document.get_metadata_value("Title"),
        "author": document.get_metadata_value("Author"),
        "language": _language(document),
    }


def _language(document: pypdfium2.PdfDocument) -> str:
    size = raw.FPDFCatalog_GetLanguage(document.raw, None, 0)
    if not 2 < size < 200:
        return ""
    buffer = ctypes.create_string_buffer(size)
    raw.FPDFCatalog_GetLanguage(document.raw, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace")


@dataclass(frozen=True, slots=True)
class _Style:
    """How a character is set: `turns` of a quarter to the left (None: slanted), in points, turned upright."""

    turns: int | None
    size: float
    base: float
    bold: bool


@dataclass(slots=True)
class _Piece:
    """A piece as it grows; places in points on the page turned upright."""

    style: _Style
    left: float
    right: float
    spaced: bool
    codes: list[int] = field(default_factory=list)

    def values(self) -> list:
        """Return the fields of a `Fragment`, and the turns."""
        text = b"".join(code.to_bytes(2, "little") for code in self.codes).decode("utf-16-le", "replace")
        style = self.style
        return [text, self.left, self.right, style.base, style.size, style.bold, self.spaced, style.turns]


def _upright(pieces: list[list]) -> list[list]:
    """Return the pieces that run as most of a page's text does: no watermark, no credit up a margin."""
    turns = Counter()
    for piece in pieces:
        turns[piece[-1]] += len(piece[0])
    del turns[None]
    main = max(turns, key=turns.__getitem__, default=None)
    return [piece[:-1] for piece in pieces if piece[-1] == main]


def _pieces(page: pypdfium2.PdfPage) -> Iterator[list]:
    """Yield the pieces of a page in the document's order, but for what lies beside the page."""
    text_page = page.get_textpage()
    shown = page.get_cropbox()
    piece: _Piece | None = None
    style: _Style | None = None
    before = raw.FS_RECTF()
    spaced = True
    for index in range(text_page.count_chars()):
        code = raw.FPDFText_GetUnicode(text_page.raw, index)
        if code in (32, 0xA0) and piece and not spaced:
            piece.codes.append(code)
        if code in (32, 0xA0) or code in _ENDS:
            spaced = True
            continue
        if code >= 0x10000:
            continue
        box = raw.FS_RECTF()
        raw.FPDFText_GetLooseCharBox(text_page.raw, index, box)
        if not _is_inside(box, shown):
            continue
        if style is None or abs(box.bottom - before.bottom) > _SAME or abs(box.top - before.top) > _SAME:
            style = _style(text_page, index, box)
        before = box
        left, right = _along(box, style.turns)
        if piece is None or not _goes_on(piece, style, left, right):
            if piece:
                yield piece.values()
            piece = _Piece(style, left, right, spaced)
        is_hyphen = code == _HYPHEN and raw.FPDFText_IsHyphen(text_page.raw, index) == 1
        piece.codes.append(ord("-") if is_hyphen else code)
        piece.left, piece.right = min(piece.left, left), max(piece.right, right)
        spaced = is_hyphen
    if piece:
        yield piece.values()
    text_page.close()


def _is_inside(box: raw.FS_RECTF, shown: tuple[float, float, float, float]) -> bool:
    across, up = (box.left + box.right) / 2, (box.bottom + box.top) / 2
    return shown[0] <= across <= shown[2] and shown[1] <= up <= shown[3]


def _goes_on(piece: _Piece, style: _Style, left: float, right: float) -> bool:
    own = piece.style
    if (own.turns, own.bold) != (style.turns, style.bold) or abs(own.size - style.size) > 0.05:
        return False
    gap = max(left - piece.right, piece.left - right)
    return abs(own.base - style.base) <= 0.1 and gap <= _GAP * max(own.size, 1)


def _style(text_page: pypdfium2.PdfTextPage, index: int, box: raw.FS_RECTF) -> _Style:
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(text_page.raw, index, matrix)
    turn = math.atan2(matrix.b, matrix.a) / (math.pi / 2)
    if not math.isfinite(turn):
        return _Style(None, 1.0, 0.0, False)
    turns = None if abs(turn - round(turn)) * (math.pi / 2) > _SLANT else round(turn) % 4
    size = raw.FPDFText_GetFontSize(text_page.raw, index) * math.hypot(matrix.c, matrix.d)
    across, up = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(text_page.raw, index, across, up)
    base = {0: up.value, 1: -across.value, 2: -up.value, 3: across.value, None: up.value}[turns]
    if not (math.isfinite(size) and math.isfinite(base)):
        return _Style(None, 1.0, 0.0, False)
    return _Style(turns, size or abs(box.top - box.bottom), base, _is_bold(text_page, index))


def _is_bold(text_page: pypdfium2.PdfTextPage, index: int) -> bool:
    name = ctypes.create_string_buffer(200)
    raw.FPDFText_GetFontInfo(text_page.raw, index, name, len(name), ctypes.c_int())
    lower = name.value.decode("latin-1").lower()
    return any(word in lower for word in _BOLD) or (
        raw.FPDFText_GetFontWeight(text_page.raw, index) >= _BOLD_WEIGHT
    )


def _along(box: raw.FS_RECTF, turns: int | None) -> tuple[float, float]:
    """Return where a character begins and ends along its line, from left to right."""
    if turns in (0, None):
        return box.left, box.right
    return {1: (box.bottom, box.top), 2: (-box.right, -box.left), 3: (-box.top, -box.bottom)}[turns]


if __name__ == "__main__":
    main()
