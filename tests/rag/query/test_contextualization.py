"""A follow-up takes from the turns before what it leans on; a question that stands alone takes nothing."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.query.answer_requests import Request, request
from rag.query.contextualization import MOST_TURNS, MOST_WORDS, Conversation
from rag.query.follow_ups.context_need import needs_context
from rag.query.intent import Intent
from rag.query.question_text import QuestionText
from rag.query.understanding import normalised, understand
from rag.schema.question import Question, Turn
from rag.text.analyzer import terms
from rag.text.normalization import fold

BIRTH = "Où est né Paul Cotret ?"
BRIDGE = "Combien coûte le pont de Valbrune ?"
ENGLISH_BRIDGE = "What did the mayor say about the bridge of Valbrune?"
DAY = date(2025, 8, 20)


def history(*questions: str) -> list[Turn]:
    return [Turn(question, "Une réponse.") for question in questions]


def standalone(text: str, history: list[Turn], language: str | None = None) -> str:
    """The question as it is understood; `language` is the page's."""
    asked = normalised(Question(text, tuple(history), language=language))
    return understand(asked, ["fr", "en"], DAY, lambda *_: False).standalone


# After any question about something else: a question a line.
FOLLOW_UPS = {
    "fr": """
        Et quand ?
        Pourquoi ?
        Quand
        Et à Lyon ?
        À Lyon ?
        Qui l'a payé, lui ?
        Ça coûte combien ?
        Quelle est leur position ?
        Qu'a-t-elle dit ?
        Et Poutine ?
        Mais alors ?
        Cela date de quand exactement, au juste ?
        Et lui ?
        et elle ?
        Et Macron ?
        et à Paris ?
        Quel est son âge ?
        Quelle est sa date de naissance ?
        Quel est le nom de sa femme ?
        Que va-t-il faire maintenant à Paris ?
        Quand a-t-il été inauguré par le maire ?
        Combien de buts a-t-il marqués cette saison ?
        Que pense Macron de lui ?
        Que dit le maire de cela ?
        Qu'en pense Macron ?
        Qui les a tués ?
        Qui l'a décidé à Paris ?
        Le maire l'a-t-il approuvé ?
        Combien coûte ce pont ?
        Que prévoit cette loi ?
        Où est-il né ?
        Viendra-t-il à Paris demain ?
        Combien de morts ?
        Depuis quand ?
        Qui d'autre ?
        Combien coûte sa construction ?
        Pourquoi a-t-il été fermé au public ?
        Est-ce qu'il a démissionné de la mairie ?
        Ont-ils été arrêtés par la police ?
        Parle-moi de sa femme
        D'accord, et lui ?
        Elle a quel âge aujourd'hui ?
        Que s'est-il passé ensuite ?
        Qui a gagné ?
        Et ensuite ?
        Où habite-t-elle ?
        Combien gagne-t-il par mois ?
        Qui sont ses parents ?
        A-t-elle été élue au premier tour ?
        Comment s'appelle sa fille ?
        Qu'a-t-il répondu aux journalistes ?
        Que reproche-t-on à cette entreprise ?
        Sont-ils encore en prison ?
        Combien de temps va-t-elle durer ?
        Qui l'accompagnait à Paris ?
        Depuis quand dirige-t-elle le parti ?
        Quels sont leurs arguments ?
        Pourquoi l'a-t-il fait ?
        Et les syndicats ?
        Comment a réagi sa famille ?
        C'était quand ?
        Quand sera-t-elle jugée ?
        Qui finance ce projet ?
        À cause de quoi ?
        Pourquoi le maire a-t-il démissionné ?
    """,
    "en": """
        And then?
        Why?
        When did it open?
        What about Valbrune?
        Who paid them?
        How old is he?
        What is his date of birth?
        What did the mayor say about it?
        What does Macron think of him?
        How much will it cost to build?
        When was she elected president?
        Did they sign the agreement?
        Who designed this bridge?
        How many people live there?
        What did he say in Paris?
        And in Paris?
        And Macron?
        Why was it closed to traffic?
        Who else?
        How about her?
        Where was she born and raised?
        Has it been repaired since Monday?
        What is the name of his wife?
        But why?
        Is it still open?
        What caused that?
        Who voted against it?
        When will their trial begin?
        Where does she live?
        How long will it last?
        Who are his parents?
        Was he elected in the first round?
        What did they answer the journalists?
        Are they still in prison?
        Why did he do it?
        And the unions?
        When was that?
        Who funds this project?
        What happened next?
        How did her family react?
        Where is it located?
        How many of them died?
        Did the mayor say he would resign?
    """,
}
QUESTIONS_OF_THEIR_OWN = {
    "fr": """
        Où Trump et Poutine se sont-ils rencontrés ?
        Qui est Poutine ?
        Où est Valbrune ?
        Qu'est-ce que l'Élysée ?
        Il y a combien d'habitants à Valbrune ?
        Combien d'habitants y a-t-il à Valbrune ?
        Quel est le PIB de la Chine ?
        Faut-il un casque à vélo ?
        Qui a gagné la Coupe régionale ?
        Il y a eu combien de blessés dans l'incendie de Brest ?
        Le maire de Valbrune a-t-il dit qu'il partirait ?
        Que pense Macron de sa réforme ?
        Que s'est-il passé à Brest le 3 novembre ?
        Que se passe-t-il à Gaza ?
        Macron a-t-il dit qu'il se représenterait ?
        Combien de buts Mbappé a-t-il marqués ?
        Combien de temps faut-il pour aller à Lyon ?
        Y a-t-il eu des morts dans l'incendie de Brest ?
        Les pompiers ont-ils perdu leur matériel ?
        Combien de victimes la crue a-t-elle faites ?
        Est-il vrai que le pont de Valbrune va fermer ?
        Depuis quand le pont de Valbrune est-il fermé ?
        Il a dit quoi, Macron ?
        Elle coûte combien, la réforme des retraites ?
        Quel temps fera-t-il à Brest en août ?
        Des inondations ont-elles touché le Lot ?
        Qui a voté la réforme des retraites ?
        Que s'est-il passé cette semaine à Brest ?
        Alors, qui a gagné la Coupe régionale ?
        Mais qui a gagné la Coupe régionale ?
        Combien a coûté le nouveau pont de Valbrune ?
        Quels pays ont signé l'accord ?
        Le président lui-même a-t-il voté la réforme ?
        Poutine a-t-il annoncé son départ ?
        La ministre a-t-elle présenté ses excuses aux victimes ?
        Une femme a-t-elle été blessée ?
        Quel âge a Emmanuel Macron ?
        L'ONU a-t-elle condamné Israël ?
        Qui remplacera François Bayrou ?
        Quels sont les effets de la canicule sur les vignes ?
        Pourquoi les agriculteurs manifestent-ils ?
        Quand la Banque centrale se réunit-elle ?
        Qui a remporté le prix Goncourt 2025 ?
        Combien de personnes vivent à Marseille ?
        Zelensky a-t-il rencontré ses alliés à Londres ?
        L'incendie de Brest a-t-il fait des victimes ?
        Quel est le salaire d'Elon Musk ?
        Que prévoit la loi sur la fin de vie ?
        Quelle équipe a remporté la Coupe du monde ?
        Où se trouve le musée du Louvre ?
        À quelle heure le train part-il de Lyon ?
        Le gouvernement va-t-il augmenter les impôts ?
        Comment se protéger de la canicule ?
        Qui est le père de Kylian Mbappé ?
        Est-ce que Macron a dissous l'Assemblée ?
        Pourquoi la mairie veut-elle fermer sa piscine ?
        Est-il interdit de fumer sur les plages ?
        Quand auront lieu les élections municipales ?
        Trump va-t-il imposer ses droits de douane ?
        Les enseignants sont-ils en grève cette semaine ?
        Pourquoi faut-il se vacciner contre la grippe ?
        Depuis combien de temps la guerre en Ukraine dure-t-elle ?
    """,
    "en": """
        Who is Putin?
        What did the mayor of Valbrune say?
        How much does the bridge cost?
        Who won the regional cup?
        What did Macron say when he met Putin?
        How many people were hurt in the Brest fire?
        Is it true that the bridge will close?
        How long does it take to reach Lyon?
        How many inhabitants are there in Valbrune?
        Did the firefighters lose their equipment?
        Has Macron announced his candidacy?
        Is there a strike in Paris?
        What happened in Brest this week?
        Where did Trump and Putin meet?
        Who designed the new bridge in Valbrune?
        Why did the company fire its workers?
        Did Mbappé score in his last match?
        What is the GDP of China?
        So who won the regional cup?
        But what did the ECB decide?
        Will it rain in Brest tomorrow?
        When does the exhibition of Valbrune open?
        Did Trump say that tariffs would rise?
        What did the minister say about pensions?
        Did Zelensky himself sign the agreement?
        How old is Emmanuel Macron?
        Why are farmers protesting in Paris?
        Did the president keep his promise?
        Who won the Nobel prize in physics?
        How many people live in Marseille?
        When does the central bank meet?
        Has the government raised taxes?
        What does Apple say about its new phone?
        Where is the Louvre museum?
        Why did Boeing lose its chairman?
        Can Ukraine win back its territory?
        What is the salary of Elon Musk?
        When did the Beatles release their first album?
        Is smoking banned on beaches?
        Which team won the World Cup?
        Is it legal to fly a drone in Paris?
        What do scientists say about climate change?
    """,
}


