"""`sourcier articles edit` and `outlets`: what is corrected is listed so, and mistakes are one sentence."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ui.command.main import main

Run = Callable[..., tuple[int, str, str]]


def document(title: str, outlet: str, date: str) -> str:
    stated = [
        f"title: {title}",
        *([f"site: {outlet}"] if outlet else []),
        *([f"date: {date}"] if date else []),
    ]
    return "\n".join(["---", *stated, "---", "", f"{title}. Le pont de Corvenne a rouvert lundi matin."])


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of three articles: two by one outlet under two names, one that states nothing."""
    folder = tmp_path_factory.mktemp("corrections")
    (folder / "texts").mkdir()
    stated = {"un": ("Le Monde", "2025-08-16"), "deux": ("lemonde.fr", "2025-08-17"), "trois": ("", "")}
    for name, (outlet, date) in stated.items():
        (folder / "texts" / f"{name}.md").write_text(document(name, outlet, date), encoding="utf-8")
    return folder


@pytest.fixture
def run(library: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    monkeypatch.chdir(library)
    monkeypatch.setenv("SOURCIER_DATA_DIR", str(library / "library"))
    monkeypatch.setenv("SOURCIER_UI__LANGUAGE", "fr")
    monkeypatch.setenv("SOURCIER_CHAT_MODEL__MODEL", "none")

    def done(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            code = main(arguments)
        except SystemExit as left:
            code = int(left.code or 0)
        return (code, *capsys.readouterr())

    if not (library / "library").exists():
        done("ingest", "texts")
    yield done


def id_of(run: Run, title: str) -> str:
    rows = json.loads(run("articles", "list", "--json")[1])
    return next(row["id"] for row in rows if row["title"] == title)


def test_what_is_missing_is_listed_counted_and_corrected_together(run: Run):
    code, shown, said = run("articles", "list", "--without", "date")
    assert (code, len(shown.splitlines())) == (0, 1)
    assert "1 article n'a pas de date complète" in said
    _, shown, said = run("articles", "list", "--without", "outlet")
    assert (len(shown.splitlines()), "1 article n'a pas de journal" in said) == (1, True)
    article = id_of(run, "trois")
    done = run("articles", "edit", article, "--published", "16 août 2025", "--outlet", "Le Phare", "--json")
    assert (done[0], json.loads(done[1])) == (0, {"edited": [article]})
    assert run("articles", "list", "--without", "date", "--json")[1] == "[]\n"
    _, shown, _ = run("articles", "show", article)
    assert "Journal : Le Phare (corrigé ; indiqué : rien)" in shown
    assert "Date de parution : 16 août 2025 (corrigé ; indiqué : rien)" in shown
    stated = json.loads(run("articles", "show", article, "--json")[1])["metadata"]["outlet"]
    assert (stated["stated"], stated["corrected"]) == (None, "Le Phare")
    assert "[fiche corrigée]" in run("articles", "list")[1]
    assert run("articles", "edit", article, "--outlet", "Le Phare")[1].startswith("Rien n'a changé")
    undone = run("articles", "edit", article, "--undo", "outlet", "--undo", "published")
    assert undone[1] == "1 article corrigé.\n"
    assert "[fiche corrigée]" not in run("articles", "list")[1]


def test_names_of_one_outlet_are_suggested_merged_and_separated(run: Run):
    _, shown, _ = run("articles", "outlets")
    assert "Le Monde  —  1 article\n" in shown
    assert "« lemonde.fr » et « Le Monde » (même nom)" in shown
    _, shown, _ = run("articles", "outlets", "--merge", "lemonde.fr", "Le Monde")
    assert shown == "« lemonde.fr » est désormais « Le Monde » : 1 article reclassé.\n"
    listed = json.loads(run("articles", "outlets", "--json")[1])
    assert listed["suggestions"] == []
    assert [(one["name"], one["articles"], one["aliases"]) for one in listed["outlets"]] == [
        ("Le Monde", 2, ["lemonde.fr"])
    ]
    assert "Le Monde  —  2 articles  (aussi : lemonde.fr)\n" in run("articles", "outlets")[1]
    assert "Journal : Le Monde (indiqué : lemonde.fr)" in run("articles", "show", id_of(run, "deux"))[1]
    found = json.loads(run("search", "pont", "journal:lemonde.fr", "--json")[1])
    assert found["total"] == 2
    _, shown, _ = run("articles", "outlets", "--unmerge", "lemonde.fr")
    assert shown == "« lemonde.fr » a de nouveau son propre nom : 1 article reclassé.\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["edit", "ID"], "Rien à corriger"),
        (["edit", "nulle-part", "--title", "Un"], "nulle-part : aucun article n'a cet identifiant"),
        (["edit", "ID", "--published", "2999-01-01"], "2999-01-01 est dans le futur"),
        (["edit", "ID", "--published", "hier"], "« hier » n'est pas une date sûre"),
        (["edit", "ID", "--language", "klingon"], "« klingon » n'est pas un code de langue"),
        (["edit", "ID", "--address", "ftp://a.example/b"], "n'est pas l'adresse d'un article"),
        (["edit", "ID", "--title", " "], "Un titre ne peut pas être vide"),
        (["edit", "ID", "ID2", "--title", "Un"], "corrigez-les article par article"),
        (["edit", "ID", "--title", "Un", "--undo", "title"], "se contredisent"),
        (["edit", "ID", "--undo", "texte"], "choix inconnu"),
        (["outlets", "--merge", "Le Mond", "Le Monde"], "Vouliez-vous dire Le Monde"),
        (["outlets", "--merge", "Le Monde"], "il faut 2 valeurs"),
        (["outlets", "--unmerge", "Le Monde"], "Il n'y a pas de journal « Le Monde »"),
    ],
)
def test_a_mistake_is_one_sentence(run: Run, arguments: list[str], said: str):
    ids = {"ID": id_of(run, "un"), "ID2": id_of(run, "deux")}
    code, shown, told = run("articles", *(ids.get(one, one) for one in arguments))
    assert (code, shown) == (2, "")
    assert said in told
    assert len(told.strip().splitlines()) == 1
