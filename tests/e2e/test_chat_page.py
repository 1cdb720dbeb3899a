"""The chat page in a real Chromium: ask, read, follow a citation, stop, begin anew, switch words, attack."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator

import pytest
from conftest import Served, arriving_late, load_again, until
from handed_in import copied
from playwright.sync_api import Browser, Page, expect

from rag.errors import ModelError
from rag.library.feedback import Feedback
from rag.schema.answer import Answer

pytestmark = pytest.mark.browser

VICTIMS = "Qui sont les deux personnes mortes dans la crue de Valbrume ?"
FALSE = "Cinq blessés légers ont été conduits à l’hôpital."
PHONE = {"viewport": {"width": 360, "height": 740}}


def two_claims(number):
    """A true answer of two sentences that rest on different ones."""
    first, second = number("homme de 71 ans"), number("Quatre blessés légers")
    return (
        f"[{first}] Les victimes sont un homme de 71 ans et une automobiliste de 34 ans.\n"
        f"[{second}] Quatre blessés légers ont aussi été conduits à l’hôpital Sainte-Barbe."
    )


def ask(page: Page, question: str) -> None:
    page.fill("#question textarea", question)
    page.keyboard.press("Enter")


def answered(page: Page, question: str) -> None:
    ask(page, question)
    expect(page.locator("#current .exchange.answered .question")).to_contain_text(question)


def begin_anew(page: Page) -> None:
    page.get_by_role("button", name="Nouvelle conversation").click()
    expect(page.locator("#current .welcome")).to_be_visible()


def lit(page: Page, quote: str) -> bool:
    """Whether the highlighted words, exactly as the page holds them, come to be this quote."""
    marks = page.locator("mark.active")
    return until(lambda: quote == "".join(marks.evaluate_all("all => all.map(mark => mark.textContent)")))


def in_sight(page: Page, selector: str) -> bool:
    """Whether the first such element is on the screen, once scrolling has come to rest."""
    page.wait_for_function(
        """selector => {
          const box = document.querySelector(selector).getBoundingClientRect();
          return box.top >= 0 && box.bottom <= innerHeight && box.left >= 0 && box.right <= innerWidth;
        }""",
        arg=selector,
    )
    return True


def expected(served: Served, question: str) -> Answer:
    """What the chain answers when it isn't asked through the page."""
    return served.chain.invoke(question)


# --- asking and reading ---


def test_passages_come_first_then_the_answer_claim_by_claim(served: Served, page: Page):
    served.script.reply = two_claims
    served.model.gate, served.model.gate_after = threading.Event(), 0
    ask(page, VICTIMS)
    expect(page.locator("#panel .passage")).to_have_count(8)
    expect(page.locator("#current .stage")).to_have_text("8 extraits trouvés, lecture…")
    expect(page.locator("#current .claim")).to_have_count(0)
    served.model.gate.set()
    expect(page.locator("#current .exchange.answered .claim")).to_have_count(2)
    answer = expected(served, VICTIMS)
    first = page.locator("#panel .passage").first
    expect(first.locator("h3")).to_have_text(answer.hits[0].article.title)
    expect(first.locator(".outlet")).to_have_text(answer.hits[0].article.outlet)
    expect(first.locator("time")).to_have_text("3 novembre 2025")
    assert first.locator(".text").evaluate("text => text.textContent") == answer.hits[0].text


def test_a_greeting_is_replied_to_and_nothing_is_searched(served: Served, page: Page):
    answered(page, "Bonjour ! Que peux-tu faire ?")
    said = page.locator("#current .answer .said")
    expect(said).to_have_text(expected(served, "que peux-tu faire ?").text)
    assert page.locator("#current .not-found, #current .understood, #panel .sources").count() == 0
    expect(page.locator("#panel .empty")).to_have_text(
        "Les extraits trouvés dans les articles apparaîtront ici."
    )
    assert served.model.calls == []


def test_thanks_leave_the_answer_s_passages_open_and_later_questions_alone(served: Served, page: Page):
    served.script.reply = two_claims
    answered(page, VICTIMS)
    answered(page, "Merci !")
    expect(page.locator("#t1-sources")).to_be_visible()
    answered(page, "Et à Malvoisy ?")
    expect(page.locator("#current .understood")).to_have_text(
        "Compris comme : Qui sont les deux personnes mortes dans la crue de Malvoisy ?"
    )


def test_claims_carry_their_numbers_in_order_of_first_use(served: Served, page: Page):
    served.script.reply = two_claims
    answered(page, VICTIMS)
    answer = expected(served, VICTIMS)
    claims = page.locator("#current .claim")
    expect(claims.locator(".words")).to_have_text([claim.text for claim in answer.claims])
    expect(claims.locator(".cite")).to_have_text(["[1]", "[2]"])
    checked = re.compile("^✓ comparé à la citation : .*négations.*, mots$")
    expect(claims.locator(".check")).to_have_text([checked, checked])
    article = answer.citations[0].article
    claims.locator(".cite").first.hover()
    card = page.get_by_role("tooltip")
    expect(card.locator(".card-about")).to_have_text(f"{article.outlet} · 3 novembre 2025")
    expect(card.locator(".card-title")).to_have_text(article.title)


