"""axe-core over every view of the page, light and dark, wide and narrow: nothing serious."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import Served
from playwright.sync_api import Page, expect
from run import pairs

TABS = ("Questions", "Recherche", "Nouveau", "Bibliothèque", "Panorama", "État")
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 360, "height": 740}
SIZES, SCHEMES = (("wide", WIDE), ("narrow", NARROW)), ("light", "dark")
# Of the standard and of good practice alike; the rest of Gradio's own frame is the same in every application.
SERIOUS = ("serious", "critical")


def violations(page: Page) -> list[str]:
    """What axe-core finds that is serious: the rule, and where."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found
        if one["impact"] in SERIOUS
        for node in one["nodes"]
    ]


looks = pytest.mark.parametrize(
    ("viewport", "scheme"),
    [pytest.param(size, scheme, id=f"{name}-{scheme}") for (name, size), scheme in pairs(SIZES, SCHEMES)],
)


@looks
def test_no_tab_has_a_serious_violation(new_page: Callable[..., Page], viewport: dict, scheme: str):
    page = new_page(viewport=viewport, color_scheme=scheme)
    for name in TABS:
        page.get_by_role("tab", name=name).click()
        expect(page.get_by_role("tab", name=name)).to_have_attribute("aria-selected", "true")
        page.wait_for_timeout(500)
        assert violations(page) == [], name


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_answer_has_a_serious_violation(new_page: Callable[..., Page], served: Served, scheme: str):
    page = new_page(color_scheme=scheme)
    served.script.reply = lambda number: (
        f"[{number('a tué trois personnes')}] La crue a tué trois personnes.\n"
    )
    page.locator("#question textarea").fill("Combien de morts dans la crue de Valbrume ?")
    page.keyboard.press("Enter")
    expect(page.locator("#current .exchange")).to_have_class(re.compile("answered"))
    assert violations(page) == []
    page.locator("#current a.cite").first.click()
    assert violations(page) == []


@looks
def test_not_found_and_the_reader_have_no_serious_violation(
    new_page: Callable[..., Page], viewport: dict, scheme: str
):
    page = new_page(viewport=viewport, color_scheme=scheme)
    page.locator("#question textarea").fill("Quel est le prix du gaz au Japon ?")
    page.keyboard.press("Enter")
    expect(page.locator("#current .not-found")).to_be_visible()
    assert violations(page) == []
    page.locator("#panel a.open-article").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert violations(page) == []
