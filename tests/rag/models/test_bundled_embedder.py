"""Questions are read without PyTorch, and as PyTorch reads them."""

from __future__ import annotations

import subprocess
import sys
import time
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


class Counting(BertEncoder):
    """Notes of how many texts each reading was."""

    def __init__(self) -> None:
        super().__init__(embedding_folder())
        self.read: list[int] = []

    def _read(self, texts):
        self.read.append(len(texts))
        super()._read(texts)


def test_what_is_asked_at_the_same_time_is_read_at_once_and_is_the_same_to_the_last_bit():
    encoder, draw = Counting(), np.random.default_rng(1)
    lengths = [25, 11, 3, 64, 8, 17, 7, 40, 30, 90]
    texts = [draw.integers(4, 250_000, size=length) for length in lengths]
    alone = [encoder.hidden_states(ids) for ids in texts]
    encoder.read.clear()
    with ThreadPoolExecutor(len(texts)) as threads:
        with encoder._lock:
            reads = []
            for number, ids in enumerate(texts, 1):
                reads.append(threads.submit(encoder.hidden_states, ids))
                while len(encoder._waiting) < number:
                    time.sleep(0.001)
        together = [read.result() for read in reads]
    assert sorted(encoder.read) == [1, 9]  # the last isn't read with all before it: that would be many
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one, other)


def test_when_reading_with_others_fails_each_is_told_its_own_or_reads_alone():
    encoder = Counting()
    texts = [np.arange(4, 30), np.arange(9, 60)]
    expected = [encoder.hidden_states(ids) for ids in texts]
    limit = encoder._threads.limit
    failing = iter([True])

    def failing_once(**options):
        if next(failing, False):
            raise MemoryError
        return limit(**options)

    encoder._threads.limit = failing_once
    with ThreadPoolExecutor(2) as threads:
        with encoder._lock:
            reads = [threads.submit(encoder.hidden_states, ids) for ids in texts]
            while len(encoder._waiting) < 2:
                time.sleep(0.001)
        errors = [read.exception() for read in reads]
        assert [type(error) for error in errors if error] == [MemoryError]
        (number,) = [number for number, error in enumerate(errors) if not error]
        assert np.array_equal(reads[number].result(), expected[number])
        assert np.array_equal(encoder.hidden_states(texts[0]), expected[0])
    assert encoder._waiting == []


def test_several_threads_get_what_one_would(embedder):
    expected = embedder.embed_queries(QUESTIONS)
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(lambda _: embedder.embed_queries(QUESTIONS), range(8)):
            np.testing.assert_array_equal(found, expected)


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
