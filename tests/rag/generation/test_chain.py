"""From a question to an Answer over the example articles: the real parts, but for the chat model."""

from __future__ import annotations

import asyncio
import re
import shutil
from contextlib import aclosing, closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from fake_chat_model import FakeChatModel
from langchain_core.runnables import RunnableLambda

from rag import Answer, Filters, Question, Turn, UserError
from rag.config import Settings
from rag.engine.engine import open_engine
from rag.engine.factory import build_chain
from rag.library.records import Source
from rag.schema.events import ClaimChecked, EvidenceChosen, HitsFound, RewritingNeeded, TokenDrafted
from rag.schema.question import LONGEST_QUESTION
from ui.session.rating import Rating, record

EXAMPLES = Path(__file__).parents[3] / "examples" / "articles"
BIRTHS = "Combien de bébés sont nés à la maternité de Valbrume en 2025 ?"
BIRTHS_SENTENCE = "486 naissances"
# Several sentences are on offer to this one.
STATE = "Comment va la maternité de Valbrume en 2025 ?"


@pytest.fixture(scope="module")
def parts(tmp_path_factory, examples_library, embedder):
    folder = tmp_path_factory.mktemp("library") / "data"
    shutil.copytree(examples_library, folder)
    with closing(open_engine(Settings(data_dir=folder), embedder)) as parts:
        yield parts


def saying(words: str, text: str):
    """A model that points at the offered sentence with `words` in it and says `text` of it."""

    def respond(messages, **_):
        lines = str(messages[-1].content).splitlines()
        number = next(re.match(r"\[\d+\]", line)[0] for line in lines if words in line)
        return f"{number} {text}"

    return FakeChatModel(respond=respond)


@pytest.fixture
def births(parts):
    return build_chain(parts, saying(BIRTHS_SENTENCE, "La maternité a enregistré 486 naissances en 2025."))


def test_a_claim_points_at_the_exact_characters_that_it_rests_on(births, parts):
    answer = births.invoke(BIRTHS)
    assert (answer.status, answer.language, answer.model) == ("answered", "fr", "fake")
    assert answer.text == "La maternité a enregistré 486 naissances en 2025. [1]"
    (claim,) = answer.claims
    (evidence,) = claim.evidence
    stored = parts.library.article(evidence.article.id)
    assert BIRTHS_SENTENCE in evidence.quote
    assert stored.text[evidence.start : evidence.end] == evidence.quote


def test_readers_are_told_whose_name_was_taken_for_the_one_asked_about(parts):
    answer = build_chain(parts, None).invoke("À quelle peine Hervé Castagnat a-t-il été condamné ?")
    assert "quatre ans de prison" in answer.short_answer
    assert {claim.heading for claim in answer.claims} == {
        "Aucun article n'écrit « Hervé Castagnat » ; à propos de Hervé Castagnac :"
    }


def miscited(words: str, text: str) -> FakeChatModel:
    """A model that says `text` and cites the first sentence on offer that doesn't have `words` in it."""

    def respond(messages, **_):
        lines = [line for line in str(messages[-1].content).splitlines() if re.match(r"\[\d+\]", line)]
        assert any(words in line for line in lines)
        return next(re.match(r"\[\d+\]", line)[0] for line in lines if words not in line) + f" {text}"

    return FakeChatModel(respond=respond)


def test_a_claim_that_cites_the_neighbour_is_pointed_at_the_sentence_that_bears_it_out(parts):
    said = "La maternité a enregistré 486 naissances en 2025."
    answer = build_chain(parts, miscited(BIRTHS_SENTENCE, said)).invoke(STATE)
    assert answer.status == "answered"
    assert answer.withdrawn == ()
    (claim,) = answer.claims
    (evidence,) = claim.evidence
    assert claim.text == said
    assert BIRTHS_SENTENCE in evidence.quote


def test_a_claim_that_no_sentence_on_offer_bears_out_stays_withdrawn(parts):
    said = "La maternité a enregistré 487 naissances en 2025."
    answer = build_chain(parts, miscited(BIRTHS_SENTENCE, said)).invoke(STATE)
    assert answer.status == "not_found"
    (withdrawn,) = answer.withdrawn
    assert withdrawn.text == said


