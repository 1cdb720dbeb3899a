"""PDF, DOCX, EPUB and mails become articles: their text as a reader sees it, and what they state."""

import gzip
import unicodedata
import zipfile
from io import BytesIO

import pytest
from documents import SENTENCES, epub, html, mail, pdf, pdf_lines, word, xhtml, zipped
from reportlab.pdfgen import canvas

from ingest.converters.pdf import read_pdf
from ingest.converters.registry import format_of, known_extensions, read_article
from ingest.decoding.html_text import text_of_markup
from rag.errors import UserError


def refused(data: bytes, name: str, language: str = "en") -> str:
    with pytest.raises(UserError) as error:
        read_article(data, name)
    return error.value.text(language)


# --- PDF ---


def test_a_pdf_has_its_paragraphs_its_pages_and_no_footers():
    paragraphs = [f"Paragraphe {number}. {SENTENCES} {SENTENCES}" for number in range(40)]
    found = read_pdf(pdf(*paragraphs, footer="Le Courrier"))
    assert " ".join(found.text.split()) == " ".join(" ".join(paragraphs).split())
    assert len(found.pages) == 3
    assert found.pages[0] == 0
    for start in found.pages[1:]:
        assert found.text[start - 1] == "\n"
        assert found.text[start] != "\n"
    assert found.text.split("\n\n")[0].split() == paragraphs[0].split()


def test_a_pdf_states_its_title_and_author_and_never_a_date():
    article = read_article(pdf(SENTENCES, title="Le pont", author="Zoé Lefèvre", lang="fr-FR"), "a.pdf")
    assert (article.title, article.author, article.language) == ("Le pont", "Zoé Lefèvre", "fr")
    assert (article.published_at, article.updated_at, article.outlet) == (None, None, None)


@pytest.mark.parametrize(
    "title",
    [
        "Microsoft Word - pont v3.doc",
        "Untitled",
        "pont_final.indd",
        "Document1",
        "Document sans titre",
        "Mise en page 1",
        "Présentation PowerPoint",
        "cp_pont_v3",
        "2025-03-12-communique-pont",
        "C:\\pont",
        "https://a.example/pont",
        "12/03/2025",
        "doc1",
    ],
)
def test_the_name_that_a_program_gave_is_no_title(title):
    assert read_article(pdf(SENTENCES, title=title), "a.pdf").title == (
        "Le maire de Corvenne a rouvert le pont à péage lundi, après trois mois de travaux."
    )


@pytest.mark.parametrize(
    "title", ["Covid-19", "Porte-à-porte", "Page de garde", "Le pont, un an après", "2025, année"]
)
def test_a_title_that_only_resembles_such_a_name_is_one(title):
    assert read_article(pdf(SENTENCES, title=title), "a.pdf").title == title


@pytest.mark.parametrize(
    "author", ["(anonymous)", "anonymous", "Microsoft Office User", "Utilisateur", "admin"]
)
def test_a_program_is_no_author(author):
    assert read_article(pdf(SENTENCES, author=author), "a.pdf").author is None
    assert read_article(word(SENTENCES, author=author), "a.docx").author is None


def test_a_pdf_without_a_title_has_that_of_its_headline():
    file = BytesIO()
    page = canvas.Canvas(file)
    for size, bottom, line in [
        (11, 800, "LE COURRIER DE LORMEAU"),
        (22, 770, "Le pont rouvre"),
        (22, 744, "enfin lundi"),
    ]:
        page.setFont("Helvetica", size)
        page.drawString(72, bottom, line)
    page.setFont("Helvetica", 11)
    for number, line in enumerate(SENTENCES.split(". ")):
        page.drawString(72, 700 - 14 * number, line)
    page.save()
    assert read_article(file.getvalue(), "a.pdf").title == "Le pont rouvre enfin lundi"


def test_words_that_line_ends_divide_are_whole_again():
    lines = ["Les élus ont parlé de trans-", "port public, à Saint-", "Denis : y viendra-t-", "il demain ?"]
    data = pdf_lines(*((72, 700 - 14 * number, line) for number, line in enumerate(lines)))
    assert (
        read_pdf(data).text
        == "Les élus ont parlé de transport public, à Saint-Denis : y viendra-t-il demain ?"
    )


def test_a_compound_keeps_its_hyphen_when_the_text_writes_it_so_elsewhere():
    lines = ["Un porte-monnaie perdu ; le porte-", "monnaie était vide, dit le trans-", "porteur."]
    data = pdf_lines(*((72, 700 - 14 * number, line) for number, line in enumerate(lines)))
    assert read_pdf(data).text == "Un porte-monnaie perdu ; le porte-monnaie était vide, dit le transporteur."


