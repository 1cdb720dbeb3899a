"""A folder of vectors: its rows, what is written down beside Chroma, and what a damage is told by."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import chromadb
import numpy as np
import pytest
from chromadb.config import Settings as ChromaSettings

from rag.errors import LibraryError
from rag.index.vector_store import VectorStore
from rag.schema.article import Article
from rag.schema.hit import Scored
from rag.schema.question import Filters

AXES = np.eye(4, dtype=np.float32)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[VectorStore]:
    opened = VectorStore(tmp_path / "vectors", "model")
    yield opened
    opened.close()


@pytest.fixture
def article(make_article: Callable[..., Article]) -> Article:
    return make_article("Le pont rouvre.")


def ids(found: list[Scored]) -> list[str]:
    return [scored.passage_id for scored in found]


def everything(store: VectorStore, filters: Filters | None = None) -> set[str]:
    return set(ids(store.search(AXES[0], 1_000, filters)))


# --- rows that are missing ---


@pytest.fixture
def dated(store: VectorStore, make_article: Callable[..., Article]) -> VectorStore:
    articles = [
        make_article("Un.", "a1", outlet="Phare"),
        make_article("Deux.", "a2", outlet="Phare"),
        make_article("Trois.", "a3", outlet="Écho"),
        make_article("Quatre.", "a4"),
    ]
    store.upsert(["p1", "p2", "p3", "p4"], AXES, articles)
    return store


def test_rows_that_were_deleted_are_made_anew(tmp_path: Path, dated: VectorStore, make_article):
    assert not dated.rows_missing()
    dated.close()
    shutil.rmtree(tmp_path / "vectors" / "rows")
    assert dated.rows_missing()
    articles = [make_article("Un.", "a1", outlet="Phare"), make_article("Deux.", "a2", outlet="Phare")]
    dated.restore_rows(["p1", "p2", "unknown"], [*articles, articles[0]])
    assert everything(dated, Filters(outlets=("Phare",))) == {"p1", "p2"}
    assert dated.rows_missing()
    dated.restore_rows(["p3", "p4"], articles)
    assert not dated.rows_missing()
    assert everything(dated) == {"p1", "p2", "p3", "p4"}
    assert dated.search(AXES[2], 1, Filters(article_ids=("a1",))) == [Scored("p3", pytest.approx(1.0))]


def test_rows_are_made_anew_from_what_earlier_versions_wrote(tmp_path: Path, make_article):
    """They had Chroma's metadata, and no rows."""
    client = chromadb.PersistentClient(
        str(tmp_path / "vectors" / "chroma"), ChromaSettings(anonymized_telemetry=False)
    )
    collection = client.create_collection(
        "passages",
        embedding_function=None,
        configuration={"hnsw": {"space": "cosine"}},
        metadata={"embedding": "model"},
    )
    metadata = {"article_id": "a1", "outlet": "Phare", "language": "fr", "day": 739000, "dated": True}
    collection.upsert(ids=["p1", "p2"], embeddings=AXES[:2], metadatas=[metadata] * 2)
    client.close()
    store = VectorStore(tmp_path / "vectors", "model")
    assert store.rows_missing()
    store.restore_rows(["p1", "p2"], [make_article("Un.", outlet="Phare")] * 2)
    assert everything(store, Filters(outlets=("Phare",))) == {"p1", "p2"}
    store.close()


# --- one model, several threads and processes ---


def test_a_damaged_folder_is_named_with_what_to_do(tmp_path: Path):
    folder = tmp_path / "vectors" / "chroma"
    folder.mkdir(parents=True)
    (folder / "chroma.sqlite3").write_bytes(b"no database" * 1_000)
    with pytest.raises(LibraryError) as refused:
        VectorStore(tmp_path / "vectors", "model").count()
    assert str(refused.value).startswith(f"{folder}: the vectors can't be read (")
    assert str(refused.value).endswith("); run `sourcier doctor`, which makes them anew.")


