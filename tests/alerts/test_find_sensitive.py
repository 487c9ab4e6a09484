"""When a sensitive appeal is told: at once, from a size, and what a site watches more closely."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from alerts.episode import Episode
from alerts.focus import Focus, Named, Period, focus_bytes, parse_focus
from alerts.lexicon.read import read_lexicon
from alerts.sensitive import SensitiveWatch
from alerts.watch import Context, Watch
from appeals.errors import InputError

MakeDay = Callable[..., pd.DataFrame]
CLASS = "大0/中00/小000"
BLOCKED = "小区消防通道被车堵死"


def appeals(text: str, callers: int, community: int = 3) -> list[dict[str, object]]:
    return [
        {"class_code": CLASS, "community_id": community, "text": text, "caller_hash": f"b{i}"}
        for i in range(callers)
    ]


def opened(
    make_day: MakeDay, context: Context, extra: list[dict[str, object]], focus: Focus | None = None
) -> list[Episode]:
    if focus is not None:
        context = replace(context, sensitive=SensitiveWatch(read_lexicon(), focus))
    rows = make_day(0, extra=extra)
    changed = Watch().run_day(rows["local_day"].iloc[0], rows, context)
    return [e for e in changed if e.kind == "sensitive"]


def test_a_family_that_every_office_hears_of_waits_for_its_callers(
    make_day: MakeDay, context: Context
) -> None:
    waits = next(f.callers for f in read_lexicon().families if f.key == "fire_hazard")

    assert not opened(make_day, context, appeals(BLOCKED, waits - 1))
    alert = opened(make_day, context, appeals(BLOCKED, waits))[0]
    assert alert.named.callers == waits
    assert alert.named.detail["least_callers"] == waits


def test_a_place_waits_for_more_than_its_share_of_the_citys_appeals_brings(
    make_day: MakeDay, context: Context
) -> None:
    elsewhere = [one for c in range(20, 35) for one in appeals(BLOCKED, 1, c)]
    many = appeals("一般问题", 60, 3)

    def places(callers: int, community: int) -> list[object]:
        rows = [*elsewhere, *many, *appeals(BLOCKED, callers, community)]
        late = [one | {"local_hour": 21, "caller_hash": f"l{i}"} for i, one in enumerate(rows)]
        return [e.named.area for e in opened(make_day, context, late)]

    assert places(5, 3) == []
    assert places(20, 3) == [3]
    assert places(5, 4) == [4]


def test_one_caller_who_rings_often_is_one(make_day: MakeDay, context: Context) -> None:
    often = [one | {"caller_hash": "same"} for one in appeals(BLOCKED, 9)]

    assert not opened(make_day, context, often)


@pytest.mark.parametrize(
    ("focus", "why"),
    [
        (Focus((Period("中高考", date(2026, 3, 1), date(2026, 3, 2)),)), "重点时段：中高考"),
        (Focus((), (Named("重点点位", "某医院", ("小区消防",)),)), "重点点位：某医院"),
    ],
)
def test_nothing_waits_in_times_and_places_that_are_watched_and_it_is_one_level_higher(
    make_day: MakeDay, context: Context, focus: Focus, why: str
) -> None:
    alert = opened(make_day, context, appeals(BLOCKED, 1), focus)[0]

    assert alert.named.detail["raised_by"] == why
    assert alert.named.score == alert.named.detail["severity"] + 1
    assert why in alert.named.reason


def test_a_time_that_is_over_or_of_another_family_raises_nothing(
    make_day: MakeDay, context: Context
) -> None:
    past = Period("两会", date(2026, 2, 1), date(2026, 3, 1))
    other = Period("两会", date(2026, 3, 1), date(2026, 3, 9), ("group",))

    assert not opened(make_day, context, appeals(BLOCKED, 1), Focus((past, other)))


def test_a_signal_carries_the_list_its_limit_and_its_duties(
    make_day: MakeDay, context: Context
) -> None:
    detail = opened(make_day, context, appeals("楼道里着火了", 1))[0].named.detail

    assert detail["lexicon"] == read_lexicon().version
    assert detail["limit_h"] == 1
    assert detail["duties"] == ["应急", "消防"]
    assert detail["terms"] == ["着火"]


def test_one_appeal_that_is_new_and_severe_is_one_alert_with_two_reasons(
    make_day: MakeDay, context: Context
) -> None:
    watch = Watch()
    for number in range(25):
        rows = make_day(number)
        watch.run_day(rows["local_day"].iloc[0], rows, context)
    new = {
        "class_code": "大9/中90/小900",
        "community_id": 3,
        "text": "加油站的储油罐起火，火势很大",
        "caller_hash": "n",
    }
    rows = make_day(25, extra=[new])

    changed = watch.run_day(rows["local_day"].iloc[0], rows, context)

    (alert,) = [e for e in changed if e.kind == "sensitive"]
    assert {s.kind for s in alert.signals.values()} == {"sensitive", "first"}
    first = next(s for s in alert.signals.values() if s.kind == "first")
    assert first.area_kind == "community"
    assert "高危" in first.detail["practice"]


def test_a_new_matter_is_told_when_a_second_caller_of_the_street_confirms_it(
    make_day: MakeDay, context: Context
) -> None:
    quiet = Watch()
    for number in range(25):
        rows = make_day(number)
        quiet.run_day(rows["local_day"].iloc[0], rows, context)

    def firsts(callers: list[str]) -> list[Episode]:
        new = [
            {
                "class_code": "大9/中91/小910",
                "community_id": 3,
                "text": f"投影秀强光直射居民楼影响休息，请{who}",
                "caller_hash": who,
            }
            for who in callers
        ]
        watch, rows = quiet.copy(), make_day(25, extra=new)
        changed = watch.run_day(rows["local_day"].iloc[0], rows, context)
        return [e for e in changed if e.kind == "first"]

    assert not firsts(["甲"])
    assert not firsts(["甲", "甲", "甲"])
    (alert,) = firsts(["甲", "乙"])
    assert alert.named.area_kind == "street"
    assert {"首发", "首创"} <= set(alert.named.detail["practice"])


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ('[[period]]\nname = "两会"\nfirst = 2026-03-04\n', "period 1: last is missing"),
        (
            '[[period]]\nname = "两会"\nfirst = 2026-03-04\nlast = 2026-03-01\n',
            "period 1: last lies before first",
        ),
        ('[[point]]\nname = "某校"\nwords = ["校"]\n', "point 1: each of words must have two"),
        ("period = [1]", "period: write"),
        (
            '[[point]]\nname = "某校"\nwords = ["某校"]\nfamilies = 1\n',
            "point 1: families must be a list",
        ),
        ('[[place]]\nname = "某校"\n', "place is not one of period, point, people"),
        ("[[point]\n", "not valid TOML"),
    ],
)
def test_a_broken_file_of_periods_and_points_says_what_and_where(content: str, fault: str) -> None:
    with pytest.raises(InputError, match=fault):
        parse_focus(content.encode())


def test_a_missing_file_of_periods_and_points_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"focus: none\.toml cannot be read"):
        focus_bytes(tmp_path / "none.toml")


def test_points_and_people_are_known_by_their_words_through_marks() -> None:
    focus = parse_focus('[[people]]\nname = "退役军人"\nwords = ["退役军人", "老兵"]\n'.encode())

    assert focus.why("group", date(2026, 3, 2), "老 兵 反映") == "重点人群：退役军人"
    assert focus.why("group", date(2026, 3, 2), "居民反映") is None
