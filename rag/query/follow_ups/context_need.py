"""Whether a question leans on what was said before it: `pourquoi ?`, `et lui ?`.

Pure. Knows French and English words and no history. A pronoun leans unless the question has named, before
it, whom it may stand for: `Le maire dit-il qu'il partira ?` stands alone. Nothing is parsed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from rag.extraction import cue_words
from rag.extraction.names.gazetteer import ROLES
from rag.query.follow_ups.lexicon import OF_A_MATTER, OF_A_PLACE
from rag.query.follow_ups.openings import opening_of
from rag.query.follow_ups.phrases import PERSON, Phrase
from rag.query.follow_ups.reading import Reading
from rag.text.analyzer import content_words, terms
from rag.text.cldr import month_names, weekday_names
from rag.text.folding import flatten, word_set
from rag.text.word_lists import WordList, any_of

# So much said before a pronoun names what it may stand for; an object (`lui`, `about it`) needs more, since
# it can't be its own sentence's subject.
_SUBJECT = 3  # terms
_SUBJECT_OF_OBJECT = 5


class Words(Protocol):
    """A question's words in a language: as they are, flattened, and the stems that carry meaning."""

    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def language(self) -> str: ...  # noqa: D102
    @property
    def flat(self) -> str: ...  # noqa: D102
    @property
    def terms(self) -> tuple[str, ...]: ...  # noqa: D102


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.VERBOSE)


def _any(language: str, words: WordList) -> str:
    return any_of(words.of(language))


@dataclass(frozen=True, slots=True)
class _Rules:
    """What to look for in a flattened question of one language.

    `opens`: questions that lean. `empty`: pronouns that
    stand for nothing. `subjects`: those that a name or a noun before them may bind, as it may not bind
    `objects`. `pointing`: `ce pont`, unless there is a name. `nouns`: nouns as they are introduced.
    `attribute`: `quelle est la date de`, whose noun binds nothing. `asks`: question words at the beginning.
    `clauses`: what begins another clause, in which a name of the one before may be an object. `dislocated`:
    the subject after a comma, `elle coûte combien, la réforme ?`. `subject_behind`: whose it is comes after
    it, `how much of her pay has the mayor …`.
    """

    opens: re.Pattern[str]
    empty: re.Pattern[str]
    subjects: re.Pattern[str]
    objects: re.Pattern[str]
    pointing: re.Pattern[str]
    nouns: re.Pattern[str]
    attribute: re.Pattern[str]
    asks: re.Pattern[str]
    clauses: re.Pattern[str]
    dislocated: re.Pattern[str]
    subject_behind: re.Pattern[str]


