"""When people call: hours of the day, days of the week, public holidays."""

from datetime import date, timedelta

import numpy as np

from wangge.city.outline import Floats, Ints

# Weight of each hour 0-23 by the rhythm of a class.
_HOURS: dict[str, tuple[float, ...]] = {
    "日": (
        *(0.3, 0.2, 0.15, 0.15, 0.2, 0.5, 1.4, 3, 6, 8, 8.5, 7, 4.5, 4.5, 6.5, 7.5, 7.5, 6.5),
        *(5, 4.5, 4, 3, 1.8, 0.8),
    ),
    "夜": (
        *(5, 3.2, 2, 1.2, 1, 1.6, 2.6, 3, 3.4, 3.4, 3.2, 2.6, 2.2, 2.2, 2.4, 2.4, 2.4, 2.6),
        *(3.2, 4.4, 6, 8.5, 9.5, 8),
    ),
    "晨": (
        *(0.2, 0.1, 0.1, 0.1, 0.3, 1.2, 4, 8.5, 11, 9.5, 8, 6, 4, 3.5, 4.5, 5, 5, 5, 4.5, 3.5),
        *(2.6, 1.8, 1, 0.4),
    ),
    "办": (
        *(0.1, 0.05, 0.05, 0.05, 0.05, 0.1, 0.4, 1.6, 7.5, 11, 11, 8.5, 3.6, 5, 9, 9.5, 8.5, 6.5),
        *(3.2, 2, 1.6, 1.2, 0.6, 0.2),
    ),
    "晚": (
        *(1.2, 0.6, 0.3, 0.2, 0.2, 0.5, 1.4, 2.6, 3.8, 4.2, 4.2, 4, 3.6, 3, 3, 3.2, 3.8, 5.4, 8),
        *(10, 10.5, 9.5, 6, 3),
    ),
}

# Monday to Sunday, then a public holiday.
_DAYS: dict[str, tuple[float, ...]] = {
    "日": (1.08, 1.04, 1.02, 1.0, 1.0, 0.94, 0.90, 0.78),
    "夜": (0.96, 0.96, 0.97, 0.99, 1.05, 1.06, 1.02, 1.08),
    "晨": (1.10, 1.04, 1.02, 1.0, 0.98, 0.88, 0.82, 0.66),
    "办": (1.30, 1.18, 1.14, 1.10, 1.06, 0.56, 0.46, 0.32),
    "晚": (0.95, 0.95, 0.97, 0.98, 1.04, 1.08, 1.04, 1.14),
}

# Workdays on a weekend that make up for a holiday, as announced.
_MAKE_UP = frozenset(
    (
        *(date(2025, 1, 26), date(2025, 2, 8), date(2025, 4, 27), date(2025, 9, 28)),
        *(date(2025, 10, 11), date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28)),
        *(date(2026, 5, 9), date(2026, 9, 20), date(2026, 10, 10)),
    )
)


def is_holiday(day: date) -> bool:
    """Tell whether the made-up city rests: the holidays that stand in the solar calendar.

    元旦, 清明, 劳动节 and 国庆节; those of the lunar calendar are left out, as no demonstration
    needs them.

    >>> is_holiday(date(2025, 5, 1)), is_holiday(date(2025, 5, 6))
    (True, False)
    """
    spans = {1: (1, 1), 4: (4, 6), 5: (1, 5), 10: (1, 7)}
    first, last = spans.get(day.month, (0, 0))
    return first <= day.day <= last


def hour_shares(rhythm: str) -> Floats:
    """Give the share of each hour of the day (shape (24,), sums to 1)."""
    weights = np.array(_HOURS[rhythm])
    return np.asarray(weights / weights.sum())


def day_factors(rhythm: str, start: date, days: int) -> Floats:
    """Give the factor of each day (shape (days,)) against a mean day."""
    factors = []
    for k in range(days):
        day = start + timedelta(days=k)
        place = 7 if is_holiday(day) else 2 if day in _MAKE_UP else day.weekday()
        factors.append(_DAYS[rhythm][place])
    return np.array(factors)


def seconds_of_day(rhythm: str, n: int, rng: np.random.Generator) -> Ints:
    """Draw n times of day in seconds from midnight (shape (n,))."""
    hours = rng.choice(24, size=n, p=hour_shares(rhythm))
    return np.asarray(hours * 3600 + rng.integers(0, 3600, n), dtype=np.int64)
