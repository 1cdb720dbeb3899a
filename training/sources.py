"""Openly licensed sets of questions with marked answers → `Example`s; one function for each form of file.

Knows the files' forms; no tokens and no model.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# French articles that no run trains on: the gates are measured on them.
_KEPT_SHARE = 5
# What annotators mark along with an answer now and then.
_AROUND = " \t\n\xa0.,;:"


@dataclass(frozen=True, slots=True)
class Example:
    """A question about a context; `start` and `end` are the answer's characters, both -1 where it has none.

    `language` is the context's. `key` is one for a question's translations. `paragraph` is one for all
    contexts that are the same paragraph, translated or not.
    """

    question: str
    context: str
    start: int
    end: int
    language: str
    source: str
    article: str
    key: str
    paragraph: str = ""

    @property
    def answer(self) -> str:
        """The answer's words, or nothing."""
        return self.context[self.start : self.end] if self.start >= 0 else ""


def is_kept(title: str) -> bool:
    """Say whether the French article with this title is kept apart for the gates: about one in five."""
    return int(hashlib.sha256(f"reader {title}".encode()).hexdigest(), 16) % _KEPT_SHARE == 0


def read_all(data: Path) -> list[Example]:
    """Return every example of the sets in `data/reader` and of `data/piaf-dev.json`, each once."""
    folder = data / "reader"
    found: list[Example] = [*_squad(data / "piaf-dev.json", "fr", "piaf")]
    for language in ("en", "es", "de", "ro", "ru", "tr", "el"):
        found += _squad(folder / f"xquad.{language}.json", language, "xquad")
    found += _squad(folder / "squad2-en-dev-half.json", "en", "squad-en")
    found += _squad(folder / "squad2-dev-es_small.json", "es", "squad-es")
    found += _squad(folder / "squad1-dev-es_small.json", "es", "squad-es")
    found += _squad(folder / "squad_it-test.json.gz", "it", "squad-it")
    for kind in ("news", "wiki"):
        for file in sorted(folder.glob(f"norquad.{kind}.*.json")):
            found += _squad(file, "no", f"norquad-{kind}")
    found += _squad(folder / "faquad.json", "pt", "faquad")
    for language in ("fr", "en"):
        found += _afriqa(folder / f"afriqa.{language}.jsonl", language)
    found += _qed(folder / "qed-dev.jsonlines")
    found += _clapnq(folder / "clapnq.dev.unanswerable.jsonl")
    found += _qamr(folder)
    once = {(one.question, one.context, one.start): one for one in found}
    return _with_paragraphs(list(once.values()))


def _squad(file: Path, language: str, source: str) -> Iterator[Example]:
    raw = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    for number, article in enumerate(json.loads(raw)["data"]):
        title = str(article.get("title") or f"{file.stem}-{number}")
        for paragraph in article["paragraphs"]:
            for asked in paragraph["qas"]:
                key = f"{source.split('-')[0]}:{asked['id']}"
                made = Example(
                    asked["question"].strip(), paragraph["context"], -1, -1, language, source, title, key
                )
                if asked.get("is_impossible"):
                    yield made
                elif asked.get("answers"):
                    answer = asked["answers"][0]
                    yield from _marked(made, answer["answer_start"], answer["text"])


def _marked(example: Example, start: int, text: str) -> Iterator[Example]:
    """Yield `example` with its answer, whose stated place may be wrong; not if it stands nowhere."""
    context = example.context
    if context[start : start + len(text)] != text:
        places = [match.start() for match in re.finditer(re.escape(text), context)] if text else []
        if not places:
            return
        start = min(places, key=lambda place: abs(place - start))
    bare = text.strip(_AROUND)
    if bare:
        start += len(text) - len(text.lstrip(_AROUND))
        yield _placed(example, start, start + len(bare))


def _placed(example: Example, start: int, end: int) -> Example:
    return Example(
        example.question,
        example.context,
        start,
        end,
        example.language,
        example.source,
        example.article,
        example.key,
        example.paragraph,
    )


def _afriqa(file: Path, language: str) -> Iterator[Example]:
    for line in file.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line) if line.strip() else {}
        answer = entry.get("answer_pivot", {})
        if not answer.get("text") or not entry["context"]:
            continue
        key = f"afriqa:{entry['id']}"
        title = f"afriqa {entry['title']}"
        made = Example(
            entry["question_translated"].strip(),
            entry["context"],
            -1,
            -1,
            language,
            f"afriqa-{language}",
            title,
            key,
        )
        yield from _marked(made, answer["answer_start"][0], answer["text"][0])


