"""What a reader marks and writes: at the words that were marked, or nowhere, and never lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from rag.embargo.store import EmbargoedArticle
from rag.errors import UserError
from rag.library.library import FILE_NAME, Library
from rag.library.records import Entry, Source
from rag.notes.anchoring import found_again
from rag.notes.reading import listed, on_article
from rag.notes.store import KINDS, LONGEST_MARK, MOST_ON_ARTICLE, Note
from rag.notes.wording import LONGEST_NOTE, has_words
from rag.schema.article import Article, Passage, Span
from rag.storage.database import Place

TEXT = "Le pont a rouvert lundi. Le maire parle de 3 millions d'euros. Le pont est neuf."
SENTENCE = Span(25, 62)


def article(text: str = TEXT, id: str = "a1", title: str = "Le pont") -> Article:
    return Article(id, text, title, f"/{id}", f"{text} {title}", "Le Phare", None, "fr", "2025-11-03")


def put(library: Library, one: Article) -> Article:
    passage = Passage(f"{one.id}:x:0", one.id, 0, len(one.text), (Span(0, len(one.text)),))
    source = Source(f"/{one.id}", one.source, one.content_hash, one.id)
    library.acknowledge([Entry(one, (passage,), source)], "recipe")
    return one


def quotes(library: Library, text: str) -> list[str]:
    return [one.quote for one in on_article(library, put(library, article(text)), "ada")]


# --- finding words again ---

LETTERS = st.text(alphabet="ab .", max_size=40)


@given(LETTERS, LETTERS, st.integers(0, 40), st.integers(0, 40))
def test_words_are_found_again_as_they_were_or_not_at_all(before, after, one, other):
    span = Span(*sorted((one, other)))
    found = found_again(before, span, after)
    if found is not None:
        assert after[found.start : found.end] == before[span.start : span.end] != ""


@given(LETTERS, LETTERS)
def test_what_was_put_before_a_text_or_behind_it_moves_its_marks_along(added, text):
    words = "Le maire parle de 3 millions d'euros à la presse."
    before = f"{text}\n{words}\n{text[::-1]}"
    span = Span(len(text) + 1, len(text) + 1 + len(words))
    found = found_again(before, span, f"{added}\n{before}\n{added}")
    assert found == Span(span.start + len(added) + 1, span.end + len(added) + 1)


@pytest.mark.parametrize(
    ("before", "words", "after"),
    [
        ("Il dit oui. Elle part.", "oui", "Elle part. Personne ne dit plus oui."),
        ("Oui, dit-il. Oui, dit-il. Fin.", "Oui, dit-il.", "Oui, dit-il. Fin."),
        ("Le prix est de 3 millions.", "3 millions", "Le prix est de 4 millions."),
    ],
)
def test_what_is_in_doubt_is_not_found(before, words, after):
    start = before.index(words)
    assert found_again(before, Span(start, start + len(words)), after) is None


def test_one_of_two_like_words_is_found_by_what_stands_beside_it():
    before = "Le pont de Sève ferme. Le pont de Vaux ouvre."
    start = before.rindex("Le pont")
    after = "Hier : " + before
    found = found_again(before, Span(start, start + 7), after)
    assert found == Span(start + 7, start + 14)


# --- what becomes of a mark ---


def test_a_mark_is_what_was_marked_without_white_space_around_it(library):
    one = put(library, article())
    note = library.notes.add("ada", one, Span(24, 63), "check", " À vérifier ‮ \r\n demain\x1b[31m ")
    (found,) = on_article(library, one, "ada")
    assert found.quote == "Le maire parle de 3 millions d'euros."
    assert (note.kind, note.words) == ("check", "À vérifier  \n demain[31m")
    assert found.standing == "marked"


def test_a_mark_moves_with_its_words_is_lost_with_them_and_found_when_they_come_back(library):
    library.notes.add("ada", put(library, article()), SENTENCE, "quote", "combien ?")
    assert quotes(library, "Mise à jour.\n" + TEXT) == ["Le maire parle de 3 millions d'euros."]
    gone = TEXT.replace("3 millions", "4 millions")
    assert quotes(library, gone) == [""]
    (found,) = on_article(library, article(gone), "ada")
    assert (found.standing, found.note.words) == ("lost", "combien ?")
    assert quotes(library, TEXT + " Fin.") == ["Le maire parle de 3 millions d'euros."]


def test_another_title_or_date_moves_nothing(library):
    library.notes.add("ada", put(library, article()), SENTENCE)
    other = put(library, article(title="Un autre titre"))
    assert [one.span for one in on_article(library, other, "ada")] == [SENTENCE]


@pytest.mark.in_a_file
def test_a_removed_article_leaves_the_note_and_none_of_its_words(library, tmp_path):
    one = put(library, article("Un secret de polichinelle.", title="Polichinelle"))
    library.notes.add("ada", one, Span(3, 25), "quote", "ma note à moi")
    assert library.notes.count(["a1"]) == 1
    library.remove("a1")
    (found,) = listed(library, "ada")
    assert (found.standing, found.quote, found.note.words) == ("removed", "", "ma note à moi")
    library.close()
    kept = b"".join(file.read_bytes() for file in tmp_path.glob(f"{FILE_NAME}*"))
    assert b"ma note" in kept
    with closing(Library(tmp_path)) as again:
        rows = again._rows("SELECT * FROM notes")  # every column: nothing of the article is in any
    assert "olichinelle" not in repr(rows)


def test_an_article_that_comes_back_has_its_marks(library):
    one = put(library, article())
    library.notes.add("ada", one, SENTENCE, words="x")
    library.remove("a1")
    assert quotes(library, TEXT) == ["Le maire parle de 3 millions d'euros."]


def test_notes_on_an_article_that_waits_for_its_time_are_not_shown(library):
    one = put(library, article())
    library.notes.add("ada", one, None, words="attendre")
    library.withdraw("a1")
    until = datetime.now(UTC) + timedelta(days=1)
    library.embargoes.put(EmbargoedArticle(one, (), "r", "/a1", "/a1", "d", "o", until))
    assert listed(library, "ada") == []
    library.embargoes.remove("a1")
    assert [found.standing for found in listed(library, "ada")] == ["removed"]


# --- whose, how many, how long ---


def test_each_user_sees_and_changes_only_their_own(library):
    one = put(library, article())
    note = library.notes.add("ada", one, SENTENCE, words="à moi")
    assert library.notes.of("a1", "bob") == [] == library.notes.listed("bob")
    assert library.notes.get(note.id, "bob") is None
    for act in (
        lambda: library.notes.change(note.id, "bob", "x"),
        lambda: library.notes.delete(note.id, "bob"),
    ):
        with pytest.raises(UserError):
            act()
    library.notes.add("bob", one, None, words="à bob")
    assert library.notes.forget_user("ada") == 1
    assert [one.words for one in library.notes.listed("bob")] == ["à bob"]


def test_a_deletion_can_be_undone(library):
    note = library.notes.add("ada", put(library, article()), SENTENCE, "important", "x")
    deleted = library.notes.delete(note.id, "ada")
    assert library.notes.listed("ada") == []
    library.notes.put_back(deleted, "ada")
    library.notes.put_back(deleted, "ada")
    assert library.notes.listed("ada") == [note]


def test_words_and_kind_change_and_a_mere_mark_may_be_without(library):
    note = library.notes.add("ada", put(library, article()), SENTENCE)
    assert (note.kind, note.words) == (KINDS[0], "")
    assert library.notes.change(note.id, "ada", "quoi", "quote").kind == "quote"
    assert library.notes.change(note.id, "ada", "", "<script>").kind == "quote"
    on_all = library.notes.add("ada", article(), None, "check", "tout")
    assert on_all.kind == ""
    with pytest.raises(UserError):
        library.notes.change(on_all.id, "ada", " \n")


def test_what_cannot_be_kept_is_refused(library, monkeypatch):
    one = put(library, article("x" * (LONGEST_MARK + 1) + "   fin"))
    end = len(one.text)
    spans = (Span(0, end), Span(-1, 3), Span(3, 3), Span(end - 6, end - 3), Span(0, end + 1))
    for span in spans:
        with pytest.raises(UserError):
            library.notes.add("ada", one, span)
    with pytest.raises(UserError):
        library.notes.add("ada", one, None, words=" ")
    with pytest.raises(UserError):
        library.notes.add("ada", one, None, words="é" * (LONGEST_NOTE + 1))
    with pytest.raises(UserError):
        library.notes.add("ada", article("autre texte"), Span(0, 5))
    assert library.notes.listed("ada") == []
    monkeypatch.setattr("rag.notes.store.MOST_ON_ARTICLE", 2)
    for _ in range(2):
        library.notes.add("ada", one, Span(0, 5))
    with pytest.raises(UserError):
        library.notes.add("ada", one, Span(0, 5))
    assert MOST_ON_ARTICLE >= 500


def test_notes_are_found_by_words_by_accents_and_capitals_folded(library):
    library.notes.add("ada", put(library, article()), SENTENCE, words="Étrange ÉLÉMENT")
    library.notes.add("ada", put(library, article("Un bac.", "a2", "Le bac")), None, words="rien")
    for words in ("etrange", "element ETRANGE", "millions", "pont étrange", ""):
        assert "Étrange ÉLÉMENT" in [one.note.words for one in listed(library, "ada", words)]
    assert listed(library, "ada", "etrange bac") == []
    assert [one.note.words for one in listed(library, "ada", among=["a2"])] == ["rien"]
    assert has_words("", "x")


@pytest.mark.in_a_file
@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_library_of_an_earlier_format_takes_notes(tmp_path, number):
    import sqlite3

    made = Path(__file__).parents[2] / "data" / "libraries" / f"format-{number}.sql"
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as db:
        db.executescript(made.read_text(encoding="utf-8"))
    with closing(Library(tmp_path)) as library:
        one = next(iter(library.each()))
        library.notes.add("", one, Span(0, 5), words="ancien")
    with closing(Library(tmp_path)) as library:
        (found,) = listed(library, "")
        assert found.quote == one.text[:5].strip()


# --- whatever is done, in whichever order ---


class Marking(RuleBasedStateMachine):
    """Marks are made while an article is edited, removed and brought again."""

    TEXTS = st.lists(
        st.sampled_from(["Le pont rouvre. ", "Le bac ferme. ", "Oui. ", "Fin de la foire.\n"]), min_size=1
    )

    @initialize(text=TEXTS)
    def begin(self, text: list[str]) -> None:
        self.folder = TemporaryDirectory()
        self.library = Library(Path(self.folder.name))
        self.marked: dict[str, str] = {}
        self.there: Article | None = put(self.library, article("".join(text)))

    @rule(text=TEXTS)
    def replace(self, text: list[str]) -> None:
        self.there = put(self.library, article("".join(text)))

    @rule()
    def remove(self) -> None:
        self.library.remove("a1")
        self.there = None

    @rule(start=st.integers(0, 60), length=st.integers(1, 30))
    def mark(self, start: int, length: int) -> None:
        if self.there is None or not self.there.text[start : start + length].strip():
            return
        span = Span(start, min(start + length, len(self.there.text)))
        note: Note = self.library.notes.add("ada", self.there, span, words="n")
        self.marked[note.id] = self.there.text[span.start : span.end].strip()

    @rule(data=st.data())
    def delete_and_undo(self, data: st.DataObject) -> None:
        if self.marked:
            note = self.library.notes.delete(data.draw(st.sampled_from(sorted(self.marked))), "ada")
            self.library.notes.put_back(note, "ada")

    @invariant()
    def every_mark_is_what_was_marked_or_is_not_in_the_text(self) -> None:
        if not hasattr(self, "library"):
            return
        found = {one.note.id: one for one in listed(self.library, "ada")}
        assert found.keys() == self.marked.keys()
        for note_id, one in found.items():
            assert one.quote in (self.marked[note_id], "")
            assert (one.article is None) == (self.there is None)
            if self.there and one.span:
                assert self.there.text[one.span.start : one.span.end] == one.quote

    def teardown(self) -> None:
        if hasattr(self, "library"):
            self.library.close()
            self.folder.cleanup()


TestMarking = Marking.TestCase
TestMarking.settings = hypothesis_settings(max_examples=25, stateful_step_count=12, deadline=None)


@pytest.fixture
def library(place: Place) -> Iterator[Library]:
    with closing(Library(place)) as opened:
        yield opened
