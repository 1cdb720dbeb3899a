"""A table's dates are read as its columns write them; those that can't be are told once."""

from __future__ import annotations

import gzip
import json
from io import BytesIO

import pytest

from ingest.containers.expand import expand
from ingest.schema.columns import Columns
from ingest.schema.document import Failure, Notice, SourceDocument

TEXT = "Le conseil municipal de Brissac a voté mardi la rénovation de la halle, après des mois de débats."
ENGLISH = "The town council voted on Tuesday to renovate the market hall, after months of debate in public."


def items(data: bytes, name: str) -> list[SourceDocument | Failure | Notice]:
    document = SourceDocument(
        name, f"/{name}", name.rsplit(".", 1)[1], lambda _: data, open=lambda: BytesIO(data)
    )
    return list(expand(document))


def dates(found: list[SourceDocument | Failure | Notice], field: str = "published_at") -> list[str | None]:
    return [json.loads(item.load(10**6)).get(field) for item in found if isinstance(item, SourceDocument)]


def table(*stated: str, text: str = TEXT, column: str = "Date", language: str = "") -> bytes:
    rows = [f"Titre;Texte;{column};Langue", *(f"T;{text};{one};{language}" for one in stated)]
    return "\n".join(rows).encode()


def test_a_later_row_tells_which_number_is_the_day():
    found = items(table("21/05/2024", "05/06/2024", "13/04/2024"), "a.csv")
    assert dates(found) == ["2024-05-21", "2024-06-05", "2024-04-13"]
    assert dates(items(table("05/06/2024", "04/13/2024", text=ENGLISH), "a.csv")) == [
        "2024-05-06",
        "2024-04-13",
    ]


def test_what_no_row_tells_the_language_does():
    assert dates(items(table("05/06/2024"), "a.csv")) == ["2024-06-05"]
    assert dates(items(table("05/06/2024", text=ENGLISH, language="en-GB"), "a.csv")) == ["2024-06-05"]
    assert dates(items(table("05/06/2024", text=ENGLISH, language="en-US"), "a.csv")) == ["2024-05-06"]


def test_where_nothing_tells_the_date_is_kept_as_written_and_told_once_with_its_count():
    found = items(table("05/06/2024", "07/08/2024", "2024-05-01", text=ENGLISH), "a.csv")
    (notice,) = [item for item in found if isinstance(item, Notice)]
    assert notice.said == "a.csv: 2 dates of publication can't be read (“05/06/2024”); they are left out."
    assert notice.said_fr == "a.csv : 2 dates de publication illisibles (« 05/06/2024 ») ; elles sont omises."
    assert dates(found) == ["05/06/2024", "07/08/2024", "2024-05-01"]


def test_a_column_that_contradicts_itself_tells_nothing():
    found = items(table("21/05/2024", "05/21/2024", "05/06/2024"), "a.csv")
    assert dates(found) == ["2024-05-21", "2024-05-21", "05/06/2024"]
    assert any(isinstance(item, Notice) for item in found)


def test_each_column_has_its_own_order():
    rows = ["titre;texte;date;updated", f"T;{TEXT};05/06/2024;05/06/2024", f"T;{TEXT};21/06/2024;05/21/2024"]
    found = items("\n".join(rows).encode(), "a.csv")
    assert dates(found) == ["2024-06-05", "2024-06-21"]
    assert dates(found, "updated_at") == ["2024-05-06", "2024-05-21"]


@pytest.mark.parametrize("seconds", [1714636800, "1714636800", 1714636800000])
def test_seconds_since_1970_are_read_in_a_column_of_dates(seconds: object):
    line = json.dumps({"text": TEXT, "date": seconds})
    assert dates(items(line.encode(), "a.jsonl")) == ["2024-05-02T08:00:00+00:00"]


@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_lines_and_lists_of_json_too(name: str):
    rows = [{"text": TEXT, "date": "05/06/2024"}, {"text": TEXT, "date": "21/06/2024"}]
    data = json.dumps(rows) if name == "a.json" else "\n".join(map(json.dumps, rows))
    assert dates(items(data.encode(), name)) == ["2024-06-05", "2024-06-21"]


def test_a_zipped_table_is_read_a_second_time():
    data = gzip.compress(table("05/06/2024", "04/13/2024"))
    assert dates(items(data, "a.csv")) == ["2024-05-06", "2024-04-13"]


def test_the_separator_that_excel_names_is_no_row_of_names():
    data = b"sep=;\r\n" + table("2024-05-01")
    assert dates(items(data, "a.csv")) == ["2024-05-01"]


# --- years of two digits ---


def test_years_of_two_digits_are_read_as_their_column_says():
    assert dates(items(table("03/08/25", "21/07/25", text=ENGLISH), "a.csv")) == ["2025-08-03", "2025-07-21"]
    assert dates(items(table("03/08/25", "07/21/25", text=ENGLISH), "a.csv")) == ["2025-03-08", "2025-07-21"]
    assert dates(items(table("25-08-03", "25-07-31", "99-01-02", text=ENGLISH), "a.csv")) == [
        "2025-08-03",
        "2025-07-31",
        "1999-01-02",
    ]


def test_whole_years_beside_them_tell_their_order_too():
    assert dates(items(table("03/08/25", "21/07/2025", text=ENGLISH), "a.csv")) == [
        "2025-08-03",
        "2025-07-21",
    ]


def test_a_year_of_two_digits_is_of_the_past():
    assert dates(items(table("14/07/89 18:30"), "a.csv")) == ["1989-07-14T18:30:00"]


def test_years_of_two_digits_are_left_out_where_they_could_be_two_days():
    assert dates(items(table("03/08/25", text=ENGLISH), "a.csv")) == ["03/08/25"]
    found = items(table("03-08-05", "04-09-06"), "a.csv")  # a day of 2003 or of 2005
    assert dates(found) == ["03-08-05", "04-09-06"]
    assert [item.said for item in found if isinstance(item, Notice)] == [
        "a.csv: 2 dates of publication can't be read (“03-08-05”); they are left out."
    ]


def test_the_user_says_which_number_is_the_day():
    data = table("05/06/2024", "05/06/24", text=ENGLISH)
    for day_first, expected in ((True, "2024-06-05"), (False, "2024-05-06")):
        chosen = Columns.of({}, day_first)
        document = SourceDocument(
            "a.csv", "/a.csv", "csv", lambda _: data, columns=chosen, open=lambda: BytesIO(data)
        )
        assert dates(list(expand(document))) == [expected, expected]


def test_the_language_of_short_texts_is_that_of_all():
    texts = ("La halle ouvre.", "Le pont de la ville ferme.", "La mairie fermera mardi.", "Le lac se vide.")
    rows = "\n".join(json.dumps({"text": text, "date": "02/05/2024"}) for text in texts)
    assert dates(items(rows.encode(), "a.jsonl")) == ["2024-05-02"] * 4
