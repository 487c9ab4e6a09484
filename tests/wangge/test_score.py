from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from wangge.city.score import Raised, false_alerts, matches, missed, score, watched_days
from wangge.city.truth import Event, EventKind, Truth

T = datetime(2025, 5, 1, 8, tzinfo=UTC)
STREET, COMMUNITY, LEAF = "990101001", "990101001003", "噪声/施工/夜间施工"


def event(kind: EventKind, name: str, n: int, area: str = COMMUNITY, code: str = LEAF) -> Event:
    ids = tuple(f"{name}{k}" for k in range(n))
    return Event(kind, (area,), code, T, T + timedelta(days=1), ids)


SURGE = event(EventKind.SURGE, "s", 12)
SMALL = event(EventKind.SURGE, "m", 8, "990102002001", "停车/违停/占道")
SENSITIVE = event(EventKind.SENSITIVE, "x", 1)
LOOKALIKE = event(EventKind.LOOKALIKE, "y", 1)
CALLER = event(EventKind.CALLER, "c", 30, "990103001001", "违建/私搭/院内")
WAVE = event(EventKind.WAVE, "w", 150, "990100", "水电/供电")
ALL = (SURGE, SMALL, SENSITIVE, LOOKALIKE, CALLER, WAVE)
TRUTH = Truth("演示", 7, date(2025, 4, 1), 60, "Asia/Shanghai", ALL)


def alert(of: Event, kind: str = "surge") -> Raised:
    classes = frozenset([of.class_code])
    return Raised(kind, frozenset(of.areas), classes, of.start, of.end, frozenset(of.appeals))


def test_perfect_alerts_find_everything_and_nothing_false() -> None:
    raised = [
        alert(SURGE),
        alert(SMALL),
        alert(SENSITIVE, "sensitive"),
        alert(WAVE),
        alert(CALLER, "caller"),
    ]
    counters = score(TRUTH, raised)

    assert counters["surges"] == {"planted": 2, "found": 2}
    assert counters["surges_big"] == {"planted": 1, "found": 1}
    assert counters["sensitive"] == {"planted": 1, "found": 1}
    assert counters["lookalikes"] == {"planted": 1, "found": 0}
    assert counters["clusters"] == {"planted": 0, "found": 0}
    assert counters["wave_alerts"] == 1
    assert counters["single_caller_surges"] == 0
    assert counters["false_per_day"] == 0.0
    assert missed(TRUTH, raised) == []


def test_no_alerts_find_nothing() -> None:
    counters = score(TRUTH, [])

    assert counters["surges"] == {"planted": 2, "found": 0}
    assert counters["false_per_day"] == 0.0
    assert missed(TRUTH, []) == [SURGE, SMALL, SENSITIVE]


def test_a_first_report_is_true_where_it_matches_a_planted_one() -> None:
    new = event(EventKind.FIRST_TIME, "n", 4, "990104001001", "文旅/演艺/投影")
    truth = replace(TRUTH, events=(*ALL, new))
    raised = [alert(new, "first_time"), alert(SURGE, "first_time"), alert(SMALL)]
    counters = score(truth, raised)

    assert counters["first_time"] == {"planted": 1, "found": 1}
    assert counters["first_time_alerts"] == {"raised": 2, "true": 1}


def test_a_cluster_that_is_told_twice_shows_as_two_alerts() -> None:
    cluster = event(EventKind.CLUSTER, "k", 9, STREET, "噪声/施工噪声/夜间施工")
    truth = replace(TRUTH, events=(*ALL, cluster))
    counters = score(truth, [alert(cluster, "cluster"), alert(cluster, "surge"), alert(SURGE)])

    assert counters["clusters"] == {"planted": 1, "found": 1}
    assert (counters["cluster_alerts"], counters["subject_alerts"]) == (2, 0)


def test_a_raised_lookalike_counts_as_found_and_as_false() -> None:
    raised = [alert(LOOKALIKE, "sensitive")]

    assert score(TRUTH, raised)["lookalikes"] == {"planted": 1, "found": 1}
    assert false_alerts(TRUTH, raised) == raised


def test_a_surge_of_one_callers_rings_is_told_and_is_false() -> None:
    raised = [alert(CALLER, "surge")]
    counters = score(TRUTH, raised)

    assert counters["single_caller_surges"] == 1
    assert counters["false_per_day"] == round(1 / watched_days(TRUTH), 2)


def test_an_alert_of_another_kind_on_a_sensitive_appeal_is_not_false_but_finds_nothing() -> None:
    raised = [alert(SENSITIVE, "first_time")]

    assert false_alerts(TRUTH, raised) == []
    assert score(TRUTH, raised)["sensitive"] == {"planted": 1, "found": 0}


def test_the_wave_may_be_told_in_parts() -> None:
    part = replace(alert(WAVE), areas=frozenset([STREET]), appeals=frozenset(WAVE.appeals[:6]))
    parts = [part] * 4

    assert score(TRUTH, parts)["wave_alerts"] == 4
    assert false_alerts(TRUTH, parts) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"areas": frozenset([STREET])},
        {"areas": frozenset([COMMUNITY + "001"])},
        {"areas": frozenset()},
        {"areas": frozenset(["990100"])},
        {"classes": frozenset(["噪声"])},
        {"classes": frozenset()},
        {"appeals": frozenset(SURGE.appeals[:4])},
        {"first": T + timedelta(days=1, minutes=30)},
    ],
)
def test_an_alert_finds_an_event_above_or_below_it(changed: dict[str, Any]) -> None:
    assert matches(SURGE, replace(alert(SURGE), **changed))


@pytest.mark.parametrize(
    "changed",
    [
        {"areas": frozenset(["990101002"])},
        {"classes": frozenset(["噪声/施工/夜间"])},
        {"classes": frozenset(["停车"])},
        {"appeals": frozenset(SURGE.appeals[:3])},
        {"appeals": frozenset(SURGE.appeals) | {f"n{k}" for k in range(60)}},
        {"first": T + timedelta(days=2), "last": T + timedelta(days=3)},
        {"first": T - timedelta(days=3), "last": T - timedelta(days=2)},
    ],
)
def test_an_alert_about_something_else_finds_nothing(changed: dict[str, Any]) -> None:
    raised = replace(alert(SURGE), **changed)

    assert not matches(SURGE, raised)
    assert false_alerts(TRUTH, [raised]) == [raised]
