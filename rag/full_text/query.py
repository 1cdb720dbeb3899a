"""What is searched for: a tree of words, phrases and conditions, and what had to be mended to read it so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

MOST_NEAR = 20  # words between two that are near to each other
MOST_NEAR_PHRASE = 8  # the same, where one of them is a phrase: each distance is looked for by itself

RepairKind = Literal[
    "quote_closed",
    "parenthesis_ignored",
    "operator_ignored",
    "minus_ignored",
    "condition_empty",
    "condition_unknown",
    "date_unknown",
    "prefix_short",
    "prefix_ignored",
    "language_unknown",
    "near_ignored",
    "near_limited",
    "near_many",
    "near_prefix",
    "cut_short",
]


@dataclass(frozen=True, slots=True)
class Repair:
    """What was not understood as written, and became of it: its kind, and the words that it is about."""

    kind: RepairKind
    about: str


@dataclass(frozen=True, slots=True)
class Words:
    """Folded words that stand one after the other.

    `is_exact`: as written, else in any of their forms. `is_prefix`: the one word is how words begin.
    """

    words: tuple[str, ...]
    is_exact: bool = False
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Near:
    """Two of them with at most `distance` other words between, in either order.

    Both are exact or neither is, and none is a prefix.
    """

    left: Words
    right: Words
    distance: int


@dataclass(frozen=True, slots=True)
class Named:
    """What an article is by: the words of its outlet, its author, or its language's code.

    `is_whole`: these words and no others.
    """

    field: Literal["outlet", "author", "language"]
    words: tuple[str, ...]
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Published:
    """The days on which an article was published, both included; None: no bound."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Not:
    """What an article must not be."""

    node: Node


@dataclass(frozen=True, slots=True)
class And:
    """All of these."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One of these, or several."""

    nodes: tuple[Node, ...]


Node = Words | Near | Named | Published | Not | And | Or


@dataclass(frozen=True, slots=True)
class Query:
    """A query as it is understood; without a node nothing is asked for."""

    text: str
    node: Node | None
    repairs: tuple[Repair, ...] = ()


def with_aliases(node: Node, names: Mapping[tuple[str, ...], tuple[str, ...]]) -> Node:
    """Return the query with what names an outlet finding it under the name that it goes by, too.

    `names`: words of another name → words of that one, all folded.
    """
    match node:
        case Named(field="outlet"):
            meant = {
                goes_by
                for name, goes_by in names.items()
                if goes_by and (name == node.words if node.is_whole else _has(name, node.words))
            }
            others = [Named("outlet", goes_by, is_whole=True) for goes_by in sorted(meant)]
            return Or((node, *others)) if others else node
        case Not():
            return Not(with_aliases(node.node, names))
        case And() | Or():
            return replace(node, nodes=tuple(with_aliases(one, names) for one in node.nodes))
    return node


def _has(words: tuple[str, ...], row: tuple[str, ...]) -> bool:
    """Return whether these words have the others one after the other among them."""
    return any(words[at : at + len(row)] == row for at in range(len(words) - len(row) + 1))


def sought(node: Node | None) -> list[Words | Near]:
    """Return what is to be found in a text, each once, in order: what is excluded isn't."""
    if isinstance(node, Words | Near):
        return [node]
    if isinstance(node, And | Or):
        return list(dict.fromkeys(found for part in node.nodes for found in sought(part)))
    return []
