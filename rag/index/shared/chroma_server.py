"""A connection to a Chroma server: made when it is needed, made again when the server is back.

What goes wrong is told in one sentence. Knows the server's address and its token, and no collections.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rag.errors import LibraryError, SourcierError
from rag.observability.redaction import redacted

if TYPE_CHECKING:
    import httpx
    from chromadb.api import ClientAPI

_CONNECTING, _ANSWERING = 10.0, 120.0  # seconds
_REFUSED = {401, 403}


class StoreServerError(LibraryError):
    """The server that keeps the vectors isn't there, refuses, or fails: what it keeps stays as it is."""


class ChromaServer:
    """The server at `url` (`http://host:port`), told `token` in `header`; in Authorization after `Bearer`."""

    def __init__(self, url: str, token: str | None = None, header: str = "Authorization") -> None:
        self.url = url.rstrip("/")
        value = f"Bearer {token}" if header.lower() == "authorization" else token
        self._headers = {header: value} if token and value else {}
        self._secrets = [token] if token else []
        self._client: ClientAPI | None = None
        self._lock = threading.Lock()

    def client(self) -> ClientAPI:
        """Return a client, connected at the first call."""
        with self._lock:
            if self._client is None:
                self._client = self._connected()
            return self._client

    def _connected(self) -> ClientAPI:
        import chromadb
        import httpx
        from chromadb.config import Settings

        # Chroma's client waits for ever, the first time too: a server that takes calls and never answers.
        asked = f"{self.url}/api/v2/heartbeat"
        answer = httpx.get(asked, headers=self._headers, timeout=_CONNECTING, follow_redirects=False)
        if answer.status_code in _REFUSED:
            raise self._refusing()
        if answer.status_code != httpx.codes.OK:  # nor is the token taken to where another address leads
            raise self._failing(str(answer.status_code))
        client = chromadb.HttpClient(
            self.url,  # a whole address: then no other port counts
            ssl=self.url.startswith("https:"),
            headers=dict(self._headers),
            settings=Settings(anonymized_telemetry=False),
        )
        for session in _sessions(client):
            session.timeout = httpx.Timeout(_ANSWERING, connect=_CONNECTING)
        return client

    def close(self) -> None:
        """Let go of the connection. A later call connects again."""
        with self._lock:
            if self._client is not None:
                for session in _sessions(self._client):  # which Chroma's own closing leaves open
                    session.close()
                self._client.close()
            self._client = None

    @contextmanager
    def told(self) -> Iterator[None]:
        """Tell what the server or the way to it makes go wrong in one sentence.

        Raises:
            StoreServerError: It does.
        """
        import httpx
        from chromadb.errors import ChromaError

        try:
            yield
        except SourcierError:
            raise
        except (httpx.TransportError, OSError) as error:
            raise self._silent() from error
        except ChromaError as error:
            raise (self._refusing() if error.code() in _REFUSED else self._failing(_said(error))) from error
        except ValueError as error:
            if "connect to a Chroma server" not in str(error):
                raise
            raise self._silent() from error
        except Exception as error:
            if type(error) is not Exception:  # what Chroma's client makes of any other answer
                raise
            raise self._failing(_said(error)) from error

    def _silent(self) -> StoreServerError:
        return StoreServerError(
            f"{self.url}: no Chroma server answers there; start it, or set store.url. Nothing is lost.",
            f"{self.url} : aucun serveur Chroma n'y répond ; démarrez-le, ou changez store.url. Rien n'est"
            " perdu.",
        )

    def _refusing(self) -> StoreServerError:
        return StoreServerError(
            f"{self.url}: the Chroma server refuses us; set store.token (and store.token_header).",
            f"{self.url} : le serveur Chroma nous refuse ; indiquez store.token (et store.token_header).",
        )

    def _failing(self, said: str) -> StoreServerError:
        said = redacted(said, self._secrets)[:300]
        return StoreServerError(
            f"{self.url}: the Chroma server failed ({said}); see its log.",
            f"{self.url} : le serveur Chroma a échoué ({said}) ; consultez son journal.",
        )


def _said(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _sessions(client: ClientAPI) -> list[httpx.Client]:
    """Return a client's connections: its own, and the one by which it has looked for the database."""
    return [one._server._session for one in (client, client._admin_client)]  # type: ignore[attr-defined]
