"""The full-text index of articles: every word and its stem, in order, in tantivy. Derived from the library.

A document is a whole article, so that what is asked of an article (this word and that one, not a third) is
asked of all of it. Queries come as trees, never as text: what tantivy would parse is data here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from pathlib import Path

import tantivy

from rag.full_text.query import MOST_NEAR, And, Named, Near, Node, Not, Or, Published, Words
from rag.full_text.tokens import language_code, split, stems_of
from rag.index.stores import Matches, Order
from rag.index.tantivy_folder import Kind, TantivyFolder, told_in_a_sentence
from rag.schema.article import Article, day_number, stated_day

_VERSION = 1
_MOST_OUTLETS = 50
_MOST_MONTHS = 2_400
_MOST_LANGUAGES = 200
# No word: what begins and ends a name, and what keeps a title's words away from those of the text.
_BEGIN, _END, _GAP = "^", "$", ("·",) * (MOST_NEAR + 2)
_EARLIEST, _LATEST = 1, 3_652_059  # ordinals of the first and the last day that a date can be
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
        counted = searcher.aggregate(query, _counts(outlet=_MOST_OUTLETS, month=_MOST_MONTHS))
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
    title, text = (split(part)[0] for part in (article.title, article.text))
    document.add_text("words", " ".join([*title, *_GAP, *text]))
    stems = stems_of([*title, *text], article.language)
    document.add_text("stems", " ".join([*stems[: len(title)], *_GAP, *stems[len(title) :]]))
    document.add_text("language", language_code(article.language))
    if article.outlet:
        document.add_text("outlet", article.outlet)
        document.add_text("outlet_words", " ".join(_name(article.outlet)))
    if article.author:
        document.add_text("author_words", " ".join(_name(article.author)))
    day, number = stated_day(article.published_at), day_number(article.published_at)
    if day is not None and number is not None:
        document.add_integer("day", number)
        document.add_integer("month", day.year * 100 + day.month)
    return document


def _name(written: str) -> list[str]:
    return [_BEGIN, *split(written)[0], _END]


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
            first = node.first.toordinal() if node.first else _EARLIEST
            last = node.last.toordinal() if node.last else _LATEST
            return tantivy.Query.range_query(self._schema, "day", tantivy.FieldType.Integer, first, last)
        if node.field == "language":
            return tantivy.Query.term_query(self._schema, "language", node.words[0])
        words = [_BEGIN, *node.words, _END] if node.is_whole else node.words
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
