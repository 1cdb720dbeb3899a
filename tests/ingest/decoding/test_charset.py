"""Which characters the bytes of a file stand for, where some are broken."""

from io import BytesIO

import pytest

from ingest.containers.expand import expand
from ingest.containers.line_reader import lines
from ingest.converters.registry import read_article
from ingest.decoding.charset import decode
from ingest.schema.document import SourceDocument
from rag.errors import UserError

ACCENTED = "Le lycée de Quéven a été fermé jusqu'à l'été, après l'arrêté du préfet ; les élèves sont à côté."


@pytest.mark.parametrize("html", [True, False])
def test_utf_8_with_a_broken_byte_stays_utf_8(html):
    data = ACCENTED.encode() + b" Un caf\xc3 cr\xc3\xa8me, un th\xe9."
    assert decode(data, html) == f"{ACCENTED} Un caf\ufffd crème, un th\ufffd."


def test_a_file_with_a_broken_byte_keeps_its_accents():
    page = f"<html><head><meta charset='utf-8'><title>Le lycée</title></head><body><p>{ACCENTED}</p>"
    for data, name in ((page.encode() + b"<footer>\xe9</footer></body></html>", "a.html"),
                       (ACCENTED.encode() + b" \xe9", "a.txt")):  # fmt: skip
        assert ACCENTED in read_article(data, name).text


def test_a_page_that_says_utf_8_is_believed_if_some_of_it_is():
    declared = "<meta charset=UTF-8><p>Un été à Quéven, "
    assert (
        decode(declared.encode() + b"th\xe9, caf\xe9</p>", html=True) == f"{declared}th\ufffd, caf\ufffd</p>"
    )
    latin = "<meta charset=utf-8><p>L'été à Quéven, thé, café.</p>"
    assert decode(latin.encode("cp1252"), html=True) == latin


def test_other_charsets_are_told_as_before():
    assert decode(ACCENTED.encode("cp1252")) == ACCENTED
    assert decode(ACCENTED.upper().encode("cp1252")) == ACCENTED.upper()
    assert decode("é puis café".encode() + b" cr\xe8me") != "é puis café cr\ufffdme"


def test_the_few_nuls_of_a_page_are_dropped():
    data = f"<html><body><p>{ACCENTED}</p><p>\0\0Publicité</p></body></html>".encode()
    assert decode(data, html=True) == data.decode().replace("\0", "")


@pytest.mark.parametrize("data", ["<p>été</p>".encode("utf-16-le"), b"<p>\0\0\0\0\0\0\0\0</p>"])
def test_a_page_of_nuls_is_refused(data):
    with pytest.raises(UserError):
        decode(data, html=True)


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.csv"])
def test_a_stray_nul_of_a_text_is_dropped(name):
    if name == "a.csv":
        data = f"titre,texte\nÉcole,{ACCENTED.replace(',', ' ')}\0 Fin.\n".encode()
        item = SourceDocument(name, name, "csv", lambda: data, name, open=lambda: BytesIO(data))
        (record,) = expand(item)
        text = read_article(record.read(), name, format_="record").text
    else:
        text = read_article(f"{ACCENTED}\0 Fin.".encode(), name).text
    assert text.endswith(" Fin.")
    assert "\0" not in text


def test_a_text_of_bytes_of_control_is_refused_whatever_its_nuls():
    with pytest.raises(UserError):
        decode(b"Un texte\0 avec un NUL et un retour \x08 et un octet \xe9 qui ne sont pas d'un texte.")


ACCENTED_BYTES = bytes(sorted({byte for byte in ACCENTED.encode("cp1252") if byte >= 0x80}))
ENGLISH = "It\u2019s \u201cover\u201d \u2014 the café\u2019s owner, Zoë Müller, didn\u2019t say why."


@pytest.mark.parametrize("text", [ACCENTED, ENGLISH, "« Voilà », dit-elle à l'été, près d'ici."])
@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "cp850"])
def test_the_code_page_is_the_one_in_which_words_have_their_accents(text, encoding):
    if encoding == "cp850":
        text = text.translate({0x2019: "'", 0x201C: '"', 0x201D: '"', 0x2014: "-"})
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("encoding", ["mac_roman", "cp850"])
def test_lines_of_a_table_in_an_old_code_page_have_their_accents(encoding):
    rows = "".join(f"École {n};{ACCENTED}\n" for n in range(3))
    read = [line.text for line in lines(BytesIO(f"titre;texte\n{rows}".encode(encoding)))]
    assert "".join(read) == f"titre;texte\n{rows}"


