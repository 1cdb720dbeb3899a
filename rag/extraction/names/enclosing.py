"""The longer name that a text has where a question has a shorter one: `Newton Abbot`. Pure.

`longer.py` tells what certainly is another place; this tells whom readers should be told of, be it another or
not: an article's `Orion Energy`, where `Orion` was asked about. A name goes on with capitalised words. It
doesn't where they say what is the shorter one's own (`Newton Council`, `Orion Ltd`, `Lyon-Nord`), a day or a
role, nor with a word that the question has itself, nor where a hyphen joins two (`la ligne Paris-Lyon`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from rag.extraction.names.exonyms import group_of, groups_in
from rag.extraction.names.gazetteer import OPENERS, ROLES
from rag.extraction.names.longer import is_longer, longer_at
from rag.extraction.names.tokens import BETWEEN
from rag.text.cldr import calendar_words
from rag.text.folding import flatten, word_set
from rag.text.stop_words import stop_words

# Their nouns have capitals, too, and hyphens join any: `Orion-Chef`.
_WITHOUT = frozenset(["de", "lb", "nds"])
_NEXT = re.compile(rf"(?P<joint>-| & | |-(?:{BETWEEN})-)(?P<word>[A-Z]\w*(?:[.'][A-Z]\w*)*)")
_ARTICLE = re.compile(r" (?:Le|La|Les|El|Al|De|Du|Van|Von|Der|Den|Di|Da|St\.?) (?=[A-Z])")
_BEFORE = re.compile(r"(?<!\w)(?P<word>[A-Z]\w*)-$")
# What is the shorter one's own, or is called by it.
_OWN = word_set(
    """
    council councillor councillors hospital station school schools academy police library church museum
    stadium prison bridge castle market hall residents
    inc ltd limited plc llc llp corp corporation company co group groupe sa sas sarl ag gmbh nv bv spa holding
    holdings
    labour conservative conservatives tory tories liberal liberals democrat democrats democratic republican
    republicans green greens catholic methodist baptist anglican christian muslim jewish victorian christmas
    easter noel paques
    """
)
_PARTS = word_set(
    """
    centre center central est ouest nord sud ville gare plage village bourg city east west north south part
    ex anti pro post mid non pre mi franco anglo
    """
)
_SMALL = (
    OPENERS["fr"]
    | OPENERS["en"]
    | stop_words("fr")
    | stop_words("en")
    | word_set("outside inside around nearby near greater beyond across despite autour outre hors via")
)
_CALENDAR = calendar_words("fr") | calendar_words("en")
_PEOPLE = re.compile(
    r"(?:ans?|ians?|ish|ese|ch|ais|aises?|ains?|aines?|iens?|iennes?|ois|oises?|eens?|eennes?)$"
)
_FIRST_NAME = re.compile(r"(?<![\w'’.-])(?P<first>[A-Z][a-z]+(?:-[A-Z][a-z]+)?|[A-Z]\.) $")
# Words of so many letters or fewer in capitals are offices and parties: `MP`, `PDG`, and numbers: `III`.
_SHORT = 4
# What runs, or is agreed, between two: `la ligne Paris-Lyon`, `le Lyon-Turin`, `the London-Paris train`.
_BETWEEN_TWO = re.compile(
    r"(?:\b(?:lignes?|courses?|match(?:es)?|liaisons?|axes?|trajets?|vols?|trains?|tgv|autoroutes?|rencontres?"
    r"|duels?|finales?|derby|couples?|tandems?|accords?|sommets?|frontieres?|routes?|duo|races?|lines?|flights?"
    r"|talks|summits?|borders?|deals?|pact|treaty)"
    r"(?: (?!(?:de|du|des|d|a|au|of|in|at|from|to|en|for|pour)\b)[a-z]+)*"
    r"|\b(?:le|the)) $"
)
# A headline all of whose words have capitals has at least so many.
_LEAST = 3
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
_SENTENCE_END = re.compile(r"[.!?…] |\n")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Where a name stands in a text; `longer` is the longer name there, as the text has it; empty if none.

    `clear`: it can be told; it can't in a headline all of whose words have capitals.
    """

    start: int
    end: int
    longer: str
    clear: bool = True


