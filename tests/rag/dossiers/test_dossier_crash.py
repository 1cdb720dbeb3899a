"""What was acknowledged is there, whenever its process was killed; what waits for its time is nowhere."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from desk import Desk

from rag.dossiers.rule import Rule
from rag.embargo.store import EmbargoedArticle
from rag.library.library import Library
from rag.schema.article import Article, Passage
from rag.storage.database import Place

ROOT = Path(__file__).parents[3]
# Says what it has done once it is done, for ever.
BUSY = """
import os
import sys
from pathlib import Path
from rag.config import Settings
from rag.dossiers.rule import Rule
from rag.engine.engine import open_filling
from rag.library.library import Library

settings = Settings(data_dir=Path(sys.argv[1]), library={"url": os.environ["SOURCIER_LIBRARY__URL"] or None})
library = Library(settings.place)
table, filling = library.dossiers, open_filling(settings, library)
ids = [row.article_id for row in library.listing.rows(sys.argv[2:])]
number = 0
while True:
    number += 1
    made = table.create("", f"Dossier {number}")
    table.add(made.id, "", ids[:1])
    table.add_rule(made.id, "", Rule("pont"))
    filling.fill([made.id])
    table.take_out(made.id, "", ids[1:2])
    print(made.id, flush=True)
    if number % 3 == 0:
        table.delete(made.id, "")
        print("-" + made.id, flush=True)
"""


def test_what_a_killed_process_has_said_it_did_is_done(place: Place):
    with closing(Desk(place.folder, url=place.url)) as desk:
        for name, text in {
            "bac": "Le bac a fermé.",
            "pont": "Le pont ouvre.",
            "autre": "Un autre pont.",
        }.items():
            desk.write(f"{name}.txt", text)
        desk.ingest()
        by_hand, out, other = (desk.id_of(f"{name}.txt") for name in ("bac", "pont", "autre"))
    environment = os.environ | {"SOURCIER_LIBRARY__URL": place.url or ""}
    command = [sys.executable, "-c", BUSY, str(desk.data), by_hand, out]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment) as busy:
        said = [busy.stdout.readline().strip() for _ in range(40)]
        busy.kill()
        said += busy.stdout.read().split()
    gone = {one[1:] for one in said if one.startswith("-")}
    with closing(Library(desk.place)) as library:
        assert library.problems() == []
        there = {one.id for one in library.dossiers.listed("")}
        kept = {one for one in said if not one.startswith("-")} - gone
        # The last word may have been said and not read, or done and not said.
        assert len(kept - there) <= 1
        assert len(there - kept) <= 1
        assert len(kept & there) > 10
        for dossier_id in kept & there:
            assert {*library.dossiers.members([dossier_id])} == {by_hand, other}


def test_what_waits_for_its_time_is_in_no_dossier_before(place: Place):
    with closing(Desk(place.folder, url=place.url)) as desk:
        noon = datetime(2026, 1, 5, 12, tzinfo=UTC)
        desk.now = noon - timedelta(hours=1)
        desk.write("bac.txt", "Le bac a fermé.")
        desk.ingest()
        article = desk.library.article(desk.id_of("bac.txt"))
        passages = tuple(desk.library.passages_of(article.id))
        desk.indexer.remove(article.id)
        desk.library.embargoes.put(_waiting(article, passages, desk, noon))
        table = desk.library.dossiers
        made = table.create("", "Bac")
        table.add_rule(made.id, "", Rule("bac"))
        assert table.add(made.id, "", [article.id]) == 0
        desk.parts.filling.fill([made.id])
        assert table.members([made.id]) == ()
        desk.indexer.release(noon)
        desk.parts.filling.fill([made.id])
        assert table.members([made.id]) == (article.id,)
        desk.check()


def _waiting(
    article: Article, passages: tuple[Passage, ...], desk: Desk, until: datetime
) -> EmbargoedArticle:
    key = str((desk.files / "bac.txt").resolve())
    return EmbargoedArticle(article, passages, desk.indexer.recipe, key, article.source, "d", key, until)
