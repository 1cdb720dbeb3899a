"""Which sentences say something in place of what is cited: a correction, a day that was put off. Pure.

`The pool reopens on 15 April` was published; two days later `we wrote by mistake … : it reopens on the 25th`.
Whoever asks when must not be told the first alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from rag.consistency.bills import bill_now, may_be_bill
from rag.consistency.cancelling import cancels, in_place, may_cancel
from rag.consistency.disagreement import alike, corrects, same_story
from rag.consistency.holders import may_end, no_longer
from rag.consistency.matter import Matter
from rag.consistency.places import denies_place, may_move, place_instead
from rag.consistency.replacement import (
    calls_off,
    may_replace,
    number_instead,
    replaces_known,
    replacing_value,
    says_what_was_wrong,
)
from rag.consistency.values import Value, comparable, has_kind, is_of_another_time, same_value
from rag.extraction.analysed_sentence import SentenceAnalyses
from rag.extraction.corrections import is_correction
from rag.query.answer_type import ExpectedAnswer
from rag.schema.article import Article, stated_day
from rag.schema.evidence import Disagreement, Evidence, StatedValue
from rag.text.folding import flatten

_YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")


def superseding(
    cited: Sequence[Evidence],
    offered: Sequence[Evidence],
    expected: ExpectedAnswer,
    analyses: SentenceAnalyses,
    mark: Callable[[Evidence], Evidence],
    matter: Matter,
) -> list[Evidence]:
    """Return the sentences on offer that say something else in place of the first citation, oldest first.

    One an article, of other articles, each with the words that take its value's place. Nothing where several
    things are asked for: there another value is one more.

    Args:
        cited: What the answer cites; the first citation has the words that answer, or nothing is found.
        offered: The sentences on offer, of what the question is about.
        expected: What the question asks for.
        analyses: The sentences as they were analysed.
        mark: Gives a sentence with the words in it that answer, if any do.
        matter: What the question is asked of.
    """
    if not cited or not cited[0].answer_words or expected.several:
        return []
    known = list(cited[:1])
    articles = {cited[0].article.id}
    found: list[Evidence] = []
    for item in sorted(offered, key=lambda one: (one.article.published_at or "9999", -one.score)):
        if not may_supersede(item) or item.article.id in articles:
            continue
        if any(same_story(item, one) for one in known):
            continue
        instead = _instead(item, known, expected, analyses, mark, matter)
        if instead is None and _takes_back(item, known, expected, analyses, matter):
            instead = value_after(item, known, offered, expected, analyses, mark)
        if instead is not None:
            articles.add(item.article.id)
            known.append(instead)
            found.append(instead)
            if instead.answer_span is None and cancels(item, cited[0], expected, analyses, matter):
                found += _after_cancelling(item, cited[0], offered, expected, analyses, mark)
    return found


def _after_cancelling(
    item: Evidence,
    known: Evidence,
    offered: Sequence[Evidence],
    expected: ExpectedAnswer,
    analyses: SentenceAnalyses,
    mark: Callable[[Evidence], Evidence],
) -> list[Evidence]:
    """Return what the article of a cancellation says instead: who comes, how many of the same go even so."""
    if expected.kind == "name":
        other = in_place(item, analyses, sorted(offered, key=lambda one: one.start))
    elif expected.kind == "quantity":
        other = value_after(item, [known], offered, expected, analyses, mark)
        counted = [Value(one, expected, analyses).of("quantity") for one in (known, other) if one]
        if len(counted) < 2 or not any(comparable(one, was) for one in counted[1] for was in counted[0]):
            other = None
    else:
        other = None
    return [other] if other is not None else []


def said_before(
    cited: Sequence[Evidence],
    offered: Sequence[Evidence],
    expected: ExpectedAnswer,
    analyses: SentenceAnalyses,
    mark: Callable[[Evidence], Evidence],
    matter: Matter,
) -> list[Evidence]:
    """Return the sentences on offer in whose place the first citation says something else, newest first.

    One an article, of articles that aren't cited, each with the words that answered. The other arguments are
    those of `superseding`.
    """
    if not cited or not cited[0].answer_words or expected.several or not may_supersede(cited[0]):
        return []
    known = {item.article.id for item in cited}
    found: dict[str, Evidence] = {}
    for item in sorted(offered, key=lambda one: -one.score):
        if item.article.id in known or item.article.id in found or same_story(item, cited[0]):
            continue
        own = mark(item)
        if not own.answer_words or same_value(own, cited[0], expected, analyses):
            continue
        if not has_kind(own, expected, analyses) and expected.kind != "place":
            continue
        if _instead(cited[0], [own], expected, analyses, _as_marked, matter) is not None:
            found[item.article.id] = own
    return sorted(found.values(), key=lambda one: one.article.published_at or "", reverse=True)


def value_after(
    item: Evidence,
    known: Sequence[Evidence],
    offered: Sequence[Evidence],
    expected: ExpectedAnswer,
    analyses: SentenceAnalyses,
    mark: Callable[[Evidence], Evidence],
) -> Evidence | None:
    """Return the first sentence on offer that gives another value in its article after this one."""
    for other in sorted(offered, key=lambda one: one.start):
        if other.article.id == item.article.id and other.start >= item.end:
            own = mark(other)
            is_new = not any(same_value(own, one, expected, analyses) for one in known)
            if own.answer_words and is_new and has_kind(own, expected, analyses):
                return own
    return None


def _takes_back(
    item: Evidence,
    known: Sequence[Evidence],
    expected: ExpectedAnswer,
    analyses: SentenceAnalyses,
    matter: Matter,
) -> bool:
    """Return whether a correction says that what is known was wrong: `an earlier version said five`."""
    return (
        _says_so(item)
        and _is_later(item, known, says_so=True)
        and replaces_known(item, known, expected, analyses) is True
        and matter.may_be_in(item, known[0], analyses)
    )


def may_supersede(item: Evidence) -> bool:
    """Return whether a sentence, or its article, says that something isn't as it was said: a quick look."""
    flat = flatten(item.quote).lower()
    if may_replace(item) or may_move(flat) or may_end(flat):
        return True
    return may_cancel(flat) or may_be_bill(flat) or _says_so(item)


