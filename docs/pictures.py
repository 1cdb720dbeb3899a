"""Takes the pictures of `page.md`: every view, light and dark, on a desk and on a phone.

    python docs/pictures.py http://127.0.0.1:7860

The page must be served over the example articles (`make run`), some of which came in after something was
followed in the others (`sourcier standing add`). Pictures go to `docs/images/`.
"""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

IMAGES = Path(__file__).parent / "images"
SCREENS = {"desk": {"width": 1360, "height": 850}, "phone": {"width": 360, "height": 740}}
QUESTION = "Combien de morts dans la crue de Valbrume ?"
UNANSWERED = "Quel est le prix du gaz au Japon ?"


def answer(page: Page) -> None:
    ask(page, QUESTION)
    page.locator("#current a.cite").first.click()


def not_found(page: Page) -> None:
    ask(page, UNANSWERED)


def search(page: Page) -> None:
    open_tab(page, 1)
    page.locator("#full-text-query").fill("crue valbrume")
    page.locator("#full-text-query").press("Enter")
    page.wait_for_selector("#full-text-found ol")


def news(page: Page) -> None:
    open_tab(page, 2)


def library(page: Page) -> None:
    open_tab(page, 3)


def reader(page: Page) -> None:
    open_tab(page, 3)
    page.locator("#library-tab a.open-article").first.click()
    page.wait_for_timeout(800)


def panorama(page: Page) -> None:
    open_tab(page, 4)
    page.wait_for_selector("#corpus-map svg", timeout=60_000)  # it may have to be computed


def map_of_subjects(page: Page) -> None:
    panorama(page)
    page.locator("#corpus-map").evaluate("map => map.scrollIntoView()")


def status(page: Page) -> None:
    open_tab(page, 5)


VIEWS: dict[str, Callable[[Page], None]] = {
    "answer": answer,
    "not-found": not_found,
    "search": search,
    "news": news,
    "library": library,
    "reader": reader,
    "panorama": panorama,
    "map": map_of_subjects,
    "status": status,
}


def main() -> None:
    with chromium() as browser:
        for screen, viewport in SCREENS.items():
            for scheme in ("light", "dark"):
                for name, show in VIEWS.items():
                    page = browser.new_context(viewport=viewport, color_scheme=scheme).new_page()
                    page.goto(sys.argv[1])
                    page.wait_for_selector("#question textarea")
                    show(page)
                    page.wait_for_timeout(1_000)
                    keep(page, IMAGES / f"{name}-{screen}-{scheme}.png")
                    page.context.close()


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("chromium-headless-shell")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def ask(page: Page, question: str) -> None:
    page.locator("#question textarea").fill(question)
    page.locator("#question textarea").press("Enter")
    page.wait_for_selector("#current .exchange.answered", timeout=120_000)


def open_tab(page: Page, number: int) -> None:
    page.get_by_role("tab").nth(number).click()
    page.wait_for_timeout(1_000)


def keep(page: Page, file: Path) -> None:
    """In 96 colours: a picture of words needs no more, and is a quarter of the size."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(96, dither=Image.Dither.NONE).save(file, optimize=True)


if __name__ == "__main__":
    main()
