"""What becomes of the questions that a newsroom asks of the examples, kind by kind.

    python benchmarks/newsroom.py [--half open|kept|all] [--carelessly] [--show]
    python benchmarks/newsroom.py --questions FILE --articles FOLDER [--today DATE] [--carelessly] [--show]

Asks `examples/desk.yaml`, or its kept half, of a library of examples/articles in a temporary folder, without
a chat model. What counts as right, partial and wrong is said in tests/support/desk_questions.py.
`--carelessly` asks in lower case, without accents and question marks, and in another order. `--show` prints
the answers of the open half that aren't right; of the kept one nothing but counts is ever printed.
`--questions` asks those of a file in the same format, of a library of another folder's articles instead, and
`--today` on another day.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter
from contextlib import closing
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from desk_questions import (  # noqa: E402
    ARTICLES,
    FILES,
    DeskQuestion,
    Outcome,
    asked_carelessly,
    desk_questions,
    questions_in,
)

from ingest.pipeline.chunking import Chunker  # noqa: E402
from ingest.pipeline.ingestion import ingest  # noqa: E402
from rag.config import Settings  # noqa: E402
from rag.engine.engine import open_engine  # noqa: E402
from rag.engine.factory import build_chain  # noqa: E402
from rag.runnable.chain import Chain  # noqa: E402
from rag.schema.answer import Answer  # noqa: E402

TODAY = date(2026, 11, 2)
OUTCOMES: tuple[Outcome, ...] = ("right", "partial", "wrong", "refused")
Judged = list[tuple[DeskQuestion, Outcome]]


def main() -> None:
    """Ask, and print a table a half, or one of the file given."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--half", choices=[*FILES, "all"], default="open")
    parser.add_argument("--questions", type=Path)
    parser.add_argument("--articles", type=Path)
    parser.add_argument("--today", type=date.fromisoformat, default=TODAY)
    parser.add_argument("--carelessly", action="store_true")
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    if (options.questions is None) != (options.articles is None):
        parser.error("--questions and --articles go together")
    if options.questions:
        asking = {options.questions.stem: list(questions_in(options.questions, options.articles))}
    else:
        halves = FILES if options.half == "all" else (options.half,)
        asking = {half: list(desk_questions(half)) for half in halves}
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        with closing(open_engine(settings)) as engine:
            chunker = Chunker(engine.embedder, settings.chunking)
            ingest([str(options.articles or ARTICLES)], engine.indexer, chunker, lambda _: None)
            with closing(build_chain(engine, None, today=lambda: options.today)) as chain:
                for name, questions in asking.items():
                    show = options.show and (options.questions is not None or name == "open")
                    report(name, asked(chain, questions, options.carelessly, show))


def asked(chain: Chain, questions: list[DeskQuestion], carelessly: bool, show: bool) -> Judged:
    """Ask each question on its own; with `show` print the answers that aren't right."""
    judged: Judged = []
    if carelessly:
        random.Random(1).shuffle(questions)
    for question in questions:
        answer = chain.invoke(asked_carelessly(question.text) if carelessly else question.text)
        outcome = question.outcome(answer)
        judged.append((question, outcome))
        if show and outcome != ("refused" if question.miss else "right"):
            print(f"{outcome:8}{question.id} {question.miss or question.kind}: {question.text}")
            print(f"        {shown(answer)}")
    return judged


def shown(answer: Answer) -> str:
    """Return an answer on one line."""
    marked = [one.answer_words for one in answer.citations if one.answer_words]
    listed = [one.title for one in answer.listing.articles] if answer.listing else []
    return f"{answer.status} {answer.verdict or ''} {marked} {listed} {answer.text}"[:600].replace("\n", " ")


def report(half: str, judged: Judged) -> None:
    """Print how often each outcome came, by kind, over all, and across languages."""
    answerable = [(question, outcome) for question, outcome in judged if not question.miss]
    missed = [(question, outcome) for question, outcome in judged if question.miss]
    print(f"{half:16}" + "".join(f"{outcome:>9}" for outcome in OUTCOMES) + f"{'of':>5}")
    for kind in dict.fromkeys(question.kind for question, _ in answerable):
        row(kind, [outcome for question, outcome in answerable if question.kind == kind])
    row("answerable", [outcome for _, outcome in answerable])
    row("across languages", [outcome for question, outcome in answerable if question.crosses_languages])
    print("near misses refused")
    for miss in dict.fromkeys(question.miss for question, _ in missed):
        refusals([outcome for question, outcome in missed if question.miss == miss], miss)
    refusals([outcome for _, outcome in missed], "all")


def row(name: str, outcomes: list[Outcome]) -> None:
    """Print the counts of one kind."""
    counts = Counter(outcomes)
    print(f"{name:16}" + "".join(f"{counts[outcome]:>9}" for outcome in OUTCOMES) + f"{len(outcomes):>5}")


def refusals(outcomes: list[Outcome], name: str) -> None:
    """Print how many near misses of one kind were refused."""
    print(f"  {name:14}{outcomes.count('refused'):>9} of {len(outcomes)}")


if __name__ == "__main__":
    main()
