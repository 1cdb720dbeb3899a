"""What a text says of its words: negated or not, certain or not.

Pure, by closed lists of French and English words (`rag.extraction.cue_words`). Knows no numbers,
names or dates.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rag.extraction import cue_words
from rag.extraction.clauses import (
    POSSIBLE,
    PROJECTED,
    Word,
    head_after,
    meant_before,
    meant_next,
    rest_of_clause,
    split_words,
)
from rag.extraction.phrases import VERBS

# No level by itself: the future as it was told, or what isn't so.
_CONDITIONAL = -1


@dataclass(frozen=True, slots=True)
class Mention:
    """A content word where it stands, or a small one with an opposite (`avant`; its stem is empty).

    `certainty` is None where nothing is asserted (an infinitive). `meanings` are its stem and classes of
    synonyms, `clause` and `context` the meanings of its whole clause and sentence, `preceding` and
    `following` those of the words beside it, `concepts` its places in pairs of opposites as (pair, side).
    `awaited`: what is denied is so afterwards (`pas avant lundi`). `start` is where it stands.
    """

    stem: str
    word: str
    start: int
    negated: bool
    awaited: bool
    certainty: int | None
    meanings: frozenset[str]
    clause: frozenset[str]
    context: frozenset[str]
    preceding: frozenset[str]
    following: frozenset[str]
    concepts: frozenset[tuple[str, int]]


def marked_words(text: str, flat: str, language: str | None) -> list[Word]:
    """Return all words of `text` in order, those denied or not certain marked so; `flat` is it flattened."""
    found = split_words(text, flat, language)
    _mark_unasserted(found, language)
    _mark_modality(found, flat)
    _mark_negation(found, language)
    _mark_contrasted(found, flat, language)
    return found


def mentions(found: list[Word]) -> tuple[Mention, ...]:
    """Return the content words of a text's marked words with what is said of them."""
    clauses = _gathered(found, "chunk")
    contexts = _gathered(found, "sentence")
    return tuple(
        Mention(
            stem=word.stem,
            word=word.exact,
            start=word.start,
            negated=word.negated,
            awaited=word.negated and _awaited(found, i),
            certainty=word.certainty,
            meanings=word.meanings,
            clause=clauses[word.chunk],
            context=contexts[word.sentence],
            preceding=meant_before(found, i),
            following=meant_next(found, i),
            concepts=word.concepts,
        )
        for i, word in enumerate(found)
        if word.is_content or word.concepts
    )


def _awaited(words: list[Word], index: int) -> bool:
    """Tell whether it is `ne rouvrira pas avant lundi`, `not until Monday`."""
    return any(w.plain in {"avant", "before", "until"} for w in rest_of_clause(words, index, 8))


def _gathered(words: list[Word], unit: str) -> dict[int, frozenset[str]]:
    """Return the meanings in each clause or sentence, by its number."""
    found: dict[int, set[str]] = {}
    for word in words:
        found.setdefault(getattr(word, unit), set()).update(word.meanings)
    return {number: frozenset(meant) for number, meant in found.items()}


# --- negation ---


def _mark_negation(words: list[Word], language: str | None) -> None:
    negators, nouns = cue_words.NEGATORS.read_in(language), cue_words.NOUN_NEGATORS.read_in(language)
    for index, word in enumerate(words):
        before = words[index - 1].plain if index else ""
        following = words[index + 1].plain if index + 1 < len(words) else ""
        if word.plain in negators and not _excepted(words, index, before, following):
            for negated in _negated_by(words, index, word.plain in nouns, language == "de"):
                negated.negated = not negated.negated
        elif word.plain in cue_words.DENIAL and not word.negated:
            _negate_denied(words, index)
        elif word.plain == "yet" and following == "to" and (head := head_after(words, index)):
            head.negated = True


def _mark_contrasted(words: list[Word], flat: str, language: str | None) -> None:
    """Mark as not so what stands after `et non`, `instead of`."""
    for match in cue_words.NOT_THE_OTHER.found_all(flat.lower(), language):
        after = [word for word in words if word.start >= match.end()]
        first = next((word for word in after if word.is_content or word.plain[0].isdigit()), None)
        if first is not None and not first.plain[0].isdigit():
            first.negated = True


def _excepted(words: list[Word], index: int, before: str, following: str) -> bool:
    """Tell whether it is `pas seulement`, `not only`, `un pas`, `sans doute`, `no more than`: no negation."""
    word = words[index].plain
    return (
        (word in {"pas", "not"} and following in cue_words.NOT_ONLY)
        or (word == "pas" and before in {"un", "le", "premier", "les", "des", "quelques", "ce", "grand"})
        or (word == "sans" and following in {"doute", "cesse"})
        or (word in {"plus", "jamais", "personne", "rien"} and not _ne_near(words, index))
        or (word == "not" and before == "and")
        or (word == "no" and following in {"more", "fewer", "less", "doubt", "later", "sooner", "one"})
    )


