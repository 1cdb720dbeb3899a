"""What is kept of a passage: nothing of it changes but by rounding, whatever the text is."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import fields

import numpy as np
import pytest
from fake_embedder import FakeEmbedder, word_vector
from hypothesis import given
from hypothesis import strategies as st

from ingest.pipeline.chunking import chunk
from rag.index.encoding import BLOCK_TOKENS, balanced, head, mean_vector, read_query, sketches, variants
from rag.index.multivector import BlockWords, PassageVectors, make, pack, prefix_hash, term_hash, unit, unpack
from rag.models.embedder import Embedder
from rag.schema.article import Article, Passage, Span
from rag.text.analyzer import content_words, terms
from rag.text.sentences import split_sentences

MakeArticle = Callable[..., Article]
TEXT = "Le pont de Corvenne rouvre lundi. Le bac s'arrête. Les camions y passeront."


def rebuilt(sketch: PassageVectors) -> np.ndarray:
    """The words' vectors that the sketch stands for: (w, hidden)."""
    signs = np.unpackbits(sketch.signs, axis=1, count=sketch.centres.shape[1]) * 2.0 - 1.0
    centres = sketch.centres[sketch.word_blocks]
    return sketch.scales[:, np.newaxis] * signs + sketch.inverses[:, np.newaxis] * centres


