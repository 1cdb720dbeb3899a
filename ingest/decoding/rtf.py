r"""RTF → its text, and the title and author that it states: in linear time, in one pass.

Source: the Rich Text Format specification 1.9.1 (Microsoft, 2008). Hidden and struck text, pictures, headers,
footers, comments and fields' instructions are left; notes stand at the end. Tabs part the cells of a row.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field, replace

from rag.errors import UserError

_TOKEN = re.compile(
    r"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?|\\'(?P<byte>[0-9a-fA-F]{2})|\\(?P<sign>[^a-zA-Z])"
    r"|(?P<brace>[{}])|[\r\n]+|(?P<plain>[^\\{}\r\n]+)|\\"
)
_SPECIAL = {
    "par": "\n", "sect": "\n", "page": "\n", "line": "\n", "row": "\n", "nestrow": "\n", "tab": "\t",
    "cell": "\t", "nestcell": "\t", "emdash": "—", "endash": "–", "bullet": "•", "lquote": "‘",
    "rquote": "’", "ldblquote": "“", "rdblquote": "”", "emspace": " ", "enspace": " ", "qmspace": " ",
}  # fmt: skip
_SIGNS = {"~": "\xa0", "_": "\u2011", "{": "{", "}": "}", "\\": "\\", "\n": "\n", "\r": "\n"}
_LEFT = frozenset(
    {
        "annotation", "atnauthor", "atnid", "bkmkend", "bkmkstart", "colortbl", "comment", "datastore", "do",
        "fldinst", "filetbl", "footer", "footerf", "footerl", "footerr", "header", "headerf", "headerl",
        "headerr", "info", "keywords", "listoverridetable", "listtable", "nonesttables", "object", "objdata",
        "pict", "pntext", "pntxta", "pntxtb", "revtbl", "rxe", "shpinst", "stylesheet", "tc", "themedata",
        "xe",
    }
)  # fmt: skip
_PARTS = {"fonttbl": "fonts", "title": "title", "author": "author", "footnote": "notes"}
_HIDING = ("v", "strike", "strikedl", "deleted")
_CHARSETS = {
    77: "mac_roman", 128: "cp932", 129: "cp949", 134: "gbk", 136: "big5", 161: "cp1253", 162: "cp1254",
    163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
_CODE_PAGES = {10000: "mac_roman", 65001: "utf-8"}


@dataclass(frozen=True, slots=True)
class RtfDocument:
    """What a file holds: its text, and what its information states ('' if nothing)."""

    text: str
    title: str
    author: str


@dataclass(frozen=True, slots=True)
class _State:
    """What a group inherits. `hiding` are the properties that hide its text."""

    part: str = "text"
    hiding: frozenset[str] = frozenset()
    fallback: int = 1
    charset: str = ""


def _no_parts() -> dict[str, list[str]]:
    return {name: [] for name in ("text", *_PARTS.values())}


@dataclass
class _Reader:
    state: _State = _State()
    above: list[_State] = field(default_factory=list)
    parts: dict[str, list[str]] = field(
        default_factory=lambda: {name: [] for name in ("text", *_PARTS.values())}
    )
    pending: bytearray = field(default_factory=bytearray)
    fonts: dict[int, str] = field(default_factory=dict)
    font: int = 0
    page: str = "cp1252"
    skipped: int = 0

    def write(self, text: str) -> None:
        self.decode()
        if self.state.part in self.parts and not self.state.hiding:
            self.parts[self.state.part].append(text)

    def decode(self) -> None:
        r"""Write the bytes that came as `\'xx`: a character may be of several."""
        if self.pending:
            data, self.pending = bytes(self.pending), bytearray()
            if self.state.part in self.parts and not self.state.hiding:
                self.parts[self.state.part].append(data.decode(self.state.charset or self.page, "replace"))

    def plain(self, text: str) -> None:
        """Write text as it stands, without what stands in for a character that was already given."""
        left = min(self.skipped, len(text))
        self.skipped -= left
        if text[left:]:
            self.write(text[left:])

    def byte(self, value: int) -> None:
        if self.skipped:
            self.skipped -= 1
        else:
            self.pending.append(value)

    def brace(self, sign: str) -> None:
        self.decode()
        self.skipped = 0
        if sign == "{":
            self.above.append(self.state)
        elif self.above:
            self.state = self.above.pop()

    def word(self, word: str, number: int | None) -> None:
        if word == "u" and number is not None:
            self.write(chr(number % 65_536))
            self.skipped = self.state.fallback
            return
        if word in _SPECIAL:
            self.write(_SPECIAL[word])
            return
        self.decode()
        if (word in _PARTS and self.state.part != "left") or word in ("title", "author"):
            self.state = replace(self.state, part=_PARTS[word])
        elif word in _LEFT:
            self.state = replace(self.state, part="left")
        elif word in _HIDING:
            kept = self.state.hiding - {word}
            self.state = replace(self.state, hiding=kept if number == 0 else kept | {word})
        else:
            self._property(word, number)

    def _property(self, word: str, number: int | None) -> None:
        if word == "plain":
            self.state = replace(self.state, hiding=frozenset(), charset="")
        elif word == "uc" and number is not None:
            self.state = replace(self.state, fallback=max(0, min(number, 10)))
        elif word == "ansicpg" and number is not None:
            self.page = _known(_CODE_PAGES.get(number, f"cp{number}"))
        elif word == "mac":
            self.page = "mac_roman"
        elif word == "f" and number is not None:
            self.font = number
            if self.state.part != "fonts":
                self.state = replace(self.state, charset=self.fonts.get(number, ""))
        elif word == "fcharset" and self.state.part == "fonts" and number in _CHARSETS:
            self.fonts[self.font] = _CHARSETS[number]


def read_rtf_text(data: bytes) -> RtfDocument:
    """Return the text of an RTF document.

    Raises:
        UserError: It isn't one.
    """
    source = data.decode("latin-1")
    if not source.lstrip("\ufeffï»¿ \r\n\t").startswith("{\\rtf"):
        raise UserError("it isn't an RTF document.", "ce n'est pas un document RTF.")
    reader, place = _Reader(), 0
    while found := _TOKEN.match(source, place):
        place = found.end()
        if found["word"]:
            number = int(found["number"]) if found["number"] else None
            if found["word"] == "bin" and number and number > 0:
                place += number
            else:
                reader.word(found["word"], number)
        elif found["byte"]:
            reader.byte(int(found["byte"], 16))
        elif found["brace"]:
            reader.brace(found["brace"])
        elif found["sign"]:
            if found["sign"] == "*":
                reader.state = replace(reader.state, part="left")
            else:
                reader.plain(_SIGNS.get(found["sign"], ""))
        elif found["plain"]:
            reader.plain(found["plain"])
    reader.decode()
    parts = {name: _joined(pieces) for name, pieces in reader.parts.items()}
    text = "\n".join(filter(None, (parts["text"], parts["notes"])))
    return RtfDocument(text, parts["title"].strip(), parts["author"].strip())


def _joined(pieces: list[str]) -> str:
    """Return text, with the halves of characters beyond the first plane put together or replaced."""
    text = "".join(pieces).replace("\0", "")
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _known(charset: str) -> str:
    try:
        codecs.lookup(charset)
    except LookupError:
        return "cp1252"
    return charset
