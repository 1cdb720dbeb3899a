"""Which words of a sentence answer a question, in French and in English."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from rag.answer_span.candidates import read_sentence
from rag.answer_span.features import FEATURES
from rag.answer_span.focus import Focus
from rag.answer_span.noun_phrases import named_people
from rag.answer_span.short_answer import ReadSpan, answer_span, weights
from rag.extraction.analysed_sentence import AnalysedSentence
from rag.query.question_text import QuestionText
from rag.schema.article import Span

DELEGATION = (
    "Vladimir Poutine était accompagné par le ministre des Affaires étrangères Sergueï Lavrov et son"
    " conseiller présidentiel Iouri Ouchakov lors de la rencontre."
)
CAR = (
    "Un car transportant 31 collégiens est sorti de la route mardi matin sur la N12, à hauteur de"
    " Ménil-le-Haut."
)
TRAINS = "La SNCF va supprimer douze TER par semaine entre Amblise et Orvanne à partir du 3 février."
COURT = (
    "L'ancien maire a été condamné mardi à trois ans de prison dont un avec sursis et 5 000 euros d'amende"
    " par le tribunal de Nantes."
)
ELECTION = (
    "Nora Haddad (divers gauche) a remporté dimanche l'élection municipale partielle de Brécy avec 53,4 % des"
    " voix, devant le maire sortant, Paul-Henri Guérin (46,6 %)."
)
TOURY = (
    "La piscine de Toury a été fermée dimanche soir pour une durée indéterminée, a annoncé la communauté de"
    " communes."
)
BOILER = (
    "Le maire Luc Van der Elst met en avant une chaudière hors d'usage, dont le remplacement coûterait 2,3"
    " millions d'euros."
)
SALE = "The sale, for 640,000 euros, will pay for a wood boiler at the swimming pool."
BRIDGE = "The bridge was closed on Monday because of cracks in two of its pillars, the council said."
COACH = "A coach carrying 31 pupils left the road on Tuesday morning near Ménil-le-Haut, on the N12."
SENTENCED = (
    "The former mayor was sentenced on Tuesday to three years in prison, one of them suspended, and a fine of"
    " 5,000 euros."
)


def answered(question: str, sentence: str, language: str = "fr") -> str:
    focus = Focus(QuestionText(question, language))
    chosen = answer_span(focus, AnalysedSentence(sentence, language), date(2025, 3, 4))
    return sentence[chosen.span.start : chosen.span.end] if chosen else ""


@pytest.mark.parametrize(
    ("question", "sentence", "words"),
    [
        (
            "Qui accompagnait Poutine ?",
            DELEGATION,
            "le ministre des Affaires étrangères Sergueï Lavrov et son conseiller présidentiel Iouri"
            " Ouchakov",
        ),
        ("Quand la SNCF va-t-elle supprimer des TER ?", TRAINS, "à partir du 3 février"),
        ("Combien de TER la SNCF va-t-elle supprimer ?", TRAINS, "douze TER"),
        ("Combien la commune a-t-elle emprunté ?", "La commune a emprunté 340 000 euros.", "340 000 euros"),
        (
            "Combien d'enfants sont nés à Amblise ?",
            "En 2024, 212 enfants y sont nés, contre 390 en 2014.",
            "212 enfants",
        ),
        (
            "Combien de personnes ont défilé ?",
            "Plus de 3 000 personnes ont défilé samedi.",
            "Plus de 3 000 personnes",
        ),
        ("Combien de temps dureront les travaux ?", "Les travaux dureront trois ans.", "trois ans"),
        ("Combien de temps la piscine de Toury sera-t-elle fermée ?", TOURY, "une durée indéterminée"),
        ("Où le car est-il sorti de la route ?", CAR, "sur la N12, à hauteur de Ménil-le-Haut"),
        ("Quand le car est-il sorti de la route ?", CAR, "mardi matin"),
        (
            "Où auront lieu les concerts ?",
            "Les concerts auront lieu sous la halle du marché.",
            "sous la halle du marché",
        ),
        (
            "Quand les secours sont-ils venus ?",
            "Selon des témoins, d'après la mairie, les secours sont venus mardi.",
            "mardi",
        ),
        ("Quel âge a le conducteur ?", "Le conducteur, âgé de 58 ans, a été hospitalisé.", "58 ans"),
        (
            "À quelle peine a été condamné l'ancien maire ?",
            COURT,
            "trois ans de prison dont un avec sursis et 5 000 euros d'amende",
        ),
        ("Qui a remporté l'élection municipale de Brécy ?", ELECTION, "Nora Haddad"),
        (
            "Qui est le maire d'Orvanne ?",
            "Le maire, Hervé de La Tour-Maubrac, espère rouvrir en mars 2025.",
            "Le maire, Hervé de La Tour-Maubrac",
        ),
        ("Qui a annoncé la fermeture de la piscine de Toury ?", TOURY, "la communauté de communes"),
        (
            "Pourquoi le car est-il sorti de la route ?",
            "Le car est sorti de la route en raison du verglas, selon la gendarmerie.",
            "en raison du verglas",
        ),
        (
            "Pourquoi la piscine de Saint-Aubert ferme-t-elle ?",
            BOILER,
            "une chaudière hors d'usage, dont le remplacement coûterait 2,3 millions d'euros",
        ),
        (
            "Pourquoi les trains sont-ils supprimés ?",
            "Une panne a provoqué la suppression de dix trains.",
            "Une panne",
        ),
        (
            "Quel film a reçu le grand prix ?",
            "Le grand prix a été décerné à « La Nuit des docks », de Karim Belhadj.",
            "La Nuit des docks",
        ),
        (
            "Quelle peine a été prononcée contre Paul Sarre ?",
            "Paul Sarre écope d’un an de prison ferme, ses deux complices de cinq ans de prison.",
            "un an de prison ferme",
        ),
        (
            "À quoi a été condamnée Lise Ombre ?",
            "Paul Sarre a été condamné à cinq ans de prison, Lise Ombre à une amende de 500 euros.",
            "une amende de 500 euros",
        ),
        (
            "Que dénonce la Fnaut ?",
            "La Fnaut, la fédération des usagers, dénonce « un abandon ».",
            "un abandon",
        ),
    ],
)
def test_the_words_that_answer_in_french(question, sentence, words):
    assert answered(question, sentence) == words


@pytest.mark.parametrize(
    ("question", "sentence", "words"),
    [
        ("How much will the sale bring in?", SALE, "640,000 euros"),
        (
            "Who is the mayor of Orvanne?",
            "Hervé de La Tour-Maubrac, the mayor of Orvanne, says the town has found a buyer.",
            "Hervé de La Tour-Maubrac, the mayor of Orvanne",
        ),
        (
            "How much did the centre cost?",
            "The team moved to a $23-million centre near the river.",
            "$23-million",
        ),
        ("When will the pool reopen?", '"We will reopen on 10 March," he said.', "10 March"),
        ("Why was the bridge closed?", BRIDGE, "because of cracks in two of its pillars"),
        (
            "How long will the works last?",
            "The works will last about two and a half years, according to the prefect.",
            "about two and a half years",
        ),
        (
            "What sentence did the former mayor get?",
            SENTENCED,
            "three years in prison, one of them suspended, and a fine of 5,000 euros",
        ),
        ("Where did the coach leave the road?", COACH, "near Ménil-le-Haut, on the N12"),
        (
            "How many people marched on Saturday?",
            "More than 3,000 people marched on Saturday.",
            "More than 3,000 people",
        ),
    ],
)
def test_the_words_that_answer_in_english(question, sentence, words):
    assert answered(question, sentence, "en") == words


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Combien de temps dureront les travaux ?", "Les travaux auront lieu au pont de Kervenoc."),
        ("À quelle peine a-t-il été condamné ?", "Il a été mis en examen mardi pour abus de confiance."),
        ("Quand la piscine rouvrira-t-elle ?", "La piscine rouvrira bientôt ses portes."),
        ("Combien d'enfants sont nés ?", "La maternité est à 48 kilomètres."),
        ("Quand le maire arrive-t-il ?", "Le maire paiera 5 000 euros."),
    ],
)
def test_a_sentence_without_the_measure_has_no_words_that_answer(question, sentence):
    assert answered(question, sentence) == ""


def test_a_question_in_one_language_is_answered_by_the_words_of_another():
    focus = Focus(QuestionText("Pourquoi le pont a-t-il été fermé ?", "fr"))
    chosen = answer_span(focus, AnalysedSentence(BRIDGE, "en"))
    assert BRIDGE[chosen.span.start : chosen.span.end] == "because of cracks in two of its pillars"


def test_what_a_reader_reads_counts():
    sentence = "Le conseil a confié la halle à une coopérative et le kiosque à un fleuriste."
    focus = Focus(QuestionText("Qu'est devenue la halle ?", "fr"))
    read = Span(sentence.index("à un fleuriste"), sentence.index("."))
    chosen = answer_span(focus, AnalysedSentence(sentence, "fr"), readings=[ReadSpan(read, 0.95)])
    assert read.holds(chosen.span)


def test_every_feature_has_a_weight():
    assert weights().shape == (len(FEATURES),)
    assert np.abs(weights()).sum() > 0


def test_a_name_with_an_apostrophe_is_marked_whole():
    said = "L'adjointe aux sports, Maëlle N'Diaye, assure que personne ne sera licencié."
    assert answered("Qui est l'adjointe aux sports ?", said).endswith("Maëlle N'Diaye")


def test_a_street_is_nobody():
    said = AnalysedSentence("Ann Blake was called to a contest on St Brannock Place, in Dunmarrow.", "en")
    read = read_sentence(Focus(QuestionText("Who was called?", "en")), said, None)
    assert [said.text[name.start : name.end] for _, name in named_people(read)] == ["Ann Blake"]
