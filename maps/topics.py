"""The topics of a month: every class with those below it, and how it changed."""

import numpy as np
import pandas as pd

from appeals.database import Connection
from grids.totals.store import totals
from hotspots.periods import Span
from hotspots.rates import growth
from hotspots.why import making
from maps.asking import Question, times_of
from maps.layers import SMALL_BELOW


def topics_of(connection: Connection, asked: Question) -> list[dict[str, object]]:
    """Give the classes of a month, each with those below it; small ones are left out.

    In the order of the tree, the busiest first on every level: ``code``, ``depth`` (1 for the
    coarsest), ``n``, ``n_previous``, ``growth`` with ``sure``, and ``half``: it is among the
    finest classes that make up half of all appeals.
    """
    spans = times_of(connection, asked).months
    now = _by_class(connection, asked, spans.this)
    before = pd.Series(dtype="int64")
    if spans.previous is not None:
        before = _by_class(connection, asked, spans.previous)
    finest = now.index.to_numpy(object)[making(np.asarray(now, dtype=np.int64))]
    counts, base = _with_those_below(now), _with_those_below(before)
    frame = pd.DataFrame({"n": counts, "n_previous": base.reindex(counts.index)}).fillna(0)
    frame = frame[frame["n"] >= SMALL_BELOW].astype("int64")
    of = growth(frame["n"].to_numpy(np.int64), frame["n_previous"].to_numpy(np.int64))
    longer = 0.0 if spans.previous is None else spans.this.days / spans.previous.days - 1
    frame = frame.assign(growth=of.value, sure=of.excludes(0.0, longer))
    order = sorted(frame.index, key=lambda code: _order(str(code), counts))
    return [
        {
            "code": code,
            "depth": code.count("/") + 1,
            "n": int(row["n"]),
            "n_previous": _shown(int(row["n_previous"])) if spans.previous else None,
            "growth": None if np.isnan(row["growth"]) else float(row["growth"]),
            "sure": bool(row["sure"]),
            "half": code in finest,
        }
        for code, row in frame.loc[order].iterrows()
        if isinstance(code, str)
    ]


def _by_class(connection: Connection, asked: Question, span: Span) -> "pd.Series[int]":
    found = totals(
        connection, "city", "lies", (span.first, span.last), ["class_code"],
        cut_off_hour=asked.office.reckoning.cut_off_hour,
    )  # fmt: skip
    return found[found["class_code"] != ""].set_index("class_code")["n"].astype("int64")


def _with_those_below(counts: "pd.Series[int]") -> "pd.Series[int]":
    summed: dict[str, int] = {}
    for code, n in zip(counts.index.tolist(), counts.tolist(), strict=True):
        steps = str(code).split("/")
        for depth in range(1, len(steps) + 1):
            above = "/".join(steps[:depth])
            summed[above] = summed.get(above, 0) + int(n)
    return pd.Series(summed, dtype="int64")


def _order(code: str, counts: "pd.Series[int]") -> tuple[tuple[int, str], ...]:
    """Sort by the count of each class above, then by name, so that children follow parents."""
    steps = code.split("/")
    above = ["/".join(steps[:depth]) for depth in range(1, len(steps) + 1)]
    return tuple((-int(counts[one]), one) for one in above)


def _shown(n: int) -> int | None:
    return None if 0 < n < SMALL_BELOW else n
