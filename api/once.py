"""Doing a thing once: what came with an ``Idempotency-Key`` is done one time, answered each time.

The answer is kept in the transaction that did the thing, so that neither is without the other. It
holds numbers and states, never words and nothing of a citizen: those are read anew.

Source: the IETF draft "The Idempotency-Key HTTP Header Field".
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import orjson
from fastapi import Header

from api.answers import encode
from api.desk import Desk
from api.store import Reply, keep_reply, read_reply
from appeals.database import Connection, writing
from appeals.errors import Conflict
from appeals.seals import digest
from casework.store import lock_cases

Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=200)]

Act = Callable[[Connection], dict[str, object]]


@dataclass(frozen=True, slots=True)
class Name:
    """Under which name an answer is kept, and by which method requests are told apart."""

    key: str
    method: str

    def body(self, sent: bytes) -> str:
        """Tell one request from another."""
        return digest(sent, self.method)


def name_of(desk: Desk, actor: str, key: str | None) -> Name | None:
    """Give the name under which the answer to a key of somebody is kept."""
    if key is None:
        return None
    method = desk.settings.sealing.digest
    return Name(digest(f"once\n{actor}\n{key}".encode(), method), method)


def kept_before(
    connection: Connection, desk: Desk, actor: str, key: str | None, sent: bytes
) -> dict[str, object] | None:
    """Give what was answered to a key before, ``None`` where nothing was.

    Raises
    ------
    Conflict
        The key came with another request.
    """
    name = name_of(desk, actor, key)
    kept = None if name is None else read_reply(connection, name.key)
    if name is None or kept is None:
        return None
    if kept.request != name.body(sent):
        raise Conflict("this Idempotency-Key came with another request before")
    answered: dict[str, object] = orjson.loads(kept.answer)
    return answered


def once(desk: Desk, actor: str, key: str | None, sent: bytes, act: Act) -> dict[str, object]:
    """Do a thing in one transaction, or give what was answered when it was done.

    Parameters
    ----------
    actor, key
        Who sent it, and under which key; without a key it is done each time.
    sent
        What was sent, with the address that it was sent to.
    act
        Does it; gives what may be kept.

    Raises
    ------
    Conflict
        The key came with another request before.
    """
    with writing(desk.engine) as connection:
        lock_cases(connection)  # before the look: the same request may be on its way twice
        kept = kept_before(connection, desk, actor, key, sent)
        if kept is not None:
            return kept
        told = encode(act(connection))
        name = name_of(desk, actor, key)
        if name is not None:
            keep_reply(connection, name.key, Reply(name.body(sent), told), desk.clock())
    done: dict[str, object] = orjson.loads(told)
    return done
