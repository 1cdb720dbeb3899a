"""The library follows feeds and pages, of several hosts at once; a page goes when its server says so."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from loopback import fetchers, serving
from sources_desk import counts, desk_in

from ingest.fetch.fetcher import Limits
from ingest.fetch.prefetch import StoppedError
from ingest.pipeline.chunking import Chunker
from ingest.pipeline.repair import repair
from ingest.pipeline.sync import Synchronizer, is_due
from rag.config import SourceSettings
from rag.library.library import FILE_NAME
from rag.library.sources import Visits

PAGE = (
    "<html><head><title>{0}</title></head><body><article><p>{0} a rouvert lundi matin.</p></article></body>"
)
FEED = '<rss version="2.0"><channel><title>Le Courrier</title>{}</channel></rss>'
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def site():
    with serving() as site:
        yield site


@pytest.fixture
def desk(tmp_path):
    with fetchers() as make, desk_in(tmp_path, make()) as desk:
        yield desk


# --- feeds ---


def feed_of(*names: str) -> str:
    return FEED.format("".join(f"<item><title>{n}</title><link>/{n}</link></item>" for n in names))


@pytest.fixture
def feed(site, desk):
    """A feed of two pages that was brought in."""
    for name in ("Pont", "Bac"):
        site.put(f"/{name}", PAGE.format(name), ETag=f'"{name}"')
    site.put("/flux", feed_of("Pont", "Bac"), "application/rss+xml")
    assert counts(desk.bring(site.url("/flux"))) == (2, 0, 0, 0, 0)
    return site.url("/flux")


def test_pages_of_a_feed_are_asked_whether_they_changed(site, desk, feed):
    site.put("/Pont", PAGE.format("Musée"), ETag='"2"')
    assert counts(desk.bring(feed)) == (0, 1, 1, 0, 0)
    assert desk.titles() == {"Musée", "Bac"}


def damage(desk, title: str) -> str:
    """Change a digit of an article behind the library's back; gives its id."""
    (article_id,) = (one.id for one in desk.parts.library.articles() if one.title.startswith(title))
    with closing(sqlite3.connect(desk.folder / "data" / FILE_NAME)) as db, db:
        db.execute("UPDATE articles SET text = replace(text, 'lundi', 'mardi') WHERE id = ?", (article_id,))
    assert desk.parts.library.article(article_id) is None
    return article_id


def test_a_page_whose_article_is_damaged_is_read_again_though_it_has_not_changed(desk, feed):
    article_id = damage(desk, "Pont")
    assert counts(desk.bring(feed)) == (0, 1, 1, 0, 0)
    assert desk.parts.library.article(article_id).text == "Pont a rouvert lundi matin."


def test_so_is_one_of_a_feed_that_is_not_read_while_it_does_not_change_once_a_check_has_found_it(
    site, desk, feed
):
    site.put("/flux", feed_of("Pont", "Bac"), "application/rss+xml", ETag='"f"')
    desk.bring(feed)
    article_id = damage(desk, "Pont")
    assert desk.bring(feed).summary.changed == 0  # the feed isn't read
    repair(desk.parts, lambda _: None)
    assert desk.bring(feed).summary.changed == 1
    assert desk.parts.library.article(article_id).text == "Pont a rouvert lundi matin."


def test_an_article_that_a_feed_no_longer_lists_stays(site, desk, feed):
    site.put("/Lac", PAGE.format("Lac"))
    site.put("/flux", feed_of("Lac"), "application/rss+xml")
    assert counts(desk.bring(feed)) == (1, 0, 0, 0, 0)
    assert desk.titles() == {"Pont", "Bac", "Lac"}


def test_an_article_goes_when_its_server_says_so(site, desk, feed):
    site.put("/Lac", PAGE.format("Lac"))
    site.put("/flux", feed_of("Lac", "Bac"), "application/rss+xml")
    site.put("/Pont", "", status=410)
    site.put("/Bac", "", status=404)
    assert counts(desk.bring(feed, prune=False)) == (1, 0, 0, 1, 0)
    assert counts(desk.bring(feed)) == (0, 0, 1, 1, 2)
    assert desk.titles() == {"Lac"}


