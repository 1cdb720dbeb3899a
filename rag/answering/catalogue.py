"""What the library itself knows: how many articles, which, by whom, when; counted, never read from passages.

Knows the catalogue and which articles speak of a subject; no sentences. What was counted is said with the
count: an article speaks of a subject when its title or text has all of the subject's words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.answering.outcome import Outcome, Sources
from rag.answering.relevance import relevant
from rag.answering.subject import Subject
from rag.answering.unfound import no_articles
from rag.answering.wording import day_text, definition, joined, said, told_in
from rag.library.listing import Chosen
from rag.query.intent import Intent
from rag.query.parsed_question import ParsedQuestion
from rag.schema.article import Article
from rag.schema.evidence import Evidence
from rag.schema.listing import ArticleListing, CatalogueEntry
from rag.schema.question import Filters
from rag.schema.quotation import quoted
from rag.speech.attributed import attributed_to
from rag.text.normalization import words
from rag.text.stop_words import stop_words

# Articles that are listed: where they are what was asked for, and where they only show what was counted.
MOST, SHOWN = 50, 10
_SMALL = stop_words("fr") | stop_words("en")


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which articles a question is about; `among` None for all that the filters keep."""

    question: ParsedQuestion
    filters: Filters
    among: frozenset[str] | None = None
    subject: Subject | None = None
    author: str = ""

    @property
    def language(self) -> str:
        return self.question.language

    def definition(self, count: int) -> str:
        """Say which they are, with a space before it."""
        about = self.subject.words if self.subject else ()
        return definition(count, self.language, self.filters, about, self.author)


def answer(question: ParsedQuestion, sources: Sources) -> Outcome | None:
    """Return what the catalogue says to a question; None if it isn't one for the catalogue after all."""
    intent = question.intent
    if intent.wanted.endswith(" this"):
        return _of_this(question, sources)
    asked = _asked(question, sources)
    if asked is None or isinstance(asked, Outcome):
        return asked
    if intent.wanted in ("author", "date"):
        return _of_named(asked, sources)
    if intent.wanted == "outlets":
        return _outlets(asked, sources)
    if intent.wanted in ("newest", "oldest"):
        return _at_an_end(asked, sources)
    chosen = _chosen(asked, sources, SHOWN if intent.wanted == "count" else MOST)
    if not chosen.total:
        return _none(asked, sources)
    where = "" if asked.definition(chosen.total) else said("in_library", asked.language)
    told = said("articles", asked.language, count=chosen.total) + asked.definition(chosen.total) + where
    return _catalogue(asked, f"{told}.", chosen, sources)


# --- which articles ---


def _asked(question: ParsedQuestion, sources: Sources) -> _Asked | Outcome | None:
    intent = question.intent
    filters = replace(question.filters, undated=False) if question.period else question.filters
    filters = sources.library.resolved(filters) or replace(filters, sources=(), article_ids=("",))
    asked = _Asked(question, filters)
    if intent.outlet:
        outlets = named_outlets(intent.outlet, sources)
        if not outlets:
            return None
        asked = replace(asked, filters=replace(filters, outlets=outlets))
    if intent.author or intent.by:
        narrowed = _narrowed_by(asked, intent, sources)
        if narrowed is None or isinstance(narrowed, Outcome):
            return narrowed
        asked = narrowed
    subject = sources.subjects.read(intent.subject, question.searched_in) if intent.subject else None
    if intent.subject and subject is None:
        return None
    if subject is not None:
        about = sources.subjects.about(subject, asked.filters)
        among = about if asked.among is None else about & asked.among
        asked = replace(asked, among=frozenset(among), subject=subject)
    return asked


def _narrowed_by(asked: _Asked, intent: Intent, sources: Sources) -> _Asked | Outcome | None:
    """Return the articles of an author or, where the words don't tell, of an outlet."""
    name = intent.author or intent.by
    authors = tuple(one for one in sources.library.authors() if _is_named(one, name))
    if authors:
        ids = frozenset(sources.library.ids_by(authors))
        among = ids if asked.among is None else ids & asked.among
        return replace(asked, among=among, author=authors[0] if len(authors) == 1 else name)
    if intent.by and (outlets := named_outlets(name, sources)):
        return replace(asked, filters=replace(asked.filters, outlets=outlets))
    if not _looks_like_a_name(name):
        return None
    key = "nobody_named" if intent.by else "no_author_named"
    shown = quoted(name, told_in(asked.language))
    return Outcome("not_found", plain_text=said(key, asked.language, name=shown))


