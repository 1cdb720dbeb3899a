"""What readers, catalogues and GDELT export as JSON is one article each; what has no text is told once."""

from __future__ import annotations

import json

import pytest
from deliveries import FIRST, OTHER, SECOND, articles, damaged, expanded, outcome, read, reasons
from hypothesis import given, settings
from hypothesis import strategies as st
from run import rounds

from ingest.containers.expand import expand
from ingest.exports.moments import since_1970
from ingest.schema.columns import Columns
from ingest.schema.document import Notice, SourceDocument
from rag.schema.article import Article

WALLABAG = {
    "is_archived": 0, "is_starred": 1, "tags": ["val"], "is_public": False, "id": 41,
    "title": "La halle sera rénovée", "url": "https://www.val.example/halle", "given_url": "https://val.example/h",
    "content": f"<p>{FIRST}</p><p>{SECOND}</p>", "created_at": "2026-02-07T10:00:00+0000",
    "updated_at": "2026-02-08T10:00:00+0000", "published_at": "2026-02-05T20:30:00+0100",
    "published_by": ["Inès Roumégoux", "Paul Ey"], "mimetype": "text/html",
    "annotations": [{"text": "à vérifier", "quote": "890 000"}],
    "language": "fr_FR", "reading_time": 1, "domain_name": "www.val.example",
    "preview_picture": None, "http_status": "200",
}  # fmt: skip
UNFETCHED = WALLABAG | {
    "id": 42, "title": "No title found", "url": "https://val.example/autre", "content":
    'wallabag can\'t retrieve contents for this article. Please <a href="x">troubleshoot this</a>.',
}  # fmt: skip
READER = {
    "id": "01abc", "url": "https://read.readwise.io/read/01abc", "title": "La halle sera rénovée",
    "author": "Inès Roumégoux", "source": "Reader RSS", "category": "article", "location": "new", "tags": {},
    "site_name": "Le Journal du Val", "word_count": 30, "created_at": "2026-02-07T10:00:00+00:00",
    "updated_at": "2026-02-08T10:00:00+00:00", "notes": "", "published_date": 1770249600000,
    "summary": "Un résumé de machine.", "image_url": "", "content": None, "source_url": "https://val.example/halle",
    "parent_id": None, "reading_progress": 0.5, "html_content": f"<div><p>{FIRST}</p></div>",
}  # fmt: skip
HIGHLIGHT = READER | {
    "id": "01hl", "category": "highlight", "parent_id": "01abc", "content": "890 000 euros",
    "html_content": None,
}  # fmt: skip
HIGHLIGHTED = {
    "user_book_id": 7, "title": "la halle", "readable_title": "La halle", "author": "Inès Roumégoux",
    "source": "reader", "category": "articles", "source_url": "https://val.example/halle", "summary": "x",
    "highlights": [
        {"id": 2, "text": SECOND, "location": 900, "note": "à vérifier"},
        {"id": 1, "text": FIRST, "location": 12, "note": ""},
    ],
}  # fmt: skip
CSL = {
    "id": "roumegoux2026", "type": "article-newspaper", "title": "La halle", "abstract": FIRST, "page": "3",
    "container-title": "Le Journal du Val", "issued": {"date-parts": [[2026, 2, 5]]}, "language": "fr-FR",
    "author": [{"family": "Roumégoux", "given": "Inès"}, {"literal": "AFP"}], "URL": "https://val.example/halle",
}  # fmt: skip
ZOTERO = {
    "key": "ABCD2345", "version": 12, "library": {"type": "user"}, "meta": {},
    "data": {
        "key": "ABCD2345", "version": 12, "itemType": "newspaperArticle", "title": "La halle",
        "creators": [
            {"creatorType": "author", "firstName": "Inès", "lastName": "Roumégoux"},
            {"creatorType": "translator", "name": "Zed"},
        ],
        "abstractNote": FIRST, "publicationTitle": "Le Journal du Val", "section": "Vie locale", "pages": "3",
        "date": "2026-02-05", "language": "fr", "url": "https://val.example/halle", "rights": "© Val",
    },
}  # fmt: skip
GDELT = {
    "url": "https://val.example/halle", "url_mobile": "", "title": "La halle", "seendate": "20260205T193000Z",
    "socialimage": "", "domain": "val.example", "language": "French", "sourcecountry": "France",
}  # fmt: skip
NGRAM = {
    "date": "2026-02-05T19:30:00Z", "ngram": "halle", "lang": "fr", "type": 1, "pos": 10, "pre": "La",
    "post": "sera rénovée", "url": "https://val.example/halle",
}  # fmt: skip


