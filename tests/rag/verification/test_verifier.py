"""Claims are held to their quotes: the labelled set, exact cases, and what always holds."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from labelled_claims import evidence_of

from ingest.converters.registry import read_article
from rag.schema.article import Article
from rag.schema.evidence import Evidence
from rag.text.sentences import split_sentences
from rag.verification.verifier import REASON_KINDS, Verdict, refers, verify

SET = yaml.safe_load((Path(__file__).parents[2] / "data" / "verification.yaml").read_text(encoding="utf-8"))


def article_of(
    text: str,
    language: str = "fr",
    title: str = "",
    outlet: str | None = None,
    published_at: str | None = None,
) -> Article:
    return Article(
        "a", text, title, "a.txt", "0", outlet=outlet, language=language, published_at=published_at
    )


def verify_wider(claim: str, evidence: list[Evidence], language: str | None) -> Verdict:
    """As claims are checked: a name that the quotes lack may be in the sentences around them."""
    verdict = verify(claim, evidence, language=language)
    if verdict.reasons and all(reason.startswith("reference:") for reason in verdict.reasons):
        wider = zip(*(item.widened() for item in evidence), strict=False)
        return Verdict("supported") if any(refers(claim, cited, language) for cited in wider) else verdict
    return verdict


def check(claim: str, quote: str, language: str | None = None, **article: str) -> Verdict:
    about = article_of(article.pop("text", quote), **article)
    return verify_wider(claim, evidence_of(about, quote), language or about.language)


# --- the labelled set ---

EXAMPLES = Path(__file__).parents[3] / "examples" / "articles"


def listed(item: dict[str, str]) -> Article:
    """An article of the set: written there, or a file of the examples."""
    if "file" in item:
        return read_article((EXAMPLES / item["file"]).read_bytes(), item["file"])
    return article_of(item["text"], item["language"], item["title"], item["outlet"], item["published_at"])


ARTICLES = {item["id"]: listed(item) for item in SET["articles"]}


@dataclass(frozen=True)
class Row:
    """How claims of one kind were judged: `refused` are those not supported."""

    kind: str
    pairs: int
    refused: int

    @property
    def share(self) -> float:
        return self.refused / self.pairs


def judged() -> list[Row]:
    """One row for the right claims (`ok`) and one for each kind of error."""
    pairs: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    for pair in SET["pairs"]:
        article = ARTICLES[pair["article"]]
        language = pair.get("language", article.language)
        verdict = verify_wider(pair["claim"], evidence_of(article, pair["quote"]), language)
        pairs[pair["label"]] += 1
        refused[pair["label"]] += verdict.status != "supported"
    return [Row(kind, pairs[kind], refused[kind]) for kind in sorted(pairs)]


def table(rows: list[Row]) -> str:
    """The rows as text: kind, pairs, refused, share."""
    lines = [f"{row.kind:<10} {row.pairs:>4} {row.refused:>4} {row.share:6.1%}" for row in rows]
    return "\n".join(["kind      pairs refused", *lines])


def test_the_labelled_set_is_judged_as_well_as_stated():
    """The rules were tuned on this set: it guards against losing what they can do.

    On claims that they had never seen they did less: of the last 90 pairs, before anything was changed
    for them, 76 % of the wrong ones were refused and 11 % of the right ones.
    """
    rows = judged()
    wrong = [row for row in rows if row.kind != "ok"]
    (right,) = [row for row in rows if row.kind == "ok"]
    caught, all_wrong = sum(row.refused for row in wrong), sum(row.pairs for row in wrong)
    print(table(rows))
    assert caught / all_wrong >= 0.98, table(rows)
    assert right.refused == 0, table(rows)
    assert caught / (caught + right.refused) >= 0.98, table(rows)
    assert all(row.share >= 0.92 for row in wrong), table(rows)


def test_the_set_is_large_and_covers_every_kind():
    labels = Counter(pair["label"] for pair in SET["pairs"])
    assert len(SET["pairs"]) >= 400
    assert set(labels) <= {"ok", *REASON_KINDS}
    assert set(labels) >= {"ok", "number", "date", "name", "negation", "opposite", "modality", "speaker"}
    languages = Counter(pair.get("language", ARTICLES[pair["article"]].language) for pair in SET["pairs"])
    assert set(languages) == {"fr", "en"} and min(languages.values()) >= 150


@pytest.mark.parametrize("kind", ["number", "date", "negation", "opposite", "modality"])
def test_most_refusals_say_what_is_wrong(kind):
    named = refused = 0
    for pair in SET["pairs"]:
        if pair["label"] == kind:
            article = ARTICLES[pair["article"]]
            language = pair.get("language", article.language)
            verdict = verify(pair["claim"], evidence_of(article, pair["quote"]), language=language)
            refused += verdict.status != "supported"
            named += any(reason.split(":")[0] == kind for reason in verdict.reasons)
    assert named / refused >= 0.85


# --- exact cases ---


@pytest.mark.parametrize(
    ("claim", "quote", "verdict"),
    [
        (
            "La ville compte 13 000 habitants.",
            "La ville compte 12 000 habitants.",
            Verdict("contradicted", ("number:13 000",)),
        ),
        (
            "La ville compte 12 000 habitants et 3 écoles.",
            "La ville compte 12 000 habitants et des écoles.",
            Verdict("unsupported", ("number:3",)),
        ),
        (
            "Le sommet a eu lieu le 17 août.",
            "Le sommet a eu lieu le 16 août.",
            Verdict("unsupported", ("date:17 août",)),
        ),
        (
            "Lavrov a signé la lettre.",
            "Le ministre a signé la lettre.",
            Verdict("unsupported", ("name:Lavrov",)),
        ),
        (
            "Le maire a signé la lettre.",
            "Le maire n'a pas signé la lettre.",
            Verdict("contradicted", ("negation:signé",)),
        ),
        (
            "Les prix ont augmenté en mai.",
            "Les prix ont baissé en mai.",
            Verdict("contradicted", ("opposite:augmenté",)),
        ),
        (
            "Le maire a signé la lettre.",
            "Le maire pourrait signer la lettre.",
            Verdict("unsupported", ("modality:signé",)),
        ),
        (
            "La récolte de cerises a été bonne.",
            "Le conseil a voté le budget de la piscine.",
            Verdict("unsupported", ("coverage",)),
        ),
        (
            "L'État paie 45 % des travaux et la région 30 %.",
            "La région paie 45 % des travaux, l'État 30 %.",
            Verdict("unsupported", ("number:30 %",)),
        ),
        (
            "Arlac a battu Montel 3 à 1.",
            "Montel a battu Arlac 3 à 1.",
            Verdict("unsupported", ("name:Arlac",)),
        ),
        (
            "Le ministre Jean Morel a démissionné lundi.",
            "Le ministre Jean Morel a parlé lundi.",
            Verdict("unsupported", ("coverage",)),
        ),
        ("", "Le conseil a voté le budget.", Verdict("unsupported", ("coverage",))),
        ("Oui.", "Le conseil a voté le budget.", Verdict("unsupported", ("coverage",))),
    ],
)
def test_a_reason_names_the_words(claim, quote, verdict):
    assert check(claim, quote) == verdict


@pytest.mark.parametrize(
    ("quote", "language", "claim"),
    [
        (quote, "fr", "Le conseil a examiné le budget avec la région mardi, sans le publier.")
        for quote in (
            "Le conseil a examiné le budget avec la région mardi à l'université.",
            "Le conseil unanime a examiné le budget avec la région mardi.",
            "Le conseil a examiné le budget avec la région et la banque mardi.",
            "Le conseil a examiné le budget avec la région mardi dans la banlieue.",
            "Le conseil a examiné le budget avec la région et le secteur privé mardi.",
            "Le conseil a examiné le budget avec la région et les fermiers mardi.",
            "Le conseil a examiné le budget avec la région et la nièce du maire mardi.",
            "Le conseil a examiné le budget unique avec la région mardi.",
            "Le conseil a examiné fermement le budget avec la région mardi.",
        )
    ]
    + [
        (quote, "en", "The council examined the budget with the region on Tuesday, without publishing it.")
        for quote in (
            "The council examined the budget with the region and the United bank on Tuesday.",
            "The council examined the budget with the region on Tuesday at the university.",
            "The council examined the budget with the region and the union on Tuesday.",
            "The council examined the underlying budget with the region on Tuesday.",
            "The unanimous council examined the budget with the region on Tuesday.",
            "The council examined the budget with the region and his niece on Tuesday.",
            "The council examined the budget closely with the region on Tuesday.",
        )
    ],
)
def test_a_denial_that_no_quote_has_is_refused_beside_words_that_only_begin_like_one(quote, language, claim):
    article = article_of(quote, language)
    verdict = verify(claim, evidence_of(article, quote), language=language)
    assert verdict.status == "unsupported"
    assert verdict.reasons[0].startswith("negation:")


@pytest.mark.parametrize(
    ("quote", "language", "claim"),
    [
        ("Le conseil a rejeté le budget mardi.", "fr", "Le conseil n'a pas accepté le budget mardi."),
        (
            "The council rejected the budget on Tuesday.",
            "en",
            "The council did not adopt the budget on Tuesday.",
        ),
    ],
)
def test_a_denial_may_be_told_by_another_that_denies_by_its_meaning(quote, language, claim):
    article = article_of(quote, language)
    assert not any(
        reason.startswith("negation:")
        for reason in verify(claim, evidence_of(article, quote), language=language).reasons
    )


@pytest.mark.parametrize(
    ("quote", "claim", "language"),
    [
        ("Le ministre n'a pas lu le document.", "Le ministre a lu le document.", "fr"),
        ("Le maire n'a jamais quitté le parlement.", "Le maire a quitté le parlement.", "fr"),
        ("Le préfet a libéré les otages.", "Le préfet n'a pas libéré les otages.", "fr"),
        ("The mayor never met the family.", "The mayor met the family.", "en"),
    ],
)
def test_a_negation_is_found_whatever_its_words_end_in(quote, claim, language):
    article = article_of(quote, language)
    assert verify(claim, evidence_of(article, quote), language=language).status == "contradicted"


def test_a_speaker_is_the_one_whom_the_article_names():
    text = (
        "Les deux présidents ont parlé. « Nous saluons l'engagement de Jean Morel. La paix est proche »,"
        " a déclaré Paul Ravier. Jean Morel a écouté."
    )
    quote = "« Nous saluons l'engagement de Jean Morel."
    assert check("Paul Ravier salue l'engagement de Jean Morel.", quote, text=text).status == "supported"
    assert check("Lise Anton a salué l'engagement de Jean Morel.", quote, text=text).reasons == (
        "name:Lise Anton",
    )
    inner = "La paix est proche »"
    assert check("Selon Paul Ravier, la paix est proche.", inner, text=text).status == "supported"
    assert check("Selon Jean Morel, la paix est proche.", inner, text=text).reasons == ("speaker:Jean Morel",)


@pytest.mark.parametrize(
    ("claim", "supported"),
    [("La commune compte 300 habitants.", True), ("La commune compte 3001 habitants.", False)],
)
def test_the_call_of_a_note_is_no_digit(claim, supported):
    assert (
        check(claim, "La commune compte 300¹ habitants, selon la mairie.").status == "supported"
    ) is supported


def test_names_may_come_from_the_article_but_numbers_may_not():
    text = "Anna Velde dirige l'usine de Bram. Elle emploie 40 personnes. En 1990, 7 ateliers existaient."
    quote = "Elle emploie 40 personnes."
    assert check("L'usine d'Anna Velde emploie 40 personnes.", quote, text=text).status == "supported"
    assert check("L'usine emploie 40 personnes dans 7 ateliers.", quote, text=text).status == "unsupported"


def test_the_title_the_outlet_and_the_day_of_publication_count_as_evidence():
    quote = "La crue a fait des dégâts."
    article = {
        "title": "Crue à Bram : 12 maisons détruites",
        "outlet": "Le Fanal",
        "published_at": "2025-03-02",
    }
    claim = "Le Fanal rapporte le 2 mars 2025 que la crue a fait des dégâts à Bram."
    assert check(claim, quote, **article) == Verdict("supported")
    assert check("La crue a détruit 12 maisons.", quote, **article) == Verdict("supported")
    assert check("La crue du 3 mars a fait des dégâts.", quote, **article).reasons == ("date:3 mars",)


def test_a_weekday_is_read_from_the_day_of_publication_both_ways():
    quote = "Ils se sont rencontrés samedi."
    assert (
        check("Ils se sont rencontrés le 16 août 2025.", quote, published_at="2025-08-17").status
        == "supported"
    )
    assert check("Ils se sont rencontrés le 16 août 2025.", quote).status == "unsupported"
    stated = "Ils se sont rencontrés le 16 août 2025."
    assert check("Ils se sont rencontrés samedi.", stated).status == "supported"
    assert check("Ils se sont rencontrés hier.", stated, published_at="2025-08-17").status == "supported"
    assert check("Ils se sont rencontrés dimanche.", stated).status == "unsupported"


def test_words_of_the_question_are_no_evidence():
    article = article_of("Trump et Poutine se sont entretenus samedi 16 août 2025 en Alaska.")
    evidence = evidence_of(article, article.text)
    question = "Trump et Poutine ont-ils signé un accord samedi 16 août en Alaska ?"
    claim = "Trump et Poutine ont signé un accord samedi 16 août en Alaska."
    assert verify(claim, evidence, question, "fr") == Verdict("unsupported", ("coverage",))
    met = "Trump et Poutine se sont rencontrés samedi 16 août en Alaska."
    assert verify(met, evidence, "Où se sont-ils rencontrés ?", "fr") == Verdict("supported")


def test_names_cross_languages_by_table_and_by_sound():
    quote = "Vladimir Poutine et Sergueï Lavrov ont quitté Moscou pour les États-Unis."
    claim = "Vladimir Putin and Sergei Lavrov left Moscow for the United States."
    assert check(claim, quote, "en") == Verdict("supported")
    assert check("Vladimir Putin left Kyiv for the United States.", quote, "en").reasons == ("name:Kyiv",)
    assert check("Martin left Moscow.", "Morton a quitté Moscou.", "en").reasons == ("name:Martin",)


def test_similarity_decides_coverage_only_across_languages():
    evidence = evidence_of(article_of("Le chat dort sur le tapis rouge."), "Le chat dort sur le tapis rouge.")
    assert (
        verify("The cat sleeps on the red carpet.", evidence, language="en", similarity=0.9).status
        == "supported"
    )
    assert verify("The budget was adopted.", evidence, language="en", similarity=0.7) == Verdict(
        "unsupported", ("coverage",)
    )
    assert (
        verify("Le chat dort sur le tapis rouge.", evidence, language="fr", similarity=0.1).status
        == "supported"
    )


def test_words_of_two_languages_are_compared_by_their_vectors(embedder):
    evidence = evidence_of(article_of("Le chat dort sur le tapis rouge."), "Le chat dort sur le tapis rouge.")

    def judged(claim: str) -> Verdict:
        return verify(claim, evidence, language="en", read=embedder.read_queries)

    assert judged("The cat sleeps on the red carpet.") == Verdict("supported")
    assert judged("The budget was adopted.").status == "unsupported"
    assert judged("The dog sleeps on the red carpet.").status == "unsupported"


def test_no_encoder_is_asked_within_one_language():
    evidence = evidence_of(article_of("Le chat dort sur le tapis rouge."), "Le chat dort sur le tapis rouge.")

    def read(_: object) -> list:
        raise AssertionError("nothing is to be read")

    assert verify("Le chat dort sur le tapis.", evidence, language="fr", read=read) == Verdict("supported")


def test_several_quotes_support_one_claim_together():
    text = "La ligne mesure 11 km. Le chantier coûtera 387 millions d'euros. Le maire est content."
    article = article_of(text)
    evidence = evidence_of(article, "La ligne mesure 11 km. ++ Le chantier coûtera 387 millions d'euros.")
    claim = "La ligne, longue de 11 km, coûtera 387 millions d'euros."
    assert verify(claim, evidence, language="fr") == Verdict("supported")
    assert verify(claim, evidence[:1], language="fr").status == "unsupported"


# --- what always holds ---

SENTENCES = [
    (article, span)
    for article in ARTICLES.values()
    for span in split_sentences(article.text, article.language)
]


@pytest.mark.parametrize("stated", [True, False], ids=["language-stated", "language-unknown"])
def test_a_claim_copied_from_its_evidence_is_supported(stated):
    for article, span in SENTENCES:
        verdict = verify(
            article.text[span.start : span.end],
            [Evidence(article, span.start, span.end)],
            language=article.language if stated else None,
        )
        assert verdict == Verdict("supported"), article.text[span.start : span.end]


@given(st.integers(0, len(SENTENCES) - 1), st.integers(0, 3), st.integers(0, 3))
@settings(max_examples=150, deadline=None)
def test_more_context_never_unsays_a_copied_sentence(index, before, after):
    article, span = SENTENCES[index]
    spans = [s for a, s in SENTENCES if a is article]
    place = spans.index(span)
    around = spans[max(0, place - before) : place + after + 1]
    evidence = [Evidence(article, s.start, s.end) for s in around]
    assert verify(article.text[span.start : span.end], evidence, language=article.language) == Verdict(
        "supported"
    )


@given(st.text(max_size=200), st.text(min_size=1, max_size=200), st.sampled_from(["fr", "en", "ar", None]))
@settings(deadline=None)
def test_any_claim_on_any_text_gets_a_verdict_with_documented_reasons(claim, text, language):
    verdict = verify(claim, [Evidence(article_of(text, "fr"), 0, len(text))], language=language)
    assert (verdict.status == "supported") == (verdict.reasons == ())
    assert {reason.split(":")[0] for reason in verdict.reasons} <= set(REASON_KINDS)


@given(st.sampled_from([pair for pair in SET["pairs"] if pair["label"] == "ok"]), st.integers(10_000, 99_999))
@settings(max_examples=60, deadline=None)
def test_a_number_from_nowhere_is_never_supported(pair, number):
    article = ARTICLES[pair["article"]]
    claim = f"{pair['claim']} {number} kg."
    language = pair.get("language", article.language)
    assert verify(claim, evidence_of(article, pair["quote"]), language=language).status != "supported"


@pytest.mark.parametrize(
    ("quote", "claim"),
    [
        ("La commune a reçu deux\nmille euros.", "La commune a reçu 2 000 euros."),
        ("Le pont rouvrira le 16\naoût 2025.", "Le pont rouvrira le 16 août 2025."),
    ],
)
def test_a_soft_line_break_inside_a_number_or_a_date_hides_nothing(quote, claim):
    assert check(claim, quote, published_at="2025-08-01") == Verdict("supported")


@pytest.mark.parametrize(
    ("claim", "checked"),
    [
        ("Le conseil a voté.", ("roles", "negation", "words")),
        (
            "Anne Velde a dit le 4 mai que le conseil a voté 12 mesures.",
            ("names", "numbers", "dates", "speaker", "roles", "negation", "words"),
        ),
    ],
)
def test_what_there_is_to_compare_is_told_beside_the_verdict(claim, checked):
    quote = "Anne Velde a dit le 4 mai que le conseil a voté 12 mesures."
    verdict = verify(claim, evidence_of(article_of(quote), quote), language="fr")
    assert verdict.checked == checked


def test_words_of_two_languages_count_as_compared_only_if_they_were_read(embedder):
    evidence = evidence_of(article_of("Le conseil a voté."), "Le conseil a voté.")
    assert "words" not in verify("The council voted.", evidence, language="en").checked
    read = verify("The council voted.", evidence, language="en", read=embedder.read_queries)
    assert "words" in read.checked


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        ("Le chantier de la halle a coûté 2,5 millions d'euros.", "supported"),
        ("Le chantier de la halle a coûté deux millions et demi d'euros.", "supported"),
        ("Le chantier de la halle a coûté 5 millions d'euros.", "contradicted"),
        ("Le chantier de la halle a coûté cinq millions d'euros.", "contradicted"),
        ("Le chantier de la halle a coûté 4 millions d'euros.", "contradicted"),
    ],
)
def test_a_decimal_in_words_is_one_number(claim: str, status: str):
    quote = "Le chantier de la halle de Brissac a coûté deux virgule cinq millions d'euros, selon la mairie."
    article = article_of(quote, "fr")
    assert verify(claim, evidence_of(article, quote), language="fr").status == status
