"""A server's encoder, refused by a library that another model made under the same name.

What a server calls its model says nothing of the weights behind it. The vectors of a few texts do: they are
kept with the library, and asked for once by each process, before it asks for any other.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence

import numpy as np

from rag.encoders.store import EncoderTable
from rag.errors import LibraryError
from rag.models.embedder import Embedder, TokenVectors
from rag.models.server_embedder import ServerEmbedder

log = logging.getLogger(__name__)

TEXTS = (
    "Le maire de Valbrume a inauguré le nouveau pont lundi 3 mars.",
    "The central bank raised its interest rate by a quarter of a point.",
    "42",
)
# Cosine of the same model's vectors of one text, in another precision or on another machine, at least.
_ALIKE = 0.98


def recognised(embedder: Embedder, table: EncoderTable) -> Embedder:
    """Return the encoder, which is a server's only as long as it is the one that it was."""
    return RecognisedEmbedder(embedder, table) if isinstance(embedder, ServerEmbedder) else embedder


class RecognisedEmbedder:
    """An Embedder over a server's that looks first whether that is the library's model."""

    def __init__(self, embedder: ServerEmbedder, table: EncoderTable) -> None:
        """Take the encoder; nothing is asked before it is used."""
        self._embedder = embedder
        self._table = table
        self._lock = threading.Lock()
        self._is_known = False
        self.name = embedder.name
        self.max_tokens = embedder.max_tokens
        self.count_tokens = embedder.count_tokens

    @property
    def dimension(self) -> int:
        """Numbers of a vector."""
        return self._known().dimension

    def embed_queries(self, texts: Sequence[str]) -> np.ndarray:
        """Return one vector for each question: (n, dimension) float32, unit length, in the order given."""
        return self._known().embed_queries(texts)

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        """Return one vector for each passage: (n, dimension) float32, unit length, in the order given."""
        return self._known().embed_passages(texts)

    def read_queries(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Return each question with its tokens' vectors. What is over `max_tokens` isn't read."""
        return self._known().read_queries(texts)

    def read_passages(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Return each text of an article with its tokens' vectors. What is over `max_tokens` isn't read."""
        return self._known().read_passages(texts)

    def _known(self) -> ServerEmbedder:
        """Return the encoder, once it is known to be the library's.

        Raises:
            LibraryError: It is another model.
            ModelError: It can't be asked.
        """
        with self._lock:
            if not self._is_known:
                self._recognise()
                self._is_known = True
        return self._embedder

    def _recognise(self) -> None:
        now, before = self._embedder.embed_passages(TEXTS), self._table.likeness(self.name)
        if before is None:
            try:
                self._table.keep_likeness(self.name, now)
            except LibraryError as error:  # whoever only reads can't write it down
                log.debug("the likeness of %s wasn't kept: %s", self.name, error)
            return
        if before.shape != now.shape:
            raise self._other(f"{now.shape[1]} ≠ {before.shape[1]}")
        likeness = float((before * now).sum(axis=1).min())
        if likeness < _ALIKE:
            raise self._other(f"cosine {likeness:.2f}")

    def _other(self, found: str) -> LibraryError:
        name, address = self.name.split(" ")[0], self._embedder.address
        return LibraryError(
            f"{address} answers to {name} with another model than the {name} that made this library's vectors"
            f" ({found}); have the server run that one again, or run `sourcier reindex --embedding {name}`.",
            f"{address} répond au nom de {name} par un autre modèle que le {name} qui a fait les vecteurs de"
            f" cette bibliothèque ({found}) ; faites-lui relancer celui-là, ou lancez"
            f" `sourcier reindex --embedding {name}`.",
        )
