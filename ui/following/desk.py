"""What the page does with followed sources: listing, adding, changing them, lists in and out. No widget."""

from __future__ import annotations

from dataclasses import dataclass

from cachetools import LRUCache

from ingest.following.sources import (
    Imported,
    ListedSource,
    checked_interval,
    export_opml,
    follow_moved,
    import_opml,
    listed_sources,
    new_source,
)
from rag.errors import SourcierError
from rag.followed.readings import Reading
from ui.formatting.i18n import text, user_error
from ui.page.context import AppContext

PAGE = 20  # sources
HISTORY = 8  # readings that are shown of one
_REMEMBERED = 100  # lists whose report is yet to be shown


@dataclass(frozen=True, slots=True)
class ShownSources:
    """A page of the sources: those that fail first, then those that have moved, then by name.

    `histories` are the readings of each that is shown. `page` of `pages` is counted from 1.
    """

    sources: tuple[ListedSource, ...]
    histories: tuple[tuple[Reading, ...], ...]
    count: int
    failing: int
    paused: int
    page: int
    pages: int


class SourcesDesk:
    """The sources of a library, as its page has them."""

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self._imports: LRUCache[str, Imported | SourcierError] = LRUCache(_REMEMBERED)

    def shown(self, page: int) -> ShownSources:
        """Return a page of the sources; the nearest one if there are fewer."""
        library = self._context.library
        listed = sorted(listed_sources(self._context.settings, library), key=_order)
        pages = max(1, -(-len(listed) // PAGE))
        page = min(max(page, 1), pages)
        here = listed[(page - 1) * PAGE : page * PAGE]
        histories = tuple(tuple(library.readings.of(one.place)[:HISTORY]) for one in here)
        return ShownSources(
            tuple(here),
            histories,
            len(listed),
            sum(is_failing(one) for one in listed),
            sum(one.is_paused for one in listed),
            page,
            pages,
        )

    def may_read_paths(self, user: str) -> bool:
        """Return whether this user may have folders of the server's machine read: only its owner may."""
        return not user and self._context.may_read_paths()

    def add(self, written: str, name: str, every: str, user: str) -> str:
        """Follow a source; return its place.

        Raises:
            UserError: It can't be followed, and why.
        """
        source = new_source(written, self._context.settings, self.may_read_paths(user), name, every)
        return self._context.library.followed.add(source).place

    def change(self, act: str, place: str, value: str = "") -> None:
        """Do one of `pause`, `resume`, `remove`, `every`, `move`; nothing for another word.

        Raises:
            UserError: The source isn't followed any more, or what is wanted can't be.
        """
        library = self._context.library
        match act:
            case "pause":
                library.followed.pause(place)
            case "resume":
                library.followed.resume(place)
            case "remove":
                library.followed.remove(place)
            case "every":
                library.followed.set_every(place, checked_interval(value, place))
            case "move":
                reading = library.readings.latest().get(place)
                if reading is None or not reading.moved_to:
                    raise user_error("source_not_moved", place=place)
                follow_moved(library, place, reading.moved_to)

    def take_list(self, token: str, data: bytes) -> None:
        """Follow the feeds of a list; what came of it is told once, to who knows the token."""
        try:
            self._imports[token] = import_opml(data, self._context.settings, self._context.library)
        except SourcierError as error:
            self._imports[token] = error

    def imported(self, token: str) -> Imported | None:
        """Return what came of a list; None if that was told already.

        Raises:
            SourcierError: The list can't be read.
        """
        found = self._imports.pop(token, None)
        if isinstance(found, SourcierError):
            raise found
        return found

    def exported(self, language: str) -> bytes:
        """Return the addresses that are followed as a list of feeds."""
        listed = listed_sources(self._context.settings, self._context.library)
        return export_opml(listed, text("sources_export_title", language))


def is_failing(source: ListedSource) -> bool:
    """Return whether a source that is read couldn't be, the last time."""
    return not source.is_paused and source.reading is not None and source.reading.outcome == "failed"


def _order(source: ListedSource) -> tuple[bool, bool, str, str]:
    has_moved = source.reading is not None and bool(source.reading.moved_to)
    name = source.name or source.place.partition("://")[2] or source.place
    return not is_failing(source), not has_moved, name.casefold(), source.place
