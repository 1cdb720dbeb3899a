"""References hold what the article states and nothing else, and real parsers of each format read it back."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import bibtexparser
import pytest
import rispy
from bibtexparser.middlewares import LatexDecodingMiddleware
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db

from rag.schema.article import Article, Imprint
from rag.schema.listing import CatalogueEntry
from ui.references.bibtex import bibtex
from ui.references.csl_json import csl_json
from ui.references.formatted import formatted, formatted_text
from ui.references.reference import Reference, StatedDate, reference, references
from ui.references.ris import ris
from ui.references.writable import one_line, writable

ARTICLE = Article(
    "a1",
    "Le pont a rouvert lundi.",
    "Le pont est là",
    "https://exemple.test/pont_1?a=1%20&b=2",
    "0" * 64,
    "Le Courrier",
    "Anne Le Goff et Yann Riou",
    "fr",
    "2024-03-12T08:00:00+01:00",
    "2024-03-14",
    "2026-12-01T10:00:00+00:00",
)
FILE = Article(
    "a2",
    "Le bac est fermé.",
    "Le bac",
    "/home/ada/notes/bac.pdf",
    "1" * 64,
    ingested_at="2026-12-01T10:00:00+00:00",
    imprint=Imprint("Éco", "12", None, "news·20240312·LC·7"),
)
# What the published schema of CSL-JSON (csl-data) says of the fields that are written here; no others.
_DATE = {
    "type": "object",
    "required": ["date-parts"],
    "additionalProperties": False,
    "properties": {
        "date-parts": {
            "type": "array",
            "minItems": 1,
            "maxItems": 2,
            "items": {"type": "array", "minItems": 1, "maxItems": 3, "items": {"type": ["string", "number"]}},
        }
    },
}
_NAME = {
    "anyOf": [
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {part: {"type": "string"} for part in ("family", "given", "literal", "suffix")},
        }
    ]
}
_SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["type", "id"],
        "additionalProperties": False,
        "properties": {
            "type": {"const": "article-newspaper"},
            "id": {"type": ["string", "number"]},
            "author": {"type": "array", "items": _NAME},
            "issued": _DATE,
            "accessed": _DATE,
            **{
                name: {"type": "string"}
                for name in ("title", "container-title", "URL", "language", "section", "note")
            },
            "page": {"type": ["string", "number"]},
        },
    },
}
TEXTS = st.text(max_size=50) | st.text(
    alphabet="{}\\%$&#_^~@\"',;and\n\r\t -ERTY\u202e«»“”אب😀\x00\x1b", max_size=50
)
DATES = st.sampled_from([None, "2024", "2024-03", "2024-03-12", "2024-03-12T10:00:00Z", "2024-02-31", "mars"])


@st.composite
def articles(draw: st.DrawFn) -> Article:
    words = st.none() | TEXTS
    imprint = st.none() | st.builds(Imprint, words, words, words, words)
    return Article(
        draw(TEXTS), draw(TEXTS), draw(TEXTS), draw(TEXTS | st.just("https://exemple.test/{a}_%7d")), "h",
        draw(words), draw(words), draw(st.sampled_from([None, "fr", "en", "ar"])), draw(DATES), draw(DATES),
        draw(DATES), (), draw(st.booleans()), draw(imprint),
    )  # fmt: skip


def parsed_bibtex(made: str) -> list[dict[str, str]]:
    context = get_default_latex_context_db()
    named = {"textbraceleft": "{", "textbraceright": "}", "textasciicircum": "^", "textasciitilde": "~"}
    braces = [MacroTextSpec(name, character) for name, character in named.items()]
    context.add_context_category("braces", prepend=True, macros=braces)
    decoding = LatexDecodingMiddleware(decoder=LatexNodes2Text(latex_context=context, math_mode="verbatim"))
    library = bibtexparser.parse_string(made, append_middleware=[decoding])
    assert library.failed_blocks == []
    assert len(library.blocks) == len(library.entries)
    return [{"key": one.key, **{field.key: field.value for field in one.fields}} for one in library.entries]


# --- what is in a reference ---


def test_the_fields_of_an_article():
    assert reference(ARTICLE) == Reference(
        "a1",
        "legoff2024pont-f55ff1",
        "Le pont est là",
        reference(ARTICLE).authors,
        "Le Courrier",
        StatedDate(2024, 3, 12),
        StatedDate(2024, 3, 14),
        StatedDate(2026, 12, 1),
        "https://exemple.test/pont_1?a=1%20&b=2",
        "fr",
    )


def test_a_path_is_never_a_source():
    made = references([FILE])
    for told in (bibtex(made, "fr"), ris(made, "fr"), csl_json(made, "fr"), formatted_text(made[0], "fr")):
        assert "/home" not in told
        assert "bac.pdf" not in told
    assert made[0].url == ""
    assert made[0].accessed is None  # the day that a file came in is not a day on which a page was read


def test_an_address_of_publication_comes_before_where_it_was_read():
    article = Article("a", "T", "T", "https://cache.test/x", "h", canonical_url="https://exemple.test/y")
    assert reference(article).url == "https://exemple.test/y"
    unsafe = Article("a", "T", "T", "javascript:alert(1)", "h", canonical_url="file:///etc/passwd")
    assert reference(unsafe).url == ""


def test_an_address_is_exported_as_it_was_published():
    """Read plainly: decoders of LaTeX end it at a percent sign, rispy cuts it at semicolons (`findings/`)."""
    address = "https://exemple.test/a%20b;jsessionid=4F?c=1;d_e=~&f"
    made = [reference(replace(ARTICLE, canonical_url=address))]
    (entry,) = bibtexparser.parse_string(bibtex(made, "fr")).entries
    assert entry["url"] == address
    assert f"\nUR  - {address}\n" in ris(made, "fr").replace("\r\n", "\n")
    assert ";".join(rispy.loads(ris(made, "fr"))[0]["urls"]) == address
    assert csl_json(made, "fr").count(address) == 1


def test_an_entry_of_the_catalogue_has_the_same_reference():
    made, known = reference(CatalogueEntry.of(ARTICLE)), reference(ARTICLE)
    assert (made.title, made.authors, made.issued, made.url) == (
        known.title,
        known.authors,
        known.issued,
        known.url,
    )


@pytest.mark.parametrize(
    ("stated", "parts"),
    [
        ("2024-03-12", (2024, 3, 12)), ("2024-03-12T01:00:00+02:00", (2024, 3, 12)), ("2024-03", (2024, 3)),
        ("2024", (2024,)), ("2024-02-31", None), ("2024-13", None), ("mars 2024", None), ("", None),
        (None, None), ("0000", None),
    ],
)  # fmt: skip
def test_dates_go_as_far_as_they_are_stated(stated: str | None, parts: tuple[int, ...] | None):
    found = StatedDate.of(stated)
    assert (found.parts if found else None) == parts


@given(st.lists(articles(), max_size=8))
def test_keys_are_ascii_unique_and_the_same_alone_or_among_others(listed: list[Article]):
    made = references(listed)
    keys = [one.key for one in made]
    assert len(set(keys)) == len(keys) == len({one.id for one in listed})
    assert all(re.fullmatch(r"[a-z0-9]+-[0-9a-f]{6,}", key) for key in keys)
    first = {one.id: one for one in reversed(listed)}
    assert keys == [reference(first[one.article_id]).key for one in made]


# --- how people read it ---


def test_a_reference_in_french_and_english():
    assert formatted_text(reference(ARTICLE), "fr") == (
        "Anne Le Goff et Yann Riou, «\u202fLe pont est là\u202f», Le Courrier, 12 mars 2024, mis à jour le "
        "14 mars 2024, https://exemple.test/pont_1?a=1%20&b=2 (consulté le 1er décembre 2026)."
    )
    assert formatted_text(reference(ARTICLE), "en", range(3, 5)) == (
        "Anne Le Goff and Yann Riou, “Le pont est là”, Le Courrier, 12 March 2024, p.\u00a03–4, updated "
        "14 March 2024, https://exemple.test/pont_1?a=1%20&b=2 (accessed 1 December 2026)."
    )


def test_what_is_unknown_is_left_out_and_no_date_is_said():
    nothing = Article("a", "T", "", "/x", "h")
    assert formatted_text(reference(nothing), "fr") == "[sans titre], s.\u00a0d."
    assert formatted_text(reference(nothing), "en") == "[untitled], n.\u00a0d."
    assert formatted_text(reference(FILE), "fr") == (
        "«\u202fLe bac\u202f», s.\u00a0d., Éco, p.\u00a012, document news·20240312·LC·7."
    )


def test_only_the_outlet_is_in_italics_and_only_the_address_leads_somewhere():
    pieces = formatted(reference(ARTICLE), "fr")
    assert [one.words for one in pieces if one.italic] == ["Le Courrier"]
    assert [(one.words, one.url) for one in pieces if one.url] == [(ARTICLE.source, ARTICLE.source)]


# --- what programs read ---


def test_the_bibtex_in_full():
    assert bibtex(references([ARTICLE]), "fr") == (
        "@article{legoff2024pont-f55ff1,\n"
        "  author = {Le Goff, Anne and Riou, Yann},\n"
        "  title = {{Le pont est là}},\n"
        "  journal = {Le Courrier},\n"
        "  date = {2024-03-12},\n"
        "  year = {2024},\n"
        "  month = mar,\n"
        "  url = {https://exemple.test/pont_1?a=1%20&b=2},\n"
        "  urldate = {2026-12-01},\n"
        "  langid = {french},\n"
        "  language = {fr},\n"
        "  note = {mis à jour le 14 mars 2024},\n"
        "  entrysubtype = {newspaper}\n"
        "}\n"
    )


def test_the_ris_in_full():
    assert ris(references([ARTICLE]), "fr").split("\r\n") == [
        "TY  - NEWS", "ID  - legoff2024pont-f55ff1", "AU  - Le Goff, Anne", "AU  - Riou, Yann",
        "TI  - Le pont est là", "T2  - Le Courrier", "PY  - 2024", "DA  - 2024/03/12/",
        "UR  - https://exemple.test/pont_1?a=1%20&b=2", "Y2  - 2026/12/01/", "LA  - fr",
        "N1  - mis à jour le 14 mars 2024", "ER  - ", "",
    ]  # fmt: skip


def test_a_body_s_name_is_one_name_in_bibtex():
    made = Article("a", "T", "T", "/x", "h", "Le Monde", "Smith and Sons, Paris avec AFP")
    assert "author = {{Smith and Sons, Paris avec AFP}}" in bibtex(references([made]), "fr")


@given(st.lists(articles(), max_size=4))
@example([Article("a", "T", "} @article{x, title={y}} %", "x", "h", "\\input{/etc/passwd}", "{and}, and b")])
def test_a_bibtex_parser_reads_the_words_back(listed: list[Article]):
    made = references(listed)
    read = parsed_bibtex(bibtex(made, "fr"))
    assert [one["key"] for one in read] == [one.key for one in made]
    for one, item in zip(read, made, strict=True):
        assert _same(one.get("title", ""), item.title)
        assert _same(one.get("journal", ""), item.outlet)
        assert one["entrysubtype"] == "newspaper"
        assert one.get("date", "") == (item.issued.iso if item.issued else "")


def _same(read: str, written: str) -> bool:
    """The decoder of the parser takes white space after a command for its end."""
    return "".join(read.split()) == "".join(written.split())


@given(st.lists(articles(), max_size=4))
@example([Article("a", "T", "x\r\nER  - \r\nTY  - BOOK", "x", "h", "T2  - y")])
def test_a_ris_parser_reads_the_words_back(listed: list[Article]):
    made = references(listed)
    read = rispy.loads(ris(made, "en")) if made else []
    assert [one["id"] for one in read] == [one.key for one in made]
    for one, item in zip(read, made, strict=True):
        assert one["type_of_reference"] == "NEWS"
        assert one.get("title", "").strip() == item.title.strip()
        assert one.get("secondary_title", "").strip() == item.outlet.strip()
        assert len(one.get("authors", [])) == len(item.authors)
        assert [str(one["urls"][0])] == [item.url] if item.url else "urls" not in one


@given(st.lists(articles(), max_size=4))
def test_csl_json_fits_its_schema_and_says_the_same(listed: list[Article]):
    made = references(listed)
    read = json.loads(csl_json(made, "en"))
    Draft202012Validator(_SCHEMA).validate(read)
    for one, item in zip(read, made, strict=True):
        assert (one.get("title", ""), one.get("container-title", "")) == (item.title, item.outlet)
        assert one.get("issued", {"date-parts": [[]]})["date-parts"][0] == (
            list(item.issued.parts) if item.issued else []
        )


@given(articles(), st.sampled_from(["fr", "en"]))
def test_a_formatted_reference_is_one_line_that_has_every_field(article: Article, language: str):
    item = reference(article)
    told = formatted_text(item, language)
    assert len(told.splitlines()) <= 1
    assert told.endswith(".")
    for said in (item.title, item.outlet, item.url, *(name.literal for name in item.authors)):
        assert one_line(said) in told


@given(st.text())
def test_what_is_written_can_be_written(words: str):
    assert writable(words).encode("utf-8").decode() == writable(words)
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", writable(words))
    assert len(writable(words)) == len(words) - words.count("\r\n")
