"""The dispersion of keys that show next to nothing is that of all of them together."""

import numpy as np
import pytest

from alerts.usual import dispersion, usual_dispersion


def test_sparse_keys_lean_on_each_other_and_not_on_a_dense_one_of_their_class() -> None:
    # A thousand keys that expect three callers, of spread 1.5, and one of a thousand, of spread 4.
    mean = np.array([*[3.0] * 1000, 1000.0])
    squares = mean * np.array([*[1.5] * 1000, 4.0])
    spread = np.array([[squares, mean]] * 2)
    kind, token = np.zeros(1001, np.int64), np.zeros(1001, np.int64)

    pooled = usual_dispersion(spread, kind, token, (1, 1))

    assert pooled[0, 0, 0] == pytest.approx(1.5, abs=0.1)  # by callers alone it would be 2.1
    own = dispersion(spread, pooled[:, 0, token], mean / 60)
    assert own[0, 0] == pytest.approx(1.5, abs=0.1)
    assert 2.0 < own[0, -1] < 4.0


def test_a_class_that_nobody_has_called_about_leans_on_the_other_classes() -> None:
    mean = np.full(2000, 3.0)
    mean[1000:] = 0.0
    spread = np.array([[2.0 * mean, mean]] * 2)
    token = np.repeat([0, 1], 1000)

    pooled = usual_dispersion(spread, np.zeros(2000, np.int64), token, (1, 2))

    assert pooled[0, 0, 1] == pytest.approx(2.0, abs=0.15)


def test_no_dispersion_is_below_that_of_chance() -> None:
    spread = np.array([[np.full(9, 1.0), np.full(9, 1000.0)]] * 2)
    zero = np.zeros(9, np.int64)

    assert usual_dispersion(spread, zero, zero, (1, 1)).min() == 1.0
