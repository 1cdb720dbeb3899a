"""What was measured → one JSON object, or tables for people. Pure: returns, prints nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ui.evaluation.metrics import Difference, Figures, differences, mean, percentile
from ui.formatting.i18n import number_text, text

OURS = "ours"
STOCK = "stock"
_DIGITS = 4
# Metrics that are told as seconds, by their median and their 95th percentile.
_SECONDS = ("time_to_first_token", "time_to_answer")
_PERCENTILES = (50, 95)


@dataclass(frozen=True, slots=True)
class Result:
    """What one system reached.

    `figures` by question, `curve` its mean recall at 1, 2, …; empty for a system whose retrieval isn't
    measured.

    `others` are figures of other questions too, those without an answer; `seconds` of all that were asked.
    """

    system: str
    questions: int
    figures: Figures
    curve: Sequence[float]
    others: Figures = field(default_factory=dict)
    seconds: Figures = field(default_factory=dict)

    @property
    def averaged(self) -> Figures:
        """The figures that are told as means: all but the times."""
        return {**self.figures, **self.others}

    def means(self) -> dict[str, float | None]:
        """Metric → its mean over the questions, or its percentiles where it is a time."""
        found = {name: mean(values) for name, values in self.averaged.items()}
        for name in self.seconds:
            for percent in _PERCENTILES:
                found[f"{name}_p{percent}"] = percentile(self.seconds[name], percent)
        return found


def differences_to_ours(results: Sequence[Result], seed: int) -> dict[str, dict[str, Difference]]:
    """System → metric → its figure less ours; empty when ours wasn't measured."""
    ours = next((result for result in results if result.system == OURS), None)
    if ours is None:
        return {}
    others = (result for result in results if result is not ours)
    return {other.system: differences(other.averaged, ours.averaged, seed) for other in others}


def as_json(results: Sequence[Result], compared: Mapping[str, Mapping[str, Difference]]) -> dict:
    """Return one object keyed by system; `difference` is the system's figure less ours, empty for ours."""
    return {
        result.system: {
            "questions": result.questions,
            **{name: _rounded(value) for name, value in result.means().items()},
            "difference": {
                name: {
                    "mean": _rounded(found.mean),
                    "low": _rounded(found.low),
                    "high": _rounded(found.high),
                }
                for name, found in compared.get(result.system, {}).items()
            },
        }
        for result in results
    }


def as_text(
    results: Sequence[Result],
    compared: Mapping[str, Mapping[str, Difference]],
    articles: int,
    language: str,
) -> str:
    """Return two tables: each system's figures, and their differences to ours with 95% intervals.

    Args:
        results: What each system reached.
        compared: The differences to ours.
        articles: How many articles were searched.
        language: That of the words.
    """
    questions = number_text(results[0].questions, language)
    lines = [text("eval_measured", language, questions=questions, articles=number_text(articles, language))]
    means = {result.system: result.means() for result in results}
    lines += ["", *_table(means, _figure, language)]
    if any(compared.values()):
        lines += ["", text("eval_differences", language), "", *_table(compared, _interval, language)]
    return "\n".join(lines)


def _table(columns: Mapping[str, Mapping], tell, language: str) -> list[str]:
    """Systems across, metrics down; a dash where a system has no such figure."""
    metrics = list(dict.fromkeys(name for column in columns.values() for name in column))
    rows = [["", *columns]]
    for name in metrics:
        rows.append([name, *(tell(name, column.get(name), language) for column in columns.values())])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [_row(row, widths) for row in rows]


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(cells, widths, strict=True)
    return "  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]).rstrip()


def _figure(name: str, value: float | None, language: str) -> str:
    if value is None:
        return "–"
    return _decimal(f"{value:.1f}" if _is_large(name) else f"{value:.3f}", language)


def _interval(name: str, found: Difference | None, language: str) -> str:
    if found is None:
        return "–"
    form = "{:+.1f}" if _is_large(name) else "{:+.3f}"
    told = form.format(found.mean)
    if found.low is not None and found.high is not None:
        told += f" [{form.format(found.low)} {form.format(found.high)}]"
    return _decimal(told, language)


def _is_large(name: str) -> bool:
    return name.endswith("_tokens") or name.startswith(_SECONDS)


def _decimal(number: str, language: str) -> str:
    return number.replace(".", ",") if language == "fr" else number


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
