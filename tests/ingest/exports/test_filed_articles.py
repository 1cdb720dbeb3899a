"""Exports with files beside them: each article is its file's text with what the export states of it."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from deliveries import FIRST, OTHER, SECOND, damaged, outcome, read
from hypothesis import given, settings
from hypothesis import strategies as st
from run import rounds

from ingest.containers.expand import expand
from ingest.schema.document import Failure, Notice, SourceDocument, digest_of
from ingest.sources.discovery import find, in_folder
from rag.schema.article import Imprint

RDF = """<rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:z="http://www.zotero.org/namespaces/export#"
 xmlns:bib="http://purl.org/net/biblio#"
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:dcterms="http://purl.org/dc/terms/"
 xmlns:foaf="http://xmlns.com/foaf/0.1/"
 xmlns:link="http://purl.org/rss/1.0/modules/link/">
    <bib:Article rdf:about="https://val.example/halle">
        <z:itemType>newspaperArticle</z:itemType>
        <dcterms:isPartOf>
            <bib:Part>
                <dc:title>Vie locale</dc:title>
                <dcterms:isPartOf rdf:resource="urn:issn:1234-5678"/>
            </bib:Part>
        </dcterms:isPartOf>
        <bib:authors><rdf:Seq>
            <rdf:li><foaf:Person><foaf:surname>Roumégoux</foaf:surname>
                <foaf:givenname>Inès</foaf:givenname></foaf:Person></rdf:li>
            <rdf:li><foaf:Person><foaf:surname>AFP</foaf:surname></foaf:Person></rdf:li>
        </rdf:Seq></bib:authors>
        <link:link rdf:resource="#item_13"/>
        <link:link rdf:resource="#item_12"/>
        <dcterms:isReferencedBy rdf:resource="#item_20"/>
        <dc:title>La halle rénovée</dc:title>
        <dcterms:abstract>Un résumé.</dcterms:abstract>
        <dc:date>2026-02-05</dc:date>
        <z:language>fr-FR</z:language>
        <dc:identifier>
            <dcterms:URI><rdf:value>https://val.example/halle</rdf:value></dcterms:URI>
        </dc:identifier>
        <bib:pages>3</bib:pages>
        <dc:rights>© Le Journal du Val</dc:rights>
    </bib:Article>
    <bib:Newspaper rdf:about="urn:issn:1234-5678">
        <dc:title>Le Journal du Val</dc:title>
        <dc:identifier>ISSN 1234-5678</dc:identifier>
    </bib:Newspaper>
    <bib:Memo rdf:about="#item_20"><rdf:value>&lt;p&gt;à vérifier&lt;/p&gt;</rdf:value></bib:Memo>
    <z:Attachment rdf:about="#item_12">
        <z:itemType>attachment</z:itemType>
        <rdf:resource rdf:resource="files/12/La halle.html"/>
        <dc:title>Instantané</dc:title>
        <link:type>text/html</link:type>
    </z:Attachment>
    <z:Attachment rdf:about="#item_13">
        <z:itemType>attachment</z:itemType>
        <rdf:resource rdf:resource="files/13/photo.png"/>
    </z:Attachment>
    <bib:Document rdf:about="#item_30">
        <z:itemType>webpage</z:itemType>
        <dcterms:isPartOf><z:Website><dc:title>Le blog du val</dc:title></z:Website></dcterms:isPartOf>
        <dc:title>Le marché déménage</dc:title>
        <link:link rdf:resource="#item_31"/>
    </bib:Document>
    <z:Attachment rdf:about="#item_31">
        <z:itemType>attachment</z:itemType>
        <z:path rdf:resource="files/31/march%C3%A9.txt"/>
    </z:Attachment>
    <bib:Book rdf:about="urn:isbn:1"><z:itemType>book</z:itemType><dc:title>Un livre</dc:title></bib:Book>
    <z:Collection rdf:about="#collection_1"><dc:title>Val</dc:title></z:Collection>
