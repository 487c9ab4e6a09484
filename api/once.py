"""Doing a thing once: what came with an ``Idempotency-Key`` is done one time, answered each time.

The answer is kept in the transaction that did the thing, so that neither is without the other. It
holds numbers and states, never words and nothing of a citizen: those are read anew.

Source: the IETF draft "The Idempotency-Key HTTP Header Field".
"""

from collections.abc import Callable
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
    name = desk.settings.sealing.digest
    kept_as = None if key is None else digest(f"once\n{actor}\n{key}".encode(), name)
    body = digest(sent, name)
    with writing(desk.engine) as connection:
        lock_cases(connection)  # before the look: the same request may be on its way twice
        kept = None if kept_as is None else read_reply(connection, kept_as)
        if kept is not None:
            if kept.request != body:
                raise Conflict("this Idempotency-Key came with another request before")
            answered: dict[str, object] = orjson.loads(kept.answer)
            return answered
        done = act(connection)
        told = encode(done)
        if kept_as is not None:
            keep_reply(connection, kept_as, Reply(body, told), desk.clock())
    again: dict[str, object] = orjson.loads(told)
    return again
