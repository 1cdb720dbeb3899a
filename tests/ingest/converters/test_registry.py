"""Bytes become articles: identity, hashes, plain text and its encodings, and dates as stated."""

import hashlib
import json
import unicodedata
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.converters.registry import format_of, read_article
from ingest.schema.metadata import iso_date
from rag.errors import UserError
from rag.schema.article import Article

FRENCH = (
    "Le maire de Corvenne a rouvert le pont à péage lundi. Près de 12\u00a0000 véhicules l’ont traversé "
    "dès midi, selon la préfecture. « C’était très attendu », a déclaré l’élue, Zoé Lefèvre."
)
PAGE = (
    '<html lang="fr"><head>{head}</head><body><article><h1>Le pont</h1>'
    "<p>Le pont de Valmorin a rouvert lundi après trois mois de travaux, a annoncé la mairie.</p>"
    "</article></body></html>"
)


def page(head: str) -> bytes:
    return PAGE.replace("{head}", head).encode()


def markdown(front_matter: str, body: str = "Le pont a rouvert lundi.") -> Article:
    return read_article(f"---\n{front_matter}\n---\n{body}".encode(), "pont.md")


# --- plain text ---


def test_text_gets_its_first_sentence_as_title_and_nothing_invented():
    article = read_article(FRENCH.encode(), "articles/pont.txt")
    assert article == Article(
        id=hashlib.sha256(b"articles/pont.txt").hexdigest()[:16],
        text=FRENCH,
        title="Le maire de Corvenne a rouvert le pont à péage lundi.",
        source="articles/pont.txt",
        content_hash=article.content_hash,
        language="fr",
    )


def test_text_in_english_is_told_apart():
    assert read_article(b"The ferry sailed again on Monday after six weeks.", "a.txt").language == "en"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Fini. Le pont a rouvert lundi. Il est neuf.", "Fini. Le pont a rouvert lundi."),
        ("MM. Dupont et Morel ont voté contre. Suite.", "MM. Dupont et Morel ont voté contre."),
        ("Le pont\n\nIl a rouvert lundi, enfin.", "Le pont"),
        ("Fini.\nLe pont a rouvert lundi.", "Fini."),
        ("Oui.", "Oui."),
    ],
)
def test_a_title_of_the_text_is_neither_a_word_of_its_line_nor_two_lines(text, title):
    assert read_article(text.encode(), "a.txt").title == title


def test_a_long_first_sentence_is_cut_at_a_word():
    article = read_article(("mot " * 100 + "fin. Suite.").encode(), "a.txt")
    assert article.title == "mot " * 49 + "mot…"
    assert len(article.title) <= 200


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"], ids=lambda encoding: encoding
)
def test_accents_arrive_whatever_the_encoding(encoding):
    assert read_article(FRENCH.encode(encoding), "a.txt").text == FRENCH


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("La fête a été annulée.", "cp1252"),
        ("Le café coûte 3 € à Besançon, selon l’œnologue.", "cp1252"),
        ("El niño volvió ayer, según la policía española.", "cp1252"),
        ("Minister powiedział w środę, że rząd podjął decyzję.", "cp1250"),
        ("Başbakan salı günü yeni yasanın kabul edildiğini açıkladı. Şehirde çok kişi vardı.", "cp1254"),
        ("Сегодня в Москве прошла встреча министров иностранных дел.", "cp1251"),
        ("今日は東京で会議が行われました。首相が出席した。", "shift_jis"),
    ],
)
def test_short_texts_in_the_encodings_of_their_languages(text, encoding):
    assert read_article(text.encode(encoding), "a.txt").text == text


def test_text_is_nfc_with_newlines():
    decomposed = unicodedata.normalize("NFD", "Été à Bréal.\r\nFin.\r")
    assert read_article(decomposed.encode(), "a.txt").text == "Été à Bréal.\nFin.\n"


@pytest.mark.parametrize(
    "data",
    [
        b"Un texte\0 avec\0 deux NUL.",
        "Un texte sans marque.".encode("utf-16-le"),
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n" + bytes(range(1, 32)) * 20,
    ],
    ids=["nuls", "utf-16 without mark", "png", "pdf"],
)
def test_binary_data_is_refused(data):
    with pytest.raises(UserError, match=r"^a\.txt: this isn't text in an encoding that can be recognised"):
        read_article(data, "a.txt")


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
@pytest.mark.parametrize("data", [b"", b" \n\t\n", b"\xef\xbb\xbf", b"* * *\n"])
def test_a_text_without_words_is_refused(name, data):
    with pytest.raises(UserError, match=rf"^{name}: there is no text in it\.$"):
        read_article(data, name)


def test_an_unknown_format_is_refused_and_the_known_ones_named():
    with pytest.raises(UserError, match=r"^a\.ods: not a format .*\.txt.*\.md.*\.html"):
        read_article(b"x", "a.ods")


def test_formats_go_by_extension_in_any_case():
    names = ["A.TXT", "a.md", "a.markdown", "x/y.Html", "a.htm", "a.ods", "html"]
    assert [format_of(name) for name in names] == ["text", "markdown", "markdown", "html", "html", None, None]


# --- identity and hash ---


def test_the_same_bytes_give_the_same_article():
    assert read_article(page(""), "a.html") == read_article(page(""), "a.html")


def test_identity_is_the_key_and_the_content_is_not():
    first = read_article(b"Une phrase.", "a.txt", key="/data/a.txt")
    changed = read_article(b"Une autre phrase.", "./a.txt", key="/data/a.txt")
    assert (first.id, first.source, changed.source) == (changed.id, "a.txt", "./a.txt")
    assert first.content_hash != changed.content_hash
    assert read_article(b"Une phrase.", "b.txt").content_hash == first.content_hash


