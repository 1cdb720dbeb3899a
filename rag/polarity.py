"""What a text says of its words: negated or not, certain or not, up or down.

Pure, by closed lists of French and English words (`rag.cues`). Knows no numbers, names or dates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rag import cues
from rag.language import terms
from rag.surface import flatten
from rag.synonyms import meanings

FACT, PROJECTED, POSSIBLE = 2, 1, 0
_WORD = re.compile(r"[^\W_]+?n't\b|[^\W_]+|[^\w\s]|\n")
_SENTENCE_END = frozenset(".!?…\n")
_CHUNK_END = frozenset(',;:()«»"[]') | _SENTENCE_END


@dataclass(frozen=True, slots=True)
class Mention:
    """A content word where it stands. `certainty` is None where nothing is asserted (an infinitive).

    `meanings` are its stem and classes of synonyms, `context` the meanings of its whole sentence,
    `following` the stem after it, `concepts` its places in pairs of opposites as (pair, side).
    """

    stem: str
    word: str
    negated: bool
    certainty: int | None
    meanings: frozenset[str]
    context: frozenset[str]
    following: frozenset[str]
    concepts: frozenset[tuple[str, int]]


@dataclass(slots=True)
class _Word:
    plain: str
    exact: str
    chunk: int
    sentence: int
    stem: str
    meanings: frozenset[str]
    concepts: frozenset[tuple[str, int]]
    adverb: bool
    negated: bool = False
    certainty: int | None = FACT
    infinitive: bool = False

    @property
    def is_content(self) -> bool:
        return bool(self.stem) and self.plain not in cues.LIGHT


@lru_cache(maxsize=256)
def mentions(text: str, language: str | None) -> tuple[Mention, ...]:
    """The content words of `text` with what is said of them, in order."""
    found = _words(text, language)
    _mark_unasserted(found, language)
    _mark_modality(found, text)
    _mark_negation(found)
    sentences: dict[int, set[str]] = {}
    for word in found:
        if word.is_content:
            sentences.setdefault(word.sentence, set()).update(word.meanings)
    return tuple(
        Mention(
            stem=word.stem or word.plain,
            word=word.exact,
            negated=word.negated,
            certainty=word.certainty,
            meanings=word.meanings,
            context=frozenset(sentences.get(word.sentence, set())),
            following=_following(found, i),
            concepts=word.concepts,
        )
        for i, word in enumerate(found)
        if word.is_content or word.concepts
    )


def _following(words: list[_Word], index: int) -> frozenset[str]:
    """The meanings of the next word that has any; a number means itself."""
    for word in words[index + 1 : index + 5]:
        if word.is_content or word.plain.isdigit():
            return word.meanings or frozenset({word.plain})
    return frozenset()


def _words(text: str, language: str | None) -> list[_Word]:
    flat = flatten(text)
    found: list[_Word] = []
    chunk = sentence = 0
    for match in _WORD.finditer(flat):
        plain, exact = match[0].lower(), text[match.start() : match.end()].lower()
        if plain in _CHUNK_END or plain in cues.CHUNK_OPENERS:
            chunk += 1
            sentence += plain in _SENTENCE_END
        if not plain[0].isalnum():
            continue
        stems = [] if plain in cues.LIGHT or plain.isdigit() else terms(exact, language)
        stem = stems[0] if stems else ""
        same = meanings(stem, language) if stem else frozenset()
        adverb = cues.ADVERB.get(language or "", cues.ADVERB["en"]).fullmatch(plain) is not None
        found.append(_Word(plain, exact, chunk, sentence, stem, same, _concepts(exact, plain), adverb))
    return found


@lru_cache(maxsize=20_000)
def _concepts(exact: str, plain: str) -> frozenset[tuple[str, int]]:
    return frozenset(
        (pair, side)
        for pair, sides in cues.OPPOSITES.items()
        for side, pattern in enumerate(sides)
        if pattern.fullmatch(exact) or pattern.fullmatch(plain)
    )


def _after(words: list[_Word], index: int, limit: int = 6) -> Iterable[_Word]:
    """The words after one, to the end of its clause."""
    chunk = words[index].chunk
    for word in words[index + 1 : index + 1 + limit]:
        if word.chunk != chunk:
            return
        yield word


def _head(words: list[_Word], index: int) -> _Word | None:
    """The first word after one that carries meaning and isn't an adverb: what a cue applies to."""
    for word in _after(words, index):
        if word.is_content and not word.adverb:
            return word
    return None


