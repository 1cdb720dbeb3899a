"""What is answered from sentences on offer, without a model that writes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from questions import parsed

from rag.generation.claim_checker import ClaimChecker
from rag.generation.composition import Composed, composed
from rag.query.intent import read_intent
from rag.schema.evidence import Evidence
from rag.schema.hit import Hit
from rag.text.analyzer import terms
from rag.text.folding import flatten
from rag.text.sentences import split_sentences

POOLS = {
    "La piscine d'Orvanne fermée jusqu'en mars": (
        "La piscine municipale d'Orvanne a fermé ses portes lundi. La facture de gaz ne permet plus de"
        " chauffer le grand bassin. Le maire espère rouvrir en mars."
    ),
    "Toury renonce à chauffer sa piscine": "La piscine de Toury a été fermée dimanche soir.",
    "À Brécy, le bassin restera ouvert": "La commune de Brécy ne fermera pas sa piscine.",
    "Saint-Aubert ferme aussi son bassin": (
        "Saint-Aubert ferme sa piscine. L'eau sera vidée lundi. La mairie met en avant une chaudière usée."
    ),
}
SUMMIT = {
    "Un sommet à Oslo": (
        "Le président des États-Unis Ann Blake et son homologue norvégien Olav Berg se sont entretenus. Le"
        " sommet a eu lieu lundi 3 mars à Oslo. Du côté norvégien, Kari Lund et Nils Moe ; du côté américain,"
        " John Reed."
    )
}


@pytest.fixture
def answered(make_article, embedder):
    def answer(question: str, articles: dict[str, str]) -> Composed:
        offered, hits = [], []
        for title, text in articles.items():
            article = make_article(text, title=title, language="fr")
            spans = tuple(split_sentences(text, "fr"))
            hits.append(Hit(title, article, 0, len(text), 0.5, spans))
            offered += [
                Evidence(
                    article,
                    span.start,
                    span.end,
                    0.5 / (1 + place),
                    before=tuple(reversed(spans[:place])),
                    after=spans[place + 1 : place + 2],
                )
                for place, span in enumerate(spans)
            ]
        idf = dict.fromkeys(terms(question, "fr"), 1.0)
        asked = replace(parsed(question), intent=read_intent(question, flatten(question), "fr"))
        return composed(ClaimChecker(asked, tuple(offered), idf, embedder), hits)

    return answer


def words(found: Composed) -> list[str]:
    return [item.answer_words for claim in found.claims for item in claim.evidence]


def test_a_list_is_gathered_over_articles_and_may_go_on(answered):
    found = answered("Quelles communes ont fermé leur piscine ?", POOLS)
    assert sorted(words(found)) == ["Orvanne", "Saint-Aubert", "Toury"]
    assert found.incomplete


def test_a_negated_list_has_those_that_did_not(answered):
    assert words(answered("Quelles communes n'ont pas fermé leur piscine ?", POOLS)) == ["Brécy"]


def test_a_list_without_names_of_the_sort_quotes_those_that_say_it_and_no_denial(answered):
    found = answered("Quels maires ont fermé leur piscine ?", POOLS)
    assert found.incomplete
    said = [claim.text for claim in found.claims]
    assert said
    assert not any("ne fermera pas" in text or "espère" in text for text in said)


def test_a_yes_no_question_has_a_verdict_and_its_quote(answered):
    found = answered("Brécy va-t-elle fermer sa piscine ?", POOLS)
    assert found.verdict == "no"
    assert [claim.text for claim in found.claims] == ["La commune de Brécy ne fermera pas sa piscine."]


def test_what_no_sentence_says_is_neither_yes_nor_no(answered):
    found = answered("Toury a-t-elle vendu sa piscine ?", POOLS)
    assert (found.verdict, found.claims) == (None, ())
    assert found.refusal


def test_two_who_differ_are_named_over_their_sides(answered):
    found = answered(
        "La maternité a-t-elle fermé ?",
        {
            "Maternité : ce que dit la ville": "La maternité a fermé lundi, a déclaré Nadia Ferri.",
            "Maternité : ce que dit l'État": "La maternité n'a pas fermé, a répondu Paul Roux.",
        },
    )
    assert found.verdict == "disputed"
    assert [claim.heading for claim in found.claims] == ["Oui, selon Nadia Ferri", "Non, selon Paul Roux"]


def test_who_is_with_somebody_is_looked_for_in_every_sentence_that_was_found(answered):
    assert words(answered("Qui accompagnait Olav Berg ?", SUMMIT)) == ["Kari Lund et Nils Moe"]


def test_who_somebody_is_stands_beside_his_name(answered):
    assert words(answered("Qui est Olav Berg ?", SUMMIT)) == ["son homologue norvégien"]


def test_a_reason_is_taken_from_the_sentence_that_tells_it(answered):
    found = answered(
        "Pourquoi Saint-Aubert ferme-t-elle sa piscine ?", {k: POOLS[k] for k in list(POOLS)[3:]}
    )
    assert words(found)[0] == "une chaudière usée"


BUS = {
    "Un car quitte la route": (
        "Un car est sorti de la route mardi. Personne n'a été blessé. L'alcool n'est pas en cause."
        " Le verglas serait en cause."
    ),
}
MUSEUM = {"Le musée ferme": "Après Orvanne, le musée de Toury ferme ses portes."}


def test_a_reason_is_looked_for_near_what_happened_and_none_that_is_denied(answered):
    assert words(answered("Pourquoi le car est-il sorti de la route ?", BUS)) == ["Le verglas"]


def test_what_happened_before_is_no_reason_and_that_none_is_given_is_said(answered):
    found = answered("Pourquoi le musée de Toury ferme-t-il ?", MUSEUM)
    assert not any(words(found))
    assert found.missing == ("Pourquoi le musée de Toury ferme-t-il ?",)


GRANT = {
    "Le conte en péril": (
        "En février, la région a retiré sa subvention au festival du conte. Une collecte lancée en mars a"
        " rapporté 61 400 euros."
    )
}


def test_what_follows_is_no_reason_unless_it_is_read_as_one(answered):
    found = answered("Pourquoi la région a-t-elle retiré sa subvention au festival du conte ?", GRANT)
    assert not any(words(found))
    assert found.claims[0].evidence[0].quote.startswith("En février")


PACT = {
    "Un sommet à Oslo": (
        "Ann Blake et Olav Berg se sont vus à Oslo. Nous sommes d'accord sur la pêche, a dit Olav Berg. Il"
        " n'y a pas d'accord tant que rien n'est signé, a dit Ann Blake."
    )
}


TREATY = {
    "Un sommet à Oslo": (
        "Ann Blake et Olav Berg se sont vus à Oslo. « Les échanges ont été francs. Nous espérons que l'accord"
        " auquel nous sommes parvenus ouvrira la voie à la paix en Norvège », a déclaré Olav Berg. « Nous"
        " étions d'accord sur de nombreux points. Il n'y aura donc pas d'accord tant qu'il n'y aura pas"
        " d'accord », a souligné Ann Blake."
    )
}


@pytest.mark.parametrize(
    "question",
    [
        "Un accord a-t-il été trouvé ?",
        "Un accord a-t-il été conclu ?",
        "Ont-ils conclu un accord ?",
        "Ann Blake et Olav Berg ont-ils trouvé un accord ?",
        "Sont-ils parvenus à un accord ?",
        "Y a-t-il eu un accord ?",
        "Y a-t-il un accord entre Blake et Berg ?",
    ],
)
def test_whether_an_agreement_was_reached_has_each_side_with_its_speaker(answered, question):
    found = answered(question, TREATY)
    assert found.verdict == "disputed"
    assert [claim.heading for claim in found.claims] == ["Oui, selon Olav Berg", "Non, selon Ann Blake"]
    assert "auquel nous sommes parvenus" in found.claims[0].text
    assert "pas d'accord" in found.claims[1].text


def test_a_side_inside_a_long_quotation_has_the_speaker_who_closes_it(answered):
    found = answered(
        "La maternité a-t-elle fermé ?",
        {
            "Maternité : ce que dit la ville": (
                "« La maternité a fermé lundi. Nous le regrettons », a déclaré Nadia Ferri."
            ),
            "Maternité : ce que dit l'État": "La maternité n'a pas fermé, a répondu Paul Roux.",
        },
    )
    assert [claim.heading for claim in found.claims] == ["Oui, selon Nadia Ferri", "Non, selon Paul Roux"]


def test_what_was_agreed_has_both_sides(answered):
    found = answered("Sur quoi Ann Blake et Olav Berg se sont-ils mis d'accord ?", PACT)
    assert words(found)[0] == "la pêche"
    assert "pas d'accord" in words(found)[1]
    assert found.incomplete


PHARMACY = {
    "La caissière de Toury condamnée": (
        "La caissière devra payer 2 000 euros d'amende et rembourser la mutuelle. Elle avait encaissé des"
        " soins fictifs, en se servant des cartes d'anciens clients. Le parquet avait requis un an."
    ),
}
MATCH = {
    "Orvanne bat Brécy": "Orvanne a battu Brécy 22 à 19 dans la boue du stade Morel.",
}


@pytest.mark.parametrize(
    ("question", "articles", "expected"),
    [
        (
            "Comment la caissière escroquait-elle la mutuelle ?",
            PHARMACY,
            "en se servant des cartes d'anciens clients",
        ),
        ("Comment Orvanne a-t-il battu Brécy ?", MATCH, ""),
    ],
)
def test_how_is_told_by_the_sentence_with_the_means_and_else_no_words_are_marked(
    answered, question, articles, expected
):
    assert words(answered(question, articles)) == [expected]


def test_which_ones_is_told_by_the_sentence_that_enumerates_them(answered):
    text = (
        "Le conseil de Toury a voté le stationnement payant. Deux rues échappent au dispositif : la rue du"
        " Lavoir et l'allée Morel."
    )
    found = answered("Quelles rues de Toury échappent au stationnement payant ?", {"Toury se gare": text})
    assert words(found) == ["la rue du Lavoir et l'allée Morel"]
    assert not found.incomplete
