"""Opens the tables of a library, in a file or in a database."""

from __future__ import annotations

from rag.errors import ConfigError
from rag.storage.database import Database, Place
from rag.storage.sqlite import REMEDY, SqliteFile


def open_database(place: Place, file: str, schema: str, remedy: tuple[str, str] = REMEDY) -> Database:
    """Open tables of a library: those in `file` of its folder, or those in `schema` of its database.

    `remedy` is what to do about a damaged file, in English and in French, as it ends a sentence.

    Raises:
        ConfigError: The database can't be used by this installation.
    """
    if place.url is None:
        return SqliteFile(place.folder / file, remedy)
    try:
        from rag.storage.postgres import PostgresDatabase  # an extra
    except ImportError:
        raise ConfigError(
            "library.url: needs PostgreSQL's client; run `pip install 'sourcier[postgres]'`.",
            "library.url : le client de PostgreSQL manque ; lancez `pip install 'sourcier[postgres]'`.",
        ) from None
    return PostgresDatabase(place.url, schema, place.folder)
