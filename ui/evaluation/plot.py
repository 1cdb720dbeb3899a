"""Recall against the number of passages, drawn to a PNG without a screen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from rag.errors import reason_of
from ui.evaluation.report import OURS, Result
from ui.formatting.i18n import number_text, text, user_error

_INCHES = (7, 4.5)
_DOTS_PER_INCH = 150


def draw(results: Sequence[Result], file: Path, language: str) -> None:
    """Draw one line for each system whose retrieval was measured.

    Raises:
        UserError: The file can't be written.
    """
    figure = Figure(figsize=_INCHES, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for result in (result for result in results if result.curve):
        ks = range(1, len(result.curve) + 1)
        width = 2.5 if result.system == OURS else 1.2
        axes.plot(ks, result.curve, marker="o", markersize=3, linewidth=width, label=result.system)
    axes.set_xlabel(text("eval_plot_passages", language))
    axes.set_ylabel(text("eval_plot_recall", language))
    questions = number_text(results[0].questions, language)
    axes.set_title(text("eval_plot_title", language, questions=questions))
    axes.set_xticks([1, 5, 10, 15, 20])
    axes.set_ylim(top=1.0)
    axes.grid(alpha=0.3)
    axes.legend(loc="lower right")
    try:
        figure.savefig(file, format="png", dpi=_DOTS_PER_INCH)
    except OSError as error:
        raise user_error("eval_plot_unwritable", file=file, reason=reason_of(error)) from None
