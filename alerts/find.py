"""The detectors of one tick: each looks at what rose and gives signals with their reasons."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from alerts.baseline import WINDOWS_H, Baseline
from alerts.calibrate import Calibration
from alerts.decide import Bounds, firing
from alerts.episode import Signal
from alerts.keys import AREA_KINDS, CITY, KeyTable
from alerts.novelty import RecentTexts
from alerts.observe import NOWHERE, Rows
from alerts.reason import first_reason, sensitive_reason, surge_reason
from alerts.score import score_keys
from alerts.sensitive import TOLD_FROM, Hit, SensitiveWatch

Ints = npt.NDArray[np.int64]

STREET = AREA_KINDS.index("street")
_FINEST_FIRST = tuple(AREA_KINDS.index(name) for name in ("community", "street", "district"))

NO_HISTORY = 0.5
"""Below so many callers, with a memory of 60 days, a class has no history in an area."""

NEW_WORDS = 0.38
"""A nearest neighbour less similar than this is another matter; repeats lie above .41."""

_MOST_WORDS = 4  # texts that are asked about, terms that are quoted


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


def find_surges(
    baseline: Baseline,
    calibration: Calibration,
    key: Ints,
    tick: datetime,
    past: Rows,
    told: Told,
) -> list[Signal]:
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
    keys = baseline.keys
    kinds, tokens, _, _ = keys.arrays()
    scores = score_keys(baseline, key, int(past.number[-1]))
    p = calibration.calibrated(scores.score, scores.expected)
    judged = np.array([t.depth > 0 and (told.consult or not t.consult) for t in keys.tokens])
    monitored = np.bincount(kinds[judged[tokens]], minlength=len(AREA_KINDS))
    fires = firing(scores, p, kinds[key], monitored, told.bounds)
    signals = []
    for i in np.flatnonzero(fires).tolist():
        one, window = int(key[i]), int(scores.window[i])
        rows = behind(past, keys, one, WINDOWS_H[window])
        name, code = area_name(keys, one, told), keys.tokens[keys.token[one]].code
        callers, expected = int(scores.seen[i]), float(scores.expected[i])
        common = float(scores.common[i])
        signals.append(
            Signal(
                tick=tick,
                kind="surge",
                area_kind=AREA_KINDS[keys.kind[one]],
                area=keys.area[one],
                area_name=name,
                class_code=code,
                window_h=WINDOWS_H[window],
                cases=len(rows),
                callers=callers,
                expected=round(expected, 3),
                score=round(float(p[i]), 3),
                newest_at=rows.newest_at(),
                reason=surge_reason(name, code, window, len(rows), callers, expected, common),
                detail={
                    "detector": "gamma-poisson 1",
                    "raw_score": round(float(scores.score[i]), 3),
                    "common_mode": round(common, 3),
                    "dispersion": round(float(baseline.dispersion(key[i : i + 1])[window, 0]), 3),
                    "level_per_day": round(float(baseline.levels(key[i : i + 1])[0]) * 24, 4),
                },
                appeals=frozenset(rows.appeal_id.tolist()),
            )
        )
    return signals


def find_first(
    baseline: Baseline, texts: RecentTexts, key: Ints, tick: datetime, past: Rows, told: Told
) -> list[Signal]:
    """Find first reports (首次反映): no history of area and class, two callers with new words.

    Asked at street level and for the finest class only. ``key`` are the keys that rose, (n,).
    """
    keys = baseline.keys
    if baseline.days < told.learning_days * 3 // 2:
        return []
    kinds, tokens, _, _ = keys.arrays()
    depth = np.array([token.depth for token in keys.tokens])
    key = key[(kinds[key] == STREET) & (depth[tokens[key]] == 3)]
    key = key[baseline.seen[key] < NO_HISTORY]
    rows, _ = baseline.rows(int(past.number[-1]), WINDOWS_H[-1])
    callers = baseline.ring[np.ix_(rows, key)].sum(0)
    signals = []
    for one in key[callers >= 2].tolist():
        signal = _first(keys, one, texts, tick, behind(past, keys, one, WINDOWS_H[-1]), told)
        if signal is not None:
            signals.append(signal)
    return signals


def _first(
    keys: KeyTable, key: int, texts: RecentTexts, tick: datetime, rows: Rows, told: Told
) -> Signal | None:
    _, first = np.unique(rows.caller.astype(str), return_index=True)
    words = rows.text[np.sort(first)].tolist()
    if len(words) < 2:
        return None
    nearest = [texts.nearest(text, rows.appeal_id) for text in words[:_MOST_WORDS]]
    new = [similarity for similarity in nearest if similarity < NEW_WORDS]
    if len(new) < 2:
        return None
    callers = len(words)
    name, code = area_name(keys, key, told), keys.tokens[keys.token[key]].code
    return Signal(
        tick=tick,
        kind="first",
        area_kind=AREA_KINDS[STREET],
        area=keys.area[key],
        area_name=name,
        class_code=code,
        window_h=WINDOWS_H[-1],
        cases=len(rows),
        callers=callers,
        expected=0.0,
        score=round(1 - max(new), 3),
        newest_at=rows.newest_at(),
        reason=first_reason(name, code, callers, max(new), texts.days_kept),
        detail={"detector": "novelty 1", "nearest": round(max(new), 3)},
        appeals=frozenset(rows.appeal_id.tolist()),
    )


def find_sensitive(fresh: Rows, past: Rows, tick: datetime, told: Told) -> list[Signal]:
    """Find sensitive appeals: the terms of the list in the words of this hour's rows.

    One signal a family and area (community, or the finest that is known); it counts the callers of
    the same family there over the last 24 hours.
    """
    asked = fresh if told.consult else fresh.take(~fresh.consult)
    groups: dict[tuple[int, int, str], Hit] = {}
    for text, area in zip(asked.text, asked.area, strict=True):
        for hit in told.sensitive.hits(text)[:1]:
            if hit.severity >= TOLD_FROM:
                kind = next((k for k in _FINEST_FIRST if area[k] != NOWHERE), CITY)
                key = (kind, int(area[kind]), hit.family.key)
                groups[key] = max(groups.get(key, hit), hit, key=lambda h: h.severity)
    if not groups:
        return []
    day = past.take(past.number > past.number[-1] - 24)
    day = day if told.consult else day.take(~day.consult)
    return [
        _sensitive(kind, area, hit, day.take(day.area[:, kind] == area), tick, told)
        for (kind, area, _), hit in sorted(groups.items(), key=lambda item: item[0])
    ]


def _sensitive(kind: int, area: int, hit: Hit, day: Rows, tick: datetime, told: Told) -> Signal:
    terms: dict[str, None] = {}
    same = np.zeros(len(day), np.bool_)
    for i, text in enumerate(day.text):
        own = [h for h in told.sensitive.hits(text) if h.family == hit.family]
        own = [h for h in own if h.severity >= TOLD_FROM]
        same[i] = bool(own)
        terms.update(dict.fromkeys(h.term for h in own))
    rows, words = day.take(same), list(terms)[:_MOST_WORDS]
    name, callers = told.name_of(AREA_KINDS[kind], area), len(pd.unique(rows.caller))
    return Signal(
        tick=tick,
        kind="sensitive",
        area_kind=AREA_KINDS[kind],
        area=area,
        area_name=name,
        class_code=hit.family.name,
        window_h=24,
        cases=len(rows),
        callers=callers,
        expected=None,
        score=float(hit.severity),
        newest_at=rows.newest_at(),
        reason=sensitive_reason(name, hit.family.name, words, callers, len(rows)),
        detail={
            "detector": "lexicon 1",
            "family": hit.family.key,
            "terms": words,
            "duties": list(hit.family.duties),
            "classes": sorted(set(rows.class_code)),
        },
        appeals=frozenset(rows.appeal_id.tolist()),
    )
