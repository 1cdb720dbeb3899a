"""What was compared is said beside a claim, in both languages, on the page, in the terminal and in JSON."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.schema.answer import Answer
from rag.schema.article import Article
from rag.schema.evidence import Claim, Evidence
from ui.command.ask import answer_text
from ui.formatting.claims import checked_text
from ui.rendering.exchange import exchange_html
from ui.session.exchange import Exchange

ARTICLE = Article(
    "a1", "Coût : 12 000 euros.", "Le pont", "/a.txt", "0" * 64, outlet="Le Phare", language="fr"
)
CLAIM = Claim(
    "Le pont coûtera 12 000 euros.", (Evidence(ARTICLE, 0, len(ARTICLE.text)),), checked=("numbers", "words")
)
SAID = {
    "fr": "comparé à la citation : chiffres, mots",
    "en": "checked against the quote: numbers, words",
}


@pytest.mark.parametrize("language", SAID)
def test_what_was_compared_is_said_in_words_and_not_by_a_sign_alone(language):
    answer = Answer("Q ?", "Q ?", "fr", "answered", (CLAIM,))
    page = exchange_html(Exchange(1, "Q ?", "answered", answer=answer), language)
    assert checked_text(CLAIM, language) == SAID[language]
    assert f'<span class="sign" aria-hidden="true">✓</span> {SAID[language]}</span>' in page
    assert f"✓ [1] {SAID[language]}" in answer_text(answer, language).splitlines()
    assert answer.to_dict()["claims"][0]["checked"] == ["numbers", "words"]


def test_a_claim_kept_before_says_no_more_than_that_it_was_compared():
    assert checked_text(replace(CLAIM, checked=()), "fr") == "comparé à la citation"


def test_a_quote_and_what_was_not_borne_out_have_no_such_line():
    quote = Claim.quoting(CLAIM.evidence[0])
    doubted = replace(CLAIM, status="unsupported")
    for claim in (quote, doubted):
        answer = Answer("Q ?", "Q ?", "fr", "answered", (claim,))
        assert "✓" not in answer_text(answer, "fr")
