"""Phrases that name people and places: names with the roles beside them, and nouns in lists. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from rag.answer_span import words
from rag.answer_span.tokens import ReadSentence, Token
from rag.extraction import cue_words
from rag.extraction.names.gazetteer import ROLES
from rag.schema.article import Span
from rag.text.word_lists import WordList

# How far, in words, a role may reach from the name that it belongs to, and a noun's complements.
_REACH = 9
_ROMAN = re.compile(r"[IVX]+e?")
# What links a noun to its complements.
_LINKS = frozenset(["de", "d'", "du", "des", "of", "'s", "the", "aux", "au", "a"])
_AND = re.compile(
    r",?\s*(?:et|and|ou|or|ainsi que|as well as|puis|&)\s+"
    r"(?:(?:a |au |aux |en |in |at )?(?:l'|le |la |les |the |de |d'|du |des )?)",
    re.IGNORECASE,
)
_COMMA = re.compile(r"\s*,\s*")
# What is said of one before the next is named: `un homme de 71 ans, surpris dans sa cave, et une femme`.
_ASIDE = re.compile(r",[^,;.:!?«»\"]{1,90},? (?:et|and|ainsi que|as well as) ", re.IGNORECASE)
# Determiners with a preposition in them, which belongs to what stands before.
CONTRACTED = frozenset(["du", "au", "aux"])
# Titles that stand between an office and the name, and tell nothing of who somebody is.
SHORT_TITLES = frozenset(["m", "mm", "mme", "mmes", "mlle", "mr", "mrs", "ms", "dr", "pr", "prof", "me"])
# What a name stands after that says where something is, and between a place's noun and its name.
_INSIDE = re.compile(r"\b(?:en|dans|pres de|in|near|into) ?(?:la |le |l'|les |the )?$", re.IGNORECASE)
# What a name stands after that is a place's where its last word says so: `on St Leonards Place`.
_ON = re.compile(r"\b(?:on|at|along|off|outside|inside|behind) (?:the )?(?:st |saint )?$", re.IGNORECASE)
_AT = re.compile(r"\b(?:à|at) $", re.IGNORECASE)
_OF_PLACE = re.compile(
    r"(?P<nouns>(?:[\w-]+ )?[\w-]+) (?:de (?:la |l')?|du |des |d'|of (?:the )?)$", re.IGNORECASE
)
_ARTICLE = re.compile(r"\s*(?:l'|la |le |les |the |une? |a )?", re.IGNORECASE)


def people(read: ReadSentence) -> Iterator[Span]:
    """Yield names with the roles that stand beside them, people without a name, and several joined."""
    single = [phrase for phrase, _ in named_people(read)]
    nouns = _headed_by(read.tokens, words.PEOPLE)
    single += [noun for noun in nouns if not any(other.holds(noun) for other in single)]
    yield from single
    yield from _coordinated(read.flat, single, asides=True)


def named_people(read: ReadSentence) -> list[tuple[Span, Span]]:
    """Return names that may be somebody's, each with its role and by itself; what says where isn't one."""
    return [(_with_role(read.tokens, name), name) for name in _names(read) if not _is_place(read, name)]


def _is_place(read: ReadSentence, name: Span) -> bool:
    """Return whether the words before a name show that it is a place's: `en Alaska`, `rue des Tanneurs`."""
    before = read.flat[max(0, name.start - 60) : name.start]
    if " " not in read.said.text[name.start : name.end] and _AT.search(read.said.text[: name.start]):
        return True
    last = read.flat[name.start : name.end].lower().rpartition(" ")[2]
    if words.names_a(words.PLACES, last) and _ON.search(before):
        return True
    of = _OF_PLACE.search(before)
    nouns = of["nouns"].lower().split() if of else []
    sited = any(words.names_a(words.PLACES, noun) or words.names_a(words.SITES, noun) for noun in nouns)
    acts = any(words.names_a(words.PEOPLE, noun) for noun in nouns)
    return (sited and not acts) or _INSIDE.search(before) is not None


