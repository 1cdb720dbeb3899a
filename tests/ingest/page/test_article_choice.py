"""The article is read and not what stands before it, beside it or in its place."""

import json

import pytest

from ingest.converters.registry import read_article
from rag.errors import UserError

TITLE = "Le marché couvert de Lanvenec rouvre"
TEXT = (
    "<p>Le marché couvert de Lanvenec a rouvert samedi devant deux cents personnes, après un an.</p>"
    "<p>Les étals de poisson y ont retrouvé leur place, et la halle reçoit désormais trente commerçants.</p>"
)
CONSENT = (
    "<h2>Vos choix</h2><p>Avec nos 310 partenaires, nous déposons des cookies pour mesurer l'audience et "
    "afficher des annonces qui vous correspondent.</p><p>Vous pouvez changer d'avis à tout moment, en "
    "bas de chaque page, sans perdre l'accès au site ni à ses services gratuits.</p>"
)


def page(body: str, head: str = "", title: str = TITLE) -> bytes:
    return (
        f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title}</title>{head}</head>'
        f"<body><nav><a href='/'>Accueil</a></nav>{body}<footer>Mentions</footer></body></html>"
    ).encode()


def text_of(body: str, head: str = "", title: str = TITLE) -> str:
    return read_article(page(body, head, title), "a.html").text


