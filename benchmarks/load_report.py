"""What the load tests say: figures, and which promises were broken."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Report:
    """What was measured, and which promises were broken."""

    broken: list[str] = field(default_factory=list)
    promised: int = 0

    def say(self, line: str) -> None:
        print(line, flush=True)

    def promise(self, name: str, is_kept: bool, figure: str) -> None:
        self.say(f"  {'kept  ' if is_kept else 'BROKEN'} {name}: {figure}")
        self.promised += 1
        if not is_kept:
            self.broken.append(name)


def told(seconds: Sequence[float]) -> str:
    if not seconds:
        return "none"
    ranked = sorted(seconds)
    p95 = ranked[min(len(ranked) - 1, int(0.95 * len(ranked)))]
    return f"p50 {statistics.median(ranked):.2f} s, p95 {p95:.2f} s, max {ranked[-1]:.2f} s"


def p95(seconds: Sequence[float]) -> float:
    ranked = sorted(seconds)
    return ranked[min(len(ranked) - 1, int(0.95 * len(ranked)))] if ranked else 0.0
