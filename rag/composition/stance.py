"""Whether a sentence says yes or no to a statement, and how surely; nothing where that can't be told.

Pure, by words: the checks of `rag.verification`, made strict. A wrong side is the worst that can be said: so
every word of the statement must be borne out, the names in the clause that says it, and no other word of
denial may stand in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from rag.composition import words
from rag.composition.aboutness import EITHER_ROLE, Reading
from rag.composition.bounds import bounds_hold
from rag.composition.predication import Predicate
from rag.composition.standing import asks, is_retracted, reply_to
from rag.composition.statement import Statement
from rag.consistency.replacement import denies_value, turned
from rag.extraction import cue_words
from rag.extraction.analysed_sentence import AnalysedSentence
from rag.extraction.assertions import Mention
from rag.extraction.clauses import FACT, POSSIBLE, PROJECTED
from rag.extraction.names.tokens import BETWEEN
from rag.schema.article import Span
from rag.schema.evidence import Evidence
from rag.text.normalization import fold
from rag.text.synonyms import related
from rag.text.word_lists import WordList
from rag.verification import verifier
from rag.verification.contradiction import negation_conflict, opposite_conflict
from rag.verification.correspondence import ReadTexts
from rag.verification.numeric_checks import number_reasons
from rag.verification.premise import EvidenceReader

Side = Literal["yes", "no"]
Certainty = Literal["stated", "reported", "undated", "uncertain", "undecided"]

_QUOTATION = re.compile(r"[«“\"]")
# `gardent la leur ouverte`: a state, and no plan.
_STATE = re.compile(r"(?:é|ée|és|ées|ert|erte|erts|ertes)$")
# Names that say more of another word, and are nobody's rival: `, à Saint-Orlan, a`, `par la société Aéolis`.
_BY_THE_WAY = re.compile(
    r", (?:a|en|dans|in|at|near) (?:la |le |l'|the )?(?:\w+-)*$"
    r"|\b(?:par|by) (?:la |le |l'|the )?[^\W\d_]+ $",
    re.IGNORECASE,
)
# What places of one name are told apart by: `-sur-Mer`, `-les-Bains`.
_PLACE_ENDS = re.compile(rf"-(?:{BETWEEN})-")
# What was otherwise before: `rouvrir`, `reopened`, `réouverture`.
_AGAIN = re.compile(r"rouv|reouv|reopen")
_ENDED = re.compile(r"[.!?»”]\s")
_LIGHT_REACH = 20
_OTHER: dict[Side, Side] = {"yes": "no", "no": "yes"}
_THAT = re.compile(r"\b(?:que |qu'|that )")
# `ne ferment pas tous`, `not close permanently`: it isn't the closing that is denied.
_QUALIFIED = re.compile(
    r"\b(?:pas|plus|not|n't) (?:\w+ )?(?:(?:tous|toutes|encore|seulement|uniquement|completement|totalement"
    r"|all|yet|only|just|entirely|completely)\b|\w{4,}ment\b|\w{3,}ly\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Stance:
    """What a sentence says to a statement.

    `reported`: somebody whom the article quotes says so; `undated`: it isn't told whether it has happened yet
    (`la fermeture`); `uncertain`: it is planned, alleged or conditional; `undecided`: it speaks of it and
    takes no side that can be told, so that `side` is None.
    """

    side: Side | None
    certainty: Certainty


def stance(
    claim: Statement,
    item: Evidence,
    reader: EvidenceReader,
    similarity: float | None = None,
    read: ReadTexts | None = None,
) -> Stance | None:
    """Return what a sentence says to a statement; None where it says nothing of it, or can't be told.

    Args:
        claim: The statement.
        item: The sentence.
        reader: Has read evidence of the same question.
        similarity: A cosine between both, where their languages differ.
        read: An encoder's reading of texts, by which words of two languages are compared.
    """
    reading = Reading(claim, item, reader, read)
    if not reading.is_about():
        return None
    if _rival_subject(reading):
        return None
    if asks(item.quote):
        return _replied(reading)
    apart = _hypothetical(reading.quote) or words.EARLIER.found_in(reading.quote.flat.lower())
    side = None if apart else _side(reading)
    if side is None or not _checked(reading, item, side, reader, similarity):
        return Stance(None, "undecided")
    if side == "yes" and denies_value(reading.stated.sentence, reading.quote):
        return Stance("no", _certainty(reading))
    if side == "no" and turned(reading.stated.sentence, reading.quote) == "instead":
        return Stance("yes", _certainty(reading))
    if is_retracted(item, reading.quote, reading.place):
        return Stance("no", "reported") if side == "yes" else Stance(None, "undecided")
    return Stance(side, _certainty(reading))


def _replied(reading: Reading) -> Stance | None:
    """Return what is replied to a question that asks the same, or the opposite; None without a reply."""
    reply, side = reply_to(reading.item), _side(reading)
    if reply is None or side is None:
        return None
    return Stance(reply if side == "yes" else _OTHER[reply], "reported")


def said_clause(claim: Statement, item: Evidence, reader: EvidenceReader) -> Span | None:
    """Return where the clause of a sentence stands that says a statement, in the quote's offsets."""
    reading = Reading(claim, item, reader)
    return reading.clause if reading.predicate is not None else None


