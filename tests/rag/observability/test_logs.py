"""The log: an object a line for programs, a line for people; without secrets, and without readers' words."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.config import ChatModelSettings, LoggingSettings, Settings, UiSettings
from rag.observability import request_id
from rag.observability.logs import JsonLines, Lines
from rag.observability.redaction import redacted, secrets_of

SECRET = "p1ante-d_Secret"
ODD = "p1ante'd \"\\é&%/?"
SETTINGS = Settings(
    chat_model=ChatModelSettings(api_key=SECRET + "K", base_url=f"https://ada:{SECRET}U@models.example/v1"),
    ui=UiSettings(users={"ada": SECRET + "P", "bob": ODD}),
)


def record(message: str, *arguments: object, error: BaseException | None = None, **more: object):
    made = logging.LogRecord("ui.chat", logging.WARNING, "x.py", 1, message, arguments, None)
    made.exc_info = (type(error), error, error.__traceback__) if error else None
    made.__dict__.update(more)
    return made


def failed(what: str, kind: type[Exception] = ValueError) -> Exception:
    try:
        try:
            raise KeyError(what)
        except KeyError as inner:
            raise kind(what) from inner
    except kind as error:
        return error


def test_an_event_is_an_object_on_a_line():
    with request_id.bound("0a1b"):
        line = JsonLines((), False).format(record("two\nlines of %s", "é", fields={"count": 3}))
    assert "\n" not in line
    said = json.loads(line)
    assert datetime.fromisoformat(said.pop("time")).tzinfo == UTC
    assert said == {
        "level": "warning",
        "logger": "ui.chat",
        "message": "two\nlines of é",
        "request_id": "0a1b",
        "count": 3,
    }


def test_what_fails_is_on_the_line_too():
    line = JsonLines((), False).format(record("it failed", error=failed("why")))
    assert "\n" not in line
    told = json.loads(line)["exception"]
    assert "ValueError: why" in told
    assert "KeyError: 'why'" in told
    assert "in failed\n    raise KeyError(what)" in told


@pytest.mark.parametrize("form", [JsonLines, Lines])
def test_the_words_of_a_reader_are_left_out_of_what_fails_unless_they_are_asked_for(form):
    with request_id.bound("0a1b", private=True):
        for tells, known in ((False, False), (True, True)):
            told = form((), tells).format(
                record("it failed", error=failed("piscine"), private={"question": "Où est la piscine ?"})
            )
            assert ("piscine" in told) is known
            assert ("question" in told) is known
            assert "in failed" in told
            assert "ValueError" in told
            assert "KeyError" in told


def test_of_what_the_system_refuses_the_reason_is_told():
    error = OSError(28, "No space left on device")
    with request_id.bound("0a1b", private=True):
        assert "No space left on device" in Lines((), False).format(record("it failed", error=error))


def test_a_line_for_people_is_what_is_said_and_of_an_error_its_reference():
    with request_id.bound("0a1b"):
        assert Lines((), False).format(record("a %s", "b")) == "a b"
        made = record("a")
        made.levelno = logging.ERROR
        assert Lines((), False).format(made) == "a (0a1b)"


# --- secrets ---


def test_the_secrets_of_settings_are_found():
    assert set(secrets_of(SETTINGS)) > {SECRET + "K", SECRET + "U", SECRET + "P", ODD}
    assert secrets_of(Settings(chat_model=ChatModelSettings(api_key="none"))) == ()


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("GET https://ada:pass@word@models.example/v1?x=1", "GET https://…@models.example/v1?x=1"),
        ("https://token@models.example", "https://…@models.example"),
        ("see https://models.example/@ada and ada@models.example", None),
        ("Authorization: Bearer abc.def-123", "Authorization: …"),
        ("{'authorization': 'Basic QWRhOnBhc3M='}", "{'authorization': '…'}"),
        ('{"Authorization": "Bearer abcdefgh"}', '{"Authorization": "…"}'),
        ("(b'cookie', b'sourcier-session=abc; other=def')", "(b'cookie', b'…')"),
        ("Cookie: sourcier-session=abc; other=def", "Cookie: …"),
        ("Set-Cookie: a=b; Path=/", "Set-Cookie: …"),
        ("password=geheim&name=ada", "password=…&name=ada"),
        ('{"api_key": "abc", "a": 1}', '{"api_key": "…", "a": 1}'),
        ("Incorrect API key provided: sk-abcdefgh12345", "Incorrect API key provided: …"),
        ("The cook, the secretary and 12 bearers: nothing secret.", None),
        ("Le conseil a voté, http://mairie.example/a?b=c", None),
    ],
)
def test_what_is_written_as_a_secret_is_left_out(said: str, left: str | None):
    assert redacted(said) == (said if left is None else left)


NOISE = st.text(st.characters(codec="utf-8"), max_size=30)
SHAPES = (
    "{}",
    "refused: {}",
    "https://ada:{}@models.example/v1/chat",
    "{{'Authorization': 'Bearer {}'}}",
    "Cookie: sourcier-session={}",
    '{{"password": "{}"}}',
    "ada:{}",
)


@given(
    before=NOISE,
    after=NOISE,
    shape=st.sampled_from(SHAPES),
    secret=st.sampled_from([SECRET + "K", SECRET + "U", SECRET + "P", ODD]),
    form=st.sampled_from([JsonLines, Lines]),
    tells=st.booleans(),
    private=st.booleans(),
    where=st.sampled_from(["message", "argument", "field", "object", "exception", "cause"]),
)
def test_no_secret_of_the_settings_is_in_the_log_wherever_it_comes_from(
    before: str, after: str, shape: str, secret: str, form, tells: bool, private: bool, where: str
):
    said = f"{before} {shape.format(secret)} {after}"
    made = {
        "message": lambda: record(said.replace("%", "%%")),
        "argument": lambda: record("x %s %r", said, [said]),
        "field": lambda: record("x", fields={"url": said}, private={"question": said}),
        "object": lambda: record("x", fields={"of": {"a": [said]}}),
        "exception": lambda: record("x", error=failed(said)),
        "cause": lambda: record("x", error=failed(said, RuntimeError)),
    }[where]()
    with request_id.bound("0a1b", private=private):
        line = form(secrets_of(SETTINGS), tells).format(made)
    assert secret not in line
    assert json.dumps(secret)[1:-1] not in line
    assert repr(secret)[1:-1] not in line
    if form is JsonLines:
        assert "\n" not in line
        json.loads(line)


def test_settings_are_written_as_configured():
    assert LoggingSettings() == LoggingSettings(format="text", level=None, questions=False)
