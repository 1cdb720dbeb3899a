"""Names that may be one outlet's are suggested, by spelling and by site, and no others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.metadata.outlets import MergeSuggestion, OutletUse, called, host_of, spellings, suggestions


def use(name: str, count: int = 1, **hosts: int) -> OutletUse:
    return OutletUse(name, count, (), {host.replace("_", "."): number for host, number in hosts.items()})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Le Monde", "LE MONDE"),
        ("Le Monde", "le monde.fr"),
        ("Le Monde", "Lemonde.fr"),
        ("Le Monde", "www.lemonde.fr"),
        ("Le Monde", "https://www.lemonde.fr/"),
        ("Le Monde", "Monde"),
        ("Le Monde", "Le Monde (site web)"),
        ("Libération", "liberation"),
        ("L’Équipe", "L'EQUIPE"),
        ("L'Équipe", "lequipe.fr"),
        ("The Guardian", "Guardian"),
        ("The Times", "thetimes.co.uk"),
        ("Ouest-France", "Ouest France"),
        ("20 Minutes", "20minutes.fr"),
        ("Der Spiegel", "Spiegel"),
    ],
)
def test_one_outlet_spelled_in_two_ways(one: str, other: str):
    assert spellings(one) & spellings(other)
    found = suggestions([use(one), use(other)])
    assert [{suggestion.alias, suggestion.outlet} for suggestion in found] == [{one, other}]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Le Monde", "Le Monde diplomatique"),
        ("Le Figaro", "Le Figaro Magazine"),
        ("La Croix", "La Voix du Nord"),
        ("Le Progrès", "Le Phare"),
        ("Les Échos", "L'Écho"),
        ("中文", "中国"),
    ],
)
def test_two_outlets(one: str, other: str):
    assert not spellings(one) & spellings(other)
    assert suggestions([use(one, 5, a_example=5), use(other, 5, b_example=5)]) == []


def test_the_name_that_an_outlet_writes_is_kept():
    names = [use("lemonde.fr", 2_000), use("LE MONDE", 50), use("Le Monde", 3)]
    assert {(one.alias, one.outlet) for one in suggestions(names)} == {
        ("lemonde.fr", "Le Monde"),
        ("LE MONDE", "Le Monde"),
    }


def test_names_on_one_site_are_suggested_unless_many_share_it():
    two = [use("Le Courrier de Corvenne", 9, corvenne_example=9), use("Corvenne Actu", 2, corvenne_example=2)]
    assert suggestions(two) == [MergeSuggestion("Corvenne Actu", "Le Courrier de Corvenne", "site")]
    many = [use(f"Journal {letter}", 2, portail_example=2) for letter in "ABCD"]
    assert suggestions(many) == []


def test_a_site_counts_only_where_most_of_the_articles_are():
    apart = [use("Le Phare", 9, phare_example=2, port_example=7), use("Le Port", 9, phare_example=9)]
    assert suggestions(apart) == []


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.LeMonde.fr/a", "lemonde.fr"),
        ("http://val.example:80/a?b#c", "val.example"),
        ("file:///a", ""),
        ("", ""),
    ],
)
def test_hosts(url: str, host: str):
    assert host_of(url) == host


@given(st.lists(st.text(min_size=1), max_size=6, unique=True))
def test_whatever_outlets_are_called_each_pair_is_suggested_once(names: list[str]):
    found = suggestions([use(name, place) for place, name in enumerate(names)])
    pairs = [frozenset((one.alias, one.outlet)) for one in found]
    assert len(pairs) == len(set(pairs))
    assert all(len(pair) == 2 and pair <= set(names) for pair in pairs)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("Le Monde", "Le Monde"),
        ("le MONDE", "Le Monde"),
        ("Le Monde.fr", "Le Monde"),
        ("Écho", "Écho"),
        ("Echo", "Echo"),
        ("echo", None),  # both
        ("Monde", None),
    ],
)
def test_an_outlet_is_found_by_its_names(name: str, wanted: str | None):
    uses = [OutletUse("Le Monde", 2, ("Le Monde.fr",)), OutletUse("Écho", 1), OutletUse("Echo", 1)]
    found = called(name, uses)
    assert (found and found.name) == wanted
