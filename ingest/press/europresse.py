"""Europresse (Eureka, CEDROM-SNi) in HTML → its articles, in the form with an `<article>` each and the older.

Source: how open readers of these exports take them apart (tm.plugin.europresse, Europarser); the forms aren't
documented. An article is known by its document number (`news·20250801·CB·0001`). Its certificate, copyright,
links that the database adds and the list of where else it appeared aren't text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TextIO

from lxml.html import HtmlElement

from ingest.press.pieces import classed, inline, line_of, lines_of, page, pieces, run_together
from ingest.schema.delivery import DeliveredArticle, Delivery
from ingest.schema.written_dates import first_day, with_clock
from rag.errors import UserError

MARKS = (b"DocPublicationName", b"docOcurrContainer", b"TitreArticleVisu", b"titreArticleVisu")

_NEW = re.compile(r"<article\b", re.IGNORECASE)
_OLD = re.compile(r"<span[^>]{0,200}\bclass\s*=\s*[\"']?DocPublicationName\b", re.IGNORECASE)
NUMBER = re.compile(r"\b[a-z]{2,6}[·•ꞏ]\d{8}[·•ꞏ][\w.-]{1,12}[·•ꞏ][\w.·•ꞏ-]{1,60}")
_ISSUE = re.compile(r",?\s+(?:no\.?|n°|nº|#)\s*[\w./ -]{1,30}$|\s*;\s.*$", re.IGNORECASE)
_RIGHTS = re.compile(r"(?:©|\(c\)|copyright\b)", re.IGNORECASE)
_END = re.compile(
    r"(?:numéro de document|document number|certificat émis|ce certificat|this certificate)\b", re.I
)
_ADDED_LINK = re.compile(r"(?<!\s)\s*\((?:lien|link)\s*:\s*https?://[^)\s]*\)")
_ALSO = re.compile(r"(?:cet article est paru dans|this article appeared in|aussi paru dans)\b", re.IGNORECASE)
_PAGE = re.compile(r"(?<!\w)pp?\.\s*([\w-]{1,12}(?:,\s?\d{1,4}){0,9})")
_WEEKDAY = re.compile(
    r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|(?:mon|tues|wednes|thurs|fri|satur|sun)day)[\s,]*$",
    re.IGNORECASE,
)
_NOTICE = re.compile(r"(?:©|\(c\)|copyright\b)[^\n]{0,200}", re.IGNORECASE)
_LEFT = ("apd-wrapper", "rdp__public-cert", "DocFooter")
_HERE = "\ue000"  # stands where a title stood
_MOST_WORDS = 10  # of an author's line
_SENTENCE = re.compile(r"[.!?…»:;]$|\d")


def read_europresse(text: TextIO, is_new: bool) -> Iterator[DeliveredArticle | UserError]:
    """Yield the articles of an export, in order.

    Args:
        text: The page.
        is_new: Whether it has an `<article>` for each; else articles begin with their paper's name.
    """
    for piece in pieces(text, _NEW if is_new else _OLD):
        try:
            yield _new(piece) if is_new else _old(piece)
        except UserError as error:
            yield error


def has_articles(head: str) -> bool:
    """Return whether the beginning of an export is in the form with an `<article>` for each."""
    first = _NEW.search(head)
    name = _OLD.search(head)
    return first is not None and (name is None or first.start() < name.start())


def _new(piece: str) -> DeliveredArticle:
    root = page(piece)
    names = classed(root, "DocPublicationName")
    numbers = NUMBER.findall(line_of(root))
    if not names:
        raise UserError("an article without its paper's name.", "un article sans le nom de son journal.")
    bodies = classed(root, "docOcurrContainer") or classed(root, "DocText")
    if len(names) > 1 or len(bodies) > 1:
        raise run_together()
    titles = classed(root, "titreArticleVisu", "rdp__articletitle") or classed(root, "titreArticle")
    title = inline(titles[0]) if titles else ""
    author = _author(root)
    leads = [line for one in classed(root, "rdp__subtitle") if (line := inline(one))]
    header = ", ".join(filter(None, map(line_of, classed(root, "DocHeader", "DocTitreSousSection"))))
    outlet = _outlet(inline(names[0]))
    lines = _lines(bodies[0]) if bodies else []
    return _article(outlet, header, title, author, [*leads, *lines], numbers[-1:], _footer(root))


def _old(piece: str) -> DeliveredArticle:
    root = page(piece)
    names, titles = classed(root, "DocPublicationName"), classed(root, "TitreArticleVisu")
    header = " ".join(map(line_of, classed(root, "DocHeader")))
    if len(names) != 1 or len(titles) > 1:
        raise run_together()
    if not titles:
        raise UserError("an article without a title.", "un article sans titre.")
    outlet, title = _outlet(inline(names[0])), inline(titles[0])
    numbers = NUMBER.findall(line_of(root))
    for child in list(titles[0]):
        titles[0].remove(child)
    titles[0].text = f"\n{_HERE}\n"
    rest = "\n".join(lines_of(root)).partition(_HERE)[2]
    below = [line.strip() for line in rest.split("\n") if line.strip()]
    rights = next((line for line in reversed(below) if _RIGHTS.match(line)), "")
    lines = _without_end(below)
    author = lines.pop(0) if len(lines) > 1 and _is_author(lines[0]) else ""
    return _article(outlet, header, title, author, lines, numbers[:1], rights)


def _article(
    outlet: str, header: str, title: str, author: str, lines: list[str], numbers: list[str], rights: str
) -> DeliveredArticle:
    day = first_day(header)
    published = with_clock(day.day, header[day.end :]) if day else ""
    if not lines:
        raise UserError("an article without a text.", "un article sans texte.")
    identity = f"europresse:{re.sub('[•ꞏ]', '·', numbers[0])}" if numbers else ""
    return DeliveredArticle(
        text="\n".join(lines),
        title=title,
        outlet=outlet,
        author=author,
        published_at=published,
        section=_section(header[: day.start]) if day else "",
        page=found[1] if (found := _PAGE.search(header)) else "",
        rights=rights,
        delivery=Delivery(identity),
    )


def _outlet(name: str) -> str:
    """Return the name of a paper without the number of its issue."""
    return _ISSUE.sub("", name).strip(" ,")


def _section(before: str) -> str:
    """Return what stands before the day, without the day's name: `Région, dimanche `."""
    return _WEEKDAY.sub("", before).strip(" ,")