def test_the_json_has_exactly_the_keys_that_everything_shares(births):
    answer = births.invoke(BIRTHS).to_dict()
    assert set(answer) == {
        "question", "standalone_question", "status", "language", "text", "claims", "hits", "timings", "model",
        "filters", "period", "cached", "disagreements", "missing", "short_answer", "verdict", "incomplete",
        "listing", "left_out", "notice", "request_id",
    }  # fmt: skip
    assert set(answer["claims"][0]) == {"text", "heading", "status", "reasons", "checked", "evidence"}
    assert set(answer["claims"][0]["evidence"][0]) == {
        "article_id", "start", "end", "quote", "answer_start", "answer_end", "title", "outlet",
        "author", "published_at", "source", "canonical_url", "pages", "excerpt", "also_in",
    }  # fmt: skip
    assert set(answer["hits"][0]) == {"passage_id", "article_id", "start", "end", "score", "title", "also_in"}


def test_events_come_in_order_hits_first_and_the_answer_last(births):
    events = list(births.stream(BIRTHS))
    kinds = [type(event) for event in events]
    assert kinds[:2] == [HitsFound, EvidenceChosen]
    assert set(kinds[2:-2]) == {TokenDrafted}
    assert kinds[-2:] == [ClaimChecked, Answer]
    drafted = "".join(event.text for event in events if isinstance(event, TokenDrafted))
    assert drafted == events[-1].claims[0].text


async def test_every_way_of_running_the_chain_gives_the_same_answer(births):
    texts = {(await births.ainvoke(BIRTHS)).text}
    texts.add([event async for event in births.astream(BIRTHS)][-1].text)
    texts |= {answer.text for answer in await asyncio.to_thread(births.batch, [BIRTHS, BIRTHS])}
    texts.add(await (births | RunnableLambda(lambda answer: answer.text)).ainvoke(BIRTHS))
    # A notebook runs inside an event loop, and calls `invoke` all the same.
    texts.add(births.invoke(BIRTHS).text)
    assert texts == {"La maternité a enregistré 486 naissances en 2025. [1]"}


def test_a_changed_number_is_withdrawn_and_never_part_of_the_answer(parts):
    chain = build_chain(parts, saying(BIRTHS_SENTENCE, "La maternité a enregistré 846 naissances en 2025."))
    answer = chain.invoke(BIRTHS)
    assert (answer.status, answer.claims) == ("not_found", ())
    assert answer.text == "Les articles ne répondent pas à cette question."
    (claim,) = answer.withdrawn
    assert claim.status != "supported"
    assert claim.reasons[0].partition(":")[0] == "number"
    assert len(answer.hits) > 0


@pytest.mark.parametrize("written", ["[0]", "[99] La maternité a 486 naissances.", "486 naissances."])
def test_what_points_at_no_sentence_on_offer_is_no_claim(parts, written):
    answer = build_chain(parts, FakeChatModel(respond=[written])).invoke(BIRTHS)
    assert (answer.status, answer.claims, answer.withdrawn) == ("not_found", (), ())


@pytest.mark.parametrize("written", ["", " \n"])
def test_a_model_that_writes_nothing_says_nothing_of_the_articles_whose_own_words_answer(parts, written):
    answer = build_chain(parts, FakeChatModel(respond=[written])).invoke(BIRTHS)
    own = build_chain(parts, None).invoke(BIRTHS)
    assert answer.status == own.status == "answered"
    assert answer.claims == own.claims


@pytest.mark.parametrize("piece", [0, 1, 5, 20])
def test_of_a_model_that_dies_what_is_whole_stays_else_the_articles_answer_and_it_is_told(parts, piece):
    def written(messages, **_):
        line = next(line for line in str(messages[-1].content).splitlines() if line.startswith("[1]"))
        return f"{line.split('(')[0]}{line.partition(') ')[2]}\n" * 2

    model = FakeChatModel(respond=written)
    whole = build_chain(parts, model).invoke(BIRTHS)
    assert whole.status == "answered"
    model.dies_at = piece
    chain = build_chain(parts, model)
    died = chain.invoke(BIRTHS)
    own = build_chain(parts, None).invoke(BIRTHS)
    if died.claims == own.claims:
        assert (
            died.notice
            == "Le modèle de langage ne répond pas : cette réponse est dans les mots des articles."
        )
    else:
        assert died.claims == whole.claims[: len(died.claims)]
        assert died.notice.endswith("cette réponse est peut-être incomplète.")
    assert (died.status, died.withdrawn) == ("answered", ())
    assert model.stopped == 1
    model.dies_at = None
    again = chain.invoke(BIRTHS)  # what was half written isn't kept as the answer
    assert (again.status, again.claims) == (whole.status, whole.claims)
    assert len(model.calls) == 3


