"""What sentences say to yes/no questions: yes, no, both, or nothing that can be told."""

from __future__ import annotations

import pytest

from rag.composition.statement import statement
from rag.composition.yes_no import YesNo, yes_no
from rag.query.question_text import QuestionText
from rag.schema.article import Article
from rag.schema.evidence import Evidence
from rag.text.sentences import split_sentences
from rag.verification.premise import EvidenceReader


def evidence(
    text: str, title: str, language: str = "fr", outlet: str = "Le Fil du Val", day: str | None = None
) -> list[Evidence]:
    article = Article(
        title, text, title, f"{title}.md", "h", outlet=outlet, language=language, published_at=day
    )
    spans = split_sentences(text, language)
    return [
        Evidence(article, span.start, span.end, 1 / (place + 1), before=tuple(reversed(spans[:place])))
        for place, span in enumerate(spans)
    ]


BRECY = evidence(
    "La commune de Brécy ne fermera pas sa piscine. Le conseil municipal a rejeté la fermeture par 14"
    " voix contre"
    " 9. L'eau sera toutefois abaissée de 28 à 26 °C.",
    "À Brécy, le bassin restera ouvert cet hiver",
)
ORVANNE = evidence(
    "La piscine municipale d'Orvanne a fermé ses portes lundi. Le maire, Hervé de La Tour-Maubrac, espère"
    " rouvrir"
    " en mars 2025. Les cours de natation scolaire sont transférés à Brécy. « Nous ne fermons pas"
    " définitivement »,"
    " a-t-il insisté.",
    "La piscine d'Orvanne fermée jusqu'en mars",
)
COACH = evidence(
    "Un car transportant 31 collégiens est sorti de la route mardi matin. Aucun enfant n'a été grièvement"
    " blessé,"
    " mais le conducteur, âgé de 58 ans, a été hospitalisé. Selon la gendarmerie, le véhicule roulait à"
    " 62 km/h,"
    " sous la limite autorisée. Le verglas serait en cause. L'alcool n'est pas en cause : le dépistage s'est"
    " révélé négatif.",
    "Un car de ramassage scolaire sort de la route sur la N12",
)
ELECTION = evidence(
    "Nora Haddad (divers gauche) a remporté dimanche l'élection municipale partielle de Brécy avec 53,4 %"
    " des voix,"
    " devant le maire sortant, Paul-Henri Guérin (46,6 %).",
    "Municipale partielle : Brécy choisit Nora Haddad",
)
HOSPITAL = evidence(
    "L'ARS a annoncé jeudi la fermeture de la maternité d'Amblise au 1er juin. Les urgences, elles, ne"
    " sont pas"
    " menacées, a assuré le directeur.",
    "L'hôpital d'Amblise perd sa maternité",
)
BRIDGE = evidence(
    "Le pont de Kervenoc est fermé aux camions depuis lundi.", "Le pont de Kervenoc fermé aux camions"
)
MAYOR = evidence(
    'Hervé Maubrac, the mayor of Orvanne, says the town has found a buyer for the old station. "We will'
    " reopen on"
    ' 10 March," he said. The mayor did not say whether ticket prices would rise.',
    "Orvanne mayor: 'We will reopen the pool'",
    "en",
)
STRIKE = evidence("The union has not called a strike for Monday.", "No strike on Monday", "en")
ALL = [*BRECY, *ORVANNE, *COACH, *ELECTION, *HOSPITAL, *BRIDGE]


def answered(question: str, offered: list[Evidence], language: str = "fr") -> YesNo:
    return yes_no(QuestionText(question, language), offered, EvidenceReader())


