"""The race: all ways in the same run, round by round, on one core and then on two."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd
import shapely

from benchmarks.place.city import City, make_city, make_points
from benchmarks.place.ways import Joins, Way, boundaries_of, exact, in_threads, of_product
from benchmarks.result import Result
from geo.datums import Floats
from grids.boundaries import Boundaries
from grids.rasters.raster import SIDE
from grids.rasters.store import with_rasters

Times = dict[str, list[tuple[float, float]]]

BOUNDS = {(1, "leaf"): 2.0, (1, "every level"): 4.0, (2, "leaf"): 3.0, (2, "every level"): 6.0}
"""How many times as fast the product must be, by cores and way of the user."""

_CHUNKS = 2  # one a thread: more would have the joins go over all polygons again and again


def race(n: int, repeat: int, seed: int) -> Result:
    """Measure all ways on n points.

    Parameters
    ----------
    n, repeat, seed
        Points, rounds, and seed of city and points.
    """
    city = make_city(seed)
    lon, lat = _points(city, n, seed)
    with tempfile.TemporaryDirectory() as folder:
        plain = boundaries_of(city)
        build_s, boundaries = _timed(lambda: with_rasters([plain], Path(folder))[0])
        again_s, _ = _timed(lambda: with_rasters([plain], Path(folder))[0])
        size_mb = sum(path.stat().st_size for path in Path(folder).iterdir()) / 1e6
        ways = _ways(city, boundaries)
        wrong = _wrong(ways["wangge"](lon, lat), exact(city, lon, lat))
        shares = _shares(boundaries, lon, lat)
        rounds = {1: _rounds(ways, lon, lat, repeat, 1)}
        with ThreadPoolExecutor(2) as pool:
            threaded = {name: in_threads(way, pool, _CHUNKS) for name, way in ways.items()}
            rounds[2] = _rounds(threaded, lon, lat, repeat, 2)
    ratios = {
        (cores, name): _seconds(rounds[cores], name) / _seconds(rounds[cores], "wangge")
        for cores, name in BOUNDS
    }
    head = [
        f"city: {', '.join(str(len(one)) for one in city.shapes)} units, a grid of "
        f"{np.median(shapely.get_num_coordinates(city.shapes[-1])):.0f} vertices (median)",
        f"raster: drawn in {build_s:.1f} s CPU, {size_mb:.0f} MB, read in {again_s:.2f} s CPU",
        f"steps: {', '.join(f'{name} {share:.1%}' for name, share in shares.items())}",
        f"points: {n}, of which {wrong} differ from the exact answer",
        f"load of the machine before: {os.getloadavg()[0]:.1f}",
    ]
    data = {
        "points": n, "wrong": wrong, "build_cpu_s": build_s, "read_cpu_s": again_s,
        "raster_mb": size_mb, "shares": shares,
        "times": {
            str(cores): {
                name: {"s": _seconds(times, name), "cpu_s": _seconds(times, name, 1)}
                for name in times
            }
            for cores, times in rounds.items()
        },
        "ratios": {f"{cores} {name}": round(ratio, 2) for (cores, name), ratio in ratios.items()},
        "met": not wrong and all(ratio >= BOUNDS[which] for which, ratio in ratios.items()),
    }  # fmt: skip
    return Result(data, [*head, *_table(rounds, ratios, n)])


def _points(city: City, n: int, seed: int) -> tuple[Floats, Floats]:
    """Scatter points; of a hundred, one lies on a corner of a border to the last digit."""
    random = np.random.default_rng([seed, 1])
    lon, lat = make_points(n, random)
    corners = shapely.get_coordinates(city.shapes[-1])
    at = random.choice(n, n // 100, replace=False)
    lon[at], lat[at] = corners[random.integers(0, len(corners), len(at))].T
    return lon, lat


def _ways(city: City, boundaries: Boundaries) -> dict[str, Way]:
    joins = Joins.of(city)
    return {
        "wangge": of_product(boundaries), "leaf": joins.leaf, "every level": joins.every_level,
    }  # fmt: skip


def _timed(run: Callable[[], Boundaries]) -> tuple[float, Boundaries]:
    began = time.process_time()
    out = run()
    return time.process_time() - began, out


def _rounds(ways: Mapping[str, Way], lon: Floats, lat: Floats, repeat: int, cores: int) -> Times:
    """Run the ways by turns on so many cores: wall and CPU seconds of each round."""
    times: Times = {name: [] for name in ways}
    with _on_cores(cores):
        for _ in range(repeat):
            for name, way in ways.items():
                began, began_cpu = time.perf_counter(), time.process_time()
                way(lon, lat)
                times[name].append((time.perf_counter() - began, time.process_time() - began_cpu))
    return times


@contextmanager
def _on_cores(cores: int) -> Iterator[None]:
    """Keep this process and its threads on so many cores, where the system can."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    all_cores = os.sched_getaffinity(0)
    tasks = [int(one.name) for one in Path("/proc/self/task").iterdir()]
    for task in tasks:
        os.sched_setaffinity(task, sorted(all_cores)[:cores])
    try:
        yield
    finally:
        for task in tasks:
            os.sched_setaffinity(task, all_cores)


def _seconds(times: Times, name: str, which: int = 0) -> float:
    return median(one[which] for one in times[name])


def _wrong(placed: pd.DataFrame, true: pd.DataFrame) -> int:
    differs = np.zeros(len(true), bool)
    for name in true:
        differs |= placed[name].fillna(0).to_numpy() != true[name].to_numpy()
    return int(differs.sum())


def _shares(boundaries: Boundaries, lon: Floats, lat: Floats) -> dict[str, float]:
    """Tell what decided: a large square, a small one, the polygons; or nothing, being outside."""
    raster = boundaries.layers["grid"].raster
    if raster is None:
        return {"polygons": 1.0}
    answers = raster.answers(lon, lat)
    west, south, per_lon, per_lat = raster.frame
    row, column = (((lat - south) * per_lat), ((lon - west) * per_lon))
    rows, columns = raster.large.shape
    row = np.clip(row // SIDE, 0, rows - 1).astype(int)
    column = np.clip(column // SIDE, 0, columns - 1).astype(int)
    asked, outside = answers > len(boundaries.layers["grid"].shapes), answers == 0
    large = (raster.large[row, column] >= 0) & ~asked & ~outside
    small = ~(large | asked | outside)
    names = {"large square": large, "small square": small, "polygons": asked, "outside": outside}
    return {name: float(one.mean()) for name, one in names.items()}


def _table(
    rounds: Mapping[int, Times], ratios: Mapping[tuple[int, str], float], n: int
) -> Iterator[str]:
    for cores, times in rounds.items():
        yield f"{'one core' if cores == 1 else 'two cores, two threads on each side'}:"
        for name in times:
            wall, cpu = _seconds(times, name), _seconds(times, name, 1)
            line = f"  {name:<12} {wall:7.2f} s  {cpu:7.2f} s CPU  {n / wall / 1e6:6.2f} M points/s"
            ratio = ratios.get((cores, name))
            if ratio is not None:
                line += f"  {ratio:5.1f} times (at least {BOUNDS[cores, name]:.0f})"
            yield line
