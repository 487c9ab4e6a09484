"""Where next month's appeals lie: the focus layer beside other scores on public data.

74,000 sanitation complaints of Chicago, 2011 to 2014, in H3 cells. Every score sees the months
before the one that it foretells and flags a fixed share of the cells. The weights of the focus
layer are chosen on 2012 from a grid and judged on 2013 and 2014, first reports of an address only.
"""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

import geopandas as gpd
import h3.api.basic_int as h3
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.ndimage import gaussian_filter

from appeals.errors import InputError
from benchmarks.result import Result
from geo.cells import cell_point, cells, disk
from hotspots.emerging import COMPATIBLE, emerging
from hotspots.focus import MEMORY, RING, focus, recent
from hotspots.getis_ord import getis_ord
from hotspots.neighbours import Neighbours, neighbours
from hotspots.repeats import first_reports

Floats = npt.NDArray[np.float64]

SUMMARY = "next month's places on public 311 data: the focus layer beside other scores"
MONTHS, LEARNT = 48, 12
SHARES = (0.01, 0.05, 0.10)
GRID = tuple((a, ring) for a in (0.05, 0.1, 0.15, 0.2, 0.3) for ring in (0.0, 0.15, 0.3, 0.5))
FOCUS = f"focus (a={MEMORY:g}, ring {RING:g})"

Score = Callable[[int], Floats]
"""A score of every cell, seeing the months before this one only."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what may be asked."""
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of sets")


def run(arguments: argparse.Namespace) -> Result:
    """Foretell 36 months with every score, choose on the first twelve, judge on the rest."""
    told: list[str] = []
    data: dict[str, object] = {}
    for first_only in (False, True):
        for resolution in (9, 8):
            city = City.read(arguments.data, resolution, first_only=first_only)
            name = f"res {resolution}, {'first reports' if first_only else 'all complaints'}"
            n = int(city.counts.sum())
            told.append(f"{name}: {len(city.ids)} cells, {n} complaints; PAI at 1, 5, 10 % (se)")
            hits = {row: foretold(city, score) for row, score in city.scores().items()}
            data[name] = {row: _table(of) for row, of in hits.items()}
            told += [f"  {row:<30} {_line(of)}" for row, of in hits.items()]
            if first_only and resolution == 9:
                told += _focus_lines(city, hits, data)
    return Result(data, told)


class City:
    """Complaints by cell and month, with what scores are made of."""

    def __init__(self, ids: list[int], cell: npt.NDArray[np.int64], frame: pd.DataFrame) -> None:
        self.ids = ids
        self.around: Neighbours = neighbours(np.array(ids), lambda one: disk(one, 1))
        self.month = frame["month"].to_numpy(np.int64)
        points = gpd.points_from_xy(frame["lon"], frame["lat"])
        self.points = _metres(gpd.GeoSeries(points, crs=4326))
        lon, lat = zip(*(cell_point(one) for one in ids), strict=True)
        self.centres = _metres(gpd.GeoSeries(gpd.points_from_xy(lon, lat), crs=4326))
        row = pd.Index(ids).get_indexer(pd.Index(cell))
        self.counts = np.zeros((len(ids), MONTHS))
        np.add.at(self.counts, (row[row >= 0], self.month[row >= 0]), 1)

    @classmethod
    def read(cls, data: Path, resolution: int, *, first_only: bool) -> "City":
        """Read the complaints; with ``first_only`` one an address in 30 days."""
        folder = data / "hotspots"
        if not folder.is_dir():
            raise InputError(f"{data}: there are no evaluation sets: give --data")
        frame = pd.read_csv(folder / "chicago_311_sanitation_2011_2014.csv.gz")
        day = pd.to_datetime(frame["date"])
        frame["month"] = (day.dt.year - 2011) * 12 + day.dt.month - 1
        frame["day"] = day.to_numpy("datetime64[D]").astype(np.int64)
        frame = frame[frame["month"].between(0, MONTHS - 1) & frame["area"].notna()]
        if first_only:
            frame = frame[frame["dup"] != 1]
            key, day_number = (frame[name].to_numpy(np.int64) for name in ("addr", "day"))
            frame = frame[first_reports(key, day_number)]
        areas = gpd.read_file(folder / "chicago_77_areas.geojson").to_crs(4326).union_all()
        cell = cells(frame["lon"].to_numpy(float), frame["lat"].to_numpy(float), resolution)
        return cls(sorted(h3.geo_to_cells(areas, resolution)), cell, frame)

    def scores(self) -> dict[str, Score]:
        """Name the scores of the table."""
        x, weights = self.counts, self.around.with_self()

        def year(t: int) -> Floats:
            return np.asarray(x[:, t - LEARNT : t].sum(axis=1))

        def gi(values: Floats) -> Floats:
            return getis_ord(values[:, None], weights)[:, 0]

        def hot_months(t: int) -> Floats:
            of = emerging(x[:, :t], weights, COMPATIBLE)
            hot = (of.bins[:, -LEARNT:] > 0).sum(axis=1)
            return np.asarray(hot + 1e-3 * of.z[:, -1], dtype=np.float64)

        def spread(width_m: float, months: int) -> Score:
            return lambda t: self._kernel((self.month < t) & (self.month >= t - months), width_m)

        return {
            "count last month": lambda t: x[:, t - 1],
            "count 12 months": year,
            "all past": lambda t: np.asarray(x[:, :t].sum(axis=1)),
            "EWMA a=.1": lambda t: recent(x[:, :t], memory=0.1),
            "EWMA a=.3": lambda t: recent(x[:, :t], memory=0.3),
            FOCUS: lambda t: focus(x[:, :t], self.around),
            "KDE 250 m, 12 months": spread(250, 12),
            "KDE 500 m, 12 months": spread(500, 12),
            "KDE 500 m, last month": spread(500, 1),
            "Gi* 12 months": lambda t: gi(year(t)),
            "Gi* last month": lambda t: gi(x[:, t - 1]),
            "space-time Gi* (cube, k=1)": lambda t: getis_ord(
                x[:, :t], weights, lags=1, window="cube"
            )[:, -1],
            "share of hot months": hot_months,
        }

    def _kernel(self, chosen: npt.NDArray[np.bool_], width_m: float, step_m: float = 50) -> Floats:
        low = self.points.min(axis=0) - 2000
        shape = ((self.points.max(axis=0) + 2000 - low) / step_m).astype(int) + 1
        raster = np.zeros(shape)
        at = ((self.points[chosen] - low) / step_m).astype(int)
        np.add.at(raster, (at[:, 0], at[:, 1]), 1)
        smooth = gaussian_filter(raster, width_m / step_m, truncate=3)
        there = ((self.centres - low) / step_m).astype(int).clip(0, shape - 1)
        return np.asarray(smooth[there[:, 0], there[:, 1]], dtype=np.float64)


