"""Examples → token ids, sentence ranges, passages without the answer; made once and kept in one file.

Knows texts and the encoder's tokenizer; no model.
"""

from __future__ import annotations

import pickle
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import Pool
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from rag.models.bundled import embedding_folder
from rag.schema.article import Span
from rag.text.sentences import split_sentences
from training.sources import Example, is_kept, read_all
from training.synthesis import (
    NameSwapper,
    counted_noun,
    french_questions,
    measure_swapped,
    quotation_passage,
    roughened,
)

_NEGATIVES = 5
_QUOTATION_PASSAGES = 1500
# One paragraph of the other sets in this many is kept for the figures on the way.
_HELD_SHARE = 40


@dataclass(slots=True)
class Context:
    """A text, its tokens (n,), their characters (n, 2), its sentences as token ranges and as characters."""

    text: str
    language: str
    ids: np.ndarray
    offsets: np.ndarray
    ranges: list[tuple[int, int]]
    spans: list[tuple[int, int]]


@dataclass(slots=True)
class Item:
    """A question about `contexts[context]`: first and last token of the answer, -1 where it has none.

    `gold` are the sentences of the answer; `roughs` and `swaps` are the question retyped in haste, and asking
    for something that the context doesn't give (kind, tokens). `negatives` are contexts that lack the answer.
    """

    question: str
    ids: list[int]
    context: int
    first: int
    last: int
    gold: tuple[int, ...]
    answer: str
    language: str
    source: str
    article: str
    key: str
    held: str
    roughs: list[list[int]] = field(default_factory=list)
    swaps: list[tuple[str, list[int], str]] = field(default_factory=list)
    negatives: list[int] = field(default_factory=list)
    siblings: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Corpus:
    """All items and contexts. `held` of an item is "" (trained on), "gate" or "held"."""

    items: list[Item]
    contexts: list[Context]


def prepare(data: Path, file: Path, seed: int = 1, processes: int = 2) -> Corpus:
    """Read every set, make the questions that are made, and write the result to `file`."""
    examples = read_all(data)
    with Pool(processes) as pool:
        languages = {one.context: one.language for one in examples}
        texts = list(languages)
        cut = pool.map(_sentences, [(text, languages[text]) for text in texts], chunksize=64)
        sentences = dict(zip(texts, cut, strict=True))
        french = [one for one in _by_context(examples) if one.language == "fr" and not _gated(one)]
        work = [(one.context, sentences[one.context], seed + n) for n, one in enumerate(french)]
        for one, made in zip(french, pool.map(_french, work, chunksize=8), strict=True):
            examples += [
                Example(
                    m.question,
                    one.context,
                    m.start,
                    m.end,
                    "fr",
                    "made-fr",
                    one.article,
                    f"made:{n}:{hash_of(m.question)}",
                    one.paragraph,
                )
                for n, m in enumerate(made)
            ]
        quoted = _quotations(french, sentences, random.Random(seed))
        for text, spans in zip(
            {one.context: 0 for one in quoted},
            pool.map(_sentences, [(one, "fr") for one in {one.context: 0 for one in quoted}], chunksize=64),
            strict=True,
        ):
            sentences[text] = spans
        examples += quoted
        swaps = _swaps(examples, pool, seed)
    corpus = _tokenized(examples, sentences, swaps, seed)
    _add_negatives(corpus)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(pickle.dumps(corpus, protocol=5))
    return corpus


def load(file: Path) -> Corpus:
    """Return what `prepare` wrote."""
    return pickle.loads(file.read_bytes())  # our own file, made by the same command


def hash_of(text: str) -> str:
    """Return eight digits that name a text, the same in every process."""
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _gated(one: Example) -> bool:
    return one.source == "piaf" and is_kept(one.article)


def _by_context(examples: Iterable[Example]) -> list[Example]:
    return list({one.context: one for one in examples}.values())


def _sentences(asked: tuple[str, str]) -> list[Span]:
    text, language = asked
    return split_sentences(text, language) or [Span(0, len(text))]


def _french(asked: tuple[str, list[Span], int]) -> list:
    text, spans, seed = asked
    return french_questions(text, spans, random.Random(seed))


