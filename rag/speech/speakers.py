"""Who speaks in each sentence of an article: by name or role beside a verb of speech, or as `il`, `she`.

Pure. Knows one article's sentences; a pronoun stands for the one who spoke or acted last, and a quotation
that goes on over several sentences is one person's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from rag.extraction import cue_words
from rag.extraction.analysed_sentence import AnalysedSentence, SentenceAnalyses
from rag.extraction.names.recognition import Name
from rag.extraction.names.vocabulary import Vocabulary
from rag.library.records import ArticleSentences
from rag.schema.article import Span
from rag.schema.evidence import Evidence
from rag.text.folding import flatten
from rag.text.sentences import split_sentences
from rag.text.word_lists import WordList
from rag.verification.attribution import alike, speaks
from rag.verification.premise import EvidenceReader

_PRONOUNS = WordList("rag.speech", "speakers", ("pronouns",))
_OPENING, _CLOSING = "«“", "»”"
_LONGEST_QUOTATION = 40  # sentences


@dataclass(frozen=True)
class Speaker:
    """Who is asked about: a name, or a role (`le maire`) as folded words with the place that it is of."""

    name: Name | None
    role: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of an article with words of a speaker's; `own` is the part of it that has no other's."""

    span: Span
    said: AnalysedSentence
    own: Span


@cache
def _by_pronoun() -> re.Pattern[str]:
    """Return `a-t-il ajouté`, `dit-elle`, `il a expliqué`, `she said`: a pronoun beside a verb of speech."""
    pronouns, verbs = _PRONOUNS.pattern, cue_words.SPEECH.pattern
    has = r"(?:a|avait|has|had|s'est)"
    return re.compile(
        rf"\b{verbs}-(?:t-)?(?P<after>{pronouns})\b|\b{has}-t-(?P<between>{pronouns}) (?:\w+ )?{verbs}\b"
        rf"|\b(?P<before>{pronouns})(?: (?:{has}|l'a|en|y|also|then|later|aussi|ensuite|meme))* {verbs}\b"
        rf"|\b{verbs} (?P<english>he|she)\b",
        re.IGNORECASE,
    )


def statements(whole: ArticleSentences, speaker: Speaker, analyses: SentenceAnalyses) -> list[Statement]:
    """Return an article's sentences in which the speaker's words are quoted or told, in order."""
    article = whole.article
    spans = [span for span in whole.sentences if article.text[span.start : span.end].strip()]
    known = analyses.of(article.text, article.language).vocabulary
    said = [analyses.of(article.text[span.start : span.end], article.language) for span in spans]
    names = [one.names_known_by(known, one.date_spans) for one in said]
    # `le maire` without a place is the one of the place that the article is about.
    bare = not speaker.place or _is_about(
        speaker.place, article.title, article.text[: spans[0].end if spans else 0]
    )
    wanted = _Wanted(speaker, _names_of(speaker, article.text, analyses, article.language, bare), bare)
    found: list[Statement] = []
    last: bool | None = None  # whether the last one who spoke or acted is the speaker
    inside: bool | None = None  # whose quotation is open
    open_marks = 0
    spoken = [wanted.spoken(one, here) for one, here in zip(said, names, strict=True)]
    for place, (span, one) in enumerate(zip(spans, said, strict=True)):
        begins_open = open_marks > 0
        # Who speaks inside a quotation that neither ends nor began here is told of by whom it quotes.
        within = begins_open and not any(mark in one.text for mark in _CLOSING + '"')
        whose = None if within else spoken[place]
        if whose is None and not within and _by_pronoun().search(one.flat) is not None:
            whose = last
        open_marks = _open_after(one.text, open_marks)
        if whose is None and begins_open:
            # The quotation goes on: it is whoever's opened it, or whoever closes it by name.
            whose = inside if inside is not None else _closer(spoken, said, place)
        if whose is None and not begins_open and open_marks:
            whose = _closer(spoken, said, place)
        if whose is None and _is_whole_quotation(one.text):
            whose = _beside(spoken, said, place, last)
        if not open_marks:
            inside = None
        elif not begins_open:
            inside = whose
        if whose:
            found.append(Statement(span, one, wanted.own_part(one, span, known, analyses)))
        if within:
            continue
        subject = wanted.subject(one, names[place])
        if spoken[place] is not None:
            last = spoken[place]
        elif subject is not None:
            last = subject
    return found


def speaker_of(item: Evidence, reader: EvidenceReader, language: str) -> str:
    """Return who says what a sentence tells: named in it, or where its quotation begins or closes.

    Empty where nobody is named, or several are.
    """
    read = reader.read(item, language)
    named = list(dict.fromkeys(name.text for name in read.quote_names if speaks(read.quote, name)))
    if named:
        return named[0] if len(named) == 1 else ""
    article = item.article
    whole = ArticleSentences(article, tuple(split_sentences(article.text, article.language)))
    meant = [
        name
        for name in _speaking(whole, reader)
        if any(
            said.span.start <= item.start < said.span.end
            for said in statements(whole, Speaker(name), reader.analyses)
        )
    ]
    return meant[0].text if len(meant) == 1 else ""


