"""Serialised objects and templates in an article are its bytes and words: nothing of them is ever run."""

from __future__ import annotations

import ast
import pickle
import re
from contextlib import closing
from pathlib import Path

import pytest
from desk import Desk
from folder_graph import imports, sources

from ingest.containers.expand import expand
from ingest.converters.registry import format_of, read_document
from ingest.schema.document import Failure, Notice, SourceDocument
from rag.engine.factory import build_chain
from rag.errors import UserError

EXTENSIONS = (
    "txt", "md", "html", "mhtml", "pdf", "docx", "odt", "rtf", "epub", "eml", "json", "jsonl", "csv",
    "parquet", "warc", "wacz", "mbox", "xml", "zip",
)  # fmt: skip
RUNNING = {"eval", "exec", "yaml.unsafe_load", "yaml.full_load", "torch.load", "joblib.load"}
TEXT = "Le pont de Corvenne a rouvert lundi."


class Mark:
    """Leaves a file where it is unpickled: harmless, and seen."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple:
        return Path.touch, (self.file,)


def read(data: bytes, name: str) -> list[str]:
    """The texts of a file, as an ingestion reads it."""
    texts = []
    for one in expand(SourceDocument(name, name, format_of(name), lambda limit: data[: limit + 1])):
        if not isinstance(one, Failure | Notice):
            try:
                texts.append(read_document(one.read(), one.source, one.key, one.format).article.text)
            except UserError as error:
                assert str(error).startswith(name)
    return texts


def test_the_mark_would_be_seen(tmp_path: Path):
    pickle.loads(pickle.dumps(Mark(tmp_path / "seen")))
    assert (tmp_path / "seen").exists()


@pytest.mark.parametrize("extension", EXTENSIONS)
@pytest.mark.parametrize("protocol", [0, 2, 5])
def test_a_pickle_is_never_loaded(tmp_path: Path, extension: str, protocol: int):
    read(pickle.dumps(Mark(tmp_path / "seen"), protocol), f"a.{extension}")
    assert not (tmp_path / "seen").exists()


@pytest.mark.parametrize("key", ["title", "author", "date", "site", "anything"])
def test_an_object_of_yaml_is_words_at_most(tmp_path: Path, key: str):
    seen = tmp_path / "seen"
    path = f"!!python/object/apply:pathlib.Path [{seen}]"
    tagged = f"---\n{key}: !!python/object/apply:pathlib.Path.touch [{path}]\n"
    assert read(f"{tagged}---\n{TEXT}".encode(), "a.md") in ([TEXT], [])
    assert not seen.exists()


@pytest.mark.parametrize(
    "payload", ["{{7*7}}", "${7*7}", "<%= 7*7 %>", "#{7*7}", "{0.__class__}", "%(x)s", "%s%n"]
)
def test_a_template_is_quoted_as_it_stands(tmp_path: Path, payload: str):
    with closing(Desk(tmp_path)) as desk:
        desk.write("a.txt", f"Le pont de Corvenne {payload} a rouvert lundi.")
        desk.ingest()
        with closing(build_chain(desk.parts, None)) as chain:
            answer = chain.invoke("Quand le pont de Corvenne a-t-il rouvert ?")
            assert [claim.text for claim in answer.claims] == [
                f"Le pont de Corvenne {payload} a rouvert lundi."
            ]
            chain.invoke(f"Quand {payload} a-t-il rouvert ?")


def test_no_code_of_ours_runs_what_it_reads():
    """Neither unpickles, nor evaluates, nor loads YAML by a loader that makes objects."""
    for module, source in sources().items():
        unpickling = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "jinja2"}
        assert not {name.split(".")[0] for name in imports(source)} & unpickling, module
        assert {*re.findall(r"yaml\.(\w*Loader)", source)} <= {"SafeLoader", "CSafeLoader", "BaseLoader"}, (
            module
        )
        calls = {ast.unparse(node.func) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)}
        assert calls & RUNNING == set(), module
