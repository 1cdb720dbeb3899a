"""First questions that the library itself suggests.

What people quoted in its newest articles say, and what is known of the things that they name. Pure, by
rules, without a model: only what an article answers is asked, in sentences that fit any name. A name is
what the article writes: text for the page to escape.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from rag.extraction.cue_words import SPEECH_VERBS
from rag.schema.article import Article
from rag.text.word_lists import any_of

SUGGESTED = 4
_WORD = r"[A-ZÀ-ÖØ-Þ][^\W\d_]+(?:[-’'][^\W\d_]+)*"
# Two to four capitalised words, as people's names are: a single one may be a place or a title.
_FULL = rf"{_WORD}(?: (?:(?:de|du|von|van|di|da|el|al|ben|bin) |d’|d')?{_WORD}){{1,3}}"
_NAME = (
    rf"(?:(?:M\.|MM\.|Mme|Mlle|Dr\.?|Mr\.?|Mrs\.?|Ms\.?) )?(?!(?:Mme|Mlle|Dr|Mr|Mrs|Ms)\b)(?P<name>{_FULL})"
)
_ABOUT = r"(?:[^«»“”\".,;:!?()]{2,60}, )?"
# A thing with a name of its own, as French writes it: `la verrerie Clairelle`, `le viaduc de la Gourdelle`.
_THING = re.compile(
    rf"(?<![\w’'])(?P<the>la |le |l’|l')(?P<thing>[a-zà-öø-ÿ]{{4,}} "
    rf"(?:de la |de l’|de l'|du |des |de |d’|d')?(?P<own>{_WORD}(?:[ –-]{_WORD}){{0,2}}))(?![\w’'])"
)
_ASKED = {
    "fr": {"said": "Que dit {of} ?", "about": "Que sait-on {of} ?"},
    "en": {"said": "What did {of} say?"},
}
_TURNS = ("about", "said")  # so that not all questions are alike


@cache
def _quoted(language: str) -> tuple[re.Pattern[str], ...]:
    """Return what stands between a quotation's end and the name of whoever said it, and that name."""
    said = any_of(SPEECH_VERBS.of(language)).replace("'", "[’']")
    if language == "fr":
        return (re.compile(rf"[»”\"],? (?:a |avait )?{said} {_ABOUT}{_NAME}"),)
    return (
        re.compile(rf"[”\"] {said} {_ABOUT}{_NAME}"),
        re.compile(rf"[”\"] {_NAME}(?:, [^“”\".,]{{2,60}},)? {said}\b"),
    )


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question that `article_id` answers, in that article's language; `title` is what it is about."""

    question: str
    language: str
    article_id: str
    title: str


def suggestions(articles: Iterable[Article], language: str) -> tuple[Suggestion, ...]:
    """Return at most SUGGESTED questions, of the first of these articles (the newest) that give any.

    Articles in `language` come first; each gives one question, and nobody is asked about twice. Kinds of
    question take turns as far as the articles have them.
    """
    ordered = sorted(
        (article for article in articles if article.language in _ASKED),
        key=lambda article: article.language != language,
    )
    chosen: list[Suggestion] = []
    asked_of: set[str] = set()
    for article in ordered:
        if len(chosen) == SUGGESTED:
            break
        wanted = _TURNS[len(chosen) % len(_TURNS)]
        found = sorted((*_speakers(article), *_things(article)), key=lambda pair: pair[0] != wanted)
        for kind, of in found:
            if of not in asked_of:
                asked_of.add(of)
                question = _ASKED[article.language][kind].replace("{of}", of)
                chosen.append(Suggestion(question, article.language, article.id, article.title))
                break
    return tuple(chosen)


def _speakers(article: Article) -> Iterator[tuple[str, str]]:
    """Yield those whose words the article has in quotation marks."""
    for pattern in _quoted(article.language):
        yield from (("said", found["name"]) for found in pattern.finditer(article.text))


def _things(article: Article) -> Iterator[tuple[str, str]]:
    """Yield what the article names more than once, after its preposition: `du plateau de Sarrane`."""
    if article.language != "fr":
        return
    whole = f"{article.title}\n{article.text}"
    for found in _THING.finditer(whole):
        if whole.count(found["thing"]) > 1:
            yield "about", f"du {found['thing']}" if found["the"] == "le " else f"de {found[0]}"
