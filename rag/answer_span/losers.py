"""Whom a sentence says to have lost: they are no answer to `who won`. Pure.

`6 412 voix, contre 5 987 à son adversaire, X`, `face à X`, `X a été battu`, `beat X`, `ahead of X`.
"""

from __future__ import annotations

import re

from rag.answer_span.focus import Focus
from rag.answer_span.phrases import phrases
from rag.answer_span.tokens import ReadSentence
from rag.schema.article import Span

_ASKS_WINNER = re.compile(
    r"\b(?:(?:re)?elue?s?|gagne\w*|remport\w+|l'emport\w+|vainqueurs?|gagnante?s?|victoire|sacree?s?"
    r"|(?:re-?)?elected|won|wins?|winners?|victors?|victorious)\b"
    r"|^\W*(?:qui (?:a|ont|avait|avaient) (?:batt|vainc|devanc)"
    r"|who (?:has |had )?(?:beat|defeated|ousted|unseated))"
)
_ASKS_LOSER = re.compile(
    r"\b(?:ete (?:battu|vaincu|devanc)\w*|est battue?s?|perd\w*|battue?s? par|adversaires?|rivale?s?|contre"
    r"|face a|devant|(?:was|were|been|is) (?:beaten|defeated|ousted|unseated)|los[et]\w*|opponents?|rivals?"
    r"|against|over|ahead of)\b"
)
_WANTS_LOSER = re.compile(
    r"^\W*(?:qui (?:a (?:ete (?:battu|vaincu|devanc)\w*|perdu)|est battu)"
    r"|who (?:lost|(?:was|has been) (?:beaten|defeated|ousted|unseated)))\b(?!.*\b(?:par|by)\b)"
    r"|\b(?:adversaires?|rivale?s?|opponents?|rivals?)\b.*\b(?:qui|who)\b"
    r"|\b(?:qui|who) (?:est|sont|etait|etaient|fut|is|are|was|were)\b.*"
    r"\b(?:adversaires?|rivale?s?|opponents?|rivals?)\b"
)
# What stands between these words and a name begins no name: roles and the words around them.
_ROLE, _NEAR_ROLE = r"[^.;:!?A-Z«»\"]{0,80}$", r"[^.;:!?,A-Z«»\"]{0,50}$"
_BEATEN_BEFORE = re.compile(
    rf"\b(?:contre|against|to) \d[\d .,%]*(?:voix |votes? |suffrages )?(?:a|au|pour|for|to|chez) {_ROLE}"
    r"|\b(?:son|sa|ses|leurs?|his|her|their|the|l'|d'|une?|an?) ?"
    rf"(?:adversaires?|rivale?s?|concurrente?s?|opponents?|rivals?|challengers?)\b{_ROLE}"
    r"|\b(?:[Bb]attue?s?|bat|bats|battent|battait|battant|battra|battre|[Dd]evanc\w+|[Vv]aincu\w*|beat|beats"
    r"|beating|beaten|[Dd]efeat\w*|oust(?:s|ed|ing)|unseat(?:s|ed|ing)|edg(?:es|ed|ing)(?: out)?"
    r"|outpoll\w+)\b"
    r"(?:(?! (?:par|by)\b)[^.;:!?,A-Z«»\"]){0,50}$"
    rf"|\b[Bb]attue?s?, {_NEAR_ROLE}"
    r"|\b(?:emport\w+|gagn\w+|impos\w+|victoire|succes|won|wins?|winning|victory|triumph\w*) "
    rf"(?:\w+ ){{0,4}}?(?:sur|over) {_NEAR_ROLE}"
    rf"|\b(?:face a|face au|contre|devant|against|ahead of|versus) {_NEAR_ROLE}"
)
_BEATEN_AFTER = re.compile(
    r",? (?:a ete|est|ont ete|sont|etait|fut|was|were|is|are|has been|have been) (?:\w+ )?"
    r"(?:battue?s?|devancee?s?|vaincue?s?|beaten|defeated|ousted|unseated)\b"
    r"|,? (?:s'inclin\w+|s'est inclinee?|perd|a perdu|lost|loses|has lost|conceded|concedes)\b"
    r"|,? (?:ne se (?:re)?present\w+ pas|n'etait pas candidate?"
    r"|(?:did not|didn't|was not|wasn't) (?:stand|run)\w*)\b"
)
_WON_BEFORE = re.compile(
    r"\b(?:[Bb]attue?s?|[Dd]evancee?s?|[Vv]aincue?s?|[Bb]eaten|[Dd]efeated|ousted|unseated)\b[^.;:!?A-Z]{0,50}"
    r" (?:par|by) [^.;:!?,A-Z]{0,50}$"
)


# A sentence of which somebody beaten is the subject.
_BEGINS_BEATEN = re.compile(r"\W*(?:(?:\w+ment |\w+ly )?(?:battue?s?|beaten|defeated),? )?", re.IGNORECASE)


def losers(read: ReadSentence) -> list[Span]:
    """Return the people whom a sentence says to have lost."""
    flat = read.flat
    return [
        span
        for span in phrases(read, "person")
        if _BEATEN_BEFORE.search(flat[: span.start]) or _BEATEN_AFTER.match(flat, span.end)
    ]


def winners(read: ReadSentence) -> list[Span]:
    """Return the people by whom a sentence says that somebody was beaten."""
    return [span for span in phrases(read, "person") if _WON_BEFORE.search(read.flat[: span.start])]


def tells_only_losers(focus: Focus, read: ReadSentence) -> bool:
    """Return whether a sentence is of one who lost and names nobody else, where it is asked who won."""
    lost = losers(read) if asks_winner(focus) else []
    if not any(_BEGINS_BEATEN.fullmatch(read.flat[: one.start]) for one in lost):
        return False
    return all(
        any(one.start < span.end and span.start < one.end for one in lost) for span in phrases(read, "person")
    )


def asks_winner(focus: Focus) -> bool:
    """Return whether it is asked who won: `qui a été élu`, `who beat the mayor`."""
    if focus.sort not in {"person", "name"} or focus.inverted:
        return False
    folded = focus.question.folded
    return _ASKS_WINNER.search(folded) is not None and _ASKS_LOSER.search(folded) is None


def asks_loser(focus: Focus) -> bool:
    """Return whether it is asked who lost: `qui a été battu`, `qui était son adversaire`."""
    return focus.sort in {"person", "name"} and _WANTS_LOSER.search(focus.question.folded) is not None
