"""Detector of first reports (首次反映): a matter that an area has not had before."""

from datetime import datetime

import numpy as np

from alerts.baseline import WINDOWS_H, Baseline
from alerts.episode import Signal
from alerts.find import Ints, Told, area_name, behind
from alerts.keys import AREA_KINDS, KeyTable
from alerts.novelty import RecentTexts
from alerts.observe import Rows
from alerts.reason import first_reason

STREET = AREA_KINDS.index("street")

NO_HISTORY = 0.5
"""Below so many callers, with a memory of 60 days, a class has no history in an area."""

NEW_WORDS = 0.38
"""A nearest neighbour less similar than this is another matter; repeats lie above .41."""

_MOST_ASKED = 4  # texts that are asked about


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
    nearest = [texts.nearest(text, rows.appeal_id) for text in words[:_MOST_ASKED]]
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
