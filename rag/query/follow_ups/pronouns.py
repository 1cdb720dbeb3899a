"""Pronouns of a question put into the words that they stand for: `Quel âge a-t-il ?`, `its owner`.

Pure. `rag.query.follow_ups.referents` finds what a pronoun stands for; here is how the words are then put.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from rag.query.follow_ups.composing import after_preposition, after_que, elides
from rag.query.follow_ups.context_need import bound_before, meaningless
from rag.query.follow_ups.lexicon import SAID, TIME_WORDS, TOLD
from rag.query.follow_ups.phrases import Phrase
from rag.query.follow_ups.reading import Reading
from rag.query.follow_ups.referents import Need, Referent
from rag.text.folding import flatten

# What stands for a need, but not for what the words given already stand for.
Find = Callable[[Need, tuple[str, ...]], Referent | None]


@dataclass
class Rewording:
    """A question while its pronouns are replaced, from its end to its beginning."""

    reading: Reading
    find: Find
    personal: bool | None
    edits: list[tuple[int, int, str]] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    missing: int = 0

    def referent(self, need: Need) -> Referent | None:
        """Return what a need stands for and keep other pronouns from it; count what isn't found."""
        found = self.find(need, tuple(self.taken))
        if found is None:
            self.missing += 1
        else:
            self.taken.append(found.words)
        return found

    def put(self, start: int, end: int, words: str) -> None:
        """Put words in the place `[start, end)`."""
        self.edits.append((start, end, words))

    @property
    def text(self) -> str:
        """The question as it is now."""
        text = self.reading.text
        for start, end, words in sorted(self.edits, reverse=True):
            text = text[:start] + words + text[end:]
        return text


def replaced(reading: Reading, find: Find, personal: bool | None) -> Rewording:
    """Replace the pronouns of a question; `personal` says whether it speaks of what only persons do."""
    rewording = Rewording(reading, find, personal)
    (_french if reading.language == "fr" else _english)(rewording)
    return rewording


# --- French ---

_CLITICS = r"(?:(?:ne|n'|se|s'|me|m'|l'|la|le|les|lui|leur|y|en)\s*)*"
_INVERTED = re.compile(
    rf"(?<![\w-])(?<![cdjlmnst]')(?P<clitics>{_CLITICS})(?P<verb>[a-z]+)-(?:t-)?(?P<subject>ils?|elles?)\b",
    re.IGNORECASE,
)
_PLAIN = re.compile(
    r"(?<![\w'-])(?P<before>(?:qu|s|lorsqu|puisqu)')?(?P<subject>ils?|elles?)\b(?!-)", re.IGNORECASE
)
_PREPOSITIONS = "de|avec|pour|contre|sur|chez|sans|par|entre|apres|avant|devant|derriere|selon|a"
_STRESSED = re.compile(
    rf"\b(?P<preposition>d'|{_PREPOSITIONS})\s*"
    r"(?P<pronoun>lui|elles?|eux|cela|ca|celui-ci|celle-ci|ceux-ci|celles-ci)\b(?!-)",
    re.IGNORECASE,
)
_PREPOSITION_BEFORE = re.compile(rf"(?:\bd'|\b(?:{_PREPOSITIONS})\s+)$", re.IGNORECASE)
_THING_SUBJECT = re.compile(
    r"^(?P<asks>(?:combien|quand|ou|comment) )?(?P<pronoun>ca|cela)\b(?P<verb> [a-z]+)?", re.I
)
_THERE = re.compile(r"(?<![\w'-])y\s+(?!(?:en )?(?:a|avait|aura|aurait|eut)\b)", re.IGNORECASE)
_OBJECT = re.compile(r"(?<![\w'-])(?P<pronoun>l'|le |la |les )(?=(?P<verb>[a-z]+))", re.IGNORECASE)
_DATIVE = re.compile(r"(?<![\w'-])(?P<pronoun>lui|leur)\s+(?=[a-z])", re.IGNORECASE)
_ABOUT = re.compile(r"\b(?P<que>qu')en\b(?=\s+[a-z]+)", re.IGNORECASE)
_POSSESSIVE = re.compile(r"(?<![\w'-])(?P<pronoun>son|sa|ses|leurs?)\s+(?=[a-z])", re.IGNORECASE)
_POINTING = re.compile(r"(?<![\w'-])(?P<pronoun>ce|cet|cette|ces)\s+(?P<noun>[a-z][\w-]+)", re.IGNORECASE)
_COMPOUND = (
    r"a|ont|avait|avaient|aura|auront|aurait|est|sont|etait|etaient|sera|va|vont|allait|peut|peuvent|pourra|doit"
    r"|doivent|veut|veulent|faut|fait|font"
)
_PARTICIPLE = re.compile(r"\s*(?:pas |plus |jamais |ete |deja )*[a-z'-]+", re.IGNORECASE)
_AGREED = re.compile(r"(?<=é)e?s?$|(?<=[^sr]u)e?s$|(?<=[nmrtld]i)e?s$")
_NEED = {
    "il": ("m", False), "elle": ("f", False), "ils": ("m", True), "elles": ("f", True), "lui": (None, False),
    "eux": (None, True), "leur": (None, True), "leurs": (None, True), "les ": (None, True),
    "le ": ("m", False), "la ": ("f", False), "l'": (None, False),
    "son": (None, False), "sa": (None, False), "ses": (None, False),
}  # fmt: skip


