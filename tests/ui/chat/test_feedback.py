"""What readers say of answers: kept with pointers only, given back, and gone with the articles."""

from __future__ import annotations

import asyncio
import json
from argparse import Namespace
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from desk import Desk
from handed_in import copied
from hypothesis import given
from hypothesis import strategies as st

from rag.config import UiSettings
from rag.library.feedback import Feedback, PassageRead
from rag.schema.answer import Answer
from rag.schema.evidence import Claim, Evidence
from rag.schema.hit import Hit
from rag.storage.write_lock import write_lock
from ui.chat.actions import Again, Explained, Rated, SuggestionChosen, pressed
from ui.chat.ratings import Ratings, with_ratings
from ui.command.feedback import feedback
from ui.session.exchange import Exchange
from ui.session.rating import LONGEST, REASONS, Rating, comment, known_reasons, rating_id, record
from ui.session.session import Session

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
CANARY = "zibeline"
HEAD = "---\ntitle: Le pont\nsite: Le Phare\ndate: 2026-03-02\n---\n"
PONT = f"{HEAD}Le pont {CANARY} ferme lundi. Il rouvrira.\n"


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    desk.write("pont.md", PONT)
    desk.write("musee.md", "---\ntitle: Le musée\n---\nLe musée de Port-Salin est ouvert.\n")
    assert desk.ingest().failed == ()
    yield desk
    desk.close()


def answer(desk, question="Quand ferme le pont ?", cited=("pont.md",), found=("pont.md", "musee.md")):
    articles = {name: desk.library.article(desk.id_of(name)) for name in ("pont.md", "musee.md")}
    first = [Evidence(articles[name], 0, articles[name].text.index(".") + 1) for name in cited]
    hits = [Hit(name, articles[name], 0, len(articles[name].text), 0.9) for name in found]
    claims = (Claim("Il ferme lundi.", tuple(first)),) if first else ()
    status = "answered" if first else "not_found"
    return Answer(question, question, "fr", status, claims, tuple(hits), model="fake", plain_text="Rien.")


def answer_without(desk):
    """The answer, when the article about the bridge is gone."""
    article = desk.library.article(desk.id_of("musee.md"))
    return Answer("Q ?", "Q ?", "fr", "not_found", hits=(Hit("m", article, 0, 5, 0.5),), plain_text="Rien.")


def given_by(desk, rating=None, user="", **about):
    kept = record(rating or Rating("down", id="r1"), answer(desk, **about), user, NOON)
    desk.library.feedback.put(kept)
    return kept


def test_pointers_and_words_are_given_back_as_they_were(desk):
    rating = Rating("down", ("wrong", "unclear"), "Non :\nc'est mardi.", id="r1")
    kept = given_by(desk, rating, "alice")
    (back,) = desk.library.feedback.all()
    assert replace(back, read=()) == replace(kept, read=())
    assert set(back.read) == set(kept.read)
    assert [(p.article_id, p.start, p.citation) for p in back.read[:1]] == [(desk.id_of("pont.md"), 0, 1)]
    assert sorted(p.citation for p in back.read) == [0, 0, 1]
    assert CANARY not in json.dumps(back.to_dict())


def test_saying_it_again_replaces_it_and_it_can_be_taken_back(desk):
    given_by(desk)
    given_by(desk, Rating("up", ("right",), id="r1"))
    given_by(desk, Rating("up", id="r2"))
    assert [(one.id, one.verdict) for one in desk.library.feedback.all()] == [("r1", "up"), ("r2", "up")]
    desk.library.feedback.withdraw("r1")
    desk.library.feedback.withdraw("r1")
    assert [one.id for one in desk.library.feedback.all()] == ["r2"]


@pytest.mark.parametrize("cited", [("pont.md",), ("musee.md",), ()], ids=["cited", "found", "not found"])
def test_a_removed_article_takes_the_words_that_may_repeat_it(desk, cited):
    rating = Rating("down", ("wrong",), f"Le {CANARY} rouvre.", id="r1")
    given_by(desk, rating, question=f"Et le pont {CANARY} ?", cited=cited)
    with write_lock(desk.data):
        desk.indexer.remove(desk.id_of("pont.md"))
    (left,) = desk.library.feedback.all()
    assert (left.question, left.comment) == ("", "")
    assert (left.verdict, left.reasons, left.status) == (
        "down",
        ("wrong",),
        "answered" if cited else "not_found",
    )
    assert {p.article_id for p in left.read} == {desk.id_of("musee.md")}
    with write_lock(desk.data):
        desk.indexer.compact()
    assert desk.containing(CANARY.encode()) == []
    assert desk.library.problems() == []


