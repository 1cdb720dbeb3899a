"""Names of people, places and institutions: found in a claim, looked for in what it rests on.

Pure. A name is a run of capitalised words; what is one at a sentence's start is decided by closed lists
and by how the article writes the word. Knows no numbers, dates or polarity. Across languages names are
compared by a table of exonyms and by how they sound in French and English spelling.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

from rag.extraction.gazetteer import OPENERS, ROLES, names, territory_names
from rag.text.analyzer import terms
from rag.text.folding import flatten, word_set
from rag.text.normalization import fold
from rag.text.synonyms import meanings

_OPENERS = OPENERS["fr"] | OPENERS["en"]
_RUN = re.compile(r"\w+")
_TOKEN = re.compile(r"[^\W_]+(?:[.&'](?=[^\W_])[^\W_]+)*\.?")
_ELIDED = re.compile(r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|presqu|quelqu|aujourd)'", re.IGNORECASE)
_JOINED = re.compile(
    r"(?: |-| (?:de|du|des|la|le|of|the|von|van|der|den|di|da|el|al|bin|ben|ibn) | d'| l'| de l'| de la )"
)
_SENTENCE_START = re.compile(r"(?:^|[.!?…:«»\"(\n•]|[.!?:] ?[»\"]| - )[\s«\"(-]*$")
_ABBREVIATED = re.compile(r"\b(?:[A-Z]|MM|Mr|Mrs|Ms|Mme|Mlle|Dr|Pr|Prof|Me|St|Ste|Sgt|Gen)\. ?$")
_INITIALS = re.compile(r"(?:\w\.){2,}\w?")
_CAPITAL_AFTER = re.compile(r"[ -](?:de |of )?[A-Z]")
_NAME_GOES_ON = re.compile(r"[ -][A-Z]| ?[»\"]")
_COMMON_ENDING = re.compile(r"(?:ment|ly|ing|ed|s|tion|te|ness|ity|age|ure|ee|eur|eux|ir|ire)$")
_VERB_AFTER = re.compile(
    r" (?:a|ont|est|sont|etait|avait|va|sera|aura|has|had|is|was|will|would|says|\w{2,}ed|said|told|met|left"
    r"|took|made|gave|went|came|won|lost|sold|bought|built|held|found|kept|led|became|saw|wrote|spoke)\b"
    # A French verb of the third person: nothing else follows the bare first word of a sentence.
    r"| (?!(?:de|le|que|comme|entre|contre|est-ce|parce|une|ce|se|ne|tout|tant|et|sait|fait|la|sa|ma)\b)"
    r"[a-z]+(?:e|a|it|ut|nd|ent)\b"
)


@dataclass(frozen=True, slots=True)
class Name:
    """A run of capitalised words in a text: its tokens flattened to lower case, without titles."""

    start: int
    end: int
    text: str
    tokens: tuple[str, ...]


# Where a name that both languages know stands, from start to end, and its group: one name for all its forms.
Group = tuple[int, int, str]


class Vocabulary:
    """What a text offers for names to be found in; what only some of them need is read when one asks."""

    def __init__(
        self,
        flat: str,
        terms: Callable[[], Iterable[str]],
        groups: Callable[[], Iterable[Group]],
        language: str | None,
    ) -> None:
        """`flat` is the flattened text; `terms` gives its terms, in `language`, and `groups` its groups."""
        self._terms = terms
        self._groups = groups
        self._flat = flat
        self._language = language
        self._tokens = [(match.start(), _bare(match[0])) for match in _TOKEN.finditer(flat)]
        self._lowered = tuple(token.lower() for _, token in self._tokens)

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of its words of content."""
        return frozenset(self._terms())

    @cached_property
    def words(self) -> frozenset[str]:
        """Its words in lower case, and the parts of those with hyphens."""
        return frozenset(self._lowered).union(self.sequence)

    @cached_property
    def sequence(self) -> tuple[str, ...]:
        """Its words in order, those with hyphens or apostrophes in parts."""
        return tuple(part for token in self._lowered for part in _parts(token))

    @cached_property
    def sounds(self) -> frozenset[str]:
        """How its capitalised words sound."""
        return frozenset(sound(token) for _, token in self._tokens if token[:1].isupper())

    @cached_property
    def groups(self) -> frozenset[str]:
        """The places and peoples that it names, each by one name for all languages."""
        return frozenset(group for _, _, group in self._groups())

    @cached_property
    def classes(self) -> frozenset[str]:
        """The classes of synonyms of its stems."""
        found = (meanings(stem, self._language) for stem in self.stems)
        return frozenset(meaning for meant in found for meaning in meant if meaning.startswith("="))

    @cached_property
    def initials(self) -> str:
        """The first letters of its longer words, for acronyms."""
        return "".join(token[0] for token in self._lowered if len(token) > 2)

    @cached_property
    def capitalised(self) -> frozenset[str]:
        """The words that it capitalises inside sentences."""
        return frozenset(
            token.lower()
            for start, token in self._tokens
            if token[:1].isupper() and not _opens_sentence(self._flat, start)
        )

    @cached_property
    def lower(self) -> frozenset[str]:
        """The words that it writes in lower case."""
        return frozenset(token for _, token in self._tokens if token[:1].islower())


