"""Bringing articles in from the page: what became of each file, and that nothing of it stays elsewhere."""

from __future__ import annotations

import json
import multiprocessing
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import documents
import loopback
import pytest
from desk import Desk
from fake_embedder import FakeEmbedder
from hypothesis import given
from hypothesis import strategies as st

from ingest.fetch.urls import is_url
from ingest.schema.columns import ColumnSample
from ingest.schema.document import MAX_BYTES, Failure
from ingest.schema.events import Reading
from rag.config import IngestSettings
from rag.engine.factory import build_chain
from rag.errors import UserError
from rag.models.embedder import TokenVectors
from rag.monitoring.asker import ask_again
from rag.storage.write_lock import write_lock
from ui.formatting.library_status import remaining_text
from ui.library.intake import Intake
from ui.library.intake_report import IntakeEntry, IntakeView, intake_html
from ui.library.removal import remove
from ui.library.upload_spool import MOST_OPEN, Spool, safe_name
from ui.page.context import AppContext

CANARY = "pangolinquartzite"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.close()


@pytest.fixture
def newsroom(desk: Desk) -> Iterator[AppContext]:
    with loopback.fetchers() as fetcher:
        yield AppContext(desk.parts, build_chain(desk.parts, None), fetcher=fetcher)


@pytest.fixture
def intake(newsroom: AppContext) -> Intake:
    return Intake(newsroom)


def send(
    intake: Intake, name: str, data: bytes, piece: int = 1_000_000, user: str = "", page: str = ""
) -> str | None:
    token = intake.begin(name, len(data), user, page)
    if token is None:
        return None
    for start in range(0, max(1, len(data)), piece):
        if not intake.append(token, data[start : start + piece], user):
            break
    return token


def over(intake: Intake, user: str = "") -> IntakeView:
    """The report once everything is brought in."""
    deadline = time.monotonic() + 300
    while (view := intake.view(user)).busy or intake.is_writing:
        assert time.monotonic() < deadline, view
        time.sleep(0.01)
    return view


def became(view: IntakeView) -> dict[str, str]:
    return {entry.name: entry.outcome for entry in view.entries}


# --- what became of each file ---


def test_each_file_is_reported_in_order_of_arrival(desk, intake):
    send(intake, "pont.txt", documents.SENTENCES.encode())
    send(intake, "pont.html", documents.html(title="Le pont rouvre enfin").encode())
    send(intake, "scan.pdf", documents.pdf_lines())
    send(intake, "photo.jpg", b"\xff\xd8")
    send(intake, "vide.txt", b"")
    send(intake, "copie.txt", documents.SENTENCES.encode())
    view = over(intake)
    assert [entry.name for entry in view.entries] == [
        "pont.txt", "pont.html", "scan.pdf", "photo.jpg", "vide.txt", "copie.txt",
    ]  # fmt: skip
    assert list(became(view).values()) == ["new", "new", "refused", "refused", "refused", "unchanged"]
    reasons = {entry.name: [f.text("fr") for f in entry.refused] for entry in view.entries if entry.refused}
    assert reasons["vide.txt"] == ["vide.txt : il ne contient pas de texte."]
    assert reasons["photo.jpg"][0].startswith("photo.jpg : ce format ne peut pas être lu")
    assert desk.library.counts().articles == 2
    desk.check()


def test_what_changed_in_what_is_followed_is_told_once_everything_is_in(newsroom, intake):
    standing = newsroom.library.standing
    standing.add("ada", "search", "pont", "fr")
    ask_again(newsroom.engine)
    send(intake, "bac.txt", b"Le bac est \xc3\xa0 quai.")
    send(intake, "pont.txt", b"Le pont de Corvenne a rouvert.")
    over(intake)
    newsroom.standing.wait()
    assert [one.kind for one in standing.changes("ada")] == ["match"]


def test_a_table_is_one_entry_with_all_its_articles_and_what_is_broken_in_it(intake):
    lines = documents.json_lines(*({"title": f"T{n}", "text": f"Le texte numéro {n}."} for n in range(5)))
    send(intake, "depeches.jsonl", lines + b"{broken\n")
    (entry,) = over(intake).entries
    assert (entry.new, entry.changed, entry.unchanged, len(entry.refused)) == (5, 0, 0, 1)
    assert "depeches.jsonl" in entry.refused[0].text("en")
    send(intake, "depeches.jsonl", lines)
    again = over(intake).entries[-1]
    assert (again.new, again.changed, again.unchanged, again.refused) == (0, 0, 5, ())


