"""What a question found before beside what new articles answer: which of it is a change, and of which kind.

Pure. Nothing that rests on an article of before is ever a change: an answer that the ranking brings up today
and didn't yesterday tells nothing. What comes in is compared article by article, in the order in which they
were published, so that it doesn't matter in which order they came.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.consistency.disagreement import disagreements
from rag.consistency.replacement import number_instead, replacing_value, says_what_was_wrong, with_noun
from rag.consistency.values import denies, is_of_another_time, same_value, same_value_in
from rag.extraction.analysed_sentence import SentenceAnalyses
from rag.query.answer_type import ExpectedAnswer
from rag.schema.answer import Verdict
from rag.schema.article import Article
from rag.schema.evidence import Evidence
from rag.schema.standing import ChangeKind
from rag.standing.state import Found

_SHOWN = 3  # quotes on each side
_MOST_KEPT = 100  # quotes that a state has of each kind


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for. `several`: more than one value may be right at once, as in a list."""

    expected: ExpectedAnswer
    several: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What is known: the quotes that bear out the answer, those of values before it, yes or no.

    `had_answer`: something was answered, whose article may be gone.
    """

    current: tuple[Evidence, ...] = ()
    earlier: tuple[Evidence, ...] = ()
    verdict: Verdict | None = None
    had_answer: bool = False

    @property
    def article_ids(self) -> frozenset[str]:
        """The articles that it rests on."""
        return frozenset(item.article.id for item in (*self.current, *self.earlier))


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """What one article that is new or has changed answers, best first.

    `corrects`: it says that it corrects something; `besides` are its other sentences then.
    """

    article: Article
    evidence: tuple[Evidence, ...]
    verdict: Verdict | None = None
    corrects: bool = False
    besides: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """What is known from now on, and what changed."""

    known: Known
    changes: tuple[Found, ...] = ()


def compare(asked: Asked, known: Known, answers: Sequence[NewAnswer], analyses: SentenceAnalyses) -> Compared:
    """Return what changed by these answers, and what is known then."""
    changes: list[Found] = []
    for answer in sorted(answers, key=lambda one: (one.article.published_at or "9999", one.article.id)):
        step = _step(asked, known, answer, analyses)
        known = step.known
        changes += step.changes
    return Compared(known, tuple(changes))


def _step(asked: Asked, known: Known, answer: NewAnswer, analyses: SentenceAnalyses) -> Compared:
    items = answer.evidence
    if not known.current and not items:
        return Compared(known)
    if not known.current:
        first = replace(known, current=items[:_SHOWN], verdict=answer.verdict, had_answer=True)
        return Compared(first, (Found("answered", (), items[:_SHOWN]),))
    if items and known.verdict is not None and answer.verdict is not None:
        return _sided(known, answer)
    item, kind = _judged(asked, known, answer, analyses)
    if item is None or kind is None:
        return Compared(_pointing_anew(known, answer, item))
    if kind == "source":
        added = replace(known, current=(*known.current, item)[-_MOST_KEPT:])
        wrong = _corrected_before(item, asked, known, analyses) if answer.corrects else ()
        if wrong:  # it bears out what is known, and says that what was told before or beside it was wrong
            right = tuple(one for one in added.current if one not in wrong)
            earlier = (*known.earlier, *(one for one in known.current if one in wrong))[-_MOST_KEPT:]
            settled = replace(added, current=right, earlier=earlier)
            return Compared(settled, (Found("correction", wrong, (item,)),))
        return Compared(added, (Found(kind, known.current[-1:], (item,)),))
    if kind == "value" and _is_known_of_old(item, asked, known, analyses):
        return Compared(known)
    change = Found(kind, _telling(known.current), (item,))
    return Compared(_succeeded(asked, known, item), (change,))


def _corrected_before(
    item: Evidence, asked: Asked, known: Known, analyses: SentenceAnalyses
) -> tuple[Evidence, ...]:
    """Return what was told, before what is known now or beside it, and gave another value."""
    told = (*known.earlier, *known.current)
    others = [one for one in told if not same_value(item, one, asked.expected, analyses)]
    return _telling(others)


def _is_known_of_old(item: Evidence, asked: Asked, known: Known, analyses: SentenceAnalyses) -> bool:
    """Return whether an article from before what is known gives a value that was told already."""
    return _is_older(item, known) and any(
        same_value(item, one, asked.expected, analyses) for one in known.earlier
    )


def _sided(known: Known, answer: NewAnswer) -> Compared:
    """Return what a yes or a no changes."""
    item = answer.evidence[0]
    if answer.verdict == known.verdict:
        if answer.article.id in known.article_ids:
            return Compared(_pointing_anew(known, answer, item))
        added = replace(known, current=(*known.current, item)[-_MOST_KEPT:])
        return Compared(added, (Found("source", known.current[-1:], (item,)),))
    kind: ChangeKind = "correction" if answer.corrects else "contradiction"
    change = Found(kind, _telling(known.current), answer.evidence[:_SHOWN])
    if _is_older(item, known):
        return Compared(replace(known, earlier=(*known.earlier, item)[-_MOST_KEPT:]), (change,))
    earlier = (*known.earlier, *known.current)[-_MOST_KEPT:]
    return Compared(Known(answer.evidence[:_SHOWN], earlier, answer.verdict, True), (change,))


def _judged(
    asked: Asked, known: Known, answer: NewAnswer, analyses: SentenceAnalyses
) -> tuple[Evidence | None, ChangeKind | None]:
    """Return what an article says and which kind of change that is; None for no change."""
    told = [one for one in answer.evidence if not is_of_another_time(one, known.current, asked.expected)]
    if answer.corrects:
        told = [one for one in told if not says_what_was_wrong(one)]
    if not told:
        return _told_besides(known, asked, answer, analyses)
    others = [one for one in told if not _same(one, known, asked, analyses)]
    item = others[0] if others and (asked.several or answer.corrects) else told[0]
    if item in others:
        return item, "correction" if answer.corrects else "value"
    if (moved := _moved((item,), known, asked, answer, analyses)) is not None:
        return moved, "correction" if answer.corrects else "value"
    if any(denies(item, one, analyses) for one in known.current):
        return item, "correction" if answer.corrects else "contradiction"
    return item, None if answer.article.id in known.article_ids else "source"


def _told_besides(
    known: Known, asked: Asked, answer: NewAnswer, analyses: SentenceAnalyses
) -> tuple[Evidence | None, ChangeKind | None]:
    """Return what an article that doesn't answer says of what is known: another number, or it isn't so."""
    besides = [one for one in answer.besides if not is_of_another_time(one, known.current, asked.expected)]
    if answer.corrects:
        moved = _moved((), known, asked, answer, analyses)
        return (moved, "correction") if moved else _borne_out(besides, known, asked, analyses)
    for one in besides:
        if (other := _disagreeing(one, known, asked, analyses)) is not None:
            return other, "value"
    for one in besides:
        for before in known.current:
            marked = same_value_in(one, before, asked.expected, analyses)
            if marked is not None and denies(one, before, analyses):
                return one.answered_by(marked), "contradiction"
    return None, None


def _borne_out(
    besides: Sequence[Evidence], known: Known, asked: Asked, analyses: SentenceAnalyses
) -> tuple[Evidence | None, ChangeKind | None]:
    """Return the sentence of a correction that gives what is known, where another value was told too."""
    for one in besides if known.earlier or len(known.current) > 1 else ():
        for before in reversed(known.current):
            marked = same_value_in(one, before, asked.expected, analyses)
            if marked is None or says_what_was_wrong(one.answered_by(marked)):
                continue
            if _corrected_before(one.answered_by(marked), asked, known, analyses):
                return one.answered_by(marked), "source"
    return None, None


def _disagreeing(one: Evidence, known: Known, asked: Asked, analyses: SentenceAnalyses) -> Evidence | None:
    """Return a sentence that says what is known with another number, that number marked."""
    for before in known.current:
        for told in disagreements((before, one), asked.expected, analyses):
            words = told.sides[1].words
            for number in analyses.of(one.quote, one.article.language).quantities:
                marked = one.answered_by(with_noun(one, number))
                if number.text in words and not _same(marked, known, asked, analyses):
                    return marked
    return None


def _moved(
    items: Sequence[Evidence], known: Known, asked: Asked, answer: NewAnswer, analyses: SentenceAnalyses
) -> Evidence | None:
    """Return the words by which an article says another value beside the one that is known."""
    for one in (*items, *answer.besides):
        span = replacing_value(one, known.current, asked.expected, analyses)
        if span is not None:
            return one.answered_by(span)
    for one in answer.besides:
        if (found := number_instead(one, known.current, asked.expected, analyses)) is not None:
            return found
    return None


def _same(item: Evidence, known: Known, asked: Asked, analyses: SentenceAnalyses) -> bool:
    return any(same_value(item, one, asked.expected, analyses) for one in known.current)


def _succeeded(asked: Asked, known: Known, item: Evidence) -> Known:
    """Return what is known once another value has been told."""
    if asked.several:
        return replace(known, current=(*known.current, item)[-_MOST_KEPT:])
    if _is_older(item, known):
        return replace(known, earlier=(*known.earlier, item)[-_MOST_KEPT:])
    return replace(known, current=(item,), earlier=(*known.earlier, *known.current)[-_MOST_KEPT:])


def _is_older(item: Evidence, known: Known) -> bool:
    """Return whether an article is known to have been published before what is known now."""
    day = (item.article.published_at or "")[:10]
    return bool(day) and any(day < (one.article.published_at or "")[:10] for one in known.current)


def _pointing_anew(known: Known, answer: NewAnswer, item: Evidence | None) -> Known:
    """Return what is known with an article that has changed and says the same pointed into as it is now."""
    if item is None or answer.article.id not in {one.article.id for one in known.current}:
        return known
    kept = [one for one in known.current if one.article.id != answer.article.id]
    return replace(known, current=(*kept, item))


def _telling(items: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Return the quotes that are shown of what was known, the latest first."""
    return tuple(reversed(items[-_SHOWN:]))