@dataclass(frozen=True, slots=True)
class _Exonyms:
    """Form → its group; the words that forms begin with; patterns for forms in words and in capitals."""

    groups: dict[str, str]
    plain_starts: frozenset[str]
    plain: re.Pattern[str]
    capital_starts: frozenset[str]
    capital: re.Pattern[str]


@cache
def _exonyms() -> _Exonyms:
    groups: dict[str, str] = {}
    plain, capital = [], []
    for name, forms in names():
        # Text is read with and without its hyphens: `guinee bissau` is not `guinee`.
        for form in dict.fromkeys((*forms, *(one.replace("-", " ") for one in forms))):
            groups.setdefault(form if form.isupper() else form.lower(), name)
            (capital if form.isupper() else plain).append(form)

    def pattern(forms: list[str], flags: int) -> re.Pattern[str]:
        # By initials: at each word only those forms are tried that begin as it does.
        initials: dict[str, list[str]] = {}
        for form in sorted(forms, key=len, reverse=True):
            initials.setdefault(form[0], []).append(re.escape(form[1:]))
        body = "|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in initials.items())
        return re.compile(rf"(?<![\w])(?:{body})(?!\w)", flags)

    def starts(forms: list[str]) -> frozenset[str]:
        return frozenset(_RUN.match(form)[0] for form in forms)

    return _Exonyms(
        groups,
        starts([form.lower() for form in plain]),
        pattern(plain, re.IGNORECASE),
        starts(capital),
        pattern(capital, 0),
    )


@cache
def _territories() -> frozenset[str]:
    return frozenset(name for name, _ in territory_names())


def groups_in(flat: str) -> list[Group]:
    """Return the places of names that both languages know, in flattened text, with their groups."""
    known = _exonyms()
    # Without regard to case a pattern's `i` takes a dotless one too.
    words = [(match.start(), match[0], match[0].lower().replace("ı", "i")) for match in _RUN.finditer(flat)]
    capital = [start for start, word, _ in words if word in known.capital_starts]
    plain = [start for start, _, word in words if word in known.plain_starts]
    if not capital and not plain:
        return []
    found: dict[tuple[int, int], str] = {}
    for text in (flat, flat.replace("-", " ")) if "-" in flat else (flat,):
        for pattern, starts in ((known.capital, capital), (known.plain, plain)):
            for match in _matches_at(pattern, text, starts):
                form = match[0] if match[0] in known.groups else match[0].lower()
                if form in known.groups:
                    found.setdefault((match.start(), match.end()), known.groups[form])
    return [(start, end, group) for (start, end), group in sorted(found.items())]


def _matches_at(pattern: re.Pattern[str], text: str, starts: Sequence[int]) -> Iterator[re.Match[str]]:
    """Yield what `pattern.finditer` finds, where it can only find something at `starts`."""
    end = 0
    for start in starts:
        if start >= end and (match := pattern.match(text, start)):
            end = match.end()
            yield match


def vocabulary(text: str, language: str | None) -> Vocabulary:
    """Return the words of `text`, as names are looked up in them."""
    flat = flatten(text)
    return Vocabulary(flat, lambda: terms(text, language), lambda: groups_in(flat), language)


def _bare(token: str) -> str:
    """Return a token without elision, possessive and final stop.

    `L'Élysée` → `Elysee`, `Trump's` → `Trump`.
    """
    if "'" in token:
        token = _ELIDED.sub("", token)
        token = re.sub(r"'s?$", "", re.sub(r"'s$", "", token))
    if "." not in token:
        return token
    return token if _INITIALS.fullmatch(token) else token.rstrip(".")


@dataclass(frozen=True, slots=True)
class _Capitalised:
    """A capitalised word: `begin` and `end` with what is elided before it, `start` without."""

    begin: int
    start: int
    end: int
    word: str
    opening: bool


