"""A PostgreSQL database behaves to its users as a SQLite file does, and says in a sentence what is wrong."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import closing

import postgres_server
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.errors import LibraryBusyError, LibraryError, SourcierError
from rag.storage import dialect
from rag.storage.migrations import statements
from rag.storage.postgres import PostgresDatabase
from rag.storage.postgres_leases import _enter

STEPS = (
    statements("CREATE TABLE IF NOT EXISTS things (name TEXT PRIMARY KEY, user TEXT, size INTEGER) STRICT"),
)


@pytest.fixture
def database(postgres: str) -> Iterator[PostgresDatabase]:
    with closing(PostgresDatabase(postgres)) as made:
        made.migrate(STEPS)
        yield made


def names(database: PostgresDatabase) -> list[str]:
    with database.connection() as db:
        return [row[0] for row in db.execute("SELECT name FROM things ORDER BY name")]


def test_what_fails_leaves_nothing_and_a_transaction_inside_belongs_to_the_one_around(
    database: PostgresDatabase,
) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction() as outer:
        with database.transaction() as inner:
            assert inner is outer
            inner.execute("INSERT INTO things VALUES (?, ?, ?)", ("a", None, 1))
        raise ZeroDivisionError
    assert names(database) == []
    with database.transaction() as db:
        db.executemany("INSERT INTO things VALUES (?, ?, ?)", [("b", "x", 1), ("a", None, None)])
    assert names(database) == ["a", "b"]


def test_the_column_user_is_not_the_user_of_the_server(database: PostgresDatabase) -> None:
    with database.transaction() as db:
        db.executemany("INSERT INTO things VALUES (?, ?, 1)", [("a", "léa"), ("b", "tester")])
        found = db.execute("SELECT name, user FROM things WHERE user = ?1 OR ?1 IS NULL", ("léa",)).fetchall()
    assert found == [("a", "léa")]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.text(st.characters(exclude_categories=("Cs",)) | st.sampled_from("\0\U0010fffe\U0010ffff%?'\""))
)
def test_every_text_comes_back_as_it_was(database: PostgresDatabase, words: str) -> None:
    with database.connection() as db:
        assert db.execute("SELECT ?, '?%'", (words,)).fetchone() == (words, "?%")
        listed = db.execute("SELECT value FROM json_each(?)", (json.dumps([words, "a"]),)).fetchall()
    assert listed == [(words,), ("a",)]
    assert dialect.unescaped(dialect.escaped(words)) == words


def test_only_one_transaction_writes_at_a_time(database: PostgresDatabase) -> None:
    def count() -> None:
        for _ in range(20):
            with database.transaction() as db:
                (size,) = db.execute("SELECT size FROM things WHERE name = 'n'").fetchone()
                db.execute("UPDATE things SET size = ? WHERE name = 'n'", (size + 1,))

    with database.transaction() as db:
        db.execute("INSERT INTO things VALUES ('n', NULL, 0)")
    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.connection() as db:
        assert db.execute("SELECT size FROM things").fetchone() == (80,)


def test_a_connection_that_was_lost_is_made_anew(
    database: PostgresDatabase, postgres_server_of_tests: postgres_server.Server
) -> None:
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sourcier'"
    assert names(database) == []
    with psycopg.connect(postgres_server_of_tests.url(), autocommit=True) as other:
        other.execute(end)
        while other.execute(end).fetchall():
            pass
        assert names(database) == []  # it was idle: nobody notices
        with pytest.raises(LibraryError, match="connection to the server was lost") as told:  # noqa: SIM117
            with database.connection() as db:
                other.execute(end)
                db.execute("SELECT 1")
    assert "perdue" in told.value.text("fr")
    assert names(database) == []


@pytest.mark.parametrize(
    ("address", "english", "french"),
    [
        ("tester:not-to-be-told@{host}/none", "there is no such database", "n'existe pas"),
        ("tester:wrong-password@{host}/postgres", "refuses the user or the password", "refuse"),
        ("tester:secret-word@127.0.0.1:1/postgres", "can't be reached", "injoignable"),
    ],
)
def test_what_is_wrong_is_one_sentence_without_the_password(
    postgres_server_of_tests: postgres_server.Server, address: str, english: str, french: str
) -> None:
    host = f"127.0.0.1:{postgres_server_of_tests.port}"
    database = PostgresDatabase(f"postgresql://{address.format(host=host)}")
    with pytest.raises(SourcierError, match=english) as told, database.connection():
        pass
    assert french in told.value.text("fr")
    for word in (postgres_server.PASSWORD, "wrong-password", "secret-word"):
        assert word not in repr(told.value) + told.value.text("fr")


def test_a_database_that_cannot_hold_every_text_is_refused(
    postgres_server_of_tests: postgres_server.Server,
) -> None:
    with psycopg.connect(postgres_server_of_tests.url(), autocommit=True) as db:
        db.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    with closing(PostgresDatabase(postgres_server_of_tests.url("latin"))) as latin:
        with pytest.raises(LibraryError, match="in LATIN1; a library needs") as told:
            latin.migrate(STEPS)
        assert "l'encodage UTF8" in told.value.text("fr")


@pytest.mark.usefixtures("database")
def test_an_earlier_format_is_brought_to_the_present_one_unless_others_write(postgres: str) -> None:
    later = (*STEPS, ("CREATE TABLE IF NOT EXISTS others (name TEXT)",))
    with closing(PostgresDatabase(postgres)) as other:
        session = other.connect("00000000 7@elsewhere sourcier")
        _enter(session, other, alone=False)
        with pytest.raises(LibraryBusyError, match="process 7@elsewhere sourcier is writing"):
            other.migrate(later)
        session.close()
        assert not other.has_table("others")
        other.migrate(later)
        assert other.has_table("others")


def test_what_a_later_version_added_stays_when_an_earlier_one_opens(
    postgres: str, database: PostgresDatabase
) -> None:
    grown = ((*STEPS[0], "CREATE TABLE IF NOT EXISTS others (name TEXT)"),)
    with closing(PostgresDatabase(postgres)) as other:
        other.migrate(grown)
        with database.connection() as db:
            name = "FUNCTION instr(words text, word text) RETURNS integer"
            db.run(f"CREATE OR REPLACE {name} LANGUAGE sql AS 'SELECT 7'")
            database.migrate(STEPS)
            assert db.execute("SELECT instr('a', 'b')").fetchone() == (7,)
        assert other.has_table("others")


def test_a_later_format_is_refused(postgres: str, database: PostgresDatabase) -> None:
    with closing(PostgresDatabase(postgres)) as later:
        later.migrate((*STEPS, ("CREATE TABLE IF NOT EXISTS others (name TEXT)",)))
    with pytest.raises(LibraryError, match="another version of Sourcier"):
        database.migrate(STEPS)
