"""The pages of a PDF: kept with the text that they belong to, and said wherever a quote from it is shown."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from desk import Desk
from documents import pdf_pages
from handed_in import copied, json_of, markdown_of, page_of
from hypothesis import given
from hypothesis import strategies as st

from ingest.converters.registry import read_article
from ingest.pdf.fragment import Fragment
from ingest.pdf.layout import lay_out
from ingest.pipeline.reindexing import reindex
from ingest.pipeline.repair import repair
from rag.checksums.checksum import article_checksum
from rag.conversation.serialization import ArticleVersion
from rag.conversation.store import resolve
from rag.library.library import FILE_NAME
from rag.library.records import Entry
from rag.schema.answer import Answer
from rag.schema.article import Article, Span
from rag.schema.evidence import Claim, Disagreement, Evidence, StatedValue
from rag.schema.hit import Hit
from rag.text.normalization import normalise_text
from ui.command.ask import answer_text
from ui.command.main import main
from ui.formatting.claims import disagreement_text
from ui.formatting.page_numbers import pages_begun, pages_text
from ui.reader.html import Mark, ReaderView, reader_html
from ui.rendering import exchange as render
from ui.session.exchange import Exchange

BRIDGE = "Le pont de Corvenne a rouvert lundi après trois mois de travaux."
FERRY = "Le bac de Valmorin ne circulera plus le dimanche, faute de pilotes, et le maire"
PROTESTS = "proteste auprès de la préfecture."
SCHOOL = "L'école de Sarrane accueillera douze élèves de plus à la rentrée."
PAGES = (BRIDGE, "", FERRY, f"{PROTESTS} {SCHOOL}")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(Desk(tmp_path)) as desk:
        yield desk


def put(desk: Desk, *pages: str, name: str = "rapport.pdf") -> Article:
    (desk.files / name).write_bytes(pdf_pages(*pages))
    desk.ingest()
    return desk.library.article(desk.id_of(name))


def word(page: int, line: int) -> str:
    """One that stands nowhere else, of letters that no mark joins, and no digits: it is no running line."""
    return f"q{'x' * page}q{'x' * line}q"


def quote(article: Article, first: str, last: str) -> Evidence:
    return Evidence(article, article.text.index(first), article.text.index(last) + len(last))


# --- where pages begin ---

WORDS = st.text(
    alphabet="ae\u0301\u0327\u00e9\u1100\u1161\u212b\ufb01\t\r\n\x0b\x00\ud800\u2028 ", max_size=6
)


@given(st.lists(st.lists(WORDS, max_size=4), max_size=6))
def test_every_word_is_on_its_page_in_the_text_that_is_stored(pages: list[list[str]]):
    """Whatever stands around a word: marks that join, ends of line, what no text can hold."""
    drawn = [
        [
            Fragment(f"{noise}{word(number, i)}{noise}", 72, 500, 700 - 20 * i, 10)
            for i, noise in enumerate(lines)
        ]
        for number, lines in enumerate(pages, start=1)
    ]
    laid = lay_out(drawn)
    stored = normalise_text(laid.text)
    article = Article("a", stored, "T", "a.pdf", "h", page_starts=laid.pages)
    assert len(laid.pages) == len(pages)
    assert list(laid.pages) == sorted(laid.pages)
    for number, lines in enumerate(drawn, start=1):
        for i in range(len(lines)):
            start = stored.index(word(number, i))
            assert list(article.pages(start, start + len(word(number, i)))) == [number]


@given(st.text(alphabet="ab \n", min_size=1, max_size=30), st.data())
def test_the_pages_of_a_quote_are_those_of_its_characters(text: str, data: st.DataObject):
    starts = data.draw(st.lists(st.integers(0, len(text)), max_size=5).map(lambda found: (0, *sorted(found))))
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    each = [max(n for n, begins in enumerate(starts, 1) if begins <= at) for at in range(start, end)]
    pages = Article("a", text, "T", "s", "h", page_starts=starts).pages(start, end)
    assert (pages[0], pages[-1]) == (each[0], each[-1])


def test_what_has_no_pages_is_on_none(make_article):
    assert list(make_article("Un texte.").pages(0, 9)) == []
    assert pages_text(range(0), "fr") == ""


def test_a_pdf_s_article_knows_its_pages():
    article = read_article(pdf_pages(*PAGES), "rapport.pdf")
    assert len(article.page_starts) == 4
    assert list(quote(article, BRIDGE, BRIDGE).pages) == [1]
    assert list(quote(article, FERRY, FERRY).pages) == [3]
    assert list(quote(article, FERRY, PROTESTS).pages) == [3, 4]
    assert list(quote(article, SCHOOL, SCHOOL).pages) == [4]
    assert quote(article, FERRY, PROTESTS).to_dict()["pages"] == [3, 4]
    assert quote(article, FERRY, PROTESTS).quote == f"{FERRY}\n{PROTESTS}"


# --- kept, replaced, gone ---


def stored_pages(desk: Desk) -> list[tuple]:
    with closing(sqlite3.connect(desk.data / FILE_NAME)) as db:
        return db.execute("SELECT article_id, content_hash, starts FROM pages").fetchall()


def test_pages_are_kept_with_the_article_in_every_way_of_reading_it(desk: Desk):
    article = put(desk, *PAGES)
    assert article.page_starts == read_article(pdf_pages(*PAGES), "rapport.pdf").page_starts
    passage = desk.library.passages_of(article.id)[0]
    assert desk.library.articles() == [article]
    assert list(desk.library.each()) == [article]
    assert desk.library.located([passage.id])[passage.id].article == article
    assert desk.library.whole([article.id])[article.id].article == article
    desk.library.forget_indexing()
    assert reindex(desk.indexer, desk.chunker, lambda _: None) == 1
    assert desk.library.article(article.id) == article
    assert repair(desk.parts, lambda _: None).repairs == ()
    desk.indexer.compact()
    assert desk.library.article(article.id) == article


def test_a_changed_article_has_its_own_pages_and_an_earlier_text_has_none(desk: Desk):
    before = put(desk, *PAGES)
    after = put(desk, f"{BRIDGE} {BRIDGE}", SCHOOL)
    assert (after.id, len(after.page_starts)) == (before.id, 2)
    (earlier,) = resolve([ArticleVersion(before.id, before.content_hash)], desk.library).values()
    assert (earlier.text, earlier.page_starts) == (before.text, ())
    assert [row[:2] for row in stored_pages(desk)] == [(after.id, after.content_hash)]


def test_pages_go_with_their_article(desk: Desk):
    article = put(desk, *PAGES)
    assert len(stored_pages(desk)) == 1
    desk.indexer.remove(article.id)
    assert stored_pages(desk) == []


def test_an_article_that_is_no_longer_a_pdf_has_no_pages(desk: Desk):
    before = put(desk, *PAGES)
    text = replace(before, text="Autre chose.", content_hash="autre", page_starts=())
    desk.indexer.add([Entry(text, tuple(desk.chunker(text)))])
    assert stored_pages(desk) == []
    assert desk.library.article(before.id).page_starts == ()


def test_pages_are_not_used_for_a_text_that_another_version_put_in_their_place(desk: Desk):
    article = put(desk, *PAGES)
    with closing(sqlite3.connect(desk.data / FILE_NAME)) as db, db:  # as one that knows no pages would
        db.execute("UPDATE articles SET text = 'Autre chose.', content_hash = 'autre'")
        db.execute("DELETE FROM checksums")
    assert desk.library.article(article.id).page_starts == ()
    put(desk, *PAGES, "Une page de plus.")
    assert len(desk.library.article(article.id).page_starts) == 5


def test_the_same_text_on_other_pages_is_cited_by_its_new_ones(desk: Desk):
    before = put(desk, BRIDGE, SCHOOL)
    after = put(desk, "", BRIDGE, SCHOOL)
    assert (after.id, after.content_hash, after.text) == (before.id, before.content_hash, before.text)
    assert list(quote(before, SCHOOL, SCHOOL).pages) == [2]
    assert list(quote(after, SCHOOL, SCHOOL).pages) == [3]
    assert repair(desk.parts, lambda _: None).repairs == ()


def test_the_pages_are_those_of_the_file_that_the_article_names(desk: Desk):
    before = put(desk, BRIDGE, SCHOOL)
    put(desk, "", BRIDGE, SCHOOL, name="copie.pdf")
    assert desk.library.articles() == [before]
    assert len(desk.library.sources_of(before.id)) == 2


def test_a_library_that_kept_no_pages_works_on_without(desk: Desk):
    article = put(desk, *PAGES)
    desk.close()
    with closing(sqlite3.connect(desk.data / FILE_NAME)) as db, db:
        db.execute("DROP TABLE pages")
        db.execute("UPDATE checksums SET sha256 = ?", (article_checksum(replace(article, page_starts=())),))
    desk.open()
    assert desk.library.articles() == [replace(article, page_starts=())]
    assert desk.ingest().unchanged == 1
    assert desk.library.article(article.id).page_starts == ()
    # Removed and ingested again it has them.
    desk.indexer.remove(article.id)
    assert desk.ingest().new == 1
    assert desk.library.article(article.id) == article


# --- said ---

REPORT = Article(
    "r1",
    f"{BRIDGE}\n\n{FERRY}\n{PROTESTS} {SCHOOL}",
    "Rapport",
    "rapport.pdf",
    "h",
    "La Préfecture",
    None,
    "fr",
    "2025-11-03",
    page_starts=(0, len(BRIDGE), len(BRIDGE) + 2, len(BRIDGE) + 2 + len(FERRY) + 1),
)
ACROSS = quote(REPORT, FERRY, PROTESTS)
ONE = quote(REPORT, SCHOOL, SCHOOL)
ANSWER = Answer(
    "Et l'école ?",
    "Et l'école ?",
    "fr",
    "answered",
    (Claim("Le bac s'arrête le dimanche.", (ACROSS,)), Claim.quoting(ONE)),
    (Hit("p", REPORT, 0, len(REPORT.text), 0.9),),
)
EXCHANGE = Exchange(1, "Et l'école ?", "answered", answer=ANSWER)
FR = "«\u202fRapport\u202f», La Préfecture, 3 novembre 2025, p.\u00a0{}"
EN = "“Rapport”, La Préfecture, 3 November 2025, p.\u00a0{}"


def test_the_command_says_pages_and_its_json_has_them():
    lines = answer_text(ANSWER, "en").splitlines()
    assert "    Rapport · La Préfecture · 3 November 2025 · p. 3–4" in lines
    assert "[2] Rapport · La Préfecture · 3 November 2025 · p. 4" in lines
    assert "[2] Rapport · La Préfecture · 3 novembre 2025 · p. 4" in answer_text(ANSWER, "fr").splitlines()
    told = ANSWER.to_dict()["claims"]
    assert [one["evidence"][0]["pages"] for one in told] == [[3, 4], [4]]


@pytest.mark.parametrize(("language", "source"), [("fr", FR), ("en", EN)])
def test_exports_and_copies_say_pages(language: str, source: str):
    for made in (markdown_of("T", [EXCHANGE], language), page_of("T", [EXCHANGE], language)):
        for pages in ("3–4", "4"):
            assert source.format(pages) in re.sub(r"<[^<>]+>|[*]", "", made)
    told = json.loads(json_of("T", [EXCHANGE], language))["exchanges"][0]["claims"]
    assert [one["evidence"][0]["pages"] for one in told] == [[3, 4], [4]]
    pasted = copied(ANSWER, language)
    for pages in ("3–4", "4"):
        assert f"{source.format(pages)}." in pasted
    assert "rapport.pdf" not in pasted


def test_the_page_says_them_at_the_citation_on_its_card_and_in_the_passages():
    answer = render.conversation([EXCHANGE], "fr")
    assert 'data-pages="p. 3–4"' in answer
    assert "Rapport, p. 3–4" in answer  # the citation's name
    assert ">La Préfecture, 3 novembre 2025, p. 4</cite>" in answer
    panel = render.panel([EXCHANGE], "fr")
    assert '<span class="pages">p. 1–4</span>' in panel
    assert ">[1] p. 3–4 ↩</a>" in panel
    assert ">[2] p. 4 ↩</a>" in panel


def test_a_disagreement_says_them():
    told = disagreement_text(Disagreement((StatedValue("dimanche", ACROSS), StatedValue("douze", ONE))), "en")
    assert "douze (La Préfecture, 3 November 2025, p. 4)" in told


def test_what_has_no_pages_says_none(make_article):
    article = make_article(SCHOOL, outlet="Le Phare")
    answer = replace(ANSWER, claims=(Claim.quoting(Evidence(article, 0, len(SCHOOL))),), hits=())
    exchange = Exchange(1, "Q ?", "answered", answer=answer)
    shown = [
        render.conversation([exchange], "fr"),
        render.panel([exchange], "fr"),
        copied(answer, "fr"),
    ]
    shown += [markdown_of("T", [exchange], "fr"), page_of("T", [exchange], "fr"), answer_text(answer, "fr")]
    assert [one for one in shown if "p. " in one or "data-pages" in one] == []
    assert "data-page" not in reader_html(ReaderView(article, 1), "fr")


@given(st.lists(st.booleans(), max_size=6))
def test_every_page_with_text_is_marked_once_where_it_begins(pages: list[bool]):
    drawn = [[Fragment(word(n, 0), 72, 500, 700, 10)] if page else [] for n, page in enumerate(pages)]
    laid = lay_out(drawn)
    article = Article("a", laid.text, "T", "s", "h", page_starts=laid.pages)
    lines = laid.text.splitlines(keepends=True)
    begun = list(pages_begun(article, lines))
    told = [number for pages in begun for number in pages]
    assert told == list(range(1, len(told) + 1))
    assert {number for number, page in enumerate(pages, 1) if page} <= set(told)
    starts = [sum(map(len, lines[:n])) for n in range(len(lines))]
    for start, pages_here in zip(starts, begun, strict=True):
        if pages_here:
            assert article.pages(start, start + 1)[-1] == pages_here[-1]


def test_the_reader_marks_where_pages_begin_and_its_text_stays_the_article_s():
    mark = Mark(Span(ACROSS.start, ACROSS.end), ("Et le bac ?",))
    shown = reader_html(ReaderView(REPORT, 1, marks=(mark,)), "fr")
    assert f'<p data-page="p. 1">{BRIDGE}\n</p><p data-page="p. 2">\n</p><p data-page="p. 3"><mark' in shown
    assert '<p data-page="p. 4"><mark' in shown


def test_an_article_is_shown_with_its_pages(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCIER_DATA_DIR", str(tmp_path / "data"))
    with closing(Desk(tmp_path)) as desk:
        article = put(desk, *PAGES)
    assert main(["articles", "show", article.id]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[lines.index("--- p. 1 ---") :] == [
        "--- p. 1 ---", BRIDGE, "--- p. 2 ---", "", "--- p. 3 ---", FERRY,
        "--- p. 4 ---", f"{PROTESTS} {SCHOOL}",
    ]  # fmt: skip
    assert main(["articles", "show", article.id, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["page_starts"] == list(article.page_starts)
