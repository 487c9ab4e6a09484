"""One row through the one intake, once: what is sent a second time is not taken a second time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import orjson

from api.answers import encode
from api.desk import Desk
from api.once import kept_before, name_of
from api.store import Reply, keep_reply
from appeals.database import Connection, reading
from appeals.errors import InputError, Unavailable
from casework.tasks.store import numbered

Also = Callable[[Connection, int], None]


@dataclass(frozen=True, slots=True)
class Sent:
    """Who sent a row, under which key, and the bytes that tell it from another one."""

    actor: str
    key: str | None
    body: bytes


def take_once(
    desk: Desk, sent: Sent, source: str, row: Mapping[str, object], also: Also | None = None
) -> dict[str, object]:
    """Take in one row, or give what was answered when it was taken.

    Parameters
    ----------
    desk, sent
        The installation; who sent it.
    source, row
        Of the row, which has its own ``id``; coordinates are WGS84.
    also
        Called in the same transaction with the number of the appeal.

    Returns
    -------
    dict
        ``appeal_id`` and ``number``, the row's own id.

    Raises
    ------
    InputError
        Intake rejects the row; with field and reason.
    Conflict
        The key came with another request before.
    Unavailable
        This server takes none, or the same came twice at once.
    """
    if desk.take is None:
        raise Unavailable("this server takes no appeals")
    with reading(desk.engine) as connection:
        kept = kept_before(connection, desk, sent.actor, sent.key, sent.body)
    if kept is not None:
        return kept
    told: dict[str, object] = {}

    def within(connection: Connection, _report: Mapping[str, object]) -> None:
        appeal_id = numbered(connection, source, str(row["id"]))
        if appeal_id is None:  # a reject: nothing of it is there
            return
        if kept_before(connection, desk, sent.actor, sent.key, sent.body) is not None:
            raise Unavailable("the same request came twice at once: send it again")
        if also is not None:
            also(connection, appeal_id)
        told.update({"appeal_id": appeal_id, "number": row["id"]})
        name = name_of(desk, sent.actor, sent.key)
        if name is not None:
            reply = Reply(name.body(sent.body), encode(told))
            keep_reply(connection, name.key, reply, desk.clock())

    taken = desk.take([row], source=source, datum="wgs84", within=within)
    rejects = orjson.loads(encode(taken["rejects"]))
    if rejects:
        raise InputError(f"{rejects[0]['field']}: {rejects[0]['reason']}")
    return told
