"""Files as offices write and mislabel them: read as they are written, marked where they lie."""

import csv
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from geo.datums import from_wgs84
from tests.wangge.conftest import SOUTH, STEP, WEST, feature, square, write_layer
from wangge.cli import main

Run = Callable[..., dict[str, Any]]
HEADERS = ("工单编号", "受理时间", "诉求地址", "社区", "经度", "纬度")
LOCAL = "+proj=tmerc +lat_0=30 +lon_0=111.02 +k=1 +x_0=50000 +y_0=30000 +ellps=GRS80 +units=m"


def true_points(n: int, seed: int = 3) -> list[tuple[float, float]]:
    chance = random.Random(seed)
    return [
        (WEST + chance.random() * 4 * STEP, SOUTH + chance.random() * 2 * STEP) for _ in range(n)
    ]


def written(points: Sequence[tuple[float, float]], datum: str) -> list[tuple[float, float]]:
    table = np.array(points, dtype=np.float64)
    x, y = from_wgs84(table[:, 0], table[:, 1], datum)
    return list(zip(x.tolist(), y.tolist(), strict=True))


def community_of(lon: float, lat: float) -> str:
    column, row = int((lon - WEST) / STEP), int((lat - SOUTH) / STEP)
    return f"第{column * 2 + row + 1}社区"


