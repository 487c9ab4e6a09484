"""The 12345 export: each call as a row under the usual Chinese headers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd

from wangge.city.calls import CONSULT, each
from wangge.city.classes import KINDS, Leaf
from wangge.city.land import Land
from wangge.city.names import CITY_PLAIN, DEPARTMENTS, Namer, id_number, person, phone
from wangge.city.pins import NOWHERE, draw_pins
from wangge.city.settlement import COMPOUND, SHOP, Place, Settlement
from wangge.city.truth import EventKind
from wangge.city.wording import DRAWS, building, words

HEADERS = (
    *(
        "工单编号",
        "受理时间",
        "诉求类型",
        "来源渠道",
        "紧急程度",
        "一级分类",
        "二级分类",
        "三级分类",
    ),
    *("诉求标题", "诉求内容", "诉求人", "来电号码", "身份证号", "来电人地址", "诉求地址", "经度"),
    *("纬度", "区", "街道", "社区", "承办单位", "是否直办", "派单时间", "办结时间", "工单状态"),
    *("被反映主体", "是否重复", "是否已转接", "是否联系", "是否解决", "是否满意", "是否剔除"),
    "剔除原因",
)
COLUMN = {name: k for k, name in enumerate(HEADERS)}
_CHANNELS = ("电话", "微信公众号", "手机APP", "网站", "小程序", "市长信箱")
_CHANNEL_SHARES = (0.71, 0.11, 0.09, 0.05, 0.03, 0.01)
_TRANSFERS = {
    "燃气": "燃气抢修",
    "火情": "119",
    "爆炸": "119",
    "坍塌": "119",
    "食物中毒": "120",
    "轻生": "110",
    "暴力": "110",
    "未成年人": "110",
    "遇险": "119",
}
Row = list[str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of all calls in the order of time, and their ids.

    ``sinks`` are the WGS84 points (lon, lat) that carry improbably many rows.
    """

    rows: list[Row]
    received: list[datetime]
    sinks: tuple[tuple[float, float], ...]


def make_sheet(
    calls: pd.DataFrame,
    leaves: tuple[Leaf, ...],
    land: Land,
    settlement: Settlement,
    families: Mapping[int, tuple[EventKind | None, str]],
    start: date,
    rng: np.random.Generator,
) -> Sheet:
    """Write each call as a row; ``families`` gives kind and note of each planted event."""
    n = len(calls)
    pins = draw_pins(calls, settlement, rng)
    lon, lat, where = pins.lon.tolist(), pins.lat.tolist(), pins.where.tolist()
    draws = rng.integers(0, 1 << 30, (n, DRAWS)).tolist()
    u: list[list[float]] = rng.random((n, 16)).tolist()
    wait_s = (np.exp(rng.normal(11.9, 0.8, n))).astype(np.int64).tolist()
    chains = _chains(rng)
    channel = rng.choice(len(_CHANNELS), size=n, p=_CHANNEL_SHARES)
    midnight = datetime(start.year, start.month, start.day)  # noqa: DTZ001 as an export has it
    rows: list[Row] = []
    received: list[datetime] = []
    number, today = 0, -1
    nothing: tuple[EventKind | None, str] = (None, "")
    for k, call in enumerate(each(calls)):
        at = midnight + timedelta(seconds=int(call.second))
        number = number + 1 if call.second // 86_400 == today else 1
        today = call.second // 86_400
        leaf, place = leaves[call.leaf], settlement.places[call.place]
        names = _unit_names(land, settlement, place)
        near = names[2] if u[k][0] < 0.7 else names[1]
        title, content = words(leaf, call.kind, place, near, call.text, call.again, draws[k])
        kind, family = families.get(call.event, nothing)
        row = [""] * len(HEADERS)
        row[:3] = f"YZ{at:%Y%m%d}{number:05d}", f"{at:%Y-%m-%d %H:%M:%S}", KINDS[call.kind]
        row[3] = _CHANNELS[channel[k]]
        urgent = u[k][1] < (0.35 if kind == EventKind.SENSITIVE else 0.04)
        row[4] = "紧急" if urgent else "一般"
        row[5:8] = leaf.code.split("/")
        row[8:10] = title, content
        _person(row, call.caller, kind, u[k], place)
        _address(row, place, names, where[k], u[k], draws[k])
        if where[k] != NOWHERE:
            row[15], row[16] = f"{lon[k]:.6f}", f"{lat[k]:.6f}"
        row[COLUMN["承办单位"]] = _office(names, leaf, u[k][9])
        _course(row, call.kind, at, wait_s[k], u[k])
        row[COLUMN["被反映主体"]] = call.subject or _subject(leaf, place, chains, draws[k])
        row[COLUMN["是否重复"]] = "是" if call.again else "否"
        if kind == EventKind.SENSITIVE and u[k][14] < 0.5:
            row[COLUMN["是否已转接"]] = _TRANSFERS.get(family, "")
        rows.append(row)
        received.append(at)
    return Sheet(rows, received, pins.sinks)


