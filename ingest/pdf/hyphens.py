"""Words that the end of a line divides → the words: with their hyphen if it is theirs, else without. Pure.

Whether a hyphen is a compound's is told by the document, which may have the word elsewhere, and by the first
parts and pairs that French and English write with one; a hyphen before a capital or a digit always stays.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from rag.text.word_lists import WordList

HYPHENS = "-\u00ad\u2010\u2011"
_SOFT = "\u00ad"
_WORD = re.compile(r"\w+(?:-\w+)*")
_FIRST, _LAST = re.compile(r"^\w+(?:-\w+)*"), re.compile(r"[\w-]*\W$")
# What French joins to a word by a hyphen that is written wherever the line ends.
_ENCLITICS = re.compile(
    r"(?:t-)?(?:ils?|elles?|on|je|tu|nous|vous|moi|toi|lui|leur|le|la|ce|ci|là|y|en|t|mêmes?)\b"
)
# After an order only: `prenez-les`, not the `les` of `socia-les`.
_THEM, _ORDER = re.compile(r"les\b"), re.compile(r"(?:ez|ons|es|is)$")
# Within names of places and in expressions: Aix-en-Provence, c'est-à-dire, mother-in-law.
_LINKED = re.compile(r"(?:en|sur|sous|lès|lez|les|le|la|de|du|des|d|à|au|aux|et|in|of|the|upon|and|to|by)-\w")
_LINK = re.compile(r"(?:en|sur|sous|lès|lez|les|le|la|de|du|des|à|au|aux|et|in|of|the|upon|and|to|by|t)")
_FIRST_PARTS = WordList("ingest.pdf", "compounds", ("first parts",), accents=True)
_COMPOUNDS = WordList("ingest.pdf", "compounds", ("compounds",), accents=True)
# Ends of words that no compound's second part is: gendarme-rie, petite-ment, franco-phone, high-er.
_ENDING = re.compile(
    r"ment|ments|ra|rai|ras|rait|raient|rons|rez|ront|rie|ries|té|tés|age|ages"
    r"|(?:phon|phil|phob|log|graph|métr)\w*|ly|er|ers|est|ing|ed|ness|teen|teenth|ty|ties|tieth|th|ish|less"
)
_LEAST = 4  # letters of two words of the document that are taken for a compound's parts


class Words:
    """The words of a document, by which words that line ends divide are known again."""

    def __init__(self, lines: Iterable[str]) -> None:
        """Count the words of lines in reading order, but for those that a line's end divides."""
        self._counts: Counter[str] = Counter()
        divided = False
        for line in lines:
            whole = _FIRST.sub("", line.lower()) if divided else line.lower()
            divided = line[-1:] in HYPHENS and bool(line)
            self._counts.update(_WORD.findall(_LAST.sub("", whole) if divided else whole))

    def joined(self, text: str, piece: str) -> str:
        """Return two lines of which the first ends with a hyphen as one.

        Args:
            text: The first, which ends with one of `HYPHENS` after a letter or digit.
            piece: The second, which begins with a letter or digit.
        """
        return f"{text[:-1]}{'-' if self._is_kept(text, piece) else ''}{piece}"

    def _is_kept(self, text: str, piece: str) -> bool:
        before = re.search(r"[\w-]*$", text[:-1])
        after = re.match(r"\w+(?:-\w+)*", piece)
        head, tail = (before[0].lower() if before else ""), (after[0].lower() if after else "")
        if text[-1] == _SOFT:
            return False
        if not piece[0].islower() or not text[-2].isalpha():
            return True
        whole, compound = self._counts[head + tail], self._counts[f"{head}-{tail}"]
        if whole != compound:
            return compound > whole
        first, second = head.rpartition("-")[2], tail.partition("-")[0]
        if _THEM.match(piece) and _ORDER.search(first):
            return True
        if _ENCLITICS.match(piece) or _LINKED.match(tail) or ("-" in head and _LINK.fullmatch(first)):
            return True
        if f"{first}-{second}" in _COMPOUNDS:
            return True
        if first in _FIRST_PARTS:
            return _ENDING.fullmatch(second) is None
        # Both parts are words of this very document, and what they would make together isn't.
        return min(len(first), len(second)) >= _LEAST and bool(self._counts[first] and self._counts[second])


def is_divided(text: str, piece: str) -> bool:
    """Return whether a word, a compound or a number goes on from one line to the next by a hyphen."""
    return text[-1:] in HYPHENS and text[-2:-1].isalnum() and piece[:1].isalnum() if text else False
