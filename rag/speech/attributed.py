"""Whose words a sentence tells, as it says itself: `selon la préfecture`, `the fire service said`. Pure."""

from __future__ import annotations

import re
from functools import cache

from rag.extraction import cue_words
from rag.schema.evidence import Evidence
from rag.speech.speakers import speaker_of
from rag.text.folding import flatten
from rag.verification.premise import EvidenceReader

_WHO = r"(?P<who>[^\s,;:.()«»“”\"][^,;:.()«»“”\"]{1,60}?)"
_END = r"(?=\s*(?:[,;:.()«»“”\"]|$))"
_ACCORDING = re.compile(rf"\b(?:selon|d'apres|according to) {_WHO}{_END}", re.IGNORECASE)


@cache
def _said_by() -> tuple[re.Pattern[str], ...]:
    """Return `…, a annoncé la mairie`, `…, disent les secours`, `…, the fire service said`."""
    verbs, has = cue_words.SPEECH.pattern, r"(?:(?:a|ont|avait|avaient) )?"
    french = rf"[,»”\"]\s*{has}{verbs} (?=(?:la|le|les|l'|un|une|des) ?\w){_WHO}{_END}"
    english = rf"[,»”\"]\s*(?=the |an? ){_WHO} {verbs}\b"
    return tuple(re.compile(line, re.IGNORECASE) for line in (french, english))


def attributed_to(item: Evidence) -> str:
    """Return to whom a quote attributes what it says, in its words; empty where it doesn't say."""
    flat = flatten(item.quote)
    for pattern in (_ACCORDING, *_said_by()):
        if found := pattern.search(flat):
            return item.quote[found.start("who") : found.end("who")].strip()
    return speaker_of(item, EvidenceReader(), item.article.language or "fr")
