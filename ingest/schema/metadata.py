"""What sources state about an article, made uniform: short strings, ISO dates, URLs, language codes.

Pure functions over values of any type, all of them hostile. Knows no file format. What isn't stated
clearly is None, never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, fields
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlunsplit

from ingest.schema.addresses import DEFAULT_PORTS, address_of, host_of, is_host
from ingest.schema.written_dates import named_zone, written_moment
from rag.text.language_detection import detect_language

TITLE_LENGTH = 300
FIELD_LENGTH = 200
_URL_LENGTH = 2_000
_MOST_NAMES = 20
_FIRST_YEAR = 1600  # the first newspapers; earlier dates are placeholders such as 0001-01-01
# Below this, telling the language of a text is less sure than what its source states.
_TELLING_LENGTH = 200

_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Of characters that are written from right to left, and of those that turn others around.
_FROM_RIGHT_TO_LEFT = ("R", "AL", "AN", "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
_HOST = re.compile(r"\w(?:[\w-]*\w)?(?:\.\w(?:[\w-]*\w)?)*\.?|[0-9a-f.]*:[0-9a-f:.]*")
_DAY = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_DOTTED_DAY = re.compile(
    r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})"
)  # day first wherever days are written with dots
_COMPACT_DAY = re.compile(r"(\d{4})(\d\d)(\d\d)")
_DATETIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ]+(\d\d:\d\d(?::\d\d)?)(?:[.,]\d+)?(?:Z|z| ?UTC| ?GMT| ?([+-]\d\d:?\d\d))?"
)
_COMPACT_DATETIME = re.compile(r"\d{8}T\d{4}(\d\d)?(Z|[+-]\d\d:?\d\d)?")
_MAIL_DATE = re.compile(
    r"(?:[A-Za-z]{3},? )?\d{1,2} (?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?"
    r"|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?) \d{4}"
    r"(?P<time> \d\d:\d\d(?::\d\d)?"
    r"(?: (?:[+-]\d{4}|(?P<zone>(?![AaPp][Mm]\b)[A-Za-z]{1,5}))(?: \([A-Za-z]{1,5}\))?)?)?"
)
# What programs write as the title of a document: its file's name, or that it has none.
_FILE_TITLE = re.compile(
    r"(?i)(?:microsoft (?:word|powerpoint|excel) - .*|untitled.*|sans titre.*|document sans titre.*"
    r"|document ?\d*|(?:word )?document|titre|title|nouveau document.*|new document.*|présentation powerpoint"
    r"|powerpoint presentation|(?:mise en page|layout|diapositive|slide|page|classeur|book|feuil|sheet|dessin"
    r"|drawing|publication|doc) ?\d*|(?:https?|file|about):\S*|[a-z]:\\.*|[\W\d_]*"
    r"|.*\.(?:docx?m?|odt|rtf|indd|idml|qxp|qxd|pdf|tmp|pages|tex|dvi|xlsx?|pptx?|pub|fm|ai|eps|html?|txt))"
)
# A file's name without its ending: one word that signs or digits hold together, `cp_pont`, `2025-03-12-pont`.
_FILE_STEM = re.compile(r"(?=\S*(?:_|\d\S*-\S*-|-\S*-\S*\d|[vV]\d+$))\S+")
# Whom programs name as authors of their files.
_NOBODY = re.compile(
    r"(?i)\(?(?:anonymous|anonyme|unknown|inconnu|unspecified|user|utilisateur|administrat(?:or|eur)|admin|auteur"
    r"|author|owner|propriétaire|pc|default|root|guest|invité|python-docx|microsoft(?: office)?(?: user)?"
    r"|utilisateur (?:de )?microsoft office|utilisateur windows|windows user|hp|dell|lenovo|acer|asus)\)?"
)
_LANGUAGE = re.compile(r"([A-Za-z]{2})(?:[-_][A-Za-z0-9_-]{1,20})?")


@dataclass(frozen=True, slots=True)
class StatedMetadata:
    """What a source says of its article. `canonical_url` is absolute http(s) or None.

    `identity` is what its provider knows the article by, in whatever file it is delivered;
    `excerpt`: that the text is only part of the article's, such as the beginning of one that is sold. `page`
    is a number as it is printed.
    """

    title: str | None = None
    outlet: str | None = None
    author: str | None = None
    language: str | None = None
    published_at: str | None = None
    updated_at: str | None = None
    canonical_url: str | None = None
    identity: str | None = None
    section: str | None = None
    page: str | None = None
    rights: str | None = None
    excerpt: bool = False

    def or_else(self, other: StatedMetadata) -> StatedMetadata:
        """Return this with what `other` states where this states nothing."""
        return StatedMetadata(*(getattr(self, f.name) or getattr(other, f.name) for f in fields(self)))


NOTHING_STATED = StatedMetadata()


def clean_line(value: object, length: int = FIELD_LENGTH) -> str | None:
    """Return one line of at most `length` characters, NFC, without control characters.

    None if not a string.
    """
    if not isinstance(value, str):
        return None
    kept = "".join(" " if c.isspace() else c for c in value[: 20 * length] if c.isspace() or _printable(c))
    return cut(" ".join(unicodedata.normalize("NFC", _BIDI.sub("", kept)).split()), length) or None


def _printable(character: str) -> bool:
    return unicodedata.category(character) not in ("Cc", "Cs")


def cut(line: str, length: int) -> str:
    """Return `line` if it is short enough, else its first words and `…`, `length` characters at most."""
    if len(line) <= length:
        return line
    head = line[:length]
    space = head.rfind(" ", length // 2)
    return (head[:space] if space > 0 else head[:-1]).rstrip(" ,;:–—-") + "…"


def names(value: object) -> str | None:
    """Return names of people or organisations: a string, an object with a `name`, or a list of these."""
    found: list[str] = []
    for item in (value if isinstance(value, list) else [value])[:_MOST_NAMES]:
        name = item.get("name") if isinstance(item, dict) else item
        for one in (name if isinstance(name, list) else [name])[:_MOST_NAMES]:
            line = clean_line(one)
            if line and not line.lower().startswith(("http://", "https://")) and line not in found:
                found.append(line)
    return cut(", ".join(found), FIELD_LENGTH) or None


def iso_date(value: object, day_first: bool | None = None) -> str | None:
    """ISO 8601 of a stated date or date and time, with the offset if one is stated; else None.

    Understands ISO 8601, year-first dates, the dates of mail headers and those that people write in French
    and English. 05/06/2025 means two things and is left out, unless `day_first` says which; and so is a zone
    whose name nobody knows or several have (IST).
    """
    stated = clean_line(value, 60)
    if stated is None:
        return None
    try:
        parsed = _parse_date(stated, day_first)
    except ValueError:
        return None
    if parsed is None or parsed.year < _FIRST_YEAR:
        return None
    return parsed.isoformat(timespec="seconds") if isinstance(parsed, datetime) else parsed.isoformat()


def _parse_date(stated: str, day_first: bool | None) -> date | datetime | None:
    if day := _DAY.fullmatch(stated):
        return date(int(day[1]), int(day[3]), int(day[4]))
    if day := _DOTTED_DAY.fullmatch(stated):
        return date(int(day[3]), int(day[2]), int(day[1]))
    if day := _COMPACT_DAY.fullmatch(stated):
        return date(int(day[1]), int(day[2]), int(day[3]))
    if moment := _DATETIME.fullmatch(stated):
        utc = stated[-1] in "Zz" or stated.endswith(("UTC", "GMT"))
        return datetime.fromisoformat(f"{moment[1]}T{moment[2]}{'+00:00' if utc else moment[3] or ''}")
    if _COMPACT_DATETIME.fullmatch(stated):
        return datetime.fromisoformat(stated)
    if mail := _MAIL_DATE.fullmatch(stated):
        zone = named_zone(mail["zone"] or "")
        moment = parsedate_to_datetime(stated if mail["time"] else f"{stated} 00:00:00")
        if not mail["time"]:
            return moment.date()
        return moment if zone is None else moment.replace(tzinfo=zone)
    return written_moment(stated, day_first)


def canonical_url(value: object) -> str | None:
    """Return an absolute http(s) URL that can identify an article: lower-case host, no fragment; else None.

    A site's front page is none: pages that wrongly name it as theirs would all be one article.
    """
    if not isinstance(value, str) or len(value) > _URL_LENGTH:
        return None
    stripped = value.strip()
    if any(c.isspace() or not _printable(c) for c in stripped):
        return None
    parts = address_of(stripped)
    if parts is None or parts.scheme not in DEFAULT_PORTS or not is_host(parts.host):
        return None
    if parts.path in ("", "/") and not parts.query:
        return None
    name = f"[{parts.host}]" if ":" in parts.host else parts.host
    host = name if parts.port in (None, DEFAULT_PORTS[parts.scheme]) else f"{name}:{parts.port}"
    return urlunsplit((parts.scheme, host, parts.path or "/", parts.query, ""))


def linkable_url(value: object) -> str | None:
    """Return `canonical_url` of a value if it can be shown and linked to as it is; else None.

    Nothing in it is invisible, is written from right to left or turns around what is; its host is a name or
    a number in which no browser sees another.
    """
    url = canonical_url(value)
    if url is None or len(url) > _URL_LENGTH or not _HOST.fullmatch(host_of(url)):
        return None
    return None if any(_misleads(character) for character in url) else url


def _misleads(character: str) -> bool:
    kind, direction = unicodedata.category(character), unicodedata.bidirectional(character)
    return kind[0] in "CZ" or direction in _FROM_RIGHT_TO_LEFT


def own_title(title: str | None) -> str | None:
    """Return `title`, unless it is what a program wrote in its place: the name of a file, or `untitled`."""
    return None if title is None or _FILE_TITLE.fullmatch(title) or _FILE_STEM.fullmatch(title) else title


def own_author(author: str | None) -> str | None:
    """Return `author`, unless it is what a program wrote in its place: `anonymous`, `admin`."""
    return None if author is None or _NOBODY.fullmatch(author) else author


def language_code(value: object) -> str | None:
    """Return `fr` from `fr`, `fr-FR` or `fr_CA`; None for anything else."""
    found = _LANGUAGE.fullmatch(value.strip()) if isinstance(value, str) else None
    return found[1].lower() if found else None


def settle_language(stated: str | None, text: str) -> str | None:
    """Return the stated language unless the text is long enough to tell that it is another one.

    Templates leave `lang="en"` on pages in every language.
    """
    detected = detect_language(text)
    if stated is None or (detected is not None and len(text) >= _TELLING_LENGTH):
        return detected
    return stated
