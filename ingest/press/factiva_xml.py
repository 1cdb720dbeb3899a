"""Factiva in XML → its articles: what its services answer with (`PPSResponse`, `article`).

Source: how open readers take these answers apart (tm.plugin.factiva).
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from ingest.decoding.xml_document import first, found, local, words
from ingest.press.pieces import run_together
from ingest.schema.delivery import DeliveredArticle, Delivery
from rag.errors import UserError

_ONCE = ("article", "headline", "accessionno")
ROOTS = ("ppsresponse", "ppsarticleresponse", "ppsarticleresultset", "ppsarticle")


def read_factiva_xml(root: etree._Element) -> Iterator[DeliveredArticle | UserError]:
    """Yield the articles of an answer, in order.

    Raises:
        UserError: There is none in it.
    """
    articles = [one for one in found(root, "article") if first(one, "headline") is not None]
    if not articles:
        raise UserError("there is no article in it.", "il ne contient pas d'article.")
    for one in articles:
        yield _article(one)


def _article(article: etree._Element) -> DeliveredArticle | UserError:
    names = [local(one) for one in article.iterdescendants()]
    if any(names.count(name) > 1 for name in _ONCE):
        return run_together()
    text = [
        line for name in ("leadparagraph", "tailparagraphs") for line in _paragraphs(first(article, name))
    ]
    if not text:
        return UserError("an article without a text.", "un article sans texte.")
    number = words(first(article, "accessionno"))
    published = first(article, "publicationdate")
    return DeliveredArticle(
        text="\n".join(text),
        title=words(first(article, "headline")),
        outlet=words(first(article, "sourcename")),
        author=words(first(article, "byline")),
        language=words(first(article, "baselanguage")).lower(),
        published_at=words(first(published, "datetime")) or words(first(published, "date")),
        section=words(first(article, "sectionname")),
        page=words(first(article, "pages")),
        rights=words(first(article, "copyright")),
        updated_at=words(first(article, "modificationdate", "datetime")),
        delivery=Delivery(f"factiva:{number.upper()}" if number else ""),
    )


def _paragraphs(part: etree._Element | None) -> list[str]:
    if part is None:
        return []
    lines = [words(one) for one in part if local(one) == "paragraph"]
    return [line for line in lines or [words(part)] if line]
