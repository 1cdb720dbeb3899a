"""Which names of an article are whose, and of what kind."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from rag.entities import names
from rag.entities.analysis import analyse
from rag.extraction.names import recognition
from rag.extraction.names.exonyms import group_of
from rag.library.records import ArticleSentences
from rag.schema.article import Article
from rag.schema.entity import ArticleEntities
from rag.text.sentences import split_sentences

MakeArticle = Callable[..., Article]


def found(make_article: MakeArticle, text: str, language: str = "fr") -> ArticleEntities:
    article = make_article(text, language=language, title="")
    return analyse(ArticleSentences(article, tuple(split_sentences(text, language))))


def owners(make_article: MakeArticle, text: str, language: str = "fr") -> dict[str, list[str]]:
    """Each form as it stands in the text → those whom it may name."""
    said = found(make_article, text, language)
    return {
        text[one.span.start : one.span.end]: [said.entities[at].name for at in one.entities]
        for one in said.mentions
    }


def test_a_title_a_role_a_surname_and_an_initial_are_the_same_ones(make_article: MakeArticle):
    text = (
        "Emmanuel Macron est arrivé. M. Macron a parlé. Le président Macron a salué la foule."
        " « Merci », a dit Macron. E. Macron est reparti."
    )
    assert owners(make_article, text) == {
        "Emmanuel Macron": ["Emmanuel Macron"],
        "Macron": ["Emmanuel Macron"],
        "E. Macron": ["Emmanuel Macron"],
    }


def test_a_surname_of_two_is_nobodys(make_article: MakeArticle):
    text = "Emmanuel Macron et Brigitte Macron sont arrivés. Macron a souri."
    assert owners(make_article, text)["Macron"] == ["Emmanuel Macron", "Brigitte Macron"]


def test_a_title_tells_which_of_two(make_article: MakeArticle):
    text = "Emmanuel Macron et Brigitte Macron sont arrivés. Mme Macron a souri."
    assert owners(make_article, text)["Macron"] == ["Brigitte Macron"]


def test_an_initial_tells_which_of_two(make_article: MakeArticle):
    text = "Paul Roux et Luc Roux sont arrivés. L. Roux a souri."
    assert owners(make_article, text)["L. Roux"] == ["Luc Roux"]


def test_a_surname_alone_stays_so(make_article: MakeArticle):
    (entity,) = found(make_article, "« Merci », a dit M. Macron.").entities
    assert (entity.name, entity.is_bare, entity.gender) == ("Macron", True, "m")


@pytest.mark.parametrize(
    "text",
    [
        "L'Agence France-Presse (AFP) est à Paris. L'AFP a cent ans.",
        "L'AFP (Agence France-Presse) est à Paris. L'AFP a cent ans.",
    ],
)
def test_an_acronym_is_what_the_article_says_it_stands_for(make_article: MakeArticle, text: str):
    assert owners(make_article, text)["AFP"] == ["Agence France-Presse"]


def test_a_dispatchs_agency_isnt_its_town(make_article: MakeArticle):
    kinds = {one.name: one.kind for one in found(make_article, "CORVENNE (AOP) – La rue a rouvert.").entities}
    assert kinds.get("AOP") == "organisation"
    assert "AOP" not in owners(make_article, "CORVENNE (AOP) – La rue a rouvert.").get("CORVENNE", [])


@pytest.mark.parametrize(
    ("text", "language", "name", "kind"),
    [
        ("Le maire, Fernand Issarny, est là.", "fr", "Fernand Issarny", "person"),
        ("Oberlin Trask, 54 ans, est là.", "fr", "Oberlin Trask", "person"),
        ("Le ministre, Paul Maréchal, est là.", "fr", "Paul Maréchal", "person"),
        ("La société Aéolis est là.", "fr", "Aéolis", "organisation"),
        ("Il travaille chez Aéolis.", "fr", "Aéolis", "organisation"),
        ("La SNCF est là.", "fr", "SNCF", "organisation"),
        ("Il vit à Saint-Orlan depuis.", "fr", "Saint-Orlan", "place"),
        ("Le plateau de Sarrane est vide.", "fr", "Sarrane", "place"),
        ("Il va en Norvège.", "fr", "Norvège", "place"),
        ("Ils se sont vus au Centre de congrès Arctic Warrior lundi.", "fr", "Arctic Warrior", "place"),
        ("Le match a lieu au stade Louis Brenac.", "fr", "Louis Brenac", "place"),
        ("They met at the Arctic Warrior convention centre.", "en", "Arctic Warrior", "place"),
        ("She works for Skarra Lines now.", "en", "Skarra Lines", "organisation"),
        ("They met in Kestrel Bay today.", "en", "Kestrel Bay", "place"),
        ("Dr Ansel Vork, a vet, was there.", "en", "Ansel Vork", "person"),
    ],
)
def test_kinds(make_article: MakeArticle, text: str, language: str, name: str, kind: str):
    assert {one.name: one.kind for one in found(make_article, text, language).entities}[name] == kind


def test_a_role_is_shown_as_the_article_writes_it(make_article: MakeArticle):
    text = "Le préfet Étienne Malvoisin est arrivé. Odile Brac, présidente du conseil, l'a salué."
    roles = {one.name: one.roles for one in found(make_article, text).entities}
    assert roles == {"Étienne Malvoisin": frozenset({"préfet"}), "Odile Brac": frozenset({"présidente"})}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Le ministre et son homologue russe Vladimir Ponomar sont là.", "fr"),
        ("The minister and her British counterpart Neil Ponomar are here.", "en"),
    ],
)
def test_whose_somebody_is_isnt_who_they_are(make_article: MakeArticle, text: str, language: str):
    (person,) = [one for one in found(make_article, text, language).entities if one.name.endswith("Ponomar")]
    assert (person.kind, person.roles) == ("person", frozenset())


def test_a_long_sentence_is_looked_at_in_pieces(make_article: MakeArticle, monkeypatch: pytest.MonkeyPatch):
    """For each name, never all that stands before it: an article of one sentence would take for ever."""
    looked: list[int] = []

    class Noted:
        def __init__(self, pattern: re.Pattern[str]) -> None:
            self._pattern = pattern

        def search(self, text: str) -> re.Match[str] | None:
            looked.append(len(text))
            return self._pattern.search(text)

    def noted(words: str) -> str | None:
        looked.append(len(words))
        return group_of(words)

    for name in ("_SAINT", "_INITIAL", "_LAST_TITLE"):
        monkeypatch.setattr(names, name, Noted(getattr(names, name)))
    monkeypatch.setattr(recognition, "group_of", noted)
    long = "Paul Roux, " * 500
    text = f"{long}{'Garo ' * 500}, {long}Saint-Jean Roux sont venus."
    forms = {form for one in found(make_article, text).entities for form in one.forms}
    assert {"Saint-Jean Roux", "Paul Roux"} <= forms
    assert looked and max(looked) <= 100