def conversation(turns: list[Turn], language: str = "fr") -> Conversation:
    return Conversation.of(turns, lambda turn: QuestionText(turn.standalone or turn.question, language), DAY)


def listed(table: dict[str, str]) -> list[tuple[str, str]]:
    return [
        (language, line.strip()) for language, lines in table.items() for line in lines.strip().splitlines()
    ]


@pytest.mark.parametrize(("language", "question"), listed(FOLLOW_UPS))
def test_a_follow_up_takes_what_it_is_about_from_the_last_question(language: str, question: str):
    last = {"fr": BRIDGE, "en": ENGLISH_BRIDGE}[language]
    assert needs_context(QuestionText(question, language))
    asked = history(BIRTH, last)
    found = standalone(question, asked, language)
    assert found.count("?") <= 1
    words = set(terms(f"{BIRTH} {last}", language))
    assert words & set(terms(found, language)) > words & set(terms(question, language))


@pytest.mark.parametrize(("language", "question"), listed(QUESTIONS_OF_THEIR_OWN))
def test_a_question_that_names_its_subject_stands_alone(language: str, question: str):
    asked = history("Qui a construit le pont de Valbrune ?", "Quand ?", BRIDGE)
    for said in (question, f"Et {question}" if language == "fr" else f"And {question}"):
        found = standalone(said, asked, language)
        plain = re.sub(r"^(?:Alors, |Mais |So |But )", "", question)
        assert found == plain[0].upper() + plain[1:]


