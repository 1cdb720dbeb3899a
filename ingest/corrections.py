"""Whether an article says that it corrects or updates itself, and in which sentence. Pure.

Only what is said of the article counts: a label at the head of a sentence (`Rectificatif :`) or words about
this article. A story about an update of something else says neither.
"""

from __future__ import annotations

import re

from rag.disagreement import CORRECTION_WORDS
from rag.language import fold, split_sentences
from rag.schema import Span

_DATE = r"(?: (?:du|le|at|on|as of|le)?[\w ,./:()-]{1,40}?)?"
_LABEL = re.compile(rf"[\[(*_ ]*(?:{CORRECTION_WORDS})s?{_DATE}\s*[\])*_]*\s*(?:[:—–]| - )")
_THIS = r"(?:cet? (?:article|texte|papier|depeche)|(?:la|une) (?:premiere|precedente) version de (?:cet?|l') ?article"
_OF_ITSELF = re.compile(
    rf"\b(?:{_THIS}|nous avions (?:ecrit|indique))\b|"
)
