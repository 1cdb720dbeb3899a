"""The fields of an article of Factiva → the article, whichever form they were exported in.

Source: Factiva's field codes (HD headline, BY byline, PD day, ET time, SN source, LA language, LP lead, TD
text, AN document number…), the same in all languages of its pages. Codes of subjects, contact lines (CT),
rights (CY) and the counts of words aren't text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ingest.schema.delivery import DeliveredArticle, Delivery
from ingest.schema.written_dates import first_day, with_clock
from rag.errors import UserError

CODES = frozenset(
    {
        "AN", "ART", "BY", "CLM", "CO", "CR", "CT", "CX", "CY", "DLN", "ED", "ET", "GC", "HD", "HDL", "HL",
        "IN", "IPC", "IPD", "LA", "LP", "NGC", "NS", "NT", "PD", "PG", "PUB", "RE", "RF", "RST", "SC", "SE",
        "SN", "TD", "VOL", "WC",
    }
)  # fmt: skip
_LANGUAGES = {
    "fr": ("français", "french", "französisch"),
    "en": ("anglais", "english", "englisch"),
    "de": ("allemand", "german", "deutsch"),
    "es": ("espagnol", "spanish", "spanisch", "español"),
    "it": ("italien", "italian", "italienisch", "italiano"),
    "pt": ("portugais", "portuguese", "portugiesisch", "português"),
    "nl": ("néerlandais", "dutch", "niederländisch", "nederlands"),
}
_CODE_OF = {name: code for code, names in _LANGUAGES.items() for name in names}
_NUMBER = re.compile(r"(?:document|dokument)\s+([A-Za-z]{2,10}[A-Za-z0-9]{8,40})\b", re.IGNORECASE)
_COUNT = re.compile(r"[\d.,\s\u202f]{1,12}\s(?:mots|words|wörter|palabras|parole)$", re.IGNORECASE)
_TIME = re.compile(r"\d{1,2}:\d\d(?::\d\d)?(?:\s?(?:GMT|UTC))?$")
_CODE = re.compile(r"[A-Z0-9]{2,8}$")
_PAGE = re.compile(r"[A-Z]{0,3}\d{1,4}(?:[,;-]\s?[A-Z]{0,3}\d{1,4}){0,9}$")
_RIGHTS = re.compile(r"(?:©|\(c\)|copyright\b)", re.IGNORECASE)
_BY = re.compile(r"^(?:by|par|von)\s+", re.IGNORECASE)


def article_of(fields: Mapping[str, list[str]]) -> DeliveredArticle:
    """Return the article that fields state, each with its lines.

    Raises:
        UserError: There is no text in it.
    """
    lines = [*fields.get("LP", ()), *fields.get("TD", ())]
    if not lines:
        raise UserError("an article without a text.", "un article sans texte.")
    day = first_day(" ".join(fields.get("PD", ())))
    time = " ".join(fields.get("ET", ()))
    number = document_number(" ".join(fields.get("AN", ())))
    return DeliveredArticle(
        text="\n".join(lines),
        title=" ".join(fields.get("HD", ())),
        outlet=" ".join(fields.get("SN", ())),
        author=_BY.sub("", " ".join(fields.get("BY", ()))),
        language=language_named(" ".join(fields.get("LA", ()))),
        published_at=with_clock(day.day, time) if day else "",
        section=" ".join(fields.get("SE", ())),
        page=" ".join(fields.get("PG", ())),
        rights=" ".join(fields.get("CY", ())),
        delivery=Delivery(f"factiva:{number}" if number else ""),
    )


def language_named(name: str) -> str:
    """Return the code of a language by its name in French, English or German; '' if it is another."""
    return _CODE_OF.get(name.strip().casefold(), "")


def document_number(line: str) -> str:
    """Return the number in `Document LEMOND0020250802el8200012`, in capitals; '' if there is none."""
    found = _NUMBER.search(line)
    return found[1].upper() if found else ""


@dataclass
class Head:
    """The fields of a head without codes, and how many of its lines they were."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    count: int = 0


def is_count(line: str) -> bool:
    """Return whether a line is the count of an article's words: `1.210 Wörter`."""
    return len(line) < 40 and line[:1].isdigit() and _COUNT.match(line) is not None


def head_fields(lines: list[str]) -> Head:
    """Return what stands behind the count of words: day, time, source, its code, page, language, rights."""
    head = Head()
    for line in lines:
        name = _field_of(line, head.fields)
        if not name:
            break
        head.fields.setdefault(name, []).append(line)
        head.count += 1
        if name == "CY":
            break
    return head


def _field_of(line: str, before: Mapping[str, list[str]]) -> str:
    if "PD" not in before:
        return "PD" if len(line) < 40 and first_day(line) else ""
    if "SN" not in before:
        return "ET" if _TIME.match(line) else "SN"
    if language_named(line):
        return "LA"
    if _RIGHTS.match(line):
        return "CY"
    if "LA" in before:
        return ""
    if _PAGE.match(line):
        return "PG"
    return "SC" if _CODE.match(line) and "SC" not in before else "ED" if len(line) < 60 else ""
