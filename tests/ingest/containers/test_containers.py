"""Tables, archives and mailboxes become streams of articles; what is broken is named, the rest is in."""

import csv
import gzip
import hashlib
import io
import json
import sys
import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import brotli
import pyarrow
import pytest
import zstandard
from documents import SENTENCES, html, json_lines, mail, warc
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from ingest.containers.expand import expand
from ingest.containers.records import Records
from ingest.converters.registry import format_of, read_article
from ingest.decoding.http_codings import undone
from ingest.schema.columns import Columns
from ingest.schema.document import Failure, Notice, SourceDocument, of_file
from rag.errors import ConfigError, UserError
from rag.schema.article import Article
from rag.text.normalization import normalise_text


def readable(data: bytes, name: str, columns: dict[str, str] | None = None) -> SourceDocument:
    format_ = format_of(name)
    assert format_ is not None
    chosen = Columns.of(columns or {})
    return SourceDocument(name, f"/k/{name}", format_, lambda limit: data[: limit + 1], "/k", chosen)


def articles(data: bytes, name: str, columns: dict[str, str] | None = None) -> list[Article]:
    found = expand(readable(data, name, columns))
    return [read(item) for item in found if not isinstance(item, Notice)]


def read(item: SourceDocument | Failure) -> Article:
    assert isinstance(item, SourceDocument), item
    return read_article(item.read(), item.source, item.key, item.format)


def reasons(data: bytes, name: str, columns: dict[str, str] | None = None) -> list[str]:
    return [item.reason for item in expand(readable(data, name, columns)) if isinstance(item, Failure)]


def texts(data: bytes, name: str) -> list[str]:
    found = expand(readable(data, name))
    return [read(item).text for item in found if isinstance(item, SourceDocument)]


ROW = {
    "id": 7,
    "title": "Le pont",
    "text": SENTENCES,
    "url": "https://a.example/pont",
    "date": "2025-08-16",
    "author": ["Zoé", "AFP"],
    "source": {"id": None, "name": "Le Courrier"},
    "language": "fr",
}


def test_what_is_one_article_passes_unchanged():
    item = readable(b"Un mot.", "a.txt")
    failure = Failure("a", "b", "c")
    assert list(expand(item)) == [item]
    assert list(expand(failure)) == [failure]


# --- what a record states ---


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.json", json.dumps([ROW]).encode()),
        ("a.jsonl", json_lines(ROW)),
        ("a.json", json.dumps({"status": "ok", "articles": [ROW]}).encode()),
        ("a.json", json.dumps({"response": {"results": [ROW]}}).encode()),
    ],
)
def test_a_record_states_its_metadata(name, data):
    (item,) = expand(readable(data, name))
    assert (item.source, item.key, item.format, item.origin) == (
        f"{name}#1",
        f"/k/{name}#id=7",
        "record",
        "/k",
    )
    article = read(item)
    assert article == Article(
        id=hashlib.sha256(b"https://a.example/pont").hexdigest()[:16],
        text=SENTENCES,
        title="Le pont",
        source=f"{name}#1",
        content_hash=article.content_hash,
        outlet="Le Courrier",
        author="Zoé, AFP",
        language="fr",
        published_at="2025-08-16",
        canonical_url="https://a.example/pont",
    )


def test_an_object_is_one_article_under_the_file_s_own_name():
    (item,) = expand(readable(json.dumps(ROW).encode(), "a.json"))
    assert isinstance(item, SourceDocument)
    assert (item.source, item.key) == ("a.json", "/k/a.json")
    assert read(item).text == SENTENCES


def test_columns_go_by_their_usual_names_in_both_languages():
    names = "Titre;Texte;Date de publication;Auteur;Journal;Langue"
    data = f"{names}\nÉté;Le pont a rouvert.;2025-08-16;Zoé;L'Écho;fr\n"
    (article,) = articles(data.encode(), "a.csv")
    assert (article.title, article.text, article.author) == ("Été", "Le pont a rouvert.", "Zoé")
    assert (article.published_at, article.outlet, article.language) == ("2025-08-16", "L'Écho", "fr")


def test_columns_can_be_chosen():
    data = json_lines({"text": "Pas moi.", "fields": {"Corps": "Le pont a rouvert."}, "Chapô": "Le pont"})
    (article,) = articles(data, "a.jsonl", {"text": "fields.corps", "title": "chapo"})
    assert (article.text, article.title) == ("Le pont a rouvert.", "Le pont")


