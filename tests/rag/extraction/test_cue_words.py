"""Cue words are the words that are meant, in all their forms, and no word that only begins like one."""

import pytest

from rag.extraction import cue_words
from rag.text.folding import flatten

LISTS = {
    "denial": (
        cue_words.DENIAL,
        "refuse refusé refusera refus évité démenti nie niait interdit exclu renoncé échoué denied denies"
        " avoided refused refusal failed stopped unable excluded",
        "exclusif exclusivement escapade dementia interdisciplinaire niet nièce échappement avoidable Nia",
    ),
    "alleged": (
        cue_words.ALLEGED,
        "accusé accusation présumé soupçonnés suspect alleged allegedly accused presumed allégations",
        "allègement allégeance allégorie allégresse accustomed allegiance allegro presumptuous",
    ),
    "projected": (
        cue_words.PROJECTED,
        "veut espère prévue décidé menace promettent projette envisagé plans hoped pledged will devra",
        "décideur décidément prometteur decidedly deciduous prometheus",
    ),
    "speech": (
        cue_words.SPEECH,
        "déclaré annonce affirmait précise dit reconnaît prévient confie said says told stated statement"
        " added argued asked replied confided warned déclaration",
        "confiture confiance confiné configuration lancement précis prévention salubrité station statut"
        " statue state status states addition address addict argus replace replay repli prevent ditch"
        " joker",
    ),
    "request": (
        cue_words.REQUEST,
        "réclame demandé exigent propose souhaite promet offered urged asked called offert",
        "urgence urgent promiscuité sollicitude",
    ),
    "achieved": (
        cue_words.ACHIEVED,
        "obtenu reçu décroché accepté versé received won got",
        "acceptabilité reçoit obtempérer",
    ),
    "mutual": (
        cue_words.MUTUAL,
        "rencontré discuter négocient affronte entretenu parlent met meeting talks face",
        "parlement comment mettre surface facteur permet métro",
    ),
}


def listed(kind: str, word: str) -> bool:
    words = LISTS[kind][0]
    return (word if words.accents else flatten(word).lower()) in words


@pytest.mark.parametrize(
    ("kind", "word"), [(k, w) for k, (_, right, _) in LISTS.items() for w in right.split()]
)
def test_a_cue_is_known_in_its_forms(kind, word):
    assert listed(kind, word)


@pytest.mark.parametrize(
    ("kind", "word"), [(k, w) for k, (_, _, wrong) in LISTS.items() for w in wrong.split()]
)
def test_a_word_that_begins_like_a_cue_is_none(kind, word):
    assert not listed(kind, word)


@pytest.mark.parametrize(
    "text",
    [
        "Le maire a rejeté le projet.", "L’usine fermera en mai.", "Le magasin ferme lundi.",
        "Il est privé d’eau.",
        "La grève prive la ville d'eau.", "L'accès est interdit.", "Il n’ira pas.", "La loi est annulée.",
        "Il reste à voter.", "Le projet a avorté.", "Il a failli tomber.", "Une réponse inacceptable.",
        "The council rejected the plan.", "It is unlikely.", "The bans remain.", "They will close the pool.",
        "The pool closed.", "An unpaid bill.", "The plan failed.", "Only the mayor came.", "It stopped.",
        "The talks were cancelled.", "An unbearable heat.", "Il refuse.", "Il dément.", "Il a nié.",
    ],
)  # fmt: skip
def test_what_denies_by_its_meaning(text):
    assert cue_words.denies(text)


@pytest.mark.parametrize(
    "text",
    [
        "L'université a voté.", "Un vote unanime.", "La banque de la banlieue.", "Le secteur privé investit.",
        "Le fermier et sa nièce.", "La ferme est grande.", "Il parle fermement.", "Une place unique.",
        "Le banquier a souri.", "La faillite de la banque.", "L'annulaire gauche.",
        "Un débat sur l'avortement.",
        "The United bank grew.", "The university union.", "A band on the bandwagon.", "They understand it.",
        "The uniform is under the bank.", "He stood close to the river.", "His niece.", "A unanimous vote.",
        "They unveiled the plan.", "Dementia research.", "An exclusive interview.", "Nielsen a joué.",
    ],
)  # fmt: skip
def test_what_only_begins_like_a_denial(text):
    assert not cue_words.denies(text)


