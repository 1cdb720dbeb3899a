"""What is printed on a page: pieces of text with their place and size, and the lines that they make."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fragment:
    """Characters of one size on one baseline; places in points from the bottom left of the page.

    `spaced`: white space stands before it in the document.
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    bold: bool = False
    spaced: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a column. `cells` are its parts that wide gaps divide, `edges` where they begin and end."""

    cells: tuple[str, ...]
    edges: tuple[tuple[float, float], ...]
    left: float
    right: float
    base: float
    size: float
    bold: bool
    fragments: tuple[Fragment, ...]

    @property
    def text(self) -> str:
        """The whole line, whatever divides it."""
        return " ".join(self.cells)
