"""`sourcier eval`: reads the files, opens the bench, runs the systems, prints what they reached.

Knows the order of things and the words for people; what is measured and how is in the other modules.
Imports them only once it is known that their packages are installed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from rag.config import Settings
from rag.models.chat_model_factory import load_chat_model
from ui.evaluation.questions.near_miss import KINDS
from ui.formatting.i18n import text, user_error

if TYPE_CHECKING:
    from ui.evaluation.questions.dataset import Corpus, GoldQuestion
    from ui.evaluation.questions.near_misses import NearMisses

SYSTEMS = ("dense", "bm25", "rrf", "stock", "ours")
_ANSWERING = ("stock", "ours")
# What `sourcier[eval]` installs: import name → the package's own name.
_PACKAGES = {
    "ir_measures": "ir-measures",
    "scipy": "scipy",
    "langchain_chroma": "langchain-chroma",
    "langchain_text_splitters": "langchain-text-splitters",
    "bm25s": "bm25s",
    "matplotlib": "matplotlib",
}
_BROKEN_SHOWN = 10


def evaluate(options: argparse.Namespace, settings: Settings) -> int:
    """Run the command; returns its exit code.

    Raises:
        UserError: For files or options that can't be used.
    """
    systems = _systems(options)
    _check(options, systems)
    chat_model = None if options.retrieval_only else load_chat_model(settings.chat_model)
    if chat_model is None and "stock" in systems:
        raise user_error("eval_stock_model")
    from ui.evaluation.bench_library import bench, default_cache
    from ui.evaluation.report import as_json, as_text, differences_to_ours
    from ui.evaluation.runner import AlsoAsked, Runner

    language = settings.ui.language
    asked = _asked(options, language)
    cache = Path(options.cache) if options.cache else default_cache()
    with closing(chat_model) if hasattr(chat_model, "close") else nullcontext():
        with bench(asked.corpus, settings, cache, language) as opened:
            runner = Runner(asked.corpus, asked.questions, opened, language)
            results = [runner.retrieval(system) for system in systems]
            if not options.retrieval_only:
                also = AlsoAsked(asked.unanswerable, asked.near_misses.reworded, asked.variants)
                results = runner.answers(results, also, chat_model)
        if asked.near_misses.gone:
            with bench(asked.near_misses.cut, settings, cache, language) as opened:
                also = AlsoAsked(near_misses=asked.near_misses.gone)
                results = Runner(asked.near_misses.cut, (), opened, language).answers(
                    results, also, chat_model
                )
    if options.plot:
        from ui.evaluation.plot import draw

        draw(results, Path(options.plot), language)
    compared = differences_to_ours(results, options.seed)
    if options.json:
        print(json.dumps(as_json(results, compared, options.show), ensure_ascii=False, indent=2))
    else:
        print(as_text(results, compared, len(asked.corpus.articles), language, options.show))
    return 0


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked, and of which articles."""

    corpus: Corpus
    questions: list[GoldQuestion]
    unanswerable: list[GoldQuestion]
    near_misses: NearMisses
    variants: dict[str, list[GoldQuestion]]


def _asked(options: argparse.Namespace, language: str) -> _Asked:
    from ui.evaluation.questions.dataset import read_squad
    from ui.evaluation.questions.near_misses import near_misses
    from ui.evaluation.questions.selection import about, leave_out, read_titles, sample
    from ui.evaluation.questions.variants import variants

    corpus = read_squad([Path(file) for file in options.files])
    others = read_squad([Path(options.unanswerable)]) if options.unanswerable else None
    _tell_left_out(corpus, language)
    unanswerable = [*others.questions, *others.unanswerable] if others else []
    if options.articles:
        corpus = about(corpus, read_titles(Path(options.articles)))
    left_out = ()
    if options.leave_out is not None:
        split = leave_out(corpus, options.leave_out, options.seed)
        corpus, left_out = split.corpus, split.left_out
        unanswerable += split.unanswerable
    if not corpus.questions:
        raise user_error("eval_no_questions", files=", ".join(options.files))
    questions = sample(corpus.questions, options.limit, options.seed)
    # Half as many: the two rates are about as sure then, and refusing is quick.
    half = options.limit and -(-options.limit // 2)
    misses = near_misses(corpus, corpus.questions, left_out, options.near_miss or 0, options.seed)
    _tell_fewer(misses, options.near_miss or 0, language)
    return _Asked(
        corpus,
        questions,
        sample(unanswerable, half, options.seed),
        misses,
        variants(questions, options.seed) if options.variants else {},
    )


def _systems(options: argparse.Namespace) -> list[str]:
    """Return the systems asked for, each once, in the order of the table."""
    asked = [name.strip() for name in options.system.split(",")]
    unknown = next((name for name in asked if name not in SYSTEMS), None)
    if unknown is not None:
        raise user_error("eval_unknown_system", name=unknown, known=", ".join(SYSTEMS))
    return [name for name in SYSTEMS if name in asked]


def _check(options: argparse.Namespace, systems: Sequence[str]) -> None:
    """Check what would otherwise fail after minutes of work."""
    missing = [package for name, package in _PACKAGES.items() if find_spec(name) is None]
    if missing:
        raise user_error("eval_packages", packages=", ".join(missing))
    if options.retrieval_only and "stock" in systems:
        raise user_error("eval_stock_retrieval")
    if not options.retrieval_only and not set(systems) & set(_ANSWERING):
        raise user_error("eval_no_answers")
    for option, value in (
        ("--unanswerable", options.unanswerable),
        ("--leave-out", options.leave_out),
        ("--near-miss", options.near_miss),
        ("--variants", options.variants or None),
        ("--show", options.show),
    ):
        if options.retrieval_only and value is not None:
            raise user_error("eval_answers_needed", option=option)
    for option, value in (
        ("--limit", options.limit),
        ("--near-miss", options.near_miss),
        ("--show", options.show),
    ):
        if value is not None and value < 1:
            raise user_error("eval_at_least_one", option=option, value=value)
    if options.leave_out is not None and not 0 < options.leave_out < 1:
        raise user_error("eval_leave_out", share=options.leave_out)
    if options.plot and not Path(options.plot).absolute().parent.is_dir():
        raise user_error("eval_plot_folder", file=options.plot)
    if options.plot and systems == ["stock"]:
        raise user_error("eval_plot_stock")


def _tell_left_out(corpus: Corpus, language: str) -> None:
    for broken in corpus.broken[:_BROKEN_SHOWN]:
        print(text("eval_left_out", language, reason=broken.text(language)), file=sys.stderr)
    more = len(corpus.broken) - _BROKEN_SHOWN
    if more > 0:
        print(text("eval_more_left_out", language, count=more), file=sys.stderr)
    if corpus.unanswerable:
        print(text("eval_unanswerable_left_out", language, count=len(corpus.unanswerable)), file=sys.stderr)


def _tell_fewer(misses: NearMisses, wanted: int, language: str) -> None:
    """Tell the kinds of which fewer near misses could be made than are wanted."""
    counted = Counter(miss.kind for miss in misses.all)
    for kind in KINDS:
        if counted[kind] < wanted:
            told = text("eval_fewer_near_misses", language, kind=kind, count=counted[kind], wanted=wanted)
            print(told, file=sys.stderr)
