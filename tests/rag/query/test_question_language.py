"""A question's language is told by its small words, or else by the page: never by a name."""

from __future__ import annotations

from datetime import date

import pytest

from rag.query.question_language import QuestionLanguage, question_language
from rag.query.question_text import QuestionText
from rag.query.understanding import normalised, understand
from rag.schema.question import Question, Turn

NAMES = """
        Emmanuel Macron|Donald Trump|Vladimir Poutine|Sergueï Lavrov|Iouri Ouchakov|Steve Witkoff|Angela
        Merkel |Giorgia Meloni|Pedro Sánchez|Jair Bolsonaro|Lula da Silva|Xi Jinping|Narendra Modi|Recep
        Tayyip Erdoğan|Volodymyr Zelensky|Jens Stoltenberg|Mark Rutte|Ursula von der Leyen|Christine
        Lagarde|Charles Michel|Olaf Scholz|Viktor Orbán |Andrzej Duda|Mario Draghi|Silvio
        Berlusconi|Kylian Mbappé|Lionel Messi|Zinédine Zidane|Antoine Dupont|Léon Marchand |Rafael
        Nadal|Novak Djokovic|Serena Williams|Marcus Aurelius|Augustus|Titus|Julius
        Caesar|Dominus|Léopold Sédar Senghor |Félix Houphouët-Boigny|Patrice Lumumba|Nelson
        Mandela|Winnie|Desmond Tutu|Haruki Murakami|Shinzo Abe|Kim Jong-un|Aung San Suu Kyi|Malala
        Yousafzai|Benazir Bhutto|Mahmoud Abbas|Benyamin Nétanyahou|Ali Khamenei|Bachar el-Assad|Muammar
        Kadhafi|Hosni Moubarak|Abdelaziz Bouteflika|Odile Brac|Étienne Malvoisin|Bastien
        Ferrandou|Fabrice Nouvialle|Marc Toussignol|Helen Abernoth|Sylvain Daroussin|Jeanne
        Laborde|Clara Vestergaard|Åsa Lindqvist|Jørgen Haugen|Søren Kierkegaard |Greta Thunberg|Elon
        Musk|Tim Cook|Bernard Arnault|Vincent Bolloré|Patrick Drahi|Rachida Dati|Gérald Darmanin|Bruno
        Le Maire|Marine Le Pen|Jean-Luc Mélenchon|François Ruffin|Anne Hidalgo|Roberta Metsola|Kaja
        Kallas"""
PEOPLE = [" ".join(name.split()) for name in NAMES.replace("\n", " ").split("|")]
# A page that was taken for Latin when it was read mustn't make questions Latin.
LIBRARIES = [("fr", "en"), ("fr", "en", "la", "ca"), ("en", "fr", "es", "it", "de", "no", "nl")]


def told(text: str, known: tuple[str, ...] = ("fr", "en"), page: str | None = None) -> QuestionLanguage:
    return question_language(QuestionText(text, "fr"), known, page)


@pytest.mark.parametrize("known", LIBRARIES)
@pytest.mark.parametrize("page", [None, "fr", "en"])
def test_a_name_never_decides(known: tuple[str, ...], page: str | None):
    french = [
        "Qui est {} ?",
        "qui est {}",
        "Où est né {} ?",
        "ou est ne {}",
        "Que dit {} ?",
        "Quel âge a {} ?",
    ]
    english = ["Who is {}?", "who is {}", "Where was {} born?", "What did {} say?", "How old is {}?"]
    for form, language in [(f, "fr") for f in french] + [(f, "en") for f in english]:
        wrong = [name for name in PEOPLE if told(form.format(name), known, page).code != language]
        lowered = [name for name in PEOPLE if told(form.format(name).lower(), known, page).code != language]
        assert (wrong, lowered) == ([], []), form
    assert len(PEOPLE) > 80


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Combien de morts à Valbrume ?", "fr"),
        ("combien de morts", "fr"),
        ("Quoi de neuf ?", "fr"),
        ("quoi de neuf sur The Beatles", "fr"),
        ("Résume la conversation", "fr"),
        ("resume la conversation", "fr"),
        ("Compare Brécy et Toury", "fr"),
        ("Liste les articles", "fr"),
        ("À quelle heure ouvre la piscine ?", "fr"),
        ("Pourquoi ?", "fr"),
        ("Donne-moi plus de détails", "fr"),
        ("What's new?", "en"),
        ("Any news?", "en"),
        ("Summarize this", "en"),
        ("Compare Brécy and Toury", "en"),
        ("how many articles about La Rochelle", "en"),
        ("When does the pool open?", "en"),
        ("why?", "en"),
        ("Did La Poste raise its prices?", "en"),
        ("Tell me about Le Havre", "en"),
        ("what about the mayor of Le Mans", "en"),
    ],
)
@pytest.mark.parametrize("page", [None, "fr", "en"])
def test_small_words_tell(text: str, language: str, page: str | None):
    assert told(text, page=page) == QuestionLanguage(language, True)


