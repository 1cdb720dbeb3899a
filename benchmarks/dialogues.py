"""Follow-ups: how many turns of the conversations are understood, and how many are answered.

    python benchmarks/dialogues.py [--half open|kept|all] [--show]

Asks the conversations of tests/data/dialogues, without a chat model, of a library of their articles and of
examples/articles, in a temporary folder. Each turn leans on what the product itself answered to those before
it. A turn but the first is *understood* if the question that it was read as has the words that it must have
and none that it must not have, in one question; *answered* if the words that answer stand in the answer's
quotes. `--show` names the turns that aren't right.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from dialogues import FOLDERS, HALVES, TODAY, DialogueTurn, turns

from ingest.pipeline.chunking import Chunker
from ingest.pipeline.ingestion import ingest
from rag import Answer, Question, Turn
from rag.config import Settings
from rag.engine.engine import open_engine
from rag.engine.factory import build_chain
from rag.text.folding import flatten


def main() -> None:
    """Ask, and print the counts of each half."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--half", choices=[*HALVES, "all"], default="open")
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        with closing(open_engine(settings)) as engine:
            chunker = Chunker(engine.embedder, settings.chunking)
            ingest([str(one) for one in FOLDERS], engine.indexer, chunker, lambda _: None)
            chain = build_chain(engine, None, today=lambda: TODAY)
            for half in HALVES if options.half == "all" else (options.half,):
                _count(chain, half, options.show)


def _count(chain, half: str, show: bool) -> None:
    history: tuple[Turn, ...] = ()
    understood, answered, counted, answerable = 0, 0, 0, 0
    for turn in turns(half):
        history = () if turn.place.endswith(".1") else history
        answer = chain.invoke(Question(turn.said, history))
        if answer.status != "conversation":
            history = (*history, answer.turn())
        if not turn.counts:
            continue
        counted += 1
        faults = turn.faults(answer.standalone_question, answer.status == "conversation")
        right = _answers(turn, answer)
        understood += not faults
        answerable += right is not None
        answered += bool(right)
        if show and (faults or right is False):
            print(f"{turn.place} {turn.said!r} → {answer.standalone_question!r} {faults} {right}")
    print(f"{half}: understood {understood} of {counted}, answered {answered} of {answerable}")


def _answers(turn: DialogueTurn, answer: Answer) -> bool | None:
    """Whether the words that answer are quoted; None where the articles don't answer."""
    if "answer" not in turn.stated:
        return None
    words = flatten(turn.stated["answer"][1]).lower()
    return any(words in flatten(evidence.quote).lower() for evidence in answer.citations)


if __name__ == "__main__":
    main()
