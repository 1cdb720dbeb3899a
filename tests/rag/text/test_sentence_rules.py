"""Leaving rules out where they have nothing to do gives the sentences that pysbd gives."""

from __future__ import annotations

from pathlib import Path

import pysbd
import pysbd.languages
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rag.text.sentence_rules import segments

EXAMPLES = sorted((Path(__file__).parents[3] / "examples" / "articles").glob("*.*"))
# Whatever one of the rules looks for, with what must stand around it.
SIGNS = [
    *" \r\n\t.!?…:;,'\"«»“”‘’()[]-°&ƪ∯♨☝ȸ♬♟∮Aa1é",
    *(
        " Co. KG",
        "'s ",
        "A. B",
        " U.S. The ",
        "p.m. He",
        "P.M. He",
        "etc. ",
        " no. 5",
        " art. (",
        "Mr. ",
        "co. ",
    ),
    *("M. ", "av. J.-C.", " a.m. ", "a m. ", " vs. ", " Éd. ", "tél. 4", " ſec. ", " ıd. ", "c.-à-d. "),
    *(
        "1. ",
        "2. ",
        " 3.) ",
        "1) ",
        "2) ",
        "a. ",
        " b. ",
        "c) ",
        "(d) ",
        "i) ii) ",
        "- 4. ",
        "(iv) A",
        "for 1. a",
    ),
    *("3.5", "1.234,5", " .5", "\r7. x", "12. x", "5°. 12", ".[12] A", ".12 A", "x .pdf ", "a.b@c.fr "),
    *(
        "...",
        ". . . ",
        " . . . . ",
        ".... A",
        "?!",
        "!!!",
        "!?",
        "??? ",
        "Yahoo! ",
        "!Kung ",
        "! et",
        "!, a",
        "?' ",
    ),
    *(
        "'oui' ",
        " 'non",
        '"Si." Il',
        " (a. B! c?) D",
        "[x. y]",
        "--un. deux--",
        "«un. deux»",
        "“A.” B",
        "‘c.’ ",
    ),
    *('" (non) "', "mot", "Le ", "Il ", "The ", "est "),
]
texts = st.lists(st.sampled_from(SIGNS), max_size=40).map("".join)


def expected(text: str, language: str) -> list[str]:
    return pysbd.Segmenter(language=language, clean=False, char_span=True).processor(text).process() or []


@settings(max_examples=600)
@given(texts, st.sampled_from(["fr", "en"]))
@example("Le co. et le CO. de la Co. ici. Une phrase.", "fr")
@example("See no. 5 and No. 6. St. Mary and Mr. Hall met at 5 p.m. He left.", "en")
def test_the_sentences_are_those_of_every_rule(text: str, language: str):
    assert segments(text, language) == expected(text, language)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_real_articles_have_the_sentences_of_every_rule(path: Path, language: str):
    text = path.read_text(encoding="utf-8", errors="replace")
    assert segments(text, language) == expected(text, language)


@pytest.mark.parametrize("language", sorted(pysbd.languages.LANGUAGE_CODES))
def test_other_languages_rules_are_run_whole(language: str):
    text = "M. X a dit : « Oui. » (1) 3.5 % en 2024. 他说。 Ende. Κάτι; यह।"
    assert segments(text, language) == expected(text, language)


@pytest.mark.parametrize("language", [None, "", "xx"])
def test_an_unknown_language_has_the_rules_of_english(language: str | None):
    text = "Mr. Hall met St. Mary. He left at 5 p.m. She stayed."
    assert segments(text, language) == expected(text, "en")
