"""Whether evidence bears out what a question is about: in the quote, or in its article where it is about it.

Pure. A subject that the quote doesn't name may be its article's (the title, a sentence before, whom a pronoun
means), but not where the quote names another one in its place: of several places or people in one article
each has its own facts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from rag.extraction.analysed_sentence import AnalysedSentence, SentenceAnalyses
from rag.extraction.names.exonyms import group_of
from rag.extraction.names.longer import is_longer, standing
from rag.extraction.names.matching import mentioned, supported
from rag.extraction.names.recognition import Name
from rag.extraction.names.vocabulary import Vocabulary
from rag.grounding import refusals
from rag.grounding.dating import DatedPassage, is_dated
from rag.grounding.library_names import HOMES
from rag.grounding.namesakes import begins, is_said_first, names_only_a_namesake, stands_bare
from rag.grounding.polarity import is_reversed
from rag.grounding.subjects import ROLE_OF, NameKind, Subject, kind_of, slot_of
from rag.grounding.words import OCCASIONS, RANKS
from rag.query.answer_type import ExpectedAnswer
from rag.schema.article import stated_day
from rag.schema.evidence import Evidence
from rag.text.analyzer import terms
from rag.text.folding import flatten
from rag.text.headings import heading_over
from rag.text.normalization import words
from rag.text.synonyms import meanings, related
from rag.text.word_lists import LANGUAGES, WordList
from rag.verification.attribution import alike, anaphors, following, preceding

# How far before the quote a pronoun's or a description's antecedent is looked for, in characters.
_NEAR = 500
# So often a name is looked at in its article to see what it is of.
_OCCURRENCES = 20
# A name itself, and nothing of its bearer: `sous le nom de`.
_NAMED = re.compile(r"\b(?:nom|noms|name|titre|title) (?:de |d'|of )?$", re.IGNORECASE)
# What stands for any noun before a name: `celui de Brévennes`.
_STANDING_FOR = re.compile(
    r"\b(?:celui|celle|ceux|celles|that|those|el|los|las|quello|quella) (?:de |du |d'|of |di )"
    r"(?:la |l'|the )?$",
    re.IGNORECASE,
)
_WAS = re.compile(r"\b(?:etait|etaient|fut|furent|was|were)\b")
# `Quel roi`, `which company`: the answer is a name, and no rival of the subject.
_ASKS_WHICH = re.compile(
    r"\b(?:quel(?:le)?s?|lequel|laquelle|which|what) (?!est |sont |etait |is |are |was |were )\w"
)
_NOUN = re.compile(r"\w+")
_PEOPLE = WordList("rag.query", "answer_type", ("person",))


def _is_ranked(before: str) -> bool:
    """Return whether what stands before a role makes it another: `deputy `, `adjointe au `."""
    opening = re.search(r"([^\W_]+)[ -](?:au |a la |a l'|du |de la |de l'|of the |to the )?$", before)
    return opening is not None and opening[1] in RANKS.terms


@dataclass(frozen=True)
class Bearing:
    """One question's subjects, and how they are looked for in evidence.

    Attributes:
        subjects: What the question is about.
        expected: What would answer it.
        question: The question.
        analyses: The sentences that have been read for it.
        yes_or_no: Whether yes or no would answer it.
        alone: The names, flattened, that stand by themselves in what was found: `Brassy-les-Bains` is none of
            Brassy where articles speak of Brassy.

    """

    subjects: tuple[Subject, ...]
    expected: ExpectedAnswer
    question: AnalysedSentence
    analyses: SentenceAnalyses
    yes_or_no: bool = False
    alone: frozenset[str] = frozenset()

    def bears(self, *evidence: Evidence) -> bool:
        """Return whether pieces of evidence together are of what the question is about.

        And none of them says the contrary of what is asked who did.
        """
        return not self.unborne(*evidence) and not any(self._is_reversed(item) for item in evidence)

    def unborne(self, *evidence: Evidence) -> tuple[Subject, ...]:
        """Return the subjects that no piece of evidence bears out.

        Of several that are named side by side one is enough.
        """
        places = [_Place(item, self) for item in evidence]
        groups: dict[int, list[Subject]] = {}
        for subject in self.subjects:
            groups.setdefault(subject.group, []).append(subject)
        return tuple(
            subject
            for several in groups.values()
            if not any(place.bears(subject) for place in places for subject in several)
            for subject in several
        )

    def refusal(self, offered: Sequence[Evidence], language: str) -> str:
        """Say that articles have a name that nothing on offer is of; empty where that isn't so."""
        missing = [subject for subject in self.unborne(*offered) if subject.kind == "name"]
        return refusals.unborne([subject.text for subject in missing], language) if missing else ""

    def _is_reversed(self, item: Evidence) -> bool:
        return not self.yes_or_no and is_reversed(
            self.question, self.analyses.of(item.quote, item.article.language)
        )

    @cached_property
    def names(self) -> tuple[Name, ...]:
        """The subjects' names."""
        return tuple(subject.name for subject in self.subjects if subject.name is not None)

    @cached_property
    def which(self) -> frozenset[str]:
        """What is said of the noun whose bearers are asked for (`quelles rues`), as `preceding` has it."""
        stems = terms(self._noun, self.question.language)
        return frozenset(meaning for stem in stems for meaning in meanings(stem, self.question.language))

    @cached_property
    def asks_for_a_name(self) -> bool:
        """Whether a name that acts in a quote may be the answer, and so no rival."""
        which = _ASKS_WHICH.search(self.question.folded) is not None
        return self.expected.kind == "name" or (which and self.expected.kind is None)

    @cached_property
    def asks_for_no_person(self) -> bool:
        """Whether it asks which of several things that are no people: `quel prix`, `which university`."""
        if self.expected.kind == "name":
            return False
        return bool(self._noun) and not _PEOPLE.found_in(self._noun)

    @cached_property
    def _noun(self) -> str:
        """The noun of which it asks which, folded; empty where it doesn't."""
        asked = _ASKS_WHICH.search(self.question.folded)
        word = _NOUN.match(self.question.folded, asked.end() - 1) if asked else None
        return word[0] if word else ""


