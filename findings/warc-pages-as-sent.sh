#!/usr/bin/env bash
# FastWARC 2.0.1 and warcio 1.8.1, the two readers of WARC for Python, on Python 3.11.
#
# (1) With `auto_decode="all"`, FastWARC ends at the first page that was sent both chunked and compressed, as many
# pages are: it gives that page, then no other, and no error. Leaving the page unread makes no difference. It does so
# since 1.0. `auto_decode="transfer"` reads on, and leaves the compression to the caller. warcio reads the same
# archive whole.
# (2) warcio's `content_stream()` undoes `Transfer-Encoding: chunked` in small letters only, while such names have no
# case (RFC 9112, section 7). From a server that writes `Chunked`, the length of each chunk stays in the page, in the
# middle of its sentences: 4 200 inhabitants become 4 12 200. A page sent as `zstd`, or as `x-gzip` (another name of
# gzip, RFC 9110, section 8.4.1.3), is given as the compressed bytes. None of the three says so.
#
# What it means here: `ingest/archives/warc.py` takes the bytes as they were recorded and undoes the codings itself;
# a page whose coding it doesn't know is named as a failure.
#
# Seen:
#   FastWARC, all: 2 of 6 pages
#   FastWARC, all, nothing read: 2 of 6 pages
#   FastWARC, transfer: 6 of 6 pages
#   warcio: 6 of 6 pages
#   warcio, chunked: La ville compte 4 200 habitants.
#   warcio, Chunked: La ville compte 4 12 200 habitants.
#   warcio, gzip: La ville compte 4 200 habitants.
#   warcio, x-gzip: compressed bytes
#   warcio, zstd: compressed bytes
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --disable-pip-version-check -q install 'fastwarc==2.0.1' 'warcio==1.8.1' 'zstandard==0.25.0'
cd "$folder"
cat > run.py <<'PY'
import gzip
import io
import re

import zstandard
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator

PAGE = b"<p>La ville compte 4 200 habitants.</p>"
BORDER = PAGE.index(b"200 habitants")


def chunked(data, border):
    pieces = (data[:border], data[border:], b"")
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)


def record(number, body, *headers):
    lines = ["HTTP/1.1 200 OK", "Content-Type: text/html", *headers, "", ""]
    block = "\r\n".join(lines).encode() + body
    head = (
        "WARC/1.1\r\nWARC-Type: response\r\n"
        f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{number:012}>\r\n"
        f"WARC-Target-URI: http://news.example/{number}\r\nWARC-Date: 2026-11-01T10:00:00Z\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + block + b"\r\n\r\n")


def pages(archive):
    for found in ArchiveIterator(io.BytesIO(archive)):
        yield found.content_stream().read()


packed = gzip.compress(PAGE)
as_sent = record(1, chunked(packed, 20), "Transfer-Encoding: chunked", "Content-Encoding: gzip")
six = record(0, PAGE) + as_sent + b"".join(record(number, PAGE) for number in range(2, 6))
whole = list(FastIterator(io.BytesIO(six), auto_decode="transfer"))
read = [found.reader.read() for found in FastIterator(io.BytesIO(six), auto_decode="all")]
skipped = list(FastIterator(io.BytesIO(six), auto_decode="all"))
assert read == [PAGE] * len(read)
print(f"FastWARC, all: {len(read)} of 6 pages")
print(f"FastWARC, all, nothing read: {len(skipped)} of 6 pages")
print(f"FastWARC, transfer: {len(whole)} of 6 pages")
print(f"warcio: {[*pages(six)].count(PAGE)} of 6 pages")

for coding, body, header in (
    ("chunked", chunked(PAGE, BORDER), "Transfer-Encoding: chunked"),
    ("Chunked", chunked(PAGE, BORDER), "Transfer-Encoding: Chunked"),
    ("gzip", packed, "Content-Encoding: gzip"),
    ("x-gzip", packed, "Content-Encoding: x-gzip"),
    ("zstd", zstandard.compress(PAGE), "Content-Encoding: zstd"),
):
    (page,) = pages(record(0, body, header))
    if page == body and header.startswith("Content"):
        print(f"warcio, {coding}: compressed bytes")
    else:
        print(f"warcio, {coding}:", " ".join(re.search("<p>(.*?)</p>", page.decode(), re.DOTALL)[1].split()))
PY
"$folder/venv/bin/python" run.py | tee seen.txt
diff - seen.txt <<'EOF'
FastWARC, all: 2 of 6 pages
FastWARC, all, nothing read: 2 of 6 pages
FastWARC, transfer: 6 of 6 pages
warcio: 6 of 6 pages
warcio, chunked: La ville compte 4 200 habitants.
warcio, Chunked: La ville compte 4 12 200 habitants.
warcio, gzip: La ville compte 4 200 habitants.
warcio, x-gzip: compressed bytes
warcio, zstd: compressed bytes
EOF
