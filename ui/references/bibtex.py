"""References → BibTeX, as BibLaTeX, BibTeX with UTF-8 and Zotero read it.

Pure. Every value is text, whatever is in it: no brace, command or comment of an article is one of the file's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ui.references.names import Name
from ui.references.notes import notes
from ui.references.reference import Reference
from ui.references.writable import one_line

# A brace counts even after a backslash, so that braces are named.
_ESCAPES = {
    "\\": r"{\textbackslash}", "{": r"{\textbraceleft}", "}": r"{\textbraceright}",
    "^": r"{\textasciicircum}",
    "~": r"{\textasciitilde}", "$": r"\$", "%": r"\%", "&": r"\&", "#": r"\#", "_": r"\_",
}  # fmt: skip
_SPECIAL = re.compile(r"[\\{}^~$%&#_]")
# Characters that TeX makes others of where they follow one another: `--`, two apostrophes.
_LIGATURE = re.compile(r"(?<=['`-])(?=['`-])|(?<=[?!])(?=`)")
# BibLaTeX takes an address as it stands, but for what would end the field.
_IN_ADDRESS = {"{": "%7B", "}": "%7D", "\\": "%5C", "\n": "%0A"}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# ISO 639-1 → what BibLaTeX (babel, polyglossia) calls the language.
_LANGUAGES = {
    "ar": "arabic", "bg": "bulgarian", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german",
    "el": "greek", "en": "english", "es": "spanish", "eu": "basque", "fa": "persian", "fi": "finnish",
    "fr": "french", "he": "hebrew", "hr": "croatian", "hu": "hungarian", "it": "italian", "lv": "latvian",
    "nl": "dutch", "no": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian",
    "sk": "slovak", "sl": "slovene", "sv": "swedish", "tr": "turkish", "uk": "ukrainian",
}  # fmt: skip


def bibtex(references: Sequence[Reference], language: str) -> str:
    """Return the references as entries `@article`; notes are in `language`."""
    return "\n".join(_entry(one, language) for one in references)


def _entry(reference: Reference, language: str) -> str:
    issued = reference.issued
    fields = {
        "author": " and ".join(_name(name) for name in reference.authors),
        # A second pair of braces: styles write titles small, and `OTAN` isn't `Otan`.
        "title": f"{{{_escaped(reference.title)}}}" if reference.title else "",
        "journal": _escaped(reference.outlet),
        "date": issued.iso if issued else "",
        "year": f"{issued.year:04}" if issued else "",
        "month": _MONTHS[issued.month - 1] if issued and issued.month else "",
        "pages": _escaped(reference.page),
        "url": "".join(_IN_ADDRESS.get(character, character) for character in reference.url),
        "urldate": reference.accessed.iso if reference.accessed else "",
        "langid": _LANGUAGES.get(reference.language, ""),
        "language": _escaped(reference.language),
        "note": _escaped("; ".join(notes(reference, language))),
        "annote": _escaped("; ".join(reference.remarks)),
        "entrysubtype": "newspaper",
    }
    lines = [f"  {name} = {_value(name, value)}" for name, value in fields.items() if value]
    return f"@article{{{reference.key},\n" + ",\n".join(lines) + "\n}\n"


def _value(name: str, value: str) -> str:
    return value if name == "month" else f"{{{value}}}"  # the months are macros, in every style's language


def _name(name: Name) -> str:
    """Return a person as `Family, Given`; whoever is no person in braces, where `and` and commas are text."""
    if name.family and not {"and", ","} & set(name.literal.replace(",", " , ").lower().split()):
        return f"{_escaped(name.family)}, {_escaped(name.given)}"
    return f"{{{_escaped(name.literal)}}}"


def _escaped(words: str) -> str:
    return _LIGATURE.sub("{}", _SPECIAL.sub(lambda found: _ESCAPES[found[0]], one_line(words)))
