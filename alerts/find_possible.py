"""Detector of what may be sensitive (待核实): words like those that the desk judged, in no list.

It only adds to what the list finds, and under a budget of its own: the bound of a day is such that
about so many of the appeals of the days before lay above it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np

from alerts.episode import Signal
from alerts.find import Told
from alerts.keys import AREA_KINDS, CITY
from alerts.learner import Learnt, choose, score, threshold
from alerts.observe import NOWHERE, Rows
from alerts.reason import possible_reason
from alerts.sensitive import TOLD_FROM

_FINEST_FIRST = tuple(AREA_KINDS.index(name) for name in ("community", "street", "district"))
_MOST_READ = 2_000  # recent appeals by which a day's bound is set


@dataclass(slots=True)
class Possible:
    """What the verdicts taught, how many a day may be raised by it, and the bound of a day."""

    learnt: Learnt = field(default_factory=Learnt)
    per_day: int = 0
    _bound: tuple[date, float] | None = None

    def bound(self, day: date, recent: Sequence[tuple[date, Rows]], told: Told) -> float:
        """Give the probability above which an appeal of this day may be raised.

        Parameters
        ----------
        day
            Local day; the bound is set by the days before it alone, once.
        recent
            Rows of the last days.
        told
            The list of sensitive terms.
        """
        if self._bound is None or self._bound[0] != day:
            before = [rows for own, rows in recent if own < day]
            texts = [text for rows in before for text in _unlisted(rows, told).text.tolist()]
            step = len(texts) // _MOST_READ + 1
            per_day = len(texts) / max(len(before), 1)
            self._bound = day, threshold(score(self.learnt, texts[::step]), self.per_day, per_day)
        return self._bound[1]


def _unlisted(rows: Rows, told: Told) -> Rows:
    asked = rows if told.consult else rows.take(~rows.consult)
    listed = [
        any(hit.severity >= TOLD_FROM for hit in told.sensitive.hits(text)[:1])
        for text in asked.text
    ]
    return asked.take(~np.array(listed, np.bool_))


def find_possible(
    fresh: Rows,
    recent: Sequence[tuple[date, Rows]],
    tick: datetime,
    possible: Possible,
    told: Told,
) -> list[Signal]:
    """Find appeals of this hour whose words are like those that were judged sensitive.

    Parameters
    ----------
    fresh
        Rows of the hour.
    recent
        Rows of the last days by local day.
    tick
        End of the hour.
    possible
        What the verdicts taught.
    told
        Names and the list; what it finds is left to it.
    """
    if not len(fresh) or not possible.per_day or not possible.learnt.ready:
        return []
    bound = possible.bound(date.fromordinal(int(fresh.number[-1]) // 24), recent, told)
    rows = _unlisted(fresh, told)
    likely = score(possible.learnt, rows.text.tolist())
    return [
        _signal(rows.take(slice(i, i + 1)), float(likely[i]), bound, tick, possible.learnt, told)
        for i in choose(likely, bound, possible.per_day).tolist()
    ]


def _signal(
    row: Rows, likely: float, bound: float, tick: datetime, learnt: Learnt, told: Told
) -> Signal:
    kind = next((k for k in _FINEST_FIRST if row.area[0, k] != NOWHERE), CITY)
    area, code = int(row.area[0, kind]), str(row.class_code[0])
    name = told.name_of(AREA_KINDS[kind], area)
    return Signal(
        tick=tick,
        kind="possible",
        area_kind=AREA_KINDS[kind],
        area=area,
        area_name=name,
        class_code=code,
        window_h=1,
        cases=1,
        callers=1,
        expected=None,
        score=round(likely, 3),
        newest_at=row.newest_at(),
        reason=possible_reason(name, code, likely, learnt.true, learnt.false),
        detail={
            "detector": "verdicts 1",
            "probability": round(likely, 3),
            "bound": round(bound, 3),
            "judged_true": learnt.true,
            "judged_false": learnt.false,
        },
        appeals=frozenset(row.appeal_id.tolist()),
    )
