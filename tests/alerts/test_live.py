"""The open day followed row by row: what it counts and tells, however its rows come."""

from collections.abc import Callable
from dataclasses import replace
from itertools import chain, islice

import numpy as np
import pandas as pd
import pytest

from alerts import find_clusters
from alerts.columns import Columns
from alerts.episode import Episode
from alerts.focus import Focus, Period
from alerts.keys import AREA_KINDS
from alerts.lexicon.read import read_lexicon
from alerts.live import OpenDay
from alerts.observe import count_day, rows_of
from alerts.sensitive import SensitiveWatch
from alerts.watch import Context, Watch

MakeDay = Callable[..., pd.DataFrame]
LEARNT = 20
SUBJECT = AREA_KINDS.index("subject")
GAS: dict[str, object] = {
    "class_code": "大0/中00/小000",
    "community_id": 3,
    "text": "有很重的煤气味",
}
CHAIN: list[dict[str, object]] = [
    {
        "class_code": "大0/中00/小001",
        "community_id": 7 * i % 40,
        "caller_hash": f"f{i % 9}",
        "local_hour": 9 + i % 6,
        "text": f"{i}号院旁边的豚禾健身突然关门，年卡退不了",
    }
    for i in range(12)
]
SURGE = [
    {"class_code": "大0/中00/小002", "community_id": 5, "local_hour": 11, "caller_hash": f"s{i}"}
    for i in range(14)
]


@pytest.fixture(scope="module")
def learnt(make_day: MakeDay, context: Context) -> Watch:
    watch = Watch()
    for number in range(LEARNT):
        rows = make_day(number, mean=120.0)
        watch.run_day(rows["local_day"].iloc[0], rows, context)
    return watch


@pytest.fixture(scope="module")
def day(make_day: MakeDay) -> pd.DataFrame:
    rows = make_day(LEARNT, mean=120.0, extra=[*CHAIN, GAS])
    # Some call again and again, at other hours and places.
    rows.loc[rows.index[::5], "caller_hash"] = "again"
    return rows


def look(day: OpenDay, frame: pd.DataFrame, context: Context) -> list[Episode]:
    told = day.take(Columns.of(frame), context)
    return told + list(chain.from_iterable(day.work(context, again=True)))


def by_name(watch: Watch, counts: dict[int, tuple[np.ndarray, np.ndarray]]) -> set:  # type: ignore[type-arg]
    keys, found = watch.baseline.keys, set()
    for hour, (key, callers) in counts.items():
        for k, n in zip(key.tolist(), callers.tolist(), strict=True):
            kind, area = keys.kind[k], keys.area[k]
            where = keys.subjects[area] if kind == SUBJECT else area
            found.add((hour, kind, where, keys.tokens[keys.token[k]], n))
    return found


@pytest.mark.parametrize("seed", range(6))
def test_a_day_that_came_in_any_pieces_and_order_counts_as_one_that_came_at_once(
    learnt: Watch, day: pd.DataFrame, context: Context, seed: int
) -> None:
    cuts = np.random.default_rng(seed).integers(1, len(day) - 1, 4).tolist()
    mixed = day.sample(frac=1, random_state=seed)
    local_day = mixed["local_day"].iloc[0]
    pieces = np.split(np.arange(len(mixed)), sorted(set(cuts)))
    open_day, _ = OpenDay.begin(learnt, local_day, mixed.iloc[pieces[0]], context)
    chance = np.random.default_rng(seed)
    for piece in pieces[1:]:
        rows = Columns.of(mixed.iloc[piece])
        work = open_day.work(context, again=bool(chance.integers(2)))
        list(islice(work, int(chance.integers(5))))  # rows come wherever it stands
        open_day.take(rows, context)
        open_day.take(rows, context)  # what came twice counts once
        list(work)
    list(open_day.work(context, again=True))

    whole = learnt.copy()
    keys = whole.baseline.keys
    counts = count_day(rows_of(local_day, Columns.of(day), keys, context.subjects), keys)
    at_once = {hour: counts.at(hour) for hour in range(24)}
    shown = {hour: both for hour, both in open_day.counts.items() if len(both[0])}
    live, batch = by_name(open_day.watch, shown), by_name(whole, at_once)
    if open_day.changed:  # a name that only words give counts from its third caller's hour on
        live, batch = ({one for one in own if one[1] != SUBJECT} for own in (live, batch))
    differ = sorted(map(str, live ^ batch))
    assert not differ
    assert (open_day.watch.baseline.recent.sums >= 0).all()


