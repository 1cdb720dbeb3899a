"""OPML, as readers of feeds exchange their lists: bytes → the feeds that it names, and back.

Pure. Knows version 1 and 2 as programs write them. Every outline that names no feed is told of, with why; the
only document that is refused whole is one that is no OPML.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from ingest.decoding.xml_document import attribute, first, local, xml_tree
from ingest.fetch.urls import normal_url
from ingest.schema.metadata import clean_line
from rag.config import EVERY
from rag.errors import UserError

MAX_BYTES = 1_000_000
_MOST_OUTLINES = 20_000
_LONGEST = 200  # characters of a name
BETWEEN = " › "  # categories, the outer one first
_FEEDS = ("rss", "atom", "feed", "rdf", "xml")
_OWN = "urn:sourcier:opml"  # the namespace of what other readers don't know
# An ampersand that begins no entity: many readers write addresses with them as they are.
_BARE = re.compile(rb"&(?!(?:[A-Za-z][A-Za-z0-9]{1,30}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});)")
_FEED_SCHEME = re.compile(r"^(?:feed:(?://)?(?=https?://)|feed:(?=//))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Subscription:
    """A feed that a list names: its URL, name and category, '' for none; `every` as sources have it."""

    url: str
    name: str = ""
    category: str = ""
    every: str = ""
    paused: bool = False


@dataclass(frozen=True, slots=True)
class RefusedOutline:
    """An outline that isn't followed, by its name or address, and why: a clause in each language."""

    name: str
    reason: str
    reason_fr: str

    def text(self, language: str) -> str:
        """Return one sentence in `language`: French for `fr`, English otherwise."""
        return f"{self.name} : {self.reason_fr}." if language == "fr" else f"{self.name}: {self.reason}."


def read_opml(data: bytes) -> list[Subscription | RefusedOutline]:
    """Return what each outline of a list stands for, in its order; categories stand for nothing.

    Raises:
        UserError: It isn't OPML, is too large, or defines entities.
    """
    if len(data) > MAX_BYTES:
        size = MAX_BYTES // 1_000_000
        raise UserError(
            f"a list of feeds (OPML) may have {size} MB at most; split it.",
            f"une liste de flux (OPML) a {size} Mo au plus ; coupez-la en deux.",
        )
    root = _tree(data)
    if local(root) != "opml":
        raise _no_opml()
    found: list[Subscription | RefusedOutline] = []
    seen: set[str] = set()
    for number, (outline, category) in enumerate(_outlines(first(root, "body"))):
        if number >= _MOST_OUTLINES:
            raise UserError(
                f"more than {_MOST_OUTLINES} outlines; split the list.",
                f"plus de {_MOST_OUTLINES} entrées ; coupez la liste en deux.",
            )
        one = _read(outline, category)
        if isinstance(one, Subscription):
            if one.url in seen:
                one = RefusedOutline(one.name or one.url, "listed twice", "en double dans la liste")
            else:
                seen.add(one.url)
        if one is not None:
            found.append(one)
    return found


def _tree(data: bytes) -> etree._Element:
    if not data.strip():
        raise _no_opml()
    try:
        return xml_tree(data)
    except UserError as error:
        mended = _BARE.sub(b"&amp;", data)
        if mended == data or "entit" in str(error):
            raise _unreadable(error) from error
    try:
        return xml_tree(mended)
    except UserError as error:
        raise _unreadable(error) from error


def _outlines(body: etree._Element | None) -> Iterator[tuple[etree._Element, str]]:
    """Yield each outline, in order, with the names of those that it is in; not what is commented out."""
    waiting = [(child, "") for child in reversed(body)] if body is not None else []
    while waiting:
        outline, category = waiting.pop()
        if local(outline) != "outline":
            continue
        yield outline, category
        if attribute(outline, "isComment").lower() == "true":
            continue
        inside = BETWEEN.join(filter(None, (category, _category_name(_name(outline)))))
        waiting += [(child, inside) for child in reversed(outline)]


