"""A question word in the place of another: `Pourquoi ?`, `Avec combien de voix ?`, `Qui d'autre ?`.

Pure. Knows questions as they were understood and what answered the last one; no conversation.
"""

from __future__ import annotations

import re

from rag.query.follow_ups.composing import after_preposition, after_que, asked, lower_first
from rag.query.follow_ups.lexicon import INVERTED
from rag.query.follow_ups.reading import Reading
from rag.query.follow_ups.referents import EarlierTurn
from rag.text.folding import flatten

_HAPPENED = {
    "fr": re.compile(
        r"(?:cela )?(?P<verb>s'est-il passe|se passe-t-il|s'etait-il passe|est-il arrive"
        r"|est-ce qui s'est passe)",
        re.I,
    ),
    "en": re.compile(
        r"(?:did this |is this )?(?P<verb>happen(?:ed|ing)?|is happening|has happened|took place"
        r"|(?:was|is) going on)",
        re.I,
    ),
}
_PLURAL_WHICH = {"lequel": "Quel", "laquelle": "Quelle", "lesquels": "Quels", "lesquelles": "Quelles"}
_OTHERS = {
    "fr": re.compile(
        r"(?:(?:qui|quoi|lesquels|lesquelles) d'autres?|(?:et )?(?:tous |toutes )?les autres)", re.I
    ),
    "en": re.compile(r"(?:who|what|which|where) else|(?:all )?(?:the )?others?|which others?", re.I),
}


def asks_for_others(fragment: Reading) -> bool:
    """Return whether a fragment asks for what else there is: `Et les autres ?`, `Who else?`."""
    words = fragment.flat.strip(" ?!.")
    return _OTHERS[fragment.language].fullmatch(words) is not None


def others(fragment: Reading, last: Reading) -> str | None:
    """Return the last question, asked of what or who else there is."""
    asks, text, language = last.interrogative, last.text, last.language
    of_somebody = re.match(r"(?:qui|who)\b", fragment.flat, re.IGNORECASE) is not None
    of_something = (asks.noun and not last.counts_people) or asks.word in ("que", "qu'", "quoi", "what")
    if of_somebody and of_something:
        return None
    if asks.noun and asks.word in ("quel", "quelle", "quels", "quelles", "which", "what", "combien", "how"):
        other = "autres " if language == "fr" else "other "
        word = {"combien": "Quels", "how": "Which"}.get(asks.word)
        start = text[: asks.noun_start] if word is None else word + " "
        return asked(f"{start}{other}{text[asks.noun_start :]}", language)
    if asks.word in ("qui", "who", "what", "where") and not asks.preposition:
        word = text[asks.start : asks.end]
        return asked(
            f"{word} d'autre {text[asks.end :]}" if language == "fr" else f"{word} else {text[asks.end :]}",
            language,
        )
    if asks.word in ("que", "qu'"):
        return asked(f"{text[:-1].strip(' ?')} d'autre", language)
    return None


def which_of(fragment: Reading, last: Reading) -> str | None:
    """Return the last question asked of which ones: `Lesquelles ?` after `Combien de communes …`."""
    asks = last.interrogative
    word = fragment.flat.strip(" ?!.").lower()
    if not asks.noun or asks.word not in (
        "combien",
        "how",
        "quel",
        "quelle",
        "quels",
        "quelles",
        "which",
        "what",
    ):
        return None
    if fragment.language == "fr" and word in _PLURAL_WHICH:
        return asked(f"{_PLURAL_WHICH[word]} {last.text[asks.noun_start :]}", last.language)
    if fragment.language == "en" and re.fullmatch(r"which(?: ones?)?|what ones", word):
        return asked(f"Which {last.text[asks.noun_start :]}", last.language)
    return None


