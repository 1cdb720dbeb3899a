"""Wherever an article's URL is stated, its readers pass it on; it is learnt when it was unknown, and kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from archives import mhtml, page, record, wacz
from desk import Desk
from documents import json_lines, warc

from rag.engine.integrity import inspect
from rag.library.listing import ListingQuery

TEXT = "Le maire de Corvenne a rouvert le pont à péage lundi matin, après trois mois de travaux."
URL = "https://www.courrier.example/2026/pont"
HTML = "Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\nContent-Location: {}"
LD = '<script type="application/ld+json">{}</script>'
RSS = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"
xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Le Courrier</title>
<link>https://www.courrier.example/</link><description>x</description><item><title>Le pont</title>
<link>{}</link><guid isPermaLink="false">r-1</guid>
<content:encoded><![CDATA[<p>{}</p>]]></content:encoded></item></channel></rss>"""
NEWS_ARTICLE = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": "Le pont"}
NINJS = {
    "uri": "urn:val.example:pont", "type": "text", "versioncreated": "2026-02-05T20:30:00+01:00",
    "pubstatus": "usable", "headline": "Le pont", "body_text": TEXT, "url": URL, "copyrightholder": "Agence",
}  # fmt: skip
WALLABAG = {
    "is_archived": 0, "id": 41, "title": "Le pont", "url": URL, "content": f"<p>{TEXT}</p>",
    "reading_time": 1, "domain_name": "www.courrier.example",
}  # fmt: skip
WORDPRESS_ANSWER = [
    {
        "id": 1, "date": "2026-02-05T20:30:00", "link": URL, "type": "post", "status": "publish",
        "title": {"rendered": "Le pont"}, "content": {"rendered": f"<p>{TEXT}</p>", "protected": False},
        "excerpt": {"rendered": "", "protected": False},
    }
]  # fmt: skip


def html(head: str) -> bytes:
    return page("Le pont", TEXT, head=head).encode()


FILES = {
    "canonical.html": html(f'<link rel="canonical" href="{URL}">'),
    "open-graph.html": html(f'<meta property="og:url" content="{URL}">'),
    "json-ld.html": html(LD.format(json.dumps(NEWS_ARTICLE | {"url": URL}))),
    "main-entity.html": html(LD.format(json.dumps(NEWS_ARTICLE | {"mainEntityOfPage": {"@id": URL}}))),
    "singlefile.html": html(f"<!-- Page saved with SingleFile \n url: {URL} \n-->"),
    "user.html": html(f'<link rel="canonical" href="{URL.replace("//", "//moi:secret@")}">'),
    "saved.mhtml": mhtml(
        (HTML.format(URL), page("Le pont", TEXT)),
        head=f"From: <Saved by Blink>\r\nSnapshot-Content-Location: {URL}\r\nSubject: Le pont\r\n",
    ),
    "response.warc.gz": warc((URL, "text/html", html(""))),
    "stated.warc": warc(
        (f"{URL}?utm_source=x", "text/html", html(f'<link rel="canonical" href="{URL}">')), zipped=False
    ),
    "package.wacz": wacz({"a.warc": record("resource", URL, "text/html", html(""))}),
    "feed.rss": RSS.format(URL, TEXT).encode(),
    "lines.jsonl": json_lines({"title": "Le pont", "text": TEXT, "url": URL}),
    "table.csv": f"titre;texte;lien\nLe pont;{TEXT};{URL}\nLa gare;Elle reste fermée, dit-on.;\n".encode(),
    "front-matter.md": f"---\nurl: {URL}\n---\n{TEXT}\n".encode(),
    "clipping.md": f'---\ntitle: "Le pont"\nsource: "{URL}"\ntags:\n  - "clippings"\n---\n{TEXT}\n'.encode(),
    "source.csv": f"titre;texte;source;editeur\nLe pont;{TEXT};{URL};Le Courrier\n".encode(),
    "source.jsonl": json_lines(
        {"title": "Le pont", "text": TEXT, "source_url": URL, "source": "Le Courrier"}
    ),
    "wire.json": json.dumps(NINJS).encode(),
    "wallabag.json": json.dumps([WALLABAG]).encode(),
    "wordpress.json": json.dumps(WORDPRESS_ANSWER).encode(),
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(Desk(tmp_path)) as desk:
        yield desk


def urls_of(desk: Desk) -> dict[str, str | None]:
    """Title → canonical URL."""
    return {article.title: article.canonical_url for article in desk.library.articles()}


@pytest.mark.parametrize("name", FILES)
def test_every_reader_that_knows_an_address_passes_it_on(name: str, desk: Desk):
    (desk.files / name).write_bytes(FILES[name])
    done = desk.ingest()
    assert done.failed == ()
    assert done.new == (2 if name == "table.csv" else 1)
    found = [one for one in desk.library.articles() if TEXT in one.text]
    assert [one.canonical_url for one in found] == [URL]
    if name == "table.csv":
        assert urls_of(desk)["La gare"] is None


def test_where_an_article_was_read_stays_what_it_is(desk: Desk):
    file = desk.files / "pont.html"
    file.write_bytes(FILES["canonical.html"])
    desk.ingest()
    (article,) = desk.library.articles()
    assert article.source == str(file)
    assert URL not in article.text


def test_a_row_whose_address_was_not_read_before_stays_the_same_article(desk: Desk):
    desk.write("a.csv", f"titre;texte;source\nLe pont;{TEXT};Le Courrier\n")
    desk.ingest()
    (before,) = desk.library.articles()
    desk.write("a.csv", f"titre;texte;source\nLe pont;{TEXT};{URL}\n")
    desk.ingest()
    (after,) = desk.library.articles()
    assert (before.outlet, before.canonical_url) == ("Le Courrier", None)
    assert (after.id, after.outlet, after.canonical_url) == (before.id, None, URL)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://courrier.example/\u202etnop", "file:///home/moi/pont.html"]
)
def test_what_cant_be_linked_to_is_left_out(url: str, desk: Desk):
    (desk.files / "pont.html").write_bytes(html(f'<link rel="canonical" href="{url}">'))
    desk.ingest()
    assert list(urls_of(desk).values()) == [None]


