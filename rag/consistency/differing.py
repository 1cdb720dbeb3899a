"""Where two articles say when, where or who otherwise, and no word says which holds. Pure.

Of articles without a day no order is known: both are told. Of two days that are both still to come when the
later article is published the newer is told first: nobody says `postponed`, and the day has moved.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rag.consistency.disagreement import alike, same_story
from rag.consistency.matter import Matter
from rag.consistency.values import Value, has_kind, same_value
from rag.extraction.analysed_sentence import AnalysedSentence, SentenceAnalyses
from rag.query.answer_type import ExpectedAnswer
from rag.schema.article import stated_day
from rag.schema.evidence import Disagreement, Evidence, StatedValue
from rag.text.folding import flatten
from rag.text.synonyms import meanings

# That something takes place: no other verb need be the same then.
_HAPPENS = re.compile(
    r"\b(?:aur(?:a|ont) lieu|a(?:ura)? (?:eu )?lieu|se (?:tiendr|deroul|dispute|joue)\w*|s'est tenue?"
    r"|(?:est|sera) (?:organise|celebre|prevu|fixe)e?s?|(?:be|is|was|are) (?:held|staged|scheduled|set)"
    r"|takes? place|took place|will be on|due)\b"
)
_WILL = re.compile(
    r"\b\w{2,}r(?:a|ont)\b|\b(?:est|sont) (?:prevu|fixe|programme)e?s?\b|\bwill\b"
    r"|\b(?:is|are) (?:due|set|to|scheduled)\b|\b(?:re)?opens\b|\bbegins\b|\bstarts\b"
)
# Another one of the same kind: `une deuxième audience`.
_ANOTHER = re.compile(
    r"\b(?:deuxieme|second|troisieme|quatrieme|autre|nouvel|prochain|suivant|dernier|aussi|egalement|chaque"
    r"|tous les|toutes les|another|next|third|further|also|every|each|last|annual|edition)"
)
# Of whom there is one: `qui dirige`, `le maire`.
_ONE_HOLDER = re.compile(
    r"^\W*(?:qui (?:est|dirige|preside|commande|entraine) |who(?: is|'s) the "
    r"|who (?:runs|heads|leads|chairs|coaches) |comment s'appelle|what is the name)"
)


def said_otherwise(
    cited: Sequence[Evidence],
    offered: Sequence[Evidence],
    expected: ExpectedAnswer,
    analyses: SentenceAnalyses,
    mark: Callable[[Evidence], Evidence],
    matter: Matter,
) -> list[Evidence]:
    """Return the sentences on offer that say another day, place or name than the first citation, best first.

    One an article, of articles that aren't cited, each with the words that answer; of the same matter, and
    that the same happens to it. The arguments are those of `superseding`.
    """
    if not cited or not cited[0].answer_words or not _is_single(expected, matter):
        return []
    known, articles = cited[0], {item.article.id for item in cited}
    found: list[Evidence] = []
    for item in sorted(offered, key=lambda one: -one.score):
        if item.article.id in articles or any(same_story(item, one) for one in (known, *found)):
            continue
        if not _may_differ(item, known, expected, analyses, matter):
            continue
        own = mark(item)
        told = [known, *found]
        if not own.answer_words or any(same_value(own, one, expected, analyses) for one in told):
            continue
        if _gives(own, expected, analyses) and _holds(own, known, expected, analyses):
            articles.add(item.article.id)
            found.append(own)
    return found


def differing(
    cited: Sequence[Evidence], expected: ExpectedAnswer, analyses: SentenceAnalyses, matter: Matter
) -> tuple[Disagreement, ...]:
    """Return what the first citation and others, of other articles, say otherwise: none corrects another."""
    marked = [item for item in cited if item.answer_words]
    others = said_otherwise(marked[:1], marked[1:], expected, analyses, lambda item: item, matter)
    if not others:
        return ()
    return (Disagreement(tuple(StatedValue(item.answer_words, item) for item in (marked[0], *others)), None),)


def _is_single(expected: ExpectedAnswer, matter: Matter) -> bool:
    """Return whether one value alone can be right of what is asked, and it is known of what."""
    if expected.several or not matter.nouns or expected.kind not in ("time", "place", "name"):
        return False
    return expected.kind != "name" or _ONE_HOLDER.search(expected.folded) is not None


def _may_differ(
    item: Evidence, known: Evidence, expected: ExpectedAnswer, analyses: SentenceAnalyses, matter: Matter
) -> bool:
    days = [stated_day(one.article.published_at) for one in (item, known)]
    if all(days) and (expected.kind != "time" or days[0] == days[1]):
        return False  # the order is known: only words tell that one holds and the other doesn't
    if _ANOTHER.search(flatten(item.quote).lower()) or _ANOTHER.search(flatten(known.quote).lower()):
        return False
    if not alike(item, known, analyses) or not matter.is_in(item, known, analyses):
        return False
    return expected.kind == "name" or _same_happens(item, known, matter, analyses)


def _same_happens(item: Evidence, known: Evidence, matter: Matter, analyses: SentenceAnalyses) -> bool:
    """Return whether both say that the same happens: they take place, or have a verb of the question's."""
    asked = matter.question
    flats = [flatten(one.quote).lower() for one in (item, known)]
    if _HAPPENS.search(asked.folded):
        return all(_HAPPENS.search(flat) for flat in flats)
    said = analyses.of(asked.text, asked.language)
    named = {token for name in said.names for token in AnalysedSentence(name.text, asked.language).terms}
    verbs = [stem for stem in said.terms if stem not in named and stem not in matter.nouns]
    return bool(verbs) and all(
        any(
            not meanings(stem, asked.language).isdisjoint(
                analyses.of(one.quote, one.article.language).meanings
            )
            for stem in verbs
        )
        for one in (item, known)
    )


def _gives(own: Evidence, expected: ExpectedAnswer, analyses: SentenceAnalyses) -> bool:
    if expected.kind == "place":
        return True
    if expected.kind == "time":
        return bool(Value(own, expected, analyses).of("time"))
    return has_kind(own, expected, analyses)


def _holds(own: Evidence, known: Evidence, expected: ExpectedAnswer, analyses: SentenceAnalyses) -> bool:
    """Return whether no order is known, or both days were still to come when the later article appeared."""
    published = [stated_day(one.article.published_at) for one in (own, known)]
    if not all(published):
        return True
    later = max(day for day in published if day)
    for one in (own, known):
        if not _WILL.search(flatten(one.quote).lower()):
            return False
        said = Value(one, expected, analyses).of("time")
        days = [reading.full for readings in said for reading in readings if reading.full]
        if not days or not any(day > later for day in days):
            return False
    return True
