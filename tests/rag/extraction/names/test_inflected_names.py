"""A name isn't another one that has its stem."""

from __future__ import annotations

import pytest

from rag.extraction.names.matching import supported
from rag.extraction.names.recognition import find_names
from rag.extraction.names.vocabulary import vocabulary


@pytest.mark.parametrize(
    ("asked", "text", "language", "is_there"),
    [
        ("Où vit Jean Martin ?", "Jean Martinez vit à Ormoy.", "fr", False),
        ("Où vit Luis Fernand ?", "Luis Fernandez vit à Ormoy.", "fr", False),
        ("Où vit Claude Martin ?", "Claude Martine vit à Ormoy.", "fr", False),
        ("Where does Tom Hard live?", "Tom Harding lives in Kelby.", "en", False),
        ("Où vit Jean Martin ?", "Jean Martin vit à Ormoy.", "fr", True),
        ("Where does Tom Hard live?", "Tom Hard's house is in Kelby.", "en", True),
        ("Que dit Airbus Industrie ?", "Airbus Industries se tait.", "fr", True),
    ],
)
def test_stems_alone_are_no_name(asked: str, text: str, language: str, is_there: bool):
    name = next(one for one in find_names(asked, vocabulary(asked, language)) if len(one.tokens) > 1)
    assert supported(name, vocabulary(text, language), False, language) == is_there