def _metres(points: gpd.GeoSeries) -> Floats:
    projected = points.to_crs(32616)
    return np.column_stack([projected.x, projected.y])


def foretold(city: City, score: Score, months: range = range(LEARNT, MONTHS)) -> Floats:
    """Give the PAI of each month at each share, shape (months, shares)."""
    rows = [pai(score(t), city.counts[:, t]) for t in months]
    return np.array(rows)


def pai(score: Floats, came: Floats) -> Floats:
    """Give the PAI at ``SHARES`` of equal cells, scores and complaints of shape (n,).

    Equal scores at the edge share what is left, so that no chance enters.
    """
    out = []
    for share in SHARES:
        size = max(1, round(share * len(score)))
        edge = np.partition(score, -size)[-size]
        above, level = score > edge, score == edge
        left = (size - above.sum()) / level.sum()
        hits = came[above].sum() + left * came[level].sum()
        out.append(hits / came.sum() / (size / len(score)))
    return np.array(out)


def choose(city: City) -> tuple[float, float]:
    """Choose memory and ring on 2012, by the PAI at 1 and 5 %, each over its best mean.

    One year tells little: of the weights that are not worse than the best by more than a standard
    error those of the shortest memory are taken, and of these the best.
    """
    months = range(LEARNT, 2 * LEARNT)
    found = np.array([foretold(city, focus_of(city, *one), months)[:, :2] for one in GRID])
    worth = (found / found.mean(axis=1).max(axis=0)).sum(axis=2)
    short = worth[worth.mean(axis=1).argmax()] - worth
    error = short.std(axis=1, ddof=1) / len(months) ** 0.5
    good = [i for i in range(len(GRID)) if short[i].mean() <= error[i]]
    return GRID[max(good, key=lambda i: (GRID[i][0], worth[i].mean()))]


def focus_of(city: City, memory: float, ring: float) -> Score:
    """Give the focus layer with these weights."""
    return lambda t: focus(city.counts[:, :t], city.around, memory=memory, ring=ring)


def judged(mine: Floats, hits: Mapping[str, Floats]) -> dict[str, dict[str, object]]:
    """Give the paired differences to the best other score, 2013 and 2014.

    ``mine`` and each of ``hits`` have shape (months, shares).
    """
    out: dict[str, dict[str, object]] = {}
    for i, share in enumerate(SHARES[:2]):
        late = {name: of[LEARNT:, i] for name, of in hits.items() if name != FOCUS}
        best = max(late, key=lambda name: float(late[name].mean()))
        apart = mine[LEARNT:, i] - late[best]
        error = float(apart.std(ddof=1)) / len(apart) ** 0.5
        difference = round(float(apart.mean()), 3)
        out[f"{share:.0%}"] = {"best": best, "difference": difference, "error": round(error, 3)}
    return out


def _table(pais: Floats) -> dict[str, list[float]]:
    error = pais.std(axis=0, ddof=1) / len(pais) ** 0.5
    return {"pai": pais.mean(axis=0).round(3).tolist(), "error": error.round(3).tolist()}


def _line(pais: Floats) -> str:
    of = _table(pais)
    return "  ".join(
        f"{value:.2f} ({error:.2f})" for value, error in zip(of["pai"], of["error"], strict=True)
    )


def _focus_lines(city: City, hits: Mapping[str, Floats], data: dict[str, object]) -> list[str]:
    chosen = choose(city)
    lines = []
    for name, weights in (("chosen on 2012", chosen), ("shipped", (MEMORY, RING))):
        of = judged(foretold(city, focus_of(city, *weights)), hits)
        data[f"focus, {name}"] = {"weights": weights, **of}
        lines += [
            f"  focus {name} {weights}, 2013-2014 at {share}: {one['difference']:+}"
            f" ({one['error']}) to {one['best']}"
            for share, one in of.items()
        ]
    return lines
