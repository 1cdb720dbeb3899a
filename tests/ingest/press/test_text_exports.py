"""Exports that are running text are one article for each article, whichever file the text is in."""

from __future__ import annotations

import re

import pytest
from deliveries import FIRST, OTHER, SECOND, articles, damaged, expanded, outcome, reasons
from documents import pdf, word, zipped
from hypothesis import given, settings
from hypothesis import strategies as st
from run import rounds

from ingest.converters.registry import read_article
from ingest.schema.document import SourceDocument
from rag.errors import UserError

# --- Factiva ---


CODED = """\
SE\tRégion
HD\tLa halle rénovée
BY\tPar Inès Roumégoux
WC\t412 mots
PD\t5 février 2026
ET\t20:30
SN\tL'Écho du Val
SC\tECHVAL
LA\tFrançais
CY\tCopyright 2026 L'Écho du Val.
LP\t{first}
TD\t{second}
CT\tContact : 01 00 00 00 00
NS\tgcat : Political/General News
AN\tDocument ECHVAL0020260205em250001b
"""
PLAIN = """\
Stimmen
{title}
By Ines Roumegoux
1,412 words
5 February 2026
20:30
The Val Echo
ECHVAL
7
English
(c) 2026 The Val Echo

{first}

{second}

Document ECHVAL0020260205em25000{n}b
"""
CODED_TWO = CODED.format(first=FIRST, second=SECOND) + CODED.format(first=OTHER, second="").replace(
    "001b", "002c"
)
PLAIN_TWO = PLAIN.format(title="The hall", first=FIRST, second=SECOND, n=1) + PLAIN.format(
    title="The market", first=OTHER, second="", n=2
)
CLOSING = "Search Summary\nText\thalle\nDate\tAll Dates\n"


def rtf(text: str) -> str:
    """The text as a program writes it in RTF, with fonts, styles, a header and a picture around it."""
    escaped = text.replace("\\", "\\\\").replace("{", "\\{").replace("}", "\\}")
    body = "".join(
        "\\par\n" if c == "\n" else "\\tab " if c == "\t" else c if ord(c) < 128 else f"\\u{ord(c)}?"
        for c in escaped
    )
    return (
        "{\\rtf1\\ansi\\ansicpg1252\\uc1{\\fonttbl{\\f0\\fswiss\\fcharset0 Arial;}}{\\colortbl;\\red0;}"
        "{\\stylesheet{\\s0 Normal;}}{\\header\\pard Factiva\\par}{\\pict\\pngblip 89504e47}"
        f"\\pard\\plain\\f0\\fs20 {body}}}"
    )


@pytest.mark.parametrize(("name", "made"), [("a.txt", str), ("a.rtf", rtf)])
def test_factiva_with_codes_is_read_as_text(name, made):
    first, second = articles(made(CODED_TWO + CLOSING), name)
    assert first.text == f"{FIRST}\n{SECOND}"
    assert (first.title, first.outlet, first.author) == (
        "La halle rénovée",
        "L'Écho du Val",
        "Inès Roumégoux",
    )
    assert (first.published_at, first.language) == ("2026-02-05T20:30:00", "fr")
    assert second.text == OTHER


@pytest.mark.parametrize(("name", "made"), [("a.txt", str), ("a.rtf", rtf)])
def test_factiva_without_codes_is_read_as_text(name, made):
    first, second = articles(made(PLAIN_TWO + CLOSING), name)
    assert first.text == f"{FIRST}\n{SECOND}"
    assert (first.title, first.outlet, first.author) == ("The hall", "The Val Echo", "Ines Roumegoux")
    assert first.published_at == "2026-02-05T20:30:00"
    assert (second.text, second.title) == (OTHER, "The market")
    found = expanded(made(PLAIN_TWO), name)
    assert [item.delivery.identity for item in found if isinstance(item, SourceDocument)] == [
        "factiva:ECHVAL0020260205EM250001B", "factiva:ECHVAL0020260205EM250002B",
    ]  # fmt: skip


