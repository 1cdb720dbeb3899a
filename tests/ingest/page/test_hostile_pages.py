"""Pages made to be slow or huge are read, or refused in a sentence, with work that grows with their size."""

import sys
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml.html import document_fromstring

from ingest.converters.html import read_html
from ingest.decoding.html_text import text_of_markup
from ingest.html.extraction import keep_for_extraction
from ingest.html.published import show_as_published
from ingest.page.consent import take_out_consent
from ingest.page.fitting import article_beside, article_part, is_outside
from ingest.page.json_ld import json_ld_blocks, json_ld_objects
from ingest.page.lead import lead_of
from ingest.page.live import live_text
from ingest.page.metadata import stated_by
from ingest.page.paywall import take_out_offer
from ingest.page.teasers import lists_articles
from rag.errors import UserError

PROSE = (
    "<p>La digue de Lanvenec a tenu pendant la tempête de la nuit, malgré des vagues de six mètres, selon la "
    "mairie de la commune.</p>"
)
MANY = 4_000  # `benchmarks/hostile_pages.py` takes the time of five times as many
AROUND = ("<div>{}</div>", "<ul><li>{}</li></ul>")
REPEATED = {
    "empty calls": "<b></b><sup></sup>",
    "calls": "mot<sup>1</sup> ",
    "struck": "<b> </b><s>x</s>a",
    "hidden": "<i></i><span hidden>x</span>a",
    "times in an item": "<time>1 h</time><b></b>",
    "links in an item": "<a href='#fn'>1</a><span></span>",
    "terms": "<dt>a</dt><dd>b</dd>",
    "meanings": "<dd>b</dd>",
    "quotations": "<q>a</q>",
    "neighbours": "<span class=a>b</span><span class=c>D</span>",
    "empty paragraphs": "a<p></p>",
    "captions": "<figure><figcaption>Une légende</figcaption></figure>",
    "headings": "<h2><a href='/x'>Titre</a></h2>",
    "same headings": "<h1>Digue</h1>",
    "bylines": "<p class=author></p>",
    "dates": "<p class=date>12 mai 2024</p>",
    "posts": "<article><time>20 h</time><p>La digue tient encore, dit le maire.</p></article>",
    "rests": "<p>Il vous reste 3 % de cet article.</p>",
    "offers": "<p class=paywall>Abonnez-vous</p>",
    "dialogs": "<div class=cookie>cookies</div>",
    "numbered": "<ol><li>a</li></ol>",
    "signatures": "<p>Par Anne Le Goff</p>",
    "shared bylines": "<div class=share><p class=author>x</p></div>",
    "lists of articles": "<h2>À lire</h2><ul><li><a href=/x>Un</a></li><li><a href=/y>Deux</a></li></ul>",
    "standfirsts": "<div class=chapo>Le chapô de cet article est ici.</div>",
    "pictures": "<figure><b class=caption>Une légende</b></figure>",
}


def everything_done_to(markup: str) -> None:
    """Do to a page what is done to it, but for the extractor's part: that isn't ours."""
    page = document_fromstring(markup)
    blocks = json_ld_blocks(page)
    stated_by(page, json_ld_objects(blocks))
    take_out_consent(page, markup)
    show_as_published(page)
    take_out_offer(page, markup)
    live_text(page, [], markup)
    lists_articles(page)
    article_beside(page, "Digue")
    keep_for_extraction(page)
    text = text_of_markup(markup)
    if (part := article_part(page, "Digue")) is not None:
        is_outside(page, part, text)
    lead_of(page, "Digue", "Une description", "Un texte\nqui n'est nulle part")


def repeated(markup: str, around: str, count: int) -> str:
    """Make a page of so many times the same, within an article."""
    head, tail = f"<title>En direct : digue</title><main><h1>Digue</h1>{PROSE}", f"{PROSE}</main>"
    return head + around.format(markup * count) + tail


def calls(markup: str) -> int:
    """Count the calls of functions, Python's and C's, in all that is done to a page but by the extractor."""
    counted = 0

    def count(_: FrameType, event: str, __: object) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        everything_done_to(markup)
    finally:
        sys.setprofile(before)
    return counted


@pytest.mark.parametrize("markup", REPEATED.values(), ids=REPEATED)
@pytest.mark.parametrize("around", AROUND)
def test_work_grows_with_the_size_of_a_page(markup, around):
    few, many = (repeated(markup, around, count) for count in (MANY // 20, MANY))
    assert calls(many) < 25 * calls(few)  # of 20 times the size


def test_cells_that_span_make_no_more_of_a_page_than_it_can_hold():
    row = f"<tr><td rowspan=100 colspan=100>{'mot ' * 60}</td></tr>"
    text = text_of_markup(f"<table>{row * 2_000}</table>" * 3)
    assert len(text) < 20_000_000


PIECES = [
    "<article>", "</article>", "<main>", "<h1>Digue</h1>", "<h2><a href='/a'>Digue</a></h2>", PROSE, "<s>",
    "</s>", "<sup>2</sup>", "<sup><a href='#fn1'>1</a></sup>", "<q>", "</q>", "</time>", "</table>", "<p>",
    "<p hidden>",
    "<time datetime='2024-05-12'>", "<table><tr><td rowspan=3 colspan=2>", "<ol start=7><li>", "<!-- x -->",
    "<dl><dt>a<dd>b", "<div class=paywall>Il vous reste 3 %", "<div role=dialog>cookies", "<aside>", "</div>",
    "<figure><figcaption>x", "<title>En direct : x</title>", "<form>", "<abbr class=published title=x>",
    "<script type='application/ld+json'>", "</script>", "<p class=date>99.99.2024", "<?x y?>", "<svg>",
    '{"@type":"LiveBlogPosting","liveBlogUpdate":[1,{"articleBody":"<p>a"}]}', "\U0001d1aa1. ",
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_whatever_the_markup_a_page_is_read_or_refused_in_a_sentence(markup):
    try:
        found = read_html(markup)
    except UserError as error:
        assert str(error)
        return
    assert found.text.strip()
    assert "taken-out" not in found.text
