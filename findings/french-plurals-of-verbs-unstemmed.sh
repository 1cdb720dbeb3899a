#!/usr/bin/env bash
# PyStemmer 3.1.0 (Snowball's `french`), Python 3.11.
#
# Snowball's French stemmer brings the third person plural of the present to no other form of its verb: "ferment",
# "protestent" and "demandent" stay whole, while "ferme", "fermé", "fermera" and "fermaient" share a stem. A search for
# "demandent" so misses "demande", in the tense that news are written in. Its sister `spanish` joins "cierran" and
# "cierra". The imperfect's -aient and the -issent of `finir` are known, so that it looks as if plurals were.
#
# What it means here: `rag/text/inflection.py` brings such a form to the singular before it is stemmed, but for the nouns,
# adjectives and names in -ent that `rag/text/plurals_of_verbs.txt` lists ("couvent", "argent", "Laurent").
#
# Seen:
#   french ferme=ferm fermé=ferm fermera=ferm fermaient=ferm ferment=ferment
#   french demande=demand demandé=demand demandera=demand demandaient=demand demandent=demandent
#   french finit=fin fini=fin finira=fin finissaient=fin finissent=fin
#   spanish cierra=cierr cierran=cierr
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --disable-pip-version-check -q install 'PyStemmer==3.1.0'
cd "$folder"
cat > run.py <<'PY'
import Stemmer

for language, words in (
    ("french", "ferme fermé fermera fermaient ferment"),
    ("french", "demande demandé demandera demandaient demandent"),
    ("french", "finit fini finira finissaient finissent"),
    ("spanish", "cierra cierran"),
):
    stem = Stemmer.Stemmer(language).stemWord
    print(language, *(f"{word}={stem(word)}" for word in words.split()))
PY
"$folder/venv/bin/python" run.py | tee seen.txt
diff - seen.txt <<'EOF'
french ferme=ferm fermé=ferm fermera=ferm fermaient=ferm ferment=ferment
french demande=demand demandé=demand demandera=demand demandaient=demand demandent=demandent
french finit=fin fini=fin finira=fin finissaient=fin finissent=fin
spanish cierra=cierr cierran=cierr
EOF
