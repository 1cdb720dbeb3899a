"""The same questions through every client: do all of them cite the same words?

    python benchmarks/clients.py [FILE|FOLDER…] [--question Q …] [--only folder|servers]

Ingests what is named (the example articles by default) into a library in a folder, and into one on
PostgreSQL and a Chroma server of its own, both on this machine. Each question is asked by
`sourcier ask --json`, by OpenAI's package (`sourcier serve`, whole and as a stream), by `/api/ask`, by the
MCP SDK's client (`sourcier mcp`) and by the LangChain chain. What a client is given is a status and places
(article, start, end), each once, in the order of the answer's [n]. Prints a table; the exit code is 1 where
one differs.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support"), str(ROOT / "benchmarks")]

import httpx2  # noqa: E402
from load_client import serving  # noqa: E402
from load_library import HERE, command, environment  # noqa: E402
from mcp import Client, StdioServerParameters  # noqa: E402
from openai import OpenAI  # noqa: E402
from shared_store import servers  # noqa: E402

from rag import load_chain  # noqa: E402
from rag.config import Settings  # noqa: E402

EXAMPLES = HERE / "examples" / "articles"
QUESTIONS = (
    "Combien de bébés sont nés à la maternité de Valbrume en 2025 ?",
    "Qui a remporté le prix des Trois Rivières ?",
    "Combien d'éoliennes seront construites sur le plateau de Sarrane ?",
    "When did the Strennick ferry return to service?",
    "Quel est le prix du kilo de tomates à Nouméa ?",
)
_KEY = re.compile(r"sourcier-[\w-]+")
FRESH = {"fresh": True}  # the server keeps answers; each client is to have one of its own

Place = tuple[str, int, int]  # an article's id, start and end


@dataclass(frozen=True)
class Given:
    """What a client was given to a question."""

    status: str
    places: tuple[Place, ...]

    def __str__(self) -> str:
        """Return it in a line of the table."""
        return f"{self.status}  " + (" ".join(f"{id_[:8]}[{s}:{e}]" for id_, s, e in self.places) or "-")


@dataclass(frozen=True)
class Setting:
    """Where a library is: for processes, and for this one."""

    variables: dict[str, str]
    settings: Settings

    @property
    def folder(self) -> Path:
        """Its data folder on this machine."""
        return self.settings.data_dir


Answers = list[Given]


# --- settings ---


@contextmanager
def in_a_folder(place: Path) -> Iterator[Setting]:
    """A library in a folder."""
    yield _setting(Settings(data_dir=place / "data"), {})


@contextmanager
def on_servers(place: Path) -> Iterator[Setting]:
    """A library in PostgreSQL, its vectors on a Chroma server."""
    with servers(place) as shared:
        named = {"SOURCIER_LIBRARY__URL": shared.place.url, "SOURCIER_STORE__URL": shared.store.url}
        yield _setting(shared, named)


def _setting(settings: Settings, more: dict[str, str]) -> Setting:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return Setting(environment(HERE, settings.data_dir) | more, settings)


# --- clients ---


def by_command(setting: Setting, questions: Sequence[str]) -> Answers:
    """`sourcier ask --json`, a process for each question."""
    asked = ([*command(HERE), "ask", one, "--json"] for one in questions)
    return [_of_answer(json.loads(_run(one, setting))) for one in asked]


def by_openai(questions: Sequence[str], url: str, key: str, stream: bool) -> Answers:
    """OpenAI's package, given whole answers or streams."""
    given = []
    with OpenAI(base_url=f"{url}v1", api_key=key, max_retries=0) as client:
        for one in questions:
            said = {"model": "sourcier", "messages": [{"role": "user", "content": one}]}
            told = client.chat.completions.create(**said, stream=stream, extra_body={"sourcier": FRESH})
            given.append(_of_pieces(told) if stream else _of_completion(told))
    return given


def by_api(questions: Sequence[str], url: str, key: str) -> Answers:
    """`/api/ask`, over plain HTTP."""
    with httpx2.Client(base_url=url, timeout=120, headers={"Authorization": f"Bearer {key}"}) as http:
        asked = [http.post("/api/ask", json={"question": one, **FRESH}) for one in questions]
    return [_of_answer(one.raise_for_status().json()) for one in asked]


