"""What pyproject.toml can't say: a wheel has copies of what a checkout has beside its packages.

The example articles and the file of settings, next to the modules that read them.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
COPIED = {
    "examples/articles": "ingest/sources/articles",
    "config.yaml": "ui/command/configuration/config.yaml",
}


class BuildWithCopies(build_py):
    """Build the packages with copies of what they read; an editable installation reads it where it is."""

    def run(self) -> None:
        """Copy the packages, then the rest."""
        super().run()
        for source, target in self._copies().items():
            Path(target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        """Return every file that is made."""
        return [*super().get_outputs(include_bytecode), *self._copies().values()]

    def get_source_files(self) -> list[str]:
        """Return every file that is read: those of a source distribution."""
        return [
            *super().get_source_files(),
            *(str(Path(one).relative_to(ROOT)) for one in self._copies(True)),
        ]

    def _copies(self, always: bool = False) -> dict[str, str]:
        """Each file to copy → where to."""
        found: dict[str, str] = {}
        for source, target in COPIED.items() if always or not self.editable_mode else ():
            files = [ROOT / source] if (ROOT / source).is_file() else sorted((ROOT / source).rglob("*.*"))
            if not files:
                raise FileNotFoundError(f"{ROOT / source}: is missing")
            into = Path(self.build_lib or "build", target)
            found |= {str(one): str(into / one.relative_to(ROOT / source)) for one in files}
        return found


setup(cmdclass={"build_py": BuildWithCopies})
