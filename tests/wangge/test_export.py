"""``wangge export`` as a planner types it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyogrio
import pytest

from maps.catalogue import CATALOGUE
from maps.loss import SHAPES_LOST


def test_each_layer_of_the_catalogue_leaves_as_a_file_that_says_what_it_shows(
    run: Callable[..., Any], town: Any, tmp_path: Path
) -> None:
    run("ingest", town.appeals, "--datum", "wgs84")
    for name in CATALOGUE:
        if name.startswith("published-"):
            assert "published" in run("export", name, "-o", "a.gpkg", code=1)["error"]
            continue
        answer = run("export", name, "-o", tmp_path / f"{name}.gpkg")
        read = pyogrio.read_dataframe(answer["file"], layer=0)
        assert len(read) == answer["features"]
        assert answer["lost"] == []
    streets = pyogrio.read_info(tmp_path / "hotspots-street.gpkg", layer=0)
    assert "统计周期：" in str(streets["layer_metadata"])
    assert "口径：属地口径" in str(streets["layer_metadata"])
    assert run("export", "units-street", "-o", tmp_path / "a.xlsx")["lost"] == [
        SHAPES_LOST.on_terminal
    ]

    # A level by itself is its hot spots.
    first = run("export", "street", "-o", tmp_path / "a.geojson", "--reading", "sent")
    again = run("export", "hotspots-street", "-o", tmp_path / "b.geojson", "--reading", "sent")

    assert first["layer"] == again["layer"] == "hotspots-street"
    written = (tmp_path / "a.geojson").read_text(encoding="utf-8")
    assert "派单口径" in written
    assert written.replace('"street"', '"hotspots-street"', 1) == (
        tmp_path / "b.geojson"
    ).read_text(encoding="utf-8")


def test_a_misspelt_layer_names_the_nearest(
    run: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        run("export", "hotspot-street", "-o", "a.gpkg")
    assert "did you mean 'hotspots-street'" in capsys.readouterr().err


def test_the_cells_of_one_street_and_class_leave_as_the_screen_shows_them(
    run: Callable[..., Any], town: Any, tmp_path: Path
) -> None:
    run("ingest", town.appeals, "--datum", "wgs84")
    whole = run("export", "h3-9", "-o", tmp_path / "whole.geojson", "--category", "噪声")
    shown = pyogrio.read_dataframe(whole["file"], layer=0)
    streets = pyogrio.read_dataframe(
        run("export", "units-street", "-o", tmp_path / "streets.geojson")["file"]
    )
    street = streets.iloc[0]

    cut = run(
        "export", "h3-9", "-o", tmp_path / "cut.geojson", "--category", "噪声",
        "--within", street["code"],
    )  # fmt: skip

    mine = shown[shown.representative_point().within(street.geometry)]
    read = pyogrio.read_dataframe(cut["file"], layer=0)
    assert 0 < len(read) < len(shown)
    assert list(read["code"]) == list(mine["code"])
    assert list(read["n"].fillna(-1)) == list(mine["n"].fillna(-1))
    text = (tmp_path / "cut.geojson").read_text(encoding="utf-8")
    assert f"{street['name']}（{street['code']}）" in text
    assert "噪声" in text
    error = run("export", "h3-9", "-o", tmp_path / "b.gpkg", "--within", "000", code=1)["error"]
    assert "no unit of this code" in error
