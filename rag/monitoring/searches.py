"""Asks a standing search or entity again: which articles are found that weren't, and what is said in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rag.dossiers.rule import Rule
from rag.engine.engine import Engine
from rag.entities.lookup import EntityIndex
from rag.entities.making import find_entities_of
from rag.entity_store.records import EntityRow, StatementFilters, StoredStatement
from rag.extraction.analysed_sentence import SentenceAnalyses
from rag.monitoring.found import Asking, kept_ids, opening
from rag.monitoring.stories import Stories
from rag.schema.answer import Evidence
from rag.schema.article import Article, Span
from rag.search.result import SearchHit
from rag.standing.state import Found
from rag.standing.store import Turn
from rag.text.folding import flatten

_SHOWN = 3  # statements of an article


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
    fresh = _first_of_stories(found.intersection(new) - turn.found, found, stories, engine)
    hits = engine.search.search(turn.query.words, limit=max(1, len(fresh)), among=fresh).hits if fresh else ()
    by_id = {hit.article.id: hit for hit in hits}
    shown = [(by_id[i], _shown(engine, by_id[i])) for i in fresh if i in by_id]
    changes = tuple(Found("match", (), (item,)) for _, item in shown if item is not None)
    return Asking(changes=changes, found=found)


def _first_of_stories(
    fresh: frozenset[str], found: Iterable[str], stories: Stories, engine: Engine
) -> list[str]:
    """Return the new articles that are no reprints of others that are found, the oldest of each story."""
    heard = set(found) - fresh
    kept = []
    for article in _oldest_first(engine.library.articles(sorted(fresh))):
        if heard.isdisjoint(stories.reprinted(article.id)):
            kept.append(article.id)
        heard.add(article.id)
    return kept


def _oldest_first(articles: Iterable[Article]) -> list[Article]:
    return sorted(articles, key=lambda one: (one.published_at or "9999", one.id))


def _shown(engine: Engine, hit: SearchHit) -> Evidence | None:
    """Return the sentence in which an article has what is sought, the first words of it marked."""
    for snippet in hit.snippets[:1]:
        mark = snippet.marks[0]
        span = Span(max(mark.start, snippet.span.start), min(mark.end, snippet.span.end))
        item = Evidence(hit.article, snippet.span.start, snippet.span.end)
        return item.answered_by(span) if span.start < span.end else item
    return opening(engine.library, hit.article)


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
    said = _Said(library.entities.statements, entities, named - fresh, library.articles)
    changes: list[Found] = []
    heard: set[str] = set(named - fresh)
    for article in _oldest_first(library.articles(sorted(fresh))):
        statements = stories.unheard(said.new_in(article), besides=heard)
        if statements:
            changes.append(Found("statement", (), tuple(statements[:_SHOWN])))
        elif article.id not in turn.found and heard.isdisjoint(stories.reprinted(article.id)):
            item = _mention(engine, entities, article)
            changes += [Found("mention", (), (item,))] if item else []
        heard.add(article.id)
    return Asking(changes=tuple(changes), found=named)


def _meant(index: EntityIndex, name: str) -> tuple[EntityRow, ...]:
    """Return whom a name means; where nothing tells, all who bear it."""
    found = index.named(name)
    return (found.meant,) if found.meant is not None else found.entities


class _Said:
    """What entities say, in the articles of before and in new ones."""

    def __init__(self, statements, entities: Sequence[EntityRow], old: frozenset[str], articles) -> None:
        self._statements = statements
        self._entities = entities
        before = self._in(sorted(old))
        texts = {one.id: one for one in articles(sorted({one.article_id for one in before}))}
        self._known = {
            _letters(texts[one.article_id].text[one.words.start : one.words.end])
            for one in before
            if one.article_id in texts
        }

    def _in(self, ids: Sequence[str]) -> list[StoredStatement]:
        filters = StatementFilters(article_ids=tuple(ids))
        return [one for row in self._entities for one in self._statements(row.id, filters)]

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


def _mention(engine: Engine, entities: Sequence[EntityRow], article: Article) -> Evidence | None:
    """Return the sentence in which an article first names an entity."""
    table = engine.library.entities
    spans = [span for row in entities for span in table.mentions(row.id, [article.id]).get(article.id, ())]
    if not spans:
        return opening(engine.library, article)
    first = min(spans)
    for passage in engine.library.passages_of(article.id):
        for sentence in passage.sentences:
            if sentence.holds(first):
                return Evidence(article, sentence.start, sentence.end).answered_by(first)
    return Evidence(article, first.start, first.end).answered_by(first)
