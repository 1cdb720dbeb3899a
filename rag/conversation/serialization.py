"""What is kept of an answer: pointers into articles, and other words together with what they rest on.

Pure: answers to plain values that JSON can hold, and back. A value that rests on articles is a dict whose
`on` lists them, as places in the body's table of articles: `without` takes out all that rests on some of
them, whatever it is. Words of an article are never among the values: they are read through the pointer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from rag.schema.answer import Answer
from rag.schema.article import Article, Span
from rag.schema.evidence import Claim, Disagreement, Evidence, StatedValue
from rag.schema.hit import Hit, Reprint
from rag.schema.listing import ArticleListing, CatalogueEntry
from rag.schema.question import Filters, NamedDossier, Period

Value = Any  # what JSON can hold
ANY_VERSION = ""  # in place of a content hash: the article as it is now


@dataclass(frozen=True, slots=True)
class ArticleVersion:
    """One text of an article."""

    article_id: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class AnswerEncoder:
    """Turns what an answer is made of into values, and notes the articles that they rest on."""

    _places: dict[ArticleVersion, int] = field(default_factory=dict)

    @property
    def articles(self) -> list[Value]:
        """The table of articles that the values' `on` count in."""
        return [[version.article_id, version.content_hash] for version in self._places]

    def on(self, articles: Iterable[Article]) -> list[int]:
        """Return the places of these articles in the table."""
        found = {self._place(ArticleVersion(one.id, one.content_hash)): None for one in articles}
        return list(found)

    def _place(self, version: ArticleVersion) -> int:
        return self._places.setdefault(version, len(self._places))

    def hit(self, hit: Hit) -> Value:
        """Convert a hit."""
        return {
            "on": self.on([hit.article]),
            "passage": hit.passage_id,
            "at": [hit.start, hit.end],
            "score": hit.score,
            "sentences": _spans(hit.sentences),
            "also": self._reprints(hit.also_in),
        }

    def evidence(self, evidence: Evidence) -> Value:
        """Convert evidence."""
        return {
            "on": self.on([evidence.article]),
            "at": [evidence.start, evidence.end],
            "answer": _spans([evidence.answer_span]) if evidence.answer_span else [],
            "score": evidence.score,
            "also": self._reprints(evidence.also_in),
            "before": _spans(evidence.before),
            "after": _spans(evidence.after),
        }

    def _reprints(self, reprints: Iterable[Reprint]) -> list[Value]:
        return [
            {"on": [self._place(ArticleVersion(one.article_id, ANY_VERSION))], "repeats": _spans(one.repeats)}
            for one in reprints
        ]

    def words(self, words: str, evidence: Sequence[Evidence]) -> Value:
        """Return `words` that rest on `evidence`.

        Where one of its quotes has them they are a pointer, too.
        """
        on = self.on(one.article for one in evidence)
        for number, one in enumerate(evidence):
            if (start := _line(one.quote).find(words)) >= 0:
                return {"on": on, "part": [number, start, len(words)]}
        return {"on": on, "words": words}

    def claim(self, claim: Claim) -> Value:
        """Convert a claim."""
        return {
            "on": self.on(one.article for one in claim.evidence),
            "evidence": [self.evidence(one) for one in claim.evidence],
            "text": self.words(claim.text, claim.evidence),
            "status": claim.status,
            "reasons": list(claim.reasons),
            "checked": list(claim.checked),
            "heading": claim.heading,
        }

    def disagreement(self, disagreement: Disagreement) -> Value:
        """Convert a disagreement."""
        found, corrected = disagreement.sides, disagreement.correction
        articles = [side.evidence.article for side in found] + ([corrected.article] if corrected else [])
        return {
            "on": self.on(articles),
            "sides": [
                {
                    "words": self.words(side.words, [side.evidence]),
                    "evidence": self.evidence(side.evidence),
                }
                for side in found
            ],
            "correction": self.evidence(corrected) if corrected else None,
        }

    def period(self, period: Period | None, context: Sequence[Article]) -> Value:
        """Encode a period; its words are the question's, as understood, and may rest on earlier answers."""
        if period is None:
            return None
        stated = {"on": self.on(context), "at": [period.start, period.end], "words": period.words}
        return {"from": _iso(period.date_from), "to": _iso(period.date_to), "stated": stated}

    def filters(self, filters: Filters) -> Value:
        """Convert filters."""
        return {
            "from": _iso(filters.date_from),
            "to": _iso(filters.date_to),
            "undated": filters.undated,
            "outlets": list(filters.outlets),
            "languages": list(filters.languages),
            "sources": list(filters.sources),
            "articles": [
                {"on": [self._place(ArticleVersion(one, ANY_VERSION))]} for one in filters.article_ids
            ],
            "dossiers": [[one.id, one.name] for one in filters.dossiers],
        }

    def listing(self, listing: ArticleListing | None) -> Value:
        """Convert a listing; its articles are pointers, and those that are gone are left out."""
        if listing is None:
            return None
        articles = [
            {"on": [self._place(ArticleVersion(one.article_id, ANY_VERSION))]} for one in listing.articles
        ]
        return {"articles": articles, "total": listing.total, "definition": listing.definition}

    def plain_text(self, answer: Answer) -> Value:
        """Return what is said in the place of claims; it rests on the articles that it names."""
        named = [
            one.article_id
            for one in (answer.listing.articles if answer.listing else ())
            if one.title in answer.plain_text or (one.author and one.author in answer.plain_text)
        ]
        if not named:
            return answer.plain_text
        on = [self._place(ArticleVersion(one, ANY_VERSION)) for one in named]
        return {"on": on, "words": answer.plain_text}

    def understood(self, question: str, context: Sequence[Article]) -> Value:
        """Return a question as it was understood from what was said before, which cited `context`."""
        return {"on": self.on(context), "words": question}

    def answer(self, answer: Answer, context: Sequence[Article]) -> Value:
        """Convert an answer, with the articles of its context."""
        return {
            "question": answer.question,
            "understood": self.understood(answer.standalone_question, context),
            "language": answer.language,
            "status": answer.status,
            "claims": [self.claim(one) for one in answer.claims],
            "claimed": len(answer.claims),
            "hits": [self.hit(one) for one in answer.hits],
            "withdrawn": [self.claim(one) for one in answer.withdrawn],
            "timings": dict(answer.timings),
            "model": answer.model,
            "plain_text": self.plain_text(answer),
            "filters": self.filters(answer.filters),
            "period": self.period(answer.period, context),
            "cached": answer.cached,
            "disagreements": [self.disagreement(one) for one in answer.disagreements],
            "missing": [self.understood(one, context) for one in answer.missing],
            "verdict": answer.verdict,
            "incomplete": answer.incomplete,
            "notice": answer.notice,
            "listing": self.listing(answer.listing),
        }


