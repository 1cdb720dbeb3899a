"""Nexis (LexisNexis) as running text (TXT, RTF, DOCX, HTML) → its articles, in the old form and the newer.

Source: how open readers of these exports take them apart (LexisNexisTools, tm.plugin.lexisnexis). Of old each
article begins with `3 of 10 DOCUMENTS`, and its lines are wrapped; now each ends with `End of Document`, or
begins with `Document 3 of 10`, and its text stands behind `Body`. Nexis gives no number that an article could
be known by.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.press.factiva_fields import language_named
from ingest.press.pieces import run_together
from ingest.schema.delivery import DeliveredArticle
from ingest.schema.written_dates import first_day, with_clock
from rag.errors import UserError

_START = re.compile(
    r"^[ \t\xa0]*(?:\d{1,5} of \d{1,5} DOCUMENTS?|Dokument \d{1,5} von \d{1,5}"
    r"|Document \d{1,5} (?:de|of|sur) \d{1,5})[ \t\xa0\r]*$",
    re.MULTILINE,
)
_END = re.compile(r"^(?:End of Document|Fin du document|Ende des Dokuments?|Dokumentende)$", re.IGNORECASE)
_BODY = re.compile(r"^(?:Body|Corps|Corps du texte|Text|Textkörper)$")
_LABEL = re.compile(
    r"^(?P<label>[A-ZÀ-Ü][A-Za-zÀ-ÿ-]{2,24}(?: de)?(?: [a-z]{2,12})?)\s?:[ \t\xa0]*(?P<value>.*)$"
)
_AUTHOR = ("byline", "author", "autor", "auteur", "par")
_SECTION = ("section", "rubrik", "rubrique")
_PAGE = re.compile(r"\b(?:pg|s|p)\.\s?([\w-]{1,12})", re.IGNORECASE)
_LENGTH = ("length", "länge", "longueur")
_LANGUAGE = ("language", "sprache", "langue")
# What may stand behind a text: of old always in capitals.
_LAST_OF_OLD = (
    "LOAD-DATE", "UPDATE", "DATE-CHARGEMENT", "GRAPHIC", "GRAFIK", "ILLUSTRATION", "LANGUAGE", "SPRACHE",
    "LANGUE", "PUBLICATION-TYPE", "PUBLIKATIONSTYP", "TYPE-PUBLICATION", "JOURNAL-CODE", "SUBJECT",
    "CORRECTION-DATE",
)  # fmt: skip
_LAST = ("load-date", "date-chargement", "date de chargement", "ladedatum")
_CLASSIFICATION = re.compile(r"^(?:Classification|Klassifizierung)$")
_RIGHTS = re.compile(
    r"^(?:copyright\b|©|all rights reserved|tous droits réservés|alle rechte vorbehalten)", re.I
)
_FIRST_LINES = 60


def is_nexis_of_old(text: str) -> bool:
    """Return whether a text has lines such as `3 of 10 DOCUMENTS`, and a length below one."""
    found = _START.search(text)
    if found is None:
        return False
    below = [line.strip() for line in text[found.end() :].split("\n", 400)[:400]]
    length = next((place for place, line in enumerate(below) if _label(line) in _LENGTH), None)
    return length is not None and not any(map(_BODY.match, below[length : length + _FIRST_LINES]))


def is_nexis(text: str) -> bool:
    """Return whether a text has articles that end with `End of Document` behind a `Body`; one may be lost.

    Or that begin with `Document 3 of 10`, with both.
    """
    lines = [line.strip() for line in text.split("\n")]
    labels = {_label(line) for line in lines}
    if not any(map(_END.match, lines)):
        is_known = not labels.isdisjoint(_LENGTH) or not labels.isdisjoint(_LAST)
        return _START.search(text) is not None and is_known and any(map(_BODY.match, lines))
    return any(map(_BODY.match, lines)) or not (labels.isdisjoint(_LENGTH) or labels.isdisjoint(_LAST))


def read_nexis_of_old(text: str) -> Iterator[DeliveredArticle | UserError]:
    """Yield the articles of an export of old, in order."""
    places = list(_START.finditer(text))
    ends = [*(place.start() for place in places[1:]), len(text)]
    for place, end in zip(places, ends, strict=True):
        yield _of_old([line.strip() for line in text[place.end() : end].split("\n")])


def _of_old(lines: list[str]) -> DeliveredArticle | UserError:
    counts = [place for place, line in enumerate(lines) if _label(line) in _LENGTH]
    if len(counts) > 1:
        return run_together()
    if not counts:
        return UserError("an article without a text.", "un article sans texte.")
    head, body = lines[: counts[0]], lines[counts[0] + 1 :]
    end = next(
        (place for place, line in enumerate(body) if _label(line) in _LAST or _RIGHTS.match(line)), len(body)
    )
    blocks = _blocks(head)
    labelled = {_label(line): _value(line) for line in [*head, *body[end:]] if _label(line)}
    day = next((place for place, block in enumerate(blocks) if first_day(block)), None)
    free = [block for block in blocks[(day or 0) + 1 :] if not _label(block)]
    text = "\n".join(_blocks(body[:end]))
    if not text:
        return UserError("an article without a text.", "un article sans texte.")
    return DeliveredArticle(
        text=text,
        title=free[0] if free else "",
        outlet=blocks[0] if blocks and day != 0 else "",
        author=_first(labelled, _AUTHOR),
        language=_language(labelled),
        section=_section(labelled)[0],
        page=_section(labelled)[1],
        rights=_rights(body[end:]),
        published_at=_moment(blocks[day]) if day is not None else "",
    )


def read_nexis(text: str) -> Iterator[DeliveredArticle | UserError]:
    """Yield the articles of an export, in order; a cover page in front of them is left."""
    if not any(_END.match(line.strip()) for line in text.split("\n")):
        yield from map(_article, _numbered(text))
        return
    held: list[str] = []
    for line in (line.strip() for line in text.split("\n")):
        if _END.match(line):
            yield _article(held)
            held = []
        elif line:
            held.append(line)
    if any(map(_BODY.match, held)):
        yield UserError(
            "an article without `End of Document` behind it; it may be cut off and isn't read.",
            "un article sans « End of Document » à la fin ; il est peut-être coupé et n'est pas lu.",
        )


def _numbered(text: str) -> Iterator[list[str]]:
    """Yield the lines of each article that begins with its number."""
    places = list(_START.finditer(text))
    ends = [*(place.start() for place in places[1:]), len(text)]
    for place, end in zip(places, ends, strict=True):
        yield [line for one in text[place.end() : end].split("\n") if (line := one.strip())]


def _article(lines: list[str]) -> DeliveredArticle | UserError:
    bodies = [place for place, line in enumerate(lines) if _BODY.match(line)]
    if len(bodies) > 1 or sum(_label(line) in _LENGTH for line in lines) > 1:
        return run_together()
    if not bodies:
        return UserError("an article without a text.", "un article sans texte.")
    head, body = lines[: bodies[0]], lines[bodies[0] + 1 :]
    end = next(
        (n for n, line in enumerate(body) if _label(line) in _LAST or _CLASSIFICATION.match(line)), len(body)
    )
    if not body[:end]:
        return UserError("an article without a text.", "un article sans texte.")
    labelled = {_label(line): _value(line) for line in [*head, *body[end:]] if _label(line)}
    days = [place for place, line in enumerate(head) if first_day(line) and not _label(line)]
    day = days[-1] if days else None
    return DeliveredArticle(
        text="\n".join(body[:end]),
        title=head[day - 2] if day is not None and day >= 2 else "",
        outlet=head[day - 1] if day is not None and day >= 1 else "",
        author=_first(labelled, _AUTHOR),
        language=_language(labelled),
        section=_section(labelled)[0],
        page=_section(labelled)[1],
        rights=_rights(head),
        published_at=_moment(head[day]) if day is not None else "",
    )


def _ends_text_of_old(line: str) -> bool:
    found = _LABEL.match(line)
    return (found is not None and found["label"] in _LAST_OF_OLD) or _RIGHTS.match(line) is not None


def _ends_text(lines: list[str]) -> bool:
    """Return whether the first of these lines begins what stands behind a text."""
    if _CLASSIFICATION.match(lines[0]):
        return any(_label(line) in _LANGUAGE for line in lines[1:4])
    return _label(lines[0]) in _LAST


def _blocks(lines: list[str]) -> list[str]:
    """Return paragraphs of wrapped lines: an empty line parts them."""
    blocks: list[list[str]] = [[]]
    for line in lines:
        if line:
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    return [" ".join(block) for block in blocks if block]


def _label(line: str) -> str:
    found = _LABEL.match(line)
    return found["label"].casefold() if found else ""


def _value(line: str) -> str:
    found = _LABEL.match(line)
    return found["value"].strip() if found else ""


def _first(labelled: dict[str, str], names: tuple[str, ...]) -> str:
    return next((labelled[name] for name in names if labelled.get(name)), "")


def _language(labelled: dict[str, str]) -> str:
    return language_named(_first(labelled, _LANGUAGE).partition(";")[0])


def _section(labelled: dict[str, str]) -> tuple[str, str]:
    """Return the section and the page of `NEWS; Pg. 3`; '' for what isn't said."""
    section, _, page = _first(labelled, _SECTION).partition(";")
    found = _PAGE.search(page)
    return section.strip(), found[1] if found else ""


def _rights(lines: list[str]) -> str:
    return next((line for line in lines if _RIGHTS.match(line)), "")


def _moment(line: str) -> str:
    found = first_day(line)
    return with_clock(found.day, line[found.end :]) if found else ""
