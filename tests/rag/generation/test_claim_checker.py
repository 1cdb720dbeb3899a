"""A claim is shown with sentences that say whom it means, or it isn't shown."""

from __future__ import annotations

from dataclasses import replace

import pytest
from questions import parsed

from rag.generation.claim_checker import ClaimChecker
from rag.generation.draft_parser import Drafted
from rag.retrieval.sentence_selection import AFTER, BEFORE
from rag.schema.evidence import Evidence
from rag.text.analyzer import terms
from rag.text.sentences import split_sentences

SUMMIT = (
    "Le sommet russo-américain a eu lieu à Anchorage. Du côté russe, le ministre Sergueï Lavrov et le"
    " conseiller Iouri Ouchakov étaient là ; du côté américain, le secrétaire d’État Marco Rubio et l’envoyé"
    " Steve Witkoff. Le président Vladimir Poutine a pris la parole en premier."
    " Comme vous le savez, M. Witkoff nous a rendu visite à plusieurs reprises. Il a salué un dialogue"
    " constructif. Nous travaillons à la paix."
)


@pytest.fixture
def offered(make_article):
    """Every sentence of SUMMIT, best first, with its neighbours."""
    article = make_article(SUMMIT, title="Le sommet d’Anchorage", language="fr")
    spans = split_sentences(SUMMIT, "fr")
    return tuple(
        Evidence(
            article,
            span.start,
            span.end,
            1 / (place + 1),
            before=tuple(reversed(spans[max(0, place - BEFORE) : place])),
            after=tuple(spans[place + 1 : place + 1 + AFTER]),
        )
        for place, span in enumerate(spans)
    )


@pytest.fixture
def check(offered, embedder):
    def checked(question: str, said: str, cited: str, among=offered):
        (number,) = [n for n, item in enumerate(among, start=1) if cited in item.quote]
        checker = ClaimChecker(parsed(question), among, dict.fromkeys(terms(question, "fr"), 1.0), embedder)
        return checker.check(Drafted(0, (number,), said))

    return checked


def quotes(claim):
    return [item.quote for item in claim.evidence]


def test_a_name_from_elsewhere_in_the_article_is_no_name_of_the_quote(check, offered):
    said = "Marco Rubio et Steve Witkoff ont rendu visite à plusieurs reprises."
    visits = [replace(item, before=(), after=()) for item in offered if "M. Witkoff" in item.quote]
    claim = check("Qui a rendu visite à plusieurs reprises ?", said, "M. Witkoff", tuple(visits))
    assert (claim.status, claim.reasons) == ("unsupported", ("reference:Marco Rubio",))


def test_a_quote_grows_until_it_shows_whom_its_pronoun_means(check):
    said = "Steve Witkoff a salué un dialogue constructif."
    claim = check("Qui a salué un dialogue constructif ?", said, "Il a salué")
    assert claim.status == "supported"
    assert quotes(claim) == [
        "Comme vous le savez, M. Witkoff nous a rendu visite à plusieurs reprises. Il a salué un dialogue"
        " constructif."
    ]
    (cited,) = claim.evidence
    assert cited.article.text[cited.start : cited.end] == cited.quote


def test_a_name_that_the_quote_has_needs_nothing_around_it(check):
    said = "Vladimir Poutine a pris la parole en premier."
    claim = check("Qui a pris la parole en premier ?", said, "pris la parole")
    assert quotes(claim) == ["Le président Vladimir Poutine a pris la parole en premier."]


def test_a_name_that_no_article_has_is_withdrawn_however_wide_the_quote(check):
    claim = check("Qui a salué le dialogue ?", "Lise Anton a salué un dialogue constructif.", "Il a salué")
    assert (claim.status, claim.reasons) == ("unsupported", ("name:Lise Anton",))
    assert quotes(claim) == ["Il a salué un dialogue constructif."]


def test_a_claim_that_cites_the_neighbour_is_held_to_the_others(check):
    said = "Vladimir Poutine a pris la parole en premier."
    claim = check("Qui a pris la parole en premier ?", said, "Nous travaillons")
    assert quotes(claim) == ["Le président Vladimir Poutine a pris la parole en premier."]


def test_words_of_two_languages_are_not_compared(make_article, embedder):
    """A question in French, to be answered in English, from an English article."""
    article = make_article("The bridge reopened on Monday.", language="en")
    question, cited = "Quand le pont a-t-il rouvert ?", Evidence(article, 0, len(article.text))
    checker = ClaimChecker(parsed(question, "fr", "en"), (cited,), {"pont": 1.0, "rouvr": 1.0}, embedder)
    assert checker.check(Drafted(0, (1,), "The bridge reopened on Monday.")).status == "supported"