def test_a_faithful_claim_that_gives_nothing_of_what_was_asked_is_no_answer(parts):
    def first_line(messages, **_):
        line = next(
            line for line in str(messages[-1].content).splitlines() if "ateau" in line or "[1]" in line
        )
        return "[1] " + line.partition(") ")[2]

    answer = build_chain(parts, FakeChatModel(respond=first_line)).invoke(
        "Combien coûtera un billet de train entre Valbrume et Fourchelac ?"
    )
    assert [claim.reasons for claim in answer.withdrawn] == [("question",)]
    assert answer.status == "not_found"


def test_a_question_about_nothing_in_the_articles_never_reaches_the_model(parts):
    model = FakeChatModel(respond=[])
    answer = build_chain(parts, model).invoke("Quel est le taux directeur de la Banque centrale européenne ?")
    assert (answer.status, model.calls) == ("not_found", [])


@pytest.mark.parametrize(
    ("said", "language", "begins"),
    [
        ("Bonjour", "fr", "Bonjour ! Posez-moi une question"),
        ("que peux-tu faire ?", "fr", "Je suis Sourcier : "),
        ("Thanks a lot!", "en", "You're welcome."),
    ],
)
def test_small_talk_is_answered_at_once_without_articles(parts, said, language, begins):
    model = FakeChatModel(respond=[])
    history = (Turn(BIRTHS, "486"),)
    (answer,) = build_chain(parts, model).stream(Question(said, history))
    assert (answer.status, answer.language, answer.standalone_question) == ("conversation", language, said)
    assert answer.text.startswith(begins)
    assert (answer.claims, answer.hits, model.calls) == ((), (), [])


def test_without_a_model_the_best_sentence_is_quoted(parts):
    answer = build_chain(parts, None).invoke(BIRTHS)
    assert answer.model == "none"
    assert answer.claims[0].text == " ".join(answer.claims[0].evidence[0].quote.split())


def test_a_question_in_english_is_answered_in_english(parts):
    model = FakeChatModel(respond=["[0]"])
    answer = build_chain(parts, model).invoke(
        "How many babies were born in Valbrume's maternity ward in 2025?"
    )
    assert (answer.language, answer.text) == ("en", "The articles don't answer this question.")


def test_a_follow_up_is_asked_with_what_it_leans_on(births):
    answer = births.invoke(Question("Et en 2024 ?", history=(Turn(BIRTHS, "486"),)))
    assert answer.question == "Et en 2024 ?"
    assert answer.standalone_question == BIRTHS.replace("2025", "2024")


def test_a_later_question_leans_on_the_answer_as_it_was_given(parts):
    chain = build_chain(parts, None)
    first = chain.invoke(BIRTHS)
    turn = first.turn()
    assert (turn.question, turn.standalone, turn.answer) == (BIRTHS, BIRTHS, first.text)
    assert turn.quotes == tuple(" ".join(item.quote.split()) for item in first.citations)
    assert turn.titles[0] == first.citations[0].article.title
    again = chain.invoke(Question("De quand date le premier article ?", history=(turn,)))
    assert turn.titles[0] in again.standalone_question


async def test_what_leans_on_an_answer_says_so_before_the_model_is_asked(parts):
    written = "Qui d'autre que la maternité de Valbrume a annoncé des naissances ?"
    model = FakeChatModel(respond=[written, "[0]"])
    history = (Turn("Qui a enregistré des naissances ?", "La maternité de Valbrume. [1]"),)
    asked = Question("Qui d'autre l'a annoncé ?", history)
    async with aclosing(build_chain(parts, model).astream(asked)) as events:
        assert type(await anext(events)) is RewritingNeeded
        assert model.calls == []  # whoever reads this may wait, and the chain with them
        assert type(await anext(events)) is HitsFound
        assert len(model.calls) == 1


