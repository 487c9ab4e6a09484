"""A real city's half-year: ranked with intervals, its sinks named, no coarse place a point."""

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from appeals.database import METADATA, Connection, open_database, writing
from appeals.store import APPEALS, VERSIONS
from geo.datums import to_wgs84
from geo.locate import Located
from grids.place import place
from grids.read import read_layer
from grids.store import add_placements, add_units, find_sinks, load_boundaries, move_counts
from hotspots.table import HotspotTable
from maps.answer import answer_of, silent_of, sinks_of
from maps.asking import Question
from maps.atlas import table_of
from maps.why import why_of

FIRST = date(1900, 1, 1)
JUNE = date(2024, 6, 1), date(2024, 6, 30)


@pytest.fixture(scope="module")
def folder() -> Path:
    data = Path(
        os.environ.get("WANGGE_EVAL_DATA", Path(__file__).resolve().parents[3] / "shared/data")
    )
    if not (data / "yichang-2024").is_dir():
        pytest.skip("no evaluation data: set WANGGE_EVAL_DATA")
    return data / "yichang-2024"


@pytest.fixture(scope="module")
def city(folder: Path) -> Iterator[Connection]:
    cases = pd.read_csv(folder / "cases_h1.csv", parse_dates=["date"])
    pinned = (cases["geocode_status"] == "ok").to_numpy()
    x, y = (cases[f"{axis}_as_published"].to_numpy(np.float64) for axis in ("lon", "lat"))
    lon, lat = to_wgs84(np.nan_to_num(x), np.nan_to_num(y), "gcj02")
    engine = open_database("sqlite://")
    METADATA.create_all(engine)
    with writing(engine) as connection:
        for file, level, parent in (
            ("streets_22", "street", None),
            ("communities_193", "community", "street"),
        ):
            layer = read_layer(
                folder / f"{file}.geojson", level=level, name=level, parent=parent, datum="wgs84"
            )
            add_units(connection, layer, level, FIRST, jurisdiction="420500")
        units = load_boundaries(connection, JUNE[0])
        # What the geocoder gave the middle of a district for is no place.
        where = [
            Located("point", float(a), float(b), 0.0, 1.0) if pin
            else Located("unlocated", None, None, None, 0.0)
            for pin, a, b in zip(pinned, lon, lat, strict=True)
        ]  # fmt: skip
        serials = list(range(1, len(cases) + 1))
        connection.execute(
            APPEALS.insert(),
            [{"appeal_id": i, "source": "s", "source_id": str(i), "current": i} for i in serials],
        )
        connection.execute(
            VERSIONS.insert(),
            [
                {
                    "serial": i, "appeal_id": i, "version": 1, "why": "intake", "who": "test",
                    "recorded_at": datetime(2024, 7, 1, tzinfo=UTC), "content_hash": "test:0",
                    "received_at": day.to_pydatetime().replace(tzinfo=UTC),
                    "received_precision": "day", "local_day": day.date(), "local_hour": None,
                    "kind": "complaint", "class_code": code, "text": "", "address": "",
                }
                for i, day, code in zip(serials, cases["date"], cases["category9"], strict=True)
            ],
        )  # fmt: skip
        add_placements(connection, serials, where, place(where, units), [None] * len(serials))
        move_counts(connection, [], serials)
        assert find_sinks(connection, datetime(2024, 7, 1, tzinfo=UTC))
        yield connection
    engine.dispose()


@pytest.mark.parametrize(("level", "units"), [("street", 22), ("community", 193)])
def test_streets_and_communities_are_ranked_with_intervals(
    city: Connection, level: str, units: int
) -> None:
    table = table_of(city, Question(level, 2024, 6))
    rows = table.rows

    assert len(rows) == units
    assert (rows["rank_low"] <= rows["rank_high"]).all()
    assert rows["rank_low"].min() >= 1
    assert rows["rank_high"].max() <= units
    busy = rows[rows["n"] >= 5]
    # Most months are no rankings: only few places know their rank to one.
    assert (busy["rank_high"] - busy["rank_low"]).median() >= 1
    assert table.dispersion >= 1
    assert (table.trend_step, table.n_sinks) == ("week", 0)
    assert answer_of(table, Question(level, 2024, 6))["n"] == table.n


@pytest.fixture(scope="module")
def cells(city: Connection) -> HotspotTable:
    return table_of(city, Question("h3-9", 2024, 6))


def test_the_sinks_are_named_and_stay_out_of_points(city: Connection, cells: HotspotTable) -> None:
    sinks = sinks_of(city, JUNE)

    assert len(sinks) >= 3
    assert all(one["n"] and one["street"] for one in sinks)
    assert cells.n_sinks >= sum(int(str(one["n"])) for one in sinks)
    busiest = cells.rows.iloc[0]
    why = why_of(city, Question("h3-9", 2024, 6), str(busiest["code"]))
    assert why["n"] == busiest["n"]


def test_a_day_on_which_the_source_was_silent_is_told_with_its_month_and_the_next(
    city: Connection, cells: HotspotTable
) -> None:
    june, may = Question("h3-9", 2024, 6), Question("h3-9", 2024, 5)

    assert silent_of(city, cells, june) == "6月23日没有受理记录，来源可能中断，件数变化仅供参考"
    assert silent_of(city, table_of(city, may), may) == ""


def test_no_coarse_place_is_counted_as_a_point(cells: HotspotTable, folder: Path) -> None:
    cases = pd.read_csv(folder / "cases_h1.csv", parse_dates=["date"])
    june = cases[cases["date"].between("2024-06-01", "2024-06-30")]
    coarse = int((june["geocode_status"] != "ok").sum())

    assert coarse > 0
    assert cells.n_not_placeable == coarse
    assert cells.n + cells.n_sinks == len(june) - coarse