def test_a_citation_lights_up_exactly_its_quote(served: Served, page: Page):
    served.script.reply = two_claims
    answered(page, VICTIMS)
    for number, evidence in enumerate(expected(served, VICTIMS).citations, start=1):
        page.click(f"#current .cite[data-cite='{number}']")
        assert lit(page, evidence.quote)
        assert in_sight(page, "mark.active")
        expect(page.locator(".passage:has(mark.active) h3")).to_have_text(evidence.article.title)


def test_a_citation_works_from_the_keyboard_and_leads_back(served: Served, page: Page):
    served.script.reply = two_claims
    answered(page, VICTIMS)
    page.focus("#current .cite >> nth=1")
    page.keyboard.press("Enter")
    assert lit(page, expected(served, VICTIMS).citations[1].quote)
    page.wait_for_function("document.activeElement.matches('mark.active')")
    page.focus(".passage .back >> nth=1")
    page.keyboard.press("Enter")
    page.wait_for_function("['[1]', '[2]'].includes(document.activeElement.textContent)")
    page.wait_for_function("document.activeElement.matches('#current .cite')")


def test_an_older_answer_keeps_its_citations(served: Served, page: Page):
    served.script.reply = two_claims
    answered(page, VICTIMS)
    quote = expected(served, VICTIMS).citations[0].quote
    answered(page, "Quel est le PIB de la Chine ?")
    expect(page.locator("#t1-sources")).to_be_hidden()
    page.click("#past .cite >> nth=0")
    expect(page.locator("#t1-sources")).to_be_visible()
    expect(page.locator("#t2-sources")).to_be_hidden()
    assert lit(page, quote)


def test_a_false_claim_is_withdrawn_before_the_readers_eyes(served: Served, page: Page):
    def three_claims(number):
        return f"[{number('Quatre blessés légers')}] {FALSE}\n{two_claims(number)}"

    served.script.reply = three_claims
    served.model.gate, served.model.gate_after = threading.Event(), 16  # the second line has begun
    ask(page, VICTIMS)
    expect(page.locator("#current .claim del")).to_have_text(FALSE)
    expect(page.locator("#current .claim.withdrawn .check")).to_contain_text("retiré")
    served.model.gate.set()
    expect(page.locator("#current .exchange.answered .answer .claim")).to_have_count(2)
    expect(page.locator("#current .answer .cite")).to_have_text(["[1]", "[2]"])
    folded = page.locator("#current details.withdrawals")
    expect(folded.locator("del")).to_be_hidden()
    folded.locator("summary").click()
    expect(folded.locator("del")).to_have_text(FALSE)
    expect(folded.locator(".reason")).to_have_text("nombre absent de la citation : Cinq")


def test_what_the_articles_do_not_say_is_not_an_answer(served: Served, page: Page):
    answered(page, "Quel est le PIB de la Chine ?")
    box = page.locator("#current .not-found")
    expect(box.locator("strong")).to_contain_text("Pas dans les articles")
    expect(box).to_contain_text("Pas une réponse, mais proche")
    expect(page.locator("#current .answer")).to_have_count(0)
    near = box.locator(".near").first
    near.click()
    page.wait_for_function(
        "title => document.activeElement.querySelector('h3')?.textContent === title", arg=near.text_content()
    )
    assert served.model.calls == []


def test_a_follow_up_is_understood_from_what_was_asked_before(served: Served, page: Page):
    served.script.reply = two_claims
    answered(page, VICTIMS)
    expect(page.locator("#current .understood")).to_have_count(0)
    served.script.reply = lambda _: "[0]"
    answered(page, "Et quel âge avaient-elles ?")
    expect(page.locator("#current .understood")).to_have_text(
        "Compris comme : Quel âge avaient-elles, à propos de la crue de Valbrume ?"
    )


# --- the period in a question ---

VICTIMS_THIS_WEEK = "Qui sont les deux personnes mortes cette semaine dans la crue de Valbrume ?"


def one_claim(number):
    """A true answer that every search finds."""
    return (
        f"[{number('homme de 71 ans')}] Les victimes sont un homme de 71 ans et une automobiliste de 34 ans."
    )


def dates(page: Page) -> set[str]:
    return set(page.locator("#panel .sources:not([hidden]) time").all_text_contents())


def test_the_period_is_shown_above_the_answer_and_can_be_taken_away(served: Served, page: Page):
    served.script.reply = one_claim
    answered(page, VICTIMS_THIS_WEEK)
    chip = page.locator("#current .period")
    expect(chip.locator(".days")).to_have_text("Période : 3–9 novembre 2025")
    week = {"3 novembre 2025", "5 novembre 2025", "sans date"}
    assert until(lambda: dates(page) and dates(page) <= week)
    page.get_by_role("button", name="Retirer la période et chercher dans tous les articles").click()
    expect(page.locator("#t2.answered .question")).to_contain_text(VICTIMS_THIS_WEEK)
    expect(page.locator("#current .period")).to_have_count(0)
    expect(page.locator(".exchange")).to_have_count(1)
    expect(page.locator("#current .claim")).to_have_count(1)
    assert until(lambda: not dates(page) <= week)
    expect(page.locator("#question textarea")).to_have_value("")


