"""Ingestion keeps its promises: nothing twice, nothing lost, every index in step with the library.

Real files, SQLite, Chroma, tantivy and the bundled encoder; only time is given.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import tantivy
from chroma_records import vectors_in
from desk import NOON, SMALL
from desk import Desk as PlainDesk
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ingest.converters.registry import read_article
from ingest.pipeline.chunking import Chunker
from ingest.pipeline.ingestion import ingest
from ingest.pipeline.reindexing import reindex
from ingest.schema.document import Failure
from ingest.schema.events import Event, Progress, Summary
from rag.config import ChunkingSettings
from rag.errors import LibraryError, UserError
from rag.library.library import FILE_NAME
from rag.models.embedder import Embedder, TokenVectors
from rag.schema.question import Filters
from rag.text.analyzer import terms

BRIDGE = "Le pont de Corvenne a rouvert lundi après trois mois de travaux."
FERRY = "Le bac de Valmorin ne circulera plus le dimanche, faute de pilotes."
SCHOOL = "L’école de Sarrane accueillera douze élèves de plus à la rentrée."


class Other:
    """The real encoder under another name, as if a library had been made by another model."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.name = "another encoder"

    def __getattr__(self, name: str) -> object:
        return getattr(self._embedder, name)


class Stopping:
    """The real encoder, until the `after`-th call for passages: then the process is interrupted."""

    def __init__(self, embedder: Embedder, after: int) -> None:
        self._embedder = embedder
        self._left = after
        self.read: list[str] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self._embedder, name)

    def read_passages(self, texts: list[str]) -> list[TokenVectors]:
        if self._left == 0:
            raise KeyboardInterrupt
        self._left -= 1
        self.read += texts
        return self._embedder.read_passages(texts)


@dataclass(frozen=True)
class Indexed:
    """Passage ids, sorted, as each of the four holds them."""

    library: list[str]
    vectors: list[str]
    terms: list[str]
    sketches: list[str]


class Desk(PlainDesk):
    """With bytes in its files, and all that can be looked at in its indexes."""

    def write(self, name: str, text: str | bytes) -> Path:
        file = self.files / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return file

    def ingest(self, *paths: Path, on_progress: Callable[[Progress], None] = lambda _: None) -> Summary:
        named = [str(path) for path in paths] or [str(self.files)]

        def on_event(event: Event) -> None:
            if isinstance(event, Progress):
                on_progress(event)

        return ingest(named, self.indexer, self.chunker, on_event, now=lambda: self.now)

    def reindex(self) -> int:
        return reindex(self.indexer, self.chunker, lambda _: None)

    def texts(self) -> dict[str, list[str]]:
        """Article text → the names of the files that bring it."""
        found = self.library.articles()
        sources = [[Path(s.key).name for s in self.library.sources_of(article.id)] for article in found]
        assert len({article.text for article in found}) == len(found)
        return {article.text: names for article, names in zip(found, sources, strict=True)}

    def dump(self) -> list[str]:
        with closing(sqlite3.connect(self.data / FILE_NAME)) as db:
            # How often something has changed is no part of what is there.
            return sorted(line for line in db.iterdump() if not line.startswith('INSERT INTO "changes"'))

    def chroma(self) -> dict[str, list[float]]:
        """Passage id → vector, as Chroma has them."""
        self.parts.vectors.close()
        return vectors_in(self.data)

    def sketch_ids(self) -> list[str]:
        (file,) = (self.data / "sketches").glob("*.sqlite3")
        with closing(sqlite3.connect(file)) as db:
            return [row[0] for row in db.execute("SELECT passage_id FROM sketches ORDER BY passage_id")]

    def indexed(self) -> Indexed:
        passages = [p for a in self.library.articles() for p in self.library.passages_of(a.id)]
        (index,) = map(str, (self.data / "terms").iterdir())
        searcher = tantivy.Index.open(index).searcher()
        hits = searcher.search(tantivy.Query.all_query(), limit=searcher.num_docs + 1).hits
        return Indexed(
            sorted(passage.id for passage in passages),
            sorted(self.chroma()),
            sorted(searcher.doc(address)["passage_id"][0] for _, address in hits),
            self.sketch_ids(),
        )

    def check(self) -> None:
        """Every index holds what the library lists and no more, and every offset resolves."""
        indexed = self.indexed()
        assert indexed.library == indexed.vectors == indexed.terms == indexed.sketches
        assert self.library.unlisted() == []
        for article in self.library.articles():
            assert self.library.sources_of(article.id)
            for passage in self.library.passages_of(article.id):
                assert passage.sentences[0].start == passage.start
                assert passage.sentences[-1].end == passage.end
                for span in passage.sentences:
                    sentence = article.text[span.start : span.end]
                    assert sentence and sentence == sentence.strip()

    def finds(self, word: str, filters: Filters | None = None) -> set[str]:
        """Ids of the articles that term search finds for a word."""
        scored = self.parts.terms.search(terms(word, "fr"), 1000, filters)
        return {p.article_id for p in self.library.passages([s.passage_id for s in scored]).values()}

    def near(self, question: str, filters: Filters | None = None) -> set[str]:
        """Ids of the articles among the ten nearest vectors."""
        vector = self.embedder.embed_queries([question])[0]
        scored = self.parts.vectors.search(vector, 10, filters)
        return {p.article_id for p in self.library.passages([s.passage_id for s in scored]).values()}


