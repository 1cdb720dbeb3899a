"""Changes as e-mail: one message a delivery, plain text and HTML, sent by the configured server.

Knows SMTP by the standard library. Nothing of an article or a query reaches a header but the subject, and
nothing there can end it.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from markupsafe import Markup

from rag.config import MailSettings
from rag.errors import Reason, reason_of
from ui.formatting.i18n import text
from ui.html.element import element
from ui.notification.channel import NotSentError, Parcel
from ui.notification.html import sides_html
from ui.notification.wording import headline, lines

_LONGEST_SUBJECT = 150
Refused = dict[str, tuple[int, bytes]]


class MailSender:
    """Sends to the addresses that the settings name for each user."""

    name = "email"

    def __init__(
        self,
        settings: MailSettings,
        language: str,
        page_url: str | None = None,
        ssl_context: Callable[[], ssl.SSLContext] = ssl.create_default_context,
    ) -> None:
        """Prepare; tests trust another authority by `ssl_context`."""
        self._settings = settings
        self._language = language
        self._page_url = page_url
        self._ssl_context = ssl_context
        self.users = tuple(settings.to)

    def send(self, parcel: Parcel) -> NotSentError | None:
        """Send one message to all addresses of the delivery's user; return which of them were refused.

        Raises:
            NotSentError: The server can't be reached, or refuses it.
        """
        sender = self._settings.sender
        addresses = self._settings.to[parcel.delivery.user]
        message = letter(parcel, sender, addresses, self._language, self._page_url)
        try:
            refused = self._sent(message, sender, addresses)
        except smtplib.SMTPRecipientsRefused as error:
            raise _not_sent("mail_refused", reason=_answers(error.recipients)) from error
        except smtplib.SMTPAuthenticationError as error:
            raise _not_sent("mail_password", reason=_answer(error.smtp_error)) from error
        except ssl.SSLCertVerificationError as error:
            raise _not_sent("mail_certificate", reason=error.verify_message.rstrip(".")) from error
        except smtplib.SMTPNotSupportedError as error:
            raise _not_sent("mail_unsupported", reason=_reason(error)) from error
        except smtplib.SMTPResponseException as error:
            raise _not_sent("mail_refused", reason=_answer(error.smtp_error)) from error
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise _not_sent("mail_unreachable", reason=_reason(error)) from error
        # The others have it: sending it again would be a second time for them.
        return _not_sent("mail_partly", reason=_answers(refused)) if refused else None

    def _sent(self, message: EmailMessage, sender: str, addresses: tuple[str, ...]) -> Refused:
        """Send a message; return the addresses that were refused, unless all were."""
        server = self._connected()
        try:
            refused = server.send_message(message, sender, addresses)
            with suppress(OSError):  # it is sent, however the server says goodbye
                server.quit()
            return refused
        finally:
            server.close()

    def _connected(self) -> smtplib.SMTP:
        settings, here = self._settings, _own_name()
        place = (settings.host, settings.stated_port)
        if settings.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                *place, here, timeout=settings.timeout, context=self._ssl_context()
            )
        else:
            server = smtplib.SMTP(*place, here, timeout=settings.timeout)
        try:
            if settings.security == "starttls":
                server.starttls(context=self._ssl_context())
            if settings.user is not None and settings.password is not None:
                server.login(settings.user, settings.password.get_secret_value())
        except BaseException:
            server.close()
            raise
        return server


def letter(
    parcel: Parcel, sender: str, addresses: tuple[str, ...], language: str, page_url: str | None = None
) -> EmailMessage:
    """Return the message, ready to be sent. Its id is made of the delivery's."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = _subject(parcel, language)
    message["From"] = Address("Sourcier", addr_spec=sender)
    message["To"] = [Address(addr_spec=one) for one in addresses]
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = f"<{parcel.delivery.id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = language
    # Lines of articles are as long as they are, and not every server takes more than seven bits.
    message.set_content(_plain(parcel, language, page_url), cte="quoted-printable")
    message.add_alternative(str(_html(parcel, language, page_url)), subtype="html", cte="quoted-printable")
    return message


def _subject(parcel: Parcel, language: str) -> str:
    told = text("mail_subject", language, count=len(parcel.changes))
    if len(parcel.changes) == 1:
        told = f"Sourcier – {headline(parcel.changes[0], language)}"
    words = " ".join("".join(c if c.isprintable() else " " for c in told).split())
    return words if len(words) <= _LONGEST_SUBJECT else f"{words[: _LONGEST_SUBJECT - 1].rstrip()}…"


def _plain(parcel: Parcel, language: str, page_url: str | None) -> str:
    parts = [text("mail_intro", language, count=len(parcel.changes))]
    parts += ["\n".join(lines(change, language)) for change in parcel.told]
    parts += _ending(parcel, language, page_url)
    return "\n\n".join(parts) + "\n"


def _ending(parcel: Parcel, language: str, page_url: str | None) -> list[str]:
    rest = [text("told_more", language, count=parcel.rest)] if parcel.rest else []
    page = [text("mail_page", language, url=page_url)] if page_url else []
    return [*rest, *page, text("mail_why", language)]


def _html(parcel: Parcel, language: str, page_url: str | None) -> Markup:
    parts = [element("p", text("mail_intro", language, count=len(parcel.changes)))]
    for change in parcel.told:
        parts += [element("h3", headline(change, language), dir="auto"), sides_html(change, language)]
    if page_url:
        parts.append(element("p", element("a", text("mail_open", language), href=page_url)))
    parts += [element("p", said) for said in _ending(parcel, language, None)]
    head = element("head", element("title", _subject(parcel, language)))
    return Markup("<!doctype html>\n") + element("html", head, element("body", *parts), lang=language)


def _not_sent(key: str, **values: str) -> NotSentError:
    return NotSentError(text(key, "en", **values), text(key, "fr", **values))


def _answers(refused: Refused) -> str:
    return ", ".join(f"{name}: {code} {_answer(said)}" for name, (code, said) in sorted(refused.items()))


def _answer(said: object) -> str:
    """Return what a server said, on a line: hostile text."""
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    shown = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    return shown[:200].rstrip(".") or type(said).__name__


def _reason(error: Exception) -> Reason | str:
    """Return what the system says of a connection, or what a server said."""
    return reason_of(error) if isinstance(error, OSError) and error.errno is not None else _answer(error)


def _own_name() -> str:
    """Return what this machine calls itself to servers, without asking anybody for it."""
    name = socket.gethostname()
    return name if name.isascii() and name.replace("-", "").replace(".", "").isalnum() else "localhost"
