"""A WACZ gives the pages of its WARCs; what it states of its files and isn't so is told."""

import gzip
import io
import json
import zipfile

import pytest
from archives import gzipped, page, record, response, wacz
from deliveries import damaged, expanded, outcome, read
from documents import zipped
from hypothesis import given, settings
from hypothesis import strategies as st
from run import rounds

from ingest.schema.document import Failure, Notice, SourceDocument

PONT = "Le maire de Corvenne a rouvert le pont à péage lundi matin, après trois mois de travaux."
GARE = "La gare de Montferrel restera fermée tout l'hiver, a confirmé la région mercredi soir."
URL = "https://courrier.example/{}"
ONE, TWO = (response(URL.format(name), page(name, text)) for name, text in (("pont", PONT), ("gare", GARE)))
UNTITLED = response(URL.format("pont"), f"<html><body><article><p>{PONT}</p></article></body></html>")
LISTED = [
    {"id": "1", "url": URL.format("pont#haut"), "ts": "2025-08-03T12:05:00Z", "title": "Le pont rouvre"},
    {"id": "2", "url": URL.format("gare"), "ts": "2025-08-03T12:06:00Z"},
]


def found(data: bytes) -> list:
    return list(expanded(data, "a.wacz"))


def told(data: bytes) -> list[str]:
    items = [item for item in found(data) if isinstance(item, Failure | Notice)]
    assert all(item.text("en") != item.text("fr") for item in items)
    return [item.text("en") for item in items]


def test_every_page_of_every_warc_is_read():
    data = wacz({"b.warc.gz": gzipped(TWO), "a.warc": ONE, "index.txt": b"x"}, LISTED)
    items = found(data)
    assert [item.source for item in items] == [URL.format("pont"), URL.format("gare")]
    assert [item.key for item in items] == [f"/k/a.wacz#{item.source}" for item in items]
    assert [read(item).text for item in items] == [f"pont\n{PONT}", f"gare\n{GARE}"]
    assert told(data) == []


def test_the_list_names_pages_without_a_title_and_dates_none():
    (article,) = map(read, found(wacz({"a.warc.gz": gzipped(UNTITLED)}, LISTED[:1])))
    assert (article.title, article.published_at) == ("Le pont rouvre", None)
    head = '<meta property="article:published_time" content="2025-08-01T08:00:00+02:00">'
    stated = response(URL.format("pont"), page("Son titre", PONT, head=head))
    (article,) = map(read, found(wacz({"a.warc.gz": gzipped(stated)}, LISTED[:1])))
    assert (article.title, article.published_at) == ("Son titre", "2025-08-01T08:00:00+02:00")


@pytest.mark.parametrize("title", ["https://courrier.example/pont", "", None, 3, "untitled"])
def test_what_is_no_title_in_the_list_names_nothing(title):
    listed = [{"url": URL.format("pont"), "title": title}]
    (article,) = map(read, found(wacz({"a.warc.gz": gzipped(UNTITLED)}, listed)))
    assert article.title == PONT


@pytest.mark.parametrize("wrong", ["sha256:" + "0" * 64, "md5:" + "0" * 32, "0" * 64])
def test_a_hash_that_is_another_one_is_told_and_the_pages_are_read(wrong):
    data = wacz({"a.warc.gz": gzipped(ONE)}, hashes={"a.warc.gz": wrong})
    assert told(data) == [
        "a.wacz: archive/a.warc.gz isn't the file that was packed (its hash is another one): changed or"
        " damaged since; what can be read of it is read."
    ]
    assert [read(item).text for item in found(data) if isinstance(item, SourceDocument)] == [f"pont\n{PONT}"]


def test_a_file_that_is_listed_again_and_again_is_hashed_once():
    wrong = {"path": "archive/a.warc", "hash": "sha256:" + "0" * 64}
    package = json.dumps({"profile": "data-package", "resources": [wrong] * 1_000})
    (said,) = told(zipped({"archive/a.warc": ONE, "datapackage.json": package}))
    assert said.startswith("a.wacz: archive/a.warc isn't the file that was packed")


