"""What one article names and what these say in it: names, then whose they are, then their statements.

Pure. `VERSION` is told apart in the library: what another version found is found anew.
"""

from __future__ import annotations

import re
from dataclasses import replace

from rag.entities.joining import join
from rag.entities.names import names_in
from rag.extraction.analysed_sentence import SentenceAnalyses
from rag.library.records import ArticleSentences
from rag.schema.entity import ArticleEntities
from rag.speech.attributions import find_statements
from rag.text.normalization import fold

VERSION = 5
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def analyse(whole: ArticleSentences) -> ArticleEntities:
    """Return the entities of an article, their mentions and their statements."""
    entities, mentions = join(names_in(whole, SentenceAnalyses()))
    statements = find_statements(whole.article.text, whole.sentences, entities, mentions)
    words = _as_written(whole.article.text)
    shown = [replace(one, roles=frozenset(words.get(role, role) for role in one.roles)) for one in entities]
    return ArticleEntities(tuple(shown), tuple(mentions), tuple(statements))


def _as_written(text: str) -> dict[str, str]:
    """Return the words of a text in lower case with their accents, by how they are compared."""
    return {fold(word): word.lower() for word in _WORD.findall(text)}
