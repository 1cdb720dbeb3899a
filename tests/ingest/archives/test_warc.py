"""A WARC gives its pages and documents, however it is packed; what is damaged is named, the rest is in."""

import gzip
import random
import re
import tracemalloc

import brotli
import pytest
import zstandard
from archives import gzipped, page, record, response
from deliveries import damaged, expanded, read
from documents import pdf, word
from hypothesis import given, settings
from hypothesis import strategies as st
from run import rounds

from ingest.schema.document import Failure, Notice, SourceDocument
from ingest.schema.formats import format_of
from rag.errors import UserError

PONT = "Le maire de Corvenne a rouvert le pont à péage lundi matin, après trois mois de travaux."
GARE = "La gare de Montferrel restera fermée tout l'hiver, a confirmé la région mercredi soir."
ECOLE = "L'école du Val d'Orge accueillera quarante élèves de plus à la rentrée de septembre."
URL = "https://courrier.example/{}"
PAGES = [
    response(URL.format(name), page(name, sentence)) for name, sentence in
    (("pont", PONT), ("gare", GARE), ("ecole", ECOLE))
]  # fmt: skip


def found(data: bytes, name: str = "a.warc") -> list:
    return list(expanded(data, name))


def texts(data: bytes, name: str = "a.warc") -> list[str]:
    return [read(item).text for item in found(data, name) if isinstance(item, SourceDocument)]


def told(data: bytes, name: str = "a.warc") -> list[str]:
    return [
        item.reason if isinstance(item, Failure) else item.said
        for item in found(data, name) if isinstance(item, Failure | Notice)
    ]  # fmt: skip


def of_pages(*sentences: str) -> list[str]:
    names = {PONT: "pont", GARE: "gare", ECOLE: "ecole"}
    return [f"{names[one]}\n{one}" for one in sentences]


# --- packing ---


def with_dictionary(*records: bytes, compressed: bool = False) -> bytes:
    samples = [bytes(random.Random(n).choices(b"abcdefg <p>", k=400)) + records[n % 3] for n in range(300)]
    dictionary = zstandard.train_dictionary(4_000, samples)
    compressor = zstandard.ZstdCompressor(dict_data=dictionary)
    frame = dictionary.as_bytes()
    frame = zstandard.compress(frame) if compressed else frame
    head = b"\x5d\x2a\x4d\x18" + len(frame).to_bytes(4, "little") + frame
    return head + b"".join(map(compressor.compress, records))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.warc", b"".join(PAGES)),
        ("a.warc.gz", gzipped(*PAGES)),
        ("a.warc.gz", gzip.compress(b"".join(PAGES))),
        ("a.warc.gz", gzip.compress(b"".join(PAGES[:2])) + gzip.compress(PAGES[2])),
        ("a.warc.gz", gzipped(*PAGES) + bytes(512)),
        ("a.warc.zst", zstandard.compress(b"".join(PAGES))),
        ("a.warc.zst", b"".join(map(zstandard.compress, PAGES))),
        ("a.warc.zst", with_dictionary(*PAGES)),
        ("a.warc.zst", with_dictionary(*PAGES, compressed=True)),
        ("a.warc", gzipped(*PAGES)),
        ("a.warc", b"\r\n" + b"\r\n\r\n".join(PAGES).replace(b"\r\n\r\n\r\n\r\n", b"\r\n\r\n")),
    ],
)
def test_every_page_is_read_however_the_file_is_packed(name, data):
    assert texts(data, name) == of_pages(PONT, GARE, ECOLE)
    assert told(data, name) == []


def test_endings_of_archives():
    names = ["a.warc", "a.WARC.GZ", "a.warc.zst", "CC-MAIN-1.warc.wet.gz", "a.jsonl.zst", "a.zst"]
    assert [format_of(name) for name in names] == ["warc", "warc", "warc", "warc", None, None]


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_an_archive_that_unfolds_without_end_is_left(pack):
    huge = record("resource", URL.format("x"), "video/mp4", bytes(60_000_000))
    assert told(pack(PAGES[0] + huge)) == [
        "a.warc: it grows out of all proportion when it is decompressed (a decompression bomb); it wasn't"
        " read."
    ]


def test_a_dictionary_that_cant_be_read_is_said():
    data = b"\x5d\x2a\x4d\x18" + (2**31).to_bytes(4, "little") + b"x" * 99
    assert told(data, "a.warc.zst") == [
        "a.warc.zst: the dictionary that its records are compressed with can't be read."
    ]


# --- kinds of records ---


