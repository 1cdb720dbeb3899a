"""What the citations of an answer are called, no two alike, for who knows a source by its name. Pure.

Open WebUI and others make one source of all citations with the same address, or the same title, and take the
answer's [n] for the n-th source. Two passages of one article would be one: [2] would lead to the third.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote

from rag.schema.evidence import Evidence
from ui.mcp.records import SCHEME

_LONG = 12  # words, from which on the first and the last few are said in place of all
_ENDS = 5
_Beside = TypeVar("_Beside")


@dataclass(frozen=True, slots=True)
class CitedSource:
    """A citation's address and title."""

    url: str
    title: str


def sources_of(citations: Sequence[Evidence]) -> tuple[CitedSource, ...]:
    """Return the address and the title of each citation.

    They are the article's. Citations with the same address have it with a fragment that leads to their words;
    those with the same title have their [n] after it.

    Args:
        citations: Each once, in the order of their numbers.
    """
    urls = [_address(one) for one in citations]
    titles = [one.article.title for one in citations]
    led = [_led(url, one) if shared else url for url, one, shared in _shared(urls, citations)]
    numbers = range(1, len(citations) + 1)
    # An article may say the same twice: then only the number is of one of them.
    exact = [f"{url}&n={n}" if shared else url for url, n, shared in _shared(led, numbers)]
    told = [f"{title} [{n}]" if shared else title for title, n, shared in _shared(titles, numbers)]
    if len(set(told)) < len(told):  # an article's own title ends like that
        told = [f"{title} [{n}]" for title, n in zip(titles, numbers, strict=True)]
    return tuple(map(CitedSource, exact, told))


def title_in(title: str, number: object) -> str:
    """Return the article's title in one that `sources_of` gave to the citation of this number."""
    return title.removesuffix(f" [{number}]")


def _shared(names: Sequence[str], others: Sequence[_Beside]) -> list[tuple[str, _Beside, bool]]:
    """Return each name with what is beside it, and whether it occurs again."""
    counts = Counter(names)
    return [(name, other, counts[name] > 1) for name, other in zip(names, others, strict=True)]


def _address(evidence: Evidence) -> str:
    return evidence.article.canonical_url or SCHEME + evidence.article.id


def _led(url: str, evidence: Evidence) -> str:
    """Return an address that leads to the words: browsers scroll there, and mark them."""
    if url.startswith(SCHEME):
        return f"{url}#char={evidence.start},{evidence.end}"  # RFC 5147
    words = evidence.quote.split()
    is_long = len(words) > _LONG or "\n" in evidence.quote.strip()
    ends = (words[:_ENDS], words[-_ENDS:]) if is_long and len(words) > 2 * _ENDS else (words,)
    text = ",".join(_encoded(" ".join(one)) for one in ends)
    return f"{url}{'' if '#' in url else '#'}:~:text={text}"


def _encoded(words: str) -> str:
    """Return words as a text directive has them, in which a hyphen and a comma mean something."""
    return quote(words, safe="").replace("-", "%2D")
