"""An article's main sentences: the lead, and a few that cover the rest without saying it twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.answering.main_sentences import Body, body, covering, fitting_count
from rag.extraction.analysed_sentence import SentenceAnalyses
from rag.library.records import ArticleSentences
from rag.schema.article import Article
from rag.text.sentences import split_sentences

MakeArticle = Callable[..., Article]
TITLE = "Le pont des Aulnes rouvre aux camions"
LEAD = "Le pont des Aulnes a rouvert lundi aux camions, après trois ans de travaux."
COST = "Le chantier a coûté 2,4 millions d'euros à la commune."
AGAIN = "Le pont des Aulnes a rouvert lundi aux camions après trois ans de travaux, enfin."
QUOTE = "« Personne n'y croyait plus », a dit le préfet, Henri Castel."


def read(make_article: MakeArticle, text: str) -> Body:
    article = make_article(text, title=TITLE)
    return body(ArticleSentences(article, tuple(split_sentences(text, "fr"))), SentenceAnalyses())


def test_headings_links_and_the_title_are_no_sentences_of_the_body(make_article: MakeArticle):
    dated, link = "Publié le 6 mai 2025 à 8 h 00.", "Lire aussi : le pont de Lormont est fermé."
    text = "\n\n".join([f"{TITLE}.", dated, LEAD, link, COST])
    assert [one.said.text for one in read(make_article, text).sentences] == [LEAD, COST]


def test_an_ordinary_sentence_that_begins_with_par_is_kept(make_article: MakeArticle):
    text = f"{LEAD} Par ailleurs, la vitesse y sera limitée à 30 km/h."
    assert len(read(make_article, text).sentences) == 2


def test_the_lead_says_what_the_title_says(make_article: MakeArticle):
    text = f"Trois ans de patience ont pris fin ce matin. {LEAD} {COST}"
    assert read(make_article, text).lead().said.text == LEAD
    going_on = (
        f"{LEAD} Tous les camions du pont des Aulnes l'attendaient, ce pont rouvert aux camions. {COST}"
    )
    assert read(make_article, going_on).lead().said.text == LEAD


@pytest.mark.parametrize(
    "teaser",
    [
        "Que va changer la réouverture du pont des Aulnes aux camions ?",
        "Reportage au pont des Aulnes, où les camions rouvrent la route.",
        "Le pont des Aulnes rouvre aux camions, et ce n'est pas fini…",
        "Ce qu'il faut savoir du pont des Aulnes qui rouvre aux camions.",
    ],
)
def test_what_only_promises_is_no_lead(make_article: MakeArticle, teaser: str):
    assert read(make_article, f"{teaser}\n\n{LEAD} {COST}").lead().said.text == LEAD


def test_the_lead_has_the_facts(make_article: MakeArticle):
    standfirst = "Après une longue attente, les habitants respirent enfin dans le bourg."
    assert read(make_article, f"{standfirst} {LEAD} {COST}").lead().said.text == LEAD


@pytest.mark.parametrize(
    "furniture",
    ["À écouter aussi : le pont de Lormont, trois ans après.", "Soutenez notre journal dès maintenant !",
     "Suivez-nous sur tous les réseaux du journal."],
)  # fmt: skip
def test_calls_to_readers_are_no_sentences_of_the_body(make_article: MakeArticle, furniture: str):
    text = "\n\n".join([furniture, LEAD, COST])
    assert [one.said.text for one in read(make_article, text).sentences] == [LEAD, COST]


def test_what_was_said_is_not_said_again(make_article: MakeArticle):
    one = read(make_article, f"{LEAD} {AGAIN} {COST} {QUOTE}")
    chosen = covering(one.sentences, one.weights, 3, first=[one.lead()])
    assert [item.said.text for item in chosen] == [LEAD, COST, QUOTE]


def test_a_short_article_is_given_whole_and_a_long_one_in_a_few(make_article: MakeArticle):
    one = read(make_article, LEAD)
    assert [item.said.text for item in covering(one.sentences, one.weights, 3)] == [LEAD]
    assert [fitting_count(count) for count in (1, 10, 16, 20, 200)] == [3, 3, 4, 5, 6]
