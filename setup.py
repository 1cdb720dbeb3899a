"""What pyproject.toml can't say: a wheel has the example articles, which here are beside the packages."""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
EXAMPLES = ROOT / "examples" / "articles"
INSTALLED = Path("ingest", "sources", "articles")


class BuildWithExamples(build_py):
    """Build the packages with a copy of the examples; an editable installation reads them where they are."""

    def run(self) -> None:
        """Copy the packages, then the examples."""
        super().run()
        for source, target in self._copies().items():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        """Return every file that is made."""
        return [*super().get_outputs(include_bytecode), *map(str, self._copies().values())]

    def get_source_files(self) -> list[str]:
        """Return every file that is read: those of a source distribution."""
        return [*super().get_source_files(), *(str(file.relative_to(ROOT)) for file in _examples())]

    def _copies(self) -> dict[Path, Path]:
        """Each file to copy → where to."""
        if self.editable_mode:
            return {}
        return {file: Path(self.build_lib) / INSTALLED / file.name for file in _examples()}


def _examples() -> list[Path]:
    found = sorted(EXAMPLES.glob("*.*"))
    if not found:
        raise FileNotFoundError(f"{EXAMPLES}: no examples")
    return found


setup(cmdclass={"build_py": BuildWithExamples})
