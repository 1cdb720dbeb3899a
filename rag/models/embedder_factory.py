"""The encoder that the settings name → an Embedder: bundled, a folder, a name on the hub, a server's model.

sentence-transformers is imported when a model is loaded, not before: `sourcier --help` shouldn't wait for it.
"""

from __future__ import annotations

import ctypes
import hashlib
import logging
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rag.config import OPENAI, SERVED, EmbeddingSettings
from rag.errors import ConfigError, panics_as_errors
from rag.model_servers.client import ServerClient
from rag.models.bundled import EMBEDDING_MODEL, embedding_folder, vocabulary_folder, whole_embedding_folder
from rag.models.bundled_embedder import BundledEmbedder
from rag.models.embedder import Embedder, SentenceTransformerEmbedder
from rag.models.server_embedder import ServerEmbedder

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

logger = logging.getLogger(__name__)

_ADDRESS = re.compile(r"https?://\S+")
_M_ARENA_MAX = -8
# What PyTorch and oneDNN keep for each shape of batch that was read. Of 1,024, as they would have it, several
# hundred megabytes come together, and hardly one is used again: texts have all lengths.
_SHAPES = "8"


def load_embedder(settings: EmbeddingSettings) -> Embedder:
    """Load the encoder that the settings name: `bundled`, a folder, a name on the hub, or a server's model.

    The bundled model and a folder are read without any network request; a name on the hub is downloaded by
    huggingface_hub when it isn't in its cache. A server isn't asked anything yet.

    Raises:
        ConfigError: `embedding.model` can't be loaded.
        ModelError: The bundled model is missing or damaged.
    """
    if settings.model.startswith(SERVED):
        return _served(settings)
    # tokenizers warns when a process forks after it used threads, unless this is decided.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    _keep_small()
    if settings.model == "bundled":
        return _bundled(settings)
    folder = Path(settings.model).expanduser()
    local = folder.is_dir()
    if not local and (folder.is_absolute() or settings.model.startswith(("~", "."))):
        raise ConfigError(
            f"embedding.model: {folder} is not a folder; give a sentence-transformers folder.",
            f"embedding.model : {folder} n'est pas un dossier ; donnez un dossier sentence-transformers.",
        )
    model = _load_named(str(folder) if local else settings.model, local)
    revision = _fingerprint(folder) if local else _hub_revision(model)
    return SentenceTransformerEmbedder(model, settings, f"{settings.model.rstrip('/')}@{revision}")


def _served(settings: EmbeddingSettings) -> Embedder:
    base_url = settings.base_url or OPENAI
    if not settings.served or not _ADDRESS.fullmatch(base_url):
        raise ConfigError(
            "embedding.model: openai: is followed by the name of a model, and embedding.base_url is the"
            " address of its server, such as http://127.0.0.1:8000/v1.",
            "embedding.model : openai: est suivi du nom d'un modèle, et embedding.base_url est l'adresse de"
            " son serveur, comme http://127.0.0.1:8000/v1.",
        )
    return ServerEmbedder(ServerClient(base_url, settings), settings)


def _bundled(settings: EmbeddingSettings) -> Embedder:
    folder = embedding_folder()
    identity = f"{EMBEDDING_MODEL.name}@{EMBEDDING_MODEL.sha256[:8]}"

    def load() -> Embedder:
        whole = whole_embedding_folder()
        return SentenceTransformerEmbedder(_load(str(whole), local=True), settings, identity)

    return BundledEmbedder(folder, vocabulary_folder(), settings, identity, load)


def _load_named(name: str, local: bool) -> SentenceTransformer:
    try:
        with panics_as_errors():
            return _load(name, local)
    # Loading runs through three libraries and whatever a model's files make them do: it fails in many ways.
    except Exception as error:
        logger.debug("Loading %s failed", name, exc_info=True)
        reason = f"{type(error).__name__}: {' '.join(str(error).split())}"
        raise ConfigError(
            f"embedding.model: {name} can't be loaded ({reason}); "
            "give a sentence-transformers folder, a model's name on the hub, or bundled.",
            f"embedding.model : {name} ne peut pas être chargé ({reason}) ; "
            "donnez un dossier sentence-transformers, le nom d'un modèle du hub, ou bundled.",
        ) from error


def _load(name: str, local: bool) -> SentenceTransformer:
    from sentence_transformers import SentenceTransformer

    with _no_bars(local):
        return SentenceTransformer(name, local_files_only=local, trust_remote_code=False)


@contextmanager
def _no_bars(quiet: bool) -> Iterator[None]:
    """Hide transformers' bar for reading weights: for a folder it lasts a moment. Downloads show theirs."""
    from transformers.utils import logging as bars

    if not quiet or not bars.is_progress_bar_enabled():
        yield
        return
    bars.disable_progress_bar()
    try:
        yield
    finally:
        bars.enable_progress_bar()


def _fingerprint(folder: Path) -> str:
    """Eight digits over the names and bytes of a model's files: a model trained further is another one."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in (".json", ".safetensors", ".bin", ".txt", ".model"):
            digest.update(path.relative_to(folder).as_posix().encode())
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:8]


def _hub_revision(model: SentenceTransformer) -> str:
    """Return the first eight digits of the commit that was loaded from the hub."""
    commit = getattr(model.config, "_commit_hash", None)
    return commit[:8] if commit else "unknown"


def _keep_small() -> None:
    """Have the encoder keep little for later. Its libraries ask when they are loaded: called before.

    glibc would let each thread keep what it has freed, which is 100 MB and more of an encoder's pieces.
    """
    for name in ("LRU_CACHE_CAPACITY", "ONEDNN_PRIMITIVE_CACHE_CAPACITY"):
        os.environ.setdefault(name, _SHAPES)
    found = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if found is not None:
        found(_M_ARENA_MAX, 1)
