"""How much memory a large file takes while it comes in, and whether it goes on where it was killed.

    python benchmarks/large_intake.py warc --megabytes 2000 [--beside 400] [--seed 1]
    python benchmarks/large_intake.py europresse --megabytes 1000 [--kill-at 5000] [--end-at 10000]
    python benchmarks/large_intake.py csv --rows 100000
    python benchmarks/large_intake.py jsonl --rows 100000 [--unstored]

Makes the file in a folder of its own that is removed at the end (`--folder` says where; the library beside it
grows to about as much again as the text). A WARC has pages of 40 kB, each with so many kilobytes of pictures
beside it (`--beside`), a record that can't be decoded in every thousand pages; an export of Europresse has
articles of 4,000 characters, one in a thousand without its paper's name; a table has rows of 900 characters.
A process reads it into an empty library, is killed by SIGKILL once it has stored half (or `--kill-at`), and
another one reads it again to its end (or is killed at `--end-at`, where the whole would take hours).

An encoder is the slow part of an intake and its memory doesn't depend on the file, so a quick one over hashed
words stands in for it: what is measured is reading, cutting and storing. Add what `benchmarks/ingestion.py`
shows of the real one. With `--unstored` every article is taken out of the file, and nothing is stored: what
the reader of the file alone holds.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from archives import record, response  # noqa: E402
from fake_embedder import FakeEmbedder  # noqa: E402

from ingest.containers.expand import expand  # noqa: E402
from ingest.pipeline.chunking import Chunker  # noqa: E402
from ingest.pipeline.ingestion import ingest  # noqa: E402
from ingest.schema.document import Failure, SourceDocument  # noqa: E402
from ingest.schema.events import Acknowledged, Event  # noqa: E402
from ingest.sources.discovery import find  # noqa: E402
from rag.config import Settings  # noqa: E402
from rag.engine.engine import open_engine  # noqa: E402
from rag.engine.integrity import inspect  # noqa: E402
from rag.storage.write_lock import write_lock  # noqa: E402

_PAGE = 40_000  # bytes of a page, mostly its frame, as pages are
_ROW = 900  # characters of a row's text
_BROKEN = 1_000
_CLIPPING = 4_000  # characters of an article of a press database
_TOLD = 50  # acknowledged articles between two lines of the process that reads


@dataclass(frozen=True, slots=True)
class Made:
    """A file, and how many articles and broken records are in it."""

    path: Path
    articles: int
    broken: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """What a process that read the file said; `peak` is the most that it held, in MiB."""

    seconds: float
    stored: int
    before: int
    peak: int
    summary: dict


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("kind", choices=["warc", "europresse", "csv", "jsonl", "worker"])
    parser.add_argument("--megabytes", type=int, default=2_000)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--beside", type=int, default=400)
    parser.add_argument("--kill-at", type=int)
    parser.add_argument("--end-at", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--unstored", action="store_true")
    options = parser.parse_args()
    if options.kind == "worker":
        assert options.folder is not None
        work_unstored(options.folder) if options.unstored else work(options.folder)
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        measure(options, Path(name))


def measure(options: argparse.Namespace, folder: Path) -> None:
    need = 3 * (options.rows // 500 if options.kind in ("csv", "jsonl") else options.megabytes) * 1_000_000
    if shutil.disk_usage(folder).free < need:
        raise SystemExit(f"{folder}: {need // 1_000_000} MB must be free.")
    began = time.perf_counter()
    made = make(options, folder)
    size = made.path.stat().st_size / 1e6
    print(
        f"{made.path.name}: {size:,.0f} MB, {made.articles:,} articles, {made.broken} broken; made in"
        f" {time.perf_counter() - began:.0f} s. A quick stand-in for the encoder: intake alone is measured.",
        flush=True,
    )
    if options.unstored:
        only = read(folder, None, "--unstored")
        print(f"read     {told(only)}", flush=True)
        assert only.summary == {"read": made.articles, "failed": made.broken}, only.summary
        return
    half = options.kill_at or made.articles // 2
    killed = read(folder, kill_at=half)
    print(f"killed   {told(killed)}", flush=True)
    if options.end_at:
        print(f"resumed  {told(read(folder, kill_at=options.end_at - half))}", flush=True)
        with closing(open_engine(Settings(data_dir=folder / "library"), FakeEmbedder())) as engine:
            kept = engine.library.counts().articles
            print(f"         {kept:,} are stored; findings {inspect(engine).findings}", flush=True)
            assert options.end_at <= kept <= made.articles, kept
        return
    whole = read(folder, kill_at=None)
    print(f"resumed  {told(whole)}", flush=True)
    print(f"         {whole.summary}", flush=True)
    assert whole.stored == made.articles, f"{whole.stored} of {made.articles} are stored"
    assert whole.summary["failed"] == made.broken, whole.summary
    assert not whole.summary["findings"], whole.summary["findings"]


def told(run: Run) -> str:
    return (
        f"{run.seconds:6.0f} s  {run.stored:,} stored  {run.before} MiB when it began, {run.peak} MiB at most"
    )


# --- the file ---


def make(options: argparse.Namespace, folder: Path) -> Made:
    chance = random.Random(options.seed)
    if options.kind == "warc":
        return make_warc(folder / "news.warc.gz", options.megabytes * 1_000_000, options.beside, chance)
    if options.kind == "europresse":
        return make_europresse(folder / "news.html", options.megabytes * 1_000_000, chance)
    path = folder / f"news.{options.kind}"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = (row(number, chance) for number in range(options.rows))
        if options.kind == "csv":
            table = csv.DictWriter(file, list(row(0, random.Random(0))))
            table.writeheader()
            table.writerows(rows)
        else:
            file.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in rows)
    return Made(path, options.rows)


def make_warc(path: Path, size: int, beside: int, chance: random.Random) -> Made:
    links = "".join(f'<li><a href="/rubrique/{n}">Rubrique {n} du journal</a></li>' for n in range(200))
    script = "".join(f"window.c{n}={{a:{n},b:'x'}};" for n in range(1_000))
    frame = f"<nav><ul>{links}</ul></nav><script>{script}</script>"
    pages = broken = 0
    with path.open("wb") as file:
        while file.tell() < size:
            address, number = f"https://journal.example/{pages + broken}", pages + broken
            if number % _BROKEN == _BROKEN - 1:
                file.write(gzip.compress(response(address, b"\xff" * 999, sent=["Content-Encoding: br"]), 1))
                broken += 1
                continue
            title, paragraphs = (
                f"Article {number} de Corvenne",
                "".join(f"<p>{text}</p>" for text in sentences(number, chance, 2_500)),
            )
            body = f"<article><h1>{title}</h1>{paragraphs}</article>"
            html = (
                f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title}</title></head>'
                f"<body>{frame}{body}<!--{'x' * max(0, _PAGE - len(frame) - len(body))}--></body></html>"
            )
            file.write(gzip.compress(response(address, html, "text/html; charset=utf-8"), 1))
            pages += 1
            picture = record("response", f"{address}.jpg", "application/http; msgtype=response",
                             b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n"
                             + chance.randbytes(beside * 1_000))  # fmt: skip
            file.write(gzip.compress(picture, 1))
    return Made(path, pages, broken)


def make_europresse(path: Path, size: int, chance: random.Random) -> Made:
    articles = broken = 0
    with path.open("w", encoding="utf-8") as file:
        file.write("<!DOCTYPE html><html><head><meta charset='utf-8'></head><body>\n")
        while file.tell() < size:
            number = articles + broken
            is_broken = number % _BROKEN == _BROKEN - 1
            file.write(clipping(number, chance, "" if is_broken else "L’Écho du Val, no. 24512"))
            articles, broken = articles + (not is_broken), broken + is_broken
        file.write("</body></html>\n")
    return Made(path, articles, broken)


def clipping(number: int, chance: random.Random, paper: str) -> str:
    """An article as Europresse exports it; one whose paper isn't named can't be read."""
    day = f"{number % 28 + 1:02}"
    body = "".join(f"<p>{text}</p>" for text in sentences(number, chance, _CLIPPING))
    name = f'<span class="DocPublicationName">{paper}</span>' if paper else ""
    return (
        f'<article><header><div class="rdp__DocPublicationName">{name}</div>'
        f'<div><span class="DocHeader">Lézan, {number % 28 + 1} février 2026 412 mots, p. 7</span></div>'
        f'<div class="titreArticle"><p class="titreArticleVisu">Article {number} de Corvenne</p></div>'
        '<p class="sm-margin-bottomNews">Inès Roumégoux</p></header><section><div class="DocText clearfix">'
        f'<div class="docOcurrContainer">{body}</div></div></section><footer><small>© 2026 L’Écho du Val. '
        "Tous droits réservés.</small><div class='rdp__public-cert'>Certificat émis le 8 février 2026 à "
        "Université-du-Val à des fins de visualisation personnelle et temporaire.</div>"
        f'<div id="PubliC">news·202602{day}·EC·{number:07}</div></footer></article>\n'
    )


def row(number: int, chance: random.Random) -> dict[str, str]:
    return {
        "id": str(number),
        "titre": f"Article {number} de Corvenne",
        "texte": "\n".join(sentences(number, chance, _ROW)),
        "date": f"2025-{number % 12 + 1:02}-{number % 28 + 1:02}",
        "url": f"https://journal.example/{number}",
        "auteur": f"Auteur {number % 40}",
    }


_WORDS = [
    "maire", "pont", "budget", "école", "rivière", "marché", "préfecture", "chantier", "conseil", "gare",
    "quartier", "bibliothèque", "forêt", "usine", "piscine", "musée", "tramway", "récolte", "vote", "projet",
]  # fmt: skip


def sentences(number: int, chance: random.Random, length: int) -> Iterator[str]:
    """Sentences of about so many characters in all; the first one is of this article alone."""
    first = f"Dossier {number} : la ville de Corvenne a voté {chance.randrange(10**6)} euros."
    yield first
    left = length - len(first)
    while left > 0:
        words = " et le ".join(chance.choices(_WORDS, k=8))
        text = f"Selon la commune, le {words} seront revus en {chance.randrange(1990, 2040)}."
        left -= len(text)
        yield text


# --- reading it ---


def read(folder: Path, kill_at: int | None, *further: str) -> Run:
    """Have a process read the file; it is killed once it has stored so many articles."""
    command = [sys.executable, __file__, "worker", "--folder", str(folder), *further]
    began, stored, before, peak = time.perf_counter(), 0, 0, 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            said = json.loads(line)
            before = said.get("before", before)
            stored = said.get("stored", stored)
            if "summary" in said:
                return Run(time.perf_counter() - began, stored, before, said["peak"], said["summary"])
            if kill_at is not None and stored >= kill_at:
                peak = most_held(process.pid)
                process.kill()
                break
    if kill_at is None or stored < kill_at:
        raise SystemExit("the process that reads ended early.")
    return Run(time.perf_counter() - began, stored, before, peak, {})


def most_held(process: int) -> int:
    """MiB that a process has held at most."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) >> 10 for line in status.splitlines() if line.startswith("VmHWM"))


