"""Front pages, sections and lists are told; what may be an article is read, whatever its page says."""

import pytest

from ingest.converters.registry import read_article
from rag.errors import UserError

TEXT = (
    "Le marché couvert de Corvenne a rouvert samedi après deux ans de travaux. La mairie y a consacré un"
    " million d'euros, et trente commerçants y ont repris leur place."
)
TITLE = "Le marché couvert de Corvenne a rouvert samedi"
SITE = '<meta property="og:type" content="website">'
FRONT = '<link rel="canonical" href="https://echo.example/">'
LIST = '<script type="application/ld+json">{"@type": "CollectionPage", "name": "Politique"}</script>'
ITEMS = (
    '<script type="application/ld+json">[{"@type": "ItemList"}, {"@type": "NewsArticle", "headline": "a"},'
    ' {"@type": "NewsArticle", "headline": "b"}]</script>'
)


def links(count: int, teaser: str = "", tag: str = "div") -> str:
    """Headlines as sites show them without headings, with or without a text below."""
    return "".join(
        f"<{tag}><a href='/{i}'><b>Un sujet du jour en quelques mots, numéro {i}</b></a>{teaser}</{tag}>"
        for i in range(count)
    )


def page(head: str, body: str, title: str = "L'Écho de Corvenne") -> bytes:
    start = f"<!doctype html><html lang='fr'><head><title>{title}</title>{head}</head>"
    return f"{start}<body><nav><a href='/'>Accueil</a></nav><main>{body}</main></body></html>".encode()


def is_told(data: bytes) -> bool:
    try:
        return not read_article(data, "a.html")
    except UserError as error:
        return "lists articles and is none itself" in str(error)


TEASER = "<p>Le résumé de ce sujet, en une phrase de quelques mots qui en dit un peu plus.</p>"


@pytest.mark.parametrize("head", [SITE, FRONT, LIST, ITEMS])
@pytest.mark.parametrize("listed", [links(12, TEASER), links(20), f"<ul>{links(20, tag='li')}</ul>"])
@pytest.mark.parametrize("above", ["", "<h1>Politique</h1><p>Toute l'actualité politique de Corvenne.</p>"])
def test_a_page_of_links_is_told(head: str, listed: str, above: str):
    if head == FRONT and TEASER in listed:
        listed += links(30)  # a front page has more headlines than texts
    assert is_told(page(head, above + listed))


@pytest.mark.parametrize("tag", ["h1", "h2"])
def test_a_front_page_with_a_leading_story_is_told(tag: str):
    lead = f"<{tag}><a href='/une'>{TITLE}</a></{tag}><p>{TEXT}</p><p>{TEXT}</p><p>{TEXT}</p>"
    assert is_told(page(FRONT + SITE, lead + links(40)))


ARTICLE = f"<h1>{TITLE}</h1><p>{TEXT}</p>"
STATED = (
    '<meta property="og:type" content="article">',
    '<meta property="article:published_time" content="2026-01-05T08:00:00Z">',
    f'<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "{TITLE}"}}</script>',
)


@pytest.mark.parametrize("head", ["", SITE, FRONT, LIST, SITE + FRONT])
@pytest.mark.parametrize("beside", [links(40), links(12, TEASER)])
def test_a_short_article_beside_many_links_is_read(head: str, beside: str):
    article = read_article(page(head, ARTICLE + beside, TITLE), "a.html")
    assert "trente commerçants" in article.text


@pytest.mark.parametrize("head", [SITE, LIST])
@pytest.mark.parametrize("stated", STATED)
def test_an_article_that_states_itself_is_read_though_its_headline_is_no_heading(head: str, stated: str):
    body = f"<div><p><b>{TITLE}</b></p><p>{TEXT}</p><p>{TEXT.replace('samedi', 'dimanche')}</p></div>"
    article = read_article(page(head + stated, body + links(20), TITLE), "a.html")
    assert "trente commerçants" in article.text


@pytest.mark.parametrize("head", [SITE, LIST, ITEMS])
def test_an_article_without_marks_is_read_by_the_length_of_its_text(head: str):
    body = "".join(f"<p>{TEXT.replace('samedi', f'le {day} mai')}</p>" for day in range(1, 7))
    article = read_article(page(head, body + links(20), "Le marché"), "a.html")
    assert article.text.count("trente commerçants") == 6


@pytest.mark.parametrize("head", [SITE, FRONT, LIST])
def test_few_links_are_no_list(head: str):
    body = f"<div><p>{TEXT}</p></div>" + links(5)
    assert "trente commerçants" in read_article(page(head, body), "a.html").text


def test_a_page_that_says_nothing_of_itself_is_read():
    assert not is_told(page("", f"<div><p>{TEXT}</p></div>" + links(20)))
