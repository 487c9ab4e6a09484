"""Detector of first reports (首次反映): a matter that an area has not had before."""

from datetime import datetime

import numpy as np
import numpy.typing as npt

from alerts.baseline import WINDOWS_H, Baseline
from alerts.episode import Signal
from alerts.find import Ints, Told, area_name, behind
from alerts.keys import AREA_KINDS
from alerts.novelty import RecentTexts
from alerts.observe import Rows
from alerts.practice import NO_HISTORY, practice_words
from alerts.reason import first_reason

CORROBORATED = 2
"""Distinct callers with new words within 72 hours; one is enough where the words are sensitive."""

NEW_WORDS = 0.38
"""A nearest neighbour less similar than this is another matter; repeats lie above .41."""

_SEVERE = 3
_MOST_ASKED = 4  # texts that are asked about
_STREET, _COMMUNITY = AREA_KINDS.index("street"), AREA_KINDS.index("community")
_FINE = 3  # depth of a class of the third level


def asked_keys(baseline: Baseline, key: Ints) -> tuple[Ints, Ints]:
    """Give the keys of which a first report is asked, and those that have no history, of ``key``.

    Asked of streets, districts and the city, and of communities for severe words; of a fine class
    only.
    """
    kinds, tokens, _, _ = baseline.keys.arrays()
    depth = np.array([token.depth for token in baseline.keys.tokens])
    asked = key[(kinds[key] <= _COMMUNITY) & (depth[tokens[key]] == _FINE)]
    return asked, asked[baseline.seen[asked] < NO_HISTORY]


def find_first(
    baseline: Baseline, texts: RecentTexts, key: Ints, tick: datetime, past: Rows, told: Told
) -> list[Signal]:
    """Find first reports: no history of area and class, two callers with new words.

    One caller is enough where the words are severe by the list of sensitive terms; only then are
    communities asked. ``key`` are the keys that rose, shape (n,).
    """
    if baseline.days < told.learning_days * 3 // 2:
        return []
    number = int(past.number[-1])
    new = _worth_asking(baseline, asked_keys(baseline, key)[1], number, past, told)
    nearest: dict[int, float] = {}  # the same appeal lies in a street, a district and the city
    signals = []
    for one in new.tolist():
        rows = behind(past, baseline.keys, one, WINDOWS_H[-1])
        similarity = _corroborated(baseline.keys.kind[one], rows, texts, told, nearest)
        if similarity is not None:
            signals.append(_first(baseline, one, similarity, texts, tick, rows, number, told))
    return signals


def _worth_asking(baseline: Baseline, key: Ints, number: int, past: Rows, told: Told) -> Ints:
    """Give the keys with callers enough, and those where severe words came in this hour."""
    kind, area = np.array(baseline.keys.kind)[key], np.array(baseline.keys.area)[key]
    rows, _ = baseline.rows(number, WINDOWS_H[-1])
    callers = baseline.ring[np.ix_(rows, key)].sum(0)
    worth = (callers >= CORROBORATED) & (kind <= _STREET)
    fresh = past.hours(number, number)
    for severe, where in zip(_severe(fresh, told), fresh.area, strict=True):
        if severe:
            worth |= area == where[kind]
    return np.asarray(key[worth])


def _severe(rows: Rows, told: Told) -> list[bool]:
    return [any(h.severity >= _SEVERE for h in told.sensitive.hits(t)[:1]) for t in rows.text]


def _corroborated(
    kind: int, rows: Rows, texts: RecentTexts, told: Told, nearest: dict[int, float]
) -> float | None:
    """Give the greatest similarity of new words that suffice to tell; None where they do not."""
    _, first = np.unique(rows.caller.astype(str), return_index=True)
    asked: npt.NDArray[np.int64] = np.sort(first)[:_MOST_ASKED]
    severe = _severe(rows, told)
    new = []
    for at in asked.tolist():
        appeal = int(rows.appeal_id[at])
        if appeal not in nearest:
            nearest[appeal] = texts.nearest(rows.text[at], rows.appeal_id)
        if nearest[appeal] < NEW_WORDS:
            new.append((nearest[appeal], severe[at]))
    enough = len(new) >= CORROBORATED and kind <= _STREET
    return max(s for s, _ in new) if enough or any(grave for _, grave in new) else None


def _first(
    baseline: Baseline,
    key: int,
    similarity: float,
    texts: RecentTexts,
    tick: datetime,
    rows: Rows,
    number: int,
    told: Told,
) -> Signal:
    keys = baseline.keys
    callers = len(np.unique(rows.caller.astype(str)))
    name, code = area_name(keys, key, told), keys.tokens[keys.token[key]].code
    words = practice_words(baseline, key, rows, number, told)
    return Signal(
        tick=tick,
        kind="first",
        area_kind=AREA_KINDS[keys.kind[key]],
        area=keys.area[key],
        area_name=name,
        class_code=code,
        window_h=WINDOWS_H[-1],
        cases=len(rows),
        callers=callers,
        expected=0.0,
        score=round(1 - similarity, 3),
        newest_at=rows.newest_at(),
        reason=first_reason(name, code, callers, similarity, texts.days_kept, words),
        detail={
            "detector": "novelty 2",
            "nearest": round(similarity, 3),
            "new_below": NEW_WORDS,
            "no_history_below": NO_HISTORY,
            "seen": round(float(baseline.seen[key]), 3),
            "practice": words,
        },
        appeals=frozenset(rows.appeal_id.tolist()),
    )
