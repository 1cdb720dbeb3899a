"""`sourcier articles`: lists them, shows one with its earlier texts, corrects some, takes some out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING

from rag.checksums.damaged import noting
from rag.config import Settings
from rag.embargo.store import EmbargoedArticle
from rag.errors import UserError
from rag.notes.reading import listed
from rag.schema.article import Article, Imprint, stated_day
from rag.schema.question import Filters
from ui.command.ask import all_filters_of, chosen
from ui.command.corrections.edit import edit
from ui.command.corrections.outlets import outlets
from ui.command.terminal import hand_out, print_json, printable, wanted_format
from ui.documents.files import articles_file, articles_title
from ui.formatting.embargo import embargo_text
from ui.formatting.i18n import date_text, text, user_error
from ui.formatting.metadata import record_text, records_values
from ui.formatting.page_numbers import pages_begun, pages_text
from ui.formatting.short_answers import damaged_text
from ui.formatting.source_line import places

if TYPE_CHECKING:
    from rag.library.library import Library


def articles(options: argparse.Namespace, settings: Settings) -> int:
    """Run `sourcier articles list|show|edit|export|outlets|remove`."""
    actions = {"list": _list, "show": _show, "edit": _edit, "export": _export}
    return (actions | {"outlets": _outlets, "remove": _remove})[options.action](options, settings)


def _list(options: argparse.Namespace, settings: Settings) -> int:
    from rag.engine.engine import open_filling
    from rag.library.library import Library

    dossiers = Filters(dossiers=chosen(options, settings))
    with closing(Library(settings.place)) as library:
        if dossiers.dossiers:
            open_filling(settings, library).fill(dossiers.dossier_ids)
        among = library.among(dossiers)
        waiting, revisions = set(library.not_indexed()), library.revisions.counts()
        with noting() as damaged:
            corrected = library.metadata.corrected_fields()
            rows = [
                _row(article, waiting, revisions) | {"corrected": corrected.get(article.id, [])}
                for article in library.each(among)
                if _is_wanted(article, options.without)
            ]
            held = [] if options.without or among is not None else library.embargoes.all()
    rows += [_row(one.article, set(), {}) | {"corrected": []} | _held(one) for one in held]
    marks = {one.article.id: embargo_text(one, settings.ui.language) for one in held}
    if options.json:
        print_json(rows)
    for row in [] if options.json else rows:
        date = (row["published_at"] or "")[:10]
        mark = f"  {text('corrected', settings.ui.language)}" if row["correction"] else ""
        mark += f"  {text('row_corrected', settings.ui.language)}" if row["corrected"] else ""
        if row["id"] in marks:
            mark = f"  [{marks[row['id']]}]"
        print(printable(f"{row['id']}  {date:10}  {row['outlet'] or '—'}  {row['title']}{mark}"))
    for one in damaged.values():
        print(printable(damaged_text(one, settings.ui.language)), file=sys.stderr)
    if options.without:
        said = text(f"missing_{options.without}", settings.ui.language, count=len(rows))
        print(said, file=sys.stderr)
    return 0


def _is_wanted(article: Article, without: str | None) -> bool:
    if without == "date":
        return stated_day(article.published_at) is None
    return not article.outlet if without == "outlet" else True


def _held(waiting: EmbargoedArticle) -> dict:
    """Return what marks an article that waits for its time."""
    until = waiting.until.isoformat() if waiting.until else None
    return {"status": "embargoed", "embargo": {"until": until, "stated": waiting.stated or None}}


def _row(article: Article, waiting: set[str], revisions: dict[str, int]) -> dict:
    return {
        "id": article.id,
        "title": article.title,
        "outlet": article.outlet,
        "language": article.language,
        "published_at": article.published_at,
        "updated_at": article.updated_at,
        "excerpt": article.excerpt,
        "source": article.source,
        "canonical_url": article.canonical_url,
        "status": "waiting" if article.id in waiting else "ready",
        "revisions": revisions.get(article.id, 0),
        "correction": _correction(article),
    }


def _correction(article: Article) -> str | None:
    """Return the sentence in which the article says that it was corrected or updated."""
    from rag.extraction.corrections import find_correction

    found = find_correction(article.text, article.language)
    return found and article.text[found.start : found.end]


def _show(options: argparse.Namespace, settings: Settings) -> int:
    from rag.library.library import Library
    from rag.schema.hit import Reprint
    from ui.formatting.reprints import also_in_text

    language = settings.ui.language
    with closing(Library(settings.place)) as library:
        article = library.article(options.article)
        waiting = None if article else library.embargoes.get(options.article)
        if waiting is not None:
            return _show_held(waiting, options, language)
        if article is None:
            raise _not_shown(library, options.article)
        sources = [source.source for source in library.sources_of(article.id)]
        others = library.articles(library.reprints.of([article.id]).get(article.id, ()))
        revisions = library.revisions.of(article.id)
        records = library.metadata.of(article.id)
    reprints = [Reprint.of(other) for other in others]
    if options.json:
        also = {"sources": sources, "reprints": [reprint.to_dict() for reprint in reprints]}
        also |= {"metadata": records_values(records)}
        also |= {"revisions": [r.to_dict() for r in revisions]} if options.revisions else {}
        print_json(asdict(article) | {"correction": _correction(article)} | also)
        return 0
    also = [record_text(article, field, record, language) for field, record in records.items()]
    also += [also_in_text(reprints, language)] if reprints else []
    if correction := _correction(article):
        also.append(text("states_correction", language, sentence=correction))
    if revisions and not options.revisions:
        also.append(text("has_revisions", language, count=len(revisions)))
    where = dict.fromkeys(filter(None, (article.canonical_url, *sources)))
    lines = [article.title, _about(article, language), *where, *also, "", *_paged(article, language)]
    for revision in revisions if options.revisions else []:
        moment = date_text(revision.replaced_at, language)
        mark = text("revision_until", language, number=revision.number, moment=moment)
        lines += ["", f"--- {mark} ---", revision.title, "", *revision.text.split("\n")]
    for line in lines:
        print(printable(line))
    return 0


def _not_shown(library: Library, article_id: str) -> UserError:
    """Return why there is nothing to show: no such article, or a damaged one."""
    damaged = library.damaged([article_id]).get(article_id)
    if damaged is None:
        return user_error("no_such_article", article=article_id)
    return UserError(printable(damaged_text(damaged, "en")), printable(damaged_text(damaged, "fr")))


def _show_held(waiting: EmbargoedArticle, options: argparse.Namespace, language: str) -> int:
    article = waiting.article
    if options.json:
        also = {"sources": [waiting.source], "reprints": [], **_held(waiting)}
        print_json(asdict(article) | {"correction": _correction(article)} | also)
        return 0
    mark = f"[{embargo_text(waiting, language)}]"
    for line in (
        article.title,
        mark,
        _about(article, language),
        *places(article),
        "",
        *_paged(article, language),
    ):
        print(printable(line))
    return 0


def _paged(article: Article, language: str) -> Iterator[str]:
    """Yield the lines of the text, with a mark where a page begins."""
    lines = [line + "\n" for line in article.text.split("\n")]
    for line, pages in zip(lines, pages_begun(article, lines), strict=True):
        if pages:
            yield f"--- {pages_text(pages, language)} ---"
        yield line.removesuffix("\n")


def _about(article: Article, language: str) -> str:
    """Outlet, author and dates, as far as they are known."""
    updated = article.updated_at and text(
        "updated_on", language, moment=date_text(article.updated_at, language)
    )
    excerpt = article.excerpt and text("excerpt", language)
    imprint = article.imprint or Imprint()
    page = imprint.page and text("printed_page", language, page=imprint.page)
    printed = (imprint.section, page, imprint.identity, imprint.rights)
    published = date_text(article.published_at, language)
    known = (article.outlet, article.author, published, updated, excerpt, *printed)
    return " · ".join(part for part in known if part)


def _export(options: argparse.Namespace, settings: Settings) -> int:
    from rag.engine.engine import open_filling
    from rag.library.library import Library

    options.json = False
    form, filters = wanted_format(options) or "bibtex", all_filters_of(options, settings)
    with closing(Library(settings.place)) as library:
        if filters.dossiers:
            open_filling(settings, library).fill(filters.dossier_ids)
        unknown = next((i for i in options.article if library.stored(i) is None), None)
        if unknown is not None:
            raise user_error("no_such_article", article=unknown)
        with noting() as damaged:
            kept = library.articles(_kept_ids(library, filters, options.article))
            notes = [] if options.without_notes else listed(library, options.user, among=[a.id for a in kept])
    for one in damaged.values():
        print(printable(damaged_text(one, settings.ui.language)), file=sys.stderr)
    if not kept:
        print(text("exported_none", settings.ui.language), file=sys.stderr)
    language = settings.ui.language
    file = articles_file(articles_title(kept, language), kept, form, language, notes=notes)
    hand_out(file, options.output)
    return 0


def _kept_ids(library: Library, filters: Filters, wanted: list[str]) -> list[str]:
    """Return the ids that were asked for, in their order, if filters keep them; or all, newest first."""
    narrowed = library.resolved(filters)
    if narrowed is None:
        return []
    total = library.counts().articles
    among = narrowed.article_ids or wanted or None
    kept = library.listing.chosen(narrowed, among=among, limit=total).ids
    return [one for one in dict.fromkeys(wanted) if one in set(kept)] if wanted else list(kept)


def _is_known(library: Library, article_id: str) -> bool:
    return library.stored(article_id) is not None or library.embargoes.get(article_id) is not None


def _edit(options: argparse.Namespace, settings: Settings) -> int:
    return _told(options, *edit(options, settings))


def _outlets(options: argparse.Namespace, settings: Settings) -> int:
    return _told(options, *outlets(options, settings))


def _told(options: argparse.Namespace, values: dict, lines: list[str]) -> int:
    """Say what came of a command."""
    if options.json:
        print_json(values)
    for line in [] if options.json else lines:
        print(printable(line))
    return 0


def _remove(options: argparse.Namespace, settings: Settings) -> int:
    from rag.conversation.store import ConversationStore
    from rag.engine.engine import open_engine
    from rag.storage.write_lock import write_lock

    language = settings.ui.language
    with (
        write_lock(settings.place),
        closing(open_engine(settings)) as engine,
        closing(ConversationStore(settings.place)) as conversations,
    ):
        unknown = next((i for i in options.article if not _is_known(engine.library, i)), None)
        if unknown is not None:
            raise user_error("no_such_article", article=unknown)
        noted = engine.library.notes.count(options.article)
        for article_id in options.article:
            engine.indexer.remove(article_id)
        conversations.forget_words(engine.library)
    count = len(options.article)
    print_json({"removed": options.article}) if options.json else print(
        text("removed", language, count=count)
    )
    if noted:
        print(text("removal_notes", language, count=noted), file=sys.stderr)
    return 0
