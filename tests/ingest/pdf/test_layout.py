"""Pages are read as their readers do: columns, paragraphs, notes, running lines, tables."""

import io
import textwrap

import pytest
from documents import pdf, pdf_columns, pdf_lines
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib.colors import black
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen import canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph, Table

from ingest.converters.pdf import read_pdf
from ingest.pdf.fragment import Fragment
from ingest.pdf.layout import lay_out
from rag.errors import UserError

COUNCIL = (
    "Le conseil de Lormeau s'est réuni jeudi sous la présidence de Maud Vinsac. Il a décidé, après un débat"
    " de deux heures et à la demande des riverains, de confier la réfection de la halle à l'entreprise"
    " Barthas pour un montant de 890 000 euros. La séance a été levée à 22 h 40."
)
POOL = (
    "La maire de Sarrane a annoncé mardi la réouverture de la piscine, fermée depuis deux ans pour des"
    " travaux de deux millions d'euros. Les tarifs ne changeront pas avant la rentrée, a-t-elle précisé"
    " devant la presse."
)
WIND = (
    "À Toury, les élus ont refusé le projet de parc éolien porté par la société Ventalis, par douze voix"
    " contre onze. Le promoteur dit vouloir déposer un recours devant le tribunal administratif avant l'été."
)


def wrapped(text: str, width: int = 40) -> list[str]:
    return textwrap.wrap(text, width, break_on_hyphens=False)


def placed(text: str, top: float = 700, pitch: float = 14, width: int = 60) -> list[tuple[float, float, str]]:
    return [(72, top - pitch * number, line) for number, line in enumerate(wrapped(text, width))]


def paragraphs(data: bytes) -> list[str]:
    return read_pdf(data).text.split("\n\n")


# --- paragraphs ---


@pytest.mark.parametrize("pitch", [12, 14, 18, 24, 28])
def test_a_paragraph_is_whole_whatever_its_spacing(pitch):
    assert paragraphs(pdf_lines(*placed(COUNCIL, pitch=pitch))) == [COUNCIL]


@pytest.mark.parametrize("pitch", [14, 28])
def test_paragraphs_are_told_apart_by_more_than_the_usual_distance(pitch):
    first = placed(COUNCIL, pitch=pitch)
    second = placed(POOL, top=first[-1][1] - 1.6 * pitch, pitch=pitch)
    assert paragraphs(pdf_lines(*first, *second)) == [COUNCIL, POOL]


@pytest.mark.parametrize("pitch", [14, 28])
def test_paragraphs_are_told_apart_by_their_first_lines_indent(pitch):
    first = placed(COUNCIL, pitch=pitch)
    (_, bottom, line), *rest = placed(POOL, top=first[-1][1] - pitch, pitch=pitch)
    assert paragraphs(pdf_lines(*first, (90, bottom, line), *rest)) == [COUNCIL, POOL]


def test_the_size_that_only_the_matrix_states_counts():
    file = io.BytesIO()
    page = canvas.Canvas(file)
    text = page.beginText()
    text.setFont("Helvetica", 1)
    for left, bottom, line in placed(COUNCIL):
        text.setTextTransform(12, 0, 0, 12, left, bottom)
        text.textOut(line)
    page.drawText(text)
    page.save()
    assert paragraphs(file.getvalue()) == [COUNCIL]


def test_a_title_of_the_same_size_is_no_part_of_the_sentence_below():
    data = pdf_lines((72, 714, "Le pont rouvert"), *placed(COUNCIL))
    assert paragraphs(data) == ["Le pont rouvert", COUNCIL]


def test_bullets_are_lines_of_their_own():
    data = pdf_lines(
        (72, 700, "Le conseil a voté :"), (72, 686, "• un budget de trois millions"), (72, 672, "• une aide")
    )
    assert paragraphs(data) == ["Le conseil a voté :", "• un budget de trois millions", "• une aide"]


# --- columns ---


