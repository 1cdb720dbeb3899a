"""Who has just begun: an empty library, invented articles, and taking them out for good."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from desk import Desk

from ingest.pipeline.sync import Synchronizer
from ingest.sources import examples
from ingest.sources.examples import examples_in
from rag.config import Settings, SourceSettings
from ui.command import ingest as command
from ui.library.welcome import welcome_html


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    desk = Desk(tmp_path)
    monkeypatch.setattr(examples, "EXAMPLES", tmp_path / "examples")
    (tmp_path / "examples").mkdir()
    for number in range(3):
        (tmp_path / "examples" / f"{number}.md").write_text(f"# Exemple {number}\n\nLe pont numéro {number}.")
    yield desk
    desk.close()


def bring_examples_in(desk: Desk) -> int:
    syncing = Synchronizer(desk.indexer, desk.chunker, None, lambda _: None)
    [brought] = syncing.each([SourceSettings(path=str(examples.EXAMPLES))])
    return brought.summary.new


def test_an_article_that_somebody_brought_in_too_is_no_example(desk: Desk):
    bring_examples_in(desk)
    assert len(examples_in(desk.library)) == 3
    own = desk.write("le-mien.md", (examples.EXAMPLES / "1.md").read_text())
    desk.write("autre.md", "# Autre chose\n\nLa mairie a rouvert ses portes hier.")
    desk.ingest()
    assert desk.library.counts().articles == 4
    kept = {desk.library.source(str(examples.EXAMPLES / f"{n}.md")).article_id for n in (0, 2)}
    assert set(examples_in(desk.library)) == kept
    assert desk.library.source(str(own)).article_id not in kept


def test_examples_that_were_taken_out_dont_come_back_and_new_ones_do(desk: Desk):
    assert bring_examples_in(desk) == 3
    for article_id in examples_in(desk.library):
        desk.indexer.remove(article_id)
    assert bring_examples_in(desk) == 0
    (examples.EXAMPLES / "new.md").write_text("# Un autre exemple\n\nLe bac passe encore le soir.")
    assert bring_examples_in(desk) == 1


@pytest.mark.parametrize(("paths", "wanted"), [([], False), (["a.md"], True)])
def test_examples_go_alone_and_nothing_is_an_error(paths: list[str], wanted: bool):
    from rag.errors import UserError

    options = argparse.Namespace(paths=paths, examples=wanted, ray=None, workers=None)
    with pytest.raises(UserError) as told:
        command.ingest(options, Settings())
    assert "--examples" in told.value.text("fr") and "--examples" in told.value.text("en")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_only_who_has_nothing_is_told_how_to_begin(language: str):
    empty = welcome_html(True, 0, language)
    assert 'type="file"' in empty and "webkitdirectory" in empty and 'id="welcome-url"' in empty
    invented = welcome_html(False, 37, language)
    assert "37" in invented and 'data-act="remove-examples"' in invented and 'type="file"' not in invented
    own = welcome_html(False, 0, language)
    assert "<p" not in own and "<button" not in own
    assert "<img" not in welcome_html(True, 1, language, error="<img src=x>")
