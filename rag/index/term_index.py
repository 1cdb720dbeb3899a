"""The term index of passages: BM25 over stems, in tantivy. Derived from the library at any time.

Knows passage ids, stems and what a passage can be filtered by. Queries are built from terms, never
parsed: a question is data.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import tantivy

from rag.index.searched_text import smoothed_idf
from rag.index.stores import Posting
from rag.index.tantivy_folder import Kind, TantivyFolder, told_in_a_sentence
from rag.schema.article import day_number
from rag.schema.hit import Scored
from rag.schema.question import Filters

# Part of the folder's name: an index in another format is left alone and a new one built.
FORMAT = 3
_BODY = "terms"


class TermIndex(TantivyFolder[Posting]):
    """BM25 search in `folder`."""

    def __init__(self, folder: Path) -> None:
        kind = Kind(_schema(), "passage_id", FORMAT, "the term index", "l'index des mots")
        super().__init__(folder, kind, _document)

    @told_in_a_sentence
    def search(self, words: Sequence[str], limit: int, filters: Filters | None = None) -> list[Scored]:
        """Return the `limit` best passages for any of these terms, with BM25 scores; none without a match."""
        if not words:
            return []
        schema = self._index.schema
        searcher = self._searcher()
        any_word = tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Should, tantivy.Query.term_query(schema, _BODY, word))
                for word in sorted(set(words))
            ]
        )
        clauses = [(tantivy.Occur.Must, any_word)]
        clauses += [
            (tantivy.Occur.Must, tantivy.Query.const_score_query(q, 0.0)) for q in _filter(schema, filters)
        ]
        found = searcher.search(tantivy.Query.boolean_query(clauses), limit=limit)
        return [Scored(searcher.doc(address)["passage_id"][0], score) for score, address in found.hits]

    @told_in_a_sentence
    def in_a_row(self, words: Sequence[str], limit: int, gaps: int = 0) -> list[str]:
        """Return at most `limit` passages that have these terms one after the other, best first.

        `gaps` is how many other terms may stand between them.
        """
        if not words:
            return []
        schema = self._index.schema
        if len(words) == 1:
            query = tantivy.Query.term_query(schema, _BODY, words[0])
        else:
            query = tantivy.Query.phrase_query(schema, _BODY, list(words), slop=gaps)
        return self._ids(query, limit)

    @told_in_a_sentence
    def everywhere(self, rows: Iterable[Sequence[str]], filters: Filters | None = None) -> list[str]:
        """Return every passage that has one of these rows of terms, one after the other, in no order."""
        schema = self._index.schema
        any_row = [
            (
                tantivy.Occur.Should,
                tantivy.Query.term_query(schema, _BODY, row[0])
                if len(row) == 1
                else tantivy.Query.phrase_query(schema, _BODY, list(row)),
            )
            for row in rows
            if row
        ]
        if not any_row:
            return []
        clauses = [(tantivy.Occur.Must, tantivy.Query.boolean_query(any_row))]
        clauses += [(tantivy.Occur.Must, query) for query in _filter(schema, filters)]
        return self._ids(tantivy.Query.boolean_query(clauses), max(1, self.count()))

    @told_in_a_sentence
    def spelled_alike(self, word: str, edits: int, limit: int) -> list[str]:
        """Return at most `limit` passages that have a term at most `edits` (1 or 2) letters from this one."""
        return self._ids(tantivy.Query.fuzzy_term_query(self._index.schema, _BODY, word, edits), limit)

    def _ids(self, query: tantivy.Query, limit: int) -> list[str]:
        searcher = self._searcher()
        return [
            searcher.doc(address)["passage_id"][0] for _, address in searcher.search(query, limit=limit).hits
        ]

    @told_in_a_sentence
    def idf(self, words: Iterable[str]) -> dict[str, float]:
        """Term → inverse document frequency, highest for terms that no passage has."""
        searcher = self._searcher()
        passages = searcher.num_docs
        # tantivy counts a term's deleted passages too, until it merges them away.
        having = {word: min(searcher.doc_freq(_BODY, word), passages) for word in set(words)}
        return smoothed_idf(passages, having)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("passage_id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field(_BODY, tokenizer_name="stems", index_option="position")
    for name in ("article_id", "outlet", "language"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("day", indexed=True, fast=True)
    builder.add_boolean_field("dated", indexed=True)
    return builder.build()


def _document(item: Posting) -> tantivy.Document:
    document = tantivy.Document()
    document.add_text("passage_id", item.passage_id)
    document.add_text(_BODY, " ".join(item.terms))
    document.add_text("article_id", item.article.id)
    for name in ("outlet", "language"):
        if getattr(item.article, name) is not None:
            document.add_text(name, getattr(item.article, name))
    day = day_number(item.article.published_at)
    if day is not None:
        document.add_integer("day", day)
    document.add_boolean("dated", day is not None)
    return document


def _filter(schema: tantivy.Schema, filters: Filters | None) -> list[tantivy.Query]:
    if filters is None:
        return []
    queries = [
        tantivy.Query.term_set_query(schema, name, list(values)) for name, values in filters.names.items()
    ]
    if filters.day_numbers:
        days = tantivy.Query.range_query(schema, "day", tantivy.FieldType.Integer, *filters.day_numbers)
        undated = tantivy.Query.term_query(schema, "dated", False)
        either = [(tantivy.Occur.Should, days), (tantivy.Occur.Should, undated)]
        queries.append(tantivy.Query.boolean_query(either) if filters.undated else days)
    return queries