@pytest.mark.parametrize("interleaved", [False, True])
@pytest.mark.parametrize("texts", [(COUNCIL, POOL), (COUNCIL, POOL, WIND)])
def test_columns_are_read_one_after_the_other_under_their_heading(texts, interleaved):
    width = 40 if len(texts) == 2 else 30
    data = pdf_columns(
        *[wrapped(one, width) for one in texts], heading="Trois communes", interleaved=interleaved
    )
    assert paragraphs(data) == ["Trois communes", *texts]


@pytest.mark.parametrize("columns", [2, 3])
def test_a_sentence_goes_on_in_the_next_column(columns):
    lines = wrapped(f"{COUNCIL} {POOL} {WIND}", 28)
    height = -(-len(lines) // columns)
    parts = [lines[start : start + height] for start in range(0, len(lines), height)]
    text = " ".join(read_pdf(pdf_columns(*parts, interleaved=True)).text.split())
    assert text == f"{COUNCIL} {POOL} {WIND}"


def test_a_last_column_of_a_few_lines_is_a_column():
    lines = wrapped(f"{COUNCIL} {POOL} {WIND} {COUNCIL} {POOL}", 40)
    text = read_pdf(pdf_columns(lines[:-4], lines[-4:], heading="Trois communes", interleaved=True)).text
    assert " ".join(text.split()) == f"Trois communes {COUNCIL} {POOL} {WIND} {COUNCIL} {POOL}"


def test_rows_of_a_table_stay_rows():
    rows = [["Commune", "Habitants", "Budget"], ["Brécy", "300", "2,1 M€"], ["Toury", "1 250", "9,4 M€"],
            ["Sarrane", "8 900", "31 M€"]]  # fmt: skip
    file = io.BytesIO()
    document = BaseDocTemplate(file)
    document.addPageTemplates(PageTemplate(frames=[Frame(72, 72, 450, 700)]))
    document.build([Paragraph(COUNCIL), Table(rows, colWidths=120), Paragraph(POOL)])
    text = read_pdf(file.getvalue()).text
    assert "\n".join(" | ".join(row) for row in rows) in text.split("\n\n")
    assert COUNCIL in text
    assert POOL in text


def test_justified_columns_of_a_layout_program_are_whole():
    style = ParagraphStyle(
        "text", fontName="Times-Roman", fontSize=9, leading=11, alignment=4, firstLineIndent=9
    )
    head = ParagraphStyle("head", fontName="Times-Bold", fontSize=12, leading=14)
    file = io.BytesIO()
    document = BaseDocTemplate(file)
    frames = [Frame(40 + 175 * number, 60, 165, 700, 0, 0, 0, 0) for number in range(3)]
    document.addPageTemplates(PageTemplate(frames=frames))
    texts = [f"{number}. {COUNCIL} {POOL} {WIND}" for number in range(20)]
    document.build([one for number, text in enumerate(texts)
                    for one in ([Paragraph(f"Titre {number}", head)] if number % 5 == 0 else [])
                    + [Paragraph(text, style)]])  # fmt: skip
    found = [" ".join(one.split()) for one in paragraphs(file.getvalue())]
    assert " ".join(one for one in found if not one.startswith("Titre")) == " ".join(texts)


def test_headings_of_a_table_that_stand_close_are_cells():
    rows = [("Commune", 72, 110), ("Habitants", 118, 160), ("Budget", 168, 200)]
    page = [Fragment(text, left, right, 700, 10) for text, left, right in rows]
    for number, cells in enumerate((("Brécy", "300", "2 M€"), ("Toury", "90", "1 M€")), 1):
        page += [
            Fragment(text, left, left + 15, 700 - 14 * number, 10)
            for text, (_, left, _) in zip(cells, rows, strict=True)
        ]
    assert lay_out([page]).text == "Commune | Habitants | Budget\nBrécy | 300 | 2 M€\nToury | 90 | 1 M€"


@pytest.mark.parametrize("caption", ["Fig. 3. – La halle.", "Photo : Zoé Lefèvre", "Tableau 2 : les votes"])
def test_a_caption_between_two_columns_divides_no_sentence(caption):
    lines = wrapped(f"{COUNCIL} {POOL}", 40)
    first, second = lines[:5], lines[5:]
    data = pdf_columns([*first, "", caption], ["", "", *second])
    found = paragraphs(data)
    assert f"{COUNCIL} {POOL}" in found
    assert caption in found


# --- notes ---


def raised_pdf(*pieces: tuple[str, int, float]) -> bytes:
    """One line of pieces: text, its size, how high it is raised."""
    file = io.BytesIO()
    page = canvas.Canvas(file)
    left = 72.0
    for text, size, rise in pieces:
        page.setFont("Helvetica", size)
        page.drawString(left, 700 + rise, text)
        left += page.stringWidth(text, "Helvetica", size)
    page.save()
    return file.getvalue()


def test_the_call_of_a_note_is_no_digit_of_the_number_before_it():
    data = raised_pdf(("La commune compte 300", 10, 0), ("1", 6, 4), (" habitants.", 10, 0))
    assert read_pdf(data).text == "La commune compte 300 habitants."
    data = raised_pdf(
        ("Près de 10", 10, 0), ("6", 6, 4), (" bactéries sur 20 m", 10, 0), ("2", 6, 4), (".", 10, 0)
    )
    assert read_pdf(data).text == "Près de 10⁶ bactéries sur 20 m²."
    data = raised_pdf(
        ("Au XX", 10, 0), ("e", 6, 4), (" siècle, selon elle", 10, 0), ("2", 6, 4), (".", 10, 0)
    )
    assert read_pdf(data).text == "Au XXe siècle, selon elle."


def test_notes_at_the_foot_of_a_page_dont_divide_a_sentence():
    first = [Fragment(line, 72, 300, 700 - 14 * n, 11) for n, line in enumerate(wrapped(COUNCIL)[:4])]
    note = [Fragment("1 Source : la mairie de Lormeau.", 72, 200, 100, 8)]
    second = [Fragment(line, 72, 300, 700 - 14 * n, 11) for n, line in enumerate(wrapped(COUNCIL)[4:])]
    laid = lay_out([first + note, second])
    assert [" ".join(one.split()) for one in laid.text.split("\n\n")] == [
        "1 Source : la mairie de Lormeau.",
        COUNCIL,
    ]
    assert laid.text[laid.pages[1] :].split() == " ".join(wrapped(COUNCIL)[4:]).split()


def test_a_word_that_a_page_divides_is_whole_and_its_page_begins_in_it():
    pages = [
        [Fragment("Le conseil a voté le démé-", 72, 300, 700, 11)],
        [Fragment("nagement du tribunal.", 72, 300, 700, 11)],
    ]
    laid = lay_out(pages)
    assert laid.text == "Le conseil a voté le déménagement du tribunal."
    assert laid.text[laid.pages[1] :] == "nagement du tribunal."


def test_a_name_goes_on_over_the_page():
    full = [
        Fragment(line, 72, 300, 700 - 14 * n, 11)
        for n, line in enumerate(["Elle a été reçue par la maire de", "la ville, puis par le préfet de"])
    ]
    laid = lay_out([full, [Fragment("Sarrane, lundi.", 72, 150, 700, 11)]])
    assert laid.text == "Elle a été reçue par la maire de la ville, puis par le préfet de Sarrane, lundi."


# --- whatever a page has ---

PLACES = st.floats(-2_000, 2_000) | st.sampled_from([0.0, 72.0, 300.0, 1e9, -1e9])
PIECES = st.builds(
    Fragment,
    st.text(max_size=12) | st.sampled_from(["mot", "1", "vice-", "présidente", "-", "•", "300", "A. B", "´"]),
    PLACES,
    PLACES,
    PLACES,
    st.floats(0, 100) | st.sampled_from([0.0, 6.0, 10.0, 10.0]),
    st.booleans(),
    st.booleans(),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(PIECES, max_size=40), max_size=4))
