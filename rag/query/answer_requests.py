"""What is asked of the last answer and not of the articles: `en anglais`, `résume`, `plus de détails`.

Pure. Knows French and English phrases; no history. Only words that are such a request from the first to
the last are: "Résume le discours du maire" is a question.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LANGUAGES = {"francais": "fr", "french": "fr", "anglais": "en", "english": "en"}
_ASKING = r"(?:et |mais |ok |maintenant |now |and |but |peux tu |tu peux |pouvez vous |can you |could you )*"
_POLITE = r"(?: s'il (?:te|vous) plait| stp| svp| please| maintenant| now)?"
_IT = r"(?: (?:moi|nous|me|us|le|la|les|ca|cela|it|that|this|tout|all|la reponse|the answer))*"
_IN = rf"(?:en|in|to|into|vers l'|vers le) ?(?P<language>{'|'.join(_LANGUAGES)})"
_SAY = (
    r"(?:me |le |la |nous )?(?:reponds?|repondez|repondre|repete[zr]?|redis|redire|dis|dire|ecris|"
    r"la meme chose|answer|say|repeat|write|same)"
)
_TRANSLATE = r"(?:me |le |la |nous )?(?:traduis|traduisez|traduire|translate|une traduction|traduction)"
# One phrase a line, folded and without punctuation. These ask for a summary of what was told of.
_SUMS_UP = r"""
    (me |nous )?(le |la |les |l')?(resume[zrs]?|resumer|recapitule[zr]?|synthetise[zr]?)( mieux| un peu)*
    ((fais|faites|donne|donnez)( moi| nous| m'en| en)? )?(un |le |en )?(petit |court |bref |rapide )?resume
    summari[sz]e|sum (it |this |that |all )*up
    ((give|make|write)( me| us)? )?(a |the )?(short |quick |brief )?summary( of (it|this|that))?|in summary
"""
_FORMS = r"""
    (me |le |la )?(detaille[zr]?|explique[zr]?|developpe[zr]?)( mieux| plus| un peu)*
    (me |le |la )?(precise[zr]?|reformule[zr]?|simplifie[zr]?|continue[zr]?)( mieux| plus| un peu)*
    (explain|elaborate|rephrase|simplify|go on|continue)( more| better| up)*
    (in )?(short|brief)|briefly|in a nutshell|tl ?dr
    (en )?bref|en gros
    en (une|deux|trois|quelques) (phrases?|mots?|lignes?)
    in (a|one|two|a few) (sentences?|words?|lines?)
    (en |fais )?(un peu )?plus (court|bref|long|simple|precis|clair)
    plus (simplement|brievement|clairement|precisement|longuement)
    (make it )?(shorter|longer|simpler|clearer)
    (donne[zr]?( moi| nous)? |avec |tu as |as tu |avez vous )?(plus de|davantage de|d'autres|des) THINGS
    (give me |tell me |i want |any |show me )?(more|other|further|some) THINGS
    (quelles|what)( sont)?( les| tes| vos| are your| are the)? (autres |other )?sources
    (dis|dites) m'en plus|en savoir plus|(tell me |say )?more|details?
""".replace(
    "THINGS", "(details?|precisions?|informations?|infos?|sources?|explications?|exemples?|examples?)"
)


def _any(phrases: str) -> str:
    return "|".join(line.strip() for line in phrases.strip().splitlines())


_REQUEST = re.compile(
    rf"{_ASKING}(?:(?P<sums_up>{_any(_SUMS_UP)})|(?P<form>{_any(_FORMS)})|(?P<translate>{_TRANSLATE})|{_SAY})?"
    rf"{_IT}(?: mieux)?(?: ?{_IN})?{_POLITE}"
)
# Said alone they ask for nothing.
_SAYING_ALONE = re.compile(rf"{_ASKING}(?:{_SAY})?{_IT}{_POLITE}")


@dataclass(frozen=True, slots=True)
class Request:
    """The last question again.

    `language`: the one asked for (ISO 639-1), if any. `form`: whether something is asked of the answer's form
    or length. `translate`: in another language, unnamed. `sums_up`: a summary is asked for.
    """

    language: str | None
    form: bool
    translate: bool = False
    sums_up: bool = False

    def answered_in(self, asked_in: str, said_in: str) -> str:
        """Return the answer's language.

        For a question asked in one language and a request said in another.
        """
        if self.language is None and self.translate:
            return "fr" if asked_in == "en" else "en"
        return self.language or said_in


def request(folded: str) -> Request | None:
    """Return the request that these folded words are; None when they are anything else."""
    plain = " ".join(re.sub(r"[^\w']+", " ", folded).split())
    found = _REQUEST.fullmatch(plain)
    if found is None or _SAYING_ALONE.fullmatch(plain):
        return None
    language = _LANGUAGES.get(found["language"] or "")
    sums_up = found["sums_up"] is not None
    translate = found["translate"] is not None and language is None
    return Request(language, sums_up or bool(found["form"]), translate, sums_up)
