"""What is said to Sourcier and not asked of the articles: a greeting, thanks, "que peux-tu faire ?".

Pure. Knows French and English phrases and what is said in return; no articles and no history. Only words
that are small talk from the first to the last are: "Bonjour, qui a gagné ?" is a question.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# One phrase a line, of what is said between two punctuation marks, folded and without hyphens.
_PHRASES = {
    ("help", "fr"): r"""
        que (peux|sais|fais) tu( faire)?( pour (moi|nous))?( ici)?
        que (pouvez|savez|faites) vous( faire)?( pour (moi|nous))?( ici)?
        (qu'est ce que|que) (tu|vous) (peux|pouvez|sais|savez|fais|faites)( faire)?( pour (moi|nous))?( ici)?
        qu'est ce qu'on peut (te |vous )?(faire|demander)( ici)?
        que peut on (te |vous )?(faire|demander)( ici)?
        que puis je (te |vous )?(faire|demander)( ici)?
        (tu|vous) (peux|pouvez|sais|savez) faire quoi
        (tu|vous) (sers|servez) a quoi
        a quoi (sers tu|servez vous|tu sers|vous servez|ca sert|cela sert)
        (mais )?(qui|qu') ?(es tu|etes vous)
        (mais )?(tu es|t'es|vous etes) (qui|quoi)
        (qui est|qu'est ce que|c'est quoi|c'est qui) (sourcier|ce site|cet outil)
        comment (t'appelles tu|vous appelez vous|tu t'appelles|tu fonctionnes|vous fonctionnez)
        (tu t'appelles|vous vous appelez) comment
        comment (ca|cela|sourcier|cet outil) (marche|fonctionne)
        comment (fonctionnes|marches) tu
        (ca|cela) (marche|fonctionne) comment
        comment (ca|cela) s'utilise
        comment (t'utiliser|vous utiliser|utiliser (sourcier|cet outil)|poser une question)
        (a l')?aide( moi| nous)?
        aidez (moi|nous)
        (j'ai|j'aurais) besoin d'aide
        (peux tu|pouvez vous|tu peux|vous pouvez) (m'aider|nous aider)
        (presente toi|presentez vous)
    """,
    ("help", "en"): r"""
        what (can|do|could) you (do|know)( for (me|us))?( here)?
        what (can|could|should) i (ask|do)( you)?( here)?
        (who|what) are you
        (who|what) is (sourcier|this( tool| site)?)
        what's (sourcier|your name)
        what is your name
        how (do you|does (this|it|sourcier)) work
        how (do|can) i use (you|this|it|sourcier)
        help( me| us)?( out)?
        (can|could) you help( me| us)?
        i need (some )?help
        introduce yourself
    """,
    ("greeting", "fr"): r"""
        (re)?bonjour( a (tous|toutes|toi|vous))?
        (bonsoir|coucou|allo|enchantee?)
        salut( a (tous|toi|vous))?
        (comment )?(ca|cela) va( bien)?
        (tu vas|vous allez) bien
        comment (vas tu|allez vous|tu vas)
    """,
    ("greeting", "en"): r"""
        (hello|hi|hey|howdy|greetings)( there| again)?
        good (morning|afternoon|evening|day)
        how (are you|is it going|do you do)( doing)?( today)?
        (how's it going|what's up|nice to meet you)
    """,
    ("thanks", "fr"): r"""
        (un grand |grand |mille )?merci( beaucoup| bien| infiniment| encore| a (toi|vous)| d'avance)*
        merci (beaucoup )?(pour|de) (ton|votre|ta|cette|la|tes|vos|ces) (aide|reponses?|precisions?)
        merci (beaucoup )?pour (l'aide|tout)
        (je te|je vous) remercie
        (c'est )?(parfait|super|genial|tres bien|note|entendu|compris|excellent|d'accord|bravo)( merci)?
        (ok|okay)( merci)?
    """,
    ("thanks", "en"): r"""
        (many )?thanks( a lot| a million| so much| again| very much)*
        thank you( very much| so much| a lot| again| kindly)*
        (many )?(thanks|thank you) for (your|the) (help|answers?)
        (thx|cheers|great|perfect|got it|understood|all right|alright|well done|good job)
        that's (great|perfect|all)
    """,
    ("farewell", "fr"): r"""
        (au revoir|adieu|ciao)
        a (bientot|plus|plus tard|demain|la prochaine( fois)?|tout a l'heure)
        bonne (nuit|journee|soiree|continuation|fin de journee)
        bon (week end|apres midi)
    """,
    ("farewell", "en"): r"""
        (good ?)?bye( bye)?
        see you( later| soon| tomorrow)?
        (good night|farewell|take care)
        have a (nice|good|great) (day|evening|weekend|week end|one)
    """,
}
# Said beside any of these, in either language, without changing them.
_BESIDE = re.compile(r"\b(sourcier|s'il (te|vous) plait|stp|svp|please|monsieur|madame|et|alors|and|so)\b")
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
    "farewell": {"fr": "Au revoir, et à bientôt.", "en": "Goodbye, and see you soon."},
}


def _pattern(phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{line.strip()})" for line in phrases.strip().splitlines()))


_PATTERNS = {about: _pattern(phrases) for about, phrases in _PHRASES.items()}


@dataclass(frozen=True, slots=True)
class CannedResponse:
    """What is said in return, and in which language (ISO 639-1)."""

    text: str
    language: str


def canned_response(folded: str) -> CannedResponse | None:
    """Return the response to folded small talk, in the language of its last words; None for what asks
    something else.

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
    """The kind of small talk that these words are, and its language."""
    for words in (part, _bare(part)):
        for about, pattern in _PATTERNS.items():
            if pattern.fullmatch(words):
                return about
    return None


def _bare(part: str) -> str:
    return " ".join(_BESIDE.sub(" ", part).split())
