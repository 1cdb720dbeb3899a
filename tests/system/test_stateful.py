"""Whatever happens to a library, in whatever order, it keeps every promise: against a model of it.

The model is a dictionary: what each file says. Steps are those of a newsroom (write, change, rename, remove)
and of its machine (stop anywhere, start again, index again, compact). Any Unicode may be written.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from desk import SMALL, Desk
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from run import rounds

from ingest.converters.registry import read_article
from ingest.pipeline.chunking import Chunker
from ingest.pipeline.ingestion import ingest
from ingest.pipeline.reindexing import reindex
from ingest.pipeline.repair import repair
from rag.config import ChunkingSettings
from rag.engine.engine import Engine
from rag.errors import UserError
from rag.index.indexer import Indexer
from rag.library.sources import OriginTable

NAMES = st.sampled_from(["a.txt", "b.txt", "sous/a.txt"])
SENTENCES = st.sampled_from(
    ["Le pont a rouvert. Il porte deux voies.", "Le bac reste à quai. Le maire proteste.", "Fin."]
)
TEXTS = st.one_of(SENTENCES, st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=120))
OTHERWISE = ChunkingSettings(max_tokens=48, overlap_tokens=8)
STEPS = {
    "announce", "acknowledge", "put_source", "put_all", "remove", "cleared", "put", "upsert", "delete",
    "update", "rebuild", "clear", "reset", "forget_indexing", "compact",
}  # fmt: skip


class Stop(BaseException):
    """Ends a process where it stands."""


class Stopping:
    """A part of a library that stops before the step that `left` names, counted over all parts."""

    def __init__(self, part: object, left: list[int]) -> None:
        self._part, self._left = part, left

    def __getattr__(self, name: str) -> object:
        found = getattr(self._part, name)
        if isinstance(found, OriginTable):
            return Stopping(found, self._left)
        if name not in STEPS:
            return found

        def step(*arguments: object, **named: object) -> object:
            if self._left[0] == 0:
                raise Stop
            self._left[0] -= 1
            return found(*arguments, **named)

        return step


def stopping(parts: Engine, steps: int) -> Indexer:
    left = [steps]
    written = (parts.library, parts.vectors, parts.terms, parts.full_text, parts.sketches)
    return Indexer(*(Stopping(part, left) for part in written), parts.embedder, parts.indexer.recipe)


class Newsroom(RuleBasedStateMachine):
    """Files come, change and go; the library is interrupted, compacted and put right."""

    folder: Path

    @initialize()
    def begin(self) -> None:
        self.desk = Desk(Path(tempfile.mkdtemp(dir=self.folder)))
        self.read: dict[str, bytes] = {}  # what each file said when it was last read well

    # --- what a newsroom does ---

    @rule(name=NAMES, text=TEXTS)
    def write_and_ingest(self, name: str, text: str) -> None:
        self.desk.write(name, text)
        self._ingest_all()

    @precondition(lambda self: self._files())
    @rule(number=st.integers(0, 2), name=NAMES)
    def rename_and_ingest(self, number: int, name: str) -> None:
        files = self._files()
        file = files[number % len(files)]
        target = self.desk.files / name
        target.parent.mkdir(exist_ok=True)
        file.rename(target)
        self._ingest_all()

    @precondition(lambda self: not self.desk.library.is_empty())
    @rule(number=st.integers(0, 5))
    def remove_an_article(self, number: int) -> None:
        listed = self.desk.library.articles()
        gone = listed[number % len(listed)].id
        keys = [source.key for source in self.desk.library.sources_of(gone)]
        assert self.desk.indexer.remove(gone)
        for key in keys:
            self.read.pop(key, None)

    # --- what happens to its machine ---

    @rule(name=NAMES, text=TEXTS, steps=st.integers(0, 14))
    def stop_while_ingesting_and_go_on(self, name: str, text: str, steps: int) -> None:
        self.desk.write(name, text)
        indexer = stopping(self.desk.parts, steps)
        try:
            ingest([str(self.desk.files)], indexer, self.desk.chunker, lambda _: None)
        except Stop:
            self._start_again()
        self._ingest_all()

    @rule(steps=st.integers(0, 14), chunking=st.sampled_from([SMALL, OTHERWISE]))
    def stop_while_indexing_again_and_go_on(self, steps: int, chunking: ChunkingSettings) -> None:
        self.desk.chunking = chunking
        self._start_again()
        chunker = Chunker(self.desk.embedder, chunking)
        try:
            reindex(stopping(self.desk.parts, steps), chunker, lambda _: None)
        except Stop:
            self._start_again()
        reindex(self.desk.indexer, chunker, lambda _: None)

    @rule(steps=st.integers(0, 8))
    def stop_while_compacting(self, steps: int) -> None:
        try:
            stopping(self.desk.parts, steps).compact()
        except Stop:
            self._start_again()
        self.desk.indexer.recover()

    @rule()
    def ask_the_doctor(self) -> None:
        assert repair(self.desk.parts, lambda _: None).repairs == ()

    # --- what must be so afterwards ---

    @invariant()
    def every_promise_is_kept(self) -> None:
        self.desk.check()

    @invariant()
    def every_file_that_was_read_is_there_as_it_was(self) -> None:
        for key, data in self.read.items():
            source = self.desk.library.source(key)
            article = self.desk.library.article(source.article_id)
            expected = read_article(data, key, key, "text")
            assert (article.text, article.content_hash) == (expected.text, expected.content_hash)

    @invariant()
    def no_content_is_there_twice_and_none_without_a_source(self) -> None:
        articles = self.desk.library.articles()
        assert len({article.content_hash for article in articles}) == len(articles)
        assert all(self.desk.library.sources_of(article.id) for article in articles)

    # --- helpers ---

    def _files(self) -> list[Path]:
        return sorted(file for file in self.desk.files.rglob("*") if file.is_file())

    def _ingest_all(self) -> None:
        files = self._files()
        first = self.desk.ingest()
        self._model(files)
        again = self.desk.ingest()
        assert (again.new, again.changed, again.failed) == (0, 0, first.failed)
        assert again.unchanged + len(again.failed) == len(files)

    def _model(self, files: list[Path]) -> None:
        for file in files:
            key, data = str(file.resolve()), file.read_bytes()
            try:
                read_article(data, key, key, "text")
            except UserError:
                continue  # it stays as it was
            self.read[key] = data

    def _start_again(self) -> None:
        self.desk.close()
        self.desk.open()
        self.desk.indexer.recover()

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            self.desk.close()


def test_whatever_happens_a_library_keeps_its_promises(tmp_path: Path):
    class Machine(Newsroom):
        folder = tmp_path

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=rounds(5, 12),
            stateful_step_count=8,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
