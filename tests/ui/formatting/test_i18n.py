"""The words of the page and the terminal: both languages say everything, with the same blanks."""

import re
from datetime import date
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest
from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

import ui
from ingest.editing.values import NAMES
from rag.engine.integrity import Check
from rag.full_text.query import RepairKind
from rag.generation.claim_checker import OFF_QUESTION
from rag.index.stores import Order
from rag.metadata.fields import FIELDS
from rag.metadata.outlets import Reason
from rag.schema.entity import Form, Kind
from rag.schema.evidence import ClaimStatus
from rag.schema.standing import ChangeKind, StandingKind
from rag.verification.verifier import CHECKED_KINDS, REASON_KINDS
from ui.formatting.i18n import LANGUAGES, date_text, number_text, text, words
from ui.html.frame import THEMES
from ui.rendering.steps import DONE
from ui.search.html import HELP
from ui.session.exchange import UNFINISHED, Stage
from ui.session.rating import REASONS
from ui.shortcuts.html import ALWAYS, SINGLE, WORDS

_TOLD_OTHERWISE = {"answered", "failed"}  # stages that end in more than a line


def forms(wording):
    return wording if isinstance(wording, dict) else {"always": wording}


FOLLOWING = ("list", "add", "pause", "resume", "remove", "move", "export", "import")
TABS = ("chat", "search", "news", "library", "corpus", "status")


def blanks(sentence):
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


@pytest.mark.parametrize("key", words())
def test_both_languages_have_the_same_forms_and_blanks(key):
    french, english = (forms(words()[key][language]) for language in LANGUAGES)
    assert set(words()[key]) == set(LANGUAGES)
    assert set(french) == set(english) in ({"always"}, {"one", "other"})
    all_blanks = {frozenset(blanks(sentence)) for sentence in (*french.values(), *english.values())}
    assert len(all_blanks) == 1
    assert all(sentence.strip() == sentence != "" for sentence in (*french.values(), *english.values()))


def test_no_key_is_written_twice():
    files = Path(ui.__file__).parent.joinpath("formatting", "words").iterdir()
    table = "\n".join(file.read_text(encoding="utf-8") for file in files)
    assert sorted(re.findall(r"^(\w+):", table, re.MULTILINE)) == sorted(words())


def test_sentences_with_forms_have_a_count():
    plural = [wording for by in words().values() for wording in by.values() if isinstance(wording, dict)]
    assert plural
    assert all("count" in blanks(sentence) for wording in plural for sentence in wording.values())


def test_all_that_the_code_says_has_words():
    sources = [path.read_text(encoding="utf-8") for path in Path(ui.__file__).parent.rglob("*.py")]
    commands = {name for source in sources for name in re.findall(r'_command\(\w+, "([a-z]+)"', source)}
    asked = {
        key
        for source in sources
        for key in re.findall(r"""(?<![.\w])(?:text|user_error)\(\s*["']([a-z_]+)["']""", source)
    }
    computed = (set(get_args(Stage)) - _TOLD_OTHERWISE) | set(get_args(ClaimStatus))
    computed |= (
        {f"help_{command}" for command in commands}
        | {f"tab_{name}" for name in TABS}
        | {f"theme_{name}" for name in THEMES}
    )
    computed |= {f"doctor_{check}" for check in get_args(Check)} | {"last_ingested", "last_sync"}
    computed |= {f"reason_{verdict}_{reason}" for verdict in REASONS for reason in REASONS[verdict]}
    computed |= {f"{word}_{verdict}" for verdict in REASONS for word in ("thumb", "why")}
    computed |= {f"why_{stage}" for stage in ("loading", *UNFINISHED) if stage != "waiting"}
    computed |= {f"action_{verb}" for verb in ("retry", "edit")}
    computed |= {f"step_{name}" for done in DONE.values() for name in done}
    computed |= {f"state_{state}" for state in ("done", "running", "waiting")}
    computed |= {"checking", "unchecked"} | {f"reason_{kind}" for kind in (*REASON_KINDS, OFF_QUESTION)}
    computed |= {f"checked_{kind}" for kind in CHECKED_KINDS}
    computed |= {f"mended_{kind}" for kind in get_args(RepairKind)}
    computed |= {f"field_{field}" for field in FIELDS} | {f"help_edit_{name}" for name in NAMES}
    computed |= {f"merge_reason_{reason}" for reason in get_args(Reason)} | {"edit_selected"}
    missing = {f"{name}_{kind}" for kind in ("date", "outlet") for name in ("missing", "left_out")}
    computed |= missing | {f"missing_{kind}_show" for kind in ("date", "outlet")}
    computed |= {f"order_{order}" for order in get_args(Order)}
    computed |= {f"go_{name}" for name in WORDS} | {word for _, word in (*SINGLE, *ALWAYS)}
    computed |= {f"kind_{kind}" for kind in get_args(Kind)} | {f"said_{form}" for form in get_args(Form)}
    computed |= {f"kinds_{kind}" for kind in get_args(Kind)} | {"entity_maybe", "entity_also_bare"}
    computed |= {"entity_bare", "entity_forms", "entity_roles", "entity_months", "entity_outlets"}
    computed |= {"said_nothing", "said_nothing_so"}
    computed |= {f"told_{kind}" for kind in (*get_args(ChangeKind), "before", "after") if kind != "value"}
    computed |= {f"told_value_{kind}" for kind in ("number", "date", "words")}
    computed |= {f"following_{kind}" for kind in get_args(StandingKind)}
    computed |= {f"follow_{kind}_help" for kind in get_args(StandingKind)}
    computed |= {f"news_way_{kind}" for kind in get_args(StandingKind)}
    computed |= {f"news_act_{act}{of}" for act in ("ask", "pause", "resume") for of in ("", "_of")}
    computed |= {f"channel_{name}" for name in ("email", "webhook")} | {"notify_later", "notify_given_up"}
    computed |= {f"change_{kind}" for kind in get_args(ChangeKind)}
    computed |= {f"standing_{kind}" for kind in get_args(StandingKind)}
    computed |= {f"standing_{done}" for done in ("removed", "is_paused", "is_resumed")}
    computed |= {f"full_text_{what}_{name}" for what in ("example", "help") for name in HELP}
    computed |= {f"help_sources_{name}" for name in FOLLOWING} | {
        f"sources_{name}" for name in ("pause", "resume")
    }
    computed |= {f"{word}_{unit}s" for word in ("ago", "in", "every") for unit in ("minute", "hour", "day")}
    computed |= {f"every_{unit}" for unit in ("minute", "hour", "day")}
    computed |= {"source_paused", "source_resumed", "sources_read_one", "sources_remove"}
    assert asked | computed <= set(words())


