"""A greeting is replied to; a question that begins with one is a question."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.query.small_talk import canned_response
from rag.text.normalization import fold

BEGINNINGS = {
    ("help", "fr"): "Je suis Sourcier : ",
    ("help", "en"): "I am Sourcier: ",
    ("greeting", "fr"): "Bonjour ! ",
    ("greeting", "en"): "Hello! ",
    ("thanks", "fr"): "Avec plaisir. ",
    ("thanks", "en"): "You're welcome. ",
    ("acknowledgement", "fr"): "D'accord. Que voulez-vous savoir",
    ("acknowledgement", "en"): "All right. What would you like to know",
    ("farewell", "fr"): "Au revoir, ",
    ("farewell", "en"): "Goodbye, ",
}
SMALL_TALK = {
    ("help", "fr"): [
        "que peux-tu faire ?", "Que peux tu faire pour moi ?", "Qu'est-ce que tu peux faire ?",
        "Que sais-tu faire ?", "Que pouvez-vous faire ?", "Tu sers à quoi ?", "À quoi sers-tu ?",
        "qui es-tu ?", "Qui êtes-vous ?", "T’es qui ?", "aide", "Aide !", "à l'aide", "Aide-moi",
        "aidez-moi s'il vous plaît", "Peux-tu m'aider ?", "comment ça marche ?", "Comment ça fonctionne ?",
        "Ça marche comment ?", "Comment fonctionnes-tu ?", "C'est quoi Sourcier ?",
        "Comment t'appelles-tu ?", "Bonjour, que peux-tu faire ?", "Bonjour ! Qui es-tu ?",
        "Hello, qui es-tu ?", "Que puis-je te demander ?",
    ],
    ("help", "en"): [
        "what can you do?", "What can you do for me?", "What do you do?", "help", "HELP!", "Help me please",
        "Can you help me?", "who are you?", "What are you?", "How does it work?", "How does this work?",
        "How do you work?", "What is Sourcier?", "What can I ask you?", "Hi! What can you do?",
    ],
    ("greeting", "fr"): [
        "Bonjour", "bonjour !", "Bonjour, Sourcier.", "Salut !", "Salut, ça va ?", "Bonsoir", "coucou 👋",
        "Bonjour à tous", "Comment allez-vous ?", "Comment vas-tu ?", "Hello, ça va ?",
    ],
    ("greeting", "en"): [
        "hello", "Hi!", "Hi there", "Hey", "Good morning", "Hello, how are you?",
        "How are you doing today?",
    ],
    ("thanks", "fr"): [
        "merci", "Merci !", "merci beaucoup", "Merci bien.", "Un grand merci", "Merci pour ton aide",
        "Merci pour votre réponse !", "Ok merci", "OK", "D'accord, merci.", "Parfait, merci beaucoup !",
        "Super", "Merci, au revoir", "Je te remercie",
    ],
    ("thanks", "en"): [
        "thanks", "Thanks a lot!", "Thank you", "thank you very much", "Great, thanks!", "Thx",
    ],
    ("acknowledgement", "fr"): [
        "oui", "Oui !", "Non.", "Oui, oui", "Bien sûr", "Exactement.", "Tout à fait", "Pourquoi pas ?",
        "Pas du tout", "Oui, s'il te plaît", "vas-y",
    ],
    ("acknowledgement", "en"): [
        "yes", "Yes.", "No", "nope", "Sure!", "Of course", "Exactly", "Yes please", "go ahead",
    ],
    ("farewell", "fr"): [
        "au revoir", "Au revoir !", "À bientôt", "Bonne journée", "Bonne soirée !", "À demain",
    ],
    ("farewell", "en"): [
        "bye", "Goodbye", "Bye bye!", "See you later", "Good night", "Have a nice day!",
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("said", "kind", "language"), [(said, *about) for about, each in SMALL_TALK.items() for said in each]
)
def test_small_talk_gets_its_reply_in_its_language(said: str, kind: str, language: str):
    found = canned_response(fold(said))
    assert found.language == language
    assert found.text.startswith(BEGINNINGS[kind, language])


@pytest.mark.parametrize(
    "question",
    [
        "Bonjour, qui a gagné la coupe ?",
        "Bonjour. Qui a gagné la coupe ?",
        "Merci, et lui ?",
        "Aide alimentaire à Gaza",
        "Aide alimentaire à Gaza ?",
        "Quelle aide pour les agriculteurs ?",
        "Que peux-tu me dire de Macron ?",
        "Que peut faire le maire ?",
        "Comment ça marche, le pont tournant ?",
        "Comment marche la prime ?",
        "Qui est Poutine ?",
        "Qui est le maire ?",
        "Qui était Bonjour ?",
        "Salut nazi de Musk",
        "Adieu à Jean-Paul Belmondo",
        "Ça va coûter combien ?",
        "Pourquoi ?",
        "Et lui ?",
        "Résume",
        "en anglais",
        "Sourcier",
        "Sourcier ?",
        "Oui, mais quand ?",
        "Non-lieu pour le maire ?",
        "No deal?",
        "Yes, and why?",
        "Sure Start centres",
        "Help for farmers?",
        "Who is Putin?",
        "What is this law about?",
        "Hello Kitty",
        "Thanks to whom was the bridge built?",
        "How does the bridge work?",
        "Good morning Vietnam",
        "Goodbye Lenin",
        "?",
        "",
        "…",
        "👋",
        "et",
    ],
)
def test_what_asks_something_of_the_articles_is_no_small_talk(question: str):
    assert canned_response(fold(question)) is None


@given(st.sampled_from([said for each in SMALL_TALK.values() for said in each]), st.text())
def test_whatever_else_is_said_makes_it_a_question(said: str, more: str):
    assert canned_response(fold(f"{said} Combien coûte le pont ? {more}")) is None


@given(st.text())
def test_any_text_can_be_said(said: str):
    found = canned_response(fold(said))
    assert found is None or found.language in ("fr", "en")