</rdf:RDF>
"""
PAGE = (
    "<!doctype html><html lang='fr'><head><title>Autre titre | Site</title></head><body><article>"
    f"<h1>Autre titre</h1><p>{FIRST}</p><p>{SECOND}</p></article></body></html>"
)
OMNIVORE = [
    {
        "id": "a1", "slug": "la-halle", "title": "La halle", "description": "Un résumé",
        "author": "Inès Roumégoux", "url": "https://val.example/halle", "state": "Active", "labels": [],
        "savedAt": "2026-02-07T10:00:00Z", "updatedAt": "2026-02-08T10:00:00Z",
        "publishedAt": "2026-02-05T19:30:00.000Z",
    },
    {
        "id": "a2", "slug": "sans-texte", "title": "x", "description": "", "url": "https://val.example/b",
        "state": "Archived", "labels": [], "savedAt": "2026-02-07T10:00:00Z",
    },
]  # fmt: skip


def zotero(folder: Path) -> Path:
    """A folder as Zotero exports one, with files."""
    for name, data in {"12/La halle.html": PAGE, "31/marché.txt": OTHER, "13/photo.png": "x"}.items():
        path = folder / "Val" / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(data, encoding="utf-8")
    (folder / "Val" / "Val.rdf").write_text(RDF, encoding="utf-8")
    return folder / "Val"


def omnivore(folder: Path) -> Path:
    top = folder / "omnivore"
    (top / "content").mkdir(parents=True)
    (top / "highlights").mkdir()
    (top / "metadata_0_to_20.json").write_text(json.dumps(OMNIVORE), encoding="utf-8")
    (top / "content" / "la-halle.html").write_text(f"<div><p>{FIRST}</p></div>", encoding="utf-8")
    (top / "highlights" / "la-halle.md").write_text("> 890 000 euros\n", encoding="utf-8")
    return top


def everything(path: Path) -> list[SourceDocument | Failure | Notice]:
    return [one for found in find([str(path)]) for one in expand(found)]


def zipped(folder: Path) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder.parent).as_posix())
    return out.getvalue()


def in_zip(data: bytes, name: str = "a.zip") -> list[SourceDocument | Failure | Notice]:
    file = SourceDocument(name, f"/k/{name}", "zip", lambda _: data, "/k", open=lambda: io.BytesIO(data))
    return list(expand(file))


@pytest.mark.parametrize("packed", [False, True])
def test_an_item_of_zotero_is_its_file_with_what_zotero_states(tmp_path, packed):
    folder = zotero(tmp_path)
    found = in_zip(zipped(folder)) if packed else everything(folder)
    first, second, notice = found
    article = read(first)
    assert article.text.endswith(f"{FIRST}\n{SECOND}")
    assert (article.title, article.outlet) == ("La halle rénovée", "Le Journal du Val")
    assert (article.author, article.language) == ("Inès Roumégoux, AFP", "fr")
    assert article.published_at == "2026-02-05"
    assert article.imprint == Imprint("Vie locale", "3", "© Le Journal du Val")
    assert not article.excerpt
    other = read(second)
    assert (other.text, other.title, other.outlet) == (OTHER, "Le marché déménage", "Le blog du val")
    assert isinstance(notice, Notice)
    assert notice.said.endswith(
        "left out: highlights and notes (1), references without a file or an abstract (1)."
    )


def test_a_correction_in_zotero_is_read_though_the_file_is_the_same(tmp_path):
    folder = zotero(tmp_path)
    before = everything(folder)[0]
    (folder / "Val.rdf").write_text(RDF.replace("La halle rénovée", "La halle, enfin"), encoding="utf-8")
    after = everything(folder)[0]
    assert isinstance(before, SourceDocument) and isinstance(after, SourceDocument)
    assert before.key == after.key and before.read() == after.read()
    assert digest_of(before.read(), before.known) != digest_of(after.read(), after.known)


def test_without_its_files_an_abstract_stands_as_an_excerpt(tmp_path):
    path = tmp_path / "a.rdf"
    path.write_text(RDF, encoding="utf-8")
    first, notice = everything(path)
    article = read(first)
    assert (article.text, article.excerpt, article.title) == ("Un résumé.", True, "La halle rénovée")
    assert isinstance(notice, Notice) and "references whose file isn't there (2)" in notice.said


@pytest.mark.parametrize(
    "name", ["../secret.txt", "/etc/hostname", "files/12/lien.txt", "files/12", "%00.txt"]
)
def test_no_file_outside_of_the_export_is_read(tmp_path, name):
    (tmp_path / "secret.txt").write_text(OTHER, encoding="utf-8")
    folder = zotero(tmp_path)
    (folder / "files" / "12" / "lien.txt").symlink_to(tmp_path / "secret.txt")
    text = RDF.replace("files/12/La halle.html", name).replace("march%C3%A9.txt", "x.txt")
    (folder / "Val.rdf").write_text(text, encoding="utf-8")
    assert [read(one).text for one in everything(folder) if isinstance(one, SourceDocument)] == ["Un résumé."]


def test_files_of_an_export_are_not_read_by_themselves(tmp_path):
    folder = zotero(tmp_path)
    inside = [str(path) for path in folder.rglob("*") if path.is_file()]
    assert [one.source for one in in_folder(str(tmp_path), inside)] == [str(folder / "Val.rdf")]
    named = everything(folder / "files" / "31" / "marché.txt")
    assert [read(one).text for one in named] == [OTHER]


def test_a_folder_called_files_of_another_kind_is_read(tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a.txt").write_text(FIRST, encoding="utf-8")
    zotero(tmp_path).joinpath("Val.rdf").rename(tmp_path / "Val.rdf")
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "b.txt").write_text(OTHER, encoding="utf-8")
    texts = [read(one).text for one in everything(tmp_path) if isinstance(one, SourceDocument)]
    assert FIRST in texts and OTHER in texts


@pytest.mark.parametrize("packed", [False, True])
def test_an_entry_of_omnivore_is_its_file_with_what_omnivore_states(tmp_path, packed):
    folder = omnivore(tmp_path)
    first, notice = in_zip(zipped(folder)) if packed else everything(folder)
    article = read(first)
    assert (article.text, article.title, article.author) == (FIRST, "La halle", "Inès Roumégoux")
    assert (article.published_at, article.updated_at) == ("2026-02-05T19:30:00+00:00", None)
    assert isinstance(notice, Notice) and "addresses without a text (1)" in notice.said


def test_an_archive_is_its_files(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "un.txt").write_text(FIRST, encoding="utf-8")
    (tmp_path / "a" / "deux.jsonl").write_text(json.dumps({"text": OTHER}), encoding="utf-8")
    (tmp_path / "a" / "photo.png").write_bytes(b"x")
    (tmp_path / "a" / "b.zip").write_bytes(b"x")
    found = in_zip(zipped(tmp_path / "a"))
    assert [one.source for one in found] == ["a.zip#a/b.zip", "a.zip#a/deux.jsonl#1", "a.zip#a/un.txt"]
    assert isinstance(found[0], Failure) and "archive within an archive" in found[0].reason
    assert [read(one).text for one in found[1:]] == [OTHER, FIRST]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"PK\3\4 not a zip", "a.zip: it isn't a zip archive, or a damaged one; save it again."),
        (b"", "a.zip: it isn't a zip archive, or a damaged one; save it again."),
    ],
)
def test_what_is_no_archive_is_refused(data, reason):
    (failure,) = in_zip(data)
    assert isinstance(failure, Failure) and failure.reason == reason != failure.reason_fr


def test_an_archive_that_grows_without_end_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"0" * 45_000_000)
        archive.writestr("b.txt", FIRST)
        archive.writestr("photo.png", b"x")
    bomb, good = in_zip(out.getvalue())
    assert isinstance(bomb, Failure) and bomb.source == "a.zip#a.txt"
    assert read(good).text == FIRST
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("photo.png", b"x")
    (failure,) = in_zip(out.getvalue())
    assert isinstance(failure, Failure)
    assert failure.reason == "a.zip: the archive holds nothing that can be read."


PIECES = [b"", b"<", b">", b'"', b"#", b"&", b"\0", b"\xff", b"files/", b"</rdf:li>", b"PK\1\2"]


@pytest.mark.parametrize("kind", ["rdf", "zip"])
@given(place=st.integers(0, 10_000), removed=st.integers(0, 40), put=st.sampled_from(PIECES))
@settings(max_examples=rounds(80, 800), deadline=None)
def test_what_is_damaged_is_refused_or_read_and_never_merged(kind, place, removed, put):
    if kind == "rdf":
        second = RDF.split("<bib:Article", 1)[1].split("</bib:Article>")[0].replace("Un résumé.", OTHER)
        text = RDF.replace("Un résumé.", FIRST).replace(
            "<bib:Newspaper", f"<bib:Article{second}</bib:Article><bib:Newspaper", 1
        )
        texts = outcome(damaged(text.encode(), place, removed, put), "a.rdf")
    else:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("a.txt", FIRST)
            archive.writestr("b.txt", OTHER)
        texts = outcome(damaged(out.getvalue(), place, removed, put), "a.zip")
    for found in texts:
        assert not (FIRST[-40:] in found and OTHER[:40] in found)
