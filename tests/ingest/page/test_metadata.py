"""Title, author, outlet and dates are those that the page states of its article, and nothing is guessed."""

import json

import pytest

from ingest.converters.registry import read_article
from ingest.schema.written_dates import written_days
from rag.schema.article import Article

TITLE = "Le bac de Pennarun ne passera plus"
TEXT = (
    "<p>Le bac de Pennarun s'arrêtera à la fin du mois, faute de pilote, a annoncé la compagnie.</p>"
    "<p>Les habitants de l'île devront faire le tour par le pont de Lanvenec, soit quarante kilomètres.</p>"
)


def read(
    body: str = f"<h1>{TITLE}</h1>{TEXT}", head: str = "", title: str = TITLE, lang: str = "fr"
) -> Article:
    page = (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>{head}</head>'
        f"<body>{body}</body></html>"
    )
    return read_article(page.encode(), "a.html")


def json_ld(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


def article(*inner: str) -> str:
    return f"<article><h1>{TITLE}</h1>{''.join(inner)}{TEXT}</article>"


# --- titles ---


def test_the_description_of_an_encyclopedia_is_no_title():
    head = '<meta property="og:title" content="Pennarun — Encyclopédie">' + json_ld(
        {
            "@type": "Article",
            "name": "Pennarun",
            "headline": "île du littoral",
            "url": "https://a.example/w/Pennarun",
        }
    )
    assert read(f"<h1>Pennarun</h1>{TEXT}", head, "Pennarun — Encyclopédie").title == "Pennarun"


def test_the_headline_of_json_ld_counts_where_the_page_shows_it_or_nothing_else():
    head = json_ld({"@type": "Article", "name": "pennarun-bac-2", "headline": TITLE})
    assert read(head=head).title == TITLE
    assert read(head=json_ld({"@type": "Article", "headline": "Le bac s'arrête"})).title == "Le bac s'arrête"


@pytest.mark.parametrize("site", [" - La Dépêche du Ster", " | La Dépêche du Ster", " — La Dépêche du Ster"])
def test_titles_for_links_lose_the_name_of_the_site(site):
    stated = f'<meta property="og:title" content="{TITLE}{site}">'
    named = stated + '<meta property="og:site_name" content="La Dépêche du Ster">'
    assert read(head=named).title == TITLE
    assert read(head=stated).title == TITLE  # the heading has it not


def test_a_title_for_links_that_is_the_name_of_the_site_is_none():
    head = (
        '<meta property="og:title" content="La Dépêche"><meta property="og:site_name" content="La Dépêche">'
    )
    assert read(head=head).title == TITLE


def test_dashes_of_a_headline_stay():
    headline = "Inde - Pakistan"
    head = f'<meta property="og:title" content="{headline}">'
    assert read(f"<h1>{headline}</h1>{TEXT}", head, headline).title == headline


def test_the_name_of_a_site_in_the_first_heading_is_no_title():
    body = f"<div id='logo'><h1><a href='/'>La Dépêche</a></h1></div><div><h2>{TITLE}</h2>{TEXT}</div>"
    assert read(body, title=f"{TITLE} | La Dépêche").title == TITLE


def test_a_block_that_is_marked_as_the_title_is_one():
    assert read(f"<div class='post-title'>{TITLE}</div>{TEXT}", title="Carnet").title == TITLE


# --- outlets and people ---


def test_publishers_and_authors_of_a_graph_are_found_by_what_refers_to_them():
    graph = [
        {"@type": "NewsArticle", "headline": TITLE, "publisher": {"@id": "#org"}, "author": [{"@id": "#p"}]},
        {"@type": "Organization", "@id": "#org", "name": "La Dépêche du Ster"},
        {"@type": "Person", "@id": "#p", "name": "Maël Kerdoncuff"},
    ]
    found = read(head=json_ld({"@graph": graph}))
    assert (found.outlet, found.author) == ("La Dépêche du Ster", "Maël Kerdoncuff")
    found = read(head="".join(map(json_ld, graph)))
    assert (found.outlet, found.author) == ("La Dépêche du Ster", "Maël Kerdoncuff")


def test_what_refers_to_nothing_or_to_itself_states_nothing():
    graph = [
        {"@type": "Article", "@id": "#a", "publisher": {"@id": "#b"}, "author": {"@id": "#a"}},
        {"@id": "#b"},
    ]
    found = read(head=json_ld({"@graph": graph}))
    assert (found.outlet, found.author) == (None, None)


def test_the_web_site_of_the_graph_is_the_outlet():
    head = json_ld({"@graph": [{"@type": "WebSite", "name": "Carnet de Pennarun"}, {"@type": "WebPage"}]})
    assert read(head=head).outlet == "Carnet de Pennarun"


@pytest.mark.parametrize(
    ("byline", "author"),
    [
        ("<p class='byline'>Par Maël Kerdoncuff</p>", "Maël Kerdoncuff"),
        ("<p class='article-author'>Propos recueillis par Maël Kerdoncuff</p>", "Maël Kerdoncuff"),
        ("<p class='author'>Maël Kerdoncuff | 12 mai 2024 à 10 h</p>", "Maël Kerdoncuff"),
        ("<p class='signature'>Maël Kerdoncuff, publié le 12 mai 2024</p>", "Maël Kerdoncuff"),
        ("<p>Par <a rel='author' href='/m'>Maël Kerdoncuff</a></p>", "Maël Kerdoncuff"),
        (
            "<a rel='author'>Maël Kerdoncuff</a> et <a rel='author'>Ida Le Roux</a>",
            "Maël Kerdoncuff, Ida Le Roux",
        ),
        ("<span itemprop='author'><span itemprop='name'>Maël Kerdoncuff</span></span>", "Maël Kerdoncuff"),
        ("<footer class='entry'><span class='author-name'>By Ida Le Roux</span></footer>", "Ida Le Roux"),
    ],
)
def test_a_byline_names_the_author(byline, author):
    assert read(article(byline)).author == author


@pytest.mark.parametrize(
    "elsewhere",
    [
        "<form><p class='comment-form-author'><label for='author'>Nom</label><input id='author'></p></form>",
        "<div id='comments'><p class='author'>Kévin du 29</p></div>",
        "<footer><p class='author'>Propulsé par Thème Vague de Xaver</p></footer>",
        "<aside><p class='author'>Ida Le Roux</p></aside>",
        "<div class='related-posts'><p class='author'>Ida Le Roux</p></div>",
        "<div itemscope itemtype='https://schema.org/Comment'><b itemprop='author'>Ida</b></div>",
        "<p class='author'>admin</p>",
        "<p class='byline'>Voir tous les articles</p>",
        "<p class='author'>Auteur :</p>",
    ],
)
def test_forms_comments_and_themes_name_no_author(elsewhere):
    assert read(f"{article()}{elsewhere}").author is None


@pytest.mark.parametrize(
    "name", ["admin", "Administrateur", "webmaster", "Nom", "unknown", "null", "a@b.example", "Author"]
)
def test_what_content_systems_put_in_place_of_a_name_is_no_author(name):
    assert read(head=f'<meta name="author" content="{name}">').author is None
    assert read(head=json_ld({"@type": "Article", "author": {"name": name}})).author is None
    both = [{"name": name}, {"name": "Ida Le Roux"}]
    assert read(head=json_ld({"@type": "Article", "author": both})).author == "Ida Le Roux"


# --- dates ---


@pytest.mark.parametrize(
    ("mark", "published"),
    [
        ('<p>Publié le <time datetime="2024-05-12T07:30:00Z">12 mai</time></p>', "2024-05-12T07:30:00+00:00"),
        ('<p>Publié le dimanche <time datetime="2024-05-12">12 mai</time></p>', "2024-05-12"),
        ('<p>Mis en ligne : <time datetime="2024-05-12">12 mai</time></p>', "2024-05-12"),
        ('<p>Posted on <time datetime="2024-05-12">May 12</time></p>', "2024-05-12"),
        ('<p>Posté le <abbr class="published" title="2024-05-12">12.5.24</abbr></p>', "2024-05-12"),
        ('<abbr itemprop="datePublished" title="2024-05-12">12.5.24</abbr>', "2024-05-12"),
        ('<span itemprop="datePublished">12 mai 2024</span>', "2024-05-12"),
        ('<p class="date">Publié le 12 mai 2024</p>', "2024-05-12"),
        ('<p class="date">dimanche 12 mai 2024</p>', "2024-05-12"),
        ('<p class="date">12.05.2024</p>', "2024-05-12"),
        ('<p class="date">12/05/2024</p>', "2024-05-12"),
        ('<p class="info-publi">Publié le : dimanche 12 mai 2024, par Ida Le Roux</p>', "2024-05-12"),
        ('<div class="cartouche">dimanche 12 mai 2024, par Ida Le Roux</div>', "2024-05-12"),
        ('<p class="meta">Mis à jour le 14 mai 2024, publié le 12 mai 2024</p>', "2024-05-12"),
    ],
)  # fmt: skip
def test_dates_that_a_page_marks_or_labels_count(mark, published):
    assert read(article(mark)).published_at == published


@pytest.mark.parametrize(
    ("mark", "updated"),
    [
        ('<p>Mis à jour le <time datetime="2024-05-14">14 mai</time></p>', "2024-05-14"),
        ('<p class="meta">Publié le 12 mai 2024, mis à jour le mardi 14 mai 2024</p>', "2024-05-14"),
        ('<p class="date">Updated: May 14, 2024</p>', "2024-05-14"),
        ('<abbr class="updated" title="2024-05-14">14 mai</abbr>', "2024-05-14"),
    ],
)
def test_dates_of_a_change_count(mark, updated):
    assert read(article(mark)).updated_at == updated


@pytest.mark.parametrize(
    "mark",
    [
        '<p>La tempête du <time datetime="1987-10-16">16 octobre</time> avait arrêté le bac.</p>',
        "<p>Publié le 12 mai 2024.</p>",  # prose may say so of a book
        '<p class="date">Réunion publique le 12 mai 2024</p>',
        '<div class="related"><p class="date">12 mai 2024</p></div>',
        '<p class="date">12 mai 2024</p><p class="date">14 mai 2024</p>',
        '<aside><p class="date">12 mai 2024</p></aside>',
        '<div class="comment"><p>Publié le <time datetime="2024-05-12">12 mai</time></p></div>',
        '<p class="date">31 février 2024</p>',
    ],
)
def test_other_dates_are_not_the_articles(mark):
    assert read(article(mark)).published_at is None


def test_a_date_of_two_readings_counts_where_the_language_has_one():
    assert read(article('<p class="date">05/06/2024</p>')).published_at == "2024-06-05"
    assert read(article('<p class="date">05/06/2024</p>'), lang="en").published_at is None


@pytest.mark.parametrize("name", ["DC.date", "dcterms.created", "date", "article:published_time"])
def test_days_with_dots_are_read_in_meta_tags(name):
    assert read(head=f'<meta name="{name}" content="12.05.2024">').published_at == "2024-05-12"


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("le 1er avril 2024", ["2024-04-01"]),
        ("April 3rd, 2024 and 4 August 2023", ["2024-04-03", "2023-08-04"]),
        ("du 3 févr. 2024 au 30 août 2024", ["2024-02-03", "2024-08-30"]),
        ("3.4.2024", ["2024-04-03"]),
        ("version 1.3.4.2024, 3 mai, mai 2024, 05/06/2024, 99 mai 2024", []),
    ],
)
def test_days_as_papers_write_them(text, days):
    assert [one.day for one in written_days(text)] == days


# --- addresses ---


def test_the_address_that_only_the_article_object_states_identifies_it():
    head = json_ld({"@type": "Article", "url": "https://a.example/bac", "headline": TITLE})
    assert read(head=head).id == read(head='<link rel="canonical" href="https://a.example/bac">').id