def _speaking(whole: ArticleSentences, reader: EvidenceReader) -> list[Name]:
    """Return the names that an article quotes, each once."""
    found: dict[str, Name] = {}
    known = reader.analyses.of(whole.article.text, whole.article.language).vocabulary
    for span in whole.sentences:
        said = reader.analyses.of(whole.article.text[span.start : span.end], whole.article.language)
        for name in said.names_known_by(known, said.date_spans):
            if speaks(said, name):
                found.setdefault(name.text, name)
    return list(found.values())


class _Wanted:
    """The speaker, as an article calls them."""

    def __init__(self, speaker: Speaker, names: Sequence[Name], bare: bool) -> None:
        self._names = names
        self._role = _role_pattern(speaker.role, speaker.place, bare) if speaker.role else None

    def is_meant(self, name: Name) -> bool:
        """Return whether a name is the speaker's."""
        return any(alike(name, mine) for mine in self._names)

    def spoken(self, said: AnalysedSentence, names: Sequence[Name]) -> bool | None:
        """Return whether the speaker says a sentence; None if it doesn't tell who does."""
        speaking = [name for name in names if speaks(said, name)]
        speaking = speaking or _after_role(said, names) or _introducing(said, names)
        if any(self.is_meant(name) for name in speaking) or self._role_speaks(said):
            return True
        return False if speaking or _other_role_speaks(said) else None

    def own_part(
        self, said: AnalysedSentence, span: Span, known: Vocabulary, analyses: SentenceAnalyses
    ) -> Span:
        """Return the part of a sentence that is the speaker's; all of it where no other speaks in it."""
        parts = list(parts_of(said.text))
        if len(parts) < 2:
            return span
        read = [analyses.of(said.text[part.start : part.end], said.language) for part in parts]
        whose = [self.spoken(one, one.names_known_by(known, one.date_spans)) for one in read]
        if True not in whose or False not in whose:
            return span
        first = last = whose.index(True)
        while last + 1 < len(parts) and whose[last + 1] is not False:
            last += 1
        start, end = parts[first].start, parts[last].end
        return Span(span.start + start, span.start + start + len(said.text[start:end].rstrip(" ,;")))

    def subject(self, said: AnalysedSentence, names: Sequence[Name]) -> bool | None:
        """Return whether the speaker is what a sentence begins with; None if it begins with nobody."""
        role = self._role.search(said.flat[:60]) if self._role else None
        acting = (
            name for name in names if name.start < 60 and _AFTER_OF.search(said.flat[: name.start]) is None
        )
        first = min(acting, key=lambda name: name.start, default=None)
        if role is not None and (first is None or role.start() <= first.start):
            return True
        return None if first is None else self.is_meant(first)

    def _role_speaks(self, said: AnalysedSentence) -> bool:
        if self._role is None:
            return False
        return any(
            speaks(said, Name(found.start(), found.end(), found[0], (found[0].lower(),)))
            for found in self._role.finditer(said.flat)
        )


_INTRODUCED = re.compile(r":\s*[«“\"]")
_AFTER_OF = re.compile(
    r"(?:\b(?:de|du|des|d|of|from|with|avec|a|au|in|en|dans)|['’]) ?(?:la |le |l['’]|the )?$", re.IGNORECASE
)


def _introducing(said: AnalysedSentence, names: Sequence[Name]) -> list[Name]:
    """Return who is named before a colon that a quotation follows: `X n'est pas de cet avis : « … »`."""
    colon = _INTRODUCED.search(said.text)
    if colon is None:
        return []
    before = [name for name in names if name.end <= colon.start()]
    return [name for name in before if _AFTER_OF.search(said.flat[: name.start]) is None][:1]


@cache
def _comma_and_verb() -> re.Pattern[str]:
    return re.compile(rf", (?:a |avait |has |had |s'est )?{cue_words.SPEECH_VERBS.pattern}\b", re.IGNORECASE)


def _after_role(said: AnalysedSentence, names: Sequence[Name]) -> list[Name]:
    """Return who speaks after a role between commas: `La directrice du site, Mme X, a salué …`."""
    return [
        name
        for name in names
        if _comma_and_verb().match(said.flat, name.end)
        and _ROLE_AND_COMMA.search(said.flat[: name.start]) is not None
    ]


_ROLE_AND_COMMA = re.compile(r"[\w']+, (?:(?:M|Mme|Mlle|Mr|Mrs|Ms|Dr|Me|Pr)\.? )?$")
_PLACE_AFTER = r"(?: (?:de |d'|du |of |des )(?:la |le |the )?[A-Z][\w-]+)"