def test_a_chosen_column_that_isn_t_there_is_said():
    data = b"corps,chapo\nabc,x\n"
    assert reasons(data, "a.csv", {"text": "corps", "title": "titre"}) == [
        "a.csv: it has no column titre; its columns are corps, chapo."
    ]


def test_an_unknown_field_is_a_mistake_in_the_configuration():
    with pytest.raises(
        ConfigError, match=r"^columns: unknown field body; the fields are text, html, title, url"
    ):
        Columns.of({"body": "corps"})


@pytest.mark.parametrize(("name", "data"), [("a.csv", b"x,y\n1,2\n"), ("a.jsonl", b'{"x": 1, "y": 2}')])
def test_a_table_without_text_asks_which_column_holds_it(name, data):
    assert reasons(data, name) == [
        f"{name}: no column is known to hold the articles' text; say which one does: sourcier ingest {name}"
        " --column text=… (or for a source of config.yaml: columns: {text: …})."
    ]


def test_text_that_is_markup_loses_it_and_text_that_isn_t_stays_as_it_is():
    data = json_lines(
        {"content": "<p>Un <b>mot</b>.</p><p>Fin.</p>"}, {"text": "a <b et c> d"}, {"html": "x<br>y"}
    )
    assert texts(data, "a.jsonl") == ["Un mot.\nFin.", "a <b et c> d", "x\ny"]


def test_an_ambiguous_date_is_none():
    (article,) = articles(json_lines({"text": "Un mot.", "date": "05/06/2025"}), "a.jsonl")
    assert article.published_at is None


# --- identity ---


def test_a_record_keeps_its_key_when_rows_are_put_before_it():
    one, two = {"id": "a", "text": "Un."}, {"url": "https://a.example/b", "text": "Deux."}
    before = {item.key for item in expand(readable(json_lines(one, two), "t.jsonl"))}
    after = {item.key for item in expand(readable(json_lines({"text": "Zéro."}, one, two), "t.jsonl"))}
    assert before == {"/k/t.jsonl#id=a", "/k/t.jsonl#id=https://a.example/b"}
    assert after == before | {"/k/t.jsonl#1"}


def test_two_records_with_one_id_are_both_in():
    found = list(
        expand(readable(json_lines({"id": 1, "text": "Un."}, {"id": 1, "text": "Deux."}), "t.jsonl"))
    )
    assert [item.key for item in found] == ["/k/t.jsonl#id=1", "/k/t.jsonl#2"]


class Colliding(str):
    """An id that hashes as all others of its kind do."""

    def __hash__(self) -> int:
        return 1

    def __str__(self) -> str:
        return self


def test_two_ids_with_one_hash_are_two_records():
    records = Records(readable(b"", "t.jsonl"))
    taken = [
        records.take(row, {"id": Colliding(name), "text": "Un."}) for row, name in enumerate("aba", start=1)
    ]
    assert [item.key for item in taken] == ["/k/t.jsonl#id=a", "/k/t.jsonl#id=b", "/k/t.jsonl#3"]


def test_a_record_s_bytes_change_when_what_it_states_does():
    def data(**row: object) -> bytes:
        (item,) = expand(readable(json_lines(row), "t.jsonl"))
        return item.read()

    assert data(text="Un.", title="T") == data(title="T", text="Un.")
    assert data(text="Un.", title="T") == data(text="Un.", title="T", clicks=3)
    assert data(text="Un.", title="T") != data(text="Un.", title="U")


# --- CSV ---


def test_broken_rows_of_a_csv_are_named_by_their_line_and_the_others_are_in():
    data = (
        'id,title,text\n1,Un,"Le pont\na rouvert."\n2,Deux,trop,de champs\n3,"jamais fermé,x\n'
        '4,Quatre,Quatrième.\n5,Cinq,"mal "cité" ici"\n6,Six,Sixième.\n'
    ).encode()
    assert reasons(data, "t.csv") == [
        "t.csv#4: 4 fields where the table has 3 columns; quote those that hold a separator.",
        "t.csv#5: its quotation marks don't match.",
        "t.csv#7: its quotation marks don't match.",
    ]
    assert texts(data, "t.csv") == ["Le pont\na rouvert.", "Quatrième.", "Sixième."]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_accents_and_separators_of_a_csv(encoding, delimiter):
    rows = [["Titre", "Texte"], ["Été", "Le café ; l’œnologue, « à Besançon »\t| 3 €"], ["x", "Où ça ?"]]
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter).writerows(rows)
    found = articles(file.getvalue().encode(encoding), "t.csv")
    assert [[a.title, a.text] for a in found] == rows[1:]


