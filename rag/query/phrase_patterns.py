"""Ways of putting a question, as data: lines with slots that are matched against a whole question.

Pure. A line is written in small letters without accents: `(a|b)` is a choice, `?` after it or after a letter
makes it optional, `{name}` is a macro of its file or else a slot: any words, as few as fit. A space fits
spaces, hyphens and commas. Lines are matched without regard to case, accents and closing punctuation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_ENDS = r"[\s?!.,;:…]*"
_GAP = r"(?:[\s,-]+)"
_NAME = re.compile(r"\{([a-z_ ]+)\}")
_APOSTROPHE = r"(?:'\s*|\s+)"
# A slot is trimmed of what can't be part of a name or a noun.
_AROUND = " \t\n,;:.?!…\"'«»()“”-"
_MARKS = " \t\n?!"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A line as it matched: its slots, as spans of the text."""

    slots: Mapping[str, tuple[int, int]]

    def words(self, text: str, slot: str) -> str:
        """Return the words of `text` in a slot; empty if the line has none there."""
        start, end = self.slots.get(slot, (0, 0))
        return text[start:end].strip(_AROUND)


@dataclass(frozen=True)
class PhrasePattern:
    """One line, compiled."""

    line: str
    regex: re.Pattern[str]

    def match(self, flat: str, start: int, end: int) -> Phrase | None:
        """Return the line's slots if it fits all of `flat[start:end]`."""
        found = self.regex.fullmatch(flat, start, end)
        if found is None:
            return None
        spans = {name: found.span(name) for name in self.regex.groupindex if found[name] is not None}
        if any(not flat[first:last].strip(_AROUND) for first, last in spans.values()):
            # A slot that may be left out isn't the question mark: `Le pont rouvrira-t-il ?`.
            bare = start + len(flat[start:end].rstrip(_MARKS))
            return self.match(flat, start, bare) if bare < end else None
        return Phrase(spans)


def compiled(
    lines: Sequence[str], macros: Mapping[str, str], slots: Mapping[str, str]
) -> list[PhrasePattern]:
    """Compile lines of a file.

    Args:
        lines: The lines.
        macros: Macro → what it stands for; it may use those before it.
        slots: Slot → the regular expression of what may stand in it.

    Raises:
        ValueError: A line names neither a macro nor a slot, or isn't closed.
    """
    known = expanded(macros)
    flags = re.IGNORECASE | re.DOTALL
    return [PhrasePattern(line, re.compile(_regex(line, known, slots) + _ENDS, flags)) for line in lines]


def prefix(lines: Sequence[str], macros: Mapping[str, str]) -> re.Pattern[str]:
    """Compile lines of which any may stand in front of something else."""
    known = expanded(macros)
    body = "|".join(_regex(line, known, {}) for line in lines)
    return re.compile(rf"(?:{body})(?:{_GAP}|\s*[!.:]\s*)(?=\w)", re.IGNORECASE)


def suffix(lines: Sequence[str], macros: Mapping[str, str]) -> re.Pattern[str]:
    """Compile lines of which any may stand behind something else, with the punctuation after it."""
    known = expanded(macros)
    body = "|".join(_regex(line, known, {}) for line in lines)
    return re.compile(rf"(?:[\s,.?!-]+)(?:{body}){_ENDS}$", re.IGNORECASE)


def words(line: str, macros: Mapping[str, str]) -> re.Pattern[str]:
    """Compile a line that is looked for as whole words."""
    return re.compile(rf"\b{_regex(line, expanded(macros), {})}\b", re.IGNORECASE)


def expanded(macros: Mapping[str, str]) -> dict[str, str]:
    """Return the macros without macros in them."""
    known: dict[str, str] = {}
    for name, line in macros.items():
        known[name] = _NAME.sub(lambda found: known.get(found[1], found[0]), line)
    return known


def _regex(line: str, macros: Mapping[str, str], slots: Mapping[str, str]) -> str:
    whole = _NAME.sub(lambda found: macros.get(found[1], found[0]), line)
    if whole.count("(") != whole.count(")"):
        raise ValueError(f"{line!r}: brackets aren't closed")
    return "".join(_parts(whole, slots, line))


def _parts(whole: str, slots: Mapping[str, str], line: str) -> Iterator[str]:
    place = 0
    while place < len(whole):
        character = whole[place]
        if slot := _NAME.match(whole, place):
            if slot[1] not in slots:
                raise ValueError(f"{line!r}: {slot[1]!r} is neither a macro nor a slot")
            yield f"(?P<{slot[1]}>{slots[slot[1]]})"
            place = slot.end()
            continue
        if character == "'":
            yield _APOSTROPHE
            place += whole.startswith("' ", place)
        elif character == " ":
            yield _GAP
        elif character == "-":
            yield r"(?:\s?-\s?)"
        elif character == "(":
            yield "(?:"
        elif character in ")|?[]":
            yield character
        else:
            yield re.escape(character)
        place += 1