def _footer(root: HtmlElement) -> str:
    """Return the copyright of an article, from below it."""
    footer = root.find(".//footer")
    notice = footer.find(".//small") if footer is not None else None
    line = inline(notice if notice is not None else footer)
    return found[0] if (found := _NOTICE.search(line)) else ""


def _author(root: HtmlElement) -> str:
    """Return who is named as the author: by the class of the line, else by a line alone in the header."""
    for one in classed(root, "docAuthors", "sm-margin-bottomNews"):
        line = inline(one)
        if line and not _PAGE.search(line):
            return line
    header = root.find(".//header")
    plain = [
        inline(one)
        for one in (header if header is not None else ())
        if not one.get("class") and len(one) == 0
    ]
    found = [line for line in plain if line and _is_author(line)]
    return found[-1] if found else ""


def _is_author(line: str) -> bool:
    return len(line.split()) <= _MOST_WORDS and not _SENTENCE.search(line)


def _lines(body: HtmlElement) -> list[str]:
    for one in [*classed(body, *_LEFT), *body.iter("aside", "footer")]:
        if one is not body and one.getparent() is not None:
            one.drop_tree()
    return _without_end(lines_of(body))


def _without_end(lines: list[str]) -> list[str]:
    """Return the lines of a text up to the rights and the number that the database puts behind it."""
    end = next((place for place, line in enumerate(lines) if _END.match(line)), len(lines))
    kept = lines[:end]
    while kept and (_RIGHTS.match(kept[-1]) or _ALSO.match(kept[-1])):
        kept.pop()
    return [line for one in kept if (line := _ADDED_LINK.sub("", one).strip())]
