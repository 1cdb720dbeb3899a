"""Finds what each regular expression takes longest for, and puts that into files and questions.

    python benchmarks/patterns.py --minutes 4 [--only FILE]

Every expression that Sourcier compiles, when it is imported and while it ingests the examples and answers
questions of them, is taken apart; what its repeats repeat, and what leads to them, is repeated (pumped) and
searched at growing lengths. Many expressions are steep on what never reaches them; so each pump that was
found, and the usual ones, stand then in files of several formats and in questions, as hostile people would
write them: all are read soon. `--only` tells of the steep expressions of a file.
"""

from __future__ import annotations

import argparse
import ast
import html
import importlib
import json
import pkgutil
import random
import re
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from re import _constants as op
from re import _parser as parser

ROOT = Path(__file__).parent.parent
PACKAGES = ("rag", "ingest", "ui")
SHORT, LONG = 4_000, 16_000  # characters: four times as many take four times as long, or sixteen times
SLOW = 0.02  # seconds for the short text, from which on it is looked at closely: a linear one takes 0.0004
STEEP = 8  # times as long for four times the text, or more: no longer linear
QUESTIONS = (
    "Quand le pont de Corvenne a-t-il rouvert ?", "Combien a coûté la piscine de Malvoisy ?",
    "Qui a critiqué le maire, et pourquoi ?", "Résume les articles de mars 2026 sur la crue.",
    "What did the harbour master of Kestwick say about the £3m engine?", "Et en 2025 ?",
    "Compare les budgets de 2025 et 2026.", "Liste les articles du Courrier depuis lundi.",
)  # fmt: skip


@dataclass
class Expression:
    """A compiled expression, and where it is written."""

    pattern: re.Pattern[str]
    places: dict[tuple[Path, int], str] = field(default_factory=dict)  # and by which function of `re`

    @property
    def written(self) -> list[str]:
        """Return the places, for people."""
        return sorted({f"{file.relative_to(ROOT)}:{line}" for file, line in self.places})

    @property
    def methods(self) -> set[str]:
        """Return how it is used: what is only matched at a text's beginning is pumped from there alone."""
        used = {method for place, how in self.places.items() for method in _methods(*place, how)}
        return used & METHODS or METHODS


METHODS = {"search", "match", "fullmatch"}
SEARCHING = {"sub", "subn", "split", "findall", "finditer"}


def _methods(file: Path, line: int, how: str) -> set[str]:
    if how == "compile":
        name = next(
            (
                target.id
                for node in ast.walk(_tree(file))
                if isinstance(node, ast.Assign | ast.AnnAssign) and node.lineno <= line <= node.end_lineno
                for target in getattr(node, "targets", [getattr(node, "target", None)])
                if isinstance(target, ast.Name)
            ),
            None,
        )
        own = file.read_text(encoding="utf-8")
        used = set(re.findall(rf"\b{name}\.(\w+)", own if name and name[0] == "_" else _sources()))
    else:
        used = {how}
    return {"search" if one in SEARCHING else one for one in used}


@cache
def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


