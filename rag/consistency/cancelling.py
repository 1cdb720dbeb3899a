"""Which sentences say that what was announced won't be: called off, given up, withdrawn. Pure.

`Tessaly has cancelled the closure of its plant` takes back `Tessaly will close its plant`: the deed is named
by its noun. `Aya Mbaye a annulé son concert` takes back that she opens the evening.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.consistency.disagreement import same_story
from rag.consistency.matter import Matter
from rag.consistency.values import Value, same_name
from rag.extraction.analysed_sentence import AnalysedSentence, SentenceAnalyses
from rag.extraction.assertions import Mention
from rag.extraction.clauses import FACT
from rag.query.answer_type import ExpectedAnswer
from rag.schema.article import Span, stated_day
from rag.schema.evidence import Evidence
from rag.text.folding import flatten

# Verbs by which something announced is taken back, as they are said of what has happened.
_VERBS = (
    r"(?:annul(?:e|ent|ee|ees|es)|abandonn(?:e|ent|ee|ees|es)|renonc(?:e|ent)|deprogramm(?:e|ee|ees|es)"
    r"|suspend(?:ent|us?|ues?)?|retir(?:e|ent|ee|ees|es)|report(?:e|ee|es|ees) sine die"
    r"|cancel(?:s|led|ed)|abandon(?:s|ed)|scrap(?:s|ped)|drop(?:s|ped)|shelve[sd]|call(?:s|ed)|suspend(?:s|ed)"
    r"|withdr(?:aws|ew|awn)|ditche[sd]|axe[sd]"
    r"|abgesagt|zuruckgezogen|gestrichen|aufgegeben|verzichte[tn]?|ausgesetzt"
    r"|cancel(?:a|an|o|ado|ada|ados|adas)|anulad[oa]s?|suspendid[oa]s?|retirad[oa]s?|abandonad[oa]s?|renuncia"
    r"|annullat[oaie]|sospes[oaie]|ritirat[oaie]|abbandonat[oaie]|rinuncia"
    r"|suspens[oa]s?|geannuleerd|afgelast|geschrapt|ingetrokken|afgeblazen|opgeschort)"
)
_CANCELS = re.compile(rf"\b{_VERBS}\b")
_OFF = re.compile(r"called(?! off\b)|calls(?! off\b)|call(?:s|ed)? (?!off)")
# What stands before the verb where its subject is what is taken back: `la fermeture est annulée`.
_PASSIVE = re.compile(
    r"\b(?:est|sont|a ete|ont ete|sera|seront|is|are|was|were|has been|have been|will be|wird"
    r"|wurden?|ist|sind"
    r"|es|fue|ha sido|queda|sera|e|e stat[oa]|foi|is|zijn|wordt|werd) (?:\w+ ){0,2}$"
)
# Whoever does this is no longer there.
_GOES = re.compile(
    r"\b(?:se (?:retire|desiste)|s'est (?:retire|desiste)e?|declare forfait|a declare forfait"
    r"|(?:a )?jete l'eponge"
    r"|pull(?:s|ed) out|withdr(?:aws|ew|awn)|drop(?:s|ped) out|zuruckgezogen|verzichtet"
    r"|se ha retirado|renuncia"
    r"|si e ritirat[oa]|rinuncia|desiste|(?:annul|cancel|renonc|suspend)\w* (?:a )?(?:son|sa|ses"
    r"|leur|his|her|their"
    r"|su|sus|il suo|la sua) (?:\w+ ){0,2}?(?:concert|venue|participation|recital|spectacle|date"
    r"|tournee|passage"
    r"|representation|visite|gig|show|appearance|set|performance|visit|tour|talk|concierto|concerto)s?)\b"
)
_INTO_PLACE = re.compile(
    r"\b(?:(?:le|la|les) remplac(?:e|era|ent|eront)\b|l'a remplacee?\b|a sa place\b|sera remplacee? par"
    r"|(?:will |to )?replaces? (?:him|her|them)\b|in (?:his|her|their) place\b|(?:will be|is) replaced by)"
)
_NEAR = 6  # words after the verb, or before it, in which the noun for the deed stands
_PLAN = re.compile(r"\b(?:plans?|projets?|intentions?|decisions?|proposals?|proyecto|plane?)\b")
_WORD = re.compile(r"[^\W\d_]{2,}")
_SMALL = re.compile(r"d[eu]s?|l[ae]s?|son|sa|ses|leurs?|its|their|his|her|the|an?|of|un|une|[dl]|el|su|il")


def may_cancel(flat: str) -> bool:
    """Return whether a quote, flattened in lower case, may take back what was announced: a quick look."""
    return _CANCELS.search(flat) is not None or _GOES.search(flat) is not None


def cancels(
    item: Evidence,
    known: Evidence,
    asked: ExpectedAnswer,
    analyses: SentenceAnalyses,
    matter: Matter,
) -> bool:
    """Return whether a quote of a later article says that what a known quote announces won't be.

    Every name of the question is in it or over it; and so are the question's nouns.

    Args:
        item: The quote.
        known: What answers, and announces it.
        asked: What is asked.
        analyses: The sentences as they were analysed.
        matter: What the question is asked of.
    """
    days = [stated_day(one.article.published_at) for one in (item, known)]
    if not all(days) or days[0] <= days[1] or same_story(item, known):
        return False
    said = analyses.of(item.quote, item.article.language)
    if not _has_names(item, analyses, matter):
        return False
    if asked.kind == "name" and _has_gone(said, known, asked, analyses):
        return True
    if not matter.is_meant_in(item, known, analyses):
        return False
    announced = _deeds(known, analyses)
    return any(_is_taken_back(verb, said, announced) for verb in _verbs(said))


def in_place(item: Evidence, analyses: SentenceAnalyses, offered: Sequence[Evidence]) -> Evidence | None:
    """Return the sentence of the same article that names who comes instead, with the name; None if none."""
    for other in offered:
        if other.article.id != item.article.id or other.start < item.end:
            continue
        said = analyses.of(other.quote, other.article.language)
        flat = said.flat.lower()
        found = _INTO_PLACE.search(flat)
        names = [name for name in said.names if name.tokens]
        if found and names:
            passive = found[0].endswith((" par", " by"))
            near = [one for one in names if (one.start >= found.end()) == passive]
            if near:
                name = near[0] if passive else near[-1]
                end = name.end - other.quote[: name.end].endswith(".")
                return other.answered_by(Span(other.start + name.start, other.start + end))
    return None


def _has_names(item: Evidence, analyses: SentenceAnalyses, matter: Matter) -> bool:
    """Return whether a quote or its title has each word of each name of the question."""
    question = matter.question
    here = {*_words(item.quote), *_words(item.article.title)}
    names = analyses.of(question.text, question.language).names
    if not names and not matter.nouns:
        return False
    return all(set(_words(" ".join(name.tokens))) <= here for name in names if name.tokens)


def _words(text: str) -> list[str]:
    return _WORD.findall(flatten(text).lower())


def _has_gone(
    said: AnalysedSentence, known: Evidence, asked: ExpectedAnswer, analyses: SentenceAnalyses
) -> bool:
    """Return whether whom the known quote answers with is who goes: `Aya Mbaye a annulé son concert`."""
    goes = _GOES.search(said.flat.lower())
    if goes is None or any(verb.negated or verb.certainty != FACT for verb in _within(said, goes)):
        return False
    held = Value(known, asked, analyses).of("name")
    before = [name for name in said.names if name.tokens and name.end <= goes.start()]
    return bool(before) and any(same_name(before[-1].tokens, one) for one in held)


def _within(said: AnalysedSentence, found: re.Match[str]) -> list[Mention]:
    inside = [verb for verb in said.mentions if found.start() <= verb.start < found.end()]
    return inside[:1]


def _verbs(said: AnalysedSentence) -> Iterator[re.Match[str]]:
    """Yield the verbs of a sentence that take something back, as something that has happened."""
    flat = said.flat.lower()
    for found in _CANCELS.finditer(flat):
        if _OFF.match(flat[found.start() :]):
            continue
        mention = _within(said, found)
        if mention and not mention[0].negated and mention[0].certainty == FACT:
            yield found


def _deeds(known: Evidence, analyses: SentenceAnalyses) -> list[Mention]:
    """Return the words of a known quote by which its deed may be named, without names."""
    said = analyses.of(known.quote, known.article.language)
    return [one for one in said.mentions if one.stem and not _is_named(one, said)]


def _is_named(one: Mention, said: AnalysedSentence) -> bool:
    return any(name.start <= one.start < name.end for name in said.names)


def _is_taken_back(verb: re.Match[str], said: AnalysedSentence, announced: Sequence[Mention]) -> bool:
    """Return whether the noun for an announced deed is what a verb takes back.

    The question's own noun is the deed only where it is the whole object: `la grève`, and not `le parking de
    la piscine`.
    """
    flat = said.flat.lower()
    if _PASSIVE.search(flat[: verb.start()]):
        text = re.split(r"[,;:.]", flat[: verb.start()])[0]
        start = 0
    else:
        text = re.split(r"[;:.]", flat[verb.end() :])[0]
        start = verb.end()
    near = [word for word in _WORD.finditer(text) if not _SMALL.fullmatch(word[0])][:_NEAR]
    heads = [start + word.start() for word in near]
    own = {one.start: one for one in said.mentions if not _is_named(one, said)}
    plans = [place for place, word in zip(heads, near, strict=True) if _PLAN.fullmatch(word[0])]
    # The deed is the first noun after the verb, or after `plan to`: else it is something of the deed.
    first = [place for place in heads if place in own and place not in plans][:1]
    for place in first:
        mention = own[place]
        if any(_is_same(mention, one) for one in announced):
            return True
    return False


def _is_same(one: Mention, other: Mention) -> bool:
    if one.concepts and other.concepts:
        return bool(one.concepts & other.concepts)
    return bool(one.meanings & other.meanings)
