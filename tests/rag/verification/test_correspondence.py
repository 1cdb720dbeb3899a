"""Which words of a quote stand for a claim's: by lists and spelling, else by vectors."""

import numpy as np

from rag.extraction.analysed_sentence import AnalysedSentence
from rag.models.embedder import TokenVectors
from rag.verification.correspondence import ALIGNED, TRANSLATED, Correspondence, Place, word_vectors


def words(text: str, language: str) -> list:
    return AnalysedSentence(text, language).marked_words


def similar(rows: int, columns: int, **cosines: float) -> np.ndarray:
    found = np.zeros((rows, columns), dtype=np.float32)
    for place, cosine in cosines.items():
        row, column = map(int, place.removeprefix("at").split("_"))
        found[row, column] = cosine
    return found


def test_words_known_by_lists_or_spelling_need_no_vectors():
    both = Correspondence(words("Cultural associations met", "en"), [words("Associations culturelles", "fr")])
    assert both.known(0) == (Place(0, 1),) and both.known(1) == (Place(0, 0),)
    assert both.of(2) == ()


def test_a_word_that_no_list_has_is_the_nearest_one_if_it_is_near_enough():
    claim, quote = words("blazer", "en"), words("vareuse lundi", "fr")
    for cosine, found in ((ALIGNED - 0.01, ()), (ALIGNED, (Place(0, 1),))):
        assert Correspondence(claim, [quote], similar(1, 2, at0_1=cosine)).of(0)[:1] in (
            found,
            (Place(0, 0),),
        )


def test_a_name_that_is_spelled_alike_is_not_translated_and_another_spelling_may_be():
    alike = Correspondence(words("Corvenne", "fr"), [words("Brévenne", "es")], similar(1, 1, at0_0=0.9))
    other = Correspondence(
        words("Earth", "en"), [words("Tierra", "es")], similar(1, 1, at0_0=TRANSLATED + 0.01)
    )
    far = Correspondence(words("Madrid", "fr"), [words("Lisbon", "de")], similar(1, 1, at0_0=0.47))
    assert (alike.translates(0), other.translates(0), far.translates(0)) == (False, True, False)


def test_a_words_vector_is_its_tokens_mean_less_the_texts():
    read = TokenVectors(
        np.ones(2), np.array([[1.0, 0.0], [0.0, 1.0], [2.0, 2.0]]), np.array([[0, 2], [2, 4], [5, 8]])
    )
    vectors = word_vectors(words("chat dort", "fr"), read)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    assert np.allclose(vectors[0], [-0.7071, -0.7071], atol=1e-3)


def test_a_text_of_which_no_token_was_read_has_no_direction():
    read = TokenVectors(np.ones(2), np.zeros((0, 2)), np.zeros((0, 2), dtype=int))
    assert not word_vectors(words("chat dort", "fr"), read).any()
