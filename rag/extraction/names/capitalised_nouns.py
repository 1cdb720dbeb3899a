"""Which capitalised words of a language that writes all nouns with capitals are nouns and no names. Pure.

What stands before a German noun tells: an article, a pronoun, a number, or an adjective behind one of these
(`am ersten Tag`); or its own ending (`-ung`, `-schaft`). A name of several words keeps its article's noun
(`die Deutsche Bahn`), as does one that all capitals write. A noun that shows none of this is taken for a name.
"""

from __future__ import annotations

import re

from rag.text.folding import word_set

# Languages (ISO 639-1) that write nouns with capitals.
WRITES_NOUNS_LARGE = frozenset(("de", "lb"))

_DETERMINERS = word_set(
    """
    der die das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner keines dieser diese
    dieses diesen diesem jener jene jenes jenen jenem jeder jede jedes jeden jedem welcher welche welches welchen
    welchem mein meine meinen meinem meiner meines dein deine sein seine seinen seinem seiner seines ihr ihre
    ihren ihrem ihrer ihres unser unsere unseren unserem unserer euer eure im am zum zur beim vom ins ans aufs
    viel viele vielen vieler wenig wenige wenigen mehr mehrere mehreren weniger alle allen aller alles beide
    beiden einige einigen einiger manche manchen solche solchen etliche zwei drei vier funf sechs sieben acht
    neun zehn elf zwolf hundert tausend millionen million milliarden etwas nichts zahlreiche zahlreichen weitere
    weiteren erste ersten zweite zweiten dritte dritten letzte letzten nachste nachsten ganze ganzen
    """
)
_ROLES = word_set(
    """
    burgermeister burgermeisterin oberburgermeister oberburgermeisterin minister ministerin ministerprasident
    ministerprasidentin kanzler kanzlerin bundeskanzler bundeskanzlerin prasident prasidentin vorsitzende
    vorsitzender chef chefin direktor direktorin leiter leiterin sprecher sprecherin trainer trainerin herr frau
    professor professorin doktor senator senatorin landrat landratin abgeordnete abgeordneter richter richterin
    staatsanwalt staatsanwaltin generalsekretar generalsekretarin konig konigin papst bischof autor autorin
    regisseur regisseurin grunder grunderin geschaftsfuhrer geschaftsfuhrerin polizist polizistin
    """
)
_ENDING = re.compile(
    r"(?:ung|heit|keit|schaft|tion|tat|nis|tum|ismus|ung(?:en|s)|heiten|keiten|schaften|tionen|taten|nisse|ling"
    r"|linge|erin|erinnen|preis|zahl|kosten|jahr|jahre|tag|tage|woche|wochen|monat|monate|stunde|stunden|euro)$"
)
_BEFORE = re.compile(r"(?P<last>[^\W_]+) (?:[^\W\d_A-Z]+(?:e|en|er|es|em) )?$")
_NUMBER = re.compile(r"\d[\d.,]* $")
_GOES_ON = re.compile(r" [A-Z]")  # `die Deutsche Bahn`


def is_noun(word: str, flat: str, start: int) -> bool:
    """Return whether a capitalised word, that begins at `start` of a flattened text, is a noun and no name."""
    lower = word.lower()
    if len(word) > 1 and word.isupper():
        return False
    if lower in _ROLES or (len(word) > 5 and _ENDING.search(lower)):
        return True
    before = flat[max(0, start - 40) : start]
    if _NUMBER.search(before):
        return True
    if _GOES_ON.match(flat, start + len(word)):
        return False
    found = _BEFORE.search(before)
    return found is not None and found["last"].lower() in _DETERMINERS
