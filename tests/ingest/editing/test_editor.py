"""Corrections count everywhere, whatever is ingested before and after them, and wherever they are stopped."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from desk import NOON, Desk
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ingest.editing.editor import edit_articles, merge_outlets, unmerge_outlet
from ingest.pipeline.reindexing import read_corrected, reindex
from ingest.pipeline.repair import repair
from rag.backup.library_backup import back_up, restore
from rag.embargo.store import EmbargoedArticle
from rag.errors import UserError
from rag.full_text.query import Named
from rag.full_text.tokens import split
from rag.index.encoding import head
from rag.index.indexer import Indexer
from rag.library.listing import ListingQuery
from rag.metadata.fields import FIELDS, Field, canonical
from rag.schema.article import Article
from rag.schema.question import Filters
from rag.text.analyzer import terms

TEXT = "Le pont de Corvenne a rouvert lundi après trois mois de travaux. Il porte deux voies."
# Where a commit needn't wait for a disk.
MEMORY = Path("/dev/shm")


def document(
    title: str = "Le pont rouvre", outlet: str = "", date: str = "", text: str = TEXT, author: str = ""
) -> str:
    stated = {"title": title, "outlet": outlet, "date": date, "author": author}
    lines = [f'{name}: "{value}"' for name, value in stated.items() if value]
    return "\n".join(["---", *lines, "---", "", text])


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(Desk(tmp_path)) as desk:
        desk.write("pont.md", document(outlet="Le Monde.fr", date="2025-08-16"))
        desk.write("bac.md", document("Le bac s'arrête", text="Le bac ne circulera plus le dimanche."))
        desk.ingest()
        yield desk


def edit(desk: Desk, name: str, changes: dict[Field, str | None], undone: tuple[Field, ...] = ()) -> None:
    edit_articles(desk.indexer, [desk.id_of(name)], changes, undone, now=lambda: NOON)
    read_corrected(desk.indexer, desk.chunker)


def article(desk: Desk, name: str) -> Article:
    found = desk.library.article(desk.id_of(name))
    assert found is not None
    return found


def agree(desk: Desk) -> None:
    """Every index finds every article by what it is filed under, and by nothing else."""
    desk.check()
    assert desk.library.metadata.unread() == []
    query = desk.embedder.embed_queries(["pont"])[0]
    articles = desk.library.articles()
    rows = [[term] for one in articles for term in terms(one.title, one.language)]
    outlets = {one.outlet for one in articles if one.outlet} | {"Le Monde.fr", "Nulle part"}
    for outlet in outlets:
        expected = {one.id for one in articles if one.outlet == outlet}
        filters = Filters(outlets=(outlet,))
        by_vector = {hit.passage_id.split(":")[0] for hit in desk.parts.vectors.search(query, 99, filters)}
        by_terms = {one.split(":")[0] for one in desk.parts.terms.everywhere(rows, filters)}
        assert by_vector == by_terms == expected
        named = Named("outlet", tuple(split(outlet)[0]), is_whole=True)
        by_words = set(desk.parts.full_text.search(named, limit=99).ids)
        assert by_words == {one.id for one in articles if one.outlet and split(one.outlet) == split(outlet)}
        assert desk.library.listing.page(ListingQuery(outlet=outlet)).total == len(expected)
        assert {t.name: t.count for t in desk.library.facets.facets().outlets}.get(outlet, 0) == len(expected)
    for one in articles:
        (row,) = desk.library.listing.rows([one.id])
        assert (row.title, row.outlet, row.published_at, row.language) == (
            one.title, one.outlet, one.published_at, one.language,
        )  # fmt: skip


# --- one correction ---


def test_a_correction_counts_everywhere_and_what_was_stated_stays_known(desk: Desk):
    before = article(desk, "pont.md")
    edit(desk, "pont.md", {"outlet": "Le Phare", "published_at": "2025-08-15", "author": "Zoé"})
    after = article(desk, "pont.md")
    assert after == replace(before, outlet="Le Phare", published_at="2025-08-15", author="Zoé")
    agree(desk)
    records = desk.library.metadata.of(after.id)
    assert {field: record.stated for field, record in records.items()} == {
        "outlet": "Le Monde.fr", "author": None, "published_at": "2025-08-16",
    }  # fmt: skip
    assert {record.corrected_at for record in records.values()} == {"2026-01-05T12:00:00+00:00"}
    days = Filters(date_from=date(2025, 8, 15), date_to=date(2025, 8, 15))
    assert desk.library.listing.chosen(days).ids == (after.id,)
    assert desk.library.listing.rows([after.id])[0].is_corrected
    assert not desk.library.listing.rows([desk.id_of("bac.md")])[0].is_corrected


def test_taken_back_everything_is_as_it_was(desk: Desk):
    before = article(desk, "pont.md")
    edit(
        desk,
        "pont.md",
        {"title": "Autre", "outlet": None, "language": "en", "canonical_url": "https://a.example/b"},
    )
    edit(desk, "pont.md", {"author": "Zoé"}, ("title", "outlet", "language", "canonical_url"))
    assert article(desk, "pont.md") == replace(before, author="Zoé")
    edit(desk, "pont.md", {}, ("author",))
    assert article(desk, "pont.md") == before
    assert desk.library.metadata.of(before.id) == {}
    agree(desk)


def test_corrected_to_what_is_stated_is_no_correction(desk: Desk):
    edit(desk, "pont.md", {"outlet": "Le Phare"})
    edit(desk, "pont.md", {"outlet": "Le Monde.fr"})
    assert desk.library.metadata.of(desk.id_of("pont.md")) == {}


@pytest.mark.parametrize("field", FIELDS)
def test_a_correction_survives_a_changed_source_and_gives_way_to_its_newest_value(desk: Desk, field: Field):
    values = {"published_at": "2025-01-01", "updated_at": "2025-09-01", "language": "en"}
    wanted = values.get(field, "https://a.example/b" if field == "canonical_url" else "Corrigé")
    edit(desk, "pont.md", {field: wanted})
    name = desk.id_of("pont.md")
    desk.write("pont.md", document("Le pont a rouvert", "Le Monde", "2025-08-17", f"{TEXT} Enfin.", "Odile"))
    assert desk.ingest().changed == 1
    assert desk.id_of("pont.md") == name
    filed = article(desk, "pont.md")
    assert getattr(filed, field) == wanted
    agree(desk)
    stated = desk.library.as_stated(name)
    assert (stated.title, stated.outlet, stated.published_at, stated.author) == (
        "Le pont a rouvert", "Le Monde", "2025-08-17", "Odile",
    )  # fmt: skip
    edit(desk, "pont.md", {}, (field,))
    assert article(desk, "pont.md") == stated
    agree(desk)


def test_earlier_texts_have_the_title_that_was_published(desk: Desk):
    edit(desk, "pont.md", {"title": "Corrigé", "published_at": "2025-01-01"})
    desk.write("pont.md", document("Le pont a rouvert", "Le Monde.fr", "2025-08-17"))
    desk.ingest()
    (revision,) = desk.library.revisions.of(desk.id_of("pont.md"))
    assert (revision.title, revision.published_at) == ("Le pont rouvre", "2025-08-16")


def test_a_correction_makes_no_earlier_text(desk: Desk):
    edit(desk, "pont.md", {"title": "Corrigé"})
    desk.write("pont.md", document("Le pont rouvre", "Le Monde", "2025-08-16"))
    desk.ingest()
    assert desk.library.revisions.of(desk.id_of("pont.md")) == []


def test_it_survives_another_reading_of_everything(desk: Desk):
    edit(desk, "pont.md", {"title": "Corrigé", "language": "en"})
    before = article(desk, "pont.md")
    desk.ingest()
    desk.library.forget_indexing()
    reindex(desk.indexer, desk.chunker, lambda _: None)
    desk.indexer.compact()
    assert article(desk, "pont.md") == before
    agree(desk)


def test_it_survives_a_backup(desk: Desk, tmp_path: Path):
    edit(desk, "pont.md", {"outlet": "Le Phare", "canonical_url": "https://a.example/b"})
    merge_outlets(desk.indexer, "Le Phare", "Le Grand Phare")
    filed, records = article(desk, "pont.md"), desk.library.metadata.of(desk.id_of("pont.md"))
    back_up(desk.data, tmp_path / "backup.zip", "1")
    restore(tmp_path / "backup.zip", tmp_path / "elsewhere" / "data")
    with closing(Desk(tmp_path / "elsewhere")) as other:
        reindex(other.indexer, other.chunker, lambda _: None)
        assert other.library.article(filed.id) == filed
        assert other.library.metadata.of(filed.id) == records
        agree(other)


def test_it_stays_when_one_of_its_sources_goes(desk: Desk):
    edit(desk, "pont.md", {"title": "Corrigé"})
    name, text = desk.id_of("pont.md"), (desk.files / "pont.md").read_text(encoding="utf-8")
    desk.write("again.md", text)
    desk.ingest()
    origin = str(desk.files.resolve())
    gone = str((desk.files / "pont.md").resolve())
    assert desk.library.leave_origin(origin, [gone]) == []
    assert article(desk, "again.md").title == "Corrigé"
    assert desk.id_of("again.md") == name


def test_what_answers_rest_on_has_changed_with_every_correction(desk: Desk):
    before = desk.library.version()
    name = [desk.id_of("pont.md")]
    for changes in ({"author": "Zoé"}, {"canonical_url": "https://a.example/b"}, {"title": "Corrigé"}):
        edit_articles(desk.indexer, name, changes)
        assert desk.library.version() > before
        before = desk.library.version()


def test_a_damaged_article_is_repaired_with_its_corrections(desk: Desk):
    edit(desk, "pont.md", {"outlet": "Le Phare"})
    with desk.library._db.transaction() as db:
        db.execute("UPDATE articles SET text = 'X' || text WHERE id = ?", (desk.id_of("pont.md"),))
    with pytest.raises(UserError, match="damaged"):
        edit(desk, "pont.md", {"title": "Autre"})
    assert not repair(desk.parts, lambda _: None).is_sound
    desk.ingest()
    assert article(desk, "pont.md").outlet == "Le Phare"
    assert article(desk, "pont.md").text == TEXT
    agree(desk)


def test_a_damaged_record_is_told_and_the_article_stays_as_it_is_filed(desk: Desk):
    edit(desk, "pont.md", {"outlet": "Le Phare"})
    with desk.library._db.transaction() as db:
        db.execute("UPDATE field_records SET stated = 'Autre'")
    report = repair(desk.parts, lambda _: None)
    assert [one.finding.check for one in report.repairs] == ["corrections"]
    assert article(desk, "pont.md").outlet == "Le Phare"


def test_identity_rests_on_what_was_stated(desk: Desk):
    name = desk.id_of("pont.md")
    edit(desk, "pont.md", {"canonical_url": "https://a.example/b"})
    stating = document(text="Un autre texte.").replace("---\n\n", 'url: "https://a.example/b"\n---\n\n', 1)
    desk.write("autre.md", stating)
    desk.ingest()
    assert desk.id_of("autre.md") != name
    assert article(desk, "pont.md").canonical_url == "https://a.example/b"
    assert desk.library.counts().articles == 3


def test_a_moved_file_keeps_its_corrections(desk: Desk):
    edit(desk, "pont.md", {"title": "Corrigé"})
    name = desk.id_of("pont.md")
    (desk.files / "pont.md").rename(desk.files / "moved.md")
    desk.ingest()
    assert desk.id_of("moved.md") == name
    assert article(desk, "moved.md").title == "Corrigé"


def test_a_removed_article_leaves_no_record(desk: Desk):
    edit(desk, "pont.md", {"title": "Corrigé"})
    name = desk.id_of("pont.md")
    desk.indexer.remove(name)
    assert desk.library.metadata.of(name) == {}
    desk.ingest()
    assert desk.library.article(name) is None or desk.library.article(name).title == "Le pont rouvre"
    desk.check()


def test_what_waits_under_embargo_cannot_be_corrected(desk: Desk):
    held = replace(article(desk, "pont.md"), id="held")
    desk.library.embargoes.put(EmbargoedArticle(held, (), "r", "k", "s", "d", "o", None))
    with pytest.raises(UserError, match="embargo"):
        edit_articles(desk.indexer, ["held"], {"published_at": "2020-01-01"})
    assert desk.library.embargoes.get("held").article == held


def test_nothing_is_changed_where_something_is_wrong(desk: Desk):
    ids = [desk.id_of("pont.md"), "nowhere"]
    with pytest.raises(UserError, match="nowhere: no article has this id"):
        edit_articles(desk.indexer, ids, {"outlet": "Le Phare"})
    with pytest.raises(UserError, match="one article at a time"):
        edit_articles(desk.indexer, [desk.id_of("pont.md"), desk.id_of("bac.md")], {"title": "Un"})
    assert article(desk, "pont.md").outlet == "Le Monde.fr"


def test_only_what_the_encoder_reads_is_read_again(desk: Desk):
    name = [desk.id_of("pont.md")]
    edit_articles(desk.indexer, name, {"author": "Zoé", "updated_at": "2025-09-01", "canonical_url": None})
    merge_outlets(desk.indexer, "Le Monde.fr", "Le Monde")
    assert desk.library.metadata.unread() == []
    edit_articles(desk.indexer, name, {"title": "Corrigé"})
    assert desk.library.metadata.unread() == name
    edit_articles(desk.indexer, name, {}, ["title"])
    assert read_corrected(desk.indexer, desk.chunker) == 1
    agree(desk)


def test_vectors_are_those_of_the_corrected_title_and_of_no_alias(desk: Desk):
    merge_outlets(desk.indexer, "Le Monde.fr", "Le Monde")
    edit(desk, "pont.md", {"title": "Corrigé"})
    filed = article(desk, "pont.md")
    (read,) = desk.library.metadata.corrected([desk.library.as_stated(filed.id)])
    assert filed.outlet == "Le Monde"
    assert head(read) == "Corrigé\nLe Monde.fr, 2025-08-16\n"
    before, _ = desk.found("pont", [])
    desk.library.forget_indexing()
    reindex(desk.indexer, desk.chunker, lambda _: None)
    assert desk.found("pont", []) == (before, [])


# --- outlets ---


def test_names_that_are_merged_are_one_outlet_now_and_later(desk: Desk):
    merge_outlets(desk.indexer, "Le Monde.fr", "Le Monde")
    desk.write("autre.md", document("Un autre", "Le Monde.fr", text="La foire aura lieu dimanche."))
    desk.ingest()
    assert {one.outlet for one in desk.library.articles()} == {"Le Monde", None}
    agree(desk)
    (outlet,) = desk.library.metadata.outlets()
    assert (outlet.name, outlet.count, outlet.aliases) == ("Le Monde", 2, ("Le Monde.fr",))
    assert desk.library.resolved(Filters(outlets=("Le Monde.fr",))).outlets == ("Le Monde",)
    assert desk.library.has_outlet("Le Monde.fr")
    assert desk.library.metadata.of(desk.id_of("autre.md"))["outlet"].stated == "Le Monde.fr"
    assert not desk.library.listing.rows([desk.id_of("autre.md")])[0].is_corrected
    unmerge_outlet(desk.indexer, "Le Monde.fr")
    assert {one.outlet for one in desk.library.articles()} == {"Le Monde.fr", None}
    assert desk.library.metadata.of(desk.id_of("autre.md")) == {}
    agree(desk)


@pytest.mark.parametrize("query", ["journal:monde", 'journal:"Le Monde.fr"', "journal:fr", "outlet:monde"])
def test_a_search_finds_an_outlet_by_each_of_its_names(desk: Desk, query: str):
    merge_outlets(desk.indexer, "Le Monde.fr", "Le Phare")
    assert [hit.article.outlet for hit in desk.parts.search.search(query).hits] == ["Le Phare"]
    assert desk.parts.search.search(f"pont -{query}").total == 0


def test_a_question_that_names_an_outlet_by_another_of_its_names_means_it(desk: Desk):
    merge_outlets(desk.indexer, "Le Monde.fr", "Le Phare")
    assert desk.library.metadata.names() == {"Le Monde.fr": "Le Phare"}
    assert desk.library.metadata.canonical(["Le Monde.fr", "Le Phare"]) == ("Le Phare",)


def test_a_merge_into_a_merge_can_be_undone_step_by_step(desk: Desk):
    merge_outlets(desk.indexer, "Le Monde.fr", "LE MONDE")
    merge_outlets(desk.indexer, "LE MONDE", "Le Monde")
    assert article(desk, "pont.md").outlet == "Le Monde"
    unmerge_outlet(desk.indexer, "LE MONDE")
    assert article(desk, "pont.md").outlet == "LE MONDE"
    agree(desk)


def test_an_alias_can_be_given_to_another_outlet(desk: Desk):
    merge_outlets(desk.indexer, "Le Monde.fr", "Le Monde")
    merge_outlets(desk.indexer, "Le Monde.fr", "Le Phare")
    assert article(desk, "pont.md").outlet == "Le Phare"
    agree(desk)


def test_what_is_one_outlet_already_or_none_is_refused(desk: Desk):
    with pytest.raises(UserError, match="one outlet already"):
        merge_outlets(desk.indexer, "Le Monde.fr", "Le Monde.fr")
    with pytest.raises(UserError, match=r"Did you mean Le Monde\.fr\?"):
        merge_outlets(desk.indexer, "Le monde.fr", "Le Monde")
    merge_outlets(desk.indexer, "Le Monde.fr", "Le Monde")
    with pytest.raises(UserError, match="one outlet already"):
        merge_outlets(desk.indexer, "Le Monde", "Le Monde.fr")
    with pytest.raises(UserError, match="no outlet “Nulle part”"):
        unmerge_outlet(desk.indexer, "Nulle part")
    with pytest.raises(UserError, match="needs a name"):
        merge_outlets(desk.indexer, "Le Monde", " ")


# --- stopped between any two writes ---

WRITES = {"announce", "acknowledge", "cleared", "put", "upsert", "delete", "update", "restore_rows"}


class Stopping:
    """A real part whose writes are counted, together with those of the other parts."""

    def __init__(self, part: object, left: list[int]) -> None:
        self.part, self.left = part, left

    def __getattr__(self, name: str) -> object:
        method = getattr(self.part, name)
        if name not in WRITES:
            return method

        def write(*args: object, **kwargs: object) -> object:
            if self.left[0] == 0:
                raise KeyboardInterrupt
            self.left[0] -= 1
            return method(*args, **kwargs)

        return write


def stopping(desk: Desk, writes: int) -> Indexer:
    left, parts = [writes], desk.parts
    stores = (parts.library, parts.vectors, parts.terms, parts.full_text, parts.sketches)
    return Indexer(*(Stopping(part, left) for part in stores), desk.embedder, desk.indexer.recipe)


# announce; restore_rows, update, update, cleared
_ANNOUNCED, _LAST_WRITE = 1, 5
# announce, put, upsert, update, update, acknowledge
_LAST_READING = 6


@pytest.mark.parametrize("writes", range(_LAST_WRITE))
def test_an_edit_that_stops_halfway_is_whole_or_not_at_all(desk: Desk, writes: int):
    name = desk.id_of("pont.md")
    with pytest.raises(KeyboardInterrupt):
        edit_articles(stopping(desk, writes), [name], {"outlet": "Le Phare", "published_at": "2025-01-01"})
    desk.close()
    desk.open()
    desk.indexer.recover_passages()
    is_done = writes >= _ANNOUNCED
    assert article(desk, "pont.md").outlet == ("Le Phare" if is_done else "Le Monde.fr")
    assert desk.library.metadata.unread() == ([name] if is_done else [])
    desk.ingest()
    agree(desk)
    edit_articles(stopping(desk, _LAST_WRITE), [name], {"outlet": "La Voix", "published_at": "2025-01-02"})


@pytest.mark.parametrize("writes", range(_LAST_READING))
def test_a_reading_that_stops_halfway_is_done_at_the_next_ingestion(desk: Desk, writes: int):
    name = desk.id_of("pont.md")
    edit_articles(desk.indexer, [name], {"title": "Corrigé", "language": "en"})
    with pytest.raises(KeyboardInterrupt):
        read_corrected(stopping(desk, writes), desk.chunker)
    desk.close()
    desk.open()
    desk.ingest()
    assert article(desk, "pont.md").title == "Corrigé"
    agree(desk)


@pytest.mark.parametrize("writes", range(_LAST_WRITE))
def test_a_merge_that_stops_halfway_is_whole_or_not_at_all(desk: Desk, writes: int):
    with pytest.raises(KeyboardInterrupt):
        merge_outlets(stopping(desk, writes), "Le Monde.fr", "Le Monde")
    desk.close()
    desk.open()
    desk.indexer.recover_passages()
    assert article(desk, "pont.md").outlet == ("Le Monde" if writes >= _ANNOUNCED else "Le Monde.fr")
    agree(desk)


# --- any sequence ---

FILES = ("un.md", "deux.md", "trois.md")
OUTLETS = ("Le Monde", "Le Monde.fr", "LE MONDE", "Le Phare")
CORRECTED = {
    "title": ("Corrigé", "Un titre"),
    "outlet": (None, *OUTLETS),
    "author": (None, "Zoé"),
    "published_at": (None, "2025-01-01"),
    "language": ("en", "fr"),
}


class AnySequence(RuleBasedStateMachine):
    """Ingest, edit, undo, read again, merge, unmerge, remove, in any order."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
        self.desk = Desk(self.folder)
        self.written: dict[str, tuple[str, str, str]] = {}
        self.corrected: dict[str, dict[Field, str | None]] = {}
        self.aliases: dict[str, str] = {}

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            self.desk.close()
            shutil.rmtree(self.folder)

    @rule(
        name=st.sampled_from(FILES),
        title=st.sampled_from(["Un titre", "Un autre"]),
        outlet=st.sampled_from(["", *OUTLETS]),
        day=st.sampled_from(["", "2025-08-16"]),
    )
    def ingest(self, name: str, title: str, outlet: str, day: str) -> None:
        self.written[name] = title, outlet, day
        self.desk.write(name, document(title, outlet, day, f"{TEXT} Fichier {name}."))
        self.desk.ingest()

    @rule()
    def ingest_again(self) -> None:
        if self.written:
            self.desk.ingest()

    @rule(name=st.sampled_from(FILES), data=st.data())
    def correct(self, name: str, data: st.DataObject) -> None:
        if name not in self.written:
            return
        field = data.draw(st.sampled_from(sorted(CORRECTED)))
        value = data.draw(st.sampled_from(CORRECTED[field]))
        edit(self.desk, name, {field: value})
        self.corrected.setdefault(name, {})[field] = value
        if value == self.stated(name)[field]:
            del self.corrected[name][field]

    @rule(name=st.sampled_from(FILES), field=st.sampled_from(sorted(CORRECTED)))
    def undo(self, name: str, field: Field) -> None:
        if name in self.written:
            edit(self.desk, name, {}, (field,))
            self.corrected.get(name, {}).pop(field, None)

    @rule(alias=st.sampled_from(OUTLETS), outlet=st.sampled_from(OUTLETS))
    def merge(self, alias: str, outlet: str) -> None:
        try:
            merge_outlets(self.desk.indexer, alias, outlet)
        except UserError:
            return
        self.aliases[alias] = outlet

    @rule(alias=st.sampled_from(OUTLETS))
    def unmerge(self, alias: str) -> None:
        if alias in self.aliases:
            unmerge_outlet(self.desk.indexer, alias)
            del self.aliases[alias]

    @rule(name=st.sampled_from(FILES))
    def remove(self, name: str) -> None:
        if name in self.written:
            self.desk.indexer.remove(self.desk.id_of(name))
            del self.written[name]
            self.corrected.pop(name, None)
            (self.desk.files / name).unlink()

    def stated(self, name: str) -> dict[str, str | None]:
        title, outlet, day = self.written[name]
        return {
            "title": title, "outlet": outlet or None, "author": None, "published_at": day or None,
            "language": "fr",
        }  # fmt: skip

    @invariant()
    def it_is_filed_under_what_was_corrected_else_stated(self) -> None:
        if not hasattr(self, "desk"):
            return
        assert self.desk.library.counts().articles == len(self.written)
        for name in self.written:
            wanted = self.stated(name) | self.corrected.get(name, {})
            wanted["outlet"] = canonical(wanted["outlet"], self.aliases)
            filed = article(self.desk, name)
            assert {field: getattr(filed, field) for field in wanted} == wanted
            stated = self.desk.library.as_stated(filed.id)
            assert {field: getattr(stated, field) for field in wanted} == self.stated(name)
            (row,) = self.desk.library.listing.rows([filed.id])
            assert row.is_corrected == bool(self.corrected.get(name))
        agree(self.desk)


TestAnySequence = AnySequence.TestCase
TestAnySequence.settings = settings(max_examples=8, stateful_step_count=12, deadline=None)