def by_mcp(setting: Setting, questions: Sequence[str]) -> Answers:
    """The MCP SDK's client, which starts `sourcier mcp`."""
    return asyncio.run(_by_mcp(setting, questions))


async def _by_mcp(setting: Setting, questions: Sequence[str]) -> Answers:
    program, *words = command(HERE)
    server = StdioServerParameters(command=program, args=[*words, "mcp"], env=setting.variables)
    given = []
    async with Client(server) as client:
        for one in questions:
            told = (await client.call_tool("ask_articles", {"question": one})).structured_content
            places = ((c["article"]["article_id"], c["start"], c["end"]) for c in told["citations"])
            given.append(Given(told["status"], tuple(places)))
    return given


def by_langchain(setting: Setting, questions: Sequence[str]) -> Answers:
    """The chain as LangChain's messages have it."""
    given = []
    with load_chain(setting.settings) as chain:
        asks = chain.as_messages()
        for one in questions:
            message = asks.invoke({"messages": [("human", one)]})
            notes = [note["extras"] for note in message.content_blocks[0].get("annotations", [])]
            given.append(Given(message.response_metadata["status"], _once(notes)))
    return given


def _of_answer(answer: dict) -> Given:
    return Given(answer["status"], _once(e for claim in answer["claims"] for e in claim["evidence"]))


def _of_completion(completion) -> Given:
    notes = [one.model_dump()["url_citation"] for one in completion.choices[0].message.annotations]
    return Given(completion.sourcier["status"], _once(notes))


def _of_pieces(stream) -> Given:
    notes, status = [], ""
    for piece in stream:
        for choice in piece.choices:
            notes += [one["url_citation"] for one in getattr(choice.delta, "annotations", None) or ()]
        status = (getattr(piece, "sourcier", None) or {}).get("status", status)
    return Given(status, _once(notes))


def _once(cited: Iterable[dict]) -> tuple[Place, ...]:
    """Return where citations point at, each once, in the order of first use."""
    return tuple(dict.fromkeys((one["article_id"], one["start"], one["end"]) for one in cited))


# --- asking ---


def asked(setting: Setting, sources: Sequence[str], questions: Sequence[str]) -> dict[str, Answers]:
    """Ingest sources into a setting's library, and ask every client."""
    _run([*command(HERE), "ingest", *sources], setting)
    key = _KEY.search(_run([*command(HERE), "keys", "add", "clients"], setting))[0]
    given = {"ask --json": by_command(setting, questions)}
    with serving(setting.folder, setting.folder / "passing", more=setting.variables) as server:
        given["openai"] = by_openai(questions, server.url, key, stream=False)
        given["openai, streamed"] = by_openai(questions, server.url, key, stream=True)
        given["/api/ask"] = by_api(questions, server.url, key)
    given["mcp"] = by_mcp(setting, questions)
    given["langchain"] = by_langchain(setting, questions)
    return given


def _run(words: Sequence[str], setting: Setting) -> str:
    done = subprocess.run(words, env=setting.variables, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{words[3:]} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def compared(given: dict[str, dict[str, Answers]], questions: Sequence[str]) -> bool:
    """Print what every client was given to each question; return whether all were given the same."""
    same = True
    for number, question in enumerate(questions):
        told = {f"{where}, {who}": one[number] for where, by in given.items() for who, one in by.items()}
        first = next(iter(told.values()))
        print(f"\n{question}")
        for who, one in told.items():
            print(f"  {'same ' if one == first else 'OTHER'}  {who:28} {one}")
        same = same and all(one == first for one in told.values())
    return same


SETTINGS: dict[str, Callable[[Path], object]] = {"folder": in_a_folder, "servers": on_servers}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("sources", nargs="*", default=[str(EXAMPLES)])
    parser.add_argument("--question", action="append")
    parser.add_argument("--only", choices=SETTINGS)
    told = parser.parse_args()
    questions = told.question or QUESTIONS
    given = {}
    for name in [told.only] if told.only else SETTINGS:
        with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
            setting = stack.enter_context(SETTINGS[name](Path(folder)))
            given[name] = asked(setting, told.sources, questions)
    same = compared(given, questions)
    print(f"\n{'all clients were given the same' if same else 'CLIENTS DIFFER'}: {len(questions)} questions")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
