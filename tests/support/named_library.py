"""A few articles in a real catalogue and a real term index, for tests of what names a library has.

People, towns and papers are invented.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from rag.grounding.library_names import LibraryNames
from rag.index.stores import posting
from rag.index.term_index import TermIndex
from rag.library.library import Library
from rag.library.records import Entry, Source
from rag.query.parsed_question import ParsedQuestion
from rag.query.understanding import normalised, understand
from rag.schema.article import Article, Passage
from rag.schema.evidence import Evidence
from rag.schema.question import Question
from rag.text.sentences import split_sentences

# Title, text, and what else is stated.
ARTICLES: tuple[tuple[str, str, dict[str, str]], ...] = (
    (
        "Valorme : la halle rouvre ses portes",
        "La halle de Valorme a rouvert samedi après trois ans de travaux. Le maire, Étienne Marsac, a "
        "remercié les 240 commerçants. « Nous avons tenu », a dit M. Marsac. La SNCF promet un arrêt.",
        {"outlet": "L'Écho du Plateau", "author": "Camille Roussin"},
    ),
    (
        "Un incendie détruit la scierie de Saint-Brice-le-Vieux",
        "La scierie Dumoulin, à Saint-Brice-le-Vieux, a brûlé dans la nuit. Selon la capitaine Inès Ferrand, "
        "douze hectares de forêt sont partis en fumée. Les gendarmes ont fermé la D38 pendant deux jours.",
        {"outlet": "Le Messager"},
    ),
    (
        "Le CHU de Montrevel manque de lits",
        "Le CHU de Montrevel a dû reporter quarante opérations, a indiqué le docteur Paul Lantier. L'ADEMA "
        "et l'Union européenne ont versé 3 millions d'euros. Le musée des Arts de Valorme prête ses locaux.",
        {"outlet": "L'Écho du Plateau"},
    ),
    (
        "Kestwick ferry returns",
        "The Kestwick ferry is back, said Moira Tallon, the harbour master. London had asked Norway for a "
        "new engine. Vladimir Poutrov, the engineer, called the Falcon 9 drawings useless.",
        {"outlet": "The Kestwick Post", "language": "en"},
    ),
)


def library_names(folder: Path, make_article: Callable[..., Article]) -> LibraryNames:
    """The names of a library of these articles."""
    articles = [
        make_article(text, id=f"n{number}", title=title, **({"language": "fr"} | stated))
        for number, (title, text, stated) in enumerate(ARTICLES)
    ]
    return names_of(folder, articles)


def names_of(folder: Path, articles: Sequence[Article]) -> LibraryNames:
    """The names of a library of any articles, a passage each."""
    library, terms = Library(folder), TermIndex(folder / "terms")
    entries = []
    for article in articles:
        sentences = tuple(split_sentences(article.text, article.language))
        passage = Passage(f"{article.id}:0", article.id, 0, len(article.text), sentences)
        entries.append(Entry(article, (passage,), Source(article.id, article.source, "digest", article.id)))
    library.acknowledge(entries, "recipe")
    terms.update([posting(entry.article, entry.passages[0]) for entry in entries])
    return LibraryNames(library, terms)


def evidence(article: Article, opening: str) -> Evidence:
    """The sentence of an article that begins so, with its neighbours."""
    sentences = list(split_sentences(article.text, article.language))
    [place] = [i for i, span in enumerate(sentences) if article.text.startswith(opening, span.start)]
    before = tuple(reversed(sentences[max(0, place - 3) : place]))
    span = sentences[place]
    return Evidence(article, span.start, span.end, 1.0, (), before, tuple(sentences[place + 1 : place + 2]))


def asked(text: str) -> ParsedQuestion:
    """A question, parsed without a conversation."""
    return understand(normalised(Question(text)), ["fr", "en"], date(2025, 6, 1), lambda *_: False)
