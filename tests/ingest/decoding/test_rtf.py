"""RTF gives the text that its readers see, in whatever characters, and nothing of what it hides."""

from __future__ import annotations

import time

import pytest
from deliveries import articles
from hypothesis import given
from hypothesis import strategies as st

from ingest.decoding.rtf import read_rtf_text
from rag.errors import UserError


def text(body: str, head: str = "\\rtf1\\ansi\\ansicpg1252") -> str:
    return read_rtf_text(f"{{{head} {body}}}".encode("latin-1")).text


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("caf\\'e9 \\u233? \\u8364?", "café é €"),
        ("{\\uc2\\u233\\'c3\\'a9}t\\'e9", "été"),
        ("\\u-10179?\\u-8704?", "😀"),
        ("a\\u-10179?b", "a\ufffdb"),
        ("un\\par deux\\line trois\\tab x", "un\ndeux\ntrois\tx"),
        ("12 {\\strike 14} 15 {\\v cach\\'e9}morts {\\deleted 9}", "12  15 morts "),
        ("\\v a\\v0 b\\plain c", "bc"),
        ("a{\\*\\bkmkstart x}b{\\fldinst HYPERLINK \"x\"}c{\\pict\\bin3 }}}d}e", "abce"),
        ("\\{x\\}\\\\ \\~\\_", "{x}\\ \xa0\u2011"),
        ("Corps.{\\footnote Une note.}", "Corps.\nUne note."),
        ("a\r\nb", "ab"),
        ("\\ldblquote a\\rdblquote \\emdash  b", "“a”— b"),
    ],
)  # fmt: skip
def test_what_is_shown_is_read(body, shown):
    assert text(body) == shown


def test_characters_are_read_in_the_charset_of_their_font():
    fonts = "{\\fonttbl{\\f0\\fcharset0 Arial;}{\\f1\\fcharset204 Arial CYR;}{\\f2\\fcharset238 CE;}}"
    assert text(f"{fonts}\\f0 \\'e9\\f1 \\'e9\\f2 \\'e8") == "éйč"
    assert text("\\'8e", "\\rtf1\\mac") == "é"
    assert text("\\'82", "\\rtf1\\ansi\\ansicpg850") == "é"
    assert text("\\'e9", "\\rtf1\\ansi\\ansicpg99999") == "é"


def test_an_article_has_its_stated_title_and_its_tables_as_rows():
    head = "{\\info{\\title La halle}{\\author In\\'e8s R}{\\comment x}}"
    (article,) = articles(f"{{\\rtf1\\ansi {head}Un.\\par\\cell a\\cell b\\row Fin.}}", "a.rtf")
    assert (article.title, article.author) == ("La halle", "Inès R")
    assert article.text == "Un.\na | b\nFin."


def test_what_is_no_rtf_or_has_no_text_is_refused():
    assert "isn't an RTF document" in refused(b"Bonjour")
    assert "isn't an RTF document" in refused(b"")
    assert read_rtf_text(b"{\\rtf1}").text == ""


def refused(data: bytes) -> str:
    with pytest.raises(UserError) as error:
        read_rtf_text(data)
    return str(error.value)


@given(
    st.lists(
        st.sampled_from(
            ["{", "}", "\\", "\\'", "e9", "\\u", "-99999", "\\bin", "9", " ", "x", "\\par", "\\*"]
        )
    )
)
def test_whatever_follows_the_mark_is_read_or_left(pieces):
    assert "\0" not in read_rtf_text(f"{{\\rtf1{''.join(pieces)}".encode()).text


def test_a_long_document_takes_linear_time():
    started = time.process_time()
    read_rtf_text(b"{\\rtf1" + b"{" * 300_000 + b"\\'e9" * 300_000 + b"}" * 300_000)
    assert time.process_time() - started < 20
