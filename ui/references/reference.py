"""An article → its reference: the fields that every format of references has, in one shape.

Pure. The source of a reference is where the article was published; a path is never one. Nothing is made up:
what isn't known of an article isn't there.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rag.schema.article import Article, Imprint, stated_day
from rag.schema.listing import CatalogueEntry
from ui.html.element import web_address
from ui.references.names import Name, names
from ui.references.writable import one_line

_PARTIAL = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2]))?")
_KEY_WORDS = re.compile(r"[a-z0-9]+")
_HASH = 6  # hexadecimal digits of the article's id in its key
_SHORT_WORDS = frozenset(
    ("le", "la", "les", "un", "une", "des", "du", "de", "l", "d", "en", "au", "aux", "a", "an", "the", "of",
     "in", "on", "to", "et", "and", "pour", "for",
     "avec", "with", "ce", "ces", "cette", "sur", "dans", "par", "il",
     "elle", "is", "at")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StatedDate:
    """A date as far as it is stated: year, year and month, or all three."""

    year: int
    month: int | None = None
    day: int | None = None

    @classmethod
    def of(cls, stated: str | None) -> StatedDate | None:
        """Return what an ISO 8601 string states; None if that isn't even a year."""
        if day := stated_day(stated):
            return cls(day.year, day.month, day.day)
        found = _PARTIAL.fullmatch(stated or "")
        if found is None or found[1] == "0000":
            return None
        return cls(int(found[1]), int(found[2]) if found[2] else None)

    @property
    def parts(self) -> tuple[int, ...]:
        """Return year, month and day, as far as they are stated."""
        return tuple(part for part in (self.year, self.month, self.day) if part is not None)

    @property
    def iso(self) -> str:
        """Return the date as ISO 8601 writes it: `2024`, `2024-03`, `2024-03-12`."""
        return "-".join([f"{self.year:04}", *(f"{part:02}" for part in self.parts[1:])])


@dataclass(frozen=True, slots=True)
class Reference:
    """What a newspaper article is cited by. Lines of text, without what is unknown.

    `key` is ASCII, the same at each export, and no other article's in the same list. `accessed` is when the
    text was read at `url`: None for one that came as a file. `remarks` are the reader's own notes.
    """

    article_id: str
    key: str
    title: str
    authors: tuple[Name, ...] = ()
    outlet: str = ""
    issued: StatedDate | None = None
    updated: StatedDate | None = None
    accessed: StatedDate | None = None
    url: str = ""
    language: str = ""
    section: str = ""
    page: str = ""
    identity: str = ""
    excerpt: bool = False
    remarks: tuple[str, ...] = ()


def with_remarks(found: Iterable[Reference], remarks: Mapping[str, Sequence[str]]) -> list[Reference]:
    """Return references with what their reader noted on the articles, by article id."""
    return [replace(one, remarks=tuple(remarks.get(one.article_id, ()))) for one in found]


def reference(article: Article | CatalogueEntry) -> Reference:
    """Return the reference of one article."""
    return references([article])[0]


def references(articles: Iterable[Article | CatalogueEntry]) -> list[Reference]:
    """Return the references of articles in their order, each article once, no two with the same key."""
    found: dict[str, Reference] = {}
    owners: dict[str, str] = {}
    for article in articles:
        article_id = article.id if isinstance(article, Article) else article.article_id
        if article_id in found:
            continue
        digest = hashlib.sha256(article_id.encode("utf-8", "surrogatepass")).hexdigest()
        made = _reference(article, article_id)
        stem = _stem(made)
        candidates = (f"{stem}-{digest[:digits]}" for digits in range(_HASH, len(digest) + 1))
        key = next(one for one in candidates if owners.setdefault(one, article_id) == article_id)
        found[article_id] = replace(made, key=key)
    return list(found.values())


def address(article: Article | CatalogueEntry) -> str:
    """Return where an article was published, an http or https address; empty where that isn't known."""
    found = web_address(article.canonical_url or "") or web_address(article.source)
    return found[0] if found else ""


def _reference(article: Article | CatalogueEntry, article_id: str) -> Reference:
    outlet = one_line(article.outlet or "")
    known = Reference(
        article_id,
        "",
        one_line(article.title),
        names(one_line(article.author or ""), outlet),
        outlet,
        StatedDate.of(article.published_at),
        url=address(article),
    )
    if not isinstance(article, Article):
        return known
    imprint = article.imprint or Imprint()
    updated = StatedDate.of(article.updated_at)
    return replace(
        known,
        updated=updated if updated != known.issued else None,
        accessed=StatedDate.of(article.ingested_at) if web_address(article.source) else None,
        language=one_line(article.language or ""),
        section=one_line(imprint.section or ""),
        page=one_line(imprint.page or ""),
        identity=one_line(imprint.identity or ""),
        excerpt=article.excerpt,
    )


def _stem(made: Reference) -> str:
    """Return who, when and what, in ASCII: `legoff2024pont`."""
    who = made.authors[0].family or made.authors[0].literal if made.authors else made.outlet
    year = f"{made.issued.year:04}" if made.issued else "nd"
    words = [word for word in _ascii_words(made.title) if word not in _SHORT_WORDS and len(word) > 1]
    return f"{''.join(_ascii_words(who))[:20] or 'article'}{year}{(words or [''])[0][:20]}"


def _ascii_words(words: str) -> Sequence[str]:
    plain = "".join(c for c in unicodedata.normalize("NFKD", words.lower()) if not unicodedata.combining(c))
    return _KEY_WORDS.findall(plain)