@pytest.mark.parametrize(
    ("question", "verdict", "quote"),
    [
        ("La commune de Brécy va-t-elle fermer sa piscine ?", "no", "La commune de Brécy ne fermera pas"),
        ("Est-ce que la piscine d'Orvanne a fermé ?", "yes", "La piscine municipale d'Orvanne a fermé"),
        ("La piscine d'Orvanne est-elle ouverte ?", "no", "La piscine municipale d'Orvanne a fermé"),
        ("La maternité d'Amblise va-t-elle fermer ?", "yes", "L'ARS a annoncé jeudi la fermeture"),
        ("Les urgences d'Amblise sont-elles menacées ?", "no", "Les urgences, elles, ne sont pas menacées"),
        ("Un enfant a-t-il été grièvement blessé ?", "no", "Aucun enfant n'a été grièvement blessé"),
        ("Le conducteur du car a-t-il été hospitalisé ?", "yes", "Aucun enfant n'a été grièvement blessé"),
        ("L'alcool est-il en cause ?", "no", "L'alcool n'est pas en cause"),
        ("Le car roulait-il à 80 km/h ?", "no", "Selon la gendarmerie, le véhicule roulait à 62 km/h"),
        ("Nora Haddad a-t-elle remporté l'élection de Brécy ?", "yes", "Nora Haddad (divers gauche)"),
        ("Le pont de Kervenoc est-il fermé aux camions ?", "yes", "Le pont de Kervenoc est fermé"),
    ],
)
def test_a_question_is_answered_by_the_side_that_a_sentence_takes(question, verdict, quote):
    found = answered(question, ALL)
    assert (found.verdict, [one.evidence.quote[: len(quote)] for one in found.sides]) == (verdict, [quote])


@pytest.mark.parametrize(
    "question",
    [
        "Paul-Henri Guérin a-t-il remporté l'élection de Brécy ?",
        "Le pont de Kervenoc est-il fermé aux voitures ?",
        "Le conducteur avait-il bu ?",
        "Brécy a-t-elle vendu sa piscine ?",
        "La piscine de Toury a-t-elle fermé ?",
        "Le maire de Brécy a-t-il été hospitalisé ?",
    ],
)
def test_what_isnt_said_has_neither_side(question):
    assert answered(question, ALL) == YesNo(None, ())


@pytest.mark.parametrize(
    ("question", "offered", "language", "quote"),
    [
        ("La piscine d'Orvanne ferme-t-elle définitivement ?", ORVANNE, "fr", "« Nous ne fermons pas"),
        ("Will ticket prices rise?", MAYOR, "en", "The mayor did not say whether"),
    ],
)
def test_a_sentence_that_speaks_of_it_and_takes_no_side_is_no_verdict(question, offered, language, quote):
    found = answered(question, offered, language)
    assert found.verdict is None
    assert [one.stance.certainty for one in found.sides] == ["undecided"]
    assert found.sides[0].evidence.quote.startswith(quote)


def test_what_is_told_in_the_conditional_is_no_yes():
    found = answered("Le verglas est-il en cause ?", ALL)
    assert found.verdict is None
    assert [(one.stance.side, one.stance.certainty) for one in found.sides] == [("yes", "uncertain")]


@pytest.mark.parametrize(
    ("question", "offered", "verdict"),
    [
        ("Has Orvanne found a buyer for the old station?", MAYOR, "yes"),
        ("Will the Orvanne pool reopen?", MAYOR, "yes"),
        ("Will ticket prices rise?", MAYOR, None),
        ("Has the union called a strike for Monday?", STRIKE, "no"),
    ],
)
def test_english_questions_are_answered(question, offered, verdict):
    assert answered(question, offered, "en").verdict == verdict


def test_two_articles_that_say_the_opposite_are_both_shown():
    one = evidence("La mairie a signé l'accord mardi.", "Un accord", outlet="Le Phare")
    two = evidence("La mairie n'a pas signé l'accord.", "Pas d'accord", outlet="La Dépêche")
    found = answered("La mairie a-t-elle signé l'accord ?", [*one, *two])
    assert found.verdict == "disputed"
    assert [side.stance.side for side in found.sides] == ["yes", "no"]


def test_who_did_it_to_whom_counts():
    given = evidence("Le maire Luc Morel a battu Anna Petit dimanche.", "Morel bat Petit")
    assert answered("Luc Morel a-t-il battu Anna Petit ?", given).verdict == "yes"
    assert answered("Anna Petit a-t-elle battu Luc Morel ?", given).verdict is None


def test_what_closes_may_be_subject_or_object():
    given = evidence("La piscine de Toury a fermé lundi.", "Toury")
    assert answered("Toury a-t-elle fermé sa piscine ?", given).verdict == "yes"


