from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotspots.periods import STEPS, Reckoning, Span, Step, period_numbers
from wangge.settings import Period

reckonings = st.builds(
    Reckoning, st.integers(1, 28), st.integers(1, 7), st.integers(1, 12), st.integers(0, 23)
)
OFFICE = Reckoning(month_start=19, week_start=5)


def test_the_month_of_an_office_runs_from_the_19th_to_the_18th() -> None:
    assert OFFICE.around(date(2024, 6, 18), "month") == Span(date(2024, 5, 19), date(2024, 6, 18))
    assert OFFICE.around(date(2024, 6, 19), "month") == Span(date(2024, 6, 19), date(2024, 7, 18))
    assert OFFICE.month(2024, 6) == (date(2024, 5, 19), date(2024, 6, 18))


def test_the_week_of_an_office_runs_from_friday_to_thursday() -> None:
    weeks = OFFICE.spans(date(2024, 6, 1), date(2024, 6, 14), "week")

    assert [(w.first.isoweekday(), w.last.isoweekday(), w.days) for w in weeks] == [(5, 4, 7)] * 3
    assert weeks[0] == Span(date(2024, 5, 31), date(2024, 6, 6))


@given(reckonings, st.dates(date(2000, 1, 1), date(2080, 1, 1)), st.sampled_from(STEPS),
       st.integers(0, 400))  # fmt: skip
def test_periods_follow_each_other_and_hold_their_days(
    office: Reckoning, first: date, step: Step, days: int
) -> None:
    last = first + timedelta(days=days)
    spans = office.spans(first, last, step)

    assert spans[0].first <= first
    assert spans[-1].last >= last
    for one, following in pairwise(spans):
        assert following.first == one.last + timedelta(days=1)
    every = np.datetime64(first) + np.arange(days + 1).astype("timedelta64[D]")
    numbers = period_numbers(every, spans)
    assert numbers[0] == 0
    assert numbers[-1] == len(spans) - 1
    assert set(np.diff(numbers).tolist()) <= {0, 1}


@given(reckonings, st.integers(0, 23))
def test_the_small_hours_count_to_the_day_before(office: Reckoning, hour: int) -> None:
    day = np.array(["2024-03-01"], dtype="datetime64[D]")
    moved = office.statistical_days(day, np.array([hour]))

    assert (moved != day)[0] == (hour < office.cut_off_hour)
    assert office.statistical_days(day, np.array([-1])) == day


def test_an_office_divides_time_by_its_settings() -> None:
    # The names are one: wangge.toml is handed on as it is.
    assert set(Period.model_fields) == set(Reckoning.__slots__)
    with pytest.raises(ValueError, match="step"):
        OFFICE.around(date(2024, 1, 1), "fortnight")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="begins"):
        Span(date(2024, 1, 2), date(2024, 1, 1))


def test_days_outside_of_the_spans_have_no_period() -> None:
    spans = OFFICE.spans(date(2024, 6, 1), date(2024, 6, 1), "month")

    days = np.array(["2024-05-18", "2024-05-19", "2024-06-18", "2024-06-19"], dtype="datetime64[D]")
    assert period_numbers(days, spans).tolist() == [-1, 0, 0, -1]
