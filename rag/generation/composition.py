"""Sentences on offer → what is answered: which are shown, which of their words answer, and yes or no.

Pure but for what a reader has said of the sentences. Writes nothing but fixed words: answers are pointers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.answer_span.asked_people import titles
from rag.answer_span.candidates import read_sentence
from rag.answer_span.focus import Focus
from rag.answer_span.losers import tells_only_losers
from rag.composition import wordings
from rag.composition.agreement import (
    ReachedSide,
    agreements,
    asks_what_was_agreed,
    reached_question,
    reached_sides,
)
from rag.composition.company import (
    CompanyQuestion,
    company_question,
    in_company,
    is_the_asked,
    may_say_company,
    names_people,
    office_of,
    says_company,
)
from rag.composition.identity import identified, identity_question, speaks_of
from rag.composition.items import Items, enumerated, is_about, list_items, with_items
from rag.composition.stance import Stance, stance
from rag.composition.statement import listed_statement
from rag.composition.yes_no import SidedEvidence, overtaken, yes_no
from rag.generation import extractive
from rag.generation.claim_checker import ClaimChecker
from rag.generation.later import called_off, said_instead_of_yes
from rag.generation.marking import UNREAD, marked, said, sentences
from rag.generation.reasons import giving_reasons, telling_how
from rag.query.parsed_question import ParsedQuestion
from rag.retrieval.passage_reading import Readings
from rag.schema.answer import Verdict
from rag.schema.article import Article
from rag.schema.evidence import Claim, Evidence
from rag.schema.hit import Hit
from rag.speech.speakers import speaker_of
from rag.text.sentences import split_sentences
from rag.verification.premise import EvidenceReader

# Of so many articles the people are told that one sentence each names.
_MOST_ARTICLES = 2
# So many sentences are told of an agreement.
_MOST_AGREEMENTS = 4


@dataclass(frozen=True, slots=True)
class Composed:
    """What is answered.

    `verdict` and `incomplete` as in Answer; `refusal` is what is said where there are no claims and more is
    known than that nothing was found; `missing` what the claims leave open.
    """

    claims: tuple[Claim, ...]
    verdict: Verdict | None = None
    incomplete: bool = False
    refusal: str = ""
    missing: tuple[str, ...] = ()


def composed(checker: ClaimChecker, hits: Sequence[Hit], readings: Readings = UNREAD) -> Composed:
    """Return what the sentences answer, in their own words.

    Args:
        checker: Knows the question and the sentences on offer.
        hits: The passages that were found, whose every sentence may give an item of a list.
        readings: What the trained reader says of their sentences.
    """
    kind = checker.question.intent.kind
    if kind == "yes_no":
        return _sided(checker, hits)
    company = company_question(checker.question.full)
    if company is not None:
        named = _in_company(company, checker, hits)
        if named:
            return Composed(tuple(Claim.quoting(extractive.readable(item)) for item in named))
        checker = replace(checker, offered=_in_question(company, checker))
    if asks_what_was_agreed(checker.question.full) and (told := _agreed(checker, hits)):
        return Composed(tuple(Claim.quoting(item) for item in told), incomplete=True)
    identity = identity_question(checker.question.full)
    if identity is not None:
        told = identified(identity, sentences(hits), checker.reader)
        described = [item for item in told if checker.is_of_the_subject(item)]
        if described:
            return Composed(tuple(Claim.quoting(extractive.readable(item)) for item in described[:1]))
        near = tuple(item for item in checker.offered if speaks_of(identity, item, checker.reader))
        checker = replace(checker, offered=near or checker.offered)
    most = checker.question.expected_answer.most
    listed = Items((), whole=False)
    if kind == "list" and not most:
        listed = list_items(checker.question.full, sentences(hits), checker.reader)
    if kind == "list" and len(listed.evidence) < 2:  # a sentence that gives them all goes before one of one
        told = enumerated(checker.question.full, sentences(hits), checker.reader)
        if whole := next(filter(checker.is_of_the_subject, told), None):
            return Composed((Claim.quoting(whole),))
    if kind == "list" and not most:
        over = wordings.announced(checker.question.language)
        given = [*((item, "") for item in listed.evidence), *((item, over) for item in listed.announced)]
        items = [(item, heading) for item, heading in given if checker.is_of_the_subject(item)]
        if items:
            shown = extractive.in_turn([item for item, _ in items])
            headings = [heading for _, heading in items]
            claims = tuple(map(Claim.quoting, shown, headings))
            return Composed(claims, incomplete=not listed.whole)
        checker = replace(checker, offered=_agreeing(checker))
    found = quoted(checker, readings, hits)
    if company is not None:
        found = [
            item
            for item in found
            if names_people(company, item, checker.reader) and not is_the_asked(company, item, checker.reader)
        ]
    if kind == "list":
        found = [with_items(checker.question.full, item, checker.reader) for item in found]
    claims = tuple(Claim.quoting(item) for item in found)
    if most and not claims:
        return Composed((), refusal=wordings.not_compared(checker.question.language))
    if kind == "list" and claims and _enumerates(claims[0]):
        return Composed(claims[:1])
    if Focus(checker.question.full).sort == "reason" and not any(c.evidence[0].answer_words for c in claims):
        return Composed(claims, missing=(checker.question.full.text,) if claims else ())
    return Composed(claims, incomplete=kind == "list" and bool(claims))


def _agreed(checker: ClaimChecker, hits: Sequence[Hit]) -> list[Evidence]:
    """Return what each sentence of the likeliest article says of an agreement, in its order.

    All of an article that is of the subject is read: one sentence may take back what another says. Where the
    likeliest tells of none, the one in which one was reached, or wasn't, is read.
    """
    of_the_subject = [item for item in checker.offered if checker.is_of_the_subject(item)]
    if not of_the_subject:
        return []
    likeliest = max(of_the_subject, key=lambda item: item.score).article
    if told := _agreements_of(likeliest, checker, hits):
        return told
    sides = deal_sides(checker.question, hits, checker.reader)
    return _agreements_of(sides[0].evidence.article, checker, hits) if sides else []


def _agreements_of(article: Article, checker: ClaimChecker, hits: Sequence[Hit]) -> list[Evidence]:
    found = {item.start: item for item in sentences(hits) if item.article.id == article.id}
    spans = split_sentences(article.text, article.language)
    own = [found.get(span.start) or Evidence(article, span.start, span.end) for span in spans]
    return agreements(own, checker.reader)[:_MOST_AGREEMENTS]


def _in_company(asked: CompanyQuestion, checker: ClaimChecker, hits: Sequence[Hit]) -> Sequence[Evidence]:
    """Return the sentences that name who is with somebody, or stands for a side: one of each article."""
    offered = sorted(checker.offered, key=lambda item: -item.score)
    places = {(item.article.id, item.start) for item in offered}
    others = [item for item in sentences(hits) if (item.article.id, item.start) not in places]
    found = in_company(asked, [*offered, *others], checker.reader)
    if not found and asked.of_a_side:
        holders = ((item, office_of(asked, item, checker.reader)) for item in offered)
        found = [item.answered_by(span) for item, span in holders if span is not None]
    first = {item.article.id: item for item in reversed(found) if checker.is_of_the_subject(item)}
    return [item for item in found if first.get(item.article.id) is item][:_MOST_ARTICLES]


def _in_question(asked: CompanyQuestion, checker: ClaimChecker) -> tuple[Evidence, ...]:
    """Return the sentences on offer that say who is with somebody, or may: not those of whom he meets."""
    if asked.of_a_side:
        return checker.offered
    together = tuple(item for item in checker.offered if says_company(item, checker.reader))
    return together or tuple(item for item in checker.offered if may_say_company(item, checker.reader))


def _agreeing(checker: ClaimChecker) -> tuple[Evidence, ...]:
    """Return the sentences on offer that say of something what a list's question says of its items.

    Where none does, those that don't deny it. What is said of a town is said of no school.
    """
    question = checker.question.full
    listed = listed_statement(question)
    if listed is None:
        return checker.offered
    stances = {item: stance(listed.statement, item, checker.reader) for item in checker.offered}
    wanted = "no" if listed.negated else "yes"
    agreeing = [
        item
        for item, taken in stances.items()
        if taken is not None and taken.side == wanted and taken.certainty != "uncertain"
    ]
    focus = Focus(question)
    if agreeing:
        return tuple(
            item for item in agreeing if is_about(focus, checker.reader.read(item, question.language))
        )
    return tuple(item for item, taken in stances.items() if taken is None or taken.side is None)


def _sided(checker: ClaimChecker, hits: Sequence[Hit]) -> Composed:
    """Return yes or no with a quote for each side; that it isn't said where no sentence takes a side."""
    question = checker.question.full
    if deals := deal_sides(checker.question, hits, checker.reader):
        return _dealt(deals, checker)
    offered = tuple(item for item in checker.offered if checker.is_of_the_subject(item))
    found = yes_no(question, offered, checker.reader, checker.similarity, checker.embedder.read_queries)
    if found.verdict is None:
        among = yes_no(question, _beside(offered, hits, checker), checker.reader)
        found = among if among.verdict else found
    if found.verdict == "yes" and len(found.sides) == 1:
        later = said_instead_of_yes(found.sides[0].evidence, checker, hits)
        if later is not None:
            no = SidedEvidence(later, Stance("no", "stated"))
            found = overtaken(no, found.sides[0])
    if found.verdict == "disputed":
        sides = {side.stance.side: side for side in found.sides}
        if (
            "yes" in sides
            and "no" in sides
            and called_off(sides["no"].evidence, [sides["yes"].evidence], checker)
        ):
            found = overtaken(sides["no"], sides["yes"])
    if not found.sides:
        return Composed((), refusal=wordings.not_said(question.language))
    several = len(found.sides) > 1
    claims = tuple(
        Claim.quoting(
            extractive.readable(side.evidence.answered_by(None)),
            wordings.said_before(question.language)
            if side.outdated
            else wordings.heading(
                side.stance,
                question.language,
                several,
                speaker_of(side.evidence, checker.reader, question.language) if several else "",
            ),
        )
        for side in found.sides
    )
    missing = () if found.verdict else (question.text,)
    return Composed(claims, verdict=found.verdict, missing=missing)


