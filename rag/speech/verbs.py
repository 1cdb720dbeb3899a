"""Verbs of speech in a sentence, and where each has its subject: before it, after it, or as a pronoun.

Pure. Knows grammar's order of words, not who anybody is. A verb that is denied, only intended or asked about
says nothing, and isn't given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from rag.extraction.cue_words import is_conditional, is_future, is_infinitive
from rag.schema.article import Span
from rag.text.word_lists import WordList, any_of

_OWN = "rag.speech", "verbs"
_TOLD, _NOT_SAID = WordList(*_OWN, ("told",)), WordList(*_OWN, ("not said",))
_WITH_A_CLAUSE = WordList(*_OWN, ("with a clause",))
# Nouns for people, beside their names or in place of them.
PEOPLE = WordList("rag.speech", "people", ("people",))
ACCORDING_TO = WordList(*_OWN, ("according to",))
_SPEECH = WordList("rag.extraction", "speech", ("speech",))

Order = Literal["before", "after", "pronoun", "according"]

_PRONOUN = r"(?:il|elle|he|she)"
_HAVE = r"(?:a|avait|aurait|has|had|s'est|s'etait)"
_CLITICS = r"(?:lui |leur |nous |vous |me |m'|l'|le |y |en |se |s')"
# What stands between an inverted verb and what it is inverted after: `», a aussitôt répliqué X`.
_INVERTED = re.compile(
    rf"(?:^|[,;:»\"!?…—–-]|\bcomme(?: l')?|\bcomme)\s*(?:\b(?:ont|{_HAVE}) |\b{_CLITICS}|\b\w+ment |\b\w+ly "
    r"|\b(?:aussitot|ensuite|alors|encore|aussi|deja|toutefois|pourtant|then|later|also) )*$",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_INFINITIVE_RE = re.compile(r"(?:^(?:re|contre)?dire|crire|[nr]dre|ttre|oire)$")
_ALLEGED = re.compile(r"\b(?:aurait|auraient|reportedly|allegedly)\b")
_PASSIVE = re.compile(r"\b(?:ete|etre|been|being|be|was|were|is|are|ayant|having)(?: \w+ly| \w+ment)? $")
_NICKNAME = re.compile(
    r"dite? (?!(?:M|Mme|Me|Mgr|Dr)\b)[A-Z][\w-]+(?=[,.;:) ])(?! ?[A-Z])"
)  # `Robert Barcia dit Hardy`
# A participle of French, and what makes a verb of it: `confiée à l'hydrologue` says nothing.
_NEEDS_AUXILIARY = re.compile(r"^(?!s'|se ).*(?:é|ée|és|ées|[^aeou]i|is)$")
_AUXILIARY = re.compile(
    r"\b(?:ai|as|a|ont|avait|avaient|aurait|auraient)\b"
    r"(?:-(?:t-)?\w+)?(?: \w+)*? ?$",
    re.IGNORECASE,
)
_NOUN_BEFORE = re.compile(
    r"(?:\b(?:le|la|les|un|une|des|du|de|au|ce|cette|son|sa|ses|leur|the|an|his|her|its|this|of)\b|[dl]') ?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class SpeechVerb:
    """A verb of speech in a text. Its subject stands `before` or `after` it, or is a pronoun (`pronoun`).

    `needs_clause`: told without a clause or a quotation it says nothing (`a salué la foule`). `is_alleged`:
    that it is said is itself only told. Offsets are those of the text.
    """

    span: Span
    order: Order
    pronoun: str = ""
    needs_clause: bool = False
    is_alleged: bool = False


@cache
def _verbs() -> re.Pattern[str]:
    return re.compile(rf"\b(?P<verb>{any_of(_SPEECH.terms | _TOLD.terms)})\b", re.IGNORECASE)


@cache
def _hyphenated() -> re.Pattern[str]:
    return re.compile(rf"-(?:t-)?(?P<pronoun>{_PRONOUN})\b", re.IGNORECASE)


_BETWEEN = re.compile(rf"\b{_HAVE}-(?:t-)?(?P<pronoun>{_PRONOUN}) (?:\w+ ){{0,2}}$", re.IGNORECASE)
# Each word ends with a space: no text can be cut into words in two ways.
_BEFORE = re.compile(
    rf"\b(?P<pronoun>{_PRONOUN}),? (?:(?:{_HAVE}|l'a|m'a|nous|vous|lui|leur|me|le|y|en|se|also|then|later"
    r"|aussi|ensuite|meme|dit|\w+ly|\w+ment),? )*(?:[ml]')?$",
    re.IGNORECASE,
)
_CLOSED = re.compile(r"(?:^|[\"»]),?\s*$")
_ENGLISH_AFTER = re.compile(r" (?P<pronoun>he|she)\b")


def speech_verbs(text: str, flat: str, within: Span) -> Iterator[SpeechVerb]:
    """Yield the verbs of speech that stand in a part of a text; `flat` is the text flattened."""
    for found in _verbs().finditer(flat, within.start, within.end):
        span = Span(found.start("verb"), found.end("verb"))
        exact = text[span.start : span.end].lower()
        before = flat[max(within.start, span.start - 90) : span.start]
        if _is_infinitive(exact) or _NOUN_BEFORE.search(before) or flat[span.end : span.end + 1] == "'":
            continue
        if _NEEDS_AUXILIARY.search(exact) and not _AUXILIARY.search(before):
            continue
        if _PASSIVE.search(before) or _NICKNAME.match(flat, span.start):
            continue
        if is_future(exact) or (is_conditional(exact) and not _ALLEGED.search(before)):
            continue
        verb = _ordered(flat, span, before, within.end)
        if verb is not None and not _is_unsaid(before):
            yield verb


def _is_infinitive(exact: str) -> bool:
    """Return whether a form is an infinitive: `dire`, `ajouter`; not `déclare`, `soupire`."""
    return is_infinitive(exact) and (not exact.endswith("re") or _INFINITIVE_RE.search(exact) is not None)


def _ordered(flat: str, span: Span, before: str, end: int) -> SpeechVerb | None:
    after = flat[span.end : end]
    clause = flat[span.start : span.end].lower() in _WITH_A_CLAUSE
    alleged = _ALLEGED.search(before[-40:]) is not None
    for pattern, where in ((_hyphenated(), after), (_ENGLISH_AFTER, after)):
        if (found := pattern.match(where)) and (pattern is not _ENGLISH_AFTER or _CLOSED.search(before)):
            return SpeechVerb(span, "pronoun", found["pronoun"].lower(), clause, alleged)
    for pattern in (_BETWEEN, _BEFORE):
        if found := pattern.search(before):
            return SpeechVerb(span, "pronoun", found["pronoun"].lower(), clause, alleged)
    order: Order = "after" if _INVERTED.search(before) else "before"
    return SpeechVerb(span, order, "", clause, alleged)


def _is_unsaid(before: str) -> bool:
    """Return whether a word right before a verb denies it, or makes of it an intention."""
    near = re.split(r"[,;:«»\"]", before)[-1]
    words = [word.lower() for word in _WORD.findall(near)][-5:]
    return any(word in _NOT_SAID for word in words)
