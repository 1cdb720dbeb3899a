"""Draws the two data flows of docs/how-it-works.md as SVG files: `python scripts/diagrams.py`.

Pictures without scripts: they are seen wherever the documentation is, without a network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

IMAGES = Path(__file__).parents[1] / "docs" / "images"
_WIDTH, _HEIGHT = 196, 92  # of a box
_STEP_X, _STEP_Y = 236, 142  # from one box to the next
_MARGIN = 16
_FILLS = {"step": "#ffffff", "thing": "#e7f1ef", "store": "#f3ecd9", "end": "#d5ebe5"}
_STYLE = """
text { font-family: system-ui, -apple-system, "Segoe UI", Arial, sans-serif; fill: #1d2b28; }
.title { font-size: 15px; font-weight: 600; }
.said { font-size: 12px; }
.folder { font-size: 11px; font-family: ui-monospace, Menlo, Consolas, monospace; fill: #3f5a53; }
.label { font-size: 12px; font-style: italic; paint-order: stroke; stroke: #fbfaf6; stroke-width: 5px; }
.box { stroke: #0b6e5f; stroke-width: 1.4px; }
.arrow { stroke: #35524b; stroke-width: 1.6px; fill: none; marker-end: url(#head); }
.back { stroke-dasharray: 5 4; }
"""


@dataclass(frozen=True, slots=True)
class Box:
    """A step, a thing that is handed on, or a store: in a column and a row; the folder that it is in."""

    kind: str
    column: float
    row: float
    title: str
    said: Sequence[str]
    folder: str = ""

    @property
    def left(self) -> float:
        """Its left edge, in pixels."""
        return _MARGIN + self.column * _STEP_X

    @property
    def top(self) -> float:
        """Its upper edge, in pixels."""
        return _MARGIN + self.row * _STEP_Y


@dataclass(frozen=True, slots=True)
class Arrow:
    """From one box to another, with a word on it; dashed where something is only looked up."""

    start: str
    end: str
    label: str = ""
    is_dashed: bool = False


INGESTION: tuple[str, Mapping[str, Box], Sequence[Arrow]] = (
    "From a file to an acknowledged article",
    {
        "places": Box(
            "thing", 0, 0, "Places", ("files, folders, pages,", "feeds, tables, archives"), "ingest/sources"
        ),
        "documents": Box(
            "step",
            1,
            0,
            "Documents",
            ("a container is opened:", "one file, many documents"),
            "ingest/containers",
        ),
        "article": Box(
            "thing",
            2,
            0,
            "Article",
            ("text as published; title,", "outlet, date as stated"),
            "ingest/converters",
        ),
        "passages": Box(
            "step", 3, 0, "Passages", ("whole sentences:", "article, start, end"), "ingest/pipeline"
        ),
        "encoding": Box(
            "step", 3, 1, "Encoding", ("vectors and sketches,", "stems of the words"), "rag/index"
        ),
        "sketches": Box("store", 0, 2, "Sketches", ("SQLite",), "sketches"),
        "vectors": Box("store", 1, 2, "Vectors", ("Chroma",), "vectors"),
        "terms": Box("store", 2, 2, "Terms", ("tantivy",), "terms"),
        "library": Box(
            "end",
            3,
            2,
            "Library",
            ("SQLite: listed last, in one", "transaction: acknowledged"),
            "library.sqlite3",
        ),
    },
    (
        Arrow("places", "documents"),
        Arrow("documents", "article"),
        Arrow("article", "passages"),
        Arrow("passages", "encoding"),
        Arrow("encoding", "sketches"),
        Arrow("encoding", "vectors"),
        Arrow("encoding", "terms"),
        Arrow("encoding", "library", "then"),
    ),
)
QUESTION: tuple[str, Mapping[str, Box], Sequence[Arrow]] = (
    "From a question to a checked answer",
    {
        "question": Box(
            "thing", 0, 0, "Question", ("with its conversation", "and its filters"), "rag/schema"
        ),
        "parsed": Box(
            "step", 1, 0, "Understanding", ("what is asked of whom,", "when; the kind of answer"), "rag/query"
        ),
        "hits": Box("step", 2, 0, "Hits", ("passages by meaning and", "by words, ranked"), "rag/retrieval"),
        "evidence": Box(
            "thing", 3, 0, "Evidence", ("numbered sentences", "of the best passages"), "rag/retrieval"
        ),
        "stores": Box(
            "store", 1, 1, "Library, indexes", ("articles, vectors,", "terms, sketches"), "rag/index"
        ),
        "answerable": Box(
            "step",
            3,
            1,
            "Do they answer?",
            ("what it is about, how well", "they match, the reader"),
            "rag/grounding",
        ),
        "refusal": Box("end", 2, 1, "Not in the articles", ("and what is near, by name", "and by subject")),
        "answer": Box(
            "end", 1, 2, "Answer", ("claims, each with quotes:", "article, start, end"), "rag/schema"
        ),
        "checks": Box(
            "step",
            2,
            2,
            "Checks",
            ("each line against its quote:", "numbers, dates, names, not"),
            "rag/verification",
        ),
        "draft": Box(
            "step", 3, 2, "Draft", ("the articles' own words, or", "a model's lines"), "rag/generation"
        ),
    },
    (
        Arrow("question", "parsed"),
        Arrow("parsed", "hits"),
        Arrow("stores", "hits", is_dashed=True),
        Arrow("hits", "evidence"),
        Arrow("evidence", "answerable"),
        Arrow("answerable", "refusal", "no"),
        Arrow("answerable", "draft", "yes"),
        Arrow("draft", "checks"),
        Arrow("checks", "answer", "kept"),
        Arrow("checks", "refusal", "none kept"),
    ),
)
DRAWN = {"flow-ingestion.svg": INGESTION, "flow-question.svg": QUESTION}


def drawn(title: str, boxes: Mapping[str, Box], arrows: Sequence[Arrow]) -> str:
    """Return a picture of boxes and arrows."""
    width = max(box.left for box in boxes.values()) + _WIDTH + _MARGIN
    height = max(box.top for box in boxes.values()) + _HEIGHT + _MARGIN
    told = "; ".join(f"{boxes[one.start].title} to {boxes[one.end].title}" for one in arrows)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img">',
        f"<title>{escape(title)}</title><desc>{escape(told)}</desc><style>{_STYLE}</style>",
        '<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" '
        'orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" fill="#35524b"/></marker></defs>',
        f'<rect width="{width:g}" height="{height:g}" rx="8" fill="#fbfaf6"/>',
        *(_arrow(boxes[one.start], boxes[one.end], one) for one in arrows),
        *map(_box, boxes.values()),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _box(box: Box) -> str:
    x, y = box.left, box.top
    lines = [f'<text class="title" x="{x + 12:g}" y="{y + 24:g}">{escape(box.title)}</text>']
    for number, line in enumerate(box.said):
        lines.append(f'<text class="said" x="{x + 12:g}" y="{y + 43 + 16 * number:g}">{escape(line)}</text>')
    if box.folder:
        lines.append(
            f'<text class="folder" x="{x + 12:g}" y="{y + _HEIGHT - 9:g}">{escape(box.folder)}</text>'
        )
    frame = f'<rect class="box" x="{x:g}" y="{y:g}" width="{_WIDTH}" height="{_HEIGHT}" rx="7" '
    return "\n".join([f'{frame}fill="{_FILLS[box.kind]}"/>', *lines])


def _arrow(start: Box, end: Box, arrow: Arrow) -> str:
    """Draw straight along a row or a column, else up or down, along, and on."""
    middle, far = start.left + _WIDTH / 2, end.left + _WIDTH / 2
    if start.row == end.row:
        y = start.top + _HEIGHT / 2
        ends = (
            (start.left + _WIDTH, end.left) if start.column < end.column else (start.left, end.left + _WIDTH)
        )
        points, place = [(ends[0], y), (ends[1], y)], (sum(ends) / 2, y - 7)
    elif start.row < end.row:
        top, bottom = start.top + _HEIGHT, end.top
        turn = bottom - (_STEP_Y - _HEIGHT) / 2
        points = [(middle, top), (middle, turn), (far, turn), (far, bottom)]
        place = (far + 18, turn + 14)
    else:
        top, bottom = end.top + _HEIGHT, start.top
        turn = top + (_STEP_Y - _HEIGHT) / 2
        points = [(middle, bottom), (middle, turn), (far, turn), (far, top)]
        place = (far + 36, turn + 4)
    path = "M" + "L".join(f"{x:g} {y:g}" for x, y in points)
    line = f'<path class="arrow{" back" * arrow.is_dashed}" d="{path}"/>'
    if not arrow.label:
        return line
    x, y = place
    return (
        f'{line}\n<text class="label" x="{x:g}" y="{y:g}" text-anchor="middle">{escape(arrow.label)}</text>'
    )


if __name__ == "__main__":
    for name, flow in DRAWN.items():
        (IMAGES / name).write_text(drawn(*flow), encoding="utf-8")
