"""A small made-up town: 8 streets, 48 communities with shared borders, three months of counts."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from playwright.sync_api import Browser, Page, Playwright, Route, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from appeals.database import Connection, Engine, open_database, upgrade_schema, writing
from hotspots.cube import About, build
from hotspots.periods import Reckoning, Span
from hotspots.table import HotspotTable, hotspot_table
from maps.layers import unit_layer
from maps.sheet import LevelSheet, Sheet
from tests.casework.town import Town, copied, settle
from tests.maps.field_phone import Phone, context_of, phone_in, served_now
from tests.maps.two_years import bring_two_years
from tests.patience import PATIENCE_MS

SPANS = Span(date(2026, 9, 1), date(2026, 9, 30)), Span(date(2026, 10, 1), date(2026, 10, 31))
SYLLABLES = "青禾临川安宁望江石桥柳林锦绣云溪东湖"


@pytest.fixture(scope="session")
def _two_years(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('city') / 'city.db'}")
    upgrade_schema(engine)
    with writing(engine) as connection:
        assert bring_two_years(connection) > 4000
    yield engine
    engine.dispose()


@pytest.fixture
def two_years(_two_years: Engine) -> Iterator[Connection]:
    """A transaction on the city of two years that is taken back."""
    with _two_years.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()


@pytest.fixture(scope="session")
def communities() -> gpd.GeoDataFrame:
    rng = np.random.default_rng(11)
    box = shapely.box(104.00, 30.60, 104.16, 30.72)
    seeds = shapely.MultiPoint(rng.uniform((104.0, 30.6), (104.16, 30.72), (48, 2)))
    shapes = shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=box))
    shapes = shapely.intersection(shapes, box)
    middle = shapely.centroid(shapes)
    column = np.floor((shapely.get_x(middle) - 104.0) / 0.04).astype(int)
    row = np.floor((shapely.get_y(middle) - 30.6) / 0.06).astype(int)
    names = [SYLLABLES[i % 16] + SYLLABLES[(i * 5 + 3) % 16] for i in range(48)]
    return gpd.GeoDataFrame(
        {
            "area": np.arange(1, 49),
            "code": [f"990101{i:06d}" for i in range(1, 49)],
            "name": [f"{name}社区" for name in names],
            "households": rng.integers(400, 4000, 48).astype(float),
            "street": column + 4 * row,
        },
        geometry=list(shapes),
        crs="EPSG:4326",
    )


@pytest.fixture(scope="session")
def streets(communities: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    streets = communities.dissolve("street", aggfunc={"households": "sum"}).reset_index()
    streets["area"] = streets["street"] + 101
    streets["code"] = [f"990101{i:03d}" for i in range(1, len(streets) + 1)]
    streets["name"] = [f"{SYLLABLES[2 * i]}{SYLLABLES[2 * i + 1]}街道" for i in range(len(streets))]
    return streets


def table(units: gpd.GeoDataFrame, level: str, mean: float) -> HotspotTable:
    rng = np.random.default_rng(5)
    days = pd.date_range("2026-09-01", "2026-10-31")
    weight = rng.gamma(1.0, 1.0, len(units))
    counts = rng.poisson(np.outer(weight * mean, np.ones(len(days))))
    counts[2, 30:] *= 3
    cube = pd.DataFrame(
        {
            "area": np.repeat(units["area"].to_numpy(), len(days)),
            "local_day": np.tile(days.date, len(units)),
            "class_code": "噪声/施工噪声",
            "kind": "投诉",
            "hour": 9,
            "n": counts.ravel(),
        }
    )
    city = cube.assign(area=0, n=cube["n"] + (cube["area"] == cube["area"].min()))
    about = About(level, "lies", SPANS[-1].last, "Asia/Shanghai")
    return hotspot_table(build(cube, city, SPANS, about, Reckoning()), units)


ALERTS = [
    {
        "id": 1, "kind": "surge", "level": "red", "state": "detected",
        "headline": "临川街道施工噪声诉求突增", "area_name": "临川街道",
        "reason": "10月31日0时至18时，18 人反映“施工噪声”21 件，往常同期约 3.2 件。",
        "class_code": "噪声/施工噪声", "opened_at": "2026-10-31T18:00:00+08:00",
        "newest_at": "2026-10-31T17:42:00+08:00", "cases": 21, "callers": 18, "expected": 3.2,
        "historical": False, "lon": 104.05, "lat": 30.66,
    },
    {
        "id": 2, "kind": "sensitive", "level": "orange", "state": "signed",
        "headline": "青禾社区出现燃气泄漏类诉求", "area_name": "青禾社区",
        "reason": "1 件诉求含“燃气泄漏”，列入敏感清单（公共安全）。",
        "class_code": "公用事业/燃气", "opened_at": "2026-10-31T16:10:00+08:00",
        "newest_at": "2026-10-31T16:02:00+08:00", "cases": 1, "callers": 1, "expected": None,
        "historical": False, "lon": 104.11, "lat": 30.69,
    },
    {
        "id": 3, "kind": "first", "level": "yellow", "state": "detected",
        "headline": "望江街道首次反映“共享单车电池”", "area_name": "望江街道",
        "reason": "该街道 28 天内没有同类诉求；<b>首次</b>反映 2 件。",
        "class_code": "交通/共享单车", "opened_at": "2026-10-31T14:00:00+08:00",
        "newest_at": "2026-10-31T13:12:00+08:00", "cases": 2, "callers": 2, "expected": None,
        "historical": True, "lon": 104.09, "lat": 30.63,
    },
    {
        "id": 4, "kind": "cluster", "level": "blue", "state": "handling",
        "headline": "锦绣、云溪两街道交界处停水诉求集中反映", "area_name": "锦绣街道",
        "reason": "两街道交界 600 米内 9 人反映停水 10 件。",
        "class_code": "公用事业/供水", "opened_at": "2026-10-30T14:00:00+08:00",
        "newest_at": "2026-10-30T13:12:00+08:00", "cases": 10, "callers": 9, "expected": 1.4,
        "historical": False, "lon": 104.13, "lat": 30.65,
    },
    {
        "id": 5, "kind": "first", "level": "yellow", "state": "detected",
        "headline": "临川街道首次反映“充电桩起火”", "area_name": "临川街道",
        "reason": "该街道近期没有同类诉求，3 人反映 3 件，待核实。",
        "class_code": "消防/充电设施", "opened_at": "2026-10-31T17:00:00+08:00",
        "newest_at": "2026-10-31T16:50:00+08:00", "cases": 3, "callers": 3, "expected": None,
        "historical": False, "lon": 104.05, "lat": 30.66,
    },
]  # fmt: skip


WITHOUT_POINT = ALERTS[0] | {
    "id": 6, "kind": "subject", "level": "orange", "headline": "集中反映：某小区物业",
    "reason": "全市12人反映某小区物业15件。", "area_name": "某小区", "lon": None, "lat": None,
}  # fmt: skip


@pytest.fixture(scope="session")
def alert_items() -> list[dict[str, object]]:
    return [dict(alert) for alert in ALERTS]


@pytest.fixture(scope="session")
def sheet(
    streets: gpd.GeoDataFrame, communities: gpd.GeoDataFrame, alert_items: list[dict[str, object]]
) -> Sheet:
    of_streets, of_communities = table(streets, "street", 4), table(communities, "community", 0.6)
    return Sheet(
        jurisdiction="示例市",
        made_at=datetime(2026, 11, 1, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai")),
        levels=[
            LevelSheet(unit_layer(streets, of_streets), of_streets),
            LevelSheet(unit_layer(communities, of_communities), of_communities),
        ],
        alerts=[*alert_items, WITHOUT_POINT],
        demo=True,
        source="示例市民政局",
    )


CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Visit:
    """An open page with all that went wrong on it."""

    page: Page
    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def _launched(playwright: Playwright, path: str) -> Browser:
    """Start Chromium, which now and then hangs at its start: the second start does not."""
    for _ in range(2):
        try:
            return playwright.chromium.launch(
                executable_path=path, args=CHROMIUM_FLAGS, timeout=30_000
            )
        except PlaywrightTimeout:
            continue
    return playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for one file of tests: its event loop would be in the way of those that follow."""
    found = shutil.which("chromium")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("chromium is not here, and in CI nothing skips for that reason")
        pytest.skip("needs Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = _launched(playwright, found)
        yield browser
        browser.close()


@pytest.fixture(params=["desktop", "phone"])
def visit(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[[str], Visit]]:
    """Open an address; whatever leaves its origin is refused and noted."""
    size = {"desktop": (1366, 768), "phone": (360, 740)}[request.param]
    context = chromium.new_context(
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": size[0], "height": size[1]},
        has_touch=request.param == "phone",
        is_mobile=request.param == "phone",
    )

    context.set_default_timeout(PATIENCE_MS)

    def open_page(address: str) -> Visit:
        origin = address.split("/")[:3]
        visit = Visit(context.new_page())

        def decide(route: Route) -> None:
            url = route.request.url
            own = url == address if url.startswith("file:") else url.split("/")[:3] == origin
            if own or url.startswith(("data:", "blob:")):
                route.continue_()
            else:
                visit.foreign.append(url)
                route.abort()

        context.route("**/*", decide)
        visit.page.on(
            "console", lambda m: visit.errors.append(m.text) if m.type == "error" else None
        )
        visit.page.on("pageerror", lambda error: visit.errors.append(str(error)))
        visit.page.goto(address, wait_until="load")
        return visit

    yield open_page
    context.close()


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    return settle(tmp_path_factory.mktemp("settled"), sqlite_template)


@pytest.fixture
def town(settled: Path, tmp_path: Path) -> Iterator[Town]:
    """A town with people, tasks and a desk, as if nobody had touched it."""
    with copied(settled, tmp_path / "town") as town:
        yield town


@pytest.fixture
def phone(town: Town, chromium: Browser) -> Iterator[Phone]:
    """A grid worker's phone before the town."""
    with served_now(town) as address:
        context = context_of(chromium, address, town, "jia")
        yield phone_in(context, town, address)
        context.close()


@pytest.fixture
def webview(town: Town, chromium: Browser) -> Iterator[Phone]:
    """The same inside a work app that gives the page no service worker."""
    with served_now(town) as address:
        context = context_of(chromium, address, town, "jia", service_workers="block")
        context.add_init_script("delete Navigator.prototype.serviceWorker")
        yield phone_in(context, town, address)
        context.close()
