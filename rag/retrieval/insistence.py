"""Which of the articles that an answer rests on say the same thing over and over, as if to be found.

Pure. An article that repeats a sentence, whatever figures it gives each time, fills what is found and what is
read: it is one source all the same, and the others are to be heard beside it.
"""

from __future__ import annotations

from collections.abc import Iterable

from rag.retrieval.retriever import Retrieved
from rag.schema.article import Article
from rag.verification.paraphrase import comparable, overlap

# So many sentences of what was found in an article that are one, figures aside, are insistence.
OFTEN = 3
# Share of their terms that two sentences have in common, if they are one; the fewest terms that count.
_ALIKE, _FEWEST_TERMS = 0.9, 3


def insistent(articles: Iterable[Article], retrieved: Retrieved) -> frozenset[str]:
    """Return the ids of those that repeat a sentence in what was found of them."""
    return frozenset(
        article.id for article in {a.id: a for a in articles}.values() if _insists(article, retrieved)
    )


def _insists(article: Article, retrieved: Retrieved) -> bool:
    spans = {span for hit in retrieved.hits if hit.article.id == article.id for span in hit.sentences}
    read = (
        comparable(retrieved.analyses.of(article.text[span.start : span.end], article.language))
        for span in sorted(spans)
    )
    said = [sentence for sentence in read if len(sentence.content) >= _FEWEST_TERMS]
    return any(sum(overlap(one, other) >= _ALIKE for other in said) >= OFTEN for one in said)
