"""Archives of the web made of a few pages: WARC of every kind of record, WACZ, MHTML."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import quopri
from collections.abc import Sequence

from documents import zipped

DATE = "2025-08-16T10:00:00Z"


def page(title: str, *sentences: str, head: str = "") -> str:
    paragraphs = "".join(f"<p>{sentence}</p>" for sentence in sentences)
    return (
        f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title}</title>{head}</head>'
        f"<body><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    )


def record(
    kind: str,
    address: str,
    content_type: str,
    body: bytes,
    stated: Sequence[str] = (),
    length: int | None = None,
) -> bytes:
    """One record of a WARC; `length` is what it says of its own, if that is wrong."""
    lines = [
        "WARC/1.1",
        f"WARC-Type: {kind}",
        f"WARC-Target-URI: {address}",
        f"WARC-Date: {DATE}",
        *stated,
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body) if length is None else length}",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body + b"\r\n\r\n"


def response(
    address: str, body: str | bytes, kind: str = "text/html", sent: Sequence[str] = (),
    status: str = "200 OK", stated: Sequence[str] = (), length: int | None = None,
) -> bytes:  # fmt: skip
    data = body.encode() if isinstance(body, str) else body
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Type: {kind}", *sent])
    answer = head.encode() + b"\r\n\r\n" + data
    return record("response", address, "application/http; msgtype=response", answer, stated, length)


def wacz(warcs: dict[str, bytes], pages: Sequence[dict] = (), hashes: dict[str, str] | None = None) -> bytes:
    """A WACZ; `hashes` are what it says of its files, by their names, where that isn't so."""
    lines = [json.dumps({"format": "json-pages-1.0", "id": "pages"}), *(json.dumps(one) for one in pages)]
    files: dict[str, str | bytes] = {f"archive/{name}": data for name, data in warcs.items()}
    files["pages/pages.jsonl"] = "\n".join(lines)
    resources = []
    for path, data in files.items():
        raw = data.encode() if isinstance(data, str) else data
        real = f"sha256:{hashlib.sha256(raw).hexdigest()}"
        name = path.rpartition("/")[2]
        resources.append(
            {"name": name, "path": path, "bytes": len(raw), "hash": (hashes or {}).get(name, real)}
        )
    files["datapackage.json"] = json.dumps(
        {"profile": "data-package", "wacz_version": "1.1.1", "resources": resources}
    )
    return zipped(files)


def gzipped(*records: bytes) -> bytes:
    """Each record compressed on its own, as WARC has it."""
    return b"".join(map(gzip.compress, records))


def mhtml(*parts: tuple[str, str], head: str = "", related: str = 'type="text/html"; ') -> bytes:
    """Parts are their header's lines and their text; each is sent as its header says."""
    kind = f'Content-Type: multipart/related; {related}boundary="b--1"'
    out = [f"{head}MIME-Version: 1.0\r\n{kind}\r\n\r\n".encode()]
    for header, text in parts:
        data = text.encode("utf-16" if "unicode" in header else "cp1252" if "1252" in header else "utf-8")
        if "base64" in header:
            data = base64.encodebytes(data)
        elif "quoted-printable" in header:
            data = quopri.encodestring(data)
        out.append(b"--b--1\r\n" + header.replace("\n", "\r\n").encode() + b"\r\n\r\n" + data + b"\r\n")
    return b"".join(out) + b"--b--1--\r\n"
