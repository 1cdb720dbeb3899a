"""What a script says of notes is done for its user alone, or refused; whatever they say is shown as words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from rag.conversation.store import ConversationStore
from rag.library.library import Library
from rag.library.records import Entry, Source
from rag.notes.reading import FoundNote, listed
from rag.notes.store import KINDS, Note, Place
from rag.schema.answer import Answer
from rag.schema.article import Article, Span
from rag.schema.evidence import Claim, Evidence
from ui.formatting.i18n import text
from ui.library.removal import question_html
from ui.notes.desk import NotesDesk
from ui.notes.html import note_item, searched_html
from ui.notes.panel_html import NotesPage, kept_html, panel_html
from ui.reader.html import ReaderView, reader_html
from ui.session.exchange import Exchange
from ui.session.session import Session

HOSTILE = "<img src=x onerror=alert(1)>\"'><script>alert(1)</script>"
MADE_UP = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["a1", "h", "answer:x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
ARTICLE = Article(
    "a1", "Le pont a rouvert lundi. Il est neuf.", "Le pont", "/a1", "h", "Le Phare", None, "fr"
)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with closing(Library(tmp_path)) as library:
        library.acknowledge([Entry(ARTICLE, (), Source("/a1", "/a1", "h", "a1"))], "recipe")
        yield library


@pytest.fixture
def desk(library: Library, tmp_path: Path) -> Iterator[NotesDesk]:
    with closing(ConversationStore(tmp_path)) as conversations:
        yield NotesDesk(library, conversations)


def add(desk: NotesDesk, user: str = "ada", **said: object) -> str:
    about = {
        "note_act": "add",
        "article": "a1",
        "hash": "h",
        "start": 3,
        "end": 7,
        "words": "x",
        "kind": "check",
    }
    outcome = desk.do(about | said, user, "fr")
    assert outcome.error == ""
    return outcome.note


@pytest.mark.parametrize("act", ["add", "change", "delete", "undo"])
@settings(max_examples=20)
@given(
    st.dictionaries(st.sampled_from(["article", "hash", "start", "end", "kind", "words", "note"]), MADE_UP)
)
def test_whatever_a_script_says_is_done_or_refused_in_a_sentence(act: str, said: dict):
    with (
        TemporaryDirectory() as folder,
        closing(Library(Path(folder))) as library,
        closing(ConversationStore(Path(folder))) as conversations,
    ):
        library.acknowledge([Entry(ARTICLE, (), Source("/a1", "/a1", "h", "a1"))], "recipe")
        outcome = NotesDesk(library, conversations).do(said | {"note_act": act}, "ada", "fr")
        assert bool(outcome.error) != bool(outcome.note)
        for one in listed(library, "ada"):
            assert one.quote in ARTICLE.text


def test_nobody_changes_deletes_or_takes_back_what_is_another_s(desk: NotesDesk, library: Library):
    note = add(desk)
    for act in ("change", "delete", "undo"):
        assert desk.do({"note_act": act, "note": note, "words": "y"}, "bob", "fr").error
    assert desk.do({"note_act": "delete", "note": note}, "ada", "fr").undo
    assert desk.do({"note_act": "undo", "note": note}, "bob", "fr").error
    assert library.notes.listed("bob") == []
    assert desk.do({"note_act": "undo", "note": note}, "ada", "fr").error == ""
    assert [one.id for one in library.notes.listed("ada")] == [note]


def test_words_of_an_article_that_has_changed_are_not_marked(desk: NotesDesk):
    said = {"note_act": "add", "article": "a1", "hash": "other", "start": 3, "end": 7}
    assert desk.do(said, "ada", "en").error == text("note_article_changed", "en")


def test_notes_are_found_by_a_search_of_the_texts(desk: NotesDesk):
    add(desk, words="À vérifier auprès des maires")
    add(desk, words="")
    assert [one.note.words for one in desk.searched("maire verifier", "ada", "fr", None)] == [
        "À vérifier auprès des maires"
    ]
    for query in ("-maire", "bac", "", "outlet:phare"):
        assert desk.searched(query, "ada", "fr", None) == []
    assert desk.searched("maire", "bob", "fr", None) == []


def test_an_answer_is_kept_once_and_found_by_its_words(desk: NotesDesk, library: Library):
    session = Session("fr", "ada")
    session.conversation = "c1"
    claim = Claim.quoting(Evidence(library.article("a1"), 0, 24))
    answer = Answer("Quand ?", "Quand ?", "fr", "answered", claims=(claim,))
    session.exchanges = (Exchange(1, "Quand ?", "answered", answer=answer),)
    kept = desk.keep(session, 1, "fr").note
    assert desk.keep(session, 1, "fr").note == kept
    unkept = Session("fr", "eve")
    unkept.exchanges = session.exchanges
    assert desk.keep(unkept, 1, "fr").note != desk.keep(unkept, 1, "fr").note
    for number in (2, True, "1", None):
        assert desk.keep(session, number, "fr").error
    desk.do({"note_act": "change", "note": kept, "words": "À relire"}, "ada", "fr")
    for words in ("relire", "quand ROUVERT", ""):
        assert [one.id for one in desk.answers("ada", words)] == [kept]
    assert desk.answers("ada", "bac") == [] == desk.answers("bob")
    assert [one.id for one in desk.answers("ada", among=["a1"])] == [kept]
    assert desk.answers("ada", among=["a2"]) == []
    # What it rests on goes with its article.
    library.remove("a1")
    (shown,) = desk.answers("ada")
    assert (shown.exchange.stage, shown.words) == ("article_removed", "À relire")
    assert "rouvert" not in shown.exchange.shown.text


# --- as HTML ---

PONT = Span(3, 7)


def found(words: str, body: str = ARTICLE.text, span: Span | None = PONT, title: str = "T") -> FoundNote:
    article = Article("a1", body, title, "/a1", "h", title, None, "fr")
    place = Place("h", span.start, span.end) if span else None
    note = Note("n1", "a1", place, "check" if span else "", words, "2026-01-01", "2026-01-01")
    return FoundNote(note, article, span)


def test_nothing_of_a_note_or_its_article_is_markup():
    one = found(HOSTILE, HOSTILE, Span(0, len(HOSTILE)), HOSTILE)
    reading = ReaderView(one.article, 1, notes=(one,))
    shown = (
        note_item(one, "fr"), searched_html([one], "en"), reader_html(reading, "fr"),
        panel_html(NotesPage((one,), 1, words=HOSTILE, dossier=HOSTILE, error=HOSTILE), "en"),
        kept_html(desk_outcome(HOSTILE), HOSTILE, "fr"),
    )  # fmt: skip
    for markup in shown:
        assert "<img" not in markup
        assert "<script" not in markup
        for element in html.fragment_fromstring(str(markup), create_parent="div").iter():
            assert not any(name.startswith("on") for name in element.attrib)


def desk_outcome(words: str):
    from ui.notes.desk import Outcome

    return Outcome(error=words, note=words)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_question_before_a_removal_says_how_many_notes_stay(language: str):
    told, untold = (
        html.fragment_fromstring(str(question_html([], language, notes=count))).text_content()
        for count in (2, 0)
    )
    assert text("removal_notes", language, count=2) in told
    assert "note" not in untold


BODIES = st.text(alphabet="ab <&é\n🙂", min_size=1, max_size=50)


@given(BODIES, st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=5))
def test_marks_overlap_freely_and_change_nothing_of_the_text(body: str, pairs: list[tuple[int, int]]):
    spans = [Span(*sorted(pair)) for pair in pairs if min(pair) < min(max(pair), len(body))]
    notes = tuple(found(f"n{n}", body, span) for n, span in enumerate(spans))
    shown = str(reader_html(ReaderView(found("", body).article, 1, notes=notes), "fr"))
    (whole,) = html.fragment_fromstring(shown).find_class("text")
    assert whole.text_content() == body
    for number, span in enumerate(spans, start=1):
        lit = [
            one.text_content() for one in whole.iter("mark") if str(number) in one.get("data-marks").split()
        ]
        assert "".join(lit) == body[span.start : span.end]


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_mark_says_what_it_is_to_those_who_hear_it(language: str, kind: str, make_article: Callable):
    article = make_article("Le pont a rouvert.")
    note = Note("n1", "a1", Place("h", 3, 7), kind, "D'où ?", "2026-01-01", "2026-01-01")
    shown = str(reader_html(ReaderView(article, 1, notes=(FoundNote(note, article, Span(3, 7)),)), language))
    (mark,) = html.fragment_fromstring(shown).iter("mark")
    assert mark.get("aria-description") == f"{text(f'note_kind_{kind}', language)} · D'où ?"
    assert mark.get("class").split() == ["noted", f"noted-{kind}"]
