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
from geo.areas import Area, decide
from geo.datums import in_range, to_wgs84
from geo.gazetteer import Gazetteer
from geo.ladder import answer
from geo.located import COARSE, LEVELS, RADIUS_M, Candidate, Located, NamedUnit
from geo.matcher import Matcher, matcher_of
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
        As they came; nothing of them is kept.
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
    matcher = matcher_of(gazetteer, units)
    return [answer(matcher, text) for text in texts]


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
    found = []
    for appeal, address, area, point in zip(appeals, addresses, areas, wgs84, strict=True):
        pin = appeal.pin
        if pin is not None and appeal.level_of_place in _CHINESE:
            found.append(_coarse(matcher, appeal, pin, address, area))
        elif pin is not None and point is not None and appeal.level_of_place != "unlocated":
            found.append(_pinned(matcher.units, appeal, pin, point, area))
        else:
            found.append(_by_words(matcher, pin, address, area))
    return found


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


def _coarse(matcher: Matcher, appeal: Appeal, pin: Pin, address: str, area: Area) -> Located:
    level = appeal.level_of_place or "district"
    names = matcher.units
    said = f"来源注明坐标只到{_CHINESE[level]}级"
    unit = names.above(area.unit, level) if area.unit is not None else None
    confidence = 1.0 if unit is not None else 0.0
    if unit is None and address:
        by_text = answer(matcher, address, area)
        code = next((c for c in by_text.named if names.level_of(c) == level), None)
        unit = names.number_of(code) if code is not None else None
        confidence = by_text.confidence if unit is not None else 0.0
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


def _by_words(matcher: Matcher, pin: Pin | None, address: str, area: Area) -> Located:
    found = answer(matcher, address, area)
    if pin is None:
        return found
    return replace(
        found,
        evidence=f"来源坐标超出经纬度范围或为零，未采用；{found.evidence}",
        datum=pin.datum,
        x=pin.x,
        y=pin.y,
    )
