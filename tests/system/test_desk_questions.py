"""What counts as right, partial, wrong and refused of the questions that a newsroom asks: each rule, once."""

from __future__ import annotations

import pytest
from desk_questions import DeskQuestion, asked_carelessly, desk_questions, example, questions_in

from rag.schema.answer import Answer
from rag.schema.article import Span
from rag.schema.evidence import Claim, Evidence
from rag.schema.listing import ArticleListing

OPEN = {question.id: question for question in desk_questions("open")}
SORVANA, KHELDAR, SAWMILL = "seisme-sorvana.md", "kheldar-earthquake.html", "proces-scierie-pontmirail.html"
POOLS, TURBINES = "piscines-plateau.html", "eoliennes-sarrane-debat.html"
APPROVAL, CORRECTED = "eoliennes-sarrane-autorisation.md", "eoliennes-sarrane-correction.html"


def asked(words: str) -> DeskQuestion:
    (found,) = [question for question in OPEN.values() if words in question.text]
    return found


def quote(file: str, words: str, marked: str | None = None) -> Evidence:
    """The words of an example, with those of them that answer."""
    article = example(file)
    start = article.text.index(words)
    evidence = Evidence(article, start, start + len(words))
    if marked is None:
        return evidence
    first = start + words.index(marked)
    return evidence.answered_by(Span(first, first + len(marked)))


def answer(*quotes: Evidence, **fields: object) -> Answer:
    claims = tuple(Claim.quoting(one) for one in quotes)
    return Answer("", "", "fr", "answered" if claims else "not_found", claims=claims, **fields)


def listed(*files: str, total: int | None = None, said: str = "") -> Answer:
    entries = tuple(example(file) for file in files)  # an article has all that a listing names of it
    listing = ArticleListing(entries, len(entries) if total is None else total, "")
    return Answer("", "", "fr", "catalogue", plain_text=said, listing=listing)


CENTRE = "L’épicentre se trouve à 12\u00a0kilomètres au sud de Port-Almeyra, la capitale"
QUAKE = "Un séisme de magnitude 6,8 a frappé dimanche à l’aube l’île de Sorvana, tuant 214 personnes"


@pytest.mark.parametrize(
    ("quotes", "outcome"),
    [
        ([], "refused"),
        ([quote(SORVANA, CENTRE)], "right"),
        ([quote(SORVANA, CENTRE, "12\u00a0kilomètres au sud de Port-Almeyra")], "right"),
        ([quote(SORVANA, CENTRE, "à 12\u00a0kilomètres au sud de Port-Almeyra, la capitale")], "right"),
        ([quote(SORVANA, CENTRE, "au sud de Port-Almeyra")], "right"),
        ([quote(SORVANA, CENTRE, "L’épicentre")], "partial"),
        ([quote(SORVANA, CENTRE, "12\u00a0kilomètres")], "partial"),
        ([quote(SORVANA, QUAKE), quote(SORVANA, CENTRE)], "partial"),
        ([quote(SORVANA, QUAKE)], "wrong"),
        ([quote(KHELDAR, "Eleven people are still missing.")], "wrong"),
    ],
)
def test_a_fact_is_right_if_the_first_quote_marks_the_words_that_answer(quotes, outcome):
    assert asked("l'épicentre du séisme").outcome(answer(*quotes)) == outcome


KEPT_OPEN = "Corvenne, Fourchelac et Lavernaye gardent la leur ouverte."
CLOSED = "Brévennes, Pontmirail et Saint-Orlan fermeront leur piscine municipale"


@pytest.mark.parametrize(
    ("quotes", "outcome"),
    [
        ([quote(POOLS, KEPT_OPEN)], "right"),
        ([quote(POOLS, KEPT_OPEN, town) for town in ("Corvenne", "Fourchelac", "Lavernaye")], "partial"),
        ([quote(POOLS, KEPT_OPEN, "Corvenne, Fourchelac et Lavernaye")], "right"),
        ([quote(POOLS, KEPT_OPEN, "Corvenne")], "partial"),
        ([quote(POOLS, KEPT_OPEN), quote(POOLS, CLOSED)], "partial"),
        ([quote(POOLS, CLOSED)], "wrong"),
    ],
)
def test_of_several_items_each_is_wanted_and_none_that_was_not_asked_for(quotes, outcome):
    assert asked("n'ont pas fermé leur piscine").outcome(answer(*quotes)) == outcome


APPEAL = "a annoncé que son client ferait appel"


@pytest.mark.parametrize(
    ("quoted", "verdict", "outcome"),
    [
        (APPEAL, "yes", "right"),
        (APPEAL, None, "partial"),
        (APPEAL, "no", "wrong"),
        ("Hervé Castagnac a toujours nié avoir mis le feu", "yes", "partial"),
        ("Hervé Castagnac a toujours nié avoir mis le feu", None, "wrong"),
    ],
)
def test_yes_or_no_needs_its_verdict_and_its_quote(quoted, verdict, outcome):
    assert asked("faire appel").outcome(answer(quote(SAWMILL, quoted), verdict=verdict)) == outcome


def test_a_comparison_needs_both_sides():
    tolls = quote(SORVANA, QUAKE), quote(KHELDAR, "At least 61 people died and about 400 were hurt")
    compared = asked("Compare le bilan")
    assert compared.outcome(answer(*tolls)) == "right"
    assert compared.outcome(answer(tolls[0])) == "partial"


