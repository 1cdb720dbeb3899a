"""What is said where no article speaks of a subject: by name, and what is known instead."""

from __future__ import annotations

from collections.abc import Collection

from rag.answering.outcome import Outcome, Sources
from rag.answering.subject import Subject
from rag.answering.wording import day_text, definition, named, said
from rag.extraction.analysed_sentence import SentenceAnalyses
from rag.query.parsed_question import ParsedQuestion
from rag.schema.article import Article
from rag.schema.hit import Hit
from rag.schema.question import NO_FILTERS, Filters

# Passages among which the nearest names are looked for.
_NEAREST = 5


def no_articles(
    question: ParsedQuestion,
    filters: Filters,
    subject: Subject | None,
    sources: Sources,
    author: str = "",
) -> Outcome:
    """Say that no article is as was asked: which names or words none has, or what the filters leave out.

    Args:
        question: The question.
        filters: What narrows it.
        subject: What it is about, if it is about anything.
        sources: What is known instead.
        author: Whose articles were asked for.

    """
    language = question.language
    if subject is not None and (unknown := unknown_text(question, subject, sources)):
        return unknown
    about = subject.words if subject is not None else ()
    told = said("no_articles", language) + definition(1, language, filters, about, author) + "."
    among = sources.subjects.about(subject) if subject is not None else None
    newest = newest_of(sources, among)
    if newest is not None and filters != NO_FILTERS:
        key = "newest_is" if subject is not None else "newest_of_all"
        told += " " + said(key, language, day=day_text(newest.published_at, language))
    return Outcome("not_found", plain_text=told)


def unknown_text(question: ParsedQuestion, subject: Subject, sources: Sources) -> Outcome | None:
    """Say which names or words of a subject no article has; None if each of them is in one."""
    language, analyses = question.language, SentenceAnalyses()
    hits: tuple[Hit, ...] = ()
    if subject.lookup.unknown:
        hits = sources.retriever.retrieve(subject.question, _NEAREST, question.filters).hits
        if unknown := sources.subjects.unknown_text(subject, hits, analyses, language):
            return Outcome("not_found", hits=hits, plain_text=unknown)
    if missing := sources.subjects.missing(subject):
        told = said("none_about", language, words=named(missing, language))
        return Outcome("not_found", plain_text=told)
    return None


def newest_of(sources: Sources, among: Collection[str] | None) -> Article | None:
    """Return the newest article with a date among these, or of all, whatever the filters."""
    chosen = sources.library.listing.chosen(NO_FILTERS, among, 1, dated_only=True)
    return next(iter(sources.library.articles(chosen.ids)), None)
