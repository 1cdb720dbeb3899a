"""Documents in every format that is read, made from a few words; and the ways in which they can be broken."""

from __future__ import annotations

import gzip
import io
import json
import textwrap
import zipfile
from collections.abc import Sequence

import docx
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen import canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate

SENTENCES = (
    "Le maire de Corvenne a rouvert le pont à péage lundi, après trois mois de travaux. "
    "Près de 12\u00a0000 véhicules l’ont traversé dès midi, selon la préfecture."
)


def html(body: str = SENTENCES, title: str = "Le pont rouvre") -> str:
    return (
        f'<!doctype html><html lang="fr"><head><meta charset="utf-8"></head><body><article><h1>{title}</h1>'
        f"<p>{body}</p></article></body></html>"
    )


def pdf(*paragraphs: str, footer: str = "", **stated: str) -> bytes:
    """As many pages as the paragraphs need; `footer` and the page's number stand at the foot of each."""
    style = getSampleStyleSheet()["Normal"]

    def foot(page: canvas.Canvas, _: SimpleDocTemplate) -> None:
        if footer:
            page.drawString(72, 30, f"{footer} – page {page.getPageNumber()}")

    file = io.BytesIO()
    story = [Paragraph(paragraph, style) for paragraph in paragraphs]
    SimpleDocTemplate(file, **stated).build(story, onFirstPage=foot, onLaterPages=foot)
    return file.getvalue()


def pdf_pages(*pages: str) -> bytes:
    """A page for each text, which its reader finds there word for word; an empty text makes an empty page."""
    file = io.BytesIO()
    made = canvas.Canvas(file)
    for page in pages:
        for number, line in enumerate(textwrap.wrap(page, 70)):
            made.drawString(72, 740 - 14 * number, line)
        made.showPage()
    made.save()
    return file.getvalue()


def pdf_lines(*lines: tuple[float, float, str], encrypt: str | None = None) -> bytes:
    """One page with each line at its place; without lines, a page with a drawing: a scan."""
    file = io.BytesIO()
    page = canvas.Canvas(file, encrypt=encrypt)
    page.rect(100, 100, 300, 500)
    for left, bottom, text in lines:
        page.drawString(left, bottom, text)
    page.save()
    return file.getvalue()


def word(*paragraphs: str, title: str = "", author: str = "") -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.core_properties.title = title
    document.core_properties.author = author
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


_ODF = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office", "text": "text", "table": "table", "style": "style", "draw": "drawing",
        "meta": "meta", "svg": "svg-compatible", "fo": "xsl-fo-compatible",
    }.items()
)  # fmt: skip
ODT_TYPE = "application/vnd.oasis.opendocument.text"


def odt(body: str, automatic: str = "", styles: str = "", meta: str = "", flat: bool = False) -> bytes:
    """An OpenDocument text of raw XML; `automatic` are the styles beside it, `styles` the named ones."""
    names = f'{_ODF} xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.3"'
    text = (
        f"<office:automatic-styles>{automatic}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body>"
    )
    named = f"<office:styles>{styles}</office:styles>"
    properties = f"<office:meta>{meta}</office:meta>"
    if flat:
        inside = f"{properties}{named}{text}"
        whole = f'<office:document {names} office:mimetype="{ODT_TYPE}">{inside}</office:document>'
        return f'<?xml version="1.0" encoding="UTF-8"?>{whole}'.encode()
    return zipped(
        {
            "mimetype": ODT_TYPE,
            "content.xml": f"<office:document-content {names}>{text}</office:document-content>",
            "styles.xml": f"<office:document-styles {names}>{named}</office:document-styles>",
            "meta.xml": f"<office:document-meta {names}>{properties}</office:document-meta>",
            "META-INF/manifest.xml": "<manifest/>",
        }
    )


def zipped(files: dict[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def epub(*chapters: str, metadata: str = "", files: dict[str, str | bytes] | None = None) -> bytes:
    names = [f"ch{number}.xhtml" for number in range(len(chapters))]
    items = "".join(f'<item id="{n}" href="text/{n}" media-type="application/xhtml+xml"/>' for n in names)
    spine = "".join(f'<itemref idref="{name}"/>' for name in names)
    package = (
        '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" '
        'xmlns:opf="http://www.idpf.org/2007/opf" version="3.0">'
        f'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">{metadata}</metadata><manifest>'
        '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
        f'{items}</manifest><spine><itemref idref="nav"/>{spine}</spine></package>'
    )
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/content.opf"/></rootfiles></container>'
    )
    texts = {f"OEBPS/text/{name}": xhtml(chapter) for name, chapter in zip(names, chapters, strict=True)}
    nav = {"OEBPS/nav.xhtml": xhtml("<p>Table des matières</p>")}
    found = {"META-INF/container.xml": container, "OEBPS/content.opf": package, **nav, **texts}
    return zipped(found | (files or {}))


def xhtml(body: str) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml">'
        f"<head><title/></head><body>{body}</body></html>"
    )


def mail(body: str = SENTENCES, subject: str = "Le pont rouvre") -> bytes:
    head = f"From: Zoé Lefèvre <zoe@a.example>\nSubject: {subject}\nDate: Sat, 16 Aug 2025 10:30:00 +0200\n"
    return (
        f"{head}Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{body}\n".encode()
    )


def warc(*pages: tuple[str, str, bytes], zipped: bool = True, headers: Sequence[str] = ()) -> bytes:
    """Responses: address, content type, body; each compressed on its own, as WARC has it.

    `headers` are further lines of all of them.
    """
    further = "".join(f"{line}\r\n" for line in headers)
    records = []
    for address, kind, body in pages:
        lines = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{further}\r\n"
        answer = lines.encode() + body
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {address}\r\n"
            "WARC-Date: 2025-08-16T10:00:00Z\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n"
        )
        records.append(head.encode() + answer + b"\r\n\r\n")
    return b"".join(gzip.compress(record) if zipped else record for record in records)


def json_lines(*objects: object) -> bytes:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in objects).encode()


def pdf_columns(*columns: Sequence[str], heading: str = "", interleaved: bool = False) -> bytes:
    """One page with columns beside each other, under a heading over all; each text is a line of its column.

    `interleaved`: the document has the first line of each column, then the second ones, and so on.
    """
    file = io.BytesIO()
    page = canvas.Canvas(file)
    if heading:
        page.setFont("Helvetica", 20)
        page.drawString(50, 760, heading)
    page.setFont("Helvetica", 9)
    width = 500 / len(columns)
    lines = [
        (50 + number * width, 720 - 12 * row, line)
        for number, column in enumerate(columns)
        for row, line in enumerate(column)
    ]
    for left, bottom, line in sorted(lines, key=lambda one: -one[1]) if interleaved else lines:
        page.drawString(left, bottom, line)
    page.save()
    return file.getvalue()


def saved_docx(document) -> bytes:
    """The bytes of a document of python-docx."""
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()
