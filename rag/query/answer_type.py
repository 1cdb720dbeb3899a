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
from rag.extraction.names.exonyms import group_of, is_territory
from rag.query.measuring.asked_kinds import asked_kind, is_known
from rag.query.measuring.asked_measure import Measure, asked_measure
from rag.query.measuring.measures import gives_measure
from rag.query.superlatives import asks_for_most, says_most
from rag.text.cldr import weekday_numbers
from rag.text.folding import flatten
from rag.text.normalization import fold
from rag.text.word_lists import WordList

Kind = Literal["quantity", "time", "name", "place"]


def _listed(heading: str) -> WordList:
    return WordList("rag.query", "answer_type", (heading,))


# What a place is called that has no name: `dans un hangar`; and which of them are asked for by name.
_PLACES, _PLACE_KINDS = _listed("places"), _listed("kinds of places")
_ASKS_PLACE = (
    rf"\b(?:(?:dans|a|en|vers|de|sur|pour|par) quel(?:le)?s?|in (?:what|which)) {_PLACE_KINDS.pattern}\b"
)
_WHICH_PLACE = re.compile(rf"\b(?:quel(?:le)?s?|what|which) {_PLACE_KINDS.pattern}\b")
_ASKS: dict[Kind, re.Pattern[str]] = {
    "quantity": re.compile(r"\bcombien\b|\bhow (many|much|old|far|fast|tall|long|big|large)\b"),
    "time": re.compile(
        r"^\W*((depuis|jusqu'a|pour|ou et) )?quand\b|\bquand( et ou)?\W*$"
        r"|\bc'(est|etait|sera) (prevu )?(pour )?quand\b|\bquel(le)?s? (annee|date|jour|mois|heure)s?\b"
        r"|\bquel(le)?s? (est|sont|etaient|etait|fut|seront|sera) (la |les |l')?(date|annee|heure)s?\b"
        r"|\bwhen\b|\bwhat ((is|was|are|were|will be) the )?(year|date|day|month|time)\b"
    ),
    "name": re.compile(
        r"^\W*(a |de |par |avec |pour |chez |et )?qui\b|\bcomment s'appell(e|ent|ait|aient)\b"
        r"|\bs'appell(e|ent|ait|aient) comment\b|\bwho(m|se)?\b|\bwhat is the name\b"
    ),
    # `ou` that closes a question is `où` without its accent: nothing is left to choose from.
    "place": re.compile(
        r"^\W*(et |par |vers |jusqu')?ou\b(?! (et|en)\b)|(?<!\bquand et )\bou\W*$"
        rf"|\bc'(est|etait|sera) ou\b(?! (bien|pas|non)\b)|\bwhere\b|\ba quelle adresse\b|{_ASKS_PLACE}"
    ),
}
# `Qui est Nora Haddad ?` asks who she is: no other name need be said.
WHO_IS_NAMED = re.compile(
    r"^\W*(?:[Qq]ui (?:est|était|sont|étaient|fut)|[Ww]ho(?: is| was| are| were|['’]s)) [A-ZÀ-Ý]"
)
_UNTIL = re.compile(r"^\W*jusqu'a quand\b|\b(?:until|till) when\b")
# Nothing but a name answers these.
_ASKS_NAME = re.compile(
    r"\bcomment s'appell(e|ent|ait|aient)\b|\bs'appell(e|ent|ait|aient) comment\b|\bquel est le nom\b"
    r"|\bwhat is the name\b|\bnamed?\b"
)
_PLACE = re.compile(
    r"\b(?:à|au|aux|en|dans|vers|près de|in|at|near) (?:la |le |les |l['’]|the )?$", re.IGNORECASE
)
_DETERMINER = r"(?:la |le |les |l'|un |une |des |son |sa |ses |leurs? |the |an? |its |his |her |their )?"
# What a place stands after, also one without a name: `dans un hangar`, `on the pier`.
_INSIDE = re.compile(
    r"\b(?:dans|sous|chez|devant|derriere|pres d(?:e|u|es|')|loin d(?:e|u|es|')|autour d(?:e|u|es|')|a bord"
    r"|au (?:bord|large|pied|sommet|centre|fond|nord|sud|est|ouest) d(?:e|u|es|')|a l'extremite d(?:e|u|es|')"
    r"|le long d(?:e|u|es|')|inside|outside|behind|under|near|off|across|along|aboard|in front of|next to)"
    rf" ?{_DETERMINER}(?P<what>[^\W\d]\w+)"
    rf"|\bsur {_DETERMINER}(?P<upon>(?!un an|lequel|ce point)[^\W\d]\w+)",
    re.IGNORECASE,
)
_NO_PLACE = re.compile(
    r"(?:ans?|annees?|jours?|mois|semaines?|heures?|minutes?|siecles?|avenir|temps|cadre|ensemble|cas|but"
    r"|espoir|years?|days?|months?|weeks?|hours?|minutes?|lequel|laquelle|lesquels|that|which|whom|lui|eux|elle)"
)
# What a name or the word for a place stands after.
_WHERE = re.compile(
    r"\b(?:a|au|aux|en|dans|sur|sous|vers|chez|devant|derriere|entre|pres d[eu]|contre|depuis|jusqu'au?|par"
    r"|quitt\w+|atteint|atteign\w+|rejoin\w+|gagn\w+|travers\w+|in|at|on|near|inside|outside|between|behind|under"
    rf"|over|from|off|across|along|towards|into|around|to|reach\w*|left|leav\w+|enter\w*) {_DETERMINER}"
    r"(?:\w+ )?(?:\d+ )?$|[(]$",
    re.IGNORECASE,
)
_OF = re.compile(r"\b(?:de|du|des|of)(?: la| les| the)? $|\b(?:de l|d)'$", re.IGNORECASE)
# A clock time, a century or a weekday is an answer to "when", though not a date.
_TIME = re.compile(
    r"\b\d{1,2} ?(h|heures?|:\d\d|[ap]\.?m\.?)|\bsiecle\b|\bcentury\b|\b[12]\d{3}\b|\b(en|vers|an|in) \d{3}\b"
    r"|\b(pendant|durant|lors|apres|avant|during|after|before|since|depuis|until|jusqu'(a|en))\b"
    rf"|\b({'|'.join(weekday_numbers('fr') | weekday_numbers('en'))}|hier|demain|aujourd'hui"
    r"|yesterday|tomorrow|today)\b"
)