def test_a_summary_keeps_to_its_article_and_has_enough_points():
    points = [
        quote(SAWMILL, words)
        for words in ("a condamné mardi Hervé Castagnac", "a été relaxé", "Le feu avait détruit deux hangars")
    ]
    summarised = asked("Fais-moi un résumé")
    assert summarised.outcome(answer(*points)) == "right"
    assert summarised.outcome(answer(*points[:2])) == "partial"
    assert summarised.outcome(answer(*points, quote(KHELDAR, "The school was empty."))) == "partial"
    assert summarised.outcome(answer(quote(SAWMILL, "sans faire de blessé"))) == "wrong"


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ([APPROVAL, CORRECTED, TURBINES], "right"),
        ([CORRECTED, APPROVAL, TURBINES], "partial"),
        ([APPROVAL], "partial"),
        ([POOLS], "wrong"),
        ([], "wrong"),
    ],
)
def test_news_are_all_articles_the_newest_first(files, outcome):
    assert asked("quoi de neuf au sujet").outcome(listed(*files)) == outcome
    if files:
        shown = [quote(file, example(file).text[:40]) for file in files]
        assert asked("quoi de neuf au sujet").outcome(answer(*shown)) == outcome


def test_what_is_asked_of_the_catalogue_is_exact():
    count = asked("L'Écho de l'Orlande a-t-il publiés")
    assert count.outcome(listed(TURBINES, total=2)) == "right"
    assert count.outcome(listed(TURBINES)) == "wrong"
    assert count.outcome(answer(quote(TURBINES, "Ils étaient 350 mercredi soir"))) == "wrong"
    outlets = asked("Quels journaux parlent de Hervé Castagnac")
    assert outlets.outcome(listed(SAWMILL)) == "right"
    assert outlets.outcome(listed(SAWMILL, TURBINES)) == "partial"
    assert outlets.outcome(listed(TURBINES)) == "wrong"
    assert outlets.outcome(listed(SAWMILL, said="Le Courrier de Valbrume, L’Écho de l’Orlande")) == "partial"
    # A quote of the outlet doesn't say that it is the only one.
    assert outlets.outcome(answer(quote(SAWMILL, APPEAL))) == "partial"
    author = asked("Qui a écrit l'article")
    assert author.outcome(listed(KHELDAR, said="Rory Achnacraig")) == "right"
    assert author.outcome(listed(KHELDAR, said="Fiona Dalquharn")) == "wrong"
    listing = asked("Liste les articles de Leonora")
    assert listing.outcome(listed("pesticides-tibrazole-florasate.html", "harrowick-mayor-interview.md")) == (
        "right"
    )
    assert listing.outcome(listed("harrowick-mayor-interview.md")) == "partial"


def test_a_near_miss_is_refused_or_wrong():
    ships = asked("navires-hôpitaux")
    assert ships.miss == "place"
    assert ships.outcome(answer()) == "refused"
    assert ships.outcome(answer(quote(SORVANA, "Trois navires-hôpitaux sont attendus mercredi"))) == "wrong"
    assert ships.outcome(listed(KHELDAR)) == "wrong"
    assert ships.outcome(listed()) == "refused"


def test_which_questions_cross_languages():
    assert asked("Who defended").crosses_languages
    assert not asked("l'épicentre du séisme").crosses_languages
    assert not asked("Compare le bilan").crosses_languages  # one of the two is in the question's language
    assert not asked("navires-hôpitaux").crosses_languages


def test_a_careless_question_has_no_accents_capitals_or_question_mark():
    assert asked_carelessly("À quelle peine Hervé Castagnac a-t-il été condamné ?") == (
        "a quelle peine herve castagnac a-t-il ete condamne"
    )


FERRY = """---
title: "Le bac d’Oustrel reprend"
outlet: "La Lettre d’Oustrel"
date: 2026-05-04
language: fr
---

Le bac d’Oustrel reprendra lundi. Lise Marquand, capitaine du port, l’a annoncé à 300 riverains.
"""
ASKED = """
- {id: x1, kind: definition, question: "Who is Lise Marquand?", language: en, answerable: true,
   gold: [{file: ferry.md, quote: "Lise Marquand, capitaine du port", answer: "capitaine du port"}]}
- {id: x2, kind: catalogue, question: "Quels journaux ?", language: fr, answerable: true,
   outlets: ["La Lettre d’Oustrel"]}
"""


def test_questions_of_another_folder_are_judged_by_its_articles(tmp_path):
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "ferry.md").write_text(FERRY, encoding="utf-8")
    (tmp_path / "asked.yaml").write_text(ASKED, encoding="utf-8")
    who, outlets = questions_in(tmp_path / "asked.yaml", folder)
    article = example("ferry.md", folder)
    start = article.text.index("Lise")
    sentence = Evidence(article, start, len(article.text))
    assert who.crosses_languages
    # What somebody is, a sentence says as a whole: which of its words are marked doesn't matter.
    assert who.outcome(answer(sentence.answered_by(Span(start, start + len("Lise Marquand"))))) == "right"
    assert who.outcome(answer(Evidence(article, 0, start))) == "wrong"
    named = Answer(
        "", "", "fr", "catalogue", plain_text="La Lettre d’Oustrel", listing=ArticleListing((), 1, "")
    )
    assert outlets.outcome(named) == "right"


def test_a_quote_that_no_article_holds_is_told(tmp_path):
    (tmp_path / "ferry.md").write_text(FERRY, encoding="utf-8")
    (tmp_path / "asked.yaml").write_text(ASKED.replace("capitaine", "patronne"), encoding="utf-8")
    with pytest.raises(ValueError, match=r"ferry\.md doesn't hold 'Lise Marquand, patronne du port'"):
        list(questions_in(tmp_path / "asked.yaml", tmp_path))
