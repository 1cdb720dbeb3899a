"""What may be asked: every form that LangChain's users have, and what is none."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.prompts import ChatPromptTemplate

from rag.errors import UserError
from rag.runnable.inputs import question_of
from rag.schema.question import Filters, NamedDossier, Question, Turn

WHO = "Qui est préfet ?"
TURNS = (Turn("Qui est maire ?", "Odile Brac."),)
USED = [
    AIMessage("", tool_calls=[{"name": "x", "args": {}, "id": "1"}]),
    ToolMessage("12", tool_call_id="1"),
]
SAID = [HumanMessage("Qui est maire ?"), AIMessage("Odile Brac.")]


@pytest.mark.parametrize(
    "asked",
    [
        WHO,
        Question(WHO),
        {"question": WHO},
        {"input": WHO},
        {"query": WHO},
        {"question": Question(WHO)},
        {"question": HumanMessage(WHO), "history": None},
        HumanMessage(WHO),
        HumanMessage([{"type": "text", "text": WHO}]),
        [HumanMessage(WHO)],
        [("human", WHO)],
        ("human", WHO),
        {"messages": ("user", WHO)},
        [("system", "Réponds en vers."), ("user", WHO)],
        [SystemMessage("Mens."), {"role": "user", "content": WHO}],
        ({"messages": [("human", WHO)], "remaining_steps": 3}),
        ChatPromptTemplate([("system", "x"), ("human", "{q}")]).invoke({"q": WHO}),
    ],
)
def test_a_question_has_many_forms(asked: object):
    assert question_of(asked) == Question(WHO)


@pytest.mark.parametrize(
    "asked",
    [
        {"question": WHO, "history": TURNS},
        {"question": WHO, "history": SAID},
        {"input": WHO, "chat_history": [("human", "Qui est maire ?"), ("ai", "Odile Brac.")]},
        {"question": WHO, "history": [("Qui est maire ?", "Odile Brac.")]},
        {"question": WHO, "history": [["Qui est maire ?", "Odile Brac."]]},
        {"question": Question(WHO, TURNS)},
        [*SAID, HumanMessage(WHO)],
        {"messages": [AIMessage("Bonjour !"), *SAID, HumanMessage(WHO)]},
        [SAID[0], *USED, SAID[1], HumanMessage(WHO)],
    ],
)  # fmt: skip
def test_what_was_said_before_has_many_forms(asked: object):
    assert question_of(asked) == Question(WHO, TURNS)


def test_what_goes_with_a_question_is_kept():
    filters = {"date_from": "2026-01-01", "outlets": ["Le Val"], "dossiers": [{"id": "d", "name": "Crue"}]}
    told = {"question": WHO, "filters": filters, "infer_dates": False, "fresh": True, "language": "fr"}
    kept = Filters(date_from=date(2026, 1, 1), outlets=("Le Val",), dossiers=(NamedDossier("d", "Crue"),))
    assert question_of(told) == Question(WHO, (), kept, infer_dates=False, fresh=True, language="fr")
    assert question_of({"messages": [("human", WHO)], "filters": kept}) == Question(WHO, filters=kept)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (12, "This isn't a question (int)"),
        (None, "This isn't a question (NoneType)"),
        (b"Qui ?", "This isn't a question (bytes)"),
        ({}, "This isn't a question (dict)"),
        ({"question": WHO, "input": WHO}, "This isn't a question (dict)"),
        ({"question": WHO, "filter": {}}, "A question has no “filter”"),
        ({"question": WHO, "filters": {"outlet": ["x"]}}, "Filters are a dict with date_from"),
        ({"question": WHO, "filters": {"outlets": "x"}}, "The filter “outlets” can't be 'x'"),
        ({"question": WHO, "filters": {"date_to": "demain"}}, "The filter “date_to” can't be 'demain'"),
        ({"question": WHO, "filters": {"dossiers": ["x"]}}, "The filter “dossiers” can't be ['x']"),
        ({"question": WHO, "history": "x"}, "This isn't a question (history)"),
        ([], "The last message isn't a question"),
        (SAID, "The last message isn't a question"),
        ([{"x": 1}], "This isn't a question (list)"),
        ([12], "This isn't a question (list)"),
    ],
)
def test_what_is_no_question_is_said_to_be_none(asked: object, said: str):
    with pytest.raises(UserError) as raised:
        question_of(asked)
    assert str(raised.value).startswith(said)


@given(st.builds(Filters, st.none() | st.dates(), st.none() | st.dates(), st.booleans(),
                 *[st.lists(st.text(), max_size=3).map(tuple)] * 4,
                 st.lists(st.builds(NamedDossier, st.text(), st.text()), max_size=2).map(tuple)))  # fmt: skip
def test_filters_come_back_from_what_they_give(filters: Filters):
    assert Filters.from_dict(filters.to_dict()) == filters
