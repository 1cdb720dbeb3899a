"""The field for a day: what it shows of a day that stands in it, and what its script finds there."""

from __future__ import annotations

import json
import re

import pytest

from ui.html.date_field import date_field


def attribute(markup: str, name: str) -> str | None:
    found = re.search(rf' {name}="([^"]*)"', markup)
    return found and found[1].replace("&#34;", '"')


@pytest.mark.parametrize(
    ("stands", "language", "value", "iso"),
    [
        ("2026-12-31", "fr", "31 décembre 2026", "2026-12-31"),
        ("2026-12-01", "fr", "1er décembre 2026", "2026-12-01"),
        ("2026-12-31", "en", "31 December 2026", "2026-12-31"),
        ("2026-12-31T10:00:00Z", "en", "31 December 2026", "2026-12-31"),
        ("", "fr", "", ""),
        ("vers Noël", "fr", "vers Noël", "?"),
    ],
)
def test_a_day_is_shown_in_words_and_kept_in_iso(stands: str, language: str, value: str, iso: str):
    made = date_field(stands, "a", language)
    assert (attribute(made, "value"), attribute(made, "data-iso")) == (value, iso)


def test_it_is_a_text_field_that_says_what_it_takes_and_what_it_understood():
    made = date_field("", "a", "fr", "last", "b", name_="to")
    assert attribute(made, "type") == "text"
    assert attribute(made, "placeholder") == "jj/mm/aaaa"
    assert attribute(made, "aria-describedby") == "b a-said"
    assert attribute(made, "data-part") == "last"
    words = json.loads(attribute(made, "data-words"))
    assert words["months"][11] == "décembre"
    assert {words["numbers"][name] for name in ("decembre", "dec", "december")} == {12}
    assert (words["days"][0], words["first"]) == ("lundi", "1er")
    assert '<span id="a-said" class="said" role="status"></span>' in made


def test_what_was_typed_breaks_out_of_nothing():
    made = date_field('"><script>x</script>', "a", "fr")
    assert "<script>" not in made
