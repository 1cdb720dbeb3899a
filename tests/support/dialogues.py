"""The conversations of `tests/data/dialogues`: what each turn must be understood as, and what answers it.

A turn leans on the right answers to those before it, quoted from the articles as the product quotes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml

from ingest.converters.registry import read_article
from rag.query.parsed_question import ParsedQuestion
from rag.query.understanding import normalised, understand
from rag.schema.answer import Answer
from rag.schema.article import Article
from rag.schema.evidence import Claim, Evidence
from rag.schema.question import Question, Turn
from rag.text.folding import flatten
from rag.text.sentences import split_sentences

FOLDER = Path(__file__).parents[1] / "data" / "dialogues"
FOLDERS = (FOLDER / "articles", Path(__file__).parents[2] / "examples" / "articles")
HALVES = ("open", "kept")
TODAY = date(2026, 11, 2)
_UNFOUND = {"fr": "Les articles ne répondent pas à cette question.", "en": "The articles don't answer this."}


@dataclass(frozen=True)
class DialogueTurn:
    """One turn: what is said, after what, and what is right. `place` is `o01.2`, counted from 1."""

    place: str
    history: tuple[Turn, ...]
    said: str
    stated: dict
    language: str

    @property
    def counts(self) -> bool:
        """Whether it isn't the first, which leans on nothing."""
        return bool(self.history) or not self.place.endswith(".1")

    def understood(self) -> ParsedQuestion:
        """Read it with what was said before."""
        asked = normalised(Question(self.said, self.history))
        return understand(asked, ["fr", "en"], TODAY, lambda *_: False)

    def faults(self, standalone: str, small_talk: bool) -> list[str]:
        """Return what isn't right with a question as it was understood; nothing if it is."""
        if small_talk or self.stated.get("reply"):
            return [] if small_talk == bool(self.stated.get("reply")) else ["small talk or not"]
        if "is" in self.stated:
            return [] if _bare(standalone) == _bare(self.stated["is"]) else [f"isn't {self.stated['is']}"]
        found = [f"lacks {words}" for words in self.stated["has"] if not _has(standalone, words)]
        found += [f"has {words}" for words in self.stated.get("lacks", ()) if _has(standalone, words)]
        # Two questions in a row aren't one that stands alone.
        return found + (["several questions"] if standalone.count("?") > 1 else [])


def turns(half: str) -> Iterator[DialogueTurn]:
    """Every turn of one half of the conversations, in order."""
    for dialogue in yaml.safe_load((FOLDER / f"{half}.yaml").read_text(encoding="utf-8")):
        history: tuple[Turn, ...] = ()
        for number, stated in enumerate(dialogue["turns"], start=1):
            language = stated.get("language", dialogue["language"])
            turn = DialogueTurn(f"{dialogue['id']}.{number}", history, stated["ask"], stated, language)
            yield turn
            if not stated.get("reply"):
                history = (*history, _answer(turn).turn())


def _answer(turn: DialogueTurn) -> Answer:
    """Return the right answer to a turn as it is understood."""
    understood, stated = turn.understood(), turn.stated
    found = "answered" if "answer" in stated else "not_found"
    claims = (Claim.quoting(evidence(*stated["answer"])),) if "answer" in stated else ()
    return Answer(
        turn.said, understood.standalone, turn.language, found, claims, plain_text=_UNFOUND[turn.language],
        period=understood.period,
    )  # fmt: skip


def evidence(file: str, words: str, near: str = "") -> Evidence:
    """Return the sentence of an article with these words; `near` is more of it, where they come twice.

    Raises:
        ValueError: The article doesn't have them, or has them in several sentences.

    """
    article = read(file)
    flat, found = flatten(article.text), []
    for span in split_sentences(article.text, article.language):
        at = flat.find(flatten(words), span.start, span.end)
        if at >= 0 and flatten(near) in flat[span.start : span.end]:
            found.append(Evidence(article, span.start, span.end, answer_start=at, answer_end=at + len(words)))
    if len(found) != 1:
        raise ValueError(f"{file} has {words!r} in {len(found)} sentences")
    return found[0]


@cache
def read(file: str) -> Article:
    """Return an article of the dialogues or the examples."""
    path = next(folder / file for folder in FOLDERS if (folder / file).exists())
    return read_article(path.read_bytes(), str(path))


def _bare(question: str) -> str:
    return flatten(question).lower().strip(" ?!.")


def _has(text: str, words: str) -> bool:
    flat = flatten(text).lower()
    return any(re.search(rf"\b{re.escape(flatten(one).lower())}", flat) for one in words.split("|"))
