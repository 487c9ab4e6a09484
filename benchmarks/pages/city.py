"""A made-up city as large as the largest: 7,000 communities, appeals in 20,000 cells."""

import csv
import hashlib
import inspect
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import shapely

from appeals.database import open_database, writing
from grids.store import add_units

WEST_DEG: Final = 104.0
SOUTH_DEG: Final = 30.4
WIDE_DEG: Final = 0.48
HIGH_DEG: Final = 0.41
"""About 46 km a side: 20,000 cells of H3 level 9."""

DAYS: Final = 28
_STREETS_A_SIDE: Final = 18


def kept_city(within: Path, *, communities: int, appeals: int) -> Path:
    """Give the folder of a city of this size, made where there is none yet by this code."""
    code = hashlib.sha256(inspect.getsource(sys.modules[__name__]).encode()).hexdigest()[:8]
    folder = within / f"city-{communities}-{appeals}-{code}"
    if not folder.exists():
        begun = folder.with_suffix(".part")
        shutil.rmtree(begun, ignore_errors=True)
        begun.mkdir(parents=True)
        make_city(begun, communities=communities, appeals=appeals)
        begun.rename(folder)
    run(["--config", str(folder / "wangge.toml"), "upgrade"])
    return folder


def make_city(folder: Path, *, communities: int, appeals: int) -> None:
    """Make an installation with units of three levels and a month of appeals.

    Parameters
    ----------
    folder
        Where it is made; it is empty.
    communities
        How many there are, the cells of as many random points.
    appeals
        How many there are, spread evenly.
    """
    run(["init", str(folder)])
    rng = np.random.default_rng(7)
    engine = open_database(f"sqlite:///{folder / 'wangge.db'}")
    with writing(engine) as connection:
        for level, layer in _units(rng, communities).items():
            add_units(connection, layer, level, date(1900, 1, 1))
    engine.dispose()
    rows = _appeals(rng, appeals)
    path = folder / "appeals.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    config = ["--config", str(folder / "wangge.toml")]
    run([*config, "ingest", str(path), "--datum", "wgs84", "--source", "bench", "--history"])


def run(words: Sequence[str]) -> None:
    """Run one command of the product."""
    subprocess.run([sys.executable, "-m", "wangge.cli", *words], check=True, capture_output=True)


def _units(rng: np.random.Generator, communities: int) -> dict[str, gpd.GeoDataFrame]:
    whole = shapely.box(WEST_DEG, SOUTH_DEG, WEST_DEG + WIDE_DEG, SOUTH_DEG + HIGH_DEG)
    seeds = rng.uniform((WEST_DEG, SOUTH_DEG), (WEST_DEG + WIDE_DEG, SOUTH_DEG + HIGH_DEG),
                        (communities, 2))  # fmt: skip
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(seeds), extend_to=whole))
    # As many corners as surveyed borders have.
    cells = shapely.segmentize(shapely.intersection(cells, whole), 0.0006)
    middle = shapely.get_coordinates(shapely.centroid(cells))
    side = _STREETS_A_SIDE
    column = np.clip(((middle[:, 0] - WEST_DEG) / WIDE_DEG * side).astype(int), 0, side - 1)
    row = np.clip(((middle[:, 1] - SOUTH_DEG) / HIGH_DEG * side).astype(int), 0, side - 1)
    street = column + side * row
    own = gpd.GeoDataFrame({"street": street}, geometry=cells, crs="EPSG:4326")
    streets = own.dissolve("street").reset_index()
    city = gpd.GeoDataFrame(
        {"code": ["990101"], "name": ["示例区"]}, geometry=[whole], crs="EPSG:4326"
    )
    streets["code"] = [f"990101{n + 1:03d}" for n in streets["street"]]
    streets["name"] = [f"第{n + 1}街道" for n in streets["street"]]
    number = own.groupby("street").cumcount() + 1
    own["code"] = [f"990101{s + 1:03d}{n:03d}" for s, n in zip(street, number, strict=True)]
    own["name"] = [f"第{s + 1}街道第{n}社区" for s, n in zip(street, number, strict=True)]
    own["households"] = rng.integers(300, 4000, len(own)).astype(float)
    layers = {"district": city, "street": streets, "community": own}
    for layer in layers.values():
        for name in ("parent", "households", "people"):
            if name not in layer:
                layer[name] = None
    return layers


def _appeals(rng: np.random.Generator, n: int) -> list[dict[str, object]]:
    lon = rng.uniform(WEST_DEG, WEST_DEG + WIDE_DEG, n)
    lat = rng.uniform(SOUTH_DEG, SOUTH_DEG + HIGH_DEG, n)
    first = datetime(2026, 3, 1, 8, tzinfo=UTC)
    minutes = np.sort(rng.integers(0, DAYS * 24 * 60, n))
    return [
        {
            "id": f"B{i:07d}",
            "received_at": (first + timedelta(minutes=int(minutes[i]))).isoformat(),
            "kind": "投诉",
            "class_1": "噪声",
            "class_2": ("施工噪声", "社会生活噪声", "交通噪声")[i % 3],
            "text": "夜间噪声扰民。",
            "lon": f"{lon[i]:.6f}",
            "lat": f"{lat[i]:.6f}",
        }
        for i in range(n)
    ]
