"""The outbox in and out of the database: what is to be said, and each attempt at saying it.

A notice is put here in the transaction that moved its alert, so that neither is without the other.
Its position is given in the order of the commits. An attempt is recorded before it is made: one
that was cut short is known as such, and may have arrived.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from alerts.cap.store import issue
from alerts.episode import GRAVITY
from alerts.notice import Notice
from alerts.outbox.pace import Outcome, after
from appeals.database import BIG_ID, METADATA, Connection, Instant, insert, publish_lock
from appeals.errors import Conflict, NotFound

OUTBOX = sa.Table(
    "outbox",
    METADATA,
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("key", sa.Text, nullable=False, unique=True),  # the same notice, the same key
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("alert_id", sa.ForeignKey("alerts.alert_id"), index=True),
    sa.Column("whistle_id", BIG_ID),
    sa.Column("move", sa.BigInteger, nullable=False),  # of the alert, else of the whistle
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("post", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False),  # empty: the post itself
    sa.Column("duty", sa.Text, nullable=False),
    sa.Column("reasons", sa.JSON, nullable=False),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("acknowledge_by", Instant),
    sa.Column(
        "state", sa.Text, nullable=False
    ),  # waiting, sent, dead, dropped by hand; shown: on the live page
    sa.Column("due_at", Instant, nullable=False),  # not before this
    sa.Column("settled_at", Instant),
    sa.Index(None, "channel", "state"),
)

ATTEMPTS = sa.Table(
    "outbox_attempts",
    METADATA,
    sa.Column("attempt_id", BIG_ID, primary_key=True),
    sa.Column("position", sa.ForeignKey("outbox.position"), nullable=False, index=True),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("begun_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),
    sa.Column("outcome", sa.Text),  # alerts.outbox.pace.Outcome; none: cut short
    sa.Column("fault", sa.Text, nullable=False),  # a code or a kind of error, nobody's words
    sa.Column("reference", sa.Text, nullable=False),  # number that the receiver gave
    sa.Index(None, "channel", "begun_at"),
)

PAGE = "page"
"""The channel that is always there: the live page shows the notice by itself."""

_GRAVEST_FIRST = sa.case(
    {level: -rank for rank, level in enumerate(GRAVITY)}, value=OUTBOX.c.level, else_=1
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt of a channel; without an outcome it was cut short, or is being made."""

    begun_at: datetime
    ended_at: datetime | None
    outcome: Outcome | None


def put_notices(connection: Connection, notices: Sequence[Notice], now: datetime) -> int:
    """Put notices into the outbox, in the transaction that moved their alerts; give how many.

    A notice whose key is there already is the same notice and is not put again.
    """
    if not notices:
        return 0
    publish_lock(connection)
    keys = [notice.key for notice in notices]
    known = set(connection.execute(sa.select(OUTBOX.c.key).where(OUTBOX.c.key.in_(keys))).scalars())
    newest = connection.execute(sa.select(sa.func.max(OUTBOX.c.position))).scalar() or 0
    fresh = list({n.key: n for n in reversed(notices) if n.key not in known}.values())[::-1]
    rows = [
        {
            "position": newest + number,
            "key": notice.key,
            "channel": notice.channel,
            "alert_id": notice.alert_id or None,
            "whistle_id": notice.whistle_id,
            "move": notice.move,
            "kind": notice.kind.value,
            "level": notice.level,
            "post": notice.post,
            "person": notice.person,
            "duty": notice.duty,
            "reasons": list(notice.reasons),
            "made_at": now,
            "acknowledge_by": notice.acknowledge_by,
            "state": "shown" if notice.channel == PAGE else "waiting",
            "due_at": now,
            "settled_at": None,
        }
        for number, notice in enumerate(fresh, start=1)
    ]
    insert(connection, OUTBOX, rows)
    for notice in fresh:
        if notice.alert_id:
            issue(connection, notice.alert_id, notice.move, notice.kind.value, now)
    return len(rows)


def latest_attempts(connection: Connection, channel: str, limit: int) -> list[Attempt]:
    """Give the latest attempts of a channel, the newest first."""
    query = sa.select(ATTEMPTS.c.begun_at, ATTEMPTS.c.ended_at, ATTEMPTS.c.outcome)
    query = query.where(ATTEMPTS.c.channel == channel)
    query = query.order_by(ATTEMPTS.c.begun_at.desc(), ATTEMPTS.c.attempt_id.desc()).limit(limit)
    return _attempts(connection, query)


def attempts_of(connection: Connection, position: int) -> list[Attempt]:
    """Give the attempts at one message, the oldest first."""
    query = sa.select(ATTEMPTS.c.begun_at, ATTEMPTS.c.ended_at, ATTEMPTS.c.outcome)
    query = query.where(ATTEMPTS.c.position == position).order_by(ATTEMPTS.c.attempt_id)
    return _attempts(connection, query)