def test_the_same_name_with_other_content_is_the_article_changed(desk, intake):
    send(intake, "note.txt", b"Le pont rouvre lundi.")
    over(intake)
    send(intake, "note.txt", b"Le pont rouvre lundi.")
    assert over(intake).entries[-1].outcome == "unchanged"
    send(intake, "note.txt", b"Le pont rouvre mardi.")
    assert over(intake).entries[-1].outcome == "changed"
    (article,) = desk.library.articles()
    assert (article.text, article.source) == ("Le pont rouvre mardi.", "note.txt")
    assert [revision.text for revision in desk.library.revisions.of(article.id)] == ["Le pont rouvre lundi."]
    assert desk.library.source("upload:note.txt").article_id == article.id


def test_a_file_that_is_too_large_is_refused_before_any_of_it_is_sent(intake):
    token = intake.begin("gros.txt", MAX_BYTES + 1)
    assert not intake.append(token, b"x")
    (entry,) = intake.view().entries
    assert [f.text("fr") for f in entry.refused] == [
        "gros.txt : plus de 50 Mo ; découpez ce fichier en articles."
    ]


def test_more_than_was_announced_is_not_taken(intake):
    token = intake.begin("menteur.txt", 3)
    assert not intake.append(token, b"beaucoup plus")
    assert became(intake.view()) == {"menteur.txt": "stopped"}


def test_pages_are_fetched_and_only_pages(desk, intake):
    with loopback.serving() as site:
        site.put("/a.html", documents.html())
        intake.add_url(site.url("/a.html"))
        intake.add_url(site.url("/nowhere.html"))
        view = over(intake)
    assert [entry.outcome for entry in view.entries] == ["new", "refused"]
    for written in ("/etc/passwd", "file:///etc/passwd", "", "ftp://a.example/x", "http://"):
        with pytest.raises(UserError):
            intake.add_url(written)
    assert [article.source for article in desk.library.articles()] == [site.url("/a.html")]


def test_a_private_address_is_refused_with_its_sentence(desk):
    newsroom = AppContext(desk.parts, build_chain(desk.parts, None))
    intake = Intake(newsroom)
    intake.add_url("http://127.0.0.1:1/")
    (entry,) = over(intake).entries
    assert "n'est pas publique" in entry.refused[0].text("fr")


# --- several at once ---


def test_a_library_that_another_process_writes_to_says_so(newsroom, intake):
    context = multiprocessing.get_context("spawn")
    held, done = context.Event(), context.Event()
    other = context.Process(target=hold, args=(newsroom.settings.data_dir, held, done))
    other.start()
    try:
        assert held.wait(60)
        send(intake, "a.txt", b"Un texte.")
        (entry,) = over(intake).entries
        assert "écrit dans cette bibliothèque" in entry.refused[0].text("fr")
    finally:
        done.set()
        other.join()
    send(intake, "a.txt", b"Un texte.")
    assert over(intake).entries[-1].outcome == "new"


def hold(folder: Path, held: threading.Event, done: threading.Event) -> None:
    with write_lock(folder):
        held.set()
        done.wait(60)


