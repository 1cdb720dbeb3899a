"""A heading is known by how it stands, goes with its section, and is read with every part of it."""

from __future__ import annotations

import pytest
from fake_embedder import FakeEmbedder
from hypothesis import given
from hypothesis import strategies as st

from ingest.pipeline.chunking import chunk
from rag.index.encoding import head, read_passages
from rag.schema.article import Span
from rag.text.headings import heading_over, is_heading

BODY = "La mairie a fermé le pont Neuf aux camions lundi matin."
TEXT = f"{BODY}\nLes travaux\n{BODY} {BODY}\n\nLe calendrier\n\n{BODY}"


def spans_of(text: str, *lines: str) -> list[Span]:
    return [Span(text.index(line), text.index(line) + len(line)) for line in lines]


def test_short_lines_over_paragraphs_are_headings():
    first, second = spans_of(TEXT, "Les travaux", "Le calendrier")
    assert is_heading(TEXT, first)
    assert is_heading(TEXT, second)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (TEXT, BODY),  # a sentence
        (f"{BODY}\nLes travaux", "Les travaux"),  # nothing below
        (f"Les travaux\nLe pont\n{BODY}", "Les travaux"),  # a line of a list
        (f"- Les travaux\n{BODY}", "- Les travaux"),
        (f"1. Les travaux\n{BODY}", "1. Les travaux"),
        (f"Voici :\n{BODY}", "Voici :"),
        (f"12 000\n{BODY}", "12 000"),
        (f"{'Les travaux ' * 12}\n{BODY}", ("Les travaux " * 12).strip()),
        (f"Hier, Les travaux\n{BODY}", "Les travaux"),  # only the end of a line
    ],
)
def test_other_lines_are_none(text, line):
    (span,) = spans_of(text, line)
    assert not is_heading(text, span)


def test_what_stands_over_a_place_is_the_last_heading_before_its_line():
    assert heading_over(TEXT, 0) == ""
    assert heading_over(TEXT, TEXT.index("Les travaux")) == ""
    assert heading_over(TEXT, TEXT.index(BODY, 60)) == "Les travaux"
    assert heading_over(TEXT, TEXT.rindex(BODY)) == "Le calendrier"
    assert heading_over(TEXT, len(TEXT)) == "Le calendrier"


@given(st.text(alphabet="aé .:\n-1", max_size=300), st.integers(0, 300))
def test_a_heading_is_always_a_line_of_the_text_before(text, start):
    found = heading_over(text, min(start, len(text)))
    assert found == "" or found in [line.strip() for line in text[: min(start, len(text))].split("\n")]


def words(texts):
    return [len(text.split()) for text in texts]


def test_no_passage_ends_with_a_heading(make_article):
    article = make_article(TEXT)
    passages = chunk(article, words, 14, 0)
    texts = [article.text[p.start : p.end] for p in passages]
    assert texts == [BODY, f"Les travaux\n{BODY}", BODY, f"Le calendrier\n\n{BODY}"]


def test_each_part_of_a_section_is_read_under_its_heading(make_article):
    article = make_article(TEXT)
    pairs = [(article, passage) for passage in chunk(article, words, 14, 0)]
    read: list[str] = []

    class Listening(FakeEmbedder):
        def read_passages(self, texts):
            read.extend(texts)
            return super().read_passages(texts)

    read_passages(pairs, Listening())
    front = head(article)
    assert read == [
        f"{front}{BODY}",
        f"{front}Les travaux\n{BODY}",
        f"{front}Les travaux\n{BODY}",
        f"{front}Le calendrier\n\n{BODY}",
    ]