@dataclass(frozen=True)
class NamedText:
    """A text in which names are looked for; `asked` are the folded words of the question."""

    text: str
    language: str | None
    asked: Collection[str]

    @cached_property
    def flat(self) -> str:
        """The text without accents, each character in its place."""
        return flatten(self.text)

    def occurrences(self, form: str) -> Iterator[Occurrence]:
        """Yield where a flattened name stands, in order."""
        for place in _written(form).finditer(self.flat):
            start, end = self._longer(place.start(), place.end(), form)
            exact = flatten(place[0]).lower() == form.lower()
            is_form = exact and (start, end) == place.span()
            spaced = " " in self.flat[place.end() : end] and not is_longer(self.flat, *place.span())
            clear = not (spaced and self._is_headline(place.start()))
            yield Occurrence(*place.span(), "" if is_form else self.text[start:end], clear)

    def first_name(self, place: int) -> str:
        """Return the first name before a surname that stands at a place; empty if there is none."""
        before = _FIRST_NAME.search(self.flat, max(0, place - 30), place)
        word = before["first"] if before else ""
        plain = word.lower().rstrip(".")
        is_other = plain in ROLES or plain in _SMALL or plain in _OWN
        return self.text[before.start("first") : before.end("first")] if word and not is_other else ""

    def bearers(self, form: str) -> list[str]:
        """Return the first names of those who have a surname, in order."""
        if " " in form or "-" in form:
            return []
        firsts = [self.first_name(one.start) for one in self.occurrences(form) if not one.longer]
        return list(dict.fromkeys(filter(None, firsts)))

    def sentence_of(self, place: int) -> int:
        """Return where the sentence begins in which a place is."""
        return max(
            (m.end() for m in _SENTENCE_END.finditer(self.flat, max(0, place - 1_000), place)), default=0
        )

    def _longer(self, start: int, end: int, form: str) -> tuple[int, int]:
        begin, stop = longer_at(self.flat, start, end)
        if (begin, stop) != (start, end):
            return begin, stop
        if group_of(form) is not None:
            near = max(0, start - 30)
            for first, last, _ in groups_in(self.flat[near : end + 40]):
                if near + first <= start and end <= near + last and (last - first) > (end - start):
                    return near + first, near + last
        if self.language in _WITHOUT:
            return start, end
        return self._begin(start), self._stop(start, end, form)

    def _begin(self, start: int) -> int:
        """Return where a name begins whose last part stands at `start`: `Charleville-Mézières`."""
        while before := _BEFORE.search(self.flat, max(0, start - 40), start):
            if self._is_own(before["word"], "") or self._are_two(before["word"], before.start()):
                break
            start = before.start()
        return start

    def _stop(self, start: int, end: int, form: str) -> int:
        while found := _NEXT.match(self.flat, end):
            if article := _ARTICLE.match(self.flat, end):
                end = article.end() - 1
                continue
            word = found["word"]
            if self._is_own(word, form) or (found["joint"] == "-" and self._are_two(word, start)):
                break
            end = found.end()
        return end

    def _is_own(self, word: str, form: str) -> bool:
        plain = word.lower()
        if word.isupper() and len(word) <= _SHORT and not form.isupper():
            return True
        if plain in _OWN or plain in _PARTS or plain in _CALENDAR or plain in ROLES or plain in self.asked:
            return True
        return (
            plain in OPENERS["fr"]
            or plain in OPENERS["en"]
            or (group_of(plain) is not None and _PEOPLE.search(plain) is not None)
        )

    def _are_two(self, other: str, start: int) -> bool:
        """Return whether a hyphen joins two names: the other stands by itself, or they are two ends."""
        if group_of(other) is not None or _BETWEEN_TWO.search(self.flat[max(0, start - 60) : start].lower()):
            return True
        return re.search(rf"(?<![\w-]){re.escape(other)}(?![\w-])", self.flat) is not None

    def _is_headline(self, place: int) -> bool:
        begin = self.sentence_of(place)
        end = _SENTENCE_END.search(self.flat, place)
        words = _LONG_WORD.findall(self.flat[begin : end.start() if end else len(self.flat)])
        return len(words) >= _LEAST and all(word[0].isupper() for word in words)


@lru_cache(maxsize=512)
def _written(form: str) -> re.Pattern[str]:
    """Return how a name is written: as it is or in capitals, or with another first name's half in it."""
    first, *rest = (re.escape(word) for word in form.split())
    plain = rf"{first}(?:-[A-Z]\w+)? {' '.join(rest)}" if rest else first
    return re.compile(rf"(?<!\w)(?:{plain}|{re.escape(form.upper())})(?!\w)")
