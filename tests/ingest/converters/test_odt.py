"""An ODT is read as it is shown: what is struck, hidden or deleted is left; lists and notes are in."""

import io
import random
import zipfile

import pytest
from documents import SENTENCES, odt, zipped

from ingest.converters.registry import format_of, read_article
from rag.errors import UserError

HIDDEN = '<style:text-properties text:display="none"/>'
STRUCK = '<style:text-properties style:text-line-through-style="solid"/>'
OPEN = '<style:text-properties text:display="true" style:text-line-through-style="none"/>'
RAISED = '<style:text-properties style:text-position="super 58%"/>'


def style(name: str, properties: str, family: str = "text", parent: str = "") -> str:
    based = f' style:parent-style-name="{parent}"' if parent else ""
    return f'<style:style style:name="{name}" style:family="{family}"{based}>{properties}</style:style>'


def p(text: str, name: str = "") -> str:
    styled = f' text:style-name="{name}"' if name else ""
    return f"<text:p{styled}>{text}</text:p>"


def span(text: str, name: str = "T1") -> str:
    return f'<text:span text:style-name="{name}">{text}</text:span>'


def text_of(body: str, automatic: str = "", styles: str = "", name: str = "a.odt") -> str:
    return read_article(odt(body, automatic, styles, flat=name.endswith(".fodt")), name).text


@pytest.mark.parametrize("name", ["a.odt", "a.fodt"])
def test_paragraphs_and_headings(name):
    body = (
        f'<text:h text:outline-level="1">Le pont rouvre</text:h>{p(SENTENCES)}{p("")}{p("Fin &amp; suite.")}'
    )
    assert text_of(body, name=name) == f"Le pont rouvre\n{SENTENCES}\nFin & suite."


def test_white_space_and_line_breaks():
    body = p('Un<text:s text:c="3"/>mot<text:tab/>et <text:line-break/>un\n   autre<text:soft-page-break/>.')
    assert text_of(body) == "Un mot et\nun autre."


@pytest.mark.parametrize("how", [HIDDEN, STRUCK])
@pytest.mark.parametrize("place", ["automatic", "styles"])
def test_what_a_style_hides_or_strikes_is_left_out(how, place):
    body = p(f"Le bilan est de {span('12')} 14 morts.")
    assert text_of(body, **{place: style("T1", how)}) == "Le bilan est de 14 morts."


def test_styles_that_are_based_on_others_hide_too_unless_they_say_otherwise():
    styles = style("Interne", HIDDEN, "paragraph") + style("Vu", OPEN, "paragraph", parent="Interne")
    automatic = style("P1", "", "paragraph", parent="Interne") + style("T1", OPEN)
    body = p("Le pont rouvre.") + p(f"Note interne. {span('Sauf ceci.')}", "P1") + p("Vu de tous.", "Vu")
    assert text_of(body, automatic, styles) == "Le pont rouvre.\nSauf ceci.\nVu de tous."


def test_styles_that_are_based_on_each_other_end():
    styles = style("A", "", "paragraph", parent="B") + style("B", "", "paragraph", parent="A")
    assert text_of(p("Le pont rouvre.", "A"), styles=styles) == "Le pont rouvre."


@pytest.mark.parametrize(
    "hidden",
    [
        '<text:section text:name="s" text:display="none">{}</text:section>',
        '<text:section text:name="s" text:display="condition" text:is-hidden="true">{}</text:section>',
        '<text:p><text:hidden-paragraph text:is-hidden="true"/>caché</text:p>',
        '<text:p><text:hidden-text text:is-hidden="true">caché</text:hidden-text></text:p>',
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>caché</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>",
        "<text:table-of-content><text:index-body><text:p>caché</text:p></text:index-body>"
        "</text:table-of-content>",
        "<text:p><office:annotation><dc:creator>caché</dc:creator><text:p>caché</text:p>"
        "</office:annotation></text:p>",
        "<text:p><draw:frame><draw:image/><svg:desc>caché</svg:desc></draw:frame></text:p>",
        "<table:table><table:table-row table:visibility='filter'><table:table-cell><text:p>caché</text:p>"
        "</table:table-cell></table:table-row></table:table>",
        "<text:p><text:placeholder text:placeholder-type='text'>&lt;caché&gt;</text:placeholder></text:p>",
    ],
)
def test_what_is_hidden_deleted_or_no_text_is_left_out(hidden):
    body = p("Un.") + hidden.format(p("caché")) + p("Deux.")
    assert text_of(body) == "Un.\nDeux."


def test_changes_are_read_as_accepted():
    body = p("Le bilan est de <text:change-start/>14<text:change-end/> morts<text:change/>.")
    assert text_of(body) == "Le bilan est de 14 morts."


