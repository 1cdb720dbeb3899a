"""Exchanges, answers and passages → HTML that is safe whatever the articles and the model say.

Pure. All markup is made by `ui.html.element.element`, which escapes every text and attribute that isn't
Markup
already, so article text, titles, sources and model output are never markup. Knows no widget or script.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from rag.schema.answer import Answer
from rag.schema.evidence import Claim, Evidence
from ui.formatting.claims import checked_text, disagreement_text, printed_by
from ui.formatting.i18n import date_text, text
from ui.formatting.page_numbers import pages_text
from ui.formatting.short_answers import damaged_text, left_open, short_answer
from ui.html.element import element, web_address
from ui.rendering import filter_chips, period_chip
from ui.rendering.actions import actions
from ui.rendering.export_menu import copy_quote
from ui.rendering.listing import listing_html
from ui.rendering.passage_cards import cards
from ui.rendering.passages import source_name, sources
from ui.rendering.quotation import answering, quotation
from ui.rendering.steps import steps
from ui.session.exchange import Draft, Exchange

_NEAREST = 3  # passages named under a "not found"
_SIGNS = {
    "supported": "✓",
    "unsupported": "✗",
    "contradicted": "≠",
    "checking": "…",
    "unchecked": "?",
    "unconfirmed": "?",
}


def conversation(exchanges: Sequence[Exchange], language: str) -> Markup:
    """Return the exchanges that are over, oldest first."""
    return element(
        "div", *(exchange_html(one, language) for one in exchanges), class_="exchanges", lang=language
    )


def current(exchange: Exchange | None, language: str, editing: bool = False, unkept: bool = False) -> Markup:
    """Return the last exchange, in a region that screen readers follow; None greets the reader.

    `aria-busy` holds their voice until the answer is complete: they would read token by token. `editing` says
    that the next question replaces it, `unkept` that the conversation could not be kept so far.
    """
    inside = exchange_html(exchange, language, last=True, editing=editing) if exchange else _welcome(language)
    told = [element("p", text("not_kept", language), class_="partial", role="status")] if unkept else []
    busy = "true" if exchange and exchange.unfinished else "false"
    return element(
        "div",
        inside,
        *told,
        class_="exchanges",
        lang=language,
        role="log",
        aria_label=text("conversation_label", language),
        aria_live="polite",
        aria_busy=busy,
    )


def panel(exchanges: Sequence[Exchange], language: str) -> Markup:
    """Return the passages of every exchange, each in its section; only the last one's section is open.

    What needs none, small talk and the catalogue, leaves those of the exchange before it open.
    """
    searched = [one for one in exchanges if one.searched]
    sections = [sources(one, one is not searched[-1], language) for one in searched]
    inside = sections or [element("p", text("panel_empty", language), class_="empty")]
    label = text("panel_label", language)
    return element("div", *inside, class_="panel", lang=language, role="region", aria_label=label)


def panel_subject(exchange: Exchange) -> tuple[object, ...]:
    """Return all that an exchange's section of the panel depends on, besides the language.

    Equal, it looks equal.
    """
    shown = exchange.shown
    return exchange.question, exchange.stage, shown.status, shown.hits, shown.citations


# --- an exchange ---


def exchange_html(exchange: Exchange, language: str, last: bool = False, editing: bool = False) -> Markup:
    """Return a question with everything known of its answer.

    Args:
        exchange: The exchange.
        language: That of the words.
        last: Whether it is the last, which alone can be asked again.
        editing: Whether its question is being edited.
    """
    return element(
        "article",
        _question(exchange, language),
        *_understood(exchange, language),
        *([period_chip.chip(exchange.period, exchange.number, language, last)] if exchange.period else []),
        *filter_chips.asked_with(exchange, language),
        *_outcome(exchange, language, last),
        *actions(exchange, language, last, editing),
        class_=f"exchange {exchange.stage}",
        id=f"t{exchange.number}",
    )


def _question(exchange: Exchange, language: str) -> Markup:
    prefix = element("span", text("question_prefix", language) + " ", class_="unseen")
    return element("h2", prefix, exchange.question, class_="question", dir="auto")


def _understood(exchange: Exchange, language: str) -> list[Markup]:
    if exchange.standalone_question in ("", exchange.question):
        return []
    words = text("understood_as", language, question=exchange.standalone_question)
    return [element("p", words, class_="understood", dir="auto")]


def _outcome(exchange: Exchange, language: str, last: bool) -> list[Markup]:
    if exchange.answer is not None and exchange.small_talk:
        words = element("p", exchange.answer.plain_text, class_="said", dir="auto")
        left_out = _left_out(exchange.answer, language)
        return [element("div", words, class_="answer", lang=exchange.answer.language), *left_out]
    if exchange.answer is not None and exchange.answer.status == "catalogue":
        return [_catalogue(exchange, exchange.answer, language), *_left_out(exchange.answer, language)]
    if exchange.answer is not None and exchange.answer.status == "not_found":
        withdrawn, left_out = _withdrawn(exchange.answer, language), _left_out(exchange.answer, language)
        return [_not_found(exchange, language, last), *left_out, *withdrawn]
    if exchange.answer is not None:
        return [_answer(exchange, exchange.answer, language), *_withdrawn(exchange.answer, language)]
    seen: set[int] = set()
    drafts = [_draft(exchange, draft, language, seen) for draft in exchange.drafts]
    drafted = [element("div", *drafts, class_="answer")] if drafts else []
    return [*drafted, steps(exchange, language) if exchange.unfinished else _ended(exchange, language)]


def _left_out(answer: Answer, language: str) -> list[Markup]:
    """Return what is said of models that were down and of damaged articles, where there are no claims."""
    notes = [answer.notice] if answer.notice else []
    notes += [damaged_text(one, language) for one in answer.left_out]
    return [element("p", note, class_="partial", dir="auto") for note in notes]


def _ended(exchange: Exchange, language: str) -> Markup:
    if exchange.stage == "failed":
        title = element("strong", text("failed_title", language))
        return element("div", title, element("p", exchange.error, dir="auto"), class_="failure", role="alert")
    return element("p", text(exchange.stage, language), class_="stage", role="status")


def _answer(exchange: Exchange, answer: Answer, language: str) -> Markup:
    seen: set[int] = set()
    claims: list[Markup] = []
    for place, claim in enumerate(answer.claims):
        if heading := answer.heading_over(place):
            claims.append(element("h3", heading, class_="part", dir="auto"))
        claims.append(_claim(exchange, claim, _standing(claim), language, seen))
    known = {"answer_partial": bool(answer.withdrawn), "answered_before": answer.cached}
    known["answer_lost"] = exchange.lost
    notes = [text(key, language) for key, holds in known.items() if holds]
    notes += left_open(answer, language)
    disagree = [
        element("p", disagreement_text(one, language), class_="disagreement", dir="auto")
        for one in answer.disagreements
    ]
    told = [element("p", note, class_="partial", dir="auto") for note in notes]
    return element(
        "div",
        *_line(answer, language),
        *claims,
        *disagree,
        *told,
        class_="answer",
        lang=answer.language or None,
    )


def _catalogue(exchange: Exchange, answer: Answer, language: str) -> Markup:
    """Return what the catalogue says, with the articles that it says it of: each opens in the reader."""
    said = element("p", answer.plain_text, class_="said", dir="auto", lang=answer.language or None)
    listed = listing_html(answer.listing, language) if answer.listing else []
    lost = [element("p", text("answer_lost", language), class_="partial")] if exchange.lost else []
    return element("div", said, *listed, *lost, class_="answer catalogue")


def _line(answer: Answer, language: str) -> list[Markup]:
    """Return the line that answers, before what it is read from."""
    line = short_answer(answer, language)
    if line is None:
        return []
    before = [element("span", line.before, class_="before", lang=language), " "] if line.before else []
    words = element("strong", line.words, lang=line.spoken, dir="auto")
    return [element("p", *before, words, class_="short-answer", dir="auto")]


def _draft(exchange: Exchange, draft: Draft, language: str, seen: set[int]) -> Markup:
    if draft.checked is not None and draft.withdrawn:
        return _withdrawn_claim(draft.checked, language)
    unchecked = "checking" if exchange.unfinished else "unchecked"
    status = _standing(draft.checked) if draft.checked else unchecked
    return _claim(exchange, draft.claim, status, language, seen)


def _standing(claim: Claim) -> str:
    """Return how a claim that is shown fared.

    One that isn't borne out may be shown all the same, with a mark.
    """
    return "unconfirmed" if claim.status == "unsupported" else claim.status


def _claim(exchange: Exchange, claim: Claim, status: str, language: str, seen: set[int]) -> Markup:
    numbers = exchange.shown.numbers(claim)
    links = [
        _citation_link(exchange, number, evidence, language, number not in seen)
        for number, evidence in zip(numbers, claim.evidence, strict=True)
    ]
    seen.update(numbers)
    if claim.is_quote:
        evidence = claim.evidence[0]
        about = f"[{numbers[0]}]"
        copying = copy_quote(evidence.article, evidence.start, evidence.end, language, about)
        return element("p", *_quotation(claim, language), " ", *links, " ", copying, class_="claim quotation")
    words = element("span", claim.text.strip(), class_="words", dir="auto")
    check = _check(status, language, checked_text(claim, language) if status == "supported" else None)
    return element("p", words, " ", *links, " ", check, class_="claim")


def _quotation(claim: Claim, language: str) -> list[Markup | str]:
    """Return the article's own words, and who printed them when: there is nothing to check them against."""
    spoken = claim.evidence[0].article.language
    words = quotation(claim.text, spoken, "words", answering(claim.evidence[0]))
    return [
        words,
        " ",
        element("cite", printed_by(claim.evidence[0], language), class_="source", dir="auto"),
    ]