def json_ld(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


@pytest.mark.parametrize(
    "marks",
    [
        "id='cookie-wall'",
        "class='Modal' role='dialog'",
        "class='rgpd'",
        "class='CookieNotice'",
        "aria-modal='true'",
    ],
)
@pytest.mark.parametrize("around", ["main", "aside", "article", "section"])
def test_the_article_is_read_and_not_the_request_for_consent(marks, around):
    text = text_of(f"<main><div {marks}>{CONSENT}</div><{around}><h1>{TITLE}</h1>{TEXT}</{around}></main>")
    assert "trente commerçants" in text
    assert "deux cents personnes" in text
    assert "310" not in text


def test_an_article_about_cookies_is_read():
    text = text_of(
        f"<div class='cookies-article'><h1>Les cookies, un an après</h1>{CONSENT}</div>", title="Les cookies"
    )
    assert "310 partenaires" in text


def test_what_has_nothing_to_do_with_the_title_gives_way_to_what_stands_under_it():
    other = (
        "<p>Notre rédaction vous propose chaque semaine une lettre gratuite que lisent dix mille abonnés.</p>"
    )
    text = text_of(
        f"<div class='article-body'>{other * 2}</div><div class='bloc'><h1>{TITLE}</h1>{TEXT}</div>"
    )
    assert "trente commerçants" in text


def test_a_shell_is_read_from_what_it_states():
    body = (
        "Le marché couvert de Lanvenec a rouvert samedi.\nTrente commerçants y tiennent étal. "
        + "Il fait beau. " * 20
    )
    head = json_ld({"@type": "NewsArticle", "headline": TITLE, "articleBody": body})
    text = text_of("<div id='app'><p>Chargement de la page en cours, merci de patienter.</p></div>", head)
    assert text.startswith("Le marché couvert de Lanvenec a rouvert samedi.\nTrente commerçants")
    assert "Chargement" not in text
    head = json_ld(
        {
            "@type": "NewsArticle",
            "headline": TITLE,
            "articleBody": "".join(f"<p>{b}</p>" for b in body.split("\n")),
        }
    )
    assert text_of("<div id='app'></div>", head).startswith(
        "Le marché couvert de Lanvenec a rouvert samedi.\nTrente commerçants"
    )


def test_a_page_that_shows_its_article_is_read_as_it_shows_it():
    head = json_ld({"@type": "NewsArticle", "headline": TITLE, "articleBody": "Autre version. " * 20})
    assert "Autre version" not in text_of(f"<article><h1>{TITLE}</h1>{TEXT * 3}</article>", head)


@pytest.mark.parametrize("name", ["article-body", "post-content", "chunk", "text", "story-body"])
@pytest.mark.parametrize("around", ["article", "main", "div"])
def test_both_parts_of_an_article_are_read(name, around):
    first, second = (
        "".join(
            f"<p>{part} {i} : le conseil de Lanvenec a examiné la halle pendant une longue soirée.</p>"
            for i in "abc"
        )
        for part in ("Point", "Suite")
    )
    text = text_of(
        f"<{around}><h1>{TITLE}</h1><div class='{name}'>{first}</div><aside class='ad'>Publicité</aside>"
        f"<div class='{name}'>{second}</div></{around}>"
    )
    assert [text.index(f"{part} {i}") for part in ("Point", "Suite") for i in "abc"] == sorted(
        text.index(f"{part} {i}") for part in ("Point", "Suite") for i in "abc"
    )


POSTS = (
    (
        "18 h 40",
        "Une fumée épaisse",
        "La halle de Lanvenec est évacuée, la fumée est visible depuis le port.",
    ),
    (
        "19 h 15",
        "Les secours sur place",
        "Trois camions de pompiers sont devant la halle et le toit est arrosé.",
    ),
    (
        "20 h 30",
        "Feu maîtrisé",
        "Le feu est maîtrisé, annonce le maire, qui ne déplore aucun blessé ce soir.",
    ),
)
INTRODUCTION = "Suivez heure par heure l'incendie de la halle, dans le centre de la ville."


def post(element: str, marks: str, time: str, heading: str, text: str) -> str:
    day = f"2025-05-03T{time.replace(' h ', ':')}:00+02:00"
    return (
        f'<{element} {marks}><time datetime="{day}">{time}</time><h2>{heading}</h2><p>{text}</p>'
        f"<div class='share'>Partager<button>Copier le lien</button></div></{element}>"
    )


@pytest.mark.parametrize(
    ("element", "marks"), [("article", "class='post'"), ("div", "class='entry live-post'"), ("li", "")]
)
@pytest.mark.parametrize(
    "title", ["Direct. La halle brûle", "EN DIRECT : la halle brûle", "La halle brûle - live blog"]
)
def test_a_live_report_has_its_posts_in_order_with_time_and_heading(element, marks, title):
    posts = "".join(post(element, marks, *told) for told in POSTS)
    inner = f"<ol>{posts}</ol>" if element == "li" else posts
    text = text_of(f"<main><h1>{title}</h1><p>{INTRODUCTION}</p>{inner}</main>", title=title)
    expected = [title, INTRODUCTION, *(line for told in POSTS for line in told)]
    assert [line.strip(" -") for line in text.split("\n")] == [line.strip(" -") for line in expected]


def test_a_live_report_that_is_stated_but_not_shown_is_read_from_what_it_states():
    updates = [
        {
            "@type": "BlogPosting",
            "headline": heading,
            "datePublished": f"2025-05-03T{time.replace(' h ', ':')}:00+02:00",
            "articleBody": text,
        }
        for time, heading, text in POSTS
    ]
    text = text_of(
        f"<h1>{TITLE}</h1>",
        json_ld({"@type": "LiveBlogPosting", "headline": TITLE, "liveBlogUpdate": updates}),
    )
    assert text.split("\n")[:4] == [TITLE, "2025-05-03 18:40", POSTS[0][1], POSTS[0][2]]
    assert text.endswith(POSTS[2][2])


def test_an_article_that_speaks_of_something_live_is_an_article():
    cards = "".join(
        f"<div><time datetime='2025-05-0{i}'>{i} mai</time><p>Une brève {i} sur la ville.</p></div>"
        for i in (1, 2, 3)
    )
    title = "Le match diffusé en direct sur la place"
    text = text_of(f"<article><h1>{title}</h1>{TEXT * 4}</article><div>{cards}</div>", title=title)
    assert text.startswith(f"{title}\nLe marché couvert")


def teasers(count: int, heading: str = "<h2><a href='/{i}'>Un sujet du jour, numéro {i}</a></h2>") -> str:
    one = f"<article class='teaser'>{heading}<p>Le résumé du sujet {{i}}, en une phrase.</p></article>"
    return "".join(one.format(i=i) for i in range(count))


@pytest.mark.parametrize(
    "heading",
    [
        "<h2><a href='/{i}'>Un sujet du jour, numéro {i}</a></h2>",
        "<a href='/{i}'><h3>Un sujet du jour, numéro {i}</h3></a>",
    ],
)
def test_a_page_of_teasers_is_told_and_not_stored(heading):
    with pytest.raises(UserError, match="lists articles") as told:
        read_article(page(f"<main>{teasers(8, heading)}</main>", title="Toute l'actualité"), "a.html")
    assert "énumère des articles" in told.value.text("fr")


def test_an_article_above_teasers_is_read():
    text = text_of(f"<article><h1>{TITLE}</h1>{TEXT * 2}</article><section>{teasers(9)}</section>")
    assert "trente commerçants" in text


def test_an_article_in_chapters_with_links_is_read():
    chapters = "".join(
        f"<h2><a href='/lieu{i}'>Étape {i}</a></h2>" + TEXT.replace("samedi", f"le {i} mai") * 2
        for i in range(1, 7)
    )
    assert text_of(f"<article><h1>{TITLE}</h1>{chapters}</article>").count("trente commerçants") >= 6
