"""A period in the question through the whole chain, over dated articles and with a given clock."""

from __future__ import annotations

from datetime import date

import pytest
from fake_chat_model import FakeChatModel

from ingest.pipeline.chunking import Chunker
from ingest.pipeline.ingestion import ingest
from rag import Filters, Period, Question, Turn
from rag.config import Settings
from rag.engine.engine import open_engine
from rag.engine.factory import build_chain
from rag.query.temporal.shifts import Step, moved
from rag.schema.events import HitsFound
from rag.schema.question import NO_FILTERS

TODAY = date(2025, 8, 20)  # a Wednesday
LAST_WEEK = "Combien de maisons ont été inondées à Malvoisy la semaine dernière ?"
ARTICLES = {
    "avant": ("2025-06-03", "La crue de juin a inondé 12 maisons à Malvoisy."),
    "semaine": ("2025-08-13T18:30:00+02:00", "La crue a inondé 31 maisons à Malvoisy mardi."),
    "hier": ("2025-08-19", "La nouvelle crue a inondé 8 maisons à Malvoisy."),
    "sans-date": (None, "Une crue a inondé 5 maisons à Malvoisy, dans le quartier du moulin."),
}


@pytest.fixture(scope="module")
def parts(tmp_path_factory, embedder):
    folder = tmp_path_factory.mktemp("dated")
    for name, (published, text) in ARTICLES.items():
        stated = f"date: {published}\n" if published else ""
        (folder / f"{name}.md").write_text(
            f"---\ntitle: {name}\nlang: fr\n{stated}---\n{text}\n", encoding="utf-8"
        )
    settings = Settings(data_dir=folder / "data")
    parts = open_engine(settings, embedder)
    assert ingest([str(folder)], parts.indexer, Chunker(embedder, settings.chunking), lambda _: None).new == 4
    yield parts
    parts.close()


@pytest.fixture
def chain(parts):
    return build_chain(parts, None, today=lambda: TODAY)


def titles(answer) -> set[str]:
    return {hit.article.title for hit in answer.hits}


def test_a_period_keeps_its_articles_and_those_without_a_date(chain):
    answer = chain.invoke(LAST_WEEK)
    assert titles(answer) == {"semaine", "sans-date"}
    start = LAST_WEEK.index("la semaine")
    words = Period(date(2025, 8, 11), date(2025, 8, 17), start, start + 19, "la semaine dernière")
    assert (answer.period, answer.standalone_question) == (words, LAST_WEEK)
    assert answer.filters == Filters(date(2025, 8, 11), date(2025, 8, 17), undated=True)
    assert answer.to_dict()["filters"]["date_to"] == "2025-08-17"


def test_the_period_is_known_with_the_first_event(chain):
    found = next(event for event in chain.stream(LAST_WEEK) if isinstance(event, HitsFound))
    assert (found.period.words, found.filters.date_from) == ("la semaine dernière", date(2025, 8, 11))


def test_the_clock_is_asked_at_every_question(parts):
    days = iter([date(2025, 8, 20), date(2025, 6, 10)])
    chain = build_chain(parts, None, today=lambda: next(days))
    assert [titles(chain.invoke(LAST_WEEK)) - {"sans-date"} for _ in range(2)] == [{"semaine"}, {"avant"}]


def test_the_reader_takes_the_period_away(chain):
    answer = chain.invoke(Question(LAST_WEEK, infer_dates=False))
    assert (answer.period, answer.filters, titles(answer)) == (None, NO_FILTERS, set(ARTICLES))


def test_dates_that_were_chosen_win_and_leave_undated_articles_out(chain):
    chosen = Filters(date_from=date(2025, 8, 18))
    answer = chain.invoke(Question(LAST_WEEK, filters=chosen))
    assert (answer.period, answer.filters, titles(answer)) == (None, chosen, {"hier"})


def test_other_filters_hold_beside_the_period(chain):
    answer = chain.invoke(Question(LAST_WEEK, filters=Filters(languages=("en",))))
    assert (answer.filters.languages, answer.period.words) == (("en",), "la semaine dernière")
    assert answer.hits == ()


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Combien de maisons la crue a-t-elle inondées en juin 2025 ?", "en juin 2025"),
        ("Combien de maisons la crue a-t-elle inondées en juin 2024 ?", None),
        ("Combien de maisons la crue a-t-elle inondées le 13 août 2025 ?", "le 13 août 2025"),
        ("Combien de maisons la crue a-t-elle inondées le 12 août 2025 ?", "le 12 août 2025"),
        ("Combien de maisons la crue a-t-elle inondées le 10 août 2025 ?", None),
        ("Combien de maisons la crue a-t-elle inondées depuis le 14 août 2025 ?", "depuis le 14 août 2025"),
        ("Combien de maisons la crue a-t-elle inondées depuis le 20 août 2025 ?", None),
        ("Combien de maisons la crue a-t-elle inondées en 2025 ?", None),
        ("Combien de maisons la bataille de 1805 a-t-elle détruites ?", None),
    ],
)
def test_a_date_narrows_to_what_the_library_has_of_it(chain, question: str, words: str | None):
    period = chain.invoke(question).period
    assert (period.words if period else None) == words