# --- negation ---


def _mark_negation(words: list[_Word]) -> None:
    for index, word in enumerate(words):
        before = words[index - 1].plain if index else ""
        following = words[index + 1].plain if index + 1 < len(words) else ""
        if word.plain in cues.NEGATORS and not _excepted(words, index, before, following):
            for negated in _negated_by(words, index):
                negated.negated = not negated.negated
        elif cues.DENIAL.fullmatch(word.plain) and not word.negated:
            _negate_denied(words, index)


def _excepted(words: list[_Word], index: int, before: str, following: str) -> bool:
    """`pas seulement`, `not only`, `un pas`, `sans doute`, `no more than`: no negation."""
    word = words[index].plain
    return (
        (word in {"pas", "not"} and following in cues.NOT_ONLY)
        or (word == "pas" and before in {"un", "le", "premier", "les", "des", "quelques", "ce", "grand"})
        or (word == "sans" and following in {"doute", "cesse"})
        or (word in {"plus", "jamais", "personne", "rien"} and not _ne_near(words, index))
        or (word == "no" and following in {"more", "fewer", "less", "doubt", "later", "sooner", "one"})
    )


def _ne_near(words: list[_Word], index: int) -> bool:
    """Whether `ne` stands in the same clause: without it `plus` is more and `jamais` is ever."""
    near = words[max(0, index - 7) : index + 4]
    return any(w.plain in {"ne", "n"} and w.chunk == words[index].chunk for w in near)


def _negated_by(words: list[_Word], index: int) -> list[_Word]:
    """What a negator negates: the verb between `ne` and it, else the head after it."""
    word = words[index]
    inside = _verb_since_ne(words, index)
    if word.plain in cues.NOUN_NEGATORS:
        heads = [head for head in (inside, _head(words, index), _passive(words, index)) if head]
        return list({id(head): head for head in heads}.values())
    if inside is not None:
        return [inside]
    head = _head(words, index)
    return [head] if head else []


def _verb_since_ne(words: list[_Word], index: int) -> _Word | None:
    """`ne signe pas` → `signe`; `n'a pas` → None: the meaning comes after."""
    chunk = words[index].chunk
    for back in range(index - 1, max(-1, index - 7), -1):
        if words[back].chunk != chunk:
            return None
        if words[back].plain in {"ne", "n"}:
            inside = [w for w in words[back + 1 : index] if w.is_content and not w.adverb]
            return inside[-1] if inside else None
    return None


def _passive(words: list[_Word], index: int) -> _Word | None:
    """`aucun accord n'a été signé`, `no deal was signed`: the verb after the noun and its auxiliary."""
    seen_noun = False
    for word in _after(words, index, 9):
        if seen_noun and word.plain in cues.AUXILIARIES:
            return _head(words, words.index(word))
        seen_noun = seen_noun or word.is_content
    return None


def _negate_denied(words: list[_Word], index: int) -> None:
    """`a démenti avoir signé`, `refused to sign`, `denied that he signed`: what is denied isn't so."""
    after = words[index + 1 : index + 9]
    bridge = after[0].plain if after else ""
    disputes = cues.DISPUTE.fullmatch(words[index].plain)
    if disputes and bridge in {"que", "qu", "that"}:
        head = next((w for w in after if w.is_content and cues.VERB_LIKE.fullmatch(w.exact)), None)
    else:
        head = _head(words, index)
    if head is None:
        return
    verbal = (
        cues.GERUND.fullmatch(bridge)
        or bridge in {"avoir", "etre", "having", "being", "that", "que", "qu"}
        or (bridge in {"de", "d", "a", "to"} and head.infinitive)
    )
    if verbal or (disputes and not cues.RUMOUR.fullmatch(head.plain)):
        head.negated = not head.negated


# --- modality ---


def _mark_unasserted(words: list[_Word], language: str | None) -> None:
    """Infinitives after `de`, `to` and nouns after an article assert nothing by themselves."""
    determiners = cues.DETERMINERS.get(language or "", frozenset())
    for index, word in enumerate(words):
        before = words[index - 1].plain if index else ""
        infinitive = cues.INFINITIVE.fullmatch(word.plain) and before in cues.INFINITIVE_MARKERS
        word.infinitive = bool(infinitive) or before == "to"
        if word.is_content and (word.infinitive or before in determiners):
            word.certainty = None