def versions(body: Mapping[str, Value]) -> list[ArticleVersion]:
    """Return the articles that anything in `body` rests on."""
    return [ArticleVersion(*entry) for entry in body["articles"] if entry]


def without(body: Mapping[str, Value], gone: Iterable[ArticleVersion]) -> dict[str, Value]:
    """Return `body` without all that rests on one of these, and without their ids."""
    entries = [[one.article_id, one.content_hash] for one in gone]
    places = {place for place, entry in enumerate(body["articles"]) if entry in entries}
    if not places:
        return dict(body)
    articles = [None if place in places else entry for place, entry in enumerate(body["articles"])]
    return {**_standing(dict(body), places), "articles": articles}


_FALLEN = object()


def _standing(value: Value, places: set[int]) -> Value:
    if isinstance(value, list):
        return [kept for one in value if (kept := _standing(one, places)) is not _FALLEN]
    if not isinstance(value, dict):
        return value
    if not places.isdisjoint(value.get("on", ())):
        return _FALLEN
    kept = {key: _standing(one, places) for key, one in value.items()}
    return {key: one for key, one in kept.items() if one is not _FALLEN}


@dataclass(frozen=True, slots=True)
class AnswerDecoder:
    """Turns values back into what they were made from.

    `articles` are those in the body's table; what rests on others must have been taken out.
    """

    articles: Sequence[Article | None]

    def _article(self, value: Value) -> Article:
        return self.articles[value["on"][0]]

    def hit(self, value: Value) -> Hit:
        """Convert a hit."""
        start, end = value["at"]
        sentences, also = _read_spans(value["sentences"]), self._reprints(value["also"])
        return Hit(value["passage"], self._article(value), start, end, value["score"], sentences, also)

    def evidence(self, value: Value) -> Evidence:
        """Convert evidence."""
        start, end = value["at"]
        around = _read_spans(value["before"]), _read_spans(value["after"])
        also = self._reprints(value["also"])
        evidence = Evidence(self._article(value), start, end, value["score"], also, *around)
        # Conversations of earlier versions have no answer spans.
        marked = _read_spans(value.get("answer", ()))
        return evidence.answered_by(marked[0]) if marked else evidence

    def _reprints(self, values: Iterable[Value]) -> tuple[Reprint, ...]:
        return tuple(Reprint.of(self._article(one), _read_spans(one["repeats"])) for one in values)

    def words(self, value: Value, evidence: Sequence[Evidence]) -> str:
        """Return the words of a claim: its own, or those of its quote."""
        if "words" in value:
            return value["words"]
        number, start, length = value["part"]
        return _line(evidence[number].quote)[start : start + length]

    def claim(self, value: Value) -> Claim:
        """Convert a claim."""
        evidence = tuple(self.evidence(one) for one in value["evidence"])
        text = self.words(value["text"], evidence)
        reasons = tuple(value["reasons"])
        checked = tuple(value.get("checked", ()))
        return Claim(text, evidence, value["status"], reasons, value.get("heading", ""), checked)

    def listing(self, value: Value) -> ArticleListing | None:
        """Convert a listing; its total is what was counted then."""
        if value is None:
            return None
        articles = tuple(CatalogueEntry.of(self._article(one)) for one in value["articles"])
        return ArticleListing(articles, value["total"], value["definition"])

    def disagreement(self, value: Value) -> Disagreement:
        """Convert a disagreement."""
        correction = self.evidence(value["correction"]) if value["correction"] else None
        return Disagreement(tuple(map(self._stated, value["sides"])), correction)

    def _stated(self, value: Value) -> StatedValue:
        evidence = self.evidence(value["evidence"])
        return StatedValue(self.words(value["words"], [evidence]), evidence)

    def period(self, value: Value) -> Period | None:
        """Convert a period."""
        if value is None:
            return None
        stated = value.get("stated") or {"at": [0, 0], "words": ""}
        return Period(_day(value["from"]), _day(value["to"]), *stated["at"], stated["words"])

    def filters(self, value: Value) -> Filters:
        """Convert filters."""
        return Filters(
            _day(value["from"]),
            _day(value["to"]),
            value["undated"],
            tuple(value["outlets"]),
            tuple(value["languages"]),
            tuple(value["sources"]),
            tuple(self._article(one).id for one in value["articles"]),
            tuple(NamedDossier(*one) for one in value.get("dossiers", ())),  # an earlier version knew none
        )

    def answer(self, value: Value) -> Answer | None:
        """Return the answer that is left; None when all of its claims, or an article that it names, are gone.

        There is no answer without a claim.
        """
        claims = tuple(self.claim(one) for one in value["claims"])
        lost = len(claims) < value["claimed"]
        if (lost and not claims) or "plain_text" not in value:
            return None
        said = value["plain_text"]
        return Answer(
            value["question"],
            value["understood"]["words"] if "understood" in value else value["question"],
            value["language"],
            "partial" if lost else value["status"],
            claims,
            tuple(self.hit(one) for one in value["hits"]),
            tuple(self.claim(one) for one in value["withdrawn"]),
            value["timings"],
            value["model"],
            said if isinstance(said, str) else said["words"],
            self.filters(value["filters"]),
            self.period(value["period"]),
            value["cached"],
            tuple(self.disagreement(one) for one in value["disagreements"]),
            tuple(one["words"] for one in value["missing"]),
            # A verdict rests on all of its claims.
            None if lost else value.get("verdict"),
            value.get("incomplete", False),
            self.listing(value.get("listing")),
            notice=value.get("notice", ""),
        )


def _line(quote: str) -> str:
    return " ".join(quote.split())


def _spans(spans: Iterable[Span]) -> list[list[int]]:
    return [[span.start, span.end] for span in spans]


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _read_spans(values: Iterable[Value]) -> tuple[Span, ...]:
    return tuple(Span(start, end) for start, end in values)


def _day(stated: str | None) -> date | None:
    return date.fromisoformat(stated) if stated else None
