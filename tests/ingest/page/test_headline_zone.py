"""What stands around a headline is read there: byline, date, the names of the site and its sections."""

import pytest
from test_metadata import TEXT, TITLE, article, json_ld, read

LONG = "<p>Les marins-pêcheurs de Lanvenec ont bloqué la passe du port pendant toute la matinée de mardi.</p>"


def under(byline: str, above: str = "", below: str = "") -> str:
    return f"{above}<div><h1>{TITLE}</h1>{byline}</div><div>{LONG}{TEXT}{LONG}</div>{below}"


# --- dates ---


@pytest.mark.parametrize(
    "line",
    [
        "<p>jeudi 13 juin 2024</p>",
        "<ul><li>13 juin 2024</li><li>Par Maël Kerdoncuff</li></ul>",
        '<p><time datetime="2024-06-13">hier</time></p>',
        '<p>Par Maël Kerdoncuff, le <time datetime="2024-06-13">13 juin</time></p>',
        "<div>Publié le 13 juin 2024 à 8h30</div>",
        '<p class="byLine">Par Maël Kerdoncuff le 13 juin 2024, à Lanvenec, avec deux photographies</p>',
        '<p class="articleDate">13 juin 2024 Imprimer</p>',
    ],
)
def test_a_date_on_its_own_line_under_the_headline_is_the_publication(line):
    others = '<div class="liste"><p><time datetime="2023-01-02">2 janvier 2023</time></p></div>' * 2
    assert read(under(line, below=others)).published_at == "2024-06-13"


@pytest.mark.parametrize(
    "line",
    [
        "<p>13 juin 2024</p><p>14 juin 2024</p>",
        "<p>Mis à jour le 13 juin 2024</p>",
        '<p>Mis à jour le <time datetime="2024-06-13">13 juin</time></p>',
        '<p>Le port a fermé le <time datetime="2024-06-13">13 juin</time> au soir.</p>',
        '<p class="date">Assemblée générale le 13 juin 2024</p>',
        "<aside><p>13 juin 2024</p></aside>",
    ],
)
def test_other_dates_under_the_headline_are_not_the_publication(line):
    assert read(under(line)).published_at is None


def test_a_date_further_down_is_not_the_publication():
    assert read(under("", below="<h3>13 juin 2024</h3><p>Le bac est à quai.</p>")).published_at is None


# --- authors ---


@pytest.mark.parametrize(
    ("byline", "author"),
    [
        (
            '<div class="byline"><div>Agence Ster</div><div>Updated: January 16, 2024</div></div>',
            "Agence Ster",
        ),
        ('<p class="author">Maël Kerdoncuff March 25, 2024</p>', "Maël Kerdoncuff"),
        ('<p class="author">/ Maël Kerdoncuff /</p>', "Maël Kerdoncuff"),
        ('<p class="author">Maël (M.K.) Kerdoncuff</p>', "Maël (M.K.) Kerdoncuff"),
        (
            '<div class="signature"><p>revue de presse : Maël Kerdoncuff</p><p>son : Ana Le Gall</p></div>',
            "Maël Kerdoncuff",
        ),
        ("<p>Par Maël Kerdoncuff et Ana Le Gall</p>", "Maël Kerdoncuff et Ana Le Gall"),
        ("<p>By <strong>Maël Kerdoncuff</strong></p>", "Maël Kerdoncuff"),
        ('<p class="author">Par Maël Kerdoncuff Envoyé spécial à Brest</p>', "Maël Kerdoncuff"),
        ('<div class="share-kit__author">By Maël Kerdoncuff</div>', "Maël Kerdoncuff"),
        ('<p class="img__author">Photograph by Ana Le Gall</p>', None),
        ("<p>Par ailleurs la suite</p>", None),
        ("<p>Par Maël</p>", None),
        ("<p>Par Maël Kerdoncuff, le bac de Pennarun est fermé.</p>", None),
    ],
)
def test_a_byline_is_read_by_its_lines(byline, author):
    assert read(under(byline)).author == author


def test_the_byline_under_the_headline_comes_before_others():
    above = '<div class="dates_auteurs">En kiosque : Janvier</div><p class="byline">Ana Le Gall</p>'
    assert read(under('<p class="byline">Par Maël Kerdoncuff</p>', above)).author == "Maël Kerdoncuff"


