"""Claims labelled right or wrong beside the quotes that they cite, and how the check judges them.

Three sets in `tests/data`: `verification.yaml`, within one language, and `claims/relations.yaml` and
`claims/articles.yaml`, half of them across languages. A claim is judged as an answer's would be, without
regard to a question.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from ingest.converters.registry import read_article
from rag.generation.claim_checker import ClaimChecker
from rag.models.embedder import Embedder
from rag.query.parsed_question import ParsedQuestion
from rag.query.question_text import QuestionText
from rag.schema.article import Article
from rag.schema.evidence import Evidence
from rag.schema.question import NO_FILTERS, Question
from rag.text.sentences import split_sentences

_ROOT = Path(__file__).parents[2]
_DATA, _EXAMPLES = _ROOT / "tests" / "data", _ROOT / "examples" / "articles"


@dataclass(frozen=True)
class LabelledClaim:
    """A claim in `language` on its evidence; `label` is `ok` or the one thing that is wrong with it."""

    text: str
    language: str
    evidence: tuple[Evidence, ...]
    label: str
    part: str = "seen"

    @property
    def crossing(self) -> bool:
        """Whether it is in another language than its quotes."""
        return any(item.article.language != self.language for item in self.evidence)

    @property
    def quote(self) -> str:
        """The quotes in a row."""
        return " ".join(item.quote for item in self.evidence)


@dataclass(frozen=True)
class JudgedClaim:
    """A labelled claim with what checking it found."""

    claim: LabelledClaim
    supported: bool
    reasons: tuple[str, ...]

    @property
    def is_wrong(self) -> bool:
        """Whether a false one was accepted or a true one refused."""
        return self.supported != (self.claim.label == "ok")


def judged(claims: Iterator[LabelledClaim], embedder: Embedder) -> list[JudgedClaim]:
    """Judge each claim by the check of answers."""
    found = []
    for claim in claims:
        own = QuestionText("", claim.language)
        question = ParsedQuestion(Question("?"), own, own, own, NO_FILTERS)
        checker = ClaimChecker(question, claim.evidence, {}, embedder)
        verified = checker.verified(claim.text, claim.evidence)
        found.append(JudgedClaim(claim, verified.status == "supported", verified.reasons))
    return found


@cache
def words_set() -> tuple[LabelledClaim, ...]:
    """The claims of `verification.yaml`."""
    data = yaml.safe_load((_DATA / "verification.yaml").read_text(encoding="utf-8"))
    articles = {item["id"]: _listed(item) for item in data["articles"]}
    return tuple(
        LabelledClaim(
            pair["claim"],
            pair.get("language", articles[pair["article"]].language),
            tuple(evidence_of(articles[pair["article"]], pair["quote"])),
            pair["label"],
        )
        for pair in data["pairs"]
    )


@cache
def relations_set() -> tuple[LabelledClaim, ...]:
    """The claims of `claims/relations.yaml`."""
    return _claims_of("relations")


@cache
def articles_set() -> tuple[LabelledClaim, ...]:
    """The claims of `claims/articles.yaml`."""
    return _claims_of("articles")


def _claims_of(name: str) -> tuple[LabelledClaim, ...]:
    data = yaml.safe_load((_DATA / "claims" / f"{name}.yaml").read_text(encoding="utf-8"))
    return tuple(claim for item in data["articles"] for claim in _on_sentences(item))


def _on_sentences(item: dict) -> Iterator[LabelledClaim]:
    if "file" in item:
        article = read_article((_EXAMPLES / item["file"]).read_bytes(), item["file"])
    else:
        text = " ".join(item["sentences"])
        article = Article(item["id"], text, "", item["id"], "0", language=item["language"])
    starts = [article.text.index(sentence) for sentence in item["sentences"]]
    for claim in item["claims"]:
        evidence = tuple(
            Evidence(article, starts[n - 1], starts[n - 1] + len(item["sentences"][n - 1]))
            for n in claim["cites"]
        )
        yield LabelledClaim(claim["text"], claim["language"], evidence, claim["label"], item["part"])


def _listed(item: dict[str, str]) -> Article:
    """An article of the set: written there, or a file of the examples."""
    if "file" in item:
        return read_article((_EXAMPLES / item["file"]).read_bytes(), item["file"])
    return Article(
        item["id"], item["text"], item["title"], "a.txt", "0", outlet=item["outlet"],
        language=item["language"], published_at=item["published_at"],
    )  # fmt: skip


def evidence_of(article: Article, quotes: str) -> list[Evidence]:
    """The quotes with their neighbours: three sentences before, one after."""
    sentences = split_sentences(article.text, article.language)
    found = []
    for quote in quotes.split(" ++ "):
        start = article.text.index(quote)
        end = start + len(quote)
        before = [sentence for sentence in sentences if sentence.end <= start][::-1][:3]
        after = [sentence for sentence in sentences if sentence.start >= end][:1]
        found.append(Evidence(article, start, end, before=tuple(before), after=tuple(after)))
    return found
