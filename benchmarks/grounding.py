"""Whether gold sentences bear out their own questions, and not those of a swapped name.

    python benchmarks/grounding.py FILE.json [--questions 600] [--swapped 300] [--seed 1] [--verbose]

FILE is SQuAD-format JSON; 0.3 of its articles are left out, and the other names come from them (`unknown`)
or from other articles (`elsewhere`). No passage is searched and no model is loaded: each question is held
against the sentence that holds its gold answer, a swapped one against that of the question it was made from.
Prints how many are refused because no article has the name (`unknown`), or because the sentence isn't of it
(`unborne`), and how many are let through.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from rag.extraction.analysed_sentence import SentenceAnalyses
from rag.grounding.grounding import ground
from rag.grounding.library_names import LibraryNames
from rag.index.stores import posting
from rag.index.term_index import TermIndex
from rag.library.library import Library
from rag.library.records import Entry, Source
from rag.query.understanding import normalised, understand
from rag.schema.article import Article, Passage
from rag.schema.evidence import Evidence
from rag.text.sentences import split_sentences
from ui.evaluation.questions.dataset import GoldQuestion, read_squad
from ui.evaluation.questions.name_swapped import swapped_names
from ui.evaluation.questions.selection import leave_out
from ui.evaluation.questions.sentence_index import SentenceIndex

LEFT_OUT = 0.3
# Sentences before the gold one that a pronoun may mean.
BEFORE = 3


class Bench:
    """The articles with the names that they have."""

    def __init__(self, articles: Iterable[Article], folder: Path) -> None:
        self.articles = {article.id: article for article in articles}
        self.sentences = {i: list(split_sentences(a.text, a.language)) for i, a in self.articles.items()}
        library, terms = Library(folder), TermIndex(folder / "terms")
        entries = [
            Entry(article, tuple(self._passages(article)), Source(article.id, article.source, "", article.id))
            for article in self.articles.values()
        ]
        library.acknowledge(entries, "recipe")
        terms.update([posting(entry.article, one) for entry in entries for one in entry.passages])
        self.names = LibraryNames(library, terms)

    def _passages(self, article: Article) -> Iterable[Passage]:
        spans = self.sentences[article.id]
        for number, start in enumerate(range(0, len(spans), 8)):
            part = tuple(spans[start : start + 8])
            yield Passage(f"{article.id}:{number}", article.id, part[0].start, part[-1].end, part)

    def evidence(self, question: GoldQuestion) -> Evidence:
        """The sentence that holds a question's gold answer."""
        gold = question.gold[0]
        spans = self.sentences[gold.article_id]
        place = next((i for i, span in enumerate(spans) if span.start <= gold.start < span.end), 0)
        before = tuple(reversed(spans[max(0, place - BEFORE) : place]))
        return Evidence(self.articles[gold.article_id], spans[place].start, spans[place].end, 1.0, (), before)

    def outcome(self, text: str, origin: GoldQuestion) -> tuple[str, list[str]]:
        """What becomes of a question beside the gold sentence of `origin`, and the names that decide."""
        asked = understand(normalised(text), ["fr", "en"], date(2025, 6, 1), lambda *_: False)
        grounding = ground(asked, self.names)
        if grounding.names.unknown:
            return "unknown", [name.text for name in grounding.names.unknown]
        missing = grounding.bearing(SentenceAnalyses()).unborne(self.evidence(origin))
        return ("unborne", [subject.text for subject in missing]) if missing else ("let through", [])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--questions", type=int, default=600)
    parser.add_argument("--swapped", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    split = leave_out(read_squad([options.file]), LEFT_OUT, options.seed)
    questions = list(split.corpus.questions)
    sample = random.Random(options.seed).sample(questions, min(options.questions, len(questions)))
    index = SentenceIndex(split.corpus.articles)
    swapped = swapped_names(questions, index, split.left_out, options.swapped, options.seed)
    groups = {"their own": [(question.text, question) for question in sample]}
    for miss in swapped:
        groups.setdefault(f"name swapped, {miss.group}", []).append((miss.question.text, miss.origin))
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(split.corpus.articles, Path(folder))
        for name, asked in groups.items():
            report(name, asked, bench, options.verbose)


def report(name: str, asked: list[tuple[str, GoldQuestion]], bench: Bench, verbose: bool) -> None:
    counts: Counter[str] = Counter()
    started = time.perf_counter()
    for text, origin in asked:
        outcome, names = bench.outcome(text, origin)
        counts[outcome] += 1
        if verbose and (outcome == "let through") == name.startswith("name swapped"):
            print(f"  {outcome} {names} | {text} | {bench.evidence(origin).quote[:200]!r}")
    told = ", ".join(f"{kind} {count} ({count / len(asked):.3f})" for kind, count in counts.most_common())
    print(f"{name}: {len(asked)}: {told}; {1000 * (time.perf_counter() - started) / len(asked):.0f} ms each")


if __name__ == "__main__":
    main()
