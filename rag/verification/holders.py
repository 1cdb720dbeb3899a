"""Whether a claim gives an opinion to the one who holds it in its quotes.

Pure. Where several speak in the quotes, what the claim says must stand in the part of the one it names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.extraction import cue_words
from rag.extraction.analysed_sentence import AnalysedSentence
from rag.extraction.names.recognition import Name
from rag.extraction.phrases import DETERMINERS, PREPOSITIONS, own
from rag.text.word_lists import QUOTED, WordList
from rag.verification.attribution import alike, speaks
from rag.verification.correspondence import Place
from rag.verification.premise import ReadEvidence
from rag.verification.quantity_match import matches
from rag.verification.stated_claim import StatedClaim

_PACKAGE, _FILE = "rag.extraction", "roles"
_ASIDE = WordList(_PACKAGE, _FILE, ("on the other side",))
_HOLDS = WordList(_PACKAGE, _FILE, ("holders",), accents=True)
_ACCORDING = WordList(_PACKAGE, _FILE, ("according to",))
# Least cosine of two nouns in their sentences for one to be taken for the other here.
_SURE = 0.5


@dataclass(frozen=True, slots=True)
class _Part:
    """What stands between two places of one quote: one side's view.

    `holders` are the words of who speaks there, `pronoun` whether only a pronoun does.
    """

    quote: int
    words: frozenset[int]
    names: tuple[Name, ...]
    holders: frozenset[int]
    pronoun: bool
    span: tuple[int, int]


def holder_conflict(claim: StatedClaim) -> str | None:
    """Return the words of a claim's speaker, if more of what it says is another's in the quotes."""
    speaker = _speakers(claim.sentence, claim.names)
    if not speaker:
        return None
    words = claim.sentence.marked_words
    if any(
        p.agents - speaker and not p.bare and _is_name(claim, p.agents) for p in claim.sentence.predicates
    ):
        return None  # one does this, and another says that
    named = [n for n in claim.names if any(n.start <= words[i].start < n.end for i in speaker)]
    parts = [part for n, item in enumerate(claim.premise.evidence) for part in _parts(n, item)]
    mine = {place for i in speaker for place in claim.correspondence.of(i, _SURE)}
    own = [part for part in parts if part.pronoun or _is_theirs(part, named, mine)]
    others = [part for part in parts if part not in own and (part.holders or (named and part.names))]
    if not any(_is_theirs(part, named, mine) for part in own) or not others:
        return None
    best = max(_shared(claim, part, speaker) for part in own)
    if max(_shared(claim, part, speaker) for part in others) <= best:
        return None
    return claim.text[words[min(speaker)].start : words[max(speaker)].end]


def _is_name(claim: StatedClaim, indexes: frozenset[int]) -> bool:
    starts = [claim.sentence.marked_words[i].start for i in indexes]
    return any(name.start <= start < name.end for name in claim.names for start in starts)


def _is_theirs(part: _Part, named: Sequence[Name], mine: set[Place]) -> bool:
    if named:
        return any(alike(name, speaker) for name in part.names for speaker in named)
    return any(Place(part.quote, index) in mine for index in part.holders)


def _speakers(said: AnalysedSentence, names: Sequence[Name]) -> frozenset[int]:
    """Return the words of the one whom a text has say or think it; none where several do or nobody does."""
    words = said.marked_words
    holds = own(_HOLDS, said.language) | cue_words.SPEECH_VERBS.read_in(said.language)
    for predicate in said.predicates:
        if words[predicate.index].exact in holds and not predicate.passive and predicate.agents:
            return predicate.agents
    if according := _according(said):
        return according
    speaking = [name for name in names if speaks(said, name)]
    if len(speaking) != 1:
        return frozenset()
    return frozenset(i for i, w in enumerate(words) if speaking[0].start <= w.start < speaking[0].end)


def _according(said: AnalysedSentence) -> frozenset[int]:
    """Return who stands after `according to`; after `for` only where that opens the sentence."""
    words, prepositions = said.marked_words, own(PREPOSITIONS, said.language)
    language = said.language if said.language in QUOTED else None
    for match in _ACCORDING.found_all(said.flat.lower(), language):
        start = next((i for i, word in enumerate(words) if word.start >= match.end()), len(words))
        opens = not match.start() or said.text[: match.start()].rstrip().endswith((".", "!", "?", "»"))
        if (
            " " not in match[0]
            and match[0] in prepositions
            and match[0] not in {"selon", "secondo"}
            and not opens
        ):
            continue
        found: list[int] = []
        for i in range(start, len(words)):
            if words[i].plain in own(DETERMINERS, said.language) and not found:
                continue
            if words[i].plain in prepositions or (i > start and words[i].chunk != words[start].chunk):
                break
            found.append(i)
        if found and not words[found[0]].plain[0].isdigit():
            return frozenset(found)
    return frozenset()


def _shared(claim: StatedClaim, part: _Part, speaker: frozenset[int]) -> int:
    """Return how many of the claim's words and numbers, names and speech aside, stand in a part."""
    spans = [(name.start, name.end) for name in claim.names]
    words = sum(
        any(p.quote == part.quote and p.index in part.words for p in claim.correspondence.of(i))
        for i, word in enumerate(claim.sentence.marked_words)
        if word.is_content
        and i not in speaker
        and word.exact not in cue_words.SPEECH_VERBS
        and word.exact not in own(_HOLDS, claim.language)
        and not any(start <= word.start < end for start, end in spans)
    )
    quote = claim.premise.evidence[part.quote].quote
    here = [q for q in quote.quantities if part.span[0] <= q.start < part.span[1]]
    return words + sum(any(matches(number, given) for given in here) for number in claim.numbers)


def _parts(number: int, item: ReadEvidence) -> Iterator[_Part]:
    """Split a quote where another side begins: at sentences, semicolons, `while`, `tandis que`."""
    words = item.quote.marked_words
    language = item.language if item.language in QUOTED else None
    asides = _ASIDE.of(language) if language else _ASIDE.terms
    holds = own(_HOLDS, language) | cue_words.SPEECH_VERBS.read_in(language)
    telling = [p for p in item.quote.predicates if words[p.index].exact in holds and not p.passive]
    according = _according(item.quote)
    start, before = 0, None
    for i in range(1, len(words) + 1):
        ends = i == len(words)
        if not ends:
            between = item.quote.text[words[i - 1].end : words[i].start]
            ends = words[i].sentence != words[i - 1].sentence or ";" in between or words[i].plain in asides
        if ends:
            begin, end = words[start].start, words[i - 1].end
            inside = range(start, i)
            names = tuple(name for name in item.quote_names if begin <= name.start < end)
            holders = frozenset().union(*(p.agents for p in telling if p.index in inside))
            holders |= frozenset(k for k in according if k in inside)
            pronoun = not holders and any(p.pronoun for p in telling if p.index in inside)
            if before and not names and not holders and words[start].sentence == words[start - 1].sentence:
                # `A would not comment but said …`
                names, holders, pronoun = before.names, before.holders, before.pronoun
            before = _Part(number, frozenset(inside), names, holders, pronoun, (begin, end))
            yield before
            start = i