def work(folder: Path) -> None:
    """Read the file in `folder` into the library beside it, and say how far that is."""
    (file,) = folder.glob("news.*")
    settings = Settings(data_dir=folder / "library")
    embedder = FakeEmbedder()
    with closing(open_engine(settings, embedder)) as engine, write_lock(settings.place):
        new = 0

        def tell(event: Event) -> None:
            nonlocal new
            new += isinstance(event, Acknowledged)
            if isinstance(event, Acknowledged) and new % _TOLD == 0:
                say(stored=new)

        say(before=peak_of_self())
        summary = ingest([str(file)], engine.indexer, Chunker(embedder, settings.chunking), tell)
        peak = peak_of_self()
        findings = [f"{one.check}: {len(one.about)}" for one in inspect(engine).findings]
        counts = {
            "new": summary.new, "unchanged": summary.unchanged, "failed": len(summary.failed),
            "findings": findings,
        }  # fmt: skip
        say(stored=engine.library.counts().articles, peak=peak, summary=counts)


def work_unstored(folder: Path) -> None:
    """Take every article out of the file, and store none."""
    (file,) = folder.glob("news.*")
    counts = {"read": 0, "failed": 0}
    say(before=peak_of_self())
    for item in (one for outer in find([str(file)]) for one in expand(outer)):
        if isinstance(item, SourceDocument):
            item.read()
            counts["read"] += 1
        counts["failed"] += isinstance(item, Failure)
    say(stored=0, peak=peak_of_self(), summary=counts)


def peak_of_self() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def say(**said: object) -> None:
    print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main()
