"""Which articles a subject's answer is made from, the likeliest first: those that speak of it, ranked.

Knows the subject's exact articles and the retriever. Where no article has all of a subject's words (an
English paper's earthquake for `le séisme`), those are taken that have its names, and most of its other words
or their meanings; a name is never replaced by a likely one.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from rag.answering.outcome import Sources
from rag.answering.subject import Subject
from rag.query.question_text import QuestionText
from rag.retrieval.retriever import Retrieved
from rag.schema.hit import Hit
from rag.schema.question import NO_FILTERS, Filters

_HITS = 30
# More articles aren't handed to the searches as a filter: what is found is sorted out afterwards.
_MOST_IDS = 2_000
# Share of a subject's words, besides its names, that a passage with its title must have.
_MOSTLY = 0.6


@dataclass(frozen=True, slots=True)
class Relevant:
    """Articles that speak of a subject, the likeliest first, and their passages that were found.

    `exact`: they have all of its words.
    """

    ids: tuple[str, ...]
    hits: tuple[Hit, ...]
    retrieved: Retrieved
    exact: bool


def relevant(
    subject: Subject,
    sources: Sources,
    filters: Filters = NO_FILTERS,
    asked: QuestionText | None = None,
    among: Collection[str] | None = None,
) -> Relevant:
    """Return the articles about a subject.

    Args:
        subject: The subject.
        sources: Where they are looked for.
        filters: What narrows them.
        asked: What ranks their passages; the subject itself if None.
        among: The ids of the articles that may be; None for all.

    """
    exact = sources.subjects.about(subject, filters)
    exact = exact if among is None else exact & set(among)
    able = exact
    if not exact:
        named = sources.subjects.with_all(subject.names, filters) if subject.names else None
        able = named if among is None else set(among) & (named if named is not None else set(among))
    kept = sources.library.resolved(filters)
    words = asked or subject.question
    if kept is None or (able is not None and not able):
        return Relevant((), (), Retrieved(sources.retriever.query(words), ()), exact=False)
    if able is not None and len(able) <= _MOST_IDS:
        kept = replace(kept, article_ids=tuple(sorted(able)))
    retrieved = sources.retriever.retrieve(words, _HITS, kept)
    hits = [hit for hit in retrieved.hits if able is None or hit.article.id in able]
    if not exact:
        hits = _near(hits, subject, retrieved)
    ids = list(dict.fromkeys(hit.article.id for hit in hits))
    rest = sorted(exact - set(ids)) if exact else []
    return Relevant((*ids, *rest), tuple(hits), retrieved, exact=bool(exact))


def _near(hits: list[Hit], subject: Subject, retrieved: Retrieved) -> list[Hit]:
    """Return the hits that speak of most of a subject."""
    others = [unit for unit in subject.units if not unit.is_name]
    language = subject.question.language
    found: list[Hit] = []
    for hit in hits:
        said = retrieved.analyses.of(f"{hit.article.title}\n{hit.text}", hit.article.language)
        covered = sum(unit.in_terms(said.terms) or unit.is_meant(said, language) for unit in others)
        if covered >= _MOSTLY * len(others):
            found.append(hit)
    # Of an article in another language only the names can be compared for certain.
    foreign = [hit for hit in hits[:1] if hit.article.language != language and subject.names]
    return found or foreign
