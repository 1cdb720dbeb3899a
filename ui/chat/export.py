"""A conversation as a file of its own: Markdown, JSON, or an HTML page to print.

Pure. Every citation is a footnote with its quote, its author, its outlet, its date, its page and its address:
where it was published, else where it was read. What articles, people and the model wrote is text in all
three, whatever it looks like; the page needs nothing from anywhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from rag.schema.answer import Claim, Evidence
from rag.schema.quotation import quoted
from ui.formatting.disagreements import disagreement_text
from ui.formatting.i18n import text
from ui.formatting.listing import listing_lines
from ui.formatting.short_answers import left_open, short_answer_text
from ui.formatting.source_line import source_line
from ui.html.assets import style
from ui.html.element import element, web_address
from ui.rendering.quotation import answering, quotation
from ui.session.exchange import Exchange

Format = Literal["md", "json", "html"]
MEDIA_TYPES: dict[Format, str] = {"md": "text/markdown", "json": "application/json", "html": "text/html"}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
# What Markdown would read as markup, and what its readers make links of by themselves.
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!&$^@])|(?<=:)(?=//)|(?i:(?<=www)(?=\.))")
_LINE_START = re.compile(r"(?m)^(\s*)([-+=]|\d+(?=[.)]))")
_UNSAFE_NAME = re.compile(r"[^\w -]+")


@dataclass(frozen=True, slots=True)
class File:
    """A file to be saved: its name, its media type, its text."""

    name: str
    media_type: str
    text: str


def export(title: str, exchanges: Sequence[Exchange], form: Format, language: str) -> File:
    """Return the conversation in one of the forms, under a name made from its title.

    Args:
        title: The title.
        exchanges: The exchanges.
        form: The form.
        language: That of the words.
    """
    made = {"md": markdown, "json": json_text, "html": page}[form](title, exchanges, language)
    stem = " ".join(_UNSAFE_NAME.sub(" ", title).split())[:60] or "conversation"
    return File(f"{stem}.{form}", MEDIA_TYPES[form], made)


def json_text(title: str, exchanges: Sequence[Exchange], language: str) -> str:  # noqa: ARG001
    """Return the answers as `Answer.to_dict` has them, each with how its exchange ended."""
    told = [
        {"stage": one.stage, "error": one.error or None, "lost": one.lost, **one.shown.to_dict()}
        for one in exchanges
    ]
    return json.dumps({"title": title, "exchanges": told}, ensure_ascii=False, indent=2) + "\n"


# --- what both of the others say ---


def _notes(exchange: Exchange, language: str) -> list[str]:
    """Return what there is to say besides claims, or in their place."""
    answer = exchange.answer
    if answer is None:
        if exchange.stage == "failed":
            return [exchange.error]
        return [text(exchange.stage, language, count=len(exchange.shown.hits))]
    said = [answer.plain_text] if not answer.claims and answer.plain_text else []
    if answer.status == "not_found":
        said.insert(0, text("not_found_title", language) + ".")
    said += left_open(answer, language)
    said += [disagreement_text(one, language) for one in answer.disagreements]
    return said + [text("answer_lost", language)] * exchange.lost


def _short(exchange: Exchange, language: str) -> list[str]:
    line = short_answer_text(exchange.answer, language) if exchange.answer else ""
    return [line] if line else []


def _standing(claim: Claim, exchange: Exchange, language: str) -> str:
    """Return how a claim fared when it was checked, unless it is the article's own words."""
    if claim.is_quote:
        return ""
    checked = exchange.answer is not None or any(draft.checked == claim for draft in exchange.drafts)
    found = "unconfirmed" if claim.status == "unsupported" else claim.status
    return text(found if checked else "unchecked", language)


# --- Markdown ---


def markdown(title: str, exchanges: Sequence[Exchange], language: str) -> str:
    """GitHub's Markdown, with footnotes."""
    parts = [f"# {_plain(title)}"]
    for turn, exchange in enumerate(exchanges, start=1):
        parts.append(f"## {_plain(exchange.question)}")
        parts += [f"**{_plain(line)}**" for line in _short(exchange, language)]
        for place, claim in enumerate(exchange.shown.claims):
            heading = exchange.shown.heading_over(place)
            parts += [f"### {_plain(heading)}"] if heading else []
            parts.append(_markdown_claim(turn, exchange, claim, language))
        parts += [f"*{_plain(note)}*" for note in _notes(exchange, language)]
        listed = [f"- {_plain(line)}" for line in listing_lines(exchange.shown.listing, language)]
        parts += ["\n".join(listed)] if listed else []
    for turn, exchange in enumerate(exchanges, start=1):
        for number, evidence in enumerate(exchange.shown.citations, start=1):
            parts.append(f"[^{turn}-{number}]: {_markdown_source(evidence, language)}")
    return "\n\n".join(parts) + "\n"