def _attempts(connection: Connection, query: sa.Select[Any]) -> list[Attempt]:
    return [
        Attempt(row.begun_at, row.ended_at, None if row.outcome is None else Outcome(row.outcome))
        for row in connection.execute(query)
    ]


def most_urgent(connection: Connection, channel: str, now: datetime) -> dict[str, Any] | None:
    """Give the message that is to be said next by a channel: of the gravest level, then the oldest.

    ``None`` where none waits or all pause.
    """
    query = sa.select(OUTBOX).where(
        OUTBOX.c.channel == channel, OUTBOX.c.state == "waiting", OUTBOX.c.due_at <= now
    )
    row = connection.execute(query.order_by(_GRAVEST_FIRST, OUTBOX.c.position).limit(1)).first()
    return None if row is None else dict(row._mapping)


def begin_attempt(connection: Connection, position: int, channel: str, now: datetime) -> int:
    """Record that an attempt begins, and give its number."""
    row = {"position": position, "channel": channel, "begun_at": now, "fault": "", "reference": ""}
    new = ATTEMPTS.insert().values(row).returning(ATTEMPTS.c.attempt_id)
    return int(connection.execute(new).scalar_one())


def end_attempt(
    connection: Connection,
    attempt_id: int,
    outcome: Outcome,
    now: datetime,
    *,
    channel: str,
    alike: bool = False,
    fault: str = "",
    reference: str = "",
) -> str:
    """Record how an attempt ended, and what becomes of its message; give the message's state.

    Parameters
    ----------
    channel
        By which it was made.
    alike
        Several people read the channel: what waits there to tell others of the same move was told
        with it.
    fault
        A code or a kind of error: never what a receiver wrote, which may repeat the message.
    reference
        The receiver's number for what it took (a reference of 110).

    Raises
    ------
    NotFound
        The channel made no such attempt.
    Conflict
        It ended before.
    """
    query = sa.select(ATTEMPTS).where(ATTEMPTS.c.attempt_id == attempt_id).with_for_update()
    attempt = connection.execute(query).one_or_none()
    if attempt is None or attempt.channel != channel:
        raise NotFound(f"there is no attempt {attempt_id} of {channel}")
    if attempt.ended_at is not None:
        raise Conflict(f"attempt {attempt_id} has ended already")
    end = {"ended_at": now, "outcome": outcome.value, "fault": fault, "reference": reference}
    connection.execute(ATTEMPTS.update().where(ATTEMPTS.c.attempt_id == attempt_id).values(end))
    row = connection.execute(sa.select(OUTBOX).where(OUTBOX.c.position == attempt.position)).one()
    failed = outcome in (Outcome.BUSY, Outcome.UNHEARD)
    tried = attempts_of(connection, attempt.position) if failed else []
    failures = sum(one.outcome in (Outcome.BUSY, Outcome.UNHEARD) for one in tried)
    state, due_at = after(outcome, failures, row.made_at, now)
    mine = OUTBOX.c.position == row.position
    if alike:
        mine = sa.and_(
            *(OUTBOX.c[name].is_not_distinct_from(row._mapping[name]) for name in _SAME_MOVE)
        )
    _settle(connection, mine, state, due_at, now)
    return state


_SAME_MOVE = ("channel", "alert_id", "whistle_id", "move", "kind")


def _settle(
    connection: Connection,
    which: sa.ColumnElement[bool],
    state: str,
    due_at: datetime,
    now: datetime,
) -> None:
    """Write what has become of messages that waited; one that is sent stays so."""
    changes = {"state": state, "due_at": due_at, "settled_at": None if state == "waiting" else now}
    waiting = which & (OUTBOX.c.state == "waiting")
    connection.execute(OUTBOX.update().where(waiting).values(changes))


def give_up(connection: Connection, row: Mapping[str, Any], fault: str, now: datetime) -> None:
    """Make a dead letter of a message that waits, without an attempt at a receiver."""
    attempt = {
        "position": row["position"], "channel": row["channel"], "begun_at": now, "ended_at": now,
        "outcome": Outcome.REFUSED.value, "fault": fault, "reference": "",
    }  # fmt: skip
    connection.execute(ATTEMPTS.insert().values(attempt))
    _settle(connection, OUTBOX.c.position == row["position"], "dead", now, now)


def waiting_elsewhere(connection: Connection, channels: Collection[str]) -> list[dict[str, Any]]:
    """Give what waits for a channel that is none of these, the oldest first."""
    query = sa.select(OUTBOX).where(
        OUTBOX.c.state == "waiting", OUTBOX.c.channel.not_in(sorted(channels))
    )
    rows = connection.execute(query.order_by(OUTBOX.c.position).limit(1000))
    return [dict(row._mapping) for row in rows]
