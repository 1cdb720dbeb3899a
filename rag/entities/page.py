"""All that the articles have of one entity: where it appears, what it says, with whom, and what may be asked.

Reads the catalogue. Quotes are read out of the articles as they are now; those of damaged ones are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace

from rag.entities.asking import questions_about
from rag.entity_store.records import Appearance, Companion, EntityRow, StatementFilters, StoredStatement
from rag.library.library import Library
from rag.schema.article import Article, Span
from rag.schema.entity import Form
from rag.text.analyzer import terms
from rag.text.folding import flatten
from rag.text.normalization import fold, words

_COMPANIONS = 12
_ARTICLES, _REMARKS = 50, 50  # on a page; the counts are of all
READ = 2_000  # statements that a subject is looked for in
_BEGINNING = 3  # letters of a word that its other forms have too
_AT_ONCE = 200  # articles
_TELLING = 40  # characters that are hardly said twice by chance


@dataclass(frozen=True, slots=True)
class Remark:
    """A statement with its words: `article.text[start:end]` is `quote`, `context` whole sentences around it.

    `also_in` are the outlets of other articles in which the same words are.
    """

    article_id: str
    title: str
    outlet: str | None
    published_at: str | None
    form: Form
    quote: str
    context: str
    verb: str
    is_alleged: bool
    span: Span
    context_span: Span
    language: str | None
    also_in: tuple[str, ...] = ()

    def to_dict(self) -> dict:
        """Return the fields as JSON has them."""
        fields = asdict(self)
        span, context = fields.pop("span"), fields.pop("context_span")
        return fields | {
            "start": span["start"], "end": span["end"],
            "context_start": context["start"], "context_end": context["end"],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Remarks:
    """Statements that were asked for: `found` are those that are shown, `total` how many there are."""

    found: tuple[Remark, ...]
    total: int


@dataclass(frozen=True, slots=True)
class NamedIn:
    """An article that names an entity, and where: spans of its text."""

    article: Appearance
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class EntityPage:
    """An entity's page. Counts are of all articles; lists may have the latest alone.

    `months` are `YYYY-MM` with how many articles of each, in order; `shared` are others with the same
    surname, and in how many places nothing tells whose it is.
    """

    entity: EntityRow
    forms: tuple[tuple[str, int], ...]
    roles: tuple[tuple[str, int], ...]
    months: tuple[tuple[str, int], ...]
    undated: int
    outlets: tuple[tuple[str, int], ...]
    articles: tuple[NamedIn, ...]
    statement_count: int
    statements: tuple[Remark, ...]
    companions: tuple[Companion, ...]
    shared: tuple[tuple[str, int], ...]
    questions: dict[str, tuple[str, ...]]

    def to_dict(self) -> dict:
        """Return the page as JSON has it."""
        counted = ("forms", "roles", "outlets")
        return {
            **asdict(self.entity),
            **{
                name: [{"name": one, "articles": count} for one, count in getattr(self, name)]
                for name in counted
            },
            "months": [{"month": month, "articles": count} for month, count in self.months],
            "undated": self.undated,
            "appearances": [
                asdict(one.article) | {"spans": [[span.start, span.end] for span in one.spans]}
                for one in self.articles
            ],
            "statement_count": self.statement_count,
            "statements": [one.to_dict() for one in self.statements],
            "companions": [asdict(one) for one in self.companions],
            "shared": [{"name": name, "mentions": count} for name, count in self.shared],
            "questions": {language: list(asked) for language, asked in self.questions.items()},
        }


def make_page(library: Library, entity: EntityRow, among: tuple[str, ...] | None = None) -> EntityPage:
    """Return the page of an entity as the articles have it now; `among` these alone."""
    table = library.entities
    named = table.appearances(entity.id, among)
    spans = table.mentions(entity.id, [one.article_id for one in named[:_ARTICLES]])
    dated = [one.published_at[:7] for one in named if one.published_at and len(one.published_at) >= 7]
    companions = table.companions(entity.id, _COMPANIONS, among)
    stored = table.statements(entity.id, StatementFilters(article_ids=among))
    remarks = _remarks(library, stored, _REMARKS)
    return EntityPage(
        entity,
        tuple(table.forms(entity.id, among)),
        tuple(table.roles(entity.id, among)),
        tuple(sorted(Counter(dated).items())),
        len(named) - len(dated),
        tuple(Counter(one.outlet for one in named if one.outlet).most_common()),
        tuple(NamedIn(one, tuple(spans.get(one.article_id, ()))) for one in named[:_ARTICLES]),
        len(stored),
        tuple(remarks),
        tuple(companions),
        tuple((name, count) for _, name, count in table.shared(entity.id, among)),
        questions_about(entity, bool(remarks), companions, table),
    )


def make_remarks(
    library: Library, entity: EntityRow, about: str, filters: StatementFilters, count: int
) -> Remarks:
    """Return at most `count` statements of an entity: the latest, or on a subject those that fit it best.

    For a subject the latest `READ` statements are read.
    """
    filters = replace(filters, outlets=library.metadata.canonical(filters.outlets))
    stored = library.entities.statements(entity.id, filters)
    if not about.strip():
        return Remarks(tuple(_remarks(library, stored, count)), len(stored))
    beginnings = {word[:_BEGINNING] for word in words(about)}
    scored = [
        (_covered(about, one), one)
        for one in _remarks(library, stored[:READ], None)
        if _may_cover(beginnings, one)
    ]
    best = max((score for score, _ in scored), default=0.0)
    kept = [(score, one) for score, one in scored if score and 2 * score >= best]
    ordered = [one for _, one in sorted(kept, key=lambda pair: -pair[0])]
    return Remarks(tuple(ordered[:count]), len(ordered))


def _may_cover(beginnings: set[str], remark: Remark) -> bool:
    """Return whether a word may have a subject's stem: told at once, before every word is stemmed."""
    flat = fold(f"{remark.context} {remark.title}")
    return any(one in flat for one in beginnings)