def need_of(pronoun: str) -> Need:
    """Return what a pronoun alone stands for."""
    plain = pronoun.strip().lower()
    if plain in ("lui", "il"):
        return Need("m", False, True)
    return _ENGLISH_NEED.get(plain) or _need(plain)


def _need(pronoun: str, person: bool | None = None) -> Need:
    gender, plural = _NEED.get(pronoun.lower(), (None, None))
    # `ils` may be of both genders.
    mixed = plural and gender == "m"
    return Need(None if mixed else gender, plural, person, soft=not plural, together=bool(plural))


def _french(rewording: Rewording) -> None:
    reading = rewording.reading
    flat = meaningless(reading.flat, "fr")
    subject = _inverted(rewording, flat) or _plain(rewording, flat) or _thing(rewording, flat)
    _objects(rewording, flat)
    # `Quel âge avait-il quand sa femme…` speaks of his own.
    if not subject:
        _possessives(rewording, flat)
    _pointing(rewording, flat)


def _inverted(rewording: Rewording, flat: str) -> bool:
    """Replace a subject behind its verb."""
    text = rewording.reading.text
    for found in _INVERTED.finditer(flat):
        if bound_before(flat[: found.start()], "fr"):
            return False
        who = rewording.referent(_need(found["subject"], rewording.personal))
        if who is None:
            return False
        asks = rewording.reading.interrogative
        bare = asks.word in ("que", "qu'")
        simple = bare or (
            asks.word in ("ou", "quel", "quelle", "quels", "quelles", "quand", "combien", "comment")
        )
        compound = re.fullmatch(_COMPOUND, found["verb"], re.IGNORECASE)
        rest = flat[found.end() :].strip(" ?!.")
        if bare or (simple and not found["clitics"] and (not rest or not compound) and len(rest.split()) < 1):
            # `Qu'a dit Nora Haddad à ses partisans ?`, `Où habite Nora Haddad ?`
            end = found.end()
            if compound and (after := _PARTICIPLE.match(flat, end)):
                end = after.end()
            rewording.put(found.end("verb"), found.end(), "")
            rewording.put(end, end, f" {who.words}")
        else:
            rewording.put(found.start(), found.start(), f"{who.words} ")
            if found.start() == 0:
                rewording.put(0, 1, text[0].lower())
        return True
    return False


