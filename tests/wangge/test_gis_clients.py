"""The door for GIS programs, visited by GDAL in a process of its own."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote
from urllib.request import urlopen

import geopandas as gpd
import pytest
import shapely
import shapely.geometry

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
READ_BY_QGIS = """
import json, sys
from qgis.core import QgsApplication, QgsFeatureRequest, QgsRectangle, QgsVectorLayer
address, asked = sys.argv[1], json.loads(sys.argv[2])
application = QgsApplication([], False)
application.initQgis()
told = {}
for name, (key, value, box) in asked.items():
    where = f"url='{address}' typename='{name}' pagingEnabled='true' pageSize='3'"
    layer = QgsVectorLayer(where, name, "OAPIF")
    assert layer.isValid(), name
    wanted = QgsFeatureRequest().setFilterExpression(f"{key} = '{value}'")
    near = QgsFeatureRequest().setFilterRect(QgsRectangle(*box))
    told[name] = [sum(1 for _ in layer.getFeatures(*one)) for one in ([], [wanted], [near])]
print(json.dumps(told))
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


@pytest.fixture
def door(planted: Path, tmp_path: Path) -> Iterator[str]:  # noqa: F811
    """The address of a copy of the planted city, served."""
    shutil.copytree(planted, tmp_path / "site")
    engine = open_database(f"sqlite:///{tmp_path / 'site' / 'wangge.db'}")
    with served(create_app(engine, Settings(), clock=lambda: NOW)) as address:
        yield f"{address}ogc"
    engine.dispose()


def test_every_layer_of_the_list_is_read_by_pages_as_the_door_counts_it(door: str) -> None:
    command = [sys.executable, "-c", READ_ALL, f"OAPIF:{door}", json.dumps(list(CATALOGUE))]
    done = subprocess.run(command, capture_output=True, check=True, text=True, timeout=60)
    counted = {
        name: json.load(urlopen(f"{door}/collections/{name}/items?limit=1"))["numberMatched"]
        for name in CATALOGUE
    }

    assert json.loads(done.stdout) == counted
    assert sum(map(bool, counted.values())) >= 7


def test_a_box_is_asked_of_the_server(address: str) -> None:
    _, columns, _ = read(address, bbox=[104.0505, 30.0, 104.0515, 30.0005])

    assert sorted(columns["code"]) == ["510104000050", "510104000051"]


def test_a_field_is_asked_for_by_its_value(address: str) -> None:
    _, columns, _ = read(address, where="code = '510104000007'")

    assert columns["name"] == ["第7社区"]


@pytest.mark.slow
@pytest.mark.skipif(
    not Path("/usr/lib/python3/dist-packages/qgis/core").is_dir(),
    reason="needs QGIS (apt-get install python3-qgis)",
)
def test_qgis_counts_every_layer_by_pages_by_a_value_and_by_a_box_as_the_door_does(
    door: str, tmp_path: Path
) -> None:
    asked, counted = {}, {}
    for name, entry in CATALOGUE.items():

        def told(query: str, name: str = name) -> dict[str, Any]:
            items = f"{door}/collections/{name}/items?limit=10000&{query}"
            return cast("dict[str, Any]", json.load(urlopen(items)))

        whole = told("")["features"]
        shaped = [one for one in whole if one["geometry"]]
        if not shaped:
            continue
        value = str(shaped[0]["properties"][entry.key])
        box = shapely.geometry.shape(shaped[0]["geometry"]).bounds
        found = told(f"{entry.key}={quote(value)}"), told(f"bbox={','.join(map(str, box))}")
        asked[name] = entry.key, value, box
        counted[name] = [len(whole), *(one["numberMatched"] for one in found)]
    command = ["/usr/bin/python3", "-c", READ_BY_QGIS, door, json.dumps(asked)]
    alone = {"PATH": "/usr/bin", "HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        command, capture_output=True, check=True, text=True, timeout=60, env=alone
    )

    assert json.loads(done.stdout.splitlines()[-1]) == counted
    assert len(counted) >= 7
