"""The form says what is filed and what was stated; whatever the script or an article says stays data."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from ingest.editing.values import NAMES
from rag.metadata.fields import FieldRecord
from rag.metadata.outlets import OutletUse
from rag.schema.article import Article
from ui.editing.dialog import asked_for
from ui.editing.form import Correction, form_html
from ui.editing.outlets_html import outlets_html
from ui.page.selection import chosen

HOSTILE = "\"><script>window.pwned=1</script>{{7*7}}'"
ARTICLE = Article(
    "a", "Un.", HOSTILE, "a.txt", "hash", HOSTILE, None, "fr", "2025-08-16T10:30:00+02:00", None, None
)  # fmt: skip
CORRECTED = {"outlet": FieldRecord(HOSTILE, "Le Phare", "2026-01-05T12:00:00+00:00")}


class Tags(HTMLParser):
    def __init__(self, markup: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def box(self, name: str) -> dict[str, str | None]:
        return next(about for _, about in self.found if about.get("name") == name)


def test_one_article_has_every_field_as_it_is_filed():
    tags = Tags(form_html([(ARTICLE, CORRECTED)], ["Le Phare"], "fr"))
    assert [tags.box(name)["data-was"] for name in ("title", "published", "author")] == [
        HOSTILE, "2025-08-16", "",
    ]  # fmt: skip
    assert all(tags.box(name) for name in NAMES)
    assert "script" not in {tag for tag, _ in tags.found}
    labels = {about["for"] for tag, about in tags.found if tag == "label" and "for" in about}
    assert labels == {f"editing-{name}" for name in NAMES}


def test_a_field_that_was_corrected_can_be_taken_back_and_no_other():
    tags = Tags(form_html([(ARTICLE, CORRECTED)], [], "fr"))
    assert [about["data-undo"] for _, about in tags.found if "data-undo" in about] == ["outlet"]
    renamed = {"outlet": FieldRecord("Le Monde.fr")}
    shown = form_html([(ARTICLE, renamed)], [], "fr")
    assert "Indiqué par la source : Le Monde.fr" in shown
    assert "data-undo" not in shown


def test_several_articles_share_no_title_and_no_address():
    tags = Tags(form_html([(ARTICLE, CORRECTED), (ARTICLE, {})], [], "en"))
    names = {about.get("name") for _, about in tags.found} - {None}
    assert names == {"outlet", "author", "published", "updated", "language"}
    assert {tags.box(name)["data-was"] for name in names} == {""}


def test_what_was_typed_stays_with_what_is_wrong_about_it():
    asked = Correction({"published": "2999-01-01", "outlet": HOSTILE}, frozenset(), {"published": "Futur."})
    tags = Tags(form_html([(ARTICLE, {})], [], "fr", asked))
    box = tags.box("published")
    assert (box["value"], box["aria-invalid"], box["aria-describedby"]) == (
        "1er janvier 2999", "true", "editing-published-error editing-published-said",
    )  # fmt: skip
    assert tags.box("outlet")["value"] == HOSTILE
    assert "aria-invalid" not in tags.box("outlet")


def test_a_language_that_is_no_code_of_ours_stays_as_it_is():
    odd = Article("a", "Un.", "Un", "a.txt", "hash", None, None, "tlh")
    tags = Tags(form_html([(odd, {})], [], "fr"))
    (chosen_,) = [about["value"] for tag, about in tags.found if tag == "option" and "selected" in about]
    assert chosen_ == "tlh"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(sorted(NAMES)),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=8), inside, max_size=3),
    max_leaves=8,
)


@given(st.fixed_dictionaries({"fields": anything, "undo": anything}) | anything)
def test_whatever_the_script_sends_only_fields_and_words_come_through(said: object):
    asked = asked_for(said)
    assert set(asked.typed) <= set(NAMES) - asked.undone
    assert asked.undone <= set(NAMES)
    assert all(isinstance(value, str) for value in asked.typed.values())
    assert all(isinstance(one, str) for one in chosen(said))


def test_what_is_asked_for_is_understood():
    asked = asked_for({"fields": {"title": "Un", "outlet": "x", "text": "Non."}, "undo": ["outlet", "id"]})
    assert (asked.typed, asked.undone) == ({"title": "Un"}, frozenset({"outlet"}))


def test_names_of_outlets_are_text_whatever_they_are():
    uses = [OutletUse(HOSTILE, 3, (HOSTILE + "2",)), OutletUse(HOSTILE.upper(), 1)]
    tags = Tags(outlets_html(uses, "fr", "", HOSTILE))
    assert "script" not in {tag for tag, _ in tags.found}
    assert {about["data-unmerge"] for _, about in tags.found if "data-unmerge" in about} == {HOSTILE + "2"}
