"""A folder with a file of every format that is read; some of them are broken, and one comes twice."""

from __future__ import annotations

import gzip
import json
from io import BytesIO
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from archives import mhtml, page, response, wacz
from documents import epub, html, json_lines, mail, odt, pdf, warc, word, zipped

_RTF = r"{\rtf1\ansi\ansicpg1252 La mairie de Bessac ouvre un bureau de poste. Il emploie deux personnes.}"
_PAGE = "Content-Type: text/html; charset=utf-8\nContent-Location: https://trois.example/musee"
_ATOM = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>Fil</title><item><title>Le quai</title>'
    "<link>https://fil.example/quai</link><description>Le quai de Norvans est rouvert aux promeneurs depuis"
    " mardi. Les travaux ont duré six mois.</description></item></channel></rss>"
)
_ROWS = [
    {"id": str(n), "title": f"Ligne {n}", "text": _text, "date": f"2025-03-{n + 1:02d}"}
    for n, _text in enumerate(
        f"La commune de Sarlin-{n} compte {n * 37 + 400} habitants. Elle a ouvert {n + 2} classes."
        for n in range(24)
    )
]


def write_every_format(folder: Path) -> None:
    """Write the files; those whose names begin with `bad` can't be read, in whole or in part."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in _files().items():
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)


def _files() -> dict[str, str | bytes]:
    return _articles() | _containers() | _delivered() | _bad()


def _articles() -> dict[str, str | bytes]:
    text = "Le pont de Corvenne a rouvert lundi après trois mois de travaux.\n\nIl a coûté 890 000 euros."
    long = "\n\n".join(
        f"Paragraphe {n}. Le conseil de Valmorin a voté {n + 3} mesures pour l'eau, les écoles et le bac. "
        f"« Nous en discuterons le {n % 28 + 1} mai », a dit Paul Roumégoux, le maire."
        for n in range(30)
    )
    return {
        "court.txt": text,
        "long.md": f"# Le conseil\n\n{long}\n",
        "page.html": html("La piscine de Malvoisy ferme. Elle a coûté deux millions d'euros.", "La piscine"),
        "page.mhtml": mhtml((_PAGE, page("Le musée", "Le musée de Port-Salin a un nouveau toit."))),
        "note.pdf": pdf("La fontaine de Lézan coule de nouveau. Les riverains attendaient depuis avril."),
        "note.docx": word("Le marché de Tornac déménage.", "Il revient dans quatre mois.", title="Le marché"),
        "note.odt": odt("<text:p>La halle sera rénovée. Le conseil l'a décidé jeudi soir.</text:p>"),
        "note.rtf": _RTF,
        "livre.epub": epub("<h1>Le bac</h1><p>Le bac de Valmorin ne circule plus le dimanche.</p>"),
        "lettre.eml": mail(
            "Le tramway de Norvans aura deux lignes. La première ouvre en 2027.", "Le tramway"
        ),
        "page.html.gz": gzip.compress(html("L'école de Sarrane accueille douze élèves.", "L'école").encode()),
        # The same article from another file: it is one, with two sources.
        "z_copie.txt": text,
    }


def _containers() -> dict[str, str | bytes]:
    table = BytesIO()
    pq.write_table(pa.Table.from_pylist([row | {"id": f"p{row['id']}"} for row in _ROWS[:3]]), table)
    rows = ["id,title,text,date", *(f'c{r["id"]},{r["title"]},"{r["text"]} Bis.",{r["date"]}' for r in _ROWS)]
    shown = page("Le phare", "Le phare de Port-Salin est repeint en blanc.", "Il date de 1854.")
    seen = response("https://un.example/phare", shown)
    bakery = page("Le four", "Le four est en panne.")
    letter = mail("Le club gagne. Il a deux points.", "Club")
    cinema = html("Le cinéma de Norvans passe au numérique. Il garde ses fauteuils.", "Ciné")
    lines = [row | {"id": f"l{row['id']}", "text": f"{row['text']} Ter."} for row in _ROWS]
    record = _ROWS[5] | {"id": "j5", "text": "Le gymnase de Sarlin ouvre samedi à midi."}
    return {
        "table.csv": "\n".join(rows),
        "table.jsonl": json_lines(*lines),
        "table.json": json.dumps([record]),
        "table.parquet": table.getvalue(),
        "toile.warc": warc(("https://deux.example/a", "text/html", bakery.encode())),
        "toile.wacz": wacz({"data.warc.gz": gzip.compress(seen)}),
        "boite.mbox": b"From a@b.example Sat Aug 16 10:30:00 2025\n" + letter,
        "fil.xml": _ATOM,
        "archive.zip": zipped(
            {
                "dedans/un.txt": "Le verger de Bessac donne trois tonnes de pommes. La récolte est finie.",
                "dedans/deux.html": cinema,
                "dedans/table.csv": "title,text\nLa ruche,La ruche de Lézan a donné dix kilos de miel.\n",
                "dedans/abime.docx": b"PK\x03\x04 rien",
            }
        ),
    }


def _delivered() -> dict[str, str | bytes]:
    """Return what an agency delivers: an article under embargo, and one with its cancellation."""

    def item(uri: str, text: str, **stated: str) -> str:
        stated |= {
            "uri": f"urn:agence.example:{uri}",
            "type": "text",
            "versioncreated": "2026-01-05T08:00:00Z",
        }
        return json.dumps(stated | {"headline": uri, "body_text": text, "provider": "Agence"})

    return {
        "agence_1.json": item(
            "tard", "Le maire de Norvans démissionne demain.", embargoed="2036-01-05T12:00:00Z"
        ),
        "agence_2.json": item("faux", "Le pont de Norvans s'est effondré."),
        "agence_3.json": item("faux", "Le pont de Norvans tient.", pubstatus="canceled"),
    }


def _bad() -> dict[str, str | bytes]:
    broken = [json.dumps({"id": "b1", "title": "Avant", "text": "Avant la ligne abîmée, tout se lit bien."})]
    broken += ["{pas du json", json.dumps({"id": "b2", "title": "Vide", "text": ""})]
    broken += [json.dumps({"id": "b3", "title": "Après", "text": "Après elle, tout se lit encore."})]
    rows = [
        "id,title,text",
        "1,Un,Le lavoir est rouvert au public.",
        "2,B,trop,de,champs",
        '3,C,"jamais clos',
    ]
    return {
        "bad.pdf": b"%PDF-1.4 rien de tel",
        "bad.docx": b"PK\x03\x04 rien",
        "bad.zip": b"PK\x03\x04 rien non plus",
        "bad_empty.txt": "",
        "bad_rows.jsonl": "\n".join(broken),
        "bad_rows.csv": "\n".join(rows),
        "bad_columns.csv": "a,b\n1,2\n",
        "unread.xyz": "rien",
    }
