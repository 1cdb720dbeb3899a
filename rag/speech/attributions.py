"""What everybody whom an article names says in it: quotations and reported speech, each with its speaker.

Pure. Every statement is a pointer. Who says something has to be named, called by a role that only one of the
named has, or meant by a pronoun that can mean nobody else; else it is left out: a quotation in the wrong
mouth is worse than one that is missing.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.schema.article import Span
from rag.schema.entity import ArticleEntity, Mention, Statement
from rag.speech.quotations import Quotation, quotations
from rag.speech.references import GOVERNED, References, is_role
from rag.speech.speakers import parts_of
from rag.speech.verbs import ACCORDING_TO, SpeechVerb, speech_verbs
from rag.text.folding import flatten
from rag.text.word_lists import finder

# How far from a quotation its verb may stand, in characters.
_NEAR = 60
# So many words that are quoted, or fewer, are a part of what is told; after some verbs they say nothing.
_PARTIAL, _FRAGMENT = 8, 3
_PLURAL = re.compile(r"(?<!m)(?<![vt]i)ent$")
_ENDS_SPEECH = ",.?!…"
_QUE = re.compile(r"\b(?:que|that)\b|\bqu'")
_SUBJECT_REACH = 110
# What may stand between a subject and its verb: an apposition, clitics, auxiliaries, a few adverbs.
_TO_VERB = re.compile(
    r"(?!'s\b)(?: ?\([^)]{1,30}\))?"
    r"(?:, [^«»\"]{1,110},|,? (?:qui|who|which) [^,«»\"]{1,80},?)?(?: [\w'’-]+){0,4} ?"
)
_APPOSED = re.compile(r", [^«»\"]{1,140},(?: (?:who|qui) [^,]{1,60},)? ?(?:[\w'’]+ ){0,3}")
# `La directrice, Mme X, a dit`: the name itself is what stands between commas.
_ENDS_APPOSITION = re.compile(r", ?(?:[\w'’]+ ){0,3}")
_AFTER_COMMA = re.compile(r", (?:(?:M|MM|Mme|Mlle|Mr|Mrs|Ms|Dr|Pr|Me|Mgr)\.? )?$")
# `the book that X wrote`
_RELATIVE = re.compile(
    r"(?<!\btandis )(?<!\balors )(?<!\bpendant )(?<!\bparce )(?:\bque|\bqu'|\bthat|\bwhich|\bwhom) ?$",
    re.IGNORECASE,
)
_AND_VERB = re.compile(r"(?!'s\b)[^;:«»\"]{1,110}\b(?:but|and|mais|et)(?: [\w'-]+)? ?")
# What may stand between an inverted verb and its subject.
_FROM_VERB = re.compile(
    r",? ?(?:(?:(?!qui\b|que\b|dont\b|ou\b|who\b|which\b|that\b|avant\b|apres\b|while\b|before\b|after\b)"
    r"(?:(?:M|MM|Mme|Mlle|Mr|Mrs|Ms|Dr|Pr|Prof|Me|Mgr|Sen|Gov|Gen|Capt)\.|[\w'’-]+)(?:,? |,|$)){0,10})"
)
_DIRECTLY = re.compile(r" ?(?:(?:le |la |l'|the )(?:[a-z-]+ ){0,2})?(?:(?:M|Mme|Mr|Mrs|Ms|Dr|Me)\. )?")
_CLAUSE = re.compile(r" ?(?:[\w'’-]+ ){0,4}?(?:que\b|qu'|that\b|si\b|whether\b|:)|,? ?:")
_OPINION_NEXT = re.compile(rf"[\s,]*{ACCORDING_TO.pattern}\b", re.IGNORECASE)
_PERSONAL = re.compile(r"^(?:pour|for|aux yeux de) (?=[A-Z]|(?:le|la|l'|the|M\.|Mme) ?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Said:
    """That a verb says who speaks; `entity` is None where nobody can be named."""

    entity: int | None
    verb: Span
    is_alleged: bool = False
    # Whether the words quoted are only a part of what the sentence tells: `X dit que le plan est « bon »`.
    is_partial: bool = False


def find_statements(
    text: str, sentences: Sequence[Span], entities: Sequence[ArticleEntity], mentions: Sequence[Mention]
) -> list[Statement]:
    """Return what these entities say in a text, in order.

    Args:
        text: The article's text.
        sentences: Its sentences, in order.
        entities: Whom it names.
        mentions: Where, in order; each names places in `entities`.
    """
    return _Finder(text, sentences, entities, mentions).find()


class _Finder:
    def __init__(
        self,
        text: str,
        sentences: Sequence[Span],
        entities: Sequence[ArticleEntity],
        mentions: Sequence[Mention],
    ) -> None:
        self._text, self._flat, self._sentences = text, flatten(text), sentences
        self._starts = [sentence.start for sentence in sentences]
        self._quotes = quotations(text)
        quoted = [one.outer for one in self._quotes]
        self._known = References(text, self._flat, entities, mentions, quoted, sentences)

    def find(self) -> list[Statement]:
        found: list[Statement] = []
        taken: set[int] = set()  # sentences that a quotation's speaker is told in
        last: tuple[int, _Said] | None = None  # where the last statement ends, and whose it is
        for number, quote in enumerate(self._quotes):
            said = self._attributed(number)
            if said is None and last is not None and self._goes_on(last[0], quote):
                said = last[1]
            if said is None or said.is_partial:
                continue
            self._known.spoke(max(quote.outer.start, said.verb.start), said.entity)
            context = self._context(quote.outer, said.verb)
            taken.update(self._within(context))
            last = (max(context.end, quote.outer.end), said)
            if said.entity is not None:
                found.append(
                    Statement(said.entity, "direct", quote.words, context, said.verb, said.is_alleged)
                )
        found += self._reported(taken)
        return sorted(found, key=lambda one: (one.words, one.entity))

    # --- quotations ---

    def _attributed(self, number: int) -> _Said | None:
        """Return who is said to speak beside a quotation or in it; None where nothing says so."""
        quote = self._quotes[number]
        return self._after(number) or self._inside(quote) or self._before(number)

    def _after(self, number: int) -> _Said | None:
        quote = self._quotes[number]
        window = Span(quote.outer.end, self._end_after(number))
        if _OPINION_NEXT.match(self._flat, window.start, window.end):
            return self._by_opinion(window)
        for verb in speech_verbs(self._text, self._flat, window):
            if verb.span.start - window.start > _NEAR:
                break
            # `“It works,” Ann said` is English; `Interrogé par « Le Monde », Paul nie` quotes a name.
            if verb.order == "before" and self._text[quote.words.end - 1] not in _ENDS_SPEECH:
                continue
            if (said := self._said(verb, window)) is not None:
                return said
        return None

    def _end_after(self, number: int) -> int:
        """Return where what follows a quotation in its sentence ends; at once if a new sentence begins."""
        end = self._quotes[number].outer.end
        follows = re.match(r"[\s,;–—-]*", self._text[end:])
        place = end + (follows.end() if follows else 0)
        at = self._sentence(place)
        if place >= len(self._text) or "\n" in self._text[end:place]:
            return end
        sentence = self._sentences[at] if at is not None else Span(end, end)
        begins_anew = (
            sentence.start >= end and not self._text[place].islower() and "," not in self._text[end:place]
        )
        if begins_anew:
            return end
        later = self._quotes[number + 1].outer.start if number + 1 < len(self._quotes) else len(self._text)
        return min(sentence.end, later)

    def _inside(self, quote: Quotation) -> _Said | None:
        """Return who speaks by an aside in the quotation: `« Nous partons, a dit X, et pour de bon. »`."""
        for verb in speech_verbs(self._text, self._flat, quote.words):
            comma = self._flat.find(",", verb.span.end, quote.words.end)
            before = self._flat[max(0, verb.span.start - 25) : verb.span.start]
            if comma < 0 or "," not in before or verb.order not in ("pronoun", "after"):
                continue
            hyphen = "-" in self._flat[verb.span.end : verb.span.end + 2] or "-t-" in before
            if verb.order == "pronoun" and hyphen:
                return _Said(self._known.pronoun(verb.pronoun, quote.outer.start), verb.span, verb.is_alleged)
            if verb.order == "after":
                inside = self._known.named_in(verb.span.end + 1, verb.span.end + 40)
                if inside and _FROM_VERB.fullmatch(self._flat, verb.span.end, inside[0].span.start):
                    return _Said(inside[0].entity, verb.span, verb.is_alleged)
        return None

    def _before(self, number: int) -> _Said | None:
        quote = self._quotes[number]
        window = Span(self._start_before(number), quote.outer.start)
        lead = self._flat[window.start : window.end]
        if not lead.strip():
            return None
        if (said := self._by_opinion(window)) is not None:
            return said
        colon = lead.rstrip().endswith(":")
        verbs = [
            verb
            for verb in speech_verbs(self._text, self._flat, window)
            if colon or window.end - verb.span.end <= _NEAR - 20
        ]
        for verb in reversed(verbs):
            if (said := self._said(verb, window)) is not None:
                return replace(said, is_partial=self._is_partial(verb, quote))
        return self._introduced(window) if colon else None

    def _is_partial(self, verb: SpeechVerb, quote: Quotation) -> bool:
        """Return whether a few words are quoted within what is told."""
        count = len(self._words(quote.words).split())
        clause = _QUE.search(self._flat[verb.span.end : quote.outer.start]) is not None
        return (clause and count < _PARTIAL) or (verb.needs_clause and count < _FRAGMENT)

    def _start_before(self, number: int) -> int:
        quote = self._quotes[number]
        at = self._sentence(quote.outer.start)
        start = self._sentences[at].start if at is not None else quote.outer.start
        # `X s'explique :` may stand in a sentence, or a line, of its own.
        if start >= quote.outer.start and at and self._text[: quote.outer.start].rstrip().endswith(":"):
            start = self._sentences[at - 1].start
        earlier = self._quotes[number - 1].outer.end if number else 0
        return max(start, earlier)

    def _introduced(self, window: Span) -> _Said | None:
        """Return who is named before a colon: `X n'est pas de cet avis : « … »`."""
        for mention in self._known.mentions_in(window.start, window.end):
            if not self._known.is_governed(mention):
                entity = mention.entity
                is_person = entity is not None and self._known.entities[entity].kind == "person"
                return _Said(entity, mention.span) if is_person else None
        return None

    def _by_opinion(self, window: Span) -> _Said | None:
        """Return whose opinion it is: `Selon X, « … »`, `Pour Samira Lakhdar, …`."""
        lead = self._flat[window.start : window.end]
        spoken = next((one for one in finder(ACCORDING_TO.terms).finditer(lead.lower())), None)
        personal = _PERSONAL.match(lead.lstrip())
        if spoken is None and personal is None:
            return None
        if spoken is not None:
            start, after = window.start + spoken.start(), window.start + spoken.end()
        else:
            start = window.start + len(lead) - len(lead.lstrip())
            after = start + personal.end()
        who = self._phrase(after, min(window.end, after + _SUBJECT_REACH), begins=True)
        comma = personal is not None and "," not in self._flat[after : window.end]
        if who is None or comma:
            return None
        entity = who if isinstance(who, int) else None
        if personal is not None and (entity is None or self._known.entities[entity].kind != "person"):
            return None
        return _Said(entity, Span(start, after))

    def _goes_on(self, ended: int, quote: Quotation) -> bool:
        """Return whether a quotation follows at once on what somebody said, in the same paragraph."""
        between = self._text[ended : quote.outer.start]
        return not between.strip() and "\n" not in between

    # --- who a verb's subject is ---

    def _said(self, verb: SpeechVerb, window: Span) -> _Said | None:
        """Return who speaks by a verb; None if it has no subject here."""
        who: int | str | None
        if verb.order == "pronoun":
            who = self._known.pronoun(verb.pronoun, window.start if window.start < verb.span.start else 0)
            return _Said(who, verb.span, verb.is_alleged)
        if verb.order == "after":
            who = self._apposed(verb, window)
            if who is None:
                who = self._phrase(verb.span.end, min(window.end, verb.span.end + _SUBJECT_REACH))
        else:
            who = self._subject(verb, window)
        if who is None or (isinstance(who, int) and self._is_of_several(verb, who)):
            return None
        return _Said(who if isinstance(who, int) else None, verb.span, verb.is_alleged)

    def _is_of_several(self, verb: SpeechVerb, entity: int) -> bool:
        """Return whether a French verb is in the plural, so of nobody alone: `les Hammadides estiment`."""
        plural = _PLURAL.search(self._words(verb.span).lower()) is not None
        return plural and self._known.entities[entity].kind == "person"

    def _phrase(self, start: int, end: int, begins: bool = False) -> int | str | None:
        """Return whom the noun phrase after a verb means: an entity, `?` for somebody without a name.

        `begins`: a preposition before it is what it was looked for after: `selon`.
        """
        for mention in self._known.mentions_in(start, end):
            between = self._flat[start : mention.span.start]
            if not _FROM_VERB.fullmatch(between) or ("," in between.rstrip() and not is_role(between)):
                break
            if not self._known.is_governed(mention) or (
                begins and _DIRECTLY.fullmatch(between) and GOVERNED.search(between) is None
            ):
                return "?" if mention.entity is None else mention.entity
        for place in range(start, min(end, start + 45)):
            if self._flat[place - 1] in " '" and (role := self._known.role_at(place, end)) is not None:
                entity = self._known.described(role, place)
                return "?" if entity is None else entity
        return "?" if re.match(r" (?:le |la |l'|les |the |un |une |a |an )", self._flat[start:]) else None

    def _apposed(self, verb: SpeechVerb, window: Span) -> int | str | None:
        """Return who stands before the comma that a verb follows: `X, le maire, a dit`; no inversion then."""
        start = max(window.start, verb.span.start - 2 * _SUBJECT_REACH)
        for mention in reversed(self._known.mentions_in(start, verb.span.start)):
            between = self._flat[mention.span.end : verb.span.start]
            lead = self._flat[max(0, mention.span.start - 12) : mention.span.start]
            ends_apposition = _ENDS_APPOSITION.fullmatch(between) and _AFTER_COMMA.search(lead) is not None
            if ends_apposition or _APPOSED.fullmatch(between):
                governed = self._known.is_governed(mention)
                return None if governed else "?" if mention.entity is None else mention.entity
        return None

    def _subject(self, verb: SpeechVerb, window: Span) -> int | str | None:
        """Return who stands before a verb as its subject."""
        start = max(window.start, verb.span.start - 2 * _SUBJECT_REACH)
        between_names = self._known.mentions_in(start, verb.span.start)
        for mention in reversed(between_names):
            between = self._flat[mention.span.end : verb.span.start]
            joined = _TO_VERB.fullmatch(between) or (
                mention is between_names[-1] and _AND_VERB.fullmatch(between)
            )
            lead = self._flat[max(0, mention.span.start - 14) : mention.span.start]
            subject = not self._known.is_governed(mention) and _RELATIVE.search(lead) is None
            if joined and subject and not self._is_apart(between):
                return "?" if mention.entity is None else mention.entity
        for place in range(verb.span.start - 1, start - 1, -1):
            if place and self._flat[place - 1] not in " '\"»\n,":
                continue
            role = self._known.role_at(place, verb.span.start)
            if role is not None and re.fullmatch(
                r"(?:,[^,]{1,60},)?(?: [\w'’-]+){0,5} ?", self._flat[role.end() : verb.span.start]
            ):
                entity = self._known.described(role, place)
                return "?" if entity is None else entity
        return None

    def _is_apart(self, between: str) -> bool:
        """Return whether another verb's clause stands between a name and a verb: it isn't its subject."""
        return (
            re.search(
                r"\b(?:que|qu'|that|alors|while|dont|quand|when|si|if|whom|ils?|elles?|he|she|they)\b",
                between.lower(),
            )
            is not None
        )

    # --- reported speech ---

    def _reported(self, taken: set[int]) -> Iterator[Statement]:
        for number, sentence in enumerate(self._sentences):
            if number in taken:
                continue
            parts = [
                Span(sentence.start + p.start, sentence.start + p.end)
                for p in parts_of(self._words(sentence))
            ]
            told = [self._told(part) for part in parts]
            for at, said in enumerate(told):
                if said is None or said.entity is None:
                    continue
                # What follows and has no other speaker goes on telling it.
                last = next((later for later in range(at + 1, len(parts)) if told[later]), len(parts)) - 1
                own = _trimmed(self._text, Span(parts[at].start, parts[last].end))
                yield Statement(said.entity, "reported", own, sentence, said.verb, said.is_alleged)

    def _told(self, span: Span) -> _Said | None:
        if (said := self._by_opinion(span)) is not None:
            return said
        for verb in speech_verbs(self._text, self._flat, span):
            if self._known.is_quoted(verb.span.start):
                continue
            follows = _CLAUSE.match(self._flat, verb.span.end, span.end)
            inverted = verb.order == "after" and self._apposed(verb, span) is None
            if verb.needs_clause and not inverted and follows is None:
                continue
            said = self._said(verb, span)
            if said is not None:
                if said.entity is not None:
                    self._known.spoke(span.start, said.entity)
                return said
        return None

    # --- sentences ---

    def _words(self, span: Span) -> str:
        return self._text[span.start : span.end]

    def _sentence(self, place: int) -> int | None:
        """Return the number of the sentence that holds a place."""
        number = bisect_right(self._starts, place) - 1
        return number if number >= 0 and place < self._sentences[number].end else None

    def _context(self, quote: Span, verb: Span) -> Span:
        """Return the whole sentences that hold a quotation and its verb."""
        start, end = min(quote.start, verb.start), max(quote.end, verb.end)
        held = [self._sentences[number] for number in self._within(Span(start, end))]
        return Span(min([start, *(one.start for one in held)]), max([end, *(one.end for one in held)]))

    def _within(self, span: Span) -> list[int]:
        first = max(0, bisect_right(self._starts, span.start) - 1)
        last = bisect_left(self._starts, span.end)
        return [number for number in range(first, last) if span.start < self._sentences[number].end]


def _trimmed(text: str, span: Span) -> Span:
    words = text[span.start : span.end]
    lead = len(words) - len(words.lstrip(" \n\t,;"))
    return Span(span.start + lead, span.start + len(words.rstrip(" \n\t,;")))
