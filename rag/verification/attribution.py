"""Whether a claim hangs its quotes on the right person or place: swapped names and swapped speakers.

Pure. A name that only the rest of the article has may stand for a pronoun of the quote, but not for
another name of it. Knows no numbers, dates or polarity.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from rag.extraction import cue_words
from rag.extraction.analysed_sentence import AnalysedSentence
from rag.extraction.names.exonyms import group_of
from rag.extraction.names.gazetteer import ROLES
from rag.extraction.names.matching import supported
from rag.extraction.names.phonetics import sound
from rag.extraction.names.recognition import Name
from rag.text.analyzer import terms
from rag.text.folding import flatten
from rag.text.synonyms import meanings
from rag.verification.premise import ReadEvidence
from rag.verification.stated_claim import StatedClaim

_PLACE = re.compile(
    r"\b(?:à|au|aux|en|dans|vers|près de|in|at|near|to|into) (?:la |le |les |l'|the )?(?:(?!\w+ant )\w+ )?$",
    re.IGNORECASE,
)
_OF = re.compile(
    r"(?:\b(?:de|du|des|of|from|chez|avec|with|et|and|contre|against)|\bd['’]) ?(?:la |le |l['’]|the )?$",
    re.IGNORECASE,
)
_ACCORDING = re.compile(r"\b(?:selon|d'apres|pour|according to|for) (?:[\w'-]+,? ){0,5}$", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_FIRST_PERSON = re.compile(
    r"\b(?:je |nous |we |i |j')(?:n'|ne )?(?:[a-z]{1,6} )?(?P<verb>[^\W\d_]{4,})", re.IGNORECASE
)
# `Pontmirail mayor Ann Lee`
_BEFORE_A_TITLE = re.compile(r"(?:'s)? (?:[a-z-]+ ){1,3}(?=[A-Z][a-z])")
_BE = re.compile(
    r" (?:\w+ |\w+'){0,3}(?:ete|etre|est|sont|etait|etaient|fut|furent|sera|seront|serait|was|were|been|be|is"
    r"|are)\b",
    re.IGNORECASE,
)


@cache
def _anaphor() -> re.Pattern[str]:
    return re.compile(
        rf"\b(?i:{cue_words.PRONOUNS.pattern})\b"
        r"|\b(?i:le|la|l'|les|the) ?(?i:deux |two )?(?:presidente?|ministre|maire|premier|chef|patron"
        r"|directeur|directrice|minister|mayor|leaders?|head|director|company|group|groupe|societe|entreprise"
        r"|dirigeants|hommes|men)\b(?!,?(?: [\w']+){0,3},? [A-Z])"
    )


# `le préfet, M. ` and `lead author Dr. `: what may stand between a verb and the name after it.
_TITLED = r"(?:(?:M|MM|Mme|Mlle|Mr|Mrs|Ms|Dr|Pr|Prof|Me|Mgr|Sen|Gov|Gen|Col|Capt|Sgt)\. |[\w'-]+,? ){0,5}"


@cache
def _said_before() -> re.Pattern[str]:
    return re.compile(rf"\b{cue_words.SPEECH.pattern}(?:-t-(?:il|elle))?,? {_TITLED}$", re.IGNORECASE)


@cache
def _said_after() -> re.Pattern[str]:
    return said_after(cue_words.SPEECH.pattern)


def said_after(verbs: str) -> re.Pattern[str]:
    """Return what flattened text after a name matches in which one of these verbs has it as its subject."""
    subject, auxiliary = r"^(?:,[^,]{1,60},)? ?(?:[\w'-]+ ){0,3}?", "(?:a |avait |has |had |s'est )?"
    return re.compile(rf"{subject}{auxiliary}(?P<verb>{verbs})\b", re.IGNORECASE)


def anaphors(flat: str) -> int:
    """Count the pronouns and descriptions of flattened text whose name stands elsewhere: `il`, `le maire`."""
    return len(_anaphor().findall(flat))


def misattributions(claim: StatedClaim) -> list[str]:
    """Return `name:…` or `speaker:…` for each of the claim's names where the quotes have another."""
    evidence, names = claim.premise.evidence, claim.names
    quoted = [(item, name) for item in evidence for name in item.quote_names]
    headed = [name for item in evidence for name in item.title_names]
    added = [
        name
        for name in names
        if not any(alike(name, other) for _, other in quoted)
        and not _in_quotes(name, claim)
        and not claim.is_translated(name.start, name.end)
    ]
    reasons = []
    for name in added:
        rivals = [(item, other) for item, other in quoted if not any(alike(other, mine) for mine in names)]
        headline = any(alike(name, n) for n in headed)
        if any(_displaces(claim, name, item, other, () if headline else added) for item, other in rivals):
            reasons.append(_reason(claim, name))
    return [*reasons, *_reversed(claim, quoted), *_wrong_mouth(claim)]


