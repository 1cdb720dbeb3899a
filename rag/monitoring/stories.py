"""Whether what a new article says stood in the library before: in a reprint, or in its own earlier text.

Knows articles and which of them are reprints; not what is asked of them. That two articles are reprints only
says where to look: a sentence with another figure, name or negation stood nowhere before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from rag.extraction.analysed_sentence import SentenceAnalyses
from rag.library.library import Library
from rag.schema.article import Article
from rag.schema.evidence import Evidence
from rag.text.sentences import split_sentences
from rag.verification.paraphrase import Sentence, comparable, counterpart


class Stories:
    """The articles that are new or have changed since `arrival`, beside what the library had before."""

    def __init__(self, library: Library, new: Iterable[str], analyses: SentenceAnalyses) -> None:
        self._library = library
        self.analyses = analyses
        self._sentences: dict[str, list[Sentence]] = {}
        self.new = frozenset(new)

    @cached_property
    def _reprints(self) -> dict[str, tuple[str, ...]]:
        return self._library.reprints.of(self.new)

    def reprinted(self, article_id: str) -> tuple[str, ...]:
        """Return the articles, old and new, that a new article is a reprint of."""
        return self._reprints.get(article_id, ())

    def unheard(
        self, items: Sequence[Evidence], known: Sequence[Evidence] = (), besides: Iterable[str] = ()
    ) -> list[Evidence]:
        """Return those of these quotes that say what nothing has said before.

        Args:
            items: Quotes of one new article.
            known: Other quotes that were told already.
            besides: The ids of new articles that were heard already.
        """
        told = [self._sentence(one.quote, one.article) for one in known]
        return [one for one in items if not self._stood(one, told, frozenset(besides))]

    def carried(self, item: Evidence, by: Iterable[str]) -> bool:
        """Return whether these articles, or the earlier text of its own, have all sentences of a quote."""
        before = [*self._earlier(item.article), *(one for i in by for one in self._of(i))]
        return self._has_all(item, before)

    def _stood(self, item: Evidence, told: list[Sentence], heard: frozenset[str]) -> bool:
        article = item.article
        old = [i for i in self.reprinted(article.id) if i not in self.new or i in heard]
        before = [*told, *self._earlier(article), *(one for i in old for one in self._of(i))]
        return self._has_all(item, before)

    def _has_all(self, item: Evidence, before: list[Sentence]) -> bool:
        article = item.article
        said = [item.quote[a:b] for a, b in _spans(item.quote, article)]
        return all(
            counterpart(self._sentence(one, article), before, self.analyses) is not None for one in said
        )

    def _of(self, article_id: str) -> list[Sentence]:
        if article_id not in self._sentences:
            whole = self._library.whole([article_id]).get(article_id)
            self._sentences[article_id] = (
                [self._sentence(whole.article.text[s.start : s.end], whole.article) for s in whole.sentences]
                if whole
                else []
            )
        return self._sentences[article_id]

    def _earlier(self, article: Article) -> list[Sentence]:
        """Return what an article that has changed said the last time before."""
        key = f"{article.id} before"
        if key not in self._sentences:
            revisions = self._library.revisions.of(article.id)[-1:]
            self._sentences[key] = [
                self._sentence(one.text[a:b], article)
                for one in revisions
                for a, b in _spans(one.text, article)
            ]
        return self._sentences[key]

    def _sentence(self, text: str, article: Article) -> Sentence:
        return comparable(self.analyses.of(text, article.language))


def _spans(text: str, article: Article) -> list[tuple[int, int]]:
    return [(span.start, span.end) for span in split_sentences(text, article.language)]
