"""A DOCX is read as it is shown: what is struck or hidden is no text, what fields and text boxes show is."""

import docx
import pytest
from documents import saved_docx
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml

from ingest.converters.registry import read_article

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
BOX = (
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:v="urn:schemas-microsoft-com:vml"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
IN_BOX = "<w:txbxContent><w:p><w:r><w:t>Encadré : 300 habitants.</w:t></w:r></w:p></w:txbxContent>"
DRAWING = (
    f"<w:drawing><wp:anchor><a:graphic><a:graphicData><wps:wsp><wps:txbx>{IN_BOX}</wps:txbx></wps:wsp>"
    "</a:graphicData></a:graphic></wp:anchor></w:drawing>"
)
PICTURE = f"<w:pict><v:textbox>{IN_BOX}</v:textbox></w:pict>"


def paragraph(runs: str) -> str:
    """The text of an article of one paragraph of raw runs."""
    document = docx.Document()
    document._body._element.insert(0, parse_xml(f"<w:p {W} {BOX}>{runs}</w:p>"))
    return read_article(saved_docx(document), "a.docx").text


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


@pytest.mark.parametrize("how", ["<w:strike/>", "<w:dstrike/>", "<w:vanish/>", '<w:vanish w:val="1"/>'])
def test_what_is_struck_or_hidden_is_left_out(how):
    text = paragraph(run("Le bilan est de ") + run("12", how) + run(" 14 morts."))
    assert text == "Le bilan est de 14 morts."


@pytest.mark.parametrize("how", ['<w:strike w:val="0"/>', '<w:vanish w:val="false"/>', "<w:b/>"])
def test_what_is_neither_stays(how):
    assert paragraph(run("Le bilan est de ") + run("14", how) + run(" morts.")) == "Le bilan est de 14 morts."


@pytest.mark.parametrize("kind", [WD_STYLE_TYPE.CHARACTER, WD_STYLE_TYPE.PARAGRAPH])
def test_a_style_hides_and_so_do_those_that_are_based_on_it(kind):
    document = docx.Document()
    document.styles.add_style("Interne", kind).font.hidden = True
    document.styles.add_style("Brouillon", kind).base_style = document.styles["Interne"]
    document.add_paragraph("La piscine rouvre lundi.")
    note = document.add_paragraph()
    hidden = note.add_run("Note interne : ne pas publier.")
    (hidden if kind == WD_STYLE_TYPE.CHARACTER else note).style = "Brouillon"
    assert read_article(saved_docx(document), "a.docx").text == "La piscine rouvre lundi."


def test_changes_are_read_as_accepted():
    runs = (
        run("Le bilan est de ")
        + '<w:del w:id="1" w:author="a"><w:r><w:delText>12</w:delText></w:r></w:del>'
        + f'<w:ins w:id="2" w:author="a">{run("14")}</w:ins>'
        + '<w:moveFrom w:id="3" w:author="a">' + run(" blessés") + "</w:moveFrom>" + run(" morts.")
    )  # fmt: skip
    assert paragraph(runs) == "Le bilan est de 14 morts."


@pytest.mark.parametrize("how", ["simple", "complex", "nested"])
def test_what_a_field_shows_is_text(how):
    day = run("3 août 2025")
    field = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    code = field.format("begin") + "<w:r><w:instrText> DATE </w:instrText></w:r>" + field.format("separate")
    fields = {
        "simple": f'<w:fldSimple w:instr=" DATE ">{day}</w:fldSimple>',
        "complex": code + day + field.format("end"),
        "nested": '<w:fldSimple w:instr=" IF "><w:fldSimple w:instr=" DATE ">'
        f"{day}</w:fldSimple></w:fldSimple>",
    }
    text = paragraph(run("Communiqué du ") + fields[how] + run(" : la piscine rouvre."))
    assert text == "Communiqué du 3 août 2025 : la piscine rouvre."


@pytest.mark.parametrize(
    "box",
    [
        DRAWING,
        PICTURE,
        f"<mc:AlternateContent><mc:Choice>{DRAWING}</mc:Choice><mc:Fallback>{PICTURE}</mc:Fallback></mc:AlternateContent>",
        f"<mc:AlternateContent><mc:Choice>{DRAWING}</mc:Choice></mc:AlternateContent>",
        f"<mc:AlternateContent><mc:Choice>{DRAWING}</mc:Choice><mc:Fallback><w:pict/></mc:Fallback></mc:AlternateContent>",
    ],
    ids=["drawing", "picture", "both", "choice", "empty fallback"],
)
def test_a_text_box_is_read_once(box):
    assert (
        paragraph(f"{run('Le pont rouvre.')}<w:r>{box}</w:r>") == "Le pont rouvre.\nEncadré : 300 habitants."
    )


def test_a_table_is_read_once_and_its_deleted_row_is_not():
    document = docx.Document()
    table = document.add_table(3, 2)
    for number, word in enumerate(["Mois", "Tués", "Mai", "12", "Juin", "3"]):
        table.cell(number // 2, number % 2).text = word
    row = table.rows[1]._tr.get_or_add_trPr()
    row.append(parse_xml(f'<w:del {W} w:id="1" w:author="a"/>'))
    assert read_article(saved_docx(document), "a.docx").text == "Mois | Tués\nJuin | 3"


@pytest.mark.parametrize("raised", ['<w:vertAlign w:val="superscript"/>', '<w:position w:val="8"/>'])
def test_raised_numbers_are_no_digits(raised):
    assert paragraph(run("Sur 10") + run("6", raised) + run(" bactéries.")) == "Sur 10⁶ bactéries."
    assert (
        paragraph(run("Elle compte 300") + run("1", raised) + run(" habitants."))
        == "Elle compte 300 habitants."
    )
    assert paragraph(
        run("Sur 20 m") + run("2", raised) + run(" au 1") + run("er", raised) + run(" étage.")
    ) == ("Sur 20 m² au 1er étage.")


def test_the_reading_of_a_character_is_not_said_twice():
    ruby = (
        "<w:r><w:ruby><w:rubyPr/><w:rt><w:r><w:t>とうきょう</w:t></w:r></w:rt>"
        "<w:rubyBase><w:r><w:t>東京</w:t></w:r></w:rubyBase></w:ruby></w:r>"
    )
    assert paragraph(ruby + run("で会議が行われました。")) == "東京で会議が行われました。"