def test_articles_of_factiva_without_the_line_between_them_are_refused():
    for text in (CODED_TWO, PLAIN_TWO):
        merged = text.replace("Document ECHVAL0020260205em250001b", "", 1)
        assert reasons(merged, "a.txt") == [
            "a.txt#1: several articles without a mark between them; none of them is read."
        ]
    cut = PLAIN_TWO.rpartition("Document")[0]
    assert outcome(cut, "a.txt") == [f"{FIRST}\n{SECOND}", ""]


# --- Nexis ---


OLD = """\
{cover}                               {n} of 2 DOCUMENTS



                                  {outlet}

                            February 5, 2026 Thursday
                                   Edition 1;
                                    Val

{title}

BYLINE: Inès Roumégoux

SECTION: REGION; Pg. 7

LENGTH: 355 words

{body}

LOAD-DATE: February 6, 2026

LANGUAGE: FRENCH

PUBLICATION-TYPE: Newspaper


                       Copyright 2026 L'Écho du Val
                              All Rights Reserved
"""
COVER = "Download Request: Selected Items: 1-2\nSend To:\nUNIVERSITÉ DU VAL\n\n\n"
WRAPPED = FIRST.replace(" rénovée", "\nrénovée")


def old(n: int, outlet: str, title: str, body: str, cover: str = "") -> str:
    return OLD.format(n=n, outlet=outlet, title=title, body=body, cover=cover)


OLD_TWO = old(1, "L'Écho du Val", "La halle", f"{WRAPPED}\n\n{SECOND}", COVER) + old(
    2, "La Voix", "Marché", OTHER
)
NEW = """\
{title}
{outlet}
February 5, 2026 Thursday
Copyright 2026 {outlet} All Rights Reserved
Section: RÉGION; Pg. 7
Length: 355 words
Byline: Inès Roumégoux
Body

{body}
Load-Date: February 6, 2026
Classification
Language: FRENCH
Publication-Type: Newspaper
Subject: MARKETS (90%)
End of Document
"""
NEW_TWO = (
    "Date and Time: Sunday, February 8, 2026 10:00:00 AM CET\nJob Number: 1234\nDocuments (2)\n1. La halle\n"
    "2. Marché\n"
    + NEW.format(title="La halle", outlet="L'Écho du Val", body=f"{FIRST}\n{SECOND}\nUpdate: rien.")
    + NEW.format(title="Marché", outlet="La Voix", body=OTHER)
)


def test_nexis_of_old_is_read_with_its_lines_joined():
    first, second = articles(OLD_TWO, "a.txt")
    assert first.text == f"{FIRST}\n{SECOND}"
    assert (first.title, first.outlet, first.author) == ("La halle", "L'Écho du Val", "Inès Roumégoux")
    assert (first.published_at, first.language) == ("2026-02-05", "fr")
    assert (second.text, second.title, second.outlet) == (OTHER, "Marché", "La Voix")
    assert first.imprint is not None
    assert (first.imprint.page, first.imprint.identity) == ("7", None)
    assert first.imprint.section in ("REGION", "RÉGION")
    assert first.imprint.rights is not None
    assert first.imprint.rights.startswith("Copyright 2026 L'Écho du Val")


@pytest.mark.parametrize(("name", "made"), [("a.txt", str), ("a.rtf", rtf), ("a.docx", word)])
def test_nexis_is_read_from_whatever_file_it_is_in(name, made):
    data = made(*NEW_TWO.splitlines()) if made is word else made(NEW_TWO)
    first, second = articles(data, name)
    assert first.text == f"{FIRST}\n{SECOND}\nUpdate: rien."
    assert (first.title, first.outlet, first.author) == ("La halle", "L'Écho du Val", "Inès Roumégoux")
    assert (first.published_at, first.language) == ("2026-02-05", "fr")
    assert (second.text, second.title, second.outlet) == (OTHER, "Marché", "La Voix")
    assert first.imprint is not None
    assert (first.imprint.page, first.imprint.identity) == ("7", None)
    assert first.imprint.section in ("REGION", "RÉGION")
    assert first.imprint.rights is not None
    assert first.imprint.rights.startswith("Copyright 2026 L'Écho du Val")


HIDE = "<!-- Hide XML section from browser"


