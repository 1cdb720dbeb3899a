"""Whether a quote says of the question's deed that it isn't so, or the reverse: who did is not who didn't.

Pure. Only for questions that ask which ones, who or how many: to yes or no either is an answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.extraction import cue_words
from rag.extraction.analysed_sentence import AnalysedSentence
from rag.extraction.assertions import Mention
from rag.grounding.words import UNDOING
from rag.text.folding import flatten

_ASKS_WHICH = re.compile(
    r"^\W*(?:et |and )?(?:(?:a|de|par|pour|avec|dans|sur|chez|contre|in|by|for|with|of|to) )?"
    r"(?:qui|quel(?:le)?s?|lequel|laquelle|lesquel(?:le)?s|combien|who|whom|whose|which|what|how many)\b"
)
# `Aucune` is an answer to which ones, and to how many.
_NONE = re.compile(r"\b(?:aucune?|nulle?|personne|zero|no|none|nobody|no one)\b")
# `Toutes ont fermé, sauf Brécy` tells of both.
_EXCEPT = re.compile(
    r"\b(?:sauf|hormis|excepte|a l'exception|a part|except|apart from|other than|save for)\b"
)
# A clause of the question that tells one of its nouns: what it denies isn't what is asked.
_RELATIVE = re.compile(r"(?<=\w) (?:qui|que|qu'|dont|lequel|laquelle|who|which|that|whose) ")
# Pairs of deeds of which who did one didn't do the other.
_DEEDS = frozenset(("open", "allow", "accept", "guilty", "hire", "cancel", "build", "create", "legal"))
# So many words after it a deed is undone.
_REACH = 4


def is_reversed(question: AnalysedSentence, quote: AnalysedSentence) -> bool:
    """Return whether a quote denies what is asked who did it, or asserts what is asked who didn't.

    One that says neither of what the question denies is no answer to who didn't.
    """
    if _ASKS_WHICH.match(question.folded) is None or _NONE.search(quote.folded):
        return False
    asked = [mention for mention in _main_clause(question) if mention.stem]
    if _EXCEPT.search(quote.folded):
        return False
    if _denies_alike(asked, quote):  # of what it denies the quote may speak by another name
        asked = [mention for mention in asked if not mention.negated]
    if _says_nothing_of([mention for mention in asked if mention.negated], question, quote):
        return True
    shared = [mention for mention in asked if any(_same(mention, other) for other in quote.mentions)]
    if any(_is_undone(mention, question, quote) for mention in shared):
        return True
    if len(shared) >= min(2, len(asked)) and any(_is_turned(mention, quote) for mention in shared):
        return True
    return bool(shared) and any(_is_opposite(mention, quote) for mention in asked)


def _main_clause(question: AnalysedSentence) -> tuple[Mention, ...]:
    """Return the content words of a question with what is said of them, without its relative clauses."""
    relative = _RELATIVE.search(question.flat, 4)
    if relative is None:
        return question.mentions
    return AnalysedSentence(question.text[: relative.start()], question.language).mentions


def _denies_alike(asked: Sequence[Mention], quote: AnalysedSentence) -> bool:
    """Return whether a quote has the very word by which the question denies: `échappent au …`."""
    return any(
        flatten(mention.word).lower() in cue_words.DENIAL
        and any(_same(mention, other) for other in quote.mentions)
        for mention in asked
        if not mention.negated
    )


def _says_nothing_of(denied: list[Mention], question: AnalysedSentence, quote: AnalysedSentence) -> bool:
    """Return whether a quote has no word, and no word against one, of what the question denies.

    In another language than the question's, where words can't be compared: nothing that it denies.
    """
    if not denied:
        return False
    pairs = {pair for mention in denied for pair, _ in mention.concepts}
    if quote.language != question.language:
        return not any(other.negated or _is_of(pairs, other) for other in quote.mentions)
    return not any(
        any(_same(mention, other) for mention in denied) or _is_of(pairs, other) for other in quote.mentions
    )


def _is_of(pairs: set[str], mention: Mention) -> bool:
    return any(pair in pairs for pair, _ in mention.concepts)


def _is_turned(asked: Mention, quote: AnalysedSentence) -> bool:
    """Return whether a quote says a word with the other polarity, and nowhere with the same.

    What a clause denies it denies of its objects too: `pas de X`, `never sprayed X`.
    """
    denied = [other for other in quote.mentions if other.negated] if asked.negated else []
    stated = [
        other.negated or any(one.stem in other.clause for one in denied)
        for other in quote.mentions
        if _same(asked, other)
    ]
    return bool(stated) and asked.negated not in stated


def _is_undone(asked: Mention, question: AnalysedSentence, quote: AnalysedSentence) -> bool:
    """Return whether a quote refuses or gives up what is asked: `a rejeté la fermeture`."""
    if asked.negated or UNDOING.found_in(question.folded, question.language):
        return False
    undone = _undone(quote)
    stated = [other for other in quote.mentions if _same(asked, other)]
    return bool(stated) and all(other.word in undone for other in stated)


def _same(asked: Mention, stated: Mention) -> bool:
    """Return whether two mentions are of one thing, by stem or synonym."""
    return bool(asked.stem) and not asked.meanings.isdisjoint(stated.meanings)


def _is_opposite(asked: Mention, quote: AnalysedSentence) -> bool:
    """Return whether a quote asserts the opposite of what is asked, and nowhere what is asked."""
    others = [
        (side == theirs) == (asked.negated == other.negated)
        for pair, side in asked.concepts
        if pair in _DEEDS
        for other in quote.mentions
        for name, theirs in other.concepts
        if name == pair
    ]
    return bool(others) and not any(others)


def _undone(quote: AnalysedSentence) -> frozenset[str]:
    """Return the words, as mentions have them, that stand after a word for refusing or giving up."""
    words = [(match[0].lower(), flatten(match[0]).lower()) for match in re.finditer(r"[^\W_]+", quote.text)]
    known = UNDOING.of(quote.language or "") or UNDOING.terms
    found: set[str] = set()
    for place, (_, plain) in enumerate(words):
        if plain in known:
            found.update(exact for exact, _ in words[place + 1 : place + 1 + _REACH])
    return frozenset(found)
