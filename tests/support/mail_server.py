"""A real mail server on this machine: it keeps what comes, and refuses what it is told to."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

PASSWORD = "sesame-ouvre-toi"
AUTHORITY = trustme.CA()


class Inbox:
    """What came, and which addresses are refused."""

    def __init__(self, refused: tuple[str, ...] = (), status: str = "250 OK") -> None:
        self.letters: list = []
        self.raw: list[bytes] = []
        self.recipients: list[list[str]] = []
        self._refused = refused
        self._status = status

    async def handle_RCPT(self, _server, _session, envelope, address, _options) -> str:
        if address in self._refused:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope) -> str:
        if self._status.startswith("250"):
            self.raw.append(envelope.content)
            self.letters.append(message_from_bytes(envelope.content, policy=default))
            self.recipients.append(envelope.rcpt_tos)
        return self._status


class _Server(Controller):
    """On a port that the system chooses."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(inbox: Inbox, security: str = "none") -> Iterator[int]:
    """A mail server on a free port of this machine; what is secured wants a password."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    AUTHORITY.issue_cert("127.0.0.1").configure_cert(context)
    options: dict = {"hostname": "127.0.0.1", "port": 0}
    if security == "tls":
        options |= {"ssl_context": context}
    if security == "starttls":
        options |= {"tls_context": context, "require_starttls": True}
    if security != "none":
        options |= {
            "authenticator": _authenticated,
            "auth_required": True,
            "auth_require_tls": security != "tls",
        }
    running = _Server(inbox, **options)
    running.start()
    try:
        yield running.port
    finally:
        running.stop()


def _authenticated(_server, _session, _envelope, _mechanism, given) -> AuthResult:
    known = isinstance(given, LoginPassword) and given == LoginPassword(b"ada", PASSWORD.encode())
    return AuthResult(success=known, handled=False)
