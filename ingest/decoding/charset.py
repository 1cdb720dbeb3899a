"""Bytes → text: which characters the bytes of a file stand for.

Knows nothing of formats beyond the charset that a page of HTML declares.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from charset_normalizer import from_bytes

from ingest.decoding.code_pages import WINDOWS, western_code_page
from rag.errors import UserError
from rag.text.language_detection import detect_language

_MARKS = (  # the longer ones first: UTF-32's begins with UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_DECLARED_AS_XML = re.compile(
    rb"\s{0,20}<\?xml\b[^>]{0,200}?\bencoding\s{0,5}=\s{0,5}[\"']([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE
)
_HEAD = 100_000  # styles may stand before the charset
# Only charsets of text: Python also decodes `unicode_escape`, `utf-7` and the like, which pages abuse.
_CHARSET = re.compile(
    r"(windows-?|cp)?(125\d|874|932|949|936|950)|iso-?8859-?\d{1,2}|koi8-?[ru]|ibm866|macintosh|tis-620"
    r"|gb(k|2312|18030)|big5(-hkscs)?|euc-?(jp|kr|tw)|shift[_-]jis|sjis|iso-2022-jp|latin-?1|(us-)?ascii"
)
# Pages say ISO 8859-1 and mean Windows-1252, of which it is a part; browsers read it so too.
_MEANT = {"iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252",
          "ascii": "cp1252", "us-ascii": "cp1252", "macintosh": "mac_roman"}  # fmt: skip
_CODE_PAGES = {
    **dict.fromkeys(("pl", "cs", "sk", "hu", "sl", "hr", "bs", "ro", "sq"), "cp1250"),
    **dict.fromkeys(("tr", "az", "ku"), "cp1254"),
    **dict.fromkeys(("lt", "lv", "et"), "cp1257"),
    "vi": "cp1258",
}
_SAMPLE = 200_000
_BYTES_PER_NUL = 20  # more NULs than one in so many bytes: not text, or text of two bytes a character
_WHOLE_PER_BROKEN = 4
_NOT_ASCII = bytes(range(0x80, 0x100))
_CONTROL = re.compile(r"[\x01-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f]")


def decode(data: bytes, html: bool = False) -> str:
    """Return the text that `data` encodes; `html` takes a declared charset into account.

    Byte order mark, else UTF-8, else the declared charset, else a guess from the bytes. What is UTF-8 but for
    a few broken bytes stays UTF-8, each of them U+FFFD; few NULs are dropped, as browsers do. Of the code
    pages of Western Europe, Windows', Macintosh's or DOS's, it is the one in which words have their accents.

    Raises:
        UserError: For binary data and for encodings that can't be told: no other text is decoded with
            replacements.
    """
    stray = 0 < data.count(b"\0") <= len(data) // _BYTES_PER_NUL and not _marked(data)
    if stray:
        data = data.replace(b"\0", b"")
        if not html and _CONTROL.search(data.decode("latin-1")) and _strict(data, "utf-8") is None:
            raise _unknown()  # what has other such bytes besides is no text
    for encoding in _candidates(data, html):
        text = _strict(data, encoding)
        if text is None and encoding == "utf-8":
            text = _damaged_utf_8(data, declared=html and _declares_utf_8(data))
        if text is not None:
            if _looks_binary(text):
                break
            return text
    raise _unknown()


def _unknown() -> UserError:
    return UserError(
        "this isn't text in an encoding that can be recognised; save it as UTF-8.",
        "ce n'est pas du texte dans un encodage reconnaissable ; enregistrez-le en UTF-8.",
    )


def _doubtful() -> UserError:
    return UserError(
        "its encoding is doubtful: in none that was tried are its accents where words have them; save it as"
        " UTF-8.",
        "son encodage est douteux : dans aucun de ceux essayés les accents ne sont là où des mots en ont ;"
        " enregistrez-le en UTF-8.",
    )


def with_declared(data: bytes, charset: str) -> bytes:
    """Return `data` as UTF-8 with a mark, if it is text in the charset that its sender declared.

    Else unchanged.

    A mark of its own comes before what the sender says.
    """
    name = charset.lower()
    marked = any(data.startswith(mark) for mark, _ in _MARKS)
    if marked or not (name in ("utf-8", "utf8") or _CHARSET.fullmatch(name)):
        return data
    text = _strict(data, _MEANT.get(name, name))
    return data if text is None else codecs.BOM_UTF8 + text.encode()


def guess(data: bytes) -> str | None:
    """Return the encoding of text that isn't UTF-8, for reading it piece by piece.

    None if it is UTF-8 or binary.
    """
    marked = _marked(data)
    if marked:
        return None if marked == "utf-8-sig" else marked
    if b"\0" in data:
        return None
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)  # the last character may be cut off
        return None
    except UnicodeDecodeError:
        if _damaged_utf_8(data, declared=False) is not None:
            return None
    try:
        return next((e for e in _candidates(data, html=False) if e != "utf-8" and _strict(data, e)), None)
    except UserError:
        return None  # whoever reads the pieces is told of those that are doubtful


def _marked(data: bytes) -> str | None:
    """Return the encoding that a byte order mark names."""
    return next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)


def _damaged_utf_8(data: bytes, declared: bool) -> str | None:
    """Return UTF-8 text with U+FFFD in place of its broken bytes; None if it isn't evident that it is UTF-8.

    Characters of several bytes don't come about in other charsets by chance: where there are many and little
    is broken, or some and the page says that it is UTF-8, the broken bytes are what is wrong.
    """
    if b"\0" in data:
        return None
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd") - data.count(b"\xef\xbf\xbd")
    whole = len(text) - len(data.translate(None, _NOT_ASCII)) - text.count("\ufffd")
    return text if whole >= broken * (1 if declared else _WHOLE_PER_BROKEN) else None


def _declares_utf_8(data: bytes) -> bool:
    return _stated_charset(data) in ("utf-8", "utf8")


def _stated_charset(data: bytes) -> str:
    """Return the charset that a page names, in its markup or as XML, in lower case; '' if it names none."""
    found = _DECLARED.search(data, 0, _HEAD) or _DECLARED_AS_XML.match(data)
    return found[1].decode("ascii").lower() if found else ""


def _candidates(data: bytes, html: bool) -> Iterator[str]:
    """Yield encodings to try in order; guesses are only made if the sure ones fail."""
    marked = _marked(data)
    if marked or b"\0" in data:
        yield marked or "utf-8"  # which then fails: a NUL without a mark is binary data
        return
    yield "utf-8"
    if html and (declared := _declared(data)):
        yield declared
    if guessed := _latin_code_page(data):
        yield guessed
    best = from_bytes(data[:_SAMPLE], cp_exclusion=["utf_7"]).best()
    if best is not None:
        yield best.encoding


def _declared(data: bytes) -> str | None:
    name = _stated_charset(data)
    return _MEANT.get(name, name) if _CHARSET.fullmatch(name) else None


def _latin_code_page(data: bytes) -> str | None:
    """Return the code page of a text in Latin script, told by its language; None for other scripts.

    Raises:
        UserError: It is Western European, and reads badly in all of its code pages.

    Statistics of bytes confuse Windows-1252 and its neighbours on short texts; the language is plain
    from the words without accents.
    """
    sample = data[:_SAMPLE]
    dense = len(sample.translate(None, b" \t\n\r\v\f"))
    if sum(byte >= 0x80 for byte in sample) > 0.4 * dense:
        return None
    language = detect_language(sample.decode(WINDOWS, "replace")) or ""
    told = western_code_page(sample)
    if language in _CODE_PAGES and not (told.name != WINDOWS and told.is_sound):
        return _CODE_PAGES[language]
    if told.is_doubtful:
        raise _doubtful()
    return told.name


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _looks_binary(text: str) -> bool:
    """NUL is in no text; other control characters are in some, but few."""
    return "\0" in text or len(_CONTROL.findall(text)) > 0.05 * len(text)