@cache
def _sources() -> str:
    files = (file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


class Compiled:
    """Notes every expression that Sourcier's own code has compiled while this is installed."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, int], Expression] = {}
        self._compile = re._compile
        re._compile = self._noted

    def _noted(self, pattern: str | re.Pattern, flags: int) -> re.Pattern:
        made = self._compile(pattern, flags)
        frame = sys._getframe(2)
        file = Path(frame.f_code.co_filename)
        if isinstance(made.pattern, str) and file.is_relative_to(ROOT) and file.parts[-2] != "benchmarks":
            one = self.found.setdefault((made.pattern, made.flags), Expression(made))
            one.places[file, frame.f_lineno] = sys._getframe(1).f_code.co_name
        return made


def exercise() -> None:
    """Import everything, ingest the examples and ask: what is compiled late is compiled now."""
    sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]
    for package in PACKAGES:
        for module in pkgutil.walk_packages([str(ROOT / package)], f"{package}."):
            if not module.name.endswith(("_worker", "__main__")):
                importlib.import_module(module.name)
    from desk import Desk

    from rag.engine.factory import build_chain
    from rag.entities.making import find_entities

    with tempfile.TemporaryDirectory() as folder, closing(Desk(Path(folder))) as desk:
        for file in sorted((ROOT / "examples" / "articles").iterdir()):
            (desk.files / file.name).write_bytes(file.read_bytes())
        desk.ingest()
        find_entities(desk.library)
        with closing(build_chain(desk.parts, None)) as chain:
            for question in QUESTIONS:
                chain.invoke(question)


# --- what an expression likes ---


class Sampler:
    """Makes strings that a part of an expression matches; the choices are the seed's."""

    def __init__(self, seed: int, flags: int) -> None:
        self._random = random.Random(seed)
        self._flags = flags
        self._groups: dict[int, str] = {}

    def text(self, parsed: object) -> str:
        return "".join(self._one(code, argument) for code, argument in parsed)

    def _one(self, code: object, argument: object) -> str:
        if code is op.LITERAL:
            return chr(argument)
        if code in (op.NOT_LITERAL, op.ANY):
            return "x" if argument != ord("x") else "y"
        if code is op.IN:
            return self._of_class(argument)
        if code is op.BRANCH:
            return self.text(self._random.choice(argument[1]))
        if code is op.SUBPATTERN:
            said = self.text(argument[3])
            if argument[0]:
                self._groups[argument[0]] = said
            return said
        if code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            least, most, inner = argument
            return "".join(
                self.text(inner) for _ in range(least or (most > 0 and self._random.random() < 0.5))
            )
        if code is op.ATOMIC_GROUP:
            return self.text(argument)
        if code is op.GROUPREF:
            return self._groups.get(argument, "")
        if code is op.GROUPREF_EXISTS:
            return self.text(argument[1])
        return ""  # what takes no character

    def _of_class(self, items: list) -> str:
        if items[0][0] is op.NEGATE:
            wanted = re.compile(f"[^{''.join(map(_written, items[1:]))}]", self._flags & ~re.VERBOSE)
            return next((c for c in "xa1 .-\n'é<\"" if wanted.match(c)), "☃")
        code, argument = self._random.choice(items)
        if code is op.LITERAL:
            return chr(argument)
        if code is op.RANGE:
            return chr(self._random.randint(*argument))
        return CATEGORIES.get(argument, "x")


CATEGORIES = {
    op.CATEGORY_DIGIT: "1", op.CATEGORY_SPACE: " ", op.CATEGORY_WORD: "a",
    op.CATEGORY_NOT_DIGIT: "x", op.CATEGORY_NOT_SPACE: "x", op.CATEGORY_NOT_WORD: "-",
}  # fmt: skip
CLASSES = {
    op.CATEGORY_DIGIT: r"\d", op.CATEGORY_SPACE: r"\s", op.CATEGORY_WORD: r"\w",
    op.CATEGORY_NOT_DIGIT: r"\D", op.CATEGORY_NOT_SPACE: r"\S", op.CATEGORY_NOT_WORD: r"\W",
}  # fmt: skip


def _written(item: tuple) -> str:
    code, argument = item
    if code is op.LITERAL:
        return re.escape(chr(argument))
    if code is op.RANGE:
        return f"{re.escape(chr(argument[0]))}-{re.escape(chr(argument[1]))}"
    return CLASSES[argument]


MANY = 30  # a repeat that may go on for so long is pumped


def repeats(parsed: object, before: tuple = ()) -> Iterator[tuple[tuple, object]]:
    """Every long repeat: what leads to it, and what it repeats."""
    led = list(before)
    for code, argument in parsed:
        if code in (op.MAX_REPEAT, op.MIN_REPEAT):
            if argument[1] is op.MAXREPEAT or argument[1] >= MANY:
                yield tuple(led), argument[2]
            yield from repeats(argument[2], tuple(led))
        elif code is op.BRANCH:
            for branch in argument[1]:
                yield from repeats(branch, tuple(led))
        elif code is op.SUBPATTERN:
            yield from repeats(argument[3], tuple(led))
        elif code in (op.ASSERT, op.ASSERT_NOT):
            yield from repeats(argument[1], tuple(led))
        led.append((code, argument))


def pumps(pattern: re.Pattern[str], seeds: int) -> list[tuple[str, str]]:
    """Begin and piece of texts that may cost the expression most: the piece is what is repeated."""
    parsed = parser.parse(pattern.pattern, pattern.flags)
    found: dict[tuple[str, str], None] = {}
    for seed in range(seeds):
        for led, body in repeats(parsed):
            sampler = Sampler(seed, pattern.flags)
            lead, piece = sampler.text(led), sampler.text(body)
            for one in ((lead, piece), ("", lead + piece), ("", lead), ("", lead + piece + " ")):
                if one[1]:
                    found[one] = None
        if whole := Sampler(seed, pattern.flags).text(parsed):
            found["", whole] = found["", whole + " "] = None
            for cut in {len(whole) // 2, len(whole) - 1} - {0}:
                found["", whole[:cut]] = None
    return list(found)


# --- how long it takes ---


class TooLongError(Exception):
    """The time was up."""


def seconds(pattern: re.Pattern[str], methods: set[str], text: str, most: float = 0.5) -> float:
    """How long it takes to find all that there is; `most`, if that is longer."""

    def stop(*_: object) -> None:
        raise TooLongError

    signal.signal(signal.SIGALRM, stop)
    begun = time.process_time()
    signal.setitimer(signal.ITIMER_REAL, most)
    try:
        for method in methods:
            if method == "search":
                for _ in pattern.finditer(text):
                    pass
            else:
                getattr(pattern, method)(text)
    except TooLongError:
        return most
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return time.process_time() - begun


def grown(begin: str, piece: str, end: str, length: int) -> str:
    return begin + piece * (length // len(piece)) + end


@dataclass(frozen=True)
class Slow:
    """An expression that takes more than linear time, and on what."""

    places: list[str]
    methods: list[str]
    begin: str
    piece: str
    end: str
    short: float
    long: float
    pattern: str


def slow(one: Expression, seeds: int) -> Slow | None:
    """What is found first that an expression takes long for; None if it is linear on all."""
    methods, said = one.methods, one.pattern.pattern[:160]
    for begin, piece in pumps(one.pattern, seeds):
        for end in ("", "\0"):
            short = seconds(one.pattern, methods, grown(begin, piece, end, SHORT))
            if short < SLOW:
                continue
            long = seconds(one.pattern, methods, grown(begin, piece, end, LONG))
            if long >= STEEP * short or long >= 0.5:
                return Slow(one.written, sorted(methods), begin, piece, end, short, long, said)
    return None


# --- in files and in questions ---

SIGNS = (
    " ", "\u00a0", "\n", "\t \n", ", ", ": ", "- ", "-", ".", "…", "a", "1", "1 ", "1,", "A. ", "M. ", "(",
    "[", "<", "&", "«", '"', "'", "é", "/", "|", "\\", "#", "*", "_", "`", "~", "=", "@", "a@", "www.", "http://",
    "Par ", "et qui ", "n'a ", "Paul Durand, ", "lundi ", "\u200b", "\u0301",
)  # fmt: skip
STORY = "Le pont de Corvenne a rouvert lundi. Il accueille 300 voitures par jour, dit la mairie. " * 4
OF_A_FILE = 20_000  # characters
SOON = 20.0  # seconds of the processor, for what takes a tenth of one


def files(text: str) -> Iterator[tuple[str, str]]:
    """Files of several formats that have the text where readers look closely."""
    shown, quoted = html.escape(text), json.dumps(text)
    yield "a.txt", f"{STORY}\n\n{text}\n\n{STORY}"
    yield "a.md", f"---\ntitle: {quoted}\nauthor: {quoted}\ndate: {quoted}\n---\n{STORY}\n\n{text}"
    yield "a.eml", f"Subject: {text}\nFrom: {text} <a@b.example>\nDate: {text}\n\n{STORY}\n{text}"
    for place in ("title", "h1", "h2", "p", "li", "time", "figcaption", "sup", "footer", "address"):
        yield "a.html", f"<body><article><h1>Le pont</h1><p>{STORY}</p><{place}>{shown}</{place}></article>"
    for name in ("author", "description", "article:published_time", "og:site_name", "og:title"):
        stated = f'<meta name="{name}" property="{name}" content="{shown}">'
        yield "a.html", f"<head>{stated}</head><body><article><h1>Le pont</h1><p>{STORY}</p></article>"
    yield (
        "a.html",
        f'<body><article><h1>Le pont</h1><p class="byline author">{shown}</p><p>{STORY}</p></article>',
    )
    yield "a.html", f"<body><article><h1>Le pont</h1><p>{STORY}</p>{text}</article>"


def ask(question: str) -> None:
    """Read a question for all that is known of it before anything is searched."""
    from rag.answer_span.focus import Focus
    from rag.extraction.analysed_sentence import SentenceAnalyses
    from rag.query.understanding import normalised, understand

    parsed = understand(normalised(question), ["fr", "en"], date(2026, 1, 5), lambda *_: True)
    for read in (parsed, parsed.full, Focus(parsed.full), SentenceAnalyses().of(parsed.full.text, "fr")):
        for name in dir(read):
            if not name.startswith("_"):
                getattr(read, name)


def find_names(text: str, language: str) -> None:
    """Find who is named in an article of this text, and what they say."""
    from rag.entities.analysis import analyse
    from rag.library.records import ArticleSentences
    from rag.schema.article import Article
    from rag.text.sentences import split_sentences

    article = Article("a1", text, "Le pont", "a.txt", "0" * 64, language=language)
    analyse(ArticleSentences(article, tuple(split_sentences(text, language))))


def uses(begin: str, piece: str) -> Iterator[tuple[str, Callable[[], object]]]:
    """What is done with a pumped text, and where it stands."""
    from ingest.converters.registry import read_article

    text = grown(begin, piece, "", OF_A_FILE).replace("\0", "").replace("\n\n", "\n \n")
    for name, written in files(text):
        yield (
            f"{name}: {written[:60]!r}",
            lambda n=name, w=written: read_article(w.encode("utf-8", "replace"), n),
        )
    for language in ("fr", "en"):
        yield f"entities, {language}", lambda code=language: find_names(text, code)
    short = grown(begin, piece, "", 1_900)
    for question in (f"{short} ?", f"Quand {short} ?", f"Le pont {short} a-t-il rouvert ?"):
        yield f"question {question[:30]!r}", lambda q=question: ask(q)


def broken(place: str, use: Callable[[], object]) -> tuple[float, str]:
    """How long it takes, and what is wrong with that."""
    from rag.errors import UserError

    begun = time.process_time()
    try:
        use()
    except UserError:
        pass
    except Exception as error:
        return 0.0, f"{place}: {error!r}"
    took = time.process_time() - begun
    return took, f"{place}: {took:.1f} s" if took > SOON else ""


def main() -> int:
    summary = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    summary.add_argument("--minutes", type=float, default=4)
    summary.add_argument(
        "--only", default="", help="tell of the expressions of files whose path contains this"
    )
    summary.add_argument("--seed", type=int, default=int(time.time()))
    options = summary.parse_args()
    print(f"seed {options.seed}", flush=True)
    chance, compiled = random.Random(options.seed), Compiled()
    exercise()
    begun = time.monotonic()
    expressions = list(compiled.found.values())
    chance.shuffle(expressions)
    found: list[Slow] = []
    for one in expressions:
        if time.monotonic() - begun > 30 * options.minutes:
            break
        if worst := slow(one, 1):
            found.append(worst)
            if options.only and any(options.only in place for place in worst.places):
                print(json.dumps(vars(worst), ensure_ascii=False), flush=True)
    pumped = [*{(one.begin, one.piece): None for one in found}, *(("", sign) for sign in SIGNS)]
    tried = [(place, use) for begin, piece in pumped for place, use in uses(begin, piece)]
    chance.shuffle(tried)
    wrong, slowest, done = [], 0.0, 0
    for place, use in tried:
        if time.monotonic() - begun > 60 * options.minutes:
            break
        took, why = broken(place, use)
        done, slowest = done + 1, max(slowest, took)
        if why:
            wrong.append(why)
            print(f"broken: {why}", flush=True)
    told = {"expressions": len(expressions), "steep": len(found), "pumps": len(pumped), "inputs": done}
    print(json.dumps(told | {"slowest": round(slowest, 1), "broken": len(wrong)}))
    return bool(wrong) or not done


if __name__ == "__main__":
    sys.exit(main())
