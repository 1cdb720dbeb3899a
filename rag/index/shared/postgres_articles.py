"""Full-text search of articles in PostgreSQL: the counterpart of `rag.index.full_text_index`.

Each thing that is looked for (a word, a row of words, two near each other) is a query of PostgreSQL's over
our own words and stems, and finds articles by its index; what a tree says of them is put together in one
statement.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from rag.full_text.query import And, Named, Near, Node, Not, Or, Published, Words, sought
from rag.full_text.tokens import language_code, stems_of
from rag.index.searched_text import (
    GAP,
    K1,
    MOST_MONTHS,
    MOST_OUTLETS,
    B,
    day_and_month,
    first_and_last_day,
    name_words,
    whole_name,
    words_and_stems,
)
from rag.index.shared import lexemes
from rag.index.shared.postgres_index import Kind, PostgresIndex
from rag.index.stores import Matches, Order
from rag.schema.article import Article
from rag.storage.postgres import PostgresConnection
from rag.text.sanitization import storable

_MOST_NAME = 1_000  # words of an outlet's or an author's name
_GAP = ("",) * GAP
_ORDERS = {
    "relevance": "(SELECT article_id FROM ranked ORDER BY score DESC, article_id LIMIT %s OFFSET %s)",
    "newest": "(SELECT article_id FROM found ORDER BY day DESC NULLS LAST, article_id LIMIT %s OFFSET %s)",
    "oldest": "(SELECT article_id FROM found ORDER BY day NULLS LAST, article_id LIMIT %s OFFSET %s)",
}


class PostgresFullTextIndex(PostgresIndex[Article]):
    """Full-text search in a database. Threads, processes and machines share it."""

    _kind = Kind("searched_articles", "article_id", "articles", 500)

    # --- writing ---

    def _id_of(self, item: Article) -> str:
        return item.id

    def _put_in(self, db: PostgresConnection, items: Iterable[Article]) -> tuple[int, int]:
        words: list[tuple[str, int, str]] = []
        count = length = 0
        with db.raw.cursor().copy("COPY searched_articles FROM STDIN") as copy:
            for article in items:
                standing, stems = _standing(article)
                copy.write_row(_record(article, len(standing)))
                parts = enumerate(chain(lexemes.vectors(standing), lexemes.vectors(stems)))
                words += [(article.id, number, vector) for number, vector in parts]
                count, length = count + 1, length + len(standing)
        with db.raw.cursor().copy("COPY searched_words FROM STDIN") as copy:
            for row in words:
                copy.write_row(row)
        return count, length

    # --- reading ---

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
        ask = (
            f"SELECT (SELECT count(*) FROM found), ARRAY{_ORDERS[order]},"
            " ARRAY(SELECT outlet FROM outlets), ARRAY(SELECT n FROM outlets),"
            " ARRAY(SELECT month FROM months), ARRAY(SELECT n FROM months)"
        )
        counting = (
            ", outlets AS (SELECT outlet, count(*) AS n FROM found WHERE outlet IS NOT NULL GROUP BY outlet"
            f" ORDER BY n DESC, outlet LIMIT {MOST_OUTLETS}),"
            " months AS (SELECT month, count(*) AS n FROM found WHERE month IS NOT NULL GROUP BY month"
            f" ORDER BY month LIMIT {MOST_MONTHS}) "
        )
        with self._db.connection() as db:
            asked = _Compiler(self._languages(db))
            found, values = _found(asked, node, among)
            ranking, queries = _ranking(asked, node) if order == "relevance" else ("", [])
            query = f"{found}{ranking}{counting}{ask}"
            row = db.raw.execute(query, [*values, *queries, limit, offset], prepare=False).fetchone()
        total, ids, names, of_names, months, of_months = row
        if not total:
            return Matches((), 0)
        outlets = tuple(zip(names, of_names, strict=True))
        by_month = tuple((divmod(month, 100), n) for month, n in zip(months, of_months, strict=True))
        return Matches(tuple(ids), total, outlets, by_month)

    def ids(self, node: Node) -> list[str]:
        """Return the ids of all articles that are as `node` says, in no order."""
        with self._db.connection() as db:
            found, values = _found(_Compiler(self._languages(db)), node, None)
            rows = db.raw.execute(f"{found} SELECT article_id FROM found", values, prepare=False)
            return [row[0] for row in rows]

    def _languages(self, db: PostgresConnection) -> list[str]:
        """Return the languages of all that is in: each is looked up after the one before it."""
        following = "(SELECT min(language) FROM searched_articles WHERE language > found.language)"
        query = (
            "WITH RECURSIVE found AS (SELECT min(language) AS language FROM searched_articles UNION ALL"
            f" SELECT {following} FROM found WHERE language IS NOT NULL)"
            " SELECT language FROM found WHERE language IS NOT NULL"
        )
        return [row[0] for row in db.raw.execute(query)]


def _found(asked: _Compiler, node: Node, among: Collection[str] | None) -> tuple[str, list[object]]:
    """Return the tables of what is found, up to `found`, as a statement begins, and its values."""
    condition = asked.condition(node)
    if among is not None:
        condition += " AND a.article_id = ANY(%s::text[])"
        asked.values.append(list(among))
    numbers = range(len(asked.queries))
    leaves = "".join(
        f"leaf_{number} AS MATERIALIZED"
        " (SELECT DISTINCT article_id FROM searched_words WHERE words @@ %s::tsquery), "
        for number in numbers
    )
    joined = "".join(f" LEFT JOIN leaf_{n} ON leaf_{n}.article_id = a.article_id" for n in numbers)
    found = (
        "found AS MATERIALIZED (SELECT a.article_id, a.outlet, a.day, a.month, a.length"
        f" FROM searched_articles AS a{joined} WHERE {condition})"
    )
    return f"WITH {leaves}{found}", [*asked.queries, *asked.values]


def _ranking(asked: _Compiler, node: Node) -> tuple[str, list[str]]:
    """Return the table of how well what is found fits, `ranked`, and its values.

    What is looked for is counted in the articles that are found, not in all that it is in.
    """
    numbers = [asked.numbers[one] for one in sought(node)]
    often = "".join(
        " CROSS JOIN LATERAL (SELECT coalesce(sum(ts_rank_cd('{1,1,1,1}', words, asked)), 0) AS f"
        " FROM searched_words AS w, CAST(%s AS tsquery) AS asked"
        f" WHERE w.article_id = found.article_id AND words @@ asked) AS in_{number}"
        for number in numbers
    )
    score = " + ".join(map(_worth, numbers)) or "0"
    return (
        f", ranked AS (SELECT found.article_id, {score} AS score FROM found{often})",
        [asked.queries[number] for number in numbers],
    )


def _worth(number: int) -> str:
    """Return what one thing adds to an article's score: BM25, as if it were one word."""
    of, f = f"(SELECT count(*) FROM leaf_{number})", f"in_{number}.f"
    total = "(SELECT {} FROM totals WHERE kind = 'articles')"
    documents, mean = (
        total.format("documents"),
        total.format("totals.length::float8 / greatest(documents, 1)"),
    )
    idf = f"ln(1 + ({documents} - least({of}, {documents}) + 0.5) / ({of} + 0.5))"
    return f"{idf} * {K1 + 1} * {f} / ({f} + {K1} * ({1 - B} + {B} * found.length / greatest({mean}, 1)))"