def test_a_follow_up_keeps_the_period_of_the_question_it_leans_on(chain):
    answer = chain.invoke(Question("Et à Valbrume ?", history=(Turn(LAST_WEEK, "31."),)))
    assert answer.standalone_question == LAST_WEEK.replace("Malvoisy", "Valbrume")
    period = answer.period
    assert answer.standalone_question[period.start : period.end] == period.words == "la semaine dernière"


@pytest.mark.parametrize(
    ("first", "then", "period", "last"),
    [
        (
            "Qui sont les deux personnes mortes cette semaine dans la crue de Valbrume ?",
            "Et quel âge avaient-elles ?",
            "cette semaine",
            date(2025, 8, 24),
        ),
        (
            "Who are the two people who died last week in the flood of Valbrume?",
            "How old were they?",
            "last week",
            date(2025, 8, 17),
        ),
    ],
)
def test_a_follow_up_about_the_same_matter_is_about_the_same_time(chain, first, then, period, last):
    understood = chain.invoke(Question(then, history=(Turn(first, "31."),))).period
    assert (understood.words, understood.date_to) == (period, last)


def test_a_follow_up_that_says_another_period_has_only_that(chain):
    answer = chain.invoke(Question("Et hier ?", history=(Turn(LAST_WEEK, "31."),)))
    period = answer.period
    assert (period.date_from, period.date_to) == (date(2025, 8, 19), date(2025, 8, 20))
    assert answer.standalone_question[period.start : period.end] == period.words == "hier"
    assert titles(answer) == {"hier", "sans-date"}


@pytest.mark.parametrize("question", ["Et en 2019 ?", "Et le 3 mai 1914 ?"])
def test_a_follow_up_about_another_time_has_no_period(chain, question: str):
    assert chain.invoke(Question(question, history=(Turn(LAST_WEEK, "31."),))).period is None


def test_a_period_that_was_taken_away_stays_away_in_follow_ups(chain):
    history = (Turn(LAST_WEEK, "31.", infer_dates=False),)
    answer = chain.invoke(Question("Et à Valbrume ?", history=history))
    assert (answer.period, titles(answer)) == (None, set(ARTICLES))


ON_13_AUGUST = "Combien de maisons ont été inondées le 13 août 2025 ?"
LAST_WEEK_IN_ENGLISH = "How many houses were flooded in Malvoisy last week?"
STEPS = [
    (LAST_WEEK, ["Et le lendemain ?"], date(2025, 8, 18), date(2025, 8, 19)),
    (LAST_WEEK, ["Et la veille ?"], date(2025, 8, 10), date(2025, 8, 11)),
    (LAST_WEEK, ["Et la semaine suivante ?"], date(2025, 8, 18), date(2025, 8, 24)),
    (LAST_WEEK, ["Et la semaine d'avant ?"], date(2025, 8, 4), date(2025, 8, 10)),
    (LAST_WEEK, ["Et le mois précédent ?"], date(2025, 7, 1), date(2025, 7, 31)),
    (LAST_WEEK, ["Et l'année d'avant ?"], date(2024, 1, 1), date(2024, 12, 31)),
    (LAST_WEEK, ["Et le lendemain ?", "Et le lendemain ?"], date(2025, 8, 19), date(2025, 8, 20)),
    (LAST_WEEK, ["Et à Valbrume ?", "Et la veille ?"], date(2025, 8, 10), date(2025, 8, 11)),
    (ON_13_AUGUST, ["Et le lendemain ?"], date(2025, 8, 14), date(2025, 8, 15)),
    (ON_13_AUGUST, ["Et la veille ?"], date(2025, 8, 12), date(2025, 8, 13)),
    (LAST_WEEK_IN_ENGLISH, ["And the day after?"], date(2025, 8, 18), date(2025, 8, 19)),
    (LAST_WEEK_IN_ENGLISH, ["And the previous week?"], date(2025, 8, 4), date(2025, 8, 10)),
]  # fmt: skip


@pytest.mark.parametrize(("first", "then", "date_from", "date_to"), STEPS)
def test_a_period_is_counted_from_that_of_the_question_before(chain, first, then, date_from, date_to):
    history = tuple(Turn(said, "31.") for said in (first, *then[:-1]))
    answer = chain.invoke(Question(then[-1], history=history))
    assert answer.standalone_question.count("?") == 1
    period = answer.period
    assert (period.date_from, period.date_to) == (date_from, date_to)
    assert answer.standalone_question[period.start : period.end] == period.words


