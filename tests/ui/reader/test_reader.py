"""The reader: texts cut by highlights and compared with what they were, and what is shown of an article."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.library.revisions import Revision
from rag.schema.article import Span
from rag.schema.hit import Reprint
from ui.reader.diff import difference
from ui.reader.html import Mark, ReaderView, reader_html
from ui.reader.reader import marks
from ui.reader.text import lines

TEXT = st.text(alphabet="ab é\n🙂.", max_size=60)


@given(TEXT, st.lists(st.tuples(st.integers(-5, 70), st.integers(-5, 70)), max_size=6))
def test_pieces_are_the_text_and_each_highlight_is_its_quote(text, pairs):
    spans = [Span(*pair) for pair in pairs]
    cut = lines(text, spans)
    pieces = [piece for line in cut for piece in line.pieces]
    assert "".join(piece.text for piece in pieces) == text
    assert [line.text for line in cut] == text.splitlines(keepends=True)
    for number, span in enumerate(spans, start=1):
        lit = "".join(piece.text for piece in pieces if number in piece.marks)
        assert lit == text[max(0, span.start) : max(0, span.end)]
    assert all(piece.text for piece in pieces)


def test_overlapping_highlights_share_their_common_words():
    (line,) = lines("abcdef", [Span(0, 4), Span(2, 6)])
    assert [(piece.text, piece.marks) for piece in line.pieces] == [
        ("ab", (1,)),
        ("cd", (1, 2)),
        ("ef", (2,)),
    ]


@given(TEXT, TEXT)
def test_what_stayed_and_went_is_the_earlier_text_and_what_stayed_and_came_the_later(before, after):
    parts = difference(before, after, "fr")
    assert "".join(part.text for part in parts if part.change != "new") == before
    assert "".join(part.text for part in parts if part.change != "gone") == after
    assert (before == after) == all(part.change == "same" for part in parts)


def test_only_the_sentence_that_changed_is_told():
    before = "Le pont rouvre lundi. Il a coûté 3 millions.\nLe maire est content."
    after = "Le pont rouvre lundi. Il a coûté 4 millions.\nLe maire est content."
    changed = [(part.change, part.text.strip()) for part in difference(before, after, "fr")]
    assert changed == [
        ("same", "Le pont rouvre lundi."),
        ("gone", "Il a coûté 3 millions."),
        ("new", "Il a coûté 4 millions."),
        ("same", "Le maire est content."),
    ]


class Cited:
    def __init__(self, start, end, question):
        self.start, self.end, self.content_hash, self.question = start, end, "h", question


def test_a_span_is_marked_once_with_all_its_questions():
    found = marks(
        [Cited(5, 9, "B ?"), Cited(0, 4, "A ?"), Cited(5, 9, "C ?"), Cited(5, 9, "B ?")], Span(0, 2)
    )
    assert found == (
        Mark(Span(0, 2), ()),
        Mark(Span(0, 4), ("A ?",)),
        Mark(Span(5, 9), ("B ?", "C ?")),
    )


@pytest.fixture
def reading(make_article) -> ReaderView:
    article = make_article(
        "Premier.\nSecond.", title="<b>Titre</b>", outlet="<i>É</i>", source="javascript:x"
    )
    return ReaderView(article, passages=2)


def test_nothing_of_an_article_is_markup(reading):
    hostile = "<img src=x onerror=alert(1)>"
    article = replace(reading.article, text=f"{hostile}\n{hostile}", author=hostile)
    reprint = Reprint("other", hostile, hostile, None, f"https://a.example/{hostile}")
    revision = Revision("a1", 1, hostile * 2, hostile, "h", None, None, None, "2025-11-03T10:00:00+00:00")
    whole = replace(
        reading,
        article=article,
        sources=(hostile, "javascript:alert(1)"),
        reprints=(reprint,),
        revisions=(revision,),
        marks=(Mark(Span(0, 9), (hostile,)),),
        correction=hostile,
    )
    for shown in (reader_html(whole, "fr"), reader_html(whole, "en", revision=1)):
        assert "<img" not in shown
        assert "<b>" not in shown
        assert 'href="javascript' not in shown


def test_the_text_in_the_page_is_the_article_s_to_the_character(reading):
    text = "  Un  \n\n« deux »\ttrois.\n"
    shown = reader_html(replace(reading, article=replace(reading.article, text=text)), "fr")
    assert "<p>  Un  \n</p><p>\n</p><p>« deux »\ttrois.\n</p></div>" in shown


def test_citations_of_an_earlier_text_are_counted_not_marked(reading):
    shown = reader_html(replace(reading, outdated=2), "fr")
    assert "2 citations portent sur une version antérieure." in shown
    assert "<mark" not in shown
