"""Nobody is found in what is published: by differences, by equations, by tables that look alike."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appeals.errors import InputError
from grids.publication import ALL, LEAST, suppress

CITY = np.array([-1, 0, 0, 1, 1, 1, 2, 2, 2, 2])  # two streets of three and four communities


@st.composite
def towns(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """A tree of places with counts that add up; a part of each place's appeals is in none below."""
    parent = [-1]
    for above, parts in enumerate(draw(st.lists(st.integers(0, 4), min_size=1, max_size=4))):
        if above < len(parent):
            parent += [above] * parts
    classes = draw(st.integers(2, 4))
    size = st.integers(0, 9) | st.sampled_from([0, 0, 1, 2, 12, 30])
    own = [draw(st.lists(size, min_size=classes, max_size=classes)) for _ in parent]
    return added_up(np.array(own), np.array(parent)), np.array(parent)


def added_up(own: np.ndarray, parent: np.ndarray) -> np.ndarray:
    """Give each place what lies in its parts too, and the sum of its classes in front."""
    n = own.astype(np.int64)
    for place in range(len(parent) - 1, 0, -1):
        n[parent[place]] += n[place]
    return np.hstack([n.sum(axis=1, keepdims=True), n])


def rests(n: np.ndarray, parent: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    parts = np.zeros_like(n)
    np.add.at(parts, parent[1:], n[1:])
    whole = np.unique(parent[1:])
    return np.vstack([n, n[whole] - parts[whole]]), np.concatenate([parent, whole])


def worked_out(n: np.ndarray, parent: np.ndarray, hidden: np.ndarray) -> dict[tuple[int, int], int]:
    """Work out every count that follows from the published ones by linear algebra."""
    every, above = rests(n, parent)
    unknown = np.ones(every.shape, bool)
    unknown[: len(n)] = hidden
    cells = {(place, c): i for i, (place, c) in enumerate(np.argwhere(unknown).tolist())}
    equations = [
        [((place, ALL), -1), *(((place, c), 1) for c in range(1, n.shape[1]))]
        for place in range(len(every))
    ]
    for place in np.unique(parent[1:]).tolist():
        parts = np.flatnonzero(above == place).tolist()
        equations += [
            [((place, c), -1), *(((part, c), 1) for part in parts)] for c in range(n.shape[1])
        ]
    matrix = np.zeros((len(equations), len(cells)))
    for row, equation in enumerate(equations):
        for cell, factor in equation:
            if cell in cells:
                matrix[row, cells[cell]] += factor
    if not cells:
        return {}
    _, sizes, vectors = np.linalg.svd(matrix)
    free = vectors[np.sum(sizes > 1e-9) :]
    fixed = np.abs(free).max(axis=0, initial=0) < 1e-9
    return {cell: int(every[cell]) for cell, i in cells.items() if fixed[i]}


def differences(n: np.ndarray, parent: np.ndarray, hidden: np.ndarray) -> list[int]:
    """Take every published count from every other that holds all of it."""
    found = []
    for place in range(len(n)):
        holder = place
        while holder >= 0:
            for column in range(n.shape[1]):
                for over in {ALL, column}:
                    if not hidden[place, column] and not hidden[holder, over]:
                        found.append(int(n[holder, over] - n[place, column]))
            holder = int(parent[holder])
    return found


@settings(max_examples=120, deadline=None)
@given(towns())
def test_no_attack_finds_anybody(town: tuple[np.ndarray, np.ndarray]) -> None:
    n, parent = town

    hidden, witnesses = suppress(n, parent)

    assert not (~hidden & (n > 0) & (n < LEAST)).any()
    small = [cell for cell, count in worked_out(n, parent, hidden).items() if 0 < count < LEAST]
    assert small == []
    assert not [rest for rest in differences(n, parent, hidden) if 0 < rest < LEAST]
    _check(n, parent, hidden, witnesses)


def _check(
    n: np.ndarray,
    parent: np.ndarray,
    hidden: np.ndarray,
    witnesses: list[dict[tuple[int, int], int]],
) -> None:
    """Each witness is a table that adds up, that nobody can tell from ours, and differs in it."""
    every, above = rests(n, parent)
    for change in witnesses:
        other = every.copy()
        for cell, step in change.items():
            other[cell] += step
        assert (other >= 0).all()
        assert (other[:, ALL] == other[:, 1:].sum(axis=1)).all()
        for place in np.unique(parent[1:]):
            assert (other[place] == other[above == place].sum(axis=0)).all()
        assert (other[: len(n)] == n)[~hidden].all()


def test_an_attack_would_find_somebody_where_small_counts_alone_were_hidden() -> None:
    n = np.array([[40, 25, 15], [22, 20, 2], [18, 5, 13]])
    small = (n > 0) & (n < LEAST)

    assert worked_out(n, np.array([-1, 0, 0]), small)[1, 2] == 2
    assert 2 in differences(n, np.array([-1, 0, 0]), small)


def test_a_whole_that_lies_in_a_part_of_a_part_is_not_taken_apart_over_two_levels() -> None:
    # City 30 = street A 28 (all of it in community b) + street B 2: city less community would be B.
    parent = np.array([-1, 0, 0, 1])
    n = np.array([[30, 15, 15], [28, 14, 14], [2, 1, 1], [28, 14, 14]])

    hidden, _ = suppress(n, parent)

    assert hidden[1, ALL]
    assert hidden[2, ALL]
    assert hidden[3, ALL]
    assert not hidden[0, ALL]


def test_large_counts_are_published_and_nothing_of_a_town_without_enough() -> None:
    own = np.full((len(CITY), 2), 40)
    assert not suppress(added_up(own, CITY), CITY)[0].any()
    assert suppress(np.array([[4, 2, 2], [4, 2, 2]]), np.array([-1, 0]))[0].all()
    assert not suppress(np.array([[9, 9, 0], [0, 0, 0]]), np.array([-1, 0]))[0].any()


@pytest.mark.parametrize("seed", range(3))
def test_most_of_a_city_is_published(seed: int) -> None:
    """150 communities with 100 appeals each in 12 classes: all totals, and most of the streets."""
    random = np.random.default_rng(seed)
    parent = np.array([-1, *[0] * 10, *np.repeat(np.arange(1, 11), 15)])
    shares = random.dirichlet(np.full(12, 0.7))
    own = np.zeros((len(parent), 12), int)
    own[11:] = random.poisson(100 * shares, (150, 12))
    own[1:11] = random.poisson(20 * shares, (10, 12))
    n = added_up(own, parent)

    hidden, witnesses = suppress(n, parent)

    assert not hidden[0].any()
    assert hidden[:, ALL].mean() < 0.02
    assert hidden[1:11].mean() < 0.25
    assert hidden[11:].mean() < 0.75
    _check(n, parent, hidden, witnesses)


def test_counts_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(InputError, match="sum of the classes"):
        suppress(np.array([[9, 5, 5]]), np.array([-1]))
    with pytest.raises(InputError, match="less than its parts"):
        suppress(np.array([[9, 5, 4], [10, 6, 4]]), np.array([-1, 0]))
