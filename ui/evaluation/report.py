"""What was measured → one JSON object, or tables for people. Pure: returns, prints nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ui.evaluation.answers import AnsweredQuestion, abstained, seconds, tokens
from ui.evaluation.cases import ANSWERABLE, Case, by_kind, first_of_each
from ui.evaluation.metrics import Difference, Figures, differences, mean, percentile
from ui.formatting.i18n import number_text, text

OURS = "ours"
STOCK = "stock"
_DIGITS = 4
# Metrics that are told as seconds, by their median and their 95th percentile.
_SECONDS = ("time_to_first_token", "time_to_answer")
_PERCENTILES = (50, 95)
_SHOWN_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Result:
    """What one system reached.

    `figures` by question, `curve` its mean recall at 1, 2, …; empty for a system whose retrieval isn't
    measured.

    `cases` are the questions that were answered, those without an answer among them, and `lost` says for
    each variant of the answerable ones by how much their figures fall.
    """

    system: str
    questions: int
    figures: Figures
    curve: Sequence[float]
    cases: tuple[Case, ...] = ()
    lost: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def with_answers(
        self, cases: Iterable[Case], figures: Figures, lost: Mapping[str, Mapping[str, float]]
    ) -> Result:
        """Return it with more cases, and with figures and losses where there are some."""
        return replace(
            self,
            figures={**self.figures, **figures},
            cases=(*self.cases, *cases),
            lost={**self.lost, **lost},
        )

    @property
    def others(self) -> Figures:
        """Figures of other questions: refusals by kind of question without an answer, and tokens of all."""
        refused = {
            f"abstained_{kind}": abstained(asked)
            for kind, asked in by_kind(self.cases).items()
            if kind != ANSWERABLE
        }
        return {**refused, **(tokens(self._asked) if self.cases else {})}

    @property
    def seconds(self) -> Figures:
        """How long every question took that was asked."""
        return seconds(self._asked) if self.cases else {}

    @property
    def unanswerable(self) -> dict[str, int]:
        """Kind of question without an answer → how many were asked."""
        return {kind: len(asked) for kind, asked in by_kind(self.cases).items() if kind != ANSWERABLE}

    @property
    def _asked(self) -> list[AnsweredQuestion]:
        return [case.asked for case in self.cases]

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


def as_json(
    results: Sequence[Result],
    compared: Mapping[str, Mapping[str, Difference]],
    shown: int | None = None,
) -> dict:
    """Return one object keyed by system; `difference` is the system's figure less ours, empty for ours.

    What only some runs have is there only then: `unanswerable`, how many questions of each kind; `lost`, what
    variants lose; `cases`, the first `shown` questions of each kind.
    """
    return {
        result.system: {
            "questions": result.questions,
            **({"unanswerable": result.unanswerable} if result.unanswerable else {}),
            **{name: _rounded(value) for name, value in result.means().items()},
            **({"lost": _rounded_all(result.lost)} if result.lost else {}),
            "difference": {
                name: {
                    "mean": _rounded(found.mean),
                    "low": _rounded(found.low),
                    "high": _rounded(found.high),
                }
                for name, found in compared.get(result.system, {}).items()
            },
            **({"cases": [case.to_dict() for case in first_of_each(result.cases, shown)]} if shown else {}),
        }
        for result in results
    }


def as_text(
    results: Sequence[Result],
    compared: Mapping[str, Mapping[str, Difference]],
    articles: int,
    language: str,
    shown: int | None = None,
) -> str:
    """Return the figures of each system in tables, and the first questions of each kind.

    Args:
        results: What each system reached.
        compared: The differences to ours, told with 95% intervals.
        articles: How many articles were searched.
        language: That of the words.
        shown: How many questions of each kind are told; none by default.
    """
    questions = number_text(results[0].questions, language)
    lines = [text("eval_measured", language, questions=questions, articles=number_text(articles, language))]
    if asked := next((result.unanswerable for result in results if result.unanswerable), None):
        counts = ", ".join(f"{kind} {number_text(count, language)}" for kind, count in asked.items())
        lines.append(text("eval_unanswerable_asked", language, counts=counts))
    means = {result.system: result.means() for result in results}
    lines += ["", *_table(means, _figure, language)]
    if any(compared.values()):
        lines += ["", text("eval_differences", language), "", *_table(compared, _interval, language)]
    for result in results:
        if result.lost:
            lines += ["", text("eval_lost", language, name=result.system), ""]
            lines += _table(result.lost, _loss, language)
    for result in results if shown else ():
        for case in first_of_each(result.cases, shown):
            lines += ["", *case_lines(result.system, case, language)]
    return "\n".join(lines)


def case_lines(system: str, case: Case, language: str) -> list[str]:
    """Return a question that was asked, what it was made from, and what it got, a line each."""
    asked, miss = case.asked, case.near_miss
    kind = f"{case.kind}, {miss.group}" if miss is not None and miss.group else case.kind
    lines = [f"{system}, {kind}: {_line(asked.question.text)}"]
    if asked.question.answers:
        lines.append(f"  = {_line(' | '.join(asked.question.answers))}")
    if miss is not None and miss.kind == "sentence_gone":
        lines += [f"  - {_line(sentence)}" for sentence in miss.change]
    elif miss is not None:
        lines.append(f"  {_line(miss.change[0])} → {_line(miss.change[1])}")
    if asked.abstained:
        return [*lines, f"  > {text('eval_refused', language)}"]
    short = f"[{_line(asked.short)}] " if asked.short else ""
    return [*lines, f"  > {short}{_line(asked.said)}"]


def _line(words: str) -> str:
    """Return words on one line, cut: they are a stranger's."""
    line = "".join(character if character.isprintable() else " " for character in words)
    return line if len(line) <= _SHOWN_CHARACTERS else f"{line[:_SHOWN_CHARACTERS]}…"


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


def _loss(name: str, value: float | None, language: str) -> str:
    del name  # a table has one form of cell
    return "–" if value is None else _decimal(f"{value:+.3f}", language)


def _rounded_all(told: Mapping[str, Mapping[str, float]]) -> dict:
    return {key: {name: _rounded(value) for name, value in values.items()} for key, values in told.items()}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
