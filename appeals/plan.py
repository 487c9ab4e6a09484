"""Which column of a file gives which field of an appeal: worked out once, before the first row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from appeals.errors import DatumError, InputError
from appeals.headers import (
    ALIASES,
    FIELDS,
    field_of,
    holds_path,
    known_columns,
    looks_like_data,
    nearest,
    shown,
)
from appeals.mapping import LEVELS_OF_PLACE, Mapping, read_zone

_FUTURE = timedelta(days=1)  # clocks differ, and a day without a time may be named from its end
_LEVEL_WORDS: dict[str, str] = {
    **{level: level for level in LEVELS_OF_PLACE},
    "区": "district",
    "区县": "district",
    "街道": "street",
    "乡镇": "street",
    "街乡镇": "street",
    "社区": "community",
    "村": "community",
    "道路": "road",
    "小区": "compound",
    "楼栋": "building",
    "门牌号": "plate",
    "门牌": "plate",
}


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for every row of one run.

    Parameters
    ----------
    source
        Name of the source; an id is unique within it.
    mapping
        How its files are to be read.
    zone
        The jurisdiction's: of local days, and of times where the mapping names no zone.
    datum
        Of the coordinates, before the mapping's own.
    bounding_box
        West, south, east, north in WGS84 degrees; checked after conversion, not here.
    now
        The moment of reading; a time more than a day later is a reject. ``None``: no such check.
    """

    source: str
    mapping: Mapping
    zone: ZoneInfo
    datum: str | None = None
    bounding_box: tuple[float, float, float, float] | None = None
    now: datetime | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Which column gives which field, worked out once for a file.

    ``columns`` has every field: the header where the file has a column for it, else a text that no
    header can be, so that looking it up finds nothing. ``ignored`` are the columns that give no
    field, apart from those that the mapping leaves unread on purpose.
    """

    rules: Rules
    columns: dict[str, str]
    constants: dict[str, str]
    zone: ZoneInfo
    datum: str
    class_path: bool
    levels: dict[str, str]
    latest: datetime | None
    ignored: tuple[str, ...] = ()


def _absent(field: str) -> str:
    return f"\x00{field}"


def plan(headers: Sequence[str], rules: Rules) -> Plan:
    """Work out which column gives which field.

    A column that the mapping names comes first, then the mapping's constants, then the headers
    that are known by alias and that the mapping does not use otherwise.

    Raises
    ------
    InputError
        There is no id or no time column (the message names the headers and the nearest known
        one), the mapping names a column that is not there, or one coordinate has no other.
    DatumError
        There are coordinate columns and no datum.
    """
    columns = _columns(headers, rules.mapping)
    given = {**columns, **rules.mapping.constants}
    for field, word in (("id", "工单编号"), ("received_at", "受理时间")):
        if field not in given:
            raise InputError(_no_column(field, word, headers))
    if ("lon" in given) != ("lat" in given):
        there, lacking = ("lon", "lat") if "lon" in given else ("lat", "lon")
        known = " or ".join(h for h, field in ALIASES.items() if field == lacking and h != lacking)
        raise InputError(
            f"there is a column for {there} and none for {lacking}: call it {known}, or leave "
            f'{there} unread by a mapping file: [columns] {there} = ""'
        )
    datum = rules.datum or rules.mapping.datum or ""
    if "lon" in given and not datum:
        raise DatumError(
            "there are coordinates and no datum is declared (wgs84, cgcs2000, gcj02, bd09 or "
            "EPSG:NNNN; maps of Chinese providers are gcj02 or bd09)"
        )
    zone = rules.zone
    if rules.mapping.time_zone is not None:
        zone = read_zone(rules.mapping.time_zone, "mapping: time_zone")
    return Plan(
        rules=rules,
        columns={field: columns.get(field, _absent(field)) for field in FIELDS},
        constants={_absent(field): value for field, value in rules.mapping.constants.items()},
        zone=zone,
        datum=datum,
        class_path="class_2" not in given and holds_path(columns.get("class_1", "")),
        levels=_LEVEL_WORDS | rules.mapping.level_of_place,
        latest=None if rules.now is None else rules.now + _FUTURE,
        ignored=_ignored(headers, columns, rules.mapping),
    )


def _columns(headers: Sequence[str], mapping: Mapping) -> dict[str, str]:
    for field, header in mapping.columns.items():
        if header and header not in headers:
            near = None if looks_like_data(headers) else nearest(header, headers)
            hint = f"; did you mean {near}?" if near else ""
            raise InputError(f"the mapping reads {field} from column {header}, not there{hint}")
    used = set(mapping.columns.values())
    found = known_columns(header for header in headers if header not in used)
    for field in (*mapping.columns, *mapping.constants):
        found.pop(field, None)
    return found | {field: header for field, header in mapping.columns.items() if header}


def _ignored(headers: Sequence[str], columns: dict[str, str], mapping: Mapping) -> tuple[str, ...]:
    given = {*columns.values()}
    on_purpose = {field for field, header in mapping.columns.items() if not header}
    on_purpose |= {*mapping.constants}
    return tuple(
        header for header in headers if header not in given and field_of(header) not in on_purpose
    )


def _no_column(field: str, word: str, headers: Sequence[str]) -> str:
    if looks_like_data(headers):
        return "the first row looks like data, not like headers: put a row of column names on top"
    known = [header for header, named in ALIASES.items() if named == field]
    near = next(((header, found) for header in headers if (found := nearest(header, known))), None)
    hint = f"is {near[0]} it? It is known as {near[1]}" if near else f"it is known as {word}"
    if not known_columns(headers):
        hint += "; none is known: a head of two rows must be made one"
    return (
        f"no column for {field}: the headers are {shown(headers)}; {hint}. "
        f"Rename the column or name it in a mapping file: [columns] {field} = …"
    )
