"""The online geocoder against a real server on this machine, by a real entry point."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from appeals.errors import InputError
from geo.datums import gcj02_from_wgs84
from tests.wangge.conftest import Run
from tests.wangge.test_placing import SAID, appeals, ingest, where
from wangge.online import load_geocoder

PLUGIN = """
import json
from types import SimpleNamespace
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import urlopen

from geo.plugins import Found


def ask(texts, timeout_s):
    found = []
    for text in texts:
        try:
            with urlopen("http://127.0.0.1:{port}/geo?q=" + quote(text), timeout=30) as answer:
                told = json.load(answer)
        except HTTPError as error:
            error.close()
            raise
        found.append(Found(told["x"], told["y"], told["level"]) if told else None)
    return found


geocoder = SimpleNamespace(
    name="示例地图", datum="gcj02", levels={{"兴趣点": "building", "区县": "district"}}, ask=ask
)
"""


class Service(ThreadingHTTPServer):
    """A geocoder that knows one hospital, in GCJ-02, and remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []
        self.waits_s, self.fails = 0.0, False
        lon, lat = gcj02_from_wgs84(np.array([111.025]), np.array([30.015]))
        self.point = {"x": float(lon[0]), "y": float(lat[0]), "level": "兴趣点"}


class Handler(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        text = parse_qs(urlsplit(self.path).query)["q"][0]
        self.server.asked.append(text)
        time.sleep(self.server.waits_s)
        told = self.server.point if "示例医院" in text else None
        if "外地" in text:
            told = {"x": 10.0, "y": 30.0, "level": "兴趣点"}
        if "只到区" in text:
            told = self.server.point | {"level": "区县"}
        self.send_response(500 if self.server.fails else 200)
        self.end_headers()
        self.wfile.write(json.dumps(told).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def service(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Service]:
    server = Service()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    folder = tmp_path_factory.mktemp("plugin")
    module = f"example_geocoder_{server.server_port}"
    (folder / f"{module}.py").write_text(PLUGIN.format(port=server.server_port), encoding="utf-8")
    about = folder / "example_geocoder-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: example-geocoder\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[wangge.geocoders]\nexample = {module}:geocoder\n")
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setenv("WANGGE_GEOCODER__NAME", "example")
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_address_that_no_name_of_ours_places_is_asked_once_and_kept_with_its_datum(
    service: Service, run: Run, tmp_path: Path
) -> None:
    report = ingest(
        run, appeals(tmp_path, ("A1", "示例医院急诊楼", "", ""), ("A2", "无名处", "", ""))
    )

    assert service.asked == sorted(["示例医院急诊楼", "无名处"], key=service.asked.index)
    assert report["geocoder"] == {"name": "示例地图", "asked": 2, "answered": 1, "note": None}
    found = where(run, "A1")
    assert (found["lon"], found["lat"]) == pytest.approx((111.025, 30.015), abs=1e-6)
    assert (found["level"], found["radius_m"], found["confidence"]) == ("building", 100.0, 0.6)
    assert "示例地图" in str(found["evidence"])
    assert "gcj02" in str(found["evidence"])
    assert where(run, "A2")["level"] == "unlocated"

    again = ingest(
        run, appeals(tmp_path, ("A3", "示例医院急诊楼", "", ""), ("A4", "无名处", "", ""))
    )

    assert len(service.asked) == 2
    assert again["geocoder"] == {"name": "示例地图", "asked": 0, "answered": 0, "note": None}
    assert where(run, "A3")["lon"] == where(run, "A1")["lon"]


def test_what_is_placed_already_and_what_names_a_person_is_never_asked(
    service: Service, run: Run, tmp_path: Path
) -> None:
    places = tmp_path / "places.csv"
    places.write_text(
        "名称,地址,经度,纬度\n老电厂东区,样板路1号,111.005,30.005\n", encoding="utf-8"
    )
    run("gazetteer", "import", places, "--datum", "wgs84")

    ingest(
        run,
        appeals(
            tmp_path,
            ("A1", "老电厂东区2号楼", "", ""),
            ("A2", "示例医院", "111.005", "30.005"),
            ("A3", "示例医院旁王女士家13800001234", "", ""),
            ("A4", "示例医院3号楼2单元501室", "", ""),
        ),
    )

    assert service.asked == ["示例医院3号楼"]
    assert where(run, "A1")["lon"] == 111.005
    assert where(run, "A2")["lon"] == 111.005


def test_an_answer_outside_of_the_named_unit_or_of_a_coarse_level_is_not_used(
    service: Service, run: Run, tmp_path: Path
) -> None:
    rows = ("甲街道示例医院", "乙街道示例医院", "外地的地方", "只到区的地方")
    ingest(run, appeals(tmp_path, *((f"A{i}", text, "", "") for i, text in enumerate(rows))))

    assert where(run, "A0")["lon"] is None  # it answers with a point of 乙街道
    assert where(run, "A1")["lon"] == pytest.approx(111.025, abs=1e-6)
    assert where(run, "A3")["level"] == "unlocated"
    assert where(run, "A2")["status"] == "outside"


@pytest.mark.parametrize("what", ["fails", "slow", "gone"])
def test_a_service_that_fails_or_is_slow_costs_a_note(
    service: Service, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setenv("WANGGE_GEOCODER__TIMEOUT_S", "0.2")
    service.fails = what == "fails"
    service.waits_s = 5.0 if what == "slow" else 0.0
    if what == "gone":
        service.shutdown()
        service.socket.close()
    rows = [(f"A{i}", f"无名地方第{i}处", "", "") for i in range(60)]

    report = ingest(run, appeals(tmp_path, *rows))

    assert report["accepted"] == 60
    geocoder = report["geocoder"]
    assert isinstance(geocoder, dict)
    assert geocoder["asked"] == 0
    assert str(geocoder["note"]).startswith("not asked any more after ")
    assert len(service.asked) <= 2  # one call; a slow one may have begun its next text


def test_nothing_is_asked_where_no_geocoder_is_set(
    service: Service, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WANGGE_GEOCODER__NAME")

    report = ingest(run, appeals(tmp_path, ("A1", "示例医院", "", "")))

    assert report["geocoder"] is None
    assert service.asked == []


def test_a_place_by_hand_outlives_an_update_where_the_service_had_answered(
    service: Service, run: Run, tmp_path: Path
) -> None:
    path = appeals(tmp_path, ("A1", "示例医院", "", ""))
    ingest(run, path)
    point = ("--lon", 111.005, "--lat", 30.005, "--datum", "wgs84")
    run("appeals", "place", "A1", "--source", "12345", *point, *SAID)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("夜间施工", "仍在施工"), encoding="utf-8")

    report = ingest(run, path)

    assert report["by_hand"] == {"kept": 1, "given_up": 0}
    assert where(run, "A1")["lon"] == 111.005


def test_a_plug_in_that_is_not_installed_is_refused_with_those_that_are(service: Service) -> None:
    with pytest.raises(InputError, match=r"there are: .*example"):
        load_geocoder("other")
