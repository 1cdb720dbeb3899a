"""The elements of a page whose markup names authors or dates, found in one walk of it."""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import HtmlElement

_MARKED = etree.XPath(".//*[@class or @itemprop or @rel or @id='author' or self::author]")
_NAME = re.compile(r"author-name|p-author|author__name|authorName|byline-name|byline__name")
_BYLINE = re.compile(r"byline|Byline|author|Author|auteur|signature|posted-by|journalist")
_DATE = re.compile(r"date|Date|publi|posted|meta|byline|cartouche|time")
_EITHER = re.compile(rf"{_BYLINE.pattern}|{_DATE.pattern}")


class MarkedElements:
    """The elements of a page by what they are marked as, each kind in the page's order."""

    def __init__(self, page: HtmlElement) -> None:
        self.names: list[HtmlElement] = []  # of authors alone
        self.bylines: list[HtmlElement] = []
        self.dates: list[HtmlElement] = []
        for element in _MARKED(page):
            self._sort(element)

    def _sort(self, element: HtmlElement) -> None:
        named = element.get("class") or ""
        either = _EITHER.search(named) is not None
        stated = element.get("itemprop")
        if (
            element.tag == "author"
            or element.get("rel") == "author"
            or (stated is not None and "author" in stated.split())
            or (either and _NAME.search(named))
        ):
            self.names.append(element)
        if element.get("id") == "author" or (either and _BYLINE.search(named)):
            self.bylines.append(element)
        if either and _DATE.search(named):
            self.dates.append(element)
