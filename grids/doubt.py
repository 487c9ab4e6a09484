"""Which unit, when a point is not exact: what its radius reaches and what the names say."""

from collections.abc import Sequence
from dataclasses import dataclass

from grids.boundaries import LEVELS, Boundaries, Chain, Ints


@dataclass(frozen=True, slots=True)
class Reach:
    """The units of one level within a point's radius, in order of code.

    ``clear``: there is one, the point lies in it, and its border does not lie within the radius.
    """

    units: tuple[int, ...]
    clear: bool


@dataclass(frozen=True, slots=True)
class Names:
    """The units that text or columns name, with those above them.

    ``known[level]`` holds the ids of a level that has any; ``chains`` the chain of each id, by
    level of ``LEVELS``; ``borderless`` the ids of units whose polygon is not known.
    """

    known: dict[str, tuple[int, ...]]
    chains: dict[int, Chain]
    borderless: frozenset[int]

    def borderless_only(self) -> "Names":
        """Keep the units that no point can contradict, having no polygon."""
        known = {
            level: tuple(unit for unit in units if unit in self.borderless)
            for level, units in self.known.items()
        }
        return Names({k: v for k, v in known.items() if v}, self.chains, self.borderless)

    def allow(self, chain: Chain) -> bool:
        """Tell whether a unit with this chain lies in what is named (silence allows)."""
        return all(chain[LEVELS.index(level)] in (0, *units) for level, units in self.known.items())


NO_NAMES = Names({}, {}, frozenset())


@dataclass(frozen=True, slots=True)
class Choice:
    """What was decided for one appeal.

    ``units`` are ids by level of ``LEVELS``, 0 for none; ``candidates`` the ids in doubt;
    ``strayed``: the point lies out of reach of the unit that a name decided, so it has no cell.
    """

    units: tuple[int, ...]
    status: str
    how: str | None
    candidates: tuple[int, ...] = ()
    strayed: bool = False


def names_of(codes: Sequence[str], boundaries: Boundaries) -> Names:
    """Look up named units by their codes; codes that are not known on this day are left out."""
    chains = {unit: boundaries.chain(unit) for code in codes for unit in boundaries.coded(code)}
    known: dict[str, tuple[int, ...]] = {}
    for chain in list(chains.values()):
        for level, unit in zip(LEVELS, chain, strict=True):
            if unit and unit not in known.get(level, ()):
                known[level] = (*known.get(level, ()), unit)
            if unit and unit not in chains:
                chains[unit] = boundaries.chain(unit)
    shapes = boundaries.units.geometry
    borderless = {unit for unit in chains if shapes.iloc[boundaries.row(unit)] is None}
    return Names(known, chains, frozenset(borderless))


def decide_by_name(names: Names, level: str, already: Ints) -> Choice:
    """Decide where names alone speak: no point, or a point in no polygon of a level.

    Parameters
    ----------
    names
        What is named.
    level
        Level of the located appeal: what it says its place is, of :data:`geo.locate.LEVELS`.
    already
        Ids by level that the point has decided, shape (4,), 0 for none.
    """
    units = [int(one) for one in already]
    had_point = any(units)
    doubt: tuple[int, ...] = ()
    how = "point" if had_point else None
    for column in range(len(LEVELS) - 1, -1, -1):
        named = [
            unit
            for unit in names.known.get(LEVELS[column], ())
            if all(a in (0, b) or b == 0 for a, b in zip(names.chains[unit], units, strict=True))
        ]
        if units[column] or not named:
            continue
        if len(named) > 1:
            doubt += tuple(named)
            continue
        chain = names.chains[named[0]]
        if column == len(LEVELS) - 1 or not any(units[column + 1 :]):
            how = "named"
        units = [known or new for known, new in zip(units, chain, strict=True)]
    status = _status(units, doubt, names, "unlocated" if level != "point" else "outside")
    reached = max((i for i, unit in enumerate(units) if unit), default=-1)
    unknown = level in LEVELS and not doubt and reached < LEVELS.index(level)
    return Choice(tuple(units), "unlocated" if unknown and not had_point else status, how, doubt)


def decide(
    reach: Sequence[Reach | None], names: Names, is_pin: bool, boundaries: Boundaries
) -> Choice:
    """Decide for a point with a radius.

    Parameters
    ----------
    reach
        What the radius reaches at each level of ``LEVELS``; ``None``: nothing.
    names
        What is named.
    is_pin
        Whether the point is the source's own: then a name out of its reach is not followed.
    boundaries
        The units of the day.
    """
    if is_pin and not _agree(reach, names):
        names = NO_NAMES
    units = [0] * len(LEVELS)
    doubt: tuple[int, ...] = ()
    how = None
    strayed = False
    for column in range(len(LEVELS) - 1, -1, -1):
        if units[column]:
            continue
        here = reach[column] or Reach((), False)
        fits = here.units
        if names.known:
            fits = tuple(unit for unit in fits if names.allow(boundaries.chain(unit)))
        named = names.known.get(LEVELS[column], ())
        pool = tuple(unit for unit in named if unit in here.units) or named
        if len(pool) == 1:
            choice, by = pool[0], "point" if here.clear and pool == here.units else "named"
            strayed |= choice not in here.units and choice not in names.borderless
        elif here.clear and fits and not pool:
            choice, by = fits[0], "point"
        elif len(fits) == 1 and len(here.units) > 1 and not pool:
            choice, by = fits[0], "named"
        else:
            doubt += pool or fits or here.units
            continue
        chain = names.chains.get(choice) or boundaries.chain(choice)
        how = how or by
        units = [known or new for known, new in zip(units, chain, strict=True)]
    return Choice(
        tuple(units), _status(units, doubt, names, "outside", boundaries), how, doubt, strayed
    )


def _agree(reach: Sequence[Reach | None], names: Names) -> bool:
    for level, named in names.known.items():
        here = reach[LEVELS.index(level)]
        bordered = [unit for unit in named if unit not in names.borderless]
        if bordered and (here is None or not set(bordered) & set(here.units)):
            return False
    return True


def _status(
    units: Sequence[int],
    doubt: Sequence[int],
    names: Names,
    nothing: str,
    boundaries: Boundaries | None = None,
) -> str:
    """Tell the outcome: a doubt counts only where it is finer than the finest certain unit."""
    finest = max((i for i, unit in enumerate(units) if unit), default=-1)
    for unit in doubt:
        chain = names.chains.get(unit)
        if chain is None and boundaries is not None:
            chain = boundaries.chain(unit)
        if chain is not None and max(i for i, one in enumerate(chain) if one) > finest:
            return "needs_confirm"
    return "placed" if finest >= 0 else nothing
