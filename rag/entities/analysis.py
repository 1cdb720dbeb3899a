"""What one article names and what these say in it: names, then whose they are, then their statements.

Pure. `VERSION` is told apart in the library: what another version found is found anew.
"""

from __future__ import annotations

from rag.entities.joining import join
from rag.entities.names import names_in
from rag.extraction.analysed_sentence import SentenceAnalyses
from rag.library.records import ArticleSentences
from rag.schema.entity import ArticleEntities
from rag.speech.attributions import find_statements

VERSION = 1


def analyse(whole: ArticleSentences) -> ArticleEntities:
    """Return the entities of an article, their mentions and their statements."""
    entities, mentions = join(names_in(whole, SentenceAnalyses()))
    statements = find_statements(whole.article.text, whole.sentences, entities, mentions)
    return ArticleEntities(tuple(entities), tuple(mentions), tuple(statements))
