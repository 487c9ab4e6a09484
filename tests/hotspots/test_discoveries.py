import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from hotspots.discoveries import LEVELS, confidence_bins, discoveries, two_sided

# Benjamini and Hochberg (1995), section 4.1.
PAPER = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262,
         0.5719, 0.6528, 0.759, 1.0]  # fmt: skip


def test_the_fifteen_values_of_the_paper_give_four_discoveries() -> None:
    found = discoveries(np.array([PAPER[::-1]]).T, 0.05)[::-1, 0]

    assert found.tolist() == [True] * 4 + [False] * 11


ps = hnp.arrays(
    np.float64,
    st.tuples(st.integers(1, 12), st.integers(1, 4)),
    elements=st.sampled_from([0.0, 1e-300, 0.001, 0.004, 0.01, 0.02, 0.05, 0.09, 0.3, 1.0]),
)


@given(ps, st.sampled_from([0.01, 0.05, 0.1]))
def test_discoveries_are_those_of_scipy_family_by_family(p: np.ndarray, rate: float) -> None:
    adjusted = stats.false_discovery_control(p, axis=0)

    # A value that lies at the bound itself may be rounded to either side by the other formula.
    clear = np.abs(adjusted - rate) > 1e-12
    assert (discoveries(p, rate) == (adjusted <= rate))[clear].all()


@given(hnp.arrays(np.float64, (30, 3), elements=st.floats(-6, 6)), st.booleans())
def test_bins_are_the_discoveries_of_each_level_with_the_sign_of_the_score(
    z: np.ndarray, whole: bool
) -> None:
    p = two_sided(z)
    families = p.reshape(-1, 1) if whole else p
    expected = sum(discoveries(families, level).astype(int) for level in LEVELS)
    bins = confidence_bins(z, whole=whole)

    assert (np.abs(bins) == np.asarray(expected).reshape(z.shape)).all()
    assert (np.sign(bins[bins != 0]) == np.sign(z[bins != 0])).all()


def test_a_value_that_was_not_tested_is_no_discovery() -> None:
    assert discoveries(np.array([[np.nan], [0.001]]), 0.05)[:, 0].tolist() == [False, True]
    with pytest.raises(ValueError, match="rate"):
        discoveries(np.ones((2, 1)), 5)
