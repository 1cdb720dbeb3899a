"""MHTML is the page that was saved, under its own address; nothing else of the file is an article."""

import pytest
from archives import mhtml, page
from deliveries import damaged
from documents import mail
from hypothesis import given, settings
from hypothesis import strategies as st
from run import rounds

from ingest.archives.mhtml import open_mhtml
from ingest.converters.registry import format_of, read_article
from rag.errors import UserError
from rag.schema.article import Article

PONT = "Le maire de Corvenne a rouvert le pont à péage lundi matin, après trois mois de travaux."
GARE = "La gare de Montferrel restera fermée tout l'hiver, a confirmé la région mercredi soir."
URL = "https://courrier.example/pont"
BLINK = (
    f"From: <Saved by Blink>\r\nSnapshot-Content-Location: {URL}\r\n"
    "Subject: =?utf-8?Q?Le=20pont=20rouvre?=\r\nDate: Sun, 3 Aug 2025 14:05:00 +0200\r\n"
)
HTML = "Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\nContent-Location: {}"
ENCODED = "Content-Transfer-Encoding: {}"
FRAME = (HTML.format("https://pub.example/cadre"), page("Publicité", GARE))
STYLE = ("Content-Type: text/css\nContent-Location: cid:css-1@mhtml.blink", "p { color: red }")
PICTURE = (
    "Content-Type: image/png\nContent-Transfer-Encoding: base64\nContent-Location: https://a/b.png",
    "x",
)


def read(data: bytes, name: str = "a.mhtml") -> Article:
    return read_article(data, name)


def bare(text: str) -> str:
    return f"<html><body><article><p>{text}</p></article></body></html>"


def test_chrome_s_form():
    root = (HTML.format(URL), page("Le pont", PONT))
    data = mhtml(root, FRAME, STYLE, PICTURE, head=BLINK)
    article = read(data)
    assert (article.text, article.title) == (f"Le pont\n{PONT}", "Le pont")
    assert (article.published_at, article.updated_at, article.author) == (None, None, None)
    assert article.id == read(mhtml(root, head=BLINK), "b.mht").id


def test_the_page_is_known_by_the_address_that_it_was_saved_from():
    saved, plain = (
        read(mhtml((HTML.format(URL), bare(PONT)), head=BLINK)),
        read_article(
            bare(PONT).replace("<body>", f'<head><link rel="canonical" href="{URL}"></head><body>').encode(),
            "x.html",
        ),
    )
    assert saved.id == plain.id
    canonical = '<link rel="canonical" href="https://courrier.example/vrai">'
    other = read(mhtml((HTML.format(URL), page("Le pont", PONT, head=canonical)), head=BLINK))
    assert other.id != saved.id


def test_the_page_states_its_own_date_and_title():
    head = '<meta property="article:published_time" content="2025-08-01T08:00:00+02:00">'
    article = read(mhtml((HTML.format(URL), page("Son titre", PONT, head=head)), head=BLINK))
    assert (article.title, article.published_at) == ("Son titre", "2025-08-01T08:00:00+02:00")
    assert read(mhtml((HTML.format(URL), bare(PONT)), head=BLINK)).title == "Le pont rouvre"


def test_a_frame_that_stands_first_isnt_the_page():
    named = (f"Content-ID: <racine@b>\n{HTML.format(URL)}", page("Le pont", PONT))
    data = mhtml(FRAME, named, related='start="<racine@b>"; type="text/html"; ')
    assert read(data).text == f"Le pont\n{PONT}"
    data = mhtml(FRAME, (HTML.format(URL), page("Le pont", PONT)), head=BLINK)
    assert read(data).text == f"Le pont\n{PONT}"