def _mark_modality(words: list[_Word], text: str) -> None:
    for index, word in enumerate(words):
        level = _modal_level(words, index)
        if level is None:
            continue
        if cues.ALLEGED.fullmatch(word.plain):
            for alleged in _after(words, index, 12):
                alleged.certainty = POSSIBLE
        elif word.is_content and not cues.MODAL_VERB.fullmatch(word.plain):
            word.certainty = _least(word.certainty, level)
        elif (head := _head(words, index)) is not None and _applies(words, index, head):
            head.certainty = level if head.certainty is None else min(head.certainty, level)
    if cues.HEARSAY.search(flatten(text)):
        for word in words:
            word.certainty = _least(word.certainty, POSSIBLE)


def _least(certainty: int | None, level: int) -> int:
    return level if certainty is None else min(certainty, level)


def _modal_level(words: list[_Word], index: int) -> int | None:
    word = words[index]
    if word.plain == "would" or cues.is_conditional(word.exact):
        return PROJECTED if cues.SHOULD.fullmatch(word.plain) or _reported(words, index) else POSSIBLE
    if cues.POSSIBLE.fullmatch(word.plain):
        return POSSIBLE
    if cues.PROJECTED.fullmatch(word.plain) or cues.is_future(word.exact):
        return PROJECTED
    return None


def _reported(words: list[_Word], index: int) -> bool:
    """`a annoncé qu'elle ferait appel`, `said it would close`: the future as someone told it."""
    before = [w for w in words[max(0, index - 12) : index] if w.sentence == words[index].sentence]
    return any(cues.REPORTING.fullmatch(w.plain) for w in before)


def _applies(words: list[_Word], index: int, head: _Word) -> bool:
    """`va` and `veut` project only an infinitive; `will` and `aurait` whatever comes next."""
    if not cues.NEEDS_INFINITIVE.fullmatch(words[index].plain):
        return True
    return head.infinitive or cues.INFINITIVE.fullmatch(head.plain) is not None


# --- comparison ---


def _counterparts(mention: Mention, given: tuple[Mention, ...]) -> list[Mention]:
    """The evidence's occurrences of the same word, or of a synonym where it has none, that fit best."""
    same = [other for other in given if other.stem == mention.stem]
    same = same or [other for other in given if other.meanings & mention.meanings]
    return _best(mention, same)


def _best(mention: Mention, candidates: list[Mention]) -> list[Mention]:
    """The occurrences whose sentences share most with the claim's."""
    most = max((len(mention.context & other.context) for other in candidates), default=0)
    return [other for other in candidates if len(mention.context & other.context) == most]


def negation_conflict(claim: tuple[Mention, ...], given: tuple[Mention, ...]) -> str | None:
    """The word that is negated on one side only, where both sides speak of the same thing."""
    pairs = [(mention, _counterparts(mention, given)) for mention in claim]
    if any(mention.negated and any(other.negated for other in others) for mention, others in pairs):
        # `aucun accord n'a été signé`, `ils n'ont pas signé d'accord`: the same negation, elsewhere.
        return None
    return next(
        (
            mention.word
            for mention, others in pairs
            if others and all(mention.negated != other.negated for other in others)
        ),
        None,
    )


def modality_conflict(claim: tuple[Mention, ...], given: tuple[Mention, ...]) -> str | None:
    """The word that the claim states with more certainty than its evidence does."""
    for mention in claim:
        others = _counterparts(mention, given)
        if mention.certainty is not None and others and all(_weaker(other, mention) for other in others):
            return mention.word
    return None


def _weaker(given: Mention, stated: Mention) -> bool:
    return (FACT if given.certainty is None else given.certainty) < (stated.certainty or POSSIBLE)


def opposite_conflict(claim: tuple[Mention, ...], given: tuple[Mention, ...]) -> str | None:
    """The word whose opposite stands in its place: `hausse` for `baisse`, `before` for `after`."""
    for mention in claim:
        for pair, side in mention.concepts:
            same = [other for other in given if any(name == pair for name, _ in other.concepts)]
            if pair in cues.POSITIONAL:
                same = [other for other in same if other.following & mention.following]
            best = _best(mention, same)
            flipped = [
                other
                for other in best
                if (pair, side) not in other.concepts and other.negated == mention.negated
            ]
            if best and len(flipped) == len(best):
                return mention.word
    return None


def negates(text_mentions: tuple[Mention, ...]) -> bool:
    """Whether anything is negated."""
    return any(mention.negated for mention in text_mentions)
