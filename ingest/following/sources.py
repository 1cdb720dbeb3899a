"""The sources that are followed: those of the configuration and those that were added to the library.

Knows what may be added and how it is written; reading is `ingest.pipeline.sync`'s. Each place is one source:
what the configuration lists is the configuration's.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from ingest.fetch.address_policy import is_public
from ingest.fetch.urls import is_url, normal_url
from ingest.following.opml import RefusedOutline, Subscription, read_opml, write_opml
from ingest.schema.addresses import host_of
from ingest.schema.formats import format_of
from ingest.schema.metadata import clean_line
from ingest.sources.discovery import check, origin_of
from rag.config import EVERY, Settings, SourceSettings
from rag.errors import UserError
from rag.followed.readings import Reading
from rag.followed.store import LONGEST_NAME, FollowedSource, followed_in
from rag.library.library import FILE_NAME, SCHEMA, Library
from rag.observability.redaction import without_userinfo

EVERY_NEW = "1h"  # of what is added without an interval
_LONGEST_PATH = 4_000
_PATHS = ("/", "~", "./", "../", "\\", ".\\", "..\\")  # what begins so is meant as a path


@dataclass(frozen=True, slots=True)
class ListedSource:
    """A source with how its last reading went.

    `place` is by which its readings are kept. One that is `in_config` is changed there alone.
    """

    settings: SourceSettings
    place: str
    name: str = ""
    category: str = ""
    in_config: bool = False
    paused_at: str | None = None
    reading: Reading | None = None

    @property
    def is_paused(self) -> bool:
        """Whether it isn't read until it is resumed."""
        return self.paused_at is not None

    @property
    def is_url(self) -> bool:
        """Whether it is on the Internet, not on this machine."""
        return self.settings.url is not None

    @property
    def next_at(self) -> datetime | None:
        """From when on it is to be read again; None while it is paused, or if it has no interval."""
        if self.is_paused or self.settings.seconds is None:
            return None
        if self.reading is None:
            return datetime.min.replace(tzinfo=UTC)
        return datetime.fromisoformat(self.reading.begun_at) + timedelta(seconds=self.settings.seconds)


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a list of feeds: the sources that were added, and each outline that wasn't, with why."""

    added: tuple[FollowedSource, ...] = field(default=())
    refused: tuple[RefusedOutline, ...] = field(default=())


# --- which there are ---


def listed_sources(settings: Settings, library: Library) -> list[ListedSource]:
    """Return all sources, those of the configuration first, each with its last reading."""
    readings = library.readings.latest()
    found = _listed(settings.sources, library.followed.listed())
    return [replace(one, reading=readings.get(one.place)) for one in found]


def sources_to_read(settings: Settings) -> list[SourceSettings]:
    """Return the sources that are followed and not paused, as they are now, without opening the library.

    Raises:
        LibraryError: The catalogue is damaged.
    """
    followed = followed_in(settings.place, FILE_NAME, SCHEMA)
    return [one.settings for one in _listed(settings.sources, followed) if not one.is_paused]


def _listed(configured: Iterable[SourceSettings], followed: Iterable[FollowedSource]) -> list[ListedSource]:
    listed = [ListedSource(one, place_of(one), in_config=True) for one in configured]
    taken = {one.place for one in listed}
    for one in followed:
        source = _settings_of(one)
        place = place_of(source) if source.path else one.place  # which is in its one spelling
        if place not in taken:
            listed.append(ListedSource(source, place, one.name, one.category, paused_at=one.paused_at))
    return listed


def _settings_of(source: FollowedSource) -> SourceSettings:
    kind = "url" if is_url(source.place) else "path"
    return SourceSettings(**{kind: source.place}, every=source.every or None)


def place_of(source: SourceSettings) -> str:
    """Return by which name the readings of a source are kept: its URL, path or pattern in one spelling.

    A name and password in a URL of the configuration are left out: nothing keeps or tells them.
    """
    try:
        return without_userinfo(origin_of(source.place))
    except (UserError, OSError, ValueError):  # what can't be read fails in its own reading
        return without_userinfo(source.place)


def place_as_listed(written: str) -> str:
    """Return a place as sources are listed by, of what somebody wrote to mean one of them."""
    written = written.strip()
    try:
        if is_url(written):
            return normal_url(written)
        if not _is_path(written, may_read_paths=True):
            return normal_url(f"https://{written}")  # as it may be added
        return origin_of(str(Path(written).expanduser()))
    except (UserError, OSError, ValueError):
        return written


# --- what may be added ---


def new_source(
    written: str, settings: Settings, may_read_paths: bool, name: str = "", every: str = ""
) -> FollowedSource:
    """Return the source that somebody wrote down: an address, or a file, folder or pattern of this machine.

    Args:
        written: The address, with or without `https://`, or the path.
        settings: The configuration, whose sources aren't added again.
        may_read_paths: Whether paths may be followed for whoever asks.
        name: What to call it.
        every: How often to read it.

    Raises:
        UserError: It can't be followed, and why.
    """
    place = _checked_place(written, may_read_paths)
    if place in {place_of(one) for one in settings.sources}:
        raise UserError(
            f"{place}: config.yaml lists this source already.",
            f"{place} : config.yaml liste déjà cette source.",
        )
    return FollowedSource(place, clean_line(name, LONGEST_NAME) or "", every=checked_interval(every, place))