def test_the_period_can_be_taken_away_from_the_keyboard_while_the_answer_is_written(
    served: Served, page: Page
):
    served.script.reply = one_claim
    served.model.gate, served.model.gate_after = threading.Event(), 5
    ask(page, VICTIMS_THIS_WEEK)
    expect(page.locator("#current .claim")).to_contain_text("pas encore vérifié")
    page.focus("#current .period .unperiod")
    page.keyboard.press("Enter")
    expect(page.locator("#t2 .claim")).to_contain_text("pas encore vérifié")
    assert until(lambda: served.model.stopped == 1)
    expect(page.locator(".exchange")).to_have_count(1)
    expect(page.locator("#stop")).to_be_enabled()
    served.model.gate.set()
    expect(page.locator("#t2.answered .claim")).to_have_count(1)
    expect(page.locator("#stop")).to_be_disabled()
    expect(page.locator("#send")).to_be_enabled()


def test_the_question_without_its_period_can_be_stopped(served: Served, page: Page):
    served.script.reply = one_claim
    answered(page, VICTIMS_THIS_WEEK)
    served.model.gate, served.model.gate_after = threading.Event(), 0
    page.click("#current .period .unperiod")
    expect(page.locator("#t2 .stage")).to_contain_text("lecture")
    assert until(lambda: len(served.model.calls) == 2)
    page.click("#stop")
    expect(page.locator("#t2 .stage")).to_have_text("Arrêté à votre demande.")
    assert until(lambda: served.model.stopped == 1)
    served.model.gate = None
    answered(page, VICTIMS)


def test_what_is_not_found_in_a_period_may_be_elsewhere(served: Served, page: Page):
    answered(page, "Quel est le PIB de la Chine cette semaine ?")
    box = page.locator("#current .not-found")
    expect(box.locator(".period-only")).to_contain_text(
        "Seuls les articles de cette période (3–9 novembre 2025)"
    )
    box.get_by_role("button", name="Chercher dans tous les articles").click()
    expect(page.locator("#t2.answered .not-found")).to_be_visible()
    expect(page.locator("#current .unperiod")).to_have_count(0)
    assert served.model.calls == []


def test_a_follow_up_does_not_bring_a_period_back_and_an_older_one_has_no_button(served: Served, page: Page):
    served.script.reply = lambda _: "[0]"
    answered(page, VICTIMS_THIS_WEEK)
    answered(page, "Et quel âge avaient-elles ?")
    expect(page.locator("#current .period .days")).to_have_text("Période : 3–9 novembre 2025")
    expect(page.locator("#past .period")).to_have_count(1)
    expect(page.locator("#past .unperiod")).to_have_count(0)
    begin_anew(page)
    answered(page, VICTIMS_THIS_WEEK)
    page.click("#current .period .unperiod")
    expect(page.locator("#t2.answered")).to_be_visible()
    expect(page.locator("#current .period")).to_have_count(0)
    answered(page, "Et quel âge avaient-elles ?")
    expect(page.locator("#current .understood")).to_contain_text("cette semaine")
    expect(page.locator(".period")).to_have_count(0)


# --- stopping and beginning anew ---


@pytest.mark.parametrize("stage", ["search", "prefill", "decode"])
def test_stop_works_at_every_stage_and_the_page_is_usable_at_once(served: Served, page: Page, stage: str):
    served.script.reply = two_claims
    if stage == "search":
        served.embedder.gate.clear()
    else:
        served.model.gate, served.model.gate_after = threading.Event(), 0 if stage == "prefill" else 5
    ask(page, VICTIMS)
    seen = {"search": "Recherche dans les articles…", "prefill": "8 extraits trouvés, lecture…"}
    expect(page.locator("#current .stage")).to_have_text(seen.get(stage, "Rédaction…"))
    if stage == "decode":
        expect(page.locator("#current .claim")).to_contain_text("pas encore vérifié")
    assert stage == "search" or until(lambda: served.model.calls)
    page.click("#stop")
    expect(page.locator("#current .stage")).to_have_text("Arrêté à votre demande.")
    expect(page.locator("#stop")).to_be_disabled()
    expect(page.locator("#send")).to_be_enabled()
    assert stage == "search" or until(lambda: served.model.stopped == 1)
    if stage == "decode":
        expect(page.locator("#current .claim")).to_contain_text("non vérifié")
    served.embedder.gate.set()
    served.model.gate = None
    answered(page, VICTIMS)
    expect(page.locator("#past .stage")).to_have_text("Arrêté à votre demande.")
    expect(page.locator("#current .claim")).to_have_count(2)


def test_enter_pressed_twice_asks_once_and_another_question_takes_over(served: Served, page: Page):
    served.script.reply = two_claims
    served.model.gate, served.model.gate_after = threading.Event(), 0
    page.fill("#question textarea", VICTIMS)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("#current .stage")).to_contain_text("lecture")
    assert until(lambda: len(served.model.calls) == 1)
    ask(page, VICTIMS)
    ask(page, VICTIMS_THIS_WEEK)
    assert until(lambda: len(served.model.calls) == 2 and served.model.stopped == 1)
    served.model.gate.set()
    expect(page.locator("#current .exchange.answered .claim")).to_have_count(2)
    expect(page.locator("#past .stage")).to_have_text("Arrêté à votre demande.")


