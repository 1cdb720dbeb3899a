"""What a library's Chroma folder holds, as any program that reads Chroma finds it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import chromadb
from chromadb.config import Settings as ChromaSettings

from rag.index.vector_store import COLLECTION


def vectors_in(data: Path) -> dict[str, list[float]]:
    """Passage id → vector, of the library in a data folder; none where nothing was stored yet.

    Nobody else may have the folder open.
    """
    quiet = ChromaSettings(anonymized_telemetry=False)
    with closing(chromadb.PersistentClient(str(data / "vectors" / "chroma"), quiet)) as client:
        if COLLECTION not in [collection.name for collection in client.list_collections()]:
            return {}
        collection = client.get_collection(COLLECTION, embedding_function=None)
        found = collection.get(include=["embeddings"])
    return dict(zip(found["ids"], map(list, found["embeddings"]), strict=True))
