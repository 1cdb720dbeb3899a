"""The machine's clock is set back and forward: nothing is lost, comes twice or stands in another order."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from loopback import fetchers
from sources_desk import Desk, counts, desk_in

from rag.conversation import store as conversations
from rag.conversation.store import ConversationStore, Record
from rag.engine.integrity import inspect

DAYS = st.integers(-10_000, 10_000)


def set_to(clock: datetime, desk: Desk, patch: pytest.MonkeyPatch) -> None:
    """Have everything that asks for the time read this clock."""

    class Set(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return clock.astimezone(tz)

    desk.clock = clock
    patch.setattr(conversations, "datetime", Set)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example([-3650, 3650, -1])
@example([0, 0, 0])
@given(st.lists(DAYS, min_size=2, max_size=5))
def test_folders_and_conversations_whatever_the_clock_says(
    tmp_path_factory: pytest.TempPathFactory, days: list[int]
):
    folder = tmp_path_factory.mktemp("clock")
    noon = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
    with (
        fetchers() as make,
        desk_in(folder, make()) as desk,
        closing(ConversationStore(folder / "data")) as store,
        pytest.MonkeyPatch.context() as patch,
    ):
        files = folder / "articles"
        desk.write("articles/stable.txt", "La mairie est ouverte.")
        desk.write("articles/change.txt", "Le pont, version 0.")
        assert counts(desk.bring(files)) == (2, 0, 0, 0, 0)
        begun = store.begin("ada", "Le pont ?")
        for number, shift in enumerate(days, start=1):
            set_to(noon + timedelta(days=shift), desk, patch)
            desk.write("articles/change.txt", f"Le pont, version {number}.")
            desk.write(f"articles/passing{number}.txt", f"Une brève, {number}.")
            assert counts(desk.bring(files)) == (1, 1, 1, 0, 0)
            assert counts(desk.bring(files)) == (0, 0, 3, 0, 0)
            (files / f"passing{number}.txt").unlink()
            assert counts(desk.bring(files)) == (0, 0, 2, 0, 1)
            store.put(begun.id, "ada", Record(number, f"Question {number} ?", {"articles": [], "claims": []}))
        texts = {article.text: article.id for article in desk.parts.library.articles()}
        last = f"Le pont, version {len(days)}."
        assert set(texts) == {"La mairie est ouverte.", last}
        earlier = desk.parts.library.revisions.of(texts[last])
        assert [(one.number, one.text) for one in earlier] == [
            (number + 1, f"Le pont, version {number}.") for number in range(len(days))
        ]
        kept = store.records(begun.id, "ada")
        assert [one.question for one in kept] == [f"Question {n + 1} ?" for n in range(len(days))]
        assert [one.id for one in store.listed("ada")] == [begun.id]
        assert inspect(desk.parts).findings == ()


def test_what_is_under_embargo_is_there_by_the_clock_and_comes_back_with_the_right_one(tmp_path: Path):
    """A clock that is wrong takes nothing away for good, and is believed: better late than too early."""
    item = {"uri": "urn:agence.example:bac", "type": "text", "body_text": "Le bac rouvre lundi."}
    stated = item | {"versioncreated": "2026-01-05T08:00:00Z", "embargoed": "2026-02-01T06:00:00Z"}
    with fetchers() as make, desk_in(tmp_path, make()) as desk:
        files = tmp_path / "articles"
        desk.write("articles/bac.json", json.dumps(stated))
        for day, articles in ((5, 0), (-400, 0), (60, 1), (-400, 0), (60, 1), (4000, 1)):
            desk.clock = datetime(2026, 1, 1, 12, 0, tzinfo=UTC) + timedelta(days=day)
            desk.bring(files)
            assert len(desk.parts.library.articles()) == articles, day
            assert inspect(desk.parts).findings == ()
