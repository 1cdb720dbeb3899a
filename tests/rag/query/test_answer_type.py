"""What a question asks for, and whether a sentence gives it."""

import time

import pytest
from questions import is_given

from rag.extraction.analysed_sentence import AnalysedSentence
from rag.query.answer_type import ExpectedAnswer, unanswered
from rag.query.question_text import QuestionText


def expected(question: str) -> ExpectedAnswer:
    return QuestionText(question, "fr").expected_answer


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Combien de personnes ont été évacuées ?", "quantity"),
        ("Quel âge a la maire ?", "quantity"),
        ("Quel est le taux directeur de la banque ?", "quantity"),
        ("How many crew members are there?", "quantity"),
        ("Quand le pont rouvrira-t-il ?", "time"),
        ("Depuis quand est-il maire ?", "time"),
        ("En quelle année le musée a-t-il ouvert ?", "time"),
        ("When was the ferry built?", "time"),
        ("Qui a inauguré la fontaine ?", "name"),
        ("À qui appartient le barrage ?", "name"),
        ("Comment s'appelle le directeur ?", "name"),
        ("Who won the election?", "name"),
        ("L'épée a été retrouvée où ?", "place"),
        ("il est parti vers ou", "place"),
        ("C'est où, Orvanne ?", "place"),
        ("La réunion aura lieu quand ?", "time"),
        ("C'est prévu pour quand, l'ouverture du pont ?", "time"),
        ("Il s'appelle comment ?", "name"),
        ("C'est ou bien lui ou bien elle ?", None),
        ("Pourquoi le musée a-t-il fermé ?", None),
        ("Quelle est sa réaction quand le maire arrive ?", None),
        ("What did the mayor say?", None),
    ],
)
def test_a_question_asks_for_a_kind_only_where_its_words_make_that_certain(question, kind):
    assert expected(question).kind == kind


@pytest.mark.parametrize(
    ("question", "said", "given"),
    [
        ("Combien de salariés étaient contre ?", "Les salariés étaient contre la reprise.", False),
        ("Combien de salariés étaient contre ?", "Soixante et un salariés ont voté contre.", True),
        ("Combien de votants sur 412 ?", "Les 412 salariés ont voté.", False),
        ("Combien d'enfants y sont nés ?", "La maternité est à 48 kilomètres, soit 50 minutes.", False),
        ("Combien de kilomètres y a-t-il ?", "La maternité est à 48 kilomètres.", True),
        ("Combien coûtera un billet ?", "La région finance 45 % des travaux.", False),
        ("Combien coûtera un billet ?", "Un billet coûtera 3,50 euros.", True),
        ("Quel âge a la maire ?", "La maire gagne 3 000 euros.", False),
        ("Quel âge a la maire ?", "La maire a 58 ans.", True),
        ("Quand la piscine ouvrira-t-elle ?", "La piscine ouvrira bientôt.", False),
        ("Quand la piscine ouvrira-t-elle ?", "La piscine ouvrira le 3 mai.", True),
        ("Quand la piscine ouvre-t-elle ?", "Elle ouvre à 9 h le samedi.", True),
        ("En quelle année est-il mort ?", "Il est mort en 761.", True),
        ("Qui dirige la maternité de Valbrume ?", "La maternité de Valbrume est dirigée depuis 2017.", False),
        ("Qui dirige la maternité de Valbrume ?", "Solène Marchavel la dirige.", True),
        ("Qui a fermé le pont ?", "La région a fermé le pont.", True),
        ("Pourquoi le pont est-il fermé ?", "Il est fermé.", True),
    ],
)
def test_a_sentence_gives_what_is_asked_for_only_if_the_question_doesnt_have_it(question, said, given):
    assert is_given(question, said) is given


@pytest.mark.parametrize(
    ("question", "said", "missing"),
    [
        ("Qui a gagné la coupe, et quand ?", "Paul Ravier a gagné la coupe.", ("quand",)),
        ("Qui a gagné la coupe et quand ?", "Paul Ravier a gagné la coupe samedi.", ()),
        ("Who won and how much did it cost?", "It cost 12 euros.", ("Who won",)),
        ("Quand le pont a-t-il rouvert ?", "Le pont a rouvert.", ()),
        ("Qui sont Paul et Marie ?", "Ils sont mariés.", ()),
    ],
)
def test_the_part_of_a_question_that_nothing_answers_is_told(question, said, missing):
    assert unanswered(expected(question), [AnalysedSentence(said, "fr")]) == missing


