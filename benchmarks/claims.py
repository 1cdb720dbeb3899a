"""How many false claims the check accepts, and how many true ones it refuses.

    python benchmarks/claims.py [--part seen|more|kept|drawn|fresh] [--show]

Three sets: `tests/data/verification.yaml` (French and English, within one language),
`tests/data/claims/relations.yaml` and `tests/data/claims/articles.yaml` (claims that share every name and
number with their quote, more than half of them across languages; the latter on sentences of the example
articles), with the bundled encoder. `--show` prints each claim that is judged wrongly, but none of the part
`kept`, since rules aren't to be made for those of `kept`.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from labelled_claims import JudgedClaim, articles_set, judged, relations_set, words_set  # noqa: E402

from rag.config import EmbeddingSettings  # noqa: E402
from rag.models.embedder_factory import load_embedder  # noqa: E402

# Each part with the file of `tests/data/claims` that it is in.
_PARTS = {
    "seen": "relations", "more": "relations", "kept": "relations", "drawn": "articles", "fresh": "articles",
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", choices=(*_PARTS, "all"), default="all")
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    embedder = load_embedder(EmbeddingSettings())
    if options.part == "all":
        found = judged(words_set(), embedder)
        _print("verification.yaml", found)
        if options.show:
            _show(found)
    for part in _PARTS if options.part == "all" else (options.part,):
        found = judged([c for c in (*relations_set(), *articles_set()) if c.part == part], embedder)
        _print(f"{_PARTS[part]}.yaml, {part}", found)
        if options.show and part != "kept":
            _show(found)


def _show(found: list[JudgedClaim]) -> None:
    for one in found:
        if one.is_wrong:
            claim = one.claim
            print(f"  {claim.label:10} {claim.text}\n{'':13}{claim.quote}\n{'':13}{one.reasons}")


def _print(name: str, found: list[JudgedClaim]) -> None:
    print(name)
    for crossing in (False, True):
        claims = [one for one in found if one.claim.crossing == crossing]
        if not claims:
            continue
        false = [one for one in claims if one.claim.label != "ok"]
        true = [one for one in claims if one.claim.label == "ok"]
        accepted, refused = sum(c.is_wrong for c in false), sum(c.is_wrong for c in true)
        where = "across languages" if crossing else "within a language"
        print(f"  {where}: false accepted {accepted} of {len(false)}, true refused {refused} of {len(true)}")
    kinds = Counter(one.claim.label for one in found if one.is_wrong and one.claim.label != "ok")
    print("  false accepted by kind:", dict(kinds.most_common()))


if __name__ == "__main__":
    main()
