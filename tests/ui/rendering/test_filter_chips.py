"""Filters as chips and as what the page may ask for: hostile in, the same filters or sound ones out."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.library.date_histogram import Bucket
from rag.library.facets import Facets, Tally
from rag.schema.question import NO_FILTERS, Filters, NamedDossier
from ui.chat.filters_html import panel, selection
from ui.chat.filters_panel import Known, changed
from ui.formatting.dates import bucket_text, tick_text
from ui.formatting.filters import chips, language_name
from ui.rendering.filter_chips import asked_with, in_force, not_found_within
from ui.session.exchange import Exchange

OUTLETS = ("Le Courrier", "<script>alert(1)</script>")
LANGUAGES = ("fr", "en")
FLOOD = NamedDossier("d1", "<b>La crue</b>")
KNOWN = Known(OUTLETS, LANGUAGES, {"d1": FLOOD}, lambda ids: [one for one in ids if one in ("a1", "a2")])
DATED = Filters(date(2025, 10, 1), date(2025, 10, 31), undated=True)
FULL = Filters(date(2025, 10, 1), date(2025, 10, 31), outlets=OUTLETS, languages=("fr", "xx-nonsense"))

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.sampled_from(["2025-10-01", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
kinds = st.sampled_from(
    ["all", "dates", "undated", "outlet", "language", "dossier", "only", "articles", "ask"]
)
said = json_values | st.fixed_dictionaries(
    {"kind": kinds | json_values},
    optional=dict.fromkeys(("value", "on", "from", "to", "ids"), json_values),
)


def change(filters: Filters, said: object) -> Filters:
    return changed(filters, said, KNOWN)


@given(filters=st.sampled_from([NO_FILTERS, DATED, FULL]), said=said)
def test_nothing_that_a_page_sends_makes_unsound_filters(filters, said):
    after = change(filters, said)
    assert set(after.outlets) <= {*OUTLETS, *filters.outlets}
    assert set(after.languages) <= {*LANGUAGES, *filters.languages}
    assert after.date_from is None or after.date_to is None or after.date_from <= after.date_to
    assert not after.undated or after.date_from or after.date_to
    assert (after.sources, {*after.article_ids} - {"a1", "a2"}) == ((), set())
    assert {*after.dossiers} <= {FLOOD}


@pytest.mark.parametrize(
    ("said", "after"),
    [
        ({"kind": "outlet", "value": "Le Courrier", "on": True}, Filters(outlets=("Le Courrier",))),
        ({"kind": "outlet", "value": "Nobody's", "on": True}, NO_FILTERS),
        ({"kind": "language", "value": "en", "on": True}, Filters(languages=("en",))),
        ({"kind": "dossier", "value": "d1", "on": True}, Filters(dossiers=(FLOOD,))),
        ({"kind": "dossier", "value": "another's", "on": True}, NO_FILTERS),
        ({"kind": "only", "value": "another's"}, NO_FILTERS),
        ({"kind": "articles", "ids": ["a2", "gone", "a2"]}, Filters(article_ids=("a2",))),
        ({"kind": "articles", "ids": ["gone"]}, NO_FILTERS),
        (
            {"kind": "dates", "from": "2025-10-31", "to": "2025-10-01"},
            Filters(date(2025, 10, 1), date(2025, 10, 31)),
        ),
        ({"kind": "dates", "from": "2025-10-31", "to": ""}, Filters(date(2025, 10, 31))),
        ({"kind": "dates", "from": "yesterday", "to": ""}, NO_FILTERS),
        ({"kind": "undated", "on": True}, NO_FILTERS),
    ],
)
def test_what_is_chosen(said, after):
    assert change(NO_FILTERS, said) == after


def test_each_chip_takes_its_own_filter_away_and_nothing_else():
    left = FULL
    for chip in chips(FULL, "en"):
        assert chip in chips(left, "en")
        before = chips(left, "en")
        left = change(left, {"kind": chip.kind, "value": chip.value})
        assert chips(left, "en") == [one for one in before if one != chip]
    assert left == NO_FILTERS
    assert change(FULL, {"kind": "all"}) == NO_FILTERS


def test_chips_say_what_they_are_in_both_languages():
    assert [chip.words for chip in chips(FULL, "fr")] == [
        "Dates : 1er–31 octobre 2025",
        "Média : Le Courrier",
        "Média : <script>alert(1)</script>",
        "Langue : français",
        "Langue : xx-nonsense",
    ]
    assert [chip.words for chip in chips(DATED, "en")] == ["Dates: 1–31 October 2025, or undated"]


def test_no_name_is_markup():
    facets = Facets(
        (Bucket(date(2025, 10, 1), date(2025, 10, 1)),),
        (1,),
        0,
        tuple(Tally(name, 1) for name in OUTLETS),
        tuple(Tally(name, 1) for name in LANGUAGES),
        1,
    )
    exchange = Exchange(1, "Qui ?", filters=FULL)
    drawn = [
        panel(facets, FULL, "fr"),
        in_force(FULL, "fr"),
        *asked_with(exchange, "fr"),
        *not_found_within(exchange, "fr", removable=True),
    ]
    assert len(drawn) == 4
    assert all("<script" not in str(markup) and "&lt;script" in str(markup) for markup in drawn)


def test_without_filters_nothing_is_said():
    exchange = Exchange(1, "Qui ?")
    assert in_force(NO_FILTERS, "fr") == ""
    assert asked_with(exchange, "fr") == not_found_within(exchange, "fr", removable=True) == []


BUCKETS = tuple(Bucket(date(2025, month, 1), date(2025, month, 28)) for month in range(1, 5))


@pytest.mark.parametrize(
    ("first", "last", "places"),
    [
        (None, None, (0, 3)),
        (date(2025, 2, 20), None, (1, 3)),
        (date(2025, 2, 20), date(2025, 3, 1), (1, 2)),
        (date(1999, 1, 1), date(1999, 2, 1), (0, 0)),
        (date(2030, 1, 1), None, (3, 3)),
    ],
)
def test_the_histogram_shows_what_the_days_reach_into(first, last, places):
    assert selection(BUCKETS, Filters(first, last)) == places


@pytest.mark.parametrize(
    ("first", "last", "french", "short"),
    [
        ("2025-11-03", "2025-11-03", "3 novembre 2025", "3 nov. 2025"),
        ("2025-11-03", "2025-11-09", "semaine du 3 novembre 2025", "3 nov. 2025"),
        ("2025-11-01", "2025-11-30", "novembre 2025", "nov. 2025"),
        ("2025-10-01", "2025-12-31", "1er octobre – 31 décembre 2025", "oct. 2025"),
        ("2025-01-01", "2025-12-31", "2025", "2025"),
        ("2020-01-01", "2029-12-31", "2020–2029", "2020"),
    ],
)
def test_buckets_are_named_as_people_do(first, last, french, short):
    bucket = Bucket(date.fromisoformat(first), date.fromisoformat(last))
    assert (bucket_text(bucket, "fr"), tick_text(bucket, "fr")) == (french, short)


@pytest.mark.parametrize(
    ("code", "name"), [("fr", "French"), ("yi", "Yiddish"), ("zz", "zz"), ("<b>", "<b>"), ("", "")]
)
def test_languages_have_names_or_are_called_by_their_code(code, name):
    assert language_name(code, "en") == name
