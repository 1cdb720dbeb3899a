"""NewsML 1.0 to 1.2 → its articles: one for each news item.

Source: the IPTC's NewsML 1.2 specification (https://www.iptc.org/std/NewsML/1.2/). An item's identity is its
provider, day and name; the number of its revision isn't part of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from ingest.decoding.xml_document import attribute, first, found, language_of, local, words
from ingest.schema.delivery import DeliveredArticle, Delivery, Status, identity_of, status_of
from ingest.wires.news_text import nitf_body, text_of_element, with_dateline
from ingest.wires.nitf import nitf_article
from rag.errors import UserError

_PICTURES = ("photo", "picture", "graphic", "video", "audio", "animation")


def read_newsml_1(root: etree._Element) -> Iterator[DeliveredArticle | UserError]:
    """Yield the article of each news item, or why it is none.

    Raises:
        UserError: There is no news item in it.
    """
    items = [root] if local(root) == "newsitem" else [one for one in root if local(one) == "newsitem"]
    if not items:
        raise UserError(
            "there is no news item in this NewsML document.",
            "ce document NewsML ne contient pas d'élément d'information.",
        )
    for item in items:
        yield from _articles(item)


def _articles(item: etree._Element) -> Iterator[DeliveredArticle | UserError]:
    """Yield the article of an item, or those of the items within it."""
    inner = list(found(item, "newsitem"))
    if inner:
        for one in inner:
            yield _article(one)
    else:
        yield _article(item)


def _article(item: etree._Element) -> DeliveredArticle | UserError:
    management = first(item, "newsmanagement")
    status = status_of(attribute(first(management, "status"), "formalname"))
    component = _main_component(item)
    text, within = _content(component if component is not None else item)
    if not text and status == "usable":
        return UserError("a news item without a text.", "un élément d'information sans texte.")
    lines = next(found(item, "newslines"), None)
    identifier = first(item, "identification", "newsidentifier")
    provider = words(first(identifier, "providerid"))
    version = words(first(management, "thisrevisioncreated"))
    published = words(first(management, "firstcreated")) or version
    return DeliveredArticle(
        text=with_dateline(words(_line(lines, "dateline")), text),
        title=words(_line(lines, "headline")) or within.title,
        outlet=_provider(item) or words(_line(lines, "creditline")) or provider or within.outlet,
        author=words(_line(lines, "byline")) or within.author,
        language=_language(item, component),
        published_at=published,
        updated_at=version if version != published else "",
        rights=words(_line(lines, "copyrightline")),
        delivery=Delivery(_identity(identifier, provider), version or None, *_release(management, status)),
    )


def _release(management: etree._Element | None, status: Status) -> tuple[Status, str | None]:
    """Return the status, and the time at which a status that holds it back is announced to change.

    An embargo that ends at a stated time is one; one without is withheld.
    """
    change = first(management, "statuswillchange")
    future = status_of(attribute(first(change, "futurestatus"), "formalname"))
    moment = words(first(change, "dateandtime"))
    if status == "withheld" and moment and future == "usable":
        stated = attribute(first(management, "status"), "formalname").casefold()
        return ("usable" if stated.startswith("embargo") else "withheld"), moment
    return status, None


def _identity(identifier: etree._Element | None, provider: str) -> str:
    name, day = words(first(identifier, "newsitemid")), words(first(identifier, "dateid"))
    if name and provider:
        return identity_of(f"urn:newsml:{provider}:{day}:{name}")
    return identity_of(words(first(identifier, "publicidentifier")), provider)


def _provider(item: etree._Element) -> str:
    """Return the provider's name, where the item's administrative metadata writes it out."""
    for part in found(item, "provider", "source"):
        for party in found(part, "party"):
            name = attribute(party, "formalname")
            if name:
                return name
    return ""


def _main_component(item: etree._Element) -> etree._Element | None:
    """Return the component with the item's text: the first whose role says so, else the item's own."""
    components = list(found(item, "newscomponent"))
    for one in components:
        role = attribute(first(one, "role"), "formalname").rpartition(":")[2].casefold()
        if role == "main" and next(found(one, "datacontent"), None) is not None:
            return one
    return components[0] if components else None


def _content(component: etree._Element) -> tuple[str, DeliveredArticle]:
    """Return the longest text of the content that isn't a picture's, and what the document within states."""
    best, within = "", DeliveredArticle()
    for data in found(component, "datacontent"):
        if _is_picture(data):
            continue
        nitf = nitf_body(data)
        body = nitf if nitf is not None else next(found(data, "body"), None)
        text = text_of_element(body if body is not None else data)
        if len(text) > len(best):
            best, within = text, nitf_article(data) if nitf is not None else DeliveredArticle()
    return best, within


def _is_picture(data: etree._Element) -> bool:
    """Return whether content, or the component that it is in, is of another kind than text."""
    around: etree._Element | None = data.getparent()
    kind = attribute(first(around, "mediatype"), "formalname").casefold()
    return kind in _PICTURES


def _line(lines: etree._Element | None, name: str) -> etree._Element | None:
    return None if lines is None else next(found(lines, name), None)


def _language(item: etree._Element, component: etree._Element | None) -> str:
    stated = next(found(component if component is not None else item, "language"), None)
    return attribute(stated, "formalname") or language_of(component if component is not None else item)