@pytest.mark.parametrize(
    ("first", "then", "told"),
    [
        (LAST_WEEK, "Et le lendemain ?", "le 18 août 2025"),
        (LAST_WEEK, "Et la semaine d'avant ?", "du 4 au 10 août 2025"),
        (LAST_WEEK, "Et le mois précédent ?", "en juillet 2025"),
        (LAST_WEEK, "Et l'année d'avant ?", "en 2024"),
        (LAST_WEEK_IN_ENGLISH, "And the day after?", "on 18 August 2025"),
        (LAST_WEEK_IN_ENGLISH, "And the previous week?", "from 4 to 10 August 2025"),
    ],
)
def test_a_step_is_told_as_the_date_that_it_leads_to(chain, first, then, told):
    answer = chain.invoke(Question(then, history=(Turn(first, "31."),)))
    before = "la semaine dernière" if first is LAST_WEEK else "last week"
    assert answer.standalone_question == first.replace(before, told)


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (Turn("Combien de maisons ont été inondées à Malvoisy ?", "31."), "Et le lendemain ?"),
        (Turn(LAST_WEEK, "31.", infer_dates=False), "Et le lendemain ?"),
        (Turn(LAST_WEEK, "31."), "Et le lendemain du match ?"),
        (Turn(LAST_WEEK, "31."), "Et deux jours plus tard ?"),
        (Turn(LAST_WEEK, "31."), "Et le mois suivant ?"),
        (Turn("Combien de maisons inondées depuis lundi dernier ?", "31."), "Et le lendemain ?"),
        (Turn("How many houses were flooded last week?", "31."), "And the day after the match?"),
    ],
)
def test_what_can_not_be_counted_is_no_period(chain, before, said):
    assert chain.invoke(Question(said, history=(before,))).period is None


def test_the_last_question_in_another_language_keeps_its_period_and_its_articles(chain):
    first = chain.invoke(LAST_WEEK)
    again = chain.invoke(Question("en anglais", history=(Turn(LAST_WEEK, "31."),)))
    assert (again.period, again.standalone_question, again.language) == (first.period, LAST_WEEK, "en")
    assert again.hits == first.hits


def test_a_summary_is_of_the_same_passages(chain):
    first = chain.invoke(LAST_WEEK)
    again = chain.invoke(Question("Résume", history=(Turn(LAST_WEEK, "31."),)))
    assert (again.standalone_question, again.period) == (f"{LAST_WEEK} Résume", first.period)
    assert (again.hits, again.status) == (first.hits, first.status)


def test_a_question_of_its_own_forgets_the_period(chain):
    answer = chain.invoke(Question("Combien de maisons à Malvoisy ?", history=(Turn(LAST_WEEK, "31."),)))
    assert answer.period is None


def test_nothing_found_says_which_period_was_searched(chain):
    answer = chain.invoke("Quel est le taux directeur de la Banque centrale européenne cette semaine ?")
    assert (answer.status, answer.period.words) == ("not_found", "cette semaine")


def test_lone_surrogates_are_no_obstacle(parts):
    model = FakeChatModel(respond=lambda *_, **__: "[0]")
    asked = Question("Et les \ud800 maisons ?", history=(Turn("La crue de Malvoisy\udfff ?", "Oui \ud83d."),))
    answer = build_chain(parts, model).invoke(asked)
    assert answer.question == "Et les \ufffd maisons ?"
    assert answer.standalone_question == "Qu'en est-il des \ufffd maisons, à propos de la crue de Malvoisy ?"


@pytest.mark.parametrize(
    ("first", "last", "published"),
    [
        (date(2025, 8, 13), date(2025, 8, 13), True),
        (date(2025, 8, 14), date(2025, 8, 18), False),
        (date(2025, 8, 19), None, True),
        (date(2025, 8, 20), None, False),
        (None, date(2025, 6, 3), True),
        (None, date(2025, 6, 2), False),
        (None, None, True),
        (date.min, date.max, True),
    ],
)
def test_the_library_knows_its_dates(parts, first, last, published):
    assert parts.library.has_published(first, last) is published


@pytest.mark.parametrize("day", [date.min, date.max])
@pytest.mark.parametrize("unit", ["day", "week", "month", "year"])
def test_a_step_beyond_the_calendar_leads_nowhere(day: date, unit: str):
    steps = -1 if day == date.min else 1
    assert moved(Period(day, day, 0, 1, "ce jour"), Step(0, 1, unit, steps), date.max) is None