class Gated(FakeEmbedder):
    """Reads passages only while its gate is open."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()

    def read_passages(self, texts: Sequence[str]) -> list[TokenVectors]:
        assert self.gate.wait(60)
        return super().read_passages(texts)


def test_stopping_keeps_what_was_read_and_gives_up_what_waits(tmp_path):
    embedder = Gated()
    desk = Desk(tmp_path, embedder=embedder)
    intake = Intake(AppContext(desk.parts, build_chain(desk.parts, None)))
    send(intake, "lu.txt", b"Un texte qui est lu.")
    deadline = time.monotonic() + 300
    while intake.view().source != "lu.txt" and time.monotonic() < deadline:
        time.sleep(0.01)
    send(intake, "attend.txt", b"Un texte qui attend.")
    token = intake.begin("arrive.txt", 100)
    intake.stop()
    assert not intake.append(token, b"x")
    assert intake.view().stopping
    embedder.gate.set()
    assert became(over(intake)) == {"lu.txt": "new", "attend.txt": "stopped", "arrive.txt": "stopped"}
    intake.clear()
    assert intake.view().entries == ()
    send(intake, "attend.txt", b"Un texte qui attend.")
    assert became(over(intake)) == {"attend.txt": "new"}
    desk.check()
    desk.close()


def test_each_user_sees_and_stops_their_own(tmp_path):
    embedder = Gated()
    desk = Desk(tmp_path, embedder=embedder)
    intake = Intake(AppContext(desk.parts, build_chain(desk.parts, None)))
    send(intake, "lu.txt", b"Un texte qui est lu.", user="ada")
    deadline = time.monotonic() + 300
    while intake.view("ada").source != "lu.txt" and time.monotonic() < deadline:
        time.sleep(0.01)
    send(intake, "attend.txt", b"Un texte qui attend.", user="bob")
    send(intake, "photo.xyz", b"x", user="bob")
    token = intake.begin("arrive.txt", 100, "bob")
    assert not intake.append(token, b"x", "ada")
    assert intake.append(token, b"x", "bob")
    assert [entry.name for entry in intake.view("ada").entries] == ["lu.txt"]
    assert [entry.name for entry in intake.view("bob").entries] == ["attend.txt", "photo.xyz", "arrive.txt"]
    assert (intake.view("bob").busy, intake.view("bob").source, intake.view("bob").passages) == (True, "", 0)
    assert intake.view() == IntakeView()
    intake.stop("bob")
    assert not intake.view("ada").stopping
    assert not intake.view("bob").busy
    assert not intake.append(token, b"x", "bob")
    send(intake, "autre.txt", b"Un autre texte, qui est lu aussi.", user="bob")
    embedder.gate.set()
    assert became(over(intake, "ada")) == {"lu.txt": "new"}
    assert became(over(intake, "bob")) == {
        "attend.txt": "stopped", "photo.xyz": "refused", "arrive.txt": "stopped", "autre.txt": "new",
    }  # fmt: skip
    intake.clear("bob")
    assert intake.view("bob").entries == ()
    assert became(intake.view("ada")) == {"lu.txt": "new"}
    desk.check()
    desk.close()


def test_nothing_is_removed_while_articles_come_in(newsroom, intake):
    with intake._writing, pytest.raises(UserError, match="right now"):
        remove(newsroom, ["x"])


# --- nothing stays behind ---


def test_an_upload_leaves_its_words_nowhere_but_in_the_library(desk, newsroom, intake, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "elsewhere"))
    (tmp_path / "elsewhere").mkdir()
    words = f"Le {CANARY} est arrivé. ".encode()
    data = words + b"Une phrase de plus. " * 60_000  # more than is held in memory
    token = intake.begin("canari.txt", len(data))
    assert intake.append(token, data[:900_000])
    assert files_with(tmp_path) == []  # what is received has no name on disk
    intake.append(token, data[900_000:])
    assert over(intake).entries[0].outcome == "new"
    (article,) = desk.library.articles()
    assert remove(newsroom, [article.id]) == 1
    desk.indexer.compact()
    intake.clear()
    desk.close()
    assert files_with(tmp_path) == []
    assert list((tmp_path / "elsewhere").iterdir()) == []


def files_with(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file() and CANARY.encode() in file.read_bytes()]


def test_what_nobody_sends_any_more_is_given_up(tmp_path):
    now = [0.0]
    spool = Spool(tmp_path, clock=lambda: now[0])
    uploads = [spool.begin(f"{n}.txt", 10) for n in range(MOST_OPEN)]
    assert spool.begin("de-trop.txt", 10) is None
    now[0] = 301.0
    assert spool.begin("nouveau.txt", 10) is not None
    assert all(upload.content.closed for upload in uploads)
    assert spool.append(uploads[0].token, b"x") is None
    spool.close()


def test_what_is_announced_and_not_sent_gives_way_to_who_sends(tmp_path):
    now = [0.0]
    spool = Spool(tmp_path, clock=lambda: now[0])
    sent, *announced = [spool.begin(f"{n}.txt", 10) for n in range(MOST_OPEN)]
    now[0] = 5.0
    spool.append(sent.token, b"x")
    assert spool.begin("trop-tot.txt", 10) is None
    now[0] = 21.0
    later = [spool.begin(f"nouveau{n}.txt", 10) for n in range(MOST_OPEN - 1)]
    assert None not in later
    assert all(upload.content.closed for upload in announced)
    assert spool.begin("de-trop.txt", 10) is None  # those have just come
    assert spool.append(sent.token, b"y" * 9).is_whole
    assert not sent.content.closed
    sent.close()
    spool.close()


def test_one_that_stops_in_the_middle_gives_way_later(tmp_path):
    now = [0.0]
    spool = Spool(tmp_path, clock=lambda: now[0])
    for number in range(MOST_OPEN):
        spool.append(spool.begin(f"{number}.txt", 10).token, b"x")
    now[0] = 59.0
    assert spool.begin("trop-tot.txt", 10) is None
    now[0] = 61.0
    assert spool.begin("nouveau.txt", 10) is not None
    spool.close()


def test_who_announces_many_uploads_keeps_nobody_else_out(tmp_path):
    now = [0.0]
    spool = Spool(tmp_path, clock=lambda: now[0])
    greedy = []
    for number in range(MOST_OPEN):
        now[0] += 0.1
        greedy.append(spool.begin(f"{number}.txt", 10, "greedy"))
        spool.append(greedy[-1].token, b"x")
    assert spool.begin("de-trop.txt", 10, "greedy") is None
    others = [spool.begin(f"{name}.txt", 10, name) for name in "abcdefgh"]
    assert None not in others
    assert [upload.content.closed for upload in greedy] == [True] * 8 + [False] * 24
    assert spool.begin("de-trop.txt", 10, "greedy") is None
    for other in others:
        assert spool.append(other.token, b"x" * 10).is_whole
        other.close()
    spool.close()


def test_among_many_senders_none_has_more_than_its_share(tmp_path):
    spool = Spool(tmp_path, clock=lambda: 0.0)
    for sender in ("ada", "bob", "eve"):
        for number in range(MOST_OPEN):
            spool.begin(f"{number}.txt", 10, sender)
    counts = Counter(upload.sender for upload in spool._open.values())
    assert sorted(counts.values()) == [10, 11, 11]
    spool.close()


class Noted(FakeEmbedder):
    """Notes what it reads, while its gate is open."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.read: list[str] = []

    def read_passages(self, texts: Sequence[str]) -> list[TokenVectors]:
        assert self.gate.wait(60)
        self.read += texts
        return super().read_passages(texts)


