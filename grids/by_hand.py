"""What a person says of an appeal's place, and the placement that follows from it.

A person gives a point or a unit. A unit is a confirmation where the point that is held may lie in
it: the point stays and the doubt is over. A point out of the unit's reach is known to be wrong and
is dropped. Whatever the person says is certain, so nothing stays to be confirmed.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from appeals.errors import InputError
from appeals.record import Appeal, Reject
from geo.addresses import normalise
from geo.alias_files import AliasFile
from geo.aliases import Alias, name_fault
from geo.datums import check_datum, in_range, to_wgs84
from geo.locate import Located
from geo.located import COARSE, RADIUS_M
from grids.boundaries import LEVELS, Boundaries, Unit
from grids.place import CELL_COLUMNS, PLACED, UNIT_COLUMNS, place
from grids.rows import missing, records

Box = tuple[float, float, float, float]

_NAMED_LEVELS = ("district", "street", "community")


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person says: a point (``x`` east or longitude first, in ``datum``), or a unit.

    ``unit`` is a code, or ``level:code`` where several levels use the code. ``name`` is what the
    place is called (地名), to be taught to the matcher; empty teaches nothing.
    """

    x: float | None = None
    y: float | None = None
    datum: str | None = None
    unit: str | None = None
    name: str = ""


def placed_by_hand(
    choice: Choice, held: Located, units: Boundaries, box: Box | None = None
) -> tuple[Located, pd.DataFrame]:
    """Place one appeal as a person says.

    Parameters
    ----------
    choice
        Of the person.
    held
        Where the appeal was until now; the source's own coordinates stay with it.
    units
        The boundaries of the appeal's day.
    box
        West, south, east, north in WGS84 degrees of the jurisdiction, if it has such.

    Returns
    -------
    located, placed
        ``placed`` has one row and the columns ``grids.place.PLACED``; ``how`` is ``hand``.

    Raises
    ------
    InputError
        Neither or both of point and unit are given, the datum is missing, the point lies outside,
        or the unit does not hold on the appeal's day.
    """
    pointed = choice.x is not None and choice.y is not None
    if pointed == (choice.unit is not None) or (choice.x is None) != (choice.y is None):
        raise InputError("give either a point (lon, lat and its datum) or a unit")
    if choice.unit is not None:
        return _in_unit(_unit(choice.unit, units), held, units)
    lon, lat = _wgs84(choice, box)
    found = replace(
        held, level="point", lon=lon, lat=lat, radius_m=0.0, confidence=1.0, named=(),
        evidence=f"人工改落点（{choice.datum}）",
    )  # fmt: skip
    return found, _by_hand(place([found], units))


def alias_of(choice: Choice, found: Located, units: Boundaries) -> Alias | None:
    """Give what a choice teaches, ``None`` where it names nothing.

    Raises
    ------
    InputError
        The name is none that may be taught.
    """
    name = choice.name.strip()
    if not name:
        return None
    fault = name_fault(name)
    if fault is not None:
        raise InputError(f"name: {fault}")
    if any(units.all_named(level, name) for level in _NAMED_LEVELS):
        raise InputError("name: a unit is called so already")
    if choice.unit is None:
        return Alias(name, found.lon, found.lat)
    unit = _unit(choice.unit, units)
    if unit.level not in _NAMED_LEVELS:
        raise InputError("name: names lead to a point, district, street or community, to no grid")
    return Alias(name, code=unit.code)


def known_aliases(
    given: AliasFile, known: Container[str], units: Boundaries
) -> tuple[list[tuple[int, Alias]], list[Reject]]:
    """Find out what the names of a file lead to: a place of the gazetteer, a unit, or a point.

    Parameters
    ----------
    given
        The file as it was read.
    known
        Keys of the gazetteer's names.
    units
        The units that hold today: a name that an old one is replaced by (宣武区 → 西城区) is looked
        for among them where the gazetteer does not have it.
    """
    good: list[tuple[int, Alias]] = []
    rejects = list(given.rejects)
    for row, alias in given.aliases:
        reason = ""
        if alias.code and not units.coded(alias.code):
            reason = "no unit that holds today has this code"
        elif alias.place and normalise(alias.place) not in known:
            named = [one for level in _NAMED_LEVELS for one in units.all_named(level, alias.place)]
            if len(named) == 1:
                alias = replace(alias, place="", code=units.unit(named[0]).code)
            else:
                several = f"{len(named)} units are called so: give the code"
                reason = several if named else "is no name of a place or unit that is known"
        if reason:
            rejects.append(Reject(row, "code" if alias.code else "place", reason))
        else:
            good.append((row, alias))
    return good, rejects


