"""Names that no article has are known as such; inflections, exonyms, initials and slips aren't."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from named_library import library_names

from rag.extraction.analysed_sentence import SentenceAnalyses
from rag.grounding.asked_names import asked_names
from rag.grounding.grounding import Grounding, ground
from rag.grounding.library_names import LibraryNames
from rag.grounding.unknown import look_up
from rag.query.question_text import QuestionText
from rag.query.understanding import normalised, understand
from rag.schema.article import Article
from rag.schema.hit import Hit
from rag.schema.question import Question, Turn


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> LibraryNames:
    def make(text: str, **fields: str | None) -> Article:
        stated = {"title": "", "source": "", "content_hash": "h"}
        return Article(text=text, **(stated | fields))

    return library_names(tmp_path_factory.mktemp("names"), make)


def unknown(asked: str, library: LibraryNames, language: str = "fr") -> list[str]:
    question = QuestionText(asked, language)
    return [name.text for name in look_up(asked_names(question, library), question, library).unknown]


@pytest.mark.parametrize(
    ("asked", "missing"),
    [
        ("Qui est le maire de Plouzané ?", "Plouzané"),
        ("qui est le maire de plouzané", "Plouzané"),
        ("qui est le maire de plouzane", "Plouzane"),
        ("QUI EST LE MAIRE DE PLOUZANÉ ?", "Plouzané"),
        ("qui est le maire de saint-cirgues", "Saint-Cirgues"),
        ("Qui est le maire de Saint-Cirgues ?", "Saint-Cirgues"),
        ("Que dit Macron des travaux ?", "Macron"),
        ("Macron a-t-il parlé de la halle ?", "Macron"),
        ("qui est marie dupond ?", "Marie Dupond"),
        ("Qui est Marie Dupond ?", "Marie Dupond"),
        # The first name or the surname of somebody else.
        ("Que dit Paul Marsac ?", "Paul Marsac"),
        ("Que dit Inès Marsac ?", "Inès Marsac"),
        ("Que pense Étienne Delorme ?", "Étienne Delorme"),
        # Somebody else's surname but for its last consonant, or short and but for one letter.
        ("Que dit Lantien ?", "Lantien"),
        ("Que dit le docteur Lantien ?", "Lantien"),
        ("Que dit M. Marsat ?", "Marsat"),
        ("Que dit Mursac ?", "Mursac"),
        # Acronyms, roads, products: one letter or digit makes another.
        ("Que fait la RATP ?", "RATP"),
        ("Que s'est-il passé sur la D39 ?", "D39"),
        ("Combien coûte le Falcon 9 d'Airbus ?", "Airbus"),
        # Countries and their peoples, in whichever form.
        ("Que demande l'Italie ?", "Italie"),
        ("Quel est le rôle du Japon ?", "Japon"),
        ("Combien de lits a le CHU de Rennes ?", "Rennes"),
    ],
)
def test_a_name_that_no_article_has(asked: str, missing: str, library: LibraryNames):
    assert unknown(asked, library) == [missing]


@pytest.mark.parametrize(
    ("asked", "missing"),
    [
        ("Who is the mayor of Greenville?", "Greenville"),
        ("who is the mayor of greenville", "Greenville"),
        ("What did Moira Macleod say?", "Moira Macleod"),
        ("What does Macron's plan cost?", "Macron"),
        ("What is Italy asking for?", "Italy"),
        ("What happened on the D39?", "D39"),
        ("WHO IS THE MAYOR OF GREENVILLE?", "Greenville"),
    ],
)
def test_a_name_that_no_article_has_in_english(asked: str, missing: str, library: LibraryNames):
    assert unknown(asked, library, "en") == [missing]


@pytest.mark.parametrize(
    "asked",
    [
        "Qui est le maire de Valorme ?",
        "qui est le maire de valorme",
        "QUI EST LE MAIRE DE VALORME ?",
        "Qui Est Le Maire De Valorme ?",
        "Que dit Étienne Marsac ?",
        "que dit etienne marsac",
        "Que dit M. Marsac ?",
        "Que dit le docteur Lantier ?",
        "Que dit Mme Ferrand ?",
        "Que s'est-il passé à Saint-Brice-le-Vieux ?",
        "que s'est il passe a saint brice le vieux",
        "Que s'est-il passé à St-Brice-le-Vieux ?",
        # A slip of the keyboard, and another spelling of the same sounds.
        "Qui est le maire de Valrome ?",
        "Qui est le maire de Valormme ?",
        "Que dit Moira Talon ?",
        "Que dit Vladimir Putrov ?",
        # Somebody whose first name is right.
        "Que dit Paul Lantien ?",
        "Que dit Étienne Marsat ?",
        # Exonyms, peoples and initials.
        "Que demande Londres à la Norvège ?",
        "Que demandent les Norvégiens ?",
        "que demandent les norvégiens ?",
        "Combien a versé l'UE ?",
        "Combien a versé l'U.E. ?",
        "Que manque-t-il au Centre hospitalier universitaire de Montrevel ?",
        "Que manque-t-il au Centre Hospitalier Universitaire de Montrevel ?",
        # An outlet, an author, and where the papers are at home.
        "Que dit L'Écho du Plateau ?",
        "Que dit le Messager de l'incendie ?",
        "Qu'a écrit Camille Roussin ?",
        "Combien de scieries brûlent en France ?",
        # Capitals that make no name.
        "Donne-moi le nom du Maire de Valorme",
        "Existe-t-il un arrêt à Valorme ?",
        "Résume la réouverture de la halle",
        "Au début des travaux, combien de commerçants y avait-il ?",
        "Quel jour de mars la D38 a-t-elle fermé ?",
        "Que dit le Ministère de l'Intérieur ?",
        "Que sait-on du XIXe siècle ?",
        "Combien de commerçants y a-t-il ?",
        "qui est coupable ?",
        "qui est responsable des travaux ?",
        "Qui est l'architecte du musée des Arts ?",
        # Letters in which spellings can't be compared.
        "Что сказал Путин ?",
    ],
)
def test_a_name_that_is_known(asked: str, library: LibraryNames):
    assert unknown(asked, library) == []


@pytest.mark.parametrize(
    ("asked", "taken"),
    [
        ("Que dit Paul Lantien ?", "Aucun article n'écrit « Paul Lantien » ; à propos de Paul Lantier :"),
        ("Qui est le maire de Valrome ?", "Aucun article n'écrit « Valrome » ; à propos de Valorme :"),
        ("Que dit etienne marsac ?", ""),
        ("Que dit Paul Lanthier ?", ""),  # as another language or hand writes the same sounds
        ("qui est le maire de valorme", ""),
    ],
)
def test_readers_are_told_which_name_was_taken(asked: str, taken: str, library: LibraryNames):
    question = QuestionText(asked, "fr")
    names = look_up(asked_names(question, library), question, library)
    assert Grounding(question, library, names).taken_for("fr") == taken


@pytest.mark.parametrize(
    "asked",
    [
        "Who is the mayor of Valorme?",
        "who is the mayor of valorme",
        "What Is The Name Of The Mayor Of Valorme?",
        "What did Vladimir Poutrov call useless?",
        "What did Kestwick's harbour master say?",
        "How much did the European Union pay?",
        "How much did the EU pay?",
        "What did Norwegian engineers do?",
        "Where is the Falcon 9?",
        "What does The Kestwick Post say?",
        "Is the Prime Minister in the House of Commons in March?",
    ],
)
def test_a_name_that_is_known_in_english(asked: str, library: LibraryNames):
    assert set(unknown(asked, library, "en")) <= {"House of Commons"}


def grounded(asked: str, library: LibraryNames, *turns: Turn) -> Grounding:
    import datetime

    question = normalised(Question(asked, history=turns))
    parsed = understand(question, ["fr", "en"], datetime.date(2025, 6, 1), lambda *_: False)
    return ground(parsed, library)


def test_a_follow_up_is_not_held_to_what_was_asked_before(library: LibraryNames):
    before = Turn("Qui est le maire de Plouzané ?", "Aucun article ne parle de Plouzané.")
    assert [name.text for name in grounded(before.question, library).names.unknown] == ["Plouzané"]
    assert grounded("Et celui de Valorme ?", library, before).names.unknown == ()


def hit(article: Article) -> Hit:
    return Hit("p", article, 0, len(article.text), 1.0)


def test_what_was_found_may_have_the_name_by_its_initials(
    library: LibraryNames, make_article: Callable[..., Article]
):
    asked = grounded("Que propose la Fédération Hippique Régionale Autonome ?", library)
    article = make_article("La FHRA propose un marché.", title="La FHRA")
    assert asked.unknown([], SentenceAnalyses())
    other = grounded("Que propose la FHRA ?", library)
    article = make_article("La Fédération hippique régionale autonome propose un marché.")
    assert not other.unknown([hit(article)], SentenceAnalyses())


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            "Que dit Paul Marsac ?",
            "Aucun article ne parle de Paul Marsac. Les articles les plus proches parlent d'Étienne Marsac",
        ),
        ("Qui est le maire d'Avignon ?", "Aucun article ne parle d'Avignon."),
        ("Que disent Macron et Mélenchon ?", "Aucun article ne parle de Macron ni de Mélenchon."),
        ("Who is the mayor of Greenville?", "No article mentions Greenville."),
        (
            "What did Moira Macleod say?",
            "No article mentions Moira Macleod. The nearest articles mention Moira",
        ),
    ],
)
def test_it_is_said_by_name(asked: str, said: str, library: LibraryNames):
    question = grounded(asked, library)
    missing = question.unknown([], SentenceAnalyses())
    language = question.question.language
    assert question.unknown_text(missing, [], SentenceAnalyses(), language).startswith(said)


def test_the_nearest_are_those_in_the_same_role(library: LibraryNames, make_article: Callable[..., Article]):
    asked = grounded("Qui est le maire de Plouzané ?", library)
    article = make_article(
        "Le préfet Luc Brun a parlé. Le maire de Rochebelle, Anne Vial, aussi.", title="Une fête à Mirval"
    )
    found = asked.unknown_text(asked.names.unknown, [hit(article)], SentenceAnalyses(), "fr")
    near = found.partition("parlent ")[2]
    assert near.startswith("de Rochebelle"), found
    assert "Plouzané" not in near


def test_nothing_is_offered_where_nothing_is_near(library: LibraryNames):
    asked = grounded("Qui est le maire de Plouzané ?", library)
    said = asked.unknown_text(asked.names.unknown, [], SentenceAnalyses(), "fr")
    assert said == "Aucun article ne parle de Plouzané."