_NO_SPACE_BEFORE = re.compile(r"^(?:[,.;:?!%)\]]|''|'|'s|'re|'ve|'ll|'d|'m|n't|-RRB-|-RSB-)$")
_NO_SPACE_AFTER = re.compile(r"^(?:[(\[$£€]|``|-LRB-|-LSB-)$")
_WRITTEN = {"``": '"', "''": '"', "-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]"}


@dataclass(frozen=True, slots=True)
class _Joined:
    """Tokens as running text, with the characters that each of them stands for."""

    text: str
    spans: tuple[tuple[int, int], ...]


def _joined(tokens: list[str]) -> _Joined:
    text, spans, tight = "", [], True
    for token in tokens:
        if not (tight or _NO_SPACE_BEFORE.match(token)):
            text += " "
        written = _WRITTEN.get(token, token)
        spans.append((len(text), len(text) + len(written)))
        text += written
        tight = bool(_NO_SPACE_AFTER.match(token))
    return _Joined(text, tuple(spans))


def _token_places(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(r"\S+", text)]


def _qed(file: Path) -> Iterator[Example]:
    for line in file.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        answers = (entry.get("annotation") or {}).get("answer") or []
        raw = entry["paragraph_text"]
        places = _token_places(raw)
        if len(answers) != 1:
            continue
        wanted = answers[0]["paragraph_reference"]
        inside = [i for i, (a, b) in enumerate(places) if b > wanted["start"] and a < wanted["end"]]
        if inside:
            joined = _joined([raw[a:b] for a, b in places])
            start, end = joined.spans[inside[0]][0], joined.spans[inside[-1]][1]
            title, key = f"qed {entry['title_text']}", f"qed:{entry['example_id']}"
            yield Example(entry["question_text"], joined.text, start, end, "en", "qed", title, key)


def _clapnq(file: Path) -> Iterator[Example]:
    for line in file.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        passage = entry["passages"][0]
        text = _joined(passage["text"].split()).text
        title = f"clapnq {passage['title']}"
        yield Example(entry["input"], text, -1, -1, "en", "clapnq", title, f"clapnq:{entry['id']}")


# Sentences of QAMR that make one passage, those of one page together.
_QAMR_SENTENCES = 4


def _qamr(folder: Path) -> Iterator[Example]:
    lines = (folder / "qamr.wiki-sentences.tsv").read_text(encoding="utf-8").splitlines()
    sentences = {key: _joined(text.split()) for key, _, text in (line.partition("\t") for line in lines)}
    asked = defaultdict(list)
    for name in ("dev", "test"):
        for line in (folder / f"qamr.{name}.tsv").read_text(encoding="utf-8").splitlines():
            columns = line.split("\t")
            asked[columns[0]].append(columns)
    used = sorted(key for key in asked if key in sentences)
    for at in range(0, len(used), _QAMR_SENTENCES):
        group = used[at : at + _QAMR_SENTENCES]
        context, places = "", {}
        for key in group:
            places[key] = len(context)
            context += sentences[key].text + " "
        for key in group:
            source = "qamr-news" if "wikinews" in key else "qamr-wiki"
            for number, columns in enumerate(asked[key]):
                words = sorted({int(word) for word in columns[6].split()})
                if not words or words[-1] - words[0] != len(words) - 1 or not columns[5].strip():
                    continue
                spans = sentences[key].spans
                start, end = places[key] + spans[words[0]][0], places[key] + spans[words[-1]][1]
                name = f"qamr:{key}:{number}"
                yield Example(
                    columns[5].strip(), context.strip(), start, end, "en", source, f"qamr {group[0]}", name
                )


def _with_paragraphs(examples: list[Example]) -> list[Example]:
    """Return the examples with the paragraph that each is about.

    Contexts with a question in common, or with the same text, are one paragraph.
    """
    root: dict[str, str] = {}

    def find(name: str) -> str:
        while root.setdefault(name, name) != name:
            root[name] = root[root[name]]
            name = root[name]
        return name

    for one in examples:
        context = "c:" + re.sub(r"\W+", " ", one.context.lower())
        # XQuAD's and the translated sets' questions bear SQuAD's own ids.
        root[find(context)] = find("k:" + re.sub(r"^(?:xquad|squad):", "", one.key))
    return [
        Example(
            one.question,
            one.context,
            one.start,
            one.end,
            one.language,
            one.source,
            one.article,
            one.key,
            find("c:" + re.sub(r"\W+", " ", one.context.lower())),
        )
        for one in examples
    ]
