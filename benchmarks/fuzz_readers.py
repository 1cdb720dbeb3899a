"""Changes real files at random, for minutes, and reads them: each is an article or a sentence, soon.

    python benchmarks/fuzz_readers.py --minutes 10 [--files FOLDER…] [--seed 1]

Files are the examples, those of `tests/support` and those of the folders that are given: none is kept. What
is changed is their bytes, or those of what is packed in them. Where atheris (a fuzzer led by coverage) is
installed, each format's Python code is fuzzed with it for half of the time. A broken promise is an exception
that isn't a reader's own, a file that takes more than `LONGEST`, or more memory than `MOST_MEMORY`.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

if "--led" in sys.argv:  # what is fuzzed is told apart by its branches, which atheris puts marks at
    import atheris

    with atheris.instrument_imports(include=["ingest", "rag.text"]):
        import ingest.containers.expand
        import ingest.converters.registry  # noqa: F401

from ingest.containers.expand import expand  # noqa: E402
from ingest.converters.registry import format_of, read_document  # noqa: E402
from ingest.schema.document import Failure, Notice, SourceDocument  # noqa: E402
from rag.errors import UserError  # noqa: E402

LONGEST = 60.0  # seconds of the processor: far more than any file of this size needs
MOST_MEMORY = 6_000_000_000  # bytes, of addresses
LARGEST = 400_000  # bytes, of a file that is changed
MOST_RECORDS = 50  # that are read of a file of many
# What is put in: numbers at their ends, and what formats are written with.
WORDS = [
    b"\0", b"\xff" * 4, b"\x7f\xff\xff\xff", b"-1", b"0", b"99999999999999999999", b"1e999", b"NaN", b"<",
    b"]]>", b"<![CDATA[", b"<!DOCTYPE x [", b"&#x110000;", b"&amp;", b"\xed\xa0\x80", b"\xef\xbb\xbf",
    b"\xfe\xff", b"{", b"[", b'"', b"\\u0000", b"\r\n\r\n", b"\n---\n", b"Content-Length: -5\r\n",
    b"{\\rtf1", b"/Length 99999", b"%PDF-9", b"PK\x03\x04", b"WARC/1.1\r\n", b"From ", b"charset=utf-7",
    b"9999-99-99", b"\xe2\x80\xae", b";", b"\t", b",",
]  # fmt: skip
# These are read in processes of their own: atheris, in this one, would see nothing of it.
ELSEWHERE = {"pdf", "docx", "parquet"}


def made() -> Iterator[tuple[str, bytes]]:
    """A file of each format, as tests make them."""
    import archives
    import documents

    yield "a.html", documents.html().encode()
    yield "a.pdf", documents.pdf("Un paragraphe.", "Un autre, plus long.")
    yield "a.docx", documents.word("Un paragraphe.", "Un autre.", title="Le pont")
    yield "a.odt", documents.odt("<text:p>Un paragraphe.</text:p>")
    yield "a.epub", documents.epub("<p>Un chapitre.</p>", "<p>Un autre.</p>")
    yield "a.eml", documents.mail()
    yield "a.warc.gz", documents.warc(("https://a.example/", "text/html", documents.html().encode()))
    yield "a.warc", documents.warc(("https://a.example/", "text/html", b"<p>Un."), zipped=False)
    yield "a.jsonl", documents.json_lines({"title": "Un", "text": "Un mot."}, {"text": "Deux mots."})
    yield "a.mhtml", archives.mhtml(("Content-Type: text/html", documents.html()))
    yield "a.rtf", b"{\\rtf1\\ansi{\\info{\\title La halle}}Un mot.\\par\\u233? Deux.}"
    yield "a.csv", b"titre;texte;date\nUn;Un mot.;2026-03-01\nDeux;Deux mots.;02/03/2026\n"
    yield "a.mbox", b"From a@b Mon Jan  5 12:00:00 2026\n" + documents.mail() + b"\n"
    yield "a.zip", documents.zipped({"b.txt": "Un mot.", "c.html": documents.html()})


def seeds(folders: list[Path]) -> dict[str, list[tuple[str, bytes]]]:
    """Format → its files, as names and bytes."""
    found: dict[str, list[tuple[str, bytes]]] = {}
    files = [file for folder in folders for file in sorted(folder.rglob("*")) if file.is_file()]
    there = [(file.name, file.read_bytes()) for file in files if file.stat().st_size <= LARGEST]
    for name, data in [*made(), *there]:
        if (format_ := format_of(name)) is not None:
            found.setdefault(format_, []).append((name, data))
    return found


# --- changing ---


def mutated(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """Change bytes: a few flips, or pieces left out, doubled, put elsewhere, or taken from another file."""
    changed = bytearray(data)
    for _ in range(chance.choice([1, 1, 1, 2, 3, 8, 30])):
        place = chance.randrange(len(changed) + 1)
        length = min(chance.choice([1, 2, 4, 16, 100, 2_000]), len(changed) - place)
        how = chance.randrange(7)
        if how == 0 and place < len(changed):
            changed[place] ^= 1 << chance.randrange(8)
        elif how == 1:
            del changed[place : place + length]
        elif how == 2:
            changed[place:place] = changed[place : place + length] * chance.choice([1, 2, 50])
        elif how == 3:
            changed[place:place] = chance.choice(WORDS) * chance.choice([1, 1, 1, 5, 1_000])
        elif how == 4:
            changed[place : place + length] = chance.randbytes(length)
        elif how == 5:
            other = chance.choice(others)
            begin = chance.randrange(len(other) + 1)
            changed[place : place + length] = other[begin : begin + length]
        else:
            changed = changed[: max(place, 1)]
    return bytes(changed[: 4 * LARGEST])


def mutated_within(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """Change what is packed in a file, where something is, and pack it again; else the file."""
    if data[:2] == b"\x1f\x8b":
        try:
            return gzip.compress(mutated(gzip.decompress(data), others, chance), 1)
        except (OSError, EOFError, ValueError):
            return mutated(data, others, chance)
    if data[:4] == b"PK\x03\x04" and chance.random() < 0.8:
        return _with_a_changed_member(data, others, chance)
    return mutated(data, others, chance)


def _with_a_changed_member(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(packed, "w") as after:
        names = before.namelist()
        changed = chance.choice(names)
        for name in names:
            member = before.read(name)
            after.writestr(name, mutated(member, others, chance) if name == changed else member)
    return packed.getvalue()


# --- reading ---


class BrokenError(Exception):
    """A promise that a file broke."""


def read(name: str, data: bytes) -> Counter[str]:
    """Read a file as an ingestion would: how many articles and sentences came of it.

    Raises:
        BrokenError: Something else came of it, or it took too long.
    """
    begun, found = time.process_time(), Counter()
    format_ = format_of(name)
    assert format_ is not None
    document = SourceDocument(name, name, format_, lambda limit: data[: limit + 1])
    try:
        for number, one in enumerate(expand(document)):
            if isinstance(one, Failure | Notice):
                found["sentences"] += 1
            else:
                found[_read(one)] += 1
            if number >= MOST_RECORDS:
                break
    except UserError:
        found["sentences"] += 1
    except BaseException as error:
        raise BrokenError(traceback.format_exc()) from error
    seconds = time.process_time() - begun
    if seconds > LONGEST:
        raise BrokenError(f"it took {seconds:.0f} s")
    return found


def _read(one: SourceDocument) -> str:
    try:
        read_document(one.read(), one.source, one.key, one.format, one.stated, one.known)
    except UserError:
        return "sentences"
    return "articles"


def keep(kept: Path, name: str, data: bytes, why: str) -> None:
    """Keep what broke a promise, for whoever mends it: outside of the repository."""
    kept.mkdir(parents=True, exist_ok=True)
    file = kept / f"{len(list(kept.iterdir())):03}-{name}"
    file.write_bytes(data)
    file.with_name(f"{file.name}.why").write_text(why, encoding="utf-8")
    print(f"broken: {file}: {why.strip().splitlines()[-1]}", flush=True)


def fuzz(minutes: float, folders: list[Path], seed: int, kept: Path) -> dict[str, object]:
    """Read changed files of all formats in turns."""
    chance, end = random.Random(seed), time.monotonic() + 60 * minutes
    files, told, inputs, broken, slowest = seeds(folders), Counter(), 0, 0, 0.0
    everything = [data for some in files.values() for _, data in some if data]
    while time.monotonic() < end:
        for some in files.values():
            name, data = chance.choice(some)
            how: Callable[..., bytes] = chance.choice([mutated, mutated_within, mutated_within])
            changed = how(data, [chance.choice(everything) for _ in range(3)], chance)
            begun = time.monotonic()
            try:
                told += read(name, changed)
            except BrokenError as error:
                broken += 1
                keep(kept, name, changed, str(error))
            slowest = max(slowest, time.monotonic() - begun)
            inputs += 1
    return {"inputs": inputs, "formats": len(files), "slowest": round(slowest, 1), "broken": broken, **told}


# --- led by coverage ---


def led(format_: str, seconds: int, folders: list[Path], kept: Path) -> None:
    """Fuzz one format with atheris, which ends this process."""
    some = seeds(folders)[format_]
    name = f"a{Path(some[0][0]).suffix}" if format_ not in ("warc",) else "a.warc"

    def one_input(data: bytes) -> None:
        try:
            read(name, data)
        except BrokenError as error:
            keep(kept, name, data, str(error))
            raise

    with tempfile.TemporaryDirectory() as corpus:
        for number, (_, data) in enumerate(some):
            (Path(corpus) / str(number)).write_bytes(data)
        limits = [f"-max_total_time={seconds}", "-timeout=60", "-rss_limit_mb=6000", f"-max_len={LARGEST}"]
        atheris.Setup([sys.argv[0], *limits, f"-artifact_prefix={kept}/", corpus], one_input)
        atheris.Fuzz()


def led_by_coverage(minutes: float, options: argparse.Namespace) -> dict[str, int]:
    """Each format that is read in Python, in a process of its own: inputs, and formats that broke."""
    formats = sorted({*seeds(options.files)} - ELSEWHERE)
    seconds, inputs, broken = max(2, round(60 * minutes / len(formats))), 0, 0
    for format_ in formats:
        done = subprocess.run(
            [sys.executable, __file__, "--led", format_, "--seconds", str(seconds), "--kept", options.kept,
             "--files", *options.files],
            capture_output=True, text=True, errors="replace",
        )  # fmt: skip
        last = [line for line in done.stderr.splitlines() if line.startswith("Done ")]
        inputs += int(last[0].split()[1]) if last else 0
        if done.returncode or not last:
            broken += 1
            print(f"broken: {format_}:\n{(done.stdout + done.stderr)[-3000:]}", flush=True)
    return {"led": inputs, "led_broken": broken}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--files", type=Path, nargs="*", default=[ROOT / "examples" / "articles"])
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--kept", type=Path, default=Path(tempfile.gettempdir()) / "sourcier-fuzz")
    parser.add_argument("--led", help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    if options.led:
        led(options.led, options.seconds, options.files, options.kept)
    has_atheris = find_spec("atheris") is not None
    print(f"seed {options.seed}", flush=True)
    told = fuzz(options.minutes / (2 if has_atheris else 1), options.files, options.seed, options.kept)
    if has_atheris:
        options.kept.mkdir(exist_ok=True)
        told |= led_by_coverage(options.minutes / 2, options)
        told["inputs"] += told["led"]
        told["broken"] += told["led_broken"]
    print(json.dumps(told))
    return int(told["broken"] > 0)


if __name__ == "__main__":
    sys.exit(main())
