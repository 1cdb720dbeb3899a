"""Who says what: quotations and reported speech, in every order of words that papers use."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Said = Callable[..., list[tuple[str, str, str]]]
NADIA, PAUL, ANN, TOM = "Nadia Ferri", "Paul Roux", "Ann Blake", "Tom Reed"


@pytest.mark.parametrize(
    ("text", "speaker", "words"),
    [
        ("« Il tiendra », a déclaré Nadia Ferri.", NADIA, "Il tiendra"),
        ("« Il tiendra », déclare la maire, Mme Nadia Ferri, devant la presse.", NADIA, "Il tiendra"),
        ("« Il tiendra », lui a aussitôt répondu le maire de Toury, Paul Roux.", PAUL, "Il tiendra"),
        ("Nadia Ferri a déclaré : « Il tiendra. »", NADIA, "Il tiendra."),
        ("La maire, Nadia Ferri, a salué « un vrai progrès pour tous ».", NADIA, "un vrai progrès pour tous"),
        ("Nadia Ferri n'est pas de cet avis : « Il tombera. »", NADIA, "Il tombera."),
        ("Pour Nadia Ferri, déléguée syndicale, « ce plan est mauvais ».", NADIA, "ce plan est mauvais"),
        ("Selon Nadia Ferri, « ce plan est mauvais ».", NADIA, "ce plan est mauvais"),
        ("Nadia Ferri est là. « Il tiendra », a-t-elle dit.", NADIA, "Il tiendra"),
        ("Nadia Ferri est là. « Il pleut, dit-elle, mais il tiendra. »", NADIA,
         "Il pleut, dit-elle, mais il tiendra."),
        ("« Il pleut, a déclaré Nadia Ferri, mais il tiendra. »", NADIA,
         "Il pleut, a déclaré Nadia Ferri, mais il tiendra."),
        ("« Il pleut. Il vente.\nIl tiendra quand même », a dit Nadia Ferri.", NADIA,
         "Il pleut. Il vente.\nIl tiendra quand même"),
        ("« Il m'a dit : \"Je pars.\" Je n'y crois pas », raconte Nadia Ferri.", NADIA,
         "Il m'a dit : \"Je pars.\" Je n'y crois pas"),
        ("\"Il tiendra\", prévient Nadia Ferri.", NADIA, "Il tiendra"),
        ("« Paul Roux a menti », selon Nadia Ferri.", NADIA, "Paul Roux a menti"),
        ("Paul Roux a reçu Nadia Ferri. « C'est utile », a-t-elle dit.", NADIA, "C'est utile"),
    ],
)  # fmt: skip
def test_a_quotation_is_of_whom_is_named_beside_it(said: Said, text: str, speaker: str, words: str):
    assert said(text) == [(speaker, "direct", words)]


@pytest.mark.parametrize(
    ("text", "speaker", "words"),
    [
        ("“It works,” said Ann Blake.", ANN, "It works,"),
        ("“It works,” Ann Blake said.", ANN, "It works,"),
        ("“It works,” said the harbour master, Ann Blake.", ANN, "It works,"),
        ("“It works,” said lead author Dr. Ann Blake.", ANN, "It works,"),
        ("Ann Blake, the mayor, replied: “It works.”", ANN, "It works."),
        ("Ann Blake was there. “Why now?” she asked.", ANN, "Why now?"),
        ("‘It works,’ said Ann Blake.", ANN, "It works,"),
    ],
)
def test_a_quotation_in_english(said: Said, text: str, speaker: str, words: str):
    assert said(text, "en") == [(speaker, "direct", words)]


def test_an_interrupted_quotation_is_two_pieces_of_one_speaker(said: Said):
    assert said("“One part,” said Tom Reed, “and another.”", "en") == [
        (TOM, "direct", "One part,"),
        (TOM, "direct", "and another."),
    ]


def test_a_quotation_that_follows_at_once_is_the_same_ones(said: Said):
    found = said("“It is over,” Ann Blake said. “We go home.” Tom Reed disagreed: “We stay.”", "en")
    assert found == [
        (ANN, "direct", "It is over,"),
        (ANN, "direct", "We go home."),
        (TOM, "direct", "We stay."),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Nadia Ferri a déclaré que le pont tiendrait.",
        "Selon Nadia Ferri, le pont tiendra.",
        "D'après la maire, Nadia Ferri, le pont tiendra.",
        "Le pont tiendra, a assuré jeudi Nadia Ferri.",
        "Comme l'a expliqué Nadia Ferri, le pont est vieux.",
        "Nadia Ferri, citant Paul Roux, a dit que le pont tiendrait.",
        "Son avocate, Nadia Ferri, a expliqué que Paul Roux partirait.",
        "Nadia Ferri a démenti avoir demandé une baisse.",
        "La maire, Nadia Ferri, a rappelé que l'école attendait un toit.",
    ],
)
def test_reported_speech_is_the_sentence_that_tells_it(said: Said, text: str):
    assert said(text) == [(NADIA, "reported", text)]


@pytest.mark.parametrize(
    "text",
    [
        "Ann Blake, who chairs the council, said his crew had left.",
        "According to Ann Blake, the bridge is safe.",
        "The bridge is safe, Ann Blake said on Tuesday.",
        "Ann Blake said Tom Reed had lied.",
        "Ann Blake told Tom Reed that he had lied.",
        "Ann Blake, citing Tom Reed, said the bridge would fall.",
        "Ann Blake denied that she had lied.",
    ],
)
def test_reported_speech_in_english(said: Said, text: str):
    assert said(text, "en") == [(ANN, "reported", text)]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Nadia Ferri n'a pas dit que le pont tiendrait.", "fr"),
        ("Nadia Ferri n'a rien déclaré.", "fr"),
        ("Nadia Ferri devra dire si le pont tiendra.", "fr"),
        ("Nadia Ferri doit annoncer un plan jeudi.", "fr"),
        ("Nadia Ferri dira demain si le pont tiendra.", "fr"),
        ("Si Nadia Ferri dit vrai, le pont tiendra.", "fr"),
        ("Une mission, confiée à Nadia Ferri, durera un an.", "fr"),
        ("Interrogée, Nadia Ferri n'a pas souhaité répondre.", "fr"),
        ("Ann Blake would not say that it works.", "en"),
        ("Ann Blake will say more on Friday.", "en"),
        ("Ann Blake refused to say anything.", "en"),
        ("Ann Blake was told that the bridge would fall.", "en"),
        ("Ann Blake's lawyer said that she had lied.", "en"),
        ("A spokesman for Ann Blake said she was ill.", "en"),
        ("The book that Ann Blake wrote is old.", "en"),
        ("Selon le porte-parole de Nadia Ferri, le pont tiendra.", "fr"),
        ("Selon l'entourage de Nadia Ferri, le pont tiendra.", "fr"),
        ("Dans ce livre, Nadia Ferri raconte sa vie.", "fr"),
    ],
)
def test_what_is_denied_or_only_meant_to_be_said_isnt_said(said: Said, text: str, language: str):
    assert said(text, language) == []


@pytest.mark.parametrize(
    "text",
    [
        "« Il tiendra », a annoncé la mairie. Nadia Ferri était là.",
        "Une employée a vu Nadia Ferri. « Je n'ai rien vu », a-t-elle dit.",
        "Elle lit « Les Misérables », le livre de Nadia Ferri.",
        "Nadia Ferri et Claire Vasseur sont là. Le pont est vieux. « Il tombera », dit-il.",
        "Marc Delaunoy et Luc Delaunoy sont là. « Il tombera », a dit Delaunoy.",
        "« Il tombera », a dit le préfet. Nadia Ferri a souri.",
        "« Il tombera », a dit un proche de Nadia Ferri.",
        "Interrogée par « Le Monde », Nadia Ferri nie.",
    ],
)
def test_nobody_speaks_who_isnt_told_to(said: Said, text: str):
    assert [one for one in said(text) if one[1] == "direct"] == []


def test_a_pronoun_is_of_the_gender_of_whom_it_means(said: Said):
    text = "« Oui », répond Nadia Ferri. « Non », rétorque Paul Roux. « Si », insiste-t-elle."
    assert [speaker for speaker, *_ in said(text)] == [NADIA, PAUL, NADIA]


def test_a_role_is_of_the_only_one_who_is_called_so(said: Said):
    text = (
        "Le préfet, Paul Roux, a reçu Nadia Ferri, éleveuse. « Trop tard », dit l'éleveuse."
        " « Non », dit le préfet."
    )
    assert [speaker for speaker, form, _ in said(text) if form == "direct"] == [NADIA, PAUL]


def test_two_speakers_in_a_sentence_have_their_own_words(said: Said):
    text = "« Il tiendra », a dit Paul Roux, tandis que Nadia Ferri a répondu : « Il tombera. »"
    assert [(speaker, words) for speaker, _, words in said(text)] == [
        (PAUL, "Il tiendra"),
        (NADIA, "Il tombera."),
    ]


def test_what_is_only_told_to_be_said_is_alleged(make_article: Callable):
    from rag.entities.analysis import analyse
    from rag.library.records import ArticleSentences
    from rag.text.sentences import split_sentences

    for text, alleged in (
        ("Nadia Ferri aurait déclaré que le pont tiendrait.", True),
        ("Nadia Ferri a déclaré que le pont tiendrait.", False),
    ):
        article = make_article(text, language="fr", title="")
        (statement,) = analyse(ArticleSentences(article, tuple(split_sentences(text, "fr")))).statements
        assert statement.is_alleged is alleged


@pytest.mark.parametrize(
    "text",
    [
        "Ann Blake was. He " + "ly" * 40 + " said it.",
        "Ann Blake " + "a" * 108 + "! said.",
        "« Oui », a dit " + "b" * 105 + "! Paul Roux.",
        "He " + "had " * 20 + "! said.",
        "« " * 3_000,
        "« a »«" * 3_000,
        '"a ' * 3_000,
        "‘a " * 3_000,
        "a dit " * 3_000,
    ],
)
def test_no_text_takes_forever(said: Said, text: str):
    """Patterns that can match in many ways would never end on these."""
    assert isinstance(said(text, "en"), list)
