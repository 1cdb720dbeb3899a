"""Exports of press databases are one article for each article, without what the database adds."""

from __future__ import annotations

import re
import sys
import tracemalloc
from io import BytesIO, StringIO
from types import SimpleNamespace

import pytest
from deliveries import FIRST, OTHER, SECOND, articles, damaged, expanded, outcome, read, reasons
from hypothesis import given, settings
from hypothesis import strategies as st
from run import rounds

from ingest.containers.expand import expand
from ingest.press import europresse, starred
from ingest.press.pieces import pieces
from ingest.schema.document import SourceDocument
from ingest.schema.written_dates import first_day, with_clock
from ingest.sources.discovery import find
from rag.schema.article import Imprint

NUMBERS = ["news·20260205·EC·0412", "web·20260206·VO_w·9a7c01"]


# --- what is looked through once, however long it is ---


@pytest.mark.parametrize(
    ("mark", "text"),
    [(europresse._ADDED_LINK, "\xa0" * 1_000_000), (starred._BROKEN, "*" * 1_000_000)],
)
def test_a_long_run_of_one_character_is_no_mark(mark: re.Pattern[str], text: str):
    assert mark.search(f"{text}x") is None


# --- Europresse ---


def new_article(
    paper: str, head: str, title: str, number: str, body: str, author: str = "", lead: str = ""
) -> str:
    return (
        f'<article><header><div class="rdp__DocPublicationName"><span class="DocPublicationName">'
        f'{paper}</span></div><div><span class="DocHeader">{head}</span></div><div class="titreArticle">'
        f'<p class="sm-margin-TopNews titreArticleVisu rdp__articletitle">{title}</p>'
        f'<p class="sm-margin-TopNews rdp__subtitle">{lead}</p></div>'
        f'<p class="sm-margin-bottomNews">{author}</p></header><section><div class="DocText clearfix">'
        f'<div class="docOcurrContainer">{body}</div></div></section><footer><small>© 2026 {paper}. '
        "Tous droits réservés.</small><div class='rdp__public-cert'>Certificat émis le 8 février 2026 à "
        "Université-du-Val à des fins de visualisation personnelle et temporaire.</div>"
        f'<div id="PubliC">{number}</div></footer>'
        "</article>"
    )


NEW = "<!DOCTYPE html><html><head><meta charset='utf-8'><style>.a{}</style></head><body>BODY</body></html>"
NEW_ARTICLES = [
    new_article(
        "L'Écho du Val, no. 24512",
        "Lézan, jeudi 5 février 2026 412 mots, p. 7",
        "La <mark>halle</mark> rénovée",
        NUMBERS[0],
        f"<p>{FIRST.replace('halle', '<mark>halle</mark>')}</p><p>{SECOND} (lien : https://val.example/halle)</p>"
        "<p>Cet article est paru dans <a href='https://val.example/halle'>L'Écho du Val (site web)</a></p>",
        "Inès Roumégoux",
        "Les travaux commencent lundi",
    ),
    new_article(
        "La Voix de Tornac (site web)",
        "vendredi 6 février 2026 - 08:30 UTC +0100 120 mots",
        "Le marché déménage",
        NUMBERS[1],
        f"<p>{OTHER}</p><aside>À lire aussi : la place.</aside>",
    ),
]
OLD_ARTICLE = (
    '<table><tr><td><table id="tbHeaderImages"><tr><td id="celPublication"></td></tr></table>'
    '<span class="DocPublicationName">{paper}</span><br><span class="DocHeader">{head}</span><br><br>'
    '<span class="TitreArticleVisu">{title}</span><br><br>{body}<p></p><b><i>© 2012 {paper}. Tous droits '
    "réservés.</i></b><p></p>Numéro de document : {number}<br><br><table><tr><td align='center'>{number}</td>"
    "</tr>"
    "<tr><td>Ce certificat est émis à <b>Université-du-Val</b> à des fins de visualisation.</td></tr></table>"
    "</td></tr></table><p><br><br>"
)
OLD_ARTICLES = [
    OLD_ARTICLE.format(
        paper="l'Écho du Val, no. 5968",
        head='Culture, </span><span class="DocHeader">jeudi </span><span class="DocHeader">4 octobre 2012'
        '</span><span class="DocHeader">, p. 03',
        title='La <span style="color:red">halle</span> rénovée',
        body=f"Inès Roumégoux<br><p></p><font>{FIRST}</font><p></p>{SECOND}",
        number=NUMBERS[0],
    ),
    OLD_ARTICLE.format(
        paper="La Voix de Tornac", head="5 octobre 2012", title="Le marché", body=OTHER, number=NUMBERS[1]
    ),
]


