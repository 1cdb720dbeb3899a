"""Made-up news by a seed, with what is to be told of it: what articles said, and what fifty others say later.

Every standing query gets one thing that happens to it: a change of one kind, or none: a reprint, the same
words about another place or year, the article's own text reworded, or nothing. Around the sentence that
matters stand others that don't.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import yaml

DATA = Path(__file__).parent / "data" / "standing.yaml"
NEW = 50  # articles
BEGIN, LATER = date(2026, 3, 2), date(2026, 5, 4)
_DAYS = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
}
_NEUTRAL = {"fr": "Dans le département", "en": "Around the county"}
_MONTHS = {
    "fr": ("juillet", "août", "septembre", "octobre", "novembre"),
    "en": ("July", "August", "September", "October", "November"),
}


@dataclass(frozen=True, slots=True)
class Text:
    """One article as it is published. `key` is its file; the same key again replaces it."""

    key: str
    title: str
    outlet: str
    day: date
    body: str


@dataclass(frozen=True, slots=True)
class Followed:
    """A standing query: its kind, words and language."""

    kind: str
    words: str
    language: str


@dataclass
class News:
    """What is there, what comes, what is taken out, what is followed, and the changes to be told.

    A change is the query's words, its kind, and the key of its article: '' for an answer that is gone.
    """

    before: list[Text] = field(default_factory=list)
    after: list[Text] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    queries: list[Followed] = field(default_factory=list)
    expected: set[tuple[str, str, str]] = field(default_factory=set)


def made_up(seed: int, topics: int | None = None) -> News:
    """Return the news of a seed; `topics` is how many things are asked of, None for all."""
    return _Maker(random.Random(seed), yaml.safe_load(DATA.read_text(encoding="utf-8"))).make(topics)


class _Maker:
    def __init__(self, rng: random.Random, data: dict) -> None:
        self.rng = rng
        self.data = data
        self.news = News()
        self.free = {code: rng.sample(names, len(names)) for code, names in data["places"].items()}
        self.people = {
            code: rng.sample(data["names"][code], len(data["names"][code])) for code in ("fr", "en")
        }
        self.count = 0

    def make(self, topics: int | None) -> News:
        chosen = [one for one in self.data["topics"] for _ in range(2)]
        self.rng.shuffle(chosen)
        kinds = self.fates()
        for topic in chosen[:topics]:
            self.question(topic, kinds)
        for search in self.data["searches"]:
            self.search(search)
        for number, person in enumerate(self.data["people"]):
            self.person(person, number)
        while len(self.news.after) < NEW:
            self.news.after.append(self.noise(LATER))
        self.rng.shuffle(self.news.after)
        return self.news

    def fates(self) -> list[str]:
        """What may happen to a question, each often enough, in no order."""
        all_of = ["value", "value", "source", "correction", "contradiction", "answered"]
        none = ["reprint", "miss", "reworded", "removed", "updated", "nothing"]
        return self.rng.sample(all_of + none, 12) + self.rng.sample(all_of + none, 12)

    # --- parts ---

    def place(self, language: str) -> str:
        return self.free[language].pop()

    def pick(self, among: list[str]) -> str:
        return self.rng.choice(among)

    def name(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count:03}"

    def day(self, first: date) -> date:
        return first + timedelta(days=self.rng.randrange(20))

    def article(
        self, sentence: str, fill: list[str], title: str, language: str, first: date, key: str = ""
    ) -> Text:
        """An article with the sentence that matters first or second among others."""
        topics = [one for one in self.data["topics"] if one["language"] == language]
        others = self.rng.sample([one for topic in topics for one in topic["fill"] if one not in fill], 3)
        others.insert(self.rng.randrange(4), self.pick(fill))
        others.insert(self.rng.randrange(2), sentence)
        outlet = self.pick(self.data["outlets"][language])
        return Text(key or self.name("a"), title, outlet, self.day(first), " ".join(others))

    def noise(self, first: date) -> Text:
        language = self.pick(["fr", "en"])
        values = {
            "place": self.pick(self.data["places"][language]),
            "day": self.pick(list(_DAYS[language])),
            "a": self.rng.randrange(2, 6),
            "b": self.rng.randrange(0, 2),
        }
        body = self.rng.sample(self.data["noise"][language], 3)
        text = " ".join(one.format(**values) for one in body)
        title = {"fr": "En bref à {place}", "en": "In brief from {place}"}[language].format(**values)
        return Text(self.name("n"), title, self.pick(self.data["outlets"][language]), self.day(first), text)

    # --- questions ---

    def values(self, topic: dict, language: str) -> tuple[dict, dict]:
        """Two values that differ, each with its wordings: `as it is`, said in other words, bare."""
        kind = topic["value"]
        if kind == "name":
            one, other = self.people[language].pop(), self.people[language].pop()
            self.people[language][:0] = [one, other]
            return {"all": [one]}, {"all": [other]}
        if kind == "verdict":
            return {"all": [""]}, {"all": [""]}
        if kind == "day":
            one, other = self.rng.sample(range(1, 140), 2)
            return self.said_day(one, language), self.said_day(other, language)
        if kind == "number":
            low, high = (5, 60) if topic.get("small") else (310, 48_000)
            one = self.rng.randrange(low, high)
            other = one + self.rng.choice([-1, 1]) * max(2, one // self.rng.randrange(4, 9))
            return self.said_number(one, topic, language), self.said_number(other, topic, language)
        one = self.rng.randrange(21, 95)
        other = one + self.rng.randrange(4, 40)
        return self.said_money(one, kind), self.said_money(other, kind)

    def said_number(self, number: int, topic: dict, language: str) -> dict:
        written = f"{number:,}".replace(",", " " if language == "fr" else ",")
        return {"all": [f"{written} {unit}" for unit in topic["unit"]], "figure": [written]}

    def said_money(self, tenths: int, kind: str) -> dict:
        if kind == "pounds":
            number = f"{tenths / 10:g}"
            return {"all": [f"£{number} million", f"£{number}m", f"{number} million pounds"]}
        number = f"{tenths / 10:g}".replace(".", ",")
        return {"all": [f"{number} millions d'euros", f"{number} M€", f"{number} millions d’euros"]}

    def said_day(self, number: int, language: str) -> dict:
        when = date(2026, 7, 1) + timedelta(days=number)
        month = _MONTHS[language][when.month - 7]
        if language == "fr":
            figure = "1er" if when.day == 1 else str(when.day)
            bare = [f"{figure} {month}", f"{figure} {month} 2026"]
            return {"all": [f"le {one}" for one in bare], "bare": bare}
        return {"all": [f"{when.day} {month}", f"{month} {when.day}, 2026", f"{when.day} {month} 2026"]}

    def filled(self, sentence: str, values: dict, value: dict, old: dict) -> str:
        said = self.rng.randrange(8)
        return sentence.format(
            **values,
            value=value["all"][said % len(value["all"])],
            bare=(value.get("bare") or value["all"])[said % len(value.get("bare") or value["all"])],
            old=old["all"][0],
            figure=value.get("figure", [""])[0],
        )

    def question(self, topic: dict, fates: list[str]) -> None:
        language = topic["language"]
        able = [one for one in fates if one not in _NEEDED or topic.get(_NEEDED[one])]
        fate = able[0] if able else "nothing"
        if able:
            fates.remove(fate)
        values = {"place": self.place(language), "other": self.place(language)}
        old, new = self.values(topic, language)
        asked = self.pick(topic["questions"]).format(**values)
        self.news.queries.append(Followed("question", asked, language))
        title = self.pick(topic["titles"]).format(**values)
        first = self.sentence(topic["base"], values, language, old, new)
        base = self.article(first, topic["fill"], title, language, BEGIN)
        if fate != "answered":
            self.news.before.append(base)
        self.news.before += [self.noise(BEGIN) for _ in range(2)]
        self.happen(topic, fate, asked, base, values, old, new)

    def sentence(self, among: list[str], values: dict, language: str, value: dict, old: dict) -> str:
        values = values | {"day": self.pick(list(_DAYS[language]))}
        said = self.filled(self.pick(among), values, value, old)
        return said[0].upper() + said[1:]

    def happen(
        self, topic: dict, fate: str, asked: str, base: Text, values: dict, old: dict, new: dict
    ) -> None:
        """Let come what a question's fate is."""
        news, language = self.news, topic["language"]

        def another(kind: str, value: dict, before: dict, key: str = "") -> Text:
            said = self.sentence(topic[kind], values, language, value, before)
            about = self.pick(topic["titles"]).format(**values)
            title = _NEUTRAL[language] if kind == "miss" else about  # which is of something else
            return self.article(said, topic["fill"], title, language, LATER, key)

        if fate in ("value", "correction"):
            come = another("value_" if fate == "value" else fate, new, old)
        elif fate == "contradiction":
            come = another(fate, new, old)
        elif fate == "source":
            come = another(fate, old, new)
        elif fate == "answered":
            come = another("base", old, new)
        elif fate == "updated":
            come = another("value_", new, old, base.key)
        elif fate == "reworded":
            come = replace(base, body=reworded(base.body), title=f"{base.title} (2)")
        elif fate == "reprint":
            come = self.reprint(base, language)
        elif fate == "miss":
            come = another("miss", new, old)
        elif fate == "removed":
            news.removed.append(base.key)
            news.expected.add((asked, "unanswered", ""))
            return
        else:
            return
        news.after.append(come)
        if fate in ("value", "correction", "contradiction", "source", "answered"):
            news.expected.add((asked, fate, come.key))
        if fate == "updated":
            news.expected.add((asked, "value", come.key))

    def reprint(self, base: Text, language: str) -> Text:
        """The same text in another outlet, its last sentence cut off, as agencies' texts are."""
        others = [one for one in self.data["outlets"][language] if one != base.outlet]
        body = re.split(r"(?<=[.!?]) ", base.body)
        cut = " ".join(body[:-1] if self.rng.random() < 0.5 else body)
        return Text(self.name("r"), base.title, self.pick(others), self.day(LATER), cut)

    # --- searches and people ---

    def search(self, search: dict) -> None:
        language = search["language"]
        place, other = self.place(language), self.place(language)
        values = {"place": place, "other": other}
        words = search["query"].format(**values)
        self.news.queries.append(Followed("search", words, language))
        fill = self.pick([one for one in self.data["topics"] if one["language"] == language])["fill"]
        said = lambda among: self.sentence(among, values, language, {"all": [""]}, {"all": [""]})  # noqa: E731
        title = _NEUTRAL[language]
        first, second = self.rng.sample(search["match"], 2)
        known = self.article(said([first]), fill, title, language, BEGIN)
        self.news.before.append(known)
        if self.rng.random() < 0.6:
            come = self.article(said([second]), fill, title, language, LATER)
            self.news.after.append(come)
            self.news.expected.add((words, "match", come.key))
        if self.rng.random() < 0.5:
            self.news.after.append(self.reprint(known, language))
        self.news.after.append(self.article(said(search["miss"]), fill, title, language, LATER))

    def person(self, person: dict, number: int) -> None:
        language = person["language"]
        name, alike = self.data["names"]["followed"][number], self.data["names"]["alike"][number]
        self.news.queries.append(Followed("entity", name, language))
        fill = self.pick([one for one in self.data["topics"] if one["language"] == language])["fill"]
        words = self.rng.sample(person["words"], len(person["words"]))

        def text(among: list[str], whose: str, first: date) -> Text:
            values = {
                "name": whose,
                "role": person["role"],
                "words": words.pop() if among is person["said"] else "",
                "place": self.pick(self.data["places"][language]),
                "day": self.pick(list(_DAYS[language])),
            }
            said = self.pick(among).format(**values)
            title = _NEUTRAL[language]
            return self.article(said[0].upper() + said[1:], fill, title, language, first)

        known = text(person["said"], name, BEGIN)
        self.news.before.append(known)
        for kind, among in (("statement", person["said"]), ("mention", person["named"])):
            if self.rng.random() < 0.7:
                come = text(among, name, LATER)
                self.news.after.append(come)
                self.news.expected.add((name, kind, come.key))
        if self.rng.random() < 0.6:
            self.news.after.append(self.reprint(known, language))
        self.news.after.append(text(person["said"], alike, LATER))


_NEEDED = {
    "value": "value_",
    "updated": "value_",
    "correction": "correction",
    "contradiction": "contradiction",
    "source": "source",
    "miss": "miss",
}


def reworded(body: str) -> str:
    """An article as its newsroom has gone over it: another order, a word here and there; the same facts."""
    changes = {
        "depuis le printemps": "depuis mars", "a précisé": "a indiqué", "selon les": "d'après les",
        "a annoncé": "a fait savoir", "a indiqué": "a précisé", "The company said": "The firm said",
        "the company said": "the firm said", "according to": "as stated by", "Local shops": "Nearby shops",
        "Une déviation": "Un itinéraire de déviation", "s'inquiètent": "s'émeuvent",
    }  # fmt: skip
    for one, other in changes.items():
        body = body.replace(one, other, 1)
    sentences = re.split(r"(?<=[.!?]) ", body)
    return " ".join([*sentences[:2], *sentences[:1:-1]])
