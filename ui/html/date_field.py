"""A field for a day, in the reader's language in every browser. `static/dates.js` reads what is typed.

Pure. `<input type="date">` is written as the browser's language has it, not the page's. Here a day is typed
as people write it (`31/12/2026`, `31 décembre 2026`, `2026-12-31`) and shown back in words; scripts read the
day, in ISO 8601, from `data-iso`: empty where there is none, `?` where what is typed is no day.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Literal

from markupsafe import Markup

from rag.schema.article import stated_day
from rag.text.cldr import month_names, month_numbers, weekday_names
from ui.formatting.i18n import LANGUAGES, date_text, text
from ui.html.element import element

Part = Literal["first", "last"]


def date_field(
    stands: str,
    id_: str,
    language: str,
    part: Part | None = None,
    described_by: str = "",
    **attributes: str | bool | None,
) -> Markup:
    """Return a text field with what is understood of it beneath.

    Args:
        stands: The day in ISO 8601, or what was typed and isn't one.
        id_: The field's; its label is its caller's.
        language: The reader's.
        part: The day of a month or a year that stands for it where no day is typed; None: a day must be.
        described_by: Ids of what else describes the field.
        attributes: More of its attributes.
    """
    day = stated_day(stands)
    said = f"{id_}-said"
    box = element(
        "input",
        type="text",
        value=date_text(stands, language) if day else stands,
        id=id_,
        class_="date",
        autocomplete="off",
        maxlength="60",
        aria_describedby=" ".join(filter(None, (described_by, said))),
        data_iso=(stands[:10] if day else "?") if stands else "",
        data_part=part,
        data_words=_words(language),
        data_unclear=text("date_unclear", language),
        **{"placeholder": text("date_placeholder", language)} | attributes,
    )
    return element(
        "span", box, element("span", "", id=said, class_="said", role="status"), class_="date-field"
    )


@cache
def _words(language: str) -> str:
    """Return the names that days are written with, as `static/dates.js` takes them."""
    numbers = {name: number for known in reversed(LANGUAGES) for name, number in month_numbers(known).items()}
    words = {
        "months": month_names(language)["wide"][0],
        "days": weekday_names(language),
        "numbers": numbers,
        "first": date_text("2000-01-01", language).split()[0],
    }
    return json.dumps(words, ensure_ascii=False)
