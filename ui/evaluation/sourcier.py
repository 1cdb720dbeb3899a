"""Sourcier as one of the systems: where the bench touches retrieval and evidence, and nowhere else.

Questions are put as they are, without any filter: evaluation texts are undated.
"""

from __future__ import annotations

from rag.engine.engine import Engine
from rag.query.question_text import QuestionText
from rag.retrieval import sentence_selection
from rag.retrieval.retriever import Retrieved
from rag.text.language_detection import detect_language
from ui.evaluation.questions.dataset import Place


class SourcierSystem:
    """The configured retrieval over an open library, and the evidence chosen from what it finds."""

    def __init__(self, engine: Engine, depth: int) -> None:
        """Open the system; `depth` is how many passages `rank` gives.

        Evidence comes from as many as are configured.
        """
        self._engine = engine
        self._depth = depth
        self._retriever = engine.retriever
        self._languages = dict.fromkeys(["fr", "en", *engine.library.languages()])

    def _retrieve(self, question: str, limit: int) -> Retrieved:
        language = detect_language(question, among=self._languages) or "fr"
        return self._retriever.retrieve(QuestionText(question, language), limit)

    def rank(self, question: str) -> list[Place]:
        """Return the places of the passages found, best first."""
        hits = self._retrieve(question, self._depth).hits
        return [Place(hit.article.id, hit.start, hit.end) for hit in hits]

    def choose(self, question: str) -> list[Place]:
        """Return the sentences that a chat model would be shown."""
        engine, settings = self._engine, self._engine.settings.answering
        retrieved = self._retrieve(question, engine.settings.retrieval.hits)
        chosen = sentence_selection.select(retrieved, engine.embedder, settings)
        return [Place(item.article.id, item.start, item.end) for item in chosen.offered]
