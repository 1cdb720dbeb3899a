"""What runs the models tells nobody that it runs: libraries that would are told not to before they load."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from rag.models.bundled import cache_folder, embedding_folder

# As `sourcier ask` does: the graphs of encoder and reader are opened, and run.
ASKING = """
from rag.config import EmbeddingSettings, ReaderSettings
from rag.models.embedder_factory import load_embedder
from rag.reading.reader import load_reader
from rag.reading.schema import PassageWindow
from rag.text.sentences import split_sentences
print(load_embedder(EmbeddingSettings()).embed_queries(["Qui ?"]).shape)
window = PassageWindow("Anne dort.", tuple(split_sentences("Anne dort.", "fr")))
(reading,) = load_reader(ReaderSettings()).read("Qui dort ?", [window])
print(len(reading.sentences))
"""
# Programs that are tested automatically are let alone by these libraries: here it must not look like that.
OF_CI = (
    "CI",
    "TF_BUILD",
    "GITHUB_ACTIONS",
    "GITLAB_CI",
    "JENKINS_URL",
    "BUILD_ID",
    "TEAMCITY_VERSION",
    "TRAVIS",
)


def test_no_library_keeps_an_id_of_this_machine_or_words_for_its_maker(tmp_path: Path):
    embedding_folder()
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "sourcier").symlink_to(cache_folder())
    own = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache"), "XDG_DATA_HOME": str(tmp_path)}
    kept = {name: value for name, value in os.environ.items() if name not in OF_CI and "ORT_" not in name}
    done = subprocess.run(
        [sys.executable, "-c", ASKING], env=kept | own, capture_output=True, text=True, timeout=300
    )
    assert (done.returncode, done.stdout) == (0, "(1, 384)\n1\n"), done.stderr
    assert [path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.name != "sourcier"] == [
        Path("cache")
    ]