def _hypothetical(quote: AnalysedSentence) -> bool:
    """Return whether a sentence supposes, or leaves open, what it speaks of: `si …`, `whether …`."""
    return words.HYPOTHETICAL.found_in(quote.flat.lower())


# --- what it says ---


def _rival_subject(reading: Reading) -> bool:
    """Return whether the sentence may say it of somebody else.

    It does where a name of the statement stands in another clause than what is said, unless it opens the
    sentence and no other name comes between; and where the names have changed places around it.
    """
    stated, quote, own = reading.stated, reading.quote, reading.clause
    mine = {fold(name.text) for name in stated.names}
    acting = {fold(name.text) for name in stated.names if reading.is_acting(name)}
    names = [
        (name.start, fold(name.text))
        for name in quote.names
        if _is_one_of(fold(name.text), mine) or not _BY_THE_WAY.search(quote.flat[: name.start])
    ]
    inside = [_is_one_of(name, mine) for start, name in names if own.start <= start < own.end]
    later = [(start, name) for start, name in names if start > own.end and _is_one_of(name, mine)]
    if any(_is_one_of(name, acting) or _ENDED.search(quote.flat[own.end : start]) for start, name in later):
        return True
    before = [_is_one_of(name, mine) for start, name in names if start < own.start]
    if any(before):
        return not all(inside) or not before[-1]
    if mine and not any(inside) and inside:
        return True
    return _changed_places(reading)


def _is_one_of(name: str, others: set[str]) -> bool:
    return any(_words(name) & _words(other) for other in others)


def _words(name: str) -> set[str]:
    """Return a name's words, and of a place's those that it may be called by: `loup` of `Loup-des-Prés`."""
    said = name.split()
    return {*said, *(_PLACE_ENDS.split(word)[0].removeprefix("saint-") for word in said)}


def _changed_places(reading: Reading) -> bool:
    """Return whether a name stands before what is said on one side and after it on the other."""
    stated, quote, verb = reading.stated, reading.quote, reading.predicate.mention
    if verb.word in cue_words.MUTUAL or len(stated.names) < 2:
        return False
    sides = {}
    for name in stated.names:
        there = [other for other in quote.names if _is_one_of(fold(other.text), {fold(name.text)})]
        if there:
            sides[name.text] = (name.start < verb.start) == (there[0].start < reading.place)
    turned = not all(sides.values())
    return turned != (_passive(stated.sentence) != _passive(quote)) if sides else False


def _passive(said: AnalysedSentence) -> bool:
    return (
        re.search(r"\b(?:ete|been|was|were|est|sont) \w+ (?:\w+ ){0,3}(?:par|by)\b", said.folded) is not None
    )


