"""An article in the reader → HTML.

Pure; escapes as `ui.html.element` does, and reads texts by their offsets.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup, escape

from rag.entity_store.records import EntityRow
from rag.library.revisions import Revision
from rag.metadata.fields import Field, Records, value_of
from rag.notes.reading import FoundNote
from rag.schema.article import Article, DamagedArticle, Span
from rag.schema.hit import Reprint
from ui.formatting.i18n import date_text, text
from ui.formatting.metadata import record_text, stated_text
from ui.formatting.page_numbers import pages_begun, pages_text
from ui.formatting.short_answers import damaged_text
from ui.formatting.source_line import NAME_AND_DATE, source_line
from ui.html.element import element
from ui.notes.desk import NOTHING, Outcome
from ui.reader.diff import DiffPart, difference
from ui.reader.notes_html import bottom_html, notes_html
from ui.reader.text import HighlightedText, ReaderLine, lines
from ui.rendering.collecting import article_buttons
from ui.rendering.entity_link import entity_links
from ui.rendering.export_menu import copy_quote
from ui.rendering.passages import article_link, source_link

TITLE = "reader-title"
NAMED = 30  # people, organisations and places
_AROUND = 300  # characters of an unchanged stretch that are shown beside what changed
_TOLD = 200  # characters of a note that are told where its words are
_SIGNS = {"gone": ("del", "diff_gone"), "new": ("ins", "diff_new")}


@dataclass(frozen=True, slots=True)
class Mark:
    """A span of the text, and the questions whose answers cited it; none for one that is only pointed at."""

    span: Span
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReaderView:
    """An article with all that the reader shows of it. `outdated` citations rest on an earlier text.

    `pointed` is the number of the mark that it is opened at, 0 for none. `records` are what was stated of it,
    where that isn't what it is filed under. `named` are the entities that it names. `notes` are the reader's
    own, `outcome` is what came of something that was done to them.
    """

    article: Article
    passages: int
    sources: tuple[str, ...] = ()
    reprints: tuple[Reprint, ...] = ()
    revisions: tuple[Revision, ...] = ()
    marks: tuple[Mark, ...] = ()
    pointed: int = 0
    outdated: int = 0
    correction: str = ""
    records: Records = field(default_factory=dict)
    named: tuple[EntityRow, ...] = ()
    notes: tuple[FoundNote, ...] = ()
    outcome: Outcome = NOTHING

    @property
    def stated_title(self) -> str:
        """The title that was published."""
        record = self.records.get("title")
        return record.stated or "" if record else self.article.title


def reader_html(reading: ReaderView, language: str, revision: int = 0) -> Markup:
    """Return the whole article.

    With a `revision`, what changed from that one to the next in place of the text.
    """
    article = reading.article
    shown = _shown(reading, revision)
    body = _changes(reading, shown, language) if shown else _text(reading, language)
    return element(
        "article",
        element(
            "header",
            element(
                "span",
                element("button", text("reader_edit", language), type="button", class_="edit"),
                element("button", text("reader_close", language), type="button", class_="close"),
                class_="tools",
            ),
            element("h2", article.title, id=TITLE, tabindex="-1", dir="auto", lang=article.language),
            _about(reading, language),
            _records(reading, language),
            _correction(reading, language),
            element("p", *article_buttons([article.id], language), class_="ways"),
            class_="head",
        ),
        _history(reading, shown, language),
        *([] if shown else [_citations(reading, language)]),
        *([] if shown else [notes_html(reading.notes, len(reading.marks), language)]),
        body,
        _further(reading, language),
        *([] if shown else [bottom_html(article, reading.outcome, language)]),
        class_="reader",
        lang=language,
        data_article=article.id,
        data_pointed=str(reading.pointed),
    )


def empty_html(language: str) -> Markup:
    """Return the reader as long as nothing was opened."""
    return element("article", class_="reader", lang=language)


def missing_html(language: str, damaged: DamagedArticle | None = None) -> Markup:
    """Return what stands in place of an article that is no longer in the library, or is damaged there."""
    said = damaged_text(damaged, language) if damaged else text("reader_missing", language)
    return element(
        "article",
        element("button", text("reader_close", language), type="button", class_="close"),
        element("h2", said, id=TITLE, tabindex="-1", dir="auto"),
        class_="reader missing",
        lang=language,
    )


def _shown(reading: ReaderView, number: int) -> Revision | None:
    return next((revision for revision in reading.revisions if revision.number == number), None)


# --- about the article ---


def _about(reading: ReaderView, language: str) -> Markup:
    article = reading.article
    known: list[Markup] = []
    if article.outlet:
        outlet = element("span", article.outlet, class_="outlet", dir="auto")
        known.append(_with_stated(outlet, "outlet", reading, language))
    if article.author:
        author = element("span", article.author, class_="author", dir="auto")
        known.append(_with_stated(author, "author", reading, language))
    day = element("time", date_text(article.published_at, language), datetime=article.published_at)
    known.append(_with_stated(day, "published_at", reading, language))
    if article.updated_at:
        words = text("updated_on", language, moment=date_text(article.updated_at, language))
        updated = element("time", words, datetime=article.updated_at)
        known.append(_with_stated(updated, "updated_at", reading, language))
    if article.excerpt:
        known.append(element("strong", text("excerpt", language), class_="excerpt"))
    if article.language:
        code = element("span", text("reader_language", language, code=article.language))
        known.append(_with_stated(code, "language", reading, language))
    known.append(element("span", text("reader_passages", language, count=reading.passages)))
    known.append(article_link(article, language))
    return element("p", Markup(" · ").join(known), class_="meta")


def _with_stated(shown: Markup, name: Field, reading: ReaderView, language: str) -> Markup:
    """Return a value with what was stated of it, where that is something else."""
    if (record := reading.records.get(name)) is None:
        return shown
    stated = f"({stated_text(name, record, language)})"
    return Markup(" ").join([shown, element("span", stated, class_="stated", dir="auto")])


def _records(reading: ReaderView, language: str) -> Markup:
    """Return what was stated of what the line above doesn't say: the title, the address, what is no more."""
    said = [
        element("li", record_text(reading.article, name, record, language), dir="auto")
        for name, record in reading.records.items()
        if name in ("title", "canonical_url")
        or (name != "published_at" and not value_of(reading.article, name))
    ]
    return element("ul", *said, class_="records") if said else Markup("")


