#!/usr/bin/env bash
# pysbd 0.3.4, sentencex 1.0.32, syntok 1.4.4, Python 3.11.
#
# Three sentence splitters that say they know French (pysbd and sentencex by its code, syntok for languages of Europe) end
# sentences within the commonest abbreviations of French press copy: before the year of a shortened month, the number of an
# article of law or of a page, the names after `MM.`, and in `av. J.-C.`, where pysbd and sentencex leave a sentence `-C.`.
#
# What it means here: `rag/text/sentence_boundaries.py` decides by rules of its own; figures of all of them on 580 sentences
# are in `benchmarks/LOG.md`.
#
# Seen (| where a sentence ends):
#   pysbd      Il siège depuis le 3 sept.|2025 à Brécy.
#   pysbd      Selon l'art.|49 al. 3 de la loi, le texte passe.
#   pysbd      MM.|Dupont et Morel ont voté contre.
#   pysbd      Le temple date de 52 av.|J.|-C.|au plus tard.
#   sentencex  Il siège depuis le 3 sept.|2025 à Brécy.
#   sentencex  Selon l'art.|49 al. 3 de la loi, le texte passe.
#   sentencex  MM. Dupont et Morel ont voté contre.
#   sentencex  Le temple date de 52 av. J.|-C.|au plus tard.
#   syntok     Il siège depuis le 3 sept. 2025 à Brécy.
#   syntok     Selon l'art.|49 al.|3 de la loi, le texte passe.
#   syntok     MM.|Dupont et Morel ont voté contre.
#   syntok     Le temple date de 52 av.|J.-C. au plus tard.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --disable-pip-version-check -q install 'pysbd==0.3.4' 'sentencex==1.0.32' 'syntok==1.4.4'
cd "$folder"
cat > run.py <<'PY'
import pysbd
import sentencex
from syntok import segmenter

COPY = (
    "Il siège depuis le 3 sept. 2025 à Brécy.",
    "Selon l'art. 49 al. 3 de la loi, le texte passe.",
    "MM. Dupont et Morel ont voté contre.",
    "Le temple date de 52 av. J.-C. au plus tard.",
)
SEEN = {
    "pysbd": (1, 1, 1, 3),
    "sentencex": (1, 1, 0, 2),
    "syntok": (0, 2, 1, 1),
}


def by_syntok(text):
    for paragraph in segmenter.process(text):
        for sentence in paragraph:
            last = sentence[-1]
            yield text[sentence[0].offset : last.offset + len(last.value)]


WAYS = {
    "pysbd": pysbd.Segmenter(language="fr", clean=False).segment,
    "sentencex": lambda text: list(sentencex.segment("fr", text)),
    "syntok": lambda text: list(by_syntok(text)),
}
for name, split in WAYS.items():
    for text, ends in zip(COPY, SEEN[name], strict=True):
        found = [part.strip() for part in split(text) if part.strip()]
        print(f"{name:10} {'|'.join(found)}")
        assert len(found) == ends + 1, (name, text, found)
PY
"$folder/venv/bin/python" run.py
