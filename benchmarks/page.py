"""How soon the page is painted, and found passages are on it, in the browser; beside Gradio's own chat page.

    python benchmarks/page.py [--articles 10000] [--questions 40] [--keep FOLDER] [--model none]

Builds a library of made-up news (`scale_build`, the vectors of `synthetic`), serves it, and opens it in
Chromium. First paint is the browser's own; a question's time runs from the keydown of Enter to the frame in
which a passage is in the document. The baseline is a `gr.ChatInterface` that echoes, served the same way: its
first paint, and Enter to its reply. Milliseconds, p50/p95. `--keep` keeps the library for the next time.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import tempfile
from collections.abc import Callable
from contextlib import closing, contextmanager
from pathlib import Path

import gradio as gr
import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright
from scale_build import Timed, add, take, with_vector
from synthetic import Corpus, pool

from rag.config import ChatModelSettings, Settings
from rag.engine.engine import Engine, open_engine
from rag.engine.factory import build_chain
from rag.models.chat_model_factory import load_chat_model
from ui.app import build_app
from ui.page.context import AppContext
from ui.server.server import close, start

_BATCH = 5_000  # passages
_PORT = 7893
# Tells when Enter went down, and when something that fits the selector was first there after it.
_WATCH = """selector => {
  window.seen = null;
  const box = document.querySelector("textarea");
  const before = new Set(document.querySelectorAll(selector));
  box.addEventListener("keydown", () => {
    const pressed = performance.now();
    const look = () => {
      const fresh = [...document.querySelectorAll(selector)].some((one) => !before.has(one));
      if (!fresh) return requestAnimationFrame(look);
      window.seen = performance.now() - pressed;
    };
    requestAnimationFrame(look);
  }, { once: true });
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--questions", type=int, default=40)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--model", default="none", help="chat_model.model")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        folder = options.keep or Path(passing)
        settings = Settings(data_dir=folder, chat_model=ChatModelSettings(model=options.model))
        with closing(
            build_chain(parts := open_engine(settings), load_chat_model(settings.chat_model))
        ) as chain:
            corpus = Corpus(parts.embedder)
            fill(parts, corpus, options.articles)
            chain.warm_up("fr")
            asked = [question.text for question in corpus.questions(parts.embedder)[0]][: options.questions]
            counts = parts.library.counts()
            print(f"{counts.articles} articles, {counts.passages} passages; ms, p50/p95")
            measure(
                "Sourcier",
                lambda: build_app(AppContext(parts, chain), "fr"),
                asked,
                "#panel .sources:not([hidden]) .passage",
            )
            echo = gr.ChatInterface(lambda message, _: message, api_visibility="private")
            measure("Gradio's chat, echoing", lambda: echo, asked, ".bot.message")


def fill(parts: Engine, corpus: Corpus, articles: int) -> None:
    """Bring the library to so many articles."""
    made = parts.library.counts().articles
    entries = corpus.entries()
    clocks = [Timed(part) for part in (parts.library, parts.vectors, parts.terms, parts.sketches)]
    drawn, count, seen = pool(parts.embedder), 0, 0
    while seen < articles:
        batch = take(entries, _BATCH)[: articles - seen]
        seen += len(batch)
        vectors = corpus.vectors(count, [entry.article.language for entry in batch for _ in entry.passages])
        if seen > made:
            sketched = [
                with_vector(drawn[(count + i) % len(drawn)], vector) for i, vector in enumerate(vectors)
            ]
            add(clocks, batch, vectors, sketched)
        count += len(vectors)


def measure(name: str, build: Callable[[], gr.Blocks], asked: list[str], found: str) -> None:
    with served(build) as url, chromium() as browser:
        paints, ready = zip(*(paint(browser, url) for _ in range(8)), strict=True)
        page = opened(browser, url)
        seconds = [ask(page, question, found) for question in asked]
    print(
        f"  {name:24} first paint {told(paints)}  question box {told(ready)}  Enter to found {told(seconds)}"
    )


def told(figures: tuple[float, ...] | list[float]) -> str:
    return "/".join(f"{value:.0f}" for value in np.percentile(figures, [50, 95]))


@contextmanager
def served(build: Callable[[], gr.Blocks]):
    async def up() -> tuple[gr.Blocks, str]:
        app = build()
        return app, start(app, "127.0.0.1", _PORT)

    app, url = asyncio.run(up())
    yield url
    close(app)


@contextmanager
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


def opened(browser: Browser, url: str) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.goto(url)
    page.wait_for_selector("textarea")
    return page


def paint(browser: Browser, url: str) -> tuple[float, float]:
    """Milliseconds to the first contentful paint and to the question box, with nothing cached."""
    page = opened(browser, url)
    ready = page.evaluate("performance.now()")
    first = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    page.context.close()
    return first, ready


def ask(page: Page, question: str, found: str) -> float:
    """Milliseconds from Enter to a new element that fits `found`; then waits for the answer's end."""
    page.evaluate(_WATCH, found)
    page.locator("textarea").first.fill(question)
    page.locator("textarea").first.press("Enter")
    page.wait_for_function("window.seen !== null", timeout=120_000)
    page.wait_for_function("!document.querySelector('#current [aria-busy=true]')", timeout=120_000)
    page.wait_for_timeout(300)
    return page.evaluate("window.seen")


if __name__ == "__main__":
    main()