def _ne_near(words: list[Word], index: int) -> bool:
    """Return whether `ne` stands in the same clause: without it `plus` is more and `jamais` is ever."""
    near = words[max(0, index - 7) : index + 4]
    return any(w.plain in {"ne", "n"} and w.chunk == words[index].chunk for w in near)


def _negated_by(words: list[Word], index: int, noun: bool, behind: bool) -> list[Word]:
    """Return what a negator negates: the verb between `ne` and it, else the head after it.

    `noun`: it stands before a noun. `behind`: it may stand after its verb (`geht nicht davon aus`).
    """
    inside = _verb_since_ne(words, index)
    if inside is not None and inside.exact in cue_words.LIGHT_VERBS:
        # `ne fera pas appel`
        return [w for w in (inside, head_after(words, index)) if w]
    if behind and not noun and index and words[index - 1].chunk == words[index].chunk:
        inside = next((w for w in reversed(words[max(0, index - 3) : index]) if w.is_content), None)
        return [w for w in (inside, head_after(words, index)) if w]
    if noun:
        heads = [head for head in (inside, head_after(words, index), _passive(words, index)) if head]
        return list({id(head): head for head in heads}.values())
    head = inside or head_after(words, index)
    return [w for w in (head, _object(words, index, head)) if w]


def _object(words: list[Word], index: int, verb: Word | None) -> Word | None:
    """Read `n'ont pas obtenu de dérogation`, `did not sign any deal`.

    The object is negated with the verb.
    """
    for place in range(index + 1, min(index + 6, len(words))):
        marked = words[place].plain in {"de", "d", "any"} and words[place].chunk == words[index].chunk
        if (
            marked
            and words[place + 1 : place + 2]
            and words[place + 1].plain in cue_words.DETERMINERS.of("fr")
        ):
            continue  # `pas relevée du départ de son client`
        head = head_after(words, place) if marked else None
        if head and head is not verb and not cue_words.is_infinitive(head.exact):
            return head
    return None


def _verb_since_ne(words: list[Word], index: int) -> Word | None:
    """Read `ne signe pas` → `signe`; `n'a pas` → None: the meaning comes after."""
    chunk = words[index].chunk
    for back in range(index - 1, max(-1, index - 7), -1):
        if words[back].chunk != chunk:
            return None
        if words[back].plain in {"ne", "n"}:
            inside = [w for w in words[back + 1 : index] if w.is_content and not w.adverb]
            return inside[-1] if inside else None
    return None


def _passive(words: list[Word], index: int) -> Word | None:
    """Read `aucun accord n'a été signé`, `no deal was signed`.

    The verb after the noun and its auxiliary.
    """
    seen_noun = False
    for word in rest_of_clause(words, index, 9):
        if seen_noun and word.plain in cue_words.AUXILIARIES:
            return head_after(words, words.index(word))
        seen_noun = seen_noun or word.is_content
    return None


def _negate_denied(words: list[Word], index: int) -> None:
    """Mark what is denied as not so: `a démenti avoir signé`, `refused to sign`, `denied that he signed`."""
    after = words[index + 1 : index + 9]
    bridge = after[0].plain if after else ""
    disputes = words[index].plain in cue_words.DISPUTE
    if disputes and bridge in {"que", "qu", "that"}:
        head = next((w for w in after if w.is_content and cue_words.is_verb_like(w.exact)), None)
    else:
        head = head_after(words, index)
    if head is None:
        return
    verbal = (
        cue_words.is_gerund(bridge)
        or bridge in {"avoir", "etre", "having", "being", "that", "que", "qu"}
        or (bridge in {"de", "d", "a", "to", "out"} and head.infinitive)
    )
    if verbal or (disputes and head.plain not in cue_words.RUMOUR):
        head.negated = not head.negated


# --- modality ---


def _mark_unasserted(words: list[Word], language: str | None) -> None:
    """Infinitives after `de`, `to` and nouns after an article assert nothing by themselves."""
    determiners = cue_words.DETERMINERS.of(language or "")
    for index, word in enumerate(words):
        before = words[index - 1].plain if index else ""
        infinitive = cue_words.is_infinitive(word.exact) and (
            before in cue_words.INFINITIVE_MARKERS or _has_clitic(words, index, language)
        )
        gerund = cue_words.is_gerund(word.plain) and before in cue_words.GERUND_MARKERS
        word.infinitive = bool(infinitive or gerund) or before == "to"
        if word.is_content and (word.infinitive or before in determiners):
            word.certainty = None


