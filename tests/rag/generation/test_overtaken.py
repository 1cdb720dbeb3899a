"""What a later article has overtaken isn't told as if it held; and what only looks like it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from desk import Desk

from rag.engine.factory import build_chain
from rag.runnable.chain import Chain

ARTICLES = (
    # --- not this but that ---
    ("Le lavoir d'Ambrel", "2026-01-10", "fr",
     "Le lavoir d'Ambrel rouvrira le 4 mai après six mois de travaux."),
    ("Ambrel : le lavoir attendra", "2026-02-10", "fr",
     "Le lavoir d'Ambrel ne rouvrira pas le 4 mai mais le 12 juin, a annoncé la mairie."),
    ("Denham baths", "2026-01-10", "en", "Denham baths will reopen on 4 May after repairs."),
    ("Denham baths delayed", "2026-02-10", "en",
     "Denham baths will not reopen on 4 May but on 12 June, the council said."),
    ("Le musée de Pressac", "2026-01-10", "fr", "Le musée de Pressac ouvrira le 4 mai."),
    ("Pressac : le parking", "2026-02-10", "fr",
     "Le parking du musée de Pressac n'ouvrira pas le 4 mai mais le 12 juin."),
    # --- put off in its own sentence ---
    ("Corvès : la crèche", "2026-02-10", "fr",
     "L'ouverture de la crèche de Corvès, prévue le 8 mars, est repoussée au 3 avril."),
    # --- what it costs by now ---
    ("Halle de Tirac", "2026-01-10", "fr",
     "La halle de Tirac est rénovée. Le chantier a coûté 1,2 million d'euros à la commune."),
    ("Tirac : la halle ouvre", "2026-02-10", "fr",
     "La halle de Tirac ouvrira en juin. La facture s'élève désormais à 1,6 million d'euros."),
    ("Tirac : l'église", "2026-02-20", "fr",
     "L'église de Belrupt ouvrira en juin. La facture s'élève désormais à 3,1 millions d'euros."),
    # --- called off ---
    ("Usine de Vaubrel", "2026-01-10", "fr", "Oxal fermera son usine de Vaubrel en mars 2027."),
    ("Oxal renonce", "2026-02-10", "fr",
     "Oxal renonce à la fermeture de son usine de Vaubrel, a dit la préfète."),
    ("Usine de Nordan", "2026-01-10", "fr", "Perlin fermera son usine de Nordan en mars 2027."),
    ("Perlin maintient", "2026-02-10", "fr",
     "Perlin n'a pas renoncé à la fermeture de son usine de Nordan."
     " Perlin a annulé la fête de son usine de Nordan."),
    ("Wexley plant", "2026-01-10", "en",
     "Corlan will close its Wexley plant in March 2027, with the loss of 400 jobs."),
    ("Corlan at Wexley", "2026-02-10", "en",
     "Corlan has scrapped the closure of its Wexley plant. Some 90 jobs will still go, it said."),
    ("Hadley mill", "2026-01-10", "en", "Brennor will close its Hadley mill in March 2027."),
    ("Brennor at Rudley", "2026-02-10", "en", "Brennor has cancelled the closure of its Rudley mill."),
    ("Brennor could yield", "2026-02-11", "en",
     "Brennor could cancel the closure of its Hadley mill, the union hopes."),
    ("Nuits d'Arzel", "2026-01-10", "fr", "La chanteuse Nora Belkacem ouvrira les Nuits d'Arzel."),
    ("Nuits d'Arzel : forfait", "2026-02-10", "fr",
     "Nora Belkacem a annulé son concert aux Nuits d'Arzel. Le groupe Vent Debout la remplacera."),
    ("Fêtes de Morlan", "2026-01-10", "fr", "La chanteuse Lina Castel ouvrira les Fêtes de Morlan."),
    ("Lina Castel à Lyon", "2026-02-10", "fr",
     "Lina Castel a annulé son concert à Lyon. Le groupe Zest la remplacera."),
    # --- who takes a place ---
    ("Ferrand SA", "2026-02-10", "fr",
     "Ines Duval remplace Marc Rolin à la direction générale de Ferrand SA."),
    ("Castor Ltd", "2026-02-10", "en",
     "Jane Ashby takes over from Paul Denning as chief executive of Castor Ltd."),
    # --- of something else ---
    ("Le théâtre de Rugles", "2026-01-10", "fr",
     "Le chantier du théâtre de Rugles a coûté 5,2 millions d'euros."),
    ("Rugles : une fuite", "2026-02-10", "fr",
     "Une fuite a inondé le théâtre de Rugles. La réparation coûtera 90 000 euros."),
    ("Movex", "2026-01-10", "fr", "Movex supprimera 310 postes dans le monde, dont 75 à l'usine de Lusange."),
    ("Movex à Lusange", "2026-02-10", "fr", "Movex supprimera 75 postes à Lusange."),
)  # fmt: skip


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    with closing(Desk(tmp_path_factory.mktemp("overtaken"))) as desk:
        for number, (title, day, language, text) in enumerate(ARTICLES):
            head = f'title: "{title}"\ndate: {day}\noutlet: Le Phare\nlanguage: {language}'
            desk.write(f"{number:02}.md", f"---\n{head}\n---\n\n{text}\n")
        assert desk.ingest().new == len(ARTICLES)
        yield build_chain(desk.parts, None)


@pytest.mark.parametrize(
    ("question", "quotes"),
    [
        ("Quand rouvrira le lavoir d'Ambrel ?", ["mais le 12 juin", "rouvrira le 4 mai"]),
        ("When will Denham baths reopen?", ["but on 12 June", "will reopen on 4 May"]),
        ("Quand ouvrira le musée de Pressac ?", ["ouvrira le 4 mai"]),
        ("Combien a coûté le chantier de la halle de Tirac ?", ["1,6 million", "1,2 million"]),
        ("Quand Oxal fermera-t-il son usine de Vaubrel ?", ["Oxal renonce", "en mars 2027"]),
        ("Quand Perlin fermera-t-il son usine de Nordan ?", ["en mars 2027"]),
        ("When will Corlan close its Wexley plant?", ["has scrapped", "in March 2027"]),
        ("How many jobs will be lost at Corlan?", ["Some 90 jobs", "has scrapped", "400 jobs"]),
        ("When will Brennor close its Hadley mill?", ["in March 2027"]),
        ("Qui ouvrira les Nuits d'Arzel ?", ["Vent Debout", "a annulé", "ouvrira les Nuits"]),
        ("Qui ouvrira les Fêtes de Morlan ?", ["ouvrira les Fêtes"]),
        ("Combien a coûté le théâtre de Rugles ?", ["5,2 millions"]),
        ("Combien coûtera la réparation du théâtre de Rugles ?", ["90 000 euros", "5,2 millions"]),
    ],
)
def test_what_holds_is_told_first_and_what_was_said_after_it(chain: Chain, question: str, quotes: list[str]):
    claims = chain.invoke(question).claims
    assert [words for words, claim in zip(quotes, claims, strict=True) if words not in claim.text] == [], [
        claim.text for claim in claims
    ]


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("Le lavoir d'Ambrel rouvrira-t-il le 4 mai ?", "no"),
        ("Le lavoir d'Ambrel rouvrira-t-il le 12 juin ?", "yes"),
        ("Will Denham baths reopen on 4 May?", "no"),
        ("Will Denham baths reopen on 12 June?", "yes"),
        ("Le musée de Pressac ouvrira-t-il le 4 mai ?", "disputed"),  # of its car park: settles nothing
        ("La crèche de Corvès ouvrira-t-elle le 8 mars ?", "no"),
        ("Oxal fermera-t-il son usine de Vaubrel ?", "no"),
        ("Perlin fermera-t-il son usine de Nordan ?", "disputed"),
        ("Will Corlan close its Wexley plant?", "no"),
        ("Will Brennor close its Hadley mill?", "disputed"),
    ],
)
def test_no_bare_yes_to_what_a_later_article_takes_back(chain: Chain, question: str, verdict: str):
    assert chain.invoke(question).verdict == verdict


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Qui dirige Ferrand SA ?", "Ines Duval"),
        ("Who is the chief executive of Castor Ltd?", "Jane Ashby"),
        ("Combien de postes Movex supprimera-t-il à Lusange ?", "75"),
    ],
)
def test_the_words_that_answer_are_who_comes_and_the_number_of_the_place(
    chain: Chain, question: str, answer: str
):
    found = chain.invoke(question)
    marked = [item.answer_words for item in found.citations if item.answer_words]
    assert marked and all(words.startswith(answer) for words in marked)
    assert not found.disagreements
