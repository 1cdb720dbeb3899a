#!/usr/bin/env bash
# bibtexparser 2.1.0 with pylatexenc 2.11, Python 3.11.
#
# `url` is verbatim in BibTeX's styles and in biblatex: `%20` in it is no comment. Read plainly it is whole; but with the
# middleware that turns LaTeX into characters (`LatexDecodingMiddleware`, which a library of accented titles needs) every
# address ends at its first percent sign, as if a comment began there. No block fails, no warning is given, the title beside
# it is right; written back, the shorter address stands in the file. French and Arabic addresses, and whatever a CMS
# encodes, have one. `\%` in the field survives the reading, but is no address for whoever reads it plainly.
#
# What it means here: `ui/references/bibtex.py` writes addresses verbatim; only braces in them are percent-encoded, and
# the tests read `url` back plainly.
#
# Seen:
#   plainly: https://news.example/a%20b?x=1 | Le prix : 50\% de hausse
#   decoded: https://news.example/a | Le prix : 50% de hausse | failed blocks: 0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > run.py <<'PY'
import bibtexparser
from bibtexparser.middlewares import LatexDecodingMiddleware

SOURCE = r"""@article{a,
  title = {Le prix : 50\% de hausse},
  url = {https://news.example/a%20b?x=1}
}
"""
plain = bibtexparser.parse_string(SOURCE)
decoded = bibtexparser.parse_string(SOURCE, append_middleware=[LatexDecodingMiddleware()])
entry, same = plain.entries[0], decoded.entries[0]
print(f"plainly: {entry['url']} | {entry['title']}")
print(f"decoded: {same['url']} | {same['title']} | failed blocks: {len(decoded.failed_blocks)}")
PY
python3 -m venv venv
venv/bin/python -m pip install -q --disable-pip-version-check bibtexparser==2.1.0 pylatexenc==2.11
venv/bin/python run.py | tee seen.txt
diff - seen.txt <<'SEEN'
plainly: https://news.example/a%20b?x=1 | Le prix : 50\% de hausse
decoded: https://news.example/a | Le prix : 50% de hausse | failed blocks: 0
SEEN
