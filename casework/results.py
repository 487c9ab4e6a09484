"""What came of the orders of a platform, in that platform's own columns: nothing is typed twice."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from casework.moves import STATE_WORDS, Move
from casework.standing import REACHED_WORDS, Case, Reached, Step

FIELDS: Final[Mapping[str, str]] = {
    "id": "工单编号",
    "state": "工单状态",
    "received_at": "签收时间",
    "contacted": "是否联系",
    "contact": "联系情况",
    "first_contact_at": "首次联系时间",
    "arrived_at": "到场时间",
    "done_at": "处置完成时间",
    "result": "处置结果",
    "handled_by": "经办人",
    "photos": "照片数",
}
"""Fields of a result and the header of each where the mapping names none."""

_RESULTS: Final = (Move.REPORT_BACK, Move.DONE, Move.ANSWER, Move.HAND_BACK, Move.RETURN)


def headers(named: Mapping[str, str], id_header: str | None) -> dict[str, str]:
    """Give the header of each field that is written, in order.

    Parameters
    ----------
    named
        ``[results]`` of the source's mapping: field = header; an empty header leaves a field out.
    id_header
        How the source itself calls the number of an order.

    Examples
    --------
    >>> list(headers({"state": "", "result": "办理结果"}, "案件号").values())[:3]
    ['案件号', '签收时间', '是否联系']
    """
    own = dict(FIELDS) | ({"id": id_header} if id_header else {}) | dict(named)
    return {field: own[field] for field in FIELDS if own[field]}


def result_of(
    number: str, case: Case, steps: Sequence[Step], photos: int, zone: ZoneInfo
) -> dict[str, object]:
    """Give what came of one order, by field.

    Parameters
    ----------
    number
        The platform's own.
    case, steps
        Where it stands; all its moves, the oldest first.
    photos
        How many there are.
    zone
        In which times are written, without an offset, as platforms read them.
    """
    tries = [one for one in steps if one.move is Move.CONTACT]
    reached = [Reached(str(one.detail["reached"])) for one in tries]
    words = [one.words for one in steps if one.move in _RESULTS and one.words]
    hands = [one.who for one in steps if one.move in (Move.DONE, Move.RECEIVE)]
    return {
        "id": number,
        "state": STATE_WORDS[case.state],
        "received_at": _first(steps, Move.RECEIVE, zone),
        "contacted": "是" if Reached.REACHED in reached else "否",
        "contact": "；".join(REACHED_WORDS[one] for one in reached),
        "first_contact_at": _first(steps, Move.CONTACT, zone),
        "arrived_at": _first(steps, Move.ARRIVE, zone),
        "done_at": _last(steps, Move.DONE, zone),
        "result": words[-1] if words else "",
        "handled_by": hands[-1] if hands else "",
        "photos": photos,
    }


def _first(steps: Sequence[Step], move: Move, zone: ZoneInfo) -> str:
    return next((_written(one.at, zone) for one in steps if one.move is move), "")


def _last(steps: Sequence[Step], move: Move, zone: ZoneInfo) -> str:
    return _first([*reversed(steps)], move, zone)


def _written(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S}"
