"""The overview in a real Chromium: bars that lead to articles, a map that is made while one waits."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from conftest import Served, until
from playwright.sync_api import Locator, Page, expect
from test_accessibility import violations

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 360, "height": 740}}
SCRIPT = "<script>window.pwned=1</script>"
FAIR = "<img src=http://evil.example/t.png onerror=window.pwned=1> Foire de Malvoisy"
COURIER = "Le Courrier de Valbrume"


@pytest.fixture
def overview(page: Page) -> Page:
    page.get_by_role("tab", name="Panorama").click()
    return page


def bars(page: Page) -> Locator:
    return page.locator("#corpus-timeline button[data-row]")


def canvas(page: Page) -> Locator:
    """The map, once it has been made."""
    return page.get_by_role("application", name=re.compile("^(Carte de|Map of) "))


def opened(page: Page) -> list[str]:
    """Ids of the articles whose links are pressed from now on: the reader is another's business."""
    page.evaluate(
        """() => { window.opened = []; document.addEventListener("click", event => {
          const link = event.target.closest?.("a.open-article");
          if (link) window.opened.push(link.dataset.article);
        }, true); }"""
    )
    return []


def id_of(served: Served, title: str) -> str:
    (found,) = [article.id for article in served.chain.library.articles() if article.title == title]
    return found


def test_a_bar_leads_to_its_articles_and_these_to_the_reader(served: Served, overview: Page):
    opened(overview)
    bar = overview.get_by_role("button", name=f"{COURIER}, novembre 2025 : 2 articles")
    bar.click()
    heading = overview.get_by_role("heading", name=f"{COURIER}, novembre 2025 : 2 articles")
    expect(heading).to_be_focused()
    wanted = [
        article
        for article in served.chain.library.articles()
        if article.outlet == COURIER and (article.published_at or "").startswith("2025-11")
    ]
    links = overview.locator("#corpus-bar a.open-article")
    titles = sorted(article.title for article in wanted)
    assert until(lambda: sorted(links.all_text_contents()) == titles)
    links.first.click()
    assert overview.evaluate("window.opened") == [links.first.get_attribute("data-article")]
    assert links.first.get_attribute("data-article") in {article.id for article in wanted}


def test_the_timeline_is_walked_by_keyboard_and_read_as_a_table(served: Served, overview: Page):
    expect(bars(overview).first).to_be_visible()
    assert bars(overview).evaluate_all("bars => bars.filter(bar => bar.tabIndex === 0).length") == 1
    bars(overview).first.focus()
    overview.keyboard.press("ArrowRight")
    second = overview.evaluate("document.activeElement.textContent")
    assert second != bars(overview).first.text_content()
    overview.keyboard.press("Enter")
    expect(overview.locator("#corpus-bar h3")).to_have_text(second)
    overview.get_by_text("Les mêmes nombres en tableau").click()
    table = overview.locator("#corpus-timeline table.numbers")
    numbers = [int(cell) for cell in table.locator("td").all_text_contents()]
    dated = [article for article in served.chain.library.articles() if article.published_at]
    assert sum(numbers) == len(dated)
    expect(table.get_by_role("columnheader").nth(1)).to_have_text(COURIER)


def test_the_map_is_made_in_the_background_and_a_point_opens_its_article(served: Served, overview: Page):
    state = overview.locator("#corpus-map .state")
    count = served.chain.library.counts().articles
    expect(canvas(overview)).to_be_visible(timeout=120_000)
    expect(state).to_have_text(f"{count} articles sur la carte", timeout=120_000)
    opened(overview)
    canvas(overview).focus()
    card = overview.locator("#corpus-card .card")
    expect(card).to_have_attribute("data-point", "0")
    across = served.chain.library.map.stored().places[:, 0]
    overview.keyboard.press("ArrowLeft" if across[0] > 0.5 else "ArrowRight")
    expect(card).not_to_have_attribute("data-point", "0")
    reached = int(card.get_attribute("data-point"))
    assert (across[reached] < across[0]) == (across[0] > 0.5)
    shown = card.locator("a")
    overview.keyboard.press("Enter")
    overview.wait_for_function("window.opened.length === 1")
    assert overview.evaluate("window.opened") == [shown.get_attribute("data-article")]
    article = served.chain.library.article(shown.get_attribute("data-article"))
    assert shown.text_content() == article.title
    meta = card.locator(".meta")
    if article.outlet:
        expect(meta).to_contain_text(article.outlet)
    else:  # none of the examples without an outlet states a date
        expect(meta).to_have_text("sans date")