def test_any_pieces_make_a_text_with_its_pages(pages):
    laid = lay_out(pages)
    assert len(laid.pages) == len(pages)
    assert list(laid.pages) == sorted(laid.pages)
    assert all(0 <= start <= len(laid.text) for start in laid.pages)
    assert "\0" not in laid.text


def test_a_pdf_of_signs_without_letters_is_refused():
    data = pdf_lines(*((72, 700 - 14 * n, "!\"#$%&'()*+,/:;<=>?@[]^{}~" * 2) for n in range(20)))
    with pytest.raises(UserError, match=r"^its fonts don't say") as error:
        read_pdf(data)
    assert error.value.text("fr").startswith("ses polices ne disent pas")


# --- what stands beside the text ---


def test_headers_footers_and_page_numbers_are_left_out():
    texts = [f"{number}. {COUNCIL} {POOL}" for number in range(12)]
    found = read_pdf(pdf(*texts, *texts, footer="Le Courrier de Lormeau"))
    assert "Courrier" not in found.text
    assert "page" not in found.text


@pytest.mark.parametrize("number", ["3", "- 3 -", "Page 3", "3/12", "p. 3"])
def test_the_number_of_a_single_page_is_left_out(number):
    assert paragraphs(pdf_lines(*placed(COUNCIL), (290, 40, number))) == [COUNCIL]