def test_who_sends_much_lets_others_have_their_turn(tmp_path):
    embedder = Noted()
    desk = Desk(tmp_path, embedder=embedder)
    intake = Intake(AppContext(desk.parts, build_chain(desk.parts, None)))
    texts = [f"Le texte numéro {number} de la rédaction.".encode() for number in range(100)]
    send(intake, "premier.txt", b"Un texte qui occupe.", user="ada")
    deadline = time.monotonic() + 300
    while intake.view("ada").source != "premier.txt" and time.monotonic() < deadline:
        time.sleep(0.01)
    taken = [send(intake, f"ada{number}.txt", texts[number], user="ada") for number in range(40)]
    assert [token is not None for token in taken] == [True] * 32 + [False] * 8
    with pytest.raises(UserError, match="waiting for their turn"):
        intake.add_url("https://exemple.example/", "ada")
    assert send(intake, "bob.txt", b"Un texte de Bob.", user="bob")
    assert send(intake, "eve.txt", b"Un texte de la page d'Eve.", page="eve")
    embedder.gate.set()
    assert set(became(over(intake, "ada")).values()) == {"new"}
    assert became(over(intake, "bob")) == {"bob.txt": "new"}
    assert became(over(intake)) == {"eve.txt": "new"}
    places = {name: min(place for place, text in enumerate(embedder.read) if name in text)
              for name in ("Bob", "Eve", "numéro 31 ")}  # fmt: skip
    assert places["Bob"] < places["Eve"] < places["numéro 31 "]
    desk.check()
    desk.close()


def test_files_of_one_page_that_is_not_signed_in_leave_room_to_another(intake):
    tokens = [intake.begin(f"{number}.txt", 10, page="many") for number in range(MOST_OPEN)]
    assert None not in tokens
    assert intake.begin("de-trop.txt", 10, page="many") is None
    assert intake.begin("autre.txt", 10, page="one") is not None
    assert not intake.append(tokens[0], b"x")
    assert became(intake.view())["0.txt"] == "stopped"
    intake.stop()


# --- names are data ---