def test_without_anything_before_a_question_is_alone():
    assert standalone("  Et quand ?\n", []) == "Et quand ?"


def test_where_there_are_no_rules_a_question_stands_as_it_is():
    assert conversation(history(BIRTH)).resolved(QuestionText("Und wann?", "de")) is None


WORDS = [
    "Et", "et", "qui", "que", "la", "le", "pont", "de", "d'", "l'", "à", "en", "il", "elle", "son", "sa",
    "lui", "2023", "Valbrune", "Odile", "Brac", "a-t-il", "est", "le lendemain", "les autres", "?", "and",
    "his", "it",
]  # fmt: skip
questions = (
    st.sampled_from(
        [BIRTH, BRIDGE, "Et quand ?", "Pourquoi ?", "Et elle ?", "Où est Valbrune ?", "l'", "Et d' ?"]
    )
    | st.text()
    | st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)
)


@given(questions, st.lists(questions, max_size=5), st.sampled_from(["fr", "en"]))
def test_anything_can_be_said_after_anything(question, asked, language):
    turns = [Turn(said or "?", "« Odile Brac. » [1]", answer_words=said[:20]) for said in asked]
    found = conversation(turns, language).resolved(QuestionText(question, language))
    assert found is None or isinstance(found.text, str)


@given(st.lists(questions, max_size=30))
def test_few_turns_are_looked_at_and_each_is_short(asked):
    turns = [Turn(said, "Une réponse.") for said in asked]
    assert [one.turn for one in conversation(turns).earlier] == turns[-MOST_TURNS:]


def test_of_a_long_question_the_end_is_kept():
    said = Turn(" ".join(["mot"] * 200) + " Où est Valbrune ?", "Une réponse.")
    read = conversation([said])
    assert len(read.earlier[0].question.split()) <= MOST_WORDS
    assert read.earlier[0].question.endswith("Où est Valbrune ?")


def test_a_turn_is_taken_as_it_was_understood():
    said = Turn("Et lui ?", "Une réponse.", standalone="Quel âge a Paul Cotret ?")
    assert standalone("Où est-il né ?", [*history(BRIDGE), said]) == "Où Paul Cotret est-il né ?"


# --- what is asked of the last answer ---

