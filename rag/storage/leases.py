"""What keeps those apart that write to one library at once: names that one has to do with at a time.

Where one process writes at a time, as in a folder, everything is free.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


class Leases(Protocol):
    """Names that one process at a time has to do with."""

    @property
    def are_shared(self) -> bool:
        """Whether there may be others."""

    @property
    def longest_key(self) -> int | None:
        """How many bytes the name of a source and of where it was found may have together; None: any."""

    def take(self, names: Iterable[str], before_waiting: Callable[[], object] | None = None) -> bool:
        """Have these names; return whether they had to be waited for, after `before_waiting()` was called."""

    def give_back(self, names: Iterable[str]) -> None:
        """Have these names no more, each as often as it is listed."""

    def held(self, names: Iterable[str]) -> AbstractContextManager[None]:
        """Have all of these names inside, waiting for those that others have."""

    def confirm(self) -> None:
        """Raise LibraryError if what is had was lost meanwhile."""

    def free(self, names: Iterable[str]) -> AbstractContextManager[set[str]]:
        """Have those of these names inside that nobody else has: these are given."""

    def alone(self) -> AbstractContextManager[bool]:
        """Tell whether nobody else writes; while it is so, nobody begins to."""


class NoLeases:
    """Everything is free: somebody else sees to it that one process writes at a time."""

    are_shared = False
    longest_key = None

    def take(
        self,
        names: Iterable[str],  # noqa: ARG002
        before_waiting: Callable[[], object] | None = None,  # noqa: ARG002
    ) -> bool:
        """Have these names, which nobody else has."""
        return False

    def give_back(self, names: Iterable[str]) -> None:
        """Do nothing."""

    @contextmanager
    def held(self, names: Iterable[str]) -> Iterator[None]:  # noqa: ARG002
        """Have all of these names."""
        yield

    def confirm(self) -> None:
        """Do nothing."""

    @contextmanager
    def free(self, names: Iterable[str]) -> Iterator[set[str]]:
        """Have all of these names."""
        yield set(names)

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Tell that nobody else writes."""
        yield True
