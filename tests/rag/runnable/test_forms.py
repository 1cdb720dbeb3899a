"""The chain as LangChain's users take it: messages, parsers, a retriever, a tool, events, its end."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from conftest import BIRTHS
from langchain.agents import create_agent
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.output_parsers import StrOutputParser
from langchain_core.runnables import RunnableLambda, RunnablePassthrough

from rag import Answer, LibraryError, Question, UserError, load_chain
from rag.config import Settings
from rag.runnable.chain import Chain

SHORT = "486"


def test_a_parser_reads_the_answer_as_text(chain: Chain):
    answer = chain.invoke(BIRTHS)
    assert (chain | StrOutputParser()).invoke(BIRTHS) == answer.text
    assert chain.pipe(StrOutputParser(), str.upper).invoke({"question": BIRTHS}) == answer.text.upper()
    assert list((chain | StrOutputParser()).stream([("human", BIRTHS)])) == [answer.text]
    before = {"question": RunnablePassthrough()} | chain
    assert before.invoke(BIRTHS).text == (before | StrOutputParser()).invoke(BIRTHS) == answer.text
    longer = RunnablePassthrough() | chain.as_messages() | StrOutputParser()
    assert longer.invoke({"input": BIRTHS}) == answer.text


async def test_so_it_does_later_and_for_many(chain: Chain):
    said = await (chain | StrOutputParser()).abatch([BIRTHS, {"question": "Bonjour"}])
    assert SHORT in said[0]
    assert said[1]


def test_what_follows_is_given_the_answer(chain: Chain):
    after = chain | RunnableLambda(lambda answer: answer.status)
    assert after.invoke(BIRTHS) == "answered"


def test_citations_are_standard_blocks_and_pointers(chain: Chain):
    answer, message = chain.invoke(BIRTHS), chain.as_messages().invoke(BIRTHS)
    assert isinstance(message, AIMessage)
    assert message.text == answer.text
    (block,) = message.content_blocks
    assert len(block["annotations"]) == sum(len(claim.evidence) for claim in answer.claims)
    for note in block["annotations"]:
        assert note["type"] == "citation"
        article = chain.library.article(note["extras"]["article_id"])
        assert article.text[note["extras"]["start"] : note["extras"]["end"]] == note["cited_text"]
        assert (note["title"], note.get("url")) == (article.title, article.canonical_url)
        assert block["text"][note["end_index"] :].startswith(f" [{note['extras']['number']}]")
        assert note["start_index"] < note["end_index"]
    json.dumps(message.model_dump())


def test_a_message_of_ours_is_understood_as_what_it_answered(chain: Chain):
    first = chain.as_messages().invoke(BIRTHS)
    later = chain.invoke([HumanMessage(BIRTHS), first, HumanMessage("Qui a écrit cet article ?")])
    same = chain.invoke(Question("Qui a écrit cet article ?", history=(chain.invoke(BIRTHS).turn(),)))
    assert later.status == "catalogue"
    assert (later.status, later.text) == (same.status, same.text)


def test_documents_are_passages_where_they_stand(chain: Chain):
    found = chain.as_retriever(hits=3).invoke(BIRTHS)
    assert len(found) == 3
    for document in found:
        article = chain.library.article(document.metadata["article_id"])
        assert article.text[document.metadata["start"] : document.metadata["end"]] == document.page_content
        assert document.metadata["title"] == article.title
        assert document.id
    scores = [document.metadata["score"] for document in found]
    assert scores == sorted(scores, reverse=True)
    assert any(SHORT in document.page_content for document in found)
    answered = [hit.passage_id for hit in chain.invoke(BIRTHS).hits]
    assert [document.id for document in chain.as_retriever().invoke(BIRTHS)] == answered


@pytest.mark.parametrize("hits", [0, -3])
def test_a_retriever_of_nothing_is_refused(chain: Chain, hits: int):
    with pytest.raises(UserError, match="at least one Document"):
        chain.as_retriever(hits=hits)


def test_a_retriever_keeps_to_its_filters(chain: Chain):
    outlet = chain.invoke(BIRTHS).citations[0].article.outlet
    filters = replace(Question("").filters, outlets=(outlet,))
    found = chain.as_retriever(filters=filters).invoke(BIRTHS)
    assert {document.metadata["outlet"] for document in found} == {outlet}
    assert chain.as_retriever().invoke("Bonjour") == []


class Recorder(BaseCallbackHandler):
    """Keeps what callbacks are told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Any]] = []

    def on_retriever_start(self, serialized: dict, query: str, **_: Any) -> None:
        del serialized
        self.told.append(("start", query))

    def on_retriever_end(self, documents: list, **_: Any) -> None:
        self.told.append(("end", [one.id for one in documents]))


async def test_a_tracer_sees_the_search(chain: Chain):
    for ask in (lambda config: chain.invoke(BIRTHS, config), None):
        recorder = Recorder()
        config = {"callbacks": [recorder]}
        answer = ask(config) if ask else await chain.ainvoke(BIRTHS, config)
        if answer.cached:  # what was answered before is not searched again
            answer = await chain.ainvoke(Question(BIRTHS, fresh=True), config)
        kinds = [kind for kind, _ in recorder.told]
        assert kinds == ["start", "end"]
        assert recorder.told[1][1] == [hit.passage_id for hit in answer.hits]


