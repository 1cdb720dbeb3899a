#!/usr/bin/env bash
# trafilatura 2.3.1 and readability-lxml 0.9, Python 3.11.
#
# Both cut a page's `<title>` at separators, to take the site's name off it, without knowing that name. French sets a
# space before its colons and inside its quotation marks, and trafilatura counts these among them: of "Faux : le
# vaccin…" it keeps "Faux", of "X : « … »" only who speaks. It also passes over what has a full stop in it, so that a
# title with "M. " gives way to a heading of the page, here the newspaper's name. readability's `short_title()` keeps
# what follows the colon, in English too: of a claim that was checked and found wrong, only the claim.
#
# It takes a page with two `<h1>`, the newspaper's name and the headline in full, and no `og:title` (trafilatura), or
# one without `<h1>`, also with the headline in its `og:title` (readability).
#
# What it means here: `ingest/converters/html_title.py` reads headings and `<title>` itself.
#
# Seen:
#   trafilatura: Faux
#   trafilatura: Emmanuel Macron :
#   trafilatura: Pas de hausse des impôts
#   trafilatura: L'Écho de Valbrume
#   readability: le vaccin contre la grippe contient une puce
#   readability: the mayor banned the Christmas market
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --disable-pip-version-check -q install 'trafilatura==2.3.1' 'lxml==6.1.3'
# The pip of Python 3.11 stumbles over its requirement, `lxml[html_clean]`.
"$folder/venv/bin/pip" --disable-pip-version-check -q install --no-deps 'readability-lxml==0.9' 'chardet==5.2.0' \
  'cssselect==1.3.0' 'lxml_html_clean==0.4.6'
cd "$folder"
cat > run.py <<'PY'
import logging

import trafilatura
from readability import Document

logging.disable()
BODY = "".join(
    f"<p>Le conseil a voté hier soir le budget de l'année, a dit le maire, pour la {count}e fois.</p>"
    for count in range(3, 12)
)
NAME = "<header><h1>L'Écho de Valbrume</h1></header>"


def page(headline, head="", top="", title=""):
    head = f'<meta charset="utf-8"><title>{headline}</title>{head}'
    return f"<html><head>{head}</head><body>{top}<article>{title}{BODY}</article></body></html>"


for headline in (
    "Faux : le vaccin contre la grippe contient une puce",
    "Emmanuel Macron : « Nous ne sommes pas en guerre »",
    "Pas de hausse des impôts : le ministre se trompe",
    "M. Dupont n'a pas démissionné",
):
    markup = page(headline, top=NAME, title=f"<h1>{headline}</h1>")
    print("trafilatura:", trafilatura.extract_metadata(markup).title)
for headline in (
    "Faux : le vaccin contre la grippe contient une puce",
    "False: the mayor banned the Christmas market",
):
    markup = page(headline, head=f'<meta property="og:title" content="{headline}">')
    print("readability:", Document(markup).short_title())
PY
"$folder/venv/bin/python" run.py | tee seen.txt
diff - seen.txt <<'EOF'
trafilatura: Faux
trafilatura: Emmanuel Macron :
trafilatura: Pas de hausse des impôts
trafilatura: L'Écho de Valbrume
readability: le vaccin contre la grippe contient une puce
readability: the mayor banned the Christmas market
EOF
