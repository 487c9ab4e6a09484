"""A real city's half-year: its pins, read in their true datum, on its own boundaries."""

import os
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest

from appeals.database import METADATA, open_database, writing
from geo.datums import to_wgs84
from grids.boundaries import Boundaries
from grids.place import place_points
from grids.read import read_layer
from grids.sinks import heaviest, judge
from grids.store import add_units, find_sinks, load_boundaries

FIRST = date(1900, 1, 1)


@pytest.fixture(scope="module")
def folder() -> Path:
    data = Path(
        os.environ.get("WANGGE_EVAL_DATA", Path(__file__).resolve().parents[3] / "shared/data")
    )
    if not (data / "yichang-2024").is_dir():
        pytest.skip("no evaluation data: set WANGGE_EVAL_DATA")
    return data / "yichang-2024"


@pytest.fixture(scope="module")
def city(folder: Path) -> Boundaries:
    engine = open_database("sqlite://")
    METADATA.create_all(engine)
    with writing(engine) as connection:
        for file, level, parent in (
            ("streets_22", "street", None),
            ("communities_193", "community", "street"),
        ):
            path = folder / f"{file}.geojson"
            layer = read_layer(path, level=level, name=level, parent=parent, datum="wgs84")
            add_units(connection, layer, level, FIRST, jurisdiction="420500")
        assert find_sinks(connection, datetime(2024, 7, 1, tzinfo=UTC)) == []
        boundaries = load_boundaries(connection, FIRST)
    engine.dispose()
    return boundaries


@pytest.fixture(scope="module")
def pins(folder: Path) -> pd.DataFrame:
    cases = pd.read_csv(folder / "cases_h1.csv")
    pinned = cases[cases["geocode_status"] == "ok"]
    x, y = (pinned[f"{axis}_as_published"].to_numpy() for axis in ("lon", "lat"))
    lon, lat = to_wgs84(x, y, "gcj02")
    return pinned.assign(lon=lon.round(7), lat=lat.round(7))


def test_5118_of_5311_pins_get_a_community_and_none_two(
    city: Boundaries, pins: pd.DataFrame
) -> None:
    placed = place_points(pins["lon"].to_numpy(), pins["lat"].to_numpy(), 0.0, city)
    assert len(placed) == len(pins) == 5311
    assert placed["community_id"].notna().sum() == pytest.approx(5118, abs=10)
    assert placed.loc[placed["community_id"].notna(), "street_id"].notna().all()
    assert set(placed["status"]) == {"placed", "outside"}


def test_the_eight_coordinates_with_fifty_cases_and_more_are_the_sinks(pins: pd.DataFrame) -> None:
    grouped = pins.groupby(["lon", "lat"])["date"]
    every = grouped.agg(n="size", days="nunique", callers="size").reset_index()
    nothing_said = pd.DataFrame({"lon": [], "lat": [], "address": [], "n": []})
    found = judge(heaviest(every), nothing_said)
    assert found["n"].tolist() == sorted(every.loc[every["n"] >= 50, "n"], reverse=True)
    assert len(found) == 8
