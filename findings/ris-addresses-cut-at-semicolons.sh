#!/usr/bin/env bash
# rispy 0.10.0, Python 3.11.
#
# A line of RIS is one value, and an address may hold a semicolon (`;jsessionid=…`, `?p=1;q=2`): what is written on one `UR`
# line is expected to be one address. rispy splits `UR` at every semicolon, and only that: three things come back, none
# of them the article's address, while `KW - a;b`, where other programs do write several, stays one keyword. It isn't undone by
# writing: what rispy reads and writes again has three `UR` lines.
#
# What it means here: `ui/references/ris.py` writes the address as it was published, on one line, which Zotero reads whole;
# whoever reads an export with rispy joins `urls` again where an article had a semicolon.
#
# Seen:
#   urls: ['https://news.example/a', 'jsessionid=4F?c=1', 'b=2'], keywords: ['a;b']
#   written again: ['UR  - https://news.example/a', 'UR  - jsessionid=4F?c=1', 'UR  - b=2']
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > run.py <<'PY'
import rispy

SOURCE = """TY  - NEWS
TI  - La crue
UR  - https://news.example/a;jsessionid=4F?c=1;b=2
KW  - a;b
ER  - 
"""
(entry,) = rispy.loads(SOURCE)
print(f"urls: {entry['urls']}, keywords: {entry['keywords']}")
print("written again:", [line for line in rispy.dumps([entry]).splitlines() if line.startswith("UR")])
PY
python3 -m venv venv
venv/bin/python -m pip install -q --disable-pip-version-check rispy==0.10.0
venv/bin/python run.py | tee seen.txt
diff - seen.txt <<'SEEN'
urls: ['https://news.example/a', 'jsessionid=4F?c=1', 'b=2'], keywords: ['a;b']
written again: ['UR  - https://news.example/a', 'UR  - jsessionid=4F?c=1', 'UR  - b=2']
SEEN
