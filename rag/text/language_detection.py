"""Which language a text is in.

A pure function over strings; its tables are read when the first language is told.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from rag.text.normalization import words
from rag.text.stop_words import stop_words

# Of a text shorter than this, letters alone tell too little: `Le pont de Lézan ferme.` is Creole by them.
_SHORT = 200
_SURE = 0.6
# French and English are taken for others of at most so many times their probability.
_TIMES = 4.0
_PRIOR = ("fr", "en")


@cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def detect_language(text: str, among: Iterable[str] = ()) -> str | None:
    """ISO 639-1 code of the text's language, or None if it has no words to tell by.

    `among`: the languages to prefer when the text is too short to be sure;
    they decide only when the best guess over all languages has a probability under one half. Without any,
    French or English is preferred where its function words say so, more than those of what is likelier.
    """
    ranked = _ranked(text)
    if not ranked:
        return None
    code, probability = ranked[0]
    preferred = set(among)
    if probability < 0.5 and preferred:
        code = next((code for code, _ in ranked if code in preferred), code)
    if probability < _SURE and not preferred and len(text) < _SHORT:
        return _by_function_words(text, ranked)
    return code


def _by_function_words(text: str, ranked: list[tuple[str, float]]) -> str:
    """Return French or English if the text has more of its function words than of any likelier language's."""
    best, highest = ranked[0]
    said = [word for word in words(text) if len(word) > 1]
    likely = [code for code, chance in ranked if chance * _TIMES >= highest]
    counts = {code: sum(word in stop_words(code) for word in said) for code in likely}
    most = max(likely, key=lambda code: counts[code])  # of several, the likeliest
    return most if counts[most] and most in _PRIOR else best


def certainty(text: str) -> float:
    """Return the probability of the language that a text is likeliest in, in [0, 1]; 0 without words."""
    ranked = _ranked(text)
    return float(ranked[0][1]) if ranked else 0.0


def likeliest_language(text: str, among: Iterable[str], least: float = 0.0) -> str | None:
    """Return the likeliest of these languages, or of all if none is given.

    None if the text has no words to tell by, or none of them has a probability of `least`, in [0, 1].
    """
    wanted = set(among)
    return next(
        (code for code, chance in _ranked(text) if (not wanted or code in wanted) and chance >= least), None
    )


def _ranked(text: str) -> list[tuple[str, float]]:
    if not any(character.isalpha() for character in text):
        return []
    return _identifier().rank(text[:5_000])
