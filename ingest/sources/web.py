"""URLs → a stream of pages to read: a page itself, the pages of a feed, the pages of a sitemap.

Knows what kinds of lists there are and what the library remembers of pages; fetching is
`ingest.fetch.fetcher`.
What a server said of a page counts only as long as the library lists the article that was read from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from ingest.containers.expand import holds_many
from ingest.converters.registry import format_of
from ingest.decoding.charset import with_declared
from ingest.decoding.decompression import GZIP_MAGIC, DamagedError, TooLargeError, inflated
from ingest.decoding.xml_root import root_of
from ingest.fetch.fetcher import FetchedPage, Fetcher
from ingest.fetch.politeness import NEVER
from ingest.fetch.prefetch import Prefetcher
from ingest.fetch.request import UNKNOWN, GoneError, Validators
from ingest.fetch.urls import normal_url
from ingest.schema.addresses import path_of
from ingest.schema.content_types import may_list, web_format
from ingest.schema.document import MAX_BYTES, READER_VERSION, Failure, NotModified, SourceDocument, digest_of
from ingest.schema.metadata import NOTHING_STATED, StatedMetadata
from ingest.sources import feeds, sitemaps
from ingest.sources.feeds import FeedEntry
from ingest.sources.sitemaps import NestedSitemap
from rag.errors import UserError
from rag.library.library import Library
from rag.library.sources import Response

_PAGE = f"page {READER_VERSION}:"  # in front of the digest of a page: other versions read it differently
_LISTING = f"listing {READER_VERSION}:"  # in front of the digest of a feed or sitemap, which is no article
# Formats whose bytes don't always say in which charset they are; the server may.
_TEXTS = ("html", "text", "markdown", "csv", "json", "jsonl")
_MOST_SITEMAPS = 10_000


@dataclass
class Web:
    """Finds pages on the Internet. With a library, only what has changed is sent and read again.

    `gone` are the keys of pages whose servers said that they are no more, `unmodified` those of what was
    asked for by name and is as it was; `moved` says where such a one is for good, if it isn't there any more.
    A list that hasn't changed since all that it names was read gives nothing, if `skip_unchanged`. What was
    found is fetched as it is asked for; with a `prefetcher` as soon as `find` is called, beside whatever else
    is being fetched from other hosts.
    """

    fetcher: Fetcher
    library: Library | None = None
    skip_unchanged: bool = False
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    prefetcher: Prefetcher[SourceDocument | Failure] | None = None
    gone: set[str] = field(default_factory=set)
    unmodified: set[str] = field(default_factory=set)
    moved: dict[str, str] = field(default_factory=dict)
    _lists: list[Response] = field(default_factory=list)

    def find(self, url: str) -> Iterator[SourceDocument | Failure]:
        """Yield what the page, feed or sitemap at `url` gives to read. What can't be had is a Failure."""
        key = normal_url(url)
        found = self._opened(key, key, set())
        return self.prefetcher.start(found) if self.prefetcher else found

    def remember_lists(self) -> None:
        """Remember that all that the lists name was read: until they change they needn't be read again."""
        if self.library is not None:
            for said in self._lists:
                self.library.responses.put(said)
        self._lists.clear()

    # --- lists ---

    def _opened(self, url: str, origin: str, opened: set[str]) -> Iterator[SourceDocument | Failure]:
        """Yield what `url` gives; `opened` are the lists that have been followed to it and beside it."""
        opened.add(url)
        try:
            page = self._get(url, _is_listing_or_page)
            self._note_move(url, page.moved_to)
            root = root_of(page.body) if may_list(page.content_type, page.url) else ""
        except NotModified as found:
            self._note_move(url, found.moved_to)
            self.unmodified.add(url)
            if not self._is_list(url):
                yield _unchanged(url, origin)
        except UserError as error:
            yield self._failed(url, error)
        else:
            if root in feeds.ROOTS:
                items: Iterator[FeedEntry | NestedSitemap | Failure] = feeds.read_feed(
                    page.body, page.url, page.charset
                )
                yield from self._listed(url, page, origin, items, opened)
            elif root in sitemaps.ROOTS:
                items = sitemaps.read_sitemap(page.body, page.url)
                yield from self._listed(url, page, origin, items, opened)
            else:
                yield self._fetched(url, page, origin)

    def _note_move(self, url: str, moved_to: str) -> None:
        if moved_to and moved_to != url:
            self.moved[url] = moved_to

    def _listed(
        self,
        url: str,
        page: FetchedPage,
        origin: str,
        items: Iterator[FeedEntry | NestedSitemap | Failure],
        opened: set[str],
    ) -> Iterator[SourceDocument | Failure]:
        try:
            for item in items:
                if isinstance(item, FeedEntry):
                    yield self._page(item, origin)
                elif isinstance(item, Failure):
                    yield item
                elif item.url in opened:
                    continue
                elif len(opened) <= _MOST_SITEMAPS:
                    yield from self._opened(item.url, origin, opened)
                else:
                    yield _too_many(item.url)
        except UserError as error:
            yield self._failed(url, error)
        else:
            self._lists.append(self._response(url, page, _LISTING + digest_of(page.body)))

    # --- pages ---

    def _page(self, listed: FeedEntry, origin: str) -> SourceDocument | Failure:
        url = listed.url
        if self._is_older(listed):
            return _unchanged(url, origin)
        try:
            page = self._get(url, lambda kind, where: web_format(kind, where) is not None)
        except NotModified:
            return _unchanged(url, origin)
        except UserError as error:
            return self._failed(url, error)
        return self._fetched(url, page, origin, listed.stated)

    def _fetched(
        self, url: str, page: FetchedPage, origin: str, stated: StatedMetadata = NOTHING_STATED
    ) -> SourceDocument | Failure:
        """Return a page whose bytes are here, to be read once; what the server sent tells its format."""
        format_ = web_format(page.content_type, page.url)
        if format_ is None:
            kind = page.content_type[:100] or "?"
            english = f"{url}: neither an article nor a feed or sitemap ({kind})."
            return Failure(url, english, f"{url} : ni un article, ni un flux ou plan de site ({kind}).")
        if format_ in _TEXTS:
            page = replace(page, body=with_declared(page.body, page.charset))
        held, before = [page], self._known(url)

        def load(limit: int) -> bytes:
            if not held:  # whoever keeps the readable doesn't keep the page
                return self.fetcher.get(url, max_bytes=limit).body
            said = held.pop()
            known = self._known(url)
            is_late = known not in (None, before) and known.fetched_at > said.asked_at
            if is_late and not holds_many(format_):
                raise NotModified  # while this waited, another source has brought what the page says since
            self._note(url, said)
            return said.body

        return SourceDocument(url, url, format_, load, origin, stated=stated, in_memory=len(page.body))

    def _get(self, url: str, accepts: Callable[[str, str], bool]) -> FetchedPage:
        # Before it is asked for: what changes while it is on its way or waits to be read changes after that.
        asked_at = self.now().isoformat(timespec="seconds")
        given_up = self.prefetcher.closed if self.prefetcher else NEVER
        page = self.fetcher.get(url, self._since(url), MAX_BYTES, accepts, given_up)
        return replace(page, body=_unzipped(page.body, url), asked_at=asked_at)

    def _failed(self, url: str, error: UserError) -> Failure:
        if isinstance(error, GoneError):
            self.gone.add(url)
        return Failure.of(url, _named(error, url))

    # --- what the library remembers ---

    def _known(self, url: str) -> Response | None:
        """Return what the server said of what was last read from `url`, if that is in the library."""
        said = self.library.responses.get(url) if self.library else None
        if said is None or self.library is None:
            return None
        source = self.library.source(url)
        if source is None or said.digest != _PAGE + source.digest:
            return None
        if self.library.is_damaged(source.article_id):
            return None
        return said

    def _is_list(self, url: str) -> bool:
        said = self.library.responses.get(url) if self.library else None
        return said is not None and said.digest.startswith(_LISTING)

    def _since(self, url: str) -> Validators:
        said = self._known(url)
        if said is None and self.skip_unchanged and self.library and self._is_list(url):
            said = self.library.responses.get(url)
        return Validators(said.etag, said.last_modified) if said else UNKNOWN

    def _is_older(self, listed: FeedEntry) -> bool:
        """Return whether the page was read after it last changed, as its sitemap says."""
        said = self._known(listed.url)
        if said is None or listed.modified_at is None:
            return False
        # A day is over when the next one begins, anywhere on earth: two days later at the latest.
        read, changed = datetime.fromisoformat(said.fetched_at), listed.modified_at
        if len(changed) > 10 and datetime.fromisoformat(changed).tzinfo is not None:
            return datetime.fromisoformat(changed) < read
        return (read.date() - date.fromisoformat(changed[:10])).days >= 2

    def _note(self, url: str, page: FetchedPage) -> None:
        if self.library is not None:
            self.library.responses.put(self._response(url, page, _PAGE + digest_of(page.body)))

    def _response(self, url: str, page: FetchedPage, digest: str) -> Response:
        return Response(url, digest, page.asked_at, page.validators.etag, page.validators.last_modified)


