"""A yes/no question as the statement that it asks about: `Brécy ferme-t-elle sa piscine ?` → `Brécy ferme …`.

Pure, for French and English. Word order is left as it is where the checks don't look at it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answer_span.words import VERBS
from rag.composition import words
from rag.query.intent import stated_in
from rag.query.question_text import QuestionText
from rag.text.folding import flatten

_END = re.compile(
    r"\s*,?\s*(?:\b(?:oui ou non|vrai ou faux|ou (?:pas|non)|yes or no|true or false|or not)\b)?\s*[?!.\s]*$",
    re.IGNORECASE,
)
_OPENINGS = {
    "fr": re.compile(
        r"^\W*(?:(?:et|mais|alors|donc|au fait|bonjour),? )?"
        r"(?:(?:les articles |la presse |on |le journal |les journaux"
        r" )?(?:dit|disent|sait|confirme|confirment)"
        r"-(?:t-)?(?:ils|elle|il|on) (?:si |s'|que |qu'))?"
        r"(?:est-ce (?:bien |vraiment )?(?:que |qu')|est-il (?:vrai|exact|possible) (?:que |qu')"
        r"|est-ce (?:vrai|exact) (?:que |qu'))?",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"^\W*(?:(?:and|but|so|then),? )?(?:(?:do|does) (?:the articles?|we|they|anyone)"
        r" (?:say|know|confirm) "
        r"(?:if|whether|that) )?(?:(?:is|was) it (?:true|right|correct) that )?"
        r"(?:(?:do|does|did|is|are|was|were|has|have|had|will|would|can|could|should|may|might|must)"
        r"(?:n't| not)? )?",
        re.IGNORECASE,
    ),
}
_THERE_IS = re.compile(r"\by a(?:vait)?-t-il\b|\bexiste-t-il\b", re.IGNORECASE)
# A subject after its verb, that a noun before it says already: `Brécy ferme-t-elle`.
_AFTER_VERB = re.compile(r"-(?:t-)?(?:il|elle|ils|elles|on|ce)\b", re.IGNORECASE)
# A subject said again before its verb: `la piscine, elle ferme`.
_SAID_AGAIN = re.compile(r"(?<=\w),? (?P<pronoun>ils?|elles?) (?=\w)", re.IGNORECASE)
_SUBORDINATED = re.compile(r"\b(?:qu[ei]?|dont|ou|si|quand|comme|et|mais|car)$", re.IGNORECASE)
_NEGATION = {
    "fr": re.compile(r"\bn(?:e |')|\b(?:pas|jamais|point) ", re.IGNORECASE),
    "en": re.compile(r"\bnot |\bnever |(?<=\w)n't\b", re.IGNORECASE),
}
# What the question is about, before a colon: `Verrerie Clairelle : les salariés ont-ils …`.
_TOPIC = re.compile(r"^\W*(?P<topic>[^:?!]{3,80}?) ?: (?=\w)")
# Where it is said to be so, of which the article alone speaks: `dans l'accident`.
_SETTING = re.compile(
    r"\b(?:dans|lors d[eu]|pendant|in|during) ?(?:l'|la |le |cet |cette |the |this )?"
    r"(?P<which>(?:\w+ ){0,3}?)"
    rf"{words.SETTINGS.pattern}\b(?P<whose>.*)$",
    re.IGNORECASE,
)
_FUTURE = re.compile(
    r"\b(?:va|vont|will|shall|going to)\b|\w(?:era|eront|ira|iront|rra|rront|dra|dront)\b", re.IGNORECASE
)
_PAST = {
    "fr": re.compile(r"\b(?:a|ont|avait|avaient|fut|furent|etait|etaient)(?:-(?:t-)?\w+)?\b", re.IGNORECASE),
    "en": re.compile(r"^\W*(?:did|was|were|has|have|had)\b", re.IGNORECASE),
}


# English words that say how an event stands, and no verb: `is the strike still on?`
_STANDING = re.compile(r"\b(?:still )?(?P<how>on|going on|under way|over|off)$", re.IGNORECASE)
_STANDS = {"over": "ended", "off": "cancelled"}

_EXISTS = {"fr": _THERE_IS, "en": re.compile(r"^\W*(?:\w+ )?there\b", re.IGNORECASE)}
_BE_OPENING = re.compile(r"^\W*(?:is|are|was|were)\b", re.IGNORECASE)
# What asks for a list, and the noun that is asked for: `Quelles communes`, `Which towns`.
_LISTED = {
    "fr": re.compile(
        r"^\W*(?:(?:dans|de|a|en|pour|par|avec|chez|sur) )?(?:quels|quelles) (?:sont (?:les |toutes les"
        r" |tous les )?)?"
        r"(?P<noun>[^\W\d_][\w-]*)(?: (?:qui|que|ou|dont))? "
        r"|^\W*(?:cite[rz]?|liste[rz]?|enumere[rz]?|donne[rz]?|nomme[rz]?)(?:-moi)? (?:moi )?(?:la liste )?"
        r"(?:toutes |tous )?(?:des |les )(?P<other>[^\W\d_][\w-]*) (?:qui|que|ou|dont) "
        r"|^\W*qui (?:sont (?:les |ceux qui ))?",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"^\W*(?:(?:in|of|at|to|for|by|with) )?(?:which|what) (?:are (?:all )?(?:the"
        r" )?)?(?P<noun>[^\W\d_][\w-]*)"
        r"(?: (?:that|which|who|where))? (?:have |has |had |did |do |does |were |was |are |is |will )?"
        r"|^\W*(?:list|name|give me|cite) (?:all )?(?:the )?(?P<other>[^\W\d_][\w-]*)"
        r" (?:that|which|who|where) "
        r"|^\W*who (?:are (?:the |all )?(?:those who |people who )?)?",
        re.IGNORECASE,
    ),
}


@dataclass(frozen=True, slots=True)
class Statement:
    """What a yes/no question asks about, said without negation.

    Attributes:
        text: The statement's words.
        language: Their language (ISO 639-1).
        past: Whether it is asked whether something has happened.
        setting: The words that say in which event it is said to be so: of the article, not of the sentence.
        topic: The words before a colon that say what it is about.
        finite: Where the verb begins before which or after which the question puts its subject; None where
            the order of words doesn't tell.
        exists: Whether it says that there is something: `Y a-t-il eu des blessés ?`.
        bare: Whether it has no subject: what a list's items are said to be.
        pronoun: The pronoun by which a question in French says its subject again: `Luc va-t-il`.
        passive: Whether an English question asks what was done to its subject: `Was the deal signed?`.

    """

    text: str
    language: str
    past: bool
    setting: str = ""
    topic: str = ""
    finite: int | None = None
    passive: bool = False
    exists: bool = False
    bare: bool = False
    pronoun: str = ""


def statement(question: QuestionText) -> Statement | None:
    """Return what a yes/no question asks about; None in a language other than French and English."""
    language = question.language
    if language not in _OPENINGS:
        return None
    flat, text = flatten(question.text), question.text
    opened, closed = stated_in(flat, language)
    flat = flat[:closed]
    topic = _TOPIC.match(flat, opened)
    first = topic.end() if topic else opened
    start = first + _OPENINGS[language].match(flat[first:]).end()
    end = _END.search(flat).start()
    if start >= end:
        return None
    kept = _THERE_IS.sub(lambda found: " " * len(found[0]), flat[start:end])
    inverted = list(_AFTER_VERB.finditer(kept)) if language == "fr" else []
    again = _SAID_AGAIN.search(kept) if language == "fr" and not inverted else None
    if again and _SUBORDINATED.search(kept[: again.start()]):
        again = None
    setting = _SETTING.search(kept)
    blanks = [found.span() for found in (*inverted, *([again] if again else []))]
    blanks += [found.span() for found in _NEGATION[language].finditer(kept)]
    blanks += [found.span() for found in _THERE_IS.finditer(flat[start:end])]
    blanks += [found.span() for found in words.LOCUTIONS.finditer(kept.lower())]
    if setting:
        blanks.append(setting.span())
    spread = _blanked(text[start:end], blanks)
    said = " ".join(spread.split())
    if not said:
        return None
    standing = _STANDING.search(said) if language == "en" and _BE_OPENING.match(flat[first:]) else None
    if standing:
        said = said[: standing.start()] + _STANDS.get(standing["how"].lower(), "continues")
    past = _is_past(language, flat, text, first) and _FUTURE.search(flat[first:]) is None
    parts = (
        [text[start + setting.start(part) : start + setting.end(part)] for part in ("which", "whose")]
        if setting
        else []
    )
    return Statement(
        said,
        language,
        past,
        " ".join(" ".join(parts).split()),
        text[topic.start("topic") : topic.end("topic")] if topic else "",
        _finite(spread, inverted[0].start()) if inverted else None,
        language == "en" and _BE_OPENING.match(flat[first:]) is not None and standing is None,
        _EXISTS[language].search(flat[first:]) is not None,
        pronoun=_pronoun(inverted, again),
    )


def _pronoun(inverted: Sequence[re.Match[str]], again: re.Match[str] | None) -> str:
    if again:
        return again["pronoun"].lower()
    return inverted[0][0].split("-")[-1].lower() if inverted else ""


def _is_past(language: str, flat: str, text: str, first: int) -> bool:
    """Return whether a question has a verb of the past; `à` is none."""
    found = _PAST[language].finditer(flat[first:])
    return any(text[first + one.start()] not in "àÀ" for one in found)


def _finite(spread: str, end: int) -> int | None:
    """Return where the word that ends at `end` begins once the blanks are taken out."""
    before = " ".join(spread[:end].split())
    return before.rfind(" ") + 1 if before else None


# What says more of a list's noun, up to its verb.
_COMPLEMENT = re.compile(
    r"(?:de |du |des |d'|en |dans |a |au |aux |sur |pour |avec |sans |of |in |from |at |on |for |with )"
    rf"(?:(?!{VERBS.pattern}\b)[\w'-]+ ){{1,5}}?"
    rf"(?=(?:n'|ne )?{VERBS.pattern}\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ListedStatement:
    """What is said of the items that a question wants: `ont fermé leur piscine`; `negated`: it is denied.

    `complement` are the words that tell which items are meant, of their articles: `du plateau`.
    """

    statement: Statement
    negated: bool
    complement: str = ""


def listed_statement(question: QuestionText) -> ListedStatement | None:
    """Return what a question for a list says of its items; None where it isn't put in such a way."""
    language = question.language
    opening = _LISTED[language].match(question.flat) if language in _LISTED else None
    if opening is None:
        return None
    start, end = opening.end(), _END.search(question.flat).start()
    if start >= end:
        return None
    flat = question.flat[start:end]
    blanks = [found.span() for found in _NEGATION[language].finditer(flat)]
    blanks += [found.span() for found in _AFTER_VERB.finditer(flat)] if language == "fr" else []
    negated = _NEGATION[language].search(flat) is not None
    if complement := _COMPLEMENT.match(flat):  # `communes du plateau`: its articles tell that
        blanks.append((0, complement.end()))
        told = question.text[start : start + complement.end()].strip()
    else:
        told = ""
    text = " ".join(_blanked(question.text[start:end], blanks).split())
    past = _PAST[language].search(question.flat[opening.start() : end]) is not None
    said = Statement(text, language, past, bare=True)
    return ListedStatement(said, negated, told) if text else None


def _blanked(text: str, spans: list[tuple[int, int]]) -> str:
    characters = list(text)
    for start, end in spans:
        characters[start:end] = " " * (end - start)
    return "".join(characters)
