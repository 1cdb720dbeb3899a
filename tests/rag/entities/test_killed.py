"""Whoever finds entities and is killed leaves whole articles, and the next one goes on to the same end."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from rag.entities.analysis import VERSION
from rag.entities.making import find_entities, is_complete
from rag.library.library import Library
from rag.library.records import Entry, Source
from rag.schema.article import Article, Passage
from rag.text.sentences import split_sentences

ROOT = Path(__file__).parents[3]
# Kills itself in the middle of an article's transaction: its first rows are written, the last aren't.
PROGRAM = """
import os, signal, sys
from pathlib import Path
from rag.entities import making
from rag.entity_store import store
from rag.library.library import Library
after, pointers = int(sys.argv[2]), store._put_pointers
stored = []
def put(*rows):
    stored.append(rows)
    if len(stored) > after:
        os.kill(os.getpid(), signal.SIGKILL)
    pointers(*rows)
store._put_pointers = put
making.find_entities(Library(Path(sys.argv[1])))
"""
TABLES = ("analysed_articles", "entity_articles", "entity_mentions", "entity_statements")


def filled(folder: Path, make_article: Callable[..., Article]) -> None:
    with closing(Library(folder)) as library:
        for number in range(6):
            text = f"Le pont de Toury est vieux. « Il tiendra {number} ans », a dit Nadia Ferri à Paul Roux."
            article = make_article(text, id=f"a{number}", title="Pont", language="fr")
            passage = Passage(f"a{number}:0", f"a{number}", 0, len(text), tuple(split_sentences(text, "fr")))
            source = Source(f"s{number}", f"s{number}", "digest", f"a{number}")
            library.acknowledge([Entry(article, (passage,), source)], "recipe")


def rows(folder: Path) -> dict[str, int]:
    with closing(sqlite3.connect(folder / "library.sqlite3")) as db:
        return {table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}


@pytest.mark.parametrize("after", [0, 3])
def test_a_kill_in_the_middle_of_an_article(tmp_path: Path, make_article: Callable[..., Article], after: int):
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    filled(killed, make_article)
    filled(whole, make_article)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(killed), str(after)], env=environment, check=False
    )
    assert done.returncode == -signal.SIGKILL
    with closing(Library(killed)) as library, closing(Library(whole)) as other:
        assert library.entities.waiting_count(VERSION) == 6 - after
        assert library.problems() == library.entities.problems() == []
        assert find_entities(library) == 6 - after
        assert find_entities(other) == 6
        assert is_complete(library)
    assert rows(killed) == rows(whole)
