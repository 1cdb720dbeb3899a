"""Whose session a page gets: always its own user's, also when the one that it had was let go."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from rag.schema.question import NO_FILTERS
from ui.session.registry import SessionRegistry

FRENCH = replace(NO_FILTERS, languages=("fr",))
USERS, PAGES = ("", "ada", "bob"), ("p", "q", "r")


@given(st.lists(st.tuples(st.sampled_from(USERS), st.sampled_from(PAGES)), max_size=40), st.integers(1, 4))
def test_a_page_s_session_is_its_user_s_whatever_was_let_go(asked: list[tuple[str, str]], most: int):
    registry = SessionRegistry("fr", most_open=most)
    shown: dict[tuple[str, str], str] = {}
    for number, (user, page) in enumerate(asked):
        session = registry.of(page, user)
        assert session.user == user
        known = shown.get((user, page), "")
        assert session.conversation in ("", known)
        assert session.conversation or registry.to_reopen(page, user) == known
        session.conversation = shown[user, page] = f"{user} {page} {number}"
        registry.show(page, session)
        assert registry.of(page, user) is session


def test_what_was_let_go_comes_back_as_it_was_but_for_its_conversation():
    registry = SessionRegistry("fr", most_open=1)
    session = registry.of("p", "ada")
    session.language, session.filters, session.conversation, session.editing = "en", FRENCH, "c", 3
    registry.of("q", "bob")
    again = registry.of("p", "ada")
    assert again is not session
    assert (again.language, again.filters, again.user, again.editing) == ("en", FRENCH, "ada", 3)
    assert (again.conversation, again.exchanges, registry.to_reopen("p", "ada")) == ("", (), "c")
    assert registry.to_reopen("p", "bob") == registry.to_reopen("p", "") == ""
    registry.of("q", "bob")  # let go once more before it was opened again: it still has to be
    assert registry.of("p", "ada").user == "ada"
    assert registry.to_reopen("p", "ada") == "c"
    registry.show("p", again)
    assert registry.to_reopen("p", "ada") == ""


def test_what_is_being_answered_is_not_let_go():
    registry = SessionRegistry("fr", most_open=1)
    session = registry.of("p", "ada")
    session.begin("Qui ?")
    assert registry.of("q", "bob").user == "bob"
    assert registry.of("p", "ada") is session
    session.stop()
    registry.of("q", "bob")
    assert registry.of("p", "ada") is not session


def test_traces_are_forgotten_too_and_then_a_page_is_new():
    registry = SessionRegistry("fr", most_open=1, most_traced=2)
    for number in range(5):
        registry.of(f"p{number}", "ada").conversation = f"c{number}"
    assert [registry.to_reopen(f"p{number}", "ada") for number in range(5)] == ["", "", "c2", "c3", ""]
    assert registry.of("p0", "ada").user == "ada"
