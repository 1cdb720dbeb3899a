"""Any number of made-up articles that look like news to an index: what the scale benchmark searches.

Sentences are those of the example articles with their content words exchanged: half for words of the
article's own topic, half for words drawn by Zipf's law from the examples' vocabulary, which invented words
continue (a news archive's vocabulary never stops growing). One article in ten is English. The first
10,000 passages have the bundled model's own vectors; the others have copies of those, moved by noise.
The same seed always gives the same articles and vectors.
"""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from ingest.converters.registry import read_article
from ingest.pipeline.chunking import chunk
from rag.index.encoding import head, sketches
from rag.index.multivector import FORMAT, PassageVectors, pack, unpack
from rag.library.records import Entry, Source
from rag.models.bundled import cache_folder
from rag.models.embedder import Embedder
from rag.schema.article import Article, Passage, Span
from rag.text.sentences import split_sentences
from rag.text.stop_words import stop_words

log = logging.getLogger(__name__)

EXAMPLES = Path(__file__).parent.parent / "examples" / "articles"
SEED = 20260105
REAL = 10_000
FIRST_DAY = date(2016, 1, 1)
DAYS = 3_650
OUTLETS = 40
QUESTIONS = 300
_VOCABULARY = 200_000
_TOPIC_WORDS = 40
_UNDATED = 0.01
_ENGLISH = 0.1
# A copy's cosine with its original is about .96; two vectors of this model have .8 on average.
_NOISE = 0.3


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    language: str


class Language:
    """Sentence patterns and words of one language's example articles."""

    def __init__(self, code: str, rng: np.random.Generator) -> None:
        self.code = code
        stop = stop_words(code)
        texts = [a.text for a in _examples() if a.language == code]
        sentences = [
            text[span.start : span.end].split() for text in texts for span in split_sentences(text, code)
        ]
        sentences = [words for words in sentences if 6 <= len(words) <= 40]
        # A pattern: closed-class words as they stand, None where a content word goes.
        self.patterns = [[w if w.lower() in stop else None for w in words] for words in sentences]
        counts = Counter(w.strip("«».,;:!?()\"'") for words in sentences for w in words)
        real = [w for w, _ in counts.most_common() if w.isalpha() and w.lower() not in stop and len(w) > 2]
        self.words = real + _invented(real, _VOCABULARY - len(real), rng)
        weights = 1.0 / (np.arange(len(self.words)) + 2.7) ** 1.05
        self._cumulated = np.cumsum(weights / weights.sum())

    def draw(self, count: int, rng: np.random.Generator) -> list[str]:
        found = np.searchsorted(self._cumulated, rng.random(count)).clip(max=len(self.words) - 1)
        return [self.words[i] for i in found]

    def sentence(self, topic: Sequence[str], rng: np.random.Generator) -> str:
        pattern = self.patterns[rng.integers(len(self.patterns))]
        free = self.draw(len(pattern), rng)
        own = rng.integers(0, 2 * len(topic), len(pattern))
        words = [
            word or (topic[own[i]] if own[i] < len(topic) else free[i]) for i, word in enumerate(pattern)
        ]
        return words[0].capitalize() + " " + " ".join(words[1:]) + "."


def _examples() -> list[Article]:
    return [read_article(file.read_bytes(), file.name) for file in sorted(EXAMPLES.iterdir())]


def _invented(real: Sequence[str], count: int, rng: np.random.Generator) -> list[str]:
    """The beginning of one word and the end of another, as names and rare words look."""
    first, second = rng.integers(len(real), size=(2, count))
    cut = rng.integers(2, 6, size=(2, count))
    return [real[a][:i] + real[b][-j:] for a, b, i, j in zip(first, second, cut[0], cut[1], strict=True)]


