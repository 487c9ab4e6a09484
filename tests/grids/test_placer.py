from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import shapely

from appeals.database import Engine, writing
from appeals.record import Appeal, Pin
from grids.placer import load_placer
from grids.rasters import store
from grids.store import add_units, load_boundaries
from tests.appeals.arrivals import arrival
from tests.grids.town import STREETS, layer

LAST_YEAR, MAY = date(2025, 1, 1), date(2026, 5, 1)
MOVED = layer(
    (None, "左街道", None, shapely.box(111.00, 30.00, 111.004, 30.02)),
    (None, "右街道", None, shapely.box(111.004, 30.00, 111.02, 30.02)),
)


def pinned(day: date, lon: float = 111.005) -> Appeal:
    pin = Pin(lon, 30.005, "wgs84")
    return replace(arrival(day=day).appeal, pin=pin, sent_to="左街道办事处")


def test_a_row_keeps_the_unit_of_its_day_whenever_it_comes(engine: Engine) -> None:
    with writing(engine) as connection:
        add_units(connection, STREETS, "street", LAST_YEAR, jurisdiction="990101")
        add_units(connection, MOVED, "street", MAY, jurisdiction="990101")
        old, new = (load_boundaries(connection, day) for day in (LAST_YEAR, MAY))
        placer = load_placer(connection)
    # In no order: today's, those of the old border, one older than any border.
    days = [date(2026, 5, 2), date(2026, 4, 30), date(2024, 1, 1), MAY, date(2026, 1, 1)]

    places = placer.place([pinned(day) for day in days], [""] * len(days))

    left = [edition.named("street", "左街道") for edition in (old, new)]
    right = new.named("street", "右街道")
    assert places.placed["street_id"].tolist() == [right, left[0], left[0], right, left[0]]
    assert places.sent_ids == [left[1], left[0], left[0], left[1], left[0]]
    assert [found.lon for found in places.located] == [111.005] * 5
    assert placer.place([], []).placed.empty


def test_a_placer_of_large_layers_keeps_their_rasters_between_runs(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store.with_rasters, "__defaults__", (1,))
    with writing(engine) as connection:
        add_units(connection, STREETS, "street", LAST_YEAR, jurisdiction="990101")
        plain = load_placer(connection)
        load_placer(connection, tmp_path)
        monkeypatch.setattr(store, "rasterise", None)  # nothing is left to be drawn
        kept = load_placer(connection, tmp_path)
    days = [date(2026, 5, 2)] * 200
    appeals = [pinned(day, 111.0 + i / 10_000) for i, day in enumerate(days)]

    found, expected = (one.place(appeals, [""] * 200).placed for one in (kept, plain))

    assert kept.editions[0].layers["street"].raster is not None
    assert plain.editions[0].layers["street"].raster is None
    pd.testing.assert_frame_equal(found, expected)
