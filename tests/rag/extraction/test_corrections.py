"""An article that says that it is a correction or an update is known by the sentence that says so."""

import json
from contextlib import closing

import pytest
from desk import Desk

from rag.extraction.corrections import find_correction
from ui.command.main import main

BEFORE = "Le pont a rouvert lundi. Il avait fermé en mai.\n"


@pytest.mark.parametrize(
    "sentence",
    [
        "Mise à jour : le pont a refermé mardi.",
        "MISE À JOUR du 16 août 2025 à 10h30 : le pont a refermé.",
        "[Mise à jour, mardi 18 h] Le pont a refermé.",
        "Correction : le chantier a coûté 3,4 millions.",
        "Rectificatif – le maire s'appelle Paul Mercier.",
        "Erratum : le pont a cent ans.",
        "Cet article a été modifié le 17 août.",
        "Cet article a depuis été mis à jour avec la réaction du maire.",
        "Article mis à jour le 3 mai à 18h.",
        "Une première version de cet article indiquait un autre nom.",
        "Contrairement à ce que nous avions écrit, le pont est ouvert.",
    ],
)
def test_a_french_statement_is_found_and_its_sentence_is_the_span(sentence):
    text = f"{BEFORE}{sentence}\nLa suite est connue."
    span = find_correction(text, "fr")
    assert span is not None
    assert sentence.startswith(text[span.start : span.end])
    assert text.find(sentence) == span.start


@pytest.mark.parametrize(
    "sentence",
    [
        "Updated: the bridge has closed again.",
        "UPDATE (3 pm): the bridge has closed again.",
        "Correction: the works cost 3.4 million.",
        "Clarification: the mayor was not there.",
        "This article was amended on 17 August 2025.",
        "We wrote by mistake that the bridge cost £3m.",
        "We incorrectly reported that the bridge cost £3m.",
        "This story has been corrected.",
        "An earlier version of this article misspelt the mayor's name.",
    ],
)
def test_an_english_statement_is_found(sentence):
    text = f"The bridge opened on Monday.\n\n{sentence}"
    span = find_correction(text, "en")
    assert span is not None
    assert text[span.start : span.end] == sentence


@pytest.mark.parametrize(
    "text",
    [
        BEFORE,
        "La mise à jour du système sera gratuite : Apple le promet.",
        "Mise à jour iOS 17 : ce qui change.",
        "Le maire demande un rectificatif au journal voisin.",
        "Nous avons écrit au maire.",
        "Les corrections du bac commencent lundi : mode d'emploi.",
        "Cet article de la loi a été modifié par le Sénat.",
        "The update of the bridge was expected.",
        "This article explains how the bridge was updated.",
        "",
    ],
)
def test_a_story_about_something_else_states_no_correction(text):
    assert find_correction(text) is None


def test_articles_that_say_they_were_corrected_are_marked(tmp_path, monkeypatch, capsys):
    with closing(Desk(tmp_path)) as desk:
        desk.write("pont.txt", f"Le pont rouvre.\n{BEFORE}Rectificatif : le pont a cent ans.\n")
        desk.write("bac.txt", "Le bac s'arrête.\nIl ne naviguera plus cet hiver.\n")
        desk.ingest()
        article = desk.id_of("pont.txt")
    monkeypatch.setenv("SOURCIER_DATA_DIR", str(desk.data))
    monkeypatch.setenv("SOURCIER_UI__LANGUAGE", "fr")
    monkeypatch.chdir(tmp_path)
    assert main(["articles", "list"]) == 0
    assert sorted(line.partition("  —  ")[2] for line in capsys.readouterr().out.splitlines()) == [
        "Le bac s'arrête.",
        "Le pont rouvre.  (corrigé)",
    ]
    assert main(["articles", "list", "--json"]) == 0
    rows = {row["title"]: row["correction"] for row in json.loads(capsys.readouterr().out)}
    assert rows == {"Le bac s'arrête.": None, "Le pont rouvre.": "Rectificatif : le pont a cent ans."}
    assert main(["articles", "show", article]) == 0
    told = capsys.readouterr().out.splitlines()
    assert "Correction annoncée : « Rectificatif : le pont a cent ans. »" in told
