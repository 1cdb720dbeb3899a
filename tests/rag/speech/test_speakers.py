"""Who speaks in a sentence: by name, by role, by a pronoun, over several sentences of one quotation."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.extraction.analysed_sentence import SentenceAnalyses
from rag.extraction.names.recognition import Name
from rag.library.records import ArticleSentences
from rag.schema.article import Article
from rag.speech import speakers
from rag.speech.speakers import Speaker, parts_of, statements
from rag.text.sentences import split_sentences

MakeArticle = Callable[..., Article]


def speaker(name: str) -> Speaker:
    return Speaker(Name(0, len(name), name, tuple(name.lower().split())))


def said(
    make_article: MakeArticle, text: str, whom: Speaker, language: str = "fr", title: str = "Titre"
) -> list[str]:
    article = make_article(text, language=language, title=title)
    whole = ArticleSentences(article, tuple(split_sentences(text, language)))
    found = statements(whole, whom, SentenceAnalyses())
    return [text[one.span.start : one.span.end] for one in found]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Le pont est fermé. « C'est trop tard », a dit Nadia Ferri.",
         ["« C'est trop tard », a dit Nadia Ferri."]),
        ("« Il en faut cinq », a commenté Nadia Ferri.", ["« Il en faut cinq », a commenté Nadia Ferri."]),
        ("Selon Nadia Ferri, le pont tiendra.", ["Selon Nadia Ferri, le pont tiendra."]),
        ("Nadia Ferri est arrivée. « J'ai tout vu », a-t-elle raconté.",
         ["« J'ai tout vu », a-t-elle raconté."]),
        ("« C'est trop tard », a dit Paul Roux. Il a ajouté que le pont fermerait.", []),
        ("Paul Roux a parlé. Nadia Ferri l'écoutait : « Il se trompe. »",
         ["Nadia Ferri l'écoutait : « Il se trompe. »"]),
        ("Paul Roux a vu Nadia Ferri. « Le pont tiendra », a-t-il dit.", []),
        ("« C'est fini », a dit Nadia Ferri. La mairie a fermé le pont. Le préfet a dit qu'il rouvrirait.",
         ["« C'est fini », a dit Nadia Ferri."]),
        ("Nadia Ferri a été élue. Le pont est ouvert.", []),
    ],
)  # fmt: skip
def test_the_words_of_a_name(make_article: MakeArticle, text: str, words: list[str]):
    assert said(make_article, text, speaker("Nadia Ferri")) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("“It works,” said Moira Tallon.", ["“It works,” said Moira Tallon."]),
        ("Moira Tallon was there. She said the boat would leave.", ["She said the boat would leave."]),
        ("Neil Garvie met Moira Tallon. He said the boat would leave.", []),
        ("The mayor of Ferrow, Moira Tallon, came. “Too long,” she said.", ["“Too long,” she said."]),
    ],
)
def test_the_words_of_a_name_in_english(make_article: MakeArticle, text: str, words: list[str]):
    assert said(make_article, text, speaker("Moira Tallon"), "en") == words


def test_a_role_is_that_of_its_place(make_article: MakeArticle):
    text = (
        "Lormont ferme sa piscine. « Pas le choix », a dit le maire, Alain Verdier."
        " « Une faute », a répondu la maire de Brunoy, Claire Vasseur."
    )
    mayors = {
        place: said(make_article, text, Speaker(None, "maire", place), title="La piscine de Lormont ferme")
        for place in ("Lormont", "Brunoy", "Sarlange")
    }
    assert mayors == {
        "Lormont": ["« Pas le choix », a dit le maire, Alain Verdier."],
        "Brunoy": ["« Une faute », a répondu la maire de Brunoy, Claire Vasseur."],
        "Sarlange": [],
    }


@pytest.mark.parametrize(
    ("text", "language", "own"),
    [
        ("« Le pont tiendra », a dit Paul Roux, tandis que Nadia Ferri a répondu : « Il tombera. »", "fr",
         "Nadia Ferri a répondu : « Il tombera. »"),
        ("« Il tombera », a prévenu Nadia Ferri ; « il tiendra », a répliqué Paul Roux.", "fr",
         "« Il tombera », a prévenu Nadia Ferri"),
        ("Paul Roux assure que le pont tiendra, mais Nadia Ferri estime qu'il tombera.", "fr",
         "Nadia Ferri estime qu'il tombera."),
        ("Paul Roux said the bridge would hold, while Nadia Ferri said it would fall.", "en",
         "Nadia Ferri said it would fall."),
        ("“It will fall; it must,” said Nadia Ferri, and Paul Roux replied that it would hold.", "en",
         "“It will fall; it must,” said Nadia Ferri"),
        ("« Il tombera », a dit Nadia Ferri, mais le pont a tenu.", "fr",
         "« Il tombera », a dit Nadia Ferri, mais le pont a tenu."),
    ],
)  # fmt: skip
def test_of_two_speakers_in_a_sentence_each_has_their_own_words(
    make_article: MakeArticle, text: str, language: str, own: str
):
    article = make_article(text, language=language, title="Titre")
    whole = ArticleSentences(article, tuple(split_sentences(text, language)))
    found = statements(whole, speaker("Nadia Ferri"), SentenceAnalyses())
    assert [text[one.own.start : one.own.end] for one in found] == [own]


LONG = "\n".join(
    (
        "« Le président Ferri et moi avons parlé.",
        "Nous sommes voisins.",
        "Le pont est vieux.",
        "Il faut le refaire.",
        "Je suis d'accord avec Nadia Ferri.",
        "Elle a dit que le pont fermerait.",
        "Nous y travaillons.",
        "Le pont tiendra », a déclaré Paul Roux.",
        "De son côté, Nadia Ferri a remercié son voisin.",
        "« Merci.",
        "C'était profond.",
        "Rien n'est fait », a souligné Nadia Ferri.",
    )
)


def test_a_long_quotation_is_of_whom_is_named_where_it_ends(make_article: MakeArticle):
    """Whatever it tells of others' words on the way."""
    assert said(make_article, LONG, speaker("Nadia Ferri"))[-3:] == [
        "« Merci.",
        "C'était profond.",
        "Rien n'est fait », a souligné Nadia Ferri.",
    ]
    assert all("pont" not in one for one in said(make_article, LONG, speaker("Nadia Ferri")))
    assert len(said(make_article, LONG, speaker("Paul Roux"))) == 8


def test_a_quotation_that_another_follows_before_it_ends_is_nobodys(make_article: MakeArticle):
    text = "« Le pont est vieux.\nIl pleut.\n« Rien », a dit Nadia Ferri."
    assert said(make_article, text, speaker("Nadia Ferri")) == ["« Rien », a dit Nadia Ferri."]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Le maire promet ; Paul doute", ["Le maire promet ", "Paul doute"]),
        ("Le maire promet ;; ; Paul doute", ["Le maire promet ", "Paul doute"]),
        ("Anne dit « oui ; non » ; Paul doute", ["Anne dit « oui ; non » ", "Paul doute"]),
        ("Anne doute, tandis que Paul « promet ; oublie »", ["Anne doute", "Paul « promet ; oublie »"]),
    ],
)
def test_a_sentence_in_parts(text, parts):
    assert [text[part.start : part.end] for part in parts_of(text)] == parts


def test_the_parts_of_a_sentence_are_found_in_one_pass(monkeypatch):
    looked_at = []
    monkeypatch.setattr(speakers, "_open_after", lambda text, before: looked_at.append(len(text)) or before)
    text = "Le maire ; " * 500
    assert len(list(parts_of(text))) == 501
    assert sum(looked_at) <= len(text)
