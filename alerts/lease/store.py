"""The rights that exactly one holds, and how far the watch has come, in and out of the database.

One watcher detects; one sender speaks by each channel. Whoever holds a lease renews it in time, or
another takes over with a higher fencing number.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from appeals.database import METADATA, Connection, Instant, upsert
from appeals.errors import Conflict
from appeals.store import APPEALS, VERSIONS
from grids.store import UNITS

_NAME = "watch"

# Exactly one watcher detects: whoever holds the lease, and writes with its fencing number.
LEASE = sa.Table(
    "lease",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("fence", sa.BigInteger, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
)

# How far the watch has come; the state is a cache of the counts and can be rebuilt from them.
WATCH = sa.Table(
    "watch",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("fence", sa.BigInteger, nullable=False),
    sa.Column("serial", sa.BigInteger, nullable=False),  # newest version that has been seen
    sa.Column("tick", Instant),  # end of the newest closed tick
    sa.Column("state_version", sa.Integer, nullable=False),
    sa.Column("state", sa.LargeBinary),
)


def take_lease(
    connection: Connection, holder: str, now: datetime, lasts: timedelta, name: str = _NAME
) -> int | None:
    """Take or renew a right: its fencing number, or None while another holds it."""
    # The row is there and locked before it is read: of two that come at once one waits.
    nobody = {"name": name, "holder": "", "fence": 0, "expires_at": now}
    upsert(connection, LEASE, [nobody])
    query = sa.select(LEASE).where(LEASE.c.name == name).with_for_update()
    row = connection.execute(query).one()
    if row.holder != holder and row.expires_at > now:
        return None
    fence = row.fence + (row.holder != holder)
    new = {"name": name, "holder": holder, "fence": fence, "expires_at": now + lasts}
    upsert(connection, LEASE, [new], replace=("holder", "fence", "expires_at"))
    return int(fence)


def release_lease(connection: Connection, holder: str, now: datetime, name: str = _NAME) -> None:
    """Give the lease back, so that the next holder need not wait for its end."""
    connection.execute(
        LEASE.update().where(LEASE.c.name == name, LEASE.c.holder == holder).values(expires_at=now)
    )


def lease_holder(connection: Connection, name: str = _NAME) -> str | None:
    """Give the name under which the lease was taken last, None where it never was."""
    query = sa.select(LEASE.c.holder).where(LEASE.c.name == name)
    holder: str | None = connection.execute(query).scalar_one_or_none()
    return holder


def lease_is_held(connection: Connection, now: datetime, name: str = _NAME) -> bool:
    """Tell whether a live holder is at work."""
    query = sa.select(LEASE.c.expires_at).where(LEASE.c.name == name)
    expires_at = connection.execute(query).scalar_one_or_none()
    return expires_at is not None and expires_at > now


@dataclass(frozen=True, slots=True)
class Mark:
    """The stored watch: newest version seen, end of its newest tick, its state as bytes."""

    serial: int
    tick: datetime | None
    state_version: int
    state: bytes | None


def read_mark(connection: Connection) -> Mark:
    """Give how far the watch has come; a watch that never ran stands at 0."""
    row = connection.execute(sa.select(WATCH).where(WATCH.c.name == _NAME)).one_or_none()
    if row is None:
        return Mark(0, None, 0, None)
    return Mark(row.serial, row.tick, row.state_version, row.state)


def check_fence(connection: Connection, fence: int, name: str = _NAME) -> None:
    """See that the right is still ours, in the transaction that stores what was done under it.

    Raises
    ------
    Conflict
        Another holder has taken over since; nothing of this transaction may stay.
    """
    current = connection.execute(sa.select(LEASE.c.fence).where(LEASE.c.name == name)).scalar_one()
    if current != fence:
        raise Conflict(f"another holder has taken over: {name}")


def write_mark(connection: Connection, mark: Mark, fence: int) -> None:
    """Store how far the watch has come, in the transaction that stores what it found.

    Raises
    ------
    Conflict
        Another watcher has taken over since; nothing of this transaction may stay.
    """
    check_fence(connection, fence)
    new = {
        "name": _NAME,
        "fence": fence,
        "serial": mark.serial,
        "tick": mark.tick,
        "state_version": mark.state_version,
        "state": mark.state,
    }
    upsert(connection, WATCH, [new], replace=tuple(k for k in new if k != "name"))


def days_with_rows(connection: Connection, after: date | None) -> list[date]:
    """Give the local days that hold appeals, in order; only those after ``after`` where given."""
    query = sa.select(VERSIONS.c.local_day).distinct().order_by(VERSIONS.c.local_day)
    query = query.join(APPEALS, APPEALS.c.current == VERSIONS.c.serial)
    if after is not None:
        query = query.where(VERSIONS.c.local_day > after)
    return list(connection.execute(query).scalars())


def late_days(connection: Connection, serial: int, closed: date) -> tuple[list[date], int]:
    """Give the closed days for which versions above ``serial`` have come, in order.

    Returns
    -------
    days : list of date
        Days whose rows have changed.
    n_new : int
        How many of them have new appeals, not only other words on known ones: a platform sends the
        states of a month's appeals every day.
    """
    query = sa.select(VERSIONS.c.local_day, sa.func.min(VERSIONS.c.version))
    query = query.where(VERSIONS.c.serial > serial, VERSIONS.c.local_day <= closed)
    rows = connection.execute(query.group_by(VERSIONS.c.local_day).order_by(VERSIONS.c.local_day))
    found = [(day, version) for day, version in rows]
    return [day for day, _ in found], sum(version == 1 for _, version in found)


def first_recorded(connection: Connection) -> datetime | None:
    """Give the moment at which the first version was recorded, None where there is none."""
    found: datetime | None = connection.execute(
        sa.select(VERSIONS.c.recorded_at).order_by(VERSIONS.c.serial).limit(1)
    ).scalar()
    return found


def unit_names(connection: Connection) -> dict[int, str]:
    """Give the names of the units of all editions by their ids."""
    rows = connection.execute(sa.select(UNITS.c.unit_id, UNITS.c.name))
    return {row.unit_id: row.name for row in rows}
