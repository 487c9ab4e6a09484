"""The parts by which places are judged month by month, out of the counts: 治理类 and 民生指数."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from appeals.database import Connection
from grids.store import unit_versions
from grids.totals.store import handled, told_again, totals
from hotspots.governance.parts import (
    LEAST,
    busiest_share,
    rolling,
    shares,
    steady_rates,
    topics_for_half,
)
from hotspots.periods import Span, period_numbers
from hotspots.repeats import WITHIN_DAYS, first_reports
from maps.asking import Question, times_of
from maps.atlas import counts_by_month

WINDOW: Final = 3
"""Months over which most parts are taken."""

_PARTS_OF: Final[Mapping[str, str]] = {
    "district": "street_id", "street": "community_id", "community": "grid",
}  # fmt: skip
_ANSWERS: Final[Mapping[str, str]] = {
    "contact": "contacted", "resolution": "solved", "satisfaction": "satisfied",
}  # fmt: skip

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """What is known of the places of a level, the newest month last.

    Attributes
    ----------
    places
        area, code, name, households, shape (n, …).
    spans
        Months of data, up to 25.
    counts
        Appeals by place and month, shape (n, len(spans)).
    by_name
        ``rate_12``, ``rate_3``, ``repeats``, ``topics``, ``inside``, ``contact``, ``resolution``,
        ``satisfaction``, each of shape (n, back); NaN: no data.
    n_3
        Appeals of the last three months, shape (n, back).
    """

    places: pd.DataFrame
    spans: tuple[Span, ...]
    counts: Counts
    by_name: Mapping[str, Floats]
    n_3: Counts


def parts_of(connection: Connection, asked: Question, back: int) -> Parts:
    """Measure the places of a level in the last months, ``back`` of them where there are so many.

    Repeats alone are told by where each appeal lies; all else is out of the counts. Repeats are a
    part, so that nothing is left out for being one.

    Raises
    ------
    InputError
        There are no data in the month.
    """
    times = times_of(connection, asked)
    spans = times.months.whole
    places, counts = counts_by_month(connection, asked, times)
    back = min(back, len(spans))
    looked = spans[-(back + WINDOW - 1) :]
    areas = pd.Index(places["area"])
    n = len(areas)
    by_topic: list[pd.DataFrame] = []
    within: list[pd.DataFrame] = []
    answers: list[pd.DataFrame] = []
    for span in looked:
        frame = _totals(connection, asked, asked.level, span, ["area", "class_code"])
        by_topic.append(frame.rename(columns={"class_code": "key"}))
        told = _handled(connection, asked, span)
        answers.append(told[~told["left_out"]].groupby("area").sum(numeric_only=True))
        if asked.level != "community":
            told = told.rename(columns={_PARTS_OF[asked.level]: "key"})
            pairs = told[told["key"] != 0].groupby(["area", "key"])["n"].sum()
            within.append(pairs.reset_index())
        else:
            within.append(_grids(connection, asked, span))
    again = _again(connection, asked, looked, areas)
    cases = counts[:, -len(looked) :]
    households = places["households"].to_numpy(np.float64)
    days = np.array([span.days for span in spans], dtype=np.int64)
    topics, _ = _cube(by_topic, areas)
    inside, parent = _cube(within, areas, flat=True)
    parts = {
        "rate_12": steady_rates(counts, households, days, 12),
        "rate_3": steady_rates(counts, households, days, WINDOW),
        "repeats": shares(again, cases),
        "topics": topics_for_half(topics),
        "inside": busiest_share(inside, parent, n),
        **{part: _yes(answers, word, areas) for part, word in _ANSWERS.items()},
    }
    recent = {name: values[:, -back:] for name, values in parts.items()}
    return Parts(places, spans, counts, recent, rolling(counts, WINDOW)[:, -back:])


def _totals(
    connection: Connection, asked: Question, level: str, span: Span, by: Sequence[str]
) -> pd.DataFrame:
    return totals(
        connection, level, asked.reading, (span.first, span.last), by,
        cut_off_hour=asked.office.reckoning.cut_off_hour, class_code=asked.class_code,
        kinds=asked.kinds,
    )  # fmt: skip


def _handled(connection: Connection, asked: Question, span: Span) -> pd.DataFrame:
    below = [] if asked.level == "community" else [_PARTS_OF[asked.level]]
    return handled(
        connection, asked.level, asked.reading, (span.first, span.last), ["area", *below],
        cut_off_hour=asked.office.reckoning.cut_off_hour, class_code=asked.class_code,
    )  # fmt: skip


def _grids(connection: Connection, asked: Question, span: Span) -> pd.DataFrame:
    """Count the grids of each community: no appeal is sent to one, so where they lie."""
    frame = totals(
        connection, "grid", "lies", (span.first, span.last), ["area"],
        cut_off_hour=asked.office.reckoning.cut_off_hour, class_code=asked.class_code,
        kinds=asked.kinds,
    )  # fmt: skip
    parent, heir = (
        unit_versions(connection, level, span.last).set_index("unit_id")[column]
        for level, column in (("grid", "parent_id"), ("community", "heir"))
    )
    found = frame.rename(columns={"area": "key"})
    area = found["key"].map(parent).map(heir)
    return found.assign(area=area).dropna().astype("int64")


def _again(
    connection: Connection, asked: Question, spans: Sequence[Span], areas: "pd.Index[int]"
) -> Counts:
    """Count the appeals that repeat another of the place and class within thirty days."""
    days = spans[0].first - timedelta(days=WITHIN_DAYS), spans[-1].last + timedelta(days=1)
    rows = told_again(
        connection, asked.level, asked.reading, days, "place", class_code=asked.class_code,
        kinds=asked.kinds,
    )  # fmt: skip
    out = np.zeros((len(areas), len(spans)), dtype=np.int64)
    if rows.empty:
        return out
    received = pd.to_datetime(rows["local_day"]).to_numpy("datetime64[D]")
    repeated = ~first_reports(rows["key"].to_numpy(np.int64), received.view(np.int64))
    hours = rows["local_hour"].to_numpy(np.int64)
    counted = asked.office.reckoning.statistical_days(received, hours)
    period = period_numbers(counted, tuple(spans))
    row = areas.get_indexer(pd.Index(rows["area"]))
    kept = repeated & (row >= 0) & (period >= 0)
    np.add.at(out, (row[kept], period[kept]), 1)
    return out


def _cube(
    months: Sequence[pd.DataFrame], areas: "pd.Index[int]", *, flat: bool = False
) -> tuple[Counts, Counts]:
    """Lay counts by area and key out by month.

    Returns
    -------
    counts, parent
        Shape (n, keys, months) and nothing; or flat: shape (parts, months), a part being an area
        with a key that it has, and the row of the area of each part, shape (parts,).
    """
    every = pd.concat([f.assign(month=i) for i, f in enumerate(months)], ignore_index=True)
    row = areas.get_indexer(pd.Index(every["area"]))
    every, row = every[row >= 0], row[row >= 0]
    key, names = pd.factorize(every["key"])
    n, month = every["n"].to_numpy(np.int64), every["month"].to_numpy(np.int64)
    if not flat:
        out = np.zeros((len(areas), max(len(names), 1), len(months)), dtype=np.int64)
        np.add.at(out, (row, key, month), n)
        return out, np.zeros(0, dtype=np.int64)
    pairs, at = np.unique(row * max(len(names), 1) + key, return_inverse=True)
    parts = np.zeros((len(pairs), len(months)), dtype=np.int64)
    np.add.at(parts, (at, month), n)
    return parts, np.asarray(pairs // max(len(names), 1), dtype=np.int64)


def _yes(months: Sequence[pd.DataFrame], word: str, areas: "pd.Index[int]") -> Floats:
    """Give the share of yes among yes and no over three months; 剔除 are not counted."""
    yes, no = np.zeros((2, len(areas), len(months)), dtype=np.int64)
    for month, frame in enumerate(months):
        of = frame.reindex(areas).fillna(0)
        yes[:, month] = of[f"{word}_yes"].to_numpy(np.int64)
        no[:, month] = of[f"{word}_no"].to_numpy(np.int64)
    return shares(yes, yes + no, least=LEAST)