def _plain(rewording: Rewording, flat: str) -> bool:
    """Replace a subject before its verb: `Il a dit quoi ?`, `Est-ce qu'elle viendra ?`."""
    for found in _PLAIN.finditer(flat):
        before = flat[: found.start()]
        if bound_before(before, "fr") or _PREPOSITION_BEFORE.search(before):
            continue
        who = rewording.referent(_need(found["subject"], rewording.personal))
        if who is None:
            return False
        before = (found["before"] or "").lower()
        words = (
            after_que(who.words) if before == "qu'" else f"si {who.words}" if before == "s'" else who.words
        )
        rewording.put(found.start(), found.end(), words)
        return True
    return False


def _thing(rewording: Rewording, flat: str) -> bool:
    """Replace `ça` as a subject: `Ça coûte combien ?`."""
    found = _THING_SUBJECT.match(flat)
    what = rewording.referent(Need(person=False)) if found else None
    if found and what and found["asks"] and found["verb"]:  # `Combien ça coûte ?`
        rewording.put(found.start("pronoun"), found.end("pronoun") + 1, "")
        rewording.put(found.end(), found.end(), f" {what.words}")
    elif found and what:
        rewording.put(*found.span("pronoun"), what.words)
    return what is not None


def _objects(rewording: Rewording, flat: str) -> None:
    text = rewording.reading.text
    for found in _STRESSED.finditer(flat):
        if bound_before(flat[: found.start()], "fr", of_object=True):
            continue
        thing = found["pronoun"].lower() in ("cela", "ca")
        pronoun = "elle" if found["pronoun"].lower() == "elle" else found["pronoun"]
        whom = rewording.referent(Need(person=False) if thing else _need(pronoun, None))
        if whom:
            preposition = text[found.start() : found.end("preposition")].strip().lower()
            rewording.put(found.start(), found.end(), after_preposition(preposition, whom.words, "fr"))
    if (found := _THERE.search(flat)) and (where := rewording.referent(Need(person=False))):
        end = len(flat.rstrip(" ?!."))
        rewording.put(found.start(), found.end(), "")
        rewording.put(end, end, f" {after_preposition('à', where.words, 'fr')}")
    for found in _OBJECT.finditer(flat):
        if not _is_object(rewording.reading, flat, found):
            continue
        if _is_told(flat, found.end()):
            rewording.missing += 1
            return
        need = _need(found["pronoun"].lower())
        if (whom := rewording.referent(need)) is not None:
            rewording.put(found.start(), found.end(), "")
            _behind_verb(rewording, flat, found.end(), f" {whom.words}", agree=True)
        return
    if found := _ABOUT.search(flat):
        rewording.taken += [one.words.lower() for one in rewording.reading.phrases]
    if found and (what := rewording.referent(Need(person=False, matter=True))):
        rewording.put(found.start(), found.end(), "que" if found.start() else "Que")
        end = len(flat.rstrip(" ?!."))
        # `Que dit le maire de …` would be of whom he is the mayor.
        said = not SAID.of("fr").isdisjoint(re.findall(r"[a-z]+", flat[found.end() :].lower())[:2])
        rewording.put(end, end, f" {after_preposition('sur' if said else 'de', what.words, 'fr')}")
    for found in _DATIVE.finditer(flat):
        # `leur maison`, and `dans leur ville`, are of somebody.
        if found["pronoun"].lower() == "leur" and not re.match(
            rf"(?:{_COMPOUND})\b|\w+-(?:t-)?\w+", flat[found.end() :]
        ):
            continue
        if (whom := rewording.referent(_need(found["pronoun"], True))) is not None:
            rewording.put(found.start(), found.end(), "")
            end = len(flat.rstrip(" ?!."))
            rewording.put(end, end, f" {after_preposition('à', whom.words, 'fr')}")
        return