@pytest.fixture
def make_desk(tmp_path: Path, embedder: Embedder) -> Iterator[Callable[..., Desk]]:
    desks: list[Desk] = []

    def make(name: str = "desk", **options: object) -> Desk:
        desks.append(Desk(tmp_path / name, **{"embedder": embedder} | options))
        return desks[-1]

    yield make
    for desk in desks:
        desk.close()


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk()


def long_text(topic: str, sentences: int) -> str:
    return " ".join(
        f"La phrase numéro {n} parle de {topic} et ne dit rien d’autre." for n in range(sentences)
    )


# --- what a run reports ---


@pytest.mark.long
def test_each_file_is_counted_once_as_what_happened_to_it(desk: Desk):
    desk.write("pont.txt", BRIDGE)
    desk.write("bac.md", f"# Le bac\n\n{FERRY}")
    empty = desk.write("vide.txt", " \n")
    failure = Failure(
        str(empty), f"{empty}: there is no text in it.", f"{empty} : il ne contient pas de texte."
    )
    assert desk.ingest() == Summary(read=2, new=2, failed=(failure,))
    desk.write("pont.txt", BRIDGE.replace("lundi", "mardi"))
    desk.write("ecole.txt", SCHOOL)
    assert desk.ingest() == Summary(read=3, new=1, changed=1, unchanged=1, failed=(failure,))
    assert desk.ingest().to_dict() == {
        "read": 3,
        "new": 0,
        "changed": 0,
        "unchanged": 3,
        "failed": [{"source": str(empty), "reason": f"{empty}: there is no text in it."}],
        "stopped": False,
        "unreadable": 0,
        "damaged": 0,
        "embargoed": 0,
        "reread": 0,
        "sources": 4,
        "total": 4,
    }


def test_characters_that_files_have_broken_are_counted(desk: Desk):
    desk.write("pont.txt", f"{BRIDGE} Les élèves étaient là, à côté.".encode() + b" \xe9 \xe9")
    desk.write("bac.txt", f"{FERRY} Les élèves étaient là, à côté.".encode() + b" \xe9")
    desk.write("ecole.txt", SCHOOL)
    assert desk.ingest() == Summary(read=3, new=3, unreadable=3, damaged=2)
    assert desk.ingest() == Summary(read=3, unchanged=3)


