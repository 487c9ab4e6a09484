from datetime import date

import shapely

from appeals.database import Engine, writing
from grids.store import add_units, move_counts
from maps.asking import Question
from maps.atlas import layer_of, table_of
from tests.grids.town import FIRST, STREETS, layer, version


def test_months_are_compared_by_the_units_of_the_last_day(engine: Engine) -> None:
    march = date(2024, 3, 1)
    new = layer((None, "左街道", None, shapely.box(111.00, 30.00, 111.011, 30.02)))
    with writing(engine) as connection:
        add_units(connection, STREETS, "street", FIRST, jurisdiction="990101")
        add_units(connection, new, "street", march, jurisdiction="990101")
        days = [date(2024, 2, 1)] * 25 + [march] * 30
        left = [version(connection, str(i), lon=111.005, lat=30.005, day=day)[0]
                for i, day in enumerate(days)]  # fmt: skip
        right, _ = version(connection, "right", lon=111.015, lat=30.005, day=date(2024, 2, 1))
        move_counts(connection, [], [*left, right])

        table = table_of(connection, Question("street", 2024, 3))
        shown = layer_of(connection, table)
    rows = table.rows.set_index("name")
    assert rows.index.tolist() == ["左街道", "右街道"]  # the one that has ended is no mere number
    assert rows["code"].tolist() == ["990101001", "990101002"]
    assert rows["n"].tolist() == [30, 0]
    assert rows["n_previous"].tolist() == [25, 1]
    assert rows["growth"].round(6).tolist()[0] == 0.2
    assert shown["name"].tolist() == ["左街道"]
