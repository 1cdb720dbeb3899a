"""What kind of answer a question wants, by the way it is put: a fact, a list, a summary, the newest articles.

Pure. The ways are data (`data/<language>/intent.yaml`), tried in the order of the file: the first that fits
the whole question tells its intent, and its slots what it is about. A question that is put in none of them
asks for a fact. Words are never looked at one by one: `quoi de neuf` isn't a number, and `la conversation de
mardi` isn't this one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Literal

import yaml

from rag.query.measuring.asked_kinds import has_question_word, is_known
from rag.query.phrase_patterns import Phrase, PhrasePattern, compiled, prefix, suffix, words
from rag.text.folding import flatten
from rag.text.word_lists import LANGUAGES

IntentKind = Literal["fact", "yes_no", "list", "summary", "comparison", "newest", "catalogue", "statements"]
# Of a summary: what is summarised. Of the catalogue: what is wanted of it; `… this` of the article spoken of.
# Of a comparison and of statements: what a fact may answer as well.
Wanted = Literal[
    "", "conversation", "this", "article", "subject", "count", "outlets", "outlets this", "newest", "oldest",
    "author", "author this", "date", "date this", "source this", "list", "difference",
    "reaction", "talk",
]  # fmt: skip

_SLOTS = dict.fromkeys(("subject", "other", "aspect", "speaker", "rest", "before", "plurals"), r"\S.*?") | {
    "word": r"\w+",
    **dict.fromkeys(("author", "outlet", "by"), r"\S+(?:\s+\S+){0,4}?"),
}
# A question that is longer is put in no short way.
_LONGEST = 400
# What stands before a date and says nothing without it: `en`, and `parus en`.
_BEFORE_DATE = (
    r"(?:\b(?:de|du|des|en|au|aux|le|la|les|dans|depuis|pendant|durant|sur|mois|annee|l|d|in|from|of|on|the|since"
    r"|during|for|over|month)\b['\s]*)*"
)
_DATED = (
    re.compile(rf"{_BEFORE_DATE}$", re.IGNORECASE),
    re.compile(rf"(?:\b(?:date|publie|paru|sorti|ecrit)e?s? )?{_BEFORE_DATE}$", re.IGNORECASE),
)
# What a reader adds of himself: `…, je n'ai pas suivi`.
_ASIDE = re.compile(
    r"\s*[,;(]\s*(?:je|j'|on|nous|moi|parce|car|i|i'm|i've|we|because|as i|for my|pour mon|pour ma)\b.*$",
    re.IGNORECASE | re.DOTALL,
)
_OR = {"fr": re.compile(r"\bou\b", re.IGNORECASE), "en": re.compile(r"\bor\b", re.IGNORECASE)}
# `it was moved where?`
_ASKS_LATE = re.compile(
    r"\b(?:what|where|who|whom|which|whose|quoi|qui|ou|quand|combien)\W*$|\b(?:what|which) \w+\W*$"
    r"|(?:\bthen|,) (?:what|where|when|how|who|which|qui|quand|combien|comment)\b",
    re.IGNORECASE,
)
_OR_NOT = re.compile(
    r"\b(?:oui ou non|vrai ou faux|ou (?:pas|non)|yes or no|true or false|or not)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Intent:
    """The kind of answer that is wanted, and the words that say of what.

    Attributes:
        kind: The kind.
        wanted: What of it, for a summary and the catalogue.
        subject: What it is about, in the question's words; of a comparison, the first side.
        other: The second side of a comparison.
        aspect: In what the sides are compared.
        speaker: Whose statements are wanted.
        author: Who signed the articles that are wanted.
        outlet: Who printed them.
        by: Whose articles are wanted, where the words don't tell an author from an outlet.

    """

    kind: IntentKind = "fact"
    wanted: Wanted = ""
    subject: str = ""
    other: str = ""
    aspect: str = ""
    speaker: str = ""
    author: str = ""
    outlet: str = ""
    by: str = ""

    @property
    def about_conversation(self) -> bool:
        """Whether it is about what was said, or the article that was spoken of."""
        return self.wanted == "conversation" or self.wanted.endswith("this")


FACT = Intent()
# Kinds that fit questions of any subject.
_ANY = ("yes_no", "list")
_FIELDS = ("subject", "other", "aspect", "speaker", "author", "outlet", "by")


@dataclass(frozen=True)
class _Ways:
    """The ways of one language: each with its kind and what is wanted."""

    before: re.Pattern[str]
    after: re.Pattern[str]
    asking: re.Pattern[str]
    documents: re.Pattern[str]
    pronouns: re.Pattern[str]
    ways: tuple[tuple[IntentKind, Wanted, PhrasePattern], ...]
    whether: tuple[PhrasePattern, ...]
    stated_verbs: re.Pattern[str]
    indirect: tuple[PhrasePattern, ...]
    not_plural: re.Pattern[str] | None
    plural: re.Pattern[str] | None
    auxiliaries: re.Pattern[str] | None


@cache
def _ways(language: str) -> _Ways:
    text = files("rag.query").joinpath("data", language, "intent.yaml").read_text(encoding="utf-8")
    data = yaml.load(text, yaml.CSafeLoader)
    macros = data["macros"]
    ways = tuple(
        (stated["kind"], stated.get("wanted", ""), pattern)
        for stated in data["intents"]
        for pattern in compiled(stated["patterns"], macros, _SLOTS)
    )

    def listed(heading: str) -> re.Pattern[str] | None:
        return words(data[heading], macros) if heading in data else None

    return _Ways(
        prefix(data["before"], macros),
        suffix(data["after"], macros),
        words(data["question words"][0], macros),
        words(data["documents"], macros),
        words(data["pronouns"], macros),
        ways,
        tuple(compiled(data["whether"], macros, _SLOTS)),
        words(data["stated verbs"], macros),
        tuple(compiled(data["indirect"], macros, _SLOTS)),
        listed("not plural"),
        listed("plural"),
        listed("auxiliaries"),
    )


def load() -> None:
    """Read and compile the ways of all languages, which the first question would wait for."""
    for language in LANGUAGES:
        _ways(language)


def read_intent(text: str, flat: str, language: str, period: tuple[int, int] | None = None) -> Intent:
    """Return what kind of answer a question wants.

    Args:
        text: The question.
        flat: The same flattened, of the same length.
        language: Its language (ISO 639-1), whose ways are tried first.
        period: Where its words for a period stand: they are no part of what it is about.

    """
    if len(flat.strip()) > _LONGEST:
        return FACT
    starts = [0] if period is None else [dated.search(flat, 0, period[0]).start() for dated in _DATED]
    end = 0 if period is None else period[1]
    found: list[Intent] = []
    for start in starts:
        blank = " " * (end - start)
        words, plain = text[:start] + blank + text[end:], flat[:start] + blank + flat[end:]
        for spoken in dict.fromkeys((language, *LANGUAGES)):
            if spoken not in LANGUAGES or (read := _read(words, plain, spoken)) is None:
                continue
            # `Was` opens a yes/no question in English, and none in German.
            if read.kind != "yes_no" or not (
                is_known(language) and has_question_word(plain.lower(), language)
            ):
                found.append(read)
    # `quels articles parus en mai` is a list like any other, and first of all one of the catalogue.
    return next((one for one in found if one.kind not in _ANY), next(iter(found), FACT))


def _read(text: str, flat: str, language: str) -> Intent | None:
    ways = _ways(language)
    starts, end = _starts(flat, ways)
    if len(starts) > 1 and any(pattern.match(flat, starts[-1], end) for pattern in ways.indirect):
        return Intent("yes_no")
    for kind, wanted, pattern in ways.ways:
        # `tell me about …` begins as `tell me who …` does, which asks for what comes after.
        for start in starts[-1:] if kind in _ANY else starts:
            phrase = pattern.match(flat, start, end)
            if phrase is not None and _holds(kind, phrase, flat, language):
                found = Intent(kind, wanted, **{name: phrase.words(text, name) for name in _FIELDS})
                found = replace(found, subject=_named_after(found.subject))
                is_french = kind == "statements" and language == "fr"
                return _speaker_and_subject(found, phrase, flat) if is_french else found
    return Intent("yes_no") if _asks_whether(text, flat, starts[-1], end, ways) else None


def stated_in(flat: str, language: str) -> tuple[int, int]:
    """Return where a yes/no question says what it is about: `c'est vrai que …`, `… ou c'est fini` left out.

    Args:
        flat: The question, flattened.
        language: Its language; of one without data all of the question is returned.
    """
    if language not in LANGUAGES:
        return 0, len(flat)
    ways = _ways(language)
    starts, end = _starts(flat, ways)
    start, end = _stated(flat, starts[-1], end, ways)
    return (_IF.match(flat, start, end).end() if len(starts) > 1 else start), end


def _stated(flat: str, start: int, end: int, ways: _Ways) -> tuple[int, int]:
    """Return what is left of a question without what says that yes or no is wanted."""
    for _ in range(_MOST_AROUND):
        found = next(filter(None, (pattern.match(flat, start, end) for pattern in ways.whether)), None)
        if found is None:
            break
        start, end = found.slots["rest"]
    return start, end


def _asks_whether(text: str, flat: str, start: int, end: int, ways: _Ways) -> bool:
    """Return whether a question asks whether something is so, without turning its verb round."""
    stated = _stated(flat, start, end, ways)
    said = flat[slice(*stated)]
    if any(_ways(spoken).asking.search(said) for spoken in LANGUAGES) or _ASKS_LATE.search(said):
        return False
    if stated != (start, end):
        return True
    if "?" not in flat[start:] or _OR["fr"].search(said) or _OR["en"].search(said):
        return False
    return (ways.stated_verbs.search(said) or _PARTICIPLE.search(text[slice(*stated)])) is not None


# `Kelby-on-Dee` turns no verb round, `a-t-on` does.
_IN_A_NAME = re.compile(r"\w-(?:il|elle|ils|elles|on|ce)-\w", re.IGNORECASE)
_TURNED = re.compile(r"\w[- ](?:il|elle|ils|elles|on|ce)\b(?!-)", re.IGNORECASE)
# `Can you tell me if …`
_IF = re.compile(r"(?:(?:si|if|whether) )?", re.IGNORECASE)
# So much is said at most around what a yes/no question asks about.
_MOST_AROUND = 4
# `a démissionné`: with its accent, or `a` may be `à`. `The mayor resigned?`
_PARTICIPLE = re.compile(r"\b(?:a|has) (?:\w+ )?\w+(?:é|ée|és|ées)\b|\w\w (?:\w+ly )?[a-z]{3,}ed\b")


def _starts(flat: str, ways: _Ways) -> tuple[list[int], int]:
    """Return where a question may begin, with ever less of what is said out of politeness, and its end."""
    starts = [len(flat) - len(flat.lstrip(" \t\n\"'«-"))]
    while (found := ways.before.match(flat, starts[-1])) is not None:
        starts.append(found.end())
    aside = _ASIDE.search(flat, starts[-1] + 1)
    end = aside.start() if aside else len(flat)
    while (found := ways.after.search(flat, starts[-1], end)) is not None:
        end = found.start()
    return starts, end


def _holds(kind: IntentKind, phrase: Phrase, flat: str, language: str) -> bool:
    """Return whether a way that fits is what it looks like."""
    ways = _ways(language)
    if kind == "yes_no":
        before = phrase.words(flat, "before")
        if any(_ways(spoken).asking.search(before) for spoken in LANGUAGES):
            return False
        if _IN_A_NAME.search(flat) and not _TURNED.search(flat):
            return False
        if _ASKS_LATE.search(flat):
            return False
        return not _OR[language].search(flat) or _OR_NOT.search(flat) is not None
    if kind == "comparison":
        return not any(_ways(spoken).asking.search(phrase.words(flat, "subject")) for spoken in LANGUAGES)
    if kind == "statements":
        # `que dit la loi`: nobody's words. `que dit-il`: the conversation has to tell whose.
        said_by = re.split(r"[\s'-]+", phrase.words(flat, "speaker"))
        if ways.pronouns.fullmatch(said_by[0]):
            return False
        return ways.documents.search(" ".join(said_by[:2])) is None
    if kind == "list" and "plurals" in phrase.slots:
        return _is_plural(phrase.words(flat, "plurals"), ways, flat)
    if kind == "list" and language == "fr":
        return _SINGULAR.match(phrase.words(flat, "rest")) is None
    return True


# How a follow-up that leans on an earlier question names what that was about: `…, à propos de la grève`.
_NAMED_AFTER = re.compile(
    r"(?P<own>.*?)\s*,\s*(?:a propos (?:de la |de l'|du |des |de |d')|about |regarding )(?P<named>.+)",
    re.IGNORECASE | re.DOTALL,
)
_PRONOUN = re.compile(r"(?:il|ils|elles?|lui|eux|cela|ca|ce sujet|it|him|her|them|this|that)", re.IGNORECASE)


def _named_after(subject: str) -> str:
    """Return what a subject is: what is named after a pronoun, else its own words alone."""
    found = _NAMED_AFTER.fullmatch(flatten(subject))
    if found is None:
        return subject
    if not found["own"] or _PRONOUN.fullmatch(found["own"]):
        return subject[found.start("named") :]
    return subject[: found.end("own")]


# `Quelles est la date`: a slip of the pen.
_SINGULAR = re.compile(r"(?:est|etait|sera|serait|fut|a ete)\b", re.IGNORECASE)
_WHAT = re.compile(r"\W*(?:\w+ )?what\b", re.IGNORECASE)


def _is_plural(following: str, ways: _Ways, flat: str) -> bool:
    """Return whether `which …` asks for several: the noun before its verb is a plural.

    After `what` a word in -s may be the verb itself (`what causes …`): only before another verb is it a noun.
    """
    if ways.plural is None or ways.not_plural is None or ways.auxiliaries is None:
        return True
    said = re.findall(r"[\w']+", following.lower())
    for place, word in enumerate(said[:4]):
        if ways.auxiliaries.fullmatch(word) or (place == 0 and ways.not_plural.fullmatch(word)):
            return False
        if ways.plural.fullmatch(word) or re.fullmatch(r"\w{2,}[^su\W]s", word):
            after = said[place + 1] if place + 1 < len(said) else "of"
            return not _WHAT.match(flat) or after == "of" or ways.auxiliaries.fullmatch(after) is not None
    return False


_OF = re.compile(r"(?:du|des|de|d')", re.IGNORECASE)
_LONGEST_PLACE = 3  # words
_BEGINS_SUBJECT = re.compile(
    r"\s(?:(?:a propos |au sujet )?(?:du |des |de |d')|sur |concernant )",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"(?:l[ae]s?\b|l'|une?\b|cette\b|ce[st]?\b)", re.IGNORECASE)


def _speaker_and_subject(found: Intent, phrase: Phrase, flat: str) -> Intent:
    """Return the intent with `le maire de Toury` whole: the first `de` may belong to the speaker.

    It does after a role, where a name without an article follows.
    """
    if "subject" not in phrase.slots:
        return found
    joined = _OF.fullmatch(flat[phrase.slots["speaker"][1] : phrase.slots["subject"][0]].strip())
    place, subject = found.subject, ""
    if split := _BEGINS_SUBJECT.search(flatten(place)):
        place, subject = place[: split.start()].strip(), place[split.end() :].strip()
    is_role = _ARTICLE.match(found.speaker) and not _ARTICLE.match(place)
    if joined is None or not is_role or len(place.split()) > _LONGEST_PLACE:
        return found
    of = joined[0] if joined[0].endswith("'") else f"{joined[0]} "
    return replace(found, speaker=f"{found.speaker} {of}{place}", subject=subject)
