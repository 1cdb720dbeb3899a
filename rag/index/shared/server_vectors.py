"""Vectors of passages on a Chroma server: the counterpart of `rag.index.vector_store`, for many machines.

Knows passage ids, vectors and what a passage can be filtered by; no text goes there. Chroma is given our own
vectors only. It is the server that searches: by its graph, and by what is stored beside each vector. So there
are no rows, and nothing on this machine to keep in step.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from rag.errors import LibraryError
from rag.index.multivector import unit
from rag.index.shared.chroma_server import ChromaServer
from rag.index.stores import NOTHING_EXPECTED, Expected, refuse_foreign, vectors_like
from rag.schema.article import Article, day_number
from rag.schema.hit import Scored
from rag.schema.question import Filters
from rag.text.sanitization import storable

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

_MAX_IDS = 5_000
# Values of one `$in`: SQLite, in the server, has no more variables than 32,766.
_MAX_VALUES = 8_000
# This graph is searched, not only kept: wide, so that a filter that leaves what is far from the question, and
# near copies of one text, still lead to what is nearest.
_HNSW = {"space": "cosine", "ef_construction": 100, "ef_search": 400, "max_neighbors": 32}
_Found = TypeVar("_Found")
_Where = dict[str, Any]


class ServerVectorStore:
    """One collection on a server, for vectors of one embedding model, for threads, processes and machines."""

    def __init__(
        self, server: ChromaServer, collection: str, embedding: str, library: str = "", generation: int = 0
    ) -> None:
        """Note where the vectors are; nothing is connected yet. Another library's are never touched.

        Each index's vectors, by its number, have a collection of their own.
        """
        self._library = library
        self._server = server
        self._first = collection
        self._name = _name_of(collection, generation)
        self._embedding = embedding
        self._collection: Collection | None = None

    # --- the server ---

    def _do(self, action: Callable[[Collection], _Found]) -> _Found:
        """Return what is done with the collection: twice if it, or the connection, was another meanwhile."""
        import httpx
        from chromadb.errors import NotFoundError

        with self._server.told():
            if self._collection is not None:
                # Rebuilt, or on a server that was away: all that is done here can be done twice.
                with suppress(NotFoundError, httpx.TransportError):
                    return action(self._collection)
            self._collection = self._opened()
            return action(self._collection)

    def _opened(self) -> Collection:
        self._settle()
        found = self._made(self._name)
        self._refuse_another_library(found)
        made_by = (found.metadata or {}).get("embedding")
        refuse_foreign(made_by, self._embedding, f"{self._server.url}, {self._name}")
        return found

    def _is_ours(self, found: Collection) -> bool:
        of = (found.metadata or {}).get("library")
        return not (of and self._library and of != self._library)

    def _refuse_another_library(self, found: Collection | None) -> None:
        if found is not None and not self._is_ours(found):
            where = f"{self._server.url}, {self._name}"
            raise LibraryError(
                f"{where}: these are another library's vectors; set store.collection to a name of this one's"
                " own.",
                f"{where} : ce sont les vecteurs d'une autre bibliothèque ; donnez à store.collection un nom"
                " propre à celle-ci.",
            )

    def _made(self, name: str, begun: str = "") -> Collection:
        return self._server.client().get_or_create_collection(
            name,
            embedding_function=None,
            configuration={"hnsw": _HNSW},
            metadata={"embedding": self._embedding, "library": self._library, "begun": begun},
        )

    def close(self) -> None:
        """Let go of the connection. A later call connects again."""
        self._collection = None
        self._server.close()

    def is_foreign(self) -> bool:
        """Return whether the vectors there were made by another embedding model."""
        with self._server.told():
            found = self._existing(self._name)
            self._refuse_another_library(found)
        return found is not None and (found.metadata or {}).get("embedding") != self._embedding

    def _existing(self, name: str) -> Collection | None:
        from chromadb.errors import NotFoundError

        with suppress(NotFoundError):
            return self._server.client().get_collection(name, embedding_function=None)
        return None

    # --- writing ---

    def reset(self) -> None:
        """Drop every vector, and take vectors of this store's embedding model from now on."""
        with self._server.told():
            self._collection = None
            self._refuse_another_library(self._existing(self._name))
            for name in (self._name, self._new, self._old):
                self._drop(name)
            self._made(self._name)

    def start_anew(self) -> None:
        """Do the same: what the server can't read is made again."""
        self.reset()

    def _drop(self, name: str) -> None:
        if self._existing(name) is not None:
            self._server.client().delete_collection(name)

    def upsert(self, ids: Sequence[str], vectors: np.ndarray, articles: Sequence[Article]) -> None:
        """Put passages in, `vectors[i]` (float32, unit length) and `articles[i]` belonging to `ids[i]`."""
        known = {id(article): _metadata(article) for article in articles}
        metadata = [
            {name: value for name, value in known[id(article)].items() if value is not None}
            for article in articles
        ]
        for part in self._parts(len(ids)):
            batch = list(ids[part]), vectors[part], metadata[part]
            self._do(lambda collection, batch=batch: collection.upsert(*batch))

    def _parts(self, count: int) -> Iterator[slice]:
        """Yield what goes in one call, at most as much as the server takes."""
        with self._server.told():
            size = min(_MAX_IDS, self._server.client().get_max_batch_size()) if count else 1
        for start in range(0, count, size):
            yield slice(start, start + size)

    def delete(self, ids: Sequence[str]) -> None:
        """Take passages out; ids that aren't in are ignored."""
        for part in self._parts(len(ids)):
            self._do(lambda collection, part=part: collection.delete(ids=list(ids[part])))

    def restore_rows(
        self,
        ids: Sequence[str],
        articles: Sequence[Article],
        like: Expected = NOTHING_EXPECTED,  # noqa: ARG002 - no vector is copied
    ) -> None:
        """Have passages that are in found by what their articles are filed under now; others are ignored."""
        for part in self._parts(len(ids)):
            metadata = [_metadata(article) for article in articles[part]]
            self._do(
                lambda collection, part=part, metadata=metadata: collection.update(
                    list(ids[part]), metadatas=metadata
                )
            )

    # --- a fresh collection in place of one from which much was taken out ---

    @property
    def _new(self) -> str:
        return f"{self._name}-new"

    @property
    def _old(self) -> str:
        return f"{self._name}-old"

    def rebuild(self, passages: Iterable[tuple[Sequence[str], Sequence[Article], Expected]]) -> None:
        """Copy the vectors of these passages into a fresh collection, which then takes the old one's place.

        Left out are those that aren't nearly what they are expected to be. Searches go on meanwhile; nobody
        else may write. Stopped anywhere, either the old collection or the new one is there.
        """
        self._do(lambda collection: collection.count())  # refuses another model's
        with self._server.told():
            self._drop(self._new)
            copy = self._made(self._new)
            for ids, articles, like in passages:
                of = dict(zip(ids, map(_metadata, articles), strict=True))
                for found, vectors in self._vectors(ids, like):
                    told = [{k: v for k, v in of[one].items() if v is not None} for one in found]
                    copy.upsert(found, vectors, told)
            old = self._existing(self._name)
            if old is not None:
                old.modify(name=self._old)
            self._put_in_place(copy)
            self._collection = None
            self._drop(self._old)

    def _put_in_place(self, copy: Collection) -> None:
        """Give a copy the name. Whoever opened it just then has done so already, or has made an empty one."""
        there = self._existing(self._name)
        if there is not None and there.id == copy.id:
            return
        self._drop(self._name)
        copy.modify(name=self._name)

    def _settle(self) -> None:
        """Put back what a rebuilding had moved away when it was stopped, or take away what it left."""
        if self._existing(self._old) is None:
            return
        if self._existing(self._name) is None:
            # Whole: the old one is moved away only when all is copied.
            found = self._existing(self._new) or self._existing(self._old)
            if found is not None:
                found.modify(name=self._name)
        self._drop(self._old)

    def discard_unfinished(self) -> None:
        """Forget what a rebuilding that was stopped has copied."""
        with self._server.told():
            self._settle()
            self._drop(self._new)

    # --- other indexes beside ---

    def begun(self) -> str:
        """Return the mark with which this collection was begun; nothing if it wasn't."""
        with self._server.told():
            found = self._existing(self._name)
            self._refuse_another_library(found)
        return str((found.metadata or {}).get("begun") or "") if found is not None else ""

    def begin(self, mark: str) -> None:
        """Begin an empty collection in place of what is there, with a mark."""
        with self._server.told():
            self._collection = None
            self._refuse_another_library(self._existing(self._name))
            for name in (self._name, self._new, self._old):
                self._drop(name)
            self._made(self._name, mark)

    def discard_but(self, generations: Iterable[int]) -> None:
        """Drop the collections of all indexes of this library but these."""
        kept = {_name_of(self._first, one) for one in generations}
        ours = re.compile(rf"({re.escape(self._first)}(?:-of-\d+)?)(?:-new|-old)?")
        with self._server.told():
            for found in self._server.client().list_collections():
                named = ours.fullmatch(found.name)
                of = (found.metadata or {}).get("library")
                if named and named[1] not in kept and of == self._library:
                    self._server.client().delete_collection(found.name)

    # --- checking ---

    def count(self) -> int:
        """Count the vectors."""
        return self._do(lambda collection: collection.count())

    def _vectors(self, ids: Sequence[str], like: Expected) -> Iterator[tuple[list[str], np.ndarray]]:
        """Yield ids and vectors, some at a time, of those that are in, and nearly as expected."""
        for start in range(0, len(ids), _MAX_IDS):
            some = list(ids[start : start + _MAX_IDS])
            found = self._do(lambda collection, some=some: collection.get(some, include=["embeddings"]))
            if not found["ids"]:
                continue
            kept, vectors = vectors_like(
                found["ids"], np.asarray(found["embeddings"], dtype=np.float32), like
            )
            if kept:
                yield kept, vectors

    def present(self, ids: Sequence[str], like: Expected | None = None) -> set[str]:
        """Return those of these passages that have a vector, nearly what it is expected to be."""
        if like is not None:
            return {passage_id for found, _ in self._vectors(ids, like) for passage_id in found}
        parts = [list(ids[start : start + _MAX_IDS]) for start in range(0, len(ids), _MAX_IDS)]
        return {
            found
            for part in parts
            for found in self._do(lambda collection, part=part: collection.get(part, include=[]))["ids"]
        }

    def ids(self) -> Iterator[str]:
        """Yield every passage that has a vector. Nothing may be put in or taken out meanwhile."""
        for offset in range(0, self.count(), _MAX_IDS):
            yield from self._do(
                lambda collection, offset=offset: collection.get(limit=_MAX_IDS, offset=offset, include=[])
            )["ids"]

    def rows_missing(self) -> bool:
        """Return False: what is searched are the vectors themselves."""
        return False

    def rows_present(self, ids: Sequence[str]) -> set[str]:
        """Return those of these passages that have a vector."""
        return self.present(ids)

    def row_count(self, whole: bool = False) -> int:  # noqa: ARG002 - there are no rows
        """Count the vectors."""
        return self.count()

    def drop_rows(self) -> None:
        """Do nothing: there are no rows."""

    code_rows = sum_rows = drop_rows

    # --- reading ---

    def means(self, articles: Sequence[str]) -> np.ndarray:
        """Return the unit mean of each article's vectors, by id: (n, dimension) float32; zeros for none."""
        sums: dict[str, np.ndarray] = {}
        for start in range(0, len(articles), _MAX_IDS):
            some = list(map(storable, articles[start : start + _MAX_IDS]))
            found = self._do(
                lambda collection, some=some: collection.get(
                    where={"article_id": {"$in": some}}, include=["embeddings", "metadatas"]
                )
            )
            for told, vector in zip(found["metadatas"] or (), found["embeddings"], strict=True):
                name = str(told["article_id"])
                sums[name] = sums[name] + vector if name in sums else np.asarray(vector, dtype=np.float32)
        if not sums:
            return np.zeros((len(articles), 0), dtype=np.float32)
        nothing = np.zeros_like(next(iter(sums.values())))
        return unit(np.stack([sums.get(storable(name), nothing) for name in articles])).astype(np.float32)

    def search(self, vector: np.ndarray, limit: int, filters: Filters | None = None) -> list[Scored]:
        """Return the `limit` passages nearest to `vector` (shape `(dimension,)`), with cosine similarity.

        As the server's graph finds them: nearly always the nearest ones.
        """
        found = [one for where in _wheres(filters) for one in self._nearest(vector, limit, where)]
        return sorted(found, key=lambda scored: -scored.score)[:limit]

    def _nearest(self, vector: np.ndarray, limit: int, where: _Where | None) -> list[Scored]:
        found = self._do(
            lambda collection: collection.query(
                query_embeddings=[vector], n_results=limit, where=where, include=["distances"]
            )
        )
        distances = (found["distances"] or [[]])[0]
        return [Scored(one, 1 - distance) for one, distance in zip(found["ids"][0], distances, strict=True)]