def test_a_page_that_a_feed_no_longer_lists_is_asked_for_less_and_less(site, desk, feed):
    site.put("/flux", feed_of("Bac"), "application/rss+xml")
    before, asked_at = len(site.asked), []
    for hour in range(1, 50):
        desk.clock += HOUR
        desk.bring(feed)
        if "/Pont" in [asked.path for asked in site.asked[before:]]:
            asked_at.append(hour)
        before = len(site.asked)
    assert asked_at == [1, 2, 4, 8, 16, 32]
    assert desk.titles() == {"Pont", "Bac"}


def test_a_host_that_does_not_answer_is_tried_with_one_page_a_run(site, desk, feed):
    site.put("/Lac", PAGE.format("Lac"))
    site.put("/flux", feed_of("Lac"), "application/rss+xml")
    for name in ("Pont", "Bac"):
        site.put(f"/{name}", "", status=429, Retry_After="600")
    assert desk.bring(feed).removed == ()
    asked = {
        key.rpartition("/")[2]: said.asked_at for key, said in desk.parts.library.origins.visits(feed).items()
    }
    assert asked == {"Bac": desk.clock.isoformat(), "Pont": None, "Lac": None}


def test_a_page_that_cannot_be_asked_for_keeps_no_other_from_it(site, desk, feed):
    site.put("/Lac", PAGE.format("Lac"))
    site.put("/flux", feed_of("Lac"), "application/rss+xml")
    site.redirect("/Bac", "/Bac")
    site.put("/Pont", "", status=410)
    assert len(desk.bring(feed).removed) == 1
    assert desk.titles() == {"Bac", "Lac"}


def test_a_page_that_failed_is_no_page_that_another_source_brought(site, desk):
    """Two feeds name it: what the first says of it isn't taken back by the second."""
    site.put("/Pont", PAGE.format("Pont"))
    sources = [SourceSettings(url=site.url(path)) for path in ("/x", "/y")]
    for path in ("/x", "/y"):
        site.put(path, feed_of("Pont"), "text/xml")
    desk.syncing().all(sources)
    desk.clock += HOUR
    site.put("/Pont", "%PDF-1.4 broken", "application/pdf")
    assert [counts(one) for one in desk.syncing().all(sources)] == [(0, 0, 0, 1, 0)] * 2
    assert desk.parts.library.failures.sources() == {site.url("/Pont")}


@pytest.mark.parametrize(
    ("asked", "now", "due"),
    [
        (None, timedelta(0), True),
        (HOUR, 2 * HOUR - timedelta(seconds=1), False),
        (HOUR, 2 * HOUR, True),
        (400 * DAY, 429 * DAY, False),
        (400 * DAY, 430 * DAY, True),
        (-DAY, HOUR, True),  # it was read again since
    ],
)
def test_when_a_page_is_due_to_be_asked_for(asked, now, due):
    read = datetime(2026, 1, 5, tzinfo=UTC)
    visits = Visits(read.isoformat(), asked and (read + asked).isoformat())
    assert is_due(visits, read + now) is due


def test_a_page_of_which_nothing_is_known_is_asked_for():
    assert is_due(Visits(None, None), datetime(2026, 1, 5, tzinfo=UTC))


@pytest.mark.parametrize("status", [500, 403, 429, 302])
def test_a_page_that_fails_is_not_gone(site, desk, feed, status):
    site.put("/flux", feed_of("Bac"), "application/rss+xml")
    for name in ("Pont", "Bac"):
        site.put(f"/{name}", "", status=status)
    assert desk.bring(feed).removed == ()
    assert desk.titles() == {"Pont", "Bac"}


