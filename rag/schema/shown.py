"""An answer with its references, as text and as markup for a notebook. Pure.

Whatever articles and models wrote is escaped in markup.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from rag.schema.evidence import Evidence
from rag.schema.quotation import quoted


def as_text(text: str, citations: Sequence[Evidence]) -> str:
    """Return an answer's text, and under it a line for each citation: its quote, and where it stands."""
    lines = [
        f"[{number}] {quoted(one.quote, one.article.language)} — {_place(one)}"
        for number, one in enumerate(citations, start=1)
    ]
    return "\n".join([text, "", *lines]) if lines else text


def as_html(question: str, text: str, citations: Sequence[Evidence], language: str) -> str:
    """Return the same as markup, with the question; what is between elements is text."""
    said = Markup("").join(Markup("<p>{}</p>").format(part) for part in text.split("\n\n"))
    listed = Markup("<ol>{}</ol>").format(Markup("").join(map(_item, citations))) if citations else ""
    head = Markup("<p><strong>{}</strong></p>").format(question)
    return str(Markup('<div lang="{}">{}{}{}</div>').format(language, head, said, listed))


def _item(evidence: Evidence) -> Markup:
    article = evidence.article
    about = _about(evidence)
    name: str | Markup = article.title
    if article.canonical_url:
        name = Markup('<a href="{}" rel="noopener noreferrer nofollow">{}</a>').format(
            article.canonical_url, article.title
        )
    rest = f", {about}" if about else ""
    return Markup("<li><q>{}</q><br>{}{}</li>").format(" ".join(evidence.quote.split()), name, rest)


def _about(evidence: Evidence) -> str:
    article = evidence.article
    pages = evidence.pages
    where = f"p. {pages[0]}" if pages else ""
    return ", ".join(filter(None, (article.outlet, article.author, article.published_at, where)))


def _place(evidence: Evidence) -> str:
    article = evidence.article
    parts = (article.title, _about(evidence), article.canonical_url or article.source)
    return " ".join(", ".join(filter(None, parts)).split())
