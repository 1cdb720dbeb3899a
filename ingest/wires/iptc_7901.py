"""IPTC 7901 → its messages: the text format in which agencies send since the teleprinter.

Source: IPTC 7901, "The text transmission format" (https://www.iptc.org/std/IPTC7901/), and how agencies
send it: a header line behind SOH or `ZCZC`, the text between STX and ETX or `NNNN`, paragraphs that are
wrapped and begin with an indent. A message that says that it is under embargo, or not for publication, is
withheld: the format has no field for a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from ingest.schema.delivery import DeliveredArticle, Delivery, Status
from ingest.schema.metadata import clean_line
from rag.errors import UserError

_START = re.compile(r"(?:\x01|^ZCZC\b)", re.MULTILINE)
_BEGIN = re.compile(r"\A[\s\x00-\x1f]*ZCZC\s")
_END = re.compile(r"\x03|^N{4}\s*$", re.MULTILINE)
_HEADER = re.compile(r"\s*(?P<source>[A-Za-z]{2,8})-?\d{1,5}\b")
_SIGNED = re.compile(r"\s*[a-z]{2,5}(?:[-/][a-z]{1,5}){1,4}\s*$")
_SENT = re.compile(
    r"(?P<source>[A-Z][A-Za-z-]{1,9})\s+(?P<day>\d\d)(?P<hour>\d\d)(?P<minute>\d\d)\s+(?:(?P<zone>GMT|UTC)\s+)?"
    r"(?P<month>[A-Za-zÀ-ÿ]{3,9})\.?\s+(?P<year>\d{2,4})"
)
_HELD = re.compile(
    r"\W*(?:attention\W+)?(?:sous\s+)?embargo\b|\W*not for publication\b|\W*ne pas (?:diffuser|publier)\b",
    re.I,
)
_MONTHS = (
    ("jan", "janv"), ("feb", "fev", "fév"), ("mar", "mars"), ("apr", "avr"), ("may", "mai"), ("jun", "juin"),
    ("jul", "juil"), ("aug", "aou", "aoû"), ("sep", "sept"), ("oct",), ("nov",), ("dec", "déc"),
)  # fmt: skip
_FIRST_LINES = 8  # in which an embargo is said
_CENTURY = 80  # two-digit years below are of this one


def is_iptc_7901(head: str) -> bool:
    """Return whether a text has the marks that messages of IPTC 7901 have, of which one may be lost."""
    marked = "\x02" in head and ("\x01" in head or "\x03" in head)
    return marked or _BEGIN.match(head) is not None


def read_iptc_7901(text: str) -> Iterator[DeliveredArticle | UserError]:
    """Yield the articles of a file of messages, in order; a message without a text is left.

    Where the mark between two is missing, neither is read: they would be one article.
    """
    places = [found.start() for found in _START.finditer(text)] or [0]
    if any(character.isalnum() for character in text[: places[0]]):
        places.insert(0, 0)  # a message whose first mark is lost
    for place, after in zip(places, [*places[1:], len(text)], strict=True):
        message = text[place:after]
        if message.count("\x02") > 1:
            yield UserError(
                "two messages without a mark between them; neither is read.",
                "deux messages sans marque entre eux ; aucun n'est lu.",
            )
        elif (article := _article(message)).text:
            yield article


def _article(message: str) -> DeliveredArticle:
    header, mark, body = message.partition("\x02")
    if not mark:
        header, _, body = message.partition("\n")
    end = _END.search(body)
    trailer = body[end.end() :] if end else ""
    title, lines = _titled(_lines(body[: end.start()] if end else body))
    sent = _SENT.search("\n".join([*lines[-3:], trailer]))
    kept = [line for line in lines if not (_SIGNED.match(line) or _SENT.fullmatch(line.strip()))]
    source = _HEADER.match(header.strip("\x01\r\n ").removeprefix("ZCZC"))
    outlet = sent["source"] if sent else source["source"] if source else ""
    return DeliveredArticle(
        text=_paragraphs(kept),
        title=title,
        outlet=outlet,
        published_at=_moment(sent) if sent else "",
        delivery=Delivery(status=_status(body)),
    )


def _lines(body: str) -> list[str]:
    """Return the lines of a text, without control characters and the lines of routing codes in front."""
    lines = [re.sub(r"[\x00-\x08\x0b-\x1f]", "", line).rstrip() for line in body.splitlines()]
    while lines and (not lines[0].strip() or lines[0].startswith("/")):
        lines.pop(0)
    return lines


def _titled(lines: list[str]) -> tuple[str, list[str]]:
    """Return the headline and what stands below; it isn't indented, and a gap or an indent follows it."""
    for count, line in enumerate(lines[:4]):
        if not line.strip():
            return (clean_line(" ".join(lines[:count]), 300) or "", lines[count:]) if count else ("", lines)
        if line.startswith("  "):
            return clean_line(" ".join(lines[:count]), 300) or "", lines[count:]
    return "", lines


def _paragraphs(lines: list[str]) -> str:
    """Return the lines as paragraphs: one begins with an indent or behind a gap."""
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        if not line.strip() or line.startswith("  "):
            paragraphs.append([])
        if line.strip():
            paragraphs[-1].append(line.strip())
    return "\n".join(" ".join(one) for one in paragraphs if one)


def _status(body: str) -> Status:
    lines = [line for line in body.splitlines() if line.strip("\x02 \r")][:_FIRST_LINES]
    return "withheld" if any(_HELD.match(line.strip("\x02 \r")) for line in lines) else "usable"


def _moment(sent: re.Match[str]) -> str:
    """Return when a message was sent, in UTC if it says so; '' if no month is named so."""
    name = sent["month"].casefold()
    month = next((n for n, names in enumerate(_MONTHS, start=1) if name.startswith(names)), 0)
    year = int(sent["year"])
    if year < 100:
        year += 2000 if year < _CENTURY else 1900
    try:
        moment = datetime(year, month, int(sent["day"]), int(sent["hour"]), int(sent["minute"]))
    except ValueError:
        return ""
    return moment.isoformat() + ("+00:00" if sent["zone"] else "")
