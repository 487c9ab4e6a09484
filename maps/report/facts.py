"""The table of facts of a report: every figure in every form is read off it.

Counts by topic, place, day and outcome, each for the period and for those it is compared with.
They are sums of the same stored counts, so that reports of days add up to those of their week.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from hotspots.monthly.store import Topic
from maps.layers import SMALL_BELOW
from maps.report.alerts import Raised
from maps.report.figures import Count, Rate
from maps.report.spans import Spans

RATES: Final[Mapping[str, str]] = {
    "contacted": "响应率",
    "solved": "解决率",
    "satisfied": "满意率",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of some appeals, before 剔除 (``every``) and after (``kept``)."""

    every: Mapping[str, int]
    kept: Mapping[str, int]

    def rate(self, name: str, *, kept: bool) -> Rate:
        """Give one of 三率 (``contacted``, ``solved``, ``satisfied``)."""
        of = self.kept if kept else self.every
        return Rate(of[f"{name}_yes"], of[f"{name}_no"])

    @property
    def left_out(self) -> int:
        """Count the appeals that were 剔除."""
        return self.every["n"] - self.kept["n"]

    @property
    def routed(self) -> bool:
        """Tell whether the cases say if they were dispatched or answered at once."""
        return self.every["direct"] + self.every["dispatched"] > 0

    @property
    def rated(self) -> bool:
        """Tell whether the cases carry answers of the rating call."""
        said = (f"{name}_{answer}" for name in RATES for answer in ("yes", "no"))
        return any(self.every[name] for name in said)


@dataclass(frozen=True, slots=True, eq=False)
class Theme:
    """One class and those below it: by street and community, and by day."""

    class_code: str
    places: Mapping[str, pd.DataFrame]
    days: pd.DataFrame


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """All that a report of one period may say.

    Attributes
    ----------
    office, made_at, demo
        Who signs; moment of making, in the jurisdiction's zone; whether the data are made up.
    spans
        The period and those it is compared with; their names are columns of what follows.
    topics
        ``class_code`` and appeals of the whole city by span.
    places
        By level: ``area`` (unit id) and appeals by span, by where they lie (属地口径).
    matters
        ``area`` (street, where it lies), ``class_code``, ``n`` of a day; empty for longer periods.
    days
        ``local_day`` and ``n`` of the whole city, this period.
    silent
        By span, the days on which nothing came though a usual day has many: the source was broken.
    outcomes
        ``span``, ``left_out`` and ``grids.totals.store.OUTCOMES`` of the whole city.
    sent
        The same by ``area``, the street to which appeals were sent (派单口径).
    units
        All units that hold at the end of the period, ``grids.boundaries.COLUMNS``, WGS84.
    alerts
        Alerts that were raised in the period.
    alerts_of
        Whose alerts they are where the reader does not see all: 本辖区, 本职责; else empty.
    theme
        Of a report about one theme.
    worked_on
        Topics of the month (每月一题) that were not ended before the period began.
    """

    office: str
    made_at: datetime
    demo: bool
    spans: Spans
    topics: pd.DataFrame
    places: Mapping[str, pd.DataFrame]
    matters: pd.DataFrame
    days: pd.DataFrame
    outcomes: pd.DataFrame
    sent: pd.DataFrame
    units: gpd.GeoDataFrame
    alerts: Raised
    silent: Mapping[str, Sequence[date]] = field(default_factory=dict)
    alerts_of: str = ""
    theme: Theme | None = None
    worked_on: Sequence[Topic] = ()

    def received(self, span: str = "this") -> int | None:
        """Count the appeals taken in (受理量), None where there is no such span."""
        return int(self.topics[span].sum()) if span in self.topics.columns else None

    def placed(self, level: str) -> int:
        """Count the appeals of this period that have a place of a level."""
        return int(self.places[level]["this"].sum())

    def outcome(self, span: str = "this") -> Outcome | None:
        """Tell what became of the city's appeals, None where there is no such span."""
        if span not in self.spans.every:
            return None
        return outcome_of(self.outcomes[self.outcomes["span"] == span])

    def named(self, level: str) -> pd.DataFrame:
        """Give places with their code, name, households and figures, the busiest first.

        Every unit of the level is there, those without appeals too.
        """
        return with_units(self.places[level], self.units, level)

    def ranked_topics(self) -> pd.DataFrame:
        """Give the topics, the busiest of this period first, with their rank."""
        return ranked(self.topics, "class_code")


