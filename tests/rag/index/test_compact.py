"""Removing an article takes it out of every index at once, and compacting out of every byte on disk."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from desk import Desk

from rag.storage import atomic_folder

CANARY = "zqxjkvwyp"
TEXTS = {
    "pont.txt": "Le pont de Corvenne a rouvert lundi après trois mois de travaux. Il porte deux voies.",
    "bac.txt": "Le bac de Valmorin ne circulera plus le dimanche, faute de pilotes. Le maire proteste.",
    "foire.txt": "La foire aux courges de Sarrane a lieu dimanche. Il y aura du monde et deux fanfares.",
    "ecole.txt": "L’école de Sarrane accueillera douze élèves de plus à la rentrée, dit le maire.",
}
QUESTION = "Que dit le maire du pont de Corvenne et du bac ?"
WORDS = ["pont", "corven", "mair", "bac", "sarran", "dimanch"]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(Desk(tmp_path / "one")) as desk:
        for name, text in TEXTS.items():
            desk.write(name, text)
        yield desk


def canary_article(desk: Desk) -> Path:
    """An article with the canary in its title, its text, its author, its file's name and an earlier text."""
    front = f"---\ntitle: Titre {CANARY}\nauthor: Auteur {CANARY}\nsite: Journal {CANARY}\n---\n"
    file = desk.write(f"{CANARY}/{CANARY}.md", f"{front}Un mot ancien, {CANARY}old, dans la ville.")
    desk.ingest()
    file.write_bytes(b"\0\1\2\0")
    assert len(desk.ingest().failed) == 1  # and in what is told of a failure
    desk.write(f"{CANARY}/{CANARY}.md", f"{front}Le mot {CANARY} est dit dans la ville. Il y reste.")
    desk.ingest()
    file.write_bytes(b"\0\1\2\0")
    assert len(desk.ingest().failed) == 1
    assert len(desk.library.revisions.of(desk.id_of(f"{CANARY}/{CANARY}.md"))) == 1
    return file


def test_nothing_of_a_removed_article_stays_on_disk(desk: Desk):
    canary_article(desk)
    article_id = desk.id_of(f"{CANARY}/{CANARY}.md")
    passage = desk.library.passages_of(article_id)[0].id
    before = desk.containing(CANARY.encode()), desk.containing(passage.encode())
    assert before[0] != []
    assert {name.split("/")[0] for name in before[1]} >= {"vectors", "terms"}

    desk.indexer.remove(article_id)
    assert passage not in {hit.passage_id for hits in desk.found(CANARY, [CANARY]) for hit in hits}
    assert (desk.library.failures.all(), desk.library.revisions.of(article_id)) == ([], [])
    desk.indexer.compact()
    for trace in (CANARY.encode(), article_id.encode(), passage.encode()):
        assert desk.containing(trace) == []
    desk.close()  # what is only in memory isn't written at the end either
    assert desk.containing(CANARY.encode()) == desk.containing(article_id.encode()) == []
    desk.open()
    desk.check()


def test_the_others_are_found_as_if_it_had_never_been_there(desk: Desk, tmp_path: Path):
    canary_article(desk)
    desk.indexer.remove(desk.id_of(f"{CANARY}/{CANARY}.md"))
    shutil.rmtree(desk.files / CANARY)
    before = desk.found(QUESTION, WORDS)[0]
    desk.indexer.compact()
    assert desk.found(QUESTION, WORDS)[0] == before
    with closing(Desk(tmp_path / "two")) as never:
        shutil.rmtree(never.files)
        never.files.symlink_to(desk.files)  # the same places: ids are made from them
        never.ingest()
        assert never.found(QUESTION, WORDS) == desk.found(QUESTION, WORDS)
        assert len(desk.found(QUESTION, WORDS)[1]) == len(TEXTS)
    desk.check()


def test_what_a_change_replaced_is_kept_as_a_revision_only(desk: Desk):
    desk.write("mot.txt", f"Le mot {CANARY} est dit.")
    desk.ingest()
    old = desk.library.passages_of(desk.id_of("mot.txt"))[0].id
    desk.write("mot.txt", "Le mot n'est plus dit.")
    desk.ingest()
    desk.indexer.compact()
    assert desk.containing(CANARY.encode()) == ["library.sqlite3"]
    assert desk.containing(old.encode()) == []


def test_files_of_earlier_formats_go_too(desk: Desk):
    desk.ingest()
    (desk.data / "terms" / "v1").mkdir()
    (desk.data / "terms" / "v1" / "old").write_text(CANARY)
    (desk.data / "sketches" / "sketches-v0.sqlite3").write_text(CANARY)
    desk.indexer.compact()
    assert desk.containing(CANARY.encode()) == []
    desk.check()


def test_an_empty_library_can_be_compacted(tmp_path: Path):
    with closing(Desk(tmp_path)) as desk:
        desk.indexer.compact()
        desk.check()
        desk.write("pont.txt", TEXTS["pont.txt"])
        assert desk.ingest().new == 1
        desk.check()


def test_whoever_has_the_library_open_goes_on_and_sees_it_compacted(desk: Desk):
    desk.ingest()
    with closing(Desk(desk.folder)) as reader:
        before = reader.found(QUESTION, WORDS)
        desk.indexer.compact()
        assert reader.found(QUESTION, WORDS) == before
        desk.write("neuf.txt", "Une tour neuve domine Corvenne.")
        desk.ingest()
        (vector,) = reader.embedder.embed_queries(["Une tour neuve domine Corvenne."])
        assert reader.parts.vectors.search(vector, 1)[0].passage_id.startswith(reader.id_of("neuf.txt"))
        reader.check()


class Stop(BaseException):
    """Ends a process where it stands."""


@pytest.mark.parametrize("step", ["complete", "settle"])
@pytest.mark.parametrize("times", [0, 1])
@pytest.mark.parametrize("after", [False, True])
def test_a_swap_that_stops_halfway_is_finished_or_undone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, step: str, times: int, after: bool
):
    desk.ingest()
    before = desk.found(QUESTION, WORDS)
    whole: Callable[[Path], None] = getattr(atomic_folder, step)
    left = times + (2 if step == "settle" else 0)  # looking whose vectors there are settles them, too

    def stopping(folder: Path) -> None:
        nonlocal left
        if left == 0:
            if after:
                whole(folder)
            raise Stop
        left -= 1
        whole(folder)

    desk.indexer.recover()
    monkeypatch.setattr(atomic_folder, step, stopping)
    with pytest.raises(Stop):
        desk.indexer.compact()
    monkeypatch.undo()
    beside = {path.name for path in (desk.data / "vectors").iterdir() if "." in path.name}
    done = times + after
    waiting = ["chroma", "rows"][done:]
    if step == "settle":
        assert beside == {f"{name}.complete" for name in waiting}
    else:
        completed = ["chroma", "rows"][:done]
        assert beside == {f"{n}.complete" for n in completed} | {f"{n}.new" for n in waiting}
    desk.open()
    assert desk.found(QUESTION, WORDS) == before
    desk.indexer.recover()
    desk.check()
    desk.indexer.compact()
    assert sorted(path.name for path in (desk.data / "vectors").iterdir()) == [
        "chroma",
        "lock",
        "rows",
        "stamp",
        "summary",
    ]