def one(value: object) -> Article:
    (article,) = articles(json.dumps(value), "a.json")
    return article


def told(*values: object) -> str:
    """What is said of the last of these entries, beside one that is an article."""
    *_, notice = expanded(json.dumps([WALLABAG, *values]), "a.json")
    assert isinstance(notice, Notice) and notice.said != notice.said_fr
    return notice.said


@pytest.mark.parametrize("wrap", [list, lambda all_: {"page": 1, "_embedded": {"items": all_}}])
def test_an_entry_of_wallabag_is_read(wrap):
    (found,) = expanded(json.dumps(wrap([WALLABAG])), "a.json")
    article = read(found)
    assert article.text == f"{FIRST}\n{SECOND}"
    assert (article.title, article.outlet) == ("La halle sera rénovée", "val.example")
    assert (article.author, article.language) == ("Inès Roumégoux, Paul Ey", "fr")
    assert (article.published_at, article.updated_at) == ("2026-02-05T20:30:00+01:00", None)
    assert isinstance(found, SourceDocument) and found.key == "/k/a.json#id=41"


def test_what_wallabag_could_not_fetch_is_an_address():
    assert told(UNFETCHED) == (
        "a.json: left out: addresses without a text (1); give `sourcier ingest` the addresses themselves."
    )


def test_a_document_of_readwise_reader_is_read():
    article = one({"count": 1, "nextPageCursor": None, "results": [READER]})
    assert (article.text, article.title) == (FIRST, "La halle sera rénovée")
    assert (article.outlet, article.author) == ("Le Journal du Val", "Inès Roumégoux")
    assert (article.published_at, article.updated_at) == ("2026-02-05", None)
    assert one([READER | {"published_date": "2026-02-05T20:30:00+01:00"}]).published_at.startswith(
        "2026-02-05T"
    )
    assert article.id == one([WALLABAG | {"url": "https://val.example/halle"}]).id


def test_highlights_in_readwise_reader_are_their_readers():
    assert "highlights and notes (1)" in told(HIGHLIGHT)
    assert "addresses without a text (1)" in told(
        READER | {"html_content": None, "source_url": "https://x.example"}
    )


def test_what_a_reader_marked_is_an_excerpt_in_the_order_of_the_article():
    article = one({"count": 1, "nextPageCursor": None, "results": [HIGHLIGHTED]})
    assert article.text == f"{FIRST}\n[…]\n{SECOND}"
    assert article.excerpt
    assert (article.title, article.author) == ("La halle", "Inès Roumégoux")
    assert "highlights and notes (1)" in told(HIGHLIGHTED | {"highlights": []})


def test_an_abstract_in_csl_json_is_an_excerpt():
    article = one([CSL])
    assert (article.text, article.excerpt) == (FIRST, True)
    assert (article.title, article.outlet) == ("La halle", "Le Journal du Val")
    assert (article.author, article.published_at) == ("Inès Roumégoux, AFP", "2026-02-05")
    assert article.imprint is not None and article.imprint.page == "3"
    assert one([CSL | {"issued": {"date-parts": [[2026, 2]]}}]).published_at is None


