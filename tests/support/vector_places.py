"""Where vectors may be kept, by one word each: a folder's path, or `http://host:port#collection`."""

from __future__ import annotations

from pathlib import Path

from rag.index.shared.chroma_server import ChromaServer
from rag.index.shared.server_vectors import ServerVectorStore
from rag.index.stores import VectorIndex
from rag.index.vector_store import VectorStore


def open_vectors(place: str, embedding: str = "model") -> VectorIndex:
    url, _, collection = place.partition("#")
    if collection:
        return ServerVectorStore(ChromaServer(url), collection, embedding)
    return VectorStore(Path(place), embedding)
