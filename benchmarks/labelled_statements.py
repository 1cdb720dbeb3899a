"""Statements labelled by reading, and the texts of this repository that they stand in.

`data/statements.yaml` names a text by its file and, where a file has several, by its key there. A label is a
pointer: `text[start:end]` are the words, `speaker` who says them as the text names them in full, or null
where nobody is named. Every second text is held out (`held_out`).
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from ingest.converters.registry import read_article
from rag.schema.article import Article

ROOT = Path(__file__).parents[1]
DATA = Path(__file__).parent / "data" / "statements.yaml"


@dataclass(frozen=True, slots=True)
class Label:
    """Words of a text, who says them, and whether they are quoted (`direct`) or told (`reported`)."""

    start: int
    end: int
    speaker: str | None
    form: str


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A text with all of its statements."""

    article: Article
    labels: tuple[Label, ...]
    held_out: bool
    name: str


def labelled_texts() -> list[LabelledText]:
    """Return the labelled texts, those held out included.

    Raises:
        ValueError: The words at a pointer aren't those that were labelled.
    """
    found = []
    for entry in yaml.safe_load(DATA.read_text(encoding="utf-8")):
        article = read_text(entry["text"])
        for one in entry["statements"]:
            words = article.text[one["start"] : one["end"]]
            if not words.startswith(one["begins"]):
                raise ValueError(f"{entry['text']}: {one['begins']!r} isn't at {one['start']}")
        labels = [Label(one["start"], one["end"], one["speaker"], one["form"]) for one in entry["statements"]]
        found.append(LabelledText(article, tuple(labels), entry["held_out"], entry["text"]))
    return found


def read_text(name: str) -> Article:
    """Return the text of this name, as an article: `FILE`, or `FILE#KEY`."""
    file, _, key = name.partition("#")
    if not key:
        return read_article((ROOT / file).read_bytes(), Path(file).name)
    if file.endswith(".py"):
        return _article(name, _valley()[key], "en" if key.startswith("ferry") else "fr")
    values = _yaml(file)
    if isinstance(values.get(key), str):
        return _article(name, values[key].strip(), "en" if key.startswith("ferry") else "fr")
    (entry,) = (one for one in values["articles"] if one.get("id") == key)
    return _article(name, entry["text"].strip(), entry["language"], entry["title"])


@cache
def _yaml(file: str) -> dict:
    return yaml.safe_load((ROOT / file).read_text(encoding="utf-8"))


@cache
def _valley() -> dict[str, str]:
    sys.path.insert(0, str(ROOT / "tests" / "support"))
    from valley import ARTICLES

    return {name: text for name, (_, text) in ARTICLES.items()}


def _article(name: str, text: str, language: str, title: str = "") -> Article:
    return Article(name, text, title, name, "", language=language)