_WORD = re.compile(r"\b(?:(?:la|le|les) |l['’])[^\W\d_]{5,}")


def _quotations(
    french: Sequence[Example], sentences: dict[str, list[Span]], rng: random.Random
) -> list[Example]:
    made = []
    pool = [
        one.context[span.start : span.end]
        for one in french
        for span in sentences[one.context]
        if 8 <= len(one.context[span.start : span.end].split()) <= 28
        and "«" not in one.context[span.start : span.end]
    ]
    for number in range(_QUOTATION_PASSAGES):
        said = rng.sample(pool, rng.randrange(2, 5))
        subjects = [next(iter(_WORD.findall(one[3:])), "") for one in said]
        passage = quotation_passage(said, subjects, rng)
        if passage:
            made.append(
                Example(
                    passage.question,
                    passage.text,
                    passage.start,
                    passage.end,
                    "fr",
                    "made-quotes",
                    f"quotes {number}",
                    f"quotes:{number}",
                    f"quotes:{number}",
                )
            )
    return made


def _swaps(examples: Sequence[Example], pool: object, seed: int) -> dict[int, list[tuple[str, str]]]:
    """Return, by the example's number, questions that its context doesn't answer, with their kind."""
    wanted = (
        "piaf",
        "afriqa-fr",
        "made-fr",
        "squad-en",
        "afriqa-en",
        "xquad",
        "squad-es",
        "squad-it",
        "norquad-news",
        "qed",
        "faquad",
    )
    chosen = [n for n, one in enumerate(examples) if one.source in wanted and one.start >= 0]
    counted = sorted(
        {
            noun
            for one in examples
            if one.source in ("piaf", "afriqa-fr")
            and not _gated(one)
            and (noun := counted_noun(one.question))
        }
    )
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    by_language = defaultdict(list)
    for n in chosen:
        by_language[examples[n].language].append(n)
    parts = []
    for language, numbers in by_language.items():
        # A gate's question never lends its names to what is trained on.
        for gated in (False, True):
            lending = [
                (examples[n].question, language, examples[n].article)
                for n in numbers
                if gated or not _gated(examples[n])
            ]
            asked = [(n, examples[n]) for n in numbers if _gated(examples[n]) == gated]
            half = len(asked) // 2
            parts += [(lending, part, counted, seed) for part in (asked[:half], asked[half:]) if part]
    for made in pool.map(_swapped, parts, chunksize=1):
        for n, kind, question in made:
            found[n].append((kind, question))
    return found


def _swapped(part: tuple) -> list[tuple[int, str, str]]:
    lending, asked, counted, seed = part
    swapper = NameSwapper()
    for question, language, article in lending:
        swapper.add(question, language, article)
    made = []
    for n, one in asked:
        rng = random.Random(seed * 1_000_003 + n)
        for _ in range(2):
            if other := swapper.swapped(one.question, one.language, one.article, one.context, rng):
                made.append((n, "name", other))
        if one.language == "fr" and (other := measure_swapped(one.question, one.context, counted, rng)):
            made.append((n, "measure", other))
    return made


def _tokenized(
    examples: Sequence[Example], sentences: dict[str, list[Span]], swaps: dict, seed: int
) -> Corpus:
    encode = encoder()
    numbers: dict[str, int] = {}
    contexts = []
    languages = {one.context: one.language for one in examples}
    texts = list(languages)
    for text, (ids, offsets) in zip(texts, encode(texts), strict=True):
        made = context_of(text, languages[text], ids, offsets, sentences[text])
        if made.ranges:
            numbers[text] = len(contexts)
            contexts.append(made)
    asked = [one.question for one in examples]
    rng = random.Random(seed)
    rough = [roughened(one, rng) for one in asked]
    questions, roughs = encode(asked), encode(rough)
    swapped = [(n, kind, question) for n, made in sorted(swaps.items()) for kind, question in made]
    swap_ids: dict[int, list] = defaultdict(list)
    for (n, kind, question), (ids, _) in zip(
        swapped, encode([question for _, _, question in swapped]), strict=True
    ):
        swap_ids[n].append((kind, ids.tolist(), question))
    items = []
    for n, one in enumerate(examples):
        if one.context not in numbers:
            continue
        context = contexts[numbers[one.context]]
        first = last = -1
        gold: tuple[int, ...] = ()
        if one.start >= 0:
            inside = np.flatnonzero((context.offsets[:, 1] > one.start) & (context.offsets[:, 0] < one.end))
            if not len(inside):
                continue
            first, last = int(inside[0]), int(inside[-1])
            gold = tuple(k for k, (a, b) in enumerate(context.ranges) if a <= last and first < b)
        held = "gate" if _gated(one) else "held" if _held(one) else ""
        items.append(
            Item(
                one.question,
                questions[n][0].tolist()[:64],
                numbers[one.context],
                first,
                last,
                gold,
                one.answer,
                one.language,
                one.source,
                one.article,
                one.key,
                held,
                [roughs[n][0].tolist()[:64]],
                swap_ids.get(n, []),
            )
        )
    return Corpus(items, contexts)


