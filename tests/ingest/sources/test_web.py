"""URLs become pages to read: feeds and sitemaps are followed, and what hasn't changed isn't read again."""

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from loopback import fetchers, serving

from ingest.containers.expand import expand
from ingest.converters.registry import read_article
from ingest.schema.document import Failure, NotModified, SourceDocument, digest_of
from ingest.schema.metadata import StatedMetadata
from ingest.sources.discovery import find
from ingest.sources.feeds import read_feed
from ingest.sources.web import Web
from rag.errors import UserError
from rag.library.library import Library
from rag.library.records import Entry, Source

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
PAGE = "<html><head><title>Le pont</title></head><body><article><p>{}</p></article></body></html>"
RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Le Courrier</title>
<item><title>Le &lt;b&gt;pont&lt;/b&gt; &amp;amp; le bac</title><link>/pont</link>
<dc:creator>Ana Roy</dc:creator><pubDate>Sat, 16 Aug 2025 10:00:00 +0200</pubDate></item>
<item><title>Le bac</title><link>bac.html</link></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Le Courrier</title><entry><title>L'école</title>
<link href="http://news.test:{port}/ecole"/><published>2025-08-16T10:00:00Z</published>
<updated>2025-08-17T09:00:00+02:00</updated><author><name>Léo Paul</name></author></entry></feed>"""


@pytest.fixture
def site():
    with serving() as site:
        yield site


@pytest.fixture
def web(library):
    with fetchers() as make:
        yield Web(make(), library, now=lambda: NOON)


def settle(library: Library, items: list[SourceDocument | Failure], make_article) -> list[str]:
    """Read each page and list an article for it, as ingestion does; says what became of each."""
    outcomes = []
    for item in items:
        assert isinstance(item, SourceDocument), item
        try:
            data = item.read()
        except NotModified:
            outcomes.append("unchanged")
            continue
        article = make_article("Un texte.", item.key[-16:])
        library.acknowledge([Entry(article, ())], "recipe")
        library.put_source(Source(item.key, item.source, digest_of(data), article.id))
        outcomes.append("read")
    return outcomes


def test_a_page_is_found_as_what_its_server_says_it_is(site, web):
    site.put("/a", PAGE.format("Bonjour à tous."))
    site.put("/b.md", "# Titre\n\nTexte", "text/plain")
    site.put("/c", "Texte", "text/plain")
    assert [
        (i.format, i.key, i.origin, i.read()[:5]) for i in find([site.url("/a"), site.url("/c")], web)
    ] == [
        ("html", site.url("/a"), site.url("/a"), b"<html"),
        ("text", site.url("/c"), site.url("/c"), b"Texte"),
    ]
    assert [i.format for i in find([site.url("/b.md")], web)] == ["markdown"]


def test_the_charset_that_the_server_names_is_the_pages(site, web):
    site.put("/a", PAGE.format("Été à Noël.").encode("iso-8859-15"), "text/html; charset=ISO-8859-15")
    (item,) = find([site.url("/a")], web)
    assert "Été à Noël." in read_article(item.read(), item.source, item.key, item.format).text


def test_nothing_is_fetched_before_it_is_asked_for(site, web):
    found = find([site.url("/a")], web)
    assert site.asked == []
    assert [type(item) for item in found] == [Failure]


def test_what_is_no_url_is_told_before_anything_is_fetched(site, web):
    with pytest.raises(UserError, match="only http and https"):
        find(["ftp://news.test/a"], web)
    assert site.asked == []


def test_what_is_no_url_among_others_is_one_failure_and_the_others_are_read(site, web):
    site.put("/a", PAGE.format("Le pont de Corvenne a rouvert."))
    found = list(find([site.url("/a"), "ftp://news.test/a"], web))
    assert [item.source for item in found if not isinstance(item, Failure)] == [site.url("/a")]
    [failure] = [item for item in found if isinstance(item, Failure)]
    assert "only http and https" in failure.reason


@pytest.mark.parametrize("kind", ["application/rss+xml", "text/xml", "text/html", "text/plain", ""])
def test_a_feed_is_known_by_what_it_is(site, web, kind):
    site.put("/flux", RSS, kind)
    site.put("/pont", PAGE.format("Le pont de Corvenne a rouvert."))
    site.put("/bac.html", PAGE.format("Le bac ne circule plus."))
    items = list(find([site.url("/flux")], web))
    assert [(item.source, item.origin) for item in items] == [
        (site.url("/pont"), site.url("/flux")),
        (site.url("/bac.html"), site.url("/flux")),
    ]
    assert items[0].stated == StatedMetadata(
        title="Le pont & le bac", author="Ana Roy", published_at="2025-08-16T10:00:00+02:00"
    )


def test_pages_of_a_feed_are_fetched_one_at_a_time(site, web):
    site.put("/flux", RSS)
    for path in ("/pont", "/bac.html"):
        site.put(path, PAGE.format("x"))
    found = find([site.url("/flux")], web)
    next(found)
    assert site.paths() == ["/flux", "/pont"]


def test_an_atom_feed_states_when_an_article_was_changed(site, web):
    site.put("/flux", ATOM.format(port=site.port), "application/atom+xml")
    site.put("/ecole", PAGE.format("L'école ouvre."))
    (item,) = find([site.url("/flux")], web)
    assert item.stated == StatedMetadata(
        title="L'école",
        author="Léo Paul",
        published_at="2025-08-16T10:00:00+00:00",
        updated_at="2025-08-17T09:00:00+02:00",
    )


@pytest.mark.parametrize(
    ("zone", "offset"),
    [("+0200", "+02:00"), ("CEST", "+02:00"), ("BST", "+01:00"), ("IST", "")],
)
def test_the_hour_that_a_feed_states_is_that_of_the_zone_it_names(zone, offset):
    (entry, _) = read_feed(RSS.replace("+0200", zone).encode(), "https://a.example/flux")
    assert entry.stated.published_at == f"2025-08-16T10:00:00{offset}"


def test_what_the_feed_states_fills_what_the_page_does_not(site, web):
    site.put("/flux", RSS)
    site.put("/pont", PAGE.format("Le pont de Corvenne a rouvert lundi après trois mois de travaux."))
    site.put("/bac.html", "<p>x</p>")
    item = next(find([site.url("/flux")], web))
    article = read_article(item.read(), item.source, item.key, item.format, item.stated)
    assert (article.title, article.author) == ("Le pont", "Ana Roy")
    assert article.published_at == "2025-08-16T10:00:00+02:00"


def test_an_entry_without_a_page_and_a_page_that_fails_stop_no_other(site, web):
    site.put("/flux", RSS.replace("<link>/pont</link>", "<link>ftp://x/y</link>"))
    site.put("/bac.html", "", status=500)
    items = list(find([site.url("/flux")], web))
    assert [item.reason for item in items] == [
        f"{site.url('/flux')}#1: the feed's entry has no address of a page.",
        f"{site.url('/bac.html')}: the server answered with an error (500); try again later.",
    ]


@pytest.mark.parametrize("encode", ["utf-8", "utf-16"])
def test_a_feed_with_entities_of_its_own_is_refused(site, web, encode):
    bomb = '<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><rss><channel/></rss>'
    site.put("/flux", bomb.encode(encode), "application/rss+xml")
    (failure,) = find([site.url("/flux")], web)
    assert failure.reason == f"{site.url('/flux')}: it defines XML entities, as attacks do, and isn't read."


# --- sitemaps ---

URLSET = """<?xml version="1.0" encoding="UTF-8"?><!-- plan --><urlset
 xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:i="http://www.google.com/schemas/sitemap-image/1.1">{}</urlset>"""
NEWS = """<url><loc>{url}</loc>{lastmod}<i:image><i:loc>http://news.test/x.jpg</i:loc></i:image><n:news>
<n:publication><n:name>Le Courrier</n:name><n:language>fr</n:language></n:publication>
<n:publication_date>2025-08-16T10:00:00+02:00</n:publication_date><n:title>Le pont</n:title></n:news></url>"""
INDEX = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</sitemapindex>"""