_RULES = {
    "fr": _Rules(
        opens=_words(r"^(pourquoi|comment|combien|quand|ou|qui|lequel|laquelle|lesquels|lesquelles)\s*\?*$"),
        empty=_words(
            r"""\by[\s-]+(en\s+)?(a|avait|aura|aurait|eut)[\s-]+(t[\s'-]*)?il\b
            | \b(il|qu'il|s'il)\s+(n')?y\s+(en\s+)?(a|avait|aura|aurait|eut|ait)\b
            | \b(faut|faudra|faudrait|fallait|s'agit|s'agissait|pleut|neige|suffit)-(t-)?il\b
            | \bvaut-il\s+mieux\b
            | \b(existe|reste|passe)-(t-)?il\b(?=\s+(de|d'|un|une|des|encore|toujours)\b
              |.{0,80}\b(au|aux|en|a|dans|sur|chez|pour)\b)
            | \best-il\s+(vrai|exact|possible|interdit|necessaire|utile|obligatoire|question)\b
            | \best-il\s+arrive\s+(aux?|a|un)\b | \bs\s+(est|etait)\s+il\s+passe\b
            | \btemps\s+(fait|fera|faisait)-(t-)?il\b | \bs'(est|etait)-il\s+passe\b
            | \ba-t-il\s+(fallu|plu|neige|suffi)\b
            | \b(il|qu'il|s'il)\s+(ne\s+)?(faut|faudra|faudrait|fallait|s'agit|pleut|neige|suffit|existe
              |s'est\s+passe|se\s+passe|reste|est\s+(vrai|possible|interdit)|a\s+fallu)\b
            | \b(lui|elle|eux|elles)-memes?\b | \bs'il\s+(te|vous)\s+plait\b"""
        ),
        subjects=_words(
            rf"\b(?:\w+-(?:t-)?)?{_any('fr', cue_words.SUBJECTS)}\b"
            rf" | \b{_any('fr', cue_words.POSSESSIVES)}\b(?=\s+\w)"
        ),
        objects=_words(
            r"""\b(lui|eux|cela|ca|celui-ci|celle-ci|ceux-ci|celles-ci|celui-la|celle-la|la-bas|la-dessus)\b
            | \b(d'|(avec|pour|contre|sur|chez|sans|par|entre)\s+)(elles?)\b
            | ^qui\s+l'\w+ | \bl'(a|ont|avait|avaient|aura|auront)\b | \bles\s+(a|ont|avait|avaient)\b
            | \b(ensuite|depuis|apres)\s*\?*$ | \bqu'en\b(?!\s+(est-il|\d))
            | (?<!il\s)\by\b(?!\s+(en\s+)?(a|avait|aura|aurait|eut)\b)"""
        ),
        pointing=_words(
            r"""\b(ce|cet|cette|ces)\s+(?!(qui|que|qu'|n'|ne|dont|a|sont|sera|serait|soit|fut|etait|semaines?
            |mois|ans?|annees?|matin|midi|apres|soir|soiree|nuit|week|jours|ete|hiver|printemps|automne|derniers?
            |dernieres?|quelques|trimestre|moment)\b(?!-la))\w+ | \b\w+-la\b(?!-)"""
        ),
        nouns=_words(
            r"\b((le|la|les|un|une|des|du|au|aux|d'autres|son|sa|ses|leurs?|ce|cet|cette|ces|chaque|plusieurs|aucun|aucune|deux|trois|quatre)\s+|l')\w{2,}"
        ),
        attribute=_words(
            r"""^(et\s+)?(quels?|quelles?)\s+(est|sont|etait|etaient|sera|fut|a\s+ete)\s+((le|la|les)\s+|l')\w+
            | ^c'est\s+quoi\s+((le|la|les)\s+|l')\w+"""
        ),
        asks=_words(r"^(qui|que|quoi|ou|quand|comment|pourquoi|combien|quel|quels|quelle|quelles)\b|^qu'"),
        clauses=_words(r"\b(quand|lorsque|lorsqu'|que|qu'|dont|qui|pour|si)"),
        dislocated=_words(r",\s*(le|la|les|l'|un|une|ce|cet|cette|ces|mon|ma|mes|notre|nos)\s?\w{3,}"),
        subject_behind=re.compile(
            r" \w+ (?:(?:le|la|les) [a-z]|l'[a-z]|[A-Z]).* \w+-(?:t-)?(?:ils?|elles?)\b"
        ),
    ),
    "en": _Rules(
        opens=_words(r"^(why|how|when|where|who|which)\s*\?*$"),
        empty=_words(
            r"""\b(is|was|will|would|be|has)\s+it\s+(be\s+|been\s+)?(true|possible|likely|legal|illegal|safe
              |necessary|raining|snowing|rain|snow|worth)\b
            | \b(does|did|will|would|has|can)\s+it\s+(take|taken|rain|snow|matter|mean)\b
              (?=.{0,80}\b(to|in)\b)
            | \bit\s+(is|was)\s+(true|possible|likely|legal|safe)
            | \b(would|will|could|does|did|is|was)\s+it\s+(\w+\s+){1,8}(if|when)\s+(the|an?)\b
            | \bwhat\s+time\s+is\s+it\b
            | \b(is|are|was|were|will|be|been|has|have)\s+there\b
            | \bthere\s+(is|are|was|were|will|has|have)\b
            | \b(him|her|it|them)sel(f|ves)\b | \btell\s+me\b"""
        ),
        subjects=_words(
            rf"\b{_any('en', cue_words.SUBJECTS)}\b | \b{_any('en', cue_words.POSSESSIVES)}\b(?=\s+\w)"
            r"""| \bit\b(?=\s+(is|was|will|would|has|had|can|could|be|does|did|should|might)\b)
            | (?<=\bdid\s)it\b | (?<=\bwill\s)it\b | (?<=\bdoes\s)it\b | (?<=\bis\s)it\b | (?<=\bwas\s)it\b
            | (?<=\bwould\s)it\b | (?<=\bhas\s)it\b | (?<=\bcan\s)it\b"""
        ),
        objects=_words(
            r"""\b(him|them|it|that\s+one|this\s+one)\b | \b(her|his|theirs|hers|this|that|those|these)\s*\?*$
            | \b(there|else|then|next|afterwards?|since)\s*\?*$"""
        ),
        pointing=_words(
            r"""\b(this|these|those)\s+(?!(week|month|year|morning|afternoon|evening|night|summer|winter|spring
            |autumn|fall|weekend|season|time|past|last|days|is|was|are|were|who|that)\b)\w+"""
        ),
        nouns=_words(
            r"\b(the|an?|every|each|two|three|four|some|many|several|any)\s+(?!first\b|same\b|other\b)\w{2,}"
        ),
        attribute=_words(r"^(and\s+)?(what|which|who)\s*('s|is|was|are|were)\s+(the|an?)\s+\w+"),
        asks=_words(r"^(who|whose|what|where|when|why|how|which)\b"),
        clauses=_words(r"\b(when|while|that|who|whether|if|because)\b"),
        dislocated=_words(r"(?!)"),
        subject_behind=re.compile(
            r"(?: \w+){1,3} (?:has|have|had|is|are|was|were|do|does|did|will|would|can|could)"
            r" (?:the [a-z]|[A-Z])"
        ),
    ),
}
# The languages (ISO 639-1) that there are rules for.
SPOKEN = tuple(_RULES)
# First words that are neither names nor subjects, and no stop words either.
_NO_NAMES = word_set(
    "explique expliquez raconte racontez decris decrivez donne donnez dis dites parle parlez resume resumez"
    " liste cite citez montre montrez depuis pendant durant selon lors explain tell give describe list show"
)
_CAPITAL = re.compile(r"(?<![\w-])(?:[A-Za-z]{1,2}')?(?P<name>[A-Z][\w-]+)")
_TIMES = frozenset(("I", *weekday_names("en"), *month_names("en")["wide"][0]))