@pytest.mark.parametrize(
    ("word", "side"),
    [
        ("augmentation", ("up", 0)), ("baissé", ("up", 1)), ("réduit", ("up", 1)),
        ("increasingly", ("up", 0)),
        ("ouverte", ("open", 0)), ("fermeture", ("open", 1)), ("soutient", ("support", 0)),
        ("réussite", ("succeed", 0)), ("successful", ("succeed", 0)), ("échoué", ("succeed", 1)),
        ("recruté", ("hire", 0)), ("destroyed", ("build", 1)), ("joined", ("enter", 0)),
        ("change", ("change", 1)),
        ("opposants", ("support", 1)), ("accélère", ("postpone", 1)), ("cancelled", ("cancel", 1)),
    ],
)  # fmt: skip
def test_a_word_stands_on_its_side_of_a_pair(word, side):
    assert side in cue_words.concepts(word, flatten(word))


NO_OPPOSITES = (
    "ouvrier ouvrage successeur successive replica répliquer entreprise enterrement entertainment joint"
    " bougie opposite approvisionnement constructeur destroyer rejeton reconnecter annulaire diminutif"
)
FUTURES = "signera sera aura ira sortira servira apprendra découvriront reconnaîtra viendront créera"
NO_FUTURES = "déclara opéra opera camera riviera herrera montra rencontra orchestra tira entra lira"


@pytest.mark.parametrize("word", NO_OPPOSITES.split())
def test_a_word_that_begins_like_an_opposite_stands_on_no_side(word):
    assert not cue_words.concepts(word, flatten(word))


@pytest.mark.parametrize("word", FUTURES.split())
def test_a_future_is_known_by_its_ending(word):
    assert cue_words.is_future(word)


@pytest.mark.parametrize("word", NO_FUTURES.split())
def test_what_ends_like_a_future_is_none(word):
    assert not cue_words.is_future(word)


BY_ENDING = {
    "adverb": (
        cue_words.is_adverb,
        "vraiment également profondément jamais encore évidemment",
        "document gouvernement parlement logement traitement appartement clément",
    ),
    "infinitive": (
        lambda word, _: cue_words.is_infinitive(word),
        "signer finir rendre recevoir publier rejoindre",
        "libéré enterré consacré guerre février hiver histoire ministre number december other",
    ),
    "gerund": (
        lambda word, _: cue_words.is_gerund(word),
        "signing having publiant",
        "morning evening nothing king enfant restaurant pendant",
    ),
    "verb": (
        lambda word, _: cue_words.is_verb_like(word),
        "signé publiée voulu signed taken signer going",
        "pays parti paris women minister ministre hundred jeudi",
    ),
}


@pytest.mark.parametrize(
    ("kind", "word"), [(k, w) for k, (_, right, _) in BY_ENDING.items() for w in right.split()]
)
def test_what_a_word_is_by_its_ending(kind, word):
    assert BY_ENDING[kind][0](word if kind != "adverb" else flatten(word), "fr")


@pytest.mark.parametrize(
    ("kind", "word"), [(k, w) for k, (_, _, no) in BY_ENDING.items() for w in no.split()]
)
def test_what_only_ends_like_one(kind, word):
    assert not BY_ENDING[kind][0](word if kind != "adverb" else flatten(word), "fr")


@pytest.mark.parametrize(
    ("word", "adverb"),
    [("quickly", True), ("yet", True), ("family", False), ("italy", False), ("reply", False)],
)
def test_english_adverbs(word, adverb):
    assert cue_words.is_adverb(word, "en") is adverb
    assert cue_words.is_adverb(word, None) is adverb