def test_a_broken_row_of_a_table_in_utf_8_stays_utf_8():
    data = f"titre;texte\nÉté;{ACCENTED}\n".encode() + f"Café;{ACCENTED}".encode() + b" caf\xe9\n"
    read = [line.text for line in lines(BytesIO(data))]
    assert read[2] == f"Café;{ACCENTED} caf\ufffd\n"


def test_a_text_whose_accents_fit_nowhere_is_told_as_doubtful():
    """KOI-like bytes in the middle of French words: no code page of the West has letters there."""
    data = ACCENTED.encode("cp1252").translate(
        bytes.maketrans(ACCENTED_BYTES, bytes((0xB0, 0xB2, 0xC5, 0xCE, 0xDA))[: len(ACCENTED_BYTES)])
    )
    with pytest.raises(UserError, match=r"^its encoding is doubtful") as error:
        decode(data)
    assert error.value.text("fr").startswith("son encodage est douteux")


SHORT = ("Grève à Nîmes", "Café fermé", "L'été à Sète", "Où est le préfet ?", "Forêt brûlée à Alès")
EURO = "Le cœur de la ville d'Orléans : 12 € l'entrée, des œufs et un bœuf."


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "cp850", "cp437"])
@pytest.mark.parametrize("text", [*SHORT, "L'ÉLU S'EXPRIME"])
def test_a_few_french_words_are_read_in_their_code_page(text: str, encoding: str):
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("text", "encodings"),
    [
        ("Die Brücke in München ist gesperrt, größere Schäden möglich.", ("cp1252", "mac_roman", "cp850")),
        ("El alcalde señaló que mañana abrirá, según la compañía.", ("cp1252", "mac_roman", "cp850")),
        ("Il sindaco è già lì, però la città è chiusa.", ("cp1252", "mac_roman", "cp850")),
        ("A ponte está fechada até amanhã, não há previsão.", ("cp1252", "mac_roman", "cp850")),
        ("Bron är stängd, säger borgmästaren på måndag.", ("cp1252", "mac_roman", "cp850")),
    ],
)
def test_other_western_languages_keep_their_code_pages(text: str, encodings: tuple[str, ...]):
    assert [decode(text.encode(one)) for one in encodings] == [text] * len(encodings)


def test_the_french_letters_and_the_euro_of_iso_8859_15_are_read():
    assert decode(EURO.encode("iso8859-15")) == EURO
    assert decode((ACCENTED + " " + EURO).encode("iso8859-15")) == f"{ACCENTED} {EURO}"
    fractions = "Un verre à moitié plein : ½ litre, ¼ de lait et ¾ d'eau, à 20 °C, dit l'élève à côté."
    assert decode(fractions.encode("cp1252")) == fractions


@pytest.mark.parametrize(
    "start",
    [
        '<?xml version="1.0" encoding="iso-8859-15"?>\n<html><head>',
        f"<html><head><style>{'a' * 20_000}</style><meta charset='iso-8859-15'>",
    ],
)
def test_a_charset_that_is_declared_as_xml_or_behind_styles_is_known(start: str):
    page = f"{start}</head><body><p>{EURO}</p></body></html>"
    assert EURO in decode(page.encode("iso8859-15"), html=True)


def test_a_page_that_declares_another_charset_than_it_has_is_read_as_what_it_is():
    page = f"<html><head><meta charset='{{}}'></head><body><p>{EURO}</p></body></html>"
    for declared, encoding in (
        ("utf-8", "cp1252"),
        ("iso-8859-1", "utf-8"),
        ("utf-16", "utf-8"),
        ("?", "cp1252"),
    ):
        assert EURO in decode(page.format(declared).encode(encoding), html=True)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Most w Gdańsku został zamknięty. Burmistrz zapowiada otwarcie w poniedziałek.", "cp1250"),
        ("Starosta oznámil, že most přes řeku bude uzavřen až do pondělí.", "cp1250"),
        ("A polgármester bejelentette, hogy a hidat hétfőig lezárják a városban.", "cp1250"),
        ("Belediye başkanı köprünün pazartesi günü açılacağını söyledi. Köprü bugün kapalı.", "cp1254"),
        ("Meras pranešė, kad tiltas per upę bus uždarytas iki pirmadienio.", "cp1257"),
        ("Мост в городе закрыт. Мэр обещает открыть его в понедельник.", "cp1251"),
        ("Η γέφυρα έκλεισε. Ο δήμαρχος υπόσχεται να ανοίξει τη Δευτέρα.", "cp1253"),
    ],
)
def test_other_languages_keep_theirs(text: str, encoding: str):
    assert decode(text.encode(encoding)) == text
