"""The door for GIS programs, visited by GDAL in a process of its own."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.request import urlopen

import geopandas as gpd
import pytest
import shapely

from api.app import create_app
from appeals.database import open_database, upgrade_schema, writing
from grids.store import add_units
from maps.catalogue import CATALOGUE
from tests.api.conftest import NOW, planted  # noqa: F401  fixture
from tests.wangge.serving import served
from wangge.settings import Settings

N = 230
READ = """
import json, sys, pyogrio
address, asked = sys.argv[1], json.loads(sys.argv[2])
if "bbox" in asked:
    asked["bbox"] = tuple(asked["bbox"])
names = [str(name) for name, _ in pyogrio.list_layers(address)]
layer = pyogrio.read_dataframe(address, layer="units-community", **asked)
bounds = list(layer.total_bounds) if len(layer) else None
print(json.dumps([names, layer[["code", "name"]].to_dict("list"), bounds]))
"""
READ_ALL = """
import json, sys, pyogrio
address, names = sys.argv[1], json.loads(sys.argv[2])
print(json.dumps({name: len(pyogrio.read_dataframe(address, layer=name, PAGE_SIZE=3))
                  for name in names}))
"""
LONG = "朝阳街道" * 50


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A city of 230 communities at longitude 104, latitude 30, served."""
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('gis') / 'wangge.db'}")
    upgrade_schema(engine)
    west = [104 + 0.001 * number for number in range(N)]
    communities = gpd.GeoDataFrame(
        {
            "code": [f"51010400{number:04d}" for number in range(N)],
            "name": [LONG, *(f"第{number}社区" for number in range(1, N))],
            "parent": None,
            "households": [None, *range(1, N)],
            "people": None,
        },
        geometry=[shapely.box(left, 30.0, left + 0.001, 30.001) for left in west],
        crs="EPSG:4326",
    )
    with writing(engine) as connection:
        add_units(connection, communities, "community", date(1900, 1, 1))
    with served(create_app(engine, Settings())) as address:
        yield f"OAPIF:{address}ogc"
    engine.dispose()


def read(address: str, **asked: object) -> tuple[list[str], dict[str, list[str]], list[float]]:
    """The names of the layers, codes and names of the communities, and their bounds."""
    command = [sys.executable, "-c", READ, address, json.dumps(asked)]
    done = subprocess.run(command, capture_output=True, check=True, text=True, timeout=60)
    names, columns, bounds = json.loads(done.stdout)
    return names, columns, bounds


def test_every_page_is_read_with_chinese_and_codes_as_text(address: str) -> None:
    names, columns, bounds = read(address)

    assert {"units-district", "units-community", "hotspots-h3-8", "alerts"} <= set(names)
    assert len(set(columns["code"])) == N
    assert min(columns["code"]) == "510104000000"
    assert LONG in columns["name"]
    assert bounds == pytest.approx([104.0, 30.0, 104.0 + 0.001 * N, 30.001])


def test_every_layer_of_the_list_is_read_by_pages_as_the_door_counts_it(
    planted: Path,  # noqa: F811
    tmp_path: Path,
) -> None:
    shutil.copytree(planted, tmp_path / "site")
    engine = open_database(f"sqlite:///{tmp_path / 'site' / 'wangge.db'}")
    with served(create_app(engine, Settings(), clock=lambda: NOW)) as address:
        command = [
            sys.executable,
            "-c",
            READ_ALL,
            f"OAPIF:{address}ogc",
            json.dumps(list(CATALOGUE)),
        ]
        done = subprocess.run(command, capture_output=True, check=True, text=True, timeout=60)
        there = f"{address}ogc/collections/"
        counted = {
            name: json.load(urlopen(f"{there}{name}/items?limit=1"))["numberMatched"]
            for name in CATALOGUE
        }
    engine.dispose()

    assert json.loads(done.stdout) == counted
    assert sum(map(bool, counted.values())) >= 7


def test_a_box_is_asked_of_the_server(address: str) -> None:
    _, columns, _ = read(address, bbox=[104.0505, 30.0, 104.0515, 30.0005])

    assert sorted(columns["code"]) == ["510104000050", "510104000051"]


def test_a_field_is_asked_for_by_its_value(address: str) -> None:
    _, columns, _ = read(address, where="code = '510104000007'")

    assert columns["name"] == ["第7社区"]
