"""Whom an answer is of, where an article has a question's name in a longer one only: `Newton Abbot`.

Knows a question's names, evidence and hits; no answers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from rag.extraction.names.enclosing import NamedText, Occurrence
from rag.grounding import refusals
from rag.schema.article import Article
from rag.schema.evidence import Evidence
from rag.schema.hit import Hit
from rag.text.folding import flatten
from rag.text.normalization import fold

# So many others of the name are told.
_OTHERS = 2


class LongerNames:
    """Tells by which longer names articles have those of one question."""

    def __init__(self, names: Iterable[str], asked: Collection[str], hits: Sequence[Hit] = ()) -> None:
        """Take the names, the folded words of the question beside them, and what was found."""
        self._forms = {flatten(name): name for name in names}
        self._asked = frozenset(asked)
        self._articles = {hit.article.id: hit.article for hit in hits}
        self._texts: dict[str, NamedText] = {}

    def heading(self, item: Evidence, cited: Sequence[Evidence], language: str) -> str:
        """Say whom evidence is of, and of which others it isn't; empty where it has the question's name.

        Where only some of what is cited has it, it is said of that, too: a heading is over what follows.

        Args:
            item: The evidence.
            cited: All that is cited: what it is of isn't told again.
            language: The reader's.
        """
        for form in self._forms:
            own = self.of(form, item)
            answered = {self.of(form, other) for other in cited} - {own}
            if own:
                others = [name for name in self._others(form, own) if name not in answered]
                return refusals.about(own, others[:_OTHERS], language)
            if any(answered) and self.stands_in(form, item):
                return refusals.about(self._forms[form], (), language)
            whose = self._bearer(form, item)
            if whose and {self._bearer(form, other) for other in cited} - {whose, ""}:
                return refusals.about(whose, (), language)
        return ""

    def names(self, item: Evidence) -> tuple[str, ...]:
        """Return the longer names that evidence is of."""
        return tuple(longer for form in self._forms if (longer := self.of(form, item)))

    def stands_in(self, form: str, item: Evidence) -> bool:
        """Return whether an article has a flattened name."""
        article = item.article
        return any(
            any(self._named(text, article).occurrences(form)) for text in (article.title, article.text)
        )

    def of(self, form: str, item: Evidence) -> str:
        """Return the longer name that evidence is of; empty where its article calls it by the question's.

        It does where it has that name by itself, unless both stand in one sentence or the shorter one stands
        first: then they are two.
        """
        article = item.article
        places = list(self._named(article.text, article).occurrences(form))
        quoted = [one for one in places if item.start <= one.start < item.end]
        longer = [one for one in places if one.longer and one.clear]
        if not longer and places:
            return self._one_of_several(form, article, quoted)
        if any(not one.longer for one in quoted):
            return ""
        if not longer:
            title = list(self._named(article.title, article).occurrences(form))
            return title[0].longer if title and all(one.longer and one.clear for one in title) else ""
        alone = [one for one in places if not one.longer]
        if alone and not (any(one.clear for one in quoted) and self._are_two(article, alone, longer)):
            return ""
        heading = list(self._named(article.title, article).occurrences(form))
        if not alone and any(not one.longer for one in heading):
            return ""
        before = [one for one in longer if one.start < item.end]
        return (before or longer)[-1 if before else 0].longer

    def _one_of_several(self, form: str, article: Article, quoted: Sequence[Occurrence]) -> str:
        """Return in full whose surname a quote has, where an article has several people of that surname."""
        named = self._named(article.text, article)
        first = next(filter(None, (named.first_name(one.start) for one in quoted)), "")
        return f"{first} {self._forms[form]}" if first and len(named.bearers(form)) > 1 else ""

    def _bearer(self, form: str, item: Evidence) -> str:
        """Return in full the one person of a surname in an article; empty if there are others, or none."""
        firsts = self._named(item.article.text, item.article).bearers(form)
        return f"{firsts[0]} {self._forms[form]}" if len(firsts) == 1 else ""

    def _are_two(self, article: Article, alone: Sequence[Occurrence], longer: Sequence[Occurrence]) -> bool:
        """Return whether an article's shorter name is another's than its longer one."""
        if alone[0].start < longer[0].start:
            return True
        named = self._named(article.text, article)
        whole = {named.sentence_of(one.start) for one in longer}
        return any(named.sentence_of(one.start) in whole for one in alone)

    def _others(self, form: str, longer: str) -> list[str]:
        """Return the other longer names of what was found, in its order."""
        found: dict[str, str] = {}
        for article in self._articles.values():
            for text in (article.text, article.title):
                for one in self._named(text, article).occurrences(form):
                    if one.longer and one.clear:
                        found.setdefault(fold(one.longer), one.longer)
        mine = fold(longer)
        return [
            name for plain, name in found.items() if not plain.startswith(mine) and not mine.startswith(plain)
        ]

    def _named(self, text: str, article: Article) -> NamedText:
        return self._texts.setdefault(text, NamedText(text, article.language, self._asked))
