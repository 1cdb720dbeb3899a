"""What holds the text is told by what is in the columns; where nothing tells, the user is asked."""

from __future__ import annotations

import csv
import io
import json
import shlex
import subprocess
from io import BytesIO

import pytest
from documents import zipped
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.containers.expand import expand
from ingest.converters.record import read_record
from ingest.schema.column_values import is_opaque, is_prose
from ingest.schema.columns import Columns
from ingest.schema.document import Failure, Notice, SourceDocument
from rag.errors import UserError

PROSE = "Le conseil de Brissac a voté la rénovation de la halle."


def opened(data: bytes, name: str, columns: dict[str, str] | None = None) -> list[SourceDocument | Failure]:
    document = SourceDocument(
        name, f"/{name}", name.rsplit(".", 1)[1], lambda _: data,
        columns=Columns.of(columns or {}), open=lambda: BytesIO(data),
    )  # fmt: skip
    return [item for item in expand(document) if not isinstance(item, Notice)]


def fields(found: list[SourceDocument | Failure]) -> list[dict]:
    return [json.loads(item.load(10**7)) for item in found if isinstance(item, SourceDocument)]


def only_failure(found: list[SourceDocument | Failure]) -> Failure:
    (failure,) = found
    assert isinstance(failure, Failure)
    return failure


@pytest.mark.parametrize(
    "value",
    [
        "{6034f210-0978-4869-b8bc-1a04f7b14766}", "6034f21009784869", "K-001", "12", "-3,5",
        "1 234 567,89 €", "45 %", "d41d8cd98f00b204e9800998ecf8427e", "sha256:" + "ab" * 32, "21/01/2008",
        "3 août 2025", "mardi 5 août 2025 à 10h30", "2025-08-03T10:00:00Z", "https://a.example/pont",
        "www.a.example/x?y=1", "anne.duval@a.example", "articles/2025/pont.html", r"C:\articles\pont.html",
        "text/html", "12 bis, rue des Lilas, 49320 Brissac", "", None, 12, 3.5, ["Un texte."],
    ],
)  # fmt: skip
def test_ids_hashes_numbers_dates_and_addresses_are_no_text(value):
    assert is_opaque(value)
    assert not is_prose(value)


@pytest.mark.parametrize(
    "value",
    [
        PROSE, "Le pont ferme.", "<articledata><p>La selle se règle en hauteur.</p></articledata>",
        "12 rue des Lilas, 49320 Brissac : le feu a pris. Deux blessés.",
        "3 août 2025 : le pont de Brissac ferme.",
        "議会は水曜日に橋の改修を承認した。",
    ],
)  # fmt: skip
def test_sentences_are_text(value):
    assert is_prose(value)


@given(st.text(max_size=300))
def test_any_value_is_told_without_an_error(value):
    assert not (is_opaque(value) and is_prose(value))


GUIDS = "\n".join(
    [
        "Number;Title;Article;ArticleXML;Created On",
        "K-1;Régler la selle;{6034f210-0978-4869-b8bc-1a04f7b14766};"
        "<data><p>La selle se règle avec une clé.</p></data>;21/01/2008",
        "K-2;Centrer la roue;{619933e6-4de2-457e-802f-1d27ef45ddfb};"
        "<data><p>Serrez les rayons d'un quart de tour.</p></data>;22/01/2008",
    ]
)


def test_a_table_whose_text_isn_t_known_is_shown_with_the_command_that_reads_it():
    failure = only_failure(opened(GUIDS.encode(), "a b.csv"))
    command = "sourcier ingest 'a b.csv' --column text=ArticleXML --column published_at='Created On'"
    assert failure.command == command
    assert failure.reason == (
        f"a b.csv: no column is known to hold the articles' text; say which one does: {command} (or for a"
        ' source of config.yaml: columns: {text: "ArticleXML", published_at: "Created On"}).'
    )
    assert failure.reason_fr == (
        "a b.csv : aucune colonne n'est connue pour contenir le texte des articles ; dites laquelle le"
        f" contient : {command} (ou, pour une source de config.yaml, columns:"
        ' {text: "ArticleXML", published_at: "Created On"}).'
    )
    assert [(one.name, one.values) for one in failure.columns[:3]] == [
        ("Number", ("K-1", "K-2")),
        ("Title", ("Régler la selle", "Centrer la roue")),
        (
            "Article",
            ("{6034f210-0978-4869-b8bc-1a04f7b14766}", "{619933e6-4de2-457e-802f-1d27ef45ddfb}"),
        ),
    ]


