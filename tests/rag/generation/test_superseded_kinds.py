"""Places, roles, numbers and days that later articles change; and what looks like it and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from desk import Desk

from rag.engine.factory import build_chain
from rag.runnable.chain import Chain

ARTICLES = (
    # --- places ---
    ("Salon de Brécy", "2026-01-10", "fr", "Le salon du livre de Brécy aura lieu à la halle aux grains."),
    ("Salon de Brécy : changement", "2026-01-20", "fr",
     "Le salon du livre de Brécy est déplacé de la halle aux grains au palais des congrès."),
    ("Festival d'Ormoy", "2026-01-10", "fr", "Le festival d'Ormoy aura lieu sur la place du Marché."),
    ("Festival d'Ormoy : le lieu", "2026-01-20", "fr",
     "Le festival d'Ormoy n'aura pas lieu sur la place du Marché mais au parc des Tilleuls."),
    ("Bal de Tilly", "2026-02-10", "fr", "Le bal de Tilly aura lieu à la salle Vasseur le 14 mars."),
    ("Bal de Tilly : ailleurs", "2026-02-20", "fr",
     "Le bal de Tilly se tiendra finalement au gymnase municipal."),
    ("Collecte de Tilly", "2026-02-22", "fr",
     "La collecte de sang de Tilly se tiendra finalement à la bibliothèque."),
    ("Vane inquiry", "2026-01-10", "en", "The Vane inquiry hearing will be held in Leeds."),
    ("Vane inquiry moves", "2026-01-20", "en",
     "The Vane inquiry hearing will not be held in Leeds but in York, the judge said."),
    ("Brocante de Varzy", "2026-01-10", "fr", "La brocante de Varzy aura lieu sur le quai Nord."),
    ("Concert de Varzy", "2026-01-20", "fr",
     "Le concert de la brocante de Varzy n'aura pas lieu sur le quai Nord mais à l'église."),
    ("Holm choir", "2026-01-10", "en", "The Holm choir concert will take place at the Guildhall."),
    ("Holm choir moves", "2026-01-20", "en",
     "The Holm choir concert has been relocated to St Mary's Church."),
    ("Oakley festival", "2026-01-10", "en", "The Oakley festival will be held in Castle Park."),
    ("Oakley festival, then", "2026-01-20", "en",
     "In 2019 the Oakley festival was held in Mill Field instead of Castle Park."),
    ("Marché de Tessy", "2026-01-10", "fr", "Le marché de Noël de Tessy se tiendra sur la place Carnot."),
    ("Marché de Tessy : le lieu", "2026-01-20", "fr",
     "Le marché de Noël de Tessy quitte la place Carnot pour l'esplanade du Château."),
    # --- roles ---
    ("Fusillade à Mezin", "2026-02-02", "fr", "L'auteur de la fusillade de Mezin est Karl Vidal."),
    ("Mezin : hors de cause", "2026-02-04", "fr",
     "Karl Vidal n'est pas l'auteur de la fusillade de Mezin, a indiqué le procureur."),
    ("Théâtre", "2026-03-02", "fr", "Le directeur du théâtre de Morlange est Yves Caron."),
    ("Théâtre : départ", "2026-04-02", "fr",
     "Yves Caron quitte la direction du théâtre de Morlange. Il est remplacé par Lise Amar."),
    ("Kelby Trust", "2026-03-02", "en", "The chief executive of Kelby Trust is Dan Wells."),
    ("Kelby Trust change", "2026-04-02", "en",
     "Dan Wells has resigned as chief executive of Kelby Trust. Rita Moss replaces him."),
    ("Ashby School", "2026-03-02", "en", "Mary Cole is the head teacher of Ashby School."),
    ("Ashby School change", "2026-04-02", "en",
     "Mary Cole has been replaced by Tom Price as head teacher of Ashby School, the council said."),
    ("Carval", "2026-03-02", "fr", "Anne Rey dirige l'hôpital de Carval."),
    ("Carval : la crise", "2026-04-02", "fr",
     "Anne Rey n'a pas quitté l'hôpital de Carval, et n'est pas opposée à son extension."),
    ("Lycée de Lorme", "2026-03-02", "fr", "Marc Tissot dirige le lycée de Lorme."),
    ("Lorme : le jury", "2026-04-02", "fr",
     "Marc Tissot a été remplacé par Jean Vial au jury du concours de Lorme."),
    ("Gendarmerie", "2026-01-10", "fr", "Luc Petit dirige la gendarmerie de Tessy."),
    ("Gendarmerie : la relève", "2026-02-20", "fr",
     "Nommé à la place de Luc Petit, Jean Moreau prend la tête de la gendarmerie de Tessy."),
    ("Duras", "2026-01-10", "fr", "Paul Rey est le maire de Duras."),
    ("Duras : la cérémonie", "2026-02-20", "fr",
     "Paul Rey a été remplacé par son adjoint Jean Borel lors de la cérémonie à la mairie de Duras."),
    ("Saint-Aubin", "2026-01-10", "fr", "Louise Arnaud est la maire de Saint-Aubin."),
    ("Saint-Aubin : la mairie", "2026-02-20", "fr",
     "Louise Arnaud cède son fauteuil de maire de Saint-Aubin à Denis Caron."),
    ("Selby museum", "2026-01-10", "en", "Peter Vance is the director of the Selby museum."),
    ("Selby museum change", "2026-02-20", "en",
     "Ann Leeds succeeds Peter Vance as director of the Selby museum."),
    ("Valmont", "2026-03-22", "fr", "Claire Dunand a été élue maire de Valmont dimanche soir."),
    ("Valmont : le tribunal", "2026-05-10", "fr",
     "Le tribunal a annulé l'élection de Claire Dunand à la mairie de Valmont."),
    # --- numbers and ages ---
    ("Dam", "2026-02-02", "en", "The Ashford dam will cost 80 million pounds."),
    ("Dam bill", "2026-04-02", "en", "The bill for the Ashford dam has risen to 95 million pounds."),
    ("Piscine", "2026-02-02", "fr", "Le coût de la piscine de Corvol est de 4 millions d'euros."),
    ("Piscine : le coût", "2026-04-02", "fr",
     "Le coût de la piscine de Corvol s'élève désormais à 6 millions d'euros."),
    ("Piscine : l'aide", "2026-04-03", "fr",
     "La subvention à la piscine de Corvol est portée à 2 millions d'euros."),
    ("Dent flood", "2026-01-02", "en", "The Dent flood killed 8 people, police said."),
    ("Dent flood toll", "2026-01-05", "en", "The death toll in the Dent flood has risen to 12 people."),
    ("Dent flood homes", "2026-01-06", "en", "The number of homes hit by the Dent flood has risen to 300."),
    ("Thornby arrest", "2026-02-02", "en", "A man aged 34 was arrested in Thornby over the robbery."),
    ("Thornby: for the record", "2026-02-04", "en",
     "The man arrested in Thornby over the robbery is 43, not 34 as stated in Monday's paper."),
    # --- days ---
    ("Carnaval", "2026-02-02", "fr", "Le carnaval de Duras aura lieu mardi 17 février."),
    ("Carnaval : la tempête", "2026-02-10", "fr",
     "En raison de la tempête, le carnaval de Duras se tiendra samedi 21 février."),
    ("Carnaval : le bal", "2026-02-11", "fr", "Le bal du carnaval de Duras se tiendra vendredi 20 février."),
    ("Audience", "2026-03-02", "fr", "L'audience sur l'usine de Brassy se tiendra le 8 juin 2026."),
    ("Audience : la suite", "2026-04-02", "fr",
     "Une deuxième audience sur l'usine de Brassy se tiendra le 22 juin 2026."),
    ("Visite", "2026-03-02", "fr", "La ministre visitera le port de Corvol le 9 mars."),
    ("Visite : décalée", "2026-03-06", "fr",
     "La ministre ne visitera pas le port de Corvol le 9 mars comme prévu : elle y sera le 16 mars."),
    ("Concert", "2026-03-02", "fr", "Le concert de Mireille Astor à Lunel aura lieu le 3 avril."),
    ("Concert off", "2026-03-12", "en", "Mireille Astor's concert in Lunel on 3 April has been cancelled."),
    # --- articles without a day ---
    ("Lac", "", "fr", "La fête du lac d'Elbe aura lieu le 5 juillet."),
    ("Lac : report", "", "fr", "La fête du lac d'Elbe est reportée au 12 juillet."),
    ("Zoo", "", "fr", "Le directeur du zoo de Brest s'appelle Yves Noir."),
    ("Zoo encore", "", "fr", "Le directeur du zoo de Brest s'appelle Yvan Noël."),
    ("Holm pier", "", "en", "The Holm pier will reopen on 4 June."),
    ("Holm pier again", "", "en", "The Holm pier will reopen on 18 June, the owners said."),
    ("Holm pier concert", "", "en", "The Holm pier will host a concert on 9 June."),
    # --- of another language ---
    ("Port de Sauveterre", "2026-02-02", "fr",
     "Le nouveau port de Sauveterre sera inauguré le 4 juillet 2026 par le ministre."),
    ("Sauveterre port delayed", "2026-04-02", "en",
     "The inauguration of the new port of Sauveterre, scheduled for 4 July, has been put back to 19"
     " September."),
    ("Montrel", "2026-01-02", "fr", "Le référendum de Montrel se tiendra le 20 juin 2026."),
    ("Montrel referendum", "2026-02-02", "en",
     "The Montrel referendum has been postponed until 12 September 2026."),
    ("Montrel marathon", "2026-02-03", "en", "The Montrel marathon has been postponed until 3 October 2026."),
)  # fmt: skip


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    with closing(Desk(tmp_path_factory.mktemp("kinds"))) as desk:
        for number, (title, day, language, text) in enumerate(ARTICLES):
            dated = f"date: {day}\n" if day else ""
            head = f'title: "{title}"\n{dated}outlet: Le Phare\nlanguage: {language}'
            desk.write(f"{number:02}.md", f"---\n{head}\n---\n\n{text}\n")
        assert desk.ingest().new == len(ARTICLES)
        yield build_chain(desk.parts, None)


def told(chain: Chain, question: str) -> list[str]:
    return [claim.evidence[0].answer_words for claim in chain.invoke(question).claims]


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        ("Où aura lieu le salon du livre de Brécy ?", ["au palais des congrès", "halle aux grains"]),
        ("Où aura lieu le festival d'Ormoy ?", ["au parc des Tilleuls", "place du Marché"]),
        ("Où aura lieu le bal de Tilly ?", ["au gymnase municipal", "salle Vasseur"]),
        ("Where will the Vane inquiry hearing be held?", ["in York", "Leeds"]),
        ("Qui est le directeur du théâtre de Morlange ?", ["Lise Amar", "Yves Caron"]),
        ("Who is the chief executive of Kelby Trust?", ["Rita Moss", "Dan Wells"]),
        ("Who is the head teacher of Ashby School?", ["Tom Price", "Mary Cole"]),
        ("Where will the Holm choir concert take place?", ["to St Mary's Church", "Guildhall"]),
        ("Où se tiendra le marché de Noël de Tessy ?", ["l'esplanade du Château", "place Carnot"]),
        ("Qui dirige la gendarmerie de Tessy ?", ["Jean Moreau", "Luc Petit"]),
        ("Qui est la maire de Saint-Aubin ?", ["Denis Caron", "Louise Arnaud"]),
        ("Who is the director of the Selby museum?", ["Ann Leeds", "Peter Vance"]),
        ("How much will the Ashford dam cost?", ["95 million pounds", "80 million pounds"]),
        ("Combien coûte la piscine de Corvol ?", ["6 millions d'euros", "4 millions d'euros"]),
        ("How many people did the Dent flood kill?", ["12 people", "8 people"]),
        ("How old is the man arrested in Thornby?", ["43", "34"]),
        ("Quand aura lieu le carnaval de Duras ?", ["samedi 21 février", "mardi 17 février"]),
        ("Quand la ministre visitera-t-elle le port de Corvol ?", ["le 16 mars", "le 9 mars"]),
        ("Quand aura lieu la fête du lac d'Elbe ?", ["12 juillet", "le 5 juillet"]),
        ("Quand sera inauguré le port de Sauveterre ?", ["19 September", "le 4 juillet 2026"]),
        ("When will the port of Sauveterre be inaugurated?", ["19 September", "4 juillet 2026"]),
        ("Quand se tiendra le référendum de Montrel ?", ["12 September 2026", "le 20 juin 2026"]),
    ],
)
def test_what_holds_now_is_told_first_and_what_was_said_before_behind_it(
    chain: Chain, question: str, answers: list[str]
):
    answer = chain.invoke(question)
    words = [claim.evidence[0].answer_words for claim in answer.claims]
    assert len(words) == len(answers)
    assert all(right in said for right, said in zip(answers, words, strict=True))
    [differing] = answer.disagreements
    assert {side.evidence for side in differing.sides} == {*answer.citations}
    for item in answer.citations:
        assert item.article.text[item.start : item.end] == item.quote


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        ("Où aura lieu la brocante de Varzy ?", ["sur le quai Nord"]),
        ("Quand aura lieu le bal de Tilly ?", ["le 14 mars"]),
        ("Where will the Oakley festival be held?", ["in Castle Park"]),
        ("Qui est le maire de Duras ?", ["Paul Rey"]),
        ("Qui dirige l'hôpital de Carval ?", ["Anne Rey"]),
        ("Qui dirige le lycée de Lorme ?", ["Marc Tissot"]),
        ("Quand se tiendra l'audience sur l'usine de Brassy ?", ["le 8 juin 2026"]),
    ],
)
def test_what_is_said_of_something_else_changes_nothing(chain: Chain, question: str, answers: list[str]):
    assert told(chain, question) == answers


@pytest.mark.parametrize(
    ("question", "denied", "said"),
    [
        ("Qui est l'auteur de la fusillade de Mezin ?", "n'est pas l'auteur", "Karl Vidal"),
        ("Qui est maire de Valmont ?", "a annulé l'élection", "Claire Dunand"),
        ("Quand aura lieu le concert de Mireille Astor à Lunel ?", "has been cancelled", "le 3 avril"),
    ],
)
def test_what_is_denied_or_called_off_isnt_told_alone(chain: Chain, question: str, denied: str, said: str):
    claims = chain.invoke(question).claims
    assert denied in claims[0].text
    assert [claim.evidence[0].answer_words for claim in claims] == ["", said]


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        ("When will the Holm pier reopen?", ["18 June", "4 June"]),
        ("Comment s'appelle le directeur du zoo de Brest ?", ["Yvan Noël", "Yves Noir"]),
    ],
)
def test_of_articles_without_a_day_both_are_told_and_none_corrects(
    chain: Chain, question: str, answers: list[str]
):
    answer = chain.invoke(question)
    assert sorted(item.answer_words for item in answer.citations) == answers
    assert [one.correction for one in answer.disagreements] == [None]
