#!/usr/bin/env bash
# text2num 3.1.0, Python 3.11.
#
# A decimal number in words before `million` loses its scale without a word: "deux virgule cinq millions" becomes
# "2,5000000", which is two and a half, and in English "two point five million" becomes two numbers, "2.5 1000000".
# Without a decimal point the scale is read: "cinq millions" is 5000000.
#
# What it means here: `rag/extraction/numbers/number_words.py` has text2num read what stands before and behind the
# point apart, and puts decimals and scale together itself.
#
# Seen:
#   cinq millions d'euros -> 5000000 d'euros
#   deux virgule cinq millions d'euros -> 2,5000000 d'euros
#   two point five million euros -> 2.5 1000000 euros
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --disable-pip-version-check -q install 'text2num==3.1.0'
cd "$folder"
cat > run.py <<'PY'
from text_to_num import alpha2digit

for language, words in (
    ("fr", "cinq millions d'euros"),
    ("fr", "deux virgule cinq millions d'euros"),
    ("en", "two point five million euros"),
):
    print(words, "->", alpha2digit(words, language))
PY
"$folder/venv/bin/python" run.py | tee seen.txt
diff - seen.txt <<'EOF'
cinq millions d'euros -> 5000000 d'euros
deux virgule cinq millions d'euros -> 2,5000000 d'euros
two point five million euros -> 2.5 1000000 euros
EOF
