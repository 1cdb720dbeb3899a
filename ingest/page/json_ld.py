"""The JSON-LD of a page: its objects, the one that is the page's article, and what an object refers to.

Hostile data: blocks may be broken, huge or nested without end. Knows nothing of what is made of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from html import unescape

from lxml.html import HtmlElement

from ingest.schema.metadata import TITLE_LENGTH, canonical_url, clean_line

_OTHER_ARTICLE_TYPES = frozenset({"blogposting", "socialmediaposting", "liveblogposting", "report"})
_MOST_OBJECTS = 200
_MOST_JSON = 2_000_000
_MOST_REFERRED = 20
_WRAPPING = re.compile(
    r"^\s*(?:<!--|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?:-->|/\*\s*\]\]>\s*\*/|\]\]>)\s*$"
)


def json_ld_blocks(page: HtmlElement) -> list[str]:
    """Return the source of each JSON-LD block of a page."""
    scripts = page.iter("script")
    return [one.text or "" for one in scripts if (one.get("type") or "").startswith("application/ld+json")]


def json_ld_objects(blocks: list[str]) -> list[dict]:
    """Return the objects at the top of each block and of its graphs; broken blocks state nothing."""
    return list(_objects(blocks))


def _objects(blocks: list[str]) -> Iterator[dict]:
    things: list[object] = [_load(block) for block in blocks]
    seen = 0
    while things and seen < _MOST_OBJECTS:
        seen += 1
        thing = things.pop(0)
        if isinstance(thing, list):
            things[:0] = thing[:_MOST_OBJECTS]
        elif isinstance(thing, dict):
            if isinstance(thing.get("@graph"), (list, dict)):
                things.insert(0, thing["@graph"])
            if isinstance(thing.get("mainEntity"), dict):
                things.append(thing["mainEntity"])
            yield {key: _unescaped(value) for key, value in thing.items()}


def _load(source: str) -> object:
    """Return the value of a JSON text, or None.

    Some sites wrap it in comments or leave raw line breaks in it.
    """
    bare = _WRAPPING.sub("", source)
    if len(bare) > _MOST_JSON:
        return None
    try:
        return json.loads(bare, strict=False)
    except (ValueError, RecursionError):
        return None


def _unescaped(value: object) -> object:
    """Content systems often escape JSON-LD strings as if they were HTML."""
    return unescape(value) if isinstance(value, str) else value


def types_of(thing: dict) -> set[str]:
    """Return the types of an object, in lower case."""
    stated = thing.get("@type")
    return {
        name.lower() for name in (stated if isinstance(stated, list) else [stated]) if isinstance(name, str)
    }


def is_article_type(name: str) -> bool:
    """Return whether a type of schema.org, or its address, is that of an article."""
    bare = name.lower().rstrip("/").rpartition("/")[2]
    return bare.endswith("article") or bare in _OTHER_ARTICLE_TYPES


def article_object(objects: list[dict], url: str | None, shown: Callable[[], list[str]]) -> dict:
    """Return the JSON-LD article that this page is about.

    The only one, else the one with its URL, else the one whose headline alone is among the headings
    that are `shown`, else none. What it refers to by `@id` is put in its place.
    """
    articles = [thing for thing in objects if any(map(is_article_type, types_of(thing)))]
    if len(articles) == 1:
        return _with_referred(articles[0], objects)
    for thing in articles:
        links = (thing.get("url"), thing.get("@id"), identifier(thing.get("mainEntityOfPage")))
        if url and url in map(canonical_url, links):
            return _with_referred(thing, objects)
    lines = shown() if articles else []
    named = [thing for thing in articles if clean_line(thing.get("headline"), TITLE_LENGTH) in lines]
    return _with_referred(named[0], objects) if len(named) == 1 else {}


def identifier(value: object) -> object:
    """Return the address that an object states of itself; anything else as it is."""
    return value.get("@id") or value.get("url") if isinstance(value, dict) else value


def _with_referred(article: dict, objects: list[dict]) -> dict:
    """Return an article with its people and publishers as the graph states them elsewhere."""
    known = {
        thing["@id"]: thing for thing in objects if isinstance(thing.get("@id"), str) and "name" in thing
    }
    found = dict(article)
    for key in ("publisher", "author", "creator", "isPartOf"):
        value = article.get(key)
        if isinstance(value, list):
            found[key] = [_referred(item, known) for item in value[:_MOST_REFERRED]]
        else:
            found[key] = _referred(value, known)
    return found


def _referred(value: object, known: dict[str, dict]) -> object:
    if isinstance(value, dict) and not value.get("name") and isinstance(value.get("@id"), str):
        return known.get(value["@id"], value)
    return value
