"""Addresses that are none, wherever others write them: each costs itself alone, and is told in one sentence.

What they are made of is harmless: nothing but this machine is asked for any of them.
"""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from loopback import fetchers, serving
from sources_desk import desk_in

from ingest.containers.expand import expand
from ingest.fetch.request import FetchError
from ingest.pipeline.sync import SyncResult
from ingest.schema.addresses import address_of, host_of, joined_address, path_of
from ingest.schema.document import Failure, Notice, SourceDocument
from ingest.schema.metadata import canonical_url
from ingest.sources.discovery import find
from ingest.sources.web import Web
from rag.config import SourceSettings
from rag.errors import UserError

PAGE = "<html><head><title>{0}</title></head><body><article><p>{0} a rouvert.</p></article></body></html>"
PIECES = (
    "http://", "https://", "http:", "//", "/", "\\", "[", "]", "[::1", "::1]", "@", ":", ":99999", ":x", ":٣",
    "?", "#", "%", "%0a", "%00", "%0D%0A", "%zz", "%ff", "%2F", "%5b", " ", "\t", "\n", "é", "℀", "ⅷ", "。",
    "xn--", "..", "/../", "a", "pont.example", "\u202e", "\ufeff", "&", "<", '"', "javascript:", "n" * 70,
    "x" * 5_000, "../" * 500, "://",
)  # fmt: skip
ADDRESSES = st.one_of(st.lists(st.sampled_from(PIECES), max_size=7).map("".join), st.text(max_size=40))
KNOWN = (
    "http://a.example/x%0Ay", "http://a.example/%00", "http://[::1", "http://a.example]/", "//[", "http://[",
    "http://a.example:99999/", "http://a.example:x/", "http://a℀.example/", "http://a..example/",
    "http://a%0ab.example/", f"http://{'n' * 64}.example/", f"http://{'é' * 64}.example/",
    f"http://a.example/{'x' * 70_000}", "http://a.example/%3F%23", "http://a b.example/", "http://a.example/\t",
)  # fmt: skip
ODD = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)


def known(test):
    """Also with those that parsers are known to raise on."""
    for address in KNOWN:
        test = example(address)(test)
    return test


@pytest.fixture(scope="module")
def site():
    with serving() as site:
        for name in ("Pont", "Bac"):
            site.put(f"/{name}", PAGE.format(name))
        yield site


@pytest.fixture(scope="module")
def web():
    with fetchers() as make:
        yield Web(make())


def in_xml(address: str) -> str:
    """An address as XML may hold it: without the characters that no XML has."""
    return (
        "".join(c for c in address if c in "\t\n" or (c >= " " and not "\ud800" <= c <= "\udfff"))
        .replace("\ufffe", "")
        .replace("\uffff", "")
    )


def read(items) -> set[str]:
    """The pages that came; each that didn't is told in one sentence."""
    found = set()
    for item in items:
        if isinstance(item, SourceDocument):
            found.add(item.key.rpartition("/")[2])
            continue
        assert isinstance(item, Failure)
        for language in ("en", "fr"):
            sentence = item.text(language)
            assert sentence.endswith(".")
            assert "\n" not in sentence
            assert "Traceback" not in sentence
    return found


@known
@given(ADDRESSES)
@ODD
def test_an_odd_address_in_a_feed_costs_itself_alone(site, web, address):
    link = in_xml(address)
    site.put(
        "/flux",
        f'<rss version="2.0"><channel><title>C</title><link>{escape(link)}</link>'
        f"<item><link>/Pont</link></item><item><title>x</title><link>{escape(link)}</link>"
        f"<guid>{escape(link)}</guid><source url={quoteattr(link)}>y</source></item>"
        "<item><link>/Bac</link></item></channel></rss>",
        "application/rss+xml",
    )
    assert {"Pont", "Bac"} <= read(web.find(site.url("/flux")))


@known
@given(ADDRESSES)
@ODD
def test_an_odd_address_in_an_atom_feed_costs_itself_alone(site, web, address):
    link = quoteattr(in_xml(address))
    entry = "<entry><title>x</title><link href={}/></entry>"
    site.put(
        "/atom",
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title>C</title><link href={link}/>'
        f"{entry.format(quoteattr(site.url('/Pont')))}<entry xml:base={link}><link href={link}/></entry>"
        f"{entry.format(quoteattr(site.url('/Bac')))}</feed>",
        "application/atom+xml",
    )
    assert {"Pont", "Bac"} <= read(web.find(site.url("/atom")))


@known
@given(ADDRESSES)
@ODD
def test_an_odd_address_in_a_sitemap_costs_itself_alone(site, web, address):
    link = escape(in_xml(address))
    own = "http://www.sitemaps.org/schemas/sitemap/0.9"
    site.put(
        "/sitemap.xml",
        f'<urlset xmlns="{own}"><url><loc>/Pont</loc></url><url><loc>{link}</loc></url>'
        f"<url><loc>/Bac</loc></url></urlset>",
        "application/xml",
    )
    site.put(
        "/index.xml",
        f'<sitemapindex xmlns="{own}"><sitemap><loc>{link}</loc></sitemap>'
        f"<sitemap><loc>/sitemap.xml</loc></sitemap></sitemapindex>",
        "application/xml",
    )
    assert {"Pont", "Bac"} <= read(web.find(site.url("/index.xml")))


