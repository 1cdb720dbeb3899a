"""Buttons by which articles are asked alone or put into a dossier, and a search or a filter kept in one.

Pure. `static/chips.js` and `static/dossier-dialog.js` say what pressing does.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from markupsafe import Markup

from ui.formatting.i18n import text
from ui.html.element import element


def article_buttons(article_ids: Sequence[str], language: str) -> list[Markup]:
    """Return the two things that can be done with articles: ask of them alone, put them into a dossier."""
    if not article_ids:
        return []
    count, joined = len(article_ids), " ".join(article_ids)
    only = text("only_this", language) if count == 1 else text("only_these", language, count=count)
    return [
        element("button", only, type="button", data_only=joined),
        element("button", text("dossier_add", language), type="button", data_dossier_add=joined),
    ]


def rule_button(said: dict, language: str) -> Markup:
    """Return the button that fills a dossier; `said` tells the server with which search or filter."""
    words = text("dossier_keep_search" if "search" in said else "dossier_keep_filter", language)
    return element("button", words, type="button", class_="plain", data_dossier_rule=json.dumps(said))
