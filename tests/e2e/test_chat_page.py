"""The chat page in a real Chromium: ask, read, follow a citation, stop, clear, switch language, attack."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from conftest import Served
from playwright.sync_api import Page, expect

from rag.errors import ModelError
from rag.schema import Answer

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


def lit(page: Page) -> str:
    """The highlighted words, exactly as the page holds them."""
    return "".join(page.locator("mark.active").evaluate_all("marks => marks.map(mark => mark.textContent)"))


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


def until(condition: Callable[[], object]) -> bool:
    """Whether something comes true in the server, within what patience there is."""
    deadline = time.monotonic() + 60
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return bool(condition())


# --- asking and reading ---


def test_passages_come_first_then_the_answer_claim_by_claim(served: Served, page: Page):
    served.script.reply = two_claims
    served.model.gate, served.model.gate_after = threading.Event(), 0
    ask(page, VICTIMS)
    expect(page.locator("#panel .passage")).to_have_count(8)
    expect(page.locator("#current .stage")).to_have_text("8 passages trouvés, lecture…")
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
    assert (
        page.locator("#panel .empty").text_content()
        == "Les passages trouvés dans les articles apparaîtront ici."
    )
    assert served.model.calls == []


def test_thanks_leave_the_answer_s_passages_open_and_later_questions_alone(served: Served, page: Page):
    served.script.reply = two_claims
    answered(page, VICTIMS)
    answered(page, "Merci !")
    expect(page.locator("#t1-sources")).to_be_visible()
    answered(page, "Et à Malvoisy ?")
    expect(page.locator("#current .understood")).to_have_text(f"Compris comme : {VICTIMS} Et à Malvoisy ?")


def test_claims_carry_their_numbers_in_order_of_first_use(served: Served, page: Page):
    served.script.reply = two_claims
    answered(page, VICTIMS)
    answer = expected(served, VICTIMS)
    claims = page.locator("#current .claim")
    assert claims.locator(".words").all_text_contents() == [claim.text for claim in answer.claims]
    assert claims.locator(".cite").all_text_contents() == ["[1]", "[2]"]
    assert claims.locator(".check").all_text_contents() == ["✓ comparé à la citation"] * 2
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
        assert lit(page) == evidence.quote
        assert in_sight(page, "mark.active")
        assert page.locator(".passage:has(mark.active) h3").text_content() == evidence.article.title


def test_a_citation_works_from_the_keyboard_and_leads_back(served: Served, page: Page):
    served.script.reply = two_claims
    answered(page, VICTIMS)
    page.focus("#current .cite >> nth=1")
    page.keyboard.press("Enter")
    assert lit(page) == expected(served, VICTIMS).citations[1].quote
    assert page.evaluate("document.activeElement.matches('mark.active')")
    page.focus(".passage .back >> nth=1")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.textContent") in ("[1]", "[2]")
    assert page.evaluate("document.activeElement.matches('#current .cite')")


def test_an_older_answer_keeps_its_citations(served: Served, page: Page):
    served.script.reply = two_claims
    answered(page, VICTIMS)
    quote = expected(served, VICTIMS).citations[0].quote
    answered(page, "Quel est le PIB de la Chine ?")
    expect(page.locator("#t1-sources")).to_be_hidden()
    page.click("#past .cite >> nth=0")
    expect(page.locator("#t1-sources")).to_be_visible()
    expect(page.locator("#t2-sources")).to_be_hidden()
    assert lit(page) == quote


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
    assert page.locator("#current .answer .cite").all_text_contents() == ["[1]", "[2]"]
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
    assert page.evaluate("document.activeElement.querySelector('h3').textContent") == near.text_content()
    assert served.model.calls == []


def test_a_follow_up_is_understood_from_what_was_asked_before(served: Served, page: Page):
    served.script.reply = two_claims
    answered(page, VICTIMS)
    expect(page.locator("#current .understood")).to_have_count(0)
    served.script.reply = lambda _: ""
    answered(page, "Et quel âge avaient-elles ?")
    expect(page.locator("#current .understood")).to_contain_text(VICTIMS)


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
    assert dates(page) <= {"3 novembre 2025", "5 novembre 2025", "sans date"}
    page.get_by_role("button", name="Retirer la période et chercher dans tous les articles").click()
    expect(page.locator("#t2.answered .question")).to_contain_text(VICTIMS_THIS_WEEK)
    expect(page.locator("#current .period")).to_have_count(0)
    expect(page.locator(".exchange")).to_have_count(1)
    expect(page.locator("#current .claim")).to_have_count(1)
    assert not dates(page) <= {"3 novembre 2025", "5 novembre 2025", "sans date"}
    assert page.input_value("#question textarea") == ""


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
    served.script.reply = lambda _: ""
    answered(page, VICTIMS_THIS_WEEK)
    answered(page, "Et quel âge avaient-elles ?")
    expect(page.locator("#current .period .days")).to_have_text("Période : 3–9 novembre 2025")
    expect(page.locator("#past .period")).to_have_count(1)
    expect(page.locator("#past .unperiod")).to_have_count(0)
    page.click("#clear")
    answered(page, VICTIMS_THIS_WEEK)
    page.click("#current .period .unperiod")
    expect(page.locator("#t4.answered")).to_be_visible()
    expect(page.locator("#current .period")).to_have_count(0)
    answered(page, "Et quel âge avaient-elles ?")
    expect(page.locator("#current .understood")).to_contain_text("cette semaine")
    expect(page.locator(".period")).to_have_count(0)


# --- stopping and clearing ---


@pytest.mark.parametrize("stage", ["search", "prefill", "decode"])
def test_stop_works_at_every_stage_and_the_page_is_usable_at_once(served: Served, page: Page, stage: str):
    served.script.reply = two_claims
    if stage == "search":
        served.embedder.gate.clear()
    else:
        served.model.gate, served.model.gate_after = threading.Event(), 0 if stage == "prefill" else 5
    ask(page, VICTIMS)
    seen = {"search": "Recherche dans les articles…", "prefill": "8 passages trouvés, lecture…"}
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


def test_stop_and_clear_in_the_same_breath_as_the_question(served: Served, page: Page):
    """Gradio's own cancelling would be sent before the event has its id, and be refused."""
    served.model.gate, served.model.gate_after = threading.Event(), 0
    for number, button in enumerate(["#stop", "#clear", "#stop"]):
        page.fill("#question textarea", VICTIMS)
        page.evaluate(
            """button => {
                document.querySelector("#send").click();
                document.querySelector(button).disabled = false;
                document.querySelector(button).click();
            }""",
            button,
        )
        expect(page.locator("#question textarea")).to_have_value("")
        page.click("#clear")
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
    for busy in (first, second):
        ask(busy, VICTIMS)
        expect(busy.locator("#current .stage")).to_contain_text("lecture")
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
def test_closing_the_page_stops_the_model(served: Served, page: Page, pieces: int):
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