def places(read: ReadSentence) -> Iterator[Span]:
    """Yield names and nouns of places, with the preposition before them and without, and two in a row."""
    titled = {name for phrase, name in named_people(read) if phrase != name}
    names = [name for name in _names(read) if name not in titled]
    openings = list(words.finder(words.PLACE_PREPOSITIONS).finditer(read.flat))
    before = {match.end() for match in openings}
    nouns = [
        noun
        for noun in _headed_by(read.tokens, words.PLACES)
        if {noun.start, noun.start - 1} & before or _is_opened(read.tokens, noun)
    ]
    bare = [*names, *nouns]
    opened = [
        Span(match.start(), span.end)
        for span in bare
        for match in openings
        if match.end() <= span.start and _ARTICLE.fullmatch(read.flat, match.end(), span.start)
    ]
    yield from bare
    yield from opened
    yield from _coordinated(read.flat, bare)
    yield from (_row(read.flat, span) for span in opened)
    for one in opened:
        for two in opened:
            if two.start == one.end + 1:
                yield _row(read.flat, Span(one.start, two.end))


def _is_opened(found: Sequence[Token], noun: Span) -> bool:
    """Return whether a noun phrase has its determiner, or a complement: `ont lieu` is no place."""
    inside = [token for token in found if noun.start <= token.start < noun.end]
    return len(inside) > 1 or inside[0].capital


@cache
def _place_phrase() -> str:
    opening = words.PLACE_PREPOSITIONS.pattern
    article, word = "(?:l'|la |le |les |the |une? |an? )?", rf"(?!{opening}\b)[\w-]+"
    return rf"{opening} ?{article}{word}(?: {word}){{0,3}}?"


def opened_place(flat: str, span: Span) -> Span:
    """Return a place with the noun that it is of, where it begins within: `sous la halle | du marché`."""
    if not re.match(r"(?:du|des|de|d'|of)\b", flat[span.start : span.end], re.IGNORECASE):
        return span
    opening = words.PLACE_PREPOSITIONS.pattern
    before = re.search(
        rf"(?<!\w){opening} ?(?:l'|la |le |les |the |une? |an? )?[\w-]+ $", flat[: span.start], re.IGNORECASE
    )
    return Span(before.start(), span.end) if before else span


def _row(flat: str, span: Span) -> Span:
    """Return a place phrase with those beside it: `at the racecourse, on Mill Lane and beside the pit`."""
    joint = r"(?:, |,? (?:et|and|ou|or) )"
    before = re.search(rf"(?<!\w)(?:{_place_phrase()}{joint})+$", flat[: span.start], re.IGNORECASE)
    after = re.match(
        rf"(?:{joint}{_place_phrase()}(?=[,.;:!?]|$| (?:et|and|ou|or) ))+", flat[span.end :], re.IGNORECASE
    )
    return Span(before.start() if before else span.start, span.end + (after.end() if after else 0))


def _names(read: ReadSentence) -> list[Span]:
    ends = {token.start: token.end for token in read.tokens}
    spans = []
    for name in read.said.names:
        if name.start in ends and not _ROMAN.fullmatch(name.text):
            end = name.start + len(name.text)
            last = max(token.start for token in read.tokens if token.start < end)
            spans.append(Span(name.start, max(end, ends[last])))  # `Ménil-le-Haut` is one word
    return spans


# --- roles ---


def _with_role(found: Sequence[Token], name: Span) -> Span:
    """Return a name with the role before it (`le maire Luc Martin`) and after it (`Luc Martin, maire`)."""
    first = next(place for place, token in enumerate(found) if token.end > name.start)
    last = max(place for place, token in enumerate(found) if token.start < name.end)
    return Span(_role_start(found, first, name.start), _role_end(found, last, name.end))


def _is_role(token: Token) -> bool:
    return token.plain in words.PEOPLE or token.plain in ROLES


def _is_said(found: Sequence[Token], place: int) -> bool:
    """Return whether a role's word is a verb of speech: `« … », juge Cécile Aubrac`."""
    opened = place > 0 and found[place - 1].is_determiner
    return found[place].plain in cue_words.SPEECH_VERBS and not opened


