#!/usr/bin/env bash
# gradio 6.31.0, Python 3.11.
#
# At every import Gradio parses the source of its own components and reads or writes an interface file (`.pyi`)
# beside each, inside its installed package, also when all of them are there already: two fifths of the time that
# importing takes. Two processes that start at once write the same files. A component whose source isn't found (an
# OSError of `inspect.getfile`) is left out, without a word.
#
# What it means here: `ui/server/gradio_start.py` has no source found while the page's server imports Gradio.
#
# Seen:
#   stubs opened by the second import: True
#   with no source to be found: 0
#   takes less than three quarters of the time then: True
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --disable-pip-version-check -q install 'gradio==6.31.0'
cd "$folder"
cat > run.py <<'PY'
import inspect
import os
import sys
import time

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
if "hidden" in sys.argv:
    found = inspect.getfile

    def getfile(asked):
        if isinstance(asked, type) and asked.__module__.partition(".")[0] == "gradio":
            raise OSError
        return found(asked)

    inspect.getfile = getfile
clock = time.process_time()
import gradio

print(sum(name.endswith(".pyi") for name in opened), time.process_time() - clock)
PY
"$folder/venv/bin/python" run.py > first.txt
"$folder/venv/bin/python" run.py > second.txt
"$folder/venv/bin/python" run.py hidden > hidden.txt
read -r stubs seconds < second.txt
read -r none fewer < hidden.txt
python3 - "$stubs" "$seconds" "$none" "$fewer" <<'PY' | tee seen.txt
import sys

stubs, seconds, none, fewer = sys.argv[1:]
print("stubs opened by the second import:", int(stubs) > 0)
print("with no source to be found:", none)
print("takes less than three quarters of the time then:", float(fewer) < 0.75 * float(seconds))
PY
diff - seen.txt <<'EOF'
stubs opened by the second import: True
with no source to be found: 0
takes less than three quarters of the time then: True
EOF