def test_a_table_that_is_none_ends_in_one_sentence():
    data = b"text\n" + b'"x" y\n' * 2_000
    found = reasons(data, "t.csv")
    assert len(found) == 1_001
    assert found[-1] == "t.csv: 1000 rows can't be read; the rest, from line 1002, was left."


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff"), max_size=40)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6))
def test_any_cells_come_out_of_a_csv_as_they_went_in(rows):
    rows = [(title, text and f"Un mot {text}") for title, text in rows]  # what is only a number is no text
    file = io.StringIO()
    csv.writer(file).writerows([("title", "text"), *rows])
    found = [
        item
        for item in expand(readable(file.getvalue().encode(), "t.csv"))
        if isinstance(item, SourceDocument)
    ]
    stated = [json.loads(item.read()) for item in found]
    expected = [{k: v for k, v in (("text", text), ("title", title)) if v} for title, text in rows]
    assert [s for s in stated if s] == [e for e in expected if e]


# --- JSON and JSONL ---


def test_broken_lines_of_a_jsonl_are_named_and_the_others_are_in():
    data = (
        b'{"text": "Un."}\n{"text": "Deux."\n\n[1]\n{"text": "Trois."}\n{\xff\x00}\n' + b'{"text":' * 100_000
    )
    assert reasons(data, "t.jsonl") == [
        "t.jsonl#2: not valid JSON.",
        "t.jsonl#4: not a JSON object.",
        "t.jsonl#6: this isn't text in an encoding that can be recognised; save it as UTF-8.",
        "t.jsonl#7: not valid JSON.",
    ]
    assert texts(data, "t.jsonl") == ["Un.", "Trois."]


def test_objects_without_a_list_around_them_are_many():
    rows = [{"text": "Un."}, {"text": "Deux."}]
    assert texts(json_lines(*rows), "t.json") == ["Un.", "Deux."]


def test_a_list_that_is_cut_off_gives_what_came_before():
    data = json.dumps([{"text": f"Article {n}."} for n in range(1_000)]).encode()[:-3]
    assert reasons(data, "t.json") == ["t.json: not valid JSON after article 999."]
    assert texts(data, "t.json") == [f"Article {n}." for n in range(999)]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "t.json: not valid JSON."),
        (b"bonjour", "t.json: not valid JSON."),
        (b"3", "t.json: neither a JSON object nor a list."),
        (b"[]", "t.json: the list is empty."),
        (b"[3]", "t.json#1: not a JSON object."),
        (b"[" * 100_000, "t.json: not valid JSON (nested too deep)."),
        (b'[{"text": "x", "a": ' + b"[" * 100_000, "t.json: not valid JSON (nested too deep)."),
        (b'[{"text": "Un."} 3]', "t.json: not valid JSON after article 1."),
    ],
)
def test_what_is_no_json_is_said(data, reason):
    assert reasons(data, "t.json") == [reason]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("name", ["t.json", "t.jsonl"])
def test_accents_of_json_in_every_encoding(name, encoding):
    rows = [{"text": "Le café coûte 3 €, selon l’œnologue de Besançon."}, {"text": "Où ça ?"}]
    data = json.dumps(rows, ensure_ascii=False) if name == "t.json" else json_lines(*rows).decode()
    assert texts(data.encode(encoding), name) == [row["text"] for row in rows]


VALUES = st.text(max_size=60).filter(lambda text: any(c.isalnum() for c in normalise_text(text)))


@given(st.lists(VALUES, min_size=1, max_size=5), st.booleans())
def test_any_text_comes_out_of_json_as_it_went_in(values, ascii_only):
    # In front: text that begins with a tag would lose it, and what is only a number is no text.
    rows = [{"text": f".Un mot {value}"} for value in values]
    data = json.dumps(rows, ensure_ascii=ascii_only).encode("utf-8", "replace")
    sent = [row["text"] for row in json.loads(data)]
    assert texts(data, "t.json") == [normalise_text(text.replace("\0", "")) for text in sent]
    lines = "\n".join(json.dumps({"text": text}) for text in sent).encode()
    assert texts(lines, "t.jsonl") == [normalise_text(text.replace("\0", "")) for text in sent]


@pytest.mark.parametrize("name", ["t.jsonl.gz", "t.json.gz"])
def test_compressed_tables_are_read(name):
    rows = [{"text": f"Article {number}."} for number in range(300)]
    data = json.dumps(rows).encode() if name == "t.json.gz" else json_lines(*rows)
    assert texts(gzip.compress(data), name) == [row["text"] for row in rows]