def _correction(reading: ReaderView, language: str) -> Markup:
    if not reading.correction:
        return Markup("")
    words = text("states_correction", language, sentence=reading.correction)
    return element("p", words, class_="correction", dir="auto")


def _further(reading: ReaderView, language: str) -> Markup:
    """Whom and what it names, other sources of the same article, and other articles that carry it."""
    parts: list[Markup] = []
    if reading.named:
        parts += [element("h3", text("entity_named_here", language)), entity_links(reading.named, language)]
    shown = (reading.article.source, reading.article.canonical_url)
    if others := [source for source in reading.sources if source not in shown]:
        parts.append(element("h3", text("reader_sources", language)))
        parts.append(element("ul", *(element("li", source_link(one, language)) for one in others)))
    if reading.reprints:
        parts.append(element("h3", text("reader_reprints", language)))
        parts.append(element("ul", *(_reprint(one, language) for one in reading.reprints)))
    return element("footer", *parts, class_="further") if parts else Markup("")


def _reprint(reprint: Reprint, language: str) -> Markup:
    link = element(
        "a", reprint.title, href="#", class_="open-article", data_article=reprint.article_id, dir="auto"
    )
    return element("li", link, f" ({source_line(reprint, language, NAME_AND_DATE)})")


# --- its text ---


def _text(reading: ReaderView, language: str) -> Markup:
    article = reading.article
    noted = [one for one in reading.notes if one.span]
    spans = [mark.span for mark in reading.marks] + [one.span for one in noted if one.span]
    cut = lines(article.text, spans)
    begun = pages_begun(article, (line.text for line in cut))
    # Line ends stay in, and pages are marked by an attribute: the element's text is the article's, to the
    # character.
    inside = Markup("").join(
        element(
            "p", _line(line, reading.marks, noted, language), data_page=pages_text(pages, language) or None
        )
        for line, pages in zip(cut, begun, strict=True)
    )
    return element("div", inside, class_="text", lang=article.language, dir="auto")


def _line(line: ReaderLine, marks: Sequence[Mark], noted: Sequence[FoundNote], language: str) -> Markup:
    """Return a line; the numbers of the notes that are on words of it come after those of citations."""
    return Markup("").join(
        _marked(piece, marks, [noted[n - len(marks) - 1] for n in piece.marks if n > len(marks)], language)
        if piece.marks
        else escape(piece.text)
        for piece in line.pieces
    )


