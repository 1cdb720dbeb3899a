"""A feed on disk gives its entries as articles, without going online; a summary alone is an excerpt."""

import json

import pytest
from deliveries import damaged, expanded, outcome, read, reasons
from hypothesis import given, settings
from hypothesis import strategies as st
from run import rounds

from ingest.containers.expand import expand
from ingest.schema.content_types import sniffed
from ingest.schema.document import Failure, SourceDocument
from ingest.schema.formats import format_of

PONT = "Le maire de Corvenne a rouvert le pont à péage lundi matin, après trois mois de travaux."
GARE = "La gare de Montferrel restera fermée tout l'hiver, a confirmé la région mercredi soir."
NAMES = 'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
RSS = f"""<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" {NAMES}><channel>
<title>Le Rivage</title><link>https://rivage.example/</link><description>x</description>
<language>fr-FR</language>
<item><title>Le pont &amp;eacute;largi</title><link>https://rivage.example/pont</link><guid>r-1</guid>
<dc:creator>Zoé Lefèvre</dc:creator><pubDate>Sun, 03 Aug 2025 14:05:00 +0200</pubDate>
<description>Le résumé.</description>
<content:encoded><![CDATA[<p>{PONT}</p><p>Fin <b>grasse</b>.</p>]]></content:encoded></item>
<item><title>La gare</title><link>https://rivage.example/gare</link><guid isPermaLink="false">r-2</guid>
<description>{GARE}</description></item></channel></rss>"""
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr"><title>Le Rivage</title><id>urn:f</id>
<entry><title>Le pont</title><id>urn:1</id><link href="https://rivage.example/pont"/>
<author><name>Zoé Lefèvre</name></author><published>2025-08-03T14:05:00+02:00</published>
<updated>2025-08-04T09:00:00+02:00</updated><summary>Le résumé.</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>{PONT}</p></div></content></entry>
<entry><title>La gare</title><id>urn:2</id><link href="https://rivage.example/gare"/>
<updated>2025-08-04T09:00:00Z</updated><summary>{GARE}</summary></entry></feed>"""
RDF = f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
{NAMES}><channel rdf:about="https://rivage.example/"><title>Le Rivage</title></channel>
<item rdf:about="https://rivage.example/pont"><title>Le pont</title><link>https://rivage.example/pont</link>
<dc:date>2025-08-03T14:05:00+02:00</dc:date><dc:language>fr</dc:language>
<content:encoded>&lt;p&gt;{PONT}&lt;/p&gt;</content:encoded></item>
<item rdf:about="https://rivage.example/gare"><title>La gare</title><link>https://rivage.example/gare</link>
<description>{GARE}</description></item></rdf:RDF>"""
JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Le Rivage",
    "language": "fr-FR",
    "authors": [{"name": "La rédaction"}],
    "items": [
        {"id": "1", "url": "https://rivage.example/pont", "title": "Le pont", "summary": "Le résumé.",
         "content_html": f"<p>{PONT}</p>", "date_published": "2025-08-03T14:05:00+02:00",
         "authors": [{"name": "Zoé Lefèvre"}, {"name": "Paul Roumégoux"}]},
        {"id": 2, "url": "https://rivage.example/gare", "title": "La gare", "summary": GARE},
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.rss", RSS), ("a.xml", RSS), ("a.atom", ATOM), ("a.rdf", RDF), ("a.json", json.dumps(JSON_FEED))],
)
def test_entries_are_articles_and_summaries_are_excerpts(name, data):
    one, two = map(read, expanded(data, name))
    assert one.text.split("\n")[0] == PONT
    assert (one.excerpt, two.excerpt) == (False, True)
    assert (two.text, two.title) == (GARE, "La gare")
    assert one.published_at == "2025-08-03T14:05:00+02:00"
    assert (one.outlet, one.language, one.source) == ("Le Rivage", "fr", f"{name}#1")


def test_what_entries_state():
    one, two = map(read, expanded(RSS, "a.rss"))
    assert (one.title, one.author, one.text) == ("Le pont élargi", "Zoé Lefèvre", f"{PONT}\nFin grasse.")
    assert (two.author, two.published_at, two.updated_at) == (None, None, None)
    one, two = map(read, expanded(ATOM, "a.atom"))
    assert (one.author, one.updated_at) == ("Zoé Lefèvre", "2025-08-04T09:00:00+02:00")
    assert (two.published_at, two.updated_at) == ("2025-08-04T09:00:00+00:00", None)
    one, two = map(read, expanded(json.dumps(JSON_FEED), "a.json"))
    assert (one.author, two.author) == ("Zoé Lefèvre, Paul Roumégoux", "La rédaction")


@pytest.mark.parametrize(("name", "data"), [("a.rss", RSS), ("a.json", json.dumps(JSON_FEED))])
def test_an_entry_keeps_its_key_when_others_come_before_it(name, data):
    new = "<item><title>x</title><guid>neuf</guid><description>Du neuf.</description></item><item>"
    feed = JSON_FEED | {"items": [{"id": "neuf", "content_text": "Du neuf."}, *JSON_FEED["items"]]}
    later = RSS.replace("<item>", new, 1) if name == "a.rss" else json.dumps(feed)
    keys, after = ({item.key for item in expanded(one, name)} for one in (data, later))
    assert keys < after
    assert len(after) == 3


