"""French and English words that change what a sentence asserts: negators, modals, opposites.

The words are in `data/`, one list a heading; `word in DENIAL` compares a word as it stands in a text without
accents, unless the list says that it has them.
"""

from __future__ import annotations

import re
from functools import cache

from rag.text.word_lists import LANGUAGES, WordList, read_lists

_PACKAGE = "rag.extraction"


def _listed(file: str, *headings: str, accents: bool = False) -> WordList:
    return WordList(_PACKAGE, file, headings, accents)


# --- small words ---

# Words without meaning of their own beside the stop words: auxiliaries, light verbs, small adverbs.
LIGHT = _listed("grammar", "light")
CHUNK_OPENERS = _listed("grammar", "chunk_openers")
AUXILIARIES = _listed("grammar", "auxiliaries")
# What stands before nouns (`en hausse`, `the close`); by language.
DETERMINERS = _listed("grammar", "determiners")
GERUND_MARKERS = _listed("grammar", "gerund_markers")
INFINITIVE_MARKERS = _listed("grammar", "infinitive_markers")


# --- words by their endings ---

_ADVERBS = _listed("grammar", "adverbs")
_NO_ADVERBS = _listed("grammar", "no adverbs")
_NO_INFINITIVES = _listed("grammar", "no infinitives", accents=True)
_NO_GERUNDS = _listed("grammar", "no gerunds")
_NO_VERBS = _listed("grammar", "no verbs", "no gerunds", "no infinitives", accents=True)
_ADVERB_ENDING = {"fr": re.compile(r"\w{3,}ment"), "en": re.compile(r"\w{3,}ly")}
_INFINITIVE = re.compile(r"\w{2,}(?:er|ir|re|oir)")
_GERUND = re.compile(r"\w{2,}ing|\w{3,}ant")
_VERB_LIKE = re.compile(r"\w+(?:é|ée|és|ées|i|u|is|it|er|ir|ed|en|ing)")


def is_adverb(plain: str, language: str | None) -> bool:
    """Return whether a cue passes over the word on its way to what it applies to.

    `vraiment`, not `document`.
    """
    spoken = language if language in _ADVERB_ENDING else "en"
    if plain in _ADVERBS.of(spoken):
        return True
    return _ADVERB_ENDING[spoken].fullmatch(plain) is not None and plain not in _NO_ADVERBS.of(spoken)


def is_infinitive(exact: str) -> bool:
    """French infinitive by its ending, with accents: `signer`; not `libéré`, `guerre`, `février`."""
    return _INFINITIVE.fullmatch(exact) is not None and exact not in _NO_INFINITIVES


def is_gerund(plain: str) -> bool:
    """English gerund or French present participle by its ending: `signing`; not `morning`, `enfant`."""
    return _GERUND.fullmatch(plain) is not None and plain not in _NO_GERUNDS


def is_verb_like(exact: str) -> bool:
    """Return whether the word ends as verbs and participles do, and is no frequent word of another kind."""
    return _VERB_LIKE.fullmatch(exact) is not None and exact not in _NO_VERBS


# --- pronouns ---

SUBJECTS = _listed("pronouns", "subjects")
POSSESSIVES = _listed("pronouns", "possessives")
# Every word for somebody or something named before, and with what points (`ce`, `this`).
PRONOUNS = _listed("pronouns", "subjects", "neuter", "objects", "possessives", "latter")
POINTING = _listed("pronouns", "subjects", "neuter", "objects", "possessives", "latter", "demonstratives")

# --- negation ---

NEGATORS = _listed("negation", "negators")
NOUN_NEGATORS = _listed("negation", "noun_negators")
NOT_ONLY = _listed("negation", "not_only")
DISPUTE = _listed("negation", "dispute")
# `the car park, and not the restaurant`; `at the earliest`.
NOT_THE_OTHER = _listed("negation", "not the other")
EARLIEST = _listed("negation", "earliest")
DENIAL = _listed("negation", "dispute", "denial")
# Words that deny by their meaning: after them `n'est pas …` may be a fair way to say it.
IMPLICIT_NEGATIVES = _listed("negation", "implicit_negatives", accents=True)

# --- certainty ---

