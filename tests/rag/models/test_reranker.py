"""A cross-encoder orders passages; one that can't be loaded is told in one sentence."""

from pathlib import Path

import numpy as np
import pytest

from rag.config import RetrievalSettings
from rag.errors import ConfigError
from rag.models.reranker import load_reranker


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real cross-encoder, tiny and untrained: what it prefers is arbitrary, but always the same."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast, set_seed

    folder = tmp_path_factory.mktemp("reranker")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "le", "pont", "rouvre", "lundi", "bac"]
    plain = Tokenizer(models.WordLevel({word: n for n, word in enumerate(words)}, unk_token="[UNK]"))
    plain.pre_tokenizer = pre_tokenizers.Whitespace()
    names = {f"{n.lower()}_token": f"[{n}]" for n in ("PAD", "UNK", "CLS", "SEP", "MASK")}
    PreTrainedTokenizerFast(tokenizer_object=plain, model_max_length=64, **names).save_pretrained(folder)
    set_seed(1)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        num_labels=1,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


def test_passages_get_scores_that_follow_them_in_any_order(folder: Path):
    reranker = load_reranker(RetrievalSettings(reranker=str(folder)))
    passages = ["le pont rouvre lundi", "le bac", "lundi"]
    scores = reranker.scores("le pont", passages)
    assert scores.shape == (3,)
    assert len(set(scores.tolist())) == 3
    assert np.allclose(reranker.scores("le pont", passages[::-1]), scores[::-1], atol=1e-4)
    assert reranker.scores("le pont", []).shape == (0,)


def test_no_name_no_reranker():
    assert load_reranker(RetrievalSettings()) is None


def test_a_reranker_that_is_not_there_is_told_in_one_sentence(tmp_path: Path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigError, match=r"^retrieval\.reranker: .* can't be loaded \("):
        load_reranker(RetrievalSettings(reranker=str(tmp_path / "empty")))
