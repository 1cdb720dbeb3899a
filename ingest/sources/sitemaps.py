"""Sitemaps → pages, with what their news extension states of each, or further sitemaps.

Knows the sitemap protocol (sitemaps.org) and Google's news extension; no network.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from lxml import etree

from ingest.fetch.urls import normal_url
from ingest.schema.document import Failure
from ingest.schema.metadata import TITLE_LENGTH, StatedMetadata, clean_line, iso_date, language_code
from ingest.sources.feeds import FeedEntry
from rag.errors import UserError

ROOTS = ("urlset", "sitemapindex")
_FIELD_BYTES = 10_000


@dataclass(frozen=True, slots=True)
class NestedSitemap:
    """Another sitemap that an index names."""

    url: str


def read_sitemap(data: bytes, url: str) -> Iterator[FeedEntry | NestedSitemap | Failure]:
    """Yield what a sitemap that was fetched from `url` names, in its order; Failures for what is no page.

    Raises:
        UserError: It is not well-formed: what comes after that place isn't known.
    """
    events = etree.iterparse(
        BytesIO(data),
        events=("end",),
        tag=("{*}url", "{*}sitemap"),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
    )
    try:
        for number, (_, element) in enumerate(events, start=1):
            try:
                yield _named(element, url)
            except UserError as error:
                shown = f"{url}#{number}"
                yield Failure(shown, f"{shown}: {error}", f"{shown} : {error.text('fr')}")
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        reason = " ".join(str(error.msg).split())[:150]
        raise UserError(
            f"the sitemap is damaged ({reason}).", f"ce plan de site est abîmé ({reason})."
        ) from error


def _named(element: etree._Element, base: str) -> FeedEntry | NestedSitemap:
    url = normal_url(_text(element, "{*}loc") or "", base)
    if etree.QName(element).localname == "sitemap":
        return NestedSitemap(url)
    stated = StatedMetadata(
        title=clean_line(_text(element, "{*}news/{*}title"), TITLE_LENGTH),
        outlet=clean_line(_text(element, "{*}news/{*}publication/{*}name")),
        language=language_code(_text(element, "{*}news/{*}publication/{*}language")),
        published_at=iso_date(_text(element, "{*}news/{*}publication_date")),
    )
    return FeedEntry(url, stated, iso_date(_text(element, "{*}lastmod")))


def _text(element: etree._Element, path: str) -> str | None:
    found = element.findtext(path)
    return found.strip()[:_FIELD_BYTES] if found and found.strip() else None