def _read(outline: etree._Element, category: str) -> Subscription | RefusedOutline | None:
    """Return what an outline stands for; None of a category that holds something."""
    name, kind = _name(outline), attribute(outline, "type").lower()
    written = attribute(outline, "xmlUrl", "feedUrl")
    if not written and kind in _FEEDS:
        written = attribute(outline, "url", "href")
    shown = name or _shown(written) or _shown(attribute(outline, "htmlUrl", "url")) or "?"
    if attribute(outline, "isComment").lower() == "true":
        return RefusedOutline(shown, "it is commented out", "cette entrée est en commentaire")
    if not written:
        return _without_feed(outline, shown)
    try:
        url = normal_url(_FEED_SCHEME.sub(_as_web, written))
    except UserError as error:
        return RefusedOutline(shown, _clause(error, "en"), _clause(error, "fr"))
    category = category or _categories(attribute(outline, "category"))
    every = attribute(outline, "every")
    return Subscription(
        url,
        "" if name == written else name,
        category[:_LONGEST].rstrip(f"{BETWEEN}"),
        every if EVERY.fullmatch(every) else "",
        attribute(outline, "paused").lower() == "true",
    )


def _without_feed(outline: etree._Element, shown: str) -> RefusedOutline | None:
    if any(local(child) == "outline" for child in outline):
        return None
    if attribute(outline, "type").lower() == "include":
        return RefusedOutline(
            shown,
            "it stands for another list, which isn't fetched",
            "renvoie à une autre liste, qui n'est pas lue",
        )
    if attribute(outline, "htmlUrl", "url"):
        return RefusedOutline(
            shown,
            "the list has the address of its site, but none of a feed (xmlUrl)",
            "la liste donne l'adresse de son site, mais pas celle d'un flux (xmlUrl)",
        )
    return RefusedOutline(shown, "it has no address of a feed (xmlUrl)", "pas d'adresse de flux (xmlUrl)")


def _as_web(scheme: re.Match[str]) -> str:
    """Return what stands for `feed:`: nothing before an address, `http:` where it is the scheme itself."""
    return "http:" if scheme[0].lower() == "feed:" and scheme.string[scheme.end() :].startswith("//") else ""


def _name(outline: etree._Element) -> str:
    """Return what an outline is called. Some readers escape names twice; what we wrote is as it says."""
    written = attribute(outline, "text", "title")
    is_ours = _OWN in outline.nsmap.values()
    return clean_line(written if is_ours else html.unescape(written), _LONGEST) or ""


def _category_name(name: str) -> str:
    return name.replace(BETWEEN.strip(), ">").strip()


def _categories(stated: str) -> str:
    """Return the first category of an attribute such as `/Presse/Régionale,/Bretagne`."""
    parts = stated.partition(",")[0].split("/")
    return BETWEEN.join(name for part in parts if (name := _category_name(clean_line(part, _LONGEST) or "")))


def _shown(address: str) -> str:
    return clean_line(address, _LONGEST) or ""


def _clause(error: UserError, language: str) -> str:
    return error.text(language).rstrip(". ")


def _no_opml() -> UserError:
    return UserError(
        "this isn't a list of feeds (OPML); export one from your reader of feeds.",
        "ce n'est pas une liste de flux (OPML) ; exportez-en une de votre lecteur de flux.",
    )


def _unreadable(error: UserError) -> UserError:
    english, french = _clause(error, "en"), _clause(error, "fr")
    return UserError(
        f"the list of feeds can't be read: {english}.", f"la liste de flux est illisible : {french}."
    )


# --- out ---


def write_opml(subscriptions: Iterable[Subscription], title: str) -> bytes:
    """Return a list in OPML 2.0, UTF-8, with categories as outlines around those that are in them."""
    root = etree.Element("opml", version="2.0", nsmap={"sourcier": _OWN})
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = _sound(title)
    body = etree.SubElement(root, "body")
    within: dict[tuple[str, ...], etree._Element] = {(): body}
    for one in subscriptions:
        path = tuple(filter(None, one.category.split(BETWEEN)))
        for depth in range(1, len(path) + 1):
            if path[:depth] not in within:
                name = _sound(path[depth - 1])
                parent = within[path[: depth - 1]]
                within[path[:depth]] = etree.SubElement(parent, "outline", text=name, title=name)
        _write(within[path], one)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _write(parent: etree._Element, one: Subscription) -> None:
    name = _sound(one.name or one.url)
    outline = etree.SubElement(parent, "outline", type="rss", text=name, title=name, xmlUrl=one.url)
    if one.every:
        outline.set(f"{{{_OWN}}}every", one.every)
    if one.paused:
        outline.set(f"{{{_OWN}}}paused", "true")


def _sound(name: str) -> str:
    """Return a name without what XML has no way to write."""
    kept = "".join(c if c.isprintable() or c == " " else " " for c in name)
    return kept.encode("utf-8", "ignore").decode()
