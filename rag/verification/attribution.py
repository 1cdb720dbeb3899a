"""Whether a claim hangs its quotes on the right person or place: swapped names and swapped speakers.

Pure. A name that only the rest of the article has may stand for a pronoun of the quote, but not for
another name of it. Knows no numbers, dates or polarity.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from rag.extraction import cue_words
from rag.extraction.dates import find_dates
from rag.extraction.gazetteer import ROLES
from rag.extraction.named_entities import Name, Vocabulary, find_names, group_of, sound, supported, vocabulary
from rag.schema.answer import Evidence
from rag.text.analyzer import terms
from rag.text.folding import flatten
from rag.text.synonyms import meanings

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


@cache
def _said_before() -> re.Pattern[str]:
    return re.compile(
        rf"\b{cue_words.SPEECH.pattern}(?:-t-(?:il|elle))?,? (?:[\w'-]+,? ){{0,5}}$", re.IGNORECASE
    )


@cache
def _said_after() -> re.Pattern[str]:
    subject, auxiliary = r"^(?:,[^,]{1,60},)? ?(?:[\w'-]+ ){0,3}?", "(?:a |avait |has |had |s'est )?"
    return re.compile(rf"{subject}{auxiliary}{cue_words.SPEECH.pattern}\b", re.IGNORECASE)


def misattributions(
    claim: str,
    names: Sequence[Name],
    evidence: Sequence[Evidence],
    vocabularies: Sequence[Vocabulary],
    language: str | None,
) -> list[str]:
    """`name:…` or `speaker:…` for each of the claim's names that stands where the quotes have another."""
    sources = list(zip(evidence, vocabularies, strict=True))
    quoted = [(e, name) for e, given in sources for name in _names_in(e.quote, given)]
    headed = [name for e, given in sources for name in _names_in(e.article.title, given)]
    added = [
        name
        for name in names
        if not any(alike(name, other) for _, other in quoted) and not _in_quotes(name, evidence, language)
    ]
    reasons = []
    for name in added:
        rivals = [(e, other) for e, other in quoted if not any(alike(other, mine) for mine in names)]
        headline = any(alike(name, n) for n in headed)
        if any(_displaces(claim, name, e, other, language, () if headline else added) for e, other in rivals):
            reasons.append(_reason(claim, name))
    return (
        reasons
        + _reversed(claim, names, quoted, language)
        + _wrong_mouth(claim, names, evidence, vocabularies)
    )


def _names_in(text: str, given: Vocabulary) -> list[Name]:
    """The names of a text, without the days and months that English writes like names."""
    return find_names(text, given, [(when.start, when.end) for when in find_dates(text)])


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
    """Both names of places, or both of actors."""
    slot = _slot(claim, name)
    return slot == _slot(evidence.quote, other) and slot != "of"


def _together(evidence: Evidence, a: Name, b: Name) -> bool:
    """Whether the article tells one by the other: `Anchorage, en Alaska`."""
    text = flatten(evidence.article.text)
    one, two = re.escape(flatten(a.text)), re.escape(flatten(b.text))
    gap = r",? \(?(?:en|in|au|aux|de|of|dans|the|la) (?:\w+ )?|, "
    return re.search(rf"{one}(?:{gap}){two}|{two}(?:{gap}){one}", text) is not None


def _displaces(
    claim: str, name: Name, evidence: Evidence, other: Name, language: str | None, added: Sequence[Name]
) -> bool:
    """Whether `name` took the place of `other`: the same words beside it, or no pronoun can mean it."""
    spoken = evidence.article.language
    acts = _slot(claim, name) != "of"
    if acts and _following(claim, name, language) & _following(evidence.quote, other, spoken):
        return True
    if _preceding(claim, name, language) & _preceding(evidence.quote, other, spoken):
        return not _together(evidence, name, other)
    if not _comparable(claim, name, evidence, other) or _together(evidence, name, other):
        return False
    if speaks(claim, name) and speaks(evidence.quote, other):
        return True
    pronouns = len(_anaphor().findall(flatten(evidence.quote)[: other.start]))
    return len(added) > pronouns


def _preceding(text: str, name: Name, language: str | None) -> frozenset[str]:
    """What may be meant by the last word of content before a name, in its clause."""
    before = re.sub(r",(?: [\w'-]+){1,3}, $", " ", flatten(text)[: name.start])
    clause = re.split(r"[,;:.!?«»()]", re.sub(r", $", " ", before))[-1]
    for match in reversed(list(_WORD.finditer(text, name.start - len(clause), name.start))[-4:]):
        if meant := _meant(match[0], language):
            return meant
    return frozenset()


def _following(text: str, name: Name, language: str | None) -> frozenset[str]:
    """What may be meant by the first word of content after a name, past titles and appositions."""
    rest = re.sub(r"^,[^,]{1,60},", "", text[name.end :])
    return next(
        (meant for match in _WORD.finditer(rest) if (meant := _meant(match[0], language))), frozenset()
    )


