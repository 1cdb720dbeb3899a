"""Followed sources as words and HTML: no name, address or reason is markup; each state has its sentence."""

from __future__ import annotations

import base64
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from desk import Desk
from hypothesis import given
from hypothesis import strategies as st

from ingest.following.opml import MAX_BYTES, RefusedOutline
from ingest.following.sources import Imported, ListedSource
from rag.config import SourceSettings
from rag.engine.factory import build_chain
from rag.errors import UserError
from rag.followed.readings import Reading, ReadingFailure
from rag.followed.store import FollowedSource
from ui.following.desk import PAGE, ShownSources, SourcesDesk
from ui.following.html import panel_html, reading_html
from ui.following.panel import _take_list
from ui.following.reader import ReadingView
from ui.following.wording import ago_text, every_text, next_text, reading_text, source_name
from ui.page.context import AppContext

HOSTILE = '"><img src=x onerror=alert(1)><script>alert(1)</script>'
NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
PLACE = "https://a.example/rss"
READ = Reading(PLACE, "2026-01-05T11:00:00+00:00", "2026-01-05T11:55:00+00:00", "read", 3, 0, 12)


@pytest.fixture
def newsroom(tmp_path: Path):
    with closing(Desk(tmp_path)) as desk:
        yield AppContext(desk.parts, build_chain(desk.parts, None), may_read_paths=lambda: True)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("place", [PLACE, f"/home/{HOSTILE}", f"javascript:{HOSTILE}"])
def test_nothing_that_others_say_becomes_markup(language: str, place: str):
    failure = ReadingFailure(HOSTILE, HOSTILE, HOSTILE)
    reading = replace(READ, outcome="failed", failures=(failure,), moved_to=HOSTILE)
    settings = SourceSettings(url=place) if "://" in place else SourceSettings(path=place)
    source = ListedSource(settings, place, HOSTILE, HOSTILE, reading=reading)
    shown = ShownSources(
        (source, replace(source, in_config=True)),
        ((reading, READ), ()),
        count=2,
        failing=2,
        paused=0,
        page=1,
        pages=3,
    )
    imported = Imported((), (RefusedOutline(HOSTILE, HOSTILE, HOSTILE),))
    tags = _Tags()
    tags.feed(panel_html(shown, language, NOW, True, True, True, HOSTILE, imported))
    view = ReadingView(True, place=HOSTILE, error=UserError(HOSTILE, HOSTILE))
    tags.feed(reading_html(view, language))
    assert tags.tags.isdisjoint({"script", "img"})
    assert "javascript:" not in str(panel_html(shown, language, NOW)).split("href=")[-1][:20]


@pytest.mark.parametrize(
    ("reading", "french", "english"),
    [
        (None, "Jamais lue", "Never read"),
        (
            READ,
            "Lue il y a 5 minutes : 3 articles ajoutés · 12 articles inchangés",
            "Read 5 minutes ago: 3 articles added · 12 articles unchanged",
        ),
        (
            replace(READ, new=0, unchanged=0),
            "Lue il y a 5 minutes : rien de nouveau",
            "Read 5 minutes ago: nothing new",
        ),
        (
            replace(READ, outcome="unmodified", new=0, unchanged=0),
            "Lue il y a 5 minutes : rien de nouveau (le serveur répond que rien n'a changé)",
            "Read 5 minutes ago: nothing new (its server answers that nothing has changed)",
        ),
        (
            replace(
                READ, outcome="failed", new=0, unchanged=0, failed=1,
                failures=(ReadingFailure(PLACE, f"{PLACE}: it is shut.", f"{PLACE} : elle est fermée."),),
            ),
            "Échec il y a 5 minutes : elle est fermée",
            "Failed 5 minutes ago: it is shut",
        ),
        (
            replace(
                READ, unchanged=0, failed=1, removed=1,
                failures=(ReadingFailure("x", "x: it is shut.", "x : elle est fermée."),),
            ),
            "Lue il y a 5 minutes : 3 articles ajoutés · 1 article retiré · 1 refus (x : elle est fermée)",
            "Read 5 minutes ago: 3 articles added · 1 article removed · 1 refused (x: it is shut)",
        ),
        (
            replace(READ, outcome="open", ended_at=None),
            "Lecture commencée il y a 1 heure et pas terminée : en cours, ou interrompue ; ce qui était lu"
            " est gardé",
            "A reading began 1 hour ago and hasn't ended: under way, or interrupted; what was read is kept",
        ),
        (
            replace(READ, outcome="stopped", unchanged=0),
            "Arrêtée il y a 5 minutes : 3 articles ajoutés",
            "Stopped 5 minutes ago: 3 articles added",
        ),
    ],
)  # fmt: skip
def test_what_came_of_a_reading_is_one_line(reading: Reading | None, french: str, english: str):
    assert reading_text(reading, NOW, "fr") == french
    assert reading_text(reading, NOW, "en") == english