@pytest.mark.parametrize("seed", range(3))
def test_what_is_dated_ahead_is_counted_once_the_clock_is_there_as_if_all_had_come_at_once(
    learnt: Watch, day: pd.DataFrame, context: Context, seed: int
) -> None:
    chance = np.random.default_rng(seed)
    mixed = day.sample(frac=1, random_state=seed).reset_index(drop=True)
    mixed.loc[mixed.index[::7], "local_hour"] = pd.NA
    local_day, whole = mixed["local_day"].iloc[0], learnt.copy()
    clock = [*sorted(chance.integers(8, 23, 4).tolist()), 23]
    pieces = np.split(np.arange(len(mixed)), sorted(chance.integers(1, len(mixed), 4).tolist()))
    open_day, _ = OpenDay.begin(learnt, local_day, mixed.iloc[pieces[0]], context, clock[0])
    come = 0
    for hour, piece in zip(clock, pieces, strict=True):
        come += len(piece)
        open_day.reach(hour)
        open_day.take(Columns.of(mixed.iloc[piece]), context)
        list(open_day.work(context, again=True))
        assert not open_day.reach(hour)

        so_far, keys = Columns.of(mixed.iloc[:come]), whole.baseline.keys
        due = so_far.take(so_far.hour <= hour)
        counts = count_day(rows_of(local_day, due, keys, context.subjects), keys)
        at_once = {one: counts.at(one) for one in range(24)}
        shown = {one: both for one, both in open_day.counts.items() if len(both[0])}
        live, batch = by_name(open_day.watch, shown), by_name(whole, at_once)
        assert {one for one in live ^ batch if one[1] != SUBJECT} == set()
        assert open_day.last == due.hour.max(initial=0)


def test_a_row_without_an_hour_is_read_at_once_and_moves_no_window(
    learnt: Watch, make_day: MakeDay, context: Context
) -> None:
    day = make_day(LEARNT, mean=120.0, extra=[*SURGE, GAS | {"local_hour": pd.NA}])
    day, gas = day.iloc[:-1], day.iloc[-1:]
    before, found = day[day["local_hour"] < 11], []
    for first, fresh in ((before, gas[:0]), (before, gas), (pd.concat([before, gas]), gas[:0])):
        open_day, told = OpenDay.begin(learnt, day["local_day"].iloc[0], first, context, 11)
        told += look(open_day, fresh, context) + look(open_day, day[-14:], context)
        signals = {s.key: s for episode in told for s in episode.signals.values()}
        found.append({(k, s.tick, s.callers) for k, s in signals.items() if k[0] != "sensitive"})
        assert open_day.last == 11
        assert any(key[0] == "sensitive" for key in signals) == (len(found) > 1)

    assert len(found[0]) > 3
    assert found[0] == found[1] == found[2]


def test_a_source_that_names_no_hours_is_followed_as_whole_days(
    make_day: MakeDay, context: Context
) -> None:
    day = make_day(0).assign(local_hour=None)
    open_day, _ = OpenDay.begin(Watch(), day["local_day"].iloc[0], day, context, 9)

    assert open_day.last == 23
    assert open_day.counts[23][0].size


def test_a_sensitive_appeal_is_told_by_the_look_that_sees_it(
    learnt: Watch, day: pd.DataFrame, context: Context
) -> None:
    local_day = day["local_day"].iloc[0]
    open_day, before = OpenDay.begin(learnt, local_day, day.iloc[:-1], context)

    told = open_day.take(Columns.of(day.iloc[-1:]), context)

    assert "sensitive" not in {one.kind for one in before}
    assert [one.kind for one in told] == ["sensitive"]
    assert look(open_day, day.iloc[-1:], context) == []


