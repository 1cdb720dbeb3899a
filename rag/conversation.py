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
# French questions repeat their own subject: "où Trump et Poutine se sont-ils vus" leans on nothing.
_INVERSION = re.compile(r"-(t-)?(il|elle|ils|elles|on|ce)\b")


def standalone(text: str, history: Sequence[Turn], language: str) -> str:
    """The question with what it leans on: the last questions in front of a follow-up.

    A question that names its own subject is returned as it is, whatever was said before.
    """
    question = text.strip()
    for turn in reversed(history):
        if not _is_follow_up(question, language):
            break
        question = f"{turn.question.strip()} {question}"
    return question


def _is_follow_up(question: str, language: str) -> bool:
    leans = _LEANS.get(language)
    if leans is None:
        return False
    folded = fold(question).strip()
    own_words = len(terms(_INVERSION.sub("", folded), language))
    return own_words <= 1 or bool(leans.search(_INVERSION.sub("", folded)))
