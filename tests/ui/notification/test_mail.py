"""Changes sent to a real mail server on this machine, in the clear, after STARTTLS and within TLS."""

from __future__ import annotations

import ssl

import pytest
from mail_server import AUTHORITY, PASSWORD, Inbox, mail_server
from told_changes import HOSTILE, change, evidence

from rag.config import MailSettings
from rag.notification.store import Delivery
from ui.notification.channel import NotSentError, Parcel
from ui.notification.mail import MailSender, letter


def sender(
    port: int, security: str = "none", password: str = PASSWORD, trusted: bool = True, **more
) -> MailSender:
    def context() -> ssl.SSLContext:
        found = ssl.create_default_context()
        if trusted:
            AUTHORITY.configure_trust(found)
        return found

    signing_in = {} if security == "none" else {"user": "ada", "password": password}
    settings = MailSettings(
        host="127.0.0.1", port=port, security=security, sender="sourcier@news.example", timeout=5,
        **{"to": ["desk@news.example"]} | signing_in | more,
    )  # fmt: skip
    return MailSender(settings, "fr", "https://sourcier.news.example/", context)


def parcel(*changes, id_="d1") -> Parcel:
    delivery = Delivery(id_, "email", "", "2030-01-01T10:00:00+00:00", 1, tuple(one.id for one in changes))
    return Parcel(delivery, tuple(changes))


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # which is there from the start
@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_a_letter_arrives(security):
    inbox = Inbox()
    with mail_server(inbox, security) as port:
        assert sender(port, security).send(parcel(change(1), change(2))) is None
    [letter] = inbox.letters
    assert letter["Subject"] == "Sourcier – 2 changements"
    assert letter["From"].addresses[0].addr_spec == "sourcier@news.example"
    assert letter["Message-ID"] == "<d1@news.example>"
    assert letter["Date"].datetime is not None
    plain, html = (letter.get_body([kind]).get_content() for kind in ("plain", "html"))
    assert "Avant : « Valbrume compte 340 habitants. » (Le Courrier de Valbrume, 3 novembre 2025)" in plain
    assert "Maintenant : « Valbrume compte désormais 355 habitants. »" in plain
    assert "https://sourcier.news.example/" in plain
    assert "<mark><strong>355 habitants</strong></mark>" in html
    assert all(len(line) <= 998 for line in inbox.raw[0].split(b"\r\n"))


def test_one_change_is_the_subject():
    assert letter(parcel(change()), "a@b.example", ("c@d.example",), "en")["Subject"] == (
        "Sourcier – Another number: Combien d'habitants a Valbrume ? (340 habitants → 355 habitants)"
    )


def test_nothing_that_is_written_somewhere_adds_a_header_or_markup():
    inbox = Inbox()
    hostile = change(words=HOSTILE, after=[evidence(HOSTILE, outlet=HOSTILE)])
    with mail_server(inbox) as port:
        sender(port).send(parcel(hostile))
    [letter] = inbox.letters
    assert inbox.recipients == [["desk@news.example"]]
    assert letter["Bcc"] is None
    assert "\n" not in letter["Subject"]
    assert "<script" not in letter.get_body(["html"]).get_content()


def test_long_lines_and_any_letters_survive():
    inbox = Inbox()
    quote = "“Ωμέγα” — « l’été » 日本 " * 60
    with mail_server(inbox) as port:
        sender(port).send(parcel(change(before=[], after=[evidence(quote.strip(), language="en")])))
    [letter] = inbox.letters
    assert "“Ωμέγα” — « l’été » 日本" in letter.get_body(["plain"]).get_content()


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ({"password": "wrong-one"}, "refuse le nom ou le mot de passe"),
        ({"trusted": False}, "certificat"),
    ],
)
def test_why_it_was_not_sent(made, said):
    inbox = Inbox()
    with mail_server(inbox, "starttls") as port, pytest.raises(NotSentError) as failed:
        sender(port, "starttls", **made).send(parcel(change()))
    assert said in failed.value.text("fr")
    assert inbox.letters == []


def test_a_server_that_is_not_there_or_refuses_is_told():
    inbox = Inbox(status="451 later\x07, please")
    with mail_server(inbox) as port:
        with pytest.raises(NotSentError) as failed:
            sender(port).send(parcel(change()))
        assert "refuses the message (later" in failed.value.text("en")
    with pytest.raises(NotSentError, match="can't be reached"):
        sender(port).send(parcel(change()))


def test_a_server_without_starttls_is_not_given_the_password():
    inbox = Inbox()
    with mail_server(inbox) as port, pytest.raises(NotSentError, match="doesn't do what is configured"):
        sender(port, "starttls").send(parcel(change()))


def test_an_address_that_is_refused_keeps_nothing_from_the_others():
    inbox = Inbox(refused=("gone@news.example",))
    with mail_server(inbox) as port:
        refused = sender(port, to=["gone@news.example", "desk@news.example"]).send(parcel(change()))
    assert "gone@news.example: 550 no such user" in refused.text("en")
    assert inbox.recipients == [["desk@news.example"]]
    with mail_server(Inbox(refused=("gone@news.example",))) as port, pytest.raises(NotSentError, match="550"):
        sender(port, to=["gone@news.example"]).send(parcel(change()))