def test_a_sensitive_appeal_does_not_wait_for_the_end_of_an_hour_that_is_under_way(
    learnt: Watch, make_day: MakeDay, context: Context
) -> None:
    day = make_day(LEARNT, mean=120.0, extra=[*SURGE, GAS])
    day, gas = day.iloc[:-1], Columns.of(day.iloc[-1:])
    before, after = day["local_hour"] < 11, day["local_hour"] >= 11
    whole, pieces = (
        OpenDay.begin(learnt, day["local_day"].iloc[0], day[before], context)[0] for _ in range(2)
    )
    found = []
    for open_day in (whole, pieces):
        open_day.take(Columns.of(day[after]), context)
        work = open_day.work(context, again=True, scan=True)
        told = [next(work)] if open_day is pieces else []
        assert open_day.last == 10
        if open_day is pieces:
            assert [one.kind for one in open_day.take(gas, context)] == ["sensitive"]
        told += list(work)
        found.append({key for part in told for one in part for key in one.signals})

    assert len(found[0]) > 3
    assert found[0] == found[1]


def test_classes_that_are_scanned_together_show_what_each_shows_alone(
    learnt: Watch, make_day: MakeDay, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    gathered = [
        {"class_code": f"大{n}/中{n}0/小{n}00", "community_id": 5, "caller_hash": f"g{n}{i}"}
        for n in range(2)
        for i in range(14)
    ]
    day = make_day(LEARNT, mean=120.0, extra=gathered)
    local_day, found = day["local_day"].iloc[0], []
    for together in (1, 3, 100):
        monkeypatch.setattr(find_clusters, "_AT_ONCE", together)
        twin = learnt.copy()
        ticks = twin.open_day(local_day, day, context)
        number, tick = local_day.toordinal() * 24 + 10, context.tick_end(local_day, 10)
        found.append(twin.clusters(ticks.week, number, ticks.may, tick, context))
    assert len({one.class_code for one in found[0]}) > 1
    assert found[0] == found[1] == found[2]


def test_a_class_that_comes_between_two_slices_of_a_period_waits_for_its_count(
    learnt: Watch, day: pd.DataFrame, context: Context
) -> None:
    local_day = day["local_day"].iloc[0]
    period = Period("创城", local_day, local_day, classes=("大0",))
    told = replace(context, sensitive=SensitiveWatch(read_lexicon(), Focus((period,))))
    open_day, _ = OpenDay.begin(learnt, local_day, day[day["local_hour"] <= 9], told)
    after = day[day["local_hour"] == 10]
    open_day.take(Columns.of(after.iloc[:-1]), told)
    work = open_day.work(told, again=True)
    while open_day.last < 10:
        next(work)
    open_day.take(Columns.of(after.iloc[-1:].assign(class_code="大9/中90/小900")), told)
    list(work)
    list(open_day.work(told, again=True))

    keys = open_day.watch.baseline.keys
    counted = {keys.tokens[keys.token[key]].code for key in open_day.counts[10][0].tolist()}
    assert "大9/中90/小900" in counted


def test_looking_teaches_the_watch_nothing(
    learnt: Watch, day: pd.DataFrame, context: Context
) -> None:
    local_day = day["local_day"].iloc[0]
    before = learnt.baseline.stored()
    kept = {name: array.copy() for name, array in before.items()}
    newest, keys = learnt.baseline.recent.newest, len(learnt.baseline.keys)

    open_day, _ = OpenDay.begin(learnt, local_day, day.iloc[:40], context)
    look(open_day, day.iloc[40:], context)
    list(open_day.work(context, again=True, scan=True))

    assert (learnt.baseline.recent.newest, len(learnt.baseline.keys)) == (newest, keys)
    for name, array in learnt.baseline.stored().items():
        np.testing.assert_array_equal(array, kept[name])


def test_an_appeal_that_says_something_else_asks_for_the_day_to_be_begun_anew(
    learnt: Watch, day: pd.DataFrame, context: Context
) -> None:
    open_day, _ = OpenDay.begin(learnt, day["local_day"].iloc[0], day, context)
    same = day.iloc[:5].assign(transferred="12345", serial=10**7)
    look(open_day, same, context)
    assert not open_day.changed

    look(open_day, day.iloc[:5].assign(community_id=17), context)
    assert open_day.changed
