"""Hooks of the documentation's site (mkdocs.yml): pages that stand outside docs/, and the reference.

The links of the files hold where they are read as files; here they are turned to where the pages are.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]
# Pages of the project's root → what they are called on the site.
PAGES = {"README.md": "index.md", "SECURITY.md": "SECURITY.md", "CHANGELOG.md": "CHANGELOG.md"}
# Page of the reference → its title, and what is described on it: modules, or names in them.
REFERENCE = {
    "chain": (
        "The chain",
        (
            "rag.engine.factory.load_chain",
            "rag.runnable.chain",
            "rag.runnable.inputs.question_of",
            "rag.runnable.messages",
            "rag.runnable.retriever",
            "rag.runnable.tool",
        ),
    ),
    "schema": (
        "Questions, answers, articles",
        (
            "rag.schema.question",
            "rag.schema.answer",
            "rag.schema.evidence",
            "rag.schema.article",
            "rag.schema.hit",
            "rag.schema.events",
            "rag.errors",
        ),
    ),
    "engine": (
        "The engine, and bringing articles in",
        (
            "rag.engine.factory.build_chain",
            "rag.engine.factory.check_library",
            "rag.engine.engine",
            "ingest.pipeline.ingestion",
            "ingest.pipeline.reindexing",
            "ingest.schema.events",
        ),
    ),
    "settings": ("Settings", ("rag.config.settings", "rag.config.loading")),
}
_LINK = re.compile(r"(\]\()([^)\s#:]+)(#[^)\s]*)?\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages of the project's root, those of the reference, and the other files that are linked."""
    linked = set()
    for name, page in PAGES.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        files.append(File.generated(config, page, content=turned(text, name)))
        linked |= _targets(text, name)
    for file in files.documentation_pages():
        if file.generated_by is None:
            linked |= _targets(file.content_string, f"docs/{file.src_uri}")
    for name in sorted(linked):
        if not name.startswith("docs/") and name not in PAGES and (ROOT / name).is_file():
            files.append(File.generated(config, name, abs_src_path=str(ROOT / name)))
    for name, (title, described) in REFERENCE.items():
        blocks = "".join(f"\n::: {one}\n" for one in described)
        files.append(File.generated(config, f"reference/{name}.md", content=f"# {title}\n{blocks}"))
    return files


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """Turn the links of a page of docs/."""
    return markdown if page.file.generated_by else turned(markdown, f"docs/{page.file.src_uri}")


def turned(text: str, name: str) -> str:
    """Return the text of a file of the project with relative links as they are on the site.

    Args:
        text: Markdown.
        name: The file, from the project's root.
    """
    here = posixpath.dirname(_on_site(name))

    def replace(match: re.Match[str]) -> str:
        target = posixpath.relpath(_on_site(_target(match[2], name)), here or ".")
        return f"{match[1]}{target}{match[3] or ''})"

    return _LINK.sub(replace, text)


def _targets(text: str, name: str) -> set[str]:
    return {_target(match[2], name) for match in _LINK.finditer(text)}


def _target(link: str, name: str) -> str:
    """Return where a relative link of a file leads, from the project's root."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), link))


def _on_site(name: str) -> str:
    return PAGES.get(name, name.removeprefix("docs/"))