def test_enter_without_a_question_changes_nothing(served: Served, page: Page):
    served.script.reply = two_claims
    answered(page, VICTIMS)
    shown = page.inner_text("#current")
    page.fill("#question textarea", "   ")
    page.keyboard.press("Enter")
    page.click("#send")
    page.wait_for_timeout(1500)  # nothing is to be waited for: what must not come has had time to
    assert page.inner_text("#current") == shown
    expect(page.locator("#panel .passage").first).to_be_visible()


def test_stop_and_a_new_conversation_in_the_same_breath_as_the_question(
    served: Served, page: Page, monkeypatch: pytest.MonkeyPatch
):
    """Gradio's own cancelling would be sent before the event has its id, and be refused."""
    monkeypatch.setattr("ui.chat.conversations.GRACE", 0.5)
    served.model.gate, served.model.gate_after = threading.Event(), 0
    for number, button in enumerate(["#stop", ".conv-new", "#stop"]):
        page.fill("#question textarea", VICTIMS)
        # A script's click on a button that is switched off does nothing, and what the conversation before
        # said of it may come late.
        expect(page.locator("#send")).to_be_enabled()
        page.evaluate(
            """button => {
                document.querySelector("#send").click();
                document.querySelector(button).disabled = false;
                document.querySelector(button).click();
            }""",
            button,
        )
        if button == "#stop":  # what is written while another conversation begins stays in the box
            expect(page.locator("#question textarea")).to_have_value("")
        begin_anew(page)
        expect(page.locator(".exchange")).to_have_count(0)
        assert until(lambda: served.model.stopped == len(served.model.calls)), number
    served.model.gate = None
    served.script.reply = two_claims
    answered(page, VICTIMS)
    expect(page.locator("#current .claim")).to_have_count(2)


def test_a_question_waits_while_others_are_answered_and_can_be_stopped(
    served: Served, new_page: Callable[..., Page]
):
    served.script.reply = two_claims
    served.model.gate, served.model.gate_after = threading.Event(), 0
    first, second, third = new_page(), new_page(), new_page()
    # Each is in its place before the next one asks: what is still being searched has none.
    for served_at_once, busy in enumerate((first, second), start=1):
        ask(busy, VICTIMS)
        assert until(lambda wanted=served_at_once: len(served.model.calls) == wanted)
    ask(third, VICTIMS)
    expect(third.locator("#current .stage")).to_have_text("En attente : 2 questions avant la vôtre.")
    expect(third.locator("#panel .passage")).to_have_count(8)
    third.click("#stop")
    expect(third.locator("#current .stage")).to_have_text("Arrêté à votre demande.")
    ask(third, VICTIMS)
    served.model.gate.set()
    for reader in (first, second, third):
        expect(reader.locator("#current .exchange.answered .claim")).to_have_count(2)
    expect(first.locator("#past .exchange")).to_have_count(0)
    expect(third.locator("#past .exchange")).to_have_count(1)


@pytest.mark.parametrize("pieces", [0, 5], ids=["prefill", "decode"])
def test_closing_the_page_stops_the_model(
    served: Served, page: Page, monkeypatch: pytest.MonkeyPatch, pieces: int
):
    """Once it has been gone for longer than a reload takes."""
    monkeypatch.setattr("ui.chat.conversations.GRACE", 0.5)
    served.script.reply = two_claims
    served.model.gate, served.model.gate_after = threading.Event(), pieces
    ask(page, VICTIMS)
    expect(page.locator("#current .claim")).to_have_count(min(pieces, 1))
    assert until(lambda: served.model.calls)
    page.close()
    assert until(lambda: served.model.stopped == 1)


def test_after_many_questions_the_box_is_still_below_the_conversation(served: Served, page: Page):
    served.script.reply = two_claims
    for number in range(6):
        answered(page, f"{VICTIMS} ({number})")
    box, chat, conversation = (
        page.locator(name).bounding_box() for name in ("#ask", "#chat", "#conversation")
    )
    assert chat["x"] <= box["x"] and box["x"] + box["width"] <= chat["x"] + chat["width"] + 1
    assert box["y"] >= conversation["y"] + conversation["height"]
    assert box["y"] + box["height"] <= page.viewport_size["height"]
    assert in_sight(page, "#current .claim")


def test_a_new_conversation_is_begun_from_the_keyboard_and_knows_nothing_of_the_old_one(
    served: Served, page: Page
):
    served.script.reply = two_claims
    answered(page, VICTIMS)
    expect(page.get_by_text("Effacer", exact=True)).to_have_count(0)
    page.locator("#conversations button:visible").first.focus()
    expect(page.locator("#conversations button:focus")).to_have_accessible_name("Nouvelle conversation")
    page.keyboard.press("Enter")
    expect(page.locator("#question textarea")).to_be_focused()
    expect(page.locator("#current .welcome")).to_be_visible()
    expect(page.locator(".exchange")).to_have_count(0)
    expect(page.locator(".passage")).to_have_count(0)
    expect(page.locator("#panel")).to_contain_text("apparaîtront ici")
    served.script.reply = lambda _: "[0]"
    answered(page, "Et quel âge avaient-elles ?")
    expect(page.locator("#current .understood")).to_have_count(0)


# --- on its way ---


