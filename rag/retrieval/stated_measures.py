"""Sentences that say what is measured and give the measure: `les travaux dureront trois ans`.

Pure. Whether a question has an answer is estimated from how near its words are to passages, and a question of
few words is near to none; a sentence that has them all, with such a number, leaves nothing to estimate.
"""

from __future__ import annotations

from rag.extraction.analysed_sentence import AnalysedSentence
from rag.query import answer_type
from rag.query.measuring.asked_measure import is_measuring
from rag.query.question_text import QuestionText
from rag.text.analyzer import content_words
from rag.text.folding import word_set
from rag.text.normalization import fold
from rag.text.synonyms import meanings

# Verbs that another one needs: `combien de temps vont durer les travaux`.
_HELPING = word_set("va vont allait allaient doit doivent devait devaient devra devront peut peuvent going")
# So many words must be found that aren't all names: one word is said of anything.
_LEAST = 2


def states_measure(question: QuestionText, said: AnalysedSentence, title: AnalysedSentence) -> bool:
    """Return whether a sentence gives the measure that a question asks for, of all that it asks it of.

    Names may stand in its article's title; whether they are borne out is another matter.

    Args:
        question: The question.
        said: A sentence of an article.
        title: The title of its article.

    """
    expected = question.expected_answer
    if expected.measure is None or len(expected.parts) > 1 or not answer_type.gives(expected, said):
        return False
    language = question.language
    asked = AnalysedSentence(question.text, language)
    names = {part for name in asked.names for part in fold(name.text).split()}
    dated = {word for when in expected.measure.times for word in content_words(when.text, language)}
    found: set[str] = set()
    for word, stem in zip(question.content_words, question.terms, strict=True):
        known = said.meanings | title.meanings if word in names else said.meanings
        if not meanings(stem, language).isdisjoint(known):
            found.add(word)
        elif not (is_measuring(word) or word in dated or word in _HELPING or word[0].isdigit()):
            return False
    return len(found) >= _LEAST and not found <= names
