"""The dates that a question names, with the years that no word shows to be one: `le séisme de 1985`.

Pure. Relative words (`hier`) are periods: `rag.query.temporal` reads them.
"""

from __future__ import annotations

import re

from rag.extraction.dates import DateMention, find_dates
from rag.extraction.quantity_times import stated_years
from rag.text.folding import flatten

# After any other word a year belongs to a name: `Paris 2024`.
_BEFORE = re.compile(
    r"(?:\b(?:de|du|des|of|the|entre|between|et|and|ou|or|a|to|edition|budget|saison|season) |\bd')$",
    re.IGNORECASE,
)


def asked_dates(text: str, language: str | None = None) -> tuple[DateMention, ...]:
    """Return the dates with a year or a month that a question names, in order."""
    dates = [
        when
        for when in find_dates(text, language=language)
        if when.offset is None and any((when.year, when.month))
    ]
    flat = flatten(text)
    bare = [
        year
        for year in stated_years(flat)
        if _BEFORE.search(flat[: year.start])
        and not any(when.start <= year.start < when.end for when in dates)
    ]
    return tuple(sorted([*dates, *bare], key=lambda when: when.start))
