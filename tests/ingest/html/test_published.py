"""Text is taken in as its readers saw it: what is hidden or struck isn't, what markup alone says is."""

import json

import pytest
from lxml import etree

from ingest.converters.registry import read_article
from ingest.decoding.html_text import text_of, text_of_markup
from ingest.html import extraction

BEFORE = (
    "<p>La bibliothèque de Saint-Rivoal rouvre lundi après six semaines de travaux, a indiqué la mairie de "
    "la commune dans un communiqué.</p>"
)
AFTER = (
    "<p>Les habitants pourront de nouveau emprunter des livres dès neuf heures, et l'entrée restera gratuite "
    "pour les enfants comme pour leurs parents.</p>"
)


def page(body: str, lang: str = "fr") -> str:
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>La bibliothèque</title>'
        f"</head><body><article><h1>La bibliothèque rouvre</h1>{BEFORE}{body}{AFTER}</article></body></html>"
    )


def mail(body: str, lang: str = "fr") -> bytes:
    head = "From: La Lettre <a@lettre.example>\nSubject: La lettre\nContent-Type: text/html; charset=utf-8\n"
    return f'{head}\n<html lang="{lang}"><body>{BEFORE}{body}{AFTER}</body></html>'.encode()


def record(body: str, lang: str = "fr") -> bytes:
    return json.dumps({"title": "a", "text": f'<div lang="{lang}">{BEFORE}{body}{AFTER}</div>'}).encode()


CARRIERS = {
    "html": lambda body, lang="fr": read_article(page(body, lang).encode(), "a.html").text,
    "eml": lambda body, lang="fr": read_article(mail(body, lang), "a.eml").text,
    "record": lambda body, lang="fr": read_article(record(body, lang), "a#1", format_="record").text,
}


@pytest.fixture(params=CARRIERS)
def text_with(request):
    """What is read of an article with these elements, from each format that carries HTML."""
    return CARRIERS[request.param]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Le fonds compte 420<sup>2</sup> volumes.", "Le fonds compte 420 volumes."),
        ("Le fonds compte 12 420<sup>3</sup> volumes.", "Le fonds compte 12 420 volumes."),
        ('Selon la charte<sup><a href="#note1">1</a></sup>, oui.', "Selon la charte, oui."),
        ('La charte<sup class="reference"><a href="#cite_note-2">[2]</a></sup> dit.', "La charte dit."),
        ("Selon la direction<sup>*</sup>, oui.", "Selon la direction, oui."),
        ("Selon la direction<sup>4</sup>, oui.", "Selon la direction, oui."),
        ('Un legs de 30<a href="#_ftn1">[1]</a> livres.', "Un legs de 30 livres."),
        ('Un legs de 30<a role="doc-noteref" href="n.xhtml#n1">1</a> livres.', "Un legs de 30 livres."),
        ("Un budget de 10<sup>6</sup> euros.", "Un budget de 10⁶ euros."),
        ("Une dose de 10<sup>-3</sup> gramme.", "Une dose de 10⁻³ gramme."),
        ("Une salle de 85 m<sup>2</sup> et 200 m<sup>3</sup> d'air.", "Une salle de 85 m² et 200 m³ d'air."),
        ("Deux carrés : 3<sup>2</sup> et 4<sup>2</sup>.", "Deux carrés : 3² et 4²."),
        ("Un livre à 19<sup>90</sup> € chacun.", "Un livre à 19⁹⁰ € chacun."),
        ("Le 20<sup>e</sup> siècle, le 1<sup>er</sup> juin.", "Le 20e siècle, le 1er juin."),
        ("M<sup>me</sup> Le Goff, n<sup>o</sup> 12.", "Mme Le Goff, no 12."),
        ("Du carbone <sup>14</sup>C est daté.", "Du carbone ¹⁴C est daté."),
        ("Du CO<sub>2</sub> et de l'eau.", "Du CO2 et de l'eau."),
    ],
)  # fmt: skip
def test_calls_of_notes_are_no_digits_of_a_number_and_powers_stay_powers(text_with, written, read):
    assert f"\n{read}\n" in text_with(f"<p>{written}</p>")


