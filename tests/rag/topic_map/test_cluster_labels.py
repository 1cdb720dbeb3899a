"""The names of clusters: terms of their articles, as published, that tell a group from the others."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.schema.article import Article
from rag.topic_map.cluster_labels import typical_words

FLOOD = "La crue de la rivière a noyé la digue et le moulin."
STRIKE = "La grève de la verrerie a éteint le four et la fusion."
Maker = Callable[..., Article]


def named(
    make_article: Maker, *groups: list[str], language: str | None = "fr", **stated: str
) -> list[list[str]]:
    """The terms of groups of texts."""
    made = [
        [make_article(text, id=f"{g}-{n}", language=language, **stated) for n, text in enumerate(texts)]
        for g, texts in enumerate(groups)
    ]
    return [[one.word for one in typical] for typical in typical_words(made, 6)]


def test_terms_are_noun_phrases_that_the_other_groups_lack(make_article: Maker):
    floods = [make_article(f"{FLOOD} Le Préfet {n}.", id=f"f{n}") for n in range(4)]
    strikes = [make_article(f"{STRIKE} Le Préfet {n}.", id=f"s{n}") for n in range(4)]
    flood, strike = typical_words([floods, strikes], 6)
    assert {typical.word for typical in flood} == {"crue de la rivière", "digue", "moulin"}
    assert {typical.word for typical in strike} == {"grève de la verrerie", "four", "fusion"}
    assert {typical.article_id for typical in (*flood, *strike)} == {"f0", "s0"}


def test_a_term_is_written_as_it_is_most_often(make_article: Maker):
    texts = ["Les grèves durent. Une grève.", "La grève dure.", "Grève ou grèves ?"]
    articles = [make_article(text, id=str(n)) for n, text in enumerate(texts)]
    (words,) = typical_words([articles], 1)
    assert [(typical.word, typical.article_id) for typical in words] == [("grève", "0")]


def test_no_word_stands_twice_in_whatever_inflection(make_article: Maker):
    (words,) = named(make_article, ["La grève des cheminots. Les cheminots, un cheminot, les grèves."] * 2)
    assert len([word for word in words if "chemin" in word]) == 1
    assert len([word for word in words if "grève" in word]) == 1
    (words,) = named(make_article, ["Триває забастовка. Про забастовки та забастовку."] * 2, language="uk")
    assert len([word for word in words if word.lower().startswith("забастовк")]) == 1


@pytest.mark.parametrize(
    ("language", "text", "term"),
    [
        ("fr", "Hier, la GRÈVE a cessé. Puis la grève reprend, dit L’Élysée à propos de la grève.", "grève"),
        ("fr", "On a vu Emmanuel Macron. Le soir, Emmanuel Macron parle.", "Emmanuel Macron"),
        ("fr", "Voilà l'OTAN réunie, et l'OTAN décide.", "OTAN"),
        ("en", "It is about the price of bread. Again the price of bread rose.", "price of bread"),
        ("de", "Es geht um den Haushalt. Der Haushalt ist hoch.", "Haushalt"),
        ("es", "Así la sequía del río sigue. Y la sequía del río duele.", "sequía del río"),
        ("hi", "यह किसान की बात। वह किसान।", "किसान"),
        ("zh", "关于高速铁路的问题。今天的高速铁路。", "高速铁路"),
        ("ja", "スマートフォンの話。新しいスマートフォンだ。", "スマートフォン"),
        ("ko", "정부는 말했다. 정부가 했다.", "정부"),
        (None, "Kumpara ng presyo. Ang presyo ay mataas.", "presyo"),
    ],
)  # fmt: skip
def test_terms_are_written_as_published_in_any_language(make_article: Maker, language, text, term):
    (words,) = named(make_article, [text, text + " …"], language=language)
    assert term in words


def test_what_an_outlet_says_everywhere_names_nothing(make_article: Maker):
    sold = "\nAbonnez-vous à notre lettre du matin. Gazette du Fleuve, tous droits réservés."
    groups = [
        [f"{said} C'est le numéro {n} de la série des {n * 7} textes du lot.{sold}" for n in range(3)]
        for said in (FLOOD, STRIKE)
    ]
    flood, strike = named(make_article, *groups, outlet="Gazette du Fleuve")
    assert not {"lettre", "Abonnez", "Gazette", "Fleuve", "droits"} & {
        w for t in flood + strike for w in t.split()
    }
    assert flood[0] == "crue de la rivière"


def test_a_reprint_keeps_its_words(make_article: Maker):
    flood, strike = named(make_article, [FLOOD] * 5, [STRIKE] * 5)
    assert flood[0] == "crue de la rivière"
    assert strike[0] == "grève de la verrerie"


def test_the_end_of_what_is_read_cuts_no_word(make_article: Maker):
    (words,) = named(make_article, ["le ciel " * 249 + "le four incandescence"] * 2)
    assert {word for term in words for word in term.split()} <= {"ciel", "le", "four", "titre"}


texts = st.lists(
    st.text(st.sampled_from("aàéêLe Gd' -’.\nभिका高速オ\u00ad1ю"), max_size=60), min_size=1, max_size=4
)


@settings(max_examples=60, deadline=None)
@given(st.lists(texts, min_size=1, max_size=3), st.sampled_from(["fr", "en", "zh", "hi", "de", None]))
def test_terms_of_whatever_text_come_from_the_article_that_they_name(groups: list[list[str]], language):
    made = [
        [Article(f"{g}-{n}", text, "", "x", "", language=language) for n, text in enumerate(own)]
        for g, own in enumerate(groups)
    ]
    for articles, typical in zip(made, typical_words(made, 6), strict=True):
        by_id = {article.id: article.text for article in articles}
        for one in typical:
            plain = by_id[one.article_id].replace("\u00ad", "")
            assert all(word in plain for word in one.word.split())
        assert len({one.word for one in typical}) == len(typical)


def test_a_subject_that_falls_into_two_groups_names_both(make_article: Maker):
    texts = [
        f"Le {n}, la crue de la rivière monte. Hier {n}, la crue de la rivière a duré." for n in range(6)
    ]
    one, other = named(make_article, texts[:3], texts[3:])
    assert one[0] == other[0] == "crue de la rivière"
