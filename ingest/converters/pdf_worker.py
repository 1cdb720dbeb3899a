"""A process of its own: a PDF on standard input → its lines, page by page, as JSON on standard output.

PDFium, the reader of Chromium, finds the characters; nothing in the file is fetched or executed.
"""

from __future__ import annotations

import ctypes
import json
import sys

import pypdfium2
from pypdfium2 import raw

from ingest.decoding.sandbox import SECONDS, limit_worker, still_working

_MOST_PAGES = 3_000
_MOST_CHARACTERS = 20_000_000
_ENDS = (10, 13)


def main() -> None:
    """Read, and write one object: `problem`, or `pages` with what the document states."""
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
    pages: list[list[dict]] = []
    characters = 0
    for number in range(len(document)):
        try:
            page = document[number]
        except pypdfium2.PdfiumError:  # listed, but not there
            pages.append([])
            continue
        pages.append(_lines(page))
        characters += sum(len(line["text"]) for line in pages[-1])
        if characters > _MOST_CHARACTERS:
            return {"problem": "characters"}
        page.close()
    return {
        "pages": pages,
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


def _lines(page: pypdfium2.PdfPage) -> list[dict]:
    """Return the lines of a page in the document's order.

    Their places are in points, from the bottom left.
    """
    text_page = page.get_textpage()
    lines: list[dict] = []
    codes: list[int] = []
    first = last = -1
    for index in range(text_page.count_chars()):
        code = raw.FPDFText_GetUnicode(text_page.raw, index)
        # PDFium puts a control character in the place of a hyphen and of the end of its line.
        hyphen = raw.FPDFText_IsHyphen(text_page.raw, index) == 1
        if code not in _ENDS:
            codes.append(ord("-") if hyphen else code)
        if code != 32 and code not in _ENDS:
            first, last = (index if first < 0 else first), index
        if code in _ENDS or hyphen:
            if first >= 0:
                lines.append(_line(text_page, codes, first, last))
            codes, first = [], -1
    if first >= 0:
        lines.append(_line(text_page, codes, first, last))
    text_page.close()
    return lines


def _line(text_page: pypdfium2.PdfTextPage, codes: list[int], first: int, last: int) -> dict:
    data = b"".join(code.to_bytes(2, "little") for code in codes if code < 0x10000)
    box = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(text_page.raw, first, box)
    left, bottom = box.left, box.bottom
    raw.FPDFText_GetLooseCharBox(text_page.raw, last, box)
    return {
        "text": data.decode("utf-16-le", "replace"),
        "left": left,
        "right": box.right,
        "bottom": bottom,
        "size": raw.FPDFText_GetFontSize(text_page.raw, first),
    }


if __name__ == "__main__":
    main()
