"""Figures of the benchmarks: always a ratio of two things measured side by side in the same run."""

import json
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Report:
    """Collects figures, prints each as one JSON line, and remembers which fell short."""

    short: list[str] = field(default_factory=list)

    def at_least(self, bench: str, floor: float, ours: float, reference: float, unit: str) -> None:
        """More is better: ours ÷ reference may not be below `floor`."""
        self._print(bench, "floor", floor, ours, reference, unit, ours / reference >= floor)

    def at_most(self, bench: str, ceiling: float, ours: float, reference: float, unit: str) -> None:
        """Less is better: ours ÷ reference may not be above `ceiling`."""
        self._print(bench, "ceiling", ceiling, ours, reference, unit, ours / reference <= ceiling)

    def tell(self, bench: str, value: float, unit: str) -> None:
        """A figure without a bound."""
        print(json.dumps({"bench": bench, "value": round(value, 1), "unit": unit}, ensure_ascii=False), flush=True)

    def _print(
        self, bench: str, bound: str, limit: float, ours: float, reference: float, unit: str, holds: bool
    ) -> None:
        line = {
            "bench": bench,
            "ratio": round(ours / reference, 3),
            bound: limit,
            "ours": round(ours, 2),
            "reference": round(reference, 2),
            "unit": unit,
        }
        print(json.dumps(line, ensure_ascii=False), flush=True)
        if not holds:
            self.short.append(bench)


def side_by_side(ours: Callable[[], float], reference: Callable[[], float], rounds: int = 3) -> tuple[float, float]:
    """Medians of both, measured in turn, so that a machine that slows down slows both."""
    pairs = [(reference(), ours()) for _ in range(rounds)]
    return statistics.median(pair[1] for pair in pairs), statistics.median(pair[0] for pair in pairs)
