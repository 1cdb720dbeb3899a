"""Which column of a table holds what: names that tables give to the same thing, or the user's own.

Pure. Knows neither files nor formats: a row is a mapping of names to values of any type.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import lru_cache
from typing import Self

from rag.errors import ConfigError, UserError
from rag.text.normalization import fold

_SHOWN = 12
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Columns:
    """For each thing that a record states, the columns that may hold it, best first.

    `html` is text with markup, used when there is no `text`. Case, accents, spaces and hyphens of a name
    don't matter; `source.name` is the `name` within `source`. `named` are the fields that the user chose: a
    table without such a column isn't read.
    """

    text: tuple[str, ...] = (
        "text", "body", "content", "article", "article_body", "articlebody", "full_text", "fulltext",
        "content_text", "contenu", "texte", "corps", "corps_du_texte",
    )  # fmt: skip
    html: tuple[str, ...] = ("html", "content_html", "body_html", "raw_html", "contenu_html")
    title: tuple[str, ...] = ("title", "headline", "titre")
    url: tuple[str, ...] = ("canonical_url", "url", "link", "permalink", "web_url", "lien")
    published_at: tuple[str, ...] = (
        "published_at", "publishedat", "date_published", "datepublished", "publication_date", "published",
        "pub_date", "pubdate", "publish_date", "date_publication", "date_de_publication", "publie_le",
        "date", "jour",
    )  # fmt: skip
    updated_at: tuple[str, ...] = (
        "updated_at", "updatedat", "date_modified", "datemodified", "modified_at", "modified", "updated",
        "date_de_mise_a_jour", "mis_a_jour_le",
    )  # fmt: skip
    author: tuple[str, ...] = ("author", "authors", "byline", "creator", "auteur", "auteurs")
    outlet: tuple[str, ...] = (
        "outlet", "source", "source_name", "publisher", "publication", "site_name", "newspaper", "journal",
        "media",
    )  # fmt: skip
    language: tuple[str, ...] = ("language", "lang", "langue")
    id: tuple[str, ...] = ("id", "guid", "uuid", "article_id", "identifiant")
    named: frozenset[str] = frozenset()

    @classmethod
    def of(cls, names: Mapping[str, str]) -> Self:
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
        return replace(cls(), **chosen, named=frozenset(names))

    def check(self, header: Iterable[str]) -> None:
        """Raise UserError if a table with these columns has no text, or lacks a column that was chosen."""
        row = _Names(dict.fromkeys(header))
        self._require_text(row)
        for field in sorted(self.named):
            (name,) = getattr(self, field)
            if not row.has(name):
                raise UserError(
                    f"it has no column {name}; its columns are {row.listed()}.",
                    f"il n'a pas de colonne {name} ; ses colonnes sont {row.listed()}.",
                )

    def pick(self, values: Mapping[str, object]) -> dict[str, object]:
        """Field → the first value of the row that isn't empty.

        Raises:
            UserError: No column holds a text.
        """
        row = _Names(values)
        self._require_text(row)
        picked = {field: row.first(getattr(self, field)) for field in FIELDS}
        return {field: value for field, value in picked.items() if value is not None}

    def _require_text(self, row: _Names) -> None:
        if not any(map(row.has, (*self.text, *self.html))):
            raise UserError(
                f"no column holds the article's text (it has: {row.listed()}); name one text or"
                " content, or say in the configuration which it is.",
                f"aucune colonne ne contient le texte de l'article (il a : {row.listed()}) ; nommez-en une"
                " texte ou contenu, ou dites dans la configuration laquelle c'est.",
            )


class _Names:
    """A row by the simple forms of its columns' names."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._names = list(values)
        self._values: dict[str, object] = {}
        for name, value in values.items():
            self._values.setdefault(_simple(str(name)[:_LONGEST_NAME]), value)

    def has(self, name: str) -> bool:
        return self._find(name)[0]

    def first(self, names: Iterable[str]) -> object:
        found = (plain(self._find(name)[1]) for name in names)
        return next((value for value in found if value not in (None, "", [], {})), None)

    def listed(self) -> str:
        names = [" ".join(str(name).split())[:40] for name in self._names[:_SHOWN]]
        return ", ".join([*names, "…"] if len(self._names) > _SHOWN else names) or "–"

    def _find(self, name: str) -> tuple[bool, object]:
        """Return whether the row has a column of this name, and its value."""
        simple = _simple(name)
        if simple in self._values:
            return True, self._values[simple]
        outer, dot, inner = simple.partition(".")
        nested = self._values.get(outer) if dot else None
        return _Names(nested)._find(inner) if isinstance(nested, Mapping) else (False, None)


@lru_cache(maxsize=4096)
def _simple(name: str) -> str:
    return fold(name).strip().replace(" ", "_").replace("-", "_").lstrip("\ufeff")


FIELDS = tuple(field.name for field in fields(Columns) if field.name != "named")
USUAL = Columns()


def plain(value: object) -> object:
    """Return a value of a cell as JSON has it: dates as ISO 8601, whatever else isn't known as its words."""
    if value is None or isinstance(value, (str, bool, int, list, dict)):
        return value
    if value != value:  # not a number: how tables write that a cell is empty
        return None
    return value.isoformat() if isinstance(value, date) else str(value)
