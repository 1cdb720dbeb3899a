"""A number answers only with its referent: what is measured, in which unit, or what is counted."""

from __future__ import annotations

import pytest
from questions import is_given

from rag.extraction.analysed_sentence import AnalysedSentence
from rag.query.measuring.asked_measure import asked_measure
from rag.query.measuring.measures import answering
from rag.query.question_text import QuestionText
from rag.text.normalization import fold


@pytest.mark.parametrize(
    ("asked", "language", "dimensions", "counted"),
    [
        ("Combien de temps la grève a-t-elle duré ?", "fr", ("duration",), ()),
        ("Combien dure le trajet ?", "fr", ("duration",), ()),
        ("Combien d'argent manque-t-il ?", "fr", ("money",), ()),
        ("Combien coûte la toiture ?", "fr", ("money",), ()),
        ("Combien d'eau fuit ?", "fr", ("volume", "mass", "length"), ()),
        ("Combien de CO2 l'usine rejette-t-elle ?", "fr", ("mass",), ()),
        ("Combien de terres ont brûlé ?", "fr", ("area", "count"), ("terres",)),
        ("Combien d'hectares ont brûlé ?", "fr", ("area",), ()),
        ("Combien de jours ?", "fr", ("duration",), ()),
        ("Combien pèse la cloche ?", "fr", ("mass",), ()),
        ("Quelle superficie a brûlé ?", "fr", ("area",), ()),
        ("Quelle est la hauteur du clocher ?", "fr", ("length",), ()),
        ("À quelle vitesse roulait-il ?", "fr", ("speed",), ()),
        ("Quelle était la température ?", "fr", ("temperature",), ()),
        ("Quel âge a-t-elle ?", "fr", ("age",), ()),
        ("À quelle peine est-il condamné ?", "fr", ("penalty",), ()),
        ("Combien de fois a-t-elle gagné ?", "fr", ("frequency",), ()),
        ("Combien d'écoles ferment ?", "fr", ("count",), ("ecoles",)),
        ("Combien de nouvelles écoles ouvrent ?", "fr", ("count",), ("ecoles",)),
        ("Combien a-t-elle marqué de buts ?", "fr", ("count",), ("buts",)),
        ("How much water leaked?", "en", ("volume", "mass", "length"), ()),
        ("How much does the roof cost?", "en", ("money",), ()),
        ("How much did the sale bring?", "en", ("money",), ()),
        ("How long is the tunnel?", "en", ("duration", "length"), ()),
        ("How old is she?", "en", ("age",), ()),
        ("How often does it run?", "en", ("frequency",), ()),
        ("How many swimming pools closed?", "en", ("count",), ("swimming", "pools", "closed")),
        ("What share of voters stayed at home?", "en", ("percent",), ()),
        ("What sentence did he get?", "en", ("penalty",), ()),
        ("What is the number of pupils?", "en", ("count",), ("pupils",)),
    ],
)
def test_what_is_measured(asked: str, language: str, dimensions: tuple, counted: tuple):
    measure = asked_measure(fold(asked), language)
    assert (measure.dimensions, measure.counted) == (dimensions, counted)


@pytest.mark.parametrize(
    "asked",
    [
        "Pourquoi l'école ferme-t-elle ?",
        "Quel prix littéraire a-t-elle reçu ?",
        "Quel territoire se disputent les deux pays ?",
        "Qu'est-ce qui explique le petit nombre d'élèves ?",
        "Quels impôts ont augmenté ?",
        "What did the mayor say?",
        "Which prize was awarded?",
    ],
)
def test_what_is_no_measure(asked: str):
    assert asked_measure(fold(asked), "en" if asked.startswith("Wh") else "fr") is None


DURATION = "Combien de temps le chantier va-t-il durer ?"
MONEY = "Combien d'argent la ville a-t-elle emprunté ?"
SCHOOLS = "Combien d'écoles ont fermé ?"
PENALTY = "À quelle peine a-t-il été condamné ?"