def test_one_broken_file_loses_nothing_else(desk: Desk):
    desk.write("a.txt", BRIDGE)
    desk.write("b.html", b"\x00\x01\x02\xff\xfe<html" * 50)
    desk.write("c.txt", b"")
    desk.write("d.html", "<html><body><script>var rien = 1</script></body></html>")
    desk.write("e.txt", FERRY)
    photo = desk.write("f.jpg", b"\xff\xd8\xff")
    summary = desk.ingest(desk.files, photo)
    assert (summary.read, summary.new, len(summary.failed)) == (2, 2, 4)
    assert [Path(failure.source).name for failure in summary.failed] == ["b.html", "c.txt", "d.html", "f.jpg"]
    assert all(failure.reason.startswith(failure.source) for failure in summary.failed)
    assert desk.texts() == {BRIDGE: ["a.txt"], FERRY: ["e.txt"]}
    desk.check()


def test_a_file_that_breaks_keeps_the_article_it_was(desk: Desk):
    desk.write("pont.txt", BRIDGE)
    desk.ingest()
    desk.write("pont.txt", b"")
    assert len(desk.ingest().failed) == 1
    assert desk.texts() == {BRIDGE: ["pont.txt"]}


def test_a_path_that_leads_nowhere_is_told_before_anything_is_read(desk: Desk):
    file = desk.write("pont.txt", BRIDGE)
    with pytest.raises(UserError, match="nulle-part: no such file or folder"):
        desk.ingest(desk.folder / "nulle-part")
    assert desk.library.is_empty()
    summary = desk.ingest(file, desk.folder / "nulle-part")
    assert (summary.new, len(summary.failed)) == (1, 1)


@pytest.mark.long
def test_progress_counts_what_is_in_the_library_and_reaches_the_end(desk: Desk):
    for number in range(40):
        desk.write(f"{number:02}.txt", long_text(f"la ville {number}", 15))
    seen: list[tuple[int, int, int]] = []

    def note(progress: Progress) -> None:
        seen.append((progress.done, progress.total, desk.library.counts().sources))

    desk.ingest(on_progress=note)
    assert [total for _, total, _ in seen] == [40] * 41
    assert [done for done, _, _ in seen] == sorted(done for done, _, _ in seen)
    assert all(done <= stored for done, _, stored in seen)
    assert 0 < seen[-3][0] < 40  # told while it goes on
    assert seen[-1][0] == 40


# --- nothing twice ---


def test_the_same_bytes_twice_change_nothing_anywhere(desk: Desk):
    desk.write("pont.txt", long_text("le pont", 12))
    desk.write("bac.md", f"---\ndate: 2026-01-03\n---\n{FERRY}")
    desk.ingest()
    before = desk.dump(), desk.chroma(), desk.indexed(), desk.parts.terms.count()
    assert desk.ingest() == Summary(read=2, unchanged=2)
    assert (desk.dump(), desk.chroma(), desk.indexed(), desk.parts.terms.count()) == before
    assert len(before[1]) > 2
    desk.check()


def test_two_fresh_libraries_of_the_same_files_are_the_same(desk: Desk, make_desk: Callable[..., Desk]):
    for number in range(2):
        desk.write(f"{number}.txt", long_text(f"la ville {number}", 10))
    desk.ingest()
    again = make_desk("again")
    chunker = Chunker(again.embedder, again.chunking)
    ingest([str(desk.files)], again.indexer, chunker, lambda _: None, now=lambda: NOON)
    assert again.dump() == desk.dump()
    assert again.indexed() == desk.indexed()


