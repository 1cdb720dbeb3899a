"""Which words of a question narrow the search, and to which days: asked on Wednesday 20 August 2025."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.query.temporal import tense
from rag.query.temporal.date_range import DayRange, months_before, week
from rag.query.temporal.expressions import AnchoredQuestion
from rag.query.temporal.period import period_in
from rag.text.folding import flatten

TODAY = date(2025, 8, 20)


def anchored(question: str, language: str, today: date) -> AnchoredQuestion:
    return AnchoredQuestion(question, flatten(question), language, today)


def published_in(first: date | None, last: date | None) -> bool:
    """A library whose articles are of every day from 2024 until today."""
    return (last is None or last >= date(2024, 1, 1)) and (first is None or first <= TODAY)


def days(found) -> str:
    """A period as `2025-08-11..2025-08-17`, with nothing for an open side."""
    return f"{found.date_from or ''}..{found.date_to or ''}"


FRENCH = [
    ("Que s'est-il passé hier à Valbrume ?", "2025-08-19..2025-08-20", "hier"),
    ("Hier, qui a gagné ?", "2025-08-19..2025-08-20", "Hier"),
    ("QUE S'EST-IL PASSÉ HIER ?", "2025-08-19..2025-08-20", "HIER"),
    ("Que s'est-il passé hier soir ?", "2025-08-19..2025-08-20", "hier"),
    ("Qu'a dit le maire avant-hier ?", "2025-08-18..2025-08-19", "avant-hier"),
    ("Qu'a dit le maire avant hier ?", "2025-08-18..2025-08-19", "avant hier"),
    ("Que s'est-il passé aujourd'hui ?", "2025-08-20..2025-08-20", "aujourd'hui"),
    ("Quelles sont les nouvelles d'aujourd’hui ?", "2025-08-20..2025-08-20", "aujourd’hui"),
    ("Qui a gagné ce matin ?", "2025-08-20..2025-08-20", "ce matin"),
    ("Que s'est-il passé cette nuit ?", "2025-08-19..2025-08-20", "cette nuit"),
    ("Quoi de neuf cette semaine ?", "2025-08-18..2025-08-24", "cette semaine"),
    ("Que s'est-il passé la semaine dernière ?", "2025-08-11..2025-08-17", "la semaine dernière"),
    ("Que s'est-il passé la semaine passée ?", "2025-08-11..2025-08-17", "la semaine passée"),
    ("Que s'est-il passé mardi de la semaine dernière ?", "2025-08-12..2025-08-13",
     "mardi de la semaine dernière"),
    ("Quels incendies ce mois-ci ?", "2025-08-01..2025-08-31", "ce mois-ci"),
    ("Combien d'accidents le mois dernier ?", "2025-07-01..2025-07-31", "le mois dernier"),
    ("Qu'a voté le conseil dans les trois derniers jours ?", "2025-08-17..2025-08-20",
     "les trois derniers jours"),
    ("Qu'a voté le conseil ces 10 derniers jours ?", "2025-08-10..2025-08-20", "ces 10 derniers jours"),
    ("Que s'est-il passé ces derniers jours ?", "2025-08-13..2025-08-20", "ces derniers jours"),
    ("Que s'est-il passé ces dernières semaines ?", "2025-07-23..2025-08-20", "ces dernières semaines"),
    ("Que s'est-il passé ces dernières 48 heures ?", "2025-08-18..2025-08-20", "ces dernières 48 heures"),
    ("Que dit-on depuis mardi ?", "2025-08-19..", "depuis mardi"),
    ("Pourquoi le pont est-il fermé depuis mardi ?", "2025-08-19..", "depuis mardi"),
    ("Que s'est-il passé depuis trois jours ?", "2025-08-17..", "depuis trois jours"),
    ("Qu'est-ce qui a changé depuis la semaine dernière ?", "2025-08-11..", "depuis la semaine dernière"),
    ("Que s'est-il passé depuis le début de l'année ?", "2025-01-01..", "depuis le début de l'année"),
    ("Que s'est-il passé depuis le 3 mai ?", "2025-05-03..", "depuis le 3 mai"),
    ("Que s'est-il passé il y a deux jours ?", "2025-08-18..2025-08-19", "il y a deux jours"),
    ("Que s'est-il passé il y a deux semaines ?", "2025-08-03..2025-08-09", "il y a deux semaines"),
    ("Que s'est-il passé il y a quelques jours ?", "2025-08-13..2025-08-20", "il y a quelques jours"),
    ("Qui a gagné lundi dernier ?", "2025-08-18..2025-08-19", "lundi dernier"),
    ("Qui a gagné lundi ?", "2025-08-18..2025-08-19", "lundi"),
    ("Qui a gagné mercredi ?", "2025-08-13..2025-08-14", "mercredi"),
    ("Le vote de mardi a-t-il été reporté ?", "2025-08-19..2025-08-20", "mardi"),
    ("Que s'est-il passé entre lundi et mercredi ?", "2025-08-11..2025-08-13", "entre lundi et mercredi"),
    ("Que s'est-il passé ce week-end ?", "2025-08-16..2025-08-18", "ce week-end"),
    ("Que s'est-il passé cet été ?", "2025-06-01..2025-09-22", "cet été"),
    ("Que s'est-il passé l'été dernier ?", "2024-06-01..2024-09-22", "l'été dernier"),
    ("Que s'est-il passé l'hiver dernier ?", "2024-12-01..2025-03-20", "l'hiver dernier"),
    ("Qui a gagné la coupe cette année ?", "2025-01-01..2025-12-31", "cette année"),
    ("Qui a gagné la coupe l’an dernier ?", "2024-01-01..2024-12-31", "l’an dernier"),
    ("Qui a gagné la coupe l'année passée ?", "2024-01-01..2024-12-31", "l'année passée"),
    ("Que s'est-il passé entre le 3 et le 8 août 2025 ?", "2025-08-03..2025-08-08",
     "entre le 3 et le 8 août 2025"),
    ("Que s'est-il passé du 3 au 8 août ?", "2025-08-03..2025-08-08", "du 3 au 8 août"),
    ("Que s'est-il passé du 28 juillet au 3 août 2025 ?", "2025-07-28..2025-08-03",
     "du 28 juillet au 3 août 2025"),
    ("Que s'est-il passé entre le 15 décembre et le 3 janvier 2025 ?", "2024-12-15..2025-01-03",
     "entre le 15 décembre et le 3 janvier 2025"),
    ("Que s'est-il passé entre mars et mai 2025 ?", "2025-03-01..2025-05-31", "entre mars et mai 2025"),
    ("Que disait-on avant le 10 mai ?", "..2025-05-09", "avant le 10 mai"),
    ("Que disait-on après le 10 mai 2025 ?", "2025-05-11..", "après le 10 mai 2025"),
    ("Que disait-on jusqu'au 10 mai 2025 ?", "..2025-05-10", "jusqu'au 10 mai 2025"),
    ("Que s'est-il passé en août 2025 ?", "2025-08-01..2025-08-31", "en août 2025"),
    ("Que s'est-il passé en août dernier ?", "2025-08-01..2025-08-31", "en août dernier"),
    ("Que s'est-il passé en décembre ?", "2024-12-01..2024-12-31", "en décembre"),
    ("Que s'est-il passé début août 2025 ?", "2025-08-01..2025-08-10", "début août 2025"),
    ("Que s'est-il passé à la mi-juillet 2025 ?", "2025-07-10..2025-07-20", "mi-juillet 2025"),
    ("Que s'est-il passé la semaine du 6 août 2025 ?", "2025-08-04..2025-08-10", "la semaine du 6 août 2025"),
    ("Que s'est-il passé le 16 août 2025 ?", "2025-08-16..2025-08-17", "le 16 août 2025"),
    ("Que s'est-il passé le 03/04/2025 ?", "2025-04-03..2025-04-04", "le 03/04/2025"),
    ("Que s'est-il passé à l'été 2025 ?", "2025-06-01..2025-09-22", "l'été 2025"),
    ("Quels articles de 2024 parlent du pont ?", "2024-01-01..2024-12-31", "de 2024"),
    ("Qu'est-ce qui a été publié en 1998 sur le pont ?", "1998-01-01..1998-12-31", "en 1998"),
    ("Les articles parus entre 2023 et 2024 sur le pont", "2023-01-01..2024-12-31", "entre 2023 et 2024"),
    ("Que disent les articles du 16 août 2025 ?", "2025-08-16..2025-08-16", "16 août 2025"),
    ("Qu'a dit hier le ministre de l'accident du 3 mai 2025 ?", "2025-08-19..2025-08-20", "hier"),
    ("Qu'est-ce qui a changé entre la semaine dernière et cette semaine ?", "2025-08-11..2025-08-24",
     "entre la semaine dernière et cette semaine"),
]  # fmt: skip
ENGLISH = [
    ("What happened yesterday?", "2025-08-19..2025-08-20", "yesterday"),
    ("What happened the day before yesterday?", "2025-08-18..2025-08-19", "the day before yesterday"),
    ("What's today's news?", "2025-08-20..2025-08-20", "today"),
    ("Who won this morning?", "2025-08-20..2025-08-20", "this morning"),
    ("What happened last night?", "2025-08-19..2025-08-20", "last night"),
    ("What's new this week?", "2025-08-18..2025-08-24", "this week"),
    ("What happened last week?", "2025-08-11..2025-08-17", "last week"),
    ("What happened on Tuesday last week?", "2025-08-12..2025-08-13", "Tuesday last week"),
    ("What did the council decide last month?", "2025-07-01..2025-07-31", "last month"),
    ("How many fires were there last year?", "2024-01-01..2024-12-31", "last year"),
    ("What has happened since Tuesday?", "2025-08-19..", "since Tuesday"),
    ("What has happened since last Tuesday?", "2025-08-19..", "since last Tuesday"),
    ("What has happened since May 3, 2025?", "2025-05-03..", "since May 3, 2025"),
    ("What happened in the past three days?", "2025-08-17..2025-08-20", "the past three days"),
    ("What happened over the last 10 days?", "2025-08-10..2025-08-20", "the last 10 days"),
    ("What happened in the last few days?", "2025-08-13..2025-08-20", "the last few days"),
    ("What happened in recent weeks?", "2025-07-23..2025-08-20", "in recent weeks"),
    ("What happened over the past week?", "2025-08-13..2025-08-20", "the past week"),
    ("What happened two days ago?", "2025-08-18..2025-08-19", "two days ago"),
    ("What happened a week ago?", "2025-08-10..2025-08-16", "a week ago"),
    ("Who won on Monday?", "2025-08-18..2025-08-19", "Monday"),
    ("What did the mayor say at Monday's meeting?", "2025-08-18..2025-08-19", "Monday"),
    ("What happened in August 2025?", "2025-08-01..2025-08-31", "in August 2025"),
    ("What happened last August?", "2025-08-01..2025-08-31", "last August"),
    ("What happened in early August 2025?", "2025-08-01..2025-08-10", "in early August 2025"),
    ("What happened last summer?", "2024-06-01..2024-09-22", "last summer"),
    ("What happened last weekend?", "2025-08-16..2025-08-18", "last weekend"),
    ("What happened between 3 and 8 August 2025?", "2025-08-03..2025-08-08", "between 3 and 8 August 2025"),
    ("What happened between August 3 and 8, 2025?", "2025-08-03..2025-08-08", "between August 3 and 8, 2025"),
    ("What happened from March to May 2025?", "2025-03-01..2025-05-31", "from March to May 2025"),
    ("What was said before 10 May 2025?", "..2025-05-09", "before 10 May 2025"),
    ("What was said after May 10?", "2025-05-11..", "after May 10"),
    ("What was said until 10 May 2025?", "..2025-05-10", "until 10 May 2025"),
    ("What happened on 16 August 2025?", "2025-08-16..2025-08-17", "on 16 August 2025"),
    ("What happened on 2025-08-16?", "2025-08-16..2025-08-17", "on 2025-08-16"),
    ("Which articles from 2024 mention the bridge?", "2024-01-01..2024-12-31", "from 2024"),
    ("Which 2024 articles mention the bridge?", "2024-01-01..2024-12-31", "2024"),
    ("What did the articles published yesterday say?", "2025-08-19..2025-08-19", "yesterday"),
    ("What did the mayor say after last week's flood?", "2025-08-11..", "after last week"),
]
# What happens, will happen or happened long ago; what is called so; what isn't said of now.
NO_PERIOD = [
    ("fr", "Que s'est-il passé le 6 août 1945 ?"),
    ("fr", "Qui a gagné la bataille de 1805 ?"),
    ("fr", "Qui a commencé la guerre de 1914 ?"),
    ("fr", "Qui dirige le club depuis 2014 ?"),
    ("fr", "Que s'est-il passé depuis le 3 mai 1949 ?"),
    ("fr", "Combien de bébés sont nés à la maternité de Valbrume en 2025 ?"),
    ("fr", "Quel était le chiffre d'affaires en 2024 ?"),
    ("fr", "En 2005, qui a fêté l'Aïd le 2 juin ?"),
    ("fr", "Que disait-on de la crue du 3 mai 2025 et de celle du 1er janvier 1990 ?"),
    ("fr", "Quelles élections auront lieu la semaine prochaine ?"),
    ("fr", "Que se passera-t-il en mai prochain ?"),
    ("fr", "Qui jouera cette semaine ?"),
    ("fr", "Qui sera maire après l'élection de la semaine dernière ?"),
    ("fr", "Que va-t-il se passer cette semaine ?"),
    ("fr", "Quels concerts sont prévus cette semaine ?"),
    ("fr", "Qui prend sa retraite demain ?"),
    ("fr", "Qui vient le 3 décembre 2025 ?"),
    ("fr", "Faut-il payer avant le 10 octobre ?"),
    ("fr", "Qui est le maire aujourd'hui ?"),
    ("fr", "Combien d'habitants compte Valbrume aujourd'hui ?"),
    ("fr", "Le musée est-il ouvert le dimanche ?"),
    ("fr", "Le musée est-il ouvert dimanche ?"),
    ("fr", "Y a-t-il un marché samedi ?"),
    ("fr", "Le train circule-t-il du lundi au vendredi ?"),
    ("fr", "Que dit l'article « La semaine dernière à Valbrume » ?"),
    ("fr", 'Qui chante "hier encore" ?'),
    ("fr", "Combien de temps ont duré les derniers jours de Pompéi ?"),
    ("fr", "Que s'est-il passé les trois derniers jours du festival ?"),
    ("fr", "Il y a deux jours fériés en mai, lesquels ?"),
    ("fr", "Que s'est-il passé il y a 80 ans à Hiroshima ?"),
    ("fr", "Que s'est-il passé récemment ?"),
    ("fr", "Que s'est-il passé ces dernières années ?"),
    ("fr", "Que s'est-il passé cette semaine-là ?"),
    ("fr", "Qu'est-ce que Mai 68 ?"),
    ("fr", "Qui a commis les attentats du 11 septembre ?"),
    ("fr", "Quel nom porte la bataille du 16 août ?"),
    ("fr", "Que disait le rapport publié en 2024 sur le pont ?"),
    ("fr", "Qui a écrit Vendredi ou les Limbes du Pacifique ?"),
    ("fr", "Que dit le journal Aujourd'hui en France ?"),
    ("fr", "Que s'est-il passé le 31 février 2025 ?"),
    ("fr", "Depuis quand le pont est-il fermé ?"),
    ("fr", "Qu'est-ce que la révolution d'Octobre ?"),
    ("en", "Who wrote the song Yesterday?"),
    ("en", "Who is the mayor today?"),
    ("en", "What will happen next week?"),
    ("en", "Who is going to play this week?"),
    ("en", "When does the ferry return in May?"),
    ("en", "Is the museum open on Sunday?"),
    ("en", "What happened on June 6, 1944?"),
    ("en", "What were the figures for 2024?"),
    ("en", "What happened on September 11?"),
    ("en", "Who directed The Last Days of Disco?"),
    ("en", "What happened in the last week of the war?"),
    ("en", 'What does "last week" mean?'),
    ("en", "How did Black Friday go?"),
    ("en", "Who may go to the meeting?"),
    ("en", "What happened on 03/04/2025?"),
    ("en", "Who presents Last Week Tonight?"),
    ("de", "Was ist hier passiert?"),
]


@pytest.mark.parametrize(("question", "expected", "words"), FRENCH)
def test_french_questions_say_their_period(question: str, expected: str, words: str):
    found = period_in(anchored(question, "fr", TODAY), published_in)
    assert (days(found), found.words) == (expected, words)


@pytest.mark.parametrize(("question", "expected", "words"), ENGLISH)
def test_english_questions_say_their_period(question: str, expected: str, words: str):
    found = period_in(anchored(question, "en", TODAY), published_in)
    assert (days(found), found.words) == (expected, words)


@pytest.mark.parametrize(("language", "question"), NO_PERIOD)
def test_nothing_narrows_that_does_not_say_so(language: str, question: str):
    assert period_in(anchored(question, language, TODAY), published_in) is None


@pytest.mark.parametrize(
    ("today", "question", "expected"),
    [
        (date(2025, 8, 18), "Qui a gagné lundi ?", "2025-08-11..2025-08-12"),
        (date(2025, 8, 18), "Quoi de neuf cette semaine ?", "2025-08-18..2025-08-24"),
        (date(2025, 8, 17), "Que s'est-il passé la semaine dernière ?", "2025-08-04..2025-08-10"),
        (date(2025, 8, 17), "Que s'est-il passé ce week-end ?", "2025-08-16..2025-08-18"),
        (date(2025, 1, 2), "Que s'est-il passé le mois dernier ?", "2024-12-01..2024-12-31"),
        (date(2025, 3, 31), "Que s'est-il passé il y a un mois ?", "2025-02-13..2025-03-15"),
        (date(2025, 11, 5), "Que s'est-il passé cet été ?", "2025-06-01..2025-09-22"),
        (date(2025, 1, 1), "Que s'est-il passé hier ?", "2024-12-31..2025-01-01"),
    ],
)
def test_the_clock_decides(today: date, question: str, expected: str):
    assert days(period_in(anchored(question, "fr", today))) == expected


@pytest.mark.parametrize("question", ["Où ira-t-on cet été ?", "Que s'est-il passé cet été ?"])
def test_a_season_that_is_still_to_come_is_no_period(question: str):
    assert period_in(anchored(question, "fr", date(2025, 4, 20))) is None


@pytest.mark.parametrize(
    ("language", "question", "past"),
    [
        ("fr", "Qu'a dit le maire ?", True),
        ("fr", "Qui a gagné ?", True),
        ("fr", "Qui a presque gagné ?", True),
        ("fr", "Le vote a-t-il eu lieu ?", True),
        ("fr", "Que s’est-il passé ?", True),
        ("fr", "Où est-il mort ?", True),
        ("fr", "Quand sont-elles arrivées ?", True),
        ("en", "Who won?", True),
        ("en", "Which bridges collapsed?", True),
        ("fr", "Combien d'habitants a Paris ?", False),
        ("fr", "Combien d'enfants a-t-il ?", False),
        ("fr", "Qui va à la mairie à midi ?", False),
        ("fr", "Le marché a lieu où ?", False),
        ("fr", "Qui a droit à l'aide ?", False),
        ("fr", "Il y a huit ponts ?", False),
        ("fr", "Est-il nécessaire de payer ?", False),
        ("fr", "Le virus est mortel ?", False),
        ("fr", "Le budget est entre les mains de qui ?", False),
        ("en", "Who is the mayor?", False),
        ("en", "Is there a crisis in the United States?", False),
        ("en", "How many hundred people are there?", False),
        ("en", "Is there a website?", False),
    ],
)
def test_what_has_happened_is_told_from_what_is(language: str, question: str, past: bool):
    assert tense.is_past(question, language) is past


@pytest.mark.parametrize(
    ("language", "question", "future"),
    [
        ("fr", "Qui jouera samedi ?", True),
        ("fr", "Le pont rouvrira-t-il ?", True),
        ("fr", "Où auront lieu les élections ?", True),
        ("fr", "Qui va gagner ?", True),
        ("fr", "Qui chante à l'opéra ?", False),
        ("fr", "Qui récupéra le trône ?", False),
        ("fr", "Qui est sur le front ?", False),
        ("fr", "Que dit la sprezzatura ?", False),
        ("fr", "Qui découvrira l'épave ?", True),
        ("fr", "Quand sortira le film ?", True),
        ("fr", "Qui élira le maire ?", True),
        ("fr", "Qui rencontra Sandra ?", False),
        ("fr", "Qui entra le premier ?", False),
        ("fr", "L'armée va en guerre ?", False),
        ("en", "Who will win?", True),
        ("en", "Is the ferry going to return?", True),
        ("en", "Who had the will to win?", True),  # a search of everything is no harm
    ],
)
def test_what_is_to_come_is_told_from_what_is(language: str, question: str, future: bool):
    assert tense.is_future(question, language) is future


def test_without_articles_of_that_time_a_date_is_the_events():
    assert period_in(anchored("Que s'est-il passé en août 2025 ?", "fr", TODAY)) is None
    assert period_in(anchored("Quels articles parlent de la crue d'août 2025 ?", "fr", TODAY)) is None
    assert period_in(anchored("Que disent les articles d'août 2025 ?", "fr", TODAY)).words == "août 2025"


PIECES = st.sampled_from(
    [question for question, *_ in (*FRENCH, *ENGLISH)]
    + [question for _, question in NO_PERIOD]
    + ["«", "»", '"', " ", "\u00a0", "É", "ß", "İ", "ﬁ", "depuis ", "entre ", "et ", "31 ", "2025", "août "]
)


@given(
    st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=5).map("".join)),
    st.sampled_from(["fr", "en"]),
    st.dates(date(1900, 1, 1), date(2100, 12, 31)),
    st.booleans(),
)
def test_a_period_is_in_order_and_its_words_are_in_the_question(text, language, today, has_articles):
    found = period_in(anchored(text, language, today), lambda *_: has_articles)
    if found is None:
        return
    assert text[found.start : found.end] == found.words != ""
    assert found.date_from or found.date_to
    assert found.date_from is None or found.date_to is None or found.date_from <= found.date_to


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.integers(0, 999))
def test_the_calendar(day, count):
    found = week(day)
    assert (found.first.weekday(), found.last.weekday()) == (0, 6)
    assert found.first <= day <= found.last
    earlier = months_before(day, count)
    assert (day.year * 12 + day.month) - (earlier.year * 12 + earlier.month) == count
    assert earlier.day == day.day or (earlier + timedelta(days=1)).day == 1


def test_days_run_forward():
    with pytest.raises(ValueError, match="2025-08-02 is after 2025-08-01"):
        DayRange(date(2025, 8, 2), date(2025, 8, 1))
