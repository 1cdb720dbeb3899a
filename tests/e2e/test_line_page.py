"""Questions that wait for the model, in a real Chromium: each sees its place, and what it waits for."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from conftest import Served, until
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

VICTIMS = "Qui sont les deux personnes mortes dans la crue de Valbrume ?"
FIRST = "Les victimes sont un homme de 71 ans et une automobiliste de 34 ans."
LEANING = "Est-ce qu'on les connaît ?"  # no rule says whom


def ask(page: Page, question: str) -> None:
    page.fill("#question textarea", question)
    page.keyboard.press("Enter")
    expect(page.locator("#current .question")).to_contain_text(question)


def test_a_follow_up_that_the_model_must_reword_waits_in_the_line_and_other_searches_never_do(
    served: Served, new_page: Callable[..., Page]
):
    served.script.reply = lambda number: f"[{number('homme de 71 ans')}] {FIRST}"
    leaning, other, *busy = (new_page() for _ in range(4))
    ask(leaning, VICTIMS)
    expect(leaning.locator("#current .exchange.answered .claim")).to_have_count(1)
    served.chain.forget()
    served.model.calls.clear()
    served.model.gate, served.model.gate_after = threading.Event(), 0
    for number, page in enumerate(busy, start=1):
        ask(page, VICTIMS)
        assert until(lambda number=number: len(served.model.calls) == number)

    served.script.reply = lambda _: "[0]"
    ask(leaning, LEANING)
    expect(leaning.locator("#current .step.waiting .stage")).to_have_text(
        "En attente : 2 questions avant la vôtre."
    )
    expect(leaning.locator("#current .why-slow")).to_contain_text("renvoie à la réponse précédente")
    expect(leaning.locator("#current .step.done")).to_have_count(0)  # nothing was searched yet
    ask(other, VICTIMS)
    expect(other.locator("#panel .passage")).to_have_count(8)
    expect(other.locator("#current .step.waiting .stage")).to_have_text(
        "En attente : 3 questions avant la vôtre."
    )
    assert len(served.model.calls) == 2

    busy[0].click("#stop")
    expect(leaning.locator("#current .stage")).to_have_text("Reformulation de la question…")
    assert until(lambda: len(served.model.calls) == 3)
    expect(other.locator("#current .step.waiting .stage")).to_have_text(
        "En attente : 2 questions avant la vôtre."
    )
    served.model.gate.set()
    for page in (leaning, other, busy[1]):
        expect(page.locator("#current .exchange.answered")).to_be_visible()


def test_a_follow_up_that_waits_to_be_reworded_can_be_stopped(served: Served, new_page: Callable[..., Page]):
    served.script.reply = lambda number: f"[{number('homme de 71 ans')}] {FIRST}"
    page = new_page()
    ask(page, VICTIMS)
    expect(page.locator("#current .exchange.answered .claim")).to_have_count(1)
    served.model.calls.clear()
    served.script.reply = lambda _: "[0]"
    served.model.gate, served.model.gate_after = threading.Event(), 0
    ask(page, LEANING)
    expect(page.locator("#current .stage")).to_have_text("Reformulation de la question…")
    assert until(lambda: len(served.model.calls) == 1)
    page.click("#stop")
    expect(page.locator("#current .stage")).to_have_text("Arrêté à votre demande.")
    assert until(lambda: served.model.stopped == 1)


def test_a_question_that_is_too_long_is_refused_and_stays_in_the_box(page: Page):
    too_long = "Qui est mort ? ".ljust(2500, "?")
    page.fill("#question textarea", too_long)
    page.keyboard.press("Enter")
    expect(page.get_by_text("La question a 2500 caractères ; posez-la en 2000 au plus.")).to_be_visible()
    expect(page.locator("#question textarea")).to_have_value(too_long)
    expect(page.locator("#current .question")).to_have_count(0)
    ask(page, VICTIMS)
