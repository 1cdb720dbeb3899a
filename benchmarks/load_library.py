"""A library for the load tests: the example articles as the encoder reads them, made-up ones beside them.

    python benchmarks/load_library.py FOLDER [--passages 5000] [--tree TREE]

What is measured is how much is asked at once, not what is found: the made-up articles of `synthetic` are read
by a stand-in of the encoder, which gives each word a vector of its own. All else is the product's writing.
`--tree` is the working tree whose product writes, for libraries that an earlier one has to open too.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import re
import subprocess
import sys
from collections import namedtuple
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

HERE = Path(__file__).parents[1]
_AT_ONCE = 500  # passages
_SEED = 20260105
_ENDINGS = (" ?", "", "?", " ??", " ???", " ?!")
# By where the product's command and its parts are, in this tree and in one of before its folders.
_COMMANDS = {"ui/command/main.py": "ui.command.main", "ui/cli.py": "ui.cli"}

TokenVectors = namedtuple("TokenVectors", ("vector", "tokens", "spans"))


def command(tree: Path) -> list[str]:
    """What to start as `sourcier` of a working tree; `environment` goes with it."""
    module = next(name for file, name in _COMMANDS.items() if (tree / file).exists())
    return [sys.executable, "-c", f"import sys; from {module} import main; sys.exit(main())"]


def environment(tree: Path, folder: Path) -> dict[str, str]:
    """The variables of a process that uses a working tree's product on the library in `folder`.

    `PYTHONPATH` may name packages that another tree needs and this installation hasn't.
    """
    others = os.environ.get("PYTHONPATH", "")
    return os.environ | {
        "PYTHONPATH": os.pathsep.join([str(tree), *filter(None, [others])]),
        "SOURCIER_DATA_DIR": str(folder),
        "SOURCIER_CHAT_MODEL__MODEL": "none",
    }


def build(folder: Path, passages: int, tree: Path = HERE) -> None:
    """Bring the library in `folder` to at least so many passages; nothing if that was done before."""
    done = folder.with_name(f"{folder.name}.passages")
    if done.exists() and int(done.read_text()) >= passages:
        return
    folder.mkdir(parents=True, exist_ok=True)
    with_library = environment(tree, folder)
    examples = [*command(tree), "ingest", str(HERE / "examples" / "articles")]
    subprocess.run(examples, env=with_library, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    filling = [sys.executable, __file__, str(folder), "--fill", "--passages", str(passages), "--tree"]
    filling.append(str(tree))
    subprocess.run(filling, env=with_library, cwd=folder, check=True)
    done.write_text(str(passages))


class WordEmbedder:
    """Stands for the encoder: the same name and size of vectors, a word's vector drawn by its hash."""

    max_tokens = 480

    def __init__(self, name: str, dimension: int) -> None:
        import numpy

        self.name, self.dimension = name, dimension
        self._numpy = numpy
        self._vectors: dict[str, object] = {}

    def read_passages(self, texts: Sequence[str]) -> list[TokenVectors]:
        return [self._read(text) for text in texts]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [4 * len(text) // 17 for text in texts]

    def _read(self, text: str) -> TokenVectors:
        numpy = self._numpy
        places = [match.span() for match in re.finditer(r"\w+", text)]
        tokens = numpy.stack([self._of(text[start:end]) for start, end in places])
        mean = tokens.mean(axis=0)
        return TokenVectors(mean / numpy.linalg.norm(mean), tokens, numpy.array(places))

    def _of(self, word: str) -> object:
        if word not in self._vectors:
            seed = int.from_bytes(hashlib.blake2b(word.lower().encode(), digest_size=8).digest(), "little")
            drawn = self._numpy.random.default_rng(seed).standard_normal(self.dimension)
            self._vectors[word] = drawn.astype(self._numpy.float32)
        return self._vectors[word]


def fill(folder: Path, passages: int) -> None:
    """Add made-up articles, by the product and the `synthetic` that this process imports."""
    from synthetic import Articles

    from rag.config import Settings

    try:
        from rag.engine.engine import open_engine
    except ImportError:  # of before the folders
        from rag.assembly import open_parts as open_engine
    parts = open_engine(Settings(data_dir=folder))
    name, dimension = parts.embedder.name, parts.embedder.dimension
    with closing(open_engine(Settings(data_dir=folder), WordEmbedder(name, dimension))) as parts:
        entries, held = Articles().entries(), parts.library.counts().passages
        while held < passages:
            batch, count = [], 0
            while count < min(_AT_ONCE, passages - held):
                batch.append(next(entries))
                count += len(batch[-1].passages)
            parts.indexer.add(batch)
            held += count


def questions(seed: int = _SEED) -> Iterator[str]:
    """Questions without end: every second one about the examples, the others in made-up articles' words.

    An answer is kept for as long as 256 others haven't come since: none of these is asked again sooner.
    """
    from synthetic import Articles

    draw, articles = random.Random(seed), Articles()
    examples = example_questions()
    rounds = [(ending, draw.sample(examples, len(examples))) for ending in _ENDINGS]
    asked = [f"{one.rstrip(' ?')}{ending}" for ending, some in rounds for one in some]
    number = 0
    while True:
        yield asked[number % len(asked)]
        words = articles._entry(draw.randrange(1_200)).article.text.split("\n")[0].split(". ")[0].split()
        yield f"{' '.join(words[:14])} {draw.choice(words)} ?"
        number += 1


def example_questions() -> list[str]:
    """The examples' questions, French and English."""
    import yaml

    files = [HERE / "examples" / name for name in ("questions.yaml", "questions.en.yaml")]
    return [one["question"] for file in files for one in yaml.safe_load(file.read_text(encoding="utf-8"))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--passages", type=int, default=5_000)
    parser.add_argument("--tree", type=Path, default=HERE)
    parser.add_argument("--fill", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.fill:
        sys.path.insert(0, str(options.tree / "benchmarks"))
        fill(options.folder, options.passages)
    else:
        build(options.folder.absolute(), options.passages, options.tree.absolute())


if __name__ == "__main__":
    main()
