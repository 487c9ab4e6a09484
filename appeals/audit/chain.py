"""The chain of the audit log: each entry's hash covers the entry and the hash before it.

Whoever changes, removes or inserts an entry must rewrite every hash after it, and the newest hash
(the *head*), once it was written down elsewhere, tells that this was done.

Source: the linked time-stamping of Haber and Stornetta (1991), doi:10.1007/BF00196791.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

import orjson

START = ""
"""What stands before the first entry."""

_NONE: Mapping[int, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that somebody did.

    ``serial`` counts from 1 without gaps, ``at`` is aware; ``subject`` names what it was done to
    (``version 12``, ``person zhang``), ``detail`` says the rest and holds no citizen's words.
    """

    serial: int
    at: datetime
    actor: str
    act: str
    subject: str
    detail: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where the chain does not hold, and why."""

    serial: int
    reason: str


def entry_hash(
    serial: int, at: datetime, actor: str, act: str, subject: str, detail: str, previous: str
) -> str:
    """Give the hash of an entry, the method's name before it.

    Examples
    --------
    >>> at = datetime(2026, 3, 2, tzinfo=UTC)
    >>> entry_hash(1, at, "zhang", "sign-in", "person zhang", "", START)[:20]
    'sha256:442386fc41503'
    """
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    words = orjson.dumps([serial, moment, actor, act, subject, detail, previous])
    return f"sha256:{hashlib.sha256(words).hexdigest()}"


def first_break(entries: Iterable[Entry], heads: Mapping[int, str] = _NONE) -> Break | None:
    """Find the first entry that is not what was written; ``None`` where all of them are.

    Parameters
    ----------
    entries
        All of them, in the order of their serials.
    heads
        Hashes that were written down elsewhere, by serial. Without one, an end that was cut off or
        a chain that was rewritten from some entry on cannot be seen.
    """
    serial, previous = 0, START
    for entry in entries:
        serial += 1
        if entry.serial != serial:
            return Break(serial, "is missing")
        if entry.previous != previous:
            return Break(serial, "does not follow from the entry before it")
        said = (entry.at, entry.actor, entry.act, entry.subject, entry.detail, entry.previous)
        if entry.hash != entry_hash(serial, *said):
            return Break(serial, "was changed")
        if heads.get(serial, entry.hash) != entry.hash:
            return Break(serial, "is not the one whose hash was written down")
        previous = entry.hash
    lost = [head for head in heads if head > serial]
    return Break(serial + 1, "is missing") if lost else None
