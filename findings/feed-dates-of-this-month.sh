#!/usr/bin/env bash
# feedparser 6.0.14, Python 3.11.
#
# A date that it can't read isn't always None: where a feed writes the year first with slashes or dots, `published_parsed`
# is the first day of the month *in which the feed is read*, in the year that is written; the same entry is of another
# month when it is read next month. A day before its month, with hyphens (`25-12-2024`), is the 20th of the second number
# in the year of the first. Names of zones in Europe are taken for UTC: `CEST` is two hours off, where `EST` is right. Months
# in French are None. `dc:date` is `updated`, and there is no `published`.
#
# What it means here: `ingest/sources/feeds.py` reads what is written itself, and trusts feedparser with dates of mail only.
#
# Seen, in a November:
#   2024/06/05 -> 2024-11-01 (this month)
#   2024.06.05 -> 2024-11-01 (this month)
#   25-12-2024 -> 2025-12-20
#   Sun, 03 Aug 2025 00:30:00 CEST -> 2025-08-03 00:30 UTC
#   Sun, 03 Aug 2025 00:30:00 EST -> 2025-08-03 05:30 UTC
#   dim., 03 août 2025 14:05:00 +0200 -> None
#   dc:date -> published None, updated 2025-08-03T14:05:00+02:00
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --disable-pip-version-check -q install 'feedparser==6.0.14'
cd "$folder"
cat > run.py <<'PY'
import time

import feedparser

FEED = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>Le Rivage</title><link>https://rivage.example/</link><item><title>La halle</title>
<link>https://rivage.example/halle</link>{}</item></channel></rss>"""


def entry(date):
    return feedparser.parse(FEED.format(date)).entries[0]


def parsed(stated):
    found = entry(f"<pubDate>{stated}</pubDate>").get("published_parsed")
    return found and tuple(found)[:5]


month = time.gmtime().tm_mon
for stated in ("2024/06/05", "2024.06.05"):
    year, found, day, *_ = parsed(stated)
    print(f"{stated} -> {year}-{found:02}-{day:02}", "(this month)" if found == month else "")
    assert (year, found, day) == (2024, month, 1), stated
year, found, day, *_ = parsed("25-12-2024")
print(f"25-12-2024 -> {year}-{found:02}-{day:02}")
assert (year, found, day) == (2025, 12, 20)
for zone, hour in (("CEST", 0), ("EST", 5)):
    stated = f"Sun, 03 Aug 2025 00:30:00 {zone}"
    found = parsed(stated)
    print(f"{stated} -> 2025-08-03 {found[3]:02}:30 UTC")
    assert found == (2025, 8, 3, hour, 30), zone
stated = "dim., 03 août 2025 14:05:00 +0200"
print(stated, "->", parsed(stated))
assert parsed(stated) is None
dublin = entry("<dc:date>2025-08-03T14:05:00+02:00</dc:date>")
print("dc:date -> published", dublin.get("published"), "updated", dict.get(dublin, "updated"))
assert dublin.get("published") is None and dict.get(dublin, "updated") == "2025-08-03T14:05:00+02:00"
PY
"$folder/venv/bin/python" run.py
