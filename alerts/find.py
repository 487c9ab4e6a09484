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
from alerts.keys import AREA_KINDS, KeyTable
from alerts.novelty import RecentTexts
from alerts.reason import first_reason, sensitive_reason, surge_reason
from alerts.score import score_keys
from alerts.sensitive import TOLD_FROM, Hit, SensitiveWatch

Ints = npt.NDArray[np.int64]

AREA_COLUMNS = {
    "district": "district_id",
    "street": "street_id",
    "community": "community_id",
    "cell_8": "cell_8",
}
_FINEST_FIRST = ("community", "street", "district")

NO_HISTORY = 0.5
"""Below so many callers, with a memory of 60 days, a class has no history in an area."""

NEW_WORDS = 0.45
"""A nearest neighbour less similar than this is another matter."""

SAME_MATTER = 0.2
"""Two callers whose words are more similar than this report one matter."""


class Told(Protocol):
    """What the detectors need to know from outside."""

    @property
    def name_of(self) -> Callable[[str, int], str]:
        """Chinese name of an area by kind and number."""

    @property
    def bounds(self) -> Bounds:
        """Floors and the false discovery rate."""

    @property
    def learning_days(self) -> int:
        """Days of counts before anything can be told."""

    @property
    def consult(self) -> bool:
        """Whether 咨询 may raise alerts."""


def behind(past: pd.DataFrame, keys: KeyTable, key: int, window_h: int) -> pd.DataFrame:
    """Give the appeals behind a key over the last ``window_h`` hours of ``past``."""
    token = keys.tokens[keys.token[key]]
    name, area = AREA_KINDS[keys.kind[key]], keys.area[key]
    mask = (past["kind"] == "consult").to_numpy() == token.consult
    mask &= (past["number"] > past["number"].max() - window_h).to_numpy()
    if name == "subject":
        mask &= (past["subject"] == keys.subjects[area]).to_numpy()
    elif name != "city":
        mask &= (past[AREA_COLUMNS[name]] == area).fillna(False).to_numpy(np.bool_)
    if token.code:
        code = past["class_code"]
        mask &= ((code == token.code) | code.str.startswith(token.code + "/")).to_numpy()
    return past.iloc[np.flatnonzero(mask)]


def area_name(keys: KeyTable, key: int, told: Told) -> str:
    """Give the name of a key's area."""
    name, area = AREA_KINDS[keys.kind[key]], keys.area[key]
    return keys.subjects[area] if name == "subject" else told.name_of(name, area)


def find_surges(
    baseline: Baseline,
    calibration: Calibration,
    key: Ints,
    number: int,
    tick: datetime,
    past: pd.DataFrame,
    told: Told,
) -> list[Signal]:
    """Find the keys whose counts are more than level, season, class and chance explain.

    Parameters
    ----------
    baseline, calibration
        What has been learnt.
    key
        Keys that rose in this tick and may be judged, shape (n,).
    number, tick
        The hour's number and its end.
    past
        Rows of the longest window up to this hour.
    told
        Names and bounds.
    """
    keys = baseline.keys
    tokens, kinds = np.array(keys.token), np.array(keys.kind)
    deep = np.array([token.depth > 0 for token in keys.tokens])
    key = key[deep[tokens[key]]]
    if not key.size:
        return []
    scores = score_keys(baseline, key, number)
    p = calibration.calibrated(scores.score)
    plain = deep & np.array([told.consult or not token.consult for token in keys.tokens])
    monitored = np.bincount(kinds[plain[tokens]], minlength=len(AREA_KINDS))
    fires = firing(scores, p, kinds[key], monitored, told.bounds)
    signals = []
    for i in np.flatnonzero(fires).tolist():
        one, window = int(key[i]), int(scores.window[i])
        rows = behind(past, keys, one, WINDOWS_H[window])
        name = area_name(keys, one, told)
        code = keys.tokens[keys.token[one]].code
        callers, expected = int(scores.seen[i]), float(scores.expected[i])
        common = float(scores.common[i])
        signals.append(
            Signal(
                tick,
                "surge",
                AREA_KINDS[keys.kind[one]],
                keys.area[one],
                name,
                code,
                WINDOWS_H[window],
                len(rows),
                callers,
                round(expected, 3),
                round(float(p[i]), 3),
                rows["received_at"].max().to_pydatetime(),
                surge_reason(name, code, window, len(rows), callers, expected, common),
                {
                    "detector": "gamma-poisson 1",
                    "raw_score": round(float(scores.score[i]), 3),
                    "common_mode": round(common, 3),
                    "dispersion": round(float(baseline.dispersion(key[i : i + 1])[window, 0]), 3),
                    "level_per_day": round(float(baseline.levels(key[i : i + 1])[0]) * 24, 4),
                },
                frozenset(rows["appeal_id"].tolist()),
            )
        )
    return signals