def test_a_warc_that_is_listed_and_missing_is_told():
    with zipfile.ZipFile(io.BytesIO(wacz({"a.warc.gz": gzipped(ONE), "b.warc.gz": gzipped(TWO)}))) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if name != "archive/b.warc.gz"}
    assert told(zipped(files)) == [
        "a.wacz: archive/b.warc.gz is listed in it and isn't there; the rest is read."
    ]


def test_a_package_that_was_changed_after_it_was_signed_is_told():
    package = json.dumps({"profile": "data-package"})
    digest = json.dumps({"path": "datapackage.json", "hash": "sha256:" + "0" * 64})
    files = {"archive/a.warc": ONE, "datapackage.json": package, "datapackage-digest.json": digest}
    (said,) = told(zipped(files))
    assert said.startswith("a.wacz: datapackage.json isn't the file that was packed")


def test_listed_pages_that_arent_there_are_told_and_those_that_moved_are_not():
    moved = response(URL.format("gare"), "", status="301 Moved Permanently")
    listed = [*LISTED, {"url": URL.format("mairie")}, {"url": URL.format("ecole")}, {"titre": 1}, [1]]
    assert told(wacz({"a.warc.gz": gzipped(ONE, moved)}, listed)) == [
        "a.wacz: 2 pages are listed in it that aren't there (first: https://courrier.example/mairie)."
    ]


def test_a_broken_warc_is_told_and_the_others_are_read():
    data = wacz({"a.warc.gz": b"bonjour", "b.warc.gz": gzipped(ONE)[:-30], "c.warc.gz": gzipped(TWO)})
    assert told(data) == [
        "a.wacz/archive/a.warc.gz: not a WARC file.",
        "a.wacz/archive/b.warc.gz: it ends within a record, after 0 pages (https://courrier.example/pont).",
    ]
    assert [read(item).text for item in found(data) if isinstance(item, SourceDocument)] == [f"gare\n{GARE}"]


def test_a_stored_warc_is_read_where_it_stands_and_its_damage_loses_one_page_only():
    members = [bytearray(gzip.compress(one)) for one in (ONE, TWO)]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("archive/a.warc.gz", b"".join(members))
    data = bytearray(out.getvalue())
    data[data.find(bytes(members[1])) + len(members[1]) - 6] ^= 0xFF
    assert told(bytes(data)) == ["https://courrier.example/gare: the record is damaged."]
    items = [item for item in found(bytes(data)) if isinstance(item, SourceDocument)]
    assert [read(item).text for item in items] == [f"pont\n{PONT}"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"bonjour", "not a WACZ file, or cut off."),
        (zipped({"a.txt": "x"}), "there is no WARC in it."),
        (zipped({"datapackage.json": '{"profile": "multi-wacz-package"}'}),
         "a list of other WACZ files; give those."),
        (wacz({"a.warc": record("warcinfo", "", "application/warc-fields", b"x")}),
         "there is no page or document in it."),
        (zipped({"archive/a.warc": ONE + bytes(60_000_000)}), "it grows out of all proportion"),
    ],
)  # fmt: skip
def test_what_is_no_wacz_is_said(data, reason):
    (said,) = told(data)
    assert reason in said


SMALL = wacz({"a.warc.gz": gzipped(ONE, TWO)}, LISTED)
PUT = [b"", b"\0", b"\xff\xff", b"PK", b"9", b"{", b'"', b"\x1f\x8b\x08"]


@given(place=st.integers(0, 5_000), removed=st.integers(0, 40), put=st.sampled_from(PUT))
@settings(max_examples=rounds(150, 2_000), deadline=None)
def test_what_is_damaged_is_refused_or_read_and_never_merged(place, removed, put):
    for text in outcome(damaged(SMALL, place, removed, put), "a.wacz"):
        assert not (PONT[:30] in text and GARE[:30] in text)
