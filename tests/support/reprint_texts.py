"""Wire stories with their reprints, and texts that only look like reprints (`data/reprints.yaml`)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

TEXTS = yaml.safe_load((Path(__file__).parents[1] / "data" / "reprints.yaml").read_text(encoding="utf-8"))
FIRE, FERRY, LEAD = TEXTS["fire"], TEXTS["ferry"], TEXTS["lead"]
# Forms that are filled in anew each day, and one event told by two reporters: no reprints.
LOOKALIKES = {
    "markets": TEXTS["markets"],
    "weather": TEXTS["weather"],
    "results": TEXTS["results"],
    "one event": [FIRE, TEXTS["fire_elsewhere"]],
}


def edited(text: str, edits: Mapping[str, str]) -> str:
    """`text` with each of its edits made; all of them must apply."""
    for before, after in edits.items():
        assert before in text, before
        text = text.replace(before, after)
    return text


def cut(text: str, share: float) -> str:
    """The first `share` of a text's words."""
    found = text.split(" ")
    return " ".join(found[: round(len(found) * share)])


FIRE_EDITED = edited(FIRE, TEXTS["fire_edits"])
FERRY_EDITED = edited(FERRY, TEXTS["ferry_edits"])
_PARAGRAPHS = FIRE.split("\n\n")

# Each text of a story is a reprint of the others.
STORIES = {
    "fire": {
        "wire": FIRE,
        "dateline": "MALVOISY (Corvenne), 4 mars (AFP) - " + FIRE,
        "lead": LEAD + "\n\n" + FIRE,
        "edited": FIRE_EDITED,
        "cut": cut(FIRE, 0.4),
        "brief": cut(FIRE, 0.25) + "…",
        "edited, lead, cut": LEAD + "\n\n" + cut(FIRE_EDITED, 0.6),
        "no accents": FIRE.replace("é", "e").replace("« ", '"').replace(" »", '"'),
        "other order": "\n\n".join(_PARAGRAPHS[i] for i in (0, 2, 1, 3)),
    },
    "ferry": {
        "wire": FERRY,
        "dateline": "DUNMARROW (Reuters) - " + FERRY,
        "edited": FERRY_EDITED,
        "cut": cut(FERRY, 0.4),
        "edited, cut": cut(FERRY_EDITED, 0.5),
    },
}