@pytest.mark.parametrize(
    ("language", "count", "sentence"),
    [
        ("fr", 0, "0 extrait trouvé"),
        ("fr", 1, "1 extrait trouvé"),
        ("fr", 2, "2 extraits trouvés"),
        ("fr", 12000, "12\u202f000 extraits trouvés"),
        ("en", 0, "0 excerpts found"),
        ("en", 1, "1 excerpt found"),
        ("en", 12000, "12,000 excerpts found"),
    ],
)
def test_counts_choose_the_form_and_are_written_as_in_the_language(language, count, sentence):
    assert text("passages_found", language, count=count) == sentence


def test_what_is_filled_in_is_never_a_template():
    assert (
        text("understood_as", "en", question="{count.__class__} {0}")
        == "Understood as: {count.__class__} {0}"
    )


@pytest.mark.parametrize(
    ("key", "language", "values"),
    [
        ("no_such_key", "fr", {}),
        ("send", "de", {}),
        ("understood_as", "fr", {}),
        ("passages_found", "en", {}),
    ],
)
def test_what_is_missing_is_an_error(key, language, values):
    with pytest.raises(KeyError):
        text(key, language, **values)


@pytest.mark.parametrize(
    ("stated", "french", "english"),
    [
        ("2025-08-16", "16 août 2025", "16 August 2025"),
        ("2025-03-01T10:30:00+02:00", "1er mars 2025", "1 March 2025"),
        ("2025-08", "août 2025", "August 2025"),
        ("2025-13", "2025-13", "2025-13"),
        ("2025", "2025", "2025"),
        (None, "sans date", "undated"),
        ("printemps 2024", "printemps 2024", "printemps 2024"),
    ],
)
def test_dates_are_written_as_people_do(stated, french, english):
    assert (date_text(stated, "fr"), date_text(stated, "en")) == (french, english)


def test_numbers_keep_their_sign():
    assert number_text(-1234567, "en") == "-1,234,567"


@given(st.dates(), st.integers(-(10**12), 10**12))
def test_dates_numbers_and_plurals_are_those_of_cldr(day: date, number: int):
    for language, locale in (("fr", Locale("fr")), ("en", Locale("en", "GB"))):
        told = format_date(day, "d MMMM y", locale)
        if language == "fr" and day.day == 1:  # which CLDR writes as any other day
            told = "1er" + told.removeprefix("1")
        assert date_text(day.isoformat(), language) == told
        assert number_text(number, language) == format_decimal(number, locale=locale)
        singular = locale.plural_form(abs(number)) == "one"
        assert text("passages_found", language, count=number) == words()["passages_found"][language][
            "one" if singular else "other"
        ].format(count=number_text(number, language))
