"""The questions that a newsroom asks of the examples (`examples/desk.yaml`), and what became of an answer.

Other questions in that format may be asked of another folder of articles (`questions_in`).

An answer is *refused* (nothing is answered), *right*, *partial* or *wrong*. What is right is told by the
places of the gold, not by a reader's judgement; a quote *has* gold if the words that it marks as the answer
hold the gold's answer or are at least half of it, or, where it marks none, if it holds the gold's answer:

- a fact or a statement: right if the first quote shown has gold, partial if its sentence holds it outside the
  marked words or if a later quote has it;
- several items (lists, what is not so, comparisons, both sides, summaries): right if some quote has each of
  them (of a summary, `at_least` so many), partial if one of them;
- yes or no: right if the verdict is the stated one and the gold is quoted, partial if only one of the two is
  so and the verdict isn't the contrary;
- of the library: right if the listing has those wanted, the newest first, so many, of those outlets, by that
  author; partial if it has some of them, or if there is no listing and articles are only cited. For news
  articles cited do, each once, in their order.

Right is no more than partial with a quote from an article that a summary isn't of, or with words that must
never be among the answer's. A near miss is to be refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

from ingest.converters.registry import read_article
from rag.schema.answer import Answer
from rag.schema.article import Article, Span
from rag.schema.evidence import Evidence
from rag.text.folding import flatten

EXAMPLES = Path(__file__).parents[2] / "examples"
ARTICLES = EXAMPLES / "articles"
FILES = {"open": EXAMPLES / "desk.yaml", "kept": EXAMPLES / "kept" / "desk.yaml"}
Outcome = Literal["right", "partial", "wrong", "refused"]
# Where the sentence matters, not the words in it.
_QUOTED_WHOLE = ("yes-no", "compare", "summary", "statement", "definition")


@dataclass(frozen=True, slots=True)
class Gold:
    """What answers: where some words of its sentence are in the article's text, and the answer among them."""

    file: str
    quote: Span
    answer: Span
    item: str | None

    @classmethod
    def of(cls, stated: Mapping[str, str], folder: Path) -> Gold:
        """Find what `desk.yaml` states in the article of that folder."""
        start = example(stated["file"], folder).text.find(stated["quote"])
        if start < 0:
            raise ValueError(f"{stated['file']} doesn't hold {stated['quote']!r}")
        quote = Span(start, start + len(stated["quote"]))
        words = stated.get("answer", stated["quote"])
        first = start + stated["quote"].index(words)
        return cls(stated["file"], quote, Span(first, first + len(words)), stated.get("item"))


@dataclass(frozen=True, slots=True)
class DeskQuestion:
    """A question, and as `desk.yaml` states it what is right."""

    id: str
    kind: str
    text: str
    language: str
    gold: tuple[Gold, ...]
    stated: Mapping[str, object]
    folder: Path = ARTICLES

    @property
    def miss(self) -> str | None:
        """What is amiss with a near miss; None for a question that the articles answer."""
        return self.stated.get("miss")

    @property
    def crosses_languages(self) -> bool:
        """Whether it is answered in another language than it is asked in."""
        return bool(self.gold) and self.language not in {
            example(one.file, self.folder).language for one in self.gold
        }

    def outcome(self, answer: Answer) -> Outcome:
        """Return what became of it."""
        if self.miss:
            listed = answer.listing is not None and answer.listing.articles
            return "wrong" if answer.claims or listed else "refused"
        if not answer.claims and answer.status != "catalogue":
            return "refused"
        if not self.gold:
            found = _of_the_library(answer, self.stated, self.folder)
            told = self.kind == "news" or answer.status == "catalogue"
            return "partial" if found == "right" and not told else found
        found = _verdict(self, answer) if self.kind == "yes-no" else _quoted(self, answer)
        return "partial" if found == "right" and self._says_too_much(answer) else found

    def _says_too_much(self, answer: Answer) -> bool:
        never = [flatten(words).lower() for words in self.stated.get("never", ())]
        said = [flatten(one.answer_words or one.quote).lower() for one in answer.citations]
        of = {one.file for one in self.gold}
        strange = self.kind == "summary" and any(_file(one) not in of for one in answer.citations)
        return strange or any(words in text for words in never for text in said)


@cache
def example(name: str, folder: Path = ARTICLES) -> Article:
    """Return an article of the examples, or of another folder, as the library reads it."""
    path = folder / name
    return read_article(path.read_bytes(), str(path))


