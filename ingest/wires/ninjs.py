"""ninjs → a delivered article: the IPTC's news in JSON, versions 1.0 to 3.x, and Superdesk's variant.

Source: the IPTC's schemas `ninjs-schema_1.4.json`, `_2.1.json` and `_3.0.json`
(https://www.iptc.org/std/ninjs/). Version 1 writes names in lower case with a role behind them (`body_text`,
`headline_short`), 2 and 3 in camel case with lists of values (`bodies`, `headlines`). Names are read without
regard to case, so that one reader serves all. Associated pictures and items are left.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ingest.schema.delivery import DeliveredArticle, Delivery, identity_of, status_of
from rag.errors import UserError

_DATES = ("versioncreated", "firstcreated", "contentcreated")
_MARKS = (*_DATES, "pubstatus", "embargoed", "representationtype")
_NO_ARTICLES = ("picture", "graphic", "video", "audio", "planning", "event")
_MAIN = "main"


def is_ninjs(value: Mapping[str, object]) -> bool:
    """Return whether an object of JSON is a news item in ninjs: it says so, or has its identity and marks."""
    names = {name.casefold() for name in value if isinstance(name, str)}
    standard = value.get("standard")
    if isinstance(standard, Mapping) and str(standard.get("name", "")).casefold() == "ninjs":
        return True
    bodies = any(name == "bodies" or name.startswith("body") for name in names)
    return bool(names & {"uri", "guid"}) and bool(names & set(_MARKS)) and (bodies or "type" in names)


def read_ninjs(value: Mapping[str, object]) -> DeliveredArticle:
    """Return the article of a ninjs object.

    Raises:
        UserError: It has no text: it is a picture, a package or another kind of item.
    """
    item = {str(name).casefold(): one for name, one in value.items()}
    text, html = _body(item)
    outlet = _outlet(item)
    delivery = Delivery(
        identity_of(item.get("uri") or item.get("guid"), outlet),
        _string(item.get("versioncreated")) or None,
        status_of(item.get("pubstatus")),
        _string(item.get("embargoed")) or None,
    )
    kind = _string(item.get("type"))[:40]
    is_article = kind not in _NO_ARTICLES and (text or html)
    if not is_article and delivery.status == "usable":
        raise UserError(
            f"a ninjs item without a text (its type is {kind or '?'}).",
            f"un élément ninjs sans texte (son type est {kind or '?'}).",
        )
    first, version = _string(item.get("firstcreated")), _string(item.get("versioncreated"))
    published = first or _string(item.get("contentcreated")) or version
    return DeliveredArticle(
        text=text,
        html=html,
        title=_best(item, "headline", "headlines") or _string(item.get("title")),
        outlet=outlet,
        author=_author(item),
        language=_string(item.get("language")),
        published_at=published,
        updated_at=version if version != published else "",
        url=_string(item.get("url")),
        rights=_string(item.get("copyrightnotice")) or _string(item.get("usageterms")),
        delivery=delivery,
    )


def _body(item: Mapping[str, object]) -> tuple[str, str]:
    """Return the text and the markup of an item, of which one is ''. Its longest representation is meant."""
    markup, plain = [], []
    for text, kind in _bodies(item):
        (markup if "html" in kind or "xml" in kind else plain).append(text)
    longest = max(markup, key=len, default="")
    return ("", longest) if longest else (max(plain, key=len, default=""), "")


def _bodies(item: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield each body with what says its kind: the content type, else the role that it has."""
    bodies = item.get("bodies")
    for body in bodies if isinstance(bodies, list) else []:
        if isinstance(body, Mapping):
            found = {str(name).casefold(): one for name, one in body.items()}
            text = _string(found.get("value"))
            if text:
                kind = _string(found.get("contenttype")) or _string(found.get("role"))
                yield text, kind.casefold() or ("html" if text.startswith("<") else "text")
    for name, value in item.items():
        if name.startswith("body") and (text := _string(value)):
            yield text, name.removeprefix("body") or ("html" if text.startswith("<") else "text")


def _best(item: Mapping[str, object], single: str, several: str) -> str:
    """Return the main one of a kind of line, else the first."""
    if line := _string(item.get(single)):
        return line
    values = item.get(several)
    found = [one for one in values if isinstance(one, Mapping)] if isinstance(values, list) else []
    found.sort(key=lambda one: str(one.get("role", "")).rpartition(":")[2].casefold() != _MAIN)
    lines = (_string(one.get("value")) for one in found)
    named = (_string(value) for name, value in item.items() if name.startswith(f"{single}_"))
    return next((line for line in (*lines, *named) if line), "")


def _author(item: Mapping[str, object]) -> str:
    byline = _string(item.get("byline")) or _string(item.get("by"))
    if byline:
        return byline
    bylines = item.get("bylines")
    lines = bylines if isinstance(bylines, list) else []
    return ", ".join(filter(None, (_string(one.get("value")) for one in lines if isinstance(one, Mapping))))


def _outlet(item: Mapping[str, object]) -> str:
    """Return who publishes it: the copyright's holder, the provider, or the first source of information."""
    holder = item.get("copyrightholder")
    if isinstance(holder, Mapping):
        holder = holder.get("name")
    for value in (item.get("source"), item.get("provider"), holder):
        name = value.get("name") if isinstance(value, Mapping) else value
        if line := _string(name):
            return line
    stated = item.get("infosources", item.get("infosource"))
    sources = stated if isinstance(stated, list) else []
    names = (_string(one.get("name")) for one in sources if isinstance(one, Mapping))
    return next(filter(None, names), "")


def _string(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