def test_resources_and_conversions_are_read_as_what_they_are():
    data = b"".join(
        [
            record("resource", URL.format("r"), "text/html; charset=windows-1252",
                   page("pont", PONT).replace('<meta charset="utf-8">', "").encode("cp1252")),
            record("conversion", URL.format("c.html"), "text/plain", f"{GARE} 1 < 2 <b>".encode()),
            record("resource", URL.format("d.pdf"), "application/pdf", pdf(ECOLE)),
            record("conversion", URL.format("m"), "text/markdown", f"# Titre\n\n{PONT}".encode()),
            response(URL.format("f"), word(GARE),
                     "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ]
    )  # fmt: skip
    items = found(data)
    assert [item.format for item in items] == ["html", "text", "pdf", "markdown", "docx"]
    read_texts = [read(item).text for item in items]
    assert read_texts[0] == f"pont\n{PONT}"
    assert read_texts[1] == f"{GARE} 1 < 2 <b>"
    assert " ".join(read_texts[2].split()) == ECOLE
    assert read_texts[3] == f"Titre\n\n{PONT}"
    assert read_texts[4] == GARE


def test_what_is_no_page_is_left_without_a_word():
    data = b"".join(
        [
            record("warcinfo", "", "application/warc-fields", b"software: x\r\n"),
            record(
                "request", URL.format("pont"), "application/http; msgtype=request", b"GET / HTTP/1.1\r\n\r\n"
            ),
            record("metadata", URL.format("pont"), "application/warc-fields", b"via: x\r\n"),
            record("resource", "metadata://gnu.org/software/wget/warc/wget.log", "text/plain", b"log"),
            record("resource", "urn:text:https://courrier.example/pont", "text/plain", PONT.encode()),
            record("resource", URL.format("robots.txt"), "text/plain", b"User-agent: *"),
            response(URL.format("robots.txt"), "User-agent: *", "text/plain"),
            response(URL.format("style"), "p {}", "text/css"),
            response(URL.format("parti"), page("x", GARE), status="301 Moved Permanently"),
            response(URL.format("perdu"), page("x", GARE), status="404 Not Found"),
            PAGES[0],
        ]
    )
    assert texts(data) == of_pages(PONT)
    assert told(data) == []


def test_a_conversion_of_a_page_that_is_there_is_no_second_article():
    data = PAGES[0] + record("conversion", URL.format("pont"), "text/plain", PONT.encode())
    assert texts(data) == of_pages(PONT)


REVISIT = "Content-Type: text/html\r\n\r\n"
PROFILE = "WARC-Profile: http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"


def revisit(address: str, *stated: str) -> bytes:
    head = f"HTTP/1.1 200 OK\r\n{REVISIT}".encode()
    return record("revisit", address, "application/http; msgtype=response", head, [PROFILE, *stated])


def test_revisits_are_told_apart_from_pages():
    digest = "WARC-Payload-Digest: sha1:ABC"
    known = [
        revisit(URL.format("pont")),
        revisit(URL.format("autre"), f"WARC-Refers-To-Target-URI: {URL.format('pont')}"),
        response(URL.format("gare"), page("gare", GARE), stated=[digest]),
        revisit(URL.format("gare?x"), digest),
    ]
    assert texts(PAGES[0] + b"".join(known)) == of_pages(PONT, GARE)
    assert told(PAGES[0] + b"".join(known)) == []
    away = revisit(URL.format("ailleurs"), "WARC-Payload-Digest: sha1:XYZ")
    assert told(PAGES[0] + away + revisit(URL.format("loin"))) == [
        "a.warc: 2 pages are only said to be as they were at another capture, which isn't in it (first: "
        "https://courrier.example/ailleurs); ingest the archive that has it."
    ]


def test_a_page_that_the_crawler_cut_off_is_read_and_told():
    data = response(URL.format("pont"), page("pont", PONT), stated=["WARC-Truncated: length"])
    assert texts(data) == of_pages(PONT)
    assert told(data) == [
        "https://courrier.example/pont: the crawler cut this page off (length); what it kept is read."
    ]


def test_three_captures_of_a_page_have_keys_of_their_own():
    keys = [item.key for item in found(PAGES[0] * 3)]
    assert len(set(keys)) == 3
    assert keys == [item.key for item in found(PAGES[0] * 3)]


# --- damage ---


def test_a_page_that_cant_be_decoded_is_one_failure_by_its_address_and_the_rest_is_read():
    bad = [
        response(URL.format("br"), b"\xff" * 99, sent=["Content-Encoding: br"]),
        response(
            URL.format("zstd"),
            zstandard.compress(b"x" * 99)[:9] + b"\xff" * 9,
            sent=["Content-Encoding: zstd"],
        ),
    ]
    good = response(
        URL.format("gare"), brotli.compress(page("gare", GARE).encode()), sent=["Content-Encoding: br"]
    )
    data = gzipped(bad[0], PAGES[0], bad[1], good)
    assert texts(data) == of_pages(PONT, GARE)
    assert told(data) == [
        "https://courrier.example/br: its compressed text is damaged (br).",
        "https://courrier.example/zstd: its compressed text is damaged (zstd).",
    ]


@pytest.mark.parametrize("wrong", [-40, -3, 7, 150, 700])
def test_a_record_of_a_wrong_length_never_takes_the_next_one_with_it(wrong):
    body = page("pont", PONT)
    right = int(re.search(rb"Content-Length: (\d+)", PAGES[0])[1])
    bad = response(URL.format("pont"), body, length=right + wrong)
    data = bad + PAGES[1] + PAGES[2]
    assert texts(data) == of_pages(GARE, ECOLE)
    assert told(data) == [
        "https://courrier.example/pont: the record isn't as long as it says; it wasn't read."
    ]


def test_a_damaged_member_is_one_failure_and_the_next_ones_are_read():
    members = [bytearray(gzip.compress(one)) for one in PAGES]
    members[1][-8] ^= 0xFF  # its checksum
    assert texts(b"".join(members)) == of_pages(PONT, ECOLE)
    assert told(b"".join(members)) == ["https://courrier.example/gare: the record is damaged."]


def test_damage_in_a_file_that_is_gzipped_whole_keeps_what_came_before():
    many = b"".join(response(URL.format(n), page(f"Article {n}", PONT, GARE, f"{n}.")) for n in range(400))
    data = bytearray(gzip.compress(many, 0))
    place = data.find(b"Article 200")
    data[place - 70_000 : place - 69_990] = b"\xff" * 10
    assert len(texts(bytes(data))) > 50
    assert len(told(bytes(data))) == 1


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
@pytest.mark.parametrize("lost", [1, 9, 60])
def test_a_file_that_is_cut_off_says_so_and_where(pack, lost):
    data = b"".join(map(pack, PAGES))[:-lost]
    assert texts(data) == of_pages(PONT, GARE)
    (reason,) = told(data)
    assert reason.startswith("a.warc: it ends within a record, after 2 pages")


def test_a_thousand_broken_records_are_told_and_no_more():
    data = record("resource", URL.format("x"), "text/html", b"x", length=90) * 1_500
    reasons = told(data)
    assert len(reasons) == 1_001
    assert reasons[-1] == "a.warc: 1000 records can't be read; the rest was left."


def test_false_starts_and_endless_heads_take_no_time_and_no_memory():
    noise = gzip.compress(PAGES[0])[:-40] + b"\x1f\x8b\x08" * 400_000
    endless = b"WARC/1.0\r\n" + b"X-a: b\r\n" * 1_000_000
    tracemalloc.start()
    try:
        assert texts(noise) == []
        assert texts(endless + PAGES[0]) == of_pages(PONT)
        assert tracemalloc.get_traced_memory()[1] < 150_000_000
    finally:
        tracemalloc.stop()


FORMS = {
    "plain": b"".join(PAGES),
    "members": gzipped(*PAGES),
    "whole": gzip.compress(b"".join(PAGES), 0),
    "zstd": b"".join(map(zstandard.compress, PAGES)),
}
PUT = [b"", b"\0", b"\xff\xff", b"\r\n\r\n", b"9", b"WARC/1.0\r\n", b":", b"<", b"\x1f\x8b\x08"]


@pytest.mark.parametrize("form", sorted(FORMS))
@given(place=st.integers(0, 5_000), removed=st.integers(0, 40), put=st.sampled_from(PUT))
@settings(max_examples=rounds(60, 1_000), deadline=None)
def test_what_is_damaged_is_refused_or_read_never_merged_and_never_lost_in_silence(form, place, removed, put):
    data = damaged(FORMS[form], place, removed, put)
    whole, reasons = [], []
    for item in found(data):
        if isinstance(item, SourceDocument):
            try:
                text = read(item).text
            except UserError as error:
                reasons.append(str(error))
                continue
            whole += [one for one in (PONT, GARE, ECOLE) if one in text]
            assert sum(one[:30] in text for one in (PONT, GARE, ECOLE)) <= 1
        else:
            reasons.append(str(item))
    assert len(whole) >= 1 or reasons
    if form in ("members", "zstd") and removed < 40 and place % len(data) > 60:
        assert len(whole) >= 1