def _in_quotes(name: Name, claim: StatedClaim) -> bool:
    """Return whether a quote has the name in another form: `German` in `la chancelière allemande`."""
    return any(
        supported(name, quote.vocabulary, quote.language != claim.language, claim.language)
        for quote in (item.as_published for item in claim.premise.evidence)
    )


def _reason(claim: StatedClaim, name: Name) -> str:
    return f"{'speaker' if speaks(claim.sentence, name) else 'name'}:{name.text}"


def alike(a: Name, b: Name) -> bool:
    """Return whether two names may be the same one's: a word in common, and no two different first names."""
    mine, theirs = _keys(a), _keys(b)
    if not set(mine) & set(theirs):
        return False
    same_length = len(mine) == len(theirs) > 1
    return not (same_length and mine[-1] == theirs[-1] and mine[0] != theirs[0])


def _keys(name: Name) -> list[str]:
    whole = group_of(flatten(name.text))
    return [whole] if whole else [group_of(token) or sound(token) for token in name.tokens]


def _slot(text: str, name: Name) -> str:
    before = text[: name.start]
    return "place" if _PLACE.search(before) else "of" if _OF.search(before) else "plain"


def _comparable(claim: StatedClaim, name: Name, item: ReadEvidence, other: Name) -> bool:
    """Tell whether both are names of places, or both of actors."""
    slot = _slot(claim.text, name)
    return slot == _slot(item.quote.text, other) and slot != "of"


def _together(item: ReadEvidence, a: Name, b: Name) -> bool:
    """Return whether the article tells one by the other: `Anchorage, en Alaska`."""
    one, two = re.escape(flatten(a.text)), re.escape(flatten(b.text))
    gap = r",? \(?(?:en|in|au|aux|de|of|dans|the|la) (?:\w+ )?|, "
    text = item.beside(item.evidence.article.text).flat
    return re.search(rf"{one}(?:{gap}){two}|{two}(?:{gap}){one}", text) is not None


def _displaces(
    claim: StatedClaim, name: Name, item: ReadEvidence, other: Name, added: Sequence[Name]
) -> bool:
    """Return whether `name` took the place of `other`.

    The same words beside it, or no pronoun can mean it.
    """
    acts = _slot(claim.text, name) != "of"
    if acts and following(claim.sentence, name) & following(item.as_published, other):
        return True
    if preceding(claim.sentence, name) & preceding(item.as_published, other):
        return not _together(item, name, other)
    if not _comparable(claim, name, item, other) or _together(item, name, other):
        return False
    if speaks(claim.sentence, name) and speaks(item.quote, other):
        return True
    return len(added) > anaphors(item.quote.flat[: other.start])


def preceding(said: AnalysedSentence, name: Name) -> frozenset[str]:
    """Return what may be meant by the last word of content before a name, in its clause."""
    before = re.sub(r",(?: [\w'-]+){1,3}, $", " ", said.flat[: name.start])
    clause = re.split(r"[,;:.!?«»()]", re.sub(r", $", " ", before))[-1]
    for match in reversed(list(_WORD.finditer(said.text, name.start - len(clause), name.start))[-4:]):
        if meant := _meant(match[0], said.language):
            return meant
    return frozenset()


def following(said: AnalysedSentence, name: Name) -> frozenset[str]:
    """Return what may be meant by the first word of content after a name, past titles and appositions."""
    rest = re.sub(r"^,[^,]{1,60},", "", said.text[name.end :])
    return next(
        (meant for match in _WORD.finditer(rest) if (meant := _meant(match[0], said.language))), frozenset()
    )


def _meant(word: str, language: str | None) -> frozenset[str]:
    """Return the meanings of a word of content; nothing for names, titles and small words."""
    plain = flatten(word).lower()
    if word[0].isupper() or word[0].isdigit() or plain in cue_words.LIGHT or plain in ROLES:
        return frozenset()
    return frozenset().union(*(meanings(stem, language) for stem in terms(word, language)))


def speaks(said: AnalysedSentence, name: Name) -> bool:
    """Return whether the text gives something as said by this name."""
    before, after = said.flat[max(0, name.start - 70) : name.start], said.flat[name.end : name.end + 90]
    if _ACCORDING.search(before) or _said_after().match(after):
        return _OF.search(said.text[: name.start]) is None
    return _said_before().search(before) is not None and _slot(said.text, name) == "plain"


