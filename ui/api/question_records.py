"""What a program may ask, checked: questions, searches, and what narrows them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from rag.library.library import Library
from rag.library.listing import Column
from rag.schema.question import Filters, NamedDossier, Question, Turn
from ui.api.errors import ApiError
from ui.formatting.i18n import user_error


def is_text(words: str) -> bool:
    """Return whether words are Unicode text: JSON can write halves of characters, which nothing can store."""
    try:
        words.encode()
    except UnicodeEncodeError:
        return False
    return True


def _text(words: str) -> str:
    if not is_text(words):
        raise ValueError("half a character")
    return words


Words = Annotated[str, AfterValidator(_text)]
Name = Annotated[Words, Field(max_length=2_000)]
Names = Annotated[list[Name], Field(max_length=1_000)]
MOST_PASSAGES = 50
# Characters of what was answered before, in which what a follow-up leans on is looked for.
LONGEST_ANSWER = 20_000


class Asked(BaseModel):
    """An object that has no other fields than these."""

    model_config = ConfigDict(extra="forbid")


class DossierName(Asked):
    """A dossier, as answers name it."""

    id: Name
    name: Name = ""


class FilterFields(Asked):
    """What a question or a search is narrowed to; what is left out narrows nothing."""

    date_from: date | None = Field(None, description="The first day of publication, 2026-12-31.")
    date_to: date | None = Field(None, description="The last day, included.")
    undated: bool = Field(False, description="With days: keep articles without a date, too.")
    outlets: Names = Field([], description="Outlets as the articles name them.")
    languages: Names = Field([], description="ISO 639-1 codes.")
    sources: Names = Field([], description="Paths, folders or URLs that articles were read from.")
    article_ids: Names = []
    dossiers: Annotated[list[Name | DossierName], Field(max_length=100)] = Field(
        [], description="Names or ids of dossiers of the key's user."
    )

    def resolved(self, library: Library, user: str) -> Filters:
        """Return the filters, with the user's dossiers of these names. Reads the library.

        Raises:
            UserError: The first day is after the last.
            ApiError: The user has no such dossier.
        """
        if self.date_from and self.date_to and self.date_from > self.date_to:
            raise user_error("dates_reversed", first=self.date_from, last=self.date_to)
        return Filters(
            self.date_from,
            self.date_to,
            self.undated,
            tuple(self.outlets),
            tuple(self.languages),
            tuple(self.sources),
            tuple(self.article_ids),
            tuple(_dossier(one, library, user) for one in self.dossiers),
        )


def _dossier(asked: str | DossierName, library: Library, user: str) -> NamedDossier:
    called = asked.id if isinstance(asked, DossierName) else asked
    dossiers = library.dossiers
    found = dossiers.get(called, user)
    if found is None and isinstance(asked, str):
        found = dossiers.named(asked, user)
    if found is None:
        raise ApiError(400, "api_dossier_unknown", param="dossiers")
    return found.as_filter


class Exchange(Asked):
    """A question that was asked before, and what was answered."""

    question: Words
    answer: Words = Field(max_length=LONGEST_ANSWER)


class QuestionFields(Asked):
    """A question, what was said before it, and what it is narrowed to."""

    question: Words = Field(description="One question, in any language, of at most 2000 characters.")
    history: Annotated[list[Exchange], Field(max_length=200)] = Field([], description="Oldest first.")
    filters: FilterFields = FilterFields()
    infer_dates: bool = Field(True, description="Whether a period in the question narrows it, too.")
    fresh: bool = Field(False, description="Whether it is answered anew if it was asked before.")
    language: Literal["fr", "en"] | None = Field(
        None, description="The language of what isn't in an article, where the question doesn't tell."
    )

    def asked(self, library: Library, user: str) -> Question:
        """Return the question; raises as `FilterFields.resolved` does."""
        turns = tuple(Turn(one.question, one.answer) for one in self.history)
        filters = self.filters.resolved(library, user)
        return Question(self.question, turns, filters, self.infer_dates, self.fresh, self.language)


class SearchFields(Asked):
    """What is sought."""

    query: Words = Field(min_length=1, description="A question or a subject; or words, see `by`.")
    by: Literal["meaning", "words"] = Field(
        "meaning",
        description='`words` takes "exact phrases", -without, OR, outlet:, author:, after:, before:.',
    )
    limit: int = Field(10, ge=1, le=MOST_PASSAGES, description="Passages at most.")
    filters: FilterFields = FilterFields()


class ListFields(Asked):
    """Which articles are listed, in which order, which page of them."""

    outlet: Name = ""
    language: Name = ""
    date_from: date | None = None
    date_to: date | None = None
    dossier: Name = Field("", description="The name or the id of a dossier of the key's user.")
    sort: Column = "date"
    descending: bool = True
    page: int = Field(1, ge=1, le=1_000_000, description="50 articles each, from 1.")
