"""What identifies an entity across articles, and how a name is looked up. Pure.

A full name is the same one's in every article, whatever its accents and capitals; a surname alone is joined
to nobody's full name: it stays apart, and is shown so.
"""

from __future__ import annotations

import re

from rag.entities.names import FIRST_NAMES
from rag.entity_store.records import KeyedEntity
from rag.extraction.names.exonyms import group_of, is_territory
from rag.extraction.names.gazetteer import ROLES
from rag.schema.entity import ArticleEntity
from rag.text.folding import flatten

_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
_ELIDED = re.compile(r"^(?:l|d|qu)'", re.IGNORECASE)
_ARTICLES = frozenset(("le", "la", "les", "the", "l"))


def folded_name(name: str) -> str:
    """Return a name as it is compared: words in small letters without accents, a leading article aside."""
    words = _WORD.findall(_ELIDED.sub("", flatten(name).lower().replace("-", " ")))
    while len(words) > 1 and words[0] in _ARTICLES:
        words = words[1:]
    return " ".join(words)


def asked_forms(name: str) -> list[str]:
    """Return what is looked up for a name as somebody types it: as it is, then without titles and roles."""
    whole = folded_name(name)
    words = whole.split()
    bare = [word for word in words if word.rstrip(".") not in ROLES or len(words) == 1]
    return list(dict.fromkeys(filter(None, (whole, " ".join(bare)))))


def keyed(entity: ArticleEntity) -> KeyedEntity:
    """Return an article's entity with what identifies it in the library."""
    folded = folded_name(entity.name)
    group = group_of(" ".join(flatten(entity.name).lower().split()))
    territory = entity.kind == "place" and group is not None and is_territory(group)
    key = f"{entity.kind}:{'=' + group if territory else folded}"
    return KeyedEntity(
        entity, key, tuple(folded_name(form) for form in entity.forms), _surname(entity, folded)
    )


def _surname(entity: ArticleEntity, folded: str) -> str:
    if entity.kind != "person":
        return ""
    words = folded.split()
    if len(words) == 1:
        return words[0]
    # `Anne-Marie Le Goff` is asked for as `Le Goff` or `Goff`; hyphens are no words of their own here.
    start = 1
    while start < len(words) - 1 and words[start] in FIRST_NAMES:
        start += 1
    return " ".join(words[start:])
