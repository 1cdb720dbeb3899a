"""Forms of verbs are spelled as the languages spell them."""

import pytest

from rag.text.analyzer import stems
from rag.text.inflection import as_singular, verb_forms


@pytest.mark.parametrize(
    ("verb", "forms"),
    [
        ("refuser", "refuse refuses refusé refusées refusait refusèrent refuseront refuserait refusant"),
        ("annoncer", "annonce annonça annonçait annonceront annonçons"),
        ("juger", "juge jugea jugeait jugent"),
        ("payer", "paie paye paiera payera payé"),
        ("achever", "achève achevé achèvera achevait"),
        ("rejeter", "rejette rejettera rejeté rejetait"),
        ("accélérer", "accélère accélèrent accéléré accélérera"),
        ("réussir", "réussit réussi réussissent réussira réussissait"),
        ("perdre", "perd perdu perdent perdra perdait"),
        ("obtenir", "obtient obtenu obtiendra obtiennent obtenait"),
        ("prévenir", "prévient prévenu préviennent"),
        ("permettre", "permet permis permise permettra permettaient"),
        ("réduire", "réduit réduite réduisent réduira"),
        ("ouvrir", "ouvre ouvert ouvertes ouvrira"),
        ("reconnaître", "reconnaît reconnu reconnaissait reconnaîtra"),
        ("exclure", "exclut exclu exclue exclus exclura"),
    ],
)
def test_french_verbs(verb, forms):
    assert {verb, *forms.split()} <= verb_forms(verb, "fr")


@pytest.mark.parametrize(
    ("verb", "forms"),
    [
        ("deny", "deny denies denied denying"),
        ("refuse", "refuse refuses refused refusing"),
        ("reject", "reject rejects rejected rejecting"),
        ("push", "push pushes pushed pushing"),
        ("delay", "delay delays delayed delaying"),
    ],
)
def test_english_verbs(verb, forms):
    assert verb_forms(verb, "en") == set(forms.split())


def test_forms_are_the_verb_s_and_no_neighbour_s():
    assert not verb_forms("fermer", "fr") & {"fermier", "fermeté", "fermeture", "fermement"}
    assert not verb_forms("nier", "fr") & {"nièce", "niet"}
    assert not verb_forms("ouvrir", "fr") & {"ouvrier", "ouvrage"}


@pytest.mark.parametrize(("verb", "language"), [("boire", "fr"), ("nicht", "fr"), ("gehen", "de")])
def test_what_can_t_be_formed_is_an_error(verb, language):
    with pytest.raises(ValueError, match="no "):
        verb_forms(verb, language)


@pytest.mark.parametrize(
    ("plural", "singular"),
    [
        ("ferment", "ferme"),
        ("protestent", "proteste"),
        ("demandent", "demande"),
        ("publient", "publie"),
        ("finissent", "finit"),
        ("rouvrent", "rouvre"),
        ("fermerent", "ferme"),
        ("annoncerent", "annonce"),
        ("preferent", "prefere"),
        ("prefererent", "prefere"),
        ("accelerent", "accelere"),
        ("finirent", "fini"),
        ("sortirent", "sorti"),
        ("attirent", "attire"),
        ("retirent", "retire"),
    ],
)
def test_a_third_person_plural_is_a_term_with_the_singular(plural, singular):
    assert stems([plural], "fr") == stems([singular], "fr")


@pytest.mark.parametrize(
    "word",
    [
        "president",
        "couvent",
        "souvent",
        "argent",
        "patient",
        "parlement",
        "gouvernement",
        "etaient",
        "soutient",
        "devient",
        "vent",
        "cent",
        "independent",
        "talent",
        "recipient",
    ],
)
def test_what_is_spelled_like_one_stays(word):
    assert as_singular(word) == word


def test_other_languages_keep_their_words():
    assert stems(["student", "different"], "en") == ["student", "differ"]