def test_the_steps_are_listed_with_a_shape_and_a_word_while_they_run(served: Served, page: Page):
    served.script.reply = two_claims
    served.embedder.gate.clear()
    served.model.gate, served.model.gate_after = threading.Event(), 0
    ask(page, VICTIMS)
    steps = page.locator("#current .step")
    expect(steps).to_have_text(["● Recherche dans les articles… en cours"])
    served.embedder.gate.set()
    searched = "✓ Recherche dans les articles fait"
    expect(steps).to_have_text([searched, "● 8 extraits trouvés, lecture… en cours"])
    served.model.gate_after = 21  # the second line has begun
    checking = "● Vérification : 1 sur 2 phrases en cours"
    expect(steps).to_have_text([searched, "✓ Lecture fait", "● Rédaction… en cours", checking])
    served.model.gate.set()
    expect(page.locator("#current .exchange.answered .claim")).to_have_count(2)
    expect(steps).to_have_count(0)


def test_a_question_that_takes_long_says_why(served: Served, page: Page):
    served.script.reply = two_claims
    served.embedder.gate.clear()
    served.model.gate, served.model.gate_after = threading.Event(), 0
    page.click("#language >> text=English")
    ask(page, VICTIMS)
    why = page.locator("#current .why-slow")
    expect(why).to_contain_text("The search takes longer than usual")
    served.embedder.gate.set()
    expect(why).to_contain_text("The model reads the excerpts before it writes its first word")
    served.model.gate.set()
    expect(page.locator("#current .exchange.answered .claim")).to_have_count(2)
    expect(why).to_have_count(0)


def test_places_in_the_line_are_shown_and_move_up_and_searches_never_wait(
    served: Served, new_page: Callable[..., Page]
):
    served.script.reply = two_claims
    served.model.gate, served.model.gate_after = threading.Event(), 0
    busy = [new_page(), new_page()]
    for number, reader in enumerate(busy, start=1):
        ask(reader, VICTIMS)
        assert until(lambda number=number: len(served.model.calls) == number)
    third, fourth = new_page(), new_page()
    for reader, place in ((third, "2 questions avant"), (fourth, "3 questions avant")):
        ask(reader, VICTIMS)
        expect(reader.locator("#current .step.waiting")).to_contain_text(place)
        expect(reader.locator("#panel .passage")).to_have_count(8)
    fourth.click("#language >> text=English")
    expect(fourth.locator("#current .stage")).to_have_text("Waiting: 3 questions before yours.")
    third.click("#stop")
    expect(fourth.locator("#current .stage")).to_have_text("Waiting: 2 questions before yours.")
    busy[0].click("#stop")
    expect(fourth.locator("#current .stage")).to_have_text("8 excerpts found, reading…")
    assert until(lambda: len(served.model.calls) == 3)
    served.model.gate.set()
    for reader in (busy[1], fourth):
        expect(reader.locator("#current .exchange.answered .claim")).to_have_count(2)


# --- what can be done with an answer ---


def test_trying_again_asks_the_model_anew_in_the_same_place(served: Served, page: Page):
    served.script.reply = two_claims
    answered(page, VICTIMS)
    answered(page, VICTIMS)
    expect(page.locator("#current .partial")).to_have_text(
        "Réponse donnée plus tôt à la même question ; la bibliothèque n'a pas changé depuis."
    )
    assert len(served.model.calls) == 1
    served.script.reply = one_claim
    page.get_by_role("button", name="Réessayer").click()
    expect(page.locator("#t3.answered .claim")).to_have_count(1)
    expect(page.locator(".exchange")).to_have_count(2)
    expect(page.locator("#current .partial")).to_have_count(0)
    assert len(served.model.calls) == 2


def test_a_question_that_failed_can_be_tried_again(served: Served, page: Page):
    def fail(_):
        raise ModelError("The model is tired.", "Le modèle est fatigué.")

    served.script.reply = fail
    ask(page, VICTIMS)
    expect(page.locator("#current .failure")).to_be_visible()
    served.script.reply = two_claims
    page.get_by_role("button", name="Réessayer").click()
    expect(page.locator("#t2.answered .claim")).to_have_count(2)
    expect(page.locator(".failure")).to_have_count(0)


def test_the_last_question_can_be_edited_and_is_replaced(served: Served, page: Page):
    served.script.reply = two_claims
    answered(page, VICTIMS)
    page.get_by_role("button", name="Modifier la question").click()
    box = page.locator("#question textarea")
    expect(box).to_have_value(VICTIMS)
    expect(box).to_be_focused()
    expect(page.locator("#current .editing")).to_contain_text("Votre prochaine question remplacera celle-ci.")
    box.fill(f"{VICTIMS} (1)")
    page.keyboard.press("Enter")
    expect(page.locator("#t2.answered .question")).to_contain_text("(1)")
    expect(page.locator(".exchange")).to_have_count(1)
    expect(page.locator("#chat .editing")).to_have_count(0)
    page.get_by_role("button", name="Modifier la question").click()
    page.get_by_role("button", name="Garder celle-ci").click()
    expect(box).to_have_value("")
    answered(page, "Quel est le PIB de la Chine ?")
    expect(page.locator(".exchange")).to_have_count(2)


