"""Asks a standing search or entity again: which articles are found that weren't, and what is said in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rag.dossiers.rule import Rule
from rag.engine.engine import Engine
from rag.entities.lookup import EntityIndex
from rag.entities.making import find_entities_of
from rag.entity_store.records import EntityRow, StatementFilters, StoredStatement
from rag.extraction.analysed_sentence import SentenceAnalyses
from rag.full_text.tokens import split
from rag.library.library import Library
from rag.monitoring.found import Asking, kept_ids, opening
from rag.monitoring.stories import Stories
from rag.schema.article import Article, Span
from rag.schema.evidence import Evidence
from rag.search.result import SearchHit
from rag.standing.state import Found
from rag.standing.store import Turn
from rag.text.folding import flatten

_SHOWN = 3  # quotes of an article
_FIRST_WORDS, _CARRIERS = 6, 5


def ask_search(engine: Engine, turn: Turn, new: Sequence[str], analyses: SentenceAnalyses) -> Asking | None:
    """Return what a full-text search finds; None: nothing new.

    Raises:
        LibraryError: The full-text index can't be searched.
    """
    if turn.state is not None and not new:
        return None
    filters = turn.query.filters
    found = frozenset(engine.filling.matching(Rule(turn.query.words)))
    found = kept_ids(engine.library, filters, found)
    if turn.state is None:
        return Asking(found=found)
    stories = Stories(engine.library, new, analyses)
    fresh = found.intersection(new) - turn.found
    hits = engine.search.search(turn.query.words, limit=len(fresh), among=fresh).hits if fresh else ()
    by_id = {hit.article.id: hit for hit in hits}
    heard = set(found - fresh)
    changes: list[Found] = []
    for article in _oldest_first(hit.article for hit in hits):
        items = _shown(engine, by_id[article.id])
        if items and not _is_carried(engine, stories, items, heard):
            changes.append(Found("match", (), items[:_SHOWN]))
        heard.add(article.id)
    return Asking(changes=tuple(changes), found=found)


def _is_carried(engine: Engine, stories: Stories, items: Sequence[Evidence], heard: set[str]) -> bool:
    """Return whether other articles have all of these quotes: the same statements, not other ones."""
    return all(stories.carried(item, _carriers(engine, stories, item, heard)) for item in items)


def _carriers(engine: Engine, stories: Stories, item: Evidence, among: set[str]) -> list[str]:
    """Return the articles that may have the same sentence: reprints, and those with its first words."""
    found = [one for one in stories.reprinted(item.article.id) if one in among]
    first = split(item.quote)[0][:_FIRST_WORDS]
    if among and len(first) == _FIRST_WORDS:
        phrase = f'"{" ".join(first)}"'
        hits = engine.search.search(phrase, limit=_CARRIERS, among=among).hits
        found += [hit.article.id for hit in hits]
    return list(dict.fromkeys(found))


def _oldest_first(articles: Iterable[Article]) -> list[Article]:
    return sorted(articles, key=lambda one: (one.published_at or "9999", one.id))


def _shown(engine: Engine, hit: SearchHit) -> tuple[Evidence, ...]:
    """Return the sentences in which an article has what is sought, the first words of it marked in each."""
    found = []
    for snippet in hit.snippets:
        mark = snippet.marks[0]
        span = Span(max(mark.start, snippet.span.start), min(mark.end, snippet.span.end))
        item = Evidence(hit.article, snippet.span.start, snippet.span.end)
        found.append(item.answered_by(span) if span.start < span.end else item)
    first = opening(engine.library, hit.article) if not found else None
    return tuple(found) if first is None else (first,)


def ask_entity(engine: Engine, turn: Turn, new: Sequence[str], analyses: SentenceAnalyses) -> Asking | None:
    """Return where an entity is named and what it says; None: nothing new."""
    library = engine.library
    if turn.state is not None and not new:
        return None
    find_entities_of(library, new)
    entities = _meant(engine.entities, turn.query.words)
    named = frozenset(one.article_id for row in entities for one in library.entities.appearances(row.id))
    named = kept_ids(library, turn.query.filters, named)
    if turn.state is None:
        return Asking(found=named)
    stories = Stories(library, new, analyses)
    fresh = named.intersection(new)
    said = _Said(library, entities, named - fresh)
    changes: list[Found] = []
    heard: set[str] = set(named - fresh)
    for article in _oldest_first(library.articles(sorted(fresh))):
        statements = stories.unheard(said.new_in(article), besides=heard)
        if statements:
            changes.append(Found("statement", (), tuple(statements[:_SHOWN])))
        elif article.id not in turn.found:
            items = _mentions(engine, entities, article)
            if items and not _is_carried(engine, stories, items, heard):
                changes.append(Found("mention", (), items[:_SHOWN]))
        heard.add(article.id)
    return Asking(changes=tuple(changes), found=named)


def _meant(index: EntityIndex, name: str) -> tuple[EntityRow, ...]:
    """Return whom a name means; where nothing tells, all who bear it."""
    found = index.named(name)
    return (found.meant,) if found.meant is not None else found.entities


class _Said:
    """What entities say, in the articles of before and in new ones."""

    def __init__(self, library: Library, entities: Sequence[EntityRow], old: frozenset[str]) -> None:
        self._library = library
        self._entities = entities
        before = self._in(sorted(old))
        texts = {one.id: one for one in library.articles(sorted({one.article_id for one in before}))}
        self._known = {
            _letters(texts[one.article_id].text[one.words.start : one.words.end])
            for one in before
            if one.article_id in texts
        }

    def _in(self, ids: Sequence[str]) -> list[StoredStatement]:
        filters = StatementFilters(article_ids=tuple(ids))
        return [one for row in self._entities for one in self._library.entities.statements(row.id, filters)]

    def new_in(self, article: Article) -> list[Evidence]:
        """Return the statements of an article whose words no other has, in its order; they are known then."""
        found = []
        for one in sorted(self._in([article.id]), key=lambda said: said.words):
            letters = _letters(article.text[one.words.start : one.words.end])
            if letters not in self._known:
                self._known.add(letters)
                start, end = min(one.context.start, one.words.start), max(one.context.end, one.words.end)
                found.append(Evidence(article, start, end).answered_by(one.words))
        return found


def _letters(words: str) -> str:
    return "".join(letter for letter in flatten(words).lower() if letter.isalnum())


def _mentions(engine: Engine, entities: Sequence[EntityRow], article: Article) -> tuple[Evidence, ...]:
    """Return the sentences in which an article names entities, once each, the first name of them marked."""
    table = engine.library.entities
    spans = [span for row in entities for span in table.mentions(row.id, [article.id]).get(article.id, ())]
    found: dict[Span, Evidence] = {}
    sentences = [one for passage in engine.library.passages_of(article.id) for one in passage.sentences]
    for span in sorted(spans):
        within = next((one for one in sentences if one.holds(span)), span)
        item = Evidence(article, within.start, within.end).answered_by(span)
        found.setdefault(within, item)
    first = opening(engine.library, article) if not found else None
    return tuple(found.values()) if first is None else (first,)
