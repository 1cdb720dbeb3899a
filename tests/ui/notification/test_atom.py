"""The feed as feed readers read it: valid, with ids that stay, and no markup of an article's own."""

from __future__ import annotations

from xml.etree import ElementTree

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from told_changes import HOSTILE, change, evidence

from ui.notification.atom import MOST_ENTRIES, feed

ID = "7f1d5a52-37a4-4b0c-9d5b-3b9a5d8b5a10"
SINCE = "2029-12-31T23:00:00.000000+00:00"


def read(*changes, language="fr", **places):
    found = feedparser.parse(feed(changes, ID, language, SINCE, **places))
    assert not found.bozo, found.get("bozo_exception")
    assert found.version == "atom10"
    return found


@pytest.mark.parametrize(
    ("language", "title", "kind"),
    [
        ("fr", "Un autre nombre : Combien", "un autre nombre"),
        ("en", "Another number: Combien", "another number"),
    ],
)
def test_a_feed_reader_reads_what_changed(language, title, kind):
    found = read(
        change(1), change(2), language=language, page_url="https://s.example/", self_url="https://s.example/f"
    )
    assert found.feed.id == f"urn:uuid:{ID}"
    assert found.feed.language == language
    assert {link.rel: link.href for link in found.feed.links} == {
        "self": "https://s.example/f",
        "alternate": "https://s.example/",
    }
    newest, oldest = found.entries
    assert (newest.updated, oldest.updated) == ("2030-01-02T10:00:00Z", "2030-01-01T10:00:00Z")
    assert found.feed.updated == newest.updated
    assert newest.title.startswith(title)
    assert newest.title.endswith("(340 habitants → 355 habitants)")
    assert newest.tags[0].label == kind
    assert "<strong>355 habitants</strong>" in newest.content[0].value  # feedparser knows no <mark>


def test_an_empty_feed_is_one():
    found = read()
    assert (found.entries, found.feed.updated) == ([], "2029-12-31T23:00:00Z")


def test_ids_stay_and_the_feed_is_the_same_bytes():
    first = [entry.id for entry in read(change(1), change(2)).entries]
    assert [entry.id for entry in read(change(3), change(2), change(1), language="en").entries][1:] == first
    assert feed([change(1)], ID, "fr", SINCE) == feed([change(1)], ID, "fr", SINCE)


def test_articles_are_linked_to_where_they_were_published():
    published = evidence("Il y a 3 morts.", canonical_url="https://courrier.example/a?b=1&c=<2>")
    hostile = evidence("Il y a 4 morts.", name="b", canonical_url="javascript:alert(1)")
    [entry] = read(change(before=[hostile], after=[published])).entries
    assert [link.href for link in entry.links if link.rel == "related"] == [
        "https://courrier.example/a?b=1&c=<2>"
    ]
    assert "javascript" not in entry.content[0].value


def test_what_articles_and_readers_wrote_is_no_markup():
    written = feed(
        [change(words=HOSTILE, after=[evidence(HOSTILE, title=HOSTILE, outlet=HOSTILE)])], ID, "fr", SINCE
    )
    root = ElementTree.fromstring(written)
    [content] = root.iter("{http://www.w3.org/2005/Atom}content")
    assert "<script" not in content.text
    assert "&lt;script&gt;" in content.text
    assert {one.tag for one in root.iter()} == {
        one.tag for one in ElementTree.fromstring(feed([change()], ID, "fr", SINCE)).iter()
    }


@given(st.text(max_size=80), st.text(min_size=1, max_size=80))
def test_whatever_is_written_the_feed_is_well_formed(words, quote):
    ElementTree.fromstring(feed([change(words=words, before=[], after=[evidence(quote)])], ID, "en", SINCE))


def test_a_long_history_ends():
    moment = "2030-01-01T10:00:00.{:06}+00:00"
    many = [change(n, told_at=moment.format(n)) for n in range(MOST_ENTRIES + 5)]
    assert len(read(*many).entries) == MOST_ENTRIES
