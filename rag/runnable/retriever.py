"""The library as a LangChain retriever: its Documents are passages, with where they stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from rag.retrieval.documents import documents
from rag.runnable.inputs import question_of
from rag.schema.hit import Hit
from rag.schema.question import NO_FILTERS, Filters, Question


class ArticleRetriever(BaseRetriever):
    """Finds the passages that a question is answered from, best first.

    `article.text[start:end]` is a Document's `page_content`, of the article `metadata["article_id"]`; its
    `id` is the passage's, its `score` in [0, 1] and comparable within one question.

    Attributes:
        find: Gives a question's hits, at most so many.
        hits: How many Documents are wanted at most.
        filters: What every question is narrowed to.
        infer_dates: Whether a period in a question's words narrows it too.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    find: Callable[[Question, int], Sequence[Hit]]
    hits: int
    filters: Filters = NO_FILTERS
    infer_dates: bool = True

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002
    ) -> list[Document]:
        asked = replace(question_of(query), filters=self.filters, infer_dates=self.infer_dates)
        return documents(self.find(asked, self.hits))