def test_a_sitemap_index_leads_to_pages(site, web):
    inner = gzip.compress(URLSET.format(NEWS.format(url=site.url("/pont"), lastmod="")).encode())
    site.put("/news.xml.gz", inner, "application/gzip")
    further = f"<sitemap><loc>{site.url('/news.xml.gz')}</loc></sitemap>"
    itself = f"<sitemap><loc>{site.url('/sitemap.xml')}</loc></sitemap>"
    gone = f"<sitemap><loc>{site.url('/gone.xml')}</loc></sitemap>"
    site.put("/sitemap.xml", INDEX.format(itself + further + gone), "application/xml")
    site.put("/pont", PAGE.format("Le pont."))
    page, failure = find([site.url("/sitemap.xml")], web)
    assert (page.source, page.origin) == (site.url("/pont"), site.url("/sitemap.xml"))
    assert page.stated == StatedMetadata(
        title="Le pont", outlet="Le Courrier", language="fr", published_at="2025-08-16T10:00:00+02:00"
    )
    assert failure.reason == f"{site.url('/gone.xml')}: the server has no such page (404)."


def test_a_damaged_sitemap_gives_what_comes_before_the_damage(site, web):
    whole = URLSET.format("<url><loc>/a</loc></url><url><loc>mailto:x</loc></url><url><loc>/b</loc></url>")
    site.put("/plan", whole[: whole.index("<loc>/b")], "text/xml")
    site.put("/a", PAGE.format("x"))
    first, second, third = find([site.url("/plan")], web)
    assert first.source == site.url("/a")
    assert isinstance(second, Failure)
    assert third.reason.startswith(f"{site.url('/plan')}: the sitemap is damaged (")


