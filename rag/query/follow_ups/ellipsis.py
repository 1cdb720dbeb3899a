"""A part of a question in the place of the same part of the last one: `Et à Brécy ?`, `Et en 2023 ?`.

Pure. Knows questions as they were understood, and no conversation: which of them is the last is told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rag.query.follow_ups.composing import after_preposition, after_que, asked, lower_first
from rag.query.follow_ups.lexicon import INVERTED, OPPOSITES, WHERE
from rag.query.follow_ups.phrases import Phrase
from rag.query.follow_ups.reading import Reading
from rag.text.folding import flatten
from rag.text.word_lists import any_of


@dataclass(frozen=True, slots=True)
class Span:
    """Words `[start, end)` of a question that say when; `text` as they may be put elsewhere."""

    start: int
    end: int
    text: str


def with_phrases(fragment: Reading, last: Reading, times: Sequence[Span], when: Sequence[Span]) -> str | None:
    """Return the last question with the fragment's phrases in the places of those that are like them.

    Args:
        fragment: Words without a verb.
        last: The question that they are part of.
        times: Where the last question says when.
        when: Where the fragment says when.

    None where nothing in the last question is like what the fragment names.
    """
    edits: list[tuple[int, int, str]] = []
    end = len(last.flat.rstrip(" ?!."))
    if when:
        if times:
            edits.append((times[-1].start, times[-1].end, when[-1].text))
            edits += [(one.start, one.end, "") for one in times[:-1]]
        else:
            edits.append((end, end, f" {when[-1].text}"))
    opposite = _opposite(fragment, last)
    if opposite:
        edits.append(opposite)
    free = [one for one in fragment.phrases if not any(a.start < one.end and one.outer < a.end for a in when)]
    for phrase in free:
        edit = _edit(phrase, last, [one for one in last.phrases if not _is_time(one, times)], end)
        if edit is None:
            return None
        edits.append(edit)
        edits += _agreement(phrase, last, edit)
    places = sorted((start, stop) for start, stop, _ in edits)
    if not edits or any(one[1] > other[0] for one, other in pairwise(places)):
        return None
    text = last.text
    for start, stop, words in sorted(edits, reverse=True):
        text = text[:start] + words + text[stop:]
    return asked(text, last.language)


def _agreement(phrase: Phrase, last: Reading, edit: tuple[int, int, str]) -> list[tuple[int, int, str]]:
    """Return the edits by which the pronoun and the participle of a French verb follow a new subject."""
    if last.language != "fr" or phrase.gender is None:
        return []
    found = re.match(rf"\s+{INVERTED.pattern}", last.flat[edit[1] :], re.IGNORECASE)
    if found is None or found["subject"] not in ("il", "elle"):
        return []
    pronoun = "il" if phrase.gender == "m" else "elle"
    base = edit[1]
    edits = [(base + found.start("subject"), base + found.end("subject"), pronoun)]
    passive = found["verb"] in ("est", "etait", "sera", "serait", "fut")
    participle = re.match(r"\s+\w*é(?P<ending>e?)\b", last.text[base + found.end() :])
    if passive and participle:
        start = base + found.end() + participle.start("ending")
        edits.append((start, start + len(participle["ending"]), "" if phrase.gender == "m" else "e"))
    return edits


def _is_time(phrase: Phrase, times: Sequence[Span]) -> bool:
    return any(one.start < phrase.end and phrase.outer < one.end for one in times)


def _opposite(fragment: Reading, last: Reading) -> tuple[int, int, str] | None:
    """Return the edit that a preposition alone asks for: `Et contre ?` after `… pour …`."""
    word = fragment.flat.strip(" ?!.").lower()
    words = OPPOSITES.of(last.language)
    if word not in words:
        return None
    found = re.search(rf"\b{any_of(words - {word})}\b", last.flat, re.IGNORECASE)
    return (found.start(), found.end(), word) if found else None


def _edit(phrase: Phrase, last: Reading, listed: Sequence[Phrase], end: int) -> tuple[int, int, str] | None:
    """Return where a phrase of the fragment goes in the last question."""
    language, counted = last.language, last.interrogative.noun
    if phrase.preposition:
        return _edit_prepositional(phrase, last, listed, end)
    if phrase.bare_name or (phrase.names and not phrase.head):
        return _edit_name(phrase, listed)
    if language == "fr" and not phrase.determiner and not phrase.names:
        # `Et d'allers-retours ?`
        counts = counted and last.interrogative.word == "combien"
        return _in_place_of_counted(phrase, last) if counts else None
    same = [one for one in listed if one.head and one.head == phrase.head]
    if same:
        return _put(same[0], phrase.words, language)
    if phrase.sort == "person":
        people = [one for one in listed if one.of_people or one.sort == "person"]
        # `élue maire` is what she became.
        people = [one for one in people if one.determiner or not one.head or language != "fr"]
        if not people:
            return None
        place = "" if phrase.names else _place_complement(people[0])
        return _put(people[0], f"{phrase.words} {place}".strip(), language)
    if counted and last.interrogative.word in ("combien", "how") and phrase.plural and not phrase.names:
        alike = [one for one in listed if one.plural and not one.names]
        if not alike and (not phrase.of_people or last.counts_people):
            return _in_place_of_counted(phrase, last)
    things = [one for one in listed if one.head and one.sort == phrase.sort]
    if not things:
        things = [
            one
            for one in listed
            if one.determiner and one.names and not one.head and phrase.sort == "thing" and phrase.determiner
        ]
    if phrase.of_people and not phrase.names:
        # `Et les assureurs ?` after what the repairs cost asks what they do, not what they cost.
        told = [one for one in listed if one.determiner or language != "fr"]
        named = [one for one in listed if one.names and not one.head and not one.preposition]
        things = [one for one in told if one.of_people] or named
    if not things:
        return None
    target = things[0]
    if {target.plural, phrase.plural} == {True, False} and (language == "fr" or _agrees(last, target)):
        return None  # its verb would be of another number
    if phrase.names or phrase.language != target.language:
        return _put(target, phrase.words, language)
    place = _place_complement(target)
    return _put(target, f"{phrase.words} {place}".strip(), language)


_NUMBERED = r"(?:is|are|was|were|has|have|do|does|isn't|aren't|hasn't|haven't)"


def _agrees(last: Reading, target: Phrase) -> bool:
    """Return whether an English verb beside a phrase shows its number: `is the mayor`."""
    before, after = last.flat[: target.outer], last.flat[target.end :]
    shown = re.search(rf"\b{_NUMBERED} $", before, re.I) or re.match(rf" {_NUMBERED}\b", after, re.I)
    return shown is not None


def _in_place_of_counted(phrase: Phrase, last: Reading) -> tuple[int, int, str]:
    asks = last.interrogative
    noun = phrase.words.split(maxsplit=1)[-1]
    start, stop = asks.noun_start, asks.noun_start + len(asks.noun)
    if last.language == "fr":
        of = re.search(r"(?:de |d['’])$", last.text[: asks.noun_start])
        start = of.start() if of else start
        noun = after_preposition("de", noun, "fr")
    return (start, stop, noun)


def _place_complement(target: Phrase) -> str:
    """Return the place of a phrase, which stays when its noun changes: `de Brécy`."""
    if not target.names:
        return ""
    start, stop = target.names[-1]
    found = re.search(r"(?:\bd['’]|\b(?:de|à|in|of|at) )$", target.text[target.start : start])
    return target.text[target.start + found.start() : stop] if found and stop == target.end else ""


def _edit_name(phrase: Phrase, listed: Sequence[Phrase]) -> tuple[int, int, str] | None:
    """Return which name of the last question another takes the place of."""
    spans: list[tuple[int, int, Phrase, bool]] = []
    for one in listed:
        if one.names and not one.head:
            spans.append((one.start, one.end, one, True))
        spans += [(start, stop, one, False) for start, stop in one.names if one.head]
    if not spans:
        return None
    determined = bool(phrase.determiner)

    def unlike(span: tuple[int, int, Phrase, bool]) -> tuple[bool, bool]:
        start, _, one, whole = span
        sort = one.sort if whole else _sort_inside(one, start)
        known = phrase.sort != "thing" and sort != "thing"
        return (known and sort != phrase.sort, determined != bool(one.determiner and whole))

    start, stop, target, whole = min(spans, key=unlike)
    if phrase.language != target.language and phrase.names:
        # `Et la Fed ?` of an English question: a name is the same in both.
        name = phrase.text[phrase.names[0][0] : phrase.names[-1][1]]
        return (*target.names[0], name) if whole else _name_inside(target, start, stop, name)
    if unlike((start, stop, target, whole))[0]:
        return None
    if whole:
        return _put(target, phrase.words, target.language)
    return _name_inside(target, start, stop, phrase.words)


def _sort_inside(phrase: Phrase, start: int) -> str:
    """Return what a name inside a phrase is: a place behind a French `de`, as far as that shows."""
    behind_of = re.search(r"(?:\bd['’]|\b(?:de|à) )$", phrase.text[:start])
    return "place" if behind_of and phrase.sort != "person" else "thing"


def _name_inside(target: Phrase, start: int, stop: int, words: str) -> tuple[int, int, str]:
    """Return the edit of a name inside a phrase: `d'Orvanne` becomes `de Brécy`."""
    if target.language == "fr":
        found = re.search(r"(?:\bd['’]|\bde )$", target.text[:start])
        if found:
            return (found.start(), stop, after_preposition("de", words, "fr"))
        # `la papeterie Ternoise`: a name with an article stands behind `de`.
        if re.match(r"(?:le|la|les) |l['’]", words):
            return (start, stop, after_preposition("de", words, "fr"))
    elif target.determiner:
        words = re.sub(r"^(?:the|an?) ", "", words)
    return (start, stop, words)


def _put(target: Phrase, words: str, language: str) -> tuple[int, int, str]:
    """Return the edit that puts words in the place of a phrase, behind its preposition."""
    if target.preposition:
        return (target.outer, target.end, after_preposition(target.preposition, lower_first(words), language))
    before = target.text[: target.start]
    if language == "fr" and (found := re.search(r"\bqu['’]$|\bque $", before)):
        return (found.start(), target.end, after_que(lower_first(words)))
    return (target.start, target.end, lower_first(words) if target.start else words)


def _edit_prepositional(
    phrase: Phrase, last: Reading, listed: Sequence[Phrase], end: int
) -> tuple[int, int, str] | None:
    language, text = last.language, phrase.text
    words = text[phrase.outer : phrase.end]
    if phrase.language != language:
        # `And in Brécy?` of a French question: a name is the same in both.
        where = (
            _plain(phrase.preposition) in (*WHERE.of(phrase.language), "à")
            and phrase.names
            and not phrase.head
        )
        return _edit_place(phrase, listed, language) if where else None
    where = (*WHERE.of(language), "à")
    plain = _plain(phrase.preposition)
    if plain in ("de", "of") and not any(_plain(one.preposition) == plain for one in listed):
        return _edit(replace(phrase, preposition=""), last, listed, end)
    alike = [one for one in listed if _plain(one.preposition) == plain and one.preposition]
    if plain in where and phrase.preposition:
        alike = [
            one for one in listed if _plain(one.preposition) in where and one.preposition and not one.head
        ] or alike
    if alike:
        target = alike[-1]
        return (target.outer, target.end, words)
    edit = _edit_place(phrase, listed, language) if plain in where and phrase.names else None
    return edit or (end, end, f" {words}")


def _edit_place(phrase: Phrase, listed: Sequence[Phrase], language: str) -> tuple[int, int, str] | None:
    """Return which place of the last question another takes the place of: `d'Orvanne`, `à Orvanne`."""
    for one in listed:
        if one.names and not one.head and one.preposition in (*WHERE.of(language), "à"):
            return _put(one, phrase.words, language)
    for one in listed:
        if not one.head or not one.names:
            continue
        start, stop = one.names[-1]
        if re.search(r"(?:\bd['’]|\b(?:de|à|of|in|at) )$", one.text[:start]) or language == "en":
            return _name_inside(one, start, stop, phrase.words)
    bare = [one for one in listed if one.bare_name and one.sort != "person"]
    return _put(bare[0], phrase.words, language) if bare else None


def _plain(preposition: str) -> str:
    flat = flatten(preposition).lower()
    return {"d'": "de", "a": "à"}.get(flat, flat)