def test_what_is_said_after_the_article_is_gone_keeps_no_words(desk):
    late = record(Rating("up", comment=CANARY, id="r1"), answer(desk, f"Le {CANARY} ?"), "", NOON)
    with write_lock(desk.data):
        desk.indexer.remove(desk.id_of("pont.md"))
    desk.library.feedback.put(late)
    (left,) = desk.library.feedback.all()
    assert (left.question, left.comment) == ("", "")


def test_words_that_went_with_an_article_do_not_come_back_with_another_rating(desk):
    given_by(desk, question=f"Et le pont {CANARY} ?")
    with write_lock(desk.data):
        desk.indexer.remove(desk.id_of("pont.md"))
    again = Rating("up", ("right",), f"Le {CANARY}, si.", id="r1")
    said = replace(record(again, answer_without(desk), "", NOON), question=f"Et le pont {CANARY} ?")
    desk.library.feedback.put(said)
    (left,) = desk.library.feedback.all()
    assert (left.verdict, left.reasons, left.question, left.comment) == ("up", ("right",), "", "")


def test_another_article_s_removal_changes_nothing(desk):
    kept = given_by(desk, found=("pont.md",))
    with write_lock(desk.data):
        desk.indexer.remove(desk.id_of("musee.md"))
    assert desk.library.feedback.all()[0].question == kept.question


# --- shown again ---


def exchanges_of(desk, *numbers):
    told = answer(desk)
    return tuple(Exchange(number, told.question, "answered", answer=told) for number in numbers)


def test_a_rating_is_found_again_by_its_user_with_its_answer_alone(desk):
    said = Rating("down", ("wrong",), "Non.", True, id=rating_id("c1", 2))
    given_by(desk, said, "alice")
    asked = exchanges_of(desk, 1, 2)
    shown = with_ratings(asked, "c1", "alice", desk.library)
    assert [one.rating for one in shown] == [None, said]
    for conversation, user in (("c1", "bob"), ("c1", ""), ("c2", "alice")):
        assert with_ratings(asked, conversation, user, desk.library) == asked
    desk.library.feedback.withdraw(said.id)
    assert with_ratings(asked, "c1", "alice", desk.library) == asked


def test_a_thumb_without_reasons_can_still_be_explained(desk):
    given_by(desk, Rating("up", id=rating_id("c1", 1)))
    (shown,) = with_ratings(exchanges_of(desk, 1), "c1", "", desk.library)
    assert not shown.rating.explained


def test_a_changed_rating_is_the_same_record(desk):
    session = Session("fr", "alice")
    session.take_up("c1", exchanges_of(desk, 1))
    thumbs = Ratings(desk.library)
    asyncio.run(thumbs.rate(Rated(1, "up"), session))
    session.take_up("c1", with_ratings(exchanges_of(desk, 1), "c1", "alice", desk.library))
    asyncio.run(thumbs.rate(Rated(1, "down"), session))
    asyncio.run(thumbs.explain(Explained(1, ["wrong"], "Non."), session))
    (kept,) = desk.library.feedback.all()
    assert (kept.user, kept.verdict, kept.reasons, kept.comment) == ("alice", "down", ("wrong",), "Non.")
    asyncio.run(thumbs.rate(Rated(1, "down"), session))
    assert desk.library.feedback.all() == []


def test_of_an_answer_that_has_lost_a_part_no_words_are_kept(desk):
    session = Session("fr", "")
    session.take_up("c1", tuple(replace(one, lost=True) for one in exchanges_of(desk, 1)))
    asyncio.run(Ratings(desk.library).rate(Rated(1, "up"), session))
    (kept,) = desk.library.feedback.all()
    assert (kept.verdict, kept.question) == ("up", "")


@given(st.text(max_size=40), st.integers(), st.text(max_size=40), st.integers())
def test_a_rating_s_id_is_its_answer_s_own(one, number, other, another):
    assert (rating_id(one, number) == rating_id(other, another)) == ((one, number) == (other, another))


# --- the command ---


def run(desk, capsys, as_json, language="fr"):
    settings = desk.parts.settings.model_copy(update={"ui": UiSettings(language=language)})
    assert feedback(Namespace(json=as_json), settings) == 0
    return capsys.readouterr().out


def test_the_command_lists_what_was_said(desk, capsys):
    assert run(desk, capsys, False) == "Personne n'a encore donné d'avis sur une réponse.\n"
    assert json.loads(run(desk, capsys, True)) == []
    given_by(desk, Rating("down", ("wrong", "missing"), "Non.\x1b]0;pwned\x07", id="r1"), "alice")
    assert run(desk, capsys, False) == (
        "2026-01-05T12:00  Pas utile  alice  Quand ferme le pont ?\n"
        "    La réponse est fausse ; Il manque quelque chose\n    Non. ]0;pwned \n"
    )
    in_english = run(desk, capsys, False, "en")
    assert in_english.startswith("2026-01-05T12:00  Not useful  alice  Quand ferme")
    assert "    The answer is wrong; Something is missing\n" in in_english