def test_an_address_is_learnt_from_the_second_place_that_has_the_text(desk: Desk):
    desk.write("a.html", page("Le pont", TEXT))
    desk.ingest()
    (before,) = desk.library.articles()
    assert before.canonical_url is None
    (desk.files / "b.warc.gz").write_bytes(FILES["response.warc.gz"])
    done = desk.ingest()
    assert (done.unchanged, done.changed, done.new) == (2, 0, 0)
    (after,) = desk.library.articles()
    assert (after.id, after.source, after.canonical_url) == (before.id, before.source, URL)
    (desk.files / "c.warc.gz").write_bytes(warc((f"{URL}-copie", "text/html", html(""))))
    desk.ingest()
    assert list(urls_of(desk).values()) == [URL]
    desk.check()


def test_what_is_damaged_in_the_library_is_mended_by_its_source_when_an_address_is_learnt(desk: Desk):
    desk.write("a.html", page("Le pont", TEXT))
    desk.ingest()
    (article,) = desk.library.articles()
    with desk.library._db.transaction() as db:
        db.execute("UPDATE articles SET text = replace(text, 'trois', 'seize')")
    (desk.files / "b.warc.gz").write_bytes(FILES["response.warc.gz"])
    desk.ingest()
    assert list(urls_of(desk).values()) == [URL]
    assert [one.text for one in desk.library.articles()] == [article.text]
    assert not inspect(desk.parts).findings


def test_a_provider_s_later_delivery_of_the_same_version_brings_the_address(desk: Desk):
    (desk.files / "wire.json").write_bytes(FILES["wire.json"])
    desk.ingest()
    with desk.library._db.transaction() as db:
        db.execute("DELETE FROM canonical_urls")
    desk.library.put_checksums(desk.library.each_stored())  # it was stored without
    (desk.files / "again.json").write_bytes(FILES["wire.json"])
    assert desk.ingest().unchanged == 2
    assert list(urls_of(desk).values()) == [URL]


def test_an_article_is_found_by_its_address_however_it_was_learnt(desk: Desk):
    desk.write("a.html", page("Le pont", TEXT))
    desk.ingest()
    asked = ListingQuery(words="courrier.example")
    assert desk.library.listing.page(asked).total == 0
    (desk.files / "b.warc.gz").write_bytes(FILES["response.warc.gz"])
    desk.ingest()
    assert desk.library.listing.page(asked).total == 1


def test_an_address_goes_with_its_article(desk: Desk):
    desk.write("a.md", f"---\nurl: {URL}\n---\n{TEXT}\n")
    desk.ingest()
    desk.indexer.remove(desk.id_of("a.md"))
    with desk.library._db.connection() as db:
        assert db.execute("SELECT count(*) FROM canonical_urls").fetchone() == (0,)


def test_what_is_indexed_and_found_doesnt_depend_on_it(tmp_path: Path):
    found = []
    for number, head in enumerate(("", f"---\nurl: {URL}\n---\n")):
        with closing(Desk(tmp_path / str(number))) as desk:
            desk.write("a.md", f"{head}{TEXT}\n")
            desk.ingest()
            hits = [*desk.found("courrier pont péage", ["courrier", "2026", "corvenne"])]
            found.append([[hit.score for hit in each] for each in hits])
            (article,) = desk.library.articles()
            (passage,) = desk.library.passages_of(article.id)
            assert (passage.start, passage.end, article.text) == (0, len(TEXT), TEXT)
    assert found[0] == found[1]
