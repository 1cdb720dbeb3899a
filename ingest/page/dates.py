"""The days on which a page says that its article was published and changed, where it marks them in its text.

What is marked by `time`, microdata or microformats counts, and what stands in an element for dates or after a
label (`Publié le`, `Updated`) in a byline. Dates of the prose are never read; where marks disagree, none is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree
from lxml.html import HtmlElement

from ingest.html.tree import INLINE, local_name, text_after, text_before, words_of
from ingest.page.json_ld import is_article_type
from ingest.schema.metadata import iso_date
from ingest.schema.written_dates import written_days

_MARKS = etree.XPath(
    ".//time[@datetime] | .//*[@itemprop][contains(@itemprop, 'date')] | .//abbr[@title] | .//time[@pubdate]"
)
_DATE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:date|pubdate|published|publication|info-?publi|dateline|cartouche|datetime"
    r"|(?:date|time|dt)-?stamp|publish-time|by-?line)(?:$|[\s_-])",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_OTHERS = re.compile(r"comment|related|sidebar|teaser|widget|footer|recommend|event|agenda", re.IGNORECASE)
_ELSEWHERE = frozenset({"form", "nav", "aside", "footer", "blockquote", "figure"})
_LONGEST = 160  # of a byline
_LONGEST_LINE = 80  # of a date that has a line of its own
_MOST = 60
_CLOCK = re.compile(r"[\s,()|•·–—-]*(?:(?:à|at|@)\s*)?(?:\d{1,2}\s?[h:.].{0,20})?", re.IGNORECASE)
_BEFORE_TIME = re.compile(r"(?:.*[|•·–—:,-]|(?:par|by)\s.{0,80})?\s*(?:le|on)?\s*", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class DateMarks:
    """The ways to mark one date in a text: microdata, classes that microformats define, words before it."""

    itemprop: str
    classes: frozenset[str]
    pubdate: bool
    label: re.Pattern[str]


PUBLISHED = DateMarks(
    itemprop="datePublished",
    classes=frozenset({"published", "dt-published", "entry-date"}),
    pubdate=True,
    label=re.compile(
        r"\b(?:publi[ée]e?|post[ée]e?|mise? en ligne|parue?|parution|date de publication|published|posted"
        r"|first published|publication date)\s*(?:on|le|:|\s)*\s*$",
        re.IGNORECASE,
    ),
)
UPDATED = DateMarks(
    itemprop="dateModified",
    classes=frozenset({"updated", "dt-updated"}),
    pubdate=False,
    label=re.compile(
        r"\b(?:mise? à jour|m\.?à\.?j\.?|modifiée?|actualisée?|updated|last (?:updated|modified)|modified)"
        r"\s*(?:on|le|:|\s)*\s*$",
        re.IGNORECASE,
    ),
)
_WEEKDAY = re.compile(
    r"(?:\s*(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?\.?,?)\s*$",
    re.IGNORECASE,
)


def marked_date(
    page: HtmlElement, places: list[HtmlElement], marks: DateMarks, day_first: bool
) -> str | None:
    """Return the date that elements of the text are marked with, else what a byline states.

    None if they disagree, as in lists of teasers. `places` are the elements that are named for dates;
    `day_first`: how the page's language reads `05/06/2024`.
    """
    stated = (
        _value(element, day_first) for element in _MARKS(page)[: _MOST * 10] if _is_marked(element, marks)
    )
    found = set(filter(None, stated))
    if found:
        return found.pop() if len(found) == 1 else None
    labelled = set(_labelled(page, places, marks, day_first))
    if labelled or not marks.pubdate:
        return _only(labelled)
    return _only(set(_in_places_for_dates(places, day_first)))


def headline_date(zone: list[HtmlElement], day_first: bool) -> str | None:
    """Return the day that stands on a line of its own between a headline and its text; None if several do.

    `zone` are the elements there. A day that the line says is the update's isn't read.
    """
    found = set()
    for element in zone:
        if element.tag == "time":
            if _stands_alone(element) and not _is_of_update(element, day_first):
                found.add(_value(element, day_first))
        elif all(local_name(inner) in INLINE for inner in element.iter("*") if inner is not element):
            found.add(_lone_day(words_of(element), day_first, _is_for_dates(element)))
    return _only(set(filter(None, found)))


def _stands_alone(time: HtmlElement) -> bool:
    """Return whether a time isn't part of a sentence: after a name, sign or label, and no word after it."""
    before = _WEEKDAY.sub(" ", text_before(time)[-_LONGEST:])
    if text_after(time).strip()[:1].isalpha():
        return False
    return _BEFORE_TIME.fullmatch(before) is not None or PUBLISHED.label.search(before) is not None


