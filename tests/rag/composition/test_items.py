"""The items of a list, one for each sentence that gives it, over all articles."""

from __future__ import annotations

import pytest

from rag.composition.items import enumerated, list_items, with_items
from rag.query.question_text import QuestionText
from rag.schema.article import Article, Span
from rag.schema.evidence import Evidence
from rag.text.sentences import split_sentences
from rag.verification.premise import EvidenceReader


def evidence(text: str, title: str, language: str = "fr") -> list[Evidence]:
    article = Article(title, text, title, f"{title}.md", "h", language=language)
    spans = split_sentences(text, language)
    return [
        Evidence(article, span.start, span.end, 1 / (place + 1), before=tuple(reversed(spans[:place])))
        for place, span in enumerate(spans)
    ]


POOLS = [
    *evidence(
        "La piscine municipale d'Orvanne a fermé ses portes lundi. Le maire, Hervé de La Tour-Maubrac, espère"
        " rouvrir en mars. Les cours de natation sont transférés à Brécy.",
        "La piscine d'Orvanne fermée jusqu'en mars",
    ),
    *evidence("Toutes les lignes roulent. La piscine d'Orvanne est fermée depuis lundi.", "En bref"),
    *evidence(
        "Après Orvanne, c'est au tour de Saint-Aubert de fermer sa piscine, à compter du 25 novembre.",
        "Saint-Aubert ferme aussi son bassin",
    ),
    *evidence("La piscine de Toury a été fermée dimanche, a annoncé la communauté de communes.", "Toury"),
    *evidence(
        "La commune de Brécy ne fermera pas sa piscine. Le conseil municipal a rejeté la fermeture.",
        "À Brécy, le bassin restera ouvert",
    ),
    *evidence("Le pont de Kervenoc est fermé aux camions.", "Le pont de Kervenoc fermé"),
]
LIBRARIES = [
    *evidence("The library of Aldport closed on Friday.", "Aldport loses its library", "en"),
    *evidence("Marham and Westby closed their libraries last year.", "Libraries", "en"),
    *evidence("Colby did not close its library.", "Colby keeps its library", "en"),
]


def items(question: str, offered: list[Evidence], language: str = "fr") -> list[str]:
    found = list_items(QuestionText(question, language), offered, EvidenceReader())
    return [item.answer_words for item in found.evidence]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Quelles communes ont fermé leur piscine ?", {"Orvanne", "Saint-Aubert", "Toury"}),
        ("Cite les villes qui ont fermé leur piscine.", {"Orvanne", "Saint-Aubert", "Toury"}),
        ("Quelles piscines ont été fermées ?", {"Orvanne", "Saint-Aubert", "Toury"}),
        ("Quelles communes n'ont pas fermé leur piscine ?", {"Brécy"}),
        ("Quelles communes ont vendu leur piscine ?", set()),
        # A town is no school, and what stays open hasn't reopened.
        ("Quelles écoles ont fermé leur piscine ?", set()),
        ("Quelles communes ont rouvert leur piscine ?", set()),
    ],
)
def test_items_are_gathered_over_articles_each_once(question, expected):
    found = items(question, POOLS)
    assert set(found) == expected
    assert len(found) == len(expected)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which towns closed their libraries?", {"Aldport", "Marham and Westby"}),
        ("Which towns did not close their libraries?", {"Colby"}),
    ],
)
def test_items_are_gathered_in_english(question, expected):
    assert set(items(question, LIBRARIES, "en")) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which towns closed their swimming pools?", {"Orvanne", "Saint-Aubert", "Toury"}),
        ("Which towns closed their pool?", {"Orvanne", "Saint-Aubert", "Toury"}),
        ("Which towns did not close their pool?", {"Brécy"}),
        ("Which schools closed their pools?", set()),
        ("Which towns closed their libraries?", set()),
        ("Which towns sold their pools?", set()),
        ("Which towns reopened their pools?", set()),
    ],
)
def test_items_are_gathered_across_languages(question, expected):
    assert set(items(question, POOLS, "en")) == expected


PLATEAU = [
    *evidence(
        "Brévennes, Pontmirail et Saint-Orlan fermeront leur piscine du 2 février au 12 avril."
        " Président du club de Brévennes, Gaspard Rieutord proteste : « On ferme un bassin pour un budget. »",
        "Trois piscines du plateau ferment",
    ),
    *evidence(
        "Clémence Authier a été élue maire dimanche. Parmi ses élus figure le médecin Rachid Benhaloun.",
        "Clémence Authier élue maire",
    ),
]


def test_what_is_only_announced_is_told_apart():
    question = QuestionText("Quelles communes ont fermé leur piscine ?", "fr")
    found = list_items(question, [*PLATEAU, *POOLS], EvidenceReader())
    assert {item.answer_words for item in found.evidence} == {"Orvanne", "Saint-Aubert", "Toury"}
    assert [item.answer_words for item in found.announced] == ["Brévennes, Pontmirail et Saint-Orlan"]


