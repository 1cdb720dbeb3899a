"""What is in a dossier, whatever was done to it and to the library, in whichever order."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from desk import Desk
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from rag.dossiers.rule import Rule
from rag.dossiers.store import Dossier
from rag.dossiers.wording import LONGEST_NAME
from rag.errors import LibraryError, UserError
from rag.index.full_text_index import FullTextIndex
from rag.library.library import FILE_NAME, Library
from rag.library.listing import ListingQuery
from rag.library.records import Entry, Source
from rag.schema.article import Article, Passage, Span
from rag.schema.question import Filters, NamedDossier
from rag.search.dossier_filling import DossierFilling
from rag.storage.database import Place

WORDS = ("pont", "bac", "foire")
OUTLETS = ("Le Phare", "La Gazette")
RULES = (
    Rule("pont"),
    Rule("bac OR foire"),
    Rule("-pont"),
    Rule(filters=Filters(outlets=("Le Phare",))),
    Rule("foire", filters=Filters(outlets=("La Gazette",))),
)


def article(number: int, word: str, outlet: str) -> Article:
    text = f"Le {word} numéro {number}."
    return Article(f"a{number}", text, text, f"/{number}", f"{text}{outlet}", outlet, None, "fr", None)


def is_as(rule: Rule, one: Article) -> bool:
    """What the rules above say, in Python."""
    word = one.text.split()[1]
    found = {"pont": word == "pont", "bac OR foire": word != "pont", "-pont": word != "pont", "": True}
    found["foire"] = word == "foire"
    return found[rule.search] and (not rule.filters.outlets or one.outlet in rule.filters.outlets)


class Shelf:
    """A library with its full-text index, and nothing else."""

    def __init__(self, place: Place) -> None:
        self.library = Library(place)
        self.index = FullTextIndex(place.folder / "full_text")
        self.filling = DossierFilling(self.library, self.index)

    def put(self, one: Article) -> None:
        passage = Passage(f"{one.id}:x:0", one.id, 0, len(one.text), (Span(0, len(one.text)),))
        source = Source(f"/{one.id}", one.source, one.content_hash, one.id)
        self.index.update([one])
        self.library.acknowledge([Entry(one, (passage,), source)], "recipe")

    def remove(self, article_id: str) -> None:
        self.library.remove(article_id)
        self.index.update([], delete=[article_id])
        self.library.cleared(self.library.unlisted())

    def members(self, dossier: Dossier) -> set[str]:
        self.filling.fill([dossier.id])
        return {*self.library.dossiers.members([dossier.id])}


@pytest.fixture
def shelf(place: Place) -> Iterator[Shelf]:
    shelf = Shelf(place)
    with closing(shelf.library):
        for number, word in enumerate((*WORDS, *WORDS)):
            shelf.put(article(number, word, OUTLETS[number % 2]))
        yield shelf


class Dossiers(RuleBasedStateMachine):
    """Two dossiers of two users; in each is (by hand or matching) - taken out, of what is there."""

    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        self.shelf = Shelf(Place(Path(self.folder.name)))
        self.there: dict[str, Article] = {}
        self.table = self.shelf.library.dossiers
        self.users = ("", "zoé")
        self.dossiers = [self.table.create(user, "Séisme") for user in self.users]
        self.by_hand: list[set[str]] = [set(), set()]
        self.out: list[set[str]] = [set(), set()]
        self.rules: list[dict[int, Rule]] = [{}, {}]

    def teardown(self) -> None:
        if hasattr(self, "shelf"):
            self.shelf.library.close()
            self.folder.cleanup()

    @rule(number=st.integers(0, 5), word=st.sampled_from(WORDS), outlet=st.sampled_from(OUTLETS))
    def ingest(self, number: int, word: str, outlet: str) -> None:
        one = article(number, word, outlet)
        self.shelf.put(one)
        self.there[one.id] = one

    @rule(number=st.integers(0, 5))
    def remove(self, number: int) -> None:
        self.shelf.remove(f"a{number}")
        self.there.pop(f"a{number}", None)
        for chosen in (*self.by_hand, *self.out):
            chosen.discard(f"a{number}")

    @rule(which=st.integers(0, 1), numbers=st.sets(st.integers(0, 6)))
    def add(self, which: int, numbers: set[int]) -> None:
        ids = {f"a{number}" for number in numbers}
        assert self.table.add(self.dossiers[which].id, self.users[which], ids) == len(ids & {*self.there})
        self.by_hand[which] |= ids & {*self.there}
        self.out[which] -= ids

    @rule(which=st.integers(0, 1), number=st.integers(0, 6))
    def take_out(self, which: int, number: int) -> None:
        self.table.take_out(self.dossiers[which].id, self.users[which], [f"a{number}"])
        self.out[which] |= {f"a{number}"} & {*self.there}
        self.by_hand[which].discard(f"a{number}")

    @rule(which=st.integers(0, 1), rule=st.sampled_from(RULES))
    def save(self, which: int, rule: Rule) -> None:
        number = self.table.add_rule(self.dossiers[which].id, self.users[which], rule)
        self.rules[which][number] = rule

    @rule(which=st.integers(0, 1), number=st.integers(1, 3))
    def forget(self, which: int, number: int) -> None:
        gone = self.table.remove_rule(self.dossiers[which].id, self.users[which], number)
        assert gone == (self.rules[which].pop(number, None) is not None)

    @rule(which=st.integers(0, 1))
    def empty(self, which: int) -> None:
        self.table.empty(self.dossiers[which].id, self.users[which])
        for kept in (self.by_hand, self.out):
            kept[which].clear()
        self.rules[which].clear()

    @rule(which=st.integers(0, 1))
    def delete(self, which: int) -> None:
        self.empty(which)
        self.table.delete(self.dossiers[which].id, self.users[which])
        self.dossiers[which] = self.table.create(self.users[which], "séisme")

    @rule(which=st.integers(0, 1))
    def meddle(self, which: int) -> None:
        """Nobody does anything to another's dossier."""
        for act in (
            lambda: self.table.delete(self.dossiers[which].id, self.users[1 - which]),
            lambda: self.table.add(self.dossiers[which].id, self.users[1 - which], [*self.there]),
        ):
            with pytest.raises(UserError):
                act()

    @rule()
    def reopen(self) -> None:
        self.shelf.library.close()
        self.shelf = Shelf(Place(Path(self.folder.name)))
        self.table = self.shelf.library.dossiers

    @invariant()
    def everything_is_where_it_belongs(self) -> None:
        if not hasattr(self, "shelf"):
            return
        for which, dossier in enumerate(self.dossiers):
            matching = {
                one.id
                for one in self.there.values()
                for kept in self.rules[which].values()
                if is_as(kept, one)
            }
            members = (self.by_hand[which] | matching) - self.out[which]
            assert self.shelf.members(dossier) == members
            assert self.table.counts(dossier).articles == len(members)
            for article_id in (f"a{number}" for number in range(7)):
                holding = self.table.holding([article_id], self.users[which])
                assert (dossier.id in holding) == (article_id in members)
            listed = self.shelf.library.listing.page(ListingQuery(dossier=dossier.id))
            assert {row.article_id for row in listed.rows} == members
            kept = self.shelf.library.resolved(Filters(dossiers=(dossier.as_filter,)))
            assert ({*kept.article_ids} if kept else set()) == members


