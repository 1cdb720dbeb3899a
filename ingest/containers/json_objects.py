"""Objects of JSON → documents: news items in ninjs and known exports as articles, others as rows of a table.

Columns that the user chose are obeyed: then every object is a row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ingest.containers.delivered import Delivered
from ingest.containers.filed import file_of
from ingest.containers.records import Records, whole
from ingest.decoding.charset import decode
from ingest.exports.left_out import ADDRESS
from ingest.exports.objects import exported
from ingest.exports.service_answers import columns_of
from ingest.schema.delivery import DeliveredArticle, Filed, LeftOut
from ingest.schema.document import MAX_BYTES, Failure, Notice, SourceDocument, too_large
from ingest.wires.ninjs import is_ninjs, read_ninjs
from rag.errors import UserError


class JsonObjects:
    """The objects of one file."""

    def __init__(self, file: SourceDocument) -> None:
        self._file = file
        self._records = Records(file)
        self._delivered = Delivered(file)
        self._has_articles = False

    def take(self, row: int, value: Mapping[str, object]) -> SourceDocument | Failure | None:
        """Return what the object in `row` holds, counted as its format counts (from 1, or lines).

        None if it is something that exports have beside articles: `notices` count it.
        """
        try:
            found = self._article(value)
            if isinstance(found, LeftOut):
                self._delivered.tally.add(found)
                return None
            self._has_articles = True
            if found is not None:
                return self._delivered.take(row, found)
            return self._records.take(row, self._columns(value))
        except UserError as error:
            return self.failure(row, error)

    def whole(self, value: Mapping[str, object]) -> Iterator[SourceDocument | Failure | Notice]:
        """Yield a file that is one object: it has the file's own source and key.

        Raises:
            UserError: It is no article.
        """
        found = self._article(value)
        if isinstance(found, LeftOut):
            self._delivered.tally.add(found)
            yield from self.notices()
        elif found is not None:
            yield self._delivered.whole(found)
        else:
            yield from whole(self._file, self._columns(value))

    def notices(self) -> Iterator[Notice]:
        """Yield what was left out of the file, once all of it was taken.

        Raises:
            UserError: There was nothing else in it.
        """
        yield from self._delivered.tally.notices(self._file.source, self._has_articles)

    def failure(self, row: int, error: UserError) -> Failure:
        """Return why what is in `row` can't be read."""
        self._has_articles = True
        return self._records.failure(row, error)

    def is_known(self, value: Mapping[str, object]) -> bool:
        """Return whether an object is one article in a known form, whatever lists are in it."""
        return self._article(value) is not None or self._columns(value) is not value

    def _article(self, value: Mapping[str, object]) -> DeliveredArticle | LeftOut | None:
        if self._file.columns.named:
            return None
        found = read_ninjs(value) if is_ninjs(value) else exported(value)
        return self._with_text(found) if isinstance(found, Filed) else found

    def _with_text(self, found: Filed) -> DeliveredArticle | LeftOut:
        """Return an article with the text that is in its file; its address if there is no such file."""
        file = file_of(self._file, found)
        if file is None:
            return ADDRESS
        if len(file[1]) > MAX_BYTES:
            raise too_large(file[0])
        return replace(found.article, html=decode(file[1], html=True))

    def _columns(self, value: Mapping[str, object]) -> Mapping[str, object]:
        return value if self._file.columns.named else columns_of(value)
