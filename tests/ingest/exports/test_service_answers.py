"""What news services answer with becomes their articles, under whichever names they give to things."""

from __future__ import annotations

import json

import pytest
from deliveries import FIRST, OTHER, articles, damaged, expanded, outcome, reasons
from hypothesis import given, settings
from hypothesis import strategies as st
from run import rounds

from ingest.containers.expand import expand
from ingest.converters.registry import read_article
from ingest.exports.service_answers import columns_of
from ingest.schema.columns import Columns
from ingest.schema.document import SourceDocument
from rag.schema.article import Article

POST = {
    "id": 12,
    "date": "2026-02-05T20:30:00",
    "date_gmt": "2026-02-05T19:30:00",
    "guid": {"rendered": "https://val.example/?p=12"},
    "modified": "2026-02-06T08:00:00",
    "modified_gmt": "2026-02-06T07:00:00",
    "link": "https://val.example/halle/",
    "title": {"rendered": "La halle &#8211; <em>rénovée</em>"},
    "content": {"rendered": f"<p>{FIRST}</p>\n<p>Elle rouvrira.</p>", "protected": False},
    "excerpt": {"rendered": "<p>La halle</p>", "protected": False},
    "_embedded": {"author": [{"id": 3, "name": "Inès Roumégoux"}]},
}


def one(value: object) -> Article:
    (article,) = articles(json.dumps(value), "a.json")
    return article


@pytest.mark.parametrize("wrap", [lambda post: [post], lambda post: post])
def test_a_post_of_wordpress_is_read(wrap):
    article = one(wrap(POST))
    assert article.text == f"{FIRST}\nElle rouvrira."
    assert (article.title, article.author) == ("La halle – rénovée", "Inès Roumégoux")
    assert article.published_at == "2026-02-05T20:30:00+01:00"
    assert article.updated_at == "2026-02-06T08:00:00+01:00"


def test_a_protected_post_is_refused():
    protected = POST | {"content": {"rendered": "", "protected": True}}
    assert reasons(json.dumps([protected]), "a.json") == ["a.json#1: its text is protected by a password."]


@pytest.mark.parametrize("gmt", [None, "", "2026-01-01T00:00:00", "hier", "2026-02-05T19:30:00Z"])
def test_a_time_that_tells_no_offset_is_left_as_it_is(gmt):
    assert columns_of(POST | {"date_gmt": gmt})["published_at"] == "2026-02-05T20:30:00"


def test_an_answer_of_the_guardian_is_read():
    result = {
        "id": "uk/2026/hall",
        "sectionName": "UK news",
        "webTitle": "Hall to be restored | Towns",
        "webUrl": "https://paper.example/hall",
        "webPublicationDate": "2026-02-05T19:30:00Z",
        "fields": {"headline": "Hall to be restored", "body": f"<p>{FIRST}</p>", "byline": "Ines R"},
    }
    article = one({"response": {"status": "ok", "total": 1, "results": [result]}})
    assert (article.text, article.title, article.author) == (FIRST, "Hall to be restored", "Ines R")
    assert article.published_at == "2026-02-05T19:30:00+00:00"
    result["fields"]["bodyText"] = OTHER
    assert one({"response": {"results": [result]}}).text == OTHER


def test_an_answer_of_the_new_york_times_is_read():
    doc = {
        "_id": "nyt://article/1",
        "headline": {"main": "Hall to Be Restored", "print_headline": "Hall"},
        "web_url": "https://times.example/hall.html",
        "pub_date": "2026-02-05T19:30:00+0000",
        "byline": {"original": "By Ines R and Paul T"},
        "lead_paragraph": FIRST,
        "source": "The Times of Val",
    }
    article = one({"status": "OK", "response": {"docs": [doc], "meta": {"hits": 1}}})
    assert (article.text, article.title, article.author) == (
        FIRST,
        "Hall to Be Restored",
        "Ines R and Paul T",
    )
    assert (article.outlet, article.published_at) == ("The Times of Val", "2026-02-05T19:30:00+00:00")
    assert article.excerpt


