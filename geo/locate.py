"""落点: where appeals and address texts are.

A pin of the source stands before every text. Where there is none, the text of the address decides,
inside the units that text and columns name; then the columns alone; then nothing.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from appeals.declared import short_datum
from appeals.record import Appeal, Pin
from geo.areas import NOWHERE, Area, decide
from geo.datums import in_range, to_wgs84
from geo.gazetteer import Gazetteer
from geo.ladder import answers
from geo.located import COARSE, LEVELS, RADIUS_M, Candidate, Located, NamedUnit
from geo.matcher import matcher_of
from geo.names import UnitNames

__all__ = ["LEVELS", "Candidate", "Located", "NamedUnit", "locate", "locate_texts"]

_CHINESE = {"community": "社区", "street": "街道", "district": "区"}
_Columns = tuple[str | None, str | None, str | None]


def locate_texts(
    texts: Sequence[str], gazetteer: Gazetteer | None, units: Sequence[NamedUnit]
) -> list[Located]:
    """Locate address texts or sentences.

    Parameters
    ----------
    texts
        As they came, of each the first 2,000 characters; nothing of them is kept.
    gazetteer
        Named places, ``None`` where there are none.
    units
        Units whose names count. The same tuple again costs no new index.

    Returns
    -------
    list of Located
        One a text, in order.

    Examples
    --------
    >>> units = (NamedUnit("district", "990101", "东城区", None),)
    >>> found = locate_texts(["某市东城区南京东路6号"], None, units)[0]
    >>> found.level, found.named, found.lon
    ('district', ('990101',), None)
    """
    return answers(matcher_of(gazetteer, units), texts, [NOWHERE] * len(texts))


def locate(
    appeals: Sequence[Appeal],
    addresses: Sequence[str],
    gazetteer: Gazetteer | None,
    units: Sequence[NamedUnit],
) -> list[Located]:
    """Locate appeals by their pin, else by their address, else by their columns.

    Parameters
    ----------
    appeals
        Open fields of the rows.
    addresses
        The raw address of each, in memory only.
    gazetteer, units
        As for :func:`locate_texts`.

    Returns
    -------
    list of Located
        One an appeal, in order. A pin has the level ``point``, the radius that its source declares
        and confidence 1; where the source says that its coordinates stand for a district, street or
        community, there is that level and no point.

    Raises
    ------
    InputError
        A pin's datum is refused.
    ValueError
        The two sequences differ in length.
    """
    if len(appeals) != len(addresses):
        raise ValueError("there must be one address for each appeal")
    matcher = matcher_of(gazetteer, units)
    known: dict[_Columns, Area] = {}
    areas = [_columns_area(matcher.units, appeal, known) for appeal in appeals]
    wgs84 = _pins([appeal.pin for appeal in appeals])
    rows = list(zip(appeals, addresses, areas, wgs84, strict=True))
    asked = [i for i, row in enumerate(rows) if _asks_words(matcher.units, *row)]
    told = answers(matcher, [addresses[i] for i in asked], [areas[i] for i in asked])
    words = dict(zip(asked, told, strict=True))
    return [
        _placed(matcher.units, appeal, area, point, words.get(i))
        for i, (appeal, _, area, point) in enumerate(rows)
    ]


def _asks_words(
    names: UnitNames, appeal: Appeal, address: str, area: Area, point: tuple[float, float] | None
) -> bool:
    """Tell whether neither pin nor columns say where an appeal is."""
    if appeal.pin is None:
        return True
    if appeal.level_of_place in _CHINESE:
        return bool(address) and _unit_of(names, appeal.level_of_place, area) is None
    return point is None or appeal.level_of_place == "unlocated"


def _placed(
    names: UnitNames,
    appeal: Appeal,
    area: Area,
    point: tuple[float, float] | None,
    words: Located | None,
) -> Located:
    pin = appeal.pin
    if pin is not None and appeal.level_of_place in _CHINESE:
        return _coarse(names, appeal.level_of_place, pin, words, area)
    if words is None:
        assert pin is not None, "else its words are asked"
        assert point is not None, "else its words are asked"
        return _pinned(names, appeal, pin, point, area)
    if pin is None:
        return words
    return replace(
        words,
        evidence=f"来源坐标超出经纬度范围或为零，未采用；{words.evidence}",
        datum=pin.datum,
        x=pin.x,
        y=pin.y,
    )


def _columns_area(names: UnitNames, appeal: Appeal, known: dict[_Columns, Area]) -> Area:
    columns = (appeal.district, appeal.street, appeal.community)
    area = known.get(columns)
    if area is None:
        levels = ("district", "street", "community")
        groups = [
            names.named(level, name) for level, name in zip(levels, columns, strict=True) if name
        ]
        area = decide(names, groups)
        known[columns] = area
    return area


def _pins(pins: Sequence[Pin | None]) -> list[tuple[float, float] | None]:
    """Bring all pins to WGS84, each datum at once; none where a pin is missing or impossible."""
    of_datum: defaultdict[str, list[int]] = defaultdict(list)
    for i, pin in enumerate(pins):
        if pin is not None:
            of_datum[pin.datum].append(i)
    out: list[tuple[float, float] | None] = [None] * len(pins)
    for datum, rows in of_datum.items():
        given = [pin for pin in pins if pin is not None and pin.datum == datum]
        x = np.array([pin.x for pin in given], dtype=np.float64)
        y = np.array([pin.y for pin in given], dtype=np.float64)
        lon, lat = to_wgs84(x, y, datum)
        # 0, 0 is what a form gives where nobody set a point.
        good = in_range(lon, lat) & ~((x == 0) & (y == 0))
        for row, fine, a, b in zip(rows, good.tolist(), lon.tolist(), lat.tolist(), strict=True):
            if fine:
                out[row] = (a, b)
    return out


def _pinned(
    names: UnitNames, appeal: Appeal, pin: Pin, point: tuple[float, float], area: Area
) -> Located:
    level = appeal.level_of_place
    return Located(
        level=level if level in LEVELS and level not in COARSE else "point",
        lon=point[0],
        lat=point[1],
        radius_m=pin.radius_m,
        confidence=1.0,
        evidence=f"来源坐标（{short_datum(pin.datum)}）",
        datum=pin.datum,
        x=pin.x,
        y=pin.y,
        named=names.codes(area.unit) if area.unit is not None else (),
    )


def _unit_of(names: UnitNames, level: str, area: Area) -> int | None:
    return names.above(area.unit, level) if area.unit is not None else None


def _coarse(names: UnitNames, level: str, pin: Pin, words: Located | None, area: Area) -> Located:
    said = f"来源注明坐标只到{_CHINESE[level]}级"
    unit = _unit_of(names, level, area)
    confidence = 1.0 if unit is not None else 0.0
    if words is not None:
        code = next((c for c in words.named if names.level_of(c) == level), None)
        unit = names.number_of(code) if code is not None else None
        confidence = words.confidence if unit is not None else 0.0
    if unit is not None:
        said += f"；写明「{names.units[unit].name}」"
    return Located(
        level=level,
        radius_m=RADIUS_M[level],
        confidence=confidence,
        evidence=said,
        datum=pin.datum,
        x=pin.x,
        y=pin.y,
        named=names.codes(unit) if unit is not None else (),
    )