def _has_clitic(words: list[Word], index: int, language: str | None) -> bool:
    """Tell whether it is `de la féliciter`: an infinitive and no noun."""
    if language == "en" or index < 2 or words[index - 1].plain not in {"le", "la", "les", "l", "lui", "leur"}:
        return False
    return words[index - 2].exact in {"de", "à", "pour", "sans"} and words[index].exact in VERBS


def _mark_modality(words: list[Word], flat: str) -> None:
    for index, word in enumerate(words):
        level = _modal_level(words, index)
        if level is None:
            continue
        if word.plain in cue_words.ALLEGED:
            for alleged in rest_of_clause(words, index, 12):
                alleged.certainty = POSSIBLE
        elif word.is_content and word.plain not in cue_words.MODAL_VERB:
            word.certainty = _least(word.certainty, level)
            if word.exact in cue_words.SUPPORT and (head := head_after(words, index)):
                head.certainty = _least(head.certainty, level)  # `prendra fin`, `mettra en vente`
        elif head := _projected(words, index):
            head.certainty = _least(head.certainty, level)
        named = word.plain.startswith("call") and not _calls_for(words, index)
        if word.exact in cue_words.REQUEST and not named and (wanted := _object_noun(words, index)):
            wanted.certainty = _least(wanted.certainty, PROJECTED)
    _mark_backward(words)
    if cue_words.is_hearsay(flat):
        for word in words:
            word.certainty = _least(word.certainty, POSSIBLE)


def _least(certainty: int | None, level: int) -> int:
    return level if certainty is None else min(certainty, level)


def _modal_level(words: list[Word], index: int) -> int | None:
    word = words[index]
    before = words[index - 1].plain if index else ""
    if word.plain == "to" and before in {"is", "are", "was", "were"}:
        return PROJECTED
    if word.plain == "out" and before in {"rule", "rules", "ruled", "ruling"}:
        return POSSIBLE
    level = _modal_word(word.plain, word.exact)
    if level == _CONDITIONAL:
        return PROJECTED if word.plain in cue_words.SHOULD or _reported(words, index) else POSSIBLE
    return level


@lru_cache(maxsize=50_000)
def _modal_word(plain: str, exact: str) -> int | None:
    """Return the level of a word wherever it stands; a conditional's is told by what comes before it."""
    if plain in cue_words.UNREAL:
        return POSSIBLE
    if plain == "would" or cue_words.is_conditional(exact):
        return _CONDITIONAL
    if plain == "whether":
        return PROJECTED
    if plain in cue_words.POSSIBLE:
        return POSSIBLE
    return PROJECTED if plain in cue_words.PROJECTED or cue_words.is_future(exact) else None


def _reported(words: list[Word], index: int) -> bool:
    """Read `a annoncé qu'elle ferait appel`, `said it would close`: the future as someone told it."""
    before = [w for w in words[max(0, index - 12) : index] if w.sentence == words[index].sentence]
    return any(w.plain in cue_words.REPORTING for w in before)


def _projected(words: list[Word], index: int) -> Word | None:
    """Return what a modal applies to.

    `will` to what comes next, `wants` and `asked` only to an infinitive.
    """
    if words[index].plain not in cue_words.NEEDS_INFINITIVE:
        return head_after(words, index)
    after = list(rest_of_clause(words, index, 9))
    if any(w.plain in {"etre", "be"} for w in after[:3]):
        return head_after(words, index)
    if marked := next((w for w in after if w.is_content and w.infinitive), None):
        return marked
    head = head_after(words, index)
    direct = words[index].plain not in {"avant", "before"}
    return head if direct and head and cue_words.is_infinitive(head.exact) else None


def _calls_for(words: list[Word], index: int) -> bool:
    """Tell `called for an inquiry` from `called it an inquiry`."""
    return any(w.plain in {"for", "on", "upon"} for w in words[index + 1 : index + 3])


def _object_noun(words: list[Word], index: int) -> Word | None:
    """Return what is asked for: `demande la reconnaissance`."""
    head = head_after(words, index)
    return head if head is not None and head.certainty is None else None


def _mark_backward(words: list[Word]) -> None:
    """Mark what a cue comes after: `no cuts are planned`, `une aide est possible`."""
    for index, word in enumerate(words):
        if index and words[index - 1].plain in {"than", "as", "que", "comme"}:
            continue
        level = PROJECTED if word.exact in cue_words.PLANNED else None
        level = POSSIBLE if word.exact in cue_words.CONCEIVABLE else level
        if level is not None:
            for other in words:
                if other.chunk == word.chunk:
                    other.certainty = _least(other.certainty, level)