def test_an_answer_is_copied_with_its_citations(served: Served, new_page: Callable[..., Page]):
    served.script.reply = two_claims
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    answered(page, VICTIMS)
    page.get_by_role("button", name="Copier avec les citations").click()
    expect(page.locator("#current .copied")).to_have_text("Copié.")
    answer = expected(served, VICTIMS)
    pasted = page.evaluate("navigator.clipboard.readText()").replace("\r\n", "\n")
    assert pasted == copied(answer, "fr")
    first = answer.citations[0]
    assert f"[1] «\u202f{first.quote}\u202f» — {first.article.author}, «\u202f{first.article.title}" in pasted
    # Without https, browsers have no clipboard for scripts.
    page.evaluate(
        """() => {
            Object.defineProperty(navigator, "clipboard", { value: undefined });
            document.addEventListener("copy", () => (window.taken = document.activeElement.value));
        }"""
    )
    expect(page.locator("#current .copied")).to_have_text("")
    page.focus("#current .copy")
    page.keyboard.press("Enter")
    expect(page.locator("#current .copied")).to_have_text("Copié.")
    assert page.evaluate("window.taken") == copied(answer, "fr")
    expect(page.locator("#current .copy")).to_be_focused()


@pytest.fixture
def ratings(served: Served) -> Iterator[Callable[[], list[Feedback]]]:
    """What readers have said of answers in this test."""
    yield served.chain.library.feedback.all
    for one in served.chain.library.feedback.all():
        served.chain.library.feedback.withdraw(one.id)


def test_a_thumb_down_with_reasons_and_words_is_kept_with_pointers_only(
    served: Served, page: Page, ratings: Callable[[], list[Feedback]]
):
    served.script.reply = two_claims
    answered(page, VICTIMS)
    page.get_by_role("button", name="Pas utile").click()
    expect(page.get_by_role("button", name="Pas utile")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Utile", exact=True)).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#current .rating .note")).to_contain_text(
        "sur cette machine, et nulle part ailleurs"
    )
    assert [(one.verdict, one.reasons) for one in ratings()] == [("down", ())]
    page.get_by_role("group", name="Qu'est-ce qui n'allait pas ?").get_by_label(
        "Il manque quelque chose"
    ).check()
    page.get_by_label("Précisions :").fill("<b>L'heure</b> manque.")
    page.get_by_role("button", name="Envoyer l'avis").click()
    expect(page.locator("#current .rated")).to_have_text("Merci, votre avis est enregistré.")
    (kept,) = ratings()
    assert (kept.verdict, kept.reasons, kept.comment) == ("down", ("missing",), "<b>L'heure</b> manque.")
    assert (kept.question, kept.status, kept.user) == (VICTIMS, "answered", "")
    answer = expected(served, VICTIMS)
    cited = [(item.article.id, item.start, item.end) for item in answer.citations]
    assert [(p.article_id, p.start, p.end) for p in kept.read if p.citation] == cited
    assert "homme de 71 ans" not in str(kept)


def test_a_thumb_on_an_earlier_answer_can_be_taken_back(
    served: Served, page: Page, ratings: Callable[[], list[Feedback]]
):
    served.script.reply = two_claims
    page.click("#language >> text=English")
    answered(page, VICTIMS)
    answered(page, "Quel est le PIB de la Chine ?")
    thumb = page.locator("#past").get_by_role("button", name="Useful", exact=True)
    thumb.focus()
    page.keyboard.press("Enter")
    expect(thumb).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#past .rating legend")).to_have_text("What was good? (optional)")
    assert [(one.verdict, one.question) for one in ratings()] == [("up", VICTIMS)]
    expect(thumb).to_be_focused()
    page.keyboard.press("Enter")
    expect(thumb).to_have_attribute("aria-pressed", "false")
    expect(page.locator(".rating")).to_have_count(0)
    assert ratings() == []


def test_a_citation_tells_its_source_from_the_keyboard_until_escape(served: Served, page: Page):
    served.script.reply = two_claims
    answered(page, VICTIMS)
    card = page.get_by_role("tooltip")
    expect(card).to_have_count(0)
    page.focus("#question textarea")
    while not page.evaluate("document.activeElement.matches('#current .cite')"):
        page.keyboard.press("Shift+Tab")
    number = int(page.evaluate("document.activeElement.dataset.cite"))
    article = expected(served, VICTIMS).citations[number - 1].article
    expect(card.locator(".card-about")).to_have_text(f"{article.outlet} · 3 novembre 2025")
    expect(card.locator(".card-title")).to_have_text(article.title)
    assert in_sight(page, ".citation-card")
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    page.wait_for_function("document.activeElement.matches('#current .cite')")
    page.hover("#current .cite >> nth=0")
    expect(card).to_be_visible()
    card.hover()
    page.wait_for_timeout(400)  # nothing is to be waited for: the card must still be there
    expect(card).to_be_visible()
    page.hover("#title h1")
    expect(card).to_have_count(0)


