"""How often each text is analysed while a question is answered: calls of each function, by text.

    python benchmarks/analysis_counts.py LIBRARY [--side question|articles] [--repeated] [--json]

`LIBRARY`: the data directory of a library of examples/articles (`sourcier ingest examples/articles`); it is
copied first. Asks a fresh question, a follow-up and one with a period, without a chat model and with one
that repeats the first sentence on offer, so that its claim is checked.

A text counts once for each function and language. Texts that the conversation has in it are the question's,
all others the articles'. Shorter ones than SHORTEST (words, numbers) are counted and not compared: `deux` in
two sentences is no text analysed twice. A function that keeps its results counts when it works, not when it
remembers. `--repeated` names every text that a function was called for more than once. Runs in either layout
of the packages: KINDS names each function in both.
"""

from __future__ import annotations

import argparse
import importlib
import json
import logging
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path.cwd()))

from langchain_core.language_models.chat_models import SimpleChatModel

TODAY = date(2025, 11, 10)
SHORTEST = 15  # characters
# What is counted → `module:function`, before the packages had folders and since; the first that is there.
KINDS: dict[str, tuple[str, ...]] = {
    # forms of a text
    "fold": ("rag.words:fold", "rag.text.normalization:fold"),
    "flatten": ("rag.surface:flatten", "rag.text.folding:flatten"),
    "words": ("rag.words:words", "rag.text.normalization:words"),
    "content words": ("rag.terms:_content", "rag.text.analyzer:content_of"),
    "terms": ("rag.terms:terms", "rag.text.analyzer:terms"),
    "language": ("rag.language:detect_language", "rag.text.language_detection:detect_language"),
    # what a text states
    "dates": ("rag.dates:find_dates", "rag.extraction.dates:read_dates"),
    "times": ("rag.clock:find_times", "rag.extraction.numbers.times:find_times"),
    "quantities": ("rag.quantities:find_quantities", "rag.extraction.numbers.quantities:read_quantities"),
    "names": ("rag.names:find_names", "rag.extraction.named_entities:read_names"),
    "peoples": ("rag.names:find_peoples", "rag.extraction.named_entities:read_peoples"),
    "vocabulary": ("rag.names:vocabulary", "rag.extraction.named_entities:vocabulary"),
    "clauses": ("rag.clauses:split_words", "rag.extraction.clauses:split_words"),
    "assertions": ("rag.polarity:mentions", "rag.extraction.assertions:mentions"),
    "comparable sentence": ("rag.sameness:sentence", "rag.verification.paraphrase:comparable"),
    # what a question asks
    "small talk": ("rag.smalltalk:reply", "rag.query.small_talk:reply"),
    "answer request": ("rag.restating:request", "rag.query.answer_requests:request"),
    "needs context": ("rag.leaning:leans", "rag.query.follow_ups.context_need:needs_context"),
    "anaphor": ("rag.leaning:refers", "rag.query.follow_ups.context_need:has_anaphor"),
    "context": ("rag.conversation:leans_on", "rag.query.contextualization:context_of"),
    "answer type": ("rag.relevance:asked_for", "rag.query.answer_type:expected"),
    "period": ("rag.periods:period_in", "rag.query.temporal.period:period_in"),
    "shift": ("rag.period_steps:find_step", "rag.query.temporal.shifts:find_step"),
    "relative period": ("rag.relative_periods:find_relative", "rag.query.temporal.relative:find_relative"),
    "past tense": ("rag.tense:is_past", "rag.query.temporal.tense:is_past"),
    "future tense": ("rag.tense:is_future", "rag.query.temporal.tense:is_future"),
    "habit": ("rag.tense:is_habit", "rag.query.temporal.tense:names_habit"),
    "refers to answer": ("rag.rewriting:needs_model", "rag.query.contextualization:refers_to_answer"),
}
FRESH = "Combien de Valbrumois ont dû être évacués lors de la crue de l'Orlande ?"
SCENARIOS: dict[str, tuple[str, list[str]]] = {
    "a fresh question": (FRESH, []),
    "a follow-up": ("Et combien de morts a-t-elle faits ?", [FRESH]),
    "a follow-up to a follow-up": ("Et à Valbrume ?", [FRESH, "Combien de morts a-t-elle faits ?"]),
    "a question with a period": ("Combien de morts la crue a-t-elle faits la semaine dernière ?", []),
    "a reason, in English": ("Why did Helen Abernoth oppose later school hours?", []),
}


class Repeating(SimpleChatModel):
    """Says again the first sentence that it is shown, or a word where there is none."""

    @property
    def _llm_type(self) -> str:
        return "repeating"

    def _call(self, messages: list, *_: Any, **__: Any) -> str:
        shown = re.search(r"^\[1\] (?:\([^)\n]*\) )?(.*)$", str(messages[-1].content), re.MULTILINE)
        return f"[1] {shown[1]}" if shown else "?"


@dataclass
class Calls:
    """How often each function was called for each text, in which language."""

    found: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def counting(self, kind: str, function: Callable) -> Callable:
        kept = getattr(function, "cache_info", None)

        @wraps(function)
        def counted(*arguments: Any, **options: Any) -> Any:
            missed = kept().misses if kept else 0
            result = function(*arguments, **options)
            if kept is None or kept().misses > missed:
                self.found[kind, *_text(function, arguments, options)] += 1
            return result

        return counted


