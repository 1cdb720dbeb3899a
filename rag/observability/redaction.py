"""Secrets, taken out of what is told: those that are known, and what is written as one everywhere.

Knows no log and no page. What is told may be hostile text: every pattern reads it once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus, unquote

from pydantic import BaseModel, SecretStr

MASK = "…"
_SHORTEST = 6  # characters of a secret that is looked for: `none` and `x` are no keys, and stand everywhere
_LONGEST_WORD = 500
_USERINFO = re.compile(r"://([^/?#]+)@")
_PATTERNS = (
    # A name and a password in an address; an at sign may stand in the password.
    (re.compile(rf"(?<=://)[^\s/?#\"'<>\\]{{1,{_LONGEST_WORD}}}@"), MASK + "@"),
    # Headers, JSON, reprs and parameters: whatever follows their name.
    (
        re.compile(
            r"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie)\b([\"']?\s{0,3}[:=,]\s{0,3}(?:[bru]{1,2}(?=[\"']))?[\"']?)"
            r"(?:(?:basic|bearer|digest|token)\s{1,3})?[^\s\"',;]{1,500}(?:;\s?[^\s\"',;=]{1,100}=[^\s\"',;]{1,500}){0,20}"
        ),
        rf"\1\2{MASK}",
    ),
    (re.compile(r"(?i)\b(bearer|basic)\s{1,3}[A-Za-z0-9._~+/=-]{8,500}"), rf"\1 {MASK}"),
    (
        re.compile(
            r"(?i)\b(x-api-key|api[_-]?key|access[_-]token|password|passwd|secret)(\\?[\"']?\s{0,3}[:=]\s{0,3}\\?[\"']?)"
            r"[^\s\"',;&\\]{1,500}"
        ),
        rf"\1\2{MASK}",
    ),
    (re.compile(r"\bsk-[A-Za-z0-9_-]{8,200}"), MASK),
)


def redacted(text: str, secrets: Iterable[str] = ()) -> str:
    """Return the text without secrets.

    Args:
        text: What is to be told.
        secrets: Those that are known.
    """
    for secret in secrets:
        text = text.replace(secret, MASK)
    for pattern, shown in _PATTERNS:
        text = pattern.sub(shown, text)
    return text


def without_userinfo(text: str) -> str:
    """Return the text with addresses that tell no name and password."""
    pattern, shown = _PATTERNS[0]
    return pattern.sub(shown, text)


def secrets_of(settings: BaseModel) -> tuple[str, ...]:
    """Return the secrets in settings, the longest first: one may be part of another."""
    found = {form for secret in _secrets(settings) if len(secret) >= _SHORTEST for form in _forms(secret)}
    return tuple(sorted(found, key=lambda secret: (-len(secret), secret)))


def _forms(secret: str) -> Iterator[str]:
    """Yield a secret as it is, and as a literal, JSON or an address has it."""
    yield secret
    for written in (repr(secret), json.dumps(secret), json.dumps(secret, ensure_ascii=False)):
        yield written[1:-1]
    yield from (quote(secret), quote(secret, safe=""), quote_plus(secret), unquote(secret))


def _secrets(value: object) -> Iterator[str]:
    match value:
        case SecretStr():
            yield value.get_secret_value()
        case BaseModel():
            for name in type(value).model_fields:
                yield from _secrets(getattr(value, name))
        case dict():
            for one in value.values():
                yield from _secrets(one)
        case list() | tuple():
            for one in value:
                yield from _secrets(one)
        case str() if found := _USERINFO.search(value):
            yield found[1].partition(":")[2] or found[1]
