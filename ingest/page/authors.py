"""Who a page says has written its article: from places that name authors, never from forms or themes.

What a content system puts there in place of a name (`admin`, `Nom`, `Powered by`) is no author.
"""

from __future__ import annotations

import re
from html import unescape
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from ingest.html.tree import INLINE, local_name, words_of
from ingest.page.marked import MarkedElements
from ingest.schema.metadata import FIELD_LENGTH, clean_line, cut, names
from ingest.schema.written_dates import written_days

_ELSEWHERE = frozenset({"form", "nav", "label", "select", "figure", "figcaption", "blockquote"})
_BESIDE = frozenset({"aside", "footer", "header"})
_OTHERS = re.compile(
    r"comment|respond|sidebar|related|widget|teaser|share|social|newsletter|footer|login|recommend",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^(?:(?:publi[ée]e?|post[ée]e?|écrit|rédigé|proposé|written|posted|published|submitted|propos recueillis"
    r"|texte|article|reportage|enquête)\s+)?(?:par|by|de|from|von|auteure?s?|authors?|texte)\b\s*:?\s+"
    r"|^(?:auteure?s?|authors?|texte|journaliste|reportage|enquête|chronique|revue de presse)\s*:\s*",
    re.IGNORECASE,
)
_STATED_LEAD = re.compile(r"^(?i:by|par)\s+(?=[^\W\d_a-z])")
_TRAIL = re.compile(
    r"\s*(?:\s(?:envoyée?s? spécia\w+|correspondante?s?|journalistes?|special correspondent|staff writer)\b"
    r"|[|•·–—]|\s-\s|\((?![^()]{1,12}\)\s+[^\W\d])"
    r"|,?\s+(?:publi|post|mis|le|on|à|updated|last|il y a)\w*:?\s.*\d|\d).*$",
    re.IGNORECASE | re.DOTALL,
)
_NO_NAME = re.compile(
    r"(?:(?:super)?admin\w*|webmaster|webmestre|root|auteure?s?|authors?|(?:your |votre )?(?:nom|name)s?"
    r"|e-?mail|site|site web|website|anonym\w+|users?|utilisateurs?|guest|invité|unknown|inconnue?|none|null"
    r"|n/?a|undefined|super user|submitted|by|par|default|test|demo|editor|éditeur|contact\w*|about|à propos"
    r"|login|connexion|commentaires?|comments?|follow|suivre|partager|share|home|accueil|back|retour)\W*",
    re.IGNORECASE,
)
_NO_BYLINE = re.compile(
    r"powered|propulsé|thèmes?\b|themes?\b|wordpress|copyright|©|cookies?\b|all rights|tous droits|\bvoir\b"
    r"|\bphoto\w*\b|\bcr[ée]dits?\b|\billustration\b"
    r"|view all|\be?-?mail\b|\bmore (?:from|by)\b|read more|lire (?:la|aussi)|s'abonner|subscribe|@|https?:"
    r"|www\.|\{|\}|<",
    re.IGNORECASE,
)
_DOMAIN = re.compile(r"(?:www\.)?[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}", re.IGNORECASE)
# A line that is a byline and nothing else: `Par Anne Le Goff et Yann Riou`.
_SIGNING = re.compile(r"(?:par|by|propos recueillis par|texte(?: de| :)?) ", re.IGNORECASE)
_PARTICLES = frozenset({"de", "du", "des", "la", "le", "van", "von", "al", "el"})
_LONGEST_LINE = 120
_LONG = 200  # characters of a paragraph of a text
_HOLDS_TEXT = 3  # such paragraphs are in the part of a page that has its article
_AROUND = " ,;:./|•·–—-"  # a name
_MOST_WORDS = 14
_MOST_NAMES = 8
_MOST_PLACES = 200  # that are looked at
_MOST_LINES = 2_000
_MOST_PARAGRAPHS = 100
_MOST_PIECES = 200  # of a byline's text


def named_authors(value: object) -> str | None:
    """Return the names of a metadata field's people, without what is none: the site's address, `admin`."""
    items = value if isinstance(value, list) else [value]
    people = [
        name
        for item in items[:_MOST_NAMES]
        if (name := _STATED_LEAD.sub("", unescape(names(item) or "")))
        and _may_be_name(name)
        and not _DOMAIN.fullmatch(name)
    ]
    return cut(", ".join(dict.fromkeys(people)), FIELD_LENGTH) or None


def shown_authors(page: HtmlElement, marked: MarkedElements, zone: list[HtmlElement]) -> str | None:
    """Return who the byline of a page names; None if there is none, or it names nobody.

    `zone` are the elements around its headline, whose bylines come before others.
    """
    near = set(zone)
    for places in (marked.names, marked.bylines):
        for element in sorted(places[:_MOST_PLACES], key=lambda place: place not in near):
            if not _is_of_article(element, near):
                continue
            if name := _name_in(element):
                return _with_siblings(element, name) if places is marked.names else name
    return _signed(page, zone)


def _signed(page: HtmlElement, zone: list[HtmlElement]) -> str | None:
    """Return the name on a line that is a byline and nothing else, around the headline or in the text."""
    for lines in (zone, islice(page.iter("p", "div"), _MOST_LINES)):
        found = set()
        for line in lines:
            if any(local_name(inner) not in INLINE for inner in line.iterchildren("*")):
                continue
            said = words_of(line)
            if len(said) <= _LONGEST_LINE and _is_signature(said) and _is_of_article(line, set()):
                found.add(_name(said))
        found.discard(None)
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def _may_be_name(name: str) -> bool:
    return not _NO_NAME.fullmatch(name) and not _NO_BYLINE.search(name) and any(map(str.isalpha, name))


def _is_signature(line: str) -> bool:
    """Return whether a line is `par` and names, each of two words or more, and nothing else."""
    lead = _SIGNING.match(line)
    if lead is None:
        return False
    people = re.split(r",| et | and | avec | with ", line[lead.end() :])
    return all(len(words := person.split()) > 1 and all(map(_is_of_name, words)) for person in people)


def _is_of_name(word: str) -> bool:
    return word in _PARTICLES or (
        re.sub(r"^[dD]['’]", "", word)[:1].isupper() and all(c.isalpha() or c in "'’.-" for c in word)
    )


def _name_in(element: HtmlElement) -> str | None:
    """Return the name on the first line of an element that has one, after a `par` that may stand alone."""
    return next(filter(None, map(_name, _lines(element))), None)


def _name(said: str) -> str | None:
    line = _LEAD.sub("", _LEAD.sub("", (clean_line(said) or "").lstrip(_AROUND)))
    days = written_days(line) if any(map(str.isdigit, line)) else []
    trail = _TRAIL.search(line)
    ends = [days[0].start if days else len(line), trail.start() if trail else len(line)]
    name = line[: min(ends)].strip(_AROUND)
    if not name or ":" in name or not _may_be_name(name) or len(name.split()) > _MOST_WORDS:
        return None
    return name if any(word[0].isupper() for word in name.split()) else None


def _lines(element: HtmlElement) -> list[str]:
    """Return the text of an element cut where its blocks begin and end; a lone `par` is put before a name."""
    pieces: list[str] = []
    for event, one in islice(etree.iterwalk(element, events=("start", "end")), _MOST_PIECES):
        if not isinstance(one.tag, str):
            pieces.append(one.tail or "")
            continue
        apart = "\n" if one is not element and local_name(one) not in INLINE else ""
        if event == "start":
            pieces += (apart, one.text or "")
        else:
            pieces += (apart, "" if one is element else one.tail or "")
    lines = [line for raw in "".join(pieces).split("\n") if (line := " ".join(raw.split()))]
    if len(lines) > 1 and _LEAD.fullmatch(f"{lines[0]} "):
        lines[:2] = [" ".join(lines[:2])]
    return lines[:_MOST_NAMES]


def _with_siblings(element: HtmlElement, name: str) -> str:
    """Return a name with those that stand beside it in the same markup."""
    parent = element.getparent()
    people = [name]
    for other in () if parent is None else parent:
        if other is not element and other.tag == element.tag and other.attrib.keys() == element.attrib.keys():
            same = (other.get("class"), other.get("rel"), other.get("itemprop"))
            if same == (element.get("class"), element.get("rel"), element.get("itemprop")):
                people += filter(None, [_name_in(other)])
    return cut(", ".join(dict.fromkeys(people[:_MOST_NAMES])), FIELD_LENGTH)


def _is_of_article(element: HtmlElement, near: set[HtmlElement]) -> bool:
    """Return whether an element isn't part of a form, a comment, a theme or a list of other articles.

    The byline is often beside the buttons to share it: what is `near` the headline and begins with
    `par` may be named for them.
    """
    if element.tag in ("link", "meta", "input", "form", "label", "img", "html", "body"):
        return False
    beside = False
    for outer in (element, *element.iterancestors()):
        if outer.tag in ("html", "body"):
            break
        if outer.tag in _ELSEWHERE:
            return False
        other = _OTHERS.search(f"{outer.get('class') or ''} {outer.get('id') or ''}")
        if other and not (
            other[0].lower() in ("share", "social") and (_is_led(element, near) or _holds_text(outer))
        ):
            return False
        itemtype = outer.get("itemtype") or ""
        if itemtype and "omment" in itemtype:
            return False
        beside = beside or outer.tag in _BESIDE
        if outer.tag in ("article", "main"):
            return True
    return not beside


def _is_led(element: HtmlElement, near: set[HtmlElement]) -> bool:
    """Return whether an element near the headline begins with `par`."""
    return element in near and _LEAD.match(words_of(element)) is not None


def _holds_text(element: HtmlElement) -> bool:
    """Return whether an element has the paragraphs of an article in it, whatever it is named for."""
    paragraphs = islice(element.iter("p"), _MOST_PARAGRAPHS)
    long = (paragraph for paragraph in paragraphs if len(words_of(paragraph)) >= _LONG)
    return sum(1 for _ in islice(long, _HOLDS_TEXT)) == _HOLDS_TEXT
