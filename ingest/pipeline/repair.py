"""Puts right what is wrong with a library: whatever is derived is derived again.

What an article says isn't derived. If that is damaged, its sources are read anew at the next ingestion.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ingest.pipeline.chunking import Chunker
from ingest.pipeline.reindexing import index_again
from ingest.schema.events import Progress
from rag.engine.engine import Engine
from rag.engine.integrity import Finding, Inspection, inspect
from rag.entities.making import find_entities
from rag.errors import LibraryError
from rag.index.indexer import article_of


@dataclass(frozen=True, slots=True)
class Repair:
    """A finding, and whether it could be put right."""

    finding: Finding
    repaired: bool


@dataclass(frozen=True, slots=True)
class RepairReport:
    """What was looked at, what was wrong with it, and what became of that."""

    articles: int
    passages: int
    repairs: tuple[Repair, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong any more."""
        return all(repair.repaired for repair in self.repairs)

    def to_dict(self) -> dict:
        """Return the fields as JSON has them."""
        found = [
            {"check": t.finding.check, "about": list(t.finding.about), "repaired": t.repaired}
            for t in self.repairs
        ]
        return {"articles": self.articles, "passages": self.passages, "found": found, "sound": self.is_sound}


def repair(engine: Engine, on_progress: Callable[[Progress], None]) -> RepairReport:
    """Look at the whole library and repair what can be; the caller holds it for writing.

    What was repaired is looked at again: only what is no longer found counts as repaired.
    """
    before = inspect(engine)
    if before.about("library_file"):
        after = _with_indexes_rebuilt(engine)
        if after is None or after.about("library_file"):
            return _report(before, before)
        before = Inspection(after.articles, after.passages, after.unchecked, before.found | after.found)
    engine.library.put_checksums(_unharmed(before))
    engine.library.put_missing_checksums(but=before.about("passages"))
    if not before.found:
        return _report(before, before)
    if before.about("sketch_file"):
        engine.sketches.start_anew()
        before.found |= inspect(engine).found
    if before.about("vector_file"):
        engine.vectors.start_anew()
        before.found |= inspect(engine).found
    _repair(before, engine, on_progress)
    after = inspect(engine)
    # Their text is as it was found: only their sources can tell what it should be.
    after.note("articles", before.about("articles"))
    return _report(before, after)


def _with_indexes_rebuilt(engine: Engine) -> Inspection | None:
    """Look again, once the file's own indexes are made anew: its tables may be whole. None if they aren't."""
    try:
        engine.library.rebuild_indexes()
    except LibraryError:
        return None
    return inspect(engine)


def _report(before: Inspection, after: Inspection) -> RepairReport:
    repairs = tuple(Repair(finding, not after.about(finding.check)) for finding in before.findings)
    return RepairReport(after.articles, after.passages, repairs)


def _unharmed(inspection: Inspection) -> list:
    harmed = set(inspection.about("articles"))
    return [article for article in inspection.unchecked if article.id not in harmed]


def _repair(found: Inspection, engine: Engine, on_progress: Callable[[Progress], None]) -> None:
    for article_id in found.about("articles"):
        engine.library.distrust(article_id)
    engine.vectors.delete(found.about("vectors_stray"))
    engine.sketches.delete(found.about("sketches_stray"))
    # Rows and terms have counts only, of what doesn't belong there: both are made anew from the rest.
    if found.about("rows_stray") or found.about("rows_missing"):
        engine.vectors.drop_rows()
    engine.indexer.recover()
    if found.about("terms_stray") or found.about("terms_missing"):
        engine.indexer.rebuild_terms()
    if found.about("full_text_stray") or found.about("full_text_missing"):
        engine.indexer.rebuild_full_text()
    if harmed := found.about("entities"):
        for article_id in harmed:
            engine.library.entities.forget_article(article_id)
        find_entities(engine.library)
    index_again(
        _to_cut(found), engine.indexer, Chunker(engine.embedder, engine.settings.chunking), on_progress
    )


def _to_cut(found: Inspection) -> list[str]:
    """Ids of the articles whose passages, or what is computed of these, are to be made again."""
    passages = {*found.about("vectors_missing"), *found.about("sketches_missing")}
    return sorted({*found.about("passages"), *map(article_of, passages)})
