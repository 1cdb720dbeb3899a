"""Tables in a form that is known by the names of its columns → articles, excerpts, or what is no article.

Pure. Sources: what Pocket, Instapaper, Raindrop, Readwise and Meltwater export, as programs that read it name
the columns. A table that has a text as well is no longer one of these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ingest.exports import highlights
from ingest.exports.left_out import ADDRESS
from ingest.schema.columns import USUAL
from ingest.schema.delivery import DeliveredArticle, LeftOut

Rows = Iterable[dict[str, str]]
Reader = Callable[[Rows], Iterator[DeliveredArticle | LeftOut]]

_ADDRESSES = (
    frozenset({"title", "url", "time_added", "tags", "status"}),  # Pocket
    frozenset({"url", "title", "selection", "folder", "timestamp"}),  # Instapaper
    frozenset({"title", "note", "excerpt", "url", "folder", "tags", "created"}),  # Raindrop
    frozenset({"title", "url", "id", "document tags", "saved date"}),  # Readwise Reader
    frozenset({"url", "title", "seendate", "domain"}),  # GDELT, as gdeltdoc has it
    frozenset({"url", "mobileurl", "date", "title"}),  # GDELT
)
_MELTWATER = frozenset({"date", "url", "opening text", "hit sentence"})
_BETWEEN = "\n[…]\n"


def reader_of_table(names: Iterable[str]) -> Reader | None:
    """Return what reads a table with these columns, whose rows have their names in lower case; else None."""
    columns = {name.strip().casefold() for name in names}
    if not columns.isdisjoint((*USUAL.text, *USUAL.html)):
        return None
    if any(form <= columns for form in _ADDRESSES):
        return lambda rows: (ADDRESS for _ in rows)
    if columns >= highlights.COLUMNS:
        return highlights.read_highlights
    return _read_meltwater if columns >= _MELTWATER else None


def _read_meltwater(rows: Rows) -> Iterator[DeliveredArticle | LeftOut]:
    """Yield what Meltwater shows of an article: how it opens and the sentence that was found, an excerpt."""
    for row in rows:
        opening, sentence = row.get("opening text", "").strip(), row.get("hit sentence", "").strip()
        passages = [opening, "" if sentence in opening else sentence]
        text = _BETWEEN.join(filter(None, passages))
        if not text:
            yield ADDRESS
            continue
        yield DeliveredArticle(
            text=text,
            title=row.get("headline") or row.get("title") or "",
            outlet=row.get("source name") or row.get("source") or "",
            author=row.get("author name") or row.get("influencer") or "",
            published_at=row.get("date", ""),
            url=row.get("url", ""),
            excerpt=True,
            place=row.get("document id") or row.get("url") or "",
        )