def _text(function: Callable, arguments: tuple, options: dict) -> tuple[str, str]:
    """The text that a function is called for, and the first argument that is a language."""
    # `content_of` takes the folded text first.
    of = arguments[1] if function.__name__ == "content_of" else arguments[0]
    text = of if isinstance(of, str) else str(getattr(of, "text", of))
    given = (getattr(of, "language", None), *arguments[1:], *options.values())
    return text, next((code for code in given if isinstance(code, str) and len(code) == 2), "")


@contextmanager
def counted() -> Iterator[Calls]:
    """Count the calls of KINDS, wherever a module has one under its name."""
    calls, changed = Calls(), []
    for kind, names in KINDS.items():
        function = next((found for name in names if (found := _function(name))), None)
        if function is None:
            print(f"{kind}: in neither layout", file=sys.stderr)
            continue
        substitute = calls.counting(kind, function)
        for module in [module for name, module in sys.modules.items() if name.split(".")[0] == "rag"]:
            for name, value in vars(module).copy().items():
                if value is function:
                    setattr(module, name, substitute)
                    changed.append((module, name, function))
    try:
        yield calls
    finally:
        for module, name, function in changed:
            setattr(module, name, function)


def _function(name: str) -> Callable | None:
    module, _, function = name.partition(":")
    try:
        return getattr(importlib.import_module(module), function, None)
    except ModuleNotFoundError:
        return None


def _first(*names: str) -> Any:
    found = [value for name in names if (value := _function(name))]
    if not found:
        raise SystemExit(f"None of these is there: {', '.join(names)}")
    return found[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("library", type=Path)
    parser.add_argument("--side", choices=("question", "articles"))
    parser.add_argument("--repeated", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    open_parts = _first("rag.assembly:open_parts", "rag.engine.engine:open_engine")
    build_chain = _first("rag.assembly:build_chain", "rag.engine.factory:build_chain")
    question_class = _first("rag.question:Question", "rag.schema.question:Question")
    turn_class = _first("rag.question:Turn", "rag.schema.question:Turn")
    settings = _first("rag.config:load_settings")
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(options.library, folder, dirs_exist_ok=True)
        parts = open_parts(settings(environ={"SOURCIER_DATA_DIR": folder}))
        with closing(build_chain(parts, None, lambda: TODAY)) as quoting:
            writing = build_chain(parts, Repeating(), lambda: TODAY)
            report: list[dict] = []
            for name, (text, before) in SCENARIOS.items():
                turns: list = []
                for earlier in before:
                    answer = quoting.invoke(question_class(earlier, tuple(turns)))
                    turns.append(turn_class(earlier, answer.text))
                question = question_class(text, tuple(turns), fresh=True)
                for model, chain in (("no model", quoting), ("a model", writing)):
                    chain.invoke(question)  # what is loaded or kept at the first time isn't counted
                    _forget()
                    with counted() as calls:
                        answer = chain.invoke(question)
                    said = [text, *before, answer.standalone_question]
                    report += _rows(f"{name}, {model}", said, calls)
    shown = [row for row in report if options.side in (None, row["side"])]
    if options.json:
        print(json.dumps(shown, ensure_ascii=False, indent=1))
    else:
        _print(shown, options.repeated)


def _forget() -> None:
    """Empty what functions of the package remember."""
    for name, module in sys.modules.copy().items():
        if name.split(".")[0] == "rag":
            for value in vars(module).values():
                if hasattr(value, "cache_clear") and getattr(value, "__name__", "") in {
                    "flatten",
                    "_content",
                }:
                    value.cache_clear()


def _rows(scenario: str, said: list[str], calls: Calls) -> list[dict]:
    """One row a kind and side: calls, texts, and the texts that were analysed more than once."""
    conversation = "\n".join(map(_plain, said))
    rows: dict[tuple[str, str], dict] = {}
    for (kind, text, language), count in calls.found.items():
        side = "question" if _plain(text) in conversation else "articles"
        row = rows.setdefault(
            (side, kind),
            {
                "scenario": scenario,
                "side": side,
                "kind": kind,
                "calls": 0,
                "texts": 0,
                "most": 0,
                "again": {},
            },
        )
        row["calls"] += count
        row["texts"] += 1
        if len(text) >= SHORTEST:
            row["most"] = max(row["most"], count)
            if count > 1:
                row["again"][f"{text} ({language})" if language else text] = count
    order = {kind: place for place, kind in enumerate(KINDS)}
    return sorted(rows.values(), key=lambda row: (row["side"], order[row["kind"]]))


def _plain(text: str) -> str:
    flatten = _first("rag.surface:flatten", "rag.text.folding:flatten")
    return " ".join(re.sub(r"[^\w']+", " ", flatten(text).lower()).split())


def _print(rows: list[dict], repeated: bool) -> None:
    for scenario in dict.fromkeys(row["scenario"] for row in rows):
        print(f"\n{scenario}")
        for side in ("question", "articles"):
            own = [row for row in rows if (row["scenario"], row["side"]) == (scenario, side)]
            if not own:
                continue
            calls, texts = (sum(row[name] for row in own) for name in ("calls", "texts"))
            print(f"  the {side}: {calls} calls for {texts} texts, at most {max(row['most'] for row in own)}")
            for row in own:
                print(f"    {row['kind']:20} {row['calls']:5} {row['texts']:5} {row['most']:4}")
                for text, count in row["again"].items() if repeated else ():
                    print(f"      {count} × {text[:90]!r}")


if __name__ == "__main__":
    main()
