"""Laws of the watch, and what it finds and leaves alone in a small stream."""

import copy
from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from alerts.episode import Episode
from alerts.live import OpenDay
from alerts.state import VERSION, pack, unpack
from alerts.watch import DAYS_BEHIND, Context, Watch
from appeals.errors import StateMismatch
from tests.alerts.conftest import CELLS

MakeDay = Callable[..., pd.DataFrame]
RARE = "大5/中51/小511"
BURST: dict[int, list[dict[str, object]]] = {
    26: [
        {"class_code": RARE, "community_id": 7, "caller_hash": f"b{i}", "local_hour": 9 + i // 3}
        for i in range(14)
    ]
}


LEARNT = 25  # days that the quiet watch has learnt from


@pytest.fixture(scope="module")
def quiet(make_day: MakeDay, context: Context) -> Watch:
    watch = Watch()
    for number in range(LEARNT):
        rows = make_day(number)
        watch.run_day(rows["local_day"].iloc[0], rows, context)
    return watch


def go_on(
    quiet: Watch,
    make_day: MakeDay,
    context: Context,
    planted: dict[int, list[dict[str, object]]] | None = None,
    *,
    until: int = LEARNT + 4,
    order: int | None = None,
) -> tuple[Watch, list[Episode]]:
    """Run a copy of the quiet watch on; give it and the episodes that were opened."""
    watch, opened = copy.deepcopy(quiet), []
    for number in range(LEARNT, until):
        rows = make_day(number, extra=(planted or {}).get(number))
        if order is not None:
            rows = rows.sample(frac=1, random_state=order)
        before = list(watch.episodes)
        changed = watch.run_day(rows["local_day"].iloc[0], rows, context)
        opened += [e for e in changed if not any(e is one for one in before)]
    return watch, opened


def about(episodes: list[Episode]) -> list[tuple[object, ...]]:
    return sorted(
        (s.tick, *s.key, s.callers, round(s.score, 9)) for e in episodes for s in e.signals.values()
    )


def test_a_burst_in_one_community_is_one_alert_that_names_it(
    quiet: Watch, make_day: MakeDay, context: Context
) -> None:
    _, opened = go_on(quiet, make_day, context, BURST)

    ours = [e for e in opened if any(s.class_code == RARE for s in e.signals.values())]
    assert len(ours) == 1
    assert ours[0].named.area_name == "community7"
    assert ours[0].named.class_code == RARE
    assert ours[0].named.reason.startswith(
        "community7“小511”近24小时有14人反映（14件），往常同期不到1人"
    )


def test_with_nothing_planted_there_is_less_than_an_alert_in_two_days(
    quiet: Watch, make_day: MakeDay, context: Context
) -> None:
    _, opened = go_on(quiet, make_day, context, until=LEARNT + 21)

    assert len(opened) < 21 / 2


def test_a_wave_over_the_whole_city_is_one_alert_of_the_city(
    quiet: Watch, make_day: MakeDay, context: Context
) -> None:
    rng = np.random.default_rng(5)
    wave = [
        {"class_code": "大2/中20/小200", "community_id": int(c), "caller_hash": f"w{i}"}
        for i, c in enumerate(rng.integers(0, 40, 150))
    ]

    _, opened = go_on(quiet, make_day, context, {26: wave, 27: wave})

    ours = [e for e in opened if any(s.class_code.startswith("大2") for s in e.signals.values())]
    assert 1 <= len(ours) <= 3
    assert ours[0].named.area_name == "city0"
    assert ours[0].named.class_code == "大2/中20/小200"


def test_one_caller_thirty_times_is_no_surge(
    quiet: Watch, make_day: MakeDay, context: Context
) -> None:
    rings: list[dict[str, object]] = [
        {"class_code": RARE, "community_id": 9, "caller_hash": "same", "local_hour": 8 + i % 13}
        for i in range(30)
    ]

    _, opened = go_on(quiet, make_day, context, {26: rings})

    keys = {(s.area_name, s.class_code) for e in opened for s in e.signals.values()}
    assert not keys & {("community9", c) for c in (RARE, "大5/中51", "大5")}


def test_consultations_raise_nothing_by_default(
    quiet: Watch, make_day: MakeDay, context: Context
) -> None:
    asked = {day: [one | {"kind": "consult"} for one in rows] for day, rows in BURST.items()}

    _, opened = go_on(quiet, make_day, context, asked)

    assert not any(s.area_name == "community7" for e in opened for s in e.signals.values())


def test_the_order_of_rows_within_a_day_changes_nothing(
    quiet: Watch, make_day: MakeDay, context: Context
) -> None:
    _, one = go_on(quiet, make_day, context, BURST)
    _, other = go_on(quiet, make_day, context, BURST, order=3)

    assert about(one) == about(other)


def test_stopping_storing_and_going_on_changes_nothing(
    quiet: Watch, make_day: MakeDay, context: Context
) -> None:
    whole, _ = go_on(quiet, make_day, context, BURST)
    again = unpack(VERSION, pack(quiet))
    for number in range(LEARNT):
        rows = make_day(number)
        day = rows["local_day"].iloc[0]
        again.texts.add(day, rows["appeal_id"].to_numpy(), rows["text"].tolist())
        if number >= LEARNT - DAYS_BEHIND:
            again.remember(day, rows, context)
    again, _ = go_on(again, make_day, context, BURST)

    assert about(again.episodes) == about(whole.episodes)
    for name, array in whole.baseline.stored().items():
        np.testing.assert_allclose(array, again.baseline.stored()[name], rtol=1e-12)


def test_an_open_day_can_be_run_again_without_learning_or_repeating(
    quiet: Watch, make_day: MakeDay, context: Context
) -> None:
    watch, _ = go_on(quiet, make_day, context, until=26)
    rows = make_day(26, extra=BURST[26])
    day = rows["local_day"].iloc[0]

    so_far = rows[rows["local_hour"] <= 15]
    first = OpenDay.begin(watch, day, so_far, context)[1]
    second = OpenDay.begin(watch, day, so_far, context)[1]
    closing = watch.run_day(day, rows, context)

    assert about(first) == about(second)
    assert {s.key for e in first for s in e.signals.values()} <= {
        s.key for e in closing for s in e.signals.values()
    }
    assert watch.closed == day


def test_an_outage_is_a_gap_and_not_a_fall(
    quiet: Watch, make_day: MakeDay, context: Context
) -> None:
    watch = copy.deepcopy(quiet)
    before = watch.baseline.a[0] / watch.baseline.b[0]
    opened: set[int] = set()
    for number in range(LEARNT + 7, LEARNT + 14):  # a week without any row went before
        rows = make_day(number)
        changed = watch.run_day(rows["local_day"].iloc[0], rows, context)
        opened |= {id(e) for e in changed}

    after = watch.baseline.a[0] / watch.baseline.b[0]
    assert after == pytest.approx(before, rel=0.1)
    assert len(opened) <= 3


def test_no_number_is_ever_nan_and_memory_is_bounded(quiet: Watch) -> None:
    for array in quiet.baseline.stored().values():
        assert np.isfinite(array).all()
    assert np.isfinite(quiet.baseline.spread).all()
    assert len(pack(quiet)) / len(quiet.baseline.keys) < 300
    assert len(quiet.recent) <= DAYS_BEHIND + 1


def test_a_state_of_another_version_is_refused() -> None:
    with pytest.raises(StateMismatch, match="version"):
        unpack(VERSION + 1, pack(Watch()))


def test_a_sensitive_appeal_is_told_at_once_even_on_the_first_day(
    make_day: MakeDay, context: Context
) -> None:
    gas = {"class_code": "大0/中00/小000", "community_id": 3, "text": "楼道里闻到很重的煤气味"}
    rows = make_day(0, extra=[gas])

    changed = Watch().run_day(rows["local_day"].iloc[0], rows, context)

    assert [e.kind for e in changed] == ["sensitive"]
    assert changed[0].opened_at - changed[0].named.newest_at <= timedelta(hours=1)
    assert "煤气味" in changed[0].named.reason


def test_what_gathers_over_a_border_and_in_no_unit_is_one_cluster_that_lists_the_streets(
    quiet: Watch, make_day: MakeDay, context: Context
) -> None:
    cells = [8, 9, 10]
    code = "大2/中20/小200"  # usual in the whole city: only where it gathers is news
    homes = [2 * cell + side for cell in cells for side in (0, 1)]
    calls: dict[int, list[dict[str, object]]] = {
        day: [{"class_code": code, "community_id": c, "caller_hash": f"s{day}{c}"} for c in homes]
        for day in (26, 27, 28)
    }

    _, opened = go_on(quiet, make_day, context, calls)

    ours = [e for e in opened if any(s.class_code == code for s in e.signals.values())]
    assert len(ours) == 1
    cluster = next(s for s in ours[0].signals.values() if s.kind == "cluster")
    assert set(cluster.detail["streets"]) == {"street101", "street102"}
    assert set(cluster.detail["cells"]) == {CELLS[i] for i in cells}
    assert cluster.callers >= 12
    assert "偶然" in cluster.reason


def test_thirty_callers_about_one_chain_in_all_streets_are_one_alert_that_lists_them(
    quiet: Watch, make_day: MakeDay, context: Context
) -> None:
    said = "{}号院旁边的豚禾健身突然关门，年卡退不了"
    calls: dict[int, list[dict[str, object]]] = {
        day: [
            {
                "class_code": "大0/中00/小001",
                "community_id": (7 * i + day) % 40,
                "caller_hash": f"f{day}{i}",
                "local_hour": 9 + i % 8,
                "text": said.format(i),
            }
            for i in range(12)
        ]
        for day in (26, 27)
    }

    _, opened = go_on(quiet, make_day, context, calls)

    ours = [e for e in opened if any(s.area_name == "豚禾健身" for s in e.signals.values())]
    assert [e.kind for e in ours] == ["subject"]
    assert ours[0].named.area_name == "豚禾健身"
    assert len(ours[0].named.detail["streets"]) == 4
    assert ours[0].named.detail["alike"] >= 10
    assert "表述雷同" in ours[0].named.reason
