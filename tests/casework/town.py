"""A town of a street with three grids and one farther off, its people, and a few open orders."""

import io
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import geopandas as gpd
from fastapi.testclient import TestClient
from PIL import Image
from shapely.geometry import box

from api.app import create_app
from appeals.database import Connection, Engine, open_database, writing
from appeals.people.roles import Right, StaffRole
from appeals.people.store import Person, add_person
from appeals.seals import KeyRing
from appeals.sessions.store import Terms, begin_session
from appeals.tokens.store import Token, add_token
from grids.store import add_units
from wangge.handover import Handover
from wangge.intake import Options
from wangge.serve import taking
from wangge.settings import Settings

NOW = datetime(2026, 3, 9, 4, 0, tzinfo=UTC)  # 12:00 in the town
TERMS = Terms(timedelta(hours=20), timedelta(hours=20))
STREET, COMMUNITY = "110105001", "110105001001"
AWAY = "110105002"  # a street of one grid, two kilometres to the east
GRIDS = tuple(f"{COMMUNITY}{n:03d}" for n in (1, 2, 3))
WEST, SOUTH = 104.0, 30.0
PHONE, NAME = "13987654321", "欧阳惠兰"
PEOPLE = (
    Person("admin", "系统", (StaffRole.SYSTEM_ADMIN,)),
    Person("jia", "网格员甲", (StaffRole.GRID_WORKER,), (f"grid:{GRIDS[0]}",)),
    Person("yi", "网格员乙", (StaffRole.GRID_WORKER,), (f"grid:{GRIDS[1]}",)),
    Person("bing", "网格员丙", (StaffRole.GRID_WORKER,), (f"grid:{GRIDS[0]}",)),
    Person("street", "街道甲", (StaffRole.STREET_OFFICIAL,), (f"street:{STREET}",)),
    Person("away", "街道丁", (StaffRole.STREET_OFFICIAL,), (f"street:{AWAY}",)),
    Person("ding", "网格员丁", (StaffRole.GRID_WORKER,), (f"grid:{AWAY}001001",)),
    Person("desk", "值班甲", (StaffRole.DUTY_OFFICER,)),
    Person("planner", "规划甲", (StaffRole.PLANNER,)),
)


def order(number: int, grid: int = 1, **more: object) -> dict[str, object]:
    """One order of the hotline in a grid (1 to 3), sent an hour ago."""
    at = NOW - timedelta(hours=2)
    return {
        "id": f"JS{number:04d}",
        "received_at": at.isoformat(),
        "dispatched_at": (at + timedelta(hours=1)).isoformat(),
        "kind": "投诉",
        "class_1": "城市管理",
        "class_2": "市政设施",
        "class_3": "井盖缺损",
        "text": f"井盖缺了\n我叫{NAME}，电话{PHONE}，门口井盖缺了。",
        "address": "样板路5号3单元1202室",
        "lon": WEST + 0.01 * (grid - 1) + 0.005,
        "lat": SOUTH + 0.005,
        "name": NAME,
        "phone": PHONE,
        "status": "办理中",
    } | more


def picture(width: int = 40, height: int = 30, **save: Any) -> bytes:
    """A JPEG with what a phone writes into it: a maker and a place."""
    marks = Image.Exif()
    marks[0x010F] = "SECRETMAKER"
    out = io.BytesIO()
    kind = {"format": "JPEG", "exif": marks} | save
    Image.new("RGB", (width, height), (200, 30, 30)).save(out, **kind)
    return out.getvalue()


