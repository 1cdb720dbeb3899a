import random

import pytest

from rag.text.sentences import split_sentences
from training.synthesis import NameSwapper, french_questions, measure_swapped, quotation_passage, roughened

TEXT = (
    "Le pont de Normandie a été inauguré en 1995 par le ministre Édouard Balladur près du port du Havre. "
    "Marie Curie, qui a reçu deux prix Nobel, est née à Varsovie dans une famille d'enseignants. "
    "La commune compte 12 400 habitants et trois écoles publiques depuis la rentrée."
)


@pytest.mark.parametrize("seed", range(5))
def test_made_questions_have_their_answers_in_the_text(seed):
    made = french_questions(TEXT, split_sentences(TEXT, "fr"), random.Random(seed))
    asked = {TEXT[one.start : one.end]: one for one in made}
    assert "Marie Curie" in asked
    assert {"date", "number", "relative"} <= {one.kind for one in made}
    for words, one in asked.items():
        assert words == words.strip()
        assert words not in one.question or one.kind == "apposition"


def test_a_swapped_name_stood_in_the_same_place_and_is_not_in_the_passage():
    swapper = NameSwapper()
    swapper.add("Quand le pont de Brotonne a-t-il été inauguré ?", "fr", "another")
    swapper.add("Quand le pont de Normandie a-t-il été inauguré ?", "fr", "this")
    swapped = swapper.swapped(
        "Quand le pont de Normandie a-t-il été inauguré ?", "fr", "this", TEXT, random.Random(0)
    )
    assert swapped == "Quand le pont de Brotonne a-t-il été inauguré ?"
    in_text = TEXT + " Le pont de Brotonne est en amont."
    assert swapper.swapped("Quand le pont de Normandie …", "fr", "this", in_text, random.Random(0)) is None


@pytest.mark.parametrize(
    ("question", "swapped"),
    [
        ("Combien d'habitants compte la commune ?", "Combien de navires compte la commune ?"),
        ("Où est née Marie Curie ?", None),  # the text has times: "quand" might be answered
        ("Qui est née à Varsovie ?", None),
    ],
)
def test_a_measure_is_swapped_only_for_one_that_the_passage_lacks(question, swapped):
    assert measure_swapped(question, TEXT, ["navires", "écoles"], random.Random(0)) == swapped


@pytest.mark.parametrize("seed", range(20))
def test_a_question_about_quotations_points_at_its_speaker_or_words(seed):
    sentences = ["Le port rouvrira lundi matin.", "Les comptes sont à l'équilibre.", "Nous manquons de bras."]
    passage = quotation_passage(sentences, ["le port", "les comptes", ""], random.Random(seed))
    words = passage.text[passage.start : passage.end]
    if passage.kind == "quotation":
        assert any(words in one for one in sentences)
    elif passage.kind == "speaker":
        assert words[0].isalpha() and f"{words}" in passage.text and words.split()[-1][0].isupper()
    else:
        assert passage.start == -1


def test_questions_are_retyped_in_haste():
    made = {roughened("Où est née Éva ?", random.Random(seed)) for seed in range(30)}
    assert made == {"où est née éva ?", "Ou est nee Eva ?", "Où est née Éva", "ou est nee eva"}
