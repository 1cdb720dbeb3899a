"""Tasks of chat interfaces are done in their form; questions, whatever they speak of, are questions."""

from __future__ import annotations

import json

import pytest

from ui.api.clients.tasks import reply_to

ASKED = "Combien de bébés sont nés à Valbrume en 2025 ?"
TALK = f"USER: {ASKED}\nASSISTANT: Il en est né 486. [1]\nUSER: Et en 2024 ?\nASSISTANT: 455. [1]"
OPEN_WEBUI = (
    "### Task:\n{task}\n### Guidelines:\n- Be brief.\n### Output:\nJSON format: {form}\n### Chat History:\n"
)
OPEN_WEBUI += "<chat_history>\n" + TALK + "\n</chat_history>"


@pytest.mark.parametrize(
    ("task", "form", "given"),
    [
        ("Generate a concise title summarizing the chat history.", '{ "title": "yours" }', {"title": ASKED}),
        ("Generate 1-3 broad tags.", '{ "tags": ["tag1", "tag2"] }', {"tags": []}),
        ("Suggest 3-5 relevant follow-up questions.", '{ "follow_ups": ["One?"] }', {"follow_ups": []}),
        ("Analyze the chat history for searches.", '{ "queries": ["one"] }', {"queries": []}),
        ("Generate a detailed prompt for an image.", '{\n    "prompt": "Yours."\n}', {"prompt": ""}),
        ("You are an autocompletion system.", '{ "text": "" }', {"text": ""}),
    ],
)
def test_a_task_of_open_webui_is_done_in_json(task: str, form: str, given: dict):
    said = OPEN_WEBUI.replace("{task}", task).replace("{form}", form)
    assert json.loads(reply_to(said)) == given


@pytest.mark.parametrize("human", ["User", "Human", "user"])
def test_a_title_is_given_as_it_is_where_no_json_is_asked_for(human: str):
    said = (
        "Provide a concise, 5-word-or-less title for the conversation, using title case conventions. Only"
        f" return the title itself.\n\nConversation:\n{human}: {ASKED}\nAI: 486. [1]"
    )
    assert reply_to(said) == ASKED


def test_a_long_question_is_cut_and_one_on_several_lines_is_put_on_one():
    said = OPEN_WEBUI.replace("{task}", "Generate a title.").replace("{form}", '{ "title": "" }')
    title = json.loads(reply_to(said.replace(ASKED, "Que dit-on\ndu pont " + "de Corvenne " * 40)))["title"]
    assert title.startswith("Que dit-on du pont de Corvenne")
    assert title.endswith("…")
    assert len(title) < 100


def test_without_a_question_the_title_is_empty():
    said = OPEN_WEBUI.replace("{task}", "Generate a title.").replace("{form}", '{ "title": "" }')
    assert json.loads(reply_to(said.replace(TALK, ""))) == {"title": ""}


@pytest.mark.parametrize(
    "question",
    [
        ASKED,
        "Quel est le titre du film primé ?",
        "Generate a title for the article about the ferry.",
        "Suggest a title for our conversation",
        "Write what the mayor said.\n\nConversation:\nUser: who won?\nAI: Ada.",
        "Que signifie <chat_history> dans l'article ?",
        "### Task:\nRespond to the user query using the context.\n<context>\nX\n</context>\nWho won?",
        'What is {"title": "x"} in the article on software?',
        "",
    ],
)
def test_a_question_is_no_task(question: str):
    assert reply_to(question) is None
