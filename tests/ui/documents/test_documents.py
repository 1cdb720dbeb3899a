"""A document says what the page said, quotes to the character, and nothing in it is markup to any reader."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from handed_in import ANSWERED, ARABIC, BRIDGE, CLAIMS, FERRY, FERRY_QUOTE, FIRST, NOT_FOUND, WHOLE, hostile
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import html
from markdown_it import MarkdownIt

from rag.schema.answer import Answer
from rag.schema.evidence import Claim, Evidence
from rag.schema.listing import ArticleListing, CatalogueEntry
from ui.documents.answers import answers
from ui.documents.collection import collection
from ui.documents.copying import quote_copy
from ui.documents.document import Document, Heading, Paragraph, Quotation, Text, marked_notes
from ui.documents.markdown import markdown
from ui.documents.page import page
from ui.documents.plain import plain
from ui.references.writable import one_line, writable
from ui.session.exchange import Draft, Exchange

HOSTILE = (
    "<script>window.pwned=1</script> ![x](http://evil.example/x.png) [y](javascript:1) www.evil.example {{1}}"
)
TEXTS = st.text(max_size=60) | st.text(
    alphabet="<>[](){}!*_`~#+-=|\\/:.&\"'$^@ \n\t\x00\x1b\u202eאب😀«»“”wahtps1", max_size=60
)
REFERENCE = (
    "Anne Le Goff, «\u202fLe pont est là\u202f», *Le Courrier*, 3 novembre 2025, "
    "<https://exemple.test/pont?a=1&b=2> (consulté le 1er décembre 2025)."
    " Correction annoncée\u00a0: «\u202fRectificatif : le pont a rouvert mardi.\u202f»"
)


def test_the_markdown_in_full():
    assert markdown(answers("Le pont", [ANSWERED, NOT_FOUND], "fr")) == (
        "# Le pont\n\n"
        "## Et le pont ?\n\n"
        "Il a rouvert lundi.[^1][^2] (comparé à la citation : dates)\n\n"
        "“Le pont a rouvert lundi.\\\nIl porte « deux voies », dit-elle.”[^3]\n\n"
        "\\[à vérifier, la citation ne le dit pas\\] *Il est bleu.*[^1]\n\n"
        "«\u202fأعيد فتح الجسر يوم الاثنين.\u202f»[^4]\n\n"
        "Les articles ne disent pas la même chose : lundi (Le Courrier, 3 novembre 2025) ; "
        "mardi (Le Courrier, 3 novembre 2025).[^1][^3]\n\n"
        "> Réponse partielle, ce qui n'a pas résisté à la vérification a été retiré.\n\n"
        "> 1 phrase retirée après vérification.\n\n"
        "## Et le tram ?\n\n"
        "> Articles retenus\u00a0: Média : Le Courrier.\n\n"
        "**Pas dans les articles.**\n\n"
        "Les articles n'en disent rien.\n\n"
        f"[^1]: «\u202fLe pont a rouvert lundi.\u202f» — {REFERENCE}\n\n"
        "[^2]: «\u202fLe bac est fermé.\u202f» — «\u202fBac\u202f», s.\u00a0d.\n\n"
        f"[^3]: {REFERENCE}\n\n"
        "[^4]: «\u202fالجسر\u202f», *الصحيفة*, s.\u00a0d.\n"
    )


def test_one_answer_is_titled_by_its_question():
    made = answers("", [ANSWERED], "en")
    assert made.title == "Et le pont ?"
    assert Heading(2, "Et le pont ?") not in made.blocks


def test_what_was_withdrawn_is_counted_and_never_said():
    for language in ("fr", "en"):
        made = plain(answers("T", [ANSWERED], language))
        assert "Il est en bois." not in made
        assert "1 " in made


def test_a_quote_in_english_stays_in_its_language():
    made = plain(answers("T", [ANSWERED], "en"))
    assert "“Le pont a rouvert lundi.\nIl porte « deux voies », dit-elle.” [3]" in made
    assert (
        "Anne Le Goff, “Le pont est là”, Le Courrier, 3 November 2025, https://exemple.test/pont?a=1&b=2"
        in made
    )
    assert "(accessed 1 December 2025)." in made


def test_no_path_is_in_any_document():
    made = answers("T", [ANSWERED], "fr")
    assert all(
        "/notes" not in told and "/x/y" not in told for told in (markdown(made), page(made), plain(made))
    )


def test_what_a_reader_noted_on_an_answer_stands_under_that_answer():
    first, second = replace(ANSWERED, number=1), replace(NOT_FOUND, number=2)
    for number in (1, 2):
        told = markdown(answers("T", [first, second], "fr", words={number: "Ma remarque"}))
        assert told.count("Ma remarque") == 1
        assert (told.index("Ma remarque") < told.index(NOT_FOUND.question)) is (number == 1)
    assert "Ma remarque" not in markdown(answers("T", [first, second], "fr", words={9: "Ma remarque"}))


def test_each_note_is_marked_and_they_are_in_order():
    made = answers("T", [ANSWERED, NOT_FOUND, ANSWERED], "fr")
    assert marked_notes(made.blocks) == list(range(1, len(made.notes) + 1)) == list(range(1, 9))


def test_a_short_answer_needs_a_claim_that_was_borne_out():
    quote = FIRST.answered_by(None)
    marked = replace(quote, answer_start=18, answer_end=23)
    for status, is_said in (("supported", True), ("unsupported", False)):
        answer = Answer("Q ?", "Q ?", "fr", "answered", (Claim("C'est lundi.", (marked,), status),))
        made = markdown(answers("T", [Exchange(1, "Q ?", "answered", answer=answer)], "fr"))
        assert ("**lundi**" in made) is is_said


@pytest.mark.parametrize(
    ("exchange", "said"),
    [
        (Exchange(1, "Q ?", "stopped"), "Arrêté à votre demande."),
        (Exchange(1, "Q ?", "failed", error="Le modèle manque."), "Le modèle manque."),
        (
            Exchange(1, "Q ?", "article_removed", lost=True),
            "Cette réponse reposait sur un article qui a été retiré de la bibliothèque",
        ),
        (
            Exchange(1, "Q ?", "stopped", drafts=(Draft(0, "Il a rouvert.", (FIRST,)),)),
            "\\[non vérifié\\] *Il a rouvert.*[^1]",
        ),
    ],
)
def test_how_an_exchange_ended_is_said(exchange: Exchange, said: str):
    assert said in markdown(answers("T", [exchange], "fr"))


def test_the_articles_that_the_catalogue_names_have_references():
    listing = ArticleListing((CatalogueEntry.of(BRIDGE), CatalogueEntry.of(FERRY)), 5, "")
    answer = Answer("Q ?", "Q ?", "fr", "catalogue", plain_text="5 articles.", listing=listing)
    made = plain(answers("T", [Exchange(1, "Q ?", "answered", answer=answer)], "fr"))
    assert (
        "- Anne Le Goff, «\u202fLe pont est là\u202f», Le Courrier, 3 novembre 2025, https://exemple.test/"
        in made
    )
    assert "/notes" not in made
    assert "- Et 3 autres articles" in made


def test_articles_and_quotes_are_handed_in_together():
    made = markdown(collection("Le dossier", [BRIDGE, FERRY, BRIDGE], "fr", [FERRY_QUOTE]))
    assert made == (
        "# Le dossier\n\n## Citations\n\n«\u202fLe bac est fermé.\u202f»[^1]\n\n## Références\n\n"
        f"- {REFERENCE}\n- «\u202fBac\u202f», s.\u00a0d.\n\n[^1]: «\u202fBac\u202f», s.\u00a0d.\n"
    )


def test_a_quote_is_copied_with_its_reference():
    made = quote_copy(FERRY_QUOTE, "en")
    assert made.text == "“Le bac est fermé.” — “Bac”, n.\u00a0d."
    assert made.html == '<p lang="en">“<bdi>Le bac est fermé.</bdi>” — “Bac”, n.\u00a0d.</p>'
    copied = quote_copy(FIRST, "fr")
    assert '«\u202f<bdi lang="fr">Le pont a rouvert lundi.</bdi>\u202f»' in copied.html
    assert "<em>Le Courrier</em>" in copied.html


# --- the page ---


def test_the_page_in_full():
    tree = html.document_fromstring(page(answers("Le pont", [ANSWERED, NOT_FOUND], "fr")))
    assert tree.get("lang") == "fr"
    headings = ["Le pont", "Et le pont ?", "Et le tram ?", "Notes"]
    assert [one.text_content() for one in tree.iter("h1", "h2")] == headings
    assert [one.text_content() for one in tree.xpath("//main/p")][:4] == [
        "Il a rouvert lundi.12 (comparé à la citation : dates)",
        "“Le pont a rouvert lundi.Il porte « deux voies », dit-elle.”3",
        "[à vérifier, la citation ne le dit pas] Il est bleu.1",
        "«\u202fأعيد فتح الجسر يوم الاثنين.\u202f»4",
    ]
    inside = [link.get("href")[1:] for link in tree.xpath("//a[starts-with(@href, '#')]")]
    ids = tree.xpath("//@id")
    assert set(inside) <= set(ids)
    assert len(ids) == len(set(ids))
    outside = tree.xpath("//a[not(starts-with(@href, '#'))]")
    assert {(one.get("href"), one.get("rel")) for one in outside} == {
        (BRIDGE.source, "noopener noreferrer nofollow")
    }
    assert tree.xpath("//bdi[@lang='ar']")[0].text == ARABIC.text


# --- whatever the words are ---


@given(TEXTS)
@example(HOSTILE)
@example("1. a")
@example("- - -")
@example("*\u00a0a")
@example("https://evil.example/ http://evil.example")
@example("a@evil.example &copy; &#60;")
@example("[^1]: x")
@example("a\\\n    b\n\n\n- c")
@example("\u2028\u2029\x85\x0b\x0c\x1c\x1d\x1e\x1f")
def test_markdown_s_reader_sees_the_words_and_nothing_else(words: str):
    made = markdown(answers(words, [hostile(words)], "fr"))
    parsed = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(made)
    kinds = {one.type for one in parsed} | {one.type for block in parsed for one in block.children or ()}
    assert kinds <= {
        "heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "text", "hardbreak",
        "softbreak", "text_special", "em_open", "em_close", "strong_open", "strong_close", "link_open",
        "link_close", "blockquote_open", "blockquote_close",
    }  # fmt: skip
    if not re.match(r"https?://", words):  # the article's own address may be a link
        assert "link_open" not in kinds
    said = ["".join(_said(one) for one in block.children or ()) for block in parsed if block.type == "inline"]
    assert any(_letters(one_line(words)) in _letters(one) for one in said)
    quoted = _letters(writable(words or "x"))
    assert any(quoted in _letters(one) for one in said)


def _said(token) -> str:
    return token.content if token.type in ("text", "text_special") else "\n" * token.type.endswith("break")


def _letters(words: str) -> str:
    return "".join(words.split())


@given(TEXTS)
@example(HOSTILE)
def test_the_page_s_reader_sees_the_words_and_nothing_else(words: str):
    tree = html.document_fromstring(page(answers(words, [hostile(words)], "fr")))
    assert {one.tag for one in tree.iter()} <= {
        "html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "h3", "section", "p", "span",
        "bdi",         "sup", "a", "small", "ol", "ul", "li", "em", "strong", "br",
    }  # fmt: skip
    assert {one for element in tree.iter() for one in element.attrib} <= {
        "lang", "charset", "name", "content", "http-equiv", "dir", "class", "href", "id", "rel", "aria-label",
        "role", "aria-labelledby",
    }  # fmt: skip
    quote = tree.xpath("//main/p/bdi")[0]
    assert "\n".join(quote.itertext()).split() == writable(words or "x").split()


@given(st.text(max_size=80), st.text(max_size=20), st.text(max_size=20), st.sampled_from(["fr", "en"]))
@example("« a »", "“", "\n", "en")
def test_a_copied_quote_is_the_article_s_words_between_marks(
    inside: str, before: str, after: str, language: str
):
    article = replace(BRIDGE, text=f"{before}{inside}{after}", language=None)
    quote = Evidence(article, len(before), len(before) + len(inside))
    first = Quotation.of(quote.quote, None, language)
    assert first.words == writable(inside)
    copied = quote_copy(quote, language).text
    assert copied.startswith(f"{first.first}{first.words}{first.last}".strip()) or not inside.strip()


@given(TEXTS)
def test_words_that_stand_beside_others_keep_their_distance(words: str):
    line = (Text("a"), Text(f" {words} "), Text("b"))
    made = plain(Document("", "fr", (Paragraph(line),)))
    assert made.startswith("a ") or not _letters(words)
    assert len(made.splitlines()) == 1


def test_claims_are_those_of_the_exchange():
    assert [one.text for one in CLAIMS if not one.is_quote] == ["Il a rouvert lundi.", "Il est bleu."]
    assert WHOLE.quote.endswith("dit-elle.")