def test_all_three_checks_are_told_by_shape_and_words(served: Served, page: Page):
    served.script.reply = lambda number: (
        f"[{number('Quatre blessés légers')}] Quatre blessés légers n’ont pas été conduits à l’hôpital.\n"
        f"[{number('Quatre blessés légers')}] Un chien perdu attend son maître au zoo.\n" + one_claim(number)
    )
    answered(page, VICTIMS)
    expect(page.locator("#current .answer .check")).to_have_text([re.compile("^✓ comparé à la citation : ")])
    page.locator("#current .withdrawals summary").click()
    statuses = {claim.status for claim in expected(served, VICTIMS).withdrawn}
    assert statuses == {"contradicted", "unsupported"}
    expect(page.locator("#current .check.contradicted")).to_have_text("≠ retiré, contredit par la citation")
    expect(page.locator("#current .check.unsupported")).to_have_text("✗ retiré, absent de la citation")


def test_a_passage_s_title_opens_its_article(served: Served, page: Page):
    served.script.reply = two_claims
    answered(page, VICTIMS)
    article = expected(served, VICTIMS).hits[0].article
    link = page.locator("#panel .passage >> nth=0").get_by_role("link", name=article.title)
    expect(link).to_have_class("open-article")
    expect(link).to_have_attribute("data-article", article.id)


# --- first questions ---


def test_first_questions_come_from_the_library_and_are_asked_when_pressed(page: Page):
    first = page.locator("#first button")
    expect(first).to_contain_text(
        [
            "Que dit Maxime Taillefer ?",
            "Que dit Hortense Lavaysse ?",
            "Que dit Mourad Khellaf ?",
            "Que dit Maud Trinquelague ?",
        ]
    )
    first.nth(1).click()
    asked = page.locator("#current .exchange.answered .question")
    expect(asked).to_contain_text("Que dit Hortense Lavaysse ?")
    expect(page.locator("#first")).to_be_hidden()
    begin_anew(page)
    expect(first.first).to_be_visible()


def test_first_questions_speak_english_on_an_english_page(page: Page):
    page.click("#language >> text=English")
    expect(page.locator("#first h2")).to_have_text("To begin with, for example:")
    first = page.locator("#first button").first
    expect(first).to_contain_text("What did Graham Osterby say?")
    expect(first).to_have_attribute("lang", "en")