def _side(reading: Reading) -> Side | None:
    """Return what the sentence says of what is said; None where denials meet."""
    stated, quote, predicate = reading.stated, reading.quote, reading.predicate
    negated = negation_conflict(stated.pairings) or _denied_kind(predicate) or _denied_beside(reading)
    opposite = opposite_conflict(stated.mentions, stated.premise.mentions)
    rejected = _rejects(quote, predicate)
    against = {negated, opposite} - {None}
    if _unsaid(quote) or _is_doubted(reading) or len(against) > 1 or (opposite and rejected):
        return None
    if rejected:  # of `a refusé de signer` the signing is denied already
        return None if _is_denied(quote, words.REJECTING) else "no"
    if _is_beside_the_point(predicate) or _has_both(reading):
        return None
    if _other_denials(reading) or (negated and _QUALIFIED.search(quote.flat)):
        return None
    if opposite and not negated and (_only_wished(reading) or quote.shares):
        return None  # `a autorisé cinq des huit`: of the others it says nothing
    within = bounds_hold(stated)
    if any(number.bound for number in stated.numbers) and (within is None or against):
        return None
    if against:
        return "no"
    if within is not None:
        return "yes" if within else "no"
    return "no" if number_reasons(stated).contradicted else "yes"


def _is_denied(quote: AnalysedSentence, listed: WordList) -> bool:
    return any(mention.negated and fold(mention.word) in listed for mention in quote.mentions)


def _is_doubted(reading: Reading) -> bool:
    """Return whether it stands after `que` behind a denial or a doubt: `personne ne croit que`."""
    before = reading.quote.flat[: reading.place].lower()
    found = list(_THAT.finditer(before))
    if not found:
        return False
    matrix = before[: found[-1].start()]
    return words.DOUBTING.found_in(matrix) or any(
        word in cue_words.NEGATORS.terms and word != "plus" for word in re.findall(r"\w+", matrix)
    )


def _is_beside_the_point(predicate: Predicate) -> bool:
    """Return whether the sentence only denies the opposite, or tells the deed from its other end.

    What hasn't fallen needn't have risen, what stays open hasn't reopened; who sold it didn't buy it.
    """
    turned = {(pair, 1 - side) for pair, side in predicate.mention.concepts}
    against = [other for other in predicate.others if other.concepts & turned]
    if not against or len(against) < len(predicate.others):
        return False
    pairs = {pair for other in against for pair, _ in other.concepts & turned}
    if pairs & cue_words.CONVERSES:
        return True
    same = bool(pairs & cue_words.DENIED_IS_OPPOSITE) and not _AGAIN.match(fold(predicate.mention.word))
    return all(other.negated for other in against) and not same


def _has_both(reading: Reading) -> bool:
    """Return whether the sentence speaks of the opposite and of the deed: `fermée`, `une réouverture`."""
    verb, others = reading.predicate.mention, reading.predicate.others
    turned = {(pair, 1 - side) for pair, side in verb.concepts}
    pairs = {pair for other in others for pair, _ in other.concepts & turned}
    own = {(pair, side) for pair, side in verb.concepts if pair in pairs}
    return any(mention.concepts & own and not mention.negated for mention in reading.quote.mentions)


def _denied_kind(predicate: Predicate) -> str | None:
    """Return the verb where the sentence denies what is more general: `n'a pas bougé` of what has risen."""
    verb = predicate.mention
    general = [other for other in predicate.others if not other.meanings & verb.meanings]
    denied = [
        other
        for other in general
        if other.negated and (other.concepts & verb.concepts or other.word in words.ALTERING)
    ]
    return verb.word if denied and len(denied) == len(predicate.others) and not verb.negated else None


def _denied_beside(reading: Reading) -> str | None:
    """Return the noun that says it where its verb is denied: `ne fera pas appel`."""
    found = [one for one in _light_verbs(reading) if one.negated]
    verb = reading.predicate.mention
    return (
        verb.word
        if found and not verb.negated and not any(o.negated for o in reading.predicate.others)
        else None
    )


def _light_verbs(reading: Reading) -> list[Mention]:
    """Return the verbs before a noun that says it: `ne fera pas appel`."""
    near = reading.place - _LIGHT_REACH
    return [
        mention
        for mention in reading.quote.mentions
        if near <= mention.start < reading.place and mention.word in words.LIGHT_VERBS
    ]


def _only_wished(reading: Reading) -> bool:
    """Return whether the opposite is only hoped for or planned: then it isn't so yet."""
    return _is_wished(reading) or any(
        other.certainty != FACT and _STATE.search(other.word) is None for other in reading.predicate.others
    )


