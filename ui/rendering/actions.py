"""What can be done with an answer → HTML: copy it, ask again, edit the question, say whether it was any good.

Pure; escapes as `ui.rendering.exchange` does. Every button says in `data-verb` and `data-turn` what it is
for;
`static/current.js` passes that on, and `ui.chat.actions` reads it.
"""

from __future__ import annotations

from markupsafe import Markup

from ui.documents.answers import answers
from ui.documents.files import DOCUMENTS, REFERENCES, Format, cited
from ui.documents.plain import plain
from ui.formatting.i18n import list_text, text
from ui.html.element import element
from ui.rendering.collecting import article_buttons
from ui.rendering.export_menu import export_menu
from ui.rendering.following import follow_button
from ui.session.exchange import Exchange
from ui.session.rating import LONGEST, REASONS, Rating

_FOLLOWED = ("answered", "partial", "not_found")
_THUMBS = {"up": "▲", "down": "▼"}  # shapes that every font has


def actions(exchange: Exchange, language: str, last: bool, editing: bool) -> list[Markup]:
    """Return the buttons under an exchange that has ended.

    Args:
        exchange: The exchange.
        language: That of the words.
        last: Whether it is the last, whose question can be asked anew.
        editing: Whether its question is being edited.
    """
    if exchange.unfinished:
        return []
    turn = str(exchange.number)
    buttons = [*_copying(exchange, language)]
    if last:
        buttons += [_button(verb, text(f"action_{verb}", language), turn) for verb in ("retry", "edit")]
    if exchange.rateable:
        keep = element("button", text("answer_keep", language), type="button", data_keep_answer=turn)
        buttons += [keep, *(_thumb(exchange, verdict, language) for verdict in _THUMBS)]
    buttons += article_buttons(_cited(exchange), language)
    buttons += _following(exchange, language)
    label = text("actions_label", language)
    bar = [element("div", *buttons, class_="actions", role="group", aria_label=label)] if buttons else []
    said = [_explaining(exchange.rating, turn, language)] if exchange.rating else []
    return [*bar, *([_replaced(turn, language)] if editing else []), *said]


def _following(exchange: Exchange, language: str) -> list[Markup]:
    """Return the button that follows a question that articles answer, or may answer one day."""
    if exchange.answer is None or exchange.answer.status not in _FOLLOWED:
        return []
    asked = exchange.standalone_question or exchange.question
    return [follow_button({"turn": exchange.number}, "question", asked, language, exchange.filters)]


def _cited(exchange: Exchange) -> list[str]:
    """Return the ids of the articles that an answer rests on, or lists."""
    if exchange.answer is None:
        return []
    listed = exchange.answer.listing.articles if exchange.answer.listing else ()
    cited = [item.article.id for item in exchange.answer.citations]
    return list(dict.fromkeys([*cited, *(one.article_id for one in listed)]))


def suggested(questions: list[tuple[str, str, str]], language: str) -> Markup:
    """First questions to press: each with its language and the title of the article that it is about."""
    if not questions:
        return Markup("")
    heading = element("h2", text("suggestions_title", language))
    items = [
        element(
            "li",
            element(
                "button",
                question,
                element("small", title, dir="auto"),
                type="button",
                data_verb="ask",
                data_question=question,
                lang=spoken,
            ),
        )
        for question, spoken, title in questions
    ]
    return element("div", heading, element("ul", *items), class_="suggestions", lang=language)


def offer_html(address: str, language: str) -> Markup:
    """Return what is said of an address in place of a question: that it can be added to the library."""
    words = text("address_add", language)
    button = element("button", words, type="button", class_="plain", data_address=address)
    return element(
        "p", text("address_asked", language), " ", button, class_="offer", role="status", lang=language
    )


def _button(verb: str, words: str, turn: str, **attributes: str | None) -> Markup:
    return element("button", words, type="button", data_verb=verb, data_turn=turn, **attributes)


def _copying(exchange: Exchange, language: str) -> list[Markup]:
    if not exchange.rateable or exchange.answer is None:
        return []
    button = element(
        "button",
        text("action_copy", language),
        type="button",
        class_="copy",
        data_copy=plain(answers("", [exchange], language)),
        data_copied=text("copy_done", language),
        data_failed=text("copy_failed", language),
    )
    forms: tuple[Format, ...] = (*DOCUMENTS, *(REFERENCES if cited([exchange]) else ()))
    menu = export_menu("answer", forms, language, data_turn=str(exchange.number))
    return [button, element("span", class_="copied", role="status"), menu]


def _thumb(exchange: Exchange, verdict: str, language: str) -> Markup:
    given = exchange.rating is not None and exchange.rating.verdict == verdict
    sign = element("span", _THUMBS[verdict], aria_hidden="true")
    return _button(
        "rate",
        Markup(" ").join([sign, text(f"thumb_{verdict}", language)]),
        str(exchange.number),
        data_verdict=verdict,
        aria_pressed="true" if given else "false",
        class_="thumb",
    )


def _replaced(turn: str, language: str) -> Markup:
    words = element("span", text("editing_note", language), role="status")
    return element("p", words, " ", _button("keep", text("action_keep", language), turn), class_="editing")


def _explaining(rating: Rating, turn: str, language: str) -> Markup:
    """Return where the reader says why; thanks once they have, the reason if it couldn't be kept."""
    if rating.error:
        return element("p", rating.error, class_="failure rated", role="alert", dir="auto")
    if rating.explained:
        thanks = element("p", text("rating_thanks", language), class_="rated", role="status")
        return Markup("").join([thanks, *_said(rating, language)])
    reasons = [_reason(rating.verdict, reason, language) for reason in REASONS[rating.verdict]]
    legend = element("legend", text(f"why_{rating.verdict}", language))
    comment = element(
        "label",
        text("comment_label", language),
        element("textarea", rows="2", maxlength=str(LONGEST), dir="auto"),
    )
    send = _button("explain", text("comment_send", language), turn)
    note = element("p", text("rating_kept", language), class_="note", role="status")
    return element("div", element("fieldset", legend, *reasons), comment, send, note, class_="rating")


def _said(rating: Rating, language: str) -> list[Markup]:
    """Return the reasons and the words that the reader gave."""
    reasons = [text(f"reason_{rating.verdict}_{reason}", language) for reason in rating.reasons]
    words = list_text(reasons, language)
    said = [element("span", words)] if words else []
    said += [element("q", rating.comment, dir="auto")] if rating.comment else []
    return [element("p", Markup(" ").join(said), class_="rating-said")] if said else []


def _reason(verdict: str, reason: str, language: str) -> Markup:
    box = element("input", type="checkbox", value=reason)
    return element("label", box, " ", text(f"reason_{verdict}_{reason}", language))
