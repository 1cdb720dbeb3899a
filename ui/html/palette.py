"""Thirteen kinds, each with a shape of its own: how the timeline and the map tell articles apart.

Pure. The colours are in `static/corpus.css` (`--kind-0` … `--kind-12`): no more than eight can be told apart
by everybody, so those from the eighth on have the colours of the first, and open shapes. The shapes are drawn
here for legends and in `static/map.js` on the map.
"""

from __future__ import annotations

from markupsafe import Markup

from ui.html.element import element

# Within a square of 16: a circle, a square, a triangle, a diamond, a triangle upside down, a plus, a cross;
# in the colours of the first five a square, a circle with a dot, a diamond, a triangle, two bars, all open;
# and for all the others a ring.
KINDS = (
    "M8 2a6 6 0 1 0 .01 0z",
    "M3 3h10v10H3z",
    "M8 2l6.5 11.5h-13z",
    "M8 1l7 7-7 7-7-7z",
    "M8 14L1.5 2.5h13z",
    "M6 2h4v4h4v4h-4v4H6v-4H2V6h4z",
    "M4 1.5L8 5.5l4-4L14.5 4l-4 4 4 4-2.5 2.5-4-4-4 4L1.5 12l4-4-4-4z",
    "M2 2h12v12H2zM5 5v6h6V5z",
    "M8 1a7 7 0 1 0 .01 0zM8 3.5a4.5 4.5 0 1 1-.01 0zM8 6a2 2 0 1 0 .01 0z",
    "M8 0l8 8-8 8-8-8zM8 4.2L4.2 8 8 11.8 11.8 8z",
    "M8 1l7.5 13.5H.5zM8 6l-3.3 6h6.6z",
    "M2 2h4v12H2zM10 2h4v12h-4z",
    "M8 1.5a6.5 6.5 0 1 0 .01 0zM8 5a3 3 0 1 1-.01 0z",
)
NAMED = len(KINDS) - 1  # the last is for all the others
COLOURS = 7  # that are kinds' own; the others' apart


def icon(kind: int) -> Markup:
    """Return the shape of a kind, in its colour."""
    path = element("path", d=KINDS[kind], fill="currentColor", fill_rule="evenodd")
    return element(
        "svg", path, viewBox="0 0 16 16", width="14", height="14", class_=f"icon k{kind}", aria_hidden="true"
    )
