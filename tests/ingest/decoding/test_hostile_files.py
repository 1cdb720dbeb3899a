"""Files made to exhaust or mislead a reader meet limits; damaged ones are an article or a clear refusal."""

import gzip
import io
import json
import random
import time
import tracemalloc
import unicodedata
import zipfile
from collections.abc import Callable

import pyarrow
import pytest
from archives import gzipped, mhtml, page, response, wacz
from documents import SENTENCES, epub, html, json_lines, mail, odt, pdf, warc, word, xhtml, zipped
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from ingest.containers import expand as expanding
from ingest.containers.expand import expand
from ingest.containers.line_reader import lines
from ingest.converters import registry
from ingest.converters.registry import format_of, read_article
from ingest.decoding import sandbox
from ingest.schema.document import Failure, SourceDocument
from rag.errors import UserError

BOMB = "it grows out of all proportion when it is decompressed (a decompression bomb); it wasn't read."


def refused(data: bytes, name: str) -> str:
    with pytest.raises(UserError) as error:
        read_article(data, name)
    return str(error.value)


def opened(data: bytes, name: str) -> list[SourceDocument | Failure]:
    format_ = format_of(name)
    assert format_ is not None
    return list(expand(SourceDocument(name, name, format_, lambda limit: data[: limit + 1])))


# --- bombs ---


def test_zip_bombs_are_refused():
    document = zipped({"[Content_Types].xml": "", "word/document.xml": b" " * 60_000_000})
    assert refused(document, "a.docx") == f"a.docx: {BOMB}"
    book = epub("<p>x</p>", files={"OEBPS/text/ch0.xhtml": b" " * 60_000_000})
    assert refused(book, "a.epub") == f"a.epub: {BOMB}"
    many = zipped({f"{number}": "" for number in range(10_001)})
    assert refused(many, "a.epub") == f"a.epub: {BOMB}"


PACKED_OTHERWISE = (
    "it is packed in a way that isn't read (bzip2, LZMA or another); pack it as an ordinary zip."
)


