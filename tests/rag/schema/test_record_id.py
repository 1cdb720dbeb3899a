"""An id that somebody types after a command is never read as an option."""

from __future__ import annotations

from rag.schema.record_id import new_record_id


def test_ids_are_words_for_a_command():
    made = [new_record_id() for _ in range(500)]
    assert len({*made}) == 500
    assert all(one.isascii() and one.isalnum() and len(one) == 16 for one in made)