TestDossiers = Dossiers.TestCase
TestDossiers.settings = settings(max_examples=12, stateful_step_count=14, deadline=None)


def made(shelf: Shelf, *rules: Rule, name: str = "Séisme") -> Dossier:
    dossier = shelf.library.dossiers.create("", name)
    for one in rules:
        shelf.library.dossiers.add_rule(dossier.id, "", one)
    return dossier


def test_what_comes_in_later_is_new_until_the_dossier_is_opened(shelf: Shelf):
    dossier = made(shelf, Rule("pont"))
    shelf.filling.fill([dossier.id])
    shelf.library.dossiers.mark_opened(dossier.id, "")
    shelf.put(article(7, "pont", "Le Phare"))
    assert shelf.members(dossier) == {"a0", "a3", "a7"}
    opened = shelf.library.dossiers.get(dossier.id, "")
    assert shelf.library.dossiers.new(opened) == ("a7",)
    shelf.library.dossiers.mark_opened(dossier.id, "")
    assert shelf.library.dossiers.counts(shelf.library.dossiers.get(dossier.id, "")).new == 0


@pytest.mark.in_a_file
def test_nothing_is_looked_for_while_the_library_stays_as_it_is(shelf: Shelf):
    dossier = made(shelf, Rule("pont"))
    shelf.filling.fill([dossier.id])
    before = shelf.library.dossiers.version()
    with sqlite3.connect(shelf.library._db.folder / FILE_NAME) as db:
        db.execute("DELETE FROM dossier_matches WHERE article_id = 'a0'")
    shelf.filling.fill([dossier.id])
    assert shelf.library.dossiers.members([dossier.id]) == ("a3",)
    assert shelf.library.dossiers.version() > before


@pytest.mark.in_a_file
def test_a_rule_that_is_not_understood_any_more_keeps_its_articles(shelf: Shelf):
    dossier = made(shelf, Rule("pont"))
    shelf.filling.fill([dossier.id])
    with sqlite3.connect(shelf.library._db.folder / FILE_NAME) as db:
        db.execute("UPDATE dossier_rules SET rule = replace(rule, '\"format\": 1', '\"format\": 9')")
    shelf.put(article(7, "pont", "Le Phare"))
    assert shelf.members(dossier) == {"a0", "a3"}
    assert [kept.rule for kept in shelf.library.dossiers.rules([dossier.id])] == [None]


def test_an_index_that_is_not_complete_takes_nothing_out(shelf: Shelf, tmp_path: Path):
    dossier = made(shelf, Rule("pont"))
    shelf.filling.fill([dossier.id])
    shelf.put(article(7, "bac", "Le Phare"))
    waiting = DossierFilling(shelf.library, FullTextIndex(tmp_path / "empty"))
    with pytest.raises(LibraryError):
        waiting.fill([dossier.id])
    assert shelf.library.dossiers.members([dossier.id]) == ("a0", "a3")