def test_a_gap_and_a_heading_end_a_paragraph():
    data = pdf_lines(
        (72, 700, "Le pont"), (72, 660, "Il a rouvert lundi."), (72, 646, "Enfin."), (72, 600, "Fin")
    )
    assert read_pdf(data).text == "Le pont\n\nIl a rouvert lundi. Enfin.\n\nFin"


def test_a_scan_is_refused_and_not_stored_empty():
    assert refused(pdf_lines(), "a.pdf") == (
        "a.pdf: it has pages but no text: a scan; run a text recognition (OCR) over it first."
    )


def test_a_protected_pdf_is_refused():
    data = pdf_lines((72, 700, "Secret"), encrypt="mot")
    assert refused(data, "a.pdf") == "a.pdf: it is protected with a password; save a copy without one."
    assert refused(data, "a.pdf", "fr") == (
        "a.pdf : il est protégé par un mot de passe ; enregistrez-en une copie sans mot de passe."
    )


@pytest.mark.parametrize("data", [b"bonjour", b"%PDF-1.7\nbonjour", b""])
def test_what_is_no_pdf_is_refused(data):
    assert refused(data, "a.pdf") == "a.pdf: it isn't a PDF, or it is damaged."


# --- DOCX ---


def test_a_docx_has_its_text_and_its_properties():
    data = word(SENTENCES, "Fin.", title="Le pont", author="Zoé Lefèvre")
    article = read_article(data, "a.docx")
    assert article.text == f"{SENTENCES}\nFin."
    assert (article.title, article.author, article.published_at) == ("Le pont", "Zoé Lefèvre", None)


def test_lists_and_tables_of_a_docx_stay_readable():
    import docx

    document = docx.Document()
    words = ["Mois", "Tués", "Mai", "0"]
    document.add_heading("Les chiffres", 1)
    document.add_paragraph("un", style="List Bullet")
    document.add_paragraph("deux", style="List Bullet")
    table = document.add_table(2, 2)
    for number, word_ in enumerate(words):
        table.cell(number // 2, number % 2).text = word_
    file = BytesIO()
    document.save(file)
    assert read_article(file.getvalue(), "a.docx").text == "Les chiffres\n- un\n- deux\nMois | Tués\nMai | 0"


def test_an_old_or_protected_word_file_is_refused():
    assert refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.docx") == (
        "a.docx: it is protected with a password, or a .doc of old; save it as DOCX without a password."
    )


# --- EPUB ---


def test_an_epub_has_its_chapters_in_order_and_what_its_package_states():
    metadata = (
        "<dc:title>Le pont</dc:title><dc:creator>Zoé Lefèvre</dc:creator><dc:creator>AFP</dc:creator>"
        "<dc:publisher>Le Courrier</dc:publisher><dc:language>fr-FR</dc:language>"
        "<dc:date>2025-08-16</dc:date>"
        '<meta property="dcterms:modified">2026-01-01T00:00:00Z</meta>'
    )
    data = epub(
        "<h1>Un</h1><p>Le caf&eacute;&nbsp;ouvre.</p>", "<ul><li>a</li><li>b</li></ul>", metadata=metadata
    )
    article = read_article(data, "a.epub")
    assert article.text == "Un\nLe café\u00a0ouvre.\n\n- a\n- b"
    assert (article.title, article.author, article.outlet) == ("Le pont", "Zoé Lefèvre, AFP", "Le Courrier")
    assert (article.language, article.published_at, article.updated_at) == ("fr", "2025-08-16", None)


def test_the_date_of_an_epub_2_counts_if_it_is_of_the_publication():
    other = '<dc:date opf:event="modification">2026-01-01</dc:date>'
    stated = other + '<dc:date opf:event="publication">2025-08-16</dc:date>'
    assert read_article(epub("<p>Un mot.</p>", metadata=stated), "a.epub").published_at == "2025-08-16"
    assert read_article(epub("<p>Un mot.</p>", metadata=other), "a.epub").published_at is None


def test_a_protected_epub_is_refused():
    encryption = '<encryption><CipherReference URI="OEBPS/text/ch0.xhtml"/></encryption>'
    data = epub("<p>x</p>", files={"META-INF/encryption.xml": encryption})
    assert refused(data, "a.epub") == (
        "a.epub: it is protected (DRM); only books without protection can be read."
    )


def test_a_zip_of_something_else_is_neither():
    assert refused(zipped({"a": "b"}), "a.epub") == "a.epub: it isn't an EPUB book."
    assert refused(zipped({"a": "b"}), "a.docx") == "a.docx: it isn't a DOCX document."


# --- mail ---


def test_a_mail_states_its_subject_sender_and_date():
    article = read_article(mail(), "a.eml")
    assert article.text == SENTENCES
    assert (article.title, article.author) == ("Le pont rouvre", "Zoé Lefèvre")
    assert article.published_at == "2025-08-16T10:30:00+02:00"


