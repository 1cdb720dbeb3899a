"""What an article is filed under follows from what was stated and what was corrected."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rag.metadata.fields import (
    FIELDS,
    FieldRecord,
    canonical,
    corrected,
    effective,
    merged_into,
    settled,
    stated,
    value_of,
)
from rag.schema.article import Article

ARTICLE = Article("a", "Un.", "Un", "a.txt", "hash", "Le Monde.fr", "Zoé", "fr", "2026-01-05")
NAMES = ["Le Monde", "Le Monde.fr", "LE MONDE", "Le Phare"]


def test_a_correction_to_nothing_is_one():
    records = {"author": FieldRecord("Zoé", None, "2026-01-06T12:00:00+00:00")}
    assert corrected(ARTICLE, records).author is None
    assert stated(corrected(ARTICLE, records), records) == ARTICLE


def test_an_outlet_goes_by_the_last_of_the_names_that_lead_to_one_another():
    aliases = {"LE MONDE": "Le Monde.fr", "Le Monde.fr": "Le Monde"}
    assert canonical("LE MONDE", aliases) == "Le Monde"
    assert merged_into("Le Monde", aliases) == ["LE MONDE", "Le Monde.fr"]
    assert canonical(None, aliases) is None
    assert canonical("a", {"a": "b", "b": "a"}) in ("a", "b")  # nobody can store that; it ends even so


@given(
    st.dictionaries(st.sampled_from(FIELDS[1:]), st.none() | st.sampled_from(NAMES)),
    st.dictionaries(st.sampled_from(NAMES), st.sampled_from(NAMES)),
    st.sampled_from([None, *NAMES]),
)
def test_what_is_stated_comes_back_and_what_is_corrected_counts(
    values: dict, aliases: dict, outlet: str | None
):
    article = Article("a", "Un.", "Un", "a.txt", "hash", outlet)
    changed = {field: FieldRecord("before", value, "now") for field, value in values.items()}
    records = settled(article, changed, aliases)
    filed = effective(article, records, aliases)
    assert stated(filed, records) == article
    for field in FIELDS:
        wanted = values[field] if field in values else value_of(article, field)
        assert value_of(filed, field) == (canonical(wanted, aliases) if field == "outlet" else wanted)
        assert (field in records and records[field].is_corrected) == (field in values)
