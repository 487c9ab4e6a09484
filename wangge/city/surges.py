"""Planted surges on small and on large keys, and the wave over the whole city."""

import numpy as np

from wangge.city.background import DAY_EFFECT_SD, STREET_SHAPE
from wangge.city.calls import joined
from wangge.city.outline import Ints
from wangge.city.stage import CITY_CODE, Planted, Stage
from wangge.city.truth import EventKind

SMALL, LARGE = 7, 7  # in sixty days
SMALL_RATE = (0.03, 0.9)  # mean a day of a community and class
LARGE_RATE = 5.0  # least mean a day of a street and class
# Excess in standard deviations of the window. A watch over 25,000 keys that may be wrong three
# times a day needs p of about 1e-4, on a level it has learnt from three weeks.
LARGE_SD = (6.5, 8.5)
LARGE_LEAST = 15
WAVE_FOLD = (4.2, 5.4)


def plant_surges(stage: Stage, rng: np.random.Generator) -> None:
    """Plant surges: half on keys under 1 a day, half on keys over 5 a day."""
    _plant_large(stage, rng)
    _plant_small(stage, rng)


def _plant_large(stage: Stage, rng: np.random.Generator) -> None:
    streets = stage.land.communities.parent
    rate = np.zeros((len(stage.land.streets.codes), len(stage.leaves)))
    np.add.at(rate, streets, stage.rates.appeals)
    keys = np.argwhere(rate >= LARGE_RATE)
    left = stage.wanted(LARGE)
    for street, leaf in keys[rng.permutation(len(keys))].tolist() * 3:
        lasting = int(rng.integers(1, 4))
        first = stage.first_day(lasting, rng)
        mine = np.flatnonzero(streets == street)
        base = float(np.mean([stage.rates.of_day(mine, leaf, first + k) for k in range(lasting)]))
        code, area = stage.leaves[leaf].code, stage.land.streets.codes[street]
        if (
            left == 0
            or base < LARGE_RATE
            or not stage.take([area], code, first, first + lasting - 1)
        ):
            continue
        left -= 1
        # Poisson, the street's own gamma effect of each day, and the class's common one.
        spread = 1 + base / STREET_SHAPE + base * DAY_EFFECT_SD**2
        sd = float(np.sqrt(base * lasting * spread))
        n = max(LARGE_LEAST, round(rng.uniform(*LARGE_SD) * sd))
        weight = stage.rates.appeals[mine, leaf]
        community = mine[rng.choice(len(mine), size=n, p=weight / weight.sum())]
        rows = stage.extra(leaf, community, stage.times(leaf, n, first, lasting, rng), rng)
        note = f"{stage.settlement.street_names[street]}, {lasting} d, {n / sd:.1f} sd"
        stage.plant(Planted(EventKind.SURGE, (area,), code, base, note), rows)


def _plant_small(stage: Stage, rng: np.random.Generator) -> None:
    rate = stage.rates.appeals
    keys = np.argwhere((rate >= SMALL_RATE[0]) & (rate <= SMALL_RATE[1]))
    left = stage.wanted(SMALL)
    sizes = rng.permutation(np.tile([8, 10, 11, 12, 14, 16, 18], 1 + left // 7)[:left]).tolist()
    for community, leaf in keys[rng.permutation(len(keys))[:3000]].tolist():
        if left == 0:
            return
        lasting = int(rng.integers(1, 4))
        first = stage.first_day(lasting, rng)
        code, area = stage.leaves[leaf].code, stage.land.communities.codes[community]
        if not stage.take([area], code, first, first + lasting - 1):
            continue
        left -= 1
        n = sizes[left]
        where = np.full(n, community)
        rows = stage.extra(leaf, where, stage.times(leaf, n, first, lasting, rng), rng)
        if rng.random() < 0.6:  # most name one place, as a matter has a cause
            rows["place"] = np.where(rng.random(n) < 0.75, rows["place"].iloc[0], rows["place"])
        base = stage.rates.of_day(np.array([community]), leaf, first)
        note = f"{stage.settlement.community_names[community]}, {lasting} d"
        stage.plant(Planted(EventKind.SURGE, (area,), code, base, note), rows)


def plant_wave(stage: Stage, rng: np.random.Generator) -> None:
    """Plant the wave: one class of level 2 rises in every community over two days."""
    cold = [k for k, leaf in enumerate(stage.leaves) if "/供热服务/" in leaf.code]
    power = [k for k, leaf in enumerate(stage.leaves) if "/供电服务/" in leaf.code]
    first = stage.first_day(2, rng)
    cold_rate = sum(float(stage.rates.factor[k, first]) for k in cold) / len(cold)
    leaves = cold if cold_rate > 1.5 else power
    upper = stage.leaves[leaves[0]].upper
    while not stage.take([CITY_CODE], upper, first, first + 1):
        first = stage.first_day(2, rng)
    fold = float(rng.uniform(*WAVE_FOLD))
    parts = []
    everyone: Ints = np.arange(len(stage.land.communities.codes))
    base = 0.0
    for leaf in leaves:
        for day in (first, first + 1):
            mean = stage.rates.appeals[:, leaf] * stage.rates.factor[leaf, day]
            base += float(mean.sum()) / 2
            community = np.repeat(everyone, rng.poisson((fold - 1) * mean))
            second = stage.times(leaf, len(community), day, 1, rng)
            parts.append(stage.extra(leaf, community, second, rng))
    note = f"the whole city, 2 d, {fold:.1f} times"
    stage.plant(Planted(EventKind.WAVE, (CITY_CODE,), upper, base, note), joined(parts))
