"""Who the library's articles name, where, with whom, and what they say, in the catalogue's file.

Knows rows, not how they are found. Articles that wait for their time are in no table that this reads.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from rag.entity_store.records import (
    Appearance,
    Companion,
    EntityRow,
    KeyedEntity,
    StatementFilters,
    StoredStatement,
)
from rag.schema.article import Span
from rag.schema.entity import ArticleEntities
from rag.storage.database import Connection, Database

_ROW = (
    "SELECT e.id, e.kind, e.name, count(*), sum(a.mentions), min(a.is_bare) FROM entities AS e"
    " JOIN entity_articles AS a ON a.entity_id = e.id"
)
_DAY = "substr(articles.published_at, 1, 10)"
_AFTER_ALL = "\U0010ffff"  # behind whatever a name may go on with

# The articles that alone count: a dossier's, say. None for all.
Among = Sequence[str] | None


class EntityTable:
    """The entities of the catalogue's articles."""

    def __init__(self, file: Database) -> None:
        self._file = file

    def _rows(self, query: str, *values: str | int) -> list[tuple]:
        with self._file.connection() as db:
            return db.execute(query, values).fetchall()

    # --- writing ---

    def put(
        self,
        article_id: str,
        text: str,
        version: int,
        entities: Sequence[KeyedEntity],
        found: ArticleEntities,
    ) -> bool:
        """Store what was found in an article's text, in place of what was; False if it is another by now.

        `entities` are those of `found`, in the same order.
        """
        with self._file.transaction() as db:
            there = db.execute("SELECT text FROM articles WHERE id = ?", (article_id,)).fetchone()
            if there != (text,):
                return False
            db.execute("DELETE FROM analysed_articles WHERE article_id = ?", (article_id,))
            db.execute("INSERT INTO analysed_articles VALUES (?, ?)", (article_id, version))
            ids = self._identified(db, entities)
            _put_articles(db, article_id, ids, entities, found)
            _put_pointers(db, article_id, ids, found)
        return True

    def _identified(self, db: Connection, entities: Sequence[KeyedEntity]) -> list[int]:
        """Return the ids of entities, each listed if it wasn't."""
        db.executemany(
            "INSERT INTO entities (key, kind, name, surname) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [(one.key, one.entity.kind, one.entity.name, one.surname) for one in entities],
        )
        query = "SELECT id, name FROM entities WHERE key = ?"
        rows = [row for (row,) in self._file.each(query, [(one.key,) for one in entities])]
        names = dict(rows)
        for (entity_id, _), one in zip(rows, entities, strict=True):
            if (
                names[entity_id].isupper() and not one.entity.name.isupper()
            ):  # `CORVENNE`, as a dispatch begins
                names[entity_id] = one.entity.name
                db.execute("UPDATE entities SET name = ? WHERE id = ?", (one.entity.name, entity_id))
        return [entity_id for entity_id, _ in rows]

    def forget(self) -> None:
        """Have everything found anew: every article waits to be analysed."""
        with self._file.transaction() as db:
            db.execute("DELETE FROM analysed_articles")

    # --- what is left to do ---

    def waiting(self, version: int, after: str, count: int) -> list[str]:
        """Return the ids of at most `count` articles behind `after` that this version hasn't read."""
        query = (
            "SELECT id FROM articles WHERE id > ? AND NOT EXISTS (SELECT 1 FROM analysed_articles"
            " WHERE article_id = id AND version = ?) ORDER BY id LIMIT ?"
        )
        return [row[0] for row in self._rows(query, after, version, count)]

    def is_analysed(self, article_id: str, version: int) -> bool:
        """Return whether this version has read an article."""
        query = "SELECT 1 FROM analysed_articles WHERE article_id = ? AND version = ?"
        return bool(self._rows(query, article_id, version))

    def waiting_count(self, version: int) -> int:
        """Return how many articles no analysis of this version has read."""
        query = (
            "SELECT (SELECT count(*) FROM articles)"
            " - (SELECT count(*) FROM analysed_articles WHERE version = ?)"
        )
        return self._rows(query, version)[0][0]

    def problems(self) -> list[str]:
        """Return the ids of articles with a pointer outside of the text or on other words than stored."""
        outside = " UNION ".join(
            f"SELECT id FROM articles JOIN {table} ON article_id = id WHERE {start} < 0 OR {start} >= {end}"
            f" OR {end} > length(text)"
            for table, start, end in (
                ("entity_mentions", "start", '"end"'),
                ("entity_statements", "start", '"end"'),
                ("entity_statements", "context_start", "context_end"),
                ("entity_statements", "verb_start", "verb_end"),
            )
        )
        other = (
            "SELECT m.article_id FROM entity_mentions AS m JOIN articles ON id = m.article_id"
            " WHERE is_shared = 0 AND NOT EXISTS (SELECT 1 FROM entity_forms AS f"
            " WHERE f.article_id = m.article_id AND f.entity_id = m.entity_id"
            ' AND f.form = substr(text, start + 1, "end" - start))'
        )
        return sorted({row[0] for query in (outside, other) for row in self._rows(query)})

    def forget_article(self, article_id: str) -> None:
        """Have one article analysed anew."""
        with self._file.transaction() as db:
            db.execute("DELETE FROM analysed_articles WHERE article_id = ?", (article_id,))

    # --- looking up ---

    def entity(self, entity_id: int, among: Among = None) -> EntityRow | None:
        """Return an entity by its id; None if no article has it."""
        return next(iter(self._entities("e.id = ?", entity_id, among=among)), None)

    def with_form(self, folded: str, among: Among = None) -> list[EntityRow]:
        """Return the entities that an article calls so, those in most articles first."""
        called = "e.id IN (SELECT entity_id FROM entity_forms WHERE folded = ?)"
        return self._entities(called, folded, among=among)

    def with_surname(self, folded: str, among: Among = None) -> list[EntityRow]:
        """Return the people with this last name, those in most articles first."""
        return self._entities("e.surname = ?", folded, among=among)

    def beginning(self, folded: str, count: int) -> list[EntityRow]:
        """Return the entities of which a form or the last name begins so, those in most articles first."""
        begun = (
            "e.id IN (SELECT entity_id FROM entity_forms WHERE folded BETWEEN ? AND ?"
            " UNION SELECT id FROM entities WHERE surname BETWEEN ? AND ?)"
        )
        bounds = (folded, folded + _AFTER_ALL) * 2
        return self._entities(begun, *bounds, limit=count)

    def named_in(self, article_id: str, count: int) -> list[EntityRow]:
        """Return the entities that an article names, those that it names most first."""
        query = (
            f"{_ROW} JOIN entity_articles AS here ON here.entity_id = e.id AND here.article_id = ?"
            " GROUP BY e.id ORDER BY here.mentions DESC, count(*) DESC, e.name LIMIT ?"
        )
        return [EntityRow(*row[:5], bool(row[5])) for row in self._rows(query, article_id, count)]

    def names(self) -> list[tuple[int, str]]:
        """Return every entity's id and name."""
        return [(int(row[0]), str(row[1])) for row in self._rows("SELECT id, name FROM entities")]

    def counts(self) -> dict[str, int]:
        """Return kind → how many entities the library has."""
        return dict(self._rows("SELECT kind, count(*) FROM entities GROUP BY kind"))

    def most_named(self, kind: str, count: int, among: Among = None) -> list[EntityRow]:
        """Return the entities of a kind that most articles name."""
        return self._entities("e.kind = ?", kind, limit=count, among=among)

    def _entities(
        self, where: str, *values: str | int, limit: int = 50, among: Among = None
    ) -> list[EntityRow]:
        kept, ids = _among("a.article_id", among)
        order = "ORDER BY count(*) DESC, sum(a.mentions) DESC, e.name LIMIT ?"
        query = f"{_ROW} WHERE {where}{kept} GROUP BY e.id {order}"
        return [EntityRow(*row[:5], bool(row[5])) for row in self._rows(query, *values, *ids, limit)]

    # --- one entity ---

    def appearances(self, entity_id: int, among: Among = None) -> list[Appearance]:
        """Return the articles that name an entity, the latest first, those without a date last."""
        kept, ids = _among("article_id", among)
        query = (
            "SELECT articles.id, title, outlet, published_at, mentions FROM entity_articles"
            f" JOIN articles ON articles.id = article_id WHERE entity_id = ?{kept}"
            " ORDER BY published_at IS NULL, published_at DESC, title, articles.id"
        )
        return [Appearance(*row) for row in self._rows(query, entity_id, *ids)]

    def mentions(self, entity_id: int, article_ids: Sequence[str]) -> dict[str, list[Span]]:
        """Return article id → where it names an entity, in order, without mentions that several share."""
        query = (
            'SELECT article_id, start, "end" FROM entity_mentions WHERE entity_id = ? AND is_shared = 0'
            " AND article_id IN (SELECT value FROM json_each(?)) ORDER BY article_id, start"
        )
        found: dict[str, list[Span]] = {}
        for article_id, start, end in self._rows(query, entity_id, json.dumps(list(article_ids))):
            found.setdefault(article_id, []).append(Span(start, end))
        return found

    def shared(self, entity_id: int, among: Among = None) -> list[tuple[int, str, int]]:
        """Return whom an entity shares mentions with: id, name and how many, where nothing tells whose."""
        kept, ids = _among("mine.article_id", among)
        query = (
            "SELECT e.id, e.name, count(*) FROM entity_mentions AS mine JOIN entity_mentions AS theirs"
            " ON theirs.article_id = mine.article_id AND theirs.start = mine.start"
            " AND theirs.entity_id != mine.entity_id JOIN entities AS e ON e.id = theirs.entity_id"
            f" WHERE mine.entity_id = ? AND mine.is_shared = 1{kept}"
            " GROUP BY e.id ORDER BY count(*) DESC, e.name"
        )
        return [(int(row[0]), str(row[1]), int(row[2])) for row in self._rows(query, entity_id, *ids)]

    def forms(self, entity_id: int, among: Among = None) -> list[tuple[str, int]]:
        """Return how articles call an entity, and how many do each, the most frequent first."""
        kept, ids = _among("article_id", among)
        query = (
            f"SELECT form, count(DISTINCT article_id) FROM entity_forms WHERE entity_id = ?{kept}"
            " GROUP BY form ORDER BY 2 DESC, length(form) DESC, form"
        )
        return [(str(row[0]), int(row[1])) for row in self._rows(query, entity_id, *ids)]

    def roles(self, entity_id: int, among: Among = None) -> list[tuple[str, int]]:
        """Return the roles by which articles call a person, in lower case, the most frequent first."""
        kept, ids = _among("article_id", among)
        query = (
            "SELECT role, count(DISTINCT article_id) FROM entity_forms"
            f" WHERE entity_id = ? AND role != ''{kept}"
            " GROUP BY role ORDER BY 2 DESC, role"
        )
        return [(str(row[0]), int(row[1])) for row in self._rows(query, entity_id, *ids)]

    def companions(self, entity_id: int, count: int, among: Among = None) -> list[Companion]:
        """Return the entities that are named in a sentence or an article with this one, closest first."""
        kept = "" if among is None else " AND mine.article_id IN (SELECT value FROM json_each(?3))"
        ids = () if among is None else (json.dumps(list(among)),)
        query = (
            "WITH beside AS (SELECT theirs.entity_id AS id,"
            " count(DISTINCT theirs.article_id || ' ' || theirs.sentence) AS sentences"
            " FROM entity_mentions AS mine JOIN entity_mentions AS theirs"
            " ON theirs.article_id = mine.article_id AND theirs.sentence = mine.sentence"
            " WHERE mine.entity_id = ?1 AND theirs.entity_id != ?1 AND mine.is_shared = 0"
            f" AND theirs.is_shared = 0{kept} GROUP BY theirs.entity_id),"
            " same AS (SELECT theirs.entity_id AS id, count(*) AS articles FROM entity_articles AS mine"
            " JOIN entity_articles AS theirs ON theirs.article_id = mine.article_id"
            f" WHERE mine.entity_id = ?1 AND theirs.entity_id != ?1{kept} GROUP BY theirs.entity_id)"
            " SELECT e.id, e.kind, e.name, coalesce(sentences, 0), articles FROM same"
            " JOIN entities AS e ON e.id = same.id LEFT JOIN beside ON beside.id = same.id"
            " ORDER BY coalesce(sentences, 0) DESC, articles DESC, e.name LIMIT ?2"
        )
        return [Companion(*row) for row in self._rows(query, entity_id, count, *ids)]

    def statements(
        self,
        entity_id: int,
        filters: StatementFilters = StatementFilters(),  # noqa: B008 (frozen)
    ) -> list[StoredStatement]:
        """Return what an entity says in the articles that filters keep, the latest first."""
        conditions, values = ["entity_id = ?"], [entity_id]
        for bound, sign in ((filters.after, ">="), (filters.before, "<=")):
            if bound is not None:
                conditions.append(f"{_DAY} {sign} ? AND length({_DAY}) = 10")
                values.append(bound)
        if filters.outlets:
            conditions.append("outlet IN (SELECT value FROM json_each(?))")
            values.append(json.dumps(list(filters.outlets)))
        if filters.article_ids is not None:
            conditions.append("article_id IN (SELECT value FROM json_each(?))")
            values.append(json.dumps(list(filters.article_ids)))
        if filters.form is not None:
            conditions.append("form = ?")
            values.append(filters.form)
        query = (
            'SELECT articles.id, outlet, published_at, form, start, "end", context_start, context_end,'
            " verb_start, verb_end, is_alleged FROM entity_statements"
            " JOIN articles ON articles.id = article_id"
            f" WHERE {' AND '.join(conditions)}"
            " ORDER BY published_at IS NULL, published_at DESC, articles.id, start"
        )
        return [
            StoredStatement(*row[:4], Span(*row[4:6]), Span(*row[6:8]), Span(*row[8:10]), bool(row[10]))
            for row in self._rows(query, *values)
        ]

    def statement_count(self, entity_id: int, among: Among = None) -> int:
        """Return how many statements an entity makes."""
        kept, ids = _among("article_id", among)
        query = f"SELECT count(*) FROM entity_statements WHERE entity_id = ?{kept}"
        return self._rows(query, entity_id, *ids)[0][0]