@known
@given(ADDRESSES)
@ODD
def test_an_odd_address_that_a_page_redirects_to_is_its_failure(site, web, address):
    said = "".join(c for c in address.encode("utf-8", "replace").decode("latin-1") if c not in "\r\n\0")
    site.redirect("/moved", said[:60_000])
    try:
        page = web.fetcher.get(site.url("/moved"))
    except FetchError as error:
        assert str(error).startswith(site.url("/moved"))
    else:
        assert page.url.startswith(site.url())
    assert web.fetcher.is_gone(site.url("/Pont")) is False


@known
@given(ADDRESSES)
@ODD
def test_an_odd_address_in_robots_txt_forbids_nothing_else(site, address):
    lines = "".join(
        f"{rule}: {address}\n" for rule in ("Disallow", "Allow", "Sitemap", "Host", "Crawl-delay")
    )
    body = f"User-agent: *\n{lines}Disallow: /Bac\n".encode("utf-8", "replace")
    site.put("/robots.txt", body, "text/plain")
    with fetchers() as make:
        web = make(pause=lambda _: None)
        assert "robots.txt doesn't allow" in why(web, site.url("/Bac"))
    del site.pages["/robots.txt"]


def why(web, url: str) -> str:
    with pytest.raises(FetchError) as caught:
        web.get(url)
    return str(caught.value)


@known
@given(ADDRESSES)
@ODD
def test_an_odd_address_among_others_is_one_failure(site, web, address):
    pages = [site.url("/Pont"), f"http://{address}", f"https://a.example/{address}", site.url("/Bac")]
    assert {"Pont", "Bac"} <= read(find(pages, web))


@known
@given(ADDRESSES)
@ODD
def test_an_odd_address_of_a_list_of_feeds_changes_nothing(tmp_path_factory, address):
    file = tmp_path_factory.mktemp("opml") / "feeds.opml"
    link = quoteattr(in_xml(address))
    file.write_text(
        f'<opml version="2.0"><body><outline type="rss" xmlUrl={link} htmlUrl={link}/></body></opml>',
        encoding="utf-8",
    )
    [document] = find([str(file)])
    [failure] = [item for item in expand(document) if not isinstance(item, Notice)]
    assert isinstance(failure, Failure)
    assert "a list of feeds (OPML)" in failure.reason


@known
@given(ADDRESSES)
@ODD
def test_an_address_of_a_page_is_one_or_none(address):
    found = canonical_url(address)
    assert found is None or canonical_url(found) == found
    for base in ("", "https://a.example/b", address):
        joined = joined_address(base, address)
        assert joined is None or isinstance(joined, str)
    parts = address_of(address)
    assert (path_of(address), host_of(address)) == ((parts.path, parts.host) if parts else ("", ""))


# --- sources ---


@pytest.mark.parametrize("address", ["https://[", "http://a.example:99999/", "http://a..example/", "http://"])
def test_a_source_with_an_odd_address_costs_itself_alone(tmp_path, site, address):
    site.put(
        "/flux", "<rss version='2.0'><channel><item><link>/Pont</link></item></channel></rss>", "text/xml"
    )
    places = [site.url("/flux"), address, site.url("/Bac")]
    with fetchers() as make, desk_in(tmp_path, make()) as desk:
        brought = desk.syncing().all([SourceSettings(url=place) for place in places])
        assert [(one.place, one.summary.new, len(one.summary.failed)) for one in brought] == [
            (places[0], 1, 0), (address, 0, 1), (places[2], 1, 0),
        ]  # fmt: skip
        assert isinstance(brought[1], SyncResult)
        assert desk.titles() == {"Pont", "Bac"}


def test_a_page_whose_tag_is_not_ascii_is_asked_for_again(site, web):
    """Servers may send any bytes in it, and get them back as they sent them."""
    tag = '"été"'.encode().decode("latin-1")
    site.put("/tagged", PAGE.format("Musée"), ETag=tag)
    page = web.fetcher.get(site.url("/tagged"))
    assert page.validators.etag == tag
    with pytest.raises(Exception, match=r"^$") as caught:
        web.fetcher.get(site.url("/tagged"), page.validators)
    assert type(caught.value).__name__ == "NotModified"
    assert site.asked[-1].headers["if-none-match"] == tag


@pytest.mark.parametrize(
    "said", ["1 Jan 9999999999999999999999 10:00:00 GMT", "1 Jan 1 00:00 +9999999999999999999"]
)
def test_a_server_that_asks_to_come_back_at_no_time_is_told(site, web, said):
    site.put("/later", "", status=503, Retry_After=said)
    assert "the server answered with an error (503)" in why(web.fetcher, site.url("/later"))


def test_a_redirect_in_utf_8_is_followed(site, web):
    site.put("/%C3%A9t%C3%A9", PAGE.format("Musée"))
    site.redirect("/ete", "/été".encode().decode("latin-1"))
    assert web.fetcher.get(site.url("/ete")).url == site.url("/%C3%A9t%C3%A9")


def test_a_page_with_escapes_is_asked_for_as_it_is_named(site, web):
    site.put("/a%2Fb%0A", PAGE.format("Musée"))
    assert web.fetcher.get(site.url("/a%2Fb%0A")).body


def test_what_nobody_foresaw_about_an_address_is_its_failure():
    def resolve(_host: str, _port: int) -> list[str]:
        raise RuntimeError("unforeseen")

    with fetchers() as make:
        web = make(resolve=resolve)
        assert why(web, "http://pont.example/a").endswith("it can't be fetched (RuntimeError).")
        assert web.is_gone("http://pont.example/a") is False


def test_what_is_no_address_at_all_is_told_before_anything_is_read():
    with pytest.raises(UserError, match="not a usable URL"):
        find(["http://["])
