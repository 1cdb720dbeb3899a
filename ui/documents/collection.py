"""Articles, and quotes chosen from them → a document: the quotes with footnotes, then the references.

Pure. Whatever collects articles (a selection, a dossier) hands them in by this.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.notes.reading import FoundNote
from rag.schema.article import Article
from rag.schema.evidence import Evidence
from ui.documents.answers import correction, note
from ui.documents.document import Block, Bullets, Document, Heading, NoteMark, Paragraph, Quotation, text_of
from ui.documents.notes import note_blocks
from ui.formatting.i18n import text
from ui.references.formatted import formatted
from ui.references.reference import references


def collection(
    title: str,
    articles: Sequence[Article],
    language: str,
    quotes: Sequence[Evidence] = (),
    notes: Sequence[FoundNote] = (),
) -> Document:
    """Return the articles as a document: one reference each, in their order, and what each says it corrects.

    Args:
        title: The document's.
        articles: The articles; one that is there twice is listed once.
        language: The reader's, `fr` or `en`.
        quotes: What is quoted of them, or of others, in the order in which it is to be read.
        notes: What the reader noted on them.
    """
    known = {article.id: article for article in reversed(articles)}
    blocks: list[Block] = []
    if quotes:
        blocks.append(Heading(2, text("handed_in_quotes", language)))
        blocks += [_quoted(number, one, language) for number, one in enumerate(quotes, start=1)]
    noted, on_words = note_blocks(notes, language, len(quotes))
    blocks += noted
    if articles:
        lines = tuple(
            (*text_of(formatted(one, language)), *correction(known[one.article_id], language))
            for one in references(articles)
        )
        blocks += [Heading(2, text("handed_in_references", language)), Bullets(lines)]
    footnotes = tuple(note(one, language, quoted=False) for one in (*quotes, *on_words))
    return Document(title, language, tuple(blocks), footnotes)


def _quoted(number: int, quote: Evidence, language: str) -> Paragraph:
    words = Quotation.of(quote.quote, quote.article.language, language)
    return Paragraph((words, NoteMark(number)))
