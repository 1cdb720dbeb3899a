"""What every test may use: the bundled encoder, loaded once, and articles made from a few words."""

from __future__ import annotations

import hashlib
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from rag.config import EmbeddingSettings
from rag.models.embedder import Embedder
from rag.models.embedder_factory import load_embedder
from rag.schema.article import Article

TESTS = Path(__file__).parent
if "PYTEST_XDIST_WORKER" in os.environ:
    # Workers share the processors; PyTorch reads this when it is imported.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
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


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Send what shares something costly to one worker: a file's tests, and those that ask the chat model.

    The page's tests come last: Playwright's event loop keeps the main thread until the run ends, and no
    asynchronous test could have one after it. The chat model's come first: they take longest.
    """
    for item in items:
        if "browser" in item.fixturenames:
            item.add_marker("browser")
        group = "chat model" if item.get_closest_marker("slow") else item.path.relative_to(TESTS).as_posix()
        item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: ("e2e" in item.path.parts, item.get_closest_marker("slow") is None))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: tests wait for disks, browsers and pauses too."""
    return (os.cpu_count() or 1) + 1
