"""Bringing articles in by a program: with a key that may write, on the page's own way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from api_keys import add_key, bearer
from served_page import ServedPage, opened, served_page

from rag.config import IngestSettings
from ui.page.context import AppContext

BRIDGE = "Le pont de Corvenne a rouvert mardi.\n\nIl compte 2 voies et {} arches."


@pytest.fixture(scope="module")
def client(served: ServedPage, context: AppContext) -> Iterator[httpx2.Client]:
    said = add_key(context.settings, "writer", can_write=True, per_minute=10_000)
    headers = bearer(said) | {"Accept-Language": "en"}
    with httpx2.Client(base_url=served.url, headers=headers, timeout=60) as client:
        yield client


def sent(client: httpx2.Client, *files: tuple[str, bytes], **form: object) -> list[dict]:
    answer = client.post("api/ingest", files=[("file", one) for one in files], data=form)
    assert answer.status_code == 200, answer.text
    return answer.json()["entries"]


def test_what_is_sent_is_in_the_library_and_answers(client: httpx2.Client):
    (new,) = sent(client, ("pont.md", BRIDGE.format("cinq").encode()))
    assert (new["name"], new["state"], new["new"], new["refused"]) == ("pont.md", "done", 1, [])
    (same,) = sent(client, ("pont.md", BRIDGE.format("cinq").encode()))
    assert (same["new"], same["changed"], same["unchanged"]) == (0, 0, 1)
    (changed,) = sent(client, ("pont.md", BRIDGE.format("six").encode()))
    assert (changed["new"], changed["changed"]) == (0, 1)
    told = client.post("api/ask", json={"question": "Combien d'arches le pont de Corvenne compte-t-il ?"})
    assert "six arches" in told.json()["text"]


def test_each_has_its_own_outcome(client: httpx2.Client):
    entries = sent(
        client,
        ("bac.txt", b"Le bac de Valmorin reste a quai dimanche. Il repartira lundi."),
        ("a.xyz", b"x"),
        ("empty.txt", b""),
        ("../../etc/x.txt", b"Le phare de Valmorin est ferme. Il rouvrira en mai."),
        url=["http://127.0.0.1:9/", "ftp://x", "  "],
    )
    assert [one["new"] for one in entries] == [1, 0, 0, 1, 0, 0]
    assert entries[3]["name"] == "etc/x.txt"
    for one in (entries[1], entries[2], entries[4], entries[5]):
        assert one["refused"], one
    assert "format" in entries[1]["refused"][0]


def test_what_is_under_embargo_is_told_to_nobody(tmp_path: Path):
    secret = {"uri": "urn:a.example:1", "type": "text", "embargoed": "2090-09-01"}
    secret |= {"body_text": "Le phare de Corvenne fermera en mai. Il a 300 marches."}
    with (
        opened(tmp_path) as context,
        context_keeping_embargoes(context) as keeping,
        served_page(keeping) as served,
    ):
        said = add_key(context.settings, "writer", can_write=True)
        with httpx2.Client(base_url=served.url, headers=bearer(said), timeout=60) as client:
            (entry,) = sent(client, ("a.json", json.dumps(secret).encode()))
            assert (entry["embargoed"], entry["new"], entry["refused"]) == (1, 0, [])
            asked = {"question": "Combien de marches le phare de Corvenne a-t-il ?"}
            told = [client.post("api/ask", json=asked).text, client.get("api/articles").text]
            told += [
                client.post("api/search", json={"query": "phare Corvenne", "by": by}).text
                for by in ("words", "meaning")
            ]
            held = context.library.embargoes.all()[0].article.id
            unread = client.get(f"api/articles/{held}")
    assert unread.status_code == 404
    assert not any("300 marches" in one for one in (*told, unread.text))


@contextmanager
def context_keeping_embargoes(context: AppContext) -> Iterator[AppContext]:
    """The same library, where articles under embargo are stored and not refused."""
    settings = context.settings.model_copy(update={"ingest": IngestSettings(embargoed="store")})
    engine = replace(context.engine, settings=settings)
    with closing(AppContext(engine, context.chain)) as keeping:
        yield keeping


def test_a_key_that_only_reads_and_a_program_without_a_key_add_nothing(
    served: ServedPage, context: AppContext
):
    before = context.library.counts()
    reader = bearer(add_key(context.settings, "reader"))
    files = {"file": ("new.txt", b"Le phare de Corvenne est ferme.")}
    refused = httpx2.post(f"{served.url}api/ingest", files=files, headers=reader)
    assert (refused.status_code, list(refused.json())) == (403, ["detail"])
    assert httpx2.post(f"{served.url}api/ingest", files=files).status_code == 401
    assert context.library.counts() == before


def test_nothing_to_add_is_said(client: httpx2.Client):
    answer = client.post("api/ingest", files={"other": b"x"}, data={"url": " "})
    assert (answer.status_code, answer.json()) == (400, {"detail": "Send files (file) or an address (url)."})
    assert client.post("api/ingest", json={"url": "x"}).status_code == 415
    broken = client.post("api/ingest", content=b"x", headers={"Content-Type": "multipart/form-data"})
    assert broken.status_code == 400


def test_what_others_send_is_in_nobody_else_s_report(client: httpx2.Client, served: ServedPage):
    sent(client, ("x.txt", b"Une phrase suffit ici. En voici une autre."))
    assert served.app.intake.view("ada").entries == ()
    assert "x.txt" in [one.name for one in served.app.intake.view("").entries]