def _meant(word: str, language: str | None) -> frozenset[str]:
    """The meanings of a word of content; nothing for names, titles and small words."""
    plain = flatten(word).lower()
    if word[0].isupper() or word[0].isdigit() or plain in cue_words.LIGHT or plain in ROLES:
        return frozenset()
    return frozenset().union(*(meanings(stem, language) for stem in terms(word, language)))


def speaks(text: str, name: Name) -> bool:
    """Whether the text gives something as said by this name."""
    flat = flatten(text)
    before, after = flat[max(0, name.start - 70) : name.start], flat[name.end : name.end + 90]
    if _ACCORDING.search(before) or _said_after().match(after):
        return _OF.search(text[: name.start]) is None
    return _said_before().search(before) is not None and _slot(text, name) == "plain"


def _reversed(
    claim: str, names: Sequence[Name], quoted: Sequence[tuple[Evidence, Name]], language: str | None
) -> list[str]:
    """`A beat B` told as `B beat A`: the claim's subject is in the quote, but not as that verb's subject."""
    mine = _subject(claim, names)
    if mine is None or _is_mutual(claim, language):
        return []
    verb = _following(claim, mine, language)
    for evidence in dict.fromkeys(e for e, _ in quoted):
        theirs = [name for e, name in quoted if e is evidence]
        same = [n for n in theirs if alike(n, mine) and _slot(evidence.quote, n) == "plain"]
        if any(_acts_by(evidence, name, verb) for name in same) and _passive(claim, mine):
            return [_reason(claim, mine)]
        spoken = evidence.article.language
        if not same or any(verb & _following(evidence.quote, name, spoken) for name in same):
            continue
        does = [
            other
            for other in theirs
            if verb & _following(evidence.quote, other, spoken)
            and _slot(evidence.quote, other) == "plain"
            and not alike(other, mine)
            and not _joined(evidence.quote, [*same, other])
        ]
        if any(_passive(claim, mine) == _passive(evidence.quote, other) for other in does):
            return [_reason(claim, mine)]
    return []


def _is_mutual(claim: str, language: str | None) -> bool:
    """Whether the claim says what two did together, so that its names may change places."""
    together = cue_words.MUTUAL.of(language or "") or cue_words.MUTUAL.terms
    return any(word.lower() in together for word in _WORD.findall(flatten(claim)))


def _acts_by(evidence: Evidence, name: Name, verb: frozenset[str]) -> bool:
    """`battu … par NAME`: the name is the one who did it."""
    before = evidence.quote[: name.start]
    if not re.search(r"\b(?:par|by) (?:le |la |l'|the )?$", before, re.IGNORECASE):
        return False
    near = _WORD.findall(before)[-8:]
    return any(_meant(word, evidence.article.language) & verb for word in near)


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
    """A quote stands inside someone's quotation, and the claim puts it in another's mouth."""
    sources = list(zip(evidence, vocabularies, strict=True))
    owners = [owner for e, given in sources for owner in _owners(e, given)]
    if not owners:
        return []
    speakers = owners + [name for e, given in sources for name in _said_in(e, given)]
    own_words = {m["verb"].lower()[:5] for e in evidence for m in _FIRST_PERSON.finditer(flatten(e.quote))}
    return [
        f"speaker:{name.text}"
        for name in names
        if not any(alike(name, speaker) for speaker in speakers)
        and (speaks(claim, name) or _next_word(claim, name)[:5] in own_words)
    ]


def _next_word(text: str, name: Name) -> str:
    following = _WORD.search(flatten(text), name.end)
    return following[0].lower() if following else ""


def _said_in(evidence: Evidence, given: Vocabulary) -> list[Name]:
    """Names that the quote itself gives as speaking."""
    return [name for name in find_names(evidence.quote, given) if speaks(evidence.quote, name)]


def _owners(evidence: Evidence, given: Vocabulary) -> list[Name]:
    """Whose quotation the evidence stands in: named right after its end or right before its start."""
    text = evidence.article.text
    for start, end in ("«»", "“”"):
        opening = text.rfind(start, 0, evidence.start + 1)
        closing = text.find(end, evidence.start)
        if opening < 0 or closing < 0 or end in text[opening : evidence.start]:
            continue
        after = re.split(r"[.\n]", text[closing + 1 : closing + 160])[0]
        before = re.split(r"[.\n]", text[max(0, opening - 160) : opening])[-1]
        for part in (after, before if before.rstrip().endswith(":") else ""):
            # A word in front, so that the part doesn't look like the start of a sentence.
            if owners := [name for name in find_names("x " + part, given) if speaks("x " + part, name)]:
                return owners
    return []
