"""What is under embargo may be stored: nothing finds, answers, lists or counts it before its time."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from desk import NOON, Desk
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ingest.converters.registry import article_id
from ingest.pipeline.ingestion import ingest
from ingest.schema.document import Notice
from ingest.schema.events import Event, Summary
from rag.engine.factory import build_chain
from rag.library.library import FILE_NAME
from rag.library.listing import ListingQuery
from rag.query.parsed_question import QuestionText
from ui.chat.suggestions import suggestions

SECRET = "Zorglub"
URI = "urn:agence.example:secret"
ID = article_id(URI)
UNTIL = NOON + timedelta(hours=5)
PUBLIC = "Le pont de Corvenne a rouvert lundi. La mairie attendait la fin du chantier depuis mars."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(Desk(tmp_path)) as desk:
        desk.write("pont.txt", PUBLIC)
        yield desk


def deliver(desk: Desk, name: str = "a.json", uri: str = URI, **stated: str) -> None:
    item = {
        "uri": uri, "type": "text", "versioncreated": "2026-01-05T08:00:00Z",
        "headline": f"Le maire {SECRET} démissionne",
        "body_text": f"Le maire de Corvenne, Yves {SECRET}, démissionne. Yves {SECRET} : « Je pars. »",
        "byline": f"Anne {SECRET}", "provider": f"Agence {SECRET}",
    }  # fmt: skip
    desk.write(name, json.dumps(item | stated))


def bring(desk: Desk, events: list[Event] | None = None, keep: bool = True) -> Summary:
    take = (events if events is not None else []).append
    return ingest(
        [str(desk.files)], desk.indexer, desk.chunker, take, now=lambda: desk.now, keep_embargoed=keep
    )


def asked(desk: Desk, question: str) -> str:
    chain = build_chain(desk.parts, None)
    return json.dumps(chain.invoke(question).to_dict(), ensure_ascii=False)


QUESTIONS = (
    f"Qui est Yves {SECRET} ?", "Qui démissionne à Corvenne ?", "Combien d'articles parlent du maire ?",
    "Quels sont les derniers articles ?", "Combien d'articles y a-t-il ?", f"Qu'a déclaré Yves {SECRET} ?",
    "Résume les articles de janvier 2026", f"Quels articles a publiés Agence {SECRET} ?",
)  # fmt: skip


def tables_with(desk: Desk, word: str) -> set[str]:
    """The tables of the catalogue in which a word stands."""
    with closing(sqlite3.connect(desk.data / FILE_NAME)) as db:
        names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name for name in names if any(word in repr(row) for row in db.execute(f"SELECT * FROM {name}"))
        }


def nothing_comes_out(desk: Desk, public: int = 1) -> None:
    library = desk.library
    assert tables_with(desk, SECRET) <= {"embargoed"}
    assert {name.partition("-")[0] for name in desk.containing(SECRET.encode())} <= {FILE_NAME}
    assert library.counts().articles == public
    assert [article.id for article in library.newest(50) if SECRET in article.title] == []
    assert SECRET not in repr((library.articles(), library.facets.described(), library.facets.facets()))
    assert SECRET not in repr(
        (library.authors(), library.listing.outlets(), library.listing.page(ListingQuery()))
    )
    assert library.listing.page(ListingQuery(words=SECRET)).total == 0
    assert SECRET not in repr(suggestions(library.newest(50), "fr"))
    assert desk.parts.search.search(f"{SECRET} OR démissionne").total == 0
    for words in (f"Yves {SECRET} démissionne", "Le maire de Corvenne"):
        found = desk.parts.retriever.retrieve(QuestionText(words, "fr"), 50)
        assert SECRET not in repr([(hit.article.title, hit.article.text) for hit in found.hits])
    desk.check()


def test_what_is_stored_under_embargo_comes_out_nowhere_before_its_time(desk: Desk):
    deliver(desk, embargoed=UNTIL.isoformat())
    events: list[Event] = []
    summary = bring(desk, events)
    assert (summary.read, summary.new, summary.embargoed, summary.failed) == (1, 1, 1, ())
    (notice,) = [event for event in events if isinstance(event, Notice)]
    file = desk.files / "a.json"
    assert (
        notice.said
        == f"{file}: under embargo until 2026-01-05 17:00 (UTC+00:00); kept out of answers until then."
    )
    assert notice.said_fr == (
        f"{file} : sous embargo jusqu'au 05/01/2026 à 17:00 (UTC+00:00) ; gardé hors des réponses jusque-là."
    )
    nothing_comes_out(desk)
    desk.parts.release_due(UNTIL - timedelta(seconds=1))
    nothing_comes_out(desk)


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_is_answered_from_it(desk: Desk, question: str):
    far = datetime.now(UTC) + timedelta(days=2)
    deliver(desk, embargoed=far.isoformat(), versioncreated="2026-01-05T08:00:00Z")
    bring(desk)
    answer = json.loads(asked(desk, question))
    answer.pop("question", None)
    assert "démissionne" not in json.dumps(answer["claims"], ensure_ascii=False)
    assert ID not in json.dumps(answer)
    assert tables_with(desk, SECRET) <= {"embargoed"}


def test_after_its_time_it_counts_by_itself(desk: Desk):
    deliver(desk, embargoed=UNTIL.isoformat())
    bring(desk)
    version = desk.library.version()
    desk.parts.release_due(UNTIL)
    assert desk.library.version() != version
    assert desk.library.embargoes.count() == 0
    article = desk.library.article(ID)
    assert article is not None
    assert article.outlet == f"Agence {SECRET}"
    assert desk.library.listing.page(ListingQuery(words=SECRET)).total == 1
    found = desk.parts.retriever.retrieve(QuestionText(f"Yves {SECRET}", "fr"), 5)
    assert ID in {hit.article.id for hit in found.hits}
    desk.check()
    desk.now = UNTIL
    summary = bring(desk)
    assert (summary.unchanged, summary.new, summary.embargoed) == (2, 0, 0)


def test_a_question_lets_in_what_is_due(desk: Desk):
    deliver(desk, embargoed=UNTIL.isoformat())  # over by now
    bring(desk)
    asked(desk, "Qui démissionne ?")
    assert desk.library.article(ID) is not None
    desk.check()


def test_an_embargo_that_is_over_is_none(desk: Desk):
    deliver(desk, embargoed=(NOON - timedelta(hours=1)).isoformat())
    assert (bring(desk).new, desk.library.embargoes.count()) == (2, 0)


def test_what_is_withheld_waits_for_a_later_version(desk: Desk):
    deliver(desk, pubstatus="withheld", embargoed=UNTIL.isoformat())
    bring(desk)
    desk.parts.release_due(UNTIL + timedelta(days=400))
    nothing_comes_out(desk)
    (waiting,) = desk.library.embargoes.all()
    assert waiting.until is None
    deliver(desk, pubstatus="usable", versioncreated="2026-01-05T09:00:00Z")
    assert bring(desk).new == 1
    assert desk.library.embargoes.count() == 0
    assert desk.library.article(ID) is not None
    desk.check()


def test_a_cancellation_takes_out_what_waits(desk: Desk):
    deliver(desk, embargoed=UNTIL.isoformat())
    bring(desk)
    deliver(desk, pubstatus="canceled", versioncreated="2026-01-05T09:00:00Z")
    assert bring(desk).changed == 1
    assert desk.library.embargoes.count() == 0
    assert tables_with(desk, SECRET) == set()


def test_a_published_article_that_comes_under_embargo_goes_until_its_time(desk: Desk):
    deliver(desk)
    assert bring(desk).new == 2
    deliver(desk, embargoed=UNTIL.isoformat(), versioncreated="2026-01-05T09:00:00Z")
    assert bring(desk).embargoed == 1
    # It was public: until the indexes are compacted, bytes of it are in them that nothing finds.
    assert desk.parts.search.search(SECRET).total == 0
    desk.indexer.compact()
    nothing_comes_out(desk)


def test_an_earlier_version_changes_nothing_of_what_waits(desk: Desk):
    deliver(desk, embargoed=UNTIL.isoformat(), versioncreated="2026-01-05T09:00:00Z")
    bring(desk)
    before = desk.library.embargoes.all()
    deliver(
        desk,
        "b.json",
        embargoed=UNTIL.isoformat(),
        versioncreated="2026-01-05T07:00:00Z",
        body_text="Ancien.",
    )
    bring(desk)
    assert desk.library.embargoes.all() == before


def test_removing_it_leaves_no_byte_and_sync_doesn_t_bring_it_back(desk: Desk):
    deliver(desk, embargoed=UNTIL.isoformat())
    bring(desk)
    key = desk.library.embargoes.all()[0].key
    assert desk.indexer.remove(ID)
    assert desk.library.origins.is_dismissed(key)
    desk.indexer.compact()
    assert desk.containing(SECRET.encode()) == []


def test_without_the_option_it_is_refused_as_before(desk: Desk):
    deliver(desk, embargoed=UNTIL.isoformat())
    (failure,) = bring(desk, keep=False).failed
    assert "under embargo until 2026-01-05 17:00" in failure.reason
    assert desk.library.embargoes.count() == 0


MOMENTS = st.integers(-48, 48).map(lambda hours: NOON + timedelta(hours=hours))


@hypothesis_settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(MOMENTS, st.booleans()), min_size=1, max_size=4), MOMENTS)
def test_at_any_moment_only_what_may_be_published_is_listed(tmp_path_factory, items, later):
    with closing(Desk(tmp_path_factory.mktemp("desk"))) as desk:
        for number, (until, is_withheld) in enumerate(items):
            status = {"pubstatus": "withheld"} if is_withheld else {}
            deliver(
                desk,
                f"{number}.json",
                f"{URI}:{number}",
                body_text=f"Texte {number} de la mairie.",
                embargoed=until.isoformat(),
                **status,
            )
        bring(desk)
        for moment in sorted((NOON, max(NOON, later))):
            desk.parts.release_due(moment)
            expected = {
                article_id(f"{URI}:{number}")
                for number, (until, is_withheld) in enumerate(items)
                if not is_withheld and until <= moment
            }
            assert {article.id for article in desk.library.articles()} == expected
            assert desk.library.counts().articles == len(expected)
            found = desk.parts.retriever.retrieve(QuestionText("la mairie", "fr"), 50)
            assert {hit.article.id for hit in found.hits} <= expected
            assert desk.library.embargoes.count() == len(items) - len(expected)
        desk.check()
