"""What scripts say of dossiers is hostile until it was read; users have their own; no name is markup."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from desk import Desk
from hypothesis import given
from hypothesis import strategies as st

from rag.dossiers.rule import Rule
from rag.dossiers.store import Dossier, DossierCounts, KeptRule
from rag.errors import UserError
from rag.library.listing import ListingQuery
from rag.schema.question import NO_FILTERS, Filters
from ui.dossiers.desk import DossierDesk
from ui.dossiers.html import ListedDossier, OpenedDossier, choice_html, choosing_html, done_html, panel_html
from ui.dossiers.said import MOST, filters_rule, ids, listing_query, listing_rule, search_rule, words

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=12)
    | st.sampled_from(["2025-10-01", "\ud83d"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.dictionaries(
    st.sampled_from(["words", "outlet", "language", "from", "to", "undated"]), json_values
)
HOSTILE = '"><img src=x onerror=alert(1)><script>alert(1)</script>'


@given(said=json_values, fields=FIELDS)
def test_whatever_a_script_says_is_a_sound_rule_or_none(said: object, fields: dict):
    assert words(said).encode() is not None
    assert len(ids(said)) <= MOST
    for rule in (search_rule(said), listing_rule(listing_query(fields, ListingQuery()))):
        assert rule is None or Rule.from_text(rule.to_text()) == rule


def test_a_rule_is_what_narrows_and_nothing_else():
    filters = Filters(date(2025, 8, 1), outlets=("Le Phare",), article_ids=("a",))
    assert filters_rule(filters) == Rule(filters=Filters(date(2025, 8, 1), outlets=("Le Phare",)))
    assert filters_rule(NO_FILTERS) is None
    assert filters_rule(Filters(article_ids=("a",))) is None
    assert listing_rule(ListingQuery(sort="title", page=3)) is None
    assert listing_rule(ListingQuery(words="pont", undated=True)) == Rule(words="pont", only_undated=True)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_name_becomes_markup(language: str):
    dossier = Dossier(HOSTILE, HOSTILE, HOSTILE, "", "")
    rules = (
        KeptRule(HOSTILE, 1, Rule(HOSTILE, HOSTILE, Filters(outlets=(HOSTILE,)))),
        KeptRule(HOSTILE, 2, None),
    )
    listed = ListedDossier(dossier, DossierCounts(3, 1), HOSTILE)
    shown = [
        panel_html([listed], OpenedDossier(listed, rules), language, HOSTILE),
        choosing_html(HOSTILE, [dossier], {dossier.id}, language, HOSTILE),
        done_html(HOSTILE, language),
        *choice_html([dossier], dossier.id, language),
    ]
    parser = _Tags()
    for one in shown:
        parser.feed(one)
    assert not parser.tags & {"img", "script"}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Desk, DossierDesk]]:
    with closing(Desk(tmp_path)) as desk:
        desk.write("pont.txt", "Le pont de Corvenne a rouvert lundi.")
        desk.write("bac.txt", "Le bac de Corvenne a fermé mardi.")
        desk.ingest()
        yield desk, DossierDesk(SimpleNamespace(library=desk.library, engine=desk.parts))


def test_each_user_has_dossiers_of_their_own(served: tuple[Desk, DossierDesk]):
    desk, dossiers = served
    made = dossiers.create("Le pont", "zoé")
    assert dossiers.put(made, "zoé", [], Rule("pont")) == 1
    assert [one.dossier.name for one in dossiers.listed("zoé", "fr")] == ["Le pont"]
    for other in ("", "ali"):
        assert dossiers.listed(other, "fr") == []
        assert dossiers.opened(made.id, "", other, "fr") is None
        for act in (
            lambda other=other: dossiers.found(made.id, other),
            lambda other=other: dossiers.filters(made.id, other),
            lambda other=other: dossiers.put(made, other, [desk.id_of("bac.txt")], None),
            lambda other=other: dossiers.take_out(made.id, other, [desk.id_of("pont.txt")]),
            *(
                lambda act=act, other=other: dossiers.change(act, made.id, other, "Mien", 1)
                for act in ("rename", "describe", "empty", "delete", "unrule")
            ),
        ):
            with pytest.raises(UserError):
                act()
    assert desk.library.dossiers.members([made.id]) == (desk.id_of("pont.txt"),)


def test_what_came_in_is_new_while_the_dossier_stays_open(served: tuple[Desk, DossierDesk]):
    desk, dossiers = served
    made = dossiers.create("Ponts", "")
    dossiers.put(made, "", [], Rule("pont"))
    first = dossiers.opened(made.id, "", "", "fr")
    desk.write("pont2.txt", "Un autre pont ouvre.")
    desk.ingest()
    again = dossiers.opened(made.id, first.listed.dossier.opened_at, "", "fr")
    assert (first.listed.counts.new, again.listed.counts) == (1, DossierCounts(2, 2))
    assert dossiers.listed("", "fr")[0].counts.new == 0
    assert dossiers.opened(made.id, "", "", "fr").listed.counts.new == 0
