"""What agencies send is one article for each article, with what its provider states of it."""

from __future__ import annotations

import json

import pytest
from deliveries import FIRST, OTHER, SECOND, articles, damaged, expanded, outcome, read, reasons
from hypothesis import given, settings
from hypothesis import strategies as st
from run import rounds

from ingest.schema.delivery import Delivery
from ingest.schema.document import SourceDocument
from rag.schema.article import Imprint

G2 = "http://iptc.org/std/nar/2006-10-01/"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def delivery(data: bytes | str, name: str) -> Delivery:
    (item,) = expanded(data, name)
    assert isinstance(item, SourceDocument)
    assert item.delivery is not None
    return item.delivery


# --- ninjs ---


NINJS_1 = {
    "uri": "urn:val.example:halle",
    "type": "text",
    "pubstatus": "usable",
    "firstcreated": "2026-02-05T18:00:00+01:00",
    "versioncreated": "2026-02-05T20:30:00+01:00",
    "language": "fr",
    "headline": "La halle rénovée",
    "byline": "Inès Roumégoux",
    "copyrightholder": "Agence du Val",
    "copyrightnotice": "© 2026 Agence du Val",
    "body_text": f"{FIRST}\n{SECOND}",
}
NINJS_3 = {
    "uri": "urn:val.example:marche",
    "standard": {"name": "ninjs", "version": "3.0"},
    "type": "text",
    "versionCreated": "2026-02-06T08:00:00Z",
    "by": "Zoé Tornac",
    "infoSources": [{"name": "Agence du Val", "role": "supplier"}],
    "headlines": [{"role": "short", "value": "Marché"}, {"role": "main", "value": "Le marché déménage"}],
    "bodies": [
        {"role": "text", "contentType": "text/plain", "value": OTHER},
        {"role": "web", "contentType": "text/html", "value": f"<p>{OTHER}</p><p>{SECOND}</p>"},
    ],
}


def test_ninjs_1_is_read_with_its_first_and_its_latest_date():
    (article,) = articles(json.dumps(NINJS_1), "a.json")
    assert article.text == f"{FIRST}\n{SECOND}"
    assert (article.title, article.author, article.language) == ("La halle rénovée", "Inès Roumégoux", "fr")
    assert article.outlet == "Agence du Val"
    assert article.published_at == "2026-02-05T18:00:00+01:00"
    assert article.updated_at == "2026-02-05T20:30:00+01:00"
    assert article.imprint == Imprint(rights="© 2026 Agence du Val", identity="urn:val.example:halle")
    assert delivery(json.dumps(NINJS_1), "a.json") == Delivery(
        "urn:val.example:halle", "2026-02-05T20:30:00+01:00", "usable", None
    )


def test_ninjs_3_is_read_from_its_main_headline_and_fullest_body():
    (article,) = articles(json.dumps(NINJS_3), "a.json")
    assert article.text == f"{OTHER}\n{SECOND}"
    assert (article.title, article.author, article.outlet) == (
        "Le marché déménage", "Zoé Tornac", "Agence du Val",
    )  # fmt: skip
    assert (article.published_at, article.updated_at) == ("2026-02-06T08:00:00+00:00", None)


@pytest.mark.parametrize("wrap", [lambda items: items, lambda items: {"items": items}])
def test_several_ninjs_items_are_as_many_articles(wrap):
    data = json.dumps(wrap([NINJS_1, NINJS_3]))
    assert [article.title for article in articles(data, "a.json")] == [
        "La halle rénovée", "Le marché déménage",
    ]  # fmt: skip
    lines = "\n".join(map(json.dumps, [NINJS_1, NINJS_3]))
    assert [article.text for article in articles(lines, "a.jsonl")] == [
        f"{FIRST}\n{SECOND}", f"{OTHER}\n{SECOND}",
    ]  # fmt: skip


def test_associated_items_are_not_the_article():
    item = NINJS_1 | {"associations": [NINJS_3], "items": [NINJS_3]}
    assert [article.title for article in articles(json.dumps(item), "a.json")] == ["La halle rénovée"]