def test_the_number_that_begins_a_note_stays_with_it_and_apart(text_with):
    assert "\n¹ Source : mairie.\n" in text_with("<p><sup>1</sup> Source : mairie.</p>")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('Fermé <time datetime="2025-03-12">mardi 12 mars</time> à midi.', "Fermé mardi 12 mars à midi."),
        ("Cliquez sur <button>Réserver</button> puis validez.", "Cliquez sur Réserver puis validez."),
        ("Cochez <label>adulte</label> ou enfant.", "Cochez adulte ou enfant."),
        ("Le total est de <output>42</output> livres.", "Le total est de 42 livres."),
        ('Soit <data value="7">sept</data> salles.', "Soit sept salles."),
    ],
)  # fmt: skip
def test_words_in_a_sentence_stay_in_it_whatever_their_element(text_with, written, read):
    assert f"\n{read}\n" in text_with(f"<p>{written}</p>")


def test_controls_outside_sentences_are_no_text_of_an_article():
    text = CARRIERS["html"]("<div><button>Partager</button></div><form><label>Nom</label> <input></form>")
    assert "Partager" not in text
    assert "Nom" not in text


@pytest.mark.parametrize(
    "struck",
    [
        "<s>9</s>",
        "<del>9</del>",
        "<strike>9</strike>",
        '<span style="text-decoration: line-through">9</span>',
    ],
)
def test_what_was_struck_out_is_not_read(text_with, struck):
    assert "\nLe prêt est de 14 jours.\n" in text_with(f"<p>Le prêt est de {struck} <ins>14</ins> jours.</p>")
    assert "\nLe prêt est de 14 jours.\n" in text_with(f"<p>Le prêt est de {struck}14 jours.</p>")


@pytest.mark.parametrize(
    ("lang", "read"),
    [("fr", "Il a dit « non merci » et est parti."), ("en-GB", "Il a dit “non merci” et est parti.")],
)
def test_quotation_marks_that_browsers_draw_are_written(text_with, lang, read):
    assert f"\n{read}\n" in text_with("<p>Il a dit <q>non merci</q> et est parti.</p>", lang)


def test_quotation_marks_are_written_once_and_inner_ones_differ(text_with):
    assert "a dit « non »." in text_with("<p>Elle a dit <q>« non »</q>.</p>")
    assert "a dit « le mot “non” suffit »." in text_with("<p>Elle a dit <q>le mot <q>non</q> suffit</q>.</p>")


@pytest.mark.parametrize("empty", ["<p></p>", "<p> </p>", "<div></div>"])
def test_an_empty_paragraph_is_a_break(text_with, empty):
    text = text_with(f"<div>La maire approuve.{empty}Le conseil votera.{empty}Rien n'est joué.</div>")
    assert "\nLa maire approuve.\nLe conseil votera.\nRien n'est joué.\n" in text


@pytest.mark.parametrize(
    "hidden",
    [
        "<p hidden>À relire</p>",
        "<p style='display:none'>À relire</p>",
        "<div style='color:red; visibility : hidden'>À relire</div>",
        "<div aria-hidden='true'>À relire</div>",
        "<div style='max-height:0px;max-width:0;overflow:hidden'>À relire</div>",
    ],
)
def test_what_nobody_sees_is_not_read(text_with, hidden):
    text = text_with(hidden)
    assert "À relire" not in text
    assert "rouvre lundi" in text
    assert "neuf heures" in text


def test_an_article_that_scripts_will_show_is_read():
    shown = page("").replace("<article>", "<article style='display:none' aria-hidden='true'>")
    assert "rouvre lundi" in read_article(shown.encode(), "a.html").text
    shown = page("").replace("<body>", "<body hidden>")
    assert "rouvre lundi" in read_article(shown.encode(), "a.html").text