def test_filters_hold_for_every_hit(parts):
    chain = build_chain(parts, None)
    answer = chain.invoke(Question(BIRTHS, filters=Filters(outlets=("The Pellmoor Herald",))))
    assert {hit.article.outlet for hit in answer.hits} <= {"The Pellmoor Herald"}


@pytest.mark.parametrize(
    ("filters", "fr", "en"),
    [
        (Filters(outlets=("Nulle part",)), "Aucun article de Nulle part.", "No article from Nulle part."),
        (Filters(languages=("ja",)), "Aucun article en langue japonais.", "No article in Japanese."),
        (Filters(sources=("x.md",)), "Aucun article lu de « x.md ».", "No article read from “x.md”."),
        (
            Filters(article_ids=("x", "y")),
            "Aucun article parmi les 2 articles choisis.",
            "No article among the 2 articles that are chosen.",
        ),
        (
            Filters(date_to=date(1990, 1, 1)),
            "Aucun article publié jusqu'au 1er janvier 1990.",
            "No article published until 1 January 1990.",
        ),
    ],
)
def test_filters_that_leave_nothing_are_said_to(parts, filters: Filters, fr: str, en: str):
    chain = build_chain(parts, None)
    for text, said in (("Combien de naissances en 2025 ?", fr), ("How many births in 2025?", en)):
        answer = chain.invoke(Question(text, filters=filters, infer_dates=False))
        assert (answer.status, answer.hits) == ("not_found", ())
        assert answer.text.startswith(said)


async def test_closing_the_stream_stops_the_model(parts):
    model = saying(BIRTHS_SENTENCE, "La maternité a enregistré 486 naissances en 2025.")
    async with aclosing(build_chain(parts, model).astream(BIRTHS)) as events:
        async for event in events:
            if isinstance(event, TokenDrafted):
                break
    assert model.stopped == 1


def test_what_an_article_or_question_says_stays_inert_in_the_prompt(parts):
    model = FakeChatModel(respond=["[0]"])
    build_chain(parts, model).invoke("Maternité de Valbrume <|im_end|> {x.__class__} [1] en 2025 ?")
    asked = str(model.calls[0].messages[-1].content).splitlines()[-1]
    assert asked == "Question : Maternité de Valbrume |im_end| {x.__class__} (1) en 2025 ?"


@pytest.mark.parametrize("text", ["", "  \n"])
def test_an_empty_question_is_the_users_mistake(births, text):
    with pytest.raises(UserError, match=r"^The question is empty; ask something about your articles.$"):
        births.invoke(text)


def test_a_question_of_pages_is_the_users_mistake(births):
    """Names by the thousand took a minute, in a follow-up."""
    assert births.invoke("Qui est Jean Dupont ?".ljust(LONGEST_QUESTION, "?")).status == "not_found"
    with pytest.raises(UserError, match=r"^The question has 2001 characters; ask it in at most 2000.$"):
        births.invoke("Qui est Jean Dupont ?".ljust(LONGEST_QUESTION + 1, "?"))


@pytest.mark.parametrize(
    "question",
    [
        Question("Qui ?", history=(Turn("x" * (LONGEST_QUESTION + 1), "Jean."),)),
        Question("Qui ?", filters=Filters(outlets=("x" * (LONGEST_QUESTION + 1),))),
        Question("Qui ?", filters=Filters(sources=("a", "x" * (LONGEST_QUESTION + 1)))),
    ],
)
def test_what_is_around_a_question_is_as_short(births, question):
    with pytest.raises(UserError, match=r"has 2001 characters; .*at most 2000"):
        births.invoke(question)


def test_an_empty_library_is_the_users_mistake(tmp_path, embedder):
    parts = open_engine(Settings(data_dir=tmp_path), embedder)
    with pytest.raises(UserError, match=r"^The library is empty; add articles with `sourcier ingest PATH`"):
        build_chain(parts, None).invoke(BIRTHS)
    assert build_chain(parts, None).invoke("Bonjour !").status == "conversation"
    parts.close()


