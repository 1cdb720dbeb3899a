"""A reader's feed over HTTP: with its secret, without, with one that was changed, of who is gone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import feedparser
import pytest
from served_page import ServedPage, answered, opened, sent, served_page

from rag.schema.evidence import Evidence
from rag.standing.state import Found, State
from ui.page.context import AppContext


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppContext]:
    with opened(tmp_path_factory.mktemp("feeds")) as context:
        yield context


@pytest.fixture(scope="module")
def guarded(context: AppContext) -> Iterator[ServedPage]:
    with served_page(context, {"ada": "correct horse"}) as served:
        yield served


def told(context: AppContext, user: str, words: str) -> None:
    """A change of a query of the user's, which points into the library's article."""
    table = context.library.standing
    query = table.add(user, "search", words, "fr")
    [turn] = table.turns([query.id])
    [article] = context.library.newest(1)
    table.put(turn, table.arrival(), State(), [Found("match", (), (Evidence(article, 0, 20),))])


def feed(served: ServedPage, path: str, *headers: str) -> tuple[int, dict[str, str], bytes]:
    head, body = answered(served.port, path, *headers)
    lines = head.decode().split("\r\n")
    return int(lines[0].split()[1]), dict(line.lower().split(": ", 1) for line in lines[1:]), body


def test_who_has_the_secret_reads_the_feed_and_no_other(context: AppContext, guarded: ServedPage):
    told(context, "ada", "piscine")
    told(context, "bob", "mairie")
    token = context.library.notifications.feed_token("ada").token
    status, headers, body = feed(guarded, f"/feed/fr/{token}")
    assert (status, headers["content-type"]) == (200, "application/atom+xml")
    assert headers["cache-control"] == "private, no-cache"
    found = feedparser.parse(body)
    assert not found.bozo
    assert [entry.title for entry in found.entries] == ["Un article de plus : piscine"]
    assert found.feed.links[0].href == f"{guarded.url}feed/fr/{token}"
    english = feedparser.parse(feed(guarded, f"/feed/en/{token}")[2])
    assert [entry.title for entry in english.entries] == ["Another article: piscine"]
    assert [entry.id for entry in english.entries] == [entry.id for entry in found.entries]


def test_what_was_read_before_is_not_sent_again(context: AppContext, guarded: ServedPage):
    token = context.library.notifications.feed_token("ada").token
    tag = feed(guarded, f"/feed/fr/{token}")[1]["etag"]
    assert feed(guarded, f"/feed/fr/{token}", f"If-None-Match: {tag}")[0] == 304
    told(context, "ada", "nageurs")
    assert feed(guarded, f"/feed/fr/{token}", f"If-None-Match: {tag}")[0] == 200


def test_a_secret_that_was_changed_or_of_who_is_no_user_opens_nothing(
    context: AppContext, guarded: ServedPage
):
    table = context.library.notifications
    old = table.feed_token("ada").token
    now = table.renew_feed_token("ada").token
    bob, nobody = table.feed_token("bob").token, table.feed_token("").token
    statuses = [sent(guarded.port, f"/feed/fr/{one}")[0] for one in (old, now, bob, nobody, "x" * 43)]
    assert statuses == [404, 200, 404, 404, 404]


@pytest.mark.parametrize(
    "path", ["/feed", "/feed/", "/feed/de/{}", "/feed/fr/{}/x", "/feed/fr/{}%2e", "/feed/fr/"]
)
def test_no_other_path_is_a_feed(context: AppContext, guarded: ServedPage, path: str):
    token = context.library.notifications.feed_token("ada").token
    assert sent(guarded.port, path.format(token))[0] == 404


def test_where_nobody_signs_in_there_is_a_secret_too(context: AppContext):
    with served_page(context) as served:
        token = context.library.notifications.feed_token("").token
        assert sent(served.port, f"/feed/fr/{token}")[0] == 200
        assert sent(served.port, f"/feed/fr/{token}", method="HEAD") == (200, b"")
        assert sent(served.port, f"/feed/fr/{'x' * 43}")[0] == 404
        assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)
