"""Hits → one for each passage of a story, however many articles carry it; and which those are.

Knows hits and which articles are reprints; neither how hits were found nor what is asked. That two articles
are reprints only says where to look: what is left out is a passage whose sentences another hit has too.
One that says something else there (another figure, another name, a negation) is always kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property

from rag.extraction.analysed_sentence import SentenceAnalyses
from rag.extraction.corrections import is_correction
from rag.library.library import Library
from rag.library.records import ArticleSentences
from rag.schema.article import Article, Span
from rag.schema.hit import Hit, Reprint
from rag.verification.paraphrase import Sentence, comparable, counterpart, says_otherwise

# Least share of a passage's characters that must stand in the other article.
_REPEATED = 0.5


def enough(article_ids: Sequence[str], limit: int, library: Library) -> int:
    """Return how many of the passages of these articles, best first, it takes for `limit` hits to be left."""
    linked = library.reprints.among(article_ids)
    better: set[str] = set()
    left = 0
    for count, article_id in enumerate(article_ids):
        if left == limit:
            return count
        left += better.isdisjoint(linked.get(article_id, ()))
        better.add(article_id)
    return len(article_ids)


def collapse(
    hits: Sequence[Hit], limit: int, library: Library, analyses: SentenceAnalyses
) -> tuple[Hit, ...]:
    """Return at most `limit` of these hits, best first, without those that repeat a better one.

    Each comes with the articles that carry it too (`Hit.also_in`), also those that weren't found.

    Args:
        hits: The hits, best first.
        limit: The most hits.
        library: The library, which knows reprints.
        analyses: The sentences as they were analysed.
    """
    linked = library.reprints.among(hit.article.id for hit in hits)
    kept = _without_repeats(hits, linked, _ComparedArticles(library, linked, analyses))[:limit]
    reprints = library.reprints.of(hit.article.id for hit in kept)
    pages = _ComparedArticles(library, {i for others in reprints.values() for i in others}, analyses)
    return tuple(
        replace(hit, also_in=_also_in(hit, pages.of(reprints[hit.article.id])))
        if hit.article.id in reprints
        else hit
        for hit in kept
    )


@dataclass(frozen=True)
class _ComparedArticle:
    """An article that hits are compared with, by sentence."""

    whole: ArticleSentences
    analyses: SentenceAnalyses

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        return tuple(_sentence(self.whole.article, span, self.analyses) for span in self.whole.sentences)


class _ComparedArticles:
    """The articles with these ids, read at once if there are any."""

    def __init__(self, library: Library, ids: Iterable[str], analyses: SentenceAnalyses) -> None:
        wanted = set(ids)
        found = library.whole(wanted) if wanted else {}
        self._pages = {i: _ComparedArticle(whole, analyses) for i, whole in found.items()}

    def of(self, ids: Iterable[str]) -> list[_ComparedArticle]:
        """Return those that are (still) there."""
        return [self._pages[i] for i in ids if i in self._pages]


@dataclass(frozen=True, slots=True)
class _Compared:
    """A hit beside an article.

    The hit's sentences that stand there, with where, and whether one that looks alike there says something
    else.
    """

    repeated: dict[Span, Span]
    otherwise: bool

    def is_repeat_of(self, hit: Hit) -> bool:
        """Return whether the article says what the hit says, for the better part of it."""
        length = sum(span.end - span.start for span in hit.sentences)
        shared = sum(span.end - span.start for span in self.repeated)
        return not self.otherwise and 0 < length <= shared / _REPEATED

    def held_by(self, other: Hit) -> int:
        """Return how many of these sentences stand in another hit, one of the article compared with."""
        return len(set(self.repeated.values()) & set(other.sentences))

    def is_held_by(self, other: Hit) -> bool:
        """Return whether another hit has half of them.

        Passages of reprints don't begin at the same sentence.
        """
        return 2 * self.held_by(other) >= len(set(self.repeated.values()))


def _compare(hit: Hit, page: _ComparedArticle) -> _Compared:
    repeated: dict[Span, Span] = {}
    otherwise = False
    for span in hit.sentences:
        said = _sentence(hit.article, span, page.analyses)
        place = counterpart(said, page.sentences, page.analyses)
        if place is not None:
            repeated[span] = page.whole.sentences[place]
        otherwise = otherwise or (place is None and says_otherwise(said, page.sentences, page.analyses))
    return _Compared(repeated, otherwise)


def _sentence(article: Article, span: Span, analyses: SentenceAnalyses) -> Sentence:
    return comparable(analyses.of(article.text[span.start : span.end], article.language))


@dataclass(frozen=True, slots=True)
class _Kept:
    """A hit that is shown, and those that it stands for."""

    hit: Hit
    instead_of: tuple[Hit, ...] = ()

    @property
    def all(self) -> tuple[Hit, ...]:
        return self.hit, *self.instead_of


def _without_repeats(
    hits: Sequence[Hit], linked: Mapping[str, Set[str]], pages: _ComparedArticles
) -> list[Hit]:
    kept: list[_Kept] = []
    for hit in hits:
        near = linked.get(hit.article.id, frozenset())
        rivals = [other for other in kept if other.hit.article.id in near and _same_standing(other.hit, hit)]
        if any(other.hit.passage_id == hit.passage_id for other in kept):
            continue
        if not rivals:
            kept.append(_Kept(hit))
        elif better := _stand_in(hit, [rival.hit for rival in rivals], hits, pages):
            kept = _with_instead(kept, better, hit)
        else:
            kept = _put(hit, rivals, kept, pages)
    return [item.hit for item in kept]


def _same_standing(one: Hit, other: Hit) -> bool:
    """Return whether both or neither are of a correction, which repeats what it takes back."""
    return is_correction(one.article) == is_correction(other.article)


def _with_instead(kept: Sequence[_Kept], better: Hit, hit: Hit) -> list[_Kept]:
    """Return `kept` where `better` stands for a hit: at the hit's place if it wasn't there before."""
    if all(other.hit.passage_id != better.passage_id for other in kept):
        return [*kept, _Kept(replace(better, score=hit.score), (hit,))]
    return [
        _Kept(other.hit, (*other.instead_of, hit)) if other.hit.passage_id == better.passage_id else other
        for other in kept
    ]


def _stand_in(hit: Hit, rivals: Sequence[Hit], hits: Sequence[Hit], pages: _ComparedArticles) -> Hit | None:
    """Return the hit of a better one's article that says what this one says, ranked anywhere.

    None if none does.

    Reprints are cut into passages at other places: what a better article says elsewhere isn't lost.
    """
    for page in pages.of(dict.fromkeys(rival.article.id for rival in rivals)):
        own = [other for other in (*rivals, *hits) if other.article.id == page.whole.article.id]
        compared = _compare(hit, page)
        best = max(own, key=compared.held_by)
        if compared.is_repeat_of(hit) and compared.is_held_by(best):
            return best
    return None


def _put(hit: Hit, rivals: Sequence[_Kept], kept: list[_Kept], pages: _ComparedArticles) -> list[_Kept]:
    """Return `kept` with a hit that says more than its rivals.

    In the place of those that it holds, or at the end.

    A text that was cut short often has the better score; what it leaves out may be the answer. A rival that
    stands for others goes only when the hit holds these too: half of a half isn't half.
    """
    [page] = pages.of([hit.article.id]) or [None]
    held = [
        rival for rival in rivals if page is not None and all(_is_held(one, hit, page) for one in rival.all)
    ]
    if not held:
        return [*kept, _Kept(hit)]
    fuller = _Kept(replace(hit, score=held[0].hit.score), tuple(one for rival in held for one in rival.all))
    return [fuller if other is held[0] else other for other in kept if other is held[0] or other not in held]


def _is_held(rival: Hit, hit: Hit, page: _ComparedArticle) -> bool:
    compared = _compare(rival, page)
    return compared.is_repeat_of(rival) and compared.is_held_by(hit)


def _also_in(hit: Hit, pages: Sequence[_ComparedArticle]) -> tuple[Reprint, ...]:
    """Return the articles that carry some of a hit's sentences and contradict none, oldest first."""
    found = []
    for page in pages:
        compared = _compare(hit, page)
        same = is_correction(page.whole.article) == is_correction(hit.article)
        if compared.repeated and not compared.otherwise and same:
            found.append(Reprint.of(page.whole.article, tuple(compared.repeated)))
    return tuple(sorted(found, key=lambda r: (r.published_at or "9999", r.outlet or "", r.article_id)))