@pytest.mark.parametrize(
    ("asked", "said", "expected"),
    [
        (DURATION, "Le chantier va durer dix-huit mois.", True),
        (DURATION, "Le chantier va durer une semaine.", True),
        (DURATION, "Le chantier a été suspendu pour une durée indéterminée.", True),
        (DURATION, "Il se prolongera toute la semaine.", True),
        (DURATION, "La guerre a duré près de sept ans.", True),
        (DURATION, "Quatre conseillers se sont abstenus.", False),
        (DURATION, "La ville a emprunté 72 000 euros.", False),
        (DURATION, "L'architecte, âgé de 61 ans, a signé.", False),
        (DURATION, "Le chantier ouvre à 8 heures.", False),
        (MONEY, "La ville a emprunté 72 000 euros.", True),
        (MONEY, "La ville a emprunté quelques millions.", True),
        (MONEY, "Elle lui accorda une pension de 2 000 livres.", True),
        (MONEY, "Quatre conseillers se sont abstenus.", False),
        (MONEY, "La ville a emprunté 12 tonnes de sable.", False),
        ("Combien d'eau s'est échappée ?", "Il s'est échappé 900 hectolitres.", True),
        ("Combien d'eau s'est échappée ?", "La réparation vaut 900 euros.", False),
        ("Combien d'eau s'est échappée ?", "Quatre conseillers se sont abstenus.", False),
        ("Combien de CO2 le car rejette-t-il ?", "Le car rejette 29 g de CO2 par kilomètre.", True),
        ("Combien de CO2 le car rejette-t-il ?", "Le car transporte 29 élèves.", False),
        ("Combien de terres ont brûlé ?", "La lande a brûlé sur 40 hectares.", True),
        ("Combien de terres ont brûlé ?", "Quarante pompiers sont venus.", False),
        (MONEY, "Tous les élus ont voté l'emprunt.", False),
        ("Quelle est la population de Montbrun ?", "Montbrun compte 4 100 habitants.", True),
        ("Quelle est la population de Montbrun ?", "Montbrun s'étend sur 151 km2.", False),
        (SCHOOLS, "Trois écoles ont fermé.", True),
        (SCHOOLS, "Sur les neuf écoles du canton, trois ont fermé.", True),
        (SCHOOLS, "Aucune école n'a fermé.", True),
        (SCHOOLS, "Une seule école a fermé.", True),
        (SCHOOLS, "Le conseil a voté la fermeture par 11 voix contre 7.", False),
        (SCHOOLS, "Le conseil a voté la fermeture de l'école par 11 voix contre 7.", False),
        (SCHOOLS, "Trois enseignants ont été mutés.", False),
        ("Combien de bébés sont nés ici ?", "On y compte 486 naissances.", True),
        ("Combien d'élèves accueille chaque classe ?", "L'école a douze classes.", False),
        (SCHOOLS, "L'école a fermé le 4 juillet 2024.", False),
        (SCHOOLS, "L'école est à 4 kilomètres.", False),
        ("Combien de morts l'explosion a-t-elle faits ?", "L'explosion a fait neuf morts.", True),
        ("Combien de morts l'explosion a-t-elle faits ?", "Neuf personnes ont été tuées.", True),
        ("Combien de morts l'explosion a-t-elle faits ?", "L'explosion a blessé neuf personnes.", False),
        ("Combien de victimes l'accident a-t-il faites ?", "Le car transportait 29 élèves.", False),
        ("Combien de blessés y a-t-il ?", "L'explosion a fait neuf morts.", False),
        ("Combien de blessés y a-t-il ?", "Personne n'a été blessé.", True),
        ("Combien de personnes ont été évacuées ?", "On a évacué 80 habitants.", True),
        ("Combien de personnes ont été évacuées ?", "On a évacué quatre immeubles.", False),
        ("Combien d'emplois disparaissent ?", "L'usine supprime 64 postes.", True),
        ("Combien d'emplois disparaissent ?", "L'usine perd 64 millions d'euros.", False),
        ("Avec combien de voix a-t-elle gagné ?", "Elle a gagné avec 611 voix.", True),
        ("Avec combien de voix a-t-elle gagné ?", "Son parti a 611 adhérents.", False),
        (PENALTY, "Il a été condamné à deux ans de prison avec sursis.", True),
        (PENALTY, "Condamné à deux ans de prison, il en risquait dix.", True),
        (PENALTY, "Le tribunal l'a relaxé.", True),
        (PENALTY, "Il a été mis en examen pour faux.", False),
        (PENALTY, "Il encourt dix ans de prison.", False),
        (PENALTY, "Le procureur a requis deux ans de prison.", False),
        ("Quelle peine encourt-il ?", "Il encourt dix ans de prison.", True),
        ("Quelle est la hauteur du clocher ?", "Le clocher mesure 48 mètres.", True),
        ("Quelle est la hauteur du clocher ?", "Le clocher a 48 marches.", False),
        ("À quelle vitesse filait le navire ?", "Le navire filait à 22 nœuds.", True),
        ("Quel âge a la directrice ?", "La directrice, 44 ans, est restée.", True),
        ("Quel âge a la directrice ?", "Elle y travaille depuis 14 ans.", False),
        ("combien d ecoles ont ferme", "Trois écoles ont fermé.", True),
        # Of a part of the people, of another noun, of none of another.
        ("Combien de femmes l'usine emploie-t-elle ?", "L'usine emploie 412 personnes.", False),
        ("Combien de femmes l'usine emploie-t-elle ?", "L'usine emploie 120 femmes.", True),
        ("Combien d'enfants sont venus ?", "Trente élèves sont venus.", True),
        ("Combien de personnes sont venues ?", "Trente élèves sont venus.", True),
        ("Combien de naissances ?", "On y compte 8 700 signatures pour les naissances.", False),
        ("Combien de naissances ?", "En un an, 212 enfants y sont nés.", True),
        ("Combien de naissances ?", "212 enfants y sont nés, contre 390 auparavant.", True),
        ("Combien de rats a-t-on vus ?", "Aucun danger, même si les rats se multiplient.", False),
        ("Combien de rats a-t-on vus ?", "Aucun rat n'a été vu.", True),
        ("Combien de rats a-t-on vus ?", "Des dizaines de maisons ont des rats.", False),
        ("Combien de rats a-t-on vus ?", "On a vu des dizaines de rats.", True),
        ("À quelle profondeur était le foyer ?", "Le foyer était à 12 km sous la mer.", True),
        ("À quelle profondeur était le foyer ?", "Le foyer était à 12 km de la ville.", False),
        # Of another year.
        ("Combien d'enfants sont nés en 2014 ?", "En 2014, 390 enfants y sont nés.", True),
        ("Combien d'enfants sont nés en 2014 ?", "En 2024, 212 enfants y sont nés.", False),
        ("Combien de morts le séisme de 1985 a-t-il faits ?", "En 1979, le séisme a fait 58 morts.", False),
        ("Combien de morts le séisme de 1979 a-t-il faits ?", "En 1979, le séisme a fait 58 morts.", True),
        ("Combien de voix a-t-elle eues en juin 2024 ?", "En juillet 2024, elle a eu 60 voix.", False),
        ("combien d argent la ville a t elle emprunte", "Quatre conseillers se sont abstenus.", False),
    ],
)
def test_a_number_answers_with_its_referent(asked: str, said: str, expected: bool):
    assert is_given(asked, said) is expected


