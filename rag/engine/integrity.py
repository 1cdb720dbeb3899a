"""Whether a library keeps its promises: articles whole, every passage in every index, nothing else there.

Reads everything and changes nothing; what to do about what is found is the caller's business.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import Literal

from rag.checksums.checksum import is_as_stored
from rag.engine.engine import Engine
from rag.index.indexer import article_of, nearly
from rag.index.vector_store import UnreadableVectorsError
from rag.schema.article import Article, Passage, Span

Check = Literal[
    "library_file",
    "sketch_file",
    "vector_file",
    "leftovers",
    "articles",
    "held",
    "revisions",
    "corrections",
    "passages",
    "vectors_missing",
    "vectors_stray",
    "rows_missing",
    "rows_stray",
    "terms_missing",
    "terms_stray",
    "full_text_missing",
    "full_text_stray",
    "entities",
    "sketches_missing",
    "sketches_stray",
]
_AT_ONCE = 200  # articles


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong: the kind, and the articles, passages or sentences of SQLite that it is about."""

    check: Check
    about: tuple[str, ...]


@dataclass
class Inspection:
    """What was looked at and what was found; `unchecked` are articles that have no checksum yet."""

    articles: int = 0
    passages: int = 0
    unchecked: list[Article] = field(default_factory=list)
    found: dict[Check, list[str]] = field(default_factory=dict)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return what is wrong, in the order of the checks."""
        return tuple(Finding(check, tuple(about)) for check, about in self.found.items())

    def about(self, check: Check) -> list[str]:
        """Return what a check found fault with."""
        return self.found.get(check, [])

    def note(self, check: Check, about: Iterable[str]) -> None:
        """Note what a check finds fault with."""
        if about := list(about):
            self.found.setdefault(check, []).extend(about)


def inspect(engine: Engine) -> Inspection:
    """Look at the whole library. A file that SQLite finds damaged isn't looked into any further."""
    done = Inspection()
    done.note("library_file", engine.library.problems())
    done.note("sketch_file", engine.sketches.problems())
    if done.found:
        return done
    try:
        _inspect_all(engine, done)
    except UnreadableVectorsError as error:
        done.note("vector_file", [str(error)])
    return done


def _inspect_all(engine: Engine, done: Inspection) -> None:
    engine.terms.check()
    engine.full_text.check()
    done.note("leftovers", engine.library.unlisted())
    in_index = dict.fromkeys(("vectors", "rows", "terms", "sketches", "full_text"), 0)
    done.note("held", engine.library.embargoes.damaged())
    done.note("revisions", engine.library.revisions.damaged())
    done.note("corrections", engine.library.metadata.damaged())
    done.note("entities", engine.library.entities.problems())
    articles = engine.library.each_stored()
    while batch := list(islice(articles, _AT_ONCE)):
        ids = _inspect_articles(batch, engine, done)
        for name, present in _present(ids, engine).items():
            done.note(f"{name}_missing", sorted(set(ids) - present))
            in_index[name] += len(present)
        cut = sorted(set(map(article_of, ids)))
        searched = engine.full_text.present(cut)
        done.note("full_text_missing", sorted(set(cut) - searched))
        in_index["full_text"] += len(searched)
    _inspect_strays(in_index, engine, done)


def _inspect_articles(batch: Sequence[Article], engine: Engine, done: Inspection) -> list[str]:
    """Look at these articles and their passages; returns the passages' ids."""
    stored = engine.library.checksums([article.id for article in batch])
    ids: list[str] = []
    for article in batch:
        passages, listed = engine.library.passages_of(article.id), engine.library.passage_ids(article.id)
        ids += listed
        if article.id not in stored:
            done.unchecked.append(article)
        if not is_as_stored(article, stored.get(article.id)) or not _is_text(article.text):
            done.note("articles", [article.id])
        if len(passages) < len(listed) or not _is_cut_well(article, passages):
            done.note("passages", [article.id])
    done.articles += len(batch)
    done.passages += len(ids)
    return ids


def _is_text(text: str) -> bool:
    return isinstance(text, str) and "\r" not in text and unicodedata.is_normalized("NFC", text)


def _is_cut_well(article: Article, passages: Sequence[Passage]) -> bool:
    """Return whether every passage is whole sentences of this text, and every word in one of them."""
    spans = [span for passage in passages for span in passage.sentences]
    return all(_is_whole(passage, article) for passage in passages) and _cover(spans, article.text)


def _is_whole(passage: Passage, article: Article) -> bool:
    spans = passage.sentences
    return (
        bool(spans)
        and passage.id.startswith(f"{article.id}:")
        and (passage.start, passage.end) == (spans[0].start, spans[-1].end)
        and passage.start >= 0
        and passage.end <= len(article.text)
        and all(span.start < span.end for span in spans)
        and all(here.end <= there.start for here, there in pairwise(spans))
    )


def _cover(spans: Sequence[Span], text: str) -> bool:
    """Return whether nothing but white space is outside of these spans."""
    reached = 0
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        if text[reached : span.start].strip():
            return False
        reached = max(reached, span.end)
    return not text[reached:].strip()


def _present(ids: Sequence[str], engine: Engine) -> dict[str, set[str]]:
    """Index → those of these passages that it has, as they were put."""
    like = nearly(ids, engine.sketches)
    return {
        "vectors": engine.vectors.present(ids, like),
        "rows": engine.vectors.rows_present(ids),
        "terms": engine.terms.present(ids),
        "sketches": set(like),
    }


def _inspect_strays(listed: dict[str, int], engine: Engine, done: Inspection) -> None:
    """Tell what the indexes hold beyond the `listed` passages.

    Leftovers are known already, and no news.
    """
    expected = set(engine.library.unlisted())
    if engine.vectors.count() > listed["vectors"]:
        done.note("vectors_stray", _unlisted(engine.vectors.ids(), expected, engine))
    if engine.sketches.count() > listed["sketches"]:
        done.note("sketches_stray", _unlisted(engine.sketches.ids(), expected, engine))
    for name, count in (("rows", engine.vectors.row_count(whole=True)), ("terms", engine.terms.count())):
        known = len(_present(sorted(expected), engine)[name])
        if count > listed[name] + known:
            done.note(f"{name}_stray", ["?"] * (count - listed[name] - known))
    replaced = sorted(set(map(article_of, expected)))
    removed = {*replaced} - {article.id for article in engine.library.each_stored(replaced)}
    known = len(engine.full_text.present(sorted(removed)))
    done.note("full_text_stray", ["?"] * (engine.full_text.count() - listed["full_text"] - known))


def _unlisted(ids: Iterable[str], expected: set[str], engine: Engine) -> list[str]:
    """Return those that neither the library lists nor anybody expects."""
    ids, stray = iter(ids), []
    while batch := list(islice(ids, 5_000)):
        stray += set(batch) - engine.library.passages_listed(batch) - expected
    return sorted(stray)