def says_the_same_place(old: Mapping[str, object], new: Appeal) -> bool:
    """Tell whether an update leaves what the source says of the place as it was.

    Parameters
    ----------
    old
        Of the version before: its columns ``address``, ``district``, ``street`` and ``community``,
        and ``x`` and ``y`` of its placement, the source's coordinates as they came. Another datum
        for the same numbers is no other place.
    new
        The open fields of the update.
    """
    pin = (None, None) if new.pin is None else (new.pin.x, new.pin.y)
    words = ("address", "district", "street", "community")
    same_words = all((old[name] or "") == (getattr(new, name) or "") for name in words)
    return same_words and (old["x"], old["y"]) == pin


def _wgs84(choice: Choice, box: Box | None) -> tuple[float, float]:
    if choice.datum is None:
        raise InputError("the datum of the point is not declared: it is never guessed")
    check_datum(choice.datum)
    lon, lat = to_wgs84(np.array([choice.x]), np.array([choice.y]), choice.datum)
    if not in_range(lon, lat)[0]:
        raise InputError("the point is out of range: longitude comes first")
    west, south, east, north = box or (-180.0, -90.0, 180.0, 90.0)
    if not (west <= lon[0] <= east and south <= lat[0] <= north):
        raise InputError("the point lies outside the jurisdiction's bounding box")
    return float(lon[0]), float(lat[0])


def _unit(said: str, units: Boundaries) -> Unit:
    level, _, code = said.rpartition(":")
    ids = [one for one in units.coded(code) if level in ("", units.unit(one).level)]
    if not ids:
        raise InputError("there is no unit of this code on the appeal's day")
    if len(ids) > 1:
        levels = ", ".join(units.unit(one).level for one in ids)
        raise InputError(f"units of several levels have this code ({levels}): write level:code")
    return units.unit(ids[0])


def _in_unit(unit: Unit, held: Located, units: Boundaries) -> tuple[Located, pd.DataFrame]:
    found = replace(held, confidence=1.0, named=(unit.code,), evidence=f"人工指定「{unit.name}」")
    if held.lon is not None and held.lat is not None:
        (away_m,) = units.distances_m(held.lon, held.lat, [unit.unit_id])
        if away_m is None or away_m <= (held.radius_m or 0.0):
            found = replace(found, evidence=f"{found.evidence}；{held.evidence}".rstrip("；"))
            return found, _by_hand(place([found], units), unit)
        found = replace(found, evidence=f"{found.evidence}，原点位不在其内，不再采用")
    level = unit.level if unit.level in COARSE else "community"
    found = replace(found, level=level, lon=None, lat=None, radius_m=RADIUS_M[level])
    return found, _by_hand(place([found], units), unit)


def _by_hand(placed: pd.DataFrame, unit: Unit | None = None) -> pd.DataFrame:
    """Let a person's word stand over what the rules of placing left open or said otherwise."""
    (row,) = records(placed)
    ids = [0 if missing(row[name]) else int(str(row[name])) for name in UNIT_COLUMNS]
    if unit is not None and ids[LEVELS.index(unit.level)] != unit.unit_id:
        ids = list(unit.above)  # what is finer lies in another unit
    row |= {name: one or pd.NA for name, one in zip(UNIT_COLUMNS, ids, strict=True)}
    row["how"] = "hand"
    if any(ids):
        finest = max(i for i, one in enumerate(ids) if one)
        row |= {"status": "placed", "finest": LEVELS[finest], "candidates": None}
    made = pd.DataFrame([row], columns=list(PLACED))
    return made.astype(dict.fromkeys((*UNIT_COLUMNS, *CELL_COLUMNS), "Int64"))
