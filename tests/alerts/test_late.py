"""Late appeals are judged with the whole of their day, and change only what they stand in."""

from collections.abc import Callable

import pandas as pd

from alerts.columns import Columns
from alerts.episode import Episode
from alerts.late import find_late
from alerts.lexicon.read import read_lexicon
from alerts.watch import Context

MakeDay = Callable[..., pd.DataFrame]
BLOCKED = "小区消防通道被车堵死"
GAS = "有很重的煤气味"
WAITS = next(f.callers for f in read_lexicon().families if f.key == "fire_hazard")


def said(
    text: str, hours: list[int], community: int = 3, who: str = "b"
) -> list[dict[str, object]]:
    return [
        {
            "class_code": "大0/中00/小000",
            "community_id": community,
            "text": text,
            "caller_hash": f"{who}{i}",
            "local_hour": hour,
        }
        for i, hour in enumerate(hours)
    ]


def late(frames: list[pd.DataFrame], context: Context) -> list[Episode]:
    """Give what is told when the callers named ``late`` come last."""
    rows = pd.concat(frames)
    came = rows.loc[rows["caller_hash"].str.startswith("late"), "appeal_id"]
    return find_late(came.to_numpy(), Columns.of(rows), context)


def test_a_family_that_waits_counts_late_callers_with_those_on_time(
    make_day: MakeDay, context: Context
) -> None:
    on_time = said(BLOCKED, [9 + i for i in range(WAITS - 1)])

    assert not late([make_day(0, extra=said(BLOCKED, [12], who="late"))], context)
    (alert,) = late([make_day(0, extra=[*on_time, *said(BLOCKED, [12], who="late")])], context)
    assert alert.named.callers == WAITS


def test_what_was_told_over_midnight_grows_by_a_late_caller_of_the_evening(
    make_day: MakeDay, context: Context
) -> None:
    evening = [*said(GAS, [21, 23]), *said(GAS, [22], who="late")]
    night = said(GAS, [1, 2, 3], who="n")
    days = [make_day(0), make_day(1, extra=evening), make_day(2, extra=night)]

    (alert,) = late(days, context)

    day = days[1]["local_day"].iloc[0]
    assert alert.named.callers == 6
    assert alert.opened_at == context.tick_end(day, 21)


def test_what_no_late_appeal_stands_in_is_not_told_again(
    make_day: MakeDay, context: Context
) -> None:
    on_time = [*said(GAS, [9, 10]), *said(BLOCKED, [9] * WAITS, community=5, who="e")]
    rows = make_day(0, extra=[*on_time, *said(GAS, [8], community=7, who="late")])

    assert [alert.named.area for alert in late([rows], context)] == [7]