def test_moments_and_intervals_are_in_words():
    ago = [
        timedelta(seconds=-5),
        timedelta(seconds=59),
        timedelta(minutes=1),
        timedelta(hours=30),
        timedelta(days=9),
    ]
    assert [ago_text((NOW - one).isoformat(), NOW, "fr") for one in ago] == [
        "à l'instant",
        "à l'instant",
        "il y a 1 minute",
        "il y a 1 jour",
        "il y a 9 jours",
    ]
    assert every_text(SourceSettings(url=PLACE), "fr") == "toutes les 15 minutes"
    assert every_text(SourceSettings(url=PLACE, every="1h"), "fr") == "toutes les heures"
    assert every_text(SourceSettings(path="f"), "fr") == "à chaque changement, sous sourcier watch"
    source = ListedSource(SourceSettings(url=PLACE, every="2h"), PLACE, reading=READ)
    assert next_text(source, NOW, "fr") == "À relire dans 1 heure"
    assert next_text(source, NOW + timedelta(hours=2), "fr") == "À relire dès maintenant"
    assert next_text(replace(source, paused_at="2026"), NOW, "fr") == ""
    assert source_name(source) == "a.example/rss"


# --- the desk ---


def test_those_that_fail_come_first_and_pages_are_turned(newsroom: AppContext):
    library = newsroom.library
    for number in range(PAGE + 3):
        library.followed.add(FollowedSource(f"https://a.example/{number:02}"))
    failing = "https://a.example/22"
    library.readings.end(
        library.readings.begin(failing, READ.begun_at), replace(READ, place=failing, outcome="failed")
    )
    desk = SourcesDesk(newsroom)
    first, last = desk.shown(0), desk.shown(99)
    assert [one.place[-2:] for one in first.sources[:3]] == ["22", "00", "01"]
    assert (first.count, first.failing, first.pages, first.histories[0][0].outcome) == (
        PAGE + 3,
        1,
        2,
        "failed",
    )
    assert (last.page, len(last.sources)) == (2, 3)


def test_only_who_runs_the_page_follows_folders(newsroom: AppContext, tmp_path: Path):
    (tmp_path / "articles" / "a.txt").write_text("Le pont a rouvert.")
    desk, folder = SourcesDesk(newsroom), str(tmp_path / "articles")
    with pytest.raises(UserError, match="folders of the server"):
        desk.add(folder, "", "", user="ada")
    assert desk.add(folder, "", "6h", user="") == folder
    object.__setattr__(newsroom, "may_read_paths", lambda: False)
    with pytest.raises(UserError, match="folders of the server"):
        desk.add(str(tmp_path), "", "", user="")


def test_a_list_that_was_taken_in_is_told_of_once(newsroom: AppContext):
    desk = SourcesDesk(newsroom)
    take, token = _take_list(desk), "0" * 32
    opml = b'<opml><body><outline text="a" xmlUrl="https://a.example/rss"/></body></opml>'
    assert take({"token": token, "data": base64.b64encode(opml).decode()}, "", "") == {"taken": True}
    assert [one.name for one in desk.imported(token).added] == ["a"]
    assert desk.imported(token) is None
    too_large = base64.b64encode(b" " * (MAX_BYTES + 1)).decode()
    assert take({"token": token, "data": too_large}, "", "") == {"taken": True}
    with pytest.raises(UserError, match="1 MB at most"):
        desk.imported(token)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(said=json_values | st.fixed_dictionaries({"token": json_values, "data": json_values}))
def test_whatever_a_script_sends_for_a_list_is_answered(said: object):
    class _Taken:
        def take_list(self, token: str, data: bytes) -> None:
            assert isinstance(token, str) and isinstance(data, bytes)

    assert _take_list(_Taken())(said, "", "")["taken"] in (True, False)


def test_what_isnt_meant_changes_nothing(newsroom: AppContext):
    desk = SourcesDesk(newsroom)
    newsroom.library.followed.add(FollowedSource(PLACE))
    desk.change("drop table", PLACE)
    with pytest.raises(UserError, match="doesn't say that it has moved"):
        desk.change("move", PLACE)
    with pytest.raises(UserError, match="not an interval"):
        desk.change("every", PLACE, "x")
    assert len(newsroom.library.followed.listed()) == 1
