"""What the library itself knows is counted exactly, with what was counted, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from desk import Desk

from rag.schema.answer import Answer
from rag.schema.question import CitedSpan, Filters, Turn

Ask = Callable[..., Answer]
CONTAINS = "dont le titre ou le texte contient"


def titles(answer: Answer) -> list[str]:
    assert answer.status == "catalogue"
    assert answer.claims == answer.hits == ()
    return [one.title for one in answer.listing.articles]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Combien d'articles ?", "9 articles dans la bibliothèque."),
        ("combien d'articles as-tu", "9 articles dans la bibliothèque."),
        ("How many articles are there?", "9 articles in the library."),
        ("Combien d'articles sur la piscine ?",
         f"4 articles {CONTAINS} « piscine » (toutes formes comprises)."),
        ("Combien d'articles parlent des piscines de Lormont ?",
         f"4 articles {CONTAINS} « piscines » et « Lormont » (toutes formes comprises)."),
        ("Combien d'articles sur Nadia Ferri ?",
         f"3 articles {CONTAINS} « Nadia Ferri » (toutes formes comprises)."),
        ("combien d'articles sur nadia ferri",
         f"3 articles {CONTAINS} « Nadia Ferri » (toutes formes comprises)."),
        # Its stem is that of `mère`, and its words aren't.
        ("Combien d'articles sur la mer ?", f"1 article {CONTAINS} « mer » (toutes formes comprises)."),
        ("How many articles mention the ferry?",
         "1 article whose title or text contains “ferry” (in any form)."),
        ("Combien d'articles ont été publiés en janvier 2025 ?",
         "3 articles publiés du 1er janvier 2025 au 31 janvier 2025."),
        ("Combien d'articles sur la piscine en janvier 2025 ?",
         f"3 articles publiés du 1er janvier 2025 au 31 janvier 2025 {CONTAINS} « piscine » (toutes formes"
         " comprises)."),
        ("Combien d'articles Le Val a-t-il publiés ?", "4 articles de Le Val."),
        ("How many articles did The Ferrow Post publish?", "1 article from The Ferrow Post."),
        ("Combien d'articles a écrits Jean Dupont ?", "3 articles signés Jean Dupont."),
        ("Combien d'articles sont signés par Paul Roux ?", "1 article signé Marie Lenoir et Paul Roux."),
    ],
)  # fmt: skip
def test_articles_are_counted(ask: Ask, text: str, said: str):
    answer = ask(text)
    assert answer.plain_text == answer.text == said
    assert answer.listing.total == int(said.split()[0])
    assert len(titles(answer)) == min(answer.listing.total, 10)
    assert said.rstrip(".").startswith(answer.listing.definition)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Quels journaux parlent de la piscine ?",
         "2 journaux : La Gazette des Monts (2 articles) et Le Val (2 articles)."),
        ("Which newspapers mention the ferry?", "1 newspaper: The Ferrow Post (1 article)."),
        ("Quels journaux y a-t-il dans la bibliothèque ?",
         "3 journaux : La Gazette des Monts (4 articles), Le Val (4 articles) et The Ferrow Post (1"
         " article)."),
    ],
)  # fmt: skip
def test_outlets_are_named_with_their_articles(ask: Ask, text: str, said: str):
    assert ask(text).plain_text == said


@pytest.mark.parametrize(
    ("text", "said", "title"),
    [
        ("Quel est l'article le plus récent ?",
         "Le plus récent est « Le pont des Aulnes rouvre aux camions », Le Val, 6 mai 2025.",
         "Le pont des Aulnes rouvre aux camions"),
        ("l'article le plus récent sur la piscine",
         "Le plus récent est « Lormont vote un budget de huit millions », Le Val, 20 avril 2025.",
         "Lormont vote un budget de huit millions"),
        ("What is the oldest article about the pool of Lormont?", None, None),
        ("Quel est le plus ancien article sur la piscine ?",
         "Le plus ancien est « Lormont ferme sa piscine pour deux mois », Le Val, 10 janvier 2025.",
         "Lormont ferme sa piscine pour deux mois"),
        ("What is the latest article about the ferry?",
         "The most recent is “Ferry returns to Ferrow after eight months”, The Ferrow Post, 14 February"
         " 2025.",
         "Ferry returns to Ferrow after eight months"),
        ("Qui a écrit l'article sur la grève ?",
         "« Grève à la scierie Morand » est signé Marie Lenoir et Paul Roux.", "Grève à la scierie Morand"),
        ("Who wrote the article about the ferry?",
         "“Ferry returns to Ferrow after eight months” is by Anne Reed.",
         "Ferry returns to Ferrow after eight months"),
        ("Quand a paru l'article sur le pont des Aulnes ?",
         "« Le pont des Aulnes rouvre aux camions » est daté du 6 mai 2025.",
         "Le pont des Aulnes rouvre aux camions"),
        ("De quand date l'article sur la mère du champion ?",
         "La date de « La mère du champion raconte » n'est pas indiquée.", "La mère du champion raconte"),
        ("Qui a écrit l'article sur le budget de Lormont ?",
         "L'auteur de « Lormont vote un budget de huit millions » n'est pas indiqué.",
         "Lormont vote un budget de huit millions"),
    ],
)  # fmt: skip
def test_one_article_is_told_of(ask: Ask, text: str, said: str | None, title: str | None):
    answer = ask(text)
    if said is None:
        assert answer.status == "not_found"
    else:
        assert (answer.plain_text, titles(answer)) == (said, [title])


def test_articles_are_listed_newest_first_those_without_a_date_last(ask: Ask):
    assert titles(ask("Liste les articles"))[0] == "Le pont des Aulnes rouvre aux camions"
    assert titles(ask("List all articles"))[-1] == "La mère du champion raconte"
    assert titles(ask("Les articles de Jean Dupont")) == [
        "Le pont des Aulnes rouvre aux camions",
        "La mer gagne sur la dune",
        "Lormont ferme sa piscine pour deux mois",
    ]
    assert titles(ask("Liste les articles de La Gazette des Monts sur la piscine")) == [
        "À Brunoy, la piscine reste ouverte",
        "Deux mois sans piscine à Lormont",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Liste les articles de mai 2025",
        "Quels sont les articles parus en mai 2025 ?",
        "Les articles de mai 2025",
    ],
)
def test_a_months_articles_are_those_of_its_days(ask: Ask, text: str):
    answer = ask(text)
    assert titles(answer) == ["Le pont des Aulnes rouvre aux camions"]
    assert answer.plain_text == "1 article publié du 1er mai 2025 au 31 mai 2025."


def test_several_articles_that_a_question_names_are_all_told_of(ask: Ask):
    answer = ask("Qui a écrit l'article sur la piscine de Lormont ?")
    assert sorted(titles(answer)) == [
        "Deux mois sans piscine à Lormont",
        "Lormont ferme sa piscine pour deux mois",
    ]
    assert answer.plain_text.endswith("Auteurs indiqués : Jean Dupont.")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Combien d'articles sur Odile Brac ?", "Aucun article ne parle d'Odile Brac."),
        ("Quels journaux parlent du volcan ?", "Aucun article ne parle de « volcan »."),
        ("How many articles mention the volcano?", "No article speaks of “volcano”."),
        ("Liste les articles sur la grève du ferry",
         f"Aucun article {CONTAINS} « grève » et « ferry » (toutes formes comprises)."),
        ("Les articles de Zoé Prunier",
         "Aucun article n'est signé « Zoé Prunier » ni publié par un journal de ce nom."),
        ("Combien d'articles signés par Zoé Prunier ?", "Aucun article n'est signé « Zoé Prunier »."),
        ("Combien d'articles sur la piscine en mai 2025 ?",
         f"Aucun article publié du 1er mai 2025 au 31 mai 2025 {CONTAINS} « piscine » (toutes formes"
         f" comprises). Le"
         " plus récent à ce sujet est du 20 avril 2025."),
    ],
)  # fmt: skip
def test_what_is_not_there_is_said_by_name(ask: Ask, text: str, said: str):
    answer = ask(text)
    assert (answer.status, answer.claims, answer.listing) == ("not_found", (), None)
    assert answer.plain_text.startswith(said)


def test_filters_of_the_page_hold(ask: Ask, desk: Desk):
    answer = ask("Combien d'articles sur la piscine ?", filters=Filters(outlets=("Le Val",)))
    assert answer.plain_text == f"2 articles de Le Val {CONTAINS} « piscine » (toutes formes comprises)."
    source = str((desk.files / "pont.md").resolve())
    assert titles(ask("Liste les articles", filters=Filters(sources=(source,)))) == [
        "Le pont des Aulnes rouvre aux camions"
    ]
    assert ask("Liste les articles", filters=Filters(sources=("nulle part",))).status == "not_found"
    since = Filters(date_from=date(2025, 4, 1))
    assert (
        ask("Combien d'articles ?", filters=since).plain_text
        == "2 articles publiés depuis le 1er avril 2025."
    )


def test_of_several_citations_each_article_is_told(ask: Ask, desk: Desk):
    def cited(name: str) -> CitedSpan:
        article = desk.library.article(desk.id_of(name))
        return CitedSpan(article.id, article.content_hash, 0, len(article.text))

    spans = (cited("pont.md"), cited("ferry.md"))
    titles = tuple(desk.library.article(span.article_id).title for span in spans)
    asked = Turn("Quand ?", "…", cited=spans, article_id=spans[0].article_id, titles=titles)
    first = ask("Qui a écrit cela ?", history=(asked,))
    assert first.plain_text.count("est signé") == 2
    assert "Jean Dupont" in first.plain_text
    assert "Anne Reed" in first.plain_text
    assert [one.article_id for one in first.listing.articles] == [span.article_id for span in spans]
    # What was asked of them since tells of the same.
    then = ask("C'est de quand ?", history=(asked, first.turn()))
    assert then.plain_text.count("est daté du") == 2
    source = ask("Says who?", history=(asked, first.turn(), then.turn())).plain_text
    assert "by Jean Dupont" in source
    assert "by Anne Reed" in source
    # An article that another answer told of since is spoken of alone.
    other = Turn("Et ?", "…", article_id=spans[1].article_id, titles=titles[1:])
    assert "Jean Dupont" not in ask("Qui a écrit cela ?", history=(asked, other)).plain_text


def test_this_article_is_the_one_told_of_last(ask: Ask, desk: Desk):
    asked = (Turn("Qui ?", "…", article_id=desk.id_of("pont.md")), Turn("Merci ?", "…"))
    assert ask("Qui a écrit cet article ?", history=asked).plain_text.endswith("est signé Jean Dupont.")
    assert ask("When was this article published?", history=asked).plain_text.endswith("is dated 6 May 2025.")
    only = Filters(article_ids=(desk.id_of("ferry.md"),))
    assert ask("Who wrote this article?", history=asked, filters=only).plain_text.endswith("is by Anne Reed.")
    assert ask("C'est de quand ?", history=asked).plain_text.endswith("est daté du 6 mai 2025.")
    nothing = ask("Qui a écrit cet article ?")
    assert (nothing.status, nothing.plain_text[:26]) == ("conversation", "De quel article s'agit-il ")


@pytest.mark.parametrize(
    "text",
    [
        "Les articles de la loi sur les piscines ?",
        "Combien d'articles de la convention parlent de congés ?",
        "How many articles of the treaty mention fish?",
    ],
)
def test_articles_of_laws_are_no_articles_of_the_library(ask: Ask, text: str):
    assert ask(text).status != "catalogue"
