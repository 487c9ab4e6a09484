"""民生指数 out of the stores: points by a written scale that anybody can work out again."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appeals.database import Connection
from appeals.errors import InputError
from hotspots.livelihood.index import index
from hotspots.livelihood.scale import PARTS, read_scale, scale_of
from maps.asking import Question
from maps.livelihood import index_of, indexed
from tests.maps.two_years import COMMUNITIES

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ASKED = Question("community", 2026, 2)
SHIPPED = Path(__file__).parents[2] / "hotspots" / "livelihood" / "scale.toml"


def test_the_index_is_the_weighted_mean_of_the_points_that_are_shown(
    two_years: Connection,
) -> None:
    text = SHIPPED.read_text(encoding="utf-8").replace("known = 0.5", "known = 0.4")
    scale = scale_of(text, "own.toml")
    answer = index_of(indexed(two_years, ASKED, scale), ASKED, scale)
    items = answer["items"]
    assert isinstance(items, list)

    assert {one["name"] for one in items} == set(COMMUNITIES)
    for one in items:
        told = [
            (part["points"], scale.parts[name].weight)
            for name, part in one["parts"].items()
            if part["points"] is not None
        ]
        assert len(told) == 3  # the cases carry no answers of the rating call
        mean = sum(points * weight for points, weight in told) / sum(w for _, w in told)
        assert one["index"][-1] == pytest.approx(mean, abs=0.1)
        assert one["known"] == pytest.approx(0.55)
    last = [one["index"][-1] for one in items]
    assert last == sorted(last)
    assert items[0]["name"] in COMMUNITIES[4:7]  # most noise
    assert answer["months"] == ["2025-12", "2026-01", "2026-02"]


def test_where_too_little_is_known_there_is_no_index(two_years: Connection) -> None:
    text = SHIPPED.read_text(encoding="utf-8").replace("known = 0.5", "known = 0.6")
    scale = scale_of(text, "own.toml")
    answer = index_of(indexed(two_years, ASKED, scale), ASKED, scale)

    assert all(one["index"] == [None] * 3 for one in answer["items"])  # type: ignore[attr-defined]
    with pytest.raises(InputError, match="level"):
        indexed(two_years, Question("grid", 2026, 2), scale)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[load]", "[laod]", "did you mean load"),
        ("weight = 0.25", "weight = -1", "load.weight must be a number"),
        ("full = 0.5\nnone = 2.0", "full = 2.0\nnone = 2.0", "load.full is load.none"),
        ("known = 0.5", "known = 2", "index.known"),
    ],
)
def test_a_wrong_scale_is_told_by_its_key(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "own.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(InputError, match=r"own\.toml") as refused:
        read_scale(path)
    assert said in str(refused.value)


@given(
    st.lists(st.floats(0, 3) | st.just(float("nan")), min_size=6, max_size=6),
    st.integers(0, 5),
    st.floats(0, 1),
)
def test_an_index_lies_in_bounds_and_rises_where_a_part_gets_better(
    values: list[float], which: int, by: float
) -> None:
    scale = read_scale(None)
    parts = {name: np.array([[value]]) for name, value in zip(PARTS, values, strict=True)}
    name = PARTS[which]
    step = by if scale.parts[name].full > scale.parts[name].none else -by
    better = parts | {name: parts[name] + step}

    one, other = (index(of, scale)[1][0, 0] for of in (parts, better))

    assert np.isnan(one) == np.isnan(other)
    if not np.isnan(one):
        assert 0 <= one <= 100
        assert other >= one - 1e-9
