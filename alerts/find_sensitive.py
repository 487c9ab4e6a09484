"""Detector of sensitive appeals (风险性诉求): terms of the list in the words of this hour."""

from datetime import datetime

import numpy as np
import pandas as pd

from alerts.episode import Signal
from alerts.find import Told
from alerts.keys import AREA_KINDS, CITY
from alerts.observe import NOWHERE, Rows
from alerts.reason import sensitive_reason
from alerts.sensitive import TOLD_FROM, Hit

_FINEST_FIRST = tuple(AREA_KINDS.index(name) for name in ("community", "street", "district"))
_MOST_WORDS = 4  # terms that are quoted


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
