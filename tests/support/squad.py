"""Question sets in SQuAD's format, made of a few words."""

from __future__ import annotations

import json
from pathlib import Path


def qa(question: str, answer: str, context: str) -> dict:
    return {
        "id": question,
        "question": question,
        "answers": [{"text": answer, "answer_start": context.index(answer)}],
    }


def squad(*articles: tuple[str, list[tuple[str, list[dict]]]]) -> dict:
    return {
        "data": [
            {"title": title, "paragraphs": [{"context": c, "qas": qas} for c, qas in paragraphs]}
            for title, paragraphs in articles
        ]
    }


def asked(title: str, *paragraphs: tuple[str, list[tuple[str, str]]]) -> tuple[str, list]:
    """An article for `squad`: paragraphs with their questions and answers."""
    return title, [
        (context, [qa(question, answer, context) for question, answer in pairs])
        for context, pairs in paragraphs
    ]


def write(file: Path, content: object) -> Path:
    file.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return file
