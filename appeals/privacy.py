"""Who sees what: the one way out of the stores, and the one table that it keeps to.

:func:`view` is the only path from a store to anything that a person reads: page, interface,
command line, export, report, message. :data:`MATRIX` is a list of what *may* be seen; a field that
stands on no list is absent. Free words pass the redaction of :mod:`appeals.redaction` once more on
their way out, so that a better redaction works on old rows at once.

Source: our matrix by PIPL Arts 6, 28, 34 and 51, GB/T 35273-2020 item 7.2, GB/T 37964-2019.
"""

# ruff: noqa: RUF002 -- the marks of redaction stand in an example
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import h3.api.basic_int as h3

from appeals.person_names import COMPOUND_SURNAMES
from appeals.redaction import cut_at_building, redact

__all__ = [
    "MATRIX", "REACH", "Mask", "Reach", "Role", "Sight", "Viewer", "cut_at_building", "hide_small",
    "is_own", "mask_id", "mask_name", "mask_phone", "may_ask", "redact", "view",
]  # fmt: skip


class Role(StrEnum):
    """Why somebody looks."""

    OPERATOR = "operator"  # 值班员 and 带班领导 at the hotline desk
    RESPONDER = "responder"  # 联络员 of 应急 or 公安, for a live alert
    LIAISON = "liaison"  # any other 联络员, for a live alert
    STREET = "street"  # 街乡镇
    GRID = "grid"  # 网格员
    PLANNER = "planner"
    PUBLIC = "public"
    LOG = "log"  # logs, metrics, messages of errors


class Mask(StrEnum):
    """How much of a field is shown."""

    NONE = "none"
    MASKED = "masked"  # 王**, 138****1234
    BUILDING = "building"  # an address down to the building
    REDACTED = "redacted"  # words without what names a person
    SUMMARY = "summary"  # what it is about, not what was said
    CELL = "cell"  # the middle of the H3 cell of size 9, the same one each time
    EXACT = "exact"


@dataclass(frozen=True, slots=True)
class Sight:
    """One line of the matrix: how much of each kind of field is shown.

    ``case`` tells whether more of a row than its matter is shown: times, state, community. ``asks``
    are the personal fields that may be opened on request, with a reason that is written down.
    """

    name: Mask = Mask.NONE
    phone: Mask = Mask.NONE
    door: Mask = Mask.NONE
    words: Mask = Mask.NONE
    point: Mask = Mask.NONE
    case: bool = True
    asks: frozenset[str] = frozenset()


_N, _M, _B, _R, _E = Mask.NONE, Mask.MASKED, Mask.BUILDING, Mask.REDACTED, Mask.EXACT
_CALLER = frozenset({"name", "phone", "id_number"})
_WHOLE = _CALLER | {"caller_address", "address", "text"}
_NOTHING = Sight(case=False)

# The masks are of name, phone, door, words and point.
MATRIX: Final[Mapping[tuple[Role, bool], Sight]] = MappingProxyType(
    {
        (Role.OPERATOR, True): Sight(_M, _M, _B, _R, _E, asks=_WHOLE),
        (Role.GRID, True): Sight(_M, _M, _B, _R, _E, asks=frozenset({"address"})),
        (Role.GRID, False): Sight(door=_B),
        (Role.STREET, True): Sight(_M, _M, _N, _R, _E),
        (Role.STREET, False): Sight(_M, _M, _N, _R, _N),
        (Role.RESPONDER, True): Sight(_N, _N, _B, _R, _E, asks=_CALLER),
        (Role.RESPONDER, False): _NOTHING,
        (Role.LIAISON, True): Sight(_N, _N, _N, Mask.SUMMARY, Mask.CELL),
        (Role.LIAISON, False): _NOTHING,
        (Role.PLANNER, False): _NOTHING,
        (Role.PUBLIC, False): _NOTHING,
        (Role.LOG, False): _NOTHING,
    }
)
"""What a role sees of a row of its own (True) and of any other; an id number is never shown."""


