"""The table of names is babel's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from rag.text.cldr import language_name, month_names, territories, weekday_names

ROOT = Path(__file__).parents[3]


def test_the_table_is_what_babel_has(tmp_path: Path):
    made = tmp_path / "cldr.json"
    subprocess.run([sys.executable, ROOT / "scripts" / "cldr.py", made], check=True)
    assert made.read_text("utf-8") == (ROOT / "rag" / "text" / "cldr.json").read_text("utf-8")


def test_names_are_read():
    assert month_names("fr")["wide"][0][7] == "août"
    assert month_names("en")["abbreviated"][0][0] == "Jan"
    assert month_names("xx") == {}
    assert (weekday_names("fr")[0], weekday_names("en")[6]) == ("lundi", "Sunday")
    assert (language_name("en", "fr"), language_name("fr", "en")) == ("anglais", "French")
    assert language_name("xx", "fr") is None
    assert territories()["CG"] == ["Congo-Brazzaville", "Congo - Brazzaville"]