def old_page(*articles_: str) -> str:
    """The old form as HTML: each paragraph in a `p` of its own, the edition behind a `br` after the day."""
    made = []
    for text in articles_:
        found = [" ".join(block.split()) for block in re.split(r"\n\s*\n", text) if block.strip()]
        blocks = [re.sub(r"(?<=Thursday) ", "<BR>", block) for block in found]
        shown = "".join(f'<DIV CLASS="c4"><P CLASS="c1"><SPAN>{one}</SPAN></P></DIV>\n' for one in blocks)
        made.append(f"{HIDE}\n<DOC NUMBER=1>\n<DOCFULL> -->{shown}{HIDE}\n</DOCFULL> -->\n{HIDE}\n</DOC> -->")
    return f"<HTML><HEAD><TITLE>x</TITLE></HEAD><BODY>{''.join(made)}</BODY></HTML>"


def new_page(text: str) -> str:
    """The newer form as a word processor saves it as HTML."""
    lines = "".join(f"<p>{line}</p>" for line in text.splitlines())
    return f"<html><head><meta charset='utf-8'></head><body>{lines}</body></html>"


def test_nexis_of_old_is_read_from_html():
    page = old_page(
        old(1, "L'Écho du Val", "La halle", f"{FIRST}\n\n{SECOND}"), old(2, "La Voix", "Marché", OTHER)
    )
    first, second = articles(page, "a.html")
    assert first.text == f"{FIRST}\n{SECOND}"
    assert (first.title, first.outlet, first.author) == ("La halle", "L'Écho du Val", "Inès Roumégoux")
    assert (first.published_at, first.language) == ("2026-02-05", "fr")
    assert (second.text, second.title, second.outlet) == (OTHER, "Marché", "La Voix")


def test_nexis_is_read_from_html():
    first, second = articles(new_page(NEW_TWO), "a.html")
    assert first.text == f"{FIRST}\n{SECOND}\nUpdate: rien."
    assert (first.title, first.outlet, first.author) == ("La halle", "L'Écho du Val", "Inès Roumégoux")
    assert (second.text, second.title, second.outlet) == (OTHER, "Marché", "La Voix")
    assert first.imprint is not None and first.imprint.page == "7"


FRENCH = """\
Document {n} sur 2
{title}
{outlet}
5 février 2026 jeudi
Copyright 2026 {outlet}
Section: RÉGION; p. 7
Longueur : 355 mots
Auteur : Inès Roumégoux
Corps
{body}
Date de chargement : 6 février 2026
"""


@pytest.mark.parametrize(("name", "made"), [("a.txt", str), ("a.html", new_page)])
def test_nexis_is_read_by_its_numbers_where_there_is_no_end_and_in_french(name, made):
    text = FRENCH.format(n=1, title="La halle", outlet="L'Écho du Val", body=f"{FIRST}\n{SECOND}")
    text += FRENCH.format(n=2, title="Marché", outlet="La Voix", body=OTHER)
    first, second = articles(made(text), name)
    assert first.text == f"{FIRST}\n{SECOND}"
    assert (first.title, first.outlet, first.author) == ("La halle", "L'Écho du Val", "Inès Roumégoux")
    assert first.published_at == "2026-02-05"
    assert (second.text, second.title) == (OTHER, "Marché")
    lost = made(text.replace("Document 2 sur 2\n", ""))
    assert reasons(lost, name) == [
        f"{name}#1: several articles without a mark between them; none of them is read."
    ]


def test_a_page_that_speaks_of_nexis_is_a_page():
    body = f"<p>{FIRST}</p><p>Chez Nexis, « End of Document » suit chaque article.</p><p>{SECOND}</p>"
    (found,) = expanded(f"<html><body><article><h1>x</h1>{body}</article></body></html>", "a.html")
    assert isinstance(found, SourceDocument) and found.format == "html"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (NEW_TWO.splitlines(), "2 articles of Nexis"),
        (
            [FIRST, "news·20260205·EC·0412", OTHER, "news·20260205·EC·0413"],
            "2 articles of Europresse",
        ),
        (
            [FIRST, "Document ECHVAL0020260205em2500001", OTHER, "Document ECHVAL0020260205em2500002"],
            "2 articles of Factiva",
        ),
    ],
)
def test_a_pdf_of_several_articles_of_a_database_is_refused(lines, told):
    with pytest.raises(UserError, match=told) as error:
        read_article(pdf(*lines), "a.pdf")
    assert error.value.text("fr") != error.value.text("en")


