"""Changes posted to a real server on this machine: signed, where they may go, as often as is said."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

import pytest
from hook import Hook, hook
from loopback import here_or_public, resolve_here
from told_changes import change

from ingest.fetch.posting import Poster
from rag.config import WebhookSettings
from rag.notification.store import Delivery
from ui.notification.channel import MOST_TOLD, NotSentError, Parcel
from ui.notification.webhook import WebhookSender, signed

SECRET = "0123456789abcdef"


def parcel(*changes) -> Parcel:
    return Parcel(Delivery("d1", "webhook", "", "2030", 1, tuple(one.id for one in changes)), tuple(changes))


def sender(there: Hook, url: str = "", poster: Poster | None = None, seconds: float = 5.0) -> WebhookSender:
    settings = WebhookSettings(
        url=url or there.url(), secret=SECRET, allowed_hosts=["hook.test", "127.0.0.1"]
    )
    pauses: list[float] = []
    poster = poster or Poster(seconds, here_or_public, resolve_here)
    found = WebhookSender(settings, poster, pauses.append)
    found.pauses = pauses
    return found


def test_what_is_posted_can_be_checked():
    with hook() as there:
        sender(there).send(parcel(change()))
    [came] = there.posted
    assert (came.path, came.headers["content-type"]) == ("/told?by=sourcier", "application/json")
    stamp, said = came.headers["webhook-timestamp"], came.headers["webhook-signature"]
    expected = hmac.new(SECRET.encode(), f"d1.{stamp}.".encode() + came.body, hashlib.sha256).digest()
    assert (came.headers["webhook-id"], said) == ("d1", f"v1,{base64.b64encode(expected).decode()}")
    told = json.loads(came.body)
    [one] = told["changes"]
    assert (told["id"], told["more"], one["id"], one["kind"]) == ("d1", 0, "change-1", "value")
    quote = one["after"][0]
    assert quote["quote"][quote["answer_start"] : quote["answer_end"]] == "355 habitants"


def test_a_signature_is_that_of_standard_webhooks():
    # The example of https://github.com/standard-webhooks/standard-webhooks
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    found = signed(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body)
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_server_that_is_busy_is_asked_again_a_bounded_number_of_times():
    with hook() as there:
        there.answers = [503, 429]
        waiting = sender(there)
        waiting.send(parcel(change()))
        assert (len(there.posted), waiting.pauses) == (3, [1.0, 3.0])
        assert len({came.headers["webhook-id"] for came in there.posted}) == 1
        there.answers = [500] * 9
        with pytest.raises(NotSentError, match="error \\(500\\)"):
            sender(there).send(parcel(change()))
        assert len(there.posted) == 6


@pytest.mark.parametrize(
    ("status", "said"), [(302, "redirect"), (307, "redirect"), (404, "404"), (410, "410")]
)
def test_a_refusal_is_final_for_this_round_and_nothing_is_followed(status, said):
    with hook() as there:
        there.answers = [status]
        with pytest.raises(NotSentError, match=said):
            sender(there).send(parcel(change()))
        assert [came.path for came in there.posted] == ["/told?by=sourcier"]


def test_an_inner_address_is_posted_to_only_if_its_host_is_allowed():
    with hook() as there:
        inner = WebhookSender(WebhookSettings(url=f"https://127.0.0.1:{there.port}/", secret=SECRET))
        with pytest.raises(NotSentError, match="isn't a public one"):
            inner.send(parcel(change()))
        assert there.posted == []
        allowed = {"url": f"http://127.0.0.1:{there.port}/", "secret": SECRET, "allowed_hosts": ["127.0.0.1"]}
        WebhookSender(WebhookSettings(**allowed)).send(parcel(change()))
        assert len(there.posted) == 1


def test_nothing_goes_through_a_proxy(monkeypatch: pytest.MonkeyPatch):
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with hook() as there:
        sender(there).send(parcel(change()))
    assert len(there.posted) == 1


def test_a_server_that_is_gone_is_told():
    with hook() as there:
        pass
    with pytest.raises(NotSentError, match="can't be reached"):
        sender(there).send(parcel(change()))


def test_of_many_changes_the_rest_is_counted():
    with hook() as there:
        sender(there).send(parcel(*(change(1) for _ in range(MOST_TOLD + 7))))
    told = json.loads(there.posted[0].body)
    assert (len(told["changes"]), told["more"]) == (MOST_TOLD, 7)