def with_question_word(fragment: Reading, turn: EarlierTurn) -> str | None:
    """Return the last question with what is asked replaced: `Pourquoi ?`, `Avec combien de voix ?`.

    None where the last question can't be asked so.
    """
    last, asks = turn.question, turn.question.interrogative
    words = _question_words(fragment, last.language)
    if words is None or not last.asks_first or _is_part(last):
        return None
    rest = last.text[asks.rest :].strip(" ?")
    only_asks = last.text[asks.end : asks.rest].strip()
    happened = _HAPPENED[last.language].search(last.flat)
    if _COUNTS.fullmatch(flatten(words)) and asks.noun and asks.word not in ("combien", "how"):
        counted = (
            f"Combien {after_preposition('de', asks.noun, 'fr')}"
            if last.language == "fr"
            else f"How many {asks.noun}"
        )
        return asked(f"{counted}{last.text[asks.noun_start + len(asks.noun) :]}", last.language)
    counts = fragment.interrogative.word in ("combien", "how") and fragment.interrogative.noun
    if happened and (counts or asks.word in ("que", "qu'", "what")):
        return _of_what_happened(
            words, bool(counts and not fragment.interrogative.preposition), last, happened
        )
    if counts and not fragment.interrogative.preposition:
        return None
    if _COUNTS.fullmatch(flatten(words)) and not _PAID.search(last.flat):
        return None
    if asks.asks == "yes or no":
        return asked(f"{words} {only_asks or _est_ce(last)} {_lower(last, rest)}", last.language)
    if asks.asks == "circumstance":
        return asked(f"{words} {only_asks} {rest}", last.language)
    if asks.asks == "subject":
        return _of_subject(words, turn, rest)
    if asks.asks == "attribute" and asks.word in ("qui", "who"):
        return _of_attribute(words, turn)
    return _of_object(words, turn, rest)


def _question_words(fragment: Reading, language: str) -> str | None:
    """Return what a fragment asks, without fillers, in the last question's language where that is simple."""
    asks = fragment.interrogative
    words = fragment.text[asks.start : asks.end].strip()
    if fragment.language == language:
        return words
    translated = _TRANSLATED.get(flatten(words).lower())
    return translated if translated else None


def _is_part(last: Reading) -> bool:
    """Return whether a question asks which of some, or how much of something: `Which of the libraries …`."""
    return re.match(r"\s*(?:of|d['’]entre)\b", last.text[last.interrogative.end :], re.IGNORECASE) is not None


_COUNTS = re.compile(r"combien|how (?:many|much)", re.IGNORECASE)
# What `combien ?` may ask of without saying what it counts.
_PAID = re.compile(
    r"\b(?:cout|pay|pai|rapport|depens|vend|achet|rachet|cost|paid|spen|earn|sold|bought|rais)\w*"
)
_PAIRS = (
    ("pourquoi", "why"), ("quand", "when"), ("où", "where"), ("comment", "how"),
    ("depuis quand", "since when"),
    ("jusqu'à quand", "until when"), ("avec qui", "with whom"), ("par qui", "by whom"),
    ("contre qui", "against whom"),
)  # fmt: skip
_TRANSLATED = {flatten(one): other for pair in _PAIRS for one, other in (pair, pair[::-1])}


def _est_ce(last: Reading) -> str:
    """Return `est-ce que` where the last question began with it."""
    asks = last.interrogative
    return last.text[asks.start : asks.rest].strip()


def _lower(last: Reading, rest: str) -> str:
    first = last.tokens[0] if last.tokens else None
    if first is not None and first.kind == "name":
        return rest
    return rest[:1].lower() + rest[1:]


def _of_what_happened(words: str, counts: bool, last: Reading, happened: re.Match[str]) -> str:
    """Return a question about what happened: `Quand cela s'est-il passé sur la D918 ?`."""
    rest = last.text[happened.end() :].strip(" ?")
    if last.language == "fr":
        verb = last.text[happened.start("verb") : happened.end()]
        if "qui" in flatten(verb):
            verb = "s'est-il passé"
        return asked(f"{words} y a-t-il eu {rest}" if counts else f"{words} cela {verb} {rest}", "fr")
    past = happened["verb"].lower() not in ("is happening", "is going on", "happening")
    put = (
        "were there"
        if counts and past
        else "are there"
        if counts
        else "did this happen"
        if past
        else "is this happening"
    )
    return asked(f"{words} {put} {rest}", "en")