def packed_by(method: int, files: dict[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_zips_that_python_unpacks_without_a_limit_are_refused(method):
    book = packed_by(method, {"META-INF/container.xml": "<container/>"})
    assert refused(book, "a.epub") == f"a.epub: {PACKED_OTHERWISE}"
    (failure,) = opened(packed_by(method, {"b.txt": "Un mot."}), "a.zip")
    assert failure == Failure("a.zip#b.txt", f"a.zip#b.txt: {PACKED_OTHERWISE}", failure.reason_fr)
    found = opened(packed_by(method, {"archive/a.warc": "WARC/1.1"}), "a.wacz")
    assert [one.reason for one in found] == [f"a.wacz/archive/a.warc: {PACKED_OTHERWISE}"]


def test_a_zip_whose_files_are_together_out_of_all_proportion_is_left():
    data = zipped({f"{number:02}.txt": " " * 19_000_000 for number in range(12)})
    found = opened(data, "a.zip")
    assert [isinstance(one, Failure) for one in found] == [False] * 10 + [True] * 2
    assert found[-1] == Failure("a.zip#11.txt", f"a.zip#11.txt: {BOMB}", found[-1].reason_fr)


@pytest.mark.parametrize("name", ["a.txt.gz", "a.html.gz", "a.eml.gz"])
def test_gzip_bombs_are_refused(name):
    assert refused(gzip.compress(bytes(60_000_000), 1), name) == f"{name}: {BOMB}"


def test_a_table_that_unfolds_without_end_is_left():
    line = json_lines({"text": "Un mot."})
    data = gzip.compress(line + (b" " * 9_999 + b"\n") * 10_000)
    first, failure = opened(data, "a.jsonl.gz")
    assert first.source == "a.jsonl.gz#1"
    assert failure == Failure("a.jsonl.gz", f"a.jsonl.gz: {BOMB}", failure.reason_fr)


def test_billion_laughs_are_refused():
    laughs = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    chapter = epub("", files={"OEBPS/text/ch0.xhtml": f"{laughs}]><html><body>&i;</body></html>"})
    reason = "it declares XML entities, which can grow without end; it wasn't read."
    assert refused(chapter, "a.epub") == f"a.epub: {reason}"
    container = epub("<p>x</p>", files={"META-INF/container.xml": f"{laughs}]><container>&i;</container>"})
    assert refused(container, "a.epub") == f"a.epub: {reason}"
    with zipfile.ZipFile(io.BytesIO(word(SENTENCES))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files["word/document.xml"] = f"{laughs}]><w:document>&i;</w:document>"
    assert refused(zipped(files), "a.docx") == f"a.docx: {reason}"


def test_a_file_without_a_name_in_an_archive_stops_nothing():
    archive = zipped({"b.txt": "Un mot.", "c.txt": "Deux mots."}).replace(b"b.txt", b"\0.txt")
    assert [one.source for one in opened(archive, "a.zip")] == ["a.zip#c.txt"]
    assert refused(archive, "a.epub").startswith("a.epub: ")
    assert refused(archive, "a.odt").startswith("a.odt: ")


def test_a_chapter_that_declares_its_encoding_twice_is_read():
    twice = "<?xml version='1.0'?>\n<?xml version='1.0' encoding='utf-8'?>\n" + xhtml(f"<p>{SENTENCES}</p>")
    book = epub("", files={"OEBPS/text/ch0.xhtml": twice})
    assert SENTENCES in read_article(book, "a.epub").text


@pytest.mark.parametrize(
    "error", [ValueError, IndexError, KeyError, AssertionError, RecursionError, MemoryError]
)
def test_whatever_a_reader_fails_on_is_a_sentence_of_that_file_alone(monkeypatch, error):
    def fail(*_: object) -> None:
        raise error("in a parser")

    sentence = f"it can't be read ({error.__name__})."
    monkeypatch.setitem(registry._READERS, "text", fail)
    assert refused(b"Un mot.", "a.txt") == f"a.txt: {sentence}"
    monkeypatch.setitem(expanding._OPENERS, "csv", fail)
    (failure,) = opened(b"text\nUn mot.\n", "a.csv")
    assert failure == Failure("a.csv", f"a.csv: {sentence}", failure.reason_fr)


# --- depth and length ---


@pytest.mark.parametrize("name", ["a.eml", "a.mhtml"])
@pytest.mark.parametrize("header", ["Content-Type", "Content-Disposition", "From", "Subject", "Date", "To"])
def test_a_header_of_any_length_takes_linear_time(header, name):
    """Parsed whole, one of these would take minutes."""
    stated = {"From": "Ada <a@b.example>", "Subject": "Le pont", "Content-Type": "text/html"}
    stated[header] = stated.get(header, "x") + "; " + "\\" * 100_000
    head = "".join(f"{key}: {value}\n" for key, value in stated.items())
    begun = time.process_time()
    found = read_article(f"{head}\n{html()}".encode(), name)
    assert time.process_time() - begun < 20
    assert SENTENCES in found.text


def test_a_mail_of_thousands_of_parts_is_refused():
    part = "--x\nContent-Type: text/plain\n\nUn mot.\n"
    head = "From: a@b.example\nSubject: x\nContent-Type: multipart/mixed; boundary=x\n\n"
    said = refused((head + part * 2_500 + "--x--\n").encode(), "a.eml")
    assert said == "a.eml: it has more than 2000 parts; it wasn't read."


@pytest.mark.parametrize("name", ["a.epub", "a.eml", "a.docx"])
def test_a_hundred_thousand_nested_elements_end_in_an_article_or_a_sentence(name):
    deep = "<div>" * 100_000 + "fond" + "</div>" * 100_000
    if name == "a.epub":
        data = epub(f"<p>{SENTENCES}</p>{deep}")
    elif name == "a.eml":
        data = f"Subject: a\nContent-Type: text/html\n\n<p>Un mot.</p>{deep}".encode()
    else:
        with zipfile.ZipFile(io.BytesIO(word(SENTENCES))) as archive:
            files = {entry: archive.read(entry) for entry in archive.namelist()}
        runs = b"<w:p>" * 100_000 + b"</w:p>" * 100_000
        files["word/document.xml"] = files["word/document.xml"].replace(b"<w:sectPr", runs + b"<w:sectPr", 1)
        data = zipped(files)
    try:
        article = read_article(data, name)
    except UserError as error:
        assert str(error).startswith(f"{name}: ")
    else:
        assert article.text.startswith(("Le maire", "Un mot."))


def test_a_mail_of_ten_thousand_parts_within_each_other_ends_in_a_sentence():
    head = "".join(f'Content-Type: multipart/mixed; boundary="{n}"\n\n--{n}\n' for n in range(10_000))
    try:
        article = read_article(f"Subject: a\n{head}\nUn mot.".encode(), "a.eml")
    except UserError as error:
        assert str(error).startswith("a.eml: ")
    else:
        assert article.text == "Un mot."


class Endless(io.RawIOBase):
    """A file of one line as long as `size`, which no memory holds."""

    def __init__(self, start: bytes, size: int) -> None:
        self._start, self._size, self._at = start, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence] + offset
        return self._at

    def readinto(self, buffer: memoryview) -> int:
        data = (self._start[self._at :] + b"x" * len(buffer))[: min(len(buffer), self._size - self._at)]
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


@pytest.mark.parametrize(
    ("name", "start", "reason"),
    [
        ("a.jsonl", b'{"text": "', "a.jsonl#1: longer than 20 MB; it was passed over."),
        ("a.json", b'[{"text": "', "a.json: an object of more than 50 MB; split it into articles."),
        ("a.csv", b"text\n", "a.csv#2: longer than 20 MB; it was passed over."),
    ],
)
def test_a_line_of_a_gigabyte_is_passed_over_in_little_memory(name, start, reason):
    format_ = format_of(name)
    assert format_ is not None
    endless = io.BufferedReader(Endless(start, 1_000_000_000))
    item = SourceDocument(name, name, format_, lambda _: b"", open=lambda: endless)
    tracemalloc.start()
    try:
        (failure,) = expand(item)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert isinstance(failure, Failure)
    assert failure.reason == reason
    assert peak < 400_000_000


def test_lines_around_a_long_one_are_read():
    found = list(lines(io.BytesIO(b"a\n" + b"x" * 30 + b"\nb"), longest=10))
    assert [(line.number, line.text, line.error is None) for line in found] == [
        (1, "a\n", True), (2, "", False), (3, "b", True),
    ]  # fmt: skip


# --- parsers that can be given up ---


@pytest.mark.parametrize(
    "program",
    [
        "from ingest.decoding.sandbox import still_working\nstill_working(1)\nwhile True: pass",
        "from ingest.decoding.sandbox import still_working as w\nw(1)\nsum(x * x for x in range(10**12))",
    ],
)
def test_a_parser_that_stalls_is_given_up(program, monkeypatch, tmp_path):
    (tmp_path / "stalling_worker.py").write_text(program)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(
        UserError, match=r"^reading it takes longer than 60 seconds; it is damaged or made to"
    ):
        sandbox.parsed("stalling_worker", b"")


@pytest.mark.parametrize(
    "program",
    [
        "import os\nos.abort()",
        "print('no json')",
        "raise SystemExit(3)",
        "print('[' * 100000)",
        "from ingest.decoding.sandbox import limit_worker\nlimit_worker(10**9)\nx = bytes(2 * 10**9)",
    ],
)
def test_a_parser_that_dies_is_a_refusal(program, monkeypatch, tmp_path):
    (tmp_path / "dying_worker.py").write_text(program)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(UserError, match=r"^it can't be parsed: damaged, or too complicated for the memory"):
        sandbox.parsed("dying_worker", b"")


def test_a_pdf_that_says_it_has_a_million_pages_ends_in_a_sentence():
    pages = b"<</Type/Pages/Count 1000000/Kids[" + b"3 0 R " * 3_500 + b"]>>"
    parts = [b"<</Type/Catalog/Pages 2 0 R>>", pages, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"]
    data = b"%PDF-1.4\n" + b"".join(b"%d 0 obj%sendobj\n" % (n, part) for n, part in enumerate(parts, 1))
    assert refused(data + b"trailer<</Root 1 0 R>>\n", "a.pdf").startswith("a.pdf: it ")


def test_pages_of_a_pdf_that_contain_each_other_end_in_a_sentence():
    parts = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 2/Kids[2 0 R 2 0 R]/Parent 2 0 R>>"]
    data = b"%PDF-1.4\n" + b"".join(b"%d 0 obj%sendobj\n" % (n, part) for n, part in enumerate(parts, 1))
    assert refused(data + b"trailer<</Root 1 0 R>>\n", "a.pdf").startswith("a.pdf: it ")


# --- whatever the bytes ---


def sound(item: SourceDocument) -> None:
    """Reading gives an article that keeps its promises, or one sentence about its source."""
    try:
        article = read_article(item.read(), item.source, item.key, item.format)
    except UserError as error:
        assert str(error).startswith(f"{item.source}: ")
        assert error.text("fr").startswith(f"{item.source} : ")
        return
    assert unicodedata.is_normalized("NFC", article.text)
    assert not {"\0", "\r"} & set(article.text)
    assert any(character.isalnum() for character in article.text)
    json.dumps([article.title, article.text], ensure_ascii=False).encode()


def check(data: bytes, name: str) -> None:
    for item in opened(data, name):
        if isinstance(item, SourceDocument):
            sound(item)
        else:
            assert item.text("en").startswith(f"{item.source}: ")
            assert item.text("fr").startswith(f"{item.source} : ")


def table() -> bytes:
    file = io.BytesIO()
    parquet.write_table(pyarrow.table({"text": [SENTENCES, "Fin."], "id": [1, 2]}), file)
    return file.getvalue()


SMALL_FILES: dict[str, bytes] = {
    "a.txt": SENTENCES.encode("cp1252"),
    "a.txt.gz": gzip.compress(SENTENCES.encode()),
    "a.md": f"---\ntitle: Été\ndate: 2025-08-16\n---\n# Un\n\n- a\n- b\n\n{SENTENCES}".encode(),
    "a.html": html().encode(),
    "a.epub": epub(f"<h1>Un</h1><p>{SENTENCES}</p>", metadata="<x/>"),
    "a.eml": mail(),
    "a.json": json.dumps([{"text": SENTENCES, "id": 1}, {"texte": "Fin."}]).encode(),
    "a.jsonl": json_lines({"text": SENTENCES, "id": 1}, {"texte": "Fin."}),
    "a.csv": f'id;titre;texte\n1;Un;"{SENTENCES}"\n2;Deux;Fin.\n'.encode(),
    "a.warc": warc(("https://a.example/a", "text/html; charset=utf-8", html().encode()), zipped=False),
    "a.warc.gz": warc(("https://a.example/a", "text/html", html().encode())),
    "a.wacz": wacz({"a.warc.gz": gzipped(response("https://a.example/a", page("Un", SENTENCES)))}),
    "a.mhtml": mhtml(("Content-Type: text/html\nContent-Location: https://a.example/a", html())),
    "a.mbox": b"From a\n" + mail() + b"\nFrom b\n" + mail("Fin."),
}
# Their parsers are processes of their own: a few mutations each.
LARGE_FILES: dict[str, Callable[[], bytes]] = {
    "a.pdf": lambda: pdf(SENTENCES, title="Un"),
    "a.docx": lambda: word(SENTENCES),
    "a.odt": lambda: odt(f"<text:p>{SENTENCES}</text:p>"),
    "a.fodt": lambda: odt(f"<text:p>{SENTENCES}</text:p>", flat=True),
    "a.parquet": table,
}


def mutated(data: bytes, random_: random.Random) -> bytes:
    """Some bytes changed, removed, repeated, or all from somewhere cut off."""
    found = bytearray(data)
    for _ in range(random_.randint(1, 8)):
        at = random_.randrange(len(found) + 1)
        kind = random_.randrange(5)
        if kind == 0:
            found[at : at + 1] = random_.randbytes(1)
        elif kind == 1:
            del found[at : at + random_.randint(1, 30)]
        elif kind == 2:
            found[at:at] = found[at : at + random_.randint(1, 30)]
        elif kind == 3:
            found[at:at] = random_.choice(
                [b"\0", b"\xff", b'"', b"<", b">", b"[", b"\n", b"\r", b"&x;", b"\xed\xa0\x80"]
            )
        else:
            del found[max(at, 20) :]
    return bytes(found)


@settings(max_examples=300)
@given(st.sampled_from(sorted(SMALL_FILES)), st.randoms(use_true_random=False))
def test_a_mutated_file_is_an_article_or_a_refusal(name, random_):
    check(mutated(SMALL_FILES[name], random_), name)


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(LARGE_FILES))
def test_a_mutated_large_file_is_an_article_or_a_refusal(name):
    data = LARGE_FILES[name]()
    for seed in range(12):
        check(mutated(data, random.Random(seed)), name)


@settings(max_examples=200)
@given(st.sampled_from(sorted(SMALL_FILES)), st.binary(max_size=300))
def test_any_bytes_are_an_article_or_a_refusal(name, data):
    check(data, name)


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=80)


@settings(max_examples=150)
@given(WORDS.filter(lambda words: any(c.isalnum() for c in unicodedata.normalize("NFC", words))))
def test_any_words_arrive_in_nfc_through_every_format(words):
    """Formats with markup join white space; the words are the same."""
    escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    expected = unicodedata.normalize("NFC", words).split()
    for name, data in {
        "a.txt": f"a {words}".encode(),
        "a.epub": epub(f"<p>a {escaped}</p>"),
        "a.eml": mail(f"a {words}"),
        "a.json": json_lines({"text": f"a {words}"}),
    }.items():
        (item,) = opened(data, name)
        assert isinstance(item, SourceDocument)
        article = read_article(item.read(), name, name, item.format)
        assert article.text.split() == ["a", *expected], name
        assert unicodedata.is_normalized("NFC", article.text)


@pytest.mark.long
@settings(max_examples=10)
@given(WORDS.filter(lambda words: any(c.isalnum() for c in unicodedata.normalize("NFC", words))))
def test_any_words_arrive_through_a_document_of_word(words):
    try:
        data = word(f"a {words}")
    except ValueError:  # a character that XML can't hold
        return
    assert read_article(data, "a.docx").text.split() == ["a", *unicodedata.normalize("NFC", words).split()]


def test_a_chapter_in_windows_1252_keeps_its_accents():
    chapter = xhtml("<p>Le café coûte 3 €, selon l’œnologue.</p>").replace("utf-8", "windows-1252")
    data = epub("", files={"OEBPS/text/ch0.xhtml": chapter.encode("cp1252")})
    assert read_article(data, "a.epub").text == "Le café coûte 3 €, selon l’œnologue."