def test_a_mail_in_windows_1252_that_declares_nothing_keeps_its_accents():
    data = "From: Zoé <z@a.example>\nSubject: Été à Besançon\n\nLe café coûte 3 €, selon l’œnologue.\n"
    article = read_article(data.encode("cp1252"), "a.eml")
    assert article.text == "Le café coûte 3 €, selon l’œnologue."
    assert (article.title, article.author) == ("Été à Besançon", "Zoé")


@pytest.mark.parametrize(
    ("plain", "shown"), [(SENTENCES, SENTENCES), ("Voir en ligne.", f"Titre\n{SENTENCES}")]
)
def test_a_newsletter_is_read_from_its_text_unless_that_only_points_at_the_page(plain, shown):
    from email.message import EmailMessage

    message = EmailMessage()
    message["Subject"] = "Lettre"
    message.set_content(plain)
    message.add_alternative(f"<h1>Titre</h1><p>{SENTENCES}</p>", subtype="html")
    message.add_attachment(b"pas lu", maintype="application", subtype="pdf", filename="a.pdf")
    assert read_article(message.as_bytes(), "a.eml").text == shown


def test_flowed_lines_are_joined():
    data = b"Subject: a\nContent-Type: text/plain; format=flowed\n\nLe pont a \nrouvert.\nFin.\n"
    assert read_article(data, "a.eml").text == "Le pont a rouvert.\nFin."


def test_what_is_no_mail_is_refused():
    assert refused(b"bonjour", "a.eml") == "a.eml: it isn't a mail."


# --- what they share ---


def test_markup_becomes_lines_lists_and_rows():
    markup = (
        "<p>Un <b>mot</b>,<br>deux.</p><ul><li>a<ul><li>b</ul><li><p>c</ul><ol start=3><li>x<li>y</ol>"
        "<table><tr><th>M<th>V</tr><tr><td><p>1<p>2<td>3</table>fin<!-- c --> ici<script>non</script>"
        "<pre>  a\n b</pre>"
    )
    assert text_of_markup(markup) == (
        "Un mot,\ndeux.\n- a\n  - b\n- c\n3. x\n4. y\nM | V\n1 2 | 3\nfin ici\n  a\n b"
    )


def test_a_page_of_xhtml_with_an_empty_title_is_all_read():
    assert read_article(epub("<p>Un mot.</p>"), "a.epub").text == "Un mot."
    assert "<title/>" in xhtml("")


@pytest.mark.parametrize(
    ("name", "data"), [("a.txt.gz", SENTENCES), ("a.html.gz", html()), ("a.HTML", html())]
)
def test_a_gzipped_body_is_read(name, data):
    article = read_article(gzip.compress(data.encode()), name)
    assert SENTENCES.replace("\u00a0", " ") in article.text.replace("\u00a0", " ")


def test_every_format_is_named_by_its_extension():
    names = ["a.PDF", "a.docx", "a.epub", "a.eml", "a.json", "a.ndjson", "a.csv.gz", "a.parquet", "a.warc.gz"]
    assert [format_of(name) for name in names] == [
        "pdf", "docx", "epub", "eml", "json", "jsonl", "csv", "parquet", "warc",
    ]  # fmt: skip
    assert [format_of(name) for name in ("a.pdf.gz", "a.gz", "a.doc", "pdf")] == [None] * 4
    assert ".pdf" in known_extensions()


def test_text_is_nfc_in_every_format():
    words = unicodedata.normalize("NFD", "Été à Bréal-sous-Montfort.")
    for name, data in {
        "a.docx": word(words),
        "a.epub": epub(f"<p>{words}</p>"),
        "a.eml": mail(words),
        "a.html": html(words * 4).encode(),
    }.items():
        text = read_article(data, name).text
        assert "Été à Bréal-sous-Montfort." in text, name
        assert unicodedata.is_normalized("NFC", text), name


def test_nothing_outside_a_docx_is_opened(tmp_path):
    """An image that is linked, not embedded, names a file or an address."""
    with zipfile.ZipFile(BytesIO(word(SENTENCES))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    secret = tmp_path / "secret"
    secret.write_text("motdepasse")
    relation = (
        f'<Relationship Id="rId99" TargetMode="External" Target="{secret.as_uri()}" Type="http://schemas.openxmlformats.org/'
        'officeDocument/2006/relationships/image"/></Relationships>'
    )
    name = "word/_rels/document.xml.rels"
    files[name] = files[name].replace(b"</Relationships>", relation.encode())
    blip = (
        '<w:p><w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/'
        'wordprocessingDrawing"><a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
        '<a:graphicData><pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture">'
        '<pic:blipFill><a:blip r:link="rId99" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>'
    )
    files["word/document.xml"] = files["word/document.xml"].replace(
        b"<w:sectPr", blip.encode() + b"<w:sectPr", 1
    )
    assert read_article(zipped(files), "a.docx").text == SENTENCES
