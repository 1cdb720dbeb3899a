"""The term index of passages in PostgreSQL: BM25 over stems, the counterpart of `rag.index.term_index`.

Passages are found by PostgreSQL's index of lexemes, which are our own stems; a term's frequency in a passage
is told by `ts_rank`, and in how many passages it is stands in a table. Of the passages that have any of a
question's terms only those are scored that are likely to be among the best: first those with its rarest
terms, then, if passages without them could be as good, those with commoner ones (after MaxScore, Turtle and
Flood 1995).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, product

from rag.index.searched_text import K1, B, idf, smoothed_idf
from rag.index.shared import lexemes
from rag.index.shared.postgres_index import Kind, PostgresIndex
from rag.index.shared.spelling import within
from rag.index.stores import Posting
from rag.schema.article import day_number
from rag.schema.hit import Scored
from rag.schema.question import Filters
from rag.storage.postgres import PostgresConnection
from rag.text.sanitization import storable

_FEW = 2_000  # passages that are scored before it is asked whether others could be as good
# What a passage has at most, for each unit of weight of the terms that it was found without: 1 is what it
# gets for a term that it has once, if it is as long as others are.
_MOST = 1.3
# With weights of 1, `ts_rank` is x = (1 + 1/4 + 1/9 + …) / (pi² / 6) for a term that is there n times. So
# n = 0.645 x / (1 - x), within a few hundredths, and n / (n + c) is 0.645 / (0.645 - c + c / x).
_ONCE = 0.645
_SHARE = f"coalesce({_ONCE} / ({_ONCE} - c + c / nullif(ts_rank('{{1,1,1,1}}', terms, %s::tsquery), 0)), 0)"
# How often a row of terms is in a passage.
_OFTEN = "ts_rank_cd('{1,1,1,1}', terms, asked)"
_LONGEST_ALIKE = 100  # characters
_MOST_WITH_GAPS = 5  # words: between more than these, one other may stand at most


class PostgresTermIndex(PostgresIndex[Posting]):
    """BM25 search in a database. Threads, processes and machines share it."""

    _kind = Kind("passage_terms", "passage_id", "passages", 2_000, "terms, length", ("term_frequencies",))

    # --- writing ---

    def _id_of(self, item: Posting) -> str:
        return item.passage_id

    def _also_taken_out(self) -> Sequence[str]:
        """Take terms out of the frequencies: of what is in no passage nothing stays."""
        return (
            "less AS (SELECT lexeme, count(*) AS n FROM gone, unnest(gone.terms) GROUP BY lexeme)",
            "lessened AS (UPDATE term_frequencies AS f SET passages = passages - n FROM less"
            " WHERE f.term = lexeme AND f.passages > n)",
            "emptied AS (DELETE FROM term_frequencies AS f USING less"
            " WHERE f.term = lexeme AND f.passages <= n)",
        )

    def _put_in(self, db: PostgresConnection, items: Iterable[Posting]) -> tuple[int, int]:
        frequencies: Counter[str] = Counter()
        passages = length = 0
        columns = "passage_id, article_id, outlet, language, day, length, terms"
        with db.raw.cursor().copy(f"COPY passage_terms ({columns}) FROM STDIN") as copy:
            for item in items:
                terms = _terms(item.terms)
                article = item.article
                facts = [None if n is None else storable(n) for n in (article.outlet, article.language)]
                day = day_number(article.published_at)
                about = item.passage_id, storable(article.id), *facts, day, len(terms)
                copy.write_row((*about, lexemes.vector(terms)))
                frequencies.update(set(terms))
                passages, length = passages + 1, length + len(terms)
        terms_in_order = sorted(frequencies)
        db.raw.execute(
            "INSERT INTO term_frequencies SELECT * FROM unnest(%s::text[], %s::bigint[])"
            " ON CONFLICT (term) DO UPDATE SET passages = term_frequencies.passages + EXCLUDED.passages",
            [terms_in_order, [frequencies[term] for term in terms_in_order]],
        )
        return passages, length

    # --- reading ---

    def search(self, words: Sequence[str], limit: int, filters: Filters | None = None) -> list[Scored]:
        """Return the `limit` best passages for any of these terms, with BM25 scores; none without a match."""
        with self._db.connection() as db:
            frequencies, passages, length = self._frequencies(db, words)
            weights = {
                word: idf(passages, n)
                for word, n in sorted(frequencies.items(), key=lambda one: (one[1], one[0]))
                if n
            }
            if not weights:
                return []
            ranked = list(weights)
            reached = accumulate(frequencies[word] for word in ranked)
            first = max(1, sum(so_far <= _FEW for so_far in reached))
            mean = length / passages
            found = self._best(db, weights, ranked[:first], limit, mean, filters)
            rest = [_MOST * sum(weights[word] for word in ranked[at:]) for at in range(len(ranked) + 1)]
            least = found[limit - 1].score if len(found) == limit else 0.0
            if rest[first] <= least:
                return found
            enough = next(at for at in range(first, len(ranked) + 1) if rest[at] <= least)
            return self._best(db, weights, ranked[:enough], limit, mean, filters)

    def _best(
        self,
        db: PostgresConnection,
        weights: dict[str, float],
        having: Sequence[str],
        limit: int,
        mean: float,
        filters: Filters | None,
    ) -> list[Scored]:
        """Return the best of the passages that have one of these terms, by all the terms that are weighed."""
        conditions, values = _conditions(filters)
        query = (
            f"SELECT passage_id, {' + '.join([f'%s::float8 * {_SHARE}'] * len(weights))} AS score FROM"
            f" (SELECT passage_id, terms, {K1} * ({1 - B} + {B} * length / %s::float8) AS c"
            f" FROM passage_terms WHERE terms @@ %s::tsquery{conditions} OFFSET 0) AS found"
            " ORDER BY score DESC, passage_id LIMIT %s"
        )
        weighed = [
            value for word, weight in weights.items() for value in ((K1 + 1) * weight, lexemes.quoted(word))
        ]
        asked = lexemes.any_of(map(lexemes.quoted, having))
        rows = db.raw.execute(query, [*weighed, mean, asked, *values, limit], prepare=False)
        return [Scored(passage_id, score) for passage_id, score in rows]

    def _frequencies(self, db: PostgresConnection, words: Iterable[str]) -> tuple[dict[str, int], int, int]:
        """Return in how many passages each word is, how many there are, and how many terms in all of them."""
        wanted = [word for word in dict.fromkeys(words) if word]
        query = (
            "SELECT coalesce(passages, 0), documents, length FROM unnest(%s::text[])"
            " WITH ORDINALITY AS wanted (word, place) LEFT JOIN term_frequencies ON term = word"
            " JOIN totals ON kind = 'passages' ORDER BY place"
        )
        rows = db.raw.execute(query, [["", *map(_cut, wanted)]]).fetchall()
        frequencies = {word: row[0] for word, row in zip(wanted, rows[1:], strict=True)}
        return frequencies, rows[0][1], rows[0][2]

    def in_a_row(self, words: Sequence[str], limit: int, gaps: int = 0) -> list[str]:
        """Return at most `limit` passages that have these terms one after the other, best first.

        `gaps` is how many other terms may stand between them.
        """
        if not words:
            return []
        asked = lexemes.any_of(lexemes.row(row) for row in _with_gaps(words, gaps))
        mean = "(SELECT totals.length::float8 / greatest(documents, 1) FROM totals WHERE kind = 'passages')"
        query = (
            "SELECT passage_id FROM passage_terms, CAST(%s AS tsquery) AS asked WHERE terms @@ asked"
            f" ORDER BY {_OFTEN} / ({_OFTEN} + {K1} * ({1 - B} + {B} * length / greatest({mean}, 1)))"
            " DESC, passage_id LIMIT %s"
        )
        with self._db.connection() as db:
            return [row[0] for row in db.raw.execute(query, [asked, limit], prepare=False)]

    def everywhere(self, rows: Iterable[Sequence[str]], filters: Filters | None = None) -> list[str]:
        """Return every passage that has one of these rows of terms, one after the other, in no order."""
        asked = lexemes.any_of(lexemes.row(enumerate(row)) for row in rows if row)
        return self._having(asked, filters) if asked else []

    def _having(self, asked: str, filters: Filters | None = None, limit: int | None = None) -> list[str]:
        conditions, values = _conditions(filters)
        query = f"SELECT passage_id FROM passage_terms WHERE terms @@ %s::tsquery{conditions}"
        ordered = " ORDER BY passage_id LIMIT %s" if limit is not None else ""
        last = [] if limit is None else [limit]
        with self._db.connection() as db:
            rows = db.raw.execute(query + ordered, [asked, *values, *last], prepare=False)
            return [row[0] for row in rows]

    def spelled_alike(self, word: str, edits: int, limit: int) -> list[str]:
        """Return at most `limit` passages that have a term at most `edits` (1 or 2) letters from this one."""
        if not word or len(word) > _LONGEST_ALIKE:
            return []
        shortest, longest = max(1, len(word) - edits), len(word) + edits
        # An edit brings one letter at most that the word hasn't: few terms are left to look at.
        query = (
            "SELECT term FROM term_frequencies WHERE length(term) BETWEEN %s AND %s"
            " AND length(translate(term, %s, '')) <= %s"
        )
        with self._db.connection() as db:
            terms = [row[0] for row in db.raw.execute(query, [shortest, longest, storable(word), edits])]
        alike = within(word, terms, edits)
        return self._having(lexemes.any_of(map(lexemes.quoted, alike)), limit=limit) if alike else []

    def idf(self, words: Iterable[str]) -> dict[str, float]:
        """Term → inverse document frequency, highest for terms that no passage has."""
        wanted = set(words)
        if not wanted:
            return {}
        with self._db.connection() as db:
            frequencies, passages, _ = self._frequencies(db, wanted)
        return smoothed_idf(passages, {word: frequencies.get(word, 0) for word in wanted})


def _terms(terms: Sequence[str]) -> list[str]:
    """Return terms as they are held: without spaces, and none that is empty."""
    return [_cut(one) for term in terms for one in term.split()]


def _cut(term: str) -> str:
    return storable(term[: lexemes.LONGEST])


def _with_gaps(words: Sequence[str], gaps: int) -> Iterator[list[tuple[int, str]]]:
    """Yield the places that words may have with so many others between them in all."""
    gaps = gaps if len(words) <= _MOST_WITH_GAPS else min(gaps, 1)
    for between in product(range(gaps + 1), repeat=len(words) - 1 if gaps else 0):
        if sum(between) <= gaps:
            places = accumulate((1 + gap for gap in between or (0,) * (len(words) - 1)), initial=0)
            yield list(zip(places, words, strict=True))


def _conditions(filters: Filters | None) -> tuple[str, list[object]]:
    """Return what filters add to a condition, and their values."""
    if filters is None:
        return "", []
    added, values = "", []
    for name, wanted in filters.names.items():
        added += f" AND {name} = ANY(%s::text[])"
        values.append(list(map(storable, wanted)))
    if filters.day_numbers:
        added += f" AND (day BETWEEN %s AND %s{' OR day IS NULL' if filters.undated else ''})"
        values += filters.day_numbers
    return added, values
