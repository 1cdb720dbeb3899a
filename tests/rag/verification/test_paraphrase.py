"""Sentences that look alike: edits say the same; another figure, name or negation is another statement."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reprint_texts import FERRY, FERRY_EDITED, FIRE, FIRE_EDITED

from rag.extraction.analysed_sentence import SentenceAnalyses
from rag.text.sentences import split_sentences
from rag.verification.paraphrase import (
    Sentence,
    comparable,
    counterpart,
    overlap,
    repeats,
    says_otherwise,
    says_the_same,
)

ANALYSES = SentenceAnalyses()


def sentence(text: str, language: str) -> Sentence:
    return comparable(ANALYSES.of(text, language))


SAME = [
    ("fr", "L'incendie a fait 12 blessés mardi.", "L'incendie a fait douze blessés, mardi."),
    ("fr", "Le pont a coûté 3,5 M€ à la ville.", "Le pont a coûté 3,5 millions d'euros à la ville."),
    ("fr", "Selon la préfecture, le feu est éteint.", "D'après la préfecture, le feu est éteint."),
    ("fr", "Emmanuel Macron a signé l'accord à Paris.", "Le président Macron a signé l'accord à Paris."),
    ("fr", "L'accord a été signé hier à Bruxelles.", "L'accord a été signé mardi à Bruxelles."),
    ("fr", "Un incendie a ravagé un entrepôt.", "MALVOISY, 4 mars (AFP) - Un incendie a ravagé un entrepôt."),
    ("fr", "« Le feu est éteint », a dit le maire (AFP).", "\"Le feu est éteint\", a dit le maire."),
    ("fr", "Le pont n'a pas rouvert lundi.", "Le pont n'a toujours pas rouvert lundi."),
    ("en", "The ferry isn't running today.", "The ferry is not running today."),
    ("en", "LONDON (Reuters) — Twelve people were hurt.", "12 people were hurt."),
]  # fmt: skip
OTHER = [
    ("fr", "L'incendie a fait 12 blessés mardi.", "L'incendie a fait 14 blessés mardi."),
    ("fr", "L'incendie a fait douze blessés mardi.", "L'incendie a fait quatorze blessés mardi."),
    ("fr", "L'incendie a fait 12 blessés.", "L'incendie a fait 12 000 blessés."),
    ("fr", "Le taux est passé à 3,5 % en mai.", "Le taux est passé à 3,6 % en mai."),
    ("fr", "Le pont a rouvert lundi matin.", "Le pont n'a pas rouvert lundi matin."),
    ("fr", "Un accord a été signé.", "Aucun accord n'a été signé."),
    ("fr", "L'école a rouvert avec ses cantines.", "L'école a rouvert sans ses cantines."),
    ("fr", "Le maire Jean Brac a signé l'accord.", "Le maire Paul Orne a signé l'accord."),
    ("fr", "Marie Brac a signé l'accord.", "Jean Brac a signé l'accord."),
    ("fr", "L'accord a été signé à Bruxelles.", "L'accord a été signé à Berlin."),
    ("fr", "Un navire norvégien a coulé au large.", "Un navire danois a coulé au large."),
    ("fr", "L'accord a été signé lundi à Bruxelles.", "L'accord a été signé mardi à Bruxelles."),
    ("fr", "Le procès s'ouvrira le 4 mars.", "Le procès s'ouvrira le 4 mai."),
    ("fr", "Les prix ont baissé de 3 % en mai.", "Les prix ont augmenté de 3 % en mai."),
    ("fr", "La motion a été adoptée par le conseil.", "La motion a été rejetée par le conseil."),
    ("fr", "Le ministre a démissionné.", "Le ministre aurait démissionné."),
    ("en", "The bridge has reopened.", "The bridge hasn't reopened."),
    ("en", "The bridge will reopen.", "The bridge has reopened."),
    ("en", "Twelve people were hurt.", "Nobody was hurt."),
    ("en", "The council backed the plan on Friday.", "The council rejected the plan on Friday."),
]


@pytest.mark.parametrize(("language", "one", "other"), SAME)
def test_wording_is_no_difference(language: str, one: str, other: str):
    pair = sentence(one, language), sentence(other, language)
    assert says_the_same(*pair, ANALYSES)
    assert says_the_same(*reversed(pair), ANALYSES)
    assert not says_otherwise(pair[0], [pair[1]], ANALYSES)


@pytest.mark.parametrize(("language", "one", "other"), OTHER)
def test_another_statement_is_a_difference(language: str, one: str, other: str):
    pair = sentence(one, language), sentence(other, language)
    assert not says_the_same(*pair, ANALYSES)
    assert not says_the_same(*reversed(pair), ANALYSES)
    assert not repeats(*pair, ANALYSES)


@pytest.mark.parametrize(("language", "one", "other"), [row for row in OTHER if "Nobody" not in row[2]])
def test_another_statement_is_seen_beside_what_it_changes(language: str, one: str, other: str):
    first, second = sentence(one, language), sentence(other, language)
    assert says_otherwise(second, [first], ANALYSES)
    assert says_otherwise(first, [second], ANALYSES)
    assert counterpart(first, [second], ANALYSES) is None


def read(text: str, language: str) -> list[Sentence]:
    return [sentence(text[span.start : span.end], language) for span in split_sentences(text, language)]


@pytest.mark.parametrize(
    ("language", "text", "edited", "unlike"), [("fr", FIRE, FIRE_EDITED, 1), ("en", FERRY, FERRY_EDITED, 1)]
)
def test_an_edited_story_is_told_sentence_by_sentence(language: str, text: str, edited: str, unlike: int):
    """All but one are edited in places; that one is worded anew, and says nothing else."""
    said, given = read(edited, language), read(text, language)
    found = [counterpart(one, given, ANALYSES) for one in said]
    assert len(said) == len(given)
    assert [place for i, place in enumerate(found) if place not in (i, None)] == []
    assert found.count(None) == unlike
    assert not any(says_otherwise(one, given, ANALYSES) for one in said)


def test_the_nearest_of_several_is_the_counterpart():
    given = read("Le pont ferme. Le pont de Corvenne ferme lundi. Le pont de Corvenne ferme mardi.", "fr")
    assert counterpart(sentence("Le pont de Corvenne ferme mardi.", "fr"), given, ANALYSES) == 2
    assert counterpart(sentence("Le bac de Sarrane coule.", "fr"), given, ANALYSES) is None
    assert counterpart(sentence("Le bac de Sarrane coule.", "fr"), [], ANALYSES) is None


def test_a_sentence_that_breaks_off_says_nothing_else():
    whole = sentence("La société, qui emploie 140 personnes, n'a pas souhaité s'exprimer.", "fr")
    assert not says_otherwise(sentence("La société, qui emploie", "fr"), [whole], ANALYSES)
    assert not says_otherwise(whole, [sentence("La société, qui emploie 140 personnes", "fr")], ANALYSES)


def test_figures_do_not_count_as_likeness():
    """`12 blessés` and `14 blessés` share every word that could be shared."""
    assert overlap(sentence("Bilan : 12 blessés.", "fr"), sentence("Bilan : 14 blessés.", "fr")) == 1.0
    assert overlap(sentence("12 000", "fr"), sentence("14 000", "fr")) == 0.0
    assert overlap(sentence("12 000", "fr"), sentence("12000", "fr")) == 1.0


@pytest.mark.parametrize(
    "text", ["", "…", "{x.__class__}", "\0", "<|im_end|>", "(AFP)", "A" * 5_000, "((" * 999]
)
def test_any_text_can_be_compared(text: str):
    one, other = sentence(text, None), sentence("Le pont a rouvert.", "fr")
    assert says_the_same(one, one, ANALYSES)
    assert says_the_same(one, other, ANALYSES) == says_the_same(other, one, ANALYSES)
    assert counterpart(one, [other], ANALYSES) is None


drawn = st.sampled_from([text for row in (*SAME, *OTHER) for text in row[1:]])


@given(drawn, drawn, st.sampled_from(["fr", "en", None]))
def test_saying_the_same_goes_both_ways(one: str, other: str, language: str | None):
    a, b = sentence(one, language), sentence(other, language)
    assert says_the_same(a, a, ANALYSES)
    assert says_the_same(a, b, ANALYSES) == says_the_same(b, a, ANALYSES)
    assert overlap(a, b) == overlap(b, a)
    assert repeats(a, b, ANALYSES) == repeats(b, a, ANALYSES)
