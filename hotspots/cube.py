"""The cube of hot spots: appeals by class, place and period of the office.

Sparse: of 7,000 communities and 100 classes most have nothing in most weeks. A cube is of one kind
of area and one reading, 属地口径 or 派单口径, names its boundaries and its time, and knows beside
its counts what it leaves out. First reports only, by place or by caller, are counted by handing in
counts of the appeals that :mod:`hotspots.repeats` leaves.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from grids.cube import CUBE
from hotspots.periods import Reckoning, Span, period_numbers

Counts = npt.NDArray[np.int64]
Ints = npt.NDArray[np.int64]
Reading = Literal["lies", "sent"]


@dataclass(frozen=True, slots=True)
class About:
    """What a cube counts.

    Attributes
    ----------
    level
        ``district``, ``street``, ``community``, ``grid``, ``h3-8``, ``h3-9`` or ``h3-10``.
    reading
        ``lies`` (属地口径) or ``sent`` (派单口径).
    boundaries
        Day whose boundaries the units are of; None for cells, which have no versions.
    time_zone
        Zone of the local days.
    kinds
        诉求类型, None: all.
    first_reports
        None: every appeal; ``place`` or ``caller``: repeats are left out.
    """

    level: str
    reading: Reading
    boundaries: date | None
    time_zone: str
    kinds: tuple[str, ...] | None = None
    first_reports: Literal["place", "caller"] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Cube:
    """Counts of c classes at n places in t periods.

    Attributes
    ----------
    about, reckoning
        What is counted and how time is divided.
    areas, classes, spans
        Unit ids or H3 cells, shape (n,); class codes in order; periods in order.
    counts
        Shape (c n, t), row class x n + place.
    sinks, not_placed
        Appeals of each period on sinks and without a place of this level, shape (c, t): counted
        beside, never in ``counts``.
    """

    about: About
    reckoning: Reckoning
    areas: Ints
    classes: tuple[str, ...]
    spans: tuple[Span, ...]
    counts: sparse.csr_array
    sinks: Counts
    not_placed: Counts

    def rows_of(self, class_code: str | None = None) -> Ints:
        """Give the numbers of a class and those below it, of all classes without one."""
        codes = np.array(self.classes, dtype=np.str_)
        if class_code is None:
            return np.arange(len(codes))
        below = np.char.startswith(codes, f"{class_code}/")
        return np.flatnonzero((codes == class_code) | below)

    def of(self, class_code: str | None = None) -> Counts:
        """Count a class and those below it by place and period, shape (n, t); all without one."""
        n = len(self.areas)
        out = np.zeros((n, len(self.spans)), dtype=np.int64)
        for number in self.rows_of(class_code).tolist():
            out += self.counts[number * n : (number + 1) * n].toarray()
        return out


def build(
    counts: pd.DataFrame,
    city: pd.DataFrame,
    spans: Sequence[Span],
    about: About,
    reckoning: Reckoning,
    *,
    areas: Iterable[int] = (),
    sinks: pd.DataFrame | None = None,
) -> Cube:
    """Build a cube out of stored counts.

    Parameters
    ----------
    counts
        ``grids.cube.CUBE``: area, class_code, kind, local_day, hour, n of one kind of area.
    city
        The same of the whole city: what the level cannot place is the difference.
    spans
        Of :meth:`hotspots.periods.Reckoning.spans`; days in none are passed over.
    about, reckoning
        Copied; ``about.kinds`` chooses, ``reckoning.cut_off_hour`` moves the small hours.
    areas
        Places that are listed though nothing came from them.
    sinks
        Counts on sinks in the shape of ``counts``, taken out of it; for cells only.

    Raises
    ------
    ValueError
        A column is missing, or places and sinks hold more appeals than the city: the frames are not
        of one reading or moment.
    """
    none = counts.iloc[:0]
    parts = [counts, city, none if sinks is None else sinks]
    level, whole, dropped = (_entries(part, spans, about, reckoning) for part in parts)
    classes = sorted({*level["class_code"], *whole["class_code"], *dropped["class_code"]})
    ids = np.union1d(np.fromiter(areas, np.int64), level["area"].to_numpy(np.int64))
    net = pd.concat([level, dropped.assign(n=-dropped["n"])])
    row = pd.Index(classes).get_indexer(pd.Index(net["class_code"])) * len(ids) + np.searchsorted(
        ids, net["area"].to_numpy(np.int64)
    )
    if not np.isin(dropped["area"], ids).all():
        raise ValueError("the sinks lie where no appeals are counted: not of one moment")
    shape = len(classes) * len(ids), len(spans)
    at = row, net["period"].to_numpy(np.int64)
    cells = sparse.coo_array((net["n"].to_numpy(np.int64), at), shape=shape).tocsr()
    cells.eliminate_zeros()
    if (cells.data < 0).any():
        raise ValueError("the sinks hold more appeals than the places: not of one moment")
    in_city, in_level, on_sinks = (
        _by_class(part, classes, len(spans)) for part in (whole, level, dropped)
    )
    if (in_city < in_level).any():
        raise ValueError("the places hold more appeals than the city: not of one reading")
    found = tuple(classes), tuple(spans), cells, on_sinks, in_city - in_level
    return Cube(about, reckoning, ids, *found)


def _entries(
    counts: pd.DataFrame, spans: Sequence[Span], about: About, reckoning: Reckoning
) -> pd.DataFrame:
    """Give class_code, area, period and n of the counts of the kinds and spans asked for."""
    missing = [name for name in CUBE if name not in counts.columns]
    if missing:
        raise ValueError(f"the counts have no column {missing[0]}")
    kept = counts if about.kinds is None else counts[counts["kind"].isin(about.kinds)]
    days = pd.to_datetime(kept["local_day"]).to_numpy("datetime64[D]")
    days = reckoning.statistical_days(days, kept["hour"].to_numpy(np.int64))
    period = period_numbers(days, tuple(spans))
    return kept[["class_code", "area", "n"]].assign(period=period)[period >= 0]


def _by_class(entries: pd.DataFrame, classes: list[str], periods: int) -> Counts:
    row = pd.Index(classes).get_indexer(pd.Index(entries["class_code"]))
    at = row * periods + entries["period"].to_numpy(np.int64)
    sums = np.bincount(at, weights=entries["n"], minlength=len(classes) * periods)
    return sums.astype(np.int64).reshape(len(classes), periods)
