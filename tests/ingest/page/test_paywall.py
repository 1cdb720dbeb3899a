"""The beginning of an article that is sold is stored without the offer, and said to be one where shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from desk import Desk
from handed_in import copied, json_of, markdown_of, page_of

from ingest.converters.registry import read_article
from rag.checksums.checksum import article_checksum as checksum
from rag.conversation.serialization import ArticleVersion
from rag.conversation.store import resolve
from rag.schema.answer import Answer
from rag.schema.article import Article
from rag.schema.evidence import Claim, Disagreement, Evidence, StatedValue
from rag.schema.hit import Hit
from ui.command.ask import answer_text
from ui.command.main import main
from ui.formatting.claims import disagreement_text
from ui.reader.html import ReaderView, reader_html
from ui.rendering import exchange as render
from ui.session.exchange import Exchange

TITLE = "Les comptes du casino de Lanvenec"
OPENING = (
    "<p>Le casino de Lanvenec a versé pendant huit ans une redevance trop faible, selon un rapport.</p>"
    "<p>Le manque à gagner atteindrait 900 000 euros, assure la chambre régionale des comptes.</p>"
)
WHOLE = OPENING + "".join(
    f"<p>Le {year}, la commune avait déjà demandé des explications à l'exploitant, qui n'a pas répondu.</p>"
    for year in range(2001, 2025)
)
MARKS = {"fr": "extrait, pas l’article entier", "en": "excerpt, not the whole article"}


def source(body: str, head: str = "", title: str = TITLE, lang: str = "fr") -> bytes:
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>{head}</head>'
        f"<body><article><h1>{title}</h1>{body}</article></body></html>"
    ).encode()


def read(body: str, head: str = "") -> Article:
    return read_article(source(body, head), "a.html")


def stated(free: object, **more: object) -> str:
    said = {"@type": "NewsArticle", "headline": TITLE, "isAccessibleForFree": free, **more}
    return f'<script type="application/ld+json">{json.dumps(said)}</script>'


@pytest.mark.parametrize(
    "offer",
    [
        "<div class='paywall'><p>Il vous reste 72 % de cet article.</p><p>Abonnez-vous, 2 €/mois.</p></div>",
        "<p>Il vous reste 72.5% de cet article à lire. La suite est réservée aux abonnés.</p>",
        "<p>La suite est réservée aux abonnés.</p><p>Déjà abonné ? Connectez-vous</p>",
        "<section class='offers'><h2>Pour lire la suite</h2><ul><li>Essai gratuit d'un mois</li>"
        "<li>1 € le premier mois, sans engagement</li></ul><a href='/abo'>Je m'abonne</a></section>",
        "<p>Pour poursuivre votre lecture, abonnez-vous.</p>",
        "<p>You have 80% of this article left.</p><p>Subscribe for £1 a month.</p>",
        "<div class='regwall'><p>To continue reading, subscribe.</p><p>Already a subscriber?</p></div>",
        "<p>The rest of this article is for subscribers.</p>",
    ],
)
def test_a_beginning_is_stored_as_one_without_the_offer(offer):
    article = read(OPENING + offer)
    assert article.excerpt
    lines = article.text.split("\n")
    assert lines[0] == TITLE
    assert len(lines) == 3
    assert lines[2].startswith("Le manque à gagner")


@pytest.mark.parametrize("free", [False, "False", "false"])
def test_a_short_text_of_an_article_that_is_not_free_is_a_beginning(free):
    assert read(OPENING, stated(free)).excerpt
    assert read(OPENING, f'<meta itemprop="isAccessibleForFree" content="{free}">').excerpt


def test_broken_json_ld_still_says_that_an_article_is_not_free():
    assert read(OPENING, stated(False).replace("}</script>", "</script>")).excerpt


def test_an_article_that_has_fewer_words_than_it_states_is_a_beginning():
    assert read(WHOLE, stated(False, wordCount=2_000)).excerpt
    assert not read(OPENING, stated(False, wordCount=35)).excerpt


@pytest.mark.parametrize(
    ("body", "head"),
    [
        (OPENING, ""),
        (OPENING, stated(True)),
        (WHOLE, stated(False)),  # saved by a subscriber
        (f"<p>Article réservé à nos abonnés</p>{WHOLE}", stated(False)),
        (f"{WHOLE}<p>Abonnez-vous à notre lettre d'information.</p>", ""),
        (f"{OPENING}<p>Le maire a promis que la suite serait publique, et réservée à personne.</p>", ""),
        (f"{WHOLE}<div hidden><p>Il vous reste 72 % de cet article à lire.</p></div>", ""),
    ],
    ids=["free", "stated", "subscriber's", "label", "newsletter", "prose", "hidden"],
)
def test_what_is_whole_is_no_excerpt(body, head):
    assert not read(body, head).excerpt


def test_the_label_of_an_article_for_subscribers_is_no_text():
    assert "réservé" not in read(f"<p>Article réservé à nos abonnés</p>{WHOLE}", stated(False)).text


def test_what_only_subscribers_are_meant_to_see_is_not_taken_from_json_ld():
    body = "Le secret de la suite. " * 60
    article = read(f"{OPENING}<p>La suite est réservée aux abonnés.</p>", stated(False, articleBody=body))
    assert article.excerpt
    assert "secret" not in article.text


def test_becoming_whole_is_a_change_of_the_article():
    assert read(OPENING).content_hash != read(OPENING, stated(False)).content_hash


# --- kept, and said wherever it is shown ---


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(Desk(tmp_path)) as desk:
        yield desk


def put(desk: Desk, body: str, head: str = "") -> Article:
    (desk.files / "casino.html").write_bytes(source(body, head))
    desk.ingest()
    return desk.library.article(desk.id_of("casino.html"))


def test_an_excerpt_is_kept_with_its_text_and_gone_with_it(desk: Desk):
    article = put(desk, OPENING, stated(False))
    assert article.excerpt
    assert desk.library.articles([article.id])[0].excerpt
    assert desk.library.checksums([article.id]) == {article.id: checksum(article)}
    whole = put(desk, WHOLE, stated(False))
    assert whole.id == article.id
    assert not whole.excerpt
    assert desk.library.was_excerpt(article.id, article.content_hash)
    earlier, now = (
        ArticleVersion(article.id, article.content_hash),
        ArticleVersion(whole.id, whole.content_hash),
    )
    found = resolve([earlier, now], desk.library)
    assert (found[earlier].excerpt, found[now].excerpt) == (True, False)


ARTICLE = read(OPENING, stated(False, publisher={"name": "La Dépêche"}))
SENTENCE = ARTICLE.text.split("\n")[2]
START = ARTICLE.text.index(SENTENCE)
CITED = Evidence(ARTICLE, START, len(ARTICLE.text))
ANSWER = Answer(
    "Combien ?",
    "Combien ?",
    "fr",
    "answered",
    (Claim("Le manque atteindrait 900 000 euros.", (CITED,)),),
    (Hit("p", ARTICLE, 0, len(ARTICLE.text), 0.9),),
)
EXCHANGE = Exchange(1, "Combien ?", "answered", answer=ANSWER)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_it_is_said_on_card_and_citation_in_reader_exports_copies_and_the_terminal(language: str):
    shown = {
        "card": render.panel([EXCHANGE], language),
        "citation": render.conversation([EXCHANGE], language),
        "reader": reader_html(ReaderView(ARTICLE, 1), language),
        "markdown": markdown_of("T", [EXCHANGE], language),
        "page": page_of("T", [EXCHANGE], language),
        "copy": copied(ANSWER, language),
        "terminal": answer_text(ANSWER, language),
        "disagreement": disagreement_text(
            Disagreement((StatedValue("1", CITED), StatedValue("2", CITED))), language
        ),
    }
    assert [place for place, words in shown.items() if MARKS[language] not in words] == []
    (told,) = json.loads(json_of("T", [EXCHANGE], language))["exchanges"][0]["claims"]
    assert told["evidence"][0]["excerpt"] is True


def test_the_catalogue_says_it(desk: Desk, capsys, monkeypatch):
    article = put(desk, OPENING, stated(False))
    monkeypatch.setenv("SOURCIER_DATA_DIR", str(desk.data))
    for arguments in (["articles", "list", "--json"], ["articles", "show", article.id, "--json"]):
        assert main(arguments) == 0
        told = json.loads(capsys.readouterr().out)
        assert (told[0] if isinstance(told, list) else told)["excerpt"] is True
    assert main(["articles", "show", article.id]) == 0
    assert any(mark in capsys.readouterr().out for mark in MARKS.values())
