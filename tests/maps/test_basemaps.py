"""Base maps by configuration: what is refused, what is asked of a service, what a page draws."""

import http.server
import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from api.app import create_app
from appeals.database import open_database, upgrade_schema
from appeals.errors import InputError
from geo.datums import gcj02_from_wgs84
from maps.basemaps import Base, check_base, described, tile_address
from wangge.settings import Settings, read_settings

BOX = (104.0, 30.6, 104.2, 30.8)
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c63606060f80f00010401005ff4a1a60000000049454e44ae426082"
)
PUBLIC = {"attribution": "某市自然资源局", "review_no": "某S(2026)001号"}
TILES = "http://tiles.test/{layer}/{z}/{x}/{y}"


@pytest.mark.parametrize(
    ("base", "field"),
    [
        (Base("tiles", TILES, attribution="某局"), "review_no"),
        (Base("tiles", TILES, attribution="某局", review_no=" "), "review_no"),
        (Base("tiles", TILES, review_no="某S(2026)001号"), "attribution"),
        (Base("tianditu", key="k"), "review_no"),
        (Base("tianditu", key="k", public=False), "public"),
        (Base("tianditu", review_no="GS(2024)0650号"), "key"),
        (Base("pmtiles", path=Path("absent.pmtiles"), public=False), "path"),
        (Base("tiles", "http://tiles.test/{z}", public=False), "url"),
        (Base("tiles", "file:///etc/{z}/{x}/{y}", public=False), "url"),
        (Base("tiles", TILES, layers=("../a",), public=False), "layers"),
    ],
)
def test_a_base_that_may_not_or_cannot_be_shown_is_refused_by_its_setting(
    base: Base, field: str
) -> None:
    with pytest.raises(InputError, match=rf"^basemap\.{field}: "):
        check_base(base)


def test_a_map_that_stays_inside_the_office_needs_no_review_number() -> None:
    assert check_base(Base("tiles", TILES, public=False)).review_no == ""


def test_tianditu_is_asked_as_its_guide_says_in_either_pyramid() -> None:
    """Source: 天地图 WMTS guide: level 1 of ``_c`` is the first, two tiles wide."""
    in_mercator = check_base(Base("tianditu", key="K", review_no="GS(2024)0650号"))
    in_degrees = check_base(Base("tianditu", key="K", review_no="GS(2024)0650号", crs="EPSG:4490"))
    first = tile_address(in_mercator, "vec", 10, 808, 420, BOX) or ""
    second = tile_address(in_degrees, "cva", 9, 808, 168, BOX) or ""

    assert first.startswith("https://t4.tianditu.gov.cn/vec_w/wmts?")
    assert "TILEMATRIXSET=w" in first
    assert "&TILEMATRIX=10&TILEROW=420&TILECOL=808&tk=K" in first
    assert second.startswith("https://t0.tianditu.gov.cn/cva_c/wmts?")
    assert "&TILEMATRIX=10&TILEROW=168&TILECOL=808&tk=K" in second


@given(st.floats(BOX[0], BOX[2]), st.floats(BOX[1], BOX[3]), st.integers(0, 18), st.booleans())
def test_every_point_of_the_jurisdiction_has_its_tile_at_every_level(
    lon: float, lat: float, z: int, in_degrees: bool
) -> None:
    base = Base("tiles", TILES, crs="EPSG:4490" if in_degrees else "EPSG:3857")
    if in_degrees:
        x, y = int((lon + 180) / 180 * 2**z), int((90 - lat) / 180 * 2**z)
    else:
        x = int((lon + 180) / 360 * 2**z)
        y = int((1 - np.arctanh(np.sin(np.radians(lat))) / np.pi) / 2 * 2**z)

    assert tile_address(base, "base", z, x, y, BOX) == f"http://tiles.test/base/{z}/{x}/{y}"


def test_no_tile_is_asked_for_outside_the_jurisdiction_or_of_an_unknown_layer() -> None:
    base = Base("tiles", TILES)

    assert tile_address(base, "base", 10, 843, 387, BOX) is None  # Beijing
    assert tile_address(base, "base", 10, 843, 387, None) is not None
    assert tile_address(base, "other", 10, 808, 420, BOX) is None
    assert tile_address(base, "base", 19, 0, 0, None) is None
    assert tile_address(base, "base", 3, 8, 0, None) is None


