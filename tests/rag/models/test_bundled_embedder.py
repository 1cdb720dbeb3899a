"""Questions are read without PyTorch, and as PyTorch reads them."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sentence_transformers import SentenceTransformer

from rag.config import EmbeddingSettings
from rag.models.bert_encoder import BertEncoder
from rag.models.bundled import embedding_folder
from rag.models.embedder import Embedder
from rag.models.embedder_factory import load_embedder

QUESTIONS = [
    "Qui accompagnait le président ?",
    "Quel est le montant des aides votées par le conseil régional pour les agriculteurs en 2024 ?",
    "Where did the summit take place?",
    "北京宣布了什么？",
    "🫨",
    "",
]


@pytest.fixture(scope="module")
def float32() -> SentenceTransformer:
    """The model as it is stored, without the rounding to bfloat16 that ingestion may use."""
    return SentenceTransformer(str(embedding_folder()), local_files_only=True, device="cpu")


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return load_embedder(EmbeddingSettings())


def test_a_question_has_the_vector_that_pytorch_computes(embedder, float32):
    expected = float32.encode(QUESTIONS, prompt="query: ")
    found = embedder.embed_queries(QUESTIONS)
    assert (found * expected).sum(axis=1).min() >= 0.999999
    assert found.dtype == np.float32
    reads = np.stack([read.vector for read in embedder.read_queries(QUESTIONS)])
    np.testing.assert_allclose(reads, found, atol=1e-6)


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 400), st.randoms(use_true_random=False))
def test_hidden_states_are_those_of_pytorch(float32, length, random):
    import torch

    encoder = BertEncoder(embedding_folder())
    ids = np.array([random.randrange(250_000) for _ in range(length)])
    with torch.inference_mode():
        model = float32[0].auto_model
        expected = model(torch.from_numpy(ids)[None]).last_hidden_state[0].numpy()
    np.testing.assert_allclose(encoder.hidden_states(ids), expected, atol=2e-4)


def test_a_question_over_the_window_has_the_vector_of_all_of_it(embedder):
    """The mean of its windows, as passages have it, whoever reads it."""
    text = "mot et phrase " * 260
    assert embedder.count_tokens([text])[0] > embedder.max_tokens
    long = "mot et phrase " * 400
    near = embedder.embed_queries([text])[0]
    assert near @ embedder.embed_queries([long])[0] > 0.999  # read by PyTorch: it is long
    assert near @ embedder.embed_queries(["mot"])[0] < 0.98


def test_several_threads_get_what_one_would_to_the_last_bit(embedder):
    questions = [*QUESTIONS, *("la crue " * n for n in (1, 3, 9, 27, 81))]
    expected = {question: embedder.embed_queries([question]) for question in questions}
    with ThreadPoolExecutor(8) as pool:
        asked = questions * 4
        for question, found in zip(
            asked, pool.map(lambda one: embedder.embed_queries([one]), asked), strict=True
        ):
            np.testing.assert_array_equal(found, expected[question])


READS = """
import sys
from rag.config import EmbeddingSettings
from rag.models.embedder_factory import load_embedder
embedder = load_embedder(EmbeddingSettings())
embedder.read_queries(["Qui ?"]), embedder.embed_queries(["Qui ?"]), embedder.count_tokens(["Qui ?"] * 100)
print("torch" in sys.modules)
embedder.read_passages(["Une phrase."])
print("torch" in sys.modules)
"""


def test_pytorch_is_imported_when_a_passage_is_read():
    done = subprocess.run([sys.executable, "-c", READS], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
