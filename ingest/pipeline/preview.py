"""What an ingestion would bring in, told without writing anything: no model, no index, no library made.

Knows readers and the catalogue, which is only read. It is compared with the library as it is now: what two
sources of one run say of one article is told apart by their ids, contents and withdrawals alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from ingest.containers.expand import expand
from ingest.converters.registry import ReadDocument, read_document
from ingest.pipeline.deliveries import Deliveries, id_of
from ingest.pipeline.identity import identity
from ingest.schema.delivery import Delivery
from ingest.schema.document import Failure, Notice, NotModified, SourceDocument, digest_of
from ingest.schema.events import Outcome
from ingest.schema.failure_groups import FailureGroup, FailureGroups, table_of
from rag.errors import UserError
from rag.library.library import Library
from rag.library.records import Entry, Source
from rag.schema.article import Article

FIELDS = ("title", "outlet", "author", "published_at")
_SHOWN = 5  # articles
_MOST_TOLD = 1_000  # failures that are told one by one, and notices


@dataclass(frozen=True, slots=True)
class PreviewedArticle:
    """An article that would come in, as it states itself."""

    source: str
    outcome: Outcome
    title: str
    outlet: str | None
    author: str | None
    published_at: str | None


@dataclass
class FormatCount:
    """What comes of one format: sources, their articles, and how many of these state which field."""

    sources: int = 0
    articles: int = 0
    stated: Counter[str] = field(default_factory=Counter)


@dataclass
class Preview:
    """What an ingestion would do. `failed` counts what can't be read, by reason in `failures`."""

    counts: dict[Outcome, int] = field(default_factory=lambda: {"new": 0, "changed": 0, "unchanged": 0})
    embargoed: int = 0
    failed: int = 0
    formats: dict[str, FormatCount] = field(default_factory=dict)
    first: list[PreviewedArticle] = field(default_factory=list)
    failures: list[FailureGroup] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    @property
    def read(self) -> int:
        """How many articles were read."""
        return sum(self.counts.values())

    @property
    def needs_mapping(self) -> bool:
        """Whether nothing can be read, and of a table it isn't known which column holds the text."""
        return not self.read + self.embargoed and any(group.first.columns for group in self.failures)

    def to_dict(self) -> dict:
        """Return the fields as JSON has them, failures but for their reasons."""
        formats = {
            name: {
                "sources": one.sources,
                "articles": one.articles,
                "stated": {f: one.stated[f] for f in FIELDS},
            }
            for name, one in sorted(self.formats.items())
        }
        first = [{name: getattr(one, name) for name in PreviewedArticle.__slots__} for one in self.first]
        return {
            "read": self.read, **self.counts, "embargoed": self.embargoed, "failed": self.failed,
            "formats": formats, "first": first,
        }  # fmt: skip


