"""The map of the corpus, larger and moved: by wheel, buttons, keys, mouse and fingers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import Served, until
from playwright.sync_api import CDPSession, Locator, Page, expect
from test_corpus_page import FAIR, PHONE, canvas, id_of, opened

pytestmark = pytest.mark.browser

MARGIN = 16


@pytest.fixture
def overview(new_page: Callable[..., Page]) -> Page:
    """The map, where nothing glides: what is pressed is done."""
    return shown(new_page(reduced_motion="reduce"))


def shown(page: Page, tab: str = "Panorama") -> Page:
    page.get_by_role("tab", name=tab).click()
    expect(canvas(page)).to_be_visible(timeout=120_000)
    expect(page.locator("#corpus-map [data-making]")).to_have_count(0, timeout=120_000)
    canvas(page).scroll_into_view_if_needed()
    return page


def level(page: Page) -> Locator:
    return page.locator("#corpus-map .zoom output")


def view(page: Page) -> tuple[float, float, float]:
    """How many times as large as the whole, and where what is seen begins, in shares of the whole."""
    zoom, left, top = map(float, page.locator("#corpus-map .plane").get_attribute("data-view").split())
    return zoom, left, top


def point_of(served: Served, page: Page, article_id: str) -> tuple[float, float]:
    """Where on the map, in pixels from its corner, an article's point is in the present view."""
    made, (zoom, left, top) = served.chain.library.map.stored(), view(page)
    box = canvas(page).bounding_box()
    across, down = made.places[made.ids.index(article_id)]
    x = MARGIN + across * (box["width"] - 2 * MARGIN)
    y = MARGIN + down * (box["height"] - 2 * MARGIN)
    return (x - left * box["width"]) * zoom, (y - top * box["height"]) * zoom


def on_screen(page: Page, x: float, y: float) -> tuple[float, float]:
    box = canvas(page).bounding_box()
    return box["x"] + x, box["y"] + y


def near(one: tuple[float, ...], other: tuple[float, ...], within: float = 1.5) -> bool:
    return one == pytest.approx(other, abs=within)


def ink(page: Page) -> int:
    """How many pixels of the map are of a point: of neither paper nor ring nor words."""
    return canvas(page).evaluate(
        """board => {
          const pen = board.getContext("2d");
          const { data } = pen.getImageData(0, 0, board.width, board.height);
          let found = 0;
          for (let i = 0; i < data.length; i += 4) {
            const [r, g, b, a] = data.slice(i, i + 4);
            if (a > 200 && Math.max(r, g, b) - Math.min(r, g, b) > 60) found += 1;
          }
          return found;
        }"""
    )


def test_the_wheel_zooms_where_the_mouse_is_and_a_point_still_opens_its_article(
    served: Served, overview: Page
):
    page, wanted = overview, id_of(served, FAIR)
    opened(page)
    canvas(page).focus()
    before = point_of(served, page, wanted)
    page.mouse.move(*on_screen(page, *before))
    for _ in range(4):
        page.mouse.wheel(0, -200)
    expect(level(page)).to_have_text("×5")
    after = point_of(served, page, wanted)
    assert near(after, before, within=5)  # the mouse is at a whole pixel, which is five by now
    page.mouse.click(*on_screen(page, *after))
    page.wait_for_function("window.opened.length === 1")
    assert page.evaluate("window.opened") == [wanted]


def test_a_wheel_that_only_passes_over_the_map_scrolls_the_page(overview: Page):
    page = overview
    page.mouse.move(*on_screen(page, 40, 40))
    top = canvas(page).bounding_box()["y"]
    page.mouse.wheel(0, -120)
    page.wait_for_function(
        "top => document.querySelector('#corpus-map canvas').getBoundingClientRect().top > top", arg=top
    )
    assert view(page)[0] == 1
    canvas(page).focus()
    page.keyboard.down("Control")
    page.mouse.move(*on_screen(page, 40, 40))
    page.mouse.wheel(0, -50)
    page.keyboard.up("Control")
    expect(level(page)).not_to_have_text("×1")


def test_buttons_zoom_and_show_the_whole_again(overview: Page):
    page = overview
    more, less = (page.get_by_role("button", name=name) for name in ("Agrandir", "Réduire"))
    whole = page.get_by_role("button", name="Toute la carte")
    expect(less).to_have_attribute("aria-disabled", "true")
    small = ink(page)
    more.click()
    expect(level(page)).to_have_text("×1,6")
    more.click()
    expect(level(page)).to_have_text("×2,6")
    assert until(lambda: ink(page) <= small * 1.1)  # points as large as before, and fewer in sight
    less.click()
    expect(level(page)).to_have_text("×1,6")
    whole.click()
    expect(level(page)).to_have_text("×1")
    expect(whole).to_be_focused()
    assert until(lambda: view(page) == (1, 0, 0))
    for _ in range(8):
        more.click()
    expect(level(page)).to_have_text("×40")
    expect(more).to_have_attribute("aria-disabled", "true")


