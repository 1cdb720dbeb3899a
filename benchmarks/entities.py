"""How fast entities are found and shown, in a library of made-up articles with known people and statements.

    python benchmarks/entities.py [--articles 10000] [--looked-up 300] [--ingested 200] [--seed 1]

The articles are stored as ingestion stores them, without vectors; their entities are found, and every
statement that was written into an article is looked for among those of its speaker. Then names are looked up
and their pages made, those in most articles among them, each once, as a server does. Last a part of the
articles goes through the whole ingestion, with the real encoder, and their entities are found as `sourcier
ingest` does: what that adds. Memory is what this process held at most. The exit code is 1 unless the server
makes a page in 300 ms (p95).
"""

from __future__ import annotations

import argparse
import random
import re
import resource
import statistics
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))
from fake_embedder import FakeEmbedder

from ingest.pipeline.chunking import chunker_of
from ingest.pipeline.ingestion import ingest
from rag.config import Settings
from rag.engine.engine import open_engine
from rag.engine.factory import build_chain
from rag.entities.lookup import EntityIndex
from rag.entities.making import find_entities
from rag.library.library import Library
from rag.library.records import Entry, Source
from rag.schema.article import Article, Passage
from rag.storage.write_lock import write_lock
from rag.text.sentences import split_sentences
from ui.dossiers.desk import DossierDesk
from ui.entities.desk import EntityDesk, Narrowed
from ui.entities.page_html import page_html
from ui.page.context import AppContext

OPENS = 300  # ms, at p95
_MEN = ("Paul", "Alain", "Luc", "Marc", "Karim", "Hugo", "Yann", "Denis")
_WOMEN = ("Nadia", "Claire", "Odile", "Jeanne", "Sophie", "Inès", "Léa", "Maud")
_SYLLABLES = re.findall("...", "barbelcordalfergarlammornavpelrousartavvervorzan")
_ROLES = {
    "fr": ["le maire", "la directrice", "le préfet", "la procureure", "le syndicaliste"],
    "en": ["the mayor", "the director", "the prosecutor", "the minister", "the captain"],
}
_WORDS = {
    "fr": "le pont sera réparé avant la fin de chaque chantier numéro {n}",
    "en": "the bridge will be mended before the end of works number {n}",
}
_SAID = {
    "fr": [
        "« {Words} », a déclaré {role}, {name}.",
        "{Name_role}, {name}, a assuré que {words}.",
        "Selon {name}, {words}.",
        "{name} était là. « {Words} », a-t-{pronoun} ajouté.",
    ],
    "en": [
        "“{Words},” said {role}, {name}.",
        "{Name_role}, {name}, said {words}.",
        "According to {name}, {words}.",
        "{name} was there. “{Words},” {pronoun} added.",
    ],
}
_FILLING = {
    "fr": "Les travaux de {town} ont commencé en mars et coûtent {n} euros. Rien n'a changé depuis, et la rue"
    " reste fermée. Les habitants attendent le mois de juin pour en savoir plus sur la suite du chantier.",
    "en": "The works in {town} began in March and cost {n} pounds. Nothing has changed since, and the street"
    " stays closed. People will have to wait for June to know more of what is to come.",
}


@dataclass(frozen=True, slots=True)
class Made:
    """An article, and who says which words in it."""

    article: Article
    said: tuple[tuple[str, str], ...]


