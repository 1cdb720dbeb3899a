"""A library goes from a folder into a database and back, and is the same; killed anywhere, it goes on."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from desk import Desk
from fake_embedder import FakeEmbedder

from rag.backup.library_copy import CopyProgress, copy_library, finish_copy
from rag.conversation.store import ConversationStore
from rag.engine.index_copy import copy_indexes
from rag.errors import LibraryError, UserError
from rag.library.library import Library
from rag.library.records import Entry
from rag.storage.database import Place


class Refusing(FakeEmbedder):
    """An encoder that has nothing to do."""

    refuses = True

    def read_passages(self, texts):
        assert not self.refuses
        return super().read_passages(texts)


class KilledError(Exception):
    """As if the process had been killed there."""


@pytest.fixture
def origin(tmp_path: Path) -> Place:
    with closing(Desk(tmp_path / "origin")) as desk:
        for number in range(5):
            desk.write(
                f"{number}.md", f"---\ntitle: Titre {number}\n---\n\nLe pont {number} a rouvert\0 lundi.\n"
            )
        desk.ingest()
        desk.write("0.md", "---\ntitle: Titre 0\n---\n\nLe pont zéro a fermé.\n")
        desk.ingest()
        made = desk.library.dossiers.create("léa", "Ponts")
        desk.library.dossiers.add(made.id, "léa", [article.id for article in desk.library.articles()[:2]])
        with closing(ConversationStore(desk.data)) as store:
            store.begin("léa", "Une question ?")
            store.begin("zoé", "Une autre ?")
    return desk.place


def told(place: Place) -> dict[str, object]:
    with closing(Library(place)) as library, closing(ConversationStore(place)) as store:
        ids = [article.id for article in library.articles()]
        (dossier,) = library.dossiers.listed("léa")
        return {
            "articles": library.articles(), "counts": library.counts(), "version": library.version(),
            "revisions": [library.revisions.of(one) for one in ids], "newest": library.newest(9),
            "passages": [library.passages_of(one) for one in ids], "dossier": dossier,
            "members": library.dossiers.members([dossier.id]), "arrived": library.standing.arrived(0),
            "conversations": [store.listed(user) for user in ("léa", "zoé")],
        }  # fmt: skip


@pytest.mark.parametrize("stops", [0, 3, 9])
def test_a_library_is_the_same_in_the_database_and_back_in_a_folder(
    origin: Place, postgres_place: Place, tmp_path: Path, stops: int
):
    database, back = Place(tmp_path / "server", postgres_place.url), Place(tmp_path / "back")
    for one, other in ((origin, database), (database, back)):
        left = stops

        def tell(progress: CopyProgress) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise KilledError(progress.name)

        if stops:
            with pytest.raises(KilledError):
                copy_library(one, other, tell)
            with pytest.raises(LibraryError, match="is being copied here"):
                Library(other)
        assert copy_library(one, other, lambda _: None).articles == 5
        assert told(other) == told(origin)
    with closing(Library(database)) as library:
        waiting = library.not_indexed()
        assert len(waiting) == 5
        assert library.problems() == []
        # Triggers are there again, and numbers go on.
        version, arrival = library.version(), library.standing.arrival()
        another = replace(
            library.articles()[0], id="another", text="Un bac relie les rives.", content_hash="b"
        )
        library.acknowledge([Entry(another, ())], "test")
        assert library.standing.arrived(arrival) == ["another"]
        library.remove(waiting[0])
        assert library.version() != version
        made = library.dossiers.create("zoé", "Bacs")
        assert library.dossiers.get(made.id, "zoé") == made


def test_what_the_encoder_made_is_copied_and_finds_the_same(
    origin: Place, postgres_place: Place, tmp_path: Path
):
    target = Place(tmp_path / "copy" / "data", postgres_place.url)
    copy_library(origin, target, lambda _: None)
    with (
        closing(Desk(origin.folder.parent)) as one,
        closing(Desk(tmp_path / "copy", url=postgres_place.url, embedder=Refusing())) as other,
    ):
        assert len(other.library.not_indexed()) == 5
        assert copy_indexes(one.parts, other.parts, lambda *_: None) == 0
        other.check()
        other.embedder.refuses = False
        found = [desk.found("Le pont 3", ["pont", "3"]) for desk in (one, other)]
        assert [[hit.passage_id for hit in hits] for hits in found[0]] == [
            [hit.passage_id for hit in hits] for hits in found[1]
        ]
        assert found[0][0][0].score == pytest.approx(found[1][0][0].score, abs=1e-3)


def test_who_stopped_while_indexes_were_copied_goes_on_until_the_library_or_its_copy_is_another(
    origin: Place, postgres_place: Place, tmp_path: Path
):
    target = Place(tmp_path / "copy" / "data", postgres_place.url)
    copied = copy_library(origin, target, lambda _: None)
    seen: list[CopyProgress] = []
    assert copy_library(origin, target, seen.append) == copied
    assert seen == []
    with closing(Desk(origin.folder.parent)) as desk:
        desk.indexer.remove(desk.library.articles()[0].id)
    with pytest.raises(UserError, match="has changed since it was copied"):
        copy_library(origin, target, lambda _: None)
    finish_copy(target)
    with pytest.raises(UserError, match="there is a library here already"):
        copy_library(origin, target, lambda _: None)


def test_another_library_is_not_written_over(origin: Place, tmp_path: Path):
    with closing(Desk(tmp_path / "other")) as desk:
        desk.write("a.txt", "Un autre article.")
        desk.ingest()
    with pytest.raises(UserError, match="there is a library here already"):
        copy_library(origin, desk.place, lambda _: None)
    with pytest.raises(UserError, match="would be copied to itself"):
        copy_library(origin, origin, lambda _: None)
    with pytest.raises(UserError, match="there is no library here"):
        copy_library(Place(tmp_path / "none"), Place(tmp_path / "new"), lambda _: None)
    assert not (tmp_path / "none").exists()
