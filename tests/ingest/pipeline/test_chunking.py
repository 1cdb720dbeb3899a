"""Articles are cut into passages of whole sentences whose offsets always resolve."""

import re
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.pipeline.chunking import chunk
from rag.schema.article import Article, Passage, Span
from rag.text.sentences import split_sentences


def count_words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def count_characters(texts: Sequence[str]) -> list[int]:
    return [len(text) for text in texts]


def article_of(text: str, language: str | None = "fr") -> Article:
    return Article("0123456789abcdef", text, "Titre", "a.txt", "fedcba9876543210", language=language)


def passages_of(text: str, max_tokens: int, overlap_tokens: int = 0) -> list[str]:
    passages = chunk(article_of(text), count_words, max_tokens, overlap_tokens)
    return [text[passage.start : passage.end] for passage in passages]


# --- examples ---


def test_a_passage_is_filled_with_whole_sentences():
    text = "Un deux trois. Quatre cinq six. Sept huit. Neuf dix onze."
    assert passages_of(text, 6) == ["Un deux trois. Quatre cinq six.", "Sept huit. Neuf dix onze."]


def test_passages_overlap_by_whole_sentences():
    text = "Un deux. Trois quatre. Cinq six. Sept huit."
    assert passages_of(text, 4, 2) == [
        "Un deux. Trois quatre.",
        "Trois quatre. Cinq six.",
        "Cinq six. Sept huit.",
    ]
    assert passages_of(text, 4, 1) == ["Un deux. Trois quatre.", "Cinq six. Sept huit."]


def test_the_overlap_gives_way_to_a_long_next_sentence():
    text = "Un deux. Trois quatre. Cinq six sept huit."
    assert passages_of(text, 4, 2) == ["Un deux. Trois quatre.", "Cinq six sept huit."]


def test_a_passage_that_is_full_enough_ends_with_its_paragraph():
    text = "Un deux trois. Quatre cinq six.\nSept huit. Neuf dix onze douze."
    assert passages_of(text, 10) == ["Un deux trois. Quatre cinq six.", "Sept huit. Neuf dix onze douze."]


def test_a_short_paragraph_is_joined_with_the_next():
    text = "Un titre\nDeux trois quatre cinq. Six sept huit.\nNeuf dix."
    assert passages_of(text, 10) == ["Un titre\nDeux trois quatre cinq. Six sept huit.", "Neuf dix."]


def test_an_article_that_fits_is_one_passage():
    text = "\n Un titre\n\nUne phrase. Une autre.\n"
    passages = chunk(article_of(text), count_words, 100, 20)
    assert passages == [
        Passage(
            id="0123456789abcdef:fedcba987654:0000",
            article_id="0123456789abcdef",
            start=2,
            end=34,
            sentences=(Span(2, 10), Span(12, 23), Span(24, 34)),
        )
    ]


def test_ids_are_numbered_in_order():
    passages = chunk(article_of("Un. Deux. Trois."), count_words, 1, 0)
    assert [passage.id.rpartition(":")[2] for passage in passages] == ["0000", "0001", "0002"]


def test_a_long_sentence_is_cut_at_clauses_then_at_spaces_then_anywhere():
    text = "Un deux trois, quatre cinq six ; sept huit neuf."
    assert passages_of(text, 7) == ["Un deux trois, quatre cinq six ;", "sept huit neuf."]
    assert passages_of(text, 6) == ["Un deux trois,", "quatre cinq six ;", "sept huit neuf."]
    assert passages_of("Un deux trois quatre cinq", 2) == ["Un deux", "trois quatre", "cinq"]
    text = "abcdefgh"
    passages = chunk(article_of(text), count_characters, 3, 0)
    assert [text[p.start : p.end] for p in passages] == ["ab", "cd", "ef", "gh"]


def test_a_cut_does_not_separate_a_letter_from_its_marks():
    text = "กำกำ" + "ที่" * 4
    for passage in chunk(article_of(text, "th"), count_characters, 7, 0):
        assert not re.match(r"[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]", text[passage.start])


def test_tokens_of_all_sentences_are_counted_in_one_call():
    calls: list[int] = []

    def count(texts: Sequence[str]) -> list[int]:
        calls.append(len(texts))
        return count_words(texts)

    chunk(article_of("Une phrase. " * 50), count, 10, 2)
    assert calls == [50]


def test_a_text_without_sentences_has_no_passages():
    assert chunk(article_of(" \n "), count_words, 10, 2) == []


@pytest.mark.parametrize(("max_tokens", "overlap_tokens"), [(0, 0), (10, -1)])
def test_impossible_limits_are_refused(max_tokens, overlap_tokens):
    with pytest.raises(ValueError, match="must be positive"):
        chunk(article_of("Un."), count_words, max_tokens, overlap_tokens)


# --- properties ---

WORDS = st.sampled_from(
    [
        "Le",
        "pont",
        "«",
        "M.",
        "12 000",
        "rouvert,",
        "dit-il ;",
        "fin.",
        "fin ?",
        "», a-t-il dit.",
        "\n",
        "\n\n",
        "mot" * 30,
    ]
)
TEXTS = st.lists(WORDS | st.text(max_size=6), max_size=80).map(" ".join)
LIMITS = st.integers(1, 40)
COUNTS = st.sampled_from([count_words, count_characters])


@given(TEXTS, LIMITS, LIMITS, COUNTS)
def test_passages_are_sound(text, max_tokens, overlap_tokens, count):
    article = article_of(text)
    passages = chunk(article, count, max_tokens, overlap_tokens)
    for passage in passages:
        pieces = [text[s.start : s.end] for s in passage.sentences]
        assert passage.start == passage.sentences[0].start
        assert passage.end == passage.sentences[-1].end
        assert sum(count(pieces)) <= max_tokens
        assert all(piece and piece == piece.strip() for piece in pieces)
        assert all(a.end <= b.start for a, b in pairwise(passage.sentences))
    assert len({passage.id for passage in passages}) == len(passages)
    assert chunk(article, count, max_tokens, overlap_tokens) == passages


@given(TEXTS, LIMITS, LIMITS, COUNTS)
def test_every_sentence_is_covered_and_none_is_invented(text, max_tokens, overlap_tokens, count):
    passages = chunk(article_of(text), count, max_tokens, overlap_tokens)
    pieces = sorted({span for passage in passages for span in passage.sentences}, key=lambda span: span.start)
    for sentence in split_sentences(text, "fr"):
        inside = [span for span in pieces if sentence.start <= span.start and span.end <= sentence.end]
        kept = "".join(text[span.start : span.end] for span in inside)
        assert "".join(kept.split()) == "".join(text[sentence.start : sentence.end].split())
    assert all(a.end <= b.start for a, b in pairwise(pieces))


@given(TEXTS, LIMITS, LIMITS, COUNTS)
def test_each_passage_goes_on_from_the_one_before(text, max_tokens, overlap_tokens, count):
    for before, after in pairwise(chunk(article_of(text), count, max_tokens, overlap_tokens)):
        assert before.start < after.start
        assert before.end < after.end
        shared = [span for span in after.sentences if span in before.sentences]
        assert list(after.sentences[: len(shared)]) == shared
        assert sum(count([text[s.start : s.end] for s in shared])) <= min(overlap_tokens, max_tokens // 2)
        between = text[before.end : after.sentences[len(shared)].start]
        assert not between.strip()
