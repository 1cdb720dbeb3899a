"""Whether a short text has what a query looks for: for what is in no index. Pure."""

from __future__ import annotations

from rag.full_text.occurrences import occurrences
from rag.full_text.query import And, Near, Node, Not, Or, Words, sought


def has(node: Node | None, text: str, language: str | None) -> bool:
    """Return whether a text has the words of a query, as its language has their forms.

    What a query says of articles (outlet, author, day) isn't asked of the text; one without words is in none.
    """
    return bool(sought(node)) and node is not None and _has(node, text, language)


def _has(node: Node, text: str, language: str | None) -> bool:
    match node:
        case Words() | Near():
            return bool(occurrences(text, language, [node]))
        case Not():
            return not (sought(node.node) and _has(node.node, text, language))
        case And():
            return all(_has(one, text, language) for one in node.nodes)
        case Or():
            with_words = [one for one in node.nodes if sought(one)]
            return any(_has(one, text, language) for one in with_words or node.nodes)
    return True