async def test_events_name_the_retriever(chain: Chain):
    asked = Question(BIRTHS, fresh=True)
    names = [event["event"] async for event in chain.astream_events(asked, version="v2")]
    assert names.count("on_retriever_start") == names.count("on_retriever_end") == 1


class ToolCaller(GenericFakeChatModel):
    """A model that says what it is given, whatever tools it has."""

    def bind_tools(self, tools: Any, **_: Any) -> ToolCaller:
        del tools
        return self


def test_an_agent_asks_the_articles(chain: Chain):
    call = {"name": "ask_articles", "args": {"question": BIRTHS}, "id": "1"}
    model = ToolCaller(messages=iter([AIMessage("", tool_calls=[call]), AIMessage("486 naissances [1].")]))
    agent = create_agent(model, [chain.as_tool()])
    said = agent.invoke({"messages": [HumanMessage(BIRTHS)]})["messages"]
    (given,) = (one for one in said if one.type == "tool")
    assert given.content == str(chain.invoke(BIRTHS))
    assert isinstance(given.artifact, Answer)
    assert said[-1].text == "486 naissances [1]."


async def test_a_tool_tells_what_is_wrong_with_a_question(chain: Chain):
    tool = chain.as_tool(name="presse", description="Demande à la presse.")
    assert (tool.name, tool.description) == ("presse", "Demande à la presse.")
    assert (await tool.ainvoke({"question": " "})).startswith("The question is empty")
    assert tool.invoke({"question": " "}).startswith("The question is empty")
    assert SHORT in await tool.ainvoke({"question": BIRTHS})


def test_an_answer_as_text_has_its_references(chain: Chain):
    answer = chain.invoke(BIRTHS)
    said = str(answer)
    assert said.startswith(answer.text + "\n\n[1] « ")
    assert len(said) < 2_000
    for one in answer.citations:
        assert " ".join(one.quote.split()) in said
        assert (one.article.canonical_url or one.article.source) in said
    assert len(repr(answer)) < 1_000
    assert str(chain.invoke("Bonjour")) == chain.invoke("Bonjour").text


class Elements(HTMLParser):
    """Keeps the names of elements, and the addresses."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.addresses: list[str] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.addresses += [value for name, value in attrs if name == "href" and value]


def test_a_notebook_is_shown_text_alone(chain: Chain):
    answer = chain.invoke(BIRTHS)
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    evidence = answer.citations[0]
    article = replace(evidence.article, title=hostile, outlet=hostile)
    claim = replace(answer.claims[0], text=hostile, evidence=(replace(evidence, article=article),))
    for shown in (answer, replace(answer, question=hostile, claims=(claim,))):
        found = Elements(shown._repr_html_())
        assert found.names <= {"div", "p", "strong", "ol", "li", "q", "br", "a"}
        assert all(one.startswith(("https://", "http://")) for one in found.addresses)


def test_an_answer_comes_back_from_what_it_gave(chain: Chain):
    for asked in (BIRTHS, "Bonjour", "Combien d'articles sur la crue ?", "Combien coûte la fusée de Mars ?"):
        answer = chain.invoke(asked)
        told = json.loads(json.dumps(answer.to_dict()))
        again = Answer.from_dict(told, chain.library.articles)
        assert again.to_dict() == answer.to_dict()
        assert [one.quote for one in again.citations] == [one.quote for one in answer.citations]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda told: told["claims"][0]["evidence"][0].update(quote="autre chose"),
        lambda told: told["claims"][0]["evidence"][0].update(article_id="gone"),
        lambda told: told["hits"][0].update(article_id="gone"),
        lambda told: told.pop("claims"),
        lambda told: told["claims"][0].update(evidence=[]),
        lambda told: told.update(hits=3),
    ],
)
def test_what_articles_do_not_have_is_no_answer(chain: Chain, spoil: Callable[[dict], object]):
    told = chain.invoke(BIRTHS).to_dict()
    spoil(told)
    with pytest.raises(UserError):
        Answer.from_dict(told, chain.library.articles)


async def test_a_chain_that_is_closed_answers_no_more(examples_library, tmp_path):
    shutil.copytree(examples_library, tmp_path / "data")
    with load_chain(Settings(data_dir=tmp_path / "data")) as chain:
        retriever = chain.as_retriever()
    chain.close()
    for ask in (
        chain.invoke,
        chain.as_messages().invoke,
        retriever.invoke,
        lambda asked: list(chain.stream(asked)),
    ):
        with pytest.raises(LibraryError, match="closed"):
            ask(BIRTHS)
    with pytest.raises(LibraryError, match="closed"):
        await chain.ainvoke(BIRTHS)
    async with load_chain(Settings(data_dir=tmp_path / "data")) as later:
        assert (await later.ainvoke("Bonjour")).status == "conversation"


def test_no_library_is_made_where_there_is_none(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "account"))  # else the account's is meant
    monkeypatch.chdir(tmp_path)
    for config in (None, Settings(data_dir=tmp_path / "nowhere")):
        with pytest.raises(UserError, match="There is no library in"):
            load_chain(config)
    assert list(tmp_path.iterdir()) == []


def test_what_may_be_asked_is_described(chain: Chain):
    assert chain.get_input_jsonschema()
    assert chain.get_graph().nodes
