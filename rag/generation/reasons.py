"""The sentences that say why, or how, of those that were found for a question that asks that.

Pure but for what a reader has said of the sentences.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.answer_span.candidates import read_sentence
from rag.answer_span.focus import Focus
from rag.answer_span.means import means
from rag.answer_span.phrases import phrases
from rag.answer_span.reasons import gives_reason_for
from rag.answer_span.short_answer import states_reason
from rag.answer_span.tokens import tokens
from rag.generation.claim_checker import ClaimChecker
from rag.generation.marking import marked, published, read, said
from rag.query.anaphora import leans_back
from rag.retrieval.passage_reading import Readings
from rag.schema.article import Span
from rag.schema.evidence import Evidence

# How many sentences may stand between what happened and why.
_NEAR = 3
# Words with this share of the question's own say what happened, and not why.
_REPEATED = 0.5
# How surely, in [0, 1], the reader must take words without a word of reason for the answer.
_READ = 0.2
# How much of the question a word must have to be of what was asked.
_ASKED = 0.7


def giving_reasons(
    best: Sequence[Evidence], found: Sequence[Evidence], checker: ClaimChecker, readings: Readings
) -> list[Evidence]:
    """Return the sentences with a word of reason: of the likeliest, or of those found near the first of them.

    Without one the sentence after the likeliest goes before it, which then only says what happened.

    Args:
        best: The likeliest sentences, best first.
        found: Those on offer, and all of the passages that were found.
        checker: Knows the question.
        readings: What the trained reader says of sentences.
    """
    focus = Focus(checker.question.full)
    telling = [
        item
        for item in best
        if states_reason(focus, said(item, checker))
        and (item is best[0] or _is_of_the_asked(focus, item, checker))
    ]
    if telling or not best:
        return telling
    near = _near(best[0], found)
    stating = [item for item in near if states_reason(focus, said(item, checker))]
    others = [marked(item, checker, readings) for item in stating]
    others = [
        item
        for item in others
        if item.answer_words and checker.is_of_the_subject(item) and _is_of_the_asked(focus, item, checker)
    ]
    if others:
        return others[:1]
    after = [
        item
        for item in best[1:]
        if Span(item.start, item.end) in best[0].after and _may_tell_why(focus, item, checker, readings)
    ]
    kept = [
        item if _may_tell_why(focus, item, checker, readings) else item.answered_by(None) for item in best
    ]
    return [*after, best[0].answered_by(None)] if after else kept


def telling_how(best: Sequence[Evidence], found: Sequence[Evidence], checker: ClaimChecker) -> list[Evidence]:
    """Return the sentences that say by what means: of the likeliest, or else of their article.

    Of these the one with most of the question's words goes first, or one near the likeliest. Without one
    the likeliest are shown with no words marked: what else they give is no answer to how.

    Args:
        best: The likeliest sentences, best first.
        found: Those on offer, and all of the passages that were found.
        checker: Knows the question.
    """
    if not best:
        return []
    if (first := _with_means(best[0])) is not None:
        return [first]
    asked = frozenset(checker.question.full.terms)
    if checker.bearing is not None:
        asked -= {token for name in checker.bearing.names for token in name.tokens}
    near = [(item.article.id, item.start) for item in _near(best[0], found)]

    def worth(item: Evidence) -> tuple[int, int]:
        place = (item.article.id, item.start)
        shared = len(asked & set(said(item, checker).terms))
        return shared, -near.index(place) if place in near else -len(near)

    told = [one for item in found if item.article.id == best[0].article.id and (one := _with_means(item))]
    able = [
        item
        for item in told
        if (2 * worth(item)[0] >= max(1, len(asked)) or (item.article.id, item.start) in near)
        and checker.is_of_the_subject(item)
    ]
    if able:
        return [max(able, key=worth)]
    return [item.answered_by(None) for item in best]


def _with_means(item: Evidence) -> Evidence | None:
    """Return a sentence with the words marked that say by what means; None where none do."""
    span = means(item.quote)
    return item.answered_by(Span(item.start + span.start, item.start + span.end)) if span else None


def _near(first: Evidence, found: Sequence[Evidence]) -> list[Evidence]:
    """Return the sentences of an article by how near they stand to one of them, those after it first."""
    own = {item.start: item for item in reversed(found) if item.article.id == first.article.id}
    starts = sorted({*own, first.start})
    here = starts.index(first.start)
    places = [here + step for step in range(1, _NEAR + 1)] + [here - step for step in range(1, _NEAR + 1)]
    return [own[starts[place]] for place in places if 0 <= place < len(starts)]


def _is_of_the_asked(focus: Focus, item: Evidence, checker: ClaimChecker) -> bool:
    """Return whether a reason is given for what was asked: by a word of it, or for what was said just before.

    A verb that blames or names a cause says of what it is by standing where it does.
    """
    sentence, span = said(item, checker), item.answer_span
    if span is None or leans_back(item) or not gives_reason_for(sentence.flat[span.start - item.start :]):
        return True
    found = tokens(sentence, focus.terms, focus.question.language)
    return any(
        token.asked >= _ASKED and token.is_content for token in found if token.end <= span.start - item.start
    )


def _may_tell_why(focus: Focus, item: Evidence, checker: ClaimChecker, readings: Readings) -> bool:
    """Return whether the marked words are read as the answer, and say more than the question and when."""
    sentence, span = said(item, checker), item.answer_span
    if span is None:
        return False
    own = Span(span.start - item.start, span.end - item.start)
    words = [token for token in tokens(sentence, focus.terms, focus.question.language) if token.is_content]
    inside = [token.asked for token in words if own.start <= token.start < own.end]
    dated = any(time.holds(own) for time in phrases(read_sentence(focus, sentence, published(item)), "time"))
    taken = [one for one in read(item, readings) if one.span.start < own.end and own.start < one.span.end]
    surely = any(one.probability >= _READ for one in taken)
    return surely and not dated and sum(inside) < _REPEATED * max(1, len(inside))
