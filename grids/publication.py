"""What of a month's counts may be published for planning: cells are hidden until nobody is found.

A cell is a place and a class of the first level, or a place and all classes. Places form a tree
(city, districts, streets, communities), and what lies in a place but in none of its parts is a part
too, as it can be worked out. Hidden are

1. counts of one to k-1 (*primary suppression*);
2. further ones (*secondary*), so that

   - for each small count there is another table, different in it, of which the same figures would
     have been published: no sum and difference of any number of them gives it. That table differs
     by one appeal moved along a rectangle of two places and two classes, or between two places;
   - what is left of a published count when all published counts within it are taken away is none,
     or k and more: by places, and by classes;
   - so is what is left of a place when one class of a place within it is taken away.

Source: Hundepool et al., Statistical Disclosure Control (2012), ch. 4: threshold rule, secondary
suppression in hierarchical tables; Kelly, Golden and Assad 1992 on cycles in two-way tables.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from appeals.errors import InputError

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

LEAST: Final = 5
"""k: no smaller count is published."""

ALL: Final = 0
"""Column of all classes together."""

Cell = tuple[int, int]
_FAR = 1 << 40
_NEAR = 40  # places on either side that are tried first


@dataclass(slots=True)
class _Tree:
    """Places with their rests: counts, who lies in whom, what is hidden so far."""

    n: Ints
    parent: Ints
    least: int
    children: list[list[int]] = field(init=False)
    hidden: Flags = field(init=False)
    moved: Flags = field(init=False)  # cells that differ in some witness

    def __post_init__(self) -> None:
        self.children = [[] for _ in self.parent]
        for place, above in enumerate(self.parent.tolist()):
            if above >= 0:
                self.children[above].append(place)
        self.hidden = (self.n > 0) & (self.n < self.least)
        self.moved = np.zeros_like(self.hidden)


def suppress(n: Ints, parent: Ints, least: int = LEAST) -> tuple[Flags, list[dict[Cell, int]]]:
    """Say which cells of a month are hidden.

    Parameters
    ----------
    n : (places, 1 + classes) int64
        Counts (件); the first column is the sum of the others. Place 0 is the city.
    parent : (places,) int64
        Position of the place in which each lies, before its own; -1 for the city.
    least
        Smallest count that is published.

    Returns
    -------
    hidden : (places, 1 + classes) bool
        True where a count is not published.
    witnesses : list of dict
        Tables that would have been published alike, each as its difference: cell (place, column)
        to +1 or -1. Places from ``len(parent)`` on are rests, in the order of the places.

    Raises
    ------
    InputError
        The first column is not the sum of the others, or a place holds less than its parts.

    Examples
    --------
    >>> n = np.array([[40, 25, 15], [22, 20, 2], [18, 5, 13]])
    >>> suppress(n, np.array([-1, 0, 0]))[0].astype(int).tolist()
    [[0, 0, 0], [0, 1, 1], [0, 1, 1]]
    """
    tree = _with_rests(n, parent, least)
    witnesses: list[dict[Cell, int]] = []
    if tree.n[0, ALL] < least:
        return np.ones(n.shape, np.bool_), witnesses
    waiting = tree.hidden.copy()
    while waiting.any():
        for place, column in np.argwhere(waiting).tolist():
            if not tree.moved[place, column]:
                _protect(tree, place, column, witnesses)
        waiting = _too_little_left(tree)
        tree.hidden |= waiting
    return tree.hidden[: len(n)], witnesses


def _with_rests(n: Ints, parent: Ints, least: int) -> _Tree:
    if (n[:, ALL] != n[:, 1:].sum(axis=1)).any():
        raise InputError("published: all classes together are not the sum of the classes")
    parts = np.zeros_like(n)
    np.add.at(parts, parent[1:], n[1:])
    has_parts = np.flatnonzero(np.bincount(parent[1:], minlength=len(n)))
    rests = n[has_parts] - parts[has_parts]
    if (rests < 0).any():
        raise InputError("published: a place holds less than its parts")
    return _Tree(np.vstack([n, rests]), np.concatenate([parent, has_parts]), least)


def _protect(tree: _Tree, place: int, column: int, witnesses: list[dict[Cell, int]]) -> None:
    """Hide what it takes so that a count could be another one, and note the other table."""
    change: dict[Cell, int] = {}
    found = None
    while place != 0 and (found := _cheapest(tree, place, column)) is None:
        place = int(tree.parent[place])  # all of its whole lies in it: hidden there, hidden here
    if found is None:
        _shift(tree, change, 0, (column, -1), (_cheapest_class(tree, column), 1))
    elif column == ALL:
        other, which = found
        _shift(tree, change, place, (which, -1), (ALL, -1))
        _shift(tree, change, other, (which, 1), (ALL, 1))
    else:
        other, which = found
        _shift(tree, change, place, (column, -1), (which, 1))
        _shift(tree, change, other, (column, 1), (which, -1))
    for cell in change:
        tree.hidden[cell] = tree.moved[cell] = True
    witnesses.append(change)


def _shift(tree: _Tree, change: dict[Cell, int], place: int, *steps: tuple[int, int]) -> None:
    """Change a place, and one of its parts down to the last, where there is something to take."""
    taken = [column for column, step in steps if step < 0]
    while True:
        for column, step in steps:
            change[place, column] = step
        parts = tree.children[place]
        if not parts:
            return
        columns = [column for column, _ in steps]
        able = [one for one in parts if (tree.n[one, taken] > 0).all()]
        place = min(able or parts, key=lambda one: (_cost(tree, one, columns), one))


def _cost(tree: _Tree, place: int, columns: list[int]) -> int:
    """Give how many appeals would be hidden by it."""
    return int(np.where(tree.hidden[place, columns], 0, tree.n[place, columns]).sum())


def _costs(tree: _Tree, places: list[int]) -> Ints:
    """Give the same for each cell of some places: (places, columns); what is 0 costs a little."""
    n = tree.n[places]
    return np.where(tree.hidden[places], 0, 2 * n + 1)


def _cheapest_class(tree: _Tree, column: int) -> int:
    costs = _costs(tree, [0])[0]
    costs[[ALL, column]] = _FAR
    return int(costs.argmin())


def _cheapest(tree: _Tree, place: int, column: int) -> Cell | None:
    """Give the other place and class of the exchange that hides least, ``None`` without any."""
    beside = [one for one in tree.children[int(tree.parent[place])] if one != place]
    at = int(np.searchsorted(beside, place))
    for these in (beside[max(at - _NEAR, 0) : at + _NEAR], beside):
        if these:
            costs = (_of_moves if column == ALL else _of_exchanges)(tree, place, column, these)
            row, which = np.unravel_index(costs.argmin(), costs.shape)
            if costs[row, which] < _FAR:
                return these[int(row)], int(which)
    return None


def _of_moves(tree: _Tree, place: int, _: int, beside: list[int]) -> Ints:
    """Give what it costs to move an appeal of a place to another."""
    costs = _costs(tree, beside) + _costs(tree, [place])
    costs += costs[:, [ALL]]
    costs[:, tree.n[place] == 0] = _FAR
    costs[:, ALL] = _FAR
    return costs


def _of_exchanges(tree: _Tree, place: int, column: int, beside: list[int]) -> Ints:
    """Give what it costs to exchange an appeal of one class for one of another."""
    costs = _costs(tree, beside)
    costs = costs + costs[:, [column]] + _costs(tree, [place])
    costs[tree.n[beside] == 0] = _FAR
    costs[:, [ALL, column]] = _FAR
    return costs


def _too_little_left(tree: _Tree) -> Flags:
    """Mark counts to be hidden because what is left beside them is of one to k-1 appeals."""
    found = np.zeros_like(tree.hidden)
    shown = np.where(tree.hidden, 0, tree.n)
    # By places: what published counts within a place cover of it. Parts stand after their whole,
    # rests after all places.
    covered = np.zeros_like(tree.n)
    below = np.zeros_like(tree.n)
    for place in _upwards(tree):
        covered[place] = np.where(tree.hidden[place], below[place], tree.n[place])
        if (above := int(tree.parent[place])) >= 0:
            below[above] += covered[place]
    left = tree.n - below
    has_parts = np.array([bool(parts) for parts in tree.children])
    bad = ~tree.hidden & (left > 0) & (left < tree.least) & has_parts[:, None]
    for place, column in np.argwhere(bad).tolist():
        found[_smallest_within(tree, place, column, shown)] = True
    # By classes, where all of them together are published.
    left = np.where(tree.hidden[:, 1:], tree.n[:, 1:], 0).sum(axis=1)
    for place in np.flatnonzero(~tree.hidden[:, ALL] & (left > 0) & (left < tree.least)).tolist():
        classes = np.where(shown[place, 1:] > 0, shown[place, 1:], _FAR)
        if classes.min() < _FAR:
            found[place, 1 + int(classes.argmin())] = True
    # One class of a place, out of all classes of any that holds it.
    holder = tree.parent.copy()
    while (holder >= 0).any():
        inside = np.flatnonzero(holder >= 0)
        over = shown[holder[inside], ALL][:, None] - shown[inside, 1:]
        bad = (over > 0) & (over < tree.least) & (shown[inside, 1:] > 0)
        found[inside, 1:] |= bad
        holder = np.where(holder >= 0, tree.parent[holder], -1)
    return found & ~tree.hidden


def _upwards(tree: _Tree) -> list[int]:
    """Give all places, parts before their whole."""
    order, waiting = [], [0]
    while waiting:
        order.append(waiting.pop())
        waiting += tree.children[order[-1]]
    return order[::-1]


def _smallest_within(tree: _Tree, place: int, column: int, shown: Ints) -> Cell:
    """Give the smallest of the largest published counts within a place."""
    best, waiting = (_FAR, place), list(tree.children[place])
    while waiting:
        one = waiting.pop()
        if not tree.hidden[one, column]:
            best = min(best, (int(shown[one, column]) or _FAR - 1, one))
        else:
            waiting += tree.children[one]
    return best[1], column
