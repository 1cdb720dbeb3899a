"""Terms: what the term index and the checks compare. Stems of the words that carry meaning, in order.

Pure functions over strings; knows stop words and stemmers per language, no article and no index.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Sequence
from functools import lru_cache

import Stemmer

from rag.text.canonical_forms import in_one_form, plain_dates
from rag.text.inflection import as_singular
from rag.text.normalization import fold, folded_words, words
from rag.text.stop_words import stop_words

_STEMMERS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek",
    "en": "english", "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish",
    "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian",
    "it": "italian", "lt": "lithuanian", "ne": "nepali", "nl": "dutch", "no": "norwegian", "pl": "polish",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil",
    "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
LANGUAGES = frozenset(_STEMMERS)

# Capitals between words that aren't: `WHO`, `US`, not a headline in capitals.
_ACRONYM = re.compile(r"(?<![A-Z][ '’-])\b(?:[A-Z]{2,}|[A-Z](?:\.[A-Z])+)\b(?!\.?[ '’-][A-Z]{2})")
_thread = threading.local()


def terms(text: str, language: str | None = None) -> list[str]:
    """Return what the term index and the checks compare: stems of the words that carry meaning, in order."""
    return stems(content_words(text, language), language)


def word_stems(text: str, language: str | None = None) -> list[str]:
    """Terms of the words as they are written: numbers in words and months stay words."""
    return stems_of_words(words(text), language)


def stems_of_words(said: Sequence[str], language: str | None) -> list[str]:
    """Return the same of a text's folded words."""
    stop = stop_words(language)
    return stems([word for word in said if word not in stop], language)


def query_terms(content: Sequence[str], languages: Iterable[str]) -> list[str]:
    """Return a question's content words as the articles' languages would stem them.

    Stems differ by language.
    """
    return list(dict.fromkeys(stem for language in languages for stem in stems(content, language)))


def content_words(text: str, language: str | None) -> list[str]:
    """Folded words without the language's stop words; numbers and dates in one form.

    A word in capitals, such as `WHO` or `US`, is a name and no stop word.
    """
    return list(_content(text, language))


# A passage's words are asked for by its sketch, twice, and by its posting.
@lru_cache(maxsize=256)
def _content(text: str, language: str | None) -> tuple[str, ...]:
    return content_of(fold(text), text, language)


def content_of(folded: str, text: str, language: str | None) -> tuple[str, ...]:
    """Return the content words of a text that has been folded already."""
    found = in_one_form(folded_words(plain_dates(folded, language)), language)
    stop = stop_words(language)
    names = {fold(name).replace(".", "") for name in _ACRONYM.findall(text)} & stop if stop else frozenset()
    return tuple(word for word in found if word not in stop or word in names)


def stems(content: Sequence[str], language: str | None) -> list[str]:
    """Stem folded words; those of a language without a stemmer stay as they are."""
    stemmer = _stemmer(language)
    if language == "fr":
        content = [as_singular(word) for word in content]
    return stemmer.stemWords(content) if stemmer else list(content)


def _stemmer(language: str | None) -> Stemmer.Stemmer | None:
    """Return one stemmer per thread and language: its cache isn't safe to share."""
    if language not in _STEMMERS:
        return None
    stemmers = _thread.__dict__.setdefault("stemmers", {})
    if language not in stemmers:
        stemmers[language] = Stemmer.Stemmer(_STEMMERS[language])
    return stemmers[language]
