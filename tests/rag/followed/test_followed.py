"""Followed sources and their readings are kept: in an older library too, bounded, and after a crash."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from rag.errors import UserError
from rag.followed import store
from rag.followed.readings import KEPT, MOST_FAILURES, Reading, ReadingFailure
from rag.followed.store import FollowedSource, followed_in
from rag.library.library import FILE_NAME, SCHEMA, Library
from rag.storage.database import Place

OLDER = Path(__file__).parents[2] / "data" / "libraries"
FEED = FollowedSource("https://a.example/rss", "Le Phare", "Presse", "15m")
BEGUN, ENDED = "2026-01-05T12:00:00+00:00", "2026-01-05T12:00:09+00:00"
FAILURE = ReadingFailure("https://a.example/x", "gone (404).", "disparue (404).")


@pytest.mark.in_a_file
def test_what_is_followed_is_there_when_the_library_is_opened_again(tmp_path):
    with closing(Library(tmp_path)) as library:
        kept = library.followed.add(FEED)
        assert kept == replace(FEED, added_at=kept.added_at)
    with closing(Library(tmp_path)) as library:
        assert library.followed.listed() == [kept] == followed_in(Place(tmp_path), FILE_NAME, SCHEMA)


def test_a_source_is_paused_resumed_changed_and_removed(library):
    library.followed.add(FEED)
    library.followed.pause(FEED.place)
    paused_at = library.followed.get(FEED.place).paused_at
    assert paused_at is not None
    library.followed.pause(FEED.place)
    assert library.followed.get(FEED.place).paused_at == paused_at
    library.followed.resume(FEED.place)
    library.followed.set_every(FEED.place, "2h")
    assert (library.followed.get(FEED.place).paused_at, library.followed.get(FEED.place).every) == (
        None,
        "2h",
    )
    library.readings.begin(FEED.place, BEGUN)
    library.followed.remove(FEED.place)
    assert (library.followed.listed(), library.readings.of(FEED.place)) == ([], [])


@pytest.mark.parametrize("act", ["pause", "resume", "remove"])
def test_what_isnt_followed_says_so(library, act):
    with pytest.raises(UserError, match=r"https://b\.example/: no such source is followed"):
        getattr(library.followed, act)("https://b.example/")


def test_a_place_is_followed_once_and_there_are_not_too_many(library, monkeypatch):
    library.followed.add(FEED)
    with pytest.raises(UserError, match="followed already"):
        library.followed.add(FEED)
    monkeypatch.setattr(store, "MOST", 1)
    with pytest.raises(UserError, match="1 sources are followed already"):
        library.followed.add(FollowedSource("https://b.example/rss"))


def test_what_moves_takes_its_readings_along(library):
    library.followed.add(FEED)
    number = library.readings.begin(FEED.place, BEGUN)
    library.readings.end(
        number, Reading(FEED.place, BEGUN, ENDED, "read", 2, moved_to="https://b.example/rss")
    )
    library.followed.move(FEED.place, "https://b.example/rss")
    (moved,) = library.followed.listed()
    assert (moved.place, moved.name) == ("https://b.example/rss", "Le Phare")
    assert library.readings.of(moved.place) == [Reading(moved.place, BEGUN, ENDED, "read", 2)]


def test_a_reading_is_kept_as_it_was_and_only_the_last_ones_are(library):
    failures = (FAILURE,) * (MOST_FAILURES + 2)
    for count in range(KEPT + 3):
        number = library.readings.begin(FEED.place, BEGUN)
        reading = Reading(FEED.place, BEGUN, ENDED, "read", count, 1, 2, 3, 7, failures, "https://b.example/")
        library.readings.end(number, reading)
    library.readings.begin("https://b.example/rss", BEGUN)
    kept = library.readings.of(FEED.place)
    assert [one.new for one in kept] == [*range(KEPT + 2, 2, -1)]
    assert kept[0] == replace(reading, failures=failures[:MOST_FAILURES])
    assert library.readings.latest() == {
        FEED.place: kept[0],
        "https://b.example/rss": Reading("https://b.example/rss", BEGUN),
    }


def test_a_reading_that_was_never_ended_has_brought_nothing_and_says_that_it_is_open(library):
    library.readings.begin(FEED.place, BEGUN)
    (reading,) = library.readings.of(FEED.place)
    assert (reading.outcome, reading.ended_at, reading.at) == ("open", None, BEGUN)


def test_the_reading_of_a_source_that_was_removed_meanwhile_stays_away(library):
    library.followed.add(FEED)
    number = library.readings.begin(FEED.place, BEGUN)
    library.followed.remove(FEED.place)
    library.readings.end(number, Reading(FEED.place, BEGUN, ENDED, "read"))
    assert library.readings.latest() == {}


@pytest.mark.in_a_file
@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_library_of_an_older_version_follows_nothing_yet(tmp_path, number):
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as db:
        db.executescript((OLDER / f"format-{number}.sql").read_text(encoding="utf-8"))
    assert followed_in(Place(tmp_path), FILE_NAME, SCHEMA) == []
    with closing(Library(tmp_path)) as library:
        library.followed.add(FEED)
    assert [one.place for one in followed_in(Place(tmp_path), FILE_NAME, SCHEMA)] == [FEED.place]


@pytest.mark.in_a_file
def test_where_there_is_no_library_nothing_is_followed_and_none_is_made(tmp_path):
    assert followed_in(Place(tmp_path), FILE_NAME, SCHEMA) == []
    assert list(tmp_path.iterdir()) == []