def test_a_gzip_bomb_of_a_sitemap_meets_the_limit(site, web):
    site.put("/plan.xml.gz", gzip.compress(b" " * 60_000_000), "application/gzip")
    (failure,) = find([site.url("/plan.xml.gz")], web)
    assert failure.reason == f"{site.url('/plan.xml.gz')}: the gzip file is damaged or too large."


def test_a_page_that_is_older_than_its_reading_is_not_asked_for(site, web, library, make_article):
    def plan(lastmod: str) -> None:
        entry = NEWS.format(url=site.url("/pont"), lastmod=f"<lastmod>{lastmod}</lastmod>")
        site.put("/plan", URLSET.format(entry), "text/xml")

    site.put("/pont", PAGE.format("Le pont."))
    for lastmod, outcome in [
        ("2026-01-01", "read"),
        ("2026-01-01", "unchanged"),
        ("2026-01-05T11:59:00Z", "unchanged"),
        ("2026-01-04", "read"),
        ("2026-01-05T12:01:00Z", "read"),
        ("2026-01-05T13:59:00+01:00", "read"),
    ]:
        plan(lastmod)
        assert settle(library, list(find([site.url("/plan")], web)), make_article) == [outcome], lastmod


# --- what hasn't changed ---


def test_a_page_that_is_listed_is_asked_whether_it_changed(site, web, library, make_article):
    site.put("/a", PAGE.format("Un."), ETag='"1"')
    url = site.url("/a")
    assert settle(library, list(find([url], web)), make_article) == ["read"]
    assert settle(library, list(find([url], web)), make_article) == ["unchanged"]
    site.put("/a", PAGE.format("Deux."), ETag='"2"')
    assert settle(library, list(find([url], web)), make_article) == ["read"]
    assert settle(library, list(find([url], web)), make_article) == ["unchanged"]


def test_a_page_whose_article_was_not_listed_is_sent_again(site, web, library, make_article):
    """As after a crash between reading and listing: what the server said of it counts for nothing."""
    site.put("/a", PAGE.format("Un."), ETag='"1"')
    url = site.url("/a")
    settle(library, list(find([url], web)), make_article)
    site.put("/a", PAGE.format("Deux."), ETag='"2"')
    assert next(find([url], web)).read() == PAGE.format("Deux.").encode()
    assert settle(library, list(find([url], web)), make_article) == ["read"]


