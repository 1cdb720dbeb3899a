"""Exchanges → HTML: exact for small cases; for any text whatever, quotes stay whole and nothing is markup."""

from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from rag.schema.answer import Answer
from rag.schema.article import Article, Span
from rag.schema.events import ClaimChecked, EvidenceChosen, HitsFound, RewritingNeeded, TokenDrafted
from rag.schema.evidence import Claim, Evidence
from rag.schema.hit import Hit, Reprint
from rag.schema.question import Period
from ui.formatting.dates import articles_text, days_text
from ui.formatting.reprints import also_in_text
from ui.html import frame
from ui.html.element import element, web_address
from ui.rendering import exchange as render
from ui.rendering.passage_cards import Card, cards, paragraph, pieces
from ui.rendering.passages import also_in_html
from ui.session.exchange import Exchange, advance, fail, stop, waiting

TEXT = "Le pont ferme lundi.\nIl rouvrira en mai. Coût : 12 000 euros.\nFin."
ARTICLE = Article(
    "a1", TEXT, "Le pont", "https://phare.example/pont", "hash", "Le Phare", None, "fr", "2024-03-02"
)
HOSTILE = [
    "<script>window.pwned=1</script>",
    '"><img src=http://evil.example/x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</p></article><iframe src=javascript:alert(1)>",
    "${alert(1)} {{value}} {0.__class__} %s",
    "&lt;b&gt; &amp;amp; ]]> <!-- <![CDATA[",
    "javascript:alert(1)",
    "https://ok.example/\"onclick='x'",
    "http://\u202eevil",
]
ALLOWED = {
    "header": {"lang", "data-unseen", "data-unseen-told"},
    "h1": set(),
    "h2": {"class", "dir"},
    "h3": {"dir"},
    "button": {
        "class", "type", "lang", "data-turn", "data-verb", "data-verdict", "data-question", "data-copy",
        "data-copied", "data-failed", "data-only", "data-dossier-add", "aria-label", "aria-pressed",
        "data-export", "data-format", "data-article", "data-hash", "data-start", "data-end", "title",
        "data-keep-answer",
        "data-follow", "data-key", "data-follow-word", "data-followed-word",
    },
    "div": {"class", "lang", "role", "aria-label", "aria-live", "aria-busy"},
    "fieldset": set(),
    "legend": set(),
    "label": set(),
    "input": {"type", "value", "class", "checked"},
    "textarea": {"rows", "maxlength", "dir"},
    "section": {"class", "id", "data-turn", "hidden"},
    "article": {"class", "id", "lang", "tabindex"},
    "p": {"class", "dir", "lang", "role", "title"},
    "span": {"class", "dir", "title", "aria-hidden", "role"},
    "strong": set(),
    "del": {"dir"},
    "q": {"class", "dir", "lang"},
    "cite": {"class", "dir"},
    "details": {"class"},
    "summary": set(),
    "ul": set(),
    "ol": {"class"},
    "li": {"class"},
    "time": {"datetime"},
    "mark": {"data-cites", "tabindex", "class"},
    "a": {
        "class", "id", "href", "title", "aria-label", "data-cite", "data-outlet", "data-date", "data-title",
        "data-host", "data-article", "dir", "target", "rel",
    },
}  # fmt: skip


def quote(words, article=ARTICLE):
    start = article.text.index(words)
    return Evidence(article, start, start + len(words))


def hit(article=ARTICLE, start=0, end=None, score=0.9):
    end = len(article.text) if end is None else end
    return Hit(f"{article.id}:{start}", article, start, end, score)


def answered(*claims, hits=None, **fields):
    hits = (hit(),) if hits is None else hits
    answer = Answer("Q ?", "Q ?", "fr", "answered", claims=claims, hits=hits, **fields)
    return Exchange(3, "Q ?", "answered", answer=answer)


