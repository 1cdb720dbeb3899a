"""Write `rag/text/cldr.json`: months, weekdays, territories and languages as babel names them from CLDR.

Loading babel's locales takes a tenth of a second, which every question would wait for; the table takes a
millisecond. Run again after an update of babel: `python scripts/cldr.py`; a test says when it is needed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from string import ascii_lowercase

from babel import Locale, localedata
from babel.core import UnknownLocaleError

FILE = Path(__file__).parents[1] / "rag" / "text" / "cldr.json"
WIDTHS = ("abbreviated", "wide")
CONTEXTS = ("format", "stand-alone")
# Languages whose dates are read in running text.
DATED = ("de", "en", "es", "fr", "it", "nl", "pt")


def months(language: str) -> dict[str, list[list[str]]] | None:
    """Return width → the ways in which a year's months are named; None for a language without locale."""
    localedata._cache.clear()  # reading one locale's aliases changes what others inherit
    try:
        names = Locale.parse(language).months
    except (UnknownLocaleError, ValueError):
        return None
    return {
        width: [list(year) for year in dict.fromkeys(_year(names[context][width]) for context in CONTEXTS)]
        for width in WIDTHS
    }


def _year(names: Mapping[int, str]) -> tuple[str, ...]:
    return tuple(names[number] for number in range(1, 13))


def tables() -> dict[str, object]:
    """Return all that is written."""
    codes = {"".join(pair) for pair in product(ascii_lowercase, repeat=2)}
    codes |= {code for code in localedata.locale_identifiers() if code.isalpha()}
    french, english = Locale("fr"), Locale("en")
    return {
        "months": {code: named for code in sorted(codes) if (named := months(code))},
        "weekdays": {
            locale.language: [locale.days["format"]["wide"][day] for day in range(7)]
            for locale in map(Locale, DATED)
        },
        "territories": {
            code: [french.territories[code], english.territories[code]]
            for code in sorted(french.territories)
            if code.isalpha() and code in english.territories
        },
        "languages": {
            code: [french.languages[code], english.languages[code]]
            for code in sorted(french.languages)
            if len(code) == 2 and code in english.languages
        },
    }


if __name__ == "__main__":
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else FILE
    file.write_text(json.dumps(tables(), ensure_ascii=False, separators=(",", ":"), sort_keys=True), "utf-8")