def test_the_command_s_columns_read_the_table():
    first, second = fields(
        opened(GUIDS.encode(), "a.csv", {"text": "ArticleXML", "published_at": "Created On"})
    )
    assert first["title"] == "Régler la selle"
    assert (first["published_at"], second["published_at"]) == ("2008-01-21", "2008-01-22")
    assert second["text"] == "<data><p>Serrez les rayons d'un quart de tour.</p></data>"
    text, _ = read_record(json.dumps(second).encode())
    assert text == "Serrez les rayons d'un quart de tour."


def test_a_column_of_xml_loses_its_elements_whatever_they_are_called():
    sent = "<articledata>\n<section><content>La selle se règle.</content></section>\n</articledata>"
    assert read_record(json.dumps({"text": sent}).encode())[0] == "La selle se règle."
    kept = "<Enter> valide ; <Échap> annule"
    assert read_record(json.dumps({"text": kept}).encode())[0] == kept


def test_a_column_of_ids_isn_t_the_text_though_the_user_says_so():
    failure = only_failure(opened(GUIDS.encode(), "a.csv", {"text": "Article"}))
    assert failure.reason.startswith(
        "a.csv: its column Article doesn't hold the articles' text, but ids, numbers, dates or addresses;"
    )
    assert "--column text=ArticleXML" in failure.command


ROWS = [{"ref": "A1", "corpus": PROSE, "kop": "Le pont ferme mardi", "dag": "2025-08-03"}] * 4


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("t.json", json.dumps(ROWS).encode()),
        ("t.json", json.dumps(ROWS[0]).encode()),
        ("t.jsonl", "\n".join(map(json.dumps, ROWS)).encode()),
        ("t.csv", f"ref,corpus,kop,dag\nA1,{PROSE},Le pont ferme mardi,2025-08-03\n".encode()),
    ],
)
def test_every_format_of_records_asks_with_text_title_and_date(name, data):
    failure = only_failure(opened(data, name))
    assert failure.command == (
        f"sourcier ingest {name} --column text=corpus --column title=kop --column published_at=dag"
    )
    assert [one.name for one in failure.columns] == ["ref", "corpus", "kop", "dag"]


def test_parquet_asks_too(tmp_path):
    import pyarrow
    from pyarrow import parquet

    parquet.write_table(pyarrow.Table.from_pylist(ROWS), tmp_path / "t.parquet")
    data = (tmp_path / "t.parquet").read_bytes()
    assert "--column text=corpus" in only_failure(opened(data, "t.parquet")).command
    assert len(fields(opened(data, "t.parquet", {"text": "corpus"}))) == 4


