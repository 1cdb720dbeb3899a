"""Follow-up + history → a question that stands alone. Rules only; knows no model and no articles."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.language import fold, terms
from rag.schema import Turn

# How a question begins, or what it contains, when it leans on the one before. Matched on folded text.
_LEANS = {
    "fr": re.compile(
        r"^(et|mais|alors|donc|pourquoi|comment|combien|quand|ou|qui|lequel|laquelle) ?\?*$"
        r"|^(et|mais|alors|donc) |\b(il|elle|ils|elles|lui|leur|eux|celui-ci|celle-ci|cela|ca)\b"
    ),
    "en": re.compile(
        r"^(and|but|so|why|how|when|where|who|which)\b ?\?*$"
        r"|^(and|but|so|what about|how about) |\b(he|she|they|him|her|them|it|that one|this one)\b"
    ),
}
# French questions repeat their own subject: "où Trump et Poutine se sont-ils vus" leans on nothing;
# nor does "il y a".
_EMPTY_SUBJECT = re.compile(r"-(t-)?(il|elle|ils|elles|on|ce)\b|\bil (?=(n')?y (a|avait|aura)\b)")
_ASKS = {
    "fr": re.compile(r"(qui|que|quoi|ou|quand|comment|pourquoi|combien|quel|quels|quelle|quelles)\b|qu'"),
    "en": re.compile(r"(who|whose|what|where|when|why|how|which)\b"),
}


def standalone(text: str, history: Sequence[Turn], language: str) -> str:
    """The question with what it leans on: the last questions in front of a follow-up.

    A question that names its own subject is returned as it is, whatever was said before.
    """
    return joined(text, leans_on(text, history, language))


def leans_on(text: str, history: Sequence[Turn], language: str) -> tuple[Turn, ...]:
    """The last turns without which the question can't be understood, oldest first."""
    first, needed = text, []
    for turn in reversed(history):
        if not _is_follow_up(first.strip(), language):
            break
        needed.insert(0, turn)
        first = turn.question
    return tuple(needed)


def joined(text: str, turns: Sequence[Turn]) -> str:
    """The questions of these turns in front of this one, a space between them."""
    return " ".join(question.strip() for question in (*(turn.question for turn in turns), text))


def _is_follow_up(question: str, language: str) -> bool:
    leans = _LEANS.get(language)
    if leans is None:
        return False
    folded = _EMPTY_SUBJECT.sub("", fold(question))
    if leans.search(folded):
        return True
    own_words = terms(folded, language)
    # "Où est Valbrune ?" is about one word, and that word is a name; "À Valbrune ?" still leans.
    about_a_name = _ASKS[language].match(folded) and any(letter.isupper() for letter in question[1:])
    return len(own_words) <= (0 if about_a_name else 1)
