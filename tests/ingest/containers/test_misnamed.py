"""A file whose name says text or page and that is another format is read as what it is."""

import gzip
import json
from pathlib import Path

import pytest
from archives import gzipped, page, response, wacz
from documents import SENTENCES, epub, html, json_lines, mail, odt, pdf, word, zipped

from ingest.containers.expand import expand
from ingest.converters.registry import format_of, read_article
from ingest.schema.document import Failure, SourceDocument, of_file
from rag.schema.article import Article

PAGE = html().encode()
JSON = json.dumps([{"title": "Le pont", "text": SENTENCES}], indent=1).encode()
LINES = json_lines(
    {"title": "Le pont", "text": SENTENCES}, {"title": "Le bac", "text": "Le bac de Lervan part."}
)
RTF = b"{\\rtf1\\ansi Le pont de Corvenne rouvre lundi.}"
SAVED = (
    b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://echo.example/pont\r\nSubject: Le pont\r\n"
    b'MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="b"\r\n'
    b"\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Location: https://echo.example/pont\r\n"
    b"Content-Transfer-Encoding: 8bit\r\n\r\n" + PAGE + b"\r\n--b--\r\n"
)


def found(folder: Path, name: str, data: bytes) -> list[SourceDocument]:
    path = folder / name
    path.write_bytes(data)
    format_ = format_of(name)
    assert format_ is not None
    items = [*expand(of_file(path, name, f"/k/{name}", format_, "/k"))]
    assert all(isinstance(item, SourceDocument) for item in items), items
    return [item for item in items if isinstance(item, SourceDocument)]


def articles(folder: Path, name: str, data: bytes) -> list[Article]:
    return [read_article(one.read(), one.source, one.key, one.format) for one in found(folder, name, data)]


@pytest.mark.parametrize(
    ("name", "data", "format_"),
    [
        ("a.txt", PAGE, "html"), ("a.txt", b"\xef\xbb\xbf\n<!DOCTYPE HTML>" + PAGE, "html"),
        ("a.txt.gz", gzip.compress(PAGE), "html"),
        ("a.txt", pdf(SENTENCES), "pdf"), ("a.html", pdf(SENTENCES), "pdf"),
        ("a.txt", SAVED, "mhtml"), ("a.html", SAVED, "mhtml"),
        ("a.txt", RTF, "rtf"), ("a.htm", RTF, "rtf"),
    ],
)  # fmt: skip
def test_one_article_is_read_as_it_begins(tmp_path: Path, name: str, data: bytes, format_: str):
    (item,) = found(tmp_path, name, data)
    assert (item.format, item.key) == (format_, f"/k/{name}")
    (article,) = articles(tmp_path, name, data)
    assert "le pont" in article.text.lower()
    assert not any(mark in article.text for mark in ("<p>", "%PDF", "{\\rtf", "MIME-Version"))


@pytest.mark.parametrize(("data", "titles"), [(JSON, ["Le pont"]), (LINES, ["Le pont", "Le bac"])])
def test_json_that_is_named_a_text_is_records(tmp_path: Path, data: bytes, titles: list[str]):
    assert [article.title for article in articles(tmp_path, "a.txt", data)] == titles
    assert [article.title for article in articles(tmp_path, "b.txt", b"\xef\xbb\xbf" + data)] == titles


@pytest.mark.parametrize(
    "text",
    [
        "[Mise à jour] Le pont rouvre lundi [bis]", "{Le pont} rouvre lundi }", "<<Le pont rouvre>>, dit-il.",
        "Le pont <html> rouvre : une page.", "De: Anne\nMIME-Version: 1.0\n\nLe pont rouvre lundi.",
        "%PDF est un format.", '{"Le pont"} rouvre lundi',
    ],
)  # fmt: skip
def test_what_only_looks_a_little_so_is_a_text(tmp_path: Path, text: str):
    (item,) = found(tmp_path, "a.txt", text.encode())
    assert item.format == "text"
    assert articles(tmp_path, "a.txt", text.encode())[0].text == text


def test_a_mail_and_a_page_that_shows_json_stay_what_they_are(tmp_path: Path):
    assert found(tmp_path, "a.txt", mail())[0].format == "text"
    assert found(tmp_path, "a.html", b'{"title": "Le pont"}')[0].format == "html"
    assert found(tmp_path, "a.md", b"<!doctype html>\n\nLe pont rouvre.")[0].format == "markdown"


# --- what is zipped ---

DOCUMENTS = {
    "docx": word(SENTENCES),
    "odt": odt(f"<text:p>{SENTENCES}</text:p>"),
    "epub": epub(f"<p>{SENTENCES}</p>"),
}
SITE = wacz({"a.warc.gz": gzipped(response("https://echo.example/pont", page("Le pont", SENTENCES)))})


@pytest.mark.parametrize("named", ["zip", "docx", "odt", "epub", "wacz"])
@pytest.mark.parametrize("format_", sorted(DOCUMENTS))
def test_a_document_that_is_named_another_zip_is_read_as_what_it_is(tmp_path: Path, format_: str, named: str):
    (item,) = found(tmp_path, f"a.{named}", DOCUMENTS[format_])
    assert (item.format, item.key) == (format_, f"/k/a.{named}")
    (article,) = articles(tmp_path, f"a.{named}", DOCUMENTS[format_])
    assert "le pont" in article.text.lower()


