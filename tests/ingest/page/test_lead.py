"""Standfirst and captions over a text belong to it; lists of other articles don't."""

import pytest
from test_metadata import TITLE, read

STANDFIRST = "La compagnie supprime la traversée ; les îliens devront faire le tour par Lanvenec."
TEXT = (
    "<p>Le bac de Pennarun s'arrêtera à la fin du mois, faute de pilote, a dit la compagnie mardi soir.</p>"
    "<p>Les habitants de l'île devront faire le tour par le pont de Lanvenec, soit quarante kilomètres.</p>"
    "<p>« Nous avons cherché pendant deux ans », dit la directrice, qui ne veut pas fermer la ligne.</p>"
)


def body(above: str, text: str = TEXT) -> str:
    return (
        f'<main><header><h1>{TITLE}</h1>{above}</header><div class="article-body"><div>{text}</div></div>'
        '</main><div class="liste"><p class="chapo">Le chapô d\'un tout autre article, plus bas.</p></div>'
    )


@pytest.mark.parametrize(
    "markup",
    [
        '<p class="chapo">{}</p>',
        '<div class="ContentHeaderDek-x1">{}</div>',
        '<div class="content__standfirst"><p>{}</p></div>',
        '<h2 class="sub-headline"><ul><li>{}</li></ul></h2>',
        '<div class="introduction">{}</div>',
    ],
)
def test_the_standfirst_over_the_text_is_part_of_it(markup):
    text = read(body(markup.format(STANDFIRST))).text
    assert text.startswith(f"{STANDFIRST}\nLe bac de Pennarun s'arrêtera")
    assert text.count(STANDFIRST) == 1
    assert "tout autre article" not in text


def test_what_the_page_states_as_its_description_is_the_standfirst():
    described = f'<meta property="og:description" content="{STANDFIRST[:60]}…">'
    assert read(body(f"<div>{STANDFIRST}</div>"), described).text.startswith(STANDFIRST)
    assert STANDFIRST not in read(body(f"<div>{STANDFIRST}</div>")).text


def test_captions_over_the_text_come_after_the_standfirst():
    picture = (
        '<figure><img src="a.jpg"><figcaption>Le bac à quai, mardi soir à Pennarun</figcaption></figure>'
    )
    text = read(body(f'{picture}<p class="chapo">{STANDFIRST}</p>')).text
    assert text.split("\n")[:3] == [
        STANDFIRST,
        "Le bac à quai, mardi soir à Pennarun",
        "Le bac de Pennarun s'arrêtera à la fin du mois, faute de pilote, a dit la compagnie mardi soir.",
    ]


def test_captions_count_by_their_names_beside_pictures():
    named = '<div class="caption">Le bac à quai, mardi soir à Pennarun</div>'
    assert "Le bac à quai" in read(body(f'<div class="image">{named}</div>')).text
    assert "Le bac à quai" in read(body("", f"<figure><img src='a.jpg'>{named}</figure>{TEXT}")).text
    assert "Le bac à quai" not in read(body(f'<div class="barre">{named}</div>')).text


def test_a_list_of_other_articles_is_left_with_its_heading():
    linked = '<span>Dans le port, </span><a href="/{0}">un autre article, le numéro {0}</a>'
    links = "".join(f"<li>{linked.format(number)}</li>" for number in range(3))
    text = read(body("", f"{TEXT}<h2>À lire aussi</h2><ul>{links}</ul>")).text
    assert "numéro" not in text
    assert "lire aussi" not in text
    assert "numéro 1" in read(body("", f"{TEXT}<h2>Les sources de l'enquête</h2><ul>{links}</ul>")).text
    said = "<h2>À lire aussi</h2><ul><li>Le rapport de la Région</li><li>Le livre de bord</li></ul>"
    assert "Le livre de bord" in read(body("", TEXT + said)).text


def test_a_short_article_is_read_without_the_teasers_around_it():
    prose = "Une tout autre affaire occupe le conseil. " * 8
    teasers = "".join(f"<li><h3><a href='/{n}'>Autre {n}</a></h3><p>{prose}{n}</p></li>" for n in range(12))
    page = (
        f"<article><header><h1>{TITLE}</h1></header><div>{TEXT}</div></article><div><ul>{teasers}</ul></div>"
    )
    text = read(page).text
    assert "Le bac de Pennarun" in text
    assert "tout autre affaire" not in text


def test_the_brackets_of_a_call_go_with_it():
    called = '<p>Les îliens français [<a href="#nb4">4</a>] devront faire le tour [de l\'île], dit-on.</p>'
    assert (
        "Les îliens français devront faire le tour [de l'île], dit-on." in read(body("", TEXT + called)).text
    )