def test_an_abstract_in_zotero_is_an_excerpt():
    for item in ([ZOTERO], {"config": {}, "items": [ZOTERO["data"] | {"itemKey": "ABCD2345"}]}):
        article = one(item)
        assert (article.text, article.excerpt, article.outlet) == (FIRST, True, "Le Journal du Val")
        assert (article.author, article.published_at) == ("Inès Roumégoux", "2026-02-05")
        assert article.imprint is not None
        assert (article.imprint.section, article.imprint.page, article.imprint.rights) == (
            "Vie locale", "3", "© Val",
        )  # fmt: skip


def test_references_without_an_abstract_are_told_with_what_to_do():
    bare = CSL | {"abstract": ""}
    note = {"key": "N", "data": {"key": "N", "itemType": "note", "note": "<p>à vérifier</p>"}}
    file = {"key": "F", "data": {"key": "F", "itemType": "attachment", "filename": "a.pdf"}}
    assert told(bare, bare, note, file) == (
        "a.json: left out: references without a text (2), highlights and notes (1), attached files (1); "
        "export them as Zotero RDF with their files."
    )


def test_a_list_of_gdelt_has_only_addresses():
    assert reasons(json.dumps({"articles": [GDELT, GDELT]}), "a.json") == [
        "a.json: no article to read in it; left out: addresses without a text (2); give `sourcier ingest` "
        "the addresses themselves."
    ]
    assert reasons("\n".join([json.dumps(NGRAM)] * 3), "a.jsonl") == [
        "a.jsonl: no article to read in it; left out: words of GDELT's Web NGrams, which are no articles (3)."
    ]


def test_what_gdelt_quotes_is_an_excerpt():
    article = one({"articles": [GDELT | {"sentence": "La halle.", "context": FIRST, "isquote": 0}]})
    assert (article.text, article.excerpt, article.outlet) == (FIRST, True, "val.example")
    assert article.published_at is None


@pytest.mark.parametrize("form", [GDELT, CSL | {"abstract": ""}])
def test_a_text_that_was_added_to_a_known_form_is_read(form):
    article = one([form | {"text": OTHER}])
    assert (article.text, article.excerpt, article.title) == (OTHER, False, "La halle")


def test_columns_that_the_user_chose_come_first():
    data = json.dumps([WALLABAG | {"note": OTHER}]).encode()
    file = SourceDocument("a.json", "/k", "json", lambda _: data, columns=Columns.of({"text": "note"}))
    (found,) = expand(file)
    assert read(found).text == OTHER


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        (1770249600000, "2026-02-05"),
        (1770319800, "2026-02-05T19:30:00+00:00"),
        (1e300, None),
        (float("nan"), None),
        (True, True),
        ("2026-02-05", "2026-02-05"),
        (None, None),
    ],
)
def test_a_number_is_a_moment_since_1970(value, moment):
    assert since_1970(value) == moment


FORMS = [WALLABAG, READER, HIGHLIGHTED, CSL, ZOTERO, GDELT | {"context": FIRST}]
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=20), st.lists(st.integers(), max_size=2)
)


@pytest.mark.parametrize("form", FORMS)
@given(data=st.data())
@settings(max_examples=rounds(60, 600), deadline=None)
def test_a_field_may_hold_anything(form, data):
    """Whatever stands in place of a value, an entry is read, told or refused."""
    field = data.draw(st.sampled_from(sorted(form)))
    outcome(json.dumps([form | {field: data.draw(VALUES)}]), "a.json")


PIECES = [b"", b"{", b"}", b"]", b'"', b",", b"null", b"\0", b"\xff", b"\\", b"<p>", b"</p>"]


@pytest.mark.parametrize("form", FORMS)
@given(place=st.integers(0, 10_000), removed=st.integers(0, 40), put=st.sampled_from(PIECES))
@settings(max_examples=rounds(60, 600), deadline=None)
def test_what_is_damaged_is_refused_or_read_and_never_merged(form, place, removed, put):
    second = json.loads(json.dumps(form).replace(json.dumps(FIRST)[1:-1], json.dumps(OTHER)[1:-1]))
    data = json.dumps([form, second]).encode()
    for text in outcome(damaged(data, place, removed, put), "a.json"):
        assert not (FIRST[-40:] in text and OTHER[:40] in text)
