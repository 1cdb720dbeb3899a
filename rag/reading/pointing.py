"""Words that a model says answer → where they stand in the passage, and what that makes of the passage.

Pure. A model may rewrite, invent or leave out: words that a sentence of the passage doesn't have are nothing.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from rag.reading.schema import AnswerSpan, PassageWindow, Reading, SentenceReading
from rag.reading.spans import whole_words
from rag.schema.article import Span
from rag.text.sanitization import inert

# Characters of an answer: what is longer is no words of a sentence.
LONGEST_WORDS = 600
# How probably a passage answers, by what is said of it where the server tells no probabilities. The gate was
# fitted on chances that are right as often as they say; a model that is asked yes or no is surer than that,
# so a yes is believed no further than this. A no is of a passage, if another answers: that may be one that
# the search has low. No to all is of the articles, and refuses at the default threshold, however alike the
# question and the articles are: 0.0027 is the least that they can outweigh.
_YES, _NO, _NO_TO_ALL = 0.95, 0.02, 0.002
_SUREST = 0.98
# It says that the passage answers, by words that the passage hasn't.
_UNFOUND = 0.05
# Sentences beside the one with the words.
_BESIDE = 0.001
# Of the words, given that their sentence answers.
_LIKELIEST = 0.9
_QUOTES = dict.fromkeys("«»“”„‟″‹›", '"')
_PLAIN = str.maketrans(
    _QUOTES | dict.fromkeys("’‘‚‛ʼ`´′", "'") | dict.fromkeys("‐‑‒–—−", "-") | dict.fromkeys("<>", " ")
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a model says of a passage: whether it answers, in which sentence (from 1), and by which words.

    `probability` is the model's own of a yes, from 0 to 1; None where its server doesn't tell.
    """

    answers: bool
    sentence: int = 0
    words: str = ""
    probability: float | None = None


def readings(windows: Sequence[PassageWindow], verdicts: Sequence[Verdict]) -> list[Reading]:
    """Return what verdicts on the passages of one question come to, in their order."""
    pairs = list(zip(windows, verdicts, strict=True))
    found = [located(window, verdict) if verdict.answers else None for window, verdict in pairs]
    least = _NO if any(found) else _NO_TO_ALL
    return [_reading(*pair, words, least) for pair, words in zip(pairs, found, strict=True)]


def _reading(
    window: PassageWindow, verdict: Verdict, found: tuple[int, AnswerSpan] | None, least: float
) -> Reading:
    number, answer = found or (-1, None)
    chance = _chance(verdict, found is not None, least)
    sentences = (
        SentenceReading(span, chance, answer)
        if place == number
        else SentenceReading(span, min(chance, _BESIDE), None)
        for place, span in enumerate(window.sentences)
    )
    return Reading(chance, (answer,) if answer else (), tuple(sentences))


def located(window: PassageWindow, verdict: Verdict) -> tuple[int, AnswerSpan] | None:
    """Return the number of the sentence, from 0, that has the words, and where; None if none has them.

    The sentence that is said to have them is looked at first.
    """
    words = verdict.words
    if len(words) > LONGEST_WORDS:
        return None
    said = verdict.sentence - 1
    for number in sorted(range(len(window.sentences)), key=lambda other: other != said):
        span = _span(window.text, window.sentences[number], words)
        if span is not None:
            return number, AnswerSpan(span.start, span.end, math.log(_LIKELIEST))
    return None


def _chance(verdict: Verdict, is_found: bool, least: float) -> float:
    if not verdict.answers:
        return min(max(verdict.probability or 0.0, least), 0.5)
    chance = _YES if verdict.probability is None else verdict.probability
    return min(max(chance, least), _SUREST if is_found else _UNFOUND)


def _span(text: str, sentence: Span, words: str) -> Span | None:
    """Return where a sentence has the words, as whole words: exactly, else but for spaces and quotes."""
    own = text[sentence.start : sentence.end]
    exact = own, list(range(len(own))), words
    plain, places = _folded(own)
    folded = plain, places, _folded(unicodedata.normalize("NFC", words))[0].strip()
    for said, at, wanted in (exact, folded):
        start = said.find(wanted) if wanted else -1
        while start >= 0:
            first, last = sentence.start + at[start], sentence.start + at[start + len(wanted) - 1] + 1
            span = whole_words(text, sentence, first, last)
            # What is widened to be whole words isn't what was said: 12 of 312, Port of Port-Salin.
            if span is not None and first <= span.start and span.end <= last:
                return span
            start = said.find(wanted, start + 1)
    return None


def _folded(text: str) -> tuple[str, list[int]]:
    """Return a text with plain quotes, dashes and spaces, without what isn't seen, and where it stood.

    A quotation mark has no spaces around it: `« oui »` and `"oui"` are the same.
    """
    kept: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        form = " " if character.isspace() else inert(character).translate(_PLAIN)
        if not form or (form == " " and kept and kept[-1] in ' "'):
            continue
        if form == '"' and kept and kept[-1] == " ":
            kept.pop()
            places.pop()
        kept.append(form)
        places.append(place)
    return "".join(kept), places
