"""Detector of sensitive appeals (风险性诉求): terms of the list in the words of this hour."""

from datetime import date, datetime

import numpy as np
import pandas as pd

from alerts.episode import Signal
from alerts.find import Told
from alerts.keys import AREA_KINDS, CITY
from alerts.lexicon.read import Family
from alerts.observe import NOWHERE, Rows
from alerts.reason import sensitive_reason
from alerts.sensitive import TOLD_FROM, Hit, SensitiveWatch
from alerts.tail import upper_tail

_FINEST_FIRST = tuple(AREA_KINDS.index(name) for name in ("community", "street", "district"))
_MOST_WORDS = 4  # words that are quoted

LATEST = 8192
"""Appeals of the rest of the city from which the share of a family is taken."""

BEYOND_CHANCE = 3.0
"""-log10 of the chance that a place's size brings so many callers of a family that waits."""


def find_sensitive(fresh: Rows, past: Rows, tick: datetime, told: Told) -> list[Signal]:
    """Find sensitive appeals: the terms of the list in the words of this hour's rows.

    One signal a family and area (community, or the finest that is known); it counts the callers of
    the same family there over the last 24 hours. A family that waits for a size is told when so
    many callers are there in one community, more than its share of the city's appeals brings by
    chance, and at once in 重点时段, at 重点点位 and about 重点人群.
    """
    asked = fresh if told.consult else fresh.take(~fresh.consult)
    groups: dict[tuple[int, int, str], Family] = {}
    for text, area in zip(asked.text, asked.area, strict=True):
        for hit in told.sensitive.hits(text)[:1]:
            if hit.severity >= TOLD_FROM:
                kind = next((k for k in _FINEST_FIRST if area[k] != NOWHERE), CITY)
                groups[kind, int(area[kind]), hit.family.key] = hit.family
    if not groups:
        return []
    newest = past.number[-1]
    past = past if told.consult else past.take(~past.consult)
    day = past.take(past.number > newest - 24)
    found = (
        _sensitive(kind, area, family, day.take(day.area[:, kind] == area), past, tick, told)
        for (kind, area, _), family in sorted(groups.items(), key=lambda item: item[0])
    )
    return [signal for signal in found if signal is not None]


def _sensitive(
    kind: int, area: int, family: Family, day: Rows, past: Rows, tick: datetime, told: Told
) -> Signal | None:
    hits: list[Hit] = []
    same = np.zeros(len(day), np.bool_)
    raised_by: str | None = None
    for i, (text, number) in enumerate(zip(day.text, day.number.tolist(), strict=True)):
        own = [h for h in told.sensitive.hits(text) if h.family.key == family.key]
        own = [h for h in own if h.severity >= TOLD_FROM]
        if own:
            same[i] = True
            hits += own
            why = told.sensitive.focus.why(family.key, date.fromordinal(number // 24), text)
            raised_by = raised_by or why
    rows = day.take(same)
    callers = len(pd.unique(rows.caller))
    if raised_by is None and family.callers > 1:
        if kind != _FINEST_FIRST[0] or callers < family.callers:
            return None
        elsewhere = past.take(past.area[:, kind] != area)
        if _by_chance(callers, len(day) - len(rows), elsewhere, family, told.sensitive):
            return None
    words = list(dict.fromkeys(hit.words for hit in hits))[:_MOST_WORDS]
    name, severity = told.name_of(AREA_KINDS[kind], area), max(hit.severity for hit in hits)
    return Signal(
        tick=tick,
        kind="sensitive",
        area_kind=AREA_KINDS[kind],
        area=area,
        area_name=name,
        class_code=family.name,
        window_h=24,
        cases=len(rows),
        callers=callers,
        expected=None,
        score=float(severity + (raised_by is not None)),
        newest_at=rows.newest_at(),
        reason=sensitive_reason(name, family.name, words, callers, len(rows), raised_by),
        detail={
            "detector": "lexicon 2",
            "lexicon": told.sensitive.lexicon.version,
            "family": family.key,
            "severity": severity,
            "raised_by": raised_by,
            "least_callers": family.callers,
            "limit_h": family.limit_h,
            "words": words,
            "terms": sorted({hit.term for hit in hits})[:_MOST_WORDS],
            "duties": list(family.duties),
            "classes": sorted(set(rows.class_code)),
        },
        appeals=frozenset(rows.appeal_id.tolist()),
    )


def _by_chance(
    callers: int, others: int, elsewhere: Rows, family: Family, watch: SensitiveWatch
) -> bool:
    """Tell whether a place of so many other appeals may well have so many callers of a family."""
    latest = elsewhere.text[-LATEST:]
    named = sum(
        any(h.family.key == family.key and h.severity >= TOLD_FROM for h in watch.hits(text))
        for text in latest
    )
    expected = np.array([others * named / max(len(latest) - named, 1)])
    return bool(upper_tail(np.array([float(callers)]), expected, expected)[0] < BEYOND_CHANCE)