@pytest.mark.parametrize(
    ("question", "several", "in_time"),
    [
        ("Quand rouvre le pont ?", False, False),
        ("Pourquoi le pont ferme-t-il ?", True, False),
        ("Quelle est la chronologie des travaux ?", True, True),
    ],
)
def test_a_reason_takes_several_sentences_and_a_course_of_events_their_order(question, several, in_time):
    assert (expected(question).several, expected(question).in_time) == (several, in_time)


@pytest.mark.parametrize(
    ("question", "said", "given"),
    [
        ("Où la rame a-t-elle déraillé ?", "La rame a déraillé mardi à hauteur de Montbrun.", True),
        ("Où la rame a-t-elle déraillé ?", "La rame a déraillé en gare de triage.", True),
        ("ou la rame a t elle deraille", "La rame a déraillé dans un tunnel.", True),
        ("Où la rame a-t-elle déraillé ?", "La rame a déraillé en mars.", False),
        ("Où la rame a-t-elle déraillé ?", "Le conducteur, âgé de 50 ans, est choqué.", False),
        ("Dans quelle ville est-elle née ?", "Elle est née à Montbrun.", True),
        ("Dans quelle ville est-elle née ?", "Elle est née en 1950.", False),
        ("Qui est Odile Brac ?", "Odile Brac a gagné la coupe.", True),
        ("Qui a gagné la coupe ?", "Son adversaire l'a gagnée.", False),
        ("Qui a gagné la coupe ?", "Elle l'a gagnée à Montbrun.", False),
        ("Jusqu'à quand la rue est-elle fermée ?", "La rue a fermé lundi.", False),
        ("Jusqu'à quand la rue est-elle fermée ?", "La rue est fermée jusqu'en mai.", True),
        ("Quel prix a reçu le film ?", "Le film a reçu la Lanterne d'or.", True),
    ],
)
def test_a_place_a_person_and_an_end_are_said(question, said, given):
    assert is_given(question, said) is given


@pytest.mark.parametrize(
    ("question", "said", "given"),
    [
        ("Where was the boat found?", "The boat was found in a warehouse.", True),
        ("Where was the boat found?", "The boat was found on Monday.", False),
        ("Where does the ferry land?", "The ferry lands at Kestwick.", True),
        ("In which town was she born?", "She was born in 1950.", False),
        ("Who is Moira Tallon?", "Moira Tallon runs the harbour.", True),
    ],
)
def test_a_place_and_a_person_are_said_in_english(question, said, given):
    assert is_given(question, said, "en") is given


@pytest.mark.parametrize(
    ("question", "language", "parts"),
    [
        (
            "Où et quand le pont a-t-il rouvert ?",
            "fr",
            [("Où le pont a-t-il rouvert", "place"), ("quand le pont a-t-il rouvert", "time")],
        ),
        (
            "Le pont a rouvert quand et où ?",
            "fr",
            [("quand Le pont a rouvert", "time"), ("où Le pont a rouvert", "place")],
        ),
        (
            "When, where and why did they meet?",
            "en",
            [
                ("When did they meet", "time"),
                ("where did they meet", "place"),
                ("why did they meet", None),
            ],
        ),
        (
            "Qui a gagné et pourquoi a-t-on revoté ?",
            "fr",
            [("Qui a gagné", "name"), ("pourquoi a-t-on revoté", None)],
        ),
        ("Quand le pont et la route ferment-ils ?", "fr", []),
        (
            "Who was elected mayor, and with how many votes?",
            "en",
            [("Who was elected mayor", "name"), ("with how many votes", "quantity")],
        ),
        (
            "Qui a été élue ? Avec combien de voix ?",
            "fr",
            [("Qui a été élue", "name"), ("Avec combien de voix", "quantity")],
        ),
        (
            "Qui a été élue, avec combien de voix et quand ?",
            "fr",
            [("Qui a été élue", "name"), ("avec combien de voix", "quantity"), ("quand", "time")],
        ),
        (
            "Qui a gagné, et où et quand le match a-t-il eu lieu ?",
            "fr",
            [("Qui a gagné", "name"), ("où et quand le match a-t-il eu lieu", "time")],
        ),
        ("Quel est l'homme qui a volé la voiture et qui a été arrêté ?", "fr", []),
        ("Que fera le maire, qui a démissionné, quand le pont rouvrira ?", "fr", []),
    ],
)
def test_a_question_that_joins_several_has_each_as_one(question: str, language: str, parts: list):
    found = QuestionText(question, language).expected_answer.parts
    assert [(part.text, part.kind) for part in found] == parts


@pytest.mark.parametrize("gap", [" ", "\n", ", "])
def test_a_gap_of_any_length_in_a_question_parts_nothing_and_takes_no_time(gap: str):
    begun = time.process_time()
    assert expected(f"Quand{gap * 2_000}ouvre le pont ?").parts == ()
    assert time.process_time() - begun < 10