# --- Chroma is opened when it is needed ---

SEARCH = """
import sys
from pathlib import Path
import numpy as np
from rag.index.vector_store import VectorStore

store = VectorStore(Path(sys.argv[1]), "model")
found = store.search(np.eye(4, dtype=np.float32)[0], 5)
print(store.is_foreign(), store.rows_missing(), *(scored.passage_id for scored in found))
print("chromadb" in sys.modules)
print(store.count(), "chromadb" in sys.modules)
"""


def searched(folder: Path) -> list[str]:
    """What another process finds, and whether it opened Chroma for it."""
    done = subprocess.run(
        [sys.executable, "-c", SEARCH, str(folder)], capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


def test_a_search_does_without_chroma_once_a_writer_has_closed(
    tmp_path: Path, store: VectorStore, article: Article
):
    store.upsert(["a"], AXES[:1], [article])
    store.close()
    assert searched(tmp_path / "vectors") == ["False False a", "False", "1 True"]


def test_what_a_writer_left_open_is_asked_of_chroma_once(
    tmp_path: Path, store: VectorStore, article: Article
):
    """A writer that was killed wrote no summary: what the last one says is of before."""
    store.upsert(["a"], AXES[:1], [article])
    store.close()
    store.upsert(["b"], AXES[1:2], [article])
    assert searched(tmp_path / "vectors") == ["False False a b", "True", "2 True"]
    assert searched(tmp_path / "vectors") == ["False False a b", "False", "2 True"]


@pytest.mark.parametrize("damage", ["", "{", "[]", "{}", '{"stamp": "other", "embedding": "x", "count": 0}'])
def test_a_summary_that_says_nothing_is_made_anew(
    tmp_path: Path, store: VectorStore, article: Article, damage: str
):
    store.upsert(["a"], AXES[:1], [article])
    store.close()
    (tmp_path / "vectors" / "summary").write_text(damage)
    assert searched(tmp_path / "vectors") == ["False False a", "True", "1 True"]
    assert searched(tmp_path / "vectors") == ["False False a", "False", "1 True"]


def test_vectors_that_were_taken_away_are_seen(tmp_path: Path, store: VectorStore, article: Article):
    store.upsert(["a"], AXES[:1], [article])
    store.close()
    shutil.rmtree(tmp_path / "vectors" / "chroma")
    assert store.rows_missing()
    assert store.count() == 0


def test_rows_that_were_deleted_are_missed_without_chroma(
    tmp_path: Path, store: VectorStore, article: Article
):
    store.upsert(["a"], AXES[:1], [article])
    store.close()
    shutil.rmtree(tmp_path / "vectors" / "rows")
    assert searched(tmp_path / "vectors")[:2] == ["False True", "False"]
    store.restore_rows(["a"], [article])
    store.close()
    assert searched(tmp_path / "vectors")[:2] == ["False False a", "False"]


def test_vectors_of_another_model_are_refused_without_chroma_too(
    tmp_path: Path, store: VectorStore, article: Article
):
    store.upsert(["a"], AXES[:1], [article])
    store.close()
    other = VectorStore(tmp_path / "vectors", "another")
    with pytest.raises(LibraryError, match="made by model, not another"):
        other.search(AXES[0], 1)
    with pytest.raises(LibraryError, match="made by model, not another"):
        other.count()
    other.reset()
    other.upsert(["b"], AXES[:1], [article])
    other.close()
    assert store.is_foreign()
    with pytest.raises(LibraryError, match="made by another, not model"):
        store.search(AXES[0], 1)


def test_a_summary_that_cannot_be_written_is_no_reason_not_to_answer(
    tmp_path: Path, store: VectorStore, article: Article
):
    store.upsert(["a"], AXES[:1], [article])
    (tmp_path / "vectors" / "summary").mkdir()  # opening it for writing is an error of the system
    store.close()
    assert everything(store) == {"a"}
    store.close()
