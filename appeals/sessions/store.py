"""Sessions and failed attempts in and out of the database.

The secret of a session leaves once, in the cookie; what is kept is its digest. It is of 256 random
bits, so that a plain digest is enough.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from appeals.database import METADATA, Connection, Instant, upsert
from appeals.sessions.pauses import FORGOTTEN_S, MOST_S, pause_s

SESSIONS = sa.Table(
    "sessions",
    METADATA,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("login", sa.ForeignKey("people.login"), nullable=False, index=True),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("seen_at", Instant, nullable=False),
)

ATTEMPTS = sa.Table(
    "attempts",
    METADATA,
    sa.Column("key", sa.Text, primary_key=True),  # digest of an account or an address
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("until", Instant),
)

_NOTED = timedelta(minutes=1)  # how often a session that is in use is written
_SKEW = timedelta(minutes=5)  # by which a clock may have been set back


@dataclass(frozen=True, slots=True)
class Terms:
    """How long a session lasts: without a request, and in all."""

    idle: timedelta
    whole: timedelta


def digest_of(secret: str) -> str:
    """Give the digest under which a secret of ours is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


def begin_session(connection: Connection, login: str, now: datetime, terms: Terms) -> str:
    """Begin a session and give its secret; sessions that are over are forgotten."""
    over = sa.or_(SESSIONS.c.made_at < now - terms.whole, SESSIONS.c.seen_at < now - terms.idle)
    connection.execute(sa.delete(SESSIONS).where(over))
    secret = secrets.token_urlsafe(32)
    row = {"digest": digest_of(secret), "login": login, "made_at": now, "seen_at": now}
    connection.execute(sa.insert(SESSIONS), row)
    return secret


@dataclass(frozen=True, slots=True)
class Found:
    """Whose session it is, and whether it should be noted as in use (see :func:`note_use`)."""

    login: str
    stale: bool


def find_session(connection: Connection, secret: str, now: datetime, terms: Terms) -> Found | None:
    """Give whose session this is, ``None`` where there is none or it is over."""
    query = sa.select(SESSIONS).where(SESSIONS.c.digest == digest_of(secret))
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    # A clock that was set back must not give a session more time.
    fresh = row.seen_at - _SKEW <= now < row.seen_at + terms.idle
    if not fresh or not row.made_at - _SKEW <= now < row.made_at + terms.whole:
        return None
    return Found(row.login, now >= row.seen_at + _NOTED)


def note_use(connection: Connection, secret: str, now: datetime) -> None:
    """Keep that a session is in use."""
    mine = SESSIONS.c.digest == digest_of(secret)
    connection.execute(sa.update(SESSIONS).where(mine).values(seen_at=now))


def end_session(connection: Connection, secret: str) -> None:
    """Forget one session."""
    connection.execute(sa.delete(SESSIONS).where(SESSIONS.c.digest == digest_of(secret)))


def end_sessions(connection: Connection, login: str) -> None:
    """Forget all sessions of a person."""
    connection.execute(sa.delete(SESSIONS).where(SESSIONS.c.login == login))


def try_once(
    connection: Connection, keys: Sequence[tuple[str, int]], now: datetime
) -> timedelta | None:
    """Count an attempt as failed before it is made, so that many at once cannot slip through.

    Parameters
    ----------
    keys
        What is counted, each with the failures that are free.
    now
        Aware.

    Returns
    -------
    timedelta | None
        How long to wait, where a pause is on; then nothing was counted.
    """
    old = now - timedelta(seconds=FORGOTTEN_S)
    connection.execute(sa.delete(ATTEMPTS).where(ATTEMPTS.c.at < old))
    names = [name for name, _ in keys]
    query = sa.select(ATTEMPTS.c.until).where(ATTEMPTS.c.key.in_(names))
    # In one order, so that two attempts at once do not wait for each other.
    ordered = query.order_by(ATTEMPTS.c.key).with_for_update()
    untils: list[datetime | None] = list(connection.execute(ordered).scalars())
    waits = [until - now for until in untils if until is not None]
    # A pause that seems longer than any can be was written before the clock was set back.
    on = [wait for wait in waits if timedelta(0) < wait <= timedelta(seconds=MOST_S)]
    if on:
        return max(on)
    rows = [{"key": name, "failures": 1, "at": now} for name in sorted(names)]
    upsert(connection, ATTEMPTS, rows, add=["failures"], replace=["at"])
    for name, free in keys:
        mine = ATTEMPTS.c.key == name
        failures = connection.execute(sa.select(ATTEMPTS.c.failures).where(mine)).scalar_one()
        until = now + timedelta(seconds=pause_s(failures, free))
        connection.execute(sa.update(ATTEMPTS).where(mine).values(until=until))
    return None


def forgive(connection: Connection, account: str | None, address: str) -> None:
    """Take back the attempt that succeeded: all failures of the account, one of the address.

    Who signs in to an account of their own must not begin anew with those of others.
    """
    if account is not None:
        connection.execute(sa.delete(ATTEMPTS).where(ATTEMPTS.c.key == account))
    less = {"failures": ATTEMPTS.c.failures - 1, "until": None}
    connection.execute(sa.update(ATTEMPTS).where(ATTEMPTS.c.key == address).values(less))
