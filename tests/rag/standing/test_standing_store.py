"""What is kept of standing queries and of what changed, whatever becomes of users and articles."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from rag.backup.library_backup import back_up, restore
from rag.errors import UserError
from rag.library.library import FILE_NAME, Library
from rag.library.records import Entry, Source
from rag.schema.article import Article, Passage, Span
from rag.schema.evidence import Evidence
from rag.schema.question import Filters, NamedDossier
from rag.schema.standing import Change
from rag.standing.state import Found, Pointer, State
from rag.standing.store import MOST_QUERIES, StandingTable
from rag.storage.database import Place

STORED = Path(__file__).parents[2] / "data" / "libraries"
OLD = Article("a1", "Le pont a 12 arches.", "Le pont", "/1", "h1", language="fr")
NEW = Article("a2", "Le pont a 14 arches.", "Les arches", "/2", "h2", language="fr")
QUESTION = "Combien d'arches a le pont ?"


def put(library: Library, *articles: Article) -> None:
    entries = []
    for one in articles:
        whole = Span(0, len(one.text))
        passage = Passage(f"{one.id}:0", one.id, whole.start, whole.end, (whole,))
        entries.append(Entry(one, (passage,), Source(one.source, one.source, one.content_hash, one.id)))
    library.acknowledge(entries, "recipe")


def evidence(article: Article, words: str) -> Evidence:
    start = article.text.index(words)
    return Evidence(article, 0, len(article.text), answer_start=start, answer_end=start + len(words))


@pytest.fixture
def library(place: Place) -> Iterator[Library]:
    opened = Library(place)
    put(opened, OLD, NEW)
    yield opened
    opened.close()


@pytest.fixture
def table(library: Library) -> StandingTable:
    return library.standing


def tell(table: StandingTable, user: str = "", *changes: Found) -> list[str]:
    """Tell changes of the user's only query."""
    [turn] = [one for one in table.turns() if one.user == user]
    told = changes or (Found("value", (evidence(OLD, "12"),), (evidence(NEW, "14"),)),)
    ids = table.put(turn, table.arrival(), State((Pointer.of(evidence(NEW, "14")),)), told)
    assert ids is not None
    return ids


def sides(change: Change) -> tuple[list[str], list[str]]:
    return [one.answer_words for one in change.before], [one.answer_words for one in change.after]


def test_the_same_query_is_kept_once(table: StandingTable) -> None:
    first = table.add("", "question", QUESTION, "fr")
    assert table.add("", "question", "combien d'ARCHES  a le pont", "en") == first
    filtered = table.add("", "question", QUESTION, "fr", Filters(outlets=("Le Phare",)))
    searched = table.add("", "search", QUESTION, "fr")
    assert table.all("") == [first, filtered, searched]


def test_filters_come_back_as_they_were(table: StandingTable) -> None:
    filters = Filters(outlets=("Le Phare",), languages=("fr",), dossiers=(NamedDossier("d", "Ponts"),))
    table.add("", "question", QUESTION, "fr", filters)
    assert table.all("")[0].filters == filters


def test_users_see_only_what_is_theirs(table: StandingTable) -> None:
    mine = table.add("anne", "question", QUESTION, "fr")
    assert (table.all("bob"), table.changes("bob"), table.unseen("bob")) == ([], [], 0)
    [told] = tell(table, "anne")
    table.mark_seen("bob", told)
    assert (table.unseen("anne"), table.unseen("bob"), table.changes("bob")) == (1, 0, [])
    for deny in (table.remove, table.pause, table.resume):
        with pytest.raises(UserError, match="removed meanwhile"):
            deny("bob", mine.id)
    with pytest.raises(UserError, match="No standing query"):
        table.find("bob", mine.id)
    table.forget_user("anne")
    assert (table.all("anne"), table.unseen("anne")) == ([], 0)


def test_a_query_is_found_by_its_id_or_its_words(table: StandingTable) -> None:
    kept = table.add("", "question", QUESTION, "fr")
    assert table.find("", kept.id) == table.find("", "combien d'arches a le pont") == kept
    with pytest.raises(UserError, match=r"Near: “Combien d'arches a le pont \?”"):
        table.find("", "arches")
    table.add("", "question", QUESTION, "fr", Filters(languages=("en",)))
    with pytest.raises(UserError, match=kept.id):
        table.find("", QUESTION)


@pytest.mark.parametrize(
    ("kind", "words"), [("question", " ? "), ("search", '""'), ("entity", "\x00"), ("question", "x" * 2001)]
)
def test_a_query_that_is_none_is_refused(table: StandingTable, kind: str, words: str) -> None:
    with pytest.raises(UserError):
        table.add("", kind, words, "fr")  # type: ignore[arg-type]


def test_there_are_only_so_many(table: StandingTable) -> None:
    for number in range(MOST_QUERIES):
        table.add("", "entity", f"Anne {number}", "fr")
    with pytest.raises(UserError, match=str(MOST_QUERIES)):
        table.add("", "entity", "Anne", "fr")
    table.add("bob", "entity", "Anne", "fr")


def test_changes_are_told_latest_first_and_seen_up_to_one(table: StandingTable) -> None:
    kept = table.add("", "question", QUESTION, "fr")
    first, second = tell(table) + tell(table)
    assert [one.id for one in table.changes("")] == [second, first]
    assert sides(table.changes("")[0]) == (["12"], ["14"])
    assert [one.id for one in table.changes("", before=second, query_id=kept.id)] == [first]
    table.mark_seen("", first)
    assert (table.unseen(""), table.unseen("", kept.id), table.unseen("", "another")) == (1, 1, 0)
    assert [one.id for one in table.changes("", unseen=True)] == [second]
    assert [one.seen for one in table.changes("")] == [False, True]