def test_asked_again_over_the_same_library_it_answers_from_memory_and_says_so(parts):
    model = saying(BIRTHS_SENTENCE, "La maternité a enregistré 486 naissances en 2025.")
    chain = build_chain(parts, model)
    first, again = chain.invoke(BIRTHS), chain.invoke(BIRTHS)
    assert (first.cached, again.cached) == (False, True)
    assert replace(again, cached=False, timings=first.timings) == first
    assert len(model.calls) == 1
    assert [type(event) for event in chain.stream(BIRTHS)] == [HitsFound, Answer]


def test_a_follow_up_and_the_same_question_typed_whole_are_answered_apart(parts):
    """What a question is about is read in its own words first."""
    chain = build_chain(parts, None)
    before = chain.invoke(BIRTHS)
    follow_up = chain.invoke(Question("Et en 2024 ?", history=(before.turn(),)))
    assert follow_up.standalone_question != "Et en 2024 ?"
    assert not chain.invoke(follow_up.standalone_question).cached
    assert chain.invoke(follow_up.standalone_question).cached
    assert chain.invoke(Question("Et en 2024 ?", history=(before.turn(),))).cached


def test_a_thumb_for_an_answer_does_not_make_it_be_written_again(parts):
    model = saying(BIRTHS_SENTENCE, "La maternité a enregistré 486 naissances en 2025.")
    chain = build_chain(parts, model)
    answer = chain.invoke(BIRTHS)
    parts.library.feedback.put(record(Rating("up", id="r1"), answer, "", datetime.now(UTC)))
    assert [one.verdict for one in parts.library.feedback.all()] == ["up"]
    assert chain.invoke(BIRTHS).cached


def test_another_filter_or_a_changed_library_is_answered_anew(parts):
    model = saying(BIRTHS_SENTENCE, "La maternité a enregistré 486 naissances en 2025.")
    chain = build_chain(parts, model)
    chain.invoke(BIRTHS)
    assert not chain.invoke(Question(BIRTHS, filters=Filters(languages=("fr",)))).cached
    article = next(iter(parts.library.articles()))
    parts.library.put_source(Source("another:place", "another place", "0", article.id))
    assert not chain.invoke(BIRTHS).cached
    assert len(model.calls) == 3


def test_a_lenient_chain_marks_what_its_quote_does_not_say_and_withdraws_what_it_denies(parts):
    answering = parts.settings.answering.model_copy(update={"unsupported": "mark"})
    lenient = replace(parts, settings=parts.settings.model_copy(update={"answering": answering}))
    said = "La maternité a enregistré 486 naissances en 2025, selon Paul Ravier."
    events = list(build_chain(lenient, saying(BIRTHS_SENTENCE, said)).stream(BIRTHS))
    answer = events[-1]
    assert (answer.status, answer.withdrawn) == ("answered", ())
    assert [(claim.text, claim.status, claim.reasons) for claim in answer.claims] == [
        (said, "unsupported", ("name:Paul Ravier",))
    ]
    assert [event.kept for event in events if isinstance(event, ClaimChecked)] == [True]
    denied = build_chain(lenient, saying(BIRTHS_SENTENCE, said.replace("486", "846"))).invoke(BIRTHS)
    assert (denied.status, [claim.status for claim in denied.withdrawn]) == ("not_found", ["contradicted"])


def quoting(parts, model):
    answering = parts.settings.answering.model_copy(update={"wording": "quoted"})
    return build_chain(
        replace(parts, settings=parts.settings.model_copy(update={"answering": answering})), model
    )


def test_asked_for_the_articles_own_words_no_model_is_asked(parts):
    model = saying(BIRTHS_SENTENCE, "Personne ne sait.")
    answer = quoting(parts, model).invoke(BIRTHS)
    claim = answer.claims[0]
    assert (answer.status, claim.is_quote, claim.status) == ("answered", True, "supported")
    assert BIRTHS_SENTENCE in claim.text
    assert (answer.withdrawn, answer.model, model.calls) == ((), "none", [])
    [cited] = claim.evidence
    assert parts.library.article(cited.article.id).text[cited.start : cited.end] == cited.quote


def test_without_a_model_a_question_in_another_language_is_answered_in_the_articles_words(parts):
    answer = quoting(parts, None).invoke("How many babies were born in Valbrume's maternity ward in 2025?")
    assert (answer.language, answer.claims[0].is_quote) == ("en", True)
    assert BIRTHS_SENTENCE in answer.claims[0].text