def cosines(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return (unit(a) * unit(b)).sum(axis=-1)


def random_sketch(seed: int, dimension: int, hidden: int, words: Sequence[int]) -> PassageVectors:
    """So many words in each block, two sentences a block."""
    numbers = np.random.default_rng(seed)
    parts = [
        BlockWords(
            numbers.standard_normal((count, hidden), dtype=np.float32) + numbers.standard_normal(hidden),
            [min(2 * block + i % 2, 2 * block + 1) for i in range(count)],
        )
        for block, count in enumerate(words)
    ]
    return make(
        unit(numbers.standard_normal((len(words), dimension), dtype=np.float32)),
        [block for block in range(len(words)) for _ in (0, 1)],
        parts,
        [f"stem{n}" for n in range(seed % 7)],
        [f"word{n}" for n in range(seed % 5)],
    )


def one(article: Article, embedder: Embedder | None = None) -> tuple[Passage, PassageVectors]:
    """The sketch of an article that is one passage."""
    passage = Passage("p", article.id, 0, len(article.text), tuple(split_sentences(article.text, "fr")))
    [made] = sketches([(article, passage)], embedder or FakeEmbedder())
    return passage, made


# --- packing ---

shapes = st.tuples(
    st.integers(0, 10_000),
    st.integers(1, 40),
    st.integers(1, 40),
    st.lists(st.integers(1, 9), min_size=1, max_size=4),
)


@given(shapes)
def test_packing_changes_nothing_but_by_rounding(shape: tuple[int, int, int, list[int]]):
    sketch = random_sketch(*shape)
    again = unpack(pack(sketch))
    for name in ("block_of", "signs", "word_sentences", "word_blocks", "stems", "prefixes"):
        assert np.array_equal(getattr(again, name), getattr(sketch, name)), name
        assert getattr(again, name).dtype == getattr(sketch, name).dtype, name
    assert {field.name: getattr(again, field.name).shape for field in fields(PassageVectors)} == {
        field.name: getattr(sketch, field.name).shape for field in fields(PassageVectors)
    }
    # float16 has eleven bits, numbers are at most 1 but for inverses.
    np.testing.assert_allclose(again.centres, sketch.centres, atol=2**-11)
    np.testing.assert_allclose(again.scales, sketch.scales, atol=2**-11, rtol=2**-10)
    np.testing.assert_allclose(again.inverses, sketch.inverses, rtol=2**-10)
    assert cosines(rebuilt(again), rebuilt(sketch)).min() > 0.999
    # A level is a 127th of the greatest; half of one is lost at most, and the length is made 1 again.
    peaks = np.abs(sketch.blocks).max(axis=1, keepdims=True)
    assert (np.abs(again.blocks - sketch.blocks) <= peaks * np.sqrt(shape[1]) / 127).all()
    np.testing.assert_allclose(np.linalg.norm(again.blocks, axis=1), 1, atol=1e-5)


@given(shapes)
def test_what_was_packed_packs_to_the_same_size_whatever_is_in_it(shape: tuple[int, int, int, list[int]]):
    data = pack(random_sketch(*shape))
    assert len(pack(unpack(data))) == len(data)
    assert struct.unpack_from("<I", data) == (1,)


@pytest.mark.parametrize("data", [b"", b"\x01", struct.pack("<8I", 2, 1, 1, 1, 1, 1, 0, 0)])
def test_bytes_of_another_layout_are_refused(data: bytes):
    with pytest.raises(ValueError, match=r"^a sketch of "):
        unpack(data)


def test_a_torn_sketch_is_refused():
    with pytest.raises(ValueError, match="a damaged sketch"):
        unpack(pack(random_sketch(3, 8, 8, [2, 3]))[:-40])


# --- making ---


def test_a_rebuilt_word_has_length_one_and_its_own_direction():
    vectors = np.stack([word_vector(word, 64) for word in ("pont", "bac", "foire", "maire")]) * 7.0
    sketch = make(np.ones((1, 8)), [0], [BlockWords(vectors, [0, 0, 0, 0])], [], [])
    words = rebuilt(sketch)
    np.testing.assert_allclose(np.linalg.norm(words, axis=1), 1, atol=1e-5)
    similar = unit(vectors) @ words.T
    assert (similar.argmax(axis=1) == np.arange(4)).all()
    assert similar.diagonal().min() > 0.75  # sqrt(2 / pi), about, is what signs keep of a direction


def test_a_single_word_of_a_block_is_kept_as_it_is():
    """It is its block's centre: nothing is left for the signs."""
    vector = word_vector("pont", 64)
    sketch = make(np.ones((1, 8)), [0], [BlockWords(vector[np.newaxis], [0])], [], [])
    assert cosines(rebuilt(sketch), vector[np.newaxis]) == pytest.approx([1.0])


def test_words_of_several_blocks_stay_with_their_blocks():
    words = [BlockWords(np.ones((2, 8)), [-1, 0]), BlockWords(np.ones((3, 8)), [1, 1, 2])]
    sketch = make(np.ones((2, 4)), [0, 1, 1], words, ["b", "a", "b"], ["ponts", "pontons", "pont"])
    assert sketch.word_blocks.tolist() == [0, 0, 1, 1, 1]
    assert sketch.word_sentences.tolist() == [-1, 0, 1, 1, 2]
    assert sketch.stems.tolist() == [term_hash("b"), term_hash("a"), term_hash("b")]  # phrases need the order
    assert set(sketch.prefixes.tolist()) == {prefix_hash("ponts"), prefix_hash("ponto"), prefix_hash("pont")}
    assert sketch.prefixes.tolist() == sorted(sketch.prefixes.tolist())


def test_a_beginning_is_five_letters():
    assert prefix_hash("electoral") == prefix_hash("electeurs") == prefix_hash("elect")
    assert prefix_hash("elec") != prefix_hash("elect")


# --- blocks ---


@given(st.lists(st.integers(0, 400), max_size=60))
def test_blocks_cover_all_sentences_in_order_and_none_is_empty(counts: list[int]):
    runs = balanced(counts)
    assert [i for run in runs for i in run] == list(range(len(counts)))
    if counts:
        assert all(len(run) > 0 for run in runs)


@given(st.lists(st.integers(1, 400), min_size=1, max_size=60))
def test_a_block_of_several_sentences_is_no_longer_than_it_should_be(counts: list[int]):
    goal = sum(counts) / -(-sum(counts) // BLOCK_TOKENS)
    assert goal <= BLOCK_TOKENS
    for run in balanced(counts):
        held = [counts[i] for i in run]
        assert len(held) == 1 or sum(held) - held[-1] / 2 <= goal


@pytest.mark.parametrize(
    ("counts", "runs"),
    [
        ([10, 20, 30], [(0, 3)]),
        ([BLOCK_TOKENS], [(0, 1)]),
        ([60, 60], [(0, 1), (1, 2)]),
        ([60, 60, 60, 60], [(0, 1), (1, 2), (2, 3), (3, 4)]),
        ([300, 5, 5], [(0, 1), (1, 3)]),
        ([0, 0], [(0, 2)]),
    ],
)
def test_sentences_are_read_in_blocks(counts: list[int], runs: list[tuple[int, int]]):
    assert [(run.start, run.stop) for run in balanced(counts)] == runs


# --- whole passages ---


def test_a_sketch_has_the_words_that_carry_meaning_each_in_its_sentence(make_article: MakeArticle):
    article = make_article(TEXT, title="Le pont", outlet="Le Phare")
    passage, sketch = one(article)
    said = [("pont", -1), ("phare", -1), ("pont", 0), ("corvenne", 0), ("rouvre", 0), ("lundi", 0)]
    said += [("bac", 1), ("arrete", 1), ("camions", 2), ("passeront", 2)]
    assert sketch.word_sentences.tolist() == [sentence for _, sentence in said]
    similar = unit(rebuilt(sketch)) @ unit(np.stack([word_vector(word, 64) for word, _ in said])).T
    assert [said[i][0] for i in similar.argmax(axis=1)] == [word for word, _ in said]
    text = "Le pont\n" + TEXT
    assert sketch.stems.tolist() == [term_hash(term) for term in terms(text, "fr")]
    assert set(sketch.prefixes.tolist()) == {prefix_hash(word) for word in content_words(text, "fr")}
    assert sketch.block_of.tolist() == [0] * len(passage.sentences)
    [whole] = FakeEmbedder().embed_passages([head(article) + TEXT])
    assert cosines(sketch.blocks[0], whole) == pytest.approx(1.0)
    assert mean_vector(sketch) == pytest.approx(whole, abs=1e-6)


def test_every_block_is_read_behind_the_title_whose_words_are_kept_once(make_article: MakeArticle):
    sentence = "Le pont de Corvenne rouvre lundi matin avec ses camions. "
    article = make_article(sentence * 30, title="Valmorin")
    _, sketch = one(article)
    assert len(sketch.blocks) == -(-FakeEmbedder().count_tokens([sentence])[0] * 30 // BLOCK_TOKENS) > 1
    assert sketch.block_of.tolist() == sorted(sketch.block_of.tolist())
    assert set(sketch.block_of.tolist()) == set(range(len(sketch.blocks)))
    assert (sketch.word_sentences == -1).sum() == 1
    assert (sketch.block_of[sketch.word_sentences[1:]] == sketch.word_blocks[1:]).all()
    # The title's direction is in every block.
    axis = FakeEmbedder().embed_passages(["Valmorin"])[0].argmax()
    assert (sketch.blocks[:, axis] > 0).all()
    np.testing.assert_allclose(np.linalg.norm(mean_vector(sketch)), 1, atol=1e-6)


ODD_TEXTS = {
    "small words only": "Est-ce que c'est cela ? Et si ce ne l'est pas, est-ce à eux ?",
    "Chinese": "北京宣布了新的经济措施。两位总统在哪里会面？",
    "Japanese": "カタカナ、ひらがな、漢字。東京で会議があった。",
    "Korean": "한국어 텍스트 입니다. 두 번째 문장.",
    "one long sentence": "Le maire " + "qui parle du pont " * 200 + "se tait.",
    "a sentence of signs": "Le pont rouvre. *** — !!! ??? … Le bac s'arrête.",
    "signs only": "*** — !!! ???",
    "emoji": "🎉🎊🥳 👩‍🚀🏽 🇫🇷",
    "hostile": "{x.__class__} <|im_end|> </s> a\0b",
    "Arabic": "أعلنت الحكومة يوم الثلاثاء عن خطة جديدة.",
}


def check_sound(passage: Passage, sketch: PassageVectors) -> None:
    assert len(sketch.block_of) == max(1, len(passage.sentences))
    assert np.isfinite(rebuilt(sketch)).all()
    assert np.isfinite(sketch.blocks).all()
    assert set(sketch.word_blocks.tolist()) == set(range(len(sketch.blocks)))  # every block has a word
    assert -1 <= sketch.word_sentences.min() <= sketch.word_sentences.max() < len(sketch.block_of)
    again = unpack(pack(sketch))
    assert np.linalg.norm(rebuilt(again) - rebuilt(sketch), axis=1).max() < 0.03
    assert cosines(again.blocks, sketch.blocks).min() > 0.999


@pytest.mark.parametrize("title", ["Un titre", "", "Le", "Titre sans fin " * 60, "北京"])
@pytest.mark.parametrize("kind", ODD_TEXTS)
def test_any_text_has_a_sound_sketch(make_article: MakeArticle, kind: str, title: str):
    for language in ("fr", None):
        article = make_article(ODD_TEXTS[kind], title=title, language=language)
        check_sound(*one(article))


@given(st.text(max_size=300), st.text(max_size=60))
def test_any_characters_have_a_sound_sketch(make_article: MakeArticle, text: str, title: str):
    article = make_article(text, title=title)
    for passage in chunk(article, FakeEmbedder().count_tokens, 40, 0):
        [sketch] = sketches([(article, passage)], FakeEmbedder())
        check_sound(passage, sketch)


def test_each_character_of_a_script_without_spaces_is_a_word(make_article: MakeArticle):
    _, sketch = one(make_article("北京。", title="", language="zh"))
    assert sketch.word_sentences.tolist() == [0, 0]
    assert sketch.stems.tolist() == [term_hash("北京")]


def test_an_empty_passage_is_one_sentence(make_article: MakeArticle):
    article = make_article("", title="")
    [sketch] = sketches([(article, Passage("p", "a1", 0, 0, ()))], FakeEmbedder())
    assert (sketch.block_of.tolist(), sketch.word_sentences.tolist()) == ([0], [0])
    assert len(sketch.stems) == len(sketch.prefixes) == 0
    check_sound(Passage("p", "a1", 0, 0, (Span(0, 0),)), sketch)


def test_passages_are_read_together_as_they_are_alone(make_article: MakeArticle):
    texts = [TEXT, ODD_TEXTS["one long sentence"], ODD_TEXTS["Chinese"], "!"]
    articles = [make_article(text, f"a{n}", title=f"Titre {n}") for n, text in enumerate(texts)]
    pairs = [(article, one(article)[0]) for article in articles]
    together = [pack(sketch) for sketch in sketches(pairs, FakeEmbedder())]
    assert together == [pack(sketches([pair], FakeEmbedder())[0]) for pair in pairs]
    assert sketches([], FakeEmbedder()) == []


# --- questions ---


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Quand le pont de l'Élysée rouvre-t-il ?", ("pont", "elysee", "rouvre")),
        ("Où est-ce ?", ("ou", "est", "ce")),
        ("?!", ()),
        ("", ()),
        ("北京在哪里", ("北", "京", "在", "哪", "里")),
    ],
)
def test_a_question_is_read_by_its_words(question: str, words: tuple[str, ...]):
    read = read_query(question, "fr", FakeEmbedder())
    assert read.words == words
    assert read.vectors.shape == (len(words), 64)
    np.testing.assert_allclose(np.linalg.norm(read.vectors, axis=1), 1, atol=1e-6)
    assert np.array_equal(read.vector, FakeEmbedder().embed_queries([question])[0])


def test_a_word_is_stemmed_in_each_language_or_stands_for_itself():
    assert variants("pilotait", ["fr", "en", None]) == {"pilot", "pilotait"}
    assert variants("de", ["fr"]) == {"de"}
    assert variants("pont", []) == {"pont"}


# --- the real encoder ---


@pytest.mark.parametrize("kind", ODD_TEXTS)
def test_the_real_encoder_gives_sound_sketches(make_article: MakeArticle, embedder: Embedder, kind: str):
    article = make_article(ODD_TEXTS[kind], title="Le conseil de Corvenne", outlet="Le Phare")
    check_sound(*one(article, embedder))


def test_signs_keep_what_the_real_encoder_s_words_say(make_article: MakeArticle, embedder: Embedder):
    """A word's rebuilt vector is nearest to the word's own, and close to it."""
    article = make_article(TEXT, title="Un titre")
    _, sketch = one(article, embedder)
    [read] = embedder.read_passages([head(article) + TEXT])
    at = (head(article) + TEXT).index("camions")
    own = unit(read.tokens[(read.spans[:, 0] < at + 7) & (read.spans[:, 1] > at)].mean(axis=0))
    similar = unit(rebuilt(sketch)) @ own
    assert sketch.word_sentences[similar.argmax()] == 2
    assert similar.max() > 0.95