def test_a_table_is_read_while_it_is_asked_for(tmp_path: Path):
    file = tmp_path / "t.jsonl"
    file.write_bytes(json_lines({"text": "Un."}, {"text": "Deux."}))
    found: Iterator[SourceDocument | Failure] = expand(of_file(file, "t.jsonl", "/k/t.jsonl", "jsonl", ""))
    assert next(found).source == "t.jsonl#1"
    assert next(found).source == "t.jsonl#2"
    assert next(found, None) is None


def test_a_table_that_can_t_be_opened_is_a_failure(tmp_path: Path):
    (failure,) = expand(of_file(tmp_path / "t.csv", "t.csv", "/k/t.csv", "csv", ""))
    assert failure == Failure(
        "t.csv",
        "t.csv: can't be read (No such file or directory).",
        "t.csv : la lecture est impossible (fichier ou dossier introuvable).",
    )


# --- Parquet ---


def table(rows: dict[str, list]) -> bytes:
    file = io.BytesIO()
    parquet.write_table(pyarrow.table(rows), file)
    return file.getvalue()


def test_a_parquet_table_is_read_with_its_types():
    data = table(
        {
            "id": [1, 2],
            "titre": ["Le pont", None],
            "texte": [SENTENCES, "Où ça ?"],
            "date": [datetime(2025, 8, 16, 10, 30, tzinfo=UTC), None],
            "updated": [date(2025, 8, 17), None],
            "authors": [["Zoé", "AFP"], []],
        }
    )
    one, two = articles(data, "t.parquet")
    assert (one.text, one.title, one.author, one.source) == (SENTENCES, "Le pont", "Zoé, AFP", "t.parquet#1")
    assert (one.published_at, one.updated_at) == ("2025-08-16T10:30:00+00:00", "2025-08-17")
    assert (two.text, two.author, two.published_at) == ("Où ça ?", None, None)


def test_a_damaged_parquet_table_is_said():
    data = table({"text": [SENTENCES * 3] * 10})
    assert reasons(b"bonjour", "t.parquet") == ["t.parquet: not a Parquet file."]
    (reason,) = reasons(data[:-30], "t.parquet")
    assert reason.startswith("t.parquet: damaged after row 0 (")


def test_parquet_without_its_reader_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert reasons(b"PAR1", "t.parquet") == [
        "t.parquet: reading Parquet needs pyarrow: pip install 'sourcier[tables]'."
    ]


# --- WARC ---

PONT = html().encode()


def test_the_pages_of_a_warc_are_known_by_their_addresses():
    data = warc(
        ("https://a.example/pont", "text/html; charset=utf-8", PONT),
        ("https://a.example/style.css", "text/css", b"p {}"),
        ("https://a.example/vieux", "text/html;charset=windows-1252", html("Été " * 30).encode("cp1252")),
    )
    found = list(expand(readable(data, "a.warc.gz")))
    assert [item.source for item in found] == ["https://a.example/pont", "https://a.example/vieux"]
    assert [item.key for item in found] == [f"/k/a.warc.gz#{item.source}" for item in found]
    assert "après trois mois de travaux" in read(found[0]).text
    assert "Été Été" in read(found[1]).text
    assert read(found[0]).published_at is None


def test_a_page_that_was_captured_twice_is_there_twice():
    data = warc(*[("https://a.example/pont", "text/html", PONT)] * 2, zipped=False)
    assert [item.key for item in expand(readable(data, "a.warc"))] == [
        "/k/a.warc#https://a.example/pont",
        "/k/a.warc#https://a.example/pont@2025-08-16T10:00:00Z",
    ]


PACKED = {"gzip": gzip.compress, "br": brotli.compress, "zstd": zstandard.compress, "deflate": zlib.compress}


def in_chunks(data: bytes, size: int = 48) -> bytes:
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in [*pieces, b""])


