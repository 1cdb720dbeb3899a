"""Each rule beside what it must not refuse: the same words turned round, and the same thing reworded."""

import pytest

from rag.schema.article import Article
from rag.schema.evidence import Evidence
from rag.verification.verifier import Verdict, verify


def judged(claim: str, quote: str, language: str, of: str | None = None) -> Verdict:
    article = Article("a", quote, "", "a.txt", "0", language=of or language)
    return verify(claim, [Evidence(article, 0, len(quote))], language=language)


def kinds(verdict: Verdict) -> set[str]:
    return {reason.partition(":")[0] for reason in verdict.reasons}


@pytest.mark.parametrize(
    ("language", "quote", "false", "true", "kind"),
    [
        (
            "fr", "Le directeur, Léo Barsac, a parlé ; Ida Moret, qui conduit l'orchestre, s'est tue.",
            "Ida Moret est la directrice.",
            "Léo Barsac est le directeur.",
            {"relation", "role"},
        ),
        (
            "en", "“It will rain for days,” said expert Ida Moret. But Léo Barsac said the dam held.",
            "Léo Barsac said it would rain for days.",
            "Ida Moret said it would rain for days.",
            {"speaker", "role"},
        ),
        (
            "en", "The union rejected the plan. The council has yet to answer.",
            "The council rejected the plan.",
            "The plan was rejected by the union.",
            {"role"},
        ),
        (
            "fr", "Les quais sont fermés à cause du gel. Les bacs circulent.",
            "Les bacs circulent à cause du gel.",
            "Les quais ont été fermés à cause du gel.",
            {"relation"},
        ),
        (
            "fr", "La dette passe de 2,1 à 3,4 millions d'euros.",
            "La dette passe de 3,4 à 2,1 millions d'euros.",
            "La dette est passée de 2,1 millions d'euros à 3,4 millions.",
            {"order"},
        ),
        (
            "fr", "La juge Ida Moret a entendu le témoin Léo Barsac mardi.",
            "Léo Barsac a entendu Ida Moret mardi.",
            "Le témoin Léo Barsac a été entendu mardi par la juge Ida Moret.",
            {"role", "name"},
        ),
        (
            "en", "Harwick Council sued the builder Tolland over the collapse.",
            "Tolland sued Harwick Council over the collapse.",
            "Tolland was sued by Harwick Council over the collapse.",
            {"role", "name"},
        ),
        (
            "fr", "Ida Moret, adjointe de Léo Barsac, a signé la lettre.",
            "Léo Barsac a signé la lettre.",
            "La lettre a été signée par Ida Moret.",
            {"role", "name"},
        ),
        (
            "en", "The union sent a letter to the minister, who ignored it.",
            "The union received a letter.",
            "The union sent the minister a letter.",
            {"role"},
        ),
        (
            "fr", "La flotte quittera Brisac pour Orlène en mai.",
            "La flotte quittera Orlène pour Brisac en mai.",
            "En mai, la flotte quittera Brisac pour Orlène.",
            {"order"},
        ),
        (
            "en", "Rents fell from 900 to 850 euros in the town.",
            "Rents fell from 850 to 900 euros in the town.",
            "In the town rents fell to 850 euros from 900.",
            {"order"},
        ),
        (
            "fr", "Le barrage a cédé après le passage de la tempête.",
            "Le barrage a cédé avant le passage de la tempête.",
            "Après le passage de la tempête, le barrage a cédé.",
            {"order", "opposite"},
        ),
        (
            "en", "Orlen sold more tickets than Brisac last year.",
            "Brisac sold more tickets than Orlen last year.",
            "Last year Orlen sold more tickets than Brisac.",
            {"comparison", "name"},
        ),
        (
            "fr", "Les ventes ont doublé en un an.",
            "Les ventes ont triplé en un an.",
            "En un an, les ventes ont été multipliées par deux.",
            {"comparison"},
        ),
        (
            "en", "A third of the voters stayed at home.",
            "Most of the voters stayed at home.",
            "A third of voters stayed at home.",
            {"share", "number"},
        ),
        (
            "fr", "Seuls 12 des 40 élus ont signé le texte.",
            "La majorité des élus ont signé le texte.",
            "Sur les 40 élus, 12 ont signé le texte.",
            {"share"},
        ),
        (
            "en", "More than half of the 50 flats are empty.",
            "More than 50 flats are empty.",
            "Of the 50 flats, more than half are empty.",
            {"share"},
        ),
        (
            "fr", "Toutes les communes sauf Brisac ont voté le texte.",
            "Toutes les communes ont voté le texte.",
            "Toutes les communes ont voté le texte, sauf Brisac.",
            {"share"},
        ),
        (
            "fr", "Ida Moret, cousine du ministre Léo Barsac, dirige le musée.",
            "Ida Moret, épouse du ministre Léo Barsac, dirige le musée.",
            "Le musée est dirigé par Ida Moret, cousine du ministre Léo Barsac.",
            {"relation"},
        ),
        (
            "en", "The bridge closed in March. A storm hit the town in March.",
            "The bridge closed in March because of the storm.",
            "The bridge closed in March.",
            {"relation"},
        ),
        (
            "fr", "Six personnes ont été arrêtées et neuf blessées mardi.",
            "Neuf personnes ont été arrêtées mardi.",
            "Mardi, six personnes ont été arrêtées et neuf ont été blessées.",
            {"number"},
        ),
        (
            "en", "In the trial 30 % of adults recovered, against 12 % with the placebo.",
            "In the trial 30 % recovered with the placebo.",
            "In the trial 30 % of adults recovered.",
            {"number"},
        ),
        (
            "fr", "Ida Moret juge le plan utile ; Léo Barsac dénonce un recul pour les écoles.",
            "Selon Ida Moret, le plan est un recul pour les écoles.",
            "Léo Barsac dénonce un recul pour les écoles.",
            {"speaker"},
        ),
        (
            "en", "The fire began in the kitchen, and not in the cellar.",
            "The fire began in the cellar.",
            "The fire began in the kitchen.",
            {"negation"},
        ),
    ],
)  # fmt: skip
def test_the_same_words_turned_round_are_refused_and_reworded_ones_are_not(
    language, quote, false, true, kind
):
    refused = judged(false, quote, language)
    assert refused.status != "supported" and kinds(refused) & kind, refused
    assert judged(true, quote, language) == Verdict("supported")


