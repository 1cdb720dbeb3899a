"""Asks a standing question again: of the articles that are new or have changed, one by one.

An answer to a question asked of one article depends on that article alone: not on how it ranks among others,
nor on what else came with it. The whole library is asked the first time, and where what bore the answer out
is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from rag.consistency.disagreement import corrects
from rag.consistency.superseding import corrects_one_of
from rag.consistency.values import same_value
from rag.errors import UserError
from rag.extraction.analysed_sentence import SentenceAnalyses
from rag.extraction.corrections import is_correction
from rag.library.library import Library
from rag.monitoring.comparison import Asked, Known, NewAnswer, compare
from rag.monitoring.found import Asking, opening
from rag.monitoring.stories import Stories
from rag.monitoring.subject import Subject
from rag.query.parsed_question import ParsedQuestion
from rag.query.understanding import normalised, understand
from rag.retrieval.retriever import Retriever, best_first
from rag.retrieval.scoring import rank
from rag.runnable.chain import Chain
from rag.schema.answer import Answer
from rag.schema.article import Article, Span
from rag.schema.evidence import Evidence
from rag.schema.hit import Scored
from rag.schema.question import Question
from rag.schema.standing import StandingQuery
from rag.standing.state import Found, Pointer, State
from rag.standing.store import Turn
from rag.text.sentences import split_sentences
from rag.verification.paraphrase import comparable, counterpart

# New articles are asked in the order in which they are retrieved, until so many in a row have no answer.
_FRUITLESS = 6
_MOST_ASKED = 60
# Kinds of question that are answered with a list of articles, and those that several sentences answer.
_LISTING = ("newest", "catalogue")
_SEVERAL = ("list", "summary", "comparison", "statements")


@dataclass(frozen=True, slots=True)
class _Refound:
    """What a state pointed at, as it is now.

    `standing` still stands, `lost` was said in an earlier text of an article, `gone` are the ids of articles
    that are no longer there.
    """

    standing: tuple[Evidence, ...] = ()
    lost: tuple[Evidence, ...] = ()
    gone: tuple[str, ...] = ()


class QuestionAsker:
    """Asks questions of one library, by a chain without a chat model: answers are the articles' own words."""

    def __init__(self, chain: Chain, retriever: Retriever, today: Callable[[], date]) -> None:
        self._chain = chain
        self._retriever = retriever
        self._today = today
        self._library: Library = chain.library

    def close(self) -> None:
        """Begin nothing more."""
        self._chain.stop()

    def ask(self, turn: Turn, new: Sequence[str], analyses: SentenceAnalyses) -> Asking | None:
        """Return what a question finds; None: nothing has changed that could bear on it.

        Raises:
            UserError: It is no question.
        """
        if turn.state is None:
            return self._first(turn.query)
        parsed = self._parsed(turn.query)
        if parsed.intent.kind in _LISTING:
            return self._listed(turn, new) if new else None
        known, earlier = (
            self._refound(pointers, analyses) for pointers in (turn.state.current, turn.state.earlier)
        )
        candidates = self._candidates(parsed, new) if new else []
        if not candidates and not known.lost and not known.gone:
            return None
        return self._again(turn, parsed, known, earlier, Stories(self._library, new, analyses), candidates)

    def _parsed(self, query: StandingQuery) -> ParsedQuestion:
        known = dict.fromkeys(["fr", "en", *self._library.languages()])
        asked = normalised(Question(query.words, filters=query.filters, language=query.language))
        return understand(asked, known, self._today(), self._library.has_published)

    def _answer(self, query: StandingQuery, ids: tuple[str, ...] = ()) -> Answer:
        """Ask a question of these articles, or of all that its filters keep."""
        filters = replace(query.filters, article_ids=ids or query.filters.article_ids)
        return self._chain.invoke(Question(query.words, filters=filters, language=query.language))

    # --- the first time ---

    def _first(self, query: StandingQuery) -> Asking:
        if self._library.is_empty():
            return Asking()
        return self._whole(query)

    def _whole(self, query: StandingQuery) -> Asking:
        """Ask the whole library: what is known from then on, and nothing that is told."""
        answer = self._answer(query)
        if answer.status == "conversation":
            raise UserError(
                f"“{query.words}” isn't a question that articles can answer.",
                f"« {query.words} » n'est pas une question à laquelle des articles répondent.",
            )
        if answer.status == "catalogue":
            return Asking(found=frozenset(self._listed_ids(answer)))
        expected = self._parsed(query).expected_answer
        cited, analyses = answer.citations, SentenceAnalyses()
        other = [
            item
            for item in cited[1:]
            if answer.disagreements and not same_value(item, cited[0], expected, analyses)
        ]
        current = tuple(Pointer.of(item) for item in cited if item not in other)
        return Asking(State(current, tuple(map(Pointer.of, other)), answer.verdict))

    # --- again ---

    def _again(
        self,
        turn: Turn,
        parsed: ParsedQuestion,
        known: _Refound,
        earlier: _Refound,
        stories: Stories,
        candidates: Sequence[str],
    ) -> Asking:
        state = turn.state or State()
        before = Known(
            (*known.standing, *known.lost),
            (*earlier.standing, *earlier.lost),
            state.verdict,
            bool(state.pointers),
        )
        subject = Subject(parsed, stories.analyses)
        answers = self._new_answers(turn.query, subject, before, stories, candidates)
        asked = Asked(
            parsed.expected_answer, parsed.intent.kind in _SEVERAL or parsed.expected_answer.several
        )
        compared = compare(asked, before, answers, stories.analyses)
        changes = tuple(_named(one, parsed, known.gone) for one in compared.changes)
        lost = set(map(Pointer.of, known.lost))
        current = tuple(one for one in map(Pointer.of, compared.known.current) if one not in lost)
        if not current and state.current:
            return self._without(turn.query, parsed, known, changes)
        return Asking(
            State(current, tuple(map(Pointer.of, compared.known.earlier)), compared.known.verdict), changes
        )

    def _without(
        self, query: StandingQuery, parsed: ParsedQuestion, known: _Refound, changes: tuple[Found, ...]
    ) -> Asking:
        """Return what is answered now that nothing is left of what bore the answer out."""
        now = Asking() if self._library.is_empty() else self._whole(query)
        if not now.state.current:
            told = Found("unanswered", known.lost, (), known.gone)
            return Asking(now.state, (*changes, told))
        if known.lost and not known.gone:
            found = self._library.standing.evidence(now.state.current)
            items = tuple(found[one] for one in now.state.current if one in found)
            analyses = SentenceAnalyses()
            if items and not any(
                same_value(items[0], one, parsed.expected_answer, analyses) for one in known.lost
            ):
                return replace(now, changes=(*changes, Found("value", known.lost, items[:1])))
        return replace(now, changes=changes)

    def _candidates(self, parsed: ParsedQuestion, new: Sequence[str]) -> list[str]:
        """Return the new articles of which a passage is retrieved for the question, best first."""
        wanted = set(new) & set(parsed.filters.article_ids or new)
        filters = replace(parsed.filters, article_ids=tuple(sorted(wanted)))
        if not wanted:
            return []
        # Not `retrieve`: of passages that share sentences it leaves one, and each may say something else.
        measured = self._retriever.candidates(self._retriever.query(parsed.search), filters)
        scores = rank([one.passage for one in measured.values()])
        ranked = best_first(map(Scored, measured, scores.tolist()))
        passages = self._library.passages(list(measured))
        ids = dict.fromkeys(
            passages[one.passage_id].article_id for one in ranked if one.passage_id in passages
        )
        return list(ids)[:_MOST_ASKED]

    def _new_answers(
        self,
        query: StandingQuery,
        subject: Subject,
        known: Known,
        stories: Stories,
        candidates: Sequence[str],
    ) -> list[NewAnswer]:
        """Return what new articles answer that wasn't said before; of reprints, the oldest says it."""
        answers: list[NewAnswer] = []
        fruitless = 0
        told = [item.article for item in (*known.current, *known.earlier)]
        for article in self._library.articles(candidates):
            if not (subject.may_be_in(article) or corrects_one_of(article, told, stories.analyses)):
                continue
            answer = self._answer(query, (article.id,))
            fruitless = 0 if answer.claims else fruitless + 1
            if fruitless == _FRUITLESS:
                break
            if subject.is_in(article, known.current):
                answers.append(self._new_answer(article, answer, subject))
        answers.sort(key=lambda one: (one.article.published_at or "9999", one.article.id))
        heard: list[str] = []
        new: list[NewAnswer] = []
        said = (*known.current, *known.earlier)
        for one in answers:
            unheard = stories.unheard(one.evidence, said, heard)
            # What a correction says of what was wrong resembles that: only another one said it before.
            alike = [item for item in said if is_correction(item.article)] if one.corrects else said
            besides = stories.unheard(one.besides, alike, heard)
            if unheard or (besides and (one.corrects or not one.evidence)):
                new.append(replace(one, evidence=tuple(unheard), besides=tuple(besides)))
                said = (*said, *unheard)
            heard.append(one.article.id)
        return new

    def _new_answer(self, article: Article, answer: Answer, subject: Subject) -> NewAnswer:
        """Return what an article answers, and what else it says that may bear on what is known."""
        cited = answer.citations
        article = cited[0].article if cited else article
        says_so = is_correction(article) or any(map(corrects, cited))
        besides: tuple[Evidence, ...] = ()
        if says_so or not cited:
            whole = self._library.whole([article.id]).get(article.id)
            spans = whole.sentences if whole else ()
            said = (Evidence(article, span.start, span.end) for span in spans)
            besides = tuple(item for item in said if says_so or subject.is_named_in(item))
        return NewAnswer(article, cited, answer.verdict, says_so, besides)

    # --- what was pointed at ---

    def _refound(self, pointers: Sequence[Pointer], analyses: SentenceAnalyses) -> _Refound:
        evidence = self._library.standing.evidence(pointers)
        standing, lost, gone = [], [], []
        for one in pointers:
            article = self._library.stored(one.article_id)
            item = evidence.get(one)
            if article is None:
                gone.append(one.article_id)
            elif item is None or article.content_hash == one.content_hash:
                standing += [item] if item else []
            elif (again := _found_in(item, replace(item, article=article), analyses)) is not None:
                standing.append(again)
            else:
                lost.append(item)
        return _Refound(tuple(standing), tuple(lost), tuple(dict.fromkeys(gone)))

    # --- lists of articles ---

    def _listed(self, turn: Turn, new: Sequence[str]) -> Asking:
        """Return which new articles a question that asks for articles lists."""
        wanted = set(new) & set(turn.query.filters.article_ids or new)
        answer = self._answer(turn.query, tuple(sorted(wanted))) if wanted else None
        listed = self._listed_ids(answer) if answer else []
        stories = Stories(self._library, new, SentenceAnalyses())
        told: list[Found] = []
        heard = set(turn.found)
        for article in self._library.articles([one for one in listed if one not in turn.found]):
            first = opening(self._library, article)
            if first is not None and heard.isdisjoint(stories.reprinted(article.id)):
                told.append(Found("match", (), (first,)))
            heard.add(article.id)
        return Asking(changes=tuple(told), found=turn.found.union(listed))

    def _listed_ids(self, answer: Answer) -> list[str]:
        return [one.article_id for one in answer.listing.articles] if answer.listing else []


def _found_in(item: Evidence, now: Evidence, analyses: SentenceAnalyses) -> Evidence | None:
    """Return a quote in its article's text of now, where it still stands there."""
    text, language = now.article.text, now.article.language
    spans = [(one.start, one.end) for one in split_sentences(text, language)]
    said = [comparable(analyses.of(text[start:end], language)) for start, end in spans]
    place = counterpart(comparable(analyses.of(item.quote, language)), said, analyses)
    if place is None:
        return None
    start, end = spans[place]
    words = item.answer_words
    answer = text.find(words, start, end) if words else -1
    span = Span(answer, answer + len(words)) if answer >= 0 else None
    return Evidence(now.article, start, end).answered_by(span)


def _named(change: Found, parsed: ParsedQuestion, gone: tuple[str, ...]) -> Found:
    """Return a change as it is told of this kind of question."""
    if change.kind == "answered":
        return replace(change, gone=gone)
    if parsed.intent.kind == "statements" and change.kind in ("value", "source"):
        return replace(change, kind="statement", before=())
    return change