def test_a_crash_while_filling_leaves_what_was_there(shelf: Shelf):
    dossier = made(shelf, Rule("pont"))
    shelf.filling.fill([dossier.id])
    shelf.put(article(7, "pont", "Le Phare"))
    (kept,) = shelf.library.dossiers.rules([dossier.id])
    with pytest.raises(KeyboardInterrupt), shelf.library._db.transaction():
        shelf.library.dossiers.put_matches(kept, ["a7"], shelf.library.version())
        raise KeyboardInterrupt
    assert shelf.library.dossiers.members([dossier.id]) == ("a0", "a3")
    assert shelf.members(dossier) == {"a0", "a3", "a7"}


@pytest.mark.parametrize("name", ["", "  ", "x" * (LONGEST_NAME + 1)])
def test_a_name_has_something_in_it_and_an_end(shelf: Shelf, name: str):
    with pytest.raises(UserError):
        shelf.library.dossiers.create("", name)


def test_a_name_is_one_dossiers_whatever_its_accents_and_capitals(shelf: Shelf):
    first, second = made(shelf), made(shelf, name="Foire")
    for taken in ("SEISME", " séisme  "):
        with pytest.raises(UserError):
            shelf.library.dossiers.create("", taken)
        with pytest.raises(UserError):
            shelf.library.dossiers.rename(second.id, "", taken)
    shelf.library.dossiers.rename(first.id, "", "SÉISME")
    assert shelf.library.dossiers.named("seisme", "").name == "SÉISME"
    assert shelf.library.dossiers.named("seisme", "zoé") is None


def test_nothing_of_what_it_is_called_is_obeyed(shelf: Shelf):
    found = shelf.library.dossiers.create("", "La\x1b[2J crue \u202etxt", "\x07Un\n\u2066deux")
    assert (found.name, found.description) == ("La[2J crue txt", "Un\ndeux")
    assert shelf.library.dossiers.named("la\x1b[2j crue \u202etxt", "") == found


def test_a_name_that_is_separated_brings_no_more(shelf: Shelf):
    """Even if no article is filed under it any more, so that none is filed anew."""
    dossier = made(shelf, Rule(filters=Filters(outlets=("Le Phare",))))
    shelf.library.metadata.merge("Le Phare", "La Gazette", "2026-12-01")
    for number in (0, 2, 4):
        shelf.remove(f"a{number}")
    assert shelf.members(dossier) == {"a1", "a3", "a5"}
    shelf.library.metadata.unmerge("Le Phare")
    assert shelf.members(dossier) == set()


@pytest.mark.parametrize("rule", [Rule(), Rule("("), Rule(filters=Filters(undated=True))])
def test_a_rule_narrows(shelf: Shelf, rule: Rule):
    with pytest.raises(UserError):
        shelf.library.dossiers.add_rule(made(shelf).id, "", rule)


def test_a_dossier_that_is_gone_keeps_nothing(shelf: Shelf):
    assert shelf.library.resolved(Filters(dossiers=(NamedDossier("gone", "Séisme"),))) is None


def test_dossiers_and_other_filters_must_all_hold(shelf: Shelf):
    one, other = made(shelf, Rule("pont")), made(shelf, Rule("bac"), name="Bac")
    shelf.filling.fill([one.id, other.id])
    both = Filters(dossiers=(one.as_filter, other.as_filter))
    assert shelf.library.resolved(both).article_ids == ("a0", "a1", "a3", "a4")
    narrowed = replace(both, sources=("/1", "/2"), article_ids=("a1", "a2", "a3"))
    assert shelf.library.resolved(narrowed).article_ids == ("a1",)


def test_questions_and_searches_are_of_the_dossier_alone(place: Place):
    with closing(Desk(place.folder, url=place.url)) as desk:
        desk.write("pont.txt", "Le pont de Corvenne a rouvert lundi.")
        desk.write("bac.txt", "Le bac de Corvenne a rouvert mardi.")
        desk.ingest()
        dossiers = desk.library.dossiers
        dossier = dossiers.create("", "Bacs")
        dossiers.add_rule(dossier.id, "", Rule("bac"))
        desk.write("bac2.txt", "Le bac de Sarrane a fermé à Corvenne.")
        desk.ingest()
        filters = Filters(dossiers=(dossier.as_filter,))
        desk.parts.refresh(filters)
        among = desk.library.resolved(filters).article_ids
        assert {*among} == {desk.id_of("bac.txt"), desk.id_of("bac2.txt")}
        found = desk.parts.search.search("Corvenne", among=among)
        assert {hit.article.id for hit in found.hits} == {*among}
        assert desk.parts.search.search("pont", among=among).total == 0
        desk.check()
        desk.indexer.remove(desk.id_of("bac.txt"))
        assert dossiers.members([dossier.id]) == (desk.id_of("bac2.txt"),)
        desk.check()