@pytest.mark.parametrize(
    ("head", "part"),
    [
        ("From: <Enregistré par Windows Internet Explorer 8>\r\nSubject: =?iso-8859-1?Q?Le_p=F4nt?=\r\n",
         'Content-Type: text/html; charset="windows-1252"\nContent-Transfer-Encoding: quoted-printable\n'
         f"Content-Location: {URL}"),
        ("From: <Saved by Windows Internet Explorer 7>\r\n",
         'Content-Type: text/html; charset="unicode"\nContent-Transfer-Encoding: base64\n'
         f"Content-Location: {URL}"),
        ("From: <Saved by UnMHT>\r\n",
         f'Content-Type: text/html; charset="UTF-8"\n{ENCODED.format("base64")}\nContent-Location: {URL}'),
        ("", f"Content-Type: text/html; charset=utf-8\n{ENCODED.format('8bit')}\nContent-Location: {URL}"),
        ("", "Content-Base: https://courrier.example/\nContent-Type: text/html; charset=utf-8\n"
         "Content-Transfer-Encoding: 8bit\nContent-Location: pont"),
        ("", f"Content-Type: application/xhtml+xml; charset=utf-8\nContent-Location: {URL}"),
    ],
)  # fmt: skip
def test_forms_of_other_programs_and_their_charsets(head, part):
    article = read(mhtml((part, bare(PONT)), FRAME, head=head))
    assert article.text == PONT
    assert article.id == read(mhtml((HTML.format(URL), bare(PONT)), head=BLINK)).id


def test_word_s_form_has_no_address_on_the_web():
    part = (
        'Content-Location: file:///C:/x.htm\nContent-Type: text/html; charset="windows-1252"\n'
        "Content-Transfer-Encoding: quoted-printable"
    )
    assert read(mhtml((part, bare(PONT)))).text == PONT


def test_a_page_alone_in_its_file():
    data = f"From: <Saved by x>\r\nContent-Type: text/html; charset=utf-8\r\nContent-Location: {URL}\r\n\r\n"
    assert read(data.encode() + bare(PONT).encode()).text == PONT


def test_outlook_s_form_is_the_mail():
    parts = mhtml(
        ("Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit", f"<p>{PONT}</p>")
    )
    data = (
        b"From: Zoe <zoe@a.example>\r\nSubject: Le pont\r\nDate: Sat, 16 Aug 2025 10:30:00 +0200\r\n" + parts
    )
    article = read(data, "a.mht")
    assert (article.text, article.title, article.author) == (PONT, "Le pont", "Zoe")
    assert article.published_at == "2025-08-16T10:30:00+02:00"


def test_endings():
    assert [format_of(name) for name in ("a.mht", "a.MHTML", "a.mht.gz")] == ["mhtml"] * 3


@pytest.mark.parametrize(
    "data", [b"bonjour", b"", mail(), mhtml(STYLE, head=BLINK), b"Content-Type: x\n\n<html>"]
)
def test_what_holds_no_page_is_said(data):
    with pytest.raises(UserError) as error:
        read(data)
    assert str(error.value) == "a.mhtml: there is no page in it: not an MHTML file, or cut off."


def test_ten_thousand_parts_within_each_other_end_in_a_sentence():
    head = "".join(f'Content-Type: multipart/related; boundary="{n}"\n\n--{n}\n' for n in range(10_000))
    with pytest.raises(UserError, match=r"^a\.mhtml: "):
        read(f"From: <x>\n{head}\nUn mot.".encode())


WHOLE = mhtml((HTML.format(URL), page("Le pont", PONT)), FRAME, PICTURE, head=BLINK)
PUT = [b"", b"\0", b"\xff\xff", b"\r\n\r\n", b"--b--1\r\n", b"=", b"<", b"multipart/mixed"]


@given(place=st.integers(0, 5_000), removed=st.integers(0, 40), put=st.sampled_from(PUT))
@settings(max_examples=rounds(150, 2_000), deadline=None)
def test_what_is_damaged_is_refused_or_read_and_never_merged(place, removed, put):
    data = damaged(WHOLE, place, removed, put)
    try:
        text = read(data).text
    except UserError:
        return
    assert not (PONT[:30] in text and GARE[:30] in text)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_page_or_a_refusal(data):
    try:
        open_mhtml(BLINK.encode() + data)
    except UserError as error:
        assert error.text("fr")