def test_a_page_learns_neither_address_nor_key() -> None:
    base = check_base(Base("tianditu", key="SECRET", review_no="GS(2024)0650号"))
    words = json.dumps(described(base, BOX))

    assert "SECRET" not in words
    assert "http" not in words
    assert described(base, BOX)["reviewNo"] == "GS(2024)0650号"


def test_a_key_in_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "wangge.toml"
    path.write_text('[basemap]\nkey = "k"\n', encoding="utf-8")
    path.chmod(0o644)
    with pytest.raises(InputError, match="WANGGE_BASEMAP__KEY"):
        read_settings(path)

    path.chmod(0o600)
    assert read_settings(path).basemap.key == "k"


class _Service(http.server.BaseHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        sort = {"a": "image/png", "b": "text/html", "c": "image/svg+xml"}.get(self.path[1])
        self.send_response(302 if sort is None else 200)
        if sort is None:
            self.send_header("Location", "/a/8/202/105")
        self.send_header("Content-Type", sort or "image/png")
        self.end_headers()
        self.wfile.write(PIXEL)


@pytest.fixture
def service() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Service)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def _client(folder: Path, base: Base) -> TestClient:
    engine = open_database(f"sqlite:///{folder / 'w.db'}")
    upgrade_schema(engine)
    return TestClient(create_app(engine, Settings(), base=base))


def test_pictures_pass_through_our_server_and_nothing_else_does(
    service: str, tmp_path: Path
) -> None:
    base = Base("tiles", service + "/{layer}/{z}/{x}/{y}", layers=("a", "b", "c", "d"))
    client = _client(tmp_path, base)
    answers = {name: client.get(f"/tiles/base/{name}/8/202/105") for name in "abcde"}

    assert answers["a"].content == PIXEL
    assert answers["a"].headers["content-type"] == "image/png"
    assert [answers[name].status_code for name in "abcde"] == [200, 502, 502, 502, 404]
    assert service not in "".join(
        answer.text for answer in answers.values() if not answer.is_success
    )
    assert '"kind":"tiles"' in client.get("/tiles/base.js").text
    assert client.get("/tiles/base.pmtiles").status_code == 404


def test_a_service_that_is_away_is_told_without_its_address(tmp_path: Path) -> None:
    base = Base("tiles", "http://127.0.0.1:9/{layer}/{z}/{x}/{y}?tk={key}", key="SECRET")
    answer = _client(tmp_path, base).get("/tiles/base/base/8/202/105")

    assert answer.status_code == 502
    assert "SECRET" not in answer.text
    assert "127.0.0.1:9" not in answer.text


def test_packed_tiles_are_read_by_ranges(tmp_path: Path) -> None:
    path = tmp_path / "base.pmtiles"
    roads = gpd.GeoDataFrame(
        {"name": ["样板路"]},
        geometry=[shapely.LineString([(104.05, 30.65), (104.15, 30.7)])],
        crs="EPSG:4326",
    )
    roads.to_file(path, driver="PMTiles", layer="roads", MINZOOM=0, MAXZOOM=12)
    base = check_base(Base("pmtiles", path=path, layers=("roads",), public=False))
    answer = _client(tmp_path, base).get("/tiles/base.pmtiles", headers={"Range": "bytes=0-6"})

    assert (answer.status_code, answer.content) == (206, b"PMTiles")


def test_the_browser_moves_points_as_the_server_does_and_back_within_a_centimetre() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs Node.js")
    rng = np.random.default_rng(3)
    lon, lat = rng.uniform(75, 134, 200), rng.uniform(4, 53, 200)
    script = files("maps") / "static" / "basemap.js"
    program = (
        "const vm = require('vm'), fs = require('fs'), page = {}; page.window = page;"
        "vm.createContext(page); vm.runInContext(fs.readFileSync(process.argv[1], 'utf8'), page);"
        f"const p = {json.dumps(np.column_stack([lon, lat]).tolist())};"
        "const there = p.map(a => page.wangge.toGcj(a[0], a[1]));"
        "console.log(JSON.stringify([there, there.map(a => page.wangge.fromGcj(a[0], a[1])),"
        "page.wangge.toGcj(2.35, 48.85)]))"
    )
    done = subprocess.run(
        [node, "-e", program, str(script)], capture_output=True, text=True, check=True
    )
    there, back, paris = json.loads(done.stdout)

    np.testing.assert_allclose(there, np.column_stack(gcj02_from_wgs84(lon, lat)), atol=1e-10)
    np.testing.assert_allclose(back, np.column_stack([lon, lat]), atol=1e-8)
    assert paris == [2.35, 48.85]
