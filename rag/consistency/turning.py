"""Which value a sentence denies and which it puts in its place: `not on 14 May but on 9 June`. Pure.

Also `planned for 12 May, is put off`: the sentence itself says that what it names isn't to be.
"""

from __future__ import annotations

import re
from typing import Literal

# Whether a value is what a sentence denies, or what it says instead.
Turn = Literal["denied", "instead"]

_ONLY = (
    r"(?! (?:only|just|merely|seulement|uniquement|que|nur|bloss|solo|solamente|soltanto|apenas|alleen)\b)"
)
_NOT = rf"(?:\bn(?:e |')(?:\w+ ){{1,4}}?(?:pas|plus)|\bnot|n't|\bnicht|\bno|\bnon|\bnao|\bniet)\b{_ONLY}"
_BUT = r"(?:mais|but|sondern|sino|ma|bensi|mas|maar)"
# What may stand before a value: `mais le`, `but on Tuesday`, `sondern erst am`.
_LEADS = (
    r"(?:(?:l[ae]|les|du|de|des|au|aux|a|en|pour|plutot|bien|seulement|finalement|desormais|on|in|at|by|for|the"
    r"|from|only|rather|instead|until|am|im|den|der|die|erst|um|el|los|il|lo|nel|em|no|na|o|op|het"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|\w+day) |[ld]')*[£$€]?"
)
_BETWEEN = r"(?:[^.;:!?]|(?<=\d)\.){2,60}?"  # `am 14. Mai`
_INSTEAD = re.compile(rf"{_NOT}{_BETWEEN},? {_BUT} {_LEADS}$")
_AFTER_NOT = re.compile(rf"{_NOT}(?:[^.;:!?]|(?<=\d)\.){{1,40}}$")
_THEN_BUT = re.compile(rf"^(?:[^.;:!?]|(?<=\d)\.){{0,40}}?,? {_BUT} {_LEADS}(?:\d|[a-z]+ \d)")
_MAY = re.compile(rf"{_NOT}{_BETWEEN},? {_BUT} ")
# A day that something was to be, said before it; and, after it, that it won't be then.
_WAS_SET = re.compile(
    r"\b(?:prevue?s?|fixee?s?|programmee?s?|annoncee?s?|attendue?s?|scheduled|planned|due|set|expected|announced"
    r"|geplante?n?|angesetzte?n?|vorgesehene?n?|previst[oa]s?|programad[oa]s?|fijad[oa]s?|fissat[oae]"
    r"|programmat[oae]|marcad[oa]s?|gepland|voorzien)"
    rf" (?:(?:initialement|d'abord|originally|initially|pour|for|fur|para|per|voor) )?{_LEADS}$"
)
_PUT_OFF = re.compile(
    r"^[^.;!?]{0,30}\b(?:est|sont|a ete|ont ete|sera|seront|is|are|was|were|has been|have been"
    r"|will be|wird|werden"
    r"|wurden?|es|ha sido|fue|sera|e|e stat[oa]|foi|wordt|werd) (?:\w+ ){0,3}?"
    r"(?:repouss|report|decal|avanc|ajourn|differ|deplac|annul|suspend|postpon|delay|push|put (?:off|back)"
    r"|reschedul|brought forward|moved|cancel|called off|scrapp|verschoben|vorverlegt|verlegt|abgesagt|aplaz"
    r"|pospuest|retras|rinviat|posticipat|anticipat|adiad|uitgesteld|verplaatst|afgelast)"
)


def may_turn(flat: str) -> bool:
    """Return whether a quote, flattened in lower case, may deny one value and say another: a quick look."""
    return _MAY.search(flat) is not None


def turn(flat: str, start: int, end: int) -> Turn | None:
    """Return what a quote, flattened in lower case, does with the value that it has at `start` to `end`.

    None where it simply says it: `the pool won't open on 2 May, but the rink opens on 9 June` denies nothing
    of the rink.
    """
    before, after = flat[:start], flat[end:]
    if _INSTEAD.search(before):
        return "instead"
    if _AFTER_NOT.search(before) and _THEN_BUT.search(after):
        return "denied"
    if _WAS_SET.search(before) and _PUT_OFF.search(after):
        return "denied"
    return None