def fetching_ahead(stop: Callable[[], bool]) -> Prefetcher[SourceDocument | Failure]:
    """For the `prefetcher` of Webs that are found and read together."""
    return Prefetcher(lambda item: item.in_memory if isinstance(item, SourceDocument) else 0, stop)


def _is_listing_or_page(content_type: str, url: str) -> bool:
    return may_list(content_type, url) or web_format(content_type, url) is not None


def _unchanged(url: str, origin: str) -> SourceDocument:
    """Return a page that is as it was when it was last read and listed."""

    def load(_limit: int) -> bytes:
        raise NotModified

    return SourceDocument(url, url, "html", load, origin)


def _unzipped(body: bytes, url: str) -> bytes:
    """Decompress a sitemap that is itself a gzip file (`sitemap.xml.gz`)."""
    if not body.startswith(GZIP_MAGIC) or format_of(path_of(url)) not in (None, "xml"):
        return body
    try:
        return inflated([body], MAX_BYTES)
    except (TooLargeError, DamagedError) as error:
        raise UserError(
            f"{url}: the gzip file is damaged or too large.",
            f"{url} : ce fichier gzip est abîmé ou trop gros.",
        ) from error


def _named(error: UserError, url: str) -> UserError:
    if str(error).startswith(url):
        return error
    return UserError(f"{url}: {error}", f"{url} : {error.text('fr')}")


def _too_many(url: str) -> Failure:
    english = f"{url}: left out, the sitemaps before it are too many already."
    return Failure(url, english, f"{url} : laissé de côté, il y a déjà trop de plans de site avant lui.")
