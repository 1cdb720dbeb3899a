"""A server's failure as one sentence for the user, by what the server is for.

Knows sentences and the keys of the settings; no server.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rag.errors import ConfigError, ModelError, ModelUnavailableError, SourcierError
from rag.model_servers.server import DOWN, Kind, ServerError


@dataclass(frozen=True, slots=True)
class Role:
    """What a server is for: how it is called in English and French, the settings that name it, and its use.

    `model`, `base_url`, `api_key`, `limit` are keys of the settings; `without` is what can be done while it
    is down, in English and in French.
    """

    english: str
    french: str
    model: str
    base_url: str
    api_key: str
    limit: str
    without: tuple[str, str]


EMBEDDING = Role(
    "The embedding model's server",
    "Le serveur du modèle d'embedding",
    "embedding.model",
    "embedding.base_url",
    "embedding.api_key",
    "embedding.max_tokens",
    (
        " Meanwhile articles can be searched by their words.",
        " En attendant, la recherche par mots reste possible.",
    ),
)
CHAT = Role(
    "The chat model's server",
    "Le serveur du modèle de langage",
    "chat_model.model",
    "chat_model.base_url",
    "chat_model.api_key",
    "answering.evidence_tokens",
    ("", ""),
)
RERANKER = Role(
    "The reranker's server",
    "Le serveur du reranker",
    "retrieval.reranker",
    "retrieval.reranker_server.base_url",
    "retrieval.reranker_server.api_key",
    "chunking.max_tokens",
    ("", ""),
)
READER = Role(
    "The reader's server",
    "Le serveur du lecteur",
    "reader.model",
    "reader.base_url",
    "reader.api_key",
    "chunking.max_tokens",
    (
        " Meanwhile the bundled reader reads.",
        " En attendant, le lecteur fourni lit à sa place.",
    ),
)
# What happened and what to do about it, around what the server says.
_SAID: Mapping[Kind, tuple[tuple[str, str], tuple[str, str]]] = {
    "timeout": (
        ("doesn't answer in time", "try again later, or with less load on it"),
        ("tarde trop", "réessayez plus tard, ou soulagez-le"),
    ),
    "unreachable": (
        ("can't be reached", "check {base_url}, and that the server is running"),
        ("est injoignable", "vérifiez {base_url}, et que le serveur est lancé"),
    ),
    "busy": (
        ("takes no more requests now", "wait, or raise the limit with the provider"),
        ("n'accepte plus de demandes pour l'instant", "attendez, ou relevez la limite chez le fournisseur"),
    ),
    "failed": (
        ("failed", "try again later, or look into its log"),
        ("a échoué", "réessayez plus tard, ou lisez son journal"),
    ),
    "resting": (
        ("has failed several times and is left alone for a while", "try again later"),
        ("a échoué plusieurs fois et n'est plus sollicité pour l'instant", "réessayez plus tard"),
    ),
    "key": (("refuses the key", "correct {api_key}"), ("refuse la clé", "corrigez {api_key}")),
    "unknown": (
        ("doesn't know this model or address", "correct {model} or {base_url}"),
        ("ne connaît pas ce modèle ou cette adresse", "corrigez {model} ou {base_url}"),
    ),
    "too_long": (
        ("doesn't read texts this long", "lower {limit}"),
        ("ne lit pas de textes aussi longs", "baissez {limit}"),
    ),
    "refused": (
        ("refused the request", "correct {model}, or the settings beside it"),
        ("a refusé la demande", "corrigez {model}, ou les réglages voisins"),
    ),
}
_MISTAKES: frozenset[Kind] = frozenset({"key", "unknown", "too_long", "refused"})


def explained(error: ServerError, role: Role, address: str) -> SourcierError:
    """Return a failure as the user is told it: what happened, where, why, and what to do."""
    (what, advice), (quoi, conseil) = _SAID[error.kind]
    keys = {"model": role.model, "base_url": role.base_url, "api_key": role.api_key, "limit": role.limit}
    english, french = role.without if error.kind in DOWN else ("", "")
    kind = (
        ModelUnavailableError
        if error.kind in DOWN
        else ConfigError
        if error.kind in _MISTAKES
        else ModelError
    )
    return kind(
        f"{role.english}, {address}, {what} ({error.reason}); {advice.format(**keys)}.{english}",
        f"{role.french}, {address}, {quoi} ({error.reason}) ; {conseil.format(**keys)}.{french}",
    )