def _markdown_claim(turn: int, exchange: Exchange, claim: Claim, language: str) -> str:
    marks = "".join(f"[^{turn}-{number}]" for number in exchange.shown.numbers(claim))
    spoken = claim.evidence[0].article.language
    words = _plain(quoted(claim.text, spoken) if claim.is_quote else claim.text)
    standing = _standing(claim, exchange, language)
    return f"{words} {marks}" + (f" ({_plain(standing)})" if standing else "")


def _markdown_source(evidence: Evidence, language: str) -> str:
    article = evidence.article
    address = web_address(article.canonical_url or article.source)
    where = f"<{_in_brackets(address[0])}>" if address else _plain(article.source)
    about = source_line(article, language, pages=evidence.pages)
    return f"{_plain(quoted(evidence.quote, article.language))} {_plain(about)}. {where}"


def _plain(words: str) -> str:
    """Return words on one line, none of which Markdown takes for markup, an image or a link."""
    line = " ".join(words.split())
    escaped = _SPECIAL.sub(lambda found: "\\" + (found[1] or ""), line)
    return _LINE_START.sub(_escaped_start, escaped)


def _escaped_start(found: re.Match[str]) -> str:
    space, mark = found[1], found[2]
    return f"{space}{mark}\\" if mark.isdigit() else f"{space}\\{mark}"


def _in_brackets(url: str) -> str:
    return url.replace("<", "%3C").replace(">", "%3E").replace("\\", "%5C")


# --- a page to print ---


def page(title: str, exchanges: Sequence[Exchange], language: str) -> str:
    """Return an HTML page that needs nothing else.

    No script, no request, a style for the screen and for paper.
    """
    head = element(
        "head",
        Markup('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
        Markup('<meta http-equiv="Content-Security-Policy" content="{}">').format(_POLICY),
        element("title", title),
        Markup("<style>{}</style>").format(Markup(style("export.css") + style("quotation.css"))),
    )
    turns = [_turn(number, one, language) for number, one in enumerate(exchanges, start=1)]
    body = element("body", element("main", element("h1", title, dir="auto"), *turns))
    return f"<!DOCTYPE html>\n{element('html', head, body, lang=language)}\n"


def _turn(turn: int, exchange: Exchange, language: str) -> Markup:
    shown = exchange.shown
    seen: set[int] = set()
    claims: list[Markup] = []
    for place, claim in enumerate(shown.claims):
        if heading := shown.heading_over(place):
            claims.append(element("h3", heading, dir="auto"))
        claims.append(_page_claim(turn, exchange, claim, seen, language))
    notes = [element("p", note, class_="note", dir="auto") for note in _notes(exchange, language)]
    footnotes = [
        _footnote(turn, number, evidence, language)
        for number, evidence in enumerate(shown.citations, start=1)
    ]
    listed = [element("ol", *footnotes, class_="footnotes")] if footnotes else []
    short = [element("p", element("strong", line), dir="auto") for line in _short(exchange, language)]
    rows = [element("li", line, dir="auto") for line in listing_lines(shown.listing, language)]
    articles = [element("ul", *rows)] if rows else []
    question = element("h2", exchange.question, dir="auto")
    return element("section", question, *short, *claims, *notes, *articles, *listed)


def _page_claim(turn: int, exchange: Exchange, claim: Claim, seen: set[int], language: str) -> Markup:
    spoken = claim.evidence[0].article.language
    words = (
        quotation(claim.text, spoken, marked=answering(claim.evidence[0]))
        if claim.is_quote
        else element("span", claim.text)
    )
    marks = []
    for number in exchange.shown.numbers(claim):
        first = None if number in seen else f"r{turn}-{number}"
        seen.add(number)
        link = element("a", f"[{number}]", href=f"#n{turn}-{number}", id=first)
        marks.append(element("sup", link))
    standing = _standing(claim, exchange, language)
    note = [" ", element("small", f"({standing})")] if standing else []
    return element("p", words, " ", *marks, *note, dir="auto")


def _footnote(turn: int, number: int, evidence: Evidence, language: str) -> Markup:
    article = evidence.article
    address = web_address(article.canonical_url or article.source)
    where = (
        element("a", address[0], href=address[0], rel="noopener noreferrer nofollow")
        if address
        else element("span", article.source)
    )
    back = element(
        "a", "↩", href=f"#r{turn}-{number}", aria_label=text("export_back", language, number=number)
    )
    quote = quotation(evidence.quote, article.language)
    source = element("cite", source_line(article, language, pages=evidence.pages), dir="auto")
    return element("li", quote, " ", source, ". ", where, " ", back, id=f"n{turn}-{number}")
