"""Letters that wait or were given up, and how each channel fares, out of the outbox.

To which post, never to whom or what address. What a person does with a letter stands in the audit
log.
"""

from datetime import datetime, timedelta
from typing import Any, Final, Literal

import sqlalchemy as sa

from alerts.duty.store import POSTS
from alerts.outbox.health import ITS_OWN, RETURNED, Queue
from alerts.outbox.pace import Outcome
from alerts.outbox.store import ATTEMPTS, OUTBOX
from alerts.response.police import Exchange
from appeals.audit.store import append_entry
from appeals.database import Connection
from appeals.errors import Conflict, NotFound

LOOK_BACK: Final = timedelta(hours=24)
_SHOWN: Final = (
    "position", "channel", "alert_id", "whistle_id", "move", "kind", "level", "post", "duty",
    "made_at", "acknowledge_by", "state", "due_at", "settled_at",
)  # fmt: skip


def read_letters(
    connection: Connection, state: Literal["waiting", "dead"], limit: int = 100
) -> list[dict[str, Any]]:
    """Give messages of a state, the newest first, with the fault of the last attempt at each.

    ``landline`` is that of the post: who was not reached is telephoned.
    """
    fault = sa.select(ATTEMPTS.c.fault).where(ATTEMPTS.c.position == OUTBOX.c.position)
    fault = fault.order_by(ATTEMPTS.c.attempt_id.desc()).limit(1)
    columns = [OUTBOX.c[name] for name in _SHOWN]
    query = sa.select(*columns, fault.scalar_subquery().label("fault"), POSTS.c.landline)
    query = query.outerjoin(POSTS, POSTS.c.name == OUTBOX.c.post).where(OUTBOX.c.state == state)
    query = query.order_by(OUTBOX.c.position.desc()).limit(limit)
    return [dict(row._mapping) for row in connection.execute(query)]


def handed_on(connection: Connection, alert_id: int) -> list[Exchange]:
    """Give the attempts at handing an alert on that were answered with a number, or returned."""
    query = (
        sa.select(ATTEMPTS.c.outcome, ATTEMPTS.c.reference, ATTEMPTS.c.ended_at)
        .join(OUTBOX, OUTBOX.c.position == ATTEMPTS.c.position)
        .where(OUTBOX.c.alert_id == alert_id)
        .where((ATTEMPTS.c.reference != "") | (ATTEMPTS.c.fault == RETURNED))
        .order_by(ATTEMPTS.c.attempt_id)
    )
    return [
        Exchange(
            "accepted" if row.outcome == Outcome.TAKEN else "returned", row.reference, row.ended_at
        )
        for row in connection.execute(query)
    ]


def alert_of(connection: Connection, reference: str) -> int:
    """Give the alert that a receiver took under a number of its own, the newest such.

    Raises
    ------
    NotFound
        None was.
    """
    query = (
        sa.select(OUTBOX.c.alert_id)
        .join(ATTEMPTS, ATTEMPTS.c.position == OUTBOX.c.position)
        .where(ATTEMPTS.c.reference == reference, OUTBOX.c.alert_id.is_not(None))
        .order_by(ATTEMPTS.c.attempt_id.desc())
        .limit(1)
    )
    found = connection.execute(query).scalar()
    if found is None:
        raise NotFound("nothing was taken under this number")
    return int(found)


def resend(connection: Connection, position: int, *, who: str, now: datetime) -> None:
    """Let a dead letter be tried once more, from now on as if it were new.

    Raises
    ------
    NotFound
        There is no such message.
    Conflict
        It is no dead letter.
    """
    new = {"state": "waiting", "due_at": now, "made_at": now, "settled_at": None}
    channel = _change(connection, position, ("dead",), new)
    _log(connection, position, "resend message", channel, who, now)


def drop(connection: Connection, position: int, *, who: str, reason: str, now: datetime) -> None:
    """Try a message no more, because those whom it is for know, or need not.

    Raises
    ------
    NotFound
        There is no such message.
    Conflict
        It neither waits nor is a dead letter.
    """
    channel = _change(
        connection, position, ("waiting", "dead"), {"state": "dropped", "settled_at": now}
    )
    _log(connection, position, "drop message", f"{channel}: {reason}", who, now)


def _change(
    connection: Connection, position: int, states: tuple[str, ...], new: dict[str, object]
) -> str:
    own = OUTBOX.c.position == position
    query = sa.select(OUTBOX.c.channel, OUTBOX.c.state).where(own).with_for_update()
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"there is no message {position}")
    if row.state not in states:
        raise Conflict(f"message {position} is {row.state}, not {' or '.join(states)}")
    connection.execute(sa.update(OUTBOX).where(own).values(new))
    return str(row.channel)


def _log(
    connection: Connection, position: int, act: str, detail: str, who: str, now: datetime
) -> None:
    subject = f"message {position}"
    append_entry(connection, now=now, actor=who, act=act, subject=subject, detail=detail)


def queue_of(connection: Connection, channel: str, now: datetime) -> Queue:
    """Give what waits for a channel, what it failed at, and when it was heard last."""
    query = sa.select(OUTBOX.c.state, sa.func.count(), sa.func.min(OUTBOX.c.made_at))
    query = query.where(OUTBOX.c.channel == channel).group_by(OUTBOX.c.state)
    found = {state: (n, oldest) for state, n, oldest in connection.execute(query)}
    mine = ATTEMPTS.c.channel == channel
    heard = sa.select(sa.func.max(ATTEMPTS.c.ended_at)).where(mine)
    taken_at = connection.execute(heard.where(ATTEMPTS.c.outcome == Outcome.TAKEN.value)).scalar()
    ended = sa.select(ATTEMPTS.c.outcome, ATTEMPTS.c.fault, ATTEMPTS.c.ended_at)
    ended = ended.where(
        mine, ATTEMPTS.c.outcome.is_not(None), ATTEMPTS.c.ended_at > now - LOOK_BACK
    )
    rows = connection.execute(ended.order_by(ATTEMPTS.c.attempt_id.desc())).all()
    failed = [row for row in rows if row.outcome != Outcome.TAKEN]
    of_channel = [row.outcome != Outcome.TAKEN for row in rows if row.fault not in ITS_OWN]
    waiting, oldest_at = found.get("waiting", (0, None))
    return Queue(
        waiting=waiting,
        dead=found.get("dead", (0, None))[0],
        oldest_at=oldest_at,
        taken_at=taken_at,
        failed=len(failed),
        in_a_row=[*of_channel, False].index(False),
        fault=failed[0].fault if failed else "",
        failed_at=failed[0].ended_at if failed else None,
    )
