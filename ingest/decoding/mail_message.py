"""Bytes of a mail or a saved page → Python's message, whose headers are too short to keep its parser busy.

The standard library's parser takes the square of a header's length: one of a hundred thousand characters
would be parsed for minutes, on each look at it.
"""

from __future__ import annotations

from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import EmailPolicy

from rag.errors import UserError

# Characters that are read of a header: of those that say how a part is packed, and of the others.
_OF_PACKING, _OF_OTHERS = 500, 2_000
_PACKING = {"content-type", "content-disposition", "content-transfer-encoding"}
_MOST_PARTS = 2_000


def read_message(data: bytes) -> EmailMessage:
    """Parse a mail.

    Raises:
        UserError: It has more parts than any mail that somebody wrote.
    """
    message = BytesParser(policy=_POLICY).parsebytes(data.lstrip())
    assert isinstance(message, EmailMessage)
    if any(number >= _MOST_PARTS for number, _ in enumerate(message.walk())):
        raise UserError(
            f"it has more than {_MOST_PARTS} parts; it wasn't read.",
            f"il a plus de {_MOST_PARTS} parties ; il n'a pas été lu.",
        )
    return message


class _ShortHeaders(EmailPolicy):
    """The usual policy, for headers of which the rest is cut off."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """Return a header's name and what is read of its value."""
        name, value = super().header_source_parse(sourcelines)
        return name, value[: _OF_PACKING if name.lower() in _PACKING else _OF_OTHERS]


_POLICY = _ShortHeaders()