def _marked(
    piece: HighlightedText, marks: Sequence[Mark], noted: Sequence[FoundNote], language: str
) -> Markup:
    said = [question for n in piece.marks if n <= len(marks) for question in marks[n - 1].questions]
    kinds = dict.fromkeys(text(f"note_kind_{one.note.kind}", language) for one in noted)
    said += [*kinds, *(textwrap.shorten(one.note.words, _TOLD, placeholder="…") for one in noted)]
    classes = ["noted", *dict.fromkeys(f"noted-{one.note.kind}" for one in noted)] if noted else []
    # Its description is what is heard of it: the text of the element is the article's alone.
    about = " · ".join(filter(None, dict.fromkeys(said))) or None
    return element(
        "mark",
        piece.text,
        data_marks=" ".join(map(str, piece.marks)),
        title=about,
        aria_description=about if noted else None,
        class_=" ".join(classes) or None,
        tabindex="-1",
    )


def _citations(reading: ReaderView, language: str) -> Markup:
    """Return what answers cited the article for: each leads to its words."""
    cited = [(number, mark) for number, mark in enumerate(reading.marks, start=1) if mark.questions]
    parts: list[Markup] = []
    if cited:
        parts.append(element("h3", text("reader_cited", language, count=len(cited))))
        parts.append(
            element("ul", *(_citation(reading.article, number, mark, language) for number, mark in cited))
        )
    if reading.outdated:
        parts.append(element("p", text("reader_outdated", language, count=reading.outdated)))
    return element("section", *parts, class_="cited") if parts else Markup("")


def _citation(article: Article, number: int, mark: Mark, language: str) -> Markup:
    words = text("reader_cited_for", language, question=" · ".join(mark.questions))
    there = element("button", words, type="button", data_mark=str(number), dir="auto")
    copying = copy_quote(article, mark.span.start, mark.span.end, language, str(number))
    return element("li", there, " ", copying)


# --- what it said before ---


def _history(reading: ReaderView, shown: Revision | None, language: str) -> Markup:
    if not reading.revisions:
        return Markup("")
    items = [_version(revision, shown, language) for revision in reversed(reading.revisions)]
    now = _choice(text("reader_now", language), 0, shown is None)
    return element(
        "details",
        element("summary", text("reader_revisions", language, count=len(reading.revisions))),
        element("ul", element("li", now), *items),
        class_="history",
        open=shown is not None,
    )


def _version(revision: Revision, shown: Revision | None, language: str) -> Markup:
    moment = date_text(revision.replaced_at, language)
    words = text("revision_until", language, number=revision.number, moment=moment)
    return element("li", _choice(words, revision.number, shown is revision))


def _choice(words: str, number: int, current: bool) -> Markup:
    return element(
        "button", words, type="button", data_revision=str(number), aria_pressed="true" if current else "false"
    )


def _changes(reading: ReaderView, shown: Revision, language: str) -> Markup:
    """Return the revision against what replaced it: the next one, or the article as it is now."""
    after = next((one for one in reading.revisions if one.number == shown.number + 1), None)
    title, body = (after.title, after.text) if after else (reading.stated_title, reading.article.text)
    code = reading.article.language
    parts = difference(shown.text, body, code)
    renamed = [_stretches(difference(shown.title, title, code), language, "h4")] * (shown.title != title)
    return element(
        "section",
        element("h3", text("diff_title", language, number=shown.number)),
        *renamed,
        _stretches(parts, language, "div"),
        class_="changes",
    )


def _stretches(parts: Sequence[DiffPart], language: str, name: str) -> Markup:
    inside = [_stretch(part, i == 0, i == len(parts) - 1, language) for i, part in enumerate(parts)]
    return element(name, *inside, class_="text", dir="auto")


def _stretch(part: DiffPart, first: bool, last: bool, language: str) -> Markup:
    if part.change == "same":
        return _kept(part.text, first, last, language)
    name, word = _SIGNS[part.change]
    begun = element("span", f"[{text(word, language)}] ", class_="unseen")
    over = element("span", f" [{text('diff_end', language)}] ", class_="unseen")
    return element(name, begun, part.text, over)


def _kept(words: str, first: bool, last: bool, language: str) -> Markup:
    """Return what stayed, the middle of a long stretch left out."""
    head, tail = ("" if first else words[:_AROUND]), ("" if last else words[-_AROUND:])
    if len(words) <= 2 * _AROUND + 200:
        return escape(words)
    left = text("diff_left_out", language, count=len(words) - len(head) - len(tail))
    return Markup("{}{}{}").format(head, element("span", f" […{left}…] ", class_="left-out"), tail)