# That something lasts to a day, or is over then.
_ENDS = re.compile(
    r"\bjusqu'|\bd'ici\b|\bavant\b|\bau plus tard\b|\bfin\b|\bprendra fin\b|\brouvr|\breprend|\bexpire"
    r"|\bindetermine|\bdefinitivement|\b(?:until|till|by|end|ends|ended|reopens?|before|indefinitely|expires?|through)\b"
)
# Where one question ends and another begins: a comma alone only before words that open no relative clause.
_BEFORE_ASKING = (
    r"(?:(?:à|de|par|pour|avec|dans|en|sur|contre|chez|vers|depuis|jusqu'à|with|by|for|from|to|at|in|on|of"
    r"|against|since) |d['’])"
)
_OPENS_QUESTION = (
    rf"(?={_BEFORE_ASKING}?(?:qui|quand|combien|où|pourquoi|comment|quels?|quelles?"
    r"|who|whom|when|how|where|why|what|which)\b)"
)
_AND = re.compile(
    rf"(?<!\s)(?:(?:\s*+[,;?]\s++|\s++)(?:et|and)\s++{_OPENS_QUESTION}|\s*+[;?]\s++{_OPENS_QUESTION}"
    rf"|,\s++(?={_BEFORE_ASKING}?(?:combien|pourquoi|how|why)\b|{_BEFORE_ASKING}(?:quels?|quelles?|what)\b"
    r"|(?:who|when|where) (?:do|does|did)\b"
    r"|(?:où|quand|where|when),? (?:et|and)\b|(?:où|quand|where|when)\W*$))",
    re.IGNORECASE,
)
_FIRST_ASKING = re.compile(rf"{_BEFORE_ASKING}?(?P<word>[^\W\d_]+)", re.IGNORECASE)
# Words that ask, side by side before or after what they all ask of: `où et quand`, `when and where`.
_ASKING = (
    r"(?:(?:à|de|par|pour|avec|depuis|jusqu'à) )?"
    r"(?:qui|quand|combien|où|pourquoi|comment|who|when|how|where|why)"
)
_SIDE_BY_SIDE = rf"(?P<asking>{_ASKING}(?:, {_ASKING})*,? (?:et|and) {_ASKING})"
_BEFORE_ALL = re.compile(rf"^\W*{_SIDE_BY_SIDE} (?P<rest>(?!{_ASKING}\b).+)$", re.IGNORECASE)
_AFTER_ALL = re.compile(rf"^(?P<rest>.+?),? {_SIDE_BY_SIDE}\W*$", re.IGNORECASE)
_BARE = re.compile(rf"{_ASKING}\W*", re.IGNORECASE)
_ASKS_ANYTHING = re.compile(
    r"\b(?:qui|quand|combien|ou|pourquoi|comment|quel(?:le)?s?|que|quoi|whom?|when|how|where|why|what|which)\b|\bqu'"
)
# "Who" may be answered by a role.
_PERSON, _BODIES = _listed("person"), _listed("bodies")
# Who holds an office is one person.
_ASKS_HOLDER = re.compile(
    r"^\W*(?:qui (?:est|etait|sera|fut|dirige|preside|a ete (?:re)?(?:elue?|nommee?))"
    r"|who (?:is|was|will be|runs|leads|heads|chairs)) "
)
# How far behind what a body is its name stands, in characters: `le groupe suédois Norvik`.
_BESIDE = 12
# Questions that one sentence seldom answers: reasons, lists, comparisons, courses of events.
_SEVERAL = _listed("several")
_IN_TIME = _listed("course of events")


