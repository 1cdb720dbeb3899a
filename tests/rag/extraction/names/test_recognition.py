"""Where one name ends and the next begins."""

from __future__ import annotations

import pytest

from rag.extraction.analysed_sentence import AnalysedSentence


@pytest.mark.parametrize(
    ("text", "language", "names"),
    [
        ("Le président des États-Unis Donald Trump est venu.", "fr", ["États-Unis", "Donald Trump"]),
        ("le roi de la Norvège Harald Haakon", "fr", ["Norvège", "Harald Haakon"]),
        (
            "le président des États-Unis d'Amérique Donald Trump",
            "fr",
            ["États-Unis d'Amérique", "Donald Trump"],
        ),
        ("Vitry-le-François et Aix-en-Provence", "fr", ["Vitry-le-François", "Aix-en-Provence"]),
        ("Paul est allé de Brécy sur Toury.", "fr", ["Paul", "Brécy", "Toury"]),
        ("le Premier ministre d'Israël Benyamin Netanyahou", "fr", ["Israël", "Benyamin Netanyahou"]),
        ("the President of the United States Donald Trump", "en", ["United States", "Donald Trump"]),
        ("la maire de Brévennes Clémence Authier", "fr", ["Brévennes", "Clémence Authier"]),
        ("the mayor of London Sadiq Khan", "en", ["London", "Sadiq Khan"]),
        ("le ministre de l'Intérieur Bruno Retailleau", "fr", ["Intérieur", "Bruno Retailleau"]),
        ("le ministre de l'Économie Bruno Le Maire", "fr", ["Économie", "Bruno Le Maire"]),
    ],
)
def test_what_an_office_is_of_is_parted_from_who_holds_it(text: str, language: str, names: list[str]):
    assert [name.text for name in AnalysedSentence(text, language).names] == names


@pytest.mark.parametrize(
    "text",
    [
        "Le conseiller de Jordan Bardella",
        "Le conseiller de Jordan Michael Smith",
        "le parti de la France Insoumise",
        "le directeur du Théâtre Sarah Bernhardt",
        "le maire de Dunquay-sur-Mer",
        "Vitry-le-François a fermé sa piscine.",
        "les élèves de Villeneuve-d'Ascq",
        "la foire de La Roche-sur-Yon",
        "les crues du Lot-et-Garonne",
        "the council of Stoke-on-Trent",
        "le parc de Bray-lès-Mareuil",
    ],
)
def test_one_name_stays_one(text: str):
    assert len(AnalysedSentence(text, "fr").names) == 1
