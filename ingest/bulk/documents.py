"""What goes to a worker and what comes back: documents, and what was made of them. Knows no Ray."""

from __future__ import annotations

from dataclasses import dataclass, field

from ingest.schema.document import SourceDocument
from ingest.schema.metadata import StatedMetadata
from rag.errors import UserError
from rag.index.multivector import PassageVectors
from rag.schema.article import Article, Passage


@dataclass(frozen=True, slots=True)
class Document:
    """The bytes of one document, and what a reader is told of them."""

    data: bytes = field(repr=False)
    source: str
    key: str
    format: str
    stated: StatedMetadata
    known: StatedMetadata

    @classmethod
    def of(cls, item: SourceDocument, data: bytes) -> Document:
        """Return a document whose bytes have been read."""
        return cls(data, item.source, item.key, item.format, item.stated, item.known)


@dataclass(frozen=True, slots=True)
class Prepared:
    """An article as it was read, its passages, and a sketch of each."""

    article: Article
    passages: tuple[Passage, ...]
    sketches: tuple[PassageVectors, ...] = field(repr=False)

    def is_of(self, article: Article) -> bool:
        """Return whether an article would be cut and encoded as this one was: its id makes no difference."""
        return _read_of(self.article) == _read_of(article)


@dataclass(frozen=True, slots=True)
class Refused:
    """What a reader said of a document that it can't read."""

    english: str
    french: str

    @property
    def error(self) -> UserError:
        """The same as the reader raised it."""
        return UserError(self.english, self.french)


# None: its reader fails in a way that none is expected to; whoever asked for it reads it and sees.
Made = Prepared | Refused | None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a worker made of a block of documents, in their order; or `other`, if it isn't the same program.

    `other` names what the worker is: its version, its readers, its encoder.
    """

    made: tuple[Made, ...] = ()
    other: str = ""


def _read_of(article: Article) -> tuple[str | None, ...]:
    return (article.text, article.title, article.outlet, article.language, article.published_at)
