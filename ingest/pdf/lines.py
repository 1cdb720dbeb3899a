"""Pieces of one column → its lines, from the top down. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from ingest.pdf.fragment import Fragment, Line
from ingest.pdf.raised import settled

_CAP = 0.7  # of a size: how high capitals are
_SHARED = 0.4  # of the lower one's height that two pieces of a line have in common
_SMALLER = 0.86
_RAISED = 0.12  # sizes above the baseline
_CELL_GAP = 1.8  # sizes
_WORD_GAP = 0.15
_UNUSABLE = re.compile("[\0-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_LIGATURES = str.maketrans(
    {chr(0xFB00 + n): w for n, w in enumerate(("ff", "fi", "fl", "ffi", "ffl", "st", "st"))}
)
# TeX's older fonts set an accent and its letter apart.
_ACCENTS = {"´": "\u0301", "¨": "\u0308", "ˆ": "\u0302", "˜": "\u0303", "¸": "\u0327", "`": "\u0300"}
_ACCENTED = re.compile(r"([´¨ˆ˜])([aeiouyncAEIOUYNCı])|(`)([aeuAEU])(?!\w*`)|([cC])(¸)")
_CLOSING = re.compile(r"[.,)\]](?!\w)")
_FIRST_HEBREW = "\u0590"
_RIGHT_TO_LEFT = ("R", "AL")


def lines_of(fragments: Sequence[Fragment]) -> list[Line]:
    """Return the lines of a column from the top down, each with its pieces from left to right."""
    rows: list[list[Fragment]] = []
    for fragment in sorted(fragments, key=lambda one: (-one.base, one.left)):
        near = next((row for row in rows[-1:-4:-1] if _shares(row, fragment)), None)
        if near is None:
            rows.append([fragment])
        else:
            near.append(fragment)
    return sorted(map(_line, rows), key=lambda line: -line.base)


def clean(text: str) -> str:
    """Return the text of a piece: NFC without what can't be kept, ligatures as letters, accents on theirs."""
    if text.isascii() and text.isprintable() and "`" not in text:
        return text
    plain = _UNUSABLE.sub("", text).translate(_LIGATURES)
    plain = _ACCENTED.sub(_with_accent, plain) if any(sign in plain for sign in _ACCENTS) else plain
    return unicodedata.normalize("NFC", plain)


def is_blank(text: str) -> bool:
    """Return whether there is nothing to read: an accent that stands apart from its letter is nothing."""
    return not clean(text).strip() or text.strip() in _ACCENTS


def _with_accent(found: re.Match[str]) -> str:
    if found[5]:
        return found[5] + _ACCENTS[found[6]]
    accent, letter = (found[1], found[2]) if found[1] else (found[3], found[4])
    return letter.replace("ı", "i") + _ACCENTS[accent]


def _shares(row: list[Fragment], fragment: Fragment) -> bool:
    """Return whether a piece stands on the same line as the largest of a row."""
    other = max(row, key=lambda one: one.size)
    height = _CAP * max(min(other.size, fragment.size), 0.1)
    top = min(other.base + _CAP * other.size, fragment.base + _CAP * fragment.size)
    return top - max(other.base, fragment.base) >= _SHARED * height


def _line(row: list[Fragment]) -> Line:
    backwards = _is_right_to_left(row)
    pieces = sorted(row, key=lambda one: -one.right if backwards else one.left)
    main = max(pieces, key=lambda one: (len(one.text.strip()) > 1, one.size, len(one.text)))
    texts = [clean(piece.text) for piece in pieces]
    cells: list[str] = [""]
    edges: list[tuple[float, float]] = [(pieces[0].left, pieces[0].right)]
    for number, (piece, text) in enumerate(zip(pieces, texts, strict=True)):
        before = pieces[number - 1] if number else None
        gap = _gap(before, piece, backwards)
        if before and gap > _CELL_GAP * main.size and cells[-1].strip():
            cells.append("")
            edges.append((piece.left, piece.right))
        elif before and cells[-1] and _is_apart(piece, text, cells[-1], gap):
            cells[-1] += " "
        if piece.size < _SMALLER * main.size and piece.base - main.base > _RAISED * main.size:
            text = settled(cells[-1], text, texts[number + 1] if number + 1 < len(texts) else "")
            cells[-1] = cells[-1] if text else cells[-1].rstrip()
        cells[-1] += text
        edges[-1] = (min(edges[-1][0], piece.left), max(edges[-1][1], piece.right))
    filled = [(" ".join(cell.split(" ")).strip(), edge) for cell, edge in zip(cells, edges, strict=True)]
    return Line(
        tuple(cell for cell, _ in filled if cell),
        tuple(edge for cell, edge in filled if cell),
        min(piece.left for piece in pieces),
        max(piece.right for piece in pieces),
        main.base,
        main.size,
        all(piece.bold for piece in pieces if piece.text.strip()),
        tuple(pieces),
    )


def _gap(before: Fragment | None, piece: Fragment, backwards: bool) -> float:
    if before is None:
        return 0.0
    return before.left - piece.right if backwards else piece.left - before.right


def _is_apart(piece: Fragment, text: str, before: str, gap: float) -> bool:
    """Return whether a space stands between a piece and the text before it; none does before a full stop."""
    if before[-1:].isspace() or _CLOSING.match(text):
        return False
    return (piece.spaced and gap > 0.02 * piece.size) or gap > _WORD_GAP * piece.size


def _is_right_to_left(row: list[Fragment]) -> bool:
    if all(max(piece.text) < _FIRST_HEBREW for piece in row):
        return False
    letters = [unicodedata.bidirectional(char) for piece in row for char in piece.text[:40] if char.isalpha()]
    return 2 * sum(kind in _RIGHT_TO_LEFT for kind in letters) > len(letters)
