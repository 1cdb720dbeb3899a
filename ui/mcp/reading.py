"""Finding passages and reading articles for programs, whatever they speak. Knows no protocol."""

from __future__ import annotations

from rag.engine.engine import Engine
from rag.runnable.chain import Chain
from rag.schema.article import Article
from rag.schema.question import NO_FILTERS, Filters, Question, check_length
from ui.mcp import records

_ALL = 1_000_000_000


class Reading:
    """Reads an open library, which its opener closes. A call may take a second: not on an event loop."""

    def __init__(self, engine: Engine, chain: Chain) -> None:
        self._engine = engine
        self._chain = chain

    def by_meaning(self, query: str, limit: int, filters: Filters) -> records.Found:
        """Return at most `limit` passages for a question, best first.

        Raises:
            UserError: The question or the library is empty.
        """
        return records.found_by_meaning(self._chain.find(Question(query, filters=filters), limit))

    def by_words(self, query: str, limit: int, filters: Filters) -> records.Found:
        """Return at most `limit` places where words stand, in the syntax of searches.

        Raises:
            UserError: The search is too long.
        """
        check_length(query)
        self._engine.refresh(filters)
        if self._engine.indexer.lacks_full_text:
            self._engine.complete_full_text()
        found = self._engine.search.search(query, limit=limit, among=self._among(filters))
        return records.found_by_words(found.hits, found.total, limit)

    def _among(self, filters: Filters) -> tuple[str, ...] | None:
        """Return the articles that filters keep; None if they keep all."""
        if filters == NO_FILTERS:
            return None
        kept = self._engine.library.resolved(filters)
        return self._engine.library.listing.chosen(kept, None, _ALL).ids if kept else ()

    def article(self, article_id: str) -> Article | None:
        """Return an article that may be read by now."""
        self._engine.release_due()
        return self._engine.library.article(article_id)