def _of_subject(words: str, turn: EarlierTurn, rest: str) -> str | None:
    """Return the question about whoever did it: `Quand est-ce qu'Inès Caradec a été élue ?`."""
    answered = turn.answered[0] if turn.answered else turn.counted
    if answered is None:
        return None
    who = answered.words
    if turn.question.language == "fr":
        return asked(f"{words} est-ce {after_que(who)} {rest}", "fr")
    first, _, behind = rest.partition(" ")
    if turn.question.tokens and first.lower() in _ENGLISH_FIRST and behind:
        plural = {"was": "were", "is": "are", "has": "have"} if answered.plural else {}
        return asked(f"{words} {plural.get(first.lower(), first)} {who} {behind}", "en")
    return asked(f"{words} was it that {who} {rest}", "en")


def _of_attribute(words: str, turn: EarlierTurn) -> str | None:
    """Return the question about who is something: `Depuis quand est-ce que Nora Haddad est le maire ?`."""
    last, asks = turn.question, turn.question.interrogative
    verb, _, behind = last.text[asks.rest :].strip(" ?").partition(" ")
    described = last.phrases and not last.phrases[0].bare_name
    if not turn.answered or not behind or not described or verb.startswith(("'", "’")):
        return None
    who = turn.answered[0].words
    if last.language == "fr":
        return asked(f"{words} est-ce {after_que(who)} {verb} {behind}", "fr")
    return asked(f"{words} {verb} {who} {behind}", "en")


_ENGLISH_FIRST = (
    "is",
    "are",
    "was",
    "were",
    "will",
    "would",
    "has",
    "have",
    "had",
    "can",
    "could",
    "may",
    "must",
    "should",
)


# What was said, or done, is no object that could stand behind the verb.
_SAYS = re.compile(r"\b(?:say|tell|think|write)\b|\bdo$", re.IGNORECASE)
# A longer answer isn't said again.
_LONGEST_OBJECT = 16  # words


def _of_object(words: str, turn: EarlierTurn, rest: str) -> str | None:
    """Return the question about what was done, with the object that was asked for in its place."""
    last, asks = turn.question, turn.question.interrogative
    if last.language == "en":
        auxiliary, _, behind = rest.partition(" ")
        if asks.word == "how" and not asks.noun and behind and asks.asks == "object":
            degree = "that much" if "much" in last.text[asks.start : asks.end].lower() else "so"
            return asked(f"{words} {auxiliary} {behind} {degree}", "en") if degree == "that much" else None
        done = asks.word == "what" and not asks.noun and not _SAYS.search(behind)
        if done and turn.answer and len(turn.answer.split()) <= _LONGEST_OBJECT:
            return asked(f"{words} {auxiliary} {behind} {lower_first(turn.answer)}", "en")
        return None
    inverted = INVERTED.search(flatten(rest))
    if asks.word == "combien" and inverted:
        words_of_object = f"autant {after_preposition('de', asks.noun, 'fr')}" if asks.noun else "autant"
        return asked(f"{words} {_with_object(rest, words_of_object)}", "fr")
    counts = asks.word == "combien"
    if (counts or (asks.word in ("que", "qu'") and not asks.noun)) and last.phrases:
        # `Que propose Solène Marchavel ?`: verb and subject.
        subject = last.phrases[0]
        verb = last.text[asks.rest : subject.outer].strip()
        if verb and not subject.preposition and not INVERTED.search(flatten(verb)):
            behind = last.text[subject.end :].strip(" ?")
            what = "cela" if not counts else "autant"
            what += f" {after_preposition('de', asks.noun, 'fr')}" if asks.noun else ""
            return asked(f"{words} est-ce {after_que(subject.words)} {verb} {what} {behind}", "fr")
    return None


def _with_object(rest: str, words: str) -> str:
    """Return the words of a question with an object behind its verb, or behind its participle."""
    found = INVERTED.search(flatten(rest))
    end = found.end()
    if re.fullmatch(r"a|ont|avait|avaient|aura|va|vont|peut|doit", found["verb"]):
        participle = re.match(r"\s*(?:(?:déjà|pas|plus|jamais|encore|bien|aussi) )*\S+", rest[end:])
        if participle:
            done = (
                re.sub(r"(?<=[éiu])e?s?$", "", participle[0])
                if not _BASE.search(participle[0])
                else participle[0]
            )
            return f"{rest[:end]}{done} {words}{rest[end + participle.end() :]}"
    return f"{rest[:end]} {words}{rest[end:]}"


_BASE = re.compile(r"(?:pris|mis|quis|sis)$")