def _is_of_update(time: HtmlElement, day_first: bool) -> bool:
    """Return whether what stands before a time, or in it before its day, says that it is the update's."""
    said = words_of(time)[:_LONGEST]
    before = [said[: day.start] for day in written_days(said, day_first)]
    return any(UPDATED.label.search(_WEEKDAY.sub(" ", f"{text} ")) for text in (text_before(time), *before))


def _lone_day(line: str, day_first: bool, named: bool) -> str | None:
    """Return the day of a line that says nothing else but perhaps its weekday, its label or the hour.

    Where the line's element is `named` for dates or bylines, a name may stand before and other words behind.
    """
    if not 0 < len(line) <= (_LONGEST if named else _LONGEST_LINE) or not any(map(str.isdigit, line)):
        return None
    days = written_days(line, day_first)
    if len(days) != 1 or not (named or _CLOCK.fullmatch(line[days[0].end :])):
        return None
    before = _WEEKDAY.sub(" ", line[: days[0].start])
    if UPDATED.label.search(before):
        return None
    alone = not before.strip(" ,:lLe") or (named and _BEFORE_TIME.fullmatch(before) is not None)
    return days[0].day if alone or PUBLISHED.label.search(before) else None


def _is_for_dates(element: HtmlElement) -> bool:
    return _DATE_CLASS.search(_CAMEL.sub("-", element.get("class") or "")) is not None


def _only(found: set[str]) -> str | None:
    """Return the one day that dates state, in its longest form; None if there are several."""
    return max(found, key=len) if len({date[:10] for date in found}) == 1 else None


def _value(element: HtmlElement, day_first: bool) -> str | None:
    stated = element.get("datetime") or element.get("content")
    if element.tag == "abbr":
        stated = stated or element.get("title")
    if stated is not None:
        return iso_date(stated)
    days = written_days(words_of(element)[:_LONGEST], day_first)
    return days[0].day if len(days) == 1 else None


def _is_marked(element: HtmlElement, marks: DateMarks) -> bool:
    if marks.itemprop in (element.get("itemprop") or "").split():
        return _in_article_scope(element)
    if element.tag not in ("time", "abbr"):
        return False
    classes = (element.get("class") or "").lower().split()
    return (marks.pubdate and element.get("pubdate") is not None) or not marks.classes.isdisjoint(classes)


def _in_article_scope(element: HtmlElement) -> bool:
    """Return whether a microdata property belongs to an article, not to a comment or a video on its page."""
    scope = next((parent for parent in element.iterancestors() if parent.get("itemscope") is not None), None)
    return scope is None or any(map(is_article_type, (scope.get("itemtype") or "").split()))


def _labelled(
    page: HtmlElement, places: list[HtmlElement], marks: DateMarks, day_first: bool
) -> Iterator[str]:
    """Yield dates that follow a label, in `time` or in a place for dates."""
    for time in page.xpath(".//time")[:_MOST]:
        before = text_before(time)
        if len(before) > _LONGEST or not marks.label.search(_WEEKDAY.sub(" ", before)):
            continue
        if _is_of_article(time) and (date := _value(time, day_first)) is not None:
            yield date
    for place in places[: _MOST * 5]:
        said = words_of(place)
        if len(said) > _LONGEST or not _is_of_article(place):
            continue
        for found in written_days(said, day_first):
            if marks.label.search(_WEEKDAY.sub(" ", said[: found.start])):
                yield found.day


def _in_places_for_dates(places: list[HtmlElement], day_first: bool) -> Iterator[str]:
    """Yield the dates that stand alone, or before the author, in elements that are named for them."""
    for place in places[: _MOST * 5]:
        if not _is_for_dates(place) or not _is_of_article(place):
            continue
        said = words_of(place)
        if len(said) > _LONGEST:
            continue
        if place.tag == "time" and (date := iso_date(place.get("datetime"))):
            yield date
            continue
        days = written_days(said, day_first)
        if len(days) == 1 and not _WEEKDAY.sub("", said[: days[0].start]).strip(" ,:lLe"):
            yield days[0].day


def _is_of_article(element: HtmlElement) -> bool:
    for outer in (element, *element.iterancestors()):
        if outer.tag in ("html", "body"):
            break
        if outer.tag in _ELSEWHERE - {"footer"} or _OTHERS.search(_names(outer)):
            return False
        if outer.tag in ("article", "main"):
            return True
        if outer.tag == "footer":
            return False
    return True


def _names(element: HtmlElement) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}"
