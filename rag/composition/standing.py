"""What becomes of a statement where it is printed: replied to, taken back, put off by a later article. Pure.

An interview prints what was asked; a sentence that asks states nothing by itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from rag.composition.predication import predication
from rag.composition.statement import Statement
from rag.extraction.analysed_sentence import AnalysedSentence
from rag.extraction.corrections import CORRECTION_WORDS
from rag.schema.evidence import Evidence
from rag.text.folding import flatten
from rag.text.normalization import fold
from rag.text.sentences import split_sentences
from rag.verification.premise import EvidenceReader

# --- a printed question ---

_ASKS = re.compile(r"\?[\s*_»”\"')\]]*$")
_REPLY = re.compile(
    r"[\s*_»”\"')\]]*(?:[-–—] ?)?[«“\"]? ?(?P<said>oui|non|yes|no)\b(?=[.,;:!]| [,;–-])", re.IGNORECASE
)
_SIDES: dict[str, Literal["yes", "no"]] = {"oui": "yes", "yes": "yes", "non": "no", "no": "no"}
# What is read of a reply: in characters, and in sentences.
_READ, _SENTENCES = 600, 2


def asks(text: str) -> bool:
    """Return whether a sentence is a question."""
    return _ASKS.search(text) is not None


def reply_to(item: Evidence) -> Literal["yes", "no"] | None:
    """Return the yes or no that follows a question in its article; None where none does."""
    after = item.article.text[item.end : item.end + _READ]
    found = _REPLY.match(flatten(after))
    return _SIDES[found["said"].lower()] if found else None


def with_reply(item: Evidence) -> Evidence:
    """Return a question together with what is replied to it; another sentence as it is."""
    if not asks(item.quote) or reply_to(item) is None:
        return item
    after = item.article.text[item.end : item.end + _READ]
    start = len(after) - len(after.lstrip())
    paragraph = after[start:].split("\n")[0]
    spans = split_sentences(paragraph, item.article.language)[:_SENTENCES]
    return replace(item, end=item.end + start + spans[-1].end)


# --- taken back ---

# Where a correction says that it is one.
_HEAD = 300
_CORRECTS = re.compile(rf"\b(?:{CORRECTION_WORDS}|erreurs?|inexact|errata|errors?|mistake)\b")
_HAD_PRINTED = re.compile(
    r"\bnous (?:avons|avions)(?: \w+)? (?:ecrit|indique|annonce|affirme|publie|rapporte) (?:que |qu')"
    r"|\bwe (?:had |have )?(?:\w+ )?(?:said|wrote|written|reported|stated|published)(?: that)? ",
    re.IGNORECASE,
)


def is_retracted(item: Evidence, quote: AnalysedSentence, place: int) -> bool:
    """Return whether what stands at `place` of a sentence is what its article takes back."""
    article = item.article
    if _CORRECTS.search(fold(f"{article.title}\n{article.text[:_HEAD]}")) is None:
        return False
    return _HAD_PRINTED.search(quote.flat[:place]) is not None


# --- put off ---

# Sides of pairs of opposites by which something isn't done when it was to be.
_PUT_OFF = frozenset([("postpone", 0), ("cancel", 1)])


def putting_off(
    claim: Statement, plan: Evidence, offered: Sequence[Evidence], reader: EvidenceReader
) -> Evidence | None:
    """Return a sentence with a date of a later article that puts a plan off by its title, if there is one."""
    analysed = reader.analyses.of(claim.text, claim.language)
    said = predication(claim, analysed)
    if said is None or not analysed.dates:
        return None
    for item in sorted(offered, key=lambda one: -one.score):
        if (item.article.published_at or "") <= (plan.article.published_at or ""):
            continue
        title = reader.read(item, claim.language).title
        put_off = any(mention.concepts & _PUT_OFF for mention in title.mentions)
        same = any(
            mention.meanings & said.verb.meanings or mention.concepts & said.verb.concepts
            for mention in title.mentions
        )
        if put_off and same and reader.read(item, claim.language).quote.dates:
            return item
    return None