def _standing(article: Article) -> tuple[list[str], list[str]]:
    """Return an article's words as lexemes, and its stems; nothing stands between title and text."""
    words, stems = words_and_stems(article, _GAP)
    return [_word(word) if word else word for word in words], stems


def _word(word: str) -> str:
    """Return the lexeme of a word as written: a stem has its language in front, and is another."""
    return f"={word}"


def _record(article: Article, length: int) -> tuple[object, ...]:
    outlet = storable(article.outlet) if article.outlet else None
    return (
        article.id,
        outlet,
        storable(language_code(article.language)),
        *(day_and_month(article) or (None, None)),
        length,
        _names(article),
    )


def _names(article: Article) -> str:
    """Return the words of the outlet's and the author's names, each name for itself."""
    standing: list[str] = []
    for kind, written in (("outlet", article.outlet), ("author", article.author)):
        if written:
            standing += [*(_name(kind, word) for word in name_words(written, _MOST_NAME)), ""]
    return next(lexemes.vectors(standing))


def _name(kind: str, word: str) -> str:
    return f"{kind}:{word}"


@dataclass
class _Compiler:
    """Makes a condition of a tree; `queries` are what is looked for among words, each once."""

    languages: Sequence[str]
    queries: list[str] = field(default_factory=list)
    numbers: dict[Words | Near, int] = field(default_factory=dict)
    values: list[object] = field(default_factory=list)

    def condition(self, node: Node) -> str:
        """Return the condition of an article `a`; its values are noted in order."""
        match node:
            case Words() | Near():
                return f"leaf_{self._number(node)}.article_id IS NOT NULL"
            case Named() | Published():
                return self._stated(node)
            case Not(one):
                return f"NOT coalesce({self.condition(one)}, false)"
            case Or(nodes):
                return f"({' OR '.join(map(self.condition, nodes))})"
            case And(nodes):
                return f"({' AND '.join(map(self.condition, nodes))})"

    def _number(self, node: Words | Near) -> int:
        if node not in self.numbers:
            self.numbers[node] = len(self.queries)
            rows = self._near(node) if isinstance(node, Near) else self._words(node)
            self.queries.append(lexemes.any_of(dict.fromkeys(rows)) or lexemes.quoted("-"))
        return self.numbers[node]

    def _stated(self, node: Named | Published) -> str:
        if isinstance(node, Published):
            self.values += first_and_last_day(node)
            return "a.day BETWEEN %s AND %s"
        if node.field == "language":
            self.values.append(storable(node.words[0]))
            return "a.language = %s"
        words = whole_name(node.words) if node.is_whole else node.words
        self.values.append(lexemes.row(enumerate(_name(node.field, word) for word in words)))
        return "a.names @@ %s::tsquery"

    def _words(self, node: Words) -> Iterator[str]:
        if node.is_prefix:
            yield f"{lexemes.quoted(_word(node.words[0]))}:*"
            return
        for forms in self._forms(node):
            yield lexemes.row(enumerate(forms))

    def _forms(self, node: Words) -> list[list[str]]:
        """Return as what words are looked for: as they are, or as the stems of each language."""
        if node.is_exact:
            return [list(map(_word, node.words))]
        return [stems_of(node.words, language) for language in self.languages]

    def _near(self, node: Near) -> Iterator[str]:
        for left, right in zip(self._forms(node.left), self._forms(node.right), strict=True):
            for first, second in ((left, right), (right, left)):
                for gap in range(node.distance + 1):
                    yield lexemes.row([*enumerate(first), *enumerate(second, start=len(first) + gap)])
