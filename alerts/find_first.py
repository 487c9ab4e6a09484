"""Detector of first reports (首次反映): a matter that an area has not had before."""

from collections.abc import Generator
from datetime import datetime

import numpy as np
import numpy.typing as npt

from alerts.baseline import Baseline
from alerts.episode import Signal
from alerts.find import Ints, Slices, Told, area_name, behind
from alerts.keys import AREA_KINDS
from alerts.novelty import RecentTexts
from alerts.observe import NOWHERE, Rows
from alerts.practice import NO_HISTORY, practice_words
from alerts.reason import first_reason
from alerts.recent import WINDOWS_H

CORROBORATED = (3, 3, 2)
"""Distinct callers with new words within 72 hours, in the city, a district and a street; one is
enough in the finest area that is known where the words are severe."""

NEW_WORDS = 0.38
"""A nearest neighbour less similar than this is another matter; repeats lie above .41."""

_SEVERE = 3
_MOST_ASKED = 4  # texts that are asked about
_COMMUNITY = AREA_KINDS.index("community")
_FINE = 3  # depth of a class of the third level


def asked_keys(baseline: Baseline, key: Ints) -> tuple[Ints, Ints]:
    """Give the keys of which a first report is asked, and those without history, of ``key`` (n,).

    Asked of the city, districts and streets, and of communities for severe words; of a fine class
    only.
    """
    kinds, tokens, _, _ = baseline.keys.arrays()
    key = key[kinds[key] <= _COMMUNITY]
    unique, which = np.unique(tokens[key], return_inverse=True)
    depth = np.array([baseline.keys.tokens[token].depth for token in unique.tolist()], np.int64)
    asked = key[depth[which] == _FINE]
    return asked, asked[baseline.seen[asked] < NO_HISTORY]


def find_first(
    baseline: Baseline,
    texts: RecentTexts,
    key: Ints,
    tick: datetime,
    fresh: Rows,
    past: Rows,
    told: Told,
) -> Slices:
    """Find first reports: no history of area and class, and several callers with new words.

    A single appeal with severe words is a first report at once, as evidence in its sensitive alert;
    such appeals corroborate no other. ``key`` are the keys that rose, shape (n,), by the rows
    ``fresh``; ``past`` are those of the longest window.
    """
    if baseline.days < told.learning_days * 3 // 2:
        return
    number = int(past.number[-1])
    _, new = asked_keys(baseline, key)
    nearest: dict[int, float] = {}  # the same appeal lies in a street, a district and the city
    for one in _with_callers(baseline, new, number).tolist():
        rows = behind(past, baseline.keys, one, WINDOWS_H[-1])
        plain = rows.take(~_severe(rows, told))
        similar = yield from _similar_of_new(plain, texts, rows.appeal_id, nearest)
        if len(similar) >= CORROBORATED[baseline.keys.kind[one]]:
            yield [_first(baseline, one, max(similar), texts, tick, rows, number, told)]
    fresh = fresh.take(_severe(fresh, told))
    for i in range(len(fresh)):
        row = fresh.take(slice(i, i + 1))
        for one in _finest(baseline, new, row).tolist():
            similar = yield from _similar_of_new(row, texts, row.appeal_id, nearest)
            for similar_one in similar:
                yield [_first(baseline, one, similar_one, texts, tick, row, number, told)]


def _with_callers(baseline: Baseline, key: Ints, number: int) -> Ints:
    """Give the keys that have callers enough over the longest window."""
    kind = baseline.keys.arrays()[0][key]
    key, kind = key[kind < _COMMUNITY], kind[kind < _COMMUNITY]
    callers = baseline.recent.callers(key, WINDOWS_H[-1])
    return np.asarray(key[callers >= np.array(CORROBORATED)[kind]])


def _finest(baseline: Baseline, key: Ints, row: Rows) -> Ints:
    """Give the key of the finest area in which an appeal lies, where it is among these keys."""
    kind, token, _, _ = baseline.keys.arrays()
    finest = max(k for k in range(_COMMUNITY + 1) if row.area[0, k] != NOWHERE)
    key = key[(kind[key] == finest) & (token[key] == row.token[0, _FINE])]
    area = np.array([baseline.keys.area[one] for one in key.tolist()], np.int64)
    return np.asarray(key[area == row.area[0, finest]])


def _severe(rows: Rows, told: Told) -> npt.NDArray[np.bool_]:
    found = [any(h.severity >= _SEVERE for h in told.sensitive.hits(t)[:1]) for t in rows.text]
    return np.array(found, np.bool_)


def _similar_of_new(
    rows: Rows, texts: RecentTexts, without: Ints, nearest: dict[int, float]
) -> Generator[list[Signal], None, list[float]]:
    """Give, of one appeal of each caller, the similarity to older words where they are new.

    Each text that is compared with all older ones is a slice.
    """
    _, first = np.unique(rows.caller.astype(str), return_index=True)
    new = []
    for at in np.sort(first)[:_MOST_ASKED].tolist():
        appeal = int(rows.appeal_id[at])
        if appeal not in nearest:
            nearest[appeal] = texts.nearest(rows.text[at], without)
            yield []
        if nearest[appeal] < NEW_WORDS:
            new.append(nearest[appeal])
    return new


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