def test_the_command_gives_json_with_the_words_that_were_read_then(desk, capsys):
    given_by(desk)
    then = desk.library.article(desk.id_of("pont.md"))
    (one,) = json.loads(run(desk, capsys, True))
    assert (one["verdict"], one["question"], one["model"]) == ("down", "Quand ferme le pont ?", "fake")
    assert one["read"][0] == {
        "article_id": then.id,
        "content_hash": then.content_hash,
        "start": 0,
        "end": then.text.index(".") + 1,
        "citation": 1,
        "quote": f"Le pont {CANARY} ferme lundi.",
    }
    desk.write("pont.md", PONT.replace("ferme lundi", "est ouvert"))
    desk.ingest()
    assert json.loads(run(desk, capsys, True))[0]["read"][0]["quote"] == f"Le pont {CANARY} ferme lundi."
    with write_lock(desk.data):
        desk.indexer.remove(then.id)
    assert CANARY not in run(desk, capsys, True)
    assert run(desk, capsys, False) == (
        "2026-01-05T12:00  Pas utile  (question effacée avec un article retiré)\n"
    )


# --- what comes from the page ---


@pytest.mark.parametrize(
    ("data", "meant"),
    [
        ({"verb": "retry", "turn": 3}, Again("retry", 3)),
        ({"verb": "all_dates", "turn": 1}, Again("all_dates", 1)),
        ({"verb": "rate", "turn": 2, "verdict": "up"}, Rated(2, "up")),
        ({"verb": "explain", "turn": 2, "reasons": ["x"], "comment": " a\x00b "}, Explained(2, ["x"], "ab")),
        ({"verb": "ask", "question": "Qui ?"}, SuggestionChosen("Qui ?")),
        ({"verb": "ask", "question": "x" * 2001}, None),
        ({"verb": "ask", "question": ["Qui ?"]}, None),
        ({"verb": "rate", "turn": 2, "verdict": "sideways"}, None),
        ({"verb": "rate", "turn": 2, "verdict": ["up"]}, None),
        ({"verb": "retry", "turn": True}, None),
        ({"verb": "retry", "turn": "3"}, None),
        ({"verb": ["retry"], "turn": 3}, None),
        ({"turn": 3}, None),
        (None, None),
        ([], None),
    ],
)
def test_only_what_the_page_offers_is_understood(data, meant):
    assert pressed(data) == meant


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=5), inside, max_size=3),
)


@given(st.dictionaries(st.sampled_from(["verb", "turn", "verdict", "reasons", "comment", "question"]), JSON))
def test_any_data_is_understood_or_left(data):
    meant = pressed(data)
    assert meant is None or isinstance(meant, Again | Rated | Explained | SuggestionChosen)


@given(st.sampled_from(list(REASONS)), JSON)
def test_only_the_verdict_s_own_reasons_are_taken(verdict, said):
    taken = known_reasons(verdict, said)
    assert set(taken) <= set(REASONS[verdict]) and len(set(taken)) == len(taken)
    assert known_reasons(verdict, ["quotes", "quotes", 3, "nonsense"]) == ("quotes",)


@given(JSON | st.text(max_size=3 * LONGEST))
def test_a_comment_is_short_and_visible(said):
    kept = comment(said)
    assert len(kept) <= LONGEST
    assert all(character == "\n" or character.isprintable() for character in kept)


# --- copying ---


def test_what_is_copied_has_numbers_quotes_and_sources(desk):
    said = answer(desk)
    assert copied(said, "fr") == (
        "Quand ferme le pont ?\n\nIl ferme lundi. [1] (comparé à la citation)\n\nSources :\n"
        f"[1] «\u202fLe pont {CANARY} ferme lundi.\u202f» — «\u202fLe pont\u202f», Le Phare, 2 mars 2026."
    )
    assert copied(answer(desk, cited=()), "en") == "Quand ferme le pont ?\n\nNot in the articles.\n\nRien."


def test_a_rating_is_drawn_with_its_exchange_only_when_there_is_an_answer(desk):
    assert not Exchange(1, "Q ?", "stopped").rateable
    assert Exchange(1, "Q ?", "answered", answer=answer(desk)).rateable


def test_a_feedback_record_is_one_row_whatever_was_cited_twice(desk):
    said = answer(desk)
    kept = record(Rating("up", id="r1"), replace(said, hits=(*said.hits, *said.hits)), "", NOON)
    desk.library.feedback.put(kept)
    (back,) = desk.library.feedback.all()
    assert len(back.read) == 3
    assert isinstance(back, Feedback) and all(isinstance(p, PassageRead) for p in back.read)
