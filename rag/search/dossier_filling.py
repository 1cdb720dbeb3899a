"""Fills dossiers: looks for the articles that are as their rules say, wherever the library has changed since.

Done when a dossier is looked at, and not when articles come in: whatever ends an ingestion, and whatever an
index was mended by, a dossier is what its rules say of the library as it is now.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from rag.dossiers.rule import Rule
from rag.index.stores import ArticleSearch
from rag.library.library import Library
from rag.schema.question import NO_FILTERS
from rag.search.full_text_search import refuse_incomplete, with_outlet_aliases


class DossierFilling:
    """Keeps the matches of rules in step with one library."""

    def __init__(self, library: Library, index: ArticleSearch) -> None:
        self._library = library
        self._index = index

    def fill(self, ids: Collection[str]) -> None:
        """Bring these dossiers up to date. A rule that can't be understood any more keeps what it brought.

        Raises:
            LibraryError: The full-text index can't be searched, or not yet; what was brought before stays.
        """
        version = self._library.version()  # before looking: what changes meanwhile is looked for next time
        for kept in self._library.dossiers.rules(ids):
            if kept.rule is not None and kept.matched_in != version:
                self._library.dossiers.put_matches(kept, self.matching(kept.rule), version)

    def matching(self, rule: Rule) -> list[str]:
        """Return the ids of the articles that are as a rule says, in no order.

        Raises:
            LibraryError: The full-text index can't be searched, or not yet.
        """
        among: Collection[str] | None = None
        if (node := rule.node) is not None:
            refuse_incomplete(self._library, self._index)
            among = self._index.ids(with_outlet_aliases(node, self._library))
            if rule.filters == NO_FILTERS and not rule.words and not rule.only_undated:
                return list(among)
        filters = replace(rule.filters, outlets=self._library.metadata.canonical(rule.filters.outlets))
        return self._library.listing.matching(filters, rule.words, rule.only_undated, among)
