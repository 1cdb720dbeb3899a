"""Rounds over a real outbox: each change once over each channel, whatever fails or is killed in between."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from told_changes import change

from rag.config import AtomSettings, NotifySettings
from rag.library.library import Library
from rag.notification import store
from rag.schema.standing import Change
from rag.storage.database import Place
from ui.notification.channel import NotSentError, Parcel
from ui.notification.notifier import Notifier


class Kept:
    """Changes, the latest first, as the library has them."""

    def __init__(self) -> None:
        self.of: dict[str, list[Change]] = {}

    def tell(self, *names: str, user: str = "") -> None:
        for name in names:
            told = replace(change(), id=name, told_at=datetime.now(UTC).isoformat(timespec="microseconds"))
            self.of.setdefault(user, []).insert(0, told)

    def changes(self, user: str, *, limit: int) -> list[Change]:
        return self.of.get(user, [])[:limit]


class Line:
    """A channel that fails, or is killed before or after sending, when it is told to."""

    def __init__(self, name: str = "email", users: tuple[str, ...] = ("",)) -> None:
        self.name, self.users = name, users
        self.trouble: BaseException | None = None
        self.killed_after = False
        self.sent: list[Parcel] = []

    def send(self, parcel: Parcel) -> None:
        if self.trouble:
            raise self.trouble
        self.sent.append(parcel)
        if self.killed_after:
            raise KeyboardInterrupt

    @property
    def ids(self) -> list[list[str]]:
        return [[one.id for one in parcel.changes] for parcel in self.sent]


@pytest.fixture
def library(place: Place) -> Iterator[Library]:
    with closing(Library(place)) as library:
        yield library


def notifier(library: Library, kept: Kept, *lines: Line, settings: NotifySettings | None = None) -> Notifier:
    return Notifier(library, kept, settings or NotifySettings(), "en", lines)


def test_each_change_is_told_once_and_none_of_before(library: Library):
    kept, line, told = Kept(), Line(), []
    kept.tell("old")
    rounds = notifier(library, kept, line)
    rounds.round(told.append)
    kept.tell("a", "b")
    rounds.round(told.append)
    notifier(library, kept, line).round(told.append)  # started anew
    kept.tell("c")
    rounds.round(told.append)
    assert (line.ids, told) == ([["b", "a"], ["c"]], [])


def test_what_failed_is_sent_once_more_under_its_id_and_what_came_meanwhile_after_it(library: Library):
    kept, line, told = Kept(), Line(), []
    rounds = notifier(library, kept, line)
    kept.tell("a")
    line.trouble = NotSentError("it is down", "il est en panne")
    rounds.round(told.append)
    kept.tell("b")
    rounds.round(told.append)
    assert told == [
        f"notify.email: it is down; the changes will be sent in a later round (attempt {n})." for n in (1, 2)
    ]
    line.trouble = None
    rounds.round(told.append)
    rounds.round(told.append)
    assert line.ids == [["a"], ["b"]]
    assert len(told) == 2


def test_a_channel_that_fails_holds_no_other_up(library: Library):
    kept, broken, good = Kept(), Line("webhook", ("", "ada")), Line("email")
    rounds = notifier(library, kept, broken, good)
    broken.trouble = NotSentError("it is down", "il est en panne")
    kept.tell("a")
    kept.tell("b", user="ada")
    rounds.round(lambda _: None)
    assert good.ids == [["a"]]
    broken.trouble = None
    rounds.round(lambda _: None)
    assert sorted(broken.ids) == [["a"], ["b"]]


def test_it_is_given_up_after_so_many_attempts(library: Library, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(store, "MOST_TRIES", 3)
    kept, line, told = Kept(), Line(), []
    rounds = notifier(library, kept, line)
    kept.tell("a")
    line.trouble = NotSentError("it is down", "il est en panne")
    for _ in range(3):
        rounds.round(told.append)
    assert "after 3 attempts this delivery is given up" in told[-1]
    line.trouble = None
    kept.tell("b")
    rounds.round(told.append)
    assert line.ids == [["b"]]


@pytest.mark.parametrize("after", [False, True])
def test_a_kill_while_sending_loses_nothing(library: Library, monkeypatch: pytest.MonkeyPatch, after: bool):
    kept, line = Kept(), Line()
    line.killed_after, line.trouble = after, None if after else KeyboardInterrupt()
    rounds = notifier(library, kept, line)
    kept.tell("a")
    with pytest.raises(KeyboardInterrupt):
        rounds.round(lambda _: None)
    line.killed_after, line.trouble = False, None
    kept.tell("b")
    rounds.round(lambda _: None)  # who was killed may be at it still
    assert line.ids[after:] == [["b"]]
    monkeypatch.setattr(store, "_TAKEN", timedelta(0))
    rounds.round(lambda _: None)
    assert line.ids[after:] == [["b"], ["a"]]
    ids = [parcel.delivery.id for parcel in line.sent if parcel.changes[0].id == "a"]
    assert len(set(ids)) == 1  # whoever gets it twice can tell


def test_the_library_opens_again_with_all_that_was_written(library: Library, place: Place):
    kept, line = Kept(), Line()
    rounds = notifier(library, kept, line)
    kept.tell("a", "b")
    rounds.round(lambda _: None)
    library.notifications.feed_token("ada")
    with closing(Library(place)) as again:  # which looks for damage
        assert again.notifications.waiting() == 0


def test_a_kill_before_anything_is_written_down_loses_nothing(library: Library):
    kept, line = Kept(), Line()
    notifier(library, kept, line)
    kept.tell("a")
    notifier(library, kept, line).round(lambda _: None)
    assert line.ids == [["a"]]


def test_what_is_gone_when_its_turn_comes_is_not_sent(library: Library):
    kept, line = Kept(), Line()
    rounds = notifier(library, kept, line)
    kept.tell("a", "b")
    line.trouble = NotSentError("it is down", "il est en panne")
    rounds.round(lambda _: None)
    line.trouble = None
    kept.of[""] = [one for one in kept.of[""] if one.id != "a"]
    rounds.round(lambda _: None)
    assert line.ids == [["b"]]
    kept.tell("c")
    line.trouble = NotSentError("it is down", "il est en panne")
    rounds.round(lambda _: None)
    kept.of[""], line.trouble = [], None
    rounds.round(lambda _: None)
    assert line.ids == [["b"]]
    assert library.notifications.waiting() == 0


def test_two_at_once_send_nothing_twice(library: Library):
    kept, line, other = Kept(), Line(), Line()
    rounds, others = notifier(library, kept, line), notifier(library, kept, other)
    kept.tell("a")
    send = line.send

    def meanwhile(parcel: Parcel) -> None:
        others.round(lambda _: None)
        send(parcel)

    line.send = meanwhile
    rounds.round(lambda _: None)
    assert (line.ids, other.ids) == ([["a"]], [])


def test_what_was_sent_long_ago_is_forgotten_and_not_sent_again(
    library: Library, monkeypatch: pytest.MonkeyPatch
):
    kept, line = Kept(), Line()
    rounds = notifier(library, kept, line)
    kept.tell("a")
    rounds.round(lambda _: None)
    monkeypatch.setattr(store, "_KEPT", timedelta(0))
    rounds.round(lambda _: None)
    rounds.round(lambda _: None)
    assert line.ids == [["a"]]


def test_the_file_of_the_feed_follows_and_a_folder_that_is_not_there_is_told(
    library: Library, tmp_path: Path
):
    kept, told, file = Kept(), [], tmp_path / "news.atom"
    rounds = notifier(library, kept, settings=NotifySettings(atom=AtomSettings(path=file)))
    rounds.round(told.append)
    file.chmod(0o644)
    assert feedparser.parse(file.read_bytes()).entries == []
    kept.tell("a")
    rounds.round(told.append)
    found = feedparser.parse(file.read_bytes())
    assert len(found.entries) == 1
    assert file.stat().st_mode & 0o777 == 0o644
    nowhere = NotifySettings(atom=AtomSettings(path=tmp_path / "none" / "news.atom"))
    notifier(library, kept, settings=nowhere).round(told.append)
    assert len(told) == 1
    assert "the feed can't be written" in told[0]


@settings(max_examples=20)  # each opens a library
@given(st.lists(st.sampled_from(["tell", "fail", "round", "kill"]), max_size=14))
def test_whatever_happens_each_change_arrives_and_only_a_kill_repeats_one(
    tmp_path_factory: pytest.TempPathFactory, happens: list[str]
):
    with (
        closing(Library(tmp_path_factory.mktemp("outbox"))) as library,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(store, "_TAKEN", timedelta(0))
        kept, line, told, kills = Kept(), Line(), 0, 0
        rounds = notifier(library, kept, line)
        for one in [*happens, "round"]:
            line.trouble = NotSentError("no", "non") if one == "fail" else None
            line.killed_after = one == "kill"
            if one == "tell":
                told += 1
                kept.tell(f"c{told}")
                continue
            try:
                rounds.round(lambda _: None)
            except KeyboardInterrupt:
                kills += 1
        arrived = [name for ids in line.ids for name in ids]
        assert set(arrived) == {f"c{n + 1}" for n in range(told)}
        deliveries = {parcel.delivery.id for parcel in line.sent}
        assert sum(len(set(ids)) for ids in {tuple(ids) for ids in line.ids}) == told
        assert len(line.sent) - len(deliveries) <= kills


def test_a_feed_has_a_secret_that_can_be_changed(library: Library):
    table = library.notifications
    ada, bob = table.feed_token("ada"), table.feed_token("bob")
    assert len({ada.token, bob.token}) == 2
    assert table.feed_token("ada") == ada
    assert table.feed_of(ada.token) == ada
    other = table.renew_feed_token("ada")
    assert (other.user, other.feed_id) == ("ada", ada.feed_id)
    assert (table.feed_of(ada.token), table.feed_of(other.token)) == (None, other)
    assert table.feed_of("") is None
    assert table.feed_of("\ud800") is None
    table.forget_user("ada")
    assert (table.feed_of(other.token), table.feed_of(bob.token)) == (None, bob)