def test_a_section_that_is_shown_is_text():
    shown = 'text:display="condition" text:is-hidden="false"'
    body = f'<text:section text:name="s" {shown}>{p("Un.")}</text:section>'
    assert text_of(body) == "Un."


def test_powers_are_raised_and_calls_of_notes_are_no_digits():
    note = (
        '<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation>'
        "<text:note-body><text:p>Selon l'Insee.</text:p></text:note-body></text:note>"
    )
    body = p(f"On compte 300{note} habitants sur 10{span('6')} m{span('2')}.") + p("Fin.")
    assert text_of(body, style("T1", RAISED)) == (
        "On compte 300 habitants sur 10⁶ m².\nFin.\n1. Selon l'Insee."
    )


def number(level: int, format_: str, start: int = 1) -> str:
    return (
        f'<text:list-level-style-number text:level="{level}" style:num-format="{format_}"'
        f' text:start-value="{start}"/>'
    )


LISTS = (
    f'<text:list-style style:name="L1">{number(1, "1")}{number(2, "a")}</text:list-style>'
    f'<text:list-style style:name="L2"><text:list-level-style-bullet text:level="1"/></text:list-style>'
    f'<text:list-style style:name="L3">{number(1, "I", 4)}</text:list-style>'
    f'<text:list-style style:name="L4">{number(1, "")}</text:list-style>'
)


def items(*inner: str, name: str = "L1", more: str = "") -> str:
    styled = f' text:style-name="{name}"' if name else ""
    return f"<text:list{styled}{more}>" + "".join(
        f"<text:list-item>{one}</text:list-item>" for one in inner
    ) + "</text:list>"  # fmt: skip


def test_lists_have_their_numbers():
    body = items(p("Un"), p("Deux") + items(p("sous"), p("autre"), name="")) + items(p("Puce"), name="L2")
    assert text_of(body, LISTS) == "1. Un\n2. Deux\n  a. sous\n  b. autre\n- Puce"
    assert text_of(items(p("Quatre"), p("Cinq"), name="L3"), LISTS) == "IV. Quatre\nV. Cinq"
    assert text_of(items(p("Sans marque"), name="L4"), LISTS) == "Sans marque"


def test_a_list_goes_on_after_a_paragraph():
    more = ' text:continue-numbering="true"'
    body = items(p("Un"), p("Deux")) + p("Entre.") + items(p("Trois"), more=more) + items(p("Un"))
    assert text_of(body, LISTS) == "1. Un\n2. Deux\nEntre.\n3. Trois\n1. Un"


def test_a_list_item_states_its_number():
    body = items(p("Sept")).replace("<text:list-item>", '<text:list-item text:start-value="7">')
    assert text_of(body, LISTS) == "7. Sept"


def cell(text: str, more: str = "") -> str:
    return f"<table:table-cell{more}>{p(text)}</table:table-cell>"


def table(*rows: str) -> str:
    return (
        "<table:table>"
        + "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
        + "</table:table>"
    )


def test_tables_are_rows_and_spanning_cells_are_in_each():
    body = table(
        cell("Ville") + cell("Habitants"),
        cell("Brécy", ' table:number-rows-spanned="2"') + cell("300"),
        "<table:covered-table-cell/>" + cell("400"),
        cell("x", ' table:number-columns-repeated="2"'),
    )
    assert text_of(body) == "Ville | Habitants\nBrécy | 300\nBrécy | 400\nx | x"


def test_repeated_rows_add_no_more_than_they_may():
    row = cell("x" * 1_000, ' table:number-columns-repeated="9999"')
    one = table(row).replace("<table:table-row>", '<table:table-row table:number-rows-repeated="999999">')
    assert len(text_of(one * 50)) < 3_000_000


def test_a_text_box_comes_after_the_paragraph_that_it_hangs_on():
    box = f"<draw:frame><draw:text-box>{p('Encadré : 300 habitants.')}</draw:text-box></draw:frame>"
    shape = f"<draw:custom-shape>{p('Légende.')}</draw:custom-shape>"
    body = p(f"Le pont {box}rouvre{shape} lundi.") + p("Fin.")
    assert text_of(body) == "Le pont rouvre lundi.\nEncadré : 300 habitants.\nLégende.\nFin."


@pytest.mark.parametrize("how", [HIDDEN, STRUCK])
def test_notes_and_boxes_of_what_is_hidden_are_hidden_too(how):
    note = f"<text:note><text:note-body>{p('Non.')}</text:note-body></text:note>"
    box = f"<draw:frame><draw:text-box>{p('Non plus.')}</draw:text-box></draw:frame>"
    assert text_of(p(f"Le pont rouvre.{span(note + box)}"), style("T1", how)) == "Le pont rouvre."


