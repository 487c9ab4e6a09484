"""Complaints of Chicago by cell and month, and the scores of the table."""

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import h3.api.basic_int as h3
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.ndimage import gaussian_filter

from appeals.errors import InputError
from benchmarks.hotspots_chicago.yardstick import FOCUS
from geo.cells import cell_point, cells, disk
from hotspots.emerging import COMPATIBLE, emerging
from hotspots.focus import focus, recent
from hotspots.getis_ord import getis_ord
from hotspots.neighbours import Neighbours, neighbours
from hotspots.repeats import first_reports

Floats = npt.NDArray[np.float64]

MONTHS, LEARNT = 48, 12

Score = Callable[[int], Floats]
"""A score of every cell, seeing the months before this one only."""


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
