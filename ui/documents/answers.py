"""Answers → a document: what the page says of each, with its quotes and references as footnotes.

Pure. What wasn't borne out is never among what is: it is named for what it is, or only counted. Quotes are
read through their evidence, character for character.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from rag.extraction.corrections import stated_correction
from rag.notes.reading import FoundNote
from rag.schema.article import Article, DamagedArticle
from rag.schema.evidence import Claim, Disagreement, Evidence
from ui.documents.document import (
    Block,
    Bullets,
    Document,
    Heading,
    Inline,
    Line,
    NoteMark,
    Paragraph,
    Quotation,
    Text,
    text_of,
)
from ui.documents.notes import on_quote, own_words
from ui.formatting.claims import checked_text, disagreement_text
from ui.formatting.dates import articles_text
from ui.formatting.filters import chips
from ui.formatting.i18n import list_text, text
from ui.formatting.reprints import also_in_text
from ui.formatting.short_answers import left_open, short_answer
from ui.references.formatted import formatted
from ui.references.reference import reference
from ui.references.typography import in_marks
from ui.session.exchange import Exchange

NO_WORDS: Mapping[int, str] = MappingProxyType({})


def answers(
    title: str,
    exchanges: Sequence[Exchange],
    language: str,
    own_notes: Sequence[FoundNote] = (),
    words: Mapping[int, str] = NO_WORDS,
) -> Document:
    """Return the exchanges as a document in `language`, each under its question.

    Args:
        title: The document's; an empty one leaves the first question to be it.
        exchanges: The questions with what became of them.
        language: The reader's.
        own_notes: What the reader noted on articles: what is on the words of a quote stands under it.
        words: What the reader noted on answers, by the numbers of their exchanges.
    """
    blocks: list[Block] = []
    notes: list[Line] = []
    for exchange in exchanges:
        written = _Exchange(exchange, language, len(notes), own_notes)
        blocks += [] if not title and len(exchanges) == 1 else [Heading(2, exchange.question)]
        blocks += written.blocks()
        if said := words.get(exchange.number):
            blocks.append(Paragraph(own_words(said, language), aside=True))
        notes += written.notes()
    alone = exchanges[0].question if not title and len(exchanges) == 1 else title
    return Document(alone, language, tuple(blocks), tuple(notes))


def note(evidence: Evidence, language: str, quoted: bool = True) -> Line:
    """Return a footnote: the quote unless it stands in the text, its reference, what is to be known of it."""
    article = evidence.article
    line: list[Inline] = [*_quote(evidence, language), Text(" — ")] if quoted else []
    line += text_of(formatted(reference(article), language, evidence.pages))
    line += correction(article, language)
    if evidence.also_in:
        line.append(Text(f" {also_in_text(evidence.also_in, language)}."))
    return tuple(line)


def correction(article: Article, language: str) -> Line:
    """Return what an article says of its having been corrected, where it does."""
    stated = stated_correction(article)
    if not stated:
        return ()
    before = Text(f" {text('handed_in_correction', language)} ")
    return before, Quotation.of(stated, article.language, language)


def _quote(evidence: Evidence, language: str) -> Line:
    return (Quotation.of(evidence.quote, evidence.article.language, language),)


@dataclass(frozen=True, slots=True)
class _Exchange:
    """An exchange that is being written; its footnotes begin after `before` others."""

    exchange: Exchange
    language: str
    before: int
    own_notes: Sequence[FoundNote] = ()
    spoken: set[Evidence] = field(default_factory=set)

    def __post_init__(self) -> None:
        claims = self.exchange.shown.claims
        self.spoken.update(item for claim in claims if claim.is_quote for item in claim.evidence)

    def blocks(self) -> list[Block]:
        shown = self.exchange.shown
        found = [Paragraph((Text(words),), aside=True) for words in self._asked()]
        found += self._short()
        for place, claim in enumerate(shown.claims):
            heading = shown.heading_over(place)
            found += [Heading(3, heading)] if heading else []
            found.append(self._claim(claim))
        if self.exchange.answer is None or not shown.claims:
            found += self._instead()
        found += [self._disagreement(one) for one in shown.disagreements]
        found += self._listed()
        return found + [Paragraph((Text(words),), aside=True) for words in self._told()]

    def notes(self) -> list[Line]:
        citations = self.exchange.shown.citations
        return [
            (*note(item, self.language, quoted=item not in self.spoken), *self._noted(item))
            for item in citations
        ]

    def _noted(self, quote: Evidence) -> Line:
        """Return what the reader noted on words of a quote."""
        found = on_quote(self.own_notes, quote)
        return tuple(
            part
            for one in found
            for part in (Text(" "), *own_words(one.note.words, self.language, one.note.kind))
        )

    # --- before the answer ---

    def _asked(self) -> list[str]:
        """Return how the question was understood, and what the articles were narrowed to."""
        exchange, said = self.exchange, []
        if exchange.standalone_question not in ("", exchange.question):
            said.append(text("understood_as", self.language, question=exchange.standalone_question))
        if exchange.period:
            said.append(f"{articles_text(exchange.period, self.language)}.")
        found = [chip.words for chip in chips(exchange.filters, self.language)]
        if sources := exchange.filters.sources:
            found.append(text("handed_in_sources", self.language, count=len(sources)))
        if found:
            said.append(text("handed_in_filters", self.language, filters=list_text(found, self.language)))
        return said

    def _short(self) -> list[Block]:
        answer = self.exchange.answer
        line = short_answer(answer, self.language) if answer else None
        if line is None or all(claim.status != "supported" for claim in answer.claims):
            return []
        before = [Text(f"{line.before} ", "strong")] if line.before else []
        return [Paragraph((*before, Text(line.words, "strong", line.spoken)))]

    # --- the answer ---

    def _claim(self, claim: Claim) -> Paragraph:
        marks = self._marks(claim.evidence)
        if claim.is_quote:
            return Paragraph((*_quote(claim.evidence[0], self.language), *marks))
        standing = self._standing(claim)
        if claim.status != "supported" or not self._is_checked(claim):
            # Said before the words: nobody reads them as what the articles say.
            return Paragraph((Text(f"[{standing}] ", "note"), Text(claim.text, "italic"), *marks))
        return Paragraph((Text(claim.text), *marks, Text(f" ({standing})", "note")))

    def _standing(self, claim: Claim) -> str:
        """Return how a claim fared when it was checked."""
        if not self._is_checked(claim):
            return text("unchecked", self.language)
        if claim.status == "supported":
            return checked_text(claim, self.language)
        return text("unconfirmed" if claim.status == "unsupported" else claim.status, self.language)

    def _is_checked(self, claim: Claim) -> bool:
        drafts = self.exchange.drafts
        return self.exchange.answer is not None or any(draft.checked == claim for draft in drafts)

    def _marks(self, evidence: Sequence[Evidence]) -> list[NoteMark]:
        order = {_place(one): number for number, one in enumerate(self.exchange.shown.citations, start=1)}
        return [NoteMark(self.before + order[_place(one)]) for one in evidence if _place(one) in order]

    def _instead(self) -> list[Block]:
        """Return what is said in place of claims: not in the articles, stopped, failed."""
        exchange, answer = self.exchange, self.exchange.answer
        if answer is None:
            failed = exchange.stage == "failed"
            words = (
                exchange.error if failed else text(exchange.stage, self.language, count=len(exchange.hits))
            )
            return [Paragraph((Text(words),), aside=True)]
        said: list[Block] = []
        if answer.status == "not_found":
            said.append(Paragraph((Text(f"{text('not_found_title', self.language)}.", "strong"),)))
        if answer.plain_text:
            said.append(Paragraph((Text(answer.plain_text, language=answer.language or None),)))
        return said

    def _disagreement(self, one: Disagreement) -> Paragraph:
        sides = [side.evidence for side in one.sides] + ([one.correction] if one.correction else [])
        return Paragraph((Text(disagreement_text(one, self.language)), *self._marks(sides)))

    def _listed(self) -> list[Block]:
        """Return the articles that the catalogue names."""
        listing = self.exchange.shown.listing
        if listing is None or not listing.articles:
            return []
        lines = [text_of(formatted(reference(one), self.language)) for one in listing.articles]
        if (rest := listing.total - len(listing.articles)) > 0:
            lines.append((Text(text("listing_more", self.language, count=rest)),))
        return [Bullets(tuple(lines))]

    # --- after the answer ---

    def _told(self) -> list[str]:
        """Return what the page says under an answer: what was withdrawn, what is left open, what was lost."""
        exchange, answer, said = self.exchange, self.exchange.answer, []
        if answer is not None:
            said += [text("answer_partial", self.language)] if answer.withdrawn else []
            if answer.withdrawn:
                said.append(f"{text('withdrawn_summary', self.language, count=len(answer.withdrawn))}.")
            said += left_open(replace(answer, left_out=()), self.language)
            said += [self._damaged(one) for one in answer.left_out]
        return said + [text("answer_lost", self.language)] * exchange.lost

    def _damaged(self, article: DamagedArticle) -> str:
        """Say which article is damaged, by its title: where it was read is nothing to hand in."""
        title = in_marks(article.title, self.language) if article.title else article.article_id
        return text("article_damaged", self.language, article=title)


def _place(evidence: Evidence) -> tuple[str, int, int]:
    return evidence.article.id, evidence.start, evidence.end
