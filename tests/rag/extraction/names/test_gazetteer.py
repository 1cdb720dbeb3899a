"""One name in French and in English is one name; two territories are two, whatever they are called."""

from __future__ import annotations

from itertools import combinations

import pytest

from rag.extraction.names.exonyms import group_of
from rag.extraction.names.gazetteer import HOMOGRAPHS, names
from rag.extraction.names.matching import supported
from rag.extraction.names.recognition import find_names
from rag.extraction.names.vocabulary import vocabulary
from rag.text.cldr import territories
from rag.text.folding import flatten

# What the two languages call the same, in CLDR or in the papers.
SAME = [
    ("République démocratique du Congo", "Democratic Republic of the Congo", "RDC", "DRC", "Congo-Kinshasa"),
    ("République du Congo", "Republic of the Congo", "Congo-Brazzaville"),
    ("Corée du Nord", "North Korea", "nord-coréenne", "North Korean"),
    ("Corée du Sud", "South Korea", "sud-coréenne", "South Korean"),
    ("Guinée", "Guinea", "guinéen"),
    ("Guinée-Bissau", "Guinea-Bissau"),
    ("Guinée équatoriale", "Equatorial Guinea"),
    ("Papouasie-Nouvelle-Guinée", "Papua New Guinea"),
    ("Niger", "nigérienne"),
    ("Nigeria", "Nigerian"),
    ("Dominica", "Commonwealth of Dominica"),
    ("République dominicaine", "Dominican Republic"),
    ("Samoa", "Samoan"),
    ("Samoa américaines", "American Samoa"),
    ("Îles Vierges britanniques", "British Virgin Islands"),
    ("Îles Vierges américaines", "U.S. Virgin Islands"),
    ("Macédoine du Nord", "North Macedonia"),
    ("Grèce", "Greece"),
    ("Soudan", "Sudan", "soudanais"),
    ("Soudan du Sud", "South Sudan", "South Sudanese"),
    ("Irlande", "Ireland", "irlandaise"),
    ("Irlande du Nord", "Northern Ireland"),
    ("Royaume-Uni", "United Kingdom", "UK"),
    ("Géorgie", "Georgia"),
    ("Géorgie du Sud", "South Georgia"),
    ("Timor oriental", "East Timor"),
    ("Inde", "India"),
    ("Congo", "congolaise", "Congolese"),
    ("Corée", "Korea", "Korean"),
]


def canonical(form: str) -> str | None:
    flat = flatten(form)
    return group_of(flat) or group_of(flat.replace("-", " "))


@pytest.mark.parametrize("forms", SAME, ids=lambda forms: forms[0])
def test_the_forms_of_a_name_are_one(forms: tuple[str, ...]):
    assert None not in map(canonical, forms)
    assert len(set(map(canonical, forms))) == 1


def test_names_that_resemble_each_other_are_apart():
    assert len({canonical(forms[0]) for forms in SAME}) == len(SAME)


def test_two_territories_never_share_a_form():
    listed = dict.fromkeys(name for name, _ in names())
    owners: dict[str, set[str]] = {name: set() for name in listed}
    for code, stated in territories().items():
        for name in stated:
            if (form := canonical(name)) is not None:
                owners[form].add(code)
    assert {form: codes for form, codes in owners.items() if len(codes) > 1} == {}


def test_no_form_stands_for_two_names():
    of = [(name, {form.replace("-", " ") for form in forms}) for name, forms in names()]
    shared = {
        form: {one, other} for (one, a), (other, b) in combinations(of, 2) for form in a & b if one != other
    }
    assert shared == {"mexico": {"mexique", "mexico"}}  # the country and its capital, in English


def test_ordinary_words_and_first_names_are_no_territories():
    assert {form for form in HOMOGRAPHS if canonical(form)} == set()


@pytest.mark.parametrize(
    ("claim", "text", "borne_out"),
    [
        ("La crise en République démocratique du Congo", "The crisis in DRC goes on.", True),
        ("La crise en République du Congo", "The crisis in DRC goes on.", False),
        ("Congo-Brazzaville a voté", "The Democratic Republic of the Congo voted.", False),
        ("Congo-Brazzaville a voté", "The Republic of the Congo voted.", True),
        ("La Guinée équatoriale a voté", "Guinea voted.", False),
        ("La Guinée a voté", "Guinea-Bissau voted.", False),
        ("L'Irlande a voté", "Northern Ireland voted.", False),
        ("Le Soudan a voté", "South Sudan voted.", False),
    ],
)
def test_a_country_is_not_borne_out_by_its_neighbour(claim: str, text: str, borne_out: bool):
    known = vocabulary(text, "en")
    found = find_names(claim, known)
    assert found
    assert all(supported(name, known, True, "fr") for name in found) == borne_out


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Combien de CO2 le TER rejette-t-il ?", ["CO2", "TER"]),
        ("Selon EDF la SNCF paiera.", ["EDF", "SNCF"]),
        ("On a vu Jean le Bon.", ["Jean le Bon"]),
    ],
)
def test_an_article_before_initials_opens_another_name(text: str, names: list[str]):
    assert [name.text for name in find_names(text, vocabulary(text, "fr"))] == names
