"""Which language a text is in.

A pure function over strings; its tables are read when the first language is told.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier


@cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def detect_language(text: str, among: Iterable[str] = ()) -> str | None:
    """ISO 639-1 code of the text's language, or None if it has no words to tell by.

    `among`: the languages to prefer when the text is too short to be sure, as most questions are;
    they decide only when the best guess over all languages has a probability under one half.
    """
    if not any(character.isalpha() for character in text):
        return None
    ranked = _identifier().rank(text[:5_000])
    code, probability = ranked[0]
    preferred = set(among)
    if probability < 0.5 and preferred:
        code = next((code for code, _ in ranked if code in preferred), code)
    return code