def is_told(question: ParsedQuestion, hits: Sequence[Hit], reader: EvidenceReader) -> bool:
    """Return whether sentences answer by their words, however little their passages resemble the question.

    They tell of an agreement that is asked about, or say of several things what is asked of a list's items.
    """
    if deal_sides(question, hits, reader):
        return True
    if question.intent.kind != "list" or question.expected_answer.most:
        return False
    if len(list_items(question.full, sentences(hits), reader).evidence) > 1:
        return True
    return bool(enumerated(question.full, sentences(hits), reader))


def deal_sides(
    question: ParsedQuestion, hits: Sequence[Hit], reader: EvidenceReader
) -> tuple[ReachedSide, ...]:
    """Return a sentence that says that an agreement was reached, one that says not, or both.

    Nothing where the question asks otherwise; nor where it names nobody and several articles tell of one:
    nobody knows then which agreement is meant.
    """
    wanted = question.intent.kind == "yes_no" or asks_what_was_agreed(question.full)
    asked = reached_question(question.full, reader) if wanted else None
    if asked is None:
        return ()
    found = sorted(reached_sides(asked, sentences(hits), reader), key=lambda one: -one.evidence.score)
    if not asked.parties and len({one.evidence.article.id for one in found}) > 1:
        return ()
    first = {one.side: one for one in reversed(found)}
    return tuple(first[side] for side in ("yes", "no") if side in first)