def named_outlets(name: str, sources: Sources) -> tuple[str, ...]:
    """Return the outlets that are called so: those with all the words of the name."""
    names = _outlet_names(sources)
    exact = dict.fromkeys(outlet for one, outlet in names.items() if words(one) == words(name))
    return tuple(exact or dict.fromkeys(outlet for one, outlet in names.items() if _is_named(one, name)))


def exact_outlet(name: str, sources: Sources) -> str | None:
    """Return the outlet of which these are all the words but small ones; None if there is none."""
    wanted = _telling(name)
    names = _outlet_names(sources)
    return next((outlet for one, outlet in names.items() if wanted and _telling(one) == wanted), None)


def _outlet_names(sources: Sources) -> dict[str, str]:
    """Return what outlets are called, the name that each goes by first → that name."""
    outlets = sources.library.listing.outlets()
    merged = sources.library.metadata.names()
    return {one: one for one in outlets} | {alias: one for alias, one in merged.items() if one in outlets}


def _telling(name: str) -> list[str]:
    return [word for word in words(name) if word not in _SMALL]


def _is_named(stated: str, name: str) -> bool:
    wanted = _telling(name) or words(name)
    return bool(wanted) and set(wanted) <= set(words(stated))


def _looks_like_a_name(name: str) -> bool:
    """Return whether all of its words but small ones are capitalised, from the first on."""
    parts = name.split()
    return (
        bool(parts)
        and parts[0][0].isupper()
        and words(parts[0])[:1] != []
        and all(part[0].isupper() or part.lower() in _SMALL for part in parts)
        and words(parts[0])[0] not in _SMALL
    )


def _chosen(asked: _Asked, sources: Sources, limit: int, **how: bool) -> Chosen:
    return sources.library.listing.chosen(asked.filters, asked.among, limit, **how)


# --- what is said ---


def _catalogue(asked: _Asked, told: str, chosen: Chosen, sources: Sources) -> Outcome:
    entries = tuple(CatalogueEntry.of(article) for article in sources.library.articles(chosen.ids))
    definition = said("articles", asked.language, count=chosen.total) + asked.definition(chosen.total)
    return Outcome("catalogue", plain_text=told, listing=ArticleListing(entries, chosen.total, definition))


def _none(asked: _Asked, sources: Sources) -> Outcome:
    return no_articles(asked.question, asked.filters, asked.subject, sources, asked.author)


def _outlets(asked: _Asked, sources: Sources) -> Outcome:
    """Return which outlets the articles are from, and how many articles each has."""
    language = asked.language
    chosen = _chosen(asked, sources, MOST)
    if not chosen.total:
        return _none(asked, sources)
    counted = sources.library.listing.outlet_counts(asked.filters, asked.among)
    parts = []
    for one in counted:
        articles = said("articles", language, count=one.count)
        key = "no_outlet" if one.outlet is None else "outlet_count"
        parts.append(said(key, language, outlet=one.outlet, articles=articles))
    number = sum(one.outlet is not None for one in counted)
    return _catalogue(
        asked, said("outlets", language, count=number, names=joined(parts, language)), chosen, sources
    )


def _at_an_end(asked: _Asked, sources: Sources) -> Outcome:
    """Return the newest article or the oldest."""
    wanted, language = asked.question.intent.wanted, asked.language
    chosen = _chosen(asked, sources, 1, oldest_first=wanted == "oldest", dated_only=True)
    if not chosen.total:
        return _none(asked, sources)
    article = next(iter(sources.library.articles(chosen.ids)), None)
    if article is None:  # removed a moment ago, or damaged
        return _none(asked, sources)
    day = day_text(article.published_at, language)
    about = ", ".join(filter(None, (article.outlet, day)))
    told = said(wanted, language, title=_title(article, language), about=about)
    return _catalogue(asked, told, replace(chosen, total=1), sources)


def _title(article: Article, language: str) -> str:
    return quoted(article.title, told_in(language))