def test_an_entry_is_the_article_that_its_page_would_be():
    page = f'<html><head><link rel="canonical" href="https://rivage.example/pont"></head><body><p>{PONT}</p>'
    (item,) = expanded(page, "a.html")
    assert read(item).id == read(expanded(RSS, "a.rss")[0]).id


def test_json_feed_of_version_1_and_plain_text():
    feed = {
        "version": "https://jsonfeed.org/version/1",
        "title": "Le Rivage",
        "items": [{"id": "1", "content_text": "Un < deux, selon <Zoé>.", "author": {"name": "Zoé"}}],
    }
    (article,) = map(read, expanded(json.dumps(feed), "a.json"))
    assert (article.text, article.author, article.excerpt) == ("Un < deux, selon <Zoé>.", "Zoé", False)


def test_entries_without_a_text_are_told_and_the_others_are_read():
    data = RSS.replace(
        f"<description>{GARE}</description>", "<description><![CDATA[<img src='x'>]]></description>"
    )
    assert [read(item).title for item in expanded(data, "a.rss") if isinstance(item, SourceDocument)] == [
        "Le pont élargi"
    ]
    assert reasons(data, "a.rss") == [
        "a.rss#2: this entry of the feed has no text; give the feed's address, so that its page is read."
    ]
    items = json.dumps(JSON_FEED | {"items": [{"id": "1", "title": "x"}, 3, JSON_FEED["items"][0]]})
    assert len(reasons(items, "a.json")) == 2


def test_an_entry_without_an_address_is_read():
    (article,) = map(
        read,
        expanded(f"<rss><channel><item><description>{PONT}</description></item></channel></rss>", "a.rss"),
    )
    assert article.text == PONT


def test_feeds_that_arent_well_formed_are_read_as_online():
    data = RSS.replace("<description>x</description>", "<description>x & y</description>").replace(
        "</rss>", ""
    )
    assert [read(item).title for item in expanded(data, "a.rss")] == ["Le pont élargi", "La gare"]


def test_feeds_without_entries_and_those_that_declare_entities_are_refused():
    assert reasons("<rss><channel><title>x</title></channel></rss>", "a.rss") == [
        "a.rss: there is no entry in this feed."
    ]
    assert reasons(json.dumps(JSON_FEED | {"items": []}), "a.json") == [
        "a.json: there is no entry in this feed."
    ]
    laughs = RSS.replace("<rss ", '<!DOCTYPE rss [<!ENTITY a "ha">]><rss ', 1)
    reason = "it declares XML entities, which can grow without end; it wasn't read."
    assert reasons(laughs, "a.rss") == [f"a.rss: {reason}"]


def test_a_list_of_feeds_says_what_to_do():
    data = """<opml version="2.0"><head><title>Mes flux</title></head><body><outline text="Presse">
    <outline type="rss" text="a" xmlUrl="https://a.example/rss"/><outline xmlUrl="https://b.example/rss"/>
    </outline></body></opml>"""
    for name in ("a.opml", "a.xml"):
        (failure,) = expanded(data, name)
        assert isinstance(failure, Failure)
        assert failure.reason == (
            f"{name}: a list of feeds (OPML), not articles; follow them with `sourcier sources import`, then"
            " run `sourcier sync`."
        )
        assert failure.reason_fr.startswith(f"{name} : une liste de flux (OPML), pas des articles ; suiv")


def test_what_is_fetched_isnt_opened_as_a_file():
    item = SourceDocument("https://a.example/x", "https://a.example/x", "xml", lambda _: RSS.encode())
    (failure,) = expand(item)
    assert isinstance(failure, Failure)
    assert "a list of addresses (<rss>)" in failure.reason


def test_rdf_that_is_no_feed_isnt_taken_for_one():
    data = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:l="{}"/>'
    data = data.format("http://purl.org/rss/1.0/modules/link/")
    assert reasons(data, "a.rdf") == [
        "a.rdf: a list of addresses (<rdf>), not articles; give the address that it is fetched from."
    ]


def test_endings_and_standard_input():
    names = ("a.rss", "a.atom", "a.rdf", "a.opml", "a.rss.gz")
    assert {format_of(name) for name in names} == {"xml"}
    assert [sniffed(one.encode()) for one in (RSS, ATOM, RDF)] == ["xml"] * 3
    assert sniffed(b'<?xml version="1.0"?><!DOCTYPE html><html xmlns="x">') == "html"


FORMS = {"a.rss": RSS, "a.atom": ATOM, "a.rdf": RDF, "a.json": json.dumps(JSON_FEED, ensure_ascii=False)}
PUT = [b"", b"\0", b"\xff\xfe", b"<", b"</item>", b"]]>", b'"', b"&", b"{", b"null"]


@pytest.mark.parametrize("name", sorted(FORMS))
@given(place=st.integers(0, 5_000), removed=st.integers(0, 20), put=st.sampled_from(PUT))
@settings(max_examples=rounds(80, 1_000), deadline=None)
def test_what_is_damaged_is_refused_or_read_and_never_merged(name, place, removed, put):
    for text in outcome(damaged(FORMS[name].encode(), place, removed, put), name):
        assert not (PONT[:30] in text and GARE[:30] in text)
