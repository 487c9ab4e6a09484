"""A city of three streets and twelve communities with 26 months of appeals, from a fixed seed."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import shapely

from appeals.database import Connection
from appeals.store import APPEALS, VERSIONS
from geo.locate import Located
from grids.place import place
from grids.store import add_placements, add_units, load_boundaries, move_counts
from tests.grids.town import FIRST, NOW, layer

STREETS = ("东街道", "中街道", "西街道")
COMMUNITIES = tuple(f"{STREETS[i // 4][0]}{'甲乙丙丁'[i % 4]}社区" for i in range(12))
FIRST_DAY, LAST_DAY = date(2024, 1, 1), date(2026, 2, 28)
TRIGGER = 22
"""November 2025: the lifts of three communities are bad; afterwards they are mended."""

MENDED = (0, 1, 2)
NOISE, LIFTS, WATER = "噪声/施工噪声", "物业/电梯故障", "公用/停水"
_SIZE = 0.01
_WEIGHT = {
    NOISE: np.array([3, 3, 3, 3, 13, 13, 13, 4, 3, 4, 4, 4]) * 1.0,
    LIFTS: np.full(12, 10.0),
    WATER: np.array([3, 3, 3, 3, 4, 4, 4, 4, 6, 6, 6, 6]) * 1.0,
}


def bring_two_years(connection: Connection) -> int:
    """Store units and appeals with their places and counts; give how many appeals."""
    west, south = 111.0, 30.0

    def square(column: int) -> shapely.Geometry:
        return shapely.box(west + column * _SIZE, south, west + (column + 1) * _SIZE, south + _SIZE)

    streets = [(None, name, None, shapely.union_all([square(4 * i + j) for j in range(4)]))
               for i, name in enumerate(STREETS)]  # fmt: skip
    communities = [(None, name, STREETS[i // 4], square(i)) for i, name in enumerate(COMMUNITIES)]
    add_units(connection, layer(*streets), "street", FIRST, jurisdiction="990101")
    named = layer(*communities)
    add_units(connection, named.assign(households=1000), "community", FIRST, jurisdiction="990101")
    units = load_boundaries(connection, LAST_DAY)
    street_ids = [units.named("street", name) for name in STREETS]

    chance = np.random.default_rng(11)
    appeals: list[dict[str, object]] = []
    versions: list[dict[str, object]] = []
    where, sent = [], []
    for month in range(26):
        first = date(2024 + month // 12, month % 12 + 1, 1)
        following = date(2024 + (month + 1) // 12, (month + 1) % 12 + 1, 1)
        for class_code, weight in _WEIGHT.items():
            mean = weight * (1 + 0.1 * np.sin(month))
            if class_code == LIFTS:
                mean = np.where(np.isin(np.arange(12), MENDED) & (month == TRIGGER), 1.6, 1) * mean
                mean = np.where(np.isin(np.arange(12), MENDED) & (month > TRIGGER), 0.3, 1) * mean
            for community, n in enumerate(chance.poisson(mean).tolist()):
                for _ in range(n):
                    number = len(appeals)
                    day = first + timedelta(days=int(chance.integers((following - first).days)))
                    lon = west + (community + chance.uniform(0.05, 0.95)) * _SIZE
                    lat = south + chance.uniform(0.05, 0.95) * _SIZE
                    caller = f"c{number}"
                    if community == 4 and class_code == NOISE and number % 2:
                        # One caller of one place makes half of the noise of one community.
                        lon, lat, caller = west + 4.5 * _SIZE, south + 0.5 * _SIZE, "same"
                    appeals.append(
                        {
                            "appeal_id": number + 1,
                            "source": "s",
                            "source_id": str(number),
                            "current": number + 1,
                        }
                    )
                    versions.append(_version(number + 1, day, class_code, caller))
                    where.append(Located("point", lon, lat, 0.0, 1.0))
                    street = (community // 4 + (number % 7 == 0)) % 3
                    sent.append(street_ids[street])  # fmt: skip
    connection.execute(APPEALS.insert(), appeals)
    connection.execute(VERSIONS.insert(), versions)
    serials = list(range(1, len(appeals) + 1))
    add_placements(connection, serials, where, place(where, units), sent)
    move_counts(connection, [], serials)
    return len(appeals)


def _version(serial: int, day: date, class_code: str, caller: str) -> dict[str, object]:
    return {
        "serial": serial, "appeal_id": serial, "version": 1, "why": "intake", "who": "test",
        "recorded_at": NOW, "content_hash": "test:0",
        "received_at": datetime(day.year, day.month, day.day, 9, tzinfo=UTC),
        "received_precision": "minute", "local_day": day, "local_hour": 17, "kind": "complaint",
        "class_code": class_code, "text": "", "address": "", "caller_hash": caller,
        "subject": "东方电梯公司" if class_code == LIFTS else None,
    }  # fmt: skip