def _is_object(reading: Reading, flat: str, found: re.Match[str]) -> bool:
    """Return whether `l'`, `le`, `la`, `les` stand for something: before a verb, and no article."""
    verb = found["verb"].lower()
    before = flat[: found.start()].rstrip().lower()
    inverted = re.match(r"[a-z]+-(?:t-)?(?:ils?|elles?|on|vous|tu)\b", flat[found.end() :], re.IGNORECASE)
    if inverted:
        return True
    asks = re.search(
        r"\b(?:qui|comment|pourquoi|quand|ou|on|ne|que|combien|-il|-elle|il|elle|ils|elles)$", before
    )
    if not asks:
        return False
    auxiliary = re.fullmatch(_COMPOUND, verb) is not None
    behind = flat[found.end("verb") :].strip(" ?!.")
    if auxiliary:
        return True
    known = any(token.start == found.end() and token.kind == "verb" for token in reading.tokens)
    # `Qui le dirige ?`, `qui l'accompagnait à Paris`: nothing or a preposition behind.
    alone = not behind or re.match(r"(?:a|au|aux|en|dans|sur|pour|avec|depuis|de|du)\b", behind) is not None
    return asks[0].strip() == "qui" and (known or alone)


def _is_told(flat: str, start: int) -> bool:
    """Return whether the verb behind an object pronoun is of saying or deciding: no thing is its object."""
    words = re.findall(r"[a-z]+", flat[start:].lower())[:4]
    return not TOLD.of("fr").isdisjoint(
        words[:1] if not re.fullmatch(_COMPOUND, (words or [""])[0]) else words
    )


def _behind_verb(rewording: Rewording, flat: str, verb: int, words: str, agree: bool = False) -> None:
    """Put words behind the verb that begins at `verb`, or behind its participle or infinitive."""
    found = re.compile(r"(?P<verb>[a-z]+)(?:-(?:t-)?(?:ils?|elles?|on|vous|tu))?", re.IGNORECASE).match(
        flat, verb
    )
    end = found.end()
    if re.fullmatch(_COMPOUND, found["verb"], re.IGNORECASE) and (after := _PARTICIPLE.match(flat, end)):
        end = after.end()
        participle = rewording.reading.text[after.start() : end]
        if agree and (agreed := _AGREED.search(participle)):
            rewording.put(after.start() + agreed.start(), end, "")
    rewording.put(end, end, words)


def _possessives(rewording: Rewording, flat: str) -> None:
    """Replace `son adversaire` by `l'adversaire de` whom it is of."""
    for found in _POSSESSIVE.finditer(flat):
        pronoun = found["pronoun"].lower()
        phrase = next((one for one in rewording.reading.phrases if one.start == found.start()), None)
        if phrase is None or (pronoun == "leur" and phrase.determiner != "leur"):
            continue
        if bound_before(flat[: found.start()], "fr"):
            continue
        whose = rewording.referent(_need(pronoun, rewording.personal))
        if whose is not None:
            rewording.put(phrase.outer, phrase.end, _owned(phrase, pronoun, whose))


def _owned(phrase: Phrase, pronoun: str, whose: Referent) -> str:
    noun = phrase.text[phrase.start : phrase.end].split(maxsplit=1)[1]
    article = {"son": "le ", "sa": "la ", "ses": "les ", "leurs": "les "}.get(pronoun)
    if article is None:
        feminine = re.search(
            r"(?:tion|sion|té|ée|ie|ure|ence|ance|ette|esse|thèque|ade|aine|tude|rice|euse|lle)\b", noun
        )
        article = "la " if feminine else "le "
    if article != "les " and elides(noun):
        article = "l'"
    words = f"{article}{noun} {after_preposition('de', whose.words, 'fr')}"
    return after_preposition(phrase.preposition, words, "fr") if phrase.preposition else words


def _pointing(rewording: Rewording, flat: str) -> None:
    """Replace `ce pont` by the bridge that was spoken of."""
    for found in _POINTING.finditer(flat):
        noun = found["noun"].lower()
        phrase = next((one for one in rewording.reading.phrases if one.start == found.start()), None)
        if phrase is None or phrase.names or noun in TIME_WORDS.terms:
            continue
        whom = rewording.find(Need(noun=noun), ())
        if whom is None:
            rewording.missing += 1
            continue
        words = whom.words
        put = after_preposition(phrase.preposition, words, "fr") if phrase.preposition else words
        rewording.put(phrase.outer, phrase.end, put)


