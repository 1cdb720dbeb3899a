"""Exchanges to hand in: answers with quotes in two languages, and one that the articles don't have."""

from __future__ import annotations

from rag.schema.answer import Answer
from rag.schema.article import Article
from rag.schema.evidence import Claim, Disagreement, Evidence, StatedValue
from rag.schema.question import Filters
from ui.documents.answers import answers
from ui.documents.files import answers_file
from ui.documents.plain import plain
from ui.session.exchange import Exchange

BRIDGE = Article(
    "a1",
    "Le pont a rouvert lundi.\nIl porte « deux voies », dit-elle. Rectificatif : le pont a rouvert mardi.",
    "Le pont est là",
    "https://exemple.test/pont?a=1&b=2",
    "0" * 64,
    "Le Courrier",
    "Anne Le Goff",
    "fr",
    "2025-11-03",
    ingested_at="2025-12-01T10:00:00+00:00",
)
FERRY = Article("a2", "Le bac est fermé.", "Bac", "/notes/bac <1>.txt", "1" * 64)
ARABIC = Article("a3", "أعيد فتح الجسر يوم الاثنين.", "الجسر", "/x/y.txt", "2" * 64, "الصحيفة", language="ar")
WHOLE = Evidence(BRIDGE, 0, BRIDGE.text.index("Rectificatif") - 1)
FIRST = Evidence(BRIDGE, 0, 24)
FERRY_QUOTE, ARABIC_QUOTE = Evidence(FERRY, 0, 17), Evidence(ARABIC, 0, len(ARABIC.text))
CLAIMS = (
    Claim("Il a rouvert lundi.", (FIRST, FERRY_QUOTE), checked=("dates",)),
    Claim.quoting(WHOLE),
    Claim("Il est bleu.", (FIRST,), "unsupported"),
    Claim.quoting(ARABIC_QUOTE),
)
ANSWERED = Exchange(
    4,
    "Et le pont ?",
    "answered",
    answer=Answer(
        "Et le pont ?",
        "Et le pont ?",
        "fr",
        "partial",
        CLAIMS,
        withdrawn=(Claim("Il est en bois.", (FIRST,), "contradicted"),),
        disagreements=(Disagreement((StatedValue("lundi", FIRST), StatedValue("mardi", WHOLE))),),
    ),
)
NOT_FOUND = Exchange(
    5,
    "Et le tram ?",
    "answered",
    filters=Filters(outlets=("Le Courrier",)),
    answer=Answer(
        "Et le tram ?", "Et le tram ?", "fr", "not_found", plain_text="Les articles n'en disent rien."
    ),
)


def hostile(words: str) -> Exchange:
    """Everything in an exchange that somebody else wrote is `words`."""
    article = Article("a", words or "x", words, words, "2" * 64, words, words, "fr")
    quote = Evidence(article, 0, len(article.text))
    claims = (Claim(words, (quote,)), Claim.quoting(quote))
    answer = Answer(words, words, "fr", "partial", claims, missing=(words,))
    return Exchange(1, words, "answered", answer=answer)


def markdown_of(title: str, exchanges: list[Exchange], language: str) -> str:
    """The exchanges as Markdown."""
    return answers_file(title, exchanges, "markdown", language).text


def page_of(title: str, exchanges: list[Exchange], language: str) -> str:
    """The exchanges as a page."""
    return answers_file(title, exchanges, "html", language).text


def json_of(title: str, exchanges: list[Exchange], language: str) -> str:
    """The exchanges as programs read them."""
    return answers_file(title, exchanges, "json", language).text


def copied(answer: Answer, language: str) -> str:
    """What the button under an answer copies."""
    return plain(answers("", [Exchange(1, answer.question, "answered", answer=answer)], language))
