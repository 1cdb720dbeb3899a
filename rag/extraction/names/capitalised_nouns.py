"""Which capitalised words of a language that writes all nouns with capitals are nouns and no names. Pure.

What stands before a German noun tells: an article, a pronoun, a number, or an adjective behind one of
these (`am ersten Tag`); or its own ending (`-ung`, `-schaft`). A name of several words keeps its article's
noun (`die Deutsche Bahn`), as does one in capitals. A noun that shows none of this is taken for a name.
"""

from __future__ import annotations

import re

from rag.text.folding import word_set

# Languages (ISO 639-1) that write nouns with capitals.
WRITES_NOUNS_LARGE = frozenset(("de",))

_DETERMINERS = word_set(
    """
    der die das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner keines dieser
    diese dieses diesen diesem jener jene jenes jenen jenem jeder jede jedes jeden jedem welcher welche
    welches welchen welchem mein meine meinen meinem meiner meines dein deine sein seine seinen seinem
    seiner seines ihr ihre ihren ihrem ihrer ihres unser unsere unseren unserem unserer euer eure im am
    zum zur beim vom ins ans aufs viel viele vielen vieler wenig wenige wenigen mehr mehrere mehreren
    weniger alle allen aller alles beide beiden einige einigen einiger manche manchen solche solchen
    etliche zwei drei vier funf sechs sieben acht neun zehn elf zwolf hundert tausend millionen million
    milliarden etwas nichts zahlreiche zahlreichen weitere weiteren erste ersten zweite zweiten dritte
    dritten letzte letzten nachste nachsten ganze ganzen
    """
)
_ROLES = word_set(
    """
    burgermeister burgermeisterin oberburgermeister oberburgermeisterin minister ministerin
    ministerprasident ministerprasidentin kanzler kanzlerin bundeskanzler bundeskanzlerin prasident
    prasidentin vorsitzende vorsitzender chef chefin direktor direktorin leiter leiterin sprecher
    sprecherin trainer trainerin herr frau professor professorin doktor senator senatorin landrat
    landratin abgeordnete abgeordneter richter richterin staatsanwalt staatsanwaltin generalsekretar
    generalsekretarin konig konigin papst bischof autor autorin regisseur regisseurin grunder grunderin
    geschaftsfuhrer geschaftsfuhrerin polizist polizistin
    """
)
_ENDING = re.compile(
    r"(?:ung|heit|keit|schaft|tion|tat|nis|tum|ismus|ung(?:en|s)|heiten|keiten|schaften|tionen|taten|nisse"
    r"|linge?|erin|erinnen|preis|zahl|kosten|jahr|jahre|tag|tage|woche|wochen|monat|monate|stunde|stunden|euro)$"
)
_NUMBER = re.compile(r"\d[\d.,]* $")
_GOES_ON = re.compile(r" [A-Z]")  # `die Deutsche Bahn`
_NOBLE = re.compile(r"[A-Z]\w+ (?:von|van) (?:der|den|dem) $")  # `Ursula von der Leyen`
_WORDS_BEFORE = re.compile(r"(?:(?P<first>[^\W\d_]+) )?(?P<last>[^\W\d_]+) $")
_ADJECTIVE = re.compile(r"[^\W\d_A-Z]{3,}(?:e|en|er|es|em)")
# What places stand after without an article, and what else a name follows so.
_PLACED = re.compile(r"\b(?:in|nach|aus|bei) $", re.IGNORECASE)
_BARE = re.compile(
    r"\b(?:von|fur|gegen|uber|durch|und|oder|mit|zwischen|ist|sind|war|waren|hat|hatte|haben|wird|wurde"
    r"|wurden|liegt|kann|will|soll|heisst) $",
    re.IGNORECASE,
)
_PLURAL = re.compile(r"(?:en|ern|eln|er|e)$")


def is_noun(word: str, flat: str, start: int) -> bool:
    """Return whether a capitalised word at `start` of a flattened text is a noun and no name."""
    lower = word.lower()
    if len(word) > 1 and word.isupper():
        return False
    if lower in _ROLES or (len(word) > 5 and _ENDING.search(lower)):
        return True
    before = flat[max(0, start - 40) : start]
    if _NUMBER.search(before):
        return True
    if _NOBLE.search(before):
        return False
    if _GOES_ON.match(flat, start + len(word)):
        return False
    found = _WORDS_BEFORE.search(before)
    if found is None:
        return False
    first, last = (found["first"] or "").lower(), found["last"].lower()
    return last in _DETERMINERS or (first in _DETERMINERS and _ADJECTIVE.fullmatch(found["last"]) is not None)


def is_surely_name(text: str, flat: str, start: int) -> bool:
    """Return whether capitalised words, that begin at `start` of a flattened text, can only be a name.

    Two of them side by side are, capitals are, one behind `in`, and one that is no plural behind `von`.
    """
    if " " in text or text.isupper():
        return True
    before = flat[max(0, start - 12) : start]
    return _PLACED.search(before) is not None or (
        _BARE.search(before) is not None and _PLURAL.search(text) is None
    )
