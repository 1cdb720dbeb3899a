"""What changed, as the page shows it: new first, each quote a link to its words, nobody else's, no markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from desk import Desk
from told_changes import HOSTILE, change, evidence

from rag.engine.factory import build_chain
from rag.errors import UserError
from rag.notification.store import FeedToken
from rag.schema.evidence import Evidence
from rag.schema.question import Filters
from rag.schema.standing import ChangeKind
from rag.standing.state import Found, State
from ui.news.desk import News, NewsDesk
from ui.news.html import following_html, news_html
from ui.page.context import AppContext
from ui.rendering.following import follow_button, follow_key, key_of

FEED = FeedToken("", "x" * 43, "7f1d5a52-37a4-4b0c-9d5b-3b9a5d8b5a10", "2030-01-01T00:00:00+00:00")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    desk.write("a.md", "Le recensement de Malvoisy est publié. Le village compte 340 habitants.")
    desk.ingest()
    yield desk
    desk.close()


@pytest.fixture
def context(desk: Desk) -> Iterator[AppContext]:
    with closing(build_chain(desk.parts, None)) as chain, closing(AppContext(desk.parts, chain)) as context:
        yield context


@pytest.fixture
def news(context: AppContext) -> NewsDesk:
    return NewsDesk(context)


def tell(context: AppContext, user: str, words: str = "recensement", kind: ChangeKind = "match") -> str:
    table = context.library.standing
    [turn] = table.turns([table.add(user, "search", words, "fr").id])
    [article] = context.library.newest(1)
    [told] = table.put(turn, table.arrival(), State(), [Found(kind, (), (Evidence(article, 0, 38),))])
    return told


def shown(*fresh, older=(), queries=None, **known) -> str:
    known_queries = tuple(one.query for one in (*fresh, *older)) if queries is None else queries
    values = {"has_more": False, "outdated": frozenset(), "feed": FEED} | known
    return str(news_html(News(known_queries, tuple(fresh), tuple(older), **values), "fr"))


# --- the desk ---


def test_what_was_not_seen_is_new_once(context: AppContext, news: NewsDesk):
    first = tell(context, "ada")
    assert news.unseen("ada") == 1
    fresh = news.arrive("ada")
    assert (fresh, news.unseen("ada"), news.arrive("ada")) == ((first,), 0, ())
    second = tell(context, "ada")
    seen = news.news("ada", news.arrive("ada"))
    assert [[one.id for one in part] for part in (seen.fresh, seen.older)] == [[second], [first]]


def test_nobody_sees_or_changes_what_another_follows(context: AppContext, news: NewsDesk):
    tell(context, "ada")
    [query] = news.queries("ada")
    assert (news.unseen("bob"), news.arrive("bob"), news.news("bob").queries) == (0, (), ())
    for act in ("pause", "resume", "remove"):
        with pytest.raises(UserError):
            news.change(act, query.id, "bob")
    news.leave(query.id, "bob")
    news.ask_now(query.id, "bob")
    assert (news.queries("ada"), news.found(query.id, "bob")) == ([query], None)
    assert news.unseen("ada") == 1
    assert news.news("ada").feed != news.news("bob").feed


def test_a_quote_whose_article_was_changed_opens_nowhere(desk: Desk, context: AppContext, news: NewsDesk):
    tell(context, "")
    link = re.compile(r'<a href="#" class="open-article" data-article="\w+" data-start="0" data-end="38">')
    assert link.search(str(news_html(news.news(""), "fr")))
    desk.write("a.md", "Tout autre chose. Le recensement de Malvoisy est publié.")
    desk.ingest()
    found = str(news_html(news.news(""), "fr"))
    assert not link.search(found)
    assert ("Le recensement de Malvoisy est publié." in found) == ("a été modifié depuis" in found)


def test_following_asks_at_once_and_the_same_again_is_the_same(context: AppContext, news: NewsDesk):
    first = news.follow("", "search", "recensement", "fr")
    context.standing.wait()
    assert news.follow("", "search", "recensement", "fr").id == first.id
    assert news.queries("")[0].asked_at is not None
    news.leave(first.id, "")
    news.leave(first.id, "")
    assert news.queries("") == []


def test_many_changes_are_shown_some_at_a_time(context: AppContext, news: NewsDesk):
    told = [tell(context, "") for _ in range(5)]
    few = news.news("", (), shown=2)
    assert ([one.id for one in few.older], few.has_more) == (told[:2:-1], True)
    assert not news.news("", (), shown=5).has_more


# --- what is drawn ---


def test_new_things_come_first_then_by_day():
    old = change(2, "correction", told_at="2030-01-02T12:00:00+00:00")
    found = shown(change(3), older=(old, change(1, "source", told_at="2030-01-01T12:00:00+00:00")))
    order = [
        "un autre nombre",
        "Déjà vu",
        "2 janvier 2030",
        "une correction",
        "1er janvier 2030",
        "une source de plus",
    ]
    places = [found.index(words) for words in order]
    assert places == sorted(places)
    assert "1 changement depuis votre dernière visite" in found


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("340 habitants", "355 habitants", "un autre nombre"),
        ("le 3 mars 2025", "le 5 mai 2025", "une autre date"),
        ("Lise Ombrard", "Jeanne Corbin", "une autre réponse"),
    ],
)
def test_a_value_is_named_by_what_it_is(before: str, after: str, kind: str):
    sides = {"before": [evidence(f"C'est {before}.", before)], "after": [evidence(f"C'est {after}.", after)]}
    found = shown(change(**sides))
    assert f">{kind}<" in found
    assert f"{before} → {after}" in found
    assert f'<mark class="answers">{after}</mark>' in found


def test_an_empty_tab_says_what_it_is_for_and_one_without_changes_that_there_are_none():
    assert "Suivez une question" in shown()
    assert "Rien n&#39;a changé jusqu&#39;ici" in shown(queries=(change().query,))


def test_hostile_words_are_words():
    hostile = change(words=HOSTILE, before=[], after=[evidence(HOSTILE, title=HOSTILE, outlet=HOSTILE)])
    for found in (
        shown(hostile),
        shown(older=(hostile,)),
        str(following_html((), "fr", HOSTILE, HOSTILE, HOSTILE)),
    ):
        assert "<script" not in found
        assert "&lt;script&gt;" in found


def test_the_address_of_the_feed_is_relative():
    assert f'href="feed/fr/{FEED.token}"' in shown(change())


def test_a_button_has_the_key_of_what_it_follows(news: NewsDesk):
    filters = Filters(outlets=("Le Courrier",))
    query = news.follow("", "question", "  Combien d'habitants  a Malvoisy ?", "fr", filters)
    button = str(follow_button({"turn": 1}, "question", "combien d'habitants a malvoisy ?", "fr", filters))
    assert f'data-key="{key_of(query)}"' in button
    assert key_of(query) != follow_key("question", query.words, Filters())
    assert key_of(query) != follow_key("search", query.words, filters)