def preview(
    found: Iterable[SourceDocument | Failure | Notice],
    library: Library,
    keep_embargoed: bool = False,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Preview:
    """Return what bringing in what was found would do to the library.

    Args:
        found: What was found.
        library: The library, which is only read.
        keep_embargoed: Whether what isn't to be published yet would be kept.
        now: The clock.
    """
    run = _Preview(library, keep_embargoed, now)
    for outer in found:
        if isinstance(outer, SourceDocument):
            run.format = run.preview.formats.setdefault(outer.format, FormatCount())
            run.format.sources += 1
        for item in expand(outer):
            run.take(item)
    run.tell_groups(None)
    return run.preview


@dataclass
class _Preview:
    library: Library
    keep_embargoed: bool
    now: Callable[[], datetime]
    preview: Preview = field(default_factory=Preview)
    format: FormatCount = field(default_factory=FormatCount)
    rows: FailureGroups = field(default_factory=FailureGroups)
    # What would be in the library by now: the source of each id, its content, and the id of each content.
    arriving: dict[str, Entry] = field(default_factory=dict)
    contents: dict[str, str] = field(default_factory=dict)
    withdrawn: dict[str, str] = field(default_factory=dict)

    def take(self, item: SourceDocument | Failure | Notice) -> None:
        """Read one document, and note what would become of it."""
        self.tell_groups(table_of(item.source))
        if isinstance(item, Notice):
            self._note(item)
        elif isinstance(item, Failure):
            self._fail(item)
        else:
            try:
                self._read(item)
            except UserError as error:
                self._fail(Failure.of(item.source, error))

    def tell_groups(self, table: str | None) -> None:
        """Note the failures of the table before, once another one or none is read."""
        self.preview.failures += self.rows.taken(table)

    def _note(self, notice: Notice) -> None:
        if len(self.preview.notices) < _MOST_TOLD:
            self.preview.notices.append(notice)

    def _fail(self, failure: Failure) -> None:
        self.preview.failed += 1
        if table_of(failure.source) is not None:
            self.rows.add(failure)
        elif len(self.preview.failures) < _MOST_TOLD:
            self.preview.failures.append(FailureGroup(failure.source, failure, 1, ()))

    def _read(self, item: SourceDocument) -> None:
        deliveries, delivery = Deliveries(self.library, self.withdrawn), item.delivery
        gone = (
            delivery is not None and deliveries.holds_back(delivery, self.now()) and self._withdraw(delivery)
        )
        if delivery is not None and delivery.status == "canceled":
            self.preview.counts["changed" if gone else "unchanged"] += 1
            return
        if delivery is not None and self.keep_embargoed and deliveries.holds_back(delivery, self.now()):
            deliveries.check_canceled(delivery, item.source)
            self.preview.embargoed += 1
            self._note(deliveries.notice(delivery, item.source))
            return
        if delivery is not None:
            deliveries.check(delivery, item.source, self.now())
        try:
            data = item.read()
        except NotModified:
            self.preview.counts["unchanged"] += 1
            return
        read = read_document(data, item.source, item.key, item.format, item.stated, item.known)
        known = self.library.source(item.key)
        is_seen = known is not None and known.digest == digest_of(data, item.known)
        if is_seen and not self.library.is_damaged(known.article_id):
            outcome: Outcome = "unchanged"
        else:
            outcome = self._outcome(item, read.article, known)
        self._count(read, outcome)

    def _withdraw(self, delivery: Delivery) -> bool:
        """Note that an article would be taken out; return whether it would be there."""
        deliveries, arriving = Deliveries(self.library, self.withdrawn), self.arriving.get(id_of(delivery))
        if arriving is not None and deliveries.is_older(delivery, arriving.article):
            return False
        stored = deliveries.withdraw(delivery)
        return self.arriving.pop(id_of(delivery), None) is not None or stored

    def _outcome(self, item: SourceDocument, article: Article, known: Source | None) -> Outcome:
        if item.delivery is not None and item.delivery.identity:
            article = replace(article, id=id_of(item.delivery))
            stored = self.library.as_stated(article.id)
            arriving = self.arriving.get(article.id)
            if stored and stored.content_hash == article.content_hash and self.library.is_damaged(article.id):
                return "changed"
            if (stored and stored.content_hash == article.content_hash) or (
                arriving and arriving.article.content_hash == article.content_hash
            ):
                return "unchanged"
            if Deliveries(self.library).is_older(item.delivery, arriving.article if arriving else stored):
                return "unchanged"
            self._arrive(article, item.key)
            return "changed" if stored or arriving else "new"
        same = self.contents.get(article.content_hash) or self.library.with_content(article.content_hash)
        if same and self.library.is_damaged(same):
            return "changed"
        if same:
            return "changed" if known and known.article_id != same else "unchanged"
        wanted = {article.id, known.article_id if known else article.id}
        waiting = [self.arriving[one] for one in wanted if one in self.arriving]
        article_id = identity(article, item.key, known, self.library, waiting)
        outcome: Outcome = "changed" if self.library.stored(article_id) else "new"
        self._arrive(replace(article, id=article_id), item.key)
        return outcome

    def _arrive(self, article: Article, key: str) -> None:
        """Note an article that would be in the library, without its text: there may be millions."""
        self.contents[article.content_hash] = article.id
        source = Source(key, article.source, "", article.id)
        self.arriving[article.id] = Entry(replace(article, text="", page_starts=()), (), source)

    def _count(self, read: ReadDocument, outcome: Outcome) -> None:
        article, stated = read.article, read.stated
        self.preview.counts[outcome] += 1
        self.format.articles += 1
        self.format.stated.update(name for name in FIELDS if getattr(stated, name))
        if len(self.preview.first) < _SHOWN:
            self.preview.first.append(
                PreviewedArticle(
                    article.source,
                    outcome,
                    article.title,
                    article.outlet,
                    article.author,
                    article.published_at,
                )
            )
