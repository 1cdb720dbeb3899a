"""The newest articles, on a subject or on anything: each by its main sentence, newest first.

Knows the catalogue and main sentences. A text that several papers printed counts once.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from rag.answering.longer_names import headed
from rag.answering.main_sentences import Body, MainSentence, body
from rag.answering.outcome import Outcome, Sources, quoting
from rag.answering.relevance import relevant
from rag.answering.subject import Subject
from rag.answering.unfound import no_articles
from rag.extraction.analysed_sentence import SentenceAnalyses
from rag.library.library import Library
from rag.query.parsed_question import ParsedQuestion
from rag.schema.article import Article
from rag.schema.evidence import Evidence
from rag.schema.hit import Reprint

# Articles that are told of, and those that are looked at: twins are left out.
MOST, _LOOKED_AT = 5, 25


def answer(question: ParsedQuestion, sources: Sources) -> Outcome | None:
    """Return the newest articles; None if the question's subject says nothing."""
    intent, library = question.intent, sources.library
    filters = replace(question.filters, undated=False) if question.period else question.filters
    subject = sources.subjects.read(intent.subject, question.searched_in) if intent.subject else None
    if intent.subject and subject is None:
        return None
    kept = library.resolved(filters)
    among = None
    if subject is not None and kept is not None:
        among = sources.subjects.about(subject, kept) or set(relevant(subject, sources, kept).ids)
    if kept is None or (among is not None and not among):
        return no_articles(question, filters, subject, sources)
    chosen = library.listing.chosen(kept, among, _LOOKED_AT, dated_only=True)
    if not chosen.ids:
        return no_articles(question, filters, subject, sources)
    outcome = quoting(_told(library.articles(chosen.ids), subject, sources), library)
    return headed(outcome, [subject], question.language)


def _told(articles: Sequence[Article], subject: Subject | None, sources: Sources) -> list[Evidence]:
    """Return one sentence an article, newest first; those that say what another says are named with it."""
    analyses = SentenceAnalyses()
    wholes = sources.library.whole(article.id for article in articles)
    linked = sources.library.reprints.among(article.id for article in articles)
    told: list[_Told] = []
    for article in articles:
        if article.id not in wholes:
            continue
        read = body(wholes[article.id], analyses)
        main = read.lead() if subject is None else read.telling(subject)
        if main is None:
            continue
        twin = next((one for one in told if one.is_twin(main, linked.get(article.id, ()))), None)
        if twin is not None:
            twin.also.append(article)
        elif len(told) < MOST:
            told.append(_Told(read, main))
    return [one.evidence for one in told]


class _Told:
    """An article that is told of by one sentence, and those that say the same."""

    def __init__(self, read: Body, main: MainSentence) -> None:
        self._read = read
        self._main = main
        self.also: list[Article] = []

    def is_twin(self, main: MainSentence, linked: Collection[str]) -> bool:
        """Return whether another article is a reprint of this one, or is told by the same sentence."""
        return self._read.article.id in linked or (
            main.repeats(self._main) and main.said.quantities == self._main.said.quantities
        )

    @property
    def evidence(self) -> Evidence:
        """The sentence, with the articles that say the same."""
        return replace(self._main.evidence, also_in=tuple(Reprint.of(article) for article in self.also))


def without_twins(read: Sequence[Body], library: Library) -> list[Body]:
    """Return these articles without the reprints of those before them."""
    linked = library.reprints.among(one.article.id for one in read)
    kept: list[Body] = []
    for one in read:
        if not any(other.article.id in linked.get(one.article.id, ()) for other in kept):
            kept.append(one)
    return kept
