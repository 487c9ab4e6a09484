"""The made-up city through the public commands, and the bounds that it must meet."""

import json
from pathlib import Path
from typing import Any

import pytest

from wangge.cli import main


def demo(folder: Path, capsys: pytest.CaptureFixture[str], *, days: int, seed: int) -> Any:
    typed = ["demo", "--no-serve", "--days", str(days), "--seed", str(seed), "--json"]
    assert main([*typed, "--dir", str(folder)]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.slow
def test_a_short_demo_answers_with_one_object(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    board = demo(tmp_path / "city", capsys, days=8, seed=3)

    assert {"seconds", "days", "false_per_day", "wave_alerts", "single_caller_surges"} <= set(board)
    for name in (
        *("surges", "surges_big", "clusters", "subjects"),
        *("first_time", "sensitive", "lookalikes"),
    ):
        assert set(board[name]) == {"planted", "found"}
    assert board["sensitive"]["found"] == board["sensitive"]["planted"] > 0
    assert (tmp_path / "city" / "hotspots-street.geojson").exists()


def test_a_folder_that_holds_an_installation_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", str(tmp_path)]) == 0

    assert main(["demo", "--no-serve", "--days", "3", "--dir", str(tmp_path)]) == 1
    assert "give another --dir" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_sixty_days_meet_their_bounds(
    seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    board = demo(tmp_path / "city", capsys, days=60, seed=seed)

    assert board["sensitive"]["found"] == board["sensitive"]["planted"] >= 30
    assert board["surges_big"]["found"] >= 0.8 * board["surges_big"]["planted"] > 0
    assert board["first_time"]["found"] >= 0.8 * board["first_time"]["planted"] >= 8
    assert board["lookalikes"]["found"] <= 0.05 * board["lookalikes"]["planted"]
    assert board["lookalikes"]["planted"] >= 60
    assert board["false_per_day"] <= 3
    assert board["wave_alerts"] <= 3
    assert board["single_caller_surges"] == 0