def test_the_path_as_typed_does_not_matter(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    desk.write("pont.txt", BRIDGE)
    desk.ingest()
    monkeypatch.chdir(desk.files)
    (desk.folder / "lien").symlink_to(desk.files)
    assert desk.ingest(Path("pont.txt")) == Summary(read=1, unchanged=1)
    assert desk.ingest(desk.folder / "lien") == Summary(read=1, unchanged=1)
    assert desk.library.counts().sources == 1


# --- changes ---


def test_a_changed_file_replaces_all_its_passages_in_every_index(desk: Desk):
    desk.write("pont.txt", long_text("l’ancien viaduc", 12))
    desk.write("bac.txt", FERRY)
    desk.ingest()
    article_id, old = desk.id_of("pont.txt"), set(desk.chroma())
    desk.write("pont.txt", BRIDGE)
    assert desk.ingest() == Summary(read=2, changed=1, unchanged=1)
    assert desk.id_of("pont.txt") == article_id
    assert desk.finds("viaduc") == set()
    assert desk.finds("pont") == {article_id}
    assert desk.near("Quand le pont rouvre-t-il ?") == {article_id, desk.id_of("bac.txt")}
    assert {i.split(":")[0] for i in old & set(desk.chroma())} == {desk.id_of("bac.txt")}
    desk.check()


def test_changed_metadata_alone_is_a_change_that_filters_see(desk: Desk):
    page = "---\ntitle: Le bac\ndate: {day}\nsite: {outlet}\n---\n" + FERRY
    desk.write("bac.md", page.format(day="2025-01-03", outlet="Le Phare"))
    desk.ingest()
    article_id, january = desk.id_of("bac.md"), Filters(date_to=date(2025, 1, 31))
    assert desk.near("le bac", january) == desk.finds("bac", january) == {article_id}
    desk.write("bac.md", page.format(day="2025-02-03", outlet="La Gazette"))
    assert desk.ingest() == Summary(read=1, changed=1)
    assert desk.id_of("bac.md") == article_id
    assert (desk.library.article(article_id).published_at, desk.library.article(article_id).outlet) == (
        "2025-02-03",
        "La Gazette",
    )
    assert desk.near("le bac", january) == desk.finds("bac", january) == set()
    gazette = Filters(outlets=("La Gazette",), date_from=date(2025, 2, 1))
    assert desk.near("le bac", gazette) == desk.finds("bac", gazette) == {article_id}
    desk.check()


def test_a_removed_article_is_in_no_index_and_can_come_back(desk: Desk):
    desk.write("pont.txt", BRIDGE)
    desk.write("bac.txt", FERRY)
    desk.ingest()
    article_id = desk.id_of("pont.txt")
    assert desk.indexer.remove(article_id) is True
    assert desk.indexer.remove(article_id) is False
    assert desk.texts() == {FERRY: ["bac.txt"]}
    assert desk.finds("pont") == set()
    desk.check()
    assert desk.ingest() == Summary(read=2, new=1, unchanged=1)
    assert desk.id_of("pont.txt") == article_id
    desk.check()


# --- one article, several sources ---


def test_the_same_bytes_elsewhere_are_one_article_with_two_sources(desk: Desk):
    desk.write("a/pont.txt", BRIDGE)
    desk.ingest()
    desk.write("b/copie.txt", BRIDGE)
    assert desk.ingest() == Summary(read=2, unchanged=2)
    assert desk.texts() == {BRIDGE: ["pont.txt", "copie.txt"]}
    desk.write("a/pont.txt", FERRY)
    assert desk.ingest() == Summary(read=2, new=1, unchanged=1)
    assert desk.texts() == {BRIDGE: ["copie.txt"], FERRY: ["pont.txt"]}
    desk.check()
    desk.write("b/copie.txt", FERRY)
    assert desk.ingest() == Summary(read=2, changed=1, unchanged=1)
    assert desk.texts() == {FERRY: ["pont.txt", "copie.txt"]}
    assert desk.finds("pont") == set()
    desk.check()


def test_removing_an_article_of_two_sources_removes_both(desk: Desk):
    desk.write("a.txt", BRIDGE)
    desk.write("b.txt", BRIDGE)
    assert desk.ingest() == Summary(read=2, new=1, unchanged=1)
    assert desk.indexer.remove(desk.id_of("a.txt"))
    assert desk.library.counts().sources == 0
    desk.check()


def test_a_shared_article_stays_while_one_source_still_brings_it(desk: Desk):
    desk.write("a.txt", BRIDGE)
    desk.write("b.txt", BRIDGE)
    desk.ingest()
    for text in (FERRY, SCHOOL, long_text("la mairie", 3)):
        desk.write("a.txt", text)
        desk.ingest()
        assert desk.texts() == {BRIDGE: ["b.txt"], text: ["a.txt"]}
        desk.check()
    desk.write("a.txt", BRIDGE)
    desk.ingest()
    assert desk.texts() == {BRIDGE: ["a.txt", "b.txt"]}
    desk.check()


def test_a_renamed_file_is_not_a_new_article(desk: Desk):
    file = desk.write("pont.txt", BRIDGE)
    desk.ingest()
    article_id = desk.id_of("pont.txt")
    file.rename(desk.files / "viaduc.txt")
    assert desk.ingest() == Summary(read=1, unchanged=1)
    assert desk.id_of("viaduc.txt") == article_id
    assert desk.library.counts().articles == 1


@pytest.mark.parametrize("renamed", ["a.txt", "z.txt"])  # read before and after the name it had
def test_a_renamed_file_and_another_under_its_old_name_are_both_there(desk: Desk, renamed: str):
    file = desk.write("m.txt", BRIDGE)
    desk.ingest()
    file.rename(desk.files / renamed)
    desk.write("m.txt", FERRY)
    desk.ingest()
    assert desk.library.article(desk.id_of(renamed)).text == BRIDGE
    assert desk.library.article(desk.id_of("m.txt")).text == FERRY
    desk.check()


def test_two_files_that_change_places_keep_both_texts(desk: Desk):
    desk.write("a.txt", BRIDGE)
    desk.write("b.txt", FERRY)
    desk.ingest()
    desk.write("a.txt", FERRY)
    desk.write("b.txt", BRIDGE)
    desk.ingest()
    assert desk.texts() == {FERRY: ["a.txt"], BRIDGE: ["b.txt"]}
    desk.check()


def test_files_of_one_name_in_two_folders_are_two_articles(desk: Desk):
    page = "<html lang='fr'><body><article><h1>{title}</h1><p>{text}</p></article></body></html>"
    for folder, text in (("un", BRIDGE), ("deux", FERRY)):
        desk.write(f"{folder}/index.html", page.format(title=folder, text=f"{text} {SCHOOL}"))
    assert desk.ingest() == Summary(read=2, new=2)
    assert desk.id_of("un/index.html") != desk.id_of("deux/index.html")
    desk.check()


def test_pages_that_all_state_one_url_do_not_replace_each_other(desk: Desk):
    page = "---\nurl: https://example.org/article\n---\n"
    for name, text in (("a.md", BRIDGE), ("b.md", FERRY), ("c.md", SCHOOL)):
        desk.write(name, page + text)
    assert desk.ingest() == Summary(read=3, new=3)
    assert desk.texts() == {BRIDGE: ["a.md"], FERRY: ["b.md"], SCHOOL: ["c.md"]}
    ids = [desk.id_of(name) for name in ("a.md", "b.md", "c.md")]
    assert desk.ingest() == Summary(read=3, unchanged=3)
    desk.write("b.md", page + FERRY.replace("dimanche", "samedi"))
    assert desk.ingest() == Summary(read=3, changed=1, unchanged=2)
    assert [desk.id_of(name) for name in ("a.md", "b.md", "c.md")] == ids
    desk.check()


# --- interrupted, damaged, made otherwise ---


def test_what_was_stored_before_an_interruption_stays_and_the_rest_follows(desk: Desk):
    for number in range(6):
        desk.write(f"{number}.txt", long_text(f"la ville {number}", 15))
    whole = replace(desk.parts, embedder=Stopping(desk.embedder, after=1))
    with pytest.raises(KeyboardInterrupt):
        ingest([str(desk.files)], whole.indexer, Chunker(desk.embedder, SMALL), lambda _: None)
    stored = desk.library.counts().articles
    assert 0 < stored < 6
    desk.close()
    desk.open()
    assert desk.ingest() == Summary(read=6, new=6 - stored, unchanged=stored)
    desk.check()


def test_a_deleted_term_index_is_rebuilt(desk: Desk):
    desk.write("pont.txt", long_text("le pont", 12))
    desk.write("bac.txt", FERRY)
    desk.ingest()
    before = desk.indexed()
    shutil.rmtree(desk.data / "terms")
    desk.open()
    assert desk.parts.terms.count() == 0
    desk.indexer.recover()
    assert desk.indexed() == before
    assert desk.finds("bac") == {desk.id_of("bac.txt")}


@pytest.mark.parametrize("folder", ["vectors", "sketches"])
def test_deleted_vectors_and_sketches_are_made_again_by_reindex(desk: Desk, folder: str):
    desk.write("pont.txt", long_text("le pont", 12))
    desk.write("bac.txt", FERRY)
    desk.ingest()
    before, listed = desk.chroma(), desk.dump()
    desk.close()
    shutil.rmtree(desk.data / folder)
    desk.open()
    assert {"vectors": list(desk.chroma()), "sketches": desk.sketch_ids()}[folder] == []
    assert desk.reindex() == 2
    assert desk.dump() == listed
    after = desk.chroma()
    assert after.keys() == before.keys()
    assert all(np.allclose(after[i], before[i], atol=1e-5) for i in before)
    desk.check()
    assert desk.reindex() == 0


def test_reindex_cuts_anew_after_the_chunking_changed(desk: Desk, make_desk: Callable[..., Desk]):
    desk.write("pont.txt", long_text("le pont", 30))
    desk.write("bac.txt", FERRY)
    desk.ingest()
    assert desk.reindex() == 0
    desk.close()
    desk.chunking = ChunkingSettings(max_tokens=96, overlap_tokens=16)
    desk.open()
    assert desk.ingest() == Summary(read=2, unchanged=2)
    assert desk.reindex() == 2
    desk.check()
    fresh = make_desk("fresh", chunking=desk.chunking)
    chunker = Chunker(fresh.embedder, fresh.chunking)
    ingest([str(desk.files)], fresh.indexer, chunker, lambda _: None, now=lambda: NOON)
    assert desk.dump() == fresh.dump()
    assert desk.indexed() == fresh.indexed()
    vectors, expected = desk.chroma(), fresh.chroma()
    assert all(np.allclose(vectors[i], expected[i], atol=1e-5) for i in expected)


def test_vectors_of_another_model_are_refused_until_reindex(desk: Desk, embedder: Embedder):
    desk.write("pont.txt", BRIDGE)
    desk.ingest()
    desk.write("pont.txt", FERRY)
    desk.close()
    desk.embedder = Other(embedder)
    desk.open()
    with pytest.raises(LibraryError, match=r"not another encoder; set embedding\.model back, or run"):
        desk.ingest()
    assert desk.reindex() == 1
    desk.ingest()
    assert desk.texts() == {FERRY: ["pont.txt"]}
    desk.check()


@pytest.mark.long
@pytest.mark.parametrize("chunking", [SMALL, ChunkingSettings(max_tokens=32, overlap_tokens=16)])
def test_reindex_can_be_interrupted_and_goes_on(desk: Desk, chunking: ChunkingSettings):
    """After deleted vectors (same chunking), and after another chunking."""
    for number in range(6):
        desk.write(f"{number}.txt", long_text(f"la ville {number}", 15))
    desk.ingest()
    desk.close()
    if chunking == SMALL:
        shutil.rmtree(desk.data / "vectors")
    desk.chunking = chunking
    desk.open()
    stopping = Stopping(desk.embedder, after=1)
    halfway = replace(desk.parts, embedder=stopping)
    with pytest.raises(KeyboardInterrupt):
        reindex(halfway.indexer, Chunker(desk.embedder, chunking), lambda _: None)
    desk.indexer.recover()
    counting = Stopping(desk.embedder, after=-1)
    rest = replace(desk.parts, embedder=counting)
    left = reindex(rest.indexer, Chunker(desk.embedder, chunking), lambda _: None)
    assert 0 < left < 6
    assert not set(stopping.read) & set(counting.read)
    desk.check()


# --- any files at all ---


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(max_size=400), min_size=1, max_size=3))
def test_any_text_is_kept_whole_and_its_offsets_resolve(desk: Desk, texts: list[str]):
    shutil.rmtree(desk.files)
    for number, text in enumerate(texts):
        desk.write(f"{number}.txt", text.encode("utf-8", "replace"))
    desk.ingest()
    for number, text in enumerate(texts):
        data = text.encode("utf-8", "replace")
        source = desk.library.source(str((desk.files / f"{number}.txt").resolve()))
        try:
            expected = read_article(data, "x.txt").text
        except UserError:
            continue
        article = desk.library.article(source.article_id)
        assert article.text == expected
        covered = bytearray(len(article.text))
        for passage in desk.library.passages_of(article.id):
            for span in passage.sentences:
                covered[span.start : span.end] = b"x" * (span.end - span.start)
        left = [c for c, is_covered in zip(article.text, covered, strict=True) if not is_covered]
        assert not "".join(left).strip()
    desk.check()


