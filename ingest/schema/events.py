"""What an ingestion tells while it runs, and at its end. Knows neither terminals nor files."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Literal

from ingest.schema.document import Failure, Notice
from ingest.schema.failure_groups import FailureGroup
from ingest.schema.reading_progress import Unit

Outcome = Literal["new", "changed", "unchanged"]


@dataclass(frozen=True, slots=True)
class Started:
    """`total` sources were found; None as long as nobody can know how many."""

    total: int | None


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """An article is in the library and in every index, and stays there whatever happens.

    `unreadable`: characters of it (U+FFFD) that its file has broken.
    """

    article_id: str
    source: str
    title: str
    outcome: Outcome
    passages: int
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an ingestion has come: `done` of `total` sources are settled, `source` is the latest read.

    One source may hold many articles; `articles` counts what was read in all, `passages` what was indexed.
    """

    done: int
    total: int | None
    source: str
    articles: int = 0
    passages: int = 0

    def remaining(self, seconds: float) -> float | None:
        """Seconds that are left if the rest goes as what took `seconds` so far; None if nobody can tell."""
        if self.total is None or not self.done:
            return None
        return seconds * (self.total - self.done) / self.done


@dataclass(frozen=True, slots=True)
class Reading:
    """How far one source that takes long has been read: `done` of `total` pages, or bytes of a file."""

    source: str
    done: int
    total: int
    unit: Unit

    @property
    def share(self) -> float:
        """How much of it has been read, from 0 to 1."""
        return self.done / self.total if self.total else 0.0


# An ingestion that has gone on for less, or has done less, doesn't tell how long the rest will take.
_TELLS_AFTER, _TELLS_SHARE = 5.0, 0.02


def seconds_left(seconds: float, done: float, total: float) -> float | None:
    """Return how long the rest takes if it goes as what took `seconds`; None while too little is done."""
    if seconds < _TELLS_AFTER or not total or done < _TELLS_SHARE * total:
        return None
    return seconds * max(0.0, total - done) / done


# A failure of a table's row is told as it occurs, and those of the table together once it is read.
Event = Started | Acknowledged | Failure | FailureGroup | Notice | Progress | Reading


@dataclass(frozen=True, slots=True)
class Summary:
    """What an ingestion did, in articles read; `failed` are left as they were in the library.

    `stopped`: it was asked to stop before everything was read. `unreadable`: characters that files
    have broken, of new and changed articles, in `damaged` of which they stand as U+FFFD. `embargoed`:
    articles that wait until they may be published; they aren't among those read. `reread`: changed
    articles whose bytes are as they were; the readers of this version read them otherwise. `sources` of
    `total` were read to their end; None if it isn't known how many there are.
    """

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    failed: tuple[Failure, ...] = field(default=())
    stopped: bool = False
    unreadable: int = 0
    damaged: int = 0
    embargoed: int = 0
    reread: int = 0
    sources: int = field(default=0, compare=False)
    total: int | None = field(default=None, compare=False)

    @property
    def needs_mapping(self) -> bool:
        """Whether nothing was read, and of a table it isn't known which column holds the text."""
        return not self.read + self.embargoed and any(failure.columns for failure in self.failed)

    def to_dict(self) -> dict:
        """Return the fields as JSON has them."""
        failed = [{"source": failure.source, "reason": failure.reason} for failure in self.failed]
        return asdict(self) | {"failed": failed}
