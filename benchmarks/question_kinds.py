"""How questions are understood before anything is searched: their language, and the kind of answer wanted.

    python benchmarks/question_kinds.py fr:piaf-dev.json en:xquad.en.json …

Each file is SQuAD's JSON; its questions, about encyclopedia articles, ask for facts in the language named
before it. Printed: how many are told in that language, by their small words and by py3langid alone; how many
are taken for each kind. `--show` prints those that are neither fact, list nor yes/no.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

from rag.query.intent import read_intent
from rag.query.question_language import question_language
from rag.query.question_text import QuestionText
from rag.text.language_detection import detect_language

KNOWN = ("fr", "en")


def questions(file: Path) -> list[str]:
    """The questions of a file, in order."""
    data = json.loads(file.read_text(encoding="utf-8"))["data"]
    return [
        qa["question"].strip() for one in data for paragraph in one["paragraphs"] for qa in paragraph["qas"]
    ]


def main() -> None:
    """Read the files and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("files", nargs="+", metavar="LANGUAGE:FILE")
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    for stated in options.files:
        language, _, name = stated.partition(":")
        asked = questions(Path(name))
        kinds: Counter[str] = Counter()
        told = alone = 0
        for text in asked:
            question = QuestionText(text, language)
            told += question_language(question, KNOWN, None).code == language
            alone += detect_language(text, among=KNOWN) == language
            found = read_intent(text, question.flat, language)
            kinds[found.kind] += 1
            if options.show and found.kind not in ("fact", "list", "yes_no"):
                print(f"  {found.kind} {found.wanted}: {text}")
        counts = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common())
        print(f"{name}: {len(asked)} questions, language told {told} (py3langid alone {alone}); {counts}")


if __name__ == "__main__":
    main()
