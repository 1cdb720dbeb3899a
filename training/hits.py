"""What the product finds for PIAF's questions: hits as windows, their sentences as the ranking rates them.

Knows the product's retrieval; no reader and no model that is trained.
"""

from __future__ import annotations

import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ingest.pipeline.chunking import Chunker
from rag.config import Settings, load_settings
from rag.engine.engine import Engine, open_engine
from rag.library.records import Entry
from rag.query.question_text import QuestionText
from rag.reading.schema import PassageWindow
from rag.retrieval import sentence_selection
from rag.retrieval.retriever import Retrieved
from rag.schema.article import Span
from training.sources import is_kept
from ui.evaluation.questions.dataset import GoldQuestion, Place, read_squad


@dataclass(frozen=True, slots=True)
class Offer:
    """A sentence of a hit: is it gold, by the ranking, and as a window's sentence (hit, number)."""

    gold: bool
    probability: float
    hit: int
    sentence: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, its hits as windows, and their sentences on offer."""

    question: str
    article: str
    answers: tuple[str, ...]
    windows: list[PassageWindow]
    offers: list[Offer]


def gather(data: Path, folder: Path, kept: bool, processes: int = 2) -> list[Asked]:
    """Return what is found for the questions about PIAF's kept articles, or about the others.

    The library of all its articles, and what was found, are in `folder` for the next time.
    """
    file = folder / f"asked-{'kept' if kept else 'others'}.pkl"
    if not file.exists():
        settings = load_settings(environ={"SOURCIER_DATA_DIR": str(folder / "library")})
        corpus = read_squad([data / "piaf-dev.json"])
        parts = open_engine(settings)
        if parts.library.is_empty():
            chunker = Chunker(parts.embedder, settings.chunking)
            parts.indexer.add([Entry(article, tuple(chunker(article))) for article in corpus.articles])
        chosen = {article.id for article in corpus.articles if is_kept(article.title) == kept}
        questions = [one for one in corpus.questions if one.gold[0].article_id in chosen]
        spawning = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(processes, spawning, _open, (settings,)) as pool:
            asked = list(pool.map(partial(_asked, hits=settings.retrieval.hits), questions, chunksize=8))
        file.write_bytes(pickle.dumps(asked))
    return pickle.loads(file.read_bytes())  # written above, by this command


_engine: Engine  # of a process of the pool


def _open(settings: Settings) -> None:
    global _engine
    _engine = open_engine(settings)


def _asked(gold: GoldQuestion, hits: int) -> Asked:
    retrieved = _engine.retriever.retrieve(QuestionText(gold.text, "fr"), hits)
    windows = [
        PassageWindow(
            hit.article.text[hit.start : hit.end],
            tuple(Span(one.start - hit.start, one.end - hit.start) for one in hit.sentences),
        )
        for hit in retrieved.hits
    ]
    return Asked(gold.text, gold.gold[0].article_id, gold.answers, windows, _offers(retrieved, gold))


def _offers(retrieved: Retrieved, gold: GoldQuestion) -> list[Offer]:
    found = sentence_selection.candidates(retrieved, _engine.embedder)
    chances = sentence_selection.probabilities(
        sentence_selection.features(found), sentence_selection.fitted(found)
    )
    places = {}
    for number, hit in enumerate(retrieved.hits):
        for at, span in enumerate(hit.sentences):
            places.setdefault((hit.article.id, span), (number, at))
    return [
        Offer(
            any(Place(one.article.id, one.span.start, one.span.end).holds(place) for place in gold.gold),
            float(chance),
            *places[one.article.id, one.span],
        )
        for one, chance in zip(found, chances, strict=True)
    ]