NAMES = st.sampled_from(["a.md", "b.md", "sous/a.md"])
URLS = st.sampled_from(
    ["", "---\nurl: https://example.org/un\n---\n", "---\nurl: https://example.org/deux\n---\n"]
)
CONTENTS = st.builds(str.__add__, URLS, st.sampled_from([BRIDGE, FERRY, SCHOOL]))


@dataclass(frozen=True)
class Write:
    name: str
    content: str


@dataclass(frozen=True)
class Move:
    """Exchanges two files, or renames the one that is there."""

    name: str
    other: str


@dataclass(frozen=True)
class Delete:
    name: str


CHANGES = st.lists(
    st.builds(Write, NAMES, CONTENTS) | st.builds(Move, NAMES, NAMES) | st.builds(Delete, NAMES),
    min_size=1,
    max_size=4,
)


class AnyFiles(RuleBasedStateMachine):
    """Files come, go and change places between ingestions: what each says stays in the library."""

    folder: Path
    embedder: Embedder

    @initialize()
    def begin(self) -> None:
        self.desk = Desk(Path(tempfile.mkdtemp(dir=self.folder)), embedder=self.embedder)

    @rule(changes=CHANGES)
    def change_files_and_ingest(self, changes: list[Write | Move | Delete]) -> None:
        for change in changes:
            self.apply(change)
        files = self.files()
        if files:
            summary = self.desk.ingest()
            assert (summary.read, summary.failed) == (len(files), ())
            assert self.desk.ingest() == Summary(read=len(files), unchanged=len(files))

    def apply(self, change: Write | Move | Delete) -> None:
        match change:
            case Write(name, content):
                self.desk.write(name, content)
            case Move(name, other):
                contents = {file: file.read_bytes() for file in self.files()}
                pair = [self.desk.files / name, self.desk.files / other]
                for file, partner in zip(pair, reversed(pair), strict=True):
                    file.unlink(missing_ok=True)
                    if partner in contents:
                        self.desk.write(str(file), contents[partner])
            case Delete(name):
                (self.desk.files / name).unlink(missing_ok=True)

    def files(self) -> list[Path]:
        return [file for file in self.desk.files.rglob("*") if file.is_file()]

    @precondition(lambda self: not self.desk.library.is_empty())
    @rule(number=st.integers(0, 5))
    def remove_an_article_and_ingest(self, number: int) -> None:
        listed = self.desk.library.articles()
        self.desk.indexer.remove(listed[number % len(listed)].id)
        if self.files():
            self.desk.ingest()

    @invariant()
    def every_file_is_in_the_library(self) -> None:
        for file in self.files():
            source = self.desk.library.source(str(file.resolve()))
            article = self.desk.library.article(source.article_id)
            expected = read_article(file.read_bytes(), str(file))
            assert (article.text, article.content_hash) == (expected.text, expected.content_hash)

    @invariant()
    def indexes_agree(self) -> None:
        self.desk.check()

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            self.desk.close()


@pytest.mark.long
def test_whatever_happens_to_the_files_their_content_is_kept_once(tmp_path: Path, embedder: Embedder):
    class Machine(AnyFiles):
        folder = tmp_path

    Machine.embedder = embedder
    run_state_machine_as_test(
        Machine, settings=settings(max_examples=10, stateful_step_count=6, deadline=None)
    )