def test_the_event_in_which_it_is_asked_is_the_articles():
    text = "Le feu avait détruit deux hangars, sans faire de blessé."
    fire = evidence(text, "Incendie de la scierie Maffre : deux hangars détruits")
    asked = "Y a-t-il eu des blessés dans l'incendie de la scierie {} ?"
    assert answered(asked.format("Maffre"), fire).verdict == "no"
    assert answered(asked.format("Duval"), fire) == YesNo(None, ())


@pytest.mark.parametrize(
    ("question", "language", "text"),
    [
        ("Brécy ferme-t-elle sa piscine ?", "fr", "Brécy ferme sa piscine"),
        ("Est-ce que le pont rouvre lundi, oui ou non ?", "fr", "le pont rouvre lundi"),
        ("N'a-t-il pas signé ?", "fr", "a signé"),
        ("Is it true that the pool closed?", "en", "the pool closed"),
        ("Did Haddad win the election?", "en", "Haddad win the election"),
    ],
)
def test_a_question_is_said_as_a_statement(question, language, text):
    assert statement(QuestionText(question, language)).text == text


def said(text: str, title: str = "Au conseil", language: str = "fr") -> list[Evidence]:
    return evidence(text, title, language)


@pytest.mark.parametrize(
    ("question", "text", "verdict"),
    [
        # the opposite, and what is denied
        ("Les prix ont-ils augmenté ?", "Les prix ont baissé de 3 %.", "no"),
        ("Les prix ont-ils augmenté ?", "Les prix n'ont pas bougé.", "no"),
        ("Les prix ont-ils augmenté ?", "Les prix n'ont pas baissé.", None),
        ("Le maire a-t-il signé l'accord ?", "Le maire a refusé de signer l'accord.", "no"),
        ("Le pont a-t-il été réparé ?", "Le pont n'a toujours pas été réparé.", "no"),
        ("Paul Roux va-t-il faire appel ?", "Paul Roux ne fera pas appel.", "no"),
        ("Nadia Ferri a-t-elle été condamnée ?", "Nadia Ferri a été relaxée.", "no"),
        ("La ville a-t-elle refusé les éoliennes ?", "La ville a accepté cinq des huit éoliennes.", None),
        ("La maternité rouvrira-t-elle ?",
         "« Mieux vaut une maternité fermée », dit le directeur, qui promet une réouverture.", None),
        # what isn't done, or only told
        ("Le maire a-t-il signé l'accord ?", "Le maire a promis de signer l'accord.", None),
        ("Le maire a-t-il signé l'accord ?", "Le maire signera l'accord lundi.", None),
        ("Le maire va-t-il signer l'accord ?", "Le maire signera l'accord lundi.", "yes"),
        ("Le maire a-t-il signé l'accord ?", "Le maire aurait signé l'accord.", None),
        ("Le maire va-t-il démissionner ?", "Personne ne croit que le maire démissionnera.", None),
        ("Le pont a-t-il été réparé ?", "Il est faux que le pont a été réparé.", None),
        ("Le pont a-t-il été réparé ?", "Rien ne dit que le pont a été réparé.", None),
        # somebody else's act
        ("Le maire a-t-il signé l'accord ?", "L'adjoint au maire a signé l'accord.", None),
        ("La direction a-t-elle approuvé l'accord ?",
         "L'accord conclu avec la direction a été approuvé par 287 voix.", None),
        ("Le tribunal a-t-il été condamné ?", "Le tribunal a condamné Paul Roux à deux ans de prison.", None),
        ("La ville a-t-elle réparé le pont de Brécy ?",
         "La région a réparé le pont de Brécy, la ville celui de Toury.", None),
        ("Nadia Ferri a-t-elle volé la caisse ?",
         "Paul Roux a accusé Nadia Ferri d'avoir volé la caisse.", None),
        # numbers
        ("La récolte a-t-elle baissé de plus de 15 % ?", "La récolte a baissé de 18 %.", "yes"),
        ("La récolte a-t-elle baissé de plus de 20 % ?", "La récolte a baissé de 18 %.", "no"),
        ("La crue a-t-elle tué moins de cinq personnes ?", "La crue a tué trois personnes.", "yes"),
        ("La crue a-t-elle tué trois personnes ?", "La crue a tué deux personnes.", "no"),
        # another object
        ("Le pont est-il fermé aux voitures ?",
         "Les voitures roulent au pas. Le pont est fermé aux camions.", None),
    ],
)  # fmt: skip
def test_the_side_is_that_of_the_deed_and_of_whoever_did_it(question, text, verdict):
    assert answered(question, said(text)).verdict == verdict


