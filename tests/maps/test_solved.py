"""Similar solved cases: who solves a topic better, and which remedies of it worked."""

from datetime import UTC, date, datetime

from appeals.database import Connection
from grids.handled.store import HANDLED
from grids.store import load_boundaries
from hotspots.remedies.store import Remedy, add_remedies
from maps.asking import Question
from maps.solved import solved_of
from tests.maps.two_years import LAST_DAY, LIFTS, MENDED, NOISE, STREETS

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINE, OTHER = "990101001", "990101002"


def answers(connection: Connection, street: str, yes: int, no: int) -> None:
    """Let the rating calls of one street's appeals about noise say so."""
    unit = load_boundaries(connection, LAST_DAY).named("street", street)
    rows = [
        {"local_day": LAST_DAY, "local_hour": 9, "class_code": NOISE, "district_id": 0,
         "street_id": unit, "community_id": 0, "sent_unit_id": unit, "route": "dispatched",
         "contacted": "yes", "solved": said, "satisfied": said, "left_out": False, "n": n}
        for said, n in (("yes", yes), ("no", no))
    ]  # fmt: skip
    connection.execute(HANDLED.insert(), rows)


def test_who_surely_solves_a_topic_better_is_named_and_who_may_by_chance_is_not(
    two_years: Connection,
) -> None:
    for street, yes, no in zip(STREETS, (60, 95, 66), (40, 5, 34), strict=True):
        answers(two_years, street, yes, no)

    of = solved_of(two_years, Question("street", 2026, 2), MINE, [NOISE, LIFTS])

    assert of["elsewhere"] == [
        {"class_code": NOISE, "rate": 0.6,
         "places": [{"code": OTHER, "name": STREETS[1], "rate": 0.95}]},
        {"class_code": LIFTS, "rate": None, "places": []},
    ]  # fmt: skip


def test_a_remedy_of_the_topic_that_worked_is_told_and_another_is_not(
    two_years: Connection,
) -> None:
    for batch, class_code in (("电梯整治", LIFTS), ("噪声整治", NOISE)):
        add_remedies(
            two_years,
            [
                Remedy(batch, "community", f"{MINE}{row + 1:03d}", class_code, "2025-11",
                       date(2025, 12, 1), "更换电梯", "王科长", NOW)
                for row in MENDED
            ],
        )  # fmt: skip
    asked = Question("community", 2026, 2)

    found = solved_of(two_years, asked, f"{OTHER}001", [LIFTS])["remedies"]
    assert isinstance(found, list)
    assert [one["batch"] for one in found] == ["电梯整治"]
    assert found[0]["came"] < found[0]["expected"]
    # Noise did not fall: a remedy that was not followed by less is no example.
    assert solved_of(two_years, asked, f"{OTHER}001", [NOISE])["remedies"] == []
