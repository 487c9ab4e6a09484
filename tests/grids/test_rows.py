from datetime import UTC, date, datetime

from appeals.database import Engine, reading, writing
from grids.store import (
    PLACEMENTS,
    appeal_rows,
    move_counts,
    newest_serial,
    stable_rows,
)
from tests.grids.town import bring_town, version


def test_appeal_rows_are_the_current_versions_of_the_days_in_order(engine: Engine) -> None:
    with writing(engine) as connection:
        bring_town(connection)
        version(connection, "b", lon=111.005, lat=30.005, hour=11)
        version(connection, "a", hour=11)
        version(connection, "old", hour=3)
        version(connection, "old", lon=111.015, lat=30.005, hour=4)
        version(connection, "other day", day=date(2024, 2, 2))
    with reading(engine) as connection:
        rows = appeal_rows(connection, date(2024, 2, 1), date(2024, 2, 1))
        assert newest_serial(connection) == 5
        nothing = appeal_rows(connection, date(2025, 1, 1), date(2025, 1, 1))
        stored = connection.execute(PLACEMENTS.select().where(PLACEMENTS.c.serial == 1)).one()
    assert rows["source_id"].tolist() == ["old", "a", "b"]
    assert rows["local_hour"].tolist() == [4, 11, 11]
    assert rows["community_id"].notna().tolist() == [True, False, True]
    assert int(rows["cell_9"].iloc[2]) == stored.cell_9  # all 60 bits
    assert rows["received_at"].iloc[0] == datetime(2024, 2, 1, 4, tzinfo=UTC)
    assert not rows["sink"].any()
    assert nothing.empty
    assert list(nothing.columns) == list(rows.columns)
    assert nothing.dtypes["sink"].kind == "b"


def test_a_dump_names_units_and_holds_no_serial_and_no_moment(engine: Engine) -> None:
    with writing(engine) as connection:
        bring_town(connection)
        serial, _ = version(connection, "a", lon=111.005, lat=30.005)
        move_counts(connection, [], [serial])
        rows = list(stable_rows(connection))
    tables = [table for table, _ in rows]
    assert tables == sorted(tables, key=["units", "placements", "counts", "sinks", "handled"].index)
    placement = next(row for table, row in rows if table == "placements")
    assert placement["community_id"] == "community 990101001002 1900-01-01"
    assert not {"serial", "unit_id", "flagged_at"} & {key for _, row in rows for key in row}
