"""Whether an article says that it corrects or updates itself, and in which sentence. Pure.

Only what is said of the article itself counts: a label at the head of a sentence (`Rectificatif :`), or
words about this article. A story about an update of something else says neither.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rag.schema.article import Article, Span
from rag.text.cldr import calendar_words
from rag.text.normalization import fold
from rag.text.sentences import split_sentences

# All on folded text: no capitals, no accents. What a correction or an update is called comes first.
CORRECTION_WORDS = (
    r"rectificatif|rectifications?|correctif|corrections?|erratum|mise a jour"
    r"|corrected|updated?|clarification"
)
_WHEN = (
    r"(?:[ ,.(|-]*(?:\d[\dh:/]*|du|le|a|at|on|of|the|am|pm|gmt|cet|est|h|heures?"
    rf"|{'|'.join(calendar_words('fr') | calendar_words('en'))})(?!\w))*"
)
_LABEL = rf"^[\W_]*(?:{CORRECTION_WORDS}|errata|maj|actualisation){_WHEN}[ .)*_]*(?:[:\]—–]| - )"
_CHANGED = r"(?:modifie|corrige|rectifie|actualise|amende|complete|mis a jour|mise a jour)e?"
_WRONGLY = r"(?:wrongly|incorrectly|mistakenly|erroneously|in error|by mistake)"
_OF_ITSELF = (
    rf"\bcet(?:te)? (?:article|texte|depeche|version) a (?:\w+ )?ete (?:\w+ )?{_CHANGED}\b"
    rf"|^[\W_]*(?:article|texte|depeche) {_CHANGED} (?:le|a|ce|du)\b"
    r"|\bune? (?:premiere|precedente) version de (?:cet article|ce texte|l'article|cette depeche)\b"
    r"|\bla (?:premiere|precedente) version de (?:cet article|ce texte)\b"
    r"|\b(?:contrairement a ce que )?nous (?:avions|avons)"
    r" (?:ecrit|indique|annonce|affirme)e?s? (?:par erreur|a tort)\b"
    r"|\bcontrairement a ce que nous (?:avions|avons)\b"
    r"|\bthis (?:article|story|report|piece|post|page) (?:was|has been|is being) (?:\w+ )?"
    r"(?:amended|corrected|updated|modified|edited)\b"
    rf"|\bwe (?:had )?{_WRONGLY} (?:wrote|written|reported|stated|said)\b"
    rf"|\bwe (?:had )?(?:wrote|written|reported|stated|said) {_WRONGLY}\b"
    r"|\ban? (?:earlier|previous|prior) version of (?:this|our) (?:article|story|report|piece|post)\b"
)
# Characters at either end of an article where corrections are looked for: they stand at the head or the foot,
# and cutting a megabyte into sentences takes seconds.
_END = 20_000
_STATES = re.compile(f"{_LABEL}|{_OF_ITSELF}")
# Over a correction, or a column of them, such a word may stand alone.
_TITLED = re.compile(
    rf"{_LABEL}|^[\W_]*(?:rectificatifs?|rectifications?|correctifs?|corrections?|erratum|errata|clarifications?)[\W_]*$"
)
_MAY_STATE = re.compile(
    rf"\b(?:{CORRECTION_WORDS}|errata|maj|actualisation|version|article|texte|depeche|nous|this|we)\b"
)


def find_correction(text: str, language: str | None = None) -> Span | None:
    """Return the first sentence of `text` that says that its article was corrected or updated.

    None if no sentence does. `language` is the article's, for its sentences' ends.
    """
    start = 0
    for line in text.split("\n"):
        # Sentences are dear to find: only where the words are.
        if _MAY_STATE.search(fold(line)):
            for span in split_sentences(line, language):
                if _STATES.search(fold(line[span.start : span.end])):
                    return Span(start + span.start, start + span.end)
        start += len(line) + 1
    return None


def stated_correction(article: Article) -> str:
    """Return the sentence that says that the article is, or was, corrected; empty if none does.

    Of a long text, at its ends only.
    """
    return _stated(article.text, article.language)


def is_correction(article: Article) -> bool:
    """Return whether an article says in its text or its title (`Correction : la crue…`) that it corrects."""
    return _TITLED.search(fold(article.title)) is not None or bool(stated_correction(article))


@lru_cache(maxsize=256)  # a conversation is drawn at each question, with what it cites
def _stated(text: str, language: str | None) -> str:
    for part in [text] if len(text) <= 2 * _END else [text[:_END], text[-_END:]]:
        if found := find_correction(part, language):
            return part[found.start : found.end]
    return ""