def stream(*events, exchange=None):
    exchange = exchange or Exchange(3, "Q ?")
    for event in events:
        exchange = advance(exchange, event)
    return exchange


class Page(HTMLParser):
    """What a browser makes of some HTML: its tags, and the text of the elements that tests ask about."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.marks, self.texts, self._open = [], [], [], []
        self.feed(html)
        self.close()
        assert not self._open, "every tag is closed"

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append((tag, attributes))
        if tag != "input":  # has no end
            self._open.append((tag, attributes))
        if tag == "mark" and "data-cites" in attributes:
            self.marks.append((attributes["data-cites"].split(), []))
        if attributes.get("class") == "text":
            self.texts.append([])

    def handle_endtag(self, tag):
        assert self._open.pop()[0] == tag

    def handle_data(self, data):
        if self._open and self._open[-1][0] == "mark" and "data-cites" in self._open[-1][1]:
            self.marks[-1][1].append(data)
        if any(attributes.get("class") == "text" for _, attributes in self._open):
            self.texts[-1].append(data)

    def handle_comment(self, data):
        raise AssertionError(f"a comment: {data}")

    handle_decl = unknown_decl = handle_pi = handle_comment

    def marked(self, number):
        return "".join("".join(text) for cites, text in self.marks if str(number) in cites)

    def find(self, tag, **wanted):
        return [got for name, got in self.tags if name == tag and wanted.items() <= got.items()]


def assert_only_our_markup(html):
    for tag, attributes in Page(html).tags:
        assert tag in ALLOWED
        assert set(attributes) <= ALLOWED[tag]
        if "href" in attributes:
            address = attributes["href"]
            assert address == "#" or address.startswith("#t") or urlsplit(address).scheme in ("http", "https")
            if not address.startswith("#"):
                assert attributes["rel"] == "noopener noreferrer nofollow"
                assert attributes["target"] == "_blank"


# --- exact HTML for small cases ---


def test_a_passage_marks_the_exact_quote_and_names_its_source():
    exchange = answered(Claim("Il coûtera cher.", (quote("Coût : 12 000 euros."),)))
    assert render.panel([exchange], "fr") == (
        '<div class="panel" lang="fr" role="region" aria-label="Extraits des articles">'
        '<section class="sources" id="t3-sources" data-turn="3">'
        '<h2>1 extrait trouvé</h2><p class="about" dir="auto">Pour la question : Q ?</p>'
        '<article class="passage cited" id="t3-p1" lang="fr" tabindex="-1">'
        '<h3 dir="auto"><a class="open-article" href="#" data-article="a1">Le pont</a></h3>'
        '<p class="meta" lang="fr"><span class="outlet">Le Phare</span> · '
        '<time datetime="2024-03-02">2 mars 2024</time> · '
        '<a class="source" href="https://phare.example/pont" target="_blank" '
        'rel="noopener noreferrer nofollow">Lire l&#39;original (phare.example)</a></p>'
        '<p class="backs"><a class="back" href="#t3-a1" '
        'aria-label="Cité en [1], revenir à la réponse">[1] ↩</a><span class="copying">'
        '<button type="button" class="copy-quote" data-article="a1" data-hash="hash" data-start="41" '
        'data-end="61" aria-label="Copier la citation [1]" '
        'title="Copier les mots de l&#39;article avec sa référence" lang="fr">Copier la citation</button>'
        '<span class="copied" role="status"></span></span></p>'
        '<p class="text" dir="auto">Le pont ferme lundi.\nIl rouvrira en mai. '
        '<mark data-cites="1" tabindex="-1">Coût : 12 000 euros.</mark>\nFin.</p>'
        "</article></section></div>"
    )


def test_a_claim_ends_in_its_numbers_and_says_in_words_that_it_was_checked():
    exchange = answered(Claim("Il coûtera cher.", (quote("Coût : 12 000 euros."),)))
    assert render.exchange_html(exchange, "en").startswith(
        '<article class="exchange answered" id="t3">'
        '<h2 class="question" dir="auto"><span class="unseen">Question: </span>Q ?</h2>'
        '<div class="answer" lang="fr"><p class="claim">'
        '<span class="words" dir="auto">Il coûtera cher.</span> '
        '<a class="cite" id="t3-a1" href="#t3-p1" data-cite="1" data-outlet="Le Phare" '
        'data-date="2 March 2024" data-title="Le pont" '
        'aria-label="[1] Le Phare, 2 March 2024 — Le pont">[1]</a> '
        '<span class="check supported" title="What is named there was compared with the words cited; the '
        'rest of the sentence is not. Read the quote."><span class="sign" aria-hidden="true">✓</span> '
        "checked against the quote</span></p></div>"
    )


def test_not_found_is_no_answer_and_names_what_is_near():
    answer = Answer("Q ?", "Q ?", "fr", "not_found", hits=(hit(),), plain_text="Rien là-dessus.")
    exchange = stream(HitsFound((hit(),), "Q ?"), answer)
    html = render.exchange_html(exchange, "fr")
    assert '<strong><span aria-hidden="true">∅ </span>Pas dans les articles</strong>' in html
    assert '<p dir="auto" lang="fr">Rien là-dessus.</p><p>Pas une réponse, mais proche :</p>' in html
    assert '<a class="near" href="#t3-p1" dir="auto">Le pont</a>' in html
    assert 'class="answer"' not in html
    assert "<h2>Extraits les plus proches, sans la réponse</h2>" in render.panel([exchange], "fr")


def test_an_article_that_is_near_is_named_once():
    hits = (hit(), replace(hit(), passage_id="other"))
    answer = Answer("Q ?", "Q ?", "fr", "not_found", hits=hits, plain_text="Rien là-dessus.")
    html = render.exchange_html(stream(HitsFound(hits, "Q ?"), answer), "fr")
    assert html.count('class="near"') == 1


def talked(number: int = 4) -> Exchange:
    reply = Answer("Merci !", "Merci !", "fr", "conversation", plain_text="Avec <b>plaisir</b>.")
    return advance(Exchange(number, "Merci !"), reply)


def test_small_talk_is_a_plain_paragraph():
    assert render.exchange_html(talked(), "fr", last=True) == (
        '<article class="exchange answered" id="t4"><h2 class="question" dir="auto">'
        '<span class="unseen">Question : </span>Merci !</h2><div class="answer" lang="fr">'
        '<p class="said" dir="auto">Avec &lt;b&gt;plaisir&lt;/b&gt;.</p></div>'
        '<div class="actions" role="group" aria-label="Actions sur cette réponse">'
        '<button type="button" data-verb="retry" data-turn="4">Réessayer</button>'
        '<button type="button" data-verb="edit" data-turn="4">Modifier la question</button>'
        "</div></article>"
    )


def test_small_talk_leaves_the_passages_of_the_question_before_it_open():
    asked = answered(Claim("Oui.", (quote("Fin."),)))
    page = Page(render.panel([asked, talked()], "fr"))
    assert [(s["id"], "hidden" in s) for s in page.find("section")] == [("t3-sources", False)]
    assert render.panel([talked()], "fr") == render.panel([], "fr")


def test_small_talk_is_nothing_that_a_later_question_refers_to():
    assert talked().turn is None
    assert answered(Claim("Oui.", (quote("Fin."),))).turn.answer == "Oui. [1]"


def test_an_answer_folds_its_withdrawn_claims_away_with_the_reason():
    wrong = Claim("50 000 euros.", (quote("Fin."),), "contradicted", ("number:50 000",))
    html = render.exchange_html(answered(Claim("Oui.", (quote("Fin."),)), withdrawn=(wrong,)), "fr")
    assert (
        '<details class="withdrawals"><summary>1 phrase retirée après vérification</summary>'
        '<p class="claim withdrawn"><del dir="auto">50 000 euros.</del> <span class="check contradicted">'
        '<span class="sign" aria-hidden="true">≠</span> retiré, contredit par la citation</span>'
        '<span class="reason" dir="auto">nombre absent de la citation : 50 000</span></p></details>'
    ) in html


def test_only_the_last_exchange_has_its_passages_open():
    first = replace(answered(Claim("Oui.", (quote("Fin."),))), number=1)
    page = Page(render.panel([first, answered(Claim("Non.", (quote("Fin."),)))], "fr"))
    assert [(s["id"], "hidden" in s) for s in page.find("section")] == [
        ("t1-sources", True),
        ("t3-sources", False),
    ]


def test_the_model_and_the_library_are_named():
    assert (
        '<p class="status">20 articles · modèle : <b> 1,5B</p>'.replace("<b>", "&lt;b&gt;")
    ) in frame.header("20 articles", "<b> 1,5B", "fr")


# --- while it streams ---


def test_passages_are_shown_before_the_first_word():
    exchange = stream(HitsFound((hit(),), "Q développée ?"))
    assert "1 extrait trouvé" in render.panel([exchange], "fr")
    assert TEXT in Markup(render.panel([exchange], "fr")).unescape()
    html = render.exchange_html(exchange, "fr")
    assert '<p class="understood" dir="auto">Compris comme : Q développée ?</p>' in html
    assert (
        '<ol class="steps"><li class="step done"><span class="sign" aria-hidden="true">✓</span> Recherche '
        'dans les articles <span class="state">fait</span></li>'
        '<li class="step running"><span class="sign" aria-hidden="true">●</span> '
        '<span class="stage" role="status">1 extrait trouvé, lecture…</span> '
        '<span class="state">en cours</span></li></ol>'
    ) in html
    assert 'aria-busy="true"' in render.current(exchange, "fr")


def test_what_waits_to_be_reworded_has_searched_nothing_yet():
    needed = stream(RewritingNeeded())
    for exchange, said, why in (
        (waiting(needed, 2), "En attente : 2 questions avant la vôtre.", True),
        (waiting(waiting(needed, 2), 0), "Reformulation de la question…", False),
    ):
        html = render.exchange_html(exchange, "fr")
        assert f'<span class="stage" role="status">{said}</span>' in html
        assert ("renvoie à la réponse précédente" in html) is why
        assert 'class="step done"' not in html
        assert "Recherche dans les articles…" in render.panel([exchange], "fr")
    found = waiting(advance(needed, HitsFound((hit(),), "Q ?")), 1)
    html = render.exchange_html(found, "fr")
    assert ('class="step done"' in html, "renvoie" in html) == (True, False)
    assert waiting(found, 0).stage == "reading"


def test_a_withdrawn_claim_is_struck_out_at_once_and_gives_up_its_number():
    offered = (quote("Le pont ferme lundi."), quote("Il rouvrira en mai."))
    exchange = stream(
        HitsFound((hit(),), "Q ?"),
        EvidenceChosen(offered),
        TokenDrafted(0, (1,), "Il ferme "),
        TokenDrafted(0, (1,), "mardi."),
    )
    assert "[1]" in render.exchange_html(exchange, "fr")
    assert Page(render.panel([exchange], "fr")).marked(1) == "Le pont ferme lundi."
    wrong = Claim("Il ferme mardi.", (offered[0],), "unsupported", ("date:mardi",))
    exchange = stream(
        ClaimChecked(0, wrong, kept=False), TokenDrafted(1, (2, 1), "Il rouvrira en mai."), exchange=exchange
    )
    html = render.exchange_html(exchange, "fr")
    assert '<del dir="auto">Il ferme mardi.</del>' in html
    assert "date absente de la citation : mardi" in html
    panel = Page(render.panel([exchange], "fr"))
    assert (panel.marked(1), panel.marked(2)) == ("Il rouvrira en mai.", "Le pont ferme lundi.")


def test_stopping_keeps_what_was_written_and_says_that_it_was_not_checked():
    exchange = stop(
        stream(
            HitsFound((hit(),), "Q ?"), EvidenceChosen((quote("Fin."),)), TokenDrafted(0, (1,), "C'est la")
        )
    )
    html = render.current(exchange, "fr")
    assert "C&#39;est la" in html
    assert '<span class="sign" aria-hidden="true">?</span> non vérifié' in html
    assert '<p class="stage" role="status">Arrêté à votre demande.</p>' in html
    assert 'aria-busy="false"' in html
    assert stop(answered(Claim("Oui.", (quote("Fin."),)))).stage == "answered"


def test_an_error_is_a_sentence_in_the_page():
    html = render.exchange_html(fail(Exchange(3, "Q ?"), "The library is <empty>."), "fr")
    assert (
        '<div class="failure" role="alert"><strong>Pas de réponse</strong>'
        '<p dir="auto">The library is &lt;empty&gt;.</p></div>'
    ) in html


@given(
    st.lists(
        st.tuples(st.lists(st.integers(1, 3), min_size=1, max_size=3, unique=True), st.booleans()), max_size=6
    )
)
def test_streamed_numbers_are_the_final_ones(drafts):
    offered = (quote("Le pont ferme lundi."), quote("Il rouvrira en mai."), quote("Fin."))
    events = [HitsFound((hit(),), "Q ?"), EvidenceChosen(offered)]
    kept = []
    for index, (numbers, holds) in enumerate(drafts):
        evidence = tuple(offered[number - 1] for number in numbers)
        claim = Claim(f"Phrase {index}.", evidence, "supported" if holds else "unsupported")
        events += [
            TokenDrafted(index, tuple(numbers), claim.text),
            ClaimChecked(index, claim, kept=claim.status == "supported"),
        ]
        kept += [claim] if holds else []
    streamed = stream(*events)
    status = "answered" if kept else "not_found"
    final = advance(streamed, Answer("Q ?", "Q ?", "fr", status, tuple(kept), (hit(),)))
    assert streamed.shown.citations == final.shown.citations
    assert [streamed.shown.numbers(c) for c in kept] == [final.shown.numbers(c) for c in kept]
    cites = [(a["href"], a["data-title"]) for a in Page(render.exchange_html(streamed, "fr")).find("a")]
    assert kept == [] or cites == [
        (a["href"], a["data-title"]) for a in Page(render.exchange_html(final, "fr")).find("a")
    ]


@given(st.data())
def test_the_panel_looks_the_same_while_its_subject_is_the_same(data):
    offered = (quote("Le pont ferme lundi."), quote("Il rouvrira en mai."))
    found = st.sampled_from([(), (hit(),), (hit(end=30), hit(start=30))])
    steps = st.one_of(
        st.builds(HitsFound, found, st.just("Q ?")),
        st.builds(TokenDrafted, st.integers(0, 1), st.sampled_from([(1,), (2, 1)]), st.just("mot ")),
        st.builds(
            ClaimChecked,
            st.integers(0, 1),
            st.builds(
                Claim, st.just("Mot."), st.just(offered), st.sampled_from(["supported", "unsupported"])
            ),
        ),
        st.builds(
            Answer,
            st.just("Q ?"),
            st.just(""),
            st.just("fr"),
            st.sampled_from(["partial", "not_found", "conversation"]),
        ),
    )
    states = [Exchange(3, "Q ?", evidence=offered)]
    for event in data.draw(st.lists(steps, max_size=8)):
        states.append(advance(states[-1], event))
    looks = {}
    for state in states:
        html = render.panel([state], "fr")
        assert looks.setdefault(render.panel_subject(state), html) == html


# --- the period ---

WEEK = Period(date(2025, 8, 11), date(2025, 8, 17), 22, 41, "la semaine dernière")
CHIP = (
    '<p class="period" title="la semaine dernière"><span class="days">Période : 11–17 août 2025</span>'
    '<button class="unperiod" type="button" data-turn="3"'
    ' aria-label="Retirer la période et chercher dans tous les articles">✕</button></p>'
)


def test_the_period_is_shown_with_what_was_found_before_the_answer():
    found = stream(HitsFound((hit(),), "Q ?", period=WEEK))
    html = render.current(found, "fr")
    assert CHIP in html
    assert html.index(CHIP) < html.index('class="stage"')


def test_an_answer_keeps_its_period_and_an_older_one_can_not_be_asked_again():
    one = stream(HitsFound((hit(),), "Q ?", period=WEEK), answered(Claim("Oui.", (quote("Fin."),))).answer)
    assert one.period is None
    one = advance(one, replace(one.answer, period=WEEK))
    html = render.current(one, "fr")
    assert html.index(CHIP) < html.index('class="answer"')
    older = render.conversation([one], "fr")
    assert ("Période : 11–17 août 2025" in older, "unperiod" in older) == (True, False)


def test_not_found_in_a_period_says_that_only_it_was_searched():
    nothing = Answer("Q ?", "Q ?", "fr", "not_found", plain_text="Rien.", period=WEEK)
    exchange = advance(Exchange(3, "Q ?"), nothing)
    html = render.current(exchange, "en")
    assert (
        '<p class="period-only">Only articles of this period (11–17 August 2025), or without a date,'
        ' were searched. <button class="unperiod" type="button" data-turn="3">Search all articles</button>'
        "</p>"
    ) in html
    assert "unperiod" not in render.conversation([exchange], "en")
    everything = advance(Exchange(3, "Q ?"), replace(nothing, period=None))
    assert "period" not in render.current(everything, "en")


@pytest.mark.parametrize(
    ("first", "last", "french", "english", "articles"),
    [
        ((2025, 8, 11), (2025, 8, 17), "11–17 août 2025", "11–17 August 2025",
         "Articles du 11 au 17 août 2025"),
        ((2025, 8, 1), (2025, 8, 31), "1er–31 août 2025", "1–31 August 2025",
         "Articles du 1er au 31 août 2025"),
        ((2025, 7, 28), (2025, 8, 3), "28 juillet – 3 août 2025", "28 July – 3 August 2025",
         "Articles du 28 juillet au 3 août 2025"),
        ((2024, 12, 30), (2025, 1, 5), "30 décembre 2024 – 5 janvier 2025",
         "30 December 2024 – 5 January 2025", "Articles du 30 décembre 2024 au 5 janvier 2025"),
        ((2025, 8, 16), (2025, 8, 16), "16 août 2025", "16 August 2025", "Articles du 16 août 2025"),
        ((2025, 8, 12), None, "depuis le 12 août 2025", "since 12 August 2025",
         "Articles depuis le 12 août 2025"),
        (None, (2025, 5, 9), "jusqu'au 9 mai 2025", "until 9 May 2025", "Articles jusqu'au 9 mai 2025"),
    ],
)  # fmt: skip
def test_periods_are_written_as_people_do(first, last, french, english, articles):
    period = Period(first and date(*first), last and date(*last), 0, 1, "x")
    assert (days_text(period, "fr"), days_text(period, "en")) == (french, english)
    assert articles_text(period, "fr") == articles


# --- whatever the text ---

any_text = st.one_of(
    st.text(min_size=1, max_size=80),
    st.lists(st.sampled_from([*HOSTILE, "Une phrase. ", "\n", "é", "«\u202f"]), min_size=1, max_size=4).map(
        "".join
    ),
)


@st.composite
def spans(draw, text):
    start = draw(st.integers(0, len(text) - 1))
    return Span(start, draw(st.integers(start + 1, len(text))))


@st.composite
def exchanges(draw):
    """An answered exchange over one article of any text, with any quotes and passages of it."""
    text = draw(any_text)
    words = st.none() | any_text
    article = Article(
        "a1", text, draw(any_text), draw(any_text), "h", draw(words), None, draw(words), draw(words),
        canonical_url=draw(words),
    )  # fmt: skip
    hits = tuple(hit(article, span.start, span.end) for span in draw(st.lists(spans(text), max_size=3)))
    cited = [Evidence(article, s.start, s.end) for s in draw(st.lists(spans(text), min_size=1, max_size=4))]
    claims = tuple(Claim(draw(any_text), (evidence,)) for evidence in cited)
    wrong = Claim(draw(any_text), (cited[0],), "unsupported", (f"name:{draw(any_text)}", "coverage"))
    asked = draw(any_text)
    answer = Answer(asked, draw(any_text), draw(any_text), "partial", claims, hits, (wrong,))
    period = Period(date(2025, 8, 11), None, 0, 1, draw(any_text))
    return Exchange(1, asked, "answered", answer.standalone_question, answer=answer, period=period)


@given(exchanges())
def test_the_marked_words_are_the_quote(exchange):
    page = Page(render.panel([exchange], "fr"))
    for number, evidence in enumerate(exchange.shown.citations, start=1):
        assert page.marked(number) == evidence.quote


@given(exchanges())
def test_a_passage_is_shown_character_for_character(exchange):
    shown = cards(exchange.shown)
    for card in shown:
        assert (
            "".join(piece.text for piece in pieces(card))
            == card.article.text[card.span.start : card.span.end]
        )
    assert ["".join(text) for text in Page(render.panel([exchange], "en")).texts] == [
        card.article.text[card.span.start : card.span.end] for card in shown
    ]


@given(exchanges(), st.sampled_from(["fr", "en"]))
def test_no_text_becomes_markup(exchange, language):
    assert_only_our_markup(render.panel([exchange], language))
    assert_only_our_markup(render.current(exchange, language))
    assert_only_our_markup(render.conversation([exchange], language))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_are_shown_as_words_wherever_they_come_from(hostile):
    article = Article(
        "a1", f"Avant. {hostile} Après.", hostile, hostile, "h", hostile, None, hostile, hostile,
        canonical_url=hostile,
    )  # fmt: skip
    claim = Claim(hostile, (quote(hostile, article),))
    period = Period(date(2025, 8, 11), None, 0, 1, hostile)
    nothing = Answer(
        hostile, hostile, hostile, "not_found", hits=(hit(article),), plain_text=hostile, period=period
    )
    for exchange in (
        answered(claim, hits=(hit(article),), withdrawn=(replace(claim, status="unsupported"),)),
        Exchange(3, hostile, "answered", answer=nothing, period=period),
        fail(Exchange(3, hostile), hostile),
    ):
        assert_only_our_markup(render.current(exchange, "fr"))
        assert_only_our_markup(render.panel([exchange], "fr"))
    assert_only_our_markup(frame.header(hostile, hostile, "fr"))


# --- who else carries a passage ---

ECHO = Reprint("a2", "Le pont, suite", "L'Écho", "2024-03-03", "https://echo.example/pont")
SHEET = Reprint("a3", "Une feuille", None, None, "/srv/feuille.txt")


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("fr", "Repris par : L'Écho, 3 mars 2024; Une feuille, sans date"),
        ("en", "Also in: L'Écho, 3 March 2024; Une feuille, undated"),
    ],
)
def test_who_else_carries_a_passage_is_named(language, line):
    assert also_in_text((ECHO, SHEET), language) == line
    [paragraph] = also_in_html((ECHO, SHEET), language)
    assert Markup(paragraph).striptags() == line
    assert 'href="https://echo.example/pont"' in paragraph
    assert paragraph.count("<a ") == 1
    (card,) = cards(answered(hits=(replace(hit(), also_in=(ECHO, SHEET)),)).shown)
    assert card.also_in == (ECHO, SHEET)
    assert paragraph in render.panel([answered(hits=(replace(hit(), also_in=(ECHO, SHEET)),))], language)


def test_many_who_carry_it_are_counted():
    many = tuple(replace(ECHO, article_id=f"r{i}", outlet=f"Journal {i}") for i in range(8))
    assert also_in_text(many, "en").endswith("Journal 4, 3 March 2024; and 3 more")
    assert also_in_text(many[:6], "fr").endswith("Journal 4, 3 mars 2024; et 1 autre")
    assert also_in_html(many, "en")[0].striptags() == also_in_text(many, "en")


def test_a_passage_that_nobody_else_carries_names_nobody():
    assert (also_in_text((), "fr"), also_in_html((), "fr")) == ("", [])
    assert "Repris" not in render.panel([answered()], "fr")


def test_a_citation_outside_every_passage_names_who_carries_it():
    evidence = replace(quote("Il rouvrira en mai."), also_in=(ECHO,))
    _, stray = cards(answered(Claim("En mai.", (evidence,)), hits=(hit(end=10),)).shown)
    assert stray.also_in == (ECHO,)


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_hostile_names_of_who_carries_it_are_words(hostile, language):
    reprint = Reprint(hostile, hostile, hostile, hostile, hostile)
    untitled = replace(reprint, outlet=None, published_at=None)
    html = render.panel([answered(hits=(replace(hit(), also_in=(reprint, untitled)),))], language)
    assert_only_our_markup(html)
    assert hostile in also_in_text((reprint,), language)


# --- the parts ---


def test_a_quote_outside_every_passage_gets_its_paragraph():
    evidence = quote("Il rouvrira en mai.")
    answer = answered(Claim("En mai.", (evidence,)), hits=(hit(end=10),)).shown
    first, stray = cards(answer)
    assert (first.citations, first.is_hit) == ((), True)
    assert (stray.span, stray.is_hit) == (Span(21, 61), False)
    assert TEXT[stray.span.start : stray.span.end] == "Il rouvrira en mai. Coût : 12 000 euros."


def test_a_quote_over_two_lines_gets_both():
    span = paragraph(quote("lundi.\nIl rouvrira"))
    assert TEXT[span.start : span.end] == "Le pont ferme lundi.\nIl rouvrira en mai. Coût : 12 000 euros."


def test_overlapping_quotes_share_their_pieces():
    whole, part = quote("Il rouvrira en mai."), quote("en mai.")
    answer = answered(Claim("Un.", (whole,)), Claim("Deux.", (part,))).shown
    (card,) = cards(answer)
    assert isinstance(card, Card)
    assert [(piece.text, piece.numbers) for piece in pieces(card) if piece.numbers] == [
        ("Il rouvrira ", (1,)),
        ("en mai.", (1, 2)),
    ]


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ("https://phare.example/a?b=1&c=2", ("https://phare.example/a?b=1&c=2", "phare.example")),
        ("http://user@evil.example:80/", ("http://user@evil.example:80/", "evil.example")),
        ("HTTPS://Phare.example/", ("HTTPS://Phare.example/", "phare.example")),
        ("javascript:alert(1)", None),
        ("data:text/html,<script>", None),
        ("//phare.example/a", None),
        ("https:///a", None),
        ("https://phare.example/\njavascript:", None),
        (" https://phare.example/", None),
        ("http://[::1", None),
        ("/srv/articles/a.txt", None),
    ],
)
def test_only_web_addresses_become_links(source, address):
    assert web_address(source) == address


def test_an_element_escapes_what_is_not_markup():
    inner = element("b", "1 < 2")
    assert element("p", inner, "<i>", title='a "b"', hidden=True, lang=None, open=False) == (
        '<p title="a &#34;b&#34;" hidden><b>1 &lt; 2</b>&lt;i&gt;</p>'
    )
