"""Names of people, places and institutions, found in a text.

Pure. A name is a run of capitalised words; what is one at a sentence's start is decided by closed lists and
by how a vocabulary writes the word. Knows no numbers, dates or polarity.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from rag.extraction.names.capitalised_nouns import WRITES_NOUNS_LARGE, is_noun
from rag.extraction.names.exonyms import Group, group_of, groups_in, is_territory
from rag.extraction.names.gazetteer import OPENERS, ROLES
from rag.extraction.names.tokens import BETWEEN, ELIDED, TOKEN, bare, opens_sentence
from rag.extraction.names.vocabulary import Vocabulary, is_common
from rag.text.folding import flatten, word_set
from rag.text.stop_words import stop_words

_OPENERS = OPENERS["fr"] | OPENERS["en"]
# Whose small words are among these already; any other language's are looked up.
_READ = ("fr", "en", None)
_JOINED = re.compile(
    r"(?: |-| (?:von|van) (?:der|den|de|het|'t) "
    r"| (?:de|du|des|la|le|of|the|von|van|der|den|di|da|el|al|bin|ben|ibn) | d'| l'| de l'| de la "
    rf"|-(?:{BETWEEN})-(?:(?:la|les?|the|der)-|l')?|-[dl]'|-de-l')"
)
# `Geruch der Stadt`: in German an article alone joins a noun to another, and no parts of a name.
_OF_NOUN = re.compile(r" (?:der|den|des) ")
_ARTICLES = (" le ", " la ", " the ")
_CAPITAL_AFTER = re.compile(r"[ -](?:de |of )?[A-Z]")
_NAME_GOES_ON = re.compile(rf"[ -][A-Z]|-(?:{BETWEEN})-(?:(?:la|les?|the|der)-|l')?[A-Z]|-[dl]'[A-Z]| ?[»\"]")
# `Hervé de La Tour`, and the first of several: `Orvanne, Brécy et Toury`.
_NAMES_AFTER = re.compile(
    r" (?:(?:de|du|des|van|von|der|den|di|da|el|al|bin|ben) |d'|de l')+[A-Z]"
    r"|, [A-Z][\w-]+(?:,| et| and| ou| or) "
)
_COMMON_ENDING = re.compile(r"(?:ment|ly|ing|ed|s|tion|te|ness|ity|age|ure|ee|eur|eux|ir|ire)$")
_VERB_AFTER = re.compile(
    r" (?:a|ont|est|sont|etait|avait|va|sera|aura|has|had|is|was|will|would|did|does|do|could|should|says"
    r"|\w{2,}ed|said|told|met|left"
    r"|took|made|gave|went|came|won|lost|sold|bought|built|held|found|kept|led|became|saw|wrote|spoke)\b"
    # A French verb of the third person: nothing else follows the bare first word of a sentence.
    r"| (?!(?:de|le|que|comme|entre|contre|est-ce|parce|une|ce|se|ne|tout|tant|et|sait|fait|la|sa|ma)\b)"
    r"[a-z]+(?:e|a|it|ut|nd|ent)\b"
)
# What somebody is the president or the mayor of stands after these: with its article, or without.
_OF_THE = re.compile(r"\b(?:des|du|de la|de l'|of the) ?$", re.IGNORECASE)
_OF = re.compile(r"(?P<before>(?:[^\W\d_]+ ){1,3}?)(?:de (?:la |l')?|d'|du |of (?:the )?)$", re.IGNORECASE)
# Those who hold an office in a town, or a ministry.
_OFFICES = word_set(
    "maire mairesse prefet prefete sous-prefet gouverneur eveque archeveque ministre mayor governor bishop"
    " minister"
)
# Words of surnames that a name may go on after.
_MOST_OF_TERRITORY = 8  # capitalised words: a run of names may be as long as its article
_IN_SURNAMES = frozenset(["Le", "La"])


@dataclass(frozen=True, slots=True)
class Name:
    """A run of capitalised words in a text: its tokens flattened to lower case, without titles."""

    start: int
    end: int
    text: str
    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Capitalised:
    """A capitalised word: `begin` and `end` with what is elided before it, `start` without."""

    begin: int
    start: int
    end: int
    word: str
    opening: bool


@dataclass(frozen=True)
class StatedNames:
    """The capitalised words of one text, of which those that a vocabulary knows are names."""

    _text: str
    _flat: str
    _words: tuple[_Capitalised, ...]

    @cached_property
    def certain(self) -> frozenset[str]:
        """The words, in lower case, that are names by their capitals: in a sentence, or all capitals."""
        return frozenset(
            found.word.lower()
            for found in self._words
            if not found.opening or (len(found.word) > 1 and found.word.isupper())
        )

    def known_by(self, known: Vocabulary, skip: Sequence[tuple[int, int]] = ()) -> list[Name]:
        """Return the names; `known` tells which sentence-opening words are names; `skip` are dates."""
        flat = self._flat
        runs: list[list[tuple[int, int, str]]] = []
        small = (
            frozenset()
            if known.language in _READ
            else stop_words(known.language) | OPENERS.get(known.language, frozenset())
        )
        for found in self._words:
            if any(start <= found.start < end for start, end in skip):
                continue
            if known.language in WRITES_NOUNS_LARGE and is_noun(found.word, flat, found.start):
                continue
            if found.opening and found.word.lower() in small:
                continue
            if found.opening and not _opens_name(found.word, flat, found.end, known):
                continue
            part = (found.start, found.end, found.word)
            if (
                runs
                and _JOINED.fullmatch(flat, runs[-1][-1][1], found.start)
                and not (known.language in WRITES_NOUNS_LARGE and _OF_NOUN.match(flat, runs[-1][-1][1]))
                and not flat.endswith("'s ", 0, found.begin)
                and not _is_next(runs[-1][-1], found, flat)
            ):
                runs[-1].append(part)
            else:
                runs.append([part])
        parts = [part for run in runs for part in _at_bearer(run, flat)]
        return [name for part in parts for name in _without_roles(part, self._text)]


def _is_next(last: tuple[int, int, str], found: _Capitalised, flat: str) -> bool:
    """Return whether an article between two names opens the second: `combien de CO2 le TER rejette`."""
    between = flat[last[1] : found.start]
    return between in _ARTICLES and (found.word.isupper() or last[2].isupper())


def read_names(text: str, flat: str, groups: Sequence[Group]) -> StatedNames:
    """Return the words of `text` that may be names; `flat` is it flattened."""
    territories = [
        (start, end) for start, end, group in groups if is_territory(group) and flat[start].isupper()
    ]
    found = []
    for match in TOKEN.finditer(flat):
        elided = ELIDED.match(match[0]) if "'" in match[0] else None
        start = match.start() + (elided.end() if elided else 0)
        word = bare(match[0])
        # `Guinée équatoriale` is one name, and not the one that it begins with.
        if word and (word[0].isupper() or any(begin < start < end for begin, end in territories)):
            opening = not elided and opens_sentence(flat, start)
            found.append(_Capitalised(match.start(), start, match.end(), word, opening))
    return StatedNames(text, flat, tuple(found))


def find_names(text: str, known: Vocabulary, skip: Sequence[tuple[int, int]] = ()) -> list[Name]:
    """Return the names of `text`; `known` tells which sentence-opening words are names; `skip` are dates."""
    flat = flatten(text)
    return read_names(text, flat, groups_in(flat)).known_by(known, skip)


def _opens_name(word: str, flat: str, end: int, known: Vocabulary) -> bool:
    """Return whether the capitalised word that opens a sentence, up to `end`, is a name."""
    lower = word.lower()
    if len(word) > 1 and word.isupper():
        return True
    if lower in _OPENERS or lower in ROLES:
        return _CAPITAL_AFTER.match(flat, end) is not None and lower in known.capitalised
    if lower in known.capitalised or group_of(word):
        return True
    if lower in known.lower:
        return False
    if _NAME_GOES_ON.match(flat, end):
        return True
    if _COMMON_ENDING.search(lower) or is_common(word):
        return False
    if _NAMES_AFTER.match(flat, end):
        return True
    return _VERB_AFTER.match(flat, end) is not None


def _at_bearer(run: list[tuple[int, int, str]], flat: str) -> list[list[tuple[int, int, str]]]:
    """Part what an office is of from who holds it: `le président des États-Unis | Donald Trump`."""
    if len(run) < 3:
        return [run]
    before = flat[max(0, run[0][0] - 60) : run[0][0]]
    titled = _OF.search(before)
    words = set(titled["before"].lower().split()) if titled else set()
    for place in range(len(run) - 2, 0, -1):
        if flat[run[place - 1][1] : run[place][0]] != " ":
            continue  # `Côte d'Ivoire`
        whole = flat[run[0][0] : run[place - 1][1]] if place <= _MOST_OF_TERRITORY else ""
        of_territory = is_territory(group_of(whole) or "") and (words & ROLES or _OF_THE.search(before))
        holder = 3 if run[-2][2] in _IN_SURNAMES else 2
        if of_territory or (len(run) == place + holder and words & _OFFICES):
            return [run[:place], run[place:]]
    return [run]


def _without_roles(run: list[tuple[int, int, str]], text: str) -> list[Name]:
    """Titles are no part of a name and part two names: `Minister Sergei Lavrov` → `Sergei Lavrov`."""
    names: list[list[tuple[int, int, str]]] = [[]]
    for start, end, word in run:
        surname = len(names[-1]) > 1 and names[-1][-1][2] in _IN_SURNAMES  # `Bruno Le Maire`
        if word.lower().rstrip(".") in ROLES and not (len(word) > 1 and word.isupper()) and not surname:
            names.append([])
        else:
            names[-1].append((start, end, word))
    return [
        Name(
            part[0][0],
            part[-1][1],
            text[part[0][0] : part[-1][1]].rstrip(".'"),
            tuple(word if word.isupper() else word.lower() for _, _, word in part),
        )
        for part in names
        if part and not (len(part) == 1 and len(part[0][2]) == 1)
    ]