@pytest.mark.parametrize(
    ("asked", "said", "expected"),
    [
        ("How many jobs are going?", "The yard is shedding 64 jobs.", True),
        ("How many jobs are going?", "The yard lost 64 million euros.", False),
        ("How many jobs are going?", "Some 64 villagers marched.", False),
        ("How many people died?", "Nine people were killed.", True),
        ("How many people died?", "Nobody died.", True),
        ("How many people died?", "Nine houses were flattened.", False),
        ("How much water leaked?", "The leak wasted 900 litres.", True),
        ("How much water leaked?", "The leak cost 900 euros.", False),
        ("How long did the strike last?", "The strike lasted a fortnight.", True),
        ("How long did the strike last?", "The strike lasted a week.", True),
        ("How long did the strike last?", "Two hundred dockers walked out.", False),
        ("How long is the tunnel?", "The tunnel is 340 metres long.", True),
        ("How old is the driver?", "The driver, 58, was unhurt.", True),
        ("How old is the driver?", "The 58-year-old driver was unhurt.", True),
        ("How old is the driver?", "He had driven for 12 years.", False),
        ("What sentence did he get?", "He was jailed for three years.", True),
        ("What sentence did he get?", "He was charged with fraud.", False),
        ("What sentence did he get?", "He could face ten years in prison.", False),
        ("How much land burned?", "The fire took 40 hectares.", True),
        ("How much land burned?", "The fire took 40 sheep.", False),
        ("How often does the ferry run?", "The ferry runs twice a day.", True),
        ("How long is the ferry?", "He has captained the ferry for 12 years.", False),
        ("How long is the ferry?", "The ferry is 64 metres long.", True),
        ("How long is the crossing?", "The crossing takes 40 minutes.", True),
        ("How much of her pay did she give up?", "She gave up £6,000 a year.", True),
        ("How much of her pay did she give up?", "She was a paramedic for 19 years.", False),
        ("How many women work there?", "The works employ 412 people.", False),
        ("How many rats were seen?", "There is no danger, though rats are seen.", False),
        ("How many hives did they lose in 2022?", "They lost 600 hives in 2021.", False),
        ("How many hives did they lose in 2021?", "They lost 600 hives in 2021.", True),
        ("How many did the 1985 earthquake kill?", "The 1979 earthquake killed 58 people.", False),
    ],
)
def test_a_number_answers_with_its_referent_in_english(asked: str, said: str, expected: bool):
    assert is_given(asked, said, "en") is expected


