"""Does a sentence give the kind of thing that a question asks for? Pure; knows words, not truth.

A claim may be faithful to its quote and still answer nothing: "how many voted against?" isn't answered by
a sentence without a number. Only what the question's words make certain is asked for; a question of any
other kind is answered by anything.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from rag.extraction.analysed_sentence import AnalysedSentence
from rag.extraction.units import CURRENCIES, unit_after
from rag.text.cldr import weekday_numbers
from rag.text.normalization import fold
from rag.text.word_lists import WordList

Kind = Literal["quantity", "time", "name"]


def _listed(heading: str) -> WordList:
    return WordList("rag.query", "answer_type", (heading,))


_ASKS: dict[Kind, re.Pattern[str]] = {
    "quantity": re.compile(
        r"\bcombien\b|\bquel age\b|\bquel(le)? (est |etait |sera )?(le |la |l')?"
        r"(nombre|pourcentage|prix|montant|taux|cout|somme|quantite|part|proportion|distance|superficie"
        r"|population|duree|hauteur|masse|budget|tarif)\b"
        r"|\bhow (many|much|old|far|fast|tall|long|big|large)\b"
        r"|\bwhat (is |was )?(the )?(number|percentage|price|cost|rate|share|distance|population|budget)\b"
    ),
    "time": re.compile(
        r"^\W*((depuis|jusqu'a|pour|ou et) )?quand\b|\bquel(le)?s? (annee|date|jour|mois|heure)s?\b"
        r"|\bwhen\b|\bwhat (year|date|day|month|time)\b"
    ),
    "name": re.compile(
        r"^\W*(a |de |par |avec |pour |chez )?qui\b|\bcomment s'appell(e|ent|ait|aient)\b|\bwho(m|se)?\b"
        r"|\bwhat is the name\b"
    ),
}
# Nothing but a name answers these.
_ASKS_NAME = re.compile(
    r"\bcomment s'appell(e|ent|ait|aient)\b|\bquel est le nom\b|\bwhat is the name\b|\bnamed?\b"
)
_PLACE = re.compile(
    r"\b(?:à|au|aux|en|dans|vers|près de|in|at|near) (?:la |le |les |l['’]|the )?$", re.IGNORECASE
)
# A clock time, a century or a weekday is an answer to "when", though not a date.
_TIME = re.compile(
    r"\b\d{1,2} ?(h|heures?|:\d\d|[ap]\.?m\.?)|\bsiecle\b|\bcentury\b|\b[12]\d{3}\b|\b(en|vers|an|in) \d{3}\b"
    r"|\b(pendant|durant|lors|apres|avant|during|after|before|since|depuis|until|jusqu'(a|en))\b"
    rf"|\b({'|'.join(weekday_numbers('fr') | weekday_numbers('en'))}|hier|demain|aujourd'hui"
    r"|yesterday|tomorrow|today)\b"
)


# What a quantity may be counted in, by the question's words; a bare number is always allowed.
_ASKS_AGE = re.compile(r"\b(quel age|how old)\b")
_COUNTED = re.compile(r"\b(?:combien (?:de |d')|how many )(\w+)")
# Where one question ends and another begins.
_AND = re.compile(
    r"\s*[,;?]?\s+(?:et|and)\s+(?=(?:à |de |par |pour |avec )?(?:qui|quand|combien|où|pourquoi|comment|quels?"
    r"|quelles?|who|when|how|where|why|what|which)\b)",
    re.IGNORECASE,
)
_ASKS_MONEY = _listed("money")
# "Who" may be answered by a role.
_PERSON = _listed("person")
# Questions that one sentence seldom answers: reasons, lists, comparisons, courses of events.
_SEVERAL = _listed("several")
_IN_TIME = _listed("course of events")


@dataclass(frozen=True)
class ExpectedAnswer:
    """What a question asks for.

    Attributes:
        folded: The question, folded.
        kind: The kind of thing, where its words make that certain.
        parts: Of a question that joins several ("qui, et quand ?"), those that ask for a certain kind.

    """

    folded: str
    kind: Kind | None
    parts: tuple[tuple[str, Kind], ...] = ()

    @cached_property
    def only_a_name(self) -> bool:
        """Whether a person's role is no answer."""
        return _ASKS_NAME.search(self.folded) is not None

    @cached_property
    def several(self) -> bool:
        """Whether one sentence seldom answers."""
        return _SEVERAL.found_in(self.folded)

    @cached_property
    def in_time(self) -> bool:
        """Whether a course of events is asked for."""
        return _IN_TIME.found_in(self.folded)

    def fits(self, unit: str) -> bool:
        """Return whether a number with this unit can answer.

        48 kilometres aren't a number of children, nor 300 inhabitants an age or a price.
        """
        return self._units is None or unit in self._units

    @cached_property
    def _units(self) -> frozenset[str] | None:
        """The units that can answer; None: any."""
        if _ASKS_AGE.search(self.folded):
            return frozenset(["calendar"])
        if (counted := _COUNTED.search(self.folded)) is not None:
            asked = unit_after(f"0 {counted[1]}", 1)
            return frozenset(["", asked.unit] if asked else [""])
        return CURRENCIES if _ASKS_MONEY.found_in(self.folded) else None


def expected(question: str, folded: str) -> ExpectedAnswer:
    """Return what a question asks for, where its words make that certain.

    `folded` is the same question folded.
    """
    parts = [part.strip(" ,;?") for part in _AND.split(question)]
    asking = [(part, kind) for part in parts if (kind := _kind(fold(part)))] if len(parts) > 1 else []
    return ExpectedAnswer(folded, _kind(folded), tuple(asking))


def _kind(folded: str) -> Kind | None:
    return next((kind for kind, pattern in _ASKS.items() if pattern.search(folded)), None)


def gives(expected: ExpectedAnswer, said: AnalysedSentence) -> bool:
    """Return whether a sentence has something of the asked kind that isn't in the question already."""
    return _gives(expected.kind, expected, said)


def unanswered(expected: ExpectedAnswer, said: Sequence[AnalysedSentence]) -> tuple[str, ...]:
    """Return the parts of a question that nothing said answers, by the kind of thing that they ask for.

    For questions that join several (`qui, et quand ?`).
    """
    return tuple(
        part
        for part, kind in expected.parts
        if not any(_gives(kind, expected, sentence) for sentence in said)
    )


def _gives(kind: Kind | None, expected: ExpectedAnswer, said: AnalysedSentence) -> bool:
    if kind is None:
        return True
    if kind == "time":
        return bool(said.dates or _TIME.search(said.folded))
    if kind == "quantity":
        return any(
            fold(said.text[item.start : item.end]) not in expected.folded and expected.fits(item.unit)
            for item in said.quantities
        )
    # A number and a date are no names; nor is a place, unless a place is who did it.
    names = [name for name in said.names if not _PLACE.search(said.text[: name.start])]
    if any(fold(name.text) not in expected.folded for name in names):
        return True
    return not expected.only_a_name and _PERSON.found_in(said.folded)
