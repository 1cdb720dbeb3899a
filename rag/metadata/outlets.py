"""Which names may be one outlet's: by how they are spelled, and by the site that their articles are on.

Pure. Suggests and never decides: `La Croix` and `Croix` may be two papers.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from rag.text.normalization import fold

Reason = Literal["spelling", "site"]
_HOST = re.compile(r"https?://(?:www\.)?([^/:?#@]+)", re.IGNORECASE)
_ARTICLES = "le|la|les|the|el|il|lo|los|las|der|die|das|de|het|o|os"
_LEADING = re.compile(rf"(?:(?:{_ARTICLES})\s+|l['’]\s*)")
# What a name ends with when it is its site's: `.fr`, `.co.uk`, ` (site web)`.
_DOMAIN = re.compile(
    r"(?:\.(?:co|com|org|net|gov|ac))?\.(?:com|org|net|info|news|press|media|tv|eu|[a-z]{2})(?:/.*)?$"
)
_ADDED = re.compile(r"\s*[(\[](?:site web|site|web|en ligne|online|numérique|digital|internet)[)\]]$")
_SITE = re.compile(r"(?:https?://)?(?:www\.)?")
# Of a site that more names than this share, nothing follows: it carries the articles of many.
_MOST_NAMES_OF_A_SITE = 3
_MOSTLY = 0.8  # of the articles of which an address is known


@dataclass(frozen=True, slots=True)
class OutletUse:
    """An outlet by the name that its articles are filed under, and how many they are.

    `aliases` are the names that were merged into it; `hosts` are those of its articles' addresses, each with
    how many articles are there.
    """

    name: str
    count: int
    aliases: tuple[str, ...] = ()
    hosts: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def host(self) -> str | None:
        """The host that nearly all of its articles with an address are on; None if there is none."""
        known = sum(self.hosts.values())
        return next((host for host, count in self.hosts.items() if count >= _MOSTLY * known), None)


@dataclass(frozen=True, slots=True)
class MergeSuggestion:
    """That `alias` may be another name of `outlet`, and why."""

    alias: str
    outlet: str
    reason: Reason


def host_of(url: str) -> str:
    """Return the host of an http(s) address, in lower case and without `www.`; '' of what is none."""
    found = _HOST.match(url)
    return found[1].lower() if found else ""


def spellings(name: str) -> frozenset[str]:
    """Return what is left of a name: without capitals, accents, its domain's ending, its leading article."""
    plain = _ADDED.sub("", _SITE.sub("", fold(name).strip(), count=1)).strip()
    found = set()
    for form in (plain, _DOMAIN.sub("", plain)):
        for bare in (form, _LEADING.sub("", form, count=1)):
            found.add("".join(filter(str.isalnum, bare)))
    return frozenset(found - {""})


def called(name: str, uses: Iterable[OutletUse]) -> OutletUse | None:
    """Return the outlet that goes by this name, or went before a merge; whatever its accents and capitals.

    None if there is none, or if it is spelled otherwise and may be several.
    """
    named = [(one, other) for one in uses for other in (one.name, *one.aliases)]
    if exact := next((one for one, other in named if other == name), None):
        return exact
    alike = {one.name: one for one, other in named if fold(other) == fold(name)}
    return next(iter(alike.values())) if len(alike) == 1 else None


def suggestions(outlets: Sequence[OutletUse]) -> list[MergeSuggestion]:
    """Return which outlets may be one: into the name that is most likely written as the outlet writes it."""
    found: dict[tuple[str, str], MergeSuggestion] = {}
    for reason, group in (*_spelled_alike(outlets), *_on_one_site(outlets)):
        best, *others = sorted(group, key=_as_written)
        for other in others:
            pair = (other.name, best.name)
            if pair[::-1] not in found:
                found.setdefault(pair, MergeSuggestion(other.name, best.name, reason))
    return list(found.values())


def _spelled_alike(outlets: Sequence[OutletUse]) -> Iterator[tuple[Reason, list[OutletUse]]]:
    by_spelling: dict[str, list[OutletUse]] = defaultdict(list)
    for outlet in outlets:
        for spelling in spellings(outlet.name):
            by_spelling[spelling].append(outlet)
    for group in by_spelling.values():
        if len(group) > 1:
            yield "spelling", group


def _on_one_site(outlets: Iterable[OutletUse]) -> Iterator[tuple[Reason, list[OutletUse]]]:
    by_host: dict[str, list[OutletUse]] = defaultdict(list)
    for outlet in outlets:
        if outlet.host:
            by_host[outlet.host].append(outlet)
    for group in by_host.values():
        if 1 < len(group) <= _MOST_NAMES_OF_A_SITE:
            yield "site", group


def _as_written(outlet: OutletUse) -> tuple[bool, bool, int, str]:
    """Order names: those of no site first, then those in capitals and small letters, then the most used."""
    name = outlet.name
    is_site = bool(_DOMAIN.search(name.lower())) or name.lower().startswith(("www.", "http"))
    return is_site, name in (name.upper(), name.lower()), -outlet.count, name