def test_hits_of_elasticsearch_are_read_as_what_was_indexed():
    hits = [
        {"_index": "a", "_id": "x1", "_source": {"title": "Un", "content": FIRST, "date": "2026-02-05"}},
        {"_index": "a", "_id": "x2", "_source": {"title": "Deux", "content": OTHER}},
    ]
    data = json.dumps({"took": 3, "hits": {"total": {"value": 2}, "hits": hits}})
    assert [(a.title, a.text, a.published_at) for a in articles(data, "a.json")] == [
        ("Un", FIRST, "2026-02-05"), ("Deux", OTHER, None),
    ]  # fmt: skip
    assert [item.key for item in expanded(data, "a.json") if isinstance(item, SourceDocument)] == [
        "/k/a.json#id=x1", "/k/a.json#id=x2",
    ]  # fmt: skip
    lines = "\n".join(map(json.dumps, hits))
    assert len(articles(lines, "a.jsonl")) == 2


def test_a_page_of_news_please_is_read():
    page = {
        "maintext": FIRST, "title": "La halle", "date_publish": "2026-02-05 19:30:00", "date_modify": None,
        "source_domain": "val.example", "authors": ["Inès Roumégoux"], "url": "http://val.example/halle",
    }  # fmt: skip
    article = one(page)
    assert (article.text, article.outlet, article.author) == (FIRST, "val.example", "Inès Roumégoux")
    assert article.published_at == "2026-02-05T19:30:00"


def test_columns_that_the_user_chose_come_first():
    chosen = Columns.of({"text": "note"})
    data = json.dumps([POST | {"note": OTHER}]).encode()
    file = SourceDocument("a.json", "/k/a.json", "json", lambda _: data, columns=chosen)
    (item,) = expand(file)
    assert isinstance(item, SourceDocument)
    assert read_article(item.read(), "a", "a", item.format).text == OTHER


# --- damaged ---


GUARDIAN = {
    "id": "uk/2026/hall", "sectionName": "UK news", "webTitle": "Hall", "webUrl": "https://paper.example/hall",
    "webPublicationDate": "2026-02-05T19:30:00Z", "fields": {"headline": "Hall", "body": f"<p>{FIRST}</p>"},
}  # fmt: skip
TIMES = {
    "_id": "nyt://article/1", "headline": {"main": "Hall"}, "web_url": "https://times.example/hall.html",
    "pub_date": "2026-02-05T19:30:00+0000", "byline": {"original": "By Ines R"}, "lead_paragraph": FIRST,
    "source": "The Times of Val",
}  # fmt: skip
HIT = {"_index": "a", "_id": "x1", "_source": {"title": "Un", "content": FIRST, "date": "2026-02-05"}}
FORMS = [POST, GUARDIAN, TIMES, HIT]
VALUES = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.lists(st.integers(), max_size=2)
)
PIECES = [b"", b"{", b"}", b"]", b"[", b'"', b",", b":", b"null", b"\0", b"\xff", b"\\", b"<p>", b"</p>"]


@pytest.mark.parametrize("form", FORMS)
@given(data=st.data())
@settings(max_examples=rounds(60, 600), deadline=None)
def test_a_field_may_hold_anything(form, data):
    """Whatever stands in place of a value, at the top or within, an answer is read or refused."""
    field, value = data.draw(st.sampled_from(sorted(form))), data.draw(VALUES)
    inner = form[field]
    if isinstance(inner, dict) and data.draw(st.booleans()):
        value = inner | {data.draw(st.sampled_from(sorted(inner))): value}
    outcome(json.dumps([form | {field: value}]), "a.json")


@pytest.mark.parametrize("form", FORMS)
@given(place=st.integers(0, 10_000), removed=st.integers(0, 40), put=st.sampled_from(PIECES))
@settings(max_examples=rounds(60, 600), deadline=None)
def test_what_is_damaged_is_refused_or_read_and_never_merged(form, place, removed, put):
    other = json.loads(json.dumps(form).replace(json.dumps(FIRST)[1:-1], json.dumps(OTHER)[1:-1]))
    data = json.dumps({"response": {"docs": [form, other]}}).encode()
    for text in outcome(damaged(data, place, removed, put), "a.json"):
        assert not (FIRST[-40:] in text and OTHER[:40] in text)