def _is_about(place: str, *texts: str) -> bool:
    wanted = flatten(place).lower()
    return any(wanted in flatten(text).lower() for text in texts)


def _role_pattern(role: str, place: str, bare: bool) -> re.Pattern[str]:
    """Return a role as it is written; with a place, of that place, or `bare` without any."""
    words = r"[ -]".join(re.escape(word) for word in re.findall(r"\w+", role))
    if not place:
        return re.compile(rf"\b(?i:{words})\b")
    there = rf"(?: (?:de |d'|du |of |des )(?:la |le |the )?(?i:{re.escape(flatten(place))}))"
    return re.compile(rf"\b(?i:{words})(?:{there}\b" + (rf"|\b(?!{_PLACE_AFTER}))" if bare else ")"))


@cache
def _roles() -> re.Pattern[str]:
    role = WordList("rag.speech", "speakers", ("roles",))
    return re.compile(rf"\b{role.pattern}\b", re.IGNORECASE)


def _other_role_speaks(said: AnalysedSentence) -> bool:
    """Return whether somebody speaks who is called by a role: nobody's pronoun is theirs."""
    return any(
        speaks(said, Name(found.start(), found.end(), found[0], (found[0].lower(),)))
        for found in _roles().finditer(said.flat)
    )


def _names_of(
    speaker: Speaker, text: str, analyses: SentenceAnalyses, language: str | None, bare: bool
) -> list[Name]:
    """Return the names that an article gives the speaker: their own, or those beside their role."""
    if speaker.name is not None:
        return [speaker.name]
    said = analyses.of(text, language)
    role = _role_pattern(speaker.role, speaker.place, bare).pattern
    place = "" if speaker.place else f"{_PLACE_AFTER}?"
    before = re.compile(rf"{role}{place},? (?:(?:M|Mme|Mlle|Mr|Mrs|Ms)\.? )?$")
    after = re.compile(rf",? (?:\(|(?i:le |la |l'|the |an? ))?(?:\w+ ){{0,2}}?{role}")
    return [
        name
        for name in said.names_known_by(said.vocabulary)
        if before.search(said.flat[max(0, name.start - 80) : name.start])
        or after.match(said.flat[name.end : name.end + 80])
    ]


# What stands between two speakers' words, and is of neither: `; `, `, tandis que `, `, while `.
_BETWEEN = re.compile(
    r";|,(?= (?:et|mais|tandis que|alors que|pendant que|quand|and|but|while|whereas)\b)"
    r"| (?=(?:tandis que|alors que|pendant que|while|whereas)\b)",
    re.IGNORECASE,
)
_JOINING = re.compile(
    r"[\s,;]*(?:(?:et|mais|and|but|while|whereas)\b\s*|(?:tandis|alors|pendant) qu(?:e\b\s*|['’]))?",
    re.IGNORECASE,
)


def parts_of(text: str) -> Iterator[Span]:
    """Yield the parts of a sentence in each of which another may speak; quotations stay whole."""
    start = seen = is_open = 0
    for found in _BETWEEN.finditer(text):
        if found.start() < start:  # a sign right after another
            continue
        is_open = _open_after(text[seen : found.start()], is_open)
        seen = found.start()
        if not is_open:
            yield Span(start, found.start())
            start = _JOINING.match(text, found.start()).end()
    yield Span(start, len(text))


# --- quotations ---


def _open_after(text: str, before: int) -> int:
    """Return how many quotations are open after a text, given how many were before it."""
    count = before
    for character in text:
        if character in _OPENING:
            count = 1
        elif character in _CLOSING:
            count = 0
        elif character == '"':
            count = 1 - count
    return count


def _is_whole_quotation(text: str) -> bool:
    bare = text.strip()
    return bool(bare) and bare[0] in '«“"' and bare.rstrip(".!?… ")[-1] in '»”"'


def _closer(spoken: Sequence[bool | None], said: Sequence[AnalysedSentence], place: int) -> bool | None:
    """Return whose quotation is open at a sentence: who is named as saying it where it is closed."""
    for later in range(place + 1, min(place + _LONGEST_QUOTATION, len(said))):
        text = said[later].text
        closed = min((at for mark in _CLOSING + '"' if (at := text.find(mark)) >= 0), default=-1)
        if closed >= 0:
            return None if any(mark in text[:closed] for mark in _OPENING) else spoken[later]
    before = place - 1
    if before >= 0 and said[before].text.rstrip().endswith(":"):
        return spoken[before]
    return None


def _beside(
    spoken: Sequence[bool | None], said: Sequence[AnalysedSentence], place: int, last: bool | None
) -> bool | None:
    """Return whose words a sentence is that is all quotation: of who was introduced, or goes on speaking."""
    if place and said[place - 1].text.rstrip().endswith(":"):
        return last if spoken[place - 1] is None else spoken[place - 1]
    if place and (spoken[place - 1] is not None or any(mark in said[place - 1].text for mark in _OPENING)):
        return last
    return None