def test_a_picture_is_no_article():
    picture = {"uri": "urn:v:1", "type": "picture", "versioncreated": "2026-01-01", "body_text": "La halle."}
    assert reasons(json.dumps(picture), "a.json") == [
        "a.json: a ninjs item without a text (its type is picture)."
    ]
    empty = {"uri": "urn:v:1", "type": "text", "versioncreated": "2026-01-01"}
    assert reasons(json.dumps([empty]), "a.json") == [
        "a.json#1: a ninjs item without a text (its type is text)."
    ]


def test_other_objects_are_rows_as_before():
    assert articles('{"uri": "a", "text": "Un mot."}', "a.json")[0].text == "Un mot."
    data = json.dumps({"guid": "urn:a:1", "title": "T", "text": FIRST, "pubdate": "2026-01-01"})
    (item,) = expanded(data, "a.json")
    assert isinstance(item, SourceDocument)
    assert item.delivery is None


# --- NewsML-G2 ---


def g2_item(guid: str, title: str, body: str, about: str = "", attributes: str = "") -> str:
    return (
        f'<newsItem xmlns="{G2}" guid="{guid}" version="2" xml:lang="fr" {attributes}><itemMeta>'
        '<itemClass qcode="ninat:text"/><provider qcode="nprov:VAL"><name>Agence du Val</name></provider>'
        "<versionCreated>2026-02-05T20:30:00+01:00</versionCreated>"
        f"<firstCreated>2026-02-05T18:00:00+01:00</firstCreated>{about}</itemMeta>"
        f"<contentMeta><by>Inès Roumégoux</by><headline>{title}</headline>"
        '<language tag="fr"/></contentMeta>'
        f"<contentSet>{body}</contentSet></newsItem>"
    )


def xhtml(*paragraphs: str) -> str:
    lines = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        '<inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml">'
        f"<head><title>x</title></head><body>{lines}</body></html></inlineXML>"
    )


MARKED = 'Le maire <inline uri="http://val.example/p/1">Paul Roumégoux</inline> ne<br/>démissionne pas'


def test_newsml_g2_is_read_whole_with_what_stands_behind_marked_names():
    (article,) = articles(HEAD + g2_item("urn:v:1", MARKED, xhtml(FIRST, SECOND)), "a.xml")
    assert article.title == "Le maire Paul Roumégoux ne démissionne pas"
    assert article.text == f"{FIRST}\n{SECOND}"
    assert (article.outlet, article.author, article.language) == ("Agence du Val", "Inès Roumégoux", "fr")
    assert article.published_at == "2026-02-05T18:00:00+01:00"
    assert article.updated_at == "2026-02-05T20:30:00+01:00"


def test_a_newsml_g2_message_holds_an_article_for_each_text_item():
    nitf = (
        '<inlineXML contenttype="application/nitf+xml">'
        '<nitf xmlns="http://iptc.org/std/NITF/2006-10-18/">'
        f"<head/><body><body.head/><body.content><p>{OTHER}</p>"
        "<media><media-caption>La place.</media-caption>"
        f"</media><p>{SECOND}</p></body.content></body></nitf></inlineXML>"
    )
    plain = f'<inlineData contenttype="text/plain">{FIRST}\n\n{SECOND}</inlineData>'
    picture = g2_item("urn:v:4", "Photo", "").replace("ninat:text", "ninat:picture")
    items = [
        g2_item("urn:v:1", "Un", xhtml(FIRST)),
        g2_item("urn:v:2", "Deux", nitf),
        picture,
        g2_item("urn:v:3", "Trois", plain),
        g2_item("urn:v:5", "Vide", ""),
    ]
    message = f'<newsMessage xmlns="{G2}"><header/><itemSet>{"".join(items)}</itemSet></newsMessage>'
    found = expanded(HEAD + message, "a.xml")
    assert [(read(item).title, read(item).text) for item in found[:3]] == [
        ("Un", FIRST), ("Deux", f"{OTHER}\n{SECOND}"), ("Trois", f"{FIRST}\n\n{SECOND}"),
    ]  # fmt: skip
    assert [item.source for item in found] == ["a.xml#1", "a.xml#2", "a.xml#3", "a.xml#4"]
    assert reasons(HEAD + message, "a.xml") == ["a.xml#4: the news item urn:v:5 has no text."]