def _citation_link(exchange: Exchange, number: int, evidence: Evidence, language: str, first: bool) -> Markup:
    pages = pages_text(evidence.pages, language)
    source = ", ".join(filter(None, (source_name(evidence.article, language), pages)))
    address = web_address(evidence.article.canonical_url or "")
    return element(
        "a",
        f"[{number}]",
        class_="cite",
        id=f"t{exchange.number}-a{number}" if first else None,
        href=f"#t{exchange.number}-p{_card_number(exchange, number)}",
        data_cite=str(number),
        data_outlet=evidence.article.outlet,
        data_date=date_text(evidence.article.published_at, language),
        data_pages=pages or None,
        data_title=evidence.article.title,
        data_host=address[1] if address else None,
        aria_label=text("citation_name", language, number=number, source=source),
    )


def _card_number(exchange: Exchange, number: int) -> int:
    return next(
        position
        for position, card in enumerate(cards(exchange.shown), start=1)
        if any(citation.number == number for citation in card.citations)
    )


def _check(status: str, language: str, told: str | None = None) -> Markup:
    """Return a claim's mark; `told` is what it says in words, else the status alone."""
    sign = element("span", _SIGNS[status], class_="sign", aria_hidden="true")
    help_text = text("supported_help", language) if status == "supported" else None
    return element(
        "span", sign, " ", told or text(status, language), class_=f"check {status}", title=help_text
    )


