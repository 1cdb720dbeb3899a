"""Who does what to whom, by the order of words and lists of verbs."""

import pytest

from rag.extraction.analysed_sentence import AnalysedSentence


def told(text: str, language: str, verb: str) -> tuple[set[str], set[str]]:
    """The words of who does it and of what it is done to."""
    said = AnalysedSentence(text, language)
    words = said.marked_words
    (found,) = [one for one in said.predicates if words[one.index].exact == verb]
    return {words[k].exact for k in found.agents}, {words[k].exact for k in found.patients}


@pytest.mark.parametrize(
    ("language", "text", "verb", "agents", "patients"),
    [
        ("fr", "Le maire a signé la lettre.", "signé", {"maire"}, {"lettre"}),
        ("fr", "La lettre a été signée par Ida Moret.", "signée", {"ida", "moret"}, {"lettre"}),
        ("fr", "Battu par Orlène, Brisac recule.", "battu", {"orlène"}, {"brisac"}),
        ("fr", "Moret, adjointe au maire, a signé la lettre.", "signé", {"moret", "adjointe"}, {"lettre"}),
        ("fr", "Une lettre de Barsac, qui exige des excuses.", "exige", {"lettre", "barsac"}, {"excuses"}),
        ("fr", "Les prix ont baissé de 3 %.", "baissé", {"prix"}, set()),
        ("en", "Residents of Skelby rejected the quarry.", "rejected", {"residents"}, {"quarry"}),
        ("en", "The quarry was rejected by residents.", "rejected", {"residents"}, {"quarry"}),
        ("en", "The report was delivered late and has been published.", "published", set(), {"report"}),
        ("es", "El alcalde criticó el plan.", "criticó", {"alcalde"}, {"plan"}),
        ("de", "Die Gewerkschaft lehnte das Angebot ab.", "lehnte", {"gewerkschaft"}, {"angebot"}),
    ],
)  # fmt: skip
def test_a_verb_has_its_subject_and_its_object(language, text, verb, agents, patients):
    assert told(text, language, verb) == (agents, patients)


@pytest.mark.parametrize(
    ("language", "text"),
    [("fr", "Une hausse des prix."), ("en", "The support of the town."), ("pt", "O presidente assinou.")],
)
def test_what_is_no_verb_or_in_another_language_has_no_subject(language, text):
    assert AnalysedSentence(text, language).predicates == ()