@pytest.mark.parametrize(
    ("question", "text", "verdict"),
    [
        ("Has the union accepted the offer?", "The union rejected the offer.", "no"),
        ("Has the union rejected the offer?", "The company rejected the union's offer.", None),
        ("Has the mayor resigned?", "The mayor's deputy, Anna Bell, has resigned.", None),
        ("Has the strike ended?", "The strike could end on Friday.", None),
        ("Has the strike cost more than 300 jobs?", "The strike has cost 200 jobs.", "no"),
        ("Has the council built a school?", "The council approved plans to build a school.", None),
        ("Has the council answered the offer of mediation?",
         "The union has accepted an offer of mediation. The council has yet to answer.", "no"),
        ("Is the insecticide allowed on potatoes?",
         "The fungicide is sprayed on potatoes. The insecticide will be allowed on sugar beet.", None),
    ],
)  # fmt: skip
def test_the_side_is_told_in_english(question, text, verdict):
    assert answered(question, said(text, "Town news", "en"), "en").verdict == verdict


@pytest.mark.parametrize(
    ("question", "language", "offered", "verdict"),
    [
        ("Is Brécy closing its swimming pool?", "en", BRECY, "no"),
        ("Is the emergency ward in Amblise threatened?", "en", HOSPITAL, "no"),
        ("Did Nora Haddad win the Brécy election?", "en", ELECTION, "yes"),
        ("Did Paul-Henri Guérin win the Brécy election?", "en", ELECTION, None),
        ("Did the mayor buy the theatre?", "en", said("Le maire a vendu le théâtre."), None),
        ("Le conseil a-t-il construit une école ?", "fr",
         said("The council approved plans to build a school.", "School", "en"), None),
        ("La mairie d'Orvanne a-t-elle trouvé un acheteur pour l'ancienne gare ?", "fr", MAYOR, "yes"),
    ],
)  # fmt: skip
def test_a_question_in_another_language_than_the_article_has_the_same_side(
    question, language, offered, verdict
):
    assert answered(question, offered, language).verdict == verdict


COURT = said(
    "Le tribunal a condamné mardi Gérald Puymorin, 54 ans. Il lui est interdit de gérer une association."
    " Son avocate, Me Aurore Lambertie, a indiqué qu'il ne ferait pas appel.",
    "L'ancien trésorier condamné",
)


def test_a_pronoun_stands_for_whoever_was_named_last():
    assert answered("Gérald Puymorin va-t-il faire appel ?", COURT).verdict == "no"
    assert answered("Aurore Lambertie va-t-elle faire appel ?", COURT).verdict is None


def test_a_description_stands_for_what_the_title_names():
    budget = said("La ville empruntera 4 millions d'euros.", "Valbrume adopte son budget")
    assert answered("Valbrume va-t-elle emprunter de l'argent ?", budget).verdict == "yes"
    assert answered("Toury va-t-elle emprunter de l'argent ?", budget).verdict is None


def test_what_a_paper_takes_back_is_said_no_longer():
    text = "Nous avons également indiqué que le barrage appartenait au département."
    taken_back = said(text, "Correction : deux erreurs dans notre article")
    assert answered("Le barrage appartient-il au département ?", taken_back).verdict == "no"
    assert answered("Le barrage appartient-il au département ?", said(text, "Le barrage")).verdict == "yes"


