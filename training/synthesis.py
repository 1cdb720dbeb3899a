"""French questions made from running text, and questions that miss what their passage holds by one thing.

Cloze questions, questions from relative clauses and from quotations have their answers in the text. Swapped
names and measures have none. Pure: randomness comes with the call; knows no tokens and no model.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.extraction.analysed_sentence import AnalysedSentence
from rag.schema.article import Span

_FEWEST_WORDS, _MOST_WORDS = 6, 45
_NOUN_AFTER = re.compile(r"\s(?:d'|de |des )?([^\W\d_]{3,}(?: [^\W\d_]{4,})?)")
_PLACE_BEFORE = re.compile(
    r"\b(?:à|en|au|aux|dans|près de|vers)(?: (?:la|le|les|l'|ville de))? ?$", re.IGNORECASE
)
_BY_BEFORE = re.compile(r"\bpar(?: (?:le|la|les|l'|un|une))? ?$", re.IGNORECASE)
_DATE_LEAD = re.compile(r"(?:(?:en|le|au|depuis|vers|dès|jusqu'en|à partir de|du)\s)$", re.IGNORECASE)
_DANGLING = re.compile(
    r"(?:\s(?:de|du|des|d'|le|la|les|l'|un|une|à|au|aux|en|et|ou|dans|par|pour|sur|avec|que|qui|est|plus|son|sa))+$"
)
_RELATIVE = re.compile(
    r"(?P<who>[A-ZÉÈÀÎÔ][^,.;:()«»\n]{2,60}), (?P<word>qui|dont|où|auteur de|chargée? de"
    r"|fondée? (?:en|par)) ?"
    r"(?P<rest>[^,.;:()«»\n]{15,140})(?=[,.;)])"
)
_APPOSITION = re.compile(
    r"(?P<who>(?:[A-ZÉÈ][\w'’-]+ ){1,3}[A-ZÉÈ][\w'’-]+), (?P<what>(?:une?|le|la|l'|chef|ministre|présidente?"
    r"|directeur|directrice|maire|auteur|premier|première) ?[^,.;:()«»\n]{8,90})(?=[,.;)])"
)
_BECAUSE = re.compile(
    r"(?P<what>[^,.;:()«»\n]{25,160}),? (?P<why>(?:parce qu|car |en raison d|à cause d|grâce à|afin d"
    r"|pour (?=[a-zé]+(?:er|ir|re)\b))[^,.;:()«»\n]{12,140})(?=[,.;)])"
)
_SAID = (
    "a déclaré",
    "a affirmé",
    "a expliqué",
    "a indiqué",
    "estime",
    "a assuré",
    "a souligné",
    "affirme",
    "a précisé",
    "a annoncé",
    "explique",
    "dénonce",
    "regrette",
    "a estimé",
    "a confié",
    "juge",
)
_ROLES = (
    "le ministre",
    "la ministre",
    "le président",
    "la présidente",
    "le maire",
    "la maire",
    "la porte-parole",
    "le directeur",
    "la directrice",
    "l'avocat",
    "l'avocate",
    "le chercheur",
    "la chercheuse",
    "l'économiste",
    "le député",
    "la députée",
    "le procureur",
    "la procureure",
    "le sélectionneur",
    "l'entraîneur",
    "le secrétaire général",
    "le syndicaliste",
    "la sénatrice",
    "le porte-parole",
    "le médecin",
    "l'historien",
)
_FIRST = (
    "Anne",
    "Karim",
    "Sophie",
    "Jean-Marc",
    "Fatou",
    "Luc",
    "Nadia",
    "Pierre",
    "Élise",
    "Mehdi",
    "Claire",
    "Thomas",
    "Inès",
    "Olivier",
    "Aminata",
    "Bruno",
    "Camille",
    "Hugo",
    "Leïla",
    "Marc",
    "Julie",
    "Youssef",
)
_LAST = (
    "Lambert",
    "Benali",
    "Rousseau",
    "Diallo",
    "Moreau",
    "Garnier",
    "Haddad",
    "Fontaine",
    "Lefèvre",
    "Traoré",
    "Perrin",
    "Chevalier",
    "Mansouri",
    "Gauthier",
    "Marchand",
    "Besson",
    "Nguyen",
    "Roche",
    "Delmas",
    "Sow",
)
# Measures that can be asked for in each other's place, with what betrays that a text gives them.
_MEASURES: dict[str, str] = {
    "la superficie": r"superficie|km2|km²|kilomètres carrés|hectare",
    "la population": r"population|habitants",
    "la hauteur": r"hauteur|haut de|culmine|mètres",
    "la longueur": r"longueur|long de|longue de|kilomètres|km\b",
    "la profondeur": r"profond",
    "la vitesse": r"vitesse|km/h|nœuds",
    "le poids": r"poids|pèse|kilo|tonnes|kg\b",
    "le prix": r"prix|coût|euros|francs|dollars",
    "le budget": r"budget|euros|francs|dollars|millions",
    "la température": r"température|degrés|°",
    "la durée": r"durée|dur[ea]|minutes|heures|jours|mois|ans\b|années",
    "l'âge": r"âge|âgé|ans\b",
    "le nombre de morts": r"mort|tué|victime|décès|décéd",
    "le nombre de blessés": r"bless",
}
_MEASURE_ASKED = re.compile(
    r"\b(?P<lead>[Qq]uel(?:le)? (?:est|était|fut) )(?P<what>la superficie|la population|la hauteur"
    r"|la longueur|la profondeur|la vitesse|le poids|le prix|le budget|la température|la durée|l'âge)\b"
)
_HOW_MANY = re.compile(r"\b[Cc]ombien (?:de |d')(?P<noun>[^\W\d_]{3,})")
_WHEN = re.compile(
    r"^(?:Quand|En quelle année|À quelle date|A quelle date|Quel jour|À quel moment|En quel mois)\b"
)
_WHERE = re.compile(r"^(?:Où|Dans quelle ville|Dans quel pays|À quel endroit)\b")
_DURATION = re.compile(
    r"\b(?:ans?|années?|mois|jours?|heures?|semaines?|siècles?|minutes?|durant|pendant)\b", re.IGNORECASE
)
_TIME = re.compile(
    r"\d|siècle|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre|lundi|mardi"
    r"|mercredi|jeudi|vendredi|samedi|dimanche|\b(?:hier|demain|année|époque|fin|début|après|avant|lors)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Made:
    """A question made from a text, and the characters of the text that answer it."""

    question: str
    start: int
    end: int
    kind: str


def french_questions(text: str, sentences: Sequence[Span], rng: random.Random) -> list[Made]:
    """Return questions with their answers, made from the sentences of a French text."""
    found: list[Made] = []
    for span in sentences:
        sentence = text[span.start : span.end]
        if _FEWEST_WORDS <= len(sentence.split()) <= _MOST_WORDS:
            for one in (*_cloze(sentence, rng), *_from_patterns(sentence, rng)):
                end = one.start + len(sentence[one.start : one.end].rstrip(" .,;:"))
                found.append(Made(one.question, one.start + span.start, end + span.start, one.kind))
    return found


def _cloze(sentence: str, rng: random.Random) -> Iterator[Made]:
    analysed = AnalysedSentence(sentence, "fr")
    for when in analysed.dates[:2]:
        lead = _DATE_LEAD.search(sentence[: when.start])
        start = lead.start() if lead else when.start
        word = rng.choice(
            (
                "Quand",
                "Quand",
                "En quelle année",
                "À quelle date",
                "Depuis quand" if lead and "depuis" in lead[0].lower() else "Quand",
            )
        )
        yield from _masked(sentence, when.start, when.end, word, rng, "date", start)
    numbers = [one for one in analysed.quantities if sentence[one.start].isdigit()]
    for number in numbers[:2]:
        noun = _NOUN_AFTER.match(sentence, number.end)
        if noun and rng.random() < 0.8:
            start, of = number.start, "d'" if noun[1][0].lower() in "aeiouéèêhâîô" else "de "
            yield from _masked(
                sentence, start, noun.end(1), f"Combien {of}{noun[1]}", rng, "number", start, number.end
            )
        else:
            yield from _masked(sentence, number.start, number.end, "Combien", rng, "number", number.start)
    names = [name for name in analysed.names if len(name.text) > 2]
    for name in rng.sample(names, min(2, len(names))):
        before = sentence[: name.start]
        if place := _PLACE_BEFORE.search(before):
            word = rng.choice(("Où", "Où", "Dans quelle ville", "Dans quel pays", "À quel endroit"))
            yield from _masked(sentence, name.start, name.end, word, rng, "place", place.start())
        elif by := _BY_BEFORE.search(before):
            yield from _masked(
                sentence,
                name.start,
                name.end,
                rng.choice(("Par qui", "Qui", "Par quoi")),
                rng,
                "agent",
                by.start(),
            )
        elif name.start == 0 or len(name.tokens) > 1:
            word = rng.choice(
                ("Qui", "Qui", "Quel est le nom de celui qui", "Qu'est-ce qui", "Quelle personne")
            )
            yield from _masked(sentence, name.start, name.end, word, rng, "name", name.start)


def _masked(
    sentence: str,
    start: int,
    end: int,
    word: str,
    rng: random.Random,
    kind: str,
    cut: int,
    until: int | None = None,
) -> Iterator[Made]:
    """Yield the question that asks for `start..end`, its clause without what stands from `cut` to `end`."""
    before, after = sentence[:cut], sentence[end:]
    left = max(before.rfind(mark) for mark in (";", ":", "("))
    before = before[left + 1 :] if left >= 0 else before
    after = re.split(r"[;:()]", after)[0]
    if rng.random() < 0.6:  # a question is shorter than the sentence that answers it
        parts = before.split(",")
        before = parts[-1] if len(parts[-1].split()) >= 3 else before
        after = after.split(",")[0]
    words = f"{_lowered(before.strip())} {after.strip()}".split()
    if rng.random() < 0.35 and len(words) > 7:
        drop = rng.randrange(len(words))
        words = words[:drop] + words[drop + 1 :]
    clause = " ".join(words[: rng.randrange(9, 22)]).strip(' ,.!«»"')
    clause = _DANGLING.sub("", clause)
    if len(clause.split()) >= 4:
        asked = (
            f"{word} {clause} ?"
            if rng.random() < 0.75
            else f"{clause[:1].upper()}{clause[1:]} {word.lower()} ?"
        )
        yield Made(asked, start, until or end, kind)


def _from_patterns(sentence: str, rng: random.Random) -> Iterator[Made]:
    if (m := _RELATIVE.search(sentence)) and m["word"] in ("qui", "dont"):
        lead = "Qui" if m["who"].count(" ") >= 1 and m["who"].split()[-1][:1].isupper() else "Qu'est-ce qui"
        asked = f"{lead} {m['rest']} ?" if m["word"] == "qui" else f"De qui ou de quoi {m['rest']} ?"
        yield Made(asked, *m.span("who"), "relative")
    if m := _APPOSITION.search(sentence):
        what = m["what"]
        yield Made(
            f"Qui est {what} ?" if rng.random() < 0.5 else f"Comment s'appelle {what} ?",
            *m.span("who"),
            "apposition",
        )
        yield Made(f"Qui est {m['who']} ?", *m.span("what"), "apposition")
    if m := _BECAUSE.search(sentence):
        yield Made(f"Pourquoi {_lowered(m['what'].strip())} ?", *m.span("why"), "reason")


def _lowered(text: str) -> str:
    """Return `text` with its first word in lower case if that is an article or another small word."""
    first = text.split(" ", 1)[0]
    small = re.match(
        r"(?:l|le|la|les|un|une|des|il|elle|ils|elles|ce|cette|ces|en|au|aux|à|dans|son|sa|ses|d)\b",
        first,
        re.IGNORECASE,
    )
    return text[:1].lower() + text[1:] if small else text


@dataclass(frozen=True, slots=True)
class MadePassage:
    """A text of quotations put together, with a question about one of them (`start` is -1: nobody's)."""

    text: str
    question: str
    start: int
    end: int
    kind: str


def quotation_passage(
    sentences: Sequence[str], subjects: Sequence[str], rng: random.Random
) -> MadePassage | None:
    """Return a passage in which invented people say `sentences`, and a question about who said what.

    Args:
        sentences: Three or four sentences of running text.
        subjects: A word for what each is about, or nothing.
        rng: Decides.

    """
    speakers = [
        f"{first} {last}" for first, last in zip(rng.sample(_FIRST, 5), rng.sample(_LAST, 5), strict=True)
    ]
    text, quotes, people = "", [], []
    for number, sentence in enumerate(sentences):
        bare = sentence.strip(' .!?«»"')
        verb, role = rng.choice(_SAID), rng.choice(_ROLES)
        who = speakers[number] if rng.random() < 0.4 else f"{role} {speakers[number]}"
        form = rng.randrange(4)
        if form == 0:
            before, middle, after = "« ", " », ", f"{verb} {who}. "
        elif form == 1:
            before, middle, after = f"{who[:1].upper()}{who[1:]} {verb} : « ", " ». ", ""
        elif form == 2:
            before, middle, after = f"Pour {who}, « ", " ». ", ""
        else:
            before, middle, after = f"{who[:1].upper()}{who[1:]} {verb} que « ", " ». ", ""
        start = len(text) + len(before)
        quotes.append((start, start + len(bare)))
        whole = before + bare + middle + after
        place = len(text) + whole.find(who if form in (0, 2) else who[1:]) - (0 if form in (0, 2) else 1)
        people.append((place, place + len(who), verb))
        text += whole
    chosen = rng.randrange(len(sentences))
    name = speakers[chosen]
    said = _lowered(" ".join(sentences[chosen].strip(" .").split()[: rng.randrange(6, 16)]))
    about = f" sur {subjects[chosen]}" if subjects[chosen] and rng.random() < 0.6 else ""
    if rng.random() < 0.3:  # somebody who says nothing here
        asked = rng.choice(
            (f"Qu'a dit {speakers[4]}{about} ?", f"Que pense {speakers[4]}{about or ' de cela'} ?")
        )
        return MadePassage(text.strip(), asked, -1, -1, "speaker swapped")
    if rng.random() < 0.5:
        asked = rng.choice(
            ("Qui a dit que {} ?", "Qui a déclaré que {} ?", "Selon qui {} ?", "Qui affirme que {} ?")
        )
        return MadePassage(text.strip(), asked.format(said), *people[chosen][:2], "speaker")
    asked = rng.choice(
        (
            "Qu'a dit {}{} ?",
            "Qu'a déclaré {}{} ?",
            "Que dit {}{} ?",
            "Que pense {}{} ?",
            "Quelle est la position de {}{} ?",
        )
    )
    return MadePassage(text.strip(), asked.format(name, about), *quotes[chosen], "quotation")


class NameSwapper:
    """Replaces a name in a question by one that stood in the same place of another article's question."""

    def __init__(self) -> None:
        self._pool: dict[tuple[str, int], list[tuple[str, str]]] = defaultdict(list)

    def add(self, question: str, language: str, article: str) -> None:
        """Take the question's names into the pool."""
        for name in _names(question, language):
            self._pool[_place(question, name.start, name.text)].append((name.text, article))

    def swapped(
        self, question: str, language: str, article: str, context: str, rng: random.Random
    ) -> str | None:
        """Return the question with one name replaced by one that `context` doesn't have, or None."""
        names = list(_names(question, language))
        rng.shuffle(names)
        lowered = context.lower()
        for name in names:
            pool = self._pool.get(_place(question, name.start, name.text), [])
            for other, where in rng.sample(pool, min(8, len(pool))):
                if where != article and not any(
                    part in lowered for part in other.lower().split() if len(part) > 2
                ):
                    return question[: name.start] + other + question[name.end :]
        return None


def _names(question: str, language: str) -> Iterator:
    for name in AnalysedSentence(question, language).names:
        if name.start > 1 and len(name.text) > 2:  # what opens a question, `¿` aside, is a question word
            yield name


def _place(question: str, start: int, name: str) -> tuple[str, int]:
    """Return what stands before a name, and how many words it has: names that share both can be exchanged."""
    before = re.findall(r"\w+['’]?|\S", question[:start].lower())
    return (before[-1] if before else "", min(2, len(name.split())))


def measure_swapped(question: str, context: str, counted: Sequence[str], rng: random.Random) -> str | None:
    """Return the French question asking for another measure, one that `context` doesn't give, or None.

    `counted` are nouns that other questions ask the number of.
    """
    lowered = context.lower()
    if asked := _MEASURE_ASKED.search(question):
        absent = [what for what, trace in _MEASURES.items() if not re.search(trace, lowered)]
        if not absent:
            return None
        other = rng.choice(absent)
        lead = "Quelle est " if other.startswith("la") else "Quel est "
        return question[: asked.start()] + lead + other + question[asked.end() :]
    if asked := _HOW_MANY.search(question):
        for noun in rng.sample(list(counted), min(12, len(counted))):
            if noun[:5] not in lowered and noun != asked["noun"].lower():
                of = "d'" if noun[0] in "aeiouéèêâîôh" else "de "
                return question[: asked.start()] + f"Combien {of}{noun}" + question[asked.end() :]
    if (asked := _WHEN.search(question)) and not _DURATION.search(context):
        return (
            rng.choice(("Pendant combien de temps", "Combien de temps", "Pendant combien d'années"))
            + question[asked.end() :]
        )
    if (asked := _WHERE.search(question)) and not _TIME.search(context):
        return "Quand" + question[asked.end() :]
    return None


def counted_noun(question: str) -> str | None:
    """Return the noun that the French question asks the number of, in lower case."""
    asked = _HOW_MANY.search(question)
    return asked["noun"].lower() if asked else None


def roughened(question: str, rng: random.Random) -> str:
    """Return the question as it is typed in haste: in lower case, without accents or without its mark."""
    import unicodedata

    way = rng.randrange(4)
    if way in (0, 3):
        question = question.lower()
    if way in (1, 3):
        question = "".join(c for c in unicodedata.normalize("NFD", question) if not unicodedata.combining(c))
    if way in (2, 3):
        question = question.rstrip(" ?").lstrip("¿")
    return question
