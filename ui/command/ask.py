"""`sourcier ask`: a question with its filters, and its answer as text or JSON.

Knows arguments and printing. Models are imported when they are needed: that takes seconds.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from rag.config import Settings
from rag.notes.reading import listed
from rag.schema.answer import Answer
from rag.schema.question import Filters, NamedDossier, Question
from rag.schema.quotation import quoted
from ui.command.terminal import hand_out, print_json, printable, wanted_format
from ui.documents.files import answers_file
from ui.formatting.claims import checked_text, disagreement_text
from ui.formatting.dates import articles_text
from ui.formatting.i18n import text, user_error
from ui.formatting.listing import listing_lines
from ui.formatting.reprints import also_in_text
from ui.formatting.short_answers import left_open, short_answer_text
from ui.formatting.source_line import Part, places, source_line
from ui.session.exchange import Exchange

if TYPE_CHECKING:
    from rag.library.library import Library

_ABOUT: tuple[Part, ...] = ("title", "outlet", "date", "author", "pages", "excerpt")


def ask(options: argparse.Namespace, settings: Settings) -> int:
    """Answer one question.

    Raises:
        UserError: For dates that aren't any, and for a question that is too long.
    """
    question = Question(
        options.question,
        filters=all_filters_of(options, settings),
        infer_dates=not options.all_dates,
        language=settings.ui.language,
    )
    question.check_length()  # before models are loaded
    form = wanted_format(options)
    from rag import load_chain

    with closing(load_chain(settings)) as chain:
        answer = chain.invoke(question)
        cited = [one.article.id for one in answer.citations]
        is_noted = form is not None and not options.without_notes
        notes = listed(chain.library, options.user, among=cited) if is_noted else []
    if form is not None:
        exchange = Exchange(
            1, question.text, "answered", answer.standalone_question, period=answer.period, answer=answer,
            filters=question.filters,
        )  # fmt: skip
        hand_out(answers_file("", [exchange], form, settings.ui.language, notes), options.output)
    elif options.json:
        print_json(answer.to_dict())
    else:
        print(answer_text(answer, settings.ui.language))
    return 0


def filters_of(options: argparse.Namespace) -> Filters:
    """Return the days, outlets and languages that are given.

    Raises:
        UserError: For dates that aren't any.
    """
    first, last = _day("--from", options.date_from), _day("--to", options.date_to)
    if first and last and first > last:
        raise user_error("dates_reversed", first=first, last=last)
    return Filters(
        date_from=first,
        date_to=last,
        undated=options.undated,
        outlets=tuple(options.outlet),
        languages=tuple(options.language),
    )


def all_filters_of(options: argparse.Namespace, settings: Settings) -> Filters:
    """Return the same with the sources and the dossiers that are given, and outlets as the library has them.

    Raises:
        UserError: For dates that aren't any, and an outlet or a dossier that there isn't.
    """
    filters = filters_of(options)
    if options.outlet:
        from rag.library.library import Library

        with closing(Library(settings.place)) as library:
            filters = replace(filters, outlets=named_outlets(options.outlet, library))
    return replace(filters, sources=tuple(options.source), dossiers=chosen(options, settings))


def named_outlets(names: Sequence[str], library: Library) -> tuple[str, ...]:
    """Return these outlets by the names that the library has; of an empty library, as they are written.

    Raises:
        UserError: The library has articles, and none of an outlet of this name; near names are told.
    """
    from rag.dossiers.naming import near_names
    from rag.metadata.outlets import called

    if not names or library.is_empty():
        return tuple(names)
    uses, found = library.metadata.outlets(), []
    for name in names:
        outlet = called(name, uses)
        if outlet is None:
            near = near_names(name, [one.name for one in uses])
            raise user_error("outlet_near" if near else "outlet_unknown", name=name, near=", ".join(near))
        found.append(outlet.name)
    return tuple(dict.fromkeys(found))


def chosen(options: argparse.Namespace, settings: Settings) -> tuple[NamedDossier, ...]:
    """Return the dossiers of `--dossier`.

    Raises:
        UserError: There is none of such a name.
    """
    if not options.dossier:
        return ()
    from rag.dossiers.naming import find
    from rag.library.library import Library

    with closing(Library(settings.place)) as library:
        found = [find(library.dossiers, name, options.user) for name in options.dossier]
    return tuple(dossier.as_filter for dossier in found)


def _day(option: str, value: str | None) -> date | None:
    try:
        return None if value is None else date.fromisoformat(value)
    except ValueError:
        raise user_error("bad_date", option=option, value=value) from None


def answer_text(answer: Answer, language: str) -> str:
    """Return an answer for a terminal: the period it is of, the claims, each quote with its source."""
    lines = []
    if answer.period is not None:
        articles = articles_text(answer.period, language)
        lines.append(text("asked_period", language, articles=articles, words=answer.period.words))
        lines.append("")
    short = short_answer_text(answer, language)
    lines += [short, ""] if short else []
    lines += answer.text.splitlines()
    listed = [f"- {line}" for line in listing_lines(answer.listing, language)]
    lines += ["", *listed] if listed else []
    for note in left_open(answer, language):
        lines += ["", note]
    for one in answer.disagreements:
        lines += ["", disagreement_text(one, language)]
    spoken = {item for claim in answer.claims if claim.is_quote for item in claim.evidence}
    for number, item in enumerate(answer.citations, start=1):
        source = source_line(item.article, language, _ABOUT, item.pages, " · ")
        # What the answer has quoted already isn't said again.
        lines += ["", f"[{number}] {source if item in spoken else quoted(item.quote, item.article.language)}"]
        lines += [] if item in spoken else [f"    {source}"]
        lines += [f"    {where}" for where in places(item.article)]
        lines += [f"    {also_in_text(item.also_in, language)}"] if item.also_in else []
    for claim in answer.claims:
        if claim.checked and claim.status == "supported" and not claim.is_quote:
            numbers = "".join(f"[{number}]" for number in answer.numbers(claim))
            lines += ["", f"✓ {numbers} {checked_text(claim, language)}"]
    if answer.withdrawn:
        lines += ["", text("withdrawn_summary", language, count=len(answer.withdrawn))]
    return "\n".join(printable(line) for line in lines)
