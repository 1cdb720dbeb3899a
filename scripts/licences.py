"""Writes docs/licences.md: what sourcier[local] installs, and under which licences.

`make licences`. Fails on what forbids what MIT allows. What a package says of itself is read from its
metadata: an SPDX expression, else its licence's name, else its classifier. What these don't tell is in
licences.yaml, reviewed by a person, with the reason; so are exceptions.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection
from dataclasses import dataclass
from importlib.metadata import PackageMetadata, distribution
from pathlib import Path

import yaml
from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "docs" / "licences.md"
REVIEWED = yaml.safe_load((Path(__file__).parent / "licences.yaml").read_text(encoding="utf-8"))
PERMITTED = frozenset(REVIEWED["permitted"])
_OPERATORS = re.compile(r"\s+(OR|AND)\s+|([()])")


@dataclass(frozen=True, slots=True)
class Package:
    """A package, what it is under, and why, where a person has looked."""

    name: str
    version: str
    licence: str | None
    reason: str = ""
    is_exception: bool = False

    @property
    def is_permitted(self) -> bool:
        """Whether it may be installed with a program under MIT, whatever that is used for."""
        return self.is_exception or (self.licence is not None and is_permitted(self.licence))


def is_permitted(expression: str) -> bool:
    """Return whether an SPDX expression allows it: one side of each OR, and all of each AND."""
    terms = [term for term in _OPERATORS.split(expression) if term and term.strip()]
    as_python = [term.lower() if term in ("OR", "AND") else term for term in terms]
    allowed = [
        term if term in ("or", "and", "(", ")") else str(term.strip() in PERMITTED) for term in as_python
    ]
    return bool(_evaluated(allowed))


def _evaluated(terms: list[str]) -> bool:
    """Evaluate True and False with `and`, `or` and parentheses, `and` first."""
    value, terms = _any_of(terms)
    if terms:
        raise ValueError(f"unbalanced: {terms}")
    return value


def _any_of(terms: list[str]) -> tuple[bool, list[str]]:
    value, terms = _all_of(terms)
    while terms and terms[0] == "or":
        other, terms = _all_of(terms[1:])
        value = value or other
    return value, terms


def _all_of(terms: list[str]) -> tuple[bool, list[str]]:
    value, terms = _one(terms)
    while terms and terms[0] == "and":
        other, terms = _one(terms[1:])
        value = value and other
    return value, terms


def _one(terms: list[str]) -> tuple[bool, list[str]]:
    if terms[0] == "(":
        value, terms = _any_of(terms[1:])
        return value, terms[1:]
    return terms[0] == "True", terms[1:]


def licence_of(metadata: PackageMetadata) -> str | None:
    """Return the SPDX expression of what a package says of itself; None if it doesn't say it clearly."""
    names = REVIEWED["names"]
    stated = [metadata.get("License-Expression"), (metadata.get("License") or "").strip()]
    for name in filter(None, stated):
        try:
            return canonicalize_license_expression(names.get(name, name))
        except InvalidLicenseExpression:
            continue
    classifiers = [one for one in metadata.get_all("Classifier") or () if one.startswith("License :: ")]
    known = [names.get(one.rpartition(" :: ")[2]) for one in classifiers]
    return " AND ".join(sorted(known)) if known and None not in known else None


def installed(name: str = "sourcier", extras: Collection[str] = ("local",)) -> list[Package]:
    """Return all that is installed with a package here, besides itself, by name."""
    found: dict[str, set[str]] = {}
    _walk(name, set(extras), found)
    del found[canonicalize_name(name)]
    return [_package(one) for one in sorted(found)]


def _walk(name: str, extras: set[str], found: dict[str, set[str]]) -> None:
    known = found.get(canonicalize_name(name))
    if known is not None and extras <= known:
        return
    found[canonicalize_name(name)] = extras | (known or set())
    for line in distribution(name).requires or ():
        wanted = Requirement(line)
        if wanted.marker is None or any(wanted.marker.evaluate({"extra": one}) for one in extras | {""}):
            _walk(wanted.name, wanted.extras, found)


def _package(name: str) -> Package:
    metadata = distribution(name).metadata
    for prefix, reason in REVIEWED["exceptions"].items():
        if name.startswith(prefix):
            return Package(name, metadata["Version"], licence_of(metadata), reason, is_exception=True)
    if (reviewed := REVIEWED["reviewed"].get(name)) is not None:
        return Package(name, metadata["Version"], reviewed["licence"], reviewed["reason"])
    return Package(name, metadata["Version"], licence_of(metadata))


def table(packages: Collection[Package]) -> str:
    """Return the page; exceptions, which not every machine has, are in its words."""
    rows = [
        f"| {one.name} | {one.version} | {one.licence} | {one.reason} |"
        for one in packages
        if not one.is_exception
    ]
    return "\n".join(
        [
            REVIEWED["page"],
            "| package | version | licence (SPDX) | reviewed |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def main() -> int:
    """Write the page; returns 1, and names them, if packages aren't permitted."""
    packages = installed()
    refused = [one for one in packages if not one.is_permitted]
    for one in refused:
        print(f"{one.name} {one.version}: {one.licence or 'unknown licence'}", file=sys.stderr)
    if not refused:
        TABLE.write_text(table(packages), encoding="utf-8")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
