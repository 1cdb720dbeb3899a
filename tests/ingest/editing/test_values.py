"""What is typed to correct an article becomes a value as the library keeps it, or one clear sentence."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.editing.values import NAMES, checked
from rag.errors import UserError
from rag.metadata.fields import FIELDS, Field
from rag.schema.article import stated_day

TODAY = date(2026, 1, 5)


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        ("title", "  Un  «\u00a0titre\u00a0»\n", "Un « titre »"),
        ("outlet", "Le Monde", "Le Monde"),
        ("outlet", " ", None),
        ("author", "", None),
        ("author", "<b>Zoé</b>", "<b>Zoé</b>"),
        ("published_at", "2025-08-16", "2025-08-16"),
        ("published_at", "16 août 2025", "2025-08-16"),
        ("published_at", "2025-08-16 10:30", "2025-08-16T10:30:00"),
        ("published_at", "2026-01-05", "2026-01-05"),
        ("updated_at", "", None),
        ("language", "FR", "fr"),
        ("language", "en-GB", "en"),
        ("canonical_url", "https://Val.example/un#deux", "https://val.example/un"),
        ("canonical_url", "", None),
    ],
)
def test_what_can_be_understood(field: Field, typed: str, value: str | None):
    assert checked(field, typed, TODAY) == value


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("title", " \n", "ne peut pas être vide"),
        ("title", "x" * 301, "300 au plus"),
        ("title", "\u200e", "Rien ne peut en être affiché"),
        ("author", "x" * 201, "200 au plus"),
        ("published_at", "hier", "n'est pas une date sûre"),
        ("published_at", "05/06/2025", "n'est pas une date sûre"),
        ("published_at", "2025-02-30", "n'est pas une date sûre"),
        ("published_at", "2025", "n'est pas une date sûre"),
        ("published_at", "2026-01-06", "est dans le futur"),
        ("updated_at", "2999-01-01", "est dans le futur"),
        ("language", "français", "n'est pas un code de langue"),
        ("language", "xx", "n'est pas un code de langue"),
        ("canonical_url", "val.example/un", "n'est pas l'adresse"),
        ("canonical_url", "javascript:alert(1)", "n'est pas l'adresse"),
        ("canonical_url", "file:///etc/passwd", "n'est pas l'adresse"),
        ("canonical_url", "https://val.example/", "n'est pas l'adresse"),
    ],
)
def test_what_cannot_is_told_in_one_sentence(field: Field, typed: str, said: str):
    with pytest.raises(UserError) as error:
        checked(field, typed, TODAY)
    assert said in error.value.text("fr")
    assert error.value.text("en") != error.value.text("fr")
    assert "\n" not in error.value.text("fr") + error.value.text("en")


def test_every_field_has_a_name():
    assert tuple(NAMES.values()) == FIELDS


@given(st.sampled_from(FIELDS), st.text(max_size=80))
def test_whatever_is_typed_is_a_value_of_that_field_or_a_mistake(field: Field, typed: str):
    try:
        value = checked(field, typed, TODAY)
    except UserError as error:
        assert error.text("fr") and error.text("en")
        return
    if value is not None:
        assert checked(field, value, TODAY) == value
        assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in value)
    if field.endswith("_at") and value is not None:
        assert stated_day(value) is not None
