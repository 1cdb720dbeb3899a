"""The words of a question, each by what it does in it: a determiner, a verb, a name.

Pure. Knows French and English by lists of words, endings and capitals; no grammar and no conversation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from rag.extraction.cue_words import is_infinitive
from rag.text.cldr import month_names, weekday_names
from rag.text.folding import flatten
from rag.text.word_lists import WordList

Kind = Literal[
    "name", "number", "determiner", "preposition", "auxiliary", "verb", "question", "pronoun", "conjunction",
    "adverb", "mark", "word",
]  # fmt: skip


def listed(heading: str) -> WordList:
    """Return a list of the follow-ups' words."""
    return WordList("rag.query", "follow_ups", (heading,))


OPENERS, INTERJECTIONS, FILLERS, ABOUT = map(listed, ("openers", "interjections", "fillers", "about"))
DETERMINERS, PLURAL, MASCULINE, FEMININE = map(listed, ("determiners", "plural", "masculine", "feminine"))
PREPOSITIONS, WHERE, OPPOSITES = map(listed, ("prepositions", "where", "opposites"))
QUESTIONS, CONJUNCTIONS, PRONOUNS = map(listed, ("questions", "conjunctions", "pronouns"))
AUXILIARIES, VERBS, PERSONAL = map(listed, ("auxiliaries", "verbs", "personal"))
OF_A_PLACE, OF_A_MATTER, EVENTS = map(listed, ("of a place", "of a matter", "events"))
TOLD, CORRECTING = map(listed, ("told", "correcting"))
AFTERWARDS, DOUBTING = map(listed, ("afterwards", "doubting"))
TIME_WORDS, RELATIVES = map(listed, ("time words", "relatives"))
SAID, NEWS, PEOPLE, WHY = map(listed, ("said", "news", "people", "why"))

_ELIDED = r"(?<!\w)(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)'(?=\w)(?!hui)"
_WORD = r"[^\W_]+(?:[-'.&][^\W_]+)*"
_TOKENS = {
    "fr": re.compile(rf"(?P<elided>{_ELIDED})|(?P<word>{_WORD})|(?P<mark>[^\w\s])", re.IGNORECASE),
    "en": re.compile(
        rf"(?P<word>(?:what|who|where|when|why|how|it|he|she|that|there)(?='s\b)|'s(?!\w)|{_WORD})|(?P<mark>[^\w\s])",
        re.IGNORECASE,
    ),
}
# `a-t-il`, `est-elle`: a verb with its subject behind it.
INVERTED = re.compile(r"(?P<verb>[a-z']+)-(?:t-)?(?P<subject>ils?|elles?|on|ce|je|tu|nous|vous)")
_ADVERBS = {
    "fr": re.compile(r"\w{4,}ment|tres|plus|moins|encore|deja|aussi|bien|pas|jamais|toujours|si"),
    "en": re.compile(r"\w{3,}ly|very|more|less|still|already|also|not|never|always|ever|again"),
}
# `est-ce que`, and imperatives: `parle-moi de`, `tell me about`.
_VERBAL = ("est-ce",)
_IMPERATIVE = re.compile(
    r"\w+-(?:moi|nous|m'en)|parle[zr]?|dis|dites|raconte[zr]?|explique[zr]?|resume[zr]?|donne[zr]?|cite[zr]?|liste[zr]?"
    r"|decri(?:s|vez)|montre[zr]?|compare[zr]?|tell|give|describe|explain|list|show|summari[sz]e|compare"
)
_BEFORE_VERBS = ("question", "name", "word", "pronoun")
_BEFORE_CLITICS = ("qu'", "n'", "j'", "t'", "m'", "il", "elle", "ils", "elles", "on", "nous", "vous", "y")
# A bare word behind these is a verb, its subject behind it: `comment roulait le tracteur`.
_SIMPLE_INVERSION = ("comment", "ou", "quand", "combien", "qui", "que", "qu'")
_DETERMINED = ("determiner", "preposition")
_BEFORE_FRENCH_VERBS = ("il", "elle", "ils", "elles", "on", "se", "s'", "ne", "n'")
_DO = ("do", "does", "did")
_PARTICIPLES = {
    "fr": re.compile(r"\w+(?:é|ée|és|ées|i|ie|is|it|u|ue|us|ues|ert|int)"),
    "en": re.compile(r"\w+(?:ed|en)"),
}
# What may follow `a` where it is the verb and no `à`.
_PARTICIPLE = re.compile(r"[a-z]+(?:e|ee|es|ees|i|is|it|ie|u|ue|us|ues|s|t|er|ir|re)")


