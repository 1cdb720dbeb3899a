"""Where an article has names, with what stands around them.

Pure. Which words are names is decided by `rag.extraction.names`; here words are joined to them that a name in
an article has and one in a question may lack: `Saint-`, and surnames that are titles elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.extraction.analysed_sentence import SentenceAnalyses
from rag.extraction.names.exonyms import group_of
from rag.extraction.names.gazetteer import ROLES
from rag.extraction.names.vocabulary import Vocabulary
from rag.library.records import ArticleSentences
from rag.schema.article import Span
from rag.speech.verbs import PEOPLE
from rag.text.folding import flatten
from rag.text.word_lists import WordList

FIRST_NAMES = WordList("rag.entities", "first_names", ("women", "men", "either"))
_TITLES = WordList("rag.entities", "kinds", ("titles",))
_AROUND = 90  # characters
_SAINT = re.compile(r"(?:\bSaint(?:e?s?)?-|\bSte?-|\bSt\. )(?:[A-Z][\w]+-(?:[a-z]+-)*)*$")
_INITIAL = re.compile(r"(?:^|(?<=[ «\"(]))(?!M\.)[A-Z]\.(?:[ -]?[A-Z]\.)? $")
_SURNAME = re.compile(r" (?P<word>[A-Z][\w'-]+)\b(?! [A-Z])")
_LAST_TITLE = re.compile(r"\b(?P<title>[\w]+)\.? $")
_NATIONALITY = re.compile(
    r"(?!Iran|Japan|Jordan|Oman|Sudan|Soudan|Bhutan|Kazakhstan|Pakistan|Afghanistan)"
    r"[A-Z][a-z-]*(?:ans?|ians?|ish|ese|ch|utch|ais|aise|aises|ains?|aines?|iens?|iennes?|ois|oises?|eens?|eennes?)"
)
_ELIDED_OFF = re.compile(r"(?:'s|'|(?<!\b[A-Z])\.)+$")


@dataclass(frozen=True, slots=True)
class NameAt:
    """A name in an article. `tokens` are folded; `before` and `after` are flattened text of its sentence.

    `title` is the folded title right before it (`mme`), if there is one.
    """

    span: Span
    text: str
    tokens: tuple[str, ...]
    sentence: int
    before: str
    after: str
    title: str = ""

    @property
    def is_acronym(self) -> bool:
        """Whether it is a short word in capitals: `AFP`."""
        return len(self.tokens) == 1 and self.text.isupper() and 2 <= len(self.text) <= 6


def names_in(whole: ArticleSentences, analyses: SentenceAnalyses) -> list[NameAt]:
    """Return the names of an article's text, in order."""
    article, found = whole.article, []
    known = analyses.of(article.text, article.language).vocabulary
    for number, sentence in enumerate(whole.sentences):
        said = analyses.of(article.text[sentence.start : sentence.end], article.language)
        spans = [(name.start, name.end) for name in said.names_known_by(known, said.date_spans)]
        for start, end in _mended(spans, said.flat, known):
            if _is_people(said.flat[start:end]) or _is_too_short(said.flat[start:end]):
                continue
            found.append(_named(said.text, said.flat, start, end, number, sentence.start))
    return found


def _mended(spans: Sequence[tuple[int, int]], flat: str, known: Vocabulary) -> list[tuple[int, int]]:
    mended: list[tuple[int, int]] = []
    for start, end in spans:
        end -= len(flat[start:end]) - len(_ELIDED_OFF.sub("", flat[start:end]))
        near = flat[max(0, start - _AROUND) : start]  # all that stands before may be a megabyte
        if before := _SAINT.search(near) or _INITIAL.search(near):
            start -= len(near) - before.start()
        words = flat[start:end].split()
        after = _SURNAME.match(flat, end)
        if len(words) == 1 and after and words[0].lower() in FIRST_NAMES and _is_title(after["word"]):
            end = after.end()
        opens = start <= _AROUND and not flat[:start].strip(" «\"'(")
        if len(words) > 1 and opens and _is_no_name(words, known):
            start = flat.index(words[1], start)
        if mended and flat[mended[-1][1] : start] in (" General ", " State ", " Foreign "):
            start = mended.pop()[0]
        mended.append((start, end))
    return mended


def _is_people(flat: str) -> bool:
    """Return whether a word is no name of its own: `German`, `Brévennois`."""
    return group_of(flat) is not None and _NATIONALITY.fullmatch(flat) is not None


def _is_too_short(flat: str) -> bool:
    """Return whether it is a small word with a capital: `En marche`."""
    return len(flat) <= 2 and not flat.isupper()


def _is_title(word: str) -> bool:
    return word.lower() in ROLES


def _is_no_name(words: Sequence[str], known: Vocabulary) -> bool:
    """Return whether the word that opens a sentence is no part of the name after it: `Trustee Ann Lee`."""
    first, second = words[0].lower(), words[1].lower()
    if first in FIRST_NAMES or "-" in first:
        return False
    if first.endswith("maker") or first in ("rival", "fellow"):
        return True
    return first in PEOPLE or (second in FIRST_NAMES and len(words) > 2) or first in known.lower


def _named(text: str, flat: str, start: int, end: int, sentence: int, offset: int) -> NameAt:
    before = flat[max(0, start - _AROUND) : start]
    titled = _LAST_TITLE.search(before)
    title = titled["title"].lower() if titled and titled["title"].lower() in _TITLES else ""
    words = text[start:end]
    tokens = tuple(flatten(words).lower().replace(".", "").split())
    at = NameAt(
        Span(offset + start, offset + end), words, tokens, sentence, before, flat[end : end + _AROUND]
    )
    return replace(at, title=title) if title else at
