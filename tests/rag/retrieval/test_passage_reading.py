"""What the trained reader says of hits, in their articles' offsets."""

from __future__ import annotations

from collections.abc import Sequence

from rag.reading.schema import AnswerSpan, PassageWindow, Reading, SentenceReading
from rag.retrieval.passage_reading import read_hits
from rag.schema.article import Article, Span
from rag.schema.hit import Hit

TEXT = "Rien. Le pont rouvre lundi. Il mesure 320 mètres."
ARTICLE = Article("a", TEXT, "Le pont", "a.txt", "h", language="fr")
BRIDGE, LENGTH = Span(6, 27), Span(28, 49)


class FirstWords:
    """A reader for which each sentence's first two letters answer; the later sentence more probably."""

    def read(self, _: str, passages: Sequence[PassageWindow]) -> list[Reading]:
        return [
            Reading(
                1 / (2 + number),
                (),
                tuple(
                    SentenceReading(one, one.start / 100, AnswerSpan(one.start, one.start + 2, -0.5))
                    for one in window.sentences
                ),
            )
            for number, window in enumerate(passages)
        ]


def hit(*sentences: Span) -> Hit:
    return Hit("p", ARTICLE, sentences[0].start, sentences[-1].end, 0.5, sentences)


def test_answers_are_in_the_offsets_of_the_article():
    read = read_hits("Quand ?", [hit(BRIDGE, LENGTH)], FirstWords())
    assert {span: TEXT[one.answer.start : one.answer.end] for (_, span), one in read.items()} == {
        BRIDGE: "Le",
        LENGTH: "Il",
    }


def test_a_sentence_of_two_passages_has_what_the_likelier_says():
    read = read_hits("Quand ?", [hit(BRIDGE, LENGTH), hit(LENGTH)], FirstWords())
    assert (read["a", LENGTH].answerable, read["a", LENGTH].probability) == (0.5, 0.22)


def test_nobody_is_asked_without_a_reader_or_without_hits():
    assert read_hits("Quand ?", [hit(BRIDGE)], None) == {}
    assert read_hits("Quand ?", [], FirstWords()) == {}
