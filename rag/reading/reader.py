"""The trained reader: reads a question beside each passage, and says where the answer stands, if it does.

Its words are always the passage's own. Knows no article, no index and no ranking.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from rag.config import OPENAI, SERVED, ReaderSettings
from rag.errors import ConfigError
from rag.model_servers.client import ServerClient
from rag.models.bundled import embedding_folder, vocabulary_folder
from rag.models.unigram_tokenizer import Encoded, UnigramTokenizer
from rag.reading.network import Network, PairLogits, TokenPair
from rag.reading.schema import AnswerSpan, PassageReader, PassageWindow, Reading, SentenceReading
from rag.reading.served import ServerReader
from rag.reading.spans import TokenScores, apart, best_spans, token_ranges
from rag.reading.weights import BUNDLED, load_weights

_QUESTION_TOKENS = 64  # what it was trained with; the rest of a longer question isn't read
# Longer passages are read in parts. The encoder takes 512, but was never trained on as many.
_PASSAGE_TOKENS = 320
_ANSWERS = 5
_SPANS_OF_SENTENCE = 3
_ADDRESS = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True)
class _Part:
    """Sentences of the window with number `window` that are read at once, and their ranges of tokens."""

    window: int
    numbers: list[int]
    ranges: list[tuple[int, int]]

    @property
    def first(self) -> int:
        return self.ranges[0][0]

    @property
    def last(self) -> int:
        return self.ranges[-1][1]


class Reader:
    """Reads passages for answers; may be used by several threads. Loads nothing before it first reads."""

    def __init__(self, folder: Path = BUNDLED) -> None:
        """`folder` holds the weights."""
        self._folder = folder
        self._lock = threading.Lock()
        self._loaded: tuple[UnigramTokenizer, Network] | None = None

    def load(self) -> None:
        """Load what reading needs, if it isn't yet.

        Raises:
            ModelError: The bundled weights or the bundled encoder are missing or damaged.
            ConfigError: The folder that the settings name holds no weights, or damaged ones.
        """
        with self._lock:
            if self._loaded is None:
                self._weights = load_weights(self._folder, embedding_folder())
                self._loaded = (UnigramTokenizer(vocabulary_folder()), Network(self._weights))

    def read(self, question: str, passages: Sequence[PassageWindow]) -> list[Reading]:
        """Return what each passage says to the question, in the order given.

        A passage over 320 tokens is read in parts of whole sentences.

        Raises:
            ModelError, ConfigError: As `load` does.
        """
        self.load()
        tokenizer, network = self._loaded
        asked, *encoded = tokenizer.encode([question, *(one.text for one in passages)])
        parts = [
            part
            for number, (window, tokens) in enumerate(zip(passages, encoded, strict=True))
            for part in _parts(number, window, tokens)
        ]
        pairs = [
            TokenPair(asked.ids[:_QUESTION_TOKENS], encoded[part.window].ids[part.first : part.last])
            for part in parts
        ]
        logits = network.read(pairs)
        return [
            self._reading(
                window, tokens, [pair for pair in zip(parts, logits, strict=True) if pair[0].window == number]
            )
            for number, (window, tokens) in enumerate(zip(passages, encoded, strict=True))
        ]

    def _reading(
        self, window: PassageWindow, tokens: Encoded, read: Sequence[tuple[_Part, PairLogits]]
    ) -> Reading:
        about = self._weights.about
        answers: list[AnswerSpan] = []
        sentences = {n: SentenceReading(span, 0.0, None) for n, span in enumerate(window.sentences)}
        answerable = -np.inf
        for part, logits in read:
            answerable = max(answerable, logits.answerable)
            starts, ends = _log_shares(logits.starts), _log_shares(logits.ends)
            for number, (low, high) in zip(part.numbers, part.ranges, strict=True):
                own = slice(low - part.first, high - part.first)
                span = window.sentences[number]
                scores = TokenScores(tokens.spans[low:high], starts[own], ends[own])
                found = best_spans(window.text, span, scores, _SPANS_OF_SENTENCE)
                logit = float(logits.sentence[own].mean())
                chance = _sigmoid((logit + about.sentence_bias) / about.sentence_temperature)
                # A sentence that is likelier to answer is likelier to hold the span, and parts of
                # one passage are weighed by their own being answerable.
                weight = _log_sigmoid(logit) + (_log_sigmoid(logits.answerable) if len(read) > 1 else 0.0)
                found = [AnswerSpan(one.start, one.end, one.score + weight) for one in found]
                answers += found
                sentences[number] = SentenceReading(span, chance, found[0] if found else None)
        chance = _sigmoid((answerable + about.answerable_bias) / about.answerable_temperature)
        return Reading(chance, apart(answers, _ANSWERS), tuple(sentences.values()))


def load_reader(settings: ReaderSettings) -> PassageReader | None:
    """Return the reader that the settings name: `bundled`, `none`, a folder with weights, or a server's.

    A server isn't asked anything yet.

    Raises:
        ConfigError: `reader.model` is none of these.
    """
    if settings.model == "none":
        return None
    if settings.model == "bundled":
        return _bundled()
    if settings.model.startswith(SERVED):
        return _served(settings)
    folder = Path(settings.model).expanduser()
    if not folder.is_dir():
        raise ConfigError(
            f"reader.model: {settings.model} is neither bundled, none, openai:name, nor a folder.",
            f"reader.model : {settings.model} n'est ni bundled, ni none, ni openai:nom, ni un dossier.",
        )
    return Reader(folder)


def _served(settings: ReaderSettings) -> PassageReader:
    base_url = settings.base_url or OPENAI
    if not settings.served or not _ADDRESS.fullmatch(base_url):
        raise ConfigError(
            "reader.model: openai: is followed by the name of a model, and reader.base_url is the address of"
            " its server, such as http://127.0.0.1:8000/v1.",
            "reader.model : openai: est suivi du nom d'un modèle, et reader.base_url est l'adresse de son"
            " serveur, comme http://127.0.0.1:8000/v1.",
        )
    return ServerReader(ServerClient(base_url, settings), settings.served, _bundled())


@cache
def _bundled() -> Reader:
    """Return the one reader that all chains of this process share: its weights take a hundred megabytes."""
    return Reader()


def _parts(number: int, window: PassageWindow, tokens: Encoded) -> Iterator[_Part]:
    """Yield the passage's sentences in groups of at most `_PASSAGE_TOKENS`.

    Of a sentence longer than that the rest isn't read; one without tokens isn't either.
    """
    numbers: list[int] = []
    ranges: list[tuple[int, int]] = []
    for sentence, (low, high) in enumerate(token_ranges(tokens.spans, window.sentences)):
        if low == high:
            continue
        high = min(high, low + _PASSAGE_TOKENS)
        if numbers and high - ranges[0][0] > _PASSAGE_TOKENS:
            yield _Part(number, numbers, ranges)
            numbers, ranges = [], []
        numbers.append(sentence)
        ranges.append((low, high))
    if numbers:
        yield _Part(number, numbers, ranges)


def _log_shares(logits: np.ndarray) -> np.ndarray:
    highest = logits.max()
    return logits - highest - np.log(np.exp(logits - highest).sum())


def _sigmoid(logit: float) -> float:
    return float(np.exp(_log_sigmoid(logit)))


def _log_sigmoid(logit: float) -> float:
    return float(-np.logaddexp(0.0, -logit))
