"""Factiva as running text (RTF, TXT) → its articles: each ends with the line of its document number.

Source: how open readers of these exports take them apart. With field codes, each stands in front of its part;
without, the parts of the head stand in a fixed order, from the count of words on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.press.factiva_fields import CODES, article_of, head_fields, is_count
from ingest.schema.delivery import DeliveredArticle
from rag.errors import UserError

_END = re.compile(r"^(?:AN\s+)?(?:Document|Dokument)\s+[A-Za-z]{2,10}[A-Za-z0-9]{8,40}$")
_CODED = re.compile(r"^([A-Z]{2,3})(?:\t|\s{1,4}|$)(.*)$")
_CLOSING = re.compile(r"^(?:Search Summary|Résumé de la recherche|Suchzusammenfassung)\b", re.IGNORECASE)
_BYLINE = re.compile(r"^(?:by|par|von)\s+\S", re.IGNORECASE)
_NEEDED = frozenset({"HD", "SN"})


def is_factiva_text(text: str) -> bool:
    """Return whether a text has lines that end Factiva's articles, and counts of words or codes."""
    lines = [line.strip() for line in text.split("\n")]
    return any(map(_END.match, lines)) and (any(map(is_count, lines)) or any(map(_is_headline, lines)))


def read_factiva_text(text: str) -> Iterator[DeliveredArticle | UserError]:
    """Yield the articles of an export, in order."""
    held: list[str] = []
    for line in (line.strip() for line in text.split("\n")):
        if _CLOSING.match(line) and not any(map(is_count, held)):
            return
        if line:
            held.append(line)
        if _END.match(line):
            yield _read(held)
            held = []
    if any(map(is_count, held)) or any(map(_is_headline, held)):
        yield UserError(
            "an article without its document number at the end; it may be several and isn't read.",
            "un article sans numéro de document à la fin ; il y en a peut-être plusieurs, rien n'est lu.",
        )


def _is_headline(line: str) -> bool:
    return line.startswith(("HD\t", "HD "))


def _read(lines: list[str]) -> DeliveredArticle | UserError:
    try:
        codes = {found[1] for line in lines if (found := _CODED.match(line))}
        fields = _coded(lines) if codes >= _NEEDED else _plain(lines)
        return article_of(fields)
    except UserError as error:
        return error


def _coded(lines: list[str]) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    code = ""
    for line in lines:
        found = _CODED.match(line)
        if found and found[1] in CODES:
            code, line = found[1], found[2].strip()
            if code == "HD" and "HD" in fields:
                raise _several()
        if line and code:
            fields.setdefault(code, []).append(line)
    return fields


def _plain(lines: list[str]) -> dict[str, list[str]]:
    counts = [place for place, line in enumerate(lines) if is_count(line)]
    if len(counts) != 1:
        raise _several()
    (count,) = counts
    head = head_fields(lines[count + 1 : -1])
    if "SN" not in head.fields:
        raise UserError("an article without its source.", "un article sans sa source.")
    before = lines[:count]
    author = before.pop() if len(before) > 1 and _BYLINE.match(before[-1]) else ""
    body = lines[count + 1 + head.count : -1]
    return {
        **head.fields,
        "HD": before[-1:],
        "BY": [author] if author else [],
        "TD": body,
        "AN": lines[-1:],
    }


def _several() -> UserError:
    return UserError(
        "several articles without a mark between them; none of them is read.",
        "plusieurs articles sans marque entre eux ; aucun n'est lu.",
    )
