"""SQuAD-format JSON → articles and questions whose answers are spans of them.

Knows the format, in its versions 1 and 2; no index, no model and no metric.
"""

from __future__ import annotations

import hashlib
from codecs import BOM_UTF8
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rag.errors import reason_of
from rag.schema.article import Article
from rag.text.language_detection import detect_language
from rag.text.normalization import normalise_text
from ui.formatting.i18n import text, user_error

_BETWEEN_PARAGRAPHS = "\n\n"


@dataclass(frozen=True, slots=True)
class Place:
    """A range of an article's characters, `[start, end)`."""

    article_id: str
    start: int
    end: int

    def holds(self, other: Place) -> bool:
        """Return whether this place contains the other."""
        return self.article_id == other.article_id and self.start <= other.start and other.end <= self.end

    def touches(self, other: Place) -> bool:
        """Return whether the two places overlap."""
        return self.article_id == other.article_id and self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question and the places that answer it, any of which counts; none when nothing does.

    `answers` are the words at those places, `paragraph` is where they are.
    """

    text: str
    gold: tuple[Place, ...] = ()
    answers: tuple[str, ...] = ()
    paragraph: Place | None = None


@dataclass(frozen=True, slots=True)
class Broken:
    """A question that can't be used, and why, in English and French."""

    english: str
    french: str

    @classmethod
    def of(cls, key: str, **values: object) -> Broken:
        """Make the sentence of this key."""
        return cls(text(key, "en", **values), text(key, "fr", **values))

    def text(self, language: str) -> str:
        """Return the sentence in `language`."""
        return self.french if language == "fr" else self.english


@dataclass(frozen=True, slots=True)
class Corpus:
    """What some files hold: `questions` have answers in `articles`, `unanswerable` say they have none.

    `digest` names the articles: the SHA-256 of the files' bytes, in order, and of what was left out.
    """

    articles: tuple[Article, ...]
    questions: tuple[GoldQuestion, ...]
    unanswerable: tuple[GoldQuestion, ...]
    broken: tuple[Broken, ...]
    digest: str


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)


class _Answer(_Lenient):
    text: str = Field(min_length=1)
    answer_start: int = Field(ge=0)


class _Asked(_Lenient):
    question: str = Field(pattern=r"\S")
    answers: list[_Answer] = []
    is_impossible: bool = False


class _Paragraph(_Lenient):
    context: str
    qas: list[object] = []  # each is looked at on its own: one broken question costs no other


class _Data(_Lenient):
    title: str
    paragraphs: list[_Paragraph]


class _File(_Lenient):
    data: list[_Data] = Field(min_length=1)


def read_squad(files: Sequence[Path]) -> Corpus:
    """Return the articles and questions of these files; the same article in two of them is one.

    Questions whose answers aren't where the file says are left out and told in `broken`.

    Raises:
        UserError: A file can't be read or isn't in the format.
    """
    articles: dict[str, Article] = {}
    questions: list[GoldQuestion] = []
    broken: list[Broken] = []
    digest = hashlib.sha256()
    for file in files:
        content = _bytes(file)
        digest.update(hashlib.sha256(content).digest())
        for number, data in enumerate(_parsed(file, content).data):
            article, asked, wrong = _article(data, file, f"{file}, data[{number}]")
            if article is not None:
                articles.setdefault(article.id, article)
            questions += asked
            broken += wrong
    return Corpus(
        tuple(articles.values()),
        tuple(question for question in questions if question.gold),
        tuple(question for question in questions if not question.gold),
        tuple(broken),
        digest.hexdigest(),
    )


def clean_title(title: str) -> str:
    """Return a title as an article has it: spaces for underscores, none around it."""
    return normalise_text(title.replace("_", " ").strip())


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise user_error("eval_unreadable", file=file, reason=reason_of(error)) from None


def _parsed(file: Path, content: bytes) -> _File:
    try:
        return _File.model_validate_json(content.removeprefix(BOM_UTF8))
    except ValidationError as error:
        where, reason = _first(error)
        where = f", {where}" if where else ""
        raise user_error("eval_not_squad", file=file, where=where, reason=reason) from None


def _first(error: ValidationError) -> tuple[str, str]:
    """Return where the first mistake is (`data[0].paragraphs`, nowhere for the whole) and what it is."""
    first = error.errors(include_input=False, include_url=False)[0]
    path = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in first["loc"])
    return path.lstrip("."), first["msg"]


def _article(data: _Data, file: Path, where: str) -> tuple[Article | None, list[GoldQuestion], list[Broken]]:
    """Return the article (None when it has no text), its usable questions and the others."""
    title = clean_title(data.title) or file.stem
    contexts = [normalise_text(paragraph.context) for paragraph in data.paragraphs]
    body = _BETWEEN_PARAGRAPHS.join(contexts)
    content_hash = hashlib.sha256(f"{title}\n{body}".encode()).hexdigest()
    article_id = content_hash[:16]
    questions: list[GoldQuestion] = []
    broken: list[Broken] = []
    offset = 0
    for number, (paragraph, context) in enumerate(zip(data.paragraphs, contexts, strict=True)):
        for n, qa in enumerate(paragraph.qas):
            place = f"{where}.paragraphs[{number}].qas[{n}]"
            found = _question(qa, paragraph.context, context, Place(article_id, offset, 0), place)
            (broken if isinstance(found, Broken) else questions).append(found)
        offset += len(context) + len(_BETWEEN_PARAGRAPHS)
    if not body.strip():
        return None, questions, broken
    article = Article(article_id, body, title, str(file), content_hash, language=detect_language(body))
    return article, questions, broken


def _question(qa: object, raw: str, context: str, origin: Place, where: str) -> GoldQuestion | Broken:
    """Return one question of the paragraph `raw`, kept as `context`.

    The paragraph begins at `origin` in the article.
    """
    try:
        asked = _Asked.model_validate(qa)
    except ValidationError as error:
        return Broken.of("eval_broken_question", where=where, reason=": ".join(filter(None, _first(error))))
    question = normalise_text(asked.question).strip()
    if asked.is_impossible or not asked.answers:
        return GoldQuestion(question)
    places = [(_place(answer, raw, context, origin), answer) for answer in asked.answers]
    found = {place: normalise_text(answer.text) for place, answer in places if place is not None}
    if not found:
        first = asked.answers[0]
        return Broken.of(
            "eval_wrong_offset", where=where, start=first.answer_start, answer=_short(first.text)
        )
    paragraph = Place(origin.article_id, origin.start, origin.start + len(context))
    return GoldQuestion(question, tuple(found), tuple(found.values()), paragraph)


def _place(answer: _Answer, raw: str, context: str, origin: Place) -> Place | None:
    """Return where an answer is in the article; None if its words aren't where the file says."""
    if not raw.startswith(answer.text, answer.answer_start):
        return None
    # Normalising may have shortened what comes before; what straddles the span's edges is found broken.
    start = len(normalise_text(raw[: answer.answer_start]))
    words = normalise_text(answer.text)
    if not context.startswith(words, start):
        return None
    return Place(origin.article_id, origin.start + start, origin.start + start + len(words))


def _short(words: str) -> str:
    """Return the words on one line, cut: they are a stranger's."""
    line = "".join(character if character.isprintable() else " " for character in words)
    return line if len(line) <= 60 else f"{line[:60]}…"