def appeals(
    path: Path, points: Sequence[tuple[float, float]], cells: Sequence[tuple[object, object]]
) -> Path:
    """Write one appeal a point; ``cells`` are its coordinates as the office writes them."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        lines = csv.writer(stream)
        lines.writerow(HEADERS)
        for number, ((lon, lat), (x, y)) in enumerate(zip(points, cells, strict=True)):
            address = f"样板路{number + 1}号"
            row = (f"D{number:04d}", "2026-03-02 08:00", address, community_of(lon, lat), x, y)
            lines.writerow(row)
    return path


def places(path: Path, names: Sequence[str], points: Sequence[tuple[float, float]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        lines = csv.writer(stream)
        lines.writerow(("名称", "经度", "纬度"))
        lines.writerows((name, x, y) for name, (x, y) in zip(names, points, strict=True))
    return path


def test_gcj02_declared_as_wgs84_is_marked_and_told_until_it_is_declared_right(
    run: Run, tmp_path: Path
) -> None:
    points = true_points(300)
    file = appeals(tmp_path / "a.csv", points, written(points, "gcj02"))
    words = ("ingest", file, "--source", "hotline", "--datum")

    wrong = run(*words, "wgs84")
    doctor = run("doctor", code=1)
    right = run(*words, "gcj02")

    suspect = wrong["datum_suspect"]
    assert (suspect["declared"], suspect["looks_like"]) == ("wgs84", "gcj02")
    (witness,) = suspect["witnesses"]
    assert (witness["kind"], witness["n"]) == ("inside", 300)
    assert witness["figures"]["gcj02"]["share"] > 0.99 > witness["figures"]["wgs84"]["share"]
    assert wrong["accepted"] == 300  # stored and shown, neither refused nor converted
    told = next(one for one in doctor["checks"] if one["check"] == "datums")
    assert "appeals of hotline: the datum is declared as wgs84 but looks like gcj02" in told["says"]
    assert right["updated"] == 300
    assert right["datum_suspect"] is None
    assert right["datum_check"]["state"] == "agrees"
    told = next(one for one in run("doctor")["checks"] if one["check"] == "datums")
    assert told["well"]


def test_a_reader_is_told_in_plain_words(
    site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    points = true_points(200)
    swapped = [(y, x) for x, y in written(points, "bd09")]
    file = appeals(tmp_path / "a.csv", points, swapped)

    assert (
        main(["--config", str(site / "wangge.toml"), "ingest", str(file), "--datum", "gcj02"]) == 0
    )

    out = capsys.readouterr().out
    assert "coordinates are read as swapped" in out
    assert "SUSPECT: the datum is declared as gcj02 but looks like bd09; inside (n = 200)" in out


@pytest.mark.parametrize(
    ("datum", "write", "notation"),
    [
        ("wgs84", lambda x, y: (y, x), "swapped"),
        ("gcj02", lambda x, y: (round(x * 1e6), round(y * 1e6)), "degrees × 1000000"),
        ("bd09", lambda x, y: (f"东经{x}度", f"{y}N"), "as declared"),
    ],
)
def test_a_column_is_read_as_it_is_written(
    run: Run, tmp_path: Path, datum: str, write: Callable[..., tuple[object, object]], notation: str
) -> None:
    points = true_points(120)
    cells = [write(x, y) for x, y in written(points, datum)]
    report = run("ingest", appeals(tmp_path / "a.csv", points, cells), "--datum", datum)

    assert (report["accepted"], report["rejected"]) == (120, 0)
    assert report["notation"] == notation
    assert report["datum_check"]["state"] == "agrees"
    assert report["placed"] == {"community": 120}


@pytest.mark.parametrize(
    ("declared", "written_as", "notation"),
    [
        ("cgcs2000", "EPSG:4525", "Gauss-Krüger metres with the number of the zone"),
        ("EPSG:4546", "EPSG:4525", "metres with the number of the zone"),
        ("EPSG:4525", "EPSG:4546", "metres without the number of the zone"),
        ("wgs84", "EPSG:3857", "metres of Web Mercator"),
        (LOCAL, LOCAL, "as declared"),
        ("EPSG:2435 +towgs84=1,2,3", "EPSG:2435 +towgs84=1,2,3", "as declared"),
    ],
)
def test_metres_are_read_by_their_zone_or_their_parameters(
    run: Run, tmp_path: Path, declared: str, written_as: str, notation: str
) -> None:
    points = true_points(120)
    file = appeals(tmp_path / "a.csv", points, written(points, written_as))

    report = run("ingest", file, "--datum", declared)

    assert (report["accepted"], report["notation"]) == (120, notation)
    assert report["datum_check"]["state"] == "agrees"
    assert report["placed"] == {"community": 120}
    assert "lat_0" not in str(report)


def test_beijing_54_without_parameters_is_refused_whole(run: Run, tmp_path: Path) -> None:
    points = true_points(3)
    file = appeals(tmp_path / "a.csv", points, points)

    refusal = run("ingest", file, "--datum", "EPSG:2435", code=1)

    assert "stands on Beijing 1954, whose shift to WGS84 is not public" in refusal["error"]


def test_parameters_may_stand_in_the_settings_of_a_source(
    run: Run, site: Path, tmp_path: Path
) -> None:
    config = site / "wangge.toml"
    line = f'local = "{LOCAL}"\n'
    config.write_text(config.read_text(encoding="utf-8") + line, encoding="utf-8")
    points = true_points(60)
    file = appeals(tmp_path / "a.csv", points, written(points, LOCAL))

    assert run("ingest", file, "--source", "local")["datum_check"]["state"] == "agrees"


def test_a_single_row_tells_nothing_of_its_column_but_a_mapping_may(
    run: Run, tmp_path: Path
) -> None:
    file = appeals(tmp_path / "a.csv", [(111.005, 30.005)], [(111_005_000, 30_005_000)])
    mapping = tmp_path / "m.toml"
    mapping.write_text('datum = "wgs84"\nnotation = "millionths"\n', encoding="utf-8")

    alone = run("ingest", file, "--datum", "wgs84", "--dry-run")
    said = run("ingest", file, "--mapping", mapping)

    assert (alone["rejected"], alone["accepted"]) == (1, 0)
    assert (said["accepted"], said["placed"]) == (1, {"community": 1})


def test_single_oddities_are_rejects_or_keep_their_words(run: Run, tmp_path: Path) -> None:
    points = [(111.005, 30.005)] * 30
    cells: list[tuple[object, object]] = list(points)
    cells[0] = (39.9045, 116.4075)  # latitude and longitude swapped
    cells[1] = (0, 0)
    cells[2] = (-1, -1)
    cells[3] = (111.005, "")
    cells[4] = (111.005, 95)
    file = appeals(tmp_path / "a.csv", points, cells)

    report = run("ingest", file, "--datum", "wgs84")

    rejects = Path(report["rejects_file"]).read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[:2] for line in rejects[1:]] == [
        ["1", "lat"],
        ["4", "lat"],
        ["5", "lat"],
    ]
    assert "latitude out of range" in rejects[1]
    assert "look swapped" in rejects[1]
    assert report["accepted"] == 27
    assert report["unread"] == {"lon": 2, "lat": 2}  # and these are found by their words
    assert report["located"]["point"] == 25


def test_a_gazetteer_is_held_against_the_places_that_are_there(run: Run, tmp_path: Path) -> None:
    points = true_points(40)
    names = [f"样板{number}号花园" for number in range(40)]
    first = places(tmp_path / "first.csv", names, points)
    other = places(tmp_path / "other.csv", names, written(points, "bd09"))

    begun = run("gazetteer", "import", first, "--datum", "wgs84")
    wrong = run("gazetteer", "import", other, "--datum", "wgs84")
    right = run("gazetteer", "import", other, "--datum", "bd09")

    assert begun["datum_check"]["state"] == "unknown"
    assert wrong["datum_suspect"]["looks_like"] == "bd09"
    assert wrong["datum_suspect"]["witnesses"][0]["kind"] == "named"
    assert wrong["added"] == 40
    # The wrong ones are there now, too: a name of two places is asked no more.
    assert right["datum_check"]["state"] in ("agrees", "unknown", "divided")


def test_a_layer_is_held_against_the_borders_that_are_there(run: Run, tmp_path: Path) -> None:
    def ring(column: int, row: int) -> list[list[list[float]]]:
        corners = [tuple(corner) for corner in square(column, row, 1)[0]]
        dense = shapely.segmentize(shapely.Polygon(corners), 0.002)
        inner = [(lon, lat) for lon, lat in shapely.get_coordinates(dense).tolist()]
        return [[list(one) for one in written(inner, "gcj02")]]

    grids = [
        feature(
            ring(column, row),
            name=f"网格{column}{row}",
            code=f"99010100{column // 2 + 1}{column * 2 + row + 1:03d}001",
        )
        for column in range(4)
        for row in range(2)
    ]
    layer = write_layer(tmp_path / "grids.geojson", grids)
    words = ("units", "import", layer, "--level", "grid", "--code", "code", "--name", "name")

    wrong = run(*words, "--datum", "wgs84")
    right = run(*words, "--datum", "gcj02")

    assert wrong["datum_suspect"]["looks_like"] == "gcj02"
    assert wrong["new"] == 8
    assert right["datum_check"]["state"] == "agrees"