@dataclass(frozen=True, slots=True)
class StatedNames:
    """The capitalised words of one text, of which those that a vocabulary knows are names."""

    _text: str
    _flat: str
    _words: tuple[_Capitalised, ...]

    def known_by(self, known: Vocabulary, skip: Sequence[tuple[int, int]] = ()) -> list[Name]:
        """Return the names; `known` tells which sentence-opening words are names; `skip` are dates."""
        flat = self._flat
        runs: list[list[tuple[int, int, str]]] = []
        for found in self._words:
            if any(start <= found.start < end for start, end in skip):
                continue
            if found.opening and not _opens_name(found.word, flat, found.end, known):
                continue
            part = (found.start, found.end, found.word)
            if (
                runs
                and _JOINED.fullmatch(flat, runs[-1][-1][1], found.start)
                and not flat.endswith("'s ", 0, found.begin)
            ):
                runs[-1].append(part)
            else:
                runs.append([part])
        return [name for run in runs for name in _without_roles(run, self._text)]


def read_names(text: str, flat: str, groups: Sequence[Group]) -> StatedNames:
    """Return the words of `text` that may be names; `flat` is it flattened."""
    known_territories = _territories()
    territories = [
        (start, end) for start, end, group in groups if group in known_territories and flat[start].isupper()
    ]
    found = []
    for match in _TOKEN.finditer(flat):
        elided = _ELIDED.match(match[0]) if "'" in match[0] else None
        start = match.start() + (elided.end() if elided else 0)
        word = _bare(match[0])
        # `Guinée équatoriale` is one name, and not the one that it begins with.
        if word and (word[0].isupper() or any(begin < start < end for begin, end in territories)):
            opening = not elided and _opens_sentence(flat, start)
            found.append(_Capitalised(match.start(), start, match.end(), word, opening))
    return StatedNames(text, flat, tuple(found))


def find_names(text: str, known: Vocabulary, skip: Sequence[tuple[int, int]] = ()) -> list[Name]:
    """Return the names of `text`; `known` tells which sentence-opening words are names; `skip` are dates."""
    flat = flatten(text)
    return read_names(text, flat, groups_in(flat)).known_by(known, skip)


# Peoples and countries whose lower-case form is another word in French.
_NOT_PEOPLES = word_set("manche bale cologne tripoli chili turin noel senat congres gand eau un")


def find_peoples(text: str, language: str | None) -> list[tuple[str, str]]:
    """Nationalities written in lower case, as French does, with their group: `norvégien` → `norvege`."""
    if language != "fr":
        return []
    flat = flatten(text)
    return read_peoples(text, flat, groups_in(flat))


def read_peoples(text: str, flat: str, groups: Sequence[Group]) -> list[tuple[str, str]]:
    """Return the same of a French text; `flat` is it flattened."""
    return [
        (text[start:end], group)
        for start, end, group in groups
        if flat[start].islower() and flat[start:end] not in _NOT_PEOPLES
    ]


def _opens_sentence(flat: str, start: int) -> bool:
    before = flat[max(0, start - 8) : start]
    return _SENTENCE_START.search(before) is not None and not _ABBREVIATED.search(before)


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
    if _COMMON_ENDING.search(lower) or _is_common(word):
        return False
    return _VERB_AFTER.match(flat, end) is not None


@lru_cache(maxsize=20_000)
def _is_common(word: str) -> bool:
    """Return whether a word has a synonym or a translation: few names have."""
    return any(
        m.startswith("=") for code in ("fr", "en") for s in terms(word, code) for m in meanings(s, code)
    )


def group_of(word: str) -> str | None:
    """Return what French and English write differently, by one name.

    `Germany` → `allemagne`; None if unknown.
    """
    groups = _exonyms().groups
    return groups.get(word) or groups.get(word.lower())


def _without_roles(run: list[tuple[int, int, str]], text: str) -> list[Name]:
    """Titles are no part of a name and part two names: `Minister Sergei Lavrov` → `Sergei Lavrov`."""
    names: list[list[tuple[int, int, str]]] = [[]]
    for start, end, word in run:
        if word.lower().rstrip(".") in ROLES and not (len(word) > 1 and word.isupper()):
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


