"""Tables of readers, GDELT and media monitoring: excerpts where they have words, else told as addresses."""

from __future__ import annotations

import csv
import io
import re

import pytest
from deliveries import FIRST, OTHER, SECOND, articles, damaged, expanded, outcome, read, reasons
from hypothesis import given, settings
from hypothesis import strategies as st
from run import rounds

from ingest.containers.expand import expand
from ingest.exports.gdelt import is_coded
from ingest.schema.columns import Columns
from ingest.schema.document import Failure, Notice, SourceDocument

LISTS = {
    "Pocket": "title,url,time_added,tags,status\nLa halle,https://val.example/a,1770319800,val|halle,unread\n",
    "Instapaper": "URL,Title,Selection,Folder,Timestamp\nhttps://val.example/a,La halle,,Unread,1770319800\n",
    "Raindrop": (
        "id,title,note,excerpt,url,folder,tags,created,cover,highlights,favorite\n"
        "1,La halle,,Le journal du val,https://val.example/a,Val,val,2026-02-05T19:30:00.000Z,,,false\n"
    ),
    "Readwise Reader": (
        "Title,URL,ID,Document tags,Saved date,Reading progress,Location,Seen\n"
        "La halle,https://val.example/a,01abc,['val'],2026-02-05 19:30:00+00:00,0,new,True\n"
    ),
    "gdeltdoc": (
        ",url,url_mobile,title,seendate,socialimage,domain,language,sourcecountry\n"
        "0,https://val.example/a,,La halle,20260205T193000Z,,val.example,French,France\n"
    ),
    "GDELT": "URL,MobileURL,Date,Title\nhttps://val.example/a,,2026-02-05 19:30:00,La halle\n",
}
HIGHLIGHTS = (
    "Highlight,Book Title,Book Author,Amazon Book ID,Note,Color,Tags,Location Type,Location,Highlighted at,"
    "Document tags\n"
    f'"{SECOND}",La halle,Inès Roumégoux,,à vérifier,,,order,9,2026-02-07 10:00:00+00:00,\n'
    f'"{OTHER}",Le marché,Paul Ey,,,,,order,1,2026-02-07 10:01:00+00:00,\n'
    f'"{FIRST}",La halle,Inès Roumégoux,,,,,order,2,2026-02-07 10:02:00+00:00,\n'
)
MELTWATER = (
    "Date\tHeadline\tURL\tOpening Text\tHit Sentence\tSource\tInfluencer\tCountry\tLanguage\n"
    f"2026-02-05\tLa halle\thttps://val.example/a\t{FIRST}\t{SECOND}\tLe Journal du Val\tInès R\tFR\tFrench\n"
    f"2026-02-06\tLe marché\thttps://val.example/b\t{OTHER}\t{OTHER}\tLe Journal du Val\t\tFR\tFrench\n"
)
GKG = "\t".join(
    ["20260205193000-12", "20260205193000", "1", "val.example", "https://val.example/a", *[""] * 22]
)
EVENT = "\t".join(["1200000001", "20260205", "202602", "2026", "2026.0959", *["x"] * 56])


@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_addresses_is_told_with_its_count_and_what_to_do(name):
    header, row = LISTS[name].splitlines()
    assert reasons("\n".join([header, row, row, ""]), "a.csv") == [
        "a.csv: no article to read in it; left out: addresses without a text (2); give `sourcier ingest` the "
        "addresses themselves."
    ]


