"""The month that is opened by itself, and those that can be chosen."""

from datetime import date, timedelta

from appeals.database import Engine, writing
from grids.store import recount
from hotspots.periods import Reckoning
from maps.asking import months_with_data, newest_month
from tests.grids.town import bring_town, version


def days_of(first: date, count: int) -> list[date]:
    return [first + timedelta(days=number) for number in range(count)]


def months_of(engine: Engine, days: list[date]) -> tuple[list[str], tuple[int, int] | None]:
    with writing(engine) as connection:
        bring_town(connection)
        for number, day in enumerate(days):
            version(connection, str(number), lon=111.005, lat=30.005, day=day)
        recount(connection)
        listed = [name for name, _ in months_with_data(connection, Reckoning())]
        return listed, newest_month(connection, Reckoning())


def test_two_days_of_a_month_are_listed_and_not_opened(engine: Engine) -> None:
    days = [*days_of(date(2024, 4, 1), 12), *days_of(date(2024, 6, 1), 2)]

    # May had nothing: it is not even listed.
    assert months_of(engine, days) == (["2024-06", "2024-04"], (2024, 4))


def test_from_its_tenth_day_on_a_month_is_opened(engine: Engine) -> None:
    days = [*days_of(date(2024, 4, 1), 12), *days_of(date(2024, 5, 1), 10)]

    assert months_of(engine, days)[1] == (2024, 5)


def test_where_no_month_has_ten_days_the_newest_is_opened(engine: Engine) -> None:
    assert months_of(engine, days_of(date(2024, 4, 29), 4))[1] == (2024, 5)


def test_without_appeals_there_is_no_month(engine: Engine) -> None:
    assert months_of(engine, []) == ([], None)
