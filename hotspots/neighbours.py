"""Which places lie next to each other."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """Next to each of n places.

    Attributes
    ----------
    touching
        Ones where two places are neighbours, shape (n, n), none on the diagonal.
    degree
        Neighbours of each place, those that are not among the n too, shape (n,).
    """

    touching: sparse.csr_array
    degree: Ints

    def with_self(self) -> sparse.csr_array:
        """Give the weights of Gi*: each place and its neighbours, shape (n, n)."""
        return sparse.csr_array(self.touching + sparse.eye_array(len(self.degree)))

    def ring_mean(self, values: Floats) -> Floats:
        """Average values, shape (n,), over the ring; neighbours not listed count as zeros.

        Examples
        --------
        Three places in a line, the outer ones with one neighbour that is never listed:

        >>> line = neighbours(np.array([1, 2, 3]), lambda place: [place - 1, place + 1])
        >>> line.ring_mean(np.array([4.0, 6.0, 0.0])).tolist()
        [3.0, 2.0, 3.0]
        """
        return np.asarray(self.touching @ values / np.maximum(self.degree, 1), dtype=np.float64)


def neighbours(ids: Ints, around: Callable[[int], Iterable[int]]) -> Neighbours:
    """List the neighbours of places.

    Parameters
    ----------
    ids
        Ids of the places, shape (n,), each once.
    around
        Gives the ids next to one place (the H3 ring of a cell, say).

    Returns
    -------
    Neighbours
        In the order of ``ids``.
    """
    row_of = {int(place): row for row, place in enumerate(ids)}
    rows: list[int] = []
    columns: list[int] = []
    degree = np.zeros(len(ids), dtype=np.int64)
    for place, row in row_of.items():
        ring = {int(other) for other in around(place)} - {place}
        known = [row_of[other] for other in ring if other in row_of]
        degree[row] = len(ring)
        rows += [row] * len(known)
        columns += known
    shape = (len(ids), len(ids))
    # 32 bits of index: half the memory to walk through, and a product is as fast as its memory.
    at = np.array(rows, dtype=np.int32), np.array(columns, dtype=np.int32)
    touching = sparse.csr_array((np.ones(len(rows)), at), shape=shape)
    return Neighbours(touching, degree)
