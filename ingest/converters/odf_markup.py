"""The XML of an OpenDocument text as its readers see it → HTML. Pure.

What is hidden or struck out, by a style too, is left, and so are deleted changes, comments, tables of
contents and pictures. Notes come at the end, text boxes after the paragraph that they hang on. Walks without
recursion.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape

from lxml import etree

_NAMES = {
    "urn:oasis:names:tc:opendocument:xmlns:text:1.0": "text",
    "urn:oasis:names:tc:opendocument:xmlns:table:1.0": "table",
    "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0": "draw",
    "urn:oasis:names:tc:opendocument:xmlns:office:1.0": "office",
    "urn:oasis:names:tc:opendocument:xmlns:style:1.0": "style",
    "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0": "svg",
    "http://www.w3.org/1998/Math/MathML": "math",
}
_UNSEEN = frozenset(
    {
        "text:tracked-changes", "text:table-of-content", "text:illustration-index", "text:table-index",
        "text:object-index", "text:user-index", "text:alphabetical-index", "text:note-citation",
        "text:ruby-text", "text:script", "text:number", "text:placeholder", "text:sequence-decls",
        "text:variable-decls", "text:user-field-decls", "text:dde-connection-decls",
        "text:alphabetical-index-auto-mark-file", "office:annotation", "office:annotation-end",
        "office:forms", "office:event-listeners", "office:binary-data", "office:scripts", "draw:image",
        "draw:object", "draw:object-ole", "draw:plugin", "draw:applet", "svg:title", "svg:desc", "math:math",
        "table:covered-table-cell",
    }
)  # fmt: skip
_PARAGRAPHS = {"text:p": "p", "text:h": "h2"}
_TABLES = {"table:table": "table", "table:table-row": "tr", "table:table-cell": "td"}
_STYLED = ("text:span", *_PARAGRAPHS)
_FORMATS = ("1", "a", "A", "i", "I")
_LONGEST_CHAIN = 20  # of styles that are based on each other
_MOST_REPEATED = 100
_MOST_ADDED = 2_000_000  # characters that repeated cells and rows may add to a document


def document_body(root: etree._Element) -> etree._Element | None:
    """Return the text of a document; None if it is a table, a drawing, slides."""
    body = next((child for child in root if _name(child) == "office:body"), None)
    return None if body is None else next((child for child in body if _name(child) == "office:text"), None)


def body_html(body: etree._Element, roots: Iterable[etree._Element]) -> str:
    """Return the text of a document as HTML; its styles are in these parts of it."""
    writer = _Writer(_Styles.of(roots))
    walk = etree.iterwalk(body, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        if event in ("comment", "pi"):
            writer.write(element.tail)
        elif event == "start":
            if _is_unseen(element):
                walk.skip_subtree()
                writer.skipped.add(element)
            else:
                writer.open(element)
                writer.write(element.text)
        else:
            if element in writer.skipped:
                writer.skipped.discard(element)
            else:
                writer.close(element)
            if element is not body:
                writer.write(element.tail)
    return writer.html()


def _name(element: etree._Element) -> str:
    return _named(element.tag) if isinstance(element.tag, str) else ""


@lru_cache(maxsize=4096)
def _named(tag: str) -> str:
    name = etree.QName(tag)
    return f"{_NAMES.get(name.namespace or '', '?')}:{name.localname}"


def _get(element: etree._Element, name: str) -> str | None:
    """Return an attribute by its name, whatever its namespace."""
    return next((value for key, value in element.items() if key.rpartition("}")[2] == name), None)


def _number(element: etree._Element, name: str) -> int | None:
    stated = _get(element, name) or ""
    return int(stated) if stated.isascii() and stated.isdigit() and len(stated) <= 6 else None


def _is_unseen(element: etree._Element) -> bool:
    name = _name(element)
    if name in _UNSEEN:
        return True
    if name == "text:section":
        display = _get(element, "display")
        return display == "none" or (display == "condition" and _get(element, "is-hidden") == "true")
    if name == "text:hidden-text":
        return _get(element, "is-hidden") == "true"
    if name in _PARAGRAPHS:
        hiding = element.iterchildren("{*}hidden-paragraph")
        return any(_get(one, "is-hidden") == "true" for one in hiding)
    return name == "table:table-row" and _get(element, "visibility") in ("collapse", "filter")


@dataclass(frozen=True, slots=True)
class _Shown:
    """How words are shown; None of what a style says nothing of."""

    hidden: bool | None = None
    struck: bool | None = None
    raised: str | None = None  # the element of HTML for it, '' for none

    def over(self, other: _Shown) -> _Shown:
        return _Shown(
            other.hidden if self.hidden is None else self.hidden,
            other.struck if self.struck is None else self.struck,
            other.raised if self.raised is None else self.raised,
        )


@dataclass(frozen=True, slots=True)
class _Level:
    """How a level of a list is marked: its kind of numbers, '' without any, None for bullets."""

    format: str | None
    start: int = 1


@dataclass(frozen=True, slots=True)
class _Styles:
    own: dict[str, _Shown]
    based_on: dict[str, str]
    lists: dict[str, dict[int, _Level]]

    @classmethod
    def of(cls, roots: Iterable[etree._Element]) -> _Styles:
        own: dict[str, _Shown] = {}
        based_on: dict[str, str] = {}
        lists: dict[str, dict[int, _Level]] = {}
        for element in (one for root in roots for one in root.iter("{*}style", "{*}list-style")):
            name, key = _name(element), _get(element, "name") or ""
            if name == "style:style":
                key = f"{_get(element, 'family')} {key}"
                properties = (child for child in element if _name(child) == "style:text-properties")
                own[key] = next(map(_shown, properties), _Shown())
                if parent := _get(element, "parent-style-name"):
                    based_on[key] = f"{_get(element, 'family')} {parent}"
            elif name == "text:list-style":
                lists[key] = dict(_levels(element))
        return cls(own, based_on, lists)

    def shown(self, element: etree._Element) -> _Shown:
        """Return how the style of a span or a paragraph shows its words."""
        family = "text" if _name(element) == "text:span" else "paragraph"
        found, key = _Shown(), f"{family} {_get(element, 'style-name')}"
        for _ in range(_LONGEST_CHAIN):
            found = found.over(self.own.get(key, _Shown()))
            if key not in self.based_on:
                break
            key = self.based_on[key]
        return found

    def level(self, style: str, depth: int) -> _Level:
        return self.lists.get(style, {}).get(depth, _Level(None))


def _shown(properties: etree._Element) -> _Shown:
    display = _get(properties, "display")
    lines = [_get(properties, f"text-line-through-{one}") for one in ("style", "type")]
    stated = [line for line in lines if line]
    position = (_get(properties, "text-position") or "").split()
    return _Shown(
        None if display is None else display == "none",
        "none" not in stated if stated else None,
        _raised(position[0]) if position else None,
    )


def _raised(position: str) -> str:
    if position in ("super", "sub"):
        return {"super": "sup", "sub": "sub"}[position]
    if position.startswith("-"):
        return "sub"
    return "sup" if position.rstrip("%").strip("0.") else ""


def _levels(style: etree._Element) -> Iterator[tuple[int, _Level]]:
    for level in style:
        depth = _number(level, "level") or 1
        if _name(level) == "text:list-level-style-number":
            stated = _get(level, "num-format") or ""
            format_ = stated if stated in _FORMATS or not stated else "1"
            yield depth, _Level(format_, _number(level, "start-value") or 1)
        elif _name(level) == "text:list-level-style-bullet":
            yield depth, _Level(None)


@dataclass
class _List:
    style: str
    level: _Level
    number: int

    @property
    def tag(self) -> str:
        return "ul" if self.level.format is None else "ol" if self.level.format else "div"


@dataclass
class _Writer:
    """Collects HTML; what stands apart (notes, boxes, cells) is collected on its own first."""

    styles: _Styles
    skipped: set[etree._Element] = field(default_factory=set)
    _out: list[list[str]] = field(default_factory=lambda: [[]])
    _states: list[_Shown] = field(default_factory=lambda: [_Shown()])
    _lists: list[_List] = field(default_factory=list)
    _numbers: dict[tuple[str, int], int] = field(default_factory=dict)
    _notes: list[str] = field(default_factory=list)
    _boxes: list[str] = field(default_factory=list)
    _paragraphs: int = 0
    _tables: int = 0
    _added: int = 0

    def html(self) -> str:
        notes = "".join(f"<li>{note}</li>" for note in self._notes)
        return "".join(self._out[0]) + (f"<ol>{notes}</ol>" if notes else "")

    @property
    def _is_shown(self) -> bool:
        return not (self._states[-1].hidden or self._states[-1].struck)

    def write(self, words: str | None) -> None:
        state = self._states[-1]
        if words and self._is_shown:
            text = escape(words, quote=False)
            self._put(f"<{state.raised}>{text}</{state.raised}>" if state.raised else text)

    def open(self, element: etree._Element) -> None:
        name = _name(element)
        if name in _STYLED:
            self._states.append(self.styles.shown(element).over(self._states[-1]))
        if name in _PARAGRAPHS:
            self._paragraphs += 1
            self._put(f"<{_PARAGRAPHS[name]}>")
        elif name in ("text:s", "text:tab"):
            self.write(" ")
        elif name == "text:line-break":
            self._put("<br>")
        elif name == "text:list":
            self._open_list(element)
        elif name == "text:list-item":
            self._open_item(element)
        elif name == "text:list-header":
            self._put("<div>")
        elif name == "text:note-body" or self._is_box(name):
            self._apart()
        elif name in _TABLES:
            self._open_table(name)

    def close(self, element: etree._Element) -> None:
        name = _name(element)
        if name in _STYLED:
            self._states.pop()
        if name in _PARAGRAPHS:
            self._put(f"</{_PARAGRAPHS[name]}>")
            self._paragraphs -= 1
            if not self._paragraphs:
                boxes, self._boxes = self._boxes, []
                self._put("".join(boxes))
        elif name == "text:list":
            self._close_list()
        elif name == "text:list-item":
            self._put("</li>" if self._lists and self._lists[-1].tag != "div" else "</div>")
        elif name == "text:list-header":
            self._put("</div>")
        elif name == "text:note-body":
            note = self._together()
            self._notes += [note] if self._is_shown else []
        elif self._is_box(name):
            box = self._together()
            self._boxes += [f"<div>{box}</div>"] if self._is_shown else []
        elif name in _TABLES:
            self._close_table(name, element)

    def _put(self, html: str) -> None:
        self._out[-1].append(html)

    def _apart(self) -> None:
        """Collect what follows on its own, shown as if nothing were around it."""
        self._out.append([])
        self._states.append(_Shown())

    def _together(self) -> str:
        self._states.pop()
        return "".join(self._out.pop())

    def _is_box(self, name: str) -> bool:
        """Return whether this is a drawing that hangs on a paragraph."""
        return name.startswith("draw:") and name not in ("draw:a", "draw:text-box") and self._paragraphs > 0

    def _open_list(self, element: etree._Element) -> None:
        around = self._lists[-1].style if self._lists else ""
        style, depth = _get(element, "style-name") or around, len(self._lists) + 1
        level = self.styles.level(style, depth)
        goes_on = _get(element, "continue-numbering") == "true" or _get(element, "continue-list")
        number = self._numbers.get((style, depth), level.start - 1) + 1 if goes_on else level.start
        self._lists.append(_List(style, level, number))
        attributes = f' type="{level.format}" start="{number}"' if level.format else ""
        self._put(f"<{self._lists[-1].tag}{attributes}>")

    def _open_item(self, element: etree._Element) -> None:
        if not self._lists or self._lists[-1].tag == "div":
            self._put("<div>")
            return
        current = self._lists[-1]
        stated = _number(element, "start-value")
        current.number = current.number if stated is None else stated
        self._put(f'<li value="{current.number}">' if stated is not None else "<li>")
        self._numbers[current.style, len(self._lists)] = current.number
        current.number += 1

    def _close_list(self) -> None:
        self._put(f"</{self._lists.pop().tag}>")

    def _open_table(self, name: str) -> None:
        self._tables += name == "table:table"
        self._apart()

    def _close_table(self, name: str, element: etree._Element) -> None:
        self._tables -= name == "table:table"
        inner = self._together()
        attributes = ""
        if name == "table:table-cell":
            spans = {"colspan": "number-columns-spanned", "rowspan": "number-rows-spanned"}
            stated = {key: _number(element, attribute) for key, attribute in spans.items()}
            attributes = "".join(f' {key}="{value}"' for key, value in stated.items() if value)
        html = f"<{_TABLES[name]}{attributes}>{inner}</{_TABLES[name]}>"
        self._put(html * self._times(name, element, len(html) if inner else 0))

    def _times(self, name: str, element: etree._Element, length: int) -> int:
        """Return how often a cell or a row is shown; those of a table within another once."""
        key = {"table:table-cell": "number-columns-repeated", "table:table-row": "number-rows-repeated"}
        times = min(_number(element, key.get(name, "")) or 1, _MOST_REPEATED)
        if self._tables > 1 or not length or self._added + length * (times - 1) > _MOST_ADDED:
            return 1
        self._added += length * (times - 1)
        return times
