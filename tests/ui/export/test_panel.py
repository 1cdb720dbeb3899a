"""What is exported is there for whoever may have it, and a quote is what the article says now."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace

import pytest
from handed_in import ANSWERED, BRIDGE, FERRY, NOT_FOUND
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from rag.dossiers.store import gone
from rag.errors import UserError
from rag.notes.reading import FoundNote
from rag.notes.store import Note, Place
from rag.schema.article import Article, Span
from ui.export.panel import ExportPanel, _copying
from ui.formatting.i18n import text
from ui.session.session import Session

KEPT = {("c1", "ada"): SimpleNamespace(title="Le pont", exchanges=(ANSWERED, NOT_FOUND))}
MADE_UP = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["answer", "bibtex", "a1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@dataclass
class Articles:
    """A library that holds two articles."""

    held: tuple[Article, ...] = (BRIDGE, FERRY)

    def articles(self, ids: list[str]) -> list[Article]:
        known = {one.id: one for one in self.held}
        return [known[one] for one in ids if one in known]

    def article(self, article_id: str) -> Article | None:
        return next(iter(self.articles([article_id])), None)


class Answers:
    """A page of `ada`'s, and what is kept."""

    def __init__(self, user: str = "ada") -> None:
        self.open = Session("fr", user)
        self.open.exchanges = (ANSWERED,)

    async def session(self, _request: object) -> Session:
        return self.open

    def kept(self, conversation: str, user: str) -> SimpleNamespace | None:
        return KEPT.get((conversation, user))


class Dossiers:
    """`ada` has a dossier of both, and one that holds more than a file of the page takes."""

    def held(self, dossier_id: str, user: str) -> tuple[str, tuple[str, ...]]:
        if user != "ada" or dossier_id not in ("d1", "many"):
            raise gone()
        return "Le fleuve", ("a2", "a1") if dossier_id == "d1" else tuple(f"a{n}" for n in range(1_001))


BRIDGE_NOTE = Note("n1", "a1", Place("h", 0, 24), "check", "<b>Ma</b> note", "2026-01-01", "2026-01-01")


class Notes:
    """`ada` has a note on the bridge, and keeps an answer."""

    def listed(self, user: str, _words: str = "", among: Sequence[str] | None = None) -> list[FoundNote]:
        there = user == "ada" and (among is None or "a1" in among)
        return [FoundNote(BRIDGE_NOTE, BRIDGE, Span(0, 24))] if there else []

    def answer(self, note_id: str, user: str) -> SimpleNamespace | None:
        kept = SimpleNamespace(exchange=ANSWERED, words="Mon mot")
        return kept if (note_id, user) == ("answer:k1", "ada") else None

    def words_on(self, conversation: str, numbers: Sequence[int], user: str) -> dict[int, str]:
        there = user == "ada" and conversation == "c1" and ANSWERED.number in numbers
        return {ANSWERED.number: "Mon mot"} if there else {}


def context(*held: Article) -> SimpleNamespace:
    settings = SimpleNamespace(ui=SimpleNamespace(language="fr"))
    return SimpleNamespace(library=Articles(held or (BRIDGE, FERRY)), settings=settings)


async def made(said: object, user: str = "ada") -> html.HtmlElement:
    """What arrives on the page."""
    panel = ExportPanel(context(), Answers(user), Dossiers(), Notes())
    return html.fragment_fromstring(str(await panel._make(SimpleNamespace(_data=said), None)))


@pytest.mark.parametrize(
    ("said", "name", "words"),
    [
        ({"kind": "answer", "turn": 4, "format": "markdown"}, "Et le pont.md", "Le pont a rouvert lundi."),
        ({"kind": "conversation", "conversation": "c1", "format": "html"}, "Le pont.html", "Et le tram ?"),
        (
            {"kind": "articles", "articles": ["a2", "a1", "a2", 7], "format": "ris"},
            "2 articles.ris",
            "TI  - Bac",
        ),
        ({"kind": "articles", "articles": ["a1"], "format": "bibtex"}, "Le pont est là.bib", "Le Goff, Anne"),
        ({"kind": "dossier", "dossier": "d1", "format": "markdown"}, "Le fleuve.md", "# Le fleuve"),
    ],
)
async def test_a_file_arrives(said: dict, name: str, words: str):
    (file,) = (await made(said)).iter("i")
    assert file.get("data-name") == name
    assert words in base64.b64decode(file.text).decode()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"kind": "articles", "articles": ["a1", "a2"], "format": "ris"}, "N1  - À vérifier : "),
        ({"kind": "articles", "articles": ["a1"], "format": "bibtex"}, "annote = {À vérifier : "),
        ({"kind": "articles", "articles": ["a1"], "format": "csl-json"}, "À vérifier : "),
        ({"kind": "dossier", "dossier": "d1", "format": "markdown"}, "Mes notes"),
        ({"kind": "dossier", "dossier": "d1", "format": "html"}, "&lt;b&gt;Ma&lt;/b&gt; note"),
        ({"kind": "answer", "turn": 4, "format": "markdown"}, "À vérifier"),
        ({"kind": "kept", "kept": "answer:k1", "format": "markdown"}, "Mon mot"),
        ({"kind": "conversation", "conversation": "c1", "format": "markdown"}, "Mon mot"),
        ({"kind": "conversation", "conversation": "c1", "format": "html"}, "Mon mot"),
        ({"kind": "conversation", "conversation": "c1", "format": "json"}, '"note": "Mon mot"'),
        ({"kind": "conversation", "conversation": "c1", "format": "markdown"}, "À vérifier"),
        ({"kind": "conversation", "conversation": "c1", "format": "ris"}, "N1  - À vérifier : "),
    ],
)
async def test_notes_are_exported_for_their_owner_unless_they_are_left_out(said: dict, words: str):
    (file,) = (await made(said | {"notes": True})).iter("i")
    assert words in base64.b64decode(file.text).decode()
    for other, user in ((said, "ada"), (said | {"notes": "yes"}, "ada"), (said | {"notes": True}, "bob")):
        for file in (await made(other, user)).iter("i"):
            content = base64.b64decode(file.text).decode()
            assert not any(own in content for own in ("À vérifier", "Mon mot", "Mes notes"))


