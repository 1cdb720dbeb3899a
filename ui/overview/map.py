"""The map of the corpus as HTML: points as numbers for `static/map.js` to draw, legends, clusters in words.

Pure. Names and words are the articles' own: `ui.html.element` escapes them; the numbers hold no text at all.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from markupsafe import Markup

from rag.library.date_histogram import Bucket
from rag.library.facets import ArticleFacets, Headline
from rag.library.map import CorpusMap
from ui.formatting.dates import bucket_text
from ui.formatting.i18n import text
from ui.html.element import element
from ui.html.palette import COLOURS, KINDS, NAMED, icon
from ui.overview.timeline import headline_html

SPANS = COLOURS  # of days: as many as colours can tell apart
_FULL = 65_535  # a place's largest number


@dataclass(frozen=True, slots=True)
class Legend:
    """What the kinds stand for: the largest outlets, and spans of days."""

    outlets: tuple[str, ...]
    buckets: tuple[Bucket, ...]


def map_html(
    made: CorpusMap,
    described: Mapping[str, ArticleFacets],
    legend: Legend,
    state: str,
    making: bool,
    language: str,
) -> Markup:
    """Return the map, or why there is none yet.

    Args:
        made: The map.
        described: What is said of its points.
        legend: Its kinds.
        state: A sentence on how it stands.
        making: Whether another is being made.
        language: That of the words.
    """
    title = element("h2", text("map_title", language))
    told = element("p", state, class_="state", role="status", data_making=making)
    if not made.ids:
        return element("section", title, told, class_="corpus-map", lang=language)
    return element(
        "section",
        title,
        element("p", text("map_help", language), class_="help", id="map-help"),
        told,
        _switch(language),
        _legend("outlet", _outlet_names(legend, language)),
        _legend("day", _day_names(legend, language)),
        _plane(made, described, legend, language),
        class_="corpus-map",
        lang=language,
    )


def _switch(language: str) -> Markup:
    choices = [
        element(
            "label",
            element("input", type="radio", name_="map-kinds", value=by, checked=by == "outlet"),
            element("span", text("map_by_outlet" if by == "outlet" else "map_by_day", language)),
        )
        for by in ("outlet", "day")
    ]
    return element("fieldset", element("legend", text("map_by", language)), *choices, class_="switch")


def _outlet_names(legend: Legend, language: str) -> list[tuple[int, str]]:
    return [*enumerate(legend.outlets), (NAMED, text("other_outlets", language))]


def _day_names(legend: Legend, language: str) -> list[tuple[int, str]]:
    named = [(kind, bucket_text(bucket, language)) for kind, bucket in enumerate(legend.buckets)]
    return [*named, (NAMED, text("undated", language))]


def _legend(by: str, names: Sequence[tuple[int, str]]) -> Markup:
    items = [element("li", icon(kind), " ", element("span", name, dir="auto")) for kind, name in names]
    return element("ul", *items, class_="legend", role="list", data_legend=by, hidden=by != "outlet")


def _plane(made: CorpusMap, described: Mapping[str, ArticleFacets], legend: Legend, language: str) -> Markup:
    labels = [" · ".join(typical.word for typical in words[:2]) for words in made.words]
    canvas = element(
        "canvas",
        tabindex="0",
        role="application",
        aria_label=text("map_label", language, count=len(made.ids)),
        aria_describedby="map-help",
    )
    return element(
        "div",
        _zoom(language),
        canvas,
        class_="plane",
        data_points=base64.b64encode(numbers(made, described, legend).tobytes()).decode(),
        data_labels=json.dumps(labels),
        data_shapes=json.dumps(KINDS),
    )


def _zoom(language: str) -> Markup:
    """Larger, smaller, all of it; how large it is is written by the script."""
    named = {"out": text("map_zoom_out", language), "in": text("map_zoom_in", language)}
    signs = {"out": "−", "in": "+"}
    buttons = [
        element("button", signs[way], type="button", data_zoom=way, aria_label=name, title=name)
        for way, name in named.items()
    ]
    whole = element("button", text("map_whole", language), type="button", data_zoom="whole")
    names = text("map_zoom", language)
    told = element("output", "×1", aria_label=names)
    return element("div", told, *buttons, whole, class_="zoom", role="group", aria_label=names)


def numbers(made: CorpusMap, described: Mapping[str, ArticleFacets], legend: Legend) -> np.ndarray:
    """Return each point's place (two numbers up to 65535), kind of outlet, kind of day, cluster.

    (n, 5) <u2.
    """
    nowhere = ArticleFacets(None, None)
    known = [described.get(article_id, nowhere) for article_id in made.ids]
    kinds = {name: kind for kind, name in enumerate(legend.outlets)}
    found = np.zeros((len(known), 5), dtype="<u2")
    found[:, :2] = (made.places * _FULL).round()
    found[:, 2] = [kinds.get(one.outlet or "", NAMED) for one in known]
    found[:, 3] = _day_kinds([one.day for one in known], legend.buckets)
    found[:, 4] = made.clusters
    return found


def _day_kinds(days: Sequence[date | None], buckets: Sequence[Bucket]) -> np.ndarray:
    starts = [bucket.first.toordinal() for bucket in buckets]
    ordinals = np.array([day.toordinal() if day else 0 for day in days], dtype=int)
    kinds = np.searchsorted(starts, ordinals, side="right") - 1
    return np.where((kinds >= 0) & (ordinals > 0), kinds.clip(max=NAMED), NAMED)


def clusters_html(made: CorpusMap, language: str) -> Markup:
    """Return the clusters, the largest first, in their most typical words: each can be listed."""
    if not made.ids:
        return Markup("")
    items = []
    for cluster in range(len(made.words)):
        count = int(np.count_nonzero(made.clusters == cluster))
        if not count:
            continue
        named = cluster_name(made, cluster, language)
        label = text("bucket_articles", language, days=named, count=count)
        button = element("button", label, type="button", data_cluster=str(cluster), dir="auto")
        items.append(element("li", button))
    heading = element("h3", text("clusters_title", language))
    return element("div", heading, element("ul", *items, role="list"), class_="clusters", lang=language)


def cluster_name(made: CorpusMap, cluster: int, language: str) -> str:
    """Return the most typical words of a cluster; a number where it has none."""
    words = ", ".join(typical.word for typical in made.words[cluster])
    return words or text("cluster_number", language, number=cluster + 1)


def card_html(headline: Headline | None, point: int, language: str) -> Markup:
    """Return the article at a point: what hovering shows, and what opens it."""
    inside = headline_html(headline, language) if headline else [text("map_article_gone", language)]
    return element("p", *inside, class_="card", data_point=str(point), aria_live="polite", lang=language)


def legend_of(outlets: Sequence[str], buckets: Sequence[Bucket]) -> Legend:
    """As many of each as there are kinds, but for the last."""
    return Legend(tuple(outlets[:NAMED]), tuple(buckets[:SPANS]))
