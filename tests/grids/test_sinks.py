from datetime import date, timedelta

import sqlalchemy as sa

from appeals.database import Connection, Engine, writing
from appeals.store import APPEALS, VERSIONS
from geo.locate import Located
from grids.place import place
from grids.store import (
    add_placements,
    appeal_rows,
    find_sinks,
    load_boundaries,
    sink_counts,
)
from tests.grids.town import NOW


def many(
    connection: Connection,
    n: int,
    lon: float,
    *,
    apart: float = 0.0,
    days: int = 60,
    caller: str | None = None,
    address: str = "",
    first: date = date(2024, 1, 1),
) -> None:
    """Store n appeals at once: at one coordinate, or each this many degrees from the one before."""
    start = connection.execute(sa.select(sa.func.count()).select_from(APPEALS)).scalar_one()
    ids = range(start + 1, start + n + 1)
    rows = [
        {
            "serial": serial,
            "appeal_id": serial,
            "version": 1,
            "why": "intake",
            "who": "test",
            "recorded_at": NOW,
            "content_hash": "test:0",
            "received_at": NOW,
            "received_precision": "day",
            "local_day": first + timedelta(days=i % days),
            "kind": "complaint",
            "class_code": "噪声",
            "text": "",
            "address": address.format(i),
            "caller_hash": caller,
        }
        for i, serial in enumerate(ids)
    ]
    appeals = [{"appeal_id": i, "source": "s", "source_id": str(i), "current": i} for i in ids]
    connection.execute(APPEALS.insert(), appeals)
    connection.execute(VERSIONS.insert(), rows)
    where = [Located("point", lon + i * apart, 30.005, 0.0, 1.0) for i in range(n)]
    placed = place(where, load_boundaries(connection, first))
    add_placements(connection, ids, where, placed, [None] * n)


def test_a_coordinate_with_improbably_many_cases_is_a_sink(engine: Engine) -> None:
    with writing(engine) as connection:
        many(connection, 60, 111.0011111111)  # a geocoder's middle of the town
        many(connection, 49, 111.002)  # under the floor
        many(connection, 60, 111.003, days=7)  # a burst
        many(connection, 60, 111.004, caller="one and the same")
        many(connection, 60, 111.005, address="样板路12号")  # a real place
        many(connection, 60, 111.006, address="样板路{}号")  # every door of a road in one point
        many(connection, 60, 111.01, apart=1e-4)
        found = find_sinks(connection, NOW)
        again = find_sinks(connection, NOW + timedelta(days=1), first_day=date(2024, 1, 1))
        rows = appeal_rows(connection, date(2024, 1, 1), date(2024, 3, 1))
        cells = sink_counts(connection, "cell_9", (date(2024, 1, 1), date(2024, 3, 1)))
        none = sink_counts(connection, "cell_9", (date(2024, 1, 1), date(2024, 3, 1)), "供暖")
    assert found == [(111.0011111, 30.005, 60), (111.006, 30.005, 60)]
    assert again == found
    assert rows["sink"].sum() == cells["n"].sum() == 120
    assert set(cells["area"]) == set(rows.loc[rows["sink"], "cell_9"])
    assert none.empty
    assert set(rows.loc[rows["sink"], "lon"]) == {111.0011111, 111.006}


def test_a_place_that_gathers_cases_over_years_is_no_sink(engine: Engine) -> None:
    with writing(engine) as connection:
        for year in (2021, 2022, 2023):
            many(connection, 40, 111.001, first=date(year, 1, 1))
        assert find_sinks(connection, NOW) == []


def test_a_city_whose_coordinates_are_all_distinct_has_no_sinks(engine: Engine) -> None:
    with writing(engine) as connection:
        many(connection, 80, 111.0, apart=1e-4)
        assert find_sinks(connection, NOW) == []
        assert find_sinks(connection, NOW, first_day=date(2030, 1, 1)) == []
