"""Near misses of every kind, made from the answerable questions themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.schema.article import Article
from ui.evaluation.questions.dataset import Corpus, GoldQuestion
from ui.evaluation.questions.measure_swapped import swapped_measures
from ui.evaluation.questions.name_swapped import swapped_names
from ui.evaluation.questions.near_miss import NearMiss
from ui.evaluation.questions.sentence_gone import without_sentences
from ui.evaluation.questions.sentence_index import SentenceIndex


@dataclass(frozen=True, slots=True)
class NearMisses:
    """Near misses, of which some are asked of the articles and some of the articles cut.

    `reworded` are questions whose words were changed: `corpus` itself doesn't answer them. `gone` are
    asked as they were: the articles of `cut` don't answer them.
    """

    reworded: tuple[NearMiss, ...]
    gone: tuple[NearMiss, ...]
    cut: Corpus

    @property
    def all(self) -> tuple[NearMiss, ...]:
        """Both, those with their sentence gone first."""
        return (*self.gone, *self.reworded)


def near_misses(
    corpus: Corpus,
    questions: Sequence[GoldQuestion],
    left_out: Sequence[Article],
    count: int,
    seed: int,
) -> NearMisses:
    """Make `count` near misses of each kind, drawn with `seed`; of a kind fewer if there are no more.

    Args:
        corpus: The articles that are searched.
        questions: Those of its questions that they may be made from.
        left_out: Articles that aren't searched: where names come from that nothing searched has.
        count: How many of each kind.
        seed: That of the draws.
    """
    if not count:
        return NearMisses((), (), corpus)
    index = SentenceIndex(corpus.articles)
    gone = without_sentences(corpus, index, questions, count, seed)
    names = swapped_names(questions, index, left_out, count, seed)
    measures = swapped_measures(questions, index, count, seed)
    return NearMisses((*names, *measures), gone.near_misses, gone.corpus)
