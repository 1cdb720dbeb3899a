"""The documentation as a site: it builds without a warning, its links hold, and it asks nobody else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
import diagrams  # noqa: E402

# Elements that a browser fetches by itself → the attribute that says what.
FETCHED = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src", "object": "data"}
SOURCES = re.compile(r"(?:url\(|@import\s*)['\"]?((?:https?:)?//[^'\")]+)")


class Seen(HTMLParser):
    """What a page fetches, where it links to, and the names of its places."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fetched: set[str] = set()
        self.links: set[str] = set()
        self.places: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in FETCHED and FETCHED[tag] in given:
            self.fetched.add(given[FETCHED[tag]])
        if tag == "a" and "href" in given:
            self.links.add(given["href"])
        self.places |= {given[name] for name in ("id", "name") if name in given}


def build(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", folder, *options]
    quiet = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=quiet)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    done = build(folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Seen]:
    return {file: Seen(file.read_text(encoding="utf-8")) for file in site.rglob("*.html")}


def is_elsewhere(address: str) -> bool:
    return re.match(r"([a-z][a-z0-9+.-]*:)?//", address) is not None


def test_every_page_of_the_documentation_is_there(site: Path):
    expected = {f"{file.stem}.html" for file in ROOT.glob("docs/*.md")} | {"index.html", "CHANGELOG.html"}
    assert expected - {file.name for file in site.glob("*.html")} == set()
    assert not list(site.rglob("*.py")) or {file.parent.name for file in site.rglob("*.py")} == {"examples"}


def test_the_site_asks_nobody_else(site: Path, pages: dict[Path, Seen]):
    fetched = {address for seen in pages.values() for address in seen.fetched}
    assert {"images/chat.png"} <= fetched
    assert {address for address in fetched if is_elsewhere(address)} == set()
    styles = {file.name: SOURCES.findall(file.read_text(encoding="utf-8")) for file in site.rglob("*.css")}
    assert styles
    assert {name: found for name, found in styles.items() if found} == {}
    assert "iframe-worker" not in "".join(file.read_text(encoding="utf-8") for file in site.glob("*.html"))


def test_its_links_lead_somewhere(site: Path, pages: dict[Path, Seen]):
    @cache
    def places(file: Path) -> set[str]:
        return pages[file].places if file in pages else set()

    broken = set()
    for file, seen in pages.items():
        if file.name == "404.html":  # for any address: its links begin at the site's root
            continue
        for link in seen.links | seen.fetched:
            address, place = urldefrag(link)
            if is_elsewhere(address) or address.startswith(("mailto:", "data:", "javascript:")):
                continue
            target = (file.parent / unquote(address)).resolve() if address else file
            target = target / "index.html" if target.is_dir() else target
            if not target.is_file() or (place and target.suffix == ".html" and place not in places(target)):
                broken.add((file.relative_to(site).as_posix(), link))
    assert broken == set()


def test_the_reference_has_what_scripts_use(site: Path):
    text = "".join(file.read_text(encoding="utf-8") for file in (site / "reference").glob("*.html"))
    for name in (
        "rag.engine.factory.load_chain",
        "rag.runnable.chain.Chain.invoke",
        "rag.schema.answer.Answer",
        "rag.schema.evidence.Evidence",
        "rag.config.settings.Settings",
    ):
        assert f'id="{name}"' in text
    assert "Return the chain that a configuration describes." in text


def test_the_pictures_of_the_data_flows_are_as_they_are_drawn():
    for name, flow in diagrams.DRAWN.items():
        assert (diagrams.IMAGES / name).read_text(encoding="utf-8") == diagrams.drawn(*flow), "make docs"
        for box in flow[1].values():
            assert "/" not in box.folder or (ROOT / box.folder).is_dir(), box.folder
