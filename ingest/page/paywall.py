"""Fragments of articles that are sold: whether only the beginning is shown, and the offer of the rest.

That a page says its article isn't free tells nothing of what a subscriber saved: it is a fragment if the page
says how much is left or where the rest is, or if what it shows is short of what it states.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from ingest.html.tree import is_taken_out, remove_taken_out, take_out, words_of

# Whether a page can have any of this, looked for in its source: most have none.
_HINTS = (
    "bonn",
    "ubscri",
    "vous reste",
    "isAccessibleForFree",
    "ontinue reading",
    "eep reading",
    "article left",
)
_REST = re.compile(
    r"\bil (?:vous )?reste \d{1,3}\s?%"
    r"|\b\d{1,3}\s?% of (?:this|the) (?:article|story)\b.{0,9}\b(?:left|remain)"
    r"|\bla suite (?:de (?:cet |l['’])?article )?(?:est|n['’]est) (?:réserv|access|dispon)\w+\b.{0,30}\babonn"
    r"|\bpour (?:lire|découvrir) (?:la suite|l['’]intégralité|cet article en entier)\b"
    r"|\bpour (?:continuer|poursuivre) (?:à lire|la lecture|votre lecture)\b"
    r"|\bthe rest of this (?:article|story)\b|\b(?:subscribe|sign in|register) to (?:continue|keep) reading\b"
    r"|(?<![a-z] )\bto (?:continue|keep) reading\b",
    re.IGNORECASE,
)
# One of these is in whatever the expression above or a label finds: looking for them first is faster.
_WORDS = (
    "reste ", "% of th", "la suite ", "pour lire", "pour découvrir", "pour continuer", "pour poursuivre",
    "the rest of this", " reading", "réservé ", "ubscribers only", "ubscriber only",
)  # fmt: skip
_BESIDE = 80  # characters on either side of such a word
_OFFER = re.compile(
    r"\bréservée?s? (?:à|aux) (?:nos |seuls )*abonn|\babonnez-vous\b|\bdéjà abonnée?\b|\bs['’]abonner\b"
    r"|\bje m['’]abonne\b|\bsubscribers? only\b|\b(?:only )?(?:available )?(?:for|to) (?:our )?subscribers\b"
    r"|\bsubscribe\b|\balready a subscriber\b|\bsans engagement\b|\bcancel any ?time\b"
    r"|(?:\d\s?€|[€$£]\s?\d)[\d.,]*\s?(?:par|/|per|a|le premier)\s?(?:mois|an|month|year|week)"
    r"|\b(?:sign|log) in\b|\bse connecter\b|\bconnectez-vous\b|\bfree trial\b|\bessai gratuit\b",
    re.IGNORECASE,
)
_WALL = re.compile(
    r"pay-?wall|premium|abo(?:nn|-|_|\b)|subscri|offer|offre|regwall|piano|poool|locked|restrict",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"\W*(?:article |contenu )?(?:réservé (?:à|aux) (?:nos |seuls )*abonnés|(?:for )?subscribers? only)\W*",
    re.IGNORECASE,
)
_LABELLED = re.compile(r"\bréservé (?:à|aux) (?:nos |seuls )*abonnés|\bsubscribers? only\b", re.IGNORECASE)
_NOT_FREE = re.compile(r"[\"']?isAccessibleForFree[\"']?\s*:\s*[\"']?(true|false)", re.IGNORECASE)
_LEAVES = ("p", "h2", "h3", "h4", "h5", "li", "div", "span", "button", "a", "strong", "small")
_BLOCKS = ("p", "div", "ul", "ol", "h2", "h3", "h4", "section", "li", "table")
_LONGEST_OFFER = 400
_HIGHEST = 4
_SHORT = 1_500  # characters of a beginning that is shown to everybody
_MOST_SHOWN, _LEAST_WHOLE = 0.6, 0.8  # of the words that an article states to have


def take_out_offer(page: HtmlElement, markup: str) -> bool:
    """Remove what offers the rest of an article; return whether a page says that there is a rest."""
    if not any(hint in markup for hint in _HINTS):
        return False
    if not _may_say(" ".join(" ".join(page.itertext()).split())):
        return False
    has_rest = False
    for leaf in list(_leaves(page)):
        if is_taken_out(leaf) or len(said := words_of(leaf)) > _LONGEST_OFFER:
            continue
        if _REST.search(said):
            has_rest = True
            _take_out_around(leaf)
        elif _LABEL.fullmatch(said):
            take_out(leaf)
    remove_taken_out(page)
    return has_rest


def _may_say(shown: str) -> bool:
    """Return whether a page's text has a line about a rest or a label for subscribers anywhere in it."""
    folded = shown.lower()
    for words in _WORDS:
        place = folded.find(words)
        while place >= 0:
            around = folded[max(0, place - _BESIDE) : place + _BESIDE]
            if _REST.search(around) or _LABELLED.search(around):
                return True
            place = folded.find(words, place + 1)
    return False


def is_paid(blocks: list[str], article: dict, page: HtmlElement) -> bool:
    """Return whether a page states that its article isn't free, be its JSON-LD broken."""
    stated = article.get("isAccessibleForFree")
    if stated is None:
        found = next(filter(None, map(_NOT_FREE.search, blocks)), None)
        marked = page.find(".//meta[@itemprop='isAccessibleForFree']")
        stated = found[1] if found else None if marked is None else marked.get("content")
    return str(stated).strip().lower() == "false"


def is_fragment(text: str, article: dict) -> bool:
    """Return whether the text of a paid article is its beginning: short, or short of the words it states."""
    stated = str(article.get("wordCount") or "")
    words = len(text.split())
    if stated.isdecimal() and len(stated) < 7 and int(stated) > 0:
        share = words / int(stated)
        if share >= _LEAST_WHOLE or share < _MOST_SHOWN:
            return share < _MOST_SHOWN
    return len(text) < _SHORT


def _leaves(root: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the elements of a text that have no block in them."""
    for element in root.iter(*_LEAVES):
        if next(element.iterdescendants(*_BLOCKS), None) is None:
            yield element


def _take_out_around(leaf: HtmlElement) -> None:
    """Remove a line about the rest of an article, and the offer that stands in the same wall."""
    wall = None
    for height, outer in enumerate(leaf.iterancestors()):
        if height >= _HIGHEST or outer.tag in ("article", "main", "body", "html"):
            break
        if _WALL.search(f"{outer.get('class') or ''} {outer.get('id') or ''}"):
            wall = outer
    for other in [] if wall is None else list(_leaves(wall)):
        if other is not leaf and _is_offer(other):
            take_out(other)
    following = leaf.getnext()
    while (
        following is not None and len(said := words_of(following)) <= _LONGEST_OFFER and _OFFER.search(said)
    ):
        after = following.getnext()
        if not is_taken_out(following):
            take_out(following)
        following = after
    take_out(leaf)


def _is_offer(element: HtmlElement) -> bool:
    said = words_of(element)
    return len(said) <= _LONGEST_OFFER and _OFFER.search(said) is not None
