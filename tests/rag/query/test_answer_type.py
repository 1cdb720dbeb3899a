"""What a question asks for, and whether a sentence gives it."""

import pytest

from rag.extraction.analysed_sentence import AnalysedSentence
from rag.query.answer_type import ExpectedAnswer, gives, unanswered
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
    assert gives(expected(question), AnalysedSentence(said, "fr")) is given


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
