"""What kind of thing a question of another language than French or English asks for, by the word that asks.

Pure. Only what these words make certain; `rag.query.answer_type` reads French and English ones more finely.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

AskedKind = Literal["quantity", "time", "name", "place"]


@dataclass(frozen=True, slots=True)
class _Asking:
    """How a language asks, in folded text; `who_is` in the question as it is written, before a name."""

    kinds: dict[AskedKind, re.Pattern[str]]
    who_is: re.Pattern[str]
    words: re.Pattern[str]


def _asking(quantity: str, time: str, name: str, place: str, who_is: str, words: str) -> _Asking:
    told: dict[AskedKind, str] = {"quantity": quantity, "time": time, "name": name, "place": place}
    return _Asking(
        {kind: re.compile(pattern) for kind, pattern in told.items()},
        re.compile(rf"^\W*(?:{who_is}) [^\W\d_a-zß-öø-ÿ]"),
        re.compile(rf"\b(?:{words})\b"),
    )


_LANGUAGES = {
    "de": _asking(
        r"\bwie ?viele?[nr]?\b|\bwie (?:hoch|alt|gross|weit|schnell|teuer|schwer|lange?|oft)\b",
        r"^\W*(?:(?:seit|bis|ab|von|fur) )?wann\b"
        r"|\b(?:an|in|zu|um|seit|bis) welche[mrn]? (?:tag|jahr|monat|datum|uhrzeit)\b|\bum wie ?viel uhr\b",
        r"^\W*(?:(?:von|mit|fur|bei|gegen|durch|an|zu|auf|uber) )?(?:wer|wen|wem|wessen)\b"
        r"|\bwie heiss(?:en|t)\b",
        r"^\W*(?:von |bis )?wo(?:hin|her)?\b|\bin welche[mrn]? (?:stadt|land|ort|dorf|region)\b",
        r"[Ww]er (?:ist|sind|war|waren)(?= [^\W\d_a-zß-öø-ÿ][\w-]*(?: [^\W\d_a-zß-öø-ÿ][\w-]*)+\W*$)",
        r"w(?:er|en|em|essen|as|ann|o|ohin|oher|arum|ieso|eshalb|ie|elche[mnrs]?|or[a-z]+"
        r"|omit|ozu|obei|ofur|odurch|onach|ovon|ovor|ogegen)",
    ),
    "es": _asking(
        r"\bcuant[oa]s?\b",
        r"^\W*(?:(?:desde|hasta|para) )?cuando\b"
        r"|\b(?:en|de|a) que (?:ano|fecha|mes|dia|hora)\b|^\W*que dia\b",
        r"^\W*(?:(?:a|de|con|por|para|contra) )?quien(?:es)?\b|\bcomo se llaman?\b",
        r"^\W*(?:(?:a|de|en|hacia|desde) )?(?:adonde|donde)\b|\ben que (?:ciudad|pais|lugar|pueblo|region)\b",
        r"[Qq]uién(?:es)? (?:es|son|era|eran|fue)",
        r"que|quien(?:es)?|cuando|donde|adonde|como|cuant[oa]s?|cual(?:es)?",
    ),
    "it": _asking(
        r"^\W*(?:(?:a|di|in|per|da|con) )?quant[oiae]\b|\bquanti anni\b",
        r"^\W*(?:(?:da|fino a|per) )?quando\b"
        r"|\b(?:in (?:che|quale)|quale) (?:anno|data|giorno|mese)\b|\ba che ora\b",
        r"^\W*(?:(?:a|di|con|da|per|contro) )?chi\b|\bcome si chiama(?:no)?\b",
        r"^\W*(?:(?:da|di|in|per) )?dove\b|^\W*(?:da |di )?dov'"
        r"|\bin (?:che|quale) (?:citta|paese|luogo|regione)\b",
        r"[Cc]hi (?:è|sono|era|erano|fu)",
        r"che|cosa|chi|quando|dove|dov|come|quant[oiae]|qual[ei]?|perche",
    ),
    "nl": _asking(
        r"\bhoeveel\b|^\W*hoe (?:oud|lang|hoog|groot|ver|snel|duur|zwaar|vaak)\b",
        r"^\W*(?:(?:sinds|tot|vanaf) )?wanneer\b"
        r"|\b(?:in welk jaar|op welke (?:dag|datum)|in welke maand|hoe laat)\b",
        r"^\W*(?:(?:van|met|door|voor|tegen|aan|bij) )?wie\b|\bhoe heet(?:te|ten|en)?\b",
        r"^\W*waar\b(?=.*\?|$)|^\W*(?:waarheen|waarvandaan)\b"
        r"|\bin welke? (?:stad|land|plaats|dorp|regio)\b",
        r"[Ww]ie (?:is|zijn|was|waren)",
        r"wie|wat|wanneer|waar\w*|hoe|hoeveel|welke?|waarom",
    ),
    "pt": _asking(
        r"^\W*(?:(?:a|de|em|por|com) )?quant[oa]s?\b",
        r"^\W*(?:(?:desde|ate|para) )?quando\b|\b(?:em|de|a) que (?:ano|data|dia|mes|hora)s?\b",
        r"^\W*(?:(?:a|de|com|por|para|contra) )?quem\b|\bcomo se chamam?\b",
        r"^\W*(?:(?:de|para|em|por) )?(?:aonde|onde)\b|\bem que (?:cidade|pais|lugar|regiao)\b",
        r"[Qq]uem (?:é|são|era|eram|foi)",
        r"que|quem|quando|onde|aonde|como|quant[oa]s?|qua(?:l|is)|porque",
    ),
}


def is_known(language: str | None) -> bool:
    """Return whether questions in a language (ISO 639-1) are read by these words."""
    return language in _LANGUAGES


def has_question_word(folded: str, language: str) -> bool:
    """Return whether a question, folded, has a word that asks for more than yes or no: German `was`."""
    return _LANGUAGES[language].words.search(folded) is not None


def asked_kind(question: str, folded: str, language: str) -> AskedKind | None:
    """Return the kind of thing that a question asks for, where the word that asks makes that certain.

    `folded` is the same question folded. Who somebody is whom it names is answered by anything.
    """
    asking = _LANGUAGES[language]
    found = next((kind for kind, pattern in asking.kinds.items() if pattern.search(folded)), None)
    return None if found == "name" and asking.who_is.match(question) else found
