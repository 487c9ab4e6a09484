"""A small made-up town as the files that a user would bring, and an installation that has them."""

import csv
import json
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from appeals.database import Engine
from tests.wangge.three_weeks import DAYS, TREE, ingest, rows_of, write
from wangge.cli import main
from wangge.settings import Settings
from wangge.site import open_site

WEST, SOUTH, STEP = 111.0, 30.0, 0.01
HEADERS = [
    "工单编号",
    "受理时间",
    "诉求类型",
    "问题分类一级",
    "问题分类二级",
    "诉求内容",
    "诉求地址",
    "经度",
    "纬度",
    "街道",
    "承办单位",
    "联系人",
    "来电号码",
    "证件号码",
]
CLASSES = [("噪声", "施工噪声"), ("物业", "停车管理"), ("市容环卫", "垃圾清运")]


@dataclass(frozen=True)
class Planted:
    """What nobody may find outside the sealed table."""

    name: str = "欧阳惠兰"
    phone: str = "13987654321"
    id_number: str = "110101199003077918"
    door: str = "3单元1202室"


def square(column: int, row: int, size: int) -> list[list[list[float]]]:
    west, south = WEST + column * STEP, SOUTH + row * STEP
    east, north = west + size * STEP, south + size * STEP
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


def feature(ring: list[list[list[float]]], **properties: str) -> dict[str, object]:
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Polygon", "coordinates": ring},
    }


def write_layer(path: Path, features: Sequence[dict[str, object]]) -> Path:
    collection = {"type": "FeatureCollection", "features": list(features)}
    path.write_text(json.dumps(collection, ensure_ascii=False), encoding="utf-8")
    return path


@dataclass(frozen=True)
class Town:
    folder: Path
    streets: Path
    communities: Path
    appeals: Path
    rows: int
    broken: int
    planted: Planted


def write_appeals(path: Path, rows: int, planted: Planted, minutes: float = 11) -> None:
    chance = random.Random(11)
    start = datetime(2026, 3, 2, 8, 0)  # noqa: DTZ001  # as an office's export writes it
    with path.open("w", encoding="utf-8", newline="") as stream:
        lines = csv.writer(stream)
        lines.writerow(HEADERS)
        for number in range(rows):
            first, second = CLASSES[number % 3]
            lon = f"{WEST + chance.random() * 4 * STEP:.6f}"
            lat = f"{SOUTH + chance.random() * 2 * STEP:.6f}"
            if number % 10 == 7:
                lon = lat = ""
            moment = start + timedelta(minutes=minutes * number)
            words = f"第{number}件，{first}问题反复出现，请处理。"
            phone, name, id_number, door = f"1380000{number % 400:04d}", "王某某", "", ""
            if number % 25 == 3 or number % 50 == 49:
                name, phone, id_number = planted.name, planted.phone, planted.id_number
                door = planted.door
                words += f"我叫{name}，电话{phone}，身份证{id_number}，住{door}。"
            lines.writerow(
                (
                    f"T{number:05d}",
                    "不是时间" if number % 50 == 49 else f"{moment:%Y-%m-%d %H:%M:%S}",
                    "投诉", first, second, words, f"样板路{number % 30 + 1}号{door}",
                    lon, lat, "甲街道" if number % 2 else "乙街道", "甲街道",
                    name, phone, id_number,
                )
            )  # fmt: skip


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    folder = tmp_path_factory.mktemp("town")
    streets = [
        feature(square(0, 0, 2), name="甲街道", code="990101001"),
        feature(square(2, 0, 2), name="乙街道", code="990101002"),
    ]
    communities = [
        feature(
            square(column, row, 1),
            name=f"第{column * 2 + row + 1}社区",
            code=f"99010100{column // 2 + 1}{column * 2 + row + 1:03d}",
            street="甲街道" if column < 2 else "乙街道",
        )
        for column in range(4)
        for row in range(2)
    ]
    planted, rows = Planted(), 500
    write_appeals(folder / "appeals.csv", rows, planted)
    write_appeals(folder / "many.csv", 4_200, planted, minutes=0.1)  # three batches of one day
    return Town(
        folder,
        write_layer(folder / "streets.geojson", streets),
        write_layer(folder / "communities.geojson", communities),
        folder / "appeals.csv",
        rows,
        rows // 50,
        planted,
    )


Run = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def empty_site(tmp_path_factory: pytest.TempPathFactory, town: Town) -> Path:
    """An installation with the town's units and no appeals."""
    folder = tmp_path_factory.mktemp("site")
    assert main(["init", str(folder)]) == 0
    config = ["--config", str(folder / "wangge.toml")]
    street = ["--level", "street", "--code", "code", "--name", "name", "--datum", "wgs84"]
    assert main([*config, "units", "import", str(town.streets), *street]) == 0
    community = ["--level", "community", "--code", "code", "--name", "name", "--parent", "street"]
    layer = str(town.communities)
    assert main([*config, "units", "import", layer, *community, "--datum", "wgs84"]) == 0
    return folder


@pytest.fixture
def site(empty_site: Path, tmp_path: Path) -> Path:
    """A copy of it, to be written to."""
    shutil.copytree(empty_site, tmp_path / "site")
    return tmp_path / "site"


@pytest.fixture
def run(site: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run one command with ``--json`` and give its answer; ``code`` is the exit it must have."""

    def call(*arguments: object, code: int = 0) -> dict[str, object]:
        capsys.readouterr()
        words = [str(argument) for argument in arguments]
        found = main(["--config", str(site / "wangge.toml"), *words, "--json"])
        out, err = capsys.readouterr()
        assert found == code, err
        answer: dict[str, object] = orjson.loads(out)
        return answer

    return call


@pytest.fixture
def engine_of() -> Iterator[Callable[[Path], tuple[Engine, Settings]]]:
    opened = []

    def opener(site: Path) -> tuple[Engine, Settings]:
        found = open_site(site / "wangge.toml")
        opened.append(found.engine)
        return found.engine, found.settings

    yield opener
    for engine in opened:
        engine.dispose()


@pytest.fixture(scope="session")
def walked(empty_site: Path, town: Town, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation that took the town's appeals in."""
    site = tmp_path_factory.mktemp("walked") / "site"
    shutil.copytree(empty_site, site)
    config = ["--config", str(site / "wangge.toml")]
    assert main([*config, "ingest", str(town.appeals), "--datum", "wgs84", "--json"]) == 0
    return site


@pytest.fixture(scope="session")
def with_tree(empty_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation whose classes are known, so that none of them is learning."""
    folder = tmp_path_factory.mktemp("tree")
    shutil.copytree(empty_site, folder / "site")
    (folder / "tree.csv").write_text(TREE, encoding="utf-8")
    config = ["--config", str(folder / "site" / "wangge.toml")]
    assert main([*config, "classes", "import", str(folder / "tree.csv")]) == 0
    return folder / "site"


@pytest.fixture(scope="session")
def watched(with_tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation that took three weeks in one file."""
    folder = tmp_path_factory.mktemp("watched")
    site = folder / "site"
    shutil.copytree(with_tree, site)
    ingest(site, write(folder / "all.csv", rows_of(range(DAYS))))
    return site