class Articles:
    """Articles with their passages, in order; the same each time that they are asked for."""

    def __init__(self) -> None:
        rng = np.random.default_rng(SEED)
        self._languages = {code: Language(code, rng) for code in ("fr", "en")}
        self._outlets = np.cumsum(share := 1.0 / np.arange(1, OUTLETS + 1)) / share.sum()

    def entries(self) -> Iterator[Entry]:
        """Articles without end."""
        number = 0
        while True:
            yield self._entry(number)
            number += 1

    def _entry(self, number: int) -> Entry:
        rng = np.random.default_rng((SEED, number))
        language = self._languages["en" if rng.random() < _ENGLISH else "fr"]
        topic = [language.words[i] for i in rng.integers(len(language.words), size=_TOPIC_WORDS // 4)]
        topic += language.draw(_TOPIC_WORDS - len(topic), rng)
        groups = [
            [language.sentence(topic, rng) for _ in range(rng.integers(3, 6))]
            for _ in range(1 + rng.poisson(4))
        ]
        text = "\n".join(" ".join(sentences) for sentences in groups)
        key = hashlib.sha256(str(number).encode()).hexdigest()
        article = Article(
            id=key[:16],
            text=text,
            title=" ".join(topic[:6]).capitalize(),
            source=f"https://articles.example/{number}",
            content_hash=key,
            outlet=f"Journal {np.searchsorted(self._outlets, rng.random())}",
            language=language.code,
            published_at=_day(rng),
        )
        source = Source(article.source, article.source, key, article.id)
        return Entry(article, tuple(_passages(article, groups)), source)


class Corpus(Articles):
    """Articles with their passages and vectors, as much alike each time."""

    def __init__(self, embedder: Embedder) -> None:
        super().__init__()
        self._real, self._real_language = self._embedded(embedder)

    def _embedded(self, embedder: Embedder) -> tuple[np.ndarray, np.ndarray]:
        """The model's own vectors of the first passages, kept in the user's cache; and their languages."""
        pairs = []
        for entry in self.entries():
            pairs += [(entry.article, passage) for passage in entry.passages]
            if len(pairs) >= REAL:
                break
        pairs = pairs[:REAL]
        vectors = _cached(embedder.name, [_read(*p) for p in pairs], embedder.embed_passages)
        return vectors, np.array([article.language for article, _ in pairs])

    def vectors(self, first: int, languages: Sequence[str]) -> np.ndarray:
        """Unit vectors (float32) of the passages from number `first` on, given their languages."""
        rng = np.random.default_rng((SEED, REAL, first))
        found = np.empty((len(languages), self._real.shape[1]), dtype=np.float32)
        copies = max(0, min(len(languages), REAL - first))
        found[:copies] = self._real[first : first + copies]
        for code in self._languages:
            rows = copies + np.flatnonzero(np.array(languages[copies:]) == code)
            of = rng.choice(np.flatnonzero(self._real_language == code), size=len(rows))
            noise = rng.standard_normal((len(rows), found.shape[1]), dtype=np.float32)
            found[rows] = self._real[of] + _NOISE * noise / np.sqrt(found.shape[1])
        return found / np.linalg.norm(found, axis=1, keepdims=True)

    def questions(self, embedder: Embedder) -> tuple[list[Question], np.ndarray]:
        """Questions in the words of articles, nine in ten French, and their vectors."""
        rng = np.random.default_rng((SEED, 1, 1))
        asked = []
        for number in rng.integers(1_500, size=QUESTIONS):
            article = self._entry(int(number)).article
            words = article.text.split("\n")[0].split(". ")[0].split()[:14]
            asked.append(Question(" ".join(words) + " ?", article.language))
        return asked, _cached(embedder.name, [q.text for q in asked], embedder.embed_queries)


def pool(embedder: Embedder | None = None) -> list[PassageVectors]:
    """Real sketches, of the example articles: what made-up passages are given. `embedder` makes them once."""
    file = cache_folder() / "benchmark" / f"sketches-{FORMAT}"
    if embedder is not None and not file.exists():
        made = [
            pack(sketch)
            for article in _examples()
            for sketch in sketches(
                [(article, p) for p in chunk(article, embedder.count_tokens, 320, 0)], embedder
            )
        ]
        file.write_bytes(b"".join(len(data).to_bytes(4, "little") + data for data in made))
    data, found, at = file.read_bytes(), [], 0
    while at < len(data):
        end = at + 4 + int.from_bytes(data[at : at + 4], "little")
        found.append(unpack(data[at + 4 : end]))
        at = end
    return found


def _read(article: Article, passage: Passage) -> str:
    return head(article) + article.text[passage.start : passage.end]


def _day(rng: np.random.Generator) -> str | None:
    day, undated = rng.integers(DAYS), rng.random() < _UNDATED
    return None if undated else (FIRST_DAY + timedelta(days=int(day))).isoformat()


def _passages(article: Article, groups: Sequence[Sequence[str]]) -> Iterator[Passage]:
    start = 0
    for ordinal, sentences in enumerate(groups):
        spans = []
        for sentence in sentences:
            spans.append(Span(start, start + len(sentence)))
            start += len(sentence) + 1
        name = f"{article.id}:{article.content_hash[:12]}:{ordinal:04d}"
        yield Passage(name, article.id, spans[0].start, spans[-1].end, tuple(spans))


def _cached(model: str, texts: Sequence[str], embed) -> np.ndarray:
    """What `embed` gives, kept in the user's cache by a hash of the model's name and the texts."""
    digest = hashlib.sha256("\0".join((model, *texts)).encode()).hexdigest()[:16]
    file = cache_folder() / "benchmark" / f"{digest}.npy"
    if not file.exists():
        log.info("embedding %d texts, once", len(texts))
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".part")
        with unfinished.open("wb") as out:
            np.save(out, embed(texts))
        unfinished.rename(file)
    return np.load(file)
