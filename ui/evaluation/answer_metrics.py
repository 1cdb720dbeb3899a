"""What an answer says and cites, and the gold answer → figures of one question.

Pure; knows no system. Words are compared in two ways: what an answer of whole sentences says is looked
through without accents and with numbers in one form; a short answer is held against the gold one as SQuAD
does it (Rajpurkar et al., 2016), with the articles of French and English left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from rag.text.normalization import words
from ui.evaluation.questions.dataset import GoldQuestion, Place

_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ`´", "'"))
_ELIDED_ARTICLE = re.compile(r"\bl'(?=\w)")
_SIGN = re.compile(r"[^\w\s]|_")
_ARTICLES = frozenset(["le", "la", "les", "un", "une", "des", "du", "au", "aux", "the", "a", "an"])


def covers(chosen: Sequence[Place], question: GoldQuestion, texts: Mapping[str, str]) -> bool:
    """Return whether every character of a gold span, white space aside, is in one of the chosen places.

    `texts` maps an article's id to its text.
    """
    return any(_covered(gold, chosen, texts[gold.article_id]) for gold in question.gold)


def _covered(gold: Place, chosen: Sequence[Place], text: str) -> bool:
    spans = [(place.start, place.end) for place in chosen if place.article_id == gold.article_id]
    return all(
        text[at].isspace() or any(start <= at < end for start, end in spans)
        for at in range(gold.start, gold.end)
    )


def contains_gold(said: str, question: GoldQuestion) -> bool:
    """Return whether the words of a gold answer stand in `said`, one after the other.

    Compared without case, accents, punctuation and elided articles, numbers in one form.
    """
    return any(_says(said, answer) for answer in question.answers)


def _says(said: str, answer: str) -> bool:
    sought = words(answer)
    if not sought:  # signs alone, such as "%": then the characters must be there
        return answer.strip() in said
    return f" {' '.join(sought)} " in f" {' '.join(words(said))} "


def token_f1(said: str, question: GoldQuestion) -> float:
    """Return how much the words said and those of a gold answer overlap, in [0, 1].

    The best over the gold answers.

    The F1 of SQuAD (Rajpurkar et al., 2016), over words as `contains_gold` has them.
    """
    own = Counter(words(said))
    return max((_f1(own, Counter(words(answer))) for answer in question.answers), default=0.0)


def _f1(said: Counter[str], gold: Counter[str]) -> float:
    shared = (said & gold).total()
    return 2 * shared / (said.total() + gold.total()) if shared else 0.0


def in_paragraph(cited: Sequence[Place], question: GoldQuestion) -> float:
    """Share of the cited places that touch the paragraph of the gold answer; NaN when nothing is cited."""
    touching = [question.paragraph is not None and place.touches(question.paragraph) for place in cited]
    return sum(touching) / len(touching) if touching else float("nan")


def exact_match(short: str, question: GoldQuestion) -> bool:
    """Return whether a short answer is a gold answer, case, signs and articles aside; an empty one isn't."""
    said = _tokens(short)
    return bool(said) and any(said == _tokens(answer) for answer in question.answers)


def short_answer_f1(short: str, question: GoldQuestion) -> float:
    """Return how much the words of a short answer and those of a gold one overlap, in [0, 1].

    The best over the gold answers; words as `exact_match` has them.
    """
    said = Counter(_tokens(short))
    return max((_f1(said, Counter(_tokens(answer))) for answer in question.answers), default=0.0)


def _tokens(answer: str) -> list[str]:
    """Return the words without articles; the articles, or the signs, of an answer that is nothing else."""
    plain = _ELIDED_ARTICLE.sub("", answer.casefold().translate(_APOSTROPHES))
    found = _SIGN.sub(" ", plain).split()
    return [word for word in found if word not in _ARTICLES] or found or plain.split()
