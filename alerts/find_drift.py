"""Detector of drifts (倾向性问题): what the weekly look back tells, as signals."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from alerts.drift import Found
from alerts.episode import Signal
from alerts.find import STREET, Told
from alerts.keys import AREA_KINDS, CITY, KeyTable
from alerts.observe import Rows
from alerts.reason import drift_reason

DRIFT_DAYS = 7
"""Days of appeals that stand behind a drift: those of the week that has ended."""


def find_drift(
    found: Sequence[Found], keys: KeyTable, rows: Rows, tick: datetime, told: Told
) -> list[Signal]:
    """Give a signal for each class that drifts, the most surprising first.

    Parameters
    ----------
    found
        From :meth:`alerts.drift.Drift.close_week`.
    keys
        The table of keys.
    rows
        Rows of the week that has ended.
    tick
        End of the week.
    told
        Names.
    """
    signals = []
    city = told.name_of(AREA_KINDS[CITY], 0)
    for one in found:
        code, depth = keys.tokens[one.token].code, keys.tokens[one.token].depth
        own = rows.take(
            (rows.token[:, depth] == one.token) & np.isin(rows.area[:, STREET], one.streets)
        )
        if not len(own):
            continue
        streets = [told.name_of(AREA_KINDS[STREET], street) for street in one.streets]
        signals.append(
            Signal(
                tick=tick,
                kind="drift",
                area_kind=AREA_KINDS[CITY],
                area=0,
                area_name=city,
                class_code=code,
                window_h=one.weeks * 7 * 24,
                cases=one.seen,
                callers=one.seen,
                expected=round(one.expected, 3),
                score=round(one.surprise, 3),
                newest_at=own.newest_at(),
                reason=drift_reason(
                    city, streets, code, one.weeks, one.seen, one.expected, one.whole_city
                ),
                detail={
                    "detector": "drift 1",
                    "weeks": one.weeks,
                    "whole_city": one.whole_city,
                    "streets": streets,
                },
                appeals=frozenset(own.appeal_id.tolist()),
            )
        )
    return signals