def test_a_page_that_an_earlier_reader_read_is_asked_for_whole(site, web, library, make_article):
    """A server that says "as before" would keep what is read better, or only now, out for ever."""
    site.put("/a", PAGE.format("Un."), ETag='"1"')
    url = site.url("/a")
    assert settle(library, list(find([url], web)), make_article) == ["read"]
    said = library.responses.get(url)
    library.responses.put(replace(said, digest=library.source(url).digest))  # as earlier versions noted it
    assert settle(library, list(find([url], web)), make_article) == ["read"]
    assert settle(library, list(find([url], web)), make_article) == ["unchanged"]
    library.responses.put(replace(said, digest=said.digest.replace("page ", "page 1")))
    assert settle(library, list(find([url], web)), make_article) == ["read"]


def test_a_page_counts_as_read_when_it_was_asked_for(site, web, library, make_article):
    """What changes while it waits to be read has changed since."""
    site.put("/a", PAGE.format("Le pont a rouvert."))
    items = list(web.find(site.url("/a")))
    web.now = lambda: NOON + timedelta(minutes=10)
    assert settle(library, items, make_article) == ["read"]
    assert library.responses.get(site.url("/a")).fetched_at == NOON.isoformat()


@pytest.mark.parametrize(("order", "outcomes"), [(1, ["read", "read"]), (-1, ["read", "unchanged"])])
def test_of_two_copies_the_one_that_was_asked_for_later_stays(
    site, web, library, make_article, order, outcomes
):
    """Two sources name a page that changed between: the older copy may have waited longer to be read."""
    url, copies = site.url("/a"), []
    for minute, word in enumerate(("rouvert", "fermé")):
        site.put("/a", PAGE.format(f"Le pont a {word}."))
        web.now = lambda minute=minute: NOON + timedelta(minutes=minute)
        copies += web.find(url)
    assert settle(library, copies[::order], make_article) == outcomes
    assert library.responses.get(url).fetched_at == (NOON + timedelta(minutes=1)).isoformat()


def test_a_table_that_waited_is_opened_like_any_other(site, web, library, make_article):
    url = site.url("/a")
    site.put("/a", json.dumps({"text": "Le pont a fermé.", "title": "Le pont"}), "application/json")
    older = list(web.find(url))
    web.now = lambda: NOON + timedelta(minutes=10)
    newer = list(web.find(url))
    assert settle(library, [record for item in newer for record in expand(item)], make_article) == ["read"]
    # Its one record is known by the same address and bytes as the page.
    assert library.responses.get(url).digest.endswith(library.source(url).digest)
    assert settle(library, [record for item in older for record in expand(item)], make_article) == ["read"]


def test_a_list_is_skipped_only_once_all_of_it_was_read(site, web, library):
    site.put("/flux", RSS, ETag='"f"')
    for path in ("/pont", "/bac.html"):
        site.put(path, PAGE.format(path))
    url = site.url("/flux")
    first = Web(web.fetcher, library, skip_unchanged=True)
    assert len(list(find([url], first))) == 2
    assert len(list(find([url], first))) == 2
    first.remember_lists()
    assert list(find([url], first)) == []
    assert len(list(find([url], web))) == 2  # asked for by name it is read
    site.put("/flux", RSS, ETag='"g"')
    assert len(list(find([url], first))) == 2


# --- standard input ---


@pytest.mark.parametrize(
    ("data", "kind"),
    [("Le pont.", "text"), ("\n <!DOCTYPE html><p>Le pont.", "html"), ("\ufeff<html>", "html")],
)
def test_standard_input_is_one_document(monkeypatch, data, kind):
    import io
    import sys

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data.encode())))
    (item,) = find(["-"])
    assert (item.source, item.format, item.read().decode()) == ("-", kind, data)
    assert item.key == item.origin
    assert item.key.startswith("stdin:")
