"""The layers by name: what each shows, who may see it, and how it is read.

One list for the door of GIS programs, for exported files and for the planners' page, so that a
layer is the same wherever it is taken.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from typing import Final

import geopandas as gpd
import shapely

from alerts.store import read_alerts
from appeals.database import Connection
from appeals.errors import InputError
from appeals.people.roles import Right
from appeals.privacy import Viewer
from grids.boundaries import LEVELS as UNIT_LEVELS
from grids.points.store import read_points
from grids.publications.store import EVERY, published
from grids.store import load_boundaries
from grids.units.store import level_units
from hotspots.cube import Reading
from hotspots.periods import Reckoning
from maps.asking import (
    LEVELS,
    FirstReports,
    months_with_data,
    question,
)
from maps.atlas import layer_of, table_of
from maps.layers import SMALL_WORD, alert_layer, appeal_layer, cluster_layer
from maps.marks import alert_items
from maps.office import Office
from maps.published import published_layer
from maps.remedies import remedies_of, remedy_layer
from maps.spreadsheets import Notes
from maps.wording import FIRST_REPORTS_NAMES, LEVEL_NAMES, READING_NAMES

_UNIT_FIELDS: Final = ("code", "name", "valid_from", "valid_to", "area_m2", "households", "people")


@dataclass(frozen=True, slots=True)
class Asked:
    """Who reads a layer, when, and what of it.

    ``today`` is the day of the jurisdiction in ``zone``. ``within`` is the code of a unit: of any
    layer only what has its middle inside it. The rest narrows what an entry says: without ``month``
    it is the newest statistical month.
    """

    viewer: Viewer
    today: date
    zone: tzinfo
    office: Office
    month: tuple[int, int] | None = None
    class_code: str | None = None
    reading: Reading = "lies"
    first_reports: FirstReports | None = None
    within: str | None = None
    most: int = 10_000


@dataclass(frozen=True, slots=True)
class Read:
    """A layer as it was read: WGS84, and in Chinese what it shows."""

    layer: gpd.GeoDataFrame
    notes: Notes


@dataclass(frozen=True, slots=True)
class Entry:
    """One layer of the list.

    Attributes
    ----------
    title
        In Chinese.
    right
        What one must have to see it.
    key
        The column that names a feature.
    read
        Reads it; raises ``InputError`` where it has nothing to show yet.
    when
        The column of its moments, if it has one.
    filters
        Names of what in :class:`Asked` narrows it.
    kept
        How long it may be given out again; none where two viewers may find different features.
    """

    title: str
    right: Right
    key: str
    read: Callable[[Connection, Asked], Read]
    kept: timedelta
    when: str | None = None
    filters: tuple[str, ...] = ()


def _units(level: str) -> Callable[[Connection, Asked], Read]:
    def read(connection: Connection, asked: Asked) -> Read:
        units = level_units(connection, level, asked.today)[[*_UNIT_FIELDS, "geometry"]]
        return Read(units, [("图层", LEVEL_NAMES[level]), ("边界日期", asked.today.isoformat())])

    return read


def _hotspots(level: str) -> Callable[[Connection, Asked], Read]:
    def read(connection: Connection, asked: Asked) -> Read:
        wanted = question(
            connection,
            level,
            asked.month,
            asked.office,
            reading=asked.reading,
            class_code=asked.class_code,
            first_reports=asked.first_reports,
        )
        table = table_of(connection, wanted)
        this = table.months.this
        notes = [
            ("图层", f"诉求热点（{LEVEL_NAMES[level]}）"),
            ("统计周期", f"{wanted.text}（{this.first} 至 {this.last}）"),
            ("诉求类别", asked.class_code or "全部"),
            ("口径", READING_NAMES[asked.reading]),
            ("重复诉求", FIRST_REPORTS_NAMES[asked.first_reports]),
            ("未能落到本级", f"{table.n_not_placeable} 件"),
            ("集中点（不计入）", f"{table.n_sinks} 件"),
            ("小数处理", f"1 至 4 件写作“{SMALL_WORD}”或留空"),
        ]
        return Read(layer_of(connection, table), notes)

    return read


def _published(level: str) -> Callable[[Connection, Asked], Read]:
    def read(connection: Connection, asked: Asked) -> Read:
        of, class_code = asked.office.reckoning, asked.class_code or EVERY
        wanted = [asked.month] if asked.month else _months(connection, of)
        found = (published(connection, *of.month(*one), asked.reading) for one in wanted)
        month = next((one for one in found if one is not None), None)
        if month is None:
            raise InputError("month: nothing is published")
        if class_code != EVERY and class_code not in month.classes:
            raise InputError("category: no class of the first level that the month had")
        earlier = of.month(*of.month_of(month.first_day - timedelta(days=1)))
        before = published(connection, *earlier, asked.reading)
        units = load_boundaries(connection, month.last_day)
        layer = published_layer(units, level, month, before, class_code)
        notes = [
            ("图层", f"公布的诉求数量（{LEVEL_NAMES[level]}）"),
            ("统计时间", f"{month.first_day} 至 {month.last_day}"),
            ("诉求类别", asked.class_code or "全部"),
            ("口径", f"公布口径，{READING_NAMES[asked.reading]}；未列出的数量为不予公布"),
        ]
        return Read(layer, notes)

    return read


def _months(connection: Connection, of: Reckoning) -> list[tuple[int, int]]:
    return [(int(name[:4]), int(name[5:])) for name, _ in months_with_data(connection, of)]


def _alerts(connection: Connection, asked: Asked) -> Read:
    found = read_alerts(connection, asked.viewer, limit=asked.most)
    units = load_boundaries(connection, asked.today)
    layer = alert_layer(alert_items(found, units, asked.zone))
    return Read(layer, [("图层", "风险提示"), ("截至", asked.today.isoformat())])


def _clusters(connection: Connection, asked: Asked) -> Read:
    found = [
        one
        for one in read_alerts(connection, asked.viewer, limit=asked.most)
        if one["kind"] == "cluster"
    ]
    units = load_boundaries(connection, asked.today)
    layer = cluster_layer(
        alert_items(found, units, asked.zone), [one["detail"]["cells"] for one in found]
    )
    return Read(layer, [("图层", "集中反映范围"), ("截至", asked.today.isoformat())])


def _appeals(connection: Connection, asked: Asked) -> Read:
    days = None if asked.month is None else asked.office.reckoning.month(*asked.month)
    found = read_points(
        connection, asked.viewer, days=days, class_code=asked.class_code, limit=asked.most
    )
    notes = [
        ("图层", "诉求点位"),
        ("时间", f"{days[0]} 至 {days[1]}" if days else f"截至 {asked.today}"),
        ("诉求类别", asked.class_code or "全部"),
        ("范围", "仅含查看人有权查看点位的诉求；地址止于楼栋"),
        ("件数", f"最新的 {len(found)} 件"),
    ]
    return Read(appeal_layer(found), notes)


def _remedies(connection: Connection, asked: Asked) -> Read:
    layer = remedy_layer(
        load_boundaries(connection, asked.today), remedies_of(connection, asked.office)
    )
    return Read(layer, [("图层", "整改成效"), ("截至", asked.today.isoformat())])


CATALOGUE: Final[Mapping[str, Entry]] = {
    **{
        f"units-{level}": Entry(
            LEVEL_NAMES[level], Right.LOCATE, "code", _units(level), timedelta(seconds=30)
        )
        for level in UNIT_LEVELS
    },
    **{
        f"hotspots-{level}": Entry(
            f"诉求热点（{LEVEL_NAMES[level]}）",
            Right.FIGURES,
            "code",
            _hotspots(level),
            timedelta(minutes=5),
            filters=("month", "category", "reading", "first_reports"),
        )
        for level in LEVELS
    },
    **{
        f"published-{level}": Entry(
            f"公布的诉求数量（{LEVEL_NAMES[level]}）",
            Right.PUBLISHED,
            "code",
            _published(level),
            timedelta(minutes=5),
            filters=("month", "category", "reading"),
        )
        for level in UNIT_LEVELS[:3]
    },
    "alerts": Entry("风险提示", Right.ALERTS, "id", _alerts, timedelta(0), when="opened_at"),
    "clusters": Entry(
        "集中反映范围", Right.ALERTS, "id", _clusters, timedelta(0), when="opened_at"
    ),
    "appeals": Entry(
        "诉求点位",
        Right.APPEALS,
        "appeal_id",
        _appeals,
        timedelta(0),
        when="received_at",
        filters=("month", "category"),
    ),
    "remedies": Entry("整改成效", Right.FIGURES, "id", _remedies, timedelta(minutes=5)),
}
"""The layers by name."""


def read_layer(name: str, connection: Connection, asked: Asked) -> Read:
    """Read a layer of the catalogue.

    Raises
    ------
    InputError
        It has nothing to show yet, or there is no unit of the code ``asked.within`` today.
    """
    read = CATALOGUE[name].read(connection, asked)
    if asked.within is None:
        return read
    units = load_boundaries(connection, asked.today)
    found = units.coded(asked.within)
    if not found:
        raise InputError("within: there is no unit of this code today")
    unit = units.units.iloc[units.row(found[0])]
    if unit["geometry"] is None:
        raise InputError("within: this unit has no border")
    shapely.prepare(unit["geometry"])
    middles = shapely.point_on_surface(read.layer.geometry.to_numpy())
    inside = shapely.contains_properly(unit["geometry"], middles)
    layer = read.layer[inside].reset_index(drop=True)
    return Read(layer, [*read.notes, ("范围", f"{unit['name']}（{unit['code']}）")])