def made_up(count: int, seed: int) -> list[Made]:
    """Return articles in French and English; a few people are in many of them, most in few."""
    draw = random.Random(seed)
    surnames = sorted({"".join(draw.sample(_SYLLABLES, 3)).title() for _ in range(3000)})[
        : max(50, count // 4)
    ]
    people = [f"{draw.choice(_MEN + _WOMEN)} {surname}" for surname in surnames]
    towns = [f"{''.join(draw.sample(_SYLLABLES, 2)).title()}ville" for _ in range(200)]
    weights = [1 / (rank + 1) for rank in range(len(people))]
    found = []
    for number in range(count):
        language = "en" if number % 4 == 3 else "fr"
        names = list(dict.fromkeys(draw.choices(people, weights, k=4)))
        parts, said = [], []
        for place, name in enumerate(names):
            words = _WORDS[language].format(n=number * 10 + place)
            parts.append(_FILLING[language].format(town=draw.choice(towns), n=draw.randint(2, 900) * 1000))
            parts.append(_sentence(draw, language, name, words))
            said.append((name, words))
        day = f"{2020 + number % 6}-{1 + number % 12:02}-{1 + number % 28:02}"
        article = Article(
            f"a{number:06}", "\n".join(parts), f"Article {number}", f"a{number}.md", f"hash{number}",
            outlet=f"Journal {number % 9}", language=language, published_at=day,
        )  # fmt: skip
        found.append(Made(article, tuple(said)))
    return found


def _sentence(draw: random.Random, language: str, name: str, words: str) -> str:
    role = draw.choice(_ROLES[language])
    is_woman = name.split()[0] in _WOMEN
    pronoun = {"fr": ("il", "elle"), "en": ("he", "she")}[language][is_woman]
    return draw.choice(_SAID[language]).format(
        Words=words[0].upper() + words[1:], words=words, role=role, name=name, pronoun=pronoun,
        Name_role=role[0].upper() + role[1:],
    )  # fmt: skip


def store(library: Library, made: list[Made]) -> None:
    """List the articles, each as one passage, as if indexes had them."""
    for start in range(0, len(made), 500):
        entries = []
        for one in made[start : start + 500]:
            article = one.article
            sentences = tuple(split_sentences(article.text, article.language))
            passage = Passage(f"{article.id}:0", article.id, 0, len(article.text), sentences)
            source = Source(article.source, article.source, article.content_hash, article.id)
            entries.append(Entry(article, (passage,), source))
        library.acknowledge(entries, "made up")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--looked-up", type=int, default=300)
    parser.add_argument("--ingested", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    made = made_up(options.articles, options.seed)
    with tempfile.TemporaryDirectory() as folder:
        with closing(Library(Path(folder))) as library:
            measure_library(library, made, Path(folder), options)
        in_time = tell_served(Path(folder), made, options.looked_up, options.seed)
    if options.ingested:
        tell_ingestion(made[: options.ingested])
    print(f"memory at most: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
    sys.exit(0 if in_time else 1)


def measure_library(library: Library, made: list[Made], folder: Path, options: argparse.Namespace) -> None:
    """Store the articles and find their entities; print what it took, what was found, and how soon."""
    store(library, made)
    size = (folder / "library.sqlite3").stat().st_size
    began = time.perf_counter()
    find_entities(library)
    spent = time.perf_counter() - began
    grown = (folder / "library.sqlite3").stat().st_size - size
    each, size = 1000 * spent / len(made), grown / len(made)
    print(f"{len(made)} articles: {each:.1f} ms each, {size:.0f} bytes each")
    print(f"entities: {library.entities.counts()}")
    tell_recall(library, made)
    tell_pages(library, made, options.looked_up, options.seed)


def tell_recall(library: Library, made: list[Made]) -> None:
    """Print how many of the statements that were written are found, and how many are not theirs."""
    index, wanted, right, wrong = EntityIndex(library), 0, 0, 0
    names = sorted({name for one in made for name, _ in one.said})[:200]
    said: dict[str, set[str]] = {name: set() for name in names}
    for name, words in (pair for one in made for pair in one.said):
        if name in said:
            said[name].add(_number(words))
    for name in names:
        meant = index.find(name).meant
        wanted += len(said[name])
        if meant is not None:
            found = {_number(one.quote) for one in index.statements(meant, count=100_000).found}
            right += len(found & said[name])
            wrong += len(found - said[name])
    print(f"statements of {len(names)} people: {right} of {wanted} found, {wrong} that they didn't make")


def _number(words: str) -> str:
    """Return the number by which made-up words are told apart."""
    return re.findall(r"(?:numéro|number) (\d+)", words)[-1]


def tell_pages(library: Library, made: list[Made], count: int, seed: int) -> None:
    """Print how long a name takes from look-up to page, those in most articles first among others."""
    index, asked = EntityIndex(library), names_to_ask(library, made, count, seed)
    for what in ("page", "statements", "near names"):
        times = []
        for name in asked:
            began = time.perf_counter()
            found = index.find(f"{name[:-2]}qq" if what == "near names" else name)
            if what == "page" and found.meant is not None:
                index.page(found.meant).to_dict()
            elif what == "statements" and found.meant is not None:
                index.statements(found.meant, "pont bridge")
            times.append(1000 * (time.perf_counter() - began))
        tell_times(what, times)


def names_to_ask(library: Library, made: list[Made], count: int, seed: int) -> list[str]:
    """Return the names in most articles, then others."""
    draw = random.Random(seed)
    most = [one.name for kind in ("person", "place") for one in library.entities.most_named(kind, 10)]
    others = sorted({name for one in made for name, _ in one.said})
    return most + draw.sample(others, min(len(others), count - len(most)))


def tell_served(folder: Path, made: list[Made], count: int, seed: int) -> bool:
    """Print how long the server takes from a name to its page; return whether that is in time."""
    settings = Settings(data_dir=folder)
    with (
        closing(open_engine(settings, FakeEmbedder())) as engine,
        closing(build_chain(engine, None)) as chain,
        closing(AppContext(engine, chain)) as context,
    ):
        desk, times = EntityDesk(context, DossierDesk(context)), []
        for name in names_to_ask(engine.library, made, count, seed):
            began = time.perf_counter()
            meant = desk.find(name, "", "").meant
            opened = meant and desk.open(meant.id, "", "", Narrowed())
            if opened:
                page_html(opened, "fr")
            times.append(1000 * (time.perf_counter() - began))
        return tell_times("page with its markup, on the server", times) <= OPENS


def tell_times(what: str, times: list[float]) -> float:
    """Print what was measured, in milliseconds; return its p95."""
    p95 = statistics.quantiles(times, n=20)[-1]
    print(f"{what}: median {statistics.median(times):.0f} ms, p95 {p95:.0f} ms, most {max(times):.0f} ms")
    return p95


def tell_ingestion(made: list[Made]) -> None:
    """Print what finding entities adds to ingestion, in turns of one run."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder) / "data")
        parts = [made[start::4] for start in range(4)]
        reading = finding = 0.0
        with write_lock(settings.place), closing(open_engine(settings)) as engine:
            for number, part in enumerate(parts):
                files = Path(folder) / f"part{number}"
                files.mkdir()
                for one in part:
                    stated = f"---\ntitle: {one.article.title}\nlanguage: {one.article.language}\n---\n\n"
                    (files / f"{one.article.id}.md").write_text(stated + one.article.text, encoding="utf-8")
                began = time.perf_counter()
                ingest([str(files)], engine.indexer, chunker_of(engine), lambda _: None)
                reading += time.perf_counter() - began
                began = time.perf_counter()
                find_entities(engine.library)
                finding += time.perf_counter() - began
        read, found = 1000 * reading / len(made), 1000 * finding / len(made)
        share = reading / (reading + finding)
        print(
            f"ingestion: {read:.0f} ms an article, entities {found:.1f} ms; {share:.2f} of the speed without"
        )


if __name__ == "__main__":
    main()
