"""Three systems that anybody has from stock parts: vectors, BM25, and their reciprocal rank fusion.

They share the passages of LangChain's splitter. None uses Sourcier's own splitting, terms or indexes, so
they stand still while those change; only the embedding model is the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import bm25s
import Stemmer
from langchain_chroma import Chroma
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.vectorstores import VectorStoreRetriever
from langchain_text_splitters import RecursiveCharacterTextSplitter

from rag.models.embedder import Embedder
from rag.schema.article import Article
from ui.evaluation.progress import bar
from ui.evaluation.questions.dataset import Place

CHUNK_CHARACTERS = 1_000
OVERLAP_CHARACTERS = 200
# How deep each list is that the fusion reads.
DEPTH = 50
# Of Cormack, Clarke and Büttcher, "Reciprocal rank fusion outperforms Condorcet" (2009).
FUSION_CONSTANT = 60
_BATCH = 256
# ISO 639-1 codes of the languages that bm25s has stop words for.
_STOP_WORDS = frozenset(["da", "de", "en", "es", "fr", "it", "ko", "nl", "no", "pt", "ru", "sv", "tr", "zh"])


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stock passage: where it is, and its text."""

    place: Place
    text: str

    @property
    def id(self) -> str:
        """Return the passage's id: its article and offsets."""
        return f"{self.place.article_id}:{self.place.start}-{self.place.end}"


def split(articles: Sequence[Article]) -> list[Chunk]:
    """Return the passages of LangChain's splitter with the settings of its own tutorials."""
    splitter = RecursiveCharacterTextSplitter(
        chunk_size=CHUNK_CHARACTERS, chunk_overlap=OVERLAP_CHARACTERS, add_start_index=True
    )
    found = splitter.create_documents(
        [article.text for article in articles], [{"article_id": article.id} for article in articles]
    )
    return [Chunk(_place(document), document.page_content) for document in found]


def _place(document: Document) -> Place:
    start = document.metadata["start_index"]
    return Place(document.metadata["article_id"], start, start + len(document.page_content))


class PromptedEmbeddings(Embeddings):
    """Our embedding model as LangChain calls one, with the prompts that the model was trained with."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return the vectors of passages."""
        return self._embedder.embed_passages(texts).tolist()

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question."""
        return self._embedder.embed_queries([text])[0].tolist()


class Dense:
    """LangChain's Chroma retriever as it comes. Its collection is kept in `folder`."""

    def __init__(self, chunks: Sequence[Chunk], embedder: Embedder, folder: Path, language: str) -> None:
        store = Chroma(embedding_function=PromptedEmbeddings(embedder), persist_directory=str(folder))
        known = set(store.get(include=[])["ids"])
        if not known <= {chunk.id for chunk in chunks}:  # another version of the splitter made them
            store.reset_collection()
            known = set()
        missing = [chunk for chunk in chunks if chunk.id not in known]
        with bar("eval_stock", language, len(missing)) as progress:
            for start in range(0, len(missing), _BATCH):
                batch = missing[start : start + _BATCH]
                store.add_documents([_document(chunk) for chunk in batch], ids=[chunk.id for chunk in batch])
                progress.update(len(batch))
        self._store = store
        self._ranking = self.retriever(DEPTH)

    def retriever(self, depth: int) -> VectorStoreRetriever:
        """Return what finds the `depth` nearest chunks of a question, as LangChain's documents."""
        return self._store.as_retriever(search_kwargs={"k": depth})

    def rank(self, question: str) -> list[Place]:
        """Return the places of the passages found, best first."""
        return [_place(document) for document in self._ranking.invoke(question)]


def _document(chunk: Chunk) -> Document:
    return Document(
        chunk.text, metadata={"article_id": chunk.place.article_id, "start_index": chunk.place.start}
    )


class Bm25:
    """bm25s with its own tokenizer and defaults, and the stop words and stems of the articles' language."""

    def __init__(self, chunks: Sequence[Chunk], language: str) -> None:
        self._places = [chunk.place for chunk in chunks]
        self._stop_words = language if language in _STOP_WORDS else []
        self._stemmer = _stemmer(language)
        self._index = bm25s.BM25()
        self._index.index(self._tokens([chunk.text for chunk in chunks]), show_progress=False)

    def _tokens(self, texts: list[str]) -> list[list[str]]:
        return bm25s.tokenize(
            texts, stopwords=self._stop_words, stemmer=self._stemmer, return_ids=False, show_progress=False
        )

    def rank(self, question: str) -> list[Place]:
        """Return passages that share a word with the question, best first."""
        depth = min(DEPTH, len(self._places))
        found = self._index.retrieve(self._tokens([question]), k=depth, show_progress=False)
        pairs = zip(found.documents[0], found.scores[0], strict=True)
        return [self._places[number] for number, score in pairs if score > 0]


def _stemmer(language: str) -> Stemmer.Stemmer | None:
    try:
        return Stemmer.Stemmer(language)  # Snowball's algorithms have these codes for names too
    except KeyError:
        return None


def fuse(lists: Sequence[Sequence[Place]]) -> list[Place]:
    """Places by the sum of 1 / (60 + rank) over the lists, best first; ties in the order first seen."""
    total: dict[Place, float] = {}
    for ranked in lists:
        for rank, place in enumerate(ranked, start=1):
            total[place] = total.get(place, 0.0) + 1 / (FUSION_CONSTANT + rank)
    return sorted(total, key=lambda place: -total[place])


def main_language(articles: Sequence[Article]) -> str:
    """Return the language that most articles are in; `` when none has one."""
    counted = Counter(article.language for article in articles if article.language)
    return counted.most_common(1)[0][0] if counted else ""
