"""The steps of a question on its way → HTML: what is done, what runs, what it waits for.

Pure; escapes as `ui.rendering.exchange` does.
"""

from __future__ import annotations

from markupsafe import Markup

from ui.formatting.i18n import text
from ui.html.element import element
from ui.session.exchange import Exchange

# What is over once a stage has begun, by the words `step_…`.
DONE = {
    "searching": (),
    "rewriting": (),
    "waiting": ("searched",),
    "reading": ("searched",),
    "writing": ("searched", "read"),
}


def steps(exchange: Exchange, language: str) -> Markup:
    """Return the steps as a list, each with a shape and a word for its state, and why it takes long."""
    over = () if exchange.stage == "waiting" and not exchange.hits else DONE[exchange.stage]
    done = [_step("done", "✓", text(f"step_{name}", language), language) for name in over]
    listed = element("ol", *done, *_running(exchange, language), class_="steps")
    why = (
        [element("p", text(exchange.why, language), class_="why-slow", role="status")] if exchange.why else []
    )
    return element("div", listed, *why, class_="progress")


def _running(exchange: Exchange, language: str) -> list[Markup]:
    waits = exchange.stage == "waiting"
    count = exchange.ahead if waits else len(exchange.shown.hits)
    words = element("span", text(exchange.stage, language, count=count), class_="stage", role="status")
    state, sign = ("waiting", "◷") if waits else ("running", "●")
    return [_step(state, sign, words, language), *_checking(exchange, language)]


def _checking(exchange: Exchange, language: str) -> list[Markup]:
    """Return how many of the sentences written so far have been compared with their quotes."""
    if not exchange.drafts:
        return []
    checked = sum(draft.checked is not None for draft in exchange.drafts)
    words = text("step_checking", language, checked=checked, count=len(exchange.drafts))
    return [_step("running", "●", words, language)]


def _step(state: str, sign: str, words: str | Markup, language: str) -> Markup:
    shape = element("span", sign, class_="sign", aria_hidden="true")
    said = element("span", text(f"state_{state}", language), class_="state")
    return element("li", shape, " ", words, " ", said, class_=f"step {state}")
