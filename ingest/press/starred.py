"""IRaMuTeQ's and TXM's (Alceste's) text: each article below a line of `****` and its variables.

Source: IRaMuTeQ's documentation of its corpora (http://www.iramuteq.org/documentation). A variable is
`*name_value` with underscores for spaces; which names say the paper, the day, the author and the title is the
researcher's: the usual French and English ones are known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.schema.delivery import DeliveredArticle
from ingest.schema.metadata import iso_date
from rag.errors import UserError

_LINE = re.compile(r"^\*{4}(?=[ \t]+\*[^\s_*]+)[^\n]*$", re.MULTILINE)
_BROKEN = re.compile(
    r"(?<!\*)\*{2,}[ \t]+\*[^\W_]+_"
    r"|\*[^\W_]+_\S+[ \t]+\*[^\W_]+_|(?:^|[ \t])\*[^\W_]+_\S+[ \t]*$",
    re.MULTILINE,
)
_VARIABLE = re.compile(r"\*([^\W_]+)_(\S+)")
_THEMATIC = re.compile(r"^-\*\w+\s*$", re.MULTILINE)
_NAMES = {
    "outlet": ("source", "journal", "media", "titrejournal", "newspaper", "outlet", "jnl"),
    "author": ("auteur", "author"),
    "title": ("titre", "title"),
    "published_at": ("date", "jour", "day"),
}


def is_starred(text: str) -> bool:
    """Return whether a text begins with a line of variables, or with a broken one."""
    found = _LINE.search(text)
    before = text[: found.start()].strip("\ufeff \r\n\t") if found else ""
    return found is not None and (not before or _BROKEN.search(before) is not None)


def read_starred(text: str) -> Iterator[DeliveredArticle | UserError]:
    """Yield the articles of a corpus, in order; one without a text or with a broken mark isn't read."""
    lines = list(_LINE.finditer(text))
    if text[: lines[0].start()].strip("\ufeff \r\n\t"):
        yield _broken()
    ends = [*(line.start() for line in lines[1:]), len(text)]
    for line, end in zip(lines, ends, strict=True):
        body = text[line.end() : end]
        if _BROKEN.search(body):
            yield _broken()
        elif kept := _THEMATIC.sub("", body).strip():
            yield _article(line[0], kept)
        else:
            yield UserError("an article without a text.", "un article sans texte.")


def _broken() -> UserError:
    return UserError(
        "a line of variables in it can't be read; it may be several articles and isn't read.",
        "une ligne de variables y est illisible ; il y a peut-être plusieurs articles.",
    )


def _article(line: str, text: str) -> DeliveredArticle:
    variables = {name.casefold(): value.replace("_", " ").strip() for name, value in _VARIABLE.findall(line)}
    stated = {
        field: next((variables[name] for name in names if name in variables), "")
        for field, names in _NAMES.items()
    }
    day = stated["published_at"].replace(" ", "-")
    return DeliveredArticle(text=text, **stated | {"published_at": day if iso_date(day) else ""})
