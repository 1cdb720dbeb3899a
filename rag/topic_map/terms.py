"""The terms of an article that may name its subject: noun phrases and names, as they were published.

Pure, and without a model: words by their language's stop words, joined where they stand side by side or with
`de`, `of the`… between them; nouns by what stands before them. Chinese and Japanese are cut by script. Thai,
Lao, Khmer and Burmese, which write no spaces and of whose words nothing is known here, give none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from stopwordsiso import stopwords

from rag.schema.article import Article
from rag.text.analyzer import LANGUAGES, stems
from rag.text.cldr import month_names
from rag.text.normalization import WORD_SIGNS, fold, words
from rag.text.stop_words import stop_words
from rag.topic_map.function_words import (
    CAPITAL_NOUNS,
    CONNECTIVES,
    DETERMINERS,
    NO_SUBJECTS,
    PLURALS_IN_S,
    UNCHANGED,
    VERB_SIGNS,
)

Key = tuple[str, ...]

_READ = 2_000  # characters of each article: what it is about is said at its beginning
_MOST = 3  # words of content in a term; of a name, more
_MOST_OF_A_NAME = 5
_BETWEEN = 2  # small words between two of them
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff々"
_SOFT = "\u00ad\u200b\u200c\u200d"
_NO_SPACES = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+|\b[\w-]+\.(?:com|org|net|info|eu|[a-z]{2})\b(?!\.)")
_TOKEN = re.compile(
    rf"[^\W_][\w{WORD_SIGNS}{_SOFT}]*(?:[-‑'’ʼ][^\W_][\w{WORD_SIGNS}{_SOFT}]*)*['’]?|[^\s]",
)
_ELIDED = re.compile(
    r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|dell|nell|all|dall|sull|un|quest|quell)['’ʼ](?=[^\W\d_])",
    re.IGNORECASE,
)
_ELIDING = ("fr", "it", "ca", "oc", "br", "lb")
_GENITIVE = re.compile(r"['’]s?$")
_ENDS = ".!?…:;\n"
_CJK_RUN = re.compile(rf"[{_HAN}]{{2,}}|[\u30a1-\u30fa\u30fc]{{3,}}")
# Between words of Chinese and Japanese: what no term is made with.
_HAN_SMALL = re.compile(
    "[的了是在和与與及对對为為将將被把从從就也都而或但等这這那其该該说說称稱不有个個上下中年月日时時今昨明于於由之以请請]"
)
_LONGEST_HAN = 6  # characters
_PARTICLES = re.compile("(?:에서|에게|으로|부터|까지|은|는|이|가|을|를|의|에|로|와|과|도)$")


@dataclass(frozen=True, slots=True)
class Written:
    """How a term is written in one place; `shows_capitals`: neither a title's nor a sentence's first word."""

    words: str
    shows_capitals: bool


@dataclass(slots=True)
class Occurrences:
    """A term in one article: how it is written, and how often something beside it shows a noun or a verb."""

    written: list[Written] = field(default_factory=list)
    as_noun: int = 0
    as_verb: int = 0
    in_title: bool = False
    with_capitals: bool = False  # somewhere they tell anything
    without: bool = False
    # Of a script without spaces: the characters before and after, empty at an end.
    before: set[str] = field(default_factory=set)
    after: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    folded: str
    stem: str | None  # None: of no content
    opens: bool  # the first of a sentence
    in_title: bool


def read_texts(article: Article) -> tuple[str, str]:
    """Return the title and the beginning of the text, which never ends within a word."""
    text = article.text
    if len(text) > _READ:
        end = _READ
        while end > _READ // 2 and not text[end].isspace():
            end -= 1
        text = text[:end]
    return article.title, text


def terms_of(article: Article, texts: Sequence[str]) -> dict[Key, Occurrences]:
    """Return the terms of an article's `texts`, the first of which is its title.

    A term is known by the stems of its words. What names the outlet or the author isn't among them.
    """
    found: dict[Key, Occurrences] = {}
    own = _own_names(article)
    for place, text in enumerate(texts):
        plain = _ADDRESS.sub(" . ", text)
        for run in _runs(plain, article.language, in_title=place == 0):
            _add(found, run, own, article.language)
        _add_unspaced(found, plain)
    return found


def _own_names(article: Article) -> frozenset[str]:
    return frozenset(words(f"{article.outlet or ''} {article.author or ''}"))


# --- words ---


def _runs(text: str, language: str | None, in_title: bool) -> Iterator[list[_Word]]:
    """Yield words that nothing but a space stands between."""
    run: list[_Word] = []
    opens, last = True, 0
    for match in _TOKEN.finditer(text):
        broken = "\n" in text[last : match.start()]
        last = match.end()
        written = match[0]
        if broken or not written[0].isalnum():
            if run:
                yield run
            run = []
            opens = opens or broken or written in _ENDS
            if not written[0].isalnum():
                continue
        for part in _parts(written, language):
            run.append(_word(part, language, opens, in_title))
            opens = False
    if run:
        yield run


def _parts(written: str, language: str | None) -> Iterator[str]:
    """Yield an elided word and what it is elided before; without the genitive of English."""
    written = written.translate(dict.fromkeys(map(ord, _SOFT)))
    if language in _ELIDING or language is None:
        while elided := _ELIDED.match(written):
            if written.lower().startswith(("aujourd", "quelqu", "presqu")):
                break
            yield elided[0]
            written = written[elided.end() :]
    if language == "en" or language is None:
        written = _GENITIVE.sub("", written)
    if language == "ko" and len(written) > 2:
        written = _PARTICLES.sub("", written)
    if written := written.rstrip("'’"):
        yield written


def _word(text: str, language: str | None, opens: bool, in_title: bool) -> _Word:
    folded, stem = _known(text.rstrip("'’ʼ"), language)
    return _Word(text, folded, stem, opens, in_title)


@cache
def _common(language: str | None) -> frozenset[str]:
    """Return the words that no article is about: small words, days, months, numbers in words."""
    code = language or ""
    months = [name for named in month_names(code).values() for width in named for name in width]
    listed = {fold(word) for word in (*stopwords(code), *months)}
    return frozenset(listed | stop_words(language) | NO_SUBJECTS.get(code, frozenset()))


def _known(text: str, language: str | None) -> tuple[str, str | None]:
    """Return a word folded, and its stem if it has content."""
    folded = fold(text)
    is_acronym = len(text) > 1 and text.isupper() and not text.isdigit()
    shortest = 2 if is_acronym or not text.isascii() else 3
    if len(text) < shortest or not text[0].isalpha() or len(text) > 40 or _NO_SPACES.search(text):
        return folded, None
    if _CJK_RUN.search(text) or (folded in _common(language) and not is_acronym):
        return folded, None
    return folded, _stem(folded, language)


def _stem(folded: str, language: str | None) -> str:
    if language in LANGUAGES:
        return next(iter(stems([folded], language)), folded)
    # Nothing is known of how the language inflects: the ends of long words count for nothing.
    return folded[: max(5, len(folded) - 2)]


# --- terms ---


def _add(
    found: dict[Key, Occurrences], run: Sequence[_Word], own: frozenset[str], language: str | None
) -> None:
    code = language or ""
    before, verbal = DETERMINERS.get(code, frozenset()), VERB_SIGNS.get(code, frozenset())
    for start, word in enumerate(run):
        if word.stem is None or _is_own(word, own):
            continue
        sign = run[start - 1].folded if start else ""
        for key, end in _beginning(run, start, own, code):
            _note(found, key, run[start:end], sign in before, sign in verbal)


def _beginning(
    run: Sequence[_Word], start: int, own: frozenset[str], language: str
) -> Iterator[tuple[Key, int]]:
    """Yield the terms that begin with a word, and where they end: the word alone, then longer ones.

    No part of a longer name is one, nor a name with what isn't one right before it; in German a noun has a
    capital. What follows `grève des cheminots` without `de` is no part of it any more.
    """
    between = CONNECTIVES.get(language, frozenset())
    key, end, names, joined = [run[start].stem or ""], start + 1, _is_capital(run[start]), False
    yield tuple(key), end
    if names and start and _is_capital(run[start - 1]) and run[start - 1].stem:
        return
    while True:
        small = end
        while small < len(run) and small - end < _BETWEEN and run[small].folded in between:
            small += 1
        if small >= len(run) or (following := run[small]).stem is None or _is_own(following, own):
            return
        if following.stem in key:
            return
        capital, small_words = _is_capital(following), small > end
        names_on = names and capital
        if len(key) >= (_MOST_OF_A_NAME if names_on else _MOST):
            return
        beside = not (small_words or names_on)
        if beside and not _goes_with(run[end - 1], following, len(key), names, joined, language):
            return
        key.append(following.stem)
        end, names, joined = small + 1, names_on, joined or small_words
        if not (capital and end < len(run) and _is_capital(run[end]) and run[end].stem):
            yield tuple(key), end


def _goes_with(
    word: _Word, following: _Word, length: int, is_name: bool, joined: bool, language: str
) -> bool:
    """Return whether a word and what stands right after it, not both in capitals, may be a term."""
    if length > 1 or joined or language == "ko":  # whose particles end a term, and are left out
        return False
    if language in CAPITAL_NOUNS:
        return _is_capital(following)
    if is_name or _is_capital(following):
        return False
    # `les cheminots inquiètent`: an adjective would be in the plural as its noun is.
    plural, plural_too = (one.folded.endswith(("s", "x")) for one in (word, following))
    return language not in PLURALS_IN_S or plural == plural_too or word.folded in UNCHANGED


def _is_own(word: _Word, own: frozenset[str]) -> bool:
    return word.text[0].isupper() and word.folded in own


def _is_capital(word: _Word) -> bool:
    return word.text[0].isupper()


def _note(found: dict[Key, Occurrences], key: Key, run: Sequence[_Word], noun: bool, verb: bool) -> None:
    one = found.setdefault(key, Occurrences())
    text = "".join(
        word.text if word.text.endswith(("'", "’", "ʼ")) or place == len(run) - 1 else f"{word.text} "
        for place, word in enumerate(run)
    )
    shows = not (run[0].opens or run[0].in_title)
    one.written.append(Written(text, shows))
    one.as_noun += noun
    one.as_verb += verb
    one.in_title = one.in_title or run[0].in_title
    if shows:
        capitals = _is_capital(run[0]) and _is_capital(run[-1])
        one.with_capitals, one.without = one.with_capitals or capitals, one.without or not capitals


def _add_unspaced(found: dict[Key, Occurrences], text: str) -> None:
    """Add what is written without spaces: whole runs of a script, and parts of long ones."""
    for match in _CJK_RUN.finditer(text):
        run = match[0]
        if "\u30a1" <= run[0] <= "\u30fc":
            _note_unspaced(found, run, "", "")
            continue
        for piece in _HAN_SMALL.split(run):
            for size in range(2, min(_LONGEST_HAN, len(piece)) + 1):
                for start in range(len(piece) - size + 1):
                    end = start + size
                    _note_unspaced(
                        found, piece[start:end], piece[max(0, start - 1) : start], piece[end : end + 1]
                    )


def _note_unspaced(found: dict[Key, Occurrences], written: str, before: str, after: str) -> None:
    one = found.setdefault((written,), Occurrences())
    one.written.append(Written(written, True))
    one.as_noun += 1
    one.before.add(before)
    one.after.add(after)


def is_unspaced(key: Key) -> bool:
    """Return whether a term is of a script that writes no spaces."""
    return len(key) == 1 and bool(_CJK_RUN.fullmatch(key[0]))


def usual_form(written: Counter[Written]) -> str:
    """Return how a term is written most often; capitals are believed where they tell something."""
    telling = Counter({one.words: count for one, count in written.items() if one.shows_capitals})
    if not telling:
        for one, count in written.items():
            telling[one.words] += count
    plain = {form: count for form, count in telling.items() if not _shouts(form)} or telling
    return min(plain, key=lambda form: (-plain[form], fold(form), form))


def _shouts(form: str) -> bool:
    """Return whether it is written in capitals as headlines are; an acronym is as it is."""
    return form.isupper() and (len(form) > 6 or " " in form)
