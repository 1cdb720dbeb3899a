"""The numbers of a numbered list, as its readers see them: from where it starts, in its kind of numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from ingest.html.tree import local_name

_NUMBER = re.compile(r"-?\d{1,6}")
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
          (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


def item_numbers(items: etree._Element) -> Iterator[str]:
    """Yield the number of each item of an `ol` in order: `1`, or `a`, `A`, `i` or `I` as its type says."""
    children = [item for item in items if local_name(item) == "li"]
    reverse = items.get("reversed") is not None
    number = _stated(items.get("start"), len(children) if reverse else 1)
    kind = items.get("type") or "1"
    for item in children:
        number = _stated(item.get("value"), number)
        yield _written(number, item.get("type") or kind)
        number += -1 if reverse else 1


def _stated(value: str | None, otherwise: int) -> int:
    return int(value) if value is not None and _NUMBER.fullmatch(value) else otherwise


def _written(number: int, kind: str) -> str:
    if kind in ("a", "A") and 1 <= number <= 26:
        return chr(ord(kind) + number - 1)
    if kind in ("i", "I") and 1 <= number < 4000:
        roman = ""
        for value, letters in _ROMAN:
            roman += letters * (number // value)
            number %= value
        return roman.upper() if kind == "I" else roman
    return str(number)
