#!/usr/bin/env bash
# pytest 9.2.0 with pytest-xdist 3.8.0, Python 3.11.
#
# `--dist=loadgroup` promises that all tests of one `xdist_group` run on one worker. With this pytest it has no
# effect: tests of a group are dealt to every worker, without a warning, so that what a group shares (a server, a
# browser, a file) is made by each of them. pytest-xdist adds the group to the private `_nodeid` of a test, which
# this pytest no longer reads. `--dist=loadfile` isn't concerned.
#
# What it means here: `make test` deals tests by file.
#
# Seen:
#   loadgroup: one group on several workers
#   loadfile: each file on one worker
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --disable-pip-version-check -q install 'pytest==9.2.0' 'pytest-xdist==3.8.0'
mkdir "$folder/tests"
cd "$folder/tests"
for file in a b; do
  cat > "test_$file.py" <<'PY'
import os
import pathlib
import time

import pytest


@pytest.mark.parametrize("number", range(10))
@pytest.mark.xdist_group("one")
def test_it(number):
    time.sleep(0.05)
    line = f"{pathlib.Path(__file__).stem} {os.environ['PYTEST_XDIST_WORKER']}\n"
    with open(os.environ["SEEN"], "a") as seen:
        seen.write(line)
PY
done
workers() { sort -u "$1" | awk '{print $1}' | uniq -c | awk '{if ($1 > most) most = $1} END {print most}'; }
for way in loadgroup loadfile; do
  SEEN="$folder/$way" "$folder/venv/bin/python" -m pytest -q -p no:cacheprovider -n 2 --dist="$way" > /dev/null
done
{
  [ "$(awk '{print $2}' "$folder/loadgroup" | sort -u | wc -l)" -gt 1 ] \
    && echo "loadgroup: one group on several workers" || echo "loadgroup: one group on one worker"
  [ "$(workers "$folder/loadfile")" = 1 ] \
    && echo "loadfile: each file on one worker" || echo "loadfile: a file on several workers"
} | tee "$folder/seen.txt"
diff - "$folder/seen.txt" <<'EOF'
loadgroup: one group on several workers
loadfile: each file on one worker
EOF