_SOUNDS = (
    (r"^ye|^ie", "e"), (r"tsch|tch|shch|chtch|sch|sh|ch|cz", "1"), (r"dzh|dj|zh|j", "2"), (r"ph", "f"),
    (r"gu(?=[ei])", "g"), (r"kh|ck|qu|q|k|c(?![ei])", "k"), (r"x", "ks"), (r"w", "v"), (r"ou|oo", "u"),
    (r"ain$|eyn$", "ein"), (r"iy$|yi$|ij$|ii$", "i"), (r"y", "i"), (r"tz|ts", "z"), (r"h", ""),
    (r"(?<=[aeiou])ii", "i"), (r"e$|es$|s$", ""), (r"(.)\1+", r"\1"),
)  # fmt: skip


@lru_cache(maxsize=20_000)
def sound(word: str) -> str:
    """Return how a name sounds, roughly the same for French and English spellings.

    `Poutine`, `Putin` → `putin`.
    """
    key = fold(word)
    for pattern, replacement in _SOUNDS:
        key = re.sub(pattern, replacement, key)
    return key


def _found(token: str, given: Vocabulary, crossing: bool, language: str | None) -> bool:
    if token.lower() in given.words:
        return True
    group = group_of(token)
    if group is not None:
        return group in given.groups
    if token.isupper() and len(token) >= 2 and token.lower() in given.initials:
        return True
    if not crossing:
        return bool(set(terms(token, language)) & given.stems)
    key = sound(token)
    return key in given.sounds or (
        len(key) >= 5 and any(_one_vowel_apart(key, other) for other in given.sounds)
    )


def _one_vowel_apart(a: str, b: str) -> bool:
    """Return whether two sounds differ in one vowel only: `martin` and `morton`, with two, stay apart."""
    if a[:1] != b[:1] or abs(len(a) - len(b)) > 1:
        return False
    if len(a) == len(b):
        different = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
        return len(different) == 1 and all(x in "aeiou" and y in "aeiou" for x, y in different)
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    return any(
        longer[i] in "aeiou" and longer[:i] + longer[i + 1 :] == shorter for i in range(1, len(longer))
    )


def supported(name: Name, given: Vocabulary, crossing: bool, language: str | None) -> bool:
    """Return whether the text behind `given` has this name.

    The surname alone is enough, a first name is not.

    Args:
        name: The name.
        given: The words of the text.
        crossing: Whether name and text are in different languages.
        language: The name's language.
    """
    flat = flatten(name.text)
    groups = groups_in(flat)
    phrases = [group for _, _, group in groups]
    if phrases and all(group in given.groups for group in phrases) and len(phrases) >= len(name.tokens):
        return True
    if any(start == 0 and end >= len(flat) - 1 and group in given.groups for start, end, group in groups):
        return True
    parts = [part for token in name.tokens for part in _parts(token)]
    found = [part for part in parts if _found(part, given, crossing, language)]
    if crossing:
        found += [part for part in parts if part not in found and _translated(part, given, language)]
        # Of an institution's long name the better part is enough: `Joint Base` stands for `base commune`.
        return len(found) == len(parts) or (len(parts) > 2 and 3 * len(found) >= 2 * len(parts))
    return len(found) == len(parts) and _together(parts, given, crossing)


def mentioned(
    name: Name, quoted: Vocabulary, article: Vocabulary, crossing: bool, language: str | None
) -> bool:
    """Return whether a quote has this name: in full, or by its last word where the article has it in full.

    Args:
        name: The name.
        quoted: The words of the quote.
        article: The words of the article.
        crossing: Whether name and article are in different languages.
        language: The name's language.
    """
    if supported(name, quoted, crossing, language):
        return True
    *first, last = [part for token in name.tokens for part in _parts(token)]
    return (
        bool(first)
        and _found(last, quoted, crossing, language)
        and supported(name, article, crossing, language)
    )


def _translated(part: str, given: Vocabulary, language: str | None) -> bool:
    """Return whether an ordinary word of a name has its translation in the text: `Bank` in `Banque`."""
    classes = {m for stem in terms(part, language) for m in meanings(stem, language) if m.startswith("=")}
    return bool(classes & given.classes)


def _parts(token: str) -> list[str]:
    if "'" not in token and "-" not in token:
        return [token]
    return [part for part in re.split(r"[-']", token) if part] or [token]


def _together(parts: list[str], given: Vocabulary, crossing: bool) -> bool:
    """Return whether the words of a full name stand near each other: no first name on another's surname."""
    own = [part.lower() for part in parts if not group_of(part)]
    if crossing or len(own) < 2 or not all(part in given.words for part in own):
        return True
    places = [[i for i, word in enumerate(given.sequence) if word == part] for part in own]
    return any(all(any(abs(i - j) <= len(own) + 2 for j in other) for other in places[1:]) for i in places[0])
