"""The same is done to a library in a folder and to one in a database: they list, count and tell the same."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import get_args

import postgres_server
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.config import LibrarySettings, Settings
from rag.library.library import Library
from rag.library.listing import Column, ListingQuery
from rag.library.records import Entry, Source
from rag.schema.article import Article, Imprint, Passage, Span
from rag.schema.question import Filters
from rag.storage.database import Place
from ui.formatting.library_status import held_lines, library_status

WORDS = st.sampled_from(
    ["Le pont", "le bac", "L'été", "ete", "Zèbre", "Ça\0va", "\U0010fffe\U0010ffff", "100 %", "à_b?", "Œ", ""]
)
DATES = st.sampled_from(
    [None, "", "2025-08-16", "2025-08-16T10:30:00+02:00", "2025-02-30", "hier", "0000-01-01", "2024-02-29"]
)
OUTLETS = st.sampled_from([None, "", "Le Phare", "le phare", "Échos", "Gazette%"])
ORIGINS, NAMES = ["folder", "other"], ["Le Phare", "Échos"]
KEYS = st.sampled_from(["a", "b", "c", "d"])

Operation = Callable[[Library], object]


def article(key: str, words: str, outlet: str | None, day: str | None, language: str | None) -> Article:
    text = f"{words} rouvre lundi. " + "Il porte deux voies. " * 20
    digest = hashlib.sha256(text.encode()).hexdigest()
    stated = {"outlet": outlet, "published_at": day, "language": language, "author": outlet}
    imprint = Imprint(*["1"] * len(Imprint.__dataclass_fields__)) if outlet == "Échos" else None
    return Article(key, text, words, f"{key}.txt", digest, **stated, imprint=imprint, page_starts=(0, 5))


@dataclass
class Acknowledge:
    one: Article
    passages: int

    def __call__(self, library: Library) -> None:
        span, key = Span(0, 10), self.one.id
        named = f"{key}:{self.one.content_hash[:6]}"
        parts = [Passage(f"{named}:{n}", key, n, n + 9, (span,)) for n in range(self.passages)]
        library.announce([passage.id for passage in parts])
        library.acknowledge([Entry(self.one, tuple(parts), Source(key, key, "d", key))], "recipe")
        library.origins.put(key, "folder")


@dataclass
class Call:
    name: str
    values: tuple

    def __call__(self, library: Library) -> object:
        place: object = library
        for part in self.name.split("."):
            place = getattr(place, part)
        return place(*self.values)


OPERATIONS = st.one_of(
    st.builds(
        Acknowledge,
        st.builds(article, KEYS, WORDS, OUTLETS, DATES, st.sampled_from([None, "fr", "en"])),
        st.integers(0, 3),
    ),
    st.builds(lambda key: Call("remove", (key,)), KEYS),
    st.builds(lambda key: Call("withdraw", (key,)), KEYS),
    st.builds(lambda key: Call("distrust", (key,)), KEYS),
    st.builds(lambda key: Call("leave_origin", ("folder", [key])), KEYS),
    st.builds(lambda one, other: Call("origins.rename", (one, other)), *[st.sampled_from(ORIGINS)] * 2),
    st.builds(lambda one, two: Call("metadata.merge", (one, two, "2025")), *[st.sampled_from(NAMES)] * 2),
    st.builds(lambda one: Call("metadata.unmerge", (one,)), st.sampled_from(NAMES)),
    st.builds(lambda key: Call("cleared", ([f"{key}:0:0"],)), KEYS),
    st.just(Call("forget_indexing", ())),
)  # fmt: skip


def told(library: Library) -> dict[str, object]:
    """All that a library lists and counts, in its order."""
    columns = get_args(Column)
    queries = [ListingQuery(sort=column, descending=down) for column in columns for down in (True, False)]
    queries += [ListingQuery(words=words) for words in ("ete", "pont", "100 %", "_", "ca\0va")]
    queries += [
        ListingQuery(undated=True), ListingQuery(without_outlet=True), ListingQuery(outlet="Le Phare"),
        ListingQuery(date_from=date(2025, 8, 16), date_to=date(2025, 8, 16)),
        ListingQuery(date_to=date(2024, 12, 31)),
    ]  # fmt: skip
    ids = ["d", "a", "c", "b", "none"]
    between = Filters(date_from=date(2024, 1, 1), date_to=date(2025, 8, 16))
    return {
        "articles": library.articles(), "named": library.articles(ids), "newest": library.newest(3),
        "counts": library.counts(), "languages": library.languages(), "authors": library.authors(),
        "unlisted": library.unlisted(), "listing": [library.listing.page(query) for query in queries],
        "facets": library.facets.facets(), "missing": library.facets.missing(),
        "timeline": library.facets.timeline(2, 5), "described": sorted(library.facets.described().items()),
        "outlets": library.metadata.outlets(), "of outlets": library.listing.outlet_counts(Filters()),
        "chosen": [library.listing.chosen(between), library.listing.chosen(between, oldest_first=True)],
        "matching": sorted(library.listing.matching(between, "le")), "reprints": library.reprints.of(ids),
        "revisions": [[(r.number, r.text, r.title) for r in library.revisions.of(key)] for key in ids],
        "sources": [library.sources_of(key) for key in ids], "origin": sorted(library.origins.keys("folder")),
        "only from": library.origins.only_from("folder"),
        "dismissed": [library.origins.is_dismissed(key) for key in ids],
        "passages": [library.passages_of(key) for key in ids], "whole": sorted(library.whole(ids).items()),
        "hashes": library.content_hashes(ids), "waiting": library.not_indexed("recipe"),
        "arrived": library.standing.arrived(0) and [*library.standing.arrived(0)],
    }  # fmt: skip


@pytest.fixture
def both(tmp_path: Path, postgres_place: Place) -> Iterator[tuple[Library, Library]]:
    with closing(Library(tmp_path / "file")) as one, closing(Library(postgres_place)) as other:
        yield one, other


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(operations=st.lists(OPERATIONS, min_size=1, max_size=10))
def test_a_library_tells_the_same_on_both_engines(both: tuple[Library, Library], operations: list[Operation]):
    for library in both:
        for key in ("a", "b", "c", "d"):
            library.remove(key)
            library.origins.welcome([key])
        library.cleared(library.unlisted())
        for name in library.metadata.aliases():
            library.metadata.unmerge(name)
    for operation in operations:
        before = [library.version() for library in both]
        found = [operation(library) for library in both]
        assert found[0] == found[1]
        changed = [library.version() != was for library, was in zip(both, before, strict=True)]
        assert changed[0] == changed[1], operation
    one, other = (told(library) for library in both)
    for name in one:
        assert one[name] == other[name], name
    assert both[1].problems() == []


def test_what_one_has_acknowledged_another_tells_at_once(postgres_place: Place):
    """As on two machines: each has looked before, and knows what there was."""
    with closing(Library(postgres_place)) as one, closing(Library(postgres_place)) as other:
        dossier = one.dossiers.create("", "Ponts")
        for number, outlet in enumerate(("Le Phare", "Échos")):
            assert told(one) == told(other)
            other.dossiers.members([dossier.id])
            made = article("abcd"[number], "Le pont", outlet, "2025-08-16", ("fr", "en")[number])
            Acknowledge(made, 2)(one)
            one.dossiers.add(dossier.id, "", [made.id])
            assert told(other) == told(one)
            assert other.languages() == sorted(["fr", "en"][: number + 1])
            assert other.dossiers.members([dossier.id]) == tuple("abcd"[: number + 1])
        one.remove("a")
        assert [found.id for found in other.articles()] == ["b"]
        assert other.authors() == ["Échos"]


def test_the_status_of_a_shared_library_names_its_database_and_no_password(postgres_place: Place):
    settings = Settings(data_dir=postgres_place.folder, library=LibrarySettings(url=postgres_place.url))
    with closing(Library(settings.place)) as library:
        Acknowledge(article("a", "Le pont", None, None, "fr"), 2)(library)
        now = library_status(library, settings)
    assert now.sizes["library"] > 100_000
    told = f"{now} {now.to_dict()} {held_lines(now, 'en')}"
    assert f"1 articles, 2 passages, 1 sources in {library.name}." in told
    assert postgres_server.PASSWORD not in told
