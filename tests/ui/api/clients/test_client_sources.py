"""What citations are called: no two alike, so that who knows a source by its name finds the n-th for [n]."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import unquote

from handed_in import ARABIC, FERRY
from handed_in import BRIDGE as UNPUBLISHED
from hypothesis import given
from hypothesis import strategies as st

from rag.schema.evidence import Evidence
from ui.api.clients.sources import sources_of, title_in

BRIDGE = replace(UNPUBLISHED, canonical_url="https://exemple.test/pont?a=1&b=2")
FIRST, SECOND = Evidence(BRIDGE, 0, 24), Evidence(BRIDGE, 25, 61)


def test_citations_of_different_articles_are_called_as_their_articles():
    told = sources_of([FIRST, Evidence(FERRY, 0, 17), Evidence(ARABIC, 0, 10)])
    assert [one.url for one in told] == [
        BRIDGE.canonical_url,
        f"sourcier://articles/{FERRY.id}",
        f"sourcier://articles/{ARABIC.id}",
    ]
    assert [one.title for one in told] == [BRIDGE.title, FERRY.title, ARABIC.title]


def test_citations_of_one_article_lead_to_their_words():
    told = sources_of([FIRST, SECOND])
    for one, number, evidence in zip(told, (1, 2), (FIRST, SECOND), strict=True):
        address, words = one.url.split("#:~:text=")
        assert address == BRIDGE.canonical_url
        assert unquote(words) == " ".join(evidence.quote.split())
        assert "," not in words
        assert "-" not in words
        assert one.title == f"{BRIDGE.title} [{number}]"
        assert title_in(one.title, number) == BRIDGE.title


def test_long_quotes_are_said_by_their_ends():
    words = " ".join(f"mot{n}" for n in range(40))
    article = replace(BRIDGE, text=f"Avant. {words}")
    told = sources_of([Evidence(article, 0, 6), Evidence(article, 7, len(article.text))])
    assert told[0].url.endswith("#:~:text=Avant.")
    ends = "mot0 mot1 mot2 mot3 mot4,mot35 mot36 mot37 mot38 mot39"
    assert unquote(told[1].url.split(":~:text=")[1]) == ends


def test_a_fragment_that_an_address_has_is_kept():
    article = replace(BRIDGE, canonical_url="https://exemple.test/#/pont")
    told = sources_of([Evidence(article, 0, 2), Evidence(article, 3, 7)])
    assert [one.url for one in told] == [
        "https://exemple.test/#/pont:~:text=Le",
        "https://exemple.test/#/pont:~:text=pont",
    ]


def test_an_article_that_was_never_published_has_places():
    told = sources_of([Evidence(FERRY, 0, 2), Evidence(FERRY, 3, 6)])
    assert [one.url for one in told] == [
        f"sourcier://articles/{FERRY.id}#char=0,2",
        f"sourcier://articles/{FERRY.id}#char=3,6",
    ]


def test_articles_with_one_title_are_told_apart():
    namesake = replace(FERRY, title=BRIDGE.title)
    told = sources_of([FIRST, Evidence(namesake, 0, 17)])
    assert [one.title for one in told] == [f"{BRIDGE.title} [1]", f"{BRIDGE.title} [2]"]
    assert told[0].url == BRIDGE.canonical_url


_TITLES = st.sampled_from(["Brève", "Brève [1]", "Brève [2]", "Le pont", ""])
_URLS = st.sampled_from([None, "https://exemple.test/a", "https://exemple.test/b#x"])
_CITED = st.tuples(st.sampled_from("abc"), _TITLES, _URLS, st.integers(0, 3), st.integers(4, 9))


@given(st.lists(_CITED, max_size=8, unique_by=lambda one: (one[0], one[3], one[4])))
def test_no_two_citations_are_called_alike(cited):
    articles: dict[str, tuple] = {}
    for id_, title, url, *_ in cited:
        articles.setdefault(id_, (title, url))
    told = sources_of(
        [
            Evidence(
                replace(
                    FERRY, id=id_, title=articles[id_][0], canonical_url=articles[id_][1], text="aa aa aa aa"
                ),
                start,
                end,
            )
            for id_, _, _, start, end in cited
        ]
    )
    assert len({one.url for one in told}) == len({one.title for one in told}) == len(cited)
