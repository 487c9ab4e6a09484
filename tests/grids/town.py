"""A town of two streets and three communities, and versions that come to it."""

from datetime import UTC, date, datetime

import geopandas as gpd
import pandas as pd
import shapely

from appeals.database import Connection
from appeals.store import APPEALS, VERSIONS
from geo.locate import Located
from grids.boundaries import Boundaries
from grids.cube import AREA_KINDS
from grids.place import place
from grids.store import (
    add_placements,
    add_units,
    cube,
    load_boundaries,
)

FIRST = date(1900, 1, 1)
NOW = datetime(2024, 3, 1, 8, tzinfo=UTC)


def layer(*rows: tuple[str | None, str, str | None, shapely.Geometry | None]) -> gpd.GeoDataFrame:
    code, name, parent, shapes = zip(*rows, strict=True)
    frame = pd.DataFrame({"code": code, "name": name, "parent": parent}, dtype=object)
    empty = pd.array([None] * len(rows), dtype="Int64")
    return gpd.GeoDataFrame(
        frame.assign(households=empty, people=empty), geometry=list(shapes), crs="EPSG:4326"
    )


STREETS = layer(
    (None, "左街道", None, shapely.box(111.00, 30.00, 111.01, 30.02)),
    (None, "右街道", None, shapely.box(111.01, 30.00, 111.02, 30.02)),
)
COMMUNITIES = layer(
    (None, "左下社区", "左街道", shapely.box(111.00, 30.00, 111.01, 30.01)),
    (None, "左上社区", "左街道", shapely.box(111.00, 30.01, 111.01, 30.02)),
    (None, "右社区", None, shapely.box(111.01, 30.00, 111.02, 30.02)),
)


def bring_town(connection: Connection) -> None:
    add_units(connection, STREETS, "street", FIRST, jurisdiction="990101")
    add_units(connection, COMMUNITIES, "community", FIRST, jurisdiction="990101")


def version(
    connection: Connection,
    source_id: str,
    *,
    lon: float | None = None,
    lat: float | None = None,
    day: date = date(2024, 2, 1),
    hour: int | None = 9,
    class_code: str = "噪声",
    kind: str = "complaint",
    sent: int | None = None,
    named: tuple[str, ...] = (),
    recorded: datetime = NOW,
    caller: str | None = None,
    address: str = "",
    units: Boundaries | None = None,
    **handling: object,
) -> tuple[int, int | None]:
    """Append one version with its place; gives its serial and that of the one before."""
    mine = APPEALS.c.source_id == source_id
    old = connection.execute(APPEALS.select().where(mine)).one_or_none()
    if old is None:
        appeal = APPEALS.insert().values(source="s", source_id=source_id, current=0)
        appeal_id = connection.execute(appeal.returning(APPEALS.c.appeal_id)).scalar_one()
    else:
        appeal_id = old.appeal_id
    one = VERSIONS.insert().values(
        appeal_id=appeal_id,
        version=1 + (old.current if old else 0),
        why="intake",
        who="test",
        recorded_at=recorded,
        content_hash="test:0",
        received_at=datetime(day.year, day.month, day.day, hour or 0, tzinfo=UTC),
        received_precision="day" if hour is None else "minute",
        local_day=day,
        local_hour=hour,
        kind=kind,
        class_code=class_code,
        text="",
        address=address,
        caller_hash=caller,
        **handling,
    )
    serial: int = connection.execute(one.returning(VERSIONS.c.serial)).scalar_one()
    connection.execute(APPEALS.update().where(mine).values(current=serial))
    level = "point" if lon is not None else "street" if named else "unlocated"
    where = [Located(level, lon, lat, None if lon is None else 0.0, 1.0, named=named)]
    placed = place(where, units or load_boundaries(connection, day))
    add_placements(connection, [serial], where, placed, [sent])
    return serial, old.current if old else None


def all_counts(connection: Connection) -> list[pd.DataFrame]:
    return [
        cube(connection, area_kind, FIRST, date(2100, 1, 1), reading)
        for area_kind in AREA_KINDS
        for reading in ("lies", "sent")
    ]
