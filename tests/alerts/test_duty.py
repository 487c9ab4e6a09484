"""Who is on duty by the shifts of a roster."""

from dataclasses import replace

from alerts.duty.roster import Seat, Shift, on_duty
from tests.alerts.night import DAY, GAS, NOW


def test_shifts_that_overlap_give_the_one_that_began_last() -> None:
    old = Shift(GAS, Seat.OFFICER, "old", NOW - DAY, NOW + DAY)
    new = replace(old, person="new", begins_at=NOW)

    assert on_duty([new, old], GAS, Seat.OFFICER, NOW) == "new"
