"""Pages of printed articles in words: `p. 3`, `p. 3–4`. Plain text: knows no markup."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator

from rag.schema.article import Article
from ui.formatting.i18n import text


def pages_text(pages: range, language: str) -> str:
    """Return these pages in words, empty if there are none."""
    if not pages:
        return ""
    first, last = pages[0], pages[-1]
    return text("pages", language, pages=f"{first}" if first == last else f"{first}–{last}")


def pages_begun(article: Article, lines: Iterable[str]) -> Iterator[range]:
    """For each line of the article's text (with its line end), the pages that begin with it.

    A page without text begins with the line after the page before it.
    """
    offset = begun = 0
    for line in lines:
        now = bisect_right(article.page_starts, offset)
        yield range(begun + 1, now + 1)
        offset, begun = offset + len(line), now
