"""The same questions asked otherwise: in another order, in lower case, without accents or question mark."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace

from ui.evaluation.questions.dataset import GoldQuestion

_MARKS = "?\u00a0\u202f "


def _without_accents(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(one for one in decomposed if not unicodedata.combining(one)))


def _without_mark(text: str) -> str:
    # Nothing is left of a question that is a mark alone: it stays.
    return text.rstrip(_MARKS) or text


def _all_at_once(text: str) -> str:
    return _without_mark(_without_accents(text.lower()))


# Each but the first keeps the order.
_WRITTEN: dict[str, Callable[[str], str]] = {
    "lower_case": str.lower,
    "without_accents": _without_accents,
    "without_mark": _without_mark,
}
VARIANTS = ("shuffled", *_WRITTEN, "all_at_once")


def variants(questions: Sequence[GoldQuestion], seed: int) -> dict[str, list[GoldQuestion]]:
    """Return variant → the same questions, asked so; shuffled with `seed`.

    The last is all of it at once: shuffled, in lower case, without accents and without question mark.
    """
    shuffled = random.Random(seed).sample(list(questions), len(questions))
    found = {"shuffled": shuffled}
    for name, write in _WRITTEN.items():
        found[name] = [replace(question, text=write(question.text)) for question in questions]
    found["all_at_once"] = [replace(question, text=_all_at_once(question.text)) for question in shuffled]
    return found