def superseded(
    cited: Sequence[Evidence], expected: ExpectedAnswer, analyses: SentenceAnalyses, matter: Matter
) -> tuple[Disagreement, ...]:
    """Return what among `cited` was said first and what was said in its place, the words of both."""
    marked = [item for item in cited if item.answer_words]
    if expected.several or len(marked) < 2:
        return ()
    of_all = _in_order(marked)
    first, later = of_all[0], of_all[1:]
    known, instead = [first], []
    for item in later:
        told = not any(same_story(item, one) for one in known) and _instead(
            item, known, expected, analyses, _as_marked, matter
        )
        if told:
            known.append(item)
            instead.append(item)
    if not instead:
        return ()
    sides = (first, *instead)
    correction = instead[-1] if _says_so(instead[-1]) else None
    return (Disagreement(tuple(StatedValue(item.answer_words, item) for item in sides), correction),)


def _in_order(items: Sequence[Evidence]) -> list[Evidence]:
    """Return them as they were published; where a day isn't known, first those that replace nothing."""
    if all(stated_day(item.article.published_at) for item in items):
        return sorted(items, key=lambda one: one.article.published_at or "")
    return sorted(items, key=lambda one: (may_supersede(one), one.article.published_at or ""))


def corrects_one_of(article: Article, known: Iterable[Article], analyses: SentenceAnalyses) -> bool:
    """Return whether an article corrects something, and has a name of a title of its outlet that is known.

    It needn't have the question's: `la crue de l'Orlande` is that of Valbrume.
    """
    if not article.outlet or not is_correction(article):
        return False
    text = flatten(f"{article.title} {article.text}").lower()
    for one in {one.id: one for one in known}.values():
        names = analyses.of(one.title, one.language).names if one.outlet == article.outlet else ()
        if any(flatten(name.text).lower() in text for name in names):
            return True
    return False


def _instead(
    item: Evidence,
    known: Sequence[Evidence],
    expected: ExpectedAnswer,
    analyses: SentenceAnalyses,
    mark: Callable[[Evidence], Evidence],
    matter: Matter,
) -> Evidence | None:
    """Return a sentence with the words that take a known value's place; None if none do."""
    says_so = _says_so(item)
    if not _is_later(item, known, says_so) or _is_of_another_year(item, matter.question.text):
        return None
    if is_of_another_time(item, known, expected):
        return None
    if cancels(item, known[0], expected, analyses, matter):
        return item.answered_by(None)
    if (bill := bill_now(item, known[-1], expected, analyses, matter)) is not None:
        return bill
    abroad = item.article.language != known[0].article.language
    if not says_so and not abroad and not any(alike(one, item, analyses) for one in known):
        return _ended(item, known, expected, analyses, matter)
    told = replaces_known(item, known, expected, analyses)
    # Of another language nouns can't be compared but for some: else it names what it replaces.
    is_foreign = item.article.language != matter.question.language
    is_there = matter.is_in(item, known[0], analyses) or (is_foreign and matter.is_abroad_in(item, analyses))
    if is_there and calls_off(item, known, expected, analyses):
        return item.answered_by(None)
    if expected.kind == "place" and (is_there or (is_foreign and denies_place(item, known))):
        own = item if item.answer_words else mark(item)
        place = place_instead(item, known, matter.question.text, own.answer_span)
        if place is not None:
            return item.answered_by(place)
    if (ended := _ended(item, known, expected, analyses, matter)) is not None:
        return ended
    if told is False or not (is_there or (is_foreign and told)):
        return None
    span = replacing_value(item, known, expected, analyses)
    if span is not None:
        return item.answered_by(span)
    if not says_so:
        return None
    own = mark(item)
    is_new = not any(same_value(own, one, expected, analyses) for one in known)
    if own.answer_words and is_new and has_kind(own, expected, analyses) and not says_what_was_wrong(own):
        return own
    return number_instead(item, known, expected, analyses)


def _ended(
    item: Evidence,
    known: Sequence[Evidence],
    expected: ExpectedAnswer,
    analyses: SentenceAnalyses,
    matter: Matter,
) -> Evidence | None:
    """Return a sentence that says that whom a known one names isn't it; one that takes it back says so."""
    if not may_end(flatten(item.quote).lower()):
        return None
    return no_longer(item, known, expected, analyses, matter)


def _is_of_another_year(item: Evidence, asked: str) -> bool:
    """Return whether a question names years, and a quote others alone."""
    named, said = (set(_YEAR.findall(text)) for text in (asked, item.quote))
    return bool(named) and bool(said) and named.isdisjoint(said)


def _as_marked(item: Evidence) -> Evidence:
    return item


def _says_so(item: Evidence) -> bool:
    return is_correction(item.article) or corrects(item)


def _is_later(item: Evidence, known: Sequence[Evidence], says_so: bool) -> bool:
    """Return whether an article came after the first of what is known, as far as both say when they came."""
    day, first = (stated_day(one.article.published_at) for one in (item, known[0]))
    if day is None or first is None:  # no order is known: its words have to tell
        return says_so or (may_supersede(item) and not any(map(may_supersede, known)))
    return day > first or (says_so and day == first)