def _among(column: str, among: Among) -> tuple[str, tuple[str, ...]]:
    """Return the condition that keeps these articles alone, and its values."""
    if among is None:
        return "", ()
    return f" AND {column} IN (SELECT value FROM json_each(?))", (json.dumps(list(among)),)


def _put_articles(
    db: Connection,
    article_id: str,
    ids: Sequence[int],
    entities: Sequence[KeyedEntity],
    found: ArticleEntities,
) -> None:
    counts: dict[int, int] = dict.fromkeys(ids, 0)
    for mention in found.mentions:
        if mention.entity is not None:
            counts[ids[mention.entity]] += 1
    bare = {entity_id: one.entity.is_bare for entity_id, one in zip(ids, entities, strict=True)}
    db.executemany(
        "INSERT INTO entity_articles (entity_id, article_id, mentions, is_bare) VALUES (?, ?, ?, ?)",
        [(entity_id, article_id, count, bare[entity_id]) for entity_id, count in counts.items()],
    )
    rows = {
        (folded, entity_id, article_id, form, role)
        for entity_id, one in zip(ids, entities, strict=True)
        for folded, form in zip(one.folded, one.entity.forms, strict=True)
        for role in (sorted(one.entity.roles) or [""])
    }
    db.executemany(
        "INSERT INTO entity_forms (folded, entity_id, article_id, form, role) VALUES (?, ?, ?, ?, ?)",
        sorted(rows),
    )


def _put_pointers(db: Connection, article_id: str, ids: Sequence[int], found: ArticleEntities) -> None:
    db.executemany(
        'INSERT INTO entity_mentions (article_id, start, entity_id, "end", sentence, is_shared)'
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [
            (article_id, one.span.start, ids[at], one.span.end, one.sentence, len(one.entities) > 1)
            for one in found.mentions
            for at in one.entities
        ],
    )
    db.executemany(
        'INSERT INTO entity_statements (entity_id, article_id, start, "end", form, context_start,'
        " context_end, verb_start, verb_end, is_alleged) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        [
            (
                ids[one.entity], article_id, one.words.start, one.words.end, one.form, one.context.start,
                one.context.end, one.verb.start, one.verb.end, one.is_alleged,
            )
            for one in found.statements
        ],
    )  # fmt: skip
