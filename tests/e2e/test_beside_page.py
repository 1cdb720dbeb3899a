"""A quote stands beside the sentence that it bears out: the panel goes there by itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import Served
from playwright.sync_api import Page
from test_chat_page import VICTIMS, answered, expected, in_sight, lit, two_claims

pytestmark = pytest.mark.browser

LOW = {"viewport": {"width": 1280, "height": 460}, "reduced_motion": "reduce"}
PHONE = {"viewport": {"width": 360, "height": 740}, "reduced_motion": "reduce"}
QUOTE = "#panel .sources:not([hidden]) mark[data-cites~='{}']"
# How far the quote's first line is from its sentence's number, in pixels, where both can stand there.
APART = """
([quote, cite]) => {
  const box = (one) => document.querySelector(one).getBoundingClientRect();
  const [side, mark, link] = ["#side", quote, cite].map(box);
  const lowest = side.bottom - mark.height - 8;
  return Math.abs(mark.top - Math.max(side.top + 8, Math.min(link.top, lowest)));
}
"""


def test_the_panel_shows_the_first_quote_and_whichever_is_pointed_at(
    served: Served, new_page: Callable[..., Page]
):
    page = new_page(**LOW)
    served.script.reply = two_claims
    answered(page, VICTIMS)
    assert in_sight(page, QUOTE.format(1))
    for number, evidence in reversed(list(enumerate(expected(served, VICTIMS).citations, start=1))):
        cite = f"#current .cite[data-cite='{number}']"
        page.locator(cite).hover()
        assert lit(page, evidence.quote)
        assert in_sight(page, "mark.active")
        side = page.locator("#side").evaluate(
            "side => side.scrollTop + side.clientHeight < side.scrollHeight - 1"
        )
        assert page.evaluate(APART, [QUOTE.format(number), cite]) <= 2 or not side
    assert page.evaluate("scrollY") == 0
    page.mouse.move(0, 0)
    page.focus("#current .cite >> nth=1")
    assert lit(page, expected(served, VICTIMS).citations[1].quote)
    page.wait_for_function("document.activeElement.matches('#current .cite')")


def test_on_a_phone_the_answer_stays_in_sight_until_a_citation_is_pressed(
    served: Served, new_page: Callable[..., Page]
):
    page = new_page(**PHONE)
    served.script.reply = two_claims
    answered(page, VICTIMS)
    assert in_sight(page, "#current .claim .words")
    page.locator("#current .cite").first.click()
    assert lit(page, expected(served, VICTIMS).citations[0].quote)
    assert in_sight(page, "mark.active")