@dataclass(frozen=True, slots=True)
class QuestionPart:
    """One of several questions in one.

    Attributes:
        text: The part as a question that stands alone.
        kind: The kind of thing that it asks for, where its words make that certain.
        asking: What tells it from the others: its words, or only the one that asks (`où et quand …`).

    """

    text: str
    kind: Kind | None
    asking: str


@dataclass(frozen=True)
class ExpectedAnswer:
    """What a question asks for.

    Attributes:
        folded: The question, folded.
        kind: The kind of thing, where its words make that certain.
        language: The question's language.
        parts: Of a question that joins several ("qui, et quand ?"), each.

    """

    folded: str
    kind: Kind | None
    language: str | None = None
    parts: tuple[QuestionPart, ...] = ()

    @cached_property
    def only_a_name(self) -> bool:
        """Whether a person's role is no answer."""
        return _ASKS_NAME.search(self.folded) is not None

    @cached_property
    def several(self) -> bool:
        """Whether one sentence seldom answers."""
        return _SEVERAL.found_in(self.folded)

    @cached_property
    def most(self) -> bool:
        """Whether it is asked which of several is most so."""
        return asks_for_most(self.folded, self.language)

    @cached_property
    def in_time(self) -> bool:
        """Whether a course of events is asked for."""
        return _IN_TIME.found_in(self.folded)

    @cached_property
    def measure(self) -> Measure | None:
        """What is measured or counted, where a quantity is asked for and its words tell of what."""
        return asked_measure(self.folded, self.language)

    def fits(self, unit: str) -> bool:
        """Return whether a number with this unit can answer.

        48 kilometres aren't a number of children, nor 300 inhabitants an age or a price.
        """
        units = self.measure.units if self.measure is not None else None
        return units is None or unit in units


def expected(question: str, folded: str, language: str | None = None) -> ExpectedAnswer:
    """Return what a question asks for, where its words make that certain.

    `folded` is the same question folded.
    """
    parts = tuple(
        QuestionPart(part, _kind(part, fold(part), language), asking) for part, asking in _parts(question)
    )
    return ExpectedAnswer(folded, _kind(question, folded, language), language, parts)


def _parts(question: str) -> list[tuple[str, str]]:
    """Return the questions that one joins, with the words that tell each from the others; none of one."""
    together = _BEFORE_ALL.match(question) or _AFTER_ALL.match(question)
    if together and not _ASKS_ANYTHING.search(fold(together["rest"])):
        rest = together["rest"].strip(" ,;?")
        words = re.split(r",? (?:et|and) |, ", together["asking"], flags=re.IGNORECASE)
        return [(f"{word} {rest}", word) for word in words]
    parts = [part.strip(" ,;?") for part in _questions(question)]
    asking = [part for part in parts if _ASKS_ANYTHING.search(fold(part))] if len(parts) > 1 else []
    return [(part, part) for part in asking] if len(asking) > 1 else []