def desk_questions(half: str) -> Iterator[DeskQuestion]:
    """Every question of one half, `open` or `kept`, in the file's order."""
    yield from questions_in(FILES[half], ARTICLES)


def questions_in(file: Path, folder: Path) -> Iterator[DeskQuestion]:
    """Every question of a file, to be asked of that folder's articles, in the file's order."""
    for stated in yaml.safe_load(file.read_text(encoding="utf-8")):
        gold = tuple(Gold.of(one, folder) for one in stated.get("gold", ()))
        asked = (stated["id"], stated["kind"], stated["question"], stated["language"])
        yield DeskQuestion(*asked, gold, stated, folder)


def _file(evidence: Evidence) -> str:
    return Path(evidence.article.source).name


def _holds(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _quotes(evidence: Evidence, gold: Gold) -> bool:
    """Whether the quote holds the gold's answer, or at least half of it: a sentence may end in it."""
    if _file(evidence) != gold.file:
        return False
    shared = min(evidence.end, gold.answer.end) - max(evidence.start, gold.answer.start)
    return 2 * shared >= gold.answer.end - gold.answer.start


def _has(evidence: Evidence, gold: Gold) -> bool:
    """Whether the words marked in the quote are the gold's answer; the whole quote where none are."""
    span = evidence.answer_span
    if span is None:
        return _quotes(evidence, gold)
    if _file(evidence) != gold.file:
        return False
    half = 2 * (span.end - span.start) >= gold.answer.end - gold.answer.start
    return _holds(span, gold.answer) or (half and _holds(gold.answer, span))


def _quoted(question: DeskQuestion, answer: Answer) -> Outcome:
    """Judge an answer by what it quotes."""
    has = _quotes if question.kind in _QUOTED_WHOLE else _has
    shown = answer.citations
    items = {gold.item for gold in question.gold}
    if items != {None}:
        found = {gold.item for gold in question.gold for one in shown if has(one, gold)}
        wanted = question.stated.get("at_least", len(items))
        return "right" if len(found) >= wanted else "partial" if found else "wrong"
    if any(has(shown[0], gold) for gold in question.gold):
        return "right"
    return "partial" if any(_quotes(one, gold) for one in shown for gold in question.gold) else "wrong"


def _verdict(question: DeskQuestion, answer: Answer) -> Outcome:
    quoted = {gold.item for gold in question.gold for one in answer.citations if _quotes(one, gold)}
    whole = quoted == {gold.item for gold in question.gold}
    if answer.verdict == question.stated["verdict"]:
        return "right" if whole else "partial"
    return "partial" if answer.verdict is None and quoted else "wrong"


def _of_the_library(answer: Answer, stated: Mapping[str, object], folder: Path) -> Outcome:
    """Judge what is said of the library: by the listing, else by the articles cited."""
    listing = answer.listing
    if listing is not None:
        files = [Path(one.source).name for one in listing.articles]
    else:
        files = list(dict.fromkeys(_file(one) for one in answer.citations))
    if "count" in stated:
        return "right" if listing is not None and listing.total == stated["count"] else "wrong"
    if "newest" in stated:
        return _first_or_among(files, stated["newest"])
    if "author" in stated:
        said = answer.plain_text or " ".join(claim.text for claim in answer.claims)
        return "right" if stated["author"] in said else "wrong"
    if "outlets" in stated:
        # Those named, else those of the articles listed: an article may name a place as its outlet is named.
        named = [outlet for outlet in _outlets(folder) if outlet in answer.plain_text]
        return _same_or_some(named or [example(file, folder).outlet for file in files], stated["outlets"])
    wanted = stated["articles"]
    if stated["kind"] == "news":
        return "right" if files == wanted else _same_or_some(files, wanted, best="partial")
    return _same_or_some(files, wanted)


def _outlets(folder: Path) -> set[str]:
    read = (example(path.name, folder) for path in folder.iterdir() if path.is_file())
    return {one.outlet for one in read if one.outlet}


def _first_or_among(files: Sequence[str], wanted: str) -> Outcome:
    return "right" if files[:1] == [wanted] else "partial" if wanted in files else "wrong"


def _same_or_some(found: Sequence[object], wanted: Sequence[object], best: Outcome = "right") -> Outcome:
    if set(found) == set(wanted):
        return best
    return "partial" if set(found) & set(wanted) else "wrong"


def asked_carelessly(text: str) -> str:
    """Return a question in lower case, without accents and without its question mark."""
    return flatten(text).lower().rstrip(" ?")