def _remarks(library: Library, stored: Sequence[StoredStatement], count: int | None) -> list[Remark]:
    """Return statements with their words, the same words of several articles once, at most `count`."""
    found: dict[str, Remark] = {}
    for start in range(0, len(stored), _AT_ONCE):
        part = stored[start : start + _AT_ONCE]
        articles = {one.id: one for one in library.articles(list(dict.fromkeys(s.article_id for s in part)))}
        for statement in part:
            if (article := articles.get(statement.article_id)) is not None:
                _note(found, _remark(statement, article))
        if count is not None and len(found) >= count:
            break
    return list(found.values())[:count]


def _note(found: dict[str, Remark], remark: Remark) -> None:
    """Note a statement, or that another article has it too; a few words alone are said more than once."""
    said = remark.quote if len(remark.quote) > _TELLING else remark.context
    key = "".join(letter for letter in flatten(said).lower() if letter.isalnum())
    key = f"{key} {remark.quote}" if said is remark.context else key
    known = found.get(key)
    if known is None:
        found[key] = remark
    elif known.article_id != remark.article_id:
        outlets = dict.fromkeys((*known.also_in, remark.outlet or remark.title))
        fields = {name: getattr(known, name) for name in Remark.__slots__}
        found[key] = Remark(**fields | {"also_in": tuple(outlets)})


def _remark(statement: StoredStatement, article: Article) -> Remark:
    def text(span: Span) -> str:
        return article.text[span.start : span.end]

    return Remark(
        article.id, article.title, article.outlet, article.published_at, statement.form,
        text(statement.words), text(statement.context), text(statement.verb), statement.is_alleged,
        statement.words, statement.context, article.language,
    )  # fmt: skip


def _covered(about: str, remark: Remark) -> float:
    """Return how much of a subject's words a statement has; those that only the title has count half."""
    wanted = set(terms(about, remark.language))
    if not wanted:
        return 0.0
    own, beside = _terms([remark.quote, remark.context], remark), _terms([remark.title], remark)
    return len(wanted & own) + 0.5 * len((wanted & beside) - own)


def _terms(texts: Iterable[str], remark: Remark) -> set[str]:
    return {term for text in texts for term in terms(text, remark.language)}
