"""A quote is of what was asked about, or its article is and no other takes its place; or it answers not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from named_library import asked, evidence, names_of

from rag.extraction.analysed_sentence import SentenceAnalyses
from rag.grounding.bearing import Bearing
from rag.grounding.grounding import ground
from rag.grounding.library_names import LibraryNames
from rag.schema.article import Article
from rag.schema.evidence import Evidence

POOL = (
    "Valorme : la piscine reste fermée",
    "La piscine de Valorme a fermé lundi. Le maire, Étienne Marsac, espère une réouverture en mai. Il a reçu "
    "les nageurs. Les cours ont lieu à Rochebelle. Selon Anne Vial, 300 nageurs s'y rendent.",
)
NEXT = (
    "Rochebelle ferme aussi son bassin",
    "Après Valorme, c'est au tour de Rochebelle de fermer sa piscine. La maire, Odile Brac, craint le gel. "
    "Quarante-deux élèves s'y entraînaient.",
)
BIRTHS = (
    "L'hôpital de Montrevel perd sa maternité",
    "La maternité de Montrevel fermera le 3 juin. En 2022, 212 enfants y sont nés, contre 390 en 2012.",
)
HARVEST = (
    "Les récoltes de la plaine",
    "À Valorme, la récolte atteint 310 tonnes. À Montrevel, elle tombe à 120 tonnes. Le préfet Paul Lantier "
    "promet une aide. Dans le Valais, les Italiens ont aidé.",
)
MAYOR = (
    "Valorme mayor: 'We will reopen'",
    "Étienne Marsac, the mayor of Valorme, says the town has a buyer. The sale will bring 640,000 euros. "
    "Last year the Norwegian firm had left.",
)
QUAKE = (
    "Séisme au Japon : 12 morts",
    "Un séisme a fait 12 morts samedi dans le nord du pays. Les autorités ont ouvert 30 abris. En Turquie, "
    "un séisme avait fait 50 000 morts en 2023.",
)
TRIAL = (
    "Deux hommes condamnés à Montrevel",
    "Luc Brun a été condamné à trois ans de prison. Son associé, Marc Ollier, a été relaxé. Il avait nié.",
)
CLUB = (
    "Les bassins du plateau ferment",
    "Le président du club de Brécy, Gaspard Vial, n'est pas de cet avis. Ses 310 licenciés iront à Valorme. "
    "Le bassin de Brécy avale 1 850 mégawattheures ; celui de Toury, 900. L'usine d'Orsac doit fermer.",
)
SAWMILL = (
    "Incendie de la scierie de Pontmirail",
    "Luc Brun a brûlé la scierie Maffre, à Pontmirail. L'entreprise, qui emploie 26 personnes, rouvre.",
)
WARD = (
    "L'hôpital de Montrevel perd sa maternité",
    "En 2022, 212 enfants y sont nés, contre 390 dix ans plus tôt.\n\nLa gériatrie passera de 40 à 55 lits.",
)
ALL = {
    "club": CLUB,
    "sawmill": SAWMILL,
    "ward": WARD,
    "pool": POOL,
    "next": NEXT,
    "births": BIRTHS,
    "harvest": HARVEST,
    "mayor": MAYOR,
    "quake": QUAKE,
    "trial": TRIAL,
}


@pytest.fixture(scope="module")
def articles() -> dict[str, Article]:
    return {
        key: Article(
            key, text, title, f"{key}.txt", key, "Le Messager", language="en" if key == "mayor" else "fr"
        )
        for key, (title, text) in ALL.items()
    }


@pytest.fixture(scope="module")
def library(articles: dict[str, Article], tmp_path_factory: pytest.TempPathFactory) -> LibraryNames:
    return names_of(tmp_path_factory.mktemp("borne"), list(articles.values()))


def bearing(question: str, library: LibraryNames) -> Bearing:
    return ground(asked(question), library).bearing(SentenceAnalyses())


@pytest.mark.parametrize(
    ("question", "key", "opening"),
    [
        # In the quote; in the title; whom a pronoun or a description means.
        ("Quand la piscine de Valorme a-t-elle fermé ?", "pool", "La piscine"),
        ("quand la piscine de valorme a-t-elle ferme", "pool", "La piscine"),
        ("Qui est le maire de Valorme ?", "pool", "Le maire"),
        ("Qui est la maire de Rochebelle ?", "next", "La maire"),
        ("Qui est le maire de Rochebelle ?", "next", "La maire"),
        ("Combien d'élèves s'entraînaient à Rochebelle ?", "next", "Quarante"),
        ("Qui Étienne Marsac a-t-il reçu ?", "pool", "Il a reçu"),
        ("Qui Etiene Marsac a-t-il reçu ?", "pool", "Il a reçu"),
        ("Combien d'enfants sont nés à Montrevel ?", "births", "En 2022"),
        ("Combien d'enfants sont nés à Montrevel en 2012 ?", "births", "En 2022"),
        ("Quelle est la récolte de Montrevel ?", "harvest", "À Montrevel"),
        ("Combien de morts le séisme a-t-il faits au Japon ?", "quake", "Un séisme"),
        ("Combien de morts le séisme japonais a-t-il faits ?", "quake", "Un séisme"),
        ("Combien d'abris ont ouvert au Japon ?", "quake", "Les autorités"),
        ("Combien de morts le séisme turc a-t-il faits en 2023 ?", "quake", "En Turquie"),
        ("À quelle peine Luc Brun a-t-il été condamné ?", "trial", "Luc Brun"),
        ("Qu'avait dit Marc Ollier ?", "trial", "Il avait"),
        # A place where it is, in the title, is no rival of whose it is; so many years before another one.
        ("Combien de personnes la scierie Maffre emploie-t-elle ?", "sawmill", "L'entreprise"),
        ("Combien de licenciés compte le club de Brécy ?", "club", "Ses 310"),
        ("Combien de mégawattheures le bassin de Brécy consomme-t-il ?", "club", "Le bassin"),
        ("Combien d'enfants sont nés à Montrevel en 2012 ?", "ward", "En 2022"),
        # Another language, exonyms and peoples.
        ("Who is the mayor of Valorme?", "pool", "Le maire"),
        ("Qui est le maire de Valorme ?", "mayor", "Étienne"),
        ("How much will the sale in Valorme bring?", "mayor", "The sale"),
        ("Que dit la Norvège ?", "mayor", "Last year"),
        ("Que font les Italiens ?", "harvest", "Dans le Valais"),
        ("What did the Italians do?", "harvest", "Dans le Valais"),
        # An outlet; one of two that are named side by side; where the papers are at home.
        ("Que dit Le Messager de la piscine de Valorme ?", "pool", "La piscine"),
        ("Qui dirige Valorme ou Montrevel ?", "pool", "Le maire"),
        ("Combien de piscines ferment en France ?", "next", "Quarante"),
        # Others, with another part in the sentence.
        ("Où ont lieu les cours de Valorme ?", "pool", "Les cours"),
    ],
)
def test_evidence_of_what_was_asked_about(
    question: str, key: str, opening: str, library: LibraryNames, articles: dict[str, Article]
):
    assert bearing(question, library).unborne(evidence(articles[key], opening)) == ()


@pytest.mark.parametrize(
    ("question", "key", "opening", "missing"),
    [
        # Another's article.
        ("Qui est le maire de Montrevel ?", "pool", "Le maire", "Montrevel"),
        ("Qui est le maire de Rochebelle ?", "pool", "Le maire", "Rochebelle"),
        ("Who is the mayor of Rochebelle?", "mayor", "Étienne", "Rochebelle"),
        ("Combien d'enfants sont nés à Valorme ?", "births", "En 2022", "Valorme"),
        # Its name stands there, but another is spoken of.
        ("Qui est le maire de Valorme ?", "next", "La maire", "Valorme"),
        ("Combien d'élèves s'entraînaient à Valorme ?", "next", "Quarante", "Valorme"),
        ("Quelle est la récolte à Valorme ?", "harvest", "À Montrevel", "Valorme"),
        ("Combien de morts le séisme a-t-il faits au Japon ?", "quake", "En Turquie", "Japon"),
        ("Combien de morts le séisme a-t-il faits en Turquie ?", "quake", "Un séisme", "Turquie"),
        ("Combien de morts le séisme a-t-il faits en Italie ?", "quake", "Un séisme", "Italie"),
        ("À quelle peine Marc Ollier a-t-il été condamné ?", "trial", "Luc Brun", "Marc Ollier"),
        # The place has it; the thing doesn't.
        ("Quand la maternité de Valorme fermera-t-elle ?", "pool", "La piscine", "maternité"),
        ("Qui est le préfet de Valorme ?", "pool", "La piscine", "préfet"),
        # The noun stands before another name, or a word for it does.
        ("Combien de licenciés compte le club de Valorme ?", "club", "Ses 310", "Valorme"),
        # Another year; that of the paragraph before isn't a measure's.
        ("Combien de lits comptait la gériatrie de Montrevel en 2022 ?", "ward", "La gériatrie", "en 2022"),
        ("Combien d'enfants sont nés à Montrevel en 2013 ?", "ward", "En 2022", "en 2013"),
        ("Combien d'enfants sont nés à Montrevel en 2019 ?", "births", "En 2022", "en 2019"),
        ("Qui a écrit « Les Cendres du Fleuve » ?", "pool", "Le maire", "Les Cendres du Fleuve"),
    ],
)
def test_evidence_of_another(
    question: str, key: str, opening: str, missing: str, library: LibraryNames, articles: dict[str, Article]
):
    found = bearing(question, library).unborne(evidence(articles[key], opening))
    assert [subject.text for subject in found] == [missing]


def test_words_that_answer_take_nobody_s_place(library: LibraryNames, articles: dict[str, Article]):
    item = evidence(articles["harvest"], "À Montrevel")
    question = bearing("Combien de tonnes à Valorme ?", library)
    assert question.unborne(item)
    start = item.start + item.quote.index("Montrevel")
    answered = Evidence(
        item.article, item.start, item.end, 1.0, (), item.before, item.after, start, start + len("Montrevel")
    )
    assert question.unborne(answered) == ()


def test_two_pieces_of_evidence_bear_out_together(library: LibraryNames, articles: dict[str, Article]):
    question = bearing("Que font Étienne Marsac contre Paul Lantier ?", library)
    one, two = evidence(articles["pool"], "Le maire"), evidence(articles["harvest"], "Le préfet")
    assert question.unborne(one)
    assert question.unborne(two)
    assert question.unborne(one, two) == ()


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Qui est le maire de Montrevel ?", "Des articles parlent de Montrevel, mais aucun passage trouvé"),
        ("Who is the mayor of Montrevel?", "Articles mention Montrevel, but no passage found answers"),
        ("Qui est le maire de Valorme ?", ""),
    ],
)
def test_what_is_known_and_not_answered_is_said(
    question: str, said: str, library: LibraryNames, articles: dict[str, Article]
):
    found = bearing(question, library).refusal(
        [evidence(articles["pool"], "Le maire")], asked(question).language
    )
    assert found.startswith(said)
    assert bool(found) == bool(said)


TOWNS = ("Valmire", "Corgnac", "Sarlande", "Montbrun", "Le Thorens", "Saint-Clair-la-Rive")
PEOPLE = ("Nora Haddad", "Luc Vasseur", "Hélène Dubreuil", "Paul-Henri Guérin", "Iouri Ouchakov")
# A sentence, the question that it answers, and the same question of somebody else.
PATTERNS = (
    ("Le maire de {town}, {who}, a inauguré la halle.", "Qui est le maire de {asked} ?"),
    ("À {town}, la crue a détruit 12 maisons.", "Combien de maisons la crue a-t-elle détruites à {asked} ?"),
    ("{who} a quitté {town} lundi.", "Quand {someone} est-il parti ?"),
    ("{who} a été condamné à deux ans de prison.", "À quelle peine {someone} a-t-il été condamné ?"),
    ("The mayor of {town}, {who}, opened the hall.", "Who is the mayor of {asked}?"),
    ("The flood destroyed 12 houses in {town}.", "How many houses did the flood destroy in {asked}?"),
    ("{who} was jailed for two years.", "What sentence did {someone} get?"),
)


@given(
    st.sampled_from(PATTERNS),
    st.lists(st.sampled_from(TOWNS), min_size=2, max_size=2, unique=True),
    st.lists(st.sampled_from(PEOPLE), min_size=2, max_size=2, unique=True),
)
def test_a_sentence_bears_out_its_own_question_and_not_another_s(
    pattern: tuple[str, str], towns: list[str], people: list[str]
):
    said, question = pattern
    language = "en" if question.startswith(("Who", "How", "What")) else "fr"
    text = said.format(town=towns[0], who=people[0])
    article = Article("a", text, "", "a.txt", "a", language=language)
    item = Evidence(article, 0, len(text), 1.0)
    own = question.format(asked=towns[0], someone=people[0])
    other = question.format(asked=towns[1], someone=people[1])
    names = _Everything()
    for words, expected in ((own, True), (other, False)):
        found = ground(asked(words), names).bearing(SentenceAnalyses())
        assert found.bears(item) is expected, words


class _Everything(LibraryNames):
    """A library that has every name as it is written."""

    def __init__(self) -> None:
        pass

    def has(self, name, language) -> bool:  # noqa: ARG002
        return True

    def spelling(self, word: str):
        from rag.grounding.library_names import Spelling

        return Spelling(int(word[0].isupper()), int(word[0].islower()))


def test_nothing_is_asked_of_a_question_without_a_subject(
    library: LibraryNames, articles: dict[str, Article]
):
    question = bearing("Combien ont-ils gagné ?", library)
    assert question.subjects == ()
    assert question.bears(evidence(articles["pool"], "La piscine"))


OTHERS = {
    "match": (
        "fr",
        "Corvane battu",
        "Menés à la pause, les joueurs de Corvane ont perdu 22-19 au match retour.",
    ),
    "vote": ("fr", "Un maire élu", "Au second tour, la liste Morel a obtenu 1 204 voix."),
    "patch": ("en", "A skin patch", "Patients with peanut allergies wore the patch for a year."),
    "shot": ("fr", "Un vaccin", "Le vaccin contre la rougeole est remboursé depuis mars."),
}


@pytest.mark.parametrize(
    ("question", "key", "missing"),
    [
        ("Quel était le score du match aller ?", "match", ["match aller"]),
        ("Quel était le score du match retour ?", "match", []),
        ("Combien de voix la liste a-t-elle obtenues au premier tour ?", "vote", ["premier tour"]),
        ("How many votes were cast in the second round?", "vote", []),
        ("How many votes were cast in the first round?", "vote", ["first round"]),
        ("Combien de temps porter le patch contre l'allergie aux œufs ?", "patch", ["œufs"]),
        ("Combien de temps porter le patch contre l'allergie aux arachides ?", "patch", []),
        ("How long is the patch for egg allergies worn?", "patch", ["egg"]),
        ("Depuis quand le vaccin contre la grippe est-il remboursé ?", "shot", ["grippe"]),
        ("Depuis quand le vaccin contre la rougeole est-il remboursé ?", "shot", []),
    ],
)
def test_another_event_of_the_kind_or_another_object_is_not_what_was_asked(
    question: str, key: str, missing: list[str], library: LibraryNames
):
    language, title, text = OTHERS[key]
    article = Article(key, text, title, f"{key}.md", "h", language=language)
    found = bearing(question, library).unborne(Evidence(article, 0, len(text), 1.0))
    assert [subject.text for subject in found] == missing


TOLD = {
    "defence": "L'avocat de la défense, Me Luc Brun, fait appel.",
    "union": "Le porte-parole de l'intersyndicale, Paul Vial, se réjouit.",
    "bare": "Le porte-parole, Paul Vial, se réjouit.",
    "in-law": "Son beau-frère, Marc Ollier, a été relaxé.",
    "deputy": "L'adjointe au maire, Anne Vial, a voté contre.",
    "former": "L'ancien maire, Jean Sarre, a témoigné.",
    "mayor": "Le maire, Jean Sarre, a témoigné.",
    "speaks": "Paul Vial, qui parle pour tous, porte plainte.",
}


@pytest.mark.parametrize(
    ("question", "quote", "borne"),
    [
        ("Qui est l'avocat de la défense ?", "defence", True),
        ("Qui est l'avocat des parties civiles ?", "defence", False),
        ("Qui est le porte-parole de l'intersyndicale ?", "union", True),
        ("Qui est le porte-parole du collectif ?", "union", False),
        ("Qui est le porte-parole du collectif ?", "bare", True),
        ("Qui est le porte-parole du collectif ?", "speaks", False),
        ("Qui est le frère du condamné ?", "in-law", False),
        ("Qui est le maire ?", "deputy", False),
        ("Qui est l'adjointe au maire ?", "deputy", True),
        ("Qui est le maire ?", "former", False),
        ("Qui était le maire ?", "former", True),
        ("Qui est le maire ?", "mayor", True),
    ],
)
def test_a_role_is_that_of_whom_was_asked(
    question: str, quote: str, borne: bool, library: LibraryNames, make_article: Callable[..., Article]
):
    article = make_article(TOLD[quote], title="Conseil municipal")
    item = Evidence(article, 0, len(article.text), 1.0)
    assert (bearing(question, library).unborne(item) == ()) is borne