@pytest.mark.parametrize(
    ("asked", "language", "said", "other", "expected"),
    [
        ("How much money did the town borrow?", "en", "La ville a emprunté 72 000 euros.", "fr", True),
        ("How many jobs are going?", "en", "L'usine supprime 64 postes.", "fr", True),
        ("How many schools closed?", "en", "Le conseil a voté par 11 voix contre 7.", "fr", False),
        ("How many people were hurt?", "en", "L'accident a fait neuf blessés.", "fr", True),
        ("Combien d'emplois disparaissent ?", "fr", "The yard is shedding 64 jobs.", "en", True),
        ("Combien de temps la grève a-t-elle duré ?", "fr", "The strike lasted two weeks.", "en", True),
    ],
)
def test_a_number_answers_across_languages(asked: str, language: str, said: str, other: str, expected: bool):
    assert is_given(asked, said, language, other) is expected


@pytest.mark.parametrize(("year", "number"), [(2024, "212"), (2014, "390"), (2004, "")])
def test_of_two_years_each_has_its_own_number(year: int, number: str):
    question = QuestionText(f"Combien d'enfants sont nés en {year} ?", "fr")
    said = AnalysedSentence("En 2024, 212 enfants y sont nés, contre 390 en 2014.", "fr")
    measure = question.expected_answer.measure
    found = answering(measure, said, question.folded, "fr")
    assert [one.text for one in found] == [number] * bool(number)


def test_the_numbers_that_answer_are_told():
    question = QuestionText("Combien d'écoles ont fermé ?", "fr")
    said = AnalysedSentence("Par 11 voix contre 7, trois écoles ont été fermées.", "fr")
    measure = question.expected_answer.measure
    assert [found.text for found in answering(measure, said, question.folded, "fr")] == ["trois"]