def test_headers_that_change_from_left_to_right_are_left_out():
    file = io.BytesIO()
    page = canvas.Canvas(file)
    for number in range(1, 9):
        page.drawString(72, 800, f"{number} LE COURRIER" if number % 2 else f"Mars 2025 {number}")
        for left, bottom, line in placed(f"{number}) {COUNCIL}"):
            page.drawString(left, bottom, line)
        page.showPage()
    page.save()
    assert paragraphs(file.getvalue()) == [f"{number}) {COUNCIL}" for number in range(1, 9)]


@pytest.mark.parametrize("step", [1, 5])
def test_numbers_that_count_the_lines_are_left_out(step):
    lines = placed(f"{COUNCIL} {POOL} {WIND} {COUNCIL} {POOL} {WIND}", width=50)
    numbers = [(40, bottom, str(n)) for n, (_, bottom, _) in enumerate(lines, 1) if n % step == 0]
    assert len(numbers) > 3
    text = " ".join(read_pdf(pdf_lines(*lines, *numbers)).text.split())
    assert text == f"{COUNCIL} {POOL} {WIND} {COUNCIL} {POOL} {WIND}"


def test_numbers_of_a_text_stay():
    data = pdf_lines(
        (72, 700, "Résultats du vote :"), (72, 686, "12"), (72, 672, "14"), (72, 658, "16"), (72, 644, "18")
    )
    assert read_pdf(data).text.split() == ["Résultats", "du", "vote", ":", "12", "14", "16", "18"]


def test_a_watermark_and_what_lies_beside_the_page_are_no_text():
    file = io.BytesIO()
    page = canvas.Canvas(file)
    for left, bottom, line in placed(COUNCIL):
        page.drawString(left, bottom, line)
    page.drawString(2_000, 650, "Repères de coupe")
    page.saveState()
    page.translate(200, 300)
    page.rotate(45)
    page.setFillColor(black)
    page.drawString(0, 0, "BROUILLON")
    page.restoreState()
    page.save()
    assert paragraphs(file.getvalue()) == [COUNCIL]


def test_a_page_set_sideways_is_read():
    file = io.BytesIO()
    page = canvas.Canvas(file)
    page.translate(600, 0)
    page.rotate(90)
    for left, bottom, line in placed(COUNCIL, top=500):
        page.drawString(left, bottom, line)
    page.save()
    assert paragraphs(file.getvalue()) == [COUNCIL]
