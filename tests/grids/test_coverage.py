from datetime import date

import pandas as pd
import pytest
import shapely

from appeals.database import Engine, writing
from geo.gazetteer import COLUMNS
from grids.boundaries import COLUMNS as UNIT_FIELDS
from grids.boundaries import Boundaries
from grids.coverage import coverage, lies_of
from grids.store import add_units, load_boundaries
from tests.grids.town import FIRST, bring_town, layer

DISTRICTS = layer(
    (None, "左区", None, shapely.box(111.00, 30.00, 111.01, 30.02)),
    (None, "右区", None, shapely.box(111.01, 30.00, 111.02, 30.02)),
)


@pytest.fixture
def units(engine: Engine) -> Boundaries:
    with writing(engine) as connection:
        add_units(connection, DISTRICTS, "district", FIRST, jurisdiction="990101")
        bring_town(connection)
        return load_boundaries(connection, date(2024, 2, 1))


def places(*rows: tuple[str, float, float]) -> pd.DataFrame:
    full = [("示例花园", "compound", "", district, lon, lat, "doc") for district, lon, lat in rows]
    return pd.DataFrame(full, columns=list(COLUMNS))


def test_a_pin_is_held_against_the_district_that_is_stated(units: Boundaries) -> None:
    lies = lies_of(
        places(("左区", 111.005, 30.01), ("左区", 111.015, 30.01), ("没有区", 111.005, 30.01),
               ("右区", 111.5, 30.01), ("", 111.005, 30.01)), units,
    )  # fmt: skip

    assert lies is not None
    assert lies.district == ("左区", "右区", "左区", "", "左区")
    assert lies.stated == (True, True, False, True, False)
    assert lies.away_m[0] == 0.0
    assert lies.away_m[1] == pytest.approx(482, abs=5)
    assert lies.away_m[3] > 40_000


def test_units_without_a_place_are_named(units: Boundaries) -> None:
    reach = {one.level: one for one in coverage(places(("左区", 111.005, 30.005)), units)}

    assert (reach["district"].units, reach["district"].with_places) == (2, 1)
    assert reach["district"].without == ("右区",)
    assert reach["community"].without == ("右社区", "左上社区")


def test_without_districts_nothing_is_said_of_strays() -> None:
    empty = Boundaries.build(pd.DataFrame(columns=list(UNIT_FIELDS)))

    assert lies_of(places(("左区", 111.005, 30.01)), empty) is None