@dataclass
class Town:
    """The application as its people meet it; the clock stands until a test moves it."""

    client: TestClient
    engine: Engine
    handover: Handover
    now: list[datetime] = field(default_factory=lambda: [NOW])

    def later(self, **time: float) -> None:
        self.now[0] += timedelta(**time)

    def take(self, *rows: dict[str, object], source: str = "12345") -> None:
        report = self.handover.take(rows, Options(datum="wgs84", source=source))
        assert report.rejected == 0, report.rejects

    def come_as(self, login: str) -> None:
        with writing(self.engine) as connection:
            secret = begin_session(connection, login, self.now[0], TERMS)
        self.client.cookies.clear()
        self.client.cookies.set("wangge", secret)

    def token(self, *scopes: Right) -> str:
        token = Token(uuid4().hex[:8], scopes, self.now[0], self.now[0] + timedelta(days=1))
        with writing(self.engine) as connection:
            return add_token(connection, token, by="test")

    def tasks(self, **asked: object) -> list[dict[str, Any]]:
        answer = self.client.get("/api/field/tasks", params=asked)  # type: ignore[arg-type]
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    def task(self, appeal_id: int) -> dict[str, Any]:
        answer = self.client.get(f"/api/field/tasks/{appeal_id}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def move(
        self, appeal_id: int, move: str, *, key: str = "", photos: int = 0, **said: Any
    ) -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        address = f"/api/appeals/{appeal_id}/{move}"
        if not photos:
            return self.client.post(address, json=said, headers=headers)
        files = [("photo", ("a.jpg", picture(), "image/jpeg"))] * photos
        return self.client.post(
            address, data={"said": json.dumps(said)}, files=files, headers=headers
        )


def settle(folder: Path, template: Path) -> Path:
    """Put the town's database and keys into a folder: copying it is faster than building it."""
    shutil.copyfile(template, folder / "wangge.db")
    engine = open_database(f"sqlite:///{folder / 'wangge.db'}")
    build(engine, KeyRing.create(folder / "wangge.key"))
    engine.dispose()
    return folder


@contextmanager
def copied(settled: Path, folder: Path) -> Iterator[Town]:
    """Open a copy of a folder that :func:`settle` filled."""
    shutil.copytree(settled, folder)
    engine = open_database(f"sqlite:///{folder / 'wangge.db'}")
    yield build(engine, KeyRing.load(folder / "wangge.key"), fresh=False)
    engine.dispose()


def build(engine: Engine, ring: KeyRing, *, fresh: bool = True, **settings: Any) -> Town:
    """Open the town; a fresh one gets its units, people and four orders, two in the first grid."""
    if fresh:
        with writing(engine) as connection:
            _settle(connection, ring)
    own = Settings(**settings)
    now = [NOW]
    handover = Handover(engine, own, ring, lambda: now[0])
    app = create_app(engine, own, take=taking(handover), clock=lambda: now[0], ring=ring)
    client = TestClient(app, headers={"Origin": "http://testserver"})
    town = Town(client, engine, handover, now)
    if fresh:
        town.take(order(1), order(2, lon=WEST + 0.0052), order(3, 2), order(4, 3))
    return town


def _settle(connection: Connection, ring: KeyRing) -> None:
    whole = box(WEST, SOUTH, WEST + 0.04, SOUTH + 0.01)
    grids = [box(WEST + a, SOUTH, WEST + b, SOUTH + 0.01)
             for a, b in ((0, 0.01), (0.01, 0.02), (0.02, 0.04))]  # fmt: skip
    away = box(WEST + 0.06, SOUTH, WEST + 0.07, SOUTH + 0.01)
    for level, codes, names, shapes in (
        ("street", [STREET, AWAY], ["甲街道", "丁街道"], [whole, away]),
        ("community", [COMMUNITY, f"{AWAY}001"], ["乙社区", "丁社区"], [whole, away]),
        (
            "grid",
            [*GRIDS, f"{AWAY}001001"],
            ["一网格", "二网格", "三网格", "丁网格"],
            [*grids, away],
        ),
    ):
        frame: dict[str, list[Any]] = {"code": codes, "name": names}
        frame |= {name: [None] * len(codes) for name in ("parent", "households", "people")}
        layer = gpd.GeoDataFrame(frame, geometry=shapes, crs="EPSG:4326")
        add_units(connection, layer, level, date(1900, 1, 1))
    for person in PEOPLE:
        secret = "GEZDGNBVGY3TQOJQ" if person.login == "admin" else None
        factor = ring.hide(secret, row="factor admin") if secret else None
        add_person(connection, person, password="x", factor=factor, by="test", now=NOW)
