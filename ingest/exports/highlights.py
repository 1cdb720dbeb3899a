"""What a reader has marked in articles (Readwise's highlights) → excerpts of these articles.

Pure. Sources: the columns of Readwise's CSV and the objects of its API, as clients of it read them. The
marked passages are the article's own words, so an article is stored of them, as an excerpt: `[…]` stands
where words are missing. What the reader wrote beside them isn't the article's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ingest.exports.fields import Row, has, rows, text
from ingest.exports.left_out import HIGHLIGHT
from ingest.schema.delivery import DeliveredArticle, LeftOut

COLUMNS = frozenset({"highlight", "book title", "book author"})
_BETWEEN = "\n[…]\n"


def is_highlighted(book: Row) -> bool:
    """Return whether an object is an article with its highlights, as Readwise's API exports them."""
    return has(book, "user_book_id", "highlights")


def read_highlighted(book: Row) -> DeliveredArticle | LeftOut:
    """Return the excerpt of what was marked in an article or a book."""
    marked = [(_place(one), text(one, "text")) for one in rows(book, "highlights")]
    return _excerpt(
        [passage for _, passage in sorted(marked, key=lambda one: one[0])],
        title=text(book, "readable_title", "title"),
        author=text(book, "author"),
        url=text(book, "source_url"),
        place=text(book, "user_book_id"),
    )


def read_highlights(table: Iterable[dict[str, str]]) -> Iterator[DeliveredArticle | LeftOut]:
    """Yield the excerpt of each title and author in a table of highlights, in the order of their first rows.

    Names of columns are in lower case.
    """
    books: dict[tuple[str, str], list[tuple[float, str]]] = {}
    for row in table:
        passage = row.get("highlight", "").strip()
        key = (row.get("book title", "").strip(), row.get("book author", "").strip())
        books.setdefault(key, []).append((_place(row), passage))
    for (title, author), marked in books.items():
        passages = [passage for _, passage in sorted(marked, key=lambda one: one[0])]
        yield _excerpt(passages, title, author, "", f"{title} · {author}")


def _excerpt(
    passages: list[str], title: str, author: str, url: str, place: str
) -> DeliveredArticle | LeftOut:
    kept = list(dict.fromkeys(passage.strip() for passage in passages if passage.strip()))
    if not kept:
        return HIGHLIGHT
    return DeliveredArticle(
        text=_BETWEEN.join(kept), title=title, author=author, url=url, excerpt=True, place=place
    )


def _place(row: Row) -> float:
    """Return where a passage stands in its text; 0 where that isn't said: the file's order is kept."""
    try:
        return float(text(row, "location") or 0)
    except (ValueError, OverflowError):
        return 0.0