def test_europresse_gives_each_article_with_what_is_stated_of_it():
    first, second = articles(NEW.replace("BODY", "".join(NEW_ARTICLES)), "a.html")
    assert first.text == f"Les travaux commencent lundi\n{FIRST}\n{SECOND}"
    assert (first.title, first.outlet, first.author) == (
        "La halle rénovée",
        "L'Écho du Val",
        "Inès Roumégoux",
    )
    assert (first.published_at, first.language) == ("2026-02-05", "fr")
    assert first.imprint == Imprint(
        "Lézan", "7", "© 2026 L'Écho du Val, no. 24512. Tous droits réservés.", f"europresse:{NUMBERS[0]}"
    )
    assert second.imprint is not None
    assert (second.imprint.section, second.imprint.page) == (None, None)
    assert second.text == OTHER
    assert (second.title, second.outlet, second.author) == (
        "Le marché déménage", "La Voix de Tornac (site web)", None,
    )  # fmt: skip
    assert second.published_at == "2026-02-06T08:30:00+01:00"


def test_the_older_form_of_europresse_is_read():
    page = f"<html><head></head><body><form>Sauvegarder</form>{''.join(OLD_ARTICLES)}</body></html>"
    for data in (page.encode(), page.replace("<head>", "<head><meta charset=iso-8859-1>").encode("cp1252")):
        first, second = articles(data, "a.html")
        assert first.text == f"{FIRST}\n{SECOND}"
        assert (first.title, first.outlet, first.author) == (
            "La halle rénovée",
            "l'Écho du Val",
            "Inès Roumégoux",
        )
        assert first.published_at == "2012-10-04"
        assert first.imprint is not None
        assert (first.imprint.section, first.imprint.page) == ("Culture", "03")
        assert first.imprint.rights == "© 2012 l'Écho du Val, no. 5968. Tous droits réservés."
        assert (second.text, second.author, second.published_at) == (OTHER, None, "2012-10-05")


@pytest.mark.parametrize("made", [NEW_ARTICLES, OLD_ARTICLES])
def test_an_article_of_europresse_is_known_by_its_number(made):
    found = expanded(NEW.replace("BODY", "".join(made)), "a.html")
    assert [item.delivery.identity for item in found if isinstance(item, SourceDocument)] == [
        f"europresse:{number}" for number in NUMBERS
    ]
    assert [item.source for item in found] == ["a.html#1", "a.html#2"]


def test_articles_whose_mark_is_lost_are_refused_and_the_others_read():
    page = NEW.replace(
        "BODY", NEW_ARTICLES[0] + "<article>" + NEW_ARTICLES[1] + NEW_ARTICLES[1].replace("<article>", "")
    )
    assert "".join(outcome(page, "a.html")) == f"Les travaux commencent lundi\n{FIRST}\n{SECOND}"
    assert reasons(page, "a.html")[-1] == (
        "a.html#3: several articles without a mark between them; none of them is read."
    )


def test_an_unknown_form_is_refused():
    page = "<html><body><div class=DocPublicationName>L'Écho</div><p>Un.</p><p>Deux.</p></body></html>"
    assert reasons(page, "a.html") == [
        "a.html: an export of a press database in a form that isn't known; none of its articles is read."
    ]


# --- Factiva ---


def coded(language: str, **fields: str) -> str:
    rows = "".join(
        f'<tr><td align="right" class="index"><b>{code}</b>&nbsp;</td><td>{value}</td></tr>'
        for code, value in fields.items()
    )
    return f'<div class="article {language}Article"><table>{rows}</table><br/></div><br/><span></span>'


def paragraphs(*lines: str) -> str:
    return "".join(f'<p class="articleParagraph frarticleParagraph">{line}</p>\n' for line in lines)


FACTIVA = (
    '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" ""><html><head><title>Factiva</title>'
    f"<style>{'.article{}' * 20_000}</style></head><body><div id='contentLeft'>BODY</div>"
    "<div id='pageFooter'>&copy; 2026 Factiva, Inc. Tous droits réservés.</div></body></html>"
)
CODED = [
    coded(
        "fr", SE="Région", HD="<b class='frHeadline'>La halle <b>rénovée</b>\n</b>", BY="Par Inès Roumégoux",
        WC="412 mots", PD="5 février 2026", ET="20:30", SN="L'Écho du Val", SC="ECHVAL", PG="7",
        LA="Français", CY="Copyright 2026 L'Écho du Val.", LP=paragraphs(FIRST), TD=paragraphs(SECOND),
        CT="Contact : 01 00 00 00 00", NS="gcat : Political/General News", RE="fra : France",
        AN="Document ECHVAL0020260205em250001b",
    ),
    coded(
        "de", HD="<b class='deHeadline'>Der Markt zieht um</b>", WC="1.210 Wörter", PD="6. März 2026",
        SN="Stimme von Tornac", LA="Deutsch", LP=paragraphs(OTHER), AN="Dokument STIMTO0020260306em360002c",
    ),
]  # fmt: skip


