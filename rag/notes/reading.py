"""Notes as they are read: each with its article, and with where its words are in the text by now.

Knows a library by what is asked of it here. Nothing is written: where a mark is follows from what it points
at, from the texts that its article had, and from the text that it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from rag.notes.anchoring import found_again, hash_of
from rag.notes.store import Note, NoteTable, Place
from rag.notes.wording import has_words
from rag.schema.article import Article, Span

Standing = Literal["article", "marked", "lost", "removed"]
_AT_ONCE = 200  # articles


class Library(Protocol):
    """The library that the notes are of."""

    notes: NoteTable
    revisions: Any
    embargoes: Any

    def articles(self, ids: Sequence[str], /) -> list[Article]:
        """Return these articles; those that aren't there or are damaged are left out."""
        ...


@dataclass(frozen=True, slots=True)
class FoundNote:
    """A note with its article as it is now; None for one that is no longer there.

    `span` is where the marked words are in `article.text`; None for a note on the whole article, and where
    they aren't in the text any more, or not for certain.
    """

    note: Note
    article: Article | None
    span: Span | None = None

    @property
    def quote(self) -> str:
        """Return the marked words as they stand in the text; empty where there are none."""
        return self.article.text[self.span.start : self.span.end] if self.article and self.span else ""

    @property
    def standing(self) -> Standing:
        """Say whether it is on the article, on words that are there, on some that aren't, or on none."""
        if self.article is None:
            return "removed"
        return "article" if self.note.place is None else "marked" if self.span else "lost"


def on_article(library: Library, article: Article, user: str) -> list[FoundNote]:
    """Return the user's notes on an article: on the whole first, then by place, what isn't there last."""
    return in_order(_placed(library.notes.of(article.id, user), article, library))


def listed(
    library: Library, user: str, words: str = "", among: Sequence[str] | None = None
) -> list[FoundNote]:
    """Return the user's notes, the one that changed last first.

    Args:
        library: The library.
        user: Whose notes.
        words: Each must be in the note, in the words that it marks, or in the article's title.
        among: The articles that count; None for all.
    """
    found = resolved(library, library.notes.listed(user, among))
    return [one for one in found if not words.strip() or _has(one, words)]


def resolved(library: Library, notes: Sequence[Note]) -> list[FoundNote]:
    """Return notes in their order, each with its article, without those whose article waits for its time."""
    by_article: dict[str, list[Note]] = {}
    for note in notes:
        by_article.setdefault(note.article_id, []).append(note)
    found: dict[str, FoundNote] = {}
    every = list(by_article)
    for ids in (every[start : start + _AT_ONCE] for start in range(0, len(every), _AT_ONCE)):
        there = {article.id: article for article in library.articles(ids)}
        for one in ids:
            placed = _of_article(by_article[one], there.get(one), library)
            found |= {each.note.id: each for each in placed}
    return [found[note.id] for note in notes if note.id in found]


def in_order(found: Iterable[FoundNote]) -> list[FoundNote]:
    """Return notes on an article by place: on the whole first, what isn't in the text last."""
    return sorted(found, key=_order)


def _of_article(notes: Sequence[Note], article: Article | None, library: Library) -> list[FoundNote]:
    """Return an article's notes; none as long as it waits for its time."""
    if article is not None:
        return _placed(notes, article, library)
    if library.embargoes.get(notes[0].article_id) is not None:
        return []
    return [FoundNote(note, None) for note in notes]


def _placed(notes: Sequence[Note], article: Article, library: Library) -> list[FoundNote]:
    present = hash_of(article.text) if any(note.place for note in notes) else ""
    moved = any(note.place and note.place.text_hash != present for note in notes)
    earlier = {hash_of(one.text): one.text for one in library.revisions.of(article.id)} if moved else {}
    return [FoundNote(note, article, _span(note.place, article.text, present, earlier)) for note in notes]


def _span(place: Place | None, text: str, present: str, earlier: Mapping[str, str]) -> Span | None:
    """Return where words are in a text, whose hash is `present`, that had these texts before."""
    if place is None:
        return None
    span = Span(place.start, place.end)
    if place.text_hash == present:
        return span
    before = earlier.get(place.text_hash)
    return None if before is None else found_again(before, span, text)


def _has(one: FoundNote, words: str) -> bool:
    return has_words(words, one.note.words, one.quote, one.article.title if one.article else "")


def _order(one: FoundNote) -> tuple[int, int, int, str]:
    if one.span is None:
        return (0 if one.note.place is None else 2), 0, 0, one.note.made_at
    return 1, one.span.start, one.span.end, one.note.made_at
