"""WACZ → the pages of its WARCs; what its package states of them is checked, and told where it isn't so.

The moments in its list of pages are those of the captures, which are no dates of publication. The titles
there only name pages that state none.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import BinaryIO

from ingest.archives.warc import Found, SavedPages, without_fragment
from ingest.decoding.parser_errors import translate_parser_errors
from ingest.decoding.zip_archive import NoZipError, ZipArchive
from ingest.schema.document import MAX_BYTES, Failure, Notice, SourceDocument, too_large
from ingest.schema.formats import format_of
from ingest.schema.metadata import TITLE_LENGTH, clean_line, own_title
from rag.errors import UserError

_PACKAGE, _PACKAGE_DIGEST = "datapackage.json", "datapackage-digest.json"
_STEP = 1 << 20  # bytes
_HASHES = ("sha256", "sha512", "sha1", "md5")


def open_wacz(item: SourceDocument, file: BinaryIO) -> Iterator[Found]:
    """Yield the pages of all its WARCs, in the order of their names.

    Raises:
        UserError: It is no WACZ, or there is no page in it.
    """
    with translate_parser_errors(_unreadable):
        package = _Package.of(file)
        if not package.warcs:
            raise _empty(package.stated("profile"))
        yield from package.differences(item.source)
        titles = package.titles()
        saved = SavedPages(item, titles)
        for name in package.warcs:
            try:
                with closing(package.archive.open(name)) as warc:
                    yield from saved.read(warc)
            except UserError as error:
                saved.broken += 1
                yield _failure(f"{item.source}/{name}", error, item.source)
        yield from saved.left_out()
        yield from _missing(item.source, [address for address in titles if not saved.knows(address)])
    saved.require_some()


@dataclass(frozen=True, slots=True)
class _Package:
    """The files of a WACZ by their names, and what it states of them."""

    archive: ZipArchive
    datapackage: Mapping[str, object]

    @classmethod
    def of(cls, file: BinaryIO) -> _Package:
        try:
            archive = ZipArchive(file)
        except NoZipError as error:
            raise UserError(
                "not a WACZ file, or cut off.", "ce n'est pas un fichier WACZ, ou il est coupé."
            ) from error
        return cls(archive, cls(archive, {}).json(_PACKAGE))

    @property
    def warcs(self) -> list[str]:
        names = self.archive.names
        return [name for name in names if name.startswith("archive/") and format_of(name) == "warc"]

    def stated(self, name: str) -> str:
        value = self.datapackage.get(name)
        return value if isinstance(value, str) else ""

    def json(self, name: str) -> Mapping[str, object]:
        """Return the object that a file of it holds, {} if it is missing or broken."""
        try:
            found = json.loads(self.read(name)) if name in self.archive else {}
        except (UserError, ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def read(self, name: str) -> bytes:
        """Return a file of it, as far as it can be unpacked: what has changed since is told by its hash."""
        with closing(self.archive.open(name)) as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise too_large(name)
        return data

    def titles(self) -> dict[str, str]:
        """Return the titles of the pages in its lists by their addresses; '' for those without one."""
        titles: dict[str, str] = {}
        for name in self.archive.names:
            if not (name.startswith("pages/") and name.endswith(".jsonl")):
                continue
            try:
                lines = self.read(name).splitlines()
            except UserError:
                continue  # its pages are read, under their own titles
            for line in lines:
                address, title = _listed(line)
                if address:
                    titles[address] = titles.get(address) or title
        return titles

    def differences(self, source: str) -> Iterator[Notice | Failure]:
        """Yield what the package states of its files that isn't so."""
        resources = self.datapackage.get("resources")
        stated = [one for one in resources if isinstance(one, dict)] if isinstance(resources, list) else []
        digest = self.json(_PACKAGE_DIGEST)
        seen: set[str] = set()  # each is hashed once, however often it is listed
        for one in [*stated, {**digest, "path": _PACKAGE}] if digest else stated:
            path = one.get("path")
            if not isinstance(path, str) or not path.startswith(("archive/", "pages/", _PACKAGE)):
                continue
            if path in seen:
                continue
            seen.add(path)
            shown = path[:200]
            if path not in self.archive:
                yield Failure(
                    source,
                    f"{source}: {shown} is listed in it and isn't there; the rest is read.",
                    f"{source} : {shown} y est annoncé et manque ; le reste est lu.",
                )
            elif not self._is_as_stated(path, one):
                yield Notice(
                    source,
                    f"{source}: {shown} isn't the file that was packed (its hash is another one): changed or"
                    " damaged since; what can be read of it is read.",
                    f"{source} : {shown} n'est plus le fichier d'origine (son empreinte diffère) : modifié ou"
                    " abîmé depuis ; ce qui peut en être lu est lu.",
                )

    def _is_as_stated(self, path: str, stated: Mapping[str, object]) -> bool:
        length = stated.get("bytes")
        if isinstance(length, int) and length != self.archive.size(path):
            return False
        kind, _, wanted = str(stated.get("hash") or "").rpartition(":")
        kind = kind.lower().replace("-", "") or "sha256"
        if not wanted or kind not in _HASHES:
            return True
        found = hashlib.new(kind, usedforsecurity=False)
        try:
            with closing(self.archive.open(path)) as file:
                while piece := file.read(_STEP):
                    found.update(piece)
        except UserError:
            return True  # told when it is read
        return found.hexdigest() == wanted.strip().lower()


def _listed(line: bytes) -> tuple[str, str]:
    """Return the address and the title of a page in a list; '' for what isn't stated."""
    try:
        stated = json.loads(line)
    except (ValueError, RecursionError):
        return "", ""
    address = stated.get("url") if isinstance(stated, dict) else None
    if not isinstance(address, str):
        return "", ""
    title = own_title(clean_line(stated.get("title"), TITLE_LENGTH)) or ""
    return without_fragment(" ".join(address.split())), title


def _missing(source: str, addresses: list[str]) -> Iterator[Notice]:
    if addresses:
        count, first = len(addresses), addresses[0][:200]
        yield Notice(
            source,
            f"{source}: {count} pages are listed in it that aren't there (first: {first}).",
            f"{source} : {count} pages y sont annoncées et manquent (la première : {first}).",
        )


def _failure(where: str, error: UserError, source: str) -> Failure:
    if str(error).startswith(source):
        return Failure.of(where, error)
    return Failure(where, f"{where}: {error}", f"{where} : {error.text('fr')}")


def _empty(profile: str) -> UserError:
    if "multi" in profile:
        return UserError(
            "a list of other WACZ files; give those.", "une liste d'autres fichiers WACZ ; donnez ceux-ci."
        )
    return UserError("there is no WARC in it.", "il ne contient pas de WARC.")


def _unreadable(kind: str) -> UserError:
    return UserError(f"it can't be read ({kind}).", f"la lecture est impossible ({kind}).")