def find_first(
    baseline: Baseline,
    texts: RecentTexts,
    key: Ints,
    tick: datetime,
    past: pd.DataFrame,
    told: Told,
) -> list[Signal]:
    """Find first reports (首次反映): no history of area and class, new words, a second caller.

    Asked at street level and for the finest class only. ``key`` are the keys that rose, (n,).
    """
    keys = baseline.keys
    if baseline.days < told.learning_days * 3 // 2:
        return []
    kinds, tokens = np.array(keys.kind)[key], np.array(keys.token)[key]
    depth = np.array([token.depth for token in keys.tokens])[tokens]
    asked = (kinds == AREA_KINDS.index("street")) & (depth == 3)
    asked &= baseline.seen[key] < NO_HISTORY
    signals = []
    for one in key[asked].tolist():
        rows = behind(past, keys, one, WINDOWS_H[-1])
        first = rows.drop_duplicates("caller")
        if len(first) < 2:
            continue
        words = first["text"].tolist()
        same = texts.between(words)
        np.fill_diagonal(same, 0.0)
        agreeing = np.flatnonzero(same.max(1) >= SAME_MATTER)
        if agreeing.size < 2:
            continue
        own = rows["appeal_id"].to_numpy(np.int64)
        nearest = max(texts.nearest(words[i], own) for i in agreeing.tolist()[:4])
        if nearest >= NEW_WORDS:
            continue
        name = area_name(keys, one, told)
        code = keys.tokens[keys.token[one]].code
        signals.append(
            Signal(
                tick,
                "first",
                "street",
                keys.area[one],
                name,
                code,
                WINDOWS_H[-1],
                len(rows),
                int(agreeing.size),
                0.0,
                round(1 - nearest, 3),
                rows["received_at"].max().to_pydatetime(),
                first_reason(name, code, int(agreeing.size), nearest, texts.days_kept),
                {"detector": "novelty 1", "nearest": round(nearest, 3)},
                frozenset(own.tolist()),
            )
        )
    return signals


def find_sensitive(
    fresh: pd.DataFrame,
    past: pd.DataFrame,
    number: int,
    tick: datetime,
    watch: SensitiveWatch,
    told: Told,
) -> list[Signal]:
    """Find sensitive appeals: the terms of the list in the words of this hour's rows.

    One signal a family and area (community, or the finest that is known); it counts the callers of
    the same family there over the last 24 hours.
    """
    asked = fresh if told.consult else fresh[fresh["kind"] != "consult"]
    groups: dict[tuple[str, int, str], Hit] = {}
    for text, area in zip(asked["text"], _finest(asked), strict=True):
        for hit in watch.hits(text)[:1]:
            if hit.severity >= TOLD_FROM:
                key = (*area, hit.family.key)
                groups[key] = max(groups.get(key, hit), hit, key=lambda h: h.severity)
    return [
        _sensitive(kind, area, hit, past[past["number"] > number - 24], tick, watch, told)
        for (kind, area, _), hit in sorted(groups.items(), key=lambda item: item[0])
    ]


def _sensitive(
    kind: str,
    area: int,
    hit: Hit,
    day: pd.DataFrame,
    tick: datetime,
    watch: SensitiveWatch,
    told: Told,
) -> Signal:
    if kind != "city":
        day = day[(day[AREA_COLUMNS[kind]] == area).fillna(False).to_numpy(np.bool_)]
    if not told.consult:
        day = day[day["kind"] != "consult"]
    terms: dict[str, None] = {}
    same = np.zeros(len(day), np.bool_)
    for i, text in enumerate(day["text"]):
        own = [h for h in watch.hits(text) if h.family == hit.family and h.severity >= TOLD_FROM]
        same[i] = bool(own)
        terms.update(dict.fromkeys(h.term for h in own))
    rows, words = day[same], list(terms)[:4]
    name, callers = told.name_of(kind, area), int(rows["caller"].nunique())
    return Signal(
        tick,
        "sensitive",
        kind,
        area,
        name,
        hit.family.name,
        24,
        len(rows),
        callers,
        None,
        float(hit.severity),
        rows["received_at"].max().to_pydatetime(),
        sensitive_reason(name, hit.family.name, words, callers, len(rows)),
        {
            "detector": "lexicon 1",
            "family": hit.family.key,
            "terms": words,
            "duties": list(hit.family.duties),
            "classes": sorted(set(rows["class_code"])),
        },
        frozenset(rows["appeal_id"].tolist()),
    )


def _finest(rows: pd.DataFrame) -> list[tuple[str, int]]:
    """Give the finest unit that is known of each row, the city where none is."""
    known = [("city", 0)] * len(rows)
    for kind in reversed(_FINEST_FIRST):
        column = rows[AREA_COLUMNS[kind]]
        for i in np.flatnonzero(column.notna().to_numpy()).tolist():
            known[i] = kind, int(column.iloc[i])
    return known