def _unit_names(land: Land, settlement: Settlement, place: Place) -> tuple[str, str, str]:
    community = int(land.grids.parent[place.grid])
    street = int(land.communities.parent[community])
    district = int(land.streets.parent[street])
    return (
        settlement.district_names[district],
        settlement.street_names[street],
        settlement.community_names[community],
    )


def _person(
    row: Row, caller: int, kind: EventKind | None, u: Sequence[float], place: Place
) -> None:
    name, number = person(caller), phone(caller)
    if u[2] > 0.05:
        row[COLUMN["诉求人"]] = name
    if u[3] > 0.03 or kind is not None:
        row[COLUMN["来电号码"]] = number
    if u[4] < 0.01:
        row[COLUMN["身份证号"]] = id_number(caller)
    if place.kind == COMPOUND and u[5] < 0.3:
        door = f"{1 + caller % 12}号楼{1 + caller % 4}单元{1 + caller % 18}0{1 + caller % 3}室"
        row[COLUMN["来电人地址"]] = place.address + door
    if u[4] > 0.985 and "{" not in row[9]:
        row[9] += f"我叫{name}，电话{number}。"


def _address(
    row: Row,
    place: Place,
    names: tuple[str, str, str],
    where: int,
    u: Sequence[float],
    draws: Sequence[int],
) -> None:
    """Fill in address and unit names; a call without a point may name no more than a street."""
    address = place.address
    if place.kind == COMPOUND and u[6] < 0.6:
        address += f"{building(draws[0])}号楼"
        if u[6] < 0.35:
            address += f"{1 + draws[9] % 4}单元{1 + draws[10] % 18}0{1 + draws[11] % 4}室"
    units = [names[0], names[1] if u[7] < 0.97 else "", names[2] if u[7] < 0.86 else ""]
    if where == NOWHERE:
        if u[8] < 0.45:
            address = place.name if u[8] < 0.1 else address
        elif u[8] < 0.65:
            address, units = CITY_PLAIN + "".join(names), list(names)
        elif u[8] < 0.80:
            address, units = CITY_PLAIN + names[0] + names[1], [names[0], names[1], ""]
        elif u[8] < 0.92:
            address, units = (
                ("小区门口", "单位附近", "路边", "家里")[draws[8] % 4],
                [*names[:2], ""],
            )
        else:
            address, units = "", ["", "", ""]
    row[COLUMN["诉求地址"]] = address
    row[17:20] = units


def _office(names: tuple[str, str, str], leaf: Leaf, u: float) -> str:
    department = DEPARTMENTS[leaf.code.partition("/")[0]]
    if u < 0.72:
        return names[1]
    return department if u < 0.94 else names[0] + department[1:]


def _course(row: Row, kind: int, at: datetime, wait_s: int, u: Sequence[float]) -> None:
    """Fill in how the case went to its end: whoever looks at this past looks long after it."""
    form = "%Y-%m-%d %H:%M:%S"
    direct = u[10] < (0.85 if kind == CONSULT else 0.03)
    row[COLUMN["是否直办"]] = "是" if direct else "否"
    sent = at + timedelta(seconds=int(120 + 7200 * u[11] ** 2))
    closed = at + timedelta(seconds=300) if direct else sent + timedelta(seconds=wait_s)
    if not direct:
        row[COLUMN["派单时间"]] = f"{sent:{form}}"
    row[COLUMN["工单状态"]] = "已办结"
    row[COLUMN["办结时间"]] = f"{closed:{form}}"
    if direct:
        return
    row[28] = "是" if u[12] < 0.93 else "否"
    rated = u[12] < 0.8
    row[29] = ("是" if u[13] < 0.82 else "否") if rated else "未评价"
    row[30] = ("是" if u[13] < 0.86 else "否") if rated else "未评价"
    row[31] = "是" if u[15] < 0.03 else "否"
    if u[15] < 0.03:
        row[32] = "重复诉求" if u[15] < 0.015 else "超出职权范围"


def _chains(rng: np.random.Generator) -> list[str]:
    namer = Namer(rng)
    endings = ("超市", "餐饮", "健身", "教育", "家居", "通讯", "眼镜", "房产")
    return [namer.chain(endings[k % len(endings)]) for k in range(48)]


def _subject(leaf: Leaf, place: Place, chains: list[str], draws: Sequence[int]) -> str:
    if leaf.code.startswith("住房物业/物业服务") and place.kind == COMPOUND:
        return place.manager if draws[7] % 10 < 8 else ""
    if leaf.place == "店铺" and place.kind == SHOP:
        if draws[7] % 10 < 3:
            return chains[draws[6] % len(chains)]
        return place.name if draws[7] % 10 < 8 else ""
    return ""