@pytest.mark.parametrize(
    ("about", "status", "embargo"),
    [
        ('<pubStatus qcode="stat:usable"/>', "usable", None),
        ('<pubStatus qcode="stat:canceled"/>', "canceled", None),
        ("<embargoed>2026-02-06T06:00:00+01:00</embargoed>", "usable", "2026-02-06T06:00:00+01:00"),
        ('<embargoed/><pubStatus qcode="stat:withheld"/>', "withheld", "further notice"),
    ],
)
def test_newsml_g2_says_what_may_be_published_and_when(about, status, embargo):
    stated = delivery(g2_item("urn:v:1", "Un", xhtml(FIRST), about), "a.xml")
    assert stated == Delivery("urn:v:1", "2026-02-05T20:30:00+01:00", status, embargo)


def test_notes_to_editors_are_not_text():
    body = xhtml(FIRST).replace("</body>", '<p class="editorsnote">Contact : 01 00 00 00 00</p></body>')
    about = "<edNote>Ne pas publier.</edNote>"
    (article,) = articles(g2_item("urn:v:1", "Un", body, about), "a.xml")
    assert article.text == FIRST


# --- NewsML 1.2 ---


def newsml(*items: str) -> str:
    return f'{HEAD}<NewsML Version="1.2"><NewsEnvelope/>{"".join(items)}</NewsML>'


def news_item(name: str, title: str, content: str, management: str = '<Status FormalName="Usable"/>') -> str:
    return (
        '<NewsItem xml:lang="fr"><Identification><NewsIdentifier><ProviderId>val.example</ProviderId>'
        f"<DateId>20260205</DateId><NewsItemId>{name}</NewsItemId><RevisionId Update='N'>2</RevisionId>"
        f"<PublicIdentifier>urn:newsml:val.example:20260205:{name}:2</PublicIdentifier></NewsIdentifier>"
        "</Identification><NewsManagement><FirstCreated>20260205T180000+0100</FirstCreated>"
        f"<ThisRevisionCreated>20260205T203000+0100</ThisRevisionCreated>{management}</NewsManagement>"
        f"<NewsComponent><NewsLines><HeadLine>{title}</HeadLine><ByLine>Inès Roumégoux</ByLine>"
        "<DateLine>Lézan, 5 février 2026 (Val) -</DateLine></NewsLines>"
        "<AdministrativeMetadata><Provider><Party FormalName='Agence du Val'/></Provider>"
        "</AdministrativeMetadata><DescriptiveMetadata><Language FormalName='fr'/></DescriptiveMetadata>"
        "<NewsComponent><ContentItem><MediaType FormalName='Photo'/><DataContent>"
        "La place, un jour de marché, "
        "photographiée depuis le clocher par un correspondant, avec au fond la halle."
        "</DataContent></ContentItem>"
        "</NewsComponent>"
        f"<NewsComponent><ContentItem><MediaType FormalName='Text'/><DataContent>{content}"
        "</DataContent></ContentItem></NewsComponent></NewsComponent></NewsItem>"
    )


def test_newsml_1_is_read_from_its_components():
    (article,) = articles(newsml(news_item("halle", "La halle", f"<p>{FIRST}</p><p>{SECOND}</p>")), "a.xml")
    assert article.text == f"Lézan, 5 février 2026 (Val)\n{FIRST}\n{SECOND}"
    assert (article.title, article.author, article.outlet) == ("La halle", "Inès Roumégoux", "Agence du Val")
    assert (article.published_at, article.updated_at) == (
        "2026-02-05T18:00:00+01:00", "2026-02-05T20:30:00+01:00",
    )  # fmt: skip


def test_a_revision_of_a_newsml_1_item_has_its_identity():
    assert delivery(newsml(news_item("halle", "La halle", f"<p>{FIRST}</p>")), "a.xml").identity == (
        "urn:newsml:val.example:20260205:halle"
    )


def test_several_newsml_1_items_are_as_many_articles():
    head = "<body.head><hedline><hl1>x</hl1></hedline></body.head>"
    nitf = f"<nitf><body>{head}<body.content><p>{OTHER}</p></body.content></body></nitf>"
    cdata = f"<![CDATA[<p>{FIRST}</p><p>{SECOND}</p>]]>"
    found = articles(newsml(news_item("a", "Un", nitf), news_item("b", "Deux", cdata)), "a.xml")
    line = "Lézan, 5 février 2026 (Val)"
    assert [(article.title, article.text) for article in found] == [
        ("Un", f"{line}\n{OTHER}"), ("Deux", f"{line}\n{FIRST}\n{SECOND}"),
    ]  # fmt: skip


