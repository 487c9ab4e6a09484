"""Base maps as a browser draws them: under the data, with source and number, from our host."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from playwright.sync_api import Browser, Page

from api.app import create_app
from appeals.database import open_database
from maps.basemaps import Base, check_base
from tests.api.conftest import NOW
from tests.maps.conftest import chromium  # noqa: F401  fixture
from tests.maps.test_basemaps import service  # noqa: F401  fixture
from tests.patience import PATIENCE_MS
from tests.wangge.serving import served
from wangge.settings import Jurisdiction, Settings

pytestmark = pytest.mark.browser

BOX = (110.99, 29.99, 111.05, 30.03)

# How many pixels of the canvases of the base are not white.
INKED = """() => Array.from(document.querySelectorAll('.leaflet-base-pane canvas')).reduce(
(n, c) => {
  const data = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
  for (let i = 0; i < data.length; i += 4) if (data[i + 3] && data[i] < 240) n += 1;
  return n;
}, 0)"""
TILES = """() => Array.from(document.querySelectorAll('.leaflet-base-pane img'))
  .filter(image => image.complete && image.naturalWidth).length"""


@contextmanager
def desk_over(base: Base, planted: Path, folder: Path) -> Iterator[str]:
    shutil.copytree(planted, folder)
    engine = open_database(f"sqlite:///{folder / 'wangge.db'}")
    settings = Settings(jurisdiction=Jurisdiction(bounding_box=BOX))
    app = create_app(engine, settings, clock=lambda: NOW, base=check_base(base))
    with served(app) as address:
        yield address
    engine.dispose()


def wait_for(page: Page, count: str) -> None:
    for _ in range(100):
        if page.evaluate(count) > 0:
            return
        page.wait_for_timeout(100)
    raise AssertionError("nothing of the base map was drawn")


@pytest.fixture
def desk(chromium: Browser) -> Iterator[Page]:  # noqa: F811
    context = chromium.new_context(locale="zh-CN", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


def test_own_packed_tiles_lie_under_the_units(planted: Path, tmp_path: Path, desk: Page) -> None:
    path = tmp_path / "base.pmtiles"
    line = shapely.LineString([(110.99, 30.0), (111.05, 30.02)])
    roads = gpd.GeoDataFrame({"name": ["样板路"]}, geometry=[line], crs="EPSG:4326")
    roads.to_file(path, driver="PMTiles", layer="roads", MINZOOM=0, MAXZOOM=14)
    base = Base("pmtiles", path=path, layers=("roads",), max_zoom=14, attribution="某市自然资源局",
                review_no="某S(2026)001号")  # fmt: skip
    foreign: list[str] = []
    errors: list[str] = []
    with desk_over(base, planted, tmp_path / "site") as address:
        desk.on("request", lambda a: None if a.url.startswith(address) else foreign.append(a.url))
        desk.on("pageerror", lambda error: errors.append(str(error)))
        desk.goto(address)
        desk.wait_for_selector("#legend .step")
        wait_for(desk, INKED)
        assert desk.locator(".base-source").inner_text() == "某市自然资源局 · 某S(2026)001号"
    assert (errors, [one for one in foreign if not one.startswith(("data:", "blob:"))]) == ([], [])


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:4490"])
def test_tiles_of_a_service_come_through_our_host_and_data_are_moved_to_a_shifted_base(
    crs: str,
    service: str,  # noqa: F811
    planted: Path,
    tmp_path: Path,
    desk: Page,
) -> None:
    base = Base("tiles", service + "/a/{z}/{x}/{y}", crs=crs, datum="GCJ-02", public=False)  # type: ignore[arg-type]
    foreign: list[str] = []
    with desk_over(base, planted, tmp_path / "site") as address:
        desk.on("request", lambda a: None if a.url.startswith(address) else foreign.append(a.url))
        desk.goto(address)
        desk.wait_for_selector("#legend .step")
        wait_for(desk, TILES)
        assert desk.locator(".base-source").inner_text() == "偏移坐标，仅供显示"
        # A point is drawn some hundred metres off, and a click there gives the point itself.
        moved_m, back = desk.evaluate(
            """() => {
              const crs = wangge.mapOptions({}).crs, at = L.latLng(30.005, 111.005);
              const plain = crs.code === 'EPSG:4326' ? L.CRS.EPSG4326 : L.CRS.EPSG3857;
              const drawn = crs.latLngToPoint(at, 18);
              const there = plain.pointToLatLng(drawn, 18);
              const again = crs.pointToLatLng(drawn, 18);
              return [L.CRS.Earth.distance(at, there), L.CRS.Earth.distance(at, again)];
            }"""
        )
        assert 300 < moved_m < 700
        assert back < 0.01
    assert [one for one in foreign if not one.startswith(("data:", "blob:"))] == []
