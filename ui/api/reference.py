"""The page that says what programs may ask: made of the OpenAPI description, loads and runs nothing. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from ui.formatting.i18n import text
from ui.html.assets import style
from ui.html.element import element

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'none';"
    " base-uri 'none'"
)
_SCHEMA = "#/components/schemas/"


def reference_page(description: Mapping[str, Any], language: str) -> str:
    """Return the whole page."""
    head = element(
        "head",
        Markup('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
        element("title", text("api_title", language)),
        Markup("<style>{}</style>").format(Markup(style("api.css"))),
    )
    routes = [
        _operation(path, method, operation, language)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    ]
    schemas = description["components"]["schemas"].items()
    main = element(
        "main",
        element("h1", text("api_title", language)),
        element("p", text("api_about", language)),
        element("p", element("a", text("api_schema_link", language), href="openapi.json")),
        *routes,
        element("h2", text("api_schemas", language)),
        *(_schema(name, schema, language) for name, schema in sorted(schemas)),
    )
    return f"<!DOCTYPE html>\n{element('html', head, element('body', main), lang=language)}\n"


def _operation(path: str, method: str, operation: Mapping[str, Any], language: str) -> Markup:
    parts = [element("h2", element("code", f"{method.upper()} {path}"))]
    parts.append(element("p", operation.get("summary", ""), lang="en"))
    if parameters := operation.get("parameters"):
        parts.append(_table([(one["name"], one["schema"], one) for one in parameters], language))
    for key, contents in (
        ("api_request", operation.get("requestBody", {}).get("content", {})),
        ("api_response", operation["responses"].get("200", {}).get("content", {})),
    ):
        for media_type, content in contents.items():
            about = f"{text(key, language)} ({media_type})"
            parts.append(element("p", about, " ", _type(content.get("schema", {}))))
    return element("section", *parts)


def _schema(name: str, schema: Mapping[str, Any], language: str) -> Markup:
    required = schema.get("required", ())
    rows = [
        (field, one, {"required": field in required, **one})
        for field, one in schema.get("properties", {}).items()
    ]
    parts = [element("h3", element("code", name)), element("p", schema.get("description", ""), lang="en")]
    return element("section", *parts, *([_table(rows, language)] if rows else []), id=name)


def _table(rows: list[tuple[str, Mapping[str, Any], Mapping[str, Any]]], language: str) -> Markup:
    return element(
        "div",
        element(
            "table",
            *(
                element(
                    "tr",
                    element("th", element("code", name), scope="row"),
                    element("td", _type(schema)),
                    element("td", text("api_required", language) if about.get("required") else ""),
                    element("td", about.get("description", ""), lang="en"),
                )
                for name, schema, about in rows
            ),
        ),
        class_="table",
        tabindex="0",
    )


def _type(schema: Mapping[str, Any]) -> Markup:
    """Return a type in a few words, with links to those that have fields of their own."""
    if name := schema.get("$ref", ""):
        name = name.removeprefix(_SCHEMA)
        return element("a", element("code", name), href=f"#{name}")
    if either := schema.get("anyOf") or schema.get("allOf"):
        return Markup(" | ").join(_type(one) for one in either)
    if schema.get("type") == "array":
        return Markup("[{}]").format(_type(schema.get("items", {})))
    if "const" in schema or "enum" in schema:
        words = schema.get("enum", [schema.get("const")])
        return Markup(" | ").join(element("code", f'"{one}"') for one in words)
    return element("code", str(schema.get("format") or schema.get("type") or "any"))