class Reach(StrEnum):
    """Which alerts somebody reads; of whistles those of the same reach."""

    ALL = "all"
    AREA = "area"  # those of their units
    ROOM = "room"  # live ones that concern a duty of theirs, and those that were told to it
    NONE = "none"


REACH: Final[Mapping[Role, Reach]] = MappingProxyType(
    {
        Role.OPERATOR: Reach.ALL,
        Role.RESPONDER: Reach.ROOM,
        Role.LIAISON: Reach.ROOM,
        Role.STREET: Reach.AREA,
        Role.GRID: Reach.NONE,
        Role.PLANNER: Reach.NONE,
        Role.PUBLIC: Reach.NONE,
        Role.LOG: Reach.NONE,
    }
)
"""Need to know: which alerts a role reads, on the page, the list, the stream and in files."""

# What makes a row one's own; every row is the operator's, and none a planner's.
_OWN_BY: Final = MappingProxyType(
    {
        Role.STREET: "street_id",
        Role.GRID: "grid_id",
        Role.RESPONDER: "appeal_id",
        Role.LIAISON: "appeal_id",
    }
)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who looks: a name for the audit, a role, and what is the role's own.

    ``area`` holds internal ids: of the units that a street official or a grid worker answers for,
    of the appeals behind the live alert that a liaison was told; it matters for these alone.
    ``duties`` are a liaison's, and those of the posts that they hold now; ``within`` the units
    beyond which a liaison has no business, empty for one of the whole city.
    """

    actor: str
    role: Role
    area: frozenset[int] = frozenset()
    duties: frozenset[str] = frozenset()
    within: frozenset[int] = frozenset()

    @property
    def reach(self) -> Reach:
        """Which alerts they read."""
        return REACH[self.role]


_MATTER_NAMES = (
    "local_day local_hour kind class_code class_name channel district district_id street street_id"
    " transferred repeat cell_8 level"
)
_CASE_NAMES = (
    "serial appeal_id source version why received_at received_precision recorded_at urgency direct"
    " status dispatched_at closed_at sent_to sent_unit_id contacted solved satisfied excluded"
    " community community_id cell_9 finest how border confidence sink"
)
_WORD_NAMES = "source_id who stated_reason subject text exclusion_reason evidence"
_POINT_NAMES = "lon lat radius_m grid grid_id candidates cell_10 cells units datum x y"
_LOG_NAMES = "serial source kind class_code cell_8 cell_9 level"
_MATTER = frozenset(_MATTER_NAMES.split())
_CASE = _MATTER | frozenset(_CASE_NAMES.split())
_WORDS = frozenset(_WORD_NAMES.split())
_POINT = frozenset(_POINT_NAMES.split())
_LOG = frozenset(_LOG_NAMES.split())
_DOOR, _NAME, _PHONE = (frozenset({name}) for name in ("address", "name", "phone"))
_ALL_KINDS = _WORDS | _POINT | _DOOR | _NAME | _PHONE
# Whatever a caller of view() says is open, these never are.
_NEVER = frozenset({"caller_hash", "content_hash", "id_number", "caller_address", "box", "key_id"})
_REDACTED = frozenset({"text", "subject", "exclusion_reason", "evidence", "stated_reason"})


def view(
    record: Mapping[str, object], viewer: Viewer, also: frozenset[str] = frozenset()
) -> dict[str, object]:
    """Give of a stored record what this viewer may see.

    Parameters
    ----------
    record
        Column names and values of an appeal, its placement, or both; personal fields, if any, come
        out masked.
    viewer
        Who looks.
    also
        Names of further fields that the calling store knows to hold nothing of a citizen (an
        alert's level, a count). The caller's hash and sealed fields cannot be opened by it.

    Returns
    -------
    dict[str, object]
        The fields that may be seen, in the order of the record; the others are absent.

    Examples
    --------
    >>> row = {"kind": "help", "text": "我叫王小明，电话13800001234", "caller_hash": "…", "new": 1}
    >>> view(row, Viewer("值班员", Role.OPERATOR))
    {'kind': 'help', 'text': '我叫〔姓名〕，电话〔电话〕'}
    >>> view(row, Viewer("planning", Role.PLANNER))
    {'kind': 'help'}
    """
    sight = _sight(record, viewer)
    allowed = _LOG if viewer.role is Role.LOG else _CASE if sight.case else _MATTER
    allowed |= _shown_fields(sight) | (also - _ALL_KINDS)
    middle = _middle(record) if sight.point is Mask.CELL else {}
    return {
        name: middle[name] if name in middle else _shown(name, value)
        for name, value in record.items()
        if name in allowed - _NEVER or name in middle
    }


def is_own(record: Mapping[str, object], viewer: Viewer) -> bool:
    """Say whether a row is the viewer's own, by the unit or the alert that they answer for."""
    if viewer.role is Role.OPERATOR:
        return True
    name = _OWN_BY.get(viewer.role)
    return name is not None and record.get(name) in viewer.area


def may_ask(record: Mapping[str, object], viewer: Viewer) -> frozenset[str]:
    """Give the personal fields of this row that the viewer may have opened with a reason."""
    return _sight(record, viewer).asks


def _sight(record: Mapping[str, object], viewer: Viewer) -> Sight:
    return MATRIX[viewer.role, is_own(record, viewer)]


def _shown_fields(sight: Sight) -> frozenset[str]:
    words = {Mask.NONE: frozenset[str](), Mask.SUMMARY: frozenset({"subject"})}
    return frozenset().union(
        words.get(sight.words, _WORDS),
        _POINT if sight.point is Mask.EXACT else (),
        _DOOR if sight.door is Mask.BUILDING else (),
        _NAME if sight.name is Mask.MASKED else (),
        _PHONE if sight.phone is Mask.MASKED else (),
    )


def _middle(record: Mapping[str, object]) -> dict[str, object]:
    """Give the middle of the record's cell of size 9 in place of its point, where it has one."""
    cell = record.get("cell_9")
    if not isinstance(cell, int):
        return {}
    lat, lon = h3.cell_to_latlng(cell)
    return {"lon": round(lon, 6), "lat": round(lat, 6)}


def _shown(name: str, value: object) -> object:
    if not isinstance(value, str):
        return value
    if name in _REDACTED:
        return redact(value)
    if name == "address":
        return cut_at_building(value)
    if name == "name":
        return mask_name(value)
    if name == "phone":
        return mask_phone(value)
    return value


def hide_small(n: int, k: int = 5) -> int | None:
    """Hide a count that may point at a person: ``None`` for 1 to k-1 (GB/T 37964-2019).

    Examples
    --------
    >>> [hide_small(n) for n in (0, 4, 5)]
    [0, None, 5]
    """
    return None if 0 < n < k else n


def mask_name(name: str) -> str:
    """Keep the surname of a name.

    Examples
    --------
    >>> mask_name("王小明"), mask_name("欧阳小明"), mask_name("")
    ('王**', '欧阳**', '')
    """
    name = name.strip()
    if not name:
        return ""
    kept = 2 if len(name) > 2 and name[:2] in COMPOUND_SURNAMES else 1
    return name[:kept] + "**"


def mask_phone(phone: str) -> str:
    """Keep the first three and the last four digits of a phone number.

    Examples
    --------
    >>> mask_phone("138 0000 1234"), mask_phone("12345")
    ('138****1234', '****')
    """
    digits = "".join(char for char in phone if char.isdecimal())
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 10 else "****"


def mask_id(number: str) -> str:
    """Keep the first and the last character of an id number.

    Examples
    --------
    >>> mask_id("11010519491231002X")
    '1****************X'
    """
    number = number.strip()
    return number[0] + "*" * (len(number) - 2) + number[-1] if len(number) > 6 else "*" * 6
