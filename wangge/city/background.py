"""The normal run of things: who calls about what, where and when, before anything is planted."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from scipy.signal import lfilter

from wangge.city.calls import CONSULT, Callers, calls, joined
from wangge.city.classes import Leaf
from wangge.city.land import Land
from wangge.city.outline import Floats, Ints
from wangge.city.rhythm import day_factors, seconds_of_day
from wangge.city.settlement import COMPOUND, PLATE, SHOP, SPOT, Settlement

DAY_EFFECT_SD = 0.14  # of a class of level 2, the whole city alike, from day to day
STREET_SHAPE = 36.0  # gamma shape of street x class x day: over-dispersion
AGAIN_SHARE = 0.06  # calls that are followed by more calls of the same person
# Kinds of place by what a class is about, and the cumulated shares of all but the last.
_KIND_OF_PLACE = {
    "小区": ((COMPOUND, PLATE, SPOT), (0.76, 0.95)),
    "道路": ((PLATE, SPOT, COMPOUND), (0.55, 0.85)),
    "店铺": ((SHOP, PLATE), (0.85,)),
}


@dataclass(frozen=True, slots=True)
class Rates:
    """Mean appeals a day.

    ``appeals`` and ``consults`` are per community and class of level 3 (shape (communities,
    leaves)), without and with the kind 咨询; ``factor`` is the common course per class and day
    (shape (leaves, days)): day of the week, holidays, season, drift.
    """

    appeals: Floats
    consults: Floats
    factor: Floats

    def of_day(self, communities: Ints, leaf: int, day: int) -> float:
        """Give what these communities (shape (n,)) see of a class on a day, without 咨询."""
        return float(self.appeals[communities, leaf].sum() * self.factor[leaf, day])


def make_rates(
    leaves: tuple[Leaf, ...],
    land: Land,
    settlement: Settlement,
    start: date,
    days: int,
    rng: np.random.Generator,
) -> Rates:
    """Draw the rates: each street and each community has its own leanings."""
    streets = land.communities.parent
    shape = (len(land.streets.codes), len(leaves))
    leaning = rng.gamma(6.0, 1 / 6.0, shape)[streets] * rng.gamma(
        5.0, 1 / 5.0, (len(streets), len(leaves))
    )
    share = settlement.weight[:, None] * leaning
    share /= share.sum(axis=0)
    again = 1 / (1 + 1.5 * AGAIN_SHARE)
    appeals = share * np.array([leaf.per_day for leaf in leaves]) * again
    consults = share * np.array([leaf.consult_per_day for leaf in leaves])
    course = {leaf.rhythm: day_factors(leaf.rhythm, start, days) for leaf in leaves}
    t = np.arange(days) / 60.0
    drift = rng.normal(0, 0.15, len(leaves))
    phase = rng.uniform(0, 2 * np.pi, len(leaves))
    cold = np.array(
        [(start + pd.Timedelta(days=k)).month in (11, 12, 1, 2, 3) for k in range(days)]
    )
    factor = np.empty((len(leaves), days))
    for k, leaf in enumerate(leaves):
        slow = np.exp(drift[k] * (t - 0.5)) * (1 + 0.06 * np.sin(np.pi * t + phase[k]))
        heating = np.where(cold, 2.5, 0.3) if "/供热服务/" in leaf.code else 1.0
        factor[k] = course[leaf.rhythm] * slow * heating
    return Rates(appeals, consults, factor)


def run_of_things(
    leaves: tuple[Leaf, ...],
    land: Land,
    settlement: Settlement,
    rates: Rates,
    callers: Callers,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Draw all calls that nobody planted, in the order of time."""
    days = rates.factor.shape[1]
    uppers = sorted({leaf.upper for leaf in leaves})
    upper = np.array([uppers.index(leaf.upper) for leaf in leaves])
    steps = rng.normal(0, DAY_EFFECT_SD * np.sqrt(1 - 0.5**2), (len(uppers), days))
    common = np.exp(lfilter([1.0], [1.0, -0.5], steps, axis=1))[upper]  # AR(1)
    streets = land.communities.parent
    own = rng.gamma(STREET_SHAPE, 1 / STREET_SHAPE, (streets.max() + 1, len(leaves), days))
    course = rates.factor * common
    parts = []
    for mean, consult in ((rates.appeals, False), (rates.consults, True)):
        counts = rng.poisson(mean[:, :, None] * course[None] * own[streets])
        community, leaf, day = (np.repeat(where, counts[counts > 0]) for where in counts.nonzero())
        parts.append(_details(leaves, settlement, community, leaf, day, consult, rng))
        parts[-1]["caller"] = callers.anyone(community)
    parts.append(_calls_again(parts[0], days, rng))
    return joined(parts)


def _details(
    leaves: tuple[Leaf, ...],
    settlement: Settlement,
    community: Ints,
    leaf: Ints,
    day: Ints,
    consult: bool,
    rng: np.random.Generator,
) -> pd.DataFrame:
    second = np.empty(len(leaf), dtype=np.int64)
    kind = np.full(len(leaf), CONSULT)
    rhythm = np.array([one.rhythm for one in leaves])[leaf]
    for name in np.unique(rhythm):
        mine = rhythm == name
        second[mine] = seconds_of_day(str(name), int(mine.sum()), rng)
    if not consult:
        kind = draw_kinds(leaves, leaf, rng)
    place = draw_places(leaves, settlement, community, leaf, rng)
    return calls(len(leaf), second=day * 86_400 + second, leaf=leaf, kind=kind, place=place)


def draw_kinds(leaves: tuple[Leaf, ...], leaf: Ints, rng: np.random.Generator) -> Ints:
    """Draw the kind of each call by its class ``leaf`` (shape (n,)), never 咨询."""
    upto = np.cumsum([one.shares for one in leaves], axis=1)[leaf]
    return np.asarray(1 + (rng.random(len(leaf))[:, None] >= upto[:, :-1]).sum(axis=1))


def draw_places(
    leaves: tuple[Leaf, ...],
    settlement: Settlement,
    community: Ints,
    leaf: Ints,
    rng: np.random.Generator,
) -> Ints:
    """Draw a place for each call, given its community and class (shape (n,) both).

    Some places are named more than others.
    """
    first, second = rng.random(len(leaf)), rng.random(len(leaf)) ** 1.5
    chosen = np.empty(len(leaf), dtype=np.int64)
    for row, (where, what, u, v) in enumerate(zip(community, leaf, first, second, strict=True)):
        kinds, upto = _KIND_OF_PLACE[leaves[what].place]
        kind = kinds[bisect_right(upto, u)]
        some = settlement.by_community[where][kind]
        chosen[row] = some[int(v * len(some))]
    return chosen


def _calls_again(first: pd.DataFrame, days: int, rng: np.random.Generator) -> pd.DataFrame:
    """Let some callers call again about the same matter, once or twice, within five days."""
    some = first[rng.random(len(first)) < AGAIN_SHARE]
    again = some.loc[some.index.repeat(rng.integers(1, 3, len(some)))].copy()
    again["again"] = again.groupby(level=0).cumcount() + 1
    wait = rng.uniform(0.25, 2.5, len(again)) * again["again"]
    again["second"] = again["second"] + (wait * 86_400).astype(np.int64)
    hour = again["second"] % 86_400 // 3600
    return again[(again["second"] < days * 86_400) & (hour >= 6)]
