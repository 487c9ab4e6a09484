"""Machine tokens in and out of the database: shown once, kept as a digest, with scope and end.

A machine that may read sees what a planner sees: no words, no names, no exact points.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from appeals.audit.store import append_entry
from appeals.database import METADATA, Connection, Instant
from appeals.errors import Conflict, InputError, NotFound
from appeals.people.roles import Right
from appeals.sessions.store import digest_of

TOKENS = sa.Table(
    "tokens",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False, unique=True),
    sa.Column("scopes", sa.JSON, nullable=False),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("revoked_at", Instant),
)

SCOPES: Final = (
    Right.INTAKE, Right.REQUESTS, Right.PUBLISHED, Right.LOCATE, Right.MONITOR, Right.RELAY,
    Right.POLICE,
)  # fmt: skip
"""What a machine may be given; alerts and appeals are for people."""


@dataclass(frozen=True, slots=True)
class Token:
    """One token without its secret."""

    name: str
    scopes: tuple[Right, ...]
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None


def add_token(connection: Connection, token: Token, *, by: str) -> str:
    """Add a token and give its secret, which nobody can read again.

    Raises
    ------
    InputError
        A scope is none for machines.
    Conflict
        The name is taken: a name in the audit log must mean one token for ever.
    """
    if not token.scopes or not set(token.scopes) <= set(SCOPES):
        raise InputError(f"scope: of {', '.join(SCOPES)}")
    if connection.execute(sa.select(TOKENS).where(TOKENS.c.name == token.name)).first():
        raise Conflict(f"there is a token {token.name} already: give another name")
    secret = f"wangge_{secrets.token_urlsafe(32)}"
    row = {
        "name": token.name,
        "digest": digest_of(secret),
        "scopes": [scope.value for scope in token.scopes],
        "made_at": token.made_at,
        "expires_at": token.expires_at,
    }
    connection.execute(sa.insert(TOKENS), row)
    append_entry(
        connection, now=token.made_at, actor=by, act="add token", subject=f"token {token.name}",
        detail=f"{', '.join(token.scopes)}; until {token.expires_at:%Y-%m-%d}",
    )  # fmt: skip
    return secret


def find_token(connection: Connection, secret: str, now: datetime) -> Token | None:
    """Give the token of a secret, ``None`` where it is unknown, revoked or over."""
    where = TOKENS.c.digest == digest_of(secret), TOKENS.c.revoked_at.is_(None)
    found = _tokens(connection, *where)
    return found[0] if found and found[0].made_at <= now < found[0].expires_at else None


def read_tokens(connection: Connection) -> list[Token]:
    """Give all tokens by name, revoked ones too."""
    return _tokens(connection)


def revoke_token(connection: Connection, name: str, *, by: str, now: datetime) -> None:
    """Let a token in no more.

    Raises
    ------
    NotFound
        There is no token of this name in force.
    """
    where = TOKENS.c.name == name, TOKENS.c.revoked_at.is_(None)
    done = connection.execute(sa.update(TOKENS).where(*where).values(revoked_at=now))
    if done.rowcount != 1:
        raise NotFound(f"there is no token {name} in force")
    append_entry(connection, now=now, actor=by, act="revoke token", subject=f"token {name}")


def _tokens(connection: Connection, *where: sa.ColumnElement[bool]) -> list[Token]:
    rows = connection.execute(sa.select(TOKENS).where(*where).order_by(TOKENS.c.name))
    return [
        Token(
            row.name,
            # What a token was given by an older version and machines may not have now is gone.
            tuple(scope for scope in SCOPES if scope in row.scopes),
            row.made_at,
            row.expires_at,
            row.revoked_at,
        )
        for row in rows
    ]