# --- English ---

_ENGLISH = re.compile(
    r"(?<![\w'-])(?P<pronoun>he|she|it|they|him|them|her|his|hers|its|theirs?|this|that|these|those)(?P<is>'s)?\b(?!-)",
    re.IGNORECASE,
)
_ENGLISH_NEED = {
    "he": Need("m", False, True), "him": Need("m", False, True), "his": Need("m", False, True),
    "she": Need("f", False, True), "her": Need("f", False, True), "hers": Need("f", False, True),
    "it": Need(None, False, False), "its": Need(None, False, False), "this": Need(None, None, False),
    "that": Need(None, None, False), "these": Need(None, True, None), "those": Need(None, True, None),
    "they": Need(None, True, soft=True, together=True), "them": Need(None, True, soft=True, together=True),
    "their": Need(None, True, soft=True, together=True),
    "theirs": Need(None, True, soft=True, together=True),
}  # fmt: skip
_OWN = ("his", "its", "their")


def _english(rewording: Rewording) -> None:
    reading = rewording.reading
    flat = meaningless(reading.flat, "en")
    stood: dict[Need, str] = {}
    for found in _ENGLISH.finditer(flat):
        pronoun = found["pronoun"].lower()
        need = _ENGLISH_NEED[pronoun]
        before = flat[: found.start()]
        if bound_before(
            before, "en", pronoun in ("him", "them", "it", "this", "that"), pronoun in ("he", "she")
        ):
            continue
        behind = flat[found.end() :].lstrip()
        noun = re.match(r"[a-z][\w-]*", behind)
        if pronoun in ("this", "that", "these", "those"):
            if noun and not re.match(r"(?:is|was|are|were|will|has|had|happen)\b", behind):
                _english_pointing(rewording, found, noun[0])
                continue
            if not _is_pronoun(flat, found):
                continue
        if pronoun in ("it", "this", "that") and re.search(
            r"\b(?:say|said|think|thinks?) (?:about|of|on) $", before
        ):
            need = replace(need, matter=True)
            rewording.taken += [one.words.lower() for one in reading.phrases]
        if need in stood:
            continue  # the same again: `Did he say that he would?`
        who = rewording.referent(need)
        if who is None:
            continue
        stood[need] = who.words
        owns = pronoun in _OWN or (pronoun == "her" and noun is not None and noun[0] not in _NO_NOUN)
        words = _possessive(who.words) if owns else who.words + (" is" if found["is"] else "")
        rewording.put(found.start(), found.end(), words)


_NO_NOUN = (
    "in",
    "on",
    "at",
    "to",
    "for",
    "from",
    "with",
    "by",
    "when",
    "and",
    "or",
    "after",
    "before",
    "so",
    "about",
)


def _is_pronoun(flat: str, found: re.Match[str]) -> bool:
    """Return whether `that` stands for something: at the end or before a verb, not `the man that`."""
    behind = flat[found.end() :].strip(" ?!.")
    return not behind or re.match(r"(?:is|was|are|were|will|has|had|happen)\b", behind) is not None


def _english_pointing(rewording: Rewording, found: re.Match[str], noun: str) -> None:
    if noun.lower() in TIME_WORDS.terms or found["pronoun"].lower() == "that":
        return
    whom = rewording.find(Need(noun=noun.lower()), ())
    if whom is None:
        rewording.missing += 1
        return
    end = rewording.reading.flat.index(noun, found.end()) + len(noun)
    rewording.put(found.start(), end, whom.words)


def _possessive(words: str) -> str:
    """Return whose something is: `Odile Brac's`, `the owners'`."""
    return f"{words}'" if flatten(words).endswith("s") else f"{words}'s"
