"""The XML of a DOCX as its readers see it: hidden and struck runs out, fields and text boxes in. Pure.

mammoth leaves out the results of simple fields and text boxes without a picture for old programs, keeps what
is hidden, and knows of no style that hides or strikes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass

from lxml import etree

_WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_VML = "urn:schemas-microsoft-com:vml"
_TEXTS = ("document", "footnotes", "endnotes")
_UNSEEN = ("vanish", "strike", "dstrike")
_OFF = ("0", "false", "off", "none")
# mammoth reads the children of a `smartTag` in its place.
_TRANSPARENT = ("fldSimple", "dir", "bdo", "ruby", "rubyBase")
_KEPT_OF_FIELDS = ("rPr", "fldChar", "instrText")
_RAISED = 4  # half points above the baseline
_LONGEST_CHAIN = 20  # of styles that are based on each other


def as_shown(data: bytes) -> bytes:
    """Return a DOCX with what its readers see, and nothing else, in its text and notes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(out, "w") as written:
        roots = {name: root for name in archive.namelist() if (root := _root(archive, name)) is not None}
        styles = _Styles.of(root for root in roots.values() if _name(root) == "styles")
        for info in archive.infolist():
            root = roots.get(info.filename)
            if root is None or _name(root) not in _TEXTS:
                written.writestr(info.filename, archive.read(info))
                continue
            _show(root, styles)
            written.writestr(info.filename, etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
    return out.getvalue()


def _root(archive: zipfile.ZipFile, name: str) -> etree._Element | None:
    """Return the root of a part that holds text or styles; None of any other."""
    if not name.endswith(".xml"):
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(archive.read(name), parser)
    except etree.XMLSyntaxError:
        return None  # mammoth says so, if it is one that it reads
    return root if _name(root) in (*_TEXTS, "styles") and _space(root) in _WORD else None


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _space(element: etree._Element) -> str:
    return etree.QName(element).namespace or ""


def _child(element: etree._Element | None, name: str) -> etree._Element | None:
    return next((one for one in element if _name(one) == name), None) if element is not None else None


def _value(element: etree._Element | None) -> str | None:
    """Return the `val` of an element; None without one."""
    if element is None:
        return None
    return next((value for key, value in element.items() if etree.QName(key).localname == "val"), None)


def _switch(properties: etree._Element | None, name: str) -> bool | None:
    """Return whether a property is on or off; None if nothing is said of it."""
    found = _child(properties, name)
    return None if found is None else (_value(found) or "true").lower() not in _OFF


@dataclass(frozen=True, slots=True)
class _Styles:
    """What styles say of being hidden or struck, and which one each is based on."""

    own: dict[str, dict[str, bool]]
    based_on: dict[str, str]

    @classmethod
    def of(cls, parts: Iterator[etree._Element]) -> _Styles:
        own: dict[str, dict[str, bool]] = {}
        based_on: dict[str, str] = {}
        for style in (one for part in parts for one in part if _name(one) == "style"):
            key = next(
                (value for name, value in style.items() if etree.QName(name).localname == "styleId"), ""
            )
            properties = _child(style, "rPr")
            said = {name: _switch(properties, name) for name in _UNSEEN}
            own[key] = {name: is_on for name, is_on in said.items() if is_on is not None}
            if parent := _value(_child(style, "basedOn")):
                based_on[key] = parent
        return cls(own, based_on)

    def says(self, style: str | None, name: str) -> bool | None:
        for _ in range(_LONGEST_CHAIN):
            if style is None:
                return None
            if name in self.own.get(style, ()):
                return self.own[style][name]
            style = self.based_on.get(style)
        return None


def _show(root: etree._Element, styles: _Styles) -> None:
    # Every list is made before the tree is changed.
    for row in [one for one in root.iter("{*}tr") if _child(_child(one, "trPr"), "del") is not None]:
        row.getparent().remove(row)
    for run in list(root.iter("{*}r")):
        if _space(run) in _WORD:
            _show_run(run, styles)
    for alternative in list(root.iter("{*}AlternateContent")):
        _choose(alternative)
    for drawing in list(root.iter("{*}drawing")):
        _put_boxes(drawing)
    for reading in list(root.iter("{*}rt", "{*}rubyPr")):
        reading.getparent().remove(reading)
    for element in root.iter(*(f"{{*}}{name}" for name in _TRANSPARENT)):
        if _space(element) in _WORD:
            element.tag = f"{{{_space(element)}}}smartTag"


def _show_run(run: etree._Element, styles: _Styles) -> None:
    properties = _child(run, "rPr")
    if any(_is_on(run, properties, name, styles) for name in _UNSEEN):
        for child in [one for one in run if _name(one) not in _KEPT_OF_FIELDS]:
            run.remove(child)
        return
    raised = _value(_child(properties, "position")) or ""
    if raised.isascii() and raised.isdigit() and int(raised[:6]) >= _RAISED:
        word = _space(run)
        etree.SubElement(properties, f"{{{word}}}vertAlign").set(f"{{{word}}}val", "superscript")


def _is_on(run: etree._Element, properties: etree._Element | None, name: str, styles: _Styles) -> bool:
    direct = _switch(properties, name)
    if direct is not None:
        return direct
    of_run = styles.says(_value(_child(properties, "rStyle")), name)
    if of_run is not None:
        return of_run
    paragraph = next(run.iterancestors("{*}p"), None)
    return bool(styles.says(_value(_child(_child(paragraph, "pPr"), "pStyle")), name))


def _choose(alternative: etree._Element) -> None:
    """Put the text boxes of a modern drawing in the place of a picture for old programs that lacks them."""
    fallback = _child(alternative, "Fallback")
    if fallback is not None and any((text.text or "").strip() for text in fallback.iter("{*}t")):
        return
    choice = _child(alternative, "Choice")
    parent = alternative.getparent()
    if choice is not None and parent is not None and next(choice.iter("{*}txbxContent"), None) is not None:
        alternative.addprevious(_boxes(choice))
        parent.remove(alternative)


def _put_boxes(drawing: etree._Element) -> None:
    """Put the text boxes of a drawing, which mammoth looks for pictures only, after it."""
    inside = any(_name(one) in ("AlternateContent", "txbxContent") for one in drawing.iterancestors())
    if not inside and next(drawing.iter("{*}txbxContent"), None) is not None:
        drawing.addnext(_boxes(drawing))


def _boxes(holder: etree._Element) -> etree._Element:
    content = list(holder.iter("{*}txbxContent"))
    outer = [
        one for one in content if not any(other in content for other in one.iterancestors("{*}txbxContent"))
    ]
    picture = etree.Element(f"{{{_space(outer[0])}}}pict")
    for one in outer:
        etree.SubElement(picture, f"{{{_VML}}}textbox").append(deepcopy(one))
    return picture
