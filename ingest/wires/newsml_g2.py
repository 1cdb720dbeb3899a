"""NewsML-G2 → its articles: one for each news item of text, in a message, a package or alone.

Source: the IPTC's NewsML-G2 specification 2.34 (https://www.iptc.org/std/NewsML-G2/specification/). Elements
are read themselves, not by a library's strings: headlines hold marked names and line ends, and what stands
behind those belongs to them.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from ingest.decoding.xml_document import attribute, first, found, language_of, local, words
from ingest.schema.delivery import DeliveredArticle, Delivery, identity_of, status_of
from ingest.wires.news_text import nitf_body, text_of_element, with_dateline
from rag.errors import UserError

_MAIN = ("main", "", "short")
_UNTIL_FURTHER_NOTICE = "further notice"


def read_newsml_g2(root: etree._Element) -> Iterator[DeliveredArticle | UserError]:
    """Yield the article of each news item, or why it is none; items of pictures and the like are left.

    Raises:
        UserError: There is no news item of text in it.
    """
    items = [root] if local(root) == "newsitem" else list(found(root, "newsitem"))
    count = 0
    for item in items:
        if _is_text(item):
            count += 1
            yield _article(item)
    if not count:
        raise UserError(
            "there is no news item with a text in this NewsML-G2 document.",
            "ce document NewsML-G2 ne contient pas d'élément d'information avec un texte.",
        )


def _is_text(item: etree._Element) -> bool:
    stated = attribute(first(item, "itemmeta", "itemclass"), "qcode", "uri")
    kind = stated.rpartition(":")[2].rpartition("/")[2].casefold()
    return kind in ("", "text", "composite")


def _article(item: etree._Element) -> DeliveredArticle | UserError:
    about, content, rights = (first(item, name) for name in ("itemmeta", "contentmeta", "rightsinfo"))
    provider = _name(first(about, "provider"))
    status = status_of(attribute(first(about, "pubstatus"), "qcode", "uri", "literal"))
    text = _text(item)
    if not text and status == "usable":
        guid = " ".join(attribute(item, "guid").split())[:100]
        return UserError(f"the news item {guid} has no text.", f"l'élément {guid} n'a pas de texte.")
    version = words(first(about, "versioncreated"))
    published = words(first(about, "firstcreated")) or words(first(content, "contentcreated")) or version
    return DeliveredArticle(
        text=with_dateline(words(first(content, "dateline")), text),
        title=_headline(content) or words(first(about, "title")),
        outlet=provider or words(first(content, "creditline")),
        author=", ".join(_authors(content)),
        language=attribute(first(content, "language"), "tag") or language_of(item),
        published_at=published,
        updated_at=version if version != published else "",
        url=_address(item),
        rights=words(first(rights, "copyrightnotice")) or words(first(rights, "usageterms")),
        delivery=Delivery(
            identity_of(attribute(item, "guid"), provider), version or None, status, _embargo(about)
        ),
    )


def _embargo(about: etree._Element | None) -> str | None:
    """Return the time before which no version is to be published; without a time, until further notice."""
    embargo = first(about, "embargoed")
    return None if embargo is None else words(embargo) or _UNTIL_FURTHER_NOTICE


def _name(party: etree._Element | None) -> str:
    """Return the name of a person or an organisation: as it is written out, else by which it is coded."""
    if party is None:
        return ""
    name = words(first(party, "name")) or attribute(party, "literal")
    return name or attribute(party, "qcode").rpartition(":")[2]


def _headline(content: etree._Element | None) -> str:
    lines = [one for one in content if local(one) == "headline"] if content is not None else []
    lines.sort(key=lambda one: _rank(attribute(one, "role")))
    return next((line for one in lines if (line := words(one))), "")


def _rank(role: str) -> int:
    name = role.rpartition(":")[2].casefold()
    return _MAIN.index(name) if name in _MAIN else len(_MAIN)


def _authors(content: etree._Element | None) -> list[str]:
    """Return the names of the byline, else of those who are coded as creators with a name."""
    if content is None:
        return []
    lines = [words(one) for one in content if local(one) == "by"]
    if not any(lines):
        lines = [words(first(one, "name")) for one in content if local(one) == "creator"]
    return [line for line in lines if line]


def _address(item: etree._Element) -> str:
    """Return where the article is published on the web, if its rendition there is linked."""
    links = (one for one in found(item, "link") if attribute(one, "rel").endswith(("webpage", "alternate")))
    return next((attribute(one, "href") for one in links), "")


def _text(item: etree._Element) -> str:
    """Return the longest text of the content set: its parts are renditions of the same."""
    texts = [_rendition(one) for one in found(item, "inlinexml", "inlinedata")]
    return max(texts, key=len, default="")


def _rendition(part: etree._Element) -> str:
    nitf = nitf_body(part)
    if nitf is not None:
        return text_of_element(nitf)
    body = next(found(part, "body"), None)
    return text_of_element(body if body is not None else part)