@dataclass(frozen=True, slots=True)
class Token:
    """A word `[start, end)` of a question, flattened and in lower case."""

    start: int
    end: int
    lower: str
    kind: Kind


@cache
def calendar(language: str) -> frozenset[str]:
    """Return the names of months and weekdays, flattened and in lower case."""
    months = month_names(language)["wide"][0]
    return frozenset(flatten(word).lower() for word in (*months, *weekday_names(language)))


def tokens(text: str, flat: str, language: str, known: frozenset[str] = frozenset()) -> list[Token]:
    """Return the words of a question in `fr` or `en`.

    Args:
        text: The question.
        flat: The same, flattened.
        language: One that there are lists for.
        known: Words, in lower case, that the conversation writes as names: `et nora haddad ?`.

    """
    found: list[Token] = []
    accented = text != flat and any(character.isalpha() and not character.isascii() for character in text)
    matches = list(_TOKENS[language].finditer(flat))
    for place, match in enumerate(matches):
        if match["mark"]:
            found.append(Token(match.start(), match.end(), match[0], "mark"))
            continue
        before = found[-1] if found else None
        after = matches[place + 1][0] if place + 1 < len(matches) else ""
        lower = match[0].lower()
        exact = text[match.start() : match.end()]
        kind = _kind(exact, lower, before, after, language, known, accented)
        if language == "fr" and kind == "word" and _behind_object(found, after):
            kind = "verb"
        if kind == "verb" and language == "en" and not _may_be_second_verb(found):
            kind = "word"
        found.append(Token(match.start(), match.end(), lower, kind))
    return _with_last_verb(found) if language == "en" else found


def _with_last_verb(found: list[Token]) -> list[Token]:
    """Let the bare word behind the subject of `do` be the verb: `What do the otters eat?`."""
    done = next((place for place, token in enumerate(found) if token.lower in _DO), None)
    if done is None or any(token.kind == "verb" for token in found[done:]):
        return found
    subject = next((p for p in range(done + 1, len(found)) if found[p].kind in ("word", "name")), None)
    if subject is None or any(token.kind == "auxiliary" for token in found[done + 1 :]):
        return found
    last = subject
    while last + 1 < len(found) and found[last + 1].kind in ("word", "name"):
        last += 1
    while last > subject and found[last].lower in TIME_WORDS.of("en"):
        last -= 1
    if last == subject or found[last].kind != "word":
        return found
    return [*found[:last], replace(found[last], kind="verb"), *found[last + 1 :]]


def _behind_object(found: Sequence[Token], after: str) -> bool:
    """Return whether a French verb follows: `qui l'accompagnait`, and `qui le préside` at the end."""
    if len(found) < 2:
        return False
    if found[-1].lower == "l'":
        return found[-2].lower in ("qui", "ne", "n'")
    ends = not after[:1].isalnum()
    asked = found[-2].lower == "qui" and (len(found) < 3 or found[-3].kind != "preposition")
    return ends and asked and found[-1].lower in ("le", "la", "les")


def _may_be_second_verb(found: Sequence[Token]) -> bool:
    """Return whether an English verb may follow these words: `the tram vote` after `won` is no second one."""
    joined = bool(found) and (
        found[-1].lower == "to" or found[-1].kind in ("auxiliary", "conjunction", "pronoun")
    )
    return joined or all(token.kind != "verb" for token in found)


def _kind(
    exact: str,
    lower: str,
    before: Token | None,
    after: str,
    language: str,
    known: frozenset[str],
    accented: bool,
) -> Kind:
    """Return what a word is; `before` and `after` are its neighbours, `accented` tells of the question."""
    first = before is None or before.kind == "mark"
    closed = _closed(exact, lower, before, after, language, accented)
    if lower == "'s":
        return "auxiliary"
    if lower[0].isdigit():
        return "number"
    if language == "fr" and INVERTED.fullmatch(lower):
        return "verb"
    if before is None and _IMPERATIVE.fullmatch(lower):
        return "verb"
    if exact[0].isupper() and lower not in calendar(language) and (not first or _opens_name(exact, closed)):
        return "name"
    if closed is not None:
        return closed
    if lower in known:
        return "name"
    if before is not None and _has_participle(before) and _PARTICIPLES[language].fullmatch(exact.lower()):
        return "verb"
    if _ADVERBS[language].fullmatch(lower):
        return "adverb"
    if lower in VERBS.of(language) and not (before and before.kind in _DETERMINED and before.lower != "to"):
        return "verb"
    if language == "en" and before is not None and _bare_verb(lower, before):
        return "verb"
    if language == "fr" and before is not None and before.lower in _BEFORE_FRENCH_VERBS:
        return "verb"
    if (
        language == "fr"
        and before is not None
        and before.kind in ("question", "pronoun")
        and is_infinitive(exact)
    ):
        return "verb"
    if language == "fr" and before is not None and before.lower in _SIMPLE_INVERSION and after.isalpha():
        return "word" if lower in FILLERS.of("fr") else "verb"
    return "word"