async def test_the_list_of_notes_is_exported_and_nobody_else_s():
    (file,) = (await made({"kind": "notes", "format": "markdown", "words": 7, "dossier": "d1"})).iter("i")
    assert file.get("data-name") == "Notes.md"
    content = base64.b64decode(file.text).decode()
    assert "Le pont a rouvert lundi." in content
    assert "À vérifier" in content
    assert list((await made({"kind": "notes", "format": "markdown"}, "bob")).iter("i")) == []


@pytest.mark.parametrize(
    "said",
    [
        {"kind": "answer", "turn": 9, "format": "markdown"},
        {"kind": "conversation", "conversation": "c2", "format": "html"},
        {"kind": "articles", "articles": ["gone"], "format": "ris"},
        {"kind": "articles", "articles": ["a1"], "format": "json"},
        {"kind": "answer", "turn": 4, "format": "exe"},
        "x",
    ],
)
async def test_what_isn_t_there_is_said_in_a_sentence(said: object):
    arrived = await made(said)
    assert not list(arrived.iter("i"))
    assert arrived.text_content() == text("export_gone", "fr")


async def test_a_conversation_is_exported_for_nobody_else():
    said = {"kind": "conversation", "conversation": "c1", "format": "markdown"}
    assert not list((await made(said, "bob")).iter("i"))


@pytest.mark.parametrize(
    ("dossier", "user", "words"),
    [("d1", "bob", str(gone().text("fr"))), ("many", "ada", "1\u202f001 articles sont trop")],
)
async def test_a_dossier_is_exported_for_nobody_else_and_not_without_end(dossier: str, user: str, words: str):
    arrived = await made({"kind": "dossier", "dossier": dossier, "format": "ris"}, user)
    assert not list(arrived.iter("i"))
    assert words in arrived.text_content()


@given(MADE_UP, MADE_UP, MADE_UP)
def test_whatever_the_script_says_a_file_or_none_comes_of_it(kind: object, form: object, value: object):
    said = {"kind": kind, "format": form, "turn": value, "articles": value, "conversation": value}
    said["dossier"] = said["kept"] = said["words"] = said["notes"] = value
    panel = ExportPanel(context(), Answers(), Dossiers(), Notes())
    try:
        found = panel._file(said, panel._conversations.open)
    except UserError:  # a dossier that nobody has
        return
    assert found is None or found.content


# --- quotes ---


def pointed(**changes: object) -> dict:
    return {"article": "a1", "hash": BRIDGE.content_hash, "start": 0, "end": 24, "language": "en"} | changes


def test_a_quote_is_what_the_article_says_there():
    copied = _copying(context())(pointed(), "", "")
    assert copied["text"].startswith(
        "“Le pont a rouvert lundi.” — Anne Le Goff, “Le pont est là”, Le Courrier"
    )
    assert '<bdi lang="fr">Le pont a rouvert lundi.</bdi>' in copied["html"]


def test_white_space_around_a_selection_is_left_out():
    copied = _copying(context())(pointed(start=24, end=28), "", "")
    assert copied["text"].startswith("“Il” — ")


def test_an_article_that_has_changed_is_not_quoted_at_offsets_of_its_old_text():
    newer = replace(BRIDGE, text="Tout autre chose que ce qui était là.", content_hash="9" * 64)
    assert _copying(context(newer))(pointed(), "", "") == {"error": text("quote_changed", "en")}


@pytest.mark.parametrize(
    "changes",
    [
        {"start": -1}, {"end": 10_000}, {"start": 24, "end": 24}, {"start": 24, "end": 25}, {"start": True},
        {"start": "0"}, {"article": "gone"}, {"article": None}, {"hash": None},
    ],
)  # fmt: skip
def test_what_can_t_be_quoted_is_told(changes: dict):
    assert _copying(context())(pointed(**changes), "", "") == {"error": text("quote_changed", "en")}


@given(st.integers(0, len(BRIDGE.text)), st.integers(0, len(BRIDGE.text)))
def test_every_selection_is_verbatim(start: int, end: int):
    start, end = min(start, end), max(start, end)
    copied = _copying(context())(pointed(start=start, end=end, language="fr"), "", "")
    words = BRIDGE.text[start:end].strip()
    assert words in copied["text"] if words else "error" in copied
