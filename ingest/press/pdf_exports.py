"""PDFs that press databases make of several articles: refused, since their lines no longer tell them apart.

Pure. What a database puts behind each article is counted in the text; its other forms keep the marks.
"""

from __future__ import annotations

import re

from ingest.press.europresse import NUMBER
from rag.errors import UserError

_NEXIS_END = re.compile(r"\b(?:End of Document|Fin du document|Ende des Dokuments?)\b")
_NEXIS_LABEL = re.compile(
    r"\b(?:Load-Date|Date de chargement|Ladedatum)\s?:|\b(?:Length|Longueur|Länge)\s?:\s?\d", re.IGNORECASE
)
_FACTIVA_NUMBER = re.compile(r"\bDo[ck]ument\s+([A-Z]{4,10}\d{10,14}[a-z0-9]{6,12})\b")


def refuse_several(text: str) -> None:
    """Raise UserError if the text of a PDF holds several articles of a database."""
    ends = len(_NEXIS_END.findall(text))
    if ends > 1 and len(_NEXIS_LABEL.findall(text)) > 1:
        raise _several("Nexis", ends, "DOCX/RTF")
    numbers = {re.sub("[•ꞏ]", "·", number) for number in NUMBER.findall(text)}
    if len(numbers) > 1:
        raise _several("Europresse", len(numbers), "HTML")
    numbers = set(_FACTIVA_NUMBER.findall(text))
    if len(numbers) > 1:
        raise _several("Factiva", len(numbers), "HTML/RTF")


def _several(database: str, count: int, forms: str) -> UserError:
    return UserError(
        f"a PDF of {count} articles of {database}, which its lines no longer tell apart; export them as"
        f" {forms}, or one article a PDF.",
        f"un PDF de {count} articles de {database}, que ses lignes ne distinguent plus ; exportez-les en"
        f" {forms}, ou un article par PDF.",
    )
