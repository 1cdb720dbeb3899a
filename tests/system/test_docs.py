"""What is generated in the documentation is current, and what it names exists."""

import re
from pathlib import Path
from typing import get_args

import pytest

from rag.config import Settings, SourceSettings
from ui.command.arguments import DOCS, PAGES, page

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("language", sorted(PAGES))
def test_the_commands_help_is_what_the_command_says(language):
    assert (DOCS / PAGES[language][0]).read_text(encoding="utf-8") == page(language), "run: make docs"


def test_every_setting_is_documented_with_its_default():
    documented = re.findall(r"^\| `([\w.]+)` \|", (DOCS / "configuration.md").read_text("utf-8"), re.M)
    sections = Settings.model_fields
    existing = ["data_dir"]
    for name in sections.keys() - {"data_dir", "sources"}:
        existing += _keys(name, sections[name].annotation)
    existing += [f"sources.{key}" for key in SourceSettings.model_fields]
    assert sorted(documented) == sorted(existing)


def _keys(name: str, section: type) -> list[str]:
    """The keys of a section, and of those that may stand in it."""
    found = []
    for key, known in section.model_fields.items():
        inner = [one for one in get_args(known.annotation) if hasattr(one, "model_fields")]
        found += _keys(f"{name}.{key}", inner[0]) if inner else [f"{name}.{key}"]
    return found


@pytest.mark.parametrize(
    "name",
    sorted(file.relative_to(ROOT).as_posix() for file in [ROOT / "README.md", *ROOT.glob("docs/*.md")]),
)
def test_every_relative_link_leads_somewhere(name):
    file = ROOT / name
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", file.read_text(encoding="utf-8"))
    assert [link for link in links if not (file.parent / link).exists()] == []