def test_who_asked_second_tells_nothing(table: StandingTable) -> None:
    table.add("", "question", QUESTION, "fr")
    [turn] = table.turns()
    told = Found("value", (), (evidence(NEW, "14"),))
    assert table.put(turn, 1, State(), [told])
    assert table.put(turn, 1, State(), [told]) is None
    assert table.unseen("") == 1


def test_a_query_that_is_paused_is_not_asked(table: StandingTable) -> None:
    kept = table.add("", "question", QUESTION, "fr")
    table.pause("", kept.id)
    assert table.turns() == []
    table.resume("", kept.id)
    assert [turn.query for turn in table.turns()] == [kept]


def test_a_state_and_what_failed_are_kept(table: StandingTable) -> None:
    table.add("", "question", QUESTION, "fr")
    [turn] = table.turns()
    assert turn.state is None
    state = State((Pointer.of(evidence(NEW, "14")),), (Pointer.of(evidence(OLD, "12")),), "yes")
    table.put_failure(turn, "gone", "disparu")
    assert table.all("")[0].failure == ("gone", "disparu")
    table.put(turn, 7, state, found=["a1", "nowhere"])
    [turn] = table.turns()
    assert (turn.state, turn.arrival, turn.found, turn.query.failure) == (state, 7, {"a1"}, None)
    table.put(turn, 8, state, found=["a2"])
    assert table.turns()[0].found == {"a2"}


def test_a_change_goes_with_the_articles_that_it_tells_of(library: Library, table: StandingTable) -> None:
    table.add("", "question", QUESTION, "fr")
    tell(table)
    tell(table, "", Found("unanswered", (evidence(OLD, "12"),), gone=("a9",)))
    library.remove("a1")
    gone, value = table.changes("")
    assert (sides(gone), gone.gone) == (([], []), ("a9",))
    assert sides(value) == ([], ["14"])
    library.remove("a2")
    assert [one.kind for one in table.changes("")] == ["unanswered"]
    assert table.unseen("") == 1


def test_what_is_told_of_an_article_that_has_gone_meanwhile_is_not_kept(
    library: Library, table: StandingTable
) -> None:
    table.add("", "question", QUESTION, "fr")
    library.remove("a2")
    assert tell(table) == []


def test_a_quote_stays_what_was_published_when_the_text_is_replaced(
    library: Library, table: StandingTable
) -> None:
    table.add("", "question", QUESTION, "fr")
    tell(table)
    put(library, replace(NEW, text="Corrigé : le pont a 15 arches.", content_hash="h3"))
    [change] = table.changes("")
    assert [one.quote for one in change.after] == ["Le pont a 14 arches."]


def test_arrivals_are_numbered_as_articles_come_and_change(library: Library, table: StandingTable) -> None:
    before = table.arrival()
    assert table.arrived(0) == ["a1", "a2"]
    put(library, OLD)  # the same again
    assert (table.arrival(), table.arrived(before)) == (before, [])
    put(library, replace(OLD, text="Le pont a 13 arches.", content_hash="h4"))
    assert table.arrived(before) == ["a1"]
    library.remove("a1")
    assert table.arrived(before) == []
    put(library, OLD)
    assert table.arrived(before) == ["a1"]


@pytest.mark.in_a_file
@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_library_of_an_earlier_version_takes_standing_queries(tmp_path: Path, number: int) -> None:
    stored = (STORED / f"format-{number}.sql").read_text(encoding="utf-8")
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as db:
        db.executescript(stored)
        db.execute(f"PRAGMA user_version = {number}")
    with closing(Library(tmp_path)) as library:
        before = library.standing.arrival()
        library.standing.add("", "question", QUESTION, "fr")
        put(library, OLD, NEW)
        tell(library.standing)
        assert sorted(library.standing.arrived(before)) == ["a1", "a2"]
        assert [sides(one) for one in library.standing.changes("")] == [(["12"], ["14"])]
        assert library.problems() == []


@pytest.mark.in_a_file
def test_a_backup_has_what_is_followed_and_what_was_told(table: StandingTable, tmp_path: Path) -> None:
    kept = table.add("ada", "question", QUESTION, "fr")
    tell(table, "ada")
    back_up(tmp_path, tmp_path / "kept.zip", "1")
    restore(tmp_path / "kept.zip", tmp_path / "again")
    with closing(Library(tmp_path / "again")) as again:
        assert [one.id for one in again.standing.all("ada")] == [kept.id]
        assert [sides(one) for one in again.standing.changes("ada")] == [(["12"], ["14"])]
        assert again.standing.arrival() == table.arrival()


@pytest.mark.in_a_file
def test_a_state_that_is_damaged_is_none(table: StandingTable, tmp_path: Path) -> None:
    table.add("", "question", QUESTION, "fr")
    tell(table)
    for damaged in ("", "[]", '[[["a", 1]], [], null]', '[[], [], "maybe"]', '{"current": 1}'):
        with closing(sqlite3.connect(tmp_path / FILE_NAME)) as db, db:
            db.execute("UPDATE standing_queries SET state = ?", (damaged,))
        assert [turn.state for turn in table.turns()] == [None]
