"""The address that a page was saved from, as the programs that save pages write it down."""

import pytest

from ingest.converters.registry import read_article
from ingest.page.saved import saved_from

URL = "https://courrier.example/pont?a=1&b=2"
SINGLEFILE = "<!--\n Page saved with SingleFile \n url: {} \n saved date: Sun Aug 03 2025 14:05:00\n-->"
HTTRACK = "<!-- Mirrored from {} by HTTrack Website Copier/3.x [XR&CO'2014], Sun, 03 Aug 2025 -->"
SENTENCES = "Le maire de Corvenne a rouvert le pont à péage lundi, après trois mois de travaux."


@pytest.mark.parametrize(
    ("mark", "address"),
    [
        (SINGLEFILE.format(URL), URL),
        (f"<!-- saved from url=(0037){URL} -->", URL),
        (f"<!-- saved from url=(0037){URL}-->", URL),
        (f"<!-- Saved from {URL} at 2025-08-03T12:05:00Z using monolith v2.8.1 -->", URL),
        (HTTRACK.format("www.courrier.example/pont.html"), "http://www.courrier.example/pont.html"),
        (HTTRACK.format(URL), URL),
        ('<meta name="savepage-url" content="https://courrier.example/pont?a=1&amp;b=2">', URL),
        ('<html lang="fr" data-scrapbook-source="https://courrier.example/pont?a=1&amp;b=2">', URL),
        (SINGLEFILE.format(f"https://web.archive.org/web/20250803120500/{URL}"), URL),
        (f"<!-- saved from url=(0090)https://web.archive.org/web/20250803120500id_/{URL} -->", URL),
        ("<!-- saved from url=(0014)about:internet -->", None),
        (SINGLEFILE.format("file:///home/zoe/pont.html"), None),
        (HTTRACK.format("courrier.example/"), None),
        (f"<p>saved from url=(0037){URL}</p>", None),
        ("<!-- Mirrored from -->", None),
    ],
)
def test_marks_of_programs(mark, address):
    assert saved_from(f"<!doctype html>{mark}<html>") == address


def saved(mark: str, head: str = "") -> bytes:
    body = f"<body><article><h1>Le pont</h1><p>{SENTENCES}</p></article></body>"
    return f'<!doctype html><html lang="fr">{mark}<head>{head}</head>{body}</html>'.encode()


def test_a_saved_page_is_known_by_its_address_and_has_no_date_of_it():
    link = f'<link rel="canonical" href="{URL.replace("&", "&amp;")}">'
    one, two = read_article(saved(SINGLEFILE.format(URL)), "a.html"), read_article(saved("", link), "b.html")
    assert one.id == two.id
    assert (one.published_at, one.updated_at) == (None, None)
    assert one.text == f"Le pont\n{SENTENCES}"


def test_what_the_page_states_comes_before_what_its_saver_does():
    link = '<link rel="canonical" href="https://courrier.example/vrai">'
    one, two = (
        read_article(saved(SINGLEFILE.format(URL), link), "a.html"),
        read_article(saved("", link), "b.html"),
    )
    assert one.id == two.id


def test_marks_that_never_end_take_no_time():
    for mark in ("<!-- Mirrored from ", "<!--", "<html ", "<!-- Page saved with SingleFile "):
        assert saved_from(mark * 50_000) is None
