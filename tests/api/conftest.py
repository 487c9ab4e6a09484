"""An application over a database with two streets, a week of appeals and a few alerts."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import geopandas as gpd
import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from shapely.geometry import box

from alerts.store import ALERTS, EVENTS, SIGNALS
from alerts.whistle.moves import Act, Stage, Step, Whistle
from alerts.whistle.store import add_whistle, append_step
from api.app import create_app
from appeals.database import Connection, Engine, open_database, upgrade_schema, writing
from appeals.seals import KeyRing
from grids.store import add_units, load_boundaries
from wangge.handover import Handover
from wangge.intake import Options
from wangge.serve import taking
from wangge.settings import Settings

NOW = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
PLANTED = {"name": "欧阳惠兰", "phone": "13987654321", "id_number": "110101199003077918"}


def appeal(number: int) -> dict[str, object]:
    """One appeal as a caller of the API writes it, with planted personal fields."""
    moment = NOW - timedelta(hours=3 * number)
    return {
        "id": f"A{number:04d}",
        "received_at": moment.isoformat(),
        "kind": "投诉",
        "class_1": "噪声",
        "class_2": "施工噪声",
        "text": f"我叫{PLANTED['name']}，电话{PLANTED['phone']}，工地半夜施工。",
        "address": "样板路5号3单元1202室",
        "lon": 111.005 + 0.02 * (number % 2),
        "lat": 30.005,
        **PLANTED,
    }


def _plant(engine: Engine, settings: Settings, ring: KeyRing) -> None:
    streets = gpd.GeoDataFrame(
        {
            "code": ["990101001", "990101002"],
            "name": ["甲街道", "乙街道"],
            **{column: [None, None] for column in ("parent", "households", "people")},
        },
        geometry=[box(111.0, 30.0, 111.02, 30.02), box(111.02, 30.0, 111.04, 30.02)],
        crs="EPSG:4326",
    )
    with writing(engine) as connection:
        add_units(connection, streets, "street", date(1900, 1, 1))
    rows = [appeal(number) for number in range(40)]
    Handover(engine, settings, ring, lambda: NOW).take(rows, Options(datum="wgs84"))
    with writing(engine) as connection:
        street = int(load_boundaries(connection, NOW.date()).ids[0])
        for number in range(1, 4):
            plant_alert(connection, number, street)
        drafted = Step(1, Act.DRAFT, Stage.DRAFTED, NOW, "某", detail={"bureaus": ["应急"]})
        whistle = Whistle("street:990101001", "甲街道", "emergency", Stage.DRAFTED, NOW)
        append_step(connection, add_whistle(connection, whistle), drafted)


def plant_alert(connection: Connection, number: int, street: int) -> None:
    """One alert of a street with its signal and the event that publishes it."""
    same: dict[str, object] = {
        "kind": "surge", "area_kind": "street", "area": street, "class_code": "噪声/施工噪声",
        "cases": 10 + number, "callers": 8, "expected": 2.5, "reason": "24小时内11件，通常2.5件。",
        "detail": json.dumps({"named": "甲街道", "keys": []}),
    }  # fmt: skip
    at = NOW - timedelta(hours=10 - number)
    alert = same | {
        "alert_id": number, "level": "yellow", "state": "detected", "opened_at": at,
        "newest_at": at, "historical": False, "headline": f"甲街道施工噪声突增{number}",
    }  # fmt: skip
    connection.execute(sa.insert(ALERTS), alert)
    signal = same | {"alert_id": number, "tick": at, "window_h": 24, "score": 4.0}
    connection.execute(sa.insert(SIGNALS), signal)
    event = {"position": number, "alert_id": number, "what": "raised", "at": at}
    connection.execute(sa.insert(EVENTS), event)


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planted")
    engine = open_database(f"sqlite:///{folder / 'wangge.db'}")
    upgrade_schema(engine)
    _plant(engine, Settings(), KeyRing.create(folder / "wangge.key"))
    engine.dispose()
    return folder


@contextmanager
def _opened(planted: Path, folder: Path) -> Iterator[Engine]:
    shutil.copytree(planted, folder / "site")
    engine = open_database(f"sqlite:///{folder / 'site' / 'wangge.db'}")
    yield engine
    engine.dispose()


@contextmanager
def _client_of(database: Engine, folder: Path) -> Iterator[TestClient]:
    settings, ring = Settings(), KeyRing.load(folder / "site" / "wangge.key")
    take = taking(Handover(database, settings, ring, lambda: NOW))
    app = create_app(database, settings, take=take, clock=lambda: NOW)
    with TestClient(app) as client:
        yield client


@pytest.fixture
def database(planted: Path, tmp_path: Path) -> Iterator[Engine]:
    with _opened(planted, tmp_path) as engine:
        yield engine


@pytest.fixture
def client(database: Engine, tmp_path: Path) -> Iterator[TestClient]:
    with _client_of(database, tmp_path) as client:
        yield client


@pytest.fixture(scope="module")
def reader(planted: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client for what changes nothing: a file's readings and refusals share it."""
    folder = tmp_path_factory.mktemp("read")
    with _opened(planted, folder) as engine, _client_of(engine, folder) as client:
        yield client
