"""What a benchmark answers, and shares with their intervals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Any

_Z = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one benchmark: ``data`` for ``--json``, ``lines`` for a reader."""

    data: Mapping[str, Any]
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class Share:
    """``k`` of ``n`` under a name."""

    name: str
    k: int
    n: int

    @property
    def value(self) -> float:
        """Give the share, 0 of nothing."""
        return self.k / self.n if self.n else 0.0

    def interval(self) -> tuple[float, float]:
        """Give the 95 % interval (Wilson 1927).

        Examples
        --------
        >>> [round(end, 3) for end in Share("", 8, 10).interval()]
        [0.49, 0.943]
        """
        if not self.n:
            return 0.0, 1.0
        p, n = self.value, self.n
        middle = (p + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
        half = _Z / (1 + _Z**2 / n) * sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2))
        return max(middle - half, 0.0), min(middle + half, 1.0)

    def data(self) -> dict[str, object]:
        """Give it for ``--json``."""
        low, high = self.interval()
        return {"k": self.k, "n": self.n, "share": self.value, "low": low, "high": high}

    def line(self) -> str:
        """Say it in a line."""
        low, high = self.interval()
        return f"  {self.name:<58} {self.value:.3f} [{low:.3f}, {high:.3f}] n={self.n}"
