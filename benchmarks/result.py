"""What a benchmark answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one benchmark: ``data`` for ``--json``, ``lines`` for a reader."""

    data: Mapping[str, object]
    lines: Sequence[str]