def test_dragging_moves_the_map_and_opens_nothing(served: Served, overview: Page):
    page, wanted = overview, id_of(served, FAIR)
    opened(page)
    for _ in range(3):
        page.get_by_role("button", name="Agrandir").click()
    before = point_of(served, page, wanted)
    x, y = on_screen(page, 300, 200)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 40, y - 30, steps=4)
    page.mouse.up()
    assert until(lambda: near(point_of(served, page, wanted), (before[0] - 40, before[1] - 30)))
    assert page.evaluate("window.opened") == []
    for _ in range(8):  # no farther than its edge
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 500, y + 250, steps=4)
        page.mouse.up()
    assert until(lambda: view(page)[1:] == (0, 0))


def test_keys_zoom_move_and_bring_the_next_point_into_sight(served: Served, overview: Page):
    page = overview
    canvas(page).focus()
    for _ in range(5):
        page.keyboard.press("+")
    expect(level(page)).to_have_text("×10,5")
    before = view(page)
    page.keyboard.press("Shift+ArrowRight")
    moved = pytest.approx(before[1] + 1 / (4 * before[0]), abs=1e-4)
    assert until(lambda: view(page)[1] == moved)
    box = canvas(page).bounding_box()
    card = page.locator("#corpus-card .card")
    for key in ("Home", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
        page.wait_for_timeout(400)  # the card of the point that was reached comes from the server
        article = served.chain.library.map.stored().ids[int(card.get_attribute("data-point"))]
        x, y = point_of(served, page, article)
        assert 0 <= x <= box["width"] and 0 <= y <= box["height"], key
    page.keyboard.press("-")
    expect(level(page)).to_have_text("×6,6")
    page.keyboard.press("0")
    expect(level(page)).to_have_text("×1")


def test_it_glides_unless_nothing_is_to_move(new_page: Callable[..., Page]):
    page = shown(new_page())
    page.evaluate(
        """() => { window.seen = [];
          const plane = document.querySelector("#corpus-map .plane");
          new MutationObserver(() => window.seen.push(Number(plane.dataset.view.split(" ")[0])))
            .observe(plane, { attributeFilter: ["data-view"] }); }"""
    )
    page.get_by_role("button", name="Agrandir").click()
    expect(level(page)).to_have_text("×1,6")
    page.wait_for_function("window.seen.at(-1) === 1.6")
    assert page.evaluate("window.seen.every((zoom, i, all) => !i || zoom >= all[i - 1])")
    page.emulate_media(reduced_motion="reduce")
    page.evaluate("window.seen.length = 0")
    page.get_by_role("button", name="Toute la carte").click()
    expect(level(page)).to_have_text("×1")
    assert page.evaluate("window.seen") == [1]


def touch(session: CDPSession, kind: str, *places: tuple[float, float]) -> None:
    fingers = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(places)]
    session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})


def tap(page: Page, button: Locator) -> None:
    """Tap until the browser takes it for a tap.

    A tap's two messages may come half a second apart on a busy machine: a long press, which is no click.
    """
    button.evaluate("one => one.addEventListener('click', () => (one.dataset.tapped = 1), { once: true })")
    for _ in range(5):
        button.tap()
        page.wait_for_timeout(300)
        if button.get_attribute("data-tapped"):
            return
    pytest.fail("five taps, and no click")


def test_two_fingers_on_a_phone_in_english(new_page: Callable[..., Page]):
    page = new_page(**PHONE, has_touch=True, reduced_motion="reduce")
    page.locator("#language").get_by_text("English").click()
    shown(page, "Overview")
    for name in ("Zoom in", "Zoom out", "Whole map"):
        box = page.get_by_role("button", name=name).bounding_box()
        assert min(box["width"], box["height"]) >= 24
    tap(page, page.get_by_role("button", name="Zoom in"))
    expect(level(page)).to_have_text("×1.6")
    x, y = on_screen(page, 150, 200)
    session = page.context.new_cdp_session(page)
    touch(session, "touchStart", (x - 20, y), (x + 20, y))
    for apart in (30, 40, 50, 60):
        touch(session, "touchMove", (x - apart, y), (x + apart, y))
    touch(session, "touchEnd")
    expect(level(page)).to_have_text("×4.8")
    before = view(page)
    touch(session, "touchStart", (x, y))
    for far in (10, 20, 30):
        touch(session, "touchMove", (x - far, y))
    touch(session, "touchEnd")
    zoom, left, top = view(page)
    assert (zoom, top) == (before[0], before[2])
    assert left == pytest.approx(before[1] + 30 / zoom / canvas(page).bounding_box()["width"], abs=0.01)
    tap(page, page.get_by_role("button", name="Whole map"))
    expect(level(page)).to_have_text("×1")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
