"""Who sees what: the one way out of the stores, and the masks of single fields.

:func:`view` is the only path from a store to anything that a person reads: page, interface,
command line, export, report. It is a list of what *may* be seen; a field that stands on no list is
absent. Free words pass the redaction of :mod:`appeals.redaction` once more on their way out, so
that a better redaction works on old rows at once.

Source: our matrix by PIPL Arts 6, 28, 34 and 51 and GB/T 35273-2020 item 7.2.
"""

# ruff: noqa: RUF002 -- the marks of redaction stand in an example
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from appeals.redaction import COMPOUND_SURNAMES, cut_at_building, redact

__all__ = [
    "Role", "Viewer", "cut_at_building", "hide_small", "mask_id", "mask_name", "mask_phone",
    "redact", "view",
]  # fmt: skip


class Role(StrEnum):
    """Why somebody looks."""

    OPERATOR = "operator"  # 值班员 at the local desk
    LIAISON = "liaison"  # 联络员 of an emergency or police service, for a live alert
    STREET = "street"  # 街乡镇
    GRID = "grid"  # 网格员
    PLANNER = "planner"
    PUBLIC = "public"
    LOG = "log"  # logs, metrics, messages of errors


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who looks: a name for the audit, a role, and the units of the role.

    ``area`` holds the internal ids of the units that a street official or a grid worker answers
    for; it matters for these two roles alone.
    """

    actor: str
    role: Role
    area: frozenset[int] = frozenset()


# What may be seen of a row, from least to most.
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
_ADDRESS = frozenset({"address"})
_MASKED = frozenset({"name", "phone"})

# What the holder of a role may see of a row in the own area, and of any other row.
_OWN: Mapping[Role, frozenset[str]] = {
    Role.OPERATOR: _CASE | _WORDS | _POINT | _ADDRESS | _MASKED,
    Role.LIAISON: _CASE | _WORDS | _POINT | _ADDRESS,
    Role.STREET: _CASE | _WORDS | _POINT | _MASKED,
    Role.GRID: _CASE | _WORDS | _POINT | _ADDRESS | _MASKED,
    Role.PLANNER: _CASE,
    Role.PUBLIC: _MATTER,
    Role.LOG: frozenset(_LOG_NAMES.split()),
}
_OTHERS: Mapping[Role, frozenset[str]] = {
    Role.STREET: _CASE | _WORDS | _MASKED,
    Role.GRID: _CASE,
}
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
    allowed = _OWN[viewer.role]
    if viewer.role in _OTHERS and not _is_own(record, viewer):
        allowed = _OTHERS[viewer.role]
    allowed = (allowed | (also - _WORDS - _POINT - _ADDRESS - _MASKED)) - _NEVER
    return {name: _shown(name, value) for name, value in record.items() if name in allowed}


def _is_own(record: Mapping[str, object], viewer: Viewer) -> bool:
    name = "street_id" if viewer.role is Role.STREET else "grid_id"
    return record.get(name) in viewer.area


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