@given(st.text(max_size=80))
def test_a_name_is_never_a_path_of_ours_nor_a_url(name):
    safe = safe_name(name)
    assert safe
    assert not is_url(safe)
    assert not safe.startswith("/")
    assert not {"..", ".", ""} & set(safe.split("/"))
    assert safe.isprintable()


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("note.txt", "note.txt"),
        ("dossier/note.txt", "dossier/note.txt"),
        ("../../etc/passwd.txt", "etc/passwd.txt"),
        ("C:\\Users\\x\\note.txt", "C:/Users/x/note.txt"),
        ("https://lemonde.example/a.html", "https:/lemonde.example/a.html"),
        ("", "?"),
        ("\x00\u202e.txt", ".txt"),
    ],
)
def test_names_keep_what_they_say(sent, kept):
    assert safe_name(sent) == kept


def test_a_hostile_name_is_shown_as_text():
    name = "<img src=x onerror=alert(1)>.txt"
    shown = intake_html(IntakeView((IntakeEntry(name, "done", new=1),)), "fr")
    assert "<img" not in shown
    assert "1 article ajouté" in shown


def test_broken_characters_are_told_beside_their_file():
    entries = (IntakeEntry("a.txt", "done", new=1, unreadable=3),)
    assert "1 article ajouté · 3 caractères illisibles (�)" in intake_html(IntakeView(entries), "fr")


def test_the_report_says_what_is_going_on(make: Callable[..., IntakeView] = IntakeView):
    entries = (IntakeEntry("a.txt", "done", new=1), IntakeEntry("b.txt", "receiving", size=200, received=50))
    shown = intake_html(make(entries, True, source="a.txt", passages=12, rate=3.5), "fr").striptags()
    assert "1 sur 2" in shown
    assert "12 extraits lus · 3,5 par seconde · a.txt" in shown
    assert "réception (25 %)" in shown
    english = intake_html(make(entries), "en").striptags()
    assert "1 of 2 — done." in english


def test_files_are_known_from_the_moment_that_they_are_dropped(intake):
    intake.begin("a.txt", 20, page="p", left=39)
    view = intake.view()
    assert (view.total, view.coming, view.busy) == (40, 39, True)
    assert "0 sur 40" in intake_html(view, "fr").striptags()
    intake.stop()
    stopped = intake.view()
    assert (stopped.total, stopped.unsent, stopped.busy) == (1, 39, False)
    assert "39 fichiers n'ont pas été envoyés" in intake_html(stopped, "fr").striptags()
    intake.clear()
    assert intake.view().unsent == 0


def test_a_page_that_goes_away_is_not_waited_for(intake, monkeypatch: pytest.MonkeyPatch):
    intake.begin("a.txt", 20, page="p", left=3)
    monkeypatch.setattr("ui.library.intake._FORSAKEN", 0.0)
    assert intake.view().coming == 0
    intake.stop()


@pytest.mark.parametrize(
    ("seconds", "french", "english"),
    [
        (3, "encore 10 secondes environ", "about 10 seconds left"),
        (44, "encore 40 secondes environ", "about 40 seconds left"),
        (61, "encore 1 minute environ", "about 1 minute left"),
        (400, "encore 7 minutes environ", "about 7 minutes left"),
        (9000, "encore 2 heures environ", "about 2 hours left"),
    ],
)
def test_what_remains_is_told_as_roughly_as_it_is_known(seconds: int, french: str, english: str):
    assert [remaining_text(seconds, language) for language in ("fr", "en")] == [french, english]


def test_what_remains_is_told_once_part_of_it_is_done():
    done, waiting = IntakeEntry("a.txt", "done", new=1), IntakeEntry("b.txt", "waiting")
    view = IntakeView((done, done, waiting), True, coming=6, share=0.5)
    assert view.seconds_left(10.0, over_before=1) == pytest.approx(10 * 6.5 / 1.5)
    assert view.seconds_left(1.0, over_before=1) is None
    assert replace(view, share=0.0).seconds_left(10.0, over_before=2) is None


def test_files_whose_sizes_are_all_known_count_by_their_bytes():
    """A large one among small ones takes the time that it takes."""
    small, large = IntakeEntry("a.txt", "done", size=10), IntakeEntry("b.pdf", "reading", size=990)
    view = IntakeView((small, large), True, share=0.5)
    assert view.seconds_left(10.0, over_before=0) == pytest.approx(10 * 495 / 505)
    assert replace(view, share=0.0).seconds_left(10.0, over_before=0) is None


@pytest.mark.parametrize(
    ("language", "told"),
    [("fr", "page 12 sur 1\u202f340"), ("en", "page 12 of 1,340")],
)
def test_pages_of_a_long_document_are_told(language: str, told: str):
    entries = (IntakeEntry("b.pdf", "reading", size=990),)
    view = IntakeView(entries, True, source="b.pdf", share=0.01, reading=Reading("b.pdf", 12, 1340, "pages"))
    assert told in intake_html(view, language)