@pytest.mark.parametrize(
    ("status", "body"), [(500, ""), (404, ""), (410, ""), (200, "<p>Une page.</p>"), (200, "<rss><channel>")]
)
def test_a_feed_that_fails_takes_nothing_along(site, desk, feed, status, body):
    """Even a feed that is gone: its articles are where they were."""
    site.put("/flux", body, "text/html", status=status)
    assert desk.bring(feed).removed == ()
    assert {"Pont", "Bac"} <= desk.titles()


def test_a_server_that_is_down_takes_nothing_along(site, desk, feed):
    desk.fetcher.close()
    down = feed.replace(str(site.port), "9")
    desk.parts.library.origins.put(site.url("/Pont"), down)
    brought = desk.bring(down)
    assert (len(brought.summary.failed), brought.removed) == (1, ())
    assert desk.titles() == {"Pont", "Bac"}


def test_a_page_by_its_url_goes_when_it_is_gone(site, desk):
    site.put("/a", PAGE.format("Pont"))
    assert counts(desk.bring(site.url("/a"))) == (1, 0, 0, 0, 0)
    site.put("/a", "", status=500)
    assert desk.bring(site.url("/a")).removed == ()
    site.put("/a", "", status=410)
    assert len(desk.bring(site.url("/a")).removed) == 1
    assert desk.titles() == set()


def test_an_unchanged_feed_costs_one_request_once_it_was_read_whole(site, desk):
    site.put("/flux", feed_of("Pont", "Bac"), "application/rss+xml", ETag='"f"')
    site.put("/Pont", PAGE.format("Pont"))
    desk.bring(site.url("/flux"))  # one page is missing: it isn't done
    site.put("/Bac", PAGE.format("Bac"))
    assert counts(desk.bring(site.url("/flux"))) == (1, 0, 1, 0, 0)
    before = len(site.asked)
    assert counts(desk.bring(site.url("/flux"), prune=False)) == (0, 0, 0, 0, 0)
    assert [asked.path for asked in site.asked[before:]] == ["/flux"]


# --- what agencies deliver ---


def wire(text: str = "Le pont de Corvenne rouvre lundi.", **stated: str) -> str:
    item = {"uri": "urn:agence.example:pont", "type": "text", "body_text": text}
    return json.dumps(item | {"versioncreated": "2026-01-05T08:00:00Z"} | stated)


@pytest.mark.parametrize("place", ["file", "https"])
def test_a_host_neither_withdraws_nor_replaces_what_others_delivered(site, desk, place):
    site.put("/pont", wire(), "application/json")
    mine = desk.write("depeches/pont.json", wire()) if place == "file" else site.url("/pont", "agence.test")
    assert counts(desk.bring(mine))[0] == 1
    canceled = wire(pubstatus="canceled", versioncreated="2026-01-06T08:00:00Z")
    site.put("/x", canceled, "application/json")
    assert counts(desk.bring(site.url("/x", "autre.test"))) == (0, 0, 1, 0, 0)
    site.put("/x", wire("Le pont est vendu.", versioncreated="2026-01-07T08:00:00Z"), "application/json")
    assert counts(desk.bring(site.url("/x", "autre.test")))[0] == 1
    assert {article.text for article in desk.parts.library.articles()} == {
        "Le pont de Corvenne rouvre lundi.",
        "Le pont est vendu.",
    }


def test_a_host_withdraws_what_it_delivered_at_another_address(site, desk):
    site.put("/a", wire(), "application/json")
    site.put("/b", wire(pubstatus="canceled", versioncreated="2026-01-06T08:00:00Z"), "application/json")
    assert counts(desk.bring(site.url("/a")))[0] == 1
    assert counts(desk.bring(site.url("/b")))[1] == 1
    assert desk.parts.library.is_empty()


# --- several hosts ---