def test_clear_forgets_the_conversation(served: Served, page: Page):
    served.script.reply = two_claims
    answered(page, VICTIMS)
    page.click("#clear")
    expect(page.locator(".exchange")).to_have_count(0)
    expect(page.locator(".passage")).to_have_count(0)
    expect(page.locator("#panel")).to_contain_text("apparaîtront ici")
    served.script.reply = lambda _: ""
    answered(page, "Et quel âge avaient-elles ?")
    expect(page.locator("#current .understood")).to_have_count(0)


def test_clear_also_stops(served: Served, page: Page):
    served.script.reply = two_claims
    served.model.gate, served.model.gate_after = threading.Event(), 0
    ask(page, VICTIMS)
    assert until(lambda: served.model.calls)
    page.click("#clear")
    expect(page.locator(".exchange")).to_have_count(0)
    expect(page.locator("#send")).to_be_enabled()
    assert until(lambda: served.model.stopped == 1)


# --- words, errors ---


def test_the_words_switch_language_and_stay_switched(served: Served, page: Page):
    served.script.reply = two_claims
    answered(page, VICTIMS)
    page.click("#language >> text=English")
    expect(page.locator("#send")).to_have_text("Send")
    expect(page.locator("#title .status")).to_have_text("23 articles · model: fake")
    expect(page.locator("#current .check").first).to_have_text("✓ checked against the quote")
    expect(page.locator("#panel h2").first).to_have_text("8 passages found")
    expect(page.locator("#panel time").first).to_have_text("3 November 2025")
    assert page.get_attribute("#question textarea", "placeholder") == "Ask a question about the articles…"
    assert page.evaluate("document.documentElement.lang") == "en"
    page.reload()
    expect(page.locator("#send")).to_have_text("Send")
    expect(page.locator("#language input[value=en]")).to_be_checked()


def test_the_language_can_be_switched_while_an_answer_is_written(served: Served, page: Page):
    served.script.reply = two_claims
    served.model.gate, served.model.gate_after = threading.Event(), 0
    ask(page, VICTIMS)
    expect(page.locator("#current .stage")).to_contain_text("lecture")
    page.click("#language >> text=English")
    expect(page.locator("#current .stage")).to_have_text("8 passages found, reading…")
    served.model.gate.set()
    expect(page.locator("#current .exchange.answered .check").first).to_have_text(
        "✓ checked against the quote"
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
    assert payload in page.locator("#current .exchange").text_content()
    cards = page.locator("#panel .passage", has_text="48 courges")
    expect(cards.locator("h3")).to_contain_text("<img src=http://evil.example/t.png onerror=window.pwned=1>")
    expect(cards.locator(".outlet")).to_have_text("<script>window.pwned=1</script>")
    for words in ("<script>window.pwned=1</script>", "${alert(1)}", "{{value}}", "</p><a href=http://evil"):
        assert words in cards.locator(".text").text_content()
    page.click("#current .cite >> nth=0")
    assert lit(page) == expected(served, question).citations[0].quote
    page.hover("#current .cite >> nth=0")
    ours = page.locator("#current, #panel")
    assert ours.locator("img, script, iframe").count() == 0
    links = ours.locator("a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert links and all(link == "#" or link.startswith("#t") for link in links)


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
    expect(page.get_by_role("region", name="Passages des articles")).to_be_visible()
    expect(page.get_by_label("Votre question")).to_be_editable()
    assert page.locator("#current .answer").get_attribute("lang") == "fr"


def test_a_phone_is_wide_enough(served: Served, new_page: Callable[..., Page]):
    served.script.reply = two_claims
    page = new_page(**PHONE)
    answered(page, VICTIMS)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert in_sight(page, "#question textarea")
    page.click("#current .cite >> nth=0")
    assert lit(page) == expected(served, VICTIMS).citations[0].quote
    assert in_sight(page, "mark.active")


def test_light_and_dark_follow_the_system(new_page: Callable[..., Page]):
    def shades(page):
        return page.evaluate(
            """() => [getComputedStyle(document.body).backgroundColor,
                      getComputedStyle(document.querySelector('#title h1')).color]"""
        )

    assert shades(new_page(color_scheme="light")) == ["rgb(248, 247, 243)", "rgb(29, 35, 39)"]
    assert shades(new_page(color_scheme="dark")) == ["rgb(21, 24, 26)", "rgb(232, 230, 225)"]
