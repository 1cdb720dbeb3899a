"""Lists of feeds as readers write them are understood; what we write is read back, by us and by others."""

from __future__ import annotations

import string

import listparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.following import opml
from ingest.following.opml import BETWEEN, RefusedOutline, Subscription, read_opml, write_opml
from rag.errors import UserError

FEED = "https://a.example/rss"


def listed(inside: str, version: str = "2.0") -> list[Subscription | RefusedOutline]:
    return read_opml(f'<opml version="{version}"><head/><body>{inside}</body></opml>'.encode())


def refusals(inside: str) -> list[str]:
    return [one.text("en") for one in listed(inside) if isinstance(one, RefusedOutline)]


@pytest.mark.parametrize(
    "outline",
    [
        f'<outline type="rss" text="Le Phare" xmlUrl="{FEED}" htmlUrl="https://a.example/"/>',
        f'<outline type="RSS" title="Le Phare" XMLURL="{FEED}"/>',
        f'<outline text="Le Phare" xmlurl=" {FEED} "/>',
        f'<outline type="atom" text="Le Phare" url="{FEED}"/>',
        f'<outline text="Le Phare" title="" xmlUrl="feed:{FEED}"/>',
        f'<outline text="Le&#10;Phare" xmlUrl="{FEED}#top"/>',
        f'<OUTLINE TEXT="Le Phare" xmlUrl="{FEED}"/>',
    ],
)
def test_each_spelling_of_an_outline_is_the_same_feed(outline):
    assert listed(outline) == [Subscription(FEED, "Le Phare")]


def test_feed_as_a_scheme_is_http_but_not_within_an_address():
    assert listed('<outline text="a" xmlUrl="feed://a.example/rss"/>')[0].url == "http://a.example/rss"
    inner = "http://a.example/?u=feed://b.example"
    assert listed(f'<outline text="a" xmlUrl="{inner}"/>')[0].url == inner


def test_what_a_feed_is_in_is_its_category():
    inner = f'<outline text="Régionale"><outline text="a" xmlUrl="{FEED}"/></outline>'
    nested = f'<outline text="Presse">{inner}</outline>'
    assert listed(nested) == [Subscription(FEED, "a", f"Presse{BETWEEN}Régionale")]
    assert listed(f'<outline text="a" xmlUrl="{FEED}" category="/Presse/Locale,/x"/>')[0].category == (
        f"Presse{BETWEEN}Locale"
    )
    both = f'<outline text="a" xmlUrl="{FEED}"><outline text="b" xmlUrl="{FEED}/b"/></outline>'
    assert listed(both) == [Subscription(FEED, "a"), Subscription(f"{FEED}/b", "b", "a")]


@pytest.mark.parametrize(
    ("written", "name"),
    [("Caf&amp;eacute;", "Café"), ("Caf&eacute;", "Café"), ("A &amp;amp; B", "A & B"), (FEED, "")],
)
def test_names_are_read_as_they_are_meant(written, name):
    assert listed(f'<outline text="{written}" xmlUrl="{FEED}"/>') == [Subscription(FEED, name)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso-8859-1", "utf-16"])
def test_every_encoding_is_read(encoding):
    declared = encoding.replace("-sig", "")
    text = (
        f'<?xml version="1.0" encoding="{declared}"?><opml version="1.1"><body>'
        f'<outline text="L\'été" xmlUrl="{FEED}"/></body></opml>'
    )
    assert read_opml(text.encode(encoding)) == [Subscription(FEED, "L'été")]


def test_ampersands_that_nobody_escaped_are_read():
    address = "https://a.example/rss?a=1&b=2"
    assert listed(f'<outline text="A & B" xmlUrl="{address}"/>') == [Subscription(address, "A & B")]


def test_what_is_no_feed_is_told_with_why():
    assert refusals(
        f'<outline text="a" xmlUrl="{FEED}"/><outline text="again" xmlUrl="{FEED}"/>'
        '<outline text="site" htmlUrl="https://a.example/"/><outline text="nothing"/>'
        '<outline text="more" type="include" url="https://a.example/more.opml"/>'
        '<outline text="file" xmlUrl="file:///etc/passwd"/><outline text="secret" xmlUrl="https://a:b@c.example"/>'
        '<outline text="off" isComment="true" xmlUrl="https://o.example/"><outline xmlUrl="https://i.example/"/>'
        "</outline>"
    ) == [
        "again: listed twice.",
        "site: the list has the address of its site, but none of a feed (xmlUrl).",
        "nothing: it has no address of a feed (xmlUrl).",
        "more: it stands for another list, which isn't fetched.",
        "file: file:///etc/passwd: only http and https are fetched; check it.",
        "secret: a URL with a name or password in it is not fetched; use one without.",
        "off: it is commented out.",
    ]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "this isn't a list of feeds"),
        (b"  \n", "this isn't a list of feeds"),
        (b"<rss/>", "this isn't a list of feeds"),
        (b"<opml", "isn't well-formed XML"),
        (b"\0\1\2", "can't be read"),
        (b'<!DOCTYPE opml [<!ENTITY a "ha">]><opml><body/></opml>', "declares XML entities"),
        (
            b'<!DOCTYPE opml [<!ENTITY a SYSTEM "file:///etc/passwd">]><opml>&a;</opml>',
            "declares XML entities",
        ),
        (b" " * (opml.MAX_BYTES + 1), "1 MB at most"),
        (b"<opml><body>" + b"<outline>" * 3000 + b"</outline>" * 3000 + b"</body></opml>", "well-formed"),
    ],
)
def test_what_is_no_list_or_dangerous_is_refused_in_a_sentence(data, said):
    with pytest.raises(UserError, match=said):
        read_opml(data)


def test_too_many_outlines_are_refused(monkeypatch):
    monkeypatch.setattr(opml, "_MOST_OUTLINES", 2)
    with pytest.raises(UserError, match="more than 2 outlines"):
        listed("<outline text='a'/>" * 3)


def test_a_list_without_a_body_names_nothing():
    assert read_opml(b"<opml/>") == []


# --- round trips ---

# Letters, signs that XML and our own categories know, entities, right-to-left, outside the basic plane.
names = st.text(string.ascii_letters + "éñ&<>\"'/;#›≥אב日𝄞 ", max_size=30).map(
    lambda line: " ".join(line.split())
)
categories = st.lists(
    names.map(lambda name: name.replace("›", "")).filter(str.strip).map(str.strip), max_size=3
).map(BETWEEN.join)
urls = st.integers(0, 10**9).map(lambda number: f"https://a.example/rss?a={number}&b=%C3%A9")
subscriptions = st.builds(
    Subscription, urls, names, categories, st.sampled_from(["", "15m", "2h", "1d"]), st.booleans()
)


@given(st.lists(subscriptions, max_size=8, unique_by=lambda one: one.url))
def test_what_is_written_is_read_back(given):
    read = read_opml(write_opml(given, "Mes flux"))
    assert {one.url: one for one in read} == {one.url: one for one in given}


@given(st.lists(subscriptions, max_size=8, unique_by=lambda one: one.url))
def test_another_reader_reads_what_is_written(given):
    found = listparser.parse(write_opml(given, "Mes flux").decode())
    assert not found.bozo
    assert found.meta.title == "Mes flux"
    assert {feed.url: feed.title for feed in found.feeds} == {one.url: one.name or one.url for one in given}


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_a_name_holds_the_list_stays_one(name, category):
    (one,) = read_opml(write_opml([Subscription(FEED, name, category)], name))
    assert one.url == FEED