def test_a_newsml_1_embargo_ends_when_its_status_will_change():
    change = (
        '<Status FormalName="Embargoed"/><StatusWillChange><FutureStatus FormalName="Usable"/>'
        "<DateAndTime>20260206T060000+0100</DateAndTime></StatusWillChange>"
    )
    stated = delivery(newsml(news_item("a", "Un", f"<p>{FIRST}</p>", change)), "a.xml")
    assert (stated.status, stated.embargo) == ("usable", "20260206T060000+0100")
    held = delivery(newsml(news_item("a", "Un", FIRST, '<Status FormalName="Embargoed"/>')), "a.xml")
    assert (held.status, held.embargo) == ("withheld", None)
    gone = delivery(newsml(news_item("a", "Un", FIRST, '<Status FormalName="Canceled"/>')), "a.xml")
    assert gone.status == "canceled"


# --- NITF ---


NITF = (
    '{head}<!DOCTYPE nitf SYSTEM "nitf-3-4.dtd"><nitf><head><title>x</title><docdata>'
    '<doc-id id-string="halle-1" regsrc="Agence du Val"/><date.issue norm="20260205T203000+0100"/>{release}'
    "</docdata></head><body><body.head><hedline><hl1>La halle <em>rénovée</em></hl1><hl2>x</hl2></hedline>"
    "<note noteclass='editorsnote'><p>Pas avant minuit.</p></note><byline>Par Inès Roumégoux</byline>"
    "<dateline><location>Lézan</location></dateline></body.head><body.content><p>{first}</p>"
    "<hl2>La suite</hl2><p>{second}</p></body.content><body.end><tagline>Contact : 01 00 00 00 00</tagline>"
    "</body.end></body></nitf>"
)


def nitf(release: str = "", head: str = HEAD) -> str:
    return NITF.format(head=head, release=release, first=FIRST, second=SECOND)


@pytest.mark.parametrize("name", ["a.xml", "a.nitf"])
def test_nitf_is_read_without_notes_and_contact_lines(name):
    (article,) = articles(nitf(), name)
    assert article.text == f"Lézan\n{FIRST}\nLa suite\n{SECOND}"
    assert (article.title, article.author) == ("La halle rénovée", "Inès Roumégoux")
    assert (article.outlet, article.published_at) == ("Agence du Val", "2026-02-05T20:30:00+01:00")


def test_nitf_says_when_it_is_released():
    stated = delivery(nitf('<date.release norm="20260206T060000+0100"/>'), "a.xml")
    assert stated == Delivery(
        "Agence du Val:halle-1", "20260205T203000+0100", "usable", "20260206T060000+0100"
    )


def test_xml_in_other_encodings_and_with_names_of_characters_is_read():
    latin = nitf(head='<?xml version="1.0" encoding="ISO-8859-1"?>')
    assert FIRST in articles(latin.encode("latin-1"), "a.xml")[0].text
    undeclared = nitf(head="").encode("cp1252")
    assert FIRST in articles(undeclared, "a.xml")[0].text
    named = nitf().replace("é", "&eacute;")
    assert FIRST in articles(named, "a.xml")[0].text
    assert FIRST in articles(nitf(head="").encode("utf-16"), "a.xml")[0].text


def test_other_xml_is_refused_by_name_and_entities_always():
    assert reasons("<facture><p>x</p></facture>", "a.xml") == [
        "a.xml: XML of a kind that isn't read (<facture>); NewsML, NITF, feeds, WordPress's, Zotero's and "
        "Factiva's are."
    ]
    assert "a list of addresses (<urlset>)" in reasons("<urlset><url/></urlset>", "a.xml")[0]
    assert reasons("<nitf><body>", "a.xml")[0].startswith("a.xml: it isn't well-formed XML (line 1)")
    body = "<nitf><body.content>&b;</body.content></nitf>"
    bomb = f'<!DOCTYPE nitf [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>{body}'
    assert "declares XML entities" in reasons(bomb, "a.xml")[0]
    outside = f'<!DOCTYPE nitf [<!ENTITY b SYSTEM "file:///etc/passwd">]>{body}'
    assert "declares XML entities" in reasons(outside, "a.xml")[0]
    assert "declares XML entities" in reasons(bomb.encode("utf-16"), "a.xml")[0]
    hidden = bomb.replace("<!", "+ADwAIQ-").encode()
    assert "declares XML entities" in reasons(b'<?xml version="1.0" encoding="UTF-7"?>' + hidden, "a.xml")[0]


