"""What `make` installs is pinned by hashes, whole, and under licences that MIT can stand beside."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
import licences  # noqa: E402

FILES = [ROOT / f"constraints{part}.txt" for part in ("", "-dev", "-cuda", "-cpu")]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def pinned(file: Path) -> dict[str, tuple[Requirement, int]]:
    """Name → its pin, and how many files of it have their hash there."""
    text = re.sub(r"^#.*\n", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    found = {}
    for line in text.replace("\\\n", " ").splitlines():
        wanted, *hashes = re.split(r"\s+--hash=", line.strip())
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", one) for one in hashes), line
        requirement = Requirement(wanted)
        assert re.fullmatch(r"==[^*,]+", str(requirement.specifier)), line
        found[canonicalize_name(requirement.name)] = (requirement, len(hashes))
    return found


DEFAULT, DEV, CUDA, CPU = map(pinned, FILES)


def test_every_package_is_pinned_once_with_its_hashes():
    assert len(DEFAULT) + len(DEV) + len(CUDA) == len(DEFAULT | DEV | CUDA) > 200
    assert [name for name, (_, hashes) in (DEFAULT | DEV | CUDA | CPU).items() if hashes == 0] == []


def test_pytorch_for_the_processor_alone_is_the_same_version():
    assert CPU.keys() == {"torch"}
    assert f"{CPU['torch'][0].specifier}" == f"{DEFAULT['torch'][0].specifier}+cpu"


def test_what_is_compiled_has_the_hashes_of_every_platform():
    names = ("grpcio", "lxml", "numpy", "pydantic-core", "torch")
    assert {name: DEFAULT[name][1] for name in names if DEFAULT[name][1] < 20} == {}


@pytest.mark.parametrize("extra", ["", *PROJECT["project"]["optional-dependencies"]])
def test_all_that_the_project_asks_for_is_pinned(extra: str):
    extras = PROJECT["project"]["optional-dependencies"]
    wanted = extras[extra] if extra else PROJECT["project"]["dependencies"]
    known = DEFAULT if extra in ("", "local") else DEFAULT | DEV
    for requirement in map(Requirement, wanted):
        pin = known[canonicalize_name(requirement.name)][0]
        (version,) = [one.version for one in pin.specifier]
        assert requirement.specifier.contains(version), requirement


def test_the_same_versions_are_printed_without_hashes_for_pip_beside_a_wheel():
    command = [sys.executable, ROOT / "scripts" / "constraints.py", "--without-hashes"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    pins = {(canonicalize_name(one.name), str(one.specifier)) for one in map(Requirement, printed)}
    known = {(name, str(pin.specifier)) for name, (pin, _) in (DEFAULT | DEV | CUDA).items()}
    assert pins >= known
    assert {name for name, _ in pins} == {name for name, _ in known}
    assert len(printed) == sum(
        len(re.findall(r"^[\w.-]+==", file.read_text("utf-8"), re.M)) for file in FILES[:3]
    )


def test_the_build_backend_is_pinned():
    for requirement in map(Requirement, PROJECT["build-system"]["requires"]):
        (version,) = [one.version for one in DEFAULT[canonicalize_name(requirement.name)][0].specifier]
        assert requirement.specifier.contains(version)


def test_all_that_is_installed_by_default_is_pinned_as_it_is():
    packages = licences.installed()
    assert len(packages) > 100
    known = DEFAULT | CUDA
    for one in packages:
        (version,) = [pin.version for pin in known[one.name][0].specifier]
        assert one.version.partition("+")[0] == version, one.name


def test_no_file_names_an_index():
    for file in FILES:
        assert "://" not in file.read_text(encoding="utf-8")
        assert not re.search(r"^\s*--(?!hash)", file.read_text(encoding="utf-8"), re.MULTILINE)


# --- licences ---


def test_nothing_that_is_installed_by_default_forbids_what_mit_allows():
    assert [(one.name, one.licence) for one in licences.installed() if not one.is_permitted] == []


def test_every_review_is_of_a_package_that_is_installed_and_has_a_reason():
    assert set(licences.REVIEWED["reviewed"]) <= {one.name for one in licences.installed()}
    reasons = [one["reason"] for one in licences.REVIEWED["reviewed"].values()]
    assert all(reasons) and all(licences.REVIEWED["exceptions"].values())


def test_the_page_lists_what_is_installed():
    """But for what only some platforms or Pythons want, such as that this one has and the page's didn't."""
    page = licences.TABLE.read_text(encoding="utf-8").splitlines()
    everywhere = [one for one in licences.installed() if not marker_of(one.name)]
    rows = licences.table([one for one in everywhere if not one.is_exception]).splitlines()
    assert len(rows) > 100
    assert [row for row in rows if row not in page] == []
    listed = {row.split()[1] for row in page if row.startswith("| ")} - {"package"}
    assert listed <= DEFAULT.keys()


def marker_of(name: str) -> object:
    return (DEFAULT | CUDA)[name][0].marker


@pytest.mark.parametrize(
    ("expression", "permitted"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("AGPL-3.0-or-later", False),
        ("CC-BY-NC-4.0", False),
        ("MIT OR GPL-2.0-only", True),
        ("MIT AND GPL-2.0-only", False),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", True),
        ("(GPL-2.0-only OR MIT) AND GPL-3.0-only", False),
        ("MIT OR Apache-2.0 AND GPL-3.0-only", True),
        ("GPL-3.0-only WITH Classpath-exception-2.0", False),
        ("LicenseRef-Proprietary", False),
    ],
)
def test_an_expression_is_permitted_if_one_of_its_choices_is(expression: str, permitted: bool):
    assert licences.is_permitted(expression) is permitted


@pytest.mark.parametrize(
    ("fields", "licence"),
    [
        ({"License-Expression": "MIT"}, "MIT"),
        ({"License": "Apache 2.0"}, "Apache-2.0"),
        ({"License": "BSD", "Classifier": ["License :: OSI Approved :: MIT License"]}, "MIT"),
        ({"Classifier": ["License :: OSI Approved :: BSD License"]}, None),
        (
            {
                "Classifier": [
                    "License :: OSI Approved :: MIT License",
                    "License :: OSI Approved :: GNU General Public License v3 (GPLv3)",
                ]
            },
            None,
        ),
        ({"License": "Free for personal use"}, None),
        ({}, None),
    ],
)
def test_what_a_package_does_not_say_clearly_is_unknown(fields: dict, licence: str | None):
    from email.message import Message

    metadata = Message()
    for name, values in fields.items():
        for value in values if isinstance(values, list) else [values]:
            metadata[name] = value
    assert licences.licence_of(metadata) == licence
