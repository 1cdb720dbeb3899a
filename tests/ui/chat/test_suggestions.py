"""First questions from the library: in good French and English, each answered by who it asks about."""

import re
import shutil
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.converters.registry import read_article
from rag.config import Settings
from rag.engine.engine import open_engine
from rag.engine.factory import build_chain
from rag.schema.article import Article
from ui.chat.suggestions import SUGGESTED, Suggestion, suggestions

EXAMPLES = sorted((Path(__file__).parents[3] / "examples" / "articles").iterdir())


def article(text, language="fr", title="Titre", number=1):
    return Article(f"a{number}", text, title, "", "h", None, None, language)


@pytest.fixture(scope="module")
def newest():
    read = [read_article(file.read_bytes(), str(file)) for file in EXAMPLES]
    return sorted(read, key=lambda one: one.published_at or "", reverse=True)


def questions(articles, language):
    return [one.question for one in suggestions(articles, language)]


SUGGESTED_BY_EXAMPLES = {
    "fr": [
        "Que dit Maxime Taillefer ?",
        "Que dit Hortense Lavaysse ?",
        "Que dit Mourad Khellaf ?",
        "Que dit Maud Trinquelague ?",
    ],
    "en": [
        "What did Graham Osterby say?",
        "What did Oliver Stanwick-Rae say?",
        "What did Marcus Fenby say?",
        "What did Moira Kilbrannoch say?",
    ],
}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_examples_suggest_these(newest, language):
    assert questions(newest, language) == SUGGESTED_BY_EXAMPLES[language]


@pytest.fixture(scope="module")
def chain(tmp_path_factory, examples_library, embedder):
    """Answers by the articles' own sentences, without a chat model."""
    folder = tmp_path_factory.mktemp("library") / "data"
    shutil.copytree(examples_library, folder)
    with (
        closing(open_engine(Settings(data_dir=folder), embedder)) as parts,
        closing(build_chain(parts, None)) as chain,
    ):
        yield chain


@pytest.mark.long
@pytest.mark.parametrize(
    "question",
    [*SUGGESTED_BY_EXAMPLES["fr"], *SUGGESTED_BY_EXAMPLES["en"]],
)
def test_each_is_answered_by_articles_that_name_who_is_asked_about(chain, question):
    answer = chain.invoke(question)
    assert answer.status in ("answered", "partial")
    name = re.search(r"(?:Que dit|What did) (.+?)(?: say)? ?\?$", question)[1]
    assert all(name in item.article.text for item in answer.citations)


@pytest.mark.parametrize(
    ("text", "language", "question"),
    [
        ("« C'est fini », a dit Odile Brac.", "fr", "Que dit Odile Brac ?"),
        ("« C’est fini », explique le maire, M. Luc Testanier.", "fr", "Que dit Luc Testanier ?"),
        ("« Fini », soupire l’adjointe aux sports, Anne-Lise d’Arvor.", "fr", "Que dit Anne-Lise d’Arvor ?"),
        ("“It is over,” said the mayor, Dana Whitcroft.", "en", "What did Dana Whitcroft say?"),
        ("“It is over,” Dana Whitcroft, a teacher, told us.", "en", "What did Dana Whitcroft say?"),
        ("Le viaduc de la Gourdelle tremble. Sous le viaduc de la Gourdelle.",
         "fr", "Que sait-on du viaduc de la Gourdelle ?"),
        ("On ferme la verrerie Clairelle. Adieu à la verrerie Clairelle.", "fr",
         "Que sait-on de la verrerie Clairelle ?"),
        ("Devant l’hôpital Sainte-Barbe. Dans l’hôpital Sainte-Barbe.", "fr",
         "Que sait-on de l’hôpital Sainte-Barbe ?"),
    ],
)  # fmt: skip
def test_sentences_fit_what_they_ask_about(text, language, question):
    assert questions([article(text, language)], language) == [question]


@pytest.mark.parametrize(
    "text",
    [
        "« C'est fini », a-t-elle dit. Odile Brac est partie.",
        "« Fini », a dit la préfecture. Il pleut.",
        "Odile Brac a pris le train pour Port-Salin.",
        "« Fini », observe Mme Igounet.",
        "Elle a vu la verrerie Clairelle.",
        "",
    ],
)
def test_nothing_is_asked_where_nobody_can_be_named(text):
    assert suggestions([article(text)], "fr") == ()


def test_nobody_is_asked_about_twice_and_the_reader_s_language_comes_first():
    quoted = "« Oui », a dit Odile Brac."
    told = [
        article("“Yes,” said Dana Whitcroft.", "en", number=1),
        article(quoted, number=2),
        article(quoted, number=3),
        article(quoted, "de", number=4),
        article(quoted, None, number=5),
    ]
    assert suggestions(told, "fr") == (
        Suggestion("Que dit Odile Brac ?", "fr", "a2", told[1].title),
        Suggestion("What did Dana Whitcroft say?", "en", "a1", told[0].title),
    )


NAMES = st.sampled_from(
    ["Odile Brac", "Étienne Malvoisin", "M. Luc Testanier", "{0.__class__} X", "<b>Ana</b>"]
)


@given(
    st.lists(st.tuples(NAMES, st.text(max_size=60), st.sampled_from(["fr", "en", "de", None])), max_size=8)
)
def test_whatever_articles_say_few_short_questions_come_out(told):
    articles = [
        article(f"« {words} », a dit {name}. {words}", language, title=words, number=number)
        for number, (name, words, language) in enumerate(told)
    ]
    for language in ("fr", "en"):
        asked = questions(articles, language)
        assert len(asked) <= SUGGESTED and len(set(asked)) == len(asked)
        assert all(re.fullmatch(r"(Que dit|Que sait-on|What did) [^<>{}\n]{3,200}\?", one) for one in asked)
