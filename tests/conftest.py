"""What every test may use: the bundled encoder, loaded once, and articles made from a few words."""

from __future__ import annotations

import hashlib
import signal
from collections.abc import Callable

import pytest
from hypothesis import settings

from rag.config import EmbeddingSettings
from rag.models.embedder import Embedder
from rag.models.embedder_factory import load_embedder
from rag.schema.article import Article

# A shared machine can be slow for a moment: no test depends on time.
settings.register_profile("sourcier", deadline=None)
settings.load_profile("sourcier")
# A shell starts what runs in its background deaf to Ctrl-C, and so would be every program that a test starts.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    return load_embedder(EmbeddingSettings())


@pytest.fixture(scope="session")
def make_article() -> Callable[..., Article]:
    """`make_article(text, **fields)`: an article whose hash follows from its text."""

    def make(text: str, id: str = "a1", **fields: str | None) -> Article:
        digest = hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
        stated = {"title": "Un titre", "source": f"{id}.txt", "content_hash": digest, "language": "fr"}
        return Article(id=id, text=text, **(stated | fields))

    return make


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The page's tests come last: Playwright's event loop keeps the main thread until the run ends, and
    no asynchronous test could have one after it."""
    items.sort(key=lambda item: "e2e" in item.path.parts)
