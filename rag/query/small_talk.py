"""What is said to Sourcier and not asked of the articles: a greeting, thanks, "que peux-tu faire ?".

Pure. Knows French and English phrases and what is said in return; no articles and no history. Only words
that are small talk from the first to the last are: "Bonjour, qui a gagné ?" is a question.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from rag.text.word_lists import LANGUAGES, WordList

# Said beside small talk, in either language, without changing it.
_BESIDE = WordList("rag.query", "small_talk", ("beside",))
_ENDS = re.compile(r"[.!?,;:()]+|\s-+\s|\n")
_NO_WORDS = re.compile(r"[^\w']+")
# In the order in which one of them is replied to.
_SAID = {
    "help": {
        "fr": (
            "Je suis Sourcier : je réponds à vos questions avec les seuls articles de votre bibliothèque, et "
            "chaque phrase de la réponse montre la citation sur laquelle elle repose. Quand les articles ne "
            "répondent pas, je le dis. Une date dans la question (« la semaine dernière », « depuis mardi ») "
            "restreint la recherche aux articles de ces jours-là."
        ),
        "en": (
            "I am Sourcier: I answer your questions from the articles in your library alone, and each "
            "sentence of an answer shows the quote that it rests on. When the articles don't answer, I say "
            "so. A date in the question (“last week”, “since Tuesday”) narrows the search to the articles "
            "of those days."
        ),
    },
    "greeting": {
        "fr": "Bonjour ! Posez-moi une question sur les articles de votre bibliothèque.",
        "en": "Hello! Ask me a question about the articles in your library.",
    },
    "thanks": {
        "fr": "Avec plaisir. Posez une autre question quand vous voudrez.",
        "en": "You're welcome. Ask another question whenever you like.",
    },
    "acknowledgement": {
        "fr": (
            "D'accord. Que voulez-vous savoir des articles de votre bibliothèque ? Par exemple qui, quand, "
            "où, combien ou pourquoi, « Quoi de neuf ? » ou « Résume cet article »."
        ),
        "en": (
            "All right. What would you like to know from the articles in your library? For example who, "
            "when, where, how many or why, “What's new?” or “Summarise this article”."
        ),
    },
    "farewell": {"fr": "Au revoir, et à bientôt.", "en": "Goodbye, and see you soon."},
}


_AGREEMENT = WordList("rag.query", "small_talk", ("agreement",))
_PHRASES = {kind: WordList("rag.query", "small_talk", (kind,)) for kind in _SAID}


@dataclass(frozen=True, slots=True)
class CannedResponse:
    """What is said in return, and in which language (ISO 639-1)."""

    text: str
    language: str


def canned_response(folded: str) -> CannedResponse | None:
    """Return the response to folded small talk, in the language of its last words.

    None for what asks something else.

    Of several things said at once, the one that comes first in the table of phrases is replied to.
    """
    parts = [" ".join(_NO_WORDS.sub(" ", part).split()) for part in _ENDS.split(folded)]
    found = [_about(part) for part in parts if _bare(part)]
    if not found or None in found:
        return None
    kind = min((kind for kind, _ in found), key=list(_SAID).index)
    language = found[-1][1]
    return CannedResponse(_SAID[kind][language], language)


def _about(part: str) -> tuple[str, str] | None:
    """Return the kind of small talk that these words are, and its language."""
    for words in (part, _bare(part)):
        for kind, phrases in _PHRASES.items():
            for language in LANGUAGES:
                if words in phrases.of(language):
                    return kind, language
    return None


def agrees(folded: str) -> bool:
    """Return whether folded words say yes to something and nothing else: `oui`, `vas-y`, `yes please`."""
    parts = [" ".join(_NO_WORDS.sub(" ", part).split()) for part in _ENDS.split(folded)]
    said = [_bare(part) for part in parts if _bare(part)]
    return bool(said) and all(part in _AGREEMENT for part in said)


@cache
def _beside() -> re.Pattern[str]:
    return re.compile(rf"\b{_BESIDE.pattern}\b")


def _bare(part: str) -> str:
    return " ".join(_beside().sub(" ", part).split())