def needs_context(question: Words) -> bool:
    """Return whether a question can't be understood without the one before it.

    False for a language without rules.
    """
    rules = _RULES.get(question.language)
    if rules is None:
        return False
    opening = opening_of(question.flat, question.language)
    flat = meaningless(question.flat[opening.end :], question.language)
    if not flat.strip(" ?!."):
        return True
    if opening.fragment or rules.opens.search(flat.strip()):
        return True
    if _ORDINAL.search(flat):
        return True
    reading = Reading(question.text, question.language, flattened=question.flat).part(opening.end)
    if not reading.has_verb:
        return _leans_without_verb(question, reading, opening.end > 0)
    return (
        _refers(flat.strip(), rules, question.language)
        or _is_of_something(reading)
        or _asks_of_nothing(reading)
        or _says_little(question, flat.strip(), rules)
    )


_ORDINAL = re.compile(
    r"\b(?:(?:le|la)\s+(?:premiere?|deuxieme|second[e]?|troisieme|derniere?)|l'autre|les\s+(?:deux|autres)"
    r"|the\s+(?:first|second|third|last|latter|former|other)(?:\s+one)?|the\s+(?:others|two))\s*[?!.\s]*$",
    re.IGNORECASE,
)


def _leans_without_verb(question: Words, reading: Reading, opened: bool) -> bool:
    """Return whether words without a verb are part of a question: `À Brécy ?`, and not `Accident N12`."""
    asked = question.text.rstrip().endswith("?")
    begins = reading.tokens[0].kind if reading.tokens else "mark"
    if reading.interrogative.noun and reading.names:  # `Combien de maisons à Malvoisy ?`
        return False
    return opened or asked or begins in ("question", "preposition", "determiner") or len(question.terms) <= 1


# `Qui d'autre était candidat ?`
_OTHERS = re.compile(r"^\W*(?:(?:qui|quoi) d'autres?|(?:who|what|where) else)\b", re.IGNORECASE)


def _asks_of_nothing(reading: Reading) -> bool:
    """Return whether a question counts without saying what, or asks who else: `How many were injured?`."""
    if reading.phrases:
        return _OTHERS.match(reading.flat) is not None and not reading.names and len(reading.phrases) < 2
    asks = reading.interrogative
    return asks.word in ("combien", "how") and not asks.noun and not reading.names


def _is_of_something(reading: Reading) -> bool:
    """Return whether a question is about what belongs to something that it doesn't name: `les victimes`."""
    found = reading.phrases
    if not found or any(phrase.names for phrase in found) or any(map(str.isdigit, reading.text)):
        return False
    return all(_lacks_owner(phrase) for phrase in found)


