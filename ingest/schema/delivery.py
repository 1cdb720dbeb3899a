"""What an agency or a press database says of an article that it delivers, beside what the article states.

Pure. Knows no format: `ingest.wires` and `ingest.press` read them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["usable", "withheld", "canceled"]

_IMPRINT = ("section", "page", "rights")
_WITHHELD = frozenset({"withheld", "embargoed", "embargo"})
_CANCELED = frozenset({"canceled", "cancelled", "killed", "kill", "withdrawn"})


@dataclass(frozen=True, slots=True)
class Delivery:
    """How an article is delivered.

    `identity` is what its provider knows it by, in whatever file it comes: '' if it says none. `moment` is
    when this version was made, `embargo` before when no version may be published; both ISO 8601 or None.
    `status` is IPTC's publishing status: what is withheld isn't to be published, what is canceled was
    withdrawn. `sender` is the host that sent it, '' of a file: what one sends says nothing of what another
    sent, nor of the user's files.
    """

    identity: str = ""
    moment: str | None = None
    status: Status = "usable"
    embargo: str | None = None
    sender: str = ""

    @property
    def known_as(self) -> str:
        """What tells the article from those of other senders; '' if it has no identity."""
        return f"{self.sender} {self.identity}" if self.sender and self.identity else self.identity


@dataclass(frozen=True, slots=True)
class DeliveredArticle:
    """One article out of a delivery: values as they were found, made uniform when the record is read.

    `text` is plain, `html` has markup and is used when there is no `text`. Dates are ISO 8601 or ''.
    `excerpt`: the text is only part of the article's. `place` is what it is known by within its file, where
    its provider's identity for it says nothing outside of that: an article with an address is known by it.
    """

    text: str = ""
    html: str = ""
    title: str = ""
    outlet: str = ""
    author: str = ""
    language: str = ""
    published_at: str = ""
    updated_at: str = ""
    url: str = ""
    section: str = ""
    page: str = ""
    rights: str = ""
    excerpt: bool = False
    place: str = ""
    delivery: Delivery = Delivery()

    def fields(self) -> dict[str, str | bool]:
        """Return what it states, as the fields of a record; those that are empty are left out."""
        named = ("title", "outlet", "author", "language", "published_at", "updated_at", "url", *_IMPRINT)
        stated = {name: value for name in named if (value := getattr(self, name))}
        body = {"text": self.text} if self.text or not self.html else {"html": self.html}
        identity = {"identity": self.delivery.identity} if self.delivery.identity else {}
        excerpt = {"excerpt": True} if self.excerpt else {}
        return {**body, **stated, **identity, **excerpt}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An entry of an export that isn't an article to read, by its kind: a draft, an address alone."""

    kind: str


@dataclass(frozen=True, slots=True)
class Filed:
    """An article whose text is in a file beside the export, the first of `files` that is there and is read.

    `article` is what the export states of it, with the text that stands for it where there is no file.
    """

    article: DeliveredArticle
    files: tuple[str, ...]


def status_of(stated: object) -> Status:
    """Return the publishing status that a word means, with or without its vocabulary (`stat:usable`).

    None and words that no vocabulary of the IPTC has mean usable, which is the default of all of them.
    """
    word = str(stated or "").strip().rpartition(":")[2].rpartition("/")[2].casefold()
    if word in _WITHHELD:
        return "withheld"
    return "canceled" if word in _CANCELED else "usable"


def identity_of(stated: object, provider: str = "") -> str:
    """Return an identity out of what is stated: a URI as it is, any other with its provider's name."""
    name = " ".join(str(stated or "").split())
    if not name or len(name) > 500:
        return ""
    return name if ":" in name else f"{' '.join(provider.split())[:200]}:{name}"
