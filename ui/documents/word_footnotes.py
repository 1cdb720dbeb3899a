"""The footnotes of a Word document: their part, what separates them from the text, their styles.

Knows python-docx's packages and what it lacks: it has no footnotes of its own.
"""

from __future__ import annotations

from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import XmlPart
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Pt

TEXT, REFERENCE = "FootnoteText", "FootnoteReference"  # the styles' ids, which Word knows by these names
_SEPARATORS = ((-1, "separator"), (0, "continuationSeparator"))
_EMPTY = f"<w:footnotes {nsdecls('w', 'r')}/>"


def footnotes_part(word: WordDocument) -> XmlPart:
    """Add the part of footnotes to a document, with the lines that separate them, and return it."""
    part = XmlPart(
        PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES, parse_xml(_EMPTY), word.part.package
    )
    word.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    stated = OxmlElement("w:footnotePr")
    for number, kind in _SEPARATORS:
        part.element.append(_separator(number, kind))
        listed = OxmlElement("w:footnote")
        listed.set(qn("w:id"), str(number))
        stated.append(listed)
    word.settings.element.find(qn("w:compat")).addprevious(stated)
    _add_styles(word)
    return part


def add_footnote(part: XmlPart, number: int) -> BaseOxmlElement:
    """Add an empty footnote, and return its paragraph: its number stands there, and a space."""
    note = OxmlElement("w:footnote")
    note.set(qn("w:id"), str(number))
    paragraph = OxmlElement("w:p")
    properties = OxmlElement("w:pPr")
    style = OxmlElement("w:pStyle")
    style.set(qn("w:val"), TEXT)
    properties.append(style)
    paragraph.append(properties)
    paragraph.append(_number_run("w:footnoteRef"))
    space = OxmlElement("w:r")
    words = OxmlElement("w:t")
    words.text = " "
    words.set(qn("xml:space"), "preserve")
    space.append(words)
    paragraph.append(space)
    note.append(paragraph)
    part.element.append(note)
    return paragraph


def reference_run(number: int) -> BaseOxmlElement:
    """Return the run that marks footnote `number` in the text."""
    run = _number_run("w:footnoteReference")
    run[-1].set(qn("w:id"), str(number))
    return run


def _number_run(name: str) -> BaseOxmlElement:
    run, properties, style = OxmlElement("w:r"), OxmlElement("w:rPr"), OxmlElement("w:rStyle")
    style.set(qn("w:val"), REFERENCE)
    properties.append(style)
    run.append(properties)
    run.append(OxmlElement(name))
    return run


def _separator(number: int, kind: str) -> BaseOxmlElement:
    return parse_xml(
        f'<w:footnote {nsdecls("w")} w:type="{kind}" w:id="{number}"><w:p><w:pPr>'
        '<w:spacing w:after="0" w:line="240" w:lineRule="auto"/></w:pPr>'
        f"<w:r><w:{kind}/></w:r></w:p></w:footnote>"
    )


def _add_styles(word: WordDocument) -> None:
    styles = word.styles
    text = styles.add_style("footnote text", WD_STYLE_TYPE.PARAGRAPH, builtin=True)
    text.base_style = styles["Normal"]
    text.font.size = Pt(9)
    text.paragraph_format.space_after = Pt(3)
    text.paragraph_format.line_spacing = 1.0
    text.element.set(qn("w:styleId"), TEXT)
    reference = styles.add_style("footnote reference", WD_STYLE_TYPE.CHARACTER, builtin=True)
    reference.font.superscript = True
    reference.element.set(qn("w:styleId"), REFERENCE)
