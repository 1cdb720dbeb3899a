"""The shapes: pointers resolve, citations are numbered once, the JSON has exactly the agreed keys."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.schema.answer import Answer
from rag.schema.article import Article, Span
from rag.schema.evidence import Claim, Evidence
from rag.schema.hit import Hit, Reprint
from rag.schema.question import Filters, Period, Question

TEXT = "Le pont a rouvert lundi. Il était fermé depuis mars. La mairie a payé 12 000 euros."
STATED = "2025-08-16T10:30:00+02:00"
OPENED, CLOSED, PAID = Span(0, 24), Span(25, 52), Span(53, 83)


def article(id: str = "a1") -> Article:
    return Article(
        id,
        TEXT,
        "Le pont",
        f"{id}.txt",
        "0f" * 32,
        outlet="Le Phare",
        published_at=STATED,
        canonical_url=f"https://phare.example/{id}",
    )


def evidence(span: Span, id: str = "a1", score: float = 0.5) -> Evidence:
    return Evidence(article(id), span.start, span.end, score)


def answer(*claims: Claim, **fields: object) -> Answer:
    status = "answered" if claims else "not_found"
    return Answer("Quand ?", "Le pont ? Quand ?", "fr", status, claims, **fields)


# --- pointers ---


def test_a_quote_is_read_through_its_offsets():
    assert evidence(PAID).quote == "La mairie a payé 12 000 euros."
    assert Hit("a1:0", article(), 25, 83, 1.0).text == TEXT[25:]


def test_offsets_count_code_points():
    text = "👩‍🚀 Été. Fin."
    assert Evidence(dataclasses.replace(article(), text=text), 4, 8).quote == "Été."


@given(st.text(), st.integers(0, 50), st.integers(0, 50))
def test_a_quote_is_always_the_article_between_its_offsets(text: str, start: int, length: int):
    pointed = Evidence(dataclasses.replace(article(), text=text), start, start + length)
    assert pointed.quote == text[start : start + length]
    assert pointed.to_dict()["quote"] == pointed.quote


@pytest.mark.parametrize("shape", [article(), OPENED, evidence(OPENED), Question("Quand ?"), answer()])
def test_shapes_are_frozen(shape: object):
    name = dataclasses.fields(shape)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(shape, name, "autre")


# --- claims and answers ---


def test_a_claim_without_evidence_cannot_be_made():
    with pytest.raises(ValueError, match=r"^a claim needs evidence$"):
        Claim("Le pont a rouvert.", ())


def test_citations_are_numbered_by_first_use_and_once():
    first = Claim("Le pont a rouvert.", (evidence(CLOSED), evidence(OPENED)))
    second = Claim("La mairie a payé.", (evidence(PAID), evidence(CLOSED, score=0.9)))
    found = answer(first, second)
    assert found.citations == (evidence(CLOSED), evidence(OPENED), evidence(PAID))
    assert (found.numbers(first), found.numbers(second)) == ((1, 2), (3, 1))
    assert found.text == "Le pont a rouvert. [1][2] La mairie a payé. [3][1]"


def test_the_same_offsets_in_another_article_are_another_citation():
    claim = Claim("Le pont a rouvert.", (evidence(OPENED, "a1"), evidence(OPENED, "a2")))
    assert answer(claim).numbers(claim) == (1, 2)


def test_an_answer_without_claims_says_so_in_its_own_words():
    assert answer(plain_text="Les articles ne répondent pas.").text == "Les articles ne répondent pas."


def test_small_talk_is_text_without_claims_or_hits():
    said = Answer("Merci !", "Merci !", "fr", "conversation", plain_text="Avec plaisir.").to_dict()
    assert (said["status"], said["text"]) == ("conversation", "Avec plaisir.")
    assert (said["claims"], said["hits"], said["period"]) == ([], [], None)


def test_withdrawn_claims_are_in_neither_text_nor_json():
    withdrawn = Claim("Le pont a coûté un million.", (evidence(PAID),), "unsupported", ("number",))
    kept = Claim("Le pont a rouvert.", (evidence(OPENED),))
    found = answer(kept, withdrawn=(withdrawn,))
    assert found.text == "Le pont a rouvert. [1]"
    assert found.citations == (evidence(OPENED),)
    assert "million" not in json.dumps(found.to_dict())


spans = st.sampled_from([OPENED, CLOSED, PAID])
pointers = st.builds(evidence, spans, st.sampled_from(["a1", "a2", "a3"]))
claims = st.builds(Claim, st.just("Une phrase."), st.lists(pointers, min_size=1, max_size=4).map(tuple))


@given(st.lists(claims, max_size=5))
def test_every_number_leads_to_its_evidence(drafted: list[Claim]):
    found = answer(*drafted)
    for claim in drafted:
        assert tuple(found.citations[number - 1] for number in found.numbers(claim)) == claim.evidence
    used = list(dict.fromkeys(number for claim in drafted for number in found.numbers(claim)))
    assert used == list(range(1, len(found.citations) + 1))
    assert len(set(found.citations)) == len(found.citations)


def test_the_json_has_exactly_the_agreed_keys_and_values():
    reprint = Reprint("a2", "Le pont rouvre", "L'Écho", None, "a2.txt", (OPENED, CLOSED))
    claim = Claim("Le pont a rouvert lundi.", (replace(evidence(OPENED), also_in=(reprint,)),))
    hit = Hit("a1:0", article(), 0, 83, 0.75, (OPENED, CLOSED, PAID), (reprint,))
    also_in = [
        {
            "article_id": "a2",
            "title": "Le pont rouvre",
            "outlet": "L'Écho",
            "published_at": None,
            "source": "a2.txt",
            "canonical_url": None,
        }
    ]
    day, words = date(2025, 8, 16), "depuis samedi"
    found = answer(
        claim,
        hits=(hit,),
        timings={"total": 0.2},
        model="none",
        filters=Filters(date_from=day, undated=True, outlets=("Le Phare",)),
        period=Period(day, None, 8, 21, words),
    )
    assert json.loads(json.dumps(found.to_dict())) == {
        "question": "Quand ?",
        "standalone_question": "Le pont ? Quand ?",
        "status": "answered",
        "language": "fr",
        "text": "« Le pont a rouvert lundi. » (Le Phare) [1]",
        "claims": [
            {
                "text": "Le pont a rouvert lundi.",
                "heading": "",
                "status": "supported",
                "reasons": [],
                "checked": [],
                "evidence": [
                    {
                        "article_id": "a1",
                        "start": 0,
                        "end": 24,
                        "quote": "Le pont a rouvert lundi.",
                        "answer_start": None,
                        "answer_end": None,
                        "title": "Le pont",
                        "outlet": "Le Phare",
                        "author": None,
                        "published_at": STATED,
                        "source": "a1.txt",
                        "canonical_url": "https://phare.example/a1",
                        "pages": [],
                        "excerpt": False,
                        "also_in": also_in,
                    }
                ],
            }
        ],
        "hits": [
            {
                "passage_id": "a1:0",
                "article_id": "a1",
                "start": 0,
                "end": 83,
                "score": 0.75,
                "title": "Le pont",
                "also_in": also_in,
            }
        ],
        "timings": {"total": 0.2},
        "model": "none",
        "filters": {
            "date_from": "2025-08-16",
            "date_to": None,
            "undated": True,
            "outlets": ["Le Phare"],
            "languages": [],
            "sources": [],
            "article_ids": [],
            "dossiers": [],
        },
        "period": {"date_from": "2025-08-16", "date_to": None, "start": 8, "end": 21, "words": words},
        "missing": [],
        "short_answer": "",
        "verdict": None,
        "incomplete": False,
        "listing": None,
        "cached": False,
        "disagreements": [],
        "left_out": [],
        "notice": "",
        "request_id": "",
    }


def test_an_answer_span_stands_inside_its_quote():
    marked = Evidence(article(), 0, 4).answered_by(Span(1, 3))
    assert marked.answer_words == marked.article.text[1:3]
    assert marked.to_dict()["answer_start"] == 1
    assert marked.answered_by(None) == Evidence(article(), 0, 4)
    for start, end in ((None, 3), (1, None), (3, 3), (2, 5)):
        with pytest.raises(ValueError, match="inside its quote"):
            Evidence(article(), 1, 4, answer_start=start, answer_end=end)


def test_the_short_answer_is_the_first_claims_words():
    marked = Evidence(article(), 0, 4).answered_by(Span(1, 3))
    answer = Answer("Q ?", "Q ?", "fr", "answered", (Claim.quoting(marked),))
    assert answer.short_answer == answer.to_dict()["short_answer"] == marked.article.text[1:3]
    assert (
        Answer("Q ?", "Q ?", "fr", "answered", (Claim.quoting(Evidence(article(), 0, 4)),)).short_answer == ""
    )
