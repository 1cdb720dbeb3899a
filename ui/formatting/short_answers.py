"""The line that answers, in plain text: the articles' words, or yes and no. Knows no markup.

The words are the articles' own, in their own language; what stands around them is in the reader's.
"""

from __future__ import annotations

from dataclasses import dataclass

from rag.schema.answer import Answer
from rag.schema.article import DamagedArticle
from rag.schema.evidence import Evidence
from rag.schema.quotation import quoted
from rag.text.cldr import language_name
from ui.formatting.claims import printed_by
from ui.formatting.i18n import list_text, text


@dataclass(frozen=True, slots=True)
class ShortAnswer:
    """The line that answers.

    Attributes:
        before: What stands before the words in the reader's language, with its colon; often empty.
        words: The words that answer.
        spoken: The language of `words` (ISO 639-1), if anybody knows it.

    """

    before: str
    words: str
    spoken: str | None


def short_answer(answer: Answer, language: str) -> ShortAnswer | None:
    """Return the line that answers; None where the claims answer as a whole.

    Words in another language than the question's are told with who printed them and in which language.
    """
    if answer.verdict is not None:
        return ShortAnswer("", _verdict(answer, language), language)
    if not _answers_parts(answer) and (beside := _beside(answer, language)) is not None:
        return beside
    marked = [item for claim in answer.claims for item in claim.evidence[:1] if item.answer_words]
    if not marked or marked[0] not in answer.claims[0].evidence:
        return None
    first = marked[0]
    several = len(marked) == len(answer.claims) and (_lists(answer) or _answers_parts(answer))
    items = _distinct(marked) if several else [_line(first)]
    return ShortAnswer(
        _source(first, answer.language, language), list_text(items, language), first.article.language
    )


def _verdict(answer: Answer, language: str) -> str:
    """Return yes, no, or who says which: one article that quotes two people doesn't contradict another."""
    headings = [claim.heading for claim in answer.claims]
    told = answer.language == language and all(", " in heading for heading in headings)
    if answer.verdict == "disputed" and told:
        sides = [heading[:1].lower() + heading[1:] for heading in headings]
        return text("verdict_two_sides", language, sides=list_text(sides, language))
    if answer.verdict == "disputed" and len({item.article.id for item in answer.citations}) == 1:
        return text("verdict_within_article", language)
    return text(f"verdict_{answer.verdict}", language)


def _beside(answer: Answer, language: str) -> ShortAnswer | None:
    """Return each side's words after its heading: `Sorvana – 214 · Kheldar – 61`; None if one has none."""
    sides: dict[str, str] = {}
    for claim in answer.claims:
        found = next((_line(item) for item in claim.evidence if item.answer_words), "")
        sides[claim.heading] = sides.get(claim.heading) or found
    if len(sides) < 2 or not all(sides.values()) or "" in sides:
        return None
    return ShortAnswer("", " · ".join(f"{heading} – {words}" for heading, words in sides.items()), language)


def short_answer_text(answer: Answer, language: str) -> str:
    """Return the line that answers; empty where there is none."""
    line = short_answer(answer, language)
    return "" if line is None else f"{line.before} {line.words}".strip()


def left_open(answer: Answer, language: str) -> list[str]:
    """Return what an answer leaves open.

    A model that was down, a list that may go on, parts that the articles say nothing of, damaged articles.
    """
    notes = [answer.notice] if answer.notice else []
    if answer.incomplete:
        read = len({item.article.id for item in answer.citations})
        notes.append(text("incomplete_list", language, count=read))
    notes += [text("missing_part", language, part=part) for part in answer.missing]
    return notes + [damaged_text(one, language) for one in answer.left_out]


def damaged_text(article: DamagedArticle, language: str) -> str:
    """Say which article is damaged and left out, and what to do about it."""
    title = " ".join(article.title.split())
    named = f"{quoted(title, language)} ({article.source})" if title else article.source
    return text("article_damaged", language, article=named)


def _lists(answer: Answer) -> bool:
    """Whether the claims are items of one list, of several sentences or of one that gives the whole."""
    sentences = {(item.article.id, item.start) for claim in answer.claims for item in claim.evidence[:1]}
    return len(answer.claims) > 1 and (answer.incomplete or len(sentences) == 1)


def _answers_parts(answer: Answer) -> bool:
    """Whether each claim answers another part of the question: `où et quand ?`."""
    headings = [claim.heading for claim in answer.claims]
    return all(headings) and len(set(headings)) == len(headings) > 1


def _distinct(marked: list[Evidence]) -> list[str]:
    lines = [_line(item) for item in marked]
    return list({line.casefold(): line for line in reversed(lines)}.values())[::-1]


def _line(item: Evidence) -> str:
    return " ".join(item.answer_words.split())


def _source(item: Evidence, asked_in: str, language: str) -> str:
    spoken = item.article.language
    if spoken in (None, asked_in):
        return ""
    name = language_name(spoken, language) or spoken
    return text("short_answer_source", language, source=printed_by(item, language), spoken=name)