def test_the_address_of_the_site_is_nobody_and_its_name_gives_way_to_the_byline():
    shown = '<p class="byline">Par Maël Kerdoncuff</p>'
    site = '<meta property="og:site_name" content="La Dépêche du Ster">'
    assert (
        read(under(shown), '<meta name="author" content="depeche-ster.example">').author == "Maël Kerdoncuff"
    )
    assert read(under(""), '<meta name="author" content="depeche-ster.example">').author is None
    named = f'{site}<meta name="author" content="La Dépêche du Ster">'
    assert read(under(shown), named).author == "Maël Kerdoncuff"
    assert read(under(""), named).author == "La Dépêche du Ster"


def test_stated_names_lose_their_by_and_escapes():
    assert read(head='<meta name="author" content="By Ana O&amp;#039;Gall">').author == "Ana O'Gall"
    assert (
        read(head=json_ld({"@type": "Article", "author": {"name": "Par Ana Le Gall"}})).author
        == "Ana Le Gall"
    )


def test_a_byline_in_what_holds_the_text_counts_though_it_is_named_for_sharing():
    paragraph = f"<p>{'La compagnie maritime a confirmé la fermeture du bac. ' * 5}</p>"
    body = f'<h1>{TITLE}</h1><div class="share-zone">{paragraph * 3}<p class="author">Ana Le Gall</p></div>'
    assert read(body).author == "Ana Le Gall"
    assert read(f'{article()}<div class="share-zone"><p class="author">Ana Le Gall</p></div>').author is None


# --- titles and outlets ---


def test_a_title_that_was_cut_short_is_completed_by_the_headline():
    stated = '<meta property="og:title" content="Le bac de Pennarun ne passera...">'
    assert read(head=stated).title == TITLE
    assert read(head='<meta property="og:title" content="Le bac de Pennarun s\'arrête...">').title.endswith(
        "..."
    )


@pytest.mark.parametrize(
    ("stated", "heading"),
    [
        (f"{TITLE} | Chroniques | La Dépêche du Ster", TITLE),
        (f"{TITLE} | Chroniques | La Dépêche du Ster", f"{TITLE} <span>Abonnés</span>"),
        (f"{TITLE} -- La Dépêche du Ster", TITLE),
        (f"{TITLE} | La Dépêche | 19.01.2024", TITLE),
        (f"La Dépêche du Ster | {TITLE}", TITLE),
    ],
)
def test_titles_lose_the_names_of_section_and_site(stated, heading):
    site = '<meta property="og:site_name" content="La Dépêche du Ster">'
    head = f'<meta property="og:title" content="{stated}">{site}'
    assert read(f"<h1>{heading}</h1>{TEXT}", head).title == TITLE


def test_what_a_headline_has_after_a_sign_stays():
    title = "Bac de Pennarun | le récit"
    head = f'<meta property="og:title" content="{title} | La Dépêche du Ster">'
    named = head + '<meta property="og:site_name" content="La Dépêche du Ster">'
    assert read(f"<h1>{title}</h1>{TEXT}", named).title == title


def test_the_name_of_a_section_gives_way_to_the_heading_that_the_tab_shows():
    assert read(f"<h1>Vie du port</h1><h2>{TITLE}</h2>{TEXT}").title == TITLE


def test_the_publisher_is_the_outlet_where_the_site_states_its_edition():
    head = '<meta property="og:site_name" content="Bretagne">' + json_ld(
        {"@type": "Article", "headline": TITLE, "publisher": {"name": "La Dépêche du Ster"}}
    )
    assert read(head=head, title=f"{TITLE} | La Dépêche du Ster").outlet == "La Dépêche du Ster"
    assert read(head=head, title=f"{TITLE} | Bretagne").outlet == "Bretagne"
    assert read(head=head).outlet == "Bretagne"


def test_of_several_articles_the_one_whose_headline_the_page_shows_is_meant():
    others = [{"@type": "Article", "headline": f"Autre {n}", "author": "Ana Le Gall"} for n in (1, 2)]
    own = {"@type": "NewsArticle", "headline": TITLE, "author": {"name": ["Maël Kerdoncuff", "Yann Riou"]}}
    assert read(head=json_ld([*others, own])).author == "Maël Kerdoncuff, Yann Riou"
    assert read(head=json_ld([*others, own, own])).author is None
