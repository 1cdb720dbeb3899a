"""A thousand files, fifty of them broken in twelve ways: the others are in, each of these has its reason."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from desk import Desk
from documents import SENTENCES, epub, html, json_lines, mail, pdf, pdf_lines, word, zipped


def text(number: int) -> str:
    return f"L’article numéro {number} paraît aujourd’hui. {SENTENCES}"


# Extension → how many, and how one is made.
WHOLE: dict[str, tuple[int, Callable[[int], bytes]]] = {
    "txt": (400, lambda n: text(n).encode("cp1252" if n % 3 == 0 else "utf-8")),
    "md": (150, lambda n: f"---\ntitle: Article {n}\n---\n{text(n)}".encode()),
    "html": (140, lambda n: html(text(n)).encode()),
    "txt.gz": (30, lambda n: gzip.compress(text(n).encode())),
    "eml": (80, lambda n: mail(text(n))),
    "json": (80, lambda n: json_lines({"texte": text(n)})),
    "epub": (40, lambda n: epub(f"<p>{text(n)}</p>")),
    "docx": (15, lambda n: word(text(n))),
    "pdf": (15, lambda n: pdf(text(n))),
}
ENTITIES = '<!DOCTYPE html [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
ENCRYPTION = '<encryption><CipherReference URI="OEBPS/text/ch0.xhtml"/></encryption>'
BOMB = zipped({"[Content_Types].xml": "", "word/document.xml": b" " * 60_000_000})
# Extension and how one is made, how many, and the reason that is told.
BROKEN: list[tuple[str, bytes, int, str]] = [
    ("txt", b" \n", 5, "there is no text in it."),
    (
        "txt",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        5,
        "this isn't text in an encoding that can be recognised; save it as UTF-8.",
    ),
    (
        "md",
        b"---\ntitle: [a\n---\nUn mot.",
        4,
        "its front matter isn't valid YAML on line 3 (expected ',' or ']', but got '<stream end>').",
    ),
    ("html", b"<html><body></body></html>", 4, "no article text found in the page."),
    ("pdf", pdf_lines(), 4, "it has pages but no text: a scan; run a text recognition (OCR) over it first."),
    (
        "pdf",
        pdf_lines((72, 700, "Secret"), encrypt="mot"),
        4,
        "it is protected with a password; save a copy without one.",
    ),
    (
        "docx",
        BOMB,
        4,
        "it grows out of all proportion when it is decompressed (a decompression bomb); it wasn't read.",
    ),
    (
        "epub",
        epub("", files={"OEBPS/text/ch0.xhtml": f"{ENTITIES}<html>&b;</html>"}),
        4,
        "it declares XML entities, which can grow without end; it wasn't read.",
    ),
    (
        "epub",
        epub("<p>x</p>", files={"META-INF/encryption.xml": ENCRYPTION}),
        4,
        "it is protected (DRM); only books without protection can be read.",
    ),
    ("eml", b"bonjour", 4, "it isn't a mail."),
    ("json", b'{"text": "Un mot."', 4, "not valid JSON."),
    (
        "txt.gz",
        gzip.compress(SENTENCES.encode())[:40],
        4,
        "its gzip compression is damaged (Compressed file ended before the end-of-stream marker was"
        " reached).",
    ),
]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    made = Desk(tmp_path_factory.mktemp("thousand"))
    yield made
    made.close()


def write(folder: Path) -> dict[str, str]:
    """Write all files; returns the reason that each broken one should have."""
    number = 0
    for extension, (count, make) in WHOLE.items():
        for _ in range(count):
            number += 1
            (folder / f"{number:04d}.{extension}").write_bytes(make(number))
    expected = {}
    for extension, data, count, reason in BROKEN:
        for _ in range(count):
            number += 1
            file = folder / f"{number:04d}.{extension}"
            file.write_bytes(data)
            expected[str(file)] = f"{file}: {reason}"
    return expected


def test_950_of_1000_files_are_in_and_50_have_each_their_reason(desk: Desk):
    expected = write(desk.files)
    assert len(list(desk.files.iterdir())) == 1_000
    assert (len(expected), len(BROKEN)) == (50, 12)
    summary = desk.ingest()
    assert {failure.source: failure.reason for failure in summary.failed} == expected
    assert (summary.new, len(summary.failed)) == (950, 50)
    articles = desk.library.articles()
    assert len(articles) == 950
    found = {article.text.partition(" paraît")[0].removeprefix("Le pont rouvre\n") for article in articles}
    assert found == {f"L’article numéro {number}" for number in range(1, 951)}
    assert all(" ".join(SENTENCES.split()) in " ".join(article.text.split()) for article in articles)