def test_the_preheader_of_a_mail_is_not_read():
    text = CARRIERS["eml"]('<div style="display:none;font-size:1px">Votre offre spéciale</div>')
    assert "offre" not in text


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (
            '<span class="jour">7 mai</span><span class="fait">Début des travaux</span>',
            "7 mai Début des travaux",
        ),
        ("<strong>Lecteurs</strong><span>310</span>", "Lecteurs 310"),
        ("<time>20 h</time><b>Fermeture des portes</b>", "20 h Fermeture des portes"),
        ("<span class='lettrine'>L</span><span class='suite'>e bois</span> brûle", "Le bois brûle"),
        ("<b>bi</b><i>bliothèque</i> ouverte", "bibliothèque ouverte"),
        ("<code>langage</code><var>X</var> retenu", "langageX retenu"),
    ],
)
def test_what_a_style_sheet_sets_apart_stays_apart_and_words_stay_whole(text_with, written, read):
    assert f"- {read}\n" in text_with(f"<ul><li>{written}</li><li>Deuxième point de la liste</li></ul>")


def test_lists_in_cells_stay_in_their_row(text_with):
    text = text_with(
        "<table><tr><th>Jour</th><th>Heures</th></tr><tr><td>Lundi</td><td><ul><li>9 h - 12 h</li>"
        "<li>14 h - 18 h</li></ul></td></tr><tr><td>Mardi</td><td><p>fermée</p><p>tout le jour</p></td></tr>"
        "</table>"
    )
    assert "\nJour | Heures\nLundi | 9 h - 12 h; 14 h - 18 h\nMardi | fermée tout le jour\n" in text


def test_cells_that_span_are_repeated_wherever_they_count(text_with):
    text = text_with(
        "<table><thead><tr><th rowspan=2>Salle</th><th colspan=2>Livres</th></tr><tr><th>Prêtés</th>"
        "<th>Rendus</th></tr></thead><tbody><tr><td rowspan=2>Jeunesse</td><td>12</td><td>9</td></tr><tr>"
        "<td>15</td><td>11</td></tr><tr><td>Adultes</td><td rowspan=9>7</td><td>6</td></tr></tbody></table>"
    )
    assert (
        "\nSalle | Livres | Livres\nSalle | Prêtés | Rendus\nJeunesse | 12 | 9\n"
        "Jeunesse | 15 | 11\nAdultes | 7 | 6\n" in text
    )


def test_a_heading_over_a_whole_table_stands_once(text_with):
    text = text_with(
        "<table><tr><td colspan=2>Section jeunesse</td></tr><tr><td rowspan=2>Romans</td><td>12</td></tr>"
        "<tr><td>13</td></tr></table>"
    )
    assert text.count("Section jeunesse") == 1
    assert "Romans | 12\nRomans | 13\n" in text


def test_spans_without_end_cost_nothing():
    cells = "<td rowspan=99999999 colspan=99999999>x</td>" * 3_000
    text = text_of_markup(f"<p>début</p><table><tr>{cells}</tr><tr><td>fin</td></tr></table>")
    assert text.startswith("début")
    assert len(text) < 50_000


@pytest.mark.parametrize("spans", ["rowspan=99", "rowspan=99 colspan=5", "rowspan=" + "9" * 5_000])
def test_rows_that_push_each_other_aside_stay_few(text_with, spans):
    rows = f"<tr>{f'<td {spans}>x</td>' * 20}</tr>" * 300
    text = text_with(f"<table>{rows}</table>")
    assert text.count("x") < 60_000


def test_a_cell_that_reaches_down_stands_beside_more_cells_than_its_row_has(text_with):
    text = text_with(
        "<table><tr><td rowspan=3>Lot</td><td>1</td></tr><tr><td rowspan=2>Nord</td><td>2</td>"
        "<td rowspan=2>3</td></tr><tr><td>4</td></tr></table>"
    )
    assert "Lot | Nord | 2 | 3\nLot | Nord | 4 | 3\n" in text


@pytest.mark.parametrize("style", ["height:0;overflow:hidden", "overflow: hidden; max-height: 0px"])
def test_what_is_cut_off_is_hidden_in_whatever_order_it_says_so(text_with, style):
    assert "caché" not in text_with(f"<p>Un mot.</p><div style='{style}'>caché</div>")


