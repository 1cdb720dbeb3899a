"""The page's frame as HTML: what it is called, what it stands on, the choice of its theme. Pure."""

from __future__ import annotations

from markupsafe import Markup

from ui.formatting.i18n import text
from ui.html.element import element

THEMES = ("auto", "light", "dark")


def header(library: str, model: str, language: str, unseen: int = 0) -> Markup:
    """Return the page's name, what it promises, and what is being asked: the library and the model.

    `unseen` changes are counted at the tab of news, by `title.js`.
    """
    told = text("news_unseen", language, count=unseen)
    return element(
        "header",
        element("h1", "Sourcier"),
        element("p", text("tagline", language), class_="tagline"),
        element("p", text("status_line", language, library=library, model=model), class_="status"),
        lang=language,
        data_unseen=str(unseen),
        data_unseen_told=told if unseen else "",
    )


def themes(language: str) -> Markup:
    """Return the choice of a theme; `theme.js` does what is chosen and remembers it."""
    choices = [
        element(
            "label",
            element("input", type="radio", name="theme", value=name, checked=name == "auto"),
            text(f"theme_{name}", language),
        )
        for name in THEMES
    ]
    return element("fieldset", element("legend", text("theme_choice", language)), *choices, lang=language)
