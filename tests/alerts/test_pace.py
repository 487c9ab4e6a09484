"""When an attempt may be made: pauses, limits, and the end of patience."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.outbox.pace import (
    GIVE_UP_AFTER,
    Limit,
    Outcome,
    after,
    free_at,
    may_repeat,
    pause,
    rests_until,
)

NOW = datetime(2026, 3, 9, 3, 10, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ROBOT = (Limit(20, timedelta(minutes=1)),)
FEISHU = (Limit(100, timedelta(minutes=1)), Limit(5, SECOND))


@given(st.integers(0, 10_000))
def test_pauses_grow_to_an_end(failures: int) -> None:
    assert pause(failures) <= pause(failures + 1) <= timedelta(minutes=10)


@pytest.mark.parametrize("limits", [ROBOT, FEISHU, (*ROBOT, Limit(3, timedelta(seconds=30)))])
@given(gaps=st.lists(st.floats(0, 90), max_size=300))
def test_whoever_waits_until_it_is_free_breaks_no_limit(
    limits: tuple[Limit, ...], gaps: list[float]
) -> None:
    now = NOW
    begun: list[datetime] = []
    for gap in gaps:
        now = free_at(begun, limits, now + gap * SECOND)
        begun.append(now)

    for limit in limits:
        for at in begun:
            assert sum(at - limit.within < one <= at for one in begun) <= limit.n


def test_without_a_limit_and_below_it_nobody_waits() -> None:
    assert free_at([NOW] * 50, (), NOW) == NOW
    assert free_at([NOW] * 19, ROBOT, NOW) == NOW
    assert free_at([NOW] * 20, ROBOT, NOW) == NOW + timedelta(minutes=1)


def test_a_channel_rests_longer_the_longer_nobody_answers_and_not_after_an_answer() -> None:
    down = [(NOW, Outcome.BUSY), (NOW - SECOND, Outcome.UNHEARD), (NOW - SECOND, Outcome.BUSY)]

    assert rests_until(down, NOW) == NOW + pause(3)
    assert rests_until([(NOW, Outcome.REFUSED), *down], NOW) == NOW
    assert rests_until([(NOW, Outcome.TAKEN), *down], NOW) == NOW
    assert rests_until([], NOW) == NOW


def test_an_attempt_that_was_cut_short_lets_nobody_wait() -> None:
    assert rests_until([(NOW, None)], NOW) == NOW
    assert rests_until([(NOW, None), (NOW, Outcome.BUSY)], NOW) == NOW + pause(1)
    assert may_repeat([Outcome.BUSY, None])


@pytest.mark.parametrize(
    ("outcome", "age", "state", "wait"),
    [
        (Outcome.TAKEN, timedelta(0), "sent", 0),
        (Outcome.REFUSED, timedelta(0), "dead", 0),
        (Outcome.BUSY, timedelta(hours=1), "waiting", 20),
        (Outcome.UNHEARD, timedelta(hours=1), "waiting", 20),
        (Outcome.BUSY, GIVE_UP_AFTER, "dead", 0),
        (Outcome.TAKEN, 2 * GIVE_UP_AFTER, "sent", 0),
    ],
)
def test_what_becomes_of_a_message(
    outcome: Outcome, age: timedelta, state: str, wait: float
) -> None:
    assert after(outcome, 3, NOW - age, NOW) == (state, NOW + wait * SECOND)
