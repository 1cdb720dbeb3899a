"""Standing queries asked again of a real library: what is told, what isn't, and what a crash leaves."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from desk import Desk

from rag.config import ChunkingSettings
from rag.embargo.store import EmbargoedArticle
from rag.errors import LibraryError
from rag.models.embedder import Embedder
from rag.monitoring import asker, searches
from rag.monitoring.asker import AskedAgain, ask_again
from rag.schema.question import NO_FILTERS, Filters
from rag.schema.standing import Change, StandingQuery
from rag.storage.database import Place

ROOT = Path(__file__).parents[3]
TODAY = date(2026, 6, 1)
QUESTION = "Combien d'habitants compte Villebourg ?"
AROUND = (
    "Le conseil municipal se réunira jeudi soir dans la salle des fêtes. Les commerçants demandent davantage"
    " de places de stationnement autour de la halle. Un nouveau gymnase est en construction près du collège."
)
FIRST = f"Villebourg compte 12 340 habitants, selon la mairie. {AROUND}"


@pytest.fixture
def desk(place: Place, embedder: Embedder) -> Iterator[Desk]:
    opened = Desk(place.folder, ChunkingSettings(), embedder, url=place.url)
    with closing(opened):
        write(opened, "premier", FIRST, "2026-03-02", "Le Phare")
        opened.ingest()
        yield opened


def write(desk: Desk, name: str, text: str, day: str = "2026-05-02", outlet: str = "La Gazette") -> None:
    desk.write(f"{name}.md", f"---\ntitle: {name}\ndate: {day}\noutlet: {outlet}\n---\n\n{text}\n")


def follow(
    desk: Desk, words: str = QUESTION, kind: str = "question", filters: Filters = NO_FILTERS
) -> StandingQuery:
    kept = desk.library.standing.add("", kind, words, "fr", filters)  # type: ignore[arg-type]
    assert again(desk).total == 0  # the first asking tells nothing
    return kept


def again(desk: Desk) -> AskedAgain:
    return ask_again(desk.parts, today=lambda: TODAY)


def told(asked: AskedAgain) -> list[tuple[str, list[str], list[str]]]:
    return [(one.kind, words(one.before), words(one.after)) for one in asked.changes.get("", ())]


def words(side) -> list[str]:
    return [item.answer_words or item.quote for item in side]


def come(desk: Desk, name: str, text: str, **fields: str) -> list[tuple[str, list[str], list[str]]]:
    write(desk, name, text, **fields)
    desk.ingest()
    return told(again(desk))


def test_another_number_is_told_once_with_both_quotes(desk: Desk) -> None:
    follow(desk)
    found = come(desk, "suite", "La ville grandit. Villebourg compte maintenant 12 512 habitants.")
    assert found == [("value", ["12 340 habitants"], ["12 512 habitants"])]
    assert told(again(desk)) == []
    [change] = desk.library.standing.changes("")
    for item in (*change.before, *change.after):
        assert item.article.text[item.start : item.end] == item.quote
    assert desk.library.standing.unseen("") == 1


FLOOD = (
    "La crue éclair de l'Orlande a tué trois personnes à Valbrume, d'après les secours. Quarante familles ont"
    " quitté leur logement. " + AROUND
)
RIGHTED = (
    "Dans notre édition de lundi, nous avons écrit que la crue de {river} avait coûté la vie à trois"
    " personnes. C'est inexact. Le bilan, confirmé par la préfecture, est de deux morts. La version en ligne"
    " sera rectifiée."
)


def correct(desk: Desk, river: str, outlet: str) -> list[tuple[str, list[str], list[str]]]:
    title = f"'Correction : la crue de {river} a fait deux morts'"
    head = f"---\ntitle: {title}\ndate: 2026-05-05\noutlet: {outlet}\n---\n\n"
    desk.write("correction.md", f"{head}{RIGHTED.format(river=river)}\n")
    desk.ingest()
    return told(again(desk))


def flooded(desk: Desk) -> None:
    title = "'Crue de l''Orlande : trois morts à Valbrume'"
    desk.write("crue.md", f"---\ntitle: {title}\ndate: 2026-05-04\noutlet: L'Écho\n---\n\n{FLOOD}\n")
    desk.ingest()
    follow(desk, "Combien de morts dans la crue de Valbrume ?")


def test_a_correction_neednt_have_the_names_of_the_question(desk: Desk) -> None:
    flooded(desk)
    assert correct(desk, "l’Orlande", "L'Écho") == [("correction", ["trois personnes"], ["deux morts"])]


@pytest.mark.parametrize(("river", "outlet"), [("la Seille", "L'Écho"), ("l’Orlande", "La Gazette")])
def test_a_correction_of_something_else_tells_nothing(desk: Desk, river: str, outlet: str) -> None:
    flooded(desk)
    assert correct(desk, river, outlet) == []


@pytest.mark.parametrize(
    ("language", "first", "question", "said", "right"),
    [
        (
            "fr",
            "La piscine de Brassy rouvrira le 15 avril 2026, a indiqué la mairie.",
            "Quand rouvrira la piscine de Brassy ?",
            "Nous avons écrit par erreur que la piscine de Brassy rouvrirait le 15 avril 2026 : elle rouvrira"
            " le 25 avril 2026.",
            "le 25 avril 2026",
        ),
        (
            "en",
            "The Brassy swimming pool will reopen on 15 April 2026, the council said.",
            "When will the Brassy swimming pool reopen?",
            "We wrote by mistake that the Brassy swimming pool would reopen on 15 April 2026: it will reopen"
            " on 25 April 2026.",
            "25 April 2026",
        ),
    ],
)
def test_a_correction_that_says_first_what_was_wrong(
    desk: Desk, language: str, first: str, question: str, said: str, right: str
) -> None:
    write(desk, "piscine", first, "2026-03-02")
    desk.ingest()
    desk.library.standing.add("", "question", question, language)
    assert again(desk).total == 0
    [(kind, _, after)] = come(desk, "rectificatif", f"Correction. {said}", day="2026-03-04")
    assert (kind, after) == ("correction", [right])


TOWNS = [
    ("fr", "Qui est le maire de Brassy ?", "Le maire de Brassy, Paul Verrier, a coupé le ruban lundi.",
     "Le maire de Brassy-les-Bains, Hector Lamiral, a inauguré le port samedi."),
    ("fr", "Combien d'habitants compte Brassy ?", "Brassy compte 340 habitants, selon la mairie.",
     "Saint-Brassy compte 5 431 habitants, selon la mairie."),
    ("en", "How many residents does Marwick have?", "Marwick has 12,340 residents, the council said.",
     "Marwick-on-Tay has 801 residents, and North Marwick has 95 residents, the council said."),
]  # fmt: skip


@pytest.mark.parametrize(("language", "question", "first", "other"), TOWNS)
def test_a_town_whose_name_has_the_other_tells_nothing(
    desk: Desk, language: str, question: str, first: str, other: str
) -> None:
    write(desk, "mairie", first, "2026-03-02")
    desk.ingest()
    desk.library.standing.add("", "question", question, language)
    assert again(desk).total == 0
    assert come(desk, "ailleurs", other) == []


def test_a_census_of_another_year_tells_nothing(desk: Desk) -> None:
    write(desk, "marwick", "Marwick has 12,340 residents, the council said.", "2026-03-02")
    desk.ingest()
    follow(desk, "How many residents does Marwick have?")
    assert come(desk, "census", "At the 2011 census Marwick had 10,950 residents.") == []


@pytest.mark.parametrize("text", [FIRST, FIRST.rsplit(". ", 1)[0] + "."])
def test_a_reprint_tells_nothing(desk: Desk, text: str) -> None:
    follow(desk)
    follow(desk, "Villebourg", "search")
    follow(desk, "Villebourg", "entity")
    assert come(desk, "reprise", f"{text} (avec agence)") == []


def test_an_article_that_is_reworded_or_read_again_tells_nothing(desk: Desk) -> None:
    follow(desk)
    assert told(again(desk)) == []
    text = FIRST.replace("selon la mairie", "d'après la mairie")
    assert come(desk, "premier", text, day="2026-03-02", outlet="Le Phare") == []
    [turn] = desk.library.standing.turns()
    assert turn.state is not None
    assert [one.content_hash for one in turn.state.current] == [
        article.content_hash for article in desk.library.articles()
    ]


def test_an_article_that_says_another_number_now_shows_what_it_said(desk: Desk) -> None:
    follow(desk)
    text = FIRST.replace("12 340", "12 900")
    found = come(desk, "premier", text, day="2026-03-02", outlet="Le Phare")
    assert found == [("value", ["12 340 habitants"], ["12 900 habitants"])]


def test_an_answer_is_gone_only_with_its_article(desk: Desk) -> None:
    follow(desk)
    article = desk.id_of("premier.md")
    (desk.files / "premier.md").unlink()
    desk.indexer.remove(article)
    write(desk, "autre", "Le marché de Lormont change de place.")
    desk.ingest()
    [change] = again(desk).changes[""]
    assert (change.kind, change.before, change.after, change.gone) == ("unanswered", (), (), (article,))
    assert come(desk, "retour", "Villebourg compte 12 340 habitants.")[0][0] == "answered"


def test_what_comes_in_one_go_or_in_several_is_told_alike(
    desk: Desk, tmp_path: Path, embedder: Embedder
) -> None:
    texts = {
        "un": ("Villebourg compte maintenant 12 512 habitants.", "2026-04-01"),
        "deux": ("La population de Villebourg atteint 12 700 habitants.", "2026-04-09"),
        "ailleurs": ("Lormont compte 9 100 habitants, selon la mairie.", "2026-04-05"),
    }
    follow(desk)
    apart = [one for name, (text, day) in texts.items() for one in come(desk, name, text, day=day)]
    with closing(Desk(tmp_path / "other", ChunkingSettings(), embedder)) as other:
        write(other, "premier", FIRST, "2026-03-02", "Le Phare")
        other.ingest()
        follow(other)
        for name in sorted(texts):
            write(other, name, texts[name][0], texts[name][1])
        other.ingest()
        assert told(again(other)) == apart
    assert [kind for kind, *_ in apart] == ["value", "value"]


def test_a_search_and_an_entity(desk: Desk) -> None:
    write(desk, "ancien", "Anne Lebrun a présidé la séance. Le tramway était à l'ordre du jour.")
    desk.ingest()
    follow(desk, "tramway", "search")
    follow(desk, "Anne Lebrun", "entity")
    write(desk, "parole", "« Le tramway roulera en mai », a déclaré Anne Lebrun.", "2026-05-03")
    write(desk, "mention", "Une lettre a été envoyée à Anne Lebrun par les riverains.", "2026-05-04")
    desk.ingest()
    assert sorted((kind, len(before)) for kind, before, _ in told(again(desk))) == [
        ("match", 0), ("mention", 0), ("statement", 0),
    ]  # fmt: skip


def test_only_articles_that_the_filters_keep_are_told(desk: Desk) -> None:
    follow(desk, filters=Filters(outlets=("Le Phare",)))
    follow(desk, "Villebourg", "search", Filters(date_to=date(2026, 4, 1)))
    assert come(desk, "suite", "Villebourg compte maintenant 12 512 habitants.") == []


def test_a_query_that_fails_says_so_and_stops_no_other(desk: Desk) -> None:
    dossier = desk.library.dossiers.create("", "Villes")
    desk.library.dossiers.add(dossier.id, "", [desk.id_of("premier.md")])
    lost = follow(desk, "Villebourg", "search", Filters(dossiers=(dossier.as_filter,)))
    follow(desk)
    desk.library.dossiers.delete(dossier.id, "")
    write(desk, "suite", "Villebourg compte maintenant 12 512 habitants.")
    desk.ingest()
    asked = again(desk)
    assert [kind for kind, *_ in told(asked)] == ["value"]
    [failed] = asked.failed[""]
    assert failed.id == lost.id
    assert "« Villes »" in failed.failure[1]
    assert desk.library.standing.find("", lost.id).failure == failed.failure


def test_what_fails_for_a_time_is_told_later(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    follow(desk, "tramway", "search")

    def broken(*_: object) -> None:
        raise LibraryError("broken", "cassé")

    with monkeypatch.context() as patched:
        patched.setattr(asker, "ask_search", broken)
        assert come(desk, "suite", "Le tramway roulera en mai.") == []
    assert [kind for kind, *_ in told(again(desk))] == ["match"]
    assert asker.ask_search is searches.ask_search


def test_what_waits_for_its_time_is_told_once_it_has_come(desk: Desk) -> None:
    follow(desk, "tramway", "search")
    write(desk, "secret", "Le tramway roulera en mai.")
    desk.ingest()
    article = desk.library.article(desk.id_of("secret.md"))
    passages = tuple(desk.library.passages_of(article.id))
    desk.indexer.remove(article.id)
    key = str((desk.files / "secret.md").resolve())
    until = datetime.now(UTC) + timedelta(hours=1)
    recipe = desk.indexer.recipe
    waiting = EmbargoedArticle(article, passages, recipe, key, article.source, "d", key, until)
    desk.library.embargoes.put(waiting)
    assert told(again(desk)) == []
    desk.library.embargoes.put(replace(waiting, until=datetime.now(UTC) - timedelta(hours=1)))
    assert [kind for kind, *_ in told(again(desk))] == ["match"]  # asking lets it in


def test_two_who_ask_at_once_tell_each_change_once(desk: Desk) -> None:
    follow(desk)
    write(desk, "suite", "Villebourg compte maintenant 12 512 habitants.")
    desk.ingest()
    found: list[Change] = []
    threads = [
        threading.Thread(target=lambda: found.extend(again(desk).changes.get("", ()))) for _ in range(3)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(found) == len(desk.library.standing.changes("")) == 1


# Asks again of a library, and dies at a place that is named.
DYING = """
import os, sys
from pathlib import Path
from rag.config import Settings
from rag.engine.engine import open_engine
from rag.monitoring import asker
from rag.standing import store

left = [int(sys.argv[2])]

def dying(*arguments):
    left[0] -= 1
    if not left[0]:
        os._exit(9)
    return tell(*arguments)

tell, store._tell = store._tell, dying
asker.ask_again(open_engine(Settings(data_dir=Path(sys.argv[1]))))
"""


def test_killed_while_it_tells_it_tells_each_change_once_when_it_goes_on(desk: Desk) -> None:
    for word in ("tramway", "patinoire", "péage"):
        follow(desk, word, "search")
    write(desk, "suite", "Le tramway longera la patinoire. Le péage est supprimé.")
    desk.ingest()
    desk.close()
    killed = subprocess.run([sys.executable, "-c", DYING, str(desk.data), "2"], cwd=ROOT, check=False)
    assert killed.returncode == 9
    desk.open()
    assert len(desk.library.standing.changes("")) == 1
    again(desk)
    changes = desk.library.standing.changes("")
    assert sorted(one.query.words for one in changes) == ["patinoire", "péage", "tramway"]