def _bare_verb(lower: str, before: Token) -> bool:
    """Return whether an English word is the verb behind its subject: `who designed`, `which team climbed`."""
    if before.lower in ("who", "what") and lower not in (
        "kind",
        "sort",
        "time",
        "year",
        "day",
        "age",
        "colour",
    ):
        return lower.endswith(("s", "ed")) or lower in ("did", "made")
    return lower.endswith("ed") and before.kind in ("word", "name", "question")


def _has_participle(before: Token) -> bool:
    """Return whether a participle may follow: `a été exclu`, `a-t-elle fait`."""
    return before.kind in ("auxiliary", "adverb") or INVERTED.fullmatch(before.lower) is not None


def _opens_name(exact: str, closed: Kind | None) -> bool:
    """Return whether the capitalised first word of a question is a name, and no word that begins one."""
    return closed is None and not (exact.lower() in VERBS.terms or flatten(exact).lower() in VERBS.terms)


def _is_verb(before: Token | None, after: str, accented: bool) -> bool:
    """Return whether `a` is the verb: typed without accents, `à` looks as it does."""
    if before is None:
        return False
    if accented or before.lower in _SUBJECTS or before.lower.endswith("'"):
        return True
    return before.kind in _BEFORE_VERBS and _PARTICIPLE.fullmatch(after) is not None


_PRONOMINAL = (
    "autre",
    "autres",
    "tout",
    "tous",
    "toutes",
    "this",
    "that",
    "these",
    "those",
    "all",
    "many",
    "some",
    "other",
)
_SUBJECTS = ("il", "elle", "on", "y", "qui", "age")


def _closed(
    exact: str, lower: str, before: Token | None, after: str, language: str, accented: bool
) -> Kind | None:
    """Return the kind of a word of the closed classes."""
    if language == "fr" and lower == "a":
        return "auxiliary" if exact == "a" and _is_verb(before, after, accented) else "preposition"
    if lower == "ou" and language == "fr":
        return "question" if "ù" in exact or before is None else "conjunction"
    if lower in ("en", "leur", "l'", "le", "la", "les") and language == "fr":
        if lower == "en" and before is not None and before.lower in _BEFORE_CLITICS:
            return "pronoun"
        return "preposition" if lower == "en" else "determiner"
    noun_follows = before is not None and before.kind == "determiner" and before.lower not in _PRONOMINAL
    for kind, words in (
        ("question", QUESTIONS),
        ("preposition", PREPOSITIONS),
        ("determiner", DETERMINERS),
        ("auxiliary", AUXILIARIES),
        ("pronoun", PRONOUNS),
        ("conjunction", CONJUNCTIONS),
    ):
        if lower in words.of(language) and not (noun_follows and kind == "auxiliary"):
            return kind
    return None


def has_verb(found: Sequence[Token], language: str) -> bool:
    """Return whether there is a finite verb among these words, as far as that shows."""
    if any(token.kind == "auxiliary" or token.lower in _VERBAL for token in found):
        return True
    if found and _IMPERATIVE.fullmatch(found[0].lower):
        return True
    asked = bool(found) and any(token.kind == "question" for token in found[:2])
    return any(token.kind == "verb" for token in found) and (language == "fr" or asked)


def is_imperative(token: Token) -> bool:
    """Return whether a question's first word tells one to do something: `compare`, `fais-moi`."""
    return _IMPERATIVE.fullmatch(token.lower) is not None


def only_nouns(found: Sequence[Token]) -> list[Token]:
    """Return the words of a text without a finite verb: what looks as a verb does is a noun in it."""
    return [replace(token, kind="word") if token.kind == "verb" else token for token in found]
