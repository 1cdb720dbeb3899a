"""LangChain's plain chain, as its documentation builds one: the nearest chunks, whole, in one prompt.

Knows LangChain's pieces, the stock retriever and a chat model; nothing of Sourcier's retrieval, evidence,
prompts or checks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from langchain_core.documents import Document
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnablePassthrough
from langchain_core.vectorstores import VectorStoreRetriever

from ui.evaluation.answers import AnsweredQuestion, stream
from ui.evaluation.questions.dataset import GoldQuestion

# How many chunks LangChain's retrievers give unless told otherwise.
CHUNKS = 4
# The prompt of LangChain's documentation (`rlm/rag-prompt` on its hub), word for word.
_PROMPT = """\
You are an assistant for question-answering tasks. Use the following pieces of retrieved context to answer \
the question. If you don't know the answer, just say that you don't know. Use three sentences maximum and \
keep the answer concise.
Question: {question}
Context: {context}
Answer:"""

# What is said not to tell: of other things the same verbs are an answer ("l'eau ne contient pas de plomb").
_CONTEXT = r"\b(?:contexte?|texte?|articles?|passages?|documents?|extraits?|informations?)\b[^.!?]{0,80}"
_REFUSALS = re.compile(
    "|".join(
        [
            r"\bje ne (?:sais|connais|trouve|dispose|vois) pas\b",
            r"\bje ne (?:peux pas (?:répondre|déterminer|fournir|donner)|suis pas (?:en mesure|sûr|certain))",
            r"\b(?:ne (?:mentionne|précise|spécifie)|n'indique)(?:nt)? (?:pas|aucun|rien)",
            _CONTEXT
            + r"\bne (?:contient|contiennent|fournit|fournissent|donnent?|dit|disent|disposent?|permet"
            r"|permettent|répond|répondent|parlent?) (?:pas|aucun|rien)",
            r"\bpas (?:\w+ )?(?:(?:mentionné|précisé|spécifié|indiqué)e?s?\b|fournie?s? dans\b)",
            r"\b(?:pas|aucune) (?:assez |suffisamment )?(?:d'|de |cette )?(?:information|mention)",
            r"\bi (?:(?:don't|do not) (?:know|have)|can't|cannot|am unable)\b",
            r"\b(?:doesn't|don't|does not|do not) (?:\w+ )?(?:mention|specify)\b",
            _CONTEXT + r"\b(?:doesn't|don't|does not|do not) (?:\w+ )?(?:state|say|provide|contain)\b",
            r"\bnot (?:\w+ )?(?:mentioned|specified|stated|provided) in\b",
            r"\bno (?:\w+ )?information\b",
        ]
    )
)


class BaselineChain:
    """`retriever | prompt | model | StrOutputParser()` over the stock chunks."""

    def __init__(self, retriever: VectorStoreRetriever, chat_model: BaseChatModel) -> None:
        found = {"context": retriever | _joined, "question": RunnablePassthrough()}
        prompt = ChatPromptTemplate.from_template(_PROMPT)
        self._chain = found | prompt | chat_model | StrOutputParser()

    def ask(self, question: GoldQuestion) -> AnsweredQuestion:
        """Ask one question. It cites nothing; whether it refuses is read from its words."""
        streamed = stream(self._chain, question.text, bool)  # pieces without text come while a prompt is read
        said = "".join(streamed.pieces)
        return AnsweredQuestion(question, said, refuses(said), cited=None, short=None, streamed=streamed)


def _joined(documents: Sequence[Document]) -> str:
    return "\n\n".join(document.page_content for document in documents)


def refuses(said: str) -> bool:
    """Return whether an answer in words says, in French or English, that it doesn't know or wasn't told.

    A handful of phrases: a refusal in other words counts as an answer.
    """
    return _REFUSALS.search(said.casefold().replace("\u2019", "'")) is not None