def test_an_archive_of_the_web_that_is_named_a_zip_is_its_pages(tmp_path: Path):
    (item,) = found(tmp_path, "a.zip", SITE)
    assert item.key == "/k/a.zip#https://echo.example/pont"


def test_documents_within_a_zip_are_read_as_what_they_are(tmp_path: Path):
    held = zipped({"a.zip": DOCUMENTS["docx"], "b.docx": DOCUMENTS["odt"], "c.zip": SITE, "d.txt": SENTENCES})
    assert [(item.source, item.format) for item in found(tmp_path, "a.zip", held)] == [
        ("a.zip#a.zip", "docx"),
        ("a.zip#b.docx", "odt"),
        ("https://echo.example/pont", "html"),
        ("a.zip#d.txt", "text"),
    ]


def told(folder: Path, name: str, data: bytes) -> list[str]:
    (folder / name).write_bytes(data)
    format_ = format_of(name)
    assert format_ is not None
    items = [*expand(of_file(folder / name, name, f"/k/{name}", format_, "/k"))]
    assert all(isinstance(item, Failure) for item in items), items
    return [item.reason for item in items if isinstance(item, Failure)]


@pytest.mark.parametrize("name", ["a.zip", "a.docx"])
@pytest.mark.parametrize("inside", ["xl/workbook.xml", "ppt/presentation.xml"])
def test_a_workbook_or_slides_are_told_once(tmp_path: Path, name: str, inside: str):
    data = zipped({"[Content_Types].xml": "<Types/>", inside: "<x/>", "docProps/core.xml": "<x/>"})
    assert told(tmp_path, name, data) == [
        f"{name}: a workbook or slides of an office suite, which isn't read; save it as CSV or PDF."
    ]


def test_a_zip_of_articles_stays_one_whatever_else_is_in_it(tmp_path: Path):
    files: dict[str, str | bytes] = {"a/content.xml": "x", "meta/datapackage.json": "{}", "b.txt": SENTENCES}
    (folder := tmp_path / "x").mkdir()
    path = folder / "a.zip"
    path.write_bytes(zipped(files))
    items = [*expand(of_file(path, "a.zip", "/k/a.zip", "zip", "/k"))]
    assert "a.zip#b.txt" in [item.source for item in items if isinstance(item, SourceDocument)]


# --- one value of JSON that is named JSONL ---

ROW, OTHER = {"title": "Le pont", "text": SENTENCES}, {"title": "Le bac", "text": "Le bac de Lervan part."}
ANSWERS = [
    {"took": 3, "hits": {"total": 2, "hits": [{"_id": "1", "_source": ROW}, {"_id": "2", "_source": OTHER}]}},
    {"status": "ok", "articles": [ROW, OTHER]},
    [ROW, OTHER],
]


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("answer", ANSWERS)
def test_a_list_or_an_answer_that_is_named_jsonl_is_its_articles(tmp_path: Path, answer: object, indent):
    data = json.dumps(answer, indent=indent).encode()
    as_json = [one.key.removeprefix("/k/a.json") for one in found(tmp_path, "a.json", data)]
    assert [one.key.removeprefix("/k/a.jsonl") for one in found(tmp_path, "a.jsonl", data)] == as_json
    titles = [article.title for article in articles(tmp_path, "a.jsonl", b"\xef\xbb\xbf\n" + data + b"\n")]
    assert titles == ["Le pont", "Le bac"]
    assert len(found(tmp_path, "a.jsonl.gz", gzip.compress(data))) == 2


def test_an_object_over_several_lines_that_is_named_jsonl_is_one_article(tmp_path: Path):
    (article,) = articles(tmp_path, "a.jsonl", json.dumps(ROW, indent=2).encode())
    assert article.title == "Le pont"


@pytest.mark.parametrize("more", [{}, {"items": [{"a": 1}]}, {"data": []}])
def test_an_article_alone_in_jsonl_stays_its_first_line(tmp_path: Path, more: dict):
    (item,) = found(tmp_path, "a.jsonl", json_lines(ROW | more))
    assert item.key == "/k/a.jsonl#1"


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
@pytest.mark.parametrize("answer", [{"status": "ok", "articles": []}, {"response": {}, "results": []}, []])
def test_an_answer_without_articles_says_so(tmp_path: Path, name: str, answer: object):
    assert told(tmp_path, name, json.dumps(answer).encode()) == [f"{name}: the list is empty."]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.jsonl", b"", "the table is empty."),
        ("a.jsonl", b"\xef\xbb\xbf \n\n", "the table is empty."),
        ("a.jsonl.gz", gzip.compress(b""), "the table is empty."),
        ("a.csv", b"", "the table is empty."),
        ("a.csv", b"sep=;\r\n", "the table is empty."),
        ("a.csv", b"titre;texte", "the table has the names of its columns, and no rows."),
        ("a.tsv", b"title\ttext\n\n", "the table has the names of its columns, and no rows."),
        ("a.mbox", b"From \n", "there is no article in it."),
    ],
)
def test_what_holds_nothing_says_so_in_one_sentence(tmp_path: Path, name: str, data: bytes, reason: str):
    assert told(tmp_path, name, data) == [f"{name}: {reason}"]
