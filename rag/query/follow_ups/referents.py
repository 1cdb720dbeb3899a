"""What was spoken of and what a pronoun may stand for: phrases of the last questions and what answered them.

Pure. Knows turns as they were understood, no articles. What an answer named comes first after `who` and
`which`; else what the question was about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from rag.extraction.numbers.quantities import read_quantities
from rag.query.follow_ups.composing import lower_first
from rag.query.follow_ups.lexicon import DETERMINERS, NEWS, PERSONAL, TIME_WORDS, calendar
from rag.query.follow_ups.people import named_people, speakers
from rag.query.follow_ups.phrases import Phrase, Sort
from rag.query.follow_ups.reading import Reading
from rag.text.folding import flatten, word_forms

# A longer answer is a sentence: only its names are taken from it.
_LONGEST = 9  # words
_PARENTHESIS = re.compile(r"\s*\([^)]*\)|[«»“”\"]")
_FEMININE_NAME = re.compile(r"[A-Z]\w*(?:a|ette|elle|ine|enne|ie|ise|anne|ene|aine)\b")
# `le ministre Sergueï Lavrov`, `la secrétaire générale de la CGT, Sophie Binet`; not `le métier de Nadia`.
_NOT_IN_ROLE = (
    "de|du|des|et|que|qui|a|au|aux|par|pour|avec|contre|sur|sans|chez|dans|en|selon|entre|envers|devant|vers"
)
_ROLE_BEFORE = (
    rf"(?i:{{articles}}) (?:(?:(?!(?:{_NOT_IN_ROLE})\b)[a-z][\w-]*,? ){{{{0,3}}}}"
    r"|(?:[\w'-]+ ){{0,6}}[\w'-]+, ){name}"
)
_ARTICLES = {"m": "le|un|m\\.|monsieur|ancien|son", "f": "la|une|mme|mlle|madame|ancienne|sa"}
POSSESSIVES = frozenset(["son", "sa", "ses", "leur", "leurs", "his", "her", "its", "their"])
_PLURALS = ("people", "men", "women", "children", "police")
_MOST_TOGETHER = 3
_MEASURES = ("combien", "how", "quand", "when", "ou", "where", "pourquoi", "why", "comment")


@dataclass(frozen=True, slots=True)
class Referent:
    """Words for something that was spoken of, as they may stand in a sentence.

    `gender` is `m`, `f` or None where nothing shows it, and so is `plural`. `bare`: only a name.
    `beside`: it stood behind a preposition, or as a mere noun: no subject and no object.
    """

    words: str
    sort: Sort
    gender: str | None
    plural: bool | None
    bare: bool = False
    beside: bool = False


@dataclass(frozen=True, slots=True)
class Need:
    """What a word stands for: its gender and number, and whether somebody; None where it may be anything.

    `noun`: the noun that points at it, `ce pont`. `soft`: it only likely is somebody, or several. `matter`:
    it is what was asked about, `qu'en dit le préfet ?`, before what answered. `together`: several people who
    were named apart may be meant, `ils`.
    """

    gender: str | None = None
    plural: bool | None = None
    person: bool | None = None
    noun: str = ""
    soft: bool = False
    matter: bool = False
    together: bool = False


@dataclass(frozen=True)
class EarlierTurn:
    """A turn as it was understood, in `fr` or `en`.

    Attributes:
        question: The question that stands alone.
        answer: The words that answered it; empty where none are known.
        quote: The first sentence that was quoted.
        titles: Those of the articles that were cited, in order.
        quotes: All sentences that were quoted, in order.

    """

    question: Reading
    answer: str = ""
    quote: str = ""
    titles: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()

    @cached_property
    def quoted(self) -> Reading:
        """The sentence that was quoted."""
        return Reading(self.quote, self.question.language, self.question.known, statement=True)

    @cached_property
    def answered(self) -> list[Referent]:
        """What the answer named: its words where they are a phrase, else new names in what was quoted."""
        language = self.question.language
        words = " ".join(_PARENTHESIS.sub("", self.answer).split()).strip(" ,;:.")
        reading = Reading(words, language, self.question.known)
        found: list[Referent] = []
        numbered = words[:1].isdigit() or (bool(words) and is_number(words, language))
        if words and len(words.split()) <= _LONGEST and not numbered and reading.phrases:
            first = reading.phrases[0]
            if first.outer == 0 and not first.preposition:
                several = first.plural or re.search(r"\b(?:et|and)\b|,", words) is not None
                found.append(self._referent(first, words if first.end < len(words) else first.words, several))
                found += [self._referent(one, one.words) for one in reading.phrases[1:] if one.bare_name]
        if not found:
            quoted = self.quoted
            if self.answer:
                quoted = Reading(words, language, self.question.known, statement=True)
            found += [self._referent(one, one.words) for one in quoted.phrases if self._is_new(one)]
        return found

    def _is_new(self, phrase: Phrase) -> bool:
        name = phrase.text[phrase.names[0][0] : phrase.names[0][1]] if phrase.names else ""
        return phrase.sort == "person" and bool(name) and name not in self.question.text

    @cached_property
    def asked(self) -> list[Referent]:
        """What its question was about, in order, names inside a phrase after it."""
        found: list[Referent] = []
        for phrase in self.question.phrases:
            if phrase.head in NEWS.terms:  # `Quoi de neuf sur le pont ?`
                continue
            # Where it was isn't what it was about: `à Corvenne`.
            if phrase.head or (phrase.names and not (phrase.sort == "place" and phrase.preposition)):
                found.append(self._referent(phrase, phrase.whole))
            for start, end in phrase.names:
                name = self.question.text[start:end]
                if not phrase.bare_name and len(name.split()) > 1 and phrase.sort != "person":
                    found.append(Referent(name, "person", self.gender(name), False, bare=True))
        counted = self.counted
        if counted is None:
            return found
        return [counted, *found] if self.question.interrogative.asks == "subject" else [*found, counted]

    @cached_property
    def counted(self) -> Referent | None:
        """What its question counts: `les familles` of `combien de familles`."""
        asks, language = self.question.interrogative, self.question.language
        if not asks.noun or asks.word not in ("combien", "how") or asks.preposition:
            return None
        words = f"{'les' if language == 'fr' else 'the'} {asks.noun}"
        phrase = next(iter(Reading(words, language, self.question.known).phrases), None)
        # What isn't counted is measured: `how much water`, `combien de kilomètres`.
        noun = asks.noun.split()[0 if language == "fr" else -1]
        if phrase is None or not (noun.endswith(("s", "x")) or noun in _PLURALS):
            return None
        counted = self._referent(phrase, words, True)
        return None if is_measure(f"3 {asks.noun}", language) else replace(counted, gender=None, beside=False)

    def told(self, phrase: Phrase) -> Referent:
        """Return a phrase of its question or its quote as what may be spoken of."""
        return self._referent(phrase, phrase.whole)

    def _referent(self, phrase: Phrase, words: str, plural: bool | None = None) -> Referent:
        gender = phrase.gender
        if gender is None and phrase.names and phrase.sort == "person":
            start, end = phrase.names[0]
            gender = self.gender(phrase.text[start:end])
        beside = bool(phrase.preposition) or not (phrase.determiner or phrase.names)
        return Referent(
            lower_first(words),
            phrase.sort,
            gender,
            phrase.plural if plural is None else plural,
            phrase.bare_name,
            beside,
        )

    def gender(self, name: str) -> str | None:
        """Return the gender of a person, by what stands before the name in the quote, or its form."""
        said = " ".join([self.quoted.flat, *map(flatten, self.quotes[1:]), self.question.flat])
        surname = re.escape(flatten(name).split()[-1])
        for gender, articles in _ARTICLES.items():
            pattern = _ROLE_BEFORE.format(articles=articles, name=rf"(?:[A-Z]\S* )*{surname}")
            if re.search(rf"\b{pattern}", said):
                return gender
        return "f" if _FEMININE_NAME.match(flatten(name)) else None

    @cached_property
    def mentioned(self) -> list[Referent]:
        """Who else is named in what was quoted."""
        quoted = self.quoted.phrases if self.answer else []
        found = [self._referent(one, one.words) for one in quoted if self._is_new(one)]
        return [one for one in found if one.words not in self.answer]

    @cached_property
    def together(self) -> tuple[str, ...]:
        """The people of its question and its answer; nothing where they are one, or a crowd."""
        asked = list(named_people(self.question))
        named = asked if len(asked) > 1 else [*asked, *self._answering()]
        people = {flatten(name).lower().split()[-1]: name for name in reversed(named)}
        return tuple(reversed(people.values())) if 2 <= len(people) <= _MOST_TOGETHER else ()

    def all_of(self, people: Sequence[str], language: str) -> Referent:
        """Return several people as one."""
        *first, last = people
        words = f"{', '.join(first)} {'et' if language == 'fr' else 'and'} {last}"
        feminine = all(self.gender(name) == "f" for name in people)
        return Referent(words, "person", "f" if feminine else "m", True, bare=True)

    @property
    def names_several(self) -> bool:
        """Whether its question names two people itself."""
        return len(set(named_people(self.question))) > 1

    def _answering(self) -> Iterator[str]:
        """Yield who answered: named by the answer, and who says what was quoted."""
        yield from (one.words for one in self.answered if one.sort == "person" and one.bare)
        for quote in self.quotes:
            yield from speakers(quote)

    @property
    def names_the_answer(self) -> bool:
        """Whether it asked for somebody or something, so that what comes next is about the answer."""
        asks = self.question.interrogative
        if asks.asks == "yes or no" or asks.word in _MEASURES:
            return False
        # `Qui est Alain Pruvostel ?` is about him.
        listed = self.question.phrases[:1] if asks.asks == "attribute" else []
        named = any(
            one.bare_name or (asks.word not in ("qui", "who") and _of_somebody(one)) for one in listed
        )
        return not named and (asks.asks != "circumstance" or asks.word in ("qui", "whom", "who"))

    def referents(self, matter: bool = False) -> Iterator[Referent]:
        """Yield what was spoken of, the likeliest first: with `matter` what was asked about.

        Times and measures are nothing that a pronoun stands for.
        """
        language = self.question.language
        return (one for one in self._spoken_of(matter) if not is_measure(one.words, language))

    def _spoken_of(self, matter: bool) -> Iterator[Referent]:
        if self.names_the_answer and not matter:
            yield from self.answered
            # Who was asked for by what they are is who answered.
            described = self.question.interrogative.asks == "attribute" and bool(self.answered)
            yield from self.asked[1:] if described else self.asked
        else:
            yield from self.asked
            yield from self.answered
        yield from self.mentioned


@lru_cache(maxsize=256)
def is_number(words: str, language: str) -> bool:
    """Return whether words are a number and nothing else: `Eleven`."""
    flat = flatten(words)
    stated = read_quantities(words, flat, word_forms(flat), language).beside(())
    return any(one.start == 0 and one.end >= len(words.rstrip()) for one in stated)


@lru_cache(maxsize=256)
def is_measure(words: str, language: str) -> bool:
    """Return whether a phrase is a time or a measure: `novembre 2025`, `six ans`, `£3.4m`."""
    flat = flatten(words)
    plain = [word for word in re.findall(r"\w+", flat.lower()) if not word.isdigit()]
    nouns = [word for word in plain if word not in DETERMINERS.of(language)]
    if all(word in calendar(language) for word in nouns):
        return True
    if nouns[0 if language == "fr" else -1] in TIME_WORDS.of(language):
        return True
    stated = read_quantities(words, flat, word_forms(flat), language).beside(())
    return any(one.start == 0 and one.unit for one in stated)


def find(
    need: Need, turns: Sequence[EarlierTurn], language: str, taken: Sequence[str] = ()
) -> Referent | None:
    """Return what a word most likely stands for, in the last turn that has something that fits.

    A phrase of another language than the question's stands in quotation marks.

    Args:
        need: What it must be.
        turns: The turns before, oldest first.
        language: That of the question.
        taken: Words for what another word of the same question stands for.

    """
    if need.noun:
        return _pointed_at(need.noun, turns, language)
    if need.matter and (matter := topic(turns, language, taken)):
        return Referent(matter, "thing", None, None)
    for turn in reversed(turns):
        fitting = [one for one in turn.referents(need.matter) if _fits(one, need) and one.words not in taken]
        fitting = [
            one for one in fitting if not any(one.words in other or other in one.words for other in taken)
        ]
        people = turn.together if need.together else ()
        if people and need.soft and turn.names_several:
            fitting = [one for one in fitting if one.plural]
        if fitting:
            return _in_language(min(fitting, key=lambda one: _distance(one, need)), turn, language)
        if people and _fits(all_of_them := turn.all_of(people, language), need):
            return all_of_them
    return None


def _in_language(one: Referent, turn: EarlierTurn, language: str) -> Referent:
    if turn.question.language == language or not one.words[:1].islower():
        return one
    phrase = next(iter(Reading(one.words, turn.question.language, turn.question.known).phrases), None)
    if phrase is not None and phrase.names and not phrase.head:  # `le Lady Maura`
        return replace(one, words=phrase.text[phrase.names[0][0] : phrase.names[-1][1]])
    words = f"« {one.words} »" if language == "fr" else f"“{one.words}”"
    return replace(one, words=words)


def _pointed_at(noun: str, turns: Sequence[EarlierTurn], language: str) -> Referent | None:
    """Return the phrase with this noun that was spoken of, else what was asked for, which it may call so."""
    for turn in reversed(turns):
        alike = [
            one
            for one in (*turn.question.phrases, *turn.quoted.phrases)
            if one.head == noun and one.determiner
        ]
        for phrase in sorted(alike, key=lambda one: not one.names):
            if phrase.determiner not in ("un", "une", "a", "an"):
                return _in_language(turn.told(phrase), turn, language)
    for turn in reversed(turns[-1:]):
        if turn.names_the_answer and turn.answered:
            return _in_language(turn.answered[0], turn, language)
        named = [one for one in turn.question.phrases if one.names and one.sort != "place"]
        if named:
            return _in_language(turn.told(named[0]), turn, language)
    return None


def _fits(one: Referent, need: Need) -> bool:
    if need.gender and one.gender and need.gender != one.gender:
        return False
    if need.person and not need.soft and one.sort != "person" and not one.bare:
        return False
    if need.person is False and one.sort == "person" and (not one.bare or one.gender):
        return False
    if need.plural and need.soft and one.bare:
        return True  # `they`: a company, or somebody
    return need.plural is None or one.plural in (None, need.plural)


def _distance(one: Referent, need: Need) -> float:
    """Return how unlikely a referent that fits is; equal ones stay in their order."""
    far = 3.0 if one.sort == "place" else 0.0
    if need.person and one.sort != "person":
        far += 2.0
    if need.gender and one.gender is None:
        far += 0.5
    if need.person is False and one.sort == "person":
        far += 0.7  # a company may have two names
    return far + (1.0 if one.beside else 0.0)


def _of_somebody(phrase: Phrase) -> bool:
    """Return whether a noun is told of a person: `le métier de Nadia Lacourtade`."""
    return any(len(phrase.text[start:end].split()) > 1 for start, end in phrase.names) and bool(phrase.head)


def topic(turns: Sequence[EarlierTurn], language: str, taken: Sequence[str] = ()) -> str:
    """Return what the last turn was about, as a noun phrase for a question in `language`; else nothing.

    `taken`: words of that question itself, which it isn't about.
    """
    for turn in reversed(turns):
        listed = turn.question.phrases
        listed = [
            one
            for one in listed
            if one.determiner not in POSSESSIVES
            and one.head not in NEWS.terms
            and one.words.lower() not in taken
            and not is_measure(one.words, turn.question.language)
        ]
        ranked = sorted((one for one in listed if one.names or one.determiner), key=_vagueness)
        if ranked:
            if turn.question.language != language and ranked[0].sort == "event" and ranked[0].names:
                start, end = ranked[0].names[0]  # what took place is called otherwise there
                return ranked[0].text[start:end]
            return _in_language(turn.told(ranked[0]), turn, language).words
        if turn.names_the_answer and turn.answered:
            return turn.answered[0].words
        if turn.counted is not None:
            return _in_language(turn.counted, turn, language).words
    return ""


def _vagueness(phrase: Phrase) -> tuple[bool, bool, bool]:
    """Return how little a phrase tells: least with a noun and a name, `la piscine d'Orvanne`."""
    named = bool(phrase.names) or phrase.wide > phrase.end
    return (not (phrase.head and named), not phrase.names, phrase.sort == "place")


def is_personal(reading: Reading) -> bool | None:
    """Return True where a question speaks of what only persons do or have; None where that doesn't show."""
    words = {part for token in reading.tokens for part in re.split(r"[-']", token.lower)}
    return True if words & PERSONAL.of(reading.language) else None
