"""The full-text index of articles: every word and its stem, in order, in tantivy. Derived from the library.

A document is a whole article, so that what is asked of an article (this word and that one, not a third) is
asked of all of it. Queries come as trees, never as text: what tantivy would parse is data here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from pathlib import Path

import tantivy

from rag.full_text.query import And, Named, Near, Node, Not, Or, Published, Words
from rag.full_text.tokens import language_code, stems_of
from rag.index.searched_text import (
    GAP,
    MOST_MONTHS,
    MOST_OUTLETS,
    day_and_month,
    first_and_last_day,
    name_words,
    whole_name,
    words_and_stems,
)
from rag.index.stores import Matches, Order
from rag.index.tantivy_folder import Kind, TantivyFolder, told_in_a_sentence
from rag.schema.article import Article

_VERSION = 1
_MOST_LANGUAGES = 200
# No word: what keeps a title's words away from those of the text.
_GAP = ("·",) * GAP
_Term = tuple[int, str]


class FullTextIndex(TantivyFolder[Article]):
    """Full-text search in `folder`."""

    def __init__(self, folder: Path) -> None:
        kind = Kind(_schema(), "article_id", _VERSION, "the full-text index", "l'index du texte intégral")
        super().__init__(folder, kind, _document)

    @told_in_a_sentence
    def search(
        self,
        node: Node,
        order: Order = "relevance",
        offset: int = 0,
        limit: int = 20,
        among: Collection[str] | None = None,
    ) -> Matches:
        """Return `limit` articles that are as `node` says, from the `offset`th on, and counts of all.

        `among` are the ids of the articles that are looked at; None for all.
        """
        searcher = self._searcher()
        query = self._query(searcher, node)
        if among is not None:
            these = tantivy.Query.term_set_query(self._index.schema, "article_id", list(among))
            only = tantivy.Query.const_score_query(these, 0.0)
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, one) for one in (query, only)])
        ways = {"newest": tantivy.Order.Desc, "oldest": tantivy.Order.Asc}
        by = {} if order == "relevance" else {"order_by_field": "day", "order": ways[order]}
        found = searcher.search(query, limit=limit, offset=offset, **by)
        ids = tuple(searcher.doc(address)["article_id"][0] for _, address in found.hits)
        if not found.count:
            return Matches((), 0)
        counted = searcher.aggregate(query, _counts(outlet=MOST_OUTLETS, month=MOST_MONTHS))
        outlets = tuple((one["key"], one["doc_count"]) for one in counted["outlet"]["buckets"])
        months = sorted(
            (divmod(int(one["key"]), 100), one["doc_count"]) for one in counted["month"]["buckets"]
        )
        return Matches(ids, found.count, outlets, tuple(months))

    @told_in_a_sentence
    def ids(self, node: Node) -> list[str]:
        """Return the ids of all articles that are as `node` says, in no order."""
        searcher = self._searcher()
        query = self._query(searcher, node)
        count = searcher.search(query, limit=1).count
        found = searcher.search(query, limit=count, count=False) if count else None
        return [searcher.doc(address)["article_id"][0] for _, address in found.hits] if found else []

    def _query(self, searcher: tantivy.Searcher, node: Node) -> tantivy.Query:
        return _Compiler(self._index.schema, self._languages(searcher)).query(node)

    def _languages(self, searcher: tantivy.Searcher) -> list[str]:
        """Return the languages of all that is in."""
        counted = searcher.aggregate(tantivy.Query.all_query(), _counts(language=_MOST_LANGUAGES))
        return sorted(one["key"] for one in counted["language"]["buckets"])


def _counts(**most: int) -> dict:
    return {name: {"terms": {"field": name, "size": size}} for name, size in most.items()}


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("article_id", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("words", "stems", "outlet_words", "author_words"):
        builder.add_text_field(name, tokenizer_name="stems", index_option="position")
    for name in ("outlet", "language"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_integer_field("day", indexed=True, fast=True)
    builder.add_integer_field("month", fast=True)
    return builder.build()


def _document(article: Article) -> tantivy.Document:
    document = tantivy.Document()
    document.add_text("article_id", article.id)
    for name, held in zip(("words", "stems"), words_and_stems(article, _GAP), strict=True):
        document.add_text(name, " ".join(held))
    document.add_text("language", language_code(article.language))
    if article.outlet:
        document.add_text("outlet", article.outlet)
        document.add_text("outlet_words", " ".join(name_words(article.outlet)))
    if article.author:
        document.add_text("author_words", " ".join(name_words(article.author)))
    if (published := day_and_month(article)) is not None:
        for name, number in zip(("day", "month"), published, strict=True):
            document.add_integer(name, number)
    return document


class _Compiler:
    """Makes tantivy's query of a tree."""

    def __init__(self, schema: tantivy.Schema, languages: Sequence[str]) -> None:
        self._schema = schema
        self._languages = languages

    def query(self, node: Node) -> tantivy.Query:
        match node:
            case Words():
                return self._words(node)
            case Near():
                return self._near(node)
            case Named() | Published():
                return tantivy.Query.const_score_query(self._condition(node), 0.0)
            case Or(nodes):
                return _any([self.query(one) for one in nodes])
            case Not():
                return self._every([node])
            case And(nodes):
                return self._every(nodes)

    def _every(self, nodes: Sequence[Node]) -> tantivy.Query:
        excluded = [one.node for one in nodes if isinstance(one, Not)]
        wanted = [self.query(one) for one in nodes if not isinstance(one, Not)]
        clauses = [(tantivy.Occur.Must, query) for query in wanted or [tantivy.Query.all_query()]] + [
            (tantivy.Occur.MustNot, self.query(one)) for one in excluded
        ]
        return tantivy.Query.boolean_query(clauses)

    def _condition(self, node: Named | Published) -> tantivy.Query:
        if isinstance(node, Published):
            days = first_and_last_day(node)
            return tantivy.Query.range_query(self._schema, "day", tantivy.FieldType.Integer, *days)
        if node.field == "language":
            return tantivy.Query.term_query(self._schema, "language", node.words[0])
        words = whole_name(node.words) if node.is_whole else node.words
        return self._row(f"{node.field}_words", list(enumerate(words)))

    def _words(self, node: Words) -> tantivy.Query:
        if node.is_prefix:
            return tantivy.Query.regex_query(self._schema, "words", f"{re.escape(node.words[0])}.*")
        return _any([self._row(field, list(enumerate(row))) for field, row in self._forms(node)])

    def _forms(self, node: Words) -> list[tuple[str, tuple[str, ...]]]:
        """Return the fields in which words are looked for, and as what."""
        if node.is_exact:
            return [("words", node.words)]
        return [("stems", tuple(stems_of(node.words, language))) for language in self._languages]

    def _near(self, node: Near) -> tantivy.Query:
        lefts, rights = self._forms(node.left), self._forms(node.right)
        rows = [
            row
            for (field, left), (_, right) in zip(lefts, rights, strict=True)
            for pair in dict.fromkeys([(left, right), (right, left)])
            for row in self._apart(field, *pair, node.distance)
        ]
        return _any(rows)

    def _apart(
        self, field: str, first: Sequence[str], second: Sequence[str], distance: int
    ) -> list[tantivy.Query]:
        """Return rows of these words with at most so many between the first ones and the second ones."""
        # With slop a word is near itself, where it stands once.
        if len(first) == len(second) == 1 and first != second:
            return [tantivy.Query.phrase_query(self._schema, field, [*first, *second], slop=distance)]
        return [
            self._row(field, [*enumerate(first), *enumerate(second, start=len(first) + gap)])
            for gap in range(distance + 1)
        ]

    def _row(self, field: str, row: list[_Term]) -> tantivy.Query:
        if len(row) == 1:
            return tantivy.Query.term_query(self._schema, field, row[0][1], index_option="position")
        return tantivy.Query.phrase_query(self._schema, field, row)


def _any(queries: list[tantivy.Query]) -> tantivy.Query:
    if len(queries) == 1:
        return queries[0]
    return tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])
