"""Numbers that tell a difference, a turnout or a change, and so count nothing that is asked for. Pure.

`425 voix d'écart` aren't the votes that somebody had, nor is `une participation de 61 %`; who hires 60 people
doesn't employ 60.
"""

from __future__ import annotations

import re

from rag.extraction.analysed_sentence import AnalysedSentence
from rag.extraction.numbers.quantities import Quantity

_AFTER = re.compile(
    r"\W*(?:[^\W\d]+[ -]){0,2}?(?:d'(?:ecart|avance|difference)|de (?:difference|retard|majorite)"
    r"|leads?|margins?|majority|advantage|gap|ahead|behind|clear of)\b",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"\b(?:ecart|avance|marge|majorite|difference|leads?|margin|majority|gap|advantage) (?:\w+ )?"
    r"(?:est |etait |was |is |n'est que )?(?:de |d'|of )?(?:only |just |seulement )?$"
    r"|\b(?:won|wins?|winning|beat|beats|beating|defeat\w*|lost|loses|emport\w+|gagn\w+|batt\w+|devanc\w+)\b"
    r"[^.;:!?,]{0,50} (?:by|de) (?:only |just |seulement )?$",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"\b(?:ecarts?|avance|majorite|differences?|marge|retard|devanc\w+|de combien|margin|majority|leads?"
    r"|ahead|behind|gap|advantage|by how|how many more)\b"
)
# Nothing but a difference answers these.
_WANTED = re.compile(
    r"\b(?:combien de \w+ d'(?:avance|ecart)|quel(?:le)? (?:est|etait|fut) (?:l'|son )(?:ecart|avance)"
    r" de voix|by how many votes|margin of victory|how many votes ahead)\b"
)
_TURNOUT = re.compile(r"\b(?:participation|abstention|turnout)\b[^.;:!?]{0,40}$", re.IGNORECASE)
_TURNOUT_WANTED = re.compile(
    r"\b(?:quel(?:le)? (?:est|etait|a ete|fut|sera) (?:la |l'|le taux (?:de |d'))(?:participation|abstention)"
    r"|(?:quelle|what|which) (?:participation|abstention|turnout)|what (?:was|is) the (?:voter )?turnout)\b"
)
_TURNOUT_WORDS = re.compile(r"\b(?:particip\w+|abst\w+|turnout|vote[nrz]?|voted|votants?|urnes|polls)\b")
_TURNOUT_ASKED = re.compile(r"\b(?:particip\w+|abst\w+|turnout|taux|rate|vote[nrz]?|vote|voted)\b|%")


# How many somebody employs, and how many more or fewer there will be.
_EMPLOYED_ASKED = re.compile(
    r"\b(?:emploi(?:e|ent|yait|yaient)|employ(?:ait|aient|s|ed)?|workforce|headcount|effectifs?"
    r"|(?:salarie|employe|ouvrier|collaborateur)s? (?:compte|comptent|comptait|a|ont|avait|travaill\w+)"
    r"|(?:staff|employees|workers) (?:does|do|did|has|have)|works? (?:at|for|in)|beschaftig\w+"
    r"|mitarbeiter hat|emplea\w*|impiega\w*|emprega\w*|werken er)\b"
)
_EMPLOYED = re.compile(
    r"\b(?:emploi(?:e|ent)|employ(?:ait|aient|ant|s|ed|ing)?|compte|comptent|comptait|travaill\w+|works?|working"
    r"|salaries|employees|workforce|headcount|effectifs?|staff|beschaftig\w+|mitarbeiter\w*|emplea\w*|trabaja\w*"
    r"|impiega\w*|lavora\w*|dipendenti|emprega\w*|trabalha\w*|werknemers)\b"
)
_CHANGED = re.compile(
    r"\b(?:cre(?:er|e|ent|era|eront|ation|ations|es|ees)|embauch\w+|recrut\w+|supprim\w+"
    r"|suppressions?|licenci\w+|perd\w*|pertes?|creat(?:e|es|ed|ing|ion)|hir(?:e|es|ed|ing)|recruit\w*|cut|cuts|cutting|loss"
    r"|losses|lose|loses|axe|axed|shed|sheds|redundan\w+|lay off|laid off|layoffs|streich\w+|abbau\w*"
    r"|einstell\w+|schaff\w+|contrat\w+|despid\w+|recort\w+|assum\w+|licenzi\w+|tagli\w*|demit\w+|schrap\w+)\b"
)


def _is_change(quantity: Quantity, said: AnalysedSentence, asked: str) -> bool:
    """Return whether a number says how many come or go, where it is asked how many there are."""
    if _EMPLOYED_ASKED.search(asked) is None or _CHANGED.search(asked) is not None:
        return False
    flat = said.flat.lower()
    start = max(flat.rfind(sign, 0, quantity.start) for sign in (",", ";", ":")) + 1
    ends = [end for sign in (", ", ";", ":") if (end := flat.find(sign, quantity.end)) >= 0]
    clause = flat[start : min(ends, default=len(flat))]
    return _CHANGED.search(clause) is not None and _EMPLOYED.search(clause) is None


def is_of_another_kind(quantity: Quantity, said: AnalysedSentence, asked: str) -> bool:
    """Return whether a number is a difference, or a turnout, where none is asked for; or the reverse.

    Args:
        quantity: The number.
        said: Its sentence.
        asked: The question, folded.
    """
    before, after = said.flat[max(0, quantity.start - 80) : quantity.start], said.flat[quantity.end :]
    if quantity.unit in ("percent", "points"):
        if _TURNOUT.search(before):
            return _TURNOUT_ASKED.search(asked) is None
        if _TURNOUT_WANTED.search(asked):
            return _TURNOUT_WORDS.search(said.folded) is None
    if quantity.unit not in ("", "percent", "points"):
        return False
    if _is_change(quantity, said, asked):
        return True
    is_difference = _AFTER.match(after[:40]) is not None or _BEFORE.search(before) is not None
    if _WANTED.search(asked):
        return not is_difference
    return is_difference and _ASKED.search(asked) is None
