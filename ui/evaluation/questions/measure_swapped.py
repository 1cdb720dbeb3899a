"""Near misses of the third kind: what is asked for is swapped for a measure that the article doesn't give.

`data/{fr,en}/measures.yaml` says how French and English ask for measures, and what gives them.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from rag.text.analyzer import terms
from rag.text.folding import flatten
from ui.evaluation.questions.dataset import GoldQuestion
from ui.evaluation.questions.near_miss import NearMiss
from ui.evaluation.questions.sentence_index import SentenceIndex

LANGUAGES = ("fr", "en")
# Of what the question asks about, the share that makes a sentence with the measure an answer.
_HALF_OF_QUESTION = 0.5


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Instead(_Strict):
    words: str
    measure: str


class _Asks(_Strict):
    pattern: re.Pattern[str]
    measures: frozenset[str]
    instead: tuple[_Instead, ...] = Field(min_length=1)


class Measures(_Strict):
    """How a language asks for measures: what `gives` each, and what `asks` for one."""

    gives: dict[str, re.Pattern[str]]
    asks: tuple[_Asks, ...]

    @model_validator(mode="after")
    def _are_known(self) -> Measures:
        named = {one.measure for asks in self.asks for one in asks.instead}
        named |= {measure for asks in self.asks for measure in asks.measures}
        if unknown := named - self.gives.keys():
            raise ValueError(f"nothing is said to give {sorted(unknown)}")
        return self


@cache
def measures(language: str) -> Measures:
    """Return how French or English asks for measures.

    Raises:
        ValidationError: The language's file isn't in its format.
    """
    file = files("ui.evaluation.questions").joinpath("data", language, "measures.yaml")
    return Measures.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))


@dataclass(frozen=True, slots=True)
class _Swap:
    """A question that asks for `measure`: its text, the words before and after, and what it still asks."""

    text: str
    change: tuple[str, str]
    measure: str
    rest: frozenset[str]


def swapped_measures(
    questions: Sequence[GoldQuestion], index: SentenceIndex, count: int, seed: int
) -> list[NearMiss]:
    """Ask `count` of the questions, drawn with `seed`, for another measure; fewer if no more can be.

    The gold paragraph doesn't give the new measure, nor does any sentence that has half of what is asked.
    """
    chance = random.Random(seed)
    found: list[NearMiss] = []
    asked = {question.text for question in questions}
    used: Counter[str] = Counter()
    for question in chance.sample(list(questions), len(questions)):
        if len(found) == count:
            break
        language = index.articles[question.gold[0].article_id].language
        if language not in LANGUAGES:
            continue
        able = [
            swap
            for swap in _swaps(question.text, language)
            if swap.text not in asked and not _is_given(swap, question, index, measures(language))
        ]
        if able:
            fewest = min(used[swap.measure] for swap in able)
            swap = chance.choice([one for one in able if used[one.measure] == fewest])
            used[swap.measure] += 1
            asked.add(swap.text)
            found.append(NearMiss.reworded("measure_swapped", question, swap.text, swap.change))
    return found


def _swaps(text: str, language: str) -> Iterator[_Swap]:
    flat = flatten(text).lower()
    for asks in measures(language).asks:
        if (match := asks.pattern.search(flat)) is None:
            continue
        before, old, after = text[: match.start()], text[match.start() : match.end()], text[match.end() :]
        rest = frozenset(terms(f"{before} {after}", language))
        for instead in asks.instead:
            new = instead.words[0].upper() if old[0].isupper() else instead.words[0].lower()
            new += instead.words[1:]
            if instead.measure not in asks.measures and flatten(new).lower() != flatten(old).lower():
                yield _Swap(before + new + after, (old, new), instead.measure, rest)
        return


def _is_given(swap: _Swap, question: GoldQuestion, index: SentenceIndex, known: Measures) -> bool:
    """Return whether the gold paragraph may give the measure, or what has half of what is asked."""
    gives = known.gives[swap.measure]
    paragraphs = {sentence.in_paragraph for sentence in index.touching(question.gold)}
    if any(
        sentence.in_paragraph in paragraphs and _gives(gives, sentence.text)
        for sentence in index.of(question.gold[0].article_id)
    ):
        return True
    return any(
        len(swap.rest & sentence.terms) >= _HALF_OF_QUESTION * len(swap.rest) and _gives(gives, sentence.text)
        for sentence in index.sharing(swap.rest)
    )


def _gives(gives: re.Pattern[str], text: str) -> bool:
    return gives.search(flatten(text).lower()) is not None