def outcome_of(rows: pd.DataFrame) -> Outcome:
    """Add rows with ``left_out`` and the outcomes up."""
    sums = rows.drop(columns=["span", "area", "left_out"], errors="ignore")
    kept = sums[~rows["left_out"].astype(bool)].sum()
    every = sums.sum()
    return Outcome(
        {str(name): int(n) for name, n in every.items()},
        {str(name): int(n) for name, n in kept.items()},
    )


def outcomes_by_area(rows: pd.DataFrame) -> dict[int, Outcome]:
    """Add rows with ``area``, ``left_out`` and the outcomes up by their area."""
    names = [name for name in rows.columns if name not in ("span", "area", "left_out")]
    every = rows.groupby("area")[names].sum()
    kept = rows[~rows["left_out"].astype(bool)].groupby("area")[names].sum()
    kept = kept.reindex(every.index, fill_value=0)
    return {
        int(area): Outcome(dict(zip(names, n, strict=True)), dict(zip(names, k, strict=True)))
        for area, n, k in zip(
            every.index, every.to_numpy().tolist(), kept.to_numpy().tolist(), strict=True
        )
    }


def with_units(counted: pd.DataFrame, units: gpd.GeoDataFrame, level: str) -> pd.DataFrame:
    """Give the units of a level their figures, ranked; one that is counted but gone keeps a row."""
    of_level = units.loc[units["level"] == level, ["unit_id", "code", "name", "households"]]
    joined = pd.DataFrame(of_level).rename(columns={"unit_id": "area"}).astype({"area": "int64"})
    joined = joined.merge(counted, on="area", how="outer").fillna({"code": "", "name": ""})
    spans = [name for name in counted.columns if name != "area"]
    joined[spans] = joined[spans].fillna(0).astype("int64")
    return ranked(joined, "code")


def ranked(frame: pd.DataFrame, then_by: str) -> pd.DataFrame:
    """Give rows their rank by this period, equal counts sharing one, the busiest first.

    Examples
    --------
    >>> ranked(pd.DataFrame({"c": ["a", "b", "d"], "this": [1, 4, 4]}), "c")["rank"].tolist()
    [1, 1, 3]
    """
    rank = frame["this"].rank(method="min", ascending=False).astype("int64")
    out = frame.assign(rank=rank).sort_values(["rank", then_by], kind="stable")
    return out.reset_index(drop=True)


def shown_places(frame: pd.DataFrame) -> pd.DataFrame:
    """Take from ranked places the rank of those whose counts are hidden: order would tell them.

    Examples
    --------
    >>> ranked = pd.DataFrame({"code": ["c", "b", "a"], "this": [9, 4, 2], "rank": [1, 2, 3]})
    >>> shown = shown_places(ranked)
    >>> shown["code"].tolist(), shown["rank"].isna().tolist()
    (['c', 'a', 'b'], [False, True, True])
    """
    hidden = (frame["this"] > 0) & (frame["this"] < SMALL_BELOW)
    order = frame[hidden].sort_values("code", kind="stable").assign(rank=np.nan)
    above, below = frame[frame["this"] >= SMALL_BELOW], frame[frame["this"] == 0]
    return pd.concat([above, order, below], ignore_index=True).astype({"rank": "Float64"})


def topic_name(class_code: str) -> str:
    """Write a class for a narrow column: its own name with the one above.

    Examples
    --------
    >>> topic_name("生态环境/噪声扰民/施工噪声"), topic_name("未分类")
    ('噪声扰民·施工噪声', '未分类')
    """
    return "·".join(class_code.split("/")[-2:])


def place_count(n: int) -> Count:
    """Give a count of a place, hidden where it is small."""
    return Count(n, of_place=True)
