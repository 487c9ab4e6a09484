"""Detector of surges: keys that show more than level, season, class and chance explain.

What all detectors of a tick share stands here too: names, the appeals behind a key, and that
they give what they find in slices, so that a look at fresh words can come in between.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Protocol

import numpy as np
import numpy.typing as npt

from alerts.alike import callers_alike
from alerts.baseline import Baseline
from alerts.calibrate import Calibrations
from alerts.course import BINS
from alerts.decide import Bounds
from alerts.episode import Signal
from alerts.judged import Judged
from alerts.keys import AREA_KINDS, KeyTable
from alerts.observe import NOWHERE, Rows
from alerts.reason import surge_reason
from alerts.recent import WINDOWS_H
from alerts.sensitive import SensitiveWatch

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

STREET = AREA_KINDS.index("street")

Slices = Iterator[list[Signal]]
"""Signals as they are found, after each some milliseconds of work; none is a pause as well."""

MOST_STREETS = 30
"""Streets that are listed of one matter."""


class Told(Protocol):
    """What the detectors need to know from outside."""

    @property
    def name_of(self) -> Callable[[str, int], str]:
        """Chinese name of an area by kind and number."""

    @property
    def sensitive(self) -> SensitiveWatch:
        """The list of sensitive terms."""

    @property
    def bounds(self) -> Bounds:
        """Floors and the false discovery rate."""

    @property
    def learning_days(self) -> int:
        """Days of counts before anything can be told."""

    @property
    def consult(self) -> bool:
        """Whether 咨询 may raise alerts."""


def behind(past: Rows, keys: KeyTable, key: int, window_h: int) -> Rows:
    """Give the appeals behind a key over the last ``window_h`` hours of ``past``."""
    token = keys.token[key]
    depth = keys.tokens[token].depth
    mask = (past.token[:, depth] == token) & (past.area[:, keys.kind[key]] == keys.area[key])
    return past.take(mask & (past.number > past.number[-1] - window_h))


def area_name(keys: KeyTable, key: int, told: Told) -> str:
    """Give the name of a key's area."""
    name, area = AREA_KINDS[keys.kind[key]], keys.area[key]
    return keys.subjects[area] if name == "subject" else told.name_of(name, area)


def streets_of(rows: Rows, told: Told) -> list[str]:
    """List the streets that the rows lie in, those with most of them first."""
    known = rows.area[rows.area[:, STREET] != NOWHERE, STREET]
    street, count = np.unique(known, return_counts=True)
    order = np.lexsort((street, -count))[:MOST_STREETS]
    return [told.name_of(AREA_KINDS[STREET], one) for one in street[order].tolist()]


def find_surges(
    baseline: Baseline,
    calibration: Calibrations,
    key: Ints,
    tick: datetime,
    past: Rows,
    told: Told,
) -> Slices:
    """Find the keys whose counts are more than level, season, class and chance explain.

    Parameters
    ----------
    baseline, calibration
        What has been learnt.
    key
        Keys that rose in this tick and may be judged, shape (n,).
    tick
        End of the hour.
    past
        Rows of the longest window up to this hour.
    told
        Names and bounds.
    """
    keys, number = baseline.keys, int(past.number[-1])
    kinds, tokens, _, for_all = keys.arrays()
    may = np.array([t.depth > 0 and (told.consult or not t.consult) for t in keys.tokens])
    monitored = np.bincount(kinds[may[tokens]], minlength=len(AREA_KINDS))
    found = Judged.of(baseline, calibration, key, number, monitored, told.bounds)
    whole, swept = found.whole(monitored, told.bounds), found.swept()
    yield []
    for i in np.flatnonzero(found.fires & ~swept).tolist():
        yield [_signal(found, i, tick, past, told)]
    for i in np.flatnonzero(whole.fires).tolist():
        of_it = swept & (for_all[key] == whole.scores.key[i])
        if of_it.any():
            yield [_signal(whole, i, tick, past, told, found.most(of_it))]


def _signal(
    found: Judged, i: int, tick: datetime, past: Rows, told: Told, most: Sequence[str] = ()
) -> Signal:
    baseline, scores, keys = found.baseline, found.scores, found.baseline.keys
    one, window = int(scores.key[i]), int(scores.window[i])
    kind, token = AREA_KINDS[keys.kind[one]], keys.token[one]
    rows = behind(past, keys, one, WINDOWS_H[window])
    callers, expected = int(scores.seen[i]), float(scores.expected[i])
    common = float(scores.common[i])
    streets, alike = streets_of(rows, told), callers_alike(rows.text, rows.caller)
    name, code = area_name(keys, one, told), keys.tokens[token].code
    code_now = baseline.recent.hours[found.number].season_bin // BINS
    return Signal(
        tick=tick,
        kind="surge",
        area_kind=kind,
        area=keys.area[one],
        area_name=name,
        class_code=code,
        window_h=WINDOWS_H[window],
        cases=len(rows),
        callers=callers,
        expected=round(expected, 3),
        score=round(float(found.p[i]), 3),
        newest_at=rows.newest_at(),
        reason=surge_reason(
            name,
            code,
            window,
            len(rows),
            callers,
            expected,
            common,
            streets=streets if kind == "subject" else [],
            alike=alike,
            period=baseline.course.periods.words(code_now, token, found.number // 24),
            most=most,
            hours=found.hours_of(i),
        ),
        detail={
            "detector": "gamma-poisson 2",
            "streets": streets,
            "alike": alike,
            "margin": round(float(found.margin[i]), 3),
            "raw_score": round(float(scores.score[i]), 3),
            "odds": round(float(scores.odds[i]), 3),
            "common_mode": round(common, 3),
            "dispersion": round(float(baseline.phi[window, one]), 3),
            "level_per_day": round(float(baseline.levels(scores.key[i : i + 1])[0]) * 24, 4),
        },
        appeals=frozenset(rows.appeal_id.tolist()),
    )