# --- IPTC 7901 ---


WIRE = (
    "\x01VAL123 4 I 0042 halle-Lezan\r\n\x02\r\n/VAL-TX12\r\nLa halle rénovée\r\n\r\n"
    "   LEZAN, 5 février 2026 (Val) - La halle de Lézan sera rénovée pour\r\n890 000 euros.\r\n"
    "   Le maire promet une réouverture avant\r\nl'été.\r\nir/zt\r\n\x03\r\nVAL 051930 GMT FEV 26\r\n"
)


def test_messages_of_iptc_7901_are_read_paragraph_by_paragraph():
    (article,) = articles(WIRE, "a.txt")
    assert article.text == (
        "LEZAN, 5 février 2026 (Val) - La halle de Lézan sera rénovée pour 890 000 euros.\n"
        "Le maire promet une réouverture avant l'été."
    )
    assert (article.title, article.outlet) == ("La halle rénovée", "VAL")
    assert article.published_at == "2026-02-05T19:30:00+00:00"


def test_several_messages_are_as_many_articles():
    other = (
        WIRE.replace("\x01VAL123", "ZCZC VAL124").replace("La halle rénovée", "Bis").replace("\x03", "NNNN")
    )
    found = articles(WIRE + other, "a.txt")
    assert [article.title for article in found] == ["La halle rénovée", "Bis"]
    assert found[0].text == found[1].text


@pytest.mark.parametrize(
    "line", ["ATTENTION - EMBARGO jusqu'à lundi 06h00", "Sous embargo", "NOT FOR PUBLICATION"]
)
def test_a_message_that_says_so_is_withheld(line):
    assert delivery(WIRE.replace("La halle rénovée", line), "a.txt").status == "withheld"
    told = WIRE.replace("Le maire promet", "L'embargo a été levé, dit le maire, qui promet")
    assert delivery(told, "a.txt").status == "usable"


def test_other_texts_are_one_article():
    assert len(expanded("ZCZCA est un mot.\nNNNN", "a.txt")) == 1
    assert articles("ZCZCA est un mot.", "a.txt")[0].text == "ZCZCA est un mot."


# --- damaged ---


G2_ITEMS = g2_item("u:1", "Un", xhtml(FIRST)) + g2_item("u:2", "Deux", xhtml(OTHER))
NEWS_ITEMS = news_item("a", "Un", f"<p>{FIRST}</p>"), news_item("b", "Deux", f"<p>{OTHER}</p>")
SHORT = [NINJS_1 | {"body_text": FIRST}, NINJS_3 | {"bodies": [{"value": OTHER}]}]
MESSAGE = "\x01VAL123 4 I 0042 x\r\n\x02\r\nTitre\r\n\r\n   {}\r\n\x03\r\nVAL 051930 GMT FEV 26\r\n"
TWO = [
    ("a.json", json.dumps(SHORT)),
    ("a.xml", f'<newsMessage xmlns="{G2}">{G2_ITEMS}</newsMessage>'),
    ("a.xml", newsml(*NEWS_ITEMS)),
    ("a.txt", MESSAGE.format(FIRST) + MESSAGE.format(OTHER)),
    ("a.xml", nitf()),
]
PIECES = [
    b"", b"<", b">", b"</p>", b"&", b'"', b"{", b"]", b"\0", b"\xff\xfe", b"<newsItem>", b"\1", b"\2",
    b"null",
]  # fmt: skip


@pytest.mark.parametrize(("name", "data"), TWO)
@given(place=st.integers(0, 5_000), removed=st.integers(0, 40), put=st.sampled_from(PIECES))
@settings(max_examples=rounds(100, 1_000), deadline=None)
def test_what_is_damaged_is_refused_or_read_and_never_merged(name, data, place, removed, put):
    """Up to forty bytes are lost at once: never all the marks between two articles."""
    for text in outcome(damaged(data.encode(), place, removed, put), name):
        assert not (FIRST[:40] in text and OTHER[:40] in text)
