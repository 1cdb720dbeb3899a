"""Tables of data: every row says all that it means, on one line.

A cell that spans rows or columns is repeated in each of them, as headings are meant; items of a list and
paragraphs within a cell stay in its row. Tables that lay out a page are left as they are.
"""

from __future__ import annotations

import re
from copy import deepcopy

from lxml import etree

from ingest.html.tree import INLINE, local_name, words_of

_SPANNING = etree.XPath(".//*[@rowspan or @colspan]/ancestor::*[local-name() = 'table'][1]")
_CELLS = ("td", "th")
_MOST_SPANNED = 100
_DIGITS = 6  # that are read of a span
_MOST_CELLS = 50_000  # of a tree's tables with spans, with the repeated ones
_LONGEST_CELL = 500
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def settle_tables(root: etree._Element) -> None:
    """Repeat spanning cells of the tables of a tree and put the blocks in their cells on one line."""
    left = _MOST_CELLS
    for table in _SPANNING(root):
        if left > 0 and _is_data(table):
            left -= _repeat_spans(table, left)
    for row in root.iter("{*}tr"):
        if len(row) > 1:
            for cell in row:
                if len(cell):
                    _flatten(cell)


def _is_data(table: etree._Element) -> bool:
    return next(table.iter(*(f"{{*}}{name}" for name in _HEADINGS)), None) is None and not any(
        inner is not table for inner in table.iter("{*}table")
    )


def _span(cell: etree._Element, name: str) -> int:
    stated = cell.get(name) or ""
    number = int(stated[:_DIGITS]) if stated.isascii() and stated.isdigit() else 1
    return min(number, _MOST_SPANNED) or 1


def _repeat_spans(table: etree._Element, most: int) -> int:
    """Repeat the spanning cells of a table of at most so many cells; return how many it has then, else 0."""
    rows = [[cell for cell in row if local_name(cell) in _CELLS] for row in table.iter("{*}tr")]
    width = max((sum(_span(cell, "colspan") for cell in row) for row in rows), default=0)
    spanning = [cell for row in rows for cell in row if cell.get("rowspan") or cell.get("colspan")]
    if any(map(_is_long, spanning)):
        return 0
    trees = list(table.iter("{*}tr"))
    few = width <= _MOST_SPANNED and width * len(rows) <= most
    filled = _filled([row.getparent() for row in trees], rows, width, most) if few else None
    for row, own, meant in zip(trees, rows, filled or rows, strict=True):
        _put(row, own, meant)
    # Of a table that is too large its spans are left too: nothing that reads it is to follow them.
    for cell in table.iter("{*}td", "{*}th"):
        for name in ("rowspan", "colspan"):
            cell.attrib.pop(name, None)
    return sum(map(len, filled or ()))


def _is_long(cell: etree._Element) -> bool:
    return len(words_of(cell)) > _LONGEST_CELL


def _filled(
    groups: list[etree._Element], rows: list[list[etree._Element]], width: int, most: int
) -> list[list[etree._Element]] | None:
    """Return the cells of each row with those that reach into it; None if there are more than `most`."""
    below: dict[int, tuple[etree._Element, int]] = {}  # column → cell that reaches down into it, rows left
    filled: list[list[etree._Element]] = []
    for place, cells in enumerate(rows):
        if place and groups[place] is not groups[place - 1]:
            below = {}  # no cell reaches out of its group of rows
        meant: list[etree._Element] = []
        own = iter(cells)
        while True:
            column = len(meant)
            if column in below:
                cell, left = below.pop(column)
                across, down = 1, left - 1
            elif (cell := next(own, None)) is not None:
                across, down = _span(cell, "colspan"), _span(cell, "rowspan") - 1
                if across >= width > 1:
                    across = 1  # the heading of all that follows stands once
            else:
                break
            for reached in range(column, column + across if down > 0 else column):
                below[reached] = (cell, down)
            meant += [cell] * across
            most -= across
            if most < 0:
                return None
        filled.append(meant)
    return filled


def _put(row: etree._Element, own: list[etree._Element], meant: list[etree._Element]) -> None:
    """Put copies of the cells that reach into a row, or further in it, between its own."""
    coming = iter(own)
    following = next(coming, None)
    for cell in meant:
        if cell is following:
            following = next(coming, None)
            continue
        copy = deepcopy(cell)
        copy.tail = None
        if following is None:
            row.append(copy)
        else:
            following.addprevious(copy)


def _flatten(cell: etree._Element) -> None:
    """Make one line of the blocks in a cell: items of lists are set apart by `;`."""
    blocks = [element for element in cell.iterdescendants("*") if local_name(element) not in INLINE]
    if not blocks or any(local_name(block) in (*_HEADINGS, "table") for block in blocks):
        return
    said = words_of(cell)
    if not said or len(said) > _LONGEST_CELL or said == " ".join(map(words_of, cell.iter("{*}a"))):
        return  # a text or a menu: the table lays out a page
    items = [block for block in blocks if local_name(block) == "li" and words_of(block)]
    for item in items[:-1]:
        item.tail = f"; {item.tail or ''}"
    for block in blocks:
        block.text, block.tail = f" {block.text or ''}", f" {block.tail or ''}"
    line = re.sub(r"\s+(?=; )", "", words_of(cell))
    for child in list(cell):
        cell.remove(child)
    cell.text = line