def test_on_a_phone_everything_fits_and_a_thumb_is_big_enough(
    served: Served, new_page: Callable[..., Page], ratings: Callable[[], list[Feedback]]
):
    served.script.reply = two_claims
    page = new_page(**PHONE)
    expect(page.locator("#first button")).to_have_count(4)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    answered(page, VICTIMS)
    page.get_by_role("button", name="Pas utile").click()
    expect(page.locator("#current .rating textarea")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.locator("#current .export-menu summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    pressed = "#current .actions :is(button, summary), #current .rating button, #current .copy-quote"
    for button in page.locator(pressed).all():
        box = button.bounding_box()
        assert box["height"] >= 24 and box["width"] >= 24 and box["x"] + box["width"] <= 360
    assert len(ratings()) == 1


# --- words, errors ---


def test_the_words_switch_language_and_stay_switched(served: Served, page: Page):
    served.script.reply = two_claims
    answered(page, VICTIMS)
    page.click("#language >> text=English")
    expect(page.locator("#send")).to_have_text("Send")
    expect(page.locator("#title .status")).to_have_text(
        f"{served.chain.library.counts().articles} articles · model: fake"
    )
    expect(page.locator("#current .check").first).to_contain_text("✓ checked against the quote: ")
    expect(page.locator("#panel h2").first).to_have_text("8 excerpts found")
    expect(page.locator("#panel time").first).to_have_text("3 November 2025")
    expect(page.locator("#question textarea")).to_have_attribute(
        "placeholder", "Ask a question about the articles…"
    )
    expect(page.locator("html")).to_have_attribute("lang", "en")
    load_again(page)
    expect(page.locator("#send")).to_have_text("Send")
    expect(page.locator("#language input[value=en]")).to_be_checked()


def test_the_language_can_be_switched_before_the_page_has_arrived(browser: Browser, served: Served):
    with arriving_late(browser, served) as (page, held):
        page.click("#language >> text=English")
        expect(page.get_by_role("tab", name="Library")).to_be_visible()
        [arrival] = held
        with page.expect_request("**/queue/join*"):  # what follows on the arrival
            arrival.continue_()
        expect(page.locator("#language input[value=en]")).to_be_checked()
        expect(page.get_by_role("tab", name="Library")).to_be_visible()


def test_the_language_can_be_switched_while_an_answer_is_written(served: Served, page: Page):
    served.script.reply = two_claims
    served.model.gate, served.model.gate_after = threading.Event(), 0
    ask(page, VICTIMS)
    expect(page.locator("#current .stage")).to_contain_text("lecture")
    page.click("#language >> text=English")
    expect(page.locator("#current .stage")).to_have_text("8 excerpts found, reading…")
    served.model.gate.set()
    expect(page.locator("#current .exchange.answered .check").first).to_contain_text(
        "✓ checked against the quote: "
    )


def test_an_error_that_sourcier_knows_is_told_in_its_words(served: Served, page: Page):
    def fail(_):
        raise ModelError(
            "The model is <b>missing</b>; run `sourcier status`.",
            "Le modèle <b>manque</b> ; lancez `sourcier status`.",
        )

    served.script.reply = fail
    ask(page, VICTIMS)
    failure = page.locator("#current .failure p")
    expect(failure).to_have_text("Le modèle <b>manque</b> ; lancez `sourcier status`.")
    expect(page.locator("#send")).to_be_enabled()


def test_an_error_that_nobody_expected_is_logged_and_not_shown(
    served: Served, page: Page, caplog: pytest.LogCaptureFixture
):
    def fail(_):
        raise ZeroDivisionError("the inner workings")

    served.script.reply = fail
    ask(page, VICTIMS)
    expect(page.locator("#current .failure p")).to_contain_text("Une erreur inattendue")
    assert "the inner workings" not in page.content()
    assert "ZeroDivisionError: the inner workings" in caplog.text
    served.script.reply = two_claims
    answered(page, VICTIMS)


# --- hostile text ---


def test_hostile_articles_and_answers_stay_words(served: Served, page: Page):
    payload = "<img src=http://evil.example/m.png onerror=window.pwned=1> http://evil.example/n.png"
    served.script.reply = lambda number: (
        f"[{number('48 courges')}] La foire aux courges de Malvoisy a exposé 48 courges dimanche.\n"
        f"[{number('48 courges')}] La foire de Malvoisy a exposé 48 courges {payload}."
    )
    question = "Combien de courges la foire de Malvoisy a-t-elle exposées ?"
    answered(page, question)
    expect(page.locator("#current .exchange")).to_contain_text(payload)
    cards = page.locator("#panel .passage", has_text="48 courges")
    expect(cards.locator("h3")).to_contain_text("<img src=http://evil.example/t.png onerror=window.pwned=1>")
    expect(cards.locator(".outlet")).to_have_text("<script>window.pwned=1</script>")
    for words in ("<script>window.pwned=1</script>", "${alert(1)}", "{{value}}", "</p><a href=http://evil"):
        expect(cards.locator(".text")).to_contain_text(words)
    page.click("#current .cite >> nth=0")
    assert lit(page, expected(served, question).citations[0].quote)
    page.hover("#current .cite >> nth=0")
    ours = page.locator("#current, #panel")
    assert ours.locator("img, script, iframe").count() == 0
    links = ours.locator("a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    published = {hit.article.canonical_url for hit in expected(served, question).hits}
    assert links and all(link == "#" or link.startswith("#t") or link in published for link in links)


def test_a_hostile_question_stays_words(page: Page):
    hostile = "<img src=http://evil.example/q.png onerror=window.pwned=1> ${alert(1)} {{value}} ?"
    ask(page, hostile)
    expect(page.locator("#current .exchange.answered .question")).to_contain_text(hostile)


# --- the page itself ---


def test_a_screen_reader_can_follow(served: Served, page: Page):
    served.script.reply = two_claims
    served.model.gate, served.model.gate_after = threading.Event(), 0
    log = page.get_by_role("log", name="Conversation")
    expect(log).to_have_attribute("aria-live", "polite")
    ask(page, VICTIMS)
    expect(log).to_have_attribute("aria-busy", "true")
    served.model.gate.set()
    expect(page.locator("#current .exchange.answered")).to_be_visible()
    expect(log).to_have_attribute("aria-busy", "false")
    title = expected(served, VICTIMS).citations[0].article.title
    expect(page.get_by_role("link", name="[1]").first).to_have_accessible_name(
        f"[1] Le Courrier de Valbrume, 3 novembre 2025 — {title}"
    )
    expect(page.get_by_role("region", name="Extraits des articles")).to_be_visible()
    expect(page.get_by_label("Votre question")).to_be_editable()
    expect(page.locator("#current .answer")).to_have_attribute("lang", "fr")


@pytest.mark.parametrize("language", ["Français", "English"])
def test_on_a_phone_the_switches_are_in_one_row_and_big_enough(new_page: Callable[..., Page], language: str):
    page = new_page(**PHONE)
    page.click(f"#language >> text={language}")
    expect(page.locator("#theme fieldset")).to_have_attribute(
        "lang", "fr" if language == "Français" else "en"
    )
    boxes = [one.bounding_box() for one in page.locator("#language label, #theme label").all()]
    assert len({box["y"] for box in boxes}) == 1
    assert [box for box in boxes if box["height"] < 24 or box["width"] < 24] == []
    assert boxes[0]["x"] >= 0 and boxes[-1]["x"] + boxes[-1]["width"] <= 360


def test_a_phone_is_wide_enough(served: Served, new_page: Callable[..., Page]):
    served.script.reply = two_claims
    page = new_page(**PHONE)
    answered(page, VICTIMS)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert in_sight(page, "#question textarea")
    page.click("#current .cite >> nth=0")
    assert lit(page, expected(served, VICTIMS).citations[0].quote)
    assert in_sight(page, "mark.active")


def test_light_and_dark_follow_the_system(new_page: Callable[..., Page]):
    def shades(page):
        return page.evaluate(
            """() => [getComputedStyle(document.body).backgroundColor,
                      getComputedStyle(document.querySelector('#title h1')).color]"""
        )

    assert shades(new_page(color_scheme="light")) == ["rgb(248, 247, 243)", "rgb(29, 35, 39)"]
    assert shades(new_page(color_scheme="dark")) == ["rgb(21, 24, 26)", "rgb(232, 230, 225)"]
