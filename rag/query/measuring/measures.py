"""Whether a sentence gives a measure that a question asks for, of what it asks it of.

Pure. A number answers only with its referent: `combien de piscines` isn't answered by votes, `combien d'eau`
not by litres of milk nor by euros, and what was so in 2014 not by a number of 2024. The words are data
(`measures.txt`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from rag.extraction.analysed_sentence import AnalysedSentence
from rag.extraction.numbers.quantities import Quantity
from rag.extraction.numbers.units import unit_after
from rag.extraction.quantity_times import is_of
from rag.query.measuring.asked_measure import BEFORE_NOUNS, UNITS, Dimension, Measure, listed
from rag.query.measuring.belonging import own_numbers
from rag.query.measuring.margins import is_of_another_kind
from rag.text.analyzer import terms
from rag.text.normalization import fold
from rag.text.stop_words import stop_words
from rag.text.synonyms import meanings
from rag.text.word_lists import LANGUAGES, WordList, read_lists

_MONEY, _LENGTHS, _TIMES = listed("money"), listed("lengths"), listed("times")
_FREQUENCIES, _LASTING, _DEPTH = listed("frequencies"), listed("lasting"), listed("depth")
_PENALTIES, _SENTENCED, _NO_PENALTIES = (
    listed("penalties"), listed("sentenced"), listed("no penalties yet"),
)  # fmt: skip
_ANYBODY = listed("anybody")
# What may have happened to those who are counted: another fate is no answer.
_FATES = (listed("dead"), listed("hurt"), listed("missing"))

# A clock's time is no duration; a year that is told by its distance is no age.
_CLOCK_BEFORE = re.compile(r"\b(?:a|vers|des|at|by|around) $", re.IGNORECASE)
_AGO_BEFORE = re.compile(r"\b(?:il y a|depuis|pendant|durant|dans|apres|for|since|in|after) $", re.IGNORECASE)
_AGED = re.compile(r"\b(?:agee?s? (?:de )?|aged |age of |age )(?:\w+ ){0,2}?\d{1,3}\b|, \d{1,2},")
_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
# How many, without a number, with the noun that follows: `aucun blessé`, `des dizaines de maisons`.
_UNCOUNTED = re.compile(
    r"\b(?:(?P<nobody>personne n['e]|nobody|no one|none|neither|aucune? (?:n'|ne |d))|aucune?|nulle?|zero|no"
    r"|dizaines?|douzaines?|centaines?|milliers|millions|milliards|dozens|hundreds|thousands|billions"
    r"|majorite|majority|plupart|tous|toutes|all|most)\b"
    r"(?: (?:de |d'|des |of |les |ces |the |these )*(?P<noun>[^\W\d_]+))?"
)
# `Quelques millions` is an amount of money where one is asked for; `tous`, `all` and `most` are none.
_SUMS = re.compile(r"\b(?:milliers|millions|milliards|thousands|billions)\b")
_ONE = re.compile(r"\b(?:une?|one|a|an|single|seule?) (?:seule? |single )?(?P<noun>[\w-]+)")
_ONE_UNIT = re.compile(
    r"\b(?:une?|one|an?|quelques|plusieurs|several|a few) (?P<unit>[\w/']+(?: [\w']+){0,2})"
)
_RATIO = re.compile(
    r"\b(?:\w+) (?:\w+ )?sur (?:\d+|deux|trois|quatre|cinq|dix|cent)\b|\b(?:out of|in) (?:\d+|ten|five)\b|‰"
)
_NO = ("aucun", "nul", "no ", "zero")
_PEOPLE = "kind people"
# A shorter word that ends in `s` is seldom a plural: `plus`, `dans`.
_SHORT = 4
# Who is meant by a sentence's subject was said before: `Ils étaient douze`.
_POINTING_BACK = re.compile(
    r"^\W*(?:ils|elles|on en|il en|they|there (?:were|are)|leur nombre|their number)\b"
    r"|\b(?:en|y) (?:a|ont|compte|comptait|avait)\b"
)


@cache
def _kinds() -> dict[str, str]:
    """Return a folded noun → the kind of things that it is, where that is known."""
    stated = {heading for language in LANGUAGES for heading in read_lists("rag.query", language, "measures")}
    return {word: kind for kind in stated if kind.startswith("kind ") for word in listed(kind).terms}


def gives_measure(measure: Measure, said: AnalysedSentence, asked: str, language: str | None) -> bool:
    """Return whether a sentence has such a measure that the question hasn't.

    Args:
        measure: What is measured.
        said: The sentence.
        asked: The question, folded.
        language: Its language.

    """
    return any(True for _ in answering(measure, said, asked, language)) or any(
        _in_words(dimension, measure, said, asked, language) for dimension in measure.dimensions
    )


def answering(
    measure: Measure, said: AnalysedSentence, asked: str, language: str | None
) -> Iterator[Quantity]:
    """Yield the numbers of a sentence that answer, in order; none that it says of something else."""
    yield from own_numbers(list(_fitting(measure, said, asked, language)), said, asked, language)


def _fitting(
    measure: Measure, said: AnalysedSentence, asked: str, language: str | None
) -> Iterator[Quantity]:
    for quantity in said.quantities:
        if fold(said.text[quantity.start : quantity.end]) in asked:
            continue
        if measure.times and is_of(quantity, said, measure.times) is False:
            continue
        if is_of_another_kind(quantity, said, asked):
            continue
        if any(_answers(dimension, quantity, measure, said, language) for dimension in measure.dimensions):
            yield quantity


def _answers(
    dimension: Dimension, quantity: Quantity, measure: Measure, said: AnalysedSentence, language: str | None
) -> bool:
    before = said.flat[max(0, quantity.start - 12) : quantity.start]
    if dimension == "number":
        return True
    if dimension == "count":
        return _counts(quantity, measure, said, language)
    if dimension == "frequency":
        return quantity.unit == "" and not quantity.ordinal
    if dimension == "penalty":
        return False  # a number is no sentence: its words are
    if dimension == "money" and quantity.noun in _MONEY:
        return True
    if dimension == "length" and quantity.noun in _LENGTHS:
        return True
    if measure.depth and not _DEPTH.found_in(said.folded, said.language):
        return False
    if quantity.unit not in UNITS[dimension]:
        return (
            dimension == "duration"
            and re.match(r"siecles?|centur(?:y|ies)|generations?|saisons?|seasons?|millieme", quantity.noun)
            is not None
        )
    if dimension == "duration":
        if measure.lasting and not _LASTING.found_in(said.folded, said.language):
            return False
        clock = quantity.unit == "time" and _CLOCK_BEFORE.search(before) is not None
        return not clock and _AGED.search(said.folded[max(0, quantity.start - 12) : quantity.end + 8]) is None
    return dimension != "age" or _AGO_BEFORE.search(before) is None


def _in_words(
    dimension: Dimension, measure: Measure, said: AnalysedSentence, asked: str, language: str | None
) -> bool:
    """Return whether a sentence says without a number what is asked for: `toute la nuit`, `aucun blessé`."""
    folded = said.folded
    if dimension in UNITS and any(_is_unit(found, dimension) for found in _ONE_UNIT.finditer(folded)):
        return True
    if dimension == "money":
        return _SUMS.search(folded) is not None
    if dimension == "duration":
        return _TIMES.found_in(folded, said.language) or len(said.dates) > 1
    if dimension == "frequency":
        return _FREQUENCIES.found_in(folded, said.language)
    if dimension == "percent":
        return _RATIO.search(folded) is not None
    if dimension == "age":
        return _AGED.search(folded) is not None
    if dimension == "penalty":
        threatened = _NO_PENALTIES.found_in(folded, said.language) and not _NO_PENALTIES.found_in(asked)
        return _SENTENCED.found_in(folded, said.language) or (
            _PENALTIES.found_in(folded, said.language) and not threatened
        )
    if dimension != "count":
        return False
    if any(_tells_none_or_many(found, measure, said, language) for found in _UNCOUNTED.finditer(folded)):
        return True
    return any(_is(match["noun"], measure, said.language, language) for match in _ONE.finditer(folded))


def _tells_none_or_many(
    found: re.Match[str], measure: Measure, said: AnalysedSentence, language: str | None
) -> bool:
    """Return whether it is none or many of what is counted, and not of another noun that follows."""
    if found["nobody"] or not found["noun"] or found["noun"] in stop_words(said.language):
        return _speaks_of(measure, said, language)
    if _is_kind(found["noun"], measure, said, language):
        return True
    plural = _is_plural(found["noun"], said.language) or found["noun"] in _kinds()
    return not plural and not found[0].startswith(_NO) and _speaks_of(measure, said, language)


def _is_unit(found: re.Match[str], dimension: Dimension) -> bool:
    """Return whether it is `un kilomètre`, `plusieurs hectares`."""
    after = unit_after(f"0 {found['unit']}", 1)
    return after is not None and after.unit in UNITS[dimension]


# --- what is counted ---


def _counts(quantity: Quantity, measure: Measure, said: AnalysedSentence, language: str | None) -> bool:
    """Return whether a number counts what is asked for."""
    if quantity.unit not in ("", "percent", "points") or quantity.ordinal:
        return False
    if not measure.counted:
        return quantity.unit == ""
    following = _following(quantity, said)
    if any(_is(word, measure, said.language, language) for word in following):
        return True
    if following and _names_deed(following[0], measure, said.language, language):
        return True
    fate = _fate(measure)
    if fate is not None:
        return fate.found_in(said.folded, said.language)
    noun = following[0] if following else _noun_of_other_side(quantity, said)
    if noun and not following and _is(noun, measure, said.language, language):
        return True
    if not noun:
        return _speaks_of(measure, said, language)
    if any(word in _ANYBODY for word in measure.counted):
        return _kinds().get(noun, _PEOPLE).startswith(_PEOPLE)
    mine = _kind(measure)
    theirs = _kinds().get(noun)
    if theirs is not None and mine is None and _is_deed(measure, said, language):
        return True
    if theirs is not None and mine is not None:
        return theirs.startswith(mine)
    if theirs is not None or (mine != _PEOPLE and _is_plural(noun, said.language)):
        return False
    return _speaks_of(measure, said, language)


def _noun_of_other_side(quantity: Quantity, said: AnalysedSentence) -> str:
    """Return the noun that a bare number has from the one before it: `14 voix contre 9`."""
    before = fold(said.flat[max(0, quantity.start - 40) : quantity.start])
    found = re.search(r"\d[\w.,]* (?P<noun>[^\W\d]+) (?:contre|sur|et|a|ou|against|to|and|or|of) $", before)
    if found or not quantity.aside:
        return found["noun"] if found else ""
    earlier = [other for other in said.quantities if other.end < quantity.start and not other.unit]
    following = _following(earlier[-1], said) if earlier else []
    return following[0] if following else ""


def _is_plural(noun: str, language: str | None) -> bool:
    """Return whether a word after a number looks like a plural, so that it is what is counted."""
    return len(noun) > _SHORT and noun.endswith(("s", "x")) and noun not in stop_words(language)


def _is_kind(noun: str, measure: Measure, said: AnalysedSentence, language: str | None) -> bool:
    """Return whether a noun is what is counted, or of its kind."""
    mine, theirs = _kind(measure), _kinds().get(noun)
    if any(word in _ANYBODY for word in measure.counted):
        mine = _PEOPLE
    same = mine is not None and theirs is not None and theirs.startswith(mine)
    return same or _is(noun, measure, said.language, language)


def _following(quantity: Quantity, said: AnalysedSentence) -> list[str]:
    """Return the noun after a number with the two words after it, folded; none before a verb or a stop."""
    stop = stop_words("fr") | stop_words("en")
    rest = re.split(r"[,;:.!?()«»]", said.flat[quantity.end : quantity.end + 60])[0]
    found: list[str] = []
    for word in _WORD.findall(fold(rest)):
        word = word.split("'")[-1]
        if not found and word in BEFORE_NOUNS:
            continue
        if word in stop or len(found) == 3:
            break
        found.append(word)
    return found


def _is(word: str, measure: Measure, language: str | None, asked_in: str | None) -> bool:
    """Return whether a word stands for what is counted: by its stem, or by what both languages call it."""
    meant = {m for stem in terms(word, language) for m in meanings(stem, language)}
    return not meant.isdisjoint(_meant(measure.counted, asked_in))


def _names_deed(word: str, measure: Measure, language: str | None, asked_in: str | None) -> bool:
    """Return whether a noun names what the question says with a verb: `naissances` for `nés`."""
    stems = terms(word, language)
    classes = {m for stem in stems for m in meanings(stem, language) if m.startswith("=")}
    return any(
        stem not in stems and not classes.isdisjoint(meanings(stem, asked_in))
        for other in measure.others
        for stem in terms(other, asked_in)
    )


def _is_deed(measure: Measure, said: AnalysedSentence, language: str | None) -> bool:
    """Return whether what is counted is what a sentence says with a verb: of `naissances`, `enfants nés`."""
    stems = {stem for word in measure.counted for stem in terms(word, language)}
    classes = {m for m in _meant(measure.counted, language) if m.startswith("=")}
    return any(
        stem not in stems and not classes.isdisjoint(meanings(stem, said.language)) for stem in said.terms
    )


@cache
def _meant(counted: tuple[str, ...], language: str | None) -> frozenset[str]:
    return frozenset(
        m for word in counted for stem in terms(word, language) for m in meanings(stem, language)
    )


def _speaks_of(measure: Measure, said: AnalysedSentence, language: str | None) -> bool:
    """Return whether a sentence has what is counted, or only points back to it."""
    if not measure.counted or any(word in _ANYBODY for word in measure.counted):
        return True
    if not said.meanings.isdisjoint(_meant(measure.counted, language)):
        return True
    return _POINTING_BACK.search(said.folded) is not None


def _fate(measure: Measure) -> WordList | None:
    """Return the words for what happened to those who are counted; None where nothing is asked of that."""
    return next((fate for fate in _FATES if any(word in fate for word in measure.counted)), None)


def _kind(measure: Measure) -> str | None:
    return next((kind for word in measure.counted if (kind := _kinds().get(word))), None)
