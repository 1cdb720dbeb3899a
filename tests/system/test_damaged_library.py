"""A damaged article of the examples is quoted by nobody, however it is asked for, until it is read again."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ingest.pipeline.chunking import Chunker
from ingest.pipeline.ingestion import ingest
from rag.config import Settings
from rag.conversation.store import ConversationStore
from rag.engine.engine import Engine, open_engine
from rag.engine.factory import build_chain
from rag.library.library import FILE_NAME
from rag.models.embedder import Embedder
from rag.schema.answer import Answer
from rag.schema.question import Question
from ui.chat import serialization
from ui.command.ask import answer_text
from ui.command.main import main
from ui.documents.files import answers_file
from ui.reader.html import missing_html
from ui.rendering.exchange import exchange_html
from ui.session.exchange import Exchange

EXAMPLES = Path(__file__).parents[2] / "examples" / "articles"
ASKED = "Combien de bébés sont nés à la maternité de Valbrume en 2025 ?"


@pytest.fixture
def engine(tmp_path: Path, examples_library: Path, embedder: Embedder) -> Iterator[Engine]:
    data = tmp_path / "data"
    shutil.copytree(examples_library, data)
    with closing(open_engine(Settings(data_dir=data), embedder)) as engine:
        yield engine


def ask(engine: Engine, question: str = ASKED, **how: object) -> Answer:
    return build_chain(engine, None).invoke(Question(question, **how))


def damage(engine: Engine) -> str:
    """Change one digit of the article that answers; gives its id."""
    article_id = ask(engine).citations[0].article.id
    with closing(sqlite3.connect(engine.settings.data_dir / FILE_NAME)) as db, db:
        db.execute("UPDATE articles SET text = replace(text, '486', '487') WHERE id = ?", (article_id,))
    return article_id


def test_a_changed_digit_is_never_cited_and_the_reader_is_told_which_article_is_damaged(engine: Engine):
    before = ask(engine)
    assert before.left_out == ()
    assert "486" in before.text
    article_id = damage(engine)
    title = before.citations[0].article.title
    for question in (
        ASKED,
        f"Résume l'article « {title} »",
        "Que disent les articles de la maternité de Valbrume ?",
        "Quels articles parlent de la maternité de Valbrume ?",
    ):
        answer = ask(engine, question)
        assert "487 naissances" not in json.dumps(answer.to_dict())
        assert article_id not in {one.article.id for one in (*answer.citations, *answer.hits)}
        (left_out,) = answer.left_out
        assert (left_out.article_id, left_out.title) == (article_id, title)
        exchange = Exchange(1, question, "done", answer=answer)
        told = f"Un article est abîmé dans la bibliothèque et n'est pas cité : « {title} »"
        assert told in answer_text(answer, "fr")
        assert told.replace("'", "&#39;") in exchange_html(exchange, "fr")
        for form in ("markdown", "html"):
            assert "est abîmé dans la bibliothèque" in answers_file("Q", [exchange], form, "fr").text
        for form in ("bibtex", "ris", "csl-json"):
            assert title not in answers_file("Q", [exchange], form, "fr").text
        assert article_id in answers_file("Q", [exchange], "json", "fr").text
    # What else there is answers as before.
    ferry = ask(engine, "Pourquoi le bac de Valmorin est-il à quai ?")
    assert ferry.left_out == () or article_id in {one.article_id for one in ferry.left_out}


def test_a_question_after_it_does_not_quote_it(engine: Engine):
    first = ask(engine)
    damage(engine)
    for question in ("Et l'année d'avant ?", "Résume ce que tu viens de dire."):
        answer = ask(engine, question, history=(first.turn(),))
        assert "487 naissances" not in json.dumps(answer.to_dict())


def test_a_conversation_that_cited_it_shows_it_again_once_it_is_mended(engine: Engine):
    library = engine.library
    asked = Exchange(1, ASKED, "done", answer=ask(engine), standalone_question=ASKED)
    with closing(ConversationStore(engine.settings.data_dir)) as store:
        conversation = store.begin("", ASKED).id
        store.put(conversation, "", serialization.record(asked, []))
        damage(engine)
        (shown,) = serialization.exchanges(store.records(conversation, ""), library)
        assert "486" not in exchange_html(shown, "fr")
        assert "487" not in exchange_html(shown, "fr")
        store.erase_removed(library)  # as compact does: the article isn't gone
        mend(engine)
        (shown,) = serialization.exchanges(store.records(conversation, ""), library)
        assert (shown.lost, shown.answer.text) == (False, asked.answer.text)


def mend(engine: Engine) -> None:
    chunker = Chunker(engine.embedder, engine.settings.chunking)
    summary = ingest([str(EXAMPLES)], engine.indexer, chunker, lambda _: None)
    assert (summary.changed, summary.unchanged) == (1, 36)


def test_reading_its_source_again_mends_it(engine: Engine):
    before = ask(engine)
    damage(engine)
    mend(engine)
    after = ask(engine)
    assert (after.text, after.left_out) == (before.text, ())


def test_the_command_and_the_reader_say_that_it_is_damaged(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    article_id = damage(engine)
    monkeypatch.setenv("SOURCIER_DATA_DIR", str(engine.settings.data_dir))
    monkeypatch.setenv("SOURCIER_UI__LANGUAGE", "en")
    assert main(["articles", "show", article_id]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("sourcier: An article is damaged in the library and isn't quoted: ")
    assert main(["articles", "list"]) == 0
    said = capsys.readouterr()
    assert article_id not in said.out
    assert len(said.out.splitlines()) == 36
    assert said.err.startswith("An article is damaged in the library and isn't quoted: ")
    named = engine.library.damaged([article_id])[article_id]
    assert "isn&#39;t quoted" in missing_html("en", named)
    assert main(["articles", "show", "nowhere"]) == 2
    assert "no article has this id" in capsys.readouterr().err
