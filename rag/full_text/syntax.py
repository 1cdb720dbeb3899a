"""Reads a query as people type it. Whatever is typed is understood as something, and told how.

    pont mairie          both words, in any of their forms
    "le pont de Vaure"   these words as written, one after the other; accents and capitals don't count
    -péage               without it
    pont OR viaduc       either, or both (also OU, |); AND and ET may stand between words, as may parentheses
    pont NEAR/5 maire    with at most five other words between, in either order (also PRES/5, PRÈS/5)
    climat*              words that begin so
    outlet:monde author:dupont after:2025-08 before:2025-10-15 lang:fr

A word in capitals is an operator only where one can stand. `after:` begins with the first day of what it
names, `before:` ends with the day before it. An outlet in quotes is that one and no other; a condition holds
for all that is in parentheses: `outlet:(monde OR figaro)`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from rag.full_text.query import (
    MOST_NEAR,
    MOST_NEAR_PHRASE,
    And,
    Named,
    Near,
    Node,
    Not,
    Or,
    Published,
    Query,
    Repair,
    RepairKind,
    Words,
)
from rag.full_text.tokens import NUMBER, tokens
from rag.text.normalization import fold, normalise_text

MOST_CHARACTERS = 1_000
_MOST_PARTS = 64
_MOST_NEARS = 4
_DEEPEST = 10
_NEAR = 10
_SHORTEST_PREFIX = 3

Field = Literal["outlet", "author", "language", "after", "before"]
_FIELDS: dict[str, Field] = {
    "outlet": "outlet", "source": "outlet", "journal": "outlet", "media": "outlet",
    "author": "author", "auteur": "author", "auteure": "author", "autrice": "author",
    "lang": "language", "language": "language", "langue": "language",
    "after": "after", "since": "after", "apres": "after", "depuis": "after",
    "before": "before", "avant": "before",
}  # fmt: skip
# Languages as people name them; any code of two or three letters is one, too.
_LANGUAGES = {
    "francais": "fr", "french": "fr", "anglais": "en", "english": "en", "allemand": "de", "german": "de",
    "espagnol": "es", "spanish": "es", "italien": "it", "italian": "it", "portugais": "pt",
    "portuguese": "pt",
    "neerlandais": "nl", "dutch": "nl", "arabe": "ar", "arabic": "ar", "russe": "ru", "russian": "ru",
    "chinois": "zh", "chinese": "zh", "japonais": "ja", "japanese": "ja", "catalan": "ca", "polonais": "pl",
    "polish": "pl", "turc": "tr", "turkish": "tr", "ukrainien": "uk", "ukrainian": "uk",
}  # fmt: skip
_OPERATORS = {
    "OR": "or", "OU": "or", "AND": "and", "ET": "and", "&": "and", "&&": "and", "NOT": "not", "SAUF": "not",
}  # fmt: skip
# A phrase in one kind of quotation marks keeps its words, whatever quotes are within it.
_QUOTED = re.compile("«([^»]*)»|“([^”]*)”|„([^“”]*)[“”]")
QUOTES = '"“”„‟«»＂'
_STRAIGHT = str.maketrans(dict.fromkeys(QUOTES, '"'))
_UNQUOTED = str.maketrans(dict.fromkeys(QUOTES, " "))
_DASHES = "–—−‐‑﹣－-"
# What a word begins with that isn't it: `l'école` asks for `école`.
_ELIDED = re.compile(r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)['’ʼ](?=\w)(?!hui\b)", re.IGNORECASE)
_LEXEME = re.compile(
    rf"""(?P<minus>[!{_DASHES}](?=[^\s|)]))?
    (?:(?P<field>[^\W\d_]+):(?=[^\s|)]))?
    (?: "(?P<quoted>[^"]*)(?P<closed>"?) | (?P<open>\() | (?P<close>\)) | (?P<bar>\|+)
      | (?P<word>{NUMBER}(?=[\s()"|]|$)|[^\s()"|]+) )""",
    re.VERBOSE,
)
_NEAR_WORD = re.compile(r"(?:NEAR|PRES|PRÈS)(?:/(\d+))?|~(\d+)")
# `auteur : dupont`, with spaces that nobody sees as too many.
_LOOSE_FIELD = re.compile(rf"(?<!\w)({'|'.join(_FIELDS)}|après|média)\s*:\s*(?=[\w(\"])", re.IGNORECASE)
_DATE = re.compile(r"(?P<year>\d{4})(?:[-/.](?P<month>\d{1,2})(?:[-/.](?P<day>\d{1,2}))?)?")
_DAY_FIRST = re.compile(r"(?:(?P<day>\d{1,2})[-/.])?(?P<month>\d{1,2})[-/.](?P<year>\d{4})")


def parse(text: str) -> Query:
    """Read a query; what isn't understood as written is in its repairs."""
    return _Parser(text).query()


@dataclass(frozen=True, slots=True)
class _Lexeme:
    """A part of a query; a `node` that is none was left out, and takes what stands before it along."""

    kind: Literal["or", "and", "not", "near", "open", "close", "node"]
    written: str
    node: Node | None = None
    distance: int = 0
    field: Field | None = None


class _Parser:
    """Reads one query by descent; a part of it is understood by itself and then put together."""

    def __init__(self, text: str) -> None:
        self._text = normalise_text(text)
        self._repairs: list[Repair] = []
        self._lexemes = self._read(_straightened(self._shortened(self._text)))
        nodes = [place for place, lexeme in enumerate(self._lexemes) if lexeme.kind == "node"]
        if len(nodes) > _MOST_PARTS:
            self._mend("cut_short", "")
            self._lexemes = self._lexemes[: nodes[_MOST_PARTS]]
        self._place = self._nears = 0

    def query(self) -> Query:
        """Return what is asked for, and what was mended."""
        parts: list[Node] = []
        while self._place < len(self._lexemes):
            if (part := self._any(0)) is not None:
                parts.append(part)
            self._next("close")
        return Query(self._text, _all(parts), tuple(dict.fromkeys(self._repairs)))

    def _mend(self, kind: RepairKind, about: str) -> None:
        self._repairs.append(Repair(kind, about))

    def _shortened(self, text: str) -> str:
        if len(text) <= MOST_CHARACTERS:
            return text
        self._mend("cut_short", "")
        return text[:MOST_CHARACTERS].rpartition(" ")[0] or text[:MOST_CHARACTERS]

    # --- lexemes ---

    def _read(self, text: str) -> list[_Lexeme]:
        found: list[_Lexeme] = []
        depth = 0
        for match in _LEXEME.finditer(text):
            if match["close"] and not depth:
                self._mend("parenthesis_ignored", ")")
                continue
            depth += bool(match["open"]) - bool(match["close"])
            if match["minus"]:
                found.append(_Lexeme("not", match["minus"]))
            found += self._lexeme(match)
        return found

    def _lexeme(self, match: re.Match[str]) -> list[_Lexeme]:
        written = match[0].removeprefix(match["minus"] or "")
        if match["bar"]:
            return [_Lexeme("or", written)]
        if match["close"]:
            return [_Lexeme("close", written)]
        field = _FIELDS.get(fold(match["field"])) if match["field"] else None
        if match["open"]:
            opening = _Lexeme("open", written, field=field)
            return [*([self._named_words(match["field"])] if match["field"] and not field else []), opening]
        if match["quoted"] is not None and not match["closed"] and match["quoted"].strip():
            self._mend("quote_closed", match["quoted"].strip())
        if match["word"] and not match["field"] and not match["minus"]:
            if kind := _OPERATORS.get(match["word"]):
                return [_Lexeme(kind, written)]
            if near := _NEAR_WORD.fullmatch(match["word"]):
                return [self._near(near)]
        return [_Lexeme("node", written, self._node(field, match, written))]

    def _named_words(self, name: str) -> _Lexeme:
        self._mend("condition_unknown", f"{name}:")
        return _Lexeme("node", name, self._words(name, is_quoted=False))

    def _near(self, near: re.Match[str]) -> _Lexeme:
        distance = int((near[1] or near[2] or str(_NEAR))[:9])
        if distance > MOST_NEAR:
            self._mend("near_limited", str(MOST_NEAR))
        return _Lexeme("near", near[0], distance=min(distance, MOST_NEAR))

    def _node(self, field: Field | None, match: re.Match[str], written: str) -> Node | None:
        """Return what a word, a phrase or a condition asks for; None if it says nothing."""
        is_quoted = match["quoted"] is not None
        said = match["quoted"] if is_quoted else match["word"]
        if field is not None:
            return self._condition(field, said, is_quoted, written)
        if match["field"] and not said.startswith("//"):
            self._mend("condition_unknown", f"{match['field']}:")
        # `14:30` and `https://…` are words one after the other.
        return self._words(said if not match["field"] else written.strip('"'), is_quoted)

    def _words(self, written: str, is_quoted: bool) -> Words | None:
        if not is_quoted and written.endswith(":") and fold(written[:-1]) in _FIELDS:
            self._mend("condition_empty", written)
            return None
        found = tuple(token.word for token in tokens(written if is_quoted else _ELIDED.sub("", written)))
        if not found:
            if written == "-":
                self._mend("minus_ignored", written)
            return None
        bare = written.rstrip(".,;:!?")
        begins = not is_quoted and len(found) == 1 and bare.endswith("*") and bare[:-1].isalnum()
        if begins and len(found[0]) < _SHORTEST_PREFIX:
            self._mend("prefix_short", bare)
            begins = False
        elif "*" in written and not begins:
            self._mend("prefix_ignored", written)
        return Words(found, is_quoted, begins)

    def _condition(self, field: Field, said: str, is_quoted: bool, written: str) -> Node | None:
        if field in ("after", "before"):
            published = _published(field, said.strip(" <>=≤≥"))
            if published is None:
                self._mend("date_unknown", written)
            return published
        words = tuple(token.word for token in tokens(said))
        if not words:
            self._mend("condition_empty", written)
            return None
        if "*" in said:
            self._mend("prefix_ignored", written)
        return self._named(field, words, is_quoted, written)

    def _named(self, field: Field, words: tuple[str, ...], is_quoted: bool, written: str) -> Named | None:
        if field != "language":
            return Named(field, words, is_whole=is_quoted and field == "outlet")
        code = _LANGUAGES.get(words[0], words[0])
        if not (code.isalpha() and 2 <= len(code) <= 3):
            self._mend("language_unknown", written)
            return None
        return Named(field, (code,))

    # --- the tree ---

    def _at(self, *kinds: str) -> bool:
        return self._place < len(self._lexemes) and self._lexemes[self._place].kind in kinds

    def _next(self, *kinds: str) -> _Lexeme | None:
        if not self._at(*kinds):
            return None
        self._place += 1
        return self._lexemes[self._place - 1]

    def _any(self, depth: int) -> Node | None:
        """Read what stands between OR and OR, to a closing parenthesis or the end."""
        sides = [self._every(depth)]
        while operator := self._next("or"):
            sides.append(self._every(depth))
            if sides[-1] is None or sides[-2] is None:
                self._mend("operator_ignored", operator.written)
        kept = tuple(side for side in sides if side is not None)
        return Or(kept) if len(kept) > 1 else next(iter(kept), None)

    def _every(self, depth: int) -> Node | None:
        parts: list[Node] = []
        while self._place < len(self._lexemes) and not self._at("or", "close"):
            if operator := self._next("and"):
                if not parts or self._place == len(self._lexemes) or self._at("or", "and", "close", "near"):
                    self._mend("operator_ignored", operator.written)
            elif (part := self._unary(depth)) is not None:
                parts.append(part)
        return _all(parts)

    def _unary(self, depth: int) -> Node | None:
        negations: list[str] = []
        while operator := self._next("not"):
            negations.append(operator.written)
        if negations and not self._at("open", "node", "near"):
            self._mend("operator_ignored", negations[-1])
            return None
        node = self._atom(depth)
        return Not(node) if node is not None and len(negations) % 2 else node

    def _atom(self, depth: int) -> Node | None:
        if opening := self._next("open"):
            if depth >= _DEEPEST:
                self._mend("parenthesis_ignored", "(")
                return None
            inside = self._any(depth + 1)
            if not self._next("close"):
                self._mend("parenthesis_ignored", "(")
            return self._conditioned(inside, opening) if opening.field else inside
        if near := self._next("near"):
            self._mend("near_ignored", near.written)
            return None
        found = self._next("node")
        return self._near_to(found.node) if found else None

    def _conditioned(self, node: Node | None, opening: _Lexeme) -> Node | None:
        """Return what `outlet:(monde OR figaro)` asks for: each of its words is the condition's."""
        match node:
            case Words():
                written = f"{opening.written}{' '.join(node.words)}"
                if opening.field in ("after", "before"):
                    return self._condition(opening.field, "-".join(node.words), False, written)
                return self._named(opening.field, node.words, node.is_exact, written)
            case Not():
                inside = self._conditioned(node.node, opening)
                return Not(inside) if inside is not None else None
            case And() | Or():
                parts = [self._conditioned(part, opening) for part in node.nodes]
                kept = tuple(part for part in parts if part is not None)
                return type(node)(kept) if len(kept) > 1 else next(iter(kept), None)
            case Near():
                self._mend("near_ignored", "NEAR")
                return None
        return node

    def _near_to(self, left: Node | None) -> Node | None:
        """Read what is asked for near it: of several in a row each is near the one before."""
        parts, last = [left] if left is not None else [], left
        while near := self._next("near"):
            right = self._next("node")
            if right is None or not isinstance(last, Words) or not isinstance(right.node, Words):
                self._mend("near_ignored", near.written)
                parts += [right.node] if right and right.node is not None else []
            elif self._nears == _MOST_NEARS:
                self._mend("near_many", str(_MOST_NEARS))
                parts.append(right.node)
            else:
                pair = self._pair(last, right.node, near.distance)
                parts = [*(part for part in parts if part is not last), pair]
            last = right.node if right else last
        return _all(parts)

    def _pair(self, left: Words, right: Words, distance: int) -> Near:
        """Return both as they can be near each other: words as written and their forms are sought apart."""
        for one in (left, right):
            if one.is_prefix:
                self._mend("near_prefix", f"{one.words[0]}*")
        self._nears += 1
        if max(len(left.words), len(right.words)) > 1 and distance > MOST_NEAR_PHRASE:
            self._mend("near_limited", str(MOST_NEAR_PHRASE))
            distance = MOST_NEAR_PHRASE
        is_exact = left.is_exact and right.is_exact
        return Near(Words(left.words, is_exact), Words(right.words, is_exact), distance)


def _straightened(text: str) -> str:
    """Return a query with straight quotes only, and conditions without spaces around their colon."""
    inner = _QUOTED.sub(
        lambda found: f'"{next(filter(None, found.groups()), "").translate(_UNQUOTED)}"', text
    )
    parts = inner.translate(_STRAIGHT).split('"')
    return '"'.join(
        _LOOSE_FIELD.sub(r"\1:", part + '"')[:-1] if n % 2 == 0 else part for n, part in enumerate(parts)
    )


def narrowed(query: Query, condition: str) -> str | None:
    """Return a query's text with one more condition for all of it; None if it can't be written so."""
    text = " ".join(query.text.split())
    text += '"' * (text.translate(_STRAIGHT).count('"') % 2)
    more = _parts(parse(condition).node)
    wanted = [*_parts(query.node), *more]
    written = (f"{text} {condition}".strip(), f"({text}) {condition}")
    return next((one for one in written if more and _parts(parse(one).node) == wanted), None)


def _parts(node: Node | None) -> list[Node]:
    """Return what must all hold, each by itself."""
    if isinstance(node, And):
        return [part for one in node.nodes for part in _parts(one)]
    return [] if node is None else [node]


def outlet_condition(name: str) -> str | None:
    """Return the condition that an article is of this outlet and no other; None if its name has no word."""
    return f'outlet:"{" ".join(name.translate(_UNQUOTED).split())}"' if tokens(name) else None


def _all(parts: list[Node]) -> Node | None:
    return And(tuple(parts)) if len(parts) > 1 else next(iter(parts), None)


def _published(field: Literal["after", "before"], written: str) -> Published | None:
    """Return the days from the first one that is named on, or until the day before it; None: no date."""
    match = _DATE.fullmatch(written.strip()) or _DAY_FIRST.fullmatch(written.strip())
    if match is None:
        return None
    year, month, day = (int(match[name] or 1) for name in ("year", "month", "day"))
    if not (1 <= year <= 9999 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]):
        return None
    first = date(year, month, day)
    if field == "after":
        return Published(first, None)
    return Published(None, first - timedelta(days=1)) if first > date.min else None
