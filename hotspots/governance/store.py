"""Decisions on the list of places under governance (治理类), in and out of the database.

Append-only: what was decided stays to be read, and what is in force is the newest decision.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

import sqlalchemy as sa

from appeals.audit.store import append_entry
from appeals.database import BIG_ID, METADATA, Connection, Instant
from appeals.errors import Conflict, InputError
from appeals.redaction import redact

Act = Literal["enter", "stay", "leave", "pass"]
"""Taken in, kept, let go; passed over: proposed, and a person decided otherwise."""

ACTS: tuple[Act, ...] = get_args(Act)

LISTINGS = sa.Table(
    "listings",
    METADATA,
    sa.Column("listing_id", BIG_ID, primary_key=True),
    sa.Column("level", sa.Text, nullable=False),  # street, community
    sa.Column("code", sa.Text, nullable=False),  # of the unit
    sa.Column("class_code", sa.Text, nullable=False),  # "": all classes
    sa.Column("month", sa.Text, nullable=False),  # YYYY-MM: on whose figures it rests
    sa.Column("act", sa.Text, nullable=False),  # of ACTS
    sa.Column("proposed", sa.Text, nullable=False),  # what the rules proposed, "" where nothing
    sa.Column("parts", sa.JSON, nullable=False),  # the figures that were seen
    sa.Column("who", sa.Text, nullable=False),  # the person who decided and signs for it
    sa.Column("reason", sa.Text, nullable=False),  # redacted
    sa.Column("at", Instant, nullable=False),
    sa.Index(None, "level", "class_code", "code"),
)

MOST_WORDS = 500
"""Characters of who and why."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision on one place.

    ``parts`` are the figures that were seen; ``at`` is aware.
    """

    level: str
    code: str
    class_code: str
    month: str
    act: Act
    proposed: str
    parts: Mapping[str, object]
    who: str
    reason: str
    at: datetime


def decide(connection: Connection, decision: Decision) -> None:
    """Write a decision, in the caller's transaction.

    Raises
    ------
    InputError
        Nobody signs, no reason is given, or the words are too many.
    Conflict
        The place stands on the list already, or does not stand on it.
    """
    for name, words in (("who", decision.who), ("reason", decision.reason)):
        if not words.strip():
            raise InputError(f"{name}: a decision is signed and says why")
        if len(words) > MOST_WORDS or "\0" in words:  # no database keeps a NUL
            raise InputError(f"{name}: at most {MOST_WORDS} characters, no NUL among them")
    listed = decision.code in listed_codes(connection, decision.level, decision.class_code)
    if decision.act == "enter" and listed:
        raise Conflict("the place stands on the list already")
    if decision.act in ("stay", "leave") and not listed:
        raise Conflict("the place does not stand on the list")
    row = {
        name: getattr(decision, name)
        for name in ("level", "code", "class_code", "month", "act", "proposed", "at")
    }
    said = {"who": decision.who.strip(), "reason": redact(decision.reason.strip())}
    parts = json.loads(json.dumps(dict(decision.parts), allow_nan=False))
    connection.execute(LISTINGS.insert().values(**row, **said, parts=parts))
    append_entry(
        connection,
        now=decision.at,
        actor=said["who"],
        act=f"listing {decision.act}",
        subject=f"{decision.level} {decision.code}",
        detail=f"{decision.month} {decision.class_code}".strip(),
    )


def decisions(connection: Connection, level: str, class_code: str) -> list[Decision]:
    """Give all decisions on places of a level for a class, the newest first."""
    columns = [LISTINGS.c[name] for name in Decision.__dataclass_fields__]
    of = LISTINGS.c.level == level, LISTINGS.c.class_code == class_code
    query = sa.select(*columns).where(*of).order_by(LISTINGS.c.listing_id.desc())
    return [Decision(*row) for row in connection.execute(query)]


def listed_codes(connection: Connection, level: str, class_code: str) -> frozenset[str]:
    """Give the codes of the places that stand on the list now."""
    newest: dict[str, str] = {}
    for one in decisions(connection, level, class_code):
        if one.act != "pass":
            newest.setdefault(one.code, one.act)
    return frozenset(code for code, act in newest.items() if act != "leave")