def _role_start(found: Sequence[Token], first: int, start: int) -> int:
    dotted = first > 1 and found[first - 1].plain == "."
    title = first - 2 if dotted else first - 1
    if title >= 0 and found[title].plain in SHORT_TITLES:
        first, start = title, found[title].start  # `le préfet, M. Étienne Malvoisin`
    last = first - 2 if first and found[first - 1].plain == "," else first - 1
    role = None
    for place in range(last, max(-1, last - _REACH), -1):
        token = found[place]
        if token.is_sign or token.is_verb or token.is_conjunction or token.is_coordinator:
            break
        if _is_role(token) and not _is_said(found, place):
            role = place
        if token.is_determiner and not (place and _links(token, found[place - 1])):
            break  # `le maire accueille le préfet Luc Martin`
    if role is None:
        return start
    for place in range(role - 1, max(-1, role - 4), -1):  # `l'ancien maire`, `her Norwegian counterpart`
        if found[place].is_determiner:
            return found[place].start
        if not found[place].is_content or found[place].is_verb or found[place].is_number:
            break
    return found[role].start


def _links(determiner: Token, before: Token) -> bool:
    """Return whether a noun phrase goes on before a determiner: `le ministre de la Santé`."""
    return determiner.plain in CONTRACTED | {"des"} or before.is_preposition


def _role_end(found: Sequence[Token], last: int, end: int) -> int:
    """Return where the role after a name ends, if what stands after its comma is one and ends with it."""
    if last + 2 >= len(found) or found[last + 1].plain not in {",", "("}:
        return end
    place = last + 3 if found[last + 2].is_determiner else last + 2
    if place >= len(found) or not _is_role(found[place]):
        return end
    stop = place
    for token in found[place + 1 : place + _REACH]:
        if token.is_sign or token.is_conjunction or token.is_verb:
            break
        stop += 1
    after = found[stop + 1] if stop + 1 < len(found) else None
    if after is not None and not after.is_sign:
        return end
    return after.end if after is not None and after.plain == ")" else found[stop].end


# --- nouns ---


def _headed_by(found: Sequence[Token], heads: WordList) -> list[Span]:
    """Return the noun phrases whose head is in a list: each as long as it may be."""
    return [
        Span(found[_phrase_start(found, place)].start, found[end].end)
        for place, token in enumerate(found)
        if token.plain in heads and not _is_said(found, place) and not (place and found[place - 1].is_verb)
        for end in _phrase_ends(found, place)
    ]


def _phrase_start(found: Sequence[Token], head: int) -> int:
    """Return where a noun phrase begins: with its determiner or number, an adjective between them."""
    if head > 3 and found[head - 2].plain == "-" and found[head - 3].is_number:
        return head - 4 if found[head - 4].is_determiner else head - 3  # `a 34-year-old motorist`
    for start in (head - 1, head - 2):
        if start >= 0 and (found[start].is_determiner or found[start].is_number):
            between = found[start + 1 : head]
            tells = all((token.is_content or token.is_number) and not token.is_verb for token in between)
            return start if tells else head
    return head


def _phrase_ends(found: Sequence[Token], head: int) -> list[int]:
    """Return where a noun phrase may end: with its head, its adjective, each of its complements."""
    ends = [head]
    for place in range(head + 1, min(head + _REACH, len(found))):
        token = found[place]
        if token.is_sign or token.is_verb or token.is_conjunction or token.is_coordinator:
            break
        link = token.plain in _LINKS or token.is_determiner
        if token.is_determiner and token.plain not in _LINKS and not _links(token, found[place - 1]):
            break
        if token.is_preposition and not link:
            break
        if token.is_content or token.is_number:
            ends.append(place)
        elif not link:
            break
    return ends


def _coordinated(flat: str, single: Sequence[Span], asides: bool = False) -> Iterator[Span]:
    """Yield runs joined by `et`, `and` and the commas before them: `A, B et C`; over `asides`, if so."""
    longest = {span.start: span for span in sorted(single)}
    for place, one in enumerate(longest.values()):
        end = one.end
        for following in list(longest.values())[place + 1 :]:
            if following.start < end:
                continue
            joined = _AND.fullmatch(flat, end, following.start)
            if joined is None and asides and flat.startswith(",", end):
                joined = _ASIDE.fullmatch(flat, end, following.start)
                if joined is None and not _COMMA.fullmatch(flat, end, following.start):
                    continue  # within what is said of the one before
            elif joined is None and not _COMMA.fullmatch(flat, end, following.start):
                break
            end = following.end
            if joined:
                yield Span(one.start, end)