def _held(one: Example) -> bool:
    made = one.source.startswith(("made", "piaf", "qamr"))
    return not made and int(hash_of(one.paragraph), 16) % _HELD_SHARE == 0


def encoder() -> Callable[[Sequence[str]], list[tuple[np.ndarray, np.ndarray]]]:
    """Return what cuts texts into the encoder's tokens: their ids (n,) and characters (n, 2)."""
    tokenizer = Tokenizer.from_file(str(embedding_folder() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()

    def encode(texts: Sequence[str]) -> list[tuple[np.ndarray, np.ndarray]]:
        return [
            (np.array(one.ids, dtype=np.int32), np.array(one.offsets, dtype=np.int32).reshape(-1, 2))
            for one in tokenizer.encode_batch(list(texts), add_special_tokens=False)
        ]

    return encode


def context_of(
    text: str, language: str, ids: np.ndarray, offsets: np.ndarray, spans: Sequence[Span]
) -> Context:
    """Return a text with its tokens and its sentences, but for those without tokens."""
    ranges, kept, at = [], [], 0
    for number, span in enumerate(spans):
        start = at
        last = number == len(spans) - 1
        while at < len(ids) and (last or offsets[at][0] < span.end):
            at += 1
        if at > start:
            ranges.append((start, at))
            kept.append((span.start, span.end))
    return Context(text, language, ids, offsets, ranges, kept)


def _add_negatives(corpus: Corpus) -> None:
    """Give each item contexts of its source that lack the answer: the nearest by BM25, and its article's."""
    import bm25s

    groups: dict[tuple[str, str], list[Item]] = defaultdict(list)
    for one in corpus.items:
        source = {"made-fr": "piaf", "made-quotes": "made-quotes"}.get(one.source, one.source.split("-")[0])
        groups[source, one.language].append(one)
    for items in groups.values():
        # A context of the gates is nobody's negative but the gates' own.
        for gated in (False, True):
            some = [one for one in items if (one.held == "gate") == gated]
            numbers = sorted({one.context for one in some})
            if len(numbers) < 2:
                continue
            index = bm25s.BM25()
            index.index(
                bm25s.tokenize([corpus.contexts[n].text for n in numbers], show_progress=False),
                show_progress=False,
            )
            lowered = {n: corpus.contexts[n].text.lower() for n in numbers}
            asked = bm25s.tokenize([one.question for one in some], return_ids=False, show_progress=False)
            places, _ = index.retrieve(asked, k=min(12, len(numbers)), show_progress=False, n_threads=1)
            by_article = defaultdict(set)
            for one in some:
                by_article[one.article].add(one.context)
            lacks = partial(_lacks, lowered)
            for one, row in zip(some, places, strict=True):
                near = [numbers[int(at)] for at in row if numbers[int(at)] != one.context]
                one.negatives = [n for n in near if lacks(n, one.answer)][:_NEGATIVES]
                one.siblings = [
                    n for n in sorted(by_article[one.article]) if n != one.context and lacks(n, one.answer)
                ]


def _lacks(lowered: dict[int, str], number: int, answer: str) -> bool:
    return not answer or answer.lower() not in lowered[number]