def test_a_pdf_of_one_article_of_a_database_is_read():
    lines = [FIRST, "Document ECHVAL0020260205em2500001", "news·20260205·EC·0412", SECOND, "End of Document"]
    assert FIRST in read_article(pdf(*lines), "a.pdf").text


def test_articles_of_nexis_without_the_line_between_them_are_refused():
    merged = "several articles without a mark between them; none of them is read."
    assert reasons(NEW_TWO.replace("End of Document\n", "", 1), "a.txt") == [f"a.txt#1: {merged}"]
    assert reasons(OLD_TWO.replace("2 of 2 DOCUMENTS", ""), "a.txt") == [f"a.txt#1: {merged}"]
    cut = NEW_TWO.rpartition("End of Document")[0]
    assert outcome(cut, "a.txt")[1] == ""


def test_other_documents_are_one_article():
    assert len(expanded(word("Un mot.", "Fin"), "a.docx")) == 1
    assert len(expanded(zipped({"x": "y"}), "a.docx")) == 1
    assert articles(f"{FIRST}\nDocument joint au dossier\n85 mots", "a.txt")[0].text.startswith(FIRST)
    assert articles("Les ****\n**** étoiles *de_mer*.", "a.txt")[0].text == "Les ****\n**** étoiles *de_mer*."


# --- IRaMuTeQ ---


STARRED = (
    "**** *source_L'Écho_du_Val *date_2026-02-05 *am_2026-02 *auteur_Inès_Roumégoux *titre_La_halle\n"
    f"{FIRST}\n{SECOND}\n\n**** *journal_Voix *date_hier\n-*place\n{OTHER}\n"
)


def test_a_corpus_of_iramuteq_is_read_by_its_lines_of_variables():
    first, second = articles(STARRED, "a.txt")
    assert first.text == f"{FIRST}\n{SECOND}"
    assert (first.title, first.outlet, first.author) == ("La halle", "L'Écho du Val", "Inès Roumégoux")
    assert first.published_at == "2026-02-05"
    assert (second.text, second.outlet, second.published_at) == (OTHER, "Voix", None)


def test_a_broken_line_of_variables_is_not_text():
    told = "a line of variables in it can't be read; it may be several articles and isn't read."
    assert reasons(STARRED.replace("\n\n****", "\n\n***"), "a.txt") == [f"a.txt#1: {told}"]
    assert reasons(STARRED[1:], "a.txt") == [f"a.txt#1: {told}"]
    assert outcome(STARRED[1:], "a.txt") == ["", OTHER]


# --- damaged ---


TWO = [
    ("a.txt", CODED_TWO.encode()),
    ("a.txt", PLAIN_TWO.encode()),
    ("a.rtf", rtf(PLAIN_TWO).encode()),
    ("a.txt", OLD_TWO.encode()),
    ("a.txt", NEW_TWO.encode()),
    ("a.docx", word(*NEW_TWO.splitlines())),
    ("a.txt", STARRED.encode()),
    ("a.html", new_page(NEW_TWO).encode()),
    ("a.html", old_page(old(1, "L'Écho", "La halle", FIRST), old(2, "La Voix", "Marché", OTHER)).encode()),
]
PIECES = [b"", b"\n", b"{", b"}", b"\\", b"\\'", b"\\u-", b"\0", b"\xff", b"*", b": ", b"\\bin9 "]


@pytest.mark.parametrize(("name", "data"), TWO)
@given(place=st.integers(0, 5_000), removed=st.integers(0, 12), put=st.sampled_from(PIECES))
@settings(max_examples=rounds(80, 1_000), deadline=None)
def test_what_is_damaged_is_refused_or_read_and_never_merged(name, data, place, removed, put):
    for text in outcome(damaged(data, place, removed, put), name):
        assert not (FIRST[-30:] in text and OTHER[:30] in text)
