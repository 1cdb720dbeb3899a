"""References → CSL-JSON, as Zotero, Pandoc and citation processors read it. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ui.references.names import Name
from ui.references.notes import notes
from ui.references.reference import Reference, StatedDate


def csl_json(references: Sequence[Reference], language: str) -> str:
    """Return the references as a JSON array; notes are in `language`."""
    items = [csl_item(one, language) for one in references]
    return json.dumps(items, ensure_ascii=False, indent=2) + "\n"


def csl_item(reference: Reference, language: str) -> dict:
    """Return one reference as an item of the schema `csl-data`, without what is unknown."""
    fields = {
        "id": reference.key,
        "type": "article-newspaper",
        "title": reference.title,
        "author": [_name(name) for name in reference.authors],
        "container-title": reference.outlet,
        "issued": _date(reference.issued),
        "accessed": _date(reference.accessed),
        "URL": reference.url,
        "language": reference.language,
        "section": reference.section,
        "page": reference.page,
        "note": "; ".join((*notes(reference, language), *reference.remarks)),
    }
    return {name: value for name, value in fields.items() if value}


def _name(name: Name) -> dict:
    return {"family": name.family, "given": name.given} if name.family else {"literal": name.literal}


def _date(stated: StatedDate | None) -> dict | None:
    return {"date-parts": [list(stated.parts)]} if stated else None
