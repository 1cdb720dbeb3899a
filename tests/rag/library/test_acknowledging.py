"""Articles that are acknowledged together are listed as they are one after the other."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.library.library import Library
from rag.library.listing import ListingQuery
from rag.library.records import Entry, Source
from rag.schema.article import Article, Imprint, Passage, Span

# Few, so that articles, sources and texts come twice, and some texts are reprints of others.
BODY = " ".join(f"La commission numéro {n} a rendu son rapport sur le pont de Corvenne." for n in range(12))
TEXTS = [BODY, f"Mis à jour. {BODY}", "Il pleut.", "Le marché rouvre mardi. " * 3]
ENTRIES = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from(range(len(TEXTS))), st.sampled_from("wxyz")),
    max_size=6,
)


def entry(key: str, text: int, source: str) -> Entry:
    said, imprint = TEXTS[text], Imprint(*["1"] * len(Imprint.__dataclass_fields__)) if text == 1 else None
    digest = f"{text}{key}"
    stated = {"outlet": "Le Phare" if text else "Échos", "canonical_url": f"https://a.example/{key}{text}"}
    more = {"imprint": imprint, "page_starts": (0, 3) if text == 2 else (), "excerpt": text == 3}
    article = Article(key, said, f"Titre {text}", source, digest, **stated, **more)
    passage = Passage(f"{key}:{digest}:0", key, 0, 9, (Span(0, 9),))
    return Entry(article, (passage,), Source(source, source, digest, key))


def listed(library: Library) -> dict[str, object]:
    """What of a library doesn't depend on numbers that it gives out by itself."""
    ids = sorted(article.id for article in library.articles())
    return {
        "articles": library.articles(ids),
        "rows": sorted(library.listing.page(ListingQuery()).rows, key=lambda row: row.article_id),
        "reprints": library.reprints.among(ids),
        "passages": {i: library.passages_of(i) for i in ids},
        "sources": {key: library.source(key) for key in "wxyz"},
        "revisions": {i: [one.text for one in library.revisions.of(i)] for i in ids},
        "unlisted": sorted(library.unlisted()),
        "problems": library.problems(),
    }


@pytest.mark.parametrize("is_listed", [False, True], ids=["empty", "with the first ones"])
@given(first=ENTRIES, then=ENTRIES)
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_together_as_one_after_the_other(tmp_path_factory: pytest.TempPathFactory, is_listed, first, then):
    folder: Path = tmp_path_factory.mktemp("acknowledged")
    with closing(Library(folder / "one")) as one, closing(Library(folder / "all")) as together:
        for library in (one, together):
            for values in first if is_listed else ():
                library.acknowledge([entry(*values)], "recipe")
        for values in then:
            one.acknowledge([entry(*values)], "recipe")
        together.acknowledge([entry(*values) for values in then], "recipe")
        assert listed(together) == listed(one)
