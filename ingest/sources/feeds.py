"""RSS and Atom → the pages behind the entries, with what the feed states of each.

No network. What a feed says of an article only fills what its page doesn't say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ingest.feeds.entries import ROOTS, parsed_entries
from ingest.fetch.urls import normal_url
from ingest.schema.document import Failure
from ingest.schema.metadata import StatedMetadata
from rag.errors import UserError

__all__ = ["ROOTS", "FeedEntry", "read_feed"]


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """A page that a feed or a sitemap names, and what it states of it.

    `modified_at`: when the page last changed, ISO 8601, if that is said.
    """

    url: str
    stated: StatedMetadata = field(default_factory=StatedMetadata)
    modified_at: str | None = None


def read_feed(data: bytes, url: str, charset: str = "") -> Iterator[FeedEntry | Failure]:
    """Yield the entries of a feed that was fetched from `url`, in its order.

    Failures for those without a page.

    `charset` is what the server said of it, if anything: else the document says, or it is UTF-8.
    """
    for number, entry in enumerate(parsed_entries(data, url, charset), start=1):
        try:
            if not entry.link:
                raise UserError("no address.", "pas d'adresse.")
            yield FeedEntry(normal_url(entry.link, url), entry.stated)
        except UserError:
            shown = f"{url}#{number}"
            yield Failure(
                shown,
                f"{shown}: the feed's entry has no address of a page.",
                f"{shown} : cette entrée du flux n'a pas d'adresse de page.",
            )
