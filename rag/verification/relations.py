"""Whether a claim joins two by a relation that its quotes state: kin, ownership, office, cause.

Pure. Compares kinds of relations, each a list of words a language; it doesn't tell between whom.
"""

from __future__ import annotations

from collections.abc import Iterator

from rag.extraction.analysed_sentence import AnalysedSentence
from rag.text.word_lists import KindsOfTerms
from rag.verification.correspondence import Place
from rag.verification.stated_claim import StatedClaim

_PACKAGE, _FILE = "rag.extraction", "relations"
# Each kind with those that tell of it from the other end: whose son one is is his father.
_TOLD_BY = {
    "parent": {"parent", "parent too", "child", "child too"},
    "child": {"child", "child too", "parent", "parent too"}, "sibling": {"sibling"}, "in law": {"in law"},
    "spouse": {"spouse"}, "partner": {"partner", "spouse"}, "cousin": {"cousin"},
    "grandparent": {"grandparent", "grandchild"}, "grandchild": {"grandchild", "grandparent"},
    "uncle": {"uncle", "nephew"}, "nephew": {"nephew", "uncle"}, "owner": {"owner", "owned"},
    "owned": {"owned", "owner"}, "boss": {"boss"}, "lawyer": {"lawyer"},
    "predecessor": {"predecessor", "successor"}, "successor": {"successor", "predecessor"},
    "cause": {"cause", "cause too"},
}  # fmt: skip
_KINDS = KindsOfTerms(_PACKAGE, _FILE, tuple(dict.fromkeys(k for own in _TOLD_BY.values() for k in own)))
_CAUSES = KindsOfTerms(_PACKAGE, _FILE, ("cause",))
_CAUSE_WORDS = KindsOfTerms(_PACKAGE, _FILE, ("cause", "cause too"))
_NO_CAUSE = KindsOfTerms(_PACKAGE, _FILE, ("no cause",))


def relation_reasons(claim: StatedClaim) -> list[str]:
    """Return `relation:…` for each relation that the claim states and its quotes and titles don't."""
    stated = {
        kind: claim.text[match.start() : match.end()]
        for match, kinds in _KINDS.find(claim.sentence.flat.lower(), claim.sentence.language)
        for kind in kinds
        if kind in _TOLD_BY
    }
    found = [f"relation:{words}" for kind, words in stated.items() if not _is_told(kind, claim)]
    if not found and "cause" in stated and (_denies_cause(claim) or not _joins_them(claim)):
        found.append(f"relation:{stated['cause']}")
    return found


def _joins_them(claim: StatedClaim) -> bool:
    """Return whether a quote has what comes of what on both sides of a word for it, as the claim has."""
    both = claim.correspondence
    for before, after in _sides(claim.sentence, _CAUSES):
        if not before or not after:
            continue
        left, right = ({p for i in side for p in both.of(i)} for side in (before, after))
        given = [
            tuple({Place(n, i) for i in side} for side in sides)
            for n, item in enumerate(claim.premise.evidence)
            for sides in _sides(item.quote, _CAUSE_WORDS)
        ]
        joined = any(
            (_meet(left, one) and _meet(right, other)) or (_meet(left, other) and _meet(right, one))
            for one, other in given
        )
        if given and not joined:
            return False
        if not given and not any(_heads(claim, item.title, before, after) for item in claim.premise.evidence):
            return False
    return True


def _meet(stated: set[Place], given: set[Place]) -> bool:
    """Return whether a side has a word of the other; one without words that are known may be anything."""
    return not given or not stated or bool(stated & given)


def _heads(claim: StatedClaim, title: AnalysedSentence, before: list[int], after: list[int]) -> bool:
    """Return whether a title tells of a cause, with words of both sides."""
    words = claim.sentence.marked_words
    told = _CAUSE_WORDS.kinds_in(title.flat.lower(), title.language)
    return bool(told) and all(
        any(words[i].meanings & title.meanings for i in side) for side in (before, after)
    )


def _sides(said: AnalysedSentence, kinds: KindsOfTerms) -> Iterator[tuple[list[int], list[int]]]:
    """Yield the words of content before and after each word for a cause, in its sentence."""
    words = said.marked_words
    for match, _ in kinds.find(said.flat.lower(), said.language):
        here = next((w.sentence for w in words if w.start >= match.start()), None)
        beside = [i for i, w in enumerate(words) if w.sentence == here and w.is_content]
        yield (
            [i for i in beside if words[i].end <= match.start()],
            [i for i in beside if words[i].start >= match.end()],
        )


def _is_told(kind: str, claim: StatedClaim) -> bool:
    told_by = _TOLD_BY[kind]
    evidence = claim.premise.evidence
    if any(told_by & _kinds(part) for item in evidence for part in (item.quote, item.title)):
        return True
    # Beside a name in the article: the quote may have a pronoun for it.
    return kind != "cause" and any(told_by & _kinds(item.article) for item in evidence)


def _kinds(said: AnalysedSentence) -> frozenset[str]:
    return _KINDS.kinds_in(said.flat.lower(), said.language)


def _denies_cause(claim: StatedClaim) -> bool:
    """Return whether a quote says that one thing has nothing to do with the other, and the claim doesn't."""
    given = any(_NO_CAUSE.kinds_in(i.quote.flat.lower(), i.quote.language) for i in claim.premise.evidence)
    return given and not _NO_CAUSE.kinds_in(claim.sentence.flat.lower(), claim.sentence.language)