class _Place:
    """A piece of evidence in its article, as subjects are looked for in it."""

    def __init__(self, evidence: Evidence, asked: Bearing) -> None:
        article = evidence.article
        self._evidence = evidence
        self._asked = asked
        self._language = article.language
        self._crossing = article.language != asked.question.language
        self._published = stated_day(article.published_at)

    # --- what is there ---

    def _read(self, text: str) -> AnalysedSentence:
        return self._asked.analyses.of(text, self._language)

    @cached_property
    def _quote(self) -> AnalysedSentence:
        return self._read(self._evidence.quote)

    @cached_property
    def _title(self) -> AnalysedSentence:
        """Return the article's title with the heading over the quote."""
        article = self._evidence.article
        heading = heading_over(article.text, self._evidence.start)
        return self._read(f"{article.title}\n{heading}" if heading else article.title)

    @cached_property
    def _before(self) -> AnalysedSentence:
        """Return what stands before the quote, as far back as its pronouns may reach."""
        start = self._evidence.start
        begin = min([start, *(span.start for span in self._evidence.before)])
        return self._read(self._evidence.article.text[min(begin, max(0, start - _NEAR)) : start])

    @cached_property
    def _article(self) -> AnalysedSentence:
        article = self._evidence.article
        stated = (article.title, article.outlet, article.author, article.text)
        return self._read("\n".join(part for part in stated if part))

    @cached_property
    def _quote_names(self) -> tuple[Name, ...]:
        return tuple(self._quote.names_known_by(self._article.vocabulary, self._quote.date_spans))

    @cached_property
    def _before_names(self) -> tuple[Name, ...]:
        return tuple(self._before.names_known_by(self._article.vocabulary, self._before.date_spans))

    @cached_property
    def _title_names(self) -> tuple[Name, ...]:
        return tuple(self._title.names_known_by(self._article.vocabulary, self._title.date_spans))

    @cached_property
    def _points_back(self) -> bool:
        """Whether the quote has a pronoun or a description whose name was said before."""
        return anaphors(self._quote.flat) > 0

    # --- subjects ---

    def bears(self, subject: Subject) -> bool:
        """Return whether the evidence bears a subject out."""
        if subject.kind == "date":
            return self._bears_date(subject)
        if subject.kind == "role":
            return self._bears_role(subject)
        if subject.kind == "work":
            return self._has_terms(subject.terms, self._article)
        if subject.kind == "noun":
            return not self._can_compare(subject.terms) or self._has_terms(subject.terms, self._article)
        if subject.kind == "object":
            near = (self._quote, self._title, self._before)
            return not self._can_compare(subject.terms) or any(
                self._has_terms(subject.terms, said) for said in near
            )
        if subject.kind == "occasion":
            return self._bears_occasion(subject)
        return self._bears_name(subject, subject.name)

    def _bears_occasion(self, subject: Subject) -> bool:
        """Return whether the article speaks of that event of its kind, and the quote of no other one."""
        if self._language not in LANGUAGES:
            return True
        wanted = set(subject.terms)
        families = {kind.partition(" ")[0] for kind in wanted}
        for said in (self._quote, self._title, self._before):
            kinds = OCCASIONS.kinds_in(said.flat.lower(), self._language)
            rivals = [kind for kind in kinds if kind.partition(" ")[0] in families]
            if rivals:
                return not wanted.isdisjoint(rivals)
        return not wanted.isdisjoint(OCCASIONS.kinds_in(self._article.flat.lower(), self._language))

    def _bears_name(self, subject: Subject, name: Name) -> bool:
        if self._is_told_of_another(subject) or names_only_a_namesake(self._quote_names, name):
            return False
        if self._names(name, self._quote, self._article.vocabulary):
            return True
        if self._publishes(name):
            # The Harwick Post tells of Harwick, unless it says where else: `near Pell`.
            return subject.slot != "place" or not any(kind == "place" for _, kind in self._rivals(subject))
        home = HOMES.get(self._language or "")
        if home is not None and group_of(flatten(name.text)) == home:
            return not any(kind == "place" for _, kind in self._rivals(subject))
        if any(True for _ in self._rivals(subject)):
            return False
        if self._names(name, self._title):
            return True
        if self._names(name, self._before):
            return self._is_nearest(subject, name)
        return self._names(name, self._article) and not self._has_other_topic(subject)

    def _names(self, name: Name, said: AnalysedSentence, article: Vocabulary | None = None) -> bool:
        language = self._asked.question.language
        if self._is_anothers_name(name, said.flat) or self._is_another_place(name, said.flat):
            return False
        if article is not None:
            return mentioned(name, said.vocabulary, article, self._crossing, language)
        return supported(name, said.vocabulary, self._crossing, language)

    def _is_another_place(self, name: Name, flat: str) -> bool:
        """Return whether a text has `Nivelle` alone, which isn't Nivelle-sur-Orge in this article."""
        return stands_bare(name, flat) and not is_said_first(name, self._article.flat)

    def _is_anothers_name(self, name: Name, flat: str) -> bool:
        """Return whether a text has one of the names that stand by themselves in longer ones only."""
        form = flatten(name.text)
        return form.lower() in self._asked.alone and standing(form, flat) == "within"

    def _is_mine(self, other: Name, mine: Name, said: AnalysedSentence) -> bool:
        """Return whether a name of a text may be one of the question's, and no longer one that has it."""
        if not alike(other, mine) or (begins(other, mine) and not is_said_first(mine, self._article.flat)):
            return False
        form = flatten(mine.text)
        if form.lower() not in self._asked.alone:
            return True
        at = said.flat.lower().find(form.lower(), other.start, other.end)
        return at < 0 or not is_longer(said.flat, at, at + len(form))

    def _publishes(self, name: Name) -> bool:
        article = self._evidence.article
        wanted = words(name.text)
        return any(set(wanted) <= set(words(stated)) for stated in (article.outlet, article.author) if stated)

    def _rivals(self, subject: Subject) -> Iterator[tuple[Name, NameKind]]:
        """Yield the quote's names that stand where the subject would, and are none of the question's."""
        for name in self._quote_names:
            if any(self._is_mine(name, mine, self._quote) for mine in self._asked.names) or self._answers(
                name
            ):
                continue
            kind = self._kind(name, self._quote)
            if self._is_rival(subject, name, kind):
                yield name, kind

    def _answers(self, name: Name) -> bool:
        """Return whether a name of the quote is in the words that answer."""
        start, end = self._evidence.answer_start, self._evidence.answer_end
        if start is None or end is None:
            return False
        begin = self._evidence.start + name.start
        return begin < end and start < begin + (name.end - name.start)

    def _is_rival(self, subject: Subject, other: Name, kind: NameKind) -> bool:
        """Return whether another name has the subject's part: beside the same word, in the same place."""
        if subject.of and kind and subject.of != kind:
            return False
        asked, slot = self._asked, slot_of(self._quote.flat, other.start)
        if slot != subject.slot:
            return False
        if slot != "plain":
            beside = preceding(asked.question, subject.name) & preceding(self._quote, other)
            standing = _STANDING_FOR.search(self._quote.flat[: other.start])
            if (beside or standing) and not _NAMED.search(self._quote.flat[: other.start]):
                return True
        if slot == "of":
            return False
        if slot == "place":
            return asked.expected.kind != "place"
        person = kind == subject.of == "person"
        if self._points_back or (asked.asks_for_a_name and not (person and asked.asks_for_no_person)):
            return False
        same_deed = following(asked.question, subject.name) & following(self._quote, other)
        return bool(same_deed) or (kind == subject.of and kind != "")

    def _is_told_of_another(self, subject: Subject) -> bool:
        """Return whether the noun that the question has before the name stands before another one only.

        `Le club de Brévennes s'entraînera à Corvenne` says nothing of the club of Corvenne.
        """
        if subject.slot != "of" or subject.name is None:
            return False
        noun = preceding(self._asked.question, subject.name)
        if not noun or not noun.isdisjoint(self._asked.which):  # `quelles rues de Toury`: other names answer
            return False
        said = self._before if self._points_back else None
        beside = [
            (self._is_mine(name, subject.name, text), not noun.isdisjoint(preceding(text, name)))
            for text, names in ((self._quote, self._quote_names), (said, self._before_names if said else ()))
            if text is not None
            for name in names
            if slot_of(text.flat, name.start) == "of"
        ]
        return (False, True) in beside and (True, True) not in beside

    def _is_nearest(self, subject: Subject, name: Name) -> bool:
        """Return whether the last name of its kind before the quote is the subject's."""
        for other in reversed(self._before_names):
            if self._is_mine(other, name, self._before) or self._same(other, name):
                return True
            kind = self._kind(other, self._before)
            titled = any(alike(other, topic) for topic in self._title_names)
            elsewhere = slot_of(self._before.flat, other.start) == "place" != subject.slot
            if titled and (kind == subject.of if subject.of and kind else not elsewhere):
                return False
        return True

    def _same(self, other: Name, name: Name) -> bool:
        """Return whether a name of the article is the subject's in another form."""
        return self._names(name, self._read(other.text))

    def _has_other_topic(self, subject: Subject) -> bool:
        """Return whether the title names another one of the subject's kind."""
        return any(
            not any(self._is_mine(name, mine, self._title) for mine in self._asked.names)
            and (kind := self._kind(name, self._title)) == subject.of
            and kind != ""
            for name in self._title_names
        )

    def _kind(self, name: Name, said: AnalysedSentence) -> NameKind:
        """Return what a name is of: by the words beside it here, or else elsewhere in the article."""
        if kind := kind_of(name, said.flat):
            return kind
        flat, form = self._article.flat, flatten(name.text)
        places = islice(re.finditer(rf"(?<!\w){re.escape(form)}(?!\w)", flat), _OCCURRENCES)
        kinds = (kind_of(Name(*place.span(), name.text, name.tokens), flat) for place in places)
        return next(filter(None, kinds), "")

    def _bears_role(self, subject: Subject) -> bool:
        """Return whether the quote, or what its pronoun points back to, has the role."""
        said = [self._quote, self._before] if self._points_back else [self._quote]
        role, *rank = subject.terms
        parts = re.split(r"[ -]", role)
        wanted = [*parts, *rank] if self._can_compare(rank) else parts
        return any(
            self._has_terms(wanted, item)
            and self._has_compound(role, item)
            and not self._is_anothers(subject, item)
            for item in said
        )

    def _has_compound(self, role: str, said: AnalysedSentence) -> bool:
        """Return whether a compound stands in a text as one word: `porte-parole`, not `porte` and `parle`."""
        if "-" not in role or self._crossing:
            return True
        wanted = set(terms(role, self._language))
        compounds = re.findall(r"[^\W_]+(?:-[^\W_]+)+", said.flat.lower())
        return any(wanted <= set(terms(compound, self._language)) for compound in compounds)

    def _is_anothers(self, subject: Subject, said: AnalysedSentence) -> bool:
        """Return whether a text has only another role: `beau-frère`, `adjoint au maire`; or that of another.

        `Le porte-parole de l'intersyndicale` is none of another body's.
        """
        if self._crossing:
            return False
        # `Qui était le maire` is answered by `l'ancien maire`.
        past = _WAS.search(self._asked.question.folded) is not None
        parts = re.split(r"[ -]", subject.terms[0])
        role = {stem for part in parts for stem in terms(part, self._language)}
        held = []
        for word in re.finditer(r"[^\W_]+(?:-[^\W_]+)*", said.flat):
            if role.isdisjoint(terms(word[0].lower(), self._language)):
                continue
            ranked = not past and len(subject.terms) == 1 and _is_ranked(said.flat[: word.start()].lower())
            if ranked or word[0].count("-") > subject.terms[0].count("-"):
                held.append(False)
                continue
            of = ROLE_OF.match(said.flat, word.end()) if subject.holding else None
            if of is None:  # of what, isn't said here
                return False
            held.append(self._has_terms(subject.holding, self._read(of["noun"])))
        return bool(held) and not any(held)

    def _can_compare(self, wanted: Iterable[str]) -> bool:
        """Return whether words can be looked for: in their own language, or by what both call the same."""
        return not self._crossing or all(
            any(
                meaning.startswith("=")
                for stem in terms(word, self._asked.question.language)
                for meaning in meanings(stem, self._asked.question.language)
            )
            for word in wanted
        )

    def _has_terms(self, wanted: Iterable[str], said: AnalysedSentence) -> bool:
        """Return whether a text has all of these words, by their stems, families and synonyms."""
        have = said.meanings
        for word in wanted:
            stems = terms(word, self._asked.question.language)
            meant = frozenset(m for stem in stems for m in meanings(stem, self._asked.question.language))
            if meant and meant.isdisjoint(have) and not any(related(s, o) for s in stems for o in have):
                return False
        return True

    def _bears_date(self, subject: Subject) -> bool:
        passage = DatedPassage(self._quote, self._title, self._before, self._article, self._published)
        return is_dated(passage, subject.dates, self._asked.expected)