def _questions(question: str) -> list[str]:
    """Return what stands between the places where a question may end.

    `qui` after a relative `qui` goes on with it: `l'homme qui est parti et qui est revenu`.
    """
    parts, begun = [], 0
    for gap in _AND.finditer(question):
        word = _FIRST_ASKING.match(question, gap.end())
        said = question[begun : gap.start()]
        if _BARE.fullmatch(said) and not _BARE.fullmatch(question, gap.end()):  # `… et où et quand … ?`
            continue
        if word is None or not re.search(rf"\w,? {word['word']}\b", said, re.IGNORECASE):
            parts.append(said)
            begun = gap.end()
    return [*parts, question[begun:]]


def _kind(question: str, folded: str, language: str | None) -> Kind | None:
    if language is not None and is_known(language):
        return asked_kind(question, folded, language)
    found = next((kind for kind, pattern in _ASKS.items() if pattern.search(folded)), None)
    if found == "name" and WHO_IS_NAMED.match(question):
        return None
    return found or ("quantity" if asked_measure(folded, language) is not None else None)


def gives(expected: ExpectedAnswer, said: AnalysedSentence) -> bool:
    """Return whether a sentence has something of the asked kind that isn't in the question already.

    Of what is most so of all, that it is so.
    """
    if expected.most and not says_most(said, expected.folded, expected.language):
        return False
    return _gives(expected.kind, expected, said)


def unanswered(expected: ExpectedAnswer, said: Sequence[AnalysedSentence]) -> tuple[str, ...]:
    """Return the parts of a question that nothing said answers, by the kind of thing that they ask for.

    For questions that join several (`qui, et quand ?`).
    """
    return tuple(
        part.text
        for part in expected.parts
        if not any(_gives(part.kind, expected, sentence) for sentence in said)
    )


def _gives(kind: Kind | None, expected: ExpectedAnswer, said: AnalysedSentence) -> bool:
    if kind is None:
        return True
    if kind == "time":
        if _UNTIL.search(expected.folded) and not _ENDS.search(said.folded):
            return False
        return bool(said.dates or _TIME.search(said.folded))
    if kind == "place":
        return _names_place(expected, said)
    if kind == "quantity":
        if expected.measure is not None:
            return gives_measure(expected.measure, said, expected.folded, expected.language)
        return any(fold(said.text[item.start : item.end]) not in expected.folded for item in said.quantities)
    # A number and a date are no names; nor is a place, unless a place is who did it.
    names = [name for name in said.names if not _PLACE.search(said.text[: name.start])]
    if any(fold(name.text) not in expected.folded for name in names):
        return True
    return not expected.only_a_name and any(
        _is_new_person(found, expected.folded, said)
        for found in _PERSON.finditer(said.flat.lower(), said.language)
    )


def _is_new_person(found: re.Match[str], asked: str, said: AnalysedSentence) -> bool:
    """Return whether a word for somebody tells more than the question: not `la mairie` of who is mayor.

    Nor does what the question names itself: `le groupe suédois Norvik` of who leads Norvik.
    """
    if re.search(rf"\b{re.escape(found[0])}\b", asked):
        return False
    if found[0] not in _BODIES:
        return True
    named = [name for name in said.names if 0 <= name.start - found.end() <= _BESIDE]
    return _ASKS_HOLDER.search(asked) is None and not any(fold(name.text) in asked for name in named)


def _names_place(expected: ExpectedAnswer, said: AnalysedSentence) -> bool:
    """Return whether a sentence says a place that the question doesn't: by its name, or what it is."""
    named = [name for name in said.names if fold(name.text) not in expected.folded]
    if is_known(said.language):
        return bool(named)  # what stands before a place's name is told in French and English only
    peoples = any(fold(word) not in expected.folded for word, _ in said.peoples)
    territories = any(is_territory(group_of(flatten(name.text)) or "") for name in named)
    if peoples or territories or (named and _WHICH_PLACE.search(expected.folded)):
        return True
    if any(_WHERE.search(said.flat[: name.start]) or _OF.search(said.flat[: name.start]) for name in named):
        return True
    inside = (found["what"] or found["upon"] or "" for found in _INSIDE.finditer(said.folded))
    if any(not _NO_PLACE.fullmatch(word) and word not in expected.folded for word in inside):
        return True
    return any(
        _WHERE.search(said.folded[: found.start()]) is not None and found[0] not in expected.folded
        for found in _PLACES.finditer(said.folded, said.language)
    )