RUMOUR = _listed("certainty", "rumour")
ALLEGED = _listed("certainty", "alleged")
SHOULD = _listed("certainty", "should")
# Verbs that say nothing without their noun (`prendra fin`).
SUPPORT = _listed("certainty", "support verbs", accents=True)
LIGHT_VERBS = _listed("certainty", "light verbs", accents=True)
# Conditionals that no reporting verb turns into a future.
UNREAL = _listed("certainty", "unreal")
POSSIBLE = _listed("certainty", "possible")
PROJECTED = _listed("certainty", "projected", "bare modals")
# Cues that come after what they are about (`no cuts are planned`, `une aide est possible`).
PLANNED = _listed("certainty", "planned", accents=True)
CONCEIVABLE = _listed("certainty", "conceivable", accents=True)
# Cues that are verbs with a meaning of their own and pass their level on to what follows.
MODAL_VERB = _listed("certainty", "possible", "projected", "bare modals")
# Cues that apply to an infinitive after them, and to nothing else.
NEEDS_INFINITIVE = _listed("certainty", "projected", "before an infinitive")
HEARSAY = _listed("certainty", "hearsay")

# --- speech and deeds ---

SPEECH_VERBS = _listed("speech", "speech", accents=True)
# Verbs after which a conditional is only the future as it was told.
REPORTING = _listed("speech", "speech", "speech nouns", "promises")
SPEECH = _listed("speech", "speech", "speech nouns")
# What two do together: as true when the names change places.
MUTUAL = _listed("speech", "mutual")
# `asked for it` isn't `got it`.
REQUEST = _listed("deeds", "request", accents=True)
ACHIEVED = _listed("deeds", "achieved", accents=True)
# Deeds that nobody may be said to have done when the quotes have no word for it.
ACTS = _listed("deeds", "acts", accents=True)

# --- opposites ---

# Pairs of opposites, by the heading of their one side; the other's is the same with `opposite`.
# Opposites that say where or how much something is: compared only before the same next word.
OF_THE_NEXT = frozenset({"before", "more", "east", "youth", "length", "early", "several"})
# … and those that say how somebody stands, after the same word (`voted for`).
OF_THE_LAST = frozenset({"for"})
# Pairs without a middle: what isn't the one is the other.
DENIED_IS_OPPOSITE = frozenset({"change", "cancel", "open"})


# Pairs of which each side tells the same event from its other end: `bought from` is `sold to`.
CONVERSES = frozenset({"transfer", "purchase", "lending"})


@cache
def _sides(language: str | None) -> dict[str, frozenset[tuple[str, int]]]:
    """Return each word with an opposite, and the sides that it stands on."""
    found: dict[str, set[tuple[str, int]]] = {}
    for spoken in LANGUAGES if language is None or language in LANGUAGES else (language,):
        for heading, words in read_lists(_PACKAGE, spoken, "opposites").items():
            pair, opposite = heading.removesuffix(" opposite"), heading.endswith(" opposite")
            for word in words:
                found.setdefault(word, set()).add((pair, int(opposite)))
    return {word: frozenset(sides) for word, sides in found.items()}


def concepts(exact: str, plain: str, language: str | None = None) -> frozenset[tuple[str, int]]:
    """Return the pairs of opposites that a word belongs to, each with its side, 0 or 1.

    Only words that rarely mean anything else have one. `exact` has the word's accents, `plain` has none.
    """
    sides = _sides(language)
    return sides.get(exact, frozenset()) | sides.get(plain, frozenset())


def denies(text: str) -> bool:
    """Return whether a word of the text denies by its meaning: `rejeté`, `unable`, `prive`; not `privé`."""
    return IMPLICIT_NEGATIVES.found_in(text.replace("’", "'").lower())


def is_hearsay(flat: str) -> bool:
    """Return whether a flattened text gives no better source than a rumour or an unnamed one."""
    return HEARSAY.found_in(flat.lower())


# --- tense ---

_FUTURE_STEMS = _listed("tense", "future stems", accents=True)
_NOT_FUTURE = _listed("tense", "no future", accents=True)


@cache
def _verb_in(endings: str) -> re.Pattern[str]:
    """Return a French verb with these endings of the future or the conditional, which share a stem.

    `signer-`.
    """
    return re.compile(rf"(?:\w*[^é\W]e|{_FUTURE_STEMS.pattern})r(?:{endings})")


def is_conditional(word: str) -> bool:
    """French conditional by its ending, with accents: `signerait`, `aurait`; not `espérait`, `montrait`."""
    return _verb_in("ait|aient").fullmatch(word) is not None


def is_future(word: str) -> bool:
    """French simple future by its ending: `signera`, `aura`; not `déclara`, `opéra`."""
    return _verb_in("a|ont").fullmatch(word) is not None and word not in _NOT_FUTURE