def _lacks_owner(phrase: Phrase) -> bool:
    found = _LAST_NOUN.search(flatten(phrase.words))
    if found is None:
        return False
    noun = found["noun"].lower()
    return noun in OF_A_MATTER.of(phrase.language) or noun in OF_A_PLACE.of(phrase.language)


_LAST_NOUN = re.compile(r"(?:^|\s)(?:le |la |les |l'|du |au |aux |des |the )(?P<noun>[\w-]+)$", re.IGNORECASE)


def has_anaphor(question: str, language: str) -> bool:
    """Return whether a word of the question stands for something that it doesn't name: `il`, `ce pont`."""
    rules = _RULES.get(language)
    return rules is not None and _refers(meaningless(flatten(question), language), rules, language)


def meaningless(flat: str, language: str) -> str:
    """Return flattened text with spaces for the pronouns that stand for nothing: `y a-t-il`."""
    return _RULES[language].empty.sub(lambda found: " " * len(found[0]), flat)


def bound_before(before: str, language: str, of_object: bool = False, of_somebody: bool = False) -> bool:
    """Return whether flattened words name what a pronoun behind them may stand for.

    `of_object`: the pronoun is an object; `of_somebody`: it is `he` or `she`.
    """
    rules = _RULES[language]
    if of_somebody and not _names_somebody(before):
        return False
    return _known(before, rules, language) if of_object else _named(before, rules, language)


def _refers(flat: str, rules: _Rules, language: str) -> bool:
    """Return whether a word stands for something that the question itself doesn't name before it."""
    if rules.dislocated.search(flat) or _dislocated_name(flat):
        return False
    for found in rules.objects.finditer(flat):
        if not _known(flat[: found.start()], rules, language):
            return True
    for found in rules.subjects.finditer(flat):
        before = flat[: found.start()]
        if rules.subject_behind.match(flat, found.end()):
            continue
        if not _named(before, rules, language) or (
            found[0].lower() in _SOMEBODY and not _names_somebody(before)
        ):
            return True
    return rules.pointing.search(flat) is not None and not _names(flat, language)


# Nobody but a person, whom a noun such as `votes` can't be.
_SOMEBODY = frozenset(("he", "she"))


def _names_somebody(before: str) -> bool:
    """Return whether English words name a person, or a word for one."""
    words = re.findall(r"\w+", before.lower())
    named = bool(_names(before, "en")) or not _PEOPLE.isdisjoint(words)
    return named or any(PERSON.search(word) for word in words)


_PEOPLE = (
    ROLES
    | WordList("rag.query", "answer_type", ("person",)).of("en")
    | word_set("boy girl person player driver worker pilot actor singer writer victim winner author")
)


@lru_cache(maxsize=64)
def _known(before: str, rules: _Rules, language: str) -> bool:
    """Return whether an object after these words may stand for somebody that they name."""
    clauses = [found.start() for found in rules.clauses.finditer(before) if found.start() > 0]
    earlier = before[: clauses[-1]] if clauses else ""
    return bool(_names(earlier, language)) or len(terms(before, language)) >= _SUBJECT_OF_OBJECT


@lru_cache(maxsize=64)
def _named(before: str, rules: _Rules, language: str) -> bool:
    """Return whether these words name somebody or something for whom a pronoun after them may stand."""
    plain = rules.attribute.sub("", before)
    return (
        bool(_names(before, language) or rules.nouns.search(plain)) or len(terms(plain, language)) >= _SUBJECT
    )


def _names(flat: str, language: str) -> list[str]:
    """Return the capitalised words that are names: the first word only if it may be one."""
    found = [match for match in _CAPITAL.finditer(flat) if match["name"] not in _TIMES]
    return [match["name"] for match in found if match.start() > 0 or _is_first_name(match, language)]


def _is_first_name(match: re.Match[str], language: str) -> bool:
    word = match["name"].lower()
    return "-" not in word and word not in _NO_NAMES and bool(content_words(word, language))


def _dislocated_name(flat: str) -> bool:
    """Return whether a name that a pronoun stands for comes after it: `Il a dit quoi, Macron ?`."""
    return re.search(r",\s*[A-Z]\w+(\s+\w+)*\s*\?*$", flat) is not None


def _says_little(question: Words, flat: str, rules: _Rules) -> bool:
    """Return whether a question says too little to stand: `Combien de morts ?`, not `Où est Valbrune ?`."""
    about_a_name = rules.asks.match(flat) and any(letter.isupper() for letter in question.text.strip()[1:])
    return len(question.terms) <= (0 if about_a_name else 1)
