#!/usr/bin/env bash
# newsmlg2 1.1, the IPTC's own package for its press format NewsML-G2, Python 3.11.
#
# (1) A list of it (`subject`, `headline`, `by`…) remembers where the last loop over it stopped. After a `break`,
# `next(…)` or an `any(…)` that found something, the next loop begins in the middle: the first subjects are missing,
# and the same test says yes and no in turn. `len` and `[0]` are right, and so is the loop after.
# (2) Of a headline or a description, `str` is what stands before the first element in it. The format has mixed
# content there: names are marked by `<inline>`, lines end in `<br/>`. A denial behind a name is lost, and writing
# the document out again (`to_xml_string`) loses it from the file. Text in `<inlineData>` loses its paragraphs.
#
# What it means here: Sourcier reads no NewsML-G2. A converter must take the elements themselves (`itertext`).
#
# Seen:
#   first subject: medtop:20000593
#   then all: medtop:11000000 medtop:20000621
#   then all: medtop:20000593 medtop:11000000 medtop:20000621
#   is it of medtop:11000000: True False True False
#   headline in the file: Le ministre Paul Dupont n'a pas démissionné
#   headline read: Le ministre
#   headline written: Le ministre Paul Dupont
#   description read: Il reste.
#   text read: Premier paragraphe. Second paragraphe.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --disable-pip-version-check -q install 'newsmlg2==1.1' 'lxml==6.1.3'
cd "$folder"
cat > item.xml <<'XML'
<?xml version="1.0" encoding="UTF-8"?>
<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:newsml:news.example:20261101:dupont" version="1"
    standard="NewsML-G2" standardversion="2.35" conformance="power" xml:lang="fr">
  <catalogRef href="http://www.iptc.org/std/catalog/catalog.IPTC-G2-Standards_41.xml"/>
  <itemMeta>
    <itemClass qcode="ninat:text"/>
    <provider uri="http://news.example"/>
    <versionCreated>2026-11-01T12:00:00Z</versionCreated>
    <pubStatus qcode="stat:usable"/>
  </itemMeta>
  <contentMeta>
    <subject qcode="medtop:20000593"/>
    <subject qcode="medtop:11000000"/>
    <subject qcode="medtop:20000621"/>
    <headline>Le ministre <inline uri="http://news.example/p/1">Paul Dupont</inline> n'a pas démissionné</headline>
    <description>Il reste.<br/>Il l'a dit lundi.</description>
  </contentMeta>
  <contentSet>
    <inlineData contenttype="text/plain">Premier paragraphe.

Second paragraphe.</inlineData>
  </contentSet>
</newsItem>
XML
cat > run.py <<'PY'
from lxml import etree
from NewsMLG2.document import NewsMLG2Document

with open("item.xml", "rb") as file:
    data = file.read()


def headline(xml):
    return " ".join(" ".join(etree.fromstring(xml).find(".//{*}headline").itertext()).split())


item = NewsMLG2Document(data).get_item()
subjects = item.contentmeta.subject
assert len(subjects) == 3
print("first subject:", next(subject.qcode for subject in subjects))
for _ in range(2):
    print("then all:", *(subject.qcode for subject in subjects))
print("is it of medtop:11000000:", *(any(s.qcode == "medtop:11000000" for s in subjects) for _ in range(4)))
print("headline in the file:", headline(data))
print("headline read:", item.contentmeta.headline[0])
print("headline written:", headline(item.to_xml_string()))
print("description read:", item.contentmeta.description[0])
print("text read:", item.contentset.inlinedata[0])
PY
"$folder/venv/bin/python" run.py | tee seen.txt
diff - seen.txt <<'EOF'
first subject: medtop:20000593
then all: medtop:11000000 medtop:20000621
then all: medtop:20000593 medtop:11000000 medtop:20000621
is it of medtop:11000000: True False True False
headline in the file: Le ministre Paul Dupont n'a pas démissionné
headline read: Le ministre
headline written: Le ministre Paul Dupont
description read: Il reste.
text read: Premier paragraphe. Second paragraphe.
EOF
