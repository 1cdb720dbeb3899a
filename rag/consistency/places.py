"""Where something is instead of a place that is known: moved, not there but here. Pure.

`Le bal n'aura pas lieu à la salle Vasseur, mais au gymnase`: places needn't have names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.extraction.analysed_sentence import AnalysedSentence
from rag.schema.article import Span
from rag.schema.evidence import Evidence
from rag.text.analyzer import terms
from rag.text.folding import flatten

_OPENS = {
    "fr": r"(?:à|À|au|aux|dans|sur|en|chez|devant|vers)",
    "en": r"(?:at|in|on|to|inside|outside|into|near)",
}
_LEFT = re.compile(r"\bquitt\w+ (?:[^,;.]+ )?$")  # `quitte la place Carnot pour …`
# Where the words for a place end.
_STOPS = re.compile(
    r"mais|et|ou|plutot|en|raison|a|cause|faute|pour|par|apres|avant|selon|que|qui|comme|non|est|sont|sera|au|aux"
    r"|dans|sur|vers|finalement|desormais|but|and|or|instead|rather|because|due|for|from|after|before|as|who|which"
    r"|that|is|are|was|will|said|not|at|in|on|to|now"
)
_SMALL = re.compile(r"de|du|des|d|la|le|les|l|the|of|une?|an?")
_MOST_WORDS = 6
_NEAR = 30  # characters before a place that may deny it
# What says, before a place, that it isn't there.
_NOT_THERE = re.compile(
    r"(?:\bn'\w+ (?:\w+ )?(?:pas|plus)(?: \w+)?|\bne (?:se |s')?\w+ (?:pas|plus)(?: \w+)?|\bnon(?: pas)?"
    r"|\bau lieu d(?:e|u|es|')|\bplutot qu(?:e|')|\b(?:deplac|transfer|delocalis)\w+ (?:de|du|des)|\bquitt\w+"
    r"|\b(?:initialement|d'abord) (?:\w+ )?|\bprevue?s? |\b(?:will not|won't) (?:be |take |now )*(?:\w+ )?"
    r"|\bno longer (?:be )?(?:\w+ )?|\bnot|\binstead of|\brather than|\bfrom"
    r"|\b(?:originally|initially) (?:\w+ ){0,2})"
    r"\W*(?:(?:a|au|aux|dans|sur|en|chez|la|le|les|l'|du|de|at|in|on|the)\W*)*$"
)
_BEFORE_IT = re.compile(
    r"\b(?:non|au lieu|plutot|instead of|rather than|not|prevu\w*|initialement|originally)\b"
)
# That it is elsewhere now.
_MOVED = re.compile(
    r"\b(?:finalement|desormais|deplac\w+|transfer\w+|delocalis\w+|change(?:ment)? de (?:lieu|salle|site)"
    r"|instead|now|relocat\w+|(?:been |was |is )?moved|moves to|switched)\b"
)


def denies_place(item: Evidence, known: Sequence[Evidence]) -> bool:
    """Return whether a quote says of a known place that it isn't there."""
    flat = flatten(item.quote).lower()
    spans = [span for one in known for span in _mentions(flat, one.answer_words)]
    return any(_NOT_THERE.search(flat[: span.start]) for span in spans)


def may_move(flat: str) -> bool:
    """Return whether a quote, flattened in lower case, may say that something is elsewhere: a quick look."""
    return _MOVED.search(flat) is not None or _NOT_AT.search(flat) is not None


_NOT_AT = re.compile(r"\b(?:n'\w+|ne \w+) (?:pas|plus)\b.*\bmais\b|\b(?:won't|not|no longer)\b.*\bbut\b")


