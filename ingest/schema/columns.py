"""Which column of a table holds what: names that tables give to the same thing, or the user's own.

Pure. Knows neither files nor formats: a row is a mapping of names to values of any type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import lru_cache
from typing import Self

from ingest.schema.column_values import is_opaque
from ingest.schema.metadata import canonical_url, clean_line
from ingest.schema.metadata import names as stated_names
from rag.errors import ConfigError, UserError
from rag.text.normalization import fold

_SHOWN = 12
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Columns:
    """For each thing that a record states, the columns that may hold it, best first.

    `html` is text with markup, used when there is no `text`. Case, accents, spaces and hyphens of a name
    don't matter; `source.name` is the `name` within `source`. `named` are the fields that the user chose: a
    table without such a column isn't read. `day_first` is what the user says of dates such as 05/06/2024.
    """

    text: tuple[str, ...] = (
        "text", "body", "content", "article", "article_body", "articlebody", "full_text", "fulltext",
        "content_text", "maintext", "main_text", "contenu", "texte", "corps", "corps_du_texte",
    )  # fmt: skip
    html: tuple[str, ...] = ("html", "content_html", "body_html", "raw_html", "contenu_html")
    title: tuple[str, ...] = ("title", "headline", "titre")
    url: tuple[str, ...] = ("canonical_url", "url", "link", "permalink", "web_url", "lien")
    published_at: tuple[str, ...] = (
        "published_at", "publishedat", "date_published", "datepublished", "publication_date", "published",
        "pub_date", "pubdate", "publish_date", "date_publish", "date_publication", "date_de_publication",
        "publie_le", "date", "jour",
    )  # fmt: skip
    updated_at: tuple[str, ...] = (
        "updated_at", "updatedat", "date_modified", "datemodified", "date_modify", "modified_at", "modified",
        "updated",
        "date_de_mise_a_jour", "mis_a_jour_le",
    )  # fmt: skip
    author: tuple[str, ...] = ("author", "authors", "byline", "creator", "auteur", "auteurs")
    outlet: tuple[str, ...] = (
        "outlet", "source", "source_name", "publisher", "publication", "site_name", "newspaper", "journal",
        "media", "source_domain",
    )  # fmt: skip
    language: tuple[str, ...] = ("language", "lang", "langue")
    id: tuple[str, ...] = ("id", "guid", "uuid", "article_id", "identifiant")
    named: frozenset[str] = frozenset()
    day_first: bool | None = None

    @classmethod
    def of(cls, names: Mapping[str, str], day_first: bool | None = None) -> Self:
        """Return the usual columns, but for those chosen.

        `Columns.of({"text": "Corps", "published_at": "Jour"})`.

        Raises:
            ConfigError: For a field that records don't have.
        """
        known = FIELDS
        for field in names:
            if field not in known:
                raise ConfigError(
                    f"columns: unknown field {field}; the fields are {', '.join(known)}.",
                    f"columns : champ inconnu {field} ; les champs sont {', '.join(known)}.",
                )
        chosen = {field: (name,) for field, name in names.items()}
        return replace(cls(), **chosen, named=frozenset(names), day_first=day_first)

    def check(self, header: Iterable[str]) -> None:
        """Raise UserError if a table with these columns has no text, or lacks a column that was chosen."""
        row = NamedRow(dict.fromkeys(header))
        for field in sorted(self.named):
            (name,) = getattr(self, field)
            if not row.has(name):
                raise UserError(
                    f"it has no column {name}; its columns are {row.listed()}.",
                    f"il n'a pas de colonne {name} ; ses colonnes sont {row.listed()}.",
                )
        self._require_text(row)

    def pick(self, values: Mapping[str, object]) -> dict[str, object]:
        """Field → the first value of the row that isn't empty.

        An id, a hash, a number, a date or an address is no text. `source_url` is an address in a column for
        sources, which hold outlets in other tables.

        Raises:
            UserError: No column holds a text.
        """
        row = NamedRow(values)
        self._require_text(row)
        picked = {field: row.first(getattr(self, field)) for field in FIELDS if field not in _TEXTS}
        picked |= {field: row.first_text(getattr(self, field)) for field in _TEXTS}
        picked["outlet"] = row.first(self.outlet, stated_names)
        picked["source_url"] = row.first(_SOURCES, canonical_url)
        return {field: value for field, value in picked.items() if value is not None}

    def _require_text(self, row: NamedRow) -> None:
        if not any(map(row.has, (*self.text, *self.html))):
            raise UserError(
                f"no column holds the article's text (it has: {row.listed()}); name one text or"
                " content, or say in the configuration which it is.",
                f"aucune colonne ne contient le texte de l'article (il a : {row.listed()}) ; nommez-en une"
                " texte ou contenu, ou dites dans la configuration laquelle c'est.",
            )


@dataclass(frozen=True, slots=True)
class ColumnSample:
    """A column as it is shown to whoever is asked what it holds: its name and some of its values, cut."""

    name: str
    values: tuple[str, ...]


class MappingNeededError(UserError):
    """Raised for a table of which isn't known which column holds the text.

    `samples` are its columns; `command` is the line that reads it with the columns that seem right.
    """

    def __init__(self, english: str, french: str, samples: tuple[ColumnSample, ...], command: str) -> None:
        super().__init__(english, french)
        self.samples = samples
        self.command = command


class NamedRow:
    """A row by the simple forms of its columns' names."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._names = list(values)
        self._values: dict[str, object] = {}
        for name, value in values.items():
            self._values.setdefault(_simple(str(name)), value)

    def has(self, name: str) -> bool:
        """Return whether the row has a column of this name."""
        return self._find(name)[0]

    def first(self, names: Iterable[str], read: Callable[[object], object] = lambda _: "") -> object:
        """Return the first value under these names that isn't empty and that `read` can; else None."""
        found = (plain(self._find(name)[1]) for name in names)
        stated = (value for value in found if value not in (None, "", [], {}))
        return next((value for value in stated if read(value) is not None), None)

    def first_text(self, names: Iterable[str]) -> object:
        """Return the first value under these names that may be a text; None if there is none."""
        found = (plain(self._find(name)[1]) for name in names)
        return next((value for value in found if isinstance(value, str) and not is_opaque(value)), None)

    def listed(self) -> str:
        """Return the names of its columns, for messages."""
        names = [" ".join(str(name).split())[:40] for name in self._names[:_SHOWN]]
        return ", ".join([*names, "…"] if len(self._names) > _SHOWN else names) or "–"

    def _find(self, name: str) -> tuple[bool, object]:
        """Return whether the row has a column of this name, and its value."""
        simple = _simple(name)
        if simple in self._values:
            return True, self._values[simple]
        outer, dot, inner = simple.partition(".")
        nested = self._values.get(outer) if dot else None
        return NamedRow(nested)._find(inner) if isinstance(nested, Mapping) else (False, None)


@lru_cache(maxsize=4096)
def _simple(name: str) -> str:
    return fold(column_name(name)).replace(" ", "_").replace("-", "_")


def column_name(name: str) -> str:
    """Return the name of a column on one line, without what can't be seen, cut: as it can be typed."""
    return (clean_line(name.replace("\ufeff", ""), 4 * _LONGEST_NAME) or "")[:_LONGEST_NAME].rstrip()


_TEXTS = ("text", "html")
_SOURCES = ("source_url", "source")
FIELDS = tuple(field.name for field in fields(Columns) if field.name not in ("named", "day_first"))
USUAL = Columns()


def plain(value: object) -> object:
    """Return a value of a cell as JSON has it: dates as ISO 8601, whatever else isn't known as its words."""
    if value is None or isinstance(value, (str, bool, int, list, dict)):
        return value
    if value != value:  # not a number: how tables write that a cell is empty
        return None
    return value.isoformat() if isinstance(value, date) else str(value)
