"""The colours of the timeline and the map: seen on both papers, told apart by whoever sees fewer colours."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest

from ui.html.assets import style, styles
from ui.html.palette import COLOURS, KINDS, NAMED, icon

# Severe protanopia, deuteranopia and tritanopia in linear RGB: Machado, Oliveira & Fernandes 2009, table 1.
SIGHTS = {
    "all colours": np.eye(3),
    "no red": [[0.1523, 1.0526, -0.2049], [0.1145, 0.7863, 0.0992], [-0.0039, -0.0481, 1.0520]],
    "no green": [[0.3673, 0.8607, -0.2280], [0.2801, 0.6725, 0.0474], [-0.0118, 0.0429, 0.9689]],
    "no blue": [[1.2555, -0.0767, -0.1788], [-0.0784, 0.9308, 0.1476], [0.0047, 0.6914, 0.3039]],
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
OWN = (*range(COLOURS), NAMED)
THEMES = {"light": ":root", "dark": ':root[data-theme="dark"]'}


def colours(theme: str) -> dict[str, np.ndarray]:
    """The theme's custom properties that are colours, in linear RGB."""
    sheets = style("first.css") + styles()
    blocks = re.findall(rf"^{re.escape(THEMES[theme])} {{(.*?)}}", sheets, re.DOTALL | re.MULTILINE)
    found = re.findall(r"--([\w-]+): #([0-9a-f]{6})", " ".join(blocks))
    return {name: linear(value) for name, value in found}


def linear(value: str) -> np.ndarray:
    channels = np.array([int(value[i : i + 2], 16) for i in (0, 2, 4)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(one: np.ndarray, other: np.ndarray) -> float:
    low, high = sorted([TO_XYZ[1] @ one, TO_XYZ[1] @ other])
    return (high + 0.05) / (low + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    xyz = TO_XYZ @ rgb / [0.9505, 1, 1.089]
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("paper", ["paper", "card"])
def test_every_kind_is_seen_on_its_paper(theme, paper):
    known = colours(theme)
    seen = [contrast(known[f"kind-{kind}"], known[paper]) for kind in OWN]
    assert min(seen) >= 3  # WCAG 2.2, 1.4.11


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("sight", SIGHTS)
def test_no_two_kinds_look_alike(theme, sight):
    known = colours(theme)
    seen = [lab(np.clip(np.array(SIGHTS[sight]) @ known[f"kind-{kind}"], 0, 1)) for kind in OWN]
    assert min(np.linalg.norm(one - other) for one, other in itertools.combinations(seen, 2)) > 25


def test_every_kind_has_a_shape_of_its_own():
    assert len(set(KINDS)) == len(KINDS) == NAMED + 1 == 13
    assert len({str(icon(kind)) for kind in range(len(KINDS))}) == 13


def test_kinds_that_share_a_colour_are_open_where_the_first_are_full():
    """A shape is open where its path has a second part within the first, or beside it."""
    for kind in range(COLOURS, NAMED):
        assert f"--kind-{kind}: var(--kind-{kind - COLOURS})" in styles()
        assert KINDS[kind - COLOURS].count("z") == 1
        assert KINDS[kind].count("z") > 1
