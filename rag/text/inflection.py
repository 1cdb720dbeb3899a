"""The written forms of regular French and English verbs, so that word lists name a verb once. Pure.

Only spelling: no dictionary. Where French has two spellings (`rejette`, `rejète`), both are formed. The
other way round, a third person plural is brought to the singular, which a stemmer then knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

_PARTICIPLE_E = "é ée és ées"
# What follows a French stem, by how the infinitive ends. The future and the conditional are built on the
# stem that `_FUTURES` adds.
_ENDINGS = {
    "er": f"er e es ons ez ent ais ait ions iez aient ai as a âmes âtes èrent ât ant {_PARTICIPLE_E}",
    "ir": "ir is it issons issez issent issais issait issions issiez issaient isse isses irent ît issant"
    " i ie ies",
    "dre": "dre ds d dons dez dent dais dait dions diez daient de des dis dit dirent dît dant du due dues",
    "tenir": "tenir tiens tient tenons tenez tiennent tenais tenait tenions teniez tenaient tienne"
    " tiennes tins tint tinrent tînt tenant tenu tenue tenus tenues",
    "venir": "venir viens vient venons venez viennent venais venait venions veniez venaient vienne"
    " viennes vins vint vinrent vînt venant venu venue venus venues",
    "mettre": "mettre mets met mettons mettez mettent mettais mettait mettions mettiez mettaient mette"
    " mettes mis mit mirent mît mettant mise mises",
    "uire": "uire uis uit uisons uisez uisent uisais uisait uisions uisiez uisaient uise uises uisis"
    " uisit uisirent uisant uite uits uites",
    "vrir": "vrir vre vres vrons vrez vrent vrais vrait vrions vriez vraient vris vrit vrirent vrant vert"
    " verte verts vertes",
    "naître": "naître naitre nais naît nait naissons naissez naissent naissais naissait naissions"
    " naissiez naissaient naisse naisses nus nut nurent naissant nu nue nues",
    "clure": "clure clus clut cluons cluez cluent cluais cluait cluions cluiez cluaient clue clues"
    " clurent cluant clu",
}
_FUTURES = {
    "er": "er", "ir": "ir", "dre": "dr", "tenir": "tiendr", "venir": "viendr", "mettre": "mettr",
    "uire": "uir", "vrir": "vrir", "naître": "naîtr", "clure": "clur",
}  # fmt: skip
_FUTURE_ENDINGS = "ai as a ons ez ont ais ait ions iez aient"
_GROUPS = sorted(_ENDINGS, key=len, reverse=True)
# Endings that begin with a mute e: before them a stem's last vowel opens (`achève`, `rejette`).
_MUTE = re.compile(r"e(?:s|nt|r(?:ai|as|a|ons|ez|ont|ais|ait|ions|iez|aient))?")


_SHORTEST = 6  # letters: `votent`
# Of the imperfect, which the stemmer knows; and singulars of `venir` and `tenir`.
_NO_PLURAL = ("aient", "vient", "tient")
_PAST, _KNOWN_PAST = "erent", "irent"


def as_singular(word: str) -> str:
    """Return a French verb's third person plural of the present or the simple past in the singular.

    Any other word stays as it is. `word` is folded. Snowball's French stemmer knows no ending -ent, and none
    in -erent without its accent: `ferment`, `fermerent` and `ferme` would be three terms. What is spelled
    alike is a noun where the list says so (`couvent`), and in -ment a verb only where it does.
    """
    if len(word) < _SHORTEST or not word.endswith("ent") or word.endswith(_NO_PLURAL):
        return word
    no_verbs, verbs, present = _plurals()
    if word in no_verbs or (word.endswith("ment") and word not in verbs):
        return word
    if word in present:
        return word[:-2]
    if word.endswith(_KNOWN_PAST):
        return word
    return word.removesuffix(_PAST) + "e" if word.endswith(_PAST) else word[:-2]


@cache
def _plurals() -> tuple[frozenset[str], ...]:
    """Return the lists: no verbs, verbs in -ment, forms of the present in -erent and -irent."""
    text = files("rag.text").joinpath("plurals_of_verbs.txt").read_text(encoding="utf-8")
    lists = re.split(r"^\[.+\]$", text, flags=re.MULTILINE)[1:]
    return tuple(frozenset(words.split()) for words in lists)


def verb_forms(infinitive: str, language: str) -> frozenset[str]:
    """Return the forms of a verb: French by its ending, English with -s, -ed and -ing.

    Raises:
        ValueError: The language is neither French nor English, or the French ending has no table.

    """
    if language == "fr":
        return frozenset(_french(infinitive))
    if language == "en":
        return frozenset(_english(infinitive))
    raise ValueError(f"no verb forms for {language}")


def _french(infinitive: str) -> Iterable[str]:
    group = next((group for group in _GROUPS if infinitive.endswith(group)), None)
    if group is None:
        raise ValueError(f"no conjugation for {infinitive}")
    stem = infinitive.removesuffix(group)
    for ending in (*_ENDINGS[group].split(), *(_FUTURES[group] + later for later in _FUTURE_ENDINGS.split())):
        yield from _spelled(stem, ending) if group == "er" else (stem + ending,)


def _spelled(stem: str, ending: str) -> Iterable[str]:
    """Return a form of the first group as it is written: `annonçait`, `jugeait`, `paie`, `achève`."""
    if ending[0] in "aoâ":
        yield (stem[:-1] + "ç" if stem[-1] == "c" else stem + "e" if stem[-1] == "g" else stem) + ending
        return
    if _MUTE.fullmatch(ending) and ending != "er":
        if stem[-1] == "y":
            yield stem[:-1] + "i" + ending
        elif opened := re.fullmatch(r"(.*)[eé]([bcdfglmnprstv]|qu|gu|gn|tr)", stem):
            yield f"{opened[1]}è{opened[2]}{ending}"
            if opened[2] in "lt" and stem[-2] == "e":
                yield stem + stem[-1] + ending
    yield stem + ending


def _english(verb: str) -> Iterable[str]:
    yield verb
    if re.search(r"[^aeiou]y$", verb):
        yield from (verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing")
    elif verb.endswith("e"):
        yield from (verb + "s", verb + "d", verb[:-1] + "ing")
    else:
        yield from (verb + ("es" if re.search(r"(?:s|x|z|ch|sh)$", verb) else "s"), verb + "ed", verb + "ing")