def _not_found(exchange: Exchange, language: str, last: bool) -> Markup:
    answer = exchange.shown
    sign = element("span", "∅ ", aria_hidden="true")
    title = element("strong", sign, text("not_found_title", language))
    words = element("p", answer.plain_text, dir="auto", lang=answer.language or None)
    period = answer.period
    only = [period_chip.searched_only(period, exchange.number, language, last)] if period else []
    only += filter_chips.not_found_within(exchange, language, last)
    return element("div", title, words, *only, *_nearest(exchange, language), class_="not-found")


def _nearest(exchange: Exchange, language: str) -> list[Markup]:
    first: dict[str, int] = {}  # the number of each article's first passage
    for n, hit in enumerate(exchange.shown.hits, start=1):
        first.setdefault(hit.article.id, n)
    if not first:
        return []
    items = [
        element(
            "li",
            element(
                "a",
                exchange.shown.hits[n - 1].article.title,
                class_="near",
                href=f"#t{exchange.number}-p{n}",
                dir="auto",
            ),
        )
        for n in list(first.values())[:_NEAREST]
    ]
    return [element("p", text("not_found_near", language)), element("ul", *items)]


def _withdrawn(answer: Answer, language: str) -> list[Markup]:
    if not answer.withdrawn:
        return []
    summary = element("summary", text("withdrawn_summary", language, count=len(answer.withdrawn)))
    claims = (_withdrawn_claim(claim, language) for claim in answer.withdrawn)
    return [element("details", summary, *claims, class_="withdrawals")]


def _withdrawn_claim(claim: Claim, language: str) -> Markup:
    words = element("del", claim.text.strip(), dir="auto")
    reasons = [
        element("span", reason_text(reason, language), class_="reason", dir="auto")
        for reason in claim.reasons
    ]
    return element("p", words, " ", _check(claim.status, language), *reasons, class_="claim withdrawn")


def reason_text(reason: str, language: str) -> str:
    """Return one of `rag.verification.verifier`'s reasons (`kind:token`) in words."""
    kind, _, words = reason.partition(":")
    return text(f"reason_{kind}", language, words=words)


def _welcome(language: str) -> Markup:
    return element("p", text("welcome", language), class_="welcome")