@pytest.mark.parametrize("text", ["Valbrume ?", "Macron", "Le Havre", "budget 2026", "12 ?", "?"])
@pytest.mark.parametrize("page", ["fr", "en"])
def test_where_no_word_tells_the_page_does(text: str, page: str):
    assert told(text if text != "Le Havre" else "Havre", page=page) == QuestionLanguage(page, False)


def test_a_script_asks_without_a_page_and_without_words_that_tell():
    assert told("Valbrume ?").code in ("fr", "en")
    assert told("?") == QuestionLanguage("fr", False)


@pytest.mark.parametrize(
    ("text", "known", "language"),
    [
        ("Chi è Giorgia Meloni?", ("fr", "en", "it"), "it"),
        ("¿Quién es el alcalde de Valbrume?", ("fr", "en", "es"), "es"),
        ("Wer ist die Bürgermeisterin von Valbrume?", ("fr", "en", "de"), "de"),
        # Long and sure: a language that neither the library nor the page has.
        ("Welche Maßnahmen hat die Regierung gegen die hohen Preise ergriffen?", ("fr", "en"), "de"),
        ("¿Cuántas personas tuvieron que abandonar sus casas por la inundación?", ("fr", "en"), "es"),
        ("Кто сопровождал президента на переговорах?", ("fr", "en"), "ru"),
        ("谁是市长？", ("fr", "en"), "zh"),
    ],
)
def test_other_languages(text: str, known: tuple[str, ...], language: str):
    assert told(text, known, page="fr").code == language


@pytest.mark.parametrize(
    "text",
    [
        "Who is Jean-Baptiste de la Tour du Pin Chambly de La Charce?",
        "Who are Jorge Luis Borges de la Torre y Vega and Juan Carlos de Borbón?",
        "Was Johann Wolfgang von Goethe a friend of Friedrich von der Schulenburg and Karl von Moor?",
    ],
)
def test_long_names_make_no_language(text: str):
    assert told(text, page="fr").code == "en"


def understood(text: str, *history: Turn, page: str | None = "fr") -> str:
    question = normalised(Question(text, history, language=page))
    return understand(question, ["fr", "en"], date(2026, 3, 1), lambda *_: False).language


FRENCH = Turn("Qui est Odile Brac ?", "Odile Brac est maire de Toury. [1]")
ENGLISH = Turn("Who is Odile Brac?", "« Odile Brac est maire de Toury. » [1]")


@pytest.mark.parametrize(
    "text",
    [
        "Who opened the bridge?",
        "And when?",
        "What about the mayor?",
        "And Macron?",
        "What did Jean Dupont say?",
    ],
)
def test_a_conversation_that_switches_to_english_is_answered_in_english(text: str):
    assert understood(text, FRENCH) == "en"
    assert understood(text, FRENCH, ENGLISH) == "en"


@pytest.mark.parametrize("text", ["Et quand ?", "Et Macron ?", "Qui l'a ouvert ?", "Pourquoi ?"])
def test_a_conversation_that_switches_back_is_answered_in_french(text: str):
    assert understood(text, FRENCH, ENGLISH) == "fr"
    assert understood(text, ENGLISH, page="en") == "fr"


def test_a_question_without_words_that_tell_is_in_the_conversations_language():
    # The quote is French, and what was asked isn't.
    assert understood("Valbrume?", FRENCH, ENGLISH) == "en"
    assert understood("Valbrume?", FRENCH) == "fr"
    assert understood("Valbrume?", page="en") == "en"
