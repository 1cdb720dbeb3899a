"""What is a change in what a standing question finds, and of which kind: quotes alone, no library."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.consistency.replacement import replacing_value
from rag.consistency.values import is_of_another_time, same_value
from rag.extraction.analysed_sentence import SentenceAnalyses
from rag.monitoring.comparison import Asked, Known, NewAnswer, compare
from rag.query.answer_type import expected
from rag.schema.answer import Verdict
from rag.schema.article import Article
from rag.schema.evidence import Evidence
from rag.text.normalization import fold

ANALYSES = SentenceAnalyses()
PEOPLE = "Combien d'habitants compte Villebourg ?"
DAY = "Quand le pont de Carval fermera-t-il ?"
MAYOR = "Qui est maire de Lormont ?"


def asked(question: str, several: bool = False) -> Asked:
    return Asked(expected(question, fold(question), "fr"), several)


def quote(text: str, words: str = "", day: str | None = "2026-05-04", key: str = "") -> Evidence:
    article = Article(key or text, text, "", f"/{text}", f"hash {text}", language="fr", published_at=day)
    start = text.index(words) if words else None
    return Evidence(
        article, 0, len(text), answer_start=start, answer_end=None if start is None else start + len(words)
    )


def new(item: Evidence, verdict: Verdict | None = None, corrects: bool = False) -> NewAnswer:
    return NewAnswer(item.article, (item,), verdict, corrects, (item,) if corrects else ())


def kinds(question: str, before: Evidence, *answers: NewAnswer) -> list[str]:
    known = Known((before,), had_answer=True)
    return [change.kind for change in compare(asked(question), known, answers, ANALYSES).changes]


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        (PEOPLE, "340 habitants", "340 personnes"),
        (PEOPLE, "12 512 habitants", "environ 12 500 habitants"),
        ("Combien coûtera la halle ?", "12,5 M€", "12,5 millions d'euros"),
        (DAY, "le 12 avril 2026", "dimanche 12 avril"),
        (DAY, "le 12 avril 2026", "en avril 2026"),
        (MAYOR, "Claire Dubreuil", "La maire de Lormont, Mme Dubreuil"),
    ],
)
def test_other_words_for_the_same_value(question: str, one: str, other: str) -> None:
    first, second = (quote(f"On lit ceci : {words} sont cités.", words) for words in (one, other))
    assert same_value(first, second, asked(question).expected, ANALYSES)
    assert kinds(question, first, new(second)) == ["source"]


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        (PEOPLE, "340 habitants", "350 habitants"),
        ("Combien coûtera la halle ?", "12,5 M€", "12,5 milliards d'euros"),
        (DAY, "le 12 avril 2026", "le 13 avril 2026"),
        (MAYOR, "Claire Dubreuil", "Sophie Arnaud"),
    ],
)
def test_another_value(question: str, one: str, other: str) -> None:
    first, second = (quote(f"On lit ceci : {words} sont cités.", words) for words in (one, other))
    assert kinds(question, first, new(second)) == ["value"]
    assert kinds(question, first, new(second, corrects=True)) == ["correction"]


@pytest.mark.parametrize(
    ("question", "before", "words", "text", "answer", "told"),
    [
        (
            DAY, "Le pont de Carval fermera le 12 avril 2026.", "12 avril 2026",
            "La fermeture du pont de Carval, prévue le 12 avril 2026, est reportée au 3 mai 2026.",
            "12 avril 2026", "3 mai 2026",
        ),
        (
            PEOPLE, "Villebourg compte 340 habitants.", "340 habitants",
            "La population passe de 340 habitants à 350 habitants.", "340 habitants", "350 habitants",
        ),
        (
            MAYOR, "Jean Tassin est maire de Lormont.", "Jean Tassin",
            "Claire Dubreuil est maire de Lormont, où elle succède à Jean Tassin.", "Jean Tassin",
            "Claire Dubreuil",
        ),
    ],
)  # fmt: skip
def test_a_value_that_takes_the_place_of_the_one_that_is_known(
    question: str, before: str, words: str, text: str, answer: str, told: str
) -> None:
    known, item = quote(before, words), quote(text, answer)
    span = replacing_value(item, [known], asked(question).expected, ANALYSES)
    assert span is not None
    assert text[span.start : span.end] == told


def test_what_is_denied_is_a_contradiction() -> None:
    before = quote("Le pont de Carval fermera le 12 avril.", "le 12 avril")
    after = quote("Le pont de Carval ne fermera pas le 12 avril.", "le 12 avril")
    assert kinds(DAY, before, new(after)) == ["contradiction"]


@pytest.mark.parametrize(
    ("verdict", "corrects", "kind"),
    [("yes", False, "source"), ("no", False, "contradiction"), ("no", True, "correction")],
)
def test_yes_and_no(verdict: Verdict, corrects: bool, kind: str) -> None:
    known = Known((quote("L'usine va fermer."),), verdict="yes", had_answer=True)
    answer = new(quote("Que l'usine ferme, la direction en a parlé."), verdict, corrects)
    changes = compare(asked("L'usine va-t-elle fermer ?"), known, [answer], ANALYSES).changes
    assert [change.kind for change in changes] == [kind]


def test_an_answer_where_there_was_none() -> None:
    item = quote("Villebourg compte 340 habitants.", "340 habitants")
    compared = compare(asked(PEOPLE), Known(), [new(item)], ANALYSES)
    assert [(one.kind, one.before, one.after) for one in compared.changes] == [("answered", (), (item,))]
    assert compared.known.current == (item,)


def test_the_past_says_nothing_of_today() -> None:
    before = quote("Villebourg compte 340 habitants.", "340 habitants")
    past = quote("En 1975, Villebourg comptait 210 habitants.", "210 habitants")
    assert is_of_another_time(past, [before], asked(PEOPLE).expected)
    assert kinds(PEOPLE, before, new(past)) == []
    beside = quote("À Villebourg vivent 350 habitants, et un parc ouvrira en 2031.", "350 habitants")
    assert kinds(PEOPLE, before, new(beside)) == ["value"]


def test_a_correction_tells_what_is_right_and_of_what_was_wrong() -> None:
    wrong = quote("La crue a tué trois personnes.", "trois personnes", "2026-05-01")
    right = quote("La crue a tué deux personnes.", "deux personnes", "2026-05-02")
    known = Known((right,), (wrong,), had_answer=True)
    said = "Nous avons écrit que la crue avait tué trois personnes. Le bilan est de deux personnes."
    reported, stated = quote(said, "trois personnes", "2026-05-03"), quote(said, "", "2026-05-03")
    first = Evidence(
        reported.article, 0, said.index(" Le bilan"),
        answer_start=reported.answer_start, answer_end=reported.answer_end,
    )  # fmt: skip
    second = Evidence(stated.article, said.index("Le bilan"), len(said))
    answer = NewAnswer(reported.article, (first,), None, True, (first, second))
    question = "Combien de personnes la crue a-t-elle tuées ?"
    [change] = compare(asked(question), known, [answer], ANALYSES).changes
    assert (change.kind, change.before) == ("correction", (wrong,))
    assert change.after[0].quote == "Le bilan est de deux personnes."


def test_an_old_value_that_was_told_is_told_once() -> None:
    before = quote("Villebourg compte 340 habitants.", "340 habitants")
    older = quote("Villebourg compte 330 habitants.", "330 habitants", "2026-01-02", "a")
    again = quote("Villebourg compte 330 habitants selon elle.", "330 habitants", "2026-01-03", "b")
    assert kinds(PEOPLE, before, new(older), new(again)) == ["value"]


def test_an_older_article_takes_no_place() -> None:
    before = quote("Villebourg compte 340 habitants.", "340 habitants")
    older = quote("Villebourg compte 330 habitants.", "330 habitants", day="2026-01-02")
    known = compare(asked(PEOPLE), Known((before,), had_answer=True), [new(older)], ANALYSES).known
    assert (known.current, known.earlier) == ((before,), (older,))


def test_another_item_of_a_list_is_told_and_takes_no_place() -> None:
    before = quote("Anne Lebrun est élue.", "Anne Lebrun")
    item = quote("Paul Mérand est élu.", "Paul Mérand")
    compared = compare(
        asked("Qui est élu ?", several=True), Known((before,), had_answer=True), [new(item)], ANALYSES
    )
    assert [one.kind for one in compared.changes] == ["value"]
    assert compared.known.current == (before, item)


NUMBERS = st.lists(st.integers(2, 60_000), min_size=1, max_size=4, unique=True)


@given(NUMBERS)
def test_what_is_known_tells_nothing_when_it_comes_again(numbers: list[int]) -> None:
    items = [quote(f"Villebourg compte {n} habitants.", f"{n} habitants") for n in numbers]
    known = compare(asked(PEOPLE), Known(), [new(item) for item in items], ANALYSES).known
    again = compare(asked(PEOPLE), known, [new(item) for item in known.current], ANALYSES)
    assert again.changes == ()
    assert {one.article.id for one in again.known.current} == {one.article.id for one in known.current}


@given(st.lists(st.tuples(st.integers(2, 400), st.integers(1, 28)), min_size=1, max_size=4, unique=True))
def test_the_order_in_which_articles_come_doesnt_matter(stated: list[tuple[int, int]]) -> None:
    answers = [
        new(quote(f"Villebourg compte {n} habitants.", f"{n} habitants", f"2026-05-{day:02}", f"{n} {day}"))
        for n, day in stated
    ]
    before = Known((quote("Villebourg compte 1 habitants.", "1 habitants", "2026-01-01"),), had_answer=True)
    told = {compare(asked(PEOPLE), before, order, ANALYSES).changes for order in permutations(answers)}
    assert len(told) == 1