def feeds_on(site, hosts: list[str], answer) -> list[SourceSettings]:
    """A feed on each of these hosts, of two pages that `answer(host, name, request)` is called for."""

    def feed(request) -> None:
        host = request.headers["Host"].partition(".")[0]
        links = "".join(f"<item><title>{name}</title><link>/{host}-{name}</link></item>" for name in "ab")
        send(request, FEED.format(links), "application/rss+xml")

    def page(request) -> None:
        answer(*request.path[1:].split("-"))
        send(request, PAGE.format(request.path[1:]), "text/html")

    for host in hosts:
        site.pages[f"/{host}"] = feed
        site.pages |= {f"/{host}-{name}": page for name in "ab"}
    return [SourceSettings(url=site.url(f"/{host}", f"{host}.test")) for host in hosts]


def send(request, body: str, kind: str) -> None:
    request.send_response(200)
    request.send_header("Content-Type", kind)
    request.send_header("Content-Length", str(len(body.encode())))
    request.end_headers()
    request.wfile.write(body.encode())


def test_hosts_are_asked_at_the_same_time(site, desk):
    met = threading.Barrier(3)
    sources = feeds_on(site, ["x", "y", "z"], lambda _host, _name: met.wait(30))
    brought = desk.syncing().all(sources)
    assert [counts(one) for one in brought] == [(2, 0, 0, 0, 0)] * 3
    assert [one.place for one in brought] == [source.place for source in sources]
    assert desk.titles() == {f"{host}-{name}" for host in "xyz" for name in "ab"}


def test_a_host_is_asked_one_thing_at_a_time_by_all_its_feeds(site, desk):
    asking, alone = threading.Lock(), []

    def answer(request, body: str, kind: str) -> None:
        alone.append(asking.acquire(blocking=False))
        time.sleep(0.01)
        if alone[-1]:
            asking.release()
        send(request, body, kind)

    pages = ["Pont", "Bac", "Lac"]
    for name in pages:
        page = PAGE.format(name)
        site.pages[f"/{name}"] = lambda request, page=page: answer(request, page, "text/html")
    for name in "xyz":
        site.pages[f"/{name}"] = lambda request: answer(request, feed_of(*pages), "text/xml")
    brought = desk.syncing().all([SourceSettings(url=site.url(f"/{name}")) for name in "xyz"])
    assert [counts(one) for one in brought] == [(3, 0, 0, 0, 0), (0, 0, 3, 0, 0), (0, 0, 3, 0, 0)]
    assert alone == [True] * 12
    assert [asked.path for asked in site.asked].count("/robots.txt") == 1


@pytest.mark.parametrize("begun", [False, True])
def test_stopping_asks_nothing_more(site, tmp_path, begun):
    """Whoever waits for a turn waits no longer: here it would take more than a minute and a half."""
    answers = iter([False] if begun else [])

    def once_both_wait() -> bool:
        deadline = time.monotonic() + 30
        while len(site.asked) < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        return next(answers, True)

    sources = feeds_on(site, ["x", "y"], lambda _host, _name: None)
    with fetchers() as make, desk_in(tmp_path, make(Limits(delay=100.0))) as desk:
        chunker = Chunker(desk.parts.embedder, desk.parts.settings.chunking)
        syncing = Synchronizer(desk.parts.indexer, chunker, desk.fetcher, desk.events.append, once_both_wait)
        brought = syncing.all(sources)
        assert [one.summary.stopped for one in brought] == [True] * begun
        assert [asked.path for asked in site.asked] == ["/robots.txt"] * 2
        assert [thread for thread in threading.enumerate() if thread.name == "ahead"] == []


def test_what_was_given_up_is_asked_for_when_it_is_wanted_again(site, desk):
    site.put("/Pont", PAGE.format("Pont"))
    given_up = threading.Event()
    given_up.set()
    with pytest.raises(StoppedError):
        desk.fetcher.get(site.url("/Pont"), given_up=given_up)
    assert site.asked == []
    assert desk.fetcher.get(site.url("/Pont")).body.decode() == PAGE.format("Pont")