def plain(language: str, number: str, headline: str, head: list[str], *lines: str, author: str = "") -> str:
    told = f'<div class="author">{author}</div>' if author else ""
    rest = "".join(f"<div>{line}</div>" for line in head)
    return (
        f'<div id="article-{number}" class="article"><div class="article {language}Article"><p>'
        f"<div>Région</div><div id='hd'><span class='{language}Headline'> {headline}</span></div>{told}{rest}"
        "</p>"
        f"{paragraphs(*lines)}<p>Document {number}</p></div></div><br/><span></span>"
    )


PLAIN = [
    plain(
        "en", "ECHVAL0020260205em250001b", "The hall",
        ["1,412 words", "5 February 2026", "20:30", "The Val Echo", "ECHVAL", "7", "English",
         "(c) 2026 The Val Echo"],
        FIRST, SECOND, author="Ines Roumegoux",
    ),
    plain(
        "fr", "VOIXTO0020260306em360002c", "Le marché",
        ["85 mots", "6 mars 2026", "La Voix", "Français"], OTHER,
    ),
]  # fmt: skip


def test_factiva_with_codes_gives_each_article_without_codes_and_contacts():
    first, second = articles(FACTIVA.replace("BODY", "".join(CODED)), "a.html")
    assert first.text == f"{FIRST}\n{SECOND}"
    assert (first.title, first.outlet, first.author) == (
        "La halle rénovée",
        "L'Écho du Val",
        "Inès Roumégoux",
    )
    assert (first.published_at, first.language) == ("2026-02-05T20:30:00", "fr")
    assert first.imprint == Imprint(
        "Région", "7", "Copyright 2026 L'Écho du Val.", "factiva:ECHVAL0020260205EM250001B"
    )
    assert (second.text, second.title, second.published_at) == (OTHER, "Der Markt zieht um", "2026-03-06")


def test_factiva_without_codes_is_read_by_the_order_of_its_head():
    first, second = articles(FACTIVA.replace("BODY", "".join(PLAIN)), "a.html")
    assert first.text == f"{FIRST}\n{SECOND}"
    assert (first.title, first.outlet, first.author) == ("The hall", "The Val Echo", "Ines Roumegoux")
    assert first.published_at == "2026-02-05T20:30:00"
    assert (second.text, second.outlet, second.published_at) == (OTHER, "La Voix", "2026-03-06")


@pytest.mark.parametrize("made", [CODED, PLAIN])
def test_an_article_of_factiva_is_known_by_its_number(made):
    found = expanded(FACTIVA.replace("BODY", "".join(made)), "a.html")
    identities = [item.delivery.identity for item in found if isinstance(item, SourceDocument)]
    assert identities[0] == "factiva:ECHVAL0020260205EM250001B"
    assert len(set(identities)) == 2


def xml_article(number: str, headline: str, lead: str, *tail: str) -> str:
    rest = "".join(f"<paragraph>{line}</paragraph>" for line in tail)
    return (
        f"<ppsarticle><article><accessionNo>{number}</accessionNo><baseLanguage>FR</baseLanguage>"
        f"<byline>Inès Roumégoux</byline><copyright>(c) 2026</copyright>"
        f"<headline><paragraph>{headline}</paragraph></headline>"
        f"<leadParagraph><paragraph>{lead}</paragraph></leadParagraph>"
        "<publicationDate><dateTime>2026-02-05T20:30:00Z</dateTime></publicationDate>"
        f"<sourceName>L'Écho du Val</sourceName><tailParagraphs>{rest}</tailParagraphs>"
        "<notes>Ne pas publier</notes></article></ppsarticle>"
    )


def xml_answer(*made: str) -> str:
    return (
        '<PPSResponse><ppsArticleResponse xmlns="http://global.factiva.com/pps/2.0"><ppsarticleResultSet>'
        f"{''.join(made)}</ppsarticleResultSet></ppsArticleResponse></PPSResponse>"
    )


XML_TWO = xml_answer(
    xml_article("A1", "La <hlt>halle</hlt> rénovée", FIRST, SECOND), xml_article("A2", "Marché", OTHER)
)


def test_factiva_in_xml_is_read():
    first, second = articles(XML_TWO, "a.xml")
    assert (first.text, first.title) == (f"{FIRST}\n{SECOND}", "La halle rénovée")
    assert (first.author, first.outlet, first.language) == ("Inès Roumégoux", "L'Écho du Val", "fr")
    assert first.published_at == "2026-02-05T20:30:00+00:00"
    assert second.text == OTHER


