"""How well statements are given to those who say them, and names to their kinds, on labelled texts.

    python benchmarks/statements.py [--held-out] [--show]

A statement found counts as right if it holds most of a labelled one's words and has its speaker; one that no
label has is wrong. Labels whose speaker no name tells (`speaker: null`) are there to be got wrong.
Without `--held-out` only the texts are read that the rules were made with.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from dataclasses import dataclass, field

import yaml
from labelled_statements import DATA, Label, LabelledText, labelled_texts

from rag.entities.analysis import analyse
from rag.library.records import ArticleSentences
from rag.schema.entity import ArticleEntities, Statement
from rag.text.sentences import split_sentences

_HELD = 0.8  # of a label's characters


@dataclass
class Score:
    """Statements, or names, that are right, wrong, and not found."""

    right: int = 0
    wrong: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def line(self, name: str) -> str:
        found, wanted = self.right + len(self.wrong), self.right + len(self.missing)
        precision, recall = self.right / max(1, found), self.right / max(1, wanted)
        return f"{name:24} precision {precision:.3f} ({found})  recall {recall:.3f} ({wanted})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    texts = [one for one in labelled_texts() if one.held_out == options.held_out]
    scores: dict[str, Score] = {}
    began = time.process_time()
    for one in texts:
        found = analyse(_whole(one))
        language = one.article.language or ""
        for form in ("direct", "reported"):
            score = scores.setdefault(f"{language} {form}", Score())
            _compare(one, found, form, score)
        _compare_names(one, found, scores)
    spent = 1000 * (time.process_time() - began) / len(texts)
    for name, score in sorted(scores.items()):
        print(score.line(name))
    for kind in ("fr", "en", ""):
        parts = [
            score
            for name, score in scores.items()
            if name.startswith(kind) and name.split()[1] in ("direct", "reported")
        ]
        total = Score(
            sum(s.right for s in parts),
            [w for s in parts for w in s.wrong],
            [m for s in parts for m in s.missing],
        )
        print(total.line(f"{kind or 'all'} statements"))
    print(f"{spent:.1f} ms of processor a text")
    if options.show:
        for name, score in sorted(scores.items()):
            print(
                name,
                "\n  WRONG  ",
                "\n  WRONG  ".join(score.wrong),
                "\n  MISSING",
                "\n  MISSING ".join(score.missing),
            )


def _whole(one: LabelledText) -> ArticleSentences:
    return ArticleSentences(one.article, tuple(split_sentences(one.article.text, one.article.language)))


def _compare(one: LabelledText, found: ArticleEntities, form: str, score: Score) -> None:
    text = one.article.text
    labels = [label for label in one.labels if label.speaker]
    mine = [statement for statement in found.statements if statement.form == form]
    matched: set[Label] = set()
    for statement in mine:
        name = found.entities[statement.entity].name
        fitting = [label for label in labels if _holds(statement, label) and _same(label.speaker, name)]
        words = text[statement.words.start : statement.words.end]
        if fitting:
            score.right += 1
            matched.update(fitting)
        else:
            score.wrong.append(f"{name}: {words[:110]!r}")
    # A label that is found in the other form is found.
    others = [statement for statement in found.statements if statement.form != form]
    for label in labels:
        if label.form != form or label in matched:
            continue
        right = any(
            _holds(statement, label) and _same(label.speaker, found.entities[statement.entity].name)
            for statement in others
        )
        if not right:
            score.missing.append(f"{label.speaker}: {text[label.start : label.end][:90]!r}")


def _holds(statement: Statement, label: Label) -> bool:
    common = min(statement.words.end, label.end) - max(statement.words.start, label.start)
    return common >= _HELD * (label.end - label.start)


def _same(speaker: str | None, name: str) -> bool:
    return speaker is not None and speaker.casefold() == name.casefold()


def _compare_names(one: LabelledText, found: ArticleEntities, scores: dict[str, Score]) -> None:
    gold = _names()[_text_name(one)]
    unclear = " | ".join(gold.get("either", ()))
    language = one.article.language
    counted = Counter((entity.kind, entity.name) for entity in found.entities)
    for kind in ("person", "organisation", "place"):
        score = scores.setdefault(f"{language} name:{kind}", Score())
        wanted = set(gold.get(kind, ()))
        mine = {name for of, name in counted if of == kind}
        score.right += len(wanted & mine)
        score.missing += sorted(wanted - mine)
        score.wrong += sorted(name for name in mine - wanted if name not in unclear)


def _names() -> dict[str, dict[str, list[str]]]:
    return yaml.safe_load((DATA.parent / "entities.yaml").read_text(encoding="utf-8"))


def _text_name(one: LabelledText) -> str:
    return one.name


if __name__ == "__main__":
    main()