def checked_interval(every: str, place: str) -> str:
    """Return how often to read a source; of nothing, once an hour for an address, never for a path.

    Raises:
        UserError: It is no interval.
    """
    every = every.strip()
    if not every:
        return EVERY_NEW if is_url(place) else ""
    if not EVERY.fullmatch(every):
        shown = clean_line(every, 40) or "?"
        raise UserError(
            f"{shown}: not an interval; write 15m, 2h or 1d.",
            f"{shown} : ce n'est pas un intervalle ; écrivez 15m, 2h ou 1d.",
        )
    return every


def _checked_place(written: str, may_read_paths: bool) -> str:
    """Return a place in its one spelling.

    Raises:
        UserError: It is neither a usable address nor a path that may be read and leads anywhere.
    """
    written = written.strip()
    if not written or len(written) > _LONGEST_PATH or not written.isprintable():
        raise UserError(
            "write the address of a feed, a sitemap or a page.",
            "écrivez l'adresse d'un flux, d'un plan de site ou d'une page.",
        )
    if is_url(written):
        return _checked_url(written)
    if not _is_path(written, may_read_paths):
        return _checked_url(f"https://{written}")
    if not may_read_paths:
        raise UserError(
            "folders of the server are followed only where it serves its own machine and nobody signs in; use"
            " `sourcier sources add` there.",
            "les dossiers du serveur ne se suivent que s'il ne sert que sa propre machine, sans"
            " que personne s'y connecte ; utilisez-y `sourcier sources add`.",
        )
    path = str(Path(written).expanduser().absolute())
    check(path)
    return origin_of(path)


def _is_path(written: str, may_read_paths: bool) -> bool:
    """Return whether what isn't written as a URL is meant as a path, not as a URL without scheme."""
    if written.startswith(_PATHS) or (may_read_paths and os.path.lexists(written)):
        return True
    host, slash, _ = written.partition("/")
    return "." not in host or glob.has_magic(host) or (not slash and format_of(written) is not None)


def _checked_url(written: str) -> str:
    """Return a URL; addresses of numbers are judged here, names when they are connected to."""
    url = normal_url(written)
    try:
        address = ip_address(host_of(url).strip("[]"))
    except ValueError:
        return url
    if not is_public(address):
        raise UserError(
            f"{url}: this isn't a public address, and is never connected to.",
            f"{url} : cette adresse n'est pas publique, et n'est jamais contactée.",
        )
    return url


def follow_moved(library: Library, place: str, to: str) -> None:
    """Follow a source where its server says that it is for good, with all that it brought.

    Raises:
        UserError: It isn't followed, what is there is followed already, or it is no usable address.
    """
    to = _checked_url(to)
    with library.transaction():
        library.followed.move(place, to)
        library.origins.rename(place, to)
        library.embargoes.rename(place, to)


# --- lists of feeds ---


def import_opml(data: bytes, settings: Settings, library: Library) -> Imported:
    """Follow the feeds of a list; each outline is added, or told with why it isn't.

    Raises:
        UserError: It isn't a list of feeds.
    """
    known = {place_of(one) for one in settings.sources} | {one.place for one in library.followed.listed()}
    outlines = read_opml(data)
    added: list[FollowedSource] = []
    refused: list[RefusedOutline] = []
    with library.transaction():
        for one in outlines:
            if isinstance(one, RefusedOutline):
                refused.append(one)
                continue
            try:
                added.append(library.followed.add(_subscribed(one, known)))
            except UserError as error:
                clauses = (error.text(language).rstrip(". ") for language in ("en", "fr"))
                refused.append(RefusedOutline(one.name or one.url, *clauses))
    return Imported(tuple(added), tuple(refused))


def _subscribed(one: Subscription, known: Collection[str]) -> FollowedSource:
    """Return the source that a list names.

    Raises:
        UserError: It is followed already, or its address isn't public.
    """
    if one.url in known:
        raise UserError("it is followed already.", "cette source est déjà suivie.")
    now = datetime.now(UTC).isoformat(timespec="seconds")
    paused_at = now if one.paused else None
    return FollowedSource(
        _checked_url(one.url), one.name, one.category, one.every or EVERY_NEW, now, paused_at
    )


def export_opml(sources: Sequence[ListedSource], title: str) -> bytes:
    """Return the addresses among these sources as a list of feeds; paths stay on this machine."""
    return write_opml(
        (
            Subscription(one.place, one.name, one.category, one.settings.every or "", one.is_paused)
            for one in sources
            if one.is_url
        ),
        title,
    )


def due_sources(sources: Iterable[ListedSource], now: Callable[[], datetime]) -> list[ListedSource]:
    """Return those that are to be read again by now."""
    return [one for one in sources if (at := one.next_at) is not None and at <= now()]
