"""Tasks that chat interfaces give the model beside questions: a title for the conversation, tags. Pure.

Open WebUI, LibreChat and others send them as a user's message, with the conversation in it. No article
answers them: a title is what was asked first, and the rest is nothing, in the form that was asked for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from ui.chat.conversations import title_of

# Where the conversation begins that a task is about.
_BEGINS = re.compile(r"<chat_history>|<conversation>|^(?:conversation|chat history)\s*:\s*$", re.I | re.M)
_ASKED = re.compile(
    r"^\s*(?:user|human)\s*:\s*(?P<words>.+?)\s*"
    r"(?=^\s*(?:user|human|assistant|ai|system|tool)\s*:|</chat_history>|</conversation>|\Z)",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)
# The form of what is to be given: a JSON object's first key, and what it holds.
_FORM = re.compile(r"\{\s*\"(?P<key>\w{1,40})\"\s*:\s*(?P<list>\[)?")
_IS_TASK = re.compile(
    r"\s*(?:#+\s*task\b|(?:please\s+)?(?:generate|provide|create|suggest|predict|write)\b)", re.IGNORECASE
)
# What an interface puts before a question, of files that are its own.
_OWN_SOURCES = re.compile(r"<context>.*</context>", re.DOTALL)
_TITLE = re.compile(r"\btitle\b", re.IGNORECASE)
_OPENING = 300  # characters in which a task says what it is


def reply_to(said: str) -> str | None:
    """Return what a task gets; None for a question.

    Args:
        said: The last message of the user.
    """
    begins = _BEGINS.search(said)
    if begins is None or not _IS_TASK.match(said):
        return None
    told, conversation = said[: begins.start()], said[begins.end() :]
    form = _FORM.search(told)
    if form is None:
        return _title(conversation) if _TITLE.search(told[:_OPENING]) else None
    given: str | Sequence[str] = [] if form["list"] else ""
    if form["key"] == "title":
        given = _title(conversation)
    return json.dumps({form["key"]: given}, ensure_ascii=False)


def has_own_sources(said: str) -> bool:
    """Return whether a message wants an answer from files of the interface's, which it brings along.

    Args:
        said: The last message of the user.
    """
    return _IS_TASK.match(said) is not None and _OWN_SOURCES.search(said) is not None


def _title(conversation: str) -> str:
    asked = _ASKED.search(conversation)
    return title_of(asked["words"]) if asked else ""
