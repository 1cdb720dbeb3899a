"""Searches a library by words: the index tells which articles, their own texts tell where."""

from __future__ import annotations

from collections.abc import Collection

from rag.errors import LibraryError
from rag.full_text.occurrences import occurrences
from rag.full_text.query import Near, Node, Words, sought, with_aliases
from rag.full_text.syntax import parse
from rag.full_text.tokens import split
from rag.index.stores import ArticleSearch, Order
from rag.library.library import Library
from rag.schema.article import Article
from rag.search.result import SearchHit, SearchResult
from rag.search.snippets import snippets

PAGE = 20  # articles
FURTHEST = 10_000  # articles that can be gone through
_COUNTED = 3  # times


class FullTextSearch:
    """Full-text search over one library."""

    def __init__(self, library: Library, index: ArticleSearch) -> None:
        self._library = library
        self._index = index

    def search(
        self,
        text: str,
        order: Order = "relevance",
        offset: int = 0,
        limit: int = PAGE,
        among: Collection[str] | None = None,
    ) -> SearchResult:
        """Return what a query finds, in the syntax of `rag.full_text.syntax`.

        Args:
            text: The query, as it was typed; whatever it is, it is understood as something.
            order: By how well articles fit, or by date; those without one come last.
            offset: How many articles are passed over, at most `FURTHEST`; beyond the last one, the last
                `limit` are returned.
            limit: How many are returned.
            among: The ids of the articles that are looked at; None for all.

        Raises:
            LibraryError: The index can't be read, or wasn't made yet.
        """
        query = parse(text)
        if query.node is None:
            return SearchResult(query, order, offset, (), 0)
        refuse_incomplete(self._library, self._index)
        node = with_outlet_aliases(query.node, self._library)
        found = self._index.search(node, order, min(offset, FURTHEST), limit, among)
        if found.total and not found.ids and offset:  # fewer than there were
            offset = (found.total - 1) // limit * limit
            found = self._index.search(node, order, offset, limit, among)
        wanted = sought(query.node)
        hits = [self._hit(article, wanted) for article in self._library.articles(found.ids)]
        return SearchResult(query, order, offset, tuple(hits), found.total, found.outlets, found.months)

    def _hit(self, article: Article, wanted: list[Words | Near]) -> SearchHit:
        language = article.language
        sentences = (
            sentence for passage in self._library.passages_of(article.id) for sentence in passage.sentences
        )
        return SearchHit(
            article,
            snippets(article.text, sentences, occurrences(article.text, language, wanted)),
            tuple(occurrences(article.title, language, wanted)),
        )


def with_outlet_aliases(node: Node, library: Library) -> Node:
    """Return a query in which an outlet is found by each of its names."""
    names = library.metadata.names()
    split_names = {tuple(split(alias)[0]): tuple(split(name)[0]) for alias, name in names.items()}
    return with_aliases(node, split_names) if names else node


def refuse_incomplete(library: Library, index: ArticleSearch) -> None:
    """Refuse an index that lacks articles, as an earlier version's library has it: not all would be found.

    Counted again, as articles may come and go between the one and the other.

    Raises:
        LibraryError: It does.
    """
    if not index.is_damaged and all(library.listing.with_passages() > index.count() for _ in range(_COUNTED)):
        raise LibraryError(
            "The full-text index isn't complete yet; try again in a few minutes, or run `sourcier doctor`.",
            "L'index du texte intégral n'est pas encore complet ; réessayez dans quelques minutes, ou"
            " lancez `sourcier doctor`.",
        )