def test_hovering_shows_an_article_and_a_click_opens_it(served: Served, overview: Page):
    expect(canvas(overview)).to_be_visible(timeout=120_000)
    opened(overview)
    wanted = id_of(served, FAIR)
    x, y = point_of(served, overview, wanted)
    overview.mouse.move(x, y)
    card = overview.locator("#corpus-card .card")
    expect(card).to_have_text(f"{FAIR} {SCRIPT} · 13 octobre 2025")
    overview.mouse.click(x, y)
    overview.wait_for_function("window.opened.length === 1")
    assert overview.evaluate("window.opened") == [wanted]


def point_of(served: Served, page: Page, article_id: str) -> tuple[float, float]:
    """Where on the screen an article's point is."""
    made = served.chain.library.map.stored()
    across, down = made.places[made.ids.index(article_id)]
    canvas(page).scroll_into_view_if_needed()
    box = canvas(page).bounding_box()
    margin = 16
    return (
        box["x"] + margin + across * (box["width"] - 2 * margin),
        box["y"] + margin + down * (box["height"] - 2 * margin),
    )


def test_colours_and_shapes_stand_for_outlets_or_dates(overview: Page):
    expect(canvas(overview)).to_be_visible(timeout=120_000)
    legend = overview.locator("#corpus-map .legend:visible")
    expect(legend.get_by_role("listitem").first).to_have_text(COURIER)
    expect(legend.locator("svg")).to_have_count(9)  # the examples' outlets, and what stands for the others
    before = canvas(overview).evaluate("canvas => canvas.toDataURL()")
    overview.get_by_label("la date").check()
    expect(legend.get_by_role("listitem").last).to_have_text("sans date")
    assert until(lambda: canvas(overview).evaluate("canvas => canvas.toDataURL()") != before)


def test_clusters_in_words_list_every_article_once(served: Served, overview: Page):
    expect(canvas(overview)).to_be_visible(timeout=120_000)
    clusters = overview.locator("#corpus-clusters button")
    expect(clusters.first).to_be_visible()
    found = []
    for cluster in clusters.all():
        name = cluster.text_content()
        cluster.click()
        heading = overview.locator("#corpus-cluster h3")
        expect(heading).to_have_text(name.rsplit(" : ", 1)[0])
        expect(cluster).to_have_attribute("aria-pressed", "true")
        found += overview.locator("#corpus-cluster a.open-article").evaluate_all(
            "links => links.map(link => link.dataset.article)"
        )
    assert sorted(found) == sorted(article.id for article in served.chain.library.articles())


def test_names_of_articles_are_never_markup(overview: Page):
    """`new_page` holds every page to having run no script of an article and asked no other host."""
    overview.get_by_role("button", name=f"{SCRIPT}, octobre 2025 : 1 article").click()
    links = overview.locator("#corpus-bar a.open-article")
    expect(links.filter(has_text="Foire de Malvoisy")).to_have_text(FAIR)
    expect(overview.locator("#corpus-bar .meta").filter(has_text="script")).to_contain_text(SCRIPT)
    expect(canvas(overview)).to_be_visible(timeout=120_000)
    assert overview.locator("#corpus img, #corpus script, #corpus iframe").count() == 0


def test_what_a_page_makes_up_is_ignored(overview: Page):
    expect(bars(overview).first).to_be_visible()
    bars(overview).first.evaluate("bar => { bar.dataset.row = '99'; bar.dataset.column = '-1'; }")
    bars(overview).first.click()
    bars(overview).nth(1).click()
    expect(overview.locator("#corpus-bar h3")).to_have_count(1)
    expect(overview.locator("#corpus-bar h3")).to_have_text(bars(overview).nth(1).text_content())


def test_in_english_on_a_phone(new_page: Callable[..., Page]):
    page = new_page(**PHONE, has_touch=True)
    page.locator("#language").get_by_text("English").click()
    page.get_by_role("tab", name="Overview").tap()
    expect(page.get_by_role("heading", name="Articles over time")).to_be_visible()
    expect(page.get_by_role("heading", name="Map of subjects")).to_be_visible()
    expect(canvas(page)).to_be_visible(timeout=120_000)
    expect(page.locator("#corpus-map .state")).to_contain_text("articles on the map")
    page.locator("#corpus-clusters button").first.tap()
    expect(page.locator("#corpus-cluster a.open-article").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_once_everything_is_open(new_page: Callable[..., Page], scheme: str):
    page = new_page(color_scheme=scheme)
    page.locator("#filters-panel").get_by_label("anglais").check()
    expect(page.locator("#filter-chips .chip")).to_have_count(1)
    assert violations(page) == []
    page.get_by_role("tab", name="Panorama").click()
    expect(canvas(page)).to_be_visible(timeout=120_000)
    bars(page).first.click()
    page.locator("#corpus-clusters button").first.click()
    canvas(page).focus()
    page.get_by_text("Les mêmes nombres en tableau").click()
    expect(page.locator("#corpus-bar h3, #corpus-cluster h3, #corpus-card .card")).to_have_count(3)
    assert violations(page) == []