def test_two_articles_in_one_of_factivas_xml_are_refused():
    merged = XML_TWO.replace("</article></ppsarticle><ppsarticle><article>", "", 1)
    assert reasons(merged, "a.xml") == [
        "a.xml#1: several articles without a mark between them; none of them is read."
    ]


# --- dates ---


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Région, dimanche 3 août 2025, p. 1", "2025-08-03"),
        ("1er janvier 2026", "2026-01-01"),
        ("Thursday, February 5, 2026", "2026-02-05"),
        ("9 Mai 1998", "1998-05-09"),
        ("2. März 2026", "2026-03-02"),
        ("Le 14 sept. 2025", "2025-09-14"),
        ("2026-02-05", "2026-02-05"),
        ("Les 12 travaux 2025, 4 décembre 2025", "2025-12-04"),
    ],
)
def test_days_in_words_are_read(line, day):
    found = first_day(line)
    assert found is not None
    assert found.day == day


@pytest.mark.parametrize(
    "line", ["05/06/2025", "31 février 2026", "le 3 du mois", "12 mots 2025", "", "3 août 20251"]
)
def test_what_names_no_day_is_none(line):
    assert first_day(line) is None


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        ("20:30", "2026-02-05T20:30:00"),
        ("- 08:30 UTC +0100 120 mots", "2026-02-05T08:30:00+01:00"),
        ("8 h 05", "2026-02-05T08:05:00"),
        ("11:05 PM GMT", "2026-02-05T23:05:00+00:00"),
        ("99:99", "2026-02-05"),
        ("412 mots, p. 7", "2026-02-05"),
    ],
)
def test_a_time_is_read_beside_its_day(line, moment):
    assert with_clock("2026-02-05", line) == moment


# --- long, damaged, compressed ---


def test_a_long_export_is_read_article_by_article():
    made = (NEW_ARTICLES[0].replace("0412", f"{number:06}").encode() for number in range(1_000))
    data = b"<html><body>" + b"".join(made) + b"</body></html>"
    file = SourceDocument(
        "a.html", "/k/a.html", "html", lambda limit: data[: limit + 1], open=lambda: BytesIO(data)
    )
    tracemalloc.start()
    try:
        keys = {item.key for item in expand(file) if isinstance(item, SourceDocument)}
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(keys) == 1_000
    assert peak < len(data) * 2


@given(st.lists(st.integers(0, 400_000), min_size=1, max_size=6))
@settings(max_examples=50, deadline=None)
def test_pieces_are_what_stands_between_marks(lengths):
    made = [f"<article n={n}>" + "x" * length for n, length in enumerate(lengths)]
    found = list(pieces(StringIO("head" + "".join(made)), re.compile("<article\\b")))
    assert found == made


def test_a_page_that_only_speaks_of_a_database_is_one_article():
    head = "<html><head><title>Qu'est-ce que Factiva ?</title></head>"
    (item,) = expanded(f"{head}<body><article><h1>x</h1><p>{FIRST}</p><p>{SECOND}</p>", "a.html")
    assert isinstance(item, SourceDocument)
    assert item.format == "html"


TWO = [
    NEW.replace("BODY", NEW_ARTICLES[0].replace(SECOND, "") + NEW_ARTICLES[1]),
    NEW.replace("BODY", "".join(OLD_ARTICLES)),
    FACTIVA.replace(".article{}" * 20_000, "").replace("BODY", "".join(CODED)),
    FACTIVA.replace(".article{}" * 20_000, "").replace("BODY", "".join(PLAIN)),
    xml_answer(xml_article("A1", "La halle", FIRST), xml_article("A2", "Marché", OTHER)),
]
PIECES = [
    b"",
    b"<",
    b">",
    b"</div>",
    b"</article>",
    b"&",
    b'"',
    b"\0",
    b"\xff",
    b"<article>",
    b"<table>",
    b"<!--",
]


@pytest.mark.parametrize("number", range(len(TWO)))
@given(place=st.integers(0, 10_000), removed=st.integers(0, 40), put=st.sampled_from(PIECES))
@settings(max_examples=rounds(100, 1_000), deadline=None)
def test_what_is_damaged_is_refused_or_read_and_never_merged(number, place, removed, put):
    name = "a.xml" if TWO[number].startswith("<PPS") else "a.html"
    for text in outcome(damaged(TWO[number].encode(), place, removed, put), name):
        assert not (FIRST[-40:] in text and OTHER[:40] in text)


def test_an_export_on_standard_input_is_read_article_by_article(monkeypatch):
    page = NEW.replace("BODY", "".join(NEW_ARTICLES)).encode()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=BytesIO(page)))
    assert [read(item).title for found in find(["-"]) for item in expand(found)] == [
        "La halle rénovée", "Le marché déménage",
    ]  # fmt: skip
