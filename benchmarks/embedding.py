"""How long one question takes to embed, beside the same encoder in float32 as sentence-transformers calls it.

    python benchmarks/embedding.py FILE.json [--questions 120]

FILE is SQuAD-format JSON. Each question is embedded by both in turn, so that the ratio is of one run.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
from sentence_transformers import SentenceTransformer

from rag.config import EmbeddingSettings
from rag.embedding import load_embedder
from rag.local_models import embedding_folder
from ui.evaluation.squad import read_squad


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--questions", type=int, default=120)
    options = parser.parse_args()
    settings = EmbeddingSettings()
    embedder = load_embedder(settings)
    whole = SentenceTransformer(str(embedding_folder()), local_files_only=True)
    asked = [question.text for question in read_squad([options.file]).questions]
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


if __name__ == "__main__":
    main()