def _of_named(asked: _Asked, sources: Sources) -> Outcome:
    """Return who wrote an article that is named by its words, or when it was published."""
    subject = asked.subject
    if subject is None:
        return _none(asked, sources)
    found = sources.subjects.with_title(subject, asked.among or ()) if asked.among else frozenset()
    if not found:
        likely = relevant(subject, sources, asked.filters, among=None if not asked.author else asked.among)
        found = frozenset(likely.ids[:1])
    if not found:
        return _none(asked, sources)
    chosen = _chosen(replace(asked, among=found), sources, MOST)
    articles = sources.library.articles(chosen.ids)
    if len(articles) == 1:
        told = _about_one(articles[0], asked.question.intent.wanted, asked.language)
    else:
        told = _about_several(asked, articles, chosen.total)
    return _catalogue(asked, told, chosen, sources)


def _about_one(article: Article, wanted: str, language: str) -> str:
    title = _title(article, language)
    if wanted == "author":
        if not article.author:
            return said("no_author", language, title=title)
        return said("author_of", language, title=title, author=article.author)
    if wanted == "source":
        return _source(article, title, language)
    if wanted == "outlets":
        if not article.outlet:
            return said("no_outlet_of", language, title=title)
        return said("outlet_of", language, title=title, outlet=article.outlet)
    if not article.published_at:
        return said("no_date", language, title=title)
    return said("date_of", language, title=title, day=day_text(article.published_at, language))


def _about_several(asked: _Asked, articles: Sequence[Article], total: int) -> str:
    language = asked.language
    told = said("articles", language, count=total) + asked.definition(total) + "."
    if asked.question.intent.wanted != "author":
        return told
    authors = list(dict.fromkeys(article.author for article in articles if article.author))
    if not authors:
        return f"{told} {said('no_authors', language)}"
    return f"{told} {said('authors_of', language, names=joined(authors, language))}"


def _source(article: Article, title: str, language: str) -> str:
    """Return the paper and who signed, as far as they are stated."""
    if article.outlet and article.author:
        return said("source_of", language, title=title, outlet=article.outlet, author=article.author)
    if article.outlet:
        return said("outlet_of", language, title=title, outlet=article.outlet)
    if article.author:
        return said("author_of", language, title=title, author=article.author)
    return said("no_source_of", language, title=title)


# --- the articles that are spoken of ---


def _of_this(question: ParsedQuestion, sources: Sources) -> Outcome:
    articles = _these_articles(question, sources)
    language = question.language
    if not articles:
        return Outcome("conversation", plain_text=said("which_article", language))
    wanted = question.intent.wanted.split()[0]
    told = " ".join(
        _vouched_for(article, question) if wanted == "source" else _about_one(article, wanted, language)
        for article in articles
    )
    named = joined([_title(article, language) for article in articles], language)
    entries = tuple(CatalogueEntry.of(article) for article in articles)
    return Outcome("catalogue", plain_text=told, listing=ArticleListing(entries, len(entries), named))


def _vouched_for(article: Article, question: ParsedQuestion) -> str:
    """Return the source of an article, and whom the sentence quotes that was cited last."""
    told = _about_one(article, "source", question.language)
    spans = (span for turn in reversed(question.question.history) for span in turn.cited)
    cited = next((span for span in spans if span.article_id == article.id), None)
    if cited is None or cited.content_hash != article.content_hash:
        return told
    speaker = attributed_to(Evidence(article, cited.start, cited.end))
    return f"{told} {said('says_so', question.language, speaker=speaker)}" if speaker else told


def _these_articles(question: ParsedQuestion, sources: Sources) -> list[Article]:
    """Return the articles that are spoken of: the only one that the filters keep, or all last told of.

    What was asked of them since (`Qui a écrit cela ?`) has told of the same.
    """
    asked = question.question
    told = this_article(question, sources)
    if told is None or len(asked.filters.article_ids) == 1:
        return [told] if told else []
    turns = list(reversed(asked.history))
    last = next(turn for turn in turns if turn.article_id == told.id)
    same = (turn for turn in turns if turn.cited and set(turn.titles) == set(last.titles))
    spans = last.cited or next((turn.cited for turn in same), ())
    found = (sources.library.article(one) for one in dict.fromkeys(span.article_id for span in spans))
    return [article for article in found if article is not None] or [told]


def this_article(question: ParsedQuestion, sources: Sources) -> Article | None:
    """Return the article that is spoken of: the only one that the filters keep, or the last one told of."""
    asked = question.question
    if len(asked.filters.article_ids) == 1:
        return sources.library.article(asked.filters.article_ids[0])
    told = (turn.article_id for turn in reversed(asked.history) if turn.article_id)
    known = (sources.library.article(article_id) for article_id in told)
    return next((article for article in known if article is not None), None)