@pytest.mark.parametrize(
    ("sent", "headers"),
    [
        (in_chunks(PONT), ["Transfer-Encoding: chunked"]),
        (in_chunks(PONT), ["Transfer-Encoding: Chunked"]),
        (gzip.compress(PONT), ["Content-Encoding: x-gzip"]),
        (gzip.compress(PONT[:99]) + gzip.compress(PONT[99:]), ["Content-Encoding: gzip"]),
        (zlib.compress(PONT), ["Content-Encoding: deflate"]),
        (zlib.compress(PONT)[2:-4], ["Content-Encoding: deflate"]),
        (brotli.compress(PONT), ["Content-Encoding: br"]),
        (zstandard.compress(PONT), ["Content-Encoding: zstd"]),
        (in_chunks(gzip.compress(PONT)), ["Transfer-Encoding: Chunked", "Content-Encoding: GZIP"]),
        (in_chunks(brotli.compress(PONT)), ["Transfer-Encoding: chunked", "Content-Encoding: br"]),
        (in_chunks(gzip.compress(PONT)), ["Transfer-Encoding: gzip, chunked"]),
        (brotli.compress(gzip.compress(PONT)), ["Content-Encoding: gzip", "Content-Encoding: br"]),
        (PONT, ["Transfer-Encoding: chunked", "Content-Encoding: br"]),  # kept decoded, with its headers
        (PONT, ["Content-Encoding: utf-8"]),
        (PONT, ["Content-Encoding: identity"]),
    ],
)
def test_a_page_of_a_warc_is_read_however_its_server_sent_it(sent, headers):
    data = warc(*[(f"https://a.example/{n}", "text/html", sent) for n in range(2)], headers=headers)
    plain = warc(*[(f"https://a.example/{n}", "text/html", PONT) for n in range(2)])
    assert [read(item).text for item in expand(readable(data, "a.warc.gz"))] == [
        read(item).text for item in expand(readable(plain, "a.warc.gz"))
    ]


@pytest.mark.parametrize(
    ("sent", "header", "reason"),
    [
        (b"\0\1\2", "compress", "is in a coding that can't be read (compress)"),
        (b"\xff" * 99, "br", "its compressed text is damaged (br)"),
        (gzip.compress(PONT)[:30] + b"\xff" * 99, "gzip", "its compressed text is damaged (gzip)"),
        (zstandard.compress(PONT)[:20] + b"\xff" * 99, "zstd", "its compressed text is damaged (zstd)"),
    ],
)
def test_a_page_of_a_warc_whose_coding_cant_be_undone_is_told(sent, header, reason):
    data = warc(("https://a.example/0", "text/html", sent), headers=[f"Content-Encoding: {header}"])
    (found,) = expand(readable(data, "a.warc.gz"))
    assert isinstance(found, Failure)
    assert reason in found.reason


@pytest.mark.parametrize("coding", PACKED)
def test_a_page_of_a_warc_that_was_cut_off_while_it_was_sent_keeps_what_came(coding):
    long = html("".join(f"<p>{n} voix pour le pont, a compté le maire de la ville.</p>" for n in range(9999)))
    sent = PACKED[coding](long.encode())
    data = warc(("https://a.example/0", "text/html", sent[:-200]), headers=[f"Content-Encoding: {coding}"])
    (item,) = expand(readable(data, "a.warc.gz"))
    assert "17 voix pour le pont" in read(item).text


@pytest.mark.parametrize("coding", PACKED)
def test_a_page_that_unfolds_without_end_is_refused(coding):
    with pytest.raises(UserError, match="decompression bomb"):
        undone(PACKED[coding](b"a" * 1_000_000), coding, limit=999_999)


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("lost", [100, 200])
def test_a_warc_that_is_cut_off_is_told(lost, zipped):
    name = "a.warc.gz" if zipped else "a.warc"
    data = warc(*[(f"https://a.example/{n}", "text/html", PONT) for n in range(3)], zipped=zipped)
    found = list(expand(readable(data[:-lost], name)))
    assert [item.source for item in found][:2] == ["https://a.example/0", "https://a.example/1"]
    assert isinstance(found[-1], Failure)
    assert found[-1].reason.startswith(f"{name}: it ends within a record, after ")


def test_what_is_no_warc_is_said():
    assert reasons(b"bonjour", "a.warc") == ["a.warc: not a WARC file."]
    assert reasons(warc(("https://a.example/a", "text/css", b"x")), "a.warc") == [
        "a.warc: there is no page or document in it."
    ]


# --- mbox ---


def test_the_messages_of_a_mailbox():
    quoted = mail("Un mot.\n>From ici.", "B")
    data = b"From a@b Sat\n" + mail() + b"\nFrom c@d Sun\nMessage-ID: <2@a.example>\n" + quoted
    one, two = expand(readable(data, "a.mbox"))
    assert (one.source, one.key, two.source, two.key) == (
        "a.mbox#1", "/k/a.mbox#1", "a.mbox#2", "/k/a.mbox#<2@a.example>",
    )  # fmt: skip
    assert (read(one).text, read(two).text) == (SENTENCES, "Un mot.\nFrom ici.")
    assert reasons(b"bonjour", "a.mbox") == ["a.mbox: not a mailbox (mbox)."]
