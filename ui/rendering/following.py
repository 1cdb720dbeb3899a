"""The button by which a question, a search or an entity is followed: asked again from then on.

Pure. `static/follow.js` says what pressing does, and which of them are followed by now: by the key.
"""

from __future__ import annotations

import json
from hashlib import blake2b

from markupsafe import Markup

from rag.schema.question import NO_FILTERS, Filters
from rag.schema.standing import StandingKind, StandingQuery
from rag.standing.wording import folded
from ui.formatting.i18n import text
from ui.html.element import element


def follow_button(
    said: dict,
    kind: StandingKind,
    words: str,
    language: str,
    filters: Filters = NO_FILTERS,
    class_: str = "follow",
) -> Markup:
    """Return the button; `said` is what it tells the server: what to follow."""
    return element(
        "button",
        text("follow", language),
        type="button",
        class_=class_,
        title=text(f"follow_{kind}_help", language),
        data_follow=json.dumps(said, ensure_ascii=False),
        data_key=follow_key(kind, words, filters),
        data_follow_word=text("follow", language),
        data_followed_word=text("followed", language),
    )


def follow_key(kind: StandingKind, words: str, filters: Filters) -> str:
    """Return by what the page tells whether this is followed: the same for the same standing query."""
    narrowed = filters.to_dict() | {"dossiers": list(filters.dossier_ids)}
    said = json.dumps([kind, folded(kind, words), narrowed])
    return blake2b(said.encode(), digest_size=8).hexdigest()


def key_of(query: StandingQuery) -> str:
    """Return the key of a standing query."""
    return follow_key(query.kind, query.words, query.filters)
