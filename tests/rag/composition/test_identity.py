"""Who people are whom a question only counts or describes: what a sentence says of them, and as a whole."""

from __future__ import annotations

import pytest

from rag.composition.identity import identified, identity_question
from rag.query.question_text import QuestionText
from rag.schema.evidence import Evidence
from rag.text.sentences import split_sentences
from rag.verification.premise import EvidenceReader

FLOOD = (
    "La crue a tué deux personnes, selon la préfecture. Les victimes sont un homme de 71 ans, surpris dans sa"
    " cave de la rue des Tanneurs, et une automobiliste de 34 ans. Deux chiens ont été sauvés."
)
DEAD = "un homme de 71 ans, surpris dans sa cave de la rue des Tanneurs, et une automobiliste de 34 ans"
FIRE = (
    "Two people died in the fire. They are a 71-year-old man and a motorist from Leeds. Nobody else was hurt."
)
WINNERS = "Les nouveaux champions sont Anne Leroy et Paul Blin. Ils ont battu l'équipe de Toury."


@pytest.mark.parametrize(
    ("question", "asked_in", "text", "language", "words"),
    [
        ("Qui sont les deux personnes mortes ?", "fr", FLOOD, "fr", DEAD),
        ("Qui sont les victimes de la crue ?", "fr", FLOOD, "fr", DEAD),
        ("Qui est mort dans la crue ?", "fr", FLOOD, "fr", DEAD),
        ("Who died in the flood?", "en", FLOOD, "fr", DEAD),
        ("Who were the two victims?", "en", FIRE, "en", "a 71-year-old man and a motorist from Leeds"),
        ("Qui sont les nouveaux champions ?", "fr", WINNERS, "fr", "Anne Leroy et Paul Blin"),
    ],
)
def test_they_are_told_as_their_sentence_tells_them(
    make_article, question: str, asked_in: str, text: str, language: str, words: str
):
    article = make_article(text, language=language)
    spans = split_sentences(text, language)
    offered = [
        Evidence(article, span.start, span.end, before=tuple(reversed(spans[:place])))
        for place, span in enumerate(spans)
    ]
    asked = identity_question(QuestionText(question, asked_in))
    assert [item.answer_words for item in identified(asked, offered, EvidenceReader())] == [words]


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Qui est Nora Haddad ?", "fr"),
        ("Qui a gagné ?", "fr"),
        ("Who won?", "en"),
        ("Combien de personnes sont mortes ?", "fr"),
    ],
)
def test_other_questions_describe_nobody(question: str, language: str):
    assert identity_question(QuestionText(question, language)) is None