def _name_of(first: str, generation: int) -> str:
    return f"{first}-of-{generation}" if generation else first


def _metadata(article: Article) -> dict[str, str | int | bool | None]:
    """Return what an article's passages can be filtered by."""
    day = day_number(article.published_at)
    names = {"article_id": article.id, "outlet": article.outlet, "language": article.language}
    told = {name: None if value is None else storable(value) for name, value in names.items()}
    return {**told, "day": day, "dated": day is not None}


def _wheres(filters: Filters | None) -> list[_Where | None]:
    """Return the conditions of filters; where many articles are named several, each of which keeps others."""
    if filters is None:
        return [None]
    names: Mapping[str, tuple[str, ...]] = filters.names
    conditions = [
        {name: {"$in": list(map(storable, values))}} for name, values in names.items() if name != "article_id"
    ]
    if filters.day_numbers:
        first, last = filters.day_numbers
        days = {"$and": [{"day": {"$gte": first}}, {"day": {"$lte": last}}]}
        conditions.append({"$or": [days, {"dated": False}]} if filters.undated else days)
    articles = sorted(set(map(storable, names.get("article_id", ()))))
    if not articles:
        return [_all(conditions)]
    return [
        _all([*conditions, {"article_id": {"$in": articles[start : start + _MAX_VALUES]}}])
        for start in range(0, len(articles), _MAX_VALUES)
    ]


def _all(conditions: list[_Where]) -> _Where | None:
    """Return all of these as one; None for none."""
    if len(conditions) < 2:
        return conditions[0] if conditions else None
    return {"$and": conditions}
