"""Answers as JSON, of providers whose models can be held to a schema, read as the lines that others write.

Knows the shape of an answer and which of LangChain's classes take a schema; trusts nothing that comes.
"""

from __future__ import annotations

import re
from json import JSONDecodeError

from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.utils.json import parse_partial_json


def schema(sentences: int) -> dict:
    """JSON schema of a draft: claims, each led by the numbers, from 1 to `sentences`, that it rests on."""
    numbers = {"type": "array", "items": {"type": "integer", "enum": list(range(1, sentences + 1))}}
    claim = _object(sentences=numbers, text={"type": "string"})
    return _object(claims={"type": "array", "items": claim})


def _object(**properties: dict) -> dict:
    # As strict as OpenAI wants it: everything is required, and nothing else may be there.
    named = {"properties": properties, "required": list(properties)}
    return {"type": "object", "additionalProperties": False} | named


def options(model: BaseChatModel, sentences: int) -> dict[str, object] | None:
    """Return what to give the model so that it keeps to the schema; None if its class takes none."""
    kinds = {kind.__name__ for kind in type(model).__mro__}
    if "BaseChatOpenAI" in kinds:  # OpenAI's own, and all that speak its protocol
        named = {"name": "answer", "strict": True, "schema": schema(sentences)}
        # In the body as it is: given as an argument, it would be parsed, and fail where it is cut short.
        return {"extra_body": {"response_format": {"type": "json_schema", "json_schema": named}}}
    return {"format": schema(sentences)} if "ChatOllama" in kinds else None


class Lines:
    """Feed it JSON in pieces of any size; it gives back what that adds to the lines, `[1][3] Text.`.

    What doesn't begin as JSON comes from a server that ignores schemas, and is passed on as it is.
    """

    def __init__(self) -> None:
        self._json = ""
        self._given = ""

    def feed(self, text: str) -> str:
        """Return the new part of the lines."""
        self._json += text
        if not self._json.strip():
            return ""
        lines = _lines(self._json) if self._json.lstrip().startswith("{") else self._json
        if not lines.startswith(self._given):  # an escape that wasn't whole yet
            return ""
        new, self._given = lines[len(self._given) :], lines
        return new


def _lines(text: str) -> str:
    """Return the claims of which some text has come; later ones only add to this."""
    try:
        found = parse_partial_json(text)
    except JSONDecodeError:
        return ""
    claims = found.get("claims") if isinstance(found, dict) else None
    if not isinstance(claims, list):
        return ""
    lines = [_line(claim) for claim in claims if isinstance(claim, dict) and claim.get("text")]
    # Half of a character beyond the basic plane, as JSON escapes it: the other half is on its way.
    return re.sub(r"[\ud800-\udbff]$", "", "\n".join(lines))


def _line(claim: dict) -> str:
    numbers = claim.get("sentences")
    numbers = numbers if isinstance(numbers, list) else []
    markers = "".join(f"[{number}]" for number in numbers if type(number) is int)
    return f"{markers} {' '.join(str(claim['text']).split(chr(10)))}"