def command_and_its_columns(failure: Failure) -> tuple[str, dict[str, str]]:
    """What a shell makes of the command: the path, and the columns that it names."""
    sourcier, ingest, path, *options = shlex.split(failure.command)
    assert (sourcier, ingest) == ("sourcier", "ingest")
    assert options[::2] == ["--column"] * (len(options) // 2)
    return path, dict(option.split("=", 1) for option in options[1::2])


@pytest.mark.parametrize(
    "name",
    [
        "it's $(date) `id`", 'l\'a "x"', "  deux  espaces ", "a=b", "-m", "#c !x", "corps\u202eetxet",
        "colonne " * 30, "c" * 150, "ta\tb", "corps\nde l'article",
    ],
)  # fmt: skip
def test_the_command_reads_the_table_whatever_its_columns_are_called(name):
    file = io.StringIO()
    csv.writer(file).writerows([["ref", name], *[["A1", PROSE]] * 3])
    data = file.getvalue().encode()
    _, columns = command_and_its_columns(only_failure(opened(data, "t.csv")))
    assert [one["text"] for one in fields(opened(data, "t.csv", columns))] == [PROSE] * 3


def read_by_a_shell(command: str) -> list[str]:
    """What bash makes of a command: its words after the program's name."""
    printed = f"sourcier() {{ printf '%s\\0' \"$@\"; }}\n{command}"
    found = subprocess.run(["bash", "-c", printed], capture_output=True, check=True, timeout=20)
    return found.stdout.decode().split("\0")[:-1]


NAMES = st.text(
    st.one_of(
        st.sampled_from("$`'\"\\ !*?~#&;|<>(){}[]=%\t\n-é\x1b\u202e\u00a0"), st.characters(codec="utf-8")
    ),
    min_size=1,
    max_size=12,
).filter(lambda name: not {"\0", "/", "\x7f"} & set(name))


@given(NAMES, NAMES)
@settings(max_examples=40, deadline=None)
def test_the_command_is_what_a_shell_reads_whatever_a_file_or_a_column_is_called(path: str, name: str):
    file = io.StringIO()
    csv.writer(file).writerows([["ref", f"k{name}"], *[["A1", PROSE]] * 3])
    data = file.getvalue().encode()
    command = only_failure(opened(data, f"{path}.csv")).command
    assert command.isprintable()
    ingest, read, *options = read_by_a_shell(command)
    assert (ingest, read.removeprefix("./")) == ("ingest", f"{path}.csv".removeprefix("./"))
    assert not read.startswith("-")
    assert options[0] == "--column"
    columns = dict(option.split("=", 1) for option in options[1::2])
    assert [one["text"] for one in fields(opened(data, "t.csv", columns))] == [PROSE] * 3


def test_the_command_for_standard_input_names_it():
    data = json.dumps([{"inhalt": PROSE, "nr": 3}]).encode()
    document = SourceDocument("-", "stdin:1", "json", lambda _: data, open=lambda: BytesIO(data))
    assert only_failure(list(expand(document))).command == "sourcier ingest - --column text=inhalt"


def test_the_command_names_a_path_that_is_no_option():
    path, _ = command_and_its_columns(only_failure(opened(GUIDS.encode(), "-x.csv")))
    assert path == "./-x.csv"


def test_the_command_names_the_archive_that_a_table_is_in():
    path, columns = command_and_its_columns(only_failure(opened(zipped({"d/a.csv": GUIDS}), "b c.zip")))
    assert path == "b c.zip"
    assert len(fields(opened(zipped({"d/a.csv": GUIDS}), path, columns))) == 2


def test_what_is_within_a_column_can_be_named():
    data = json.dumps([{"data": {"inhalt": PROSE, "nr": 3}}]).encode()
    assert only_failure(opened(data, "t.json")).command == "sourcier ingest t.json --column text=data.inhalt"
    assert fields(opened(data, "t.json", {"text": "data.inhalt"})) == [{"text": PROSE}]


def test_a_label_isn_t_the_text_while_another_column_has_sentences():
    data = f"article;contenu\nSport;{PROSE}\nCulture;{PROSE}\n".encode()
    assert [one["text"] for one in fields(opened(data, "t.csv"))] == [PROSE, PROSE]


def test_a_lone_id_among_texts_is_no_article_text():
    data = f"id;texte\n1;{PROSE}\n2;6034f210-0978-4869-b8bc-1a04f7b14766\n".encode()
    assert [one.get("text") for one in fields(opened(data, "t.csv"))] == [PROSE, None]


def test_rows_without_a_text_in_front_don_t_hide_those_that_have_one():
    rows = [{"kind": "header", "n": n} for n in range(250)] + [{"text": PROSE}]
    found = opened("\n".join(map(json.dumps, rows)).encode(), "t.jsonl")
    assert fields(found) == [{"text": PROSE}]
    assert len(found) == 251


def test_a_chosen_column_that_no_object_has_is_said():
    failure = only_failure(opened(json.dumps(ROWS).encode(), "t.json", {"text": "corps"}))
    assert failure.reason_fr == (
        "t.json : il n'a pas de colonne corps ; ses colonnes sont ref, corpus, kop, dag."
    )


def test_values_are_shown_cut_and_without_control_characters():
    row = {"a": "x" * 10_000, "b\x1b[31m": "y\x1b[0m\u202e z", "c": [1, 2], "d": None}
    failure = only_failure(opened(json.dumps([row]).encode(), "t.json"))
    shown = {one.name: one.values for one in failure.columns}
    assert shown == {"a": ("x" * 59 + "…",), "b[31m": ("y[0m z",), "c": ("[1, 2]",), "d": ()}


def test_a_table_of_very_many_columns_is_shown_in_part():
    failure = only_failure(opened(json.dumps([{f"c{n}": n for n in range(5_000)}]).encode(), "t.json"))
    assert len(failure.columns) == 30


def test_the_sentence_is_a_user_s_error():
    with pytest.raises(UserError):
        Columns.of({"texte": "x"})
