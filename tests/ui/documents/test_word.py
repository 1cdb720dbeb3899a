"""A DOCX has footnotes of its own, in the order and the shape of the format, and every word is text."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime

import docx
import mammoth
from handed_in import ANSWERED, ARABIC, BRIDGE, NOT_FOUND, hostile
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree, html

from ui.documents.answers import answers
from ui.documents.document import Document, Heading, NoteMark, Paragraph, Text
from ui.documents.word import word
from ui.references.writable import one_line, writable

MOMENT = datetime(2026, 12, 1, 10, tzinfo=UTC)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
# In which order the format wants them: https://ecma-international.org, ECMA-376, CT_RPr and CT_PPr.
RUN_ORDER = ["rStyle", "b", "i", "color", "sz", "vertAlign", "rtl", "lang"]
TEXTS = st.text(max_size=60) | st.text(alphabet="<>&\"'{}\\ \n\t\x00\x1b\u202eאب😀=-_x0041", max_size=60)


def parts_of(made: bytes) -> dict[str, etree._Element]:
    with zipfile.ZipFile(io.BytesIO(made)) as packed:
        assert packed.testzip() is None
        names = [name for name in packed.namelist() if name.endswith((".xml", ".rels"))]
        assert len(names) == len(set(names))
        return {name: etree.fromstring(packed.read(name)) for name in names}


def words_in(element: etree._Element) -> str:
    shown = {f"{W}t": lambda one: one.text or "", f"{W}br": lambda _: "\n", f"{W}tab": lambda _: "\t"}
    return "".join(shown[one.tag](one) for one in element.iter(*shown))


def test_the_footnotes_are_the_document_s_own():
    made = word(answers("Le pont", [ANSWERED, NOT_FOUND], "fr"), MOMENT)
    parts = parts_of(made)
    notes = parts["word/footnotes.xml"]
    assert [(one.get(f"{W}id"), one.get(f"{W}type")) for one in notes] == [
        ("-1", "separator"), ("0", "continuationSeparator"), ("1", None), ("2", None), ("3", None),
        ("4", None),
    ]  # fmt: skip
    marked = [one.get(f"{W}id") for one in parts["word/document.xml"].iter(f"{W}footnoteReference")]
    assert marked == ["1", "2", "3", "4"]
    assert all(len(list(one.iter(f"{W}footnoteRef"))) == 1 for one in notes[2:])
    listed = [one.get(f"{W}id") for one in parts["word/settings.xml"].find(f"{W}footnotePr")]
    assert listed == ["-1", "0"]
    kinds = {one.get("PartName"): one.get("ContentType") for one in parts["[Content_Types].xml"]}
    assert kinds["/word/footnotes.xml"].endswith("wordprocessingml.footnotes+xml")
    targets = [one.get("Target") for one in parts["word/_rels/document.xml.rels"]]
    assert targets.count("footnotes.xml") == 1


def test_another_reader_finds_text_and_notes():
    made = word(answers("Le pont", [ANSWERED, NOT_FOUND], "fr"), MOMENT)
    tree = html.fragment_fromstring(mammoth.convert_to_html(io.BytesIO(made)).value, create_parent="div")
    notes = [one.text_content() for one in tree.xpath(".//ol/li")]
    assert len(notes) == 4
    assert (
        notes[0]
        .strip()
        .startswith("«\u202fLe pont a rouvert lundi.\u202f» — Anne Le Goff, «\u202fLe pont est là\u202f»")
    )
    assert tree.xpath(".//li//a[@href='https://exemple.test/pont?a=1&b=2']")
    assert tree.xpath(".//li//em")[0].text == "Le Courrier"
    headings = [one.text_content() for one in tree.xpath(".//h2")]
    assert headings == ["Et le pont ?", "Et le tram ?"]
    assert "Il est en bois." not in tree.text_content()


def test_a_note_that_is_marked_again_is_referred_to():
    line = (Text("a"), NoteMark(1), Text("b"), NoteMark(2), Text("c"), NoteMark(1))
    made = parts_of(word(Document("T", "en", (Paragraph(line),), ((Text("x"),), (Text("y"),))), MOMENT))
    body = made["word/document.xml"]
    (field,) = body.iter(f"{W}fldSimple")
    assert words_in(field) == "1"
    name = re.fullmatch(r" NOTEREF (\w+) \\h ", field.get(f"{W}instr"))[1]
    assert [one.get(f"{W}name") for one in body.iter(f"{W}bookmarkStart")] == [name]
    assert len(list(body.iter(f"{W}footnoteReference"))) == 2


def test_words_have_their_language_and_direction():
    body = parts_of(word(answers("Le pont", [ANSWERED], "fr"), MOMENT))["word/document.xml"]
    runs = {words_in(run): run for run in body.iter(f"{W}r")}
    arabic = runs[ARABIC.text].find(f"{W}rPr")
    assert arabic.find(f"{W}rtl") is not None
    assert arabic.find(f"{W}lang").get(f"{W}bidi") == "ar"
    quoted = next(
        run for words, run in runs.items() if words.startswith("Le pont a rouvert lundi.\nIl porte")
    )
    assert quoted.find(f"{W}rPr").find(f"{W}lang").get(f"{W}val") == "fr-FR"


def test_the_properties_are_those_of_the_document():
    made = docx.Document(io.BytesIO(word(answers("T" * 300, [ANSWERED], "en"), MOMENT)))
    known = made.core_properties
    assert (known.title, known.author, known.comments, known.language) == ("T" * 255, "", "", "en-GB")
    assert known.created == MOMENT
    assert [one.style.name for one in made.paragraphs][:2] == ["Title", "Heading 2"]


def test_a_document_without_notes_has_no_part_for_them():
    made = parts_of(word(Document("T", "fr", (Heading(2, "Q"),)), MOMENT))
    assert "word/footnotes.xml" not in made


@settings(max_examples=30)
@given(TEXTS)
@example("<w:p/> & ]]> =cmd|' /C calc'!A0")
@example(" deux  espaces \n\n et des lignes ")
def test_word_sees_the_words_and_nothing_else(words: str):
    made = word(answers(words, [hostile(words)], "fr"), MOMENT)
    parts = parts_of(made)
    read = docx.Document(io.BytesIO(made))
    if one_line(words):
        assert _same(read.paragraphs[0].text, one_line(words))
    quoted = writable(words or "x")
    assert any(quoted in words_in(one) for one in parts["word/document.xml"].iter(f"{W}p"))
    for name in ("word/document.xml", "word/footnotes.xml"):
        for properties in parts[name].iter(f"{W}rPr"):
            order = [etree.QName(one).localname for one in properties]
            assert order == sorted(order, key=RUN_ORDER.index)
        allowed = {"document", "footnotes", "body", "p", "r", "t", "br", "tab", "pPr", "rPr",
                   "pStyle", "rStyle",
                   "sectPr", "pgSz", "pgMar", "cols", "docGrid", "footnote",
                   "footnoteRef", "footnoteReference",
                   "separator", "continuationSeparator", "spacing", "hyperlink", "fldSimple", "bookmarkStart",
                   "bookmarkEnd", *RUN_ORDER, "bidi"}  # fmt: skip
        assert {etree.QName(one).localname for one in parts[name].iter()} <= allowed


def _same(read: str, written: str) -> bool:
    return read.split() == written.split()


def test_addresses_lead_out_of_the_note_they_stand_in():
    parts = parts_of(word(answers("T", [ANSWERED], "fr"), MOMENT))
    known = {one.get("Id"): one for one in parts["word/_rels/footnotes.xml.rels"]}
    links = list(parts["word/footnotes.xml"].iter(f"{W}hyperlink"))
    assert links
    for link in links:
        relation = known[link.get(f"{R}id")]
        assert (relation.get("Target"), relation.get("TargetMode")) == (BRIDGE.source, "External")


def test_two_marks_are_two_numbers():
    line = (Text("a"), NoteMark(1), NoteMark(2))
    made = parts_of(word(Document("", "en", (Paragraph(line),), ((Text("x"),), (Text("y"),))), MOMENT))
    assert words_in(made["word/document.xml"].find(f".//{W}p")) == "a, "


def test_a_note_that_names_an_arabic_article_runs_as_the_reader_reads():
    notes = parts_of(word(answers("Le pont", [ANSWERED], "fr"), MOMENT))["word/footnotes.xml"]
    assert ARABIC.title in words_in(notes[-1])
    assert list(notes.iter(f"{W}bidi")) == []