REQUESTS = {
    Request("en", False): [
        "en anglais", "En anglais ?", "in English", "réponds en anglais", "Traduis en anglais",
        "Answer in English please", "Et en anglais ?", "Peux-tu répondre en anglais ?", "say it in English",
    ],
    Request("fr", False): [
        "en français ?", "in French", "En français s'il te plaît", "réponds-moi en français",
    ],
    Request(None, False, translate=True): [
        "traduis", "Traduis ça.", "translate", "Translate it",
    ],
    Request(None, True, sums_up=True): [
        "résume", "Résume ça", "Résume-le", "Résume-le-moi", "Peux-tu résumer ?", "Peux-tu me le résumer ?",
        "Fais-m'en un résumé", "un résumé", "summarise", "Summarize that", "Sum it up", "Give me a summary",
    ],
    Request(None, True): [
        "En bref ?", "plus court", "plus de détails", "Plus de détails ?",
        "explique", "Explique-moi ça mieux", "développe", "d'autres sources ?", "As-tu d'autres sources ?",
        "more details", "Tell me more", "in short", "shorter",
        "Quelles sont tes sources ?", "En une phrase", "Donne-moi plus de détails",
        "Explain",
    ],
    Request("en", True, sums_up=True): [
        "résume en anglais", "Summarise it in English",
    ],
}  # fmt: skip
NO_REQUESTS = [
    "Résume le discours du maire", "Explique la réforme des retraites", "En Angleterre ?",
    "Qui parle anglais ?", "en", "dis", "Réponds", "", "?", "Pourquoi ?",
    "Plus de détails sur l'incendie de Brest", "Et lui ?", "Combien de sources ?", "English",
    "Le résumé du match Brest-Lyon", "Is there more snow in the Alps?",
]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "meant"), [(said, meant) for meant, each in REQUESTS.items() for said in each]
)
def test_a_request_of_the_last_answer_is_known(said: str, meant: Request):
    assert request(fold(said)) == meant


@pytest.mark.parametrize("said", NO_REQUESTS)
def test_what_names_something_is_no_request(said: str):
    assert request(fold(said)) is None


def test_a_language_is_asked_of_the_last_question():
    asked = history(BIRTH, BRIDGE, "Et le bac ?")
    assert standalone("en anglais", asked) == "Combien coûte le bac de Valbrune ?"


def test_a_form_is_put_behind_and_not_searched_for():
    asked = understand(
        Question("Résume ça", tuple(history(BIRTH, BRIDGE))), ["fr", "en"], DAY, lambda *_: True
    )
    assert (asked.standalone, asked.searched) == (f"{BRIDGE} Résume ça", BRIDGE)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Résume-le", "Résume l'article « Le pont ouvre en mars 2025 »"),
        ("Sum it up", "Summarise the article “Le pont ouvre en mars 2025”"),
    ],
)
def test_the_article_that_was_cited_is_summed_up(said: str, expected: str):
    told = Turn(BRIDGE, "Douze millions. [1]", article_id="bridge", titles=("Le pont ouvre en mars 2025",))
    asked = understand(Question(said, (told,)), ["fr", "en"], DAY, lambda *_: True)
    assert (asked.standalone, asked.intent) == (expected, Intent("summary", "this"))
    assert asked.period is None


def test_later_questions_lean_on_neither_requests_nor_small_talk():
    asked = history("Quand ouvre le pont de Valbrune ?", "Merci !", "en anglais", "résume", "Bonjour", "oui")
    assert standalone("Et où ?", asked) == "Où ouvre le pont de Valbrune ?"


@pytest.mark.parametrize("said", ["en anglais", "résume", "traduis"])
def test_without_anything_before_a_request_is_a_question(said: str):
    assert standalone(said, history("Bonjour")) == said


# --- in which language ---


@pytest.mark.parametrize(
    ("said", "before", "language"),
    [
        ("Et Macron ?", "Qui a gagné la coupe régionale ?", "fr"),
        ("Qui les a tués ?", "Combien de moutons sont morts ?", "fr"),
        ("Why?", "Qui a gagné la coupe régionale ?", "en"),
        ("Pourquoi ?", "Who won the regional cup this year?", "fr"),
        ("And Macron?", "Who won the regional cup this year?", "en"),
        ("What did the ECB decide?", "Qui a gagné la coupe régionale ?", "en"),
        ("en anglais", "Qui a gagné la coupe régionale ?", "en"),
        ("en français", "Who won the regional cup this year?", "fr"),
        ("traduis", "Qui a gagné la coupe régionale ?", "en"),
        ("traduis", "Who won the regional cup this year?", "fr"),
        ("plus de détails", "Qui a gagné la coupe régionale ?", "fr"),
        ("more details", "Who won the regional cup this year?", "en"),
        ("résume en anglais", "Qui a gagné la coupe régionale ?", "en"),
    ],
)
def test_the_answer_s_language(said: str, before: str, language: str):
    asked = Question(said, (Turn(before, ""),))
    understood = understand(asked, ["fr", "en"], date(2025, 8, 20), lambda *_: True)
    assert understood.language == language


def test_after_another_language_is_asked_for_the_articles_are_searched_in_the_question_s():
    asked = Question("in English", (Turn(BRIDGE, "Douze millions."),))
    understood = understand(asked, ["fr", "en"], date(2025, 8, 20), lambda *_: True)
    assert (understood.searched, understood.searched_in, understood.language) == (BRIDGE, "fr", "en")
    assert understood.standalone == BRIDGE
