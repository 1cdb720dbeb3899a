"""Whether a claim hangs its quotes on the right person or place: swapped names and swapped speakers.

Pure. A name that only the rest of the article has may stand for a pronoun of the quote, but not for
another name of it. Knows no numbers, dates or polarity.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag import cues
from rag.exonyms import ROLES
from rag.language import terms
from rag.names import Name, Vocabulary, find_names, group_of, sound, supported, vocabulary
from rag.schema import Evidence
from rag.surface import flatten
from rag.synonyms import meanings

_ANAPHOR = re.compile(
    r"\b(?i:il|elle|ils|elles|lui|celui-ci|celle-ci|ce dernier|cette derniere|he|she|they|him|them|his|her"
    r"|their|its|it|l'interesse|son|sa|ses|leur|leurs)\b"
    r"|\b(?i:le|la|l'|les|the) ?(?i:deux |two )?(?:presidente?|ministre|maire|premier|chef|patron|directeur"
    r"|directrice|minister|mayor|leaders?|head|director|company|group|groupe|societe|entreprise"
    r"|dirigeants|hommes|men)\b(?!,?(?: [\w']+){0,3},? [A-Z])"
)
_PLACE = re.compile(
    r"\b(?:à|au|aux|en|dans|vers|près de|in|at|near|to|into) (?:la |le |les |l'|the )?(?:\w+ )?$",
    re.IGNORECASE,
)
_OF = re.compile(
    r"(?:\b(?:de|du|des|of|from|chez|avec|with|et|and|contre|against)|\bd['’]) ?(?:la |le |l['’]|the )?$",
    re.IGNORECASE,
)
_ACCORDING = re.compile(r"\b(?:selon|d'apres|pour|according to|for) (?:[\w'-]+,? ){0,5}$", re.IGNORECASE)
_SAID_BEFORE = re.compile(
    rf"\b{cues.SPEECH.pattern}(?:-t-(?:il|elle))?,? (?:[\w'-]+,? ){{0,5}}$", re.IGNORECASE
)
_SAID_AFTER = re.compile(
    rf"^(?:,[^,]{{1,60}},)? ?(?:[\w'-]+ ){{0,3}}?(?:a |avait |has |had |s'est )?{cues.SPEECH.pattern}\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+")
_FIRST_PERSON = re.compile(
    r"\b(?:je|nous|we|i|j') ?(?:n'|ne )?(?:[a-z]{1,6} )?(?P<verb>[^\W_]+)", re.IGNORECASE
)
_BE = re.compile(
    r" (?:\w+ ){0,2}(?:ete|est|sont|etait|etaient|fut|furent|sera|seront|serait|was|were|been|be|is|are)\b",
    re.IGNORECASE,
)
# Predicates that are as true the other way round.
_MUTUAL = re.compile(
    r"rencontr\w*|entret\w+|discut\w*|negoci\w*|affront\w*|parl\w+|met|meets?|talk\w*|discuss\w*|fac(?:e|ed|es)"
)


def misattributions(
    claim: str,
    names: Sequence[Name],
    evidence: Sequence[Evidence],
    vocabularies: Sequence[Vocabulary],
    language: str | None,
) -> list[str]:
    """`name:…` or `speaker:…` for each of the claim's names that stands where the quotes have another."""
    quoted = [
        (e, name)
        for e, given in zip(evidence, vocabularies, strict=True)
        for name in find_names(e.quote, given)
    ]
    headed = [
        n for e, given in zip(evidence, vocabularies, strict=True) for n in find_names(e.article.title, given)
    ]
    added = [
        name
        for name in names
        if not any(alike(name, other) for _, other in quoted) and not _in_quotes(name, evidence, language)
    ]
    reasons = []
    for name in added:
        rivals = [
            (e, other)
            for e, other in quoted
            if not any(alike(other, mine) for mine in names) and _comparable(claim, name, e, other)
        ]
        headline = any(alike(name, n) for n in headed)
        if any(_displaces(claim, name, e, other, language, () if headline else added) for e, other in rivals):
            reasons.append(_reason(claim, name))
    return (
        reasons
        + _reversed(claim, names, quoted, language)
        + _wrong_mouth(claim, names, evidence, vocabularies)
    )


def _in_quotes(name: Name, evidence: Sequence[Evidence], language: str | None) -> bool:
    """Whether a quote has the name in another form: `German` in `la chancelière allemande`."""
    return any(
        supported(name, vocabulary(e.quote, e.article.language), e.article.language != language, language)
        for e in evidence
    )


def _reason(claim: str, name: Name) -> str:
    return f"{'speaker' if speaks(claim, name) else 'name'}:{name.text}"


def alike(a: Name, b: Name) -> bool:
    """Whether two names may be the same one's: a word in common, and no two different first names."""
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


def _comparable(claim: str, name: Name, evidence: Evidence, other: Name) -> bool:
    """Both names of places, or both of actors, and not one place told by its part and its whole."""
    slot = _slot(claim, name)
    if slot != _slot(evidence.quote, other) or slot == "of":
        return False
    text = flatten(evidence.article.text)
    together = rf"{re.escape(flatten(other.text))},? (?:\w+ )?(?:\w+ )?{re.escape(flatten(name.text))}"
    return slot == "plain" or re.search(together, text) is None


