"""Remedies (整改) in and out of the database: what was done where, since when, in what batch.

A batch may be a list of which a lot drew who begins (抽签分批): those that wait stand in it too.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from appeals.audit.store import append_entry
from appeals.database import BIG_ID, METADATA, Connection, Instant
from appeals.errors import Conflict, InputError, NotFound
from appeals.redaction import redact

REMEDIES = sa.Table(
    "remedies",
    METADATA,
    sa.Column("remedy_id", BIG_ID, primary_key=True),
    sa.Column("batch", sa.Text, nullable=False),  # what was begun in one go is judged as one
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("code", sa.Text, nullable=False),  # of the unit
    sa.Column("class_code", sa.Text, nullable=False),  # "": all classes
    sa.Column("trigger_month", sa.Text, nullable=False),  # YYYY-MM: the month that set it off
    sa.Column("started_on", sa.Date, nullable=False),
    sa.Column("what", sa.Text, nullable=False),  # redacted
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("lot", sa.Text),  # the seed that drew who begins; NULL: all begin
    sa.Column("waits", sa.Boolean, nullable=False),
    sa.Column("withdrawn_by", sa.Text),  # entered in error
    sa.Column("withdrawn_at", Instant),
    sa.Index(None, "batch"),
)

MONTH = re.compile(r"[12]\d{3}-(0[1-9]|1[0-2])")

MOST_WORDS = 500
"""Characters of batch, what and who."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """One place that was remedied, or that waits; ``class_code`` is empty for all classes.

    ``at`` is aware. ``lot`` is the seed of the lot by which a batch was divided, if it was.
    """

    batch: str
    level: str
    code: str
    class_code: str
    trigger_month: str
    started_on: date
    what: str
    who: str
    at: datetime
    lot: str | None = None
    waits: bool = False


def add_remedies(connection: Connection, remedies: list[Remedy]) -> None:
    """Write the places of a batch, in the caller's transaction.

    Raises
    ------
    InputError
        A word is missing or too long.
    Conflict
        The batch has other places already, of another level, class, month or lot.
    """
    for one in remedies:
        for name in ("batch", "code", "what", "who"):
            words = str(getattr(one, name)).strip()
            if not words or len(words) > MOST_WORDS or "\0" in words:  # no database keeps a NUL
                raise InputError(f"{name}: one to {MOST_WORDS} characters, no NUL among them")
        for other in read_remedies(connection, one.batch):
            if other.lot != one.lot:
                raise Conflict("the batch was divided by lot as it stands: it takes no more places")
            alike = ("level", "class_code", "trigger_month")
            if any(getattr(other, name) != getattr(one, name) for name in alike):
                raise Conflict("the batch is of another level, class or month")
            if other.code == one.code:
                raise Conflict("the place stands in the batch already")
        if not MONTH.fullmatch(one.trigger_month):
            raise InputError("trigger_month: YYYY-MM")
        row = {name: getattr(one, name) for name in Remedy.__dataclass_fields__}
        said = {
            "batch": one.batch.strip(),
            "what": redact(one.what.strip()),
            "who": one.who.strip(),
        }
        connection.execute(REMEDIES.insert().values(row | said))
        append_entry(
            connection,
            now=one.at,
            actor=said["who"],
            act="remedy waits" if one.waits else "remedy",
            subject=f"{one.level} {one.code}",
            detail=" ".join(filter(None, (one.trigger_month, one.class_code, one.lot))),
        )


def withdraw(connection: Connection, batch: str, who: str, now: datetime) -> None:
    """Take a batch back that was entered in error; it stays to be read in the database.

    Raises
    ------
    NotFound
        There is no such batch.
    InputError
        Nobody is named.
    """
    if not who.strip() or len(who) > MOST_WORDS:
        raise InputError(f"who: one to {MOST_WORDS} characters")
    mine = REMEDIES.c.batch == batch, REMEDIES.c.withdrawn_at.is_(None)
    said = {"withdrawn_by": who.strip(), "withdrawn_at": now}
    if not connection.execute(REMEDIES.update().where(*mine).values(said)).rowcount:
        raise NotFound("there is no such batch")
    append_entry(connection, now=now, actor=who.strip(), act="remedy withdrawn", subject="batch")


def read_remedies(connection: Connection, batch: str | None = None) -> list[Remedy]:
    """Give the remedies of a batch or all, without those withdrawn, in the order they came."""
    columns = [REMEDIES.c[name] for name in Remedy.__dataclass_fields__]
    query = sa.select(*columns).where(REMEDIES.c.withdrawn_at.is_(None))
    if batch is not None:
        query = query.where(REMEDIES.c.batch == batch.strip())
    return [Remedy(*row) for row in connection.execute(query.order_by(REMEDIES.c.remedy_id))]


def lots_withdrawn(connection: Connection, of: list[Remedy]) -> int:
    """Count the lots that were drawn over places of a batch, of the same matter, and taken back."""
    mine = (
        REMEDIES.c.lot.is_not(None),
        REMEDIES.c.withdrawn_at.is_not(None),
        REMEDIES.c.level == of[0].level,
        REMEDIES.c.class_code == of[0].class_code,
        REMEDIES.c.code.in_([one.code for one in of]),
    )
    query = sa.select(sa.func.count(sa.distinct(REMEDIES.c.lot))).where(*mine)
    return int(connection.execute(query).scalar_one())