def test_what_stands_before_a_colon_says_of_which_article_it_is_asked():
    text = "L'accord a été approuvé par 287 voix."
    works = said(text, "Verrerie Clairelle : les salariés votent la reprise")
    assert answered("Verrerie Clairelle : les salariés ont-ils approuvé l'accord ?", works).verdict == "yes"
    assert answered("Verrerie Duval : les salariés ont-ils approuvé l'accord ?", works).verdict is None


INTERVIEW = said(
    "Will you stand again?\n\nNo. I said one term, and I meant it. People behave better.\n\n"
    "Are you still against the bypass?\n\nYes. A road that saves four minutes is not worth it.\n\n"
    "Will you raise the tax?\n\nWe shall see.",
    "Harrowick's mayor on her first hundred days",
    "en",
)


def test_a_question_of_an_interview_is_answered_by_the_reply():
    found = answered("Is the mayor of Harrowick going to stand again?", INTERVIEW, "en")
    assert found.verdict == "no"
    assert found.sides[0].evidence.quote.endswith("No. I said one term, and I meant it.")
    assert answered("Is the mayor of Harrowick against the bypass?", INTERVIEW, "en").verdict == "yes"
    assert answered("Will the mayor of Harrowick raise the tax?", INTERVIEW, "en").verdict is None


def test_a_date_that_a_later_article_puts_off_is_no_plain_yes():
    plan = evidence("La ligne rouvrira le 13 décembre 2026.", "Le train reviendra", day="2025-09-12")
    later = evidence(
        "La remise en service n'aura pas lieu avant le 13 juin 2027.",
        "La réouverture de la ligne repoussée à juin 2027",
        day="2026-09-18",
    )
    asked = "La ligne rouvrira-t-elle en décembre 2026 ?"
    assert answered(asked, plan).verdict == "yes"
    assert answered(asked, [*plan, *later]).verdict == "disputed"


TANNERY = evidence(
    "La grève continue à la tannerie Morlac d'Orvanne. La Fédération n'a pas appelé à la grève mais soutient"
    " les ouvriers. Au dépôt de Toury, la grève est terminée depuis lundi.",
    "Tannerie d'Orvanne : douzième jour de grève",
)
MILL = evidence("The strike at the Aldport mill ended on Friday.", "Aldport mill: back to work", "en")


@pytest.mark.parametrize(
    ("question", "offered", "language", "verdict", "opening"),
    [
        ("La Fédération a-t-elle appelé à la grève à la tannerie ?", TANNERY, "fr", "no", "La Fédération"),
        ("dites, la grève continue a la tannerie morlac ou c'est fini", TANNERY, "fr", "yes", "La grève"),
        ("c'est vrai que la grève continue à la tannerie ?", TANNERY, "fr", "yes", "La grève continue"),
        ("La grève est terminée au dépôt de Toury ?", TANNERY, "fr", "yes", "Au dépôt"),
        ("la piscine d'Orvanne, elle est fermée ou pas ?", ORVANNE, "fr", "yes", "La piscine municipale"),
        ("Guérin il est élu ou non", ELECTION, "fr", None, ""),
        ("is the strike at the mill still on?", MILL, "en", "no", "The strike"),
        ("is the strike at the mill over or are they still out?", MILL, "en", "yes", "The strike"),
        ("is it true that the strike ended?", MILL, "en", "yes", "The strike"),
    ],
)
def test_it_is_asked_as_people_talk(question, offered, language, verdict, opening):
    found = answered(question, offered, language)
    assert found.verdict == verdict
    assert all(one.evidence.quote.startswith(opening) for one in found.sides)


@pytest.mark.parametrize(
    ("question", "language", "text"),
    [
        ("dites, la grève continue ou c'est fini", "fr", "la grève continue"),
        ("il paraît que la piscine ferme, c'est vrai ?", "fr", "la piscine ferme"),
        ("Guérin, il est réélu ou pas encore ?", "fr", "Guérin est réélu"),
        ("savez-vous si la piscine a fermé", "fr", "la piscine a fermé"),
        ("can you tell me if the pool closed", "en", "the pool closed"),
        ("is the strike still on?", "en", "the strike continues"),
    ],
)
def test_what_is_said_around_a_statement_is_no_part_of_it(question, language, text):
    assert statement(QuestionText(question, language)).text == text
