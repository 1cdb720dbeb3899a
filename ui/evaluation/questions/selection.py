"""Which of the questions are asked: those of chosen articles, a sample, those whose article is left out.

Knows questions and articles; asks nothing.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rag.errors import reason_of
from rag.schema.article import Article
from ui.evaluation.questions.dataset import Corpus, GoldQuestion, clean_title
from ui.formatting.i18n import user_error


@dataclass(frozen=True, slots=True)
class Split:
    """A corpus without some of its articles, these articles, and their questions."""

    corpus: Corpus
    left_out: tuple[Article, ...]
    unanswerable: tuple[GoldQuestion, ...]


def leave_out(corpus: Corpus, share: float, seed: int) -> Split:
    """Take this share of the articles, drawn with `seed`, out: nothing answers their questions any more."""
    drawn = random.Random(seed).sample(corpus.articles, round(share * len(corpus.articles)))
    out = {article.id for article in drawn}
    digest = hashlib.sha256("\n".join([corpus.digest, *sorted(out)]).encode()).hexdigest()
    smaller = replace(
        corpus,
        articles=tuple(article for article in corpus.articles if article.id not in out),
        questions=tuple(asked for asked in corpus.questions if asked.gold[0].article_id not in out),
        digest=digest,
    )
    unanswerable = tuple(asked for asked in corpus.questions if asked.gold[0].article_id in out)
    return Split(smaller, tuple(drawn), unanswerable)


def read_titles(file: Path) -> frozenset[str]:
    """Return the titles that a file lists, one a line.

    Raises:
        UserError: The file can't be read, isn't UTF-8 or lists none.
    """
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise user_error("eval_unreadable", file=file, reason=reason_of(error)) from None
    except UnicodeDecodeError:
        raise user_error("eval_titles_not_text", file=file) from None
    titles = frozenset(filter(None, map(clean_title, lines)))
    if not titles:
        raise user_error("eval_titles_none", file=file)
    return titles


def about(corpus: Corpus, titles: frozenset[str]) -> Corpus:
    """Return the corpus with only the questions of the articles that have these titles, and all articles.

    Raises:
        UserError: No article has one of the titles.
    """
    named = {article.id: clean_title(article.title) for article in corpus.articles}
    if unknown := sorted(titles - set(named.values())):
        raise user_error("eval_titles_unknown", title=unknown[0])
    kept = (asked for asked in corpus.questions if named[asked.gold[0].article_id] in titles)
    return replace(corpus, questions=tuple(kept))


def sample(questions: Sequence[GoldQuestion], limit: int | None, seed: int) -> list[GoldQuestion]:
    """Return `limit` of the questions, drawn with `seed`, in the files' order; all without a limit."""
    if limit is None or limit >= len(questions):
        return list(questions)
    drawn = random.Random(seed).sample(range(len(questions)), limit)
    return [questions[number] for number in sorted(drawn)]
