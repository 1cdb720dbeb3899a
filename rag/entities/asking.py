"""Questions about an entity that the library can answer: made from what the articles have of it. Pure.

Only forms of question are offered that rest on what is there: statements for `Qu'a dit …`, articles for
`Quels articles …`. Whoever has no statement is asked nothing that only they could say.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.entity_store.records import Companion, EntityRow
from rag.entity_store.store import EntityTable
from rag.query.offers import of_name

_MOST = 4


def questions_about(
    entity: EntityRow, speaks: bool, companions: Sequence[Companion], table: EntityTable
) -> dict[str, tuple[str, ...]]:
    """Return language (`fr`, `en`) → questions about an entity.

    Args:
        entity: Who or what it is.
        speaks: Whether the articles have words of theirs.
        companions: Who is named beside it.
        table: Where the others' statements are counted.
    """
    name = entity.name
    french, english = [], []
    if speaks and entity.kind == "person" and not entity.is_bare:
        french.append(f"Qu'a dit {name} ?")
        english.append(f"What did {name} say?")
        other = next(
            (one.name for one in companions if one.kind == "person" and table.statement_count(one.id)), None
        )
        if other is not None and " " in other:
            french.append(f"Qu'ont dit {name} et {other} ?")
            english.append(f"What did {name} and {other} say?")
    if not entity.is_bare:
        french.append(f"Quels articles parlent {of_name(name)} ?")
        english.append(f"Which articles mention {name}?")
    return {"fr": tuple(french[:_MOST]), "en": tuple(english[:_MOST])}
