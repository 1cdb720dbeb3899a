"""How long questions and passages take to embed, beside the same encoder in float32, and with int8 layers.

    python benchmarks/embedding.py FILE.json [--questions 120] [--passages 256]

FILE is SQuAD-format JSON. Each question, and each batch of 32 passages, is embedded by all in turn, so that
the ratios are of one run.
"""

from __future__ import annotations

import argparse
import copy
import time
from pathlib import Path

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

from rag.config import EmbeddingSettings
from rag.models.bundled import embedding_folder
from rag.models.embedder import Embedder
from rag.models.embedder_factory import load_embedder
from ui.evaluation.questions.dataset import read_squad

_LENGTH = 480  # characters of a passage, about a block of a sketch


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--questions", type=int, default=120)
    parser.add_argument("--passages", type=int, default=256)
    options = parser.parse_args()
    settings = EmbeddingSettings()
    embedder = load_embedder(settings)
    whole = SentenceTransformer(str(embedding_folder()), local_files_only=True)
    corpus = read_squad([options.file])
    asked = [question.text for question in corpus.questions]
    asked = asked[:: max(1, len(asked) // options.questions)][: options.questions]
    embedder.embed_queries(asked[:1])
    seconds, cosines = [], []
    for question in asked:
        start = time.perf_counter()
        [read] = embedder.read_queries([question])
        middle = time.perf_counter()
        expected = whole.encode(
            question, prompt=settings.query_prompt, normalize_embeddings=True, show_progress_bar=False
        )
        seconds.append((middle - start, time.perf_counter() - middle))
        cosines.append(float(read.vector @ expected))
    ours, theirs = np.percentile(seconds, [50, 95], axis=0).T * 1_000
    print(f"{len(asked)} questions, one at a time; ms, p50/p95")
    print(f"  ours, with the tokens' vectors       {ours[0]:.1f}/{ours[1]:.1f}")
    print(f"  sentence-transformers, float32       {theirs[0]:.1f}/{theirs[1]:.1f}")
    print(f"  ours / theirs (p50) {ours[0] / theirs[0]:.2f}; least cosine {min(cosines):.5f}")
    texts = [a.text[i : i + _LENGTH] for a in corpus.articles for i in range(0, len(a.text), _LENGTH)]
    passages(embedder, whole, texts[:: max(1, len(texts) // options.passages)][: options.passages])


def passages(embedder: Embedder, whole: SentenceTransformer, texts: list[str]) -> None:
    """Tokens a second of each encoder, and the least cosine to float32."""
    texts.sort(key=len, reverse=True)
    small = torch.ao.quantization.quantize_dynamic(copy.deepcopy(whole), {torch.nn.Linear}, dtype=torch.qint8)

    def encode(model: SentenceTransformer, batch: list[str]) -> np.ndarray:
        return model.encode(batch, prompt="passage: ", normalize_embeddings=True, show_progress_bar=False)

    ways = {
        "float32": lambda batch: encode(whole, batch),
        "ours": embedder.embed_passages,
        "int8 linear layers": lambda batch: encode(small, batch),
    }
    seconds, least = dict.fromkeys(ways, 0.0), dict.fromkeys(ways, 1.0)
    for start in range(0, len(texts), 32):
        batch = texts[start : start + 32]
        expected = encode(whole, batch)
        for name, way in ways.items():
            began = time.perf_counter()
            vectors = way(batch)
            seconds[name] += time.perf_counter() - began
            least[name] = min(least[name], float((vectors * expected).sum(axis=1).min()))
    tokens = sum(embedder.count_tokens(texts))
    print(f"{len(texts)} passages of {tokens / len(texts):.0f} tokens, in batches of 32")
    for name, taken in seconds.items():
        times = seconds["float32"] / taken
        print(
            f"  {name:20} {tokens / taken:6.0f} tokens/s, {times:.2f} times; least cosine {least[name]:.5f}"
        )


if __name__ == "__main__":
    main()
