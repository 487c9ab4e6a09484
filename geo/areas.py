"""Which units a text or the columns of a row name, coarse to fine."""

from collections.abc import Iterable
from dataclasses import dataclass

from geo.names import UNIT_LEVELS, UnitNames


@dataclass(frozen=True, slots=True)
class Area:
    """What the named units come to.

    ``unit`` is the finest unit that is sure, ``others`` the units of the next finer level among
    which the words do not decide, ``conflict`` that a finer name lies outside of the coarser one.
    """

    unit: int | None = None
    others: tuple[int, ...] = ()
    conflict: bool = False


NOWHERE = Area()


def decide(names: UnitNames, groups: Iterable[tuple[int, ...]]) -> Area:
    """Find the finest unit on which all names agree.

    An explicit coarser name beats a finer one that contradicts it; a name that several units bear
    stays open between those that the coarser names allow.

    Parameters
    ----------
    groups
        For each name that was said, the numbers of the units that bear it.
    """
    groups = list(groups)
    if not groups:
        return NOWHERE
    if len(groups) == 1 and len(groups[0]) == 1:
        return Area(groups[0][0])
    by_level: dict[str, set[int]] = {level: set() for level in UNIT_LEVELS}
    for group in groups:
        for unit in group:
            by_level[names.units[unit].level].add(unit)
    sure: int | None = None
    pool: tuple[int, ...] = ()
    conflict = False
    for level in reversed(UNIT_LEVELS):
        said = sorted(by_level[level])
        if not said:
            continue
        fitting = [u for u in said if not pool or any(names.fits(u, p) for p in pool)]
        if not fitting:
            conflict = True
            continue
        pool = tuple(fitting)
        if len(fitting) == 1:
            sure = fitting[0]
        else:
            common = names.common(fitting)
            sure = common if common is not None else sure
    return Area(sure, pool if len(pool) > 1 else (), conflict)


def join(names: UnitNames, text: Area, columns: Area) -> tuple[Area, bool]:
    """Join what the text and what the columns name; the finer of two that fit, else the text.

    Returns
    -------
    area : Area
        The joint area.
    disagree : bool
        Whether the two contradict each other.
    """
    if columns.unit is None:
        return text, False
    if text.others:
        left = tuple(u for u in text.others if names.fits(u, columns.unit))
        if len(left) == 1:
            return Area(left[0], (), text.conflict), False
        if not left:
            return text, True
        common = names.common(left)
        return Area(common if common is not None else columns.unit, left, text.conflict), False
    if text.unit is None:
        return columns, False
    if not (names.fits(text.unit, columns.unit) or names.fits(columns.unit, text.unit)):
        return text, True
    finer = min(text, columns, key=lambda a: UNIT_LEVELS.index(names.units[a.unit or 0].level))
    return finer, False
