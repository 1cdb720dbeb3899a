"""The page to sign in on → HTML that needs no script. Pure; escapes as `ui.rendering.exchange` does."""

from __future__ import annotations

from markupsafe import Markup

from ui.formatting.i18n import LANGUAGES, text
from ui.html.assets import style
from ui.html.element import element


def form_page(language: str, problem: str) -> str:
    """Return the whole page; `problem` says why the last try failed."""
    head = element(
        "head",
        Markup('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
        element("title", text("sign_in_title", language)),
        Markup("<style>{}</style>").format(Markup(style("sign-in.css"))),
    )
    others = [
        element("a", text("language_name", other), href=f"sign-in?lang={other}", lang=other, hreflang=other)
        for other in LANGUAGES
        if other != language
    ]
    main = element(
        "main",
        element("h1", "Sourcier"),
        element("p", text("sign_in_about", language), class_="about"),
        *([element("p", problem, role="alert", id="problem")] if problem else []),
        _form(language, bool(problem)),
        element("p", *others, class_="languages"),
    )
    return f"<!DOCTYPE html>\n{element('html', head, element('body', main), lang=language)}\n"


def _form(language: str, has_failed: bool) -> Markup:
    described = Markup(' aria-describedby="problem"') if has_failed else ""
    name = Markup(
        '<input id="name" name="name" autocomplete="username" autocapitalize="none" spellcheck="false"'
        ' maxlength="64" aria-required="true" autofocus{}>'
    )
    password = Markup(
        '<input id="password" name="password" type="password" autocomplete="current-password"'
        ' aria-required="true"{}>'
    )
    return element(
        "form",
        element("label", text("sign_in_name", language), for_="name"),
        name.format(described),
        element("label", text("sign_in_password", language), for_="password"),
        password.format(described),
        element("button", text("sign_in", language), type="submit"),
        method="post",
        action=f"sign-in?lang={language}",
    )
