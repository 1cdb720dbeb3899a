"""A vocabulary on the disk cuts texts as the whole tokenizer does, whatever the texts."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from rag.models.bundled import embedding_folder, vocabulary_folder
from rag.models.unigram_tokenizer import UnigramTokenizer, write_vocabulary


@pytest.fixture(scope="module")
def tokenizer() -> UnigramTokenizer:
    return UnigramTokenizer(vocabulary_folder())


@pytest.fixture(scope="module")
def whole() -> Tokenizer:
    return Tokenizer.from_file(str(embedding_folder() / "tokenizer.json"))


WORDS = st.sampled_from(
    [
        *("L'été", "aujourd’hui", "préfecture", "12 000 €", "北京宣布了", "～", "🫨🫨", "</s>", "<unk>"),
        *("▁", "\0", "ﬁn", "  "),
    ]
)
TEXTS = st.lists(st.one_of(WORDS, st.text(max_size=12)), max_size=8).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(st.lists(TEXTS, max_size=4))
@example(["", " ", "mot" * 200, "一" * 50, "\U0001f9d1" * 20])
@example(["<s> <pad> </s> <unk> <mask>", "e\u0301te\u0301\u0327", "\u200b\ufeff"])
def test_texts_are_cut_as_the_whole_tokenizer_cuts_them(tokenizer, whole, texts):
    for text, found in zip(texts, tokenizer.encode(texts), strict=True):
        expected = whole.encode(text, add_special_tokens=False)
        assert found.ids.tolist() == expected.ids
        assert [tuple(span) for span in found.spans.tolist()] == expected.offsets


def test_long_texts_are_looked_up_in_parts(tokenizer, whole):
    words = "".join(chr(0x4E00 + number) for number in range(4_000)) + " préfectoral" * 500
    (found,) = tokenizer.encode([words])
    assert found.ids.tolist() == whole.encode(words, add_special_tokens=False).ids


def test_special_tokens_are_those_around_a_text(tokenizer, whole):
    encoded = whole.encode("mot").ids
    assert [tokenizer.first, tokenizer.last] == [encoded[0], encoded[-1]]


def test_a_tokenizer_of_another_kind_is_refused(tmp_path: Path):
    file = tmp_path / "tokenizer.json"
    file.write_text(json.dumps({"model": {"type": "WordPiece"}, "post_processor": None}))
    with pytest.raises(ValueError, match="not a Unigram tokenizer"):
        write_vocabulary(file, tmp_path)


def test_pieces_are_mapped_and_found_where_they_stand(tmp_path: Path, whole):
    write_vocabulary(embedding_folder() / "tokenizer.json", tmp_path)
    pieces, ids = np.load(tmp_path / "pieces.npy", mmap_mode="r"), np.load(tmp_path / "ids.npy")
    assert len(pieces) == whole.get_vocab_size()
    for place in range(0, len(pieces), 10_007):
        assert whole.id_to_token(int(ids[place])) == pieces[place].decode()