def test_items_are_those_that_the_question_means():
    question = QuestionText("Quelles communes du plateau ont fermé leur piscine ?", "fr")
    found = list_items(question, [*PLATEAU, *POOLS], EvidenceReader())
    assert found.evidence == ()
    assert [item.answer_words for item in found.announced] == ["Brévennes, Pontmirail et Saint-Orlan"]


@pytest.mark.parametrize(
    ("question", "language"),
    [("Quels maires ont été élus ?", "fr"), ("Which mayors were elected?", "en")],
)
def test_a_participle_in_the_plural_is_the_same_as_in_the_singular(question, language):
    offered = [
        *evidence("Nora Haddad a été élue maire de Brécy dimanche.", "Brécy a voté"),
        *evidence("Luc Morin est élu maire de Toury avec 12 voix d'avance.", "Toury a voté"),
        *evidence("Paul Guérin, le maire sortant, a été battu.", "Guérin battu"),
    ]
    assert {"Nora Haddad", "Luc Morin"} == set(items(question, offered, language))


def test_somebody_of_another_role_is_no_item():
    assert "Rachid Benhaloun" not in items("Quels maires ont été élus ?", PLATEAU)


def test_one_sentence_that_enumerates_gives_the_whole_list():
    given = evidence("Orvanne, Saint-Aubert et Toury ferment leur piscine cet hiver.", "Trois piscines")
    found = list_items(QuestionText("Quelles communes ferment leur piscine ?", "fr"), given, EvidenceReader())
    assert [item.answer_words for item in found.evidence] == ["Orvanne, Saint-Aubert et Toury"]
    assert found.whole


def test_a_list_over_articles_may_go_on():
    found = list_items(
        QuestionText("Quelles communes ont fermé leur piscine ?", "fr"), POOLS, EvidenceReader()
    )
    assert not found.whole


PARKING = evidence(
    "Le conseil de Toury a voté le stationnement payant. Deux rues échappent au dispositif : la rue du Lavoir"
    " et l'allée Morel. Trois rues deviennent piétonnes : la rue Basse, la rue Haute et le quai Sud.",
    "Toury : le stationnement payant voté",
)
PAPERS = evidence(
    "Jean Morvan veut racheter une part du groupe Estanove. À savoir trois journaux, La Vallée, Est Hebdo et"
    " Le Fil.",
    "Jean Morvan s'intéresse au groupe Estanove",
)
FILMS = evidence(
    "Several contenders were not nominated for the jury prize. Those left out include war film “1902,” the"
    " winner at Aldport, as well as “Clown,” and novel adaptation “Old Women.” Three films were nominated:"
    " “Tide,” “Harbour” and “The Lamp.”",
    "Aldport film prizes",
    "en",
)


@pytest.mark.parametrize(
    ("question", "offered", "language", "words"),
    [
        (
            "Quelles rues échappent au stationnement payant ?",
            PARKING,
            "fr",
            "la rue du Lavoir et l'allée Morel",
        ),
        ("Quelles rues deviennent piétonnes ?", PARKING, "fr", "la rue Basse, la rue Haute et le quai Sud"),
        ("Quels journaux Jean Morvan veut-il racheter ?", PAPERS, "fr", "La Vallée, Est Hebdo et Le Fil"),
        ("Which films were nominated for the jury prize?", FILMS, "en", "“Tide,” “Harbour” and “The Lamp"),
        (
            "Quels films n'ont pas été nommés pour le prix du jury ?",
            FILMS,
            "fr",
            "war film “1902,” the winner at Aldport, as well as “Clown,” and novel adaptation “Old Women",
        ),
    ],
)
def test_a_sentence_that_enumerates_gives_all_items(question, offered, language, words):
    found = enumerated(QuestionText(question, language), offered, EvidenceReader())
    assert [item.answer_words for item in found] == [words]


@pytest.mark.parametrize(
    ("question", "offered"),
    [
        ("Quelles rues échappent à la limite de 30 km/h ?", PARKING),
        ("Quelles rues n'échappent pas au stationnement payant ?", PARKING),
        ("Quels quais deviennent piétons ?", PARKING),
        ("Quels journaux Jean Morvan a-t-il vendus ?", PAPERS),
    ],
)
def test_what_enumerates_something_else_gives_none(question, offered):
    assert enumerated(QuestionText(question, "fr"), offered, EvidenceReader()) == []


def test_a_sentence_that_answers_gives_all_that_it_enumerates():
    sentence = PAPERS[1]
    start = sentence.start + sentence.quote.index("Vallée")
    part = sentence.answered_by(Span(start, start + len("Vallée")))
    question = QuestionText("Quels journaux Jean Morvan convoite-t-il ?", "fr")
    assert with_items(question, part, EvidenceReader()).answer_words == "La Vallée, Est Hebdo et Le Fil"