def place_instead(
    item: Evidence, known: Sequence[Evidence], asked: str, marked: Span | None = None
) -> Span | None:
    """Return the place that a quote puts in a known one's; None if it says nothing of the kind.

    Args:
        item: The quote.
        known: What gives the places that are known, each with the words that answer.
        asked: The question: what it has is no new place.
        marked: The words of the quote that answer, where that is known.
    """
    language = item.article.language if item.article.language in _OPENS else "fr"
    said = AnalysedSentence(item.quote, language)
    flat = said.flat.lower()
    old = [span for one in known for span in _mentions(flat, one.answer_words)]
    wrong = [span for span in old if _NOT_THERE.search(flat[: span.start])]
    if (old and not wrong) or (not wrong and not _MOVED.search(flat)):
        return None
    places = [
        place
        for place in _places(said, set(terms(asked, language)))
        if not any(place.start < span.end and span.start < place.end for span in old)
        and not _NOT_THERE.search(flat[: place.start])
    ]
    if not wrong and marked is not None:
        own = Span(marked.start - item.start, marked.end - item.start)
        places = [place for place in places if own.start < place.end and place.start < own.end] or places
    if not places:
        return None
    new = _beside(places, wrong[0], flat) if wrong else places[0]
    return Span(item.start + new.start, item.start + new.end)


def _beside(places: Sequence[Span], denied: Span, flat: str) -> Span:
    """Return the place after one that is denied; before it, where it is said so: `à Tilly et non à Varzy`."""
    before = [place for place in places if place.end <= denied.start]
    after = [place for place in places if place.start >= denied.end]
    is_first = _BEFORE_IT.search(flat[max(0, denied.start - _NEAR) : denied.start]) is not None
    ordered = [*before[::-1], *after] if is_first else [*after, *before[::-1]]
    return ordered[0]


def _mentions(flat: str, words: str) -> Iterator[Span]:
    """Yield where a quote has a known place, without its preposition."""
    core = re.sub(
        r"^(?:a|au|aux|dans|sur|en|chez|devant|vers|at|in|on|to|inside|outside|near)\b ?",
        "",
        flatten(words).lower(),
    )
    core = re.sub(r"^(?:(?:la|le|les|un|une|the|an?)\b |l')", "", core).strip()
    if core:
        for found in re.finditer(rf"\b{re.escape(core)}\b", flat):
            yield Span(found.start(), found.end())


def _places(said: AnalysedSentence, asked: set[str]) -> Iterator[Span]:
    """Yield what may be a place: a preposition with the words after it, that aren't all the question's.

    After `quitte la place Carnot` also what follows `pour`, without it.
    """
    opens = _OPENS[said.language or ""]
    for opening in re.finditer(rf"(?<![\w'’-])(?:{opens}|(?P<for>pour))(?= )", said.text):
        if opening["for"] and not _LEFT.search(said.flat[: opening.start()].lower()):
            continue
        whole = _end_of_place(said.text, opening.end())
        words = said.text[opening.end() : whole]
        is_day = any(when.start < whole and opening.start() < when.end for when in said.dates)
        is_new = not set(terms(words, said.language)) <= asked
        if is_new and not is_day and not _NO_PLACE.search(flatten(words).lower()):
            yield Span(opening.end() + 1 if opening["for"] else opening.start(), whole)


def _end_of_place(text: str, start: int) -> int:
    """Return where the words for a place end that begin here: before a sign, a verb, another preposition."""
    end = whole = start
    count = 0
    for word in re.finditer(r"[^\W_]+(?:-[^\W_]+)*['’]?|[^\w\s]", text[start:]):
        plain = flatten(word[0]).lower().rstrip("'")
        gap = text[end : start + word.start()]
        if gap.strip() or not word[0][0].isalpha() or _STOPS.fullmatch(plain) or count >= _MOST_WORDS:
            break
        is_small = _SMALL.fullmatch(plain) is not None
        end, count = start + word.end(), count + (not is_small)
        whole = whole if is_small else end
    return whole


_NO_PLACE = re.compile(
    r"^ ?(?:la |le |les |l'|the |une? |an? )?(?:raison|cause|effet|fait|lieu|suite|vue|revanche|outre"
    r"|avril|mai|juin|samedi|dimanche|lundi|mardi|mercredi|jeudi|vendredi|monday|tuesday|wednesday"
    r"|thursday|friday|saturday|sunday|fact|order|addition|case|time|weekend|week-end|public)\b"
)
