"""An object of JSON in a form that is known → its article, or what it is if it's none.

Pure. The forms are told by the fields that they always have; each is in a module of its own.
"""

from __future__ import annotations

from collections.abc import Callable

from ingest.exports import gdelt, highlights, readers, references, service_answers
from ingest.exports.fields import Row, has_text
from ingest.exports.left_out import REFERENCE
from ingest.schema.delivery import DeliveredArticle, Filed, LeftOut

_FORMS: tuple[tuple[Callable[[Row], bool], Callable[[Row], DeliveredArticle | Filed | LeftOut]], ...] = (
    (readers.is_wallabag, readers.read_wallabag),
    (readers.is_reader, readers.read_reader),
    (readers.is_omnivore, readers.read_omnivore),
    (highlights.is_highlighted, highlights.read_highlighted),
    (references.is_zotero, references.read_zotero),
    (references.is_csl, references.read_csl),
    (gdelt.is_gdelt, gdelt.read_gdelt),
    (service_answers.is_new_york_times, service_answers.read_new_york_times),
)
_WITHOUT_TEXT = (REFERENCE,)


def exported(value: Row) -> DeliveredArticle | Filed | LeftOut | None:
    """Return what an object holds; None if it is in none of the known forms.

    One that has no text in its form, but under another name, is no longer what was exported.
    """
    found = next((read(value) for is_form, read in _FORMS if is_form(value)), None)
    return None if found in _WITHOUT_TEXT and has_text(value) else found
