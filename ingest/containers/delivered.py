"""Articles as agencies and press databases deliver them → a SourceDocument of format `record` each.

Knows neither their formats nor what becomes of an embargo: the pipeline has the clock and the library.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import blake2b

from ingest.exports.left_out import Tally
from ingest.schema.addresses import address_of
from ingest.schema.delivery import DeliveredArticle, Delivery, LeftOut
from ingest.schema.document import Failure, Notice, SourceDocument
from rag.errors import UserError


@dataclass
class Delivered:
    """The articles of one file. Two versions of one article are told apart by their places."""

    file: SourceDocument
    tally: Tally = field(default_factory=Tally)
    _seen: set[bytes] = field(default_factory=set)

    def take(self, row: int, article: DeliveredArticle) -> SourceDocument:
        """Return the article at place `row`, counted from 1."""
        data = json.dumps(article.fields(), sort_keys=True).encode()
        return SourceDocument(
            f"{self.file.source}#{row}",
            self.key(row, article.delivery.identity or article.place),
            "record",
            lambda _: data,
            self.file.origin,
            delivery=self._sent(article),
            container=self.file.key,
        )

    def failure(self, row: int, error: UserError) -> Failure:
        """Return why the article at place `row` can't be read."""
        source = f"{self.file.source}#{row}"
        return Failure(source, f"{source}: {error}", f"{source} : {error.text('fr')}")

    def whole(self, article: DeliveredArticle) -> SourceDocument:
        """Return the one article of a file: it has the file's own source and key."""
        data = json.dumps(article.fields(), sort_keys=True).encode()
        file = self.file
        return SourceDocument(
            file.source, file.key, "record", lambda _: data, file.origin, delivery=self._sent(article)
        )

    def all(
        self, found: Iterable[DeliveredArticle | UserError | LeftOut]
    ) -> Iterator[SourceDocument | Failure | Notice]:
        """Yield every article of a file that may hold several, in order; at the end what was left out.

        Raises:
            UserError: There is nothing in it but what is left out.
        """
        read = False
        for row, one in enumerate(found, start=1):
            if isinstance(one, LeftOut):
                self.tally.add(one)
                continue
            read = True
            yield self.failure(row, one) if isinstance(one, UserError) else self.take(row, one)
        yield from self.tally.notices(self.file.source, read)

    def _sent(self, article: DeliveredArticle) -> Delivery:
        address = address_of(self.file.key) if self.file.key.startswith(("http://", "https://")) else None
        return replace(article.delivery, sender=address.netloc if address else "")

    def key(self, row: int, identity: str) -> str:
        """Return the key of the article at place `row`: by its identity, if no other in the file has it."""
        if identity:
            # A file may have millions: of each identity only so much that no two are ever taken for one.
            digest = blake2b(identity.encode("utf-8", "surrogatepass"), digest_size=16).digest()
            if digest not in self._seen:
                self._seen.add(digest)
                return f"{self.file.key}#id={identity}"
        return f"{self.file.key}#{row}"
