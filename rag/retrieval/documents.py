"""Hits as LangChain's Documents, and a search as its tracers see it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from langchain_core.documents import Document
from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import get_async_callback_manager_for_config

from rag.retrieval.retriever import Retrieved
from rag.schema.hit import Hit

NAME = "ArticleRetriever"


async def traced(asked: str, config: RunnableConfig, search: Callable[[], Awaitable[Retrieved]]) -> Retrieved:
    """Return what `search` finds, and tell the callbacks of `config` of it as of a retriever's run."""
    manager = get_async_callback_manager_for_config(config)
    if not manager.handlers:
        return await search()
    run = await manager.on_retriever_start({"name": NAME}, asked, name=NAME)
    try:
        found = await search()
    except BaseException as error:
        await run.on_retriever_error(error)
        raise
    await run.on_retriever_end(documents(found.hits))
    return found


def documents(hits: Sequence[Hit]) -> list[Document]:
    """Return passages as LangChain has them."""
    return [_document(hit) for hit in hits]


def _document(hit: Hit) -> Document:
    article = hit.article
    return Document(
        id=hit.passage_id,
        page_content=hit.text,
        metadata={
            "article_id": article.id,
            "start": hit.start,
            "end": hit.end,
            "score": hit.score,
            "title": article.title,
            "outlet": article.outlet,
            "author": article.author,
            "language": article.language,
            "published_at": article.published_at,
            "source": article.source,
            "canonical_url": article.canonical_url,
            "pages": list(article.pages(hit.start, hit.end)),
            "also_in": [one.to_dict() for one in hit.also_in],
        },
    )