def _is_wished(reading: Reading) -> bool:
    """Return whether what is said is only wished, asked or feared: by a word before it in its clause."""
    if words.WISHED.found_in(reading.stated.sentence.flat.lower()):
        return False
    flat, clause = reading.quote.flat.lower(), reading.clause
    after = flat[reading.place : clause.end]
    near = re.split(r"\b(?:que|qui|qu'|dont|that|which|who)\b", after)[0]
    return words.WISHED.found_in(flat[clause.start : reading.place]) or words.WISHED.found_in(
        " ".join(near.split()[1:4])
    )


def _rejects(quote: AnalysedSentence, predicate: Predicate) -> bool:
    """Return whether what is said is turned down: `le conseil a rejeté la fermeture`."""
    flat = quote.flat.lower()
    said = "|".join(re.escape(fold(other.word)) for other in predicate.others)
    after = rf" (?:\w+ ){{0,3}}?(?:la |le |l'|les |de |d'|du |the |a |an |any )(?:\w+ )?(?:{said})\b"
    return re.search(rf"\b{words.REJECTING.pattern}{after}", flat) is not None


def _unsaid(quote: AnalysedSentence) -> bool:
    """Return whether somebody leaves something unsaid: `n'a pas dit si`, `did not confirm`."""
    return any(mention.negated and mention.word in cue_words.SPEECH for mention in quote.mentions)


def _other_denials(reading: Reading) -> bool:
    """Return whether another word than what is said is denied in its clause, or denies by its meaning."""
    others = reading.predicate.others
    known = {other.word for other in others}
    known.update(other.word for pairing in reading.stated.pairings for other in pairing.others)
    known.update(other.word for other in _light_verbs(reading))
    clauses = [other.clause for other in others]
    end, denying = reading.end, any(fold(other.word) in cue_words.DENIAL for other in others)
    for mention in reading.quote.mentions:
        if mention.word in known:
            continue
        if mention.negated and mention.clause in clauses:
            if not (denying and mention.start > reading.place):  # `a nié avoir …`
                return True
            continue
        denies = mention.word in cue_words.DENIAL or cue_words.denies(mention.word)
        if denies and mention.start <= end and not any(related(mention.stem, o.stem) for o in others):
            return True
    return False


def _checked(
    reading: Reading, item: Evidence, side: Side, reader: EvidenceReader, similarity: float | None
) -> bool:
    """Return whether the checks of claims agree.

    What closes or rises may be subject or object: `la piscine ferme`, `la ville ferme sa piscine`.
    """
    claim = reading.claim
    verdict = verifier.verify(
        claim.text, (item,), language=claim.language, similarity=similarity, reader=reader
    )
    referred = {name.text for name in reading.stated.names if reading.refers_to(name)}
    told = [reason.partition(":") for reason in verdict.reasons]
    kinds = {kind for kind, _, token in told if kind != "name" or token not in referred}
    if any(pair in EITHER_ROLE for pair, _ in reading.predicate.mention.concepts):
        kinds.discard("role")
    if reading.says_of_the_same() or reading.calls_it_otherwise():
        kinds.discard("role")
    if bounds_hold(reading.stated) is not None:
        kinds.discard("number")
    if side == "yes":
        return kinds <= {"modality", "reference", "coverage"}
    return kinds <= {"negation", "opposite", "number", "modality", "reference", "coverage"}


def _certainty(reading: Reading) -> Certainty:
    """Return how surely it is said."""
    claim, quote, others = reading.claim, reading.quote, reading.predicate.others
    levels = [other.certainty for other in others]
    level = min((FACT if one is None else one for one in levels), default=FACT)
    denied = any(other.negated for other in others)
    noun = all(one.certainty is None and _STATE.search(one.word) is None for one in others)
    state = any(re.search(rf"\b(?:en|in) {re.escape(fold(o.word))}\b", quote.folded) for o in others)
    if noun and claim.past and not denied and not state and reading.predicate.mention.certainty is not None:
        return "undated"
    planned = level == PROJECTED and claim.past and not denied
    if level == POSSIBLE or planned or (_is_wished(reading) and not denied):
        return "uncertain"
    told = words.ACCORDING.found_in(quote.flat.lower()) or any(
        mention.word in cue_words.SPEECH_VERBS for mention in quote.mentions
    )
    return "reported" if told or _QUOTATION.search(quote.text) else "stated"