def test_a_style_of_many_heights_is_looked_through_once(text_with):
    # 300,000 properties, after each of which the rest would be looked through: 10¹¹ steps.
    assert "visible" in text_with(f"<p style='{'height:0;' * 300_000}'>Un mot visible.</p>")


def test_a_text_of_many_empty_lines_is_looked_through_once():
    assert extraction._MARKED_ITEM.sub("", "\n" * 1_000_000 + "x") == "\n" * 1_000_000 + "x"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<ol><li>Venir</li><li>Lire</li></ol>", "1. Venir\n2. Lire\n"),
        (
            "<ol start=4><li>Venir</li><li value=9>Lire</li><li>Rendre</li></ol>",
            "4. Venir\n9. Lire\n10. Rendre\n",
        ),
        ("<ol type=a><li>Venir</li><li>Lire</li></ol>", "a. Venir\nb. Lire\n"),
        ("<ol type=I start=3><li>Venir</li><li>Lire</li></ol>", "III. Venir\nIV. Lire\n"),
        ("<ol reversed><li>Venir</li><li>Lire</li></ol>", "2. Venir\n1. Lire\n"),
        ("<ol><li><p>Venir</p></li><li><b>Lire</b> encore</li></ol>", "1. Venir\n2. Lire encore\n"),
    ],
)
def test_items_of_numbered_lists_keep_their_numbers(text_with, written, read):
    assert f"\n{read}" in text_with(written)


def test_a_short_term_and_what_it_means_are_one_line(text_with):
    text = text_with(
        "<dl><dt>Lecteurs</dt><dd>310</dd><dt>Salles :</dt><dd>deux</dd><dd>dont une fermée</dd></dl>"
    )
    assert "Lecteurs : 310\n" in text
    assert "Salles : deux; dont une fermée\n" in text


def test_a_long_meaning_stays_a_paragraph(text_with):
    meaning = "Une collection que la commune a reçue de ses habitants et conserve pour les lecteurs à venir."
    text = text_with(f"<dl><dt>Fonds</dt><dd>{meaning}</dd></dl>")
    assert "Fonds\n" in text
    assert meaning in text


def test_captions_are_kept_as_paragraphs_and_credits_are_left():
    caption = "Les rayonnages de la salle de lecture, lundi matin."
    text = CARRIERS["html"](
        f"<figure><img src=a.jpg><figcaption>{caption}</figcaption></figure>"
        "<figure><img src=b.jpg><figcaption>© Agence Rivoal</figcaption></figure>"
    )
    assert f"\n{caption}\n" in text
    assert "©" not in text


def test_a_chapter_of_a_book_is_read_as_it_was_published():
    """Namespaces are no obstacle."""
    chapter = etree.fromstring(
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="fr">'
        '<body><p>Le fonds compte 420<a epub:type="noteref" href="#n">1</a> volumes sur 80 m<sup>2</sup>.</p>'
        "<p hidden=''>Épreuve</p><p>Il a dit <q>non</q>, pas <s>oui</s> jamais.</p>"
        "<table><tr><td rowspan='2'>Prose</td><td>1</td></tr><tr><td>2</td></tr></table></body></html>"
    )
    assert text_of(chapter) == (
        "Le fonds compte 420 volumes sur 80 m².\nIl a dit « non », pas jamais.\nProse | 1\nProse | 2"
    )


@pytest.mark.parametrize(
    ("column", "read"),
    [
        ("Le fonds compte 420<sup>2</sup> volumes.", "Le fonds compte 420 volumes."),
        ("Il a dit <q lang='fr'>non</q>.\n\nPas <s>oui</s> jamais.", "Il a dit « non ».\n\nPas jamais."),
        ("Première ligne.<br>Deuxième <b>ligne</b>.", "Première ligne.\nDeuxième ligne."),
        ("Si a <b et c> d, alors a < d.", "Si a <b et c> d, alors a < d."),
        ("La balise <sup> met en exposant.", "La balise <sup> met en exposant."),
    ],
)
def test_a_column_that_has_elements_in_its_lines_is_read_as_html(column, read):
    data = json.dumps({"title": "a", "text": column}).encode()
    assert read_article(data, "a#1", format_="record").text == read
