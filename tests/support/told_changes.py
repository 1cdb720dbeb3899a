"""Changes made by hand, over articles made by hand: what the channels tell."""

from __future__ import annotations

from collections.abc import Sequence

from rag.schema.article import Article
from rag.schema.evidence import Evidence
from rag.schema.standing import Change, ChangeKind, StandingQuery

HOSTILE = "<script>alert(1)</script>\r\nBcc: all@evil.example \x00& ]]> {count}"


def article(name: str, text: str, **known: str) -> Article:
    """An article with this text."""
    stated = {
        "title": name,
        "outlet": "Le Courrier de Valbrume",
        "published_at": "2025-11-03",
        "language": "fr",
    } | known
    return Article(id=name, text=text, source=f"{name}.md", content_hash=name, ingested_at="", **stated)


def evidence(text: str, words: str = "", name: str = "a", **known: str) -> Evidence:
    """The whole text as a quote, of which `words` answer."""
    start = text.index(words) if words else None
    end = None if start is None else start + len(words)
    return Evidence(article(name, text, **known), 0, len(text), answer_start=start, answer_end=end)


def change(
    number: int = 1,
    kind: ChangeKind = "value",
    before: Sequence[Evidence] | None = None,
    after: Sequence[Evidence] | None = None,
    words: str = "Combien d'habitants a Valbrume ?",
    told_at: str = "",
) -> Change:
    """A change; by default another number of inhabitants."""
    old = evidence("Valbrume compte 340 habitants.", "340 habitants", "avant")
    new = evidence("Valbrume compte désormais 355 habitants.", "355 habitants", "apres")
    return Change(
        f"change-{number}",
        StandingQuery("q1", "question", words, "fr"),
        kind,
        told_at or f"2030-01-{number:02}T10:00:00.000000+00:00",
        tuple([old] if before is None else before),
        tuple([new] if after is None else after),
    )