def _displaces(
    claim: str, name: Name, evidence: Evidence, other: Name, language: str | None, added: Sequence[Name]
) -> bool:
    """Whether `name` took the place of `other`: the same words follow, or no pronoun can mean it."""
    if _following(claim, name, language) & _following(evidence.quote, other, evidence.article.language):
        return True
    if speaks(claim, name) and speaks(evidence.quote, other):
        return True
    pronouns = len(_ANAPHOR.findall(flatten(evidence.quote)[: other.start]))
    return len(added) > pronouns


def _following(text: str, name: Name, language: str | None) -> frozenset[str]:
    """What may be meant by the first word of content after a name, past titles and appositions."""
    rest = re.sub(r"^,[^,]{1,60},", "", text[name.end :])
    for match in _WORD.finditer(rest):
        word = match[0]
        plain = flatten(word).lower()
        stems = terms(word, language)
        if not stems or word[0].isupper() or plain in cues.LIGHT or plain in ROLES:
            continue
        return meanings(stems[0], language)
    return frozenset()


def speaks(text: str, name: Name) -> bool:
    """Whether the text gives something as said by this name."""
    flat = flatten(text)
    before, after = flat[max(0, name.start - 70) : name.start], flat[name.end : name.end + 90]
    return bool(_ACCORDING.search(before) or _SAID_BEFORE.search(before) or _SAID_AFTER.match(after))


def _reversed(
    claim: str, names: Sequence[Name], quoted: Sequence[tuple[Evidence, Name]], language: str | None
) -> list[str]:
    """`A beat B` told as `B beat A`: the claim's subject is in the quote, but not as that verb's subject."""
    mine = _subject(claim, names)
    if mine is None or _MUTUAL.search(flatten(claim)):
        return []
    verb = _following(claim, mine, language)
    for evidence in dict.fromkeys(e for e, _ in quoted):
        theirs = [name for e, name in quoted if e is evidence]
        subject = _subject(evidence.quote, theirs)
        same = [name for name in theirs if alike(name, mine)]
        if subject is None or not same or alike(mine, subject) or _joined(evidence.quote, theirs):
            continue
        spoken = evidence.article.language
        elsewhere = any(verb & _following(evidence.quote, name, spoken) for name in same)
        voices = {_passive(claim, mine), _passive(evidence.quote, subject)}
        if verb & _following(evidence.quote, subject, spoken) and not elsewhere and len(voices) == 1:
            return [_reason(claim, mine)]
    return []


def _passive(text: str, name: Name) -> bool:
    """Whether a form of `be` stands between a name and its verb."""
    rest = re.sub(r"^,[^,]{1,60},", "", flatten(text[name.end :]))
    return _BE.match(rest) is not None


def _subject(text: str, names: Sequence[Name]) -> Name | None:
    """The name that opens the text, if one does: no preposition before it, few words."""
    first = min(names, key=lambda name: name.start, default=None)
    if first is None or first.start > 45 or _slot(text, first) != "plain":
        return None
    return first


def _joined(text: str, names: Sequence[Name]) -> bool:
    """`A et B …`: both are the subject."""
    ordered = sorted(names, key=lambda name: name.start)[:2]
    between = text[ordered[0].end : ordered[-1].start]
    return len(between) <= 50 and re.match(r",? (?:et|and|ou|or)\b|, [A-Z]", between) is not None


# --- quotations that run over several sentences ---


def _wrong_mouth(
    claim: str, names: Sequence[Name], evidence: Sequence[Evidence], vocabularies: Sequence[Vocabulary]
) -> list[str]:
    """The quote stands inside someone's quotation, and the claim puts it in another's mouth."""
    reasons = []
    for e, given in zip(evidence, vocabularies, strict=True):
        owners = _owners(e, given)
        if not owners:
            continue
        own_words = {flatten(m["verb"]).lower()[:5] for m in _FIRST_PERSON.finditer(flatten(e.quote))}
        for name in names:
            if any(alike(name, owner) for owner in owners) or any(alike(name, n) for n in _said_in(e, given)):
                continue
            next_word = _WORD.search(flatten(claim), name.end)
            acts = next_word is not None and next_word[0].lower()[:5] in own_words
            if speaks(claim, name) or acts:
                reasons.append(f"speaker:{name.text}")
    return reasons


def _said_in(evidence: Evidence, given: Vocabulary) -> list[Name]:
    """Names that the quote itself gives as speaking."""
    return [name for name in find_names(evidence.quote, given) if speaks(evidence.quote, name)]


def _owners(evidence: Evidence, given: Vocabulary) -> list[Name]:
    """Whose quotation the evidence stands in: named right after its end or right before its start."""
    text = evidence.article.text
    opening = text.rfind("«", 0, evidence.start + 1)
    if opening < 0 or "»" in text[opening : evidence.start]:
        return []
    closing = text.find("»", evidence.start)
    if closing < 0:
        return []
    after = re.split(r"[.\n]", text[closing + 1 : closing + 160])[0]
    before = re.split(r"[.\n]", text[max(0, opening - 160) : opening])[-1]
    for part in (after, before if before.rstrip().endswith(":") else ""):
        if owners := [name for name in find_names("x " + part, given) if speaks("x " + part, name)]:
            return owners
    return []