def test_identity_is_the_canonical_url_where_one_is_stated():
    url = "https://www.lecourrier.example/2025/pont"
    head = f'<link rel="canonical" href="{url.replace("www", "WWW")}#haut">'
    stated = read_article(page(head), "a.html")
    assert stated.id == hashlib.sha256(url.encode()).hexdigest()[:16]
    assert stated.source == "a.html"
    assert markdown(f"url: {url}").id == stated.id


@pytest.mark.parametrize(
    "url",
    ["/2025/pont", "https://site.example/", "javascript:x(1)", "file:///etc/passwd", "https://[bad/x", ""],
)
def test_what_is_no_article_url_identifies_nothing(url):
    article = read_article(page(f'<link rel="canonical" href="{url}">'), "a.html", key="clé")
    assert article.id == hashlib.sha256("clé".encode()).hexdigest()[:16]


@pytest.mark.parametrize(
    "change",
    [
        "title: Autre",
        "outlet: B",
        "author: B",
        "date: 2025-01-02",
        "updated: 2025-01-03",
        "url: https://b.example/b",
    ],
)
def test_a_change_of_metadata_alone_changes_the_hash(change):
    before = "title: A\noutlet: A\nauthor: A\ndate: 2025-01-01\nupdated: 2025-01-01\nurl: https://a.example/a"
    key = change.partition(":")[0]
    after = "\n".join(change if line.startswith(f"{key}:") else line for line in before.split("\n"))
    assert after != before
    assert markdown(after).content_hash != markdown(before).content_hash


# --- dates ---


@pytest.mark.parametrize(
    ("stated", "iso"),
    [
        ("2025-08-16", "2025-08-16"),
        ("2025/8/6", "2025-08-06"),
        ("20250816", "2025-08-16"),
        ("2025-08-16T10:30:00+02:00", "2025-08-16T10:30:00+02:00"),
        ("2025-08-16T10:30:00.123Z", "2025-08-16T10:30:00+00:00"),
        ("2025-08-16 10:30", "2025-08-16T10:30:00"),
        ("2025-08-16 10:30:00 -0400", "2025-08-16T10:30:00-04:00"),
        ("20250816T103000Z", "2025-08-16T10:30:00+00:00"),
        ("Sat, 16 Aug 2025 10:30:00 +0200", "2025-08-16T10:30:00+02:00"),
        ("Sat, 16 Aug 2025 10:30:00 +0200 (CEST)", "2025-08-16T10:30:00+02:00"),
        ("Sat, 16 Aug 2025 10:30:00 CEST", "2025-08-16T10:30:00+02:00"),
        ("Sun, 16 Nov 2025 10:30 cet", "2025-11-16T10:30:00+01:00"),
        ("Sat, 16 Aug 2025 10:30:00 EDT", "2025-08-16T10:30:00-04:00"),
        ("Sat, 16 Aug 2025 10:30:00 BST", "2025-08-16T10:30:00+01:00"),
        ("Sat, 16 Aug 2025 10:30 PM", "2025-08-16T22:30:00"),
        ("16 August 2025", "2025-08-16"),
        ("05/06/2025", None),
        ("2025-13-45", None),
        ("2025-02-30T25:00:00Z", None),
        ("0001-01-01T00:00:00Z", None),
        ("1755332400", None),
        ("hier", None),
        ("2025", None),
    ],
)
def test_stated_dates_become_iso_or_none(stated, iso):
    assert markdown(f"date: {stated}").published_at == iso
    head = f'<meta property="article:published_time" content="{stated}">'
    assert read_article(page(head), "a.html").published_at == iso


OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(min_value=datetime(1600, 1, 1), timezones=st.none() | OFFSETS), st.sampled_from("T "))
def test_iso_datetimes_keep_their_moment_and_offset(moment, separator):
    stated = iso_date(moment.isoformat(separator))
    assert stated == moment.replace(microsecond=0).isoformat()


@given(st.text(max_size=80) | st.integers() | st.lists(st.text(max_size=3)) | st.none())
def test_any_value_is_a_date_or_none(value):
    stated = iso_date(value)
    assert stated is None or stated[:4].isdigit()


# --- whatever the bytes ---

FRAGMENTS = [
    "<p>", "</p>", "<div>", "</article>", "<table><tr><td>", "|", "<!--", "]]>", "</script>", "title:",
    "&#0;", "&#xD800;", "e\u0301", "\0", "\u202e",
]  # fmt: skip
MARKUP = st.lists(
    st.sampled_from(FRAGMENTS)
    | st.sampled_from(
        ["\n", "\r\n", "---\n", "- ", "# ", "Une phrase avec des mots, assez longue pour compter. "]
    )
    | st.sampled_from(['<script type="application/ld+json">', '{"@type":"Article","headline":"\\ud800"}'])
    | st.just('<meta property="article:published_time" content="2025-01-01">')
    | st.text(max_size=20)
).map("".join)
BYTES = MARKUP.map(lambda text: text.encode("utf-8", "replace")) | st.binary()


@settings(max_examples=300, deadline=None)
@given(BYTES, st.sampled_from(["txt", "md", "html"]))
def test_any_bytes_give_a_sound_article_or_a_user_error(data, extension):
    name = f"a.{extension}"
    try:
        article = read_article(data, name)
    except UserError as error:
        assert str(error).startswith(f"{name}: ")
        return
    assert article.text == unicodedata.normalize("NFC", article.text)
    assert not {"\0", "\r"} & set(article.text)
    assert any(character.isalnum() for character in article.text)
    assert article.title == " ".join(article.title.split())
    assert 0 < len(article.title) <= 300
    assert article.ingested_at is None
    json.dumps([article.title, article.text], ensure_ascii=False).encode("utf-8")
    assert read_article(data, name) == article