def _dealt(sides: Sequence[ReachedSide], checker: ClaimChecker) -> Composed:
    """Return whether an agreement was reached, each side with who says so."""
    language, several = checker.question.language, len(sides) > 1
    claims = tuple(
        Claim.quoting(
            one.evidence,
            wordings.heading(
                Stance(one.side, "stated"),
                language,
                several,
                speaker_of(one.evidence, checker.reader, language) if several else "",
            ),
        )
        for one in sides
    )
    return Composed(claims, verdict="disputed" if several else sides[0].side)


def _beside(offered: Sequence[Evidence], hits: Sequence[Hit], checker: ClaimChecker) -> list[Evidence]:
    """Return the other sentences of the articles on offer that are in the question's language."""
    articles = {item.article.id for item in offered}
    known = {(item.article.id, item.start) for item in offered}
    return [
        item
        for item in sentences(hits)
        if item.article.id in articles
        and item.article.language == checker.question.language
        and (item.article.id, item.start) not in known
        and checker.is_of_the_subject(item)
    ]


def quoted(checker: ClaimChecker, readings: Readings = UNREAD, hits: Sequence[Hit] = ()) -> list[Evidence]:
    """Return the sentences that answer, best first or in time, with the words that do.

    Args:
        checker: Knows the question and the sentences on offer.
        readings: What the trained reader says of them.
        hits: The passages that were found: a reason may stand beside the sentence that tells what happened.
    """
    # The words that answer are nobody's rival: they are marked where it is asked whom a sentence is of.
    of_the_subject = [
        item for item in checker.offered if checker.is_of_the_subject(marked(item, checker, readings))
    ]
    if not of_the_subject:
        return []
    offered = extractive.likeliest(of_the_subject)
    expected = checker.question.expected_answer
    focus = Focus(checker.question.full)
    able = [
        checker.answers(item)
        and not tells_only_losers(focus, read_sentence(focus, said(item, checker), None))
        for item in offered
    ]
    places = extractive.best(offered, expected.several, able)
    best = [marked(offered[place], checker, readings) for place in places]
    if focus.named:
        best = _telling_who(focus, best, offered, checker, readings)
    if focus.sort == "reason":
        best = giving_reasons(best, [*offered, *sentences(hits)], checker, readings)
    elif focus.sort == "manner":
        best = telling_how(best, [*offered, *sentences(hits)], checker)
    return extractive.in_turn(extractive.in_order(best, expected.in_time))


def _telling_who(
    focus: Focus, best: list[Evidence], offered: Sequence[Evidence], checker: ClaimChecker, readings: Readings
) -> list[Evidence]:
    """Return the likeliest sentence that has a title beside the name asked about, or else those given."""
    titled = (
        item for item in sorted(offered, key=lambda item: -item.score) if _has_title(focus, item, checker)
    )
    first = next(titled, None)
    return best if first is None or first in best[:1] else [marked(first, checker, readings)]


def _has_title(focus: Focus, item: Evidence, checker: ClaimChecker) -> bool:
    return bool(titles(focus, read_sentence(focus, said(item, checker), None)))


def _enumerates(claim: Claim) -> bool:
    """Return whether a sentence's words give several items: a list as an article gives it."""
    return re.search(r" (?:et|and) ", claim.evidence[0].answer_words) is not None
