"""Entities of a library: found after articles come in, gone with them, looked up and told as they are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from desk import Desk
from hypothesis import given, settings
from hypothesis import strategies as st
from valley import valley

from rag.backup.library_backup import back_up, restore
from rag.engine.integrity import inspect
from rag.entities.analysis import VERSION, analyse
from rag.entities.identity import keyed
from rag.entities.making import EntityWorker, find_entities, is_complete
from rag.entity_store.records import StatementFilters
from rag.library.library import Library
from rag.library.records import ArticleSentences
from rag.schema.article import Article
from rag.schema.entity import ArticleEntities
from rag.storage.database import Place
from rag.text.sentences import split_sentences

TABLES = (
    "analysed_articles",
    "entities",
    "entity_articles",
    "entity_forms",
    "entity_mentions",
    "entity_statements",
)


@pytest.fixture
def desk(place: Place) -> Iterator[Desk]:
    with closing(valley(place)) as desk:
        yield desk


def test_what_is_said_in_an_outlet_is_found_by_each_of_its_names(desk: Desk):
    find_entities(desk.library)
    index = desk.parts.entities
    meant = index.find("Alain Verdier").meant
    papers = (StatementFilters(outlets=(name,)) for name in ("Le Val", "Val"))
    before, none = (index.statements(meant, "", paper).total for paper in papers)
    assert before > 0 == none
    desk.library.metadata.merge("Val", "Le Val", "2026-12-01")
    assert index.statements(meant, "", StatementFilters(outlets=("Val", "Le Val"))).total == before
    assert index.statements(meant, "", StatementFilters(outlets=("Val",))).total == before


def rows(desk: Desk) -> dict[str, list[tuple]]:
    with desk.library._db.connection() as db:
        return {table: db.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}


def test_a_person_with_all_that_articles_have(desk: Desk):
    find_entities(desk.library)
    index = desk.parts.entities
    meant = index.find("Alain Verdier").meant
    page = index.page(meant)
    assert (meant.kind, meant.articles) == ("person", 3)
    assert dict(page.months) == {"2025-01": 2, "2025-04": 1}
    assert dict(page.outlets) == {"Le Val": 2, "La Gazette des Monts": 1}
    # The reprint's words are said once, with both papers.
    assert [(one.quote, one.also_in) for one in page.statements] == [
        ("Elle a payé la cantine.", ()),
        ("Nous n'avons pas le choix", ("Le Val",)),
        ("Il a ajouté que les écoles seraient prévenues lundi.", ("Le Val",)),
    ]
    assert "Nadia Ferri" in [one.name for one in page.companions]
    for named in page.articles:
        text = desk.library.article(named.article.article_id).text
        assert {text[span.start : span.end] for span in named.spans} <= {"Alain Verdier"}


def test_statements_by_subject_date_outlet_and_form(desk: Desk):
    find_entities(desk.library)
    index = desk.parts.entities
    whom = index.find("Verdier").meant

    def quotes(about: str = "", **filters: object) -> list[str]:
        return [one.quote for one in index.statements(whom, about, StatementFilters(**filters)).found]

    assert quotes("écoles") == ["Il a ajouté que les écoles seraient prévenues lundi."]
    assert quotes(after="2025-02-01") == ["Elle a payé la cantine."]
    assert quotes(before="2025-01-10") == [
        "Nous n'avons pas le choix", "Il a ajouté que les écoles seraient prévenues lundi.",
    ]  # fmt: skip
    assert len(quotes(outlets=("La Gazette des Monts",))) == 2
    assert quotes(form="reported") == ["Il a ajouté que les écoles seraient prévenues lundi."]
    assert quotes("fusées") == []


def test_a_name_that_no_article_has_gets_near_ones(desk: Desk):
    find_entities(desk.library)
    found = desk.parts.entities.find("Alin Verdié")
    assert (found.entities, found.near[:1]) == ((), ("Alain Verdier",))
    assert desk.parts.entities.find("Zzyzx").near == ()
    assert desk.parts.entities.find("  ").entities == ()


def test_a_place_with_hyphens_is_one_entity_and_near_to_what_it_begins_with(desk: Desk):
    for name, text in (
        ("seine", "Vistry-sur-Seine a voté un budget de 210 millions d'euros."),
        ("francois", "Vistry-le-François a fermé sa piscine. Vistry-le-François la rouvrira en mai."),
        ("tees", "The council of Selby-on-Tees met. Residents of Selby-on-Tees protested."),
    ):
        desk.write(f"{name}.md", f"---\ntitle: Nouvelles\n---\n\n{text}\n")
    desk.ingest()
    find_entities(desk.library)
    index = desk.parts.entities
    assert index.find("Vistry-sur-Seine").meant.kind == "place"
    assert index.find("Selby-on-Tees").meant.kind == "place"
    assert index.find("Seine").entities == index.find("Tees").entities == ()
    assert "Vistry-sur-Seine" in index.find("Vistry").near
    assert index.find("Selby").near[0] == "Selby-on-Tees"


def test_what_was_removed_is_gone(desk: Desk):
    find_entities(desk.library)
    for article in desk.library.articles():
        desk.indexer.remove(article.id)
    assert rows(desk) == {table: [] for table in TABLES}
    assert desk.parts.entities.find("Alain Verdier").entities == ()


def test_a_changed_text_has_none_of_its_former_pointers(desk: Desk):
    find_entities(desk.library)
    file = desk.files / "budget.md"
    file.write_text(
        file.read_text(encoding="utf-8").replace("Alain Verdier", "Odile Marchand"), encoding="utf-8"
    )
    assert desk.ingest().changed == 1
    assert desk.parts.entities.find("Alain Verdier").meant.articles == 2
    assert not is_complete(desk.library)
    find_entities(desk.library)
    assert desk.parts.entities.find("Odile Marchand").meant.articles == 1


@pytest.mark.in_a_file
def test_a_text_that_another_program_changed_has_none_of_its_pointers(desk: Desk):
    """Without foreign keys, which SQLite leaves off unless it is told otherwise."""
    find_entities(desk.library)
    with sqlite3.connect(desk.data / "library.sqlite3") as db:
        db.execute("UPDATE articles SET text = text || ' Fin.'")
    assert rows(desk) == {table: [] for table in TABLES}
    assert find_entities(desk.library) == 0  # they aren't what was stored
    desk.library.put_checksums(desk.library.each_stored())
    assert find_entities(desk.library) == desk.library.counts().articles


def test_who_is_stopped_goes_on(desk: Desk):
    assert find_entities(desk.library, stop=lambda: True) == 1
    assert find_entities(desk.library) == desk.library.counts().articles - 1
    assert find_entities(desk.library) == 0


@pytest.mark.in_a_file
def test_another_versions_findings_are_made_anew(desk: Desk):
    find_entities(desk.library)
    with sqlite3.connect(desk.data / "library.sqlite3") as db:
        db.execute("UPDATE analysed_articles SET version = ?", (VERSION - 1,))
    assert find_entities(desk.library) == desk.library.counts().articles


def test_what_was_found_in_another_text_isnt_stored(desk: Desk):
    article = desk.library.articles()[0]
    assert not desk.library.entities.put(article.id, article.text + " ", VERSION, [], ArticleEntities())
    assert not desk.library.entities.put("unknown", "", VERSION, [], ArticleEntities())


def test_a_worker_finds_what_is_there_and_ends(desk: Desk):
    with closing(EntityWorker(desk.library)) as worker:
        worker.start()
        for _ in range(500):
            if is_complete(desk.library):
                break
            worker._stopped.wait(0.02)
    assert is_complete(desk.library)


@pytest.mark.in_a_file
def test_doctor_finds_pointers_that_are_off_and_makes_them_anew(desk: Desk):
    from ingest.pipeline.repair import repair

    find_entities(desk.library)
    assert inspect(desk.parts).about("entities") == []
    with sqlite3.connect(desk.data / "library.sqlite3") as db:
        (article_id,) = db.execute("SELECT article_id FROM entity_mentions LIMIT 1").fetchone()
        db.execute(
            'UPDATE entity_mentions SET start = start + 1, "end" = "end" + 1 WHERE article_id = ?',
            (article_id,),
        )
    assert inspect(desk.parts).about("entities") == [article_id]
    assert repair(desk.parts, lambda _: None).is_sound
    assert inspect(desk.parts).about("entities") == []


@pytest.mark.in_a_file
def test_a_damaged_article_gives_no_quote(desk: Desk):
    find_entities(desk.library)
    index = desk.parts.entities
    whom = index.find("Moira Tallon").meant
    assert index.statements(whom).found
    with sqlite3.connect(desk.data / "library.sqlite3") as db:
        db.execute("DROP TRIGGER entities_outdated")
        db.execute("UPDATE articles SET text = replace(text, 'new', 'old') WHERE language = 'en'")
    assert index.statements(whom).found == ()


@pytest.mark.in_a_file
def test_compaction_leaves_no_byte_of_who_was_removed(desk: Desk):
    find_entities(desk.library)
    for article in desk.library.articles():
        if "Tallon" in article.text:
            desk.indexer.remove(article.id)
    desk.library.compact()
    stored = b"".join(file.read_bytes() for file in desk.data.glob("library.sqlite3*"))
    assert (b"tallon" in stored.lower(), b"verdier" in stored.lower()) == (False, True)


@pytest.mark.in_a_file
def test_a_backup_has_them(desk: Desk, tmp_path: Path):
    find_entities(desk.library)
    back_up(desk.data, tmp_path / "backup", "1.0")
    restore(tmp_path / "backup", tmp_path / "new", lambda: None)
    with closing(Library(tmp_path / "new")) as library:
        assert is_complete(library)
        assert library.entities.counts() == desk.library.entities.counts()


def test_what_waits_for_its_time_is_in_no_table(place: Place):
    with closing(Desk(place.folder, url=place.url)) as desk:
        desk.write("a.md", "---\ntitle: A\nlanguage: fr\n---\n\n« Non », a dit Paul Roux.\n")
        desk.ingest()
        find_entities(desk.library)
        assert desk.parts.entities.find("Paul Roux").meant is not None
        (article,) = desk.library.articles()
        desk.library.withdraw(article.id, keeps_waiting=True)
        assert rows(desk) == {table: [] for table in TABLES}


WORDS = st.sampled_from(
    [
        *(
            "Paul Roux",
            "Nadia Ferri",
            "M. Roux",
            "Mme Ferri",
            "Roux",
            "AFP",
            "à Toury",
            "a dit",
            "selon",
            "il",
        ),
        *(
            "a-t-il ajouté",
            "que le pont tiendrait",
            "« Il tiendra »",
            "« Non",
            "»",
            "“Yes,”",
            '"',
            ",",
            ".",
            ":",
        ),
        *("\n", "said", "elle", "l'", "’", "É", "\u00a0", "« »", "E.", "tandis que", "(AFP)", "le maire"),
    ]
)


@settings(max_examples=150)
@given(st.lists(WORDS, max_size=25), st.sampled_from(["fr", "en", "de", None]))
def test_every_pointer_resolves(words: list[str], language: str | None):
    text = " ".join(words)
    article = Article("a", text, "", "a", "", language=language)
    sentences = tuple(split_sentences(text, language))
    found = analyse(ArticleSentences(article, sentences))
    for mention in found.mentions:
        words_there = text[mention.span.start : mention.span.end]
        assert words_there and words_there == words_there.strip()
        assert 0 <= mention.sentence < len(sentences)
        assert all(at < len(found.entities) for at in mention.entities)
        if mention.entity is not None:
            assert words_there in found.entities[mention.entity].forms
    for one in found.statements:
        assert one.entity < len(found.entities)
        assert 0 <= one.words.start < one.words.end <= len(text)
        assert 0 <= one.verb.start < one.verb.end <= len(text)
        assert one.context.start <= min(one.words.start, one.verb.start)
        assert one.context.end >= max(one.words.end, one.verb.end)
    keys = [keyed(one) for one in found.entities]
    assert all(one.key and len(one.folded) == len(one.entity.forms) for one in keys)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_question_that_is_offered_is_answered(desk: Desk, language: str):
    from rag.engine.factory import build_chain
    from rag.schema.question import Question

    find_entities(desk.library)
    chain = build_chain(desk.parts, None)
    asked = [
        question
        for kind in ("person", "organisation")
        for entity in desk.library.entities.most_named(kind, 8)
        for question in desk.parts.entities.page(entity).questions[language]
    ]
    assert len(asked) > 8
    assert [one for one in asked if chain.invoke(Question(one)).status not in ("answered", "catalogue")] == []


@pytest.mark.in_a_file
@pytest.mark.parametrize("number", [1, 2, 3])
def test_an_earlier_versions_library_gets_its_entities(tmp_path: Path, number: int):
    stored = Path(__file__).parents[2] / "data" / "libraries" / f"format-{number}.sql"
    with closing(sqlite3.connect(tmp_path / "library.sqlite3")) as db:
        db.executescript(stored.read_text(encoding="utf-8"))
        db.execute(f"PRAGMA user_version = {number}")
    with closing(Library(tmp_path)) as library:
        articles = library.counts().articles
        assert library.entities.waiting_count(VERSION) == articles > 0
        assert find_entities(library) == articles
        assert is_complete(library)
