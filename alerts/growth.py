"""How fast the classes of a town grow, each by itself and all together.

Levels look back over weeks: where a town grows they lag, and its every day looks like the start of
a wave. One class says little of its own growth; what the classes have in common says it soon.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

TOWN_SD = 0.0015
"""Usual growth a day of a whole town, either way, on the log scale: some 70 % a year."""

APART_SD = 0.002
"""By how much a class usually departs from its town a day: by a fifth from season to season."""

_BELIEVED = 3.0  # classes that weigh as much as that
_MOST = 9.0  # squared deviations: one class with a season of its own does not speak for all
_SURE = (
    3.0  # squared standard errors by which a class must depart more than chance to be an outlier
)


class Memories(NamedTuple):
    """What a slow and a fast memory tell of growth.

    ``age_d`` is the mean age in days of what the slow one holds, ``apart_d`` by how much younger
    is what the fast one holds, ``noise`` the variance of the logarithm of their ratio where one is
    counted a day and varies as chance does.
    """

    age_d: float
    apart_d: float
    noise: float


def memories(half_lives_d: tuple[float, float], days: int) -> Memories:
    """Give what a slow and a fast memory tell after so many days.

    Parameters
    ----------
    half_lives_d
        Of the slow and of the fast memory, in days.
    days
        Days that were learnt, at least two.

    Examples
    --------
    >>> [round(x, 3) for x in memories((28.0, 10.0), 1000)]
    [39.898, 25.965, 0.011]
    """
    age = np.arange(days)
    slow, fast = (0.5 ** (age / half_life) for half_life in half_lives_d)
    slow, fast = slow / slow.sum(), fast / fast.sum()
    apart = slow - fast
    return Memories(float(slow @ age), float(apart @ age), float(apart @ apart))


def growth(found: Floats, noise: Floats, depth: Ints) -> tuple[Floats, Floats]:
    """Give by how much each class grows a day, on the log scale, and its variance, shape (n,).

    Random effects (DerSimonian & Laird 1986, Controlled Clinical Trials 7:177): a class leans on
    the mean of its depth of the tree, the less the more classes were found to differ; the mean
    leans on no growth. Who departs beyond chance is believed.

    Parameters
    ----------
    found, noise
        Growth of each class by its own counts, and the variance of that, shape (n,).
    depth
        In the class tree, shape (n,).

    Examples
    --------
    Three small classes that grow alike say together what none of them could say:

    >>> alike, depth = np.full(3, 0.003), np.ones(3, np.int64)
    >>> alone, _ = growth(alike[:1], np.full(1, 0.004**2), depth[:1])
    >>> together, _ = growth(np.tile(alike, 9), np.full(27, 0.004**2), np.tile(depth, 9))
    >>> float(alone[0].round(4)), float(together[0].round(4))
    (0.0008, 0.0024)
    """
    depths = int(depth.max(initial=0)) + 1
    usual = APART_SD**2
    apart = np.full(depths, usual)
    told = (usual / (usual + noise)) ** 2
    for again in (True, False):
        weight = 1 / (apart[depth] + noise)
        certain = np.bincount(depth, weight, depths) + 1 / TOWN_SD**2
        town = (np.bincount(depth, weight * found, depths) / certain)[depth]
        off = found - town
        if again:
            square = np.minimum(off**2, _MOST * (apart[depth] + noise)) - noise
            squares = np.bincount(depth, told * square, depths) + _BELIEVED * usual
            apart = np.maximum(squares / (np.bincount(depth, told, depths) + _BELIEVED), usual / 99)
    departs = np.maximum(apart[depth], off**2 - _SURE * noise)
    own = departs / (departs + noise)
    return town + own * off, own * noise + (1 - own) ** 2 / certain[depth]
