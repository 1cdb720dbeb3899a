"""First questions from the library: in good French and English, each answered by the article it is from."""

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


def test_the_examples_suggest_these(newest):
    assert questions(newest, "fr") == [
        "Que sait-on de la ligne Valbrume–Fourchelac ?",
        "Que dit Luc Testanier ?",
        "Que dit Manon Esquirolle ?",
        "Que dit Rémi Marchavel ?",
    ]
    assert questions(newest, "en") == [
        "What did Oliver Stanwick-Rae say?",
        "What did Moira Kilbrannoch say?",
        "Que sait-on de la ligne Valbrume–Fourchelac ?",
        "Que dit Luc Testanier ?",
    ]


@pytest.mark.long
def test_each_is_answered_by_the_article_that_it_is_from(newest, tmp_path, examples_library, embedder):
    """By the articles' own sentences, without a chat model."""
    shutil.copytree(examples_library, tmp_path / "data")
    parts = open_engine(Settings(data_dir=tmp_path / "data"), embedder)
    wanted = {one for language in ("fr", "en") for one in suggestions(newest, language)}
    with closing(build_chain(parts, None)) as chain:
        for one in sorted(wanted, key=lambda one: one.question):
            answer = chain.invoke(one.question)
            assert answer.status in ("answered", "partial"), one.question
            titles = {item.article.title for item in answer.citations}
            assert next(a.title for a in newest if a.id == one.article_id) in titles, one.question


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
        Suggestion("Que dit Odile Brac ?", "fr", "a2"),
        Suggestion("What did Dana Whitcroft say?", "en", "a1"),
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