def _reversed(claim: StatedClaim, quoted: Sequence[tuple[ReadEvidence, Name]]) -> list[str]:
    """Read `A beat B` told as `B beat A`.

    The claim's subject is in the quote, but not as that verb's subject.
    """
    mine = _subject(claim.text, claim.names)
    if mine is None or _is_mutual(claim.sentence):
        return []
    verb = following(claim.sentence, mine)
    for item in dict.fromkeys(item for item, _ in quoted):
        theirs = [name for other, name in quoted if other is item]
        same = [n for n in theirs if alike(n, mine) and _slot(item.quote.text, n) == "plain"]
        if any(_acts_by(item.as_published, name, verb) for name in same) and _passive(claim.sentence, mine):
            return [_reason(claim, mine)]
        if not same or any(verb & following(item.as_published, name) for name in same):
            continue
        does = [
            other
            for other in theirs
            if verb & following(item.as_published, other)
            and _slot(item.quote.text, other) == "plain"
            and not alike(other, mine)
            and not _joined(item.quote.text, [*same, other])
        ]
        if any(_passive(claim.sentence, mine) == _passive(item.quote, other) for other in does):
            return [_reason(claim, mine)]
    return []


def _is_mutual(claim: AnalysedSentence) -> bool:
    """Return whether the claim says what two did together, so that its names may change places."""
    together = cue_words.MUTUAL.of(claim.language or "") or cue_words.MUTUAL.terms
    return any(word.lower() in together for word in _WORD.findall(claim.flat))


def _acts_by(quote: AnalysedSentence, name: Name, verb: frozenset[str]) -> bool:
    """Tell whether it is `battu … par NAME`: the name is the one who did it."""
    before = quote.text[: name.start]
    if not re.search(r"\b(?:par|by) (?:le |la |l'|the )?$", before, re.IGNORECASE):
        return False
    near = _WORD.findall(before)[-8:]
    return any(_meant(word, quote.language) & verb for word in near)


def _passive(said: AnalysedSentence, name: Name) -> bool:
    """Return whether a form of `be` stands between a name and its verb."""
    rest = re.sub(r"^,[^,]{1,60},", "", said.flat[name.end :])
    return _BE.match(rest) is not None


def _subject(text: str, names: Sequence[Name]) -> Name | None:
    """Return the name that opens the text, if one does: no preposition before it, few words."""
    first = min(names, key=lambda name: name.start, default=None)
    if first is None or first.start > 45 or _slot(text, first) != "plain":
        return None
    return first


def _joined(text: str, names: Sequence[Name]) -> bool:
    """Tell whether it is `A et B …`: both are the subject."""
    ordered = sorted(names, key=lambda name: name.start)[:2]
    between = text[ordered[0].end : ordered[-1].start]
    return len(between) <= 50 and re.match(r",? (?:et|and|ou|or)\b|, [A-Z]", between) is not None


# --- quotations that run over several sentences ---


def _wrong_mouth(claim: StatedClaim) -> list[str]:
    """Return a reason if a quote is part of what one person says, and the claim has another say it."""
    evidence = claim.premise.evidence
    owners = [owner for item in evidence for owner in _owners(item)]
    if not owners:
        return []
    speakers = owners + [name for item in evidence for name in _said_in(item)]
    own_words = {m["verb"].lower()[:5] for item in evidence for m in _FIRST_PERSON.finditer(item.quote.flat)}
    return [
        f"speaker:{name.text}"
        for name in claim.names
        if not any(alike(name, speaker) for speaker in speakers)
        and _BEFORE_A_TITLE.match(claim.sentence.flat, name.end) is None
        and (speaks(claim.sentence, name) or _next_word(claim.sentence, name)[:5] in own_words)
    ]


def _next_word(said: AnalysedSentence, name: Name) -> str:
    following = _WORD.search(said.flat, name.end)
    return following[0].lower() if following else ""


def _said_in(item: ReadEvidence) -> list[Name]:
    """Return names that the quote itself gives as speaking."""
    names = item.quote.names_known_by(item.article.vocabulary)
    return [name for name in names if speaks(item.quote, name)]


def _owners(item: ReadEvidence) -> list[Name]:
    """Return whose quotation the evidence stands in: named right after its end or right before its start."""
    text, begin = item.evidence.article.text, item.evidence.start
    for start, end in ("«»", "“”"):
        opening = text.rfind(start, 0, begin + 1)
        closing = text.find(end, begin)
        if opening < 0 or closing < 0 or end in text[opening:begin]:
            continue
        after = re.split(r"[.\n]", text[closing + 1 : closing + 160])[0]
        before = re.split(r"[.\n]", text[max(0, opening - 160) : opening])[-1]
        for part in (after, before if before.rstrip().endswith(":") else ""):
            # A word in front, so that the part doesn't look like the start of a sentence.
            around = item.beside("x " + part)
            names = around.names_known_by(item.article.vocabulary)
            if owners := [name for name in names if speaks(around, name)]:
                return owners
    return []
