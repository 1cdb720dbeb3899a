"""Changes posted to an address as JSON, signed as Standard Webhooks has it: whoever is told can check it.

Knows JSON and signatures; how it is posted safely is `ingest.fetch.posting`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime

from ingest.fetch.address_policy import is_public
from ingest.fetch.posting import Poster, PostError
from rag.config import WebhookSettings
from rag.errors import UserError
from ui.notification.channel import NotSentError, Parcel

_PAUSES = (1.0, 3.0)  # seconds before it is tried again in the same round
_WRITTEN = "whsec_"  # before a secret that is written in Base64


class WebhookSender:
    """Posts to the address of the settings, for the users that they name."""

    name = "webhook"

    def __init__(
        self,
        settings: WebhookSettings,
        poster: Poster | None = None,
        pause: Callable[[float], object] = time.sleep,
    ) -> None:
        """Prepare; tests post to this machine by a `poster` of theirs."""
        inside = settings.is_internal
        self._settings = settings
        self._poster = poster or Poster(settings.timeout, (lambda _: True) if inside else is_public)
        self._pause = pause
        self.users = settings.users

    def send(self, parcel: Parcel) -> None:
        """Post it; again after a moment if the server isn't there or asks for time.

        Raises:
            NotSentError: It wasn't accepted.
        """
        body = json.dumps(payload(parcel), ensure_ascii=False).encode()
        for wait in (*_PAUSES, None):
            try:
                self._post(parcel.delivery.id, body)
                return
            except PostError as error:
                if wait is None or not error.passing:
                    raise NotSentError(error.text("en"), error.text("fr")) from error
                self._pause(wait)
            except UserError as error:
                raise NotSentError(error.text("en"), error.text("fr")) from error

    def _post(self, delivery_id: str, body: bytes) -> None:
        stamp = str(int(datetime.now(UTC).timestamp()))
        signature = signed(self._settings.secret.get_secret_value(), delivery_id, stamp, body)
        headers = {
            "Content-Type": "application/json",
            "Webhook-Id": delivery_id,
            "Webhook-Timestamp": stamp,
            "Webhook-Signature": signature,
        }
        self._poster.post(self._settings.url.get_secret_value(), body, headers)


def signed(secret: str, delivery_id: str, stamp: str, body: bytes) -> str:
    """Return the signature of a delivery: `v1,` and the HMAC-SHA256 of id, moment and body, in Base64."""
    said = f"{delivery_id}.{stamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(_key(secret), said, hashlib.sha256).digest()).decode()


def _key(secret: str) -> bytes:
    if secret.startswith(_WRITTEN):
        try:
            return base64.b64decode(secret[len(_WRITTEN) :], validate=True)
        except binascii.Error:
            pass  # a secret that only begins so is its own words, as any other
    return secret.encode()


def payload(parcel: Parcel) -> dict:
    """Return what is posted, as JSON has it. Quotes come with their offsets."""
    return {
        "type": "changes",
        "id": parcel.delivery.id,
        "made_at": parcel.delivery.made_at,
        "user": parcel.delivery.user,
        "changes": [change.to_dict() for change in parcel.told],
        "more": parcel.rest,
    }