@pytest.mark.parametrize(
    ("of", "quote", "claim", "kind"),
    [
        ("es", "La alcaldesa rechazó el plan.", "The mayor accepted the plan.", "opposite"),
        ("de", "Die Stadt hat die Steuern gesenkt.", "La ville a augmenté les impôts.", "opposite"),
        ("es", "La empresa no cerrará la fábrica.", "The company will close the factory.", "negation"),
        ("de", "Zwei Menschen starben, sieben wurden verletzt.", "Sept personnes sont mortes.", "number"),
        ("es", "La mayoría de los vecinos apoya el plan.", "Few residents support the plan.", "share"),
    ],
)
def test_quotes_in_spanish_and_german_are_read_by_their_own_words(of, quote, claim, kind, embedder):
    language = "fr" if claim.startswith(("La ville", "Sept")) else "en"
    article = Article("a", quote, "", "a.txt", "0", language=of)
    verdict = verify(claim, [Evidence(article, 0, len(quote))], language=language, read=embedder.read_queries)
    assert verdict.status != "supported" and kind in kinds(verdict), verdict


def test_not_before_is_at_the_earliest():
    quote = "Le pont rouvrira au plus tôt le 4 mai 2026."
    assert judged("Le pont ne rouvrira pas avant le 4 mai 2026.", quote, "fr") == Verdict("supported")
