"""What GDELT gives of articles: their addresses, and from its Context API the words around what was sought.

Pure. Sources: clients of its DOC API (gdeltdoc), readers of its Web NGrams (gdeltnews), its codebook of the
GKG. When GDELT saw an article (`seendate`) isn't when it was published.
"""

from __future__ import annotations

import re

from ingest.exports.fields import Row, has, has_text, text
from ingest.exports.left_out import ADDRESS, NGRAM
from ingest.schema.delivery import DeliveredArticle, LeftOut

# How a line without names of columns begins, by how many fields it has: the GKG, mentions, events (1.0, 2.0).
_CODED = {
    27: re.compile(r"\d{14}-T?\d{1,8}\t\d{14}\t"),
    16: re.compile(r"\d{5,12}\t\d{14}\t\d{14}\t\d\t"),
    58: re.compile(r"\d{5,12}\t\d{8}\t\d{6}\t\d{4}\t"),
    61: re.compile(r"\d{5,12}\t\d{8}\t\d{6}\t\d{4}\t"),
}
# What gdeltnews puts together of the Web NGrams: its fields have no quotation marks around them.
REBUILT = ("text", "date", "url", "source")


def is_gdelt(answer: Row) -> bool:
    """Return whether an object is of an answer of the DOC or Context API, or of the Web NGrams."""
    if has(answer, "ngram", "pre", "post", "url"):
        return True
    return has(answer, "url", "seendate", "domain") and not has_text(answer)


def read_gdelt(answer: Row) -> DeliveredArticle | LeftOut:
    """Return the passage that the Context API gives of an article; of other answers that there is none."""
    if "ngram" in answer:
        return NGRAM
    passage = text(answer, "context", "sentence")
    if not passage:
        return ADDRESS
    return DeliveredArticle(
        text=passage,
        title=text(answer, "title"),
        outlet=text(answer, "domain"),
        url=text(answer, "url"),
        excerpt=True,
        place=text(answer, "url"),
    )


def is_coded(line: str) -> bool:
    """Return whether a line is one of GDELT's tables: codes and addresses without names of columns."""
    begins = _CODED.get(line.rstrip("\r\n").count("\t") + 1)
    return begins is not None and begins.match(line) is not None