def test_what_a_field_or_a_link_shows_is_text():
    ruby = "<text:ruby><text:ruby-base>東</text:ruby-base><text:ruby-text>x</text:ruby-text></text:ruby>"
    link = "<text:a>selon <text:span>Zoé</text:span></text:a>"
    body = p(f"Le <text:date>3 août 2025</text:date>, {link} {ruby}.")
    assert text_of(body) == "Le 3 août 2025, selon Zoé 東."


@pytest.mark.parametrize("flat", [False, True])
def test_properties_are_read_as_those_of_a_docx(flat):
    meta = (
        "<dc:title>Le pont</dc:title><meta:initial-creator>Zoé Lefèvre</meta:initial-creator>"
        "<dc:creator>Paul</dc:creator><dc:language>fr-FR</dc:language>"
        "<meta:creation-date>2025-08-03T14:05:00</meta:creation-date><dc:date>2025-08-04T10:00:00</dc:date>"
    )
    article = read_article(odt(p(SENTENCES), meta=meta, flat=flat), "a.fodt" if flat else "a.odt")
    assert (article.title, article.author, article.language) == ("Le pont", "Zoé Lefèvre", "fr")
    assert (article.published_at, article.updated_at) == (None, None)
    of_program = "<dc:title>Sans titre 1</dc:title><dc:creator>Utilisateur</dc:creator>"
    article = read_article(odt(p(SENTENCES), meta=of_program), "a.odt")
    assert article.title == SENTENCES.partition("travaux. ")[0] + "travaux."
    assert article.author is None


def refused(data: bytes, name: str = "a.odt") -> str:
    with pytest.raises(UserError) as error:
        read_article(data, name)
    assert error.value.text("fr") != str(error.value)
    return str(error.value)


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_what_is_no_odt_is_said():
    no_text = "a.odt: it isn't an OpenDocument text (ODT)."
    sheet = parts(odt(p("x"))) | {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}
    assert refused(zipped(sheet)) == no_text
    assert refused(zipped({"a": "b"})) == no_text
    assert refused(b"bonjour") == no_text
    other = odt(p("x"), flat=True).replace(b"office:text>", b"office:spreadsheet>")
    assert refused(other, "a.fodt") == no_text.replace("a.odt", "a.fodt")
    assert refused(odt(p(""))) == "a.odt: there is no text in it."
    protected = parts(odt(p("x"))) | {"META-INF/manifest.xml": b"<m><manifest:encryption-data/></m>"}
    assert refused(zipped(protected)) == "a.odt: it is protected with a password; save it without one."
    broken = parts(odt(p("x"))) | {"content.xml": b"<a>"}
    assert refused(zipped(broken)).startswith("a.odt: it can't be parsed: damaged, or too complicated")


def test_entities_and_bombs_are_refused():
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha">]>'
    files = parts(odt(p("&a;")))
    files["content.xml"] = laughs + files["content.xml"]
    assert (
        refused(zipped(files))
        == "a.odt: it declares XML entities, which can grow without end; it wasn't read."
    )
    flat = odt(p("Un."), flat=True).replace(b"<office:document ", laughs + b"<office:document ", 1)
    assert "it declares XML entities" in refused(flat, "a.fodt")
    bomb = parts(odt(p("x"))) | {"content.xml": b" " * 60_000_000}
    assert "decompression bomb" in refused(zipped(bomb))


def test_a_flat_document_with_a_large_picture():
    data = f"<office:binary-data>{'QUJD' * 4_000_000}</office:binary-data>"
    picture = f"<draw:frame><draw:image>{data}</draw:image></draw:frame>"
    assert text_of(p(f"Un mot.{picture}"), name="a.fodt") == "Un mot."


def test_a_hundred_thousand_nested_elements_end_in_an_article_or_a_sentence():
    deep = "<text:span>" * 100_000 + "fond" + "</text:span>" * 100_000
    assert refused(odt(p(deep))).startswith("a.odt: it can't be parsed")


def test_many_nested_lists_and_tables_take_no_time():
    body = "".join(items(p(f"{n}") + items(p("a"))) + table(cell("x") * 20) for n in range(1_000))
    assert text_of(body, LISTS).count("1. ") == 1_000


def test_endings():
    assert [format_of(name) for name in ("a.ODT", "a.fodt", "a.ods", "a.odt.gz")] == [
        "odt",
        "odt",
        None,
        None,
    ]


@pytest.mark.parametrize("flat", [False, True])
def test_a_damaged_document_is_an_article_or_a_refusal(flat):
    whole = odt(items(p("Un."), p(SENTENCES)) + table(cell("x")), LISTS, flat=flat)
    for seed in range(10):
        at, cut = random.Random(seed).randrange(len(whole)), random.Random(seed).randrange(40)
        try:
            text = read_article(whole[:at] + whole[at + cut :], "a.fodt" if flat else "a.odt").text
        except UserError as error:
            assert error.text("fr")
        else:
            assert text.strip()