BOOKMARKS = """<!DOCTYPE NETSCAPE-Bookmark-file-1>
<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">
<TITLE>Bookmarks</TITLE>
<DL><p>
<DT><A HREF="https://val.example/a" ADD_DATE="1770319800" TAGS="val">La halle</A>
<DT><A HREF="place:type=6" ADD_DATE="1770319800">Récents</A>
<DT><A HREF="https://val.example/b" ADD_DATE="1770319801">Le marché</A>
</DL><p>
"""
POCKET = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>Pocket Export</title></head><body><h1>Unread</h1><ul>
<li><a href="https://val.example/a" time_added="1770319800" tags="">La halle</a></li>
<li><a href="https://val.example/b" time_added="1770319801" tags="">Le marché</a></li>
</ul></body></html>
"""


@pytest.mark.parametrize("page", [BOOKMARKS, POCKET])
def test_a_page_of_bookmarks_is_told_with_its_count(page):
    (reason,) = reasons(page, "a.html")
    assert "addresses without a text (2); give `sourcier ingest` the addresses themselves." in reason
    assert reasons(re.sub('https://[^"]*', "x", page), "a.html") == ["a.html: there is no article in it."]


def test_a_list_to_which_texts_were_added_is_a_table_of_articles():
    header, row = LISTS["Pocket"].splitlines()
    (article,) = articles(f"{header},text\n{row},{FIRST.replace(',', '')}\n", "a.csv")
    assert (article.text, article.title, article.excerpt) == (FIRST.replace(",", ""), "La halle", False)


def test_what_a_reader_marked_is_one_excerpt_for_each_article():
    found = expanded(HIGHLIGHTS, "a.csv")
    first, second = map(read, found)
    assert (first.text, first.title, first.author) == (
        f"{FIRST}\n[…]\n{SECOND}", "La halle", "Inès Roumégoux",
    )  # fmt: skip
    assert (second.text, second.title) == (OTHER, "Le marché")
    assert first.excerpt and second.excerpt
    assert isinstance(found[0], SourceDocument) and found[0].key == "/k/a.csv#id=La halle · Inès Roumégoux"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_what_meltwater_shows_of_an_article_is_an_excerpt(encoding):
    first, second = articles(MELTWATER.encode(encoding), "a.csv")
    assert first.text == f"{FIRST}\n[…]\n{SECOND}"
    assert (first.title, first.outlet, first.author) == ("La halle", "Le Journal du Val", "Inès R")
    assert (first.published_at, first.excerpt) == ("2026-02-05", True)
    assert second.text == OTHER


@pytest.mark.parametrize(("line", "fields"), [(GKG, 27), (EVENT, 61)])
def test_gdelts_tables_of_codes_are_told_with_their_count(line, fields):
    assert line.count("\t") + 1 == fields
    assert reasons(f"{line}\n{line}\n", "a.csv") == [
        "a.csv: no article to read in it; left out: GDELT's codes of articles, without a text (2); give "
        "`sourcier ingest` the addresses that they name."
    ]
    assert not is_coded("date\ttexte") and not is_coded("1\t2\t3")


def test_what_was_put_together_of_gdelts_words_is_read_with_its_quotation_marks():
    text = f'Text|Date|URL|Source\n"Oui", dit-elle. {FIRST}|2026-02-05T19:30:00Z|https://val.example/a|val.example\n'
    (article,) = articles(text, "a.csv")
    assert article.text == f'"Oui", dit-elle. {FIRST}'
    assert article.outlet == "val.example"


def test_a_broken_row_of_a_known_table_is_told_and_the_others_are_read():
    found = expanded(HIGHLIGHTS + '"sans fin,La halle,x\n', "a.csv")
    assert [isinstance(one, Failure) for one in found] == [False, False, True]


def test_columns_that_the_user_chose_come_first():
    data = HIGHLIGHTS.encode()
    file = SourceDocument("a.csv", "/k", "csv", lambda _: data, columns=Columns.of({"text": "Highlight"}))
    assert [read(one).text for one in expand(file) if not isinstance(one, Notice)] == [SECOND, OTHER, FIRST]


def test_many_rows_are_counted_without_being_held():
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["title", "url", "time_added", "tags", "status"])
    for n in range(20_000):
        writer.writerow([f"t{n}", f"https://val.example/{n}", n, "", "unread"])
    assert "addresses without a text (20000)" in reasons(out.getvalue(), "a.csv")[0]


PIECES = [b"", b'"', b",", b"\n", b"\r", b"\0", b"\xff\xfe", b"\t", b"|", b"Highlight"]


@pytest.mark.parametrize("table", [HIGHLIGHTS, MELTWATER, LISTS["Pocket"], GKG])
@given(place=st.integers(0, 2_000), removed=st.integers(0, 40), put=st.sampled_from(PIECES))
@settings(max_examples=rounds(80, 800), deadline=None)
def test_what_is_damaged_is_refused_or_read_and_never_merged(table, place, removed, put):
    for text in outcome(damaged(table.encode(), place, removed, put), "a.csv"):
        assert not (FIRST[-40:] in text and OTHER[:40] in text)