def test_bytes_of_a_large_table_are_told():
    entries = (IntakeEntry("b.csv", "reading", size=40_000_000),)
    reading = Reading("b.csv", 12_500_000, 40_000_000, "bytes")
    view = IntakeView(entries, True, source="b.csv", share=reading.share, reading=reading)
    assert "12,5 Mo sur 40,0" in intake_html(view, "fr")
    assert "12.5 MB of 40.0" in intake_html(view, "en")


def test_after_a_stop_the_page_says_what_is_in_and_what_is_not():
    entries = (
        IntakeEntry("a.csv", "done", new=3, unchanged=1),
        IntakeEntry("b.csv", "stopped", new=2),
        IntakeEntry("c.csv", "stopped"),
    )
    shown = intake_html(IntakeView(entries, unsent=4), "fr").unescape()
    assert (
        "— arrêté : 6 articles lus sont dans la bibliothèque ; 1 fichier n'y est qu'en partie ;"
        " 5 fichiers n'y sont pas." in shown
    )
    assert "terminé" not in shown
    shown = intake_html(IntakeView(entries[:2]), "en")
    assert "stopped: 6 articles that were read are in the library; 1 file is in it only in part." in shown


def test_how_much_of_a_large_file_is_read_is_known_while_it_is(tmp_path: Path):
    spool = Spool(tmp_path)
    rows = b"".join(
        b'{"title": "Titre %d", "text": "Le pont est ferme."}\n' % number for number in range(60_000)
    )
    upload = spool.begin("a.jsonl", len(rows))
    for start in range(0, len(rows), 1_000_000):
        spool.append(upload.token, rows[start : start + 1_000_000])
    assert upload.share_read in (0.0, 1.0)  # where the last piece ended
    with upload.opened() as file:
        assert upload.share_read == 0.0
        file.read(len(rows) // 2)
        assert upload.share_read == pytest.approx(0.5, abs=0.01)
    upload.close()
    assert upload.share_read == 0.0


def test_a_table_that_needs_a_mapping_shows_its_columns_and_their_values():
    columns = (ColumnSample("<b>ref", ("<script>x</script>", "2")), ColumnSample("vide", ()))
    failure = Failure(
        "t.csv", "t.csv: say which.", "t.csv : dites laquelle.", columns, "sourcier ingest t.csv"
    )
    shown = intake_html(IntakeView((IntakeEntry("t.csv", "done", refused=(failure,)),)), "fr")
    assert "t.csv : dites laquelle." in shown
    assert "<b>&lt;b&gt;ref</b>: &lt;script&gt;x&lt;/script&gt; · 2" in shown
    assert "<b>vide</b>: –" in shown


def test_a_table_s_refusals_are_shown_by_reason():
    refused = tuple(Failure(f"t.csv#{n}", f"t.csv#{n}: broken.", f"t.csv#{n} : cassé.") for n in range(2, 40))
    shown = intake_html(IntakeView((IntakeEntry("t.csv", "done", new=1, refused=refused),)), "fr")
    assert "t.csv : 38 lignes en échec : cassé (lignes 2, 3, 4…)." in shown
    assert "38 refus" in shown
    assert "t.csv#2" not in shown


def test_an_upload_under_embargo_is_kept_and_said(tmp_path):
    item = {
        "uri": "urn:a.example:1",
        "type": "text",
        "body_text": "Un texte de Brissac.",
        "embargoed": "2090-09-01",
    }
    with closing(Desk(tmp_path)) as desk, loopback.fetchers() as fetcher:
        settings = desk.parts.settings.model_copy(update={"ingest": IngestSettings(embargoed="store")})
        parts = replace(desk.parts, settings=settings)
        intake = Intake(AppContext(parts, build_chain(parts, None), fetcher=fetcher))
        send(intake, "a.json", json.dumps(item).encode())
        (entry,) = over(intake).entries
        assert (entry.embargoed, entry.new, entry.unchanged, entry.refused) == (1, 0, 0, ())
        shown = intake_html(intake.view(), "fr").unescape()
        assert "1 sous embargo ou retenu" in shown
        assert (
            "a.json : sous embargo jusqu'au 01/09/2090 à 00:00 ; gardé hors des réponses jusque-là." in shown
        )
