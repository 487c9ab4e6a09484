"""How far a list of named places can be trusted, row by row, in words that an official can act on.

The ceiling of 落点 is the gazetteer, not the matcher. What is found here is stored all the same: a
finding says what to look at, and the row where it stands.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.addresses import normalise, parts
from geo.aliases import name_fault
from geo.ground import FAR_M
from geo.measure import distance_m

SINK_NAMES = 5
"""A coordinate with at least so many different names is a fallback of its geocoder."""

NEAR_M = 50.0
"""A pin so close to the stated district's border may be right."""

PROBLEMS: dict[str, tuple[str, str]] = {
    "stray": ("坐标不在所填的区内", "核对坐标和所属区；坐标系申报有误时整批会如此"),
    "unknown_district": ("所填的区不在单位名录中", "改用现行区名，或导入新旧区名对照"),
    "sink": ("多个地名共用一个坐标", "多为地理编码找不到时的默认点，重新取点"),
    "far_apart": ("同名地点相距较远", "确为两处的，名称中加区名或方位；一处的，删去错误的一条"),
    "twice": ("同名地点重复", "保留一条"),
    "unusable": ("名称不能用于查找", "写全称，不要只写院号、楼号或泛称"),
    "kind": ("类别不认识", "用小区、门牌、楼栋、道路或其他；已按默认类别导入"),
}
"""For each kind of finding its title and what to do."""

COLUMNS = ("行号", "名称", "所属区", "经度", "纬度", "问题", "说明", "处理建议")
"""Columns of :func:`findings_frame`."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One place and what is wrong: a key of :data:`PROBLEMS`, and what its words leave open."""

    at: int
    problem: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Lies:
    """Where the pins lie, by the room above, which knows the polygons; one entry a place.

    ``district`` is the name of the district that holds the pin, empty for none. ``stated`` tells
    whether the stated district is a unit, and ``away_m`` how far the pin lies from it (0 inside,
    NaN where it is not stated or has no border).
    """

    district: tuple[str, ...]
    stated: tuple[bool, ...]
    away_m: tuple[float, ...]


def judge(places: pd.DataFrame, strange_kinds: Sequence[str], lies: Lies | None) -> list[Finding]:
    """Find what is wrong with the places of one file.

    Parameters
    ----------
    places
        Columns of :data:`geo.places.COLUMNS`, one row a place.
    strange_kinds
        The words of the file's column of kinds that are not known, by place, empty elsewhere.
    lies
        Where the pins lie, ``None`` where no district has a border.

    Returns
    -------
    list of Finding
        ``at`` is the position of the place; in order of position.
    """
    keys = places["name"].map(normalise)
    found = [*_sinks(places, keys), *_same_names(places, keys)]
    found += [
        Finding(at, "unusable")
        for at, (name, kind) in enumerate(zip(places["name"], places["kind"], strict=True))
        if kind in ("compound", "building", "point") and _is_any(name)
    ]
    found += [Finding(at, "kind", word) for at, word in enumerate(strange_kinds) if word]
    if lies is not None:
        found += _strays(places, lies)
    return sorted(found, key=lambda one: (one.at, list(PROBLEMS).index(one.problem)))


def findings_frame(
    places: pd.DataFrame, rows: Sequence[int], findings: Sequence[Finding]
) -> pd.DataFrame:
    """Write findings as a table for an official, in Chinese.

    Parameters
    ----------
    places, rows
        The places, and the number of each one's row in the file.
    findings
        Of :func:`judge`.
    """
    lines = []
    for one in findings:
        place = places.iloc[one.at]
        title, advice = PROBLEMS[one.problem]
        where = round(float(place["lon"]), 6), round(float(place["lat"]), 6)
        words = place["name"], place["district"], *where
        lines.append((rows[one.at], *words, title, one.detail, advice))
    return pd.DataFrame(lines, columns=list(COLUMNS))


def share_with_number(places: pd.DataFrame) -> float | None:
    """Tell the share of places whose address has a road and a door's number; ``None`` of none."""
    if not len(places):
        return None
    said = [parts(address) for address in places["address"]]
    return sum(bool(one.road and one.number) for one in said) / len(said)


def _is_any(name: str) -> bool:
    return len(normalise(name)) < 2 or "any place" in (name_fault(name) or "")


def _sinks(places: pd.DataFrame, keys: "pd.Series[str]") -> Iterator[Finding]:
    points = places.assign(key=keys).groupby(["lon", "lat"], sort=False)
    names = points["key"].transform("nunique")
    for at in np.flatnonzero(names >= SINK_NAMES).tolist():
        yield Finding(at, "sink", f"此坐标有 {int(names.iloc[at])} 个不同地名")


def _same_names(places: pd.DataFrame, keys: "pd.Series[str]") -> Iterator[Finding]:
    lon, lat = places["lon"].to_numpy(np.float64), places["lat"].to_numpy(np.float64)
    alike: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for at, named in enumerate(zip(keys, places["kind"], strict=True)):
        alike[named].append(at)
    # A road is many points of one name.
    for (_, kind), rows in alike.items():
        if len(rows) < 2 or kind == "road":
            continue
        mine = np.array(rows)
        ends = lon[mine].min(), lat[mine].min(), lon[mine].max(), lat[mine].max()
        span_m = float(distance_m(*(np.array([end]) for end in ends))[0])
        if span_m > FAR_M:
            detail = f"共 {len(rows)} 条，最远相距约 {span_m / 1000:.1f} 公里"
            yield from (Finding(at, "far_apart", detail) for at in rows)
            continue
        seen: set[tuple[str, str]] = set()
        for at in rows:
            said = (places["address"].iloc[at], places["district"].iloc[at])
            if said in seen:
                yield Finding(at, "twice", f"共 {len(rows)} 条，相距不超过 {span_m:.0f} 米")
            seen.add(said)


def _strays(places: pd.DataFrame, lies: Lies) -> Iterator[Finding]:
    for at, (said, known, district, away_m) in enumerate(
        zip(places["district"], lies.stated, lies.district, lies.away_m, strict=True)
    ):
        if said and not known:
            yield Finding(at, "unknown_district")
        elif said and away_m > NEAR_M:
            where = f"坐标在{district}" if district else "坐标不在任何区内"
            yield Finding(at, "stray", f"{where}，距所填的区约 {away_m:.0f} 米")
